//! The catalogue's data form, as it stands in `policies/catalogue/*.yaml` and under a policy's `catalogue:`.
//!
//! `policies/catalogue/README.md` tells it to people who add a kind.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// What the binary carries of `policies/catalogue`; `build.rs` writes it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Embedded {
    /// All kinds, in the order of their texts.
    pub kinds: Vec<KindSpec>,
    /// The default exclusions.
    pub exclusions: Vec<ExclusionSpec>,
}

/// One kind of artefact, as written.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct KindSpec {
    /// Its name, `kserve`: unique.
    pub kind: String,
    /// Its name for people; the kind's own where it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The area it belongs to.
    pub area: String,
    /// Where it is documented; empty for house kinds.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub url: String,
    /// True where any repository may have it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub generic: bool,
    /// Decides between kinds whose evidence is equally good; the higher wins.
    #[serde(default, skip_serializing_if = "is_default")]
    pub priority: i32,
    /// What tells it: one of these is enough.
    pub any: Vec<EvidenceSpec>,
    /// What is of this kind, and what only looks like it; the tests run them.
    #[serde(default, skip_serializing_if = "Samples::is_empty")]
    pub samples: Samples,
}

/// One piece of evidence: a path, and conditions that all hold.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceSpec {
    /// GitHub patterns, one of which names the file. A bare name or `*.ext` matches at any depth.
    pub path: Texts,
    /// Globs by dotted key of a YAML document; one document of the file has them all.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub yaml: BTreeMap<String, Texts>,
    /// Globs by dotted key of a JSON document.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub json: BTreeMap<String, Texts>,
    /// Globs by dotted key of a Markdown file's YAML front matter.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub front_matter: BTreeMap<String, Texts>,
    /// The file starts with one of these byte strings (`\x80\x02`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub magic: Vec<String>,
    /// What Python code says, in a file or in a notebook's code cells.
    #[serde(default, skip_serializing_if = "is_default")]
    pub python: PythonSpec,
    /// What SQL says.
    #[serde(default, skip_serializing_if = "is_default")]
    pub sql: SqlSpec,
    /// A line of a `.gitattributes` gives files with one of these endings (`.onnx`) to Git LFS.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lfs: Vec<String>,
    /// Some line, leading spaces aside, starts with one of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub line_starts: Vec<String>,
    /// The file holds one of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contains: Vec<String>,
    /// One of these (relative to the file's directory) is in the listing too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub beside: Vec<String>,
    /// Claims the files of no other kind below the file's directory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub below: Option<Below>,
}

/// Names that Python code imports and uses: one of each list that is given.
///
/// A name is dotted from its package on (`kfp.dsl.pipeline`), whatever the file calls it, with `*` for any characters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct PythonSpec {
    /// Imported, or something below it is.
    #[serde(default, skip_serializing_if = "is_default")]
    pub imports: Texts,
    /// Called, a decorator, or the base of a class.
    #[serde(default, skip_serializing_if = "is_default")]
    pub uses: Texts,
}

/// What SQL says outside of comments: one of each list that is given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SqlSpec {
    /// First words of a statement (`CREATE MODEL`), in any case.
    #[serde(default, skip_serializing_if = "is_default")]
    pub statements: Texts,
    /// Functions called between `{{` and `}}` (`ref`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub calls: Texts,
}

/// A text or a list of texts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Texts(pub Vec<String>);

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct One;
        impl<'de> Visitor<'de> for One {
            type Value = Texts;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or a list of texts")
            }

            fn visit_str<E>(self, text: &str) -> Result<Texts, E> {
                Ok(Texts(vec![text.to_owned()]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Texts, A::Error> {
                let mut texts = Vec::new();
                while let Some(text) = items.next_element()? {
                    texts.push(text);
                }
                Ok(Texts(texts))
            }
        }
        deserializer.deserialize_any(One)
    }
}

/// Which files of its tree a marker claims.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(untagged)]
pub enum Below {
    /// `true`: all of them.
    Everything(bool),
    /// GitHub patterns, relative to the marker's directory.
    Patterns(Vec<String>),
}

/// Files that are of a kind, and files that only look like it.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Samples {
    /// Of the kind.
    #[serde(default)]
    pub yes: Vec<Sample>,
    /// Not of the kind.
    #[serde(default)]
    pub no: Vec<Sample>,
}

impl Samples {
    fn is_empty(&self) -> bool {
        self.yes.is_empty() && self.no.is_empty()
    }
}

/// True for a value that need not be written.
fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// A file to classify.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(untagged)]
pub enum Sample {
    /// A path; the file is empty.
    Path(String),
    /// A path and what is in it.
    File(SampleFile),
}

/// A file to classify, with its content.
#[derive(Clone, Debug, Deserialize, Serialize)]
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
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ExclusionSpec {
    /// What they are: `tests`, `vendored`, ….
    pub group: String,
    /// Why they are left out.
    pub because: String,
    /// GitHub patterns.
    pub paths: Vec<String>,
    /// Directories that the patterns match but that stay in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unless: Vec<String>,
    /// A directory whose parent holds one of these files stays in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unless_beside: Vec<String>,
}

/// Why a kind or an exclusion cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CatalogueError {
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
    /// A dotted name that does not start with a package's.
    #[error("`{kind}`: `{name}` does not start with the name of a Python package")]
    PythonName {
        /// The kind.
        kind: String,
        /// The name as written.
        name: String,
    },
    /// More kinds or conditions than an index can hold.
    #[error("the catalogue holds more kinds than can be told apart")]
    TooMany,
}

/// Reads a byte string: text with `\xNN`, `\n`, `\r`, `\t`, `\0` and `\\`. `None` for any other escape.
pub(crate) fn bytes_of(text: &str) -> Option<Vec<u8>> {
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
