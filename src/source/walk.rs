//! The paths of a folder without git: every file below it, following nothing.

use std::path::{Path, PathBuf};

use super::Unlisted;
use super::error::SourceError;
use super::listing::{Builder, FileKind, Listing};
use super::root::relative_bytes;

/// Lists regular files and symbolic links. Ignore files mean nothing outside a repository; `.git` folders are left out,
/// for what is in them is never a project's file.
pub(super) fn folder(root: &Path, place: &str, unlisted: &mut Unlisted) -> Result<Listing, SourceError> {
    let mut builder = Builder::new();
    let walk = ignore::WalkBuilder::new(root)
        .standard_filters(false)
        .follow_links(false)
        .filter_entry(|entry| entry.depth() == 0 || !entry.file_name().eq_ignore_ascii_case(".git"))
        .build();
    for entry in walk {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let path = path_of(&error).unwrap_or_else(|| root.to_owned());
                if path == root {
                    let cause = error.into_io_error().unwrap_or_else(|| std::io::ErrorKind::Other.into());
                    return Err(SourceError::Unreadable { path, cause });
                }
                unlisted.note("folders that cannot be read", &below(root, &path));
                continue;
            }
        };
        let Some(kind) = entry.file_type().filter(|kind| !kind.is_dir()) else { continue };
        let path = below(root, entry.path());
        let kind = if kind.is_symlink() {
            FileKind::Symlink
        } else if kind.is_file() {
            FileKind::Regular
        } else {
            unlisted.note("special files", &path);
            continue;
        };
        builder.push(&path, kind, None).map_err(|_| SourceError::TooManyPaths(place.to_owned()))?;
    }
    Ok(builder.finish())
}

fn below(root: &Path, path: &Path) -> Vec<u8> {
    let relative = path.strip_prefix(root).unwrap_or(path);
    relative_bytes(relative).unwrap_or_else(|| relative.to_string_lossy().into_owned().into_bytes())
}

/// The path that an error of the walk is about.
fn path_of(error: &ignore::Error) -> Option<PathBuf> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path.clone()),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => path_of(err),
        ignore::Error::Partial(errors) => errors.iter().find_map(path_of),
        _ => None,
    }
}
