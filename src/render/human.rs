//! Text for people: every finding drawn, then what was looked at.

use std::collections::BTreeSet;

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
    counts(report, options, &mut out);
    for sentence in std::iter::once(&looked_at(&report.summary)).chain(&report.summary.remarks) {
        for line in wrap(&sanitize::text(sentence), options.width, "", "  ") {
            out.push_str(line.trim_end());
            out.push('\n');
        }
    }
    finish(out, options)
}

fn drawing<'a>(finding: &'a Finding, texts: &'a Texts<'a>, explain: bool, options: &HumanOptions) -> Drawing<'a> {
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
fn sample(paths: &Paths, options: &HumanOptions) -> String {
    let named: Vec<String> = paths.sample.iter().map(|path| listed(path, options)).collect();
    let named = named.join(", ");
    match paths.count.saturating_sub(paths.sample.len()) {
        0 => named,
        more if named.is_empty() => count(more, "path", "paths"),
        more => format!("{named}, {} and {more} more", ellipsis(options)),
    }
}

/// `3 findings: 1 error, 2 warnings`
fn counts(report: &Report, options: &HumanOptions, out: &mut String) {
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
fn looked_at(summary: &Summary) -> String {
    let mut line = format!(
        "Checked {}: {}",
        count(summary.files, "file", "files"),
        count(summary.artefacts, "artefact", "artefacts"),
    );
    if summary.areas > 0 {
        line.push_str(&format!(" in {}", count(summary.areas, "area", "areas")));
    }
    line.push_str(&format!(", {}", count(summary.entries, "CODEOWNERS entry", "CODEOWNERS entries")));
    let mut rest = Vec::new();
    let plain = [(summary.ownerless, "ownerless"), (summary.excluded, "excluded"), (summary.exempt, "exempt")];
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

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::super::example::{DEAD_ENTRY, finding, report, two_findings};
    use super::*;
    use crate::finding::Place;
    use crate::span::Span;

    fn narrow() -> HumanOptions {
        HumanOptions { width: 80, ..HumanOptions::default() }
    }

    /// A report on one text with one finding at each of `places`.
    fn shown(text: &str, places: &[(usize, usize, &str)]) -> String {
        let mut report = report(text, "");
        let mut only = finding(&DEAD_ENTRY, "the message");
        only.places = places.iter().map(|&(start, end, label)| Place::codeowners(Span::new(start, end), label)).collect();
        report.findings.push(only);
        let out = human(&report, &narrow());
        out.split("\n  more:").next().unwrap().to_owned()
    }

    #[test]
    fn a_finding_shows_both_sides() {
        assert_snapshot!(human(&two_findings(), &narrow()), @"");
    }

    #[test]
    fn without_unicode_all_is_ascii() {
        let options = HumanOptions { unicode: false, ..narrow() };
        let mut report = two_findings();
        report.findings.truncate(1);
        report.findings[0].message = "größer 模型".to_owned();
        let out = human(&report, &options);
        assert!(out.is_ascii());
        assert_snapshot!(out, @"");
    }

    #[test]
    fn colours_change_nothing_but_colours() {
        let plain = human(&two_findings(), &HumanOptions::default());
        let color = human(&two_findings(), &HumanOptions { color: true, ..HumanOptions::default() });
        let sequences = regex::Regex::new("\x1b\\[[0-9;]*m").unwrap();
        assert!(sequences.is_match(&color));
        assert_eq!(sequences.replace_all(&color, ""), plain);
    }

    #[test]
    fn no_findings_is_said() {
        let mut report = report("", "");
        report.summary = Summary { files: 1, entries: 1, ..Summary::default() };
        assert_snapshot!(human(&report, &narrow()), @"");
    }

    #[test]
    fn what_was_left_out_is_counted() {
        let mut report = report("", "");
        report.summary.exempt = 3;
        report.summary.not_checked =
            vec![("symbolic links".to_owned(), 2), ("none of these".to_owned(), 0), ("files over 64 KiB".to_owned(), 1)];
        assert_snapshot!(human(&report, &narrow()), @"");
    }

    #[test]
    fn tabs_and_wide_characters_keep_labels_below_their_text() {
        assert_snapshot!(shown("/models/\t@ana\n/模型/ @bo\n", &[(9, 13, "an owner"), (23, 26, "another")]), @"");
    }

    #[test]
    fn line_ends_of_windows_are_no_text() {
        assert_snapshot!(shown("/a @ana\r\n/b @bo\r\n", &[(9, 17, "with its line end")]), @"");
    }

    #[test]
    fn the_end_of_a_file_is_a_place() {
        assert_snapshot!(shown("/a @ana\n", &[(8, 8, "nothing follows")]), @"");
        assert_snapshot!(shown("/a @ana", &[(7, 7, "no owner")]), @"");
        assert_snapshot!(shown("/a @ana", &[(900, 901, "past the end")]), @"");
    }

    #[test]
    fn an_empty_file_is_a_place() {
        assert_snapshot!(shown("", &[(0, 0, "no entries")]), @"");
    }

    #[test]
    fn long_lines_are_cut_around_the_label() {
        let owners = "@acme/somebody ".repeat(40);
        assert_snapshot!(shown(&format!("/models/ {owners}@evil {owners}"), &[(609, 614, "unknown")]), @"");
        assert_snapshot!(shown(&format!("/models/ {owners}"), &[(0, 8, "here")]), @"");
    }

    #[test]
    fn long_labels_wrap() {
        let label = "an owner that nobody in this organisation has heard of since the team was renamed in the spring";
        assert_snapshot!(shown("/models/ @acme/old", &[(9, 18, label)]), @"");
    }

    #[test]
    fn distant_labels_stand_in_snippets_of_their_own() {
        let text: String = (1..=120).map(|line| format!("/dir{line}/ @ana\n")).collect();
        let at = |line: usize| text.find(&format!("/dir{line}/")).unwrap();
        let places = [(at(101), at(101) + 7, "wins"), (at(3), at(3) + 5, "loses")];
        assert_snapshot!(shown(&text, &places), @"");
    }

    #[test]
    fn overlapping_labels_are_told_apart() {
        let text = "/models/ @ana @bo";
        assert_snapshot!(shown(text, &[(0, 17, "the entry"), (9, 13, "an owner"), (9, 13, "holds no role")]), @"");
        assert_snapshot!(shown(text, &[(0, 8, "the pattern"), (0, 17, "the entry")]), @"");
    }

    #[test]
    fn spans_of_many_lines_show_their_start() {
        let text = "a:\n".repeat(30);
        assert_snapshot!(shown(&text, &[(0, 90, "all of it")]), @"");
        assert_snapshot!(shown(&text, &[(3, 8, "two lines")]), @"");
    }

    #[test]
    fn more_places_than_help_are_counted() {
        let text: String = (1..=40).map(|line| format!("/{line}\n")).collect();
        let mut report = report(text, "");
        let mut only = finding(&DEAD_ENTRY, "40 entries match no file");
        only.places = (0..40).map(|at| Place::codeowners(Span::new(at, at + 1), "")).collect();
        only.places.extend((0..9).map(|at| Place::file(format!("file{at}").as_bytes(), "")));
        report.findings = vec![only.clone(), only];
        let out = human(&report, &narrow());
        assert_eq!(out.matches("… and 34 more places in .github/CODEOWNERS\n").count(), 2);
        assert_eq!(out.matches("… and 3 more files\n").count(), 2);
        assert_eq!(out.matches("mlops-lint explain MLO104").count(), 1, "once a rule");
    }

    #[test]
    fn places_without_a_text_are_named() {
        let mut report = report("", "");
        report.codeowners = None;
        let mut only = finding(&DEAD_ENTRY, "there is no CODEOWNERS");
        only.places = vec![Place { source: crate::finding::Source::Codeowners, span: None, label: String::new() }];
        report.findings.push(only);
        report.findings[0].places.push(Place::policy(
            crate::policy::Origin { text: 7, span: Span::new(1, 2) },
            "a text that is not there",
        ));
        assert!(human(&report, &narrow()).contains("\n  --> CODEOWNERS\n  --> policy: a text that is not there\n"));
    }

    #[test]
    fn help_keeps_the_line_to_write_whole() {
        let owners = "@acme/a-team-with-a-long-name ".repeat(8);
        let mut report = report("/models/ @ana\n", "");
        let mut only = finding(&DEAD_ENTRY, "message");
        only.help = Some(format!("write this line, which is longer than the terminal is wide, as it is:\n  /x/ {owners}"));
        report.findings.push(only);
        assert!(human(&report, &narrow()).contains(&format!("\n          /x/ {}", owners.trim_end())));
    }
}
