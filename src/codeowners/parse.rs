//! Text to entries, without loss.
//!
//! Every byte of the file is in an entry's span, in a comment, or is white space between them.

mod owner;

pub(super) use owner::kind as owner_kind;

use std::collections::HashSet;

use bstr::ByteSlice;

use super::{Codeowners, Dialect, Entry, Owner, OwnerKind, Pattern, PatternErrorKind, Problem, ProblemKind};
use crate::span::{LineIndex, Span};

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Parses `text` as the CODEOWNERS file at `path`. Never fails: what the host would skip becomes an entry with
/// [`super::Entry::problems`]. All spans are byte offsets in `text`.
///
/// A word ends at ASCII white space (blank, tab, form feed, vertical tab, a stray carriage return) that no backslash
/// escapes; a no-break space is part of its word, as it is for the host.
pub fn parse(path: &str, text: Vec<u8>, dialect: Dialect) -> Codeowners {
    let lines = LineIndex::new(&text);
    let mut entries = Vec::new();
    let mut comments = Vec::new();
    for number in 1..=lines.count() {
        let Some(line) = lines.line(&text, number) else { break };
        let words = match dialect {
            Dialect::GitHub => split_line(&text, content_of(&text, line, number), &mut comments),
        };
        entries.extend(read_entry(&text, number, &words));
    }
    Codeowners { path: path.to_owned(), text, lines, dialect, entries, comments }
}

/// The line without the byte order mark of the file's start and the carriage return of a CRLF end.
fn content_of(text: &[u8], line: Span, number: usize) -> Span {
    let bytes = &text[line.range()];
    let mark = if number == 1 && bytes.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
    Span::new(line.start + mark, line.end - usize::from(bytes.ends_with(b"\r")))
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\x0b' | b'\x0c')
}

/// The words of a line; a comment, which nothing follows, goes to `comments`.
fn split_line(text: &[u8], line: Span, comments: &mut Vec<Span>) -> Vec<Span> {
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
        let comment = if words.is_empty() { None } else { comment_after_owner(&text[word.range()]) };
        if let Some(length) = comment {
            words.push(Span::new(start, start + length));
            comments.push(Span::new(start + length, line.end));
            return words;
        }
        words.push(word);
    }
}

/// Where a comment starts that stands right behind an owner (`@ana#note`): no owner contains a `#`.
fn comment_after_owner(word: &[u8]) -> Option<usize> {
    let at = word.find_byte(b'#')?;
    owner::kind(word[..at].to_str().ok()?).map(|_| at)
}

fn read_entry(text: &[u8], line: usize, words: &[Span]) -> Option<Entry> {
    let (&pattern_span, rest) = words.split_first()?;
    let mut problems = Vec::new();
    let pattern_bytes = &text[pattern_span.range()];
    let pattern = read_pattern(pattern_bytes, pattern_span, &mut problems);
    if pattern.is_some()
        && let Ok(pattern_text) = pattern_bytes.to_str()
    {
        problems.extend(misplaced_owner(pattern_text, pattern_span, rest.is_empty()));
    }
    let cut_off = rest_of_path(text, pattern_bytes, rest);
    if let (Some(first), Some(last)) = (rest[..cut_off].first(), rest[..cut_off].last()) {
        problems.push(Problem { kind: ProblemKind::UnescapedSpace, span: first.to(*last) });
    }
    let owners = read_owners(text, &rest[cut_off..], &mut problems);
    let skipped = problems.iter().any(Problem::skips_entry);
    Some(Entry {
        line,
        span: rest.last().map_or(pattern_span, |&last| pattern_span.to(last)),
        pattern_span,
        pattern_text: pattern_bytes.to_str_lossy().into_owned(),
        pattern: pattern.filter(|_| !skipped),
        owners,
        problems,
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

/// Runs of bytes that are not UTF-8.
fn bad_bytes(bytes: &[u8], span: Span) -> Vec<Problem> {
    let mut problems: Vec<Problem> = Vec::new();
    let mut at = span.start;
    for chunk in bytes.utf8_chunks() {
        at += chunk.valid().len();
        let bad = Span::new(at, at + chunk.invalid().len());
        at = bad.end;
        match problems.last_mut() {
            _ if bad.is_empty() => {}
            Some(last) if last.span.end == bad.start => last.span.end = bad.end,
            _ => problems.push(Problem { kind: ProblemKind::NotUtf8, span: bad }),
        }
    }
    problems
}

/// The first `{a,b}` of a pattern. Without a comma (`{{cookiecutter.name}}`) nobody meant alternatives.
fn braces(pattern: &str) -> Option<Span> {
    let (mut open, mut comma) = (None, false);
    let mut escaped = false;
    for (at, byte) in pattern.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'{' => (open, comma) = (Some(at), false),
            b',' => comma = true,
            b'}' => {
                if let Some(start) = open.take()
                    && comma
                {
                    return Some(Span::new(start, at + 1));
                }
            }
            _ => {}
        }
    }
    None
}

/// An owner where the pattern should stand, or at the end of it. The host reads either as a path, so the entry holds.
fn misplaced_owner(pattern: &str, span: Span, ownerless: bool) -> Option<Problem> {
    let is_owner = match owner::kind(pattern) {
        // `logo@2x.png` is a file.
        Some(OwnerKind::Email) => owner::has_worded_domain(pattern),
        Some(OwnerKind::User | OwnerKind::Team) => true,
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
fn rest_of_path(text: &[u8], pattern: &[u8], words: &[Span]) -> usize {
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

fn read_owners(text: &[u8], words: &[Span], problems: &mut Vec<Problem>) -> Vec<Owner> {
    let mut owners: Vec<Owner> = Vec::with_capacity(words.len());
    let mut seen = HashSet::new();
    for &span in words {
        let bytes = &text[span.range()];
        let Ok(word) = bytes.to_str() else {
            problems.extend(bad_bytes(bytes, span));
            continue;
        };
        let Some(kind) = owner::kind(word) else {
            let kind = if owner::are_glued(word) { ProblemKind::GluedOwners } else { ProblemKind::MalformedOwner };
            problems.push(Problem { kind, span });
            continue;
        };
        let key = word.to_lowercase();
        if !seen.insert(key.clone()) {
            problems.push(Problem { kind: ProblemKind::RepeatedOwner, span });
        }
        owners.push(Owner { span, text: word.to_owned(), key, kind });
    }
    owners
}

#[cfg(test)]
mod tests;
