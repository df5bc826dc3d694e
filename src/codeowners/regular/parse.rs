//! Text to nodes, as the host's library does it.
//!
//! What both syntaxes share stands here, with their differences in place; `escape`, `class` and `group` read what
//! follows a backslash, a bracket and `(?`.

mod class;
mod ends;
mod escape;
mod group;

use super::node::{Class, Fold, Look, Node, Words};
use super::{RegularError, RegularErrorKind, Syntax};
use crate::span::Span;

use RegularErrorKind as Kind;

/// Groups within groups, and repetitions of repetitions. Go stops at a thousand of its own nodes.
const DEEPEST: usize = 200;

/// Go's greatest count of a repetition, and of nested ones multiplied.
const MOST_REPEATS: u32 = 1_000;

/// Instructions of one expression. Go's own limit is some three million.
const LARGEST: u64 = 100_000;

type Result<T, E = RegularError> = std::result::Result<T, E>;

/// Reads `^expression$`, which is what the host makes of an expression: without a group, so that `a|b` is `^a` or
/// `b$`, a leading `*` repeats the `^`, and a final backslash escapes the `$`.
pub(super) fn parse(expression: &str, syntax: Syntax) -> Result<Node> {
    let whole = format!("^{expression}$");
    let mut parser = Parser {
        text: &whole,
        at: 0,
        syntax,
        flags: Flags::default(),
        frames: vec![Frame::default()],
        before: Before::Piece,
        chained: 0,
        sets: 0,
        has_negated_set: false,
    };
    parser.run().map_err(|error| {
        let within = |at: usize| at.saturating_sub(1).min(expression.len());
        RegularError { span: Span::new(within(error.span.start), within(error.span.end)), ..error }
    })
}

/// What `(?i)` and its like change.
#[derive(Clone, Copy, Debug, Default)]
struct Flags {
    fold: bool,
    lines: bool,
    dot_all: bool,
}

/// An open group, or the whole.
#[derive(Debug, Default)]
struct Frame {
    start: usize,
    around: Option<Around>,
    /// To be restored behind the group.
    flags: Flags,
    alternatives: Vec<Node>,
    concat: Vec<Node>,
}

#[derive(Clone, Copy, Debug)]
struct Around {
    ahead: bool,
    negative: bool,
}

/// What a repetition would stand behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Before {
    /// Something to repeat, where the group has anything at all.
    Piece,
    /// Another repetition, which cannot be repeated.
    Repetition,
    /// An option of `regexp2`, which cannot be repeated, nor what is before it.
    Option,
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
    syntax: Syntax,
    flags: Flags,
    frames: Vec<Frame>,
    before: Before,
    /// How many repetitions repeat one directly.
    chained: usize,
    /// How many sets are named, as `\d`, and whether one of them is negated, as `\D`.
    sets: usize,
    has_negated_set: bool,
}

impl Parser<'_> {
    fn run(&mut self) -> Result<Node> {
        while let Some(character) = self.peek() {
            self.before = self.one(character)?;
        }
        let node = match self.frames.pop() {
            Some(frame) if self.frames.is_empty() => frame.finish(),
            frame => {
                let start = frame.map_or(0, |frame| frame.start);
                return self.fail(Kind::MissingParen, start);
            }
        };
        if node.size() > LARGEST {
            return Err(self.undecided("so large an expression", 0));
        }
        match self.syntax {
            Syntax::Go => Ok(node),
            // Where it joins sets, also to know how a match can start, the first negated one decides alone.
            Syntax::Regexp2 if self.has_negated_set && self.sets > 1 => {
                Err(self.undecided("a negated set beside another", 0))
            }
            Syntax::Regexp2 => ends::settle(node).map_err(|reason| self.undecided(reason, 0)),
        }
    }

    /// Reads one construct.
    fn one(&mut self, character: char) -> Result<Before> {
        let start = self.at;
        self.at += character.len_utf8();
        match character {
            '(' => return self.open(start),
            ')' => self.close(start)?,
            '|' => {
                let frame = self.frame();
                let branch = Node::concat(std::mem::take(&mut frame.concat));
                frame.alternatives.push(branch);
            }
            '^' => self.push(Node::Look(if self.flags.lines { Look::LineStart } else { Look::Start })),
            '$' => self.push(Node::Look(if self.flags.lines { Look::LineEnd } else { Look::End })),
            '.' => self.push(Node::Class(Class::dot(self.flags.dot_all))),
            '[' => {
                let class = self.class(start)?;
                self.push(Node::Class(class));
            }
            '\\' => self.escape(start)?,
            '*' => return self.repeat(start, 0, None),
            '+' => return self.repeat(start, 1, None),
            '?' => return self.repeat(start, 0, Some(1)),
            '{' => match self.counts(start)? {
                Some((min, max)) => return self.repeat(start, min, max),
                None => self.literal('{'),
            },
            other => self.literal(other),
        }
        Ok(Before::Piece)
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    /// Takes `wanted` where it comes next.
    fn take(&mut self, wanted: &str) -> bool {
        let there = self.rest().starts_with(wanted);
        if there {
            self.at += wanted.len();
        }
        there
    }

    fn next(&mut self) -> Option<char> {
        let character = self.peek()?;
        self.at += character.len_utf8();
        Some(character)
    }

    fn error(&self, kind: Kind, start: usize) -> RegularError {
        RegularError { kind, span: Span::new(start, self.at) }
    }

    fn fail<T>(&self, kind: Kind, start: usize) -> Result<T> {
        Err(self.error(kind, start))
    }

    fn undecided(&self, reason: &'static str, start: usize) -> RegularError {
        self.error(Kind::NotDecided(reason), start)
    }

    fn frame(&mut self) -> &mut Frame {
        if self.frames.is_empty() {
            self.frames.push(Frame::default());
        }
        let last = self.frames.len() - 1;
        &mut self.frames[last]
    }

    fn push(&mut self, node: Node) {
        self.frame().concat.push(node);
    }

    fn fold(&self) -> Fold {
        match (self.flags.fold, self.syntax) {
            (false, _) => Fold::None,
            (true, Syntax::Go) => Fold::Simple,
            (true, Syntax::Regexp2) => Fold::Lower,
        }
    }

    fn words(&self) -> Words {
        match self.syntax {
            Syntax::Go => Words::Ascii,
            Syntax::Regexp2 => Words::Unicode,
        }
    }

    /// One more character that stands for itself. Neighbours share a node, of which a repetition takes the last.
    fn literal(&mut self, character: char) {
        let now = self.fold();
        match self.frame().concat.last_mut() {
            Some(Node::Literal { text, fold }) if *fold == now => text.push(character),
            _ => self.push(Node::Literal { text: character.to_string(), fold: now }),
        }
    }

    fn close(&mut self, start: usize) -> Result<()> {
        let frame = match self.frames.pop() {
            Some(frame) if !self.frames.is_empty() => frame,
            _ => return self.fail(Kind::UnexpectedParen, start),
        };
        self.flags = frame.flags;
        let around = frame.around;
        let node = match (frame.finish(), around) {
            (node, Some(Around { ahead, negative })) => Node::Around { ahead, negative, node: Box::new(node) },
            // Sealed, so that a repetition takes the whole of it.
            (node @ Node::Literal { .. }, None) => Node::Concat(vec![node]),
            (node, None) => node,
        };
        self.push(node);
        Ok(())
    }

    /// `{2}`, `{2,}` or `{2,3}` behind the bracket; anything else is text.
    fn counts(&mut self, start: usize) -> Result<Option<(u32, Option<u32>)>> {
        let Some(length) = self.rest().find('}') else { return Ok(None) };
        let inner = &self.rest()[..length];
        let (min, max) = inner.split_once(',').map_or((inner, None), |(min, max)| (min, Some(max)));
        let is_number = |text: &str| {
            let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            digits && (self.syntax == Syntax::Regexp2 || text == "0" || !text.starts_with('0'))
        };
        if !is_number(min) || !max.is_none_or(|max| max.is_empty() || is_number(max)) {
            return Ok(None);
        }
        // Too long a number is too great a one.
        let number = |text: &str| text.parse().unwrap_or(u32::MAX);
        let least = number(min);
        let most = match max {
            None => Some(least),
            Some("") => None,
            Some(max) => Some(number(max)),
        };
        self.at += length + 1;
        let greatest = most.unwrap_or(least).max(least);
        if most.is_some_and(|most| most < least) || self.syntax == Syntax::Go && greatest > MOST_REPEATS {
            return self.fail(Kind::BadRepeat, start);
        }
        if greatest == u32::MAX {
            return Err(self.undecided("a repetition past all counting", start));
        }
        Ok(Some((least, most)))
    }

    fn repeat(&mut self, start: usize, min: u32, max: Option<u32>) -> Result<Before> {
        // Fewer or more first: the same paths.
        self.take("?");
        match self.before {
            Before::Piece => {}
            Before::Repetition => return self.fail(Kind::NestedRepeat, start),
            Before::Option => return self.fail(Kind::NothingToRepeat, start),
        }
        let node = match self.frame().concat.pop() {
            Some(Node::Literal { mut text, fold }) if text.chars().nth(1).is_some() => {
                let last = text.pop().unwrap_or_default();
                self.push(Node::Literal { text, fold });
                Node::Literal { text: last.to_string(), fold }
            }
            Some(node) => node,
            None => return self.fail(Kind::NothingToRepeat, start),
        };
        if matches!(node, Node::Repeat { .. }) {
            self.chained += 1;
        }
        if self.chained > DEEPEST {
            return Err(self.undecided("a deep nest", start));
        }
        let node = Node::Repeat { node: Box::new(node), min, max };
        let counted = min > 1 || max.is_some_and(|max| max > 1);
        if self.syntax == Syntax::Go && counted && !repeats_are_few(&node, MOST_REPEATS) {
            return self.fail(Kind::BadRepeat, start);
        }
        self.push(node);
        Ok(Before::Repetition)
    }
}

impl Frame {
    fn finish(mut self) -> Node {
        let last = Node::concat(self.concat);
        if self.alternatives.is_empty() {
            return last;
        }
        self.alternatives.push(last);
        Node::Alternate(self.alternatives)
    }
}

/// Go's rule for counts within counts: multiplied, at most so many copies of the innermost.
fn repeats_are_few(node: &Node, most: u32) -> bool {
    match node {
        Node::Repeat { max: Some(0), .. } => true,
        Node::Repeat { node, min, max } => {
            let copies = max.unwrap_or(*min);
            copies <= most && repeats_are_few(node, most / copies.max(1))
        }
        Node::Concat(nodes) | Node::Alternate(nodes) => nodes.iter().all(|node| repeats_are_few(node, most)),
        Node::Around { node, .. } => repeats_are_few(node, most),
        _ => true,
    }
}
