//! What entries are called where no line number may stand: a subject survives a line inserted above it, a reordering,
//! and another spelling of the same pattern.

use rustc_hash::FxHashMap;

use crate::codeowners::{Codeowners, Entry, EntryId, Owner};
use crate::finding::Subject;

/// The subjects of a file's entries.
#[derive(Clone, Debug, Default)]
pub struct Subjects {
    of: Vec<Subject>,
    ids: FxHashMap<Subject, EntryId>,
}

impl Subjects {
    /// Of every entry, the invalid ones too.
    pub fn new(codeowners: Option<&Codeowners>) -> Self {
        let mut subjects = Self::default();
        let mut next: FxHashMap<(String, String), u32> = FxHashMap::default();
        for (id, entry) in codeowners.into_iter().flat_map(Codeowners::iter) {
            // Sections are told apart without case.
            let section = codeowners.map_or("", |file| &file.section(entry.section).name).to_lowercase();
            let pattern = spelling(entry);
            let count = next.entry((pattern.clone(), section.clone())).or_default();
            let subject = Subject::Entry { pattern, section, ordinal: *count };
            *count += 1;
            subjects.of.push(subject.clone());
            subjects.ids.insert(subject, id);
        }
        subjects
    }

    /// The subject of an entry.
    pub fn of(&self, id: EntryId) -> &Subject {
        &self.of[id.0 as usize]
    }

    /// The entry that a subject is about.
    pub fn find(&self, subject: &Subject) -> Option<EntryId> {
        self.ids.get(subject).copied()
    }
}

/// The entry's pattern in one spelling; as written where the host reads none, or a regular expression.
fn spelling(entry: &Entry) -> String {
    match entry.glob() {
        Some(pattern) if entry.excludes => format!("!{}", pattern.text()),
        Some(pattern) => pattern.text(),
        None => entry.pattern_text.clone(),
    }
}

/// What an entry decides: the owners in order of their names, how many of them must approve, and whether they must.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Decides<'c> {
    owners: Vec<&'c str>,
    approvals: u32,
    is_required: bool,
}

impl<'c> Decides<'c> {
    pub(super) fn of(codeowners: &'c Codeowners, id: EntryId) -> Self {
        let entry = codeowners.entry(id);
        let mut owners: Vec<&str> = entry.owners.iter().map(|owner: &Owner| &*owner.key).collect();
        owners.sort_unstable();
        owners.dedup();
        Self { owners, approvals: entry.approvals, is_required: codeowners.is_required(entry) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codeowners::{Dialect, parse};

    fn subjects(host: Dialect, text: &str) -> Vec<Subject> {
        let file = parse("CODEOWNERS", text.as_bytes().to_vec(), host);
        let subjects = Subjects::new(Some(&file));
        assert!(file.iter().all(|(id, _)| subjects.find(subjects.of(id)) == Some(id)));
        subjects.of
    }

    #[test]
    fn a_subject_survives_lines_above_indentation_order_and_spelling() {
        let mut before = subjects(Dialect::GitHub, "/a/ @x\n/b/** @y\n/my\\ c @z\n");
        let mut after = subjects(Dialect::GitHub, "# new\n\n  /b/   @y\n/my\\ c @z @w\n/a/**  # why\n");
        before.sort();
        after.sort();
        assert_eq!(before, after);
    }

    #[test]
    fn equals_are_numbered_within_their_section() {
        let subjects = subjects(Dialect::GitLab, "/a @x\n/a @y\n[Data]\n/a @z\n[data]\n/a @w\n!/a\n");
        let told: Vec<String> = subjects
            .iter()
            .map(|subject| match subject {
                Subject::Entry { pattern, section, ordinal } => format!("{section}|{pattern}|{ordinal}"),
                _ => unreachable!(),
            })
            .collect();
        assert_eq!(told, ["|/a|0", "|/a|1", "data|/a|0", "data|/a|1", "data|!/a|0"]);
    }
}
