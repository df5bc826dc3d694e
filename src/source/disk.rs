//! Opening files below a folder, never through a symbolic link and never anything but a regular file.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::listing::is_legal;

/// A folder whose files may be read.
#[derive(Debug)]
pub(super) struct Disk {
    path: PathBuf,
    #[cfg(unix)]
    folder: std::os::fd::OwnedFd,
}

/// Why a file was not opened.
#[derive(Debug)]
pub(super) enum Refusal {
    /// Nothing is there.
    Missing,
    /// A symbolic link is there.
    Link,
    /// A symbolic link stands for one of its folders.
    BehindLink,
    /// A folder is there.
    Folder,
    /// A FIFO, socket or device is there.
    Special,
    /// Not a path below the folder, as the system writes paths.
    Illegal,
    /// The system refused.
    Unreadable(io::Error),
}

/// The first bytes of a file.
#[derive(Debug)]
pub(super) struct Start {
    pub(super) bytes: Vec<u8>,
    /// There are more.
    pub(super) truncated: bool,
    /// The file's size in bytes when it was opened.
    pub(super) size: u64,
}

impl Disk {
    /// `path` must be resolved already: its own links are followed here, and nowhere else.
    pub(super) fn new(path: &Path) -> io::Result<Self> {
        Ok(Self {
            path: path.to_owned(),
            #[cfg(unix)]
            folder: unix::open_folder(path)?,
        })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The first `limit` bytes of the regular file at `path`.
    pub(super) fn start(&self, path: &[u8], limit: usize) -> Result<Start, Refusal> {
        let mut bytes = Vec::new();
        let Read { truncated, size } = self.reader().read(path, |_| limit, &mut bytes)?;
        Ok(Start { bytes, truncated, size })
    }

    /// Starts reading many files.
    pub(super) fn reader(&self) -> Reader<'_> {
        Reader {
            #[cfg(unix)]
            folders: unix::Folders::new(&self.folder),
            #[cfg(not(unix))]
            disk: self,
        }
    }
}

/// Reads files one after the other. Paths in sorted order share the opening of their folders; any order is right.
pub(super) struct Reader<'d> {
    #[cfg(unix)]
    folders: unix::Folders<'d>,
    #[cfg(not(unix))]
    disk: &'d Disk,
}

/// What was read into a buffer.
#[derive(Debug)]
pub(super) struct Read {
    /// There is more in the file.
    pub(super) truncated: bool,
    /// The file's size in bytes when it was opened.
    pub(super) size: u64,
}

impl Reader<'_> {
    /// Puts the first bytes of the regular file at `path` into `bytes`, in place of what was there: as many as `limit`
    /// says for its size.
    pub(super) fn read(
        &mut self,
        path: &[u8],
        limit: impl FnOnce(u64) -> usize,
        bytes: &mut Vec<u8>,
    ) -> Result<Read, Refusal> {
        bytes.clear();
        if !is_legal(path) {
            return Err(Refusal::Illegal);
        }
        let file = self.open(path)?;
        // What was opened is asked, not what stood there before.
        let metadata = file.metadata().map_err(Refusal::Unreadable)?;
        if !metadata.is_file() {
            return Err(Refusal::Special);
        }
        let size = metadata.len();
        let limit = limit(size);
        // One byte more than there should be, so that the end shows without growing the buffer.
        bytes.reserve(usize::try_from(size).unwrap_or(limit).min(limit) + 1);
        file.take(limit as u64 + 1).read_to_end(bytes).map_err(Refusal::Unreadable)?;
        let truncated = bytes.len() > limit;
        bytes.truncate(limit);
        Ok(Read { truncated, size })
    }

    #[cfg(unix)]
    fn open(&mut self, path: &[u8]) -> Result<File, Refusal> {
        self.folders.open(path)
    }

    #[cfg(not(unix))]
    fn open(&mut self, path: &[u8]) -> Result<File, Refusal> {
        self.disk.open(path)
    }

    /// What the system says of the entry at `path` itself, links not followed; `None` where nothing can be said.
    #[cfg(unix)]
    pub(super) fn stat(&mut self, path: &[u8]) -> Option<rustix::fs::Stat> {
        if is_legal(path) { self.folders.stat(path).ok() } else { None }
    }
}

#[cfg(not(unix))]
impl Disk {
    /// Every component is looked at before the file is opened. Whoever can write to the folder at the same time can
    /// still swap one for a link in between; only `openat`, which this system lacks, closes that gap.
    fn open(&self, path: &[u8]) -> Result<File, Refusal> {
        let text = std::str::from_utf8(path).map_err(|_| Refusal::Illegal)?;
        if text.contains(['\\', ':']) {
            return Err(Refusal::Illegal);
        }
        let mut full = self.path.clone();
        let mut names = text.split('/').peekable();
        while let Some(name) = names.next() {
            full.push(name);
            let metadata = full.symlink_metadata().map_err(|error| match error.kind() {
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Refusal::Missing,
                _ => Refusal::Unreadable(error),
            })?;
            let is_last = names.peek().is_none();
            match metadata.file_type() {
                kind if kind.is_symlink() => return Err(if is_last { Refusal::Link } else { Refusal::BehindLink }),
                kind if is_last && kind.is_dir() => return Err(Refusal::Folder),
                kind if is_last && !kind.is_file() => return Err(Refusal::Special),
                kind if !is_last && !kind.is_dir() => return Err(Refusal::Missing),
                _ => {}
            }
        }
        File::open(&full).map_err(Refusal::Unreadable)
    }
}

#[cfg(unix)]
mod unix {
    use std::fs::File;
    use std::io;
    use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
    use std::path::Path;

    use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, Stat, openat, statat};
    use rustix::io::Errno;

    use super::Refusal;

    /// Enough to look further; on Linux that needs no permission to list the folder.
    #[cfg(target_os = "linux")]
    const FOLDER: OFlags = OFlags::PATH.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);
    #[cfg(not(target_os = "linux"))]
    const FOLDER: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);
    /// Should a FIFO take the file's place after it was looked at, opening it must not wait for a writer.
    const FILE: OFlags =
        OFlags::RDONLY.union(OFlags::NOFOLLOW).union(OFlags::NONBLOCK).union(OFlags::NOCTTY).union(OFlags::CLOEXEC);

    pub(super) fn open_folder(path: &Path) -> io::Result<OwnedFd> {
        Ok(openat(CWD, path, FOLDER, Mode::empty())?)
    }

    /// Steps down folder by folder from an open one, so that no swapped name can lead out of it, and keeps those open
    /// that the next path may share.
    pub(super) struct Folders<'d> {
        root: BorrowedFd<'d>,
        /// The path of the innermost folder in `open`.
        path: Vec<u8>,
        /// Each folder on the way, with the length of its path.
        open: Vec<(usize, OwnedFd)>,
        /// A folder below those.
        deep: Option<OwnedFd>,
        /// A folder that is not there, or is a link: nor is anything below it.
        closed: Option<(Vec<u8>, Closed)>,
    }

    /// As many folders are kept open: a hostile path has two thousand.
    const MOST_OPEN: usize = 24;

    #[derive(Clone, Copy)]
    enum Closed {
        Missing,
        Link,
    }

    impl From<Closed> for Refusal {
        fn from(closed: Closed) -> Self {
            match closed {
                Closed::Missing => Self::Missing,
                Closed::Link => Self::BehindLink,
            }
        }
    }

    impl<'d> Folders<'d> {
        pub(super) fn new(root: &'d OwnedFd) -> Self {
            Self { root: root.as_fd(), path: Vec::new(), open: Vec::new(), deep: None, closed: None }
        }

        pub(super) fn open(&mut self, path: &[u8]) -> Result<File, Refusal> {
            let (folder, name) = self.step_to(path)?;
            // Opening alone can act on a device: look first.
            let found = statat(folder, name, AtFlags::SYMLINK_NOFOLLOW).map_err(refusal)?;
            match FileType::from_raw_mode(found.st_mode) {
                FileType::RegularFile => {}
                FileType::Symlink => return Err(Refusal::Link),
                FileType::Directory => return Err(Refusal::Folder),
                _ => return Err(Refusal::Special),
            }
            openat(folder, name, FILE, Mode::empty()).map(File::from).map_err(refusal)
        }

        pub(super) fn stat(&mut self, path: &[u8]) -> Result<Stat, Refusal> {
            let (folder, name) = self.step_to(path)?;
            statat(folder, name, AtFlags::SYMLINK_NOFOLLOW).map_err(refusal)
        }

        /// The folder that `path` stands in, and its name there.
        fn step_to<'p>(&mut self, path: &'p [u8]) -> Result<(BorrowedFd<'_>, &'p [u8]), Refusal> {
            let (folder, name) = match memchr::memrchr(b'/', path) {
                Some(slash) => (&path[..slash], &path[slash + 1..]),
                None => return Ok((self.root, path)),
            };
            if let Some((closed, why)) = &self.closed
                && is_at_or_below(folder, closed)
            {
                return Err((*why).into());
            }
            while self.open.pop_if(|(length, _)| !is_at_or_below(folder, &self.path[..*length])).is_some() {}
            let mut at = self.open.last().map_or(0, |&(length, _)| length);
            self.path.truncate(at);
            self.deep = None;
            while at < folder.len() {
                let start = if at == 0 { 0 } else { at + 1 };
                let end = memchr::memchr(b'/', &folder[start..]).map_or(folder.len(), |slash| start + slash);
                let next = self.step(&folder[start..end]).map_err(|why| match why {
                    Ok(closed) => {
                        self.closed = Some((folder[..end].to_vec(), closed));
                        closed.into()
                    }
                    Err(refusal) => refusal,
                })?;
                if self.open.len() < MOST_OPEN {
                    self.open.push((end, next));
                    self.path.clear();
                    self.path.extend_from_slice(&folder[..end]);
                } else {
                    self.deep = Some(next);
                }
                at = end;
            }
            Ok((self.innermost(), name))
        }

        fn innermost(&self) -> BorrowedFd<'_> {
            self.deep.as_ref().or(self.open.last().map(|(_, folder)| folder)).map_or(self.root, AsFd::as_fd)
        }

        fn step(&self, name: &[u8]) -> Result<OwnedFd, Result<Closed, Refusal>> {
            let folder = self.innermost();
            openat(folder, name, FOLDER | OFlags::NOFOLLOW, Mode::empty()).map_err(|error| {
                let is_link = statat(folder, name, AtFlags::SYMLINK_NOFOLLOW)
                    .is_ok_and(|found| FileType::from_raw_mode(found.st_mode) == FileType::Symlink);
                match error {
                    _ if is_link => Ok(Closed::Link),
                    Errno::NOENT | Errno::NOTDIR => Ok(Closed::Missing),
                    error => Err(refusal(error)),
                }
            })
        }
    }

    /// True for the folder itself and what is below it.
    fn is_at_or_below(path: &[u8], folder: &[u8]) -> bool {
        path.strip_prefix(folder).is_some_and(|rest| matches!(rest, [] | [b'/', ..]))
    }

    fn refusal(error: Errno) -> Refusal {
        match error {
            Errno::NOENT | Errno::NOTDIR => Refusal::Missing,
            Errno::LOOP => Refusal::Link,
            _ => Refusal::Unreadable(error.into()),
        }
    }
}
