//! What the rules about a single entry's text share: the parser found the problem, the rule names and explains it.

use super::{Context, Group};
use crate::codeowners::{Entry, EntryId, Problem, ProblemKind};
use crate::finding::{Cause, Place, Violation};

/// A violation for every entry with one of these problems.
pub(super) fn violations(context: &Context<'_>, rule: &'static str, kinds: &[ProblemKind]) -> Vec<Violation> {
    context
        .entries()
        .filter(|(_, entry)| entry.problems.iter().any(|problem| kinds.contains(&problem.kind)))
        .map(|(id, _)| about_entry(context, rule, id))
        .collect()
}

/// A violation about one entry, told by itself.
pub(super) fn about_entry(context: &Context<'_>, rule: &'static str, id: EntryId) -> Violation {
    Violation { rule, subject: context.subject(id), cause: Cause::Entry(id) }
}

/// The entry that a group of one entry's violations is about, with its problems of these kinds.
pub(super) fn of_group<'a>(
    context: &Context<'a>,
    group: &Group<'_>,
    kinds: &[ProblemKind],
) -> (&'a Entry, Vec<&'a Problem>) {
    let entry = entry_of_group(context, group).1;
    (entry, entry.problems.iter().filter(|problem| kinds.contains(&problem.kind)).collect())
}

/// The first entry that a group is about.
///
/// # Panics
/// Where the group is not about entries: each rule groups only its own violations.
pub(super) fn entry_of_group<'a>(context: &Context<'a>, group: &Group<'_>) -> (EntryId, &'a Entry) {
    #[expect(clippy::expect_used, reason = "a rule tells only the violations that it emitted")]
    let id = context.entry_of(&group.violations[0].subject).expect("a violation about an entry");
    (id, context.entry(id))
}

/// The characters of a problem, decoded lossily.
pub(super) fn text(context: &Context<'_>, problem: &Problem) -> String {
    let text = context.codeowners.map_or(&[][..], |file| &file.text);
    String::from_utf8_lossy(text.get(problem.span.range()).unwrap_or_default()).into_owned()
}

/// A place for each problem.
pub(super) fn places(problems: &[&Problem], label: impl Fn(&Problem) -> String) -> Vec<Place> {
    problems.iter().map(|problem| Place::codeowners(problem.span, label(problem))).collect()
}
