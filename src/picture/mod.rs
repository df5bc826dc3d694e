//! The ownership picture: who answers for what, counted; what `report` shows.

mod map;
mod treemap;

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::codeowners::{Codeowners, EntryId};
use crate::ownership::{Gap, Judge, Ownership};
use crate::policy::{AreaId, Party, Policy, RoleId};
use crate::source::Listing;

pub use map::{Holder, Tile};
pub use treemap::Rectangle;

/// How an artefact stands. Every artefact has exactly one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// Somebody who is accountable is asked (where the area asks for nobody, or no role map says who: anybody).
    Answered,
    /// Somebody is asked, and nobody who is accountable.
    WrongRole,
    /// Only the entry that matches everything names somebody.
    CatchAll,
    /// The entry that decides names nobody.
    Ownerless,
    /// No entry matches.
    Unmatched,
}

impl Standing {
    /// In the order of columns, best first.
    pub const ALL: [Self; 5] = [Self::Answered, Self::WrongRole, Self::CatchAll, Self::Ownerless, Self::Unmatched];

    /// For people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Answered => "right role",
            Self::WrongRole => "wrong role",
            Self::CatchAll => "catch-all only",
            Self::Ownerless => "ownerless",
            Self::Unmatched => "unmatched",
        }
    }

    fn of(gap: Option<Gap>) -> Self {
        match gap {
            None => Self::Answered,
            Some(Gap::WrongRole) => Self::WrongRole,
            Some(Gap::RoleThroughCatchAll | Gap::CatchAll) => Self::CatchAll,
            Some(Gap::Ownerless) => Self::Ownerless,
            Some(Gap::Unmatched) => Self::Unmatched,
        }
    }
}

/// One area's line of the matrix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AreaRow {
    /// The area's name; `other` for artefacts that are in no area.
    pub name: String,
    /// Why the area asks what it asks.
    pub because: Option<String>,
    /// Its artefacts.
    pub files: usize,
    /// How many of them stand how, in the order of [`Standing::ALL`]; they add up to `files`.
    pub standings: [usize; 5],
    /// Who is asked about its files, by role: how many files. A file with owners of two roles counts for both.
    pub roles: BTreeMap<RoleId, usize>,
    /// Files about which somebody is asked who holds no role.
    pub no_role: usize,
    /// The roles that are accountable.
    pub accountable: Vec<RoleId>,
}

impl AreaRow {
    /// How many files stand so.
    pub fn count(&self, standing: Standing) -> usize {
        Standing::ALL.iter().zip(self.standings).find(|(one, _)| **one == standing).map_or(0, |(_, count)| count)
    }
}

/// Who answers for what.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Picture {
    /// One line an area that has files, by name; artefacts of no area last.
    pub areas: Vec<AreaRow>,
    /// The roles that somebody holds, is accountable for something here, or both.
    pub roles: Vec<RoleId>,
    /// The repository's directories by who is asked.
    pub tiles: Vec<Tile>,
    /// Files of the listing, and how many of them somebody is asked about.
    pub files: usize,
    /// See `files`.
    pub owned: usize,
}

impl Picture {
    /// Counts. `policy`, `codeowners` and `ownership` are of one run.
    pub fn new(listing: &Listing, codeowners: Option<&Codeowners>, policy: &Policy, ownership: &Ownership) -> Self {
        let judge = Judge::new(policy, codeowners);
        let mut rows: BTreeMap<(bool, Option<AreaId>), AreaRow> = BTreeMap::new();
        let mut asked = Asked { judge: &judge, known: FxHashMap::default() };
        for item in ownership.items() {
            let row = rows.entry((item.area.is_none(), item.area)).or_insert_with(|| new_row(policy, item.area));
            let winners = ownership.winners(item.path);
            let standing = Standing::of(judge.verdict(winners, item.area).gap);
            row.files += 1;
            for (count, one) in row.standings.iter_mut().zip(Standing::ALL) {
                *count += usize::from(one == standing);
            }
            let asked = asked.of(ownership.set_of(item.path), winners);
            for role in &asked.roles {
                *row.roles.entry(*role).or_default() += 1;
            }
            row.no_role += usize::from(asked.others);
        }
        let areas: Vec<AreaRow> = rows.into_values().collect();
        let ids = (0..u16::try_from(policy.roles.len()).unwrap_or(u16::MAX)).map(RoleId);
        let matters = |role: &RoleId| {
            !policy.role(*role).owners.is_empty() || areas.iter().any(|row| row.accountable.contains(role))
        };
        let roles: Vec<RoleId> = ids.filter(matters).collect();
        let holder = |path: usize| {
            let winners = ownership.winners(path);
            asked.of(ownership.set_of(path), winners).holder(winners)
        };
        let holders: Vec<Holder> = (0..listing.len()).map(holder).collect();
        let owned = holders.iter().filter(|holder| !matches!(holder, Holder::Nobody | Holder::Unmatched)).count();
        Self { areas, roles, tiles: map::tiles(listing, &holders), files: listing.len(), owned }
    }

    /// Artefacts that stand so, over all areas.
    pub fn total(&self, standing: Standing) -> usize {
        self.areas.iter().map(|row| row.count(standing)).sum()
    }

    /// All artefacts.
    pub fn artefacts(&self) -> usize {
        self.areas.iter().map(|row| row.files).sum()
    }
}

fn new_row(policy: &Policy, area: Option<AreaId>) -> AreaRow {
    let area = area.map(|area| policy.area(area));
    let wanted = area.and_then(|area| area.ownership.as_ref()?.accountable.as_ref());
    let role = |party: &Party| match party {
        Party::Role(role) => Some(*role),
        Party::Owner(_) => None,
    };
    AreaRow {
        name: area.map_or_else(|| "other".to_owned(), |area| area.name.clone()),
        because: area.and_then(|area| area.because.as_ref()).map(|because| because.value.clone()),
        files: 0,
        standings: [0; 5],
        roles: BTreeMap::new(),
        no_role: 0,
        accountable: wanted.into_iter().flat_map(|parties| &parties.value).filter_map(|at| role(&at.value)).collect(),
    }
}

/// Who is asked about what a set of entries wins.
#[derive(Clone, Debug, Default)]
struct WhoIsAsked {
    roles: Vec<RoleId>,
    /// Somebody without a role is asked.
    others: bool,
}

impl WhoIsAsked {
    fn holder(&self, winners: &[EntryId]) -> Holder {
        match (self.roles.as_slice(), self.others) {
            ([], false) if winners.is_empty() => Holder::Unmatched,
            ([], false) => Holder::Nobody,
            ([], true) => Holder::NoRole,
            ([role], _) => Holder::Role(*role),
            _ => Holder::Several,
        }
    }
}

/// Remembers who is asked, by the number of the set of entries.
struct Asked<'a> {
    judge: &'a Judge<'a>,
    known: FxHashMap<u32, WhoIsAsked>,
}

impl Asked<'_> {
    fn of(&mut self, set: u32, winners: &[EntryId]) -> WhoIsAsked {
        let judge = self.judge;
        let look = || {
            let mut asked = WhoIsAsked::default();
            for owner in judge.asked(winners).into_iter().flat_map(|entry| &entry.owners) {
                let roles = judge.roles_of(owner);
                asked.others |= roles.is_empty();
                asked.roles.extend(roles.iter());
            }
            asked.roles.sort_unstable();
            asked.roles.dedup();
            asked
        };
        self.known.entry(set).or_insert_with(look).clone()
    }
}
