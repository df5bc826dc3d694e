//! The paths that git knows: of the index, of a commit, and the untracked ones it does not ignore.

use std::path::Path;

use bstr::ByteSlice;

use super::Unlisted;
use super::error::SourceError;
use super::git::{Git, Running};
use super::listing::{Builder, FileKind, Listing, QUOTED, Refused};

/// Longest object id in bytes (SHA-256).
const MAX_ID: usize = 32;

/// A listing of the index, being made.
pub(super) struct Index(Running);

impl Index {
    pub(super) fn start(git: &Git) -> Result<Self, SourceError> {
        git.start("list the index", &["ls-files", "-s", "-z"]).map(Self)
    }

    /// The index, each unmerged path once.
    pub(super) fn finish(self, place: &str) -> Result<Builder, SourceError> {
        let mut builder = Builder::new();
        let git = self.0.git.clone();
        self.0.records(|record| {
            let Staged { mode, id, stage, path } = staged(record).ok_or_else(|| unreadable_record(&git))?;
            // A stage above 0 is one side of an unresolved merge: no side is "the" content.
            let id = (stage == b'0').then_some(id);
            push(&mut builder, mode, id, path, place)
        })?;
        Ok(builder)
    }
}

/// The files of a commit below git's folder.
pub(super) fn commit(git: &Git, commit: &str, place: &str) -> Result<Listing, SourceError> {
    let mut builder = Builder::new();
    git.records("list the commit", &["ls-tree", "-r", "-z", commit], |record| {
        // `<mode> <type> <object>\t<path>`
        let (fields, path) = fields(record).ok_or_else(|| unreadable_record(git))?;
        let [mode, _, id] = fields;
        push(&mut builder, mode, Some(id), path, place)
    })?;
    Ok(builder.finish())
}

/// Adds what is neither tracked nor ignored.
pub(super) fn add_untracked(
    builder: &mut Builder,
    git: &Git,
    root: &Path,
    place: &str,
    unlisted: &mut Unlisted,
) -> Result<(), SourceError> {
    let arguments = ["ls-files", "--others", "--exclude-standard", "-z"];
    git.records("list the untracked files", &arguments, |path| {
        if path.ends_with(b"/") {
            // git does not look into a repository inside the repository.
            unlisted.note("repositories inside the repository", path);
            return Ok(());
        }
        let Ok(metadata) =
            path.to_path().map_err(std::io::Error::other).and_then(|name| root.join(name).symlink_metadata())
        else {
            unlisted.note("untracked files that cannot be read", path);
            return Ok(());
        };
        let kind = if metadata.is_symlink() { FileKind::Symlink } else { FileKind::Regular };
        push_kind(builder, kind, None, path, place)
    })
}

/// True where the index says that this path is left out of the work tree (a sparse checkout).
pub(super) fn is_left_out(git: &Git, path: &str) -> Result<bool, SourceError> {
    let output = git.output("read the index", &["ls-files", "-t", "-z", "--", path])?;
    Ok(output.starts_with(b"S "))
}

/// The commit that a revision names, as a full hexadecimal id.
pub(super) fn resolve(git: &Git, rev: &str) -> Result<String, SourceError> {
    let bad = || SourceError::BadRevision { rev: rev.to_owned(), root: git.folder().to_owned() };
    // No ref starts with `-`; refusing it here works with gits that know no `--end-of-options` in rev-parse.
    if rev.is_empty() || rev.starts_with('-') || rev.contains('\0') {
        return Err(bad());
    }
    let output = git.output("find the revision", &["rev-parse", "--verify", "--quiet", &format!("{rev}^{{commit}}")]);
    let output = output.map_err(|error| if matches!(error, SourceError::Git { .. }) { bad() } else { error })?;
    let id = output.trim_end();
    if id.is_empty() || !id.iter().all(u8::is_ascii_hexdigit) { Err(bad()) } else { Ok(id.to_str_lossy().into_owned()) }
}

/// A record of `git ls-files --stage`.
#[derive(Debug, PartialEq, Eq)]
struct Staged<'r> {
    mode: &'r [u8],
    id: &'r [u8],
    stage: u8,
    path: &'r [u8],
}

/// Reads `<mode> <object> <stage>\t<path>`: all but the path have one length throughout a listing.
fn staged(record: &[u8]) -> Option<Staged<'_>> {
    let (mode, rest) = record.split_at_checked(6)?;
    let rest = rest.strip_prefix(b" ")?;
    let (id, rest) = rest.split_at_checked(memchr::memchr(b' ', rest)?)?;
    let &[b' ', stage, b'\t', ref path @ ..] = rest else { return None };
    Some(Staged { mode, id, stage, path })
}

/// The three fields before the tab, and the path behind it.
fn fields(record: &[u8]) -> Option<([&[u8]; 3], &[u8])> {
    let (head, path) = record.split_once_str(b"\t")?;
    let mut fields = head.split(|&byte| byte == b' ');
    Some(([fields.next()?, fields.next()?, fields.next()?], path))
}

fn unreadable_record(git: &Git) -> SourceError {
    git.failure("list the paths", b"it answered in a form that is not known")
}

fn push(builder: &mut Builder, mode: &[u8], id: Option<&[u8]>, path: &[u8], place: &str) -> Result<(), SourceError> {
    let kind = match mode {
        b"120000" => FileKind::Symlink,
        b"160000" => FileKind::Submodule,
        _ => FileKind::Regular,
    };
    let mut bytes = [0; MAX_ID];
    push_kind(builder, kind, id.and_then(|id| decode_hex(id, &mut bytes)), path, place)
}

fn push_kind(
    builder: &mut Builder,
    kind: FileKind,
    id: Option<&[u8]>,
    path: &[u8],
    place: &str,
) -> Result<(), SourceError> {
    builder.push_legal(path, kind, id).map_err(|refused| match refused {
        Refused::Full => SourceError::TooManyPaths(place.to_owned()),
        Refused::Illegal => SourceError::IllegalPath {
            place: place.to_owned(),
            path: path[..path.len().min(QUOTED)].to_str_lossy().into_owned(),
        },
    })
}

/// What each byte is worth as a digit, and what is none.
const DIGITS: [u8; 256] = {
    let mut digits = [NO_DIGIT; 256];
    let mut value = 0;
    while value < 16 {
        digits[b"0123456789abcdef"[value as usize] as usize] = value;
        value += 1;
    }
    digits
};
const NO_DIGIT: u8 = 0xff;

fn decode_hex<'a>(hex: &[u8], bytes: &'a mut [u8; MAX_ID]) -> Option<&'a [u8]> {
    let target = bytes.get_mut(..hex.len() / 2)?;
    let mut seen = 0;
    for (pair, byte) in hex.as_chunks::<2>().0.iter().zip(target.iter_mut()) {
        let [high, low] = pair.map(|digit| DIGITS[usize::from(digit)]);
        seen |= high | low;
        *byte = high << 4 | low & 15;
    }
    (seen < 16).then_some(target)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_ids_become_bytes() {
        let mut bytes = [0; MAX_ID];
        assert_eq!(decode_hex(b"00ff1a", &mut bytes), Some(&[0, 255, 26][..]));
        assert_eq!(decode_hex(b"zz", &mut bytes), None);
        assert_eq!(decode_hex(&[b'0'; 66], &mut bytes), None);
    }

    #[test]
    fn records_of_the_index_are_read_and_others_refused() {
        let read = staged(b"100644 ab 0\tx\ty").unwrap();
        assert_eq!(read, Staged { mode: b"100644", id: b"ab", stage: b'0', path: b"x\ty" });
        for record in
            [&b""[..], b"100644", b"100644 ab", b"100644 ab 0", b"100644 ab 0x", b"100644 ab 10\tx", b"10064 ab 0\tx"]
        {
            assert_eq!(staged(record), None);
        }
    }

    #[test]
    fn a_path_may_hold_tabs() {
        assert_eq!(fields(b"100644 ab 0\tx\ty"), Some(([&b"100644"[..], b"ab", b"0"], &b"x\ty"[..])));
        assert_eq!(fields(b"nonsense"), None);
    }
}
