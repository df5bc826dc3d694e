//! What can be said of a path: the pieces of evidence that its name meets, best first.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;
use sha2::{Digest as _, Sha256};

use super::conditions::{Document, Vocabulary};
use super::index::BucketId;
use super::seen::Seen;
use super::{Catalogue, Evidence, Rule};

/// Position in the topics of one survey.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct TopicId(pub(super) u32);

/// The rules that files of one sort meet.
#[derive(Clone, Debug)]
pub(super) struct Topic {
    /// Those that ask for content, best first, up to the one that does not.
    pub(super) asks: Box<[u32]>,
    /// The one that the path decides, should none of them hold.
    pub(super) otherwise: Option<u32>,
}

/// What is true of a file by its content: the place of a rule in [`Topic::asks`], and what was seen.
pub(super) type Told = Option<(usize, Seen)>;

/// Numbers before the texts of a fact.
const NUMBERS: usize = 4;

/// A fact, for whoever keeps it.
pub(super) fn encode(told: Told) -> Vec<u8> {
    let Some((at, Seen { text, line, cell, package })) = told else { return Vec::new() };
    let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    // Lines and cells count from 1.
    let numbers: [u32; NUMBERS] = [number(at), line.unwrap_or(0), cell.unwrap_or(0), number(text.len())];
    let mut fact: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
    fact.extend(text.into_bytes());
    fact.extend(package.unwrap_or_default().into_bytes());
    fact
}

/// What [`encode`] was given; `None` for what it cannot have written.
pub(super) fn decode(fact: &[u8]) -> Option<Told> {
    if fact.is_empty() {
        return Some(None);
    }
    let (numbers, texts) = fact.split_first_chunk::<{ 4 * NUMBERS }>()?;
    let [at, line, cell, length] =
        [0, 4, 8, 12].map(|start| u32::from_le_bytes(std::array::from_fn(|byte| numbers[start + byte])));
    let (text, package) = std::str::from_utf8(texts).ok()?.split_at_checked(length as usize)?;
    let counted = |number: u32| (number > 0).then_some(number);
    let package = (!package.is_empty()).then(|| package.to_owned());
    Some(Some((at as usize, Seen { text: text.to_owned(), line: counted(line), cell: counted(cell), package })))
}

/// The code that decides what is seen in a file: a change of it makes other facts.
const CODE: [&str; 8] = [
    include_str!("conditions.rs"),
    include_str!("facts.rs"),
    include_str!("glob.rs"),
    include_str!("notebook.rs"),
    include_str!("python.rs"),
    include_str!("seen.rs"),
    include_str!("sql.rs"),
    include_str!("topic.rs"),
];

/// The digests of what decides facts, each made when it is first asked for.
#[derive(Debug, Default)]
pub(super) struct Digests {
    /// Of what all topics have in common.
    common: OnceLock<[u8; 32]>,
    conditions: Vec<OnceLock<[u8; 32]>>,
}

impl Digests {
    pub(super) fn new(catalogue: &Catalogue) -> Self {
        Self { common: OnceLock::new(), conditions: vec![OnceLock::new(); catalogue.conditions.len()] }
    }

    /// Of all that decides what [`Topic::look`] gives, but the bytes.
    pub(super) fn of(&self, topic: &Topic, catalogue: &Catalogue) -> [u8; 16] {
        let common = self.common.get_or_init(|| {
            // Which keys are asked for by whomever decides how many facts of a document are kept.
            // The packages have the same part in the names of Python.
            let Vocabulary { keys, packages } = &catalogue.vocabulary;
            let names = keys.names().chain(["packages"]).chain(packages.names());
            of_texts(std::iter::once(env!("CARGO_PKG_VERSION")).chain(CODE).chain(names))
        });
        let mut hash = Sha256::new_with_prefix(common);
        for at in topic.asks.iter().filter_map(|&id| catalogue.rule(id).conditions) {
            let describe =
                || of_texts(catalogue.conditions[at].described(&catalogue.vocabulary.keys).iter().map(String::as_str));
            hash.update(self.conditions[at].get_or_init(describe));
        }
        let digest: [u8; 32] = hash.finalize().into();
        std::array::from_fn(|at| digest[at])
    }
}

fn of_texts<'t>(texts: impl Iterator<Item = &'t str>) -> [u8; 32] {
    let mut hash = Sha256::new();
    for text in texts {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text);
    }
    hash.finalize().into()
}

impl Topic {
    /// The first rule whose conditions hold.
    pub(super) fn look(&self, catalogue: &Catalogue, bytes: &[u8]) -> Told {
        let document = Document::new(bytes, &catalogue.vocabulary);
        let seen = |&id: &u32| catalogue.conditions[catalogue.rule(id).conditions?].seen(&document);
        self.asks.iter().enumerate().find_map(|(at, id)| Some((at, seen(id)?)))
    }

    /// The kind, its evidence and its claim; `None` where nothing tells the file.
    pub(super) fn decide<'c>(&self, catalogue: &'c Catalogue, told: Told) -> Option<(&'c Rule, Evidence)> {
        if let Some((at, seen)) = told {
            return self.asks.get(at).map(|&id| (catalogue.rule(id), Evidence::Content(seen)));
        }
        let rule = catalogue.rule(self.otherwise?);
        Some((rule, Evidence::Path(rule.path.text.to_string())))
    }
}

/// The topics met so far.
#[derive(Debug, Default)]
pub(super) struct Topics {
    pub(super) all: Vec<Topic>,
    /// By what the index gives: nearly all paths of a listing share a few.
    known: FxHashMap<Option<BucketId>, FxHashMap<Box<[u32]>, TopicId>>,
}

impl Topics {
    /// The topic of the tests that a path really meets: its bucket's and the `found` ones, ascending.
    pub(super) fn of(&mut self, catalogue: &Catalogue, bucket: Option<BucketId>, found: &[u32]) -> TopicId {
        if let Some(&known) = self.known.get(&bucket).and_then(|known| known.get(found)) {
            return known;
        }
        let (mut asks, mut otherwise) = (Vec::new(), None);
        for id in in_order(found, catalogue.index.plain(bucket)) {
            if catalogue.rule(id).conditions.is_none() {
                otherwise = Some(id);
                break;
            }
            asks.push(id);
        }
        let id = self.add(Topic { asks: asks.into(), otherwise });
        self.known.entry(bucket).or_default().insert(found.into(), id);
        id
    }

    fn add(&mut self, topic: Topic) -> TopicId {
        // Fewer than there are paths, of which a listing holds no more than a `u32` counts.
        let id = TopicId(u32::try_from(self.all.len()).unwrap_or(u32::MAX));
        self.all.push(topic);
        id
    }
}

/// Two ascending lists as one.
fn in_order<'i>(a: &'i [u32], b: &'i [u32]) -> impl Iterator<Item = u32> + use<'i> {
    let (mut a, mut b) = (a.iter().copied().peekable(), b.iter().copied().peekable());
    std::iter::from_fn(move || match (a.peek(), b.peek()) {
        (Some(x), Some(y)) if x < y => a.next(),
        (_, Some(_)) => b.next(),
        _ => a.next(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fact_is_read_as_it_was_written_and_nothing_else_is() {
        let package = Some("kfp".to_owned());
        let whole = Seen { text: "é = 1".to_owned(), line: Some(3), cell: Some(4), package };
        for told in [None, Some((0, Seen::nowhere(String::new()))), Some((7, whole))] {
            assert_eq!(decode(&encode(told.clone())), Some(told));
        }
        let good = encode(Some((1, Seen::at("é".to_owned(), 1, None))));
        for bad in [&good[..3], &good[..good.len() - 1], &[&good[..12], &[9, 0, 0, 0, b'a']].concat()] {
            assert_eq!(decode(bad), None);
        }
    }
}
