//! MLO107 duplicate-pattern.

use rustc_hash::FxHashMap;

use super::{Context, Group, Meta, Rule, Told, problems, wording};
use crate::codeowners::{EntryId, Pattern, SectionId};
use crate::finding::{Place, Severity, Violation};

pub(super) struct Check;

static META: Meta = Meta {
    code: "MLO107",
    slug: "duplicate-pattern",
    summary: "The same pattern twice: the first entry's owners are never asked",
    severity: Some(Severity::Error),
    docs: "\
## What it does
Reports an entry whose pattern stands again further down. With the same owners on both it is information.

## Why it matters
The last matching entry wins and owners never add up: two lines that look like one list of owners are not.

## Example
`/monitoring/ @acme/mlops` and, forty lines below, `/monitoring/ @acme/data-science`.

## How to fix it
Write one entry with everybody who is meant.

## Source
GitHub's page \"About code owners\": the last matching pattern takes the most precedence.
",
};

impl Rule for Check {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, context: &Context<'_>) -> Vec<Violation> {
        if context.host.adds_up() {
            return Vec::new();
        }
        let mut last: FxHashMap<(SectionId, &Pattern), EntryId> = FxHashMap::default();
        let mut violations = Vec::new();
        for (id, entry) in context.entries().rev() {
            let Some(pattern) = entry.glob() else { continue };
            match last.entry((entry.section, pattern)) {
                std::collections::hash_map::Entry::Occupied(_) => {
                    violations.push(problems::about_entry(context, META.code, id));
                }
                std::collections::hash_map::Entry::Vacant(place) => {
                    place.insert(id);
                }
            }
        }
        violations
    }

    fn tell(&self, context: &Context<'_>, group: &Group<'_>) -> Told {
        let (_, entry) = problems::entry_of_group(context, group);
        let last = context.entries().rev().find(|(_, later)| later.section == entry.section && later.glob() == entry.glob());
        let last = last.map_or(entry, |(_, later)| later);
        let same = entry.has_same_owners(last);
        let (message, help) = if same {
            (
                format!("`{}` stands again on line {} with the same owners", entry.pattern_text, last.line),
                format!("delete line {}", entry.line),
            )
        } else {
            let mut both = last.owners.clone();
            both.extend(entry.owners.iter().filter(|owner| !last.owners.iter().any(|one| one.key == owner.key)).cloned());
            let never = match entry.owners.as_slice() {
                [] => "this ownerless line never counts".to_owned(),
                [one] => format!("{} on line {} never counts", one.text, entry.line),
                owners => format!("{} on line {} never count", wording::owners(owners), entry.line),
            };
            (
                format!("`{}` stands again on line {}, which decides: {never}", entry.pattern_text, last.line),
                format!(
                    "delete line {}, or write one entry for everybody who is meant:\n{}",
                    entry.line,
                    wording::line(&last.pattern_text, &wording::owners_on_line(&both))
                ),
            )
        };
        Told {
            message,
            places: vec![
                Place::codeowners(entry.span, "never decides"),
                Place::codeowners(last.span, "comes later and wins"),
            ],
            help: Some(help),
            severity: same.then_some(Severity::Info),
            ..Told::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{codes, told};

    #[test]
    fn the_first_of_two_loses_its_owners() {
        insta::assert_snapshot!(told("MLO107", "/mon/ @acme/mlops\n/mon/ @acme/data-science\n", "", &["mon/a"]), @"
        error: `/mon/` stands again on line 2, which decides: @acme/mlops on line 1 never counts
          CODEOWNERS `/mon/ @acme/mlops`: never decides
          CODEOWNERS `/mon/ @acme/data-science`: comes later and wins
          > delete line 1, or write one entry for everybody who is meant:
          >     /mon/ @acme/data-science @acme/mlops
        ");
    }

    #[test]
    fn with_the_same_owners_it_is_information() {
        insta::assert_snapshot!(told("MLO107", "/mon/ @acme/mlops\n/mon/ @ACME/mlops\n", "", &["mon/a"]), @"
        info: `/mon/` stands again on line 2 with the same owners
          CODEOWNERS `/mon/ @acme/mlops`: never decides
          CODEOWNERS `/mon/ @ACME/mlops`: comes later and wins
          > delete line 1
        ");
    }

    #[test]
    fn it_stands_for_shadowed_and_dead() {
        assert_eq!(codes("/mon/ @a\n/mon/ @b\n", "", &["x"]), ["MLO107", "MLO104"]);
    }
}
