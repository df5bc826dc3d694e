//! The cache changes nothing that is said, and nothing that is said elsewhere.

use std::fs;
use std::time::{Duration, SystemTime};

use crate::warm::{Warm, an_hour_ago, files, manifest, set_modified};

/// Files of many kinds: told by keys, lines, bytes and front matter, long ones, and ones that only look like it.
fn add_other_kinds(warm: &Warm) {
    let head = |text: &str| [text.as_bytes(), &b"x = 1\n".repeat(20_000)].concat();
    for (path, bytes) in [
        ("train_churn.py", head("import torch\nfrom torch import nn\n")),
        ("serving/app.py", b"import bentoml\n".to_vec()),
        ("dags/daily.py", b"from airflow import DAG\n".to_vec()),
        ("model.pkl", b"\x80\x04\x95sklearn.linear_model".to_vec()),
        ("grafana/board.json", br#"{"panels": [{"type": "graph"}], "schemaVersion": 36}"#.to_vec()),
        ("README.md", b"---\nlicense: mit\nlibrary_name: peft\n---\n".to_vec()),
        ("k/long.yaml", [manifest(0).as_bytes(), &b"# more\n".repeat(200_000)].concat()),
        ("k/empty.yaml", Vec::new()),
        ("k/two.yaml", manifest(0).into_bytes()),
        ("other/two.yml", manifest(0).into_bytes()),
        ("k/deployment.yaml", b"apiVersion: apps/v1\nkind: Deployment\n".to_vec()),
    ] {
        warm.repo.write(path, &bytes);
        warm.age(path);
    }
    warm.repo.git(&["add", "--all"]);
}

#[test]
fn cold_warm_and_without_a_cache_are_the_same_byte_for_byte() {
    let warm = Warm::cold(&[]);
    add_other_kinds(&warm);
    warm.repo.git(&["commit", "--quiet", "-m", "first"]);
    warm.repo.write("k/m007.yaml", b"kind: Other\n");
    fs::remove_file(warm.path(8)).unwrap();
    let modes: [&[&str]; 4] = [&[], &["--staged"], &["--rev", "HEAD"], &["--untracked"]];
    for mode in modes {
        for command in [&["check", "--format", "json"][..], &["who", "--format", "jsonl"], &["who"]] {
            let arguments = [command, mode].concat();
            let without = warm.run(&[&arguments[..], &["--no-cache"]].concat());
            let said = |run: &crate::support::Run| (run.code, run.stdout.clone(), run.stderr.clone());
            for again in 0..3 {
                assert!(said(&warm.run(&arguments)) == said(&without), "{arguments:?}, run {again}");
            }
        }
        fs::remove_dir_all(warm.cache.path()).unwrap();
    }
}

#[test]
fn what_was_read_of_a_changed_file_is_no_fact_of_its_blob() {
    let warm = Warm::cold(&[]);
    warm.repo.write("k/m001.yaml", b"apiVersion: v1\nkind: Service\n");
    warm.run(&["check"]);
    warm.repo.write("k/m001.yaml", manifest(1).as_bytes());
    // By less than a second git would see no difference to the file that it knows, and note none.
    set_modified(&warm.path(1), an_hour_ago() - Duration::from_secs(60));
    warm.repo.git(&["add", "k/m001.yaml"]);
    warm.mark();
    assert!(!warm.is_cached("k/m001.yaml"), "the first run had no fact of it");
    assert!(warm.is_cached("k/m002.yaml"));
    warm.mark();
    assert!(warm.is_cached("k/m001.yaml"), "the second had");
}

#[test]
fn an_object_under_a_false_name_brings_no_fact_in() {
    let warm = Warm::cold(&[]);
    let object = |number: usize| {
        let id = warm.repo.git_output(&["rev-parse", &format!(":k/m{number:03}.yaml")]);
        warm.repo.path().join(".git/objects").join(&id[..2]).join(&id[2..])
    };
    warm.repo.write("false", manifest(1).replace("v1beta1", "v1false").as_bytes());
    let id = warm.repo.git_output(&["hash-object", "-w", "false"]);
    let false_object = warm.repo.path().join(".git/objects").join(&id[..2]).join(&id[2..]);
    let kept = fs::read(object(1)).unwrap();
    let replace = |bytes: &[u8]| {
        fs::remove_file(object(1)).unwrap();
        fs::write(object(1), bytes).unwrap();
    };
    replace(&fs::read(false_object).unwrap());
    let run = warm.run(&["who", "--staged", "k/m001.yaml"]);
    assert!(run.stdout.contains("v1false"), "{}", run.stdout);
    replace(&kept);
    warm.mark();
    assert!(!warm.is_cached_with("k/m001.yaml", &["--staged"], &[]));
    assert!(warm.is_cached_with("k/m002.yaml", &["--staged"], &[]));
}

#[test]
fn one_repository_knows_nothing_of_another() {
    let warm = Warm::new();
    let other = Warm { repo: Warm::cold(&[]).repo, cache: tempfile::tempdir().unwrap() };
    let folder = [("MLOPS_LINT_CACHE_DIR", warm.cache.path().to_str().unwrap())];
    assert!(!other.is_cached_with("k/m001.yaml", &[], &folder));
    assert_eq!(files(warm.cache.path()).len(), 2);
}

#[test]
fn the_work_trees_of_a_repository_share() {
    let warm = Warm::new();
    warm.repo.git(&["commit", "--quiet", "-m", "first"]);
    let elsewhere = tempfile::tempdir().unwrap();
    let tree = elsewhere.path().join("tree");
    warm.repo.git(&["worktree", "add", "--quiet", tree.to_str().unwrap()]);
    let index = warm.repo.path().join(".git/worktrees/tree/index");
    set_modified(&index, SystemTime::now() + Duration::from_secs(60));
    assert!(warm.is_cached("k/m001.yaml"));
    let run = warm.run_in(&tree, &["who", "k/m001.yaml"], &[]);
    assert!(run.stdout.contains("CACHED!"), "{}{}", run.stdout, run.stderr);
}

#[test]
fn a_cache_folder_inside_the_repository_is_not_used() {
    let warm = Warm::cold(&[]);
    let top = warm.repo.path().to_owned();
    for folder in [top.join(".cache"), top.join("k/../.cache"), top.clone()] {
        warm.run_with(&["check"], &[("MLOPS_LINT_CACHE_DIR", folder.to_str().unwrap())]);
    }
    // Nor where only a part of the repository is judged.
    warm.repo.write("k/CODEOWNERS", b"* @acme/k\n");
    warm.run_with(&["check", "k"], &[("MLOPS_LINT_CACHE_DIR", top.join("c").to_str().unwrap())]);
    assert!(!top.join(".cache").exists() && !top.join("c").exists());
    assert_eq!(files(&top).len(), 3, "CODEOWNERS, k and .git");
}

#[test]
fn a_cache_that_cannot_be_used_is_nobodys_loss() {
    let warm = Warm::new();
    let report = warm.run(&["check", "--no-cache"]);
    let file = warm.file();
    fs::write(&file, b"mlops-lint facts, but not really").unwrap();
    assert_eq!(warm.run(&["check"]).stdout, report.stdout);
    assert!(fs::metadata(&file).unwrap().len() > 1000, "it was replaced");
    // A folder in its place, and a file in the folder's.
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    assert_eq!(warm.run(&["check"]).stdout, report.stdout);
    let run = warm.run_with(&["check"], &[("MLOPS_LINT_CACHE_DIR", "/dev/null")]);
    assert_eq!((run.code, run.stdout, run.stderr), (0, report.stdout, String::new()));
}

#[test]
fn a_small_repository_leaves_no_trace() {
    let warm = Warm::cold(&[]);
    warm.repo.git(&["rm", "--quiet", "-r", "--cached", "k"]);
    let few: Vec<String> = (0..20).map(|number| format!("k/m{number:03}.yaml")).collect();
    warm.repo.git(&[&["add"], &few.iter().map(String::as_str).collect::<Vec<_>>()[..]].concat());
    for mode in [&["check"][..], &["check", "--staged"]] {
        assert_eq!(warm.run(mode).code, 0);
    }
    assert_eq!(files(warm.cache.path()).len(), 0);
}
