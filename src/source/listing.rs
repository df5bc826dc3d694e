//! The paths of a repository, compactly: one buffer, sorted by bytes, no duplicates.

/// What stands at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A file with content.
    Regular,
    /// A symbolic link: never followed.
    Symlink,
    /// A submodule: a commit of another repository.
    Submodule,
    /// Only the name is known (`--files-from`).
    Unknown,
}

/// Sorted paths relative to the root, split by `/`, without a leading slash; bytes, not text.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    buffer: Vec<u8>,
    ends: Vec<u32>,
    kinds: Vec<FileKind>,
}

impl Listing {
    /// Sorts and deduplicates.
    pub fn new(mut paths: Vec<(Vec<u8>, FileKind)>) -> Self {
        paths.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        paths.dedup_by(|a, b| a.0 == b.0);
        let mut listing = Self::default();
        for (path, kind) in paths {
            listing.buffer.extend_from_slice(&path);
            listing.ends.push(u32::try_from(listing.buffer.len()).unwrap_or(u32::MAX));
            listing.kinds.push(kind);
        }
        listing
    }

    /// A listing of regular files, for tests and examples.
    pub fn of(paths: &[&str]) -> Self {
        Self::new(paths.iter().map(|path| (path.as_bytes().to_vec(), FileKind::Regular)).collect())
    }

    /// How many paths there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// True without paths.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The path at `index`.
    pub fn path(&self, index: usize) -> &[u8] {
        let start = if index == 0 { 0 } else { self.ends[index - 1] as usize };
        &self.buffer[start..self.ends[index] as usize]
    }

    /// What stands at `index`.
    pub fn kind(&self, index: usize) -> FileKind {
        self.kinds[index]
    }

    /// All paths in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &[u8]> + DoubleEndedIterator {
        (0..self.len()).map(|index| self.path(index))
    }

    /// The index of a path.
    pub fn find(&self, path: &[u8]) -> Option<usize> {
        let index = self.lower_bound(path);
        (index < self.len() && self.path(index) == path).then_some(index)
    }

    /// The first index whose path is not below `path` in byte order.
    fn lower_bound(&self, path: &[u8]) -> usize {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low.midpoint(high);
            if self.path(middle) < path { low = middle + 1 } else { high = middle }
        }
        low
    }

    /// The indexes of everything below a directory (no trailing slash; empty for all).
    pub fn below(&self, directory: &[u8]) -> std::ops::Range<usize> {
        if directory.is_empty() {
            return 0..self.len();
        }
        let first = [directory, b"/"].concat();
        // `0` is the byte after `/`.
        let last = [directory, b"0"].concat();
        self.lower_bound(&first)..self.lower_bound(&last)
    }

    /// True where something stands below `directory`.
    pub fn has_directory(&self, directory: &[u8]) -> bool {
        !self.below(directory).is_empty()
    }
}
