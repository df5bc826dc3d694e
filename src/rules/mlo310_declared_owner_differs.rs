//! MLO310 declared-owner-differs.

use rustc_hash::{FxHashMap, FxHashSet};

use super::declared::Compared;
use super::{Context, Group, Meta, Rule, Told, group, wording};
use crate::codeowners::EntryId;
use crate::declared::{DeclaredOwner, DeclaredOwners};
use crate::finding::{Cause, Place, Severity, Subject, Violation};

pub(super) struct Check;

static META: Meta = Meta {
    code: "MLO310",
    slug: "declared-owner-differs",
    summary: "A file that declares one owner, where CODEOWNERS asks another",
    severity: Some(Severity::Warning),
    docs: "\
## What it does
Reads the owners that files declare themselves (dbt groups, exposures and `meta.owner`, the `owner` of an Airflow DAG or a
Feast feature view, the `owners` of a Dagster asset, `metadata.yaml` of bigquery-etl, Backstage's `spec.owner`), and
reports those that CODEOWNERS does not ask. A file that declares several agrees where one of them is asked; so does an
owner who holds the role of somebody who is asked.

Nobody is guessed. A name means somebody where CODEOWNERS or the policy has a team, user or e-mail of that name, where it
is one of the policy's roles, or where it is the whole address of a team in an organisation that they name. A person may
be in the team that is asked, so the two differ only where the policy gives each a role. An entity or a table's metadata
speaks for its directory, and agrees where any file there is asked of its owner. The last lines of a report count what
could not be compared. Where no entry matches, or only the catch-all, the coverage rules propose the declared owner.

## Why it matters
Whoever is called when the pipeline breaks is not who is asked before it changes. One of the two is out of date.

## Example
`dags/ingest.py` says `\"owner\": \"data-eng\"`, and CODEOWNERS says `/dags/ @acme/payments`.

## How to fix it
Find out who answers for the file, and say so in both places.

## Source
Mozilla's bigquery-etl checks in CI that tables with sensitive metadata have an owner of theirs in CODEOWNERS.
",
};

impl Rule for Check {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, context: &Context<'_>) -> Vec<Violation> {
        let declared = context.ownership.details().declared.iter().zip(context.declared());
        let differing: Vec<(&DeclaredOwners, String)> = declared
            .filter_map(|(file, compared)| {
                let Compared::Differs { first, meant } = compared else { return None };
                // One owner has several names.
                let owner = meant.as_deref().or(file.owners.get(*first).map(name))?;
                Some((file, owner.to_lowercase()))
            })
            .collect();
        let mut owners: FxHashMap<&[EntryId], FxHashSet<&str>> = FxHashMap::default();
        for (file, owner) in &differing {
            owners.entry(context.ownership.winners(file.path)).or_default().insert(owner);
        }
        let violation = |(file, owner): &(&DeclaredOwners, String)| {
            let winners = context.ownership.winners(file.path);
            // An entry that many say otherwise of is one finding.
            let is_one = owners.get(winners).is_some_and(|owners| owners.len() <= MOST_OWNERS);
            Violation {
                rule: META.code,
                subject: Subject::Path(context.listing.path(file.path).to_vec()),
                cause: Cause::Declared(winners.to_vec(), if is_one { owner.clone() } else { String::new() }),
            }
        };
        differing.iter().map(violation).collect()
    }

    fn tell(&self, context: &Context<'_>, group: &Group<'_>) -> Told {
        let said = group::Said::new(context, group);
        let paths = wording::paths(group.violations);
        let found: Vec<Differing<'_>> = paths.sample.iter().filter_map(|path| differing(context, path)).collect();
        let Some(&Differing { path: first, owner: declared, meant, .. }) = found.first() else { return Told::default() };
        let are_several = matches!(group.cause, Cause::Declared(_, owner) if owner.is_empty());
        let mut names: Vec<&str> = found.iter().map(|file| name(file.owner)).collect();
        names.dedup();
        let names = if are_several { wording::list(&names, "or") } else { name(declared).to_owned() };
        let entries = said.asked(context);
        let asked: Vec<_> = entries.iter().flat_map(|entry| entry.owners.iter().cloned()).collect();
        let mut places: Vec<Place> = entries
            .iter()
            .map(|entry| Place::codeowners(wording::owners_span(entry), format!("not {names}")))
            .collect();
        places.extend(found.iter().take(QUOTED).map(|file| Place::in_file(file.path, file.owner.span, "declared here")));
        let below = wording::below(&wording::common_directory(group.violations));
        let is_one = paths.count == 1;
        let which = match paths.count {
            1 => format!("`{}` declares", String::from_utf8_lossy(first)),
            count => format!("{count} files{below} declare"),
        };
        let help = match meant.filter(|_| !are_several) {
            Some(owner) => format!(
                "if the {} right, {}\nif CODEOWNERS is right, change the owner that {}",
                if is_one { "file is" } else { "files are" },
                directories(context, &found, paths.count, owner).unwrap_or_else(|| said.line_with(context, owner)),
                if is_one { "it declares" } else { "they declare" }
            ),
            None => "name the same owner in both".to_owned(),
        };
        Told {
            message: format!(
                "{which} {}{names} as {} owner, and CODEOWNERS asks {}",
                if are_several { "others, such as " } else { "" },
                if is_one { "its" } else { "their" },
                wording::owners(&asked)
            ),
            places,
            paths,
            help: Some(help),
            ..Told::default()
        }
    }
}

/// Files of one finding that are quoted.
const QUOTED: usize = 3;
/// Owners that get a finding each where they are declared below one entry.
const MOST_OWNERS: usize = 4;

/// What an owner is called first.
fn name(owner: &DeclaredOwner) -> &str {
    owner.names.first().map_or("", |name| name.trim())
}

/// A file whose declared owner is not asked.
#[derive(Clone, Copy)]
struct Differing<'c> {
    path: &'c [u8],
    owner: &'c DeclaredOwner,
    /// Whom that means.
    meant: Option<&'c str>,
    of_directory: bool,
}

fn differing<'c>(context: &'c Context<'_>, path: &'c [u8]) -> Option<Differing<'c>> {
    let declared = &context.ownership.details().declared;
    let index = context.listing.find(path)?;
    let at = declared.binary_search_by_key(&index, |file| file.path).ok()?;
    let file = &declared[at];
    match context.declared().get(at)? {
        Compared::Differs { first, meant } => Some(Differing {
            path,
            owner: file.owners.get(*first)?,
            meant: meant.as_deref(),
            of_directory: file.of_directory,
        }),
        _ => None,
    }
}

/// Lines for the directories that the files speak for; `None` where one speaks for itself or for the root.
fn directories(context: &Context<'_>, files: &[Differing<'_>], count: usize, owner: &str) -> Option<String> {
    let pattern = |file: &Differing<'_>| {
        let slash = memchr::memrchr(b'/', file.path).filter(|_| file.of_directory)?;
        Some(wording::pattern_of(context.host, &file.path[..=slash]))
    };
    let patterns: Vec<String> = files.iter().map(pattern).collect::<Option<_>>()?;
    let mut lines: Vec<String> = patterns.iter().map(|pattern| wording::line(pattern, owner)).collect();
    if count > lines.len() {
        lines.push(format!("    … and {} more", count - lines.len()));
    }
    let winner = context.ownership.winners(context.listing.find(files.first()?.path)?).last()?;
    let entry = context.entry(*winner);
    let place = if patterns == [entry.pattern_text.as_str()] { "on" } else { "below" };
    Some(format!("write {place} line {}:\n{}", entry.line, lines.join("\n")))
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{TEAM, told_of_files};

    fn told(codeowners: &str, files: &[(&str, &str)]) -> String {
        told_of_files("MLO310", codeowners, TEAM, files)
    }

    fn dag(owner: &str) -> String {
        format!("from airflow import DAG\ndag = DAG(\"x\", default_args={{\"owner\": \"{owner}\"}})\n")
    }

    #[test]
    fn both_places_are_shown() {
        insta::assert_snapshot!(told("/dags/ @acme/payments\n/etl/ @acme/data-eng\n", &[("dags/a.py", &dag("data-eng")), ("dags/b.py", &dag("airflow"))]), @"
        warning: `dags/a.py` declares data-eng as its owner, and CODEOWNERS asks @acme/payments
          CODEOWNERS `@acme/payments`: not data-eng
          dags/a.py `data-eng`: declared here
          > if the file is right, write below line 1:
          >     /dags/a.py @acme/data-eng
          > if CODEOWNERS is right, change the owner that it declares
        ");
        insta::assert_snapshot!(told("/dags/ @acme/payments\n", &[("dags/x/a.py", &dag("Data Eng")), ("dags/x/b.py", &dag("data-eng"))]), @"
        warning: 2 files below `dags/x/` declare Data Eng as their owner, and CODEOWNERS asks @acme/payments
          CODEOWNERS `@acme/payments`: not Data Eng
          dags/x/a.py `Data Eng`: declared here
          dags/x/b.py `data-eng`: declared here
          > if the files are right, write on line 1:
          >     /dags/ @acme/data-eng
          > if CODEOWNERS is right, change the owner that they declare
        ");
    }

    #[test]
    fn whoever_is_asked_may_be_called_otherwise() {
        for (owners, declared) in [
            ("@acme/data-eng", "data-eng"),
            ("@acme/data-eng", "@acme/Data-Eng"),
            ("@acme/data-eng", "acme/data-eng"),
            ("@acme/data-eng", "Data Eng"),
            ("@acme/data-eng @acme/payments", "payments"),
            ("@acme/data-eng", "data-engineer"),
            ("ana@acme.com", "Ana@acme.com"),
            ("@acme/payments", "airflow"),
            ("@acme/payments", "data-eng, payments"),
            // The same role.
            ("@ana", "data-science"),
        ] {
            let entries = format!("/dags/ {owners}\n/x/ @acme/payments\n");
            assert_eq!(told(&entries, &[("dags/a.py", &dag(declared)), ("x/y", "")]), "", "{owners} {declared}");
        }
    }

    #[test]
    fn what_cannot_be_known_is_no_difference() {
        for (owners, declared) in [
            // Nobody has heard of them.
            ("@acme/payments", "growth"),
            ("@acme/payments", "bob@acme.com"),
            ("@acme/payments", "other/growth"),
            // One of them may be who is asked.
            ("@acme/payments", "data-eng, bob"),
            // They may be in the team.
            ("@acme/payments", "zoe"),
            ("@acme/payments", "zoe@acme.com"),
            ("@zoe", "growth-team"),
            ("@yan", "zoe@acme.com"),
        ] {
            let entries = format!("/dags/ {owners}\n/x/ @zoe zoe@acme.com @acme/growth-team\n");
            assert_eq!(told(&entries, &[("dags/a.py", &dag(declared)), ("x/y", "")]), "", "{owners} {declared}");
        }
    }

    #[test]
    fn people_beside_a_team_change_nothing() {
        let told = |owners: &str| {
            let entity = format!("friendly_name: x\nowners: [{owners}]\n");
            told("/sql/ @acme/payments\n", &[("sql/t/metadata.yaml", &entity), ("sql/t/query.sql", "")])
        };
        assert!(told("bob@acme.com, acme/data-eng").contains("declares acme/data-eng as its owner"));
        assert_eq!(told("bob@acme.com"), "");
        assert_eq!(told("growth, acme/data-eng"), "", "another team may be who is asked");
    }

    #[test]
    fn a_whole_address_needs_nobody_to_know_it() {
        let told = told("/dags/ @acme/payments\n", &[("dags/a.py", &dag("@Acme/growth"))]);
        assert!(told.contains("declares @Acme/growth as its owner"), "{told}");
    }

    #[test]
    fn roles_tell_a_person_from_a_team() {
        let told = told("/dags/ @ana\n", &[("dags/a.py", &dag("data-eng"))]);
        assert!(told.contains("declares data-eng as its owner, and CODEOWNERS asks @ana"), "{told}");
    }

    #[test]
    fn the_catch_all_contradicts_nobody() {
        assert_eq!(told("* @acme/payments\n", &[("dags/a.py", &dag("data-eng"))]), "");
        assert_eq!(told("/dags/ @acme/payments\n/dags/a.py\n", &[("dags/a.py", &dag("data-eng"))]), "");
    }

    #[test]
    fn an_entity_speaks_for_its_directory() {
        let entity = ("serving/catalog-info.yaml", "spec:\n  owner: group:default/ml-eng\n");
        insta::assert_snapshot!(told("/serving/ @acme/mlops\n", &[entity, ("serving/a.py", "")]), @"
        warning: `serving/catalog-info.yaml` declares group:default/ml-eng as its owner, and CODEOWNERS asks @acme/mlops
          CODEOWNERS `@acme/mlops`: not group:default/ml-eng
          serving/catalog-info.yaml `group:default/ml-eng`: declared here
          > if the file is right, write on line 1:
          >     /serving/ @acme/ml-eng
          > if CODEOWNERS is right, change the owner that it declares
        ");
        let wider = told("/serv*/ @acme/mlops\n", &[entity, ("serving/a.py", "")]);
        assert!(wider.contains("write below line 1:\n  >     /serving/ @acme/ml-eng\n"), "{wider}");
        // What a file's extension decides says nothing of the component.
        let by_extension = "/serving/ @acme/ml-eng\n*.yaml @acme/mlops\n";
        assert_eq!(told(by_extension, &[entity, ("serving/a.py", "")]), "");
    }

    #[test]
    fn an_entry_that_many_contradict_is_one_finding() {
        let names = ["a", "b", "c", "d", "e", "f"].map(|name| format!("@acme/{name}"));
        let files: Vec<(String, String)> =
            names.iter().enumerate().map(|(at, name)| (format!("dags/d{at}.py"), dag(name))).collect();
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        let told = told("/dags/ @acme/payments\n", &files);
        assert_eq!(told.matches("warning:").count(), 1, "{told}");
        assert!(told.starts_with("warning: 6 files below `dags/` declare others, such as @acme/a, @acme/b"), "{told}");
    }

    #[test]
    fn any_name_of_an_owner_may_be_who_is_asked() {
        let groups = "groups:\n  - owner: { name: Data Eng, email: pay@acme.com }\n";
        let files = [("dbt/dbt_project.yml", "name: x\n"), ("dbt/models/groups.yml", groups)];
        assert_eq!(told("/dbt/ pay@acme.com\n", &files), "");
        assert!(told("/dbt/ @acme/payments\n", &[files[0], (files[1].0, "groups:\n  - owner: { name: Data Eng }\n")])
            .contains("declares Data Eng"));
    }
}
