//! MLO111 lone-approver.

use std::collections::BTreeMap;

use super::{Context, Group, Meta, Rule, Told, wording};
use crate::codeowners::{Entry, EntryId, Owner};
use crate::finding::{Cause, Place, Severity, Subject, Violation};

pub(super) struct Check;

static META: Meta = Meta {
    code: "MLO111",
    slug: "lone-approver",
    summary: "One owner stands on nearly every entry and can approve nearly everything alone",
    severity: Some(Severity::Info),
    docs: "\
## What it does
Reports an owner who stands on at least four of five entries that match a file, where there are eight or more and other
owners are named too. It is silent where sections make several owners approve.

## Why it matters
Two owners on a line mean either. Whoever stands on every line can approve every change alone, and the other names say
who is asked, not who decides.

## Example
Twenty entries, and `@acme/admins` on nineteen of them beside a team each.

## How to fix it
Take that owner off the entries that others should decide, or say in the policy that this is meant: `rules: { MLO111: off }`.

## Source
GitHub's page \"About code owners\": approval from any of the owners is sufficient.
",
};

/// Fewer entries are a small team's, in which everybody may well do everything.
const LEAST_ENTRIES: usize = 8;

impl Rule for Check {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, context: &Context<'_>) -> Vec<Violation> {
        let violation = |owner: &Owner| Violation {
            rule: META.code,
            subject: Subject::Repository(format!("owner {}", owner.key)),
            cause: Cause::Repository,
        };
        lone(context).iter().map(|(owners, _)| violation(owners[0])).collect()
    }

    fn tell(&self, context: &Context<'_>, _: &Group<'_>) -> Told {
        let lone = lone(context);
        let told: Vec<String> = lone
            .iter()
            .map(|(owners, all)| format!("{} stands on {} of {all} entries", owners[0].text, owners.len()))
            .collect();
        let verb = if lone.len() == 1 { "and can" } else { "and each can" };
        Told {
            message: format!("{}, {verb} approve there alone", wording::list(&told, "and")),
            places: lone
                .iter()
                .flat_map(|(owners, _)| owners.iter().take(3))
                .map(|owner| Place::codeowners(owner.span, "can approve alone"))
                .collect(),
            help: Some("leave on a line only those who may decide alone; whoever is named there can".to_owned()),
            note: Some(wording::either(context)),
            ..Told::default()
        }
    }
}

/// Owners on at least four of five entries, with each place they stand at, and how many entries there are.
fn lone<'a>(context: &Context<'a>) -> Vec<(Vec<&'a Owner>, usize)> {
    let Some(codeowners) = context.codeowners else { return Vec::new() };
    let required = codeowners.sections.iter().filter(|section| !section.optional && !section.headings.is_empty());
    if context.host.has_sections() && required.count() > 0 {
        return Vec::new();
    }
    // Where an entry matches nothing, nobody approves anything.
    let decides = |&(id, entry): &(EntryId, &Entry)| {
        entry.is_in_force() && !entry.owners.is_empty() && !entry.is_catch_all() && context.usage(id).matches
    };
    let entries: Vec<&'a Entry> = codeowners.iter().filter(decides).map(|(_, entry)| entry).collect();
    let mut places: BTreeMap<&str, Vec<&'a Owner>> = BTreeMap::new();
    for entry in &entries {
        let mut seen = rustc_hash::FxHashSet::default();
        for owner in entry.owners.iter().filter(|owner| seen.insert(&owner.key)) {
            places.entry(&owner.key).or_default().push(owner);
        }
    }
    // An owner of everything beside nobody else is a file of one owner, not a hole in one of many.
    let has_others = entries.iter().any(|entry| entry.owners.len() > 1);
    let all = entries.len();
    let is_lone = |owners: &Vec<&Owner>| all >= LEAST_ENTRIES && has_others && owners.len() * 5 >= all * 4;
    places.into_values().filter(is_lone).map(|owners| (owners, all)).collect()
}

#[cfg(test)]
mod tests {
    use crate::codeowners::Dialect;
    use crate::rules::testing::{codes, codes_on, told};

    fn entries(count: usize, line: impl Fn(usize) -> String) -> (String, Vec<String>) {
        ((0..count).map(line).collect(), (0..count).map(|at| format!("d{at}/x")).collect())
    }

    #[test]
    fn who_stands_on_nearly_every_line_can_approve_nearly_everything() {
        let (text, paths) = entries(8, |at| match at {
            0 => "/d0/ @acme/data\n".to_owned(),
            _ => format!("/d{at}/ @acme/admins @acme/t{at}\n"),
        });
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        insta::assert_snapshot!(told("MLO111", &text, "", &paths), @"
        info: @acme/admins stands on 7 of 8 entries, and can approve there alone
          CODEOWNERS `@acme/admins`: can approve alone
          CODEOWNERS `@acme/admins`: can approve alone
          CODEOWNERS `@acme/admins`: can approve alone
          > leave on a line only those who may decide alone; whoever is named there can
        ");
        assert_eq!(codes_on(Dialect::GitLab, &format!("[Ops]\n{text}"), "", &paths), [""; 0]);
    }

    #[test]
    fn entries_that_match_nothing_give_nobody_a_say() {
        let (text, _) = entries(9, |at| format!("/d{at}/ @acme/admins @acme/t{at}\n"));
        assert!(!codes(&text, "", &["d0/x", "d1/x"]).contains(&"MLO111"));
    }

    #[test]
    fn small_files_and_files_of_one_owner_are_left_alone() {
        for (count, beside) in [(7, " @b"), (9, "")] {
            let (text, paths) = entries(count, |at| format!("/d{at}/ @a{beside}\n"));
            let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
            assert_eq!(codes(&text, "", &paths), [""; 0]);
        }
    }
}
