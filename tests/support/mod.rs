//! Small real repositories, and the real binary on them.

#![allow(dead_code, unreachable_pub, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "what a test cannot set up fails it")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// A repository in a temporary folder.
pub struct Repo {
    folder: TempDir,
}

impl Repo {
    /// A git repository with these files, tracked.
    pub fn new(files: &[(&str, &str)]) -> Self {
        let repo = Self::plain(files);
        repo.git(&["init", "--quiet"]);
        repo.git(&["add", "--all"]);
        repo
    }

    /// The same outside git.
    pub fn plain(files: &[(&str, &str)]) -> Self {
        let repo = Self { folder: tempfile::tempdir().unwrap() };
        for (path, text) in files {
            repo.write(path, text.as_bytes());
        }
        repo
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    pub fn git(&self, arguments: &[&str]) {
        self.git_input(arguments, "");
    }

    /// What git prints, without the line's end.
    pub fn git_output(&self, arguments: &[&str]) -> String {
        self.git_input(arguments, "").trim_end().to_owned()
    }

    /// Runs git with this on its standard input.
    pub fn git_input(&self, arguments: &[&str], input: &str) -> String {
        let mut git = Command::new("git");
        git.current_dir(self.path()).args(["-c", "user.name=t", "-c", "user.email=t@example.com"]).args(arguments);
        quiet_git(&mut git);
        let run = finish(git, input.as_bytes());
        assert!(run.code == 0, "git {arguments:?}: {}", run.stderr);
        run.stdout
    }

    /// Runs the binary in the repository.
    pub fn run(&self, arguments: &[&str]) -> Run {
        run_in(self.path(), arguments, b"")
    }
}

/// What a run printed and came to.
pub struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    /// The codes of the findings in a `--format json` report, in order. A policy for many tests knows more roles than each
    /// needs: stale parts of it (MLO503) are left out.
    pub fn codes(&self) -> Vec<String> {
        let report = self.json();
        let findings = report["findings"].as_array().unwrap();
        let codes = findings.iter().map(|finding| finding["rule"].as_str().unwrap().to_owned());
        codes.filter(|code| code != "MLO503").collect()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}\n{}", self.stdout, self.stderr))
    }
}

/// Runs the binary in a folder, with this on standard input.
pub fn run_in(folder: &Path, arguments: &[&str], input: &[u8]) -> Run {
    let mut command = binary();
    command.current_dir(folder).args(arguments);
    finish(command, input)
}

/// The binary, in an environment that does not depend on who runs the tests.
pub fn binary() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mlops-lint"));
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "FORCE_COLOR", "GITHUB_ACTIONS", "CI", "COLUMNS", "TERM"] {
        command.env_remove(name);
    }
    // What one test finds is nothing to another, nor to the developer.
    command.env_remove("MLOPS_LINT_CACHE_DIR").env("MLOPS_LINT_NO_CACHE", "1");
    quiet_git(&mut command);
    command
}

/// Runs a command to its end, with this on standard input.
pub fn finish(mut command: Command, input: &[u8]) -> Run {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || {
        // A run that refuses its arguments never reads.
        let _ = std::io::Write::write_all(&mut stdin, &input);
    });
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    writer.join().unwrap();
    Run {
        code: status.code().unwrap_or(-1),
        stdout: String::from_utf8(stdout).unwrap(),
        stderr: String::from_utf8(stderr).unwrap(),
    }
}

/// Keeps the tests' own git out of the developer's settings.
pub fn quiet_git(command: &mut Command) -> &mut Command {
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("GIT_") {
            command.env_remove(name);
        }
    }
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null")
}

/// The project's own folder.
pub fn project() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Real repositories' CODEOWNERS and path lists, by folder, where they are at hand.
pub fn corpus() -> Vec<PathBuf> {
    // Beside the project, or further up where this is a linked work tree.
    let project = project();
    let place = project.ancestors().map(|above| above.join("shared/corpus")).find(|place| place.is_dir());
    let Some(Ok(folders)) = place.map(std::fs::read_dir) else { return Vec::new() };
    let mut folders: Vec<PathBuf> = folders
        .filter_map(|folder| Some(folder.ok()?.path()))
        .filter(|folder| folder.join("files.txt").is_file())
        .collect();
    folders.sort();
    folders
}

/// Copies a folder's files.
pub fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            std::fs::create_dir_all(&target).unwrap();
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
