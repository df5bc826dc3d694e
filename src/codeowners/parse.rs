//! Text to entries, without loss.

use super::{Codeowners, Dialect};
use crate::span::LineIndex;

/// Parses `text` as the CODEOWNERS file at `path`. Never fails: what the host would skip becomes an entry with
/// [`super::Entry::problems`].
pub fn parse(path: &str, text: Vec<u8>, dialect: Dialect) -> Codeowners {
    let lines = LineIndex::new(&text);
    Codeowners { path: path.to_owned(), text, lines, dialect, entries: Vec::new(), comments: Vec::new() }
}
