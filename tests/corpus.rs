//! What is said of real repositories, where their CODEOWNERS and path lists are at hand; skipped elsewhere.

#![allow(clippy::unwrap_used, reason = "what a test cannot read fails it")]

mod support;

use std::path::Path;

use serde_json::Value;
use support::{Run, corpus, run_in};

fn check(folder: &Path) -> Run {
    let mut arguments = vec!["check", "--format", "json", "--files-from", "files.txt"];
    if folder.join("CODEOWNERS").is_file() {
        arguments.extend(["--codeowners", "CODEOWNERS"]);
    }
    run_in(folder, &arguments, b"")
}

fn named(name: &str) -> Option<Run> {
    let folder = corpus().into_iter().find(|folder| folder.ends_with(name))?;
    Some(check(&folder))
}

fn findings<'r>(report: &'r Value, rule: &str) -> Vec<&'r Value> {
    report["findings"].as_array().unwrap().iter().filter(|finding| finding["rule"] == rule).collect()
}

fn lines(finding: &Value) -> Vec<u64> {
    let places = finding["places"].as_array().unwrap();
    places.iter().filter_map(|place| place["start"]["line"].as_u64()).collect()
}

#[test]
fn every_repository_gives_a_report() {
    for folder in corpus() {
        let run = check(&folder);
        assert!(matches!(run.code, 0 | 1), "{}: {}", folder.display(), run.stderr);
        assert!(run.stderr.is_empty(), "{}: {}", folder.display(), run.stderr);
        assert_eq!(run.json()["version"], 1);
    }
}

#[test]
fn a_repository_that_repeats_its_own_name_gets_one_finding() {
    let Some(run) = named("GoogleCloudPlatform+generative-ai") else { return };
    let report = run.json();
    assert_eq!(findings(&report, "MLO105").len(), 1);
    assert!(findings(&report, "MLO104").is_empty());
    let message = findings(&report, "MLO105")[0]["message"].as_str().unwrap();
    assert!(message.starts_with("73 of 74 entries"), "{message}");
}

#[test]
fn duplicates_with_other_owners_are_errors() {
    let Some(run) = named("Azure+azureml-examples") else { return };
    let report = run.json();
    let errors = findings(&report, "MLO107").into_iter().filter(|finding| finding["severity"] == "error").count();
    assert_eq!(errors, 4);
}

#[test]
fn a_move_that_killed_many_entries_is_one_finding() {
    let Some(run) = named("openvinotoolkit+anomalib") else { return };
    let report = run.json();
    let moves = findings(&report, "MLO104");
    let models = moves.iter().find(|finding| finding["message"].as_str().unwrap().contains("models/image"));
    let models = models.expect("the move of the models");
    assert!(models["message"].as_str().unwrap().starts_with("12 entries"), "{models}");
}

#[test]
fn entries_that_are_dead_for_every_path_are_found_one_by_one() {
    let Some(run) = named("NVIDIA+Megatron-LM") else { return };
    let report = run.json();
    let mut dead: Vec<u64> =
        ["MLO106", "MLO107"].iter().flat_map(|rule| findings(&report, rule)).map(|finding| lines(finding)[0]).collect();
    dead.sort_unstable();
    assert_eq!(dead, [32, 39, 53]);
    assert!(findings(&report, "MLO104").iter().all(|finding| !dead.contains(&lines(finding)[0])));
}

#[test]
fn ownerless_entries_make_paths_ownerless_and_not_unmatched() {
    for (name, path) in [
        ("determined-ai+determined", "harness/determined/__version__.py"),
        ("NVIDIA+Megatron-LM", "megatron/training/arguments.py"),
    ] {
        let Some(folder) = corpus().into_iter().find(|folder| folder.ends_with(name)) else { return };
        let who = ["who", "--format", "jsonl", "--files-from", "files.txt", "--codeowners", "CODEOWNERS", path];
        let run = run_in(&folder, &who, b"");
        let answer: Value = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!(answer["state"], "ownerless", "{answer}");
        assert!(answer["entry"]["line"].as_u64().unwrap() > 1, "{answer}");
    }
}

#[test]
fn repositories_without_machine_learning_get_no_ml_finding() {
    for name in ["astral-sh+ruff", "esphome+esphome", "tldr-pages+tldr"] {
        let Some(run) = named(name) else { return };
        let report = run.json();
        let all = report["findings"].as_array().unwrap();
        let codes: Vec<&str> = all.iter().map(|finding| finding["rule"].as_str().unwrap()).collect();
        assert!(codes.iter().all(|code| code.starts_with("MLO1")), "{name}: {codes:?}");
        assert!(all.len() <= 3, "{name}: {codes:?}");
    }
}
