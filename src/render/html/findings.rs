//! The findings, each with its places; the script filters them.

use maud::{Markup, html};

use super::{Page, shown};
use crate::finding::{Finding, Place, Severity};
use crate::render::texts::Texts;
use crate::sanitize;

/// Lines longer than this are cut around the span, in characters.
const WIDEST: usize = 160;
/// Findings that are written out; more would make a page that no browser likes.
const MOST: usize = 2000;

impl Page<'_> {
    pub(super) fn findings(&self) -> Markup {
        let findings = &self.report.findings;
        let texts = Texts::new(self.report);
        let cut = findings.len().saturating_sub(MOST);
        html! {
            section aria-labelledby="findings-title" {
                h2 id="findings-title" { "Findings" }
                form id="filter" role="search" hidden {
                    label for="query" { "Search" }
                    input id="query" type="search" autocomplete="off" placeholder="path, owner, area, rule";
                    fieldset {
                        legend { "Severity" }
                        @for severity in [Severity::Error, Severity::Warning, Severity::Info] {
                            label {
                                input type="checkbox" name="severity" value=(severity.name()) checked;
                                (severity.name()) " (" (self.report.count(severity)) ")"
                            }
                        }
                    }
                    p id="shown" role="status" aria-live="polite" {}
                }
                div id="findings" tabindex="-1" {
                    @for finding in findings.iter().take(MOST) { (told(finding, &texts)) }
                    @if findings.is_empty() { p { "There is nothing to repair." } }
                    @if cut > 0 { p { "… and " (cut) " more: mlops-lint check shows them all." } }
                }
            }
        }
    }
}

/// One finding.
fn told(finding: &Finding, texts: &Texts<'_>) -> Markup {
    let more = finding.paths.count.saturating_sub(finding.paths.sample.len());
    html! {
        article class={ "finding " (finding.severity.name()) } data-severity=(finding.severity.name()) {
            h3 {
                span class="severity" { (finding.severity.name()) }
                " " code { (finding.rule.code) } " " (finding.rule.slug)
                @if let Some(area) = &finding.area { span class="area" { (shown(area)) } }
            }
            p class="message" { (spans(&finding.message)) }
            @for place in &finding.places { (quote(place, texts)) }
            @if !finding.paths.sample.is_empty() {
                p class="paths" {
                    (finding.paths.count) @if finding.paths.count == 1 { " file: " } @else { " files: " }
                    @for (at, path) in finding.paths.sample.iter().enumerate() {
                        @if at > 0 { ", " }
                        code { (sanitize::bytes(path)) }
                    }
                    @if more > 0 { " and " (more) " more" }
                }
            }
            @if let Some(help) = &finding.help { pre class="help" { (sanitize::lines(help)) } }
            @if let Some(note) = &finding.note { p class="note" { (shown(note)) } }
        }
    }
}

/// A place with the line it is on, its characters marked.
fn quote(place: &Place, texts: &Texts<'_>) -> Markup {
    let name = sanitize::bytes(texts.name(&place.source));
    let quoted = texts.text(&place.source).zip(place.span).and_then(|(text, span)| {
        let span = text.clamp(span);
        let position = text.position(span.start);
        let line = text.lines.line(text.bytes, position.line)?;
        let end = span.end.clamp(span.start, line.end.max(span.start));
        let [before, marked, after] = [line.start..span.start, span.start..end, end..line.end.max(end)]
            .map(|range| sanitize::bytes(&text.bytes[range]));
        let kept = before.chars().count().saturating_sub(WIDEST / 4);
        let before: String =
            if kept > 0 { std::iter::once('…').chain(before.chars().skip(kept)).collect() } else { before };
        Some((position, before, cut(&marked), cut(&after)))
    });
    html! {
        figure class="place" {
            figcaption {
                code { (name) @if let Some((position, ..)) = &quoted { ":" (position.line) ":" (position.column) } }
                @if !place.label.is_empty() { " " (shown(&place.label)) }
            }
            @if let Some((_, before, marked, after)) = &quoted {
                pre { code { (before) mark { (marked) } (after.trim_end()) } }
            }
        }
    }
}

/// Text in which backticks set off names, as messages have them.
fn spans(text: &str) -> Markup {
    let text = shown(text);
    html! {
        @for (at, part) in text.split('`').enumerate() {
            @if at % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(WIDEST) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}
