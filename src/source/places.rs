//! Where the CODEOWNERS file and the policy stand.

use std::fs::File;
use std::io::Read;
use std::path::{Component, Path, PathBuf};

use super::Tree;
use super::disk::{Disk, Refusal};
use super::error::SourceError;
use super::root::relative_bytes;
use crate::codeowners::Dialect;

/// Where a policy may stand; more than one is an error.
pub const POLICY_PLACES: [&str; 4] =
    ["mlops-lint.yaml", ".mlops-lint.yaml", ".github/mlops-lint.yaml", ".gitlab/mlops-lint.yaml"];
/// A CODEOWNERS file of this many bytes is loaded by GitHub no more ("must be under 3 MB in size"), and by us for no host.
pub const CODEOWNERS_LIMIT: usize = 3 * 1024 * 1024;
/// A policy has at most this many bytes.
pub const POLICY_LIMIT: usize = 1024 * 1024;

/// What a search for CODEOWNERS gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CodeownersSearch {
    /// The file that holds.
    Found(CodeownersFile),
    /// The file that would hold has [`CODEOWNERS_LIMIT`] bytes or more: the host loads nothing.
    TooLarge {
        /// Its path, relative to the root.
        path: String,
        /// Its size in bytes.
        size: u64,
    },
    /// There is none.
    NotThere,
}

/// The CODEOWNERS file that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeownersFile {
    /// Relative to the root; as the user gave it where it is outside.
    pub path: String,
    /// Its content.
    pub bytes: Vec<u8>,
    /// Further ones at places where the host would look too, in its order: it never reads them.
    pub others: Vec<String>,
}

/// The places of any host at which a CODEOWNERS file stands, each once.
pub fn codeowners_places(tree: &Tree) -> Vec<&'static str> {
    let mut present: Vec<&str> = Vec::new();
    for place in Dialect::ALL.into_iter().flat_map(Dialect::places) {
        if !present.contains(place) && tree.has_file(place) {
            present.push(place);
        }
    }
    present
}

/// Finds and reads CODEOWNERS: the one the user names, else the first at the host's places. A file named inside the root
/// is read as the tree has it (a blob for a revision, no link out of the root); one outside is read from disk.
pub fn find_codeowners(
    tree: &Tree,
    explicit: Option<&Path>,
    dialect: Dialect,
) -> Result<CodeownersSearch, SourceError> {
    // One byte less: the limit itself is too large already.
    let limit = CODEOWNERS_LIMIT - 1;
    let places = dialect.places();
    let found = match explicit.or(tree.listed_codeowners()) {
        Some(file) => read_named(tree, file, limit).map(Some),
        None => first_of(tree, places, limit),
    };
    match found {
        Ok(Some((path, bytes))) => {
            let is_other = |place: &&str| explicit.is_none() && **place != path && tree.has_file(place);
            let others = places.iter().copied().filter(is_other).map(str::to_owned).collect();
            Ok(CodeownersSearch::Found(CodeownersFile { path, bytes, others }))
        }
        Ok(None) => Ok(CodeownersSearch::NotThere),
        Err(SourceError::TooLarge { path, size, .. }) => Ok(CodeownersSearch::TooLarge { path, size }),
        Err(error) => Err(error),
    }
}

/// The places at which a policy stands.
pub fn policy_places(tree: &Tree) -> Vec<&'static str> {
    POLICY_PLACES.into_iter().filter(|place| tree.has_file(place)).collect()
}

/// Finds and reads the policy, and gives its path with it: the one the user names, else the one at a known place. A
/// bare listing has no places to look at.
pub fn find_policy(tree: &Tree, explicit: Option<&Path>) -> Result<Option<(String, Vec<u8>)>, SourceError> {
    if let Some(file) = explicit {
        return read_named(tree, file, POLICY_LIMIT).map(Some);
    }
    let present = policy_places(tree);
    if present.len() > 1 {
        return Err(SourceError::SeveralPolicies(present.into_iter().map(str::to_owned).collect()));
    }
    first_of(tree, &POLICY_PLACES, POLICY_LIMIT)
}

/// Reads a policy or a floor that the user named, and gives its path relative to the root, or as named where it is outside.
pub fn read_policy(tree: &Tree, file: &Path) -> Result<(String, Vec<u8>), SourceError> {
    read_named(tree, file, POLICY_LIMIT)
}

/// True for a file that the user named inside the root: it is read as the tree has it.
pub fn is_inside(tree: &Tree, file: &Path) -> bool {
    inside(tree, file).is_some()
}

/// Reads a file by its path relative to the folder of one that the user named outside the root. Links may lead to
/// regular files within that folder, and nowhere else.
pub fn read_beside(tree: &Tree, file: &Path, path: &str, limit: usize) -> Result<Option<Vec<u8>>, SourceError> {
    let full = tree.current_folder().join(file);
    let unreadable = |cause| SourceError::Unreadable { path: file.to_owned(), cause };
    let folder = full.parent().unwrap_or(&full).canonicalize().map_err(unreadable)?;
    let Ok(target) = folder.join(path).canonicalize() else { return Ok(None) };
    let relative = target.strip_prefix(&folder).ok().and_then(relative_bytes);
    let Some(relative) = relative else {
        return Err(SourceError::Link { path: path.to_owned(), why: "leaves the policy's folder" });
    };
    match Disk::new(&folder).map_err(unreadable)?.start(&relative, limit) {
        Ok(start) if start.truncated => {
            Err(SourceError::TooLarge { path: path.to_owned(), size: start.size.max(limit as u64 + 1), limit })
        }
        Ok(start) => Ok(Some(start.bytes)),
        Err(Refusal::Missing | Refusal::Folder) => Ok(None),
        Err(Refusal::Unreadable(cause)) => Err(SourceError::Unreadable { path: target, cause }),
        Err(Refusal::Special | Refusal::Link | Refusal::BehindLink | Refusal::Illegal) => {
            Err(SourceError::NotAFile(path.to_owned()))
        }
    }
}

fn first_of(tree: &Tree, places: &[&str], limit: usize) -> Result<Option<(String, Vec<u8>)>, SourceError> {
    for place in places {
        if let Some(bytes) = tree.read_whole(place, limit)? {
            return Ok(Some(((*place).to_owned(), bytes)));
        }
    }
    Ok(None)
}

/// Reads a file that the user named on the command line, relative to the current folder, and gives its path: relative to
/// the root for one inside it, which is read as the tree has it.
pub fn read_named(tree: &Tree, file: &Path, limit: usize) -> Result<(String, Vec<u8>), SourceError> {
    if let Some(path) = inside(tree, file) {
        let path = String::from_utf8(path).map_err(|path| SourceError::IllegalPath {
            place: "the command line".to_owned(),
            path: String::from_utf8_lossy(path.as_bytes()).into_owned(),
        })?;
        let missing = || SourceError::MissingFile { file: file.to_owned(), place: tree.describe() };
        return tree.read_whole(&path, limit)?.map(|bytes| (path, bytes)).ok_or_else(missing);
    }
    read_outside(&tree.current_folder().join(file), file, limit).map(|bytes| (file.display().to_string(), bytes))
}

/// The path relative to the root, for a file that is named as one inside it, by whatever alias. What counts is the
/// name, not where links lead: a link inside the root that leaves it is the repository's doing, not the user's.
fn inside(tree: &Tree, file: &Path) -> Option<Vec<u8>> {
    let root = tree.root()?;
    let full = without_dots(&tree.current_folder().join(file));
    let below = full.ancestors().skip(1).find(|folder| {
        *folder == root
            || folder.canonicalize().is_ok_and(|folder| super::root::without_verbatim_prefix(folder) == root)
    })?;
    let relative = full.strip_prefix(below).ok()?;
    Some(relative_bytes(relative).unwrap_or_else(|| relative.to_string_lossy().into_owned().into_bytes()))
}

/// The path without `.` and `..`, by its text alone.
fn without_dots(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            other => plain.push(other),
        }
    }
    plain
}

/// Reads what the user named outside the root: links and pipes are the user's own business, the size is not.
pub(super) fn read_outside(full: &Path, file: &Path, limit: usize) -> Result<Vec<u8>, SourceError> {
    let mut bytes = Vec::new();
    File::open(full)
        .and_then(|open| open.take(limit as u64 + 1).read_to_end(&mut bytes))
        .map_err(|cause| SourceError::Unreadable { path: file.to_owned(), cause })?;
    if bytes.len() > limit {
        let size = full.metadata().map_or(0, |metadata| metadata.len()).max(bytes.len() as u64);
        return Err(SourceError::TooLarge { path: file.display().to_string(), size, limit });
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_are_resolved_by_text() {
        assert_eq!(without_dots(Path::new("/a/./b/../c")), Path::new("/a/c"));
        assert_eq!(without_dots(Path::new("/../a")), Path::new("/a"));
    }
}
