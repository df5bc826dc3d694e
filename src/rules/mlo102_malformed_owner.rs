//! MLO102 malformed-owner.

use super::{Context, Group, Meta, Rule, Told, problems, wording};
use crate::codeowners::{Entry, Owner, Problem, ProblemKind};
use crate::finding::{Severity, Violation};

pub(super) struct Check;

static META: Meta = Meta {
    code: "MLO102",
    slug: "malformed-owner",
    summary: "An owner that the host cannot ask: no user, team or e-mail",
    severity: Some(Severity::Error),
    docs: "\
## What it does
Reports text in an owner's place that is neither `@user`, `@organisation/team` nor an e-mail: a missing or lone `@`, two
handles without a space, a handle glued to the pattern.

## Why it matters
GitHub skips the whole entry, or reads a glued handle as part of the path. The paths fall, without a word, to whatever
entry stands above. GitLab leaves only the wrong owner out.

## Example
`/models/ @acme/ml-eng@acme/mlops`

## How to fix it
Write each owner as its own word: `/models/ @acme/ml-eng @acme/mlops`.

## Source
GitHub's page \"About code owners\", section \"CODEOWNERS syntax\": a line with invalid syntax is skipped.
",
};

const KINDS: &[ProblemKind] =
    &[ProblemKind::MalformedOwner, ProblemKind::GluedOwners, ProblemKind::OwnerGluedToPattern, ProblemKind::RoleAsOwner];

impl Rule for Check {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, context: &Context<'_>) -> Vec<Violation> {
        problems::violations(context, META.code, KINDS)
    }

    fn tell(&self, context: &Context<'_>, group: &Group<'_>) -> Told {
        let (entry, found) = problems::of_group(context, group, KINDS);
        let text = problems::text(context, found[0]);
        let pattern = &entry.pattern_text;
        let host = context.host;
        let skipped = if ProblemKind::MalformedOwner.skips_entry(host) {
            format!("{host} skips the entry `{pattern}`")
        } else {
            format!("{host} leaves an owner of `{pattern}` out")
        };
        let (message, help) = match found[0].kind {
            ProblemKind::GluedOwners => (
                format!("{skipped}: `{text}` is two owners without a space"),
                format!("put a space between them:\n{}", line_with(context, entry, found[0], &apart(&text))),
            ),
            ProblemKind::RoleAsOwner => (
                format!("{skipped}: `{text}` is a role of GitLab, and {host} asks no roles"),
                "name the team that has this role: @organisation/team".to_owned(),
            ),
            // The host reads it as one long path.
            ProblemKind::OwnerGluedToPattern => (
                format!("the owner `{text}` is glued to the pattern `{pattern}`, which names nobody"),
                format!(
                    "put a space before the owner:\n{}",
                    line_with(context, entry, found[0], &format!(" {text}"))
                ),
            ),
            _ if text.contains('@') => {
                let help = AN_OWNER.to_owned();
                let meant = apart(&text);
                let is_owner = meant != text && Owner::named(&meant).is_some();
                let line = || line_with(context, entry, found[0], &meant);
                let help = if is_owner { format!("{help}, with nothing around it:\n{}", line()) } else { help };
                (format!("{skipped}: `{text}` is no owner"), help)
            }
            _ => (
                format!("{skipped}: `{text}` is no owner"),
                format!("{AN_OWNER}; did you mean:\n{}", line_with(context, entry, found[0], &format!("@{text}"))),
            ),
        };
        Told {
            message,
            places: problems::places(&found, |_| format!("nobody whom {host} can ask")),
            help: Some(help),
            ..Told::default()
        }
    }
}

const AN_OWNER: &str = "an owner is @user, @organisation/team or an e-mail";

/// The entry's line with other text in the place of a problem.
fn line_with(context: &Context<'_>, entry: &Entry, problem: &Problem, text: &str) -> String {
    let all = context.codeowners.map_or(&[][..], |file| &file.text);
    let part = |from: usize, to: usize| String::from_utf8_lossy(all.get(from..to).unwrap_or_default()).into_owned();
    let before = part(entry.span.start, problem.span.start);
    let after = part(problem.span.end, entry.span.end.max(problem.span.end));
    wording::line(&format!("{before}{text}{after}"), "")
}

/// The owners of a word, apart and without what people write around them.
fn apart(word: &str) -> String {
    let spaced = word.replace('@', " @");
    let around = |character: char| ",;:.()<>[]\"'`".contains(character);
    let bare = spaced.split_whitespace().map(|owner| owner.trim_matches(around));
    bare.filter(|owner| !owner.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::told;

    #[test]
    fn an_owner_that_cannot_be_asked_is_shown_at_its_characters() {
        insta::assert_snapshot!(told("MLO102", "/models/ acme/ml-eng\n/data/ @acme/data-eng@ana\n", "", &["models/a", "data/a"]), @"
        error: GitHub skips the entry `/models/`: `acme/ml-eng` is no owner
          CODEOWNERS `acme/ml-eng`: nobody whom GitHub can ask
          > an owner is @user, @organisation/team or an e-mail; did you mean:
          >     /models/ @acme/ml-eng
        error: GitHub skips the entry `/data/`: `@acme/data-eng@ana` is two owners without a space
          CODEOWNERS `@acme/data-eng@ana`: nobody whom GitHub can ask
          > put a space between them:
          >     /data/ @acme/data-eng @ana
        ");
    }

    #[test]
    fn owners_are_separated_by_blanks_alone() {
        insta::assert_snapshot!(told("MLO102", "/models/ @acme/ml, @ana\n/data/ @acme/data;@ana\n", "", &["models/a", "data/a"]), @"
        error: GitHub skips the entry `/models/`: `@acme/ml,` is no owner
          CODEOWNERS `@acme/ml,`: nobody whom GitHub can ask
          > an owner is @user, @organisation/team or an e-mail, with nothing around it:
          >     /models/ @acme/ml @ana
        error: GitHub skips the entry `/data/`: `@acme/data;@ana` is two owners without a space
          CODEOWNERS `@acme/data;@ana`: nobody whom GitHub can ask
          > put a space between them:
          >     /data/ @acme/data @ana
        ");
    }
}
