//! What a file is: a path, and where that is not enough its content, to a kind of artefact.
//!
//! The kinds are data (`policies/catalogue/*.yaml`, one file an area), embedded in the binary; that folder's
//! `README.md` tells the form. A kind lists pieces of evidence, each a path pattern and conditions on the content that
//! all hold. A file's kind is the one of its best evidence that holds, in this order:
//!
//! 1. the tier: a name that decides alone, or what the file itself declares (`apiVersion`, `$schema`, a `@dsl.pipeline`),
//!    before bytes, lines and imports found inside;
//! 2. the narrower pattern: an exact base name before any wildcard, then the longer one (a contained pattern is never
//!    shorter);
//! 3. a kind of the policy, then the kind's `priority`, then the order of the files;
//! 4. last, the tree of a marker (`below`): a file of no kind of its own is what the nearest marker above it claims.
//!
//! Trees of tests, fixtures, vendored and generated code are left out (`exclusions.yaml`). Content is asked for at
//! most once a file, and only where no better evidence has decided before.

mod classify;
mod conditions;
mod exclusions;
mod facts;
mod glob;
mod holding;
mod index;
mod listed;
mod notebook;
mod path_test;
mod python;
mod sample;
mod seen;
mod spec;
mod sql;
mod survey;
#[cfg(test)]
mod tests;
mod topic;

use std::cmp::Reverse;

use conditions::{Conditions, Vocabulary};
pub use exclusions::{Excluded, ExclusionWalk, Exclusions};
use index::Index;
pub use listed::{embedded_specs, evidence_in_words};
use path_test::PathTest;
use rustc_hash::{FxHashMap, FxHashSet};
pub use sample::Tried;
pub use seen::Seen;
pub(crate) use spec::bytes_of;
pub use spec::{
    Below, CatalogueError, Embedded, EvidenceSpec, ExclusionSpec, KindSpec, PythonSpec, Sample, SampleFile, Samples,
    SqlSpec, Texts,
};

pub use survey::{ExcludeWalk, Exclusion, Survey};
use topic::TopicId;

use crate::codeowners::Pattern;
use crate::policy::Exclude;
use crate::source::{Listing, Question};

/// The kinds and exclusions of `policies/catalogue`, as `build.rs` writes them.
const EMBEDDED: &str = include_str!(concat!(env!("OUT_DIR"), "/catalogue.json"));

/// The paths of their samples, by kind.
const SAMPLES: &str = include_str!(concat!(env!("OUT_DIR"), "/samples.json"));

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
    vocabulary: Vocabulary,
    neighbours: Neighbours,
}

/// The files that rules want beside theirs, by base name.
#[derive(Clone, Debug, Default)]
struct Neighbours {
    by_name: FxHashMap<Box<[u8]>, Vec<Box<[u8]>>>,
    /// The lengths that their base names have, a bit each (the last one for all greater ones): few names go further.
    lengths: u64,
}

impl Neighbours {
    fn insert(&mut self, file: &[u8]) {
        let name = index::split(file).1;
        let files = self.by_name.entry(name.into()).or_default();
        if !files.iter().any(|known| **known == *file) {
            files.push(file.into());
        }
        self.lengths |= 1 << name.len().min(63);
    }

    fn of(&self, name: &[u8]) -> &[Box<[u8]>] {
        if self.lengths & 1 << name.len().min(63) == 0 {
            return &[];
        }
        self.by_name.get(name).map_or(&[][..], Vec::as_slice)
    }
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
    /// True for a kind of the policy: it beats the others whose evidence is equally good.
    pub house: bool,
    /// The patterns that tell the kind without a look at the content, as written. Empty where only content does.
    pub names: Vec<String>,
}

/// What says that a file is of a kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// Its path matches this pattern.
    Path(String),
    /// Its content.
    Content(Seen),
    /// It stands below a marker file, named by its path.
    Below(Vec<u8>),
}

impl std::fmt::Display for Evidence {
    /// The evidence in a few words. It may hold untrusted text.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Path(pattern) => write!(f, "its name: {pattern}"),
            Self::Content(seen) => seen.fmt(f),
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

/// True for a pattern that can tell a kind: it names files, and says where it starts.
pub fn tells_files(pattern: &str) -> bool {
    PathTest::new(pattern.to_owned()).is_ok()
}

impl Catalogue {
    /// The embedded catalogue. Its data is checked by the tests; a kind that could not be read is not there.
    pub fn embedded() -> Self {
        let Ok(Embedded { kinds, exclusions }) = serde_json::from_str(EMBEDDED) else { return Self::default() };
        let mut catalogue = Self::new(kinds).unwrap_or_default();
        catalogue.exclusions = Exclusions::new(exclusions).unwrap_or_default();
        catalogue
    }

    /// A catalogue of these kinds, without exclusions.
    pub fn new(specs: Vec<KindSpec>) -> Result<Self, CatalogueError> {
        let mut catalogue = Self::default();
        catalogue.extend(specs)?;
        Ok(catalogue)
    }

    /// Adds kinds. After an error the catalogue is not to be used.
    pub fn extend(&mut self, specs: Vec<KindSpec>) -> Result<(), CatalogueError> {
        let evidence = specs.iter().flat_map(|spec| &spec.any);
        self.rules.reserve(evidence.map(|evidence| evidence.path.0.len()).sum());
        let mut names: FxHashSet<String> = self.kinds.iter().map(|kind| kind.name.clone()).collect();
        for spec in specs {
            if !names.insert(spec.kind.clone()) {
                return Err(CatalogueError::Duplicate(spec.kind));
            }
            self.add(spec, false)?;
        }
        self.rank();
        Ok(())
    }

    /// Adds the kinds of a policy; one that is there already is replaced. After an error the catalogue is not to be used.
    pub fn add_house(&mut self, specs: Vec<KindSpec>) -> Result<(), CatalogueError> {
        for spec in specs {
            self.add(spec, true)?;
        }
        self.rank();
        Ok(())
    }

    /// Puts the best rules first, and makes them easy to find.
    fn rank(&mut self) {
        let Self { kinds, rules, conditions, .. } = self;
        rules.sort_by_cached_key(|rule| {
            let by_content = rule.conditions.is_some_and(|at| !conditions[at].declares());
            let kind = &kinds[usize::from(rule.kind.0)];
            (by_content, Reverse(rule.path.narrowness()), Reverse((kind.house, kind.priority)), rule.kind)
        });
        for file in self.rules.iter().flat_map(|rule| &rule.beside) {
            self.neighbours.insert(file);
        }
        self.index = Index::new(self.rules.iter().map(|rule| (&rule.path, rule.beside.is_empty())));
    }

    fn add(&mut self, spec: KindSpec, house: bool) -> Result<(), CatalogueError> {
        let known = self.kind_named(&spec.kind);
        let kind = match known {
            Some(known) => known,
            None => KindId(u16::try_from(self.kinds.len()).map_err(|_| CatalogueError::TooMany)?),
        };
        if known.is_some() {
            self.rules.retain(|rule| rule.kind != kind);
            self.claims.iter_mut().filter(|claim| claim.kind == kind).for_each(|claim| claim.patterns.clear());
        }
        let mut names = Vec::new();
        if spec.any.is_empty() {
            return Err(CatalogueError::NoPath(spec.kind));
        }
        for evidence in spec.any {
            self.add_evidence(&spec.kind, kind, evidence, &mut names)?;
        }
        let kind = Kind {
            title: spec.title.unwrap_or_else(|| spec.kind.clone()),
            name: spec.kind,
            area: spec.area,
            url: spec.url,
            generic: spec.generic,
            priority: spec.priority,
            house,
            names,
        };
        match known {
            Some(known) => self.kinds[usize::from(known.0)] = kind,
            None => self.kinds.push(kind),
        }
        Ok(())
    }

    /// Adds the rules of one piece of evidence; patterns that decide alone go into `names`.
    fn add_evidence(
        &mut self,
        name: &str,
        kind: KindId,
        evidence: EvidenceSpec,
        names: &mut Vec<String>,
    ) -> Result<(), CatalogueError> {
        let wrong = |pattern: &str| CatalogueError::Pattern { kind: name.to_owned(), pattern: pattern.to_owned() };
        let conditions = Conditions::new(name, &evidence, &mut self.vocabulary)?;
        let conditions = conditions.map(|conditions| {
            self.conditions.push(conditions);
            self.conditions.len() - 1
        });
        let below = match evidence.below {
            None | Some(Below::Everything(false)) => Vec::new(),
            Some(Below::Everything(true)) => vec!["**".to_owned()],
            Some(Below::Patterns(patterns)) => patterns,
        };
        let claim = if below.is_empty() {
            None
        } else {
            let compiled = below.iter().map(|text| Pattern::github(text).map_err(|_| wrong(text)));
            self.claims.push(Claim { kind, patterns: compiled.collect::<Result<_, _>>()? });
            Some(self.claims.len() - 1)
        };
        if evidence.path.0.is_empty() {
            return Err(CatalogueError::NoPath(name.to_owned()));
        }
        let beside: Vec<Box<[u8]>> = evidence.beside.into_iter().map(|file| file.into_bytes().into()).collect();
        for text in evidence.path.0 {
            if conditions.is_none() && beside.is_empty() {
                names.push(text.clone());
            }
            let path = PathTest::new(text).map_err(|text| wrong(&text))?;
            self.rules.push(Rule { kind, path, conditions, beside: beside.clone(), claim });
        }
        Ok(())
    }

    /// The kind of an id that this catalogue gave out.
    pub fn kind(&self, id: KindId) -> &Kind {
        &self.kinds[usize::from(id.0)]
    }

    /// The patterns of files that are of the kind if their content (or a file beside them) says so, as written.
    pub fn looks(&self, id: KindId) -> impl Iterator<Item = &str> {
        let asks = move |rule: &&Rule| rule.kind == id && (rule.conditions.is_some() || !rule.beside.is_empty());
        self.rules.iter().filter(asks).map(|rule| &*rule.path.text)
    }

    /// What markers of the kind claim, relative to the marker's directory.
    pub fn below(&self, id: KindId) -> impl Iterator<Item = &Pattern> {
        self.claims.iter().filter(move |claim| claim.kind == id).flat_map(|claim| &claim.patterns)
    }

    /// The kind of this name.
    pub fn kind_named(&self, name: &str) -> Option<KindId> {
        self.kinds.iter().position(|kind| kind.name == name).map(|at| KindId(u16::try_from(at).unwrap_or(u16::MAX)))
    }

    /// Looks at every path of the listing. `exclude` is the policy's: its paths are left out, and the default exclusions
    /// too unless it switches them off.
    pub fn survey<'r>(&'r self, listing: &'r Listing, exclude: &'r Exclude) -> Survey<'r> {
        Survey::new(self, listing, exclude)
    }

    /// Classifies every path of the listing. `read` gives the first bytes of a file (64 KiB are plenty) by its index in
    /// the listing and is called only where a path leaves a question, at most once a file.
    pub fn classify(
        &self,
        listing: &Listing,
        exclude: &Exclude,
        read: &mut dyn FnMut(usize) -> Content,
    ) -> Classification {
        let survey = self.survey(listing, exclude);
        let answer = |question: Question| match read(question.path) {
            Content::Bytes(bytes) => Ok(survey.topic(TopicId(question.topic)).look(self, &bytes)),
            Content::Skipped(reason) => Err(reason),
        };
        classify::finish(&survey, survey.questions().into_iter().map(answer))
    }

    fn rule(&self, id: u32) -> &Rule {
        &self.rules[id as usize]
    }
}
