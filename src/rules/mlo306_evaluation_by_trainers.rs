//! MLO306 evaluation-by-trainers.

use rustc_hash::FxHashMap;

use super::{Context, Group, Meta, Rule, Told, group, wording};
use crate::codeowners::Owner;
use crate::finding::{Place, Violation};
use crate::ownership::Gap;
use crate::policy::AreaId;

pub(super) struct Check;

static META: Meta = Meta {
    code: "MLO306",
    slug: "evaluation-by-trainers",
    summary: "Only those who approve training can approve how the model is evaluated",
    severity: None,
    docs: "\
## What it does
Reports files of evaluation all of whose owners are asked about training too. Another team of the same role counts as
somebody else; whether two teams are different people cannot be known offline.

It is off unless the policy switches it on; the profile `regulated` does. In a small team it is the usual case.

## Why it matters
Whoever trains a model knows best how to evaluate it, and is the last to see what the evaluation leaves out. A threshold
that moves with the model measures nothing.

## Example
`/training/ @acme/data-science` and `/evaluation/ @acme/data-science`.

## How to fix it
Have somebody asked about evaluation who is not asked about training.

## Source
The roles guide: data scientists validate the performance of models. That validation is independent of development is what
SR 11-7 asks of banks, and OWASP AISVS of whoever separates duties.
",
};

impl Rule for Check {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, context: &Context<'_>) -> Vec<Violation> {
        let trainers = trainers(context);
        if trainers.is_empty() {
            return Vec::new();
        }
        let is_evaluation = |area| context.policy.base_of(area).name == "evaluation";
        let items = context.judged_items().filter(|(item, verdict)| {
            // Whoever has the wrong role, or only the catch-all, is told so.
            item.area.is_some_and(is_evaluation) && matches!(verdict.gap, None | Some(Gap::CatchAll))
        });
        let mut known: FxHashMap<u32, bool> = FxHashMap::default();
        let by_trainers = items.filter(|(item, _)| {
            *known.entry(context.ownership.set_of(item.path)).or_insert_with(|| {
                let asked = context.judge.asked(context.ownership.winners(item.path));
                let mut owners = asked.iter().flat_map(|entry| &entry.owners).peekable();
                owners.peek().is_some() && owners.all(|owner| trainers.contains_key(owner.key.as_str()))
            })
        });
        group::by_winners(context, META.code, by_trainers.map(|(item, _)| item))
    }

    fn tell(&self, context: &Context<'_>, group: &Group<'_>) -> Told {
        let said = group::Said::new(context, group);
        let (Some(winner), Some(area)) = (said.winner(context), said.area) else { return Told::default() };
        let trainers = trainers(context);
        let asked = said.asked(context);
        let mut places: Vec<Place> = asked
            .iter()
            .map(|entry| Place::codeowners(wording::owners_span(entry), "nobody else is asked"))
            .collect();
        let first = asked.iter().flat_map(|entry| &entry.owners).find_map(|owner| trainers.get(owner.key.as_str()));
        if let Some(trainer) = first.filter(|trainer| !asked.iter().any(|entry| entry.owners.contains(trainer))) {
            places.push(Place::codeowners(trainer.span, "asked about training"));
        }
        let owners = asked.iter().flat_map(|entry| &entry.owners);
        let entry = context.entry(winner);
        let line = format!("{} {}", wording::owners_on_line(&entry.owners), another(context, area, &trainers));
        Told {
            message: format!(
                "only {}, who {} asked about training too, can approve {}",
                wording::owners_with_roles(context, owners.clone()),
                wording::is(owners.count()),
                said.what()
            ),
            places,
            paths: wording::paths(group.violations),
            help: Some(said.line_with(context, &line)),
            note: Some(wording::either(context)),
            ..Told::default()
        }
    }
}

/// Whoever is asked about a file of training, by key, with where they stand.
fn trainers<'a>(context: &Context<'a>) -> FxHashMap<&'a str, &'a Owner> {
    let mut trainers = FxHashMap::default();
    let mut seen = rustc_hash::FxHashSet::default();
    for item in context.ownership.items() {
        let trains = item.area.is_some_and(|area| context.policy.base_of(area).name == "training");
        if trains && seen.insert(context.ownership.set_of(item.path)) {
            let asked = context.judge.asked(context.ownership.winners(item.path));
            for owner in asked.into_iter().flat_map(|entry| &entry.owners) {
                trainers.entry(owner.key.as_str()).or_insert(owner);
            }
        }
    }
    trainers
}

/// Somebody who is accountable for the area and not asked about training.
fn another(context: &Context<'_>, area: AreaId, trainers: &FxHashMap<&str, &Owner>) -> String {
    let accountable = context.policy.area(area).ownership.as_ref().and_then(|wanted| wanted.accountable.as_ref());
    let staff = accountable.map(|parties| wording::everybody(context, &parties.value)).unwrap_or_default();
    let other = staff.into_iter().find(|owner| !trainers.contains_key(owner.key.as_str()));
    other.map_or_else(|| "@your-org/another-team".to_owned(), |owner| owner.text)
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{TEAM, codes, told};

    fn policy() -> String {
        format!("{TEAM}areas: {{ training: {{ paths: [/train/] }}, evaluation: {{ paths: [/eval/], ownership: {{ accountable: [data-scientist] }} }} }}\nrules: {{ MLO306: warning }}\n")
    }

    const PATHS: [&str; 3] = ["train/a.py", "eval/a.py", "eval/b.py"];

    #[test]
    fn the_trainers_evaluate_themselves() {
        let entries = "/train/ @acme/data-science @ana\n/eval/ @acme/Data-Science\n";
        insta::assert_snapshot!(told("MLO306", entries, &policy(), &PATHS), @"
        warning: only @acme/Data-Science (data-scientist), who is asked about training too, can approve 2 evaluation files below `eval/`
          CODEOWNERS `@acme/Data-Science`: nobody else is asked
          CODEOWNERS `@acme/data-science`: asked about training
          > write on line 2:
          >     /eval/ @acme/Data-Science @your-org/another-team
        ");
        assert_eq!(codes(entries, &policy().replace("MLO306: warning", ""), &PATHS), [""; 0], "off unless asked for");
    }

    #[test]
    fn one_other_pair_of_eyes_is_enough() {
        let entries = "/train/ @acme/data-science\n/eval/ @acme/data-science @ana\n";
        assert_eq!(codes(entries, &policy(), &PATHS), [""; 0]);
    }

    #[test]
    fn who_has_only_the_catch_all_is_told_once() {
        assert_eq!(codes("* @ana\n/x @b\n", &policy(), &[&PATHS[..], &["x"]].concat()), ["MLO202", "MLO202"]);
    }
}
