//! Conditions on a file's content.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::sync::OnceLock;

use bstr::ByteSlice;
use memchr::memmem::Finder;

use super::facts::{self, Facts, Key, Keys};
use super::spec::{CatalogueError, EvidenceSpec, Texts, bytes_of};

/// How much of a seen value is told as evidence, in characters.
const SHOWN: usize = 80;

/// The first bytes of a file, with what was read out of them so far.
pub(super) struct Document<'d> {
    bytes: &'d [u8],
    keys: &'d Keys,
    yaml: OnceCell<Vec<Facts>>,
    json: OnceCell<Vec<Facts>>,
    front_matter: OnceCell<Vec<Facts>>,
}

impl<'d> Document<'d> {
    pub(super) fn new(bytes: &'d [u8], keys: &'d Keys) -> Self {
        Self { bytes, keys, yaml: OnceCell::new(), json: OnceCell::new(), front_matter: OnceCell::new() }
    }

    fn yaml(&self) -> &[Facts] {
        self.yaml.get_or_init(|| facts::of_yaml(self.bytes, self.keys))
    }

    fn json(&self) -> &[Facts] {
        self.json.get_or_init(|| vec![facts::of_json(self.bytes, self.keys)])
    }

    fn front_matter(&self) -> &[Facts] {
        self.front_matter.get_or_init(|| {
            facts::front_matter(self.bytes).map(|head| facts::of_yaml(head, self.keys)).unwrap_or_default()
        })
    }
}

/// What must all hold of a file's content.
#[derive(Clone, Debug, Default)]
pub(super) struct Conditions {
    yaml: Vec<Ask>,
    json: Vec<Ask>,
    front_matter: Vec<Ask>,
    magic: Vec<Vec<u8>>,
    line_starts: Vec<Text>,
    contains: Vec<Text>,
}

/// A text that is looked for.
#[derive(Clone, Debug)]
struct Text {
    text: Box<str>,
    /// Made when it is first needed.
    finder: OnceLock<Finder<'static>>,
}

impl Text {
    fn new(text: String) -> Self {
        Self { text: text.into(), finder: OnceLock::new() }
    }

    fn is_in(&self, bytes: &[u8]) -> bool {
        self.finder.get_or_init(|| Finder::new(&*self.text).into_owned()).find(bytes).is_some()
    }
}

/// A key and the globs of which its value matches one.
#[derive(Clone, Debug)]
struct Ask {
    key: Key,
    globs: Vec<Glob>,
}

impl Conditions {
    /// Compiles the conditions of a piece of evidence; `None` where it has none and the path decides.
    pub(super) fn new(kind: &str, spec: &EvidenceSpec, keys: &mut Keys) -> Result<Option<Self>, CatalogueError> {
        let mut asks = |wanted: &BTreeMap<String, Texts>| -> Vec<Ask> {
            wanted
                .iter()
                .map(|(key, globs)| Ask {
                    key: keys.intern(key),
                    globs: globs.0.iter().map(|glob| Glob::new(glob)).collect(),
                })
                .collect()
        };
        let conditions = Self {
            yaml: asks(&spec.yaml),
            json: asks(&spec.json),
            front_matter: asks(&spec.front_matter),
            magic: spec
                .magic
                .iter()
                .map(|text| {
                    bytes_of(text).ok_or_else(|| CatalogueError::Bytes { kind: kind.to_owned(), text: text.clone() })
                })
                .collect::<Result<_, _>>()?,
            line_starts: spec.line_starts.iter().cloned().map(Text::new).collect(),
            contains: spec.contains.iter().cloned().map(Text::new).collect(),
        };
        let none = !conditions.has_keys()
            && conditions.magic.is_empty()
            && conditions.line_starts.is_empty()
            && conditions.contains.is_empty();
        Ok((!none).then_some(conditions))
    }

    /// True where the file's own declared keys are asked for: as good a reason as its name.
    pub(super) fn has_keys(&self) -> bool {
        !(self.yaml.is_empty() && self.json.is_empty() && self.front_matter.is_empty())
    }

    /// The conditions as texts, each list after its length: only equal ones give the same.
    pub(super) fn described(&self, keys: &Keys) -> Vec<String> {
        let mut texts = Vec::new();
        for asks in [&self.yaml, &self.json, &self.front_matter] {
            texts.push(asks.len().to_string());
            for ask in asks {
                texts.extend([keys.name(ask.key).to_owned(), ask.globs.len().to_string()]);
                texts.extend(ask.globs.iter().map(|glob| glob.parts.join("*")));
            }
        }
        texts.push(self.magic.len().to_string());
        texts.extend(self.magic.iter().map(|magic| magic.escape_ascii().to_string()));
        for list in [&self.line_starts, &self.contains] {
            texts.push(list.len().to_string());
            texts.extend(list.iter().map(|text| text.text.to_string()));
        }
        texts
    }

    /// What was seen, where all conditions hold.
    pub(super) fn seen(&self, document: &Document<'_>) -> Option<String> {
        let mut first = None;
        let mut note = |seen: String| {
            first.get_or_insert(seen);
        };
        let seen_in = |asks: &[Ask], documents: &[Facts]| {
            documents.iter().find_map(|facts| keys_seen(asks, facts, document.keys))
        };
        if !self.yaml.is_empty() {
            note(seen_in(&self.yaml, document.yaml())?);
        }
        if !self.json.is_empty() {
            note(seen_in(&self.json, document.json())?);
        }
        if !self.front_matter.is_empty() {
            note(seen_in(&self.front_matter, document.front_matter())?);
        }
        if !self.magic.is_empty() {
            let magic = self.magic.iter().find(|magic| document.bytes.starts_with(magic))?;
            note(format!("starts with {}", magic.escape_ascii()));
        }
        if !self.line_starts.is_empty() {
            note(self.line_seen(document.bytes)?);
        }
        if !self.contains.is_empty() {
            note(format!("contains {}", self.contains.iter().find(|text| text.is_in(document.bytes))?.text));
        }
        first
    }

    fn line_seen(&self, bytes: &[u8]) -> Option<String> {
        // Most files hold none of them, which is seen sooner than where their lines start.
        let held: Vec<&str> =
            self.line_starts.iter().filter(|start| start.is_in(bytes)).map(|start| &*start.text).collect();
        if held.is_empty() {
            return None;
        }
        bytes.lines().map(<[u8]>::trim_ascii).find_map(|line| {
            let starts = |start: &str| {
                line.strip_prefix(start.as_bytes()).is_some_and(|rest| {
                    // `import ray` is no start of `import raylib`.
                    !(start.ends_with(is_word) && rest.first().is_some_and(|&byte| is_word(char::from(byte))))
                })
            };
            held.iter().any(|start| starts(start)).then(|| shown(&String::from_utf8_lossy(line)))
        })
    }
}

fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

fn shown(text: &str) -> String {
    text.chars().take(SHOWN).collect()
}

/// The first asked key and its value, where one document has all the keys.
fn keys_seen(asks: &[Ask], facts: &Facts, keys: &Keys) -> Option<String> {
    let mut first = None;
    for ask in asks {
        let holds = |(key, value): &&(Key, Option<String>)| {
            *key == ask.key && ask.globs.iter().any(|glob| glob.matches(value.as_deref().unwrap_or_default()))
        };
        let (key, value) = facts.iter().find(holds)?;
        first.get_or_insert_with(|| {
            let name = keys.name(*key);
            value.as_ref().map_or_else(|| format!("{name}:"), |value| format!("{name}: {}", shown(value)))
        });
    }
    first
}

/// A text with `*` for any characters, `/` included.
#[derive(Clone, Debug)]
struct Glob {
    /// The texts around the stars: at least one.
    parts: Vec<Box<str>>,
}

impl Glob {
    fn new(text: &str) -> Self {
        Self { parts: text.split('*').map(Into::into).collect() }
    }

    fn matches(&self, text: &str) -> bool {
        let [first, rest @ ..] = self.parts.as_slice() else { return false };
        let Some(mut text) = text.strip_prefix(&**first) else { return false };
        let [middle @ .., last] = rest else { return text.is_empty() };
        for part in middle {
            // The leftmost place is as good as any: it leaves the most for the parts after it.
            let Some(at) = text.find(&**part) else { return false };
            text = &text[at + part.len()..];
        }
        text.ends_with(&**last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_spans_anything_and_nothing_is_a_whole_match() {
        let matches = |glob: &str, text: &str| Glob::new(glob).matches(text);
        assert!(matches("serving.kserve.io/*", "serving.kserve.io/v1beta1"));
        assert!(matches(
            "https://azuremlschemas*/*Job.schema.json",
            "https://azuremlschemas.azureedge.net/latest/commandJob.schema.json"
        ));
        assert!(matches("*", ""));
        assert!(matches("v1", "v1"));
        assert!(!matches("v1", "v1beta1"));
        assert!(!matches("a*a", "a"));
        assert!(!matches("*ab*b", "ab"));
    }

    fn seen(spec: &EvidenceSpec, text: &[u8]) -> Option<String> {
        let mut keys = Keys::default();
        let conditions = Conditions::new("k", spec, &mut keys).unwrap().unwrap();
        conditions.seen(&Document::new(text, &keys))
    }

    #[test]
    fn keys_hold_within_one_document_only() {
        let one = |text: &str| Texts(vec![text.to_owned()]);
        let spec = EvidenceSpec {
            yaml: BTreeMap::from([("apiVersion".to_owned(), one("ray.io/*")), ("kind".to_owned(), one("RayJob"))]),
            ..EvidenceSpec::default()
        };
        assert_eq!(seen(&spec, b"kind: RayJob\napiVersion: ray.io/v1\n").as_deref(), Some("apiVersion: ray.io/v1"));
        assert_eq!(seen(&spec, b"kind: RayJob\n---\napiVersion: ray.io/v1\n"), None);
    }

    #[test]
    fn a_line_start_ends_at_a_word_boundary() {
        let spec = EvidenceSpec { line_starts: vec!["import ray".to_owned()], ..EvidenceSpec::default() };
        assert_eq!(seen(&spec, b"x = 1\n    import ray  \n").as_deref(), Some("import ray"));
        assert!(seen(&spec, b"import ray.serve\n").is_some());
        assert_eq!(seen(&spec, b"import raylib\n# import ray\n"), None);
    }

    #[test]
    fn every_condition_must_hold() {
        let spec = EvidenceSpec {
            magic: vec![r"PK\x03\x04".to_owned()],
            contains: vec!["data.pkl".to_owned()],
            ..EvidenceSpec::default()
        };
        assert_eq!(seen(&spec, b"PK\x03\x04..archive/data.pkl").as_deref(), Some(r"starts with PK\x03\x04"));
        assert_eq!(seen(&spec, b"PK\x03\x04..firmware"), None);
        assert_eq!(seen(&spec, b"archive/data.pkl"), None);
    }
}
