//! Conditions on a file's content.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::sync::OnceLock;

use bstr::ByteSlice;
use memchr::memmem::Finder;
use memchr::{memchr, memrchr};

use super::facts::{self, Fact, Facts, Key, Keys};
use super::glob::Glob;
use super::notebook;
use super::python::{self, Name, Package, Packages, Role};
use super::seen::{Seen, shown};
use super::spec::{CatalogueError, EvidenceSpec, Texts, bytes_of};
use super::sql::SqlAsk;

/// All that conditions ask files for.
#[derive(Clone, Debug, Default)]
pub(super) struct Vocabulary {
    pub(super) keys: Keys,
    pub(super) packages: Packages,
}

/// The first bytes of a file, with what was read out of them so far.
pub(super) struct Document<'d> {
    bytes: &'d [u8],
    vocabulary: &'d Vocabulary,
    yaml: OnceCell<Vec<Facts>>,
    json: OnceCell<Vec<Facts>>,
    front_matter: OnceCell<Vec<Facts>>,
    python: OnceCell<Vec<Name>>,
}

impl<'d> Document<'d> {
    pub(super) fn new(bytes: &'d [u8], vocabulary: &'d Vocabulary) -> Self {
        Self {
            bytes,
            vocabulary,
            yaml: OnceCell::new(),
            json: OnceCell::new(),
            front_matter: OnceCell::new(),
            python: OnceCell::new(),
        }
    }

    /// The names in Python code: of the file, or of a notebook's cells.
    fn python(&self) -> &[Name] {
        let packages = &self.vocabulary.packages;
        self.python.get_or_init(|| {
            if self.bytes.trim_ascii_start().starts_with(b"{") {
                python::of_cells(&notebook::code_cells(self.bytes), packages)
            } else {
                python::of_file(self.bytes, packages)
            }
        })
    }

    fn yaml(&self) -> &[Facts] {
        self.yaml.get_or_init(|| facts::of_yaml(self.bytes, &self.vocabulary.keys))
    }

    fn json(&self) -> &[Facts] {
        self.json.get_or_init(|| vec![facts::of_json(self.bytes, &self.vocabulary.keys)])
    }

    fn front_matter(&self) -> &[Facts] {
        self.front_matter.get_or_init(|| facts::front_matter(self.bytes, &self.vocabulary.keys))
    }
}

/// What must all hold of a file's content.
#[derive(Clone, Debug, Default)]
pub(super) struct Conditions {
    yaml: Vec<Ask>,
    json: Vec<Ask>,
    front_matter: Vec<Ask>,
    imports: Vec<DottedGlob>,
    uses: Vec<DottedGlob>,
    sql: SqlAsk,
    lfs: Vec<Box<str>>,
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

    /// Where it stands first outside of lines that are comments.
    fn find(&self, bytes: &[u8]) -> Option<usize> {
        let mut from = 0;
        loop {
            let at = from + self.finder().find(&bytes[from..])?;
            let line = memrchr(b'\n', &bytes[from..at]).map_or(from, |end| from + end + 1);
            if !bytes[line..at].trim_ascii_start().starts_with(b"#") {
                return Some(at);
            }
            // From the next line on: no line is looked at twice.
            from = at + memchr(b'\n', &bytes[at..])? + 1;
        }
    }

    fn is_in(&self, bytes: &[u8]) -> bool {
        self.finder().find(bytes).is_some()
    }

    fn finder(&self) -> &Finder<'static> {
        self.finder.get_or_init(|| Finder::new(&*self.text).into_owned())
    }
}

/// A dotted name; an import of it is one of what is below it too.
#[derive(Clone, Debug)]
struct DottedGlob {
    package: Package,
    name: Glob,
    below: Glob,
}

impl DottedGlob {
    fn new(kind: &str, name: &str, packages: &mut Packages) -> Result<Self, CatalogueError> {
        let package = name.split('.').next().unwrap_or_default();
        if package.is_empty() || !package.chars().all(is_word) {
            return Err(CatalogueError::PythonName { kind: kind.to_owned(), name: name.to_owned() });
        }
        let package = packages.intern(package);
        Ok(Self { package, name: Glob::new(name), below: Glob::new(&format!("{name}.*")) })
    }

    fn matches(&self, name: &Name) -> bool {
        self.package == name.package
            && (self.name.matches(&name.full) || name.role == Role::Imported && self.below.matches(&name.full))
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
    pub(super) fn new(
        kind: &str,
        spec: &EvidenceSpec,
        vocabulary: &mut Vocabulary,
    ) -> Result<Option<Self>, CatalogueError> {
        let Vocabulary { keys, packages } = vocabulary;
        let mut asks = |wanted: &BTreeMap<String, Texts>| -> Vec<Ask> {
            wanted
                .iter()
                .map(|(key, globs)| Ask {
                    key: keys.intern(key),
                    globs: globs.0.iter().map(|glob| Glob::new(glob)).collect(),
                })
                .collect()
        };
        let mut names = |wanted: &Texts| -> Result<Vec<_>, CatalogueError> {
            wanted.0.iter().map(|name| DottedGlob::new(kind, name, packages)).collect()
        };
        let conditions = Self {
            imports: names(&spec.python.imports)?,
            uses: names(&spec.python.uses)?,
            sql: SqlAsk::new(&spec.sql.statements.0, &spec.sql.calls.0),
            lfs: spec.lfs.iter().map(|ending| ending.as_str().into()).collect(),
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
        let none = !conditions.declares()
            && conditions.imports.is_empty()
            && conditions.lfs.is_empty()
            && conditions.magic.is_empty()
            && conditions.line_starts.is_empty()
            && conditions.contains.is_empty();
        Ok((!none).then_some(conditions))
    }

    /// True where what the file itself declares is asked for, which is as good a reason as its name: keys, constructs of
    /// its language. An import alone declares nothing.
    pub(super) fn declares(&self) -> bool {
        !(self.yaml.is_empty()
            && self.json.is_empty()
            && self.front_matter.is_empty()
            && self.uses.is_empty()
            && self.sql.is_empty())
    }

    /// The conditions as texts, each list after its length: only equal ones give the same.
    pub(super) fn described(&self, keys: &Keys) -> Vec<String> {
        let mut texts = Vec::new();
        for asks in [&self.yaml, &self.json, &self.front_matter] {
            texts.push(asks.len().to_string());
            for ask in asks {
                texts.extend([keys.name(ask.key).to_owned(), ask.globs.len().to_string()]);
                texts.extend(ask.globs.iter().map(Glob::described));
            }
        }
        for names in [&self.imports, &self.uses] {
            texts.push(names.len().to_string());
            texts.extend(names.iter().map(|name| name.name.described()));
        }
        texts.extend(self.sql.described());
        texts.push(self.lfs.len().to_string());
        texts.extend(self.lfs.iter().map(ToString::to_string));
        texts.push(self.magic.len().to_string());
        texts.extend(self.magic.iter().map(|magic| magic.escape_ascii().to_string()));
        for list in [&self.line_starts, &self.contains] {
            texts.push(list.len().to_string());
            texts.extend(list.iter().map(|text| text.text.to_string()));
        }
        texts
    }

    /// What was seen, where all conditions hold: of the one that says most.
    pub(super) fn seen(&self, document: &Document<'_>) -> Option<Seen> {
        let mut first = None;
        let mut note = |seen: Seen| {
            first.get_or_insert(seen);
        };
        let keys = &document.vocabulary.keys;
        let seen_in =
            |asks: &[Ask], documents: &[Facts]| documents.iter().find_map(|facts| keys_seen(asks, facts, keys));
        // What costs least comes first where it says nothing, but the more telling one is told.
        if !self.magic.is_empty() && !self.magic.iter().any(|magic| document.bytes.starts_with(magic)) {
            return None;
        }
        for (names, role) in [(&self.uses, Role::Used), (&self.imports, Role::Imported)] {
            if !names.is_empty() {
                let is_asked = |name: &&Name| name.role == role && names.iter().any(|glob| glob.matches(name));
                let name = document.python().iter().find(is_asked)?;
                let package = Some(document.vocabulary.packages.name(name.package).to_owned());
                note(Seen { package, ..name.seen.clone() });
            }
        }
        if !self.line_starts.is_empty() {
            note(self.line_seen(document.bytes)?);
        }
        if !self.contains.is_empty() {
            let held = self.contains.iter().find_map(|text| Some((text, text.find(document.bytes)?)));
            let (text, at) = held?;
            note(Seen::at_byte(text.text.to_string(), document.bytes, at));
        }
        if !self.yaml.is_empty() {
            note(seen_in(&self.yaml, document.yaml())?);
        }
        if !self.json.is_empty() {
            note(seen_in(&self.json, document.json())?);
        }
        if !self.front_matter.is_empty() {
            note(seen_in(&self.front_matter, document.front_matter())?);
        }
        if !self.sql.is_empty() {
            note(self.sql.seen(document.bytes)?);
        }
        if !self.lfs.is_empty() {
            note(self.lfs_seen(document.bytes)?);
        }
        if let Some(magic) = self.magic.iter().find(|magic| document.bytes.starts_with(magic)) {
            let text = magic.escape_ascii().to_string();
            let is_text = magic.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ');
            note(if is_text { Seen::at(text, 1, None) } else { Seen::nowhere(text) });
        }
        first
    }

    /// The first line that gives such files to Git LFS.
    fn lfs_seen(&self, bytes: &[u8]) -> Option<Seen> {
        let gives = |line: &[u8]| {
            let mut words = line.fields_with(|character| character.is_ascii_whitespace());
            let pattern = words.next().unwrap_or_default();
            self.lfs.iter().any(|ending| pattern.ends_with(ending.as_bytes()))
                && words.any(|word| word == b"filter=lfs")
        };
        let (number, line) = numbered(bytes).find(|(_, line)| !line.starts_with(b"#") && gives(line))?;
        Some(Seen::at(shown(&String::from_utf8_lossy(line)), number, None))
    }

    fn line_seen(&self, bytes: &[u8]) -> Option<Seen> {
        // Most files hold none of them, which is seen sooner than where their lines start.
        let held: Vec<&str> =
            self.line_starts.iter().filter(|start| start.is_in(bytes)).map(|start| &*start.text).collect();
        if held.is_empty() {
            return None;
        }
        let starts = |line: &[u8], start: &str| {
            line.strip_prefix(start.as_bytes()).is_some_and(|rest| {
                // `FROM scratch` is no start of `FROM scratchpad`.
                !(start.ends_with(is_word) && rest.first().is_some_and(|&byte| is_word(char::from(byte))))
            })
        };
        let (number, line) = numbered(bytes).find(|(_, line)| held.iter().any(|start| starts(line, start)))?;
        Some(Seen::at(shown(&String::from_utf8_lossy(line)), number, None))
    }
}

/// The lines of a text with their numbers, blanks around them removed.
fn numbered(bytes: &[u8]) -> impl Iterator<Item = (u32, &[u8])> {
    (1..).zip(bytes.lines().map(<[u8]>::trim_ascii))
}

fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

/// The first asked key and its value, where one document has all the keys.
fn keys_seen(asks: &[Ask], facts: &Facts, keys: &Keys) -> Option<Seen> {
    let mut first = None;
    for ask in asks {
        let holds = |fact: &&Fact| {
            fact.key == ask.key && ask.globs.iter().any(|glob| glob.matches(fact.value.as_deref().unwrap_or_default()))
        };
        let fact = facts.iter().find(holds)?;
        first.get_or_insert_with(|| {
            let name = keys.name(fact.key);
            let text = fact.value.as_ref().map_or_else(|| format!("{name}:"), |value| format!("{name}: {value}"));
            Seen { line: fact.line, ..Seen::nowhere(shown(&text)) }
        });
    }
    first
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::PythonSpec;

    fn seen(spec: &EvidenceSpec, text: &[u8]) -> Option<String> {
        let mut vocabulary = Vocabulary::default();
        let conditions = Conditions::new("k", spec, &mut vocabulary).unwrap().unwrap();
        conditions.seen(&Document::new(text, &vocabulary)).map(|seen| seen.to_string())
    }

    #[test]
    fn keys_hold_within_one_document_only() {
        let one = |text: &str| Texts(vec![text.to_owned()]);
        let spec = EvidenceSpec {
            yaml: BTreeMap::from([("apiVersion".to_owned(), one("ray.io/*")), ("kind".to_owned(), one("RayJob"))]),
            ..EvidenceSpec::default()
        };
        assert_eq!(
            seen(&spec, b"kind: RayJob\napiVersion: ray.io/v1\n").as_deref(),
            Some("`apiVersion: ray.io/v1`, line 2")
        );
        assert_eq!(seen(&spec, b"kind: RayJob\n---\napiVersion: ray.io/v1\n"), None);
    }

    #[test]
    fn a_line_start_ends_at_a_word_boundary() {
        let spec = EvidenceSpec { line_starts: vec!["checks for".to_owned()], ..EvidenceSpec::default() };
        assert_eq!(seen(&spec, b"a: 1\n  checks for x:  \n").as_deref(), Some("`checks for x:`, line 2"));
        assert_eq!(seen(&spec, b"checks form\n# checks for x\n"), None);
    }

    #[test]
    fn python_counts_in_files_and_in_cells() {
        let texts = |list: &[&str]| Texts(list.iter().map(ToString::to_string).collect());
        let of = |imports: &[&str], uses: &[&str]| EvidenceSpec {
            python: PythonSpec { imports: texts(imports), uses: texts(uses) },
            ..EvidenceSpec::default()
        };
        let code = b"from fastapi import FastAPI\nimport joblib, airflow.models\nm = joblib.load('m')\n";
        let both = of(&["flask", "fastapi"], &["torch.load", "joblib.load"]);
        assert_eq!(seen(&both, code).as_deref(), Some("`joblib.load(…)`, line 3"));
        assert_eq!(seen(&both, b"from fastapi import FastAPI\n"), None);
        assert_eq!(seen(&both, b"import joblib\njoblib.load('m')\n"), None);
        assert!(seen(&of(&["airflow"], &[]), code).is_some(), "what is below a package is of it");
        assert!(seen(&of(&[], &["joblib.*"]), code).is_some());
        assert_eq!(seen(&of(&[], &["joblib"]), code), None, "but a use is of one thing");
        assert!(seen(&of(&["airflow.*els"], &[]), code).is_some());
        assert_eq!(seen(&of(&["air", "fastapi.Fast", "airflow.models.DAG"], &[]), code), None);
        let cells = br#"{"cells": [{"cell_type": "code", "source": ["x = 1\n", "import airflow"]}]}"#;
        assert_eq!(seen(&of(&["airflow"], &[]), cells).as_deref(), Some("`import airflow`, cell 1, line 2"));
        let error = Conditions::new("k", &of(&["*.DAG"], &[]), &mut Vocabulary::default()).unwrap_err();
        assert_eq!(error.to_string(), "`k`: `*.DAG` does not start with the name of a Python package");
    }

    #[test]
    fn files_are_given_to_git_lfs_by_lines_that_say_so() {
        let spec = EvidenceSpec { lfs: vec![".onnx".to_owned()], ..EvidenceSpec::default() };
        let rules = b"*.png filter=lfs diff=lfs\n# *.onnx filter=lfs\nmodels/*.onnx\tfilter=lfs -text\n";
        assert_eq!(seen(&spec, rules).as_deref(), Some("`models/*.onnx\tfilter=lfs -text`, line 3"));
        assert_eq!(seen(&spec, b"*.onnx binary\n*.onnx -filter=lfs\n*.onnxx filter=lfs"), None);
    }

    #[test]
    fn every_condition_must_hold() {
        let spec = EvidenceSpec {
            magic: vec![r"PK\x03\x04".to_owned()],
            contains: vec!["data.pkl".to_owned()],
            ..EvidenceSpec::default()
        };
        assert_eq!(seen(&spec, b"PK\x03\x04\0\0archive/data.pkl").as_deref(), Some("`data.pkl`"));
        assert_eq!(seen(&spec, b"PK\x03\x04..firmware"), None);
        assert_eq!(seen(&spec, b"archive/data.pkl"), None);
        let spec = EvidenceSpec { contains: vec!["dvc repro".to_owned()], ..EvidenceSpec::default() };
        assert_eq!(seen(&spec, b"  # dvc repro\n- run: dvc repro\n").as_deref(), Some("`dvc repro`, line 2"));
        assert_eq!(seen(&spec, b"  # run dvc repro, dvc repro\n#\tdvc repro"), None);
        assert_eq!(seen(&spec, b"# dvc\ndvc repro # dvc repro\n").as_deref(), Some("`dvc repro`, line 2"));
    }
}
