//! MLO120 inline-comment.

use super::{Context, Group, Meta, Rule, Told, problems, wording};
use crate::codeowners::{Owner, ProblemKind};
use crate::finding::{Severity, Violation};

pub(super) struct Check;

static META: Meta = Meta {
    code: "MLO120",
    slug: "inline-comment",
    summary: "A comment behind the owners, on a host that reads it as more owners",
    severity: Some(Severity::Error),
    docs: "\
## What it does
Reports a `#` behind the pattern of an entry where GitLab reads the file: GitLab has whole-line comments only. It is an
error where the comment names somebody or takes the section's owners away, and information where it only looks odd.

## Why it matters
Every owner in the comment counts: `/models/ @acme/ml # was @acme/research` asks both. And whatever stands behind the
pattern, even if it names nobody, takes the place of the owners that the section's heading gives.

## Example
`/models/ @acme/ml-eng  # ask @ana about weights`

## How to fix it
Put the comment on a line of its own, above the entry.

## Source
GitLab's page \"Syntax of CODEOWNERS file\": inline comments are unsupported, and any Code Owners listed in a comment are
parsed.
",
};

const KINDS: &[ProblemKind] = &[ProblemKind::InlineComment];

impl Rule for Check {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, context: &Context<'_>) -> Vec<Violation> {
        problems::violations(context, META.code, KINDS)
    }

    fn tell(&self, context: &Context<'_>, group: &Group<'_>) -> Told {
        let (entry, found) = problems::of_group(context, group, KINDS);
        let Some(comment) = found.first() else { return Told::default() };
        let (named, meant): (Vec<Owner>, Vec<Owner>) =
            entry.owners.iter().cloned().partition(|owner| owner.span.start >= comment.span.start);
        let section = context.codeowners.map(|file| file.section(entry.section));
        let defaults = section.and_then(|section| {
            let above = section.headings.iter().rev().find(|heading| heading.line < entry.line);
            above.map(|heading| heading.owners.as_slice())
        });
        let pattern = &entry.pattern_text;
        let host = context.host;
        let (message, severity) = match (named.as_slice(), meant.as_slice(), defaults) {
            ([], [], Some(lost @ [_, ..])) => (
                format!("a comment takes {} away from `{pattern}`: {host} reads it as owners", wording::owners(lost)),
                None,
            ),
            ([], ..) => (format!("{host} reads the comment behind `{pattern}` as owners"), Some(Severity::Info)),
            (named, ..) => {
                let is = if named.len() == 1 { "is an owner" } else { "are owners" };
                (format!("{} in a comment {is} of `{pattern}`: {host} has no inline comments", wording::owners(named)), None)
            }
        };
        let text = problems::text(context, comment);
        let line = wording::line(pattern, &wording::owners_on_line(&meant));
        Told {
            message,
            places: problems::places(&found, |_| "read as owners".to_owned()),
            help: Some(format!("put the comment on a line of its own:\n    {}\n{line}", text.trim_end())),
            severity,
            ..Told::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::codeowners::Dialect;
    use crate::rules::testing::{codes, told_on};

    #[test]
    fn whoever_stands_in_a_comment_is_an_owner() {
        insta::assert_snapshot!(told_on(Dialect::GitLab, "MLO120", "/models/ @acme/ml # was @ana\n", "", &["models/a"]), @"
        error: @ana in a comment is an owner of `/models/`: GitLab has no inline comments
          CODEOWNERS `# was @ana`: read as owners
          > put the comment on a line of its own:
          >     # was @ana
          >     /models/ @acme/ml
        ");
    }

    #[test]
    fn a_comment_takes_the_sections_owners_away() {
        let entries = "[Models] @acme/ml\n/models/ # weights\n/data/\n";
        insta::assert_snapshot!(told_on(Dialect::GitLab, "MLO120", entries, "", &["models/a", "data/a"]), @"
        error: a comment takes @acme/ml away from `/models/`: GitLab reads it as owners
          CODEOWNERS `# weights`: read as owners
          > put the comment on a line of its own:
          >     # weights
          >     /models/
        ");
    }

    #[test]
    fn a_comment_that_names_nobody_is_information() {
        insta::assert_snapshot!(told_on(Dialect::GitLab, "MLO120", "/models/ @acme/ml # weights\n", "", &["models/a"]), @"
        info: GitLab reads the comment behind `/models/` as owners
          CODEOWNERS `# weights`: read as owners
          > put the comment on a line of its own:
          >     # weights
          >     /models/ @acme/ml
        ");
    }

    #[test]
    fn github_has_inline_comments() {
        assert_eq!(codes("/models/ @acme/ml # was @ana\n", "", &["models/a"]), [""; 0]);
    }
}
