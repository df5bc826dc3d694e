//! MLO203 one-entry.

use super::{Context, Group, Meta, Rule, Told, wording};
use crate::codeowners::{Entry, EntryId};
use crate::finding::{Cause, Paths, Place, Severity, Subject, Violation};

pub(super) struct Check;

static META: Meta = Meta {
    code: "MLO203",
    slug: "one-entry",
    summary: "One entry owns the whole repository, ML artefacts and all",
    severity: Some(Severity::Info),
    docs: "\
## What it does
Reports a CODEOWNERS whose only entry in force with owners is the catch-all, in a repository with ML artefacts. It stands
for every MLO202 and MLO302.

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
        let paths =
            Paths::new(context.ownership.items().iter().map(|item| context.listing.path(item.path)));
        let entry = only_entry(context);
        Told {
            message: format!(
                "one entry owns the whole repository, with its {}",
                wording::count(paths.count, "ML file")
            ),
            places: entry
                .map(|(_, entry)| Place::codeowners(entry.span, "data, training, serving and all"))
                .into_iter()
                .collect(),
            paths,
            help: Some("write entries for what would hurt most: serving and deployment, then data".to_owned()),
            ..Told::default()
        }
    }
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
    use crate::rules::testing::{codes, told};

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
    fn where_it_is_off_the_others_speak() {
        let policy = format!("{POLICY}rules: {{ MLO203: off }}\n");
        assert_eq!(codes("* @acme/ml\n", &policy, &["train/a.py"]), ["MLO202"]);
    }
}
