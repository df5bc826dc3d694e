//! What a change adds or touches, of all that is wrong today.

use rustc_hash::FxHashMap;

use super::subjects::Decides;
use super::{Context, Subjects};
use crate::change::{Change, GateRole, Touched};
use crate::codeowners::Codeowners;
use crate::finding::{Subject, Violation};
use crate::ownership::Ownership;

/// Keeps what was not told before the change or is about something that the change touches; gives how many violations
/// that leaves out.
pub(super) fn keep(context: &Context<'_>, violations: &mut Vec<Violation>) -> usize {
    let Some(change) = context.change else { return 0 };
    let before = violations.len();
    let mut asked = Asked::new(context, change);
    violations.retain(|violation| {
        let told = |subject: &Subject| change.told_before.contains(&(violation.rule, subject.clone()));
        match &violation.subject {
            Subject::Path(path) => match context.listing.find(path) {
                Some(index) => asked.is_news(index, path, &told),
                None => !told(&violation.subject),
            },
            Subject::Entry { .. } => asked.is_touched(&violation.subject) || !told(&violation.subject),
            Subject::Policy(_) => change.touches(GateRole::Policy) || !told(&violation.subject),
            Subject::Repository(_) => !told(&violation.subject),
        }
    });
    before - violations.len()
}

/// How many files that are still there others are asked about than before, and how many of them are artefacts.
pub(super) fn asks_others(context: &Context<'_>, change: &Change<'_>) -> (usize, usize) {
    let mut asked = Asked::new(context, change);
    let differ: Vec<usize> = (0..context.listing.len())
        .filter(|&index| {
            let was = change.before_of(index, context.listing.path(index));
            was.is_some_and(|was| asked.differ(was, index))
        })
        .collect();
    let artefacts = differ.iter().filter(|&&index| context.ownership.item(index).is_some()).count();
    (differ.len(), artefacts)
}

/// Who is asked, before and after.
struct Asked<'c> {
    context: &'c Context<'c>,
    change: &'c Change<'c>,
    subjects_before: Subjects,
    /// By the numbers of the sets of entries that decide a path, before and after.
    differ: FxHashMap<(u32, u32), bool>,
}

impl<'c> Asked<'c> {
    fn new(context: &'c Context<'_>, change: &'c Change<'_>) -> Self {
        let subjects_before = Subjects::new(change.before.codeowners);
        Self { context, change, subjects_before, differ: FxHashMap::default() }
    }

    /// True where the change is what makes a violation of a path worth telling.
    fn is_news(&mut self, index: usize, path: &[u8], told: &dyn Fn(&Subject) -> bool) -> bool {
        let Self { context, change, .. } = *self;
        let fate = change.files.of(index);
        let Some(was) = change.before_of(index, path).filter(|_| fate != Some(Touched::Edited)) else { return true };
        if self.differ(was, index) {
            return true;
        }
        // What it asked for before is not what its new place asks.
        let area = |ownership: &Ownership, index| ownership.item(index).and_then(|item| item.area);
        if matches!(fate, Some(Touched::Moved(_)))
            && area(context.ownership, index) != area(change.before.ownership, was)
        {
            return true;
        }
        // What another file made an artefact of it is not touched: the first model makes every Dockerfile one.
        let is_made = context.ownership.item(index).is_some() && change.before.ownership.item(was).is_none();
        let untouched = fate.is_none() && is_made;
        !untouched && !told(&Subject::Path(change.before.listing.path(was).to_vec()))
    }

    /// True for an entry that the change adds, or whose owners it changes.
    fn is_touched(&self, subject: &Subject) -> bool {
        let decides = |file: Option<&'c Codeowners>, id| Some(Decides::of(file?, id?));
        let now = decides(self.context.codeowners, self.context.entry_of(subject));
        now != decides(self.change.before.codeowners, self.subjects_before.find(subject))
    }

    /// True where others are asked about a path than before.
    fn differ(&mut self, before: usize, after: usize) -> bool {
        let Self { context, change, .. } = *self;
        let (old, new) = (change.before.ownership, context.ownership);
        *self.differ.entry((old.set_of(before), new.set_of(after))).or_insert_with(|| {
            let decide = |file: Option<&'c Codeowners>, winners: &[_]| {
                let mut all: Vec<Decides<'c>> =
                    file.into_iter().flat_map(|file| winners.iter().map(move |&id| Decides::of(file, id))).collect();
                all.sort_unstable();
                all
            };
            decide(change.before.codeowners, old.winners(before)) != decide(context.codeowners, new.winners(after))
        })
    }
}
