//! Which wildcard segments match a name: all of them at once.
//!
//! Each wildcard is found through one literal that a matching name must hold: at its start or its end through a trie,
//! within it through Aho-Corasick; only what is found so is tried in full.

use std::collections::HashMap;
use std::hash::Hasher;

use aho_corasick::{AhoCorasick, MatchKind};
use rustc_hash::{FxHashMap, FxHasher};

use crate::codeowners::{Token, Wild};

/// Number of a wildcard segment. Wildcards of the same language have one number.
pub(super) type WildId = u32;

/// Longer literals are found by their first (or last) bytes: memory stays linear in the patterns' count.
const LITERAL_LIMIT: usize = 32;

/// What finds a wildcard, by what a matching name must hold.
#[derive(Default)]
pub(super) struct Classifier {
    /// By [`WildId`].
    wilds: Vec<Compiled>,
    /// Without a literal: tried on every name.
    without_literal: Vec<WildId>,
    prefixes: Trie,
    suffixes: Trie,
    inner: Option<AhoCorasick>,
    /// By the literal's number in `inner`.
    inner_wilds: Vec<Vec<WildId>>,
}

impl Classifier {
    /// Writes the wildcards that match `name` to `found`, ascending. `literals` is working space.
    fn classify(&self, name: &[u8], literals: &mut Vec<u32>, found: &mut Vec<WildId>) {
        found.clear();
        let mut bytes = None;
        let mut try_all = |ids: &[WildId]| {
            for &id in ids {
                if self.wilds[id as usize].matches(name, &mut bytes) {
                    found.push(id);
                }
            }
        };
        try_all(&self.without_literal);
        self.prefixes.walk(name.iter(), &mut try_all);
        self.suffixes.walk(name.iter().rev(), &mut try_all);
        if let Some(inner) = &self.inner {
            literals.clear();
            literals.extend(inner.find_overlapping_iter(name).map(|found| found.pattern().as_u32()));
            literals.sort_unstable();
            literals.dedup();
            for &literal in &*literals {
                try_all(&self.inner_wilds[literal as usize]);
            }
        }
        if found.len() > 1 {
            found.sort_unstable();
        }
    }
}

/// A wildcard with what refuses most names quickly.
struct Compiled {
    /// What every matching name holds; see [`byte_set`].
    bytes: u64,
    /// The length in bytes of the shortest matching name.
    least: usize,
    shape: Shape,
}

enum Shape {
    /// One star: the text before and behind it.
    Affixes(Box<[u8]>, Box<[u8]>),
    Other(Wild),
}

impl Compiled {
    /// `bytes` is the name's [`byte_set`], once somebody needed it.
    fn matches(&self, name: &[u8], bytes: &mut Option<u64>) -> bool {
        self.least <= name.len()
            && match &self.shape {
                Shape::Affixes(prefix, suffix) => name.starts_with(prefix) && name.ends_with(suffix),
                Shape::Other(wild) => {
                    self.bytes & !*bytes.get_or_insert_with(|| byte_set(name)) == 0 && wild.matches(name)
                }
            }
    }
}

/// A set of bytes, in 64 classes.
fn byte_set(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |set, byte| set | 1 << (byte % 64))
}

/// Collects wildcards.
#[derive(Default)]
pub(super) struct Builder {
    ids: HashMap<Box<[Token]>, WildId>,
    wilds: Vec<Wild>,
}

impl Builder {
    pub(super) fn intern(&mut self, wild: &Wild) -> WildId {
        let tokens = in_one_order(&wild.0);
        let next = u32::try_from(self.wilds.len()).unwrap_or(u32::MAX);
        *self.ids.entry(tokens).or_insert_with_key(|tokens| {
            self.wilds.push(Wild(tokens.clone()));
            next
        })
    }

    pub(super) fn finish(self) -> Classifier {
        let mut classifier = Classifier::default();
        let mut inner_ids: HashMap<Vec<u8>, usize> = HashMap::new();
        let mut inner: Vec<Vec<u8>> = Vec::new();
        for (id, wild) in (0..).zip(self.wilds) {
            let literals = Literals::of(&wild);
            match literals.best() {
                Anchor::None => classifier.without_literal.push(id),
                Anchor::Start => {
                    classifier.prefixes.insert(literals.prefix.iter().copied().take(LITERAL_LIMIT), id);
                }
                Anchor::End => {
                    classifier.suffixes.insert(literals.suffix.iter().rev().copied().take(LITERAL_LIMIT), id);
                }
                Anchor::Inner => {
                    let literal = literals.inner[..literals.inner.len().min(LITERAL_LIMIT)].to_vec();
                    let at = *inner_ids.entry(literal).or_insert_with_key(|literal| {
                        inner.push(literal.clone());
                        classifier.inner_wilds.push(Vec::new());
                        inner.len() - 1
                    });
                    classifier.inner_wilds[at].push(id);
                }
            }
            classifier.wilds.push(literals.compile(wild));
        }
        if !inner.is_empty() {
            // Names are short: starting a prefilter costs more than it saves.
            match AhoCorasick::builder().match_kind(MatchKind::Standard).prefilter(false).build(inner) {
                Ok(automaton) => classifier.inner = Some(automaton),
                // Too large to build: trying each one is slower, and as right.
                Err(_) => classifier.without_literal.extend(classifier.inner_wilds.drain(..).flatten()),
            }
        }
        classifier
    }
}

/// `?`s and stars that touch mean the same in any order: `*??*` becomes `??*`.
fn in_one_order(tokens: &[Token]) -> Box<[Token]> {
    let is_character = |token: &Token| matches!(token, Token::Char(_));
    let mut ordered = Vec::with_capacity(tokens.len());
    for run in tokens.chunk_by(|a, b| is_character(a) == is_character(b)) {
        if run.first().is_some_and(is_character) {
            ordered.extend_from_slice(run);
            continue;
        }
        ordered.extend(run.iter().filter(|&&token| token == Token::AnyChar));
        ordered.extend(run.contains(&Token::Star).then_some(Token::Star));
    }
    ordered.into()
}

/// Where a wildcard's literal must stand in a name.
enum Anchor {
    None,
    Start,
    End,
    Inner,
}

/// The literals of a wildcard, in UTF-8.
#[derive(Default)]
struct Literals {
    prefix: Vec<u8>,
    suffix: Vec<u8>,
    /// The longest of those between.
    inner: Vec<u8>,
}

impl Literals {
    fn of(wild: &Wild) -> Self {
        let mut literals = Self::default();
        let runs: Vec<Vec<u8>> = wild
            .0
            .split(|token| !matches!(token, Token::Char(_)))
            .map(|run| {
                let characters =
                    run.iter().filter_map(|token| if let Token::Char(c) = token { Some(*c) } else { None });
                characters.collect::<String>().into_bytes()
            })
            .collect();
        let mut runs = runs.into_iter();
        literals.prefix = runs.next().unwrap_or_default();
        literals.suffix = runs.next_back().unwrap_or_default();
        literals.inner = runs.max_by_key(Vec::len).unwrap_or_default();
        literals
    }

    /// The literal that fewest names hold: a long one, or a shorter one whose place is known.
    fn best(&self) -> Anchor {
        let anchored = self.prefix.len().max(self.suffix.len());
        if anchored == 0 && self.inner.is_empty() {
            Anchor::None
        } else if anchored == 0 || self.inner.len() > anchored + 2 {
            Anchor::Inner
        } else if self.prefix.len() >= self.suffix.len() {
            Anchor::Start
        } else {
            Anchor::End
        }
    }

    fn compile(self, wild: Wild) -> Compiled {
        let character = |token: &Token| if let Token::Char(c) = token { Some(*c) } else { None };
        let text: String = wild.0.iter().filter_map(character).collect();
        let any = wild.0.iter().filter(|&&token| token == Token::AnyChar).count();
        let others = wild.0.iter().filter(|token| character(token).is_none());
        let shape = if others.eq([&Token::Star]) {
            Shape::Affixes(self.prefix.into(), self.suffix.into())
        } else {
            Shape::Other(wild)
        };
        Compiled { bytes: byte_set(text.as_bytes()), least: text.len() + any, shape }
    }
}

/// Byte strings, and what is stored at each.
struct Trie {
    /// Where each first byte leads; 0 is nowhere. Most names go no further.
    first: Box<[u32; 256]>,
    /// Where a node and a byte lead, see [`Self::key`].
    edges: FxHashMap<u64, u32>,
    values: Vec<Vec<WildId>>,
}

impl Default for Trie {
    fn default() -> Self {
        Self { first: Box::new([0; 256]), edges: FxHashMap::default(), values: vec![Vec::new()] }
    }
}

impl Trie {
    fn key(node: u32, byte: u8) -> u64 {
        u64::from(node) << 8 | u64::from(byte)
    }

    fn insert(&mut self, mut text: impl Iterator<Item = u8>, value: WildId) {
        let Some(first) = text.next() else { return };
        let mut at = self.first[usize::from(first)];
        if at == 0 {
            at = self.new_node();
            self.first[usize::from(first)] = at;
        }
        for byte in text {
            at = if let Some(&next) = self.edges.get(&Self::key(at, byte)) {
                next
            } else {
                let next = self.new_node();
                self.edges.insert(Self::key(at, byte), next);
                next
            };
        }
        self.values[at as usize].push(value);
    }

    fn new_node(&mut self) -> u32 {
        self.values.push(Vec::new());
        u32::try_from(self.values.len() - 1).unwrap_or(u32::MAX)
    }

    /// Calls `visit` with what is stored at each start of `text`.
    fn walk<'t>(&self, mut text: impl Iterator<Item = &'t u8>, mut visit: impl FnMut(&[WildId])) {
        let Some(&first) = text.next() else { return };
        let mut at = self.first[usize::from(first)];
        while at != 0 {
            let values = &self.values[at as usize];
            if !values.is_empty() {
                visit(values);
            }
            let Some(&byte) = text.next() else { return };
            at = self.edges.get(&Self::key(at, byte)).copied().unwrap_or(0);
        }
    }
}

/// Remembers what was found for a name: directories and file names repeat. Bounded: a name takes the place of another.
#[derive(Default)]
pub(super) struct Memo {
    slots: Vec<Slot>,
    /// How many results the slots have room for.
    held: usize,
    literals: Vec<u32>,
    unkept: Vec<WildId>,
}

#[derive(Clone, Default)]
struct Slot {
    /// 0 where the slot is empty: no name is.
    length: u8,
    name: [u8; Memo::NAME_LIMIT],
    found: Vec<WildId>,
}

impl Memo {
    const SLOTS: usize = 512;
    /// Longer names seldom repeat.
    const NAME_LIMIT: usize = 31;
    const HELD_LIMIT: usize = 1 << 20;

    /// The wildcards that match `name`, ascending.
    pub(super) fn classify(&mut self, classifier: &Classifier, name: &[u8]) -> &[WildId] {
        let length = match u8::try_from(name.len()) {
            Ok(length @ 1..) if name.len() <= Self::NAME_LIMIT => length,
            _ => {
                classifier.classify(name, &mut self.literals, &mut self.unkept);
                return &self.unkept;
            }
        };
        if self.slots.is_empty() || self.held > Self::HELD_LIMIT {
            self.slots = vec![Slot::default(); Self::SLOTS];
            self.held = 0;
        }
        let mut hasher = FxHasher::default();
        hasher.write(name);
        // The remainder fits.
        let at = usize::try_from(hasher.finish() % Self::SLOTS as u64).unwrap_or_default();
        let slot = &mut self.slots[at];
        if slot.length != length || slot.name[..name.len()] != *name {
            slot.length = length;
            slot.name[..name.len()].copy_from_slice(name);
            self.held -= slot.found.capacity();
            classifier.classify(name, &mut self.literals, &mut slot.found);
            self.held += slot.found.capacity();
        }
        &slot.found
    }
}
