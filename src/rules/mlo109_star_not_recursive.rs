//! MLO109 star-not-recursive.

use std::collections::BTreeMap;

use super::{Context, Group, Meta, Rule, Told, problems, wording};
use crate::codeowners::{Entry, EntryId, Pattern, Tail};
use crate::finding::{Cause, Paths, Place, Severity, Violation};

pub(super) struct Check;

static META: Meta = Meta {
    code: "MLO109",
    slug: "star-not-recursive",
    summary: "An entry that ends in `/*` does not reach the files further down, and other owners have those",
    severity: Some(Severity::Warning),
    docs: "\
## What it does
Reports an entry that ends in a lone `*` while files stand deeper below that directory, where an earlier entry with other
owners, or none at all, has them. `/*` in the root is left alone.

## Why it matters
`docs/*` matches `docs/a.md` and not `docs/guide/a.md`. It reads like the whole directory and is only its first level.

## Example
`/pipelines/* @acme/mlops`, and `pipelines/daily/dag.py` falls to `*`.

## How to fix it
Write `/pipelines/` for everything below. If the first level is what you mean, give the rest an entry of its own.

## Source
GitHub's page \"About code owners\", the example `docs/*`.
",
};

impl Rule for Check {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, context: &Context<'_>) -> Vec<Violation> {
        let found: Vec<(EntryId, String)> = context
            .entries()
            .filter(|(id, entry)| ends_in_star(context, entry) && deeper(context, *id).next().is_some())
            .map(|(id, entry)| (id, parent(entry)))
            .collect();
        let mut siblings: BTreeMap<&str, usize> = BTreeMap::new();
        for (_, parent) in &found {
            *siblings.entry(parent).or_default() += 1;
        }
        // A habit (`/components/a/*`, `/components/b/*`, …) is told once.
        let cause = |id: EntryId, parent: &String| {
            if siblings[parent.as_str()] >= HABIT { Cause::Siblings(parent.clone()) } else { Cause::Entry(id) }
        };
        found
            .iter()
            .map(|(id, parent)| Violation { rule: META.code, subject: context.subject(*id), cause: cause(*id, parent) })
            .collect()
    }

    fn tell(&self, context: &Context<'_>, group: &Group<'_>) -> Told {
        if let Cause::Siblings(parent) = group.cause {
            return tell_habit(context, group, parent);
        }
        let (id, entry) = problems::entry_of_group(context, group);
        let missed: Vec<usize> = deeper(context, id).collect();
        let paths = Paths::new(missed.iter().map(|&path| context.listing.path(path)));
        let mut winners: Vec<EntryId> = missed.iter().filter_map(|&path| in_section(context, path, id)).collect();
        winners.sort_unstable();
        winners.dedup();
        let fall = match winners.as_slice() {
            [] => "and nobody owns what is there".to_owned(),
            [one] => format!("and line {} wins there", context.entry(*one).line),
            _ => "and earlier entries win there".to_owned(),
        };
        let mut places = vec![Place::codeowners(entry.pattern_span, "the first level only")];
        places.extend(
            winners.iter().map(|&id| Place::codeowners(context.entry(id).pattern_span, "wins the files further down")),
        );
        let whole = entry.pattern_text.trim_end_matches('*');
        let directory = directory(context, entry);
        // In place of this entry, the whole directory would take what earlier entries have further down.
        let first = context.entries().find(|(other, earlier)| *other < id && is_below(earlier, &directory));
        let place = match first {
            Some((_, earlier)) => format!("for everything below, write above line {}:", earlier.line),
            None => format!("for everything below, write on line {}:", entry.line),
        };
        Told {
            message: format!(
                "`{}` does not reach {} further down, {fall}",
                entry.pattern_text,
                wording::count(paths.count, "file")
            ),
            places,
            paths,
            help: Some(format!(
                "{place}\n{}",
                wording::line(whole, &wording::owners_on_line(&entry.owners))
            )),
            ..Told::default()
        }
    }
}

/// So many entries of one directory with this fault are one finding.
const HABIT: usize = 3;

/// The directory beside whose children an entry's directory stands.
fn parent(entry: &Entry) -> String {
    let mut names = entry.glob().map(Pattern::literal_prefix).unwrap_or_default();
    names.pop();
    names.join("/")
}

fn tell_habit(context: &Context<'_>, group: &Group<'_>, parent: &str) -> Told {
    let ids: Vec<EntryId> =
        group.violations.iter().filter_map(|violation| context.entry_of(&violation.subject)).collect();
    let mut missed: Vec<usize> = ids.iter().flat_map(|&id| deeper(context, id)).collect();
    missed.sort_unstable();
    missed.dedup();
    let paths = Paths::new(missed.iter().map(|&path| context.listing.path(path)));
    let mut entries: Vec<&Entry> = ids.iter().map(|&id| context.entry(id)).collect();
    entries.sort_by_key(|entry| entry.line);
    let first = entries[0];
    let end = if first.pattern_text.ends_with("/**") { "/**" } else { "/*" };
    let place = if parent.is_empty() { "the root".to_owned() } else { format!("`{parent}/`") };
    Told {
        message: format!(
            "{} in {place} end in `{end}` and do not reach {} further down",
            wording::count(entries.len(), "entry"),
            wording::count(paths.count, "file")
        ),
        places: entries
            .iter()
            .map(|entry| Place::codeowners(entry.pattern_span, "the first level only"))
            .collect(),
        paths,
        help: Some(format!(
            "for everything below, end them in `/`; the first becomes:\n{}",
            wording::line(first.pattern_text.trim_end_matches('*'), &wording::owners_on_line(&first.owners))
        )),
        ..Told::default()
    }
}

/// True for an entry that speaks of something inside `directory`.
fn is_below(entry: &Entry, directory: &str) -> bool {
    let prefix = entry.glob().map(|pattern| pattern.literal_prefix().join("/")).unwrap_or_default();
    prefix.strip_prefix(directory).is_some_and(|rest| rest.starts_with('/'))
}

/// The entry that wins a path in the section of `id`.
fn in_section(context: &Context<'_>, path: usize, id: EntryId) -> Option<EntryId> {
    let section = context.entry(id).section;
    context.ownership.winners(path).iter().copied().find(|&winner| context.entry(winner).section == section)
}

fn ends_in_star(context: &Context<'_>, entry: &Entry) -> bool {
    let is_long = |pattern: &Pattern| pattern.tail == Tail::Exact && pattern.segments.len() > 1;
    entry.glob().is_some_and(is_long) && !directory(context, entry).is_empty()
}

/// The directory whose first level an entry is about; empty where it is about the root, or many.
fn directory(context: &Context<'_>, entry: &Entry) -> String {
    let prefix = entry.glob().map(|pattern| pattern.literal_prefix().join("/")).unwrap_or_default();
    // GitLab reads `docs/**` at every depth, and its end as `*`: that the directory at the root is not owned is enough.
    let named = entry.pattern_text.strip_suffix("/**").filter(|_| context.host.has_sections() && prefix.is_empty());
    match named.filter(|named| !named.contains(['*', '?', '[', '\\'])) {
        Some(named) => named.trim_matches('/').to_owned(),
        None => prefix,
    }
}

/// Paths below the entry's directory that it does not reach and that other owners have by an earlier entry, or nobody.
/// A later entry that has them, or one for a directory further down, was written on purpose.
fn deeper<'c>(context: &'c Context<'_>, id: EntryId) -> impl Iterator<Item = usize> + 'c {
    let entry = context.entry(id);
    let below = entry.glob().cloned().map(|mut pattern| {
        pattern.tail = Tail::Below;
        pattern
    });
    let prefix = directory(context, entry);
    context.listing.below(prefix.as_bytes()).filter(move |&path| {
        let other = match in_section(context, path, id) {
            None => true,
            Some(winner) => {
                let other = context.entry(winner);
                winner < id && !other.has_same_owners(entry) && !is_below(other, &prefix)
            }
        };
        other && below.as_ref().is_some_and(|pattern| pattern.matches(context.listing.path(path)))
    })
}

#[cfg(test)]
mod tests {
    use crate::codeowners::Dialect;
    use crate::rules::testing::{codes, told, told_on};

    #[test]
    fn two_stars_at_the_end_are_one_on_gitlab() {
        let entries = "* @acme/all\ndocs/** @acme/docs\n";
        insta::assert_snapshot!(told_on(Dialect::GitLab, "MLO109", entries, "", &["docs/a.md", "docs/b/c.md"]), @"
        warning: `docs/**` does not reach 1 file further down, and line 1 wins there
          CODEOWNERS `docs/**`: the first level only
          CODEOWNERS `*`: wins the files further down
          > for everything below, write on line 2:
          >     docs/ @acme/docs
        ");
        assert_eq!(told("MLO109", entries, "", &["docs/a.md", "docs/b/c.md"]), "");
    }

    #[test]
    fn files_further_down_fall_to_the_default_owners() {
        let entries = "* @acme/platform\n/pipelines/* @acme/mlops\n";
        insta::assert_snapshot!(told("MLO109", entries, "", &["pipelines/a.py", "pipelines/daily/dag.py"]), @"
        warning: `/pipelines/*` does not reach 1 file further down, and line 1 wins there
          CODEOWNERS `/pipelines/*`: the first level only
          CODEOWNERS `*`: wins the files further down
          > for everything below, write on line 2:
          >     /pipelines/ @acme/mlops
        ");
    }

    #[test]
    fn a_later_entry_for_them_was_meant() {
        let entries = "/pipelines/* @a\n/pipelines/daily/ @b\n";
        assert_eq!(codes(entries, "", &["pipelines/a.py", "pipelines/daily/dag.py"]), [""; 0]);
    }

    #[test]
    fn an_earlier_entry_further_down_keeps_its_files() {
        let entries = "* @all\n/a/b/ @y\n/a/* @x\n";
        assert_eq!(codes(entries, "", &["z", "a/b/x.py", "a/q.py"]), [""; 0]);
        insta::assert_snapshot!(told("MLO109", entries, "", &["z", "a/b/x.py", "a/q.py", "a/c/x.py"]), @"
        warning: `/a/*` does not reach 1 file further down, and line 1 wins there
          CODEOWNERS `/a/*`: the first level only
          CODEOWNERS `*`: wins the files further down
          > for everything below, write above line 2:
          >     /a/ @x
        ");
    }

    #[test]
    fn the_root_and_equal_owners_are_left_alone() {
        assert_eq!(codes("/* @a\n", "", &["a", "b/c"]), [""; 0]);
        assert_eq!(codes("/b/ @a\n/b/* @a\n", "", &["b/a", "b/c/d"]), [""; 0]);
    }
}
