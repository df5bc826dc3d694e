//! Reviewdog's diagnostic format, in one document.
//!
//! Source: `proto/rdf/reviewdog.proto` of reviewdog.

use bstr::ByteSlice;
use serde::Serialize;

use super::json::pretty;
use super::located::{Located, Locator, Point};
use super::markdown;
use crate::finding::{Report, Severity};

/// Related places of one finding.
const MOST_RELATED: usize = 6;

/// One document. Columns count bytes, from 1. Messages are Markdown in which nobody is mentioned and nothing is a link:
/// reviewdog writes them into comments as they are.
pub fn rdjson(report: &Report) -> String {
    let locator = Locator::new(report);
    let diagnostics = report.findings.iter().map(|finding| {
        let primary = locator.primary(finding);
        let related = locator.related(finding, &primary).take(MOST_RELATED);
        let related = related.map(|(at, label)| Related { message: markdown::inline(label), location: at.into() });
        Diagnostic {
            message: markdown::told(finding),
            severity: severity(finding.severity),
            code: Code { value: finding.rule.code, url: finding.rule.url() },
            related_locations: related.collect(),
            location: primary.into(),
        }
    });
    pretty(&DiagnosticResult {
        source: Source { name: env!("CARGO_PKG_NAME") },
        severity: report.findings.iter().map(|finding| finding.severity).max().map(severity),
        diagnostics: diagnostics.collect(),
    })
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "ERROR",
        Severity::Warning => "WARNING",
        Severity::Info => "INFO",
    }
}

#[derive(Serialize)]
struct DiagnosticResult {
    source: Source,
    #[serde(skip_serializing_if = "Option::is_none")]
    severity: Option<&'static str>,
    diagnostics: Vec<Diagnostic>,
}

#[derive(Serialize)]
struct Source {
    name: &'static str,
}

#[derive(Serialize)]
struct Diagnostic {
    message: String,
    location: Location,
    severity: &'static str,
    code: Code,
    #[serde(rename = "relatedLocations", skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Related>,
}

#[derive(Serialize)]
struct Code {
    value: &'static str,
    url: String,
}

#[derive(Serialize)]
struct Related {
    message: String,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    range: Range,
}

#[derive(Serialize)]
struct Range {
    start: Position,
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<Position>,
}

#[derive(Serialize)]
struct Position {
    line: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
}

impl From<Located> for Location {
    fn from(at: Located) -> Self {
        let position = |point: Point| Position { line: point.line, column: Some(point.byte) };
        let range = match at.region {
            Some(region) => Range { start: position(region.start), end: Some(position(region.end)) },
            // Without a line, reviewdog shows nothing in a review.
            None => Range { start: Position { line: 1, column: None }, end: None },
        };
        Self { path: at.path.to_str_lossy().into_owned(), range }
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::super::example::{report, two_findings};
    use super::*;

    #[test]
    fn the_form_is_this() {
        assert_snapshot!(rdjson(&two_findings()), @r#"
        {
          "source": {
            "name": "mlops-lint"
          },
          "severity": "ERROR",
          "diagnostics": [
            {
              "message": "deployment asks for ml-engineer or mlops-engineer, and `/deploy/` asks neither\n\n12 files: `deploy/kserve/fraud.yaml`, `deploy/kserve/spam.yaml`, `deploy/my chart/Chart.yaml`, … and 9 more\n\nhelp: ask a machine learning engineer too:\n\n```text\n  /deploy/        @acme/data-science @acme/ml-eng\n```\n\nnote: on GitHub each owner of an entry can approve alone",
              "location": {
                "path": ".github/CODEOWNERS",
                "range": {
                  "start": {
                    "line": 6,
                    "column": 17
                  },
                  "end": {
                    "line": 6,
                    "column": 35
                  }
                }
              },
              "severity": "ERROR",
              "code": {
                "value": "MLO301",
                "url": "https://github.com/mlops-lint/mlops-lint/blob/main/docs/rules.md#mlo301-wrong-role"
              },
              "relatedLocations": [
                {
                  "message": "decides for 12 files",
                  "location": {
                    "path": ".github/CODEOWNERS",
                    "range": {
                      "start": {
                        "line": 6,
                        "column": 1
                      },
                      "end": {
                        "line": 6,
                        "column": 9
                      }
                    }
                  }
                },
                {
                  "message": "one of these is accountable",
                  "location": {
                    "path": "mlops-lint.yaml",
                    "range": {
                      "start": {
                        "line": 7,
                        "column": 20
                      },
                      "end": {
                        "line": 7,
                        "column": 49
                      }
                    }
                  }
                }
              ]
            },
            {
              "message": "`/serving/old/` matches no file",
              "location": {
                "path": ".github/CODEOWNERS",
                "range": {
                  "start": {
                    "line": 7,
                    "column": 1
                  },
                  "end": {
                    "line": 7,
                    "column": 14
                  }
                }
              },
              "severity": "WARNING",
              "code": {
                "value": "MLO104",
                "url": "https://github.com/mlops-lint/mlops-lint/blob/main/docs/rules.md#mlo104-dead-entry"
              },
              "relatedLocations": [
                {
                  "message": "moved here",
                  "location": {
                    "path": "serving/v2/service.yaml",
                    "range": {
                      "start": {
                        "line": 1
                      }
                    }
                  }
                }
              ]
            }
          ]
        }
        "#);
    }

    #[test]
    fn without_findings_the_list_is_empty() {
        assert_snapshot!(rdjson(&report("", "")), @r#"
        {
          "source": {
            "name": "mlops-lint"
          },
          "diagnostics": []
        }
        "#);
    }
}
