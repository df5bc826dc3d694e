//! GitHub's reading of a pattern.

use super::{Pattern, PatternError, PatternErrorKind, Segment, Tail, Token};
use crate::span::Span;

impl Pattern {
    /// Reads a pattern as GitHub does (also the form of every pattern in a policy).
    ///
    /// Source: "CODEOWNERS syntax" of GitHub's documentation, gitignore's rules, and what was observed on GitHub where
    /// the two are silent.
    pub fn github(text: &str) -> Result<Self, PatternError> {
        let fail = |kind, start, end| Err(PatternError { kind, span: Span::new(start, end) });
        if text.is_empty() {
            return fail(PatternErrorKind::Empty, 0, 0);
        }
        if text.starts_with('!') {
            return fail(PatternErrorKind::Negation, 0, 1);
        }
        if text.starts_with("\\#") {
            return fail(PatternErrorKind::EscapedHash, 0, 2);
        }
        let characters = unescape(text)?;
        if characters.iter().all(|&character| character == Character::Plain('/')) {
            return Ok(Self { segments: Vec::new(), tail: Tail::Nothing });
        }
        let mut parts: Vec<&[Character]> = characters.split(|&character| character == Character::Plain('/')).collect();
        let directory_only = parts.len() > 1 && parts.last().is_some_and(|part| part.is_empty());
        if directory_only {
            parts.pop();
        }
        let anchored = parts.len() > 1;
        // Repeated slashes name no segment between them.
        parts.retain(|part| !part.is_empty());

        let mut segments = Vec::new();
        if !anchored {
            segments.push(Segment::Globstar);
        }
        segments.extend(parts.into_iter().map(segment));
        let ends_in_star = segments.last().is_some_and(Segment::is_star);
        let tail = match (directory_only, ends_in_star) {
            (true, _) => Tail::Below,
            (false, true) => Tail::Exact,
            (false, false) => Tail::SelfOrBelow,
        };
        Ok(Self { segments, tail }.normalised())
    }
}

fn segment(characters: &[Character]) -> Segment {
    if characters == [Character::Star, Character::Star] {
        return Segment::Globstar;
    }
    let token = |character: &Character| match character {
        Character::Plain(character) => Token::Char(*character),
        Character::Any => Token::AnyChar,
        Character::Star => Token::Star,
    };
    Segment::from_tokens(characters.iter().map(token).collect())
}

/// A character of a pattern with its escapes resolved.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Character {
    Plain(char),
    Any,
    Star,
}

fn unescape(text: &str) -> Result<Vec<Character>, PatternError> {
    let mut characters = Vec::with_capacity(text.len());
    let mut rest = text.char_indices();
    while let Some((at, character)) = rest.next() {
        characters.push(match character {
            '\\' => match rest.next() {
                Some((_, escaped)) => Character::Plain(escaped),
                None => {
                    return Err(PatternError {
                        kind: PatternErrorKind::TrailingBackslash,
                        span: Span::new(at, at + 1),
                    });
                }
            },
            '[' | ']' => {
                return Err(PatternError { kind: PatternErrorKind::Bracket, span: Span::new(at, at + 1) });
            }
            '*' => Character::Star,
            '?' => Character::Any,
            plain => Character::Plain(plain),
        });
    }
    Ok(characters)
}
