//! In which order the entries of a section beat each other, as ranks for the matcher and the engine.

use super::{Codeowners, Coverage, Engine, EntryId, Pattern, SectionId};

/// The rank of an entry in its section: the greatest that matches wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank(pub(super) u32);

/// An exclusion beats every entry of its section, wherever it stands.
const EXCLUSION: u32 = 1 << 31;

impl Rank {
    /// True for the rank of an exclusion.
    pub(super) fn excludes(self) -> bool {
        self.0 & EXCLUSION != 0
    }
}

impl Codeowners {
    /// The globs of a section with their ranks; what the host does not keep is not there.
    pub(super) fn ranked(&self, section: SectionId) -> impl Iterator<Item = (Rank, &Pattern)> {
        let kept = self.iter().filter(move |(_, entry)| entry.section == section && entry.replaced_by.is_none());
        kept.filter_map(|(id, entry)| {
            let rank = if entry.excludes { id.0 | EXCLUSION } else { entry.rank };
            Some((Rank(rank), entry.glob()?))
        })
    }

    /// The entries by rank: of those with one rank, the one that the host keeps.
    pub(crate) fn by_rank(&self) -> Vec<EntryId> {
        let mut by_rank: Vec<EntryId> = self.iter().map(|(id, _)| id).collect();
        for (id, entry) in self.iter().filter(|(_, entry)| entry.replaced_by.is_none()) {
            by_rank[entry.rank as usize] = id;
        }
        by_rank
    }

    /// The exact engine over the globs of a section.
    pub(crate) fn engine(&self, section: SectionId) -> Engine<'_> {
        let ranked: Vec<(u32, &Pattern)> = self.ranked(section).map(|(rank, pattern)| (rank.0, pattern)).collect();
        Engine::new(&ranked)
    }

    /// The entry that wins by a rank of [`Self::engine`]; `None` for an exclusion, by which nobody does.
    pub(crate) fn entry_of_rank(by_rank: &[EntryId], rank: u32) -> Option<EntryId> {
        if Rank(rank).excludes() { None } else { by_rank.get(rank as usize).copied() }
    }

    /// Decides for each entry in force whether others of its section win every path that it could ever match. Ranks in
    /// the answers are ids of entries. `budget` is for all sections together.
    ///
    /// Where all matching entries add up there is nothing to decide.
    pub fn coverage(&self, budget: &mut u64) -> Vec<(EntryId, Coverage)> {
        if self.dialect.adds_up() {
            return Vec::new();
        }
        let by_rank = self.by_rank();
        let entry_of = |rank: u32| {
            if Rank(rank).excludes() { EntryId(rank & !EXCLUSION) } else { by_rank[rank as usize] }
        };
        let mut answers = Vec::with_capacity(self.entries.len());
        for section in (0..).map(SectionId).take(self.sections.len()) {
            let of_section = self
                .engine(section)
                .roughly_covered_by_later(budget)
                .into_iter()
                .filter(|(rank, _)| !Rank(*rank).excludes());
            answers.extend(of_section.map(|(rank, coverage)| {
                let coverage = match coverage {
                    Coverage::Covered(by) => {
                        let mut by: Vec<u32> = by.into_iter().map(|rank| entry_of(rank).0).collect();
                        by.sort_unstable();
                        Coverage::Covered(by)
                    }
                    other => other,
                };
                (entry_of(rank), coverage)
            }));
        }
        answers.sort_unstable_by_key(|(id, _)| *id);
        answers
    }
}
