//! How areas' patterns stand to each other, decided by the exact engine for all paths that could ever exist.

use std::cell::Cell;

use super::overlap::Decide;
use crate::codeowners::{DEFAULT_BUDGET, Decision, Engine, PathSearch, Pattern, Segment, union_covers};

/// The exact engine, with one budget for the whole policy.
pub(super) struct Exact {
    budget: Cell<u64>,
}

impl Exact {
    pub(super) fn new() -> Self {
        Self { budget: Cell::new(DEFAULT_BUDGET) }
    }

    /// Asks the engine, unless the budget does not even cover reading the patterns.
    fn spend<T>(&self, patterns: &[&Pattern], ask: impl FnOnce(&mut u64) -> T) -> Option<T> {
        let reading: u64 = patterns.iter().map(|pattern| WORK_A_TOKEN * size(pattern)).sum();
        let mut budget = self.budget.get().saturating_sub(reading);
        let answer = (budget > 0).then(|| ask(&mut budget));
        self.budget.set(budget);
        answer
    }
}

/// What the engine does to take in one token of a pattern, in its work units.
const WORK_A_TOKEN: u64 = 10;

fn size(pattern: &Pattern) -> u64 {
    let tokens = |segment: &Segment| match segment {
        Segment::Globstar => 1,
        Segment::Literal(name) => name.len(),
        Segment::Wild(wild) => wild.0.len(),
    };
    1 + pattern.segments.iter().map(tokens).sum::<usize>() as u64
}

impl Exact {
    /// A path that all of `inside` match and none of `outside` does; `None` where there is none or none was found.
    pub(super) fn shared(&self, inside: &[&Pattern], outside: &[&Pattern]) -> Option<Vec<u8>> {
        let ranked: Vec<_> = outside.iter().map(|&pattern| (0, pattern)).collect();
        let ask = |budget: &mut u64| Engine::new(&ranked).find_path(inside, None, budget);
        match self.spend(&[outside, inside].concat(), ask)? {
            PathSearch::Found(path) | PathSearch::Taken(path) => Some(path),
            PathSearch::Nowhere | PathSearch::NotDecided => None,
        }
    }

    /// A path of `inner` that none of `outer` matches; `None` where there is none or none was found.
    pub(super) fn left_out(&self, outer: &[&Pattern], inner: &Pattern) -> Option<Vec<u8>> {
        match self.spend(&[outer, &[inner]].concat(), |budget| union_covers(outer, inner, budget))? {
            Decision::No(path) => Some(path),
            Decision::Yes | Decision::NotDecided => None,
        }
    }
}

impl Decide for Exact {
    fn covers(&self, outer: &[&Pattern], inner: &Pattern) -> Option<bool> {
        match self.spend(&[outer, &[inner]].concat(), |budget| union_covers(outer, inner, budget))? {
            Decision::Yes => Some(true),
            Decision::No(_) => Some(false),
            Decision::NotDecided => None,
        }
    }

    fn common(&self, a: &Pattern, b: &Pattern) -> Option<Vec<u8>> {
        self.shared(&[a, b], &[])
    }
}
