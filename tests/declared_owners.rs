//! Owners that files declare themselves, against CODEOWNERS: the real binary on small real repositories.

#![allow(clippy::unwrap_used, reason = "what a test cannot set up fails it")]

mod support;

use support::Repo;

const POLICY: &str = r#"version: 1
extends: [builtin:ml-team]
roles:
  data-engineer: { owners: ["@acme/data-eng"] }
  data-scientist: { owners: ["@acme/data-science"] }
  ml-engineer: { owners: ["@acme/ml-eng"] }
  mlops-engineer: { owners: ["@acme/mlops"] }
no_role: ["@acme/growth"]
"#;
const DAG: &str = "from airflow import DAG\n\n# größe\ndag = DAG('ingest', default_args={'owner': 'growth'})\n";

fn repo() -> Repo {
    Repo::new(&[
        (".github/CODEOWNERS", "/dags/ @acme/data-eng\n/.github/ @acme/mlops\n/mlops-lint.yaml @acme/mlops\n"),
        ("mlops-lint.yaml", POLICY),
        ("dags/ingest.py", DAG),
    ])
}

#[test]
fn the_characters_of_both_files_are_shown() {
    let run = repo().run(&["check"]);
    let shown = "\
warning[MLO310 declared-owner-differs]: `dags/ingest.py` declares growth as its owner, and
  CODEOWNERS asks @acme/data-eng
   ╭─[.github/CODEOWNERS:1:8]
 1 │ /dags/ @acme/data-eng
   ·        ───────┬──────
   ·               ╰── not growth
 2 │ /.github/ @acme/mlops
   ╰────
   ╭─[dags/ingest.py:4:45]
 3 │ # größe
 4 │ dag = DAG('ingest', default_args={'owner': 'growth'})
   ·                                             ───┬──
   ·                                                ╰── declared here
   ╰────
  1 file: dags/ingest.py
  help: if the file is right, write on line 1:
            /dags/ @acme/growth
        if CODEOWNERS is, change the owner that it declares
";
    assert!(run.stdout.contains(shown), "{}", run.stdout);
    assert!(run.stdout.contains("1 file declares an owner: 1 differs."), "{}", run.stdout);
    assert_eq!(run.code, 0, "a warning does not fail the run: {}", run.stdout);
}

#[test]
fn json_has_the_place_in_the_file_wherever_the_content_comes_from() {
    let repo = repo();
    repo.git(&["commit", "--quiet", "--message", "all"]);
    for arguments in [
        &["check", "--format", "json"][..],
        &["check", "--format", "json", "--staged", "--all"],
        &["check", "--format", "json", "--rev", "HEAD"],
    ] {
        let report = repo.run(arguments).json();
        let finding = &report["findings"][0];
        assert_eq!(finding["rule"], "MLO310", "{report}");
        let offset = DAG.find("growth").unwrap();
        assert_eq!(
            finding["places"][1],
            serde_json::json!({
                "path": "dags/ingest.py",
                "start": { "line": 4, "column": 45, "offset": offset },
                "end": { "line": 4, "column": 51, "offset": offset + 6 },
                "label": "declared here",
                "role": "related",
            })
        );
    }
}

#[test]
fn a_warm_run_says_the_same() {
    let repo = repo();
    // As many as make a cache worth it.
    for number in 0..600 {
        let owner = if number % 2 == 0 { "growth" } else { "data-eng" };
        repo.write(&format!("dags/d{number}.py"), DAG.replace("growth", owner).as_bytes());
    }
    repo.git(&["add", "--all"]);
    let folder = tempfile::tempdir().unwrap();
    let run = || {
        let mut command = support::binary();
        command.env_remove("MLOPS_LINT_NO_CACHE").env("MLOPS_LINT_CACHE_DIR", folder.path());
        command.current_dir(repo.path()).args(["check", "--format", "json"]);
        support::finish(command, b"")
    };
    let (cold, warm) = (run(), run());
    assert_eq!(cold.json()["findings"][0]["paths"]["count"], 301);
    assert_eq!(cold.stdout, warm.stdout);
    assert_eq!(cold.stdout, repo.run(&["check", "--format", "json"]).stdout);
}

#[test]
fn a_file_of_a_stranger_is_shown_harmless() {
    let repo = repo();
    let line =
        format!("from airflow import DAG\nx = '\x1b[31m\u{202e}{}'; DAG('a', owner='growth')\n", "y".repeat(60_000));
    repo.write("dags/ingest.py", line.as_bytes());
    repo.write("catalog-info.yaml", b"spec: &a\n  owner: *a\n  x: [[[[[[{{");
    repo.write("dags/cut.py", b"from airflow import DAG\nDAG(owner='\xff\xfe', x=(((((((");
    repo.git(&["add", "--all"]);
    let run = repo.run(&["check"]);
    assert!(run.stdout.contains("declares growth"), "{}", run.stdout);
    assert!(!run.stdout.contains(['\x1b', '\u{202e}']), "{}", run.stdout);
    assert!(run.stdout.len() < 5_000, "{}", run.stdout);
}

#[test]
fn links_and_left_out_trees_are_not_read() {
    let repo = repo();
    repo.write("dags/ingest.py", DAG.replace("growth", "data-eng").as_bytes());
    repo.write("tests/catalog-info.yaml", b"spec: { owner: growth }\n");
    repo.write("secret.yaml", b"spec: { owner: growth }\n");
    #[cfg(unix)]
    std::os::unix::fs::symlink("secret.yaml", repo.path().join("catalog-info.yaml")).unwrap();
    repo.write(
        ".github/CODEOWNERS",
        b"/dags/ @acme/data-eng\n/tests/ @acme/mlops\n/*.yaml @acme/mlops\n/.github/ @acme/mlops\n",
    );
    repo.git(&["add", "--all"]);
    let run = repo.run(&["check"]);
    assert!(run.stdout.contains("1 file declares an owner: 1 agrees with CODEOWNERS."), "{}", run.stdout);
}

#[test]
fn the_policy_may_switch_it_off_and_exempt_from_it() {
    let repo = repo();
    repo.write("mlops-lint.yaml", format!("{POLICY}rules: {{ MLO310: off }}\n").as_bytes());
    let run = repo.run(&["check"]);
    assert!(!run.stdout.contains("MLO310 ") && !run.stdout.contains("declare"), "{}", run.stdout);
    repo.write("mlops-lint.yaml", format!("{POLICY}rules: {{ MLO310: {{ allow: [\"/dags/\"] }} }}\n").as_bytes());
    let run = repo.run(&["check"]);
    assert!(!run.stdout.contains("declares growth") && run.stdout.contains("exempt"), "{}", run.stdout);
}

#[test]
fn every_section_of_gitlab_is_asked() {
    let repo = repo();
    let sections = |second: &str| format!("[Data]\n/dags/ @acme/data-eng\n[Ops]\n/dags/ {second}\n");
    repo.git(&["rm", "--quiet", "--cached", ".github/CODEOWNERS"]);
    let told = |second: &str| {
        repo.write(".gitlab/CODEOWNERS", sections(second).as_bytes());
        repo.git(&["add", "--all"]);
        repo.run(&["check", "--dialect", "gitlab"]).stdout
    };
    assert!(
        told("@acme/mlops")
            .contains("declares growth as its owner, and\n  CODEOWNERS asks @acme/data-eng and @acme/mlops"),
        "{}",
        told("@acme/mlops")
    );
    assert!(told("@acme/growth").contains("1 file declares an owner: 1 agrees with CODEOWNERS."));
}

#[test]
fn what_is_asked_about_is_what_is_counted() {
    let repo = repo();
    repo.write("other/catalog-info.yaml", b"spec: { owner: growth }\n");
    repo.git(&["add", "--all"]);
    assert!(repo.run(&["check"]).stdout.contains("2 files declare an owner"));
    assert!(repo.run(&["check", "dags"]).stdout.contains("1 file declares an owner"));
}
