//! Small windows of a source, made printable, that miette draws.
//!
//! miette is given no more than it shows: it would scan a whole source at every report, joins distant labels with all
//! lines between them, draws overlapping labels side by side, and prints what it gets.

use std::collections::BTreeSet;
use std::fmt;

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode,
    SourceSpan, SpanContents, ThemeCharacters, ThemeStyles,
};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::options::HumanOptions;
use super::texts::Text;
use crate::finding::Severity;
use crate::sanitize;
use crate::span::{Position, Span};

/// Columns of a tab stop.
const TAB: usize = 4;
/// A span of more lines is shown by its first line.
const SPAN_LINES: usize = 6;
/// Columns left of a snippet's text, besides the line number.
const GUTTER: usize = 4;
/// A label is not wrapped into less than this.
const LABEL_WIDTH: usize = 24;
/// Columns of a label, at most.
const LABEL_MAX: usize = 200;

/// What is to be said at a span.
#[derive(Clone, Copy)]
pub(super) struct Label<'a> {
    pub(super) span: Span,
    pub(super) text: &'a str,
    /// The place that the finding is about.
    pub(super) primary: bool,
}

/// Consecutive lines of one file with the labels on them.
#[derive(Debug)]
pub(super) struct Snippet {
    name: String,
    /// Printable lines, each with a line feed.
    text: String,
    first_line: usize,
    last_line: usize,
    marks: Vec<Mark>,
}

/// A label at its place in the printable text.
#[derive(Debug)]
struct Mark {
    span: Span,
    /// Where it starts in the file.
    position: Position,
    label: String,
    primary: bool,
    /// The one whose position stands above the snippet.
    leads: bool,
}

impl Snippet {
    /// The snippets of one file: the one of the first label, then the rest in file order. `name` is printable.
    pub(super) fn of(name: &str, text: &Text<'_>, labels: &[Label<'_>], options: &HumanOptions) -> Vec<Self> {
        let labels: Vec<(Label<'_>, usize, usize)> = labels.iter().map(|&label| anchored(text, label)).collect();
        let mut lines: BTreeSet<usize> = BTreeSet::new();
        for &(_, first, last) in &labels {
            lines.extend(first..=last);
            // Context, where it says something.
            let around = [first.saturating_sub(1), last + 1];
            lines.extend(around.into_iter().filter(|&line| !content(text, line).range().is_empty()));
        }
        let mut runs: Vec<(usize, usize)> = Vec::new();
        for line in lines {
            match runs.last_mut() {
                // One line between two snippets costs less than another frame.
                Some((_, last)) if line <= *last + 2 => *last = line,
                _ => runs.push((line, line)),
            }
        }
        let digits = runs.last().map_or(1, |&(_, last)| last.to_string().len());
        let columns = options.width.saturating_sub(digits + GUTTER).max(20);
        let mut snippets: Vec<Self> =
            runs.into_iter().map(|run| Self::of_run(name, text, &labels, run, columns, options)).collect();
        // People copy the first position they see.
        if let Some(&(_, line, _)) = labels.first() {
            snippets.sort_by_key(|snippet| !(snippet.first_line..=snippet.last_line).contains(&line));
        }
        snippets
    }

    fn of_run(
        name: &str,
        text: &Text<'_>,
        labels: &[(Label<'_>, usize, usize)],
        (first_line, last_line): (usize, usize),
        columns: usize,
        options: &HumanOptions,
    ) -> Self {
        let mut snippet = Self { name: name.to_owned(), text: String::new(), first_line, last_line, marks: Vec::new() };
        let labels: Vec<_> = labels.iter().filter(|(_, first, _)| (first_line..=last_line).contains(first)).collect();
        let mut starts = vec![0; labels.len()];
        let mut ends = vec![0; labels.len()];
        for number in first_line..=last_line {
            let line = content(text, number);
            let focus = labels.iter().filter(|&&&(_, first, last)| (first..=last).contains(&number));
            let focus =
                focus.map(|(label, ..)| Span::new(label.span.start.max(line.start), label.span.end.min(line.end)));
            let focus = focus.reduce(Span::to).unwrap_or(Span::new(line.start, line.start));
            let shown = ShownLine::new(text.bytes, line, focus, columns, ellipsis(options));
            let base = snippet.text.len();
            for (at, &&(label, first, last)) in labels.iter().enumerate() {
                if first == number {
                    starts[at] = base + shown.offset(label.span.start);
                }
                if last == number {
                    ends[at] = base + shown.offset(label.span.end);
                }
            }
            snippet.text.push_str(&shown.text);
            snippet.text.push('\n');
        }
        for (at, (label, ..)) in labels.iter().enumerate() {
            snippet.marks.push(Mark {
                span: Span::new(starts[at], ends[at].max(starts[at])),
                position: text.position(label.span.start),
                label: shorten(&sanitize::text(label.text), LABEL_MAX, ellipsis(options)),
                primary: label.primary,
                leads: at == 0,
            });
        }
        snippet.separate();
        snippet.wrap_labels(columns);
        snippet
    }

    /// Joins labels of the same characters and trims those that overlap on a line: miette would draw the second one
    /// beside the first, below characters that it does not mean.
    fn separate(&mut self) {
        self.marks.sort_by_key(|mark| (mark.span, !mark.leads));
        let mut apart: Vec<Mark> = Vec::with_capacity(self.marks.len());
        for mut mark in std::mem::take(&mut self.marks) {
            if let Some(last) = apart.last_mut() {
                let between = &self.text[last.span.start..mark.span.end.max(last.span.end)];
                if last.span == mark.span {
                    last.join(mark);
                    continue;
                }
                if mark.span.start < last.span.end && !between.contains('\n') {
                    if mark.span.start > last.span.start {
                        let kept = self.text[last.span.start..mark.span.start].trim_end().len();
                        last.span.end = if kept == 0 { mark.span.start } else { last.span.start + kept };
                    } else if last.span.end < mark.span.end {
                        mark.span.start = last.span.end;
                    } else {
                        last.join(mark);
                        continue;
                    }
                }
            }
            apart.push(mark);
        }
        self.marks = apart;
    }

    /// Breaks labels that would run past the right edge into several lines.
    fn wrap_labels(&mut self, columns: usize) {
        for mark in &mut self.marks {
            let line = self.text[..mark.span.start].rfind('\n').map_or(0, |at| at + 1);
            let before = self.text[line..mark.span.start].width() + self.text[mark.span.range()].width() / 2;
            let room = columns.saturating_sub(before + 4);
            if mark.label.width() > room && room >= LABEL_WIDTH {
                mark.label = super::draw::wrap(&mark.label, room, "", "").join("\n");
            }
        }
    }

    /// Digits of the greatest line number.
    pub(super) fn digits(&self) -> usize {
        self.last_line.to_string().len()
    }

    /// Draws the snippet, moved right so that its line numbers take `digits` columns.
    pub(super) fn draw(&self, severity: Severity, options: &HumanOptions, digits: usize, out: &mut String) {
        let indent = " ".repeat(digits.saturating_sub(self.digits()));
        let mut drawn = String::new();
        let handler = GraphicalReportHandler::new_themed(self.theme(severity, options))
            .with_links(false)
            .with_context_lines(1)
            .tab_width(TAB)
            .without_syntax_highlighting();
        let rendered = handler.render_report(&mut drawn, self);
        debug_assert!(rendered.is_ok(), "a label outside of its snippet");
        // The first line is for the message, which stands above all snippets and is not miette's to draw.
        for line in drawn.lines().skip(1) {
            out.push_str(&indent);
            out.push_str(line.trim_end());
            out.push('\n');
        }
    }

    /// The theme, with one style for each label in order.
    fn theme(&self, severity: Severity, options: &HumanOptions) -> GraphicalTheme {
        let characters = if options.unicode { ThemeCharacters::unicode() } else { ThemeCharacters::ascii() };
        let styles = if options.color {
            let ansi = ThemeStyles::ansi();
            let primary = match severity {
                Severity::Error => ansi.error,
                Severity::Warning => ansi.warning,
                Severity::Info => ansi.advice,
            };
            let related = ansi.linum.remove_all_effects().bright_blue();
            let highlights =
                self.marks.iter().map(|mark| if mark.primary { primary } else { related }.bold()).collect();
            ThemeStyles { link: related, highlights, ..ansi }
        } else {
            ThemeStyles::none()
        };
        GraphicalTheme { characters, styles }
    }
}

impl Mark {
    fn join(&mut self, other: Self) {
        if self.label.is_empty() {
            self.label = other.label;
        } else if !other.label.is_empty() && other.label != self.label {
            self.label = format!("{}; {}", self.label, other.label);
        }
        if other.leads && !self.leads {
            self.position = other.position;
        }
        self.leads |= other.leads;
        self.primary |= other.primary;
    }
}

impl fmt::Display for Snippet {
    /// No message: see [`Snippet::draw`].
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl std::error::Error for Snippet {}

impl Diagnostic for Snippet {
    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.marks.iter().map(|mark| {
            let label = (!mark.label.is_empty()).then(|| mark.label.clone());
            let span = (mark.span.start, mark.span.len());
            if mark.leads {
                LabeledSpan::new_primary_with_span(label, span)
            } else {
                LabeledSpan::new_with_span(label, span)
            }
        })))
    }
}

impl SourceCode for Snippet {
    /// Every request with context gives the whole snippet, so that miette frames it once; one without context asks
    /// where a label starts in the file.
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        if span.offset() + span.len() > self.text.len() {
            return Err(MietteError::OutOfBounds);
        }
        let name = self.name.clone();
        let mark = self.marks.iter().find(|mark| mark.span.start == span.offset() && mark.span.len() == span.len());
        Ok(Box::new(match mark {
            Some(Mark { position, .. }) if before == 0 && after == 0 => {
                MietteSpanContents::new_named(name, &[], *span, position.line - 1, position.column - 1, 1)
            }
            _ => {
                let lines = self.last_line + 1 - self.first_line;
                let whole = SourceSpan::from((0, self.text.len()));
                MietteSpanContents::new_named(name, self.text.as_bytes(), whole, self.first_line - 1, 0, lines)
            }
        }))
    }
}

/// The label within its text, without line ends and cut to its first line where it is long, with its first and last line.
fn anchored<'l>(text: &Text<'_>, label: Label<'l>) -> (Label<'l>, usize, usize) {
    let mut span = text.clamp(label.span);
    while span.len() > 1 && matches!(text.bytes[span.end - 1], b'\n' | b'\r') {
        span.end -= 1;
    }
    let first = text.line_at(span.start);
    let mut last = text.line_at(if span.is_empty() { span.end } else { span.end - 1 });
    if last - first >= SPAN_LINES {
        last = first;
    }
    let within = content(text, first);
    span.start = span.start.min(within.end);
    span.end = span.end.min(content(text, last).end).max(span.start);
    (Label { span, ..label }, first, last)
}

/// The range of a line without its line end; empty for lines that are not there.
fn content(text: &Text<'_>, line: usize) -> Span {
    let Some(mut line) = text.lines.line(text.bytes, line) else { return Span::default() };
    if text.bytes[line.range()].ends_with(b"\r") {
        line.end -= 1;
    }
    line
}

/// A line as it is shown: printable, and cut around its labels where it is long.
struct ShownLine {
    text: String,
    /// The part of the file that was made printable.
    region: Span,
    cleaned: sanitize::Cleaned,
    /// The part of `cleaned` that is shown.
    kept: Span,
    /// Bytes of the ellipsis before it.
    lead: usize,
}

impl ShownLine {
    fn new(bytes: &[u8], line: Span, focus: Span, columns: usize, ellipsis: &str) -> Self {
        // No more than can be shown is looked at; a character has up to four bytes.
        let reach = 4 * columns;
        let mut region =
            Span::new(focus.start.saturating_sub(reach).max(line.start), (focus.start + 2 * reach).min(line.end));
        let inside = |at: usize| at > line.start && at < line.end && bytes[at] & 0xC0 == 0x80;
        for _ in 0..3 {
            region.start -= usize::from(inside(region.start));
            region.end -= usize::from(inside(region.end) && region.end > region.start);
        }
        let cleaned = sanitize::source(&bytes[region.range()]);
        let focus = Span::new(
            cleaned.offset(focus.start.saturating_sub(region.start)),
            cleaned.offset(focus.end.saturating_sub(region.start)),
        );
        let kept = if region == line && columns_of(&cleaned.text) <= columns {
            Span::new(0, cleaned.text.len())
        } else {
            window(&cleaned.text, focus, region.start == line.start, columns.saturating_sub(2 * ellipsis.len()))
        };
        let cut_before = region.start > line.start || kept.start > 0;
        let cut_after = region.end < line.end || kept.end < cleaned.text.len();
        let lead = if cut_before { ellipsis } else { "" };
        let trail = if cut_after { ellipsis } else { "" };
        let text = format!("{lead}{}{trail}", &cleaned.text[kept.range()]);
        Self { text, region, cleaned, kept, lead: lead.len() }
    }

    /// Where byte `offset` of the file is in the shown text.
    fn offset(&self, offset: usize) -> usize {
        let at = self.cleaned.offset(offset.saturating_sub(self.region.start));
        if offset < self.region.start || at < self.kept.start {
            0
        } else if at > self.kept.end || offset > self.region.end {
            self.text.len()
        } else {
            self.lead + at - self.kept.start
        }
    }
}

/// The part of `text` to show in `columns`: from its start where the focus fits in, else from a bit before the focus.
fn window(text: &str, focus: Span, from_start: bool, columns: usize) -> Span {
    let mut start = 0;
    if !from_start || columns_of(&text[..focus.end]) > columns {
        let wanted = columns_of(&text[focus.range()]).min(columns);
        // Half of what is left stands before the focus, more where little follows it.
        let left = columns - wanted;
        let mut room = left - columns_of(&text[focus.end..]).min(left / 2);
        start = focus.start;
        for (at, character) in text[..focus.start].char_indices().rev() {
            let width = columns_of_character(character);
            if width > room {
                break;
            }
            room -= width;
            start = at;
        }
    }
    let mut room = columns;
    let past = text[start..].char_indices().find(|&(_, character)| {
        let width = columns_of_character(character);
        let full = width > room;
        room = room.saturating_sub(width);
        full
    });
    Span::new(start, past.map_or(text.len(), |(at, _)| start + at))
}

fn columns_of(text: &str) -> usize {
    text.chars().map(columns_of_character).sum()
}

fn columns_of_character(character: char) -> usize {
    if character == '\t' { TAB } else { character.width().unwrap_or(0) }
}

/// What stands for text that is left out.
pub(super) const fn ellipsis(options: &HumanOptions) -> &'static str {
    if options.unicode { "…" } else { "..." }
}

/// `text` in at most `columns`, cut at its end.
pub(super) fn shorten(text: &str, columns: usize, ellipsis: &str) -> String {
    if text.len() <= columns || text.width() <= columns {
        return text.to_owned();
    }
    let kept = window(text, Span::default(), true, columns.saturating_sub(ellipsis.width()));
    format!("{}{ellipsis}", &text[kept.range()])
}
