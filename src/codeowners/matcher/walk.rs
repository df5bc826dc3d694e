//! The winner of each path.

use super::stack::{Heritage, Stack};
use super::{Matcher, Order};

/// A walk over paths: keeps the state of the current directory chain.
pub struct Walk<'m> {
    matcher: &'m Matcher,
    stack: Stack<'m, Owner>,
}

/// The greatest order that owns everything in the current directory.
struct Owner(Order);

impl Heritage for Owner {
    type Mark = Order;

    fn reach(&mut self, matcher: &Matcher, id: u32) {
        self.0 = self.0.max(matcher.node(id).owns);
    }

    fn floor(&self) -> Order {
        self.0
    }

    fn mark(&self) -> Order {
        self.0
    }

    fn rewind(&mut self, mark: Order) {
        self.0 = mark;
    }
}

impl<'m> Walk<'m> {
    pub(super) fn new(matcher: &'m Matcher) -> Self {
        Self { matcher, stack: Stack::new(matcher, Owner(0)) }
    }

    /// The greatest rank whose pattern matches `path`, if any. Segments are split at `/`; there is no leading slash.
    pub fn winner(&mut self, path: &[u8]) -> Option<u32> {
        if path.is_empty() {
            return None;
        }
        let name = self.stack.enter_directory_of(path);
        let mut best = self.stack.heritage.0;
        self.stack.for_each_leaf(name, best, |edge, _| {
            best = best.max(edge.leaf);
            best
        });
        self.matcher.rank(best)
    }
}

#[cfg(test)]
impl Walk<'_> {
    pub(super) fn active_nodes(&self) -> usize {
        self.stack.active_nodes()
    }

    pub(super) fn stacked_nodes(&self) -> usize {
        self.stack.stacked_nodes()
    }

    pub(super) fn limit_stack(&mut self, limit: usize) {
        self.stack.limit_stack(limit);
    }

    pub(super) fn looks(&self) -> usize {
        self.stack.looks()
    }
}
