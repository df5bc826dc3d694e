//! MLO312 never-alone.

use super::{Context, Group, Meta, Rule, Told, group, wording};
use crate::finding::{Severity, Violation};

pub(super) struct Check;

static META: Meta = Meta {
    code: "MLO312",
    slug: "never-alone",
    summary: "A change can be approved by roles alone that the area never wants alone",
    severity: Some(Severity::Error),
    docs: "\
## What it does
Reports files of an area where some way to approve consists only of owners all of whose roles are in `never_alone`.

## Why it matters
Those who wrote the model should not be the only ones to let it into production.

## Example
`/deploy/ @acme/data-science @acme/mlops`, and `never_alone: [data-scientist]`.

## How to fix it
Take that owner off the line, or move those paths to an entry of their own.

## Source
GitHub's page \"About code owners\": approval from any of the owners is sufficient.
",
};

impl Rule for Check {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, context: &Context<'_>) -> Vec<Violation> {
        group::by_demand(context, META.code, |verdict| !verdict.alone.is_empty())
    }

    fn tell(&self, context: &Context<'_>, group: &Group<'_>) -> Told {
        let said = group::Said::new(context, group);
        let (Some(_), Some(area), Some(never)) =
            (said.winner(context), said.area, said.wanted(context).and_then(|wanted| wanted.never_alone.as_ref()))
        else {
            return Told::default();
        };
        let alone = context.verdict(&said.winners, area).alone;
        let who = wording::parties(context, &never.value, "or");
        let name = &context.policy.area(area).name;
        group::tell_lone_approvers(context, group, &alone, group::LoneApprovers {
            how: "alone".to_owned(),
            demand: wording::demand(context, area, never, &format!("{name} is never approved by {who} alone")),
            instead: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{TEAM, codes, told};

    fn policy() -> String {
        format!("{TEAM}areas: {{ serving: {{ paths: [/serve/], ownership: {{ never_alone: [data-scientist] }}, because: Machine learning engineers deploy models. }} }}\n")
    }

    #[test]
    fn who_may_not_be_alone_is_shown() {
        insta::assert_snapshot!(told("MLO312", "/serve/ @acme/data-science @acme/mlops\n", &policy(), &["serve/a.py"]), @"
        error: @acme/data-science (data-scientist) can approve the serving file `serve/a.py` alone
          CODEOWNERS `@acme/data-science`: can approve alone
          policy `[data-scientist]`: serving is never approved by data-scientist alone: Machine learning engineers deploy models
          > write on line 1:
          >     /serve/ @acme/mlops
        ");
    }

    #[test]
    fn a_second_role_or_none_is_not_alone() {
        let policy = policy().replace("\"@acme/mlops\"", "\"@acme/mlops\", \"@ana\"");
        assert_eq!(codes("/serve/ @ana @acme/mlops\n", &policy, &["serve/a.py"]), [""; 0]);
        assert_eq!(codes("/serve/ @somebody\n", &policy, &["serve/a.py"]), ["MLO501"]);
    }
}
