//! What a change did: the files that it adds, edits, moves and removes, and the state before it.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::finding::Subject;
use crate::future::Stages;
use crate::source::{FileKind, Listing};

/// A change, for those who judge only that.
pub struct Change<'a> {
    /// The state before, for people: `1a2b3c4 (main)`.
    pub since: String,
    /// The stages before. The policy is the one of today.
    pub before: Stages<'a>,
    /// What would have been told of the state before.
    pub told_before: FxHashSet<(&'static str, Subject)>,
    /// The files that decide what is checked and who is asked, where the change touches them.
    pub gate: Vec<GateFile>,
    /// What happened to the files.
    pub files: Files,
}

/// A file that decides what is checked, or who is asked, and that a change touches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateFile {
    /// Relative to the root.
    pub path: String,
    /// What it decides.
    pub role: GateRole,
    /// What the change does to it.
    pub fate: Fate,
    /// How many violations more a baseline keeps quiet; 0 for the other files.
    pub quiet: usize,
}

/// What a file of the gate decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GateRole {
    /// Who is asked.
    Codeowners,
    /// What is expected.
    Policy,
    /// What is expected of every repository.
    Floor,
    /// What is quiet.
    Baseline,
}

/// What a change does to a file of the gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It was not there.
    Added,
    /// It says something else.
    Edited,
    /// It is there no more, or counts no more.
    Removed,
}

/// What a change did to the files.
#[derive(Clone, Debug, Default)]
pub struct Files {
    /// By the index of a path today; what is not in it is as before.
    touched: FxHashMap<usize, Touched>,
    /// How many files the change adds, edits, moves and removes.
    pub count: usize,
}

/// What a change did to one file that is there today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Touched {
    /// It was not there.
    Added,
    /// It has another content.
    Edited,
    /// It has the content of the one file that was there, at this index of the listing before, and is no more.
    Moved(usize),
}

impl Files {
    /// Compares two listings of one repository: by path, then by content.
    pub fn between(before: &Listing, after: &Listing) -> Self {
        let mut files = Self::default();
        let mut added: Vec<usize> = Vec::new();
        let mut removed: Vec<usize> = Vec::new();
        let mut old = 0;
        for new in 0..after.len() {
            while old < before.len() && before.path(old) < after.path(new) {
                removed.push(old);
                old += 1;
            }
            if old == before.len() || before.path(old) != after.path(new) {
                added.push(new);
                continue;
            }
            // A file in an unresolved merge has no id.
            if after.object_id(new) != before.object_id(old) || before.kind(old) != after.kind(new) {
                files.touched.insert(new, Touched::Edited);
            }
            old += 1;
        }
        removed.extend(old..before.len());
        let moved = pairs(before, &removed, after, &added);
        files.count = files.touched.len() + removed.len() + added.len() - moved.len();
        let fate = |new: usize| moved.get(&new).map_or(Touched::Added, |&old| Touched::Moved(old));
        files.touched.extend(added.into_iter().map(|new| (new, fate(new))));
        files
    }

    /// What happened to the file at an index of today's listing; `None` where nothing did.
    pub fn of(&self, index: usize) -> Option<Touched> {
        self.touched.get(&index).copied()
    }
}

/// Files that moved: an added one and a removed one of the same content that no other has.
fn pairs(before: &Listing, removed: &[usize], after: &Listing, added: &[usize]) -> FxHashMap<usize, usize> {
    let unique = |listing: &'_ Listing, indexes: &[usize]| {
        let mut by_content: FxHashMap<Vec<u8>, Option<usize>> = FxHashMap::default();
        for &index in indexes {
            if let Some(id) = listing.object_id(index).filter(|_| listing.kind(index) == FileKind::Regular) {
                by_content.entry(id.to_vec()).and_modify(|one| *one = None).or_insert(Some(index));
            }
        }
        by_content
    };
    let gone = unique(before, removed);
    let come = unique(after, added);
    come.into_iter().filter_map(|(id, new)| Some((new?, gone.get(&id).copied().flatten()?))).collect()
}

impl Change<'_> {
    /// The index that a path of today had before; `None` for one that was not there.
    pub fn before_of(&self, index: usize, path: &[u8]) -> Option<usize> {
        match self.files.of(index) {
            Some(Touched::Added) => None,
            Some(Touched::Moved(before)) => Some(before),
            Some(Touched::Edited) | None => self.before.listing.find(path),
        }
    }

    /// True where the change touches a file of this role.
    pub fn touches(&self, role: GateRole) -> bool {
        self.gate.iter().any(|file| file.role == role)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_come_stay_and_go() {
        let before = Listing::of(&["a", "b/c", "d"]);
        let after = Listing::of(&["a", "b", "b/d", "d", "e"]);
        let files = Files::between(&before, &after);
        let fates: Vec<_> = (0..after.len()).map(|index| files.of(index)).collect();
        let added = Some(Touched::Added);
        assert_eq!(fates, [None, added, added, None, added]);
        assert_eq!(files.count, 4);
    }

    #[test]
    fn nothing_is_no_change_and_everything_is_one() {
        let (none, some) = (Listing::of(&[]), Listing::of(&["a", "b"]));
        assert_eq!([&none, &some].map(|listing| Files::between(listing, listing).count), [0, 0]);
        assert_eq!(Files::between(&none, &some).count, 2);
        assert_eq!(Files::between(&some, &none).count, 2);
    }
}
