//! Whole names.

use std::hash::Hasher as _;

use rustc_hash::FxHasher;

use super::narrow;
use super::slots::{self, Slots};

/// What is stored at names.
pub(super) struct Exact {
    slots: Slots,
    /// In the order of hashes, then of names.
    entries: Vec<Entry>,
    text: Vec<u8>,
}

struct Entry {
    hash: u32,
    /// Its part of [`Exact::text`].
    name: (u32, u32),
    value: u32,
}

impl Exact {
    pub(super) fn new<'n>(names: impl IntoIterator<Item = (&'n str, u32)>) -> Self {
        let mut names: Vec<(u32, &str, u32)> =
            names.into_iter().map(|(name, value)| (hash(name.as_bytes()), name, value)).collect();
        names.sort_unstable();
        let mut text = Vec::new();
        let mut entries = Vec::with_capacity(names.len());
        for (hash, name, value) in names {
            let start = narrow(text.len());
            text.extend_from_slice(name.as_bytes());
            entries.push(Entry { hash, name: (start, narrow(text.len())), value });
        }
        Self { slots: Slots::new(entries.iter().map(|entry| entry.hash)), entries, text }
    }

    pub(super) fn get(&self, name: &[u8]) -> Option<u32> {
        if self.entries.is_empty() {
            return None;
        }
        let hash = hash(name);
        let near = &self.entries[self.slots.range(hash)];
        let at = near.binary_search_by(|entry| {
            entry.hash.cmp(&hash).then_with(|| self.text[entry.name.0 as usize..entry.name.1 as usize].cmp(name))
        });
        Some(near[at.ok()?].value)
    }
}

#[cfg(test)]
impl Exact {
    pub(super) fn has_collisions(&self) -> bool {
        self.entries.windows(2).any(|two| two[0].hash == two[1].hash)
    }
}

fn hash(name: &[u8]) -> u32 {
    let mut hasher = FxHasher::default();
    hasher.write(name);
    slots::hash(hasher.finish())
}
