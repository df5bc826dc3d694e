//! MLO109 star-not-recursive.

use super::{Context, Group, Meta, Rule, Told, problems, wording};
use crate::codeowners::{Entry, EntryId, Tail};
use crate::finding::{Paths, Place, Severity, Violation};

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
        context
            .entries()
            .filter(|(id, entry)| ends_in_star(entry) && deeper(context, *id).next().is_some())
            .map(|(id, _)| problems::about_entry(context, META.code, id))
            .collect()
    }

    fn tell(&self, context: &Context<'_>, group: &Group<'_>) -> Told {
        let (id, entry) = problems::entry_of_group(context, group);
        let missed: Vec<usize> = deeper(context, id).collect();
        let paths = Paths::new(missed.iter().map(|&path| context.listing.path(path)));
        let mut winners: Vec<EntryId> = missed.iter().filter_map(|&path| context.ownership.winner(path)).collect();
        winners.sort_unstable();
        winners.dedup();
        let fall = match winners.as_slice() {
            [] => "which nobody owns".to_owned(),
            [one] => format!("which fall to line {}", context.entry(*one).line),
            _ => "which fall to earlier entries".to_owned(),
        };
        let mut places = vec![Place::codeowners(entry.pattern_span, "the first level only")];
        places.extend(
            winners.iter().map(|&id| Place::codeowners(context.entry(id).pattern_span, "wins the files further down")),
        );
        let whole = entry.pattern_text.trim_end_matches('*');
        Told {
            message: format!(
                "`{}` does not reach {} further down, {fall}",
                entry.pattern_text,
                wording::count(paths.count, "file")
            ),
            places,
            paths,
            help: Some(format!(
                "for everything below, write:\n{}",
                wording::line(whole, &wording::owners_on_line(&entry.owners))
            )),
            ..Told::default()
        }
    }
}

fn ends_in_star(entry: &Entry) -> bool {
    entry.pattern.as_ref().is_some_and(|pattern| {
        pattern.tail == Tail::Exact && pattern.segments.len() > 1 && !pattern.literal_prefix().is_empty()
    })
}

/// Paths below the entry's directory that it does not reach and that other owners have by an earlier entry, or nobody.
/// A later entry that has them was written on purpose.
fn deeper<'c>(context: &'c Context<'_>, id: EntryId) -> impl Iterator<Item = usize> + 'c {
    let entry = context.entry(id);
    let below = entry.pattern.clone().map(|mut pattern| {
        pattern.tail = Tail::Below;
        pattern
    });
    let prefix = below.as_ref().map(|pattern| pattern.literal_prefix().join("/")).unwrap_or_default();
    context.listing.below(prefix.as_bytes()).filter(move |&path| {
        let other = match context.ownership.winner(path) {
            None => true,
            Some(winner) => winner < id && !context.entry(winner).has_same_owners(entry),
        };
        other && below.as_ref().is_some_and(|pattern| pattern.matches(context.listing.path(path)))
    })
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{codes, told};

    #[test]
    fn files_further_down_fall_to_the_default_owners() {
        let entries = "* @acme/platform\n/pipelines/* @acme/mlops\n";
        insta::assert_snapshot!(told("MLO109", entries, "", &["pipelines/a.py", "pipelines/daily/dag.py"]), @"");
    }

    #[test]
    fn a_later_entry_for_them_was_meant() {
        let entries = "/pipelines/* @a\n/pipelines/daily/ @b\n";
        assert_eq!(codes(entries, "", &["pipelines/a.py", "pipelines/daily/dag.py"]), [""; 0]);
    }

    #[test]
    fn the_root_and_equal_owners_are_left_alone() {
        assert_eq!(codes("/* @a\n", "", &["a", "b/c"]), [""; 0]);
        assert_eq!(codes("/b/ @a\n/b/* @a\n", "", &["b/a", "b/c/d"]), [""; 0]);
    }
}
