//! From patterns to the automaton.

use rustc_hash::FxHashMap;

use super::names::Finder;
use super::segments::Segments;
use super::{Edge, End, Matcher, Node, Order, ROOT, SymbolId, narrow};
use crate::codeowners::{Pattern, Segment, Tail};

/// Collects patterns.
pub(super) struct Builder<'p> {
    drafts: Vec<Draft>,
    /// Where a node and a segment lead.
    children: FxHashMap<u64, u32>,
    segments: Segments<'p>,
    /// Each at a node.
    ends: Vec<(u32, End)>,
    globstars: u32,
}

/// A node, and how it is reached.
struct Draft {
    /// Always less than the node: a node is made after its parent.
    parent: u32,
    step: Step,
    globstar: u32,
}

#[derive(Clone, Copy)]
enum Step {
    Root,
    Symbol(SymbolId),
    /// By its number, from 1.
    Globstar(u32),
}

impl<'p> Builder<'p> {
    pub(super) fn new() -> Self {
        Self {
            drafts: vec![Draft { parent: ROOT, step: Step::Root, globstar: ROOT }],
            children: FxHashMap::default(),
            segments: Segments::default(),
            ends: Vec::new(),
            globstars: 0,
        }
    }

    pub(super) fn add(&mut self, order: Order, pattern: &'p Pattern) {
        let (mut segments, mut tail) = (pattern.segments.as_slice(), pattern.tail);
        // Not in a pattern's normal form, but the type allows it.
        while let [rest @ .., Segment::Globstar] = segments {
            segments = rest;
            tail = if tail == Tail::Exact { Tail::SelfOrBelow } else { tail };
        }
        if tail == Tail::Nothing {
            return;
        }
        let mut at = ROOT;
        for segment in segments {
            at = match segment {
                Segment::Globstar => self.globstar(at),
                Segment::Literal(name) => {
                    let symbol = self.segments.literal(name);
                    self.child(at, symbol)
                }
                Segment::Wild(wild) => {
                    let symbol = self.segments.wild(wild);
                    self.child(at, symbol)
                }
            };
        }
        self.ends.push((at, End { tail, order }));
    }

    fn new_node(&mut self, parent: u32, step: Step) -> u32 {
        self.drafts.push(Draft { parent, step, globstar: ROOT });
        narrow(self.drafts.len() - 1)
    }

    fn globstar(&mut self, at: u32) -> u32 {
        let draft = &self.drafts[at as usize];
        if matches!(draft.step, Step::Globstar(_)) {
            return at;
        }
        if draft.globstar != ROOT {
            return draft.globstar;
        }
        self.globstars += 1;
        let globstar = self.new_node(at, Step::Globstar(self.globstars));
        self.drafts[at as usize].globstar = globstar;
        globstar
    }

    fn child(&mut self, at: u32, symbol: SymbolId) -> u32 {
        let key = u64::from(at) << 32 | u64::from(symbol);
        if let Some(&child) = self.children.get(&key) {
            return child;
        }
        let child = self.new_node(at, Step::Symbol(symbol));
        self.children.insert(key, child);
        child
    }

    pub(super) fn finish(mut self, ranks: Vec<u32>) -> Matcher {
        let (mut names, finders) = std::mem::take(&mut self.segments).finish();
        let leaves = self.leaves();
        let nodes = self.nodes(&leaves, &finders);
        let mut edges: Vec<(SymbolId, Edge)> = (0..)
            .zip(&self.drafts)
            .filter_map(|(to, draft)| {
                let Step::Symbol(symbol) = draft.step else { return None };
                Some((symbol, Edge { from: draft.parent, to, leaf: leaves[to as usize] }))
            })
            .collect();
        edges.sort_unstable_by_key(|(symbol, edge)| (*symbol, edge.from));
        let mut start = 0;
        for same in edges.chunk_by(|a, b| a.0 == b.0) {
            let symbol = &mut names.symbols[same[0].0 as usize];
            symbol.edges = (narrow(start), narrow(start + same.len()));
            start += same.len();
            for (_, edge) in same {
                let to = &nodes[edge.to as usize];
                symbol.leaf = symbol.leaf.max(edge.leaf);
                symbol.reach = symbol.reach.max(to.owns).max(to.below);
            }
        }
        let edges = edges.into_iter().map(|(_, edge)| edge).collect();
        self.ends.sort_unstable_by_key(|(node, _)| *node);
        let mut first_ends = vec![0; nodes.len() + 1];
        for (node, _) in &self.ends {
            first_ends[*node as usize + 1] += 1;
        }
        let mut sum = 0;
        for first in &mut first_ends {
            sum += *first;
            *first = sum;
        }
        let ends = self.ends.into_iter().map(|(_, end)| end).collect();
        Matcher { nodes, edges, names, ends, first_ends, ranks, globstars: self.globstars as usize }
    }

    /// The greatest order of a path that ends at each node.
    fn leaves(&self) -> Vec<Order> {
        let mut leaves = vec![0; self.drafts.len()];
        for (node, end) in self.ends.iter().filter(|(_, end)| end.tail != Tail::Below) {
            let leaf: &mut Order = &mut leaves[*node as usize];
            *leaf = (*leaf).max(end.order);
        }
        leaves
    }

    fn nodes(&self, leaves: &[Order], finders: &[Finder]) -> Vec<Node> {
        let mut nodes: Vec<Node> = Vec::new();
        nodes.resize_with(self.drafts.len(), Node::default);
        for (node, end) in self.ends.iter().filter(|(_, end)| end.tail != Tail::Exact) {
            let owns = &mut nodes[*node as usize].owns;
            *owns = (*owns).max(end.order);
        }
        let mut only_child = vec![OnlyChild::None; nodes.len()];
        // Children before parents.
        for (id, draft) in self.drafts.iter().enumerate().rev() {
            let gate = match only_child[id] {
                OnlyChild::One(child) => {
                    let node = &nodes[child as usize];
                    if node.loops > 0 {
                        node.loops
                    } else if node.owns.max(leaves[child as usize]) == 0 {
                        node.gate
                    } else {
                        0
                    }
                }
                OnlyChild::None | OnlyChild::Many => 0,
            };
            let node = &mut nodes[id];
            node.gate = gate;
            node.globstar = draft.globstar;
            let (owns, below) = (node.owns, node.below);
            let parent = draft.parent as usize;
            match draft.step {
                Step::Root => continue,
                Step::Globstar(number) => node.loops = number,
                Step::Symbol(symbol) => {
                    let finder = finders[symbol as usize] as usize;
                    let (leaf, reach) = (leaves[id], owns.max(below));
                    let parent = &mut nodes[parent];
                    parent.has_edges = true;
                    parent.leaf[finder] = parent.leaf[finder].max(leaf);
                    parent.reach[finder] = parent.reach[finder].max(reach);
                    parent.below = parent.below.max(leaf).max(reach);
                }
            }
            nodes[parent].below = nodes[parent].below.max(below);
            only_child[parent] = match only_child[parent] {
                OnlyChild::None => OnlyChild::One(narrow(id)),
                OnlyChild::One(_) | OnlyChild::Many => OnlyChild::Many,
            };
        }
        nodes
    }
}

#[derive(Clone, Copy)]
enum OnlyChild {
    None,
    One(u32),
    Many,
}
