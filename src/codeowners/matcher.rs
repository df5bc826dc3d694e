//! Which pattern of many wins a path: a segment automaton, walked with a directory stack.
//!
//! The patterns' segments form a tree that is walked as a nondeterministic automaton over path segments: each pattern
//! is one way down, `**` is a node that loops on itself. Three things keep it cheap: a directory is solved once for
//! all that is in it, nodes that can no longer beat the best rank are dropped, and all wildcard segments are tried on
//! a name at once ([`classify`]).

mod classify;
mod walk;

use std::collections::HashMap;

use rustc_hash::FxHashMap;

use self::classify::{Classifier, WildId};
use super::{Pattern, Segment, Tail};

pub use self::walk::Walk;

/// A rank, or none: none is less than any.
type Best = Option<u32>;

/// Many patterns, compiled together; the last one that matches wins.
pub struct Matcher {
    nodes: Vec<Node>,
    edges: FxHashMap<EdgeKey, u32>,
    /// The wildcard edges of each node, node after node, in ascending order of the wildcard.
    wild_edges: Vec<(WildId, u32)>,
    literals: Literals,
    classifier: Classifier,
}

const ROOT: u32 = 0;

/// How far a pattern has been matched.
#[derive(Default)]
struct Node {
    /// Wins a path that ends here.
    exact: Best,
    /// Wins what ends here and everything below.
    sub: Best,
    /// Wins everything below.
    inside: Best,
    /// The greatest rank that another segment could still reach.
    below: Best,
    is_globstar: bool,
    /// The `**` that may begin here: active whenever this node is.
    globstar: Option<u32>,
    /// The next `**` on the only way on. Once that is active this node can reach nothing more, so `**/a/**/a/**/a`
    /// keeps one `**` active and not all of them.
    gate: Option<u32>,
    has_literals: bool,
    /// Its part of [`Matcher::wild_edges`].
    wilds: std::ops::Range<usize>,
}

impl Node {
    /// The greatest rank of a pattern that ends at this node, whatever it says of what may follow.
    fn ends(&self) -> Best {
        self.exact.max(self.sub).max(self.inside)
    }
}

/// A node and what an edge reads there, in one word, so that it hashes in one step.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct EdgeKey(u64);

impl EdgeKey {
    fn literal(node: u32, literal: u32) -> Self {
        Self(u64::from(node) << 33 | u64::from(literal) << 1)
    }

    fn wild(node: u32, wild: WildId) -> Self {
        Self(u64::from(node) << 33 | u64::from(wild) << 1 | 1)
    }
}

impl Matcher {
    /// Compiles patterns; an answer is the rank that stands beside the winning pattern. Takes time and memory linear in
    /// the patterns' text.
    pub fn new<'p>(patterns: impl IntoIterator<Item = (u32, &'p Pattern)>) -> Self {
        let mut builder = Builder { nodes: vec![Node::default()], parents: vec![ROOT], ..Builder::default() };
        for (rank, pattern) in patterns {
            builder.add(rank, pattern);
        }
        builder.finish()
    }

    /// Starts a walk. Paths in sorted order share their directories' work; any order is right.
    pub fn walk(&self) -> Walk<'_> {
        Walk::new(self)
    }

    fn node(&self, id: u32) -> &Node {
        &self.nodes[id as usize]
    }
}

#[derive(Default)]
struct Builder {
    nodes: Vec<Node>,
    /// Always less than the node: a node is made after its parent.
    parents: Vec<u32>,
    edges: FxHashMap<EdgeKey, u32>,
    /// From, wildcard, to.
    wild_edges: Vec<(u32, WildId, u32)>,
    literals: Literals,
    wilds: classify::Builder,
}

impl Builder {
    fn add(&mut self, rank: u32, pattern: &Pattern) {
        let mut at = ROOT;
        for segment in &pattern.segments {
            at = match segment {
                Segment::Globstar => self.globstar(at),
                Segment::Literal(name) => {
                    let id = self.literals.intern(name);
                    self.nodes[at as usize].has_literals = true;
                    self.child(at, EdgeKey::literal(at, id))
                }
                Segment::Wild(wild) => {
                    let id = self.wilds.intern(wild);
                    let before = self.nodes.len();
                    let child = self.child(at, EdgeKey::wild(at, id));
                    if self.nodes.len() > before {
                        self.wild_edges.push((at, id, child));
                    }
                    child
                }
            };
        }
        let node = &mut self.nodes[at as usize];
        let slot = match pattern.tail {
            Tail::Exact => &mut node.exact,
            Tail::SelfOrBelow => &mut node.sub,
            Tail::Below => &mut node.inside,
            Tail::Nothing => return,
        };
        *slot = (*slot).max(Some(rank));
    }

    fn new_node(&mut self, parent: u32, is_globstar: bool) -> u32 {
        // Every node stems from a segment of a pattern in memory: there cannot be as many as a `u32` counts.
        let id = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        self.nodes.push(Node { is_globstar, ..Node::default() });
        self.parents.push(parent);
        id
    }

    fn globstar(&mut self, at: u32) -> u32 {
        let node = &self.nodes[at as usize];
        if node.is_globstar {
            return at;
        }
        if let Some(globstar) = node.globstar {
            return globstar;
        }
        let globstar = self.new_node(at, true);
        self.nodes[at as usize].globstar = Some(globstar);
        globstar
    }

    fn child(&mut self, at: u32, key: EdgeKey) -> u32 {
        if let Some(&child) = self.edges.get(&key) {
            return child;
        }
        let child = self.new_node(at, false);
        self.edges.insert(key, child);
        child
    }

    fn finish(mut self) -> Matcher {
        let mut only_child: Vec<OnlyChild> = vec![OnlyChild::None; self.nodes.len()];
        // Children before parents.
        for id in (0..self.nodes.len()).rev() {
            let gate = match only_child[id] {
                // A `**` that can end a path does so again and again.
                OnlyChild::One(_) if self.nodes[id].is_globstar && self.nodes[id].ends().is_some() => None,
                OnlyChild::One(child) => {
                    let node = &self.nodes[child as usize];
                    if node.is_globstar { Some(child) } else { node.gate.filter(|_| node.ends().is_none()) }
                }
                OnlyChild::None | OnlyChild::Many => None,
            };
            let node = &mut self.nodes[id];
            node.gate = gate;
            if node.is_globstar {
                node.below = node.below.max(node.ends());
            }
            let (exact, sub, inside, below, is_globstar) =
                (node.exact, node.sub, node.inside, node.below, node.is_globstar);
            let reach = node.ends().max(below);
            if id == ROOT as usize {
                continue;
            }
            let parent = self.parents[id] as usize;
            only_child[parent] = match only_child[parent] {
                OnlyChild::None => OnlyChild::One(u32::try_from(id).unwrap_or(u32::MAX)),
                OnlyChild::One(_) | OnlyChild::Many => OnlyChild::Many,
            };
            let parent = &mut self.nodes[parent];
            parent.below = parent.below.max(reach);
            if is_globstar {
                // `**` may be nothing: what ends there ends here too.
                parent.exact = parent.exact.max(exact);
                parent.sub = parent.sub.max(sub);
                parent.inside = parent.inside.max(inside);
            }
        }
        let wild_edges = self.sorted_wild_edges();
        Matcher {
            nodes: self.nodes,
            edges: self.edges,
            wild_edges,
            literals: self.literals,
            classifier: self.wilds.finish(),
        }
    }

    fn sorted_wild_edges(&mut self) -> Vec<(WildId, u32)> {
        let mut edges = std::mem::take(&mut self.wild_edges);
        edges.sort_unstable();
        let mut start = 0;
        for same in edges.chunk_by(|a, b| a.0 == b.0) {
            self.nodes[same[0].0 as usize].wilds = start..start + same.len();
            start += same.len();
        }
        edges.into_iter().map(|(_, wild, to)| (wild, to)).collect()
    }
}

#[derive(Clone, Copy)]
enum OnlyChild {
    None,
    One(u32),
    Many,
}

/// The literal segments, numbered. The names are a stranger's, so the map's hashing is keyed at random; a filter in
/// front of it answers for most names without hashing.
#[derive(Default)]
struct Literals {
    ids: HashMap<Box<[u8]>, u32>,
    filter: Filter,
}

impl Literals {
    fn intern(&mut self, name: &str) -> u32 {
        let next = u32::try_from(self.ids.len()).unwrap_or(u32::MAX);
        self.filter.insert(name.as_bytes());
        *self.ids.entry(name.as_bytes().into()).or_insert(next)
    }

    fn get(&self, name: &[u8]) -> Option<u32> {
        if self.filter.may_hold(name) { self.ids.get(name).copied() } else { None }
    }
}

/// Which combinations of length, first and last byte occur, in 4,096 classes.
struct Filter([u64; 64]);

impl Default for Filter {
    fn default() -> Self {
        Self([0; 64])
    }
}

impl Filter {
    fn class(name: &[u8]) -> (usize, u64) {
        let (Some(&first), Some(&last)) = (name.first(), name.last()) else { return (0, 1) };
        let class = usize::from(first) * 37 + usize::from(last) * 11 + name.len() * 131;
        (class / 64 % 64, 1 << (class % 64))
    }

    fn insert(&mut self, name: &[u8]) {
        let (word, bit) = Self::class(name);
        self.0[word] |= bit;
    }

    fn may_hold(&self, name: &[u8]) -> bool {
        let (word, bit) = Self::class(name);
        self.0[word] & bit != 0
    }
}

#[cfg(test)]
mod tests;
