//! `check` as people meet it: exit codes, reports, and what it says of small repositories.

mod support;

use support::{Repo, project, run_in};

const TEAM: &str = "\
version: 1
extends: [builtin:ml-team]
roles:
  data-engineer: { owners: [\"@acme/data-eng\"] }
  data-scientist: { owners: [\"@acme/data-science\"] }
  ml-engineer: { owners: [\"@acme/ml-eng\"] }
  mlops-engineer: { owners: [\"@acme/mlops\"] }
  business-analyst: { covered_by: data-scientist }
";

#[test]
fn the_example_breaks_rules_and_the_fixed_one_none() {
    let broken = run_in(&project(), &["check", "examples/fraud-detection"], b"");
    assert_eq!(broken.code, 1, "{}", broken.stderr);
    let fixed = run_in(&project(), &["check", "examples/fraud-detection-fixed"], b"");
    assert_eq!(fixed.code, 0, "{}\n{}", fixed.stdout, fixed.stderr);
}

#[test]
fn check_is_the_default_command_and_runs_from_any_folder() {
    let repo = Repo::new(&[(".github/CODEOWNERS", "/gone/ @acme/ml-eng\n"), ("src/deep/a.py", "")]);
    let named = repo.run(&["check", "--format", "json"]);
    let default = repo.run(&["--format", "json"]);
    let deep = run_in(&repo.path().join("src/deep"), &["--format", "json"], b"");
    assert_eq!(named.codes(), ["MLO104"]);
    assert_eq!(named.stdout, default.stdout);
    assert_eq!(named.stdout, deep.stdout);
}

#[test]
fn a_folder_of_a_repository_limits_what_is_judged() {
    let files = [
        (".github/CODEOWNERS", "/gone/ @acme/ml-eng\n"),
        ("mlops-lint.yaml", TEAM),
        ("a/model.onnx", ""),
        ("b/model.onnx", ""),
    ];
    let run = Repo::new(&files).run(&["check", "a", "--format", "json"]);
    assert_eq!(run.codes(), ["MLO201"]);
    assert_eq!(run.json()["findings"][0]["paths"]["sample"][0], "a/model.onnx");
}

#[test]
fn nothing_to_check_is_its_own_exit_code() {
    let empty = Repo::plain(&[]);
    let run = empty.run(&["check"]);
    assert_eq!((run.code, run.stdout.as_str()), (3, ""));
    assert!(run.stderr.contains("nothing to check"), "{}", run.stderr);
    assert_eq!(empty.run(&["check", "missing"]).code, 3);
    assert_eq!(empty.run(&["check", "--files-from", "-"]).code, 3);
}

#[test]
fn a_repository_without_ml_artefacts_is_clean_and_says_so() {
    let repo = Repo::new(&[("CODEOWNERS", "* @a\n"), ("src/main.rs", "fn main() {}")]);
    let run = repo.run(&["check"]);
    assert_eq!(run.code, 0, "{}", run.stdout);
    assert!(run.stdout.contains("No ML artefacts"), "{}", run.stdout);
}

#[test]
fn a_broken_policy_is_an_error_at_its_span() {
    let repo = Repo::new(&[("CODEOWNERS", "* @a\n"), ("mlops-lint.yaml", "version: 1\nroles:\n  x: { ownes: [] }\n")]);
    let run = repo.run(&["check"]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.contains("mlops-lint.yaml:3:8"), "{}", run.stderr);
    assert!(run.stderr.contains("owners"), "{}", run.stderr);
}

#[test]
fn what_fails_is_the_policys_choice_and_the_command_line_beats_it() {
    let repo =
        Repo::new(&[("CODEOWNERS", "/gone/ @a\n"), ("x", ""), ("mlops-lint.yaml", "version: 1\nfail_on: warning\n")]);
    assert_eq!(repo.run(&["check"]).code, 1);
    assert_eq!(repo.run(&["check", "--fail-on", "error"]).code, 0);
    assert_eq!(repo.run(&["check", "--fail-on", "never"]).code, 0);
}

#[test]
fn one_run_writes_every_report() {
    let repo = Repo::new(&[("CODEOWNERS", "/gone/ @a\n"), ("x", "")]);
    let reports = tempfile::tempdir().unwrap();
    let (json, jsonl) = (reports.path().join("r.json"), reports.path().join("r.jsonl"));
    let json_target = format!("json={}", json.display());
    let jsonl_target = format!("jsonl={}", jsonl.display());
    let run = repo.run(&["--format", "human", "--format", &json_target, "--format", &jsonl_target]);
    assert_eq!(run.code, 0);
    assert!(run.stdout.contains("MLO104"));
    let report: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(json).unwrap()).unwrap();
    let lines = std::fs::read_to_string(jsonl).unwrap();
    let first: serde_json::Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert_eq!(report["findings"][0], first);
}

#[test]
fn usage_errors_exit_2_and_say_what_was_expected() {
    let repo = Repo::new(&[("CODEOWNERS", "* @a\n"), ("x", "")]);
    let run = repo.run(&["--format", "json", "--format", "jsonl"]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.contains("two reports"), "{}", run.stderr);
    assert_eq!(repo.run(&["--format", "yaml"]).code, 2);
    assert_eq!(repo.run(&["--rev", "HEAD", "--staged"]).code, 2);
    assert_eq!(repo.run(&["--today", "soon"]).code, 2);
    let unwritable = repo.run(&["--format", "json=/nowhere/r.json"]);
    assert_eq!(unwritable.code, 2, "{}", unwritable.stderr);
}

#[test]
fn an_exemption_holds_until_its_date_and_is_counted() {
    let policy = format!("{TEAM}exempt:\n  - {{ path: /m/, rules: [MLO201], reason: trial, expires: 2026-06-30 }}\n");
    let repo =
        Repo::new(&[("CODEOWNERS", "/mlops-lint.yaml @acme/mlops\n"), ("mlops-lint.yaml", &policy), ("m/a.onnx", "")]);
    let before = repo.run(&["--format", "json", "--today", "2026-06-30"]);
    assert_eq!((before.codes().len(), before.json()["summary"]["exempt"].as_u64()), (0, Some(1)));
    assert_eq!(repo.run(&["--format", "json", "--today", "2026-07-01"]).codes(), ["MLO201"]);
}

#[test]
fn a_commit_and_the_index_are_judged_without_the_work_tree() {
    let repo = Repo::new(&[("CODEOWNERS", "/a/ @acme/ml\n"), ("a/x", "")]);
    repo.git(&["commit", "--quiet", "--message", "one"]);
    repo.write("CODEOWNERS", b"/staged/ @acme/ml\n");
    repo.git(&["add", "CODEOWNERS"]);
    repo.write("CODEOWNERS", b"/work/ @acme/ml\n/tree/ @acme/ml\n");
    let findings = |arguments: &[&str]| repo.run(&[arguments, &["--format", "json"]].concat()).codes().len();
    assert_eq!(findings(&["--rev", "HEAD"]), 0);
    assert_eq!(findings(&["--staged", "--all"]), 1);
    assert_eq!(findings(&[]), 2);
    let missing = repo.run(&["--rev", "no-such-branch"]);
    assert_eq!(missing.code, 2);
    assert!(missing.stderr.contains("no-such-branch"), "{}", missing.stderr);
}

#[test]
fn same_input_same_bytes() {
    let arguments = ["check", "examples/fraud-detection", "--format", "json"];
    assert_eq!(run_in(&project(), &arguments, b"").stdout, run_in(&project(), &arguments, b"").stdout);
}

fn with_policy(areas: &str, codeowners: &str, files: &[&str]) -> Repo {
    let policy = format!("{TEAM}{areas}");
    let mut all = vec![(".github/CODEOWNERS", codeowners), ("mlops-lint.yaml", policy.as_str())];
    all.extend(files.iter().map(|file| (*file, "")));
    Repo::new(&all)
}

#[test]
fn one_catch_all_entry_never_hides_what_the_policy_demands() {
    let areas = "areas: { serving: { paths: [/serving/], ownership: { specific: true } } }\n";
    let run = with_policy(areas, "* @acme/data-science\n", &["serving/main.py"]).run(&["--format", "json"]);
    assert_eq!(run.codes(), ["MLO302", "MLO203"]);
    let severe = "areas: { serving: { paths: [/serving/], severity: error } }\n";
    assert_eq!(with_policy(severe, "* @acme/data-science\n", &["serving/main.py"]).run(&[]).code, 1);
}

#[test]
fn a_rule_that_is_off_hides_no_other() {
    let areas = "areas: { serving: { paths: [/src/], ownership: { approvers: [ml-engineer], teams_only: true } } }\n";
    let codeowners = "/src/ @acme/data-science @bob\n/mlops-lint.yaml @acme/mlops\n";
    let on = with_policy(areas, codeowners, &["src/main.py"]).run(&["--format", "json"]);
    assert_eq!(on.codes(), ["MLO301", "MLO314", "MLO501"]);
    let off = format!("{areas}rules: {{ MLO301: off }}\n");
    let off = with_policy(&off, codeowners, &["src/main.py"]).run(&["--format", "json"]);
    assert_eq!(off.codes(), ["MLO311", "MLO314", "MLO501"]);
}

#[test]
fn an_ownerless_entry_satisfies_no_expectation_of_any_kind() {
    let areas = "areas: { pay: { paths: [/pay/], ownership: { min_owners: 2 } } }\n";
    let run = with_policy(areas, "/pay/\n", &["pay/a.py"]).run(&["--format", "json"]);
    assert_eq!(run.codes(), ["MLO204"]);
}

#[test]
fn the_proposed_line_satisfies_the_whole_expectation() {
    let areas = "areas: { serving: { paths: [/src/], ownership: { approvers: [ml-engineer], teams_only: true } } }\n";
    let run = with_policy(areas, "/src/ @acme/data-science @bob\n", &["src/main.py"]).run(&["--format", "json"]);
    let help = run.json()["findings"][0]["help"].as_str().unwrap().to_owned();
    assert!(help.ends_with("    /src/ @acme/ml-eng"), "{help}");
}

#[test]
fn a_proposed_line_is_one_line_whatever_the_name() {
    let repo = with_policy("", "/mlops-lint.yaml @acme/mlops\n", &["m/new\nb.onnx", "m/t\tx.onnx", "m/c"]);
    let report = repo.run(&["--format", "json"]).json();
    let help = report["findings"][0]["help"].as_str().unwrap().to_owned();
    assert!(help.contains("/m/new?b.onnx") || help.contains("/m/**/*.onnx"), "{help}");
}

#[test]
fn a_single_file_can_be_checked_and_is_counted_alone() {
    let repo = with_policy("", "/x/ @acme/ml-eng\n", &["m/a.onnx", "n/b.onnx"]);
    let run = repo.run(&["check", "m/a.onnx", "--format", "json"]);
    assert_eq!(run.codes(), ["MLO201"]);
    let summary = &run.json()["summary"];
    assert_eq!((summary["files"].as_u64(), summary["artefacts"].as_u64()), (Some(1), Some(1)));
}

#[test]
fn a_bare_list_says_that_it_reads_no_policy() {
    let repo = with_policy("", "* @acme/ml-eng\n", &["m/a.onnx"]);
    let run = run_in(repo.path(), &["--files-from", "-", "--codeowners", ".github/CODEOWNERS"], b"m/a.onnx\n");
    assert!(run.stdout.contains("pass --policy FILE"), "{}", run.stdout);
    let long = run_in(repo.path(), &["--files-from", "-"], &b"a/".repeat(3000));
    assert_eq!(long.code, 2);
    assert!(long.stderr.len() < 1000, "{}", long.stderr.len());
}

#[test]
fn a_sparse_checkout_is_judged_by_the_owners_and_the_policy_that_it_leaves_out() {
    let repo = Repo::new(&[
        (".github/CODEOWNERS", "* @acme/everyone\n/src/ @acme/ml\n"),
        (".github/mlops-lint.yaml", TEAM),
        ("src/train.ipynb", "{}"),
    ]);
    repo.git(&["commit", "--quiet", "-m", "first"]);
    let whole = repo.run(&["check", "--format", "json"]);
    repo.git(&["sparse-checkout", "set", "src"]);
    assert!(!repo.path().join(".github").exists());
    let sparse = repo.run(&["check", "--format", "json"]);
    assert_eq!(sparse.json()["findings"], whole.json()["findings"]);
    assert_eq!(sparse.codes(), ["MLO301", "MLO501"]);
    assert_eq!(sparse.json()["summary"]["entries"], 2);
    assert_eq!(sparse.json()["summary"]["remarks"], whole.json()["summary"]["remarks"]);
    // What is deleted is gone.
    repo.git(&["sparse-checkout", "disable"]);
    std::fs::remove_file(repo.path().join(".github/CODEOWNERS")).unwrap();
    assert!(repo.run(&["check", "--format", "json"]).codes().contains(&"MLO101".to_owned()));
}
