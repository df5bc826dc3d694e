//! MLO201 unowned-artefact.

use super::{Context, Group, Meta, Rule, Told, group, wording};
use crate::finding::{Severity, Violation};
use crate::ownership::Gap;

pub(super) struct Check;

static META: Meta = Meta {
    code: "MLO201",
    slug: "unowned-artefact",
    summary: "An ML artefact that no entry matches",
    severity: Some(Severity::Warning),
    docs: "\
## What it does
Reports files of a known kind, or in an area of the policy, that no entry of CODEOWNERS matches: one finding for each area
and topmost directory.

## Why it matters
Nobody is asked to review a change to them, and nothing says so.

## Example
`notebooks/churn.ipynb` where CODEOWNERS only names `/src/`.

## How to fix it
Write an entry for the directory. What nobody should answer for goes to `exempt` in the policy, with a reason.

## Source
The responsibility that the area stands for, in the policy's `because`; the roles guide for the default one.
",
};

impl Rule for Check {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, context: &Context<'_>) -> Vec<Violation> {
        group::by_directory(context, META.code, context.items_with(Gap::Unmatched))
    }

    fn tell(&self, context: &Context<'_>, group: &Group<'_>) -> Told {
        let said = group::Said::new(context, group);
        Told {
            message: format!("nobody owns {}", said.what()),
            places: said.places(context, "no entry of CODEOWNERS matches"),
            help: Some(said.line_to_write(context)),
            paths: wording::paths(group.violations),
            ..Told::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{TEAM, told};

    #[test]
    fn nobody_owns_a_directory_of_an_area() {
        let policy = format!("{TEAM}areas: {{ training: {{ paths: [/train/], ownership: {{ accountable: [data-scientist] }}, because: They train. }} }}\n");
        insta::assert_snapshot!(told("MLO201", "/src/ @ana\n", &policy, &["src/a.py", "train/a.py", "train/b/c.py"]), @"
        warning: nobody owns 2 training files below `train/`
          CODEOWNERS: no entry of CODEOWNERS matches
          policy `[data-scientist]`: training asks for data-scientist: They train
          > write:
          >     /train/ @acme/data-science
        ");
    }

    #[test]
    fn an_exemption_silences_it_until_its_last_day() {
        let policy = "version: 1\nareas: { training: { paths: [/train/] } }\nexempt: [{ path: /train/old/, rules: [MLO201], reason: archive, expires: 2025-12-31 }, { path: /train/new/, reason: trial, expires: 2026-01-01 }]\n";
        insta::assert_snapshot!(told("MLO201", "/src/ @ana\n", policy, &["train/old/a", "train/new/a"]), @"
        warning: nobody owns the training file `train/old/a`
          CODEOWNERS: no entry of CODEOWNERS matches
          > write:
          >     /train/old/a @your-org/your-team
        ");
    }
}
