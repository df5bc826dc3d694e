//! MLO505 gate-changed.

use super::{Context, Group, Ignores, Meta, Rule, Told, changed, wording};
use crate::change::{Fate, GateFile, GateRole};
use crate::finding::{Cause, Place, Severity, Subject, Violation};

pub(super) struct Check;

pub(super) static META: Meta = Meta {
    code: "MLO505",
    slug: "gate-changed",
    summary: "A change touches what decides who is asked, or what is checked",
    severity: Some(Severity::Info),
    docs: "\
## What it does
Reports, where only a change is judged (`--changed-since`, `--staged`), that it adds, edits or removes CODEOWNERS, the
policy, a file that the policy extends, or the baseline. It is always on, and nothing silences it: no ignore, no exemption,
no baseline, no `off`. The policy can raise its severity.

## Why it matters
A pull request that makes the check weaker passes the check. People have to look at that file themselves.

## Example
A pull request that adds a model nobody owns, and an exemption for it.

## How to fix it
Nothing is wrong: review the file. Let CODEOWNERS give it to those who may change the rules.

## Source
The change itself.
",
};

impl Rule for Check {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, context: &Context<'_>) -> Vec<Violation> {
        let files = context.change.map_or(&[][..], |change| &change.gate);
        let violation = |file: &GateFile| Violation {
            rule: META.code,
            subject: Subject::Repository(format!("gate {}", file.path)),
            cause: Cause::File(file.path.clone()),
        };
        files.iter().map(violation).collect()
    }

    fn tell(&self, context: &Context<'_>, group: &Group<'_>) -> Told {
        let Cause::File(path) = group.cause else { return Told::default() };
        let files = context.change.map_or(&[][..], |change| &change.gate);
        let Some(file) = files.iter().find(|file| file.path == *path) else { return Told::default() };
        let does = match file.fate {
            Fate::Added => "adds",
            Fate::Edited => "edits",
            Fate::Removed => "removes",
        };
        let decides = match file.role {
            GateRole::Codeowners => "who is asked to approve",
            GateRole::Policy => "what this check asks of owners",
            GateRole::Floor => "what no policy may ask less of",
            GateRole::Baseline => "which violations this check keeps quiet about",
        };
        Told {
            message: format!("this change {does} `{path}`, which decides {decides}"),
            places: vec![Place::file(path.as_bytes(), match file.fate {
                Fate::Added => "added",
                Fate::Edited => "edited",
                Fate::Removed => "not there any more",
            })],
            help: Some("review it by itself: this check cannot tell whether it is meant".to_owned()),
            note: note(context, file),
            ..Told::default()
        }
    }
}

/// What the edit comes to.
fn note(context: &Context<'_>, file: &GateFile) -> Option<String> {
    match (file.role, file.fate) {
        (GateRole::Codeowners, Fate::Edited | Fate::Added) => {
            let change = context.change?;
            let (files, artefacts) = changed::asks_others(context, change);
            let before = change.before.codeowners.map(Ignores::read).unwrap_or_default();
            let silenced = match context.ignores().len().saturating_sub(before.len()) {
                0 => String::new(),
                1 => "; it adds 1 comment that silences this check".to_owned(),
                more => format!("; it adds {more} comments that silence this check"),
            };
            let asked = match (files, artefacts) {
                (0, _) => "the same people are asked about every file as before".to_owned(),
                (1, 0) => "others than before are asked about 1 file, which is no ML file".to_owned(),
                (1, _) => "others than before are asked about 1 file, which is an ML file".to_owned(),
                (_, 0) => format!("others than before are asked about {files} files, none of them an ML file"),
                _ => format!(
                    "others than before are asked about {files} files, {} among them",
                    wording::count(artefacts, "ML file")
                ),
            };
            Some(format!("{asked}{silenced}"))
        }
        (GateRole::Baseline, _) => Some(format!("it keeps quiet about {} more", wording::count(file.quiet, "violation"))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{TEAM, told_of_change};

    #[test]
    fn it_is_told_and_cannot_be_switched_off() {
        let policy = format!("{TEAM}rules: {{ MLO505: off }}\n");
        let told = |after| told_of_change("MLO505", &policy, ("/src/ @ana\n", &["src/a"]), (after, &["src/a"]));
        insta::assert_snapshot!(told("/src/ @bob\n"), @"
        info: this change edits `CODEOWNERS`, which decides who is asked to approve
          CODEOWNERS: edited
          > review it by itself: this check cannot tell whether it is meant
        ");
        assert_eq!(told("/src/ @ana\n"), "");
    }
}
