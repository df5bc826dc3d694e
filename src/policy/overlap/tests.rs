//! With a decider that knows every path over three names, three deep: exact on patterns made of these names.

use super::*;
use crate::policy::{OwnerPattern, PathPattern};
use crate::span::Span;

struct Small(Vec<String>);

impl Small {
    fn new() -> Self {
        let names = ["a", "b", "x.py"];
        let mut paths: Vec<String> = names.map(str::to_owned).to_vec();
        for depth in 0..3 {
            let deeper: Vec<String> = paths
                .iter()
                .filter(|path| path.matches('/').count() == depth)
                .flat_map(|path| names.map(|name| format!("{path}/{name}")))
                .collect();
            paths.extend(deeper);
        }
        Self(paths)
    }
}

impl Decide for Small {
    fn covers(&self, outer: &[&Pattern], inner: &Pattern) -> Option<bool> {
        let mut of_inner = self.0.iter().filter(|path| inner.matches(path.as_bytes()));
        Some(of_inner.all(|path| outer.iter().any(|outer| outer.matches(path.as_bytes()))))
    }

    fn common(&self, a: &Pattern, b: &Pattern) -> Option<Vec<u8>> {
        let path = self.0.iter().find(|path| a.matches(path.as_bytes()) && b.matches(path.as_bytes()))?;
        Some(path.clone().into_bytes())
    }
}

/// Decides nothing.
struct Unknown;

impl Decide for Unknown {
    fn covers(&self, _: &[&Pattern], _: &Pattern) -> Option<bool> {
        None
    }

    fn common(&self, a: &Pattern, b: &Pattern) -> Option<Vec<u8>> {
        Small::new().common(a, b)
    }
}

/// Areas with these names, owners and paths.
fn areas(areas: &[(&str, &str, &[&str])]) -> Vec<Area> {
    let mut at = 0;
    let mut next = || {
        at += 1;
        Origin { text: 0, span: Span::new(at, at + 1) }
    };
    let area = |&(name, owner, paths): &(&str, &str, &[&str])| {
        let party = Located { value: Party::Owner(OwnerPattern::new(owner)), at: next() };
        Area {
            name: name.to_owned(),
            at: next(),
            is: None,
            paths: paths
                .iter()
                .map(|text| Located {
                    value: PathPattern { text: (*text).to_owned(), pattern: Pattern::github(text).unwrap() },
                    at: next(),
                })
                .collect(),
            artefacts: Vec::new(),
            ownership: Some(Expectation {
                accountable: Some(Located { value: vec![party], at: next() }),
                consulted: None,
                approvers: None,
                never_alone: None,
                min_owners: None,
                teams_only: None,
                specific: None,
                at: next(),
            }),
            severity: None,
            because: None,
            only_where_staffed: false,
        }
    };
    areas.iter().map(area).collect()
}

/// The area of each path by the ranks, and the errors.
fn decided(defined: &[(&str, &str, &[&str])], paths: &[&str]) -> (Vec<String>, Vec<String>) {
    let areas = areas(defined);
    let mut errors = Errors::default();
    let ranks = ranks(&areas, &Small::new(), &mut errors);
    assert_eq!(ranks.len(), areas.iter().map(|area| area.paths.len()).sum::<usize>());
    let area_of = |path: &&str| {
        let wins =
            |&&(id, nth): &&(AreaId, usize)| areas[usize::from(id.0)].paths[nth].value.pattern.matches(path.as_bytes());
        ranks.iter().rev().find(wins).map_or_else(|| "-".to_owned(), |(id, _)| areas[usize::from(id.0)].name.clone())
    };
    (paths.iter().map(area_of).collect(), errors.into_sorted().into_iter().map(|error| error.message).collect())
}

#[test]
fn the_contained_pattern_wins_in_whatever_order() {
    let inner: (&str, &str, &[&str]) = ("inner", "@i", &["/a/b/"]);
    let outer: (&str, &str, &[&str]) = ("outer", "@o", &["/a/"]);
    for defined in [[inner, outer], [outer, inner]] {
        let (areas, errors) = decided(&defined, &["a/b/x.py", "a/x.py", "b/x.py"]);
        assert_eq!(areas, ["inner", "outer", "-"]);
        assert_eq!(errors, Vec::<String>::new());
    }
}

#[test]
fn each_area_may_contain_a_part_of_the_other() {
    let defined: [(&str, &str, &[&str]); 2] = [("m", "@m", &["/a/", "/b/a/"]), ("n", "@n", &["/a/b/", "/b/"])];
    let (areas, errors) = decided(&defined, &["a/x.py", "a/b/x.py", "b/x.py", "b/a/x.py"]);
    assert_eq!(areas, ["m", "n", "n", "m"]);
    assert_eq!(errors, Vec::<String>::new());
}

#[test]
fn several_patterns_together_may_contain_one() {
    let defined: [(&str, &str, &[&str]); 2] =
        [("m", "@m", &["/*/b/"]), ("n", "@n", &["/a/*", "/a/*/", "/b/", "/x.py/"])];
    let (areas, errors) = decided(&defined, &["a/b/x.py", "a/a/x.py"]);
    assert_eq!(areas, ["m", "n"]);
    assert_eq!(errors, Vec::<String>::new());
}

#[test]
fn crossing_and_coinciding_areas_are_errors_with_a_path() {
    let (_, errors) = decided(&[("m", "@m", &["/a/"]), ("n", "@n", &["**/*.py"])], &[]);
    assert_eq!(errors, ["areas `m` and `n` both claim `a/x.py` and ask different owners for it"]);
    let (_, errors) = decided(&[("m", "@m", &["/a/"]), ("n", "@n", &["/a/**"])], &[]);
    assert_eq!(errors, ["areas `m` and `n` both claim `a/a` and ask different owners for it"]);
    // Once for a pair of areas, and not at all where both ask the same.
    let (_, errors) = decided(&[("m", "@m", &["/a/", "/b/"]), ("n", "@n", &["**/*.py"])], &[]);
    assert_eq!(errors.len(), 1);
    let (_, errors) = decided(&[("m", "@m", &["/a/"]), ("n", "@M", &["**/*.py"])], &[]);
    assert_eq!(errors, Vec::<String>::new());
}

#[test]
fn what_is_not_decided_is_no_error() {
    let areas = areas(&[("m", "@m", &["/a/"]), ("n", "@n", &["**/*.py"])]);
    let mut errors = Errors::default();
    assert_eq!(ranks(&areas, &Unknown, &mut errors).len(), 2);
    assert!(errors.is_empty());
}

#[test]
fn a_cycle_of_strength_is_named() {
    assert_eq!(order(&[vec![1], vec![2], vec![]]), (vec![0, 1, 2], None));
    assert_eq!(order(&[vec![], vec![2], vec![1]]), (vec![0, 1, 2], Some((1, 2))));
}

#[test]
fn too_many_paths_are_refused() {
    let paths: Vec<String> = (0..=MOST).map(|nth| format!("/{nth}/")).collect();
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    let mut errors = Errors::default();
    assert!(ranks(&areas(&[("m", "@m", &paths)]), &Small::new(), &mut errors).is_empty());
    assert_eq!(errors.into_sorted()[0].message, "the areas have more than 2000 paths");
}
