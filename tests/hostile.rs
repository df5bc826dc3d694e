//! Everything in a pull request is written by a stranger.

#![cfg(unix)]

mod support;

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::process::Command;

use support::{Repo, binary, finish};

fn has_no_control(text: &str) -> bool {
    let hidden = |character: char| {
        matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
            || (character.is_control() && character != '\n')
    };
    !text.chars().any(hidden)
}

#[test]
fn names_with_escapes_newlines_and_bidi_marks_stay_text() {
    let repo = Repo::new(&[
        (
            "CODEOWNERS",
            "/\u{1b}[31mgone\u{7}/ @acme/x\n/\u{202e}dne/ @acme/x # \u{1b}]8;;http://evil\u{7}\n/##[error]x/ @a\n",
        ),
        ("mlops-lint.yaml", "version: 1\nareas: { models: { paths: [/m/] } }\n"),
    ]);
    for name in
        ["m/a\n::error::forged\nb.onnx", "m/\u{1b}]0;title\u{7}.onnx", "m/\u{202e}xnno.onnx", "m/##[error]x.onnx"]
    {
        repo.write(name, b"");
    }
    let raw = repo.path().join("m").join(OsStr::from_bytes(b"\xff\xfe.onnx"));
    std::fs::write(raw, b"").unwrap();
    repo.git(&["add", "--all"]);
    for github in [false, true] {
        let mut command = binary();
        command.current_dir(repo.path()).arg("check");
        if github {
            command.env("GITHUB_ACTIONS", "true");
        }
        let run = finish(command, b"");
        assert!(run.stdout.contains("MLO201"), "{}", run.stdout);
        assert!(has_no_control(&run.stdout), "{:?}", run.stdout);
        if github {
            assert!(!run.stdout.contains("##["), "{}", run.stdout);
            assert!(!run.stdout.lines().any(|line| line.trim_start().starts_with("::")), "{}", run.stdout);
        }
    }
    let json = repo.run(&["--format", "json"]);
    assert!(has_no_control(&json.stdout), "{:?}", json.stdout);
    let samples = &json.json()["findings"];
    assert!(samples.to_string().contains("::error::forged"), "{samples}");
    let who = repo.run(&["who", "--format", "jsonl"]);
    assert!(has_no_control(&who.stdout));
    assert!(has_no_control(&repo.run(&["who"]).stdout));
}

#[test]
fn answers_about_a_path_are_no_commands_of_the_runner() {
    let repo = Repo::new(&[("CODEOWNERS", "* @a\n"), ("::error::forged.onnx", ""), ("##[error]x.onnx", "")]);
    for command in ["who", "explain"] {
        for name in ["::error::forged.onnx", "##[error]x.onnx"] {
            let mut run = binary();
            run.current_dir(repo.path()).args([command, name]).env("GITHUB_ACTIONS", "true");
            let told = finish(run, b"").stdout;
            assert!(told.contains("x.onnx") || told.contains("forged.onnx"), "{told}");
            assert!(!told.contains("##[") && !told.lines().any(|line| line.starts_with("::")), "{told}");
        }
    }
}

#[test]
fn a_symlinked_codeowners_that_leaves_the_root_is_not_followed() {
    let outside = tempfile::tempdir().unwrap();
    let secret = outside.path().join("secret");
    std::fs::write(&secret, "hunter2 @acme/x\n").unwrap();
    let repo = Repo::new(&[("x", "")]);
    std::os::unix::fs::symlink(&secret, repo.path().join("CODEOWNERS")).unwrap();
    repo.git(&["add", "--all"]);
    let run = repo.run(&["check"]);
    assert_eq!(run.code, 2, "{}", run.stdout);
    assert!(!run.stderr.contains("hunter2") && !run.stdout.contains("hunter2"));
}

#[test]
fn a_fifo_in_the_tree_is_never_opened() {
    let repo = Repo::plain(&[("CODEOWNERS", "* @a\n/x/ @b\n"), ("x/a.onnx", "")]);
    for name in ["model.pt", "pipe.yaml"] {
        assert!(Command::new("mkfifo").arg(repo.path().join(name)).status().unwrap().success());
    }
    assert_eq!(repo.run(&["check"]).code, 0);
    let fifo = Repo::plain(&[("x", "")]);
    assert!(Command::new("mkfifo").arg(fifo.path().join("CODEOWNERS")).status().unwrap().success());
    assert_eq!(fifo.run(&["check"]).code, 2);
}

#[test]
fn artefacts_that_are_symlinks_are_not_read() {
    let outside = tempfile::tempdir().unwrap();
    std::fs::write(outside.path().join("s.yaml"), "apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\n")
        .unwrap();
    let repo = Repo::new(&[("CODEOWNERS", "* @a\n/m/ @b\n"), ("m/a.onnx", "")]);
    std::os::unix::fs::symlink(outside.path().join("s.yaml"), repo.path().join("s.yaml")).unwrap();
    repo.git(&["add", "--all"]);
    let report = repo.run(&["--format", "json"]).json();
    assert_eq!(report["summary"]["artefacts"], 1);
}

#[test]
fn a_codeowners_of_3_mb_is_an_error_because_the_host_loads_nothing() {
    let repo = Repo::new(&[("x", "")]);
    repo.write("CODEOWNERS", "/x @acme/ml\n".repeat(3 * 1024 * 1024 / 12 + 1).as_bytes());
    let run = repo.run(&["check"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("3 MB") || run.stderr.contains("3 MiB"), "{}", run.stderr);
}

#[test]
fn bytes_that_are_not_utf_8_are_shown_where_they_stand() {
    let repo = Repo::new(&[("x", "")]);
    repo.write("CODEOWNERS", b"/x @acme/ml\n/donn\xe9es/ @acme/ml\n");
    let run = repo.run(&["--format", "json"]);
    assert_eq!(run.codes(), ["MLO103"]);
    assert_eq!(run.json()["findings"][0]["places"][0]["start"]["line"], 2);
    assert_eq!(run.json()["findings"][0]["places"][0]["start"]["column"], 6);
}

#[test]
fn an_unreadable_codeowners_is_an_error() {
    let repo = Repo::new(&[("x", "")]);
    std::fs::create_dir(repo.path().join("CODEOWNERS")).unwrap();
    repo.write("CODEOWNERS/y", b"");
    let run = repo.run(&["check", "--codeowners", "missing"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("missing"), "{}", run.stderr);
}

#[test]
fn policies_that_attack_the_reader_end_at_once() {
    let bomb = "a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\n".to_owned();
    let policies = [
        bomb,
        "[".repeat(200_000),
        format!("version: 1\nroles: {}", "{a: ".repeat(100_000)),
        "version: 1\nversion: 1\n".to_owned(),
        "x".repeat(2 << 20),
        String::new(),
        "version: 1\n---\nversion: 1\n".to_owned(),
    ];
    for policy in policies {
        let repo = Repo::new(&[("CODEOWNERS", "* @a\n"), ("mlops-lint.yaml", &policy)]);
        let run = repo.run(&["check"]);
        let start: String = policy.chars().take(40).collect();
        assert_eq!(run.code, 2, "{start}: {}", run.stdout);
        assert!(run.stderr.contains("mlops-lint.yaml"), "{start}: {}", run.stderr);
        assert!(run.stderr.len() < 20_000, "{start}: {} bytes", run.stderr.len());
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let repo = Repo::new(&[("CODEOWNERS", &*"/gone @acme/ml\n/gone2 @acme/ml\n".repeat(2000)), ("x", "")]);
    let output = Command::new("sh")
        .current_dir(repo.path())
        .args(["-c", "\"$0\" check | head -n 1; exit ${PIPESTATUS:-0}", env!("CARGO_BIN_EXE_mlops-lint")])
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}
