//! MLO314 teams-only.

use super::{Context, Group, Meta, Rule, Told, group, wording};
use crate::finding::{Place, Severity, Violation};

pub(super) struct Check;

static META: Meta = Meta {
    code: "MLO314",
    slug: "teams-only",
    summary: "An individual owns files of an area that only teams may own",
    severity: Some(Severity::Error),
    docs: "\
## What it does
Reports users and e-mails on the winning entry of files in an area with `teams_only: true`.

## Why it matters
People leave and change teams, and CODEOWNERS does not follow them.

## Example
`/deploy/ @acme/mlops @ana`, and `teams_only: true`.

## How to fix it
Name the team that the person is in.

## Source
The policy's `teams_only`.
",
};

impl Rule for Check {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, context: &Context<'_>) -> Vec<Violation> {
        group::by_demand(context, META.code, |verdict| !verdict.individuals.is_empty())
    }

    fn tell(&self, context: &Context<'_>, group: &Group<'_>) -> Told {
        let said = group::Said::new(context, group);
        let (Some(area), Some(only)) =
            (said.area, said.wanted(context).and_then(|wanted| wanted.teams_only.as_ref()))
        else {
            return Told::default();
        };
        let individuals = context.verdict(&said.winners, area).individuals;
        let Some(first) = individuals.first() else { return Told::default() };
        let people: Vec<_> = individuals.iter().map(|at| context.entry(at.entry).owners[at.index].clone()).collect();
        let is = wording::is_or_are(&context.policy.area(area).name);
        let mut places: Vec<Place> = people.iter().map(|owner| Place::codeowners(owner.span, "no team")).collect();
        places.push(wording::demand(context, area, only, &format!("{is} for teams only")));
        let teams = context.entry(first.entry).owners.iter().filter(|owner| !owner.is_individual());
        let teams = teams.map(|owner| owner.text.clone()).collect::<Vec<_>>().join(" ");
        let teams = if teams.is_empty() { "@your-org/your-team".to_owned() } else { teams };
        Told {
            message: format!("{} {} {}, and {is} for teams only",
                wording::owners(&people),
                if people.len() == 1 { "owns" } else { "own" },
                said.what()),
            places,
            paths: wording::paths(group.violations),
            help: Some(said.line_with(context, &teams)),
            ..Told::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{TEAM, told};

    #[test]
    fn people_are_shown_and_teams_stay() {
        let policy = format!("{TEAM}areas: {{ serving: {{ paths: [/serve/], ownership: {{ teams_only: true }}, because: Machine learning engineers deploy models. }} }}\n");
        insta::assert_snapshot!(told("MLO314", "/serve/ @acme/ml-eng @ana\n", &policy, &["serve/a.py"]), @"
        error: @ana owns the serving file `serve/a.py`, and serving is for teams only
          CODEOWNERS `@ana`: no team
          policy `true`: serving is for teams only: Machine learning engineers deploy models
          > write on line 1:
          >     /serve/ @acme/ml-eng
        ");
    }
}
