//! MLO114 owner-as-pattern.

use super::{Context, Group, Meta, Rule, Told, problems, wording};
use crate::codeowners::{Entry, ProblemKind};
use crate::finding::{Severity, Violation};

pub(super) struct Check;

static META: Meta = Meta {
    code: "MLO114",
    slug: "owner-as-pattern",
    summary: "A line that starts with an owner, where the pattern should stand",
    severity: Some(Severity::Error),
    docs: "\
## What it does
Reports a line whose first word is an owner.

## Why it matters
The host reads the first word as a pattern: a file named `@acme/ml-eng`. The owners are never asked.

## Example
`@acme/ml-eng` alone on a line, meant as the default owner, or the owners of the line above continued on the next.

## How to fix it
Put the pattern first: `* @acme/ml-eng`. Owners cannot continue on the next line: write them on one.

## Source
GitHub's page \"About code owners\", section \"CODEOWNERS syntax\": a pattern is followed by its owners, on one line.
",
};

const KINDS: &[ProblemKind] = &[ProblemKind::OwnerAsPattern];

impl Rule for Check {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, context: &Context<'_>) -> Vec<Violation> {
        problems::violations(context, META.code, KINDS)
    }

    fn tell(&self, context: &Context<'_>, group: &Group<'_>) -> Told {
        let (entry, found) = problems::of_group(context, group, KINDS);
        let mut owners = entry.pattern_text.clone();
        if !entry.owners.is_empty() {
            owners = format!("{owners} {}", wording::owners_on_line(&entry.owners));
        }
        // An indented line right behind an entry was meant to go on with it.
        let before = context.entries().find(|(_, before)| before.line + 1 == entry.line).map(|(_, before)| before);
        let is_indented = context.codeowners.is_some_and(|file| {
            let start = entry.pattern_span.start;
            start > 0 && file.text[start - 1].is_ascii_whitespace() && file.text[start - 1] != b'\n'
        });
        // So was one behind a pattern that lacks its owners.
        let goes_on = |before: &&Entry| is_indented || before.owners.is_empty();
        let help = match before.filter(goes_on).filter(|before| before.is_valid() && !is_owner_itself(before)) {
            Some(before) => {
                let owners = format!("{} {owners}", wording::owners_on_line(&before.owners));
                format!(
                    "owners cannot go on in the next line; write them all on line {}:\n{}",
                    before.line,
                    wording::line(&before.pattern_text, owners.trim_start())
                )
            }
            None => format!("put the pattern first, for instance the default:\n{}", wording::line("*", &owners)),
        };
        Told {
            message: format!("`{}` is an owner where the pattern should stand", entry.pattern_text),
            places: problems::places(&found, |_| format!("{} reads this as a file's name", context.host)),
            help: Some(help),
            ..Told::default()
        }
    }
}

fn is_owner_itself(entry: &Entry) -> bool {
    entry.problems.iter().any(|problem| problem.kind == ProblemKind::OwnerAsPattern)
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::told;

    #[test]
    fn owners_cannot_go_on_in_the_next_line() {
        insta::assert_snapshot!(told("MLO114", "/a/ @x\n  @y @z\n/b/\n@acme/b\n", "", &["a/a", "b/b"]), @"
        error: `@y` is an owner where the pattern should stand
          CODEOWNERS `@y`: GitHub reads this as a file's name
          > owners cannot go on in the next line; write them all on line 1:
          >     /a/ @x @y @z
        error: `@acme/b` is an owner where the pattern should stand
          CODEOWNERS `@acme/b`: GitHub reads this as a file's name
          > owners cannot go on in the next line; write them all on line 3:
          >     /b/ @acme/b
        ");
    }

    #[test]
    fn a_line_that_starts_with_an_owner_gets_a_pattern() {
        insta::assert_snapshot!(told("MLO114", "@acme/ml-eng @ana\n", "", &["a"]), @"
        error: `@acme/ml-eng` is an owner where the pattern should stand
          CODEOWNERS `@acme/ml-eng`: GitHub reads this as a file's name
          > put the pattern first, for instance the default:
          >     * @acme/ml-eng @ana
        ");
    }
}
