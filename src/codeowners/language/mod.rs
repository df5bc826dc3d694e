//! The exact engine: answers for every path that could ever exist.
//!
//! A path is one or more components joined by slashes, as git can hold them: none is empty, `.`, `..` or `.git` (in
//! any case), none is longer than 255 bytes. What git cannot hold does not exist here: it neither keeps an entry alive
//! nor is it ever shown. (A path that only such a length would rule out is met by [`Coverage::NotDecided`].)
//!
//! The questions are one: is there a path in all of these patterns and in none of those? The patterns of the first
//! kind spell paths (`steps`), the others run along as a set of live nodes (`union`), and the product of both is
//! searched within a budget (`search`). Nothing here depends on the clock or on chance.

mod alphabet;
mod budget;
mod cell;
mod difference;
mod engine;
mod ground;
mod interner;
mod search;
mod sets;
mod steps;
#[cfg(test)]
mod tests;
mod union;
mod winners;
mod witness;

use super::Pattern;
use budget::{Undecided, spend};
use cell::Ending;

pub use difference::find_difference;
pub use engine::Engine;
pub use ground::Ground;
pub use sets::PathSet;
pub use winners::{Winner, find_failing, winners_in};

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
    /// There are such paths, like this one, but none was found that could be added to the repository: each that was
    /// tried is a directory there, lies below a file, or is ignored. (Only where a [`Ground`] was given.)
    Taken(Vec<u8>),
    /// Proved: none.
    Nowhere,
    /// The work budget ran out.
    NotDecided,
}

impl From<Result<Ending, Undecided>> for PathSearch {
    fn from(result: Result<Ending, Undecided>) -> Self {
        match result {
            Ok(Ending::Path(path)) => Self::Found(path),
            Ok(Ending::Taken(path)) => Self::Taken(path),
            Ok(Ending::Nowhere(_)) => Self::Nowhere,
            Err(Undecided) => Self::NotDecided,
        }
    }
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
        PathSearch::Found(path) | PathSearch::Taken(path) => Decision::No(path),
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
