//! MLO203 one-entry.

use std::collections::BTreeMap;

use super::{Context, Group, Meta, Rule, Told, group, stands_for, mlo302_role_through_catch_all, wording};
use crate::codeowners::{Entry, EntryId, Matcher};
use crate::finding::{Cause, Paths, Place, Severity, Subject, Violation};
use crate::ownership::{Demand, Gap};
use crate::policy::{AreaId, Located, Party};

pub(super) struct Check;

static META: Meta = Meta {
    code: "MLO203",
    slug: "one-entry",
    summary: "One entry owns the whole repository, ML artefacts and all",
    severity: Some(Severity::Info),
    docs: "\
## What it does
Reports a CODEOWNERS whose only entry in force with owners is the catch-all, in a repository with ML artefacts. It stands
for every MLO202 and MLO302. It is information as long as those owners hold the roles that the areas ask for, and an error
where they do not (or what such an area says under `severity`): then nobody of the role is asked about anything.

## Why it matters
Data, training, serving and deployment have the same reviewers: the file says who may approve, and not who answers for
what. In a small team that can be right.

## Example
`* @acme/ml`

## How to fix it
Start with what would hurt most: serving and deployment, then data.

## Source
GitHub's page \"About code owners\" calls `*` the default owners.
",
};

impl Rule for Check {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, context: &Context<'_>) -> Vec<Violation> {
        let wins = |entry: EntryId| {
            context.ownership.items().iter().any(|item| context.ownership.winners(item.path).contains(&entry))
        };
        only_entry(context)
            .filter(|(id, _)| wins(*id))
            .map(|_| Violation { rule: META.code, subject: Subject::whole(), cause: Cause::Repository })
            .into_iter()
            .collect()
    }

    fn tell(&self, context: &Context<'_>, _: &Group<'_>) -> Told {
        let Some((_, entry)) = only_entry(context) else { return Told::default() };
        let paths = Paths::new(context.ownership.items().iter().map(|item| context.listing.path(item.path)));
        let message =
            format!("one entry owns the whole repository, with its {}", wording::count(paths.count, "ML file"));
        let lacking = lacking(context);
        if lacking.is_empty() {
            return Told {
                message,
                places: vec![Place::codeowners(entry.span, "data, training, serving and all")],
                paths,
                help: Some(match context.dead().len() {
                    0 => "write entries for what would hurt most: serving and deployment, then data".to_owned(),
                    // They were meant to be what this asks for.
                    1 => "first repair the entry that matches no file".to_owned(),
                    dead => format!("first repair the {dead} entries that match no file"),
                }),
                ..Told::default()
            };
        }
        let demands: Vec<(AreaId, &Located<Vec<Located<Party>>>)> = lacking
            .keys()
            .filter_map(|&area| Some((area, context.policy.area(area).ownership.as_ref()?.accountable.as_ref()?)))
            .collect();
        let mut who: Vec<&str> = Vec::new();
        for party in demands.iter().flat_map(|(_, parties)| &parties.value) {
            let name = wording::party_name(context, &party.value);
            if !who.contains(&name) {
                who.push(name);
            }
        }
        let names: Vec<&str> = demands.iter().map(|(area, _)| context.policy.area(*area).name.as_str()).collect();
        let ask = match names.as_slice() {
            [one] => wording::verb(one, "ask"),
            several => format!("{} ask", wording::list(several, "and")),
        };
        let label = wording::none_is(entry, &wording::list(&who, "or"));
        let mut places = vec![Place::codeowners(wording::owners_span(entry), label)];
        places.extend(demands.iter().map(|&(area, parties)| {
            let who = wording::parties(context, &parties.value, "or");
            wording::demand(context, area, parties, &format!("{} for {who}", wording::verb(&context.policy.area(area).name, "ask")))
        }));
        Told {
            message: format!(
                "{message}, and asks only {}, where {ask} for others",
                wording::owners_with_roles(context, &entry.owners),
            ),
            places,
            paths,
            help: Some(lines_to_write(context, entry, &lacking)),
            severity: lacking.keys().map(|&area| context.policy.area(area).severity.unwrap_or(Severity::Error)).max(),
            ..Told::default()
        }
    }
}

/// The violations of MLO302 that this rule tells for it because the entry's owners hold no accountable role, by area.
fn lacking(context: &Context<'_>) -> BTreeMap<AreaId, Vec<Violation>> {
    let mut lacking: BTreeMap<AreaId, Vec<Violation>> = BTreeMap::new();
    if !context.is_on(&mlo302_role_through_catch_all::Check) {
        return lacking;
    }
    // (Past its last day an exemption leaves this at information; that it is over is said elsewhere.)
    let exempt = context.policy.exempt.iter().filter(|exempt| exempt.rules.is_empty() || exempt.rules.contains(&"MLO302"));
    let exempt = Matcher::new(exempt.map(|exempt| (0, &exempt.path.value.pattern)));
    let mut exempt = exempt.walk();
    for item in context.items_with(Gap::RoleThroughCatchAll) {
        let Some(area) = item.area else { continue };
        let winners = context.ownership.winners(item.path);
        let is_exempt = exempt.winner(context.listing.path(item.path)).is_some();
        if is_exempt || context.judge.meets(winners, area, Demand::Accountable) {
            continue;
        }
        let violation = Violation {
            rule: META.code,
            subject: Subject::Path(context.listing.path(item.path).to_vec()),
            cause: Cause::Directory(Some(area), Vec::new()),
        };
        lacking.entry(area).or_default().push(violation);
    }
    // Where the policy itself demands a specific entry, MLO302 speaks.
    lacking.retain(|&area, _| !stands_for::is_demanded(context, "MLO302", Some(area)));
    lacking
}

/// Lines for the areas that would hurt most.
fn lines_to_write(context: &Context<'_>, entry: &Entry, lacking: &BTreeMap<AreaId, Vec<Violation>>) -> String {
    const MOST_AREAS: usize = 3;
    let mut areas: Vec<&AreaId> = lacking.keys().collect();
    let weight = |area: AreaId| {
        let base = context.policy.base_of(area);
        ["serving", "deployment", "models", "data"].iter().position(|name| *name == base.name).unwrap_or(usize::MAX)
    };
    areas.sort_by_key(|area| weight(**area));
    let lines = areas.iter().take(MOST_AREAS).filter_map(|area| {
        let cause = Cause::Directory(Some(**area), Vec::new());
        let said = group::Said::new(context, &Group { cause: &cause, violations: lacking.get(area)? });
        let owners = wording::owners_for(context, **area, &[]).unwrap_or_else(|| "@your-org/your-team".to_owned());
        Some(said.lines(&owners))
    });
    let lines = lines.collect::<Vec<_>>().join("\n");
    format!("write entries below line {}, for what would hurt most first:\n{lines}", entry.line)
}

/// The catch-all, where no other entry with owners wins a path.
fn only_entry<'a>(context: &Context<'a>) -> Option<(EntryId, &'a Entry)> {
    let mut in_force =
        context.entries().filter(|(id, entry)| !entry.owners.is_empty() && context.usage(*id).wins > 0);
    let only = in_force.next().filter(|(_, entry)| entry.is_catch_all())?;
    in_force.next().is_none().then_some(only)
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{TEAM, codes, told};

    const POLICY: &str = "version: 1\nareas: { training: { paths: [/train/] }, serving: { paths: [/serve/] } }\n";

    #[test]
    fn it_is_one_finding_however_many_files_there_are() {
        assert_eq!(codes("* @acme/ml\n", POLICY, &["train/a.py", "serve/b.py"]), ["MLO203"]);
        insta::assert_snapshot!(told("MLO203", "* @acme/ml\n", POLICY, &["train/a.py", "serve/b.py"]), @"
        info: one entry owns the whole repository, with its 2 ML files
          CODEOWNERS `* @acme/ml`: data, training, serving and all
          > write entries for what would hurt most: serving and deployment, then data
        ");
    }

    #[test]
    fn entries_that_died_are_to_be_repaired_before_others_are_written() {
        let told = |dead: &str| told("MLO203", &format!("* @acme/ml\n{dead}"), POLICY, &["train/a.py"]);
        assert!(told("/training/ @ana\n").contains("> first repair the entry that matches no file"));
        assert!(told("/a/x @ana\n/b/y @ana\n").contains("> first repair the 2 entries that match no file"));
    }

    #[test]
    fn the_wrong_role_is_told_once_and_is_an_error() {
        let policy = |more: &str| format!("{TEAM}areas: {{ training: {{ paths: [/train/], ownership: {{ accountable: [data-scientist] }} }}, serving: {{ paths: [/serve/], ownership: {{ accountable: [ml-engineer] }}, because: They deploy models. }} }}\n{more}");
        let paths = ["train/a.py", "serve/b.py", "serve/c.py"];
        assert_eq!(codes("* @ana\n", &policy(""), &paths), ["MLO203"]);
        insta::assert_snapshot!(told("MLO203", "* @ana\n", &policy(""), &paths), @"
        error: one entry owns the whole repository, with its 3 ML files, and asks only @ana (data-scientist), where serving asks for others
          CODEOWNERS `@ana`: no ml-engineer
          policy `[ml-engineer]`: serving asks for ml-engineer: They deploy models
          > write entries below line 1, for what would hurt most first:
          >     /serve/ @acme/ml-eng
        ");
        assert!(told("MLO203", "* @ana @acme/ml-eng\n", &policy(""), &paths).starts_with("info"));
        // The policy's own word holds.
        assert!(told("MLO203", "* @ana\n", &policy("rules: { MLO203: warning }\n"), &paths).starts_with("warning"));
        let exempt = "exempt: [{ path: /serve/, reason: trial }]\n";
        assert!(told("MLO203", "* @ana\n", &policy(exempt), &paths).starts_with("info"));
        let mild = policy("").replace("because", "severity: warning, because");
        assert!(told("MLO203", "* @ana\n", &mild, &paths).starts_with("warning"));
        assert!(told("MLO203", "* @ana\n", &policy("rules: { MLO302: off }\n"), &paths).starts_with("info"));
        assert_eq!(codes("* @ana\n", &policy("rules: { MLO302: error }\n"), &paths), ["MLO302", "MLO203"]);
    }

    #[test]
    fn where_it_is_off_the_others_speak() {
        let policy = format!("{POLICY}rules: {{ MLO203: off }}\n");
        assert_eq!(codes("* @acme/ml\n", &policy, &["train/a.py"]), ["MLO202"]);
    }
}
