//! Who holds the roles of a floor: what it says, and the repository where it leaves a role open.

use super::expectation::is_within;
use super::{Loosening, Origin, Policy};
use crate::policy::{Expectation, Located, OwnerPattern, Party, Role, RoleId};

/// The floor with the repository's word on the roles that it leaves open, and what of that word it overrules.
pub(super) fn staff(own: &Policy, floor: &Policy) -> (Policy, Vec<Loosening>) {
    let mut overruled = Vec::new();
    let watched = watched(floor);
    for role in floor.roles.iter().filter(|role| is_decided(role)) {
        overruled.extend(overrule(own, floor, role, watched.iter().any(|watched| watched.role == role.name)));
    }
    let mut staffed = floor.clone();
    staffed.roles.extend(own.roles.iter().filter(|role| named(floor, &role.name).is_none()).map(|role| Role {
        covered_by: None,
        owners: Vec::new(),
        ..role.clone()
    }));
    for role in &mut staffed.roles {
        let Some(said) = named(own, &role.name).filter(|_| !is_decided(role)) else { continue };
        for owner in &said.owners {
            let holds = watched.iter().find(|watched| may_be_one(&owner.value, &watched.owner.value));
            match holds.filter(|watched| !watched.among.contains(&role.name.as_str())) {
                None => role.owners.push(owner.clone()),
                Some(watched) => overruled.push(Loosening {
                    key: format!("roles.{}.owners.{}", role.name, owner.value.text),
                    message: format!(
                        "`{}` is given role `{}`, and would no longer count as `{}` alone, who may not approve alone",
                        owner.value.text, role.name, watched.role
                    ),
                    own: vec![(owner.at, format!("gives `{}` another role", owner.value.text))],
                    floor: (watched.owner.at, format!("the floor: holds `{}`", watched.role)),
                    help: format!("take it out of `{}`, or ask for the role in the floor", role.name),
                }),
            }
        }
    }
    sort(&mut staffed);
    cover(own, floor, &mut staffed);
    (staffed, overruled)
}

/// What the repository says otherwise of a role that the floor decides. `is_watched` where those who hold it
/// may not approve alone, so that losing it sets them free.
fn overrule(own: &Policy, floor: &Policy, role: &Role, is_watched: bool) -> Vec<Loosening> {
    let key = format!("roles.{}", role.name);
    let owners: Vec<String> = role.owners.iter().map(|owner| format!("\"{}\"", owner.value.text)).collect();
    let loosening = |key: String, message: String, at: Origin, label: &str, theirs: Origin| Loosening {
        key,
        message,
        own: vec![(at, label.to_owned())],
        floor: (theirs, format!("the floor says who holds `{}`", role.name)),
        help: "leave it out: who holds the role is said by the floor".to_owned(),
    };
    if let Some(at) = own.keys.null(&key).or(own.keys.null(&format!("{key}.owners"))) {
        let message = format!("role `{}` is taken out of the policy, and the floor staffs it", role.name);
        return vec![loosening(key, message, at, "taken out here", role.at)];
    }
    let Some(said) = named(own, &role.name) else { return Vec::new() };
    let mut all = Vec::new();
    for owner in said.owners.iter().filter(|owner| own.is_said(owner.at)) {
        if !role.owners.iter().any(|held| is_within(&owner.value, &held.value)) {
            let key = format!("{key}.owners.{}", owner.value.text);
            let message =
                format!("`{}` is given role `{}`, and the floor says who holds it", owner.value.text, role.name);
            let theirs = role.owners.first().map_or(role.at, |owner| owner.at);
            all.push(loosening(key, message, owner.at, "not in the floor", theirs));
        }
    }
    if let Some(at) = own.keys.value(&format!("{key}.owners")).filter(|&at| own.is_said(at)) {
        let lost =
            role.owners.iter().find(|held| !said.owners.iter().any(|owner| is_within(&held.value, &owner.value)));
        match lost {
            Some(lost) if is_watched || said.owners.is_empty() => {
                let message = if said.owners.is_empty() {
                    format!("nobody is left to hold role `{}`, and the floor staffs it", role.name)
                } else {
                    format!("`{}` loses role `{}`, which may not approve alone", lost.value.text, role.name)
                };
                let help =
                    format!("write {} too, or leave it out: the floor says who holds the role", owners.join(", "));
                let label = "not among these";
                all.push(Loosening { help, ..loosening(format!("{key}.owners"), message, at, label, lost.at) });
            }
            _ => {}
        }
    }
    if let Some(by) = said.covered_by.as_ref().filter(|by| own.is_said(by.at)) {
        let theirs = role.covered_by.as_ref();
        let name = &own.role(by.value).name;
        if theirs.is_none_or(|theirs| floor.role(theirs.value).name != *name) {
            let message = format!("`{name}` stands in for role `{}`, and the floor says who does", role.name);
            let at = theirs.map_or(role.at, |theirs| theirs.at);
            all.push(loosening(format!("{key}.covered_by"), message, by.at, "not in the floor", at));
        }
    }
    all
}

/// A role that a floor staffs or covers is not the repository's to staff.
pub(super) fn is_decided(role: &Role) -> bool {
    !role.owners.is_empty() || role.covered_by.is_some()
}

pub(super) fn named<'p>(policy: &'p Policy, name: &str) -> Option<&'p Role> {
    policy.roles.iter().find(|role| role.name == name)
}

/// True where one handle can be meant by both.
pub(super) fn may_be_one(a: &OwnerPattern, b: &OwnerPattern) -> bool {
    a.matches(&b.key) || b.matches(&a.key)
}

/// An owner who may not approve alone, because of a role.
struct Watched<'f> {
    owner: &'f Located<OwnerPattern>,
    role: &'f str,
    /// The roles of which no combination may.
    among: Vec<&'f str>,
}

/// Everybody whom the floor gives a role that may not approve alone: another role would set them free.
fn watched(floor: &Policy) -> Vec<Watched<'_>> {
    let mut watched = Vec::new();
    for parties in floor.areas.iter().filter_map(|area| area.ownership.as_ref()?.never_alone.as_ref()) {
        let roles = parties.value.iter().filter_map(|party| match &party.value {
            Party::Role(id) => Some(floor.role(*id)),
            Party::Owner(_) => None,
        });
        let among: Vec<&str> = roles.clone().map(|role| role.name.as_str()).collect();
        for role in roles {
            let watch = |owner| Watched { owner, role: &role.name, among: among.clone() };
            watched.extend(role.owners.iter().map(watch));
        }
    }
    watched
}

/// Sorts the roles by name, and lets what refers to them follow.
fn sort(policy: &mut Policy) {
    let mut order: Vec<usize> = (0..policy.roles.len()).collect();
    order.sort_by(|&a, &b| policy.roles[a].name.cmp(&policy.roles[b].name));
    let mut moved = vec![RoleId(0); order.len()];
    for (to, &from) in (0..u16::MAX).zip(&order) {
        moved[from] = RoleId(to);
    }
    let follow = |id: &mut RoleId| *id = moved[usize::from(id.0)];
    let mut roles: Vec<Option<Role>> = std::mem::take(&mut policy.roles).into_iter().map(Some).collect();
    policy.roles = order.iter().filter_map(|&from| roles[from].take()).collect();
    policy.roles.iter_mut().filter_map(|role| role.covered_by.as_mut()).for_each(|by| follow(&mut by.value));
    let asked = policy.areas.iter_mut().filter_map(|area| area.ownership.as_mut());
    for party in asked.flat_map(parties).flat_map(|parties| &mut parties.value) {
        if let Party::Role(id) = &mut party.value {
            follow(id);
        }
    }
}

fn parties(asked: &mut Expectation) -> impl Iterator<Item = &mut Located<Vec<Located<Party>>>> {
    [&mut asked.accountable, &mut asked.consulted, &mut asked.approvers, &mut asked.never_alone].into_iter().flatten()
}

/// Adds who covers the open roles, as the repository says, unless that leads back to where it starts.
fn cover(own: &Policy, floor: &Policy, staffed: &mut Policy) {
    for at in 0..staffed.roles.len() {
        let name = staffed.roles[at].name.clone();
        if named(floor, &name).is_some_and(is_decided) {
            continue;
        }
        let Some(by) = named(own, &name).and_then(|role| role.covered_by.as_ref()) else { continue };
        let by_name = &own.role(by.value).name;
        let Some(to) = staffed.roles.iter().position(|role| role.name == *by_name) else { continue };
        let to = RoleId(u16::try_from(to).unwrap_or(u16::MAX));
        // Still without a cycle here: what stands in for `to` comes to an end.
        if !staffed.stands_in(to).any(|id| usize::from(id.0) == at) {
            staffed.roles[at].covered_by = Some(Located { value: to, at: by.at });
        }
    }
}
