//! Writing a new file, whole or not at all, and never over another.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::error::SourceError;

/// Writes a file that is not there yet. Nobody ever sees a part of it, and whatever stands at `path` (a link that leads
/// nowhere, too) is left alone. Below `root` no link is followed: a repository could lead out of itself by one.
///
/// # Errors
///
/// [`SourceError::Exists`] where something is there already, [`SourceError::LinkedFolder`] on a link, or what the system says.
pub fn write_new(path: &Path, root: Option<&Path>, text: &str) -> Result<(), SourceError> {
    let cannot = |cause| SourceError::Unwritable { path: path.to_owned(), cause };
    if fs::symlink_metadata(path).is_ok() {
        return Err(SourceError::Exists(path.to_owned()));
    }
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    if let Some(link) = root.and_then(|root| link_below(root, folder)) {
        return Err(SourceError::LinkedFolder(link.display().to_string()));
    }
    let draft = Draft::beside(path, folder).map_err(cannot)?;
    draft.fill(text).map_err(cannot)?;
    match draft.publish(path) {
        Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => Err(SourceError::Exists(path.to_owned())),
        other => other.map_err(cannot),
    }
}

/// The first part of `folder` below `root` that is a symbolic link.
fn link_below(root: &Path, folder: &Path) -> Option<PathBuf> {
    let below = folder.strip_prefix(root).ok()?;
    let mut place = root.to_owned();
    below.components().find_map(|part| {
        place.push(part);
        fs::symlink_metadata(&place).is_ok_and(|metadata| metadata.is_symlink()).then(|| place.clone())
    })
}

/// A file beside the one that it will become; gone when dropped.
struct Draft(PathBuf);

impl Draft {
    fn beside(path: &Path, folder: &Path) -> io::Result<Self> {
        const MOST_TRIED: u32 = 100;
        let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_string_lossy().into_owned();
        for number in 0..MOST_TRIED {
            let draft = folder.join(format!(".{name}.{}.{number}", std::process::id()));
            match OpenOptions::new().write(true).create_new(true).open(&draft) {
                Ok(_) => return Ok(Self(draft)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    fn fill(&self, text: &str) -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).open(&self.0)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    }

    /// Gives the file its name. A second name, unlike a renaming, replaces nothing.
    fn publish(self, path: &Path) -> io::Result<()> {
        match fs::hard_link(&self.0, path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                // Not every file system has hard links.
                if fs::symlink_metadata(path).is_ok() {
                    Err(io::ErrorKind::AlreadyExists.into())
                } else {
                    fs::rename(&self.0, path)
                }
            }
            other => other,
        }
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // After a renaming there is nothing left to take away.
        let _ = fs::remove_file(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn a_new_file_is_written_and_nothing_else_stays() {
        let folder = tempfile::tempdir().unwrap();
        write_new(&folder.path().join("a.yaml"), Some(folder.path()), "x\n").unwrap();
        assert_eq!(names(folder.path()), ["a.yaml"]);
        assert_eq!(fs::read_to_string(folder.path().join("a.yaml")).unwrap(), "x\n");
        let again = write_new(&folder.path().join("a.yaml"), None, "y\n");
        assert!(matches!(again, Err(SourceError::Exists(_))), "{again:?}");
        assert_eq!(fs::read_to_string(folder.path().join("a.yaml")).unwrap(), "x\n");
    }

    #[test]
    fn a_folder_that_is_not_there_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let missing = write_new(&folder.path().join("b/a.yaml"), None, "x");
        assert!(matches!(missing, Err(SourceError::Unwritable { .. })), "{missing:?}");
    }

    #[cfg(unix)]
    #[test]
    fn links_are_neither_followed_nor_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let outside = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(outside.path().join("gone"), folder.path().join("a.yaml")).unwrap();
        std::os::unix::fs::symlink(outside.path(), folder.path().join("way")).unwrap();
        let link = write_new(&folder.path().join("a.yaml"), Some(folder.path()), "x");
        assert!(matches!(link, Err(SourceError::Exists(_))), "{link:?}");
        let way = write_new(&folder.path().join("way/a.yaml"), Some(folder.path()), "x");
        assert!(matches!(way, Err(SourceError::LinkedFolder(_))), "{way:?}");
        assert!(names(outside.path()).is_empty());
    }
}
