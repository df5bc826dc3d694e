//! MLO123 near-size-limit.

use super::{Context, Group, Meta, Rule, Told};
use crate::codeowners::Dialect;
use crate::finding::{Cause, Place, Severity, Source, Subject, Violation};
use crate::source::CODEOWNERS_LIMIT;

pub(super) struct Check;

static META: Meta = Meta {
    code: "MLO123",
    slug: "near-size-limit",
    summary: "A CODEOWNERS that is nearly too large for the host to load",
    severity: Some(Severity::Warning),
    docs: "\
## What it does
Reports a file that has nine tenths of the 3 MB at which GitHub loads none of it. At the limit the run stops with exit
code 2: there is nothing left to judge.

## Why it matters
The entry that crosses the limit takes every owner away, and no review asks for it.

## Example
A file of 60,000 entries that a script writes, one for each file.

## How to fix it
Write entries for directories, and let the script leave out what the entry above says already.

## Source
GitHub's page \"About code owners\": CODEOWNERS files must be under 3 MB in size, larger ones are not loaded.
",
};

/// From this size on it is time.
const NEAR: usize = CODEOWNERS_LIMIT / 10 * 9;

impl Rule for Check {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, context: &Context<'_>) -> Vec<Violation> {
        let is_near = context.host == Dialect::GitHub && context.codeowners.is_some_and(|file| file.text.len() >= NEAR);
        let violation = || Violation { rule: META.code, subject: Subject::whole(), cause: Cause::Repository };
        is_near.then(violation).into_iter().collect()
    }

    fn tell(&self, context: &Context<'_>, _: &Group<'_>) -> Told {
        let (path, size) = context.codeowners.map_or(("CODEOWNERS", 0), |file| (file.path.as_str(), file.text.len()));
        let percent = (size * 100).div_ceil(CODEOWNERS_LIMIT);
        let label = format!("{size} bytes");
        Told {
            message: format!("`{path}` is at {percent} % of the 3 MB from which on {} loads none of it", context.host),
            places: vec![Place { source: Source::Codeowners, span: None, label }],
            help: Some("shorten it, for instance by entries for directories in place of files".to_owned()),
            ..Told::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::NEAR;
    use crate::codeowners::Dialect;
    use crate::rules::testing::{codes, codes_on, told};

    #[test]
    fn nine_tenths_of_the_limit_are_near() {
        let text = format!("* @a\n#{}\n", "-".repeat(NEAR - 7));
        insta::assert_snapshot!(told("MLO123", &text, "", &["x"]), @"
        warning: `CODEOWNERS` is at 90 % of the 3 MB from which on GitHub loads none of it
          CODEOWNERS: 2831148 bytes
          > shorten it, for instance by entries for directories in place of files
        ");
        assert_eq!(codes(&text[..NEAR - 1], "", &["x"]), [""; 0]);
        assert_eq!(codes_on(Dialect::Bitbucket, &text, "", &["x"]), [""; 0], "a limit of GitHub");
    }
}
