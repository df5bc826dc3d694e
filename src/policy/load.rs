//! From the file's bytes to the checked policy, through the packs that it extends.

use super::check::check;
use super::error::{Errors, PolicyError, PolicyErrors, nearest};
use super::extend;
use super::fields::shortened;
use super::merge::{Removed, merge};
use super::tree::{self, Node, Value};
use super::{Origin, Policy, PolicyText};
use crate::span::{LineIndex, Span};

/// The largest policy that is read, in bytes.
pub const MAX_BYTES: usize = crate::source::POLICY_LIMIT;

/// The policies in the binary, by name.
const PACKS: [(&str, &str); 1] = [("ml-team", include_str!("../../policies/ml-team.yaml"))];
/// What `profile` can be, each with what it lays over the packs.
pub(super) const PROFILES: [(&str, &str); 3] = [
    ("oss", include_str!("../../policies/profiles/oss.yaml")),
    ("team", include_str!("../../policies/profiles/team.yaml")),
    ("regulated", include_str!("../../policies/profiles/regulated.yaml")),
];
/// The names that `profile` can have.
pub const PROFILE_NAMES: [&str; 3] = [PROFILES[0].0, PROFILES[1].0, PROFILES[2].0];
/// The names of `PACKS`.
pub(super) const PACK_NAMES: [&str; 1] = [PACKS[0].0];
/// What `extends` calls them, and how their texts are named.
pub const PREFIX: &str = "builtin:";
/// The pack that runs where a repository has no policy.
pub(super) const DEFAULT: &str = "ml-team";

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

impl Known<'_> {
    /// The slug of a rule; empty for a code that is none.
    pub(super) fn slug(&self, code: &str) -> &'static str {
        self.rules.iter().find(|(known, _)| *known == code).map_or("", |&(_, slug)| slug)
    }
}

/// A whole file, `None` where there is none, or why it was not read.
pub type FileRead = Result<Option<Vec<u8>>, String>;

/// Other files that a policy names under `extends` and `floor`.
#[derive(Clone, Copy)]
pub struct Files<'a> {
    /// Reads a file by its path, and refuses one of more than [`MAX_BYTES`].
    pub read: &'a dyn Fn(&str) -> FileRead,
    /// Where the paths start: `the root of the repository`.
    pub start: &'a str,
}

impl Files<'static> {
    /// No other file can be had.
    pub const NONE: Self = Self { read: &|_| Ok(None), start: "the root of the repository" };
}

impl std::fmt::Debug for Files<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Files").field("start", &self.start).finish_non_exhaustive()
    }
}

/// Loads a repository's policy, or `builtin:ml-team` where it has none. It can extend no other files.
///
/// # Errors
///
/// All that is wrong with the policy; a syntax error hides what stands behind it.
pub fn load(own: Option<LoadInput<'_>>, known: &Known<'_>) -> Result<Policy, PolicyErrors> {
    load_with(own, known, Files::NONE)
}

/// As [`load`], with the files that it may extend.
///
/// # Errors
///
/// All that is wrong with the policy and with what it extends.
pub fn load_with(own: Option<LoadInput<'_>>, known: &Known<'_>, files: Files<'_>) -> Result<Policy, PolicyErrors> {
    match own {
        Some(own) => load_own(own, known, files, Vec::new()),
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

/// Loads a policy file; its texts stand behind those of `before`, which its places leave alone.
pub(super) fn load_own(
    own: LoadInput<'_>,
    known: &Known<'_>,
    files: Files<'_>,
    before: Vec<PolicyText>,
) -> Result<Policy, PolicyErrors> {
    let mut errors = Errors::default();
    let mut texts = before;
    if own.text.len() > MAX_BYTES {
        // The text is not kept: nothing in it is worth pointing at.
        texts.push(policy_text(own.name.to_owned(), String::new(), false));
        errors.push(
            PolicyError::of_file(format!("the policy is larger than {} KiB", MAX_BYTES / 1024))
                .help("Join paths with directories and `*`; a policy names rules, not files.".to_owned()),
        );
        return Err(PolicyErrors { texts, errors: errors.into_sorted() });
    }
    let first = texts.len();
    texts.push(utf8(own.name, own.text, first, &mut errors));
    let tree = if errors.is_empty() { read(&texts, first, &mut errors) } else { None };
    let Some(tree) = tree.filter(|_| errors.is_empty()) else {
        return Err(PolicyErrors { texts, errors: errors.into_sorted() });
    };
    let layers = match extend::gather(tree, texts, files, &mut errors) {
        Ok(layers) => layers,
        // Every role of a pack that is not there would be one more error.
        Err(texts) => return Err(PolicyErrors { texts, errors: errors.into_sorted() }),
    };
    let mut removed = Removed::new();
    let tree = layers.trees.into_iter().reduce(|base, over| merge(base, over, &mut removed));
    finish(tree, known, &removed, layers.texts, errors)
}

/// A text of the policy; bytes that are not UTF-8 are an error. It is to be number `index`.
pub(super) fn utf8(name: &str, bytes: &[u8], index: usize, errors: &mut Errors) -> PolicyText {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(error) => {
            let at = error.valid_up_to();
            // Lossy decoding changes nothing before the first bad byte, and puts one character in its place.
            let span = Span::new(at, at + char::REPLACEMENT_CHARACTER.len_utf8());
            errors.push(
                PolicyError::new(Origin { text: index, span }, "the policy is not UTF-8")
                    .label(bytes.get(at).map_or_else(String::new, |byte| format!("byte 0x{byte:02X}")))
                    .help("Save the file as UTF-8.".to_owned()),
            );
            String::from_utf8_lossy(bytes).into_owned()
        }
    };
    policy_text(name.to_owned(), text, false)
}

/// Reads one text and what must stand in each: the version.
pub(super) fn read(texts: &[PolicyText], index: usize, errors: &mut Errors) -> Option<Node> {
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

pub(super) fn pack(name: &str) -> Option<&'static str> {
    PACKS.iter().find(|(known, _)| *known == name).map(|&(_, text)| text)
}

pub(super) fn no_pack_help(name: &str) -> String {
    if let Some(name) = nearest(name, PACKS.iter().map(|(known, _)| *known)) {
        return format!("Did you mean `{PREFIX}{name}`?");
    }
    let known: Vec<String> = PACKS.iter().map(|(known, _)| format!("`{PREFIX}{known}`")).collect();
    format!("The packs are: {}.", known.join(", "))
}

pub(super) fn policy_text(name: String, text: String, builtin: bool) -> PolicyText {
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
