//! The catalogue's data form, as it stands in `policies/catalogue/*.yaml` and under a policy's `catalogue:`.
//!
//! `policies/catalogue/README.md` tells it to people who add a kind.

use std::collections::BTreeMap;

use serde::Deserialize;

/// One kind of artefact, as written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KindSpec {
    /// Its name, `kserve`: unique.
    pub kind: String,
    /// Its name for people; the kind's own where it is missing.
    #[serde(default)]
    pub title: Option<String>,
    /// The area it belongs to.
    pub area: String,
    /// Where it is documented; empty for house kinds.
    #[serde(default)]
    pub url: String,
    /// True where any repository may have it.
    #[serde(default)]
    pub generic: bool,
    /// Decides between kinds whose evidence is equally good; the higher wins.
    #[serde(default)]
    pub priority: i32,
    /// What tells it: one of these is enough.
    pub any: Vec<EvidenceSpec>,
    /// What is of this kind, and what only looks like it; the tests run them.
    #[serde(default)]
    pub samples: Samples,
}

/// One piece of evidence: a path, and conditions that all hold.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceSpec {
    /// GitHub patterns, one of which names the file. A bare name or `*.ext` matches at any depth.
    pub path: OneOrMany,
    /// Globs by dotted key of a YAML document; one document of the file has them all.
    #[serde(default)]
    pub yaml: BTreeMap<String, OneOrMany>,
    /// Globs by dotted key of a JSON document.
    #[serde(default)]
    pub json: BTreeMap<String, OneOrMany>,
    /// Globs by dotted key of a Markdown file's YAML front matter.
    #[serde(default)]
    pub front_matter: BTreeMap<String, OneOrMany>,
    /// The file starts with one of these byte strings (`\x80\x02`).
    #[serde(default)]
    pub magic: Vec<String>,
    /// Some line, leading spaces aside, starts with one of these.
    #[serde(default)]
    pub line_starts: Vec<String>,
    /// The file holds one of these.
    #[serde(default)]
    pub contains: Vec<String>,
    /// One of these (relative to the file's directory) is in the listing too.
    #[serde(default)]
    pub beside: Vec<String>,
    /// Claims the files of no other kind below the file's directory.
    #[serde(default)]
    pub below: Option<Below>,
}

/// A text or a list of texts.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum OneOrMany {
    /// One.
    One(String),
    /// Several.
    Many(Vec<String>),
}

impl Default for OneOrMany {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

impl OneOrMany {
    /// The texts.
    pub fn as_slice(&self) -> &[String] {
        match self {
            Self::One(text) => std::slice::from_ref(text),
            Self::Many(texts) => texts,
        }
    }
}

/// Which files of its tree a marker claims.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Below {
    /// `true`: all of them.
    Everything(bool),
    /// GitHub patterns, relative to the marker's directory.
    Patterns(Vec<String>),
}

/// Files that are of a kind, and files that only look like it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Samples {
    /// Of the kind.
    #[serde(default)]
    pub yes: Vec<Sample>,
    /// Not of the kind.
    #[serde(default)]
    pub no: Vec<Sample>,
}

/// A file to classify.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Sample {
    /// A path; the file is empty.
    Path(String),
    /// A path and what is in it.
    File(SampleFile),
}

/// A file to classify, with its content.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SampleFile {
    /// Its path.
    pub path: String,
    /// Its text.
    #[serde(default)]
    pub content: String,
    /// Its bytes, escaped as in `magic`, for files that are not text.
    #[serde(default)]
    pub bytes: Option<String>,
    /// Other (empty) files of the repository.
    #[serde(default)]
    pub with: Vec<String>,
}

/// One group of trees that the catalogue leaves out (`policies/catalogue/exclusions.yaml`).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExclusionSpec {
    /// What they are: `tests`, `vendored`, ….
    pub group: String,
    /// Why they are left out.
    pub because: String,
    /// GitHub patterns.
    pub paths: Vec<String>,
    /// Directories that the patterns match but that stay in.
    #[serde(default)]
    pub unless: Vec<String>,
    /// A directory whose parent holds one of these files stays in.
    #[serde(default)]
    pub unless_beside: Vec<String>,
}

/// Why a kind or an exclusion cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CatalogueError {
    /// The text is not YAML of the right form.
    #[error("{text}: {reason}")]
    Form {
        /// Which text.
        text: String,
        /// What the YAML reader says.
        reason: String,
    },
    /// Two kinds of one name.
    #[error("the kind `{0}` is defined twice")]
    Duplicate(String),
    /// A kind without evidence, or evidence without a path.
    #[error("the kind `{0}` has no path that could tell it")]
    NoPath(String),
    /// A pattern that GitHub would not read, or that does not say where it starts.
    #[error("`{kind}`: `{pattern}` is no pattern here: start it with `/`, `**/` or `*.`, or write a bare file name")]
    Pattern {
        /// The kind, or the exclusion's group.
        kind: String,
        /// The pattern as written.
        pattern: String,
    },
    /// A byte string with an unknown escape.
    #[error("`{kind}`: `{text}` has an escape that is none of \\xNN, \\n, \\r, \\t, \\0 and \\\\")]
    Bytes {
        /// The kind.
        kind: String,
        /// The byte string as written.
        text: String,
    },
    /// More kinds or conditions than an index can hold.
    #[error("the catalogue holds more kinds than can be told apart")]
    TooMany,
}

/// Reads a byte string: text with `\xNN`, `\n`, `\r`, `\t`, `\0` and `\\`. `None` for any other escape.
pub(super) fn bytes_of(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes().iter().copied();
    while let Some(byte) = rest.next() {
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        bytes.push(match rest.next()? {
            b'x' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                u8::try_from(digit()? * 16 + digit()?).ok()?
            }
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'0' => 0,
            b'\\' => b'\\',
            _ => return None,
        });
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::bytes_of;

    #[test]
    fn byte_strings_know_their_escapes_and_refuse_others() {
        assert_eq!(bytes_of(r"PK\x03\x04"), Some(b"PK\x03\x04".to_vec()));
        assert_eq!(bytes_of(r"a\n\\b"), Some(b"a\n\\b".to_vec()));
        assert_eq!(bytes_of(r"\q"), None);
        assert_eq!(bytes_of(r"\x8"), None);
        assert_eq!(bytes_of("\\"), None);
    }
}
