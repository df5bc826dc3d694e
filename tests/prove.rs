//! What holds for files that do not exist yet, with the real binary.

#![allow(clippy::unwrap_used, reason = "what a test cannot set up fails it")]

mod support;

use std::process::Command;

use serde_json::Value;
use support::{Repo, Run, project, run_in};

const POLICY: &str = r#"version: 1
roles:
  data-scientist: { owners: ["@acme/ds"] }
  ml-engineer: { owners: ["@acme/mle"] }
areas:
  models:
    paths: [/models/]
    ownership: { accountable: [ml-engineer] }
"#;

fn answers(run: &Run) -> Vec<Value> {
    run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn verdicts(run: &Run) -> Vec<String> {
    let told = |answer: Value| {
        let [area, demand, verdict] = ["area", "demand", "verdict"].map(|key| answer[key].as_str().unwrap().to_owned());
        format!("{area} {demand}: {verdict}")
    };
    answers(run).into_iter().map(told).collect()
}

#[test]
fn proved_refuted_and_not_decided_have_their_exit_codes() {
    let repo = Repo::new(&[
        ("CODEOWNERS", "* @acme/ds\n/models/ @acme/mle\n"),
        ("mlops-lint.yaml", POLICY),
        ("models/a.pkl", ""),
    ]);
    let run = repo.run(&["prove"]);
    assert_eq!(run.code, 0, "{}", run.stdout);
    insta::assert_snapshot!(run.stdout, @"
    models
      paths        /models/
      proved       somebody owns them
      proved       accountable: ml-engineer

    1 area, for every path they could have: 2 proved, 0 refuted, 0 not decided
    CODEOWNERS is read as GitHub reads it (the default; --dialect says otherwise).
    ");

    repo.write("CODEOWNERS", b"* @acme/ds\n/models/*.pkl @acme/mle\n");
    let run = repo.run(&["prove"]);
    assert_eq!(run.code, 1, "{}", run.stdout);
    insta::assert_snapshot!(run.stdout, @"
    models
      paths        /models/
      proved       somebody owns them
      refuted      accountable: ml-engineer
                   models/new.safetensors would go to @acme/ds (data-scientist)
                   by CODEOWNERS:1 *

    1 area, for every path they could have: 1 proved, 1 refuted, 0 not decided
    CODEOWNERS is read as GitHub reads it (the default; --dialect says otherwise).
    ");
    // Today's check has nothing to say: the only model is owned as it should be.
    assert_eq!(repo.run(&["check", "--format", "json"]).codes(), [""; 0]);
}

#[test]
fn the_profile_for_regulated_models_asks_it_in_every_check() {
    let policy = format!("{POLICY}extends: [builtin:ml-team]\nprofile: regulated\n");
    let repo = Repo::new(&[
        ("CODEOWNERS", "* @acme/ds\n/models/*.pkl @acme/mle\n"),
        ("mlops-lint.yaml", &policy),
        ("models/a.pkl", ""),
    ]);
    let run = repo.run(&["check", "--format", "json"]);
    assert!(run.codes().contains(&"MLO315".to_owned()), "{:?}", run.codes());
}

#[test]
fn a_kind_told_by_content_is_not_decided_by_a_path() {
    let dag = "from airflow import DAG\n";
    let policy = "version: 1\nextends: [builtin:ml-team]\nroles: { data-engineer: { owners: [\"@acme/de\"] } }\n";
    let repo =
        Repo::new(&[("CODEOWNERS", "/dags/train.py @acme/de\n"), ("mlops-lint.yaml", policy), ("dags/train.py", dag)]);
    let run = repo.run(&["prove", "--format", "jsonl"]);
    assert_eq!(run.code, 4, "{}", run.stdout);
    let first = &answers(&run)[0];
    assert_eq!((first["verdict"].as_str(), first["because"].as_str()), (Some("not decided"), Some("content")));
    // Whatever the files turn out to be, all of the folder is owned: that is a proof.
    repo.write("CODEOWNERS", b"/dags/ @acme/de\n");
    let run = repo.run(&["prove", "--format", "jsonl"]);
    assert_eq!((run.code, verdicts(&run)), (0, vec!["data owned: proved".into(), "data accountable: proved".into()]));
}

#[test]
fn anywhere_asks_for_every_directory() {
    let policy = "version: 1\nextends: [builtin:ml-team]\nroles: { data-scientist: { owners: [\"@acme/ds\"] } }\n";
    let repo = Repo::new(&[
        ("CODEOWNERS", "/notebooks/ @acme/ds\n"),
        ("mlops-lint.yaml", policy),
        ("notebooks/a.ipynb", "{}"),
    ]);
    assert_eq!(repo.run(&["prove"]).code, 0);
    let run = repo.run(&["prove", "--anywhere", "--format", "jsonl"]);
    assert_eq!(run.code, 1, "{}", run.stdout);
    let witness = answers(&run)[0]["witness"].as_str().unwrap().to_owned();
    assert_eq!(witness.rsplit_once('.').unwrap().1, "ipynb");
}

#[test]
fn a_path_that_nobody_has_to_approve_satisfies_nothing() {
    let repo = Repo::new(&[("CODEOWNERS", "# later\n"), ("mlops-lint.yaml", POLICY), ("models/a.pkl", "")]);
    let run = repo.run(&["prove"]);
    assert_eq!(run.code, 1, "{}", run.stdout);
    insta::assert_snapshot!(run.stdout, @"
    models
      paths        /models/
      refuted      somebody owns them
                   models/new.pkl would go to nobody: no entry matches
      refuted      accountable: ml-engineer
                   models/new.pkl would go to nobody: no entry matches

    1 area, for every path they could have: 0 proved, 2 refuted, 0 not decided
    CODEOWNERS is read as GitHub reads it (the default; --dialect says otherwise).
    ");
    // An optional section of GitLab asks, and need not be answered.
    repo.write("CODEOWNERS", b"^[ML] @acme/mle\n/models/\n");
    let run = repo.run(&["prove", "--dialect", "gitlab"]);
    assert_eq!(run.code, 1, "{}", run.stdout);
    insta::assert_snapshot!(run.stdout, @"
    models
      paths        /models/
      refuted      somebody owns them
                   models/new.pkl would go to nobody who has to approve
                   by CODEOWNERS:2 /models/  in [ML], optional: nobody has to approve
      refuted      accountable: ml-engineer
                   models/new.pkl would go to nobody who has to approve
                   by CODEOWNERS:2 /models/  in [ML], optional: nobody has to approve

    1 area, for every path they could have: 0 proved, 2 refuted, 0 not decided
    CODEOWNERS is read as GitLab reads it (as --dialect says).
    ");
}

#[test]
fn a_file_of_another_host_is_named() {
    let repo = Repo::new(&[(".gitea/CODEOWNERS", ".* @a\n"), ("mlops-lint.yaml", POLICY), ("models/a.pkl", "")]);
    let passed_over = "There is no CODEOWNERS: GitHub does not read .gitea/CODEOWNERS.\n";
    for arguments in [&["prove", "--dialect", "github"][..], &["who", "models/a.pkl", "--dialect", "github"]] {
        let run = repo.run(arguments);
        assert!(run.stdout.ends_with(passed_over), "{}", run.stdout);
    }
    let run = repo.run(&["check", "--dialect", "github"]);
    assert_eq!(run.code, 1, "{}", run.stdout);
    assert!(run.stdout.contains("GitHub does not read .gitea/CODEOWNERS"), "{}", run.stdout);
    // A folder of the repository is told of its own files.
    let run = repo.run(&["check", "models", "--dialect", "github", "--format", "json"]);
    assert_eq!(run.codes(), ["MLO201"]);
}

#[test]
fn nothing_to_prove_is_said_aloud() {
    let repo = Repo::new(&[("README.md", ""), ("CODEOWNERS", "* @a\n")]);
    let run = repo.run(&["prove"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, "Nothing to prove: no file of any area is there.\n"));
}

/// Every witness, given to `who`, has the owners that `prove` named, and they do break the demand.
fn witnesses_hold(folder: &std::path::Path, arguments: &[&str]) -> usize {
    let run = run_in(folder, &[&["prove", "--format", "jsonl"], arguments].concat(), b"");
    assert!(matches!(run.code, 0 | 1 | 4), "{}", run.stderr);
    let mut held = 0;
    for answer in answers(&run).iter().filter(|answer| answer["verdict"] == "refuted") {
        let witness = format!("/{}", answer["witness"].as_str().unwrap());
        let who = run_in(folder, &[&["who", &witness, "--format", "jsonl"], arguments].concat(), b"");
        let owned: Value = serde_json::from_str(&who.stdout).unwrap();
        let lines: Vec<&Value> = match owned["entries"].as_array() {
            Some(entries) => entries.iter().map(|entry| &entry["line"]).collect(),
            None => owned["entry"].get("line").into_iter().collect(),
        };
        let told: Vec<&Value> = answer["entries"].as_array().into_iter().flatten().collect();
        assert_eq!(lines, told, "{answer}");
        if answer["demand"] == "owned" {
            assert_ne!(owned["state"], "owned", "{answer}");
        }
        held += 1;
    }
    held
}

#[test]
fn a_witness_has_the_same_owners_in_who() {
    let example = project().join("examples/fraud-detection");
    assert!(witnesses_hold(&example, &["--policy", "mlops-lint.yaml", "--codeowners", ".github/CODEOWNERS"]) >= 5);
    for folder in support::corpus().into_iter().filter(|folder| folder.join("CODEOWNERS").is_file()) {
        witnesses_hold(&folder, &["--files-from", "files.txt", "--codeowners", "CODEOWNERS"]);
    }
}

#[test]
fn what_git_ignores_is_no_witness() {
    let repo = Repo::new(&[
        ("CODEOWNERS", "/models/*.pkl @acme/mle\n"),
        ("mlops-lint.yaml", POLICY),
        (".gitignore", "*.safetensors\n"),
        ("models/a.pkl", ""),
    ]);
    let run = repo.run(&["prove", "--format", "jsonl"]);
    let witness = answers(&run)[0]["witness"].as_str().unwrap().to_owned();
    let ignored = Command::new("git").current_dir(repo.path()).args(["check-ignore", "-q", &witness]).status().unwrap();
    assert!(!ignored.success(), "{witness}");
}

#[test]
fn a_file_of_today_whose_content_is_known_refutes() {
    let policy = POLICY.replace("models:\n    paths: [/models/]\n", "serving:\n");
    let repo = Repo::new(&[
        ("CODEOWNERS", "/deploy/*.yaml @acme/ds\n"),
        ("mlops-lint.yaml", &policy),
        ("deploy/isvc.yaml", "apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\n"),
    ]);
    let run = repo.run(&["prove"]);
    assert_eq!(run.code, 1, "{}", run.stdout);
    insta::assert_snapshot!(run.stdout, @"
    serving
      paths        KServe resource
      proved       somebody owns them
      refuted      accountable: ml-engineer
                   deploy/isvc.yaml goes to @acme/ds (data-scientist)
                   by CODEOWNERS:1 /deploy/*.yaml

    1 area, for every path they could have: 1 proved, 1 refuted, 0 not decided
    CODEOWNERS is read as GitHub reads it (the default; --dialect says otherwise).
    ");
}
