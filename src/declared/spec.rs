//! The form of `policies/declared-owners.yaml`; `build.rs` reads it too.

use serde::{Deserialize, Serialize};

/// Files of one sort, and where their owner stands in them.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct DeclarationSpec {
    /// What declares, for people: `dbt group, exposure or model`.
    pub title: String,
    /// Where it is documented.
    pub url: String,
    /// Kinds of the catalogue, one of which the file is of; empty where its name is enough.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<String>,
    /// Names of the files: whole ones, or a `*` and the name's end. Empty for all files of the kinds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<String>,
    /// Dotted keys of a YAML document. Lists are transparent; a mapping is one owner, told by its `name`, `email`, ….
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub yaml: Vec<String>,
    /// Keyword arguments and dictionary keys of Python code.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub python: Vec<String>,
    /// The file speaks for all that is in its directory.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub directory: bool,
    /// What stands there where nobody chose an owner.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub placeholders: Vec<String>,
    /// Files and the owners that they declare; the tests run them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub samples: Vec<DeclarationSample>,
}

/// A file, and the owners that it declares.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct DeclarationSample {
    /// Its path.
    pub path: String,
    /// Its text.
    pub content: String,
    /// Other (empty) files of the repository.
    #[serde(default)]
    pub with: Vec<String>,
    /// The owners, each with all its names.
    pub owners: Vec<Vec<String>>,
}
