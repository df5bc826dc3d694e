//! `who`: every path's answer, against a reading of the patterns that shares no code with the product.

mod oracle;
mod support;

use std::fs::read_to_string;

use serde_json::Value;
use support::{Repo, corpus, run_in};

#[test]
fn a_path_gets_its_owners_roles_area_and_the_entries_it_passed() {
    let policy = "version: 1\nextends: [builtin:ml-team]\nroles: { ml-engineer: { owners: [\"@acme/ml-eng\"] } }\n";
    let repo = Repo::new(&[
        ("CODEOWNERS", "* @acme/all\n/serve/ @acme/ml-eng @ana\n"),
        ("mlops-lint.yaml", policy),
        ("serve/bentofile.yaml", "service: x\n"),
    ]);
    insta::assert_snapshot!(repo.run(&["who", "serve/bentofile.yaml"]).stdout, @"
    serve/bentofile.yaml
      owners    @acme/ml-eng (ml-engineer), @ana
      area      serving
      artefact  BentoML service (its name: bentofile.yaml)
      entry     CODEOWNERS:2 /serve/
      beats     CODEOWNERS:1 * @acme/all
    CODEOWNERS is read as GitHub reads it (the default; --dialect says otherwise).
    ");
    insta::assert_snapshot!(repo.run(&["who", "--format", "jsonl", "serve/bentofile.yaml"]).stdout, @r#"{"path":"serve/bentofile.yaml","state":"owned","entry":{"line":2,"pattern":"/serve/"},"owners":["@acme/ml-eng","@ana"],"roles":["ml-engineer"],"area":"serving","artefact":"bentoml"}"#);
}

#[test]
fn files_to_come_are_answered_too() {
    let repo = Repo::new(&[("CODEOWNERS", "/models/ @acme/ml\n/models/old/\n"), ("models/a", "")]);
    insta::assert_snapshot!(repo.run(&["who", "models/new.onnx", "models/old/x", "elsewhere"]).stdout, @"
    models/new.onnx
      owners    @acme/ml
      area      models
      artefact  Model weights (its name: *.onnx)
      entry     CODEOWNERS:1 /models/
      note      no such file today: this is what would hold if it were added
    models/old/x
      owners    nobody: the winning entry names no owner
      entry     CODEOWNERS:2 /models/old/
      beats     CODEOWNERS:1 /models/ @acme/ml
      note      no such file today: this is what would hold if it were added
    elsewhere
      owners    nobody: no entry matches
      note      no such file today: this is what would hold if it were added
    CODEOWNERS is read as GitHub reads it (the default; --dialect says otherwise).
    ");
}

#[test]
fn paths_are_taken_from_where_one_stands() {
    let repo = Repo::new(&[("CODEOWNERS", "/a/ @acme/a\n"), ("a/b/c.py", "")]);
    let deep = repo.path().join("a/b");
    for path in ["c.py", "./c.py", "../b/c.py", "/a/b/c.py"] {
        let answer: Value =
            serde_json::from_str(&run_in(&deep, &["who", "--format", "jsonl", path], b"").stdout).unwrap();
        assert_eq!((&answer["path"], &answer["owners"][0]), (&"a/b/c.py".into(), &"@acme/a".into()), "{path}");
    }
    assert_eq!(run_in(&deep, &["who", "../../.."], b"").code, 2);
}

#[test]
fn every_path_of_real_repositories_agrees_with_the_naive_oracle() {
    for folder in corpus().into_iter().filter(|folder| folder.join("CODEOWNERS").is_file()) {
        let text = read_to_string(folder.join("CODEOWNERS")).unwrap();
        // The last entry that matches wins, read word by word: real files of the corpus need no more than this.
        let entries: Vec<_> = text
            .lines()
            .enumerate()
            .map(|(at, line)| (at + 1, line.trim_start_matches('\u{feff}').split('#').next().unwrap_or_default()))
            .filter_map(|(line, entry)| Some((line, oracle::regex(entry.split_whitespace().next()?))))
            .collect();
        let listing = std::fs::read(folder.join("files.txt")).unwrap();
        let who = ["who", "--format", "jsonl", "--files-from", "-", "--codeowners", "CODEOWNERS"];
        let run = run_in(&folder, &who, &listing);
        assert_eq!(run.code, 0, "{}", run.stderr);
        let mut answers = 0;
        for answer in run.stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()) {
            answers += 1;
            let path = answer["path"].as_str().unwrap();
            let winner = entries.iter().rev().find(|(_, regex)| regex.is_match(path)).map(|(line, _)| *line);
            assert_eq!(answer["entry"]["line"].as_u64(), winner.map(|line| line as u64), "{answer}");
        }
        let listed = read_to_string(folder.join("files.txt")).unwrap().lines().filter(|line| !line.is_empty()).count();
        assert_eq!(answers, listed, "{}", folder.display());
    }
}
