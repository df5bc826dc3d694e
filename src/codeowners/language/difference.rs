//! Whether two lists of entries say the same of every path.

use rustc_hash::FxHashMap;

use super::super::Pattern;
use super::PathSearch;
use super::budget::within;
use super::cell::Cell;
use super::engine::{Engine, Entry};
use super::ground::Ground;
use super::sets::Answer;
use super::winners::{Reach, won};

/// Looks for a path outside of `scope` that two lists answer differently: `same` compares the rank that wins in the
/// first with the one that wins in the second. On GitLab, section by section.
pub fn find_difference(
    first: &Engine<'_>,
    second: &Engine<'_>,
    same: &dyn Fn(Option<u32>, Option<u32>) -> bool,
    scope: &[&Pattern],
    ground: Option<&dyn Ground>,
    budget: &mut u64,
) -> PathSearch {
    let scope: Vec<_> = scope.iter().map(|&pattern| (0, pattern)).collect();
    let scope = Engine::new(&scope);
    let (in_first, in_second) = own(first, second, same);
    let mut answer = Answer::new(*budget);
    // Where both winners stand in both lists, they are the same: so one of them stands in one list alone.
    let swapped = |a: Option<u32>, b: Option<u32>| same(b, a);
    let sides: [(_, _, _, &dyn Fn(_, _) -> bool); 2] =
        [(first, in_first, second, same), (second, in_second, first, &swapped)];
    for (engine, entries, other, same) in sides {
        for entry in entries {
            let Some(speller) = &entry.speller else { continue };
            let outside = vec![(engine, entry.order), (&scope, 0)];
            let cell = Cell { inside: vec![speller], outside, ground };
            if differs(&cell, other, &|rank| same(Some(entry.rank), rank), &mut answer, budget) {
                return answer.into();
            }
        }
    }
    answer.into()
}

/// Looks for a path of the cell whose winner is not the same; true where one is found.
fn differs<'a>(
    cell: &Cell<'a>,
    engine: &'a Engine<'a>,
    is_same: &dyn Fn(Option<u32>) -> bool,
    answer: &mut Answer,
    budget: &mut u64,
) -> bool {
    match within(answer.share(), budget, |budget| cell.find(budget)) {
        Ok(super::cell::Ending::Nowhere(_)) => return false,
        Ok(super::cell::Ending::Path(path)) if !is_same(engine.winning_rank(&path)) => {
            answer.find(path);
            return true;
        }
        _ => {}
    }
    let reach = within(answer.share(), budget, |budget| Reach::of(cell, engine, budget));
    let unmatched = (reach.unmatched && !is_same(None)).then(|| cell.without(engine, 0));
    let others = engine.entries_from(reach.least).filter(|entry| !is_same(Some(entry.rank)));
    let mut parts = unmatched.into_iter().chain(others.filter_map(|entry| won(cell, engine, entry)));
    parts.any(|part| answer.take(budget, |budget| part.find(budget)))
}

/// The entries of each list that the other lacks: all but a common part that stands in the same order in both.
fn own<'a, 'p>(
    first: &'a Engine<'p>,
    second: &'a Engine<'p>,
    same: &dyn Fn(Option<u32>, Option<u32>) -> bool,
) -> (Vec<&'a Entry<'p>>, Vec<&'a Entry<'p>>) {
    let (a, b): (Vec<_>, Vec<_>) = (first.entries_from(0).collect(), second.entries_from(0).collect());
    // The nth of a pattern in one list goes with the nth in the other.
    let mut places: FxHashMap<&Pattern, Vec<usize>> = FxHashMap::default();
    for (at, entry) in b.iter().enumerate().rev() {
        places.entry(entry.pattern).or_default().push(at);
    }
    let pairs = a.iter().enumerate().filter_map(|(at, entry)| {
        let partner = places.get_mut(entry.pattern)?.pop()?;
        same(Some(entry.rank), Some(b[partner].rank)).then_some((at, partner))
    });
    let (mut in_a, mut in_b) = (vec![false; a.len()], vec![false; b.len()]);
    for (at, partner) in longest_ascending(&pairs.collect::<Vec<_>>()) {
        in_a[at] = true;
        in_b[partner] = true;
    }
    let without = |entries: Vec<&'a Entry<'p>>, common: &[bool]| {
        entries.into_iter().zip(common).filter(|(_, common)| !**common).map(|(entry, _)| entry).collect()
    };
    (without(a, &in_a), without(b, &in_b))
}

/// The longest of the sequences whose second parts ascend as the first do.
fn longest_ascending(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    // The index of the pair that ends the best sequence of each length, and the pair before each.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(pairs.len());
    for (at, &(_, second)) in pairs.iter().enumerate() {
        let length = ends.partition_point(|&end| pairs[end].1 < second);
        before.push(length.checked_sub(1).map(|shorter| ends[shorter]));
        if length == ends.len() {
            ends.push(at);
        } else {
            ends[length] = at;
        }
    }
    let mut sequence: Vec<_> =
        std::iter::successors(ends.last().copied(), |&at| before[at]).map(|at| pairs[at]).collect();
    sequence.reverse();
    sequence
}

#[cfg(test)]
mod tests {
    use super::super::DEFAULT_BUDGET;
    use super::*;

    type Line = (&'static str, char);
    /// Two lists, a scope, and what is expected.
    type Case = (&'static [Line], &'static [Line], &'static [&'static str], &'static str);

    /// A path outside of `scope` that the lists give to different owners.
    fn difference(a: &[Line], b: &[Line], scope: &[&str]) -> String {
        let patterns =
            |lines: &[Line]| lines.iter().map(|(text, _)| Pattern::github(text).unwrap()).collect::<Vec<_>>();
        let (in_a, in_b) = (patterns(a), patterns(b));
        let scope: Vec<_> = scope.iter().map(|text| Pattern::github(text).unwrap()).collect();
        let engine = |patterns| Engine::new(&(0..).zip(patterns).collect::<Vec<(u32, &Pattern)>>());
        let owner = |lines: &[Line], rank: Option<u32>| rank.map(|rank| lines[rank as usize].1);
        let same = |x: Option<u32>, y: Option<u32>| owner(a, x) == owner(b, y);
        let (a, b) = (engine(&in_a), engine(&in_b));
        let mut budget = DEFAULT_BUDGET;
        match find_difference(&a, &b, &same, &scope.iter().collect::<Vec<_>>(), None, &mut budget) {
            PathSearch::Found(path) => String::from_utf8(path).unwrap(),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn lists_say_the_same_or_a_path_shows_the_difference() {
        #[rustfmt::skip]
        let table: &[Case] = &[
            (&[("*", 'a')], &[("*", 'a')], &[], "Nowhere"),
            (&[("*", 'a')], &[("*", 'b')], &[], "new"),
            (&[("*", 'a')], &[], &[], "new"),
            (&[], &[("/a/", 'a')], &[], "a/new"),
            (&[], &[("/a/", 'a')], &["/a/"], "Nowhere"),
            (&[], &[], &[], "Nowhere"),
            // Dead entries go without a trace.
            (&[("/a/b/", 'x'), ("*", 'a'), ("/a/", 'b')], &[("*", 'a'), ("/a/", 'b')], &[], "Nowhere"),
            (&[("*", 'a'), ("/a/b/", 'x'), ("/a/", 'b')], &[("*", 'a'), ("/a/", 'b'), ("/a/b/", 'x')], &[], "a/b/new"),
            (&[("*", 'a'), ("/a/b/", 'x'), ("/a/", 'b')], &[("*", 'a'), ("/a/", 'b'), ("/a/b/", 'x')], &["/a/b/"], "Nowhere"),
            // Two entries for one, and one for two.
            (&[("*", 'a'), ("/d/*", 'b'), ("/d/*/", 'b')], &[("*", 'a'), ("/d/", 'b')], &[], "Nowhere"),
            (&[("*", 'a'), ("/d/*", 'b'), ("/d/*/", 'c')], &[("*", 'a'), ("/d/", 'b')], &[], "d/new/new"),
            // Entries that do not meet can change places.
            (&[("/a/", 'a'), ("/b/", 'b')], &[("/b/", 'b'), ("/a/", 'a')], &[], "Nowhere"),
            (&[("/a/", 'a'), ("*.md", 'b')], &[("*.md", 'b'), ("/a/", 'a')], &[], "a/new.md"),
            // The catch-all changes: only what nothing else wins.
            (&[("*", 'a'), ("/a/", 'b'), ("*.md", 'c')], &[("*", 'z'), ("/a/", 'b'), ("*.md", 'c')], &[], "new"),
            (&[("*", 'a'), ("/*", 'b'), ("/*/", 'c')], &[("*", 'z'), ("/*", 'b'), ("/*/", 'c')], &[], "Nowhere"),
        ];
        for &(a, b, scope, expected) in table {
            assert_eq!(difference(a, b, scope), expected, "{a:?} and {b:?}");
            let back = difference(b, a, scope);
            assert_eq!(back == "Nowhere", expected == "Nowhere", "{b:?} and {a:?}: {back}");
        }
    }

    #[test]
    fn the_longest_common_part_is_kept() {
        let pairs = [(0, 4), (1, 0), (2, 1), (4, 5), (5, 2), (6, 3)];
        assert_eq!(longest_ascending(&pairs), [(1, 0), (2, 1), (5, 2), (6, 3)]);
        assert_eq!(longest_ascending(&[]), []);
    }
}
