//! SARIF 2.1.0, as GitHub's code scanning takes it.
//!
//! Sources: the OASIS standard, and "SARIF support for code scanning" of GitHub's documentation for what is read and how
//! much of it.

mod form;

use std::collections::HashMap;
use std::fmt::Write as _;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

use self::form::{
    ArtifactLocation, AutomationDetails, BaseIds, Configuration, Driver, Fingerprints, Help, Invocation, Log, Message,
    Notification, PhysicalLocation, RelatedLocation, ResultForm, RuleForm, RuleProperties, Run, SourceRoot, Tool,
};
use super::fingerprint::fingerprint;
use super::json::pretty;
use super::located::{Located, Locator};
use super::prose;
use crate::finding::{Finding, Report, Severity};
use crate::rules::{self, Meta};
use crate::sanitize;

/// Results of a run that GitHub takes; it keeps the first 5,000.
const MOST_RESULTS: usize = 25_000;
/// Bytes of what differs from result to result. GitHub takes 10 MB, compressed: the rest of the file is the same words
/// again and again and comes to little, and text that does not compress at all still has about six bits a byte.
const MOST_TEXT: usize = 11_000_000;
/// Findings that one result tells in full, and related places of each.
const MOST_TOLD: usize = 10;
const MOST_RELATED: usize = 6;
/// Characters of a rule's full description that GitHub takes.
const MOST_DESCRIPTION: usize = 1024;
/// All that is not plainly a part of a path's name.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// The root of the repository, as GitHub and other readers call it.
const ROOT: &str = "%SRCROOT%";

/// One run. Findings of one rule on one line are one result: GitHub would show one of them and drop the rest.
pub fn sarif(report: &Report) -> String {
    let locator = Locator::new(report);
    let mut results = Vec::new();
    let mut text = 0;
    let lines = by_line(report, &locator);
    for (at, findings) in &lines {
        let result = result(at, findings, &locator);
        text += result.text_bytes();
        if results.len() == MOST_RESULTS || text > MOST_TEXT {
            break;
        }
        results.push(result);
    }
    let told: usize = lines.iter().take(results.len()).map(|(_, findings)| findings.len()).sum();
    pretty(&Log {
        schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        version: "2.1.0",
        runs: [Run {
            tool: Tool { driver: driver() },
            automation_details: AutomationDetails { id: "mlops-lint/" },
            original_uri_base_ids: BaseIds {
                root: SourceRoot { description: Message::new("The root of the repository.") },
            },
            column_kind: "unicodeCodePoints",
            invocations: [Invocation {
                execution_successful: true,
                notifications: notifications(report, report.findings.len() - told),
            }],
            results,
        }],
    })
}

/// The findings by rule and line, in the order of the first of each.
fn by_line<'r>(report: &'r Report, locator: &Locator<'_>) -> Vec<(Located, Vec<&'r Finding>)> {
    let mut places: HashMap<(&str, Vec<u8>, usize), usize> = HashMap::new();
    let mut lines: Vec<(Located, Vec<&Finding>)> = Vec::new();
    for finding in &report.findings {
        let at = locator.primary(finding);
        let place = *places.entry((finding.rule.code, at.path.clone(), at.line())).or_insert_with(|| {
            lines.push((at, Vec::new()));
            lines.len() - 1
        });
        lines[place].1.push(finding);
    }
    lines
}

fn result(at: &Located, findings: &[&Finding], locator: &Locator<'_>) -> ResultForm {
    let mut blocks: Vec<String> = Vec::new();
    let mut related_locations = Vec::new();
    for finding in findings.iter().take(MOST_TOLD) {
        let mut lines = vec![prose::message(finding)];
        lines.extend(prose::details(finding));
        let mut block = without_links(&lines.join("\n"));
        for (place, label) in locator.related(finding, at).take(MOST_RELATED) {
            let id = related_locations.len() + 1;
            let name = format!("{}:{}", sanitize::bytes(&place.path), place.line());
            // GitHub shows a related place where the message links to it.
            let label = without_links(&prose::line(label));
            let _ = write!(block, "\n[{}]({id})", escaped(&name));
            if !label.is_empty() {
                let _ = write!(block, ": {label}");
            }
            related_locations.push(RelatedLocation {
                id,
                physical_location: physical(&place),
                message: Message::new(label),
            });
        }
        blocks.push(block);
    }
    if findings.len() > MOST_TOLD {
        blocks.push(format!("… and {} more of this rule on this line", findings.len() - MOST_TOLD));
    }
    let rule = findings[0].rule.code;
    ResultForm {
        rule_id: rule,
        rule_index: rules::all().position(|meta| meta.code == rule),
        level: level(findings.iter().map(|finding| finding.severity).max().unwrap_or(Severity::Warning)),
        message: Message::new(blocks.join("\n\n")),
        locations: [form::Location { physical_location: physical(at) }],
        related_locations,
        partial_fingerprints: Fingerprints { v1: fingerprint(findings.iter().copied()) },
    }
}

fn physical(at: &Located) -> PhysicalLocation {
    let uri = percent_encode(&at.path, PATH).to_string();
    // A region is demanded of whole files too; the empty one before the first character is in every file.
    let [start, end] =
        at.region.map_or([(1, 1); 2], |region| [region.start, region.end].map(|point| (point.line, point.column)));
    PhysicalLocation {
        artifact_location: ArtifactLocation { uri, uri_base_id: ROOT },
        region: form::Region { start_line: start.0, start_column: start.1, end_line: end.0, end_column: end.1 },
    }
}

/// Text in which no `[words](destination)` is read as a link.
fn without_links(text: &str) -> String {
    if text.contains("](") { escaped(text) } else { text.to_owned() }
}

/// Text in which brackets are nothing but brackets.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]")
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn driver() -> Driver {
    let repository = env!("CARGO_PKG_REPOSITORY");
    Driver {
        name: env!("CARGO_PKG_NAME"),
        version: env!("CARGO_PKG_VERSION"),
        semantic_version: env!("CARGO_PKG_VERSION"),
        information_uri: (!repository.is_empty()).then_some(repository),
        rules: rules::all().map(rule).collect(),
    }
}

fn rule(meta: &'static Meta) -> RuleForm {
    let severity = meta.severity.unwrap_or(Severity::Info);
    RuleForm {
        id: meta.code,
        name: meta.slug,
        short_description: Message::new(meta.summary),
        full_description: Message::new(description(meta)),
        help_uri: meta.url(),
        help: Help { text: meta.docs, markdown: meta.docs },
        default_configuration: Configuration { enabled: meta.severity.is_some(), level: level(severity) },
        properties: RuleProperties {
            tags: ["mlops", "codeowners", family(meta.code)],
            precision: "high",
            problem_severity: match severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Info => "recommendation",
            },
        },
    }
}

/// What the first digit of a code says.
fn family(code: &str) -> &'static str {
    match code.as_bytes().get(3) {
        Some(b'1') => "correctness",
        Some(b'2') => "coverage",
        Some(b'3') => "roles",
        Some(b'4') => "hygiene",
        _ => "policy",
    }
}

/// The first section of a rule's documentation, on one line.
fn description(meta: &Meta) -> String {
    let section = meta.docs.split("## ").nth(1).unwrap_or_default();
    let words: Vec<&str> = section.lines().skip(1).flat_map(str::split_whitespace).collect();
    let mut text = String::new();
    for word in words {
        if text.chars().count() + word.chars().count() + 2 > MOST_DESCRIPTION {
            text.push('…');
            break;
        }
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(word);
    }
    if text.is_empty() { meta.summary.to_owned() } else { text }
}

/// What must be said aloud about the run: what was looked at, remarks, and how many findings are not among the results.
fn notifications(report: &Report, cut: usize) -> Vec<Notification> {
    let note = |text: String| Notification { level: "note", message: Message::new(text) };
    let mut notifications = vec![note(super::human::looked_at(&report.summary))];
    notifications.extend(report.summary.remarks.iter().map(|remark| note(prose::line(remark))));
    if cut > 0 {
        notifications.push(Notification {
            level: "warning",
            message: Message::new(format!(
                "{cut} of {} findings are not among the results: GitHub takes {MOST_RESULTS} results and 10 MB. The \
                 worst were kept; `--format json` has them all.",
                report.findings.len()
            )),
        });
    }
    notifications
}

#[cfg(test)]
mod tests;
