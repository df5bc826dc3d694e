//! Owners and roles: the texts that name somebody.

use rustc_hash::FxHashMap;

use super::Context;
use crate::codeowners::Owner;
use crate::policy::error::{Errors, PolicyError, suggest};
use crate::policy::fields::{Fields, list, shortened, text};
use crate::policy::form;
use crate::policy::tree::{Entry, Node, Value};
use crate::policy::{Located, Origin, OwnerPattern, Role, RoleId};

const LIST: &str = "[\"@acme/ml-eng\", \"ana@acme.com\"]";

/// Reads one owner: a handle, which may hold `*`, or an e-mail.
pub(super) fn owner(node: &Node, context: &mut Context<'_>) -> Option<Located<OwnerPattern>> {
    let said = &text(node, "an owner", context.errors)?.text;
    let Some((label, help)) = wrong_with(said) else {
        return Some(Located { value: OwnerPattern::new(said), at: node.at });
    };
    context.errors.push(PolicyError::new(node.at, format!("`{}` is no owner", shortened(said))).label(label).help(
        help.or_else(|| {
            Some(
                "An owner is `@user`, `@organisation/team` (either may hold `*`), `@@maintainer`, or an e-mail."
                    .to_owned(),
            )
        }),
    ));
    None
}

/// What is wrong with an owner, and what to write instead where that is plain.
pub(in crate::policy) fn wrong_with(said: &str) -> Option<(&'static str, Option<String>)> {
    // GitLab's names may have dots, and its groups nest; a policy may be read for any host.
    let is_name = |name: &str| {
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'*'))
    };
    let is_handle = |handle: &str| handle.split('/').all(is_name);
    let Some(handle) = said.strip_prefix('@') else {
        return match said.rsplit_once('@') {
            _ if said.trim() != said => Some(("blanks around it", Some(format!("Write `\"{}\"`.", said.trim())))),
            Some(_) if said.contains('*') => {
                Some(("`*` works in handles only", Some("Name each e-mail by itself.".to_owned())))
            }
            Some((local, domain)) => {
                let well_formed = !local.is_empty()
                    && local.chars().all(|c| !c.is_whitespace() && !c.is_control() && !"@/,;:<>()\\".contains(c))
                    && domain.contains('.')
                    && domain
                        .split('.')
                        .all(|part| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || c == '-'));
                (!well_formed).then_some(("not an e-mail", None))
            }
            None if is_handle(said) => Some(("the `@` is missing", Some(format!("Write `\"@{said}\"`.")))),
            None => Some(("neither a handle nor an e-mail", None)),
        };
    };
    if handle.starts_with('@') && Owner::named(said).is_some() {
        return None;
    }
    if !is_handle(handle) {
        let label = match handle {
            "" => "a name is missing",
            _ if handle.contains('@') => "more than one owner",
            _ if handle.contains(char::is_whitespace) || handle.contains(',') => {
                "one owner a list item, without blanks"
            }
            _ if handle.split('/').any(str::is_empty) => "a name is missing at the `/`",
            _ => "not a handle",
        };
        return Some((label, None));
    }
    let account = handle.split('/').next().unwrap_or_default();
    if account.bytes().all(|byte| byte == b'*') {
        return Some((
            "`*` alone would be everybody",
            Some("Keep a part of the name: `\"@acme/*\"` or `\"@acme-*\"`.".to_owned()),
        ));
    }
    None
}

/// Reads a list of owners, none of them twice.
pub(super) fn owners(node: &Node, what: &str, context: &mut Context<'_>) -> Vec<Located<OwnerPattern>> {
    let Some(items) = list(node, what, LIST, context.errors) else { return Vec::new() };
    let mut owners = Vec::with_capacity(items.len());
    let mut seen: FxHashMap<String, Origin> = FxHashMap::default();
    for item in items {
        let Some(owner) = owner(item, context) else { continue };
        if let Some(&first) = seen.get(&owner.value.key) {
            context.errors.push(
                PolicyError::new(owner.at, format!("`{}` stands twice in {what}", owner.value.text))
                    .label("here again")
                    .help("Handles are compared without case: keep one.".to_owned())
                    .related(first, "first here"),
            );
            continue;
        }
        seen.insert(owner.value.key.clone(), owner.at);
        owners.push(owner);
    }
    owners
}

/// True where a role or an area may have this name. An `@` or a `/` would make it an owner or a path.
pub(in crate::policy) fn check_name(entry: &Entry, what: &str, errors: &mut Errors) -> bool {
    let fits = !entry.key.is_empty()
        && entry.key.len() <= 100
        && entry.key.chars().all(|character| character.is_alphanumeric() || matches!(character, '-' | '_' | '.'));
    if !fits {
        errors.push(
            PolicyError::new(entry.key_at, format!("`{}` is no name for {what}", shortened(&entry.key)))
                .label("not a name")
                .help("Names have letters, digits, `-`, `_` and `.`, and up to 100 characters.".to_owned()),
        );
    }
    fits
}

/// The entries of a map of names that are not null, in the order of their names. A null that takes nothing away is an
/// error: it is rather a value forgotten.
pub(super) fn named<'t>(
    node: &'t Node,
    what: &str,
    form: &str,
    example: &str,
    context: &mut Context<'_>,
) -> Vec<&'t Entry> {
    let Value::Map(entries) = &node.value else {
        context.errors.push(
            PolicyError::new(node.at, format!("`{what}` is a map, and this is {}", node.value.is_a()))
                .label("not a map")
                .help(format!("Write it as `{form}`.")),
        );
        return Vec::new();
    };
    let mut kept = Vec::with_capacity(entries.len());
    for entry in entries {
        if matches!(entry.value.value, Value::Null) {
            context.errors.push(
                PolicyError::new(entry.key_at, format!("`{}` has no value", shortened(&entry.key)))
                    .label("nothing is said about it, and there is nothing to remove")
                    .help(format!("Write it as `{example}`, or leave it out.")),
            );
        } else {
            kept.push(entry);
        }
    }
    kept.sort_by(|a, b| a.key.cmp(&b.key));
    kept
}

/// Reads `roles`.
pub(super) fn roles(node: &Node, context: &mut Context<'_>) -> Vec<Role> {
    let form = format!("ml-engineer: {}", form::ROLE.example);
    let entries = named(node, "roles", &form, form::ROLE.example, context);
    let mut roles = Vec::with_capacity(entries.len());
    let mut covers: Vec<Option<&Node>> = Vec::with_capacity(entries.len());
    for entry in entries {
        check_name(entry, "a role", context.errors);
        let fields = Fields::of(&entry.value, &form::ROLE, context.errors);
        let get = |key| fields.as_ref().and_then(|fields| fields.get(key));
        let owners = get("owners")
            .map_or_else(Vec::new, |node| owners(node, &format!("role `{}`", shortened(&entry.key)), context));
        covers.push(get("covered_by"));
        roles.push(Role { name: entry.key.clone(), at: entry.key_at, owners, covered_by: None });
    }
    let ids = ids(&roles);
    let covered: Vec<Option<Located<RoleId>>> =
        covers.into_iter().map(|node| node.and_then(|node| role(node, &ids, context))).collect();
    for (role, covered_by) in roles.iter_mut().zip(covered) {
        role.covered_by = covered_by;
    }
    drop(ids);
    break_cycles(&mut roles, context);
    roles
}

/// The ids of roles by name.
pub(super) fn ids(roles: &[Role]) -> FxHashMap<String, RoleId> {
    (0..u16::MAX).zip(roles).map(|(id, role)| (role.name.clone(), RoleId(id))).collect()
}

/// Reads the name of a role.
pub(super) fn role(node: &Node, ids: &FxHashMap<String, RoleId>, context: &mut Context<'_>) -> Option<Located<RoleId>> {
    let said = &text(node, "a role", context.errors)?.text;
    if let Some(&value) = ids.get(said) {
        return Some(Located { value, at: node.at });
    }
    if let Some(error) = context.removed("roles", "role", said, node.at) {
        context.errors.push(error);
        return None;
    }
    let error = PolicyError::new(node.at, format!("there is no role `{}`", shortened(said))).label("unknown role");
    let error = if said.contains('/') && wrong_with(&format!("@{said}")).is_none() {
        error.help(format!("Roles have no `/`: for a team, write `\"@{said}\"`."))
    } else if context.errors.is_full() {
        error
    } else {
        let mut names: Vec<&str> = ids.keys().map(String::as_str).collect();
        names.sort_unstable();
        error.help(suggest(said, names))
    };
    context.errors.push(error);
    None
}

fn break_cycles(roles: &mut [Role], context: &mut Context<'_>) {
    let next: Vec<Option<usize>> =
        roles.iter().map(|role| role.covered_by.as_ref().map(|by| usize::from(by.value.0))).collect();
    for cycle in super::cycles(&next) {
        let places: Vec<(&str, Origin)> =
            cycle.iter().filter_map(|&at| Some((roles[at].name.as_str(), roles[at].covered_by.as_ref()?.at))).collect();
        if let Some(error) = super::cycle_error("covered_by", &places) {
            context.errors.push(error.help("Leave one out: who stands in must be somebody else.".to_owned()));
        }
        for at in cycle {
            roles[at].covered_by = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_an_owner() {
        for said in [
            "@ana",
            "@acme/ml-eng",
            "@acme/*",
            "@acme/*-de",
            "@acme-*",
            "@ana-b_acme",
            "@acme/ml.eng",
            "@acme/ml/serving",
            "@@maintainer",
            "ana@acme.com",
            "o'neil+ml@mail.acme.co.uk",
        ] {
            assert_eq!(wrong_with(said), None, "{said}");
        }
        for (said, label) in [
            ("acme/ml-eng", "the `@` is missing"),
            ("ana", "the `@` is missing"),
            ("@", "a name is missing"),
            ("@a@b", "more than one owner"),
            ("@a @b", "more than one owner"),
            ("@a b", "one owner a list item, without blanks"),
            ("@acme/", "a name is missing at the `/`"),
            ("@@guest", "more than one owner"),
            ("@*", "`*` alone would be everybody"),
            ("@*/ml", "`*` alone would be everybody"),
            ("*@acme.com", "`*` works in handles only"),
            ("ana@acme", "not an e-mail"),
            (" @ana", "blanks around it"),
            ("", "neither a handle nor an e-mail"),
            ("a b", "neither a handle nor an e-mail"),
        ] {
            assert_eq!(wrong_with(said).map(|(label, _)| label), Some(label), "{said}");
        }
    }
}
