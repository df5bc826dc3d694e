//! Where to look for a hash among sorted ones.

use super::narrow;

/// The start of each slot in a list that is sorted by hash: a hash's first bits are the number of its slot. What is in
/// one slot is in order too, so that even hashes that a stranger made to collide are found by halving.
pub(super) struct Slots {
    /// One more than there are slots.
    starts: Vec<u32>,
    bits: u32,
}

impl Slots {
    /// For ascending hashes.
    pub(super) fn new(hashes: impl ExactSizeIterator<Item = u32>) -> Self {
        let bits = bits_for(hashes.len() * 2);
        let mut starts = Vec::with_capacity((1 << bits) + 1);
        let count = narrow(hashes.len());
        for (at, hash) in (0..).zip(hashes) {
            let slot = first_bits(hash, bits);
            if starts.len() <= slot {
                starts.resize(slot + 1, at);
            }
        }
        starts.resize((1 << bits) + 1, count);
        Self { starts, bits }
    }

    /// The places where `hash` may be.
    pub(super) fn range(&self, hash: u32) -> std::ops::Range<usize> {
        let slot = first_bits(hash, self.bits);
        self.starts[slot] as usize..self.starts[slot + 1] as usize
    }
}

/// Refuses most hashes that are not in it. It has one size, small enough for the nearest cache of a processor, whatever
/// it holds: so full that it refuses none, it is useless and right.
pub(super) struct Filter(Box<[u64; 1 << (Filter::BITS - 6)]>);

impl Filter {
    const BITS: u32 = 17;

    pub(super) fn new() -> Self {
        Self(Box::new([0; 1 << (Self::BITS - 6)]))
    }

    pub(super) fn insert(&mut self, hash: u32) {
        let bit = first_bits(hash, Self::BITS);
        self.0[bit / 64] |= 1 << (bit % 64);
    }

    pub(super) fn may_hold(&self, hash: u32) -> bool {
        let bit = first_bits(hash, Self::BITS);
        self.0[bit / 64] & 1 << (bit % 64) != 0
    }
}

/// A hash whose first bits depend on all of the number.
pub(super) fn hash(number: u64) -> u32 {
    let product = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    u32::try_from(product >> 32).unwrap_or_default()
}

pub(super) fn first_bits(hash: u32, bits: u32) -> usize {
    (hash >> (u32::BITS - bits)) as usize
}

/// As many bits as number this many; at least one, and never too many to have a place for each number.
pub(super) fn bits_for(count: usize) -> u32 {
    (usize::BITS - count.max(2).saturating_sub(1).leading_zeros()).min(28)
}
