//! From a listing to its artefacts.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::conditions::Document;
use super::exclusions::ExclusionWalk;
use super::index::{Plain, split};
use super::{Artefact, Catalogue, Claim, Classification, Content, Evidence, KindId, Rule};
use crate::codeowners::Pattern;
use crate::policy::Exclude;
use crate::source::{FileKind, Listing};

/// What is known of a path so far.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing tells it.
    Open,
    /// Content would have told it, but was not read.
    NotChecked(&'static str),
    Artefact,
    /// Stands in a tree that is left out.
    Excluded,
}

/// What a path and its content say.
enum Verdict {
    Nothing,
    Unread(&'static str),
    Excluded,
    Is(KindId, Evidence, Option<usize>),
}

pub(super) fn classify(
    catalogue: &Catalogue,
    listing: &Listing,
    exclude: &Exclude,
    read: &mut dyn FnMut(usize) -> Content,
) -> Classification {
    let mut run = Run {
        catalogue,
        listing,
        exclude,
        walk: catalogue.exclusions.walk(listing),
        neighbours: neighbours(catalogue, listing),
        candidates: Vec::new(),
        directory: None,
        bits: 0,
    };
    let mut states = vec![State::Open; listing.len()];
    let mut all = Classification::default();
    // Directory of each marker, with its claim: the outer ones first.
    let mut markers: BTreeMap<(&[u8], usize), usize> = BTreeMap::new();
    for (path, state) in states.iter_mut().enumerate() {
        *state = match run.verdict(path, read) {
            Verdict::Nothing => State::Open,
            Verdict::Unread(reason) => State::NotChecked(reason),
            Verdict::Excluded => {
                all.excluded += 1;
                State::Excluded
            }
            Verdict::Is(kind, evidence, claim) => {
                if let Some(claim) = claim {
                    markers.entry((split(listing.path(path)).0, claim)).or_insert(path);
                }
                all.artefacts.push(Artefact { path, kind, evidence });
                State::Artefact
            }
        };
    }
    // The innermost marker claims first.
    for (&(directory, claim), &marker) in markers.iter().rev() {
        run.claim_below(&catalogue.claims[claim], directory, marker, &mut states, &mut all);
    }
    all.artefacts.sort_unstable_by_key(|artefact| artefact.path);

    let mut not_checked: BTreeMap<&str, usize> = BTreeMap::new();
    for state in states {
        if let State::NotChecked(reason) = state {
            *not_checked.entry(reason).or_default() += 1;
        }
    }
    all.not_checked = not_checked.into_iter().map(|(reason, count)| (reason.to_owned(), count)).collect();
    all
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

/// The files that rules want beside theirs, by the directory that has them.
type Neighbours<'r> = FxHashMap<&'r [u8], Vec<&'r [u8]>>;

fn neighbours<'r>(catalogue: &'r Catalogue, listing: &'r Listing) -> Neighbours<'r> {
    let mut all = Neighbours::default();
    for path in listing.iter() {
        for file in catalogue.neighbours.get(split(path).1).map_or(&[][..], Vec::as_slice) {
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

struct Run<'r> {
    catalogue: &'r Catalogue,
    listing: &'r Listing,
    exclude: &'r Exclude,
    walk: ExclusionWalk<'r>,
    neighbours: Neighbours<'r>,
    candidates: Vec<u32>,
    /// The directory that `bits` are of.
    directory: Option<&'r [u8]>,
    bits: u64,
}

impl<'r> Run<'r> {
    fn verdict(&mut self, at: usize, read: &mut dyn FnMut(usize) -> Content) -> Verdict {
        let path = self.listing.path(at);
        let (directory, name) = split(path);
        let catalogue = self.catalogue;
        let mut found = std::mem::take(&mut self.candidates);
        let Plain(plain) = catalogue.index.candidates(name, || self.bits_of(directory), &mut found);
        found.retain(|&id| {
            let rule = &catalogue.rules[id as usize];
            rule.path.matches(path, name) && self.has_beside(rule, directory)
        });
        found.sort_unstable();
        let verdict = if found.is_empty() && plain.is_empty() || self.listing.kind(at) == FileKind::Submodule {
            Verdict::Nothing
        } else {
            let rules = in_order(&found, plain).map(|id| &catalogue.rules[id as usize]);
            if self.is_excluded(path) {
                let told_by_path = rules.into_iter().any(|rule| rule.conditions.is_none());
                if told_by_path { Verdict::Excluded } else { Verdict::Nothing }
            } else {
                self.first_that_holds(rules, at, read)
            }
        };
        self.candidates = found;
        verdict
    }

    /// Rules come in their order of rank: the first that holds is the best.
    fn first_that_holds<'c>(
        &self,
        rules: impl Iterator<Item = &'c Rule>,
        at: usize,
        read: &mut dyn FnMut(usize) -> Content,
    ) -> Verdict {
        let mut content: Option<Result<Document<'_>, &'static str>> = None;
        for rule in rules {
            let evidence = match rule.conditions {
                None => Some(Evidence::Path(rule.path.text.to_string())),
                Some(conditions) => {
                    let content = content.get_or_insert_with(|| match read(at) {
                        Content::Bytes(bytes) => Ok(Document::new(bytes, &self.catalogue.keys)),
                        Content::Skipped(reason) => Err(reason),
                    });
                    let seen = |document| self.catalogue.conditions[conditions].seen(document);
                    content.as_ref().ok().and_then(seen).map(Evidence::Content)
                }
            };
            if let Some(evidence) = evidence {
                return Verdict::Is(rule.kind, evidence, rule.claim);
            }
        }
        match content {
            Some(Err(reason)) => Verdict::Unread(reason),
            _ => Verdict::Nothing,
        }
    }

    fn bits_of(&mut self, directory: &'r [u8]) -> u64 {
        if self.directory != Some(directory) {
            self.directory = Some(directory);
            self.bits = self.catalogue.index.directories(directory);
        }
        self.bits
    }

    fn has_beside(&self, rule: &Rule, directory: &[u8]) -> bool {
        rule.beside.is_empty()
            || self
                .neighbours
                .get(directory)
                .is_some_and(|files| rule.beside.iter().any(|file| files.contains(&&**file)))
    }

    fn is_excluded(&mut self, path: &[u8]) -> bool {
        self.exclude.paths.iter().any(|exclude| exclude.value.pattern.matches(path))
            || (self.exclude.defaults && self.walk.excluded(path).is_some())
    }

    fn claim_below(
        &mut self,
        claim: &Claim,
        directory: &[u8],
        marker: usize,
        states: &mut [State],
        all: &mut Classification,
    ) {
        let start = if directory.is_empty() { 0 } else { directory.len() + 1 };
        for path in self.listing.below(directory) {
            let free = matches!(states[path], State::Open | State::NotChecked(_));
            let name = self.listing.path(path);
            let claimed = |pattern: &Pattern| pattern.matches(&name[start..]);
            if !free || self.listing.kind(path) == FileKind::Submodule || !claim.patterns.iter().any(claimed) {
                continue;
            }
            if self.is_excluded(name) {
                states[path] = State::Excluded;
                all.excluded += 1;
                continue;
            }
            states[path] = State::Artefact;
            let evidence = Evidence::Below(self.listing.path(marker).to_vec());
            all.artefacts.push(Artefact { path, kind: claim.kind, evidence });
        }
    }
}
