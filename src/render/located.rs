//! Where findings stand, for other programs: a file of the repository, and lines and columns in it.

use crate::finding::{Finding, Place, Report, Source, Subject};
use crate::span::Span;

use super::texts::{Text, Texts};

/// A place that other programs can open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Located {
    /// Relative to the root of the repository, without `.` segments; as bytes.
    pub(super) path: Vec<u8>,
    /// `None` for a whole file.
    pub(super) region: Option<Region>,
}

/// The characters from `start` up to, and without, `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Region {
    pub(super) start: Point,
    pub(super) end: Point,
}

/// A place between two characters; everything counts from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Point {
    pub(super) line: usize,
    /// In code points.
    pub(super) column: usize,
    /// The column in bytes.
    pub(super) byte: usize,
}

impl Located {
    fn whole(path: Vec<u8>) -> Self {
        Self { path, region: None }
    }

    /// The line that shows it: the first one, for a whole file.
    pub(super) fn line(&self) -> usize {
        self.region.map_or(1, |region| region.start.line)
    }
}

/// Finds the places of a report's findings.
pub(super) struct Locator<'a> {
    report: &'a Report,
    texts: Texts<'a>,
}

impl<'a> Locator<'a> {
    pub(super) fn new(report: &'a Report) -> Self {
        Self { report, texts: Texts::new(report) }
    }

    pub(super) fn texts(&self) -> &Texts<'a> {
        &self.texts
    }

    /// The one place that a finding is shown at.
    ///
    /// A finding that no line of CODEOWNERS decides is shown at the first file that it is about, because that file is
    /// what a change adds. One that only the built-in policy decides is shown at CODEOWNERS.
    pub(super) fn primary(&self, finding: &Finding) -> Located {
        let about = finding.violations.first().and_then(|first| match &first.subject {
            Subject::Path(path) => relative(path),
            _ => None,
        });
        match (finding.places.first(), about) {
            (Some(Place { source: Source::Codeowners, span: None, .. }), Some(path)) => Located::whole(path),
            _ => finding.places.iter().find_map(|place| self.locate(place)).unwrap_or_else(|| self.fallback()),
        }
    }

    /// The other places of a finding, with what is to be said there.
    pub(super) fn related<'f>(&self, finding: &'f Finding, primary: &Located) -> Vec<(Located, &'f str)> {
        let places = finding.places.iter().filter_map(|place| Some((self.locate(place)?, place.label.as_str())));
        places.filter(|(located, _)| located != primary).collect()
    }

    /// `None` for what is no file of the repository: built-in policies, and files that stand elsewhere.
    fn locate(&self, place: &Place) -> Option<Located> {
        if let Source::Policy(at) = place.source
            && self.report.policy_texts.get(at).is_none_or(|text| text.builtin)
        {
            return None;
        }
        let path = relative(self.texts.name(&place.source))?;
        let region = self.texts.text(&place.source).zip(place.span).map(|(text, span)| region(text, span));
        Some(Located { path, region })
    }

    fn fallback(&self) -> Located {
        Located::whole(relative(self.texts.name(&Source::Codeowners)).unwrap_or_else(|| b"CODEOWNERS".to_vec()))
    }
}

fn region(text: &Text<'_>, span: Span) -> Region {
    let span = text.clamp(span);
    let [start, end] = [span.start, span.end].map(|offset| {
        let position = text.position(offset);
        let line_start = text.lines.line(text.bytes, position.line).map_or(0, |line| line.start);
        Point { line: position.line, column: position.column, byte: offset - line_start + 1 }
    });
    Region { start, end }
}

/// The path below the root; `None` for one that leads elsewhere.
fn relative(path: &[u8]) -> Option<Vec<u8>> {
    let drive = path.get(1) == Some(&b':') && matches!(path.get(2), Some(b'/' | b'\\'));
    let segments: Vec<&[u8]> =
        path.split(|&byte| byte == b'/').filter(|segment| !matches!(segment, [] | [b'.'])).collect();
    let outside = drive || path.starts_with(b"/") || segments.contains(&&b".."[..]);
    (!outside && !segments.is_empty()).then(|| segments.join(&b'/'))
}

#[cfg(test)]
mod tests {
    use super::super::example::{CODEOWNERS, POLICY, WRONG_ROLE, finding, in_codeowners, in_policy, report};
    use super::*;
    use crate::finding::{Cause, Violation};

    #[test]
    fn columns_count_characters_and_bytes() {
        let mut report = report("# größe\n/größe/ @ana\n", "");
        let mut only = finding(&WRONG_ROLE, "");
        only.places = vec![Place::codeowners(Span::new(20, 24), "")];
        report.findings.push(only);
        let found = Locator::new(&report).primary(&report.findings[0]);
        assert_eq!(found.path, b".github/CODEOWNERS");
        let start = Point { line: 2, column: 9, byte: 11 };
        assert_eq!(found.region, Some(Region { start, end: Point { line: 2, column: 13, byte: 15 } }));
    }

    #[test]
    fn what_no_entry_decides_is_shown_at_the_file_that_it_is_about() {
        let report = report(CODEOWNERS, POLICY);
        let mut unowned = finding(&WRONG_ROLE, "");
        unowned.places = vec![Place { source: Source::Codeowners, span: None, label: "no entry".to_owned() }];
        let locator = Locator::new(&report);
        assert_eq!(locator.primary(&unowned), Located::whole(b".github/CODEOWNERS".to_vec()));
        let subject = Subject::Path(b"models/a.onnx".to_vec());
        unowned.violations = vec![Violation { rule: "MLO201", subject, cause: Cause::Repository }];
        let primary = locator.primary(&unowned);
        assert_eq!(primary, Located::whole(b"models/a.onnx".to_vec()));
        let codeowners = Located::whole(b".github/CODEOWNERS".to_vec());
        assert_eq!(locator.related(&unowned, &primary), [(codeowners, "no entry")]);
    }

    #[test]
    fn what_is_no_file_of_the_repository_is_no_place() {
        let mut report = report(CODEOWNERS, POLICY);
        let mut only = finding(&WRONG_ROLE, "");
        only.places = vec![in_policy("[ml-engineer, mlops-engineer]", ""), in_codeowners("/deploy/", "")];
        assert_eq!(Locator::new(&report).primary(&only).path, b"mlops-lint.yaml");
        for name in ["/etc/policy.yaml", "../policy.yaml", "a/../../policy.yaml", "C:\\policy.yaml", ""] {
            report.policy_texts[0].name = name.to_owned();
            let locator = Locator::new(&report);
            assert_eq!(locator.primary(&only).path, b".github/CODEOWNERS", "{name}");
            assert_eq!(locator.related(&only, &locator.primary(&only)), [], "{name}");
        }
        report.policy_texts[0].name = "./.github/.//policy.yaml".to_owned();
        assert_eq!(Locator::new(&report).primary(&only).path, b".github/policy.yaml");
        report.policy_texts[0].builtin = true;
        only.places.truncate(1);
        assert_eq!(Locator::new(&report).primary(&only), Located::whole(b".github/CODEOWNERS".to_vec()));
        report.codeowners = None;
        assert_eq!(Locator::new(&report).primary(&only), Located::whole(b"CODEOWNERS".to_vec()));
    }
}
