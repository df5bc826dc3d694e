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
        Self { budget: Cell::new(5_000_000) }
    }

    /// Takes `cost` from what is left; false, then and ever after, where that is not there.
    fn pays(&self, cost: usize) -> bool {
        let left = self.budget.get().checked_sub(cost as u64);
        self.budget.set(left.unwrap_or(0));
        left.is_some()
    }

    fn matches(&self, pattern: &Pattern, path: &str) -> Option<bool> {
        self.pays(size(pattern) * (1 + path.len())).then(|| pattern.matches(path.as_bytes()))
    }

    fn samples(&self, pattern: &Pattern) -> Option<Vec<String>> {
        self.pays(6 * size(pattern)).then(|| samples(pattern))
    }
}

impl Decide for BySamples {
    fn covers(&self, outer: &[&Pattern], inner: &Pattern) -> Option<bool> {
        for outer in outer {
            if !self.pays(size(outer) + size(inner)) {
                return None;
            }
            if contains(outer, inner) {
                return Some(true);
            }
        }
        for sample in self.samples(inner)? {
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
        let (of_a, of_b) = (self.samples(a)?, self.samples(b)?);
        let below = |outer: &[String], inner: &[String], nth: usize| {
            format!("{}/{}", outer[nth / inner.len()], inner[nth % inner.len()])
        };
        let pairs = of_a.len() * of_b.len();
        let alone = of_a.iter().chain(&of_b).cloned();
        let joined =
            (0..pairs).map(|nth| below(&of_a, &of_b, nth)).chain((0..pairs).map(|nth| below(&of_b, &of_a, nth)));
        for path in alone.chain(joined) {
            if self.matches(a, &path)? && self.matches(b, &path)? {
                return Some(path.into_bytes());
            }
        }
        None
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
