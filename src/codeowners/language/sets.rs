//! Sets of paths as a policy writes them, and how they stand to each other and to the entries.

use super::super::{Pattern, Tail};
use super::budget::{Undecided, within};
use super::cell::{Cell, Ending};
use super::engine::Engine;
use super::ground::Ground;
use super::steps::Speller;
use super::{Decision, PathSearch, witness};

/// So many candidates are looked at, and a fraction of them kept.
const MOST_LOOKED_AT: usize = 4096;
const MOST_CANDIDATES: usize = 256;

static EVERY_PATH: Pattern = Pattern { segments: Vec::new(), tail: Tail::Below };

/// The paths that are in one of some patterns and in none of some others.
#[derive(Debug)]
pub struct PathSet<'p> {
    include: Vec<&'p Pattern>,
    /// Of those that match a path at all.
    spellers: Vec<Speller<'p>>,
    exclude: Engine<'p>,
    candidates: Vec<Vec<u8>>,
}

impl<'p> PathSet<'p> {
    /// The paths in one of `include` and in none of `exclude`.
    pub fn new(include: &[&'p Pattern], exclude: &[&'p Pattern]) -> Self {
        let excluded: Vec<_> = exclude.iter().map(|&pattern| (0, pattern)).collect();
        Self {
            include: include.to_vec(),
            spellers: include.iter().filter_map(|&pattern| Speller::new(pattern)).collect(),
            exclude: Engine::new(&excluded),
            candidates: Vec::new(),
        }
    }

    /// All paths but those in one of `exclude`.
    pub fn everything_but(exclude: &[&'p Pattern]) -> Self {
        Self::new(&[&EVERY_PATH], exclude)
    }

    /// Adds paths to show before all others where they answer a question: each name in each directory (without a slash
    /// at the end; empty for the root), and there the names that the set's own patterns end with. The most believable
    /// come first in both; those that are not in the set are left out.
    #[must_use]
    pub fn with_candidates<'d>(mut self, directories: impl IntoIterator<Item = &'d [u8]>, names: &[&str]) -> Self {
        let mut names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        for name in self.include.iter().filter_map(|pattern| witness::last_name(pattern)) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let joined = directories.into_iter().flat_map(|directory| names.iter().map(move |name| (directory, name)));
        for (directory, name) in joined.take(MOST_LOOKED_AT) {
            let slash: &[u8] = if directory.is_empty() { b"" } else { b"/" };
            let path = [directory, slash, name.as_bytes()].concat();
            if self.candidates.len() < MOST_CANDIDATES && witness::is_legal(&path) && self.contains(&path) {
                self.candidates.push(path);
            }
        }
        self
    }

    /// Whether a path is in the set.
    pub fn contains(&self, path: &[u8]) -> bool {
        self.include.iter().any(|pattern| pattern.matches(path)) && self.exclude.winner(path).is_none()
    }

    /// Looks for a path that is in both sets.
    pub fn find_common(&self, other: &PathSet<'_>, ground: Option<&dyn Ground>, budget: &mut u64) -> PathSearch {
        if let Some(path) = self.candidate(ground, |path| other.contains(path)) {
            return PathSearch::Found(path);
        }
        let mut answer = Answer::new(*budget);
        for cell in self.cells(ground) {
            for speller in other.spellers.iter().filter(|speller| !cell.parts_early_from(speller)) {
                let both = cell.and(speller).without(&other.exclude, 0);
                if answer.take(budget, |budget| both.find(budget)) {
                    return answer.into();
                }
            }
        }
        answer.into()
    }

    /// Looks for a path that is in this set and not in the other.
    pub fn find_outside_of(&self, other: &PathSet<'_>, ground: Option<&dyn Ground>, budget: &mut u64) -> PathSearch {
        if let Some(path) = self.candidate(ground, |path| !other.contains(path)) {
            return PathSearch::Found(path);
        }
        let included: Vec<_> = other.include.iter().map(|&pattern| (0, pattern)).collect();
        let included = Engine::new(&included);
        let mut answer = Answer::new(*budget);
        for cell in self.cells(ground) {
            let excluded = other.exclude.spellers().filter(|speller| !cell.parts_early_from(speller));
            let parts = std::iter::once(cell.without(&included, 0)).chain(excluded.map(|speller| cell.and(speller)));
            for part in parts {
                if answer.take(budget, |budget| part.find(budget)) {
                    return answer.into();
                }
            }
        }
        answer.into()
    }

    /// Decides whether every path of this set is in the other.
    pub fn is_within(&self, other: &PathSet<'_>, budget: &mut u64) -> Decision {
        match self.find_outside_of(other, None, budget) {
            PathSearch::Found(path) | PathSearch::Taken(path) => Decision::No(path),
            PathSearch::Nowhere => Decision::Yes,
            PathSearch::NotDecided => Decision::NotDecided,
        }
    }

    /// A part for each pattern of the set, without what is excluded.
    pub(super) fn cells<'a>(&'a self, ground: Option<&'a dyn Ground>) -> impl Iterator<Item = Cell<'a>> {
        self.spellers.iter().map(move |speller| Cell {
            inside: vec![speller],
            outside: vec![(&self.exclude, 0)],
            ground,
        })
    }

    /// The first candidate that answers a question and could be added.
    pub(super) fn candidate(&self, ground: Option<&dyn Ground>, answers: impl Fn(&[u8]) -> bool) -> Option<Vec<u8>> {
        let allows = |path: &[u8]| ground.is_none_or(|ground| ground.allows(path));
        self.candidates.iter().find(|path| answers(path) && allows(path)).cloned()
    }
}

/// The answers about the parts of a set, put together.
pub(super) struct Answer {
    /// What one part may cost, so that a monstrous one leaves the others decided.
    share: u64,
    found: Option<Vec<u8>>,
    taken: Option<Vec<u8>>,
    undecided: bool,
}

impl Answer {
    pub(super) fn new(budget: u64) -> Self {
        Self { share: budget / 8, found: None, taken: None, undecided: false }
    }

    /// Asks about one part; true where there is nothing more to ask.
    pub(super) fn take(&mut self, budget: &mut u64, ask: impl FnOnce(&mut u64) -> Result<Ending, Undecided>) -> bool {
        match within(self.share, budget, ask) {
            Ok(Ending::Path(path)) => self.found = Some(path),
            Ok(Ending::Taken(path)) => self.taken = self.taken.take().or(Some(path)),
            Ok(Ending::Nowhere(_)) => {}
            Err(Undecided) => self.undecided = true,
        }
        self.found.is_some()
    }

    pub(super) fn share(&self) -> u64 {
        self.share
    }

    pub(super) fn find(&mut self, path: Vec<u8>) {
        self.found = Some(path);
    }

    pub(super) fn is_found(&self) -> bool {
        self.found.is_some()
    }

    pub(super) fn withhold(&mut self) {
        self.undecided = true;
    }
}

impl From<Answer> for PathSearch {
    fn from(answer: Answer) -> Self {
        match (answer.found, answer.taken, answer.undecided) {
            (Some(path), ..) => Self::Found(path),
            (None, _, true) => Self::NotDecided,
            (None, Some(path), false) => Self::Taken(path),
            (None, None, false) => Self::Nowhere,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::DEFAULT_BUDGET;
    use super::*;

    fn patterns(texts: &[&str]) -> Vec<Pattern> {
        texts.iter().map(|text| Pattern::github(text).unwrap()).collect()
    }

    /// A set from its patterns, those behind a `!` excluded.
    fn set<'p>(texts: &[&str], patterns: &'p [Pattern]) -> PathSet<'p> {
        let is_excluded = |at: &usize| texts[*at].starts_with('!');
        let (exclude, include): (Vec<usize>, Vec<usize>) = (0..texts.len()).partition(is_excluded);
        let of = |indexes: Vec<usize>| indexes.into_iter().map(|at| &patterns[at]).collect::<Vec<_>>();
        PathSet::new(&of(include), &of(exclude))
    }

    fn compared(a: &[&str], b: &[&str]) -> [String; 3] {
        let plain =
            |texts: &[&str]| patterns(&texts.iter().map(|text| text.trim_start_matches('!')).collect::<Vec<_>>());
        let (in_a, in_b) = (plain(a), plain(b));
        let (a, b) = (set(a, &in_a), set(b, &in_b));
        let told = |search| match search {
            PathSearch::Found(path) => String::from_utf8(path).unwrap(),
            PathSearch::Nowhere => "none".to_owned(),
            other => format!("{other:?}"),
        };
        let mut budget = DEFAULT_BUDGET;
        [
            told(a.find_common(&b, None, &mut budget)),
            told(a.find_outside_of(&b, None, &mut budget)),
            told(b.find_outside_of(&a, None, &mut budget)),
        ]
    }

    #[test]
    fn sets_overlap_contain_one_another_or_neither() {
        #[rustfmt::skip]
        let table: &[(&[&str], &[&str], [&str; 3])] = &[
            // In both, only in the first, only in the second.
            (&["/models/"], &["*.onnx"], ["models/new.onnx", "models/new", "new.onnx"]),
            (&["/models/prod/"], &["/models/"], ["models/prod/new", "none", "models/new"]),
            (&["/a/", "/b/"], &["/c/"], ["none", "a/new", "c/new"]),
            (&["/a/"], &["/a/", "!/a/b/"], ["a/new", "a/b/new", "none"]),
            (&["/a/", "!/a/b/"], &["/a/b/"], ["none", "a/new", "a/b/new"]),
            (&["/a/", "!*.md"], &["*.md", "!/a/"], ["none", "a/new", "new.md"]),
            (&["/a/*", "/a/*/"], &["/a/"], ["a/new", "none", "none"]),
            (&["/"], &["/a/"], ["none", "none", "a/new"]),
            (&["*", "!*"], &["/a/"], ["none", "none", "a/new"]),
        ];
        for &(a, b, expected) in table {
            assert_eq!(compared(a, b), expected, "{a:?} and {b:?}");
        }
    }

    #[test]
    fn within_is_proved_or_refuted() {
        let patterns = patterns(&["/a/", "/a/b/", "*"]);
        let of = |include: &[usize], exclude: &[usize]| {
            let pick = |indexes: &[usize]| indexes.iter().map(|&at| &patterns[at]).collect::<Vec<_>>();
            PathSet::new(&pick(include), &pick(exclude))
        };
        let within = |a: &PathSet<'_>, b: &PathSet<'_>| a.is_within(b, &mut DEFAULT_BUDGET.clone());
        assert_eq!(within(&of(&[1], &[]), &of(&[0], &[])), Decision::Yes);
        assert_eq!(within(&of(&[0], &[1]), &of(&[2], &[1])), Decision::Yes);
        assert_eq!(within(&of(&[0], &[]), &of(&[2], &[1])), Decision::No(b"a/b/new".to_vec()));
        assert_eq!(of(&[0], &[]).is_within(&of(&[2], &[1]), &mut 3), Decision::NotDecided);
        assert_eq!(
            within(&of(&[1], &[]), &PathSet::everything_but(&[&patterns[1]])),
            Decision::No(b"a/b/new".to_vec())
        );
    }

    #[test]
    fn candidates_come_first_where_they_are_of_the_answer() {
        let patterns = patterns(&["/services/*/serve/", "*.py", "*.md", "/models/*.onnx"]);
        let set = |include: &[usize]| {
            let include: Vec<_> = include.iter().map(|&at| &patterns[at]).collect();
            let directories: [&[u8]; 3] = [b"services/fraud/serve", b"services/fraud", b"models"];
            PathSet::new(&include, &[]).with_candidates(directories, &["predict.py", "README.md"])
        };
        let common = |a: &PathSet<'_>, b: &PathSet<'_>| a.find_common(b, None, &mut DEFAULT_BUDGET.clone());
        let found = |path: &str| PathSearch::Found(path.as_bytes().to_vec());
        assert_eq!(common(&set(&[0]), &set(&[1])), found("services/fraud/serve/predict.py"));
        assert_eq!(common(&set(&[0]), &set(&[2])), found("services/fraud/serve/README.md"));
        assert_eq!(common(&set(&[3]), &PathSet::everything_but(&[])), found("models/new.onnx"));
    }
}
