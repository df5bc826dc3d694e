//! Contents from git's object store, through children that stay open for the run.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::sync::{Mutex, PoisonError};

use super::error::SourceError;
use super::git::Git;

/// What the store says about a blob.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Blob {
    /// Its first bytes.
    Bytes {
        /// At most as many as asked for.
        bytes: Vec<u8>,
        /// There are more.
        truncated: bool,
    },
    /// It has more bytes than the caller wants git to unpack.
    TooLarge(u64),
    /// A partial clone without it.
    Missing,
}

/// Reads blobs of one repository.
#[derive(Debug)]
pub(super) struct Blobs {
    git: Git,
    children: Mutex<Option<Children>>,
}

#[derive(Debug)]
struct Children {
    sizes: Batch,
    contents: Batch,
}

impl Blobs {
    pub(super) fn new(git: Git) -> Self {
        Self { git, children: Mutex::new(None) }
    }

    /// The first `limit` bytes of a blob that has no more than `cap`. The size is asked first: git would unpack a
    /// packed gigabyte whole to give its first byte.
    pub(super) fn read(&self, id: &[u8], limit: usize, cap: u64) -> Result<Blob, SourceError> {
        let mut children = self.children.lock().unwrap_or_else(PoisonError::into_inner);
        let action = "read a file's content";
        let open = match children.take() {
            Some(open) => open,
            None => Children {
                sizes: Batch::start(&self.git, "--batch-check")?,
                contents: Batch::start(&self.git, "--batch")?,
            },
        };
        // After a failure the children are not put back: what they say next could answer the wrong question.
        let open = children.insert(open);
        let result = open.read(&hexadecimal(id), limit, cap);
        if result.is_err() {
            *children = None;
        }
        result.map_err(|cause| self.git.failure(action, cause.to_string().as_bytes()))
    }
}

impl Children {
    fn read(&mut self, id: &str, limit: usize, cap: u64) -> io::Result<Blob> {
        let Some(size) = self.sizes.ask(id)? else { return Ok(Blob::Missing) };
        if size > cap {
            return Ok(Blob::TooLarge(size));
        }
        let Some(size) = self.contents.ask(id)? else { return Ok(Blob::Missing) };
        let wanted = size.min(limit as u64);
        let mut bytes = Vec::new();
        self.contents.output.by_ref().take(wanted).read_to_end(&mut bytes)?;
        // The rest, and the line feed behind it.
        let rest = size - wanted + 1;
        let skipped = io::copy(&mut self.contents.output.by_ref().take(rest), &mut io::sink())?;
        if bytes.len() as u64 != wanted || skipped != rest {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(Blob::Bytes { bytes, truncated: size > wanted })
    }
}

/// A `git cat-file` that answers one question after another.
#[derive(Debug)]
struct Batch {
    child: Child,
    /// `None` once it is being ended.
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Batch {
    fn start(git: &Git, mode: &str) -> Result<Self, SourceError> {
        let started = git
            .command(&["cat-file", mode])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .and_then(|mut child| match (child.stdin.take(), child.stdout.take()) {
                (input @ Some(_), Some(output)) => Ok(Self { child, input, output: BufReader::new(output) }),
                _ => Err(io::ErrorKind::BrokenPipe.into()),
            });
        started.map_err(|cause| git.not_started(cause))
    }

    /// The size of a blob, as the first line of the answer says; `None` where the store has no such object.
    fn ask(&mut self, id: &str) -> io::Result<Option<u64>> {
        let Some(input) = &mut self.input else { return Err(io::ErrorKind::BrokenPipe.into()) };
        input.write_all(format!("{id}\n").as_bytes())?;
        input.flush()?;
        let mut line = String::new();
        // An id, a type and a size: longer is no answer.
        self.output.by_ref().take(256).read_line(&mut line)?;
        let mut fields = line.trim_end().split(' ');
        match (fields.next(), fields.next(), fields.next()) {
            (Some(same), Some("missing"), None) if same == id => Ok(None),
            (Some(same), Some("blob"), Some(size)) if same == id => size.parse().map(Some).map_err(io::Error::other),
            (_, None, _) => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Err(io::Error::other("it answered in a form that is not known")),
        }
    }
}

impl Drop for Batch {
    fn drop(&mut self) {
        // Without input the child ends by itself; one that still writes an abandoned answer is ended.
        self.input = None;
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn hexadecimal(id: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(value.into(), 16).unwrap_or('0');
    id.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_written_as_git_writes_them() {
        assert_eq!(hexadecimal(&[0, 0x1f, 0xa0]), "001fa0");
    }
}
