//! The segments of patterns, numbered, and how each is found in a name.

use std::collections::HashMap;
use std::ops::Range;

use super::exact::Exact;
use super::grams::{self, Grams};
use super::names::{Finder, Names, Shape, Symbol};
use super::places::{Compiled, trigrams};
use super::{SymbolId, narrow, trie};
use crate::codeowners::{Token, Wild};

/// Collects segments. They are a stranger's, so the maps' hashing is keyed at random.
#[derive(Default)]
pub(super) struct Segments<'p> {
    literals: HashMap<&'p str, SymbolId>,
    wilds: HashMap<Box<[u8]>, SymbolId>,
    /// By [`SymbolId`].
    all: Vec<Segment<'p>>,
    /// Working space.
    spelling: Vec<u8>,
}

#[derive(Clone, Copy)]
enum Segment<'p> {
    Literal(&'p str),
    Wild(&'p [Token]),
}

impl<'p> Segments<'p> {
    pub(super) fn literal(&mut self, name: &'p str) -> SymbolId {
        let next = narrow(self.all.len());
        *self.literals.entry(name).or_insert_with(|| {
            self.all.push(Segment::Literal(name));
            next
        })
    }

    pub(super) fn wild(&mut self, wild: &'p Wild) -> SymbolId {
        spell(&wild.0, &mut self.spelling);
        if let Some(&known) = self.wilds.get(&*self.spelling) {
            return known;
        }
        let next = narrow(self.all.len());
        self.all.push(Segment::Wild(&wild.0));
        self.wilds.insert(self.spelling.as_slice().into(), next);
        next
    }

    /// The segments ready to be found, and what finds each.
    pub(super) fn finish(self) -> (Names, Vec<Finder>) {
        let mut text = Vec::new();
        let literals: Vec<Literals> = self
            .all
            .iter()
            .map(|segment| match segment {
                Segment::Literal(_) => Literals::default(),
                Segment::Wild(tokens) => Literals::of(tokens, &mut text),
            })
            .collect();
        let mut finders: Vec<Finder> = self
            .all
            .iter()
            .zip(&literals)
            .map(|(segment, literals)| match segment {
                Segment::Literal(_) => Finder::Whole,
                Segment::Wild(_) => literals.finder(),
            })
            .collect();
        // To look for pieces takes longer than to look for one end, but is done once for all that can be found so.
        if finders.contains(&Finder::Inside) {
            for (finder, literals) in finders.iter_mut().zip(&literals) {
                if literals.longest().len() >= grams::LONGEST {
                    *finder = Finder::Inside;
                }
            }
        }

        let (mut whole, mut inside, mut always) = (Vec::new(), Vec::new(), Vec::new());
        let (mut start, mut end) = (trie::Builder::default(), trie::Builder::default());
        let (mut symbols, mut wilds) = (Vec::with_capacity(self.all.len()), Vec::new());
        for (((id, &segment), literals), finder) in (0..).zip(&self.all).zip(literals).zip(&finders) {
            match finder {
                Finder::Start => start.add(&text[literals.prefix.clone()], id),
                Finder::End => end.add(&text[literals.suffix.clone()], id),
                Finder::Inside => inside.push((literals.longest(), id)),
                Finder::Always => always.push(id),
                Finder::Whole => {}
            }
            let shape = match segment {
                Segment::Literal(name) => {
                    whole.push((name, id));
                    Shape::Whole
                }
                Segment::Wild(tokens) => literals.shape(tokens).unwrap_or_else(|| {
                    wilds.push(Compiled::new(tokens));
                    Shape::Other { at: narrow(wilds.len() - 1), trigrams: literals.trigrams }
                }),
            };
            symbols.push(Symbol { shape, leaf: 0, reach: 0, edges: (0, 0) });
        }
        let inside = Grams::new(inside.into_iter().map(|(place, id)| (&text[place], id)));
        let (start, end) = (start.finish(), end.finish());
        (Names { symbols, text, wilds, whole: Exact::new(whole), start, end, inside, always }, finders)
    }
}

fn character(token: &Token) -> Option<char> {
    if let Token::Char(character) = token { Some(*character) } else { None }
}

/// Writes tokens in bytes, those of one language in one way: `?`s and stars that touch mean the same in any order, so
/// `*??*` is spelt `??*`. What is no character starts with a byte that UTF-8 does not have.
fn spell(tokens: &[Token], spelling: &mut Vec<u8>) {
    const MARK: u8 = 0xff;
    let is_free = |token: &Token| matches!(token, Token::AnyChar | Token::Star);
    let write = |spelling: &mut Vec<u8>, character: char| {
        spelling.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    };
    spelling.clear();
    for run in tokens.chunk_by(|a, b| is_free(a) == is_free(b)) {
        for token in run {
            match token {
                Token::Char(character) => write(spelling, *character),
                Token::AnyChar => spelling.extend_from_slice(&[MARK, b'?']),
                Token::Class(class) => {
                    spelling.extend_from_slice(&[MARK, if class.is_negated() { b'!' } else { b'[' }]);
                    for &(first, last) in class.ranges() {
                        write(spelling, first);
                        write(spelling, last);
                    }
                    spelling.extend_from_slice(&[MARK, b']']);
                }
                Token::Star => {}
            }
        }
        if run.contains(&Token::Star) {
            spelling.extend_from_slice(&[MARK, b'*']);
        }
    }
}

/// The literals of a segment with wildcards, in UTF-8: their places in a text.
#[derive(Default)]
struct Literals {
    prefix: Range<usize>,
    /// Starts where the prefix ends.
    suffix: Range<usize>,
    /// The longest of those between.
    inner: Range<usize>,
    /// Of all of them.
    trigrams: u64,
}

impl Literals {
    fn of(tokens: &[Token], text: &mut Vec<u8>) -> Self {
        let mut all = 0;
        let mut write = |run: &[Token]| {
            let start = text.len();
            for character in run.iter().filter_map(character) {
                text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            }
            all |= trigrams(&text[start..]);
            start..text.len()
        };
        let mut runs = tokens.split(|token| character(token).is_none());
        let prefix = write(runs.next().unwrap_or_default());
        let suffix = write(runs.next_back().unwrap_or_default());
        let inner = runs.map(write).max_by_key(Range::len).unwrap_or_default();
        Self { prefix, suffix, inner, trigrams: all }
    }

    fn longest(&self) -> Range<usize> {
        let all = [&self.prefix, &self.suffix, &self.inner];
        all.into_iter().max_by_key(|range| range.len()).cloned().unwrap_or_default()
    }

    /// By the literal that fewest names hold: a long one, or a shorter one whose place is known.
    fn finder(&self) -> Finder {
        let anchored = self.prefix.len().max(self.suffix.len());
        if self.longest().is_empty() {
            Finder::Always
        } else if anchored == 0 || self.inner.len() > anchored + 2 {
            Finder::Inside
        } else if self.prefix.len() >= self.suffix.len() {
            Finder::Start
        } else {
            Finder::End
        }
    }

    /// What its tokens say, where that is a simple thing.
    fn shape(&self, tokens: &[Token]) -> Option<Shape> {
        let mut wildcards = tokens.iter().filter(|token| character(token).is_none());
        match (wildcards.next(), wildcards.next(), wildcards.next()) {
            (Some(Token::Star), None, _) => {
                Some(Shape::Affixes(narrow(self.prefix.start), narrow(self.suffix.start), narrow(self.suffix.end)))
            }
            (Some(Token::Star), Some(Token::Star), None) if self.prefix.is_empty() && self.suffix.is_empty() => {
                Some(Shape::Contains(narrow(self.inner.start), narrow(self.inner.end)))
            }
            _ => None,
        }
    }
}
