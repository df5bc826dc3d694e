//! Sets of paths, who wins in them, what fails there, and where two lists differ: in a repository or in none.

use std::rc::Rc;

use mlops_lint::codeowners::{
    DEFAULT_BUDGET, Decision, Engine, Ground, PathSearch, PathSet, Pattern, Winner, find_difference, find_failing,
    winners_in,
};

use super::brute::{Bits, GITHUB, GITLAB, Host, Known, Pool};
use super::random::Random;
use super::{assert_fair, cases};

/// An exclusion beats every entry of its section.
const EXCLUSION: u32 = 1 << 31;

/// A section: patterns with their ranks.
type Section = Vec<(u32, Rc<Known>)>;

fn ranked(section: &Section) -> Vec<(u32, &Pattern)> {
    section.iter().map(|(rank, known)| (*rank, &known.pattern)).collect()
}

/// What each rank wins, and at the end what nobody does.
fn won(section: &Section, pool: &Pool) -> Vec<(Option<u32>, Bits)> {
    let mut order: Vec<&(u32, Rc<Known>)> = section.iter().collect();
    order.sort_by_key(|(rank, _)| std::cmp::Reverse(*rank));
    let mut later = pool.none();
    let mut won: Vec<_> = Vec::new();
    for (rank, known) in order {
        won.push((Some(*rank), known.of.minus(&later)));
        later = later.or(&known.of);
    }
    let everything: Bits = pool.paths.iter().map(|_| true).collect();
    won.push((None, everything.minus(&later)));
    won
}

/// Who wins a path, by the second reading.
fn winner(section: &Section, path: &[u8]) -> Option<u32> {
    section.iter().filter(|(_, known)| known.matches(path)).map(|(rank, _)| *rank).max()
}

struct Set {
    include: Vec<Rc<Known>>,
    exclude: Vec<Rc<Known>>,
}

impl Set {
    fn random(random: &mut Random, pool: &mut Pool, host: &Host) -> Self {
        let mut some = |random: &mut Random, count| {
            (0..count)
                .map(|_| if random.one_in(3) { random.pattern(host) } else { random.anchored(host) })
                .map(|text| pool.known(&text))
                .collect::<Vec<_>>()
        };
        let (include, exclude) = (1 + random.below(2), random.below(3));
        Self { include: some(random, include), exclude: some(random, exclude) }
    }

    /// A set that is often within this one.
    fn part(&self, random: &mut Random, pool: &mut Pool) -> Self {
        let near = random.relative(&self.include[0].text);
        let of = if random.one_in(2) { pool.known(&near) } else { Rc::clone(&self.include[0]) };
        let exclude = if random.one_in(4) { Vec::new() } else { self.exclude.clone() };
        Self { include: vec![of], exclude }
    }

    fn patterns(&self) -> PathSet<'_> {
        let include: Vec<_> = self.include.iter().map(|known| &known.pattern).collect();
        let exclude: Vec<_> = self.exclude.iter().map(|known| &known.pattern).collect();
        PathSet::new(&include, &exclude)
    }

    fn of(&self, pool: &Pool) -> Bits {
        pool.any(&self.include).minus(&pool.any(&self.exclude))
    }

    fn holds(&self, path: &[u8]) -> bool {
        self.include.iter().any(|known| known.matches(path)) && !self.exclude.iter().any(|known| known.matches(path))
    }

    fn text(&self) -> String {
        let texts = |known: &[Rc<Known>]| known.iter().map(|known| known.text.clone()).collect::<Vec<_>>();
        format!("{:?} but {:?}", texts(&self.include), texts(&self.exclude))
    }
}

/// A repository of a few files.
struct Files {
    paths: Vec<Vec<u8>>,
    /// The letter that the names end with that git ignores.
    ignored: Option<u8>,
}

impl Ground for Files {
    fn first_from(&self, start: &[u8]) -> Option<&[u8]> {
        self.paths.get(self.paths.partition_point(|path| path.as_slice() < start)).map(Vec::as_slice)
    }

    fn is_ignored(&self, path: &[u8]) -> bool {
        self.ignored.is_some_and(|letter| path.ends_with(&[letter]))
    }
}

impl Files {
    fn random(random: &mut Random, pool: &Pool) -> Self {
        let mut paths: Vec<Vec<u8>> = Vec::new();
        for _ in 0..random.below(8) {
            let near = random.pick(&["a", "b", "a/b", "b/a", "ab", ""]).as_bytes().to_vec();
            let path = if near.is_empty() { &pool.paths[random.below(pool.paths.len())] } else { &near };
            let below = |a: &[u8], b: &[u8]| a.starts_with(b) && a.get(b.len()) == Some(&b'/');
            if !paths.iter().any(|other| below(other, path) || below(path, other) || other == path) {
                paths.push(path.clone());
            }
        }
        paths.sort_unstable();
        Self { paths, ignored: random.one_in(3).then_some(b"abz"[random.below(3)]) }
    }

    fn allows(&self, path: &[u8]) -> bool {
        let is_below = |file: &[u8], directory: &[u8]| {
            file.len() > directory.len() && file.starts_with(directory) && file[directory.len()] == b'/'
        };
        !self.paths.iter().any(|file| is_below(file, path) || is_below(path, file)) && !self.is_ignored(path)
    }
}

#[derive(Debug, Default)]
struct Tally {
    found: usize,
    taken: usize,
    nowhere: usize,
}

/// Checks an answer: `of` are the paths that it is about.
fn check(
    answer: &PathSearch,
    of: &Bits,
    holds: impl Fn(&[u8]) -> bool,
    files: Option<&Files>,
    pool: &Pool,
    tally: &mut Tally,
    context: &dyn Fn() -> String,
) {
    match answer {
        PathSearch::Found(path) => {
            tally.found += 1;
            assert!(holds(path), "{answer:?} {}", context());
            assert!(files.is_none_or(|files| files.allows(path)), "{answer:?} {}", context());
        }
        PathSearch::Taken(path) => {
            tally.taken += 1;
            let files = files.unwrap();
            assert!(holds(path) && !files.allows(path), "{answer:?} {}", context());
            // Exact but for what is ignored, and for the letters of classes.
            if files.ignored.is_none() && !pool.host.has_sections {
                let free = of.iter().find(|&at| files.allows(&pool.paths[at]));
                assert_eq!(free.map(|at| &pool.paths[at]), None, "{answer:?} {}", context());
            }
        }
        PathSearch::Nowhere => {
            tally.nowhere += 1;
            assert!(of.is_empty(), "{:?} {}", of.iter().next().map(|at| &pool.paths[at]), context());
        }
        PathSearch::NotDecided => panic!("{}", context()),
    }
}

struct Tallies {
    winners: Tally,
    failing: Tally,
    common: Tally,
    outside: Tally,
    difference: Tally,
}

/// An expectation: of all sections, or of one, the winner is right.
struct Expectation {
    right: Vec<(usize, Winner)>,
    of_all: bool,
}

impl Expectation {
    fn random(random: &mut Random, sections: &[Section]) -> Self {
        let of_all = random.one_in(2);
        let mut right = Vec::new();
        for (at, section) in sections.iter().enumerate() {
            let winners = section.iter().map(|(rank, _)| Winner::Rank(*rank)).chain([Winner::Nobody]);
            let odds = if of_all { 5 } else { 2 };
            right.extend(
                winners
                    .filter(|_| if of_all { !random.one_in(odds) } else { random.one_in(odds) })
                    .map(|winner| (at, winner)),
            );
        }
        Self { right, of_all }
    }

    fn holds(&self, winners: &[Winner]) -> Option<bool> {
        let mut open = false;
        for (at, winner) in winners.iter().enumerate() {
            if *winner == Winner::Open {
                open = true;
            } else if self.right.contains(&(at, *winner)) != self.of_all {
                return Some(!self.of_all);
            }
        }
        (!open).then_some(self.of_all)
    }
}

fn check_sections(
    sections: &[Section],
    set: &Set,
    files: Option<&Files>,
    pool: &Pool,
    random: &mut Random,
    tallies: &mut Tallies,
) {
    let engines: Vec<Engine<'_>> = sections.iter().map(|section| Engine::new(&ranked(section))).collect();
    let (of, patterns) = (set.of(pool), set.patterns());
    let ground = files.map(|files| files as &dyn Ground);
    let texts = |section: &Section| section.iter().map(|(rank, known)| (*rank, known.text.clone())).collect::<Vec<_>>();
    let context = || format!("{} in {:?}", set.text(), sections.iter().map(texts).collect::<Vec<_>>());
    let won: Vec<_> = sections.iter().map(|section| won(section, pool)).collect();
    for (rank, answer) in winners_in(&engines[0], &patterns, ground, &mut DEFAULT_BUDGET.clone()) {
        let wins = won[0].iter().filter(|(other, _)| *other == rank).fold(pool.none(), |all, (_, of)| all.or(of));
        let holds = |path: &[u8]| set.holds(path) && winner(&sections[0], path) == rank;
        let context = || format!("{rank:?}: {}", context());
        check(&answer, &of.and(&wins), holds, files, pool, &mut tallies.winners, &context);
    }
    let expectation = Expectation::random(random, sections);
    let fails = |path: &[u8]| {
        let winners: Vec<Winner> = sections.iter().map(|section| winner(section, path).into()).collect();
        expectation.holds(&winners) == Some(false)
    };
    let engines: Vec<&Engine<'_>> = engines.iter().collect();
    let holds = |winners: &[Winner]| expectation.holds(winners);
    let answer = find_failing(&engines, &patterns, &holds, ground, &mut DEFAULT_BUDGET.clone());
    let failing: Bits = (0..pool.paths.len())
        .map(|at| {
            let of_section = |won: &Vec<(Option<u32>, Bits)>| won.iter().find(|(_, of)| of.holds(at)).unwrap().0.into();
            of.holds(at) && expectation.holds(&won.iter().map(of_section).collect::<Vec<Winner>>()) == Some(false)
        })
        .collect();
    let context = || format!("right are {:?} {}: {}", expectation.right, expectation.of_all, context());
    check(&answer, &failing, |path| set.holds(path) && fails(path), files, pool, &mut tallies.failing, &context);
}

fn check_common(a: &Set, b: &Set, files: Option<&Files>, pool: &Pool, tally: &mut Tally) {
    let ground = files.map(|files| files as &dyn Ground);
    let answer = a.patterns().find_common(&b.patterns(), ground, &mut DEFAULT_BUDGET.clone());
    let both = |path: &[u8]| a.holds(path) && b.holds(path);
    let context = || format!("{} and {}", a.text(), b.text());
    check(&answer, &a.of(pool).and(&b.of(pool)), both, files, pool, tally, &context);
}

fn check_outside(a: &Set, b: &Set, files: Option<&Files>, pool: &Pool, tally: &mut Tally) {
    let ground = files.map(|files| files as &dyn Ground);
    let answer = a.patterns().find_outside_of(&b.patterns(), ground, &mut DEFAULT_BUDGET.clone());
    let only = |path: &[u8]| a.holds(path) && !b.holds(path);
    let context = || format!("{} and not {}", a.text(), b.text());
    check(&answer, &a.of(pool).minus(&b.of(pool)), only, files, pool, tally, &context);
    let within = a.patterns().is_within(&b.patterns(), &mut DEFAULT_BUDGET.clone());
    assert_eq!(within == Decision::Yes, answer == PathSearch::Nowhere, "{}", context());
}

/// A list and an edited one, with an owner for each entry.
fn check_difference(
    section: &Section,
    scope: &[Rc<Known>],
    files: Option<&Files>,
    pool: &mut Pool,
    random: &mut Random,
    tally: &mut Tally,
) {
    let mut edited: Vec<(Rc<Known>, usize)> =
        section.iter().map(|(_, known)| (Rc::clone(known), random.below(2))).collect();
    let before = edited.clone();
    for _ in 0..=random.below(2) {
        let at = random.below(edited.len());
        match random.below(6) {
            0 if edited.len() > 1 => drop(edited.remove(at)),
            1 => edited[at].1 = random.below(2),
            2 => edited.swap(at, 0),
            3 => {
                let near = random.relative(&edited[at].0.text);
                edited[at].0 = pool.known(&near);
            }
            4 => edited.insert(at, edited[at].clone()),
            _ => {
                let near = random.relative(&edited[at].0.text);
                edited.insert(at, (pool.known(&near), edited[at].1));
            }
        }
    }
    let list = |entries: &[(Rc<Known>, usize)]| -> Section {
        (0..).zip(entries).map(|(rank, (known, _))| (rank, Rc::clone(known))).collect()
    };
    let owner = |entries: &[(Rc<Known>, usize)], rank: Option<u32>| rank.map(|rank| entries[rank as usize].1);
    let (a, b) = (list(&before), list(&edited));
    let same = |x: Option<u32>, y: Option<u32>| owner(&before, x) == owner(&edited, y);
    let patterns: Vec<&Pattern> = scope.iter().map(|known| &known.pattern).collect();
    let ground = files.map(|files| files as &dyn Ground);
    let (first, second) = (Engine::new(&ranked(&a)), Engine::new(&ranked(&b)));
    let answer = find_difference(&first, &second, &same, &patterns, ground, &mut DEFAULT_BUDGET.clone());
    let in_scope = pool.any(scope);
    let (won_a, won_b) = (won(&a, pool), won(&b, pool));
    let mut of = pool.none();
    for (x, of_x) in &won_a {
        for (_, of_y) in won_b.iter().filter(|(y, _)| !same(*x, *y)) {
            of = of.or(&of_x.and(of_y));
        }
    }
    let differs =
        |path: &[u8]| !scope.iter().any(|known| known.matches(path)) && !same(winner(&a, path), winner(&b, path));
    let context = || {
        let texts = |entries: &[(Rc<Known>, usize)]| {
            entries.iter().map(|(known, owner)| (known.text.clone(), *owner)).collect::<Vec<_>>()
        };
        let scope: Vec<_> = scope.iter().map(|known| &known.text).collect();
        format!("{:?} and {:?} but {scope:?}", texts(&before), texts(&edited))
    };
    check(&answer, &of.minus(&in_scope), differs, files, pool, tally, &context);
}

fn random_sets(host: &'static Host) {
    let mut pool = Pool::new(host);
    let mut random = Random::new();
    let mut tallies = Tallies {
        winners: Tally::default(),
        failing: Tally::default(),
        common: Tally::default(),
        outside: Tally::default(),
        difference: Tally::default(),
    };
    for _ in 0..cases(250) {
        let sections: Vec<Section> = (0..if host.has_sections { 1 + random.below(3) } else { 1 })
            .map(|_| {
                let list = random.list(host, 4);
                let rank = |at| if host.has_sections && random.one_in(10) { at | EXCLUSION } else { at };
                (0..).map(rank).zip(list.iter().map(|text| pool.known(text))).collect()
            })
            .collect();
        let (a, b) = (Set::random(&mut random, &mut pool, host), Set::random(&mut random, &mut pool, host));
        let files = random.one_in(3).then(|| Files::random(&mut random, &pool));
        check_sections(&sections, &a, files.as_ref(), &pool, &mut random, &mut tallies);
        check_common(&a, &b, files.as_ref(), &pool, &mut tallies.common);
        let other = if random.one_in(2) { a.part(&mut random, &mut pool) } else { b };
        check_outside(&other, &a, files.as_ref(), &pool, &mut tallies.outside);
        check_difference(&sections[0], &other.exclude, files.as_ref(), &mut pool, &mut random, &mut tallies.difference);
    }
    let Tallies { winners, failing, common, outside, difference } = tallies;
    let of = |tally: &Tally| [tally.found + tally.taken, tally.nowhere];
    println!("{}: {winners:?}, {failing:?}, {common:?}, {outside:?}, {difference:?}", host.name);
    assert_fair("a rank wins a path of a set, or none", &of(&winners));
    assert_fair("an expectation fails, or holds", &of(&failing));
    assert_fair("two sets meet, or do not", &of(&common));
    assert_fair("a set leaves another, or does not", &of(&outside));
    assert_fair("two lists differ, or do not", &of(&difference));
    let all = [winners, failing, common, outside, difference];
    let sum = |of: fn(&Tally) -> usize| all.iter().map(of).sum::<usize>();
    assert!(sum(|tally| tally.taken) * 100 > sum(|tally| tally.found), "{all:?}");
}

#[test]
fn random_sets_of_github_agree_with_brute_force() {
    random_sets(&GITHUB);
}

#[test]
fn random_sets_of_gitlab_agree_with_brute_force() {
    random_sets(&GITLAB);
}
