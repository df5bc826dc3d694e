//! A pattern as one flat sequence of steps, and the paths it can spell.

use super::super::{Class, Pattern, Segment, Tail, Token};

/// Git on the usual file systems holds no longer component, in bytes.
const LONGEST_COMPONENT: usize = 255;

/// One character of an abstract path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Letter {
    /// This character, never a slash.
    Char(char),
    /// A character that no pattern names, alone or in the range of a class.
    Fresh,
    /// The end of a component.
    Slash,
}

/// One step of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// This character.
    Char(char),
    /// One character.
    AnyChar,
    /// One character of this class, by its place in [`Flat::classes`].
    Class(u32),
    /// Any number of characters within a component.
    Star,
    /// The end of a component.
    Slash,
    /// Any number of whole components; stands only where a component starts.
    Globstar,
}

/// A pattern's steps, and what may follow them.
#[derive(Debug)]
pub(super) struct Flat<'p> {
    pub(super) steps: Vec<Step>,
    pub(super) tail: Tail,
    pub(super) classes: Vec<&'p Class>,
}

/// `None` for a pattern that matches no path at all.
pub(super) fn flatten(pattern: &Pattern) -> Option<Flat<'_>> {
    let (mut segments, mut tail) = (pattern.segments.as_slice(), pattern.tail);
    // Not in a pattern's normal form, but the type allows it.
    while let [rest @ .., Segment::Globstar] = segments {
        segments = rest;
        tail = if tail == Tail::Exact { Tail::SelfOrBelow } else { tail };
    }
    if tail == Tail::Nothing || segments.is_empty() && tail == Tail::Exact {
        return None;
    }
    let mut flat = Flat { steps: Vec::new(), tail, classes: Vec::new() };
    for (at, segment) in segments.iter().enumerate() {
        match segment {
            Segment::Globstar => {
                if flat.steps.last() != Some(&Step::Globstar) {
                    flat.steps.push(Step::Globstar);
                }
                continue;
            }
            Segment::Literal(name) => flat.steps.extend(name.chars().map(Step::Char)),
            Segment::Wild(wild) => wild.0.iter().for_each(|token| flat.push(token)),
        }
        if at + 1 < segments.len() {
            flat.steps.push(Step::Slash);
        }
    }
    Some(flat)
}

impl<'p> Flat<'p> {
    fn push(&mut self, token: &'p Token) {
        self.steps.push(match token {
            Token::Char(character) => Step::Char(*character),
            Token::AnyChar => Step::AnyChar,
            Token::Star => Step::Star,
            Token::Class(class) => {
                self.classes.push(class);
                // There are no more of them than characters in a pattern.
                Step::Class(u32::try_from(self.classes.len() - 1).unwrap_or(u32::MAX))
            }
        });
    }
}

/// Spells the paths of one pattern, step by step, with [`Letter::Fresh`] for every character it leaves open.
#[derive(Debug)]
pub(super) struct Speller<'p> {
    pub(super) pattern: &'p Pattern,
    flat: Flat<'p>,
}

/// Where in its pattern a [`Speller`] is: a step, the end of the steps, or (one more) below that.
pub(super) type Position = u32;

/// A character that a speller can write next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Offer {
    /// Only this one.
    Only(char),
    /// One of this class, by its place among the speller's.
    Class(u32),
    /// Any one.
    Any,
}

impl<'p> Speller<'p> {
    /// `None` where no path that git can hold matches: `/`, or a component that is `.`, `..`, `.git` or too long.
    pub(super) fn new(pattern: &'p Pattern) -> Option<Self> {
        let flat = flatten(pattern)?;
        // The positions past the last step must be numbers too.
        u32::try_from(flat.steps.len()).ok()?.checked_add(2)?;
        pattern.segments.iter().all(can_be_component).then_some(Self { pattern, flat })
    }

    /// The classes of its pattern, in the order of its steps.
    pub(super) fn classes(&self) -> &[&'p Class] {
        &self.flat.classes
    }

    /// The characters that its pattern names outside of classes.
    pub(super) fn characters(&self) -> impl Iterator<Item = char> {
        self.flat.steps.iter().filter_map(|step| if let Step::Char(character) = step { Some(*character) } else { None })
    }

    /// True where its pattern names the character, alone or in the range of a class.
    pub(super) fn knows(&self, character: char) -> bool {
        let is_in = |&(first, last): &(char, char)| first <= character && character <= last;
        self.flat.steps.contains(&Step::Char(character))
            || self.flat.classes.iter().any(|class| class.ranges().iter().any(is_in))
    }

    /// How many steps there are.
    pub(super) fn len(&self) -> usize {
        self.flat.steps.len()
    }

    /// Where every path starts.
    pub(super) fn start(&self) -> Position {
        if self.flat.steps.is_empty() { self.below() } else { 0 }
    }

    fn end(&self) -> Position {
        u32::try_from(self.flat.steps.len()).unwrap_or(u32::MAX)
    }

    fn below(&self) -> Position {
        self.end().saturating_add(1)
    }

    fn step(&self, at: Position) -> Option<Step> {
        self.flat.steps.get(at as usize).copied()
    }

    /// Whether a path may end here.
    pub(super) fn accepts(&self, at: Position) -> bool {
        at == self.below() || at == self.end() && self.flat.tail != Tail::Below
    }

    /// The position after a step that may spell nothing.
    pub(super) fn skip(&self, at: Position, component: Component) -> Option<Position> {
        match self.step(at)? {
            Step::Star => Some(at + 1),
            Step::Globstar if component == Component::Start => Some(at + 1),
            _ => None,
        }
    }

    /// The character that can come next, and the position after it.
    pub(super) fn character(&self, at: Position) -> Option<(Offer, Position)> {
        match self.step(at) {
            Some(Step::Char(character)) => Some((Offer::Only(character), at + 1)),
            Some(Step::AnyChar) => Some((Offer::Any, at + 1)),
            Some(Step::Class(class)) => Some((Offer::Class(class), at + 1)),
            Some(Step::Star | Step::Globstar) => Some((Offer::Any, at)),
            Some(Step::Slash) => None,
            None => (at == self.below()).then_some((Offer::Any, at)),
        }
    }

    /// The position after a slash, where one can come next.
    pub(super) fn slash(&self, at: Position) -> Option<Position> {
        match self.step(at) {
            Some(Step::Slash) => Some(at + 1),
            Some(Step::Globstar) => Some(at),
            Some(_) => None,
            None => (at == self.below() || self.flat.tail != Tail::Exact).then(|| self.below()),
        }
    }

    /// True where the literal beginnings alone show that no path is in both.
    pub(super) fn parts_early_from(&self, other: &Speller<'_>) -> bool {
        let literal = |step: &Step| matches!(step, Step::Char(_) | Step::Slash);
        let both = self.flat.steps.iter().zip(&other.flat.steps);
        both.take_while(|(a, b)| literal(a) && literal(b)).any(|(a, b)| a != b)
    }
}

/// Whether some component that git can hold matches the segment.
fn can_be_component(segment: &Segment) -> bool {
    match segment {
        Segment::Globstar => true,
        Segment::Literal(name) => is_legal_component(name.as_bytes()),
        Segment::Wild(wild) => {
            let least: usize = wild.0.iter().map(least_bytes).sum();
            least <= LONGEST_COMPONENT && !wild.0.contains(&Token::Char('\0'))
        }
    }
}

fn least_bytes(token: &Token) -> usize {
    match token {
        Token::Char(character) => character.len_utf8(),
        Token::AnyChar => 1,
        Token::Class(class) if class.is_negated() => 1,
        Token::Class(class) => class.ranges().first().map_or(1, |(first, _)| first.len_utf8()),
        Token::Star => 0,
    }
}

/// Whether git can hold a path with this component: not `.`, `..` or `.git` (in any case), at most 255 bytes.
pub(super) fn is_legal_component(name: &[u8]) -> bool {
    let is_reserved = matches!(name, b"" | b"." | b"..") || name.eq_ignore_ascii_case(b".git");
    !is_reserved && name.len() <= LONGEST_COMPONENT && !name.contains(&0)
}

/// What is known of the component being spelled: enough to tell those that git cannot hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Component {
    /// Nothing yet.
    Start,
    /// `.`
    Dot,
    /// `..`
    DotDot,
    /// `.g`
    DotG,
    /// `.gi`
    DotGi,
    /// `.git`
    DotGit,
    /// Anything else.
    Other,
}

impl Component {
    /// After one more letter; `None` where no legal path goes on so.
    pub(super) fn then(self, letter: Letter) -> Option<Self> {
        Some(match (self, letter) {
            (_, Letter::Char('\0')) => return None,
            (_, Letter::Slash) => return self.is_legal().then_some(Self::Start),
            (Self::Start, Letter::Char('.')) => Self::Dot,
            (Self::Dot, Letter::Char('.')) => Self::DotDot,
            (Self::Dot, Letter::Char('g' | 'G')) => Self::DotG,
            (Self::DotG, Letter::Char('i' | 'I')) => Self::DotGi,
            (Self::DotGi, Letter::Char('t' | 'T')) => Self::DotGit,
            _ => Self::Other,
        })
    }

    /// Whether the component may end here.
    pub(super) fn is_legal(self) -> bool {
        matches!(self, Self::DotG | Self::DotGi | Self::Other)
    }
}
