//! MLO110 bare-directory.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::{Context, Group, Meta, Rule, Told, problems, wording};
use crate::codeowners::{Entry, EntryId, Matcher, Pattern, SectionId, Segment, Tail, Walk};
use crate::finding::{Paths, Place, Severity, Violation};

pub(super) struct Check;

static META: Meta = Meta {
    code: "MLO110",
    slug: "bare-directory",
    summary: "A directory's bare name, which takes directories of that name elsewhere from their owners too",
    severity: Some(Severity::Info),
    docs: "\
## What it does
Reports an entry such as `docker/` that names a directory of the root without saying so, where directories of the same
name stand deeper and would have other owners but for this entry.

## Why it matters
A name without a slash before it matches at any depth. `models/ @acme/ml` takes `web/models/` from the web team.

## Example
`* @acme/all`, `/web/ @acme/web`, and below them `models/ @acme/ml`, while there is a `web/models/`.

## How to fix it
Write `/models/` for the one in the root. If all of them are meant, `**/models/` says so, and this rule is silent.

## Source
GitHub's page \"About code owners\", the example `apps/`: it owns any file in an `apps` directory anywhere. GitLab puts
`/**/` before every pattern without a leading slash.
",
};

impl Rule for Check {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, context: &Context<'_>) -> Vec<Violation> {
        context.taken_by_name().keys().map(|&id| problems::about_entry(context, META.code, id)).collect()
    }

    fn tell(&self, context: &Context<'_>, group: &Group<'_>) -> Told {
        let (id, entry) = problems::entry_of_group(context, group);
        let taken = context.taken_by_name().get(&id).map_or(&[][..], Vec::as_slice);
        let paths = Paths::new(taken.iter().map(|&(path, _)| context.listing.path(path)));
        let mut losers: Vec<EntryId> = taken.iter().map(|&(_, loser)| loser).collect();
        losers.sort_unstable();
        losers.dedup();
        let mut places = vec![Place::codeowners(entry.pattern_span, "matches at any depth")];
        places.extend(losers.iter().map(|&loser| {
            Place::codeowners(context.entry(loser).pattern_span, "would have them otherwise")
        }));
        let name = entry.pattern_text.trim_end_matches('/');
        let owners = wording::owners_on_line(&entry.owners);
        Told {
            message: format!(
                "`{}` also takes {} in other directories of that name",
                entry.pattern_text,
                wording::count(paths.count, "file")
            ),
            places,
            paths,
            help: Some(format!(
                "write on line {}, for the one in the root:\n{}\nor for all of them:\n{}",
                entry.line,
                wording::line(&format!("/{name}/"), &owners),
                wording::line(&format!("**/{name}/"), &owners)
            )),
            ..Told::default()
        }
    }
}

/// The name, where the entry is nothing but the name of a directory.
fn bare_name(entry: &Entry) -> Option<&str> {
    let glob = entry.glob().filter(|_| entry.is_in_force() && !entry.pattern_text.contains("**"))?;
    match (glob.segments.as_slice(), glob.tail) {
        ([Segment::Globstar, Segment::Literal(name)], Tail::SelfOrBelow | Tail::Below) => Some(name),
        _ => None,
    }
}

/// For each bare entry, the paths in deeper directories of its name that it wins, each with the specific entry that it
/// takes them from: one with other owners.
pub(super) fn taken(context: &Context<'_>) -> Taken {
    let mut taken = Taken::new();
    let bare: FxHashMap<EntryId, std::ops::Range<usize>> = context
        .entries()
        .filter_map(|(id, entry)| Some((id, context.listing.below(bare_name(entry)?.as_bytes()))))
        .filter(|(_, in_root)| !in_root.is_empty())
        .collect();
    if bare.is_empty() {
        return taken;
    }
    let specific = context.entries().filter(|(id, entry)| {
        entry.is_in_force() && !entry.is_catch_all() && !bare.contains_key(id)
    });
    let mut sections: FxHashMap<SectionId, Vec<(u32, &Pattern)>> = FxHashMap::default();
    for (id, entry) in specific {
        sections.entry(entry.section).or_default().extend(entry.glob().map(|glob| (id.0, glob)));
    }
    let matchers: FxHashMap<SectionId, Matcher> =
        sections.into_iter().map(|(section, globs)| (section, Matcher::new(globs))).collect();
    let mut walks: FxHashMap<SectionId, Walk<'_>> =
        matchers.iter().map(|(section, matcher)| (*section, matcher.walk())).collect();
    for (index, path) in context.listing.iter().enumerate() {
        for &id in context.ownership.winners(index) {
            if bare.get(&id).is_none_or(|in_root| in_root.contains(&index)) {
                continue;
            }
            let entry = context.entry(id);
            // Whatever else of the section matches stands above: it did not win.
            let loser = walks.get_mut(&entry.section).and_then(|walk| walk.winner(path)).map(EntryId);
            if let Some(loser) = loser.filter(|&loser| !context.entry(loser).has_same_owners(entry)) {
                taken.entry(id).or_default().push((index, loser));
            }
        }
    }
    taken
}

/// Paths by the entry that took them, each with the entry that would have them otherwise.
pub(super) type Taken = BTreeMap<EntryId, Vec<(usize, EntryId)>>;

#[cfg(test)]
mod tests {
    use crate::rules::testing::{codes, told};

    #[test]
    fn a_bare_name_takes_files_of_others() {
        let entries = "* @all\n/web/ @acme/web\nmodels/ @acme/ml\n";
        insta::assert_snapshot!(told("MLO110", entries, "", &["models/a", "web/models/b.ts", "web/c.ts"]), @"
        info: `models/` also takes 1 file in other directories of that name
          CODEOWNERS `models/`: matches at any depth
          CODEOWNERS `/web/`: would have them otherwise
          > write on line 3, for the one in the root:
          >     /models/ @acme/ml
          > or for all of them:
          >     **/models/ @acme/ml
        ");
    }

    #[test]
    fn it_is_silent_where_nobody_loses_or_all_are_meant() {
        let paths = ["models/a", "web/models/b.ts", "web/c.ts"];
        assert_eq!(codes("* @all\nmodels/ @ml\n", "", &paths), [""; 0]);
        assert_eq!(codes("/web/ @web\n**/models/ @ml\n", "", &paths), [""; 0]);
        assert_eq!(codes("/web/ @web\n/models/ @ml\n", "", &paths), [""; 0]);
        assert_eq!(codes("/web/ @web\nmodels/ @ml\n", "", &paths[1..]), [""; 0]);
    }
}
