//! Regular expressions as Gitea and Forgejo read them: from a line to the set of paths that it speaks of.
//!
//! A line is split into words, which takes one level of backslashes away (`tokens`). The first word, between `^` and
//! `$` and without a group around it, is a regular expression that is searched for in the path. `parse` reads it as
//! the host does, `program` and `alphabet` turn many of them into one automaton, and `machine` walks that automaton
//! while it is being determinised. Two questions are asked of it: which rules hold for this path (`set`), and is there
//! a path for which such rules hold (`search`).
//!
//! Sources: `TokenizeCodeOwnersLine` and `ParseCodeOwnersLine` in `models/issues/pull.go` of both hosts, the package
//! `regexp/syntax` of Go, and the parser of `github.com/dlclark/regexp2`.

mod alphabet;
mod budget;
mod glob;
mod machine;
mod node;
mod parse;
mod program;
mod search;
mod set;
#[cfg(test)]
mod tests;
mod tokens;
mod unicode;
mod witness;

pub use search::{Language, find_path, find_path_where, regular_covers};
pub use set::{DEFAULT_MATCH_BUDGET, RegularSet, TooMuchWork};
pub use tokens::{Tokens, Word, tokenize};

use node::Node;

use super::{Decision, Pattern, Tail};
use crate::span::Span;

/// Work units to prove that one rule is a catch-all.
const CATCH_ALL_BUDGET: u64 = 2_000;

/// Who reads the expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Syntax {
    /// Go's own `regexp`: Forgejo, and Gitea before 1.26.
    ///
    /// <https://pkg.go.dev/regexp/syntax>
    Go,
    /// `regexp2`, which reads as .NET does and knows look-around: Gitea since 1.26, which also drops a slash at the
    /// start of an expression. (It gives up on a path after 150 ms; here the answer is as if it never did.)
    ///
    /// <https://github.com/go-gitea/gitea/pull/37244>, <https://github.com/dlclark/regexp2>
    Regexp2,
}

/// An expression that the host accepts: the first word of a line.
#[derive(Clone, Debug, PartialEq)]
pub struct Regular {
    negated: bool,
    syntax: Syntax,
    node: Node,
}

/// Why a text is no expression, or none whose meaning is sure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegularError {
    /// What is wrong.
    pub kind: RegularErrorKind,
    /// Byte range within the text that was compiled; see [`Word::in_file`].
    pub span: Span,
}

/// What can be wrong with an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegularErrorKind {
    /// `[a`
    MissingBracket,
    /// `[z-a]`, or an unknown name of a class.
    BadClass,
    /// `(a`
    MissingParen,
    /// `a)`
    UnexpectedParen,
    /// `(?x`: no group of this syntax.
    BadGroup,
    /// `\y`
    BadEscape,
    /// `(*a)`: nothing to repeat.
    NothingToRepeat,
    /// `a**`
    NestedRepeat,
    /// `a{3,2}`, and in Go more than a thousand times.
    BadRepeat,
    /// The host may well accept it, but what it matches is not decided here: why, as a noun.
    NotDecided(&'static str),
}

impl RegularErrorKind {
    /// True where the host skips the line for it.
    pub fn skips_entry(self) -> bool {
        !matches!(self, Self::NotDecided(_))
    }
}

impl Regular {
    /// Reads the first word of a line, escapes of the line already resolved. A leading `!` negates.
    pub fn compile(text: &str, syntax: Syntax) -> Result<Self, RegularError> {
        let expression = text.strip_prefix('!').unwrap_or(text);
        let negated = expression.len() < text.len();
        let expression = match syntax {
            Syntax::Go => expression,
            Syntax::Regexp2 => expression.strip_prefix('/').unwrap_or(expression),
        };
        let before = text.len() - expression.len();
        let node = parse::parse(expression, syntax).map_err(|error| RegularError {
            span: Span::new(error.span.start + before, error.span.end + before),
            ..error
        })?;
        Ok(Self { negated, syntax, node })
    }

    /// True for `!…`: the rule holds for every file that does not match.
    pub fn is_negated(&self) -> bool {
        self.negated
    }

    /// True for a rule that is proved to hold for every path that questions are about: see [`find_path`].
    pub fn matches_everything(&self) -> bool {
        self.matches_everything_within(&mut CATCH_ALL_BUDGET.clone())
    }

    /// As [`Self::matches_everything`], within a budget for all rules of a file: what people write takes a few hundred
    /// units, and most of it none.
    pub fn matches_everything_within(&self, budget: &mut u64) -> bool {
        if !self.negated && self.node.needs_literal() {
            return false;
        }
        let mut share = (*budget).min(CATCH_ALL_BUDGET);
        *budget -= share;
        let everything = Pattern { segments: Vec::new(), tail: Tail::Below };
        let answer = regular_covers(&[self], Language::Glob(&everything), &mut share);
        *budget += share;
        answer == Decision::Yes
    }

    /// Whether the rule holds for `path` (no leading slash). One rule at a time: for many, build a [`RegularSet`].
    /// An error where the work would be out of all proportion.
    pub fn matches(&self, path: &[u8]) -> Result<bool, TooMuchWork> {
        let mut matching = Vec::new();
        RegularSet::new(&[(0, self)])?.matching(path, &mut matching)?;
        Ok(!matching.is_empty())
    }
}
