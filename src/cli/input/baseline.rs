//! The baseline file.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::{Failure, Input, InputOptions};
use crate::baseline::{BASELINE_LIMIT, Baseline};
use crate::source::{self, Request, SourceError, Tree};

/// A baseline, and where it stands.
pub(in crate::cli) struct BaselineFile {
    /// Relative to the root; as the user gave it where it is outside.
    pub(in crate::cli) path: String,
    pub(in crate::cli) text: Vec<u8>,
    pub(in crate::cli) baseline: Baseline,
}

/// Reads the baseline that counts: of the commit whose policy holds, where that is another one. `start` is the repository, if
/// one was given.
pub(in crate::cli) fn baseline_of(
    options: &InputOptions,
    start: Option<&Path>,
    input: &Input,
    file: &Path,
) -> Result<Option<BaselineFile>, Failure> {
    let Some(rev) = options.policy_from.as_ref().filter(|_| source::is_inside(&input.tree, file)) else {
        return baseline_at(&input.tree, file);
    };
    let base = source::open(&Request::Revision {
        start: start.map_or_else(|| PathBuf::from("."), Path::to_path_buf),
        explicit: start.is_some(),
        rev: rev.clone(),
    })?;
    baseline_at(&base, file)
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
