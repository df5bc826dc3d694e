//! Letters: characters that no expression at hand tells apart count as one.

use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};

use super::budget::{Spent, number, spend};
use super::node::{Class, Fold, Item, Named};
use super::program::{ClassId, Program};
use super::unicode::WORD;

/// A set of characters that every class holds whole or not at all.
pub(super) type Letter = u32;

/// No letter: code points that no text holds.
const NONE: Letter = u32::MAX;

/// What can matter about a character beside a place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Side(u8);

impl Side {
    /// The text's start or end: no character.
    pub(super) const EDGE: Self = Self(1);
    pub(super) const LINE_FEED: Self = Self(2);
    pub(super) const ASCII_WORD: Self = Self(4);
    pub(super) const UNICODE_WORD: Self = Self(8);

    pub(super) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// The letters of a program.
#[derive(Debug)]
pub(super) struct Alphabet {
    ascii: [Letter; 128],
    /// First code points of intervals, ascending from 0, and their letters.
    starts: Vec<u32>,
    letters: Vec<Letter>,
    /// Of each letter, what it is beside a place.
    sides: Vec<Side>,
    /// Of each letter, whether no path has it.
    is_never: Vec<bool>,
    /// Of each class, the letters in it.
    members: Vec<Members>,
}

#[derive(Debug)]
enum Members {
    One(Letter),
    /// A bit for each letter.
    Many(Box<[u64]>),
}

impl Alphabet {
    /// Parts all characters by the classes of a program and by `apart`, each of which gets a letter of its own, and keeps
    /// those of `never` away from all others.
    pub(super) fn new(program: &Program, apart: &str, never: Option<&Item>, budget: &mut u64) -> Result<Self, Spent> {
        let never = never.map(|item| Class::of(item.clone(), Fold::None).resolve());
        let mut sides = Vec::new();
        if program.looks.lines {
            sides.push((Side::LINE_FEED, single('\n')));
        }
        if program.looks.ascii_words {
            sides.push((Side::ASCII_WORD, Class::of(Item::Named(Named::Ascii(WORD), false), Fold::None).resolve()));
        }
        if program.looks.unicode_words {
            sides.push((Side::UNICODE_WORD, Class::of(Item::Named(Named::Word, false), Fold::None).resolve()));
        }
        let extra: Vec<ClassUnicode> =
            apart.chars().map(single).chain(sides.iter().map(|(_, set)| set.clone())).chain(never.clone()).collect();
        let sets = || program.classes.iter().chain(&extra);

        let starts = boundaries(sets(), budget)?;
        let letters = parted(&starts, sets(), budget)?;
        let count = letters.iter().filter(|&&letter| letter != NONE).max().map_or(0, |last| *last as usize + 1);
        let mut alphabet = Self {
            ascii: [0; 128],
            starts,
            letters,
            sides: vec![Side::default(); count],
            members: Vec::new(),
            is_never: vec![false; count],
        };
        for code in 0..128_u8 {
            alphabet.ascii[usize::from(code)] = alphabet.find(u32::from(code));
        }
        for (side, set) in &sides {
            let letters: Vec<Letter> = alphabet.letters_of(set).collect();
            for letter in letters {
                let known = &mut alphabet.sides[letter as usize];
                *known = known.with(*side);
            }
        }
        for letter in never.iter().flat_map(|set| alphabet.letters_of(set)).collect::<Vec<_>>() {
            alphabet.is_never[letter as usize] = true;
        }
        for set in &program.classes {
            let members = alphabet.members(set, budget)?;
            alphabet.members.push(members);
        }
        Ok(alphabet)
    }

    /// How many letters there are.
    pub(super) fn len(&self) -> usize {
        self.sides.len()
    }

    /// The letter of a character.
    pub(super) fn letter(&self, character: char) -> Letter {
        match self.ascii.get(character as usize) {
            Some(&letter) => letter,
            None => self.find(u32::from(character)),
        }
    }

    fn find(&self, code: u32) -> Letter {
        let at = self.starts.partition_point(|&start| start <= code);
        self.letters[at.saturating_sub(1)]
    }

    /// What a letter is beside a place.
    pub(super) fn side(&self, letter: Letter) -> Side {
        self.sides[letter as usize]
    }

    /// Whether a class holds every letter that a path can have.
    pub(super) fn holds_all(&self, class: ClassId) -> bool {
        let letters = (0..).zip(&self.is_never);
        self.only(class).is_none() && letters.into_iter().all(|(letter, never)| *never || self.holds(class, letter))
    }

    /// Whether a class holds a letter.
    pub(super) fn holds(&self, class: ClassId, letter: Letter) -> bool {
        match &self.members[class as usize] {
            Members::One(one) => *one == letter,
            Members::Many(bits) => bits[letter as usize / 64] >> (letter % 64) & 1 == 1,
        }
    }

    /// The letter of a class that holds no other.
    pub(super) fn only(&self, class: ClassId) -> Option<Letter> {
        match self.members[class as usize] {
            Members::One(letter) => Some(letter),
            Members::Many(_) => None,
        }
    }

    /// The most readable character of each letter.
    pub(super) fn readable(&self) -> Vec<char> {
        let rank = |character: char| match character {
            'a'..='z' => 0,
            '0'..='9' => 1,
            'A'..='Z' => 2,
            '-' | '_' | '.' | '/' => 3,
            '!'..='~' => 4,
            ' ' => 5,
            _ if character.is_alphanumeric() => 6,
            _ if !character.is_control() && !character.is_whitespace() => 7,
            _ => 8,
        };
        let mut best: Vec<Option<char>> = vec![None; self.len()];
        let mut offer = |letter: Letter, character: char| {
            if let Some(best) = best.get_mut(letter as usize)
                && best.is_none_or(|best| rank(character) < rank(best))
            {
                *best = Some(character);
            }
        };
        // `x` first, as the one that stands for any.
        for character in std::iter::once('x').chain((0..128_u8).map(char::from)).chain("éαя中".chars()) {
            offer(self.letter(character), character);
        }
        for (at, (&start, &letter)) in self.starts.iter().zip(&self.letters).enumerate() {
            let end = self.starts.get(at + 1).copied().unwrap_or(u32::from(char::MAX) + 1);
            for character in (start..end).take(64).filter_map(char::from_u32) {
                offer(letter, character);
            }
        }
        best.into_iter().map(|best| best.unwrap_or('x')).collect()
    }

    /// The letters of a set that was among those that parted them, some of them repeatedly.
    fn letters_of(&self, set: &ClassUnicode) -> impl Iterator<Item = Letter> {
        set.iter().flat_map(|range| {
            let (start, end) = (u32::from(range.start()), u32::from(range.end()));
            let from = self.starts.partition_point(|&first| first < start);
            let to = self.starts.partition_point(|&first| first <= end);
            self.letters[from..to].iter().copied().filter(|&letter| letter != NONE)
        })
    }

    fn members(&self, set: &ClassUnicode, budget: &mut u64) -> Result<Members, Spent> {
        let mut letters = self.letters_of(set);
        if let Some(first) = letters.next()
            && letters.all(|letter| letter == first)
        {
            return Ok(Members::One(first));
        }
        let mut bits = vec![0_u64; self.len().div_ceil(64)];
        spend(budget, bits.len())?;
        for letter in self.letters_of(set) {
            spend(budget, 1)?;
            bits[letter as usize / 64] |= 1 << (letter % 64);
        }
        Ok(Members::Many(bits.into()))
    }
}

fn single(character: char) -> ClassUnicode {
    ClassUnicode::new([ClassUnicodeRange::new(character, character)])
}

/// Where an interval starts that no set parts.
fn boundaries<'s>(sets: impl Iterator<Item = &'s ClassUnicode>, budget: &mut u64) -> Result<Vec<u32>, Spent> {
    let mut starts = vec![0, 0xd800, 0xe000];
    for set in sets {
        spend(budget, set.ranges().len())?;
        for range in set.iter() {
            starts.push(u32::from(range.start()));
            starts.push(u32::from(range.end()) + 1);
        }
    }
    starts.retain(|&start| start <= u32::from(char::MAX));
    starts.sort_unstable();
    starts.dedup();
    Ok(starts)
}

/// The letter of each interval: equal where all sets treat them alike.
fn parted<'s>(
    starts: &[u32],
    sets: impl Iterator<Item = &'s ClassUnicode>,
    budget: &mut u64,
) -> Result<Vec<Letter>, Spent> {
    let mut blocks: Vec<u32> = starts.iter().map(|start| u32::from(*start == 0xd800)).collect();
    let mut count = 2;
    let mut moved = rustc_hash::FxHashMap::default();
    for set in sets {
        moved.clear();
        for range in set.iter() {
            let from = starts.partition_point(|&first| first < u32::from(range.start()));
            let to = starts.partition_point(|&first| first <= u32::from(range.end()));
            spend(budget, 16 + to - from)?;
            for block in &mut blocks[from..to] {
                *block = *moved.entry(*block).or_insert_with(|| {
                    count += 1;
                    count - 1
                });
            }
        }
    }
    // Numbered anew, in the order of their first characters.
    moved.clear();
    let mut letters = Vec::with_capacity(blocks.len());
    for (start, block) in starts.iter().zip(blocks) {
        let fresh = number(moved.len());
        letters.push(if *start == 0xd800 { NONE } else { *moved.entry(block).or_insert(fresh) });
    }
    Ok(letters)
}
