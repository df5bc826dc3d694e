//! Text for people: every finding drawn, then what was looked at.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use anstyle::Style;

use super::draw::{Drawing, File, Spot, count, finish, listed, paint, severity_style, wrap};
use super::options::HumanOptions;
use super::snippet::ellipsis;
use super::texts::Texts;
use crate::finding::{Finding, Paths, Report, Severity, Summary};
use crate::sanitize;

/// Draws a report for people. The result ends in a line feed and holds no control character but line feeds and, with
/// `color`, the SGR sequences of its own.
pub fn human(report: &Report, options: &HumanOptions) -> String {
    let texts = Texts::new(report);
    let mut out = String::new();
    let mut explained: BTreeSet<&str> = BTreeSet::new();
    for finding in &report.findings {
        // Once a rule: the same line under each of a hundred findings is noise.
        let explain = explained.insert(finding.rule.code);
        drawing(finding, &texts, explain, options).draw(options, &mut out);
        out.push('\n');
    }
    closing(report, options, &mut out);
    finish(out, options)
}

/// How many findings there are, what was looked at, and what must be said aloud.
pub(super) fn closing(report: &Report, options: &HumanOptions, out: &mut String) {
    counts(report, options, out);
    let said = [
        Some(looked_at(&report.summary)),
        compared(&report.summary),
        silenced(&report.summary),
        fixed(&report.summary),
    ];
    for sentence in said.iter().flatten().chain(&report.summary.remarks) {
        for line in wrap(&sanitize::text(sentence), options.width, "", "  ") {
            out.push_str(line.trim_end());
            out.push('\n');
        }
    }
}

/// `explain` adds how to learn more about the rule.
pub(super) fn drawing<'a>(
    finding: &'a Finding,
    texts: &'a Texts<'a>,
    explain: bool,
    options: &HumanOptions,
) -> Drawing<'a> {
    let primary = finding.places.first();
    let files = Texts::by_source(&finding.places).into_iter().map(|(source, places)| File {
        name: texts.name(source),
        text: texts.text(source),
        places: places
            .into_iter()
            .map(|place| Spot {
                span: place.span,
                label: &place.label,
                primary: primary.is_some_and(|primary| std::ptr::eq(primary, place)),
            })
            .collect(),
    });
    let mut rows = Vec::new();
    if let Some(area) = &finding.area {
        rows.push(("area".to_owned(), sanitize::text(area).into_owned()));
    }
    if finding.paths.count > 0 {
        rows.push((count(finding.paths.count, "file", "files"), sample(&finding.paths, options)));
    }
    rows.extend(finding.help.iter().map(|help| ("help".to_owned(), help.clone())));
    rows.extend(finding.note.iter().map(|note| ("note".to_owned(), note.clone())));
    if explain {
        rows.push(("more".to_owned(), format!("mlops-lint explain {}", finding.rule.code)));
    }
    Drawing {
        severity: finding.severity,
        head: format!("{}[{} {}]", finding.severity, finding.rule.code, finding.rule.slug),
        message: &finding.message,
        files: files.collect(),
        rows,
    }
}

/// `a, b, … and 7 more`
pub(super) fn sample(paths: &Paths, options: &HumanOptions) -> String {
    let named: Vec<String> = paths.sample.iter().map(|path| listed(path, options)).collect();
    let named = named.join(", ");
    match paths.count.saturating_sub(paths.sample.len()) {
        0 => named,
        more if named.is_empty() => count(more, "path", "paths"),
        more => format!("{named}, {} and {more} more", ellipsis(options)),
    }
}

/// `3 findings: 1 error, 2 warnings`
pub(super) fn counts(report: &Report, options: &HumanOptions, out: &mut String) {
    let total = report.findings.len();
    if total == 0 {
        paint(Style::new().bold(), "No findings", options, out);
        out.push('\n');
        return;
    }
    paint(Style::new().bold(), &count(total, "finding", "findings"), options, out);
    let mut lead = ": ";
    for (severity, one, many) in [
        (Severity::Error, "error", "errors"),
        (Severity::Warning, "warning", "warnings"),
        (Severity::Info, "info", "info"),
    ] {
        let number = report.count(severity);
        if number > 0 {
            out.push_str(lead);
            paint(severity_style(severity), &count(number, one, many), options, out);
            lead = ", ";
        }
    }
    out.push('\n');
}

/// What was looked at, then what was left out; zeroes that say nothing are left out.
pub(super) fn looked_at(summary: &Summary) -> String {
    let mut line = format!(
        "Checked {}: {}",
        count(summary.files, "file", "files"),
        count(summary.artefacts, "artefact", "artefacts"),
    );
    if summary.areas > 0 {
        let _ = write!(line, " in {}", count(summary.areas, "area", "areas"));
    }
    let _ = write!(line, ", {}", count(summary.entries, "CODEOWNERS entry", "CODEOWNERS entries"));
    if let Some(choice) = &summary.dialect {
        let _ =
            write!(line, " read as {} reads them ({})", choice.dialect, sanitize::text(&choice.because.to_string()));
    }
    let mut rest = Vec::new();
    let plain = [(summary.ownerless, "ownerless"), (summary.excluded, "excluded")];
    rest.extend(plain.into_iter().filter(|&(number, _)| number > 0).map(|(number, word)| format!("{number} {word}")));
    let skipped = summary.not_checked.iter().filter(|&&(_, number)| number > 0);
    let skipped: Vec<_> = skipped.map(|(reason, number)| (sanitize::text(reason), number)).collect();
    match skipped.as_slice() {
        [] => {}
        [(reason, number)] => rest.push(format!("{number} not checked ({reason})")),
        several => {
            let total: usize = several.iter().map(|&(_, number)| number).sum();
            let reasons: Vec<String> = several.iter().map(|(reason, number)| format!("{number} {reason}")).collect();
            rest.push(format!("{total} not checked ({})", reasons.join(", ")));
        }
    }
    if summary.not_decided > 0 {
        rest.push(format!("{} not decided", count(summary.not_decided, "question", "questions")));
    }
    if !rest.is_empty() {
        line.push_str("; ");
        line.push_str(&rest.join(", "));
    }
    line
}

/// Which change was judged, in place of everything.
fn compared(summary: &Summary) -> Option<String> {
    let compared = summary.compared.as_ref()?;
    let since = sanitize::text(&compared.since);
    let mut line = match compared.files {
        0 => format!("No changes since {since}"),
        files => format!("Judged {} since {since}", count(files, "changed file", "changed files")),
    };
    if compared.left_out > 0 {
        let _ = write!(line, "; {} left out", count(compared.left_out, "old violation", "old violations"));
    }
    Some(line)
}

/// All that was kept quiet. Where nothing was, there is no such line; where anything was, every number stands in it.
fn silenced(summary: &Summary) -> Option<String> {
    let Summary { exempt, ignored, baselined, .. } = summary;
    (exempt + ignored + baselined > 0).then(|| {
        format!("Silenced: {exempt} exempt, {ignored} ignored, {baselined} baselined (--no-ignores shows them)")
    })
}

fn fixed(summary: &Summary) -> Option<String> {
    let are = if summary.fixed == 1 { "is" } else { "are" };
    (summary.fixed > 0).then(|| {
        format!(
            "{} of the baseline {are} fixed: `mlops-lint baseline` prunes {}",
            summary.fixed,
            if summary.fixed == 1 { "it" } else { "them" }
        )
    })
}

#[cfg(test)]
mod tests;
