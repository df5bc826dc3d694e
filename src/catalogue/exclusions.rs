//! Trees that the catalogue leaves out: tests, fixtures, vendored and generated code, scaffolds.

use rustc_hash::FxHashMap;

use super::index::split;
use super::path_test::{Base, PathTest};
use super::spec::{CatalogueError, ExclusionSpec};
use crate::codeowners::{Pattern, Segment, Tail};
use crate::source::Listing;

/// The default exclusions, made ready: directory names by hash, the few other patterns in lists.
#[derive(Clone, Debug, Default)]
pub struct Exclusions {
    groups: Vec<Group>,
    patterns: Vec<Named>,
    /// `**/tests/` and `**/renv/library/`, by the directory's name: positions in `patterns`, and the whole pattern where
    /// the name is not all of it.
    names: FxHashMap<Box<[u8]>, Vec<Directory>>,
    /// `**/*.egg-info/`.
    wild: Vec<(Base, usize)>,
    /// Patterns of files.
    files: Vec<(PathTest, usize)>,
}

/// The whole pattern, and its position.
type Directory = (Option<Pattern>, usize);

#[derive(Clone, Debug)]
struct Group {
    name: Box<str>,
    because: Box<str>,
    unless: Vec<Pattern>,
    unless_beside: Vec<Box<[u8]>>,
}

#[derive(Clone, Debug)]
struct Named {
    group: usize,
    text: Box<str>,
}

/// Why a path is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Excluded<'e> {
    /// `tests`, `vendored`, ….
    pub group: &'e str,
    /// Why the group is left out.
    pub because: &'e str,
    /// The pattern that does it.
    pub pattern: &'e str,
}

impl Exclusions {
    pub(super) fn new(specs: Vec<ExclusionSpec>) -> Result<Self, CatalogueError> {
        let mut all = Self::default();
        for spec in specs {
            let ExclusionSpec { group: name, because, paths, unless, unless_beside } = spec;
            let fail = |text: &str| CatalogueError::Pattern { kind: name.clone(), pattern: text.to_owned() };
            let directory = |text: &String| {
                let mut pattern = Pattern::github(text.trim_end_matches('/')).map_err(|_| fail(text))?;
                pattern.tail = Tail::Exact;
                Ok(pattern)
            };
            let group = all.groups.len();
            for text in paths {
                let at = all.patterns.len();
                let pattern = Pattern::github(&text).map_err(|_| fail(&text))?;
                match (pattern.segments.as_slice(), pattern.tail) {
                    ([.., Segment::Literal(name)], Tail::Below) => {
                        let anywhere = matches!(pattern.segments.as_slice(), [Segment::Globstar, _]);
                        let whole = (!anywhere).then(|| Pattern { tail: Tail::Exact, ..pattern.clone() });
                        all.names.entry(name.as_bytes().into()).or_default().push((whole, at));
                    }
                    ([Segment::Globstar, Segment::Wild(wild)], Tail::Below) => all.wild.push((Base::of(wild), at)),
                    _ => all.files.push((PathTest::new(text.clone()).map_err(|text| fail(&text))?, at)),
                }
                all.patterns.push(Named { group, text: text.into() });
            }
            all.groups.push(Group {
                because: because.into(),
                unless: unless.iter().map(directory).collect::<Result<_, _>>()?,
                unless_beside: unless_beside.into_iter().map(|name| name.into_bytes().into()).collect(),
                name: name.into(),
            });
        }
        Ok(all)
    }

    /// What is left out, as patterns. Directories that stay in after all (`unless`) are not told apart here.
    pub fn patterns(&self) -> Vec<Pattern> {
        self.patterns.iter().filter_map(|named| Pattern::github(&named.text).ok()).collect()
    }

    /// Starts asking. Paths of one directory in a row share its work.
    pub fn walk<'e>(&'e self, listing: &'e Listing) -> ExclusionWalk<'e> {
        ExclusionWalk { all: self, listing, directory: None, verdict: None }
    }

    fn of_directory(&self, directory: &[u8], listing: &Listing) -> Option<usize> {
        let ends = memchr::memchr_iter(b'/', directory).chain(std::iter::once(directory.len()));
        ends.filter(|&end| end > 0).find_map(|end| {
            let (parent, name) = split(&directory[..end]);
            let whole = |entry: &&Directory| entry.0.as_ref().is_none_or(|pattern| pattern.matches(&directory[..end]));
            let named = self.names.get(name).and_then(|entries| entries.iter().find(whole)).map(|&(_, at)| at);
            let at = named.or_else(|| self.wild.iter().find(|(wild, _)| wild.matches(name)).map(|&(_, at)| at))?;
            let group = &self.groups[self.patterns[at].group];
            let beside = |file: &[u8]| {
                let path = if parent.is_empty() { file.to_vec() } else { [parent, b"/", file].concat() };
                listing.find(&path).is_some()
            };
            let stays = group.unless.iter().any(|pattern| pattern.matches(&directory[..end]))
                || group.unless_beside.iter().any(|file| beside(file));
            (!stays).then_some(at)
        })
    }
}

/// Asks one path after the other.
pub struct ExclusionWalk<'e> {
    all: &'e Exclusions,
    listing: &'e Listing,
    directory: Option<Vec<u8>>,
    verdict: Option<usize>,
}

impl<'e> ExclusionWalk<'e> {
    /// Why `path` is left out, if it is.
    pub fn excluded(&mut self, path: &[u8]) -> Option<Excluded<'e>> {
        let (directory, name) = split(path);
        if self.directory.as_deref() != Some(directory) {
            self.verdict = self.all.of_directory(directory, self.listing);
            let memo = self.directory.get_or_insert_default();
            memo.clear();
            memo.extend_from_slice(directory);
        }
        let at = self
            .verdict
            .or_else(|| self.all.files.iter().find(|(test, _)| test.matches(path, name)).map(|&(_, at)| at))?;
        let Named { group, text } = &self.all.patterns[at];
        let group = &self.all.groups[*group];
        Some(Excluded { group: &group.name, because: &group.because, pattern: text })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exclusions() -> Exclusions {
        let spec = |group: &str, paths: &[&str], unless: &[&str], beside: &[&str]| ExclusionSpec {
            group: group.to_owned(),
            because: String::new(),
            paths: paths.iter().map(ToString::to_string).collect(),
            unless: unless.iter().map(ToString::to_string).collect(),
            unless_beside: beside.iter().map(ToString::to_string).collect(),
        };
        Exclusions::new(vec![
            spec("tests", &["**/tests/", "**/test/", "test_*.py"], &["**/data/test/"], &["dbt_project.yml"]),
            spec("scaffolds", &["**/*{{*/", "**/renv/library/"], &[], &[]),
        ])
        .unwrap()
    }

    #[test]
    fn directories_files_and_their_exceptions() {
        let listing = Listing::of(&["dbt/dbt_project.yml"]);
        let all = exclusions();
        let mut walk = all.walk(&listing);
        let mut group = |path: &str| walk.excluded(path.as_bytes()).map(|excluded| excluded.group);
        assert_eq!(group("a/tests/b.ipynb"), Some("tests"));
        assert_eq!(group("tests"), None, "a file of that name is no directory");
        assert_eq!(group("a/test_x.py"), Some("tests"));
        assert_eq!(group("data/test/x.parquet"), None);
        assert_eq!(group("data/test/tests/x.parquet"), Some("tests"));
        assert_eq!(group("dbt/tests/assert.sql"), None);
        assert_eq!(group("x/{{cookiecutter.name}}/train.py"), Some("scaffolds"));
        assert_eq!(group("r/renv/library/a.Rmd"), Some("scaffolds"));
        assert_eq!(group("r/library/a.Rmd"), None);
        assert_eq!(group("contest/a.ipynb"), None);
    }
}
