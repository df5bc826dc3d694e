//! MLO101 no-codeowners.

use super::{Context, Group, Meta, Rule, Told, wording};
use crate::finding::{Cause, Place, Severity, Source, Subject, Violation};

pub(super) struct Check;

static META: Meta = Meta {
    code: "MLO101",
    slug: "no-codeowners",
    summary: "ML artefacts in a repository without CODEOWNERS, or with one that says nothing",
    severity: Some(Severity::Warning),
    docs: "\
## What it does
Reports a repository that holds ML artefacts and has no CODEOWNERS file in any place where the host looks, or one without
any entry that the host reads: empty, comments only, or nothing but entries that it skips. Where the policy has a role map
it is an error. A file that only another host would read is named. Where `OWNERS` files say who approves, as Prow and
Gerrit read them, it is information. It stands for every MLO201.

## Why it matters
Without the file nobody is asked to review a change, whatever it touches.

## Example
`dvc.yaml`, `training/train.py` and `serving/bentofile.yaml`, and no CODEOWNERS.

## How to fix it
Write `.github/CODEOWNERS`: the default owners first (`* @your-org/ml`), then the specific entries.

## Source
GitHub's page \"About code owners\": `.github/`, the root and `docs/` are looked at, in this order. GitLab and Gitea look
in the root, `docs/` and their own folder, Bitbucket only in `.bitbucket/`.
",
};

impl Rule for Check {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, context: &Context<'_>) -> Vec<Violation> {
        if context.entries().any(|(_, entry)| entry.is_in_force()) || context.ownership.items().is_empty() {
            return Vec::new();
        }
        vec![Violation { rule: META.code, subject: Subject::whole(), cause: Cause::Repository }]
    }

    fn tell(&self, context: &Context<'_>, _: &Group<'_>) -> Told {
        let paths = context.ownership.items().iter().map(|item| context.listing.path(item.path));
        let paths = crate::finding::Paths::new(paths);
        let host = context.host;
        // Where the host looks first; on the others that is the root.
        let place = host.places().first().copied().unwrap_or("CODEOWNERS");
        // A bare list names files that are not there to be read.
        let listed = host.places().iter().find(|place| context.listing.find(place.as_bytes()).is_some());
        if let (None, Some(listed)) = (context.codeowners, listed) {
            return Told {
                message: format!(
                    "{listed} was not read, so who is asked to review {} is not known",
                    wording::count(paths.count, "ML file")
                ),
                places: vec![Place::file(listed.as_bytes(), "listed, and not read")],
                paths,
                help: Some("pass --codeowners FILE: a bare list reads no other file".to_owned()),
                ..Told::default()
            };
        }
        let (what, mut places, line) = match context.codeowners {
            Some(file) => {
                let is_empty = file.entries.is_empty();
                let (what, label) = if is_empty {
                    (format!("{} has no entry", file.path), "no pattern and no owner")
                } else {
                    (format!("{host} reads no entry of {}", file.path), "every entry is skipped")
                };
                let place = Place { source: Source::Codeowners, span: None, label: label.to_owned() };
                let help = if is_empty { "write entries" } else { "repair its entries, or write new ones" };
                (what, vec![place], help.to_owned())
            }
            None => (
                "there is no CODEOWNERS".to_owned(),
                vec![Place::file(place.as_bytes(), "this file is missing")],
                format!("write {place}"),
            ),
        };
        let passed_over = if context.codeowners.is_none() { context.other_codeowners } else { &[] };
        let label = format!("{host} does not look here");
        places.extend(passed_over.iter().map(|path| Place::file(path.as_bytes(), label.as_str())));
        // Another tool asks there, by its own rules.
        let has_owners_file = context.codeowners.is_none() && context.listing.find(b"OWNERS").is_some();
        let catch_all = if host.adds_up() { ".*" } else { "*" };
        Told {
            message: format!(
                "{what}, so {} to review {}",
                if has_owners_file { format!("{host} itself asks nobody") } else { "nobody is asked".to_owned() },
                wording::count(paths.count, "ML file")
            ),
            places,
            help: Some(format!("{line}, the default owners first:\n    {catch_all} @your-org/your-team")),
            note: if has_owners_file {
                Some("`OWNERS` files are another tool's (Prow, Gerrit), and are not read here".to_owned())
            } else {
                (!passed_over.is_empty()).then(|| {
                    let names = wording::list(passed_over, "and");
                    format!("{host} does not read {names}: move it, or say --dialect of the host that does")
                })
            },
            paths,
            // Where roles are asked for, no file at all is worse than a wrong one.
            severity: match (context.policy.has_role_map(), has_owners_file) {
                (true, _) => Some(Severity::Error),
                (false, true) => Some(Severity::Info),
                (false, false) => None,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::finding::Severity;
    use crate::rules::testing::findings;

    #[test]
    fn a_repository_with_ml_files_and_no_codeowners_is_told_once() {
        let policy = "version: 1\nareas: { training: { paths: [/training/] } }\n";
        let told = findings(None, policy, &["training/train.py", "training/model.py"]);
        assert_eq!(told.len(), 1);
        insta::assert_snapshot!(told[0].message, @"there is no CODEOWNERS, so nobody is asked to review 2 ML files");
    }

    #[test]
    fn a_file_that_is_listed_and_not_read_is_not_called_missing() {
        let policy = "version: 1\nareas: { training: { paths: [/training/] } }\n";
        let told = findings(None, policy, &["training/train.py", ".github/CODEOWNERS"]);
        insta::assert_snapshot!(told[0].message, @".github/CODEOWNERS was not read, so who is asked to review 1 ML file is not known");
        assert_eq!(told[0].places[0].label, "listed, and not read");
    }

    #[test]
    fn a_file_that_says_nothing_is_no_better() {
        let policy = "version: 1\nareas: { training: { paths: [/training/] } }\n";
        let told = |text: &str| {
            let findings = findings(Some(text), policy, &["training/train.py"]);
            let told = findings.iter().map(|finding| format!("{} {}", finding.rule.code, finding.message));
            told.collect::<Vec<_>>().join("\n")
        };
        insta::assert_snapshot!(told("# later\n"), @"MLO101 CODEOWNERS has no entry, so nobody is asked to review 1 ML file");
        insta::assert_snapshot!(told("!/a @ana\n"), @r"
        MLO103 GitHub skips the entry `!/a`: GitHub has no negation
        MLO101 GitHub reads no entry of CODEOWNERS, so nobody is asked to review 1 ML file
        ");
        // An entry without owners is a decision.
        assert_eq!(told("/training/\n"), "");
    }

    #[test]
    fn owners_files_of_another_tool_are_no_silence() {
        let policy = "version: 1\nareas: { training: { paths: [/training/] } }\n";
        let told = findings(None, policy, &["OWNERS", "training/train.py"]);
        insta::assert_snapshot!(told[0].message, @"there is no CODEOWNERS, so GitHub itself asks nobody to review 1 ML file");
        assert_eq!(told[0].severity, Severity::Info);
        assert!(told[0].note.as_ref().unwrap().contains("Prow"));
        // Below the root they may be anything.
        let told = findings(None, policy, &["docs/OWNERS", "training/train.py"]);
        assert_eq!((told[0].severity, told[0].note.is_none()), (Severity::Warning, true));
    }

    #[test]
    fn without_ml_files_it_is_nobodys_business() {
        assert!(findings(None, "version: 1\n", &["README.md"]).is_empty());
    }
}
