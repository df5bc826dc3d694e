//! MLO315 future-gap.

use super::{Context, Group, Meta, Rule, Told, wording};
use crate::finding::{Cause, Paths, Place, Source, Subject, Violation};
use crate::future::Proof;
use crate::ownership::Demand;
use crate::policy::AreaId;

pub(super) struct Check;

static META: Meta = Meta {
    code: "MLO315",
    slug: "future-gap",
    summary: "A file added to an area tomorrow would be owned by nobody, or by the wrong role",
    severity: None,
    docs: "\
## What it does
Asks, for every path that an area could ever have, whether its owners would be those that the policy asks for, and shows
one that breaks it. The paths are those of the policy, and the names of the area's kinds in the directories that hold some
today. It is silent where a file of today breaks the same demand: that is reported already.

It is off unless the policy switches it on; the profile `regulated` does. `mlops-lint prove` tells all that is proved too.

## Why it matters
`/models/*.pkl @acme/ml-eng` owns every model of today. The first `models/churn.onnx` has no owner, and nothing says so.

## Example
The entry above, and `models: { paths: [/models/], ownership: { accountable: [ml-engineer] } }`.

## How to fix it
Write the entry for the directory, and exceptions below it.

## Source
The policy's areas. The patterns are compared as languages: no path is left out, and none is only sampled.
",
};

impl Rule for Check {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, context: &Context<'_>) -> Vec<Violation> {
        let mut violations = Vec::new();
        for proof in context.future() {
            for (demand, answer) in &proof.answers {
                let Proof::Witness { winners, .. } = answer else { continue };
                // That nobody owns a path is said once, and not for every demand that it breaks.
                let is_said = *demand != Demand::Owned && context.judge.asked(winners).is_empty();
                if !is_said && !is_broken_today(context, proof.area, *demand) {
                    let name = &context.policy.area(proof.area).name;
                    violations.push(Violation {
                        rule: META.code,
                        subject: Subject::Policy(format!("areas.{name}.{}", key(*demand))),
                        cause: Cause::Policy(format!("{name} {}", key(*demand))),
                    });
                }
            }
        }
        violations
    }

    fn tell(&self, context: &Context<'_>, group: &Group<'_>) -> Told {
        let Cause::Policy(cause) = group.cause else { return Told::default() };
        let found = context.future().iter().find_map(|proof| {
            let name = &context.policy.area(proof.area).name;
            let answer = proof.answers.iter().find(|(demand, _)| format!("{name} {}", key(*demand)) == *cause)?;
            Some((proof.area, answer))
        });
        let Some((id, (demand, Proof::Witness { path, winners }))) = found else { return Told::default() };
        let area = context.policy.area(id);
        let entries: Vec<_> = winners.iter().map(|&winner| context.entry(winner)).collect();
        let shown = String::from_utf8_lossy(path);
        let asks = wording::verb(&area.name, "ask");
        let broken = match demand {
            Demand::Owned if entries.is_empty() => "would belong to nobody: no entry matches it".to_owned(),
            Demand::Owned if entries.iter().any(|entry| !entry.owners.is_empty()) => {
                "would have to be approved by nobody: the section is optional".to_owned()
            }
            Demand::Owned => "would belong to nobody: the entry names no owner".to_owned(),
            _ => format!(
                "would belong to {}",
                wording::owners_with_roles(context, entries.iter().flat_map(|entry| &entry.owners))
            ),
        };
        let mut places: Vec<Place> =
            entries.iter().map(|entry| Place::codeowners(entry.span, "would decide")).collect();
        if places.is_empty() {
            let label = "no entry of CODEOWNERS would match".to_owned();
            places.push(Place { source: Source::Codeowners, span: None, label });
        }
        let wanted = area.ownership.as_ref();
        let parties = wanted.and_then(|wanted| match demand {
            Demand::Accountable => wanted.accountable.as_ref(),
            Demand::Consulted(_) => wanted.consulted.as_ref(),
            Demand::Approvers => wanted.approvers.as_ref(),
            Demand::NeverAlone => wanted.never_alone.as_ref(),
            _ => None,
        });
        match parties {
            Some(parties) => {
                let who = wording::parties(context, &parties.value, "or");
                let key = demand.key().unwrap_or_default();
                places.push(wording::demand(context, id, parties, &format!("{asks}, {key}: {who}")));
            }
            None => places.push(Place::policy(area.at, format!("what {asks}"))),
        }
        let owner = wording::owners_for(context, id, &[]).unwrap_or_else(|| "@your-org/your-team".to_owned());
        let directory = memchr::memrchr(b'/', path).map_or(&path[..], |slash| &path[..=slash]);
        let line = wording::line(&wording::pattern_of(context.host, directory), &owner);
        let after = match entries.iter().map(|entry| entry.line).max() {
            Some(line) => format!(" below line {line}"),
            // Below an entry for a part of the directory, this one would take its files along.
            None => inside(context, directory).map_or_else(
                || wording::above_sections(context),
                |line| format!(" above line {line}"),
            ),
        };
        Told {
            message: format!("a new `{shown}` {broken}"),
            places,
            paths: Paths::new([path.as_slice()]),
            help: Some(format!("for the directory, write{after}:\n{line}")),
            note: Some("no such file is there today; mlops-lint prove asks about all of them".to_owned()),
            ..Told::default()
        }
    }
}

/// The first line that speaks of something in the directory (with its slash).
fn inside(context: &Context<'_>, directory: &[u8]) -> Option<usize> {
    let is_inside = |prefix: String| format!("{prefix}/").as_bytes().starts_with(directory);
    let mut entries = context.entries().map(|(_, entry)| entry);
    let first = entries.find(|entry| entry.glob().is_some_and(|glob| is_inside(glob.literal_prefix().join("/"))));
    first.map(|entry| entry.line)
}

/// The demand as a path of keys below its area.
fn key(demand: Demand) -> String {
    match demand {
        Demand::Consulted(index) => format!("ownership.consulted.{index}"),
        other => other.key().map_or_else(|| "owned".to_owned(), |key| format!("ownership.{key}")),
    }
}

fn is_broken_today(context: &Context<'_>, area: AreaId, demand: Demand) -> bool {
    let mut items = context.ownership.items().iter().filter(|item| item.area == Some(area));
    items.any(|item| !context.judge.meets(context.ownership.winners(item.path), area, demand))
}

#[cfg(test)]
mod tests {
    use crate::codeowners::Dialect;
    use crate::rules::testing::{TEAM, codes, told, told_on};

    fn policy(rules: &str) -> String {
        format!("{TEAM}areas: {{ models: {{ paths: [/models/], ownership: {{ accountable: [ml-engineer] }}, because: They answer for them. }} }}\nrules: {{ {rules} }}\n")
    }

    #[test]
    fn a_model_of_tomorrow_has_no_owner() {
        let entries = "/models/*.pkl @acme/ml-eng\n";
        insta::assert_snapshot!(told("MLO315", entries, &policy("MLO315: warning"), &["models/a.pkl"]), @"
        warning: a new `models/new.safetensors` would belong to nobody: no entry matches it
          CODEOWNERS: no entry of CODEOWNERS would match
          policy `models`: what models ask
          > for the directory, write above line 1:
          >     /models/ @acme/ml-eng
        ");
        assert_eq!(codes(entries, &policy(""), &["models/a.pkl"]), [""; 0], "off unless asked for");
    }

    #[test]
    fn or_the_wrong_one() {
        let entries = "* @acme/data-science\n/models/*.pkl @acme/ml-eng\n";
        insta::assert_snapshot!(told("MLO315", entries, &policy("MLO315: warning"), &["models/a.pkl"]), @"
        warning: a new `models/new.safetensors` would belong to @acme/data-science (data-scientist)
          CODEOWNERS `* @acme/data-science`: would decide
          policy `[ml-engineer]`: models ask, accountable: ml-engineer: They answer for them
          > for the directory, write below line 1:
          >     /models/ @acme/ml-eng
        ");
    }

    #[test]
    fn the_directory_s_entry_is_a_proof() {
        let policy = policy("MLO315: warning");
        assert_eq!(codes("/models/ @acme/ml-eng\n", &policy, &["models/a.pkl"]), [""; 0]);
        // What is wrong today is said by another rule.
        assert_eq!(codes("/models/ @acme/data-science\n", &policy, &["models/a.pkl"]), ["MLO301"]);
    }

    #[test]
    fn every_section_of_gitlab_is_asked_and_all_rules_of_forgejo() {
        let policy = policy("MLO315: warning");
        let told = |host, entries| told_on(host, "MLO315", entries, &policy, &["models/a.pkl"]);
        assert_eq!(told(Dialect::GitLab, "*.pkl @acme/data-science\n[ML]\n/models/ @acme/ml-eng\n"), "");
        assert_ne!(told(Dialect::GitLab, "*.pkl @acme/data-science\n[ML]\n/models/*.pkl @acme/ml-eng\n"), "");
        assert_eq!(told(Dialect::Forgejo, ".*\\\\.pkl @acme/data-science\nmodels/.* @acme/ml-eng\n"), "");
        assert_ne!(told(Dialect::Forgejo, ".*\\\\.pkl @acme/data-science\nmodels/.*\\\\.pkl @acme/ml-eng\n"), "");
    }
}
