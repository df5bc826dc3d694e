//! A line to its words.

use bstr::ByteSlice;

use crate::span::Span;

/// What stands on a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tokens {
    /// The expression, and those behind it.
    pub words: Vec<Word>,
    /// From the `#` to the end of the line's text.
    pub comment: Option<Span>,
}

/// A word, with its escapes resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Where it stands, its backslashes included.
    pub span: Span,
    /// What the host reads.
    pub text: String,
    /// The characters that take another number of bytes in the line than in the text.
    odd: Vec<Odd>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Odd {
    text: Span,
    line: Span,
}

impl Word {
    /// Where a range of [`Word::text`] stands in the file. A backslash belongs to the character it escapes.
    pub fn in_file(&self, text: Span) -> Span {
        let start = self.place(self.odd.partition_point(|odd| odd.text.start <= text.start), text.start, false);
        let end = self.place(self.odd.partition_point(|odd| odd.text.start < text.end), text.end, true);
        Span::new(start, end.max(start))
    }

    /// Where a place of the text, behind the first `odds` odd characters, stands.
    fn place(&self, odds: usize, at: usize, is_end: bool) -> usize {
        match odds.checked_sub(1).map(|last| self.odd[last]) {
            None => self.span.start + at,
            Some(odd) if at >= odd.text.end => odd.line.end + (at - odd.text.end),
            Some(odd) if is_end => odd.line.end,
            Some(odd) => odd.line.start,
        }
    }
}

/// Splits a line (without its line feed) that starts at byte `start` of the file.
///
/// A backslash makes the next character an ordinary one, whichever it is, and goes away; a `#` outside such a pair
/// starts a comment, within a word too; blanks and tabs part words (an escaped tab is a blank), and nothing else does.
/// White space at both ends of the line is cut off before all that, so a carriage return is, and so is the blank of a
/// final `\ `. Bytes that are not UTF-8 become U+FFFD, one each.
pub fn tokenize(line: &[u8], start: usize) -> Tokens {
    let text = line.trim_with(is_space);
    let indent = line.len() - line.trim_start_with(is_space).len();
    let mut scan = Scan { base: start + indent, ..Scan::default() };
    for (at, end, character) in Characters::new(text) {
        match character {
            '#' if scan.escape.is_none() => {
                scan.finish(at);
                scan.found.comment = Some(Span::new(scan.base + at, scan.base + text.len()));
                return scan.found;
            }
            '\\' if scan.escape.is_none() => scan.escape = Some(at),
            ' ' | '\t' if scan.escape.is_none() => scan.finish(at),
            _ => {
                let from = scan.escape.take().unwrap_or(at);
                scan.push(from, end, if character == '\t' { ' ' } else { character });
            }
        }
    }
    scan.finish(text.len());
    scan.found
}

/// What Go's `strings.TrimSpace` cuts off.
fn is_space(character: char) -> bool {
    character.is_whitespace()
}

#[derive(Default)]
struct Scan {
    base: usize,
    found: Tokens,
    word: Option<Word>,
    /// Where the backslash stands that the next character belongs to.
    escape: Option<usize>,
}

impl Scan {
    fn push(&mut self, from: usize, end: usize, character: char) {
        let line = Span::new(self.base + from, self.base + end);
        let word = self.word.get_or_insert_with(|| Word { span: line, text: String::new(), odd: Vec::new() });
        let at = word.text.len();
        word.text.push(character);
        word.span.end = line.end;
        let text = Span::new(at, word.text.len());
        if text.len() != line.len() {
            word.odd.push(Odd { text, line });
        }
    }

    /// Ends the word at a place of the line; a backslash before nothing is part of it, and says nothing.
    fn finish(&mut self, at: usize) {
        if let Some(mut word) = self.word.take() {
            if self.escape.take().is_some() {
                word.span.end = self.base + at;
            }
            self.found.words.push(word);
        }
    }
}

/// Characters with their places as Go's `range` tells them: a byte that starts none is U+FFFD.
struct Characters<'t> {
    text: &'t [u8],
    at: usize,
}

impl<'t> Characters<'t> {
    fn new(text: &'t [u8]) -> Self {
        Self { text, at: 0 }
    }
}

impl Iterator for Characters<'_> {
    type Item = (usize, usize, char);

    fn next(&mut self) -> Option<Self::Item> {
        let at = self.at;
        let (character, width) = next_character(self.text.get(at..)?)?;
        self.at += width;
        Some((at, self.at, character))
    }
}

/// The first character and its width, as Go decodes: `U+FFFD` and one byte where there is none.
pub(super) fn next_character(bytes: &[u8]) -> Option<(char, usize)> {
    let &first = bytes.first()?;
    if first.is_ascii() {
        return Some((char::from(first), 1));
    }
    let (character, width) = bstr::decode_utf8(bytes);
    Some(character.map_or((char::REPLACEMENT_CHARACTER, 1), |character| (character, width)))
}
