//! MLO506 below-floor.

use super::{Context, Group, Meta, Rule, Told};
use crate::finding::{Cause, Place, Severity, Subject, Violation};
use crate::policy::{BELOW_FLOOR, Loosening};

pub(super) struct Check;

pub(super) static META: Meta = Meta {
    code: BELOW_FLOOR,
    slug: "below-floor",
    summary: "The policy says something more loosely than its floor",
    severity: Some(Severity::Error),
    docs: "\
## What it does
Reports each value of the policy that is looser than what its floor says: an approver more, a demand or an area that a
null takes out, a lower severity, an exemption of what the floor claims. Not to say something is no violation: the floor's
value holds anyway, and it holds where this rule reports something too. No policy can lower this rule, switch it off or
exempt from it.

## Why it matters
A floor is what an organisation asks of every repository. A pull request that loosens it changes who can approve the next.

## Example
The floor says `serving: { ownership: { approvers: [ml-engineer] } }`, and the repository's policy
`approvers: [ml-engineer, data-scientist]`.

## How to fix it
Write what the floor says, something stricter, or nothing. What should be allowed everywhere belongs into the floor.

## Source
`floor: FILE` in the policy, and `--floor FILE`. The documentation has the order of every key: `docs/floor.md`.
",
};

impl Rule for Check {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, context: &Context<'_>) -> Vec<Violation> {
        let violation = |loosening: &Loosening| Violation {
            rule: META.code,
            subject: Subject::Policy(loosening.key.clone()),
            cause: Cause::Policy(name(loosening)),
        };
        context.policy.loosened.iter().map(violation).collect()
    }

    fn tell(&self, context: &Context<'_>, group: &Group<'_>) -> Told {
        let Cause::Policy(cause) = group.cause else { return Told::default() };
        let Some(loosening) = context.policy.loosened.iter().find(|loosening| name(loosening) == *cause) else {
            return Told::default();
        };
        let floor = Place::policy(loosening.floor.0, &loosening.floor.1);
        Told {
            message: loosening.message.clone(),
            places: loosening.own.iter().map(|(at, label)| Place::policy(*at, label)).chain([floor]).collect(),
            help: Some(loosening.help.clone()),
            note: Some("the run went by the floor all the same".to_owned()),
            ..Told::default()
        }
    }
}

/// The key and the floor: two floors may both ask for more.
fn name(loosening: &Loosening) -> String {
    format!("{} {}", loosening.key, loosening.floor.0.text)
}
