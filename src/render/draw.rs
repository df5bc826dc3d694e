//! One drawing for findings and errors: a headline, snippets, and labelled rows below.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use textwrap::{Options, WordSeparator, WordSplitter};
use unicode_width::UnicodeWidthStr;

use super::options::HumanOptions;
use super::snippet::{Label, Snippet, ellipsis, shorten};
use super::texts::Text;
use crate::finding::Severity;
use crate::sanitize;
use crate::span::Span;

/// Labels that are drawn in one file, and whole files that are named; more of them say nothing more.
const PLACES: usize = 6;
/// Columns of a headline, a line of a row or a path, at most.
const TEXT_MAX: usize = 2_000;
const PATH_MAX: usize = 200;
/// Where the lines of a row continue.
const ROW_INDENT: &str = "        ";

/// What is drawn. All text is as it came: drawing makes it printable.
pub(super) struct Drawing<'a> {
    pub(super) severity: Severity,
    /// `error[MLO301 wrong-role]`
    pub(super) head: String,
    pub(super) message: &'a str,
    pub(super) files: Vec<File<'a>>,
    /// Label and text; lines that start with white space are code and stay whole.
    pub(super) rows: Vec<(String, String)>,
}

/// The places in one file.
pub(super) struct File<'a> {
    pub(super) name: &'a [u8],
    /// `None` where there is nothing to quote.
    pub(super) text: Option<&'a Text<'a>>,
    pub(super) places: Vec<Spot<'a>>,
}

/// A place in a file.
#[derive(Clone, Copy)]
pub(super) struct Spot<'a> {
    pub(super) span: Option<Span>,
    pub(super) label: &'a str,
    pub(super) primary: bool,
}

impl Drawing<'_> {
    pub(super) fn draw(&self, options: &HumanOptions, out: &mut String) {
        self.draw_headline(options, out);
        let mut parts: Vec<Part> = Vec::new();
        let mut whole_files = 0;
        for file in &self.files {
            file.parts(options, &mut whole_files, &mut parts);
        }
        if whole_files > PLACES {
            let more = count(whole_files - PLACES, "more file", "more files");
            parts.push(Part::Line(format!("{} and {more}", ellipsis(options))));
        }
        let digits = parts.iter().map(Part::digits).max().unwrap_or(0);
        for part in &parts {
            match part {
                Part::Snippet(snippet) => snippet.draw(self.severity, options, digits, out),
                Part::Line(line) => {
                    out.push_str(&" ".repeat(digits + 2));
                    out.push_str(line);
                    out.push('\n');
                }
            }
        }
        for (label, text) in &self.rows {
            row(label, text, options, out);
        }
    }

    fn draw_headline(&self, options: &HumanOptions, out: &mut String) {
        let head = format!("{}: ", self.head);
        let message = shorten(&sanitize::text(self.message), TEXT_MAX, ellipsis(options));
        let lines = wrap(&message, options.width, &" ".repeat(head.width()), "  ");
        paint(severity_style(self.severity), head.trim_end(), options, out);
        for (at, line) in lines.iter().enumerate() {
            out.push_str(if at == 0 { " " } else { "\n  " });
            paint(Style::new().bold(), line.trim_start(), options, out);
        }
        out.push('\n');
    }
}

/// A piece of the middle of a drawing.
enum Part {
    Snippet(Snippet),
    Line(String),
}

impl Part {
    fn digits(&self) -> usize {
        match self {
            Self::Snippet(snippet) => snippet.digits(),
            Self::Line(_) => 0,
        }
    }
}

impl File<'_> {
    fn parts(&self, options: &HumanOptions, whole_files: &mut usize, parts: &mut Vec<Part>) {
        let name = shorten(&sanitize::bytes(self.name), PATH_MAX, ellipsis(options));
        let Some(text) = self.text else {
            *whole_files += 1;
            if *whole_files <= PLACES {
                let labels = self.places.iter().map(|place| place.label).filter(|label| !label.is_empty());
                parts.extend(whole(&name, labels.take(PLACES), options));
            }
            return;
        };
        let spots = self
            .places
            .iter()
            .filter_map(|&Spot { span, label, primary }| span.map(|span| Label { span, text: label, primary }));
        let labels: Vec<Label<'_>> = spots.take(PLACES).collect();
        parts.extend(Snippet::of(&name, text, &labels, options).into_iter().map(Part::Snippet));
        let without_span = self.places.iter().filter(|place| place.span.is_none()).map(|place| place.label);
        let without_span: Vec<&str> = without_span.take(PLACES).collect();
        if !without_span.is_empty() {
            let said = without_span.iter().copied().filter(|label| !label.is_empty());
            parts.extend(whole(&name, said, options));
        }
        let more = self.places.len() - labels.len() - without_span.len();
        if more > 0 {
            let more = count(more, "more place", "more places");
            parts.push(Part::Line(format!("{} and {more} in {name}", ellipsis(options))));
        }
    }
}

/// The lines for a file that is not quoted.
fn whole<'l>(name: &str, labels: impl Iterator<Item = &'l str>, options: &HumanOptions) -> Vec<Part> {
    let mut labels: Vec<String> = labels.map(|label| sanitize::text(label).into_owned()).collect();
    labels.dedup();
    let mut line = String::new();
    paint(AnsiColor::BrightBlue.on_default(), "-->", options, &mut line);
    line.push(' ');
    line.push_str(name);
    if !labels.is_empty() {
        line.push_str(": ");
        line.push_str(&shorten(&labels.join("; "), PATH_MAX, ellipsis(options)));
    }
    vec![Part::Line(line)]
}

/// `  label: text`, wrapped below its start.
pub(super) fn row(label: &str, text: &str, options: &HumanOptions, out: &mut String) {
    let head = format!("  {label}: ");
    for (at, line) in sanitize::lines(text).lines().enumerate() {
        let line = shorten(line, TEXT_MAX, ellipsis(options));
        // Code must be fit to copy.
        let code = at > 0 && line.starts_with(' ');
        let first = if at == 0 { " ".repeat(head.width()) } else { ROW_INDENT.to_owned() };
        let wrapped =
            if code { vec![format!("{ROW_INDENT}{line}")] } else { wrap(&line, options.width, &first, ROW_INDENT) };
        for (piece_at, piece) in wrapped.iter().enumerate() {
            if at == 0 && piece_at == 0 {
                paint(AnsiColor::Cyan.on_default(), head.trim_end(), options, out);
                out.push(' ');
                out.push_str(piece.trim_start());
            } else {
                out.push_str(piece.trim_end());
            }
            out.push('\n');
        }
    }
}

/// `text` in lines of at most `width` columns, broken at blanks only: paths and owners stay whole.
pub(super) fn wrap(text: &str, width: usize, first: &str, rest: &str) -> Vec<String> {
    let options = Options::new(width)
        .initial_indent(first)
        .subsequent_indent(rest)
        .break_words(false)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation);
    textwrap::wrap(text, options).into_iter().map(std::borrow::Cow::into_owned).collect()
}

/// The style of a severity's word.
pub(super) fn severity_style(severity: Severity) -> Style {
    let color = match severity {
        Severity::Error => AnsiColor::Red,
        Severity::Warning => AnsiColor::Yellow,
        Severity::Info => AnsiColor::Cyan,
    };
    color.on_default().bold()
}

/// Appends `text`, which is printable, in `style` where colours are on.
pub(super) fn paint(style: Style, text: &str, options: &HumanOptions, out: &mut String) {
    if options.color && !text.is_empty() {
        let _ = write!(out, "{style}{text}{style:#}");
    } else {
        out.push_str(text);
    }
}

/// The last step of all output for people: what depends on who reads it.
pub(super) fn finish(out: String, options: &HumanOptions) -> String {
    let out = if options.github_actions { sanitize::github_safe(&out).into_owned() } else { out };
    if options.unicode { out } else { sanitize::ascii(&out).into_owned() }
}

/// `1 file`, `2 files`.
pub(super) fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// The path in a list of paths: quoted where a blank or comma would blur it.
pub(super) fn listed(path: &[u8], options: &HumanOptions) -> String {
    let shown = shorten(&sanitize::bytes(path), PATH_MAX, ellipsis(options));
    if shown.is_empty() || shown.contains([' ', ',', '"']) { format!("\"{shown}\"") } else { shown }
}
