//! MLO311 approvers.

use super::{Context, Group, Meta, Rule, Told, group, wording};
use crate::finding::{Severity, Violation};

pub(super) struct Check;

static META: Meta = Meta {
    code: "MLO311",
    slug: "approvers",
    summary: "A change can be approved without any of the roles that the area wants in every approval",
    severity: Some(Severity::Error),
    docs: "\
## What it does
Reports files of an area where some way to approve includes none of `approvers`. On GitHub every single owner of the
winning entry is a way to approve.

## Why it matters
Two owners on a line mean *or*. With `/deploy/ @acme/data-science @acme/ml-eng` a data scientist alone can merge.

## Example
The entry above, and `approvers: [ml-engineer]`.

## How to fix it
Leave only owners on the line who may approve. To have others informed, use another way than CODEOWNERS: GitHub cannot
ask somebody without letting them approve.

## Source
GitHub's page \"About code owners\": approval from any of the owners is sufficient.
",
};

impl Rule for Check {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, context: &Context<'_>) -> Vec<Violation> {
        group::by_demand(context, META.code, |verdict| !verdict.outside_approvers.is_empty())
    }

    fn tell(&self, context: &Context<'_>, group: &Group<'_>) -> Told {
        let said = group::Said::new(context, group);
        let (Some(_), Some(area), Some(approvers)) =
            (said.winner(context), said.area, said.wanted(context).and_then(|wanted| wanted.approvers.as_ref()))
        else {
            return Told::default();
        };
        let outside = context.verdict(&said.winners, area).outside_approvers;
        let wanted = wording::parties(context, &approvers.value, "or");
        let name = &context.policy.area(area).name;
        group::tell_lone_approvers(context, group, &outside, group::LoneApprovers {
            how: format!("without {wanted}"),
            demand: wording::demand(context, area, approvers, &format!("every approval of {name} includes {wanted}")),
            instead: wording::somebody(context, &approvers.value),
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{TEAM, codes, told};

    fn policy() -> String {
        format!("{TEAM}areas: {{ serving: {{ paths: [/serve/], ownership: {{ accountable: [ml-engineer], approvers: [ml-engineer] }}, because: Machine learning engineers deploy models. }} }}\n")
    }

    #[test]
    fn two_owners_on_a_line_mean_either() {
        insta::assert_snapshot!(told("MLO311", "/serve/ @acme/data-science @acme/ml-eng\n", &policy(), &["serve/a.py"]), @"
        error: @acme/data-science (data-scientist) can approve the serving file `serve/a.py` without ml-engineer
          CODEOWNERS `@acme/data-science`: can approve alone
          policy `[ml-engineer]`: every approval of serving includes ml-engineer: Machine learning engineers deploy models
          > write on line 1:
          >     /serve/ @acme/ml-eng
        ");
    }

    #[test]
    fn the_wrong_role_alone_is_said_once() {
        assert_eq!(codes("/serve/ @acme/data-science\n", &policy(), &["serve/a.py"]), ["MLO301"]);
    }
}
