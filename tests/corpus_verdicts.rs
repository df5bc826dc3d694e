//! What was judged, by hand, of all that is said of real repositories.
//!
//! `corpus/verdicts.tsv` has a line for each violation that is found in them: the run, the rule, the subject as a baseline
//! keys it, the verdict, and a few words why where it is not plain. A run is a repository by its folder, or `FOLDER+roles`:
//! what more is said of it with a map of roles (its own `rolemap.yaml`, or one of [`MAPS`]; nobody there said who holds
//! what). Verdicts are
//!
//! - `true`: it holds, and an owner could use it;
//! - `noise`: it holds, and an owner would not care;
//! - `false`: it does not hold;
//! - `covered`: it holds, and another rule's finding tells it;
//! - `unread`: nobody has judged it yet, which fails the test.
//!
//! After a change of rules or kinds the test prints what is new and what is gone. `MLOPS_LINT_UPDATE_VERDICTS=1` writes the
//! file again: verdicts stay with their violations, new ones are `unread`. Read each, and say what it is.

#![allow(clippy::unwrap_used, reason = "what a test cannot read fails it")]

mod support;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;
use support::{corpus, project, run_in};

const VERDICTS: [&str; 4] = ["true", "noise", "false", "covered"];

/// Controls: repositories without machine learning.
const CONTROLS: [&str; 3] = ["astral-sh+ruff", "esphome+esphome", "tldr-pages+tldr"];

/// Who might hold which role, where the folder does not say.
const MAPS: [(&str, &str); 2] = [
    (
        "feast-dev+feast",
        "roles:\n  data-engineer: [feast-dev/maintainers, sudohainguyen]\n  ml-engineer: [feast-dev/reviewers-and-approvers]\n\
         covered_by: { data-scientist: ml-engineer, mlops-engineer: ml-engineer }\n",
    ),
    (
        "openvinotoolkit+anomalib",
        "roles:\n  data-engineer: [djdameln]\n  data-scientist: [djdameln, ashwinvaidya17]\n  ml-engineer: [samet-akcay]\n  \
         mlops-engineer: [ashwinvaidya17]\n",
    ),
];

/// Run, rule and subject.
type Key = (String, String, String);
/// Verdict, and why.
type Judgement = (String, String);

/// The violations of a folder, as `mlops-lint baseline` keeps them: rule and subject.
fn violations(folder: &Path, policy: Option<&Path>) -> Vec<(String, String)> {
    let out = tempfile::tempdir().unwrap();
    let file = out.path().join("baseline.json").to_string_lossy().into_owned();
    let policy = policy.map(|policy| policy.to_string_lossy().into_owned());
    let mut arguments = vec!["baseline", "--output", &file];
    arguments.extend(bare(folder));
    arguments.extend(policy.iter().flat_map(|policy| ["--policy", policy]));
    let run = run_in(folder, &arguments, b"");
    assert_eq!(run.code, 0, "{}: {}", folder.display(), run.stderr);
    let baseline: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    baseline["atoms"]
        .as_array()
        .unwrap()
        .iter()
        .map(|atom| (atom["rule"].as_str().unwrap().to_owned(), subject(atom)))
        .collect()
}

fn bare(folder: &Path) -> Vec<&'static str> {
    let mut arguments = vec!["--files-from", "files.txt"];
    if folder.join("CODEOWNERS").is_file() {
        arguments.extend(["--codeowners", "CODEOWNERS"]);
    }
    arguments
}

fn subject(atom: &Value) -> String {
    let word = |key: &str| atom[key].as_str();
    let subject = if let Some(entry) = word("entry") {
        let ordinal = atom["ordinal"].as_u64().map(|ordinal| format!(" #{ordinal}")).unwrap_or_default();
        format!("entry {}{entry}{ordinal}", word("section").map(|section| format!("[{section}] ")).unwrap_or_default())
    } else {
        let kind =
            ["path", "path_bytes", "policy", "repository"].into_iter().find(|kind| word(kind).is_some()).unwrap();
        format!("{kind} {}", word(kind).unwrap())
    };
    subject.trim_end().escape_debug().to_string()
}

/// All that is said today, in order.
fn today() -> Vec<Key> {
    let mut keys = Vec::new();
    for folder in corpus() {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let plain = violations(&folder, None);
        let out = tempfile::tempdir().unwrap();
        let own = folder.join("rolemap.yaml");
        let map = match MAPS.iter().find(|(of, _)| *of == name) {
            Some((_, text)) => {
                let file = out.path().join("roles.yaml");
                std::fs::write(&file, text).unwrap();
                Some(file)
            }
            None => own.is_file().then_some(own),
        };
        let with_roles = map.map_or_else(Vec::new, |map| {
            let policy = out.path().join("mlops-lint.yaml");
            let (map, written) = (map.to_string_lossy().into_owned(), policy.to_string_lossy().into_owned());
            let mut arguments = vec!["init", "--roles", &map, "--output", &written];
            arguments.extend(bare(&folder));
            let run = run_in(&folder, &arguments, b"");
            assert_eq!(run.code, 0, "{name}: {}", run.stderr);
            violations(&folder, Some(&policy))
        });
        let more = with_roles.into_iter().filter(|violation| !plain.contains(violation)).collect::<Vec<_>>();
        for (run, violations) in [(name.clone(), plain), (format!("{name}+roles"), more)] {
            keys.extend(violations.into_iter().map(|(rule, subject)| (run.clone(), rule, subject)));
        }
    }
    keys.sort();
    keys
}

fn read(text: &str) -> BTreeMap<Key, Judgement> {
    let mut judged = BTreeMap::new();
    for line in text.lines().skip(1) {
        let mut fields = line.split('\t').map(str::to_owned);
        let mut next = || fields.next().unwrap_or_default();
        let key = (next(), next(), next());
        let judgement = (next(), next());
        assert!(judged.insert(key, judgement).is_none(), "judged twice: {line}");
    }
    judged
}

fn write(judged: &BTreeMap<Key, Judgement>) -> String {
    let mut text = "run\trule\tsubject\tverdict\twhy\n".to_owned();
    for ((run, rule, subject), (verdict, why)) in judged {
        let line = format!("{run}\t{rule}\t{subject}\t{verdict}\t{why}");
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

fn told(keys: &[&Key]) -> String {
    const MOST: usize = 40;
    let lines = keys.iter().take(MOST).map(|(run, rule, subject)| format!("  {run} {rule} {subject}\n"));
    let more = keys.len().saturating_sub(MOST);
    lines.collect::<String>() + &if more > 0 { format!("  … and {more} more\n") } else { String::new() }
}

#[test]
fn every_violation_of_the_corpus_was_read() {
    if corpus().is_empty() {
        return;
    }
    let file = project().join("tests/corpus/verdicts.tsv");
    let judged = read(&std::fs::read_to_string(&file).unwrap_or_default());
    let today = today();
    if std::env::var_os("MLOPS_LINT_UPDATE_VERDICTS").is_some_and(|value| value == "1") {
        let unread = || ("unread".to_owned(), String::new());
        let kept = today.iter().map(|key| (key.clone(), judged.get(key).cloned().unwrap_or_else(unread)));
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, write(&kept.collect())).unwrap();
        return;
    }
    let new: Vec<&Key> = today.iter().filter(|key| !judged.contains_key(*key)).collect();
    let gone: Vec<&Key> = judged.keys().filter(|key| today.binary_search(key).is_err()).collect();
    assert!(
        new.is_empty() && gone.is_empty(),
        "{} new:\n{}{} gone:\n{}MLOPS_LINT_UPDATE_VERDICTS=1 cargo test --test corpus_verdicts writes the file again; then judge what is unread",
        new.len(),
        told(&new),
        gone.len(),
        told(&gone)
    );
}

#[test]
fn every_verdict_is_one() {
    let text = std::fs::read_to_string(project().join("tests/corpus/verdicts.tsv")).unwrap();
    let judged = read(&text);
    let unread: Vec<&Key> =
        judged.iter().filter(|(_, (verdict, _))| !VERDICTS.contains(&verdict.as_str())).map(|(key, _)| key).collect();
    assert!(unread.is_empty(), "{} without a verdict ({}):\n{}", unread.len(), VERDICTS.join(", "), told(&unread));
    assert_eq!(write(&judged), text, "the lines are in order, each with its five fields");
}

#[test]
fn no_rule_has_more_than_one_false_in_ten_and_controls_have_none() {
    let judged = read(&std::fs::read_to_string(project().join("tests/corpus/verdicts.tsv")).unwrap());
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for ((run, rule, subject), (verdict, _)) in &judged {
        let (all, wrong) = counts.entry(rule).or_default();
        *all += 1;
        if verdict == "false" {
            *wrong += 1;
            assert!(!CONTROLS.contains(&run.as_str()), "{run} {rule} {subject}");
        }
    }
    for (rule, (all, wrong)) in counts {
        assert!(wrong * 10 <= all, "{rule}: {wrong} of {all} are false");
    }
}
