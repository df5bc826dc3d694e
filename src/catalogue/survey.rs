//! The pass over the paths: what they tell by themselves, and which questions they leave.

use std::ops::Range;

use rustc_hash::FxHashMap;

use super::exclusions::ExclusionWalk;
use super::index::split;
use super::topic::{self, Digests, Topic, TopicId, Topics};
use super::{Catalogue, Classification, Rule, classify};
use crate::codeowners::{Matcher, Walk};
use crate::parallel;
use crate::policy::Exclude;
use crate::source::{Extract, Fact, FileKind, Listing, Question};

/// A listing of fewer paths is not worth a second thread.
const PATHS_A_THREAD: usize = 20_000;

/// What the paths of a listing tell.
pub struct Survey<'r> {
    pub(super) catalogue: &'r Catalogue,
    pub(super) listing: &'r Listing,
    pub(super) exclude: Exclusion<'r>,
    /// The paths that the catalogue has something to say of, ascending.
    pub(super) told: Vec<(u32, TopicId)>,
    /// The paths that are artefacts by their path alone but stand in a tree that is left out, ascending.
    pub(super) excluded: Vec<u32>,
    pub(super) topics: Vec<Topic>,
    digests: Digests,
}

impl<'r> Survey<'r> {
    pub(super) fn new(catalogue: &'r Catalogue, listing: &'r Listing, exclude: &'r Exclude) -> Self {
        let neighbours = neighbours(catalogue, listing);
        let exclude = Exclusion::new(catalogue, listing, exclude);
        let part = |run: Range<usize>| {
            let mut part = Part {
                catalogue,
                listing,
                neighbours: &neighbours,
                exclude: exclude.walk(),
                candidates: Vec::new(),
                directory: Directory::default(),
                topics: Topics::default(),
                told: Vec::new(),
                excluded: Vec::new(),
            };
            run.for_each(|path| part.look_at(path));
            (part.topics, part.told, part.excluded)
        };
        let parts = parallel::runs(listing.len(), PATHS_A_THREAD, part);
        let mut survey = Self {
            catalogue,
            listing,
            exclude,
            told: Vec::new(),
            excluded: Vec::new(),
            topics: Vec::new(),
            digests: Digests::new(catalogue),
        };
        for (topics, told, excluded) in parts {
            // Topics of two parts may be the same: nothing is wrong with that, and only the first parts are large.
            let before = u32::try_from(survey.topics.len()).unwrap_or(u32::MAX);
            survey.told.extend(told.into_iter().map(|(path, TopicId(topic))| (path, TopicId(before + topic))));
            survey.excluded.extend(excluded);
            survey.topics.extend(topics.all);
        }
        survey
    }

    /// The questions that content answers, ascending by path. Where none of it can be had the path alone counts.
    pub fn questions(&self) -> Vec<Question> {
        let open = self.told.iter().filter(|(_, topic)| !self.topic(*topic).asks.is_empty());
        open.map(|&(path, TopicId(topic))| Question { path: path as usize, topic }).collect()
    }

    /// The artefacts. `facts` are what [`Extract::extract`] made of the files, in the order of the questions.
    pub fn classification(&self, facts: Vec<Fact>) -> Classification {
        classify::finish(self, facts.into_iter().map(|fact| fact.map(|fact| topic::decode(&fact).unwrap_or_default())))
    }

    pub(super) fn topic(&self, id: TopicId) -> &Topic {
        &self.topics[id.0 as usize]
    }
}

impl Extract for Survey<'_> {
    fn digest(&self, topic: u32) -> [u8; 16] {
        self.digests.of(self.topic(TopicId(topic)), self.catalogue)
    }

    fn extract(&self, topic: u32, bytes: &[u8]) -> Vec<u8> {
        topic::encode(self.topic(TopicId(topic)).look(self.catalogue, bytes))
    }

    fn accepts(&self, topic: u32, fact: &[u8]) -> bool {
        topic::decode(fact).is_some_and(|seen| seen.is_none_or(|(at, _)| at < self.topic(TopicId(topic)).asks.len()))
    }
}

/// The files that rules want beside theirs, by the directory that has them.
type Neighbours<'r> = FxHashMap<&'r [u8], Vec<&'r [u8]>>;

fn neighbours<'r>(catalogue: &'r Catalogue, listing: &'r Listing) -> Neighbours<'r> {
    let mut all = Neighbours::default();
    for path in listing.iter() {
        for file in catalogue.neighbours.of(split(path).1) {
            let directory = path.strip_suffix(&**file).and_then(|rest| match rest {
                [] => Some(rest),
                [directory @ .., b'/'] => Some(directory),
                _ => None,
            });
            if let Some(directory) = directory {
                all.entry(directory).or_default().push(file);
            }
        }
    }
    all
}

/// What the policy leaves out, made ready.
pub struct Exclusion<'r> {
    catalogue: &'r Catalogue,
    listing: &'r Listing,
    defaults: bool,
    paths: Option<Matcher>,
}

impl<'r> Exclusion<'r> {
    /// Makes ready what `exclude` leaves out of the listing, and the default exclusions where it keeps them.
    pub fn new(catalogue: &'r Catalogue, listing: &'r Listing, exclude: &'r Exclude) -> Self {
        let paths = exclude.paths.iter().map(|path| (0, &path.value.pattern));
        let paths = (!exclude.paths.is_empty()).then(|| Matcher::new(paths));
        Self { catalogue, listing, defaults: exclude.defaults, paths }
    }

    /// Starts asking. Paths in sorted order share their directories' work; any order is right.
    pub fn walk(&self) -> ExcludeWalk<'_> {
        ExcludeWalk {
            defaults: self.defaults.then(|| self.catalogue.exclusions.walk(self.listing)),
            paths: self.paths.as_ref().map(Matcher::walk),
        }
    }
}

/// A run of questions to an [`Exclusion`].
pub struct ExcludeWalk<'e> {
    defaults: Option<ExclusionWalk<'e>>,
    paths: Option<Walk<'e>>,
}

impl ExcludeWalk<'_> {
    /// True for a path that is left out.
    pub fn excludes(&mut self, path: &[u8]) -> bool {
        self.paths.as_mut().is_some_and(|paths| paths.winner(path).is_some())
            || self.defaults.as_mut().is_some_and(|defaults| defaults.excluded(path).is_some())
    }
}

/// A run of paths, looked at one after the other.
struct Part<'r> {
    catalogue: &'r Catalogue,
    listing: &'r Listing,
    neighbours: &'r Neighbours<'r>,
    exclude: ExcludeWalk<'r>,
    candidates: Vec<u32>,
    directory: Directory<'r>,
    topics: Topics,
    told: Vec<(u32, TopicId)>,
    excluded: Vec<u32>,
}

impl Part<'_> {
    fn look_at(&mut self, at: usize) {
        let path = self.listing.path(at);
        let (directory, name) = split(path);
        let catalogue = self.catalogue;
        if self.directory.path != Some(directory) {
            self.directory = Directory::new(directory, catalogue, self.neighbours);
        }
        let directory = &self.directory;
        let bucket = catalogue.index.candidates(name, directory.names, &mut self.candidates);
        if bucket.is_none() && self.candidates.is_empty() {
            return;
        }
        self.candidates.retain(|&id| {
            let rule = catalogue.rule(id);
            (rule.beside.is_empty() || directory.has_beside(rule)) && rule.path.matches(path, name)
        });
        if bucket.is_none() && self.candidates.is_empty() || self.listing.kind(at) == FileKind::Submodule {
            return;
        }
        self.candidates.sort_unstable();
        let topic = self.topics.of(catalogue, bucket, &self.candidates);
        // A listing holds no more paths than a `u32` counts.
        let at = u32::try_from(at).unwrap_or(u32::MAX);
        if !self.exclude.excludes(path) {
            self.told.push((at, topic));
        } else if self.topics.all[topic.0 as usize].otherwise.is_some() {
            self.excluded.push(at);
        }
    }
}

/// What all files of a directory have in common.
#[derive(Default)]
struct Directory<'r> {
    path: Option<&'r [u8]>,
    /// The bits of its names.
    names: u64,
    /// The files in or below it that rules want beside theirs.
    neighbours: &'r [&'r [u8]],
}

impl<'r> Directory<'r> {
    fn new(path: &'r [u8], catalogue: &Catalogue, neighbours: &'r Neighbours<'r>) -> Self {
        Self {
            path: Some(path),
            names: catalogue.index.directories(path),
            neighbours: neighbours.get(path).map_or(&[][..], Vec::as_slice),
        }
    }

    fn has_beside(&self, rule: &Rule) -> bool {
        !self.neighbours.is_empty() && rule.beside.iter().any(|file| self.neighbours.contains(&&**file))
    }
}
