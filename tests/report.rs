//! The ownership picture: the page in a real browser, where there is one, and what it counts.

#![allow(clippy::unwrap_used, reason = "what a test cannot set up fails it")]

mod support;

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;
use support::{Repo, project, run_in};

/// What a browser made of a page: its document, and what it wrote to the console.
struct Seen {
    document: String,
    console: Vec<String>,
}

/// Opens the page in headless Chromium; `None` where there is none.
fn browse(page: &Path, hash: &str) -> Option<Seen> {
    let name = ["chromium", "chromium-browser", "google-chrome"].into_iter().find(|name| {
        let version = Command::new(name).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        version.is_ok_and(|status| status.success())
    })?;
    let profile = tempfile::tempdir().unwrap();
    let output = Command::new(name)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--enable-logging=stderr"])
        .args(["--virtual-time-budget=5000", "--dump-dom"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("file://{}{hash}", page.display()))
        .output()
        .unwrap();
    let log = String::from_utf8_lossy(&output.stderr);
    Some(Seen {
        document: String::from_utf8(output.stdout).unwrap(),
        console: log.lines().filter(|line| line.contains(":CONSOLE")).map(str::to_owned).collect(),
    })
}

/// The values of an attribute, in order.
fn values<'d>(document: &'d str, attribute: &str) -> Vec<&'d str> {
    document.split(&format!(" {attribute}=\"")).skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
}

fn write(folder: &Path, repository: &Path) -> std::path::PathBuf {
    let page = folder.join("page.html");
    let run = run_in(repository, &["report", ".", "--output", page.to_str().unwrap()], b"");
    assert_eq!(run.code, 0, "{}", run.stderr);
    page
}

#[test]
fn the_matrix_adds_up_to_the_json() {
    let folder = tempfile::tempdir().unwrap();
    let example = project().join("examples/fraud-detection");
    let page = std::fs::read_to_string(write(folder.path(), &example)).unwrap();
    let json: Value = run_in(&example, &["check", ".", "--format", "json"], b"").json();
    let artefacts = json["summary"]["artefacts"].as_u64().unwrap();
    let sum = |attribute: &str| values(&page, attribute).iter().map(|n| n.parse::<u64>().unwrap()).sum::<u64>();
    assert_eq!(sum("data-files"), artefacts);
    // Every file stands in one way.
    assert_eq!(sum("data-count"), artefacts);
    assert_eq!(values(&page, "data-area").len() as u64, json["summary"]["areas"].as_u64().unwrap());
    assert_eq!(values(&page, "data-severity").len(), json["findings"].as_array().unwrap().len());
}

#[test]
fn a_browser_loads_it_without_a_complaint_and_filters() {
    let folder = tempfile::tempdir().unwrap();
    let page = write(folder.path(), &project().join("examples/fraud-detection"));
    let Some(all) = browse(&page, "") else { return };
    assert!(all.console.is_empty(), "{:?}", all.console);
    let total = values(&all.document, "data-severity").len();
    assert!(all.document.contains(&format!("{total} of {total} findings")), "{}", all.document);

    let errors = browse(&page, "#severity=error").unwrap().document;
    let wanted = values(&errors, "data-severity").iter().filter(|severity| **severity == "error").count();
    assert!(wanted > 0 && errors.contains(&format!("{wanted} of {total} findings")), "{wanted} {errors}");

    let searched = browse(&page, "#q=MLO311+payment").unwrap().document;
    assert!(searched.contains(&format!("1 of {total} findings")), "{searched}");
    let nothing = browse(&page, "#q=no-such-thing").unwrap().document;
    assert!(nothing.contains(&format!("0 of {total} findings")));
}

#[test]
fn what_a_stranger_names_stays_text() {
    let script = "<script>document.title='pwned'</script>";
    let image = "\"><img src=x onerror=alert(1)>";
    let repo = Repo::new(&[
        ("CODEOWNERS", &format!("* @a\n/{script} @b@c\n/models/{} @x\u{202e}y\n", image.replace(' ', "\\ "))),
        (
            "mlops-lint.yaml",
            &format!(
                "version: 1\nextends: [builtin:ml-team]\nareas: {{ house: {{ paths: [/models/], because: \"{script}\" }} }}\n"
            ),
        ),
        (&format!("models/{image}.onnx"), ""),
        (&format!("models/{}/a.onnx", script.replace('/', "_")), ""),
        ("models/::error::x\n##[error]\u{1b}[31m.onnx", ""),
    ]);
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("page.html");
    let run = repo.run(&["report", "--output", page.to_str().unwrap()]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let text = std::fs::read_to_string(&page).unwrap();
    assert_eq!(text.matches("<script>").count(), 1, "only the page's own");
    assert!(!text.contains("<img") && !text.contains('\u{202e}') && !text.contains('\u{1b}'));
    let Some(seen) = browse(&page, "") else { return };
    assert!(seen.console.is_empty(), "{:?}", seen.console);
    assert!(!seen.document.contains("<img") && seen.document.contains("<title>Who owns"), "{}", seen.document);
}

#[test]
fn the_wiki_s_form_has_the_same_numbers() {
    let example = project().join("examples/fraud-detection");
    let run = run_in(&example, &["report", ".", "--format", "markdown"], b"");
    assert_eq!(run.code, 0);
    let row = run.stdout.lines().find(|line| line.starts_with("| `serving`")).unwrap();
    assert_eq!(row, "| `serving` | 2 | 0 | 0 | 2 | **0** | 0 | 0 | 0 | 2 | 0 | 0 | 0 |");
}
