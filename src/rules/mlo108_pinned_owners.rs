//! MLO108 pinned-owners.

use super::{Context, Group, Meta, Rule, Told, wording};
use crate::codeowners::{Entry, EntryId, Matcher, Owner};
use crate::finding::{Cause, Place, Severity, Source, Subject, Violation};
use crate::policy::Pin;

pub(super) struct Check;

static META: Meta = Meta {
    code: "MLO108",
    slug: "pinned-owners",
    summary: "A path that the policy pins to certain owners has others, or none",
    severity: Some(Severity::Error),
    docs: "\
## What it does
Reports paths that a pin of the policy matches and whose owners are not exactly the pin's. Their order does not matter, nor
does case. Where several entries decide (GitLab's sections, all matching entries on Gitea and Forgejo) the owners of all of
them count; those of optional sections do not.

`mlops-lint prove` asks the same of every path that the pin could ever match.

## Why it matters
On GitHub the last matching entry wins. An entry for a directory, written below the one for the file that only the data
governance team may approve, takes that file along, and nothing says so.

## Example
`pins: [{ path: \"**/dataset_metadata.yaml\", owners: [\"@acme/data-governance\"] }]`, and in CODEOWNERS
`**/dataset_metadata.yaml @acme/data-governance`, followed by `/data/ @acme/data-eng`.

## How to fix it
Write the pinned line below every entry that could match its paths: at the end of the file.

## Source
GitHub's page \"About code owners\": the last matching pattern takes precedence.
",
};

impl Rule for Check {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, context: &Context<'_>) -> Vec<Violation> {
        let pins = &context.policy.pins;
        if pins.is_empty() || context.codeowners.is_none() {
            return Vec::new();
        }
        let matcher = Matcher::new((0..).zip(pins).map(|(nth, pin)| (nth, &pin.path.value.pattern)));
        let mut walk = matcher.walk_all();
        let mut violations = Vec::new();
        for (index, path) in context.listing.iter().enumerate() {
            for &nth in walk.matching(path).ranks {
                let winners = context.ownership.winners(index);
                if !context.judge.keeps(&pins[nth as usize], winners) {
                    violations.push(Violation {
                        rule: META.code,
                        subject: Subject::Path(path.to_vec()),
                        cause: Cause::Pin(nth as usize, winners.to_vec()),
                    });
                }
            }
        }
        violations
    }

    fn tell(&self, context: &Context<'_>, group: &Group<'_>) -> Told {
        let Cause::Pin(nth, winners) = group.cause else { return Told::default() };
        let pin = &context.policy.pins[*nth];
        let paths = wording::paths(group.violations);
        let entries: Vec<&Entry> = winners.iter().map(|&winner| context.entry(winner)).collect();
        let asked: Vec<Owner> =
            context.judge.asked(winners).into_iter().flat_map(|entry| entry.owners.iter().cloned()).collect();
        let wanted: Vec<&str> = pin.owners.value.iter().map(|owner| owner.value.text.as_str()).collect();
        let (what, belong, them) = match (paths.sample.first(), paths.count) {
            (Some(only), 1) => (format!("`{}`", String::from_utf8_lossy(only)), "belongs", "it"),
            _ => (wording::count(paths.count, "file"), "belong", "them"),
        };
        let belongs = match asked.as_slice() {
            [] => format!("nobody has to approve {what}"),
            asked => format!("{what} {belong} to {}", wording::owners(asked)),
        };
        let mut places: Vec<Place> = entries
            .iter()
            .map(|entry| {
                let label = match (entry.owners.is_empty(), context.judge.asks(entry)) {
                    (true, _) => "names nobody",
                    (false, true) => "decides",
                    (false, false) => "in an optional section: nobody has to approve",
                };
                Place::codeowners(wording::owners_span(entry), label)
            })
            .collect();
        if places.is_empty() {
            places.push(Place { source: Source::Codeowners, span: None, label: "no entry matches".to_owned() });
        }
        let first = paths.sample.first().and_then(|path| context.listing.find(path));
        let beaten = first.and_then(|path| beaten(context, pin, path, winners));
        if let Some(beaten) = beaten {
            places.push(Place::codeowners(context.entry(beaten).span, "names the pinned owners, and is overridden"));
        }
        places.push(Place::policy(pin.owners.at, "pinned to these"));
        Told {
            message: format!("{belongs}, and the policy pins {them} to {}", wording::list(&wanted, "and")),
            places,
            help: Some(match (beaten.map(|beaten| context.entry(beaten)), entries.as_slice()) {
                // A second line of the same pattern would leave the first one dead.
                (Some(beaten), [entry]) if beaten.pattern_text == writable(&pin.path.value.text) => {
                    format!("move line {} below line {}, and below all that could match it", beaten.line, entry.line)
                }
                _ => help(context, pin, &entries, paths.sample.first().map_or(&[][..], Vec::as_slice), paths.count),
            }),
            paths,
            ..Told::default()
        }
    }
}

/// The last entry that matches the path and names the pinned owners, though others win.
fn beaten(context: &Context<'_>, pin: &Pin, path: usize, winners: &[EntryId]) -> Option<EntryId> {
    let path = context.listing.path(path);
    let has_owners = |entry: &Entry| pin.is_met_by(entry.owners.iter().map(|owner| owner.key.as_str()));
    let matches = |entry: &Entry| entry.is_in_force() && entry.glob().is_some_and(|glob| glob.matches(path));
    let mut found = context.entries().rev().filter(|(id, entry)| !winners.contains(id) && has_owners(entry) && matches(entry));
    found.next().map(|(id, _)| id)
}

/// The line that keeps the pin.
fn help(context: &Context<'_>, pin: &Pin, entries: &[&Entry], first: &[u8], count: usize) -> String {
    let wanted: Vec<&str> = pin.owners.value.iter().map(|owner| owner.value.text.as_str()).collect();
    if entries.len() > 1 {
        return format!(
            "{} adds the owners of several entries up: let those that must approve name together only {}",
            context.host,
            wanted.join(" ")
        );
    }
    // Where expressions are read, the pin's own pattern means something else.
    let pattern = if context.host.adds_up() {
        wording::pattern_of(context.host, first)
    } else {
        writable(&pin.path.value.text)
    };
    let line = wording::line(&pattern, &wanted.join(" "));
    match entries {
        [entry] if context.host.adds_up() => format!("{} adds all matching entries up: let line {} name only {}", context.host, entry.line, wanted.join(" ")),
        [entry] if entry.pattern_text == pattern => format!("write on line {}:\n{line}", entry.line),
        [entry] => format!("write below line {}, and below all that could match it:\n{line}", entry.line),
        _ if count > 1 && context.host.adds_up() => format!("write, and so for the others:\n{line}"),
        _ => format!("write{}:\n{line}", wording::above_sections(context)),
    }
}

/// A pattern of the policy as it stands in CODEOWNERS, where a blank ends it.
fn writable(pattern: &str) -> String {
    let mut text = String::with_capacity(pattern.len());
    for character in pattern.chars() {
        if character == ' ' && !text.ends_with('\\') {
            text.push('\\');
        }
        text.push(character);
    }
    text
}

#[cfg(test)]
mod tests {
    use crate::codeowners::Dialect;
    use crate::rules::testing::{codes, codes_on, told, told_on};

    const POLICY: &str = "version: 1\npins:\n  - { path: \"**/meta.yaml\", owners: [\"@acme/Governance\", \"@ana\"] }\nrules: { MLO203: off, MLO111: off }\n";

    #[test]
    fn a_later_entry_takes_a_pinned_file_along() {
        let entries = "**/meta.yaml @ana @acme/governance\n/data/ @acme/data-eng\n";
        insta::assert_snapshot!(told("MLO108", entries, POLICY, &["data/meta.yaml", "data/a/meta.yaml", "x/meta.yaml"]), @r#"
        error: 2 files belong to @acme/data-eng, and the policy pins them to @acme/Governance and @ana
          CODEOWNERS `@acme/data-eng`: decides
          CODEOWNERS `**/meta.yaml @ana @acme/governance`: names the pinned owners, and is overridden
          policy `["@acme/Governance", "@ana"]`: pinned to these
          > move line 1 below line 2, and below all that could match it
        "#);
    }

    #[test]
    fn order_and_case_do_not_matter_and_one_more_owner_does() {
        let paths = ["meta.yaml"];
        assert_eq!(codes("**/meta.yaml @Ana @acme/governance\n", POLICY, &paths), [""; 0]);
        assert_eq!(codes("**/meta.yaml @acme/governance\n", POLICY, &paths), ["MLO108"]);
        assert_eq!(codes("**/meta.yaml @ana @acme/governance @web\n", POLICY, &paths), ["MLO108"]);
    }

    #[test]
    fn the_line_to_write_can_be_written() {
        let policy = POLICY.replace("**/meta.yaml", "/my data/");
        let told = told("MLO108", "* @web\n", &policy, &["my data/a"]);
        assert!(told.contains(r">     /my\ data/ @acme/Governance @ana"), "{told}");
    }

    #[test]
    fn nobody_is_somebody_else_too() {
        insta::assert_snapshot!(told("MLO108", "/data/\n", POLICY, &["data/meta.yaml", "meta.yaml"]), @r#"
        error: nobody has to approve `meta.yaml`, and the policy pins it to @acme/Governance and @ana
          CODEOWNERS: no entry matches
          policy `["@acme/Governance", "@ana"]`: pinned to these
          > write:
          >     **/meta.yaml @acme/Governance @ana
        error: nobody has to approve `data/meta.yaml`, and the policy pins it to @acme/Governance and @ana
          CODEOWNERS `/data/`: names nobody
          policy `["@acme/Governance", "@ana"]`: pinned to these
          > write below line 1, and below all that could match it:
          >     **/meta.yaml @acme/Governance @ana
        "#);
    }

    #[test]
    fn the_owners_of_all_that_decide_count() {
        let both = "[Data]\nmeta.yaml @ana\n[Governance]\nmeta.yaml @acme/governance\n";
        assert_eq!(codes_on(Dialect::GitLab, both, POLICY, &["meta.yaml"]), [""; 0]);
        let optional = both.replace("[Data]", "^[Data]");
        insta::assert_snapshot!(told_on(Dialect::GitLab, "MLO108", &optional, POLICY, &["meta.yaml"]), @r#"
        error: `meta.yaml` belongs to @acme/governance, and the policy pins it to @acme/Governance and @ana
          CODEOWNERS `@ana`: in an optional section: nobody has to approve
          CODEOWNERS `@acme/governance`: decides
          policy `["@acme/Governance", "@ana"]`: pinned to these
          > GitLab adds the owners of several entries up: let those that must approve name together only @acme/Governance @ana
        "#);
        let adding = ".*\\\\.yaml @ana\nmeta.* @acme/governance\n";
        assert_eq!(codes_on(Dialect::Gitea, adding, POLICY, &["meta.yaml"]), [""; 0]);
        insta::assert_snapshot!(told_on(Dialect::Gitea, "MLO108", ".*\\\\.yaml @ana\n", POLICY, &["meta.yaml"]), @r#"
        error: `meta.yaml` belongs to @ana, and the policy pins it to @acme/Governance and @ana
          CODEOWNERS `@ana`: decides
          policy `["@acme/Governance", "@ana"]`: pinned to these
          > Gitea adds all matching entries up: let line 1 name only @acme/Governance @ana
        "#);
    }
}
