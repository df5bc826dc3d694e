//! Paths to show: readable guesses first, and letters for what a search left open.

use super::super::{Class, Pattern, Segment, Tail, Token};
use super::steps::{Letter, is_legal_component};

/// What stands for a name that nothing fixes.
const NAME: &str = "new";

/// The letters to try where [`NAME`] does not do, the least confusing first.
pub(super) const LETTERS: &str = "xzqyjkwvuabcdefghilmnoprstXZQYJKWVUABCDEFGHILMNOPRST0123456789";

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
        match token {
            Token::Char(character) => name.push(*character),
            Token::AnyChar => name.push('x'),
            Token::Class(class) => name.extend(member(class)),
            Token::Star if named => {}
            Token::Star => {
                named = true;
                name.push_str(NAME);
            }
        }
    }
    name
}

/// A character of the class, the first of [`LETTERS`] if it can be.
fn member(class: &Class) -> Option<char> {
    let first = class.ranges().first().map(|&(first, _)| first).filter(|_| !class.is_negated());
    LETTERS.chars().find(|&letter| class.holds(Some(letter))).or(first)
}

/// The name of the segment that a path of this pattern ends with, where the pattern names it.
pub(super) fn last_name(pattern: &Pattern) -> Option<String> {
    match pattern.segments.last().filter(|_| pattern.tail != Tail::Below)? {
        Segment::Globstar => None,
        Segment::Literal(name) => Some(name.to_string()),
        Segment::Wild(wild) => Some(fill_in(&wild.0)),
    }
}

/// Ways to write a path with open characters, the most readable first. The last ones keep its length and use a letter
/// that is not known, so that one of them holds if any path does.
pub(super) fn readings<'a>(
    letters: &'a [Letter],
    is_known: impl Fn(char) -> bool + Copy + 'a,
) -> impl Iterator<Item = Vec<u8>> + 'a {
    let open = letters.contains(&Letter::Fresh);
    // A search leaves a star empty where it can: `models/new.onnx` reads better than `models/.onnx`.
    let last = letters.iter().rposition(|&letter| letter == Letter::Slash).map_or(0, |slash| slash + 1);
    let hidden = letters.get(last) == Some(&Letter::Char('.'));
    let named_file = hidden
        .then(|| [write(&letters[..last], Fill::Names), NAME.into(), write(&letters[last..], Fill::Names)].concat());
    let by_name = named_file.into_iter().chain(std::iter::once_with(|| write(letters, Fill::Names)));
    let mut components = letters.split(|&letter| letter == Letter::Slash);
    let is_named = components.any(|component| !component.is_empty() && component.iter().all(|&l| l == Letter::Fresh));
    let both = LETTERS.chars().take_while(move |_| is_named).map(|letter| write(letters, Fill::NamesAnd(letter)));
    let unknown = LETTERS.chars().filter(move |&letter| !is_known(letter)).take(1);
    let by_letter =
        unknown.chain(LETTERS.chars()).map(|letter| write(letters, Fill::Only(letter.to_string().as_bytes())));
    let far = std::iter::once_with(move || {
        let unknown = ('α'..='\u{d7ff}').filter(|letter| letter.is_alphabetic()).find(|&letter| !is_known(letter));
        // Where patterns know every letter, a byte that is no character is left.
        let unknown = unknown.map_or(vec![0xff], |letter| letter.to_string().into_bytes());
        write(letters, Fill::Only(&unknown))
    });
    by_name.chain(both.chain(by_letter).chain(far).take_while(move |_| open))
}

/// What stands for open characters.
#[derive(Clone, Copy)]
enum Fill<'a> {
    /// [`NAME`] for each run of them.
    Names,
    /// [`NAME`] for each run that is a whole component, and this letter for each other one.
    NamesAnd(char),
    /// This for each of them.
    Only(&'a [u8]),
}

fn write(letters: &[Letter], fill: Fill<'_>) -> Vec<u8> {
    let mut path = Vec::new();
    for component in letters.chunk_by(|&a, &b| a != Letter::Slash && b != Letter::Slash) {
        let is_whole = component.iter().all(|&letter| letter == Letter::Fresh);
        let mut in_run = false;
        for letter in component {
            let mut buffer = [0; 4];
            path.extend_from_slice(match (*letter, fill) {
                (Letter::Slash, _) => b"/",
                (Letter::Char(character), _) => character.encode_utf8(&mut buffer).as_bytes(),
                (Letter::Fresh, Fill::Only(bytes)) => bytes,
                (Letter::Fresh, Fill::NamesAnd(letter)) if !is_whole => letter.encode_utf8(&mut buffer).as_bytes(),
                (Letter::Fresh, Fill::Names | Fill::NamesAnd(_)) if in_run => b"",
                (Letter::Fresh, Fill::Names | Fill::NamesAnd(_)) => NAME.as_bytes(),
            });
            in_run = *letter == Letter::Fresh;
        }
    }
    path
}

/// Whether git can hold the path.
pub(super) fn is_legal(path: &[u8]) -> bool {
    path.split(|&byte| byte == b'/').all(is_legal_component)
}
