//! Violations (atoms), findings (groups of one cause), and the report that every renderer reads.

use std::collections::BTreeMap;
use std::fmt;

use crate::codeowners::{Choice, Codeowners, EntryId, SectionId};
use crate::policy::{AreaId, PolicyText};
use crate::rules::Meta;
use crate::span::{LineIndex, Span};

/// How much a finding matters; `fail_on` compares with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Probably wrong.
    Warning,
    /// Wrong.
    Error,
}

impl Severity {
    /// The word of policies and outputs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a violation is about. Baselines key atoms by rule and subject, so a subject never holds a line number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// A path of the repository, as bytes.
    Path(Vec<u8>),
    /// An entry: its pattern, its section, and its ordinal (from 0) among the section's entries with the same pattern.
    Entry {
        /// The pattern in one spelling; as written where the host does not read it.
        pattern: String,
        /// The section in lower case; empty for the unnamed one.
        section: String,
        /// Which of the section's entries with this pattern.
        ordinal: u32,
    },
    /// A place in the policy, as a dotted path of keys (`areas.serving.ownership.accountable`).
    Policy(String),
    /// The repository as a whole, or a named part of it (an owner that no role holds).
    Repository(String),
}

impl Subject {
    /// The path, where it is one.
    pub fn path(&self) -> Option<&[u8]> {
        match self {
            Self::Path(path) => Some(path),
            _ => None,
        }
    }

    /// The repository as a whole.
    pub const fn whole() -> Self {
        Self::Repository(String::new())
    }
}

/// What violations have in common when one finding tells them all.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// One entry of CODEOWNERS decides.
    Entry(EntryId),
    /// These entries decide for one area.
    Winners(Vec<EntryId>, AreaId),
    /// Paths of one area below one directory (bytes, no trailing slash, empty for the root) share the verdict.
    Directory(Option<AreaId>, Vec<u8>),
    /// Several entries died of one rename: the directory they name, and the one that holds the files now.
    Move {
        /// Directory that the entries name.
        from: String,
        /// Directory that holds the files today.
        to: String,
    },
    /// Entries that have the same fault in one directory.
    Siblings(String),
    /// The headings of one section.
    Section(SectionId),
    /// These entries decide, and the files declare this owner.
    Declared(Vec<EntryId>, String),
    /// A pin of the policy, by its index, and the entries that decide.
    Pin(usize, Vec<EntryId>),
    /// A comment of CODEOWNERS, by its index, and one of the words that it says to the linter.
    Comment(usize, Option<usize>),
    /// One file of the repository.
    File(String),
    /// A place in the policy.
    Policy(String),
    /// The repository.
    Repository,
}

/// One fact against one rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The rule's code, `MLO104`.
    pub rule: &'static str,
    /// What it is about.
    pub subject: Subject,
    /// What it shares with other violations of the rule.
    pub cause: Cause,
}

/// Which text or file a place is in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// The CODEOWNERS file.
    Codeowners,
    /// One of the policy's texts, by its index in [`Report::policy_texts`].
    Policy(usize),
    /// A file of the repository, by its path; a span is of the text in [`Report::files`].
    File(Vec<u8>),
}

/// A place in a file, with what is to be said there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Which file.
    pub source: Source,
    /// The characters; `None` for a whole file.
    pub span: Option<Span>,
    /// What is to be said there; may be empty.
    pub label: String,
}

impl Place {
    /// A span of CODEOWNERS.
    pub fn codeowners(span: Span, label: impl Into<String>) -> Self {
        Self { source: Source::Codeowners, span: Some(span), label: label.into() }
    }

    /// A span of a policy text.
    pub fn policy(at: crate::policy::Origin, label: impl Into<String>) -> Self {
        Self { source: Source::Policy(at.text), span: Some(at.span), label: label.into() }
    }

    /// A span of a file of the repository.
    pub fn in_file(path: &[u8], span: Span, label: impl Into<String>) -> Self {
        Self { source: Source::File(path.to_vec()), span: Some(span), label: label.into() }
    }

    /// A whole file.
    pub fn file(path: &[u8], label: impl Into<String>) -> Self {
        Self { source: Source::File(path.to_vec()), span: None, label: label.into() }
    }
}

/// The paths that a finding speaks of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paths {
    /// How many.
    pub count: usize,
    /// The first few in order.
    pub sample: Vec<Vec<u8>>,
}

/// How many paths a finding shows.
pub const SAMPLE: usize = 5;

impl Paths {
    /// Counts `paths` and keeps the first [`SAMPLE`].
    pub fn new<'a>(paths: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut all = Self::default();
        for path in paths {
            all.count += 1;
            if all.sample.len() < SAMPLE {
                all.sample.push(path.to_vec());
            }
        }
        all
    }
}

/// The violations of one cause, told once.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Meta,
    /// After the policy's overrides.
    pub severity: Severity,
    /// What is wrong for whom, in one sentence without a full stop. May hold untrusted text.
    pub message: String,
    /// Where: the first is the primary place. Never empty.
    pub places: Vec<Place>,
    /// The area, where there is one.
    pub area: Option<String>,
    /// The paths concerned.
    pub paths: Paths,
    /// What to do: the line to write, where there is one. May hold untrusted text and several lines.
    pub help: Option<String>,
    /// What this linter cannot know or the host cannot enforce, where that matters to the reader.
    pub note: Option<String>,
    /// The atoms that it groups, in order.
    pub violations: Vec<Violation>,
}

/// What a run looked at and left out; renderers end with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Paths of the listing.
    pub files: usize,
    /// Paths of a known kind, or in an area by the policy's paths.
    pub artefacts: usize,
    /// Areas that at least one path is in.
    pub areas: usize,
    /// Entries of CODEOWNERS, invalid ones too.
    pub entries: usize,
    /// Artefacts that an ownerless entry wins.
    pub ownerless: usize,
    /// Paths that the catalogue would know but that stand in an excluded tree (tests, vendored, generated).
    pub excluded: usize,
    /// Violations that an exemption or an `allow` option silenced.
    pub exempt: usize,
    /// Violations that a comment in CODEOWNERS silenced.
    pub ignored: usize,
    /// Violations that the baseline knows.
    pub baselined: usize,
    /// Violations of the baseline that are there no more.
    pub fixed: usize,
    /// What a run compared that judges a change only.
    pub compared: Option<Compared>,
    /// Files whose content would have told more but was not read, by reason.
    pub not_checked: Vec<(String, usize)>,
    /// Questions that the exact engine did not decide within its budget.
    pub not_decided: usize,
    /// Which host's reading of CODEOWNERS was used, and why; `None` where there is no file.
    pub dialect: Option<Choice>,
    /// Sentences to say aloud after the findings: no role map, no artefacts, no policy file.
    pub remarks: Vec<String>,
}

/// The change that was judged, in place of everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compared {
    /// The state before: `1a2b3c4 (main)`.
    pub since: String,
    /// Files that the change adds, edits, moves or removes.
    pub files: usize,
    /// Violations that were there before, and that the change does not touch.
    pub left_out: usize,
}

/// All that a run found: what every renderer is a pure function of.
#[derive(Clone, Debug)]
pub struct Report {
    /// The CODEOWNERS that was judged, if there is one.
    pub codeowners: Option<Codeowners>,
    /// The policy's texts, embedded ones too.
    pub policy_texts: Vec<PolicyText>,
    /// The starts of the other files that places with a span are in, by path; one that is not here is only named.
    pub files: BTreeMap<Vec<u8>, FileText>,
    /// In order: by severity (worst first), then code, then place.
    pub findings: Vec<Finding>,
    /// What was looked at.
    pub summary: Summary,
    /// The severity from which on the run fails.
    pub fail_on: FailOn,
}

/// The start of a file of the repository.
#[derive(Clone, Debug)]
pub struct FileText {
    /// Its first bytes.
    pub bytes: Vec<u8>,
    /// Lines of them.
    pub lines: LineIndex,
}

impl FileText {
    /// Finds the lines.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self { lines: LineIndex::new(&bytes), bytes }
    }
}

/// From which severity on a run fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailOn {
    /// From this severity on.
    At(Severity),
    /// Never.
    Never,
}

impl Report {
    /// How many findings have this severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }

    /// True where a finding is at or above `fail_on`.
    pub fn fails(&self) -> bool {
        match self.fail_on {
            FailOn::At(severity) => self.findings.iter().any(|finding| finding.severity >= severity),
            FailOn::Never => false,
        }
    }
}
