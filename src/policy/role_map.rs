//! A company's map of roles: who holds which, in a policy's words or plainer ones.

use rustc_hash::{FxHashMap, FxHashSet};

use super::check::{check_name, wrong_with};
use super::error::{Errors, PolicyError, PolicyErrors, suggest};
use super::fields::{Fields, list, shortened, text};
use super::form;
use super::tree::{self, Entry, Node, Value};
use super::{LoadInput, MAX_BYTES, Origin, PolicyText};
use crate::span::{LineIndex, Span};

/// Who holds which role, as a file says it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoleMap {
    /// The file.
    pub name: String,
    /// Its roles, in its order.
    pub roles: Vec<MappedRole>,
    /// Owners who hold none.
    pub no_role: Vec<String>,
}

/// A role of a map.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MappedRole {
    /// As the file calls it.
    pub name: String,
    /// Who holds it, each with its `@`.
    pub owners: Vec<String>,
    /// Who stands in, a role of the map.
    pub covered_by: Option<String>,
}
const OWNERS: &str = "[\"@acme/ml-eng\", \"ana@acme.com\"]";

/// Reads a map of roles: the `roles` and `no_role` of a policy, or the plain form
/// `roles: { ml-engineer: [acme/ml-eng] }` with `covered_by: { data-engineer: ml-engineer }` beside it. In a policy
/// (which says its `version`) all else is passed over.
///
/// # Errors
///
/// All that is wrong with the map.
pub fn load_role_map(input: LoadInput<'_>) -> Result<RoleMap, PolicyErrors> {
    let mut errors = Errors::default();
    let text = match std::str::from_utf8(input.text) {
        _ if input.text.len() > MAX_BYTES => {
            // The text is not kept: nothing in it is worth pointing at.
            errors.push(PolicyError::of_file(format!("the map of roles is larger than {} KiB", MAX_BYTES / 1024)));
            String::new()
        }
        Ok(text) => text.to_owned(),
        Err(error) => {
            let span = Span::new(error.valid_up_to(), error.valid_up_to() + char::REPLACEMENT_CHARACTER.len_utf8());
            let error = PolicyError::new(Origin { text: 0, span }, "the map of roles is not UTF-8");
            errors.push(error.label("a byte that is no character").help("Save the file as UTF-8.".to_owned()));
            String::from_utf8_lossy(input.text).into_owned()
        }
    };
    let map = if errors.is_empty() { read(input.name, &text, &mut errors) } else { RoleMap::default() };
    if errors.is_empty() {
        return Ok(map);
    }
    let lines = LineIndex::new(text.as_bytes());
    let text = PolicyText { name: input.name.to_owned(), text, lines, builtin: false };
    Err(PolicyErrors { texts: vec![text], errors: errors.into_sorted() })
}

fn read(name: &str, text: &str, errors: &mut Errors) -> RoleMap {
    let mut map = RoleMap { name: name.to_owned(), ..RoleMap::default() };
    let tree = match tree::parse(text, 0, errors) {
        Some(tree) if !matches!(tree.value, Value::Null) => tree,
        _ => {
            if errors.is_empty() {
                errors.push(
                    PolicyError::of_file("the map of roles is empty")
                        .help(format!("Write `{}`.", form::ROLE_MAP.example)),
                );
            }
            return map;
        }
    };
    let shape = if tree.get("version").is_some() { &form::POLICY } else { &form::ROLE_MAP };
    let Some(fields) = Fields::of(&tree, shape, errors) else { return map };
    let mut covers: Vec<Cover> = Vec::new();
    match fields.get("roles") {
        Some(node) => {
            for entry in entries(node, "`roles`", errors) {
                map.roles.push(role(entry, &mut covers, errors));
            }
        }
        None => errors.push(
            PolicyError::new(fields.at, "the map says no roles")
                .label("`roles` is missing")
                .help(format!("Write `{}`.", form::ROLE_MAP.example)),
        ),
    }
    for entry in fields.get("covered_by").map_or(&[][..], |node| entries(node, "`covered_by`", errors)) {
        if let Some(by) = self::text(&entry.value, "a role", errors) {
            let (role, by) = ((entry.key.clone(), entry.key_at), (by.text.clone(), entry.value.at));
            covers.push(Cover { role, by });
        }
    }
    map.no_role = fields.get("no_role").map(|node| owners(node, "`no_role`", errors)).unwrap_or_default();
    cover(&mut map, covers, errors);
    map
}

struct Cover {
    role: (String, Origin),
    by: (String, Origin),
}

fn entries<'t>(node: &'t Node, what: &str, errors: &mut Errors) -> &'t [Entry] {
    match &node.value {
        Value::Map(entries) => entries,
        other => {
            errors.push(
                PolicyError::new(node.at, format!("{what} is a map, and this is {}", other.is_a()))
                    .label("not a map")
                    .help(format!("Write `{}`.", form::ROLE_MAP.example)),
            );
            &[]
        }
    }
}

fn role(entry: &Entry, covers: &mut Vec<Cover>, errors: &mut Errors) -> MappedRole {
    check_name(entry, "a role", errors);
    let mut role = MappedRole { name: entry.key.clone(), ..MappedRole::default() };
    let node = &entry.value;
    match &node.value {
        Value::Null => {}
        Value::Map(_) => {
            let Some(fields) = Fields::of(node, &form::ROLE, errors) else { return role };
            role.owners = fields.get("owners").map(|node| owners(node, "`owners`", errors)).unwrap_or_default();
            if let Some(node) = fields.get("covered_by")
                && let Some(by) = text(node, "a role", errors)
            {
                covers.push(Cover { role: (entry.key.clone(), entry.key_at), by: (by.text.clone(), node.at) });
            }
        }
        _ => role.owners = owners(node, &format!("`{}`", shortened(&entry.key)), errors),
    }
    role
}

/// The owners of a list, each once; an `@` that was left out is put before a handle.
fn owners(node: &Node, what: &str, errors: &mut Errors) -> Vec<String> {
    let mut owners: Vec<String> = Vec::new();
    let mut seen = rustc_hash::FxHashSet::default();
    for item in list(node, what, OWNERS, errors).unwrap_or_default() {
        let Some(said) = text(item, "an owner", errors) else { continue };
        let owner = if said.text.contains('@') { said.text.clone() } else { format!("@{}", said.text) };
        match wrong_with(&owner) {
            None if seen.insert(owner.to_lowercase()) => owners.push(owner),
            None => {}
            Some((label, help)) => errors.push(
                PolicyError::new(item.at, format!("`{}` is no owner", shortened(&said.text)))
                    .label(label)
                    .help(help.unwrap_or_else(|| format!("Write owners as `{OWNERS}`."))),
            ),
        }
    }
    owners
}

/// Says of each role who stands in for it: a role of the map, and never in a circle.
fn cover(map: &mut RoleMap, covers: Vec<Cover>, errors: &mut Errors) {
    let listed: FxHashSet<String> = map.roles.iter().map(|role| role.name.clone()).collect();
    let mut stands_in: FxHashMap<String, (String, Origin)> = FxHashMap::default();
    for Cover { role: (role, role_at), by: (by, by_at) } in covers {
        if !listed.contains(&by) {
            errors.push(
                PolicyError::new(by_at, format!("the map has no role `{}`", shortened(&by)))
                    .label("unknown role")
                    .help(suggest(&by, map.roles.iter().map(|role| role.name.as_str()))),
            );
            continue;
        }
        // A role that is only covered need not be listed.
        if !listed.contains(&role) && !stands_in.contains_key(&role) {
            map.roles.push(MappedRole { name: role.clone(), ..MappedRole::default() });
        }
        if let Some((_, first)) = stands_in.insert(role.clone(), (by, by_at)) {
            let said = PolicyError::new(role_at, format!("who covers `{}` is said twice", shortened(&role)));
            errors.push(said.label("here again").related(first, "first here"));
        }
    }
    for role in &mut map.roles {
        role.covered_by = stands_in.get(&role.name).map(|(by, _)| by.clone());
    }
    refuse_circles(map, &stands_in, errors);
}

fn refuse_circles(map: &RoleMap, stands_in: &FxHashMap<String, (String, Origin)>, errors: &mut Errors) {
    // Each role is walked over once, whatever the chains are.
    let mut walked: FxHashSet<&str> = FxHashSet::default();
    for role in &map.roles {
        let mut here: FxHashSet<&str> = FxHashSet::from_iter([role.name.as_str()]);
        let mut next = stands_in.get(&role.name).filter(|_| !walked.contains(role.name.as_str()));
        while let Some((by, at)) = next {
            if !here.insert(by) {
                errors.push(
                    PolicyError::new(*at, format!("`{}` would cover itself", shortened(by)))
                        .label("the circle closes here")
                        .help("Name a role that somebody holds.".to_owned()),
                );
                break;
            }
            next = stands_in.get(by).filter(|_| !walked.contains(by.as_str()));
        }
        walked.extend(here);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(text: &str) -> Result<RoleMap, String> {
        load_role_map(LoadInput { name: "roles.yaml", text: text.as_bytes() }).map_err(|errors| errors.to_string())
    }

    fn role(name: &str, owners: &[&str], covered_by: Option<&str>) -> MappedRole {
        MappedRole {
            name: name.to_owned(),
            owners: owners.iter().map(ToString::to_string).collect(),
            covered_by: covered_by.map(str::to_owned),
        }
    }

    #[test]
    fn the_plain_form() {
        let text = "roles:\n  data-scientist: [acme/ds, \"@ana\", ana@acme.com, ACME/ds]\ncovered_by: {data-engineer: data-scientist}\n";
        let expected = [
            role("data-scientist", &["@acme/ds", "@ana", "ana@acme.com"], None),
            role("data-engineer", &[], Some("data-scientist")),
        ];
        assert_eq!(map(text).unwrap().roles, expected);
    }

    #[test]
    fn a_policy_is_a_map_of_roles_too() {
        let text =
            "version: 1\nareas: {}\nroles: { a: { owners: [\"@x\"] }, b: { covered_by: a } }\nno_role: [\"@web\"]\n";
        let read = map(text).unwrap();
        assert_eq!(read.roles, [role("a", &["@x"], None), role("b", &[], Some("a"))]);
        assert_eq!(read.no_role, ["@web"]);
    }

    #[test]
    fn what_is_wrong_is_told_where_it_stands() {
        for (text, expected) in [
            ("", "roles.yaml: the map of roles is empty"),
            ("[a]", "roles.yaml:1:1: a map of roles is a map, and this is a list"),
            ("{}", "roles.yaml:1:1: the map says no roles"),
            ("rolls: {}", "roles.yaml:1:1: a map of roles has no key `rolls`\nroles.yaml:1:1: the map says no roles"),
            ("roles: { a: [x y] }", "roles.yaml:1:14: `x y` is no owner"),
            ("roles: { a: x }", "roles.yaml:1:13: `a` is a list, and this is a single value"),
            ("roles: { \"a b\": [x] }", "roles.yaml:1:11: `a b` is no name for a role"),
            ("roles: { a: { owner: [x] } }", "roles.yaml:1:15: a role has no key `owner`"),
            ("roles: { a: [x] }\ncovered_by: { b: c }", "roles.yaml:2:18: the map has no role `c`"),
            ("roles: { a: { covered_by: b }, b: { covered_by: a } }", "roles.yaml:1:49: `a` would cover itself"),
        ] {
            assert_eq!(map(text).unwrap_err(), expected, "{text}");
        }
    }

    #[test]
    fn long_chains_and_circles_end() {
        let link = |at: usize| format!("r{at}: {{ covered_by: r{} }}", (at + 1) % 3000);
        let chain = (0..3000).map(link).collect::<Vec<_>>().join(", ");
        assert!(map(&format!("roles: {{ {chain} }}")).unwrap_err().contains("would cover itself"));
    }
}
