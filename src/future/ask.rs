//! One question to the exact engine: is there a path of these whose owners fail a demand?

use std::rc::Rc;

use super::{Earth, Piece, PieceOrigin, Stages};
use crate::catalogue::KindId;
use crate::codeowners::{
    Codeowners, Engine, EntryId, Ground, Language, PathSearch, PathSet, Pattern, Regular, SectionId, Winner,
    find_failing, find_path_where,
};
use crate::ownership::{Demand, Judge};
use crate::policy::AreaId;

/// Pieces that have the same exceptions.
pub(super) struct Group<'a> {
    except: &'a Rc<[Pattern]>,
    include: Vec<&'a Pattern>,
    /// The kind whose content decides, where a path alone does not.
    content: Option<KindId>,
    set: Option<PathSet<'a>>,
}

impl<'a> Group<'a> {
    pub(super) fn new(piece: &'a Piece) -> Self {
        Self { except: &piece.except, include: vec![&piece.pattern], content: content(piece), set: None }
    }

    /// What one pattern matches, all of it.
    pub(super) fn of_pattern(pattern: &'a Pattern, except: &'a Rc<[Pattern]>) -> Self {
        Self { except, include: vec![pattern], content: None, set: None }
    }

    pub(super) fn takes(&self, piece: &Piece) -> bool {
        self.content == content(piece) && (Rc::ptr_eq(self.except, &piece.except) || *self.except == piece.except)
    }

    pub(super) fn push(&mut self, piece: &'a Piece) {
        self.include.push(&piece.pattern);
    }

    pub(super) fn content(&self) -> Option<KindId> {
        self.content
    }

    pub(super) fn finish(&mut self, candidates: &Candidates<'_>) {
        let except: Vec<&Pattern> = self.except.iter().collect();
        let names: Vec<&str> = candidates.names.iter().map(String::as_str).collect();
        let set = PathSet::new(&self.include, &except);
        self.set = Some(set.with_candidates(candidates.directories.iter().copied(), &names));
    }

    /// Any path of the group that could be added.
    pub(super) fn any(&self, ground: &Earth<'_>, budget: &mut u64) -> PathSearch {
        let Some(set) = &self.set else { return PathSearch::NotDecided };
        find_failing(&[], set, &|_| Some(false), Some(ground), budget)
    }
}

fn content(piece: &Piece) -> Option<KindId> {
    match piece.origin {
        PieceOrigin::Content(kind) => Some(kind),
        PieceOrigin::Policy(_) | PieceOrigin::Kind(_) => None,
    }
}

/// Where an area's files stand today, and what new ones there would be called.
pub(super) struct Candidates<'a> {
    directories: Vec<&'a [u8]>,
    names: Vec<String>,
}

impl<'a> Candidates<'a> {
    pub(super) fn new(stages: Stages<'a>, area: AreaId) -> Self {
        const MOST_NAMES: usize = 12;
        let items = stages.ownership.items().iter().filter(|item| item.area == Some(area));
        let Self { directories, mut names } = Self::beside(items.map(|item| stages.listing.path(item.path)));
        // What else the area's kinds are called.
        let kinds = stages.catalogue.kinds.iter().filter(|kind| {
            stages.policy.area_claiming(&kind.name).or_else(|| stages.policy.area_named(&kind.area)) == Some(area)
        });
        for name in kinds.flat_map(|kind| &kind.names).filter_map(|text| text.strip_prefix("*.")) {
            let new = format!("new.{name}");
            if names.len() < MOST_NAMES && !name.contains(['*', '?', '/']) && !names.contains(&new) {
                names.push(new);
            }
        }
        Self { directories, names }
    }

    /// What new files beside these would be called.
    pub(super) fn beside(paths: impl Iterator<Item = &'a [u8]>) -> Self {
        const MOST: usize = 64;
        let mut directories: Vec<&[u8]> = Vec::new();
        let mut names: Vec<String> = Vec::new();
        for path in paths {
            let (directory, name) =
                memchr::memrchr(b'/', path).map_or((&path[..0], path), |at| (&path[..at], &path[at + 1..]));
            if directories.len() < MOST && directories.last() != Some(&directory) {
                directories.push(directory);
            }
            let extension = std::str::from_utf8(name).ok().and_then(|name| name.rsplit_once('.'));
            if let Some((_, extension)) = extension.filter(|(stem, _)| !stem.is_empty() && names.len() < 4) {
                let new = format!("new.{extension}");
                if !names.contains(&new) {
                    names.push(new);
                }
            }
        }
        Self { directories, names }
    }
}

/// The entries, ready to be asked.
pub(super) enum Asker<'a> {
    /// The last match of each section that has to approve wins.
    Last(Vec<Engine<'a>>, Vec<EntryId>),
    /// All that match add up.
    All(Vec<(u32, &'a Regular)>),
}

impl<'a> Asker<'a> {
    pub(super) fn new(codeowners: &'a Codeowners) -> Self {
        if codeowners.dialect.adds_up() {
            let rules = codeowners.iter().filter_map(|(id, entry)| Some((id.0, entry.regular()?)));
            return Self::All(rules.collect());
        }
        let required = (0..).map(SectionId).zip(&codeowners.sections).filter(|(_, section)| !section.optional);
        let engines = required.map(|(id, _)| codeowners.engine(id)).collect();
        Self::Last(engines, codeowners.by_rank())
    }

    /// A path of the group whose winners fail, and that could be added. `holds` may have to decide by some of the winners
    /// only, which its second argument says: `None` where that is not enough.
    pub(super) fn find_failing(
        &self,
        group: &Group<'_>,
        holds: &dyn Fn(&[EntryId], bool) -> Option<bool>,
        ground: &Earth<'_>,
        budget: &mut u64,
    ) -> PathSearch {
        match self {
            Self::Last(engines, by_rank) => {
                let Some(set) = &group.set else { return PathSearch::NotDecided };
                let holds = |winners: &[Winner]| {
                    let ranks = winners.iter().filter_map(|winner| match winner {
                        Winner::Rank(rank) => Codeowners::entry_of_rank(by_rank, *rank),
                        Winner::Open | Winner::Nobody => None,
                    });
                    holds(&ranks.collect::<Vec<_>>(), winners.contains(&Winner::Open))
                };
                find_failing(&engines.iter().collect::<Vec<_>>(), set, &holds, Some(ground), budget)
            }
            Self::All(rules) => find_among_all(rules, group, holds, ground, budget),
        }
    }
}

/// Whether the winners of a path meet a demand of an area; with more to come, what is known may be enough.
pub(super) fn meets(
    judge: &Judge<'_>,
    (area, demand): (AreaId, Demand),
    winners: &[EntryId],
    more: bool,
) -> Option<bool> {
    let meets = judge.meets(winners, area, demand);
    if !more {
        return Some(meets);
    }
    let owned = demand != Demand::Owned && judge.meets(winners, area, Demand::Owned);
    match demand.is_met_by_more() {
        true if meets && (owned || demand == Demand::Owned) => Some(true),
        false if !meets => Some(false),
        _ => None,
    }
}

/// Where all matching entries add up, one pattern after the other is asked about.
fn find_among_all(
    rules: &[(u32, &Regular)],
    group: &Group<'_>,
    holds: &dyn Fn(&[EntryId], bool) -> Option<bool>,
    ground: &Earth<'_>,
    budget: &mut u64,
) -> PathSearch {
    let outside: Vec<Language<'_>> = group.except.iter().map(Language::Glob).collect();
    let mut fails = |ranks: &[u32]| {
        let entries: Vec<EntryId> = ranks.iter().copied().map(EntryId).collect();
        holds(&entries, false) == Some(false)
    };
    let mut answer = PathSearch::Nowhere;
    for pattern in &group.include {
        let found = find_path_where(&[Language::Glob(pattern)], &outside, rules, &mut fails, budget);
        match found {
            PathSearch::Nowhere => {}
            PathSearch::Found(path) if (ground as &dyn Ground).allows(&path) => return PathSearch::Found(path),
            PathSearch::Found(path) | PathSearch::Taken(path) => answer = PathSearch::Taken(path),
            PathSearch::NotDecided => answer = PathSearch::NotDecided,
        }
    }
    answer
}
