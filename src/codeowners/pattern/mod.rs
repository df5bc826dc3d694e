//! What a pattern means: a sequence of segments and a tail.
//!
//! Every dialect's globs compile to this one form; the matcher and the exact engine read nothing else.

mod class;
mod github;
mod gitlab;
mod text;

pub(super) use gitlab::completed as gitlab_form;

use crate::span::Span;

pub use self::class::Class;

/// A compiled pattern. Paths are sequences of non-empty segments, split at `/`.
///
/// Normal form: no two adjacent globstars, none at the end (a trailing `**` is [`Tail::Below`]), and a final
/// globstar-then-`*` is [`Tail::Below`] too, so that `*`, `**` and `/**` are all "no segments, below the root".
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Pattern {
    /// The segments, from the root: an unanchored pattern starts with [`Segment::Globstar`].
    pub segments: Vec<Segment>,
    /// What may follow them.
    pub tail: Tail,
}

/// One step of a pattern.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Segment {
    /// `**`: any number of segments, none included.
    Globstar,
    /// Exactly this segment (escapes resolved).
    Literal(Box<str>),
    /// One segment with wildcards.
    Wild(Wild),
}

/// A segment with at least one wildcard; never two adjacent stars.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Wild(pub Box<[Token]>);

/// A piece of a wildcard segment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Token {
    /// This character.
    Char(char),
    /// `?`: one character.
    AnyChar,
    /// `[a-z]`: one character of these.
    Class(Class),
    /// `*`: any number of characters, none included.
    Star,
}

/// What may follow the last segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tail {
    /// Nothing: the path ends here (`docs/*`).
    Exact,
    /// The path itself and everything below it (`docs`, `f*`).
    SelfOrBelow,
    /// Only what is below it (`docs/`, `docs/**`).
    Below,
    /// No path at all (`/`).
    Nothing,
}

/// Why a text is no pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatternError {
    /// What is wrong.
    pub kind: PatternErrorKind,
    /// Byte range within the pattern's text.
    pub span: Span,
}

/// What can be wrong with a pattern on GitHub.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatternErrorKind {
    /// A leading `!`.
    Negation,
    /// An unescaped `[` or `]`.
    Bracket,
    /// A leading `\#`.
    EscapedHash,
    /// A backslash at the end.
    TrailingBackslash,
    /// No text.
    Empty,
}

impl Pattern {
    fn normalised(mut self) -> Self {
        self.segments.dedup_by(|a, b| *a == Segment::Globstar && *b == Segment::Globstar);
        if self.tail == Tail::Exact
            && let [.., Segment::Globstar, last] = self.segments.as_slice()
            && last.is_star()
        {
            self.segments.pop();
        }
        if self.segments.last() == Some(&Segment::Globstar) {
            self.segments.pop();
            self.tail = Tail::Below;
        }
        self
    }

    /// True where the pattern matches every path that could exist.
    pub fn matches_everything(&self) -> bool {
        self.segments.is_empty() && self.tail == Tail::Below
    }

    /// Whether `path` (no leading slash) matches. One pattern at a time: for many, build a [`super::Matcher`].
    pub fn matches(&self, path: &[u8]) -> bool {
        if self.tail == Tail::Nothing || path.is_empty() {
            return false;
        }
        // Most patterns start with another directory: that shows before the path is taken apart.
        if let Some(Segment::Literal(name)) = self.segments.first()
            && path.strip_prefix(name.as_bytes()).is_none_or(|rest| !matches!(rest, [] | [b'/', ..]))
        {
            return false;
        }
        let path: Vec<&[u8]> = path.split(|&byte| byte == b'/').collect();
        let ends = |rest: &[&[u8]]| match self.tail {
            Tail::Exact => rest.is_empty(),
            Tail::SelfOrBelow => true,
            Tail::Below => !rest.is_empty(),
            Tail::Nothing => false,
        };
        // The usual two-pointer glob, over segments. A tail that accepts more than the end is why a match that runs
        // out of pattern is tested where it stands, before the last globstar is tried again further on.
        let (mut s, mut p) = (0, 0);
        let mut retry: Option<(usize, usize)> = None;
        loop {
            if s == self.segments.len() && ends(&path[p..]) {
                return true;
            }
            match self.segments.get(s) {
                Some(Segment::Globstar) => {
                    retry = Some((s, p));
                    s += 1;
                    continue;
                }
                Some(segment) if p < path.len() && segment.matches(path[p]) => {
                    s += 1;
                    p += 1;
                    continue;
                }
                _ => {}
            }
            let Some((at, from)) = retry.filter(|&(_, from)| from < path.len()) else { return false };
            retry = Some((at, from + 1));
            s = at + 1;
            p = from + 1;
        }
    }

    /// The pattern with every letter in lower case, to find what differs by case alone.
    #[must_use]
    pub fn to_lowercase(&self) -> Self {
        let lower = |character: char| {
            let mut lower = character.to_lowercase();
            // A letter whose lower case is several characters stays as it is.
            match (lower.next(), lower.next()) {
                (Some(one), None) => one,
                _ => character,
            }
        };
        let segments = self.segments.iter().map(|segment| match segment {
            Segment::Globstar => Segment::Globstar,
            Segment::Literal(name) => Segment::Literal(name.chars().map(lower).collect()),
            Segment::Wild(Wild(tokens)) => Segment::Wild(Wild(
                tokens
                    .iter()
                    .map(|token| match token {
                        Token::Char(character) => Token::Char(lower(*character)),
                        Token::Class(class) => Token::Class(class.to_lowercase()),
                        Token::AnyChar | Token::Star => token.clone(),
                    })
                    .collect(),
            )),
        });
        Self { segments: segments.collect(), tail: self.tail }
    }

    /// The literal segments that every matching path starts with, as far as they go: the directory (or file) the
    /// pattern speaks of.
    pub fn literal_prefix(&self) -> Vec<&str> {
        self.segments
            .iter()
            .map_while(|segment| match segment {
                Segment::Literal(name) => Some(&**name),
                _ => None,
            })
            .collect()
    }

    /// The path a pattern without wildcards names, from the root.
    pub fn literal_path(&self) -> Option<String> {
        let names = self.literal_prefix();
        (names.len() == self.segments.len() && !names.is_empty()).then(|| names.join("/"))
    }
}

impl Segment {
    /// Stars that touch become one; without a wildcard it is a literal.
    fn from_tokens(mut tokens: Vec<Token>) -> Self {
        tokens.dedup_by(|a, b| *a == Token::Star && *b == Token::Star);
        let character = |token: &Token| if let Token::Char(character) = token { Some(*character) } else { None };
        match tokens.iter().map(character).collect::<Option<String>>() {
            Some(name) => Self::Literal(name.into()),
            None => Self::Wild(Wild(tokens.into())),
        }
    }

    /// True for a lone `*`: exactly one segment, whatever its name.
    pub fn is_star(&self) -> bool {
        matches!(self, Self::Wild(Wild(tokens)) if **tokens == [Token::Star])
    }

    /// Whether one path segment matches; a globstar matches any.
    pub fn matches(&self, segment: &[u8]) -> bool {
        match self {
            Self::Globstar => true,
            Self::Literal(name) => name.as_bytes() == segment,
            Self::Wild(wild) => wild.matches(segment),
        }
    }
}

impl Wild {
    /// Whether a whole path segment matches. A byte that is not UTF-8 counts as one character, and as no character
    /// that a pattern can name.
    pub fn matches(&self, segment: &[u8]) -> bool {
        let tokens = &*self.0;
        let (mut t, mut at) = (0, 0);
        let mut retry: Option<(usize, usize)> = None;
        loop {
            let (character, width) = next_character(&segment[at..]);
            match tokens.get(t) {
                None if width == 0 => return true,
                Some(Token::Star) => {
                    retry = Some((t, at));
                    t += 1;
                    continue;
                }
                Some(Token::AnyChar) if width > 0 => {
                    t += 1;
                    at += width;
                    continue;
                }
                Some(&Token::Char(wanted)) if width > 0 && character == Some(wanted) => {
                    t += 1;
                    at += width;
                    continue;
                }
                Some(Token::Class(class)) if width > 0 && class.holds(character) => {
                    t += 1;
                    at += width;
                    continue;
                }
                _ => {}
            }
            let Some((star, from)) = retry.filter(|&(_, from)| from < segment.len()) else { return false };
            let (_, width) = next_character(&segment[from..]);
            retry = Some((star, from + width));
            t = star + 1;
            at = from + width;
        }
    }
}

/// The first character and its width in bytes; `(None, 1)` for a byte that is not UTF-8, `(None, 0)` at the end.
fn next_character(bytes: &[u8]) -> (Option<char>, usize) {
    match bytes.first() {
        None => (None, 0),
        Some(&byte) if byte.is_ascii() => (Some(char::from(byte)), 1),
        Some(_) => {
            let (character, width) = bstr::decode_utf8(bytes);
            // A truncated sequence is reported with its whole width; one byte at a time keeps `?` predictable.
            (character, if character.is_some() { width } else { 1 })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, path: &str) -> bool {
        Pattern::github(pattern).unwrap().matches(path.as_bytes())
    }

    #[test]
    fn everything_has_one_form() {
        for pattern in ["*", "**", "/**", "**/*", "/**/*", "**/", "**/**"] {
            assert!(Pattern::github(pattern).unwrap().matches_everything(), "{pattern}");
        }
        for pattern in ["/*", "*/", "**/*/", "*.*", "/", "a/**"] {
            assert!(!Pattern::github(pattern).unwrap().matches_everything(), "{pattern}");
        }
    }

    #[test]
    fn a_lone_final_star_never_reaches_deeper() {
        assert!(matches("docs/*", "docs/a.md"));
        assert!(!matches("docs/*", "docs/a/b.md"));
        assert!(matches("docs/**/*", "docs/a/b.md"));
        assert!(matches("docs/a*", "docs/ab/c.md"));
    }

    #[test]
    fn a_globstar_is_tried_further_on() {
        assert!(matches("a/**/b/c", "a/b/x/b/c"));
        assert!(matches("**/a/*", "a/x/a/y"));
        assert!(!matches("**/a/*", "a/x/y"));
    }

    #[test]
    fn a_question_mark_is_one_character_and_never_a_slash() {
        assert!(matches("f?o", "féo"));
        assert!(!matches("f?o", "f/o"));
        assert!(Pattern::github("f?o").unwrap().matches(b"f\xffo"));
    }
}
