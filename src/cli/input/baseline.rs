//! The baseline file.

use std::io::ErrorKind;
use std::path::Path;

use super::Failure;
use crate::baseline::{BASELINE_LIMIT, Baseline};
use crate::source::{self, SourceError, Tree};

/// A baseline, and where it stands.
pub(in crate::cli) struct BaselineFile {
    /// Relative to the root; as the user gave it where it is outside.
    pub(in crate::cli) path: String,
    pub(in crate::cli) text: Vec<u8>,
    pub(in crate::cli) baseline: Baseline,
}

/// Reads a baseline that the user named; `None` where there is none.
pub(in crate::cli) fn baseline_at(tree: &Tree, file: &Path) -> Result<Option<BaselineFile>, Failure> {
    let (path, text) = match source::read_named(tree, file, BASELINE_LIMIT) {
        Ok(read) => read,
        Err(SourceError::MissingFile { .. }) => return Ok(None),
        Err(SourceError::Unreadable { cause, .. }) if cause.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    match Baseline::read(&text) {
        Ok(baseline) => Ok(Some(BaselineFile { path, text, baseline })),
        Err(wrong) => Err(Failure::Baseline { name: path, text, wrong }),
    }
}
