//! What the engine answers, as a table to read; `tests/language_exact.rs` holds it to brute force.

use super::*;

fn patterns(texts: &[&str]) -> Vec<Pattern> {
    texts.iter().map(|text| Pattern::github(text).unwrap()).collect()
}

fn coverage(texts: &[&str]) -> Vec<Coverage> {
    coverage_within(DEFAULT_BUDGET, texts)
}

fn coverage_within(mut budget: u64, texts: &[&str]) -> Vec<Coverage> {
    let patterns = patterns(texts);
    let ranked: Vec<_> = (1..).zip(&patterns).collect();
    covered_by_later(&ranked, &mut budget).into_iter().map(|(_, coverage)| coverage).collect()
}

/// What becomes of the first entry of a list: `by 2 3`, `wins PATH`, `empty` or `not decided`.
fn first(texts: &[&str]) -> String {
    told(&coverage(texts)[0])
}

fn first_on_gitlab(texts: &[&str]) -> String {
    let patterns: Vec<_> = texts.iter().map(|text| Pattern::gitlab(text)).collect();
    let ranked: Vec<_> = (1..).zip(&patterns).collect();
    told(&covered_by_later(&ranked, &mut DEFAULT_BUDGET.clone())[0].1)
}

fn told(coverage: &Coverage) -> String {
    match coverage {
        Coverage::Covered(ranks) => ranks.iter().fold("by".to_owned(), |told, rank| told + " " + &rank.to_string()),
        Coverage::Witness(path) => format!("wins {}", String::from_utf8_lossy(path)),
        Coverage::Empty => "empty".to_owned(),
        Coverage::NotDecided => "not decided".to_owned(),
    }
}

#[test]
fn the_first_entry_of_each_list() {
    #[rustfmt::skip]
    let table: &[(&[&str], &str)] = &[
        // A directory after its parts covers them; before them, it keeps the rest.
        (&["/src/api/", "/src/"], "by 2"),
        (&["/src/", "/src/api/"], "wins src/new"),
        (&["/src/api/", "/src"], "by 2"),
        (&["/src/api", "/src/"], "by 2"),
        (&["/src", "/src/"], "wins src"),
        (&["/src/", "/src"], "by 2"),
        (&["/src/", "src/"], "by 2"),
        (&["src/", "/src/"], "wins new/src/new"),
        // The last of several equal entries wins.
        (&["/models/", "/models/", "/models/"], "by 3"),
        (&["/models/", "/models/**"], "by 2"),
        (&["/models/", "/models/**/*"], "by 2"),
        // A lone final star reaches one level.
        (&["/foo/bar", "/*"], "wins foo/bar"),
        (&["/foo", "/*"], "wins foo/new"),
        (&["/foo/*", "/*"], "wins foo/new"),
        (&["/*.md", "/*"], "wins new.md/new"),
        (&["/docs/*", "/docs/"], "by 2"),
        (&["/docs/", "/docs/*"], "wins docs/new/new"),
        (&["/docs/", "/docs/*", "/docs/*/"], "by 2 3"),
        (&["/docs/", "/docs/*", "/docs/*/**"], "by 2 3"),
        (&["/*", "*"], "by 2"),
        (&["*", "/*", "/*/"], "by 2 3"),
        // A star can be empty, and a component cannot.
        (&["/a*", "/a?*"], "wins a"),
        (&["/a*", "/a?*", "/a"], "by 2 3"),
        (&["/a*", "/a", "/a?", "/a??*"], "by 2 3 4"),
        (&["/*/x", "/?*/x"], "by 2"),
        (&["*", "?*"], "by 2"),
        (&["*", "?", "??*"], "by 2 3"),
        (&["/?", "/??*"], "wins x"),
        // A globstar can be empty too.
        (&["/docs/index.rst", "/docs/**/index.rst"], "by 2"),
        (&["/docs/**/index.rst", "/docs/index.rst"], "wins docs/new/index.rst"),
        (&["/docs/**/index.rst", "/docs/*/**/index.rst"], "wins docs/index.rst"),
        (&["/docs/**/index.rst", "/docs/*/**/index.rst", "/docs/index.rst"], "by 2 3"),
        (&["**/a/**/b", "**/b"], "by 2"),
        (&["/a/**/b/c", "**/b/**"], "by 2"),
        // Extensions.
        (&["*.pkl", "*.p*"], "by 2"),
        (&["*.p*", "*.pkl"], "wins new.p"),
        (&["/models/*.onnx", "*.onnx"], "by 2"),
        (&["/models/", "*.onnx"], "wins models/new"),
        (&["model.onnx", "*.onnx", "model.*"], "by 3"),
        (&["*.tar.gz", "*.gz", "*.tar*"], "by 3"),
        // No one entry covers it, all together do; those that win nothing are not named.
        (&["/data/", "*.csv", "/data/*", "/data/*/"], "by 3 4"),
        (&["/data/", "/data/*", "/data/*/", "*.csv"], "by 2 3 4"),
        (&["/d/x", "/d/y", "/d/"], "by 3"),
        // Patterns of characters only: case counts, braces are literal, escapes resolve.
        (&["/Docs/", "/docs/"], "wins Docs/new"),
        (&["/a\\*", "/a*"], "by 2"),
        (&["/a*", "/a\\*"], "wins anew"),
        (&["/f?o", "/f*o"], "by 2"),
        (&["/é", "/?"], "by 2"),
        (&["*new*", "*x*", "new*"], "wins znew"),
        // Git holds no such path.
        (&["/"], "empty"),
        (&["/", "*"], "empty"),
        (&[".git/"], "empty"),
        (&["/a/../b", "*"], "empty"),
        (&["/.GIT/hooks/*"], "empty"),
        (&["/.git*", "/.git?*"], "by 2"),
        (&["/.?", "/.\\.", "/.a"], "wins .x"),
        (&["/.*", "/.?*"], "by 2"),
    ];
    let wrong: Vec<_> = table
        .iter()
        .map(|&(list, expected)| (list, first(list), expected))
        .filter(|(_, answer, expected)| answer != expected)
        .collect();
    assert!(wrong.is_empty(), "(list, answer, expected): {wrong:#?}");
}

#[test]
fn the_first_entry_of_each_list_on_gitlab() {
    #[rustfmt::skip]
    let table: &[(&[&str], &str)] = &[
        // A name is one path, a directory all below it.
        (&["/src", "/src/"], "wins src"),
        (&["/src/a", "/src/"], "by 2"),
        (&["/docs/**", "/docs/*"], "by 2"),
        (&["/docs/**", "/docs/**/*"], "by 2"),
        (&["/docs/**/*", "/docs/**"], "wins docs/new/new"),
        (&["*.py", "*"], "by 2"),
        (&["src/", "/src/"], "wins new/src/new"),
        // Classes, in one another and together.
        (&["/[ab]", "/[a-c]"], "by 2"),
        (&["/[a-c]", "/[ab]"], "wins c"),
        (&["/[a-c]", "/[ab]", "/c"], "by 2 3"),
        (&["/[a-c]", "/[!d-z]"], "by 2"),
        (&["/?", "/[!a]", "/a"], "by 2 3"),
        (&["/?", "/[!a]", "/[ab]"], "by 2 3"),
        (&["/?", "/[!a-c]", "/[ab]"], "wins c"),
        (&["/[!ab]", "/[!a]"], "by 2"),
        (&["/[!a]", "/[!ab]"], "wins b"),
        (&["/[0-9]", "/[0-4]", "/[3-9]"], "by 2 3"),
        (&["/[0-9]", "/[0-4]", "/[6-9]"], "wins 5"),
        (&["/v[0-9]*", "/v?*"], "by 2"),
        (&["/v?*", "/v[0-9]*"], "wins vxnew"),
        (&["/v[0-9]*", "/v[0-9]", "/v[0-9][0-9]*"], "wins v0new"),
        (&["/v[0-9]*", "/v[0-9]", "/v[0-9]?*"], "by 2 3"),
        (&["*.py[cod]", "*.py?"], "by 2"),
        (&["*.py[cod]", "*.pyc", "*.pyo", "*.pyd"], "by 2 3 4"),
        (&["*.py[cod]", "*.pyc", "*.pyo"], "wins new.pyd"),
        (&["/*[a-c]*", "/*a*", "/*b*", "/*c*"], "by 2 3 4"),
        (&["/*", "/[a-m]*", "/[!a-m]*"], "by 2 3"),
        (&["/*", "/[a-m]*", "/[n-z]*"], "wins X"),
        (&["/[a-z]*", "/*[0-9]*", "/[a-z][a-z]*"], "wins x"),
        // A rest that only few characters are.
        (&["/[ab]", "/a", "/[b]"], "by 2 3"),
        (&["/[.g]", "/."], "wins g"),
        (&["/.[gx]it", "/.xit"], "by 2"),
        (&["/.[Gg][iI]t/", "*"], "empty"),
        (&["/[.]", "*"], "empty"),
        (&["/.[.a]", "/.a"], "by 2"),
        (&["/[!a-z]", "/[!\u{1}-\u{10ffff}]"], "wins X"),
        // Git holds bytes that are no characters.
        (&["/?", "/[\u{1}-\u{10ffff}]"], "wins \u{fffd}"),
        (&["/?", "/[\u{1}-\u{10ffff}]", "/[!a]"], "by 2 3"),
        (&["/[]", "*"], "empty"),
        (&["/a[", "*"], "empty"),
    ];
    let wrong: Vec<_> = table
        .iter()
        .map(|&(list, expected)| (list, first_on_gitlab(list), expected))
        .filter(|(_, answer, expected)| answer != expected)
        .collect();
    assert!(wrong.is_empty(), "(list, answer, expected): {wrong:#?}");
}

#[test]
fn a_witness_avoids_every_name_that_patterns_know() {
    // Each ASCII letter and digit starts a component that somebody else owns.
    let mut texts = vec!["*".to_owned()];
    texts.extend(('a'..='z').chain('A'..='Z').chain('0'..='9').map(|letter| format!("{letter}*")));
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let all = patterns(&texts);
    let Coverage::Witness(path) = &coverage(&texts)[0] else { panic!("the fresh letter is found outside ASCII") };
    assert_eq!(String::from_utf8(path.clone()).unwrap(), "α");
    assert!(all[0].matches(path) && !all[1..].iter().any(|pattern| pattern.matches(path)));
}

#[test]
fn a_component_that_git_cannot_hold_is_no_witness() {
    let long = "x".repeat(256);
    assert_eq!(first(&[&long]), "empty");
    assert_eq!(first(&[&format!("{}*", "?".repeat(256))]), "empty");
    let just = "x".repeat(255);
    assert_eq!(first(&[&just]), format!("wins {just}"));
    // A path of both is too long, or has a component for each.
    let (half, all) = (format!("{}*", "a".repeat(150)), format!("*{}", "b".repeat(150)));
    let (a, b) = (Pattern::github(&half).unwrap(), Pattern::github(&all).unwrap());
    let found = PathSearch::Found(format!("{}/{}", "a".repeat(150), "b".repeat(150)).into_bytes());
    assert_eq!(intersection(&a, &b, &mut DEFAULT_BUDGET.clone()), found);
    // Where all are too long: not proved, and not shown.
    let (a, b) = (Pattern::gitlab(&format!("/{half}")), Pattern::gitlab(&format!("/{all}")));
    assert_eq!(intersection(&a, &b, &mut DEFAULT_BUDGET.clone()), PathSearch::NotDecided);
}

#[test]
fn ranks_decide_and_not_the_order_of_the_list() {
    let all = patterns(&["/src/", "/src/api/", "/src/api/"]);
    let answers = covered_by_later(&[(30, &all[0]), (7, &all[1]), (7, &all[2])], &mut DEFAULT_BUDGET.clone());
    let covered = Coverage::Covered(vec![30]);
    assert_eq!(answers, [(30, Coverage::Witness(b"src/new".to_vec())), (7, covered.clone()), (7, covered)]);
}

#[test]
fn a_union_covers_what_no_single_one_does() {
    let yes = |outer: &[&str], inner: &str| {
        let outer = patterns(outer);
        union_covers(&outer.iter().collect::<Vec<_>>(), &Pattern::github(inner).unwrap(), &mut DEFAULT_BUDGET.clone())
    };
    assert_eq!(yes(&["/a/*", "/a/*/"], "/a/"), Decision::Yes);
    assert_eq!(yes(&["/a/*"], "/a/"), Decision::No(b"a/new/new".to_vec()));
    assert_eq!(yes(&[], "/a/"), Decision::No(b"a/new".to_vec()));
    assert_eq!(yes(&[], "/"), Decision::Yes);
}

#[test]
fn an_intersection_is_a_path_of_both_or_a_proof() {
    let both = |a: &str, b: &str| {
        let (a, b) = (Pattern::github(a).unwrap(), Pattern::github(b).unwrap());
        intersection(&a, &b, &mut DEFAULT_BUDGET.clone())
    };
    let found = |path: &str| PathSearch::Found(path.as_bytes().to_vec());
    assert_eq!(both("/models/", "*.onnx"), found("models/new.onnx"));
    assert_eq!(both("/models/", "/data/"), PathSearch::Nowhere);
    assert_eq!(both("/models/*", "/*/prod/"), PathSearch::Nowhere);
    assert_eq!(both("/services/*/serve/", "/services/fraud/"), found("services/fraud/serve/new"));
    assert_eq!(both("a*b", "b*a"), found("ab/ba"));
    assert_eq!(both("/a*b", "/*c"), PathSearch::Nowhere);
    assert_eq!(both("/a*b", "/*c*"), found("acb"));
    assert_eq!(both("/.?", "/?."), PathSearch::Nowhere);
}

#[test]
fn an_area_is_asked_which_of_its_paths_an_entry_would_win() {
    let all = patterns(&["*", "/models/", "*.onnx"]);
    let engine = Engine::new(&(1..).zip(&all).collect::<Vec<_>>());
    let area = Pattern::github("/models/**/prod/").unwrap();
    let won = |rank: u32| engine.find_path(&[&area, &all[rank as usize - 1]], Some(rank), &mut DEFAULT_BUDGET.clone());
    assert_eq!(won(1), PathSearch::Nowhere);
    assert_eq!(won(2), PathSearch::Found(b"models/prod/new".to_vec()));
    assert_eq!(won(3), PathSearch::Found(b"models/prod/new.onnx".to_vec()));
    assert_eq!(engine.find_path(&[&area], None, &mut DEFAULT_BUDGET.clone()), PathSearch::Nowhere);
    assert_eq!(Engine::new(&[]).find_path(&[], None, &mut DEFAULT_BUDGET.clone()), PathSearch::Found(b"new".to_vec()));
}

#[test]
fn few_are_enough_to_explain_a_cover() {
    let enough = |covering: &[&str], inner: &str| {
        let covering = patterns(covering);
        let ranked: Vec<_> = (1..).zip(&covering).collect();
        enough_to_cover(&ranked, &Pattern::github(inner).unwrap(), &mut DEFAULT_BUDGET.clone())
    };
    assert_eq!(enough(&["/src/", "*.py", "*.rs"], "/src/api/"), [1]);
    assert_eq!(enough(&["/a/*", "*.py", "/a/*/"], "/a/"), [1, 3]);
}

/// Three-literal clauses as patterns: the coverage question at its hardest.
///
/// Component `i` of a path of the first entry says whether variable `i` holds (`a`) or not (more before the `a`); each
/// later entry takes the paths that break one clause.
fn clauses(variables: usize, count: usize) -> Vec<String> {
    let mut state = 7_u64;
    let mut next = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below
    };
    let mut texts = vec![format!("/{}", vec!["*a"; variables].join("/"))];
    for _ in 0..count {
        let mut components = vec!["*"; variables];
        for _ in 0..3 {
            components[next(variables)] = ["a", "?*a"][next(2)];
        }
        texts.push(format!("/{}/", components.join("/")));
        texts.push(format!("/{}", components.join("/")));
    }
    texts
}

#[test]
fn what_is_too_hard_is_said_so_and_leaves_the_rest_decided() {
    let texts = clauses(30, 130);
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let answers = coverage_within(4_000_000, &texts);
    assert_eq!(answers[0], Coverage::NotDecided);
    assert!(answers[1..].iter().all(|answer| *answer != Coverage::NotDecided));
    assert_eq!(coverage_within(4_000_000, &texts), answers, "never by the clock");
}

#[test]
fn small_ones_of_the_same_kind_are_decided() {
    let texts = clauses(6, 40);
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    assert!(matches!(coverage(&texts)[0], Coverage::Covered(_)));
    assert!(matches!(coverage(&texts[..20])[0], Coverage::Witness(_)));
}

#[test]
fn stars_and_globstars_by_the_dozen_are_decided() {
    assert_eq!(first(&["*a*a*a*a*a*", "*a*a*a*a*", "*a*a*a*a*a*a*"]), "by 2 3");
    assert_eq!(first(&["**/a/**/a/**/a/**", "**/a/**/a/**"]), "by 2");
    assert_eq!(first(&["**/a/**/a/**", "**/a/**/a/**/a/**"]), "wins a/a/new");
}

#[test]
fn a_small_budget_never_changes_a_verdict_only_withholds_it() {
    let all = patterns(&["/data/", "*.csv", "/data/*", "/data/*/", "/a*b*c", "/a*", "/**/x/**/y", "**/y", "/"]);
    let ranked: Vec<_> = (1..).zip(&all).collect();
    let full = covered_by_later(&ranked, &mut DEFAULT_BUDGET.clone());
    let mut withheld = 0;
    for exponent in 0..20 {
        let mut budget = 1 << exponent;
        for ((rank, answer), (_, expected)) in covered_by_later(&ranked, &mut budget).into_iter().zip(&full) {
            match (&answer, expected) {
                (Coverage::NotDecided, _) => withheld += 1,
                (Coverage::Covered(_), Coverage::Covered(_)) => {}
                _ => assert_eq!(answer, *expected, "rank {rank} with 2^{exponent}"),
            }
        }
        assert!(budget <= 1 << exponent);
    }
    assert!(withheld > 20, "small budgets were not small: {withheld}");
}
