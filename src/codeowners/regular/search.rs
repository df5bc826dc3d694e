//! Is there a path? Breadth-first through the machine of all expressions that a question names.

use rustc_hash::FxHashSet;

use super::super::{Decision, PathSearch, Pattern};
use super::Regular;
use super::alphabet::{Alphabet, Letter};
use super::budget::{Spent, number, spend};
use super::glob::{Glob, translate};
use super::machine::{Machine, StateId};
use super::node::Node;
use super::program::Program;
use super::tokens::next_character;
use super::witness::{self, Component};

/// Steps of threads in a work unit of a question, which is meant to be a second's twenty-millionth.
const STEPS: u64 = 4;

/// What a product state costs beside the machine's.
const STATE_COST: usize = 32;

/// A set of paths.
#[derive(Clone, Copy, Debug)]
pub enum Language<'l> {
    /// Those that a glob matches.
    Glob(&'l Pattern),
    /// Those that a rule holds for.
    Regular(&'l Regular),
}

/// Looks for a path that is in all of `inside` and in none of `outside`, among all that git can hold and that have no
/// control character. `budget` is in the work units of [`super::super::DEFAULT_BUDGET`], and decremented.
///
/// Git can hold a line feed too, but `.` does not match it: `models/.*` leaves `models/\n` to nobody, and to say so of
/// nearly every rule would help no one. No path with bytes that are not UTF-8 is ever found, and none is needed: each of
/// them is to a rule as U+FFFD is.
pub fn find_path(inside: &[Language<'_>], outside: &[Language<'_>], budget: &mut u64) -> PathSearch {
    find_path_where(inside, outside, &[], &mut |_| true, budget)
}

/// Looks for a path as [`find_path`] does, for which also `wanted` is true of the ranks of those `rules` that hold for
/// it, in the order of the rules. As the owners of all these rules add up, this is how to ask for a path that is owned
/// wrongly. `wanted` must answer an equal question equally.
pub fn find_path_where(
    inside: &[Language<'_>],
    outside: &[Language<'_>],
    rules: &[(u32, &Regular)],
    wanted: &mut dyn FnMut(&[u32]) -> bool,
    budget: &mut u64,
) -> PathSearch {
    let Some(inside) = sides(inside) else { return PathSearch::NotDecided };
    let Some(outside) = sides(outside) else { return PathSearch::NotDecided };
    if inside.iter().any(|side| side.node.is_none()) {
        return PathSearch::Nowhere;
    }
    let mut steps = budget.saturating_mul(STEPS);
    let found = Search::new(&inside, &outside, rules, wanted, &mut steps).and_then(|mut search| search.run(&mut steps));
    *budget = steps / STEPS;
    match found {
        Ok(Some(path)) if witness::is_legal(&path) => PathSearch::Found(path.into_bytes()),
        Ok(None) => PathSearch::Nowhere,
        // Too long for git, though not all such paths need be.
        Ok(Some(_)) | Err(Spent) => PathSearch::NotDecided,
    }
}

/// Decides whether every path of `inner` is one that some rule holds for; a `No` has a path of `inner` that none does.
pub fn regular_covers(rules: &[&Regular], inner: Language<'_>, budget: &mut u64) -> Decision {
    let rules: Vec<_> = rules.iter().map(|&rule| Language::Regular(rule)).collect();
    match find_path(&[inner], &rules, budget) {
        PathSearch::Found(path) | PathSearch::Taken(path) => Decision::No(path),
        PathSearch::Nowhere => Decision::Yes,
        PathSearch::NotDecided => Decision::NotDecided,
    }
}

/// A language of a question; without a node, one without paths.
struct Side {
    node: Option<Node>,
    negated: bool,
}

fn sides(languages: &[Language<'_>]) -> Option<Vec<Side>> {
    let side = |language: &Language<'_>| {
        Some(match language {
            Language::Regular(rule) => Side { node: Some(rule.node.clone()), negated: rule.negated },
            Language::Glob(pattern) => match translate(pattern) {
                Glob::Node(node) => Side { node: Some(node), negated: false },
                Glob::Empty => Side { node: None, negated: false },
                Glob::Unsure => return None,
            },
        })
    };
    languages.iter().map(side).collect()
}

struct Search<'q> {
    machine: Machine,
    /// What each expression is asked for, in the order of the program.
    wishes: Vec<Wish>,
    inside: &'q [Side],
    rules: &'q [(u32, &'q Regular)],
    wanted: &'q mut dyn FnMut(&[u32]) -> bool,
    /// Of each state, whether a path may end there, and whether no such path lies beyond, as far as is known.
    answers: Vec<Option<bool>>,
    hopeless: Vec<Option<bool>>,
}

#[derive(Clone, Copy)]
enum Wish {
    Match,
    NoMatch,
    /// It is a rule, whose answer is for `wanted`.
    Told,
}

/// A product state, and how it was reached.
struct Visit {
    state: StateId,
    component: Component,
    parent: u32,
    letter: Letter,
}

impl<'q> Search<'q> {
    fn new(
        inside: &'q [Side],
        outside: &[Side],
        rules: &'q [(u32, &'q Regular)],
        wanted: &'q mut dyn FnMut(&[u32]) -> bool,
        budget: &mut u64,
    ) -> Result<Self, Spent> {
        let mut program = Program::default();
        let mut wishes = Vec::new();
        for (sides, is_inside) in [(inside, true), (outside, false)] {
            for side in sides {
                if let Some(node) = &side.node {
                    program.add(node, budget)?;
                    wishes.push(if is_inside == side.negated { Wish::NoMatch } else { Wish::Match });
                }
            }
        }
        for (_, rule) in rules {
            program.add(&rule.node, budget)?;
            wishes.push(Wish::Told);
        }
        let alphabet = Alphabet::new(&program, Component::APART, Some(&Component::NEVER), budget)?;
        let machine = Machine::new(program, alphabet, usize::MAX);
        Ok(Self { machine, wishes, inside, rules, wanted, answers: Vec::new(), hopeless: Vec::new() })
    }

    /// A path as wished.
    fn run(&mut self, budget: &mut u64) -> Result<Option<String>, Spent> {
        for side in self.inside {
            let guesses = side.node.iter().filter(|_| !side.negated).flat_map(witness::guesses);
            for guess in guesses.collect::<Vec<_>>() {
                if self.holds(&guess, budget)? {
                    return Ok(Some(guess));
                }
            }
        }
        let Some(path) = self.search(budget)? else { return Ok(None) };
        for reading in witness::readings(&path) {
            if self.holds(&reading, budget)? {
                return Ok(Some(reading));
            }
        }
        Ok(Some(path))
    }

    /// The shortest one.
    fn search(&mut self, budget: &mut u64) -> Result<Option<String>, Spent> {
        let characters = self.machine.alphabet.readable();
        let order = in_order(&characters);
        let start = self.machine.start(budget)?;
        let mut seen = FxHashSet::from_iter([(start, Component::Start)]);
        let mut visits = vec![Visit { state: start, component: Component::Start, parent: 0, letter: 0 }];
        let mut at = 0;
        while let Some(&Visit { state, component, .. }) = visits.get(at) {
            spend(budget, STATE_COST)?;
            if component.is_legal() && self.is_wished(state, budget)? {
                return Ok(Some(spelled(&visits, at, &characters)));
            }
            if self.is_hopeless(state) {
                at += 1;
                continue;
            }
            for &letter in &order {
                let Some(component) = component.then(characters[letter as usize]) else { continue };
                spend(budget, 1)?;
                let state = self.machine.step(state, letter, budget)?.to;
                if seen.insert((state, component)) {
                    visits.push(Visit { state, component, parent: number(at), letter });
                }
            }
            at += 1;
        }
        Ok(None)
    }

    /// Whether a whole path is as wished, and legal.
    fn holds(&mut self, path: &str, budget: &mut u64) -> Result<bool, Spent> {
        spend(budget, path.len())?;
        if !witness::is_legal(path) {
            return Ok(false);
        }
        let mut state = self.machine.start(budget)?;
        let mut rest = path.as_bytes();
        while let Some((character, width)) = next_character(rest) {
            let letter = self.machine.alphabet.letter(character);
            state = self.machine.step(state, letter, budget)?.to;
            rest = &rest[width..];
        }
        self.is_wished(state, budget)
    }

    /// Whether a path may end in a state.
    fn is_wished(&mut self, state: StateId, budget: &mut u64) -> Result<bool, Spent> {
        let slot = state as usize;
        if let Some(Some(known)) = self.answers.get(slot) {
            return Ok(*known);
        }
        let matches = self.machine.matches(state, budget)?;
        spend(budget, self.wishes.len() / 8)?;
        let mut matches = matches.iter().copied().peekable();
        let mut ranks = Vec::new();
        let mut is_wished = true;
        let sides = self.wishes.len() - self.rules.len();
        for (own, wish) in (0..).zip(&self.wishes) {
            let is_match = matches.next_if_eq(&own).is_some();
            match wish {
                Wish::Match => is_wished &= is_match,
                Wish::NoMatch => is_wished &= !is_match,
                Wish::Told => {
                    let (rank, rule) = self.rules[own as usize - sides];
                    ranks.extend((is_match != rule.negated).then_some(rank));
                }
            }
        }
        let is_wished = is_wished && (self.wanted)(&ranks);
        remember(&mut self.answers, slot, is_wished);
        Ok(is_wished)
    }

    /// Whether no path beyond a state can be as wished, as far as single expressions show.
    fn is_hopeless(&mut self, state: StateId) -> bool {
        let slot = state as usize;
        if let Some(Some(known)) = self.hopeless.get(slot) {
            return *known;
        }
        let threads = self.machine.threads(state);
        let owners = &self.machine.program.owners;
        let is_hopeless = self.wishes.iter().enumerate().any(|(number, wish)| {
            let starts_at = owners[number];
            let ends_at = owners.get(number + 1).copied().unwrap_or(u32::MAX);
            let from = threads.partition_point(|thread| thread.at < starts_at);
            let mut own = threads[from..].iter().take_while(|thread| thread.at < ends_at);
            match wish {
                Wish::Match => own.next().is_none(),
                Wish::NoMatch => own.any(|&thread| self.machine.is_settled(thread)),
                Wish::Told => false,
            }
        });
        remember(&mut self.hopeless, slot, is_hopeless);
        is_hopeless
    }
}

fn remember(answers: &mut Vec<Option<bool>>, slot: usize, answer: bool) {
    if answers.len() <= slot {
        answers.resize(slot + 1, None);
    }
    answers[slot] = Some(answer);
}

/// All letters, the more readable first.
fn in_order(characters: &[char]) -> Vec<Letter> {
    let mut order: Vec<Letter> = (0..).zip(characters).map(|(letter, _)| letter).collect();
    order.sort_by_key(|&letter| {
        let character = characters[letter as usize];
        (character != 'x', !character.is_ascii_lowercase(), !character.is_ascii_alphanumeric(), character)
    });
    order
}

fn spelled(visits: &[Visit], last: usize, characters: &[char]) -> String {
    let mut path = Vec::new();
    let mut at = last;
    while at != 0 {
        path.push(characters[visits[at].letter as usize]);
        at = visits[at].parent as usize;
    }
    path.iter().rev().collect()
}
