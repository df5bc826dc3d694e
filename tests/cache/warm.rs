//! Repositories whose facts are in the cache, and a cache that tells on itself.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use crate::support::{Repo, Run, binary, finish};

/// More files than are read without asking the cache.
pub(crate) const MANY: usize = 600;

/// A repository of many manifests, and a cache folder.
pub(crate) struct Warm {
    pub(crate) repo: Repo,
    pub(crate) cache: TempDir,
}

pub(crate) fn manifest(number: usize) -> String {
    format!("apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\nmetadata:\n  name: m{number:03}\n")
}

impl Warm {
    /// Files old enough to be told apart from the index, not yet in the cache.
    pub(crate) fn cold(init: &[&str]) -> Self {
        let repo = Repo::plain(&[("CODEOWNERS", "* @acme/everyone\n")]);
        repo.git(&[&["init", "--quiet"], init].concat());
        for number in 0..MANY {
            repo.write(&format!("k/m{number:03}.yaml"), manifest(number).as_bytes());
        }
        let warm = Self { repo, cache: tempfile::tempdir().unwrap() };
        for number in 0..MANY {
            warm.age(&format!("k/m{number:03}.yaml"));
        }
        warm.repo.git(&["add", "--all"]);
        warm
    }

    /// With all facts in the cache, each of them marked: whatever still has its own text was read.
    pub(crate) fn new() -> Self {
        let warm = Self::cold(&[]);
        warm.fill(&[]);
        warm
    }

    /// Fills the cache by a run with these arguments, and marks what is in it.
    pub(crate) fn fill(&self, arguments: &[&str]) {
        assert_eq!(self.run(&[&["check"], arguments].concat()).code, 0);
        self.mark();
    }

    /// Writes a text of the same length into every fact of the cache.
    pub(crate) fn mark(&self) {
        let file = self.file();
        let bytes = fs::read(&file).unwrap();
        let body = &bytes[..bytes.len() - 32];
        assert_eq!(Sha256::digest(body).as_slice(), &bytes[body.len()..]);
        let mut body = body.to_vec();
        let (own, mark) = (b"v1beta1", b"CACHED!");
        for at in 0..body.len() - own.len() {
            if body[at..].starts_with(own) {
                body[at..at + mark.len()].copy_from_slice(mark);
            }
        }
        let checksum = Sha256::digest(&body);
        fs::write(file, [&body[..], &checksum].concat()).unwrap();
    }

    /// The cache's only file.
    pub(crate) fn file(&self) -> PathBuf {
        let files = files(self.cache.path());
        let [file] = files.as_slice() else { panic!("{files:?}") };
        file.clone()
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        self.run_with(arguments, &[])
    }

    pub(crate) fn run_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Run {
        self.run_in(self.repo.path(), arguments, variables)
    }

    pub(crate) fn run_in(&self, folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Run {
        let mut command = binary();
        command.env_remove("MLOPS_LINT_NO_CACHE").env("MLOPS_LINT_CACHE_DIR", self.cache.path());
        command.envs(variables.iter().copied()).current_dir(folder).args(arguments);
        finish(command, b"")
    }

    /// True where what is said of a path comes from the cache, and false where it was read from the file.
    pub(crate) fn is_cached(&self, path: &str) -> bool {
        self.is_cached_with(path, &[], &[])
    }

    pub(crate) fn is_cached_with(&self, path: &str, arguments: &[&str], variables: &[(&str, &str)]) -> bool {
        let run = self.run_with(&[&["who", path], arguments].concat(), variables);
        let (cached, read) = (run.stdout.contains("CACHED!"), run.stdout.contains("v1beta1"));
        assert!(cached != read, "{path} {arguments:?}: {}{}", run.stdout, run.stderr);
        cached
    }

    /// Where the manifest of this number is.
    pub(crate) fn path(&self, number: usize) -> PathBuf {
        self.repo.path().join(format!("k/m{number:03}.yaml"))
    }

    /// Makes a file an hour old.
    pub(crate) fn age(&self, path: &str) {
        set_modified(&self.repo.path().join(path), an_hour_ago());
    }
}

pub(crate) fn an_hour_ago() -> SystemTime {
    SystemTime::now() - Duration::from_secs(3600)
}

pub(crate) fn set_modified(path: &Path, time: SystemTime) {
    fs::File::options().append(true).open(path).unwrap().set_modified(time).unwrap();
}

pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}
