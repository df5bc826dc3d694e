//! Everything that matches each path.

use super::stack::{Heritage, Stack};
use super::{Matcher, Order};
use crate::codeowners::Tail;

/// What holds for a path, and whether it is news.
#[derive(Debug, PartialEq, Eq)]
pub struct Matches<'w> {
    /// Ranks, ascending, each once.
    pub ranks: &'w [u32],
    /// True where they are those of the path before.
    pub is_repeated: bool,
}

/// A walk that gives every matching rank of each path, as [`super::Walk`] gives the greatest.
pub struct AllWalk<'m> {
    matcher: &'m Matcher,
    stack: Stack<'m, Inherited>,
    /// What the current directory inherits, ascending.
    inherited: Vec<Order>,
    /// What only the file's name adds.
    added: Vec<Order>,
    answer: Answer,
    /// The answer is what the directory inherits, no more and no less.
    is_plain: bool,
}

/// What owns everything in the current directory.
struct Inherited {
    /// From the root down.
    orders: Vec<Order>,
    /// By order: whether it is one of them.
    held: Vec<bool>,
    /// How many of them stayed where they were since [`AllWalk::inherited`] was made.
    kept: usize,
}

impl Heritage for Inherited {
    type Mark = usize;

    fn reach(&mut self, matcher: &Matcher, id: u32) {
        for end in matcher.ends_of(id) {
            if end.tail != Tail::Exact && !std::mem::replace(&mut self.held[end.order as usize], true) {
                self.orders.push(end.order);
            }
        }
    }

    fn floor(&self) -> Order {
        0
    }

    fn mark(&self) -> usize {
        self.orders.len()
    }

    fn rewind(&mut self, mark: usize) {
        for order in self.orders.drain(mark..) {
            self.held[order as usize] = false;
        }
        self.kept = self.kept.min(mark);
    }
}

impl<'m> AllWalk<'m> {
    pub(super) fn new(matcher: &'m Matcher) -> Self {
        let held = vec![false; matcher.ranks.len() + 1];
        Self {
            matcher,
            stack: Stack::new(matcher, Inherited { orders: Vec::new(), held, kept: 0 }),
            inherited: Vec::new(),
            added: Vec::new(),
            answer: Answer::default(),
            is_plain: false,
        }
    }

    /// Every rank whose pattern matches `path`. Segments are split at `/`; there is no leading slash.
    pub fn matching(&mut self, path: &[u8]) -> Matches<'_> {
        if path.is_empty() {
            self.is_plain = false;
            return self.answer.give([]);
        }
        let Self { matcher, stack, inherited, added, answer, is_plain } = self;
        let name = stack.enter_directory_of(path);
        added.clear();
        stack.for_each_leaf(name, 0, |edge, inherited| {
            let ends = matcher.ends_of(edge.to).iter();
            let ends = ends.filter(|end| end.tail != Tail::Below && !inherited.held[end.order as usize]);
            added.extend(ends.map(|end| end.order));
            0
        });
        let now = &mut stack.heritage;
        let is_same_directory = now.kept == inherited.len() && now.orders.len() == inherited.len();
        if is_same_directory && added.is_empty() && *is_plain {
            return answer.repeat();
        }
        if !is_same_directory {
            inherited.clone_from(&now.orders);
            inherited.sort_unstable();
            now.kept = inherited.len();
        }
        *is_plain = added.is_empty();
        added.sort_unstable();
        added.dedup();
        let orders = merged(inherited, added);
        answer.give(orders.filter_map(|order| matcher.rank(order)))
    }
}

/// What is in either of two ascending lists that share nothing, ascending.
fn merged<'l>(mut a: &'l [Order], mut b: &'l [Order]) -> impl Iterator<Item = Order> + 'l {
    std::iter::from_fn(move || {
        let from = if b.first().is_none_or(|b| a.first().is_some_and(|a| a < b)) { &mut a } else { &mut b };
        let (&first, rest) = from.split_first()?;
        *from = rest;
        Some(first)
    })
}

/// The last answer.
#[derive(Default)]
struct Answer {
    ranks: Vec<u32>,
    before: Vec<u32>,
    is_given: bool,
}

impl Answer {
    fn give(&mut self, ranks: impl IntoIterator<Item = u32>) -> Matches<'_> {
        std::mem::swap(&mut self.ranks, &mut self.before);
        self.ranks.clear();
        self.ranks.extend(ranks);
        let is_repeated = std::mem::replace(&mut self.is_given, true) && self.ranks == self.before;
        Matches { ranks: &self.ranks, is_repeated }
    }

    fn repeat(&self) -> Matches<'_> {
        Matches { ranks: &self.ranks, is_repeated: true }
    }
}

/// A walk that gives the greatest matching rank of each group: of each section of a file, say.
pub struct GroupWalk<'m> {
    all: AllWalk<'m>,
    groups: &'m [u32],
    /// By group: the number of the answer that has a rank of it.
    answered: Vec<u64>,
    number: u64,
    winners: Vec<u32>,
    answer: Answer,
}

impl<'m> GroupWalk<'m> {
    pub(super) fn new(matcher: &'m Matcher, groups: &'m [u32]) -> Self {
        let count = matcher
            .ranks
            .iter()
            .filter_map(|&rank| groups.get(rank as usize))
            .max()
            .map_or(0, |&group| group as usize + 1);
        Self {
            all: AllWalk::new(matcher),
            groups,
            answered: vec![0; count],
            number: 0,
            winners: Vec::new(),
            answer: Answer::default(),
        }
    }

    /// Of the ranks whose patterns match `path`, the greatest of each group. Takes time by what matches, not by how
    /// many groups there are.
    pub fn winners(&mut self, path: &[u8]) -> Matches<'_> {
        let Self { all, groups, answered, number, winners, answer } = self;
        let matches = all.matching(path);
        if matches.is_repeated {
            return answer.repeat();
        }
        *number += 1;
        winners.clear();
        for &rank in matches.ranks.iter().rev() {
            if let Some(&group) = groups.get(rank as usize)
                && std::mem::replace(&mut answered[group as usize], *number) != *number
            {
                winners.push(rank);
            }
        }
        answer.give(winners.iter().rev().copied())
    }
}
