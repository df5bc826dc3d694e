//! The Action's own scripts in the environment that GitHub's runner gives them: on a pull request, on a push, and
//! against an archive that is not the one whose digest is committed.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "what a test cannot set up fails it")]

mod support;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

use sha2::{Digest as _, Sha256};
use support::{Repo, Run, copy, finish, project, quiet_git};

/// A runner with a checkout of the example, one commit on `main`.
struct Runner {
    repo: Repo,
    temp: tempfile::TempDir,
    action: PathBuf,
    /// What the workflow gives the action.
    inputs: BTreeMap<&'static str, String>,
    /// What the event says of a base.
    base: String,
}

impl Runner {
    fn new() -> Self {
        let repo = Repo::new(&[]);
        copy(&project().join("examples/fraud-detection"), repo.path());
        commit(&repo);
        Self {
            repo,
            temp: tempfile::tempdir().unwrap(),
            action: project(),
            inputs: BTreeMap::new(),
            base: String::new(),
        }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.temp.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.file(name)).unwrap_or_default()
    }

    /// The value of an output of a step before.
    fn output(&self, name: &str) -> String {
        let outputs = self.read("output");
        let line = outputs.lines().rev().find_map(|line| line.strip_prefix(&format!("{name}=")));
        line.unwrap_or_default().to_owned()
    }

    /// Runs the script of a step, with the environment that `action.yml` gives it.
    fn step(&self, script: &str) -> Run {
        let manifest = std::fs::read_to_string(project().join("action.yml")).unwrap();
        let step = manifest.split("\n    - ").find(|step| step.contains(&format!("/action/{script}\""))).unwrap();
        let environment = step.split("      env:\n").nth(1).unwrap();
        let mut command = Command::new("bash");
        command.current_dir(self.repo.path()).arg(self.action.join("action").join(script));
        quiet_git(&mut command);
        for line in environment.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let (name, expression) = line.split_once(": ").unwrap();
            let expression = expression.trim_start_matches("${{ ").trim_end_matches(" }}");
            command.env(name, self.value(&manifest, expression));
        }
        let path = format!("{}:{}", self.file("bin").display(), std::env::var("PATH").unwrap());
        command
            .env("PATH", path)
            .env("GITHUB_ACTIONS", "true")
            .env("GITHUB_ACTION_PATH", &self.action)
            .env("GITHUB_OUTPUT", self.file("output"))
            .env("GITHUB_STEP_SUMMARY", self.file("summary"))
            .env("RUNNER_TEMP", self.temp.path())
            .env("RUNNER_OS", "Linux")
            .env("RUNNER_ARCH", "X64")
            .env("MLOPS_LINT_NO_CACHE", "1")
            .env_remove("NO_COLOR");
        finish(command, b"")
    }

    /// What the runner puts in place of an expression.
    fn value(&self, manifest: &str, expression: &str) -> String {
        if expression.starts_with("github.event.") {
            return self.base.clone();
        }
        if let Some(name) = expression.strip_prefix("steps.install.outputs.") {
            return self.output(name);
        }
        let name = expression.strip_prefix("inputs.").unwrap();
        let default = || {
            let input = manifest.split(&format!("\n  {name}:\n")).nth(1).unwrap();
            let line = input.lines().find_map(|line| line.trim().strip_prefix("default: ")).unwrap();
            line.trim_matches('"').to_owned()
        };
        self.inputs.get(name).cloned().unwrap_or_else(default)
    }

    /// Installs, puts the binary under test in place of the build, and runs.
    fn run(&self) -> Run {
        let install = self.step("install.sh");
        assert_eq!(install.code, 0, "{}", install.stderr);
        assert_eq!(self.output("build"), "true", "no release is known yet");
        assert!(self.output("key").starts_with("mlops-lint-Linux-X64-"));
        let folder = PathBuf::from(self.output("folder"));
        assert!(folder.starts_with(self.temp.path()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::copy(env!("CARGO_BIN_EXE_mlops-lint"), folder.join("mlops-lint")).unwrap();
        self.step("run.sh")
    }
}

fn commit(repo: &Repo) {
    repo.git(&["add", "--all"]);
    repo.git(&["commit", "--quiet", "--message", "change"]);
}

#[test]
fn a_push_is_judged_as_a_whole() {
    let mut runner = Runner::new();
    runner.inputs.insert("sarif-file", runner.file("report.sarif").display().to_string());
    let run = runner.run();
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(run.stdout.lines().any(|line| line.starts_with("::error ")), "{}", run.stdout);
    let report: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(runner.file("mlops-lint-report.json")).unwrap()).unwrap();
    let findings = report["findings"].as_array().unwrap();
    assert_eq!(runner.output("findings"), findings.len().to_string());
    let errors = findings.iter().filter(|finding| finding["severity"] == "error").count();
    assert_eq!(runner.output("errors"), errors.to_string());
    assert!(std::fs::metadata(runner.output("sarif")).unwrap().len() > 1000);
    assert!(runner.read("summary").contains("MLO311"), "{}", runner.read("summary"));
}

#[test]
fn a_pull_request_is_judged_from_its_base_by_the_policy_of_its_base() {
    let mut runner = Runner::new();
    runner.base = runner.repo.git_output(&["rev-parse", "HEAD"]);
    runner.repo.write("README.md", b"Nothing of machine learning.\n");
    commit(&runner.repo);
    let clean = runner.run();
    assert_eq!(clean.code, 0, "{}\n{}", clean.stdout, clean.stderr);
    assert_eq!((runner.output("findings"), runner.output("errors")), ("0".to_owned(), "0".to_owned()));

    // A change that adds a model nobody owns, and a policy that would let it pass.
    runner.repo.write(".github/CODEOWNERS", b"/src/ @acme/ml-eng\n");
    runner.repo.write("weights/new.onnx", b"onnx");
    runner.repo.write("mlops-lint.yaml", b"version: 1\n");
    commit(&runner.repo);
    let run = runner.run();
    assert_eq!(run.code, 1, "{}\n{}", run.stdout, run.stderr);
    assert!(run.stdout.contains("MLO205") && run.stdout.contains("MLO505"), "{}", run.stdout);
    assert!(runner.read("summary").contains("the policy of this change was not used"), "{}", runner.read("summary"));
}

#[test]
fn inputs_and_names_are_words_and_never_script() {
    let mut runner = Runner::new();
    runner.repo.write("models/$(touch pwned)\n::error::forged\n##[error]x.onnx", b"x");
    runner.repo.write("notebooks/`touch pwned`.ipynb", b"{}");
    commit(&runner.repo);
    runner.inputs.insert("args", "--today 2026-11-24 $(touch${IFS}pwned) ; touch pwned".to_owned());
    let refused = runner.run();
    assert_eq!(refused.code, 2, "{}", refused.stdout);
    runner.inputs.insert("args", "--today 2026-11-24".to_owned());
    runner.inputs.insert("path", ".".to_owned());
    let run = runner.run();
    assert_eq!(run.code, 1, "{}", run.stderr);
    let forged = |line: &&str| line.contains("##[error]") || line.starts_with("::error::");
    assert_eq!(run.stdout.lines().filter(forged).count(), 0, "{}", run.stdout);
    assert!(!runner.repo.path().join("pwned").exists());
    runner.inputs.insert("sarif-file", "a\nfindings=0".to_owned());
    assert_eq!(runner.run().code, 2);
}

#[test]
fn a_release_is_taken_only_with_its_digest() {
    let mut runner = Runner::new();
    // A checkout of the action that knows a release, and a network that has it.
    runner.action = runner.file("action-checkout");
    std::fs::create_dir_all(runner.action.join("action")).unwrap();
    copy(&project().join("action"), &runner.action.join("action"));
    std::fs::copy(project().join("Cargo.toml"), runner.action.join("Cargo.toml")).unwrap();
    let folder = runner.file("release");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::copy(env!("CARGO_BIN_EXE_mlops-lint"), folder.join("mlops-lint")).unwrap();
    let archive = runner.file("archive.tar.gz");
    let mut tar = Command::new("tar");
    assert!(tar.arg("-czf").arg(&archive).arg("-C").arg(&folder).arg("mlops-lint").status().unwrap().success());
    std::fs::create_dir_all(runner.file("bin")).unwrap();
    let curl = format!("#!/bin/sh\nwhile [ \"$1\" != --output ]; do shift; done\ncp '{}' \"$2\"\n", archive.display());
    let program = runner.file("bin").join("curl");
    std::fs::write(&program, curl).unwrap();
    assert!(Command::new("chmod").arg("+x").arg(&program).status().unwrap().success());
    let digest = Sha256::digest(std::fs::read(&archive).unwrap());
    let digest = digest.iter().fold(String::new(), |digits, byte| format!("{digits}{byte:02x}"));
    let digests = runner.action.join("action/digests.txt");

    std::fs::write(&digests, format!("0.9.9 x86_64-unknown-linux-musl {digest}\n")).unwrap();
    runner.inputs.insert("version", "0.9.9".to_owned());
    let good = runner.step("install.sh");
    assert_eq!((good.code, runner.output("build")), (0, "false".to_owned()), "{}", good.stderr);
    assert_eq!(runner.step("run.sh").code, 1, "the example has errors");

    std::fs::write(&digests, format!("0.9.9 x86_64-unknown-linux-musl {}\n", "0".repeat(64))).unwrap();
    let wrong = runner.step("install.sh");
    assert_eq!(wrong.code, 2);
    assert!(wrong.stderr.contains("has the digest"), "{}", wrong.stderr);
    for unknown in ["9.9.9", "0.9.9; touch pwned", "latest"] {
        runner.inputs.insert("version", unknown.to_owned());
        assert_eq!(runner.step("install.sh").code, 2, "{unknown}");
    }
}
