//! Opening files below a folder, never through a symbolic link and never anything but a regular file.

use std::fs::File;
use std::io::{self, Read};
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
        if !is_legal(path) {
            return Err(Refusal::Illegal);
        }
        let file = self.open(path)?;
        // What was opened is asked, not what stood there before.
        let metadata = file.metadata().map_err(Refusal::Unreadable)?;
        if !metadata.is_file() {
            return Err(Refusal::Special);
        }
        let mut bytes = Vec::new();
        file.take(limit as u64 + 1).read_to_end(&mut bytes).map_err(Refusal::Unreadable)?;
        let truncated = bytes.len() > limit;
        bytes.truncate(limit);
        Ok(Start { bytes, truncated, size: metadata.len() })
    }

    #[cfg(unix)]
    fn open(&self, path: &[u8]) -> Result<File, Refusal> {
        unix::open(&self.folder, path)
    }

    /// Every component is looked at before the file is opened. Whoever can write to the folder at the same time can
    /// still swap one for a link in between; only `openat`, which this system lacks, closes that gap.
    #[cfg(not(unix))]
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
    use std::os::fd::{AsFd, OwnedFd};
    use std::path::Path;

    use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, openat, statat};
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

    /// Steps down folder by folder from an open one: no swapped name can lead out of it.
    pub(super) fn open(root: &OwnedFd, path: &[u8]) -> Result<File, Refusal> {
        let mut open: Option<OwnedFd> = None;
        let mut rest = path;
        while let Some(slash) = memchr::memchr(b'/', rest) {
            let folder = open.as_ref().map_or(root.as_fd(), AsFd::as_fd);
            let name = &rest[..slash];
            let next = openat(folder, name, FOLDER | OFlags::NOFOLLOW, Mode::empty()).map_err(|error| {
                let is_link = statat(folder, name, AtFlags::SYMLINK_NOFOLLOW)
                    .is_ok_and(|found| FileType::from_raw_mode(found.st_mode) == FileType::Symlink);
                if is_link { Refusal::BehindLink } else { refusal(error) }
            })?;
            open = Some(next);
            rest = &rest[slash + 1..];
        }
        let folder = open.as_ref().map_or(root.as_fd(), AsFd::as_fd);
        // Opening alone can act on a device: look first.
        let found = statat(folder, rest, AtFlags::SYMLINK_NOFOLLOW).map_err(refusal)?;
        match FileType::from_raw_mode(found.st_mode) {
            FileType::RegularFile => {}
            FileType::Symlink => return Err(Refusal::Link),
            FileType::Directory => return Err(Refusal::Folder),
            _ => return Err(Refusal::Special),
        }
        openat(folder, rest, FILE, Mode::empty()).map(File::from).map_err(refusal)
    }

    fn refusal(error: Errno) -> Refusal {
        match error {
            Errno::NOENT | Errno::NOTDIR => Refusal::Missing,
            Errno::LOOP => Refusal::Link,
            _ => Refusal::Unreadable(error.into()),
        }
    }
}
