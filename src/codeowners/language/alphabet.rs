//! The letters worth writing where classes tell characters apart.
//!
//! Classes cut the characters into regions: those of one region are in the same classes. Of a region one character is
//! enough that no pattern names alone, for whatever matches it matches every other one of the region too. Where there
//! is none, the region is small, and each of its characters is a letter.

use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::super::Class;
use super::budget::{Undecided, spend};
use super::interner::Interner;
use super::search::Question;
use super::steps::Letter;
use super::union::{ClassId, NodeId, Order, Union};
use super::witness::LETTERS;

/// A class of a speller or of a union: whose, and which of its classes.
pub(super) type Place = (usize, ClassId);

/// The letters of each place where a class is asked.
pub(super) struct Alphabet {
    pub(super) outside_has_classes: bool,
    /// The classes that each joint live set asks of the next character, as a number of `lists`.
    asked: FxHashMap<u32, u32>,
    lists: Interner<Place>,
    letters: FxHashMap<(Vec<Place>, u32), Rc<[Letter]>>,
    /// The characters that spellers name; made when they are needed.
    named: Option<FxHashSet<char>>,
}

impl Alphabet {
    pub(super) fn new(question: &Question<'_>) -> Self {
        Self {
            outside_has_classes: question.outside.iter().any(|(union, _)| union.has_classes()),
            asked: FxHashMap::default(),
            lists: Interner::default(),
            letters: FxHashMap::default(),
            named: None,
        }
    }

    /// The classes that a joint live set asks of the next character.
    pub(super) fn asked(
        &mut self,
        live: u32,
        joint: &Interner<u32>,
        lives: &Interner<NodeId>,
        outside: &[(&Union, Order)],
    ) -> u32 {
        *self.asked.entry(live).or_insert_with(|| {
            let mut classes: Vec<Place> = Vec::new();
            for (at, (&live, &(union, _))) in joint.get(live).iter().zip(outside).enumerate() {
                classes.extend(union.classes_at(&lives.get(live)).map(|class| (at, class)));
            }
            classes.sort_unstable();
            classes.dedup();
            self.lists.id(classes)
        })
    }

    /// A letter of each region that is in all of `wanted`, where those `asked` tell characters apart.
    pub(super) fn letters(
        &mut self,
        wanted: Vec<Place>,
        asked: u32,
        question: &Question<'_>,
        budget: &mut u64,
    ) -> Result<Rc<[Letter]>, Undecided> {
        let key = (wanted, asked);
        if let Some(known) = self.letters.get(&key) {
            return Ok(Rc::clone(known));
        }
        let inside = question.inside.iter().flat_map(|speller| speller.characters());
        let named = self.named.get_or_insert_with(|| inside.collect());
        let is_named = |character: char| {
            named.contains(&character) || question.outside.iter().any(|(union, _)| union.names(character))
        };
        let outside = question.outside;
        let asked: Vec<&Class> =
            self.lists.get(asked).iter().map(|&(at, class)| outside[at].0.class_of(class)).collect();
        let wanted: Vec<&Class> = key.0.iter().map(|&class| question.class(class)).collect();
        let letters: Rc<[Letter]> = letters(&wanted, &asked, &is_named, budget)?.into();
        self.letters.insert(key, Rc::clone(&letters));
        Ok(letters)
    }
}

/// A letter of each region that is in all of `wanted`, where `others` tell characters apart too.
fn letters(
    wanted: &[&Class],
    others: &[&Class],
    is_named: &dyn Fn(char) -> bool,
    budget: &mut u64,
) -> Result<Vec<Letter>, Undecided> {
    let mut letters = Vec::new();
    // What no class has in a range needs no certain character.
    if wanted.iter().all(|class| class.is_negated()) {
        letters.push(Letter::Fresh);
    }
    for region in regions(wanted, others, budget)? {
        represent(&region, is_named, &mut letters, budget)?;
    }
    Ok(letters)
}

type Ranges = Vec<(char, char)>;

/// The regions that are in a range of some class, and in all of `wanted`.
fn regions(wanted: &[&Class], others: &[&Class], budget: &mut u64) -> Result<Vec<Ranges>, Undecided> {
    let classes: Vec<&Class> = wanted.iter().chain(others).copied().collect();
    let mut bounds = Vec::new();
    for (at, class) in classes.iter().enumerate() {
        for &(first, last) in class.ranges() {
            bounds.push((u32::from(first), at));
            bounds.push((u32::from(last) + 1, at));
        }
    }
    spend(budget, bounds.len())?;
    bounds.sort_unstable();
    let mut is_in = vec![false; classes.len()];
    let mut regions: Vec<Ranges> = Vec::new();
    let mut by_classes: FxHashMap<Vec<usize>, usize> = FxHashMap::default();
    for (at, &(bound, class)) in bounds.iter().enumerate() {
        is_in[class] = !is_in[class];
        let Some(range) = bounds.get(at + 1).and_then(|&(next, _)| range(bound, next)) else { continue };
        spend(budget, classes.len())?;
        let inside: Vec<usize> = (0..classes.len()).filter(|&class| is_in[class]).collect();
        if inside.is_empty() || wanted.iter().zip(&is_in).any(|(class, is_in)| *is_in == class.is_negated()) {
            continue;
        }
        let region = *by_classes.entry(inside).or_insert(regions.len());
        if region == regions.len() {
            regions.push(Vec::new());
        }
        regions[region].push(range);
    }
    Ok(regions)
}

/// The characters from one code point up to the one before `end`.
fn range(start: u32, end: u32) -> Option<(char, char)> {
    const SURROGATES: std::ops::RangeInclusive<u32> = 0xd800..=0xdfff;
    let first = if SURROGATES.contains(&start) { 0xe000 } else { start };
    let last = end.checked_sub(1)?;
    let last = if SURROGATES.contains(&last) { 0xd7ff } else { last };
    (first <= last).then_some((char::from_u32(first)?, char::from_u32(last)?))
}

fn represent(
    region: &Ranges,
    is_named: &dyn Fn(char) -> bool,
    letters: &mut Vec<Letter>,
    budget: &mut u64,
) -> Result<(), Undecided> {
    // One of these for another could make `.git` of a name that is legal.
    let is_open = |character: char| !is_named(character) && !"\0.gGiItT".contains(character);
    let holds = |character: char| {
        let at = region.partition_point(|&(_, last)| last < character);
        region.get(at).is_some_and(|&(first, _)| first <= character)
    };
    spend(budget, region.len())?;
    if let Some(readable) = LETTERS.chars().find(|&letter| holds(letter) && is_open(letter)) {
        letters.push(Letter::Char(readable));
        return Ok(());
    }
    let before = letters.len();
    for character in region.iter().flat_map(|&(first, last)| first..=last) {
        spend(budget, 1)?;
        if is_open(character) {
            letters.truncate(before);
            letters.push(Letter::Char(character));
            break;
        }
        if character != '\0' {
            letters.push(Letter::Char(character));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The letters for the classes of a text, the first `wanted` of which must hold; `*` is [`Letter::Fresh`].
    fn of(classes: &[&str], wanted: usize, named: &str) -> String {
        let classes: Vec<Class> = classes
            .iter()
            .map(|text| {
                let (negated, text) = text.strip_prefix('!').map_or((false, *text), |text| (true, text));
                let ranges =
                    text.split(' ').map(|range| (range.chars().next().unwrap(), range.chars().last().unwrap()));
                Class::new(negated, ranges)
            })
            .collect();
        let (wanted, others): (Vec<&Class>, Vec<&Class>) =
            (classes[..wanted].iter().collect(), classes[wanted..].iter().collect());
        let letters = letters(&wanted, &others, &|character| named.contains(character), &mut 100_000).unwrap();
        letters
            .iter()
            .map(|letter| match letter {
                Letter::Char(character) => *character,
                Letter::Fresh => '*',
                Letter::Slash => '/',
            })
            .collect()
    }

    #[test]
    fn one_letter_a_region() {
        assert_eq!(of(&["az"], 1, ""), "x");
        assert_eq!(of(&["a-z"], 1, ""), "x");
        assert_eq!(of(&["!a-z"], 1, ""), "*");
        assert_eq!(of(&["a-z"], 0, ""), "*x");
        assert_eq!(of(&["a-z", "m-p"], 0, ""), "*xm");
        assert_eq!(of(&["a-z", "m-p"], 1, ""), "xm");
        assert_eq!(of(&["a-z", "!m-p"], 2, ""), "x");
        assert_eq!(of(&["a-c x-z", "0-9"], 0, ""), "*0x");
    }

    #[test]
    fn a_region_of_named_characters_is_written_out() {
        assert_eq!(of(&["a-c"], 1, "ab"), "c");
        assert_eq!(of(&["a-c"], 1, "abc"), "abc");
        assert_eq!(of(&["x-z"], 1, "xz"), "y");
    }

    #[test]
    fn what_could_spell_git_stands_for_nothing_else() {
        assert_eq!(of(&["g-i"], 1, ""), "h");
        assert_eq!(of(&["g-i"], 1, "h"), "ghi");
        assert_eq!(of(&[".-/"], 1, ""), ".");
    }
}
