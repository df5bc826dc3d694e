//! The paths of a repository, compactly: one buffer, sorted by bytes, no duplicates.

/// The longest path in bytes: what Linux opens at most (`PATH_MAX`), and more than other systems do.
pub(super) const LONGEST_PATH: usize = 4096;
/// How much of a path that is refused is quoted.
pub(super) const QUOTED: usize = 200;
/// More paths than this are refused: no repository that git handles comes near, and a hostile one must end somewhere.
pub(super) const MAX_PATHS: usize = 5_000_000;
/// More path bytes than this are refused, for the same reason.
pub(super) const MAX_PATH_BYTES: usize = 4 * 1024 * 1024 * 1024 - 1;

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
    /// Where each path ends: [`MAX_PATH_BYTES`] fits.
    ends: Vec<u32>,
    kinds: Vec<FileKind>,
    /// `id_length` bytes a path, all zero where git names no blob; empty where there is no git.
    ids: Vec<u8>,
    id_length: usize,
}

impl Listing {
    /// Sorts and deduplicates; of two equal paths the first stays.
    pub fn new(paths: Vec<(Vec<u8>, FileKind)>) -> Self {
        let mut listing = Self::default();
        let mut sorted = true;
        for (path, kind) in paths {
            sorted &= listing.push(&path, kind, None);
        }
        if sorted { listing } else { listing.sorted() }
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
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        &self.buffer[start as usize..self.ends[index] as usize]
    }

    /// What stands at `index`.
    pub fn kind(&self, index: usize) -> FileKind {
        self.kinds[index]
    }

    /// The object id that git has for the path at `index`, as raw bytes (20 for SHA-1, 32 for SHA-256): a blob, or a
    /// submodule's commit. `None` for an untracked path, for one in an unresolved merge, and outside git.
    pub fn object_id(&self, index: usize) -> Option<&[u8]> {
        let start = index * self.id_length;
        self.ids.get(start..start + self.id_length).filter(|id| id.iter().any(|&byte| byte != 0))
    }

    /// How many bytes an object id has; 0 where there is none.
    pub(super) fn id_length(&self) -> usize {
        self.id_length
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

    /// The first path that is not less than `start` in byte order.
    pub fn first_from(&self, start: &[u8]) -> Option<&[u8]> {
        let index = self.lower_bound(start);
        (index < self.len()).then(|| self.path(index))
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

    /// Appends, and says whether the order still holds. A path equal to the last one is dropped.
    fn push(&mut self, path: &[u8], kind: FileKind, id: Option<&[u8]>) -> bool {
        let shared = self.shared(path);
        self.push_after(shared, path, kind, id)
    }

    /// How many bytes the last path and this one start with in common.
    fn shared(&self, path: &[u8]) -> usize {
        self.len().checked_sub(1).map_or(0, |last| shared(self.path(last), path))
    }

    /// As [`Listing::push`], with what [`Listing::shared`] gives.
    fn push_after(&mut self, shared: usize, path: &[u8], kind: FileKind, id: Option<&[u8]>) -> bool {
        let last = self.len().checked_sub(1).map(|last| self.path(last));
        if last.is_some_and(|last| last.len() == shared && path.len() == shared) {
            return true;
        }
        let is_ordered = last.is_none_or(|last| last[shared..] < path[shared..]);
        if let Some(id) = id
            && self.id_length == 0
        {
            self.id_length = id.len();
            self.ids.resize(self.len() * self.id_length, 0);
        }
        self.buffer.extend_from_slice(path);
        self.ends.push(u32::try_from(self.buffer.len()).unwrap_or(u32::MAX));
        self.kinds.push(kind);
        match id {
            Some(id) if id.len() == self.id_length => self.ids.extend_from_slice(id),
            _ => self.ids.resize(self.len() * self.id_length, 0),
        }
        is_ordered
    }

    /// The same paths in order, each once.
    fn sorted(&self) -> Self {
        let mut order: Vec<usize> = (0..self.len()).collect();
        // Stable, so that the first of two equal paths is the one that stays.
        order.sort_by(|&a, &b| self.path(a).cmp(self.path(b)));
        let mut sorted = Self::default();
        for index in order {
            sorted.push(self.path(index), self.kind(index), self.object_id(index));
        }
        sorted
    }
}

/// Gathers a listing path by path; git's own order costs no sort.
#[derive(Debug)]
pub(super) struct Builder {
    listing: Listing,
    sorted: bool,
}

/// Why a path has no place in a listing.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// The listing would be larger than [`MAX_PATHS`] or [`MAX_PATH_BYTES`].
    Full,
    /// No git would put such a path into an index.
    Illegal,
}

impl Builder {
    pub(super) fn new() -> Self {
        Self { listing: Listing::default(), sorted: true }
    }

    pub(super) fn push(&mut self, path: &[u8], kind: FileKind, id: Option<&[u8]>) -> Result<(), Refused> {
        let shared = self.listing.shared(path);
        self.push_after(shared, path, kind, id)
    }

    /// As [`Builder::push`], for what must also be legal. What was so of the last path need not be looked at again.
    pub(super) fn push_legal(&mut self, path: &[u8], kind: FileKind, id: Option<&[u8]>) -> Result<(), Refused> {
        let shared = self.listing.shared(path);
        let known = memchr::memrchr(b'/', &path[..shared]).map_or(0, |slash| slash + 1);
        if path.len() > LONGEST_PATH || !are_legal_components(&path[known..]) {
            return Err(Refused::Illegal);
        }
        self.push_after(shared, path, kind, id)
    }

    fn push_after(&mut self, shared: usize, path: &[u8], kind: FileKind, id: Option<&[u8]>) -> Result<(), Refused> {
        let Self { listing, sorted } = self;
        if listing.len() >= MAX_PATHS || path.len() > MAX_PATH_BYTES - listing.buffer.len() {
            return Err(Refused::Full);
        }
        *sorted &= listing.push_after(shared, path, kind, id);
        Ok(())
    }

    pub(super) fn finish(self) -> Listing {
        if self.sorted { self.listing } else { self.listing.sorted() }
    }
}

/// True for a path that git would put into an index: relative, no empty, `.`, `..` or `.git` component. Everything
/// else could lead a read out of the root, or to the credentials that CI keeps in `.git/config`.
pub(super) fn is_legal(path: &[u8]) -> bool {
    path.len() <= LONGEST_PATH && are_legal_components(path)
}

fn are_legal_components(path: &[u8]) -> bool {
    // Nearly no path has a dot or a slash after a slash: look closer only at those that do.
    let suspicious = matches!(path, [] | [b'.' | b'/', ..] | [.., b'/'])
        || memchr::memchr_iter(b'/', path).any(|at| matches!(path.get(at + 1), Some(b'.' | b'/')));
    !suspicious || path.split(|&byte| byte == b'/').all(is_legal_component)
}

/// How many bytes two texts start with in common.
fn shared(a: &[u8], b: &[u8]) -> usize {
    const WORD: usize = 8;
    let words = a.as_chunks::<WORD>().0.iter().zip(b.as_chunks::<WORD>().0);
    let same = words.take_while(|(a, b)| a == b).count() * WORD;
    same + a[same..].iter().zip(&b[same..]).take_while(|(a, b)| a == b).count()
}

fn is_legal_component(name: &[u8]) -> bool {
    !matches!(name, b"" | b"." | b"..") && !name.eq_ignore_ascii_case(b".git")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorts_deduplicates_and_keeps_ids_with_their_paths() {
        let mut builder = Builder::new();
        builder.push(b"b", FileKind::Symlink, None).unwrap();
        builder.push(b"c", FileKind::Regular, Some(&[3; 20])).unwrap();
        builder.push(b"a", FileKind::Regular, Some(&[1; 20])).unwrap();
        builder.push(b"c", FileKind::Submodule, Some(&[9; 20])).unwrap();
        let listing = builder.finish();
        assert_eq!(listing.iter().collect::<Vec<_>>(), [b"a", b"b", b"c"]);
        assert_eq!(listing.object_id(0), Some(&[1; 20][..]));
        assert_eq!(listing.object_id(1), None);
        assert_eq!(listing.object_id(2), Some(&[3; 20][..]));
        assert_eq!(listing.kind(2), FileKind::Regular);
    }

    #[test]
    fn without_git_no_path_has_an_id() {
        let listing = Listing::of(&["b", "a", "b"]);
        assert_eq!(listing.len(), 2);
        assert_eq!(listing.object_id(1), None);
    }

    #[test]
    fn directories_end_at_their_slash() {
        let listing = Listing::of(&["a", "a-b/x", "a/x", "a/y/z", "a0"]);
        let below: Vec<_> = listing.below(b"a").map(|index| listing.path(index)).collect();
        assert_eq!(below, [&b"a/x"[..], b"a/y/z"]);
        assert!(listing.has_directory(b"a/y") && !listing.has_directory(b"a0"));
        assert_eq!(listing.below(b""), 0..5);
    }

    #[test]
    fn what_two_texts_share_is_counted_to_the_byte() {
        let text = b"services/churn/train.py";
        for length in 0..=text.len() {
            assert_eq!(shared(text, &text[..length]), length);
            let mut other = text.to_vec();
            other.insert(length, b'!');
            assert_eq!(shared(text, &other), length);
            assert_eq!(shared(&other, text), length);
        }
    }

    #[test]
    fn only_the_new_part_of_a_path_is_looked_at_and_that_wholly() {
        let mut builder = Builder::new();
        let mut push = |path: &str| builder.push_legal(path.as_bytes(), FileKind::Regular, None);
        assert_eq!(push("a/b/c"), Ok(()));
        for path in ["a/b/", "a/b//c", "a/b/.", "a/b/../c", "a/.git", "a/.GIT/c", "a/", "/", "", ".", ".git/c"] {
            assert_eq!(push(path), Err(Refused::Illegal), "{path}");
        }
        for path in ["a/b/c/d", "a/b/c.git", "a/bc", "a/b/.gitignore"] {
            assert_eq!(push(path), Ok(()), "{path}");
        }
        assert_eq!(push("a/bc/.git/x"), Err(Refused::Illegal));
    }

    #[test]
    fn only_paths_that_git_would_store_are_legal() {
        for path in ["a", ".github/CODEOWNERS", "a/.gitignore", "a..b/...", "a/b.c"] {
            assert!(is_legal(path.as_bytes()), "{path}");
        }
        for path in ["", "/", "/a", "a/", "a//b", ".", "..", "a/../b", "./a", "a/.", ".git/config", "a/.GIT/x"] {
            assert!(!is_legal(path.as_bytes()), "{path}");
        }
    }
}
