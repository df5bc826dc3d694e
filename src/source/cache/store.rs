//! The file that holds the facts of one repository.
//!
//! ```text
//! magic, version u8, id length u8, limit u32      what it is, and how much of a file made the facts
//! topics u32, 16 bytes each                       the digests that the records name by position
//! records u32, each: id, topic u32, size u32, end u32    sorted; the end of its fact among the facts' bytes
//! bytes u32, the facts' bytes
//! SHA-256 of all before
//! ```
//!
//! Numbers are little-endian. Whatever is not exactly so is as good as no file.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rustc_hash::{FxHashMap, FxHashSet};
use sha2::{Digest as _, Sha256};

const MAGIC: &[u8] = b"mlops-lint facts";
const VERSION: u8 = 1;
const CHECKSUM: usize = 32;
/// What all files of facts end in.
const SUFFIX: &str = "facts";
/// A repository's file holds at most so many facts, and bytes of them.
const MAX_RECORDS: usize = 250_000;
const MAX_BYTES: usize = 16 * 1024 * 1024;
/// A fact of more bytes is made anew each time.
const MAX_FACT: usize = 1024;
/// A larger file is not ours.
const MAX_FILE: u64 = 64 * 1024 * 1024;
/// All repositories' files together; the one that has not changed for the longest time goes first.
const MAX_FOLDER: u64 = 256 * 1024 * 1024;
/// A file that was being written so long ago never will be.
const ABANDONED: u64 = 24 * 60 * 60;

/// What says how a fact was made.
pub(in crate::source) type Digest = [u8; 16];

/// The facts of one repository: those of an earlier run, and those of this one.
#[derive(Debug)]
pub(in crate::source) struct Store {
    folder: PathBuf,
    file: PathBuf,
    id_length: usize,
    limit: u32,
    topics: Vec<Digest>,
    positions: FxHashMap<Digest, u32>,
    /// The records of the file, and the facts' bytes.
    records: Vec<u8>,
    facts: Vec<u8>,
    new: Vec<New>,
}

/// A fact of this run.
#[derive(Debug)]
struct New {
    id: Vec<u8>,
    topic: Digest,
    size: u32,
    fact: Vec<u8>,
}

/// A fact of an earlier run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::source) struct Known<'s> {
    /// The blob's size in bytes.
    pub(in crate::source) size: u32,
    pub(in crate::source) fact: &'s [u8],
}

impl Store {
    /// Reads a repository's file, if there is one that can be used.
    pub(super) fn open(folder: &Path, name: &str, id_length: usize, limit: usize) -> Self {
        let file = folder.join(name).with_extension(SUFFIX);
        let mut store = Self {
            folder: folder.to_owned(),
            file,
            id_length,
            limit: u32::try_from(limit).unwrap_or(u32::MAX),
            topics: Vec::new(),
            positions: FxHashMap::default(),
            records: Vec::new(),
            facts: Vec::new(),
            new: Vec::new(),
        };
        if let Some((topics, records, facts)) = read(&store.file).ok().and_then(|bytes| store.parse(&bytes)) {
            store.positions = (0..).zip(&topics).map(|(at, topic)| (*topic, at)).collect();
            (store.topics, store.records, store.facts) = (topics, records, facts);
        }
        store
    }

    pub(in crate::source) fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// The fact of a blob.
    pub(in crate::source) fn get(&self, id: &[u8], topic: &Digest) -> Option<Known<'_>> {
        let topic = *self.positions.get(topic)?;
        let at = self.find(id, topic)?;
        let [_, size, end] = self.numbers(at);
        let start = if at == 0 { 0 } else { self.numbers(at - 1)[2] };
        Some(Known { size, fact: self.facts.get(start as usize..end as usize)? })
    }

    /// Takes a fact of this run.
    pub(in crate::source) fn add(&mut self, id: &[u8], topic: Digest, size: u32, fact: &[u8]) {
        if id.len() == self.id_length && fact.len() <= MAX_FACT {
            self.new.push(New { id: id.to_owned(), topic, size, fact: fact.to_owned() });
        }
    }

    /// Writes the facts of both runs, if this one has new ones. `in_use` are the ids of the listing: where not all
    /// have room, the others go first. That it could not be written is nobody's loss but time's.
    pub(in crate::source) fn save<'i>(self, in_use: impl Iterator<Item = &'i [u8]>) {
        if self.new.is_empty() {
            return;
        }
        let folder = self.folder.clone();
        let file = self.file.clone();
        let bytes = self.bytes(in_use);
        let written = make_folder(&folder).and_then(|()| write(&file, &bytes));
        if written.is_ok() {
            tidy(&folder, &file);
        }
    }

    fn width(&self) -> usize {
        self.id_length + 12
    }

    fn count(&self) -> usize {
        self.records.len() / self.width()
    }

    fn id(&self, record: usize) -> &[u8] {
        let start = record * self.width();
        &self.records[start..start + self.id_length]
    }

    /// Topic, size and the fact's end.
    fn numbers(&self, record: usize) -> [u32; 3] {
        let start = record * self.width() + self.id_length;
        let number =
            |at: usize| self.records[start + at * 4..].first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes));
        [number(0), number(1), number(2)]
    }

    fn find(&self, id: &[u8], topic: u32) -> Option<usize> {
        let (mut low, mut high) = (0, self.count());
        while low < high {
            let middle = low.midpoint(high);
            if (self.id(middle), self.numbers(middle)[0]) < (id, topic) { low = middle + 1 } else { high = middle }
        }
        (low < self.count() && self.id(low) == id && self.numbers(low)[0] == topic).then_some(low)
    }

    /// Topics, records and the facts' bytes of a file.
    fn parse(&self, bytes: &[u8]) -> Option<(Vec<Digest>, Vec<u8>, Vec<u8>)> {
        let (body, checksum) = bytes.split_last_chunk::<CHECKSUM>()?;
        if Sha256::digest(body).as_slice() != checksum {
            return None;
        }
        let rest = body.strip_prefix(&*self.header())?;
        let (topics, rest) = take(rest, size_of::<Digest>())?;
        let (records, rest) = take(rest, self.width())?;
        let (facts, rest) = take(rest, 1)?;
        let topics = topics.chunks_exact(size_of::<Digest>()).filter_map(|digest| digest.try_into().ok()).collect();
        rest.is_empty().then(|| (topics, records.to_vec(), facts.to_vec()))
    }

    fn header(&self) -> Vec<u8> {
        let id_length = u8::try_from(self.id_length).unwrap_or(u8::MAX);
        [MAGIC, &[VERSION, id_length], &self.limit.to_le_bytes()].concat()
    }

    /// The file's bytes.
    fn bytes<'i>(&self, in_use: impl Iterator<Item = &'i [u8]>) -> Vec<u8> {
        let old = (0..self.count()).filter_map(|record| {
            let topic = *self.topics.get(self.numbers(record)[0] as usize)?;
            let Known { size, fact } = self.get(self.id(record), &topic)?;
            Some((self.id(record), topic, size, fact))
        });
        let new = self.new.iter().map(|New { id, topic, size, fact }| (&**id, *topic, *size, &**fact));
        let mut all: Vec<_> = new.chain(old).collect();
        if all.len() > MAX_RECORDS {
            let in_use: FxHashSet<&[u8]> = in_use.collect();
            all.sort_by_key(|(id, ..)| !in_use.contains(id));
            all.truncate(MAX_RECORDS);
        }
        let mut total = 0;
        all.retain(|(.., fact)| {
            total += fact.len();
            total <= MAX_BYTES
        });
        let mut topics: Vec<Digest> = all.iter().map(|(_, topic, ..)| *topic).collect();
        topics.sort_unstable();
        topics.dedup();
        let position = |topic: &Digest| topics.binary_search(topic).map_or(0, length);
        let mut all: Vec<_> =
            all.into_iter().map(|(id, topic, size, fact)| (id, position(&topic), size, fact)).collect();
        all.sort_unstable();
        all.dedup_by_key(|(id, topic, ..)| (*id, *topic));

        let mut bytes = self.header();
        bytes.extend(length(topics.len()).to_le_bytes());
        bytes.extend(topics.concat());
        bytes.extend(length(all.len()).to_le_bytes());
        let mut end = 0;
        for (id, topic, size, fact) in &all {
            end += length(fact.len());
            bytes.extend_from_slice(id);
            bytes.extend([*topic, *size, end].iter().flat_map(|number| number.to_le_bytes()));
        }
        bytes.extend(end.to_le_bytes());
        bytes.extend(all.iter().flat_map(|(.., fact)| *fact));
        bytes.extend(Sha256::digest(&bytes));
        bytes
    }
}

/// All lengths in a file are bounded far below.
fn length(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// A count and as many items of some size, and the rest.
fn take(bytes: &[u8], size: usize) -> Option<(&[u8], &[u8])> {
    let (count, rest) = bytes.split_first_chunk()?;
    rest.split_at_checked((u32::from_le_bytes(*count) as usize).checked_mul(size)?)
}

fn read(file: &Path) -> io::Result<Vec<u8>> {
    // Opening a pipe would wait for somebody to write.
    if !fs::symlink_metadata(file)?.is_file() {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let open = File::open(file)?;
    let metadata = open.metadata()?;
    if !metadata.is_file() || metadata.len() > MAX_FILE {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0) + 1);
    open.take(MAX_FILE).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)
}

/// Writes beside the file and moves it into place: whoever reads sees the old one or the new one.
fn write(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let beside = file.with_extension(format!("{}-{}.new", std::process::id(), since.subsec_nanos()));
    let mut open = File::options().write(true).create_new(true).open(&beside)?;
    let done = open.write_all(bytes).and_then(|()| fs::rename(&beside, file));
    if done.is_err() {
        // A file that cannot even be removed is removed as an abandoned one, one day.
        let _ = fs::remove_file(&beside);
    }
    done
}

/// Removes what was left half written, and the oldest files where all together are too large.
fn tidy(folder: &Path, keep: &Path) {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let Some(metadata) = entry.metadata().ok().filter(fs::Metadata::is_file) else { continue };
        let modified = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
        let extension = path.extension().and_then(|extension| extension.to_str());
        if extension == Some("new") && modified.elapsed().is_ok_and(|age| age.as_secs() > ABANDONED) {
            let _ = fs::remove_file(&path);
        } else if extension == Some(SUFFIX) && path != keep {
            files.push((modified, metadata.len(), path));
        }
    }
    let mut total: u64 = files.iter().map(|(_, size, _)| size).sum();
    files.sort_unstable();
    for (_, size, path) in files {
        if total <= MAX_FOLDER {
            return;
        }
        if fs::remove_file(path).is_ok() {
            total -= size;
        }
    }
}

#[cfg(test)]
mod tests;
