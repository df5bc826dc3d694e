//! All patterns of one small segment, pair by pair.

use std::collections::BTreeSet;

use mlops_lint::codeowners::{DEFAULT_BUDGET, Decision, PathSearch, Pattern, intersection, union_covers};

/// All segments of one to `longest` tokens, as directories at the root.
fn directories(tokens: &[&str], longest: usize) -> Vec<String> {
    let mut texts: Vec<String> = vec![String::new()];
    let mut all = BTreeSet::new();
    for _ in 0..longest {
        texts = texts.iter().flat_map(|text| tokens.iter().map(move |token| format!("{text}{token}"))).collect();
        all.extend(texts.iter().filter(|text| !text.contains("**")).map(|text| format!("/{text}/")));
    }
    all.into_iter().collect()
}

/// All paths of a component of one to `longest` letters and one more.
fn paths(letters: &[&str], longest: usize) -> Vec<Vec<u8>> {
    let mut names = BTreeSet::from([String::new()]);
    for _ in 0..longest {
        let longer = |name: &String| letters.iter().map(|letter| format!("{name}{letter}")).collect::<Vec<_>>();
        let longer: Vec<String> = names.iter().flat_map(longer).collect();
        names.extend(longer);
    }
    names.into_iter().filter(|name| !name.is_empty()).map(|name| (name + "/z").into_bytes()).collect()
}

/// The engine's answers for each pair: is one in the other, and do they meet?
fn check_all(texts: &[String], read: impl Fn(&str) -> Pattern, paths: &[Vec<u8>]) {
    let patterns: Vec<Pattern> = texts.iter().map(|text| read(text)).collect();
    let matched: Vec<Vec<bool>> =
        patterns.iter().map(|pattern| paths.iter().map(|path| pattern.matches(path)).collect()).collect();
    for (a, inner) in patterns.iter().enumerate() {
        for (b, outer) in patterns.iter().enumerate() {
            let covered = matched[a].iter().zip(&matched[b]).all(|(inner, outer)| !inner || *outer);
            let answer = union_covers(&[outer], inner, &mut DEFAULT_BUDGET.clone());
            assert_eq!(answer == Decision::Yes, covered, "{} in {}: {answer:?}", texts[a], texts[b]);
            let meets = matched[a].iter().zip(&matched[b]).any(|(a, b)| *a && *b);
            let answer = intersection(inner, outer, &mut DEFAULT_BUDGET.clone());
            assert_eq!(answer != PathSearch::Nowhere, meets, "{} and {}: {answer:?}", texts[a], texts[b]);
        }
    }
}

#[test]
fn every_pair_of_small_segments_agrees_with_brute_force() {
    // A name of five letters tells all segments of three tokens apart.
    let texts = directories(&["a", "b", "?", "*"], 3);
    check_all(&texts, |text| Pattern::github(text).unwrap(), &paths(&["a", "b", "z"], 5));
}

#[test]
fn every_pair_of_small_segments_with_classes_agrees_with_brute_force() {
    let texts = directories(&["a", "?", "*", "[ab]", "[!a]", "[!bc]"], 2);
    check_all(&texts, Pattern::gitlab, &paths(&["a", "b", "c", "z"], 3));
}
