//! MLO106 never-effective.

use super::{Context, Group, Meta, Rule, Told, problems, wording};
use crate::codeowners::{Coverage, DEFAULT_BUDGET, Entry, EntryId, enough_to_cover};
use crate::finding::{Place, Severity, Violation};

pub(super) struct Check;

static META: Meta = Meta {
    code: "MLO106",
    slug: "never-effective",
    summary: "An entry that never decides, because later entries win every path it matches",
    severity: Some(Severity::Warning),
    docs: "\
## What it does
Reports an entry that later entries cover: either proved for every path that could ever exist, or for every file that it
matches today. The message says which. It is silent where those later entries name the same owners.

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
        context
            .entries()
            .filter(|(id, entry)| {
                covering(context, *id).is_some_and(|cover| {
                    cover.by.iter().any(|&later| !context.entry(later).has_same_owners(entry))
                })
            })
            .map(|(id, _)| problems::about_entry(context, META.code, id))
            .collect()
    }

    fn tell(&self, context: &Context<'_>, group: &Group<'_>) -> Told {
        let (id, entry) = problems::entry_of_group(context, group);
        let cover = covering(context, id).unwrap_or_default();
        let by: Vec<&Entry> = cover.by.iter().map(|&later| context.entry(later)).collect();
        let lines: Vec<String> = by.iter().map(|later| later.line.to_string()).collect();
        let lines = format!("line{} {}", if lines.len() == 1 { "" } else { "s" }, wording::list(&lines, "and"));
        let wins = if by.len() == 1 { "wins" } else { "win" };
        let extent = match cover.of_files {
            None => "every path it could ever match".to_owned(),
            Some(1) => "the only file it matches today".to_owned(),
            Some(files) => format!("all {files} files it matches today"),
        };
        let still_asked = by.iter().flat_map(|later| &later.owners).map(|owner| &owner.key).collect::<Vec<_>>();
        let lost: Vec<_> = entry.owners.iter().filter(|owner| !still_asked.contains(&&owner.key)).cloned().collect();
        let below = by.iter().map(|later| later.line).max().unwrap_or(entry.line);
        let mut places = vec![Place::codeowners(entry.pattern_span, "never decides")];
        places.extend(by.iter().map(|later| Place::codeowners(later.pattern_span, "comes later and wins")));
        Told {
            message: format!("`{}` never decides: {lines} {wins} {extent}", entry.pattern_text),
            places,
            help: Some(if lost.is_empty() {
                format!("delete line {}: its owners are asked anyway", entry.line)
            } else {
                format!(
                    "move line {} below line {below} so that {} {} asked, or delete it",
                    entry.line,
                    wording::owners(&lost),
                    if lost.len() == 1 { "is" } else { "are" }
                )
            }),
            ..Told::default()
        }
    }
}

/// The fewest of the covering entries that tell the story: others may win some odd path of it, too.
fn enough(context: &Context<'_>, id: EntryId, by: &[u32]) -> Vec<EntryId> {
    let patterns = by.iter().filter_map(|&later| Some((later, context.entry(EntryId(later)).pattern.as_ref()?)));
    let Some(pattern) = &context.entry(id).pattern else { return Vec::new() };
    let mut budget = DEFAULT_BUDGET / 16;
    enough_to_cover(&patterns.collect::<Vec<_>>(), pattern, &mut budget).into_iter().map(EntryId).collect()
}

/// What covers an entry.
#[derive(Default)]
struct Cover {
    by: Vec<EntryId>,
    /// How many files, where it is proved for them only; `None` where it is proved for every path.
    of_files: Option<usize>,
}

fn covering(context: &Context<'_>, id: EntryId) -> Option<Cover> {
    match context.coverage(id)? {
        Coverage::Covered(by) => return Some(Cover { by: enough(context, id, by), of_files: None }),
        Coverage::Empty => return None,
        Coverage::Witness(_) | Coverage::NotDecided => {}
    }
    let usage = context.usage(id);
    if !usage.matches || usage.wins > 0 {
        return None;
    }
    let mut by: Vec<EntryId> = Vec::new();
    let mut files = 0;
    for path in context.matched_by(id) {
        files += 1;
        by.extend(context.ownership.winner(path));
    }
    by.sort_unstable();
    by.dedup();
    Some(Cover { by, of_files: Some(files) })
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{codes, told};

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
}
