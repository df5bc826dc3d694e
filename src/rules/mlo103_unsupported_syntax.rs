//! MLO103 unsupported-syntax.

use super::{Context, Group, Meta, Rule, Told, problems};
use crate::codeowners::ProblemKind;
use crate::finding::{Severity, Violation};

pub(super) struct Check;

static META: Meta = Meta {
    code: "MLO103",
    slug: "unsupported-syntax",
    summary: "Pattern syntax that the host does not have, so that it skips the entry",
    severity: Some(Severity::Error),
    docs: "\
## What it does
Reports a leading `!`, an unescaped `[` or `]`, a leading `\\#`, a backslash before nothing, and bytes that are not UTF-8.

## Why it matters
They work in `.gitignore`, and not in CODEOWNERS: GitHub skips the whole entry, and its paths fall to the entries above.

## Example
`!/models/archive/ @acme/ml-eng` excludes nothing.

## How to fix it
For `!`: write a later entry with the owners those paths should have, or with none. For brackets: one entry for each
name, or `\\[` for the character itself.

## Source
GitHub's page \"About code owners\", section \"CODEOWNERS syntax\": `\\#`, `!` and `[ ]` do not work. On brackets sources
disagree; that the line is skipped is what was observed on GitHub.
",
};

const KINDS: &[ProblemKind] = &[
    ProblemKind::Negation,
    ProblemKind::Bracket,
    ProblemKind::EscapedHash,
    ProblemKind::BadPattern,
    ProblemKind::NotUtf8,
];

impl Rule for Check {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, context: &Context<'_>) -> Vec<Violation> {
        problems::violations(context, META.code, KINDS)
    }

    fn tell(&self, context: &Context<'_>, group: &Group<'_>) -> Told {
        let (entry, found) = problems::of_group(context, group, KINDS);
        let pattern = &entry.pattern_text;
        let (why, label, help) = match found[0].kind {
            ProblemKind::Negation => (
                "CODEOWNERS has no negation",
                "`!` works in .gitignore only",
                format!("write a later entry without owners to leave these paths ownerless: {}", &pattern[1..]),
            ),
            ProblemKind::Bracket => (
                "CODEOWNERS has no character ranges",
                "brackets work in .gitignore only",
                "write one entry for each name, or \\[ and \\] for the characters themselves".to_owned(),
            ),
            ProblemKind::EscapedHash => (
                "a pattern cannot start with `\\#`",
                "`\\#` works in .gitignore only",
                format!("match the file by a wildcard: ?{}", &pattern[2..]),
            ),
            ProblemKind::NotUtf8 => (
                "it holds bytes that are not UTF-8",
                "not UTF-8",
                "save CODEOWNERS as UTF-8".to_owned(),
            ),
            _ => (
                "its last backslash escapes nothing",
                "nothing to escape",
                "delete the backslash, or write \\\\ for a backslash".to_owned(),
            ),
        };
        Told {
            message: format!("the host skips the entry `{pattern}`: {why}"),
            places: problems::places(&found, |_| label.to_owned()),
            help: Some(help),
            ..Told::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::told;

    #[test]
    fn what_gitignore_can_do_and_codeowners_cannot_is_named() {
        insta::assert_snapshot!(told("MLO103", "!/models/old/ @a\n/runs/[0-9]/ @a\n\\#notes @a\n", "", &["models/a"]), @r"
        error: the host skips the entry `!/models/old/`: CODEOWNERS has no negation
          CODEOWNERS `!`: `!` works in .gitignore only
          > write a later entry without owners to leave these paths ownerless: /models/old/
        error: the host skips the entry `/runs/[0-9]/`: CODEOWNERS has no character ranges
          CODEOWNERS `[`: brackets work in .gitignore only
          > write one entry for each name, or \[ and \] for the characters themselves
        error: the host skips the entry `\#notes`: a pattern cannot start with `\#`
          CODEOWNERS `\#`: `\#` works in .gitignore only
          > match the file by a wildcard: ?notes
        ");
    }

    #[test]
    fn an_escaped_bracket_is_a_character() {
        assert_eq!(told("MLO103", "/a\\[b\\] @a\n", "", &["a[b]"]), "");
    }
}
