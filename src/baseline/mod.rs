//! The violations of an earlier day, which are counted and quiet: old debt does not fail a run, new debt does.
//!
//! What is kept are atoms, a rule and its subject, and no line numbers or findings: so a new file in an old group is new,
//! and repairing half of a group turns nothing red.

mod form;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::finding::{Subject, Violation};
use crate::source::Listing;

pub use form::BadBaseline;

/// What the file is called unless the user names another.
pub const BASELINE_NAME: &str = "mlops-lint-baseline.json";
/// A baseline file has at most this many bytes: some hundred thousand atoms.
pub const BASELINE_LIMIT: usize = 64 * 1024 * 1024;

/// Violations that were there when the baseline was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    /// Sorted, each once.
    atoms: Vec<Atom>,
}

/// One violation of a baseline.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Atom {
    rule: String,
    subject: Subject,
    /// The content that git had for a path, in hexadecimal digits: a moved file is known by it.
    blob: Option<String>,
}

/// How a baseline and today's violations differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Of the baseline, there today.
    pub kept: usize,
    /// Of the baseline, there no more.
    pub fixed: usize,
    /// There today, and not of the baseline.
    pub new: usize,
}

impl Baseline {
    /// Reads a baseline file.
    pub fn read(text: &[u8]) -> Result<Self, BadBaseline> {
        form::read(text).map(Self::of)
    }

    /// The baseline of these violations.
    pub fn new<'v>(violations: impl IntoIterator<Item = &'v Violation>, listing: &Listing) -> Self {
        let atom = |violation: &Violation| Atom {
            rule: violation.rule.to_owned(),
            subject: violation.subject.clone(),
            blob: blob(&violation.subject, listing),
        };
        Self::of(violations.into_iter().map(atom).collect())
    }

    fn of(mut atoms: Vec<Atom>) -> Self {
        atoms.sort_unstable();
        atoms.dedup_by(|a, b| (&a.rule, &a.subject) == (&b.rule, &b.subject));
        Self { atoms }
    }

    /// How many violations it holds.
    pub fn len(&self) -> usize {
        self.atoms.len()
    }

    /// True for one without violations.
    pub fn is_empty(&self) -> bool {
        self.atoms.is_empty()
    }

    /// How many violations it holds that another does not.
    pub fn more_than(&self, other: &Self) -> usize {
        let known: FxHashSet<(&str, &Subject)> = other.atoms.iter().map(|atom| (&*atom.rule, &atom.subject)).collect();
        self.atoms.iter().filter(|atom| !known.contains(&(&*atom.rule, &atom.subject))).count()
    }

    /// The file's text: one atom a line, so that two branches merge. The same atoms give the same bytes.
    pub fn text(&self) -> String {
        form::text(&self.atoms)
    }

    /// Parts the violations that it knows from the new ones. `listing` shows which of its files moved.
    pub fn part(&self, violations: Vec<Violation>, listing: &Listing) -> (Vec<Violation>, Vec<Violation>, Difference) {
        let moved = self.moved(listing);
        let known: FxHashMap<(&str, &Subject), usize> =
            (0..).zip(&self.atoms).map(|(at, atom)| ((&*atom.rule, &atom.subject), at)).collect();
        let mut met = vec![false; self.atoms.len()];
        let (old, new): (Vec<Violation>, Vec<Violation>) = violations.into_iter().partition(|violation| {
            let was = match &violation.subject {
                Subject::Path(path) => moved.get(path.as_slice()).copied(),
                _ => None,
            };
            let at = known.get(&(violation.rule, was.unwrap_or(&violation.subject))).copied();
            at.inspect(|&at| met[at] = true).is_some()
        });
        let kept = met.iter().filter(|met| **met).count();
        let distinct: FxHashSet<(&str, &Subject)> =
            new.iter().map(|violation| (violation.rule, &violation.subject)).collect();
        let difference = Difference { kept, fixed: met.len() - kept, new: distinct.len() };
        (old, new, difference)
    }

    /// The subject that a path had when the baseline was written, for paths that are new and have the content of exactly
    /// one that is gone, and alone have it.
    fn moved<'b>(&'b self, listing: &'b Listing) -> FxHashMap<&'b [u8], &'b Subject> {
        let mut known: FxHashSet<&[u8]> = FxHashSet::default();
        let mut gone: FxHashMap<&str, Option<&Subject>> = FxHashMap::default();
        for atom in &self.atoms {
            let (Subject::Path(path), Some(blob)) = (&atom.subject, &atom.blob) else { continue };
            known.insert(path);
            if listing.find(path).is_none() {
                let one = gone.entry(blob).or_insert(Some(&atom.subject));
                if one.is_some_and(|one| *one != atom.subject) {
                    *one = None;
                }
            }
        }
        gone.retain(|_, subject| subject.is_some());
        let mut found: FxHashMap<&Subject, Option<&[u8]>> = FxHashMap::default();
        if !gone.is_empty() {
            for index in 0..listing.len() {
                let path = listing.path(index);
                let blob = listing.object_id(index).map(form::hexadecimal);
                let was = blob.filter(|_| !known.contains(path)).and_then(|blob| gone.get(&*blob).copied().flatten());
                if let Some(was) = was {
                    found.entry(was).and_modify(|one| *one = None).or_insert(Some(path));
                }
            }
        }
        found.into_iter().filter_map(|(was, path)| Some((path?, was))).collect()
    }
}

fn blob(subject: &Subject, listing: &Listing) -> Option<String> {
    let Subject::Path(path) = subject else { return None };
    listing.object_id(listing.find(path)?).map(form::hexadecimal)
}
