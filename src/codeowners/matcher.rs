//! Which pattern of many wins a path: a segment automaton, walked with a directory stack.
//!
//! The patterns' segments form a tree that is walked as a nondeterministic automaton over path segments: each pattern
//! is one way down, `**` is a node that loops on itself. Three things keep it cheap: a directory is solved once for
//! all that is in it ([`stack`]), nodes that can no longer beat the best rank are dropped, and all segments of all
//! patterns are looked for in a name at once ([`names`]).
//!
//! Whatever the patterns and the path are, each segment is tried once on each new name of the path, and each way on
//! from a segment that matches is looked up once. What one try costs at most, [`names::Names::matches`] says.

mod all;
mod build;
mod exact;
mod grams;
mod names;
mod places;
mod segments;
mod slots;
mod stack;
mod trie;
mod walk;

use self::names::{ByFinder, Names, Symbol};
use super::{Pattern, Tail};

pub use self::all::{AllWalk, GroupWalk, Matches};
pub use self::walk::Walk;

/// The place of a rank among the patterns' ranks, from 1. 0 is none, and less than any.
type Order = u32;

/// Number of a segment, a literal or one with wildcards. Segments of one language have one number.
type SymbolId = u32;

/// Many patterns, compiled together; the last one that matches wins.
pub struct Matcher {
    nodes: Vec<Node>,
    /// By segment, then in the order of the nodes that they start at.
    edges: Vec<Edge>,
    names: Names,
    /// Node after node.
    ends: Vec<End>,
    /// Where those of each node start; one more than there are nodes.
    first_ends: Vec<u32>,
    /// Ascending.
    ranks: Vec<u32>,
    globstars: usize,
}

/// Where nothing is read yet. As it is nobody's child, it stands for no node too.
const ROOT: u32 = 0;

/// How far a pattern has been matched.
#[derive(Default)]
struct Node {
    /// The greatest order that owns everything below.
    owns: Order,
    /// The greatest order that another segment could still reach.
    below: Order,
    /// The `**` that begins here, if any: active whenever this node is.
    globstar: u32,
    /// The number of this `**`, from 1; 0 for another node.
    loops: u32,
    /// The number of the next `**` on the only way on, or 0. Once that is active this node can reach nothing more, so
    /// `**/a/**/a/**/a` keeps one `**` active and not all of them.
    gate: u32,
    has_edges: bool,
    /// The greatest order that a file wins one segment on, by what finds the segment.
    leaf: ByFinder<Order>,
    /// The greatest order that a directory wins or leads to one segment on.
    reach: ByFinder<Order>,
}

/// One way on from a node.
struct Edge {
    from: u32,
    to: u32,
    /// The greatest order that wins a file at its end.
    leaf: Order,
}

/// Where a pattern ends.
struct End {
    tail: Tail,
    order: Order,
}

impl Matcher {
    /// Compiles patterns; an answer is the rank that stands beside the winning pattern. Takes memory linear in the
    /// patterns' text, and so much time and that of sorting them.
    pub fn new<'p>(patterns: impl IntoIterator<Item = (u32, &'p Pattern)>) -> Self {
        let patterns: Vec<(u32, &Pattern)> = patterns.into_iter().collect();
        let mut ranks: Vec<u32> = patterns.iter().map(|&(rank, _)| rank).collect();
        ranks.sort_unstable();
        ranks.dedup();
        let mut builder = build::Builder::new();
        for (rank, pattern) in patterns {
            builder.add(narrow(ranks.partition_point(|&other| other <= rank)), pattern);
        }
        builder.finish(ranks)
    }

    /// Starts a walk. Paths in sorted order share their directories' work; any order is right.
    pub fn walk(&self) -> Walk<'_> {
        Walk::new(self)
    }

    /// Starts a walk that gives all that matches.
    pub fn walk_all(&self) -> AllWalk<'_> {
        AllWalk::new(self)
    }

    /// Starts a walk that gives the winner of each group. `groups` has the group of each rank, at the rank's place;
    /// they are best numbered from 0 without gaps. A rank without one never wins.
    pub fn walk_groups<'m>(&'m self, groups: &'m [u32]) -> GroupWalk<'m> {
        GroupWalk::new(self, groups)
    }

    fn node(&self, id: u32) -> &Node {
        &self.nodes[id as usize]
    }

    fn edges_of(&self, symbol: &Symbol) -> &[Edge] {
        &self.edges[symbol.edges.0 as usize..symbol.edges.1 as usize]
    }

    fn ends_of(&self, id: u32) -> &[End] {
        let start = |id: u32| self.first_ends[id as usize] as usize;
        &self.ends[start(id)..start(id + 1)]
    }

    fn rank(&self, order: Order) -> Option<u32> {
        self.ranks.get((order as usize).checked_sub(1)?).copied()
    }
}

/// Counts of what patterns in memory hold.
fn narrow(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
