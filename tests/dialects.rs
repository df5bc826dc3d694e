//! Which host reads a file, and what that changes, with the real binary.

#![allow(clippy::unwrap_used, reason = "what a test cannot set up fails it")]

mod support;

use support::{Repo, Run, binary, finish};

const POLICY: &str = r#"version: 1
roles:
  data-scientist: { owners: ["@acme/ds"] }
  ml-engineer: { owners: ["@acme/mle"] }
areas:
  deployment:
    paths: [/deploy/]
    ownership: { accountable: [ml-engineer], approvers: [ml-engineer], never_alone: [data-scientist] }
"#;

const SECTIONS: &str = "\
* @acme/platform
[Science]
/deploy/ @acme/ds
[Serving]
/deploy/ @acme/mle
^[Docs] @acme/docs
*.md
";

fn dialect(run: &Run) -> (String, String) {
    let summary = &run.json()["summary"]["dialect"];
    (summary["name"].as_str().unwrap().to_owned(), summary["because"].as_str().unwrap().to_owned())
}

#[test]
fn the_place_the_service_and_the_remote_tell_the_host() {
    let repo = Repo::new(&[("CODEOWNERS", "* @a\n"), ("x", "")]);
    let auto = || repo.run(&["check", "--format", "json"]);
    assert_eq!(dialect(&auto()), ("github".into(), "the default; --dialect says otherwise".into()));
    repo.git(&["remote", "add", "origin", "git@gitlab.acme.com:ml/fraud.git"]);
    assert_eq!(dialect(&auto()), ("gitlab".into(), "because the remote is on gitlab.acme.com".into()));

    let mut in_ci = binary();
    in_ci
        .current_dir(repo.path())
        .args(["check", "--format", "json"])
        .env("GITEA_ACTIONS", "true")
        .env("GITHUB_ACTIONS", "true");
    assert_eq!(dialect(&finish(in_ci, b"")), ("gitea".into(), "because GITEA_ACTIONS is set".into()));

    repo.write(".github/CODEOWNERS", b"* @a\n");
    repo.git(&["add", "--all"]);
    assert_eq!(dialect(&auto()), ("github".into(), "because of its place, .github/CODEOWNERS".into()));
    let asked = repo.run(&["check", "--format", "json", "--dialect", "gitlab"]);
    assert_eq!(dialect(&asked), ("gitlab".into(), "as --dialect says".into()));

    repo.write("mlops-lint.yaml", b"version: 1\ncodeowners: { dialect: bitbucket, path: CODEOWNERS }\n");
    repo.git(&["add", "--all"]);
    assert_eq!(dialect(&auto()), ("bitbucket".into(), "as the policy says".into()));
}

#[test]
fn the_summary_says_how_the_file_was_read() {
    let repo = Repo::new(&[(".gitlab/CODEOWNERS", SECTIONS), ("deploy/a.tf", ""), ("a.md", "")]);
    let run = repo.run(&["check"]);
    let read = "CODEOWNERS entries read as GitLab reads them (because of its place, .gitlab/CODEOWNERS)";
    assert!(run.stdout.replace("\n  ", " ").contains(read), "{}", run.stdout);
}

#[test]
fn sections_make_several_approve() {
    let repo =
        Repo::new(&[(".gitlab/CODEOWNERS", SECTIONS), ("mlops-lint.yaml", POLICY), ("deploy/a.tf", ""), ("a.md", "")]);
    // Data scientists and machine learning engineers both approve: nobody is alone, and the role is always there.
    let run = repo.run(&["check", "--format", "json"]);
    let about_deploy: Vec<String> = run.codes().into_iter().filter(|code| code.starts_with("MLO3")).collect();
    assert_eq!(about_deploy, [""; 0], "{}", run.stdout);

    // Read as GitHub reads it, the last line wins and the headings are skipped.
    let run = repo.run(&["check", "--format", "json", "--dialect", "github", "--codeowners", ".gitlab/CODEOWNERS"]);
    assert!(run.codes().contains(&"MLO103".to_owned()), "{:?}", run.codes());

    // An optional section satisfies nothing.
    repo.write(".gitlab/CODEOWNERS", SECTIONS.replace("[Serving]", "^[Serving]").as_bytes());
    let run = repo.run(&["check", "--format", "json"]);
    let about_deploy: Vec<String> = run.codes().into_iter().filter(|code| code.starts_with("MLO3")).collect();
    // (The unnamed section still has to approve, so data scientists are not alone.)
    assert_eq!(about_deploy, ["MLO301"], "{}", run.stdout);
}

#[test]
fn who_names_every_section() {
    let repo = Repo::new(&[(".gitlab/CODEOWNERS", SECTIONS), ("mlops-lint.yaml", POLICY), ("deploy/a.md", "")]);
    insta::assert_snapshot!(repo.run(&["who", "deploy/a.md"]).stdout, @"
    deploy/a.md
      owners    @acme/platform, @acme/ds (data-scientist), @acme/mle (ml-engineer), @acme/docs
      area      deployment
      entry     .gitlab/CODEOWNERS:1 * @acme/platform
      entry     .gitlab/CODEOWNERS:3 /deploy/ @acme/ds  in [Science]
      entry     .gitlab/CODEOWNERS:5 /deploy/ @acme/mle  in [Serving]
      entry     .gitlab/CODEOWNERS:7 *.md @acme/docs  in [Docs], optional: nobody has to approve
    .gitlab/CODEOWNERS is read as GitLab reads it (because of its place, .gitlab/CODEOWNERS).
    ");
    let run = repo.run(&["who", "deploy/a.md", "--format", "jsonl"]);
    let answer: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(answer["entries"].as_array().unwrap().len(), 4);
    assert_eq!(answer["entries"][3]["optional"], true);
    assert_eq!(answer["entry"]["line"], 1);
}

#[test]
fn who_shows_what_a_section_excludes() {
    let repo = Repo::new(&[(".gitlab/CODEOWNERS", "* @a\n!/vendor/\n/vendor/x @b\n"), ("vendor/x", "")]);
    insta::assert_snapshot!(repo.run(&["who", "vendor/x"]).stdout, @"
    vendor/x
      owners    nobody: no entry matches
      excluded  .gitlab/CODEOWNERS:2 !/vendor/
    .gitlab/CODEOWNERS is read as GitLab reads it (because of its place, .gitlab/CODEOWNERS).
    ");
}

#[test]
fn bitbucket_reads_its_own_folder_only() {
    let repo = Repo::new(&[
        (".bitbucket/CODEOWNERS", "*.py @acme/ml:random(2)\n/data/ ana@acme.com # ask first\n"),
        ("CODEOWNERS", "* @a\n"),
        ("x.py", ""),
        ("data/x", ""),
    ]);
    let run = repo.run(&["check", "--format", "json"]);
    assert_eq!(dialect(&run), ("bitbucket".into(), "because of its place, .bitbucket/CODEOWNERS".into()));
    assert_eq!(run.codes(), [""; 0], "{}", run.stdout);
    let run = repo.run(&["who", "x.py", "data/x", "--format", "jsonl"]);
    assert_eq!(run.stdout.lines().count(), 2);
    assert!(run.stdout.contains(r#""owners":["@acme/ml:random(2)"]"#), "{}", run.stdout);
    assert!(run.stdout.contains(r#""owners":["ana@acme.com"]"#), "{}", run.stdout);
}

#[test]
fn the_missing_file_is_missed_where_the_host_looks() {
    let repo = Repo::new(&[("dvc.yaml", "stages: {}\n")]);
    let run = repo.run(&["check", "--format", "json", "--dialect", "bitbucket"]);
    assert_eq!(run.json()["findings"][0]["places"][0]["path"], ".bitbucket/CODEOWNERS");
}

#[test]
fn a_change_does_not_choose_the_host_that_reads_it() {
    // GitHub gives the whole folder to the last line, GitLab a file of that name.
    let repo = Repo::new(&[("CODEOWNERS", "/deploy/ @acme/mle\n"), ("mlops-lint.yaml", POLICY), ("deploy/a.tf", "")]);
    repo.git(&["commit", "--quiet", "--message", "before"]);
    repo.git(&["remote", "add", "origin", "git@github.com:acme/fraud.git"]);
    repo.write("CODEOWNERS", b"/deploy/ @acme/mle\n/deploy @acme/ds\n");
    repo.write(".gitlab/CODEOWNERS", b"/deploy/ @acme/mle\n");
    repo.git(&["add", "--all"]);

    let run = repo.run(&["check", "--staged"]);
    assert_eq!(run.code, 2, "{}", run.stdout);
    assert!(run.stderr.contains("adds `.gitlab/CODEOWNERS`"), "{}", run.stderr);
    let asked = repo.run(&["check", "--staged", "--dialect", "github", "--format", "json"]);
    assert!(asked.codes().contains(&"MLO301".to_owned()), "{:?}", asked.codes());
    // Where nothing contradicts it, the folder tells.
    repo.git(&["remote", "remove", "origin"]);
    assert_ne!(repo.run(&["check", "--staged"]).code, 2);
}
