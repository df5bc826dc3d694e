//! Nodes to instructions: one automaton of many expressions, over characters.

use regex_syntax::hir::ClassUnicode;
use rustc_hash::FxHashMap;

use super::budget::{Spent, number, spend};
use super::node::{Class, Fold, Look, Node, Words};
use super::unicode::folded_character;

/// Index of an instruction.
pub(super) type At = u32;

/// Index of a class in [`Program::classes`].
pub(super) type ClassId = u32;

/// As many instructions as fit in some tens of megabytes.
const LARGEST: usize = 4_000_000;

/// One instruction.
#[derive(Clone, Copy, Debug)]
pub(super) enum Inst {
    /// Takes one character of a class.
    Take(ClassId, At),
    /// Goes both ways.
    Split(At, At),
    /// Goes on where the assertion holds.
    Look(Look, At),
    /// Goes on, with the duty that what starts at the first place matches from here on (or does not).
    Ahead { negative: bool, body: At, next: At },
    /// Goes on where what the numbered watch looks for ends here (or does not).
    Behind { negative: bool, watch: u32, next: At },
    /// The end of what a look-ahead asks for.
    Done,
    /// The end of what a watch looks for.
    Seen(u32),
    /// Stays to the end of the path, whatever comes, and matches it.
    Rest(u32),
    /// Matches a path that ends here.
    Match(u32),
}

/// Expressions ready to be run: side by side, from one set of starts.
#[derive(Debug, Default)]
pub(super) struct Program {
    pub insts: Vec<Inst>,
    /// Where each expression, and each watch, starts.
    pub starts: Vec<At>,
    /// The start of the instructions of each expression, ascending.
    pub owners: Vec<At>,
    pub classes: Vec<ClassUnicode>,
    /// How many watches there are.
    pub watches: u32,
    /// The assertions that occur, of those that need to know the characters beside a place.
    pub looks: Looks,
    named: FxHashMap<Class, ClassId>,
    characters: FxHashMap<(char, Fold), ClassId>,
    resolved: FxHashMap<Ranges, ClassId>,
}

/// A set in a form that can be hashed.
type Ranges = Box<[(char, char)]>;

/// Which assertions occur.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Looks {
    pub lines: bool,
    pub ascii_words: bool,
    pub unicode_words: bool,
}

impl Program {
    /// Adds an expression, which gets the next number. The path is searched for it as the host does: it may start
    /// and end anywhere that its own assertions allow.
    pub(super) fn add(&mut self, node: &Node, budget: &mut u64) -> Result<(), Spent> {
        let own = number(self.owners.len());
        let size = usize::try_from(node.size()).unwrap_or(usize::MAX);
        spend(budget, size)?;
        if self.insts.len().saturating_add(size) > LARGEST {
            return Err(Spent);
        }
        self.owners.push(number(self.insts.len()));
        let last = if node.is_anchored_at_end() { Inst::Match(own) } else { Inst::Rest(own) };
        let end = self.push(last);
        let body = self.emit(node, end, budget)?;
        let start = if node.is_anchored_at_start() { body } else { self.after_anything(body, budget)? };
        self.starts.push(start);
        Ok(())
    }

    /// Where the instructions end of the expression that one belongs to.
    pub(super) fn end_of_expression(&self, at: At) -> At {
        let next = self.owners.partition_point(|&start| start <= at);
        self.owners.get(next).copied().unwrap_or(At::MAX)
    }

    /// `body` at any place of the path.
    fn after_anything(&mut self, body: At, budget: &mut u64) -> Result<At, Spent> {
        let any = self.class(&Class::dot(true), budget)?;
        let split = self.push(Inst::Split(body, 0));
        let again = self.push(Inst::Take(any, split));
        self.insts[split as usize] = Inst::Split(body, again);
        Ok(split)
    }

    fn push(&mut self, inst: Inst) -> At {
        let at = number(self.insts.len());
        self.insts.push(inst);
        at
    }

    /// Writes a node that goes on at `next`, back to front; the place where it starts.
    fn emit(&mut self, node: &Node, next: At, budget: &mut u64) -> Result<At, Spent> {
        Ok(match node {
            Node::Empty => next,
            Node::Literal { text, fold } => {
                let mut at = next;
                for character in text.chars().rev() {
                    let class = self.character(character, *fold);
                    at = self.push(Inst::Take(class, at));
                }
                at
            }
            Node::Class(class) => {
                let class = self.class(class, budget)?;
                self.push(Inst::Take(class, next))
            }
            Node::Look(look) => {
                self.looks.note(*look);
                self.push(Inst::Look(*look, next))
            }
            Node::Concat(nodes) => {
                let mut at = next;
                for node in nodes.iter().rev() {
                    at = self.emit(node, at, budget)?;
                }
                at
            }
            Node::Alternate(nodes) => {
                let mut ways = None;
                for node in nodes.iter().rev() {
                    let way = self.emit(node, next, budget)?;
                    ways = Some(ways.map_or(way, |others| self.push(Inst::Split(way, others))));
                }
                ways.unwrap_or(next)
            }
            Node::Repeat { node, min, max } => self.repeat(node, *min, *max, next, budget)?,
            Node::Around { ahead: true, negative, node } => {
                let done = self.push(Inst::Done);
                let body = self.emit(node, done, budget)?;
                self.push(Inst::Ahead { negative: *negative, body, next })
            }
            Node::Around { ahead: false, negative, node } => {
                let watch = self.watches;
                self.watches += 1;
                let seen = self.push(Inst::Seen(watch));
                let body = self.emit(node, seen, budget)?;
                let start = self.after_anything(body, budget)?;
                self.starts.push(start);
                self.push(Inst::Behind { negative: *negative, watch, next })
            }
        })
    }

    fn repeat(&mut self, node: &Node, min: u32, max: Option<u32>, next: At, budget: &mut u64) -> Result<At, Spent> {
        let mut at = next;
        let mut copies = min;
        match max {
            None => {
                let split = self.push(Inst::Split(next, next));
                let body = self.emit(node, split, budget)?;
                self.insts[split as usize] = Inst::Split(body, next);
                // The last of the copies that must be there can be the one that is repeated.
                (at, copies) = if min == 0 { (split, 0) } else { (body, min - 1) };
            }
            Some(max) => {
                for _ in min..max {
                    let body = self.emit(node, at, budget)?;
                    at = self.push(Inst::Split(body, next));
                }
            }
        }
        for _ in 0..copies {
            at = self.emit(node, at, budget)?;
        }
        Ok(at)
    }

    fn character(&mut self, character: char, fold: Fold) -> ClassId {
        if let Some(&id) = self.characters.get(&(character, fold)) {
            return id;
        }
        let id = self.intern(folded_character(character, fold));
        self.characters.insert((character, fold), id);
        id
    }

    fn class(&mut self, class: &Class, budget: &mut u64) -> Result<ClassId, Spent> {
        if let Some(&id) = self.named.get(class) {
            return Ok(id);
        }
        let set = class.resolve();
        spend(budget, 16 * set.ranges().len() + 16 * class.items.len())?;
        let id = self.intern(set);
        self.named.insert(class.clone(), id);
        Ok(id)
    }

    fn intern(&mut self, set: ClassUnicode) -> ClassId {
        let ranges: Ranges = set.iter().map(|range| (range.start(), range.end())).collect();
        let fresh = number(self.classes.len());
        let id = *self.resolved.entry(ranges).or_insert(fresh);
        if id == fresh {
            self.classes.push(set);
        }
        id
    }
}

impl Looks {
    fn note(&mut self, look: Look) {
        match look {
            Look::Start | Look::End => {}
            Look::LineStart | Look::LineEnd => self.lines = true,
            Look::Word(Words::Ascii) | Look::NotWord(Words::Ascii) => self.ascii_words = true,
            Look::Word(Words::Unicode) | Look::NotWord(Words::Unicode) => self.unicode_words = true,
        }
    }
}
