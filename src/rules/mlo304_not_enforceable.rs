//! MLO304 not-enforceable.

use rustc_hash::FxHashSet;

use super::{Context, Group, Meta, Rule, Told, group, wording};
use crate::codeowners::{Dialect, EntryId};
use crate::finding::{Cause, Place, Severity, Subject, Violation};
use crate::policy::{self, AreaId};

pub(super) struct Check;

static META: Meta = Meta {
    code: "MLO304",
    slug: "not-enforceable",
    summary: "The policy wants several roles asked, all of them are, and any one of them can approve alone",
    severity: Some(Severity::Info),
    docs: "\
## What it does
Reports an area with `consulted` whose owners include every role that is asked, on lines where one of them is enough. One
finding an area; silent where the policy says who may approve alone (`approvers`), where each owner holds all of the roles,
on GitLab where each role has a section of its own, and where only `builtin:ml-team` asks: nobody of the repository said that
both must approve, and MLO303 tells what asking means before.

## Why it matters
The file does all that it can, and still one side can change what lies between two teams without the other. Better to know
it than to rely on it.

## Example
`/features/ @acme/data-eng @acme/data-science`, and the policy says `consulted: [data-scientist]`.

## How to fix it
On GitLab, write a section for each role. On GitHub, a ruleset can require reviewers for these paths, or a second approval
for the whole branch. Where either is enough, say so in the policy: `approvers: [data-engineer, data-scientist]`.

## Source
GitHub's page \"About code owners\": approval from any of the owners is sufficient. GitLab's page \"Advanced CODEOWNERS
configuration\", sections.
",
};

impl Rule for Check {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, context: &Context<'_>) -> Vec<Violation> {
        // Where somebody is not asked at all, MLO303 says what asking means.
        let items = || context.judged_items().filter_map(|(item, verdict)| Some((item, verdict, item.area?)));
        let told: FxHashSet<AreaId> =
            items().filter(|(_, verdict, _)| !verdict.not_consulted.is_empty()).map(|(.., area)| area).collect();
        let is_wished = |area: &AreaId| {
            let wanted = context.policy.area(*area).ownership.as_ref().and_then(|wanted| wanted.consulted.as_ref());
            wanted.is_some_and(|consulted| !context.policy.texts[consulted.at.text].name.starts_with(policy::PREFIX))
        };
        let either =
            items().filter(|(_, verdict, area)| verdict.is_either && !told.contains(area) && is_wished(area));
        let violations = either.map(|(item, _, area)| Violation {
            rule: META.code,
            subject: Subject::Path(context.listing.path(item.path).to_vec()),
            cause: Cause::Directory(Some(area), Vec::new()),
        });
        violations.collect()
    }

    fn tell(&self, context: &Context<'_>, group: &Group<'_>) -> Told {
        const MOST_ENTRIES: usize = 3;
        let said = group::Said::new(context, group);
        let (Some(area), Some(wanted)) = (said.area, said.wanted(context)) else { return Told::default() };
        let Some(consulted) = &wanted.consulted else { return Told::default() };
        let mut entries: Vec<EntryId> = Vec::new();
        for path in group.violations.iter().filter_map(|violation| violation.subject.path()) {
            let index = context.listing.find(path);
            let winners = index.map_or(&[][..], |index| context.ownership.winners(index));
            entries.extend(winners.iter().filter(|winner| !entries.contains(winner)).copied().collect::<Vec<_>>());
            if entries.len() >= MOST_ENTRIES {
                break;
            }
        }
        let asked = context.judge.asked(&entries);
        let mut places: Vec<Place> = asked
            .iter()
            .take(MOST_ENTRIES)
            .map(|entry| Place::codeowners(wording::owners_span(entry), "any one of them can approve alone"))
            .collect();
        let name = &context.policy.area(area).name;
        let who = wording::parties(context, &consulted.value, "and");
        places.push(wording::demand(context, area, consulted, &format!("{} {who} consulted", wording::verb(name, "want"))));
        let host = context.host;
        let beside = wanted.accountable.as_ref().map_or_else(String::new, |accountable| {
            format!(" beside {}", wording::parties(context, &accountable.value, "or"))
        });
        let roles: Vec<&str> = wanted
            .accountable
            .iter()
            .chain([consulted])
            .flat_map(|parties| &parties.value)
            .map(|party| wording::party_name(context, &party.value))
            .collect();
        let enough = format!("where one is enough, write under areas.{name}.ownership:\n    approvers: [{}]", roles.join(", "));
        let both = match host {
            Dialect::GitLab => "to have each of them approve, give each a section of its own",
            Dialect::GitHub => "to have each of them approve, require reviewers for these paths in a ruleset",
            Dialect::Bitbucket | Dialect::Gitea | Dialect::Forgejo => {
                "CODEOWNERS cannot ask for both here; a protected branch can ask for a second approval, whosever it is"
            }
        };
        Told {
            message: format!(
                "{who} {} consulted on {}{beside}, and {host} lets any one of them approve alone",
                wording::is(consulted.value.len()),
                said.what()
            ),
            places,
            paths: wording::paths(group.violations),
            help: Some(format!("{both}\n{enough}")),
            ..Told::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::codeowners::Dialect;
    use crate::rules::testing::{TEAM, codes, codes_on, told, told_on};

    fn policy(more: &str) -> String {
        format!("{TEAM}areas: {{ features: {{ paths: [/features/], ownership: {{ accountable: [data-engineer], consulted: [data-scientist]{more} }}, because: They prepare data sets. }} }}\n")
    }

    #[test]
    fn what_the_host_cannot_ask_for_is_said_once_an_area() {
        let entries = "/features/ @acme/data-eng @acme/data-science\n/features/b/ @acme/data-eng @ana\n";
        insta::assert_snapshot!(told("MLO304", entries, &policy(""), &["features/a", "features/b/c"]), @"
        info: data-scientist is consulted on 2 feature files below `features/` beside data-engineer, and GitHub lets any one of them approve alone
          CODEOWNERS `@acme/data-eng @acme/data-science`: any one of them can approve alone
          CODEOWNERS `@acme/data-eng @ana`: any one of them can approve alone
          policy `[data-scientist]`: features want data-scientist consulted: They prepare data sets
          > to have each of them approve, require reviewers for these paths in a ruleset
          > where one is enough, write under areas.features.ownership:
          >     approvers: [data-engineer, data-scientist]
        ");
        assert_eq!(codes(entries, &policy(""), &["features/a", "features/b/c"]), ["MLO304"]);
    }

    #[test]
    fn whoever_says_that_one_is_enough_has_decided() {
        let entries = "/features/ @acme/data-eng @acme/data-science\n";
        let policy = policy(", approvers: [data-engineer, data-scientist]");
        assert_eq!(codes(entries, &policy, &["features/a"]), [""; 0]);
    }

    #[test]
    fn it_is_silent_where_one_owner_is_all_of_them() {
        let policy = policy("").replace("[\"@acme/data-eng\"]", "[\"@ana\"]");
        assert_eq!(codes("/features/ @ana\n", &policy, &["features/a"]), [""; 0]);
    }

    #[test]
    fn who_is_not_asked_at_all_is_another_rule_s() {
        let entries = "/features/ @acme/data-eng\n/features/b @acme/data-eng @ana\n";
        assert_eq!(codes(entries, &policy(""), &["features/a", "features/b"]), ["MLO303"]);
    }

    #[test]
    fn what_only_the_pack_asks_is_no_wish_of_the_repository() {
        let team = format!("{TEAM}extends: [builtin:ml-team]\n");
        let entries = "*.yaml @acme/data-eng @acme/data-science\n";
        assert_eq!(codes(entries, &team, &["feature_store.yaml"]), [""; 0]);
        let own = format!("{team}areas: {{ features: {{ ownership: {{ consulted: [data-scientist] }} }} }}\n");
        assert_eq!(codes(entries, &own, &["feature_store.yaml"]), ["MLO304"]);
    }

    #[test]
    fn sections_of_gitlab_can_do_it() {
        let both = "/features/ @acme/data-eng @acme/data-science\n";
        let sections = "[Data]\n/features/ @acme/data-eng\n[Science]\n/features/ @acme/data-science\n";
        let codes = |entries| codes_on(Dialect::GitLab, entries, &policy(""), &["features/a"]);
        assert_eq!(codes(both), ["MLO304"]);
        assert!(told_on(Dialect::GitLab, "MLO304", both, &policy(""), &["features/a"]).contains("a section of its own"));
        assert_eq!(codes(sections), [""; 0]);
    }
}
