//! Who wins the paths of a set, as tables to read.

use super::super::super::Pattern;
use super::super::DEFAULT_BUDGET;
use super::*;

/// The rank of a GitLab exclusion.
const EXCLUDED: u32 = u32::MAX;

fn github(texts: &[&str]) -> Vec<Pattern> {
    texts.iter().map(|text| Pattern::github(text).unwrap()).collect()
}

fn ranked(patterns: &[Pattern]) -> Vec<(u32, &Pattern)> {
    (1..).zip(patterns).collect()
}

fn told(search: &PathSearch) -> String {
    match search {
        PathSearch::Found(path) => String::from_utf8_lossy(path).into_owned(),
        other => format!("{other:?}"),
    }
}

#[test]
fn each_entry_wins_a_path_of_the_set_or_provably_none() {
    let entries = github(&["*", "/models/", "*.onnx", "/models/prod/", "/data/", "/models/prod/*.onnx"]);
    let set = github(&["/models/prod/", "/models/*.onnx", "/models/prod/archive/"]);
    let engine = Engine::new(&ranked(&entries));
    let set = PathSet::new(&[&set[0], &set[1]], &[&set[2]]);
    let answers = winners_in(&engine, &set, None, &mut DEFAULT_BUDGET.clone());
    let answers: Vec<_> = answers.iter().map(|(rank, search)| (*rank, told(search))).collect();
    let expected = [
        (None, "Nowhere"),
        (Some(1), "Nowhere"),
        (Some(2), "Nowhere"),
        (Some(3), "models/new.onnx"),
        (Some(4), "models/prod/new"),
        (Some(5), "Nowhere"),
        (Some(6), "models/prod/new.onnx"),
    ];
    assert_eq!(answers, expected.map(|(rank, told)| (rank, told.to_owned())));
}

type Texts = &'static [&'static str];

/// Sections, a set, and which (section, rank) are right there.
type Case = (&'static [Texts], &'static str, &'static [(usize, u32)], &'static str);

/// Looks for a path of `set` that is won by none of the ranks that are `right`.
fn gap(entries: &[&str], set: &[&str], right: &[u32]) -> String {
    let (entries, set) = (github(entries), github(set));
    let engine = Engine::new(&ranked(&entries));
    let set = PathSet::new(&set.iter().collect::<Vec<_>>(), &[]);
    let holds = |winners: &[Winner]| match winners[0] {
        Winner::Open => None,
        Winner::Nobody => Some(false),
        Winner::Rank(rank) => Some(right.contains(&rank)),
    };
    told(&find_failing(&[&engine], &set, &holds, None, &mut DEFAULT_BUDGET.clone()))
}

#[test]
fn a_set_is_owned_as_expected_or_a_path_shows_the_gap() {
    #[rustfmt::skip]
    let table: &[(Texts, Texts, &[u32], &str)] = &[
        (&["/models/"], &["/models/"], &[1], "Nowhere"),
        (&["/models/*"], &["/models/"], &[1], "models/new/new"),
        (&["/models/*", "/models/*/"], &["/models/"], &[1, 2], "Nowhere"),
        (&["*", "/models/"], &["/models/", "*.onnx"], &[2], "new.onnx"),
        (&["*", "/models/", "*.md"], &["/models/"], &[2], "models/new.md"),
        (&["*", "*.md", "/models/"], &["/models/"], &[3], "Nowhere"),
        (&["*", "/models/", "/models/prod/", "/models/prod/*.pt"], &["/models/"], &[2, 3], "models/prod/new.pt"),
        (&["*", "/models/", "/models/prod/", "/models/prod/*.pt"], &["/models/"], &[2, 3, 4], "Nowhere"),
        (&["*", "/models/", "/models/prod/", "/models/prod/*.pt"], &["/models/prod/*.pt"], &[4], "Nowhere"),
        (&[], &["/models/"], &[], "models/new"),
        (&[], &["/"], &[], "Nowhere"),
    ];
    for &(entries, set, right, expected) in table {
        assert_eq!(gap(entries, set, right), expected, "{entries:?} in {set:?}");
    }
}

/// Sections of GitLab: each a list of entries, those behind a `!` excluded. The expectation is that one of the `right`
/// (section, rank) wins.
fn gap_on_gitlab(sections: &[&[&str]], set: &str, right: &[(usize, u32)]) -> String {
    let pattern = |text: &&str| Pattern::gitlab(text.trim_start_matches('!'));
    let patterns: Vec<Vec<Pattern>> = sections.iter().map(|texts| texts.iter().map(pattern).collect()).collect();
    let engines: Vec<_> = sections
        .iter()
        .zip(&patterns)
        .map(|(texts, patterns)| {
            let rank = |(at, text): (u32, &&str)| if text.starts_with('!') { EXCLUDED } else { at };
            let ranks = (1..).zip(texts.iter()).map(rank);
            Engine::new(&ranks.zip(patterns).collect::<Vec<_>>())
        })
        .collect();
    let set = Pattern::gitlab(set);
    let holds = |winners: &[Winner]| {
        let is_right = |(section, winner): (usize, &Winner)| match winner {
            Winner::Rank(rank) => right.contains(&(section, *rank)),
            Winner::Open | Winner::Nobody => false,
        };
        if winners.iter().enumerate().any(is_right) {
            return Some(true);
        }
        (!winners.contains(&Winner::Open)).then_some(false)
    };
    let engines: Vec<_> = engines.iter().collect();
    told(&find_failing(&engines, &PathSet::new(&[&set], &[]), &holds, None, &mut DEFAULT_BUDGET.clone()))
}

#[test]
fn every_section_has_its_own_winner() {
    #[rustfmt::skip]
    let table: &[Case] = &[
        // One of two sections is right for each path.
        (&[&["/models/*"], &["/models/**/*"]], "/models/", &[(0, 1), (1, 1)], "Nowhere"),
        (&[&["/models/*.pt"], &["/models/*.md"]], "/models/", &[(0, 1), (1, 1)], "models/new"),
        (&[&["*.pt"], &["[!.]*", ".[!p]*", ".p[!t]*"]], "/*.pt", &[(0, 1)], "Nowhere"),
        // The first is right unless it excludes, and the second where it does.
        (&[&["*", "!*.md"], &["*.md"]], "/docs/", &[(0, 1), (1, 1)], "Nowhere"),
        (&[&["*", "!*.m[dk]"], &["*.md"]], "/docs/", &[(0, 1), (1, 1)], "docs/new.mk"),
        // An exclusion wins wherever it stands.
        (&[&["!*.md", "*"]], "/docs/", &[(0, 2)], "docs/new.md"),
        // A later entry of one section hides an earlier one, and no other section's.
        (&[&["/a/", "/a/b/"], &["/a/"]], "/a/", &[(0, 1)], "a/b/new"),
        (&[&["/a/", "/a/b/"], &["/a/"]], "/a/", &[(0, 1), (1, 1)], "Nowhere"),
        (&[&["/a/", "/a/b/"], &["/a/b/"]], "/a/", &[(0, 1), (1, 1)], "Nowhere"),
        (&[&["/a/", "/a/b/"], &["/a/b/*"]], "/a/", &[(0, 1), (1, 1)], "a/b/new/new"),
    ];
    for &(sections, set, right, expected) in table {
        assert_eq!(gap_on_gitlab(sections, set, right), expected, "{sections:?} in {set}");
    }
}

#[test]
fn an_expectation_that_never_decides_is_not_decided() {
    let entries = github(&["/a/"]);
    let engine = Engine::new(&ranked(&entries));
    let set = PathSet::everything_but(&[]);
    let answer = find_failing(&[&engine], &set, &|_| None, None, &mut DEFAULT_BUDGET.clone());
    assert_eq!(answer, PathSearch::NotDecided);
}

#[test]
fn past_the_budget_nothing_is_claimed() {
    let entries = github(&["*", "/models/", "*.md", "/models/*", "/models/*/"]);
    let engine = Engine::new(&ranked(&entries));
    let models = github(&["/models/"]);
    let set = PathSet::new(&[&models[0]], &[]);
    let holds = |winners: &[Winner]| (winners[0] != Winner::Open).then_some(matches!(winners[0], Winner::Rank(4 | 5)));
    let mut withheld = 0;
    for exponent in 0..20 {
        match find_failing(&[&engine], &set, &holds, None, &mut (1 << exponent)) {
            PathSearch::NotDecided => withheld += 1,
            answer => assert_eq!(answer, PathSearch::Nowhere, "2^{exponent}"),
        }
    }
    assert!((5..20).contains(&withheld), "{withheld}");
}

/// A repository of these files, where git ignores `*.tmp`.
struct Files<'f>(&'f [&'f str]);

impl Ground for Files<'_> {
    fn first_from(&self, start: &[u8]) -> Option<&[u8]> {
        self.0.get(self.0.partition_point(|path| path.as_bytes() < start)).map(|path| path.as_bytes())
    }

    fn is_ignored(&self, path: &[u8]) -> bool {
        path.split(|&byte| byte == b'/').any(|name| name.ends_with(b".tmp"))
    }
}

#[test]
fn a_witness_is_a_path_that_could_be_added() {
    let ground = Files(&["a/new/x", "b", "c/x/y", "models/new", "xa", "za"]);
    let common = |a: &str, b: &str| {
        let patterns = github(&[a, b]);
        let (a, b) = (PathSet::new(&[&patterns[0]], &[]), PathSet::new(&[&patterns[1]], &[]));
        match a.find_common(&b, Some(&ground), &mut DEFAULT_BUDGET.clone()) {
            PathSearch::Taken(path) => format!("only {}", String::from_utf8(path).unwrap()),
            other => told(&other),
        }
    };
    // No directory, and nothing below a file; a file that is there may be shown.
    assert_eq!(common("/a", "*"), "a/x");
    assert_eq!(common("/a/*", "*"), "a/x");
    assert_eq!(common("/models/*", "*"), "models/new");
    assert_eq!(common("/b/", "*"), "only b/new");
    assert_eq!(common("/b", "*"), "b");
    assert_eq!(common("/?a/", "*"), "qa/new");
    assert_eq!(common("/*b/*", "/*/y"), "newb/y");
    // Nothing that git ignores.
    assert_eq!(common("/c/", "*"), "c/new");
    assert_eq!(common("*.tmp", "*"), "only new.tmp");
    assert_eq!(common("*.t*", "/c/*p"), "c/new.tp");
    assert_eq!(common("/b/", "/c/"), "Nowhere");
}

#[test]
fn a_path_is_found_behind_any_number_of_directories() {
    // Every name of four of these letters is a directory, and they are named, so that each is a letter of its own.
    let letters = ["a", "b", "c"];
    let longer = |names: Vec<String>| -> Vec<String> {
        names.iter().flat_map(|name| letters.map(|letter| format!("{name}{letter}"))).collect()
    };
    let names = longer(longer(longer(longer(vec![String::new()]))));
    let files: Vec<String> = names.iter().map(|name| format!("{name}/x")).collect();
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let patterns = ["/[a-c][a-c][a-c][a-c]*", "*new*", "/abc"].map(Pattern::gitlab);
    let set = PathSet::new(&[&patterns[0]], &[&patterns[1], &patterns[2]]);
    let everything = PathSet::everything_but(&[]);
    let found = set.find_common(&everything, Some(&Files(&files)), &mut DEFAULT_BUDGET.clone());
    assert_eq!(told(&found), "aaaax");
}
