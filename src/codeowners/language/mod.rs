//! The exact engine: answers for every path that could ever exist.
//!
//! A path is one or more components joined by slashes, as git can hold them: none is empty, `.`, `..` or `.git` (in
//! any case), none is longer than 255 bytes. What git cannot hold does not exist here: it neither keeps an entry alive
//! nor is it ever shown. (A path that only such a length would rule out is met by [`Coverage::NotDecided`].)
//!
//! The questions are one: is there a path in all of these patterns and in none of those? The patterns of the first
//! kind spell paths (`steps`), the others run along as a set of live nodes (`union`), and the product of both is
//! searched within a budget (`search`). Nothing here depends on the clock or on chance.

mod budget;
mod search;
mod steps;
#[cfg(test)]
mod tests;
mod union;
mod witness;

use std::collections::BTreeSet;

use super::Pattern;
use budget::{Undecided, spend, within};
use search::{Found, search};
use steps::{Letter, Speller};
use union::{Order, Union};

/// Work units for one run: about a second on a common machine, and thousands of times what real files need.
pub const DEFAULT_BUDGET: u64 = 20_000_000;

/// The answer to "do later entries cover this whole entry".
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Coverage {
    /// Proved: every possible path of the entry is won by one of these later ranks (ascending). They are exactly
    /// those that win some path of it; only where the budget runs out on this detail, they are ranks that together
    /// cover it.
    Covered(Vec<u32>),
    /// A path that the entry wins, though it may not exist.
    Witness(Vec<u8>),
    /// Proved: no path that git can hold matches the entry, whatever comes later (`/`, `.git/`).
    Empty,
    /// The work budget ran out.
    NotDecided,
}

/// The answer to a yes-or-no question about all paths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Proved.
    Yes,
    /// A path that shows the contrary.
    No(Vec<u8>),
    /// The work budget ran out.
    NotDecided,
}

/// The answer to "is there such a path".
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PathSearch {
    /// This one.
    Found(Vec<u8>),
    /// Proved: none.
    Nowhere,
    /// The work budget ran out.
    NotDecided,
}

/// Decides for each pattern whether the later ones (of greater rank) cover its whole language, in the order given.
/// `budget` is in work units for the whole call and is decremented; see [`DEFAULT_BUDGET`].
pub fn covered_by_later(patterns: &[(u32, &Pattern)], budget: &mut u64) -> Vec<(u32, Coverage)> {
    Engine::new(patterns).covered_by_later(budget)
}

/// Decides whether every path of `inner` is in one of `outer`; a `No` has a path of `inner` that is in none.
pub fn union_covers(outer: &[&Pattern], inner: &Pattern, budget: &mut u64) -> Decision {
    let ranked: Vec<_> = outer.iter().map(|&pattern| (0, pattern)).collect();
    match Engine::new(&ranked).find_path(&[inner], None, budget) {
        PathSearch::Found(path) => Decision::No(path),
        PathSearch::Nowhere => Decision::Yes,
        PathSearch::NotDecided => Decision::NotDecided,
    }
}

/// A path that both patterns match. The work is at most the product of their lengths.
pub fn intersection(a: &Pattern, b: &Pattern, budget: &mut u64) -> PathSearch {
    Engine::new(&[]).find_path(&[a, b], None, budget)
}

/// The ranks among `covering` that are enough to cover `inner`: one alone if one does, else none that could go. For
/// messages, where all the winners would be too many. Past the budget, or where `covering` does not cover `inner`,
/// ranks that could go may stay.
pub fn enough_to_cover(covering: &[(u32, &Pattern)], inner: &Pattern, budget: &mut u64) -> Vec<u32> {
    for &(rank, pattern) in covering.iter().rev() {
        if union_covers(&[pattern], inner, budget) == Decision::Yes {
            return vec![rank];
        }
    }
    let mut kept = covering.to_vec();
    for &(rank, _) in covering {
        let others: Vec<_> = kept.iter().filter(|&&(other, _)| other != rank).map(|&(_, pattern)| pattern).collect();
        // Joining them anew is work too.
        let joined: usize = others.iter().map(|pattern| 16 + 16 * pattern.segments.len()).sum();
        if spend(budget, joined).is_err() {
            break;
        }
        if union_covers(&others, inner, budget) == Decision::Yes {
            kept.retain(|&(other, _)| other != rank);
        }
    }
    kept.into_iter().map(|(rank, _)| rank).collect()
}

/// Ranked patterns, joined once for many questions.
#[derive(Debug)]
pub struct Engine<'p> {
    patterns: Vec<(u32, &'p Pattern)>,
    /// The ranks, ascending and distinct: position plus one is the pattern's order in `union`.
    ranks: Vec<u32>,
    union: Union,
}

impl<'p> Engine<'p> {
    /// Joins patterns. Of two with equal ranks none is later.
    pub fn new(patterns: &[(u32, &'p Pattern)]) -> Self {
        let mut ranks: Vec<u32> = patterns.iter().map(|&(rank, _)| rank).collect();
        ranks.sort_unstable();
        ranks.dedup();
        let union = Union::new(patterns.iter().map(|&(rank, pattern)| (order_up_to(&ranks, rank), pattern)));
        Self { patterns: patterns.to_vec(), ranks, union }
    }

    /// Looks for a path that is in all of `inside`, and in no pattern of the engine with a rank above `after` (in none
    /// at all for `None`). With an area and an entry inside, and the entry's rank, this is: which path of the area
    /// would this entry win?
    pub fn find_path(&self, inside: &[&Pattern], after: Option<u32>, budget: &mut u64) -> PathSearch {
        let after = after.map_or(0, |rank| order_up_to(&self.ranks, rank));
        match self.find(inside, after, budget) {
            Ok(Ending::Path(path)) => PathSearch::Found(path),
            Ok(Ending::Nowhere(_)) => PathSearch::Nowhere,
            Err(Undecided) => PathSearch::NotDecided,
        }
    }

    /// Decides for each pattern whether the later ones cover its whole language: see [`covered_by_later`].
    pub fn covered_by_later(&self, budget: &mut u64) -> Vec<(u32, Coverage)> {
        let mut answers = vec![Coverage::NotDecided; self.patterns.len()];
        // Half of the budget in equal shares, so that one monstrous entry leaves the others decided.
        let share = *budget / 2 / (self.patterns.len().max(1) as u64);
        self.decide(&mut answers, Some(share), budget);
        self.decide(&mut answers, None, budget);
        let detail = *budget / 2;
        within(detail, budget, |budget| self.name_winners(&mut answers, budget));
        self.patterns.iter().map(|&(rank, _)| rank).zip(answers).collect()
    }

    /// Decides what is not decided yet, each within `share`, or else within a part of what is left: a sixteenth even
    /// where more are open, for shares too small to decide anything would be lost on all of them.
    fn decide(&self, answers: &mut [Coverage], share: Option<u64>, budget: &mut u64) {
        let mut open = answers.iter().filter(|answer| **answer == Coverage::NotDecided).count() as u64;
        for (answer, &(rank, pattern)) in answers.iter_mut().zip(&self.patterns) {
            if *answer == Coverage::NotDecided {
                let share = share.unwrap_or(*budget / open.clamp(1, 16));
                open -= 1;
                *answer = within(share, budget, |budget| self.coverage(rank, pattern, budget));
            }
        }
    }

    fn coverage(&self, rank: u32, pattern: &Pattern, budget: &mut u64) -> Coverage {
        match self.find(&[pattern], order_up_to(&self.ranks, rank), budget) {
            Ok(Ending::Path(path)) => Coverage::Witness(path),
            Ok(Ending::Nowhere(owners)) if owners.is_empty() => Coverage::Empty,
            Ok(Ending::Nowhere(owners)) => {
                Coverage::Covered(owners.into_iter().map(|order| self.rank(order)).collect())
            }
            Err(Undecided) => Coverage::NotDecided,
        }
    }

    fn find(&self, inside: &[&Pattern], after: Order, budget: &mut u64) -> Result<Ending, Undecided> {
        let Some(spellers) = inside.iter().map(|pattern| Speller::new(pattern)).collect::<Option<Vec<_>>>() else {
            return Ok(Ending::Nowhere(BTreeSet::new()));
        };
        if let Some(path) = self.guess(inside, after, budget)? {
            return Ok(Ending::Path(path));
        }
        Ok(match search(&spellers.iter().collect::<Vec<_>>(), &self.union, after, budget)? {
            Found::Path(letters) => Ending::Path(self.write(&letters, inside, after, budget)?),
            Found::Nowhere(owners) => Ending::Nowhere(owners),
        })
    }

    /// A readable path, found without a search.
    fn guess(&self, inside: &[&Pattern], after: Order, budget: &mut u64) -> Result<Option<Vec<u8>>, Undecided> {
        for path in inside.iter().flat_map(|pattern| witness::guesses(pattern)) {
            if self.holds(&path, inside, after, budget)? {
                return Ok(Some(path.into_bytes()));
            }
        }
        Ok(None)
    }

    /// The first reading of an abstract path that holds: none only where all are too long.
    fn write(
        &self,
        letters: &[Letter],
        inside: &[&Pattern],
        after: Order,
        budget: &mut u64,
    ) -> Result<Vec<u8>, Undecided> {
        for path in witness::readings(letters, &self.union, inside) {
            if self.holds(&path, inside, after, budget)? {
                return Ok(path.into_bytes());
            }
        }
        Err(Undecided)
    }

    /// Checks a concrete path.
    fn holds(&self, path: &str, inside: &[&Pattern], after: Order, budget: &mut u64) -> Result<bool, Undecided> {
        // Matching one pattern is at worst the product of its segments and the path's components.
        let components = path.split('/').count();
        let work: usize = inside.iter().map(|pattern| components.saturating_mul(pattern.segments.len())).sum();
        spend(budget, work.saturating_add(path.len()))?;
        if !witness::is_legal(path) || !inside.iter().all(|pattern| pattern.matches(path.as_bytes())) {
            return Ok(false);
        }
        Ok(!self.union.matches(path, after, budget)?)
    }

    /// Replaces ranks that cover an entry by those that win some path of it.
    fn name_winners(&self, answers: &mut [Coverage], budget: &mut u64) {
        let mut by_order: Vec<_> = self.patterns.iter().map(|&(rank, pattern)| (rank, Speller::new(pattern))).collect();
        by_order.sort_by_key(|&(rank, _)| rank);
        let mut open = answers.iter().filter(|answer| matches!(answer, Coverage::Covered(_))).count() as u64;
        for (answer, &(_, pattern)) in answers.iter_mut().zip(&self.patterns) {
            if let Coverage::Covered(ranks) = answer
                && let Some(speller) = Speller::new(pattern)
            {
                let share = *budget / open.max(1);
                open -= 1;
                // Nothing before the first of a cover wins: where it would match, one of the cover does too.
                let least = ranks.first().copied().unwrap_or(0);
                let candidates = &by_order[by_order.partition_point(|&(rank, _)| rank < least)..];
                let winners = within(share, budget, |budget| self.winners(&speller, candidates, budget));
                if let Ok(winners) = winners {
                    *ranks = winners;
                }
            }
        }
    }

    /// The candidates that win some path of a pattern.
    fn winners(
        &self,
        of: &Speller,
        candidates: &[(u32, Option<Speller>)],
        budget: &mut u64,
    ) -> Result<Vec<u32>, Undecided> {
        let mut winners = Vec::new();
        for (rank, candidate) in candidates {
            spend(budget, 1 + of.len() / 16)?;
            let Some(candidate) = candidate.as_ref().filter(|candidate| !candidate.parts_early_from(of)) else {
                continue;
            };
            let found = search(&[of, candidate], &self.union, order_up_to(&self.ranks, *rank), budget)?;
            if matches!(found, Found::Path(_)) {
                winners.push(*rank);
            }
        }
        winners.dedup();
        Ok(winners)
    }

    fn rank(&self, order: Order) -> u32 {
        self.ranks[order as usize - 1]
    }
}

/// How a search ended.
enum Ending {
    /// With this path, checked.
    Path(Vec<u8>),
    /// With the proof that there is none: these patterns cover all, or nothing is there to cover.
    Nowhere(BTreeSet<Order>),
}

/// The order of `rank`, or of the greatest rank below it.
fn order_up_to(ranks: &[u32], rank: u32) -> Order {
    Order::try_from(ranks.partition_point(|&other| other <= rank)).unwrap_or(Order::MAX)
}
