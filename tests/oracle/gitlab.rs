//! GitLab's patterns as regular expressions: a second reading of what `File.fnmatch` does with them.

use std::sync::LazyLock;

use regex::Regex;

static HASH: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\A\\#").unwrap());
static BLANKS: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\\[ \t\r\n\x0b\x0c]+").unwrap());
static CLASS: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?s)\A\[([!^]?)((?:\\.|[^\]\\])*)\]").unwrap());
static MEMBER: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?s)\\?(.)(?:-\\?(.))?").unwrap());

/// The pattern (without a `!` in front) as a regular expression over whole paths without a leading slash.
pub(crate) fn regex(pattern: &str) -> Regex {
    let source = source(&completed(pattern)).unwrap_or_else(|| r"[^\s\S]".to_owned());
    Regex::new(&format!(r"(?s)\A{source}\z")).unwrap()
}

fn completed(pattern: &str) -> String {
    if pattern == "*" {
        return "**/*".to_owned();
    }
    let pattern = HASH.replace(pattern, "#");
    let pattern = BLANKS.replace_all(&pattern, " ");
    let pattern = if pattern.starts_with('/') { pattern.into_owned() } else { format!("/**/{pattern}") };
    let end = if pattern.ends_with('/') { "**/*" } else { "" };
    pattern[1..].to_owned() + end
}

/// `None` for a pattern that matches nothing.
fn source(pattern: &str) -> Option<String> {
    let mut source = String::new();
    let mut rest = pattern;
    let mut starts_component = true;
    while let Some(character) = rest.chars().next() {
        let mut length = character.len_utf8();
        if starts_component && rest.starts_with("**/") {
            source.push_str("(?:[^/]+/)*");
            rest = &rest[3..];
            continue;
        }
        match character {
            '*' => source.push_str("[^/]*"),
            '?' => source.push_str("[^/]"),
            '[' => {
                let found = CLASS.captures(rest)?;
                length = found[0].len();
                source.push_str(&members(&found[2], !found[1].is_empty())?);
            }
            _ => {
                let escaped = rest.strip_prefix('\\').map(|behind| behind.chars().next());
                let plain = match escaped {
                    Some(None) => break,
                    Some(Some(escaped)) => {
                        length += escaped.len_utf8();
                        escaped
                    }
                    None => character,
                };
                if plain == '/' && starts_component {
                    return None;
                }
                source.push_str(&regex::escape(&plain.to_string()));
                starts_component = plain == '/';
                rest = &rest[length..];
                continue;
            }
        }
        starts_component = false;
        rest = &rest[length..];
    }
    (!starts_component).then_some(source)
}

/// The text between brackets, as a class; `None` for an empty one.
fn members(text: &str, negated: bool) -> Option<String> {
    let hexadecimal = |character: &str| format!(r"\x{{{:x}}}", u32::from(character.chars().next().unwrap()));
    let mut members = String::new();
    for found in MEMBER.captures_iter(text) {
        let first = &found[1];
        let last = found.get(2).map_or(first, |last| last.as_str());
        let range = first.chars().next() <= last.chars().next();
        members += &hexadecimal(first);
        members.push_str(if range { "-" } else { "" });
        members += &hexadecimal(last);
    }
    match (negated, members.is_empty()) {
        (true, _) => Some(format!("[^/{members}]")),
        (false, true) => None,
        (false, false) => Some(format!("[{members}&&[^/]]")),
    }
}
