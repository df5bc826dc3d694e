//! MLO112 gate-without-owner.

use super::{Context, Group, Meta, Rule, Told, wording};
use crate::finding::{Cause, Place, Source, Subject, Violation};

pub(super) struct Check;

static META: Meta = Meta {
    code: "MLO112",
    slug: "gate-without-owner",
    summary: "CODEOWNERS or the policy itself has no owner beyond the catch-all",
    severity: None,
    docs: "\
## What it does
Reports the files that decide who answers for all others, CODEOWNERS and the texts of the policy, where nobody has to
approve them, or only those whom the catch-all names.

It is off unless the policy switches it on; the profile `regulated` does. Two of three ML repositories have no such entry.

## Why it matters
Whoever can change CODEOWNERS alone can take any owner away first, and change the rest after.

## Example
`* @acme/everybody`, and no entry for `/.github/CODEOWNERS`.

## How to fix it
Write an entry for each, as the last lines of CODEOWNERS, so that no other beats them.

## Source
GitHub's page \"About code owners\", section \"CODEOWNERS and branch protection\": define an owner for the file itself.
",
};

impl Rule for Check {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, context: &Context<'_>) -> Vec<Violation> {
        let is_unowned = |path: &&str| {
            // A file from elsewhere (`--policy`, `--codeowners`) is no file of the repository.
            let Some(index) = context.listing.find(path.as_bytes()) else { return false };
            context.judge.asked(context.ownership.winners(index)).iter().all(|entry| entry.is_catch_all())
        };
        let violation = |path: &str| Violation {
            rule: META.code,
            subject: Subject::Path(path.as_bytes().to_vec()),
            cause: Cause::Repository,
        };
        gates(context).filter(is_unowned).map(violation).collect()
    }

    fn tell(&self, context: &Context<'_>, group: &Group<'_>) -> Told {
        let paths: Vec<&[u8]> = group.violations.iter().filter_map(|violation| violation.subject.path()).collect();
        let names: Vec<String> = paths.iter().map(|path| format!("`{}`", String::from_utf8_lossy(path))).collect();
        let winners = paths.iter().filter_map(|path| context.listing.find(path));
        let winners = winners.flat_map(|index| context.ownership.winners(index)).copied();
        let winners: std::collections::BTreeSet<_> = winners.collect();
        let mut places: Vec<Place> = winners
            .iter()
            .map(|&winner| context.entry(winner))
            .map(|entry| {
                let label = if entry.is_catch_all() { "wins because nothing more specific matches" } else { "names nobody" };
                Place::codeowners(entry.span, label)
            })
            .collect();
        if places.is_empty() {
            let label = "no entry of CODEOWNERS matches".to_owned();
            places.push(Place { source: Source::Codeowners, span: None, label });
        }
        let role = context.policy.roles.iter().find(|role| role.name == "mlops-engineer");
        let staff = role.into_iter().flat_map(|role| &role.owners).map(|owner| &owner.value.text);
        let owner = staff.into_iter().find(|text| !text.contains('*')).map_or("@your-org/your-team", String::as_str);
        let lines: Vec<String> =
            paths.iter().map(|path| wording::line(&wording::pattern_of(context.host, path), owner)).collect();
        let decide = if names.len() == 1 { "which decides" } else { "which decide" };
        Told {
            message: format!(
                "nobody in particular owns {}, {decide} who answers for everything else",
                wording::list(&names, "and")
            ),
            places,
            paths: wording::paths(group.violations),
            help: Some(format!("write as the last lines of CODEOWNERS:\n{}", lines.join("\n"))),
            ..Told::default()
        }
    }
}

/// The files that decide who answers for the others.
fn gates<'a>(context: &Context<'a>) -> impl Iterator<Item = &'a str> {
    let codeowners = context.codeowners.map(|file| file.path.as_str());
    let texts = context.policy.texts.iter().filter(|text| !text.builtin).map(|text| text.name.as_str());
    codeowners.into_iter().chain(texts)
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{TEAM, codes, told};

    fn policy() -> String {
        format!("{TEAM}rules: {{ MLO112: warning }}\n")
    }

    const PATHS: [&str; 3] = ["CODEOWNERS", "mlops-lint.yaml", "x"];

    #[test]
    fn the_gate_s_keeper_is_named() {
        insta::assert_snapshot!(told("MLO112", "* @acme/all\n/x @ana\n", &policy(), &PATHS), @"
        warning: nobody in particular owns `CODEOWNERS` and `mlops-lint.yaml`, which decide who answers for everything else
          CODEOWNERS `* @acme/all`: wins because nothing more specific matches
          > write as the last lines of CODEOWNERS:
          >     /CODEOWNERS @acme/mlops
          >     /mlops-lint.yaml @acme/mlops
        ");
        insta::assert_snapshot!(told("MLO112", "/x @ana\n/CODEOWNERS @ana\n/*.yaml\n", &policy(), &PATHS), @"
        warning: nobody in particular owns `mlops-lint.yaml`, which decides who answers for everything else
          CODEOWNERS `/*.yaml`: names nobody
          > write as the last lines of CODEOWNERS:
          >     /mlops-lint.yaml @acme/mlops
        ");
    }

    #[test]
    fn it_is_off_unless_asked_for_and_silent_where_somebody_answers() {
        assert_eq!(codes("* @acme/all\n", TEAM, &PATHS), [""; 0]);
        assert_eq!(codes("* @acme/all\n/CODEOWNERS @ana\n/mlops-lint.yaml @ana\n", &policy(), &PATHS), [""; 0]);
        assert_eq!(codes("/x @ana\n", &policy(), &["x"]), [""; 0], "files from elsewhere");
    }
}
