//! All walks against each pattern alone.

// Helpers of tests, where a panic is the report.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

/// What matches a path, and of that the greatest of each group, if each pattern alone is asked.
fn one_by_one(patterns: &[(u32, Pattern)], groups: &[u32], path: &[u8]) -> [Vec<u32>; 2] {
    let mut all: Vec<u32> =
        patterns.iter().filter(|(_, pattern)| pattern.matches(path)).map(|(rank, _)| *rank).collect();
    all.sort_unstable();
    all.dedup();
    let in_groups = all.iter().filter_map(|&rank| Some((groups.get(rank as usize)?, rank)));
    let mut winners: Vec<u32> = in_groups.collect::<BTreeMap<_, _>>().into_values().collect();
    winners.sort_unstable();
    [all, winners]
}

/// Walks along the paths with every kind of walk.
fn all_walks_agree(patterns: &[(u32, Pattern)], groups: &[u32], paths: &[Vec<u8>]) {
    let matcher = Matcher::new(patterns.iter().map(|(rank, pattern)| (*rank, pattern)));
    let (mut walk, mut all, mut by_group) = (matcher.walk(), matcher.walk_all(), matcher.walk_groups(groups));
    let mut before: Option<[Vec<u32>; 2]> = None;
    for path in paths {
        let [everything, of_groups] = one_by_one(patterns, groups, path);
        let is_repeated = |at: usize, now: &Vec<u32>| before.as_ref().is_some_and(|before| before[at] == *now);
        let spoken = path.escape_ascii();
        assert_eq!(walk.winner(path), everything.last().copied(), "{spoken}");
        let answer = Matches { ranks: &everything, is_repeated: is_repeated(0, &everything) };
        assert_eq!(all.matching(path), answer, "{spoken}");
        let answer = Matches { ranks: &of_groups, is_repeated: is_repeated(1, &of_groups) };
        assert_eq!(by_group.winners(path), answer, "{spoken}");
        before = Some([everything, of_groups]);
    }
}

fn bytes(paths: &[&str]) -> Vec<Vec<u8>> {
    paths.iter().map(|path| path.as_bytes().to_vec()).collect()
}

#[test]
fn all_that_matches_is_given_once_and_in_order() {
    let texts = ["a/", "*.py", "/a/b/", "b", "a/**/b/c.py", "*.py", "/a/b/c.py", "docs/"];
    let patterns: Vec<Pattern> = patterns(&texts);
    let matcher = Matcher::new((0..).zip(&patterns));
    let mut walk = matcher.walk_all();
    let mut matching = |path: &str| walk.matching(path.as_bytes()).ranks.to_vec();
    assert_eq!(matching("a/b/c.py"), [0, 1, 2, 3, 4, 5, 6]);
    assert_eq!(matching("a/b/x"), [0, 2, 3]);
    assert_eq!(matching("x"), [0; 0]);
    assert_eq!(matching(""), [0; 0]);
    assert_eq!(matching("x.py"), [1, 5]);
}

#[test]
fn what_a_directory_gives_is_repeated_for_its_files() {
    let patterns = patterns(&["*", "/a/", "*.py", "/b/"]);
    let matcher = Matcher::new((0..).zip(&patterns));
    let mut all = matcher.walk_all();
    // `*` and `/a/` are of one group.
    let mut by_group = matcher.walk_groups(&[0, 0, 1, 0]);
    let mut is_repeated =
        |path: &str| (all.matching(path.as_bytes()).is_repeated, by_group.winners(path.as_bytes()).is_repeated);
    assert_eq!(is_repeated("a/w"), (false, false), "there is none before the first");
    assert_eq!(is_repeated("a/x"), (true, true));
    assert_eq!(is_repeated("a/sub/x"), (true, true));
    assert_eq!(is_repeated("a/x.py"), (false, false));
    assert_eq!(is_repeated("a/y.py"), (true, true));
    assert_eq!(is_repeated("a/z"), (false, false));
    assert_eq!(is_repeated("b/z"), (false, false));
    assert_eq!(is_repeated(""), (false, false));
    assert_eq!(is_repeated("b/z"), (false, false));
}

#[test]
fn a_rank_without_a_group_wins_nothing() {
    let patterns = patterns(&["*", "a", "*"]);
    let matcher = Matcher::new([(1, &patterns[0]), (2, &patterns[1]), (7, &patterns[2])]);
    assert_eq!(matcher.walk_groups(&[5, 5, 5]).winners(b"a").ranks, [2]);
    assert_eq!(matcher.walk_groups(&[]).winners(b"a").ranks, [0; 0]);
}

#[test]
fn classes_and_their_opposites_are_two_things() {
    let patterns: Vec<(u32, Pattern)> =
        (0..).zip(["[a-c]*", "[!a-c]*", "[ac]*", "[a-c]", "[a-cx]*"].map(Pattern::gitlab)).collect();
    all_walks_agree(&patterns, &[0, 1, 2, 3], &bytes(&["a", "b", "x", "ab", "xb", "é", "b"]));
}

#[test]
fn a_run_is_found_wherever_it_stands() {
    let texts = ["*ab?c*", "*ab?c*d", "*?[b-x]x?*", "a*b?c*é", "?*ab?c", "*ü?c*"];
    let patterns: Vec<(u32, Pattern)> = (0..).zip(texts.map(Pattern::gitlab)).collect();
    let mut paths = Vec::new();
    for start in 0..140 {
        for (run, end) in
            [("abxc", ""), ("abxc", "d"), ("abéc", "abxd"), ("abüc", "é"), ("aüxc", "a"), ("ab\u{7f}c", "zz")]
        {
            paths.push("a".repeat(start) + run + end);
            paths.push("é".repeat(start) + run + end);
        }
    }
    all_walks_agree(&patterns, &[0, 1], &bytes(&paths.iter().map(String::as_str).collect::<Vec<_>>()));
}

/// Of one letter run long ones too, so that names go beyond a word of 64.
fn path() -> impl Strategy<Value = Vec<u8>> {
    let pieces: Vec<&[u8]> = vec![
        b"a",
        b"a",
        b"b",
        b"b",
        b"/",
        b"/",
        b".",
        b"_",
        "é".as_bytes(),
        b"\xff",
        b"\xc3",
        b"ab_ba.ab",
        &[b'a'; 50],
    ];
    proptest::collection::vec(proptest::sample::select(pieces), 1..12).prop_map(|pieces| pieces.concat())
}

fn pattern() -> impl Strategy<Value = Pattern> {
    let pieces =
        ["a", "b", "/", "/", "*", "*", "?", "/**/", ".", "_", "é", "[ab]", "[!a]", "[é-ü.]", "ab_ba.ab", "aaa"];
    let text = proptest::collection::vec(proptest::sample::select(pieces.to_vec()), 1..9);
    (text, any::<bool>()).prop_map(|(text, github)| {
        let text = text.concat();
        if github { Pattern::github(&text).unwrap_or_else(|_| Pattern::gitlab(&text)) } else { Pattern::gitlab(&text) }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn segments_match_as_each_alone_does(
        texts in proptest::collection::vec("[ab?*]{1,12}|[*][ab?]{1,3}[*][ab?]{1,3}[*]|([ab?*]|\\[ab\\]|\\[!a\\]){2,9}", 1..12),
        names in proptest::collection::vec("[ab]{1,12}|[abé]{1,90}|a{60,70}b[ab]{1,70}", 1..12),
    ) {
        let patterns: Vec<(u32, Pattern)> = (0..).zip(texts.iter().map(|text| Pattern::gitlab(text))).collect();
        all_walks_agree(&patterns, &[0, 1], &bytes(&names.iter().map(String::as_str).collect::<Vec<_>>()));
    }

    #[test]
    fn every_walk_gives_what_each_pattern_alone_does(
        patterns in proptest::collection::vec((0_u32..12, pattern()), 0..40),
        groups in proptest::collection::vec(0_u32..4, 0..14),
        mut paths in proptest::collection::vec(path(), 1..24),
        sorted: bool,
    ) {
        if sorted {
            paths.sort_unstable();
        }
        all_walks_agree(&patterns, &groups, &paths);
    }
}

#[test]
fn names_of_one_hash_are_told_apart() {
    let names: Vec<String> = (0..200_000).map(|at| format!("name-{at}.rs")).collect();
    let exact = super::super::exact::Exact::new(names.iter().map(String::as_str).zip(0..));
    assert!(exact.has_collisions(), "or this test shows nothing");
    for (name, at) in names.iter().zip(0..) {
        assert_eq!(exact.get(name.as_bytes()), Some(at), "{name}");
        assert_eq!(exact.get(&name.as_bytes()[..name.len() - 1]), None, "{name}");
    }
}

#[test]
fn many_alike_are_told_apart() {
    let parts = ["train", "model", "score", "serve", "drift", "eval"];
    let texts: Vec<String> = (0..1000)
        .map(|at| {
            let (a, b) = (parts[at % 6], parts[at / 6 % 6]);
            match at % 5 {
                0 => format!("{a}_{b}_{at}*"),
                1 => format!("*_{a}{at}.{b}"),
                2 => format!("*{a}_{at}_{b}*"),
                3 => format!("*.{a}{at}"),
                _ => format!("{a}{at}_{b}"),
            }
        })
        .collect();
    let patterns: Vec<(u32, Pattern)> =
        (0..).zip(patterns(&texts.iter().map(String::as_str).collect::<Vec<_>>())).collect();
    let paths: Vec<String> = (0..500_usize)
        .map(|at| {
            let (a, b) = (parts[at % 6], parts[at / 6 % 6]);
            let directory = format!("{a}{}_{b}", at / 7);
            match at % 4 {
                0 => format!("{directory}/{a}_{b}_{at}_x"),
                1 => format!("x_{a}_{at}_{b}.{a}{}", at * 2),
                2 => format!("{directory}/x_{a}{}.{b}", at + 5),
                _ => format!("{a}{at}_{b}"),
            }
        })
        .collect();
    all_walks_agree(&patterns, &[0, 1, 0, 2], &bytes(&paths.iter().map(String::as_str).collect::<Vec<_>>()));
}
