//! Which entries decide each path of a list.

use rustc_hash::FxHashMap;

use super::order::Rank;
use super::{Codeowners, EntryId, Matcher, Pattern, Regular, RegularSet, SectionId, TooMuchWork};

/// The winning entries of many paths, each distinct set of them once.
///
/// On GitHub (and Bitbucket) a set has at most one entry: the last that matches. On GitLab it has the last that matches
/// of each section that does not exclude the path. On Gitea and Forgejo it has all that match.
#[derive(Clone, Debug, Default)]
pub struct Winners {
    /// By path: an index in `ends`.
    of_path: Vec<u32>,
    /// The sets, one behind the other; the first is empty.
    entries: Vec<EntryId>,
    ends: Vec<u32>,
}

impl Winners {
    /// Nobody wins any of so many paths.
    pub fn none(paths: usize) -> Self {
        Self { of_path: vec![0; paths], entries: Vec::new(), ends: vec![0] }
    }

    /// Decides the paths, which cost least in sorted order.
    ///
    /// # Errors
    ///
    /// Regular expressions that are out of all proportion; globs never are.
    pub fn new<'p>(
        codeowners: &Codeowners,
        paths: impl ExactSizeIterator<Item = &'p [u8]>,
    ) -> Result<Self, TooMuchWork> {
        if codeowners.dialect.adds_up() {
            Self::of_all(codeowners, paths)
        } else {
            Ok(Self::of_last(codeowners, paths))
        }
    }

    /// All that match decide.
    fn of_all<'p>(codeowners: &Codeowners, paths: impl Iterator<Item = &'p [u8]>) -> Result<Self, TooMuchWork> {
        let rules: Vec<(u32, &Regular)> =
            codeowners.iter().filter_map(|(id, entry)| Some((id.0, entry.regular()?))).collect();
        let mut rules = RegularSet::new(&rules)?;
        let mut sets = Sets::default();
        let (mut ranks, mut set) = (Vec::new(), Vec::new());
        for path in paths {
            rules.matching(path, &mut ranks)?;
            set.clear();
            set.extend(ranks.iter().copied().map(EntryId));
            sets.push(&set);
        }
        Ok(sets.winners)
    }

    /// The last that matches in each section decides.
    fn of_last<'p>(codeowners: &Codeowners, paths: impl Iterator<Item = &'p [u8]>) -> Self {
        let ids = || (0..).map(SectionId).take(codeowners.sections.len());
        let by_rank = codeowners.by_rank();
        // All sections in one order; exclusions stand last in theirs.
        let mut all: Vec<(SectionId, Rank, &Pattern)> =
            ids().flat_map(|id| codeowners.ranked(id).map(move |(rank, pattern)| (id, rank, pattern))).collect();
        all.sort_by_key(|&(_, rank, _)| rank);
        let winner: Vec<Option<EntryId>> =
            all.iter().map(|&(_, rank, _)| Codeowners::entry_of_rank(&by_rank, rank.0)).collect();
        let matcher = Matcher::new((0..).zip(&all).map(|(order, &(.., pattern))| (order, pattern)));
        if codeowners.sections.len() == 1 {
            let mut walk = matcher.walk();
            let set = |order: u32| winner[order as usize].map_or(0, |id| id.0 + 1);
            return Self {
                // Each entry alone is a set, by its id.
                of_path: paths.map(|path| walk.winner(path).map_or(0, set)).collect(),
                ends: (0..=u32::try_from(codeowners.entries.len()).unwrap_or(u32::MAX)).collect(),
                entries: codeowners.iter().map(|(id, _)| id).collect(),
            };
        }
        let groups: Vec<u32> = all.iter().map(|&(section, ..)| section.0).collect();
        let mut walk = matcher.walk_groups(&groups);
        let mut sets = Sets::default();
        let mut set: Vec<EntryId> = Vec::new();
        for path in paths {
            let found = walk.winners(path);
            if !found.is_repeated {
                set.clear();
                set.extend(found.ranks.iter().filter_map(|&order| winner[order as usize]));
                set.sort_unstable();
            }
            sets.push(&set);
        }
        sets.winners
    }

    /// The number of the set that decides the path at an index: equal numbers, equal sets.
    pub fn set_of(&self, path: usize) -> u32 {
        self.of_path[path]
    }

    /// The entries of a set, in file order.
    pub fn set(&self, number: u32) -> &[EntryId] {
        let number = number as usize;
        let start = if number == 0 { 0 } else { self.ends[number - 1] };
        &self.entries[start as usize..self.ends[number] as usize]
    }

    /// The entries that decide the path at an index, in file order.
    pub fn of(&self, path: usize) -> &[EntryId] {
        self.set(self.of_path[path])
    }
}

/// Winners as they are found, with each set under its number.
struct Sets {
    winners: Winners,
    known: FxHashMap<Vec<EntryId>, u32>,
}

impl Default for Sets {
    fn default() -> Self {
        Self { winners: Winners::none(0), known: FxHashMap::from_iter([(Vec::new(), 0)]) }
    }
}

impl Sets {
    /// Notes who decides the next path.
    fn push(&mut self, set: &[EntryId]) {
        let Self { winners, known } = self;
        let number = known.get(set).copied().unwrap_or_else(|| {
            let number = u32::try_from(winners.ends.len()).unwrap_or(u32::MAX);
            winners.entries.extend_from_slice(set);
            winners.ends.push(u32::try_from(winners.entries.len()).unwrap_or(u32::MAX));
            known.insert(set.to_vec(), number);
            number
        });
        winners.of_path.push(number);
    }
}
