//! Who wins the paths of a set: entry by entry, section by section.

use super::PathSearch;
use super::budget::{Undecided, within};
use super::cell::Cell;
use super::engine::{Engine, Entry};
use super::ground::Ground;
use super::sets::{Answer, PathSet};
use super::union::Order;

/// What is known of a section's answer for a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Winner {
    /// Nothing yet.
    Open,
    /// No pattern of the section matches.
    Nobody,
    /// The pattern of this rank wins.
    Rank(u32),
}

impl From<Option<u32>> for Winner {
    fn from(rank: Option<u32>) -> Self {
        rank.map_or(Self::Nobody, Self::Rank)
    }
}

/// Which patterns win some path of a set: for each, and first for none at all, a path or the proof that there is none.
pub fn winners_in(
    engine: &Engine<'_>,
    set: &PathSet<'_>,
    ground: Option<&dyn Ground>,
    budget: &mut u64,
) -> Vec<(Option<u32>, PathSearch)> {
    let ranks: Vec<Option<u32>> = std::iter::once(None).chain(engine.ranks().iter().copied().map(Some)).collect();
    let mut answers: Vec<Answer> = ranks.iter().map(|_| Answer::new(*budget)).collect();
    for (answer, &rank) in answers.iter_mut().zip(&ranks) {
        if let Some(path) = set.candidate(ground, |path| engine.winning_rank(path) == rank) {
            answer.find(path);
        }
    }
    for cell in set.cells(ground) {
        let reach = Reach::of(&cell, engine, budget);
        if reach.unmatched && !answers[0].is_found() {
            let part = cell.without(engine, 0);
            answers[0].take(budget, |budget| part.find(budget));
        }
        for entry in engine.entries_from(reach.least) {
            let answer = &mut answers[entry.order as usize];
            if let Some(part) = won(&cell, engine, entry).filter(|_| !answer.is_found()) {
                answer.take(budget, |budget| part.find(budget));
            }
        }
    }
    ranks.into_iter().zip(answers.into_iter().map(Into::into)).collect()
}

/// Looks for a path of a set whose winners, one for each section, fail an expectation.
///
/// `holds` says whether the expectation is met, as far as the winners are known: `Some` where it is the same whatever
/// the [`Winner::Open`] ones are. It must be `Some` where none is open.
pub fn find_failing(
    sections: &[&Engine<'_>],
    set: &PathSet<'_>,
    holds: &dyn Fn(&[Winner]) -> Option<bool>,
    ground: Option<&dyn Ground>,
    budget: &mut u64,
) -> PathSearch {
    let fails = |path: &[u8]| holds(&winners_of(sections, path)) == Some(false);
    if let Some(path) = set.candidate(ground, fails) {
        return PathSearch::Found(path);
    }
    let mut answer = Answer::new(*budget);
    for cell in set.cells(ground) {
        let winners = vec![Winner::Open; sections.len()];
        let mut explorer = Explorer { sections, holds, answer, winners };
        let done = explorer.explore(&cell, 0, budget);
        answer = explorer.answer;
        if done {
            break;
        }
    }
    answer.into()
}

fn winners_of(sections: &[&Engine<'_>], path: &[u8]) -> Vec<Winner> {
    sections.iter().map(|section| section.winning_rank(path).into()).collect()
}

struct Explorer<'a> {
    sections: &'a [&'a Engine<'a>],
    holds: &'a dyn Fn(&[Winner]) -> Option<bool>,
    answer: Answer,
    /// Of the sections before the depth; the others are open.
    winners: Vec<Winner>,
}

impl<'a> Explorer<'a> {
    /// Asks about the paths of a cell, in which the sections before `depth` have the winners noted; true where there
    /// is nothing more to ask.
    fn explore(&mut self, cell: &Cell<'a>, depth: usize, budget: &mut u64) -> bool {
        let section = match (self.holds)(&self.winners) {
            Some(true) => return false,
            Some(false) => return self.answer.take(budget, |budget| cell.find(budget)),
            None => self.sections.get(depth).copied(),
        };
        let Some(section) = section else {
            self.answer.withhold();
            return false;
        };
        // Most of what is left is empty, or answers at once.
        match within(self.answer.share(), budget, |budget| cell.find(budget)) {
            Ok(super::cell::Ending::Nowhere(_)) => return false,
            Ok(super::cell::Ending::Path(path)) if (self.holds)(&winners_of(self.sections, &path)) == Some(false) => {
                self.answer.find(path);
                return true;
            }
            _ => {}
        }
        let reach = within(self.answer.share(), budget, |budget| Reach::of(cell, section, budget));
        let unmatched = reach.unmatched.then(|| (Winner::Nobody, cell.without(section, 0)));
        let matched = section
            .entries_from(reach.least)
            .filter_map(|entry| Some((Winner::Rank(entry.rank), won(cell, section, entry)?)));
        for (winner, part) in unmatched.into_iter().chain(matched) {
            self.winners[depth] = winner;
            let done = self.explore(&part, depth + 1, budget);
            self.winners[depth] = Winner::Open;
            if done {
                return true;
            }
        }
        false
    }
}

/// The part of a cell that an entry wins; `None` where it is plain that there is none.
pub(super) fn won<'a>(cell: &Cell<'a>, engine: &'a Engine<'a>, entry: &'a Entry<'a>) -> Option<Cell<'a>> {
    let speller = entry.speller.as_ref().filter(|speller| !cell.parts_early_from(speller))?;
    Some(cell.and(speller).without(engine, entry.order))
}

/// What can win a path of a cell at all.
pub(super) struct Reach {
    /// There may be a path that no pattern matches.
    pub(super) unmatched: bool,
    /// No pattern before this one wins: those from it on match every path.
    pub(super) least: Order,
}

impl Reach {
    /// Past the budget all can win.
    pub(super) fn of<'a>(cell: &Cell<'a>, engine: &'a Engine<'a>, budget: &mut u64) -> Self {
        Self::decide(cell, engine, budget).unwrap_or(Self { unmatched: true, least: 1 })
    }

    fn decide<'a>(cell: &Cell<'a>, engine: &'a Engine<'a>, budget: &mut u64) -> Result<Self, Undecided> {
        let Some(owners) = cell.without(engine, 0).owners_if_empty(budget)? else {
            return Ok(Self { unmatched: true, least: 1 });
        };
        // Those from `covered` on match all; those from `open` on do not, or there are no more.
        let mut covered = owners.first().copied().unwrap_or(1);
        let mut open = engine.last_order() + 1;
        while covered + 1 < open {
            let middle = covered.midpoint(open);
            if cell.without(engine, middle - 1).owners_if_empty(budget)?.is_some() {
                covered = middle;
            } else {
                open = middle;
            }
        }
        Ok(Self { unmatched: false, least: covered })
    }
}

#[cfg(test)]
mod tests;
