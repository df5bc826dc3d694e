//! From a survey and the answers to its questions to the artefacts.

use std::collections::BTreeMap;

use super::index::split;
use super::survey::{ExcludeWalk, Survey};
use super::topic::Told;
use super::{Artefact, Claim, Classification, Evidence};
use crate::codeowners::Pattern;
use crate::source::{FileKind, Listing};

/// What is known of a path.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing tells it, or its content was not read.
    Open,
    Artefact,
    /// Stands in a tree that is left out.
    Excluded,
}

/// What came of a question: what the content showed, or why it was not read.
pub(super) type Answer = Result<Told, &'static str>;

/// `answers` are parallel to [`Survey::questions`].
pub(super) fn finish(survey: &Survey<'_>, answers: impl IntoIterator<Item = Answer>) -> Classification {
    let Survey { catalogue, listing, .. } = *survey;
    let mut states = vec![State::Open; listing.len()];
    for &path in &survey.excluded {
        states[path as usize] = State::Excluded;
    }
    let mut all = Classification { excluded: survey.excluded.len(), ..Classification::default() };
    let mut unread: Vec<(usize, &str)> = Vec::new();
    // Directory of each marker, with its claim: the outer ones first.
    let mut markers: BTreeMap<(&[u8], usize), usize> = BTreeMap::new();
    let mut answers = answers.into_iter();
    for &(path, topic) in &survey.told {
        let (path, topic) = (path as usize, survey.topic(topic));
        let answer = if topic.asks.is_empty() { Ok(None) } else { answers.next().unwrap_or(Ok(None)) };
        let (told, reason) = answer.map_or_else(|reason| (None, Some(reason)), |told| (told, None));
        let told = told.filter(|(_, seen)| !is_of_package(listing, listing.path(path), seen.package.as_deref()));
        match topic.decide(catalogue, told) {
            Some((rule, evidence)) => {
                if let Some(claim) = rule.claim {
                    markers.entry((split(listing.path(path)).0, claim)).or_insert(path);
                }
                all.artefacts.push(Artefact { path, kind: rule.kind, evidence });
                states[path] = State::Artefact;
            }
            None => unread.extend(reason.map(|reason| (path, reason))),
        }
    }
    // The innermost marker claims first.
    let mut exclude = survey.exclude.walk();
    let by_themselves = all.artefacts.len();
    for (&(directory, claim), &marker) in markers.iter().rev() {
        let claim = &catalogue.claims[claim];
        claim_below(survey, claim, (directory, marker), &mut exclude, &mut states, &mut all, by_themselves);
    }
    all.artefacts.sort_unstable_by_key(|artefact| artefact.path);

    let mut not_checked: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, reason) in unread.into_iter().filter(|&(path, _)| states[path] == State::Open) {
        *not_checked.entry(reason).or_default() += 1;
    }
    all.not_checked = not_checked.into_iter().map(|(reason, count)| (reason.to_owned(), count)).collect();
    all
}

/// True for the source of the Python package itself: a folder of its name that is a package and not part of another. (In a
/// project of its users such a folder would hide the package.)
fn is_of_package(listing: &Listing, path: &[u8], package: Option<&str>) -> bool {
    let Some(package) = package else { return false };
    let is_package = |directory: &[u8]| listing.find(&[directory, b"/__init__.py"].concat()).is_some();
    memchr::memchr_iter(b'/', path).map(|slash| &path[..slash]).any(|directory| {
        let (parent, name) = split(directory);
        name == package.as_bytes() && is_package(directory) && !is_package(parent)
    })
}

fn claim_below(
    survey: &Survey<'_>,
    claim: &Claim,
    (directory, marker): (&[u8], usize),
    exclude: &mut ExcludeWalk<'_>,
    states: &mut [State],
    all: &mut Classification,
    by_themselves: usize,
) {
    let listing = survey.listing;
    let start = if directory.is_empty() { 0 } else { directory.len() + 1 };
    for path in listing.below(directory) {
        let name = listing.path(path);
        let claimed = |pattern: &Pattern| pattern.matches(&name[start..]);
        if states[path] == State::Excluded
            || listing.kind(path) == FileKind::Submodule
            || !claim.patterns.iter().any(claimed)
        {
            continue;
        }
        let evidence = Evidence::Below(listing.path(marker).to_vec());
        if states[path] == State::Artefact {
            // The tree tells it already, and tells files to come as well, which content cannot.
            let told = all.artefacts[..by_themselves].binary_search_by_key(&path, |artefact| artefact.path);
            let same = told.ok().map(|at| &mut all.artefacts[at]).filter(|artefact| artefact.kind == claim.kind);
            if let Some(artefact) = same.filter(|artefact| matches!(artefact.evidence, Evidence::Content(_))) {
                artefact.evidence = evidence;
            }
            continue;
        }
        if exclude.excludes(name) {
            states[path] = State::Excluded;
            all.excluded += 1;
            continue;
        }
        states[path] = State::Artefact;
        all.artefacts.push(Artefact { path, kind: claim.kind, evidence });
    }
}
