//! Which segments of the patterns match a name: all of them at once.
//!
//! Each segment is found through what a matching name must hold: all of it by hash, a start or an end through a trie,
//! a part through a piece of some bytes. Only what is found so is tried in full.

use super::exact::Exact;
use super::grams::Grams;
use super::places::{Compiled, Places};
use super::trie::Trie;
use super::{Order, SymbolId};

/// What finds a segment in a name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Finder {
    /// All of the name.
    Whole,
    /// The start of the name.
    Start,
    /// The end of the name.
    End,
    /// A piece of the name.
    Inside,
    /// Nothing: it is tried on every name.
    Always,
}

impl Finder {
    pub(super) const ALL: [Self; 5] = [Self::Whole, Self::Start, Self::End, Self::Inside, Self::Always];
}

/// One value for each [`Finder`].
pub(super) type ByFinder<T> = [T; Finder::ALL.len()];

/// The segments of all patterns.
pub(super) struct Names {
    /// By [`SymbolId`].
    pub(super) symbols: Vec<Symbol>,
    /// The literals of segments with wildcards.
    pub(super) text: Vec<u8>,
    pub(super) wilds: Vec<Compiled>,
    pub(super) whole: Exact,
    pub(super) start: Trie<false>,
    pub(super) end: Trie<true>,
    pub(super) inside: Grams,
    pub(super) always: Vec<SymbolId>,
}

/// A segment, and what it is worth to find it in a name.
pub(super) struct Symbol {
    pub(super) shape: Shape,
    /// The greatest order that a file of such a name can win.
    pub(super) leaf: Order,
    /// The greatest order that a directory of such a name can win or lead to.
    pub(super) reach: Order,
    /// Its part of the edges.
    pub(super) edges: (u32, u32),
}

/// What a name must be. Places are those in [`Names::text`].
pub(super) enum Shape {
    /// A literal; what finds it has tried it.
    Whole,
    /// One star: the text before it and behind it, which touch.
    Affixes(u32, u32, u32),
    /// Two stars: the text between them.
    Contains(u32, u32),
    /// Any other.
    Other {
        /// Its place in [`Names::wilds`].
        at: u32,
        /// Of all its literals.
        trigrams: u64,
    },
}

/// Working space of [`Names`].
#[derive(Default)]
pub(super) struct Scratch {
    pub(super) hits: Vec<u64>,
    pub(super) places: Places,
}

impl Names {
    pub(super) fn symbol(&self, id: SymbolId) -> &Symbol {
        &self.symbols[id as usize]
    }

    /// Calls `visit` once with each segment that this finder finds in `name`; whether it matches is left to
    /// [`Self::matches`].
    pub(super) fn visit(&self, finder: Finder, name: &[u8], hits: &mut Vec<u64>, mut visit: impl FnMut(SymbolId)) {
        // Later patterns win, and what has won spares a look at what could not.
        let mut visit_all = |ids: &[SymbolId]| ids.iter().rev().for_each(|&id| visit(id));
        match finder {
            Finder::Whole => self.whole.get(name).into_iter().for_each(visit),
            Finder::Start => self.start.visit(name, visit_all),
            Finder::End => self.end.visit(name, visit_all),
            Finder::Inside => self.inside.visit(name, hits, visit_all),
            Finder::Always => visit_all(&self.always),
        }
    }

    /// Whether a segment that was found in `name` matches it. `places` are of this name or of none.
    ///
    /// Takes time by the segment's length; with two stars, by that and the name's; with more wildcards as
    /// [`Places::matches`] says.
    pub(super) fn matches(&self, symbol: &Symbol, name: &[u8], places: &mut Places) -> bool {
        let text = |start: u32, end: u32| &self.text[start as usize..end as usize];
        match symbol.shape {
            Shape::Whole => true,
            Shape::Affixes(start, middle, end) => {
                let (prefix, suffix) = (text(start, middle), text(middle, end));
                prefix.len() + suffix.len() <= name.len() && name.starts_with(prefix) && name.ends_with(suffix)
            }
            Shape::Contains(start, end) => memchr::memmem::find(name, text(start, end)).is_some(),
            Shape::Other { at, trigrams } => {
                places.may_hold(trigrams, name) && places.matches(&self.wilds[at as usize], name)
            }
        }
    }
}
