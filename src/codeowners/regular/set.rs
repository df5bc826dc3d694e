//! Which rules hold for a path: many rules, many paths.

use std::fmt;

use super::Regular;
use super::alphabet::Alphabet;
use super::budget::{Spent, spend};
use super::machine::{Machine, StateId};
use super::program::Program;
use super::tokens::next_character;

/// Work units for all rules and paths of a run: some seconds. A byte of a path takes one, and a step that was not taken
/// before as many as there are expressions still in play: a million paths and ten thousand rules fit many times.
pub const DEFAULT_MATCH_BUDGET: u64 = 1_000_000_000;

/// What the remembered states may hold, in words of four bytes.
const CAPACITY: usize = 16_000_000;

/// The work budget ran out: these rules are out of all proportion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("matching these regular expressions takes too much work")]
pub struct TooMuchWork;

impl From<Spent> for TooMuchWork {
    fn from(_: Spent) -> Self {
        Self
    }
}

/// Rules, joined for many paths. Paths that come sorted share the work on their directories.
pub struct RegularSet {
    machine: Machine,
    /// Of each rule, its rank and whether it is negated.
    rules: Vec<(u32, bool)>,
    has_negated: bool,
    budget: u64,
    /// The directory of the path before, and where each component of it starts, with the state there.
    directory: Vec<u8>,
    trail: Vec<(usize, StateId)>,
}

impl fmt::Debug for RegularSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RegularSet").field("rules", &self.rules).field("budget", &self.budget).finish_non_exhaustive()
    }
}

impl RegularSet {
    /// Joins rules, whose ranks are told of the paths they hold for. An error where they are too large together.
    pub fn new(rules: &[(u32, &Regular)]) -> Result<Self, TooMuchWork> {
        Self::with_budget(rules, DEFAULT_MATCH_BUDGET)
    }

    /// With another budget than [`DEFAULT_MATCH_BUDGET`].
    pub fn with_budget(rules: &[(u32, &Regular)], mut budget: u64) -> Result<Self, TooMuchWork> {
        let mut program = Program::default();
        for (_, rule) in rules {
            program.add(&rule.node, &mut budget)?;
        }
        let alphabet = Alphabet::new(&program, "/", None, &mut budget)?;
        Ok(Self {
            machine: Machine::new(program, alphabet, CAPACITY),
            rules: rules.iter().map(|&(rank, rule)| (rank, rule.is_negated())).collect(),
            has_negated: rules.iter().any(|(_, rule)| rule.is_negated()),
            budget,
            directory: Vec::new(),
            trail: Vec::new(),
        })
    }

    /// What is left of the budget.
    pub fn budget(&self) -> u64 {
        self.budget
    }

    /// Puts the ranks of the rules that hold for `path` (no leading slash) into `ranks`, in the order of the rules. Once
    /// the budget has run out, no path is answered any more.
    pub fn matching(&mut self, path: &[u8], ranks: &mut Vec<u32>) -> Result<(), TooMuchWork> {
        ranks.clear();
        let result = self.rank(path, ranks);
        if result.is_err() {
            self.budget = 0;
            ranks.clear();
        }
        result
    }

    fn rank(&mut self, path: &[u8], ranks: &mut Vec<u32>) -> Result<(), TooMuchWork> {
        // Not for nothing, so that an empty budget answers nothing, the empty path included.
        spend(&mut self.budget, 1)?;
        let state = self.walk(path)?;
        let matches = self.machine.matches(state, &mut self.budget)?;
        if self.has_negated {
            spend(&mut self.budget, self.rules.len())?;
            let mut matches = matches.iter().copied().peekable();
            for (number, &(rank, negated)) in (0..).zip(&self.rules) {
                if matches.next_if_eq(&number).is_some() != negated {
                    ranks.push(rank);
                }
            }
        } else {
            spend(&mut self.budget, matches.len())?;
            ranks.extend(matches.iter().map(|&number| self.rules[number as usize].0));
        }
        Ok(())
    }

    /// Makes the memory for states smaller.
    #[cfg(test)]
    pub(super) fn forget_above(&mut self, capacity: usize) {
        self.machine.set_capacity(capacity);
    }

    /// The state behind a whole path.
    fn walk(&mut self, path: &[u8]) -> Result<StateId, TooMuchWork> {
        let shared = self.directory.iter().zip(path).take_while(|(one, other)| one == other).count();
        while self.trail.last().is_some_and(|&(start, _)| start > shared) {
            self.trail.pop();
        }
        if self.trail.is_empty() {
            let start = self.machine.start(&mut self.budget)?;
            self.trail.push((0, start));
        }
        let (mut at, mut state) = self.trail[self.trail.len() - 1];
        while let Some((character, width)) = next_character(&path[at..]) {
            spend(&mut self.budget, 1)?;
            let letter = self.machine.alphabet.letter(character);
            let stepped = self.machine.step(state, letter, &mut self.budget)?;
            if stepped.forgot {
                self.trail.clear();
            }
            state = stepped.to;
            at += width;
            if character == '/' {
                self.trail.push((at, state));
            }
        }
        let directory = self.trail.last().map_or(0, |&(start, _)| start);
        self.directory.clear();
        self.directory.extend_from_slice(&path[..directory]);
        Ok(state)
    }
}
