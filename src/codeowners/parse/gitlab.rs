//! GitLab's lines: sections with headings, entries with exclusions, and no inline comments.
//!
//! Source: `ee/lib/gitlab/code_owners/` of GitLab (`file.rb`, `section_parser.rb`, `reference_extractor.rb`), and
//! <https://docs.gitlab.com/user/project/codeowners/reference/>. Nothing is ever skipped there but a pattern that cannot
//! be read: a word that names no owner is left out, and the entry stays.

use std::collections::HashMap;

use bstr::ByteSlice;

use super::{bad_bytes, is_space, owner, push_owner};
use crate::codeowners::pattern::gitlab_form;
use crate::codeowners::{
    Dialect, Entry, EntryId, Heading, Meaning, Owner, OwnerKind, Pattern, Problem, ProblemKind, Section, SectionId,
    Tail,
};
use crate::span::Span;

/// The name by which GitLab keeps the entries before the first heading; `[codeowners]` goes on with them.
const UNNAMED: &str = "codeowners";

/// The sections and entries of all lines; whole-line comments go to `comments`.
pub(super) fn read(
    text: &[u8],
    lines: impl Iterator<Item = (usize, Span)>,
    comments: &mut Vec<Span>,
) -> (Vec<Section>, Vec<Entry>) {
    let mut reader = Reader {
        text,
        sections: vec![Section::default()],
        keys: vec![UNNAMED.to_owned()],
        current: SectionId(0),
        entries: Vec::new(),
        optional: Vec::new(),
        kept: HashMap::new(),
    };
    for (number, line) in lines {
        let line = trimmed(text, line);
        match text[line.range()].first() {
            None => {}
            Some(b'#') => comments.push(line),
            Some(_) => {
                if let Some(comment) = reader.line(number, line) {
                    comments.push(comment);
                }
            }
        }
    }
    reader.finish()
}

fn trimmed(text: &[u8], line: Span) -> Span {
    let bytes = &text[line.range()];
    let start = bytes.iter().take_while(|&&byte| is_space(byte)).count();
    let end = bytes[start..].iter().rev().take_while(|&&byte| is_space(byte) || byte == 0).count();
    Span::new(line.start + start, line.end - end)
}

struct Reader<'t> {
    text: &'t [u8],
    sections: Vec<Section>,
    /// The names that sections are found by, lower-cased.
    keys: Vec<String>,
    current: SectionId,
    entries: Vec<Entry>,
    /// Whether each entry stands below an optional heading.
    optional: Vec<bool>,
    /// The entry that is kept for a pattern of a section, and the place that the first such entry took.
    kept: HashMap<(SectionId, String), (EntryId, u32)>,
}

impl Reader<'_> {
    /// Reads a line that is neither empty nor a comment; gives the comment behind a heading.
    fn line(&mut self, number: usize, line: Span) -> Option<Span> {
        let Some((name, heading, comment)) = self.heading(number, line) else {
            self.entry(number, line);
            return None;
        };
        self.current = self.section_named(&name);
        self.sections[self.current.0 as usize].headings.push(heading);
        comment
    }

    /// A heading: `^`, a name in brackets, a number in brackets, owners. All but the name may be missing, and what goes
    /// on otherwise is not read.
    fn heading(&self, number: usize, line: Span) -> Option<(String, Heading, Option<Span>)> {
        let bytes = &self.text[line.range()];
        let optional = bytes.first() == Some(&b'^');
        let open = usize::from(optional);
        let name = bytes[open..].strip_prefix(b"[")?;
        let name = &name[..name.find_byte(b']')?];
        let mut at = open + 1 + name.len() + 1;
        let mut problems = Vec::new();
        let here = |start: usize, end: usize| Span::new(line.start + start, line.start + end);
        if name.trim_ascii().is_empty() {
            problems.push(Problem { kind: ProblemKind::NamelessSection, span: here(0, at) });
        }
        let mut approvals = 0;
        if let Some((digits, length)) = number_in_brackets(&bytes[at..]) {
            approvals = digits;
            let kind = match digits {
                0 => Some(ProblemKind::ApprovalsOfNone),
                _ if optional => Some(ProblemKind::ApprovalsOfOptional),
                u32::MAX => Some(ProblemKind::ApprovalsOfTooMany),
                _ => None,
            };
            problems.extend(kind.map(|kind| Problem { kind, span: here(at, at + length) }));
            at += length;
        }
        let is_owner_text = |byte: u8| byte.is_ascii_alphanumeric() || b"@_.-/+".contains(&byte) || is_space(byte);
        let mut owners_end = at;
        if bytes.get(at).copied().is_some_and(is_space) {
            owners_end += bytes[at..].iter().take_while(|&&byte| is_owner_text(byte)).count();
        }
        let mut owners = Owners::default();
        owners.read(self.text, here(at, owners_end), &mut problems);
        let rest = trimmed(self.text, here(owners_end, bytes.len()));
        let mut comment = None;
        if self.text[rest.range()].first() == Some(&b'#') {
            comment = Some(rest);
        } else if !rest.is_empty() {
            problems.push(Problem { kind: ProblemKind::HeadingText, span: rest });
        }
        let span = owners.list.last().map_or(here(0, at), |last| here(0, at).to(last.span));
        let heading =
            Heading { line: number, span, optional, approvals: approvals.max(1), owners: owners.list, problems };
        Some((name.to_str_lossy().into_owned(), heading, comment))
    }

    fn section_named(&mut self, name: &str) -> SectionId {
        let key = name.to_lowercase();
        // Until there is a second section, only the exact name goes on with the unnamed one.
        let known = match self.keys.len() {
            1 => (name == UNNAMED).then_some(0),
            _ => self.keys.iter().position(|known| *known == key),
        };
        let at = known.unwrap_or_else(|| {
            self.keys.push(key);
            self.sections.push(Section { name: name.to_owned(), ..Section::default() });
            self.sections.len() - 1
        });
        SectionId(u32::try_from(at).unwrap_or(u32::MAX))
    }

    fn entry(&mut self, number: usize, line: Span) {
        let text = self.text;
        let bytes = &text[line.range()];
        let end = pattern_end(bytes);
        let pattern_span = Span::new(line.start, line.start + end);
        let written = &bytes[..end];
        let excludes = written.first() == Some(&b'!');
        let mut problems = Vec::new();
        let pattern = read_pattern(written, excludes, pattern_span, &mut problems);

        let mut owners = Owners::default();
        let owners_span = trimmed(text, Span::new(pattern_span.end, line.end));
        if !excludes {
            let words: Vec<Span> = words(text, owners_span).collect();
            let cut_off = super::github::rest_of_path(text, written, &words);
            let is_comment = words[..cut_off].iter().any(|word| text[word.start] == b'#');
            let named = match words[..cut_off].last().filter(|_| !is_comment) {
                Some(last) => {
                    let span = words[0].to(*last);
                    problems.push(Problem { kind: ProblemKind::UnescapedSpace, span });
                    Span::new(last.end, owners_span.end)
                }
                None => owners_span,
            };
            owners.read(text, named, &mut problems);
        }
        let heading = self.sections[self.current.0 as usize].headings.last();
        // Whatever stands behind the pattern takes the place of the section's owners, even if it names nobody.
        let inherited = heading.filter(|_| owners_span.is_empty() && !excludes);
        let inherits_owners = inherited.is_some_and(|heading| !heading.owners.is_empty());
        if let Some(heading) = inherited {
            owners.list.clone_from(&heading.owners);
        }
        let id = EntryId(u32::try_from(self.entries.len()).unwrap_or(u32::MAX));
        self.optional.push(heading.is_some_and(|heading| heading.optional));
        let mut entry = Entry {
            line: number,
            span: if owners_span.is_empty() { pattern_span } else { pattern_span.to(owners_span) },
            pattern_span,
            pattern_text: written.to_str_lossy().into_owned(),
            meaning: pattern.map(Meaning::Glob),
            owners: owners.list,
            inherits_owners,
            section: self.current,
            approvals: heading.map_or(1, |heading| heading.approvals),
            excludes,
            rank: id.0,
            replaced_by: None,
            problems,
        };
        let key = (self.current, gitlab_form(&written[usize::from(excludes)..].to_str_lossy()));
        if let Some((before, place)) = self.kept.get(&key).copied() {
            // The host keeps the last of equal patterns, at the place of the first.
            self.entries[before.0 as usize].replaced_by = Some(id);
            entry.rank = place;
        }
        self.kept.insert(key, (id, entry.rank));
        self.entries.push(entry);
    }

    fn finish(mut self) -> (Vec<Section>, Vec<Entry>) {
        for (id, section) in (0..).zip(&mut self.sections) {
            let kept = self.entries.iter().zip(&self.optional);
            let mut kept =
                kept.filter(|(entry, _)| entry.section == SectionId(id) && entry.replaced_by.is_none()).peekable();
            section.optional = kept.peek().is_some() && kept.all(|(_, optional)| *optional);
        }
        (self.sections, self.entries)
    }
}

/// What a pattern means; what is wrong with it goes to `problems`.
fn read_pattern(written: &[u8], excludes: bool, span: Span, problems: &mut Vec<Problem>) -> Option<Pattern> {
    let start = usize::from(excludes);
    let Ok(text) = written[start..].to_str() else {
        problems.extend(bad_bytes(written, span));
        return None;
    };
    if let Some(braces) = super::braces(text) {
        let from = span.start + start;
        let span = Span::new(from + braces.start, from + braces.end);
        problems.push(Problem { kind: ProblemKind::Braces, span });
    }
    // (An entry without owners of its own has its section's: nothing is missing behind the pattern.)
    problems.extend(super::github::misplaced_owner(text, span, false, Dialect::GitLab));
    let pattern = Pattern::gitlab(text);
    if pattern.tail == Tail::Nothing
        && let Some(at) = written.find_byte(b'[')
    {
        problems.push(Problem { kind: ProblemKind::UnclosedBracket, span: Span::new(span.start + at, span.end) });
    }
    Some(pattern)
}

/// `[2]`, `[]`: the number, and how long it is with its brackets.
fn number_in_brackets(bytes: &[u8]) -> Option<(u32, usize)> {
    let digits = bytes.strip_prefix(b"[")?.iter().take_while(|byte| byte.is_ascii_digit()).count();
    bytes.get(1 + digits).filter(|&&byte| byte == b']')?;
    let number = bytes[1..=digits].to_str().ok()?;
    let value = if digits == 0 { 0 } else { number.parse().unwrap_or(u32::MAX) };
    Some((value, digits + 2))
}

/// Where the pattern ends: at the first white space that no backslash stands before.
fn pattern_end(line: &[u8]) -> usize {
    let ends = |at: usize| is_space(line[at]) && (at == 0 || line[at - 1] != b'\\');
    (0..line.len()).find(|&at| ends(at)).unwrap_or(line.len())
}

/// Owners as they are read from a text.
#[derive(Default)]
struct Owners {
    list: Vec<Owner>,
    seen: std::collections::HashSet<String>,
}

impl Owners {
    /// Reads the references in `span`: whatever word holds one names it, a word behind a `#` too.
    fn read(&mut self, text: &[u8], span: Span, problems: &mut Vec<Problem>) {
        let mut in_comment = false;
        for word in words(text, span) {
            let bytes = &text[word.range()];
            if bytes.first() == Some(&b'#') && !in_comment {
                in_comment = true;
                problems.push(Problem { kind: ProblemKind::InlineComment, span: Span::new(word.start, span.end) });
            }
            let Ok(written) = bytes.to_str() else {
                problems.extend(
                    bad_bytes(bytes, word).into_iter().map(|bad| Problem { kind: ProblemKind::MalformedOwner, ..bad }),
                );
                continue;
            };
            let found = references(written);
            if found.is_empty() && !in_comment {
                problems.push(Problem { kind: ProblemKind::MalformedOwner, span: word });
            }
            if owner::are_glued(written) {
                problems.push(Problem { kind: ProblemKind::GluedOwners, span: word });
            }
            for (start, end, kind) in found {
                let here = Span::new(word.start + start, word.start + end);
                push_owner(&written[start..end], here, kind, &mut self.list, &mut self.seen, problems);
            }
        }
    }
}

fn words(text: &[u8], span: Span) -> impl Iterator<Item = Span> {
    let mut at = span.start;
    std::iter::from_fn(move || {
        let blank = |byte: &&u8| is_space(**byte);
        at += text[at..span.end].iter().take_while(blank).count();
        let length = text[at..span.end].iter().take_while(|byte| !blank(byte)).count();
        let word = Span::new(at, at + length);
        at = word.end;
        (length > 0).then_some(word)
    })
}

/// The owners within a word: `@name` behind no letter, e-mails, and roles, which are a word of their own.
fn references(word: &str) -> Vec<(usize, usize, OwnerKind)> {
    if owner::role(word).is_some() {
        return vec![(0, word.len(), OwnerKind::Role)];
    }
    let mut found = Vec::new();
    for (at, _) in word.match_indices('@') {
        let before = word[..at].chars().next_back();
        let is_word = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '@');
        let is_name = |character: char| character.is_ascii_alphanumeric() || "_.-/".contains(character);
        let length = word[at + 1..].find(|character| !is_name(character)).unwrap_or(word.len() - at - 1);
        let handle = word[at..=at + length].trim_end_matches(['.', '/']);
        if !before.is_some_and(is_word)
            && let Some(kind) = owner::kind(handle, Dialect::GitLab)
        {
            found.push((at, at + handle.len(), kind));
            continue;
        }
        let start = word[..at].rfind('@').map_or(0, |earlier| earlier + 1);
        let end = word[at + 1..].find('@').map_or(word.len(), |next| at + 1 + next);
        let mail = word[start..end].trim_end_matches(|last: char| !last.is_alphanumeric() && last != '_');
        if mail.len() > at - start && owner::kind(mail, Dialect::GitLab) == Some(OwnerKind::Email) {
            found.push((start, start + mail.len(), OwnerKind::Email));
        }
    }
    found
}
