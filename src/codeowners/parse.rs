//! Text to entries, without loss.
//!
//! Every byte of the file is in an entry's span, in a comment, or is white space between them.

mod gitea;
mod github;
mod gitlab;
mod owner;

pub(super) use owner::any_kind as owner_kind;

use std::collections::HashSet;

use bstr::ByteSlice;

use super::{Codeowners, Dialect, Owner, OwnerKind, Problem, ProblemKind, Section};
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
    let mut sections = vec![Section::default()];
    let all =
        (1..=lines.count()).map_while(|number| Some((number, content_of(&text, lines.line(&text, number)?, number))));
    match dialect {
        Dialect::GitLab => (sections, entries) = gitlab::read(&text, all, &mut comments),
        Dialect::GitHub | Dialect::Bitbucket => {
            entries.extend(
                all.filter_map(|(number, line)| github::read_line(&text, dialect, number, line, &mut comments)),
            );
        }
        Dialect::Gitea | Dialect::Forgejo => {
            let mut budget = gitea::CATCH_ALL_BUDGET;
            entries.extend(all.filter_map(|(number, line)| {
                gitea::read_line(&text, dialect, number, line, &mut comments, &mut budget)
            }));
        }
    }
    if dialect != Dialect::GitLab {
        for (rank, entry) in (0..).zip(&mut entries) {
            entry.rank = rank;
        }
    }
    Codeowners { path: path.to_owned(), text, lines, dialect, sections, entries, comments }
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

/// The owners that words name; what is wrong with the others goes to `problems`.
fn read_owners(text: &[u8], words: &[Span], dialect: Dialect, problems: &mut Vec<Problem>) -> Vec<Owner> {
    let mut owners: Vec<Owner> = Vec::with_capacity(words.len());
    let mut seen = HashSet::new();
    for &span in words {
        let bytes = &text[span.range()];
        let Ok(word) = bytes.to_str() else {
            problems.extend(bad_bytes(bytes, span));
            continue;
        };
        let Some(kind) = owner::kind(word, dialect) else {
            let kind = match word {
                _ if owner::role(word).is_some() => ProblemKind::RoleAsOwner,
                _ if owner::are_glued(word) => ProblemKind::GluedOwners,
                _ => ProblemKind::MalformedOwner,
            };
            problems.push(Problem { kind, span });
            continue;
        };
        push_owner(word, span, kind, &mut owners, &mut seen, problems);
    }
    owners
}

/// Adds an owner, and says where it repeats one that is there.
fn push_owner(
    word: &str,
    span: Span,
    kind: OwnerKind,
    owners: &mut Vec<Owner>,
    seen: &mut HashSet<String>,
    problems: &mut Vec<Problem>,
) {
    let key = owner::handle(word).to_lowercase();
    if !seen.insert(key.clone()) {
        problems.push(Problem { kind: ProblemKind::RepeatedOwner, span });
    }
    owners.push(Owner { span, text: word.to_owned(), key, kind });
}

#[cfg(test)]
mod tests;
