//! The walk: a stack of the directories that lead to the current path, each with the nodes that are active there.

use super::classify::{Memo, WildId};
use super::{Best, EdgeKey, Matcher, Node, ROOT};

/// How many active nodes the stack may hold before it forgets the directories between. Only hostile input comes near:
/// it bounds memory by depth times patterns, and costs some directories a second look.
const STACK_LIMIT: usize = 1 << 20;

/// A walk over paths: keeps the state of the current directory chain.
pub struct Walk<'m> {
    matcher: &'m Matcher,
    /// The directory of the last path, with its final slash.
    directory: Vec<u8>,
    /// From the root down; never empty.
    frames: Vec<Frame>,
    /// The active nodes of all frames, one frame after the other.
    active: Vec<u32>,
    /// Working space: the nodes of the frame that is being made.
    next: Vec<u32>,
    seen: Seen,
    memo: Memo,
    stack_limit: usize,
}

#[derive(Clone, Copy)]
struct Frame {
    /// The frame is of this many first bytes of [`Walk::directory`].
    length: usize,
    /// Where its nodes start in [`Walk::active`]; they end where the next frame's start.
    first: usize,
    /// The greatest rank that owns everything here.
    best: Best,
    has_literals: bool,
    has_wilds: bool,
}

/// Which `**` nodes are active in the frame that is being made.
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
    fn insert(&mut self, node: u32) -> bool {
        std::mem::replace(&mut self.last[node as usize], self.generation) != self.generation
    }

    fn contains(&self, node: u32) -> bool {
        self.last[node as usize] == self.generation
    }
}

impl<'m> Walk<'m> {
    pub(super) fn new(matcher: &'m Matcher) -> Self {
        let mut walk = Self {
            matcher,
            directory: Vec::new(),
            frames: Vec::new(),
            active: Vec::new(),
            next: Vec::new(),
            seen: Seen { generation: 0, last: vec![0; matcher.nodes.len()] },
            memo: Memo::default(),
            stack_limit: STACK_LIMIT,
        };
        walk.seen.restart();
        let mut best = None;
        enter(matcher, ROOT, &mut best, &mut walk.active, &mut walk.seen);
        walk.push_frame(0, 0, best);
        walk
    }

    /// The greatest rank whose pattern matches `path`, if any. Segments are split at `/`; there is no leading slash.
    pub fn winner(&mut self, path: &[u8]) -> Option<u32> {
        if path.is_empty() {
            return None;
        }
        let (directory, name) = path.split_at(memchr::memrchr(b'/', path).map_or(0, |at| at + 1));
        if directory != self.directory {
            self.go_to(directory);
        }
        let top = *self.frames.last()?;
        let mut best = top.best;
        let matcher = self.matcher;
        for_each_step(matcher, top, &self.active[top.first..], name, &mut self.memo, |node| {
            best = best.max(node.1.exact).max(node.1.sub);
        });
        best
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
        while let Some(&top) = self.frames.last()
            && top.first < self.active.len()
            && let Some(length) = memchr::memchr(b'/', &directory[top.length..])
        {
            self.descend(top, &directory[top.length..top.length + length]);
        }
    }

    fn descend(&mut self, top: Frame, name: &[u8]) {
        let matcher = self.matcher;
        let first = self.active.len();
        let mut best = top.best;
        self.seen.restart();
        for_each_step(matcher, top, &self.active[top.first..], name, &mut self.memo, |(id, _)| {
            enter(matcher, id, &mut best, &mut self.next, &mut self.seen);
        });
        self.active.append(&mut self.next);
        self.push_frame(top.length + name.len() + 1, first, best);
        self.forget_if_large();
    }

    /// Closes the frame whose nodes start at `first`: drops those that cannot change any answer.
    fn push_frame(&mut self, length: usize, first: usize, best: Best) {
        let mut frame = Frame { length, first, best, has_literals: false, has_wilds: false };
        let mut kept = first;
        for at in first..self.active.len() {
            let id = self.active[at];
            let node = self.matcher.node(id);
            if node.below <= best || node.gate.is_some_and(|gate| self.seen.contains(gate)) {
                continue;
            }
            frame.has_literals |= node.has_literals;
            frame.has_wilds |= !node.wilds.is_empty();
            self.active[kept] = id;
            kept += 1;
        }
        self.active.truncate(kept);
        self.frames.push(frame);
    }

    fn forget_if_large(&mut self) {
        if self.active.len() > self.stack_limit
            && let [_, .., parent, top] = self.frames.as_mut_slice()
        {
            self.active.drain(parent.first..top.first);
            top.first = parent.first;
            *parent = *top;
            self.frames.pop();
        }
    }
}

#[cfg(test)]
impl Walk<'_> {
    /// How many nodes are active in the current directory.
    pub(super) fn active_nodes(&self) -> usize {
        self.frames.last().map_or(0, |top| self.active.len() - top.first)
    }

    /// How many nodes are active in all directories that the stack knows.
    pub(super) fn stacked_nodes(&self) -> usize {
        self.active.len()
    }

    pub(super) fn limit_stack(&mut self, limit: usize) {
        self.stack_limit = limit;
    }
}

/// How many first bytes are the same.
fn shared_length(a: &[u8], b: &[u8]) -> usize {
    const STEP: usize = 16;
    let blocks = a.chunks_exact(STEP).zip(b.chunks_exact(STEP)).take_while(|(a, b)| a == b).count() * STEP;
    blocks + a[blocks..].iter().zip(&b[blocks..]).take_while(|(a, b)| a == b).count()
}

/// Makes `id` active, and the `**` that begins there.
fn enter(matcher: &Matcher, id: u32, best: &mut Best, active: &mut Vec<u32>, seen: &mut Seen) {
    let node = matcher.node(id);
    *best = (*best).max(node.sub).max(node.inside);
    if node.is_globstar {
        if seen.insert(id) {
            active.push(id);
        }
        return;
    }
    if node.has_literals || !node.wilds.is_empty() {
        active.push(id);
    }
    if let Some(globstar) = node.globstar
        && seen.insert(globstar)
    {
        active.push(globstar);
    }
}

/// Calls `reach` with each node that segment `name` leads to from the nodes of `frame`.
fn for_each_step<'m>(
    matcher: &'m Matcher,
    frame: Frame,
    active: &[u32],
    name: &[u8],
    memo: &mut Memo,
    mut reach: impl FnMut((u32, &'m Node)),
) {
    let literal = if frame.has_literals { matcher.literals.get(name) } else { None };
    let wilds: &[WildId] = if frame.has_wilds { memo.classify(&matcher.classifier, name) } else { &[] };
    let mut go = |id: u32| reach((id, matcher.node(id)));
    for &id in active {
        let node = matcher.node(id);
        if node.is_globstar {
            go(id);
        }
        if let Some(literal) = literal
            && node.has_literals
            && let Some(&child) = matcher.edges.get(&EdgeKey::literal(id, literal))
        {
            go(child);
        }
        // The shorter list is looked up in the longer one.
        let edges = &matcher.wild_edges[node.wilds.clone()];
        if edges.len() <= wilds.len() {
            for &(wild, child) in edges {
                if wilds.binary_search(&wild).is_ok() {
                    go(child);
                }
            }
        } else if !edges.is_empty() {
            for &wild in wilds {
                if let Some(&child) = matcher.edges.get(&EdgeKey::wild(id, wild)) {
                    go(child);
                }
            }
        }
    }
}
