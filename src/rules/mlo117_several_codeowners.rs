//! MLO117 several-codeowners.

use super::{Context, Group, Meta, Rule, Told};
use crate::finding::{Cause, Place, Severity, Source, Subject, Violation};

pub(super) struct Check;

static META: Meta = Meta {
    code: "MLO117",
    slug: "several-codeowners",
    summary: "A CODEOWNERS file that the host never reads, because another is found first",
    severity: Some(Severity::Warning),
    docs: "\
## What it does
Reports every CODEOWNERS file beside the one that counts.

## Why it matters
The host reads only the first it finds and merges nothing: what the others say is never done.

## Example
`.github/CODEOWNERS` and `CODEOWNERS`: the one in the root is never read.

## How to fix it
Move its entries into the file that counts, and delete it.

## Source
GitHub's page \"About code owners\": `.github/`, then the root, then `docs/`; the first found is used.
",
};

impl Rule for Check {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, context: &Context<'_>) -> Vec<Violation> {
        // Without a file of its own, what the host passes over is MLO101's.
        let others = context.codeowners.map_or(&[][..], |_| context.other_codeowners).iter().map(|path| Violation {
            rule: META.code,
            subject: Subject::Path(path.as_bytes().to_vec()),
            cause: Cause::Repository,
        });
        others.collect()
    }

    fn tell(&self, context: &Context<'_>, group: &Group<'_>) -> Told {
        let paths = super::wording::paths(group.violations);
        let (says, it) = if paths.count == 1 { ("it says", "it") } else { ("they say", "them") };
        let read = context.codeowners.map_or("", |file| &file.path);
        let mut places: Vec<Place> =
            paths.sample.iter().map(|path| Place::file(path, "never read")).collect();
        places.push(Place { source: Source::Codeowners, span: None, label: "this is the one that counts".to_owned() });
        Told {
            message: format!(
                "{} reads `{read}` and never {}",
                context.host,
                super::wording::list(
                    &paths.sample.iter().map(|path| format!("`{}`", String::from_utf8_lossy(path))).collect::<Vec<_>>(),
                    "or"
                )
            ),
            places,
            paths,
            help: Some(format!("move what {says} into {read}, and delete {it}")),
            ..Told::default()
        }
    }
}
