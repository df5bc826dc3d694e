//! A generated repository as git holds it. The same numbers give the same commit id on every machine.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use super::content::content;
use super::repository::Repository;

/// Where the generated file stands.
pub const CODEOWNERS: &str = ".github/CODEOWNERS";

/// Makes `folder`, which must not exist, a git repository with everything committed. Without `checkout` only
/// CODEOWNERS is in the work tree: what asks nothing but the index needs no more.
pub fn write(repository: &Repository, folder: &Path, checkout: bool) -> io::Result<()> {
    std::fs::create_dir(folder)?;
    git(folder, &["init", "--quiet", "--initial-branch=main"], "")?;
    git(folder, &["fast-import", "--quiet"], &commit(repository))?;
    if checkout {
        return git(folder, &["reset", "--hard", "--quiet"], "");
    }
    git(folder, &["read-tree", "HEAD"], "")?;
    git(folder, &["checkout-index", "--index", "--", CODEOWNERS], "")
}

/// Everything as one commit, in the language of `git fast-import`.
fn commit(repository: &Repository) -> String {
    let mut text = "commit refs/heads/main\ncommitter Benchmark <benchmark@example.com> 0 +0000\ndata 0\n\n".to_owned();
    let mut add = |path: &str, content: &str| {
        let _ = write!(text, "M 100644 inline {path}\ndata {}\n{content}\n", content.len());
    };
    add(CODEOWNERS, &repository.codeowners);
    for (serial, path) in repository.paths.iter().enumerate() {
        add(path, &content(path, serial));
    }
    text + "\n"
}

fn git(folder: &Path, arguments: &[&str], input: &str) -> io::Result<()> {
    let mut git = command(folder);
    let mut child = git.args(arguments).stdin(Stdio::piped()).spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input.as_bytes())?;
    }
    match child.wait()? {
        status if status.success() => Ok(()),
        status => Err(io::Error::other(format!("git {}: {status}", arguments.join(" ")))),
    }
}

/// git in a folder, whoever's machine it is.
pub fn command(folder: &Path) -> Command {
    let mut git = Command::new("git");
    git.arg("-C").arg(folder).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
    git
}
