//! Ranked patterns, joined once for many questions.

use std::sync::OnceLock;

use super::super::{Matcher, Pattern};
use super::budget::{Undecided, spend, within};
use super::cell::{Cell, Ending};
use super::steps::Speller;
use super::union::{Order, Union};
use super::{Coverage, PathSearch};

/// Up to so many patterns are matched one by one.
const FEW: usize = 8;

/// Ranked patterns: of those that match a path, the one of the greatest rank wins. For the sections of GitLab, one each;
/// an exclusion is a pattern whose rank is above all others.
pub struct Engine<'p> {
    /// In the order given.
    entries: Vec<Entry<'p>>,
    /// Indexes of `entries`, by order.
    by_order: Vec<usize>,
    /// The ranks, ascending and distinct: position plus one is the pattern's order.
    ranks: Vec<u32>,
    union: Union,
    /// Checks what is found; made when it is needed.
    matcher: OnceLock<Matcher>,
}

#[derive(Debug)]
pub(super) struct Entry<'p> {
    pub(super) rank: u32,
    pub(super) order: Order,
    pub(super) pattern: &'p Pattern,
    /// `None` where it matches no path that git can hold.
    pub(super) speller: Option<Speller<'p>>,
}

impl std::fmt::Debug for Engine<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Engine").field("entries", &self.entries).finish_non_exhaustive()
    }
}

impl<'p> Engine<'p> {
    /// Joins patterns. Of two with equal ranks none is later.
    pub fn new(patterns: &[(u32, &'p Pattern)]) -> Self {
        let mut ranks: Vec<u32> = patterns.iter().map(|&(rank, _)| rank).collect();
        ranks.sort_unstable();
        ranks.dedup();
        let entry = |&(rank, pattern): &(u32, &'p Pattern)| Entry {
            rank,
            order: order_up_to(&ranks, rank),
            pattern,
            speller: Speller::new(pattern),
        };
        let entries: Vec<_> = patterns.iter().map(entry).collect();
        let mut by_order: Vec<usize> = (0..entries.len()).collect();
        by_order.sort_by_key(|&at| entries[at].order);
        let union = Union::new(entries.iter().map(|entry| (entry.order, entry.pattern)));
        Self { entries, by_order, ranks, union, matcher: OnceLock::new() }
    }

    /// Looks for a path that is in all of `inside`, and in no pattern of the engine with a rank above `after` (in none
    /// at all for `None`). With an area and an entry inside, and the entry's rank, this is: which path of the area
    /// would this entry win?
    pub fn find_path(&self, inside: &[&Pattern], after: Option<u32>, budget: &mut u64) -> PathSearch {
        let after = after.map_or(0, |rank| order_up_to(&self.ranks, rank));
        let Some(spellers) = inside.iter().map(|&pattern| Speller::new(pattern)).collect::<Option<Vec<_>>>() else {
            return PathSearch::Nowhere;
        };
        let cell = Cell { inside: spellers.iter().collect(), outside: vec![(self, after)], ground: None };
        cell.find(budget).into()
    }

    /// Decides for each pattern whether the later ones cover its whole language: see [`super::covered_by_later`].
    pub fn covered_by_later(&self, budget: &mut u64) -> Vec<(u32, Coverage)> {
        let mut answers = self.roughly_covered_by_later(budget);
        let detail = *budget / 2;
        within(detail, budget, |budget| self.name_winners(&mut answers, budget));
        answers
    }

    /// The same verdicts in a small part of the time: the ranks of [`Coverage::Covered`] cover the pattern together, but
    /// need not each win a path of it.
    pub fn roughly_covered_by_later(&self, budget: &mut u64) -> Vec<(u32, Coverage)> {
        let mut answers = vec![Coverage::NotDecided; self.entries.len()];
        // Half of the budget in equal shares, so that one monstrous entry leaves the others decided.
        let share = *budget / 2 / (self.entries.len().max(1) as u64);
        self.decide(&mut answers, Some(share), budget);
        self.decide(&mut answers, None, budget);
        self.entries.iter().map(|entry| entry.rank).zip(answers).collect()
    }

    /// Decides what is not decided yet, each within `share`, or else within a part of what is left: a sixteenth even
    /// where more are open, for shares too small to decide anything would be lost on all of them.
    fn decide(&self, answers: &mut [Coverage], share: Option<u64>, budget: &mut u64) {
        let mut open = answers.iter().filter(|answer| **answer == Coverage::NotDecided).count() as u64;
        for (answer, entry) in answers.iter_mut().zip(&self.entries) {
            if *answer == Coverage::NotDecided {
                let share = share.unwrap_or(*budget / open.clamp(1, 16));
                open -= 1;
                *answer = within(share, budget, |budget| self.coverage(entry, budget));
            }
        }
    }

    fn coverage(&self, entry: &Entry<'_>, budget: &mut u64) -> Coverage {
        let Some(speller) = &entry.speller else { return Coverage::Empty };
        let cell = Cell { inside: vec![speller], outside: vec![(self, entry.order)], ground: None };
        match cell.find(budget) {
            Ok(Ending::Path(path) | Ending::Taken(path)) => Coverage::Witness(path),
            Ok(Ending::Nowhere(owners)) if owners.is_empty() => Coverage::Empty,
            Ok(Ending::Nowhere(owners)) => {
                Coverage::Covered(owners.into_iter().map(|order| self.rank(order)).collect())
            }
            Err(Undecided) => Coverage::NotDecided,
        }
    }

    /// Replaces ranks that cover an entry by those that win some path of it.
    fn name_winners(&self, answers: &mut [(u32, Coverage)], budget: &mut u64) {
        let mut open = answers.iter().filter(|(_, answer)| matches!(answer, Coverage::Covered(_))).count() as u64;
        for ((_, answer), entry) in answers.iter_mut().zip(&self.entries) {
            if let Coverage::Covered(ranks) = answer
                && let Some(speller) = &entry.speller
            {
                let share = *budget / open.max(1);
                open -= 1;
                // Nothing before the first of a cover wins: where it would match, one of the cover does too.
                let least = ranks.first().map_or(0, |&rank| order_up_to(&self.ranks, rank));
                let winners = within(share, budget, |budget| self.winners(speller, least, budget));
                match winners {
                    // Covered by what matches everything, and not looked at: brackets can spell `.git`.
                    Ok(winners) if winners.is_empty() => *answer = Coverage::Empty,
                    Ok(winners) => *ranks = winners,
                    Err(Undecided) => {}
                }
            }
        }
    }

    /// The ranks, of those from `least` on, that win some path of a pattern.
    fn winners(&self, of: &Speller<'_>, least: Order, budget: &mut u64) -> Result<Vec<u32>, Undecided> {
        let mut winners = Vec::new();
        for entry in self.entries_from(least) {
            spend(budget, 1 + of.len() / 16)?;
            let Some(speller) = entry.speller.as_ref().filter(|speller| !speller.parts_early_from(of)) else {
                continue;
            };
            let cell = Cell { inside: vec![of, speller], outside: vec![(self, entry.order)], ground: None };
            if cell.owners_if_empty(budget)?.is_none() {
                winners.push(entry.rank);
            }
        }
        winners.dedup();
        Ok(winners)
    }

    /// The entries from an order on, in order.
    pub(super) fn entries_from(&self, least: Order) -> impl Iterator<Item = &Entry<'p>> {
        let from = self.by_order.partition_point(|&at| self.entries[at].order < least);
        self.by_order[from..].iter().map(|&at| &self.entries[at])
    }

    /// The patterns that match some path, as they spell it.
    pub(super) fn spellers(&self) -> impl Iterator<Item = &Speller<'p>> {
        self.entries.iter().filter_map(|entry| entry.speller.as_ref())
    }

    /// The greatest order.
    pub(super) fn last_order(&self) -> Order {
        Order::try_from(self.ranks.len()).unwrap_or(Order::MAX)
    }

    /// The ranks, ascending.
    pub(super) fn ranks(&self) -> &[u32] {
        &self.ranks
    }

    pub(super) fn rank(&self, order: Order) -> u32 {
        self.ranks[order as usize - 1]
    }

    pub(super) fn union(&self) -> &Union {
        &self.union
    }

    /// The order of the pattern that wins a concrete path, by the patterns themselves or by the matcher: neither
    /// shares anything with the searches.
    pub(super) fn winner(&self, path: &[u8]) -> Option<Order> {
        if self.entries.len() <= FEW {
            let matching = self.entries.iter().filter(|entry| entry.pattern.matches(path));
            return matching.map(|entry| entry.order).max();
        }
        let ranked = || self.entries.iter().map(|entry| (entry.order, entry.pattern));
        self.matcher.get_or_init(|| Matcher::new(ranked())).walk().winner(path)
    }

    /// The rank that wins a concrete path.
    pub(super) fn winning_rank(&self, path: &[u8]) -> Option<u32> {
        self.winner(path).map(|order| self.rank(order))
    }
}

/// The order of `rank`, or of the greatest rank below it.
fn order_up_to(ranks: &[u32], rank: u32) -> Order {
    Order::try_from(ranks.partition_point(|&other| other <= rank)).unwrap_or(Order::MAX)
}
