//! What an owner looks like. Lenient where the host's own rule is not published: a false alarm is worse.

use crate::codeowners::{Dialect, OwnerKind};

/// What kind of owner the whole word is; `None` where the host would refuse it.
pub(super) fn kind(word: &str, dialect: Dialect) -> Option<OwnerKind> {
    match dialect {
        Dialect::GitLab => gitlab_kind(word),
        Dialect::Bitbucket => plain_kind(handle(word)),
        Dialect::GitHub => plain_kind(word),
        // The `@` may be left out.
        Dialect::Gitea | Dialect::Forgejo => plain_kind(word).or_else(|| handle_kind(word)),
    }
}

/// What kind of owner the word is on any of the hosts.
pub(in crate::codeowners) fn any_kind(word: &str) -> Option<OwnerKind> {
    plain_kind(word).or_else(|| gitlab_kind(word))
}

fn plain_kind(word: &str) -> Option<OwnerKind> {
    match word.strip_prefix('@') {
        Some(handle) => handle_kind(handle),
        None => is_email(word).then_some(OwnerKind::Email),
    }
}

/// GitLab's: names may have dots, groups nest, and an account may be a group (`reference_extractor.rb`).
fn gitlab_kind(word: &str) -> Option<OwnerKind> {
    if role(word).is_some() {
        return Some(OwnerKind::Role);
    }
    let Some(handle) = word.strip_prefix('@') else { return is_email(word).then_some(OwnerKind::Email) };
    let is_name = |name: &str| {
        name.starts_with(|first: char| first.is_ascii_alphanumeric() || matches!(first, '_' | '.'))
            && name.ends_with(|last: char| last.is_ascii_alphanumeric() || matches!(last, '_' | '-'))
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
    };
    let kind = if handle.contains('/') { OwnerKind::Team } else { OwnerKind::UserOrGroup };
    handle.split('/').all(is_name).then_some(kind)
}

/// The role of `@@maintainer`, in any case and number: `developer`, `maintainer` or `owner`.
pub(super) fn role(word: &str) -> Option<&'static str> {
    let word = word.strip_prefix("@@")?.to_ascii_lowercase();
    let word = word.strip_suffix('s').unwrap_or(&word);
    ["developer", "maintainer", "owner"].into_iter().find(|role| *role == word)
}

/// The owner without Bitbucket's choice among a group: `@acme/ml:random(2)`, `@acme/ml:least_busy`.
///
/// Source: <https://support.atlassian.com/bitbucket-cloud/docs/set-up-and-use-code-owners/>
pub(super) fn handle(word: &str) -> &str {
    let Some((handle, choice)) = word.split_once(':').filter(|_| word.starts_with('@')) else { return word };
    let number = choice.strip_prefix("random").or_else(|| choice.strip_prefix("least_busy"));
    let digits = number.and_then(|number| number.strip_prefix('(')?.strip_suffix(')'));
    let is_choice = number == Some("")
        || digits.is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()));
    if is_choice { handle } else { word }
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
            assert_eq!(kind(word, Dialect::GitHub), expected, "{word}");
        }
    }

    #[test]
    fn what_other_hosts_know_besides() {
        for (word, dialect, expected) in [
            ("@ana.b", Dialect::GitLab, Some(OwnerKind::UserOrGroup)),
            ("@acme/ml/serving", Dialect::GitLab, Some(OwnerKind::Team)),
            ("@@Maintainers", Dialect::GitLab, Some(OwnerKind::Role)),
            ("@@guest", Dialect::GitLab, None),
            ("@acme/", Dialect::GitLab, None),
            ("@ana.", Dialect::GitLab, None),
            ("@acme/ml:random(2)", Dialect::Bitbucket, Some(OwnerKind::Team)),
            ("@acme/ml:least_busy", Dialect::Bitbucket, Some(OwnerKind::Team)),
            ("@acme/ml:random()", Dialect::Bitbucket, None),
            ("@acme/ml:random(2)", Dialect::GitHub, None),
            ("ana", Dialect::Gitea, Some(OwnerKind::User)),
        ] {
            assert_eq!(kind(word, dialect), expected, "{word} on {dialect}");
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
