//! MLO122 bad-expression.

use super::{Context, Group, Meta, Rule, Told, problems};
use crate::codeowners::{Problem, ProblemKind, RegularErrorKind};
use crate::finding::{Place, Severity, Violation};

pub(super) struct Check;

static META: Meta = Meta {
    code: "MLO122",
    slug: "bad-expression",
    summary: "A regular expression that Gitea or Forgejo cannot read, or a line that they skip",
    severity: Some(Severity::Error),
    docs: "\
## What it does
Reports, where Gitea or Forgejo reads the file, an expression that the host refuses, and a line that names nobody. Where the
host may accept an expression whose meaning is not decided here, it is information and counted as not decided.

## Why it matters
The host skips the line with a warning in its log: nobody is asked.

## Example
`models/(old|new/.* @ml-eng` opens a group and never closes it.

## How to fix it
Write an expression for the whole path: `.*\\\\.onnx`. One backslash of each pair goes away before the expression is read,
and a directory takes `models/.*`.

## Source
Gitea's page \"Code owners\", and `ParseCodeOwnersLine` in `models/issues/pull.go` of both hosts.
",
};

impl Rule for Check {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, context: &Context<'_>) -> Vec<Violation> {
        let entries = context.entries().filter(|(_, entry)| entry.problems.iter().any(is_of_expression));
        entries.map(|(id, _)| problems::about_entry(context, META.code, id)).collect()
    }

    fn tell(&self, context: &Context<'_>, group: &Group<'_>) -> Told {
        let (_, entry) = problems::entry_of_group(context, group);
        let Some(problem) = entry.problems.iter().find(|problem| is_of_expression(problem)) else {
            return Told::default();
        };
        let host = context.host;
        let pattern = &entry.pattern_text;
        let (message, label, help) = match problem.kind {
            ProblemKind::Expression(RegularErrorKind::NotDecided(what)) => (
                format!("what `{pattern}` matches is not decided here: {host} may read {what} otherwise"),
                "not decided".to_owned(),
                "write it with what every version reads alike: letters, `.*`, `[a-z]`, `(a|b)`".to_owned(),
            ),
            ProblemKind::Expression(kind) => {
                let why = reason(kind);
                let help = "write a regular expression for the whole path, such as models/.* or .*\\\\.onnx".to_owned();
                (format!("{host} skips `{pattern}`: {why}"), "here".to_owned(), help)
            }
            _ => (
                format!("{host} skips `{pattern}`, which names nobody"),
                "no owner behind it".to_owned(),
                "name an owner, or delete the line: without owners it changes nothing".to_owned(),
            ),
        };
        let not_decided = matches!(problem.kind, ProblemKind::Expression(RegularErrorKind::NotDecided(_)));
        Told {
            message,
            places: vec![Place::codeowners(problem.span, label)],
            help: Some(help),
            severity: not_decided.then_some(Severity::Info),
            ..Told::default()
        }
    }
}

fn is_of_expression(problem: &Problem) -> bool {
    matches!(problem.kind, ProblemKind::Expression(_) | ProblemKind::NoOwner)
}

fn reason(kind: RegularErrorKind) -> &'static str {
    match kind {
        RegularErrorKind::NothingToRepeat => "there is nothing to repeat before it",
        RegularErrorKind::NestedRepeat => "a repetition cannot be repeated",
        RegularErrorKind::BadRepeat => "these are no numbers of repetitions",
        RegularErrorKind::MissingBracket => "a bracket is never closed",
        RegularErrorKind::BadClass => "this is no class of characters",
        RegularErrorKind::MissingParen => "a parenthesis is never closed",
        RegularErrorKind::UnexpectedParen => "no parenthesis is open here",
        RegularErrorKind::BadGroup => "there is no such group",
        RegularErrorKind::BadEscape => "there is no such escape",
        RegularErrorKind::NotDecided(_) => "it is not decided",
    }
}

#[cfg(test)]
mod tests {
    use crate::codeowners::Dialect;
    use crate::rules::testing::{codes_on, told_on};

    #[test]
    fn what_the_host_skips_is_shown_at_its_characters() {
        insta::assert_snapshot!(told_on(Dialect::Forgejo, "MLO122", "models/(old @ml\nmodels/.*\n", "", &["models/a"]), @r#"
        error: Forgejo skips `models/(old`: a parenthesis is never closed
          CODEOWNERS `(old`: here
          > write a regular expression for the whole path, such as models/.* or .*\\.onnx
        error: Forgejo skips `models/.*`, which names nobody
          CODEOWNERS `models/.*`: no owner behind it
          > name an owner, or delete the line: without owners it changes nothing
        "#);
    }

    #[test]
    fn expressions_are_left_alone() {
        assert_eq!(codes_on(Dialect::Forgejo, "models/.* @ml # weights\n", "", &["models/a"]), [""; 0]);
    }
}
