//! Holds the exact engine to brute force: random lists of patterns, and every path up to a size, matched one by one.
//!
//! `MLOPS_LINT_CASES=200000 cargo test --release --test language_exact -- --nocapture` runs more of them.

// Helpers of tests, where a panic is the report.
#![allow(clippy::panic, clippy::unwrap_used)]

use std::collections::BTreeSet;

use mlops_lint::codeowners::{
    Coverage, DEFAULT_BUDGET, Decision, Engine, PathSearch, Pattern, covered_by_later, enough_to_cover, intersection,
    union_covers,
};

/// A generator of numbers that is the same everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0 >> 11) % bound as u64).unwrap()
    }

    fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    fn pick<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len())]
    }

    fn pattern(&mut self) -> String {
        let mut segments = Vec::new();
        for _ in 0..=self.below(3) {
            segments.push(match self.below(10) {
                0 | 1 => "**".to_owned(),
                2 | 3 => "*".to_owned(),
                4 | 5 => self.pick(&["a", "b", "ab", "aa"]).to_owned(),
                6 => self.pick(&["a*", "*a", "?", "b*", "*b", "??*", "?*", "*a*", "a?", "?b"]).to_owned(),
                _ => (0..=self.below(3)).map(|_| self.pick(&["a", "b", "?", "*", "a", "*"])).collect(),
            });
        }
        let (start, end) = (self.pick(&["", "/"]), self.pick(&["", "", "/", "/**"]));
        format!("{start}{}{end}", segments.join("/"))
    }

    /// Two to six patterns, some of them cut from others so that one covers the other more often than by chance.
    fn list(&mut self) -> Vec<String> {
        let mut list: Vec<String> = Vec::new();
        for _ in 0..2 + self.below(5) {
            let pattern = if list.is_empty() || self.one_in(2) {
                self.pattern()
            } else {
                let of = self.below(list.len());
                self.relative(&list[of])
            };
            list.push(pattern);
        }
        list
    }

    /// A pattern near `of`: often wider, sometimes narrower or the rest of it.
    fn relative(&mut self, of: &str) -> String {
        match self.below(8) {
            0 => of.replacen(['a', 'b'], "*", 1),
            1 => of.replacen(['a', 'b'], "?", 1),
            2 => of.replacen('?', "*", 1),
            3 => of.trim_end_matches('/').to_owned() + "/",
            4 => of.trim_end_matches("/**").trim_end_matches('/').to_owned(),
            5 => of.trim_end_matches('/').to_owned() + "/*",
            6 => of.replacen('*', "?*", 1),
            _ => of.replacen('*', "", 1),
        }
    }
}

/// Every path of up to three components (and four short ones) over two letters that patterns name and one they do not.
fn paths() -> Vec<Vec<u8>> {
    let letters = ["a", "b", "z"];
    let mut names: Vec<String> = letters.map(String::from).to_vec();
    for from in [0, 3] {
        for at in from..names.len() {
            names.extend(letters.map(|letter| format!("{}{letter}", names[at])).to_vec());
        }
    }
    names.dedup();
    let names: BTreeSet<String> = names.into_iter().filter(|name| name.len() <= 3).collect();
    let short = ["a", "b", "z", "ab"];
    let mut paths: Vec<String> = names.iter().cloned().collect();
    for first in &names {
        paths.extend(names.iter().map(|second| format!("{first}/{second}")));
    }
    for first in &names {
        for second in letters {
            paths.extend(letters.map(|third| format!("{first}/{second}/{third}")));
            paths.extend(letters.map(|third| format!("{second}/{first}/{third}")));
            paths.extend(letters.map(|third| format!("{second}/{third}/{first}")));
        }
    }
    for first in short {
        for second in short {
            for third in short {
                paths.extend(short.iter().map(|fourth| format!("{first}/{second}/{third}/{fourth}")));
            }
        }
    }
    paths.into_iter().collect::<BTreeSet<_>>().into_iter().map(String::into_bytes).collect()
}

#[derive(Debug, Default)]
struct Tally {
    covered: usize,
    by_several: usize,
    witness: usize,
    empty: usize,
    covers: usize,
    covers_not: usize,
    meets: usize,
    disjoint: usize,
}

fn check_list(texts: &[String], paths: &[Vec<u8>], tally: &mut Tally) {
    let Ok(patterns) = texts.iter().map(|text| Pattern::github(text)).collect::<Result<Vec<_>, _>>() else { return };
    let ranked: Vec<(u32, &Pattern)> = (0..).zip(&patterns).collect();
    let answers = covered_by_later(&ranked, &mut DEFAULT_BUDGET.clone());
    // Of each pattern, which brute-force paths it matches; and who wins each of them.
    let matched: Vec<Vec<bool>> =
        patterns.iter().map(|pattern| paths.iter().map(|path| pattern.matches(path)).collect()).collect();
    let winner: Vec<Option<u32>> =
        (0..paths.len()).map(|path| (0..).zip(&matched).filter(|(_, of)| of[path]).map(|(at, _)| at).last()).collect();

    for (&(rank, pattern), (same, answer)) in ranked.iter().zip(&answers) {
        assert_eq!(rank, *same);
        let of = &matched[rank as usize];
        let context = || format!("{texts:?}, entry {rank}: {answer:?}");
        let counterexample = winner.iter().position(|&winner| winner == Some(rank));
        match answer {
            Coverage::Covered(by) => {
                tally.covered += 1;
                tally.by_several += usize::from(by.len() > 1);
                assert_eq!(counterexample.map(|at| &paths[at]), None, "{}", context());
                let brute: BTreeSet<u32> =
                    winner.iter().zip(of).filter(|(_, of)| **of).filter_map(|(winner, _)| *winner).collect();
                let by: BTreeSet<u32> = by.iter().copied().collect();
                assert!(brute.is_subset(&by), "{}: brute force sees {brute:?}", context());
                for &winner in &by {
                    assert!(winner > rank, "{}", context());
                    let inside = [pattern, &patterns[winner as usize]];
                    let found = Engine::new(&ranked).find_path(&inside, Some(winner), &mut DEFAULT_BUDGET.clone());
                    let PathSearch::Found(path) = found else { panic!("{winner} wins nothing: {}", context()) };
                    assert!(inside.iter().all(|pattern| pattern.matches(&path)), "{}", context());
                    assert!(!patterns[winner as usize + 1..].iter().any(|later| later.matches(&path)));
                }
                let covering: Vec<_> = ranked.iter().copied().filter(|(rank, _)| by.contains(rank)).collect();
                let enough = enough_to_cover(&covering, pattern, &mut DEFAULT_BUDGET.clone());
                for (at, of) in of.iter().enumerate() {
                    assert!(!of || enough.iter().any(|&rank| matched[rank as usize][at]), "{}: {enough:?}", context());
                }
            }
            Coverage::Witness(path) => {
                tally.witness += 1;
                assert!(pattern.matches(path), "{}", context());
                assert!(!patterns[rank as usize + 1..].iter().any(|later| later.matches(path)), "{}", context());
            }
            Coverage::Empty => {
                tally.empty += 1;
                assert!(!of.contains(&true), "{}", context());
            }
            Coverage::NotDecided => panic!("{}", context()),
        }
    }
    check_pair(texts, &patterns, &matched, paths, tally);
}

/// The last pattern against the union of the others, and the first two against each other.
fn check_pair(texts: &[String], patterns: &[Pattern], matched: &[Vec<bool>], paths: &[Vec<u8>], tally: &mut Tally) {
    let (inner, outer) = patterns.split_last().unwrap();
    let escapes = |at: usize| matched[outer.len()][at] && !matched[..outer.len()].iter().any(|of| of[at]);
    match union_covers(&outer.iter().collect::<Vec<_>>(), inner, &mut DEFAULT_BUDGET.clone()) {
        Decision::Yes => {
            tally.covers += 1;
            assert!(!(0..paths.len()).any(escapes), "{texts:?}");
        }
        Decision::No(path) => {
            tally.covers_not += 1;
            assert!(inner.matches(&path) && !outer.iter().any(|pattern| pattern.matches(&path)), "{texts:?}");
        }
        Decision::NotDecided => panic!("{texts:?}"),
    }
    match intersection(&patterns[0], &patterns[1], &mut DEFAULT_BUDGET.clone()) {
        PathSearch::Found(path) => {
            tally.meets += 1;
            assert!(patterns[..2].iter().all(|pattern| pattern.matches(&path)), "{texts:?}");
        }
        PathSearch::Nowhere => {
            tally.disjoint += 1;
            assert!(!(0..paths.len()).any(|at| matched[0][at] && matched[1][at]), "{texts:?}");
        }
        PathSearch::NotDecided => panic!("{texts:?}"),
    }
}

#[test]
fn random_lists_agree_with_brute_force() {
    let cases: usize = std::env::var("MLOPS_LINT_CASES").map_or(1_000, |cases| cases.parse().unwrap());
    let paths = paths();
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut tally = Tally::default();
    for _ in 0..cases {
        check_list(&random.list(), &paths, &mut tally);
    }
    println!("{cases} lists over {} paths: {tally:?}", paths.len());
    // Of the entries before the last, which alone can be covered, each verdict takes a fair share.
    let decided = tally.covered + tally.witness - cases;
    assert!(tally.covered * 5 > decided && (tally.witness - cases) * 5 > decided, "{tally:?}");
    assert!(tally.by_several * 10 > tally.covered, "{tally:?}");
    assert!(tally.covers * 5 > cases && tally.covers_not * 5 > cases, "{tally:?}");
    assert!(tally.disjoint * 20 > cases, "{tally:?}");
}

#[test]
fn every_pair_of_small_segments_agrees_with_brute_force() {
    // All segments of up to three tokens, anchored: the engine's answer to "is one in the other" for each pair.
    let tokens = ["a", "b", "?", "*"];
    let mut texts: Vec<String> = tokens.map(|token| format!("/{token}")).to_vec();
    for from in [0, 4] {
        for at in from..texts.len() {
            texts.extend(tokens.map(|token| format!("{}{token}", texts[at])).to_vec());
        }
    }
    texts.retain(|text| text.len() <= 4 && !text.contains("**"));
    let patterns: Vec<Pattern> = texts.iter().map(|text| Pattern::github(&format!("{text}/")).unwrap()).collect();
    // Below a directory, so that a name of five letters tells all segments of three tokens apart.
    let mut names: Vec<String> = vec![String::new()];
    for _ in 0..5 {
        let longer: Vec<String> = names.iter().flat_map(|name| ["a", "b", "z"].map(|c| format!("{name}{c}"))).collect();
        names.extend(longer);
    }
    let names: BTreeSet<String> = names.into_iter().filter(|name| !name.is_empty()).collect();
    let names: Vec<Vec<u8>> = names.into_iter().map(|name| (name + "/z").into_bytes()).collect();
    let matched: Vec<Vec<bool>> =
        patterns.iter().map(|pattern| names.iter().map(|name| pattern.matches(name)).collect()).collect();
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
