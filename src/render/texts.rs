//! The texts that places point into, with positions that stay cheap on hostile lines.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use bstr::ByteSlice;

use crate::finding::{Place, Report, Source};
use crate::span::{LineIndex, Position, Span};

/// How far apart in bytes the characters of a text are counted in advance.
const STRIDE: usize = 1024;

/// A text that places point into.
pub(super) struct Text<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) lines: &'a LineIndex,
    counts: OnceCell<Vec<Count>>,
}

/// How many characters stand before a byte offset, which is a character's start.
#[derive(Clone, Copy)]
struct Count {
    offset: usize,
    characters: usize,
}

impl<'a> Text<'a> {
    pub(super) fn new(bytes: &'a [u8], lines: &'a LineIndex) -> Self {
        Self { bytes, lines, counts: OnceCell::new() }
    }

    /// `span` within the text, start before end.
    pub(super) fn clamp(&self, span: Span) -> Span {
        let start = span.start.min(self.bytes.len());
        Span::new(start, span.end.clamp(start, self.bytes.len()))
    }

    /// The line (from 1) of a byte offset.
    pub(super) fn line_at(&self, offset: usize) -> usize {
        let (mut first, mut after) = (1, self.lines.count() + 1);
        while after - first > 1 {
            let middle = first.midpoint(after);
            let starts_later = self.lines.line(self.bytes, middle).is_none_or(|line| line.start > offset);
            if starts_later { after = middle } else { first = middle }
        }
        first
    }

    /// Like [`LineIndex::position`], at a cost that does not grow with the line: thousands of findings on one line of
    /// megabytes would cost the square of it.
    pub(super) fn position(&self, offset: usize) -> Position {
        let offset = offset.min(self.bytes.len());
        let line = self.line_at(offset);
        let start = self.lines.line(self.bytes, line).map_or(0, |line| line.start);
        let column = if offset - start <= STRIDE {
            self.bytes[start..offset].chars().count()
        } else {
            self.characters_before(offset) - self.characters_before(start)
        };
        Position { line, column: column + 1 }
    }

    fn characters_before(&self, offset: usize) -> usize {
        let counts = self.counts.get_or_init(|| {
            let starts = self.bytes.char_indices().enumerate();
            let all = starts.map(|(characters, (offset, ..))| Count { offset, characters });
            let mut next = 0;
            let due = |count: &Count| {
                let due = count.offset >= next;
                if due {
                    next = count.offset + STRIDE;
                }
                due
            };
            all.filter(due).collect()
        });
        let after = counts.partition_point(|count| count.offset <= offset);
        let from = after.checked_sub(1).map_or(Count { offset: 0, characters: 0 }, |last| counts[last]);
        from.characters + self.bytes[from.offset..offset].chars().count()
    }
}

/// The texts of a report.
pub(super) struct Texts<'a> {
    codeowners: Option<(&'a str, Text<'a>)>,
    policy: Vec<(&'a str, Text<'a>)>,
    files: BTreeMap<&'a [u8], Text<'a>>,
}

impl<'a> Texts<'a> {
    pub(super) fn new(report: &'a Report) -> Self {
        let codeowners = report.codeowners.as_ref();
        Self {
            codeowners: codeowners.map(|file| (file.path.as_str(), Text::new(&file.text, &file.lines))),
            policy: report
                .policy_texts
                .iter()
                .map(|text| (text.name.as_str(), Text::new(text.text.as_bytes(), &text.lines)))
                .collect(),
            files: report.files.iter().map(|(path, file)| (&**path, Text::new(&file.bytes, &file.lines))).collect(),
        }
    }

    /// The text of a source; `None` for sources that the report does not hold.
    pub(super) fn text(&self, source: &Source) -> Option<&Text<'a>> {
        match source {
            Source::Codeowners => self.codeowners.as_ref().map(|(_, text)| text),
            Source::Policy(at) => self.policy.get(*at).map(|(_, text)| text),
            Source::File(path) => self.files.get(&**path),
        }
    }

    /// The path (or the name of an embedded text) of a source, as bytes.
    pub(super) fn name<'s>(&'s self, source: &'s Source) -> &'s [u8] {
        match source {
            Source::Codeowners => {
                self.codeowners.as_ref().map_or(b"CODEOWNERS".as_slice(), |(name, _)| name.as_bytes())
            }
            Source::Policy(at) => self.policy.get(*at).map_or(b"policy".as_slice(), |(name, _)| name.as_bytes()),
            Source::File(path) => path,
        }
    }

    /// The places by source, in the order in which sources first appear.
    pub(super) fn by_source(places: &[Place]) -> Vec<(&Source, Vec<&Place>)> {
        let mut order: BTreeMap<&Source, usize> = BTreeMap::new();
        let mut groups: Vec<(&Source, Vec<&Place>)> = Vec::new();
        for place in places {
            let at = *order.entry(&place.source).or_insert_with(|| {
                groups.push((&place.source, Vec::new()));
                groups.len() - 1
            });
            groups[at].1.push(place);
        }
        groups
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_long_line_costs_its_length_once() {
        let bytes = "é@ana ".repeat(100_000).into_bytes();
        let lines = LineIndex::new(&bytes);
        let text = Text::new(&bytes, &lines);
        let last = (0..100_000).map(|at| text.position(at * 7 + 2)).last();
        assert_eq!(last, Some(Position { line: 1, column: 99_999 * 6 + 2 }));
    }

    proptest! {
        #[test]
        fn positions_are_those_of_the_line_index(
            parts in prop::collection::vec(prop_oneof![
                Just(b"\n".to_vec()), Just("é模".repeat(300).into_bytes()), Just(b"\xe2\x82".to_vec()), any::<Vec<u8>>(),
            ], 0..12),
            at in any::<prop::sample::Index>(),
        ) {
            let bytes = parts.concat();
            let lines = LineIndex::new(&bytes);
            let offset = at.index(bytes.len() + 2);
            prop_assert_eq!(Text::new(&bytes, &lines).position(offset), lines.position(&bytes, offset));
        }
    }
}
