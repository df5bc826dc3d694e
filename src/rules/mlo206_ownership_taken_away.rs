//! MLO206 ownership-taken-away.

use super::{Context, Group, Meta, Rule, Told, group, wording};
use crate::change::{Change, Touched};
use crate::codeowners::{Codeowners, EntryId};
use crate::finding::{Cause, Place, Severity, Source, Subject, Violation};
use crate::ownership::{Item, Judge};

pub(super) struct Check;

static META: Meta = Meta {
    code: "MLO206",
    slug: "ownership-taken-away",
    summary: "A change of CODEOWNERS takes ML artefacts from those who answered for them",
    severity: Some(Severity::Warning),
    docs: "\
## What it does
Reports, where only a change is judged (`--changed-since`, `--staged`), the files of a known kind that somebody accountable
owned before the change of CODEOWNERS and nobody accountable owns after it. Where no roles are expected, any owner counts.

## Why it matters
An entry that is deleted, narrowed, or beaten by a new one below it takes owners away from files that the change itself
never mentions: nobody sees it in the diff.

## Example
A new last line `*.yaml @acme/platform`, which also wins the serving manifests of `@acme/ml-eng`.

## How to fix it
Write the lost owners on the entry that wins now, or move the new entry above theirs. Where the files really change hands,
say so in the policy: the role map, or the area's `accountable`.

## Source
GitHub's page \"About code owners\": the last matching entry takes the place of all others.
",
};

impl Rule for Check {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, context: &Context<'_>) -> Vec<Violation> {
        let Some((change, now, before)) = both_files(context) else { return Vec::new() };
        if now.text == before.text {
            return Vec::new();
        }
        let judge = Judge::new(context.policy, Some(before));
        let lost = context.ownership.items().iter().filter(|item| {
            was(context, change, item).is_some_and(|was| {
                answers(context, item, &judge, change.before.ownership.winners(was))
                    && !answers(context, item, &context.judge, context.ownership.winners(item.path))
            })
        });
        let violation = |item: &Item| {
            let winners = context.ownership.winners(item.path).to_vec();
            let cause = match item.area {
                Some(area) if !winners.is_empty() => Cause::Winners(winners, area),
                area => Cause::Directory(area, Vec::new()),
            };
            Violation { rule: META.code, subject: Subject::Path(context.listing.path(item.path).to_vec()), cause }
        };
        lost.map(violation).collect()
    }

    fn tell(&self, context: &Context<'_>, group: &Group<'_>) -> Told {
        let said = group::Said::new(context, group);
        let paths = wording::paths(group.violations);
        let Some((change, _, before)) = both_files(context) else { return Told::default() };
        let first = paths.sample.first().and_then(|path| context.listing.find(path));
        let was = first.and_then(|index| change.before_of(index, context.listing.path(index)));
        let lost: Vec<EntryId> = was.map(|was| change.before.ownership.winners(was).to_vec()).unwrap_or_default();
        let owners: Vec<_> = lost.iter().flat_map(|&id| before.entry(id).owners.clone()).collect();
        let mut places: Vec<Place> = said
            .winners
            .iter()
            .map(|&winner| Place::codeowners(context.entry(winner).span, "decides now"))
            .collect();
        if places.is_empty() {
            places.push(Place {
                source: Source::Codeowners,
                span: None,
                label: "no entry matches any more".to_owned(),
            });
        }
        let entries: Vec<String> = lost
            .iter()
            .map(|&id| {
                let entry = before.entry(id);
                let line = format!("{} {}", entry.pattern_text, wording::owners_on_line(&entry.owners));
                format!("`{line}` (line {})", entry.line)
            })
            .collect();
        let from = if context.policy.has_role_map() {
            wording::owners_with_roles(context, &owners)
        } else {
            wording::owners(&owners)
        };
        let both = said.winner(context).map(|winner| [&context.entry(winner).owners[..], &owners].concat());
        Told {
            message: format!("this change takes {} from {from}", said.what()),
            places,
            help: Some(match both {
                Some(both) => said.line_with(context, &wording::owners_on_line(&both)),
                None => said.line_to_write(context),
            }),
            note: (!entries.is_empty()).then(|| {
                let file = format!("{} of {}", before.path, change.since);
                format!("before, {} decided, in {file}", wording::list(&entries, "and"))
            }),
            paths,
            ..Told::default()
        }
    }
}

/// The change, and CODEOWNERS after and before it: where one of them is missing, another rule says so.
fn both_files<'c>(context: &Context<'c>) -> Option<(&'c Change<'c>, &'c Codeowners, &'c Codeowners)> {
    let change = context.change?;
    Some((change, context.codeowners?, change.before.codeowners?))
}

/// The index that an item had before: not where it moved, for then its new place is to blame.
fn was(context: &Context<'_>, change: &Change<'_>, item: &Item) -> Option<usize> {
    let moved = matches!(change.files.of(item.path), Some(Touched::Moved(_)));
    change.before_of(item.path, context.listing.path(item.path)).filter(|_| !moved)
}

/// True where somebody accountable for the item is asked; anybody, where nothing is expected or nobody knows the roles.
fn answers(context: &Context<'_>, item: &Item, judge: &Judge<'_>, winners: &[EntryId]) -> bool {
    let expected = item.area.and_then(|area| context.policy.area(area).ownership.as_ref()?.accountable.as_ref());
    let mut asked = judge.asked(winners).into_iter().flat_map(|entry| &entry.owners);
    match expected.filter(|_| context.policy.has_role_map()) {
        Some(parties) => asked.any(|owner| parties.value.iter().any(|party| judge.is_asked(owner, &party.value))),
        None => asked.next().is_some(),
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{TEAM, told_of_change};

    const PATHS: &[&str] = &["serving/app.py", "serving/api/v1.py"];

    fn told(before: &str, after: &str) -> String {
        let policy = format!("{TEAM}areas: {{ serving: {{ paths: [/serving/], ownership: {{ accountable: [ml-engineer] }}, because: They deploy. }} }}\n");
        told_of_change("MLO206", &policy, (before, PATHS), (after, PATHS))
    }

    #[test]
    fn a_new_entry_takes_files_from_the_old_one() {
        let (before, after) = ("/serving/ @acme/ml-eng\n", "/serving/ @acme/ml-eng\n/serving/api/ @acme/mlops\n");
        insta::assert_snapshot!(told(before, after), @"
        warning: this change takes the serving file `serving/api/v1.py` from @acme/ml-eng (ml-engineer)
          CODEOWNERS `/serving/api/ @acme/mlops`: decides now
          > write on line 2:
          >     /serving/api/ @acme/mlops @acme/ml-eng
        ");
    }

    #[test]
    fn an_entry_that_is_deleted_leaves_them_to_nobody() {
        insta::assert_snapshot!(told("/src/ @ana\n/serving/ @acme/ml-eng\n", "/src/ @ana\n"), @"
        warning: this change takes 2 serving files below `serving/` from @acme/ml-eng (ml-engineer)
          CODEOWNERS: no entry matches any more
          > write:
          >     /serving/ @acme/ml-eng
        ");
    }

    #[test]
    fn a_hand_over_within_the_role_is_none_and_neither_is_what_nobody_had() {
        assert_eq!(told("/serving/ @acme/ml-eng @ana\n", "# why\n/serving/ @acme/ml-eng\n"), "");
        assert_eq!(told("/serving/ @acme/mlops\n", "/serving/ @ana\n"), "");
    }
}
