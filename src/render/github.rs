//! Annotations of GitHub Actions: workflow commands that a step prints.
//!
//! Source: "Workflow commands for GitHub Actions", and `ActionCommand.cs` of the runner for what it unescapes.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::draw::count;
use super::human::closing;
use super::located::{Located, Locator};
use super::options::HumanOptions;
use super::prose;
use crate::finding::{Finding, Report, Severity};
use crate::sanitize;

/// Annotations of one severity that GitHub shows of a step; what comes later is dropped without a word.
const MOST: usize = 10;

/// One command a finding, the worst first and as many as GitHub shows, then a notice of how many there are besides.
/// What was looked at ends the step's log.
pub fn github(report: &Report) -> String {
    let locator = Locator::new(report);
    let severities = [Severity::Error, Severity::Warning, Severity::Info];
    let cut = severities.iter().any(|&severity| report.count(severity) > MOST);
    let mut out = String::new();
    let mut shown: BTreeMap<Severity, usize> = BTreeMap::new();
    let mut more = 0;
    for finding in &report.findings {
        // The last notice is the one that tells of the rest.
        let most = if cut && finding.severity == Severity::Info { MOST - 1 } else { MOST };
        let shown = shown.entry(finding.severity).or_default();
        if *shown < most {
            *shown += 1;
            annotation(finding, &locator.primary(finding), &mut out);
        } else {
            more += 1;
        }
    }
    if cut {
        let _ = writeln!(
            out,
            "::notice title=mlops-lint::{}: GitHub shows {MOST} of a severity. The step's summary has \
             room for more (--format markdown=$GITHUB_STEP_SUMMARY), --format json has them all.",
            count(more, "more finding", "more findings")
        );
    }
    let mut log = String::new();
    closing(report, &HumanOptions::default(), &mut log);
    out.push_str(&sanitize::github_safe(&log));
    out
}

fn annotation(finding: &Finding, at: &Located, out: &mut String) {
    let command = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    };
    let _ = write!(out, "::{command} file={}", property(&sanitize::bytes(&at.path)));
    if let Some(region) = at.region {
        let _ = write!(out, ",line={},endLine={}", region.start.line, region.end.line);
        if region.start.line == region.end.line {
            let _ = write!(out, ",col={},endColumn={}", region.start.column, region.end.column);
        }
    }
    let mut text = prose::message(finding);
    for line in prose::details(finding) {
        text.push('\n');
        text.push_str(&line);
    }
    let _ = writeln!(out, ",title={}::{}", property(&prose::title(finding)), data(&text));
}

/// Text as the data of a command.
fn data(text: &str) -> String {
    sanitize::github_safe(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Text as a property of a command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::super::example::{DEAD_ENTRY, WRONG_ROLE, finding, in_codeowners, report, two_findings};
    use super::*;
    use crate::finding::Place;
    use crate::span::Span;

    #[test]
    fn a_finding_is_a_command() {
        assert_snapshot!(github(&two_findings()), @r#"
        ::error file=.github/CODEOWNERS,line=6,endLine=6,col=17,endColumn=35,title=MLO301 wrong-role::deployment asks for ml-engineer or mlops-engineer, and /deploy/ asks neither%0A12 files: deploy/kserve/fraud.yaml, deploy/kserve/spam.yaml, "deploy/my chart/Chart.yaml", … and 9 more%0Ahelp: ask a machine learning engineer too:%0A  /deploy/        @acme/data-science @acme/ml-eng%0Anote: on GitHub each owner of an entry can approve alone
        ::warning file=.github/CODEOWNERS,line=7,endLine=7,col=1,endColumn=14,title=MLO104 dead-entry::/serving/old/ matches no file
        2 findings: 1 error, 1 warning
        Checked 4812 files: 131 artefacts in 9 areas, 5 CODEOWNERS entries; 1 ownerless, 14 excluded, 2 not
          checked (symbolic links), 1 question not decided
        The policy is builtin:ml-team: no mlops-lint.yaml was found.
        "#);
    }

    #[test]
    fn without_findings_there_is_no_command() {
        assert_snapshot!(github(&report("", "")), @r"
        No findings
        Checked 4812 files: 131 artefacts in 9 areas, 5 CODEOWNERS entries
        ");
    }

    #[test]
    fn what_ends_a_value_is_escaped() {
        let mut report = report("a\nb\n", "");
        let mut only = finding(&WRONG_ROLE, "50% of\n::error::x ##[error]y");
        only.places = vec![Place::file(b"a,b:c%0A\nd.yaml", "")];
        report.findings.push(only);
        let out = github(&report);
        let command = out.lines().next().unwrap();
        assert_eq!(
            command,
            "::error file=a%2Cb%3Ac%250A␊d.yaml,title=MLO301 wrong-role::50%25 of␊::error::x ##⁅error]y"
        );
    }

    #[test]
    fn columns_are_told_of_one_line_only() {
        let mut report = report("/a @x\n/b @x\n", "");
        let mut only = finding(&WRONG_ROLE, "m");
        only.places = vec![Place::codeowners(Span::new(0, 8), "")];
        report.findings.push(only);
        assert!(github(&report).starts_with("::error file=.github/CODEOWNERS,line=1,endLine=2,title="));
    }

    #[test]
    fn no_more_commands_than_github_shows_and_the_rest_is_counted() {
        let mut report = two_findings();
        report.findings.clear();
        for rule in [&WRONG_ROLE, &DEAD_ENTRY] {
            for _ in 0..12 {
                let mut one = finding(rule, "m");
                one.places = vec![in_codeowners("/deploy/", "")];
                report.findings.push(one);
            }
        }
        for _ in 0..10 {
            report.findings.push(Finding { severity: Severity::Info, ..report.findings[20].clone() });
        }
        let out = github(&report);
        let count = |command: &str| out.lines().filter(|line| line.starts_with(command)).count();
        assert_eq!([count("::error "), count("::warning "), count("::notice ")], [10, 10, 10]);
        assert!(out.contains("::notice title=mlops-lint::5 more findings: "), "{out}");
        report.findings.retain(|finding| finding.severity == Severity::Info);
        assert!(!github(&report).contains("more findings"), "ten notices are all of them");
    }
}
