//! Many patterns as one automaton over characters, simulated as the set of its live nodes.
//!
//! The automaton is a trie over steps: a thousand patterns `*.ext` share their star, and patterns of distinct
//! directories die at the first character that differs, so the live set stays small.

use rustc_hash::{FxHashMap, FxHashSet};

use super::super::{Pattern, Tail};
use super::budget::{Undecided, spend};
use super::steps::{Letter, Step, flatten};

/// Index of a node.
pub(super) type NodeId = u32;

/// A pattern's place in the order, from 1; 0 stands for no pattern.
pub(super) type Order = u32;

/// The root, which is nobody's child: as a child it stands for none.
const NONE: NodeId = 0;
const ROOT: NodeId = 0;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Kind {
    /// Waits for one letter.
    #[default]
    Plain,
    /// Stays through characters.
    Star,
    /// Stays through characters and slashes; its slash child starts the component after it.
    Globstar,
}

#[derive(Clone, Debug, Default)]
struct Node {
    kind: Kind,
    /// The first child by a character; the others are in [`Union::more`].
    character: Option<(char, NodeId)>,
    has_more: bool,
    any: NodeId,
    slash: NodeId,
    /// Entered without a letter.
    star: NodeId,
    /// Entered without a letter, its slash child too.
    globstar: NodeId,
    /// The greatest pattern that matches a path that ends here.
    accepts: Order,
    /// The greatest pattern that matches whatever follows a slash here.
    owns_below: Order,
    /// The greatest pattern that this node leads to.
    newest: Order,
}

/// Patterns in an order, ready to be asked which of them match.
#[derive(Debug)]
pub(super) struct Union {
    nodes: Vec<Node>,
    more: FxHashMap<(NodeId, char), NodeId>,
    /// The greatest pattern that matches every path.
    everything: Order,
    characters: FxHashSet<char>,
}

/// Where a letter leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stepped<T> {
    /// To this live set.
    To(T),
    /// Below a directory that this pattern owns whole.
    Owned(Order),
}

impl Union {
    /// Joins patterns. Those that match nothing add nothing.
    pub(super) fn new<'p>(patterns: impl IntoIterator<Item = (Order, &'p Pattern)>) -> Self {
        let mut union = Self {
            nodes: vec![Node::default()],
            more: FxHashMap::default(),
            everything: 0,
            characters: FxHashSet::default(),
        };
        for (order, pattern) in patterns {
            if let Some((steps, tail)) = flatten(pattern) {
                union.add(order, &steps, tail);
            }
        }
        union
    }

    fn add(&mut self, order: Order, steps: &[Step], tail: Tail) {
        if steps.is_empty() {
            self.everything = self.everything.max(order);
            return;
        }
        let mut at = ROOT;
        for &step in steps {
            self.reach(at, order);
            at = match step {
                Step::Globstar => {
                    let through = self.child(at, step);
                    self.reach(through, order);
                    self.child(through, Step::Slash)
                }
                _ => self.child(at, step),
            };
        }
        self.reach(at, order);
        let node = self.node_mut(at);
        if tail != Tail::Below {
            node.accepts = node.accepts.max(order);
        }
        if tail != Tail::Exact {
            node.owns_below = node.owns_below.max(order);
        }
    }

    fn reach(&mut self, at: NodeId, order: Order) {
        let node = self.node_mut(at);
        node.newest = node.newest.max(order);
    }

    fn child(&mut self, at: NodeId, step: Step) -> NodeId {
        let fresh = NodeId::try_from(self.nodes.len()).unwrap_or(NodeId::MAX);
        let kind = match step {
            Step::Star => Kind::Star,
            Step::Globstar => Kind::Globstar,
            _ => Kind::Plain,
        };
        let node = &mut self.nodes[at as usize];
        let slot = match step {
            Step::Char(character) => {
                self.characters.insert(character);
                match &mut node.character {
                    None => {
                        node.character = Some((character, fresh));
                        self.nodes.push(Node::default());
                        return fresh;
                    }
                    Some((first, child)) if *first == character => child,
                    Some(_) => {
                        node.has_more = true;
                        self.more.entry((at, character)).or_insert(NONE)
                    }
                }
            }
            Step::AnyChar => &mut node.any,
            Step::Slash => &mut node.slash,
            Step::Star => &mut node.star,
            Step::Globstar => &mut node.globstar,
        };
        if *slot == NONE {
            *slot = fresh;
            self.nodes.push(Node { kind, ..Node::default() });
            return fresh;
        }
        *slot
    }

    fn node(&self, at: NodeId) -> &Node {
        &self.nodes[at as usize]
    }

    fn node_mut(&mut self, at: NodeId) -> &mut Node {
        &mut self.nodes[at as usize]
    }

    /// True where some pattern names the character.
    pub(super) fn names(&self, character: char) -> bool {
        self.characters.contains(&character)
    }

    /// The pattern after `after` that matches every path, if there is one.
    pub(super) fn everything(&self, after: Order) -> Option<Order> {
        Some(self.everything).filter(|&order| order > after)
    }

    /// The live set before the first letter, of the patterns after `after` only.
    pub(super) fn start(&self, after: Order) -> Vec<NodeId> {
        let mut live = Vec::new();
        self.enter(ROOT, after, &mut live);
        tidy(&mut live);
        live
    }

    /// The live set after one more letter: sorted, and of the patterns after `after` only.
    pub(super) fn step(&self, live: &[NodeId], letter: Letter, after: Order) -> Stepped<Vec<NodeId>> {
        let mut next = Vec::with_capacity(live.len());
        if letter == Letter::Slash {
            let owner = live.iter().map(|&at| self.node(at).owns_below).max().unwrap_or(0);
            if owner > after {
                return Stepped::Owned(owner);
            }
        }
        for &at in live {
            let node = self.node(at);
            let stays = match node.kind {
                Kind::Plain => false,
                Kind::Star => letter != Letter::Slash,
                Kind::Globstar => true,
            };
            if stays {
                next.push(at);
            }
            match letter {
                Letter::Slash => self.follow(node.slash, after, &mut next),
                Letter::Fresh => self.follow(node.any, after, &mut next),
                Letter::Char(character) => {
                    self.follow(node.any, after, &mut next);
                    self.follow(self.by_character(at, character), after, &mut next);
                }
            }
        }
        tidy(&mut next);
        Stepped::To(next)
    }

    fn by_character(&self, at: NodeId, character: char) -> NodeId {
        let node = self.node(at);
        match node.character {
            Some((first, child)) if first == character => child,
            _ if node.has_more => self.more.get(&(at, character)).copied().unwrap_or(NONE),
            _ => NONE,
        }
    }

    /// Adds a node and what it reaches without a letter. The depth is bounded: two stars, or two globstars, are
    /// never adjacent.
    fn enter(&self, at: NodeId, after: Order, live: &mut Vec<NodeId>) {
        let node = self.node(at);
        if node.newest <= after {
            return;
        }
        live.push(at);
        self.follow(node.star, after, live);
        if node.globstar != NONE && self.node(node.globstar).newest > after {
            live.push(node.globstar);
            self.follow(self.node(node.globstar).slash, after, live);
        }
    }

    fn follow(&self, child: NodeId, after: Order, live: &mut Vec<NodeId>) {
        if child != NONE {
            self.enter(child, after, live);
        }
    }

    /// The greatest pattern after `after` that matches the path that ends here.
    pub(super) fn winner(&self, live: &[NodeId], after: Order) -> Option<Order> {
        live.iter().map(|&at| self.node(at).accepts).max().filter(|&order| order > after)
    }

    /// Whether a pattern after `after` matches `path`.
    pub(super) fn matches(&self, path: &str, after: Order, budget: &mut u64) -> Result<bool, Undecided> {
        if self.everything(after).is_some() {
            return Ok(true);
        }
        let mut live = self.start(after);
        for character in path.chars() {
            spend(budget, 1 + live.len())?;
            let letter = if character == '/' { Letter::Slash } else { Letter::Char(character) };
            match self.step(&live, letter, after) {
                Stepped::To(next) => live = next,
                Stepped::Owned(_) => return Ok(true),
            }
        }
        Ok(self.winner(&live, after).is_some())
    }
}

fn tidy(live: &mut Vec<NodeId>) {
    live.sort_unstable();
    live.dedup();
}
