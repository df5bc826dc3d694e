//! A report to text, in every format.
//!
//! `cargo bench --bench render`. A run seldom has more than some dozen findings, but a first run on an old repository
//! may have a thousand.

#![allow(clippy::unwrap_used, reason = "a benchmark stops where it cannot measure")]

mod support;

use criterion::Throughput;
use mlops_lint::codeowners::{Dialect, parse};
use mlops_lint::finding::{FailOn, Finding, Paths, Place, Report, Severity, Summary};
use mlops_lint::render::{Format, HumanOptions};
use mlops_lint::rules;
use support::{Repository, Style};

fn main() {
    let mut criterion = support::criterion();
    for findings in [10, 1_000] {
        let report = report(findings);
        let mut group = criterion.benchmark_group(format!("render/{findings} findings"));
        group.throughput(Throughput::Elements(findings as u64));
        for (name, format) in Format::ALL {
            group.bench_function(name, |bencher| bencher.iter(|| format.render(&report, &HumanOptions::default())));
        }
        group.finish();
    }
    criterion.final_summary();
}

/// So many entries that match no file, each told at its own place in a file of twice as many.
fn report(findings: usize) -> Report {
    let repository = Repository::new(Style::Directories, 1_000, 2 * findings);
    let codeowners = parse(".github/CODEOWNERS", repository.codeowners.into_bytes(), Dialect::GitHub);
    let rule = rules::all().find(|rule| rule.code == "MLO104").unwrap();
    let tell = |(at, entry): (usize, &mlops_lint::codeowners::Entry)| Finding {
        rule,
        severity: Severity::Warning,
        message: format!("`{}` matches no file", entry.pattern_text),
        places: vec![
            Place::codeowners(entry.pattern_span, "nothing here"),
            Place::file(format!("moved/to/{at}/service.yaml").as_bytes(), "moved here"),
        ],
        area: Some("serving".to_owned()),
        paths: Paths::new([&b"serving/a.yaml"[..], b"serving/b.yaml", b"serving/c.yaml"]),
        help: Some(format!("write where it is today:\n    /moved{} @acme/serving", entry.pattern_text)),
        note: None,
        violations: Vec::new(),
    };
    let findings = codeowners.entries.iter().enumerate().step_by(2).map(tell).collect();
    let summary = Summary { files: 1_000, entries: codeowners.entries.len(), ..Summary::default() };
    let fail_on = FailOn::At(Severity::Error);
    Report {
        codeowners: Some(codeowners),
        policy_texts: Vec::new(),
        files: std::collections::BTreeMap::new(),
        findings,
        summary,
        fail_on,
    }
}
