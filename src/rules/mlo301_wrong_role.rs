//! MLO301 wrong-role.

use super::{Context, Group, Meta, Rule, Told, group, wording};
use crate::finding::{Place, Severity, Violation};
use crate::ownership::Gap;

pub(super) struct Check;

static META: Meta = Meta {
    code: "MLO301",
    slug: "wrong-role",
    summary: "Nobody on the winning entry holds a role that the area makes accountable",
    severity: Some(Severity::Error),
    docs: "\
## What it does
Reports files of an area that a specific entry wins, where no owner of that entry holds one of the area's `accountable`
roles, or stands in for it (`covered_by`).

## Why it matters
The people who are asked are not those who answer for it: a data scientist approves how the model is served, and those
who run it learn of it in production.

## Example
`/serving/ @acme/data-science`, and the policy says `serving: { ownership: { accountable: [ml-engineer] } }`.

## How to fix it
Add or put an owner with the role. If the owner does hold the role, say so under `roles` in the policy.

## Source
The policy's `accountable`; its default is the roles guide, whose sentence stands in `because`.
",
};

impl Rule for Check {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, context: &Context<'_>) -> Vec<Violation> {
        group::by_winners(context, META.code, context.items_with(Gap::WrongRole))
    }

    fn tell(&self, context: &Context<'_>, group: &Group<'_>) -> Told {
        let said = group::Said::new(context, group);
        let (Some(winner), Some(area), Some(accountable)) =
            (said.winner(context), said.area, said.wanted(context).and_then(|wanted| wanted.accountable.as_ref()))
        else {
            return Told::default();
        };
        let entry = context.entry(winner);
        let asked = wording::parties(context, &accountable.value, "or");
        let asks = wording::verb(&context.policy.area(area).name, "ask");

        let entries = said.asked(context);
        let mut places: Vec<Place> = entries
            .iter()
            .map(|entry| {
                let one = entry.owners.len() == 1;
                let label = if one { format!("not {asked}") } else { format!("none of them is {asked}") };
                Place::codeowners(wording::owners_span(entry), label)
            })
            .collect();
        // An earlier entry that asked the right people explains how they were lost.
        let path = group.violations.first().and_then(|violation| match &violation.subject {
            crate::finding::Subject::Path(path) => Some(path.as_slice()),
            _ => None,
        });
        let asking = path.map(|path| context.asking(area, path)).unwrap_or_default();
        let mut lost = asking.into_iter().rev().filter(|id| *id < winner).map(|id| context.entry(id));
        if let Some(earlier) = lost.find(|earlier| earlier.section == entry.section) {
            places.push(Place::codeowners(
                earlier.span,
                format!("asked {}, until line {} came later", wording::owners(&earlier.owners), entry.line),
            ));
        }
        places.push(wording::demand(context, area, accountable, &format!("{asks} for {asked}")));

        let help = wording::owners_for(context, area, &entry.owners)
            .map_or_else(|| said.line_to_write(context), |owners| said.line_with(context, &owners));
        Told {
            message: format!(
                "{} {} to {}, and {asks} for {asked}",
                said.what(),
                if group.violations.len() == 1 { "belongs" } else { "belong" },
                wording::owners_with_roles(context, entries.iter().flat_map(|entry| &entry.owners)),
            ),
            places,
            paths: wording::paths(group.violations),
            help: Some(help),
            note: Some(format!("{} asks every owner on a line, and any one of them can approve alone", context.host)),
            ..Told::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{TEAM, codes, told};

    fn policy() -> String {
        format!("{TEAM}areas: {{ serving: {{ paths: [/serve/], ownership: {{ accountable: [ml-engineer] }}, because: Machine learning engineers deploy models. }} }}\n")
    }

    #[test]
    fn both_sides_of_the_story_are_told() {
        insta::assert_snapshot!(told("MLO301", "/serve/ @acme/data-science\n", &policy(), &["serve/a.py", "serve/b.py"]), @"
        error: 2 serving files below `serve/` belong to @acme/data-science (data-scientist), and serving asks for ml-engineer
          CODEOWNERS `@acme/data-science`: not ml-engineer
          policy `[ml-engineer]`: serving asks for ml-engineer: Machine learning engineers deploy models
          > write on line 1:
          >     /serve/ @acme/data-science @acme/ml-eng
        ");
    }

    #[test]
    fn an_earlier_entry_that_had_the_role_explains_the_loss() {
        let entries = "/serve/ @acme/ml-eng\n/serve/ui/ @acme/data-science\n";
        insta::assert_snapshot!(told("MLO301", entries, &policy(), &["serve/a.py", "serve/ui/b.py"]), @"
        error: the serving file `serve/ui/b.py` belongs to @acme/data-science (data-scientist), and serving asks for ml-engineer
          CODEOWNERS `@acme/data-science`: not ml-engineer
          CODEOWNERS `/serve/ @acme/ml-eng`: asked @acme/ml-eng, until line 2 came later
          policy `[ml-engineer]`: serving asks for ml-engineer: Machine learning engineers deploy models
          > write on line 2:
          >     /serve/ui/ @acme/data-science @acme/ml-eng
        ");
    }

    #[test]
    fn whoever_covers_the_role_counts() {
        let policy = policy().replace("ml-engineer: { owners: [\"@acme/ml-eng\"] }", "ml-engineer: { covered_by: mlops-engineer }");
        assert_eq!(codes("/serve/ @acme/mlops\n", &policy, &["serve/a.py"]), [""; 0]);
    }

    #[test]
    fn a_line_of_very_many_owners_is_not_repeated() {
        let owners: Vec<String> = (0..60_000).map(|at| format!("@acme/t{at}")).collect();
        let told = told("MLO301", &format!("/serve/ {}\n", owners.join(" ")), &policy(), &["serve/a.py"]);
        let help = told.lines().find(|line| line.contains(">     /serve/")).unwrap();
        assert!(help.starts_with("  >     /serve/ @acme/t0 @acme/t1 ") && help.ends_with(" @acme/t59999 @acme/ml-eng"), "{help}");
        assert!(help.contains("… 59989 more …"), "{help}");
    }

    #[test]
    fn one_of_several_owners_is_enough() {
        assert_eq!(codes("/serve/ @acme/data-science @ACME/ml-eng\n", &policy(), &["serve/a.py"]), [""; 0]);
    }
}
