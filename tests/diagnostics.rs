//! What every rule says, on a realistic case: `tests/diagnostics/MLOnnn.txt` holds the files of a little repository, the
//! command, and what the binary says of that rule. `docs/rules.md` shows the same words.
//!
//! A line `==> PATH` starts a file. Behind the path may stand `(changed)`, for what a branch changes of `main`, or `(N bytes
//! of these)`, for its lines again and again, with their number in place of `{n}`. `$ ` starts the command, and what it
//! prints follows. `MLOPS_LINT_WRITE_DIAGNOSTICS=1 cargo test --test diagnostics` writes what is printed now into the cases
//! and the page.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what a test cannot set up fails it")]

mod support;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::Command;

use mlops_lint::rules;
use support::{Repo, Run, finish, project, quiet_git};

/// A case as its file tells it.
struct Case {
    code: &'static str,
    /// All up to the output.
    given: String,
    arguments: Vec<String>,
    printed: String,
}

/// A file of a case.
struct Given {
    path: String,
    bytes: Vec<u8>,
    is_changed: bool,
}

impl Case {
    fn all() -> Vec<Self> {
        rules::all().map(|meta| Self::read(meta.code)).collect()
    }

    fn read(code: &'static str) -> Self {
        let text = std::fs::read_to_string(place(code)).unwrap_or_else(|_| panic!("{code} has no case: write one"));
        let command = text.lines().find(|line| line.starts_with("$ ")).unwrap_or_else(|| panic!("{code} runs nothing"));
        let (given, printed) = text.split_at(text.find(command).unwrap() + command.len() + 1);
        let arguments = command.strip_prefix("$ mlops-lint ").unwrap().split(' ').map(str::to_owned).collect();
        Self { code, given: given.to_owned(), arguments, printed: printed.to_owned() }
    }

    fn files(&self) -> Vec<Given> {
        let mut files: Vec<Given> = Vec::new();
        let mut sizes: Vec<usize> = Vec::new();
        for line in self.given.lines().take_while(|line| !line.starts_with("$ ")) {
            if let Some(head) = line.strip_prefix("==> ") {
                let (path, how) = head.split_once(" (").unwrap_or((head, ""));
                sizes.push(how.strip_suffix(" bytes of these)").map_or(0, |size| size.parse().unwrap()));
                files.push(Given { path: path.to_owned(), bytes: Vec::new(), is_changed: how == "changed)" });
            } else {
                files.last_mut().unwrap().bytes.extend_from_slice(format!("{line}\n").as_bytes());
            }
        }
        for (file, size) in files.iter_mut().zip(sizes).filter(|(_, size)| *size > 0) {
            let lines = std::str::from_utf8(&file.bytes).unwrap();
            let repeated = (1..).map(|n| lines.replace("{n}", &format!("{n}")));
            let mut bytes = repeated.flat_map(String::into_bytes).take(size).collect::<Vec<u8>>();
            *bytes.last_mut().unwrap() = b'\n';
            file.bytes = bytes;
        }
        files
    }

    /// The repository, with the change on a branch.
    fn repo(&self) -> Repo {
        let (changed, base): (Vec<Given>, Vec<Given>) = self.files().into_iter().partition(|file| file.is_changed);
        let repo = Repo::new(&[]);
        repo.git(&["checkout", "--quiet", "-b", "main"]);
        for file in &base {
            repo.write(&file.path, &file.bytes);
        }
        commit(&repo);
        if !changed.is_empty() {
            repo.git(&["checkout", "--quiet", "-b", "topic"]);
            for file in &changed {
                repo.write(&file.path, &file.bytes);
            }
            commit(&repo);
        }
        repo
    }

    fn run(&self, repo: &Repo, more: &[&str]) -> Run {
        let arguments = self.arguments.iter().map(String::as_str);
        repo.run(&arguments.chain(["--today", "2027-01-01"]).chain(more.iter().copied()).collect::<Vec<&str>>())
    }

    /// What the binary says by the case's rule.
    fn says(&self, repo: &Repo) -> String {
        let run = self.run(repo, &[]);
        let head = format!("[{} ", self.code);
        let findings = run.stdout.split("\n\n").filter(|finding| finding.lines().next().unwrap_or("").contains(&head));
        let said = findings.collect::<Vec<&str>>().join("\n\n");
        assert!(!said.is_empty(), "{} says nothing:\n{}{}", self.code, run.stdout, run.stderr);
        said.trim_end_matches('\n').to_owned() + "\n"
    }
}

fn place(code: &str) -> PathBuf {
    project().join(format!("tests/diagnostics/{code}.txt"))
}

/// A commit with the same name wherever and whenever it is made.
fn commit(repo: &Repo) {
    repo.git(&["add", "--all"]);
    let mut git = Command::new("git");
    quiet_git(&mut git).current_dir(repo.path()).args(["commit", "--quiet", "--message", "Change"]);
    for who in ["AUTHOR", "COMMITTER"] {
        git.env(format!("GIT_{who}_NAME"), "t").env(format!("GIT_{who}_EMAIL"), "t@example.com");
        git.env(format!("GIT_{who}_DATE"), "2027-01-01T00:00:00Z");
    }
    let run = finish(git, b"");
    assert_eq!(run.code, 0, "{}", run.stderr);
}

fn writes() -> bool {
    std::env::var_os("MLOPS_LINT_WRITE_DIAGNOSTICS").is_some()
}

#[test]
fn every_rule_says_what_its_case_shows() {
    for case in Case::all() {
        let says = case.says(&case.repo());
        if writes() {
            std::fs::write(place(case.code), format!("{}{says}", case.given)).unwrap();
        } else {
            assert_eq!(case.printed, says, "{}", case.code);
        }
    }
}

#[test]
fn every_case_is_of_a_rule() {
    let codes: BTreeSet<&str> = rules::all().map(|meta| meta.code).collect();
    for entry in std::fs::read_dir(project().join("tests/diagnostics")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(name.strip_suffix(".txt").is_some_and(|code| codes.contains(code)), "{name} is no rule's case");
    }
}

/// The page of the rules as the binary prints it, with what each says on its case.
fn page() -> String {
    let printed = Repo::new(&[("a", "")]).run(&["rules", "--format", "markdown"]).stdout;
    let mut sections = printed.split("\n## ");
    let mut page = sections.next().unwrap().to_owned();
    for section in sections {
        let case = Case::read(rules::find(section.split(' ').next().unwrap()).unwrap().code);
        let (said, command) = (case.printed.trim_end(), case.arguments.join(" "));
        let section = section.trim_end();
        let _ = write!(page, "\n## {section}\n\n### What it says\n\n`mlops-lint {command}`:\n\n```text\n{said}\n```\n");
    }
    page
}

#[test]
fn the_page_holds_every_rule_and_what_it_says() {
    let (page, place) = (page(), project().join("docs/rules.md"));
    if writes() {
        std::fs::write(&place, &page).unwrap();
    }
    let held = std::fs::read_to_string(place).unwrap_or_default();
    assert!(page == held, "write it anew: MLOPS_LINT_WRITE_DIAGNOSTICS=1 cargo test --test diagnostics");
    for meta in rules::all() {
        let (_, anchor) = meta.url().split_once("docs/rules.md#").map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
        assert!(page.contains(&format!("\n## {} {}\n", meta.code, meta.slug)));
        assert_eq!(anchor, format!("{} {}", meta.code, meta.slug).to_lowercase().replace(' ', "-"));
    }
}

/// Rules whose help is no line of CODEOWNERS to write, or one that waits for a name: nothing to apply.
const NOT_A_LINE: [&str; 18] = [
    "MLO101", "MLO104", "MLO111", "MLO117", "MLO118", "MLO121", "MLO122", "MLO123", "MLO202", "MLO304", "MLO310",
    "MLO401", "MLO402", "MLO501", "MLO502", "MLO503", "MLO505", "MLO506",
];

/// CODEOWNERS after what the help says; `None` where it names no line to write.
fn applied(text: &str, at: usize, help: &str) -> Option<String> {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let mut said = help.lines();
    let head = said.next().unwrap();
    let new: Vec<String> = said.take_while(|line| line.starts_with("    ")).map(|line| line[4..].to_owned()).collect();
    let number = |words: &str| -> Option<usize> {
        let rest = head.split_once(words)?.1;
        rest.split(|character: char| !character.is_ascii_digit()).next()?.parse().ok()
    };
    let in_place = ["put ", "escape ", "to leave ", "write one entry", "did you mean", "an owner is"];
    if let (true, Some(line), Some(below)) =
        (head.starts_with("move line "), number("move line "), number("below line "))
    {
        let moved = lines[line - 1].clone();
        lines.insert(below, moved);
        lines.remove(line - 1);
    } else if let Some(line) = number("delete line ") {
        lines.remove(line - 1);
    } else if head.starts_with("delete the comment") {
        lines.remove(at - 1);
    } else if let Some(prefix) = head.strip_prefix("delete `").and_then(|rest| rest.split('`').next()) {
        lines = lines.iter().map(|line| line.replacen(prefix, "", 1)).collect();
    } else if new.is_empty() {
        return None;
    } else if let Some(line) = number("all on line ") {
        lines[line - 1].clone_from(&new[0]);
        lines.remove(at - 1);
    } else if let Some(line) = number("on line ") {
        lines.splice(line - 1..line, new);
    } else if let Some(line) = number("below line ") {
        lines.splice(line..line, new);
    } else if let Some(line) = number("above line ") {
        lines.splice(line - 1..line - 1, new);
    } else if in_place.iter().any(|start| head.starts_with(start)) {
        lines.splice(at - 1..at, new);
    } else if head.contains("write") && head.ends_with(':') {
        lines.extend(new);
    } else {
        return None;
    }
    Some(lines.join("\n") + "\n")
}

#[test]
fn the_line_of_the_help_silences_its_finding_and_makes_no_other() {
    let mut wrong = String::new();
    for case in Case::all().iter().filter(|case| !NOT_A_LINE.contains(&case.code)) {
        let repo = case.repo();
        let report = |more: &[&str]| case.run(&repo, more).json();
        let before = report(&["--format", "json"]);
        let of_rule = |finding: &&serde_json::Value| finding["rule"] == case.code;
        let finding = before["findings"].as_array().unwrap().iter().find(of_rule).unwrap();
        let places = finding["places"].as_array().unwrap();
        let file = places.iter().filter_map(|place| place["path"].as_str()).find(|path| path.ends_with("CODEOWNERS"));
        let file = file.unwrap_or(".github/CODEOWNERS").to_owned();
        let at = usize::try_from(places[0]["start"]["line"].as_u64().unwrap_or(1)).unwrap();
        let text = std::fs::read_to_string(repo.path().join(&file)).unwrap();
        let help = finding["help"].as_str().unwrap();
        let repaired = applied(&text, at, help).unwrap_or_else(|| panic!("{}: no line in {help}", case.code));
        repo.write(&file, repaired.as_bytes());
        let after = report(&["--format", "json"]);
        let codes = |report: &serde_json::Value| -> Vec<String> {
            let findings = report["findings"].as_array().unwrap().iter();
            findings.map(|finding| finding["rule"].as_str().unwrap().to_owned()).collect()
        };
        let (before, after) = (codes(&before), codes(&after));
        let is_told = after.iter().any(|code| code == case.code);
        let mut new: Vec<&str> = after.iter().filter(|code| !before.contains(code)).map(String::as_str).collect();
        new.dedup();
        let known: Vec<&str> = NEW_ONES.iter().filter(|(code, _)| *code == case.code).map(|(_, new)| *new).collect();
        if is_told || new != known {
            let _ = writeln!(wrong, "{}: still told: {is_told}, new: {new:?}, after\n{repaired}", case.code);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// What a line brings up that the finding hid.
const NEW_ONES: [(&str, &str); 6] = [
    // The files are nobody's then, which is what was written.
    ("MLO103", "MLO204"),
    // It stands for those of all areas, and the line is for what would hurt most.
    ("MLO203", "MLO202"),
    // The line is a part of the change.
    ("MLO205", "MLO505"),
    // Somebody has still to be named in place of the example.
    ("MLO306", "MLO501"),
    ("MLO313", "MLO501"),
    // The line is for files of tomorrow: those of today all have the narrower entry.
    ("MLO315", "MLO106"),
];
