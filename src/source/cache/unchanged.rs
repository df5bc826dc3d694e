//! Which files of the work tree still hold the bytes of their blobs.

use std::time::{SystemTime, UNIX_EPOCH};

use super::super::disk::Reader;
use super::super::git::Git;
use super::super::index::{Entries, FileData};
use super::super::listing::Listing;
use super::{Place, attributes};

/// A file whose blob is known, and the size of that blob.
#[derive(Clone, Copy, Debug)]
pub(in crate::source) struct Candidate {
    /// Index in the listing.
    pub(in crate::source) path: usize,
    pub(in crate::source) size: u32,
}

/// What the index says of candidates, by their places among them.
pub(in crate::source) struct Unchanged {
    data: Vec<Option<FileData>>,
}

impl Unchanged {
    /// Reads the index for candidates that are sorted by path.
    ///
    /// Left out are stages of a merge, skip-worktree, assume-unchanged and intent-to-add; files of another size than the
    /// blob, which were filtered on their way or which git has marked (by a size of zero) as to be looked at again; and
    /// what was modified in the second in which the index was written, or later ("racily clean").
    pub(in crate::source) fn read(place: &Place, listing: &Listing, candidates: &[Candidate]) -> Self {
        let mut data = vec![None; candidates.len()];
        let id_length =
            candidates.iter().find_map(|candidate| listing.object_id(candidate.path)).map_or(0, <[u8]>::len);
        let read = Entries::open(&place.index, id_length).and_then(|mut entries| {
            let written = seconds(entries.written);
            let mut at = 0;
            while let Some(entry) = entries.advance()? {
                while candidates.get(at).is_some_and(|candidate| listing.path(candidate.path) < &*entry.path) {
                    at += 1;
                }
                let Some(candidate) = candidates.get(at).filter(|candidate| listing.path(candidate.path) == entry.path)
                else {
                    continue;
                };
                let holds = entry.is_plain
                    && listing.object_id(candidate.path) == Some(&entry.id)
                    && entry.data.size == candidate.size
                    && written.is_some_and(|written| u64::from(entry.data.modified.0) < written);
                data[at] = holds.then_some(entry.data);
            }
            Ok(())
        });
        if read.is_err() {
            // What was read of an index that cannot be read to its end may not be what it says.
            data.fill(None);
        }
        Self { data }
    }

    /// For each candidate whether git leaves its content alone between the work tree and its store.
    pub(in crate::source) fn left_alone(git: &Git, listing: &Listing, candidates: &[Candidate]) -> Option<Vec<bool>> {
        let paths: Vec<&[u8]> = candidates.iter().map(|candidate| listing.path(candidate.path)).collect();
        attributes::left_alone(git, &paths)
    }

    /// True where the file on the disk is as the index has it.
    #[cfg(unix)]
    pub(in crate::source) fn holds(&self, candidate: usize, path: &[u8], reader: &mut Reader<'_>) -> bool {
        self.data[candidate].is_some_and(|data| reader.stat(path).is_some_and(|stat| of_stat(&stat) == Some(data)))
    }

    /// This system does not tell enough of a file.
    #[cfg(not(unix))]
    pub(in crate::source) fn holds(&self, _: usize, _: &[u8], _: &mut Reader<'_>) -> bool {
        false
    }
}

fn seconds(time: SystemTime) -> Option<u64> {
    time.duration_since(UNIX_EPOCH).ok().map(|since| since.as_secs())
}

#[cfg(unix)]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "git cuts them to 32 bits in this way")]
fn of_stat(stat: &rustix::fs::Stat) -> Option<FileData> {
    use rustix::fs::FileType;

    let is_file = FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile;
    is_file.then_some(FileData {
        changed: (stat.st_ctime as u32, stat.st_ctime_nsec as u32),
        modified: (stat.st_mtime as u32, stat.st_mtime_nsec as u32),
        inode: stat.st_ino as u32,
        user: stat.st_uid,
        group: stat.st_gid,
        size: stat.st_size as u32,
    })
}
