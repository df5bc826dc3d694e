//! Ignores in CODEOWNERS: `# mlops-lint: ignore[MLO104] reason`.

#![allow(clippy::unwrap_used, reason = "what a test cannot set up fails it")]

mod support;

use support::{Repo, Run};

fn check(codeowners: &str, arguments: &[&str]) -> Run {
    let repo = Repo::new(&[(".github/CODEOWNERS", codeowners), ("src/a.py", "")]);
    repo.run(&[&["--format", "json"], arguments].concat())
}

fn counts(run: &Run) -> (Vec<String>, u64) {
    (run.codes(), run.json()["summary"]["ignored"].as_u64().unwrap())
}

#[test]
fn an_ignore_with_a_reason_silences_and_is_counted() {
    for codeowners in [
        "# mlops-lint: ignore[MLO104] files come in May\n/gone/ @ana\n",
        "/gone/ @ana  # mlops-lint: ignore[dead-entry] files come in May\n",
        // A line inserted between and above, another order, another indentation.
        "/src/ @ana\n\n# mlops-lint: ignore[MLO104] files come in May\n# and no later\n  /gone/** @ana\n",
    ] {
        assert_eq!(counts(&check(codeowners, &[])), (vec![], 1), "{codeowners}");
        assert_eq!(counts(&check(codeowners, &["--no-ignores"])), (vec!["MLO104".to_owned()], 0), "{codeowners}");
    }
    let repo = Repo::new(&[("CODEOWNERS", "/gone/ @ana # mlops-lint: ignore[MLO104] soon\n"), ("a", "")]);
    let human = repo.run(&[]).stdout;
    assert!(human.contains("Silenced: 0 exempt, 1 ignored, 0 baselined"), "{human}");
}

#[test]
fn an_ignore_that_is_wrong_or_not_needed_is_a_finding() {
    for (codeowners, wanted) in [
        ("# mlops-lint: ignore[MLO104]\n/gone/ @ana\n", &["MLO104", "MLO504"][..]),
        ("# mlops-lint: ignore[MLO9] why\n/src/ @ana\n", &["MLO504"]),
        ("# mlops-lint: ignore[MLO104] why\n/src/ @ana\n", &["MLO504"]),
        ("# mlops-lint: ignore[MLO504] why\n/src/ @ana\n", &["MLO504"]),
        ("# mlops-lint: ignore[MLO206] why\n/src/ @ana\n", &[]),
    ] {
        assert_eq!(check(codeowners, &[]).codes(), wanted, "{codeowners}");
    }
    let unused = check("# mlops-lint: ignore[MLO104] why\n/src/ @ana\n", &[]).json();
    let place = &unused["findings"][0]["places"][0];
    assert_eq!((place["start"]["line"].as_u64(), place["start"]["column"].as_u64()), (Some(1), Some(22)));
    // Where nothing is silenced, nothing can be missed.
    assert_eq!(check("# mlops-lint: ignore[MLO104] why\n/src/ @ana\n", &["--no-ignores"]).codes(), [""; 0]);
}

#[test]
fn of_a_part_of_the_repository_nobody_can_say_what_is_unused() {
    assert_eq!(check("/gone/ @ana # mlops-lint: ignore[MLO104] soon\n", &["src"]).codes(), [""; 0]);
}

#[test]
fn a_comment_of_a_megabyte_ends_soon() {
    for filler in ["[", "MLO104,", "x,", "#", "]"] {
        let text = format!("# mlops-lint: ignore[{}\n/src/ @ana\n", filler.repeat(1_000_000 / filler.len()));
        let run = check(&text, &[]);
        assert_eq!(run.codes(), ["MLO504"], "{filler}");
        assert!(run.stdout.len() < 10_000, "{filler}: {}", run.stdout.len());
    }
}

#[test]
fn a_terminal_sees_no_control_characters_of_an_ignore() {
    let repo =
        Repo::new(&[("CODEOWNERS", "# mlops-lint: ignore[\x1b[31mMLO1\u{202e}] why\n/src/ @ana\n"), ("src/a", "")]);
    let run = repo.run(&[]);
    assert!(run.stdout.contains("MLO504") && !run.stdout.contains(['\x1b', '\u{202e}']), "{}", run.stdout);
}

#[test]
fn on_gitlab_a_heading_and_the_entries_of_a_section_can_be_meant() {
    let check = |text: &str| {
        let repo = Repo::new(&[(".gitlab/CODEOWNERS", text), ("src/a.py", "")]);
        counts(&repo.run(&["--format", "json"]))
    };
    let text = "[Data] text @ana\n/gone/\n[Ops]\n/gone/ @ops\n/src/ @ops\n";
    assert_eq!(check(text), (vec!["MLO104".to_owned(), "MLO104".to_owned(), "MLO121".to_owned()], 0));
    let text = "\
# mlops-lint: ignore[MLO121] the wiki says so
[Data] text @ana
/gone/
[Ops]
# mlops-lint: ignore[MLO104] the same pattern in another section is not meant
/gone/ @ops
/src/ @ops
";
    assert_eq!(check(text), (vec!["MLO104".to_owned()], 2));
}

#[test]
fn ignores_and_exemptions_survive_a_rename_a_reordering_and_a_line_above() {
    let policy = "\
version: 1
roles: { ml-engineer: { owners: [\"@acme/ml-eng\"] } }
no_role: [\"@acme/web\"]
areas: { serving: { paths: [/serving/, /old/], ownership: { accountable: [ml-engineer] } } }
exempt: [{ path: /old/, rules: [MLO301], reason: goes away }]
";
    let ignore = "# mlops-lint: ignore[MLO301] until the team is staffed\n/serving/ @acme/web\n";
    let repo = Repo::new(&[
        ("CODEOWNERS", &format!("/mlops-lint.yaml @acme/ml-eng\n/old/ @acme/web\n{ignore}")),
        ("mlops-lint.yaml", policy),
        ("serving/app.py", "app"),
        ("old/app.py", "old"),
    ]);
    let silenced = || {
        let run = repo.run(&["--format", "json"]);
        (counts(&run), run.json()["summary"]["exempt"].as_u64().unwrap())
    };
    assert_eq!(silenced(), ((vec![], 1), 1));
    repo.git(&["mv", "serving/app.py", "serving/main.py"]);
    repo.git(&["mv", "old/app.py", "old/main.py"]);
    repo.write(
        "CODEOWNERS",
        format!("# a line above\n\n{ignore}\n  /old/**  @acme/web\n/mlops-lint.yaml @acme/ml-eng\n").as_bytes(),
    );
    assert_eq!(silenced(), ((vec![], 1), 1));
    // What moves out of the entry and the exemption is silenced by neither.
    repo.write("CODEOWNERS", format!("* @acme/web\n/mlops-lint.yaml @acme/ml-eng\n{ignore}").as_bytes());
    assert_eq!(silenced(), ((vec!["MLO302".to_owned()], 1), 0));
}

#[test]
fn a_change_that_adds_an_ignore_is_told_to() {
    let repo = Repo::new(&[("CODEOWNERS", "/src/ @acme/ml\n/gone/ @acme/ml\n"), ("src/a.py", "")]);
    repo.git(&["commit", "--quiet", "--message", "one"]);
    repo.write("CODEOWNERS", b"/src/ @acme/ml\n# mlops-lint: ignore[MLO104] soon\n/gone/ @acme/ml\n");
    let run = repo.run(&["check", "--changed-since", "HEAD", "--format", "json"]);
    let gate = run.json()["findings"].as_array().unwrap().iter().find(|finding| finding["rule"] == "MLO505").cloned();
    let note = gate.unwrap()["note"].as_str().unwrap().to_owned();
    assert_eq!(
        note,
        "the same people are asked about every file as before; it adds 1 comment that silences this check"
    );
}
