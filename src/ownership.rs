//! The joined table: path → artefact, area, winning entry; and how each (entry, area) stands against the expectation.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use crate::catalogue::{Catalogue, Classification, Evidence, KindId};
use crate::codeowners::{Codeowners, EntryId, Matcher, Owner, OwnerKind, Pattern};
use crate::policy::{AreaId, Expectation, Located, Party, Policy, RoleId};
use crate::source::Listing;

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

/// Every path with its winning entry, and the items among them.
#[derive(Clone, Debug)]
pub struct Ownership {
    winners: Vec<u32>,
    items: Vec<Item>,
}

const UNMATCHED: u32 = u32::MAX;

impl Ownership {
    /// Joins the stages before. Without a CODEOWNERS every path is unmatched.
    pub fn join(
        listing: &Listing,
        codeowners: Option<&Codeowners>,
        policy: &Policy,
        catalogue: &Catalogue,
        classification: Classification,
    ) -> Self {
        Self { winners: winners(listing, codeowners), items: items(listing, policy, catalogue, classification) }
    }

    /// The entry that wins the path at an index of the listing.
    pub fn winner(&self, path: usize) -> Option<EntryId> {
        Some(self.winners[path]).filter(|&id| id != UNMATCHED).map(EntryId)
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

fn winners(listing: &Listing, codeowners: Option<&Codeowners>) -> Vec<u32> {
    let Some(codeowners) = codeowners else { return vec![UNMATCHED; listing.len()] };
    let matcher = codeowners.matcher();
    let mut walk = matcher.walk();
    listing.iter().map(|path| walk.winner(path).unwrap_or(UNMATCHED)).collect()
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

/// The ways a host lets a path be approved: every group must approve, each by `needed` of its owners.
///
/// On GitHub there is one group, the winning entry's owners, and one of them is enough.
struct Approval<'a> {
    groups: Vec<(&'a [Owner], usize)>,
}

impl<'a> Approval<'a> {
    fn github(owners: &'a [Owner]) -> Self {
        Self { groups: vec![(owners, 1)] }
    }

    /// True where every way to approve includes somebody who `is_one`.
    fn always_includes(&self, is_one: impl Fn(&Owner) -> bool) -> bool {
        self.groups.iter().any(|(owners, needed)| owners.iter().filter(|owner| !is_one(owner)).count() < *needed)
    }

    /// True where some way to approve consists only of those who `is_one`.
    fn can_be_only(&self, is_one: impl Fn(&Owner) -> bool) -> bool {
        self.groups.iter().all(|(owners, needed)| owners.iter().filter(|owner| is_one(owner)).count() >= *needed)
    }
}

/// The first thing that is wrong with who owns an item. An item has at most one of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gap {
    /// No entry matches.
    Unmatched,
    /// The winning entry names nobody.
    Ownerless,
    /// A specific entry wins, and nobody on it holds an accountable role.
    WrongRole,
    /// The catch-all wins, and that is not enough: nobody on it is accountable, or the area wants a specific entry.
    RoleThroughCatchAll,
    /// The catch-all wins; its owners would do.
    CatchAll,
}

/// How the items of one area that one entry wins stand against the area's expectation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Who owns it at all.
    pub gap: Option<Gap>,
    /// Indexes in `consulted` of those that are not asked.
    pub not_consulted: Vec<usize>,
    /// Indexes of the owners who can approve without any of `approvers`.
    pub outside_approvers: Vec<usize>,
    /// Indexes of the owners who can approve though `never_alone` says they should not.
    pub alone: Vec<usize>,
    /// How many distinct owners there are, where that is fewer than `min_owners`.
    pub too_few: Option<usize>,
    /// Indexes of the individuals, where `teams_only` holds.
    pub individuals: Vec<usize>,
}

/// Judges expectations: knows who holds which role, and which roles anybody holds at all.
pub struct Judge<'a> {
    policy: &'a Policy,
    codeowners: Option<&'a Codeowners>,
    roles: FxHashMap<&'a str, Vec<RoleId>>,
}

impl<'a> Judge<'a> {
    /// Looks up every owner's roles once.
    pub fn new(policy: &'a Policy, codeowners: Option<&'a Codeowners>) -> Self {
        let mut roles = FxHashMap::default();
        for owner in codeowners.iter().flat_map(|file| &file.entries).flat_map(|entry| &entry.owners) {
            roles.entry(&*owner.key).or_insert_with(|| policy.roles_of(owner));
        }
        Self { policy, codeowners, roles }
    }

    /// The roles that an owner really holds.
    pub fn roles_of(&self, owner: &Owner) -> Cow<'_, [RoleId]> {
        match self.roles.get(&*owner.key) {
            Some(roles) => Cow::Borrowed(roles),
            None => Cow::Owned(self.policy.roles_of(owner)),
        }
    }

    /// Whether an owner is one of the parties: holds the role, or stands in for it.
    pub fn is_asked(&self, owner: &Owner, party: &Party) -> bool {
        match party {
            Party::Owner(pattern) => pattern.matches(&owner.key),
            Party::Role(role) => self.policy.stands_in(*role).any(|role| self.roles_of(owner).contains(&role)),
        }
    }

    fn is_any(&self, owner: &Owner, parties: &[Located<Party>]) -> bool {
        parties.iter().any(|party| self.is_asked(owner, &party.value))
    }

    /// True where somebody could be this party: an owner, or a role that is staffed or covered.
    pub fn can_be_met(&self, party: &Party) -> bool {
        match party {
            Party::Owner(_) => true,
            Party::Role(role) => self.policy.is_staffed(*role),
        }
    }

    fn any_can_be_met(&self, parties: &[Located<Party>]) -> bool {
        parties.iter().any(|party| self.can_be_met(&party.value))
    }

    /// True for an owner all of whose roles are among the parties: an owner of no known role is not "only" anything.
    fn is_only(&self, owner: &Owner, parties: &[Located<Party>]) -> bool {
        let named = |party: &Located<Party>| matches!(&party.value, Party::Owner(name) if name.matches(&owner.key));
        let among = |role: &RoleId| parties.iter().any(|party| party.value == Party::Role(*role));
        let roles = self.roles_of(owner);
        parties.iter().any(named) || (!roles.is_empty() && roles.iter().all(among))
    }

    /// True where the area asks nothing: no expectation, or one that holds only where its role is staffed.
    pub fn asks_nothing(&self, area: AreaId) -> bool {
        let area = self.policy.area(area);
        let accountable = area.ownership.as_ref().and_then(|wanted| wanted.accountable.as_ref());
        area.only_where_staffed && !accountable.is_some_and(|parties| self.any_can_be_met(&parties.value))
    }

    /// How items of `area` stand that `winner` wins.
    pub fn verdict(&self, winner: Option<EntryId>, area: Option<AreaId>) -> Verdict {
        let gap = |gap| Verdict { gap: Some(gap), ..Verdict::default() };
        if area.is_some_and(|area| self.asks_nothing(area)) {
            return Verdict::default();
        }
        let (Some(winner), Some(codeowners)) = (winner, self.codeowners) else { return gap(Gap::Unmatched) };
        let entry = codeowners.entry(winner);
        let wanted = area.and_then(|area| self.policy.area(area).ownership.as_ref());
        if entry.owners.is_empty() {
            // Where nothing is expected an ownerless entry is a decision; it satisfies no expectation.
            return if wanted.is_some() { gap(Gap::Ownerless) } else { Verdict::default() };
        }
        let missing = wanted.is_some_and(|wanted| self.lacks_accountable(&entry.owners, wanted));
        let specific = wanted.and_then(|wanted| wanted.specific.as_ref()).is_some_and(|specific| specific.value);
        let gap = match (entry.is_catch_all(), missing) {
            (true, _) if missing || specific => Some(Gap::RoleThroughCatchAll),
            (true, _) => Some(Gap::CatchAll),
            (false, true) => Some(Gap::WrongRole),
            (false, false) => None,
        };
        let demands = wanted.map(|wanted| self.other_demands(&entry.owners, wanted)).unwrap_or_default();
        Verdict { gap, ..demands }
    }

    fn lacks_accountable(&self, owners: &[Owner], wanted: &Expectation) -> bool {
        wanted.accountable.as_ref().is_some_and(|parties| {
            self.any_can_be_met(&parties.value) && !owners.iter().any(|owner| self.is_any(owner, &parties.value))
        })
    }

    /// Whether a specific entry with these owners would satisfy all that the area asks.
    pub fn would_satisfy(&self, owners: &[Owner], area: AreaId) -> bool {
        let Some(wanted) = &self.policy.area(area).ownership else { return true };
        !self.lacks_accountable(owners, wanted) && self.other_demands(owners, wanted) == Verdict::default()
    }

    /// The demands beside `accountable`.
    fn other_demands(&self, owners: &[Owner], wanted: &Expectation) -> Verdict {
        let approval = Approval::github(owners);
        let indexes = |is_one: &dyn Fn(&Owner) -> bool| {
            owners.iter().enumerate().filter(|(_, owner)| is_one(owner)).map(|(index, _)| index).collect()
        };
        let mut verdict = Verdict::default();
        if let Some(consulted) = &wanted.consulted {
            let is_missing =
                |party: &Party| self.can_be_met(party) && !owners.iter().any(|owner| self.is_asked(owner, party));
            let missing = consulted.value.iter().enumerate().filter(|(_, party)| is_missing(&party.value));
            verdict.not_consulted = missing.map(|(index, _)| index).collect();
        }
        if let Some(approvers) = &wanted.approvers
            && self.any_can_be_met(&approvers.value)
            && !approval.always_includes(|owner| self.is_any(owner, &approvers.value))
        {
            verdict.outside_approvers = indexes(&|owner| !self.is_any(owner, &approvers.value));
        }
        if let Some(parties) = &wanted.never_alone
            && approval.can_be_only(|owner| self.is_only(owner, &parties.value))
        {
            verdict.alone = indexes(&|owner| self.is_only(owner, &parties.value));
        }
        if let Some(least) = &wanted.min_owners {
            let distinct = owners.iter().map(|owner| &owner.key).collect::<rustc_hash::FxHashSet<_>>().len();
            let has_team = owners.iter().any(|owner| owner.kind == OwnerKind::Team);
            verdict.too_few = Some(distinct).filter(|&distinct| !has_team && distinct < least.value as usize);
        }
        if wanted.teams_only.as_ref().is_some_and(|wanted| wanted.value) {
            verdict.individuals = indexes(&|owner| owner.kind != OwnerKind::Team);
        }
        verdict
    }
}
