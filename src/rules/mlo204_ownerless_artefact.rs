//! MLO204 ownerless-artefact.

use super::{Context, Group, Meta, Rule, Told, group, wording};
use crate::codeowners::Entry;
use crate::finding::{Place, Severity, Violation};
use crate::ownership::Gap;

pub(super) struct Check;

static META: Meta = Meta {
    code: "MLO204",
    slug: "ownerless-artefact",
    summary: "An ML artefact whose winning entry names nobody, in an area that expects somebody",
    severity: Some(Severity::Info),
    docs: "\
## What it does
Reports files in an area with an expectation whose winning entry has no owners, or only such in optional sections of GitLab.

## Why it matters
An entry without owners is legal and often deliberate; on GitHub it takes the owners of everything above it away. It
satisfies no expectation.

## Example
`/deploy/ @acme/ml-eng`, and below it `/deploy/generated/`.

## How to fix it
Name an owner, or say in the policy that nobody should answer for it: `exempt`, with a reason and a date.

## Source
GitHub's page \"About code owners\", the example `/apps/github` without owners.
",
};

impl Rule for Check {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, context: &Context<'_>) -> Vec<Violation> {
        group::by_winners(context, META.code, context.items_with(Gap::Ownerless))
    }

    fn tell(&self, context: &Context<'_>, group: &Group<'_>) -> Told {
        let said = group::Said::new(context, group);
        let them = it_or_them(group);
        if let Some(told) = tell_optional(context, group, &said) {
            return told;
        }
        Told {
            message: format!("an entry without owners leaves {} to nobody", said.what()),
            places: said.places(context, "names nobody"),
            help: Some(format!("{}\nor exempt {them} in the policy, with a reason", said.line_to_write(context))),
            paths: wording::paths(group.violations),
            ..Told::default()
        }
    }
}

fn it_or_them(group: &Group<'_>) -> &'static str {
    if group.violations.len() == 1 { "it" } else { "them" }
}

/// An entry of an optional section names somebody, and still nobody has to approve.
fn tell_optional(context: &Context<'_>, group: &Group<'_>, said: &group::Said) -> Option<Told> {
    let file = context.codeowners?;
    let named = said.winners.iter().map(|&id| context.entry(id)).find(|entry| !entry.owners.is_empty())?;
    let section = file.section(named.section);
    let heading = section.headings.iter().rfind(|heading| heading.line < named.line)?;
    let name = &section.name;
    let them = it_or_them(group);
    let label = |entry: &Entry| match entry.owners.as_slice() {
        [] => "names nobody".to_owned(),
        owners => format!("asks {}, who need not answer", wording::owners(owners)),
    };
    let mut places = said.places(context, "");
    for (place, &id) in places.iter_mut().zip(&said.winners) {
        place.label = label(context.entry(id));
    }
    places.insert(said.winners.len(), Place::codeowners(heading.span, "optional"));
    Some(Told {
        message: format!("nobody has to approve {}: the section `{name}` is optional", said.what()),
        places,
        help: Some(format!(
            "delete the ^ before [{name}] on line {}\nor exempt {them} in the policy, with a reason",
            heading.line
        )),
        paths: wording::paths(group.violations),
        ..Told::default()
    })
}

#[cfg(test)]
mod tests {
    use crate::codeowners::Dialect;
    use crate::rules::testing::{TEAM, codes, told, told_on};

    #[test]
    fn an_entry_without_owners_satisfies_no_expectation() {
        let policy = format!("{TEAM}areas: {{ deployment: {{ paths: [/deploy/], ownership: {{ accountable: [mlops-engineer] }} }} }}\n");
        let entries = "/deploy/ @acme/mlops\n/deploy/generated/\n";
        insta::assert_snapshot!(told("MLO204", entries, &policy, &["deploy/a", "deploy/generated/b"]), @"
        info: an entry without owners leaves the deployment file `deploy/generated/b` to nobody
          CODEOWNERS `/deploy/generated/`: names nobody
          policy `[mlops-engineer]`: deployment asks for mlops-engineer
          > write on line 2:
          >     /deploy/generated/ @acme/mlops
          > or exempt it in the policy, with a reason
        ");
    }

    #[test]
    fn an_optional_section_asks_and_need_not_be_answered() {
        let policy = format!("{TEAM}areas: {{ deployment: {{ paths: [/deploy/], ownership: {{ accountable: [mlops-engineer] }} }} }}\n");
        insta::assert_snapshot!(told_on(Dialect::GitLab, "MLO204", "^[Ops] @acme/mlops\n*\n", &policy, &["deploy/a"]), @"
        info: nobody has to approve the deployment file `deploy/a`: the section `Ops` is optional
          CODEOWNERS `*`: asks @acme/mlops, who need not answer
          CODEOWNERS `^[Ops] @acme/mlops`: optional
          policy `[mlops-engineer]`: deployment asks for mlops-engineer
          > delete the ^ before [Ops] on line 1
          > or exempt it in the policy, with a reason
        ");
        assert_eq!(told_on(Dialect::GitLab, "MLO204", "[Ops] @acme/mlops\n*\n", &policy, &["deploy/a"]), "");
    }

    #[test]
    fn where_nothing_is_expected_it_is_a_decision() {
        let policy = "version: 1\nareas: { deployment: { paths: [/deploy/] } }\n";
        assert_eq!(codes("/deploy/\n", policy, &["deploy/a"]), [""; 0]);
    }
}
