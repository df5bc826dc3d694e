//! Which pieces of evidence a path could be: looked up by base name, by extension and by first letter, so that a path
//! meets only the few patterns that can match it.

use rustc_hash::FxHashMap;

use crate::codeowners::{Pattern, Segment, Tail, Token, Wild};

/// A pattern that names files, made for quick refusal.
#[derive(Clone, Debug)]
pub(super) struct PathTest {
    /// The pattern as written.
    pub text: Box<str>,
    /// Where its directories are more than "anywhere": the whole pattern.
    pattern: Option<Pattern>,
    /// The bits of the directory names that a matching path has; see [`Index::directories`].
    directories: u64,
    base: Base,
}

/// What a pattern says of the last segment.
#[derive(Clone, Debug)]
enum Base {
    Exact(Box<[u8]>),
    /// Starts and ends so, and is as long as both; `wild` where the middle matters too.
    Around {
        prefix: Box<[u8]>,
        suffix: Box<[u8]>,
        wild: Option<Wild>,
    },
}

/// How narrow a pattern is; the greater is the more specific, and a contained pattern never counts as less.
pub(super) type Narrowness = (bool, usize, usize);

impl PathTest {
    /// Reads a pattern that names files: it starts with `/` or `**/`, or has no slash. `None` for any other.
    pub(super) fn new(text: &str) -> Option<Self> {
        let says_where_it_starts = !text.contains('/') || text.starts_with('/') || text.starts_with("**/");
        let mut pattern = Pattern::github(text).ok().filter(|_| says_where_it_starts)?;
        if matches!(pattern.tail, Tail::Below | Tail::Nothing) {
            return None;
        }
        // A kind is told by a file's name: what stands below a directory of that name is something else.
        pattern.tail = Tail::Exact;
        let base = match pattern.segments.last()? {
            Segment::Literal(name) => Base::Exact(name.as_bytes().into()),
            Segment::Wild(wild) => Base::of(wild),
            Segment::Globstar => return None,
        };
        let anywhere = matches!(pattern.segments.as_slice(), [Segment::Globstar, _]);
        Some(Self { text: text.into(), pattern: (!anywhere).then_some(pattern), directories: 0, base })
    }

    pub(super) fn narrowness(&self) -> Narrowness {
        let (exact, base) = match &self.base {
            Base::Exact(name) => (true, name.len()),
            Base::Around { prefix, suffix, wild } => {
                let whole =
                    wild.as_ref().map_or(0, |wild| wild.0.iter().filter(|token| **token != Token::Star).count());
                (false, whole.max(prefix.len() + suffix.len()))
            }
        };
        let directories = self.pattern.iter().flat_map(|pattern| &pattern.segments).map(|segment| match segment {
            Segment::Globstar => 0,
            Segment::Literal(name) => name.len() + 1,
            Segment::Wild(wild) => wild.0.iter().filter(|token| **token != Token::Star).count() + 1,
        });
        // The last segment is counted once by itself and once here, for all patterns alike.
        (exact, base + directories.sum::<usize>(), usize::from(self.pattern.is_some()))
    }

    /// Whether the path, split by the caller, matches; `directories` are the bits of its directory names.
    pub(super) fn matches(&self, path: &[u8], name: &[u8], directories: u64) -> bool {
        directories & self.directories == self.directories
            && self.base.matches(name)
            && self.pattern.as_ref().is_none_or(|pattern| pattern.matches(path))
    }

    /// True where the bits of directory names are looked at.
    pub(super) fn needs_directories(&self) -> bool {
        self.directories != 0
    }

    fn directory_names(&self) -> impl Iterator<Item = &str> {
        let segments = self.pattern.as_ref().map_or(&[][..], |pattern| &pattern.segments);
        segments[..segments.len().saturating_sub(1)].iter().filter_map(|segment| match segment {
            Segment::Literal(name) => Some(&**name),
            _ => None,
        })
    }
}

impl Base {
    fn of(wild: &Wild) -> Self {
        let tokens = &*wild.0;
        let literal = |tokens: &mut dyn Iterator<Item = &Token>| -> Vec<char> {
            tokens.map_while(|token| if let Token::Char(character) = token { Some(*character) } else { None }).collect()
        };
        let prefix = literal(&mut tokens.iter());
        let mut suffix = literal(&mut tokens.iter().rev());
        suffix.reverse();
        let one_star = prefix.len() + suffix.len() + 1 == tokens.len() && tokens[prefix.len()] == Token::Star;
        let bytes =
            |characters: Vec<char>| -> Box<[u8]> { characters.into_iter().collect::<String>().as_bytes().into() };
        Self::Around { prefix: bytes(prefix), suffix: bytes(suffix), wild: (!one_star).then(|| wild.clone()) }
    }

    fn matches(&self, name: &[u8]) -> bool {
        match self {
            Self::Exact(exact) => **exact == *name,
            Self::Around { prefix, suffix, wild } => {
                name.len() >= prefix.len() + suffix.len()
                    && name.starts_with(prefix)
                    && name.ends_with(suffix)
                    && wild.as_ref().is_none_or(|wild| wild.matches(name))
            }
        }
    }
}

/// Path tests by what a path shows of itself. A test's id is its position in the order it was given.
#[derive(Clone, Debug)]
pub(super) struct Index {
    by_name: FxHashMap<Box<[u8]>, Vec<u32>>,
    by_extension: FxHashMap<Box<[u8]>, Vec<u32>>,
    by_first: Vec<Vec<u32>>,
    rest: Vec<u32>,
    /// The directory names that tests ask for, each a bit, so that a directory is looked at once for all its files.
    directories: FxHashMap<Box<[u8]>, u64>,
}

impl Default for Index {
    fn default() -> Self {
        Self {
            by_name: FxHashMap::default(),
            by_extension: FxHashMap::default(),
            by_first: vec![Vec::new(); 256],
            rest: Vec::new(),
            directories: FxHashMap::default(),
        }
    }
}

impl Index {
    /// Indexes the tests, and gives them the bits of their directory names.
    pub(super) fn new<'t>(tests: impl Iterator<Item = &'t mut PathTest>) -> Self {
        let mut index = Self::default();
        for (id, test) in (0..).zip(tests) {
            test.directories = test.directory_names().fold(0, |bits, name| bits | index.directory_bit(name));
            match &test.base {
                Base::Exact(name) => index.by_name.entry(name.clone()).or_default().push(id),
                Base::Around { prefix, suffix, .. } => match (extension(suffix), prefix.first()) {
                    (Some(extension), _) => index.by_extension.entry(extension.into()).or_default().push(id),
                    (None, Some(&first)) => index.by_first[usize::from(first)].push(id),
                    (None, None) => index.rest.push(id),
                },
            }
        }
        index
    }

    /// Past 64 names there is no bit left: such a name is checked by its whole pattern alone.
    fn directory_bit(&mut self, name: &str) -> u64 {
        let next = u32::try_from(self.directories.len()).ok().and_then(|at| 1_u64.checked_shl(at));
        match (self.directories.get(name.as_bytes()), next) {
            (Some(&bit), _) => bit,
            (None, Some(bit)) => {
                self.directories.insert(name.as_bytes().into(), bit);
                bit
            }
            (None, None) => 0,
        }
    }

    /// The bits of a directory's names.
    pub(super) fn directories(&self, directory: &[u8]) -> u64 {
        directory
            .split(|&byte| byte == b'/')
            .fold(0, |bits, name| bits | self.directories.get(name).copied().unwrap_or(0))
    }

    /// Puts the ids of all tests that could match a file of this base name into `found`, ascending.
    pub(super) fn candidates(&self, name: &[u8], found: &mut Vec<u32>) {
        found.clear();
        found.extend_from_slice(self.by_name.get(name).map_or(&[], Vec::as_slice));
        if let Some(extension) = extension(name) {
            found.extend_from_slice(self.by_extension.get(extension).map_or(&[], Vec::as_slice));
        }
        if let Some(&first) = name.first() {
            found.extend_from_slice(&self.by_first[usize::from(first)]);
        }
        found.extend_from_slice(&self.rest);
        found.sort_unstable();
    }
}

/// What stands after the last dot.
fn extension(name: &[u8]) -> Option<&[u8]> {
    memchr::memrchr(b'.', name).map(|at| &name[at + 1..])
}

/// Directory (without its slash; empty for the root) and base name.
pub(super) fn split(path: &[u8]) -> (&[u8], &[u8]) {
    memchr::memrchr(b'/', path).map_or((&[], path), |at| (&path[..at], &path[at + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matching(patterns: &[&str], path: &str) -> Vec<u32> {
        let mut tests: Vec<_> = patterns.iter().map(|text| PathTest::new(text).unwrap()).collect();
        let index = Index::new(tests.iter_mut());
        let (directory, name) = split(path.as_bytes());
        let mut found = Vec::new();
        index.candidates(name, &mut found);
        let bits = index.directories(directory);
        found.retain(|&id| tests[id as usize].matches(path.as_bytes(), name, bits));
        found
    }

    #[test]
    fn the_index_finds_what_the_patterns_match() {
        let patterns = [
            "*.yaml",
            "Chart.yaml",
            "**/dags/**/*.py",
            "Dockerfile*",
            "*card*",
            "/a/b.yaml",
            "train*.py",
            "f?o.*.yaml",
            "*",
        ];
        let paths = [
            "x.yaml",
            "c/Chart.yaml",
            "dags/a.py",
            "x/dags/y/a.py",
            "dagsx/a.py",
            "Dockerfile.gpu",
            "my-card.yaml",
            "a/b.yaml",
            "a/b.yaml/c",
            "z/a/b.yaml",
            "train_a.py",
            "train.pyc",
            "fxo.1.yaml",
            "noext",
            "é.yaml",
        ];
        // Dropping a pattern's tail is what makes it name a file.
        for path in paths {
            let expected: Vec<u32> = (0..)
                .zip(patterns)
                .filter(|(_, text)| {
                    let mut pattern = Pattern::github(text).unwrap();
                    if pattern.tail == Tail::SelfOrBelow {
                        pattern.tail = Tail::Exact;
                    }
                    pattern.matches(path.as_bytes()) && *text != "*"
                })
                .map(|(id, _)| id)
                .collect();
            assert_eq!(matching(&patterns[..8], path), expected, "{path}");
        }
    }

    #[test]
    fn patterns_must_name_files_and_say_where_they_start() {
        for text in ["configs/a.yaml", "/models/", "**/models/**", "*", "/", "!a", "a[b]", ""] {
            assert!(PathTest::new(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_contained_pattern_is_never_less_narrow() {
        let narrow = |text: &str| PathTest::new(text).unwrap().narrowness();
        for (inner, outer) in [
            ("Chart.yaml", "*.yaml"),
            ("*.odcs.yaml", "*.yaml"),
            ("**/dags/**/*.py", "*.py"),
            ("/.github/workflows/*.yml", "*.yml"),
            ("**/a/Chart.yaml", "Chart.yaml"),
            ("/a/Chart.yaml", "**/a/Chart.yaml"),
            ("train*.py", "t*.py"),
            ("*model*card*.md", "*card*.md"),
        ] {
            assert!(narrow(inner) >= narrow(outer), "{inner} in {outer}");
        }
    }

    #[test]
    fn more_directory_names_than_bits_are_still_told_apart() {
        let texts: Vec<String> = (0..100).map(|at| format!("**/d{at}/*.py")).collect();
        let patterns: Vec<&str> = texts.iter().map(String::as_str).collect();
        assert_eq!(matching(&patterns, "x/d99/a.py"), [99]);
        assert_eq!(matching(&patterns, "d3/d70/a.py"), [70]);
    }
}
