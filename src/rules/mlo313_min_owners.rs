//! MLO313 min-owners.

use super::{Context, Group, Meta, Rule, Told, group, wording};
use crate::finding::{Place, Severity, Violation};

pub(super) struct Check;

static META: Meta = Meta {
    code: "MLO313",
    slug: "min-owners",
    summary: "Fewer distinct owners than the area asks for",
    severity: Some(Severity::Error),
    docs: "\
## What it does
Reports files of an area whose winning entry names fewer distinct owners than `min_owners`. A team meets it, whatever its
size: who is in a team cannot be known offline.

## Why it matters
One person on leave blocks every change, or owns a change that nobody else can review.

## Example
`/serving/ @ana`, and `min_owners: 2`.

## How to fix it
Add a second person, or name a team.

## Source
The policy's `min_owners`.
",
};

impl Rule for Check {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, context: &Context<'_>) -> Vec<Violation> {
        group::by_demand(context, META.code, |verdict| verdict.too_few.is_some())
    }

    fn tell(&self, context: &Context<'_>, group: &Group<'_>) -> Told {
        let said = group::Said::new(context, group);
        let (Some(first), Some(area), Some(least)) =
            (said.winner(context), said.area, said.wanted(context).and_then(|wanted| wanted.min_owners.as_ref()))
        else {
            return Told::default();
        };
        let asked = said.asked(context);
        let all: Vec<_> = asked.iter().flat_map(|entry| &entry.owners).cloned().collect();
        let number = context.verdict(&said.winners, area).too_few.unwrap_or_default();
        let asks = wording::verb(&context.policy.area(area).name, "ask");
        let wanted = usize::try_from(least.value).unwrap_or(usize::MAX);
        let owners = wording::owners_on_line(&context.entry(first).owners);
        let label = wording::count(number, "owner");
        let mut places: Vec<Place> =
            asked.iter().map(|entry| Place::codeowners(wording::owners_span(entry), label.as_str())).collect();
        places.push(wording::demand(context, area, least, &format!("{asks} for {}, or a team", wording::count(wanted, "owner"))));
        Told {
            message: format!(
                "{} {} for {}, and {asks} for {}",
                wording::owners(&all),
                if number == 1 { "answers alone" } else { "are all who answer" },
                said.what(),
                wording::count(wanted, "owner")
            ),
            places,
            paths: wording::paths(group.violations),
            help: Some(said.line_with(context, &format!("{owners} @your-org/your-team"))),
            ..Told::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{TEAM, codes, told};

    fn policy() -> String {
        format!("{TEAM}areas: {{ serving: {{ paths: [/serve/], ownership: {{ min_owners: 2 }}, because: Machine learning engineers deploy models. }} }}\n")
    }

    #[test]
    fn one_person_is_not_two() {
        insta::assert_snapshot!(told("MLO313", "/serve/ @ana @Ana\n", &policy(), &["serve/a.py"]), @"
        error: @ana answers alone for the serving file `serve/a.py`, and serving asks for 2 owners
          CODEOWNERS `@ana @Ana`: 1 owner
          policy `2`: serving asks for 2 owners, or a team: Machine learning engineers deploy models
          > write on line 1:
          >     /serve/ @ana @your-org/your-team
        ");
    }

    #[test]
    fn a_team_meets_it() {
        assert_eq!(codes("/serve/ @acme/ml-eng\n", &policy(), &["serve/a.py"]), [""; 0]);
    }
}
