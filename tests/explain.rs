//! `explain`: a rule's page, and the whole story of a path.

#![allow(clippy::unwrap_used, reason = "what a test cannot set up fails it")]

mod support;

use support::{Repo, copy, project, run_in};

/// A copy of the example, so that its paths start at its own root.
fn example() -> Repo {
    let repo = Repo::new(&[]);
    copy(&project().join("examples/fraud-detection"), repo.path());
    repo.git(&["add", "--all"]);
    repo
}

fn explained(repo: &Repo, arguments: &[&str]) -> String {
    let run = repo.run(&[&["explain"], arguments].concat());
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{}", run.stdout);
    // The lines of the built-in policy are its own business.
    regex::Regex::new(r"builtin:ml-team:\d+").unwrap().replace_all(&run.stdout, "builtin:ml-team:N").into_owned()
}

#[test]
fn a_path_that_breaks_a_rule() {
    insta::assert_snapshot!(explained(&example(), &["deploy/prod/inferenceservice.yaml"]), @"
    deploy/prod/inferenceservice.yaml
      artefact  KServe resource (`apiVersion: serving.kserve.io/v1beta1`, line 1)
                https://kserve.github.io/website/
      area      fraud-production: the policy gives it /deploy/prod/ (mlops-lint.yaml:22)
                what it does not say itself it takes over from deployment (mlops-lint.yaml:21)
      because   What runs in the payment path is approved by those who are on call for it.
      entries   .github/CODEOWNERS, on GitHub: the last that matches wins, and any one of its owners can approve
                line 27  /deploy/prod/  @acme/data-science @acme/ml-eng  wins
                line 26  /deploy/       @acme/mlops                      loses to line 27
                line 3   *              @acme/ml-eng                     loses to line 27
      owners    @acme/data-science (data-scientist)
                @acme/ml-eng (ml-engineer)
      asked     yes  owned        by somebody
                yes  accountable  ml-engineer or mlops-engineer  @acme/ml-eng (mlops-lint.yaml:24)
                no   approvers    ml-engineer or mlops-engineer  @acme/data-science can approve without them (mlops-lint.yaml:25)
      finding   error MLO311 approvers: @acme/data-science (data-scientist) can approve the fraud-production file `deploy/prod/inferenceservice.yaml` without ml-engineer or mlops-engineer
                write on line 27:
                    /deploy/prod/ @acme/ml-eng
    ");
}

#[test]
fn a_clean_path() {
    insta::assert_snapshot!(explained(&example(), &["deploy/chart/templates/deployment.yaml"]), @"
    deploy/chart/templates/deployment.yaml
      artefact  Kubernetes manifest (`apiVersion: apps/v1`, line 1)
                https://kubernetes.io/docs/reference/kubernetes-api/
      area      deployment: its kind, kubernetes, belongs to it
      because   Machine learning engineers develop the infrastructure for production, and MLOps engineers ensure that the lifecycle runs smoothly.
      entries   .github/CODEOWNERS, on GitHub: the last that matches wins, and any one of its owners can approve
                line 26  /deploy/  @acme/mlops   wins
                line 3   *         @acme/ml-eng  loses to line 26
      owners    @acme/mlops (mlops-engineer)
      asked     yes  owned        by somebody
                yes  accountable  ml-engineer or mlops-engineer  @acme/mlops (builtin:ml-team:N)
      findings  none
    ");
}

#[test]
fn a_file_to_come_in_a_tree_that_is_left_out() {
    insta::assert_snapshot!(explained(&example(), &["tests/explore.ipynb"]), @"
    tests/explore.ipynb
      note      no such file today: this is what would hold if it were added
      left out  by **/tests/ (tests: What stands below tests is made to be read by tests)
                it would be: Jupyter notebook
      entries   .github/CODEOWNERS, on GitHub: the last that matches wins, and any one of its owners can approve
                line 3  *  @acme/ml-eng  wins
      owners    @acme/ml-eng (ml-engineer)
      findings  none
    ");
}

#[test]
fn a_path_that_is_no_artefact() {
    insta::assert_snapshot!(explained(&example(), &["README.md"]), @"
    README.md
      artefact  none: no kind of the catalogue, and no path of the policy
      entries   .github/CODEOWNERS, on GitHub: the last that matches wins, and any one of its owners can approve
                line 3  *  @acme/ml-eng  wins
      owners    @acme/ml-eng (ml-engineer)
      findings  none
    ");
}

#[test]
fn a_role_that_nobody_holds_is_left_open() {
    insta::assert_snapshot!(explained(&example(), &["evaluation/thresholds.yaml"]), @"
    evaluation/thresholds.yaml
      area      fraud-thresholds: the policy gives it /evaluation/thresholds.yaml (mlops-lint.yaml:34)
      because   What the business accepts is not for the model's authors to decide.
      entries   .github/CODEOWNERS, on GitHub: the last that matches wins, and any one of its owners can approve
                line 3  *  @acme/ml-eng  wins
      owners    @acme/ml-eng (ml-engineer)
      asked     yes   owned        by somebody
                open  accountable  business-analyst  nobody holds or covers that role (MLO502) (mlops-lint.yaml:36)
      finding   warning MLO202 only-catch-all: only the catch-all `*` owns the fraud-threshold file `evaluation/thresholds.yaml`
                write below line 3, with your business-analyst for @your-org/your-team:
                    /evaluation/thresholds.yaml @your-org/your-team
    ");
}

#[test]
fn what_an_exemption_silences_is_told_with_its_reason() {
    let policy = "\
version: 1
extends: [builtin:ml-team]
roles: { data-scientist: { owners: [\"@acme/ds\"] }, ml-engineer: { owners: [\"@acme/mle\"] }, mlops-engineer: { covered_by: ml-engineer } }
exempt: [{ path: /serve/, rules: [MLO301], reason: moves in spring, expires: 2027-06-30 }]
rules: { MLO111: { severity: info, allow: [/serve/] } }
exclude: { paths: [/old/] }
";
    let repo = Repo::new(&[
        ("CODEOWNERS", "/serve/ @acme/ds\n/deploy/ @acme/mle\n"),
        ("mlops-lint.yaml", policy),
        ("serve/bentofile.yaml", "service: x\n"),
        ("old/bentofile.yaml", "service: x\n"),
        ("deploy/Dockerfile", "FROM scratch\n"),
    ]);
    let told =
        explained(&repo, &["--today", "2026-11-01", "serve/bentofile.yaml", "old/bentofile.yaml", "deploy/Dockerfile"]);
    insta::assert_snapshot!(told, @"
    serve/bentofile.yaml
      artefact  BentoML service (its name: bentofile.yaml)
                https://docs.bentoml.com/
      area      serving: its kind, bentoml, belongs to it
      because   Machine learning engineers deploy models and integrate them with application interfaces.
      entries   CODEOWNERS, on GitHub: the last that matches wins, and any one of its owners can approve
                line 1  /serve/  @acme/ds  wins
      owners    @acme/ds (data-scientist)
      asked     yes  owned        by somebody
                no   accountable  ml-engineer  none of the owners is (builtin:ml-team:N)
      finding   error MLO301 wrong-role: the serving file `serve/bentofile.yaml` belongs to @acme/ds (data-scientist), and serving asks for ml-engineer
                exempt: moves in spring, until 2027-06-30 (mlops-lint.yaml:4)

    old/bentofile.yaml
      left out  by /old/ (exclude, mlops-lint.yaml:6)
                it would be: BentoML service
      entries   none of CODEOWNERS matches
      owners    nobody
      findings  none

    deploy/Dockerfile
      artefact  Dockerfile (its name: Dockerfile)
                https://docs.docker.com/reference/dockerfile/
      area      deployment: its kind, dockerfile, belongs to it
      because   Machine learning engineers develop the infrastructure for production, and MLOps engineers ensure that the lifecycle runs smoothly.
      entries   CODEOWNERS, on GitHub: the last that matches wins, and any one of its owners can approve
                line 2  /deploy/  @acme/mle  wins
      owners    @acme/mle (ml-engineer, stands in for mlops-engineer)
      asked     yes  owned        by somebody
                yes  accountable  ml-engineer or mlops-engineer  @acme/mle (builtin:ml-team:N)
      findings  none
    ");
    let later = explained(&repo, &["--today", "2027-07-01", "serve/bentofile.yaml"]);
    assert!(!later.contains("exempt:") && later.contains("finding   error MLO301"), "{later}");
}

#[test]
fn on_gitlab_every_section_has_its_say() {
    let policy = "\
version: 1
roles: { ds: { owners: [\"@acme/ds\"] }, ops: { owners: [\"@acme/ops\"] } }
areas: { production: { paths: [/deploy/], ownership: { accountable: [ops], approvers: [ops] } } }
";
    let repo = Repo::new(&[
        (
            ".gitlab/CODEOWNERS",
            "* @acme/all\n[Science][2]\n/deploy/ @acme/ds\n!/deploy/docs/\n[Ops]\n/deploy/ @acme/ops\n^[Docs]\n*.md @acme/docs\n",
        ),
        ("mlops-lint.yaml", policy),
        ("deploy/a.md", ""),
        ("deploy/docs/b", ""),
    ]);
    insta::assert_snapshot!(explained(&repo, &["deploy/a.md", "deploy/docs/b"]), @"
    deploy/a.md
      area      production: the policy gives it /deploy/ (mlops-lint.yaml:3)
      entries   .gitlab/CODEOWNERS, on GitLab: the last that matches in each section wins, and every section has its say
                line 1             *         @acme/all   wins
                line 3  [Science]  /deploy/  @acme/ds    wins; 2 have to approve
                line 6  [Ops]      /deploy/  @acme/ops   wins
                line 8  [Docs]     *.md      @acme/docs  wins, but its section is optional: nobody has to approve
      owners    @acme/all (in no role of the policy)
                @acme/ds (ds)
                @acme/ops (ops)
                @acme/docs (in no role of the policy)
      asked     yes  owned        by somebody
                yes  accountable  ops          @acme/ops (mlops-lint.yaml:3)
                yes  approvers    ops          @acme/ops (mlops-lint.yaml:3)
      findings  none

    deploy/docs/b
      area      production: the policy gives it /deploy/ (mlops-lint.yaml:3)
      entries   .gitlab/CODEOWNERS, on GitLab: the last that matches in each section wins, and every section has its say
                line 1             *               @acme/all  wins
                line 6  [Ops]      /deploy/        @acme/ops  wins
                line 4  [Science]  !/deploy/docs/             takes the path out of its section
                line 3  [Science]  /deploy/        @acme/ds   its section leaves the path out
      owners    @acme/all (in no role of the policy)
                @acme/ops (ops)
      asked     yes  owned        by somebody
                yes  accountable  ops          @acme/ops (mlops-lint.yaml:3)
                yes  approvers    ops          @acme/ops (mlops-lint.yaml:3)
      findings  none
    ");
}

#[test]
fn on_gitea_all_entries_add_up() {
    let repo = Repo::new(&[(".gitea/CODEOWNERS", "models/.* @ana\n.*\\\\.onnx @acme/ml\n"), ("models/a.onnx", "x")]);
    let told = explained(&repo, &["models/a.onnx"]);
    assert!(told.contains("on Gitea: all that match are asked, and any one of them can approve"), "{told}");
    assert_eq!(told.matches(" counts").count(), 2, "{told}");
}

#[test]
fn rules_and_paths_go_together_and_a_dot_makes_a_path() {
    let repo = Repo::new(&[("CODEOWNERS", "* @ana\n"), ("a", "")]);
    let told = explained(&repo, &["wrong-role", "a", "./MLO301"]);
    assert!(told.starts_with("# MLO301 wrong-role\n"), "{told}");
    assert!(told.contains("\na\n  artefact  none"), "{told}");
    assert!(told.contains("\nMLO301\n  note      no such file today"), "{told}");
    // A file by the name of a rule is one all the same.
    repo.write("wrong-rule", b"");
    repo.git(&["add", "--all"]);
    assert!(explained(&repo, &["wrong-rule"]).starts_with("wrong-rule\n"));
}

#[test]
fn a_misspelt_rule_is_not_taken_for_a_file_to_come() {
    let repo = Repo::new(&[("CODEOWNERS", "* @ana\n")]);
    for (name, meant) in [("wrong-rol", "did you mean MLO301"), ("MLO999", "`mlops-lint rules` lists the rules")] {
        let run = repo.run(&["explain", name]);
        assert_eq!(run.code, 2, "{}", run.stdout);
        assert!(run.stderr.contains(&format!("`{name}` is neither a rule nor a path")), "{}", run.stderr);
        assert!(run.stderr.contains(meant), "{}", run.stderr);
    }
    // Where there is no repository, too.
    let empty = tempfile::tempdir().unwrap();
    assert!(run_in(empty.path(), &["explain", "wrong-rol"], b"").stderr.contains("neither a rule"));
    assert!(run_in(empty.path(), &["explain", "wrong-role"], b"").stdout.starts_with("# MLO301"));
}

#[test]
fn a_large_folder_is_cut_aloud() {
    let files: Vec<String> = (0..30).map(|at| format!("d/{at:02}")).collect();
    let mut all: Vec<(&str, &str)> = files.iter().map(|file| (file.as_str(), "")).collect();
    all.push(("CODEOWNERS", "* @ana\n"));
    let told = explained(&Repo::new(&all), &["d"]);
    assert!(told.ends_with("10 more files are not told: name them one by one, or ask `mlops-lint who`\n"), "{told}");
}

#[test]
fn json_says_the_same() {
    let run = example().run(&["explain", "--format", "json", "serving/service.py", "MLO301"]);
    let document = run.json();
    assert_eq!(document["version"], 1);
    assert_eq!(document["rules"][0]["code"], "MLO301");
    let story = &document["paths"][0];
    assert_eq!((&story["area"]["name"], &story["exists"]), (&"serving".into(), &true.into()));
    assert_eq!(story["entries"][0]["line"], 22);
    let accountable = story["asked"].as_array().unwrap().iter().find(|asked| asked["what"] == "accountable").unwrap();
    assert_eq!((&accountable["met"], &accountable["wanted"]), (&"no".into(), &"ml-engineer".into()));
    assert_eq!(story["findings"][0]["rule"], "MLO301");
}

#[test]
fn a_bare_list_and_a_commit_have_stories_too() {
    let repo = example();
    repo.git(&["commit", "--quiet", "-m", "x"]);
    repo.write(".github/CODEOWNERS", b"");
    let told = explained(&repo, &["--rev", "HEAD", "serving/service.py"]);
    assert!(told.contains("line 22  /serving/"), "{told}");
    let list = ["--files-from", "-", "--codeowners", ".github/CODEOWNERS", "serving/service.py"];
    let run = run_in(repo.path(), &[&["explain"], &list[..]].concat(), b"serving/service.py\n");
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stdout.contains("none of .github/CODEOWNERS matches"), "{}", run.stdout);
}

#[cfg(unix)]
#[test]
fn hostile_names_stay_on_their_line() {
    use std::os::unix::ffi::OsStrExt as _;
    let repo = Repo::new(&[("CODEOWNERS", "* @ana\n")]);
    for name in [&b"a\x1b[31m\nfindings  none\r.onnx"[..], b"caf\xe9.onnx", "\u{202e}xnno.a".as_bytes()] {
        let mut explain = support::binary();
        explain.current_dir(repo.path()).arg("explain").arg(std::ffi::OsStr::from_bytes(name));
        let run = support::finish(explain, b"");
        assert_eq!(run.code, 0, "{}", run.stderr);
        assert!(!run.stdout.contains(['\x1b', '\r', '\u{202e}']), "{:?}", run.stdout);
        assert!(run.stdout.lines().nth(1).unwrap().starts_with("  note"), "{}", run.stdout);
    }
    let json = {
        let mut explain = support::binary();
        explain.current_dir(repo.path()).args(["explain", "--format", "json"]);
        explain.arg(std::ffi::OsStr::from_bytes(b"caf\xe9.onnx"));
        support::finish(explain, b"").json()
    };
    assert_eq!(json["paths"][0]["path_bytes"], "636166e92e6f6e6e78");
}
