//! What an owner looks like. Lenient where the host's own rule is not published: a false alarm is worse.

use crate::codeowners::OwnerKind;

/// What kind of owner the whole word is; `None` where the host would refuse it.
pub(in crate::codeowners) fn kind(word: &str) -> Option<OwnerKind> {
    match word.strip_prefix('@') {
        Some(handle) => handle_kind(handle),
        None => is_email(word).then_some(OwnerKind::Email),
    }
}

fn handle_kind(handle: &str) -> Option<OwnerKind> {
    match handle.split_once('/') {
        None => is_login(handle).then_some(OwnerKind::User),
        Some((organisation, team)) => (is_login(organisation) && is_team(team)).then_some(OwnerKind::Team),
    }
}

/// Letters, digits and hyphens; managed users have an underscore before their company's short code.
fn is_login(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

fn is_team(slug: &str) -> bool {
    !slug.is_empty() && slug.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

fn is_email(word: &str) -> bool {
    let Some((local, domain)) = word.rsplit_once('@') else { return false };
    let is_local = |character: char| !matches!(character, '@' | '/' | ',' | ';' | ':' | '<' | '>' | '(' | ')' | '\\');
    !local.is_empty()
        && local.chars().all(|character| is_local(character) && !character.is_control() && !character.is_whitespace())
        && domain.contains('.')
        && domain.split('.').all(|label| {
            !label.is_empty() && label.chars().all(|character| character.is_alphanumeric() || character == '-')
        })
}

/// True where every part of an e-mail's domain starts with a letter, unlike that of a file such as `logo@3x.png`.
pub(super) fn has_worded_domain(email: &str) -> bool {
    email
        .rsplit_once('@')
        .is_some_and(|(_, domain)| domain.split('.').all(|label| label.starts_with(char::is_alphabetic)))
}

/// True for two or more handles with at most a comma, a semicolon or a no-break space between them.
pub(super) fn are_glued(word: &str) -> bool {
    let Some(handles) = word.strip_prefix('@') else { return false };
    let separator = |character: char| matches!(character, ',' | ';') || character.is_whitespace();
    handles.contains('@') && handles.split('@').all(|handle| handle_kind(handle.trim_end_matches(separator)).is_some())
}

/// Where the handles start that end a pattern as if a blank were missing (`/docs/@acme/docs`, `*.py@ana`).
///
/// A name may well end in `@` and a word (`python@3`): only behind a complete pattern is it a handle.
pub(super) fn glued_to(pattern: &str) -> Option<usize> {
    // Handles hold no other `@`, so the run of handles at the end is found from the back.
    let mut start = pattern.len();
    while let Some(at) = pattern[..start].rfind('@').filter(|&at| handle_kind(&pattern[at + 1..start]).is_some()) {
        start = at;
    }
    let head = &pattern[..start];
    let name = head.rsplit('/').next().unwrap_or_default();
    let is_complete =
        head.ends_with('/') || head.ends_with('*') || head.ends_with(char::is_whitespace) || name.starts_with("*.");
    (start < pattern.len() && !head.is_empty() && is_complete).then_some(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_kinds() {
        for (word, expected) in [
            ("@ana", Some(OwnerKind::User)),
            ("@ana-b_acme", Some(OwnerKind::User)),
            ("@7", Some(OwnerKind::User)),
            ("@acme/ml-eng", Some(OwnerKind::Team)),
            ("@acme/ml.eng_2", Some(OwnerKind::Team)),
            ("ana@acme.com", Some(OwnerKind::Email)),
            ("ana.b+ml@mail.acme-x.co.uk", Some(OwnerKind::Email)),
            ("o'neil@acme.com", Some(OwnerKind::Email)),
            ("@", None),
            ("@/team", None),
            ("@acme/", None),
            ("@acme/a/b", None),
            ("@ana.b", None),
            ("@@ana", None),
            ("@bot[bot]", None),
            ("@ána", None),
            ("ana", None),
            ("ana@acme", None),
            ("ana@acme.", None),
            ("ana@.com", None),
            ("a@b@acme.com", None),
            ("<ana@acme.com>", None),
            ("", None),
        ] {
            assert_eq!(kind(word), expected, "{word}");
        }
    }

    #[test]
    fn glued_handles() {
        for word in ["@a@b", "@acme/x@b@c", "@a,@b", "@a;@b", "@a\u{a0}@b"] {
            assert!(are_glued(word), "{word}");
        }
        for word in ["@a", "@@", "@a@", "@@a", "a@b", "@a@b.com", "@a,", "@a.@b"] {
            assert!(!are_glued(word), "{word}");
        }
    }

    #[test]
    fn handles_at_the_end_of_a_pattern() {
        for (pattern, expected) in [
            ("/docs/@acme/docs", Some(6)),
            ("/docs/@ana", Some(6)),
            ("/docs/@ana@acme/docs", Some(6)),
            ("*@ana", Some(1)),
            ("*.py@ana", Some(4)),
            ("docs\u{a0}@ana", Some(6)),
            ("/node_modules/@types/", None),
            ("/icons/logo@2x", None),
            ("/icons/logo@2x.png", None),
            ("python@3", None),
            ("@ana", None),
            ("/docs/@acme/ui/src", None),
            ("/docs/@acme/*", None),
            ("/docs", None),
        ] {
            assert_eq!(glued_to(pattern), expected, "{pattern}");
        }
    }
}
