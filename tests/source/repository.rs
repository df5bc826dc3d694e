//! A temporary folder, and git in it, whatever the developer's own configuration says.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use mlops_lint::source::{Environment, Request, SourceError, Tree, open_in};

/// A folder that goes away with its value.
pub(crate) struct Folder {
    _kept: tempfile::TempDir,
    path: PathBuf,
}

impl Folder {
    /// An empty folder.
    pub(crate) fn new() -> Self {
        let kept = tempfile::tempdir().unwrap();
        // Some systems reach their temporary folder through a link.
        let path = kept.path().canonicalize().unwrap();
        Self { _kept: kept, path }
    }

    /// A repository with these files, committed.
    pub(crate) fn repository(files: &[(&str, &str)]) -> Self {
        let folder = Self::new();
        folder.git(&["init", "-q", "-b", "main"]);
        for (path, content) in files {
            folder.write(path, content);
        }
        folder.git(&["add", "-A"]);
        folder.git(&["commit", "-q", "--allow-empty", "-m", "first"]);
        folder
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn join(&self, path: &str) -> PathBuf {
        self.path.join(path)
    }

    pub(crate) fn write(&self, path: &str, content: &str) {
        let full = self.join(path);
        fs::create_dir_all(full.parent().unwrap()).unwrap();
        fs::write(full, content).unwrap();
    }

    #[cfg(unix)]
    pub(crate) fn link(&self, target: &str, path: &str) {
        let full = self.join(path);
        fs::create_dir_all(full.parent().unwrap()).unwrap();
        std::os::unix::fs::symlink(target, full).unwrap();
    }

    pub(crate) fn git<S: AsRef<OsStr>>(&self, arguments: &[S]) -> String {
        self.git_with(arguments, &[])
    }

    pub(crate) fn git_with<S: AsRef<OsStr>>(&self, arguments: &[S], variables: &[(&str, &str)]) -> String {
        let output = self.run(arguments, variables);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Runs git where it may fail.
    pub(crate) fn git_fallibly(&self, arguments: &[&str]) -> Output {
        self.run(arguments, &[])
    }

    fn run<S: AsRef<OsStr>>(&self, arguments: &[S], variables: &[(&str, &str)]) -> Output {
        let mut command = Command::new("git");
        command.current_dir(&self.path).env_clear();
        for name in ["PATH", "HOME", "SystemRoot"] {
            command.envs(std::env::var_os(name).map(|value| (name, value)));
        }
        command.envs(SETTINGS).envs(variables.iter().copied());
        let who = ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "protocol.file.allow=always"];
        command.args(who).args(arguments).output().unwrap()
    }

    /// The environment of somebody who stands in this folder.
    pub(crate) fn environment(&self) -> Environment {
        let mut environment = Environment::of_process().unwrap().in_folder(&self.path);
        for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_CONFIG_COUNT"] {
            environment = environment.without(name);
        }
        SETTINGS.iter().fold(environment, |environment, (name, value)| environment.with(name, *value))
    }

    pub(crate) fn try_open(&self, request: &Request) -> Result<Tree, SourceError> {
        open_in(request, &self.environment())
    }

    pub(crate) fn open(&self, request: &Request) -> Tree {
        self.try_open(request).unwrap()
    }
}

const SETTINGS: [(&str, &str); 3] =
    [("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_SYSTEM", "/dev/null"), ("GIT_CONFIG_NOSYSTEM", "1")];

pub(crate) fn here() -> Request {
    Request::WorkTree { start: ".".into(), explicit: false, untracked: false }
}

pub(crate) fn named(start: impl Into<PathBuf>) -> Request {
    Request::WorkTree { start: start.into(), explicit: true, untracked: false }
}

pub(crate) fn staged() -> Request {
    Request::Staged { start: ".".into(), explicit: false }
}

pub(crate) fn revision(rev: &str) -> Request {
    Request::Revision { start: ".".into(), explicit: false, rev: rev.into() }
}

/// The paths of a listing, decoded lossily.
pub(crate) fn paths(tree: &Tree) -> Vec<String> {
    tree.listing().iter().map(|path| String::from_utf8_lossy(path).into_owned()).collect()
}
