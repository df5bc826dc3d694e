//! What patterns mean, and that the matcher finds the same winner as looking at each pattern alone.

mod facts;
mod oracle;

use std::path::Path;

use mlops_lint::codeowners::{Codeowners, Dialect, Matcher, Pattern, parse};
use proptest::prelude::*;
use regex::Regex;

/// What `Pattern::matches`, a matcher of one, and a file of one entry say; they must agree.
fn matches(pattern: &str, path: &str) -> bool {
    let compiled = Pattern::github(pattern).ok();
    let alone = compiled.as_ref().is_some_and(|pattern| pattern.matches(path.as_bytes()));
    let matcher = Matcher::new(compiled.as_ref().map(|pattern| (7, pattern)));
    let winner = matcher.walk().winner(path.as_bytes());
    assert_eq!(winner, alone.then_some(7), "matcher and pattern disagree: {pattern} on {path}");
    alone
}

#[test]
fn facts_hold() {
    let mut pairs = 0;
    for &(pattern, yes, no) in facts::all() {
        for (paths, expected) in [(yes, true), (no, false)] {
            for path in paths {
                assert_eq!(matches(pattern, path), expected, "{pattern} on {path}");
                pairs += 1;
            }
        }
    }
    assert!(pairs > 350, "{pairs} pairs");
}

#[test]
fn facts_hold_in_one_matcher() {
    let patterns: Vec<(Pattern, Regex)> =
        facts::all().filter_map(|fact| Some((Pattern::github(fact.0).ok()?, oracle::regex(fact.0)))).collect();
    let paths: Vec<&str> = facts::all().flat_map(|fact| fact.1.iter().chain(fact.2)).copied().collect();
    // In both orders, so that no entry hides behind a later one in both.
    for reversed in [false, true] {
        let rank = |at: usize| u32::try_from(if reversed { patterns.len() - at } else { at }).unwrap();
        let matcher = Matcher::new(patterns.iter().enumerate().map(|(at, (pattern, _))| (rank(at), pattern)));
        let mut walk = matcher.walk();
        for path in &paths {
            let expected = patterns
                .iter()
                .enumerate()
                .filter(|(_, (_, regex))| regex.is_match(path))
                .map(|(at, _)| rank(at))
                .max();
            assert_eq!(walk.winner(path.as_bytes()), expected, "{path}");
        }
    }
}

#[test]
fn the_oracle_knows_the_facts() {
    for &(pattern, yes, no) in facts::all() {
        if Pattern::github(pattern).is_ok() {
            let regex = oracle::regex(pattern);
            assert!(yes.iter().all(|path| regex.is_match(path)), "{pattern}");
            assert!(!no.iter().any(|path| regex.is_match(path)), "{pattern}");
        }
    }
}

#[test]
fn the_last_match_wins_and_skipped_entries_do_not() {
    let text = "* @a\n/docs/ @b\n/docs/[x].md @c\n/docs/private/ # nobody\n*.md @d\n!/docs/ @e\n/ @f\n";
    let file = parse("CODEOWNERS", text.into(), Dialect::GitHub);
    let winner = |path: &str| winners(&file, &[path])[0].map(|rank| file.entries[rank as usize].line);
    assert_eq!(winner("a"), Some(1));
    assert_eq!(winner("docs/a"), Some(2));
    assert_eq!(winner("docs/[x].md"), Some(5));
    assert_eq!(winner("docs/private/a"), Some(4));
    assert_eq!(winner("docs/private/a.md"), Some(5));
    assert_eq!(winner(""), None);
}

fn winners(file: &Codeowners, paths: &[&str]) -> Vec<Option<u32>> {
    let matcher = Matcher::new(file.iter().filter_map(|(id, entry)| Some((id.0, entry.pattern.as_ref()?))));
    let mut walk = matcher.walk();
    paths.iter().map(|path| walk.winner(path.as_bytes())).collect()
}

/// Patterns over an alphabet so small that they meet.
fn pattern() -> impl Strategy<Value = String> {
    let piece = proptest::sample::select(vec!["a", "b", "a", "b", "/", "/", "*", "?", "**", "/**/", ".", r"\*", r"\a"]);
    proptest::collection::vec(piece, 1..9).prop_map(|pieces| pieces.concat())
}

fn path() -> impl Strategy<Value = String> {
    proptest::collection::vec("[ab.*]{1,3}", 1..6).prop_map(|segments| segments.join("/"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn winners_are_those_of_the_oracle(
        texts in proptest::collection::vec(pattern(), 1..9),
        mut paths in proptest::collection::vec(path(), 1..24),
        sorted: bool,
    ) {
        if sorted {
            paths.sort_unstable();
        }
        let patterns: Vec<Pattern> = texts.iter().map(|text| Pattern::github(text).unwrap()).collect();
        let regexes: Vec<_> = texts.iter().map(|text| oracle::regex(text)).collect();
        let matcher = Matcher::new((0..).zip(&patterns));
        let mut walk = matcher.walk();
        for path in &paths {
            let expected = regexes.iter().rposition(|regex| regex.is_match(path)).map(|at| u32::try_from(at).unwrap());
            let one_by_one = patterns.iter().rposition(|pattern| pattern.matches(path.as_bytes()));
            prop_assert_eq!(one_by_one.map(|at| u32::try_from(at).unwrap()), expected, "{:?} on {}", &texts, path);
            prop_assert_eq!(walk.winner(path.as_bytes()), expected, "{:?} on {}", &texts, path);
        }
    }

    #[test]
    fn any_bytes_are_a_path(
        texts in proptest::collection::vec(pattern(), 1..9),
        paths in proptest::collection::vec(proptest::collection::vec(
            proptest::sample::select(vec![b'a', b'b', b'/', b'/', b'.', 0, 0xc3, 0xa9, 0xff, 0xe2]), 0..12,
        ), 1..12),
    ) {
        let patterns: Vec<Pattern> = texts.iter().map(|text| Pattern::github(text).unwrap()).collect();
        let matcher = Matcher::new((0..).zip(&patterns));
        let mut walk = matcher.walk();
        for path in &paths {
            let expected = patterns.iter().rposition(|pattern| pattern.matches(path));
            prop_assert_eq!(walk.winner(path), expected.map(|at| u32::try_from(at).unwrap()), "{:?} on {:?}", &texts, path);
        }
    }
}

/// Real repositories, where the folder beside this one is there.
#[test]
fn real_files_are_won_as_entry_by_entry() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let Ok(folders) = std::fs::read_dir(corpus) else { return };
    for folder in folders.map(|folder| folder.unwrap().path()) {
        let (Ok(text), Ok(listing)) =
            (std::fs::read(folder.join("CODEOWNERS")), std::fs::read_to_string(folder.join("files.txt")))
        else {
            continue;
        };
        let file = parse("CODEOWNERS", text, Dialect::GitHub);
        assert!(!file.entries.is_empty(), "{}", folder.display());
        let paths: Vec<&str> = listing.lines().collect();
        for (path, winner) in paths.iter().zip(winners(&file, &paths)) {
            let matches = |pattern: &Pattern| pattern.matches(path.as_bytes());
            let mut latest_first = file.iter().rev();
            let expected = latest_first.find(|(_, entry)| entry.pattern.as_ref().is_some_and(matches));
            assert_eq!(winner, expected.map(|(id, _)| id.0), "{path} of {}", folder.display());
        }
    }
}
