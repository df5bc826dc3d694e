//! The ratchet: old violations are counted and quiet, new ones fail, and what is fixed stays fixed.

#![allow(clippy::unwrap_used, reason = "what a test cannot set up fails it")]

mod support;

use support::{Repo, Run, run_in};

const POLICY: &str = "\
version: 1
roles: { ml-engineer: { owners: [\"@acme/ml-eng\"] } }
areas: { models: { paths: [/models/], ownership: { accountable: [ml-engineer] }, severity: error } }
";
const CODEOWNERS: &str = "/mlops-lint.yaml @acme/ml-eng\n/gone/ @acme/ml-eng\n/src/ @acme/ml-eng\n";

/// A repository with two unowned models and a dead entry.
fn repository() -> Repo {
    Repo::new(&[
        (".github/CODEOWNERS", CODEOWNERS),
        ("mlops-lint.yaml", POLICY),
        ("src/a.py", ""),
        ("models/a.onnx", "a"),
        ("models/b.onnx", "b"),
    ])
}

fn with_baseline() -> Repo {
    let repo = repository();
    let run = repo.run(&["baseline"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stdout.ends_with("mlops-lint-baseline.json: 3 kept\n"), "{}", run.stdout);
    repo
}

fn check(repo: &Repo) -> Run {
    repo.git(&["add", "--all"]);
    repo.run(&["--baseline", "mlops-lint-baseline.json", "--format", "json"])
}

/// What is told, how many violations are quiet and how many are fixed.
fn told(run: &Run) -> (Vec<String>, u64, u64) {
    assert!(run.code < 2, "{}", run.stderr);
    let number = |name: &str| run.json()["summary"][name].as_u64().unwrap();
    (run.codes(), number("baselined"), number("fixed"))
}

fn codes(codes: &[&str]) -> Vec<String> {
    codes.iter().map(|code| (*code).to_owned()).collect()
}

#[test]
fn a_baseline_holds_atoms_one_a_line_and_the_same_bytes_every_time() {
    let repo = with_baseline();
    let text = std::fs::read_to_string(repo.path().join("mlops-lint-baseline.json")).unwrap();
    insta::assert_snapshot!(text, @r#"
    {
    "version": 1,
    "atoms": [
    {"rule":"MLO104","entry":"/gone/"},
    {"rule":"MLO201","path":"models/a.onnx","blob":"2e65efe2a145dda7ee51d1741299f848e5bf752e"},
    {"rule":"MLO201","path":"models/b.onnx","blob":"63d8dbd40c23542e740659a7168a0ce3138ea748"}
    ]
    }
    "#);
    repo.git(&["add", "--all"]);
    let again = repo.run(&["baseline"]);
    assert!(again.stdout.ends_with("is as it was: 3 kept, 0 fixed and pruned, 0 new\n"), "{}", again.stdout);
}

#[test]
fn old_violations_are_quiet_and_counted() {
    let repo = with_baseline();
    assert_eq!(told(&check(&repo)), (vec![], 3, 0));
    let human = repo.run(&["--baseline", "mlops-lint-baseline.json"]);
    assert_eq!(human.code, 0);
    assert!(human.stdout.contains("Silenced: 0 exempt, 0 ignored, 3 baselined (--no-ignores"), "{}", human.stdout);
    let all = repo.run(&["--baseline", "mlops-lint-baseline.json", "--no-ignores", "--format", "json"]);
    assert_eq!((all.code, all.codes()), (1, codes(&["MLO201", "MLO104"])));
}

#[test]
fn a_new_file_in_an_old_group_fails_and_repairing_half_of_a_group_does_not() {
    let repo = with_baseline();
    repo.write("models/c.onnx", b"c");
    let run = check(&repo);
    assert_eq!((run.code, told(&run)), (1, (codes(&["MLO201"]), 3, 0)));
    assert_eq!(run.json()["findings"][0]["paths"]["sample"][0], "models/c.onnx");

    let repo = with_baseline();
    repo.write(".github/CODEOWNERS", format!("{CODEOWNERS}/models/a.onnx @acme/ml-eng\n").as_bytes());
    let run = check(&repo);
    assert_eq!((run.code, told(&run)), (0, (vec![], 2, 1)));
    let human = repo.run(&["--baseline", "mlops-lint-baseline.json"]);
    assert!(human.stdout.contains("1 of the baseline is fixed: `mlops-lint baseline` prunes it"), "{}", human.stdout);
}

#[test]
fn a_baseline_survives_a_rename_a_reordering_a_line_above_and_another_spelling() {
    let repo = with_baseline();
    repo.git(&["mv", "models/a.onnx", "models/renamed.onnx"]);
    assert_eq!(told(&check(&repo)), (vec![], 3, 0));

    let reordered = "# a new comment\n\n/src/ @acme/ml-eng\n  /gone/**   @acme/ml-eng\n/mlops-lint.yaml @acme/ml-eng\n";
    repo.write(".github/CODEOWNERS", reordered.as_bytes());
    assert_eq!(told(&check(&repo)), (vec![], 3, 0));
    // The new path is written down, so that the next move is followed too.
    repo.run(&["baseline"]);
    repo.git(&["mv", "models/renamed.onnx", "models/twice.onnx"]);
    assert_eq!(told(&check(&repo)), (vec![], 3, 0));
}

#[test]
fn a_copy_is_no_move_and_neither_is_what_could_be_either_of_two() {
    let repo = with_baseline();
    repo.write("models/copy.onnx", b"a");
    assert_eq!(told(&check(&repo)), (codes(&["MLO201"]), 3, 0));

    let repo = with_baseline();
    std::fs::remove_file(repo.path().join("models/a.onnx")).unwrap();
    repo.write("models/one.onnx", b"a");
    repo.write("models/two.onnx", b"a");
    assert_eq!(told(&check(&repo)), (codes(&["MLO201"]), 2, 1));
}

#[test]
fn a_rule_that_another_stood_for_is_old_too() {
    // Nobody on the entry is accountable: that stands for "nobody is consulted", which is no news once it is put right.
    let policy = "\
version: 1
roles: { ml-engineer: { owners: [\"@acme/ml-eng\"] }, data-scientist: { owners: [\"@acme/ds\"] } }
areas: { models: { paths: [/models/], ownership: { accountable: [ml-engineer], consulted: [data-scientist] } } }
";
    let repo = Repo::new(&[
        ("CODEOWNERS", "/mlops-lint.yaml @acme/ml-eng @acme/ds\n/models/ @acme/web\n"),
        ("mlops-lint.yaml", policy),
        ("models/a.onnx", ""),
    ]);
    repo.run(&["baseline"]);
    repo.write("CODEOWNERS", b"/mlops-lint.yaml @acme/ml-eng @acme/ds\n/models/ @acme/ml-eng\n");
    let (told, baselined, fixed) = told(&check(&repo));
    assert_eq!((told, baselined, fixed), (vec![], 1, 2));
}

#[test]
fn the_command_is_a_ratchet() {
    let repo = with_baseline();
    repo.write("models/c.onnx", b"c");
    repo.write(".github/CODEOWNERS", CODEOWNERS.replace("/gone/ @acme/ml-eng\n", "").as_bytes());
    repo.git(&["add", "--all"]);
    let tight = repo.run(&["baseline"]);
    assert!(
        tight.stdout.ends_with("2 kept, 1 fixed and pruned, 1 new left out (--accept-new takes them in)\n"),
        "{}",
        tight.stdout
    );
    assert_eq!(told(&check(&repo)), (codes(&["MLO201"]), 2, 0));
    let loose = repo.run(&["baseline", "--accept-new"]);
    assert!(loose.stdout.ends_with("2 kept, 0 fixed and pruned, 1 new taken in\n"), "{}", loose.stdout);
    assert_eq!(told(&check(&repo)), (vec![], 3, 0));
}

#[test]
fn the_policy_can_name_it() {
    let repo = repository();
    repo.write("mlops-lint.yaml", format!("{POLICY}baseline: .github/old.json\n").as_bytes());
    let missing = repo.run(&[]);
    assert_eq!(missing.code, 2);
    assert!(missing.stderr.contains(".github/old.json"), "{}", missing.stderr);
    assert!(repo.run(&["baseline"]).stdout.ends_with(".github/old.json: 3 kept\n"));
    assert_eq!(told(&repo.run(&["--format", "json"])), (vec![], 3, 0));
    repo.write("mlops-lint.yaml", format!("{POLICY}baseline: ../old.json\n").as_bytes());
    let outside = repo.run(&[]);
    assert_eq!(outside.code, 2);
    assert!(outside.stderr.contains("mlops-lint.yaml:4:11"), "{}", outside.stderr);
}

#[test]
fn what_is_exempt_or_ignored_is_no_part_of_it() {
    let repo = repository();
    repo.write("mlops-lint.yaml", format!("{POLICY}exempt: [{{ path: /models/a.onnx, reason: trial }}]\n").as_bytes());
    repo.write(
        ".github/CODEOWNERS",
        CODEOWNERS.replace("/gone/", "# mlops-lint: ignore[MLO104] files come in May\n/gone/").as_bytes(),
    );
    let run = repo.run(&["baseline", "--output", "b.json"]);
    assert_eq!(run.stdout, "Wrote b.json: 1 kept\n");
}

#[test]
fn a_baseline_that_is_none_is_an_error_at_its_place() {
    let repo = with_baseline();
    let fails = |arguments: &[&str], wanted: &[&str]| {
        let run = repo.run(arguments);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{arguments:?}");
        for wanted in wanted {
            assert!(run.stderr.contains(wanted), "{arguments:?}: {}", run.stderr);
        }
    };
    fails(&["--baseline", "missing.json"], &["no baseline `missing.json`", "mlops-lint baseline"]);
    repo.write("b.json", b"{\"version\": 1,\n \"atoms\": [{\"rule\": 3}]}\n");
    fails(&["--baseline", "b.json"], &["b.json:2:", "expected a string"]);
    fails(&["baseline", "--output", "b.json"], &["b.json:2:"]);
    repo.write("b.json", b"{\"version\": 7, \"things\": []}\n");
    fails(&["--baseline", "b.json"], &["has version 7"]);
    repo.write("b.json", "[".repeat(1_000_000).as_bytes());
    fails(&["--baseline", "b.json"], &["cannot be read"]);
    fails(&["--baseline", "src"], &[]);
    fails(&["baseline", "models"], &["whole repository"]);
    fails(&["baseline", "--rev", "HEAD"], &[]);
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_repository_is_neither_read_nor_written() {
    let repo = repository();
    let outside = tempfile::tempdir().unwrap();
    let target = outside.path().join("precious");
    std::os::unix::fs::symlink(&target, repo.path().join("mlops-lint-baseline.json")).unwrap();
    assert_eq!(repo.run(&["baseline"]).code, 2);
    assert!(!target.exists());
    std::fs::write(&target, "precious").unwrap();
    assert_eq!(repo.run(&["baseline"]).code, 2);
    assert_eq!(std::fs::read_to_string(&target).unwrap(), "precious");
}

#[test]
fn a_hundred_thousand_atoms_are_read() {
    use std::fmt::Write as _;
    let repo = with_baseline();
    let mut atoms = String::new();
    for at in 0..100_000 {
        let _ = writeln!(atoms, "{{\"rule\":\"MLO201\",\"path\":\"models/{at}.onnx\",\"blob\":\"{at:040x}\"}},");
    }
    let text = format!("{{\"version\":1,\"atoms\":[\n{atoms}{{\"rule\":\"MLO104\",\"entry\":\"/gone/\"}}]}}");
    repo.write("mlops-lint-baseline.json", text.as_bytes());
    assert_eq!(told(&check(&repo)), (codes(&["MLO201"]), 1, 100_000));
}

#[test]
fn outside_git_there_are_no_contents_and_paths_are_enough() {
    let repo = Repo::plain(&[("CODEOWNERS", "/gone/ @acme/ml-eng\n"), ("a.onnx", "")]);
    assert_eq!(repo.run(&["baseline"]).code, 0);
    let run = run_in(repo.path(), &["--baseline", "mlops-lint-baseline.json", "--format", "json"], b"");
    assert_eq!(run.codes(), codes(&[]));
}
