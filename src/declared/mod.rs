//! The owners that files declare themselves: dbt's groups and exposures, the `owner` of an Airflow DAG, Backstage's
//! `spec.owner`.
//!
//! Where they stand is data: `policies/declared-owners.yaml`. Who is meant by them is another question, which the rules
//! ask.

mod python;
mod spec;
mod yaml;

use rustc_hash::FxHashMap;
use sha2::{Digest as _, Sha256};

pub use spec::{DeclarationSample, DeclarationSpec};

use crate::catalogue::{Catalogue, Exclusion};
use crate::ownership::Item;
use crate::source::{Extract, Fact, FileKind, Listing, Question};
use crate::span::Span;

/// The declarations of `policies/declared-owners.yaml`, as `build.rs` writes them.
const EMBEDDED: &str = include_str!(concat!(env!("OUT_DIR"), "/declared-owners.json"));
/// A file that declares more owners says nothing of whom to ask.
const MOST_OWNERS: usize = 32;
/// No owner's name is longer, in bytes.
const LONGEST_NAME: usize = 120;
/// Bytes that are read of a file: as many as for its kind, for facts are kept for one length.
pub const HEAD: usize = 64 * 1024;

/// An owner that a file declares.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeclaredOwner {
    /// What it is called there: a name, an e-mail, or both. Never empty.
    pub names: Vec<String>,
    /// The characters of the first name.
    pub span: Span,
}

/// The owners that one file declares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredOwners {
    /// Index of its path in the listing.
    pub path: usize,
    /// In the order of the file, each once; never empty.
    pub owners: Vec<DeclaredOwner>,
    /// It speaks for all that is in its directory.
    pub of_directory: bool,
}

/// Where owners stand in which files.
#[derive(Clone, Debug, Default)]
pub struct Declarations {
    specs: Vec<DeclarationSpec>,
}

impl Declarations {
    /// The embedded ones. Their data is checked by the tests.
    pub fn embedded() -> Self {
        Self { specs: serde_json::from_str(EMBEDDED).unwrap_or_default() }
    }

    /// The files that may declare an owner: artefacts of the kinds that can, and files of the names that do, unless they
    /// stand in a tree that is left out. Ascending by path.
    pub fn questions(
        &self,
        listing: &Listing,
        items: &[Item],
        catalogue: &Catalogue,
        exclusion: &Exclusion<'_>,
    ) -> Vec<Question> {
        let topic = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let mut questions: FxHashMap<usize, u32> = FxHashMap::default();
        for item in items {
            let Some(kind) = item.kind.map(|kind| &catalogue.kind(kind).name) else { continue };
            let path = listing.path(item.path);
            let asks = |spec: &DeclarationSpec| spec.kinds.contains(kind) && is_named(path, &spec.files);
            if let Some(at) = self.specs.iter().position(asks) {
                questions.insert(item.path, topic(at));
            }
        }
        let by_name: Vec<(usize, &DeclarationSpec)> =
            self.specs.iter().enumerate().filter(|(_, spec)| spec.kinds.is_empty()).collect();
        let mut exclude = exclusion.walk();
        for (index, path) in listing.iter().enumerate() {
            if let Some((at, _)) = by_name.iter().find(|(_, spec)| is_named(path, &spec.files))
                && !questions.contains_key(&index)
                && !exclude.excludes(path)
            {
                questions.insert(index, topic(*at));
            }
        }
        let is_file = |path: &usize| !matches!(listing.kind(*path), FileKind::Submodule | FileKind::Symlink);
        let mut questions: Vec<Question> = questions
            .into_iter()
            .filter(|(path, _)| is_file(path))
            .map(|(path, topic)| Question { path, topic })
            .collect();
        questions.sort_unstable_by_key(|question| question.path);
        questions
    }

    /// The files that do declare an owner; `facts` are what [`Extract::extract`] made of the questions.
    pub fn read(&self, questions: &[Question], facts: &[Fact]) -> Vec<DeclaredOwners> {
        let declared = questions.iter().zip(facts).filter_map(|(question, fact)| {
            let owners = fact.as_ref().ok().and_then(|fact| decode(fact))?;
            let of_directory = self.specs.get(question.topic as usize).is_some_and(|spec| spec.directory);
            (!owners.is_empty()).then_some(DeclaredOwners { path: question.path, owners, of_directory })
        });
        declared.collect()
    }

    /// The owners that a file with this content declares.
    fn owners(&self, topic: u32, bytes: &[u8]) -> Vec<DeclaredOwner> {
        let Some(spec) = self.specs.get(topic as usize) else { return Vec::new() };
        let bytes = whole_lines(bytes);
        let mut found = python::owners(bytes, &spec.python);
        if !spec.yaml.is_empty() {
            found.extend(yaml::owners(text(bytes), &spec.yaml));
        }
        let mut owners: Vec<DeclaredOwner> = Vec::new();
        for mut owner in found {
            owner
                .names
                .retain(|name| is_name(name) && !spec.placeholders.iter().any(|none| none.eq_ignore_ascii_case(name)));
            if !owner.names.is_empty() && !owners.iter().any(|known| known.names == owner.names) {
                owners.push(owner);
            }
        }
        owners.truncate(MOST_OWNERS);
        owners
    }
}

impl Extract for Declarations {
    fn digest(&self, topic: u32) -> [u8; 16] {
        let spec = self.specs.get(topic as usize).and_then(|spec| serde_json::to_vec(spec).ok()).unwrap_or_default();
        let mut hash = Sha256::new_with_prefix("declared owners");
        for part in
            [env!("CARGO_PKG_VERSION"), include_str!("mod.rs"), include_str!("python.rs"), include_str!("yaml.rs")]
        {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        let digest: [u8; 32] = hash.chain_update(spec).finalize().into();
        std::array::from_fn(|at| digest[at])
    }

    fn extract(&self, topic: u32, bytes: &[u8]) -> Vec<u8> {
        encode(&self.owners(topic, bytes))
    }

    fn accepts(&self, _topic: u32, fact: &[u8]) -> bool {
        decode(fact).is_some()
    }
}

/// True for a name that is one of `files`, or has the end that one of them has behind its `*`.
fn is_named(path: &[u8], files: &[String]) -> bool {
    let name = memchr::memrchr(b'/', path).map_or(path, |slash| &path[slash + 1..]);
    files.is_empty()
        || files.iter().any(|file| match file.strip_prefix('*') {
            Some(end) => name.ends_with(end.as_bytes()),
            None => name == file.as_bytes(),
        })
}

/// False for what no tool takes for an owner: templates, texts of several lines.
fn is_name(name: &str) -> bool {
    !name.trim().is_empty()
        && name.len() <= LONGEST_NAME
        && !name.contains("{{")
        && !name.contains("${")
        && !name.contains(char::is_control)
        && !matches!(name, "~" | "null" | "Null" | "NULL" | "true" | "false")
}

/// Without the last line, where a bounded read may have cut it off.
fn whole_lines(bytes: &[u8]) -> &[u8] {
    match memchr::memrchr(b'\n', bytes) {
        Some(end) if bytes.len() >= HEAD => &bytes[..end],
        _ => bytes,
    }
}

/// The text up to what is none.
fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).or_else(|error| std::str::from_utf8(&bytes[..error.valid_up_to()])).unwrap_or_default()
}

/// A fact, for whoever keeps it: of each owner where it starts and ends, the length of its names, and these.
fn encode(owners: &[DeclaredOwner]) -> Vec<u8> {
    let mut fact = Vec::new();
    for owner in owners {
        let names = owner.names.join("\n");
        for number in [owner.span.start, owner.span.end, names.len()] {
            fact.extend(u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes());
        }
        fact.extend(names.into_bytes());
    }
    fact
}

/// What [`encode`] was given; `None` for what it cannot have written.
fn decode(mut fact: &[u8]) -> Option<Vec<DeclaredOwner>> {
    let mut owners = Vec::new();
    while !fact.is_empty() {
        let (numbers, rest) = fact.split_first_chunk::<12>()?;
        let [start, end, length] = std::array::from_fn(|at| {
            numbers[at * 4..].first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes) as usize)
        });
        let (names, rest) = rest.split_at_checked(length)?;
        let names: Vec<String> = std::str::from_utf8(names).ok()?.split('\n').map(str::to_owned).collect();
        if start > end || end > HEAD || names.iter().any(String::is_empty) {
            return None;
        }
        owners.push(DeclaredOwner { names, span: Span::new(start, end) });
        fact = rest;
    }
    Some(owners)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::catalogue::Content;
    use crate::ownership::Ownership;
    use crate::policy::{self, Exclude, Known};

    fn specs() -> Vec<DeclarationSpec> {
        serde_saphyr::from_str(include_str!("../../policies/declared-owners.yaml")).unwrap()
    }

    fn declared(sample: &DeclarationSample) -> Vec<Vec<String>> {
        let catalogue = Catalogue::embedded();
        let known = Known {
            kinds: catalogue.kinds.iter().map(|kind| (kind.name.as_str(), kind.area.as_str())).collect(),
            rules: Vec::new(),
        };
        let policy = policy::load_builtin("ml-team", &known).unwrap();
        let paths: Vec<&str> = sample.with.iter().chain([&sample.path]).map(String::as_str).collect();
        let listing = Listing::of(&paths);
        let exclude = Exclude { defaults: true, paths: Vec::new() };
        let is_sample = |path: usize| listing.path(path) == sample.path.as_bytes();
        let content = |path: usize| if is_sample(path) { sample.content.clone().into_bytes() } else { Vec::new() };
        let classification = catalogue.classify(&listing, &exclude, &mut |path| Content::Bytes(content(path)));
        let ownership = Ownership::join(&listing, None, &policy, &catalogue, classification).unwrap();
        let declarations = Declarations::embedded();
        let questions = declarations.questions(
            &listing,
            ownership.items(),
            &catalogue,
            &Exclusion::new(&catalogue, &listing, &exclude),
        );
        let facts: Vec<Fact> = questions
            .iter()
            .map(|question| Ok(declarations.extract(question.topic, &content(question.path))))
            .collect();
        let all = declarations.read(&questions, &facts);
        all.into_iter().flat_map(|file| file.owners).map(|owner| owner.names).collect()
    }

    #[test]
    fn every_sample_declares_its_owners() {
        for spec in specs() {
            assert!(!spec.samples.is_empty(), "{} has no sample", spec.title);
            for sample in &spec.samples {
                assert_eq!(declared(sample), sample.owners, "{} of {}:\n{}", sample.path, spec.title, sample.content);
            }
        }
    }

    #[test]
    fn the_kinds_are_those_of_the_catalogue() {
        let catalogue = Catalogue::embedded();
        for kind in specs().iter().flat_map(|spec| &spec.kinds) {
            assert!(catalogue.kind_named(kind).is_some(), "{kind}");
        }
    }

    #[test]
    fn a_line_that_may_be_cut_off_says_nothing() {
        let declarations = Declarations::embedded();
        let topic = specs().iter().position(|spec| spec.yaml == ["spec.owner"]).unwrap();
        let topic = u32::try_from(topic).unwrap();
        let end = b"\nspec:\n  owner: data-eng";
        let text = |length: usize| [b"# ".to_vec(), vec![b'x'; length - 2 - end.len()], end.to_vec()].concat();
        assert_eq!(declarations.owners(topic, &text(HEAD - 1)).len(), 1);
        assert_eq!(declarations.owners(topic, &text(HEAD)), []);
    }

    proptest! {
        #[test]
        fn a_fact_comes_back_as_it_was(
            owners in prop::collection::vec((prop::collection::vec("[^\n]{1,9}", 1..3), 0..HEAD, 0..HEAD), 0..4),
            noise in any::<Vec<u8>>(),
        ) {
            let owners: Vec<DeclaredOwner> = owners
                .into_iter()
                .map(|(names, a, b)| DeclaredOwner { names, span: Span::new(a.min(b), a.max(b)) })
                .collect();
            prop_assert_eq!(decode(&encode(&owners)), Some(owners));
            decode(&noise);
        }
    }
}
