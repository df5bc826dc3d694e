//! House kinds: read by the form that describes them, then by the catalogue's own types.

use rustc_hash::FxHashSet;
use serde_json::{Map, Value as Json};

use super::Context;
use crate::catalogue::{self, KindSpec};
use crate::codeowners::Pattern;
use crate::policy::error::{PolicyError, nearest, suggest};
use crate::policy::fields::{Fields, boolean, filled_text, list, shortened, text};
use crate::policy::form::{self, Form, Shape};
use crate::policy::tree::{Node, Scalar, Value};
use crate::policy::{AREAS, Area, HouseKind};

/// Every file of an extension is asked for each of these.
const MOST_NEEDLES: usize = 256;
const MOST_PATTERNS: usize = 1000;
/// No key that is looked for is longer.
const LONGEST_KEY: usize = 256;

/// Reads `catalogue`. Of a name that several texts define the last holds.
pub(super) fn kinds(node: &Node, context: &mut Context<'_>) -> Vec<HouseKind> {
    let example = format!("- {}", form::KIND.example);
    let items = list(node, "`catalogue`", &example, context.errors).unwrap_or_default();
    let mut reader = Reader { context, needles: 0, patterns: 0 };
    let mut kinds: Vec<HouseKind> = Vec::new();
    for item in items {
        let Some(kind) = reader.kind(item) else { continue };
        let Some(known) = kinds.iter().position(|known| known.spec.kind == kind.spec.kind) else {
            kinds.push(kind);
            continue;
        };
        if kinds[known].at.text == kind.at.text {
            reader.context.errors.push(
                PolicyError::new(kind.at, format!("the kind `{}` is defined twice", kind.spec.kind))
                    .label("here again")
                    .help("Keep one; `any` takes several pieces of evidence.".to_owned())
                    .related(kinds[known].at, "first here"),
            );
        } else {
            kinds[known] = kind;
        }
    }
    kinds
}

/// The kinds that are named, each with its area, whether they can be read or not.
pub(super) fn names(node: &Node) -> Vec<(&str, &str)> {
    let Value::List(items) = &node.value else { return Vec::new() };
    let mut seen = FxHashSet::default();
    let named = items.iter().filter_map(|item| Some((said(item, "kind")?, said(item, "area").unwrap_or_default())));
    named.filter(|(name, _)| seen.insert(*name)).collect()
}

fn said<'n>(item: &'n Node, key: &str) -> Option<&'n str> {
    match item.get(key).map(|entry| &entry.value.value) {
        Some(Value::Scalar(scalar)) => Some(&scalar.text),
        _ => None,
    }
}

/// The areas that house kinds belong to are the policy's, or ones that every policy may speak of.
pub(super) fn check_areas(node: Option<&Node>, areas: &[Area], context: &mut Context<'_>) {
    let Some(Value::List(items)) = node.map(|node| &node.value) else { return };
    let is_known = |name: &str| AREAS.contains(&name) || areas.iter().any(|area| area.name == name);
    for item in items {
        let Some(area) = item.get("area").map(|entry| &entry.value) else { continue };
        let Value::Scalar(Scalar { text, .. }) = &area.value else { continue };
        if is_known(text) {
            continue;
        }
        if let Some(error) = context.removed("areas", "area", text, area.at) {
            context.errors.push(error);
            continue;
        }
        let names = areas.iter().map(|area| area.name.as_str()).chain(AREAS);
        let near = nearest(text, names).map_or_else(String::new, |name| format!("Did you mean `{name}`? "));
        context.errors.push(
            PolicyError::new(area.at, format!("there is no area `{}`", shortened(text)))
                .label("unknown area")
                .help(format!("{near}An area of your own stands under `areas`.")),
        );
    }
}

struct Reader<'c, 'a> {
    context: &'c mut Context<'a>,
    needles: usize,
    patterns: usize,
}

impl Reader<'_, '_> {
    fn kind(&mut self, node: &Node) -> Option<HouseKind> {
        let mut value = self.shape(node, &form::KIND)?;
        let replaces = value.remove("replaces").is_some_and(|replaces| replaces == Json::Bool(true));
        let spec: KindSpec = serde_json::from_value(Json::Object(value)).ok()?;
        let at = node.get("kind")?.value.at;
        let builtin = self.context.known.kinds.iter().any(|(name, _)| *name == spec.kind);
        if builtin && !replaces {
            self.context.errors.push(
                PolicyError::new(at, format!("the catalogue has a kind `{}` already", spec.kind))
                    .label("taken")
                    .help("Choose another name, or add `replaces: true` to have this one in its place.".to_owned()),
            );
        } else if replaces && !builtin {
            let near = suggest(&spec.kind, self.context.known.kinds.iter().map(|(name, _)| *name));
            self.context.errors.push(
                PolicyError::new(at, format!("the catalogue has no kind `{}` that could be replaced", spec.kind))
                    .label("unknown kind")
                    .help(near.or_else(|| Some("Leave `replaces` out to add the kind.".to_owned()))),
            );
        }
        let samples = node.get("samples").map(|entry| &entry.value);
        let of = |key| samples.and_then(|samples| samples.get(key)).map(|entry| &entry.value.value);
        let items = [of("yes"), of("no")].into_iter().flatten().flat_map(|value| match value {
            Value::List(items) => items.as_slice(),
            _ => &[],
        });
        let samples = items.map(|item| item.get("path").map_or(item.at, |path| path.value.at)).collect();
        Some(HouseKind { spec, at, replaces, samples })
    }

    /// Reads a map of fixed keys; `None` after an error.
    fn shape(&mut self, node: &Node, shape: &Shape) -> Option<Map<String, Json>> {
        let fields = Fields::of(node, shape, self.context.errors)?;
        let mut read = fields.are_complete(shape, self.context.errors).then(Map::new);
        for key in shape.keys {
            let Some(value) = fields.get(key.name) else { continue };
            match (self.value(value, &key.form, &format!("`{}`", key.name)), &mut read) {
                (Some(value), Some(read)) => {
                    read.insert(key.name.to_owned(), value);
                }
                _ => read = None,
            }
        }
        // An unknown key is an error already, and no reason to say nothing else.
        read
    }

    /// The value of a node of this form; `None` after an error.
    fn value(&mut self, node: &Node, form: &Form, what: &str) -> Option<Json> {
        let errors = &mut *self.context.errors;
        match form {
            Form::Boolean => boolean(node, what, errors).map(|value| value.value.into()),
            Form::Number => self.number(node, what),
            Form::Literal => text(node, what, errors).map(|scalar| scalar.text.as_str().into()),
            Form::Text | Form::Area | Form::Path => filled_text(node, what, errors).map(Json::from),
            Form::Needle | Form::Beside => {
                let said = filled_text(node, what, errors)?;
                self.counted(node).then(|| said.into())
            }
            Form::Escaped => self.escaped(node, what),
            Form::NewKind => self.name(node),
            Form::FilePattern => self.pattern(node, what, is_file_pattern),
            Form::PatternBelow => self.pattern(node, what, |said| match Pattern::github(said) {
                Ok(_) => Ok(()),
                Err(_) => Err("Write it as in CODEOWNERS, relative to the marker: `/templates/`, `*.sql`.".to_owned()),
            }),
            Form::List(inner) | Form::Filled(inner) => {
                let items = list(node, what, "[ … ]", errors)?;
                if items.is_empty() && matches!(form, Form::Filled(_)) {
                    errors.push(
                        PolicyError::new(node.at, format!("{what} names nothing"))
                            .label("empty")
                            .help("Leave it out, or write what it should hold.".to_owned()),
                    );
                    return None;
                }
                let read: Vec<Option<Json>> = items.iter().map(|item| self.value(item, inner, what)).collect();
                read.into_iter().collect::<Option<Vec<Json>>>().map(Json::Array)
            }
            Form::MapOf(_, form) => self.dotted(node, form, what),
            Form::Map(shape) => self.shape(node, shape).map(Json::Object),
            Form::OneOf(forms) => {
                let fits = forms.iter().find(|form| is_of(node, form)).or(forms.first())?;
                self.value(node, fits, what)
            }
            // No kind has such keys.
            _ => None,
        }
    }

    fn number(&mut self, node: &Node, what: &str) -> Option<Json> {
        let number = match &node.value {
            Value::Scalar(Scalar { text, plain: true, .. }) => text.parse::<i32>().ok(),
            _ => None,
        };
        if number.is_none() {
            self.context.errors.push(
                PolicyError::new(node.at, format!("{what} is a whole number"))
                    .label("not a whole number")
                    .help("Write digits without quotes, such as `2`.".to_owned()),
            );
        }
        number.map(Json::from)
    }

    fn name(&mut self, node: &Node) -> Option<Json> {
        let said = filled_text(node, "`kind`", self.context.errors)?;
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if said.len() <= 100 && said.bytes().all(plain) {
            return Some(said.into());
        }
        self.context.errors.push(
            PolicyError::new(node.at, format!("`{}` is no name for a kind", shortened(said)))
                .label("not a name")
                .help("Names have lower-case letters, digits and `-`, and up to 100 characters.".to_owned()),
        );
        None
    }

    fn escaped(&mut self, node: &Node, what: &str) -> Option<Json> {
        let said = filled_text(node, what, self.context.errors)?;
        if catalogue::bytes_of(said).is_some() {
            return self.counted(node).then(|| said.into());
        }
        self.context.errors.push(
            PolicyError::new(node.at, format!("`{}` has an unknown escape", shortened(said)))
                .label("unknown escape")
                .help("The escapes are \\xNN, \\n, \\r, \\t, \\0 and \\\\; write it in single quotes.".to_owned()),
        );
        None
    }

    fn pattern(&mut self, node: &Node, what: &str, check: impl Fn(&str) -> Result<(), String>) -> Option<Json> {
        let said = filled_text(node, what, self.context.errors)?;
        self.patterns += 1;
        if self.patterns == MOST_PATTERNS + 1 {
            self.too_many(node, &format!("the policy's kinds have more than {MOST_PATTERNS} patterns"));
        }
        match check(said) {
            Ok(()) if self.patterns <= MOST_PATTERNS => Some(said.into()),
            Ok(()) => None,
            Err(help) => {
                self.context.errors.push(
                    PolicyError::new(node.at, format!("`{}` is no pattern here", shortened(said)))
                        .label("not a pattern")
                        .help(help),
                );
                None
            }
        }
    }

    /// A map of dotted keys to globs.
    fn dotted(&mut self, node: &Node, form: &Form, what: &str) -> Option<Json> {
        let Value::Map(entries) = &node.value else {
            self.context.errors.push(
                PolicyError::new(node.at, format!("{what} is a map, and this is {}", node.value.is_a()))
                    .label("not a map")
                    .help("Write it as `{ apiVersion: \"acme.com/*\", kind: Scorer }`.".to_owned()),
            );
            return None;
        };
        let mut read = Some(Map::new());
        for entry in entries {
            let wrong = match &entry.value.value {
                Value::Null => Some(("the key has no value", "Write \"*\" to ask for the key alone.")),
                _ if entry.key.is_empty() || entry.key.len() > LONGEST_KEY => {
                    Some(("the key could not be found in any file", "Write the dotted key: `metadata.name`."))
                }
                _ => None,
            };
            if let Some((message, help)) = wrong {
                let error = PolicyError::new(entry.key_at, message).label("this key").help(help.to_owned());
                self.context.errors.push(error);
                read = None;
                continue;
            }
            let value = self.value(&entry.value, form, &format!("`{}`", shortened(&entry.key)));
            match (value.filter(|_| self.counted(node)), &mut read) {
                (Some(value), Some(read)) => {
                    read.insert(entry.key.clone(), value);
                }
                _ => read = None,
            }
        }
        read.map(Json::Object)
    }

    /// Counts one more thing to look for in files; false past the limit.
    fn counted(&mut self, node: &Node) -> bool {
        self.needles += 1;
        if self.needles == MOST_NEEDLES + 1 {
            self.too_many(node, &format!("the policy's kinds look for more than {MOST_NEEDLES} texts in files"));
        }
        self.needles <= MOST_NEEDLES
    }

    fn too_many(&mut self, node: &Node, message: &str) {
        self.context.errors.push(
            PolicyError::new(node.at, message)
                .label("too many before this one")
                .help("Tell files by their names, or name the directories under `areas`.".to_owned()),
        );
    }
}

/// Whether a node is of the type that a form has.
fn is_of(node: &Node, form: &Form) -> bool {
    match form {
        Form::List(_) | Form::Filled(_) => matches!(node.value, Value::List(_)),
        Form::Map(_) | Form::MapOf(..) => matches!(node.value, Value::Map(_)),
        _ => matches!(node.value, Value::Scalar(_) | Value::Null),
    }
}

fn is_file_pattern(said: &str) -> Result<(), String> {
    if catalogue::tells_files(said) {
        return Ok(());
    }
    Err(match said {
        _ if said.ends_with('/') => {
            "A kind is told by its files: name one, and let `below: true` claim the directory.".to_owned()
        }
        _ if said.contains('/') && !said.starts_with('/') && !said.starts_with("**/") => {
            format!("Write `/{said}` for the one at the root, or `**/{said}` for every one.")
        }
        _ => "Write a file's name, `*.ext`, or a pattern that starts with `/` or `**/`.".to_owned(),
    })
}
