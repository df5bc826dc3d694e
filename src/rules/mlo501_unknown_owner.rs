//! MLO501 unknown-owner.

use std::collections::BTreeMap;

use super::{Context, Group, Meta, Rule, Told, wording};
use crate::codeowners::Owner;
use crate::finding::{Cause, Place, Severity, Subject, Violation};

pub(super) struct Check;

static META: Meta = Meta {
    code: "MLO501",
    slug: "unknown-owner",
    summary: "Owners of ML files who are in no role and not in `no_role`",
    severity: Some(Severity::Warning),
    docs: "\
## What it does
Lists, in one finding, the owners that win a path of some area, hold no role, and are not named under `no_role`. Silent
where the policy has no role map.

## Why it matters
They count as no role, so every expectation judges them as strangers. Renamed and new teams show up here first.

## Example
CODEOWNERS names `@acme/ml-platform`, which the policy has never heard of.

## How to fix it
Add them to a role, or to `no_role` if they hold none of them.

## Source
The policy's `roles` and `no_role`. Whether a team exists cannot be known offline.
",
};

impl Rule for Check {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, context: &Context<'_>) -> Vec<Violation> {
        let violation = |key: String| Violation {
            rule: META.code,
            subject: Subject::Repository(format!("owner {key}")),
            cause: Cause::Repository,
        };
        strangers(context).into_keys().map(|key| violation(key.to_owned())).collect()
    }

    fn tell(&self, context: &Context<'_>, group: &Group<'_>) -> Told {
        let strangers = strangers(context);
        let told: Vec<&Owner> = group
            .violations
            .iter()
            .filter_map(|violation| match &violation.subject {
                Subject::Repository(name) => strangers.get(name.strip_prefix("owner ")?).copied(),
                _ => None,
            })
            .collect();
        let names: Vec<&str> = told.iter().map(|owner| owner.text.as_str()).collect();
        let hold = if names.len() == 1 { "holds" } else { "hold" };
        let mut told = told;
        told.sort_by_key(|owner| owner.span);
        let quoted: Vec<String> = names.iter().take(8).map(|name| format!("\"{name}\"")).collect();
        Told {
            message: format!("{} {hold} no role in the policy", wording::list(&names, "and")),
            places: told.iter().map(|owner| Place::codeowners(owner.span, "in no role")).collect(),
            help: Some(format!("add them to a role of the policy, or say that they hold none:\n    no_role: [{}]", quoted.join(", "))),
            ..Told::default()
        }
    }
}

/// Owners without a role who win a path of an area, with where they stand first.
fn strangers<'a>(context: &Context<'a>) -> BTreeMap<&'a str, &'a Owner> {
    let mut strangers = BTreeMap::new();
    if !context.policy.has_role_map() {
        return strangers;
    }
    let items = context.ownership.items().iter().filter(|item| item.area.is_some());
    let winners: std::collections::BTreeSet<_> =
        items.flat_map(|item| context.ownership.winners(item.path)).copied().collect();
    for owner in winners.into_iter().flat_map(|winner| &context.entry(winner).owners) {
        let known = !context.judge.roles_of(owner).is_empty()
            || context.policy.no_role.iter().any(|known| known.value.matches(&owner.key));
        if !known {
            strangers.entry(owner.key.as_str()).or_insert(owner);
        }
    }
    strangers
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{TEAM, codes, told};

    fn policy() -> String {
        format!("{TEAM}areas: {{ serving: {{ paths: [/serve/], ownership: {{ accountable: [ml-engineer] }}, because: Machine learning engineers deploy models. }} }}\n")
    }

    #[test]
    fn all_of_them_are_one_finding() {
        let entries = "/serve/ @acme/ml-eng @x\n/serve/ui/ @acme/ml-eng @acme/Front @x\n/web/ @y\n";
        insta::assert_snapshot!(told("MLO501", entries, &policy(), &["serve/a", "serve/ui/a", "web/a"]), @r#"
        warning: @acme/Front and @x hold no role in the policy
          CODEOWNERS `@x`: in no role
          CODEOWNERS `@acme/Front`: in no role
          > add them to a role of the policy, or say that they hold none:
          >     no_role: ["@acme/Front", "@x"]
        "#);
    }

    #[test]
    fn who_is_known_to_hold_none_is_no_stranger() {
        let policy = format!("{}no_role: [\"@acme/*\"]\n", policy());
        assert_eq!(codes("/serve/ @acme/ml-eng @acme/front\n", &policy, &["serve/a"]), [""; 0]);
    }
}
