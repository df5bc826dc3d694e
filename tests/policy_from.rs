//! Where a policy comes from: local files that it extends, another commit, a floor that is given.

#![expect(clippy::unwrap_used, reason = "clippy excuses tests, but not the functions they share")]

mod support;

use support::{Repo, Run, run_in};

const CODEOWNERS: &str = "/serve/ @acme/ds\n";
const STRICT: &str = "version: 1
roles: { ml-engineer: { owners: [\"@acme/mle\"] }, data-scientist: { owners: [\"@acme/ds\"] } }
areas: { serving: { paths: [\"/serve/\"], ownership: { accountable: [ml-engineer] } } }
";

fn commit(repo: &Repo, message: &str) {
    repo.git(&["add", "--all"]);
    repo.git(&["commit", "--quiet", "--allow-empty", "--message", message]);
}

/// A repository whose branch `base` is strict, and whose head has another policy.
fn changed(base: &[(&str, &str)], head: &[(&str, &str)]) -> Repo {
    let repo = Repo::new(&[(".github/CODEOWNERS", CODEOWNERS), ("serve/a.py", "")]);
    for (path, text) in base {
        repo.write(path, text.as_bytes());
    }
    commit(&repo, "base");
    repo.git(&["branch", "base"]);
    for (path, text) in head {
        repo.write(path, text.as_bytes());
    }
    commit(&repo, "head");
    repo
}

fn remarks(run: &Run) -> Vec<String> {
    let remarks = run.json()["summary"]["remarks"].as_array().unwrap().clone();
    remarks.iter().map(|remark| remark.as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_policy_of_a_change_does_not_judge_it() {
    let lax = STRICT.replace("accountable: [ml-engineer]", "accountable: [data-scientist]");
    let repo = changed(&[("mlops-lint.yaml", STRICT)], &[("mlops-lint.yaml", &lax)]);
    assert_eq!(repo.run(&["--format", "json"]).codes(), [""; 0]);
    let run = repo.run(&["--format", "json", "--policy-from", "base"]);
    assert_eq!((run.code, run.codes()), (1, vec!["MLO301".to_owned()]));
    assert_eq!(remarks(&run), ["The policy is that of `base`; the policy of this change was not used."]);
    // Paths and owners are those of the change.
    repo.write(".github/CODEOWNERS", b"/serve/ @acme/mle\n");
    assert_eq!(repo.run(&["--format", "json", "--policy-from", "base"]).codes(), [""; 0]);
    for more in [&["--staged", "--all"][..], &["--rev", "HEAD"]] {
        let run = repo.run(&[&["--format", "json", "--policy-from", "base"], more].concat());
        assert_eq!(run.codes(), ["MLO301"], "{more:?}");
    }
    assert_eq!(repo.run(&["--format", "json", "--policy-from", "HEAD", "--rev", "base"]).codes(), [""; 0]);
}

#[test]
fn what_the_policy_names_comes_along() {
    let own = "version: 1\nextends: [policies/areas.yaml]\nfloor: floor.yaml\ncodeowners: { path: OWNERS }\n";
    let files =
        [("mlops-lint.yaml", own), ("policies/areas.yaml", STRICT), ("floor.yaml", STRICT), ("OWNERS", CODEOWNERS)];
    let repo = changed(&files, &[("policies/areas.yaml", "version: 1\n"), ("floor.yaml", "version: 1\n")]);
    assert_eq!(repo.run(&["--format", "json"]).codes(), [""; 0]);
    let run = repo.run(&["--format", "json", "--policy-from", "base"]);
    assert_eq!(run.codes(), ["MLO301"]);
    assert_eq!(run.json()["findings"][0]["places"][0]["path"], "OWNERS");
    assert_eq!(
        remarks(&run),
        [
            "The policy is that of `base`; the policy of this change was not used.",
            "The floor `floor.yaml` holds beside the policy."
        ]
    );
    let run = repo.run(&["--format", "json", "--policy-from", "HEAD"]);
    assert_eq!(remarks(&run)[0], "The policy is that of `HEAD`.");
}

#[test]
fn a_policy_that_the_base_lacks_is_not_used_either() {
    let off = "version: 1\nrules: { MLO201: off }\nexempt: [{ path: \"/**\", reason: mine }]\n";
    let repo = changed(&[("dvc.yaml", "stages: {}\n")], &[(".github/mlops-lint.yaml", off)]);
    assert_eq!(repo.run(&["--format", "json"]).codes(), [""; 0]);
    let run = repo.run(&["--format", "json", "--policy-from", "base"]);
    assert_eq!(run.codes(), ["MLO201"]);
    assert_eq!(
        remarks(&run)[0],
        "`base` has no policy, so builtin:ml-team ran; the policy of this change was not used."
    );
    // Two policies at the head are nobody's business here.
    repo.write("mlops-lint.yaml", off.as_bytes());
    assert_eq!(repo.run(&["--policy-from", "base", "--format", "json"]).codes(), ["MLO201"]);
    assert_eq!(repo.run(&[]).code, 2);
    let run = repo.run(&["prove", "--policy-from", "base"]);
    assert!(run.stdout.ends_with("the policy of this change was not used.\n"), "{}", run.stdout);
}

#[test]
fn revisions_that_are_none() {
    let repo = changed(&[("mlops-lint.yaml", STRICT)], &[]);
    for rev in ["missing", "--output=x", "-", "", "HEAD:serve", "base..HEAD"] {
        let run = repo.run(&[&format!("--policy-from={rev}")]);
        assert_eq!(run.code, 2, "{rev}");
        assert!(run.stderr.contains("names no commit") && run.stderr.contains("fetch-depth"), "{rev}: {}", run.stderr);
    }
    assert!(!repo.path().join("x").exists());
    for other in [["--policy", "builtin:ml-team"], ["--policy", "mlops-lint.yaml"], ["--files-from", "-"]] {
        let run = repo.run(&[&["--policy-from", "base"][..], &other].concat());
        assert!(run.code == 2 && run.stderr.contains("cannot be used with"), "{}", run.stderr);
    }
    let plain = Repo::plain(&[("a", "")]);
    let run = plain.run(&["--policy-from", "base"]);
    assert!(run.code == 2 && run.stderr.contains("--policy-from"), "{}", run.stderr);
    repo.git(&["checkout", "--quiet", "base"]);
    repo.write("mlops-lint.yaml", b"version: 2\n");
    commit(&repo, "broken");
    let run = repo.run(&["--policy-from", "HEAD"]);
    assert!(run.code == 2 && run.stderr.contains("mlops-lint.yaml:1:10"), "{}", run.stderr);
}

#[test]
fn a_given_floor_may_be_anywhere() {
    let repo = Repo::new(&[(".github/CODEOWNERS", CODEOWNERS), ("serve/a.py", "")]);
    let org = Repo::plain(&[
        (
            "floors/ml.yaml",
            "version: 1\nextends: [shared/roles.yaml]\nareas: { serving: { paths: [\"/serve/\"], ownership: { accountable: [ml-engineer] } } }\n",
        ),
        ("floors/shared/roles.yaml", "version: 1\nroles: { ml-engineer: { owners: [\"@acme/mle\"] } }\n"),
        ("floors/out.yaml", "version: 1\nextends: [shared/link.yaml]\n"),
        ("secret.yaml", "version: 1\n"),
    ]);
    let floor = org.path().join("floors/ml.yaml");
    let floor = floor.to_str().unwrap();
    let run = repo.run(&["--floor", floor, "--format", "json"]);
    assert_eq!(run.codes(), ["MLO301"], "{}", run.stderr);
    assert_eq!(run.json()["findings"][0]["places"][1]["path"], floor);
    let run = repo.run(&["who", "serve/a.py", "--floor", floor, "--format", "jsonl"]);
    assert_eq!(run.json()["floors"], serde_json::json!([{ "floor": floor, "area": "serving" }]));
    let run = repo.run(&["prove", "--floor", floor]);
    assert!(run.code == 1 && run.stdout.contains("refuted      accountable: ml-engineer"), "{}", run.stdout);
    commit(&repo, "as it is");
    let run = repo.run(&["--policy-from", "HEAD", "--floor", floor, "--format", "json"]);
    assert_eq!(remarks(&run)[0], "`HEAD` has no policy, so builtin:ml-team ran.");
    // A bare list too.
    repo.write("CO", CODEOWNERS.as_bytes());
    let list = ["--files-from", "-", "--codeowners", "CO", "--floor", floor, "--format", "json"];
    assert_eq!(run_in(repo.path(), &list, b"serve/a.py\n").codes(), ["MLO301"]);
    // The repository's own floor holds beside it.
    repo.write(
        "floor.yaml",
        b"version: 1\nareas: { serving: { paths: [\"/serve/\"], ownership: { min_owners: 2, teams_only: true } } }\n",
    );
    repo.write("mlops-lint.yaml", b"version: 1\nfloor: floor.yaml\nareas: { serving: { paths: [\"/serve/\"], ownership: { min_owners: 1, accountable: [\"@acme/ds\"] } } }\n");
    let run = repo.run(&["--floor", floor, "--format", "json"]);
    assert_eq!(run.codes(), ["MLO301", "MLO506", "MLO506"], "{}", run.stdout);
    assert_eq!(remarks(&run).len(), 2);
    for missing in ["floors/none.yaml", "floors"] {
        assert_eq!(repo.run(&["--floor", org.path().join(missing).to_str().unwrap()]).code, 2);
    }
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("../../secret.yaml", org.path().join("floors/shared/link.yaml")).unwrap();
        let run = repo.run(&["--floor", org.path().join("floors/out.yaml").to_str().unwrap()]);
        assert!(run.code == 2 && run.stderr.contains("leaves the policy's folder"), "{}", run.stderr);
    }
}

#[test]
fn a_policy_extends_files_of_where_it_comes_from() {
    let own =
        "version: 1\nextends: [builtin:ml-team, .github/roles.yaml]\nareas: { serving: { paths: [\"/serve/\"] } }\n";
    let roles = "version: 1\nroles: { ml-engineer: { owners: [\"@acme/mle\"] } }\n";
    let repo = Repo::new(&[
        (".github/CODEOWNERS", CODEOWNERS),
        ("serve/a.py", ""),
        (".github/mlops-lint.yaml", own),
        (".github/roles.yaml", roles),
    ]);
    assert!(repo.run(&["--format", "json"]).codes().contains(&"MLO301".to_owned()));
    // What is staged counts, not what lies there.
    repo.write(".github/roles.yaml", b"version: 1\nroles: { ml-engineer: { owners: [\"@acme/ds\"] } }\n");
    assert!(!repo.run(&["--format", "json"]).codes().contains(&"MLO301".to_owned()));
    assert!(repo.run(&["--format", "json", "--staged", "--all"]).codes().contains(&"MLO301".to_owned()));
}

#[cfg(unix)]
#[test]
fn what_is_no_file_of_the_repository_is_not_extended() {
    let own = "version: 1\nextends: [ext]\n";
    let outside = Repo::plain(&[("secret.yaml", "version: 1\nroles: { thief: {} }\n")]);
    let says = |make: &dyn Fn(&std::path::Path), what: &str| {
        let repo = Repo::new(&[("mlops-lint.yaml", own), ("a", ""), ("real.yaml", "version: 1\n")]);
        make(&repo.path().join("ext"));
        repo.git(&["add", "--all"]);
        let run = repo.run(&[]);
        assert!(run.stderr.contains(what), "{what}: {}", run.stderr);
        run.code
    };
    let link = |to: std::path::PathBuf| move |at: &std::path::Path| std::os::unix::fs::symlink(&to, at).unwrap();
    assert_eq!(says(&link(outside.path().join("secret.yaml")), "leaves the root"), 2);
    assert_eq!(says(&link("/etc/passwd".into()), "leaves the root"), 2);
    assert_eq!(says(&link("nowhere".into()), "leads nowhere"), 2);
    assert_eq!(says(&link("real.yaml".into()), ""), 0);
    assert_eq!(says(&|at| std::fs::create_dir(at).unwrap(), "there is no file `ext`"), 2);
    let fifo = |at: &std::path::Path| {
        assert!(std::process::Command::new("mkfifo").arg(at).status().unwrap().success());
    };
    assert_eq!(says(&fifo, "is not a regular file"), 2);
    let huge = |at: &std::path::Path| std::fs::write(at, vec![b'#'; 2_000_000]).unwrap();
    assert_eq!(says(&huge, "at most 1048576 are read"), 2);
}

#[test]
fn a_change_cannot_extend_the_baseline_that_it_is_judged_by() {
    let policy = format!("{STRICT}baseline: mlops-lint-baseline.json\n");
    let repo = changed(
        &[(".github/CODEOWNERS", "/serve/ @acme/mle\n"), ("mlops-lint.yaml", &policy), ("serve/a.py", "")],
        &[],
    );
    repo.run(&["baseline"]);
    commit(&repo, "baseline");
    let base = repo.git_output(&["rev-parse", "HEAD"]);
    repo.write(".github/CODEOWNERS", b"/serve/ @acme/ds\n");
    assert!(repo.run(&["baseline", "--accept-new"]).stdout.contains("kept"));
    commit(&repo, "evil");
    let own = repo.run(&["--changed-since", &base, "--format", "json"]);
    assert!(!own.codes().contains(&"MLO301".to_owned()), "{}", own.stdout);
    let run = repo.run(&["--changed-since", &base, "--policy-from", &base, "--format", "json"]);
    assert!(run.codes().contains(&"MLO301".to_owned()), "{}", run.stdout);
    let gate = run.json()["findings"].as_array().unwrap().iter().filter(|finding| finding["rule"] == "MLO505").count();
    assert_eq!(gate, 2, "CODEOWNERS and the baseline: {}", run.stdout);
}
