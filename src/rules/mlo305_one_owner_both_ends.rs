//! MLO305 one-owner-both-ends.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Context, Group, Meta, Rule, Told, wording};
use crate::codeowners::{EntryId, Owner};
use crate::finding::{Cause, Place, Subject, Violation};
use crate::ownership::{Gap, Verdict};
use crate::policy::AreaId;

pub(super) struct Check;

static META: Meta = Meta {
    code: "MLO305",
    slug: "one-owner-both-ends",
    summary: "One owner alone can approve how a model is trained and that it goes to production",
    severity: None,
    docs: "\
## What it does
Reports owners who can approve a file of training and one of serving or deployment, each alone. Areas that take over what
those ask (`is: deployment`) count as they do. What another rule says of the same line already (the wrong role, an owner
outside `approvers`, `never_alone`) is left out.

Models are no end of it: the built-in policy itself lets the engineers who serve a model look after its weights.

It is off unless the policy switches it on; the profile `regulated` does, as an error. Small teams have one owner for all.

## Why it matters
Whoever can change the training and the deployment alone can bring a model to production that nobody else ever saw.

## Example
`/training/ @acme/ml` and `/deploy/ @acme/ml @acme/mlops`.

## How to fix it
Take that owner off one of the two.

## Source
Separation of duties, as OWASP AISVS asks for it, and the second line of defence of SR 11-7.
",
};

impl Rule for Check {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, context: &Context<'_>) -> Vec<Violation> {
        let training = ends(context, &["training"]);
        let production = ends(context, &["serving", "deployment"]);
        let both = training.iter().filter_map(|(key, trains)| Some((key, trains, production.get(key)?)));
        let violations = both.map(|(key, trains, deploys)| Violation {
            rule: META.code,
            subject: Subject::Repository(format!("owner {key}")),
            cause: Cause::Winners(vec![trains.entry, deploys.entry], deploys.area),
        });
        violations.collect()
    }

    fn tell(&self, context: &Context<'_>, group: &Group<'_>) -> Told {
        let Cause::Winners(entries, area) = group.cause else { return Told::default() };
        let [trains, deploys] = entries.as_slice() else { return Told::default() };
        let verdict = context.verdict(&[*deploys], *area);
        let blamed = blamed(context, &verdict);
        let (trains, deploys) = (context.entry(*trains), context.entry(*deploys));
        let keys = group.violations.iter().filter_map(|violation| match &violation.subject {
            Subject::Repository(name) => name.strip_prefix("owner "),
            _ => None,
        });
        let keys: FxHashSet<&str> = keys.collect();
        let is_told = |owner: &Owner| keys.contains(owner.key.as_str());
        let (told, others): (Vec<&Owner>, Vec<&Owner>) = deploys.owners.iter().partition(|owner| is_told(owner));
        let name = &context.policy.area(*area).name;
        let mut places = Vec::new();
        for owner in trains.owners.iter().filter(|owner| is_told(owner)) {
            places.push(Place::codeowners(owner.span, "can approve training alone"));
        }
        for owner in &told {
            let label = format!("can approve {name} alone");
            match places.iter_mut().find(|place| place.span == Some(owner.span)) {
                Some(place) => place.label = format!("can approve training and {name} alone"),
                None => places.push(Place::codeowners(owner.span, label)),
            }
        }
        let others = others.into_iter().filter(|owner| !blamed.contains(owner.key.as_str()));
        let others: Vec<Owner> = others.cloned().collect();
        let trainers: Vec<Owner> = trains.owners.iter().filter(|owner| !is_told(owner)).cloned().collect();
        let training = context.policy.area_named("training");
        let suits = |owners: &[Owner], area| !owners.is_empty() && context.judge.would_satisfy(owners, area);
        // The end at which those who are left are whom the area asks for.
        let end = match training {
            Some(training) if !suits(&others, *area) && suits(&trainers, training) => (trains, trainers),
            _ => (deploys, others),
        };
        let left = match end.1.as_slice() {
            [] => "@your-org/another-team".to_owned(),
            left => wording::owners_on_line(left),
        };
        let same = trains.line == deploys.line;
        let line = wording::line(&end.0.pattern_text, &left);
        Told {
            message: format!(
                "{} can {}approve training (`{}`) and {name} (`{}`) alone",
                wording::owners_with_roles(context, told.iter().copied()),
                if group.violations.len() > 1 { "each " } else { "" },
                trains.pattern_text,
                deploys.pattern_text,
            ),
            places,
            help: Some(if same {
                format!("write an entry for {name} below line {}, with other owners", deploys.line)
            } else {
                format!("let others answer for one of the two, on line {}:\n{line}", end.0.line)
            }),
            note: Some(wording::either(context)),
            ..Told::default()
        }
    }
}

/// Where an owner can approve alone: the first entry that lets them.
#[derive(Clone, Copy)]
struct End {
    entry: EntryId,
    area: AreaId,
}

/// The owners who can approve a file of these areas (or of areas that are one of them) alone, by key.
fn ends<'a>(context: &Context<'a>, areas: &[&str]) -> BTreeMap<&'a str, End> {
    let mut ends: BTreeMap<&str, End> = BTreeMap::new();
    let mut seen = FxHashSet::default();
    for (item, verdict) in context.judged_items() {
        let Some(area) = item.area.filter(|&area| areas.contains(&context.policy.base_of(area).name.as_str())) else {
            continue;
        };
        // The wrong role is told already.
        let is_wrong = matches!(verdict.gap, Some(Gap::WrongRole | Gap::RoleThroughCatchAll));
        if !seen.insert((context.ownership.set_of(item.path), area)) || is_wrong {
            continue;
        }
        let blamed = blamed(context, verdict);
        let winners = context.ownership.winners(item.path);
        let mut stands: FxHashMap<&str, EntryId> = FxHashMap::default();
        for &id in winners {
            for owner in &context.entry(id).owners {
                stands.entry(&owner.key).or_insert(id);
            }
        }
        for owner in context.judge.lone_approvers(winners) {
            let key = owner.key.as_str();
            let Some(&entry) = stands.get(key).filter(|_| !blamed.contains(key)) else { continue };
            let end = End { entry, area };
            let known = ends.entry(key).or_insert(end);
            if entry < known.entry {
                *known = end;
            }
        }
    }
    ends
}

/// The owners of whom another rule says that they should not approve here.
fn blamed<'a>(context: &Context<'a>, verdict: &Verdict) -> FxHashSet<&'a str> {
    let owners = verdict.alone.iter().chain(&verdict.outside_approvers);
    owners.map(|at| context.entry(at.entry).owners[at.index].key.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use crate::codeowners::Dialect;
    use crate::rules::testing::{TEAM, codes, codes_on, told};

    fn policy() -> String {
        format!("{TEAM}areas: {{ training: {{ paths: [/train/] }}, deployment: {{ paths: [/deploy/] }}, production: {{ is: deployment, paths: [/deploy/prod/] }} }}\nrules: {{ MLO305: error }}\n")
    }

    const PATHS: [&str; 3] = ["train/a.py", "deploy/a.yaml", "deploy/prod/a.yaml"];

    #[test]
    fn both_ends_are_shown() {
        let entries = "/train/ @ana @acme/data-science\n/deploy/ @acme/mlops\n/deploy/prod/ @acme/mlops @Ana\n";
        insta::assert_snapshot!(told("MLO305", entries, &policy(), &PATHS), @"
        error: @Ana (data-scientist) can approve training (`/train/`) and production (`/deploy/prod/`) alone
          CODEOWNERS `@ana`: can approve training alone
          CODEOWNERS `@Ana`: can approve production alone
          > let others answer for one of the two, on line 3:
          >     /deploy/prod/ @acme/mlops
        ");
        assert_eq!(codes(entries, &policy().replace("MLO305: error", ""), &PATHS), [""; 0], "off unless asked for");
    }

    #[test]
    fn two_owners_of_one_pair_are_one_finding() {
        let entries = "/train/ @ana @acme/mlops\n/deploy/ @ana @acme/mlops\n";
        assert_eq!(codes(entries, &policy(), &PATHS), ["MLO305"]);
    }

    #[test]
    fn an_entry_for_everything_is_both_ends() {
        insta::assert_snapshot!(told("MLO305", "* @acme/mlops\n/x @ana\n", &policy(), &[&PATHS[..], &["x"]].concat()), @"
        error: @acme/mlops (mlops-engineer) can approve training (`*`) and deployment (`*`) alone
          CODEOWNERS `@acme/mlops`: can approve training and deployment alone
          > write an entry for deployment below line 1, with other owners
        ");
    }

    #[test]
    fn a_second_section_of_gitlab_is_a_second_pair_of_eyes() {
        let entries = "/train/ @ana\n/deploy/ @ana\n";
        assert_eq!(codes_on(Dialect::GitLab, entries, &policy(), &PATHS), ["MLO305"]);
        let second = format!("{entries}[Ops]\n/deploy/ @acme/mlops\n");
        assert_eq!(codes_on(Dialect::GitLab, &second, &policy(), &PATHS), [""; 0]);
    }

    #[test]
    fn what_another_rule_says_is_not_said_again() {
        let policy = policy().replace("deployment: { paths: [/deploy/] }", "deployment: { paths: [/deploy/], ownership: { never_alone: [data-scientist] } }");
        assert_eq!(codes("/train/ @ana\n/deploy/ @ana @acme/mlops\n", &policy, &["train/a", "deploy/a"]), ["MLO312"]);
        // Of others on the same line it is.
        let entries = "/train/ @acme/mlops\n/deploy/ @ana @acme/mlops\n";
        assert_eq!(codes(entries, &policy, &["train/a", "deploy/a"]), ["MLO305", "MLO312"]);
        assert!(told("MLO305", entries, &policy, &["train/a", "deploy/a"]).contains("/deploy/ @your-org/another-team"));
    }
}
