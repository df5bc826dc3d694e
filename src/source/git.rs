//! git as a subprocess: plumbing only, in an environment where nothing of the repository is executed.
//!
//! What a hostile repository's configuration could start, and why it does not: a file-system monitor
//! (`core.fsmonitor=false` on every command), a transport that fetches a missing blob (`GIT_NO_LAZY_FETCH`, and for
//! versions before it an empty `GIT_ALLOW_PROTOCOL`), hooks, filters, text conversions and external diffs (no command
//! here runs one: `rev-parse`, `merge-base`, `ls-files`, `ls-tree`, `cat-file` without `--filters`, `check-attr`,
//! `check-ignore`, `config`).

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdout, Command, Stdio};
use std::thread::JoinHandle;
use std::time::Duration;

use bstr::ByteSlice;

use super::error::SourceError;

/// The variables by which git passes on "this repository": they are taken over only where they mean the one at hand.
/// (`git rev-parse --local-env-vars`, without those that carry the user's own configuration.)
const LOCAL_VARIABLES: [&str; 12] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_COMMON_DIR",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_GRAFT_FILE",
    "GIT_REPLACE_REF_BASE",
    "GIT_PREFIX",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_SHALLOW_FILE",
];
/// They change what a path argument means.
const PATHSPEC_VARIABLES: [&str; 3] = ["GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS"];
const FIXED_VARIABLES: [(&str, &str); 7] = [
    ("GIT_OPTIONAL_LOCKS", "0"),
    ("GIT_NO_LAZY_FETCH", "1"),
    ("GIT_ALLOW_PROTOCOL", ""),
    ("GIT_TERMINAL_PROMPT", "0"),
    // The host knows nothing of local replacements.
    ("GIT_NO_REPLACE_OBJECTS", "1"),
    ("GIT_LITERAL_PATHSPECS", "1"),
    // Messages are read for "dubious ownership".
    ("LC_ALL", "C"),
];
const FIXED_ARGUMENTS: [&str; 6] =
    ["-c", "core.fsmonitor=false", "-c", "core.quotePath=off", "-c", "safe.bareRepository=explicit"];

/// More of git's own messages is not kept.
const MAX_SAID: u64 = 16 * 1024;
/// No path git prints is longer, unless somebody means harm.
const MAX_RECORD: usize = 1024 * 1024;

/// The variables and the current folder that paths and git start from: the process's own, or a test's.
#[derive(Clone, Debug)]
pub struct Environment {
    variables: BTreeMap<OsString, OsString>,
    folder: PathBuf,
}

impl Environment {
    /// The process's own. Fails where the current folder is gone.
    pub fn of_process() -> Result<Self, SourceError> {
        let folder =
            std::env::current_dir().map_err(|cause| SourceError::Unreadable { path: PathBuf::from("."), cause })?;
        Ok(Self { variables: std::env::vars_os().collect(), folder })
    }

    /// With a variable set.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.variables.insert(name.into(), value.into());
        self
    }

    /// Without a variable.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.variables.remove(OsStr::new(name));
        self
    }

    /// With another current folder.
    #[must_use]
    pub fn in_folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = folder.into();
        self
    }

    /// The folder that relative paths start from.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn path_variable(&self, name: &str) -> Option<PathBuf> {
        self.variables.get(OsStr::new(name)).filter(|value| !value.is_empty()).map(|value| self.folder.join(value))
    }

    pub(super) fn raw_variable(&self, name: &str) -> Option<&OsString> {
        self.variables.get(OsStr::new(name)).filter(|value| !value.is_empty())
    }
}

/// git, in one folder and with one meaning of "the repository".
#[derive(Clone, Debug)]
pub(super) struct Git {
    folder: PathBuf,
    variables: BTreeMap<OsString, OsString>,
}

impl Git {
    /// What stands in an error for the words of a command that had none.
    pub(super) const SAID_NOTHING: &str = "it said nothing";

    /// git that finds its repository from `folder` alone, whatever the environment says.
    pub(super) fn in_folder(folder: &Path, environment: &Environment) -> Self {
        let mut variables = environment.variables.clone();
        for name in LOCAL_VARIABLES.iter().chain(&PATHSPEC_VARIABLES) {
            variables.remove(OsStr::new(name));
        }
        variables.extend(FIXED_VARIABLES.map(|(name, value)| (name.into(), value.into())));
        Self { folder: folder.to_owned(), variables }
    }

    /// With one of the repository's own variables.
    pub(super) fn set(&mut self, name: &str, value: impl Into<OsString>) {
        self.variables.insert(name.into(), value.into());
    }

    /// The same repository, run in another folder of it.
    pub(super) fn at(&self, folder: &Path) -> Self {
        Self { folder: folder.to_owned(), variables: self.variables.clone() }
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// A command without input; its output goes where the caller says.
    pub(super) fn command<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Command {
        let mut command = Command::new("git");
        command.args(FIXED_ARGUMENTS).args(arguments).current_dir(&self.folder).env_clear().envs(&self.variables);
        command.stdin(Stdio::null());
        command
    }

    /// What a command prints, when it succeeds; `action` is a verb phrase for the message when it does not.
    pub(super) fn output<S: AsRef<OsStr>>(
        &self,
        action: &'static str,
        arguments: &[S],
    ) -> Result<Vec<u8>, SourceError> {
        self.ask(arguments)?.answer(action)
    }

    /// Starts a command that prints little; it runs on meanwhile.
    pub(super) fn ask<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Result<Asked, SourceError> {
        let mut command = self.command(arguments);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        child.map(|child| Asked { git: self.clone(), child }).map_err(|cause| self.not_started(cause))
    }

    /// Starts a command whose output is taken as NUL-ended records; it runs on meanwhile.
    pub(super) fn start<S: AsRef<OsStr>>(&self, action: &'static str, arguments: &[S]) -> Result<Running, SourceError> {
        let mut child = self
            .command(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|cause| self.not_started(cause))?;
        let said = child.stderr.take().map(drain);
        Ok(Running { git: self.clone(), action, child, said })
    }

    /// Hands each NUL-ended record of a command's output to `each` while the command runs.
    pub(super) fn records<S: AsRef<OsStr>>(
        &self,
        action: &'static str,
        arguments: &[S],
        each: impl FnMut(&[u8]) -> Result<(), SourceError>,
    ) -> Result<(), SourceError> {
        self.start(action, arguments)?.records(each)
    }

    /// The error for a git that cannot be started.
    pub(super) fn not_started(&self, cause: io::Error) -> SourceError {
        SourceError::NoGit { root: self.folder.clone(), cause }
    }

    /// The error for a command that failed after saying something.
    pub(super) fn failure(&self, action: &'static str, said: &[u8]) -> SourceError {
        let root = self.folder.clone();
        let said = said.to_str_lossy().trim().to_owned();
        if said.contains("dubious ownership") {
            // The first line repeats what the message says; the rest is how to trust the folder.
            let advice = said.lines().skip(1).map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>();
            return SourceError::DubiousOwnership { root, advice: advice.join("\n") };
        }
        let said = if said.is_empty() { Self::SAID_NOTHING.to_owned() } else { said };
        SourceError::Git { action, root, said }
    }
}

/// A command that was started and prints little.
#[derive(Debug)]
pub(super) struct Asked {
    git: Git,
    child: Child,
}

impl Asked {
    /// What it prints, when it succeeds; `action` is a verb phrase for the message when it does not.
    pub(super) fn answer(self, action: &'static str) -> Result<Vec<u8>, SourceError> {
        let output = self.child.wait_with_output().map_err(|cause| self.git.not_started(cause))?;
        if output.status.success() { Ok(output.stdout) } else { Err(self.git.failure(action, &output.stderr)) }
    }
}

/// A command that was started.
pub(super) struct Running {
    pub(super) git: Git,
    action: &'static str,
    child: Child,
    said: Option<JoinHandle<Vec<u8>>>,
}

impl Running {
    /// Hands each NUL-ended record of the output to `each`, and waits for the end.
    pub(super) fn records(mut self, each: impl FnMut(&[u8]) -> Result<(), SourceError>) -> Result<(), SourceError> {
        let (git, action) = (self.git.clone(), self.action);
        let failure = |said: &[u8]| git.failure(action, said);
        let read = match self.child.stdout.take() {
            Some(output) => split(BufReader::with_capacity(BUFFER, Patient::new(output)), each)
                .unwrap_or_else(|cause| Err(failure(cause.to_string().as_bytes()))),
            None => Ok(()),
        };
        if read.is_err() {
            self.abandon();
        }
        let succeeded = self.child.wait().is_ok_and(|status| status.success());
        let said = self.said.take().and_then(|thread| thread.join().ok()).unwrap_or_default();
        read?;
        if succeeded { Ok(()) } else { Err(failure(&said)) }
    }

    /// Ends a child whose output is not wanted any more; it may have ended by itself.
    fn abandon(&mut self) {
        let _ = self.child.kill();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.abandon();
        let _ = self.child.wait();
    }
}

/// How much of a child's output is read at once, if it is there.
const BUFFER: usize = 256 * 1024;

/// Output that is read in large parts. git writes a page at a time, and to be woken for each costs both sides more than
/// what is done with it; so after the first large part the reader gives git time to write some more.
struct Patient {
    output: ChildStdout,
    seen: usize,
    /// The last read gave so little.
    waits: bool,
}

impl Patient {
    fn new(output: ChildStdout) -> Self {
        // Where the pipe stays small, git waits for room and nothing is lost but time.
        #[cfg(target_os = "linux")]
        let _ = rustix::pipe::fcntl_setpipe_size(&output, 4 * BUFFER);
        Self { output, seen: 0, waits: false }
    }
}

impl Read for Patient {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.waits && cfg!(target_os = "linux") {
            std::thread::sleep(Duration::from_micros(500));
        }
        let length = self.output.read(buffer)?;
        self.seen = self.seen.saturating_add(length);
        self.waits = self.seen > BUFFER && length < BUFFER / 4;
        Ok(length)
    }
}

/// Reads what a child says to its end, so that it never blocks on a full pipe, and keeps the first part.
fn drain(mut stderr: ChildStderr) -> JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut said = Vec::new();
        // Nothing to do about an unreadable message: the exit code still tells that there was a failure.
        let _ = stderr.by_ref().take(MAX_SAID).read_to_end(&mut said);
        let _ = io::copy(&mut stderr, &mut io::sink());
        said
    })
}

/// Splits at NUL without copying, save for records that cross the end of a buffer.
fn split(
    mut input: impl BufRead,
    mut each: impl FnMut(&[u8]) -> Result<(), SourceError>,
) -> io::Result<Result<(), SourceError>> {
    let mut partial: Vec<u8> = Vec::new();
    loop {
        let buffer = match input.fill_buf() {
            Ok(buffer) => buffer,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if buffer.is_empty() {
            return if partial.is_empty() { Ok(Ok(())) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
        }
        let mut start = 0;
        for end in memchr::memchr_iter(0, buffer) {
            let record = &buffer[start..end];
            let given = if partial.is_empty() {
                each(record)
            } else {
                partial.extend_from_slice(record);
                let given = each(&partial);
                partial.clear();
                given
            };
            if given.is_err() {
                return Ok(given);
            }
            start = end + 1;
        }
        partial.extend_from_slice(&buffer[start..]);
        if partial.len() > MAX_RECORD {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a path is longer than 1 MiB"));
        }
        let used = buffer.len();
        input.consume(used);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(input: &[u8], capacity: usize) -> io::Result<Vec<Vec<u8>>> {
        let mut records = Vec::new();
        let result = split(BufReader::with_capacity(capacity, input), |record| {
            records.push(record.to_vec());
            Ok(())
        })?;
        assert!(result.is_ok());
        Ok(records)
    }

    #[test]
    fn records_are_the_same_whatever_the_buffer() {
        for capacity in 1..12 {
            assert_eq!(records(b"one\0\0three\0", capacity).unwrap(), [&b"one"[..], b"", b"three"], "{capacity}");
        }
        assert!(records(b"", 4).unwrap().is_empty());
    }

    #[test]
    fn output_cut_short_is_an_error() {
        assert!(records(b"one\0tw", 4).is_err());
    }

    #[test]
    fn a_record_without_end_is_an_error_and_not_a_full_memory() {
        let endless = BufReader::new(io::repeat(b'a'));
        assert!(split(endless, |_| Ok(())).is_err());
    }

    #[test]
    fn an_error_of_the_reader_of_records_stops_the_run() {
        let mut seen = 0;
        let result = split(BufReader::new(&b"a\0b\0c\0"[..]), |_| {
            seen += 1;
            Err(SourceError::NotAFile("a".into()))
        });
        assert!(result.unwrap().is_err());
        assert_eq!(seen, 1);
    }
}
