//! A set of paths cut out by patterns, and a path of it to show.

use std::collections::BTreeSet;

use super::budget::{Undecided, spend};
use super::engine::Engine;
use super::ground::Ground;
use super::search::{Question, Search};
use super::steps::{Letter, Speller};
use super::union::{Order, Union};
use super::witness;

/// So many paths of a set are tried where the repository or their length forbids them.
const MOST_TRIES: usize = 64;

/// The paths that are in all patterns `inside`, and in none of an engine's patterns after an order.
#[derive(Clone)]
pub(super) struct Cell<'a> {
    pub(super) inside: Vec<&'a Speller<'a>>,
    pub(super) outside: Vec<(&'a Engine<'a>, Order)>,
    pub(super) ground: Option<&'a dyn Ground>,
}

/// How a search ended.
pub(super) enum Ending {
    /// With this path, checked.
    Path(Vec<u8>),
    /// With none that could be added to the repository; this one is of the set.
    Taken(Vec<u8>),
    /// With the proof that there is none: these patterns of the first engine cover all that the others leave, or
    /// nothing is there to cover.
    Nowhere(BTreeSet<Order>),
}

/// What a path is to a cell.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fit {
    Yes,
    /// It is of the set, and the repository has no place for it.
    Taken,
    No,
}

impl<'a> Cell<'a> {
    /// What is in a pattern too.
    pub(super) fn and(&self, speller: &'a Speller<'a>) -> Self {
        let mut cell = self.clone();
        cell.inside.push(speller);
        cell
    }

    /// What is in none of these either. The engine becomes the first, whose owners a search tells.
    pub(super) fn without(&self, engine: &'a Engine<'a>, after: Order) -> Self {
        let mut cell = self.clone();
        cell.outside.insert(0, (engine, after));
        cell
    }

    /// True where the literal beginnings alone show that no path is in the pattern too.
    pub(super) fn parts_early_from(&self, speller: &Speller<'_>) -> bool {
        self.inside.iter().any(|inside| inside.parts_early_from(speller))
    }

    /// Looks for a path.
    pub(super) fn find(&self, budget: &mut u64) -> Result<Ending, Undecided> {
        if let Some(path) = self.guess(budget)? {
            return Ok(Ending::Path(path));
        }
        let unions = self.unions();
        let mut search = Search::new(Question { inside: &self.inside, outside: &unions, ground: self.ground });
        let (mut taken, mut unwritten, mut tries) = (None, false, 0);
        while let Some(letters) = search.next_path(budget)? {
            match self.write(&letters, &unions, budget)? {
                (Fit::Yes, path) => return Ok(Ending::Path(path)),
                (Fit::Taken, path) => taken = taken.or(Some(path)),
                (Fit::No, _) => unwritten = true,
            }
            tries += 1;
            if tries == MOST_TRIES {
                unwritten = true;
                break;
            }
        }
        if let Some(letters) = search.taken().filter(|_| taken.is_none()) {
            match self.write(&letters, &unions, budget)? {
                (Fit::No, _) => unwritten = true,
                (_, path) => taken = Some(path),
            }
        }
        match taken {
            Some(path) => Ok(Ending::Taken(path)),
            // A path that is too long for git proves nothing.
            None if unwritten => Err(Undecided),
            None => Ok(Ending::Nowhere(search.owners())),
        }
    }

    /// Whether there is no path at all; then the owners are those of the first engine, as in [`Ending::Nowhere`].
    pub(super) fn owners_if_empty(&self, budget: &mut u64) -> Result<Option<BTreeSet<Order>>, Undecided> {
        let unions = self.unions();
        let mut search = Search::new(Question { inside: &self.inside, outside: &unions, ground: None });
        Ok(if search.next_path(budget)?.is_some() { None } else { Some(search.owners()) })
    }

    fn unions(&self) -> Vec<(&'a Union, Order)> {
        self.outside.iter().map(|&(engine, after)| (engine.union(), after)).collect()
    }

    /// A readable path, found without a search.
    fn guess(&self, budget: &mut u64) -> Result<Option<Vec<u8>>, Undecided> {
        for path in self.inside.iter().flat_map(|speller| witness::guesses(speller.pattern)) {
            if self.fit(path.as_bytes(), budget)? == Fit::Yes {
                return Ok(Some(path.into_bytes()));
            }
        }
        Ok(None)
    }

    /// The first reading of an abstract path that holds, or else one that has no place. No reading is of the set only
    /// where all are too long.
    fn write(
        &self,
        letters: &[Letter],
        unions: &[(&Union, Order)],
        budget: &mut u64,
    ) -> Result<(Fit, Vec<u8>), Undecided> {
        let is_known = |letter: char| {
            unions.iter().any(|(union, _)| union.knows(letter)) || self.inside.iter().any(|of| of.knows(letter))
        };
        let mut best = (Fit::No, Vec::new());
        for path in witness::readings(letters, is_known) {
            match self.fit(&path, budget)? {
                Fit::Yes => return Ok((Fit::Yes, path)),
                Fit::Taken if best.0 == Fit::No => best = (Fit::Taken, path),
                Fit::Taken | Fit::No => {}
            }
        }
        Ok(best)
    }

    /// Checks a concrete path, with the patterns themselves and the matcher.
    fn fit(&self, path: &[u8], budget: &mut u64) -> Result<Fit, Undecided> {
        // Matching one pattern is at worst the product of its segments and the path's components.
        let components = path.split(|&byte| byte == b'/').count();
        let work: usize = self.inside.iter().map(|of| components.saturating_mul(of.pattern.segments.len())).sum();
        spend(budget, work.saturating_add(path.len()))?;
        let is_of_set = witness::is_legal(path)
            && self.inside.iter().all(|speller| speller.pattern.matches(path))
            && !self.outside.iter().any(|&(engine, after)| engine.winner(path).is_some_and(|order| order > after));
        Ok(match self.ground {
            _ if !is_of_set => Fit::No,
            Some(ground) if !ground.allows(path) => Fit::Taken,
            _ => Fit::Yes,
        })
    }
}
