//! Words that several rules share: lists, counts, the line to write.

use super::Context;
use crate::codeowners::{Dialect, Entry, Owner};
use crate::finding::{Paths, Place, Subject, Violation};
use crate::policy::{AreaId, Located, Party};

/// `1 file`, `12 files`.
pub(super) fn count(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ if noun.ends_with('y') => format!("{number} {}ies", &noun[..noun.len() - 1]),
        _ => format!("{number} {noun}s"),
    }
}

/// `a`, `a and b`, `a, b and c`; at most six, then `and N more`.
pub(super) fn list<T: AsRef<str>>(words: &[T], last: &str) -> String {
    const MOST: usize = 6;
    let all: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    match all.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        _ if all.len() > MOST => format!("{} and {} more", all[..MOST].join(", "), all.len() - MOST),
        [first @ .., end] => format!("{} {last} {end}", first.join(", ")),
    }
}

/// True for a name that is a plural as it stands: `models`, `fraud-thresholds`; not `analytics`.
fn is_plural(name: &str) -> bool {
    name.len() > 2 && name.ends_with('s') && !["ss", "is", "us", "ics", "ops"].iter().any(|end| name.ends_with(end))
}

/// `serving asks`, `models ask`.
pub(super) fn verb(name: &str, verb: &str) -> String {
    format!("{name} {verb}{}", if is_plural(name) { "" } else { "s" })
}

/// What a file of an area is called: `serving`, `model`.
pub(super) fn singular(area: &str) -> &str {
    area.strip_suffix('s').filter(|_| is_plural(area)).unwrap_or(area)
}

/// `serving is`, `models are`.
pub(super) fn is_or_are(name: &str) -> String {
    format!("{name} {}", if is_plural(name) { "are" } else { "is" })
}

/// `is` or `are`, for so many.
pub(super) fn is(number: usize) -> &'static str {
    if number == 1 { "is" } else { "are" }
}

/// Says of an entry's owners that none of them is this.
pub(super) fn none_is(entry: &Entry, who: &str) -> String {
    if entry.owners.len() == 1 { format!("no {who}") } else { format!("no {who} among them") }
}

/// The owners of an entry, each once.
pub(super) fn owners(owners: &[Owner]) -> String {
    let mut seen = rustc_hash::FxHashSet::default();
    let names: Vec<&str> =
        owners.iter().filter(|owner| seen.insert(&owner.key)).map(|owner| owner.text.as_str()).collect();
    list(&names, "and")
}

/// The owners as they stand on a line, each once. Of very many the first and the last are shown: what a finding adds
/// stands last.
pub(super) fn owners_on_line(owners: &[Owner]) -> String {
    const MOST: usize = 12;
    let mut seen = rustc_hash::FxHashSet::default();
    let distinct = owners.iter().filter(|owner| seen.insert(&owner.key));
    let names: Vec<&str> = distinct.map(|owner| owner.text.as_str()).collect();
    if names.len() <= MOST {
        return names.join(" ");
    }
    let (first, last) = (&names[..MOST / 2], &names[names.len() - MOST / 2..]);
    format!("{} … {} more … {}", first.join(" "), names.len() - MOST, last.join(" "))
}

/// Names of parties: roles by name, owners as written.
pub(crate) fn parties(context: &Context<'_>, parties: &[Located<Party>], last: &str) -> String {
    let names: Vec<&str> = parties.iter().map(|party| party_name(context, &party.value)).collect();
    list(&names, last)
}

/// A party's name.
pub(super) fn party_name<'c>(context: &Context<'c>, party: &'c Party) -> &'c str {
    match party {
        Party::Role(role) => &context.policy.role(*role).name,
        Party::Owner(owner) => &owner.text,
    }
}

/// `@a (data-scientist), @b (no role)`.
pub(super) fn owners_with_roles<'o>(context: &Context<'_>, owners: impl IntoIterator<Item = &'o Owner>) -> String {
    let mut seen = rustc_hash::FxHashSet::default();
    let told: Vec<String> = owners
        .into_iter()
        .filter(|owner| seen.insert(&owner.key))
        .map(|owner| {
            let roles: Vec<&str> =
                context.judge.roles_of(owner).iter().map(|role| context.policy.role(*role).name.as_str()).collect();
            let roles = if roles.is_empty() { "no role".to_owned() } else { list(&roles, "and") };
            format!("{} ({roles})", owner.text)
        })
        .collect();
    list(&told, "and")
}

/// The first owner who could be meant by one of the parties, to write on a line.
pub(super) fn somebody(context: &Context<'_>, parties: &[Located<Party>]) -> Option<String> {
    everybody(context, parties).into_iter().next().map(|owner| owner.text)
}

/// Everybody who could be meant by the parties and written on a line: not by a wildcard.
pub(super) fn everybody(context: &Context<'_>, parties: &[Located<Party>]) -> Vec<Owner> {
    let mut texts: Vec<&str> = Vec::new();
    for party in parties {
        match &party.value {
            Party::Owner(owner) => texts.push(&owner.text),
            Party::Role(role) => {
                let staff = context.policy.stands_in(*role).flat_map(|role| &context.policy.role(role).owners);
                texts.extend(staff.map(|owner| owner.value.text.as_str()));
            }
        }
    }
    texts.into_iter().filter(|text| !text.contains('*')).filter_map(Owner::named).collect()
}

/// Owners for a line that satisfies what the area asks: `kept` and somebody accountable, or that one alone, with those
/// who are consulted where that is asked. Where no such line is found, somebody accountable with `kept`.
pub(super) fn owners_for(context: &Context<'_>, area: AreaId, kept: &[Owner]) -> Option<String> {
    const MOST_TRIED: usize = 20;
    // Of a line of so many owners no other version is tried.
    const MOST_KEPT: usize = 200;
    let wanted = context.policy.area(area).ownership.as_ref()?;
    let parties = |parties: &Option<Located<Vec<Located<Party>>>>| {
        parties.as_ref().map(|parties| everybody(context, &parties.value)).unwrap_or_default()
    };
    let accountable = parties(&wanted.accountable);
    let consulted: Vec<Owner> = wanted
        .consulted
        .iter()
        .flat_map(|parties| &parties.value)
        .filter_map(|party| everybody(context, std::slice::from_ref(party)).into_iter().next())
        .collect();
    let first = [kept, std::slice::from_ref(accountable.first()?)].concat();
    if kept.len() > MOST_KEPT {
        return Some(owners_on_line(&first));
    }
    let mut lines = accountable.iter().take(MOST_TRIED).flat_map(|owner| {
        let one = std::slice::from_ref(owner);
        [[kept, one].concat(), [kept, one, &consulted].concat(), one.to_vec(), [one, &consulted].concat()]
    });
    let best = lines.find(|owners| context.judge.would_satisfy(owners, area)).unwrap_or(first);
    Some(owners_on_line(&best))
}

/// The characters of an entry that say who owns it: its owners, or all of it where there are none.
pub(super) fn owners_span(entry: &Entry) -> crate::span::Span {
    match (entry.owners.first(), entry.owners.last()) {
        (Some(first), Some(last)) => first.span.to(last.span),
        _ => entry.span,
    }
}

/// The paths among the subjects.
pub(super) fn paths(violations: &[Violation]) -> Paths {
    Paths::new(violations.iter().filter_map(|violation| match &violation.subject {
        Subject::Path(path) => Some(path.as_slice()),
        _ => None,
    }))
}

/// The pattern that names a path from the root; a directory ends in a slash.
pub(crate) fn pattern_of(host: Dialect, path: &[u8]) -> String {
    if host.adds_up() {
        let below = if path.ends_with(b"/") { ".*" } else { "" };
        return expression_of(path) + below;
    }
    let mut pattern = String::from("/");
    for character in String::from_utf8_lossy(path).chars() {
        // What cannot be written in CODEOWNERS is matched by a wildcard.
        if character != ' ' && cannot_be_written(character) {
            pattern.push('?');
            continue;
        }
        if matches!(character, ' ' | '*' | '?' | '[' | ']' | '\\' | '#') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern
}

/// The pattern for all names with this end below a directory (no trailing slash; empty for the root).
pub(super) fn pattern_of_suffix(host: Dialect, directory: &[u8], suffix: &[u8]) -> String {
    let directory = if directory.is_empty() { Vec::new() } else { [directory, b"/"].concat() };
    if host.adds_up() {
        return format!("{}.*{}", expression_of(&directory), expression_of(suffix));
    }
    format!("{}**/*{}", pattern_of(host, &directory), String::from_utf8_lossy(suffix))
}

/// A regular expression for a text, as it stands in a line: Gitea takes one level of backslashes away before it reads it.
fn expression_of(text: &[u8]) -> String {
    let mut expression = String::new();
    for character in String::from_utf8_lossy(text).chars() {
        match character {
            ' ' | '#' => expression.extend(['\\', character]),
            _ if cannot_be_written(character) => expression.push('.'),
            '.' | '+' | '*' | '?' | '(' | ')' | '|' | '[' | ']' | '{' | '}' | '^' | '$' => {
                expression.extend(['\\', '\\', character]);
            }
            '\\' => expression.push_str(r"\\\\"),
            _ => expression.push(character),
        }
    }
    expression
}

fn cannot_be_written(character: char) -> bool {
    character.is_whitespace() || character.is_control() || character == '\u{fffd}'
}

/// The longest directory that holds every one of the paths.
pub(super) fn common_directory(violations: &[Violation]) -> Vec<u8> {
    let mut paths = violations.iter().filter_map(|violation| match &violation.subject {
        Subject::Path(path) => Some(path.as_slice()),
        _ => None,
    });
    let directory = |path: &[u8]| path.iter().rposition(|&byte| byte == b'/').map_or(0, |at| at);
    let Some(first) = paths.next() else { return Vec::new() };
    let mut common = first[..directory(first)].to_vec();
    for path in paths {
        while !common.is_empty() && path.strip_prefix(&*common).is_none_or(|rest| !rest.starts_with(b"/")) {
            common.truncate(directory(&common));
        }
    }
    common
}

/// `` below `dags/` ``; nothing for the root.
pub(super) fn below(directory: &[u8]) -> String {
    match directory {
        [] => String::new(),
        directory => format!(" below `{}/`", String::from_utf8_lossy(directory)),
    }
}

/// The place in the policy that makes the demand, and why it is made.
pub(super) fn demand<T>(context: &Context<'_>, area: AreaId, wanted: &Located<T>, says: &str) -> Place {
    let because = context.policy.area(area).because.as_ref();
    let because = because.map(|because| format!(": {}", because.value.trim_end_matches('.'))).unwrap_or_default();
    Place::policy(wanted.at, format!("{says}{because}"))
}

/// What two owners on one line mean on the host.
pub(super) fn either(context: &Context<'_>) -> String {
    let host = context.host;
    if host.has_sections() {
        format!("two owners on a line mean either; {host} asks for both where each stands in a section of its own")
    } else {
        format!("two owners on a line mean either: {host} cannot ask for both")
    }
}

/// Where a new entry goes that no winning one shows: entries before the first heading always apply.
pub(super) fn above_sections(context: &Context<'_>) -> String {
    let sections = context.codeowners.map_or(&[][..], |file| &file.sections);
    let first = sections.iter().flat_map(|section| &section.headings).map(|heading| heading.line).min();
    first.map(|line| format!(" above line {line}")).unwrap_or_default()
}

/// A line of CODEOWNERS that gives `pattern` to `owners`, indented as text to copy.
pub(super) fn line(pattern: &str, owners: &str) -> String {
    format!("    {pattern} {owners}").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plural_name_takes_its_verb_and_its_files_are_of_the_singular() {
        assert_eq!([verb("serving", "ask"), verb("house-models", "ask")], ["serving asks", "house-models ask"]);
        assert_eq!([is_or_are("data"), is_or_are("prompts")], ["data is", "prompts are"]);
        let files = ["models", "notebooks", "analytics", "ops", "analysis", "ci", "s", "größes"].map(singular);
        assert_eq!(files, ["model", "notebook", "analytics", "ops", "analysis", "ci", "s", "größe"]);
    }
}
