//! Where the files of dead entries went: the same name elsewhere, a name that is nearly the same.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::codeowners::{Codeowners, EntryId, Segment};
use crate::source::Listing;

/// Where the path that a dead entry names seems to be today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// The path that the entry names (its literal start).
    pub(super) named: String,
    /// The path that exists.
    pub(super) now: String,
    /// True where names differ by spelling, false where the name moved.
    pub(super) is_spelling: bool,
}

impl Found {
    /// What the two paths do not share: the directories of the move.
    pub(super) fn step(&self) -> (String, String) {
        let (named, now): (Vec<&str>, Vec<&str>) = (self.named.split('/').collect(), self.now.split('/').collect());
        let shared = named.iter().rev().zip(now.iter().rev()).take_while(|(a, b)| a == b).count();
        (named[..named.len() - shared].join("/"), now[..now.len() - shared].join("/"))
    }

    /// The entry's pattern with the path that exists.
    pub(super) fn repair(&self, pattern: &str) -> String {
        pattern.replacen(&self.named, &self.now, 1)
    }
}

/// Places a name may stand in before it is too common to say anything.
const MOST_PLACES: usize = 64;
/// Names compared by spelling for one entry.
const MOST_SIBLINGS: usize = 2_000;
/// Entries whose names are compared by spelling at all: a file with more dead ones has another problem.
const MOST_SPELT: usize = 500;
/// How alike a name must be to be offered, from 0 to 1.
const ALIKE: f64 = 0.8;

/// For each of the dead entries, where its path seems to be today, if that is clear.
pub(super) fn search(listing: &Listing, codeowners: &Codeowners, dead: &[EntryId]) -> BTreeMap<EntryId, Found> {
    let named: Vec<(EntryId, String)> = dead
        .iter()
        .filter_map(|&id| {
            let pattern = codeowners.entry(id).glob()?;
            // An unanchored pattern names no place that something could have moved from.
            let anchored = pattern.segments.first() != Some(&Segment::Globstar);
            let named = pattern.literal_prefix().join("/");
            let exists = listing.has_directory(named.as_bytes());
            (anchored && !named.is_empty() && !exists).then_some((id, named))
        })
        .collect();
    let places = places(listing, &named.iter().map(|(_, named)| base_name(named)).collect());
    let candidates: Vec<Vec<&str>> = named
        .iter()
        .map(|(_, named)| best(named, places.get(base_name(named).as_bytes()).map_or(&[], Vec::as_slice)))
        .collect();
    // Where one entry could have gone to several places, the move that others made decides.
    let mut votes: FxHashMap<(String, String), usize> = FxHashMap::default();
    for ((_, named), candidates) in named.iter().zip(&candidates) {
        for now in candidates {
            *votes.entry(moved(named, now).step()).or_default() += 1;
        }
    }
    let mut spelt = 0;
    named
        .iter()
        .zip(&candidates)
        .filter_map(|((id, named), candidates)| {
            let most = candidates.iter().map(|now| votes[&moved(named, now).step()]).max();
            let mut popular = candidates.iter().filter(|now| Some(votes[&moved(named, now).step()]) == most);
            let found = match (popular.next(), popular.next()) {
                (Some(now), None) => Some(moved(named, now)),
                (None, _) => {
                    spelt += 1;
                    if spelt <= MOST_SPELT { misspelt(listing, named) } else { None }
                }
                _ => None,
            };
            Some((*id, found?))
        })
        .collect()
}

fn moved(named: &str, now: &str) -> Found {
    Found { named: named.to_owned(), now: now.to_owned(), is_spelling: false }
}

fn base_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Every place where one of the names stands, as a file or a directory.
fn places<'l>(listing: &'l Listing, names: &FxHashSet<&str>) -> FxHashMap<&'l [u8], Vec<&'l str>> {
    let mut places: FxHashMap<&[u8], Vec<&str>> = FxHashMap::default();
    if names.is_empty() {
        return places;
    }
    let names: FxHashSet<&[u8]> = names.iter().map(|name| name.as_bytes()).collect();
    let mut before: &[u8] = b"";
    for path in listing.iter() {
        // Paths are sorted: the directories that one shares with the path before were looked at there.
        let shared = path.iter().zip(before).take_while(|(a, b)| a == b).count();
        let new = memchr::memrchr(b'/', &path[..shared]).map_or(0, |slash| slash + 1);
        before = path;
        let mut start = new;
        for end in memchr::memchr_iter(b'/', &path[new..]).map(|slash| new + slash).chain([path.len()]) {
            let name = &path[start..end];
            start = end + 1;
            if names.contains(name)
                && let Ok(text) = std::str::from_utf8(&path[..end])
                && let places = places.entry(name).or_default()
                && places.len() <= MOST_PLACES
            {
                places.push(text);
            }
        }
    }
    places
}

/// The places that share most with the named path: directories it starts with, then names it ends in.
fn best<'p>(named: &str, places: &[&'p str]) -> Vec<&'p str> {
    if places.len() > MOST_PLACES {
        return Vec::new();
    }
    let score = |now: &str| {
        let (a, b): (Vec<&str>, Vec<&str>) = (named.split('/').collect(), now.split('/').collect());
        let start = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
        let end = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
        start + end
    };
    // A name alone is weak: something else must agree, unless the name stands in one place only, at a like depth.
    let depth = |path: &str| path.split('/').count();
    let least = if matches!(places, [only] if depth(only).abs_diff(depth(named)) <= 1) { 1 } else { 2 };
    // What is written about something, or tries it, is not where it went.
    let about = |path: &str| matches!(path.split('/').next(), Some("doc" | "docs" | "test" | "tests" | "examples"));
    let places: Vec<&str> = places.iter().copied().filter(|now| about(now) <= about(named)).collect();
    let Some(most) = places.iter().map(|now| score(now)).max().filter(|&most| most >= least) else {
        return Vec::new();
    };
    places.iter().filter(|now| score(now) == most).copied().collect()
}

/// How alike each word of a name must be: `yml` is `yaml`, and `test_vec` is not `test_fem`.
const ALIKE_WORDS: f64 = 0.6;

/// False where names of as many words differ in one that is another word, which a long name hides.
fn words_are_alike(a: &str, b: &str) -> bool {
    let words = |name: &str| -> Vec<String> { name.split(['_', '-', '.', ' ']).map(str::to_lowercase).collect() };
    let (a, b) = (words(a), words(b));
    let alike = |(a, b): (&String, &String)| strsim::normalized_damerau_levenshtein(a, b) >= ALIKE_WORDS;
    a.len() != b.len() || a.iter().zip(&b).all(alike)
}

/// A name beside the missing one that is spelt nearly alike.
fn misspelt(listing: &Listing, named: &str) -> Option<Found> {
    let parts: Vec<&str> = named.split('/').collect();
    let existing = (0..parts.len()).rev().find(|&depth| listing.has_directory(parts[..depth].join("/").as_bytes()))?;
    let parent = parts[..existing].join("/");
    let missing = parts[existing];
    let start = if parent.is_empty() { 0 } else { parent.len() + 1 };
    let mut siblings: Vec<&str> = Vec::new();
    for index in listing.below(parent.as_bytes()) {
        let rest = &listing.path(index)[start..];
        let name = rest.split(|&byte| byte == b'/').next().unwrap_or_default();
        if let Ok(name) = std::str::from_utf8(name)
            && siblings.last() != Some(&name)
        {
            siblings.push(name);
        }
        if siblings.len() > MOST_SIBLINGS {
            return None;
        }
    }
    let alike = siblings
        .into_iter()
        .map(|name| (strsim::normalized_damerau_levenshtein(&name.to_lowercase(), &missing.to_lowercase()), name))
        .filter(|(alike, name)| *alike >= ALIKE && words_are_alike(name, missing))
        .max_by(|a, b| a.0.total_cmp(&b.0))?;
    let mut now = parts.clone();
    now[existing] = alike.1;
    let now = now.join("/");
    let exists = listing.find(now.as_bytes()).is_some() || listing.has_directory(now.as_bytes());
    exists.then(|| Found { named: named.to_owned(), now, is_spelling: true })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codeowners::{Dialect, parse};

    fn search_all(text: &str, paths: &[&str]) -> Vec<(String, String)> {
        let codeowners = parse("CODEOWNERS", text.as_bytes().to_vec(), Dialect::GitHub);
        let ids: Vec<EntryId> = codeowners.iter().map(|(id, _)| id).collect();
        search(&Listing::of(paths), &codeowners, &ids).into_values().map(|found| (found.named, found.now)).collect()
    }

    #[test]
    fn a_directory_that_moved_is_found_by_its_name() {
        let found = search_all("/src/models/cfa @a\n", &["src/models/image/cfa/net.py", "tests/cfa/test.py"]);
        assert_eq!(found, [("src/models/cfa".to_owned(), "src/models/image/cfa".to_owned())]);
    }

    #[test]
    fn the_move_that_others_made_decides() {
        let found = search_all(
            "/models/a @a\n/models/b @a\n",
            &["models/image/a/x.py", "models/video/a/x.py", "models/image/b/x.py"],
        );
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].1, "models/image/a");
    }

    #[test]
    fn two_equal_places_are_no_answer() {
        assert!(search_all("/models/a @a\n", &["models/x/a/f", "models/y/a/f"]).is_empty());
    }

    #[test]
    fn another_word_in_a_long_name_is_no_misspelling() {
        assert!(search_all("/tests/test_fem.py @a\n", &["tests/test_vec.py"]).is_empty());
        assert!(search_all("/jobs/train-model-v2.py @a\n", &["jobs/train-model-v3.py"]).is_empty());
        assert_eq!(search_all("/jobs/long-job-name.yaml @a\n", &["jobs/long-job-name.yml"]).len(), 1);
    }

    #[test]
    fn a_directory_within_one_of_its_name_counts_once_each() {
        let paths = ["src/image/cfa/a.py", "src/image/cfa/cfa/b.py", "src/image/cfa/net.py"];
        assert_eq!(
            places(&Listing::of(&paths), &FxHashSet::from_iter(["cfa"]))[&b"cfa"[..]],
            ["src/image/cfa", "src/image/cfa/cfa"]
        );
    }

    #[test]
    fn a_misspelt_directory_is_found() {
        let found = search_all("/trainning/ @a\n", &["training/train.py"]);
        assert_eq!(found, [("trainning".to_owned(), "training".to_owned())]);
    }
}
