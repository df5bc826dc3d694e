//! Path patterns: GitHub's, and each says where it starts.

use super::Context;
use crate::codeowners::{Pattern, PatternErrorKind, Segment, Tail};
use crate::policy::error::PolicyError;
use crate::policy::fields::{list, shortened, text};
use crate::policy::tree::Node;
use crate::policy::{Located, Origin, PathPattern};
use crate::span::Span;

/// Git's own limit on most systems.
const LONGEST: usize = 4096;

/// Reads a list of patterns.
pub(super) fn paths(node: &Node, what: &str, context: &mut Context<'_>) -> Vec<Located<PathPattern>> {
    let items = list(node, what, "[\"/serving/\", \"**/*.onnx\"]", context.errors).unwrap_or_default();
    items.iter().filter_map(|item| path(item, context)).collect()
}

/// Reads one pattern.
pub(super) fn path(node: &Node, context: &mut Context<'_>) -> Option<Located<PathPattern>> {
    let scalar = text(node, "a path pattern", context.errors)?;
    match read(&scalar.text) {
        Ok(pattern) => Some(Located { value: PathPattern { text: scalar.text.clone(), pattern }, at: node.at }),
        Err((span, error)) => {
            let at = match span {
                Some(span) if scalar.verbatim => {
                    let start = node.at.span.start;
                    Origin { span: Span::new(start + span.start, start + span.end), ..node.at }
                }
                _ => node.at,
            };
            context.errors.push(error(at));
            None
        }
    }
}

/// What is wrong: the characters within the pattern (all where `None`), and the error once its place is known.
type Wrong = (Option<Span>, Box<dyn Fn(Origin) -> PolicyError>);

fn wrong(span: Option<Span>, message: impl Into<String>, label: &'static str, help: impl Into<String>) -> Wrong {
    let (message, help) = (message.into(), help.into());
    (span, Box::new(move |at| PolicyError::new(at, message.clone()).label(label).help(help.clone())))
}

fn read(text: &str) -> Result<Pattern, Wrong> {
    let said = shortened(text);
    if text.len() > LONGEST {
        return Err(wrong(None, "a path pattern is longer than any path", "too long", "Shorten it."));
    }
    if let Some(at) = text.find(|character: char| character.is_control()) {
        let span = Span::new(at, at + text[at..].chars().next().map_or(1, char::len_utf8));
        return Err(wrong(
            Some(span),
            "a path pattern holds a control character or a line break",
            "here",
            "Write the pattern on one line, one pattern a list item.",
        ));
    }
    let pattern = Pattern::github(text).map_err(|error| {
        let (message, label, help) = match error.kind {
            PatternErrorKind::Negation => (
                format!("`{said}` is a negation, and patterns have none"),
                "no `!` here",
                "Name the paths that are meant; `exclude` and `exempt` take paths out.",
            ),
            PatternErrorKind::Bracket => (
                format!("`{said}` has a bracket, and patterns have no character ranges"),
                "not a range",
                "Write one pattern for each character, or `?` for any; `\\[` is a bracket in a name.",
            ),
            PatternErrorKind::EscapedHash => {
                (format!("`{said}` starts with `\\#`"), "no such escape", "Start with `/` or `**/`: `/#name`.")
            }
            PatternErrorKind::TrailingBackslash => {
                (format!("`{said}` ends in a backslash"), "escapes nothing", "Directories end in `/`.")
            }
            PatternErrorKind::Empty => ("a path pattern is empty".to_owned(), "no pattern", "`/**` is every path."),
        };
        wrong((!error.span.is_empty()).then_some(error.span), message, label, help)
    })?;
    if pattern.tail == Tail::Nothing {
        return Err(wrong(None, format!("`{said}` matches no path"), "no path", "`/**` is every path."));
    }
    if let Some(name) = pattern.segments.iter().find_map(|segment| match segment {
        Segment::Literal(name) if matches!(&**name, "." | "..") => Some(name),
        _ => None,
    }) {
        let help = match text.strip_prefix("./") {
            Some(rest) if !rest.is_empty() => format!("Write `/{rest}`: patterns start at the root of the repository."),
            _ => "Patterns start at the root of the repository, and stay within it.".to_owned(),
        };
        return Err(wrong(None, format!("`{said}` matches no path: git knows no `{name}`"), "no path", help));
    }
    let is_extension = text.strip_prefix("*.").is_some_and(|extension| !extension.is_empty() && !text.contains('/'));
    if text.starts_with('/') || text.starts_with("**/") || is_extension {
        return Ok(pattern);
    }
    if pattern.matches_everything() {
        return Err(wrong(None, format!("`{said}` does not say where it starts"), "every path", "Write `/**`."));
    }
    Err(wrong(
        None,
        format!("`{said}` does not say where it starts"),
        "at the root, or anywhere?",
        format!("Write `/{said}` for the one at the root, or `**/{said}` for every one."),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_say_where_they_start() {
        for text in ["/configs/", "**/configs/", "*.onnx", "*.tar.gz", "/**", "/#a", "/a\\[b", "/a b/", "**/*_test.py"]
        {
            assert!(read(text).is_ok(), "{text}");
        }
        for text in ["configs/", "a/b", "*", "**", "*_test.py", "*.", "*.d/x", "/", "./a", "/a/../b", "", "!/a", "/[a]"]
        {
            assert!(read(text).is_err(), "{text}");
        }
        assert!(read(&format!("/{}", "a".repeat(5000))).is_err());
    }
}
