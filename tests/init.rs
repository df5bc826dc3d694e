//! `init`: what is written, that it can be read, and that nothing is written over.

#![allow(clippy::unwrap_used, reason = "what a test cannot set up fails it")]

mod support;

use support::{Repo, Run, copy, corpus, project, run_in};

/// A copy of an example without its policy.
fn example(name: &str) -> Repo {
    let repo = Repo::new(&[]);
    copy(&project().join("examples").join(name), repo.path());
    std::fs::remove_file(repo.path().join("mlops-lint.yaml")).unwrap();
    repo.git(&["add", "--all"]);
    repo
}

fn read(repo: &Repo, path: &str) -> String {
    std::fs::read_to_string(repo.path().join(path)).unwrap()
}

/// The findings at error that rest on who holds which role.
fn role_errors(run: &Run) -> Vec<String> {
    let report = run.json();
    let findings = report["findings"].as_array().unwrap();
    let errors = findings.iter().filter(|finding| finding["severity"] == "error");
    let codes = errors.map(|finding| finding["rule"].as_str().unwrap().to_owned());
    codes.filter(|code| code.starts_with("MLO3") || code.starts_with("MLO5")).collect()
}

/// The policy with its candidates taken over, as its comments say.
fn with_candidates(policy: &str) -> String {
    let mut taken = String::new();
    let mut is_candidate = false;
    for line in policy.lines() {
        is_candidate = line == "# areas:" || line == "# roles:" || (is_candidate && line.starts_with("#   "));
        taken.push_str(if is_candidate { line.strip_prefix("# ").unwrap() } else { line });
        taken.push('\n');
    }
    taken
}

#[test]
fn the_example_gets_a_policy_to_keep() {
    let repo = example("fraud-detection");
    let run = repo.run(&["init", "--print"]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    insta::assert_snapshot!(run.stdout, @r#"
    # yaml-language-server: $schema=https://github.com/mlops-lint/mlops-lint/raw/HEAD/schemas/mlops-lint.schema.json
    # Who should answer for what in this repository. Proposed by `mlops-lint init`: read it, correct it, keep it.
    #
    # Next:  mlops-lint check       what is wrong today
    #        mlops-lint baseline    accept that for now, and let only new findings fail
    #        run `mlops-lint check` before every merge, in CI or as a pre-commit hook
    version: 1
    extends: [builtin:ml-team]   # what each area asks, and why

    # oss: only what CODEOWNERS really says. regulated: nobody puts a model of their own into production alone.
    # profile: team

    # Who holds which role: guessed from .github/CODEOWNERS, each with its reason.
    #   high    the name says it outright, or name and files agree
    #   medium  the name or the files suggest it
    # Weaker signs stand below, as comments. An owner may hold several roles.
    roles:
      data-engineer:
        owners:
          - "@acme/data-eng"   # high: named "data eng"; wins 4 files (2 data, 1 data-contracts, 1 features); below the heading "data"
      data-scientist:
        owners:
          - "@acme/data-science"   # high: named "data science"; wins 7 files (3 serving, 2 models, 1 pipelines, 1 other); below the heading "science"
      ml-engineer:
        owners:
          - "@acme/ml-eng"   # high: named "ml eng"; wins 3 files (2 monitoring, 1 serving)
      mlops-engineer:
        owners:
          - "@acme/mlops"             # high: named "mlops"; wins 6 files (3 deployment, 2 models, 1 pipelines)
          - "@acme-infra-oncall"      # medium: named "infra"; wins 1 file (1 deployment)
          - "@acme-release-manager"   # medium: named "release manager"; wins 2 files (2 ci)
      # business-analyst: { covered_by: data-scientist }   # nobody seems to hold it: who does, or who stands in?

    # Not sure enough to set. Put each under its role, or under `no_role`:
    #   "@acme/payments-platform"   wins 1 file (1 data); below the heading "data" (data-engineer?)

    # What is here today (`mlops-lint explain PATH` tells why a file is where it is):
    #   ci              2 files, such as .github/workflows/deploy.yml: Automation that deploys; GitHub workflow that trains, evaluates or deploys models
    #                   owned by @acme-release-manager
    #   data            3 files, such as dags/ingest_transactions.py: Airflow DAG; DVC data pointer; Soda checks
    #                   owned by @acme/data-eng, @acme/payments-platform; 1 by nobody
    #   data-contracts  1 file, such as data/contracts/transactions.odcs.yaml: Data contract (ODCS)
    #                   owned by @acme/data-eng
    #   deployment      5 files, such as Dockerfile: Helm chart; Dockerfile; Kubernetes manifest
    #                   owned by @acme/mlops, @acme-infra-oncall, @acme/ml-eng
    #   evaluation      1 file, such as evaluation/evaluate.py: Evaluation script
    #                   owned by @acme/ml-eng
    #   features        2 files, such as features/feature_store.yaml: Feast feature definitions; Feast feature store
    #                   owned by @acme/data-eng, @acme/ml-eng
    #   governance      1 file, such as MODEL_CARD.md: Model card
    #                   owned by @acme/ml-eng
    #   models          2 files, such as models/baseline.onnx: DVC pointer to model weights; Model weights
    #                   owned by @acme/data-science, @acme/mlops
    #   monitoring      2 files, such as monitoring/dashboards/fraud.json: Grafana dashboard; Prometheus rule or monitor (operator)
    #                   owned by @acme/ml-eng
    #   notebooks       1 file, such as notebooks/01_exploration.ipynb: Jupyter notebook
    #                   owned by @acme/ml-eng
    #   pipelines       1 file, such as dvc.yaml: DVC pipeline
    #                   owned by @acme/data-science, @acme/mlops
    #   serving         3 files, such as deploy/prod/inferenceservice.yaml: BentoML service; KServe resource
    #                   owned by @acme/data-science, @acme/ml-eng
    #   training        2 files, such as params.yaml: DVC parameters; Hyperparameter search (Optuna, Hyperopt)
    #                   owned by @acme/data-science, @acme/ml-eng
    #
    # `paths` gives whole directories to an area, with the files that are still to come. Candidates, to take over
    # line by line:
    # areas:
    #   deployment:
    #     paths:
    #       - "/deploy/"   # 4 of its 5 files known as such
    #   evaluation:
    #     paths:
    #       - "/evaluation/"   # by its name; 1 of its 2 files known as such
    #   production:                # what runs in production may ask for more than the rest
    #     is: deployment
    #     paths: ["/deploy/prod/"]
    #     ownership: { approvers: [ml-engineer, mlops-engineer], never_alone: [data-scientist] }

    # The roles above are a guess until somebody has read them, so a wrong role only warns. Take this out then.
    rules: { MLO301: warning }
    "#);
}

#[test]
fn the_summary_says_what_was_guessed() {
    let repo = example("fraud-detection");
    let run = repo.run(&["init"]);
    insta::assert_snapshot!(run.stdout, @r#"
    Wrote mlops-lint.yaml

    Roles, guessed from .github/CODEOWNERS:
      data-engineer    @acme/data-eng  high: named "data eng"; wins 4 files (2 data, 1 data-contracts, 1 features); below the heading "data"
      data-scientist   @acme/data-science  high: named "data science"; wins 7 files (3 serving, 2 models, 1 pipelines, 1 other); below the heading "science"
      ml-engineer      @acme/ml-eng  high: named "ml eng"; wins 3 files (2 monitoring, 1 serving)
      mlops-engineer   @acme/mlops  high: named "mlops"; wins 6 files (3 deployment, 2 models, 1 pipelines)
      mlops-engineer   @acme-infra-oncall  medium: named "infra"; wins 1 file (1 deployment)
      mlops-engineer   @acme-release-manager  medium: named "release manager"; wins 2 files (2 ci)
      business-analyst nobody
    Not sure, left as comments:
      @acme/payments-platform  wins 1 file (1 data); below the heading "data"

    Found files of these areas: 2 ci, 3 data, 1 data-contracts, 5 deployment, 1 evaluation, 2 features, 1 governance, 2 models, 2 monitoring, 1 notebooks, 1 pipelines, 3 serving, 2 training.

    Read the file and correct it, then run: mlops-lint check
    "#);
    assert_eq!(read(&repo, "mlops-lint.yaml"), repo.run(&["init", "--print"]).stdout);
}

#[test]
fn what_is_written_is_read_and_blames_nobody_for_a_guess() {
    for name in ["fraud-detection", "fraud-detection-fixed"] {
        let repo = example(name);
        assert_eq!(repo.run(&["init"]).code, 0);
        let run = repo.run(&["check", "--format", "json"]);
        assert!(matches!(run.code, 0 | 1), "{}", run.stderr);
        assert!(role_errors(&run).is_empty(), "{:?}", role_errors(&run));
        repo.write("candidates.yaml", with_candidates(&read(&repo, "mlops-lint.yaml")).as_bytes());
        let run = repo.run(&["check", "--policy", "candidates.yaml"]);
        assert!(matches!(run.code, 0 | 1), "{}", run.stderr);
    }
}

#[test]
fn a_directory_is_proposed_for_one_area() {
    let files = ["a", "b", "c"].map(|name| format!("evaluation/{name}.ipynb"));
    let mut all: Vec<(&str, &str)> = files.iter().map(|file| (file.as_str(), "{}")).collect();
    all.push(("CODEOWNERS", "* @acme/ds\n"));
    let policy = Repo::new(&all).run(&["init", "--print"]).stdout;
    assert_eq!(policy.matches("\"/evaluation/\"").count(), 1, "{policy}");
}

#[test]
fn every_repository_of_the_corpus_gets_a_policy_that_loads() {
    for folder in corpus() {
        let out = tempfile::tempdir().unwrap();
        let bare: &[&str] = &["--files-from", "files.txt"];
        let owners: &[&str] = if folder.join("CODEOWNERS").is_file() { &["--codeowners", "CODEOWNERS"] } else { &[] };
        let written = out.path().join("mlops-lint.yaml").to_string_lossy().into_owned();
        let run = run_in(&folder, &[&["init", "--output", &written], bare, owners].concat(), b"");
        assert_eq!(run.code, 0, "{}: {}", folder.display(), run.stderr);
        let check = |policy: &str| {
            run_in(&folder, &[&["check", "--format", "json", "--policy", policy], bare, owners].concat(), b"")
        };
        let run = check(&written);
        assert!(matches!(run.code, 0 | 1), "{}: {}", folder.display(), run.stderr);
        assert!(role_errors(&run).is_empty(), "{}: {:?}", folder.display(), role_errors(&run));
        let candidates = out.path().join("candidates.yaml");
        std::fs::write(&candidates, with_candidates(&std::fs::read_to_string(&written).unwrap())).unwrap();
        let run = check(&candidates.to_string_lossy());
        assert!(matches!(run.code, 0 | 1), "{}: {}", folder.display(), run.stderr);
    }
}

#[test]
fn the_maps_of_the_corpus_are_taken_over() {
    for folder in corpus().into_iter().filter(|folder| folder.join("rolemap.yaml").is_file()) {
        let arguments =
            ["init", "--print", "--files-from", "files.txt", "--codeowners", "CODEOWNERS", "--roles", "rolemap.yaml"];
        let run = run_in(&folder, &arguments, b"");
        assert_eq!(run.code, 0, "{}: {}", folder.display(), run.stderr);
        assert!(run.stdout.contains("# Who holds which role, as rolemap.yaml says."), "{}", run.stdout);
        assert!(!run.stdout.contains("rules:"), "what a company says is no guess: {}", run.stdout);
    }
}

#[test]
fn nothing_is_written_over() {
    for place in ["mlops-lint.yaml", ".mlops-lint.yaml", ".github/mlops-lint.yaml", ".gitlab/mlops-lint.yaml"] {
        let repo = Repo::new(&[("CODEOWNERS", "* @ana\n"), (place, "not even a policy")]);
        let run = repo.run(&["init"]);
        assert_eq!(run.code, 2, "{}", run.stdout);
        assert!(run.stderr.contains(&format!("has a policy already: `{place}`")), "{}", run.stderr);
        assert!(run.stderr.contains("--print") && run.stderr.contains("--output FILE"), "{}", run.stderr);
        assert_eq!(read(&repo, place), "not even a policy");
        assert_eq!(repo.run(&["init", "--print"]).code, 0);
        assert_eq!(repo.run(&["init", "--output", "new.yaml"]).code, 0);
        let again = repo.run(&["init", "--output", "new.yaml"]);
        assert!(again.code == 2 && again.stderr.contains("is there already"), "{}", again.stderr);
    }
}

#[test]
fn it_is_written_where_check_looks_for_it() {
    let repo = Repo::new(&[("CODEOWNERS", "* @acme/mlops\n"), ("a/b/c.ipynb", "")]);
    let run = run_in(&repo.path().join("a/b"), &["init"], b"");
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(read(&repo, "mlops-lint.yaml").contains("\"@acme/mlops\""));
    let folder = tempfile::tempdir().unwrap();
    let missing = run_in(folder.path(), &["init"], b"");
    assert_eq!(missing.code, 3, "{}", missing.stderr);
}

#[cfg(unix)]
#[test]
fn links_are_not_written_through() {
    let outside = tempfile::tempdir().unwrap();
    let repo = Repo::new(&[("CODEOWNERS", "* @ana\n")]);
    std::os::unix::fs::symlink(outside.path(), repo.path().join("way")).unwrap();
    std::os::unix::fs::symlink(outside.path().join("gone"), repo.path().join("end")).unwrap();
    for output in ["way/p.yaml", "end"] {
        let run = repo.run(&["init", "--output", output]);
        assert_eq!(run.code, 2, "{}", run.stdout);
    }
    std::os::unix::fs::symlink(outside.path().join("gone"), repo.path().join("mlops-lint.yaml")).unwrap();
    assert_eq!(repo.run(&["init"]).code, 2);
    assert_eq!(std::fs::read_dir(outside.path()).unwrap().count(), 0);
}

#[test]
fn usage_errors_say_what_to_do() {
    let repo = Repo::new(&[("CODEOWNERS", "* @ana\n"), ("roles.yaml", "roles: { ds: [a b] }\n")]);
    for (arguments, message, help) in [
        (&["init", "--policy", "x.yaml"][..], "no other has a place here", "--roles"),
        (&["init", "--files-from", "CODEOWNERS"], "there is no folder to put a policy into", "--print"),
        (&["init", "--roles", "roles.yaml"], "`a b` is no owner", "blanks"),
        (&["init", "--roles", "gone.yaml"], "there is no file `gone.yaml`", ""),
        (&["init", "--print", "--output", "x"], "cannot be used with", ""),
    ] {
        let run = repo.run(arguments);
        assert_eq!(run.code, 2, "{arguments:?}: {}", run.stdout);
        assert!(run.stderr.contains(message) && run.stderr.contains(help), "{arguments:?}: {}", run.stderr);
    }
    assert!(!repo.path().join("mlops-lint.yaml").exists());
}

#[test]
fn a_repository_without_machine_learning_is_asked_nothing_about_it() {
    let repo = Repo::new(&[("CODEOWNERS", "/src/ @acme/web\n"), ("src/a.ts", ""), ("Dockerfile", "FROM scratch\n")]);
    let run = repo.run(&["init"]);
    assert!(run.stdout.contains("profile: oss"), "{}", run.stdout);
    assert!(read(&repo, "mlops-lint.yaml").contains("\nprofile: oss\n"));
    assert_eq!(repo.run(&["check", "--format", "json"]).codes(), [""; 0]);
}

#[test]
fn without_codeowners_the_roles_wait_for_somebody() {
    let repo = Repo::new(&[("a.ipynb", "")]);
    assert_eq!(repo.run(&["init"]).code, 0);
    let policy = read(&repo, "mlops-lint.yaml");
    assert!(policy.contains("There is no CODEOWNERS yet to guess from"), "{policy}");
    assert!(policy.contains("#   notebooks  1 file, such as a.ipynb: Jupyter notebook\n"), "{policy}");
    assert_eq!(repo.run(&["check", "--format", "json"]).codes(), ["MLO101"]);
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let repo = example("fraud-detection");
    let first = repo.run(&["init", "--print"]).stdout;
    for _ in 0..3 {
        assert_eq!(repo.run(&["init", "--print", "--no-cache"]).stdout, first);
    }
}
