//! Whether an area asks for as much as one of the floor does.

use super::staff::named;
use super::{Origin, Policy};
use crate::policy::{Area, Located, OwnerPattern, Party};

/// A demand of the floor that another area makes less of.
#[derive(Clone, Debug)]
pub(super) struct Less {
    pub(super) key: &'static str,
    /// Where the other area says less; `None` where it says nothing.
    pub(super) at: Option<Origin>,
    /// What is less, as a verb phrase behind `area X`.
    pub(super) how: String,
    pub(super) floor: Origin,
    /// What the floor says, as YAML.
    pub(super) write: String,
}

type Parties = Located<Vec<Located<Party>>>;

/// All that `area` of `own` asks less than `below` of `floor`.
pub(super) fn less(own: &Policy, area: &Area, floor: &Policy, below: &Area) -> Vec<Less> {
    let mut all = Vec::new();
    let Some(wanted) = &below.ownership else { return all };
    let asked = area.ownership.as_ref();
    let names = |policy: &Policy, party: &Party| match party {
        Party::Role(id) => policy.role(*id).name.clone(),
        Party::Owner(owner) => owner.text.clone(),
    };
    let write = |key: &str, parties: &Parties| {
        let quoted = parties.value.iter().map(|party| match &party.value {
            Party::Role(id) => floor.role(*id).name.clone(),
            Party::Owner(owner) => format!("\"{}\"", owner.text),
        });
        format!("{key}: [{}]", quoted.collect::<Vec<_>>().join(", "))
    };
    // Of these one is enough: each more can meet it.
    for (key, asked, wanted, does) in [
        ("accountable", asked.map(|asked| &asked.accountable), &wanted.accountable, "is content with"),
        ("approvers", asked.map(|asked| &asked.approvers), &wanted.approvers, "is content with the approval of"),
    ] {
        let Some(wanted) = wanted else { continue };
        let looser = match asked.and_then(Option::as_ref) {
            None => Some((None, format!("does not ask for `{key}`"))),
            Some(asked) => asked
                .value
                .iter()
                .find(|party| !wanted.value.iter().any(|one| implies(own, &party.value, floor, &one.value)))
                .map(|party| (Some(party.at), format!("{does} `{}`", names(own, &party.value)))),
        };
        all.extend(looser.map(|(at, how)| Less { key, at, how, floor: wanted.at, write: write(key, wanted) }));
    }
    // Each of these counts.
    for (key, asked, wanted, does) in [
        ("consulted", asked.map(|asked| &asked.consulted), &wanted.consulted, "does not ask"),
        ("never_alone", asked.map(|asked| &asked.never_alone), &wanted.never_alone, "may be approved alone by"),
    ] {
        let Some(wanted) = wanted else { continue };
        let asked = asked.and_then(Option::as_ref);
        let has = |one: &Party| {
            let parties = asked.map_or(&[][..], |asked| &asked.value);
            parties.iter().any(|party| match key {
                "consulted" => implies(own, &party.value, floor, one),
                // Who stands in for a role does not hold it.
                _ => match (one, &party.value) {
                    (Party::Role(a), Party::Role(b)) => floor.role(*a).name == own.role(*b).name,
                    (Party::Owner(a), Party::Owner(b)) => is_within(a, b),
                    _ => false,
                },
            })
        };
        if let Some(missing) = wanted.value.iter().find(|one| !has(&one.value)) {
            let how = format!("{does} `{}`", names(floor, &missing.value));
            let at = asked.map(|asked| asked.at);
            all.push(Less { key, at, how, floor: missing.at, write: write(key, wanted) });
        }
    }
    if let Some(least) = &wanted.min_owners {
        let said = asked.and_then(|asked| asked.min_owners.as_ref());
        if said.is_none_or(|said| said.value < least.value) {
            let how = said.map_or_else(
                || "does not ask for `min_owners`".to_owned(),
                |said| format!("is content with {} owner{}", said.value, if said.value == 1 { "" } else { "s" }),
            );
            let write = format!("min_owners: {}", least.value);
            all.push(Less { key: "min_owners", at: said.map(|said| said.at), how, floor: least.at, write });
        }
    }
    for (key, said, wanted, how) in [
        ("teams_only", asked.map(|asked| &asked.teams_only), &wanted.teams_only, "counts individuals"),
        ("specific", asked.map(|asked| &asked.specific), &wanted.specific, "is content with the catch-all entry"),
    ] {
        let Some(wanted) = wanted.as_ref().filter(|wanted| wanted.value) else { continue };
        let said = said.and_then(Option::as_ref);
        if said.is_none_or(|said| !said.value) {
            let (at, how, write) = (said.map(|said| said.at), how.to_owned(), format!("{key}: true"));
            all.push(Less { key, at, how, floor: wanted.at, write });
        }
    }
    if area.only_where_staffed && !below.only_where_staffed {
        let at = own.keys.value(&format!("areas.{}.only_where_staffed", area.name));
        let how = "asks only where somebody holds the role".to_owned();
        let write = "only_where_staffed: false".to_owned();
        all.push(Less { key: "only_where_staffed", at, how, floor: wanted.at, write });
    }
    all
}

/// True where everybody who is `party` to the one policy is `other` to the other one.
fn implies(policy: &Policy, party: &Party, others: &Policy, other: &Party) -> bool {
    match (party, other) {
        (Party::Role(a), Party::Role(b)) => {
            let name = &policy.role(*a).name;
            others.stands_in(*b).any(|id| others.role(id).name == *name)
        }
        (Party::Owner(a), Party::Owner(b)) => is_within(a, b),
        (Party::Owner(owner), Party::Role(role)) => {
            let holders = others.stands_in(*role).flat_map(|id| &others.role(id).owners);
            holders.into_iter().any(|held| is_within(owner, &held.value))
        }
        (Party::Role(role), Party::Owner(owner)) => {
            // The floor knows who holds its roles better.
            let decides = named(others, &policy.role(*role).name);
            let holders = decides.map_or_else(|| &policy.role(*role).owners, |role| &role.owners);
            !holders.is_empty() && holders.iter().all(|held| is_within(&held.value, owner))
        }
    }
}

/// True where every handle that `inner` means `outer` means too: whatever matches a `*` as a character matches all that
/// it stands for.
pub(super) fn is_within(inner: &OwnerPattern, outer: &OwnerPattern) -> bool {
    outer.matches(&inner.key)
}
