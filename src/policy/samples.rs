//! Answers about patterns from their form and from sample paths: right where it answers, and often silent.

use std::cell::Cell;

use super::overlap::Decide;
use crate::codeowners::{Pattern, Segment, Tail, Token};

/// Decides by samples, within a budget of characters compared.
pub(super) struct BySamples {
    budget: Cell<u64>,
}

impl BySamples {
    pub(super) fn new() -> Self {
        Self { budget: Cell::new(20_000_000) }
    }

    /// Takes what a comparison of these costs at worst; false where that is no longer there.
    fn pays(&self, pattern: &Pattern, path: &str) -> bool {
        let cost = (size(pattern) * path.len().max(1)) as u64;
        let left = self.budget.get();
        self.budget.set(left.saturating_sub(cost));
        left >= cost
    }

    fn matches(&self, pattern: &Pattern, path: &str) -> Option<bool> {
        self.pays(pattern, path).then(|| pattern.matches(path.as_bytes()))
    }
}

impl Decide for BySamples {
    fn covers(&self, outer: &[&Pattern], inner: &Pattern) -> Option<bool> {
        if outer.iter().any(|outer| contains(outer, inner)) {
            return Some(true);
        }
        for sample in samples(inner) {
            let mut is_covered = false;
            for outer in outer {
                is_covered |= self.matches(outer, &sample)?;
            }
            if !is_covered && self.matches(inner, &sample)? {
                return Some(false);
            }
        }
        None
    }

    fn common(&self, a: &Pattern, b: &Pattern) -> Option<Vec<u8>> {
        let (of_a, of_b) = (samples(a), samples(b));
        let joined = |of_a: &[String], of_b: &[String]| -> Vec<String> {
            of_a.iter().flat_map(|a| of_b.iter().map(move |b| format!("{a}/{b}"))).collect()
        };
        let candidates = [joined(&of_a, &of_b), joined(&of_b, &of_a), of_a, of_b].concat();
        let both = |path: &&String| self.matches(a, path) == Some(true) && self.matches(b, path) == Some(true);
        candidates.iter().find(both).map(|path| path.clone().into_bytes())
    }
}

fn size(pattern: &Pattern) -> usize {
    let of = |segment: &Segment| match segment {
        Segment::Globstar => 1,
        Segment::Literal(name) => name.len(),
        Segment::Wild(wild) => wild.0.len(),
    };
    1 + pattern.segments.iter().map(of).sum::<usize>()
}

/// True where the form of the patterns proves it: the segments of `outer` stand within those of `inner`.
fn contains(outer: &Pattern, inner: &Pattern) -> bool {
    if outer.tail == Tail::Nothing || inner.tail == Tail::Nothing {
        return false;
    }
    let (needed, anchored) = match outer.segments.split_first() {
        Some((Segment::Globstar, rest)) => (rest, false),
        _ => (outer.segments.as_slice(), true),
    };
    let Some(last) = inner.segments.len().checked_sub(needed.len()) else { return false };
    (0..=if anchored { 0 } else { last }).any(|at| {
        let rest = &inner.segments[at + needed.len()..];
        inner.segments[at..].starts_with(needed)
            && match outer.tail {
                Tail::SelfOrBelow => true,
                Tail::Below => inner.tail == Tail::Below || rest.iter().any(|segment| *segment != Segment::Globstar),
                Tail::Exact => rest.is_empty() && inner.tail == Tail::Exact,
                Tail::Nothing => false,
            }
    })
}

/// A few paths that the pattern matches, without and with directories for its globstars.
fn samples(pattern: &Pattern) -> Vec<String> {
    let mut samples = Vec::new();
    for globstar in ["", "x"] {
        let mut names: Vec<String> = Vec::new();
        for segment in &pattern.segments {
            match segment {
                Segment::Globstar if globstar.is_empty() => {}
                Segment::Globstar => names.push(globstar.to_owned()),
                Segment::Literal(name) => names.push(name.to_string()),
                Segment::Wild(wild) => names.push(
                    wild.0
                        .iter()
                        .map(|token| if let Token::Char(character) = token { *character } else { 'x' })
                        .collect(),
                ),
            }
        }
        // The path itself, a child, and a grandchild, as far as the tail allows.
        let depths = match pattern.tail {
            Tail::Exact => 0..1,
            Tail::SelfOrBelow => 0..3,
            Tail::Below => 1..3,
            Tail::Nothing => 0..0,
        };
        samples.extend(depths.map(|depth| [names.as_slice(), &vec!["x".to_owned(); depth]].concat().join("/")));
    }
    samples.dedup();
    samples
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Pattern {
        Pattern::github(text).unwrap()
    }

    #[test]
    fn answers_are_right() {
        let covers = |outer: &str, inner: &str| BySamples::new().covers(&[&of(outer)], &of(inner));
        assert_eq!(covers("/a/", "/a/b/"), Some(true));
        assert_eq!(covers("/a/b/", "/a/"), Some(false));
        assert_eq!(covers("**/a/", "/x/a/"), Some(true));
        assert_eq!(covers("*.onnx", "/models/*.onnx"), Some(true));
        assert_eq!(covers("/a/", "/a"), Some(false));
        assert_eq!(covers("/**", "*.py"), Some(true));
        assert_eq!(covers("/a/*", "/a/**"), Some(false));
        assert_eq!(covers("/a/?", "/a/*"), None);
        let common =
            |a: &str, b: &str| BySamples::new().common(&of(a), &of(b)).map(|path| String::from_utf8(path).unwrap());
        assert_eq!(common("/a/", "**/*.py").as_deref(), Some("a/x/x.py"));
        assert_eq!(common("/services/*/serve/", "**/monitoring/").as_deref(), Some("services/x/serve/x/monitoring/x"));
        assert_eq!(common("/a/", "/b/"), None);
    }

    #[test]
    fn the_budget_ends_the_search() {
        let decide = BySamples { budget: Cell::new(0) };
        assert_eq!(decide.covers(&[&of("/a/?")], &of("/a/*")), None);
        assert_eq!(decide.common(&of("/a/"), &of("/a/b/")), None);
    }
}
