//! The documentation does what it says: every command it shows runs, and prints what it shows.
//!
//! A `console` block is a session in a shell: lines that start with `$ ` are run, what stands below is what they print,
//! and a line `…` stands for any lines. `<!-- in: examples/fraud-detection -->` above a block says in which of the
//! project's folders (a fresh git repository made of it; `empty` for one without files); blocks without it go on in the
//! one before.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what a test cannot set up fails it")]

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use support::{Repo, project, quiet_git};

const PLACE: &str = "<!-- in: ";

/// The pages, by path.
fn pages() -> Vec<PathBuf> {
    let docs = std::fs::read_dir(project().join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let mut pages: Vec<PathBuf> = docs.filter(|path| path.extension().is_some_and(|ending| ending == "md")).collect();
    pages.push(project().join("README.md"));
    pages.sort();
    pages
}

#[test]
fn every_session_prints_what_it_shows() {
    let mut sessions = 0;
    for page in pages() {
        let text = std::fs::read_to_string(&page).unwrap();
        let mut repo = None;
        let mut lines = text.lines().enumerate();
        while let Some((_, line)) = lines.next() {
            if let Some(place) = line.strip_prefix(PLACE) {
                repo = Some(copy_of(place.trim_end_matches(" -->")));
            }
            if line != "```console" {
                continue;
            }
            let mut session: Vec<(usize, &str)> = Vec::new();
            for (number, line) in lines.by_ref().take_while(|(_, line)| *line != "```") {
                session.push((number + 1, line));
            }
            let repo = repo.as_ref().unwrap_or_else(|| panic!("{}: where is this session?", page.display()));
            sessions += 1;
            run(&page, repo, &session);
        }
    }
    assert!(sessions >= 5, "{sessions} sessions");
}

/// Runs the commands of a session one by one.
fn run(page: &Path, repo: &Repo, session: &[(usize, &str)]) {
    let mut rest = session;
    while let Some((&(number, first), after)) = rest.split_first() {
        let command = first.strip_prefix("$ ").unwrap_or_else(|| panic!("{}:{number}: no command", page.display()));
        let length = after.iter().take_while(|(_, line)| !line.starts_with("$ ")).count();
        let shown: Vec<&str> = after[..length].iter().map(|(_, line)| *line).collect();
        let printed = shell(repo, command);
        let printed: Vec<&str> = printed.lines().map(str::trim_end).collect();
        assert!(
            fits(&shown, &printed),
            "{}:{number}: `{command}` is shown to print\n{}\nand prints\n{}",
            page.display(),
            shown.join("\n"),
            printed.join("\n")
        );
        rest = &after[length..];
    }
}

/// What a command prints on both streams.
fn shell(repo: &Repo, command: &str) -> String {
    let binary = PathBuf::from(env!("CARGO_BIN_EXE_mlops-lint"));
    let folder = binary.parent().unwrap();
    let path = std::env::join_paths(
        std::iter::once(folder.to_owned()).chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
    );
    let mut shell = Command::new("bash");
    shell.current_dir(repo.path()).arg("-c").arg(format!("exec 2>&1; {command}"));
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "FORCE_COLOR", "GITHUB_ACTIONS", "CI", "COLUMNS", "TERM"] {
        shell.env_remove(name);
    }
    quiet_git(&mut shell).env("PATH", path.unwrap()).env("MLOPS_LINT_NO_CACHE", "1");
    for (name, value) in [("NAME", "t"), ("EMAIL", "t@example.com")] {
        shell.env(format!("GIT_AUTHOR_{name}"), value).env(format!("GIT_COMMITTER_{name}"), value);
    }
    let output = shell.output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// Whether the printed lines are the shown ones; `…` stands for any number of lines.
fn fits(shown: &[&str], printed: &[&str]) -> bool {
    match shown.split_first() {
        None => printed.is_empty(),
        Some((&"…", rest)) => (0..=printed.len()).any(|skipped| fits(rest, &printed[skipped..])),
        Some((line, rest)) => printed.split_first().is_some_and(|(first, others)| first == line && fits(rest, others)),
    }
}

/// A git repository with one commit, made of a folder of the project.
fn copy_of(place: &str) -> Repo {
    let repo = Repo::new(&[]);
    if place != "empty" {
        support::copy(&project().join(place), repo.path());
    }
    repo.git(&["add", "--all"]);
    repo.git(&["commit", "--quiet", "--allow-empty", "--message", "Start"]);
    repo
}

#[test]
fn a_gap_in_a_session_stands_for_any_lines() {
    assert!(fits(&["a", "…", "d"], &["a", "b", "c", "d"]));
    assert!(fits(&["…"], &[]));
    assert!(!fits(&["a"], &["a", "b"]) && !fits(&["a", "…", "x"], &["a", "b"]));
}

#[test]
fn the_book_holds_every_page_and_no_link_is_dead() {
    let docs = project().join("docs");
    let summary = std::fs::read_to_string(docs.join("SUMMARY.md")).unwrap();
    for page in pages() {
        let name = page.file_name().unwrap().to_str().unwrap().to_owned();
        let in_book = page.starts_with(&docs) && name != "SUMMARY.md";
        assert!(!in_book || summary.contains(&format!("({name})")), "docs/SUMMARY.md does not name {name}");
        let text = std::fs::read_to_string(&page).unwrap();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let target = link.split('#').next().unwrap();
            let is_local = !target.is_empty() && !target.contains("://") && !target.contains(' ');
            let is_there = page.parent().unwrap().join(target).exists();
            assert!(!is_local || is_there, "{}: the link {link} leads nowhere", page.display());
        }
    }
}
