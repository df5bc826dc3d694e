//! What a file is: a path, and where that is not enough its content, to a kind of artefact.
//!
//! The kinds are data (`policies/catalogue/*.yaml`, one file an area), embedded in the binary; that folder's
//! `README.md` tells the form. A kind lists pieces of evidence, each a path pattern and conditions on the content that
//! all hold. A file's kind is the one of its best evidence that holds, in this order:
//!
//! 1. the tier: a name that decides alone, or the file's own declared keys (`apiVersion`, `$schema`), before bytes and
//!    lines found inside;
//! 2. the narrower pattern: an exact base name before any wildcard, then the longer one (a contained pattern is never
//!    shorter);
//! 3. the kind's `priority`, then the order of the files;
//! 4. last, the tree of a marker (`below`): a file of no kind of its own is what the nearest marker above it claims.
//!
//! Trees of tests, fixtures, vendored and generated code are left out (`exclusions.yaml`). Content is asked for at
//! most once a file, and only where no better evidence has decided before.

mod classify;
mod conditions;
mod exclusions;
mod facts;
mod index;
mod spec;
#[cfg(test)]
mod tests;

use std::cmp::Reverse;

use conditions::Conditions;
pub use exclusions::{Excluded, ExclusionWalk, Exclusions};
use facts::Keys;
use index::{Index, PathTest};
use rustc_hash::FxHashMap;
pub use spec::{Below, CatalogueError, EvidenceSpec, ExclusionSpec, KindSpec, OneOrMany, Sample, SampleFile, Samples};

use crate::codeowners::Pattern;
use crate::source::Listing;

/// The embedded kinds, a text an area.
const TEXTS: &[(&str, &str)] = &[
    ("data", include_str!("../../policies/catalogue/data.yaml")),
    ("features", include_str!("../../policies/catalogue/features.yaml")),
    ("training", include_str!("../../policies/catalogue/training.yaml")),
    ("notebooks", include_str!("../../policies/catalogue/notebooks.yaml")),
    ("pipelines", include_str!("../../policies/catalogue/pipelines.yaml")),
    ("models", include_str!("../../policies/catalogue/models.yaml")),
    ("evaluation", include_str!("../../policies/catalogue/evaluation.yaml")),
    ("prompts", include_str!("../../policies/catalogue/prompts.yaml")),
    ("serving", include_str!("../../policies/catalogue/serving.yaml")),
    ("deployment", include_str!("../../policies/catalogue/deployment.yaml")),
    ("monitoring", include_str!("../../policies/catalogue/monitoring.yaml")),
    ("ci", include_str!("../../policies/catalogue/ci.yaml")),
    ("governance", include_str!("../../policies/catalogue/governance.yaml")),
];

/// The embedded default exclusions.
const EXCLUSIONS: &str = include_str!("../../policies/catalogue/exclusions.yaml");

/// Index in [`Catalogue::kinds`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KindId(pub u16);

/// The known kinds of artefacts.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    /// Kinds, in file order.
    pub kinds: Vec<Kind>,
    /// Trees that are left out unless the policy says otherwise.
    pub exclusions: Exclusions,
    /// Best first: a rule's place is its rank.
    rules: Vec<Rule>,
    index: Index,
    conditions: Vec<Conditions>,
    claims: Vec<Claim>,
    keys: Keys,
    /// The files that rules want beside theirs, by base name.
    neighbours: FxHashMap<Box<[u8]>, Vec<Box<[u8]>>>,
}

/// One path pattern of one piece of evidence, compiled.
#[derive(Clone, Debug)]
struct Rule {
    kind: KindId,
    path: PathTest,
    /// Position in [`Catalogue::conditions`]; `None` where the path decides.
    conditions: Option<usize>,
    beside: Vec<Box<[u8]>>,
    /// Position in [`Catalogue::claims`].
    claim: Option<usize>,
}

/// What a marker claims below its directory.
#[derive(Clone, Debug)]
struct Claim {
    kind: KindId,
    patterns: Vec<Pattern>,
}

/// One kind of artefact.
#[derive(Clone, Debug)]
pub struct Kind {
    /// `kserve`
    pub name: String,
    /// `KServe InferenceService`
    pub title: String,
    /// The area it belongs to unless a policy moves it.
    pub area: String,
    /// Where the kind is documented.
    pub url: String,
    /// True for kinds that any repository may have (a Dockerfile, a Terraform module): without a policy file they
    /// count only in a repository that also holds an artefact of machine learning.
    pub generic: bool,
    /// Decides between kinds whose evidence is equally good; the higher wins.
    pub priority: i32,
    /// The patterns that tell the kind without a look at the content, as written. Empty where only content does.
    pub names: Vec<String>,
}

/// What says that a file is of a kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// Its path matches this pattern.
    Path(String),
    /// Its content: what was seen (`apiVersion: serving.kserve.io/v1beta1`).
    Content(String),
    /// It stands below a marker file, named by its path.
    Below(Vec<u8>),
}

impl std::fmt::Display for Evidence {
    /// The evidence in a few words. It may hold untrusted text.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Path(pattern) => write!(f, "its name: {pattern}"),
            Self::Content(seen) => write!(f, "its content: {seen}"),
            Self::Below(marker) => write!(f, "below {}", String::from_utf8_lossy(marker)),
        }
    }
}

/// A file of a known kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artefact {
    /// Index of the path in the listing.
    pub path: usize,
    /// Its kind.
    pub kind: KindId,
    /// Why.
    pub evidence: Evidence,
}

/// What became of a request for a file's content.
pub enum Content {
    /// The first bytes of it.
    Bytes(Vec<u8>),
    /// It was not read, and why (a short plural phrase: `symbolic links`, `files missing from the work tree`).
    Skipped(&'static str),
}

/// The classified listing.
#[derive(Clone, Debug, Default)]
pub struct Classification {
    /// Artefacts by path, ascending.
    pub artefacts: Vec<Artefact>,
    /// How many paths are artefacts by their path alone (or below a marker) but stand in an excluded tree. What only
    /// content would tell is not counted: excluded files are never read.
    pub excluded: usize,
    /// Files whose content would have decided but was not read, by reason.
    pub not_checked: Vec<(String, usize)>,
}

impl Catalogue {
    /// The embedded catalogue. Its data is checked by the tests; a kind that could not be read is not there.
    pub fn embedded() -> Self {
        let mut specs = Vec::new();
        for (name, text) in TEXTS {
            specs.extend(read_kinds(name, &without_samples(text)).unwrap_or_default());
        }
        let exclusions = read_exclusions("exclusions", EXCLUSIONS).unwrap_or_default();
        let mut catalogue = Self::new(&specs).unwrap_or_default();
        catalogue.exclusions = Exclusions::new(&exclusions).unwrap_or_default();
        catalogue
    }

    /// A catalogue of these kinds, without exclusions.
    pub fn new(specs: &[KindSpec]) -> Result<Self, CatalogueError> {
        let mut catalogue = Self::default();
        catalogue.extend(specs)?;
        Ok(catalogue)
    }

    /// Adds kinds, those of a policy for instance. After an error the catalogue is not to be used.
    pub fn extend(&mut self, specs: &[KindSpec]) -> Result<(), CatalogueError> {
        for spec in specs {
            self.add(spec)?;
        }
        let Self { kinds, rules, conditions, .. } = self;
        rules.sort_by_cached_key(|rule| {
            let by_content = rule.conditions.is_some_and(|at| !conditions[at].has_keys());
            (by_content, Reverse(rule.path.narrowness()), Reverse(kinds[usize::from(rule.kind.0)].priority), rule.kind)
        });
        for file in self.rules.iter().flat_map(|rule| &rule.beside) {
            let files = self.neighbours.entry(index::split(file).1.into()).or_default();
            if !files.contains(file) {
                files.push(file.clone());
            }
        }
        self.index = Index::new(self.rules.iter().map(|rule| (&rule.path, rule.beside.is_empty())));
        Ok(())
    }

    fn add(&mut self, spec: &KindSpec) -> Result<(), CatalogueError> {
        if self.kind_named(&spec.kind).is_some() {
            return Err(CatalogueError::Duplicate(spec.kind.clone()));
        }
        let kind = KindId(u16::try_from(self.kinds.len()).map_err(|_| CatalogueError::TooMany)?);
        let mut names = Vec::new();
        let wrong = |pattern: &String| CatalogueError::Pattern { kind: spec.kind.clone(), pattern: pattern.clone() };
        for evidence in &spec.any {
            let conditions = Conditions::new(&spec.kind, evidence, &mut self.keys)?;
            let conditions = conditions.map(|conditions| {
                self.conditions.push(conditions);
                self.conditions.len() - 1
            });
            let below = match &evidence.below {
                None | Some(Below::Everything(false)) => Vec::new(),
                Some(Below::Everything(true)) => vec!["**".to_owned()],
                Some(Below::Patterns(patterns)) => patterns.clone(),
            };
            let claim = if below.is_empty() {
                None
            } else {
                let compiled = below.iter().map(|text| Pattern::github(text).map_err(|_| wrong(text)));
                self.claims.push(Claim { kind, patterns: compiled.collect::<Result<_, _>>()? });
                Some(self.claims.len() - 1)
            };
            if evidence.path.as_slice().is_empty() {
                return Err(CatalogueError::NoPath(spec.kind.clone()));
            }
            for text in evidence.path.as_slice() {
                let path = PathTest::new(text).ok_or_else(|| wrong(text))?;
                if conditions.is_none() && evidence.beside.is_empty() {
                    names.push(text.clone());
                }
                let beside = evidence.beside.iter().map(|file| file.as_bytes().into()).collect();
                self.rules.push(Rule { kind, path, conditions, beside, claim });
            }
        }
        if spec.any.is_empty() {
            return Err(CatalogueError::NoPath(spec.kind.clone()));
        }
        self.kinds.push(Kind {
            name: spec.kind.clone(),
            title: spec.title.clone().unwrap_or_else(|| spec.kind.clone()),
            area: spec.area.clone(),
            url: spec.url.clone(),
            generic: spec.generic,
            priority: spec.priority,
            names,
        });
        Ok(())
    }

    /// The kind of an id that this catalogue gave out.
    pub fn kind(&self, id: KindId) -> &Kind {
        &self.kinds[usize::from(id.0)]
    }

    /// The kind of this name.
    pub fn kind_named(&self, name: &str) -> Option<KindId> {
        self.kinds.iter().position(|kind| kind.name == name).map(|at| KindId(u16::try_from(at).unwrap_or(u16::MAX)))
    }

    /// Classifies every path of the listing. `read` gives the first bytes of a file (64 KiB are plenty) by its index in
    /// the listing and is called only where a path leaves a question, at most once a file. `exclude` is the policy's:
    /// its paths are left out, and the default exclusions too unless it switches them off.
    pub fn classify(
        &self,
        listing: &Listing,
        exclude: &crate::policy::Exclude,
        read: &mut dyn FnMut(usize) -> Content,
    ) -> Classification {
        classify::classify(self, listing, exclude, read)
    }
}

/// The text without the kinds' samples, which only the tests read: they are two thirds of the time it takes to read.
fn without_samples(text: &str) -> String {
    let mut inside = false;
    let wanted = |line: &&str| {
        inside = *line == "  samples:\n" || (inside && line.starts_with("   "));
        !inside
    };
    text.split_inclusive('\n').filter(wanted).collect()
}

/// Reads kinds from YAML; `name` is for the error.
pub fn read_kinds(name: &str, text: &str) -> Result<Vec<KindSpec>, CatalogueError> {
    serde_saphyr::from_str(text).map_err(|error| form(name, &error))
}

/// Reads exclusions from YAML; `name` is for the error.
pub fn read_exclusions(name: &str, text: &str) -> Result<Vec<ExclusionSpec>, CatalogueError> {
    serde_saphyr::from_str(text).map_err(|error| form(name, &error))
}

fn form(name: &str, error: &serde_saphyr::Error) -> CatalogueError {
    CatalogueError::Form { text: name.to_owned(), reason: error.to_string() }
}
