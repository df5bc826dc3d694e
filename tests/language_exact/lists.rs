//! Which entries of a list are covered, and whether two patterns meet.

use std::collections::BTreeSet;
use std::rc::Rc;

use mlops_lint::codeowners::{
    Coverage, DEFAULT_BUDGET, Decision, Engine, Matcher, PathSearch, Pattern, covered_by_later, enough_to_cover,
    intersection, union_covers,
};

use super::brute::{GITHUB, GITLAB, Host, Known, Pool};
use super::random::Random;
use super::{assert_fair, cases};

/// An exclusion beats every entry of its list, as on GitLab.
const EXCLUSION: u32 = 1 << 31;

#[derive(Debug, Default)]
struct Tally {
    covered: usize,
    by_several: usize,
    witness: usize,
    empty: usize,
    excluded: usize,
    covers: usize,
    covers_not: usize,
    meets: usize,
    disjoint: usize,
}

/// A list, each with its rank.
struct List {
    entries: Vec<(u32, Rc<Known>)>,
}

impl List {
    fn ranked(&self) -> Vec<(u32, &Pattern)> {
        self.entries.iter().map(|(rank, known)| (*rank, &known.pattern)).collect()
    }

    fn after(&self, rank: u32) -> impl Iterator<Item = &Rc<Known>> {
        self.entries.iter().filter(move |(later, _)| *later > rank).map(|(_, known)| known)
    }

    fn known(&self, rank: u32) -> &Rc<Known> {
        &self.entries.iter().find(|(other, _)| *other == rank).unwrap().1
    }

    fn texts(&self) -> Vec<(u32, &str)> {
        self.entries.iter().map(|(rank, known)| (*rank, known.text.as_str())).collect()
    }
}

/// Checks the engine's answers about a list of patterns against every path.
fn check_list(list: &List, pool: &Pool, tally: &mut Tally) {
    let ranked = list.ranked();
    let answers = covered_by_later(&ranked, &mut DEFAULT_BUDGET.clone());
    for ((rank, known), (_, answer)) in list.entries.iter().zip(&answers) {
        let context = || format!("rank {rank} of {:?}: {answer:?}", list.texts());
        let later = pool.any(list.after(*rank));
        match answer {
            Coverage::Covered(by) => {
                tally.covered += 1;
                tally.by_several += usize::from(by.len() > 1);
                tally.excluded += usize::from(by.iter().any(|by| by & EXCLUSION != 0));
                assert!(known.of.minus(&later).is_empty(), "{}", context());
                check_winners(list, known, by, pool, &context);
                let covering: Vec<_> = ranked.iter().copied().filter(|(rank, _)| by.contains(rank)).collect();
                let enough = enough_to_cover(&covering, &known.pattern, &mut DEFAULT_BUDGET.clone());
                let enough = pool.any(enough.iter().map(|&rank| list.known(rank)));
                assert!(known.of.minus(&enough).is_empty(), "{}", context());
            }
            Coverage::Witness(path) => {
                tally.witness += 1;
                assert!(known.matches(path), "{}", context());
                assert!(!list.after(*rank).any(|later| later.matches(path)), "{}", context());
            }
            Coverage::Empty => {
                tally.empty += 1;
                assert!(known.of.is_empty(), "{}", context());
            }
            Coverage::NotDecided => panic!("{}", context()),
        }
    }
}

/// The ranks named are those that win a path of the entry.
fn check_winners(list: &List, known: &Known, by: &[u32], pool: &Pool, context: &impl Fn() -> String) {
    for (rank, other) in &list.entries {
        let won = known.of.and(&other.of).minus(&pool.any(list.after(*rank)));
        assert!(won.is_empty() || by.contains(rank), "{} wins {:?}", context(), won.iter().next());
    }
    let ranked = list.ranked();
    for &winner in by {
        let inside = [&known.pattern, &list.known(winner).pattern];
        let found = Engine::new(&ranked).find_path(&inside, Some(winner), &mut DEFAULT_BUDGET.clone());
        let PathSearch::Found(path) = found else { panic!("{winner} wins nothing: {}", context()) };
        assert!(known.matches(&path) && list.known(winner).matches(&path), "{}", context());
        assert!(!list.after(winner).any(|later| later.matches(&path)), "{}", context());
    }
}

/// The last pattern against the union of the others, and the first two against each other.
fn check_pair(list: &[Rc<Known>], pool: &Pool, tally: &mut Tally) {
    let texts = || list.iter().map(|known| known.text.as_str()).collect::<Vec<_>>();
    let (inner, outer) = list.split_last().unwrap();
    let outer_patterns: Vec<_> = outer.iter().map(|known| &known.pattern).collect();
    match union_covers(&outer_patterns, &inner.pattern, &mut DEFAULT_BUDGET.clone()) {
        Decision::Yes => {
            tally.covers += 1;
            assert!(inner.of.minus(&pool.any(outer)).is_empty(), "{:?}", texts());
        }
        Decision::No(path) => {
            tally.covers_not += 1;
            assert!(inner.matches(&path) && !outer.iter().any(|outer| outer.matches(&path)), "{:?}", texts());
        }
        Decision::NotDecided => panic!("{:?}", texts()),
    }
    let (a, b) = (&list[0], &list[1]);
    match intersection(&a.pattern, &b.pattern, &mut DEFAULT_BUDGET.clone()) {
        PathSearch::Found(path) => {
            tally.meets += 1;
            assert!(a.matches(&path) && b.matches(&path), "{:?}", texts());
        }
        PathSearch::Nowhere => {
            tally.disjoint += 1;
            assert!(a.of.and(&b.of).is_empty(), "{:?}", texts());
        }
        PathSearch::Taken(_) | PathSearch::NotDecided => panic!("{:?}", texts()),
    }
}

/// The matcher finds the winner of every path.
fn check_matcher(list: &List, pool: &Pool) {
    let matcher = Matcher::new(list.ranked());
    let mut walk = matcher.walk();
    for (at, path) in pool.paths.iter().enumerate() {
        let matching = list.entries.iter().filter(|(_, known)| known.of.holds(at));
        assert_eq!(walk.winner(path), matching.map(|(rank, _)| *rank).max(), "{path:?} in {:?}", list.texts());
    }
}

fn random_lists(host: &'static Host) {
    let mut pool = Pool::new(host);
    let mut random = Random::new();
    let mut tally = Tally::default();
    let (cases, mut last) = (cases(400), 0);
    for case in 0..cases {
        let texts = random.list(host, 5);
        let known: Vec<_> = texts.iter().map(|text| pool.known(text)).collect();
        let rank = |(at, known)| {
            let excludes = host.has_sections && random.one_in(12);
            (if excludes { at | EXCLUSION } else { at }, known)
        };
        let ranked = List { entries: (0..).zip(known.iter().cloned()).map(rank).collect() };
        last += usize::from(
            ranked
                .entries
                .iter()
                .any(|(rank, known)| !known.of.is_empty() && ranked.entries.iter().all(|(other, _)| other <= rank)),
        );
        check_list(&ranked, &pool, &mut tally);
        check_pair(&known, &pool, &mut tally);
        // Two that are less alike, so that they miss each other more often.
        let apart = [random.anchored(host), random.anchored(host)].map(|text| pool.known(&text));
        check_pair(&apart, &pool, &mut tally);
        if case % 16 == 0 {
            check_matcher(&ranked, &pool);
        }
    }
    println!("{}: {cases} lists over {} paths: {tally:?}", host.name, pool.paths.len());
    // Of the entries before the last, which alone can be covered.
    assert_fair("an entry is covered, or wins a path", &[tally.covered, tally.witness - last]);
    assert_fair("a union covers a pattern, or not", &[tally.covers, tally.covers_not]);
    assert_fair("two patterns meet, or do not", &[tally.meets, tally.disjoint]);
    assert!(tally.by_several * 10 > tally.covered, "{tally:?}");
    assert!(!host.has_sections || tally.excluded * 20 > tally.covered, "{tally:?}");
}

#[test]
fn random_lists_of_github_agree_with_brute_force() {
    random_lists(&GITHUB);
}

#[test]
fn random_lists_of_gitlab_agree_with_brute_force() {
    random_lists(&GITLAB);
}

#[test]
fn the_paths_are_all_there_is_to_tell_patterns_apart() {
    let paths: BTreeSet<Vec<u8>> = Pool::new(&GITLAB).paths.into_iter().collect();
    for path in ["a", "zzz", "cd/dz", "z/ab/c", "ab/z/a/b"] {
        assert!(paths.contains(path.as_bytes()), "{path}");
    }
}
