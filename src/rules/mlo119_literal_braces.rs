//! MLO119 literal-braces.

use super::{Context, Group, Meta, Rule, Told, problems, wording};
use crate::codeowners::ProblemKind;
use crate::finding::{Severity, Violation};

pub(super) struct Check;

static META: Meta = Meta {
    code: "MLO119",
    slug: "literal-braces",
    summary: "Braces in a pattern that matches nothing: the host reads them literally",
    severity: Some(Severity::Warning),
    docs: "\
## What it does
Reports a pattern with `{a,b}` that matches no file. An entry whose braces are part of real names is left alone.

## Why it matters
The shell and many tools expand braces; the host does not. The entry waits for a file named `{a,b}`.

## Example
`/serving/*.{yaml,yml} @acme/ml-eng`

## How to fix it
Write one entry for each alternative.

## Source
GitHub's page \"About code owners\": patterns follow gitignore's rules, which have no braces.
",
};

const KINDS: &[ProblemKind] = &[ProblemKind::Braces];

impl Rule for Check {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, context: &Context<'_>) -> Vec<Violation> {
        let mut violations = problems::violations(context, META.code, KINDS);
        violations.retain(|violation| {
            context.entry_of(&violation.subject).is_some_and(|id| {
                context.entry(id).is_valid() && !context.usage(id).matches
            })
        });
        violations
    }

    fn tell(&self, context: &Context<'_>, group: &Group<'_>) -> Told {
        let (entry, found) = problems::of_group(context, group, KINDS);
        let (start, end) = (found[0].span.start - entry.pattern_span.start, found[0].span.end - entry.pattern_span.start);
        let pattern = &entry.pattern_text;
        let lines: Option<Vec<String>> = pattern.get(start..end).map(|braces| {
            let alternatives = braces.trim_matches(['{', '}']).split(',').take(8);
            let owners = wording::owners_on_line(&entry.owners);
            alternatives.map(|one| wording::line(&format!("{}{one}{}", &pattern[..start], &pattern[end..]), &owners)).collect()
        });
        Told {
            message: format!("`{pattern}` matches nothing: {} reads its braces literally", context.host),
            places: problems::places(&found, |_| "not expanded".to_owned()),
            help: lines.map(|lines| format!("write one entry for each alternative:\n{}", lines.join("\n"))),
            ..Told::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{codes, told};

    #[test]
    fn alternatives_are_written_out() {
        insta::assert_snapshot!(told("MLO119", "/serving/*.{yaml,yml} @acme/ml-eng\n", "", &["serving/a.yaml"]), @"
        warning: `/serving/*.{yaml,yml}` matches nothing: GitHub reads its braces literally
          CODEOWNERS `{yaml,yml}`: not expanded
          > write one entry for each alternative:
          >     /serving/*.yaml @acme/ml-eng
          >     /serving/*.yml @acme/ml-eng
        ");
    }

    #[test]
    fn braces_that_are_part_of_a_name_are_left_alone() {
        assert_eq!(codes("/{{name}}/ @a\n", "", &["{{name}}/a"]), [""; 0]);
    }
}
