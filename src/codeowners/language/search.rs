//! Paths in all of some patterns and in none of others: breadth-first through the product of the spellers with the
//! live sets of all other patterns, and with what stands in the repository.

use std::collections::BTreeSet;
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::super::Class;
use super::alphabet::{Alphabet, Place};
use super::budget::{Undecided, spend};
use super::ground::{Footing, Ground, Standing};
use super::interner::Interner;
use super::steps::{Component, Letter, Offer, Position, Speller};
use super::union::{NodeId, Order, Stepped, Union};

/// What a product state costs beside the live sets it is made of; keeps memory in proportion to the budget.
const STATE_COST: usize = 8;

/// Patterns that a path must be in, and patterns that it must not be in: of each union those after an order.
#[derive(Clone, Copy)]
pub(super) struct Question<'a> {
    pub(super) inside: &'a [&'a Speller<'a>],
    pub(super) outside: &'a [(&'a Union, Order)],
    pub(super) ground: Option<&'a dyn Ground>,
}

impl<'a> Question<'a> {
    /// A class of a speller.
    pub(super) fn class(&self, (of, class): Place) -> &'a Class {
        self.inside[of].classes()[class as usize]
    }
}

/// One product state, and how it was reached.
struct State {
    key: Key,
    parent: usize,
    letter: Option<Letter>,
}

/// All but the component is interned.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    positions: u32,
    live: u32,
    standing: Standing,
    component: Component,
}

/// A search that can be asked for one path after the other.
///
/// Complete although it writes a fresh letter wherever no speller asks for a certain one: in any path, the characters
/// that only wildcards read can be exchanged for letters that no pattern names, and a pattern that matches after the
/// exchange matched before it. (Where a class is asked, there is a letter for each region of the classes that are
/// asked there: see [`super::alphabet`].) How many they are stays open, and is searched.
pub(super) struct Search<'a> {
    question: Question<'a>,
    positions: Interner<Position>,
    lives: Interner<NodeId>,
    /// A live set for each union.
    joint: Interner<u32>,
    steps: FxHashMap<(u32, Letter), Stepped<u32>>,
    alphabet: Alphabet,
    footing: Option<Footing<'a>>,
    seen: FxHashSet<Key>,
    states: Vec<State>,
    /// The next state to leave.
    at: usize,
    started: bool,
    owners: BTreeSet<Order>,
    taken: Option<usize>,
}

impl<'a> Search<'a> {
    pub(super) fn new(question: Question<'a>) -> Self {
        Self {
            question,
            positions: Interner::default(),
            lives: Interner::default(),
            joint: Interner::default(),
            steps: FxHashMap::default(),
            alphabet: Alphabet::new(&question),
            footing: question.ground.map(Footing::new),
            seen: FxHashSet::default(),
            states: Vec::new(),
            at: 0,
            started: false,
            owners: BTreeSet::new(),
            taken: None,
        }
    }

    /// The next legal path, with the characters that nothing fixes left open; `None` where there are no more.
    pub(super) fn next_path(&mut self, budget: &mut u64) -> Result<Option<Vec<Letter>>, Undecided> {
        if !self.started {
            self.started = true;
            self.start();
        } else if self.at < self.states.len() {
            self.leave(self.at, budget)?;
            self.at += 1;
        }
        while let Some(state) = self.states.get(self.at) {
            spend(budget, STATE_COST)?;
            if self.accepts(state.key) {
                return Ok(Some(self.spelled(self.at)));
            }
            self.leave(self.at, budget)?;
            self.at += 1;
        }
        Ok(None)
    }

    /// After the last path: those of the first union that match paths which the spellers spell. Where there was no
    /// path, they match all of them.
    pub(super) fn owners(self) -> BTreeSet<Order> {
        self.owners
    }

    /// A path that would have been one, were it not a directory or below a file.
    pub(super) fn taken(&self) -> Option<Vec<Letter>> {
        self.taken.map(|last| self.spelled(last))
    }

    fn start(&mut self) {
        for (at, &(union, after)) in self.question.outside.iter().enumerate() {
            if let Some(order) = union.everything(after) {
                if at == 0 {
                    self.owners.insert(order);
                }
                return;
            }
        }
        let positions = self.question.inside.iter().map(|speller| speller.start()).collect();
        let live = self.question.outside.iter().map(|&(union, after)| self.lives.id(union.start(after))).collect();
        let first = Key {
            positions: self.positions.id(positions),
            live: self.joint.id(live),
            standing: self.footing.as_mut().map_or(Standing::FREE, Footing::start),
            component: Component::Start,
        };
        self.visit(first, 0, None);
    }

    /// Whether a path may end here.
    fn accepts(&mut self, key: Key) -> bool {
        if !key.component.is_legal() || !self.all_accept(&self.positions.get(key.positions)) {
            return false;
        }
        for (at, (&live, &(union, after))) in self.joint.get(key.live).iter().zip(self.question.outside).enumerate() {
            if let Some(owner) = union.winner(&self.lives.get(live), after) {
                if at == 0 {
                    self.owners.insert(owner);
                }
                return false;
            }
        }
        let is_free = self.footing.as_ref().is_none_or(|footing| footing.is_free(key.standing));
        if !is_free {
            self.taken.get_or_insert(self.at);
        }
        is_free
    }

    fn all_accept(&self, positions: &[Position]) -> bool {
        self.question.inside.iter().zip(positions).all(|(speller, &at)| speller.accepts(at))
    }

    /// Visits all that is reached from a state.
    fn leave(&mut self, at: usize, budget: &mut u64) -> Result<(), Undecided> {
        let key = self.states[at].key;
        let positions = self.positions.get(key.positions);
        self.skip(at, key, &positions);
        if let Some((wanted, next)) = self.wanted(&positions) {
            let next = self.positions.id(next);
            match wanted {
                Wanted::Letter(letter) => self.go(at, key, letter, next, budget)?,
                Wanted::OneOf(classes) => {
                    let letters = self.letters(classes, key.live, budget)?;
                    spend(budget, letters.len())?;
                    for &letter in &*letters {
                        self.go(at, key, letter, next, budget)?;
                    }
                }
            }
        }
        if let Some(next) = self.each(&positions, Speller::slash) {
            let next = self.positions.id(next);
            self.go(at, key, Letter::Slash, next, budget)?;
        }
        Ok(())
    }

    fn each(
        &self,
        positions: &[Position],
        next: impl Fn(&Speller<'a>, Position) -> Option<Position>,
    ) -> Option<Vec<Position>> {
        self.question.inside.iter().zip(positions).map(|(speller, &at)| next(speller, at)).collect()
    }

    /// What suits every speller, and the positions after it.
    fn wanted(&self, positions: &[Position]) -> Option<(Wanted, Vec<Position>)> {
        let next = self.each(positions, |speller, at| speller.character(at).map(|(_, next)| next))?;
        let mut only = None;
        let mut classes = Vec::new();
        for (of, (speller, &at)) in self.question.inside.iter().zip(positions).enumerate() {
            match speller.character(at)?.0 {
                Offer::Only(one) if only.is_some_and(|other| other != one) => return None,
                Offer::Only(one) => only = Some(one),
                Offer::Class(class) => classes.push((of, class)),
                Offer::Any => {}
            }
        }
        let wanted = match only {
            Some(character) if classes.iter().all(|&class| self.question.class(class).holds(Some(character))) => {
                Wanted::Letter(Letter::Char(character))
            }
            Some(_) => return None,
            None if classes.is_empty() && !self.alphabet.outside_has_classes => Wanted::Letter(Letter::Fresh),
            None => Wanted::OneOf(classes),
        };
        Some((wanted, next))
    }

    /// The letters that are in all of these classes, one for each region that the classes asked here make.
    fn letters(&mut self, wanted: Vec<Place>, live: u32, budget: &mut u64) -> Result<Rc<[Letter]>, Undecided> {
        let asked = self.alphabet.asked(live, &self.joint, &self.lives, self.question.outside);
        self.alphabet.letters(wanted, asked, &self.question, budget)
    }

    /// Visits what is reached without a letter: one speller leaves a star or a globstar.
    fn skip(&mut self, from: usize, key: Key, positions: &[Position]) {
        let inside = self.question.inside;
        for (moved, (speller, &at)) in inside.iter().zip(positions).enumerate() {
            if let Some(next) = speller.skip(at, key.component) {
                let mut positions = positions.to_vec();
                positions[moved] = next;
                let positions = self.positions.id(positions);
                self.visit(Key { positions, ..key }, from, None);
            }
        }
    }

    /// Visits what is reached by a letter.
    fn go(&mut self, from: usize, key: Key, letter: Letter, positions: u32, budget: &mut u64) -> Result<(), Undecided> {
        let Some(component) = key.component.then(letter) else { return Ok(()) };
        let Some(live) = self.step(key.live, letter, budget)? else { return Ok(()) };
        let standing = match &mut self.footing {
            Some(footing) => footing.step(key.standing, letter, budget)?,
            None => key.standing,
        };
        self.visit(Key { positions, live, standing, component }, from, Some(letter));
        Ok(())
    }

    /// The live sets after a letter; `None` below a directory that some pattern owns whole.
    fn step(&mut self, live: u32, letter: Letter, budget: &mut u64) -> Result<Option<u32>, Undecided> {
        let stepped = if let Some(known) = self.steps.get(&(live, letter)) {
            known.clone()
        } else {
            let stepped = self.step_each(live, letter, budget)?;
            self.steps.insert((live, letter), stepped.clone());
            stepped
        };
        Ok(match stepped {
            Stepped::To(live) => Some(live),
            Stepped::Owned(owner) => {
                self.owners.extend((owner > 0).then_some(owner));
                None
            }
        })
    }

    /// An owner of another union than the first is told as 0.
    fn step_each(&mut self, live: u32, letter: Letter, budget: &mut u64) -> Result<Stepped<u32>, Undecided> {
        let lives = self.joint.get(live);
        let mut next = Vec::with_capacity(lives.len());
        for (at, (&live, &(union, after))) in lives.iter().zip(self.question.outside).enumerate() {
            let nodes = self.lives.get(live);
            spend(budget, nodes.len())?;
            if union.has_classes() {
                spend(budget, union.classes_at(&nodes).count())?;
            }
            match union.step(&nodes, letter, after) {
                Stepped::To(nodes) => {
                    spend(budget, nodes.len())?;
                    next.push(self.lives.id(nodes));
                }
                Stepped::Owned(owner) => return Ok(Stepped::Owned(if at == 0 { owner } else { 0 })),
            }
        }
        Ok(Stepped::To(self.joint.id(next)))
    }

    fn visit(&mut self, key: Key, parent: usize, letter: Option<Letter>) {
        if self.seen.insert(key) {
            self.states.push(State { key, parent, letter });
        }
    }

    fn spelled(&self, last: usize) -> Vec<Letter> {
        let mut letters = Vec::new();
        let mut at = last;
        while at != 0 {
            letters.extend(self.states[at].letter);
            at = self.states[at].parent;
        }
        letters.reverse();
        letters
    }
}

/// What the spellers want next.
enum Wanted {
    Letter(Letter),
    /// A letter that is in all of these classes of the spellers.
    OneOf(Vec<Place>),
}
