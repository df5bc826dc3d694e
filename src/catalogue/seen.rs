//! What was seen in a file, and where.

use std::fmt;

/// How much of a seen text is told, in characters.
const SHOWN: usize = 80;

/// What was seen in a file. It holds untrusted text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The text as it stands in the file (`apiVersion: serving.kserve.io/v1beta1`), or what can be said of its bytes.
    pub text: String,
    /// The line it stands on, from 1; `None` where that is not known, or the file has no lines.
    pub line: Option<u32>,
    /// The notebook's cell whose line that is, from 1.
    pub cell: Option<u32>,
    /// The Python package that it is a name of: in the package's own source it says nothing.
    pub package: Option<String>,
}

impl Seen {
    pub(super) fn at(text: String, line: u32, cell: Option<u32>) -> Self {
        Self { text, line: Some(line), cell, package: None }
    }

    /// On the line that holds the byte at an offset.
    pub(super) fn at_byte(text: String, bytes: &[u8], offset: usize) -> Self {
        // Binary files have no lines.
        let is_text = memchr::memchr(0, &bytes[..offset]).is_none();
        Self { text, line: is_text.then(|| line_of(bytes, offset)), cell: None, package: None }
    }

    pub(super) fn nowhere(text: String) -> Self {
        Self { text, line: None, cell: None, package: None }
    }
}

impl fmt::Display for Seen {
    /// `` `from airflow import DAG`, line 3 ``
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.text)?;
        if let Some(cell) = self.cell {
            write!(f, ", cell {cell}")?;
        }
        self.line.map_or(Ok(()), |line| write!(f, ", line {line}"))
    }
}

/// The number of the line that holds the byte at an offset.
pub(super) fn line_of(bytes: &[u8], offset: usize) -> u32 {
    u32::try_from(memchr::memchr_iter(b'\n', &bytes[..offset]).count() + 1).unwrap_or(u32::MAX)
}

/// The start of a text, cut to what is told.
pub(super) fn shown(text: &str) -> String {
    text.chars().take(SHOWN).collect()
}
