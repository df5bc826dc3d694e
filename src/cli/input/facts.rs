//! What the files say.

use rustc_hash::FxHashMap;

use super::{HEAD, InputOptions};
use crate::catalogue::Survey;
use crate::source::{Cache, Extract as _, Fact, Listing, Question, Tree};

/// What the contents of the listing's files say; those of paths that were only asked for cannot be had.
pub(super) fn facts(options: &InputOptions, tree: &Tree, listing: &Listing, survey: &Survey<'_>) -> Vec<Fact> {
    let questions = survey.questions();
    if std::ptr::eq(listing, tree.listing()) {
        return tree.facts(&questions, HEAD, survey, &cache(options));
    }
    let in_tree =
        |question: &Question| Some(Question { path: tree.listing().find(listing.path(question.path))?, ..*question });
    let places: Vec<Option<Question>> = questions.iter().map(in_tree).collect();
    let real: Vec<Question> = places.iter().flatten().copied().collect();
    let mut facts = tree.facts(&real, HEAD, survey, &cache(options)).into_iter();
    let fact = |place: Option<Question>| place.and_then(|_| facts.next()).unwrap_or(Err("paths that do not exist"));
    places.into_iter().map(fact).collect()
}

/// The user's cache, unless it is not wanted.
pub(super) fn cache(options: &InputOptions) -> Cache {
    if options.no_cache { Cache::off() } else { Cache::of_process() }
}

/// Facts by what decides them: the content, and the digest of what is asked. What is known of a file counts for the same
/// file of another commit too, as it was read: through git's filters or not.
#[derive(Default)]
pub(super) struct KnownFacts(FxHashMap<(Vec<u8>, [u8; 16]), Fact>);

impl KnownFacts {
    /// The facts of a listing's files, in the order of the survey's questions.
    pub(super) fn new(listing: &Listing, survey: &Survey<'_>, facts: &[Fact]) -> Self {
        let questions = survey.questions();
        let mut digests = Digests::default();
        let known = questions.iter().zip(facts).filter_map(|(question, fact)| {
            let id = listing.object_id(question.path)?;
            Some(((id.to_vec(), digests.of(survey, question.topic)), fact.clone()))
        });
        Self(known.collect())
    }

    /// The facts of another tree's files: those that are known, and the others as they are read.
    pub(super) fn complete(&self, options: &InputOptions, tree: &Tree, survey: &Survey<'_>) -> Vec<Fact> {
        let questions = survey.questions();
        let mut digests = Digests::default();
        let known: Vec<Option<&Fact>> = questions
            .iter()
            .map(|question| {
                let id = tree.listing().object_id(question.path)?;
                self.0.get(&(id.to_vec(), digests.of(survey, question.topic)))
            })
            .collect();
        let open: Vec<Question> =
            questions.iter().zip(&known).filter(|(_, known)| known.is_none()).map(|(question, _)| *question).collect();
        let mut read = tree.facts(&open, HEAD, survey, &cache(options)).into_iter();
        known
            .into_iter()
            .map(|known| known.cloned().or_else(|| read.next()).unwrap_or(Err("unreadable files")))
            .collect()
    }
}

/// The digests of topics, each made once.
#[derive(Default)]
struct Digests(FxHashMap<u32, [u8; 16]>);

impl Digests {
    fn of(&mut self, survey: &Survey<'_>, topic: u32) -> [u8; 16] {
        *self.0.entry(topic).or_insert_with(|| survey.digest(topic))
    }
}
