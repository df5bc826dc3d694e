//! What the README shows is what happens.

#![allow(clippy::unwrap_used, reason = "what a test cannot set up fails it")]

mod support;

use support::{Repo, copy, project, run_in};

fn readme() -> String {
    std::fs::read_to_string(project().join("README.md")).unwrap()
}

/// The text of the first code block of a language.
fn block<'t>(text: &'t str, language: &str) -> &'t str {
    blocks(text, language)[0]
}

fn blocks<'t>(text: &'t str, language: &str) -> Vec<&'t str> {
    let fence = format!("```{language}\n");
    let starts = text.split(&fence).skip(1);
    starts.map(|start| start.split_once("\n```").unwrap().0).collect()
}

#[test]
fn the_picture_is_a_real_diagnostic() {
    let run = run_in(&project(), &["check", "examples/fraud-detection"], b"");
    let readme = readme();
    let picture = block(&readme, "text");
    assert!(run.stdout.contains(picture), "the README shows\n{picture}\nand the example gives\n{}", run.stdout);
}

#[test]
fn the_proof_is_a_real_one() {
    let run = run_in(&project(), &["prove", "examples/fraud-detection"], b"");
    let readme = readme();
    let shown = blocks(&readme, "text")[1];
    assert!(run.stdout.contains(shown), "the README shows\n{shown}\nand the example gives\n{}", run.stdout);
}

#[test]
fn the_minimal_policy_loads() {
    let readme = readme();
    let repo = Repo::new(&[("CODEOWNERS", "* @acme/ml-eng\n"), ("a", ""), ("mlops-lint.yaml", block(&readme, "yaml"))]);
    let run = repo.run(&["check"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
}

#[test]
fn every_command_runs() {
    let example = project().join("examples/fraud-detection-fixed");
    let readme = readme();
    let lines = readme.lines().filter_map(|line| line.strip_prefix("    "));
    let commands: Vec<&str> = lines.filter(|line| line.contains("mlops-lint ")).collect();
    assert!(commands.len() >= 5, "{commands:?}");
    for command in commands {
        let command = command.split("  #").next().unwrap().trim();
        let repo = Repo::new(&[]);
        copy(&example, repo.path());
        repo.git(&["add", "--all"]);
        repo.git(&["commit", "--quiet", "--message", "all"]);
        let (before, arguments) = command.split_once("mlops-lint ").unwrap();
        let arguments: Vec<&str> = arguments.split_whitespace().collect();
        let arguments: Vec<&str> =
            arguments.iter().map(|word| if *word == "path/to/repository" { "." } else { *word }).collect();
        let input = if before.starts_with("git ls-files") { listing(&repo) } else { Vec::new() };
        let run = run_in(repo.path(), &arguments, &input);
        assert_eq!(run.code, 0, "{command}: {}\n{}", run.stdout, run.stderr);
    }
}

fn listing(repo: &Repo) -> Vec<u8> {
    std::process::Command::new("git").current_dir(repo.path()).arg("ls-files").output().unwrap().stdout
}
