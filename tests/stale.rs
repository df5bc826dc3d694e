//! Stale parts of a policy (MLO503): told of a whole repository, and never where something was not looked at.

#![allow(clippy::unwrap_used, reason = "what a test cannot set up fails it")]

mod support;

use support::{Repo, Run, run_in};

const POLICY: &str = r#"version: 1
extends: [builtin:ml-team]
areas: { serving: { paths: [/serve/, /gone/] } }
exempt:
  - { path: /dags/, rules: [MLO201], reason: trial, expires: 2026-06-30 }
  - { path: /langs/, rules: [MLO104], reason: "kept for later" }
"#;
const FILES: [(&str, &str); 3] = [
    ("CODEOWNERS", "/serve/ @a\n/mlops-lint.yaml @a\n"),
    ("serve/a", ""),
    ("dags/etl.py", "from airflow import DAG\n"),
];

fn repo(policy: &str) -> Repo {
    Repo::new(&[&FILES[..], &[("mlops-lint.yaml", policy)]].concat())
}

/// What MLO503 says, in order.
fn told(run: &Run) -> Vec<String> {
    let report = run.json();
    let findings = report["findings"].as_array().unwrap().iter().filter(|finding| finding["rule"] == "MLO503");
    findings.map(|finding| finding["message"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_whole_repository_is_told_all_of_it() {
    let repo = repo(POLICY);
    let run = repo.run(&["--format", "json", "--today", "2026-03-01"]);
    let stale = ["`/gone/` of area serving matches no file", "the exemption of `/langs/` from MLO104 silences nothing"];
    assert_eq!(told(&run), stale);
    assert_eq!(run.json()["summary"]["exempt"], 1);
    let near = told(&repo.run(&["--format", "json", "--today", "2026-06-01"]));
    assert!(near.contains(&"the exemption of `/dags/` ends on 2026-06-30".to_owned()), "{near:?}");
    let past = told(&repo.run(&["--format", "json", "--today", "2026-07-01"]));
    assert!(
        past.contains(&"the exemption of `/dags/` ended on 2026-06-30, and no longer holds".to_owned()),
        "{past:?}"
    );
}

#[test]
fn a_part_of_it_is_told_nothing() {
    let repo = repo(POLICY);
    for scope in ["serve", "dags", "serve/a"] {
        assert_eq!(told(&repo.run(&["check", scope, "--format", "json"])), [""; 0], "{scope}");
    }
}

#[test]
fn without_contents_no_exemption_of_artefacts_is_called_useless() {
    let repo = repo(POLICY);
    let arguments = [
        "--files-from",
        "-",
        "--codeowners",
        "CODEOWNERS",
        "--policy",
        "mlops-lint.yaml",
        "--today",
        "2026-03-01",
        "--format",
        "json",
    ];
    let paths = b"serve/a\ndags/etl.py\n";
    let told = told(&run_in(repo.path(), &arguments, paths));
    assert!(!told.iter().any(|message| message.contains("/dags/")), "{told:?}");
    assert!(told.iter().any(|message| message.contains("/langs/")), "what needs no content is told: {told:?}");
}

#[test]
fn neither_order_nor_lines_above_change_what_it_is_about() {
    let subjects = |policy: &str| {
        let report = repo(policy).run(&["--format", "json", "--today", "2026-03-01"]);
        let mut told = told(&report);
        told.sort_unstable();
        told
    };
    let (first, second) = POLICY.split_once("exempt:\n").unwrap();
    let turned: Vec<&str> = second.lines().rev().collect();
    let turned = format!("# A line.\n\n{first}exempt:\n{}\n", turned.join("\n"));
    assert_eq!(subjects(POLICY), subjects(&turned));
}

#[test]
fn a_submodule_is_a_place_though_nothing_in_it_is_listed() {
    let repo = repo("version: 1\nareas: { models: { paths: [/vendored/] } }\n");
    let commit = "1111111111111111111111111111111111111111";
    repo.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{commit},vendored")]);
    std::fs::create_dir(repo.path().join("vendored")).unwrap();
    assert_eq!(told(&repo.run(&["--format", "json"])), [""; 0]);
}
