//! MLO303 not-consulted.

use super::{Context, Group, Meta, Rule, Told, group, wording};
use crate::finding::{Place, Severity, Violation};
use crate::policy::{Located, Party};

pub(super) struct Check;

static META: Meta = Meta {
    code: "MLO303",
    slug: "not-consulted",
    summary: "A role that the area wants consulted is not asked",
    severity: Some(Severity::Warning),
    docs: "\
## What it does
Reports files of an area whose owners include the accountable role, and not each of the `consulted` ones.

On GitHub any owner on a line can approve alone, so asking the consulted role also lets it approve alone. There the
finding is information, unless the policy names that role under `approvers`.

## Why it matters
Features and contracts lie between teams. When one side changes them alone, the other finds out from its broken model.

## Example
`/features/ @acme/data-eng`, and the policy says `consulted: [data-scientist]`.

## How to fix it
Add an owner with the role, knowing what that means on your host.

## Source
The policy's `consulted`. GitHub's page \"About code owners\": approval from any of the owners is sufficient.
",
};

impl Rule for Check {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, context: &Context<'_>) -> Vec<Violation> {
        group::by_demand(context, META.code, |verdict| !verdict.not_consulted.is_empty())
    }

    fn tell(&self, context: &Context<'_>, group: &Group<'_>) -> Told {
        let said = group::Said::new(context, group);
        let (Some(winner), Some(area), Some(wanted)) = (said.winner(context), said.area, said.wanted(context)) else {
            return Told::default();
        };
        let Some(consulted) = &wanted.consulted else { return Told::default() };
        let entry = context.entry(winner);
        let verdict = context.verdict(&said.winners, area);
        let missing: Vec<Located<Party>> =
            verdict.not_consulted.iter().map(|&index| consulted.value[index].clone()).collect();
        let who = wording::parties(context, &missing, "and");
        let name = &context.policy.area(area).name;
        let host = context.host;
        // In a section of its own the consulted role is asked beside the accountable one, not in its place.
        let may_approve = host.has_sections() || wanted.approvers.as_ref().is_some_and(|approvers| {
            missing.iter().all(|party| approvers.value.iter().any(|approver| approver.value == party.value))
        });
        let asked: Vec<String> =
            missing.iter().filter_map(|party| wording::somebody(context, std::slice::from_ref(party))).collect();
        let missed = wording::parties(context, &missing, "or");
        let mut places: Vec<Place> = said
            .asked(context)
            .into_iter()
            .map(|entry| Place::codeowners(wording::owners_span(entry), wording::none_is(entry, &missed)))
            .collect();
        places.push(wording::demand(context, area, consulted, &format!("{} {who} consulted", wording::verb(name, "want"))));
        Told {
            message: format!("{who} {} not consulted on {}", wording::is(missing.len()), said.what()),
            places,
            paths: wording::paths(group.violations),
            help: Some(said.line_with(context, &format!("{} {}", wording::owners_on_line(&entry.owners), asked.join(" ")))),
            note: if host.has_sections() {
                Some(wording::either(context))
            } else {
                (!may_approve).then(|| format!("on {host} whoever is asked can also approve alone"))
            },
            severity: (!may_approve).then_some(Severity::Info),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{TEAM, told};

    #[test]
    fn on_github_it_is_information_unless_the_role_may_approve() {
        let policy = |demand: &str| format!("{TEAM}areas: {{ features: {{ paths: [/features/], ownership: {{ accountable: [data-engineer], consulted: [data-scientist]{demand} }} }} }}\n");
        let told = |demand: &str| told("MLO303", "/features/ @acme/data-eng\n", &policy(demand), &["features/a.py"]);
        insta::assert_snapshot!(told(""), @"
        info: data-scientist is not consulted on the feature file `features/a.py`
          CODEOWNERS `@acme/data-eng`: no data-scientist
          policy `[data-scientist]`: features want data-scientist consulted
          > write on line 1:
          >     /features/ @acme/data-eng @acme/data-science
        ");
        insta::assert_snapshot!(told(", approvers: [data-engineer, data-scientist]"), @"
        warning: data-scientist is not consulted on the feature file `features/a.py`
          CODEOWNERS `@acme/data-eng`: no data-scientist
          policy `[data-scientist]`: features want data-scientist consulted
          > write on line 1:
          >     /features/ @acme/data-eng @acme/data-science
        ");
    }
}
