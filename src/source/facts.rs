//! Facts: what is made of the starts of many files, read in parallel or remembered from an earlier run.

use rustc_hash::FxHashMap;

use super::blobs::{Blob, Blobs};
use super::cache::{Cache, Candidate, Place, Store, Unchanged, is_blob};
use super::disk::{Disk, Reader};
use super::git::Git;
use super::listing::{FileKind, Listing};
use super::tree::{Contents, MAX_BLOB, Tree, of_blob, of_kind, of_refusal};
use crate::parallel;

/// A file that something is to be made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Question {
    /// Index of its path in the listing.
    pub path: usize,
    /// What is asked, in the numbers of whoever asks: see [`Extract`].
    pub topic: u32,
}

/// Makes a fact of the first bytes of a file: a pure function of those and of the topic.
pub trait Extract: Sync {
    /// All that decides the fact but the bytes: two topics of the same digest make the same of them, in whatever run.
    /// Must be hard to forge, for a repository's own policy has a say in it.
    fn digest(&self, topic: u32) -> [u8; 16];

    /// The fact.
    fn extract(&self, topic: u32, bytes: &[u8]) -> Vec<u8>;

    /// False for what [`Extract::extract`] could never give.
    fn accepts(&self, topic: u32, fact: &[u8]) -> bool;
}

/// What was made of a file, or why it was not read, as a short plural phrase (`symbolic links`).
pub type Fact = Result<Vec<u8>, &'static str>;

/// A block of files is read by one thread; fewer than two blocks are not worth a second one.
const BLOCK: usize = 32;
/// Fewer files than this are read in less time than it takes to find out that they need not be.
const FEW_FILES: usize = 512;
/// Blobs come from git, which takes longer.
const FEW_BLOBS: usize = 64;
/// A file of at most so many bytes is read whole where its fact is to be kept: only all of it is told by its id.
const MAX_WHOLE: u64 = 1024 * 1024;

impl Tree {
    /// What `extract` makes of the first `limit` bytes of each file, by the same rules as [`Tree::head`]; `questions` are
    /// sorted by path. The answers are the same with and without a cache.
    pub fn facts(&self, questions: &[Question], limit: usize, extract: &dyn Extract, cache: &Cache) -> Vec<Fact> {
        let (git, few) = match &self.contents {
            Contents::WorkTree(_, Some((git, _))) => (Some(git), FEW_FILES),
            Contents::WorkTree(_, None) | Contents::Named(_) => (None, 0),
            Contents::Blobs(blobs) => (Some(blobs.git()), FEW_BLOBS),
        };
        let listing = self.listing();
        let id_length = listing.id_length();
        let opened = git.filter(|_| questions.len() >= few && id_length > 0).and_then(|git| {
            cache.open(|| self.place.get_or_init(|| Place::of(git)).as_ref(), self.root(), id_length, limit)
        });
        let (mut store, place) = opened.unzip();
        let run = Run { listing, questions, limit, extract, store: store.as_ref() };
        let answers = match &self.contents {
            Contents::WorkTree(disk, repository) => {
                run.of_files(disk, repository.as_ref().map(|(git, _)| git).zip(place))
            }
            Contents::Blobs(blobs) => run.of_blobs(blobs),
            Contents::Named(_) => return vec![Err("paths of a bare listing"); questions.len()],
        };
        if let Some(store) = &mut store {
            let mut digests = Digests::new(extract);
            for (question, answer) in questions.iter().zip(&answers) {
                if let (Some(size), Ok(fact), Some(id)) =
                    (answer.proved, &answer.fact, listing.object_id(question.path))
                {
                    store.add(id, digests.of(question.topic), size, fact);
                }
            }
        }
        if let Some(store) = store {
            store.save(questions.iter().filter_map(|question| listing.object_id(question.path)));
        }
        answers.into_iter().map(|answer| answer.fact).collect()
    }
}

/// The answer to a question.
struct Answer {
    fact: Fact,
    /// The size of the blob, where the fact was made of bytes that are the blob's for sure.
    proved: Option<u32>,
}

impl From<&'static str> for Answer {
    fn from(reason: &'static str) -> Self {
        Self { fact: Err(reason), proved: None }
    }
}

/// The digests of the topics asked for so far.
struct Digests<'r> {
    extract: &'r dyn Extract,
    known: FxHashMap<u32, [u8; 16]>,
}

impl<'r> Digests<'r> {
    fn new(extract: &'r dyn Extract) -> Self {
        Self { extract, known: FxHashMap::default() }
    }

    fn of(&mut self, topic: u32) -> [u8; 16] {
        *self.known.entry(topic).or_insert_with(|| self.extract.digest(topic))
    }
}

struct Run<'r> {
    listing: &'r Listing,
    questions: &'r [Question],
    limit: usize,
    extract: &'r dyn Extract,
    /// `None` without a cache.
    store: Option<&'r Store>,
}

/// A fact of an earlier run.
#[derive(Clone, Copy)]
struct Known<'r> {
    /// Place of its question.
    question: usize,
    size: u32,
    fact: &'r [u8],
}

impl<'r> Run<'r> {
    /// The facts that are known of the blobs, in the order of the questions.
    fn known(&self) -> Vec<Known<'r>> {
        let Some(store) = self.store.filter(|store| !store.is_empty()) else { return Vec::new() };
        let mut digests = Digests::new(self.extract);
        let known = self.questions.iter().enumerate().filter_map(|(at, question)| {
            let id = self.listing.object_id(question.path)?;
            let known = store.get(id, &digests.of(question.topic))?;
            let is_regular = self.listing.kind(question.path) == FileKind::Regular;
            (is_regular && self.extract.accepts(question.topic, known.fact)).then_some(Known {
                question: at,
                size: known.size,
                fact: known.fact,
            })
        });
        known.collect()
    }

    /// How much is read of a file of this size.
    fn limit_for(&self, size: u64) -> usize {
        let whole = usize::try_from(size).unwrap_or(usize::MAX);
        if self.store.is_some() && size <= MAX_WHOLE { self.limit.max(whole) } else { self.limit }
    }

    fn answer(&self, question: Question, bytes: &[u8], truncated: bool) -> Answer {
        let fact = Ok(self.extract.extract(question.topic, &bytes[..bytes.len().min(self.limit)]));
        let provable = self.store.is_some() && !truncated;
        let is_proved = provable && self.listing.object_id(question.path).is_some_and(|id| is_blob(bytes, id));
        Answer { fact, proved: u32::try_from(bytes.len()).ok().filter(|_| is_proved) }
    }

    fn of_files(&self, disk: &Disk, repository: Option<(&Git, &Place)>) -> Vec<Answer> {
        let known = if repository.is_some() { self.known() } else { Vec::new() };
        let read =
            |(reader, bytes): &mut (Reader<'_>, Vec<u8>), at: usize| self.read(self.questions[at], reader, bytes);
        let start = || (disk.reader(), Vec::new());
        let Some((git, place)) = repository.filter(|_| known.len() >= FEW_FILES) else {
            return parallel::blocks(self.questions.len(), BLOCK, start, read);
        };
        let candidate = |known: &Known<'_>| Candidate { path: self.questions[known.question].path, size: known.size };
        let candidates: Vec<Candidate> = known.iter().map(candidate).collect();
        let mut place_of = vec![None; self.questions.len()];
        for (at, known) in known.iter().enumerate() {
            place_of[known.question] = Some(at);
        }
        std::thread::scope(|scope| {
            let left_alone = scope.spawn(|| Unchanged::left_alone(git, self.listing, &candidates));
            let unchanged = Unchanged::read(place, self.listing, &candidates);
            // What is remembered counts if git leaves the file alone, which is still being asked.
            let mut answers = parallel::blocks(self.questions.len(), BLOCK, start, |state, at| {
                let holds = place_of[at]
                    .filter(|&place| unchanged.holds(place, self.listing.path(self.questions[at].path), &mut state.0));
                match holds {
                    Some(place) => (Some(place), Answer { fact: Ok(known[place].fact.to_vec()), proved: None }),
                    None => (None, read(state, at)),
                }
            });
            let left_alone = parallel::join(left_alone);
            let is_wrong = |remembered: Option<usize>| {
                remembered.is_some_and(|place| !left_alone.as_ref().is_some_and(|left_alone| left_alone[place]))
            };
            let wrong: Vec<usize> = (0..answers.len()).filter(|&at| is_wrong(answers[at].0)).collect();
            let again = parallel::blocks(wrong.len(), BLOCK, start, |state, at| read(state, wrong[at]));
            for (at, answer) in wrong.into_iter().zip(again) {
                answers[at] = (None, answer);
            }
            answers.into_iter().map(|(_, answer)| answer).collect()
        })
    }

    fn read(&self, question: Question, reader: &mut Reader<'_>, bytes: &mut Vec<u8>) -> Answer {
        if let Some(reason) = of_kind(self.listing.kind(question.path)) {
            return reason.into();
        }
        match reader.read(self.listing.path(question.path), |size| self.limit_for(size), bytes) {
            Ok(read) => self.answer(question, bytes, read.truncated),
            Err(refusal) => of_refusal(&refusal).into(),
        }
    }

    fn of_blobs(&self, blobs: &Blobs) -> Vec<Answer> {
        let mut answers: Vec<Option<Answer>> = self.questions.iter().map(|_| None).collect();
        for known in self.known() {
            answers[known.question] = Some(Answer { fact: Ok(known.fact.to_vec()), proved: None });
        }
        let (mut ids, mut asked) = (Vec::new(), Vec::new());
        for (at, question) in self.questions.iter().enumerate() {
            if answers[at].is_some() {
                continue;
            }
            match (of_kind(self.listing.kind(question.path)), self.listing.object_id(question.path)) {
                (Some(reason), _) => answers[at] = Some(reason.into()),
                (None, None) => answers[at] = Some("files in an unresolved merge".into()),
                (None, Some(id)) => {
                    ids.push(id);
                    asked.push(at);
                }
            }
        }
        let read = |at: usize, blob: Blob| match of_blob(blob) {
            Ok((bytes, truncated)) => self.answer(self.questions[at], &bytes, truncated),
            Err(reason) => reason.into(),
        };
        let limit = |size| self.limit_for(size);
        let done =
            blobs.read_many(&ids, limit, MAX_BLOB, |nth, blob| answers[asked[nth]] = Some(read(asked[nth], blob)));
        if done.is_err() {
            // One of them cannot be read, and ends it for the others: they are asked for one by one.
            for (&at, id) in asked.iter().zip(&ids).filter(|(at, _)| answers[**at].is_none()).collect::<Vec<_>>() {
                let blob = blobs.read_some(id, &limit, MAX_BLOB);
                answers[at] = Some(blob.map_or_else(|_| "unreadable files".into(), |blob| read(at, blob)));
            }
        }
        answers.into_iter().map(|answer| answer.unwrap_or_else(|| "unreadable files".into())).collect()
    }
}
