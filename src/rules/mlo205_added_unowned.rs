//! MLO205 added-unowned.

use super::{Context, Group, Meta, Rule, Told, group, wording};
use crate::change::Touched;
use crate::finding::{Severity, Subject, Violation};

pub(super) struct Check;

static META: Meta = Meta {
    code: "MLO205",
    slug: "added-unowned",
    summary: "A change adds an ML artefact that nobody owns",
    severity: Some(Severity::Error),
    docs: "\
## What it does
Reports, where only a change is judged (`--changed-since`, `--staged`), the files of a known kind that the change adds and
that nobody owns. It stands for MLO201 and MLO204 there: what is exempt from those is exempt from this.

## Why it matters
Old gaps can wait for their turn; a new one is made right now, by somebody who knows whose file it is.

## Example
A pull request adds `models/churn.onnx`, and CODEOWNERS names no owner for `models/`.

## How to fix it
Write the entry in the same change. What nobody should answer for goes to `exempt` in the policy, with a reason.

## Source
The responsibility that the area stands for, in the policy's `because`; the roles guide for the default one.
",
};

/// Rules that say of a file of any age what this one says of a new one.
const OF_ANY_AGE: [&str; 2] = ["MLO201", "MLO204"];

/// Takes out what is said of files that the change adds, to tell it by this rule alone. By then exemptions from the other
/// rules have had their say, as those from this one still have.
pub(super) fn promote(context: &Context<'_>, violations: &mut Vec<Violation>) -> Vec<Violation> {
    let Some(change) = context.change.filter(|_| super::judge::is_on(context.policy, &META)) else { return Vec::new() };
    let is_added = |violation: &mut Violation| match &violation.subject {
        Subject::Path(path) if OF_ANY_AGE.contains(&violation.rule) => {
            let fate = context.listing.find(path).and_then(|index| change.files.of(index));
            fate == Some(Touched::Added)
        }
        _ => false,
    };
    let added = violations.extract_if(.., is_added);
    added.map(|violation| Violation { rule: META.code, ..violation }).collect()
}

impl Rule for Check {
    fn meta(&self) -> &'static Meta {
        &META
    }

    /// The rules that it takes over from speak first, until it is known what they may say.
    fn check(&self, _: &Context<'_>) -> Vec<Violation> {
        Vec::new()
    }

    fn tell(&self, context: &Context<'_>, group: &Group<'_>) -> Told {
        let said = group::Said::new(context, group);
        let paths = wording::paths(group.violations);
        let label = if said.winners.is_empty() { "no entry of CODEOWNERS matches" } else { "names nobody" };
        let message = match paths.count {
            1 => format!("this change adds {}, and nobody owns it", said.what()),
            count => {
                let what = wording::count(count, &format!("{} file", said.name));
                format!("this change adds {what}, and nobody owns them")
            }
        };
        Told {
            message,
            places: said.places(context, label),
            help: Some(said.line_to_write(context)),
            paths,
            ..Told::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{TEAM, told_of_change};

    fn policy() -> String {
        format!("{TEAM}areas: {{ models: {{ paths: [/models/], ownership: {{ accountable: [ml-engineer] }}, because: They answer for them. }} }}\n")
    }

    #[test]
    fn the_new_files_alone_are_told() {
        let before = ("/src/ @acme/ml-eng\n", &["models/old.onnx"][..]);
        let after = (before.0, &["models/old.onnx", "models/a.onnx", "models/b.onnx"][..]);
        insta::assert_snapshot!(told_of_change("MLO205", &policy(), before, after), @"
        error: this change adds 2 models files, and nobody owns them
          models/a.onnx: added by this change
          models/b.onnx: added by this change
          CODEOWNERS: no entry of CODEOWNERS matches
          policy `[ml-engineer]`: models asks for ml-engineer: They answer for them
          > write:
          >     /models/a.onnx @acme/ml-eng
          >     /models/b.onnx @acme/ml-eng
        ");
        assert_eq!(told_of_change("MLO201", &policy(), before, after), "");
    }

    #[test]
    fn an_entry_without_owners_is_nobody_too() {
        let before = ("/models/ @acme/ml-eng\n/models/tmp/\n", &["models/a.onnx"][..]);
        let after = (before.0, &["models/a.onnx", "models/tmp/b.onnx"][..]);
        insta::assert_snapshot!(told_of_change("MLO205", &policy(), before, after), @"
        error: this change adds the models file `models/tmp/b.onnx`, and nobody owns it
          models/tmp/b.onnx: added by this change
          CODEOWNERS `/models/tmp/`: names nobody
          policy `[ml-engineer]`: models asks for ml-engineer: They answer for them
          > write below line 2:
          >     /models/tmp/b.onnx @acme/ml-eng
        ");
        assert_eq!(told_of_change("MLO204", &policy(), before, after), "");
    }
}
