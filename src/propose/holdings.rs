//! The owners of CODEOWNERS, and what they win today.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use super::hints::{Hints, Sign};
use crate::codeowners::{Codeowners, Entry, EntryId, Owner, OwnerKind};
use crate::future::Stages;
use crate::policy::{AreaId, Party};

/// An owner, and what speaks for a role.
pub(super) struct Holder<'a> {
    pub(super) owner: &'a Owner,
    /// As a policy spells it.
    pub(super) spelling: String,
    /// What the name says.
    pub(super) signs: Vec<Sign>,
    /// What the headings above the owner's entries say.
    pub(super) headings: Vec<Sign>,
    /// Artefacts won by an entry that does not match everything, by area.
    pub(super) wins: BTreeMap<&'a str, usize>,
    /// Artefacts won by one that does.
    pub(super) by_catch_all: usize,
    /// The part of `wins` that each role answers for, in sixtieths of a file.
    credit: BTreeMap<&'a str, usize>,
}

/// So that half a file, a third and a quarter are whole numbers.
const PARTS: usize = 60;

impl Holder<'_> {
    /// How many artefacts are won by specific entries.
    pub(super) fn files(&self) -> usize {
        self.wins.values().sum()
    }

    /// The roles that answer for some of the files.
    pub(super) fn roles_by_files(&self) -> impl Iterator<Item = &str> {
        self.credit.keys().copied()
    }

    /// How far the files speak for a role: 2 clearly, 1 for the greater part, 0 not.
    pub(super) fn files_speak_for(&self, role: &str) -> u8 {
        const CLEARLY: usize = 3;
        let (credit, all) = (self.credit.get(role).copied().unwrap_or_default(), self.files() * PARTS);
        match () {
            () if credit == 0 || credit * 2 < all => 0,
            () if self.files() >= CLEARLY && credit * 4 >= all * 3 => 2,
            () => 1,
        }
    }

    /// True where there are files enough to say so, and the role answers for none.
    pub(super) fn files_contradict(&self, role: &str) -> bool {
        const ENOUGH: usize = 3;
        self.files() >= ENOUGH && !self.credit.contains_key(role)
    }

    /// `wins 5 files (3 data, 2 features)`
    pub(super) fn wins_told(&self) -> Option<String> {
        const MOST: usize = 3;
        let mut areas: Vec<(&str, usize)> = self.wins.iter().map(|(area, files)| (*area, *files)).collect();
        areas.sort_by_key(|&(_, files)| std::cmp::Reverse(files));
        let others: usize = areas.iter().skip(MOST).map(|(_, files)| files).sum();
        let mut told: Vec<String> = areas.iter().take(MOST).map(|(area, files)| format!("{files} {area}")).collect();
        if others > 0 {
            told.push(format!("{others} other"));
        }
        match (self.files(), self.by_catch_all) {
            (0, 0) => None,
            (0, files) => Some(format!("wins {} by the entry for everything", super::write::count(files))),
            (files, _) => Some(format!("wins {} ({})", super::write::count(files), told.join(", "))),
        }
    }
}

/// Every owner whom the host could ask, in the order of the file.
pub(super) fn holders<'a>(stages: Stages<'a>, hints: &Hints) -> Vec<Holder<'a>> {
    let Some(file) = stages.codeowners else { return Vec::new() };
    let in_force = || file.iter().filter(|(_, entry)| entry.is_in_force());
    let organisations: FxHashSet<String> = in_force()
        .flat_map(|(_, entry)| &entry.owners)
        .filter_map(|owner| owner.text.strip_prefix('@')?.split_once('/'))
        .flat_map(|(organisation, _)| super::hints::words(organisation))
        .collect();
    let headings = headings(file, hints);
    let mut holders: Vec<Holder<'a>> = Vec::new();
    let mut known: FxHashMap<&str, usize> = FxHashMap::default();
    for (id, entry) in in_force() {
        for owner in &entry.owners {
            // Whoever has a role in a project on GitLab is no team.
            if owner.kind == OwnerKind::Role {
                continue;
            }
            let at = *known.entry(owner.key.as_str()).or_insert_with(|| {
                holders.push(Holder {
                    owner,
                    spelling: spelling(owner),
                    signs: hints.of_name(name(owner), &organisations),
                    headings: Vec::new(),
                    wins: BTreeMap::new(),
                    by_catch_all: 0,
                    credit: BTreeMap::new(),
                });
                holders.len() - 1
            });
            for sign in headings.get(&id).into_iter().flatten() {
                if !holders[at].headings.contains(sign) {
                    holders[at].headings.push(sign.clone());
                }
            }
        }
    }
    count(stages, file, &known, &mut holders);
    holders
}

/// Adds what is won today.
fn count<'a>(stages: Stages<'a>, file: &'a Codeowners, known: &FxHashMap<&str, usize>, holders: &mut [Holder<'a>]) {
    // Paths of one area that the same entries win are counted at once.
    let mut groups: BTreeMap<(u32, AreaId), (usize, usize)> = BTreeMap::new();
    for item in stages.ownership.items() {
        if let Some(area) = item.area {
            groups.entry((stages.ownership.set_of(item.path), area)).or_insert((item.path, 0)).1 += 1;
        }
    }
    for ((_, area), (path, files)) in groups {
        let area = stages.policy.area(area);
        let wanted = area.ownership.as_ref().and_then(|wanted| wanted.accountable.as_ref());
        let roles: Vec<&str> = wanted
            .iter()
            .flat_map(|parties| &parties.value)
            .filter_map(|party| match &party.value {
                Party::Role(role) => Some(stages.policy.role(*role).name.as_str()),
                Party::Owner(_) => None,
            })
            .collect();
        let mut seen: FxHashSet<usize> = FxHashSet::default();
        for entry in stages.ownership.winners(path).iter().map(|&winner| file.entry(winner)) {
            for &at in entry.owners.iter().filter_map(|owner| known.get(owner.key.as_str())) {
                if entry.is_catch_all() {
                    holders[at].by_catch_all += files;
                } else if seen.insert(at) {
                    *holders[at].wins.entry(&area.name).or_default() += files;
                    for role in &roles {
                        *holders[at].credit.entry(role).or_default() += files * PARTS / roles.len();
                    }
                }
            }
        }
    }
}

/// The part of an owner's text that names somebody: not the organisation, not the mail server.
fn name(owner: &Owner) -> &str {
    match owner.text.strip_prefix('@') {
        Some(handle) => handle.split_once('/').map_or(handle, |(_, team)| team),
        None => owner.text.rsplit_once('@').map_or(owner.text.as_str(), |(local, _)| local),
    }
}

/// The owner without what a host adds to a handle (`@acme/ml:random(2)`), in the file's own case.
fn spelling(owner: &Owner) -> String {
    let handle = owner.text.get(..owner.key.len()).filter(|handle| handle.to_lowercase() == owner.key);
    handle.unwrap_or(&owner.key).to_owned()
}

/// What the heading above each entry says: a comment that stands right above a block of entries, or its section.
fn headings(file: &Codeowners, hints: &Hints) -> BTreeMap<EntryId, Vec<Sign>> {
    let line_of = |at: usize| file.lines.position(&file.text, at).line;
    let comments: BTreeMap<usize, Vec<Sign>> = file
        .comments
        .iter()
        .filter(|span| {
            let before = file.lines.line(&file.text, line_of(span.start)).map_or(0, |line| line.start);
            file.text[before..span.start].iter().all(u8::is_ascii_whitespace)
        })
        .map(|span| (line_of(span.start), hints.of_heading(&String::from_utf8_lossy(&file.text[span.range()]))))
        .collect();
    let mut headings = BTreeMap::new();
    let mut current: Vec<Sign> = Vec::new();
    let mut before: Option<usize> = None;
    for (id, entry) in file.iter() {
        let above: Vec<&Vec<Sign>> =
            (1..entry.line).rev().map_while(|line| comments.get(&line)).take(MOST_COMMENT_LINES).collect();
        let block_starts_at = entry.line - 1 - above.len();
        if before != Some(block_starts_at) {
            current.clear();
        }
        if let Some(signs) = above.into_iter().find(|signs| !signs.is_empty()) {
            current.clone_from(signs);
        }
        before = Some(entry.line);
        let mut signs = current.clone();
        signs.extend(of_section(file, entry, hints));
        if !signs.is_empty() {
            headings.insert(id, signs);
        }
    }
    headings
}

/// Lines of one comment above an entry that are looked at.
const MOST_COMMENT_LINES: usize = 8;

fn of_section(file: &Codeowners, entry: &Entry, hints: &Hints) -> Vec<Sign> {
    hints.of_heading(&file.section(entry.section).name)
}
