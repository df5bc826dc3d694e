//! Which pieces of evidence a path could be: looked up by base name, by extension and by what the name holds, so that a path
//! meets only the few patterns that can match it.

use rustc_hash::FxHashMap;

use super::holding::Holding;
use super::path_test::{Base, Middle, PathTest};

/// Path tests by what a path shows of itself. A test's id is its position in the order it was given.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    by_name: FxHashMap<Box<[u8]>, Vec<u32>>,
    by_extension: FxHashMap<Box<[u8]>, u32>,
    /// The first one is for names whose extension is open.
    buckets: Vec<Bucket>,
    /// The directory names that tests ask for, each a bit, so that a directory is looked at once for all its files.
    directories: FxHashMap<Box<[u8]>, u64>,
}

/// The position of the bucket that every name meets.
const OPEN: BucketId = BucketId(0);

/// The tests of one extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct BucketId(u32);

#[derive(Clone, Debug, Default)]
struct Bucket {
    /// Matched by every name of the extension, wherever the file stands: never tested, only handed out.
    plain: Vec<u32>,
    /// Matched by every name of the extension below these directories: their bits.
    below: Vec<(u64, u32)>,
    /// Matched by every name of the extension, if there is something else besides.
    anywhere: Vec<u32>,
    /// All bits of `below`: a directory with none of them needs no look at it.
    directories: u64,
    /// By the first byte of the name, sorted.
    starting: Vec<(u8, u32)>,
    /// By a text that the name holds somewhere: one search for all of them.
    holding: Holding,
}

impl Index {
    /// Indexes the tests. `everywhere` says whether the pattern is
    /// all that its rule asks of a path.
    pub(super) fn new<'t>(tests: impl Iterator<Item = (&'t PathTest, bool)>) -> Self {
        let mut index = Self { buckets: vec![Bucket::default()], ..Self::default() };
        for (id, (test, everywhere)) in (0..).zip(tests) {
            let (prefix, suffix, middle) = match test.base() {
                Base::Exact(name) => {
                    index.by_name.entry(name.clone()).or_default().push(id);
                    continue;
                }
                Base::Around { prefix, suffix, middle } => (prefix, suffix, middle),
            };
            let directories = test.directory_names().fold(0, |bits, name| bits | index.directory_bit(name));
            let extension = extension(suffix);
            let bucket = extension.map_or(OPEN, |extension| index.bucket_for(extension));
            let bucket = &mut index.buckets[bucket.0 as usize];
            if let Some(&first) = prefix.first() {
                bucket.starting.push((first, id));
            } else if matches!(middle, Middle::Any) && extension.is_some_and(|text| suffix.len() == text.len() + 1) {
                if everywhere && test.is_anywhere() {
                    bucket.plain.push(id);
                } else if directories == 0 {
                    bucket.anywhere.push(id);
                } else {
                    bucket.below.push((directories, id));
                    bucket.directories |= directories;
                }
            } else {
                bucket.holding.insert(test.held(), id);
            }
        }
        for bucket in &mut index.buckets {
            bucket.starting.sort_unstable();
            bucket.holding.finish();
        }
        index
    }

    fn bucket_for(&mut self, extension: &[u8]) -> BucketId {
        if let Some(&known) = self.by_extension.get(extension) {
            return BucketId(known);
        }
        // There are no more buckets than patterns in memory.
        let new = u32::try_from(self.buckets.len()).unwrap_or(u32::MAX);
        self.buckets.push(Bucket::default());
        self.by_extension.insert(extension.into(), new);
        BucketId(new)
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

    /// Gives the bucket of tests that any file with this extension meets, and puts the others that this file could
    /// meet into `found`, in no order. `directories` are the bits of its directory's names.
    pub(super) fn candidates(&self, name: &[u8], directories: u64, found: &mut Vec<u32>) -> Option<BucketId> {
        found.clear();
        if let Some(ids) = self.by_name.get(name) {
            found.extend_from_slice(ids);
        }
        self.buckets[OPEN.0 as usize].candidates(name, found);
        let id = *extension(name).and_then(|extension| self.by_extension.get(extension))?;
        let bucket = &self.buckets[id as usize];
        bucket.candidates(name, found);
        found.extend_from_slice(&bucket.anywhere);
        if bucket.directories & directories != 0 {
            let below = bucket.below.iter().filter(|(wanted, _)| directories & wanted == *wanted);
            found.extend(below.map(|&(_, id)| id));
        }
        (!bucket.plain.is_empty()).then_some(BucketId(id))
    }

    /// The tests that every name of a bucket meets, ascending.
    pub(super) fn plain(&self, bucket: Option<BucketId>) -> &[u32] {
        bucket.map_or(&[][..], |bucket| &self.buckets[bucket.0 as usize].plain)
    }
}

impl Bucket {
    fn candidates(&self, name: &[u8], found: &mut Vec<u32>) {
        if let Some(&first) = name.first()
            && !self.starting.is_empty()
        {
            let from = self.starting.partition_point(|&(byte, _)| byte < first);
            found.extend(self.starting[from..].iter().take_while(|&&(byte, _)| byte == first).map(|&(_, id)| id));
        }
        self.holding.candidates(name, found);
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
    use crate::codeowners::{Pattern, Tail};

    fn matching(patterns: &[&str], path: &str) -> Vec<u32> {
        let tests: Vec<_> = patterns.iter().map(|text| PathTest::new((*text).to_owned()).unwrap()).collect();
        let index = Index::new(tests.iter().map(|test| (test, true)));
        let (directory, name) = split(path.as_bytes());
        let mut found = Vec::new();
        let bits = index.directories(directory);
        let bucket = index.candidates(name, bits, &mut found);
        found.extend_from_slice(index.plain(bucket));
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
    fn more_directory_names_than_bits_are_still_told_apart() {
        let texts: Vec<String> = (0..100).map(|at| format!("**/d{at}/*.py")).collect();
        let patterns: Vec<&str> = texts.iter().map(String::as_str).collect();
        assert_eq!(matching(&patterns, "x/d99/a.py"), [99]);
        assert_eq!(matching(&patterns, "d3/d70/a.py"), [70]);
    }
}
