//! MLO121 section-heading.

use rustc_hash::FxHashSet;

use super::{Context, Group, Meta, Rule, Told, problems, wording};
use crate::codeowners::{Entry, Heading, Owner, Problem, ProblemKind, Section, SectionId};
use crate::finding::{Cause, Place, Severity, Subject, Violation};

pub(super) struct Check;

static META: Meta = Meta {
    code: "MLO121",
    slug: "section-heading",
    summary: "A section's heading of which the host reads only a part",
    severity: Some(Severity::Warning),
    docs: "\
## What it does
Reports GitLab headings without a name (`[]`), with a number of approvals on an optional section, with a number that asks
for nothing (`[0]`) or for more people than there are, with owners that nobody can be, and with text that GitLab does not
read: it takes every line that starts with `[…]` as a heading, a pattern that starts with a character class too.

## Why it matters
What is not read is not asked for: `^[Models][2]` asks nobody at all, and `[Models] acme/ml` has no owners. `[Models][0]`
still asks for one approval, and of two people GitLab never waits for a third.

## Example
`[0-9]*.csv @acme/data` starts a section named `0-9`, and everything below is in it.

## How to fix it
Write `[Name]`, `[Name][2]` or `^[Name]`, then owners. Start a pattern with `/**/` or `*` where it would start with `[`.

## Source
GitLab's page \"Syntax of CODEOWNERS file\", sections, and the error list of its `section_parser.rb`; on numbers its
`approval_wrapped_code_owner_rule.rb`: at least one, and done when nobody is left who could approve.
",
};

impl Rule for Check {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, context: &Context<'_>) -> Vec<Violation> {
        let sections = context.codeowners.map_or(&[][..], |file| &file.sections);
        let short: FxHashSet<SectionId> = short_of_people(context).map(|entry| entry.section).collect();
        let wrong = (0..).map(SectionId).zip(sections).filter(|(id, section)| {
            section.headings.iter().flat_map(|heading| &heading.problems).any(is_of_heading) || short.contains(id)
        });
        let violation = |(id, section): (_, &Section)| Violation {
            rule: META.code,
            subject: Subject::Repository(format!("section {}", section.name)),
            cause: Cause::Section(id),
        };
        wrong.map(violation).collect()
    }

    fn tell(&self, context: &Context<'_>, group: &Group<'_>) -> Told {
        let Cause::Section(id) = *group.cause else { return Told::default() };
        let Some(section) = context.codeowners.map(|file| file.section(id)) else { return Told::default() };
        let found: Vec<(&Heading, &Problem)> = section
            .headings
            .iter()
            .flat_map(|heading| heading.problems.iter().map(move |problem| (heading, problem)))
            .filter(|(_, problem)| is_of_heading(problem))
            .collect();
        let Some(&(heading, first)) = found.first() else { return tell_short(context, id, section) };
        let text = problems::text(context, first);
        let name = &section.name;
        let (message, help) = match first.kind {
            ProblemKind::NamelessSection => {
                (format!("the section of line {} has no name", heading.line), "write a name between the brackets".to_owned())
            }
            ProblemKind::ApprovalsOfOptional => (
                format!("`{text}` asks for nothing: the section `{name}` is optional, and nobody has to approve"),
                format!("write [{name}]{text} if so many have to approve, or ^[{name}] if nobody has to"),
            ),
            ProblemKind::ApprovalsOfNone => (
                format!("`{text}` is no number of approvals: {} asks for one in the section `{name}`", context.host),
                format!("write [{name}], or ^[{name}] if nobody has to approve"),
            ),
            ProblemKind::ApprovalsOfTooMany => (
                format!("`{text}` asks for more approvals than anybody can give in the section `{name}`"),
                format!("write how many have to approve: [{name}][2]"),
            ),
            ProblemKind::MalformedOwner | ProblemKind::GluedOwners => (
                format!("`{text}` is no owner, so the section `{name}` does without"),
                format!("write each owner with its @: [{name}] @{}", text.trim_start_matches('@')),
            ),
            _ => (
                format!("{} reads line {} as the heading `[{name}]`, and not `{text}`", context.host, heading.line),
                format!("if it is a pattern, start it otherwise: /**/[{name}]{}", text.trim_start()),
            ),
        };
        let problems: Vec<&Problem> = found.iter().map(|(_, problem)| *problem).collect();
        Told {
            message,
            places: problems::places(&problems, |problem| match problem.kind {
                ProblemKind::NamelessSection => "a name is missing".to_owned(),
                ProblemKind::ApprovalsOfOptional | ProblemKind::ApprovalsOfNone => "counts for nothing".to_owned(),
                ProblemKind::ApprovalsOfTooMany => "no number of people".to_owned(),
                ProblemKind::MalformedOwner | ProblemKind::GluedOwners => "not an owner".to_owned(),
                _ => "not read".to_owned(),
            }),
            help: Some(help),
            ..Told::default()
        }
    }
}

/// Entries whose owners are people, all of them, and fewer than have to approve.
fn short_of_people<'a>(context: &Context<'a>) -> impl Iterator<Item = &'a Entry> {
    let entries = context.entries().map(|(_, entry)| entry).filter(|entry| entry.is_in_force());
    entries.filter(|entry| {
        let people: FxHashSet<&str> = entry.owners.iter().map(|owner| owner.key.as_str()).collect();
        let all_people = !people.is_empty() && entry.owners.iter().all(Owner::is_individual);
        all_people && entry.approvals < u32::MAX && entry.approvals as usize > people.len()
    })
}

fn tell_short(context: &Context<'_>, id: SectionId, section: &Section) -> Told {
    let Some(entry) = short_of_people(context).find(|entry| entry.section == id) else { return Told::default() };
    let heading = section.headings.iter().rfind(|heading| heading.line < entry.line);
    let people: FxHashSet<&str> = entry.owners.iter().map(|owner| owner.key.as_str()).collect();
    let (many, name, pattern) = (entry.approvals, &section.name, &entry.pattern_text);
    let named = if people.len() == 1 { "one person".to_owned() } else { format!("{} people", people.len()) };
    let mut places = vec![Place::codeowners(wording::owners_span(entry), named.as_str())];
    places.extend(heading.map(|heading| Place::codeowners(heading.span, format!("asks for {many} approvals"))));
    Told {
        message: format!("`{pattern}` names {named}, and the section `{name}` asks for {many} approvals"),
        places,
        help: Some("name a group, or as many people as have to approve".to_owned()),
        note: Some(format!("{} does not wait for people who are not there", context.host)),
        ..Told::default()
    }
}

fn is_of_heading(problem: &Problem) -> bool {
    matches!(
        problem.kind,
        ProblemKind::NamelessSection
            | ProblemKind::ApprovalsOfOptional
            | ProblemKind::ApprovalsOfNone
            | ProblemKind::ApprovalsOfTooMany
            | ProblemKind::HeadingText
            | ProblemKind::MalformedOwner
            | ProblemKind::GluedOwners
    )
}

#[cfg(test)]
mod tests {
    use crate::codeowners::Dialect;
    use crate::rules::testing::{codes_on, told_on};

    fn told(entries: &str) -> String {
        told_on(Dialect::GitLab, "MLO121", entries, "", &["models/a"])
    }

    #[test]
    fn approvals_of_an_optional_section_count_for_nothing() {
        insta::assert_snapshot!(told("^[Models][2] @acme/ml\n/models/\n"), @"
        warning: `[2]` asks for nothing: the section `Models` is optional, and nobody has to approve
          CODEOWNERS `[2]`: counts for nothing
          > write [Models][2] if so many have to approve, or ^[Models] if nobody has to
        ");
    }

    #[test]
    fn a_number_asks_for_people_who_are_there() {
        insta::assert_snapshot!(told("[Models][0] @acme/ml\n/models/\n"), @"
        warning: `[0]` is no number of approvals: GitLab asks for one in the section `Models`
          CODEOWNERS `[0]`: counts for nothing
          > write [Models], or ^[Models] if nobody has to approve
        ");
        insta::assert_snapshot!(told("[Models][99999999999] @acme/ml\n/models/\n"), @"
        warning: `[99999999999]` asks for more approvals than anybody can give in the section `Models`
          CODEOWNERS `[99999999999]`: no number of people
          > write how many have to approve: [Models][2]
        ");
        insta::assert_snapshot!(told("[Models][3] ana@acme.com\n/models/\n/data/ @acme/data\n"), @"
        warning: `/models/` names one person, and the section `Models` asks for 3 approvals
          CODEOWNERS `ana@acme.com`: one person
          CODEOWNERS `[Models][3] ana@acme.com`: asks for 3 approvals
          > name a group, or as many people as have to approve
        ");
        // A name may be a group of any size.
        assert_eq!(told("[Models][3] @ana\n/models/\n"), "");
    }

    #[test]
    fn a_pattern_that_starts_with_a_class_is_a_heading() {
        insta::assert_snapshot!(told("[0-9]*.csv @acme/data\n/models/ @acme/ml\n"), @"
        warning: GitLab reads line 1 as the heading `[0-9]`, and not `*.csv @acme/data`
          CODEOWNERS `*.csv @acme/data`: not read
          > if it is a pattern, start it otherwise: /**/[0-9]*.csv @acme/data
        ");
    }

    #[test]
    fn owners_of_a_heading_need_their_at() {
        insta::assert_snapshot!(told("[Models] acme/ml\n/models/ @acme/ml\n"), @"
        warning: `acme/ml` is no owner, so the section `Models` does without
          CODEOWNERS `acme/ml`: not an owner
          > write each owner with its @: [Models] @acme/ml
        ");
    }

    #[test]
    fn headings_as_they_should_be_are_left_alone() {
        let entries = "[Models][2] @acme/ml # two of them\n/models/\n^[Docs]\n*.md @acme/docs\n[codeowners]\n* @acme/all\n";
        assert_eq!(codes_on(Dialect::GitLab, entries, "", &["models/a", "a.md"]), [""; 0]);
    }
}
