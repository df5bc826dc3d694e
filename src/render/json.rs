//! The public, versioned JSON form of a report.
//!
//! Texts stand as they are, escaped by JSON's own means so far that a terminal shows nothing it would act on.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, Write};

use bstr::ByteSlice;
use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter};

use super::texts::Texts;
use crate::finding::{Finding, Place, Report, Severity};
use crate::sanitize;

/// The version of the form. It grows when a reader of the old form would be wrong, not when a field is added.
const VERSION: u32 = 1;

/// One document, indented, with a line feed at its end.
///
/// Lines and columns start at 1 and columns count code points, `offset` counts bytes from 0, ends are exclusive. A place
/// without `start` and `end` (`null`) means the whole file. A path that is not UTF-8 stands decoded lossily, beside its
/// bytes as lower-case hexadecimal digits (`path_bytes`; `sample_bytes`, where any path of the sample needs it).
pub fn json(report: &Report) -> String {
    let texts = Texts::new(report);
    let document = Document {
        version: VERSION,
        tool: Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
        summary: summary(report),
        findings: report.findings.iter().map(|finding| self::finding(finding, &texts)).collect(),
    };
    pretty(&document)
}

/// A value on indented lines, in the same safe JSON as the report.
pub(super) fn pretty(value: &impl Serialize) -> String {
    let mut out = Vec::new();
    write(value, PrettyFormatter::new(), &mut out);
    text(out)
}

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    tool: Tool,
    summary: SummaryForm<'a>,
    findings: Vec<FindingForm<'a>>,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
pub(super) struct SummaryForm<'a> {
    files: usize,
    artefacts: usize,
    areas: usize,
    entries: usize,
    findings: Counts,
    ownerless: usize,
    excluded: usize,
    exempt: usize,
    ignored: usize,
    baselined: usize,
    /// Violations of the baseline that are there no more.
    fixed: usize,
    /// The change that was judged, in place of everything.
    changed: Option<ChangedForm<'a>>,
    not_checked: Vec<NotChecked<'a>>,
    not_decided: usize,
    /// How CODEOWNERS was read, and why so.
    dialect: Option<DialectForm>,
    remarks: &'a [String],
    /// Whether a finding is at or above `fail_on`.
    fails: bool,
}

#[derive(Serialize)]
struct ChangedForm<'a> {
    since: &'a str,
    files: usize,
    left_out: usize,
}

#[derive(Serialize)]
struct DialectForm {
    name: &'static str,
    because: String,
}

#[derive(Serialize)]
struct Counts {
    error: usize,
    warning: usize,
    info: usize,
}

#[derive(Serialize)]
struct NotChecked<'a> {
    reason: &'a str,
    count: usize,
}

#[derive(Serialize)]
pub(super) struct FindingForm<'a> {
    rule: &'static str,
    slug: &'static str,
    severity: &'static str,
    message: &'a str,
    places: Vec<PlaceForm<'a>>,
    area: Option<&'a str>,
    paths: PathsForm<'a>,
    help: Option<&'a str>,
    note: Option<&'a str>,
    /// The rule's page.
    url: String,
}

#[derive(Serialize)]
struct PlaceForm<'a> {
    path: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path_bytes: Option<String>,
    start: Option<PositionForm>,
    end: Option<PositionForm>,
    label: &'a str,
    role: &'static str,
}

#[derive(Serialize)]
struct PositionForm {
    line: usize,
    column: usize,
    offset: usize,
}

#[derive(Serialize)]
struct PathsForm<'a> {
    count: usize,
    sample: Vec<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sample_bytes: Option<Vec<Option<String>>>,
}

pub(super) fn summary(report: &Report) -> SummaryForm<'_> {
    let summary = &report.summary;
    let not_checked = summary.not_checked.iter().map(|(reason, count)| NotChecked { reason, count: *count });
    SummaryForm {
        files: summary.files,
        artefacts: summary.artefacts,
        areas: summary.areas,
        entries: summary.entries,
        findings: Counts {
            error: report.count(Severity::Error),
            warning: report.count(Severity::Warning),
            info: report.count(Severity::Info),
        },
        ownerless: summary.ownerless,
        excluded: summary.excluded,
        exempt: summary.exempt,
        ignored: summary.ignored,
        baselined: summary.baselined,
        fixed: summary.fixed,
        changed: summary.compared.as_ref().map(|compared| ChangedForm {
            since: &compared.since,
            files: compared.files,
            left_out: compared.left_out,
        }),
        not_checked: not_checked.collect(),
        not_decided: summary.not_decided,
        dialect: summary
            .dialect
            .as_ref()
            .map(|choice| DialectForm { name: choice.dialect.name(), because: choice.because.to_string() }),
        remarks: &summary.remarks,
        fails: report.fails(),
    }
}

pub(super) fn finding<'a>(finding: &'a Finding, texts: &'a Texts<'a>) -> FindingForm<'a> {
    let sample = &finding.paths.sample;
    let all_utf8 = sample.iter().all(|path| path_bytes(path).is_none());
    FindingForm {
        rule: finding.rule.code,
        slug: finding.rule.slug,
        severity: finding.severity.name(),
        message: &finding.message,
        places: finding.places.iter().enumerate().map(|(at, place)| place_form(place, at == 0, texts)).collect(),
        area: finding.area.as_deref(),
        paths: PathsForm {
            count: finding.paths.count,
            sample: sample.iter().map(|path| path.to_str_lossy()).collect(),
            sample_bytes: (!all_utf8).then(|| sample.iter().map(|path| path_bytes(path)).collect()),
        },
        help: finding.help.as_deref(),
        note: finding.note.as_deref(),
        url: finding.rule.url(),
    }
}

fn place_form<'a>(place: &'a Place, primary: bool, texts: &'a Texts<'a>) -> PlaceForm<'a> {
    let path = texts.name(&place.source);
    let ends = texts.text(&place.source).zip(place.span).map(|(text, span)| {
        let span = text.clamp(span);
        [span.start, span.end].map(|offset| {
            let position = text.position(offset);
            PositionForm { line: position.line, column: position.column, offset }
        })
    });
    let (start, end) = ends.map_or((None, None), |[start, end]| (Some(start), Some(end)));
    PlaceForm {
        path: path.to_str_lossy(),
        path_bytes: path_bytes(path),
        start,
        end,
        label: &place.label,
        role: if primary { "primary" } else { "related" },
    }
}

/// The digits of bytes that are not UTF-8; `None` for those that are.
pub fn path_bytes(bytes: &[u8]) -> Option<String> {
    std::str::from_utf8(bytes).is_err().then(|| {
        bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut digits, byte| {
            let _ = write!(digits, "{byte:02x}");
            digits
        })
    })
}

/// Appends `value` on one line, with a line feed.
pub(super) fn write_line(value: &impl Serialize, out: &mut Vec<u8>) {
    write(value, CompactFormatter, out);
}

fn write(value: &impl Serialize, formatter: impl Formatter, out: &mut Vec<u8>) {
    // Writing to memory cannot fail, and neither can the forms above: no map of theirs has a key that is not a string.
    let written = value.serialize(&mut serde_json::Serializer::with_formatter(&mut *out, Printable(formatter)));
    debug_assert!(written.is_ok(), "a form that JSON has no words for");
    out.push(b'\n');
}

/// A value on a line of its own, in the same safe JSON as the reports.
pub fn json_line(value: &impl Serialize) -> String {
    let mut out = Vec::new();
    write_line(value, &mut out);
    text(out)
}

/// The text of serialised JSON, which is UTF-8.
pub(super) fn text(bytes: Vec<u8>) -> String {
    bstr::ByteVec::into_string_lossy(bytes)
}

/// Another formatter's layout, with strings that a terminal shows as what they are, and that GitHub's runner takes for
/// no command (`##[`): what JSON itself leaves raw is escaped too.
struct Printable<F>(F);

impl<F: Formatter> Formatter for Printable<F> {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        if fragment.is_ascii() && !fragment.contains(['\x7f', '[']) {
            return writer.write_all(fragment.as_bytes());
        }
        let mut written = 0;
        for (at, character) in fragment.char_indices() {
            let command = character == '[' && fragment[..at].ends_with("##");
            if command || sanitize::is_hidden(character) {
                writer.write_all(&fragment.as_bytes()[written..at])?;
                for unit in character.encode_utf16(&mut [0; 2]) {
                    write!(writer, "\\u{unit:04x}")?;
                }
                written = at + character.len_utf8();
            }
        }
        writer.write_all(&fragment.as_bytes()[written..])
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use serde_json::{Value, json as value};

    use super::super::example::{DEAD_ENTRY, finding, report, two_findings};
    use super::*;
    use crate::finding::Source;
    use crate::span::Span;

    fn parsed(report: &Report) -> Value {
        serde_json::from_str(&json(report)).unwrap()
    }

    #[test]
    fn the_form_is_this() {
        let mut report = two_findings();
        report.findings.remove(0);
        assert_snapshot!(json(&report), @r#"
        {
          "version": 1,
          "tool": {
            "name": "mlops-lint",
            "version": "0.1.0"
          },
          "summary": {
            "files": 4812,
            "artefacts": 131,
            "areas": 9,
            "entries": 5,
            "findings": {
              "error": 0,
              "warning": 1,
              "info": 0
            },
            "ownerless": 1,
            "excluded": 14,
            "exempt": 0,
            "ignored": 0,
            "baselined": 0,
            "fixed": 0,
            "changed": null,
            "not_checked": [
              {
                "reason": "symbolic links",
                "count": 2
              }
            ],
            "not_decided": 1,
            "dialect": null,
            "remarks": [
              "The policy is builtin:ml-team: no mlops-lint.yaml was found."
            ],
            "fails": false
          },
          "findings": [
            {
              "rule": "MLO104",
              "slug": "dead-entry",
              "severity": "warning",
              "message": "/serving/old/ matches no file",
              "places": [
                {
                  "path": ".github/CODEOWNERS",
                  "start": {
                    "line": 7,
                    "column": 1,
                    "offset": 184
                  },
                  "end": {
                    "line": 7,
                    "column": 14,
                    "offset": 197
                  },
                  "label": "no such directory",
                  "role": "primary"
                },
                {
                  "path": "serving/v2/service.yaml",
                  "start": null,
                  "end": null,
                  "label": "moved here",
                  "role": "related"
                }
              ],
              "area": null,
              "paths": {
                "count": 0,
                "sample": []
              },
              "help": null,
              "note": null,
              "url": "https://github.com/mlops-lint/mlops-lint/blob/main/docs/rules.md#mlo104-dead-entry"
            }
          ]
        }
        "#);
    }

    #[test]
    fn without_findings_the_list_is_empty() {
        assert_eq!(parsed(&report("", ""))["findings"], value!([]));
        assert!(json(&report("", "")).ends_with("  \"findings\": []\n}\n"));
    }

    #[test]
    fn columns_count_code_points_and_offsets_bytes() {
        let mut report = report("/größe/ @ana\n", "");
        let mut only = finding(&DEAD_ENTRY, "");
        only.places = vec![Place::codeowners(Span::new(10, 14), "")];
        report.findings.push(only);
        let place = &parsed(&report)["findings"][0]["places"][0];
        assert_eq!(place["start"], value!({"line": 1, "column": 9, "offset": 10}));
        assert_eq!(place["end"], value!({"line": 1, "column": 13, "offset": 14}));
    }

    #[test]
    fn bytes_that_are_not_utf8_are_given_beside_their_text() {
        let mut report = report("", "");
        let mut only = finding(&DEAD_ENTRY, "");
        only.places = vec![Place { source: Source::File(b"caf\xe9".to_vec()), span: None, label: String::new() }];
        only.paths.sample = vec![b"a".to_vec(), b"caf\xe9".to_vec()];
        report.findings.push(only);
        let finding = &parsed(&report)["findings"][0];
        assert_eq!(finding["places"][0]["path"], "caf\u{fffd}");
        assert_eq!(finding["places"][0]["path_bytes"], "636166e9");
        assert_eq!(finding["paths"]["sample_bytes"], value!([null, "636166e9"]));
    }

    #[test]
    fn what_a_terminal_would_act_on_is_escaped_and_comes_back() {
        let hostile = "\x1b[31m \x7f \u{9b} \u{202e} \u{2028} \u{feff} \u{e0041} ##[error] größe 模型";
        let mut report = report("", "");
        report.findings.push(finding(&DEAD_ENTRY, hostile));
        let out = json(&report);
        assert!(!out.chars().any(|c| c != '\n' && sanitize::is_hidden(c)));
        assert!(!out.contains("##["));
        assert!(out.contains(r"\u007f \u009b \u202e \u2028 \ufeff \udb40\udc41 ##\u005berror] größe 模型"));
        assert_eq!(parsed(&report)["findings"][0]["message"], hostile);
    }
}
