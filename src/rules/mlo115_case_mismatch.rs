//! MLO115 case-mismatch.

use super::{Context, Group, Meta, Rule, Told, problems, wording};
use crate::finding::{Place, Severity, Violation};

pub(super) struct Check;

static META: Meta = Meta {
    code: "MLO115",
    slug: "case-mismatch",
    summary: "An entry that matches nothing but would if case did not count",
    severity: Some(Severity::Warning),
    docs: "\
## What it does
Reports an entry that matches no file, where one differs from it by case alone.

## Why it matters
Paths are case-sensitive on the host, whatever the file system of the person who wrote the entry.

## Example
`/Docs/ @acme/docs`, and the directory is `docs/`.

## How to fix it
Write the path as it is.

## Source
GitHub's page \"About code owners\": CODEOWNERS paths are case-sensitive.
",
};

impl Rule for Check {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, context: &Context<'_>) -> Vec<Violation> {
        context.differs_by_case().keys().map(|&id| problems::about_entry(context, META.code, id)).collect()
    }

    fn tell(&self, context: &Context<'_>, group: &Group<'_>) -> Told {
        let (id, entry) = problems::entry_of_group(context, group);
        let path = context.differs_by_case().get(&id).map(|&path| context.listing.path(path)).unwrap_or_default();
        let path = String::from_utf8_lossy(path);
        let help = match spelt_as(entry.pattern.as_ref().and_then(crate::codeowners::Pattern::literal_path), &path) {
            Some((written, real)) => format!(
                "did you mean:\n{}",
                wording::line(
                    &entry.pattern_text.replacen(&written, &real, 1),
                    &wording::owners_on_line(&entry.owners)
                )
            ),
            None => format!("a file that differs by case alone: {path}"),
        };
        Told {
            message: format!("`{}` matches no file, and would match `{path}` if case did not count", entry.pattern_text),
            places: vec![Place::codeowners(entry.pattern_span, "paths are case-sensitive")],
            help: Some(help),
            ..Told::default()
        }
    }
}

/// The literal path as written, and the same as the file system spells it.
fn spelt_as(written: Option<String>, path: &str) -> Option<(String, String)> {
    let written = written?;
    let real = path.split('/').take(written.split('/').count()).collect::<Vec<_>>().join("/");
    (real.to_lowercase() == written.to_lowercase()).then_some((written, real))
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{codes, told};

    #[test]
    fn a_path_that_differs_by_case_is_offered_as_it_is_spelt() {
        insta::assert_snapshot!(told("MLO115", "/Docs/Guide/ @a\n", "", &["docs/guide/a.md"]), @"
        warning: `/Docs/Guide/` matches no file, and would match `docs/guide/a.md` if case did not count
          CODEOWNERS `/Docs/Guide/`: paths are case-sensitive
          > did you mean:
          >     /docs/guide/ @a
        ");
    }

    #[test]
    fn it_stands_for_dead() {
        assert_eq!(codes("/Docs/ @a\n", "", &["docs/a.md"]), ["MLO115"]);
    }
}
