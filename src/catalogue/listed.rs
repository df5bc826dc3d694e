//! The kinds as they are told to people.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value as Json;

use super::spec::{Embedded, EvidenceSpec, KindSpec, Samples};
use super::{EMBEDDED, SAMPLES};

/// The embedded kinds as written; of their samples only the paths.
pub fn embedded_specs() -> Vec<KindSpec> {
    let mut kinds = serde_json::from_str(EMBEDDED).map(|embedded: Embedded| embedded.kinds).unwrap_or_default();
    let mut samples: BTreeMap<String, Samples> = serde_json::from_str(SAMPLES).unwrap_or_default();
    for kind in &mut kinds {
        kind.samples = samples.remove(&kind.kind).unwrap_or_default();
    }
    kinds
}

/// What the keys of evidence ask for, in words; a key that is not here is its own word.
const WORDS: [(&str, &str); 6] = [
    ("yaml", "YAML"),
    ("json", "JSON"),
    ("front_matter", "front matter"),
    ("magic", "the first bytes"),
    ("line_starts", "a line that starts"),
    ("contains", "the text"),
];

/// A piece of evidence in a few words; what is compared stands in backticks.
pub fn evidence_in_words(evidence: &EvidenceSpec) -> String {
    let mut told = either(evidence.path.0.iter().map(|text| quoted(text)));
    if !evidence.beside.is_empty() {
        told.push_str(" beside ");
        told.push_str(&either(evidence.beside.iter().map(|text| quoted(text))));
    }
    let Ok(Json::Object(keys)) = serde_json::to_value(evidence) else { return told };
    let mut joint = " with";
    for (key, value) in keys.iter().filter(|(key, _)| !matches!(key.as_str(), "path" | "beside" | "below")) {
        let word = WORDS.iter().find(|(known, _)| known == key).map_or(key.as_str(), |(_, word)| word);
        let _ = write!(told, "{joint} {word} {}", asked(value));
        joint = " and";
    }
    match keys.get("below") {
        Some(Json::Array(patterns)) => {
            told.push_str(", and below it ");
            told.push_str(&either(patterns.iter().filter_map(Json::as_str).map(quoted)));
        }
        Some(Json::Bool(true)) => told.push_str(", and all below it"),
        _ => {}
    }
    told
}

fn quoted(text: &str) -> String {
    format!("`{}`", text.replace('`', "'"))
}

/// What a key asks for: texts of which one is enough, or keys that must all be there.
fn asked(value: &Json) -> String {
    match value {
        Json::String(text) => quoted(text),
        Json::Array(texts) => either(texts.iter().map(asked)),
        Json::Object(keys) => {
            let one = |(key, value): (&String, &Json)| match value {
                Json::Array(texts) if !matches!(texts.as_slice(), [Json::String(any)] if any == "*") => {
                    format!("{} {}", quoted(key), asked(value))
                }
                Json::String(text) if text != "*" => format!("{} {}", quoted(key), quoted(text)),
                Json::Object(_) => format!("{key} {}", asked(value)),
                _ => quoted(key),
            };
            keys.iter().map(one).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}

/// Alternatives, the first few of them.
fn either(texts: impl Iterator<Item = String>) -> String {
    const MOST: usize = 5;
    let mut texts: Vec<String> = texts.collect();
    let more = texts.len().saturating_sub(MOST);
    texts.truncate(MOST);
    let told = texts.join(" or ");
    if more > 0 { format!("{told} or {more} more") } else { told }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_is_told_in_words() {
        let told = |text: &str| evidence_in_words(&serde_saphyr::from_str(text).unwrap());
        assert_eq!(told("{ path: dvc.yaml }"), "`dvc.yaml`");
        assert_eq!(
            told("{ path: ['*.yaml', '*.yml'], yaml: { apiVersion: ['a/*', 'b/*'], kind: '*' }, beside: [x] }"),
            "`*.yaml` or `*.yml` beside `x` with YAML `apiVersion` `a/*` or `b/*`, `kind`"
        );
        assert_eq!(told("{ path: a, below: true }"), "`a`, and all below it");
        assert_eq!(told("{ path: a, below: [/t/, '*.sql'] }"), "`a`, and below it `/t/` or `*.sql`");
        assert_eq!(
            told("{ path: a, contains: [1a, b, c, d, e, f, g] }"),
            "`a` with the text `1a` or `b` or `c` or `d` or `e` or 2 more"
        );
    }

    #[test]
    fn every_embedded_kind_has_its_samples_paths() {
        let kinds = embedded_specs();
        assert_eq!(kinds.len(), super::super::Catalogue::embedded().kinds.len());
        assert!(kinds.iter().all(|kind| !kind.samples.yes.is_empty() && !kind.samples.no.is_empty()));
    }
}
