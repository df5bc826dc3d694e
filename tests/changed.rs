//! What a change adds, touches, or takes owners from: `--changed-since REV` and `--staged`.

#![allow(clippy::unwrap_used, reason = "what a test cannot set up fails it")]

mod support;

use support::{Repo, Run, binary, finish};

const POLICY: &str = "\
version: 1
roles:
  ml-engineer: { owners: [\"@acme/ml-eng\"] }
  data-scientist: { owners: [\"@acme/ds\"] }
areas:
  models: { paths: [/models/], ownership: { accountable: [ml-engineer] } }
  serving: { paths: [/serving/], ownership: { accountable: [ml-engineer] } }
";
const CODEOWNERS: &str = "\
/mlops-lint.yaml @acme/ml-eng @acme/ds
/gone/ @acme/ml-eng
/src/ @acme/ml-eng
/serving/ @acme/ml-eng
";

/// A repository with an unowned model and a dead entry on `main`, and a branch that changes nothing yet.
fn branch() -> Repo {
    let repo = Repo::new(&[
        (".github/CODEOWNERS", CODEOWNERS),
        ("mlops-lint.yaml", POLICY),
        ("src/a.py", "a"),
        ("models/old.onnx", "old"),
        ("serving/app.py", "app"),
        ("serving/api/v1.py", "v1"),
    ]);
    commit(&repo);
    repo.git(&["branch", "--move", "main"]);
    repo.git(&["checkout", "--quiet", "-b", "topic"]);
    repo
}

fn commit(repo: &Repo) {
    repo.git(&["add", "--all"]);
    repo.git(&["commit", "--quiet", "--allow-empty", "--message", "one"]);
}

fn since_main(repo: &Repo) -> Run {
    repo.run(&["--changed-since", "main", "--format", "json"])
}

/// The codes, the changed files and the old violations that were left out.
fn told(run: &Run) -> (Vec<String>, u64, u64) {
    assert!(run.code < 2, "{}", run.stderr);
    let changed = &run.json()["summary"]["changed"];
    (run.codes(), changed["files"].as_u64().unwrap(), changed["left_out"].as_u64().unwrap())
}

fn codes(codes: &[&str]) -> Vec<String> {
    codes.iter().map(|code| (*code).to_owned()).collect()
}

#[test]
fn no_changes_are_clean_and_said_aloud() {
    let repo = branch();
    let run = repo.run(&["--changed-since", "main"]);
    assert_eq!(run.code, 0);
    assert!(run.stdout.contains("No findings\n"), "{}", run.stdout);
    assert!(run.stdout.contains("No changes since ") && run.stdout.contains(" (main); 2 old violations left out"));
    assert_eq!(repo.run(&["--format", "json"]).codes(), codes(&["MLO104", "MLO201"]));
}

#[test]
fn a_file_that_nobody_owns_fails_where_the_change_adds_it() {
    let repo = branch();
    repo.write("models/new.onnx", b"new");
    repo.write("README.md", b"hello");
    commit(&repo);
    let run = since_main(&repo);
    assert_eq!((run.code, told(&run)), (1, (codes(&["MLO205"]), 2, 2)));
    let finding = &run.json()["findings"][0];
    assert_eq!(finding["places"][0]["path"], "models/new.onnx");
    assert_eq!(finding["paths"]["count"], 1);
    let human = repo.run(&["--changed-since", "main"]).stdout;
    assert!(
        human.contains("error[MLO205 added-unowned]: this change adds the model file `models/new.onnx`, and"),
        "{human}"
    );
    assert!(
        human.contains("Judged 2 changed files since ") && human.contains("; 2 old violations left out"),
        "{human}"
    );
}

#[test]
fn what_is_exempt_from_the_rule_about_any_file_is_exempt_from_the_one_about_new_files() {
    for rule in ["MLO201", "MLO205"] {
        let repo = branch();
        let policy = format!("{POLICY}exempt: [{{ path: /models/, rules: [{rule}], reason: trial }}]\n");
        repo.git(&["checkout", "--quiet", "main"]);
        repo.write("mlops-lint.yaml", policy.as_bytes());
        commit(&repo);
        repo.git(&["checkout", "--quiet", "-B", "topic"]);
        repo.write("models/new.onnx", b"new");
        commit(&repo);
        let run = since_main(&repo);
        assert_eq!(told(&run).0, codes(&[]), "{rule}");
        assert!(run.json()["summary"]["exempt"].as_u64() > Some(0), "{rule}");
    }
}

#[test]
fn a_rule_that_is_off_leaves_the_word_to_the_other() {
    let repo = branch();
    repo.git(&["checkout", "--quiet", "main"]);
    repo.write("mlops-lint.yaml", format!("{POLICY}rules: {{ MLO205: off }}\n").as_bytes());
    commit(&repo);
    repo.git(&["checkout", "--quiet", "-B", "topic"]);
    repo.write("models/new.onnx", b"new");
    commit(&repo);
    assert_eq!(told(&since_main(&repo)).0, codes(&["MLO201"]));
}

#[test]
fn an_old_violation_is_told_where_the_change_edits_the_file() {
    let repo = branch();
    repo.write("models/old.onnx", b"edited");
    commit(&repo);
    assert_eq!(told(&since_main(&repo)), (codes(&["MLO201"]), 1, 1));
}

#[test]
fn a_file_that_moves_is_the_same_file_unless_it_is_edited() {
    let repo = branch();
    repo.git(&["mv", "models/old.onnx", "models/renamed.onnx"]);
    commit(&repo);
    assert_eq!(told(&since_main(&repo)), (codes(&[]), 1, 2));
    repo.write("models/renamed.onnx", b"edited");
    commit(&repo);
    assert_eq!(told(&since_main(&repo)).0, codes(&["MLO205"]));
    // A move out of an owned directory takes the owner away.
    repo.git(&["reset", "--quiet", "--hard", "main"]);
    repo.git(&["mv", "serving/app.py", "models/app.py"]);
    commit(&repo);
    assert_eq!(told(&since_main(&repo)).0, codes(&["MLO201"]));
}

#[test]
fn ownership_that_the_change_takes_away_is_told_of_files_that_it_never_mentions() {
    let repo = branch();
    repo.write(".github/CODEOWNERS", format!("{CODEOWNERS}/serving/api/ @acme/ds\n").as_bytes());
    commit(&repo);
    let run = since_main(&repo);
    assert_eq!(told(&run), (codes(&["MLO301", "MLO206", "MLO505"]), 1, 2));
    let finding = &run.json()["findings"][1];
    assert_eq!(
        finding["message"],
        "this change takes the serving file `serving/api/v1.py` from @acme/ml-eng (ml-engineer)"
    );
    let place = &finding["places"][0];
    assert_eq!((place["path"].as_str(), place["start"]["line"].as_u64()), (Some(".github/CODEOWNERS"), Some(5)));
    let note = finding["note"].as_str().unwrap();
    assert!(
        note.starts_with("before, `/serving/ @acme/ml-eng` (line 4) decided, in .github/CODEOWNERS of ")
            && note.ends_with(" (main)"),
        "{note}"
    );
    let gate = &run.json()["findings"][2];
    assert_eq!(gate["note"], "others than before are asked about 1 file, which is an ML file");
    assert_eq!(finding["help"], "write on line 5:\n    /serving/api/ @acme/ds @acme/ml-eng");
}

#[test]
fn an_entry_that_goes_takes_its_files_along() {
    let repo = branch();
    repo.write(".github/CODEOWNERS", CODEOWNERS.replace("/serving/ @acme/ml-eng\n", "").as_bytes());
    commit(&repo);
    let run = since_main(&repo);
    assert_eq!(told(&run).0, codes(&["MLO201", "MLO206", "MLO505"]));
    assert_eq!(run.json()["findings"][1]["paths"]["count"], 2);
    // Where no role is known, any owner counts.
    let repo = branch();
    repo.git(&["checkout", "--quiet", "main"]);
    repo.write("mlops-lint.yaml", b"version: 1\nareas: { serving: { paths: [/serving/] } }\n");
    commit(&repo);
    repo.git(&["checkout", "--quiet", "-B", "topic"]);
    repo.write(".github/CODEOWNERS", CODEOWNERS.replace("/serving/ @acme/ml-eng", "/serving/ @acme/web").as_bytes());
    commit(&repo);
    assert_eq!(told(&since_main(&repo)).0, codes(&["MLO505"]));
    repo.write(".github/CODEOWNERS", CODEOWNERS.replace("/serving/ @acme/ml-eng", "/serving/").as_bytes());
    commit(&repo);
    assert!(told(&since_main(&repo)).0.contains(&"MLO206".to_owned()));
}

#[test]
fn a_file_that_moves_into_another_area_is_judged_there() {
    let repo = branch();
    repo.write(".github/CODEOWNERS", format!("{CODEOWNERS}/models/ @acme/ds\n/serving/old.onnx @acme/ds\n").as_bytes());
    commit(&repo);
    repo.git(&["branch", "--force", "main"]);
    repo.git(&["mv", "models/old.onnx", "serving/old.onnx"]);
    commit(&repo);
    // It was wrong in the area of models, and that says nothing of serving.
    let told = told(&since_main(&repo)).0;
    assert!(told.contains(&"MLO301".to_owned()), "{told:?}");
}

#[test]
fn an_entry_that_the_change_touches_is_judged_and_one_that_only_moves_is_not() {
    let reordered = "# why\n\n/serving/ @acme/ml-eng\n/src/   @ACME/ml-eng\n  /gone/** @acme/ml-eng\n/mlops-lint.yaml @acme/ml-eng\n";
    let repo = branch();
    repo.write(".github/CODEOWNERS", reordered.as_bytes());
    commit(&repo);
    assert_eq!(told(&since_main(&repo)), (codes(&["MLO505"]), 1, 2));
    repo.write(".github/CODEOWNERS", CODEOWNERS.replace("/gone/ @acme/ml-eng", "/gone/ @acme/ds").as_bytes());
    commit(&repo);
    assert_eq!(told(&since_main(&repo)).0, codes(&["MLO104", "MLO505"]));
    // One wrong owner in place of another is this change's doing.
    let repo = branch();
    repo.git(&["checkout", "--quiet", "main"]);
    repo.write(".github/CODEOWNERS", format!("{CODEOWNERS}/models/ @acme/ds\n").as_bytes());
    commit(&repo);
    repo.git(&["checkout", "--quiet", "-B", "topic"]);
    repo.write(".github/CODEOWNERS", format!("{CODEOWNERS}/models/ @acme/ds @acme/web\n").as_bytes());
    commit(&repo);
    assert!(told(&since_main(&repo)).0.contains(&"MLO301".to_owned()));
}

#[test]
fn the_gate_is_reported_whatever_the_change_says_of_it() {
    let repo = branch();
    repo.write("models/new.onnx", b"new");
    repo.write(
        "mlops-lint.yaml",
        format!("{POLICY}exempt: [{{ path: /models/, reason: trial }}]\nrules: {{ MLO505: off }}\n").as_bytes(),
    );
    repo.git(&["add", "--all"]);
    assert_eq!(repo.run(&["baseline"]).code, 0);
    commit(&repo);
    let run = repo.run(&["--changed-since", "main", "--baseline", "mlops-lint-baseline.json", "--format", "json"]);
    assert_eq!(told(&run).0, codes(&["MLO505", "MLO505"]));
    let report = run.json();
    let messages: Vec<&str> =
        report["findings"].as_array().unwrap().iter().map(|finding| finding["message"].as_str().unwrap()).collect();
    assert_eq!(
        messages,
        [
            "this change adds `mlops-lint-baseline.json`, which decides which violations this check keeps quiet about",
            "this change edits `mlops-lint.yaml`, which decides what this check asks of owners",
        ]
    );
    assert_eq!(report["findings"][0]["note"], "it keeps quiet about 1 violation more");
    let part = repo.run(&["src", "--changed-since", "main", "--format", "json"]);
    assert_eq!(part.codes(), codes(&["MLO505"]), "of whatever part");

    let repo = branch();
    repo.git(&["mv", "mlops-lint.yaml", ".mlops-lint.yaml"]);
    repo.git(&["mv", ".github/CODEOWNERS", "CODEOWNERS"]);
    commit(&repo);
    let moved = ["MLO104", "MLO505", "MLO505", "MLO505", "MLO505"];
    assert_eq!(told(&since_main(&repo)).0, codes(&moved), "and the entry of the policy matches it no more");
}

#[test]
fn a_change_answers_for_its_own_files_and_not_for_those_that_they_make_artefacts() {
    // Any repository may have a Dockerfile: it counts beside ML only.
    let repo = Repo::new(&[("CODEOWNERS", "/src/ @ana\n"), ("src/a.py", ""), ("tools/Dockerfile", "FROM x\n")]);
    commit(&repo);
    repo.git(&["branch", "--move", "main"]);
    repo.write("m/first.onnx", b"first");
    repo.git(&["add", "--all"]);
    assert_eq!(repo.run(&["--format", "json"]).codes(), codes(&["MLO201", "MLO201"]));
    assert_eq!(told(&since_main(&repo)), (codes(&["MLO205"]), 1, 1));
}

#[test]
fn one_entry_for_all_is_said_once_and_not_with_every_change() {
    let repo = Repo::new(&[("CODEOWNERS", "* @ana\n"), ("m/a.onnx", "a"), ("m/b.onnx", "b")]);
    commit(&repo);
    repo.git(&["branch", "--move", "main"]);
    assert_eq!(repo.run(&["--format", "json"]).codes(), codes(&["MLO203"]));
    repo.write("m/c.onnx", b"c");
    repo.git(&["add", "--all"]);
    assert_eq!(told(&since_main(&repo)).0, codes(&[]));
    assert_eq!(repo.run(&["baseline"]).code, 0);
    repo.write("m/d.onnx", b"d");
    repo.git(&["add", "m"]);
    assert_eq!(repo.run(&["--baseline", "mlops-lint-baseline.json", "--format", "json"]).codes(), codes(&[]));
}

#[test]
fn without_any_codeowners_a_new_artefact_is_unowned_too() {
    let repo = Repo::new(&[("m/a.onnx", "a")]);
    commit(&repo);
    repo.git(&["branch", "--move", "main"]);
    assert_eq!(told(&since_main(&repo)).0, codes(&[]));
    repo.write("m/b.onnx", b"b");
    repo.git(&["add", "--all"]);
    let run = since_main(&repo);
    assert_eq!((run.code, told(&run).0), (1, codes(&["MLO205"])));
    assert_eq!(run.json()["findings"][0]["paths"]["count"], 1);
}

#[test]
fn removing_the_whole_file_is_told() {
    let repo = branch();
    repo.git(&["rm", "--quiet", ".github/CODEOWNERS"]);
    commit(&repo);
    assert_eq!(told(&since_main(&repo)).0, codes(&["MLO101", "MLO505"]));
}

#[test]
fn an_ignore_that_the_change_removes_silences_no_more() {
    let with = CODEOWNERS.replace("/gone/", "# mlops-lint: ignore[MLO104] soon\n/gone/");
    let repo = branch();
    repo.git(&["checkout", "--quiet", "main"]);
    repo.write(".github/CODEOWNERS", with.as_bytes());
    commit(&repo);
    repo.git(&["checkout", "--quiet", "-B", "topic"]);
    repo.write(".github/CODEOWNERS", CODEOWNERS.as_bytes());
    commit(&repo);
    assert_eq!(told(&since_main(&repo)).0, codes(&["MLO104", "MLO505"]));
    // And one that it adds is counted.
    repo.git(&["checkout", "--quiet", "-B", "main"]);
    repo.git(&["checkout", "--quiet", "-b", "back"]);
    repo.write(".github/CODEOWNERS", with.as_bytes());
    commit(&repo);
    let run = since_main(&repo);
    assert_eq!((told(&run).0, run.json()["summary"]["ignored"].as_u64()), (codes(&["MLO505"]), Some(1)));
}

#[test]
fn a_change_is_judged_from_where_the_branch_left_the_other() {
    let repo = branch();
    repo.write("models/new.onnx", b"new");
    commit(&repo);
    repo.git(&["checkout", "--quiet", "main"]);
    repo.write("models/theirs.onnx", b"theirs");
    commit(&repo);
    repo.git(&["checkout", "--quiet", "topic"]);
    assert_eq!(told(&since_main(&repo)), (codes(&["MLO205"]), 1, 2));
    let of_main = repo.run(&["--rev", "main", "--changed-since", "topic", "--format", "json"]);
    assert_eq!(of_main.json()["findings"][0]["paths"]["sample"][0], "models/theirs.onnx");
}

#[test]
fn staged_judges_what_the_next_commit_changes_and_all_of_the_index_on_request() {
    let repo = branch();
    repo.write("models/new.onnx", b"new");
    assert_eq!(told(&repo.run(&["--staged", "--format", "json"])), (codes(&[]), 0, 2));
    repo.git(&["add", "--all"]);
    repo.write(".github/CODEOWNERS", b"* @nobody-staged-this\n");
    assert_eq!(told(&repo.run(&["--staged", "--format", "json"])), (codes(&["MLO205"]), 1, 2));
    let all = repo.run(&["--staged", "--all", "--format", "json"]);
    assert_eq!(all.codes(), codes(&["MLO104", "MLO201"]));
    assert!(all.json()["summary"]["changed"].is_null());
    assert_eq!(repo.run(&["--all"]).code, 2, "without --staged all is judged anyway");
}

#[test]
fn before_the_first_commit_all_is_new() {
    let repo = Repo::new(&[("CODEOWNERS", "/gone/ @ana\n"), ("m/a.onnx", "")]);
    let run = repo.run(&["--staged", "--format", "json"]);
    assert_eq!(told(&run), (codes(&["MLO205", "MLO104", "MLO505"]), 2, 0));
    assert!(repo.run(&["--staged"]).stdout.contains("since the beginning (there is no commit yet)"));
    assert_eq!(repo.run(&["--changed-since", "HEAD"]).code, 2);
}

#[test]
fn what_is_not_staged_counts_where_the_gate_is_concerned() {
    let repo = branch();
    repo.write(".github/CODEOWNERS", format!("{CODEOWNERS}/lost/ @acme/ds\n").as_bytes());
    assert_eq!(told(&since_main(&repo)), (codes(&["MLO104", "MLO505"]), 1, 2));
    let repo = branch();
    repo.write("models/new.onnx", b"new");
    let untracked = repo.run(&["--untracked", "--changed-since", "main", "--format", "json"]);
    assert_eq!(told(&untracked), (codes(&["MLO205"]), 1, 2));
}

#[test]
fn a_revision_that_cannot_be_compared_with_is_an_error_that_says_what_to_do() {
    let repo = branch();
    let fails = |repo: &Repo, arguments: &[&str], wanted: &str| {
        let run = repo.run(arguments);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{arguments:?}: {}", run.stderr);
        assert!(run.stderr.contains(wanted), "{arguments:?}: {}", run.stderr);
    };
    for rev in ["no-such-branch", "ma in", "main\nmain", "", "^main", "main..topic", "--upload-pack=x", "HEAD:src"] {
        let equals = format!("--changed-since={rev}");
        fails(&repo, &[&equals], "names no commit");
    }
    fails(&repo, &["--changed-since=no-such-branch"], "in a shallow clone fetch it first");
    fails(&repo, &["--changed-since=no-such-branch"], "origin/NAME");
    fails(&repo, &["--changed-since", "main", "--files-from", "-"], "cannot be used with");
    fails(
        &Repo::plain(&[("CODEOWNERS", "* @a\n"), ("a", "")]),
        &["--changed-since", "main"],
        "not in a git repository",
    );
    repo.git(&["checkout", "--quiet", "--orphan", "other"]);
    // Not the very commit that `main` starts with, made in the same second.
    repo.write("other", b"");
    commit(&repo);
    fails(&repo, &["--changed-since", "main"], "no common ancestor");
    assert!(!repo.path().join("x").exists());
}

#[test]
fn a_shallow_clone_asks_for_more_history() {
    let repo = branch();
    commit(&repo);
    repo.git(&["checkout", "--quiet", "main"]);
    repo.write("b", b"b");
    commit(&repo);
    let clone = tempfile::tempdir().unwrap();
    let source = format!("file://{}", repo.path().display());
    let target = clone.path().join("clone");
    let target_text = target.to_str().unwrap();
    repo.git(&["clone", "--quiet", "--depth=1", "--no-single-branch", &source, target_text]);
    let mut command = binary();
    command.current_dir(&target).args(["--changed-since", "origin/topic"]);
    let run = finish(command, b"");
    assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{}", run.stderr);
    assert!(run.stderr.contains("fetch more history"), "{}", run.stderr);
}

#[test]
fn a_file_that_only_content_tells_is_known_before_the_change_too() {
    let served = "apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\n";
    let plain = "answer: 42\n";
    let repo = Repo::new(&[
        ("CODEOWNERS", "/src/ @acme/ml\n"),
        ("src/a", ""),
        ("k/old.yaml", served),
        ("k/plain.yaml", plain),
    ]);
    commit(&repo);
    repo.git(&["branch", "--move", "main"]);
    repo.git(&["checkout", "--quiet", "-b", "topic"]);
    repo.write("k/new.yaml", format!("# new\n{served}").as_bytes());
    commit(&repo);
    let run = since_main(&repo);
    assert_eq!(told(&run), (codes(&["MLO205"]), 1, 1));
    assert_eq!(run.json()["findings"][0]["paths"]["sample"][0], "k/new.yaml");
    // An edit that makes one of another file is judged, and a move of it is none.
    repo.git(&["reset", "--quiet", "--hard", "main"]);
    repo.write("k/plain.yaml", format!("{served}# edited\n").as_bytes());
    repo.git(&["mv", "k/old.yaml", "k/moved.yaml"]);
    commit(&repo);
    let run = since_main(&repo);
    assert_eq!(told(&run), (codes(&["MLO201"]), 2, 1));
    assert_eq!(run.json()["findings"][0]["paths"]["sample"][0], "k/plain.yaml");
}

#[test]
fn a_folder_of_its_own_is_compared_with_itself() {
    let repo = Repo::new(&[("team/CODEOWNERS", "/src/ @a\n"), ("team/src/a", ""), ("other/b.onnx", "")]);
    commit(&repo);
    repo.git(&["branch", "--move", "main"]);
    repo.write("team/m/new.onnx", b"new");
    repo.git(&["add", "--all"]);
    let run = repo.run(&["team", "--changed-since", "main", "--format", "json"]);
    assert_eq!(told(&run), (codes(&["MLO205"]), 1, 0));
    assert_eq!(run.json()["findings"][0]["paths"]["sample"][0], "m/new.onnx");
}

#[cfg(unix)]
#[test]
fn a_folder_of_codeowners_that_becomes_a_link_is_told() {
    let repo = branch();
    repo.git(&["mv", ".github", "elsewhere"]);
    std::os::unix::fs::symlink("elsewhere", repo.path().join(".github")).unwrap();
    commit(&repo);
    let told = told(&since_main(&repo)).0;
    assert!(told.contains(&"MLO505".to_owned()), "{told:?}");
}
