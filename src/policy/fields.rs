//! Typed reading of the tree: what is there, or an error where it stands.

use super::error::{Errors, PolicyError, nearest, suggest};
use super::form::Shape;
use super::tree::{Entry, Node, Scalar, Value};
use super::{Located, Origin};

/// The entries of a map of a known shape; every other key is an error.
pub(super) struct Fields<'t> {
    entries: &'t [Entry],
    pub(super) at: Origin,
}

impl<'t> Fields<'t> {
    /// Reads `node` as a map of this shape.
    pub(super) fn of(node: &'t Node, shape: &Shape, errors: &mut Errors) -> Option<Self> {
        let Shape { what, example, keys, elsewhere } = *shape;
        let known = || keys.iter().map(|key| key.name);
        let Value::Map(entries) = &node.value else {
            errors.push(
                PolicyError::new(node.at, format!("{what} is a map, and this is {}", node.value.is_a()))
                    .label("not a map")
                    .help(format!("Write it as `{example}`.")),
            );
            return None;
        };
        for entry in entries.iter().filter(|entry| known().all(|key| key != entry.key)) {
            let error = PolicyError::new(entry.key_at, format!("{what} has no key `{}`", shortened(&entry.key)))
                .label("unknown key");
            let help = match elsewhere.iter().find(|(key, _)| *key == entry.key) {
                Some((_, place)) => Some((*place).to_owned()),
                None if errors.is_full() => None,
                None => suggest(&entry.key, known()),
            };
            errors.push(error.help(help));
        }
        Some(Self { entries, at: node.at })
    }

    /// Whether all keys are there that the shape cannot do without; each that is missing is an error.
    pub(super) fn are_complete(&self, shape: &Shape, errors: &mut Errors) -> bool {
        let mut complete = true;
        for key in shape.keys.iter().filter(|key| key.required && self.get(key.name).is_none()) {
            let at = self.null(key.name).unwrap_or(self.at);
            errors.push(
                PolicyError::new(at, format!("{} has `{}`, and this one has none", shape.what, key.name))
                    .label(format!("`{}` is missing", key.name))
                    .help(format!("Write it as `{}`.", shape.example)),
            );
            complete = false;
        }
        complete
    }

    /// The entry of a key, if it is there and not null.
    pub(super) fn entry(&self, key: &str) -> Option<&'t Entry> {
        self.entries.iter().find(|entry| entry.key == key && !matches!(entry.value.value, Value::Null))
    }

    /// The value of a key, if it is there and not null.
    pub(super) fn get(&self, key: &str) -> Option<&'t Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The place of a null that stands under a key.
    pub(super) fn null(&self, key: &str) -> Option<Origin> {
        let null = self.entries.iter().find(|entry| entry.key == key && matches!(entry.value.value, Value::Null));
        null.map(|entry| entry.key_at)
    }
}

/// A scalar of any type, as text.
pub(super) fn text<'t>(node: &'t Node, what: &str, errors: &mut Errors) -> Option<&'t Scalar> {
    match &node.value {
        Value::Scalar(scalar) => Some(scalar),
        other => {
            errors.push(
                PolicyError::new(node.at, format!("{what} is a text, and this is {}", other.is_a()))
                    .label("not a text"),
            );
            None
        }
    }
}

/// A text with something in it.
pub(super) fn filled_text<'t>(node: &'t Node, what: &str, errors: &mut Errors) -> Option<&'t str> {
    let text = &text(node, what, errors)?.text;
    if text.trim().is_empty() {
        errors.push(PolicyError::new(node.at, format!("{what} is empty")).label("nothing is said here"));
        return None;
    }
    Some(text)
}

/// A list; `form` shows how to write one.
pub(super) fn list<'t>(node: &'t Node, what: &str, form: &str, errors: &mut Errors) -> Option<&'t [Node]> {
    match &node.value {
        Value::List(items) => Some(items),
        other => {
            let help = match other {
                Value::Scalar(scalar) if scalar.text.len() <= 100 && !scalar.text.contains(['"', '\\', '\n']) => {
                    format!("Write it as `[\"{}\"]`.", scalar.text)
                }
                _ => format!("Write it as `{form}`."),
            };
            errors.push(
                PolicyError::new(node.at, format!("{what} is a list, and this is {}", other.is_a()))
                    .label("not a list")
                    .help(help),
            );
            None
        }
    }
}

/// `true` or `false`.
pub(super) fn boolean(node: &Node, what: &str, errors: &mut Errors) -> Option<Located<bool>> {
    let (value, help) = match &node.value {
        Value::Scalar(Scalar { text, plain, .. }) => match (text.to_ascii_lowercase().as_str(), plain) {
            ("true", true) => (Some(true), ""),
            ("false", true) => (Some(false), ""),
            ("true" | "yes" | "on" | "y" | "1", _) => (None, "Write `true`, without quotes."),
            ("false" | "no" | "off" | "n" | "0", _) => (None, "Write `false`, without quotes."),
            _ => (None, "Write `true` or `false`."),
        },
        _ => (None, "Write `true` or `false`."),
    };
    if value.is_none() {
        errors
            .push(PolicyError::new(node.at, format!("{what} is true or false")).label("neither").help(help.to_owned()));
    }
    value.map(|value| Located { value, at: node.at })
}

/// A whole number from 1 on.
pub(super) fn count(node: &Node, what: &str, errors: &mut Errors) -> Option<Located<u32>> {
    let number = match &node.value {
        Value::Scalar(Scalar { text, plain: true, .. }) if text.bytes().all(|byte| byte.is_ascii_digit()) => {
            text.parse::<u32>().ok()
        }
        _ => None,
    };
    let error = match number {
        Some(0) => PolicyError::new(node.at, format!("{what} is at least 1"))
            .label("0 asks nothing")
            .help("Leave it out to ask nothing.".to_owned()),
        Some(value) => return Some(Located { value, at: node.at }),
        None => PolicyError::new(node.at, format!("{what} is a whole number"))
            .label("not a whole number")
            .help("Write digits without quotes, such as `2`.".to_owned()),
    };
    errors.push(error);
    None
}

/// One of a few words; `meant` maps words that other tools use to the one that is meant.
pub(super) fn word<'w>(
    node: &Node,
    what: &str,
    words: &[&'w str],
    meant: &[(&str, &'w str)],
    errors: &mut Errors,
) -> Option<&'w str> {
    let scalar = text(node, &format!("a {what}"), errors)?;
    if let Some(word) = words.iter().find(|&&word| word == scalar.text) {
        return Some(word);
    }
    let said = scalar.text.to_lowercase();
    let known = meant.iter().find(|(other, _)| *other == said).map(|&(_, word)| word);
    let choices: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    let help = match known.or_else(|| nearest(&said, words.iter().copied())) {
        Some(word) => format!("Did you mean `{word}`? The words are {}.", choices.join(", ")),
        None => format!("The words are {}.", choices.join(", ")),
    };
    errors.push(
        PolicyError::new(node.at, format!("`{}` is no {what}", shortened(&scalar.text)))
            .label("unknown word")
            .help(help),
    );
    None
}

/// A text that a message can hold.
pub(super) fn shortened(text: &str) -> String {
    const MOST: usize = 80;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
