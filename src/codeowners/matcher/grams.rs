//! Byte strings that a name holds anywhere.

use super::narrow;
use super::slots::{Filter, Slots, bits_for, first_bits, hash};

/// How long the pieces are, in bytes: a string is found by one of the longest that it has.
const LENGTHS: [usize; 4] = [1, 2, 4, LONGEST];

pub(super) const LONGEST: usize = 8;

/// The most counters that tell how rare a piece is.
const COUNTER_BITS: u32 = 16;

/// What is stored at byte strings, found in a name by the rarest piece of each: what it finds are candidates.
pub(super) struct Grams {
    /// By the length of the pieces, those lengths only that occur.
    tables: Vec<Table>,
}

impl Grams {
    pub(super) fn new<'s>(strings: impl IntoIterator<Item = (&'s [u8], u32)>) -> Self {
        let mut by_length: [Vec<(&[u8], u32)>; LENGTHS.len()] = Default::default();
        for (string, value) in strings {
            if let Some(at) = LENGTHS.iter().rposition(|&length| length <= string.len()) {
                by_length[at].push((string, value));
            }
        }
        let tables = LENGTHS.into_iter().zip(by_length).filter(|(_, strings)| !strings.is_empty());
        Self { tables: tables.map(|(length, strings)| Table::new(length, &strings)).collect() }
    }

    /// Calls `visit` once with the values of each piece that `name` holds. `hits` is working space.
    pub(super) fn visit(&self, name: &[u8], hits: &mut Vec<u64>, mut visit: impl FnMut(&[u32])) {
        for table in &self.tables {
            hits.clear();
            hits.extend(grams(name, table.length).filter(|&gram| table.filter.may_hold(hash(gram))));
            if hits.len() > 1 {
                hits.sort_unstable();
                hits.dedup();
            }
            for &gram in &*hits {
                visit(table.values(gram));
            }
        }
    }
}

/// The pieces of one length.
struct Table {
    length: usize,
    filter: Filter,
    slots: Slots,
    /// The distinct pieces by hash, each with the start of its values; they end where the next one's start.
    grams: Vec<(u64, u32)>,
    values: Vec<u32>,
}

impl Table {
    fn new(length: usize, strings: &[(&[u8], u32)]) -> Self {
        let counters = Counters::of(length, strings);
        let mut pairs: Vec<(u32, u64, u32)> = strings
            .iter()
            .filter_map(|&(string, value)| {
                let rarest = grams(string, length).min_by_key(|&gram| counters.count(gram))?;
                Some((hash(rarest), rarest, value))
            })
            .collect();
        pairs.sort_unstable();
        let mut filter = Filter::new();
        let mut grams: Vec<(u64, u32)> = Vec::new();
        for (at, &(hash, gram, _)) in (0..).zip(&pairs) {
            if grams.last().is_none_or(|last| last.0 != gram) {
                filter.insert(hash);
                grams.push((gram, at));
            }
        }
        let slots = Slots::new(grams.iter().map(|&(gram, _)| hash(gram)));
        grams.push((0, narrow(pairs.len())));
        Self { length, filter, slots, grams, values: pairs.into_iter().map(|(_, _, value)| value).collect() }
    }

    fn values(&self, gram: u64) -> &[u32] {
        let range = self.slots.range(hash(gram));
        let start = range.start;
        let key = (hash(gram), gram);
        match self.grams[range].binary_search_by_key(&key, |&(gram, _)| (hash(gram), gram)) {
            Ok(at) => {
                let at = start + at;
                &self.values[self.grams[at].1 as usize..self.grams[at + 1].1 as usize]
            }
            Err(_) => &[],
        }
    }
}

/// How often each piece occurs: no fewer times than they say.
struct Counters {
    counts: Vec<u32>,
    bits: u32,
}

impl Counters {
    fn of(length: usize, strings: &[(&[u8], u32)]) -> Self {
        let pieces = strings.iter().map(|(string, _)| string.len() - length + 1).sum::<usize>();
        let bits = bits_for(pieces * 2).min(COUNTER_BITS);
        let mut counters = Self { counts: vec![0; 1 << bits], bits };
        for (string, _) in strings {
            for gram in grams(string, length) {
                counters.counts[first_bits(hash(gram), bits)] += 1;
            }
        }
        counters
    }

    fn count(&self, gram: u64) -> u32 {
        self.counts[first_bits(hash(gram), self.bits)]
    }
}

/// The pieces of a length that `text` holds.
fn grams(text: &[u8], length: usize) -> impl Iterator<Item = u64> {
    let mask = u64::MAX >> (64 - 8 * length);
    let (first, rest) = text.split_at(text.len().min(length - 1));
    let mut last = first.iter().fold(0, |last, &byte| last << 8 | u64::from(byte));
    rest.iter().map(move |&byte| {
        last = last << 8 | u64::from(byte);
        last & mask
    })
}
