//! From the file's bytes to the checked policy, through the packs that it extends.

use super::check::check;
use super::error::{Errors, PolicyError, PolicyErrors, nearest};
use super::fields::{list, shortened, text, word};
use super::merge::{Removed, merge};
use super::tree::{self, Node, Value};
use super::{Origin, Policy, PolicyText};
use crate::span::{LineIndex, Span};

/// The largest policy that is read, in bytes.
pub const MAX_BYTES: usize = crate::source::POLICY_LIMIT;

/// The policies in the binary, by name.
const PACKS: [(&str, &str); 1] = [("ml-team", include_str!("../../policies/ml-team.yaml"))];
/// What `profile` can be, each with what it lays over the packs.
const PROFILES: [(&str, &str); 3] = [
    ("oss", include_str!("../../policies/profiles/oss.yaml")),
    ("team", include_str!("../../policies/profiles/team.yaml")),
    ("regulated", include_str!("../../policies/profiles/regulated.yaml")),
];
/// The names of `PROFILES`.
pub(super) const PROFILE_NAMES: [&str; 3] = [PROFILES[0].0, PROFILES[1].0, PROFILES[2].0];
/// The names of `PACKS`.
pub(super) const PACK_NAMES: [&str; 1] = [PACKS[0].0];
/// What `extends` calls them.
pub(super) const PREFIX: &str = "builtin:";
/// The pack that runs where a repository has no policy.
const DEFAULT: &str = "ml-team";

/// A policy file as read.
#[derive(Clone, Copy, Debug)]
pub struct LoadInput<'a> {
    /// The file, relative to the root.
    pub name: &'a str,
    /// Its bytes; read one byte beyond [`MAX_BYTES`] to have larger files refused.
    pub text: &'a [u8],
}

/// The names that a policy may refer to.
#[derive(Clone, Debug, Default)]
pub struct Known<'a> {
    /// Kinds of artefacts, each with the area that it belongs to.
    pub kinds: Vec<(&'a str, &'a str)>,
    /// Rules, by code and slug.
    pub rules: Vec<(&'static str, &'static str)>,
}

/// Loads a repository's policy, or `builtin:ml-team` where it has none.
///
/// # Errors
///
/// All that is wrong with the policy; a syntax error hides what stands behind it.
pub fn load(own: Option<LoadInput<'_>>, known: &Known<'_>) -> Result<Policy, PolicyErrors> {
    match own {
        Some(own) => load_own(own, known),
        None => load_builtin(DEFAULT, known),
    }
}

/// Loads a policy of the binary by its name, without `builtin:`.
///
/// # Errors
///
/// There is no policy of this name, or (a fault of the binary that its tests exclude) it is wrong.
pub fn load_builtin(name: &str, known: &Known<'_>) -> Result<Policy, PolicyErrors> {
    let Some(text) = pack(name) else {
        let error =
            PolicyError::of_file(format!("there is no policy `{PREFIX}{}`", shortened(name))).help(no_pack_help(name));
        return Err(PolicyErrors { texts: Vec::new(), errors: vec![error] });
    };
    let texts = vec![policy_text(format!("{PREFIX}{name}"), text.to_owned(), true)];
    let mut errors = Errors::default();
    let tree = read(&texts, 0, &mut errors);
    finish(tree, known, &Removed::new(), texts, errors)
}

fn load_own(own: LoadInput<'_>, known: &Known<'_>) -> Result<Policy, PolicyErrors> {
    let mut errors = Errors::default();
    if own.text.len() > MAX_BYTES {
        // The text is not kept: nothing in it is worth pointing at.
        let texts = vec![policy_text(own.name.to_owned(), String::new(), false)];
        errors.push(
            PolicyError::of_file(format!("the policy is larger than {} KiB", MAX_BYTES / 1024))
                .help("Join paths with directories and `*`; a policy names rules, not files.".to_owned()),
        );
        return Err(PolicyErrors { texts, errors: errors.into_sorted() });
    }
    let text = match std::str::from_utf8(own.text) {
        Ok(text) => text.to_owned(),
        Err(error) => {
            let at = error.valid_up_to();
            // Lossy decoding changes nothing before the first bad byte, and puts one character in its place.
            let texts = vec![policy_text(own.name.to_owned(), String::from_utf8_lossy(own.text).into_owned(), false)];
            let span = Span::new(at, at + char::REPLACEMENT_CHARACTER.len_utf8());
            errors.push(
                PolicyError::new(Origin { text: 0, span }, "the policy is not UTF-8")
                    .label(own.text.get(at).map_or_else(String::new, |byte| format!("byte 0x{byte:02X}")))
                    .help("Save the file as UTF-8.".to_owned()),
            );
            return Err(PolicyErrors { texts, errors: errors.into_sorted() });
        }
    };
    let texts = vec![policy_text(own.name.to_owned(), text, false)];
    let Some(mut tree) = read(&texts, 0, &mut errors).filter(|_| errors.is_empty()) else {
        return Err(PolicyErrors { texts, errors: errors.into_sorted() });
    };
    let names = extended(&tree, &mut errors);
    let profile = profile(&tree, &names, &mut errors);
    if !errors.is_empty() {
        // Every role of a pack that is not there would be one more error.
        return Err(PolicyErrors { texts, errors: errors.into_sorted() });
    }
    // The texts stand in the order they are merged: the own one last.
    let packs = names.iter().map(|(name, text)| policy_text(format!("{PREFIX}{name}"), (*text).to_owned(), true));
    let profile = profile.map(|(name, text)| policy_text(format!("profile {name}"), text.to_owned(), true));
    let texts: Vec<PolicyText> = packs.chain(profile).chain(texts).collect();
    let below = texts.len() - 1;
    tree.set_text(below);

    let mut removed = Removed::new();
    let mut base: Option<Node> = None;
    for index in 0..below {
        let Some(pack) = read(&texts, index, &mut errors) else { continue };
        base = Some(match base {
            Some(base) => merge(base, pack, &mut removed),
            None => pack,
        });
    }
    let tree = match base {
        Some(base) => merge(base, tree, &mut removed),
        None => tree,
    };
    finish(Some(tree), known, &removed, texts, errors)
}

/// Reads one text and what must stand in each: the version.
fn read(texts: &[PolicyText], index: usize, errors: &mut Errors) -> Option<Node> {
    let text = &texts.get(index)?.text;
    let start = |length| Origin { text: index, span: super::syntax::visible(text, Span::new(0, length)) };
    let tree = tree::parse(text, index, errors);
    let is_empty = match &tree {
        None => errors.is_empty(),
        Some(node) => matches!(node.value, Value::Null),
    };
    if is_empty {
        let error = if text.is_empty() {
            PolicyError::of_file("the policy is empty")
        } else {
            PolicyError::new(start(0), "the policy is empty").label("nothing is said in this file")
        };
        errors.push(error.help("Start with `version: 1` and `extends: [builtin:ml-team]`.".to_owned()));
        return None;
    }
    let tree = tree?;
    let Value::Map(entries) = &tree.value else {
        errors.push(
            PolicyError::new(
                Origin { span: super::syntax::visible(text, tree.at.span), ..tree.at },
                format!("a policy is a map, and this is {}", tree.value.is_a()),
            )
            .label("not a map")
            .help("Start with `version: 1` and `extends: [builtin:ml-team]`.".to_owned()),
        );
        return None;
    };
    match tree.get("version").map(|entry| &entry.value) {
        None => {
            let at = entries.first().map_or_else(|| start(0), |entry| entry.key_at);
            errors.push(
                PolicyError::new(at, "the policy does not say its version")
                    .label("`version` is missing")
                    .help("Begin the file with `version: 1`.".to_owned()),
            );
        }
        Some(Node { value: Value::Scalar(scalar), .. }) if scalar.text == "1" => {}
        Some(node) => errors.push(
            PolicyError::new(node.at, "this mlops-lint reads version 1 of the policy")
                .label("another version")
                .help("Write `version: 1`, or use the mlops-lint that the policy was written for.".to_owned()),
        ),
    }
    Some(tree)
}

/// The packs that `extends` names.
fn extended(tree: &Node, errors: &mut Errors) -> Vec<(&'static str, &'static str)> {
    let mut packs: Vec<((&'static str, &'static str), Origin)> = Vec::new();
    let Some(node) = tree.get("extends").map(|entry| &entry.value) else { return Vec::new() };
    if matches!(node.value, Value::Null) {
        return Vec::new();
    }
    for item in list(node, "`extends`", "[builtin:ml-team]", errors).unwrap_or_default() {
        let Some(scalar) = text(item, "a policy to extend", errors) else { continue };
        let said = shortened(&scalar.text);
        let Some(name) = scalar.text.strip_prefix(PREFIX) else {
            let help = if pack(&scalar.text).is_some() {
                format!("Write `{PREFIX}{said}`.")
            } else {
                format!("Write `{PREFIX}{DEFAULT}`, and the rest into this file.")
            };
            errors.push(
                PolicyError::new(item.at, format!("`{said}` cannot be extended: only {PREFIX} packs can"))
                    .label("not a pack")
                    .help(help),
            );
            continue;
        };
        let Some(&found) = PACKS.iter().find(|(known, _)| *known == name) else {
            errors.push(
                PolicyError::new(item.at, format!("there is no policy `{said}`"))
                    .label("unknown pack")
                    .help(no_pack_help(name)),
            );
            continue;
        };
        if let Some(&(_, first)) = packs.iter().find(|(other, _)| *other == found) {
            errors.push(
                PolicyError::new(item.at, format!("`{said}` is extended twice"))
                    .label("here again")
                    .help("Keep one.".to_owned())
                    .related(first, "first here"),
            );
            continue;
        }
        packs.push((found, item.at));
    }
    packs.into_iter().map(|(pack, _)| pack).collect()
}

/// The profile that the policy names. It lays demands over areas, so there must be some.
fn profile(
    tree: &Node,
    packs: &[(&'static str, &'static str)],
    errors: &mut Errors,
) -> Option<(&'static str, &'static str)> {
    let node = &tree.get("profile")?.value;
    let name = word(node, "profile", &PROFILE_NAMES, &[], errors)?;
    if packs.is_empty() {
        errors.push(
            PolicyError::new(
                node.at,
                format!("the profile `{name}` changes what {PREFIX}{DEFAULT} asks, and nothing is extended"),
            )
            .label("nothing to change")
            .help(format!("Add `extends: [{PREFIX}{DEFAULT}]`.")),
        );
    }
    PROFILES.into_iter().find(|(known, _)| *known == name)
}

fn pack(name: &str) -> Option<&'static str> {
    PACKS.iter().find(|(known, _)| *known == name).map(|&(_, text)| text)
}

fn no_pack_help(name: &str) -> String {
    if let Some(name) = nearest(name, PACKS.iter().map(|(known, _)| *known)) {
        return format!("Did you mean `{PREFIX}{name}`?");
    }
    let known: Vec<String> = PACKS.iter().map(|(known, _)| format!("`{PREFIX}{known}`")).collect();
    format!("The packs are: {}.", known.join(", "))
}

fn policy_text(name: String, text: String, builtin: bool) -> PolicyText {
    let lines = LineIndex::new(text.as_bytes());
    PolicyText { name, text, lines, builtin }
}

fn finish(
    tree: Option<Node>,
    known: &Known<'_>,
    removed: &Removed,
    texts: Vec<PolicyText>,
    mut errors: Errors,
) -> Result<Policy, PolicyErrors> {
    let Some(tree) = tree else { return Err(PolicyErrors { texts, errors: errors.into_sorted() }) };
    let policy = check(&tree, known, removed, texts, &mut errors);
    if errors.is_empty() {
        return Ok(policy);
    }
    Err(PolicyErrors { texts: policy.texts, errors: errors.into_sorted() })
}
