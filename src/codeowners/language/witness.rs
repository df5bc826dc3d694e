//! Paths to show: readable guesses first, and letters for what a search left open.

use super::super::{Pattern, Segment, Tail, Token};
use super::steps::{Letter, is_legal_component};
use super::union::Union;

/// What stands for a name that nothing fixes.
const NAME: &str = "new";

/// The letters to try where [`NAME`] does not do, the least confusing first.
const LETTERS: &str = "xzqyjkwvuabcdefghilmnoprstXZQYJKWVUABCDEFGHILMNOPRST0123456789";

/// A few paths that the pattern surely matches, the most natural first: the cheap way to a readable witness.
pub(super) fn guesses(pattern: &Pattern) -> Vec<String> {
    let mut guesses = Vec::with_capacity(4);
    for fill in [false, true] {
        if fill && !pattern.segments.contains(&Segment::Globstar) {
            break;
        }
        let mut names: Vec<String> = Vec::with_capacity(pattern.segments.len() + 1);
        for segment in &pattern.segments {
            match segment {
                Segment::Globstar => names.extend(fill.then(|| NAME.to_owned())),
                Segment::Literal(name) => names.push(name.to_string()),
                Segment::Wild(wild) => names.push(fill_in(&wild.0)),
            }
        }
        if pattern.tail != Tail::Below && !names.is_empty() {
            guesses.push(names.join("/"));
        }
        if pattern.tail != Tail::Exact {
            names.push(NAME.to_owned());
            guesses.push(names.join("/"));
        }
    }
    guesses
}

/// The first star becomes a name, further ones nothing.
fn fill_in(tokens: &[Token]) -> String {
    let mut name = String::new();
    let mut named = false;
    for token in tokens {
        match *token {
            Token::Char(character) => name.push(character),
            Token::AnyChar => name.push('x'),
            Token::Star if named => {}
            Token::Star => {
                named = true;
                name.push_str(NAME);
            }
        }
    }
    name
}

/// Ways to write a path with open characters, the most readable first. The last ones keep its length and use a letter
/// that `named` and the patterns of `outside` do not know, so that one of them holds if any path does.
pub(super) fn readings<'a>(
    letters: &'a [Letter],
    outside: &'a Union,
    named: &'a [&Pattern],
) -> impl Iterator<Item = String> + 'a {
    let known = |&letter: &char| outside.names(letter) || named.iter().any(|pattern| names(pattern, letter));
    let open = letters.contains(&Letter::Fresh);
    // A search leaves a star empty where it can: `models/new.onnx` reads better than `models/.onnx`.
    let last = letters.iter().rposition(|&letter| letter == Letter::Slash).map_or(0, |slash| slash + 1);
    let hidden = letters.get(last) == Some(&Letter::Char('.'));
    let named_file = hidden.then(|| write(&letters[..last], None) + NAME + &write(&letters[last..], None));
    let by_name = named_file.into_iter().chain(std::iter::once_with(|| write(letters, None)));
    let unknown = LETTERS.chars().filter(move |letter| !known(letter)).take(1);
    let others = LETTERS.chars();
    let far = ('α'..='\u{d7ff}').filter(move |letter| letter.is_alphabetic() && !known(letter)).take(1);
    let by_letter = unknown.chain(others).chain(far).map(|letter| write(letters, Some(letter)));
    by_name.chain(by_letter.take_while(move |_| open))
}

fn write(letters: &[Letter], fresh: Option<char>) -> String {
    let mut path = String::new();
    let mut in_run = false;
    for letter in letters {
        match (*letter, fresh) {
            (Letter::Char(character), _) => path.push(character),
            (Letter::Slash, _) => path.push('/'),
            (Letter::Fresh, Some(fresh)) => path.push(fresh),
            (Letter::Fresh, None) if !in_run => path.push_str(NAME),
            (Letter::Fresh, None) => {}
        }
        in_run = *letter == Letter::Fresh;
    }
    path
}

fn names(pattern: &Pattern, letter: char) -> bool {
    pattern.segments.iter().any(|segment| match segment {
        Segment::Globstar => false,
        Segment::Literal(name) => name.contains(letter),
        Segment::Wild(wild) => wild.0.contains(&Token::Char(letter)),
    })
}

/// Whether git can hold the path.
pub(super) fn is_legal(path: &str) -> bool {
    path.split('/').all(is_legal_component)
}
