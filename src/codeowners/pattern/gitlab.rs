//! GitLab's reading of a pattern.

use super::{Class, Pattern, Segment, Tail, Token};

impl Pattern {
    /// Reads a pattern as GitLab does; a leading `!` is not part of it. Every text is a pattern, though some match
    /// nothing (`a//b`, `[a`).
    ///
    /// Source: `ee/lib/gitlab/code_owners/file.rb` of GitLab (how a pattern is completed, and that it is Ruby's
    /// `File.fnmatch` with `FNM_DOTMATCH | FNM_PATHNAME` on the path behind a slash) and `fnmatch` in Ruby's `dir.c`.
    pub fn gitlab(text: &str) -> Self {
        let text: Vec<char> = completed(text).chars().collect();
        let segments = text.strip_prefix(&['/']).and_then(segments);
        segments.map_or(Self { segments: Vec::new(), tail: Tail::Nothing }, |segments| {
            Self { segments, tail: Tail::Exact }.normalised()
        })
    }
}

/// The pattern that GitLab hands to `fnmatch`, and tells patterns apart by: from the root, and with what a final slash
/// stands for.
pub(in crate::codeowners) fn completed(text: &str) -> String {
    if text == "*" {
        return "/**/*".to_owned();
    }
    let unescaped = text.strip_prefix('\\').filter(|rest| rest.starts_with('#')).unwrap_or(text);
    let blanked = escaped_blanks(unescaped);
    let start = if blanked.starts_with('/') { "" } else { "/**/" };
    let end = if blanked.ends_with('/') { "**/*" } else { "" };
    // Of an empty text both: what is anywhere, and all below it.
    let end = if blanked.is_empty() { "**/*" } else { end };
    format!("{start}{blanked}{end}")
}

/// Each backslash with the blanks behind it becomes one blank.
fn escaped_blanks(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        result.push_str(before);
        rest = after.trim_start_matches([' ', '\t', '\r', '\n', '\x0b', '\x0c']);
        result.push(if rest.len() < after.len() { ' ' } else { '\\' });
    }
    result + rest
}

/// The segments of a pattern for `fnmatch`, read behind its first slash; `None` where it matches no path.
fn segments(mut text: &[char]) -> Option<Vec<Segment>> {
    let mut segments = Vec::new();
    loop {
        if let ['*', '*', '/', rest @ ..] = text {
            segments.push(Segment::Globstar);
            text = rest;
            continue;
        }
        let (tokens, rest) = component(text)?;
        // No component of a path is empty.
        if tokens.is_empty() {
            return None;
        }
        segments.push(Segment::from_tokens(tokens));
        match rest {
            Some(rest) => text = rest,
            None => return Some(segments),
        }
    }
}

/// The tokens up to a slash, and what is behind that.
fn component(mut text: &[char]) -> Option<(Vec<Token>, Option<&[char]>)> {
    let mut tokens = Vec::new();
    loop {
        let (token, rest) = match text {
            // A backslash at the end escapes the end: it is nothing.
            [] | ['\\'] => return Some((tokens, None)),
            ['/', rest @ ..] | ['\\', '/', rest @ ..] => return Some((tokens, Some(rest))),
            ['*', rest @ ..] => (Token::Star, rest),
            ['?', rest @ ..] => (Token::AnyChar, rest),
            ['[', rest @ ..] => class(rest)?,
            ['\\', character, rest @ ..] | [character, rest @ ..] => (Token::Char(*character), rest),
        };
        tokens.push(token);
        text = rest;
    }
}

/// A bracket class, read behind its `[`; `None` where no character is in it. A `]` closes it even at its start.
fn class(text: &[char]) -> Option<(Token, &[char])> {
    let (negated, mut text) = match text {
        ['!' | '^', rest @ ..] => (true, rest),
        _ => (false, text),
    };
    let mut ranges = Vec::new();
    loop {
        if let [']', rest @ ..] = text {
            return Some((token(&Class::new(negated, ranges))?, rest));
        }
        let (first, rest) = member(text)?;
        text = rest;
        match text {
            ['-', behind @ ..] if behind.first() != Some(&']') => {
                let (last, rest) = member(behind)?;
                text = rest;
                if first <= last {
                    ranges.push((first, last));
                } else {
                    // Ruby looks for the ends before the range.
                    ranges.extend([(first, first), (last, last)]);
                }
            }
            _ => ranges.push((first, first)),
        }
    }
}

/// One character within brackets.
fn member(text: &[char]) -> Option<(char, &[char])> {
    match text {
        [] | ['\\'] => None,
        ['\\', character, rest @ ..] | [character, rest @ ..] => Some((*character, rest)),
    }
}

/// The simplest token for a class; `None` where no character is in it.
fn token(class: &Class) -> Option<Token> {
    match (class.is_negated(), class.ranges()) {
        (false, []) => None,
        (true, []) => Some(Token::AnyChar),
        (false, [(first, last)]) if first == last => Some(Token::Char(*first)),
        _ => Some(Token::Class(class.clone())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, path: &str) -> bool {
        Pattern::gitlab(pattern).matches(path.as_bytes())
    }

    #[test]
    fn everything_and_nothing_have_one_form() {
        for pattern in ["*", "/", "**", "**/*", "/**/*", "**/", "/**/", ""] {
            assert!(Pattern::gitlab(pattern).matches_everything(), "{pattern}");
        }
        for pattern in ["[a", "[]", "[]a]", "[/]", "x[", "[a\\", "a//b", "//", "a//", "\\", "/a/\\", "\\/a"] {
            assert_eq!(Pattern::gitlab(pattern).tail, Tail::Nothing, "{pattern}");
        }
    }

    #[test]
    fn a_class_that_is_one_character_or_any_is_no_class() {
        assert_eq!(Pattern::gitlab("/[a]b"), Pattern::gitlab("/ab"));
        assert_eq!(Pattern::gitlab("[!]"), Pattern::gitlab("?"));
        assert_eq!(Pattern::gitlab("[a-cb-e]"), Pattern::gitlab("[abcde]"));
        assert_eq!(Pattern::gitlab("[.-0]"), Pattern::gitlab("[.0]"), "without the slash between them");
    }

    #[test]
    fn a_class_is_one_character_and_never_a_slash() {
        assert!(matches("[é-ü]", "ö"));
        assert!(!matches("/a[!b]c", "a/c"));
        assert!(Pattern::gitlab("[!a]").matches(b"\xff"));
        assert!(!Pattern::gitlab("[\u{1}-\u{10ffff}]").matches(b"\xff"));
    }

    #[test]
    fn lower_case_keeps_what_is_no_letter() {
        let lower = |text: &str| Pattern::gitlab(text).to_lowercase();
        assert_eq!(lower("[A-Z0-9_]X"), Pattern::gitlab("[a-z0-9_]x"));
        assert_eq!(lower("[@-\\[]"), Pattern::gitlab("[@a-z\\[]"));
        assert_eq!(lower("[!A-Z]"), Pattern::gitlab("[!A-Z]"));
    }
}
