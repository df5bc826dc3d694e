//! GitLab's Code Quality report.
//!
//! Source: <https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>

use std::collections::BTreeMap;

use bstr::ByteSlice;
use serde::Serialize;

use super::fingerprint::fingerprint;
use super::json::pretty;
use super::located::Locator;
use super::prose;
use crate::finding::{Report, Severity};

/// One array, an object a finding.
pub fn gitlab(report: &Report) -> String {
    let locator = Locator::new(report);
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let issues: Vec<Issue> = report
        .findings
        .iter()
        .map(|finding| {
            let at = locator.primary(finding);
            let mut fingerprint = fingerprint([finding]);
            // GitLab shows one of those that have the same.
            let earlier = seen.entry(fingerprint.clone()).or_default();
            if *earlier > 0 {
                fingerprint = format!("{fingerprint}-{earlier}");
            }
            *earlier += 1;
            Issue {
                // All that the widget shows.
                description: format!("{}: {}", prose::title(finding), prose::message(finding)),
                check_name: finding.rule.code,
                fingerprint,
                severity: match finding.severity {
                    Severity::Error => "major",
                    Severity::Warning => "minor",
                    Severity::Info => "info",
                },
                location: Location { path: at.path.to_str_lossy().into_owned(), lines: Lines { begin: at.line() } },
            }
        })
        .collect();
    pretty(&issues)
}

#[derive(Serialize)]
struct Issue {
    description: String,
    check_name: &'static str,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use serde_json::Value;

    use super::super::example::{report, two_findings};
    use super::*;

    #[test]
    fn the_form_is_this() {
        let mut report = two_findings();
        report.findings.truncate(1);
        assert_snapshot!(gitlab(&report), @r#"
        [
          {
            "description": "MLO301 wrong-role: deployment asks for ml-engineer or mlops-engineer, and /deploy/ asks neither",
            "check_name": "MLO301",
            "fingerprint": "243855fb4b5619683db43578811821475cf8d26628fa428e025751f4e567292f",
            "severity": "major",
            "location": {
              "path": ".github/CODEOWNERS",
              "lines": {
                "begin": 6
              }
            }
          }
        ]
        "#);
    }

    #[test]
    fn without_findings_it_is_an_empty_array() {
        assert_eq!(gitlab(&report("", "")), "[]\n");
    }

    #[test]
    fn no_two_have_the_same_fingerprint() {
        let mut report = two_findings();
        report.findings.extend(two_findings().findings);
        let issues: Vec<Value> = serde_json::from_str(&gitlab(&report)).unwrap();
        let fingerprints: std::collections::BTreeSet<_> =
            issues.iter().map(|issue| issue["fingerprint"].as_str().unwrap()).collect();
        assert_eq!(fingerprints.len(), 4);
    }
}
