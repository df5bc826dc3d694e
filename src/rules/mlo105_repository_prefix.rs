//! MLO105 repository-prefix.

use super::{Context, Group, Meta, Rule, Told, wording};
use crate::codeowners::{EntryId, Matcher, Pattern};
use crate::finding::{Cause, Place, Severity, Violation};

pub(super) struct Check;

static META: Meta = Meta {
    code: "MLO105",
    slug: "repository-prefix",
    summary: "Most entries are dead because every path starts with a directory that is not there",
    severity: Some(Severity::Error),
    docs: "\
## What it does
Reports a CODEOWNERS of which at least half of the entries match nothing and start with the same missing directory,
mostly the repository's own name, where the paths exist without it. It stands for the MLO104 of each of those entries.

## Why it matters
Nearly nothing of the file works: everything falls to the default owners, or to nobody.

## Example
`/generative-ai/gemini/ @acme/ml` in the repository `generative-ai`, whose directory is `gemini/`.

## How to fix it
Paths start at the repository's root: delete the first directory from each pattern.

## Source
GitHub's page \"About code owners\": a leading slash is the root of the repository.
",
};

/// Fewer dead entries of one prefix than this are told one by one.
const LEAST: usize = 3;

impl Rule for Check {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, context: &Context<'_>) -> Vec<Violation> {
        let valid = context.entries().filter(|(_, entry)| entry.is_valid()).count();
        let mut by_prefix: std::collections::BTreeMap<&str, Vec<EntryId>> = std::collections::BTreeMap::new();
        for &id in context.dead() {
            let prefix = context.entry(id).glob().and_then(|pattern| pattern.literal_prefix().first().copied());
            if let Some(prefix) = prefix.filter(|prefix| !context.listing.has_directory(prefix.as_bytes())) {
                by_prefix.entry(prefix).or_default().push(id);
            }
        }
        let Some((_, dead)) = by_prefix.into_iter().max_by_key(|(_, dead)| dead.len()) else { return Vec::new() };
        let enough = dead.len() >= LEAST && dead.len() * 2 >= valid && repaired(context, &dead) * 2 >= dead.len();
        let violation =
            |id: EntryId| Violation { rule: META.code, subject: context.subject(id), cause: Cause::Repository };
        if enough { dead.into_iter().map(violation).collect() } else { Vec::new() }
    }

    fn tell(&self, context: &Context<'_>, group: &Group<'_>) -> Told {
        let ids: Vec<EntryId> =
            group.violations.iter().filter_map(|violation| context.entry_of(&violation.subject)).collect();
        let mut entries: Vec<_> = ids.iter().map(|&id| context.entry(id)).collect();
        entries.sort_by_key(|entry| entry.line);
        let first = entries[0];
        let prefix = first.glob().and_then(|pattern| pattern.literal_prefix().first().copied());
        let prefix = prefix.unwrap_or_default();
        let repaired = match repaired(context, &ids) {
            all if all == ids.len() => "all".to_owned(),
            some => some.to_string(),
        };
        let without = first.pattern_text.replacen(&format!("{prefix}/"), "", 1);
        Told {
            message: format!(
                "{} of {} match no file: they start with `{prefix}/`, which is no directory of the repository",
                ids.len(),
                wording::count(context.entries().count(), "entry"),
            ),
            places: entries
                .iter()
                .map(|entry| Place::codeowners(entry.pattern_span, "paths start at the repository's root"))
                .collect(),
            help: Some(format!(
                "delete `{prefix}/` from each pattern, which repairs {repaired} of them; the first becomes:\n{}",
                wording::line(&without, &wording::owners_on_line(&first.owners))
            )),
            ..Told::default()
        }
    }
}

/// How many of the entries match a file once their first directory is dropped.
fn repaired(context: &Context<'_>, dead: &[EntryId]) -> usize {
    let shortened: Vec<(u32, Pattern)> = dead
        .iter()
        .filter_map(|&id| {
            let mut pattern = context.entry(id).glob()?.clone();
            pattern.segments.remove(0);
            (!pattern.segments.is_empty()).then_some((id.0, pattern))
        })
        .collect();
    // An outer entry hides an inner one that is listed before it: each is asked by itself.
    shortened
        .iter()
        .filter(|(rank, pattern)| {
            let prefix = pattern.literal_prefix().join("/");
            let matcher = Matcher::new([(*rank, pattern)]);
            let mut walk = matcher.walk();
            context.listing.find(prefix.as_bytes()).into_iter().chain(context.listing.below(prefix.as_bytes())).any(
                |path| walk.winner(context.listing.path(path)).is_some(),
            )
        })
        .count()
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{codes, told};

    const ENTRIES: &str = "* @acme/ml\n/acme-ai/gemini/ @ana\n/acme-ai/search/ @ben\n/acme-ai/vision/ @cem\n";

    #[test]
    fn one_finding_stands_for_every_dead_entry() {
        let paths = ["gemini/a.py", "search/a.py", "tools/a.py"];
        assert_eq!(codes(ENTRIES, "", &paths), ["MLO105"]);
        insta::assert_snapshot!(told("MLO105", ENTRIES, "", &paths), @"
        error: 3 of 4 entries match no file: they start with `acme-ai/`, which is no directory of the repository
          CODEOWNERS `/acme-ai/gemini/`: paths start at the repository's root
          CODEOWNERS `/acme-ai/search/`: paths start at the repository's root
          CODEOWNERS `/acme-ai/vision/`: paths start at the repository's root
          > delete `acme-ai/` from each pattern, which repairs 2 of them; the first becomes:
          >     /gemini/ @ana
        ");
    }

    #[test]
    fn a_prefix_that_repairs_nothing_is_not_the_cause() {
        assert!(!codes(ENTRIES, "", &["tools/a.py"]).contains(&"MLO105"));
    }
}
