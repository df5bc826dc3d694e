//! Which pieces of evidence a path could be: looked up by base name, by extension and by what the name holds, so that a path
//! meets only the few patterns that can match it.

use aho_corasick::AhoCorasick;
use rustc_hash::FxHashMap;

use crate::codeowners::{Pattern, Segment, Tail, Token, Wild};

/// A pattern that names files, made for quick refusal.
#[derive(Clone, Debug)]
pub(super) struct PathTest {
    /// The pattern as written.
    pub text: Box<str>,
    /// Where its directories are more than "anywhere": the whole pattern.
    pattern: Option<Pattern>,
    base: Base,
}

/// What a pattern says of one segment.
#[derive(Clone, Debug)]
pub(super) enum Base {
    Exact(Box<[u8]>),
    /// Starts and ends so, and is as long as both.
    Around {
        prefix: Box<[u8]>,
        suffix: Box<[u8]>,
        middle: Middle,
    },
}

/// What a pattern says of a segment between its start and its end.
#[derive(Clone, Debug)]
pub(super) enum Middle {
    /// `*`
    Any,
    /// `*text*`
    Holds(Box<[u8]>),
    /// Anything more: the whole segment.
    Wild(Wild),
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
        Some(Self { text: text.into(), pattern: (!anywhere).then_some(pattern), base })
    }

    pub(super) fn narrowness(&self) -> Narrowness {
        let (exact, base) = match &self.base {
            Base::Exact(name) => (true, name.len()),
            Base::Around { prefix, suffix, middle } => {
                let length = match middle {
                    Middle::Any => prefix.len() + suffix.len(),
                    Middle::Holds(text) => prefix.len() + text.len() + suffix.len(),
                    Middle::Wild(wild) => wild.0.iter().filter(|token| **token != Token::Star).count(),
                };
                (false, length)
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

    /// Whether the path, whose base name is `name`, matches.
    pub(super) fn matches(&self, path: &[u8], name: &[u8]) -> bool {
        self.base.matches(name) && self.pattern.as_ref().is_none_or(|pattern| pattern.matches(path))
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
    pub(super) fn of(wild: &Wild) -> Self {
        let tokens = &*wild.0;
        let prefix = literal(tokens.iter());
        let mut suffix = literal(tokens.iter().rev());
        suffix.reverse();
        let bytes = |characters: &[char]| -> Box<[u8]> { characters.iter().collect::<String>().as_bytes().into() };
        // Past the first and last wildcard; a segment with only one has nothing between them.
        let between = tokens.get(prefix.len()..tokens.len().saturating_sub(suffix.len())).unwrap_or_default();
        let middle = match between {
            [Token::Star] => Middle::Any,
            [Token::Star, text @ .., Token::Star] if text.iter().all(|token| matches!(token, Token::Char(_))) => {
                Middle::Holds(bytes(&literal(text.iter())))
            }
            _ => Middle::Wild(wild.clone()),
        };
        Self::Around { prefix: bytes(&prefix), suffix: bytes(&suffix), middle }
    }

    /// Whether a whole segment matches.
    pub(super) fn matches(&self, name: &[u8]) -> bool {
        match self {
            Self::Exact(exact) => **exact == *name,
            Self::Around { prefix, suffix, middle } => {
                name.len() >= prefix.len() + suffix.len()
                    && name.starts_with(prefix)
                    && name.ends_with(suffix)
                    && match middle {
                        Middle::Any => true,
                        Middle::Holds(text) => {
                            memchr::memmem::find(&name[prefix.len()..name.len() - suffix.len()], text).is_some()
                        }
                        Middle::Wild(wild) => wild.matches(name),
                    }
            }
        }
    }

    /// A text that every matching name holds; may be empty.
    fn held(&self) -> Vec<u8> {
        match self {
            Self::Exact(name) => name.to_vec(),
            Self::Around { suffix, middle: Middle::Any, .. } => suffix.to_vec(),
            Self::Around { middle: Middle::Holds(text), .. } => text.to_vec(),
            Self::Around { middle: Middle::Wild(wild), .. } => longest_literal(wild),
        }
    }
}

/// The characters up to the first wildcard.
fn literal<'t>(tokens: impl Iterator<Item = &'t Token>) -> Vec<char> {
    tokens.map_while(|token| if let Token::Char(character) = token { Some(*character) } else { None }).collect()
}

/// Path tests by what a path shows of itself. A test's id is its position in the order it was given.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    by_name: FxHashMap<Box<[u8]>, Vec<u32>>,
    by_extension: FxHashMap<Box<[u8]>, Bucket>,
    /// Tests of names whose extension is open.
    open: Bucket,
    /// The directory names that tests ask for, each a bit, so that a directory is looked at once for all its files.
    directories: FxHashMap<Box<[u8]>, u64>,
}

/// The tests of one extension.
#[derive(Clone, Debug, Default)]
struct Bucket {
    /// Matched by every name of the extension, wherever the file stands: never tested, only handed out.
    plain: Vec<u32>,
    /// Matched by every name of the extension below these directories.
    below: Vec<(u64, u32)>,
    /// By the first byte of the name, sorted.
    starting: Vec<(u8, u32)>,
    /// By a text that the name holds somewhere: one search for all of them.
    holding: Holding,
}

/// Tests by a text that a matching name holds.
#[derive(Clone, Debug, Default)]
struct Holding {
    texts: Vec<Vec<u8>>,
    ids: Vec<u32>,
    search: Option<AhoCorasick>,
}

/// The tests that a path may meet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plain<'i>(pub &'i [u32]);

impl Index {
    /// Indexes the tests. `everywhere` says whether the pattern is
    /// all that its rule asks of a path.
    pub(super) fn new<'t>(tests: impl Iterator<Item = (&'t PathTest, bool)>) -> Self {
        let mut index = Self::default();
        for (id, (test, everywhere)) in (0..).zip(tests) {
            let (prefix, suffix, middle) = match &test.base {
                Base::Exact(name) => {
                    index.by_name.entry(name.clone()).or_default().push(id);
                    continue;
                }
                Base::Around { prefix, suffix, middle } => (prefix, suffix, middle),
            };
            let directories = test.directory_names().fold(0, |bits, name| bits | index.directory_bit(name));
            let (bucket, whole) = match extension(suffix) {
                Some(extension) => {
                    let whole = suffix.len() == extension.len() + 1;
                    (index.by_extension.entry(extension.into()).or_default(), whole)
                }
                None => (&mut index.open, false),
            };
            if let Some(&first) = prefix.first() {
                bucket.starting.push((first, id));
            } else if whole && matches!(middle, Middle::Any) {
                if everywhere && test.pattern.is_none() {
                    bucket.plain.push(id);
                } else {
                    bucket.below.push((directories, id));
                }
            } else {
                bucket.holding.texts.push(test.base.held());
                bucket.holding.ids.push(id);
            }
        }
        for bucket in index.by_extension.values_mut().chain(std::iter::once(&mut index.open)) {
            bucket.starting.sort_unstable();
            // Without a search (it cannot fail on a few short texts) every test is tried.
            bucket.holding.search = AhoCorasick::new(&bucket.holding.texts).ok();
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

    /// Gives the tests that any file with this extension meets, ascending, and puts the others that this file could
    /// meet into `found`, in no order. `directories` gives the bits of its directory's names.
    pub(super) fn candidates(&self, name: &[u8], directories: impl FnOnce() -> u64, found: &mut Vec<u32>) -> Plain<'_> {
        found.clear();
        if let Some(ids) = self.by_name.get(name) {
            found.extend_from_slice(ids);
        }
        self.open.candidates(name, found);
        let Some(bucket) = extension(name).and_then(|extension| self.by_extension.get(extension)) else {
            return Plain(&[]);
        };
        bucket.candidates(name, found);
        if !bucket.below.is_empty() {
            let bits = directories();
            found.extend(bucket.below.iter().filter(|(wanted, _)| bits & wanted == *wanted).map(|&(_, id)| id));
        }
        Plain(&bucket.plain)
    }
}

impl Bucket {
    fn candidates(&self, name: &[u8], found: &mut Vec<u32>) {
        if let Some(&first) = name.first() {
            let from = self.starting.partition_point(|&(byte, _)| byte < first);
            found.extend(self.starting[from..].iter().take_while(|&&(byte, _)| byte == first).map(|&(_, id)| id));
        }
        let Holding { texts, ids, search } = &self.holding;
        match search {
            _ if texts.is_empty() => {}
            Some(search) => {
                let hits = search.find_overlapping_iter(name).map(|hit| ids[hit.pattern().as_usize()]);
                let before = found.len();
                for id in hits {
                    if !found[before..].contains(&id) {
                        found.push(id);
                    }
                }
            }
            None => found.extend_from_slice(ids),
        }
    }
}

/// The longest text that every name of the pattern holds.
fn longest_literal(wild: &Wild) -> Vec<u8> {
    let runs = wild.0.split(|token| !matches!(token, Token::Char(_)));
    let text = |run: &[Token]| literal(run.iter()).into_iter().collect::<String>();
    runs.map(text).max_by_key(String::len).unwrap_or_default().into_bytes()
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
        let tests: Vec<_> = patterns.iter().map(|text| PathTest::new(text).unwrap()).collect();
        let index = Index::new(tests.iter().map(|test| (test, true)));
        let (directory, name) = split(path.as_bytes());
        let mut found = Vec::new();
        let bits = index.directories(directory);
        let Plain(plain) = index.candidates(name, || bits, &mut found);
        found.extend_from_slice(plain);
        found.sort_unstable();
        found.retain(|&id| tests[id as usize].matches(path.as_bytes(), name));
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
