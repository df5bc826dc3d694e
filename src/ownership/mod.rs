//! The joined table: path → artefact, area, winning entries; and how each (winners, area) stands against the expectation.

mod approval;
mod judge;

use rustc_hash::FxHashMap;

use crate::catalogue::{Catalogue, Classification, Evidence, KindId};
use crate::codeowners::{Codeowners, EntryId, Matcher, Pattern, TooMuchWork, Winners};
use crate::declared::DeclaredOwners;
use crate::policy::{AreaId, Policy};
use crate::source::Listing;
use crate::stored::StoredModel;

pub use judge::{Demand, Gap, Judge, OwnerAt, Verdict};

/// A path that somebody should answer for: of a known kind, or in an area by the policy's paths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Index in the listing.
    pub path: usize,
    /// Its area; `None` where the policy has no such area.
    pub area: Option<AreaId>,
    /// What the catalogue says it is.
    pub kind: Option<KindId>,
    /// Why the catalogue says so.
    pub evidence: Option<Evidence>,
}

/// What files say beyond their kind, each ascending by path.
#[derive(Clone, Debug, Default)]
pub struct Details {
    /// The owners that they declare themselves.
    pub declared: Vec<DeclaredOwners>,
    /// The large models that git itself stores.
    pub stored: Vec<StoredModel>,
}

/// Every path with its winning entries, the items among them, and what their files say.
#[derive(Clone, Debug)]
pub struct Ownership {
    winners: Winners,
    items: Vec<Item>,
    details: Details,
}

impl Ownership {
    /// Joins the stages before. Without a CODEOWNERS every path is unmatched.
    ///
    /// # Errors
    ///
    /// A CODEOWNERS whose regular expressions are out of all proportion.
    pub fn join(
        listing: &Listing,
        codeowners: Option<&Codeowners>,
        policy: &Policy,
        catalogue: &Catalogue,
        classification: Classification,
    ) -> Result<Self, TooMuchWork> {
        Ok(Self::new(Self::decide(listing, codeowners)?, listing, policy, catalogue, classification))
    }

    /// Who wins what, which needs no classification.
    ///
    /// # Errors
    ///
    /// A CODEOWNERS whose regular expressions are out of all proportion.
    pub fn decide(listing: &Listing, codeowners: Option<&Codeowners>) -> Result<Winners, TooMuchWork> {
        match codeowners {
            Some(codeowners) => Winners::new(codeowners, listing.iter()),
            None => Ok(Winners::none(listing.len())),
        }
    }

    /// Joins winners with what the paths are.
    pub fn new(
        winners: Winners,
        listing: &Listing,
        policy: &Policy,
        catalogue: &Catalogue,
        classification: Classification,
    ) -> Self {
        Self { winners, items: items(listing, policy, catalogue, classification), details: Details::default() }
    }

    /// Takes what files say: none, until somebody has read them.
    pub fn set_details(&mut self, details: Details) {
        self.details = details;
    }

    /// What files say beyond their kind.
    pub fn details(&self) -> &Details {
        &self.details
    }

    /// The entries that decide the path at an index of the listing, in file order: none or one where the host has no
    /// sections.
    pub fn winners(&self, path: usize) -> &[EntryId] {
        self.winners.of(path)
    }

    /// The number of the set of entries that decides a path: see [`Winners::set_of`].
    pub fn set_of(&self, path: usize) -> u32 {
        self.winners.set_of(path)
    }

    /// Items by path, ascending.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// The item of a path, if it is one.
    pub fn item(&self, path: usize) -> Option<&Item> {
        self.items.binary_search_by_key(&path, |item| item.path).ok().map(|at| &self.items[at])
    }
}

fn items(listing: &Listing, policy: &Policy, catalogue: &Catalogue, mut classification: Classification) -> Vec<Item> {
    // Any repository may have a Dockerfile: without a policy that says "this is ours", it counts beside ML only.
    let is_generic = |kind: KindId| catalogue.kind(kind).generic;
    if policy.file.is_none() && classification.artefacts.iter().all(|artefact| is_generic(artefact.kind)) {
        classification.artefacts.clear();
    }
    let area_of_kind: Vec<Option<AreaId>> = catalogue
        .kinds
        .iter()
        .map(|kind| policy.area_claiming(&kind.name).or_else(|| policy.area_named(&kind.area)))
        .collect();
    let by_path = areas_by_path(listing, policy);
    let mut items: FxHashMap<usize, Item> = by_path
        .into_iter()
        .map(|(path, area)| (path, Item { path, area: Some(area), kind: None, evidence: None }))
        .collect();
    for artefact in classification.artefacts {
        let area = area_of_kind[usize::from(artefact.kind.0)];
        let item = items.entry(artefact.path).or_insert(Item { path: artefact.path, area, kind: None, evidence: None });
        item.kind = Some(artefact.kind);
        item.evidence = Some(artefact.evidence);
    }
    let mut items: Vec<Item> = items.into_values().collect();
    items.sort_unstable_by_key(|item| item.path);
    items
}

/// The paths that areas of the policy claim; among areas the contained one wins, `exclude.paths` beats all.
fn areas_by_path(listing: &Listing, policy: &Policy) -> Vec<(usize, AreaId)> {
    let claims: Vec<(u32, &Pattern)> = (0..)
        .zip(&policy.area_ranks)
        .map(|(rank, &(area, nth))| (rank, &policy.area(area).paths[nth].value.pattern))
        .collect();
    if claims.is_empty() {
        return Vec::new();
    }
    let claims = Matcher::new(claims);
    let excluded = Matcher::new(policy.exclude.paths.iter().map(|path| (0, &path.value.pattern)));
    let (mut claims, mut excluded) = (claims.walk(), excluded.walk());
    let claimed = listing.iter().enumerate().filter_map(|(index, path)| {
        let rank = claims.winner(path)?;
        excluded.winner(path).is_none().then(|| (index, policy.area_ranks[rank as usize].0))
    });
    claimed.collect()
}
