//! The directories that lead to the current path, each with the nodes that are active there.

use super::names::{ByFinder, Finder, Scratch};
use super::{Edge, Matcher, Order, ROOT};

/// How many active nodes the stack may hold before it forgets the directories between. Only hostile input comes near:
/// it bounds memory by depth times patterns, and costs some directories a second look.
const STACK_LIMIT: usize = 1 << 20;

/// What a path inherits from the directories that it is in.
pub(super) trait Heritage {
    /// What [`Self::rewind`] needs.
    type Mark: Copy;

    /// The directory that is being entered reaches a node.
    fn reach(&mut self, matcher: &Matcher, id: u32);

    /// What is not greater changes nothing.
    fn floor(&self) -> Order;

    fn mark(&self) -> Self::Mark;

    /// Back to what it was at the mark.
    fn rewind(&mut self, mark: Self::Mark);
}

/// The current directory chain.
pub(super) struct Stack<'m, H: Heritage> {
    matcher: &'m Matcher,
    /// The directory of the last path, with its final slash.
    directory: Vec<u8>,
    /// From the root down; never empty.
    frames: Vec<Frame<H::Mark>>,
    /// The active nodes of all frames, one frame after the other, ascending in each.
    active: Vec<u32>,
    /// Working space: the nodes of the frame that is being made.
    next: Vec<u32>,
    pub(super) heritage: H,
    seen: Seen,
    scratch: Scratch,
    limit: usize,
}

#[derive(Clone, Copy)]
struct Frame<M> {
    /// The frame is of this many first bytes of [`Stack::directory`].
    length: usize,
    /// Where its nodes start in [`Stack::active`]; they end where the next frame's start.
    first: usize,
    mark: M,
    /// The greatest order that a file can win here, by what finds its name.
    leaf: ByFinder<Order>,
    /// The greatest order that a directory can win or lead to, by what finds its name.
    reach: ByFinder<Order>,
}

/// Which `**` nodes are active in the frame that is being made, by their number.
struct Seen {
    generation: u32,
    last: Vec<u32>,
}

impl Seen {
    fn restart(&mut self) {
        self.generation = self.generation.wrapping_add(1);
        if self.generation == 0 {
            self.last.fill(0);
            self.generation = 1;
        }
    }

    /// True the first time.
    fn insert(&mut self, number: u32) -> bool {
        std::mem::replace(&mut self.last[number as usize], self.generation) != self.generation
    }

    fn contains(&self, number: u32) -> bool {
        self.last[number as usize] == self.generation
    }
}

impl<'m, H: Heritage> Stack<'m, H> {
    pub(super) fn new(matcher: &'m Matcher, heritage: H) -> Self {
        let mut stack = Self {
            matcher,
            directory: Vec::new(),
            frames: Vec::new(),
            active: Vec::new(),
            next: Vec::new(),
            heritage,
            // Number 0 is none.
            seen: Seen { generation: 1, last: vec![0; matcher.globstars + 1] },
            scratch: Scratch::default(),
            limit: STACK_LIMIT,
        };
        enter(matcher, ROOT, &mut stack.heritage, &mut stack.active, &mut stack.seen);
        stack.push_frame(0, 0);
        stack
    }

    /// Makes the directory of `path` the current one; returns the file's name.
    pub(super) fn enter_directory_of<'p>(&mut self, path: &'p [u8]) -> &'p [u8] {
        let (directory, name) = path.split_at(memchr::memrchr(b'/', path).map_or(0, |at| at + 1));
        if directory != self.directory {
            self.go_to(directory);
        }
        name
    }

    /// Makes `directory` the current one, from the deepest directory that it shares with the last.
    fn go_to(&mut self, directory: &[u8]) {
        let shared = shared_length(directory, &self.directory);
        let keep = self.frames.partition_point(|frame| frame.length <= shared);
        if let Some(dropped) = self.frames.get(keep) {
            self.active.truncate(dropped.first);
            self.frames.truncate(keep);
        }
        self.directory.truncate(shared);
        self.directory.extend_from_slice(&directory[shared..]);
        if let Some(top) = self.frames.last() {
            self.heritage.rewind(top.mark);
        }
        while let Some(&top) = self.frames.last()
            && top.first < self.active.len()
            && let Some(length) = memchr::memchr(b'/', &directory[top.length..])
        {
            self.descend(&top, &directory[top.length..top.length + length]);
        }
    }

    fn descend(&mut self, top: &Frame<H::Mark>, name: &[u8]) {
        let Self { matcher, active, next, heritage, seen, scratch, .. } = self;
        let first = active.len();
        let active = &active[top.first..];
        seen.restart();
        for &id in active {
            if matcher.node(id).loops > 0 && seen.insert(matcher.node(id).loops) {
                next.push(id);
            }
        }
        scratch.places.forget();
        for finder in Finder::ALL {
            if top.reach[finder as usize] <= heritage.floor() {
                continue;
            }
            matcher.names.visit(finder, name, &mut scratch.hits, |id| {
                let symbol = matcher.names.symbol(id);
                if symbol.reach > heritage.floor() && matcher.names.matches(symbol, name, &mut scratch.places) {
                    for_each_edge(matcher.edges_of(symbol), active, |edge| {
                        enter(matcher, edge.to, heritage, next, seen);
                    });
                }
            });
        }
        self.active.append(&mut self.next);
        self.push_frame(top.length + name.len() + 1, first);
        self.forget_if_large();
    }

    /// Closes the frame whose nodes start at `first`: drops those that cannot change any answer.
    fn push_frame(&mut self, length: usize, first: usize) {
        let (mark, floor) = (self.heritage.mark(), self.heritage.floor());
        let mut frame = Frame { length, first, mark, leaf: [0; Finder::ALL.len()], reach: [0; Finder::ALL.len()] };
        let mut kept = first;
        for at in first..self.active.len() {
            let id = self.active[at];
            let node = self.matcher.node(id);
            if node.below <= floor || node.gate > 0 && self.seen.contains(node.gate) {
                continue;
            }
            for finder in 0..Finder::ALL.len() {
                frame.leaf[finder] = frame.leaf[finder].max(node.leaf[finder]);
                frame.reach[finder] = frame.reach[finder].max(node.reach[finder]);
            }
            self.active[kept] = id;
            kept += 1;
        }
        self.active.truncate(kept);
        self.active[first..].sort_unstable();
        self.frames.push(frame);
    }

    fn forget_if_large(&mut self) {
        if self.active.len() > self.limit
            && let [_, .., parent, top] = self.frames.as_mut_slice()
        {
            self.active.drain(parent.first..top.first);
            top.first = parent.first;
            *parent = *top;
            self.frames.pop();
        }
    }

    /// Calls `visit` with each edge to a file of this name in the current directory, but for edges that win nothing
    /// above the floor: that is what `visit` returned last.
    pub(super) fn for_each_leaf(&mut self, name: &[u8], mut floor: Order, mut visit: impl FnMut(&Edge, &H) -> Order) {
        let Self { matcher, active, frames, heritage, scratch, .. } = self;
        let Some(top) = frames.last() else { return };
        let active = &active[top.first..];
        scratch.places.forget();
        for finder in Finder::ALL {
            if top.leaf[finder as usize] <= floor {
                continue;
            }
            matcher.names.visit(finder, name, &mut scratch.hits, |id| {
                let symbol = matcher.names.symbol(id);
                if symbol.leaf > floor && matcher.names.matches(symbol, name, &mut scratch.places) {
                    for_each_edge(matcher.edges_of(symbol), active, |edge| floor = visit(edge, heritage));
                }
            });
        }
    }
}

#[cfg(test)]
impl<H: Heritage> Stack<'_, H> {
    /// How many nodes are active in the current directory.
    pub(super) fn active_nodes(&self) -> usize {
        self.frames.last().map_or(0, |top| self.active.len() - top.first)
    }

    /// How many nodes are active in all directories that the stack knows.
    pub(super) fn stacked_nodes(&self) -> usize {
        self.active.len()
    }

    pub(super) fn limit_stack(&mut self, limit: usize) {
        self.limit = limit;
    }

    /// How many looks were taken at names to try segments with wildcards.
    pub(super) fn looks(&self) -> usize {
        self.scratch.places.looks
    }
}

/// How many first bytes are the same.
fn shared_length(a: &[u8], b: &[u8]) -> usize {
    const STEP: usize = 16;
    let blocks = a.chunks_exact(STEP).zip(b.chunks_exact(STEP)).take_while(|(a, b)| a == b).count() * STEP;
    blocks + a[blocks..].iter().zip(&b[blocks..]).take_while(|(a, b)| a == b).count()
}

/// Makes `id` active, and the `**` that begins there.
fn enter<H: Heritage>(matcher: &Matcher, id: u32, heritage: &mut H, active: &mut Vec<u32>, seen: &mut Seen) {
    let node = matcher.node(id);
    heritage.reach(matcher, id);
    if node.has_edges {
        active.push(id);
    }
    if node.globstar != ROOT && seen.insert(matcher.node(node.globstar).loops) {
        active.push(node.globstar);
    }
}

/// Calls `visit` with each edge that starts at an active node. Both are in the order of nodes; each of the fewer is
/// looked up in the other.
fn for_each_edge(edges: &[Edge], active: &[u32], mut visit: impl FnMut(&Edge)) {
    if edges.len() <= active.len() {
        for edge in edges {
            let is_active =
                if active.len() <= 8 { active.contains(&edge.from) } else { active.binary_search(&edge.from).is_ok() };
            if is_active {
                visit(edge);
            }
        }
    } else {
        for node in active {
            if let Ok(at) = edges.binary_search_by_key(node, |edge| edge.from) {
                visit(&edges[at]);
            }
        }
    }
}
