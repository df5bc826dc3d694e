//! A program as an automaton that is determinised while it is being walked.
//!
//! A state is the set of places where the expressions may be, before the assertions there are tested: these need to
//! know the next character. Steps are remembered, so that a common one costs a look into a table.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::alphabet::{Alphabet, Letter, Side};
use super::budget::{Spent, number, spend};
use super::node::{Look, Words};
use super::program::{At, ClassId, Inst, Program};

/// Index of a state.
pub(super) type StateId = u32;

/// Index of a list of duties; 0 is the empty one.
type DutiesId = u32;

/// What a thread or a next state costs to remember, beside the work of finding it; keeps memory in proportion to the
/// budget.
const STATE_COST: usize = 4;

const NO_DUTIES: DutiesId = 0;
const UNKNOWN: StateId = StateId::MAX;

/// A place in the program, and what look-aheads passed on the way still ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Thread {
    pub at: At,
    duties: DutiesId,
}

impl Thread {
    /// True where nothing more is asked for on the way.
    pub(super) fn is_free(self) -> bool {
        self.duties == NO_DUTIES
    }
}

/// What a look-ahead asks for: that one of the threads come to its end, or that none does.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Duty {
    negative: bool,
    threads: Arc<[At]>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct State {
    threads: Arc<[Thread]>,
    /// What stands before this place.
    before: Side,
}

/// See the module.
pub(super) struct Machine {
    pub program: Program,
    pub alphabet: Alphabet,
    states: Vec<State>,
    ids: FxHashMap<State, StateId>,
    /// A row of next states for each state.
    rows: Vec<StateId>,
    matches: Vec<Option<Arc<[u32]>>>,
    /// How much the states hold; above `capacity` they are all forgotten.
    size: usize,
    capacity: usize,
    /// Of each place, whether its expression matches from there on whatever comes.
    settled: Vec<bool>,
    duties: Vec<Arc<[Duty]>>,
    duty_ids: FxHashMap<Arc<[Duty]>, DutiesId>,
    scratch: Scratch,
}

/// Reused between steps.
#[derive(Debug, Default)]
struct Scratch {
    stack: Vec<Thread>,
    found: Vec<Thread>,
    /// The walk in which a thread without duties came by an instruction.
    visited: Vec<u32>,
    walk: u32,
    visited_on_duty: FxHashSet<Thread>,
    seen: Vec<bool>,
}

/// Where a letter leads.
pub(super) struct Stepped {
    pub to: StateId,
    /// True where the states known before were forgotten.
    pub forgot: bool,
}

impl Machine {
    /// A machine that forgets its states when they take more words of four bytes than `capacity`.
    pub(super) fn new(program: Program, alphabet: Alphabet, capacity: usize) -> Self {
        let settled = settled(&program, &alphabet);
        let scratch = Scratch { visited: vec![0; program.insts.len()], ..Scratch::default() };
        let none: Arc<[Duty]> = Arc::new([]);
        Self {
            program,
            alphabet,
            states: Vec::new(),
            ids: FxHashMap::default(),
            rows: Vec::new(),
            matches: Vec::new(),
            size: 0,
            capacity,
            settled,
            duties: vec![Arc::clone(&none)],
            duty_ids: FxHashMap::from_iter([(none, NO_DUTIES)]),
            scratch,
        }
    }

    #[cfg(test)]
    pub(super) fn set_capacity(&mut self, capacity: usize) {
        self.capacity = capacity;
    }

    /// The state before the first character.
    pub(super) fn start(&mut self, budget: &mut u64) -> Result<StateId, Spent> {
        let threads = self.program.starts.iter().map(|&at| Thread { at, duties: NO_DUTIES }).collect();
        Ok(self.state(threads, Side::EDGE, budget)?.to)
    }

    /// The threads of a state, ascending.
    pub(super) fn threads(&self, state: StateId) -> Arc<[Thread]> {
        Arc::clone(&self.states[state as usize].threads)
    }

    /// The state behind one more letter.
    pub(super) fn step(&mut self, from: StateId, letter: Letter, budget: &mut u64) -> Result<Stepped, Spent> {
        let slot = from as usize * self.alphabet.len() + letter as usize;
        let known = self.rows[slot];
        if known != UNKNOWN {
            return Ok(Stepped { to: known, forgot: false });
        }
        let State { threads, before } = self.states[from as usize].clone();
        let after = self.alphabet.side(letter);
        let found = self.reach(&threads, before, after, budget)?;
        let mut next = Vec::with_capacity(found.len());
        let mut known_duties = FxHashMap::default();
        for thread in &found {
            let to = match self.program.insts[thread.at as usize] {
                Inst::Take(class, to) if self.alphabet.holds(class, letter) => to,
                Inst::Rest(_) => thread.at,
                _ => continue,
            };
            let duties = if let Some(&known) = known_duties.get(&thread.duties) {
                known
            } else {
                let left = self.duties_behind(thread.duties, before, letter, budget)?;
                known_duties.insert(thread.duties, left);
                left
            };
            if let Some(duties) = duties {
                next.push(Thread { at: to, duties });
            }
        }
        let stepped = self.state(next, after, budget)?;
        if !stepped.forgot {
            self.rows[slot] = stepped.to;
            self.fill(from, letter, stepped.to, &found, budget)?;
        }
        self.scratch.found = found;
        Ok(stepped)
    }

    /// Writes down a step for all letters that none of the threads tells from this one.
    fn fill(
        &mut self,
        from: StateId,
        letter: Letter,
        to: StateId,
        found: &[Thread],
        budget: &mut u64,
    ) -> Result<(), Spent> {
        if !found.iter().all(|thread| thread.is_free()) {
            return Ok(());
        }
        let mut classes: Vec<ClassId> = Vec::new();
        for thread in found {
            if let Inst::Take(class, _) = self.program.insts[thread.at as usize] {
                classes.push(class);
            }
        }
        classes.sort_unstable();
        classes.dedup();
        let width = self.alphabet.len();
        let mut is_told_apart = vec![false; width];
        let mut wide = Vec::new();
        for class in classes {
            match self.alphabet.only(class) {
                Some(only) if only == letter => return Ok(()),
                Some(only) => is_told_apart[only as usize] = true,
                None => wide.push((class, self.alphabet.holds(class, letter))),
            }
        }
        spend(budget, width * (1 + wide.len()) / 4)?;
        let side = self.alphabet.side(letter);
        let row = from as usize * width;
        for other in (0..number(width)).filter(|&other| !is_told_apart[other as usize]) {
            let is_alike = self.alphabet.side(other) == side
                && wide.iter().all(|&(class, holds)| self.alphabet.holds(class, other) == holds);
            if is_alike {
                self.rows[row + other as usize] = to;
            }
        }
        Ok(())
    }

    /// The expressions that match a path that ends in this state, ascending.
    pub(super) fn matches(&mut self, state: StateId, budget: &mut u64) -> Result<Arc<[u32]>, Spent> {
        if let Some(known) = &self.matches[state as usize] {
            return Ok(Arc::clone(known));
        }
        let State { threads, before } = self.states[state as usize].clone();
        let found = self.reach(&threads, before, Side::EDGE, budget)?;
        let mut matches = Vec::new();
        for thread in &found {
            if let Inst::Match(number) | Inst::Rest(number) = self.program.insts[thread.at as usize]
                && self.duties_end_well(thread.duties, before, budget)?
            {
                matches.push(number);
            }
        }
        self.scratch.found = found;
        matches.sort_unstable();
        matches.dedup();
        let matches: Arc<[u32]> = matches.into();
        self.size += matches.len();
        self.matches[state as usize] = Some(Arc::clone(&matches));
        Ok(matches)
    }

    fn state(&mut self, mut threads: Vec<Thread>, before: Side, budget: &mut u64) -> Result<Stepped, Spent> {
        threads.sort_unstable();
        threads.dedup();
        self.settle(&mut threads);
        let state = State { threads: threads.into(), before };
        if let Some(&to) = self.ids.get(&state) {
            return Ok(Stepped { to, forgot: false });
        }
        let width = self.alphabet.len();
        spend(budget, STATE_COST * (width + state.threads.len()))?;
        let size = width + 2 * state.threads.len() + 16;
        let forgot = self.size + size > self.capacity && !self.states.is_empty();
        if forgot {
            self.states.clear();
            self.ids.clear();
            self.rows.clear();
            self.matches.clear();
            self.size = 0;
        }
        let to = number(self.states.len());
        self.size += size;
        self.rows.resize(self.rows.len() + width, UNKNOWN);
        self.matches.push(None);
        self.states.push(state.clone());
        self.ids.insert(state, to);
        Ok(Stepped { to, forgot })
    }

    /// Of an expression that will match whatever comes, keeps one thread that shows it.
    fn settle(&self, threads: &mut Vec<Thread>) {
        let is_settled = |thread: &Thread| thread.is_free() && self.settled[thread.at as usize];
        if !threads.iter().any(is_settled) {
            return;
        }
        let mut kept = Vec::with_capacity(threads.len());
        let mut rest = threads.as_slice();
        while let Some(first) = rest.first() {
            let end = self.program.end_of_expression(first.at);
            let (own, others) = rest.split_at(rest.partition_point(|thread| thread.at < end));
            match own.iter().find(|thread| is_settled(thread)) {
                Some(&thread) => kept.push(thread),
                None => kept.extend_from_slice(own),
            }
            rest = others;
        }
        *threads = kept;
    }

    /// Whether an expression matches from a thread on, whatever comes.
    pub(super) fn is_settled(&self, thread: Thread) -> bool {
        thread.is_free() && self.settled[thread.at as usize]
    }

    /// The instructions that threads come to without a character between these two sides. The list is to be put back.
    fn reach(&mut self, threads: &[Thread], before: Side, after: Side, budget: &mut u64) -> Result<Vec<Thread>, Spent> {
        if self.program.watches > 0 {
            self.scratch.seen.clear();
            self.scratch.seen.resize(self.program.watches as usize, false);
            self.walk(threads, before, after, true, budget)?;
        }
        self.walk(threads, before, after, false, budget)?;
        Ok(std::mem::take(&mut self.scratch.found))
    }

    /// Collects in `scratch.found`, or (`watching`) only notes what the watches see.
    fn walk(
        &mut self,
        threads: &[Thread],
        before: Side,
        after: Side,
        watching: bool,
        budget: &mut u64,
    ) -> Result<(), Spent> {
        let mut stack = std::mem::take(&mut self.scratch.stack);
        stack.clear();
        stack.extend_from_slice(threads);
        self.scratch.found.clear();
        self.scratch.visited_on_duty.clear();
        self.scratch.walk = self.scratch.walk.checked_add(1).unwrap_or_else(|| {
            self.scratch.visited.fill(0);
            1
        });
        let mut units = 0;
        while let Some(thread) = stack.pop() {
            if !self.scratch.is_new(thread) {
                continue;
            }
            units += 1;
            let to = |at| Thread { at, ..thread };
            match self.program.insts[thread.at as usize] {
                Inst::Split(one, other) => stack.extend([to(other), to(one)]),
                Inst::Look(look, next) => stack.extend(holds(look, before, after).then(|| to(next))),
                Inst::Behind { .. } | Inst::Ahead { .. } if watching => {}
                Inst::Behind { negative, watch, next } => {
                    stack.extend((self.scratch.seen[watch as usize] != negative).then(|| to(next)));
                }
                Inst::Ahead { negative, body, next } => {
                    let duty = Duty { negative, threads: Arc::new([body]) };
                    let duties = self.with_duty(thread.duties, duty, budget)?;
                    stack.push(Thread { at: next, duties });
                }
                Inst::Seen(watch) => {
                    if watching {
                        self.scratch.seen[watch as usize] = true;
                    }
                }
                Inst::Take(..) | Inst::Rest(_) | Inst::Match(_) | Inst::Done => self.scratch.found.push(thread),
            }
        }
        self.scratch.stack = stack;
        spend(budget, units)
    }

    fn with_duty(&mut self, duties: DutiesId, duty: Duty, budget: &mut u64) -> Result<DutiesId, Spent> {
        let mut list = self.duties[duties as usize].to_vec();
        list.push(duty);
        self.list_of_duties(list, budget)
    }

    fn list_of_duties(&mut self, mut list: Vec<Duty>, budget: &mut u64) -> Result<DutiesId, Spent> {
        list.sort_unstable();
        list.dedup();
        if let Some(&known) = self.duty_ids.get(list.as_slice()) {
            return Ok(known);
        }
        // These are never forgotten: dear, so that a budget bounds their memory too.
        spend(budget, list.iter().map(|duty| 64 + 8 * duty.threads.len()).sum())?;
        let id = number(self.duties.len());
        let list: Arc<[Duty]> = list.into();
        self.duties.push(Arc::clone(&list));
        self.duty_ids.insert(list, id);
        Ok(id)
    }

    /// What duties still ask for behind one more letter; `None` where one is broken.
    fn duties_behind(
        &mut self,
        duties: DutiesId,
        before: Side,
        letter: Letter,
        budget: &mut u64,
    ) -> Result<Option<DutiesId>, Spent> {
        if duties == NO_DUTIES {
            return Ok(Some(NO_DUTIES));
        }
        let after = self.alphabet.side(letter);
        let mut left = Vec::new();
        let list = Arc::clone(&self.duties[duties as usize]);
        for duty in list.iter() {
            let reached = self.reach_on_duty(duty, before, after, budget)?;
            let mut next = Vec::new();
            let mut is_done = false;
            for thread in &reached {
                match self.program.insts[thread.at as usize] {
                    Inst::Done => is_done = true,
                    Inst::Take(class, to) if self.alphabet.holds(class, letter) => next.push(to),
                    _ => {}
                }
            }
            self.scratch.found = reached;
            match (is_done || next.is_empty(), is_done == duty.negative) {
                (true, true) => return Ok(None),
                (true, false) => {}
                (false, _) => {
                    next.sort_unstable();
                    next.dedup();
                    left.push(Duty { negative: duty.negative, threads: next.into() });
                }
            }
        }
        self.list_of_duties(left, budget).map(Some)
    }

    fn duties_end_well(&mut self, duties: DutiesId, before: Side, budget: &mut u64) -> Result<bool, Spent> {
        let list = Arc::clone(&self.duties[duties as usize]);
        for duty in list.iter() {
            let reached = self.reach_on_duty(duty, before, Side::EDGE, budget)?;
            let is_done = reached.iter().any(|thread| matches!(self.program.insts[thread.at as usize], Inst::Done));
            self.scratch.found = reached;
            if is_done == duty.negative {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn reach_on_duty(
        &mut self,
        duty: &Duty,
        before: Side,
        after: Side,
        budget: &mut u64,
    ) -> Result<Vec<Thread>, Spent> {
        let threads: Vec<Thread> = duty.threads.iter().map(|&at| Thread { at, duties: NO_DUTIES }).collect();
        self.walk(&threads, before, after, false, budget)?;
        Ok(std::mem::take(&mut self.scratch.found))
    }
}

/// The places from which any rest of a path leads to a match: those that stay there through every character, and can
/// leave for a match at the end.
fn settled(program: &Program, alphabet: &Alphabet) -> Vec<bool> {
    let all: Vec<bool> = (0..number(program.classes.len())).map(|class| alphabet.holds_all(class)).collect();
    let ends = |at: At| {
        let mut at = at;
        loop {
            match program.insts[at as usize] {
                Inst::Look(Look::End, next) => at = next,
                other => return matches!(other, Inst::Match(_) | Inst::Rest(_)),
            }
        }
    };
    let stays =
        |at: At, by: At| matches!(program.insts[by as usize], Inst::Take(class, to) if to == at && all[class as usize]);
    (0..number(program.insts.len()))
        .map(|at| match program.insts[at as usize] {
            Inst::Rest(_) => true,
            Inst::Split(one, other) => stays(at, one) && ends(other) || stays(at, other) && ends(one),
            _ => false,
        })
        .collect()
}

impl Scratch {
    fn is_new(&mut self, thread: Thread) -> bool {
        if !thread.is_free() {
            return self.visited_on_duty.insert(thread);
        }
        let visited = &mut self.visited[thread.at as usize];
        std::mem::replace(visited, self.walk) != self.walk
    }
}

fn holds(look: Look, before: Side, after: Side) -> bool {
    let boundary = |words| {
        let word = match words {
            Words::Ascii => Side::ASCII_WORD,
            Words::Unicode => Side::UNICODE_WORD,
        };
        before.has(word) != after.has(word)
    };
    let at_line = |side: Side| side.has(Side::EDGE) || side.has(Side::LINE_FEED);
    match look {
        Look::Start => before.has(Side::EDGE),
        Look::End => after.has(Side::EDGE),
        Look::LineStart => at_line(before),
        Look::LineEnd => at_line(after),
        Look::Word(words) => boundary(words),
        Look::NotWord(words) => !boundary(words),
    }
}
