//! Which pattern of many wins a path: a segment automaton, walked with a directory stack.

use super::Pattern;

/// Many patterns, compiled together; the last one that matches wins.
pub struct Matcher {}

impl Matcher {
    /// Compiles patterns; an answer is the position in this sequence's pairs: `(rank, pattern)`, ranks ascending.
    pub fn new<'p>(_patterns: impl IntoIterator<Item = (u32, &'p Pattern)>) -> Self {
        Self {}
    }

    /// Starts a walk. Paths in sorted order share their directories' work; any order is right.
    pub fn walk(&self) -> Walk<'_> {
        Walk { _matcher: self }
    }
}

/// A walk over paths: keeps the state of the current directory chain.
pub struct Walk<'m> {
    _matcher: &'m Matcher,
}

impl Walk<'_> {
    /// The greatest rank whose pattern matches `path`, if any.
    pub fn winner(&mut self, _path: &[u8]) -> Option<u32> {
        None
    }
}
