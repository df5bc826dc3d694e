//! Paths that the user asks about.

use std::ffi::OsString;
use std::path::{Component, Path};

use super::Failure;
use crate::cli::Outcome;
use crate::source::{FileKind, Listing, Tree};

/// A path as it is asked for, in the repository's own terms: from the current folder where that is inside the
/// repository, from the root where it starts with a slash.
pub(super) fn from_root(tree: &Tree, path: &OsString) -> Result<Vec<u8>, Failure> {
    let here = std::env::current_dir().ok();
    let below = tree.root().zip(here.as_deref()).and_then(|(root, here)| here.strip_prefix(root).ok());
    let asked = Path::new(path);
    let inside = tree.root().and_then(|root| asked.strip_prefix(root).ok());
    let from_here = match (inside, asked.strip_prefix("/")) {
        (Some(inside), _) => inside.to_path_buf(),
        (None, Ok(from_root)) => from_root.to_path_buf(),
        (None, Err(_)) => below.unwrap_or(Path::new("")).join(asked),
    };
    let mut names: Vec<&[u8]> = Vec::new();
    let mut leaves = false;
    for component in from_here.components() {
        match component {
            Component::Normal(name) => names.push(name.as_encoded_bytes()),
            Component::ParentDir => leaves |= names.pop().is_none(),
            Component::CurDir => {}
            Component::RootDir | Component::Prefix(_) => leaves = true,
        }
    }
    if names.is_empty() || leaves {
        let message = format!("`{}` names no file of the repository", asked.display());
        return Err(Failure::Said { outcome: Outcome::Error, message, help: None });
    }
    Ok(names.join(&b'/'))
}

/// The listing with paths that it does not hold; `None` where it holds them all.
pub(super) fn with_asked(listing: &Listing, asked: &[Vec<u8>]) -> Option<Listing> {
    if asked.iter().all(|path| listing.find(path).is_some()) {
        return None;
    }
    let paths = listing.iter().enumerate().map(|(index, path)| (path.to_vec(), listing.kind(index)));
    Some(Listing::new(paths.chain(asked.iter().map(|path| (path.clone(), FileKind::Unknown))).collect()))
}
