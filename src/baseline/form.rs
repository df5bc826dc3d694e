//! The baseline's file: JSON, one atom a line.

use std::fmt::Write as _;

use bstr::ByteSlice;
use serde::{Deserialize, Serialize};

use super::Atom;
use crate::finding::Subject;
use crate::span::{LineIndex, Span};

/// It grows when an older version would misread the file.
const VERSION: u64 = 1;

/// More of what the reader of JSON says is not told.
const LONGEST_REASON: usize = 200;

/// Why a file is no baseline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadBaseline {
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// The characters that are wrong; `None` where the file as a whole is.
    pub span: Option<Span>,
    /// What to do.
    pub help: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object with `version` and `atoms`")]
struct Document {
    version: u64,
    atoms: Vec<AtomForm>,
}

/// What every version of the file says of itself.
#[derive(Deserialize)]
struct Head {
    version: u64,
}

/// Exactly one of `path`, `path_bytes`, `entry`, `policy` and `repository` stands in it.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object with `rule` and its subject")]
struct AtomForm {
    rule: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    /// Hexadecimal digits, where the path is not UTF-8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    path_bytes: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    entry: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    section: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ordinal: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    policy: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    repository: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    blob: Option<String>,
}

/// The text of sorted atoms.
pub(super) fn text(atoms: &[Atom]) -> String {
    let mut text = format!("{{\n\"version\": {VERSION},\n\"atoms\": [");
    for (at, atom) in atoms.iter().enumerate() {
        let line = serde_json::to_string(&form(atom)).unwrap_or_default();
        let _ = write!(text, "{}\n{line}", if at == 0 { "" } else { "," });
    }
    text.push_str("\n]\n}\n");
    text
}

fn form(atom: &Atom) -> AtomForm {
    let mut form = AtomForm { rule: atom.rule.clone(), blob: atom.blob.clone(), ..AtomForm::default() };
    match &atom.subject {
        Subject::Path(path) => match path.to_str() {
            Ok(path) => form.path = Some(path.to_owned()),
            Err(_) => form.path_bytes = Some(hexadecimal(path)),
        },
        Subject::Entry { pattern, section, ordinal } => {
            form.entry = Some(pattern.clone());
            form.section = Some(section.clone()).filter(|section| !section.is_empty());
            form.ordinal = Some(*ordinal).filter(|&ordinal| ordinal > 0);
        }
        Subject::Policy(key) => form.policy = Some(key.clone()),
        Subject::Repository(part) => form.repository = Some(part.clone()),
    }
    form
}

/// The atoms of a file, in any order.
pub(super) fn read(text: &[u8]) -> Result<Vec<Atom>, BadBaseline> {
    if text.starts_with(b"\xef\xbb\xbf") {
        // As long as what it replaces, so that places stay right.
        return read(&[b"   ", &text[3..]].concat());
    }
    let document: Document = serde_json::from_slice(text).map_err(|error| refuse(text, &error))?;
    if document.version != VERSION {
        return Err(of_version(document.version));
    }
    document.atoms.into_iter().enumerate().map(|(at, form)| atom(at, form)).collect()
}

fn atom(at: usize, form: AtomForm) -> Result<Atom, BadBaseline> {
    let AtomForm { rule, path, path_bytes, entry, section, ordinal, policy, repository, blob } = form;
    let is_entry = entry.is_some();
    let has_more = (section.is_some() || ordinal.is_some()) && !is_entry;
    let bytes = path_bytes.map(|digits| bytes(&digits));
    let wrong_digits = matches!(bytes, Some(None));
    let mut subjects = [
        path.map(|path| Subject::Path(path.into_bytes())),
        bytes.flatten().map(Subject::Path),
        entry.map(|pattern| Subject::Entry {
            pattern,
            section: section.unwrap_or_default(),
            ordinal: ordinal.unwrap_or_default(),
        }),
        policy.map(Subject::Policy),
        repository.map(Subject::Repository),
    ]
    .into_iter()
    .flatten();
    match (subjects.next(), subjects.next()) {
        (Some(subject), None) if !has_more && !wrong_digits => Ok(Atom { rule, subject, blob }),
        _ => Err(BadBaseline {
            message: format!("atom {} of the baseline has not exactly one subject", at + 1),
            span: None,
            help: "each has a `rule` and one of `path`, `path_bytes`, `entry`, `policy` and `repository`; \
                   `mlops-lint baseline` writes them"
                .to_owned(),
        }),
    }
}

fn refuse(text: &[u8], error: &serde_json::Error) -> BadBaseline {
    // Another version has another form: its number says more than the first difference.
    if let Ok(Head { version }) = serde_json::from_slice(text)
        && version != VERSION
    {
        return of_version(version);
    }
    let lines = LineIndex::new(text);
    let line = lines.line(text, error.line()).unwrap_or_default();
    // Columns count bytes from 1; at 0 the line before has just ended.
    let start = (line.start + error.column().saturating_sub(1)).min(line.end);
    let message = error.to_string();
    // The place is drawn.
    let reason = message.rsplit_once(" at line ").map_or(&*message, |(reason, _)| reason);
    // It quotes what it found, however long.
    let reason: String = reason.chars().take(LONGEST_REASON).collect();
    BadBaseline {
        message: format!("the baseline cannot be read: {reason}"),
        span: Some(Span::new(start, (start + 1).min(line.end.max(start)))),
        help: if text.get(start..).is_some_and(|rest| rest.starts_with(b"<<<<<<<")) {
            "keep the atoms of both sides of the merge; `mlops-lint baseline` then prunes them".to_owned()
        } else {
            "restore it, or delete it and write a new one: `mlops-lint baseline`".to_owned()
        },
    }
}

fn of_version(version: u64) -> BadBaseline {
    BadBaseline {
        message: format!("the baseline has version {version}, and this mlops-lint reads version {VERSION}"),
        span: None,
        help: "use the mlops-lint that wrote it, or a newer one".to_owned(),
    }
}

pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    let mut digits = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        let _ = write!(digits, "{byte:02x}");
    }
    digits
}

fn bytes(digits: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
    let byte = |pair: &[u8; 2]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    rest.is_empty().then(|| pairs.iter().map(byte).collect())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn atoms() -> Vec<Atom> {
        let atom = |rule: &str, subject, blob: Option<&str>| Atom {
            rule: rule.to_owned(),
            subject,
            blob: blob.map(str::to_owned),
        };
        let entry =
            |section: &str, ordinal| Subject::Entry { pattern: "/a\"/".into(), section: section.into(), ordinal };
        vec![
            atom("MLO101", Subject::whole(), None),
            atom("MLO104", entry("", 0), None),
            atom("MLO104", entry("data", 2), None),
            atom("MLO201", Subject::Path(b"m/a.onnx".to_vec()), Some("00ff")),
            atom("MLO201", Subject::Path(b"m/\xff".to_vec()), None),
            atom("MLO502", Subject::Policy("areas.data".into()), None),
        ]
    }

    #[test]
    fn the_form_is_this() {
        insta::assert_snapshot!(text(&atoms()), @r#"
        {
        "version": 1,
        "atoms": [
        {"rule":"MLO101","repository":""},
        {"rule":"MLO104","entry":"/a\"/"},
        {"rule":"MLO104","entry":"/a\"/","section":"data","ordinal":2},
        {"rule":"MLO201","path":"m/a.onnx","blob":"00ff"},
        {"rule":"MLO201","path_bytes":"6d2fff"},
        {"rule":"MLO502","policy":"areas.data"}
        ]
        }
        "#);
    }

    #[test]
    fn what_is_written_is_read() {
        assert_eq!(read(text(&atoms()).as_bytes()).unwrap(), atoms());
        assert_eq!(read(text(&[]).as_bytes()).unwrap(), []);
        let elsewhere = format!("\u{feff}{}", text(&atoms()).replace('\n', "\r\n"));
        assert_eq!(read(elsewhere.as_bytes()).unwrap(), atoms());
    }

    #[test]
    fn a_merge_left_in_it_is_seen() {
        let bad = read(b"{\"version\": 1, \"atoms\": [\n<<<<<<< main\n").unwrap_err();
        assert!(bad.help.contains("both sides of the merge"), "{}", bad.help);
    }

    #[test]
    fn what_is_no_baseline_is_refused_where_it_goes_wrong() {
        let told = |text: &str| {
            let bad = read(text.as_bytes()).unwrap_err();
            format!("{}{}", bad.message, bad.span.map(|span| format!(" `{}`", &text[span.range()])).unwrap_or_default())
        };
        insta::assert_snapshot!(
            [
                "",
                "[]",
                "{\"version\": 1}",
                "{\"version\": 1, \"atoms\": [{\"rule\": 3}]}",
                "{\"version\": 1, \"atoms\": [{\"rule\": \"MLO104\"}]}",
                "{\"version\": 1, \"atoms\": [{\"rule\": \"MLO104\", \"path\": \"a\", \"entry\": \"a\"}]}",
                "{\"version\": 1, \"atoms\": [{\"rule\": \"MLO104\", \"path_bytes\": \"é\"}]}",
                "{\"version\": 1, \"atoms\": [{\"rule\": \"MLO104\", \"pth\": \"a\"}]}",
                "{\"version\": 1, \"atoms\": []} x",
                "{\"version\": 2, \"entries\": {}}",
                "{\"version\": 2, \"atoms\": []}",
            ]
            .map(told)
            .join("\n"),
            @r#"
        the baseline cannot be read: EOF while parsing a value ``
        the baseline cannot be read: invalid length 0, expected an object with `version` and `atoms` `]`
        the baseline cannot be read: missing field `atoms` `}`
        the baseline cannot be read: invalid type: integer `3`, expected a string `3`
        atom 1 of the baseline has not exactly one subject
        atom 1 of the baseline has not exactly one subject
        atom 1 of the baseline has not exactly one subject
        the baseline cannot be read: unknown field `pth`, expected one of `rule`, `path`, `path_bytes`, `entry`, `section`, `ordinal`, `policy`, `repository`, `blob` `"`
        the baseline cannot be read: trailing characters `x`
        the baseline has version 2, and this mlops-lint reads version 1
        the baseline has version 2, and this mlops-lint reads version 1
        "#
        );
        assert!(told(&"[".repeat(1_000_000)).len() < 200);
        assert!(told(&format!("{{\"version\": \"{}\"}}", "x".repeat(1_000_000))).len() < 300);
    }
}
