//! Where the root is, and which repository it belongs to.

use std::fs;
use std::path::{Path, PathBuf};

use super::error::SourceError;
use super::git::{Asked, Environment, Git};
use super::places::POLICY_PLACES;
use crate::codeowners::Dialect;

/// The answer: a folder to list, perhaps with git, perhaps narrowed to a part of it.
#[derive(Debug)]
pub(super) struct Root {
    /// The folder that paths are relative to; `None` for a bare repository.
    pub(super) folder: Option<PathBuf>,
    /// What the user asked about, relative to `folder`.
    pub(super) scope: Option<Vec<u8>>,
    /// git, where there is a repository; it runs in `folder`.
    pub(super) git: Option<Git>,
    /// What git still has to say to it.
    pending: Option<Pending>,
}

/// git's word on the repository at `top`, being asked for.
#[derive(Debug)]
struct Pending {
    asked: Asked,
    git: Git,
    top: PathBuf,
}

/// What asking git about its repository is called in messages.
const READ: &str = "read the repository";

impl Root {
    fn new(folder: Option<PathBuf>, git: Option<Git>) -> Self {
        Self { folder, scope: None, git, pending: None }
    }

    /// Of a bare list, which has none.
    pub(super) fn none() -> Self {
        Self::new(None, None)
    }

    /// Waits for git to agree. Before that nothing of the repository counts, though git may be asked for it already.
    pub(super) fn agreed(mut self) -> Result<Self, SourceError> {
        let Some(Pending { asked, git, top }) = self.pending.take() else { return Ok(self) };
        match asked.answer(READ)?.as_slice() {
            b"true\nfalse\n\n" => Ok(self),
            [b'f', b'a', b'l', b's', b'e', b'\n', b't', ..] => Ok(Self::new(None, Some(git))),
            _ => Err(SourceError::WorkTreeElsewhere(top)),
        }
    }
}

/// Finds the root for `start`, a folder or a file of one.
///
/// The repository is found by climbing to the nearest `.git`, as git does, and git must agree: a configuration that
/// puts the work tree elsewhere would have us read there. The variables that a hook inherits (`GIT_DIR`,
/// `GIT_INDEX_FILE` …) are taken over where they mean that same repository, and are dropped where they do not.
pub(super) fn discover(start: &Path, explicit: bool, environment: &Environment) -> Result<Root, SourceError> {
    let given = environment.folder().join(start);
    let unreadable = |cause| SourceError::Unreadable { path: start.to_owned(), cause };
    let target = fs::canonicalize(&given).map(without_verbatim_prefix).map_err(|cause| match cause.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => SourceError::Missing(start.to_owned()),
        _ => unreadable(cause),
    })?;
    let is_folder = fs::metadata(&target).map_err(unreadable)?.is_dir();
    let folder = if is_folder { target.as_path() } else { target.parent().unwrap_or(&target) };

    let mut found = match nearest_repository(folder) {
        Some(top) => of_work_tree(top, environment)?,
        None if looks_bare(folder) => of_bare(folder, environment)?,
        None => match of_environment(folder, explicit, environment)? {
            Some(root) => root,
            None => Root::new(Some(folder.to_owned()), None),
        },
    };
    if explicit && let Some(top) = &found.folder {
        let top = if holds_a_root(folder) { folder } else { top }.to_owned();
        found.scope = target.strip_prefix(&top).ok().and_then(relative_bytes).filter(|scope| !scope.is_empty());
        found.git = found.git.map(|git| git.at(&top));
        found.folder = Some(top);
    }
    Ok(found)
}

/// The nearest folder, this one or above, with a `.git` that git would look into.
fn nearest_repository(folder: &Path) -> Option<&Path> {
    folder.ancestors().find(|ancestor| {
        let entry = ancestor.join(".git");
        // A file leads to the repository (linked work trees, submodules); an empty folder is none.
        fs::metadata(&entry).is_ok_and(|entry_is| entry_is.is_file() || exists(&entry.join("HEAD")))
    })
}

/// The root of the work tree at `top`, which holds a `.git`.
fn of_work_tree(top: &Path, environment: &Environment) -> Result<Root, SourceError> {
    let mut git = Git::in_folder(top, environment);
    // From a damaged repository git would go on to one above it.
    git.set("GIT_CEILING_DIRECTORIES", top.parent().unwrap_or(top));
    let asked = git.ask(&["rev-parse", "--is-inside-work-tree", "--is-bare-repository", "--show-prefix"])?;
    let pending = Pending { asked, git: git.clone(), top: top.to_owned() };
    adopt(&mut git, top, environment)?;
    Ok(Root { pending: Some(pending), ..Root::new(Some(top.to_owned()), Some(git)) })
}

/// The bare repository at `folder`, named to git outright: finding one by chance is how files of a work tree pass for
/// a repository with a configuration of its own.
fn of_bare(folder: &Path, environment: &Environment) -> Result<Root, SourceError> {
    let mut git = Git::in_folder(folder, environment);
    git.set("GIT_DIR", folder);
    adopt(&mut git, folder, environment)?;
    Ok(Root::new(None, Some(git)))
}

/// The repository that the environment names, for a folder without one (`GIT_DIR=~/.dotfiles GIT_WORK_TREE=~`). A
/// folder that the user named counts only below a work tree that is named too.
fn of_environment(folder: &Path, explicit: bool, environment: &Environment) -> Result<Option<Root>, SourceError> {
    let Some(git_dir) = environment.path_variable("GIT_DIR") else { return Ok(None) };
    let work_tree = environment.path_variable("GIT_WORK_TREE");
    if explicit && work_tree.is_none() {
        return Ok(None);
    }
    let mut git = Git::in_folder(folder, environment);
    git.set("GIT_DIR", git_dir);
    for name in ["GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR"] {
        if let Some(path) = environment.path_variable(name) {
            git.set(name, path);
        }
    }
    let action = "read the repository that `GIT_DIR` names";
    let answers = git.output(action, &["rev-parse", "--is-inside-work-tree", "--is-bare-repository"])?;
    match answers.as_slice() {
        b"true\nfalse\n" => {
            let top = git.output(action, &["rev-parse", "--show-toplevel"])?;
            let top = path_of_line(&top).ok_or_else(|| SourceError::WorkTreeElsewhere(folder.to_owned()))?;
            Ok(Some(Root::new(Some(top.clone()), Some(git.at(&top)))))
        }
        b"false\ntrue\n" if !explicit => Ok(Some(Root::new(None, Some(git)))),
        _ => Ok(None),
    }
}

/// Takes over the index and the object folders that a hook's environment names, where they are of this repository.
fn adopt(git: &mut Git, top: &Path, environment: &Environment) -> Result<(), SourceError> {
    let index = environment.path_variable("GIT_INDEX_FILE");
    let objects = environment.path_variable("GIT_OBJECT_DIRECTORY");
    if index.is_none() && objects.is_none() {
        return Ok(());
    }
    let own = git.output(READ, &["rev-parse", "--absolute-git-dir"])?;
    let own = path_of_line(&own);
    let same = |path: &Path| own.is_some() && fs::canonicalize(path).map(without_verbatim_prefix).ok() == own;
    let meant = match environment.path_variable("GIT_DIR") {
        Some(named) => same(&named),
        None => fs::canonicalize(environment.folder())
            .map(without_verbatim_prefix)
            .is_ok_and(|folder| nearest_repository(&folder) == Some(top)),
    };
    if let Some(index) = index {
        // git reads a relative name from the top of the work tree, where it starts its hooks.
        let raw = environment.raw_variable("GIT_INDEX_FILE");
        let index = if index.exists() { index } else { raw.map_or(index, |name| top.join(name)) };
        let beside = index.parent().unwrap_or(&index);
        // A hook that goes on into another repository still carries the index of the first.
        if same(beside) || (meant && !exists(&beside.join("HEAD"))) {
            git.set("GIT_INDEX_FILE", index);
        }
    }
    if meant && let Some(objects) = objects {
        // A pre-receive hook keeps what is being pushed apart, in a folder of its own.
        git.set("GIT_OBJECT_DIRECTORY", objects);
        if let Some(alternates) = environment.raw_variable("GIT_ALTERNATE_OBJECT_DIRECTORIES") {
            git.set("GIT_ALTERNATE_OBJECT_DIRECTORIES", alternates);
        }
    }
    Ok(())
}

/// True for a folder that is a root of its own, even inside a larger repository.
fn holds_a_root(folder: &Path) -> bool {
    Dialect::ALL.into_iter().flat_map(Dialect::places).chain(&POLICY_PLACES).any(|place| {
        let metadata = fs::symlink_metadata(folder.join(place));
        metadata.is_ok_and(|metadata| !metadata.is_dir())
    })
}

/// True for the inside of a repository: what git looks for too.
fn looks_bare(folder: &Path) -> bool {
    exists(&folder.join("HEAD")) && folder.join("objects").is_dir() && folder.join("refs").is_dir()
}

fn exists(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// The path on a line that git printed, resolved as [`discover`] resolves its own.
fn path_of_line(line: &[u8]) -> Option<PathBuf> {
    let path = bstr::ByteSlice::to_path(line.strip_suffix(b"\n").unwrap_or(line)).ok()?;
    fs::canonicalize(path).map(without_verbatim_prefix).ok()
}

/// A relative path as bytes with `/`, whatever the system writes.
pub(super) fn relative_bytes(path: &Path) -> Option<Vec<u8>> {
    let names: Option<Vec<&[u8]>> = path.iter().map(<[u8] as bstr::ByteSlice>::from_os_str).collect();
    names.map(|names| names.join(&b'/'))
}

/// Windows resolves to `\\?\C:\…`, which neither git nor people read well.
pub(super) fn without_verbatim_prefix(path: PathBuf) -> PathBuf {
    if cfg!(windows)
        && let Some(plain) = path.to_str().and_then(|text| text.strip_prefix(r"\\?\"))
        && plain.as_bytes().get(1) == Some(&b':')
    {
        return PathBuf::from(plain);
    }
    path
}
