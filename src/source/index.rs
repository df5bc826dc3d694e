//! What the index file says of the files that it holds: the system's data of each when git last looked at it.
//!
//! git has no command that gives them in a form that it promises to keep (`ls-files --debug` says of itself that it may
//! change, and costs as much as the whole check), so the file is read as `gitformat-index(5)` documents it. Nothing is
//! believed of it but what git's own listing and `lstat` confirm, and a form that is not known here is no error: it only
//! means that no file is known to be unchanged.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::time::SystemTime;

use super::listing::LONGEST_PATH;

/// The data of one entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) path: Vec<u8>,
    pub(super) id: Vec<u8>,
    pub(super) data: FileData,
    /// No stage of a merge, neither of the marks that make git look away (skip-worktree and assume-unchanged), and more
    /// than an intent to add.
    pub(super) is_plain: bool,
}

/// Seconds and nanoseconds, each cut to 32 bits as git does it.
pub(super) type Time = (u32, u32);

/// What a change of a file changes. The device is left out, as git does: on many systems it is another one after the
/// next start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct FileData {
    pub(super) changed: Time,
    pub(super) modified: Time,
    pub(super) inode: u32,
    pub(super) user: u32,
    pub(super) group: u32,
    pub(super) size: u32,
}

/// Entries one after the other, in the order of their paths.
pub(super) struct Entries<R = File> {
    input: Window<R>,
    id_length: usize,
    version: u32,
    left: u32,
    entry: Entry,
    /// When the file was written.
    pub(super) written: SystemTime,
}

/// Of an entry: times, device, inode, mode, user, group, size; 32 bits each.
const DATA: usize = 40;
/// No entry is longer: data, id, flags, path, and the NULs that end it.
const LONGEST_ENTRY: usize = DATA + 32 + 4 + LONGEST_PATH + 8;

impl Entries {
    /// Starts reading. `id_length` is that of the repository's object ids.
    pub(super) fn open(path: &Path, id_length: usize) -> io::Result<Self> {
        let file = File::open(path)?;
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(unknown());
        }
        Self::new(file, metadata.len(), metadata.modified()?, id_length)
    }
}

impl<R: Read> Entries<R> {
    fn new(input: R, length: u64, written: SystemTime, id_length: usize) -> io::Result<Self> {
        // The checksum at the end is left unread: listing and `lstat` say more.
        let end = length.checked_sub(id_length as u64).ok_or_else(unknown)?;
        let mut input = Window::new(input, end);
        let [magic, version, left] = [input.number()?, input.number()?, input.number()?];
        if magic != u32::from_be_bytes(*b"DIRC") || !(2..=4).contains(&version) {
            return Err(unknown());
        }
        Ok(Self { input, id_length, version, left, entry: Entry::default(), written })
    }

    /// The next entry; `None` after the last one, if nothing follows that changes the meaning of those before.
    pub(super) fn advance(&mut self) -> io::Result<Option<&Entry>> {
        let Some(left) = self.left.checked_sub(1) else { return self.extensions().map(|()| None) };
        self.left = left;
        let bytes = self.input.see(LONGEST_ENTRY)?;
        let used = self.entry.take(bytes, self.id_length, self.version).ok_or_else(unknown)?;
        self.input.skip(used as u64)?;
        Ok(Some(&self.entry))
    }

    /// Looks through what stands between the entries and the checksum. A split or sparse index has its other half
    /// elsewhere; like them, all that must be understood is marked by a small letter.
    fn extensions(&mut self) -> io::Result<()> {
        while !self.input.see(1)?.is_empty() {
            if !self.input.number()?.to_be_bytes()[0].is_ascii_uppercase() {
                return Err(unknown());
            }
            let size = self.input.number()?;
            self.input.skip(size.into())?;
        }
        Ok(())
    }
}

impl Entry {
    /// Reads the entry that starts `bytes`, and gives its length. The path is that of the entry before until then.
    fn take(&mut self, bytes: &[u8], id_length: usize, version: u32) -> Option<usize> {
        let (data, rest) = bytes.split_first_chunk::<DATA>()?;
        let field = |at: usize| u32::from_be_bytes(data.as_chunks().0[at]);
        self.data = FileData {
            changed: (field(0), field(1)),
            modified: (field(2), field(3)),
            inode: field(5),
            user: field(7),
            group: field(8),
            size: field(9),
        };
        let (id, rest) = rest.split_at_checked(id_length)?;
        self.id.clear();
        self.id.extend_from_slice(id);
        let (flags, mut rest) = rest.split_first_chunk().map(|(flags, rest)| (u16::from_be_bytes(*flags), rest))?;
        let mut more = [0; 2];
        if flags & 0x4000 != 0 {
            (more, rest) = rest.split_first_chunk().filter(|_| version >= 3).map(|(more, rest)| (*more, rest))?;
        }
        // Assume-unchanged and the stage; skip-worktree, intent-to-add and what may come one day.
        self.is_plain = flags & 0xb000 == 0 && more == [0; 2];
        if version < 4 {
            self.path.clear();
        } else {
            let (dropped, after) = varint(rest)?;
            self.path.truncate(self.path.len().checked_sub(dropped)?);
            rest = after;
        }
        let end = memchr::memchr(0, rest).filter(|end| self.path.len() + end <= LONGEST_PATH)?;
        self.path.extend_from_slice(&rest[..end]);
        let length = bytes.len() - rest.len() + end;
        // Before version 4 one to eight NULs end an entry, so that its length is a multiple of eight.
        Some(if version < 4 { length - length % 8 + 8 } else { length + 1 })
    }
}

/// A number of version 4: seven bits a byte, the greatest first, each further byte counting from one.
fn varint(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut value = 0;
    for (at, byte) in bytes.iter().enumerate() {
        value = value << 7 | usize::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((value, &bytes[at + 1..]));
        }
        value += 1;
        if value > LONGEST_PATH {
            return None;
        }
    }
    None
}

fn unknown() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "not a form of the index that is known here")
}

/// The next bytes of an input, up to its end.
struct Window<R> {
    input: io::Take<R>,
    buffer: Vec<u8>,
    /// How many of the buffer are used up.
    at: usize,
}

/// How much is read at once.
const PART: usize = 256 * 1024;

impl<R: Read> Window<R> {
    fn new(input: R, end: u64) -> Self {
        Self { input: input.take(end), buffer: Vec::new(), at: 0 }
    }

    /// At least as many bytes as `wanted`, or all that are left.
    fn see(&mut self, wanted: usize) -> io::Result<&[u8]> {
        if self.buffer.len() - self.at < wanted {
            self.buffer.drain(..self.at);
            self.at = 0;
            self.input.by_ref().take(PART as u64).read_to_end(&mut self.buffer)?;
        }
        Ok(&self.buffer[self.at..])
    }

    fn skip(&mut self, mut count: u64) -> io::Result<()> {
        while count > 0 {
            let seen = self.see(1)?.len();
            if seen == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let step = usize::try_from(count).unwrap_or(usize::MAX).min(seen);
            self.at += step;
            count -= step as u64;
        }
        Ok(())
    }

    fn number(&mut self) -> io::Result<u32> {
        let bytes = *self.see(4)?.first_chunk().ok_or(io::ErrorKind::UnexpectedEof)?;
        self.skip(4)?;
        Ok(u32::from_be_bytes(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An index of these entries, each its flags, its further flags and its path in full.
    fn index(version: u32, entries: &[(u16, u16, &str)], extensions: &[u8]) -> Vec<u8> {
        let mut bytes =
            [&b"DIRC"[..], &version.to_be_bytes(), &u32::try_from(entries.len()).unwrap().to_be_bytes()].concat();
        let mut before = "";
        for (number, &(flags, more, path)) in (1..).zip(entries) {
            let start = bytes.len();
            bytes.extend((0_u32..10).flat_map(|field| (number * 100 + field).to_be_bytes()));
            bytes.extend([u8::try_from(number).unwrap(); 20]);
            bytes.extend(flags.to_be_bytes());
            if flags & 0x4000 != 0 {
                bytes.extend(more.to_be_bytes());
            }
            if version == 4 {
                let same = before.bytes().zip(path.bytes()).take_while(|(a, b)| a == b).count();
                bytes.push(u8::try_from(before.len() - same).unwrap());
                bytes.extend(&path.as_bytes()[same..]);
                bytes.push(0);
            } else {
                bytes.extend(path.as_bytes());
                bytes.push(0);
                while (bytes.len() - start) % 8 != 0 {
                    bytes.push(0);
                }
            }
            before = path;
        }
        [&bytes, extensions, &[b'#'; 20]].concat()
    }

    fn read(bytes: &[u8]) -> io::Result<Vec<Entry>> {
        let mut entries = Entries::new(bytes, bytes.len() as u64, SystemTime::UNIX_EPOCH, 20)?;
        let mut all = Vec::new();
        while let Some(entry) = entries.advance()? {
            all.push(entry.clone());
        }
        Ok(all)
    }

    const ENTRIES: [(u16, u16, &str); 5] =
        [(1, 0, "a"), (0x8000, 0, "a/b/c"), (0x2000, 0, "a/b/cd"), (0x4000, 0x4000, "a/b/e"), (0x4fff, 0, "b")];

    #[test]
    fn every_version_gives_the_same_entries() {
        for version in [3, 4] {
            let entries = read(&index(version, &ENTRIES, b"TREE\0\0\0\x02xx")).unwrap();
            let paths: Vec<_> = entries.iter().map(|entry| String::from_utf8_lossy(&entry.path).into_owned()).collect();
            assert_eq!(paths, ENTRIES.map(|(.., path)| path), "version {version}");
            assert_eq!(
                entries.iter().map(|entry| entry.is_plain).collect::<Vec<_>>(),
                [true, false, false, false, true]
            );
            let data =
                FileData { changed: (200, 201), modified: (202, 203), inode: 205, user: 207, group: 208, size: 209 };
            assert_eq!((entries[1].data, &entries[1].id), (data, &vec![2; 20]));
        }
        assert_eq!(read(&index(2, &ENTRIES[..3], b"")).unwrap().len(), 3);
        assert!(read(&index(2, &ENTRIES, b"")).is_err(), "version 2 has no further flags");
    }

    #[test]
    fn what_must_be_understood_and_is_not_is_refused() {
        for extensions in
            [&b"link\0\0\0\0"[..], b"sdir\0\0\0\0", b"TREE\0\0\0\x01xsdir\0\0\0\0", b"TREE\0\0\0\x09", b"TR"]
        {
            assert!(read(&index(2, &ENTRIES[..1], extensions)).is_err(), "{}", extensions.escape_ascii());
        }
        assert!(read(&index(5, &ENTRIES[..1], b"")).is_err());
        assert!(read(b"no index at all, but long enough to be one").is_err());
    }

    #[test]
    fn an_index_cut_short_is_refused_wherever_it_ends() {
        for version in [3, 4] {
            let whole = index(version, &ENTRIES, b"");
            for length in 0..whole.len() {
                assert!(read(&whole[..length]).is_err(), "{length} of version {version}");
            }
        }
    }

    #[test]
    fn numbers_and_paths_without_end_are_refused() {
        assert_eq!(varint(&[0x05, 9]), Some((5, &[9][..])));
        assert_eq!(varint(&[0x80, 0x00]), Some((128, &[][..])));
        assert_eq!(varint(&[0xff; 40]), None);
        assert_eq!(varint(&[]), None);
        let long = "x".repeat(LONGEST_PATH + 1);
        assert!(read(&index(2, &[(0, 0, &long)], b"")).is_err());
        assert_eq!(read(&index(2, &[(0, 0, &long[1..])], b"")).unwrap()[0].path.len(), LONGEST_PATH);
        // More taken off the path before than it has.
        let mut bytes = index(4, &[(0, 0, "a")], b"");
        bytes[12 + 62] = 3;
        assert!(read(&bytes).is_err());
    }
}
