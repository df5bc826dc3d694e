//! The kinds as they are listed, and kinds of a repository's own.

#![allow(clippy::unwrap_used, reason = "what a test cannot set up fails it")]

mod support;

use support::{Repo, project};

const HOUSE: &str = r#"version: 1
extends: [builtin:ml-team]
roles: { ml-engineer: { owners: ["@acme/ml-eng"] } }
catalogue:
  - kind: acme-scorer
    title: Acme's scorer
    area: serving
    any: [{ path: scorer.toml, below: true }, { path: "*.yaml", yaml: { kind: Scorer } }]
    samples:
      yes: [a/scorer.toml, { path: a/b.yaml, content: "kind: Scorer" }]
      no: [{ path: a/b.yaml, content: "kind: Service" }]
"#;

fn house(more: &[(&str, &str)]) -> Repo {
    Repo::new(&[&[("mlops-lint.yaml", HOUSE), ("CODEOWNERS", "* @web\n/churn/ @acme/ml-eng\n")], more].concat())
}

#[test]
fn the_page_holds_what_the_binary_prints() {
    let printed = Repo::new(&[("a", "")]).run(&["catalogue", "--format", "markdown"]).stdout;
    let held = std::fs::read_to_string(project().join("docs/catalogue.md")).unwrap_or_default();
    assert!(printed == held, "write it anew: cargo run -- catalogue --format markdown > docs/catalogue.md");
}

#[test]
fn a_kind_is_told_in_full() {
    let repo = Repo::new(&[("a", "")]);
    insta::assert_snapshot!(repo.run(&["catalogue", "mlserver"]).stdout, @"
    mlserver  MLServer model
      area      serving
      url       https://mlserver.readthedocs.io/
      told by   model-settings.json
                *.py with python uses mlserver.MLModel
      such as   models/iris/model-settings.json
                runtime.py
      unlike    settings.json
    ");
    let run = repo.run(&["catalogue", "kserv"]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.contains("did you mean kserve?"), "{}", run.stderr);
}

#[test]
fn the_policy_s_kinds_are_listed_with_their_place() {
    let repo = house(&[]);
    let all = repo.run(&["catalogue"]).stdout;
    assert!(
        all.contains("\n  acme-scorer  Acme's scorer (mlops-lint.yaml:5)\n      scorer.toml, and all below it\n"),
        "{all}"
    );
    let listed: serde_json::Value = repo.run(&["catalogue", "acme-scorer", "--format", "json"]).json();
    assert_eq!(listed[0]["policy"], "mlops-lint.yaml:5");
    assert_eq!(listed[0]["samples"]["yes"][0], "a/scorer.toml");
    let builtin = repo.run(&["catalogue", "--policy", "builtin:ml-team"]).stdout;
    assert!(!builtin.contains("acme-scorer"));
}

#[test]
fn a_house_kind_is_found_judged_and_proved_as_the_others_are() {
    let files = [
        ("churn/scorer.toml", ""),
        ("churn/lib/x.txt", ""),
        ("fraud/s.yaml", "kind: Scorer\n"),
        ("b.yaml", "kind: Service\n"),
    ];
    let repo = house(&files);
    let who = repo.run(&["who", "churn/lib/x.txt", "fraud/s.yaml", "b.yaml", "--format", "jsonl"]).stdout;
    assert_eq!(who.matches("\"artefact\":\"acme-scorer\"").count(), 2, "{who}");
    let told = repo.run(&["who", "fraud/s.yaml"]).stdout;
    assert!(told.contains("Acme's scorer (`kind: Scorer`, line 1)"), "{told}");
    let report = repo.run(&["check", "--format", "json"]);
    assert!(report.codes().contains(&"MLO302".to_owned()), "{}", report.stdout);
    let proof = repo.run(&["prove"]);
    assert!(proof.stdout.contains("Acme's scorer"), "{}", proof.stdout);
    // The same facts are found again, and other ones with another kind.
    let cache = tempfile::tempdir().unwrap();
    let run = || {
        let mut command = support::binary();
        command.current_dir(repo.path()).env_remove("MLOPS_LINT_NO_CACHE").env("MLOPS_LINT_CACHE_DIR", cache.path());
        command.args(["who", "--rev", "HEAD", "--format", "jsonl"]);
        support::finish(command, b"").stdout
    };
    for nth in 0..80 {
        repo.write(&format!("many/{nth}.yaml"), format!("kind: Scorer\nn: {nth}\n").as_bytes());
    }
    repo.git(&["add", "--all"]);
    repo.git(&["commit", "--quiet", "--message", "more"]);
    let (first, second) = (run(), run());
    assert_eq!(first, second);
    assert_eq!(first.matches("acme-scorer").count(), 83, "{first}");
    repo.write(
        "mlops-lint.yaml",
        HOUSE
            .replace("kind: Scorer }", "kind: Scorers }")
            .replace(", { path: a/b.yaml, content: \"kind: Scorer\" }", "")
            .as_bytes(),
    );
    repo.git(&["commit", "--quiet", "--all", "--message", "other"]);
    assert_eq!(run().matches("acme-scorer").count(), 2);
}

#[test]
fn a_house_kind_beats_the_catalogue_on_equal_evidence_and_may_replace() {
    let policy = r"version: 1
extends: [builtin:ml-team]
catalogue:
  - { kind: our-dvc, area: training, any: [{ path: dvc.yaml }] }
  - { kind: bentoml, area: deployment, replaces: true, any: [{ path: bento.toml }] }
";
    let repo = Repo::new(&[
        ("mlops-lint.yaml", policy),
        ("CODEOWNERS", "* @a\n"),
        ("dvc.yaml", ""),
        ("bentofile.yaml", ""),
        ("bento.toml", ""),
    ]);
    let who = repo.run(&["who", "dvc.yaml", "bentofile.yaml", "bento.toml", "--format", "jsonl"]).stdout;
    let told: Vec<(String, String)> = who
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .map(|answer| (answer["artefact"].to_string(), answer["area"].to_string()))
        .collect();
    let quoted = |a: &str, b: &str| (format!("\"{a}\""), format!("\"{b}\""));
    assert_eq!(
        told,
        [quoted("our-dvc", "training"), ("null".to_owned(), "null".to_owned()), quoted("bentoml", "deployment")]
    );
}

#[test]
fn a_sample_that_is_none_stops_every_run() {
    let repo =
        Repo::new(&[("mlops-lint.yaml", &HOUSE.replace("a/scorer.toml", "a/score.toml")), ("CODEOWNERS", "* @a\n")]);
    for command in [&["check"][..], &["catalogue"], &["who", "a"]] {
        let run = repo.run(command);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{command:?}");
        assert!(
            run.stderr.contains("`a/score.toml` should be a sample of `acme-scorer`, and is of no kind"),
            "{}",
            run.stderr
        );
    }
}

#[test]
fn pins_are_judged_and_proved() {
    let policy = "version: 1\npins: [{ path: \"**/meta.yaml\", owners: [\"@gov\"] }, { path: /MODEL_CARD.md, owners: [\"@ds\"] }]\n";
    let entries = "**/meta.yaml @gov\n/data/ @de\n/MODEL_CARD.md @ds\n";
    let repo = Repo::new(&[
        ("mlops-lint.yaml", policy),
        ("CODEOWNERS", entries),
        ("x/meta.yaml", ""),
        ("MODEL_CARD.md", ""),
        ("data/a", ""),
    ]);
    let report = repo.run(&["check", "--format", "json"]);
    assert!(!report.codes().contains(&"MLO108".to_owned()), "{}", report.stdout);
    let proof = repo.run(&["prove"]);
    assert_eq!(proof.code, 1);
    insta::assert_snapshot!(proof.stdout, @"
    pins
      refuted      **/meta.yaml to @gov
                   data/meta.yaml would go to @de
                   by CODEOWNERS:2 /data/
      proved       /MODEL_CARD.md to @ds

    0 areas and 2 pins, for every path they could have: 1 proved, 1 refuted, 0 not decided
    ");
    // Written last, the line is a proof.
    repo.write("CODEOWNERS", b"/data/ @de\n/MODEL_CARD.md @ds\n**/meta.yaml @gov\n");
    let proof = repo.run(&["prove"]);
    assert_eq!(proof.code, 0, "{}", proof.stdout);
    let lines = repo.run(&["prove", "--format", "jsonl"]).stdout;
    assert!(
        lines.starts_with("{\"pin\":\"**/meta.yaml\",\"owners\":[\"@gov\"],\"verdict\":\"proved\",\"witness\":null}\n"),
        "{lines}"
    );
}
