//! Reports for tests, built by hand: a text, and places found in it by what they say.

use std::collections::BTreeMap;

use crate::codeowners::{Codeowners, Dialect, Section};
use crate::finding::{Cause, FailOn, Finding, Paths, Place, Report, Severity, Source, Subject, Summary, Violation};
use crate::policy::{Origin, PolicyText};
use crate::rules::Meta;
use crate::span::{LineIndex, Span};

pub(super) static WRONG_ROLE: Meta = Meta {
    code: "MLO301",
    slug: "wrong-role",
    summary: "The owners hold none of the roles that the area asks for",
    severity: Some(Severity::Error),
    docs: "",
};

pub(super) static DEAD_ENTRY: Meta = Meta {
    code: "MLO104",
    slug: "dead-entry",
    summary: "An entry matches no file",
    severity: Some(Severity::Warning),
    docs: "",
};

pub(super) const CODEOWNERS: &str = "\
# Owners of the fraud team's models
*               @acme/platform

/data/          @acme/data-eng
/models/        @acme/data-science
/deploy/        @acme/data-science  # until March
/serving/old/   @acme/ml-eng
";

pub(super) const POLICY: &str = "\
version: 1
roles:
  ml-engineer: { owners: [\"@acme/ml-eng\"] }
areas:
  deployment:
    ownership:
      accountable: [ml-engineer, mlops-engineer]
";

/// A report on `codeowners` and `policy`, without findings.
pub(super) fn report(codeowners: impl Into<Vec<u8>>, policy: &str) -> Report {
    let text = codeowners.into();
    Report {
        codeowners: Some(Codeowners {
            path: ".github/CODEOWNERS".to_owned(),
            lines: LineIndex::new(&text),
            text,
            dialect: Dialect::GitHub,
            sections: vec![Section::default()],
            entries: Vec::new(),
            comments: Vec::new(),
        }),
        policy_texts: vec![PolicyText {
            name: "mlops-lint.yaml".to_owned(),
            text: policy.to_owned(),
            lines: LineIndex::new(policy.as_bytes()),
            builtin: false,
        }],
        files: BTreeMap::new(),
        findings: Vec::new(),
        summary: Summary { files: 4812, artefacts: 131, areas: 9, entries: 5, ..Summary::default() },
        fail_on: FailOn::At(Severity::Error),
    }
}

/// A finding without places.
pub(super) fn finding(rule: &'static Meta, message: &str) -> Finding {
    Finding {
        rule,
        severity: rule.severity.unwrap(),
        message: message.to_owned(),
        places: Vec::new(),
        area: None,
        paths: Paths::default(),
        help: None,
        note: None,
        violations: Vec::new(),
    }
}

/// Where `wanted` first stands in `text`.
pub(super) fn span_of(text: &str, wanted: &str) -> Span {
    let start = text.find(wanted).unwrap();
    Span::new(start, start + wanted.len())
}

pub(super) fn in_codeowners(wanted: &str, label: &str) -> Place {
    Place::codeowners(span_of(CODEOWNERS, wanted), label)
}

pub(super) fn in_policy(wanted: &str, label: &str) -> Place {
    Place::policy(Origin { text: 0, span: span_of(POLICY, wanted) }, label)
}

/// Two findings as a small repository would have them.
pub(super) fn two_findings() -> Report {
    let mut report = report(CODEOWNERS, POLICY);
    let deploy = span_of(CODEOWNERS, "/deploy/        @acme/data-science");
    let owner = Span::new(deploy.end - "@acme/data-science".len(), deploy.end);
    let mut wrong =
        finding(&WRONG_ROLE, "deployment asks for ml-engineer or mlops-engineer, and /deploy/ asks neither");
    wrong.places = vec![
        Place::codeowners(owner, "holds data-scientist"),
        in_codeowners("/deploy/", "decides for 12 files"),
        in_policy("[ml-engineer, mlops-engineer]", "one of these is accountable"),
    ];
    wrong.area = Some("deployment".to_owned());
    wrong.paths = Paths {
        count: 12,
        sample: ["deploy/kserve/fraud.yaml", "deploy/kserve/spam.yaml", "deploy/my chart/Chart.yaml"]
            .map(|path| path.as_bytes().to_vec())
            .to_vec(),
    };
    wrong.help =
        Some("ask a machine learning engineer too:\n  /deploy/        @acme/data-science @acme/ml-eng".to_owned());
    wrong.note = Some("on GitHub each owner of an entry can approve alone".to_owned());
    let mut dead = finding(&DEAD_ENTRY, "/serving/old/ matches no file");
    dead.places = vec![
        in_codeowners("/serving/old/", "no such directory"),
        Place { source: Source::File(b"serving/v2/service.yaml".to_vec()), span: None, label: "moved here".to_owned() },
    ];
    let atom = |rule, subject| Violation { rule, subject, cause: Cause::Repository };
    let path = |path: &Vec<u8>| atom("MLO301", Subject::Path(path.clone()));
    wrong.violations = wrong.paths.sample.iter().map(path).collect();
    dead.violations = vec![atom(
        "MLO104",
        Subject::Entry { pattern: "/serving/old/".to_owned(), section: String::new(), ordinal: 0 },
    )];
    report.findings = vec![wrong, dead];
    report.summary = Summary {
        ownerless: 1,
        excluded: 14,
        not_checked: vec![("symbolic links".to_owned(), 2)],
        not_decided: 1,
        remarks: vec!["The policy is builtin:ml-team: no mlops-lint.yaml was found.".to_owned()],
        ..report.summary
    };
    report
}
