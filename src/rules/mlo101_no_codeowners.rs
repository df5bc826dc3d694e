//! MLO101 no-codeowners.

use super::{Context, Group, Meta, Rule, Told, wording};
use crate::finding::{Cause, Place, Severity, Subject, Violation};

pub(super) struct Check;

static META: Meta = Meta {
    code: "MLO101",
    slug: "no-codeowners",
    summary: "ML artefacts in a repository without CODEOWNERS",
    severity: Some(Severity::Warning),
    docs: "\
## What it does
Reports a repository that holds ML artefacts and has no CODEOWNERS file in any place where the host looks. Where the
policy has a role map it is an error.

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
        if context.codeowners.is_some() || context.ownership.items().is_empty() {
            return Vec::new();
        }
        vec![Violation { rule: META.code, subject: Subject::whole(), cause: Cause::Repository }]
    }

    fn tell(&self, context: &Context<'_>, _: &Group<'_>) -> Told {
        let paths = context.ownership.items().iter().map(|item| context.listing.path(item.path));
        let paths = crate::finding::Paths::new(paths);
        // Where the host looks first; on the others that is the root.
        let place = context.host.places().first().copied().unwrap_or("CODEOWNERS");
        Told {
            message: format!(
                "there is no CODEOWNERS, so nobody is asked to review {}",
                wording::count(paths.count, "ML file")
            ),
            places: vec![Place::file(place.as_bytes(), "this file is missing")],
            help: Some(format!("write {place}, the default owners first:\n    * @your-org/your-team")),
            paths,
            // Where roles are asked for, no file at all is worse than a wrong one.
            severity: context.policy.has_role_map().then_some(Severity::Error),
            ..Told::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::findings;

    #[test]
    fn a_repository_with_ml_files_and_no_codeowners_is_told_once() {
        let policy = "version: 1\nareas: { training: { paths: [/training/] } }\n";
        let told = findings(None, policy, &["training/train.py", "training/model.py"]);
        assert_eq!(told.len(), 1);
        insta::assert_snapshot!(told[0].message, @"there is no CODEOWNERS, so nobody is asked to review 2 ML files");
    }

    #[test]
    fn without_ml_files_it_is_nobodys_business() {
        assert!(findings(None, "version: 1\n", &["README.md"]).is_empty());
    }
}
