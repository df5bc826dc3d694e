//! What the repository holds: areas, directories that look like one, production.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use super::hints::Hints;
use crate::catalogue::KindId;
use crate::codeowners::Dialect;
use crate::future::Stages;
use crate::policy::AreaId;
use crate::rules::pattern_of;

/// What the repository holds.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Areas with a file, by name.
    pub areas: Vec<FoundArea>,
    /// Directories that are named like an area and mostly hold files that are not in it.
    pub named: Vec<(String, Candidate)>,
    /// Patterns of directories that hold artefacts and say that they are production.
    pub production: Vec<String>,
}

/// An area, and what is in it.
#[derive(Clone, Debug, Default)]
pub struct FoundArea {
    /// `serving`
    pub name: String,
    /// How many files.
    pub files: usize,
    /// Titles of their kinds, the most frequent first.
    pub kinds: Vec<String>,
    /// One of the paths.
    pub example: Vec<u8>,
    /// Who owns them today, the most frequent first.
    pub owners: Vec<String>,
    /// How many nobody owns.
    pub unowned: usize,
    /// Directories that hold little else.
    pub directories: Vec<Candidate>,
}

/// A directory that may be given to an area as a whole.
#[derive(Clone, Debug, Default)]
pub struct Candidate {
    /// As a policy's pattern.
    pub pattern: String,
    /// How many of its files are in the area today.
    pub known: usize,
    /// How many files it holds.
    pub files: usize,
}

impl Candidate {
    fn new(directory: &[u8], known: usize, files: usize) -> Self {
        Self { pattern: pattern_of(Dialect::GitHub, &[directory, b"/"].concat()), known, files }
    }

    /// True where the files speak for the area by themselves.
    const fn is_mostly_known(known: usize, files: usize) -> bool {
        known * 3 >= files * 2
    }
}

/// Kinds, owners and directories that are worth telling.
const MOST_TOLD: usize = 3;

pub(super) fn found(stages: Stages<'_>, hints: &Hints) -> Found {
    let mut by_area: BTreeMap<AreaId, Vec<usize>> = BTreeMap::new();
    for item in stages.ownership.items() {
        if let Some(area) = item.area {
            by_area.entry(area).or_default().push(item.path);
        }
    }
    let mut areas: Vec<FoundArea> = by_area.iter().map(|(&area, paths)| of_area(stages, area, paths)).collect();
    areas.sort_by(|a, b| a.name.cmp(&b.name));
    if areas.is_empty() {
        return Found::default();
    }
    // Where the files of a directory say another area than its name does, they are believed.
    let by_files: FxHashSet<&str> =
        areas.iter().flat_map(|area| &area.directories).map(|candidate| candidate.pattern.as_str()).collect();
    let mut named = named(stages, hints);
    named.retain(|(_, candidate)| !by_files.contains(candidate.pattern.as_str()));
    Found { areas, named, production: production(stages, hints) }
}

fn of_area(stages: Stages<'_>, area: AreaId, paths: &[usize]) -> FoundArea {
    let mut kinds: FxHashMap<KindId, usize> = FxHashMap::default();
    let mut owners: FxHashMap<&str, usize> = FxHashMap::default();
    // Paths that the same entries win are counted at once: an entry can name any number of owners.
    let mut sets: FxHashMap<u32, (usize, usize)> = FxHashMap::default();
    for &path in paths {
        if let Some(kind) = stages.ownership.item(path).and_then(|item| item.kind) {
            *kinds.entry(kind).or_default() += 1;
        }
        sets.entry(stages.ownership.set_of(path)).or_insert((path, 0)).1 += 1;
    }
    let mut unowned = 0;
    for (path, count) in sets.into_values() {
        let winners = stages.ownership.winners(path);
        let entries = winners.iter().filter_map(|&winner| Some(stages.codeowners?.entry(winner)));
        let names: FxHashSet<&str> = entries.flat_map(|entry| &entry.owners).map(|owner| owner.text.as_str()).collect();
        if names.is_empty() {
            unowned += count;
        }
        for name in names {
            *owners.entry(name).or_default() += count;
        }
    }
    let title = |kind: KindId| stages.catalogue.kind(kind).title.as_str();
    FoundArea {
        name: stages.policy.area(area).name.clone(),
        files: paths.len(),
        kinds: most(kinds.into_iter().map(|(kind, count)| (title(kind), count))),
        example: paths.first().map(|&path| stages.listing.path(path).to_vec()).unwrap_or_default(),
        owners: most(owners),
        unowned,
        directories: directories(stages, paths),
    }
}

/// The names with the greatest counts.
fn most<'n>(counts: impl IntoIterator<Item = (&'n str, usize)>) -> Vec<String> {
    let mut counts: Vec<(&str, usize)> = counts.into_iter().collect();
    counts.sort_by(|a, b| (std::cmp::Reverse(a.1), a.0).cmp(&(std::cmp::Reverse(b.1), b.0)));
    counts.into_iter().take(MOST_TOLD).map(|(name, _)| name.to_owned()).collect()
}

/// Directories of which these paths are the greater part: a file to come there is probably one of them too.
fn directories(stages: Stages<'_>, paths: &[usize]) -> Vec<Candidate> {
    const FEWEST: usize = 3;
    let mut counts: BTreeMap<&[u8], usize> = BTreeMap::new();
    for &path in paths {
        for directory in above(stages.listing.path(path)) {
            *counts.entry(directory).or_default() += 1;
        }
    }
    let mut chosen: Vec<(&[u8], usize, usize)> = Vec::new();
    // In the order of paths a directory stands before those below it.
    for (directory, count) in counts {
        let is_below = |&(other, ..): &(&[u8], usize, usize)| {
            directory.strip_prefix(other).is_some_and(|rest| rest.starts_with(b"/"))
        };
        let all = stages.listing.below(directory).len();
        if count >= FEWEST && Candidate::is_mostly_known(count, all) && !chosen.last().is_some_and(is_below) {
            chosen.push((directory, count, all));
        }
    }
    chosen.sort_by_key(|&(_, count, _)| std::cmp::Reverse(count));
    chosen.into_iter().take(MOST_TOLD).map(|(directory, count, all)| Candidate::new(directory, count, all)).collect()
}

/// Directories that are named like an area and whose files are mostly not in it: near the top, where a name speaks for
/// the repository and not for a package in it.
fn named(stages: Stages<'_>, hints: &Hints) -> Vec<(String, Candidate)> {
    const DEEPEST: usize = 2;
    const FEWEST: usize = 2;
    let mut exclusions = stages.catalogue.exclusions.walk(stages.listing);
    let mut told: BTreeMap<&str, Vec<Candidate>> = BTreeMap::new();
    let mut seen: FxHashSet<&[u8]> = FxHashSet::default();
    let items = stages.ownership.items();
    for path in stages.listing.iter().filter(|path| !ASIDE.iter().any(|aside| path.starts_with(aside))) {
        for directory in above(path).take(DEEPEST) {
            if !seen.insert(directory) {
                continue;
            }
            let name = String::from_utf8_lossy(base(directory)).to_lowercase();
            let Some(area) = hints.directories.get(&name).filter(|_| exclusions.excluded(path).is_none()) else {
                continue;
            };
            let below = stages.listing.below(directory);
            let first = items.partition_point(|item| item.path < below.start);
            let after = items.partition_point(|item| item.path < below.end);
            let id = stages.policy.area_named(area);
            let known = items[first..after].iter().filter(|item| item.area == id).count();
            let candidate = Candidate::new(directory, known, below.len());
            let list = told.entry(area).or_default();
            let is_nested = list.iter().any(|other| candidate.pattern.starts_with(&other.pattern));
            if below.len() >= FEWEST && !Candidate::is_mostly_known(known, below.len()) && !is_nested {
                list.push(candidate);
            }
        }
    }
    let mut all = Vec::new();
    for (area, mut list) in told {
        list.sort_by_key(|candidate| std::cmp::Reverse(candidate.files));
        all.extend(list.into_iter().take(MOST_TOLD).map(|candidate| (area.to_owned(), candidate)));
    }
    all
}

/// Trees in which a directory's name says what is written about, or what a tool wants.
const ASIDE: [&[u8]; 5] = [b".", b"docs/", b"doc/", b"examples/", b"site/"];

/// Directories with artefacts of deployment or serving whose name says production.
fn production(stages: Stages<'_>, hints: &Hints) -> Vec<String> {
    let mut patterns: Vec<String> = Vec::new();
    for item in stages.ownership.items() {
        let area = item.area.map(|area| stages.policy.area(area).name.as_str());
        if !matches!(area, Some("deployment" | "serving")) {
            continue;
        }
        let path = stages.listing.path(item.path);
        let is_production =
            |directory: &&[u8]| hints.production.contains(&String::from_utf8_lossy(base(directory)).to_lowercase());
        if let Some(directory) = above(path).find(is_production) {
            let pattern = Candidate::new(directory, 0, 0).pattern;
            if !patterns.contains(&pattern) && patterns.len() < MOST_TOLD {
                patterns.push(pattern);
            }
        }
    }
    patterns
}

/// The directories of a path, from the top down, without the root.
fn above(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    memchr::memchr_iter(b'/', path).map(|slash| &path[..slash])
}

fn base(directory: &[u8]) -> &[u8] {
    directory.rsplit(|&byte| byte == b'/').next().unwrap_or_default()
}
