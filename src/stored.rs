//! Models that git itself stores: how large their blobs are, and what their first bytes say that they are.

use sha2::{Digest as _, Sha256};

use crate::catalogue::Catalogue;
use crate::ownership::Item;
use crate::source::{Extract, FileKind, Listing, Question};

/// A blob of fewer bytes is no burden to anybody who clones.
pub const LARGE: u64 = 1_000_000;

/// A large model that stands in git's own store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredModel {
    /// Index of its path in the listing.
    pub path: usize,
    /// The size of its blob in bytes.
    pub size: u64,
    /// What its first bytes say that it is: `HDF5`.
    pub format: &'static str,
    /// `.gitattributes` gives it to Git LFS, and yet the blob is no pointer.
    pub is_given_to_lfs: bool,
}

/// The artefacts that may be models in git's own store: what the catalogue files under models, save for files that DVC
/// keeps (`model.pkl` beside `model.pkl.dvc`).
pub fn candidates(listing: &Listing, items: &[Item], catalogue: &Catalogue) -> Vec<usize> {
    let is_model = |item: &&Item| item.kind.is_some_and(|kind| catalogue.kind(kind).area == "models");
    let is_kept_by_dvc = |path: usize| listing.find(&[listing.path(path), b".dvc"].concat()).is_some();
    let paths = items.iter().filter(is_model).map(|item| item.path);
    paths
        .filter(|&path| matches!(listing.kind(path), FileKind::Regular | FileKind::Unknown) && !is_kept_by_dvc(path))
        .collect()
}

/// The questions about those of the candidates that are large; `sizes` are parallel to them.
pub fn questions(listing: &Listing, candidates: &[usize], sizes: &[Option<u64>]) -> Vec<Question> {
    let large = candidates.iter().zip(sizes).filter(|(_, size)| size.is_some_and(|size| size >= LARGE));
    let topic = |path: usize| if is_checkpoint(listing.path(path)) { CHECKPOINT } else { ANY_MODEL };
    large.map(|(&path, _)| Question { path, topic: topic(path) }).collect()
}

/// A file of any format that starts with something of its own.
const ANY_MODEL: u32 = 0;
/// A file of TensorFlow's variables, which are numbers from the first byte on.
const CHECKPOINT: u32 = 1;
const CHECKPOINT_FORMAT: &str = "TensorFlow checkpoint";

/// `model.data-00000-of-00002`
fn is_checkpoint(path: &[u8]) -> bool {
    let part = memchr::memmem::rfind(path, b".data-").map(|at| &path[at + 6..]);
    part.is_some_and(|part| {
        part.len() == 14 && part[5..9] == *b"-of-" && [&part[..5], &part[9..]].concat().iter().all(u8::is_ascii_digit)
    })
}

/// Tells the format of a model by its first bytes.
pub struct Formats;

impl Formats {
    /// The format that a fact says; `None` where the bytes are of no model.
    pub fn of(fact: &[u8]) -> Option<&'static str> {
        let names = FORMATS.iter().map(|(name, _)| *name);
        names.chain([CHECKPOINT_FORMAT]).find(|name| name.as_bytes() == fact)
    }
}

impl Extract for Formats {
    fn digest(&self, topic: u32) -> [u8; 16] {
        let hash = Sha256::new_with_prefix("model formats").chain_update(topic.to_le_bytes());
        let digest: [u8; 32] = hash.chain_update(include_str!("stored.rs")).finalize().into();
        std::array::from_fn(|at| digest[at])
    }

    fn extract(&self, topic: u32, bytes: &[u8]) -> Vec<u8> {
        if topic == CHECKPOINT {
            let format = if bytes.contains(&0) { CHECKPOINT_FORMAT } else { "" };
            return format.as_bytes().to_vec();
        }
        FORMATS.iter().find(|(_, is)| is(bytes)).map(|(name, _)| name.as_bytes().to_vec()).unwrap_or_default()
    }

    fn accepts(&self, _topic: u32, fact: &[u8]) -> bool {
        fact.is_empty() || Self::of(fact).is_some()
    }
}

type Format = (&'static str, fn(&[u8]) -> bool);

/// The formats, by what their files start with. The kind is known already: what a zip archive holds need not be asked.
const FORMATS: &[Format] = &[
    ("zip archive", |bytes| bytes.starts_with(b"PK\x03\x04")),
    ("HDF5", |bytes| bytes.starts_with(b"\x89HDF\r\n\x1a\n")),
    ("GGUF", |bytes| bytes.starts_with(b"GGUF")),
    ("GGML", |bytes| [b"lmgg", b"fmgg", b"tjgg"].iter().any(|magic| bytes.starts_with(*magic))),
    ("TensorFlow Lite", |bytes| bytes.get(4..8) == Some(b"TFL3")),
    // The length of a JSON header, then the header.
    ("safetensors", |bytes| {
        let length = bytes.first_chunk().map(|length| u64::from_le_bytes(*length));
        bytes.get(8) == Some(&b'{') && length.is_some_and(|length| (2..100_000_000).contains(&length))
    }),
    ("pickle", |bytes| matches!(bytes, [0x80, 2..=5, ..])),
    // joblib compresses its pickles.
    ("compressed pickle", |bytes| matches!(bytes, [0x78, 0x01 | 0x5e | 0x9c | 0xda, ..] | [0x1f, 0x8b, 8, ..])),
    ("XGBoost", |bytes| bytes.starts_with(b"binf") || bytes.starts_with(b"{L\0\0\0")),
    ("CatBoost", |bytes| bytes.starts_with(b"CBM1")),
    // A version, then the producer or the graph (ONNX), or the rest of a message (SavedModel).
    ("protobuf", |bytes| matches!(bytes, [0x08, 1..=32, 0x12 | 0x1a | 0x3a, ..])),
    // The nodes of a frozen graph.
    ("protobuf", |bytes| matches!(bytes, [0x0a, length, 0x0a, name, ..] if name < length) && bytes.contains(&0x12)),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn format(bytes: &[u8]) -> &'static str {
        Formats::of(&Formats.extract(ANY_MODEL, bytes)).unwrap_or("none")
    }

    #[test]
    fn formats_are_told_by_their_first_bytes() {
        for (bytes, expected) in [
            (&b"PK\x03\x04..archive/data.pkl"[..], "zip archive"),
            (b"\x89HDF\r\n\x1a\n", "HDF5"),
            (b"GGUF\x03\0\0\0", "GGUF"),
            (b"\x1c\0\0\0TFL3", "TensorFlow Lite"),
            (b"\x40\0\0\0\0\0\0\0{\"__metadata__\"", "safetensors"),
            (b"\x80\x04\x95", "pickle"),
            (b"x\x9c\xed", "compressed pickle"),
            (b"CBM1\x10", "CatBoost"),
            (b"\x08\x08\x12\x07pytorch", "protobuf"),
            (b"\x0a\x2b\x0a\x05input\x12\x0bPlaceholder", "protobuf"),
            (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n", "none"),
            (b"import cuml.accel\n", "none"),
            (b"{\"learner\":{}}", "none"),
            (b"", "none"),
        ] {
            assert_eq!(format(bytes), expected, "{}", bytes.escape_ascii());
        }
    }

    #[test]
    fn a_checkpoint_is_told_by_its_name_and_by_being_no_text() {
        assert!(is_checkpoint(b"model/variables/variables.data-00000-of-00001"));
        assert!(!is_checkpoint(b"model.data-00000-of-1") && !is_checkpoint(b"a.data-00000-of-00001/b"));
        assert_eq!(Formats::of(&Formats.extract(CHECKPOINT, b"\x01\0\x3f")), Some(CHECKPOINT_FORMAT));
        assert_eq!(Formats::of(&Formats.extract(CHECKPOINT, b"version https://git-lfs")), None);
    }

    #[test]
    fn facts_of_nobody_are_refused() {
        assert!(Formats.accepts(0, b"") && Formats.accepts(0, b"HDF5"));
        assert!(!Formats.accepts(0, b"text"));
    }
}
