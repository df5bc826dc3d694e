//! What patterns mean, and that the matcher finds the same winner as looking at each pattern alone.

// Helpers of tests, where a panic is the report.
#![allow(clippy::unwrap_used)]

mod facts;
mod oracle;

use std::path::Path;

use mlops_lint::codeowners::{Codeowners, Dialect, Matcher, Pattern, parse};
use proptest::prelude::*;
use regex::Regex;

/// How a host reads a pattern: in the product, and in the naive oracle.
struct Reading {
    read: fn(&str) -> Option<Pattern>,
    regex: fn(&str) -> Regex,
    facts: Vec<&'static facts::Fact>,
}

fn github() -> Reading {
    Reading { read: |text| Pattern::github(text).ok(), regex: oracle::regex, facts: facts::all().collect() }
}

fn gitlab() -> Reading {
    Reading {
        read: |text| Some(Pattern::gitlab(text)),
        regex: oracle::gitlab::regex,
        facts: facts::gitlab::all().collect(),
    }
}

impl Reading {
    /// What `Pattern::matches`, and a matcher of one, say; they must agree.
    fn matches(&self, pattern: &str, path: &str) -> bool {
        let compiled = (self.read)(pattern);
        let alone = compiled.as_ref().is_some_and(|pattern| pattern.matches(path.as_bytes()));
        let matcher = Matcher::new(compiled.as_ref().map(|pattern| (7, pattern)));
        let winner = matcher.walk().winner(path.as_bytes());
        assert_eq!(winner, alone.then_some(7), "matcher and pattern disagree: {pattern} on {path}");
        alone
    }

    /// Each pattern, alone, on each path its facts name; returns how many pairs there are.
    fn facts_hold(&self) -> usize {
        let mut pairs = 0;
        for &&(pattern, yes, no) in &self.facts {
            for (paths, expected) in [(yes, true), (no, false)] {
                for path in paths {
                    assert_eq!(self.matches(pattern, path), expected, "{pattern} on {path}");
                    pairs += 1;
                }
            }
        }
        pairs
    }

    fn facts_hold_in_one_matcher(&self) {
        let compiled = |&&(text, ..): &&facts::Fact| Some(((self.read)(text)?, (self.regex)(text)));
        let patterns: Vec<(Pattern, Regex)> = self.facts.iter().filter_map(compiled).collect();
        let paths: Vec<&str> = self.facts.iter().flat_map(|fact| fact.1.iter().chain(fact.2)).copied().collect();
        // In both orders, so that no entry hides behind a later one in both.
        for reversed in [false, true] {
            let rank = |at: usize| u32::try_from(if reversed { patterns.len() - at } else { at }).unwrap();
            let matcher = Matcher::new(patterns.iter().enumerate().map(|(at, (pattern, _))| (rank(at), pattern)));
            let mut walk = matcher.walk();
            for path in &paths {
                let matching = patterns.iter().enumerate().filter(|(_, (_, regex))| regex.is_match(path));
                let expected = matching.map(|(at, _)| rank(at)).max();
                assert_eq!(walk.winner(path.as_bytes()), expected, "{path}");
            }
        }
    }

    fn oracle_knows_the_facts(&self) {
        for &&(pattern, yes, no) in &self.facts {
            if (self.read)(pattern).is_some() {
                let regex = (self.regex)(pattern);
                assert!(yes.iter().all(|path| regex.is_match(path)), "{pattern}");
                assert!(!no.iter().any(|path| regex.is_match(path)), "{pattern}");
            }
        }
    }

    fn winners_are_those_of_the_oracle(&self, texts: &[String], paths: &[String]) -> Result<(), TestCaseError> {
        let patterns: Vec<Pattern> = texts.iter().map(|text| (self.read)(text).unwrap()).collect();
        let regexes: Vec<_> = texts.iter().map(|text| (self.regex)(text)).collect();
        let matcher = Matcher::new((0..).zip(&patterns));
        let mut walk = matcher.walk();
        let rank = |at: Option<usize>| at.map(|at| u32::try_from(at).unwrap());
        for path in paths {
            let expected = rank(regexes.iter().rposition(|regex| regex.is_match(path)));
            let one_by_one = rank(patterns.iter().rposition(|pattern| pattern.matches(path.as_bytes())));
            prop_assert_eq!(one_by_one, expected, "{:?} on {}", texts, path);
            prop_assert_eq!(walk.winner(path.as_bytes()), expected, "{:?} on {}", texts, path);
        }
        Ok(())
    }
}

#[test]
fn facts_hold() {
    let (github, gitlab) = (github().facts_hold(), gitlab().facts_hold());
    assert!(github > 350 && gitlab > 350, "{github} and {gitlab} pairs");
}

#[test]
fn facts_hold_in_one_matcher() {
    github().facts_hold_in_one_matcher();
    gitlab().facts_hold_in_one_matcher();
}

#[test]
fn the_oracle_knows_the_facts() {
    github().oracle_knows_the_facts();
    gitlab().oracle_knows_the_facts();
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
    let matcher = Matcher::new(file.iter().filter_map(|(id, entry)| Some((id.0, entry.glob()?))));
    let mut walk = matcher.walk();
    paths.iter().map(|path| walk.winner(path.as_bytes())).collect()
}

/// Patterns over an alphabet so small that they meet.
fn pattern() -> impl Strategy<Value = String> {
    pieces(vec!["a", "b", "a", "b", "/", "/", "*", "?", "**", "/**/", ".", r"\*", r"\a"])
}

fn pattern_of_gitlab() -> impl Strategy<Value = String> {
    let brackets =
        ["[a]", "[ab]", "[!a]", "[^b]", "[a-]", "[!]", "[", "]", "[]", r"[\]", "[.-a]", "[/b]", "[b-a]", "-"];
    let others = ["a", "b", "a", "b", "/", "/", "*", "?", "**", "/**/", "**/", ".", r"\*", r"\a", r"\", r"\/", "!"];
    pieces(brackets.into_iter().chain(others).collect())
}

fn pieces(choices: Vec<&'static str>) -> impl Strategy<Value = String> {
    proptest::collection::vec(proptest::sample::select(choices), 1..9).prop_map(|pieces| pieces.concat())
}

fn path() -> impl Strategy<Value = String> {
    proptest::collection::vec("[ab.*]{1,3}", 1..6).prop_map(|segments| segments.join("/"))
}

fn path_of_gitlab() -> impl Strategy<Value = String> {
    proptest::collection::vec(r"[ab.*!\-\]\\]{1,3}", 1..5).prop_map(|segments| segments.join("/"))
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
        github().winners_are_those_of_the_oracle(&texts, &paths)?;
    }

    #[test]
    fn winners_on_gitlab_are_those_of_the_oracle(
        texts in proptest::collection::vec(pattern_of_gitlab(), 1..9),
        mut paths in proptest::collection::vec(path_of_gitlab(), 1..24),
        sorted: bool,
    ) {
        if sorted {
            paths.sort_unstable();
        }
        gitlab().winners_are_those_of_the_oracle(&texts, &paths)?;
    }

    #[test]
    fn any_bytes_are_a_path(
        texts in proptest::collection::vec(pattern_of_gitlab(), 1..9),
        paths in proptest::collection::vec(proptest::collection::vec(
            proptest::sample::select(vec![b'a', b'b', b'/', b'/', b'.', 0, 0xc3, 0xa9, 0xff, 0xe2]), 0..12,
        ), 1..12),
    ) {
        let patterns: Vec<Pattern> = texts.iter().map(|text| Pattern::gitlab(text)).collect();
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
            let expected = latest_first.find(|(_, entry)| entry.glob().is_some_and(matches));
            assert_eq!(winner, expected.map(|(id, _)| id.0), "{path} of {}", folder.display());
        }
    }
}
