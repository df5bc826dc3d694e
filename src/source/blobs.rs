//! Contents from git's object store, through children that stay open for the run.

use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::sync::{Mutex, PoisonError};

use super::error::SourceError;
use super::git::Git;

/// So few blobs are asked for one by one, of children that may be there already.
const FEW: usize = 32;
/// What reading is called in messages.
const READ: &str = "read a file's content";

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

    pub(super) fn git(&self) -> &Git {
        &self.git
    }

    /// Hands the start of each of these blobs to `each`, with its place in `ids`, in order. `limit` says how much of a
    /// blob of some size; one over `cap` bytes is not unpacked.
    ///
    /// One child gives all sizes and another all contents, while they are still being asked: a question at a time costs
    /// two switches of process a blob.
    pub(super) fn read_many(
        &self,
        ids: &[&[u8]],
        limit: impl Fn(u64) -> usize,
        cap: u64,
        mut each: impl FnMut(usize, Blob),
    ) -> Result<(), SourceError> {
        if ids.len() <= FEW {
            for (at, id) in ids.iter().enumerate() {
                each(at, self.read_some(id, &limit, cap)?);
            }
            return Ok(());
        }
        let failed = |cause: io::Error| self.git.failure(READ, cause.to_string().as_bytes());
        let sizes = self.sizes(ids)?;
        let wanted = |size: &Option<u64>| size.is_some_and(|size| size <= cap);
        let unpacked: Vec<&[u8]> = ids.iter().zip(&sizes).filter(|(_, size)| wanted(size)).map(|(id, _)| *id).collect();
        let mut rest = sizes.iter().enumerate();
        let mut refuse = |each: &mut dyn FnMut(usize, Blob)| {
            for (at, size) in rest.by_ref() {
                match size {
                    Some(size) if *size <= cap => return at,
                    Some(size) => each(at, Blob::TooLarge(*size)),
                    None => each(at, Blob::Missing),
                }
            }
            sizes.len()
        };
        if !unpacked.is_empty() {
            Batch::start(&self.git, &["--batch", "--buffer"])?
                .answers(&unpacked, |batch, id| {
                    let at = refuse(&mut each);
                    let blob = match batch.answer(id)? {
                        Some(size) => batch.content(size, limit(size))?,
                        None => Blob::Missing,
                    };
                    each(at, blob);
                    Ok(())
                })
                .map_err(failed)?;
        }
        refuse(&mut each);
        Ok(())
    }

    /// The size in bytes of each of these blobs, in order; `None` for one that a partial clone lacks.
    pub(super) fn sizes(&self, ids: &[&[u8]]) -> Result<Vec<Option<u64>>, SourceError> {
        let mut sizes = Vec::with_capacity(ids.len());
        Batch::start(&self.git, &["--batch-check", "--buffer"])?
            .answers(ids, |batch, id| {
                sizes.push(batch.answer(id)?);
                Ok(())
            })
            .map_err(|cause| self.git.failure(READ, cause.to_string().as_bytes()))?;
        Ok(sizes)
    }

    /// The first `limit` bytes of a blob that has no more than `cap`.
    pub(super) fn read(&self, id: &[u8], limit: usize, cap: u64) -> Result<Blob, SourceError> {
        self.read_some(id, &|_| limit, cap)
    }

    /// As [`Blobs::read`], with a limit that depends on the size. That is asked first: git would unpack a packed gigabyte
    /// whole to give its first byte.
    pub(super) fn read_some(&self, id: &[u8], limit: &dyn Fn(u64) -> usize, cap: u64) -> Result<Blob, SourceError> {
        let mut children = self.children.lock().unwrap_or_else(PoisonError::into_inner);
        let open = match children.take() {
            Some(open) => open,
            None => Children {
                sizes: Batch::start(&self.git, &["--batch-check"])?,
                contents: Batch::start(&self.git, &["--batch"])?,
            },
        };
        // After a failure the children are not put back: what they say next could answer the wrong question.
        let open = children.insert(open);
        let result = open.read(&hexadecimal(id), limit, cap);
        if result.is_err() {
            *children = None;
        }
        result.map_err(|cause| self.git.failure(READ, cause.to_string().as_bytes()))
    }
}

impl Children {
    fn read(&mut self, id: &str, limit: &dyn Fn(u64) -> usize, cap: u64) -> io::Result<Blob> {
        let Some(size) = self.sizes.ask(id)? else { return Ok(Blob::Missing) };
        if size > cap {
            return Ok(Blob::TooLarge(size));
        }
        let Some(size) = self.contents.ask(id)? else { return Ok(Blob::Missing) };
        self.contents.content(size, limit(size))
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
    fn start(git: &Git, mode: &[&str]) -> Result<Self, SourceError> {
        let started = git
            .command(&[&["cat-file"], mode].concat())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .and_then(|mut child| match (child.stdin.take(), child.stdout.take()) {
                (input @ Some(_), Some(output)) => {
                    Ok(Self { child, input, output: BufReader::with_capacity(64 * 1024, output) })
                }
                _ => Err(io::ErrorKind::BrokenPipe.into()),
            });
        started.map_err(|cause| git.not_started(cause))
    }

    /// Asks for all the ids at once, and calls `each` for every answer in turn.
    fn answers(mut self, ids: &[&[u8]], mut each: impl FnMut(&mut Self, &str) -> io::Result<()>) -> io::Result<()> {
        let input = self.input.take();
        std::thread::scope(|scope| {
            scope.spawn(move || {
                let Some(input) = input else { return };
                let mut input = BufWriter::new(input);
                for id in ids {
                    // A child that ended early gives no answer, which is the error that counts.
                    if writeln!(input, "{}", hexadecimal(id)).is_err() {
                        return;
                    }
                }
                let _ = input.flush();
            });
            let result = ids.iter().try_for_each(|id| each(&mut self, &hexadecimal(id)));
            if result.is_err() {
                // It would wait for its answers to be read, and the other thread for its questions.
                let _ = self.child.kill();
            }
            result
        })
    }

    /// Asks for a blob, and gives its size as [`Batch::answer`] does.
    fn ask(&mut self, id: &str) -> io::Result<Option<u64>> {
        let Some(input) = &mut self.input else { return Err(io::ErrorKind::BrokenPipe.into()) };
        input.write_all(format!("{id}\n").as_bytes())?;
        input.flush()?;
        self.answer(id)
    }

    /// The size of a blob, as the first line of the answer says; `None` where the store has no such object.
    fn answer(&mut self, id: &str) -> io::Result<Option<u64>> {
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

    /// The content behind that line, and the line feed behind it.
    fn content(&mut self, size: u64, limit: usize) -> io::Result<Blob> {
        let wanted = size.min(limit as u64);
        let mut bytes = Vec::new();
        self.output.by_ref().take(wanted).read_to_end(&mut bytes)?;
        let rest = size - wanted + 1;
        let skipped = io::copy(&mut self.output.by_ref().take(rest), &mut io::sink())?;
        if bytes.len() as u64 != wanted || skipped != rest {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(Blob::Bytes { bytes, truncated: size > wanted })
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

pub(super) fn hexadecimal(id: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = id.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_written_as_git_writes_them() {
        assert_eq!(hexadecimal(&[0, 0x1f, 0xa0]), "001fa0");
    }
}
