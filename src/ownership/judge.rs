//! How what is asked stands against what the policy expects.

use std::borrow::Cow;

use rustc_hash::{FxHashMap, FxHashSet};

use super::approval::{Approval, asked};
use crate::codeowners::{Codeowners, Entry, EntryId, Owner};
use crate::policy::{AreaId, Expectation, Located, Party, Pin, Policy, RoleId};

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

/// One thing that an area asks of who owns its paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Demand {
    /// Somebody has to approve at all.
    Owned,
    /// Not by the catch-all alone.
    Specific,
    /// One of `accountable` is asked.
    Accountable,
    /// This one of `consulted` is asked, by its index.
    Consulted(usize),
    /// Every way to approve includes one of `approvers`.
    Approvers,
    /// No way to approve consists of `never_alone` only.
    NeverAlone,
    /// So many distinct owners, or a team.
    MinOwners,
    /// No individuals.
    TeamsOnly,
}

impl Demand {
    /// The key of the policy that makes the demand; `None` for what every area asks.
    pub const fn key(self) -> Option<&'static str> {
        Some(match self {
            Self::Owned => return None,
            Self::Specific => "specific",
            Self::Accountable => "accountable",
            Self::Consulted(_) => "consulted",
            Self::Approvers => "approvers",
            Self::NeverAlone => "never_alone",
            Self::MinOwners => "min_owners",
            Self::TeamsOnly => "teams_only",
        })
    }

    /// True where more winners can only help: what holds for some sections holds whatever the others say.
    pub const fn is_met_by_more(self) -> bool {
        !matches!(self, Self::TeamsOnly)
    }
}

/// An owner of an entry, by its index there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OwnerAt {
    /// The entry.
    pub entry: EntryId,
    /// Index in [`Entry::owners`].
    pub index: usize,
}

/// How the items of one area that the same entries win stand against the area's expectation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Who owns it at all.
    pub gap: Option<Gap>,
    /// Indexes in `consulted` of those that are not asked.
    pub not_consulted: Vec<usize>,
    /// The owners who can approve (on GitLab, together) without any of `approvers`.
    pub outside_approvers: Vec<OwnerAt>,
    /// The owners who can approve though `never_alone` says they should not.
    pub alone: Vec<OwnerAt>,
    /// How many distinct owners there are, where that is fewer than `min_owners`.
    pub too_few: Option<usize>,
    /// The individuals, where `teams_only` holds.
    pub individuals: Vec<OwnerAt>,
    /// True where all who are wanted are asked, and somebody can approve without the others, which no `approvers` allows.
    pub is_either: bool,
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

    /// Whether the entry names somebody who has to approve.
    pub fn asks(&self, entry: &Entry) -> bool {
        !entry.owners.is_empty() && self.codeowners.is_some_and(|codeowners| codeowners.is_required(entry))
    }

    /// The winning entries that name somebody who has to approve.
    pub fn asked(&self, winners: &[EntryId]) -> Vec<&'a Entry> {
        self.codeowners.map(|codeowners| asked(codeowners, winners)).unwrap_or_default()
    }

    /// Whether those who have to approve are a pin's owners, all of them and nobody else.
    pub fn keeps(&self, pin: &Pin, winners: &[EntryId]) -> bool {
        pin.is_met_by(self.asked(winners).into_iter().flat_map(|entry| &entry.owners).map(|owner| owner.key.as_str()))
    }

    /// How items of `area` stand that these entries win.
    pub fn verdict(&self, winners: &[EntryId], area: Option<AreaId>) -> Verdict {
        let gap = |gap| Verdict { gap: Some(gap), ..Verdict::default() };
        if area.is_some_and(|area| self.asks_nothing(area)) {
            return Verdict::default();
        }
        let Some(codeowners) = self.codeowners.filter(|_| !winners.is_empty()) else { return gap(Gap::Unmatched) };
        let wanted = area.and_then(|area| self.policy.area(area).ownership.as_ref());
        let approval = Approval::of(codeowners, winners);
        if approval.owners().next().is_none() {
            // Where nothing is expected an ownerless entry is a decision; it satisfies no expectation.
            return if wanted.is_some() { gap(Gap::Ownerless) } else { Verdict::default() };
        }
        let missing = wanted.is_some_and(|wanted| self.lacks_accountable(&approval, wanted));
        let specific = wanted.and_then(|wanted| wanted.specific.as_ref()).is_some_and(|specific| specific.value);
        let gap = match (asked(codeowners, winners).iter().all(|entry| entry.is_catch_all()), missing) {
            (true, _) if missing || specific => Some(Gap::RoleThroughCatchAll),
            (true, _) => Some(Gap::CatchAll),
            (false, true) => Some(Gap::WrongRole),
            (false, false) => None,
        };
        let demands = wanted.map(|wanted| self.other_demands(&approval, wanted)).unwrap_or_default();
        let places = |is_one: &dyn Fn(&Owner) -> bool| {
            let required = winners.iter().filter(|&&id| codeowners.is_required(codeowners.entry(id)));
            let owners = required.flat_map(|&entry| {
                codeowners
                    .entry(entry)
                    .owners
                    .iter()
                    .enumerate()
                    .map(move |(index, owner)| (OwnerAt { entry, index }, owner))
            });
            owners.filter(|(_, owner)| is_one(owner)).map(|(at, _)| at).collect::<Vec<_>>()
        };
        let broken = |broken: bool, is_one: &dyn Fn(&Owner) -> bool| if broken { places(is_one) } else { Vec::new() };
        let parties =
            |parties: Option<&'a Located<Vec<Located<Party>>>>| parties.map_or(&[][..], |parties| &parties.value);
        let approvers = parties(wanted.and_then(|wanted| wanted.approvers.as_ref()));
        let never_alone = parties(wanted.and_then(|wanted| wanted.never_alone.as_ref()));
        Verdict {
            gap,
            not_consulted: demands.not_consulted,
            outside_approvers: broken(demands.without_approvers, &|owner| !self.is_any(owner, approvers)),
            alone: broken(demands.alone, &|owner| self.is_only(owner, never_alone)),
            too_few: demands.too_few,
            is_either: gap.is_none_or(|gap| gap == Gap::CatchAll)
                && wanted.is_some_and(|wanted| self.is_either(&approval, wanted)),
            individuals: broken(demands.individuals, &Owner::is_individual),
        }
    }

    /// Whether the winners of a path meet one demand of an area; nothing but [`Demand::Owned`] is asked of a path that
    /// nobody has to approve, so that one fault is found once.
    pub fn meets(&self, winners: &[EntryId], area: AreaId, demand: Demand) -> bool {
        let Some(codeowners) = self.codeowners else { return demand != Demand::Owned };
        let approval = Approval::of(codeowners, winners);
        if approval.owners().next().is_none() {
            return demand != Demand::Owned;
        }
        let Some(wanted) = &self.policy.area(area).ownership else { return true };
        let others = || self.other_demands(&approval, wanted);
        match demand {
            Demand::Owned => true,
            Demand::Specific => !asked(codeowners, winners).iter().all(|entry| entry.is_catch_all()),
            Demand::Accountable => !self.lacks_accountable(&approval, wanted),
            Demand::Consulted(index) => !others().not_consulted.contains(&index),
            Demand::Approvers => !others().without_approvers,
            Demand::NeverAlone => !others().alone,
            Demand::MinOwners => others().too_few.is_none(),
            Demand::TeamsOnly => !others().individuals,
        }
    }

    /// What an area demands, as far as somebody could meet it.
    pub fn demands(&self, area: AreaId) -> Vec<Demand> {
        if self.asks_nothing(area) {
            return Vec::new();
        }
        let mut demands = vec![Demand::Owned];
        let Some(wanted) = &self.policy.area(area).ownership else { return demands };
        let is_true = |wanted: &Option<Located<bool>>| wanted.as_ref().is_some_and(|wanted| wanted.value);
        let can_be = |parties: &Option<Located<Vec<Located<Party>>>>| {
            parties.as_ref().is_some_and(|parties| self.any_can_be_met(&parties.value))
        };
        demands.extend(is_true(&wanted.specific).then_some(Demand::Specific));
        demands.extend(can_be(&wanted.accountable).then_some(Demand::Accountable));
        let consulted = wanted.consulted.iter().flat_map(|parties| parties.value.iter().enumerate());
        demands.extend(
            consulted.filter(|(_, party)| self.can_be_met(&party.value)).map(|(index, _)| Demand::Consulted(index)),
        );
        demands.extend(can_be(&wanted.approvers).then_some(Demand::Approvers));
        demands.extend(wanted.never_alone.is_some().then_some(Demand::NeverAlone));
        demands.extend(wanted.min_owners.is_some().then_some(Demand::MinOwners));
        demands.extend(is_true(&wanted.teams_only).then_some(Demand::TeamsOnly));
        demands
    }

    fn lacks_accountable(&self, approval: &Approval<'_>, wanted: &Expectation) -> bool {
        wanted.accountable.as_ref().is_some_and(|parties| {
            self.any_can_be_met(&parties.value) && !approval.owners().any(|owner| self.is_any(owner, &parties.value))
        })
    }

    /// True where everybody whom `accountable` and `consulted` want is asked, not every approval includes each of them,
    /// and no `approvers` says who is enough.
    fn is_either(&self, approval: &Approval<'_>, wanted: &Expectation) -> bool {
        let Some(consulted) = wanted.consulted.as_ref().filter(|_| wanted.approvers.is_none()) else { return false };
        let consulted: Vec<&Party> =
            consulted.value.iter().map(|party| &party.value).filter(|party| self.can_be_met(party)).collect();
        let is_any = |owner: &Owner| {
            wanted
                .accountable
                .as_ref()
                .is_none_or(|parties| !self.any_can_be_met(&parties.value) || self.is_any(owner, &parties.value))
        };
        let asks = |party: &&Party| approval.owners().any(|owner| self.is_asked(owner, party));
        let always = |party: &&Party| approval.always_includes(|owner| self.is_asked(owner, party));
        !consulted.is_empty()
            && consulted.iter().all(asks)
            && !(approval.always_includes(is_any) && consulted.iter().all(always))
    }

    /// The owners of the winning entries who can approve alone, each once.
    pub fn lone_approvers(&self, winners: &[EntryId]) -> Vec<&'a Owner> {
        self.codeowners.map(|codeowners| Approval::of(codeowners, winners).alone()).unwrap_or_default()
    }

    /// Whether a specific entry with these owners, and no other, would satisfy all that the area asks.
    pub fn would_satisfy(&self, owners: &[Owner], area: AreaId) -> bool {
        let Some(wanted) = &self.policy.area(area).ownership else { return true };
        let approval = Approval::one_of(owners);
        !self.lacks_accountable(&approval, wanted) && self.other_demands(&approval, wanted) == Demands::default()
    }

    /// The demands beside `accountable`.
    fn other_demands(&self, approval: &Approval<'_>, wanted: &Expectation) -> Demands {
        let mut broken = Demands::default();
        if let Some(consulted) = &wanted.consulted {
            let is_missing =
                |party: &Party| self.can_be_met(party) && !approval.owners().any(|owner| self.is_asked(owner, party));
            let missing = consulted.value.iter().enumerate().filter(|(_, party)| is_missing(&party.value));
            broken.not_consulted = missing.map(|(index, _)| index).collect();
        }
        broken.without_approvers = wanted.approvers.as_ref().is_some_and(|approvers| {
            self.any_can_be_met(&approvers.value)
                && !approval.always_includes(|owner| self.is_any(owner, &approvers.value))
        });
        broken.alone = wanted
            .never_alone
            .as_ref()
            .is_some_and(|parties| approval.can_be_only(|owner| self.is_only(owner, &parties.value)));
        if let Some(least) = &wanted.min_owners {
            let distinct = approval.owners().map(|owner| &owner.key).collect::<FxHashSet<_>>().len();
            let has_team = approval.owners().any(|owner| !owner.is_individual());
            broken.too_few = Some(distinct).filter(|&distinct| !has_team && distinct < least.value as usize);
        }
        broken.individuals = wanted.teams_only.as_ref().is_some_and(|wanted| wanted.value)
            && approval.owners().any(Owner::is_individual);
        broken
    }
}

/// Which demands beside `accountable` are not met.
#[derive(Default, PartialEq, Eq)]
struct Demands {
    not_consulted: Vec<usize>,
    without_approvers: bool,
    alone: bool,
    too_few: Option<usize>,
    individuals: bool,
}
