//! Which segments with wildcards match one name.

use crate::codeowners::{Class, Token};

/// A segment with wildcards, ready to be tried.
pub(super) struct Compiled {
    /// The length in characters of the shortest matching name.
    least: usize,
    /// Runs between stars.
    steps: Box<[Step]>,
}

enum Step {
    Char(char),
    AnyChar,
    Class(Box<AsciiClass>),
    Star,
}

/// A class, and which ASCII characters it holds, one bit each.
struct AsciiClass {
    ascii: u128,
    class: Class,
}

impl Compiled {
    pub(super) fn new(tokens: &[Token]) -> Self {
        let step = |token: &Token| match token {
            Token::Char(character) => Step::Char(*character),
            Token::AnyChar => Step::AnyChar,
            Token::Class(class) => {
                let held = (0..128_u8).filter(|&byte| class.holds(Some(char::from(byte))));
                let ascii = held.fold(0, |set, byte| set | 1 << byte);
                Step::Class(Box::new(AsciiClass { ascii, class: class.clone() }))
            }
            Token::Star => Step::Star,
        };
        let least = tokens.iter().filter(|token| **token != Token::Star).count();
        Self { least, steps: tokens.iter().map(step).collect() }
    }
}

/// Three bytes that touch, as one bit of 64.
pub(super) fn trigrams(text: &[u8]) -> u64 {
    text.windows(3).fold(0, |set, three| {
        let hash = three.iter().fold(0_u32, |hash, &byte| hash << 8 | u32::from(byte)).wrapping_mul(0x9e37_79b1);
        set | 1 << (hash >> 26)
    })
}

/// Where the characters of a name stand: sets of places, one bit a place, so that a run of steps is looked for at 64
/// places at once.
///
/// A byte that is not UTF-8 counts as one character, and as no character that a pattern can name.
#[derive(Default)]
pub(super) struct Places {
    /// Of the name, once somebody asked.
    trigrams: Option<u64>,
    is_read: bool,
    /// How many characters the name has.
    length: usize,
    /// How many words a set has.
    words: usize,
    /// The set of each ASCII character, one behind the other.
    sets: Vec<u64>,
    /// Which ASCII characters the name has, one bit each.
    ascii: u128,
    /// The characters that are not ASCII by their places, and `None` for bytes that are no characters.
    others: Vec<(usize, Option<char>)>,
    #[cfg(test)]
    pub(super) looks: usize,
}

impl Places {
    /// To be called for each new name.
    pub(super) fn forget(&mut self) {
        self.trigrams = None;
        self.is_read = false;
    }

    /// Whether `name` can hold all that holds these [`trigrams`].
    pub(super) fn may_hold(&mut self, wanted: u64, name: &[u8]) -> bool {
        wanted & !*self.trigrams.get_or_insert_with(|| trigrams(name)) == 0
    }

    /// Whether all of `name` matches.
    ///
    /// A run of steps is looked for from where the last one ended, so this takes no more than one look at 64 places
    /// for each step, and one more for each step of the longest run and each 64 places of the name.
    pub(super) fn matches(&mut self, wild: &Compiled, name: &[u8]) -> bool {
        if !self.is_read {
            self.read(name);
        }
        if wild.least > self.length {
            return false;
        }
        let mut runs = wild.steps.split(|step| matches!(step, Step::Star));
        let first = runs.next().unwrap_or_default();
        let Some(last) = runs.next_back() else { return first.len() == self.length && self.stands(first, 0) };
        let end = self.length - last.len();
        if !self.stands(first, 0) || !self.stands(last, end) {
            return false;
        }
        let mut at = first.len();
        for run in runs {
            let Some(found) = self.find(run, at, end) else { return false };
            at = found + run.len();
        }
        true
    }

    fn read(&mut self, name: &[u8]) {
        self.is_read = true;
        self.clear();
        self.words = name.len() / 64 + 1;
        self.sets.resize(self.words * 128, 0);
        self.length = 0;
        for chunk in name.utf8_chunks() {
            for character in chunk.valid().chars() {
                self.add(Some(character));
            }
            for _ in chunk.invalid() {
                self.add(None);
            }
        }
    }

    fn clear(&mut self) {
        self.others.clear();
        // Most names are short, and most sets of them empty.
        if self.words > 1 {
            self.sets.clear();
            self.ascii = 0;
        }
        while self.ascii != 0 {
            self.sets[self.ascii.trailing_zeros() as usize] = 0;
            self.ascii &= self.ascii - 1;
        }
    }

    fn add(&mut self, character: Option<char>) {
        let place = self.length;
        self.length += 1;
        match character {
            Some(character) if character.is_ascii() => {
                self.ascii |= 1 << u32::from(character);
                self.sets[character as usize * self.words + place / 64] |= 1 << (place % 64);
            }
            _ => self.others.push((place, character)),
        }
    }

    fn stands(&mut self, run: &[Step], at: usize) -> bool {
        run.iter().enumerate().all(|(offset, step)| self.look(step, at + offset) & 1 != 0)
    }

    /// The first place from `at` on where a run stands that ends before `end`.
    fn find(&mut self, run: &[Step], mut at: usize, end: usize) -> Option<usize> {
        let last = end.checked_sub(run.len())?;
        while at <= last {
            let mut starts = if last - at < 63 { (2 << (last - at)) - 1 } else { u64::MAX };
            for (offset, step) in run.iter().enumerate() {
                starts &= self.look(step, at + offset);
                if starts == 0 {
                    break;
                }
            }
            if starts != 0 {
                return Some(at + starts.trailing_zeros() as usize);
            }
            at += 64;
        }
        None
    }

    /// At which of the 64 places from `at` on there is a character of this step.
    fn look(&mut self, step: &Step, at: usize) -> u64 {
        #[cfg(test)]
        {
            self.looks += 1;
        }
        match step {
            Step::Char(character) if character.is_ascii() => self.window(*character as usize, at),
            Step::Char(character) => self.others(at, |other| other == Some(*character)),
            Step::AnyChar => u64::MAX,
            Step::Class(set) => {
                let mut found = self.others(at, |other| set.class.holds(other));
                let mut held = set.ascii & self.ascii;
                while held != 0 {
                    found |= self.window(held.trailing_zeros() as usize, at);
                    held &= held - 1;
                }
                found
            }
            Step::Star => 0,
        }
    }

    /// At which of the 64 places from `at` on an ASCII character stands.
    fn window(&self, character: usize, at: usize) -> u64 {
        let set = &self.sets[character * self.words..(character + 1) * self.words];
        let word = |at: usize| set.get(at).copied().unwrap_or(0);
        word(at / 64) >> (at % 64) | word(at / 64 + 1) << 1 << (63 - at % 64)
    }

    /// The same for characters that are not ASCII.
    fn others(&self, at: usize, is_right: impl Fn(Option<char>) -> bool) -> u64 {
        let first = self.others.partition_point(|&(place, _)| place < at);
        let near = self.others[first..].iter().take_while(|(place, _)| *place < at + 64);
        near.filter(|(_, other)| is_right(*other)).fold(0, |found, (place, _)| found | 1 << (place - at))
    }
}
