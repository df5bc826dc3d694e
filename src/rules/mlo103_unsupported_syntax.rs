//! MLO103 unsupported-syntax.

use super::{Context, Group, Meta, Rule, Told, problems, wording};
use crate::codeowners::{Entry, EntryId, ProblemKind};
use crate::finding::{Cause, Place, Severity, Violation};

pub(super) struct Check;

static META: Meta = Meta {
    code: "MLO103",
    slug: "unsupported-syntax",
    summary: "Syntax that the host does not have: it works in .gitignore, or on another host",
    severity: Some(Severity::Error),
    docs: "\
## What it does
Reports what the host that reads the file does not know. On GitHub and Bitbucket: a leading `!`, an unescaped `[` or `]`, a
leading `\\#`, a backslash before nothing, and the headings of GitLab's sections (all of them in one finding). On GitLab: a
bracket that is never closed. Everywhere: bytes that are not UTF-8.

## Why it matters
GitHub skips the whole entry, and its paths fall to the entries above. Below a skipped heading, entries that relied on
its owners have none.

## Example
`!/models/archive/ @acme/ml-eng` excludes nothing.

## How to fix it
For `!`: write a later entry with the owners those paths should have, or with none. For brackets: one entry for each
name, or `\\[` for the character itself. If the file is for GitLab: `--dialect gitlab`, or `codeowners: { dialect: gitlab }`.

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
    ProblemKind::SectionHeading,
    ProblemKind::UnclosedBracket,
];

impl Rule for Check {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, context: &Context<'_>) -> Vec<Violation> {
        let mut violations = problems::violations(context, META.code, KINDS);
        // A file for another host is one mistake, however many sections it has.
        for violation in &mut violations {
            let entry = context.entry_of(&violation.subject).map(|id| context.entry(id));
            if entry.is_some_and(is_heading) {
                violation.cause = Cause::Repository;
            }
        }
        violations
    }

    fn tell(&self, context: &Context<'_>, group: &Group<'_>) -> Told {
        if *group.cause == Cause::Repository {
            return tell_headings(context, group);
        }
        let (entry, found) = problems::of_group(context, group, KINDS);
        let host = context.host;
        let pattern = &entry.pattern_text;
        let (why, label, help) = match found[0].kind {
            ProblemKind::Negation => (
                format!("{host} has no negation"),
                "`!` works in .gitignore only",
                format!("to leave these paths to nobody, write in its place, without owners:\n{}", wording::line(&pattern[1..], "")),
            ),
            ProblemKind::Bracket => (
                format!("{host} has no character ranges"),
                "brackets work in .gitignore only",
                "write one entry for each name, or \\[ and \\] for the characters themselves".to_owned(),
            ),
            ProblemKind::EscapedHash => (
                "a pattern cannot start with `\\#`".to_owned(),
                "`\\#` works in .gitignore only",
                format!("match the file by a wildcard: ?{}", &pattern[2..]),
            ),
            ProblemKind::NotUtf8 => (
                "it holds bytes that are not UTF-8".to_owned(),
                "not UTF-8",
                "save CODEOWNERS as UTF-8".to_owned(),
            ),
            _ => (
                "its last backslash escapes nothing".to_owned(),
                "nothing to escape",
                "delete the backslash, or write \\\\ for a backslash".to_owned(),
            ),
        };
        if found[0].kind == ProblemKind::UnclosedBracket {
            return Told {
                message: format!("`{pattern}` matches nothing: its bracket is never closed"),
                places: problems::places(&found, |_| "no `]` follows".to_owned()),
                help: Some("close the bracket, or write \\[ for the character itself".to_owned()),
                ..Told::default()
            };
        }
        Told {
            message: format!("{host} skips the entry `{pattern}`: {why}"),
            places: problems::places(&found, |_| label.to_owned()),
            help: Some(help),
            ..Told::default()
        }
    }
}

fn is_heading(entry: &Entry) -> bool {
    entry.problems.iter().any(|problem| problem.kind == ProblemKind::SectionHeading)
}

/// GitLab's sections on a host that has none.
fn tell_headings(context: &Context<'_>, group: &Group<'_>) -> Told {
    let host = context.host;
    let headings: Vec<EntryId> =
        group.violations.iter().filter_map(|violation| context.entry_of(&violation.subject)).collect();
    let first = headings.iter().min().copied();
    let orphans = context.entries().filter(|(id, entry)| {
        Some(*id) > first && entry.is_valid() && entry.owners.is_empty() && !headings.contains(id)
    });
    let orphans = match orphans.count() {
        0 => String::new(),
        1 => ", and the entry below them that names no owner has none".to_owned(),
        many => format!(", and the {many} entries below them that name no owner have none"),
    };
    let mut places: Vec<Place> = Vec::new();
    for &id in &headings {
        let problems: Vec<&crate::codeowners::Problem> =
            context.entry(id).problems.iter().filter(|problem| problem.kind == ProblemKind::SectionHeading).collect();
        places.extend(problems::places(&problems, |_| format!("a section of GitLab; {host} has none")));
    }
    places.sort_by_key(|place| place.span);
    let them = if headings.len() == 1 { "the section heading" } else { "the section headings" };
    Told {
        message: format!("{host} skips {them} of GitLab{orphans}"),
        places,
        help: Some(format!(
            "if GitLab reads this file, pass --dialect gitlab or write `codeowners: {{ dialect: gitlab }}` into the policy; \
             for {host}, delete the headings and give each entry its owners"
        )),
        ..Told::default()
    }
}

#[cfg(test)]
mod tests {
    use crate::codeowners::Dialect;
    use crate::rules::testing::{codes_on, told, told_on};

    #[test]
    fn what_gitignore_can_do_and_codeowners_cannot_is_named() {
        insta::assert_snapshot!(told("MLO103", "!/models/old/ @a\n/runs/[0-9]/ @a\n\\#notes @a\n", "", &["models/a"]), @r#"
        error: GitHub skips the entry `!/models/old/`: GitHub has no negation
          CODEOWNERS `!`: `!` works in .gitignore only
          > to leave these paths to nobody, write in its place, without owners:
          >     /models/old/
        error: GitHub skips the entry `/runs/[0-9]/`: GitHub has no character ranges
          CODEOWNERS `[`: brackets work in .gitignore only
          > write one entry for each name, or \[ and \] for the characters themselves
        error: GitHub skips the entry `\#notes`: a pattern cannot start with `\#`
          CODEOWNERS `\#`: `\#` works in .gitignore only
          > match the file by a wildcard: ?notes
        "#);
    }

    #[test]
    fn a_file_for_gitlab_is_one_finding() {
        let entries = "* @all\n[Models] @acme/ml\n/models/\n^[Docs][2] @acme/docs\n*.md\n";
        insta::assert_snapshot!(told("MLO103", entries, "", &["models/a", "a.md"]), @"
        error: GitHub skips the section headings of GitLab, and the 2 entries below them that name no owner have none
          CODEOWNERS `[Models]`: a section of GitLab; GitHub has none
          CODEOWNERS `^[Docs][2]`: a section of GitLab; GitHub has none
          > if GitLab reads this file, pass --dialect gitlab or write `codeowners: { dialect: gitlab }` into the policy; for GitHub, delete the headings and give each entry its owners
        ");
    }

    #[test]
    fn on_gitlab_a_bracket_must_be_closed() {
        insta::assert_snapshot!(told_on(Dialect::GitLab, "MLO103", "/runs/[0-9/ @a\n", "", &["runs/1/a"]), @"
        error: `/runs/[0-9/` matches nothing: its bracket is never closed
          CODEOWNERS `[0-9/`: no `]` follows
          > close the bracket, or write \\[ for the character itself
        ");
        assert_eq!(told_on(Dialect::GitLab, "MLO103", "!/a @a\n/b[0-9] @a\n", "", &["a", "b1"]), "");
        assert_eq!(codes_on(Dialect::GitLab, "[Docs @a\n", "", &["docs/a"]), ["MLO103"], "one fault, told once");
    }

    #[test]
    fn an_escaped_bracket_is_a_character() {
        assert_eq!(told("MLO103", "/a\\[b\\] @a\n", "", &["a[b]"]), "");
    }
}
