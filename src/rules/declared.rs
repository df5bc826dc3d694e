//! Whom a declared owner means, and whether CODEOWNERS asks the same.
//!
//! No file says which name, team and e-mail are one. So a name means somebody only where CODEOWNERS or the policy knows
//! it, or where it is a team's whole address; and two owners differ only where nothing could make them one: a person may
//! be in a team, and an e-mail may be a handle's.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashSet;

use super::Context;
use crate::codeowners::{Owner, OwnerKind};
use crate::declared::{DeclaredOwner, DeclaredOwners};
use crate::finding::{Subject, Violation};
use crate::policy::{AreaId, Party, RoleId};

/// How the owners that a file declares stand against those that CODEOWNERS asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Compared {
    /// One of them is asked, or holds a role of somebody who is.
    Agrees,
    /// None of them is; which one differs for sure, and whom it means, where that is one owner.
    Differs {
        /// Index among the owners that the file declares.
        first: usize,
        /// The owner to write on a line.
        meant: Option<String>,
    },
    /// Nobody knows whom they mean, or whether that is one of those who are asked.
    NotKnown,
    /// Nobody is asked, or others by the catch-all alone: other rules tell that. The owner that the file declares, if that
    /// is one.
    Nobody(Option<String>),
}

/// Compares what every file declares.
pub(super) fn compare(context: &Context<'_>) -> Vec<Compared> {
    let details = context.ownership.details();
    if details.declared.is_empty() {
        return Vec::new();
    }
    let known = Known::new(context);
    let mut meanings: BTreeMap<&[String], Meaning> = BTreeMap::new();
    let mut compared = Vec::with_capacity(details.declared.len());
    for file in &details.declared {
        let meant: Vec<Meaning> = file
            .owners
            .iter()
            .map(|owner| meanings.entry(&owner.names).or_insert_with(|| known.meaning(owner)).clone())
            .collect();
        compared.push(held_against(context, file, &meant));
    }
    compared
}

/// The owner that all the files of the violations declare, where nobody is asked for them yet and this one is all that
/// the area asks for.
pub(super) fn owner_of(context: &Context<'_>, violations: &[Violation], area: Option<AreaId>) -> Option<String> {
    let files = &context.ownership.details().declared;
    let declared = |violation: &Violation| {
        let Subject::Path(path) = &violation.subject else { return None };
        let index = context.listing.find(path)?;
        let at = files.binary_search_by_key(&index, |file| file.path).ok()?;
        if let Compared::Nobody(owner) = context.declared().get(at)? { owner.as_deref() } else { None }
    };
    let first = declared(violations.first()?)?;
    let owner = [Owner::named(first)?];
    let would_do = area.is_none_or(|area| context.judge.would_satisfy(&owner, area));
    (would_do && violations.iter().all(|violation| declared(violation) == Some(first))).then(|| first.to_owned())
}

/// Files of a directory that are looked at for one that is asked of the declared owner.
const MOST_BESIDE: usize = 1_000;

fn held_against(context: &Context<'_>, file: &DeclaredOwners, meant: &[Meaning]) -> Compared {
    let entries = context.judge.asked(context.ownership.winners(file.path));
    let asked: Vec<&Owner> = entries.iter().flat_map(|entry| &entry.owners).collect();
    let stands: Vec<Stands> = meant.iter().map(|meant| meant.held_against(context, &asked)).collect();
    if stands.contains(&Stands::Asked) || file.of_directory && is_asked_beside(context, file.path, meant) {
        return Compared::Agrees;
    }
    if asked.is_empty() || entries.iter().all(|entry| entry.is_catch_all()) {
        return Compared::Nobody(if let [only] = meant { only.one() } else { None });
    }
    let differs = |at: usize| stands[at] == Stands::NotAsked;
    let is_team = |at: usize| meant[at].owners.iter().all(|owner| owner.kind == OwnerKind::Team);
    // Beside a team, the people whom a file names may be in whichever team is asked: the team is not.
    let team = (0..stands.len()).find(|&at| differs(at) && is_team(at));
    let others_are_people =
        (0..stands.len()).all(|at| stands[at] != Stands::NotKnown || is_person(&file.owners[at], &meant[at]));
    let first = match team.filter(|_| others_are_people) {
        Some(team) => Some(team),
        None => (0..stands.len()).find(|&at| differs(at)).filter(|_| !stands.contains(&Stands::NotKnown)),
    };
    first.map_or(Compared::NotKnown, |first| Compared::Differs { first, meant: meant[first].one() })
}

/// True for an e-mail, and for whoever is known as a person.
fn is_person(owner: &DeclaredOwner, meaning: &Meaning) -> bool {
    let is_email = |name: &String| Owner::named(name).is_some_and(|owner| owner.kind == OwnerKind::Email);
    let is_known = !meaning.owners.is_empty() && meaning.owners.iter().all(|owner| owner.is_individual());
    is_known || owner.names.iter().all(is_email)
}

/// Whether a file of the directory is asked of the declared owner: the entry for `*.yaml` does not decide whose all is.
fn is_asked_beside(context: &Context<'_>, path: usize, meant: &[Meaning]) -> bool {
    let path = context.listing.path(path);
    let directory = memchr::memrchr(b'/', path).map_or(&path[..0], |slash| &path[..slash]);
    let mut seen = FxHashSet::default();
    let mut beside = context.listing.below(directory).take(MOST_BESIDE);
    beside.any(|path| {
        let asked = || {
            let entries = context.judge.asked(context.ownership.winners(path));
            let owners: Vec<&Owner> = entries.iter().flat_map(|entry| &entry.owners).collect();
            meant.iter().any(|meant| meant.held_against(context, &owners) == Stands::Asked)
        };
        seen.insert(context.ownership.set_of(path)) && asked()
    })
}

/// How one declared owner stands against those who are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stands {
    Asked,
    NotAsked,
    NotKnown,
}

/// Where more owners are asked, nobody is meant by it.
const MOST_ASKED: usize = 100;

/// Whom a declared owner could mean.
#[derive(Clone, Debug, Default)]
struct Meaning {
    owners: Vec<Owner>,
    role: Option<RoleId>,
}

impl Meaning {
    /// The one owner that is meant.
    fn one(&self) -> Option<String> {
        if let [only] = self.owners.as_slice() { Some(only.text.clone()) } else { None }
    }

    fn held_against(&self, context: &Context<'_>, asked: &[&Owner]) -> Stands {
        if self.owners.is_empty() && self.role.is_none() || asked.len() > MOST_ASKED {
            return Stands::NotKnown;
        }
        let holds = |owner: &Owner, role: RoleId| context.judge.is_asked(owner, &Party::Role(role));
        let roles: Vec<RoleId> =
            self.owners.iter().flat_map(|owner| context.judge.roles_of(owner).into_owned()).chain(self.role).collect();
        let is_one = |owner: &&&Owner| {
            self.owners.iter().any(|meant| meant.key == owner.key) || roles.iter().any(|&role| holds(owner, role))
        };
        if asked.iter().any(|owner| is_one(&owner)) {
            return Stands::Asked;
        }
        let differ = |owner: &&Owner| {
            let has_roles = |owner: &Owner| !context.judge.roles_of(owner).is_empty();
            let other_role = !roles.is_empty() && has_roles(owner);
            let other_owner = |meant: &Owner| {
                meant.kind == owner.kind && !matches!(owner.kind, OwnerKind::UserOrGroup | OwnerKind::Role)
                    || has_roles(meant) && has_roles(owner)
            };
            if self.owners.is_empty() { other_role } else { self.owners.iter().all(other_owner) }
        };
        if asked.iter().all(differ) { Stands::NotAsked } else { Stands::NotKnown }
    }
}

/// A name that more owners share is nobody's.
const MOST_NAMESAKES: usize = 8;

/// The owners that CODEOWNERS and the policy name.
struct Known {
    by_key: BTreeMap<String, Owner>,
    /// By a team's own name, or a user's, without organisation and `@`.
    by_name: BTreeMap<String, Vec<String>>,
    organisations: BTreeSet<String>,
    roles: BTreeMap<String, RoleId>,
}

impl Known {
    fn new(context: &Context<'_>) -> Self {
        let policy = context.policy;
        let of_roles = policy.roles.iter().flat_map(|role| &role.owners).chain(&policy.no_role);
        let of_policy =
            of_roles.filter_map(|owner| Owner::named(&owner.value.text).filter(|_| !owner.value.text.contains('*')));
        let of_file = context.entries().flat_map(|(_, entry)| &entry.owners).cloned();
        let by_key: BTreeMap<String, Owner> =
            of_policy.chain(of_file).map(|owner| (owner.key.clone(), owner)).collect();
        let mut by_name: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for owner in by_key.values().filter(|owner| !matches!(owner.kind, OwnerKind::Email | OwnerKind::Role)) {
            by_name.entry(slug(owner.key.rsplit('/').next().unwrap_or_default())).or_default().push(owner.key.clone());
        }
        let ids = (0..).map(RoleId).zip(&policy.roles);
        let staffed = ids.filter(|(id, _)| policy.is_staffed(*id));
        let organisations = by_key.keys().filter_map(|key| organisation(key)).map(str::to_owned).collect();
        Self { organisations, by_key, by_name, roles: staffed.map(|(id, role)| (slug(&role.name), id)).collect() }
    }

    /// Whom any of its names means.
    fn meaning(&self, owner: &DeclaredOwner) -> Meaning {
        let mut all = Meaning::default();
        for Meaning { owners, role } in owner.names.iter().map(|name| self.of_name(name)) {
            all.owners.extend(owners);
            all.role = all.role.or(role);
        }
        all.owners.sort_by(|a, b| a.key.cmp(&b.key));
        all.owners.dedup_by(|a, b| a.key == b.key);
        all
    }

    fn of_name(&self, name: &str) -> Meaning {
        let key = name.trim().to_lowercase();
        let exact = |key: &str| Meaning { owners: self.exactly(key).into_iter().collect(), role: None };
        // Backstage: `group:default/data-eng`; Dagster: `team:data-eng`.
        for (prefix, is_person) in [("group:", false), ("team:", false), ("user:", true)] {
            if let Some(rest) = key.strip_prefix(prefix) {
                let name = rest.rsplit('/').next().unwrap_or(rest);
                let mut meaning = self.called(name);
                meaning
                    .owners
                    .retain(|owner| owner.kind == OwnerKind::UserOrGroup || owner.is_individual() == is_person);
                return meaning;
            }
        }
        match (key.strip_prefix('@'), key.contains('/'), key.contains('@')) {
            (Some(handle), false, _) => {
                let exact = exact(&key);
                if exact.owners.is_empty() { self.called(handle) } else { exact }
            }
            (Some(_), true, _) | (None, _, true) => exact(&key),
            (None, true, false) => exact(&format!("@{key}")),
            (None, false, false) => Meaning { role: self.roles.get(&slug(&key)).copied(), ..self.called(&key) },
        }
    }

    /// The owner of this address, if it is known, or a team that nobody else names in an organisation that is.
    fn exactly(&self, key: &str) -> Option<Owner> {
        let of_known = |owner: &Owner| {
            owner.kind == OwnerKind::Team && organisation(key).is_some_and(|of| self.organisations.contains(of))
        };
        self.by_key.get(key).cloned().or_else(|| Owner::named(key).filter(of_known))
    }

    /// Teams and users of this name, whatever their organisation.
    fn called(&self, name: &str) -> Meaning {
        let keys = self.by_name.get(&slug(name)).filter(|keys| keys.len() <= MOST_NAMESAKES).into_iter().flatten();
        Meaning { owners: keys.filter_map(|key| self.by_key.get(key).cloned()).collect(), role: None }
    }
}

/// `acme` of `@acme/data-eng`.
fn organisation(key: &str) -> Option<&str> {
    key.strip_prefix('@')?.split_once('/').map(|(organisation, _)| organisation)
}

/// A name as a team's address has it: `Data Engineering` is `data-engineering`.
fn slug(name: &str) -> String {
    let words = name.trim_start_matches('@').split(|character: char| !character.is_alphanumeric());
    words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect::<Vec<_>>().join("-")
}
