//! MLO102 malformed-owner.

use super::{Context, Group, Meta, Rule, Told, problems};
use crate::codeowners::ProblemKind;
use crate::finding::{Severity, Violation};

pub(super) struct Check;

static META: Meta = Meta {
    code: "MLO102",
    slug: "malformed-owner",
    summary: "An owner that is no user, team or e-mail, so that the host skips the entry",
    severity: Some(Severity::Error),
    docs: "\
## What it does
Reports text in an owner's place that is neither `@user`, `@organisation/team` nor an e-mail: a missing or lone `@`, two
handles without a space, a handle glued to the pattern.

## Why it matters
The host skips the whole entry. Its paths fall, without a word, to whatever entry stands above.

## Example
`/models/ @acme/ml-eng@acme/mlops`

## How to fix it
Write each owner as its own word: `/models/ @acme/ml-eng @acme/mlops`.

## Source
GitHub's page \"About code owners\", section \"CODEOWNERS syntax\": a line with invalid syntax is skipped.
",
};

const KINDS: &[ProblemKind] =
    &[ProblemKind::MalformedOwner, ProblemKind::GluedOwners, ProblemKind::OwnerGluedToPattern];

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
        let (why, help) = match found[0].kind {
            ProblemKind::GluedOwners => (
                format!("`{text}` is two owners without a space"),
                format!("put a space between them: {}", text.replace('@', " @").trim()),
            ),
            ProblemKind::OwnerGluedToPattern => (
                format!("the owner `{text}` is glued to the pattern"),
                format!("put a space before the owner: {}", entry.pattern_text.replacen(&text, &format!(" {text}"), 1)),
            ),
            _ if !text.contains('@') => (
                format!("`{text}` is no owner"),
                format!("an owner is @user, @organisation/team or an e-mail: did you mean @{text}?"),
            ),
            _ => (
                format!("`{text}` is no owner"),
                "an owner is @user, @organisation/team or an e-mail".to_owned(),
            ),
        };
        Told {
            message: format!("the host skips the entry `{}`: {why}", entry.pattern_text),
            places: problems::places(&found, |_| "not an owner the host can ask".to_owned()),
            help: Some(help),
            ..Told::default()
        }
    }
}
