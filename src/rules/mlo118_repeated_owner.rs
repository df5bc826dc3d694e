//! MLO118 repeated-owner.

use super::{Context, Group, Meta, Rule, Told, problems};
use crate::codeowners::ProblemKind;
use crate::finding::{Severity, Violation};

pub(super) struct Check;

static META: Meta = Meta {
    code: "MLO118",
    slug: "repeated-owner",
    summary: "The same owner twice on one entry",
    severity: Some(Severity::Info),
    docs: "\
## What it does
Reports an owner who stands more than once on one entry, in any case.

## Why it matters
It changes nothing, so somebody else was probably meant.

## Example
`/models/ @acme/ml-eng @acme/ML-eng`

## How to fix it
Delete the second, or write who was meant.

## Source
GitHub compares handles without case.
",
};

const KINDS: &[ProblemKind] = &[ProblemKind::RepeatedOwner];

impl Rule for Check {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, context: &Context<'_>) -> Vec<Violation> {
        problems::violations(context, META.code, KINDS)
    }

    fn tell(&self, context: &Context<'_>, group: &Group<'_>) -> Told {
        let (entry, found) = problems::of_group(context, group, KINDS);
        let text = problems::text(context, found[0]);
        Told {
            message: format!("`{}` names {text} more than once", entry.pattern_text),
            places: problems::places(&found, |_| "already named".to_owned()),
            help: Some(format!("delete the second {text}, or write who was meant")),
            ..Told::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::told;

    #[test]
    fn case_makes_no_other_owner() {
        insta::assert_snapshot!(told("MLO118", "/a @acme/ml @acme/ML\n", "", &["a"]), @"
        info: `/a` names @acme/ML more than once
          CODEOWNERS `@acme/ML`: already named
          > delete the second @acme/ML, or write who was meant
        ");
    }
}
