//! What no CODEOWNERS file could meet, because the policy contradicts itself.

use std::cell::Cell;

use rustc_hash::{FxHashMap, FxHashSet};

use super::Context;
use crate::policy::error::PolicyError;
use crate::policy::fields::shortened;
use crate::policy::{Area, Located, Origin, OwnerPattern, Party, Policy, Role, RoleId};

type Parties = Located<Vec<Located<Party>>>;

/// `no_role` and the roles exclude each other.
pub(super) fn no_role(policy: &Policy, context: &mut Context<'_>) {
    let mut held: FxHashMap<&str, (&str, Origin)> = FxHashMap::default();
    for role in &policy.roles {
        for owner in &role.owners {
            held.entry(&owner.value.key).or_insert((&role.name, owner.at));
        }
    }
    for owner in &policy.no_role {
        if let Some(&(role, at)) = held.get(owner.value.key.as_str()) {
            context.errors.push(
                PolicyError::new(owner.at, format!("`{}` has no role and role `{role}` at once", owner.value.text))
                    .label("no role, says this")
                    .help("Keep the one that is true.".to_owned())
                    .related(at, "a role, says this"),
            );
        }
    }
}

/// `only_where_staffed` speaks of the roles that are accountable.
pub(super) fn only_where_staffed(area: &Area, said: Option<&Located<bool>>, context: &mut Context<'_>) {
    let asks = area.ownership.as_ref().is_some_and(|ownership| ownership.accountable.is_some());
    if let Some(said) = said.filter(|said| said.value && !asks) {
        context.errors.push(
            PolicyError::new(said.at, format!("nobody is accountable in area `{}` who could be staffed", area.name))
                .label("speaks of `accountable`, which is missing")
                .help("Add `ownership: { accountable: […] }`, or leave this out.".to_owned()),
        );
    }
}

/// An area's effective expectation.
pub(super) fn expectation(area: &Area, parties: &Names<'_>, context: &mut Context<'_>) {
    let Some(asked) = &area.ownership else { return };
    if let (Some(consulted), Some(approvers)) = (&asked.consulted, &asked.approvers)
        && !approvers.value.is_empty()
    {
        for party in &consulted.value {
            if !approvers.value.iter().any(|approver| parties.may_be_one(&party.value, &approver.value)) {
                let name = parties.name(&party.value);
                context.errors.push(
                    PolicyError::new(
                        party.at,
                        format!("area `{}` asks `{name}` and lets only others approve", area.name),
                    )
                    .label("asked as an owner, so approves alone")
                    .help(format!("Add `{name}` to `approvers`, or take it out of `consulted`: every owner of an entry can approve alone."))
                    .related(approvers.at, "the only ones who may"),
                );
            }
        }
    }
    if let (Some(accountable), Some(approvers)) = (&asked.accountable, &asked.approvers)
        && !some_pair(accountable, approvers, |a, b| parties.may_be_one(a, b))
    {
        context.errors.push(
            PolicyError::new(accountable.at, format!("nobody who is accountable in area `{}` may approve", area.name))
                .label("one of these is asked as an owner")
                .help("Let `approvers` hold one who is accountable.".to_owned())
                .related(approvers.at, "none of them is here"),
        );
    }
    if let (Some(approvers), Some(never_alone)) = (&asked.approvers, &asked.never_alone)
        && !approvers.value.is_empty()
        && is_subset(approvers, never_alone)
    {
        context.errors.push(
            PolicyError::new(never_alone.at, format!("nobody can approve in area `{}`", area.name))
                .label("every approver is here")
                .help("Let `approvers` hold one who may approve alone.".to_owned())
                .related(approvers.at, "the approvers"),
        );
    }
    if let (Some(accountable), Some(teams_only)) = (&asked.accountable, &asked.teams_only)
        && teams_only.value
        && !accountable.value.is_empty()
        && accountable.value.iter().all(|party| matches!(&party.value, Party::Owner(owner) if !is_team(owner)))
    {
        context.errors.push(
            PolicyError::new(
                teams_only.at,
                format!("only teams count in area `{}`, and no team is accountable", area.name),
            )
            .label("teams only")
            .help("Name a team, or leave `teams_only` out.".to_owned())
            .related(accountable.at, "individuals only"),
        );
    }
}

fn is_subset(some: &Parties, all: &Parties) -> bool {
    let all: FxHashSet<&Party> = all.value.iter().map(|party| &party.value).collect();
    some.value.iter().all(|party| all.contains(&party.value))
}

fn some_pair(a: &Parties, b: &Parties, holds: impl Fn(&Party, &Party) -> bool) -> bool {
    // A party that could not be read is an error already.
    a.value.is_empty()
        || b.value.is_empty()
        || a.value.iter().any(|a| b.value.iter().any(|b| holds(&a.value, &b.value)))
}

fn is_team(owner: &OwnerPattern) -> bool {
    owner.key.starts_with('@') && owner.key.contains('/')
}

/// Who the roles and owners of expectations are.
pub(super) struct Names<'a> {
    roles: &'a [Role],
    /// Comparisons left; without any, nothing is claimed.
    budget: Cell<u32>,
}

impl<'a> Names<'a> {
    pub(super) fn new(roles: &'a [Role]) -> Self {
        Self { roles, budget: Cell::new(1_000_000) }
    }
    fn name(&self, party: &Party) -> String {
        match party {
            Party::Role(id) => self.role(*id).map_or_else(String::new, |role| role.name.clone()),
            Party::Owner(owner) => shortened(&owner.text),
        }
    }

    fn role(&self, id: RoleId) -> Option<&Role> {
        self.roles.get(usize::from(id.0))
    }

    /// The role and all who cover it, nearest first.
    fn stands_in(&self, id: RoleId) -> impl Iterator<Item = RoleId> {
        std::iter::successors(Some(id), |&id| Some(self.role(id)?.covered_by.as_ref()?.value))
    }

    /// Who holds the role or covers it.
    fn holders(&self, id: RoleId) -> impl Iterator<Item = &OwnerPattern> {
        self.stands_in(id).filter_map(|id| self.role(id)).flat_map(|role| &role.owners).map(|held| &held.value)
    }

    /// True where one owner could be both, as far as the role map tells.
    fn may_be_one(&self, a: &Party, b: &Party) -> bool {
        match (a, b) {
            (Party::Owner(a), Party::Owner(b)) => self.overlap(a, b),
            (Party::Role(role), Party::Owner(owner)) | (Party::Owner(owner), Party::Role(role)) => {
                let mut holders = self.holders(*role).peekable();
                // Without a role map yet, anybody may hold the role.
                holders.peek().is_none() || holders.any(|held| self.overlap(held, owner))
            }
            (Party::Role(a), Party::Role(b)) => {
                self.stands_in(*a).any(|a| self.stands_in(*b).any(|b| !self.pays() || a == b))
                    || self.holders(*a).any(|a| self.holders(*b).any(|b| self.overlap(a, b)))
            }
        }
    }

    fn pays(&self) -> bool {
        let left = self.budget.get();
        self.budget.set(left.saturating_sub(1));
        left > 0
    }

    /// True where one handle can be meant by both; two patterns with `*` are compared as texts.
    fn overlap(&self, a: &OwnerPattern, b: &OwnerPattern) -> bool {
        !self.pays() || a.matches(&b.key) || b.matches(&a.key)
    }
}
