//! Facts kept from run to run, in the user's cache folder.
//!
//! A fact is what was made of a blob's bytes, and is filed under the blob's id and the digest of what made it: nothing
//! else has a part in it, so it holds wherever that id is. What keeps it true:
//!
//! - It is stored only after the bytes that it was made of were hashed to that very id. Neither an index with false
//!   data nor an object store with false names brings another fact in.
//! - It stands for a file of the work tree only while [`unchanged`] says that the file holds the blob's bytes; for a
//!   blob of the index or a commit the id alone decides.
//! - Each repository has a file of its own, named by where the repository is, and a cache folder inside the repository
//!   is not used: a commit must not bring its own facts along.
//! - Two blobs of one SHA-1 are the attack that remains. git has refused them since 2.13, for their bytes bear the marks
//!   of it, so both cannot be in one repository, and what one repository holds never reaches the facts of another.
//!
//! The file may be deleted at any time; one that is damaged, or of another version, is not there.

mod attributes;
mod store;
mod unchanged;

use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::blobs::hexadecimal;
use super::git::{Environment, Git};
pub(super) use store::Store;
pub(super) use unchanged::{Candidate, Unchanged};

/// Overrides the folder.
const FOLDER_VARIABLE: &str = "MLOPS_LINT_CACHE_DIR";
/// Switches the cache off, whatever its value is.
const OFF_VARIABLE: &str = "MLOPS_LINT_NO_CACHE";
/// The folder's name in that of all programs. Another form of the files gets another name.
const NAME: &str = "mlops-lint";

/// Where facts are kept, if anywhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cache {
    folder: Option<PathBuf>,
}

impl Cache {
    /// No cache.
    pub fn off() -> Self {
        Self::default()
    }

    /// In the folder that the environment names (`MLOPS_LINT_CACHE_DIR`), or else in the system's folder for caches; none
    /// where it says so (`MLOPS_LINT_NO_CACHE`) or knows of no folder.
    pub fn of(environment: &Environment) -> Self {
        if environment.raw_variable(OFF_VARIABLE).is_some() {
            return Self::off();
        }
        let folder = environment.path_variable(FOLDER_VARIABLE).or_else(|| Some(of_system(environment)?.join(NAME)));
        Self { folder }
    }

    /// In the folder that the process's environment names; none where that cannot be read.
    pub fn of_process() -> Self {
        Environment::of_process().map_or_else(|_| Self::off(), |environment| Self::of(&environment))
    }

    /// The facts of the repository at a place, which is asked for only if need be. `root` is the folder that is judged, if
    /// there is one on the disk.
    pub(super) fn open<'p>(
        &self,
        place: impl FnOnce() -> Option<&'p Place>,
        root: Option<&Path>,
        id_length: usize,
        limit: usize,
    ) -> Option<(Store, &'p Place)> {
        let folder = self.folder.as_ref()?;
        let place = place()?;
        let tops = root.into_iter().chain(place.top.as_deref());
        if tops.into_iter().any(|top| is_inside(folder, top)) {
            return None;
        }
        let name = Sha256::digest(place.common.as_os_str().as_encoded_bytes());
        Some((Store::open(folder, &hexadecimal(&name[..16]), id_length, limit), place))
    }
}

/// The system's folder for caches, which is never relative: the XDG Base Directory Specification, Apple's "File System
/// Basics", and Microsoft's "Known Folders".
fn of_system(environment: &Environment) -> Option<PathBuf> {
    let named = |name| environment.raw_variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let home = || named("HOME").or_else(std::env::home_dir);
    if cfg!(windows) {
        named("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        Some(home()?.join("Library/Caches"))
    } else {
        named("XDG_CACHE_HOME").or_else(|| Some(home()?.join(".cache")))
    }
}

/// Where a repository keeps what.
#[derive(Debug)]
pub(super) struct Place {
    /// What all its work trees share.
    common: PathBuf,
    /// The file of the index.
    pub(super) index: PathBuf,
    /// The work tree's topmost folder.
    top: Option<PathBuf>,
}

impl Place {
    pub(super) fn of(git: &Git) -> Option<Self> {
        let arguments = ["rev-parse", "--git-common-dir", "--git-path", "index", "--show-cdup"];
        let output = git.output("read the repository", &arguments).ok()?;
        let lines: Vec<&[u8]> = output.split(|&byte| byte == b'\n').collect();
        // A folder whose name holds a line feed is one line too many. A bare repository prints nothing on the third.
        let (common, index, up) = match *lines.as_slice() {
            [common, index, up, b""] => (common, index, Some(up)),
            [common, index, b""] => (common, index, None),
            _ => return None,
        };
        let full = |path: &[u8]| Some(git.folder().join(bstr::ByteSlice::to_path(path).ok()?));
        let top = up.and_then(full).and_then(|top| top.canonicalize().ok());
        Some(Self { common: full(common)?.canonicalize().ok()?, index: full(index)?, top })
    }
}

/// True where a folder that need not exist is the other one, or below it.
fn is_inside(folder: &Path, top: &Path) -> bool {
    let resolved = folder.ancestors().find_map(|ancestor| {
        let rest = folder.strip_prefix(ancestor).ok()?;
        Some(ancestor.canonicalize().ok()?.join(rest))
    });
    let top = top.canonicalize().unwrap_or_else(|_| top.to_owned());
    resolved.is_none_or(|folder| folder.starts_with(top))
}

/// True where the bytes are those of the blob: git's hash of them is its id.
pub(super) fn is_blob(bytes: &[u8], id: &[u8]) -> bool {
    let header = format!("blob {}\0", bytes.len());
    match id.len() {
        20 => sha1::Sha1::new().chain_update(&header).chain_update(bytes).finalize().as_slice() == id,
        32 => Sha256::new().chain_update(&header).chain_update(bytes).finalize().as_slice() == id,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(variables: &[(&str, &str)]) -> Environment {
        let mut environment = Environment::of_process().unwrap();
        for name in [FOLDER_VARIABLE, OFF_VARIABLE, "XDG_CACHE_HOME", "HOME"] {
            environment = environment.without(name);
        }
        variables.iter().fold(environment, |environment, (name, value)| environment.with(name, *value))
    }

    #[cfg(all(unix, not(target_os = "macos")))]
    #[test]
    fn the_folder_is_the_users_or_the_one_named() {
        let folder = |variables: &[(&str, &str)]| Cache::of(&environment(variables)).folder;
        let home = ("HOME", "/home/ana");
        assert_eq!(folder(&[home]).unwrap(), Path::new("/home/ana/.cache/mlops-lint"));
        assert_eq!(folder(&[home, ("XDG_CACHE_HOME", "/var/x")]).unwrap(), Path::new("/var/x/mlops-lint"));
        assert_eq!(folder(&[home, ("XDG_CACHE_HOME", "relative")]).unwrap(), Path::new("/home/ana/.cache/mlops-lint"));
        assert_eq!(folder(&[home, (FOLDER_VARIABLE, "/c")]).unwrap(), Path::new("/c"));
        assert_eq!(folder(&[home, (FOLDER_VARIABLE, "/c"), (OFF_VARIABLE, "1")]), None);
        assert_eq!(folder(&[home, (OFF_VARIABLE, "")]).unwrap(), Path::new("/home/ana/.cache/mlops-lint"));
    }

    #[test]
    fn a_folder_is_inside_whatever_leads_to_it() {
        let kept = tempfile::tempdir().unwrap();
        let top = kept.path().join("top");
        std::fs::create_dir(&top).unwrap();
        assert!(is_inside(&top, &top));
        assert!(is_inside(&top.join("not/there/yet"), &top));
        assert!(!is_inside(&kept.path().join("top-too"), &top));
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(&top, kept.path().join("link")).unwrap();
            assert!(is_inside(&kept.path().join("link/c"), &top));
        }
    }

    #[test]
    fn a_blob_is_told_by_its_id() {
        let id = |hex: &str| -> Vec<u8> {
            (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
        };
        // `git hash-object --stdin`, and the same in a repository of SHA-256.
        let sha1 = id("ce013625030ba8dba906f756967f9e9ca394464a");
        let sha256 = id("2cf8d83d9ee29543b34a87727421fdecb7e3f3a183d337639025de576db9ebb4");
        for id in [&sha1, &sha256] {
            assert!(is_blob(b"hello\n", id));
            assert!(!is_blob(b"hello", id));
        }
    }
}
