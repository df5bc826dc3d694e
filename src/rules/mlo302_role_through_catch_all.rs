//! MLO302 role-through-catch-all.

use super::{Context, Group, Meta, Rule, Told, group, wording};
use crate::finding::{Severity, Violation};
use crate::ownership::{Demand, Gap};

pub(super) struct Check;

static META: Meta = Meta {
    code: "MLO302",
    slug: "role-through-catch-all",
    summary: "An area's files are left to the catch-all, whose owners lack the role, or where a specific entry is asked",
    severity: Some(Severity::Warning),
    docs: "\
## What it does
Reports files of an area that only the catch-all wins, where its owners hold none of the `accountable` roles, or where the
area wants `specific: true`, in which case no catch-all is enough.

## Why it matters
Nobody decided who answers for these files: they have the default owners because nobody wrote an entry.

## Example
`* @acme/platform`, no entry for `serving/`, and `serving` asks for ml-engineer.

## How to fix it
Write an entry for the directory with an owner who holds the role.

## Source
The policy's `accountable` and `specific`; the default of both is the roles guide's.
",
};

impl Rule for Check {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, context: &Context<'_>) -> Vec<Violation> {
        group::by_directory(context, META.code, context.items_with(Gap::RoleThroughCatchAll))
    }

    fn tell(&self, context: &Context<'_>, group: &Group<'_>) -> Told {
        let said = group::Said::new(context, group);
        let asked = said.asked(context);
        let owners = wording::owners_with_roles(context, asked.iter().flat_map(|entry| &entry.owners));
        let meets = said.area.is_some_and(|area| context.judge.meets(&said.winners, area, Demand::Accountable));
        let lacking = match said.asks(context) {
            _ if meets => ", and not to an entry of their own".to_owned(),
            Some(asks) => format!(", and {asks}"),
            None => String::new(),
        };
        let verb = if group.violations.len() == 1 { "is" } else { "are" };
        Told {
            message: format!("{} {verb} left to {} of {owners}{lacking}", said.what(), said.catch_all(context)),
            places: said.places(context, "wins because nothing more specific matches"),
            help: Some(said.line_to_write(context)),
            paths: wording::paths(group.violations),
            ..Told::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{TEAM, codes, told};

    fn policy(demand: &str) -> String {
        format!("{TEAM}areas: {{ serving: {{ paths: [/serve/], ownership: {{ {demand} }} }} }}\n")
    }

    #[test]
    fn the_catch_all_lacks_the_role() {
        let entries = "* @acme/data-science\n/src/ @acme/ml-eng\n";
        insta::assert_snapshot!(told("MLO302", entries, &policy("accountable: [ml-engineer]"), &["serve/a.py", "src/a.py"]), @"
        warning: the serving file `serve/a.py` is left to the catch-all `*` of @acme/data-science (data-scientist), and serving asks for ml-engineer
          CODEOWNERS `* @acme/data-science`: wins because nothing more specific matches
          policy `[ml-engineer]`: serving asks for ml-engineer
          > write below line 1:
          >     /serve/a.py @acme/ml-eng
        ");
    }

    #[test]
    fn it_has_the_role_and_a_specific_entry_is_wanted() {
        let entries = "* @acme/ml-eng\n/src/ @acme/ml-eng\n";
        let paths = ["serve/a.py", "src/a.py"];
        assert_eq!(codes(entries, &policy("accountable: [ml-engineer]"), &paths), ["MLO202"]);
        assert_eq!(codes(entries, &policy("accountable: [ml-engineer], specific: true"), &paths), ["MLO302"]);
    }
}
