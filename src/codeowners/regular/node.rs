//! What an expression says, one construct a node, with nothing left that two syntaxes read differently.

/// A piece of an expression. All that is left out (captures, laziness) changes where a match lies, not whether there
/// is one.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    /// Matches nothing but the empty text.
    Empty,
    /// These characters, one after the other.
    Literal { text: String, fold: Fold },
    /// One character of a class.
    Class(Class),
    /// An assertion about the place between two characters.
    Look(Look),
    /// One after the other.
    Concat(Vec<Node>),
    /// One of them.
    Alternate(Vec<Node>),
    /// `min` to `max` times; without `max`, any number from `min` on.
    Repeat { node: Box<Node>, min: u32, max: Option<u32> },
    /// Look-ahead or look-behind.
    Around { ahead: bool, negative: bool, node: Box<Node> },
}

/// How letters of other case are taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Fold {
    /// Not at all.
    None,
    /// All that Unicode's simple case folding makes equal: Go.
    Simple,
    /// All with the same lower case: `regexp2`.
    Lower,
}

/// An assertion without width.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Look {
    /// The text's start.
    Start,
    /// The text's end.
    End,
    /// The text's start, or behind a line feed.
    LineStart,
    /// The text's end, or before a line feed.
    LineEnd,
    /// Between a word character and another.
    Word(Words),
    /// Not there.
    NotWord(Words),
}

/// What counts as a word character.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Words {
    /// `[0-9A-Za-z_]`: Go.
    Ascii,
    /// Letters, marks, digits, connectors and joiners of Unicode: `regexp2`.
    Unicode,
}

/// A class as written: kept unresolved, so that memory stays in proportion to the text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Class {
    pub items: Box<[Item]>,
    pub negated: bool,
    pub fold: Fold,
}

/// A part of a class.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Item {
    /// Code points from the first to the last; those of surrogates match nothing.
    Range(u32, u32),
    /// A named set, or all but it.
    Named(Named, bool),
}

/// A set with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Named {
    /// ASCII ranges, under one of the names that Perl and POSIX gave them.
    Ascii(&'static [(char, char)]),
    /// A category of Unicode, as `Lu`.
    Category(&'static str),
    /// A script of Unicode, as `Greek`.
    Script(&'static str),
    /// Every character.
    Any,
    /// Unicode's white space.
    Space,
    /// See [`Words::Unicode`].
    Word,
}

impl Class {
    /// A class of a single item.
    pub(super) fn of(item: Item, fold: Fold) -> Self {
        Self { items: Box::new([item]), negated: false, fold }
    }

    /// Every character, or every one but the line feed.
    pub(super) fn dot(line_feed_too: bool) -> Self {
        let line_feed = Item::Range(0x0a, 0x0a);
        let items: Box<[Item]> = if line_feed_too { Box::new([]) } else { Box::new([line_feed]) };
        Self { items, negated: true, fold: Fold::None }
    }

    /// Every character but a slash.
    pub(super) fn within_component() -> Self {
        Self { items: Box::new([Item::Range(u32::from('/'), u32::from('/'))]), negated: true, fold: Fold::None }
    }
}

impl Node {
    /// A text that stands for itself.
    pub(super) fn literal(text: &str) -> Self {
        Self::Literal { text: text.to_owned(), fold: Fold::None }
    }

    /// Any number of times, from `min` on.
    pub(super) fn at_least(self, min: u32) -> Self {
        Self::Repeat { node: Box::new(self), min, max: None }
    }

    /// Once or not at all.
    pub(super) fn optional(self) -> Self {
        Self::Repeat { node: Box::new(self), min: 0, max: Some(1) }
    }

    /// Nodes in a row, without needless nesting.
    pub(super) fn concat(mut nodes: Vec<Self>) -> Self {
        match nodes.len() {
            0 => Self::Empty,
            1 => nodes.swap_remove(0),
            _ => Self::Concat(nodes),
        }
    }

    /// How many instructions it takes.
    pub(super) fn size(&self) -> u64 {
        let sum = |nodes: &[Self]| nodes.iter().fold(0_u64, |sum, node| sum.saturating_add(node.size()));
        match self {
            Self::Empty => 0,
            Self::Literal { text, .. } => text.chars().count() as u64,
            Self::Class(_) | Self::Look(_) => 1,
            Self::Concat(nodes) => sum(nodes),
            Self::Alternate(nodes) => sum(nodes).saturating_add(nodes.len() as u64),
            Self::Repeat { node, min, max } => {
                let copies = u64::from(max.unwrap_or(*min).max(1));
                node.size().saturating_add(1).saturating_mul(copies)
            }
            Self::Around { node, .. } => node.size().saturating_add(2),
        }
    }

    /// True where every match holds a character that is written out, so that other paths are never matched.
    pub(super) fn needs_literal(&self) -> bool {
        match self {
            Self::Literal { text, .. } => !text.is_empty(),
            Self::Concat(nodes) => nodes.iter().any(Self::needs_literal),
            Self::Alternate(nodes) => nodes.iter().all(Self::needs_literal),
            Self::Repeat { node, min, .. } => *min > 0 && node.needs_literal(),
            _ => false,
        }
    }

    /// True where every match starts at the text's start.
    pub(super) fn is_anchored_at_start(&self) -> bool {
        match self {
            Self::Look(Look::Start) => true,
            Self::Concat(nodes) => nodes.first().is_some_and(Self::is_anchored_at_start),
            Self::Alternate(nodes) => nodes.iter().all(Self::is_anchored_at_start),
            Self::Repeat { node, min, .. } => *min > 0 && node.is_anchored_at_start(),
            _ => false,
        }
    }

    /// True where every match ends at the text's end.
    pub(super) fn is_anchored_at_end(&self) -> bool {
        match self {
            Self::Look(Look::End) => true,
            Self::Concat(nodes) => nodes.last().is_some_and(Self::is_anchored_at_end),
            Self::Alternate(nodes) => nodes.iter().all(Self::is_anchored_at_end),
            Self::Repeat { node, min, .. } => *min > 0 && node.is_anchored_at_end(),
            _ => false,
        }
    }
}
