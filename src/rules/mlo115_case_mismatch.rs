//! MLO115 case-mismatch.

use std::collections::BTreeMap;

use bstr::ByteSlice;

use super::{Context, Group, Meta, Rule, Told, problems, wording};
use crate::codeowners::{EntryId, Matcher, Pattern};
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
        let help = match spelt_as(entry.glob().and_then(crate::codeowners::Pattern::literal_path), &path) {
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

/// Dead entries that would match if case did not count, each with the first such path.
pub(super) fn search(context: &Context<'_>) -> BTreeMap<EntryId, usize> {
    let mut first = BTreeMap::new();
    let lowered = context.dead().iter().filter_map(|&id| {
        let glob = context.entry(id).glob()?;
        let lower = glob.to_lowercase();
        let differs = lower != *glob;
        Some((id, lower, differs))
    });
    // Where all that an entry names is small already, only a path with a capital can differ from it.
    let (capital, small): (Vec<_>, Vec<_>) = lowered.partition(|(.., differs)| *differs);
    for (entries, all_paths) in [(capital, true), (small, false)] {
        search_among(context, entries.into_iter().map(|(id, lower, _)| (id, lower)).collect(), all_paths, &mut first);
    }
    first
}

/// One walk finds the winner among the entries for each path; what it hid is looked for once that is found.
fn search_among(
    context: &Context<'_>,
    mut entries: Vec<(EntryId, Pattern)>,
    all_paths: bool,
    first: &mut BTreeMap<EntryId, usize>,
) {
    const MOST_ROUNDS: usize = 8;
    let mut buffer = Vec::new();
    for _ in 0..MOST_ROUNDS {
        if entries.is_empty() {
            return;
        }
        let matcher = Matcher::new(entries.iter().map(|(id, pattern)| (id.0, pattern)));
        let mut walk = matcher.walk();
        let known = first.len();
        for (index, path) in context.listing.iter().enumerate() {
            if all_paths || may_have_capital(path) {
                buffer.clear();
                path.to_lowercase_into(&mut buffer);
                if let Some(rank) = walk.winner(&buffer) {
                    first.entry(EntryId(rank)).or_insert(index);
                }
            }
        }
        if first.len() == known {
            return;
        }
        entries.retain(|(id, _)| !first.contains_key(id));
    }
}

/// True for a path that may differ from itself in small letters. Looks at every byte, which is faster than to stop early.
fn may_have_capital(path: &[u8]) -> bool {
    path.iter().fold(false, |found, byte| found | byte.is_ascii_uppercase() | !byte.is_ascii())
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
