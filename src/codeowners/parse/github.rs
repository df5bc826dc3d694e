//! GitHub's lines, which Bitbucket Cloud reads alike: a pattern, owners, a comment.

use bstr::ByteSlice;

use super::{bad_bytes, braces, is_space, owner};
use crate::codeowners::{
    Dialect, Entry, Meaning, OwnerKind, Pattern, PatternErrorKind, Problem, ProblemKind, SectionId,
};
use crate::span::Span;

/// The entry of a line, if it has one; a comment goes to `comments`.
pub(super) fn read_line(
    text: &[u8],
    dialect: Dialect,
    number: usize,
    line: Span,
    comments: &mut Vec<Span>,
) -> Option<Entry> {
    let words = split_line(text, dialect, line, comments);
    read_entry(text, dialect, number, &words)
}

/// The words of a line; a comment, which nothing follows, goes to `comments`.
fn split_line(text: &[u8], dialect: Dialect, line: Span, comments: &mut Vec<Span>) -> Vec<Span> {
    let mut words = Vec::new();
    let mut at = line.start;
    loop {
        at += text[at..line.end].iter().take_while(|&&byte| is_space(byte)).count();
        if at == line.end {
            return words;
        }
        if text[at] == b'#' {
            comments.push(Span::new(at, line.end));
            return words;
        }
        let start = at;
        while at < line.end && !is_space(text[at]) {
            // Only a pattern has escapes; elsewhere a backslash is a character like any other, and a wrong one.
            let escapes = words.is_empty() && text[at] == b'\\';
            at = line.end.min(at + 1 + usize::from(escapes));
        }
        let word = Span::new(start, at);
        let comment = if words.is_empty() { None } else { comment_after_owner(&text[word.range()], dialect) };
        if let Some(length) = comment {
            words.push(Span::new(start, start + length));
            comments.push(Span::new(start + length, line.end));
            return words;
        }
        words.push(word);
    }
}

/// Where a comment starts that stands right behind an owner (`@ana#note`): no owner contains a `#`.
fn comment_after_owner(word: &[u8], dialect: Dialect) -> Option<usize> {
    let at = word.find_byte(b'#')?;
    owner::kind(word[..at].to_str().ok()?, dialect).map(|_| at)
}

fn read_entry(text: &[u8], dialect: Dialect, line: usize, words: &[Span]) -> Option<Entry> {
    let (&pattern_span, rest) = words.split_first()?;
    let mut problems = Vec::new();
    let pattern_bytes = &text[pattern_span.range()];
    if let Some(span) = section_heading(text, pattern_span, rest) {
        problems.push(Problem { kind: ProblemKind::SectionHeading, span });
        return Some(entry(text, dialect, line, words, None, Vec::new(), problems));
    }
    let pattern = read_pattern(pattern_bytes, pattern_span, &mut problems);
    if pattern.is_some()
        && let Ok(pattern_text) = pattern_bytes.to_str()
    {
        problems.extend(misplaced_owner(pattern_text, pattern_span, rest.is_empty(), dialect));
    }
    let cut_off = rest_of_path(text, pattern_bytes, rest);
    if let (Some(first), Some(last)) = (rest[..cut_off].first(), rest[..cut_off].last()) {
        problems.push(Problem { kind: ProblemKind::UnescapedSpace, span: first.to(*last) });
    }
    let owners = super::read_owners(text, &rest[cut_off..], dialect, &mut problems);
    Some(entry(text, dialect, line, words, pattern, owners, problems))
}

fn entry(
    text: &[u8],
    dialect: Dialect,
    line: usize,
    words: &[Span],
    pattern: Option<Pattern>,
    owners: Vec<crate::codeowners::Owner>,
    problems: Vec<Problem>,
) -> Entry {
    let skipped = problems.iter().any(|problem| problem.kind.skips_entry(dialect));
    let pattern_span = words.first().copied().unwrap_or_default();
    Entry {
        line,
        span: words.last().map_or(pattern_span, |&last| pattern_span.to(last)),
        pattern_span,
        pattern_text: text[pattern_span.range()].to_str_lossy().into_owned(),
        meaning: pattern.filter(|_| !skipped).map(Meaning::Glob),
        owners,
        inherits_owners: false,
        section: SectionId::default(),
        approvals: 1,
        excludes: false,
        rank: 0,
        replaced_by: None,
        problems,
    }
}

/// The heading of a section, which only GitLab has: `[Name]` or `^[Name]` at the line's start, whatever follows. A
/// bracket that goes on as a path (`[0-9]/`, `[a-z].py`) is one of gitignore's ranges.
fn section_heading(text: &[u8], first: Span, rest: &[Span]) -> Option<Span> {
    let line = first.to(rest.last().copied().unwrap_or(first));
    let bytes = &text[line.range()];
    let start = usize::from(bytes.first() == Some(&b'^'));
    let name = bytes[start..].strip_prefix(b"[")?;
    let length = name.find_byte(b']').filter(|&length| length > 0)?;
    let behind = &name[length + 1..];
    let approvals = behind.strip_prefix(b"[").and_then(|number| {
        let digits = number.iter().take_while(|byte| byte.is_ascii_digit()).count();
        number[digits..].strip_prefix(b"]")
    });
    let ends = |rest: &[u8]| rest.first().is_none_or(|&byte| is_space(byte));
    let is_heading = ends(behind) || approvals.is_some_and(ends);
    is_heading.then(|| {
        let length = start + 2 + length + approvals.map_or(0, |rest| behind.len() - rest.len());
        Span::new(line.start, line.start + length)
    })
}

fn read_pattern(bytes: &[u8], span: Span, problems: &mut Vec<Problem>) -> Option<Pattern> {
    let Ok(text) = bytes.to_str() else {
        problems.extend(bad_bytes(bytes, span));
        return None;
    };
    problems.extend(braces(text).map(|Span { start, end }| Problem {
        kind: ProblemKind::Braces,
        span: Span::new(span.start + start, span.start + end),
    }));
    match Pattern::github(text) {
        Ok(pattern) => Some(pattern),
        Err(error) => {
            let kind = match error.kind {
                PatternErrorKind::Negation => ProblemKind::Negation,
                PatternErrorKind::Bracket => ProblemKind::Bracket,
                PatternErrorKind::EscapedHash => ProblemKind::EscapedHash,
                PatternErrorKind::TrailingBackslash | PatternErrorKind::Empty => ProblemKind::BadPattern,
            };
            let span = Span::new(span.start + error.span.start, span.start + error.span.end);
            problems.push(Problem { kind, span });
            None
        }
    }
}

/// An owner where the pattern should stand, or at the end of it. The host reads either as a path, so the entry holds.
pub(super) fn misplaced_owner(pattern: &str, span: Span, ownerless: bool, dialect: Dialect) -> Option<Problem> {
    let is_owner = match owner::kind(pattern, dialect) {
        // `logo@2x.png` is a file.
        Some(OwnerKind::Email) => owner::has_worded_domain(pattern),
        Some(_) => true,
        None => owner::are_glued(pattern),
    };
    if is_owner {
        return Some(Problem { kind: ProblemKind::OwnerAsPattern, span });
    }
    // With an owner behind it, `packages/@acme/ui` is a path like any other.
    let tail = if ownerless { owner::glued_to(pattern) } else { None }?;
    Some(Problem { kind: ProblemKind::OwnerGluedToPattern, span: Span::new(span.start + tail, span.end) })
}

/// How many of the words behind the pattern read as the rest of a path with a blank in it.
pub(super) fn rest_of_path(text: &[u8], pattern: &[u8], words: &[Span]) -> usize {
    let bytes = |word: &Span| &text[word.range()];
    let count = words.iter().take_while(|word| !bytes(word).contains(&b'@')).count();
    let (rest, owners) = words.split_at(count);
    // Behind `docs/` or `*` nothing is missing; `/a /b` and `*.js *.ts` are two patterns, not one.
    let is_complete = matches!(pattern.last(), None | Some(b'/' | b'*'));
    let is_other_pattern = rest.iter().any(|word| matches!(bytes(word).first(), Some(b'/' | b'*' | b'!')));
    let is_text = rest.iter().all(|word| bytes(word).is_utf8());
    if is_complete || is_other_pattern || !is_text {
        return 0;
    }
    let reads_as_path = rest.iter().any(|word| bytes(word).iter().any(|byte| matches!(byte, b'.' | b'/')));
    // `*.js docs @ana` forgot an `@`; `/my file @ana` forgot a backslash.
    let has_extension = pattern.rsplit(|&byte| byte == b'/').next().is_some_and(|name| name.contains(&b'.'));
    if reads_as_path || (!owners.is_empty() && !has_extension) { count } else { 0 }
}
