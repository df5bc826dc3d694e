//! A path in all of some patterns and in none of the later ones: breadth-first through the product of the spellers
//! with the live sets of all other patterns.

use std::collections::BTreeSet;
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::budget::{Undecided, spend};
use super::steps::{Component, Letter, Offer, Position, Speller};
use super::union::{NodeId, Order, Stepped, Union};

/// What a product state costs beside the live sets it is made of; keeps memory in proportion to the budget.
const STATE_COST: usize = 8;

/// What a search found.
#[derive(Debug)]
pub(super) enum Found {
    /// A path, with the characters that nothing fixes left open.
    Path(Vec<Letter>),
    /// No such path: these patterns, all after the given one, match every path that the spellers spell.
    Nowhere(BTreeSet<Order>),
}

/// One product state, and how it was reached.
struct State {
    key: Key,
    parent: usize,
    letter: Option<Letter>,
}

/// Positions and live set are interned.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    positions: u32,
    live: u32,
    component: Component,
}

struct Search<'a> {
    inside: &'a [&'a Speller],
    outside: &'a Union,
    after: Order,
    positions: Interner<Position>,
    lives: Interner<NodeId>,
    steps: FxHashMap<(u32, Letter), Stepped<u32>>,
    seen: FxHashSet<Key>,
    states: Vec<State>,
    owners: BTreeSet<Order>,
}

/// Looks for a legal path that every speller spells and no pattern of `outside` after `after` matches.
///
/// Complete although it writes a fresh letter wherever no speller asks for a certain one: in any path, the characters
/// that only wildcards read can be exchanged for letters that no pattern names, and a pattern that matches after the
/// exchange matched before it. How many they are stays open, and is searched.
pub(super) fn search(inside: &[&Speller], outside: &Union, after: Order, budget: &mut u64) -> Result<Found, Undecided> {
    if let Some(order) = outside.everything(after) {
        return Ok(Found::Nowhere(BTreeSet::from([order])));
    }
    let mut search = Search {
        inside,
        outside,
        after,
        positions: Interner::default(),
        lives: Interner::default(),
        steps: FxHashMap::default(),
        seen: FxHashSet::default(),
        states: Vec::new(),
        owners: BTreeSet::new(),
    };
    Ok(match search.run(budget)? {
        None => Found::Nowhere(search.owners),
        Some(last) => Found::Path(search.spelled(last)),
    })
}

impl Search<'_> {
    /// The last state of a path, if there is one.
    fn run(&mut self, budget: &mut u64) -> Result<Option<usize>, Undecided> {
        let positions = self.inside.iter().map(|speller| speller.start()).collect();
        let first = Key {
            positions: self.positions.id(positions),
            live: self.lives.id(self.outside.start(self.after)),
            component: Component::Start,
        };
        self.visit(first, 0, None);
        let mut at = 0;
        while let Some(state) = self.states.get(at) {
            spend(budget, STATE_COST)?;
            let key = state.key;
            let positions = self.positions.get(key.positions);
            if key.component.is_legal() && self.all_accept(&positions) {
                match self.outside.winner(&self.lives.get(key.live), self.after) {
                    None => return Ok(Some(at)),
                    Some(owner) => self.owners.insert(owner),
                };
            }
            self.skip(at, key, &positions);
            if let Some((letter, next)) = self.character(&positions) {
                self.go(at, key, letter, next, budget)?;
            }
            if let Some(next) = self.each(&positions, Speller::slash) {
                self.go(at, key, Letter::Slash, next, budget)?;
            }
            at += 1;
        }
        Ok(None)
    }

    fn all_accept(&self, positions: &[Position]) -> bool {
        self.inside.iter().zip(positions).all(|(speller, &at)| speller.accepts(at))
    }

    fn each(
        &self,
        positions: &[Position],
        next: impl Fn(&Speller, Position) -> Option<Position>,
    ) -> Option<Vec<Position>> {
        self.inside.iter().zip(positions).map(|(speller, &at)| next(speller, at)).collect()
    }

    /// The letter that suits every speller, and the positions after it.
    fn character(&self, positions: &[Position]) -> Option<(Letter, Vec<Position>)> {
        let mut wanted = Offer::Any;
        let next = self.each(positions, |speller, at| speller.character(at).map(|(_, next)| next))?;
        for (speller, &at) in self.inside.iter().zip(positions) {
            wanted = match (wanted, speller.character(at)?.0) {
                (Offer::Only(one), Offer::Only(other)) if one != other => return None,
                (Offer::Any, offer) => offer,
                (only, _) => only,
            };
        }
        let letter = match wanted {
            Offer::Only(character) => Letter::Char(character),
            Offer::Any => Letter::Fresh,
        };
        Some((letter, next))
    }

    /// Visits what is reached without a letter: one speller leaves a star or a globstar.
    fn skip(&mut self, from: usize, key: Key, positions: &[Position]) {
        let inside = self.inside;
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
    fn go(
        &mut self,
        from: usize,
        key: Key,
        letter: Letter,
        positions: Vec<Position>,
        budget: &mut u64,
    ) -> Result<(), Undecided> {
        let Some(component) = key.component.then(letter) else { return Ok(()) };
        match self.step(key.live, letter, budget)? {
            Stepped::Owned(owner) => {
                self.owners.insert(owner);
            }
            Stepped::To(live) => {
                let positions = self.positions.id(positions);
                self.visit(Key { positions, live, component }, from, Some(letter));
            }
        }
        Ok(())
    }

    fn step(&mut self, live: u32, letter: Letter, budget: &mut u64) -> Result<Stepped<u32>, Undecided> {
        if let Some(known) = self.steps.get(&(live, letter)) {
            return Ok(known.clone());
        }
        let nodes = self.lives.get(live);
        spend(budget, nodes.len())?;
        let stepped = match self.outside.step(&nodes, letter, self.after) {
            Stepped::To(next) => {
                spend(budget, next.len())?;
                Stepped::To(self.lives.id(next))
            }
            Stepped::Owned(owner) => Stepped::Owned(owner),
        };
        self.steps.insert((live, letter), stepped.clone());
        Ok(stepped)
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

/// Gives equal lists one number.
struct Interner<T> {
    ids: FxHashMap<Rc<[T]>, u32>,
    lists: Vec<Rc<[T]>>,
}

impl<T> Default for Interner<T> {
    fn default() -> Self {
        Self { ids: FxHashMap::default(), lists: Vec::new() }
    }
}

impl<T: Eq + std::hash::Hash> Interner<T> {
    fn id(&mut self, list: Vec<T>) -> u32 {
        if let Some(&id) = self.ids.get(list.as_slice()) {
            return id;
        }
        // A number is given only to what the budget paid for, so they never run out.
        let id = u32::try_from(self.lists.len()).unwrap_or(u32::MAX);
        let list: Rc<[T]> = list.into();
        self.ids.insert(Rc::clone(&list), id);
        self.lists.push(list);
        id
    }

    fn get(&self, id: u32) -> Rc<[T]> {
        Rc::clone(&self.lists[id as usize])
    }
}
