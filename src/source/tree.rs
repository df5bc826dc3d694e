//! An opened source: its listing, and the contents behind it.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::OnceLock;

use bstr::ByteSlice;

use super::blobs::{Blob, Blobs};
use super::cache::Place;
use super::disk::{Disk, Refusal};
use super::error::SourceError;
use super::git::{Environment, Git};
use super::listed::Pending;
use super::listing::{FileKind, Listing, is_legal};
use super::places::read_outside;
use super::root::{Root, discover, relative_bytes, without_verbatim_prefix};
use super::tracked::Index;
use super::{ListInput, Request, Unlisted, tracked, walk};

/// A blob over this many bytes is not unpacked, not even for its start.
pub(super) const MAX_BLOB: u64 = 16 * 1024 * 1024;
/// Linux follows 40, nobody needs 8.
const MAX_LINKS: usize = 8;
/// No link names a longer path.
const MAX_LINK_TARGET: usize = 4096;

/// The paths of a request, and their contents as far as it has any.
#[derive(Debug)]
pub struct Tree {
    pub(super) listed: Pending,
    pub(super) contents: Contents,
    pub(super) root: Option<PathBuf>,
    pub(super) scope: Option<Vec<u8>>,
    pub(super) described: String,
    pub(super) folder: PathBuf,
    pub(super) git: Option<Git>,
    /// The id of the commit, of which all is read.
    pub(super) commit: Option<String>,
    /// Where the repository keeps what, once that is asked.
    pub(super) place: OnceLock<Option<Place>>,
}

/// Where contents are read.
#[derive(Debug)]
pub(super) enum Contents {
    /// A work tree, with the repository for what a sparse checkout leaves out of it.
    WorkTree(Disk, Option<(Git, Blobs)>),
    /// The blobs of the index or a commit.
    Blobs(Blobs),
    /// None, but for one file that the user named.
    Named(Option<PathBuf>),
}

/// The start of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Head {
    /// Its first bytes.
    Bytes {
        /// At most as many as asked for.
        bytes: Vec<u8>,
        /// The file has more.
        truncated: bool,
    },
    /// It was not read, and why, as a short plural phrase (`symbolic links`).
    Skipped(&'static str),
}

pub(super) fn start(request: &Request, environment: &Environment) -> Result<Tree, SourceError> {
    let ready = |listing| Pending::ready(listing, Unlisted::default());
    let mut of_commit = None;
    let (found, listed, contents, described) = match request {
        Request::WorkTree { start, explicit, untracked } => {
            let found = discover(start, *explicit, environment)?;
            let git = found.git.clone();
            // git lists the index while it is asked whether that may be used.
            let index = git.as_ref().map(Index::start).transpose()?;
            let found = found.agreed()?;
            let Some(root) = found.folder.clone() else { return Err(bare(start, &found)) };
            let disk = Disk::new(&root).map_err(|cause| SourceError::Unreadable { path: root.clone(), cause })?;
            if let Some((git, index)) = git.zip(index) {
                let described = format!("the git index and work tree of `{}`", root.display());
                let contents = Contents::WorkTree(disk, Some((git.clone(), Blobs::new(git.clone()))));
                let (place, untracked) = (described.clone(), *untracked);
                let listed = Pending::start(move || {
                    let mut unlisted = Unlisted::default();
                    let mut builder = index.finish(&place)?;
                    if untracked {
                        tracked::add_untracked(&mut builder, &git, &root, &place, &mut unlisted)?;
                    }
                    Ok((builder.finish(), unlisted))
                });
                (found, listed, contents, described)
            } else {
                let described = format!("the folder `{}`", root.display());
                let mut unlisted = Unlisted::default();
                let listing = walk::folder(&root, &described, &mut unlisted)?;
                (found, Pending::ready(listing, unlisted), Contents::WorkTree(disk, None), described)
            }
        }
        Request::Staged { start, explicit } => {
            let found = discover(start, *explicit, environment)?;
            let git = found.git.clone().ok_or_else(|| SourceError::NotARepository(start.clone()))?;
            let index = Index::start(&git)?;
            let found = found.agreed()?;
            let Some(root) = &found.folder else { return Err(bare(start, &found)) };
            let described = format!("the git index of `{}`", root.display());
            let listing = index.finish(&described)?.finish();
            (found, ready(listing), Contents::Blobs(Blobs::new(git)), described)
        }
        Request::Revision { start, explicit, rev } => {
            let found = discover(start, *explicit, environment)?.agreed()?;
            let git = found.git.clone().ok_or_else(|| SourceError::NotARepository(start.clone()))?;
            let commit = tracked::resolve(&git, rev)?;
            let short = &commit[..commit.len().min(12)];
            let described = format!("commit {short} (`{rev}`) of `{}`", git.folder().display());
            let listing = tracked::commit(&git, &commit, &described)?;
            of_commit = Some(commit);
            (found, ready(listing), Contents::Blobs(Blobs::new(git)), described)
        }
        Request::List { paths, codeowners } => {
            let listing = ListInput::read(paths, environment.folder())?;
            (Root::none(), ready(listing), Contents::Named(codeowners.clone()), paths.name())
        }
    };
    let (root, scope, folder) = (found.folder, found.scope, environment.folder().to_owned());
    Ok(Tree {
        listed,
        contents,
        root,
        scope,
        described,
        folder,
        git: found.git,
        commit: of_commit,
        place: OnceLock::new(),
    })
}

fn bare(start: &Path, found: &Root) -> SourceError {
    SourceError::Bare(found.git.as_ref().map_or(start, Git::folder).to_owned())
}

impl Tree {
    /// The paths, relative to the root. Waits for them where they are still on their way.
    pub fn listing(&self) -> &Listing {
        &self.listed.wait().0
    }

    /// Waits for the listing, and gives what went wrong with it.
    pub fn listed(&self) -> Result<(), SourceError> {
        self.listed.check()
    }

    /// True where what was read before the listing was there may have missed a file: one that a sparse checkout leaves
    /// out of the work tree, of which only the listing tells.
    pub fn has_missed(&self) -> bool {
        self.listed.was_wrong()
    }

    /// The folder that paths are relative to, with links resolved; `None` for a list and for a bare repository.
    pub fn root(&self) -> Option<&Path> {
        self.root.as_deref()
    }

    /// The part of the root that the user asked about, a folder or a file, relative to it; `None` for all of it. The
    /// listing is whole all the same: what holds for a part is decided by the whole.
    pub fn scope(&self) -> Option<&[u8]> {
        self.scope.as_deref()
    }

    /// What is read, for messages: `the git index and work tree of …`.
    pub fn describe(&self) -> String {
        self.described.clone()
    }

    /// The address of the remote that git calls `origin`, or of its only one; `None` where there is none.
    pub fn remote(&self) -> Option<String> {
        // Not asked for is not there: git fails for both, and nothing else depends on it.
        let ask = |arguments: &[&str]| self.git.as_ref()?.output("read the configuration", arguments).ok();
        let text = |bytes: Vec<u8>| bytes.to_str_lossy().trim_end().to_owned();
        if let Some(origin) = ask(&["config", "--get", "remote.origin.url"]) {
            return Some(text(origin));
        }
        let all = text(ask(&["config", "--get-regexp", r"^remote\..*\.url$"])?);
        let mut remotes = all.lines();
        remotes.next().filter(|_| remotes.next().is_none())?.split_once(' ').map(|(_, url)| url.to_owned())
    }

    /// Whether git would ignore a file at this path. False outside git, and where git does not answer: the question is
    /// only how believable a path is.
    pub fn is_ignored(&self, path: &[u8]) -> bool {
        let Some(git) = &self.git else { return false };
        // Behind `./` no path is taken for anything else, which is what the variable is for.
        let path = [b"./", path].concat();
        let Ok(path) = path.to_os_str() else { return false };
        let mut ask = git.command(&[OsStr::new("check-ignore"), OsStr::new("--quiet"), OsStr::new("--no-index"), path]);
        ask.env_remove("GIT_LITERAL_PATHSPECS").stdout(Stdio::null()).stderr(Stdio::null());
        ask.status().is_ok_and(|status| status.success())
    }

    /// What was met and not listed: special files, unreadable folders.
    pub fn unlisted(&self) -> &Unlisted {
        &self.listed.wait().1
    }

    /// The first `limit` bytes of the file at an index of the listing. Follows no link and opens regular files only;
    /// clean and smudge filters do not run, so that a file of Git LFS is its pointer in a revision.
    pub fn head(&self, index: usize, limit: usize) -> Head {
        let read = match (&self.contents, of_kind(self.listing().kind(index))) {
            (_, Some(reason)) => Err(reason),
            (Contents::WorkTree(disk, _), None) => match disk.start(self.listing().path(index), limit) {
                Ok(start) => Ok((start.bytes, start.truncated)),
                Err(refusal) => Err(of_refusal(&refusal)),
            },
            (Contents::Blobs(blobs), None) => match self.listing().object_id(index) {
                Some(id) => blobs.read(id, limit, MAX_BLOB).map_or(Err("unreadable files"), of_blob),
                None => Err("files in an unresolved merge"),
            },
            (Contents::Named(_), None) => Err("paths of a bare listing"),
        };
        read.map_or_else(Head::Skipped, |(bytes, truncated)| Head::Bytes { bytes, truncated })
    }

    /// A whole small file by its path relative to the root, whether or not it is in the listing; `None` where there is
    /// none. Symbolic links are followed to regular files of the listing, and to nothing else: not out of the root, and
    /// not to what CI leaves lying in a work tree (credentials, `.git/config`).
    ///
    /// Of a bare list, only the CODEOWNERS file that the user named with it is there.
    ///
    /// Fails on more than `limit` bytes, on links that must not be followed and on special files.
    pub fn read_whole(&self, path: &str, limit: usize) -> Result<Option<Vec<u8>>, SourceError> {
        if let Contents::Named(file) = &self.contents {
            let Some(file) = file else { return Ok(None) };
            let is_named = file == Path::new(path);
            return is_named.then(|| read_outside(&self.folder.join(file), file, limit)).transpose();
        }
        if !is_legal(path.as_bytes()) {
            return Err(SourceError::IllegalPath { place: "a request".to_owned(), path: path.to_owned() });
        }
        match &self.contents {
            Contents::WorkTree(disk, repository) => match self.read_from_disk(disk, path, limit)? {
                Some(bytes) => Ok(Some(bytes)),
                None => self.read_left_out(repository.as_ref(), path, limit),
            },
            Contents::Blobs(blobs) => self.read_from_blobs(blobs, path, limit),
            Contents::Named(_) => Ok(None),
        }
    }

    /// True where a file, or a link that should lead to one, is at `path`.
    pub(super) fn has_file(&self, path: &str) -> bool {
        match &self.contents {
            Contents::WorkTree(disk, repository) => {
                let full = disk.path().join(path);
                let is_same = || passes_a_link(disk.path(), &full) || is_spelled(&full);
                full.symlink_metadata().is_ok_and(|found| !found.is_dir() && is_same())
                    || self.is_left_out(repository.as_ref(), path).unwrap_or(false)
            }
            Contents::Blobs(_) => self.listing().find(path.as_bytes()).is_some(),
            Contents::Named(_) => false,
        }
    }

    /// True for a path that git knows and a sparse checkout leaves out of the work tree.
    fn is_left_out(&self, repository: Option<&(Git, Blobs)>, path: &str) -> Result<bool, SourceError> {
        match repository {
            Some((git, _)) if self.listed.lists(path) => tracked::is_left_out(git, path),
            _ => Ok(false),
        }
    }

    /// The CODEOWNERS file that came with a bare list.
    pub(super) fn listed_codeowners(&self) -> Option<&Path> {
        if let Contents::Named(file) = &self.contents { file.as_deref() } else { None }
    }

    pub(super) fn current_folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn git(&self) -> Option<&Git> {
        self.git.as_ref()
    }

    pub(super) fn commit(&self) -> Option<&str> {
        self.commit.as_deref()
    }

    /// git's object store; `None` outside git.
    pub(super) fn blobs(&self) -> Option<&Blobs> {
        match &self.contents {
            Contents::WorkTree(_, repository) => repository.as_ref().map(|(_, blobs)| blobs),
            Contents::Blobs(blobs) => Some(blobs),
            Contents::Named(_) => None,
        }
    }

    fn read_from_disk(&self, disk: &Disk, path: &str, limit: usize) -> Result<Option<Vec<u8>>, SourceError> {
        let Some(resolved) = self.resolve_on_disk(disk.path(), path)? else { return Ok(None) };
        match disk.start(&resolved, limit) {
            Ok(start) if start.truncated => {
                // A file that grows is as large as what was seen of it, at least.
                let size = start.size.max(limit as u64 + 1);
                Err(SourceError::TooLarge { path: path.to_owned(), size, limit })
            }
            Ok(start) => Ok(Some(start.bytes)),
            Err(Refusal::Missing | Refusal::Folder) => Ok(None),
            Err(Refusal::Special) => Err(SourceError::NotAFile(path.to_owned())),
            Err(Refusal::Link | Refusal::BehindLink | Refusal::Illegal) => Err(link(path, "changed while it was read")),
            Err(Refusal::Unreadable(cause)) => Err(SourceError::Unreadable { path: disk.path().join(path), cause }),
        }
    }

    /// The path behind the symbolic links of `path`.
    fn resolve_on_disk(&self, root: &Path, path: &str) -> Result<Option<Vec<u8>>, SourceError> {
        let full = root.join(path);
        if !passes_a_link(root, &full) {
            return Ok(is_spelled(&full).then(|| path.as_bytes().to_vec()));
        }
        let Ok(target) = full.canonicalize().map(without_verbatim_prefix) else {
            // A link among its folders says nothing about a file that is not there.
            return if full.is_symlink() { Err(link(path, "leads nowhere")) } else { Ok(None) };
        };
        let relative = target.strip_prefix(root).map_err(|_| link(path, "leaves the root"))?;
        match relative_bytes(relative).filter(|target| self.is_regular(target)) {
            Some(resolved) => Ok(Some(resolved)),
            None if target.is_dir() => Ok(None),
            None => Err(link(path, "leads to no file of the repository")),
        }
    }

    fn is_regular(&self, path: &[u8]) -> bool {
        self.listing().find(path).is_some_and(|index| self.listing().kind(index) == FileKind::Regular)
    }

    /// What a sparse checkout leaves out of the work tree is still there for the host.
    fn read_left_out(
        &self,
        repository: Option<&(Git, Blobs)>,
        path: &str,
        limit: usize,
    ) -> Result<Option<Vec<u8>>, SourceError> {
        match repository {
            Some((_, blobs)) if self.is_left_out(repository, path)? && self.is_regular(path.as_bytes()) => {
                self.read_from_blobs(blobs, path, limit)
            }
            _ => Ok(None),
        }
    }

    fn read_from_blobs(&self, blobs: &Blobs, path: &str, limit: usize) -> Result<Option<Vec<u8>>, SourceError> {
        let Some(index) = self.resolve_in_listing(blobs, path)? else { return Ok(None) };
        self.read_blob(blobs, index, path, limit).map(Some)
    }

    fn read_blob(&self, blobs: &Blobs, index: usize, path: &str, limit: usize) -> Result<Vec<u8>, SourceError> {
        let id = self.listing().object_id(index).ok_or_else(|| SourceError::Unmerged(path.to_owned()))?;
        match blobs.read(id, limit, limit as u64)? {
            Blob::Bytes { bytes, .. } => Ok(bytes),
            Blob::TooLarge(size) => Err(SourceError::TooLarge { path: path.to_owned(), size, limit }),
            Blob::Missing => Err(SourceError::MissingBlob(path.to_owned())),
        }
    }

    /// The index of the regular file behind the symbolic links of `path`, which are blobs here.
    fn resolve_in_listing(&self, blobs: &Blobs, path: &str) -> Result<Option<usize>, SourceError> {
        let mut current = path.as_bytes().to_vec();
        // Only a file that is itself a link is there for sure; behind a linked folder there may be none.
        let mut is_there = false;
        for _ in 0..=MAX_LINKS {
            let Some((index, end)) = self.first_link(&current) else {
                let found =
                    self.listing().find(&current).filter(|&index| self.listing().kind(index) == FileKind::Regular);
                let is_nothing = found.is_none() && !self.listing().has_directory(&current);
                return if is_there && is_nothing {
                    Err(link(path, "leads to no file of the repository"))
                } else {
                    Ok(found)
                };
            };
            is_there |= end == current.len();
            let target = self.read_blob(blobs, index, path, MAX_LINK_TARGET)?;
            match join(&current[..end], &target, &current[end..]) {
                Some(joined) => current = joined,
                None if is_there => return Err(link(path, "leaves the root")),
                None => return Ok(None),
            }
        }
        Err(link(path, "leads through too many others"))
    }

    /// The nearest symbolic link on a path: its index in the listing, and where its part of the path ends.
    fn first_link(&self, path: &[u8]) -> Option<(usize, usize)> {
        let ends = memchr::memchr_iter(b'/', path).chain([path.len()]);
        ends.filter_map(|end| self.listing().find(&path[..end]).map(|index| (index, end)))
            .find(|&(index, _)| self.listing().kind(index) == FileKind::Symlink)
    }
}

/// Why what stands at a path is not read, whatever is in it.
pub(super) fn of_kind(kind: FileKind) -> Option<&'static str> {
    match kind {
        FileKind::Regular => None,
        FileKind::Symlink => Some("symbolic links"),
        FileKind::Submodule => Some("submodules"),
        FileKind::Unknown => Some("paths of a bare listing"),
    }
}

/// Why a file was not opened, as a plural phrase.
pub(super) fn of_refusal(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::Missing => "files missing from the work tree",
        Refusal::Link => "symbolic links",
        Refusal::BehindLink => "files behind symbolic links",
        Refusal::Folder => "folders in the place of files",
        Refusal::Special => "special files",
        Refusal::Illegal => "names that this system cannot write",
        Refusal::Unreadable(_) => "unreadable files",
    }
}

/// The bytes of a blob and whether there are more, or why there are none, as a plural phrase.
pub(super) fn of_blob(blob: Blob) -> Result<(Vec<u8>, bool), &'static str> {
    match blob {
        Blob::Bytes { bytes, truncated } => Ok((bytes, truncated)),
        Blob::TooLarge(_) => Err("files over 16 MiB"),
        Blob::Missing => Err("files missing from a partial clone"),
    }
}

fn link(path: &str, why: &'static str) -> SourceError {
    SourceError::Link { path: path.to_owned(), why }
}

/// True where the path below the root, or a folder on the way, is a symbolic link.
fn passes_a_link(root: &Path, full: &Path) -> bool {
    full.ancestors().take_while(|ancestor| *ancestor != root).any(Path::is_symlink)
}

/// True where a path without links exists in exactly these letters: some systems find `codeowners` under `CODEOWNERS`,
/// the host does not.
fn is_spelled(full: &Path) -> bool {
    full.canonicalize().is_ok_and(|found| without_verbatim_prefix(found) == full)
}

/// The path that a link at `at` with this target means, followed by `rest` (empty, or from a slash on); `None` where it
/// leaves the root.
fn join(at: &[u8], target: &[u8], rest: &[u8]) -> Option<Vec<u8>> {
    if target.starts_with(b"/") {
        return None;
    }
    let mut names: Vec<&[u8]> = at.split_str("/").collect();
    names.pop();
    for name in target.split_str("/").chain(rest.split_str("/")) {
        match name {
            b"" | b"." => {}
            b".." => {
                names.pop()?;
            }
            name => names.push(name),
        }
    }
    Some(names.join(&b'/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_joined_as_the_system_would() {
        assert_eq!(join(b".github/CODEOWNERS", b"../owners/all", b"").unwrap(), b"owners/all");
        assert_eq!(join(b"docs", b"./site/docs/", b"/CODEOWNERS").unwrap(), b"site/docs/CODEOWNERS");
        assert_eq!(join(b"CODEOWNERS", b"../x", b""), None);
        assert_eq!(join(b"a/b", b"/etc/passwd", b""), None);
    }
}
