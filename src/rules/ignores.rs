//! What comments of CODEOWNERS say to the linter: `# mlops-lint: ignore[MLO104] reason`.
//!
//! A comment on its own line speaks of the next entry (or section heading), one at the end of an entry's line of that
//! entry. It silences what is said of the entry itself and of the paths that it decides.

use bstr::ByteSlice;
use rustc_hash::{FxHashMap, FxHashSet};

use super::{Context, Meta, find};
use crate::codeowners::{Codeowners, EntryId, SectionId};
use crate::finding::{Cause, Subject, Violation};
use crate::span::Span;

/// How a comment that speaks to the linter starts, behind its `#`.
const NAME: &[u8] = b"mlops-lint";
/// Nobody means more rules by one comment.
const MOST_WORDS: usize = 50;
/// Rules about ignores and about the gate itself: a change could silence its own report.
pub(super) const NEVER_IGNORED: [&str; 2] = ["MLO504", "MLO505"];

/// The comments that speak to the linter.
#[derive(Debug, Default)]
pub(super) struct Ignores {
    all: Vec<Ignore>,
    by_entry: FxHashMap<EntryId, Vec<usize>>,
    by_section: FxHashMap<SectionId, Vec<usize>>,
}

/// One comment that speaks to the linter.
#[derive(Debug)]
pub(super) struct Ignore {
    /// Index in [`Codeowners::comments`].
    pub(super) comment: usize,
    /// From the name to the closing bracket.
    pub(super) span: Span,
    /// What is wrong with all of it, so that it does not hold.
    pub(super) fault: Option<Fault>,
    pub(super) words: Vec<Word>,
    pub(super) target: Option<Target>,
}

/// Why a comment does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// It has not the form of an ignore.
    Unreadable,
    /// It says no reason.
    NoReason,
    /// No entry follows.
    NoTarget,
}

/// One code or name of a rule between the brackets.
#[derive(Debug)]
pub(super) struct Word {
    pub(super) span: Span,
    pub(super) text: String,
    pub(super) rule: Option<&'static Meta>,
}

/// What an ignore speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Entry(EntryId),
    Section(SectionId),
}

impl Word {
    /// The rule, if it is one that can be ignored.
    pub(super) fn ignores(&self) -> Option<&'static Meta> {
        self.rule.filter(|meta| !NEVER_IGNORED.contains(&meta.code))
    }
}

impl Ignores {
    /// How many comments speak to the linter.
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// Reads the comments.
    pub(super) fn read(codeowners: &Codeowners) -> Self {
        let lines = lines(codeowners);
        let mut ignores = Self::default();
        for (comment, &span) in codeowners.comments.iter().enumerate() {
            let Some(mut ignore) = read(&codeowners.text, span, comment) else { continue };
            let line = codeowners.lines.position(&codeowners.text, span.start).line;
            let next = lines.partition_point(|&(at, _)| at < line);
            ignore.target = lines.get(next).map(|&(_, target)| target);
            if ignore.target.is_none() {
                ignore.fault.get_or_insert(Fault::NoTarget);
            }
            if ignore.fault.is_none() {
                match ignore.target {
                    Some(Target::Entry(id)) => ignores.by_entry.entry(id).or_default().push(ignores.all.len()),
                    Some(Target::Section(id)) => ignores.by_section.entry(id).or_default().push(ignores.all.len()),
                    None => {}
                }
            }
            ignores.all.push(ignore);
        }
        ignores
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Ignore> {
        self.all.iter()
    }

    /// The ignore that a comment is.
    pub(super) fn of_comment(&self, comment: usize) -> Option<&Ignore> {
        self.all.binary_search_by_key(&comment, |ignore| ignore.comment).ok().map(|at| &self.all[at])
    }
}

/// Drops what comments silence; gives how much that was, and the words that silenced nothing as an index into
/// [`Ignores::iter`] and one into [`Ignore::words`].
pub(super) fn apply(context: &Context<'_>, violations: &mut Vec<Violation>) -> (usize, Vec<(usize, usize)>) {
    let ignores = context.ignores();
    let mut used = FxHashSet::default();
    let before = violations.len();
    if !ignores.all.is_empty() {
        violations.retain(|violation| {
            let word = word_for(context, ignores, violation);
            used.extend(word);
            word.is_none()
        });
    }
    let holding = ignores.all.iter().enumerate().filter(|(_, ignore)| ignore.fault.is_none());
    let words = holding.flat_map(|(at, ignore)| (0..ignore.words.len()).map(move |word| (at, word)));
    let unused =
        words.filter(|&(at, word)| ignores.all[at].words[word].ignores().is_some() && !used.contains(&(at, word)));
    (before - violations.len(), unused.collect())
}

/// The first word that silences a violation.
fn word_for(context: &Context<'_>, ignores: &Ignores, violation: &Violation) -> Option<(usize, usize)> {
    let word_of = |at: &usize| {
        let says = |word: &Word| word.ignores().is_some_and(|meta| meta.code == violation.rule);
        ignores.all[*at].words.iter().position(says).map(|word| (*at, word))
    };
    let of_entry = |id: &EntryId| ignores.by_entry.get(id)?.iter().find_map(word_of);
    match (&violation.subject, &violation.cause) {
        (Subject::Path(path), _) => {
            let winners = context.ownership.winners(context.listing.find(path)?);
            winners.iter().find_map(of_entry)
        }
        (Subject::Entry { .. }, _) => of_entry(&context.entry_of(&violation.subject)?),
        (_, Cause::Section(section)) => ignores.by_section.get(section)?.iter().find_map(word_of),
        _ => None,
    }
}

/// The lines that an ignore can speak of, in order.
fn lines(codeowners: &Codeowners) -> Vec<(usize, Target)> {
    let entries = codeowners.iter().map(|(id, entry)| (entry.line, Target::Entry(id)));
    let sections = (0..).map(SectionId).zip(&codeowners.sections);
    let headings = sections
        .flat_map(|(id, section)| section.headings.iter().map(move |heading| (heading.line, Target::Section(id))));
    let mut lines: Vec<_> = entries.chain(headings).collect();
    lines.sort_by_key(|&(line, _)| line);
    lines
}

/// Reads a comment; `None` for one that does not speak to the linter.
fn read(text: &[u8], comment: Span, index: usize) -> Option<Ignore> {
    let start = skip(text, comment, |byte| byte == b'#' || byte.is_ascii_whitespace());
    let named = text[start..comment.end].get(..NAME.len()).is_some_and(|name| name.eq_ignore_ascii_case(NAME));
    let colon = skip(text, Span::new(start + NAME.len(), comment.end.max(start + NAME.len())), is_blank);
    if !named || text.get(colon) != Some(&b':') || colon >= comment.end {
        return None;
    }
    let end = comment.end - text[comment.range()].iter().rev().take_while(|byte| byte.is_ascii_whitespace()).count();
    let mut ignore = Ignore {
        comment: index,
        span: Span::new(start, end),
        fault: Some(Fault::Unreadable),
        words: Vec::new(),
        target: None,
    };
    let verb = skip(text, Span::new(colon + 1, end), is_blank);
    let Some(rest) = text.get(verb..end).and_then(|rest| rest.strip_prefix(b"ignore")) else { return Some(ignore) };
    let open = skip(text, Span::new(end - rest.len(), end), is_blank);
    let Some(close) = text[open..end].find_byte(b']').filter(|_| text[open] == b'[') else { return Some(ignore) };
    let close = open + close;
    let mut at = open + 1;
    for word in text[at..close].split(|&byte| byte == b',') {
        let blanks = word.iter().take_while(|byte| is_blank(**byte)).count();
        let trimmed = word.trim_ascii();
        if trimmed.is_empty() || ignore.words.len() == MOST_WORDS {
            ignore.words.clear();
            return Some(ignore);
        }
        let name = trimmed.to_str_lossy().into_owned();
        let span = Span::new(at + blanks, at + blanks + trimmed.len());
        ignore.words.push(Word { span, rule: find(&name), text: name });
        at += word.len() + 1;
    }
    ignore.span.end = close + 1;
    let says_why = text[close + 1..end].to_str_lossy().chars().any(char::is_alphanumeric);
    ignore.fault = (!says_why).then_some(Fault::NoReason);
    Some(ignore)
}

fn is_blank(byte: u8) -> bool {
    byte.is_ascii_whitespace()
}

/// The first place in a span whose byte is not of a sort; its end where there is none.
fn skip(text: &[u8], span: Span, is: impl Fn(u8) -> bool) -> usize {
    let rest = text.get(span.range()).unwrap_or_default();
    rest.iter().position(|&byte| !is(byte)).map_or(span.end, |at| span.start + at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codeowners::{Dialect, parse};

    /// Each ignore as `target: words, fault`.
    fn told(host: Dialect, text: &str) -> Vec<String> {
        let file = parse("CODEOWNERS", text.as_bytes().to_vec(), host);
        let tell = |ignore: &Ignore| {
            let words: Vec<&str> = ignore.words.iter().map(|word| &text[word.span.range()]).collect();
            let target = match ignore.target {
                Some(Target::Entry(id)) => file.entry(id).pattern_text.clone(),
                Some(Target::Section(id)) => format!("[{}]", file.section(id).name),
                None => "nothing".to_owned(),
            };
            let fault = ignore.fault.map(|fault| format!(" {fault:?}")).unwrap_or_default();
            format!("{target}: {}{fault}", words.join(" "))
        };
        Ignores::read(&file).iter().map(tell).collect()
    }

    #[test]
    fn a_comment_speaks_of_its_own_line_or_of_the_next_entry() {
        let text = "\
# mlops-lint: ignore[MLO104] files come in May
# an ordinary comment
/a/ @x
/b/ @y # mlops-lint: ignore[dead-entry, MLO301] agreed

#mlops-lint:ignore[ MLO104 ]: because
/c/ @z
# mlops-lint: ignore[MLO104] too late
";
        assert_eq!(
            told(Dialect::GitHub, text),
            ["/a/: MLO104", "/b/: dead-entry MLO301", "/c/: MLO104", "nothing: MLO104 NoTarget"]
        );
    }

    #[test]
    fn on_gitlab_a_heading_can_be_meant_and_there_are_no_inline_comments() {
        let text = "# mlops-lint: ignore[MLO121] ours\n[Data][x] @a\n/a/ @b # mlops-lint: ignore[MLO104] no comment\n";
        assert_eq!(told(Dialect::GitLab, text), ["[Data]: MLO121"]);
    }

    #[test]
    fn what_is_no_ignore_is_said_to_be_none() {
        for (comment, wanted) in [
            ("# mlops-lint: ignore[MLO104]", "/a: MLO104 NoReason"),
            ("# mlops-lint: ignore[MLO104] --", "/a: MLO104 NoReason"),
            ("# mlops-lint: ignore MLO104 reason", "/a:  Unreadable"),
            ("# mlops-lint: ignore[] reason", "/a:  Unreadable"),
            ("# mlops-lint: ignore[MLO104 reason", "/a:  Unreadable"),
            ("# mlops-lint: ignore[MLO104,] reason", "/a:  Unreadable"),
            ("# mlops-lint: disable[MLO104] reason", "/a:  Unreadable"),
            ("# mlops-lint:", "/a:  Unreadable"),
            ("# MLOps-lint : ignore [MLO104] reason\r", "/a: MLO104"),
        ] {
            assert_eq!(told(Dialect::GitHub, &format!("{comment}\n/a @x\n")), [wanted], "{comment}");
        }
        for prose in
            ["# mlops-lint checks this file", "# see mlops-lint: ignore[MLO104]", "#", "# mlops-lin", "# mlops-lint"]
        {
            assert_eq!(told(Dialect::GitHub, &format!("{prose}\n/a @x\n")), [""; 0], "{prose}");
        }
    }

    #[test]
    fn a_comment_of_a_megabyte_is_read_in_one_pass() {
        for filler in ["[", "a,", "]", ",", "# mlops-lint: "] {
            let text = format!("# mlops-lint: ignore[{}\n/a @x\n", filler.repeat(1_000_000 / filler.len()));
            assert_eq!(told(Dialect::GitHub, &text).len(), 1, "{filler}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_comment_is_too_strange(
            pieces in proptest::collection::vec("mlops-lint|:|ignore|\\[|\\]|,|MLO104|#| |\t|\r|\u{e9}|why", 0..12),
            bad in proptest::bool::ANY,
        ) {
            let mut text = format!("#{}", pieces.concat()).into_bytes();
            if bad {
                text.push(0xff);
            }
            text.extend(b"\n/a @x\n");
            let file = parse("CODEOWNERS", text, Dialect::GitHub);
            for ignore in Ignores::read(&file).iter() {
                assert!(ignore.span.end <= file.comments[ignore.comment].end && !ignore.span.is_empty());
                assert!(ignore.words.iter().all(|word| ignore.span.start < word.span.start && word.span.end < ignore.span.end));
            }
        }
    }
}
