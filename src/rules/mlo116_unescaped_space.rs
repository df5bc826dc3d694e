//! MLO116 unescaped-space.

use super::{Context, Group, Meta, Rule, Told, problems, wording};
use crate::codeowners::ProblemKind;
use crate::finding::{Severity, Violation};

pub(super) struct Check;

static META: Meta = Meta {
    code: "MLO116",
    slug: "unescaped-space",
    summary: "A space in a path without a backslash, so that the rest of the path reads as an owner",
    severity: Some(Severity::Error),
    docs: "\
## What it does
Reports an entry whose pattern was cut by a space: what follows is no owner, and reads as the rest of a path.

## Why it matters
The pattern ends at the space, and the rest is an owner that does not exist: the host skips the entry, or, on GitLab, owns
what the first half names.

## Example
`/data/raw exports/ @acme/data-eng`

## How to fix it
Escape the space: `/data/raw\\ exports/ @acme/data-eng`.

## Source
GitHub's page \"About code owners\": the pattern follows gitignore's rules, in which a backslash escapes a space.
",
};

const KINDS: &[ProblemKind] = &[ProblemKind::UnescapedSpace];

impl Rule for Check {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, context: &Context<'_>) -> Vec<Violation> {
        problems::violations(context, META.code, KINDS)
    }

    fn tell(&self, context: &Context<'_>, group: &Group<'_>) -> Told {
        let (entry, found) = problems::of_group(context, group, KINDS);
        let rest: Vec<String> = found.iter().map(|problem| problems::text(context, problem)).collect();
        let path = std::iter::once(entry.pattern_text.as_str()).chain(rest.iter().map(String::as_str));
        let path: Vec<&str> = path.flat_map(str::split_whitespace).collect();
        Told {
            message: format!("the pattern `{}` ends at the space before `{}`", entry.pattern_text, rest.join(" ")),
            places: problems::places(&found, |_| "read as an owner".to_owned()),
            help: Some(format!(
                "escape the space:\n{}",
                wording::line(&path.join("\\ "), &wording::owners_on_line(&entry.owners)).trim_end()
            )),
            ..Told::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::codeowners::Dialect;
    use crate::rules::testing::{codes, codes_on, told, told_on};

    #[test]
    fn a_path_with_a_space_is_written_with_a_backslash() {
        insta::assert_snapshot!(told("MLO116", "/data/raw exports/ @acme/data-eng\n", "", &["data/raw exports/a.csv"]), @r"
        error: the pattern `/data/raw` ends at the space before `exports/`
          CODEOWNERS `exports/`: read as an owner
          > escape the space:
          >     /data/raw\ exports/ @acme/data-eng
        ");
    }

    #[test]
    fn gitlab_cuts_the_path_too() {
        let told = |entries| told_on(Dialect::GitLab, "MLO116", entries, "", &["data/raw exports/a.csv"]);
        insta::assert_snapshot!(told("/data/raw exports/ @acme/data-eng\n"), @r"
        error: the pattern `/data/raw` ends at the space before `exports/`
          CODEOWNERS `exports/`: read as an owner
          > escape the space:
          >     /data/raw\ exports/ @acme/data-eng
        ");
        assert_eq!(codes_on(Dialect::GitLab, "/data/raw exports/ @a\n", "", &["data/raw exports/a"]), ["MLO116"]);
        assert_eq!(told("/data # see a.md @ana\n"), "");
    }

    #[test]
    fn with_the_backslash_it_is_a_path() {
        assert_eq!(codes("/data/raw\\ exports/ @a\n", "", &["data/raw exports/a.csv"]), [""; 0]);
    }
}
