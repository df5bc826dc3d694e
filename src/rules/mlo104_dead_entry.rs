//! MLO104 dead-entry.

use super::{Context, Group, Meta, Rule, Told, problems, wording};
use crate::codeowners::{DEFAULT_BUDGET, Entry, EntryId, Language, Owner, PathSearch, Segment, Token, Wild, find_path};
use crate::finding::{Cause, Place, Severity, Violation};

pub(super) struct Check;

static META: Meta = Meta {
    code: "MLO104",
    slug: "dead-entry",
    summary: "An entry that matches no file",
    severity: Some(Severity::Warning),
    docs: "\
## What it does
Reports an entry whose pattern matches no path of the repository, and says where those files seem to be now. Entries that
died of one move are one finding. A pattern with wildcards in a directory that exists is information only: it may wait
for files to come.

## Why it matters
After a rename the entry stays behind, and the files fall, without a word, to the default owners.

## Example
`/models/cfa @acme/vision` when the directory is `models/image/cfa` today.

## How to fix it
Write the new path, or delete the entry. For entries that wait on purpose: `rules: { MLO104: { allow: [\"/languages/*/\"] } }`.

## Source
GitHub's page \"About code owners\" lets a pattern match nothing, and says nothing about it anywhere.
",
};

impl Rule for Check {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, context: &Context<'_>) -> Vec<Violation> {
        let found = context.found();
        let mut entries_of_step = std::collections::BTreeMap::<_, usize>::new();
        for found in found.values().filter(|found| !found.is_spelling) {
            *entries_of_step.entry(found.step()).or_default() += 1;
        }
        context
            .dead()
            .iter()
            .map(|&id| {
                let step = found.get(&id).filter(|found| !found.is_spelling).map(super::moved::Found::step);
                let cause = match step {
                    // A file written in globs for a host that reads expressions is one mistake.
                    _ if written_as_path(context, context.entry(id)).is_some() => Cause::Repository,
                    Some(step) if entries_of_step[&step] > 1 => Cause::Move { from: step.0, to: step.1 },
                    _ => waits_in(context, context.entry(id)).map_or(Cause::Entry(id), Cause::Siblings),
                };
                Violation { rule: META.code, subject: context.subject(id), cause }
            })
            .collect()
    }

    fn tell(&self, context: &Context<'_>, group: &Group<'_>) -> Told {
        let entries: Vec<(EntryId, &Entry)> = group
            .violations
            .iter()
            .filter_map(|violation| context.entry_of(&violation.subject))
            .map(|id| (id, context.entry(id)))
            .collect();
        match group.cause {
            Cause::Move { from, to } => tell_move(context, &entries, from, to),
            Cause::Siblings(directory) => tell_waiting(&entries, directory),
            Cause::Repository if entries.len() > 1 => tell_globs(context, &entries),
            _ => tell_one(context, group),
        }
    }
}

/// The existing directory that a pattern with wildcards waits in.
fn waits_in(context: &Context<'_>, entry: &Entry) -> Option<String> {
    let pattern = entry.glob()?;
    let literal = pattern.literal_prefix();
    let next = pattern.segments.get(literal.len())?;
    let is_wild = matches!(next, Segment::Wild(Wild(tokens)) if tokens.contains(&Token::Star));
    let directory = literal.join("/");
    (is_wild && context.listing.has_directory(directory.as_bytes())).then_some(directory)
}

fn tell_one(context: &Context<'_>, group: &Group<'_>) -> Told {
    let (id, entry) = problems::entry_of_group(context, group);
    let pattern = &entry.pattern_text;
    let owners = wording::owners_on_line(&entry.owners);
    let found = context.found().get(&id);
    if let Some(told) = tell_misread(context, entry) {
        return told;
    }
    let help = match found {
        Some(found) if found.is_spelling => {
            format!("did you mean:\n{}", wording::line(&found.repair(pattern), &owners))
        }
        Some(found) => format!(
            "`{}` may be `{}` today:\n{}",
            found.named,
            found.now,
            wording::line(&found.repair(pattern), &owners)
        ),
        None => "write the path that was meant, or delete the entry".to_owned(),
    };
    Told {
        message: format!("`{pattern}` matches no file"),
        places: vec![Place::codeowners(entry.pattern_span, "nothing here")],
        help: Some(help),
        ..Told::default()
    }
}

/// The line that an entry means, where it is written as the path of a directory and the host reads an expression.
fn written_as_path(context: &Context<'_>, entry: &Entry) -> Option<String> {
    entry.regular()?;
    let path = entry.pattern_text.trim_matches('/');
    let is_path = path.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_' | b'.'));
    let exists = is_path && context.listing.has_directory(path.as_bytes());
    exists.then(|| wording::pattern_of(context.host, format!("{path}/").as_bytes()))
}

/// Entries written as paths on a host that reads expressions.
fn tell_globs(context: &Context<'_>, entries: &[(EntryId, &Entry)]) -> Told {
    const MOST: usize = 5;
    let mut entries: Vec<&Entry> = entries.iter().map(|(_, entry)| *entry).collect();
    entries.sort_by_key(|entry| entry.line);
    let mut lines: Vec<String> = entries
        .iter()
        .take(MOST)
        .filter_map(|entry| {
            let owners = wording::owners_on_line(&entry.owners);
            Some(wording::line(&written_as_path(context, entry)?, &owners))
        })
        .collect();
    if entries.len() > MOST {
        lines.push(format!("    … and {} more", entries.len() - MOST));
    }
    Told {
        message: format!(
            "{} directories are written as paths and match no file: {} reads regular expressions for the whole path",
            entries.len(),
            context.host
        ),
        places: entries.iter().map(|entry| Place::codeowners(entry.pattern_span, "a path, not an expression")).collect(),
        help: Some(format!("write for all that is below them:\n{}", lines.join("\n"))),
        ..Told::default()
    }
}

/// An entry whose first owner is glued to the path of a directory: `/models/@ana @ben`.
fn tell_glued(context: &Context<'_>, entry: &Entry) -> Option<Told> {
    let pattern = &entry.pattern_text;
    let at = pattern.rfind("/@")? + 1;
    let (directory, glued) = pattern.split_at(at);
    // Who owns something else is no package's scope.
    let key = Owner::named(glued)?.key;
    let is_owner = context.entries().any(|(_, other)| other.owners.iter().any(|owner| owner.key == key));
    let exists = context.listing.has_directory(directory.trim_matches('/').as_bytes());
    let owners = wording::owners_on_line(&entry.owners);
    (is_owner && exists).then(|| Told {
        message: format!("`{pattern}` matches no file: the owner `{glued}` is glued to the path, and is never asked"),
        places: vec![Place::codeowners(entry.pattern_span, "read as one path")],
        help: Some(format!("put a space before the owner:\n{}", wording::line(directory, &format!("{glued} {owners}")))),
        ..Told::default()
    })
}

/// An entry that is dead because the host reads it otherwise than others do.
fn tell_misread(context: &Context<'_>, entry: &Entry) -> Option<Told> {
    if let Some(told) = tell_glued(context, entry) {
        return Some(told);
    }
    let host = context.host;
    let pattern = &entry.pattern_text;
    let owners = wording::owners_on_line(&entry.owners);
    let (message, label, line) = if let Some(regular) = entry.regular() {
        let nothing = find_path(&[Language::Regular(regular)], &[], &mut DEFAULT_BUDGET.clone()) == PathSearch::Nowhere;
        let message = if nothing {
            format!("`{pattern}` can match no path: {host} compares the whole of it, which never starts or ends in a slash")
        } else {
            format!("`{pattern}` matches no file: {host} compares the whole path")
        };
        let line = written_as_path(context, entry);
        let bare = || nothing.then(|| pattern.trim_matches('/').to_owned());
        (message, "an expression for the whole path", line.or_else(bare)?)
    } else {
        let glob = entry.glob().filter(|_| host.has_sections())?;
        let at_any_depth = || (!pattern.contains(['*', '?', '[', '\\'])).then(|| pattern.clone());
        let directory = glob.literal_path().or_else(at_any_depth)?;
        let exists = context.listing.has_directory(directory.as_bytes());
        let message = format!("`{pattern}` matches no file: {host} takes it for a file, and it is a directory");
        (message, "a file's name", (exists && !pattern.ends_with('/')).then(|| format!("{pattern}/"))?)
    };
    Some(Told {
        message,
        places: vec![Place::codeowners(entry.pattern_span, label)],
        help: Some(format!("did you mean:\n{}", wording::line(&line, &owners))),
        ..Told::default()
    })
}

fn tell_move(context: &Context<'_>, entries: &[(EntryId, &Entry)], from: &str, to: &str) -> Told {
    const MOST_LINES: usize = 12;
    let place = |directory: &str| if directory.is_empty() { "/".to_owned() } else { format!("/{directory}/") };
    let mut lines: Vec<String> = entries
        .iter()
        .take(MOST_LINES)
        .filter_map(|(id, entry)| {
            let found = context.found().get(id)?;
            Some(wording::line(&found.repair(&entry.pattern_text), &wording::owners_on_line(&entry.owners)))
        })
        .collect();
    if entries.len() > MOST_LINES {
        lines.push(format!("    … and {} more the same way", entries.len() - MOST_LINES));
    }
    Told {
        message: format!(
            "{} match no file since `{}` became `{}`",
            wording::count(entries.len(), "entry"),
            place(from),
            place(to)
        ),
        places: entries.iter().map(|(_, entry)| Place::codeowners(entry.pattern_span, "nothing here")).collect(),
        help: Some(format!("write where they are today:\n{}", lines.join("\n"))),
        ..Told::default()
    }
}

fn tell_waiting(entries: &[(EntryId, &Entry)], directory: &str) -> Told {
    let place = if directory.is_empty() { "the root".to_owned() } else { format!("`{directory}/`") };
    let verb = if entries.len() == 1 { "waits" } else { "wait" };
    Told {
        message: format!("{} {verb} for files in {place} that nobody has added", wording::count(entries.len(), "entry")),
        places: entries.iter().map(|(_, entry)| Place::codeowners(entry.pattern_span, "matches no file")).collect(),
        help: Some(
            "delete what will not come; for what will, say so in the policy: rules: { MLO104: { allow: [PATTERN] } }"
                .to_owned(),
        ),
        severity: Some(Severity::Info),
        ..Told::default()
    }
}

#[cfg(test)]
mod tests {
    use crate::codeowners::Dialect;
    use crate::rules::testing::{codes, told, told_on};

    #[test]
    fn a_directory_that_moved_is_named_with_the_line_to_write() {
        insta::assert_snapshot!(told("MLO104", "/models/cfa @acme/vision\n", "", &["models/image/cfa/net.py"]), @"
        warning: `/models/cfa` matches no file
          CODEOWNERS `/models/cfa`: nothing here
          > `models/cfa` may be `models/image/cfa` today:
          >     /models/image/cfa @acme/vision
        ");
    }

    #[test]
    fn entries_that_died_of_one_move_are_one_finding() {
        let entries = "/models/cfa @a\n/models/dfm @b\n";
        insta::assert_snapshot!(told("MLO104", entries, "", &["models/image/cfa/net.py", "models/image/dfm/net.py"]), @"
        warning: 2 entries match no file since `/models/` became `/models/image/`
          CODEOWNERS `/models/cfa`: nothing here
          CODEOWNERS `/models/dfm`: nothing here
          > write where they are today:
          >     /models/image/cfa @a
          >     /models/image/dfm @b
        ");
    }

    #[test]
    fn wildcards_in_a_directory_that_exists_wait() {
        insta::assert_snapshot!(told("MLO104", "/docs/*.fi.md @a\n/docs/*.pl.md @b\n", "", &["docs/x.md"]), @"
        info: 2 entries wait for files in `docs/` that nobody has added
          CODEOWNERS `/docs/*.fi.md`: matches no file
          CODEOWNERS `/docs/*.pl.md`: matches no file
          > delete what will not come; for what will, say so in the policy: rules: { MLO104: { allow: [PATTERN] } }
        ");
    }

    #[test]
    fn an_owner_glued_to_a_directory_is_seen_where_others_follow() {
        insta::assert_snapshot!(told("MLO104", "/models/ @ana\n/models/cfa/@ana @acme/ml\n", "", &["models/cfa/net.py"]), @"
        warning: `/models/cfa/@ana` matches no file: the owner `@ana` is glued to the path, and is never asked
          CODEOWNERS `/models/cfa/@ana`: read as one path
          > put a space before the owner:
          >     /models/cfa/ @ana @acme/ml
        ");
        // A package's scope is a directory like any other.
        assert!(!told("MLO104", "/packages/@acme/ui @ana\n", "", &["packages/x.js"]).contains("glued"));
    }

    #[test]
    fn what_waits_on_purpose_is_allowed() {
        let policy = "version: 1\nrules: { MLO104: { allow: [\"/languages/*/\"] } }\n";
        assert_eq!(codes("/languages/fi/ @a\n", policy, &["languages/de/x"]), [""; 0]);
    }

    #[test]
    fn on_gitlab_a_directory_ends_in_a_slash() {
        insta::assert_snapshot!(told_on(Dialect::GitLab, "MLO104", "/models @acme/ml\n", "", &["models/a"]), @"
        warning: `/models` matches no file: GitLab takes it for a file, and it is a directory
          CODEOWNERS `/models`: a file's name
          > did you mean:
          >     /models/ @acme/ml
        ");
    }

    #[test]
    fn on_gitea_an_expression_is_for_the_whole_path() {
        insta::assert_snapshot!(told_on(Dialect::Forgejo, "MLO104", "/models/ @ml\n", "", &["models/a"]), @"
        warning: `/models/` can match no path: Forgejo compares the whole of it, which never starts or ends in a slash
          CODEOWNERS `/models/`: an expression for the whole path
          > did you mean:
          >     models/.* @ml
        ");
        insta::assert_snapshot!(told_on(Dialect::Forgejo, "MLO104", "models @ml\n", "", &["models/a"]), @"
        warning: `models` matches no file: Forgejo compares the whole path
          CODEOWNERS `models`: an expression for the whole path
          > did you mean:
          >     models/.* @ml
        ");
        let globs = "models/ @ml\n.github/ @ops\n";
        insta::assert_snapshot!(told_on(Dialect::Forgejo, "MLO104", globs, "", &["models/a", ".github/x"]), @r"
        warning: 2 directories are written as paths and match no file: Forgejo reads regular expressions for the whole path
          CODEOWNERS `models/`: a path, not an expression
          CODEOWNERS `.github/`: a path, not an expression
          > write for all that is below them:
          >     models/.* @ml
          >     \\.github/.* @ops
        ");
    }
}
