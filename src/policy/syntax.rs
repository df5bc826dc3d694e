//! What the YAML reader stumbled over, in the words of somebody who writes a policy.

use granit_parser::{ErrorKind, ScanError};

use super::Origin;
use super::error::PolicyError;
use crate::span::Span;

/// An error of the YAML reader, with the way out where its cause is one of the usual ones.
pub(super) fn explain(error: &ScanError, text: &str, index: usize) -> PolicyError {
    let at = error.marker().byte_offset().unwrap_or(text.len()).min(text.len());
    let word = word_at(text, at);
    let said = &text[word.range()];
    let here = |span| Origin { text: index, span: visible(text, span) };
    match error.kind() {
        ErrorKind::UnexpectedCharacter { character: character @ ('@' | '`' | '%') } => {
            PolicyError::new(here(word), format!("an unquoted YAML value cannot start with `{character}`"))
                .label("quotes are missing")
                .help(quote_it(said))
        }
        ErrorKind::MissingAnchorOrAliasName if said.starts_with('*') => alias(text, index, word),
        ErrorKind::MissingAnchorOrAliasName => {
            PolicyError::new(here(word), "an unquoted YAML value cannot start with `&`")
                .label("quotes are missing")
                .help(quote_it(said))
        }
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabInPlainScalar
        | ErrorKind::TabAtBlockScalarStart => PolicyError::new(here(tab_near(text, at)), "a tab indents this line")
            .label("a tab")
            .help("Indent with spaces.".to_owned()),
        ErrorKind::UnclosedQuotedScalar => {
            PolicyError::new(here(Span::new(at, at + 1)), "this quote is never closed").label("opened here")
        }
        ErrorKind::UnclosedFlowCollection { .. }
        | ErrorKind::UnexpectedEofFlowSequence
        | ErrorKind::UnexpectedEofFlowMapping
        | ErrorKind::UnexpectedEofImplicitFlowMapping => {
            PolicyError::new(here(Span::new(at, at + 1)), "a `[` or `{` is never closed")
                .label("the closing one is missing by here")
        }
        ErrorKind::MappingValueNotAllowed | ErrorKind::InvalidColonPlacement => {
            PolicyError::new(here(Span::new(at, at + 1)), "no `key:` can stand here").label("this colon").help(
                "Check the indentation and the brackets above, and quote the value if the colon belongs to it."
                    .to_owned(),
            )
        }
        ErrorKind::ExpectedBlockMappingKey | ErrorKind::InvalidIndentation => {
            PolicyError::new(here(word), "this line is indented unlike those it belongs to")
                .label("not where a key was expected")
                .help("Give the keys of one map the same number of spaces.".to_owned())
        }
        ErrorKind::ExpectedFlowSequenceSeparator | ErrorKind::ExpectedFlowMappingSeparator => {
            PolicyError::new(here(Span::new(at, at + 1)), "a comma or a closing bracket is missing before this")
                .label("unexpected here")
                .help("Quote values that hold brackets, braces or commas.".to_owned())
        }
        ErrorKind::RecursionLimitExceeded => {
            PolicyError::new(here(Span::new(at, at + 1)), "the policy is nested too deep")
                .label("deeper than any policy needs")
        }
        _ => PolicyError::new(here(word), format!("the YAML cannot be read: {}", error.info())),
    }
}

/// A pattern whose first character makes it look like an alias, or an anchor. No alias can be meant: the anchor that it
/// would need is an error before it.
pub(super) fn alias(text: &str, index: usize, at: Span) -> PolicyError {
    let said = &text[at.range()];
    let origin = Origin { text: index, span: visible(text, at) };
    if said.starts_with('*') {
        return PolicyError::new(origin, "an unquoted `*` starts a YAML alias, not a pattern")
            .label("quotes are missing")
            .help(quote_it(said));
    }
    PolicyError::new(origin, "a policy has no YAML anchors and aliases")
        .label("an anchor")
        .help("Write the value out; an area takes over the expectation of another with `is`.".to_owned())
}

/// A tag, or a pattern whose `!` makes it look like one.
pub(super) fn tag(text: &str, index: usize, at: Span) -> PolicyError {
    let said = &text[at.range()];
    PolicyError::new(Origin { text: index, span: visible(text, at) }, "an unquoted `!` starts a YAML tag")
        .label("a policy has no tags")
        .help(if said.starts_with("!!") { Some("Leave it out.".to_owned()) } else { quote_it(said) })
}

fn quote_it(said: &str) -> Option<String> {
    let fits = !said.is_empty() && said.len() <= 200 && !said.contains(['"', '\\']);
    fits.then(|| format!("Quote it: \"{said}\""))
}

/// The word that starts at `at`, as far as a person would quote it.
fn word_at(text: &str, at: usize) -> Span {
    let rest = text.get(at..).unwrap_or_default();
    let length = rest.find(|c: char| c.is_whitespace() || matches!(c, ',' | ']' | '}' | '#')).unwrap_or(rest.len());
    Span::new(at, at + length)
}

/// The tab that the reader means when it stops at or right behind one.
fn tab_near(text: &str, at: usize) -> Span {
    let bytes = text.as_bytes();
    let at = if bytes.get(at) != Some(&b'\t') && at > 0 && bytes[at - 1] == b'\t' { at - 1 } else { at };
    Span::new(at, at + 1)
}

/// A span that can be pointed at: whole characters, not empty, within the text. At the end of a text it is the last
/// thing that stands there.
pub(super) fn visible(text: &str, span: Span) -> Span {
    if text.is_empty() {
        return Span::default();
    }
    let last = text.trim_end().len().saturating_sub(1);
    let (mut start, mut end) = (span.start.min(last), span.end);
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    if span.start > last || end <= start {
        end = start + 1;
    }
    end = end.min(text.len());
    while !text.is_char_boundary(end) {
        end += 1;
    }
    Span::new(start, end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_span_can_be_pointed_at() {
        let text = "aé\n\n";
        assert_eq!(visible(text, Span::new(0, 0)), Span::new(0, 1));
        assert_eq!(visible(text, Span::new(1, 2)), Span::new(1, 3));
        assert_eq!(visible(text, Span::new(4, 4)), Span::new(1, 3));
        assert_eq!(visible(text, Span::new(99, 100)), Span::new(1, 3));
        assert_eq!(visible("", Span::new(0, 1)), Span::new(0, 0));
        assert_eq!(visible("\n", Span::new(0, 0)), Span::new(0, 1));
    }
}
