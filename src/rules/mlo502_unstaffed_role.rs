//! MLO502 unstaffed-role.

use std::collections::{BTreeMap, BTreeSet};

use super::{Context, Group, Meta, Rule, Told, wording};
use crate::finding::{Cause, Place, Severity, Subject, Violation};
use crate::policy::{AreaId, Expectation, Located, Party};

pub(super) struct Check;

static META: Meta = Meta {
    code: "MLO502",
    slug: "unstaffed-role",
    summary: "An area asks for roles that nobody holds and nobody covers",
    severity: Some(Severity::Warning),
    docs: "\
## What it does
Reports an expectation that nobody can meet, because none of its roles has an owner or a `covered_by`. It stands in place
of every MLO30x that would follow. Silent where the policy has no role map, and for areas without files.

## Why it matters
The expectation is a wish: whoever owns those files breaks it.

## Example
`roles: { data-engineer: { owners: [] } }` in a repository with DVC pointers.

## How to fix it
Say who holds the role, or who stands in: `data-engineer: { covered_by: data-scientist }`.

## Source
The policy's `roles`. Teams with fewer people than roles are the usual case.
",
};

impl Rule for Check {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, context: &Context<'_>) -> Vec<Violation> {
        let demands = unmet(context).into_iter().flat_map(|(who, demands)| {
            demands.into_iter().map(move |demand| Violation {
                rule: META.code,
                subject: Subject::Policy(format!("areas.{}.ownership.{}", demand.area_name, demand.key)),
                cause: Cause::Policy(who.clone()),
            })
        });
        demands.collect()
    }

    fn tell(&self, context: &Context<'_>, group: &Group<'_>) -> Told {
        let Cause::Policy(who) = group.cause else { return Told::default() };
        let mut unmet = unmet(context);
        let demands = unmet.remove(who).unwrap_or_default();
        let areas: Vec<&str> = demands.iter().map(|demand| demand.area_name).collect::<BTreeSet<_>>().into_iter().collect();
        let ask = match areas.as_slice() {
            [one] => wording::verb(one, "ask"),
            several => format!("{} ask", wording::list(several, "and")),
        };
        let mut places: Vec<Place> = demands
            .iter()
            .map(|demand| {
                let says = format!("{} for {who}", wording::verb(demand.area_name, "ask"));
                wording::demand(context, demand.area, demand.parties, &says)
            })
            .collect();
        let role = demands.iter().flat_map(|demand| &demand.parties.value).find_map(|party| match &party.value {
            Party::Role(role) => Some(context.policy.role(*role)),
            Party::Owner(_) => None,
        });
        places.extend(role.map(|role| Place::policy(role.at, "nobody holds it")));
        let name = role.map_or("", |role| &role.name);
        Told {
            message: format!("nobody holds {who}, and {ask} for it"),
            places,
            help: Some(format!(
                "say who holds it, or who stands in, under roles in the policy:\n    {name}: {{ owners: [\"@your-org/your-team\"] }}\n    {name}: {{ covered_by: ANOTHER-ROLE }}"
            )),
            ..Told::default()
        }
    }
}

/// A demand that nobody can meet.
struct Demand<'p> {
    area: AreaId,
    area_name: &'p str,
    key: String,
    parties: &'p Located<Vec<Located<Party>>>,
}

/// The demands that nobody can meet, of areas that have files, by the roles they name.
fn unmet<'a>(context: &Context<'a>) -> BTreeMap<String, Vec<Demand<'a>>> {
    let mut unmet: BTreeMap<String, Vec<Demand<'a>>> = BTreeMap::new();
    if !context.policy.has_role_map() {
        return unmet;
    }
    let areas: BTreeSet<AreaId> = context.ownership.items().iter().filter_map(|item| item.area).collect();
    for area in areas.into_iter().filter(|&area| !context.judge.asks_nothing(area)) {
        let policy: &'a crate::policy::Policy = context.policy;
        let area_name = policy.area(area).name.as_str();
        let Some(wanted) = &policy.area(area).ownership else { continue };
        for (key, parties) in any_of(wanted) {
            if !parties.value.iter().any(|party| context.judge.can_be_met(&party.value)) {
                let who = wording::parties(context, &parties.value, "or");
                unmet.entry(who).or_default().push(Demand { area, area_name, key: key.to_owned(), parties });
            }
        }
        for party in wanted.consulted.iter().flat_map(|parties| &parties.value) {
            if !context.judge.can_be_met(&party.value)
                && let Some(parties) = &wanted.consulted
            {
                let who = wording::party_name(context, &party.value).to_owned();
                let key = format!("consulted.{who}");
                unmet.entry(who).or_default().push(Demand { area, area_name, key, parties });
            }
        }
    }
    unmet
}

/// The demands of which one party is enough.
fn any_of(wanted: &Expectation) -> impl Iterator<Item = (&'static str, &Located<Vec<Located<Party>>>)> {
    [("accountable", &wanted.accountable), ("approvers", &wanted.approvers)]
        .into_iter()
        .filter_map(|(key, parties)| Some((key, parties.as_ref()?)))
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{codes, told};

    const POLICY: &str = "version: 1\nroles: { ml-engineer: {}, data-scientist: { owners: [\"@ds\"] } }\nareas: { serving: { paths: [/serve/], ownership: { accountable: [ml-engineer] } } }\n";

    #[test]
    fn a_demand_that_nobody_can_meet_is_the_policys_fault() {
        assert_eq!(codes("/serve/ @ds\n", POLICY, &["serve/a"]), ["MLO502"]);
        insta::assert_snapshot!(told("MLO502", "/serve/ @ds\n", POLICY, &["serve/a"]), @r#"
        warning: nobody holds ml-engineer, and serving asks for it
          policy `[ml-engineer]`: serving asks for ml-engineer
          policy `ml-engineer`: nobody holds it
          > say who holds it, or who stands in, under roles in the policy:
          >     ml-engineer: { owners: ["@your-org/your-team"] }
          >     ml-engineer: { covered_by: ANOTHER-ROLE }
        "#);
    }

    #[test]
    fn an_area_without_files_asks_nothing() {
        assert_eq!(codes("/web/ @ds\n", POLICY, &["web/a"]), [""; 0]);
    }
}
