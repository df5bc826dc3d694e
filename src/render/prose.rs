//! A finding in plain sentences, for formats that show text and nothing else.

use super::human::sample;
use super::options::HumanOptions;
use super::snippet::shorten;
use crate::finding::Finding;
use crate::sanitize;

/// Columns of a sentence or a line, at most: what is longer was written to be a nuisance.
const TEXT_MAX: usize = 2_000;

/// `MLO301 wrong-role`
pub(super) fn title(finding: &Finding) -> String {
    format!("{} {}", finding.rule.code, finding.rule.slug)
}

/// The message on one printable line.
pub(super) fn message(finding: &Finding) -> String {
    line(&finding.message)
}

/// `2 files: serving/a.yaml, serving/b.yaml`
pub(super) fn files(finding: &Finding) -> Option<String> {
    let count = finding.paths.count;
    let files = super::draw::count(count, "file", "files");
    (count > 0).then(|| format!("{files}: {}", sample(&finding.paths, &HumanOptions::default())))
}

/// The help, printable: a sentence, then perhaps the lines to write, which start with white space.
pub(super) fn help(finding: &Finding) -> Vec<String> {
    finding.help.iter().flat_map(|help| help.split('\n').map(line)).collect()
}

/// The note on one printable line.
pub(super) fn note(finding: &Finding) -> Option<String> {
    finding.note.as_deref().map(line)
}

/// Everything below the message, a line each.
pub(super) fn details(finding: &Finding) -> Vec<String> {
    let mut lines = Vec::from_iter(files(finding));
    let help = help(finding);
    lines
        .extend(help.iter().enumerate().map(|(at, line)| if at == 0 { format!("help: {line}") } else { line.clone() }));
    lines.extend(note(finding).map(|note| format!("note: {note}")));
    lines
}

/// Untrusted text on one printable line of bearable length.
pub(super) fn line(text: &str) -> String {
    shorten(&sanitize::text(text), TEXT_MAX, "…")
}
