//! From a listing to its artefacts.

use std::collections::BTreeMap;

use super::conditions::Document;
use super::exclusions::ExclusionWalk;
use super::index::split;
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

struct Run<'r> {
    catalogue: &'r Catalogue,
    listing: &'r Listing,
    exclude: &'r Exclude,
    walk: ExclusionWalk<'r>,
    candidates: Vec<u32>,
    /// The directory that `bits` are of.
    directory: Option<&'r [u8]>,
    bits: u64,
}

impl<'r> Run<'r> {
    fn verdict(&mut self, at: usize, read: &mut dyn FnMut(usize) -> Content) -> Verdict {
        let path = self.listing.path(at);
        let (directory, name) = split(path);
        let mut candidates = std::mem::take(&mut self.candidates);
        self.catalogue.index.candidates(name, &mut candidates);
        if !candidates.is_empty() && self.listing.kind(at) != FileKind::Submodule {
            candidates.retain(|&id| {
                let rule = &self.catalogue.rules[id as usize];
                let bits = if rule.path.needs_directories() { self.bits_of(directory) } else { 0 };
                rule.path.matches(path, name, bits) && self.has_beside(rule, directory)
            });
        } else {
            candidates.clear();
        }
        let rules = candidates.iter().map(|&id| &self.catalogue.rules[id as usize]);
        let verdict = if candidates.is_empty() {
            Verdict::Nothing
        } else if self.is_excluded(path) {
            let told_by_path = rules.clone().any(|rule| rule.conditions.is_none());
            if told_by_path { Verdict::Excluded } else { Verdict::Nothing }
        } else {
            self.first_that_holds(rules, at, read)
        };
        self.candidates = candidates;
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
            || rule.beside.iter().any(|file| {
                let path = if directory.is_empty() { file.to_vec() } else { [directory, b"/", file].concat() };
                self.listing.find(&path).is_some()
            })
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
