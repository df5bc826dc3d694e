//! MLO202 only-catch-all.

use super::{Context, Group, Meta, Rule, Told, group, wording};
use crate::finding::{Severity, Violation};
use crate::ownership::Gap;

pub(super) struct Check;

static META: Meta = Meta {
    code: "MLO202",
    slug: "only-catch-all",
    summary: "An ML artefact that only the catch-all entry owns",
    severity: Some(Severity::Warning),
    docs: "\
## What it does
Reports files of a known kind, or in an area of the policy, that no entry matches but the one that matches everything.

## Why it matters
The default owners own what nobody thought of. That every file has them is no sign that somebody answers for the model.

## Example
`* @acme/platform`, and `training/train.py` has no entry of its own.

## How to fix it
Write an entry for the directory with those who answer for it.

## Source
What teams say of blanket entries: they mask what is orphaned. GitHub's page \"About code owners\" calls `*` the default.
",
};

impl Rule for Check {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, context: &Context<'_>) -> Vec<Violation> {
        group::by_directory(context, META.code, context.items_with(Gap::CatchAll))
    }

    fn tell(&self, context: &Context<'_>, group: &Group<'_>) -> Told {
        let said = group::Said::new(context, group);
        Told {
            message: format!("only {} owns {}", said.catch_all(context), said.what()),
            places: said.places(context, "wins because nothing more specific matches"),
            help: Some(said.line_to_write(context)),
            paths: wording::paths(group.violations),
            ..Told::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{TEAM, told, told_of_files};

    #[test]
    fn the_default_owners_are_not_an_answer() {
        let policy = "version: 1\nareas: { training: { paths: [/train/] } }\n";
        insta::assert_snapshot!(told("MLO202", "* @acme/all\n/src/ @ana\n", policy, &["src/a.py", "train/a.py"]), @"
        warning: only the catch-all `*` owns the training file `train/a.py`
          CODEOWNERS `* @acme/all`: wins because nothing more specific matches
          > write below line 1:
          >     /train/a.py @your-org/your-team
        ");
    }

    #[test]
    fn the_owner_that_the_file_declares_is_proposed() {
        let dag = "from airflow import DAG\ndag = DAG('x', default_args={'owner': 'data-eng'})\n";
        let propose = |text: &str| told_of_files("MLO202", "* @acme/all\n/x/ @ana\n", TEAM, &[("dags/a.py", text), ("x/y", "")]);
        assert!(propose(dag).contains("/dags/a.py @acme/data-eng\n"), "{}", propose(dag));
        assert!(propose(&dag.replace("data-eng", "growth")).contains("@your-org/your-team"));
    }
}
