//! A second reading of GitHub's patterns (and in [`gitlab`] of GitLab's) that shares no code with the product: the text becomes a regular expression.

#![allow(clippy::unwrap_used, reason = "a test's helper: what it cannot read fails the test")]

use regex::Regex;

#[allow(dead_code, reason = "some tests ask of GitHub alone")]
pub(crate) mod gitlab;

/// The pattern, which must be one that the host accepts, as a regular expression over whole paths without a leading
/// slash.
pub(crate) fn regex(pattern: &str) -> Regex {
    let never = Regex::new(r"[^\s\S]").unwrap();
    let has_end_slash = pattern.len() > 1 && pattern.ends_with('/');
    let body = if has_end_slash { &pattern[..pattern.len() - 1] } else { pattern };
    let anchored = body.contains('/');
    let parts: Vec<&str> = body.split('/').filter(|part| !part.is_empty()).collect();
    let Some((last, before)) = parts.split_last() else { return never };
    let mut source = String::from(if anchored { r"(?s)\A" } else { r"(?s)\A(?:[^/]+/)*" });
    for part in before {
        if *part == "**" {
            source.push_str("(?:[^/]+/)*");
        } else {
            source.push_str(&segment(part));
            source.push('/');
        }
    }
    let is_only_stars = last.chars().all(|character| character == '*');
    source.push_str(&match (*last, has_end_slash) {
        ("**", _) => ".+".to_owned(),
        (last, true) => segment(last) + "/.+",
        (last, false) if is_only_stars => segment(last),
        (last, false) => segment(last) + "(?:/.+)?",
    });
    source.push_str(r"\z");
    Regex::new(&source).unwrap()
}

fn segment(text: &str) -> String {
    // A wildcard may stand for nothing, but no segment is empty.
    if text.chars().all(|character| character == '*') {
        return "[^/]+".to_owned();
    }
    let mut source = String::new();
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '*' => source.push_str("[^/]*"),
            '?' => source.push_str("[^/]"),
            '\\' => source.push_str(&regex::escape(&characters.next().unwrap().to_string())),
            plain => source.push_str(&regex::escape(&plain.to_string())),
        }
    }
    source
}
