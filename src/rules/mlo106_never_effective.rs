//! MLO106 never-effective.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::{Context, Group, Meta, Rule, Told, problems, wording};
use crate::codeowners::{
    Coverage, DEFAULT_BUDGET, Decision, Entry, EntryId, Matcher, Pattern, SectionId, Segment, Tail, enough_to_cover,
    union_covers,
};
use crate::finding::{Place, Severity, Violation};

pub(super) struct Check;

static META: Meta = Meta {
    code: "MLO106",
    slug: "never-effective",
    summary: "An entry that never decides, because later entries win every path it matches",
    severity: Some(Severity::Warning),
    docs: "\
## What it does
Reports an entry that later entries (or GitLab's exclusions) cover, and says how far: proved for every path that could ever
exist; for every file that it matches today; or, as information, for most of them, where a later entry that was no
refinement of it takes them. It is silent where the later entries name the same owners.

## Why it matters
The last matching entry wins and owners never add up: these owners are never asked.

## Example
`/src/api/ @acme/api` above `/src/ @acme/platform`.

## How to fix it
Move the entry below those that cover it, or delete it.

## Source
GitHub's page \"About code owners\": the last matching pattern takes the most precedence. That no path is left is decided
on the patterns' languages, not on a sample.
",
};

impl Rule for Check {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, context: &Context<'_>) -> Vec<Violation> {
        let loses_owners = |id: EntryId, cover: &Cover| {
            cover.by.iter().any(|&later| !context.entry(later).has_same_owners(context.entry(id)))
        };
        let covered = context.covers().of.iter().filter(|(id, cover)| loses_owners(**id, cover));
        covered.map(|(&id, _)| problems::about_entry(context, META.code, id)).collect()
    }

    fn tell(&self, context: &Context<'_>, group: &Group<'_>) -> Told {
        let (id, entry) = problems::entry_of_group(context, group);
        let Some(cover) = context.covers().of.get(&id) else { return Told::default() };
        let by: Vec<&Entry> = cover.by.iter().map(|&later| context.entry(later)).collect();
        let lines: Vec<String> = by.iter().map(|later| later.line.to_string()).collect();
        let lines = format!("line{} {}", if lines.len() == 1 { "" } else { "s" }, wording::list(&lines, "and"));
        let excluded = by.iter().all(|later| later.excludes);
        let wins = match (excluded, by.len()) {
            (true, 1) => "excludes",
            (true, _) => "exclude",
            (false, 1) => "wins",
            (false, _) => "win",
        };
        let decides = if matches!(cover.extent, Extent::Most { .. }) { "seldom decides" } else { "never decides" };
        let extent = match cover.extent {
            Extent::EveryPath => "every path it could ever match".to_owned(),
            Extent::Today(1) => "the only file it matches today".to_owned(),
            Extent::Today(files) => format!("all {files} files it matches today"),
            Extent::Most { lost, of } => format!("{lost} of the {of} files it matches today"),
        };
        let still_asked = by.iter().flat_map(|later| &later.owners).map(|owner| &owner.key).collect::<Vec<_>>();
        let lost: Vec<_> = entry.owners.iter().filter(|owner| !still_asked.contains(&&owner.key)).cloned().collect();
        let below = by.iter().map(|later| later.line).max().unwrap_or(entry.line);
        let mut places = vec![Place::codeowners(entry.pattern_span, decides)];
        let label = |later: &Entry| match (later.excludes, later.line > entry.line) {
            (true, _) => "takes it out of the section",
            (false, true) => "comes later and wins",
            (false, false) => "stands again below, and keeps the place it has here",
        };
        places.extend(by.iter().map(|later| Place::codeowners(later.pattern_span, label(later))));
        let who = format!("{} {} asked", wording::owners(&lost), if lost.len() == 1 { "is" } else { "are" });
        let help = match cover.extent {
            _ if lost.is_empty() && !matches!(cover.extent, Extent::Most { .. }) => {
                format!("delete line {}: its owners are asked anyway", entry.line)
            }
            _ if excluded => format!("delete line {}, or {lines} so that {who}", entry.line),
            Extent::Most { .. } => format!("if that is not meant, move line {} below line {below}", entry.line),
            _ => format!("move line {} below line {below} so that {who}, or delete it", entry.line),
        };
        Told {
            message: format!("`{}` {decides}: {lines} {wins} {extent}", entry.pattern_text),
            places,
            help: Some(help),
            severity: matches!(cover.extent, Extent::Most { .. }).then_some(Severity::Info),
            ..Told::default()
        }
    }
}

/// The fewest of the covering entries that tell the story: others may win some odd path of it, too.
fn enough(context: &Context<'_>, id: EntryId, by: &[u32]) -> Vec<EntryId> {
    let patterns = by.iter().filter_map(|&later| Some((later, context.entry(EntryId(later)).glob()?)));
    let Some(pattern) = context.entry(id).glob() else { return Vec::new() };
    let mut budget = DEFAULT_BUDGET / 16;
    enough_to_cover(&patterns.collect::<Vec<_>>(), pattern, &mut budget).into_iter().map(EntryId).collect()
}

/// What covers an entry, and how far.
pub(super) struct Cover {
    by: Vec<EntryId>,
    extent: Extent,
}

/// The entries that others cover.
#[derive(Default)]
pub(super) struct Covers {
    of: BTreeMap<EntryId, Cover>,
    /// Entries that win nothing, or little, and for which it was not found out who does.
    pub(super) undecided: usize,
}

#[derive(Clone, Copy)]
enum Extent {
    /// Proved for all paths.
    EveryPath,
    /// For so many files, all that it matches today.
    Today(usize),
    /// For most of the files that it matches today.
    Most { lost: usize, of: usize },
}

/// Matches of entries with files that are looked at in one run, to find who wins what an entry loses.
const MOST_LOOKED_AT: usize = 10_000_000;

pub(super) fn covers(context: &Context<'_>) -> Covers {
    let mut covers = Covers::default();
    let mut open = Vec::new();
    let has_crossing = context.entries().any(|(_, entry)| entry.is_in_force() && may_cross(entry));
    for (id, _) in context.entries() {
        let usage = context.usage(id);
        match context.coverage(id) {
            None | Some(Coverage::Empty) => {}
            Some(Coverage::Covered(by)) => {
                covers.of.insert(id, Cover { by: enough(context, id, by), extent: Extent::EveryPath });
            }
            Some(Coverage::Witness(_) | Coverage::NotDecided) => {
                if usage.matches && (usage.wins == 0 || has_crossing && loses_much(context, id)) {
                    open.push(id);
                }
            }
        }
    }
    match takers(context, &open) {
        Some(takers) => {
            let found = takers.into_iter().filter_map(|(id, takers)| Some((id, of_todays_files(context, id, takers?)?)));
            covers.of.extend(found);
        }
        None => covers.undecided = open.len(),
    }
    covers
}

/// True for a pattern that could match a part of what another one does: of two without wildcards among their directories,
/// one contains the other, or they never meet.
fn may_cross(entry: &Entry) -> bool {
    entry.glob().is_some_and(|glob| !is_by_name(glob) && glob.literal_path().is_none())
}

fn is_by_name(glob: &Pattern) -> bool {
    matches!(glob.segments.as_slice(), [Segment::Globstar, _]) && glob.tail != Tail::Below
}

/// True where an entry for a directory wins less than half of what is there.
fn loses_much(context: &Context<'_>, id: EntryId) -> bool {
    let anchored = context.entry(id).glob().is_some_and(|glob| !glob.literal_prefix().is_empty());
    anchored && context.usage(id).wins * 2 < context.candidates(id)
}

/// How many files each entry takes from another one.
type Takers = BTreeMap<EntryId, usize>;

/// Who wins the files that each of these entries matches today: none for an entry some of whose files nobody wins.
/// `None` where there are too many of them.
fn takers(context: &Context<'_>, ids: &[EntryId]) -> Option<Vec<(EntryId, Option<Takers>)>> {
    let mut takers: Vec<(EntryId, Option<Takers>)> = ids.iter().map(|&id| (id, Some(Takers::new()))).collect();
    if ids.is_empty() {
        return Some(takers);
    }
    let mut first_exclusion: FxHashMap<SectionId, EntryId> = FxHashMap::default();
    for (id, entry) in context.entries().filter(|(_, entry)| entry.excludes) {
        first_exclusion.entry(entry.section).or_insert(id);
    }
    let patterns = (0..).zip(ids).filter_map(|(at, &id)| Some((at, context.entry(id).glob()?)));
    let compiled = Matcher::new(patterns);
    let mut walk = compiled.walk_all();
    let mut left = MOST_LOOKED_AT;
    for (index, path) in context.listing.iter().enumerate() {
        let ranks = walk.matching(path).ranks;
        left = left.checked_sub(ranks.len())?;
        for &at in ranks {
            let (id, takers) = &mut takers[at as usize];
            let section = context.entry(*id).section;
            let mut winners = context.ownership.winners(index).iter();
            let winner = winners.find(|&&winner| context.entry(winner).section == section);
            // Nobody of the section wins what it excludes.
            match (winner.or(first_exclusion.get(&section)), &mut *takers) {
                (Some(&taker), Some(takers)) => *takers.entry(taker).or_default() += 1,
                _ => *takers = None,
            }
        }
    }
    Some(takers)
}

/// What an entry that wins none of its files, or few, loses to these.
fn of_todays_files(context: &Context<'_>, id: EntryId, mut takers: Takers) -> Option<Cover> {
    let files = takers.values().sum();
    if context.usage(id).wins == 0 {
        return Some(Cover { by: takers.into_keys().collect(), extent: Extent::Today(files) });
    }
    // The general entry above its exceptions is how the file is meant to be written: what counts is what goes to entries
    // that speak of other things too.
    takers.retain(|&taker, _| taker != id && !is_refinement(context, taker, id));
    let lost: usize = takers.values().sum();
    (lost * 2 > files).then(|| Cover { by: takers.into_keys().collect(), extent: Extent::Most { lost, of: files } })
}

/// True where `inner` matches only what `outer` does too, or names files by their kind: `*.md` below a directory's entry.
fn is_refinement(context: &Context<'_>, inner: EntryId, outer: EntryId) -> bool {
    let (inner, outer) = (context.entry(inner), context.entry(outer));
    let (Some(inner_glob), Some(outer_glob)) = (inner.glob(), outer.glob()) else { return true };
    let mut budget = DEFAULT_BUDGET / 64;
    inner.excludes || is_by_name(inner_glob) || !matches!(union_covers(&[outer_glob], inner_glob, &mut budget), Decision::No(_))
}

#[cfg(test)]
mod tests {
    use crate::codeowners::Dialect;
    use crate::rules::testing::{codes, codes_on, told, told_on};

    #[test]
    fn an_entry_that_is_covered_for_every_path_says_by_which_lines() {
        insta::assert_snapshot!(told("MLO106", "/src/api/ @acme/api\n/src/ @acme/platform\n", "", &["src/x.rs"]), @"
        warning: `/src/api/` never decides: line 2 wins every path it could ever match
          CODEOWNERS `/src/api/`: never decides
          CODEOWNERS `/src/`: comes later and wins
          > move line 1 below line 2 so that @acme/api is asked, or delete it
        ");
    }

    #[test]
    fn one_that_is_covered_for_todays_files_says_so() {
        let entries = "/src/*.rs @acme/api\n/src/a* @acme/platform\n";
        insta::assert_snapshot!(told("MLO106", entries, "", &["src/a.rs"]), @"
        warning: `/src/*.rs` never decides: line 2 wins the only file it matches today
          CODEOWNERS `/src/*.rs`: never decides
          CODEOWNERS `/src/a*`: comes later and wins
          > move line 1 below line 2 so that @acme/api is asked, or delete it
        ");
    }

    #[test]
    fn the_same_owners_lose_nothing() {
        assert_eq!(codes("/src/api/ @A\n/src/ @a\n", "", &["src/api/x.rs"]), [""; 0]);
    }

    #[test]
    fn first_level_stars_do_not_cover_what_is_deeper() {
        assert_eq!(codes("/foo/bar @a\n/* @b\n", "", &["foo/bar/x", "x"]), [""; 0]);
    }

    #[test]
    fn most_of_todays_files_is_information() {
        let entries = "/src/api/ @acme/api\n/*/api/v2/ @acme/platform\n";
        let files = ["src/api/a.rs", "src/api/v2/a.rs", "src/api/v2/b.rs"];
        insta::assert_snapshot!(told("MLO106", entries, "", &files), @"
        info: `/src/api/` seldom decides: line 2 wins 2 of the 3 files it matches today
          CODEOWNERS `/src/api/`: seldom decides
          CODEOWNERS `/*/api/v2/`: comes later and wins
          > if that is not meant, move line 1 below line 2
        ");
        assert_eq!(codes("/src/ @a\n/src/api/ @b\n", "", &["src/x", "src/api/a", "src/api/b"]), [""; 0]);
        assert_eq!(codes("/docs/ @a\n*.md @b\n", "", &["docs/x", "docs/a.md", "docs/b.md"]), [""; 0]);
    }

    #[test]
    fn an_exclusion_of_gitlab_covers_wherever_it_stands() {
        let entries = "* @acme/all\n!/docs/\n/docs/api/ @acme/api\n";
        insta::assert_snapshot!(told_on(Dialect::GitLab, "MLO106", entries, "", &["docs/api/x", "y"]), @"
        warning: `/docs/api/` never decides: line 2 excludes every path it could ever match
          CODEOWNERS `/docs/api/`: never decides
          CODEOWNERS `!/docs/`: takes it out of the section
          > delete line 3, or line 2 so that @acme/api is asked
        ");
    }

    #[test]
    fn entries_of_other_sections_take_nothing_away() {
        let entries = "/docs/api/ @acme/api\n[Docs]\n/docs/ @acme/docs\n";
        assert_eq!(codes_on(Dialect::GitLab, entries, "", &["docs/api/x"]), [""; 0]);
    }
}
