//! How areas' patterns stand to each other, decided by the exact engine for all paths that could ever exist.

use std::cell::Cell;

use super::overlap::Decide;
use crate::codeowners::{DEFAULT_BUDGET, Decision, PathSearch, Pattern, intersection, union_covers};

/// The exact engine, with one budget for the whole policy.
pub(super) struct Exact {
    budget: Cell<u64>,
}

impl Exact {
    pub(super) fn new() -> Self {
        Self { budget: Cell::new(DEFAULT_BUDGET) }
    }

    fn spend<T>(&self, ask: impl FnOnce(&mut u64) -> T) -> T {
        let mut budget = self.budget.get();
        let answer = ask(&mut budget);
        self.budget.set(budget);
        answer
    }
}

impl Decide for Exact {
    fn covers(&self, outer: &[&Pattern], inner: &Pattern) -> Option<bool> {
        match self.spend(|budget| union_covers(outer, inner, budget)) {
            Decision::Yes => Some(true),
            Decision::No(_) => Some(false),
            Decision::NotDecided => None,
        }
    }

    fn common(&self, a: &Pattern, b: &Pattern) -> Option<Vec<u8>> {
        match self.spend(|budget| intersection(a, b, budget)) {
            PathSearch::Found(path) => Some(path),
            PathSearch::Nowhere | PathSearch::NotDecided => None,
        }
    }
}
