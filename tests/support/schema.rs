//! As much of JSON Schema as the policy's schema uses. A keyword that is not here fails the test that meets it.

#![allow(dead_code, unreachable_pub, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "what a test cannot set up fails it")]

use regex::Regex;
use serde_json::Value;

/// What of a value the schema refuses, as paths; empty where it is valid.
pub fn refused(root: &Value, value: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    check(root, root, value, "", &mut wrong);
    wrong
}

/// A policy's text as a value; `None` where it is no YAML.
pub fn read(text: &str) -> Option<Value> {
    // Since YAML 1.2 `off` is a word.
    serde_saphyr::from_str_with_options(text, serde_saphyr::options! { strict_booleans: true }).ok()
}

fn check(root: &Value, schema: &Value, value: &Value, at: &str, wrong: &mut Vec<String>) {
    let is_valid = |schema: &Value, value: &Value| {
        let mut inner = Vec::new();
        check(root, schema, value, at, &mut inner);
        inner.is_empty()
    };
    let matches = |pattern: &Value, text: &str| Regex::new(pattern.as_str().unwrap()).unwrap().is_match(text);
    let known = |name: &String| schema.get("properties").is_some_and(|known| known.get(name).is_some());
    let holds = |keyword: &str, wanted: &Value| match (keyword, value) {
        ("$ref", _) => {
            let name = wanted.as_str().unwrap().strip_prefix("#/$defs/").unwrap();
            is_valid(&root["$defs"][name], value)
        }
        ("type", _) => match wanted {
            Value::Array(any) => any.iter().any(|one| is_a(value, one.as_str().unwrap())),
            one => is_a(value, one.as_str().unwrap()),
        },
        ("const", _) => value == wanted,
        ("enum", _) => wanted.as_array().unwrap().contains(value),
        ("anyOf", _) => wanted.as_array().unwrap().iter().any(|one| is_valid(one, value)),
        ("not", _) => !is_valid(wanted, value),
        ("pattern", Value::String(text)) => matches(wanted, text),
        ("minLength", Value::String(text)) => text.chars().count() as u64 >= wanted.as_u64().unwrap(),
        ("minimum", Value::Number(number)) => number.as_f64().unwrap() >= wanted.as_f64().unwrap(),
        ("minItems", Value::Array(items)) => items.len() as u64 >= wanted.as_u64().unwrap(),
        ("required", Value::Object(map)) => {
            wanted.as_array().unwrap().iter().all(|key| map.contains_key(key.as_str().unwrap()))
        }
        ("propertyNames", Value::Object(map)) => map.keys().all(|key| is_valid(wanted, &key.as_str().into())),
        ("additionalProperties", Value::Object(map)) => *wanted != Value::Bool(false) || map.keys().all(known),
        // Those that look at values within, those that speak of another type, and those that speak of none.
        (
            "items"
            | "properties"
            | "patternProperties"
            | "pattern"
            | "minLength"
            | "minimum"
            | "minItems"
            | "required"
            | "propertyNames"
            | "additionalProperties"
            | "description"
            | "title"
            | "$schema"
            | "$defs"
            | "format",
            _,
        ) => true,
        (other, _) => panic!("the keyword {other} is unknown here"),
    };
    for (keyword, wanted) in schema.as_object().unwrap() {
        if !holds(keyword, wanted) {
            wrong.push(format!("{at}: {keyword}"));
        }
    }
    if let (Some(items), Some(schema)) = (value.as_array(), schema.get("items")) {
        for (nth, item) in items.iter().enumerate() {
            check(root, schema, item, &format!("{at}/{nth}"), wrong);
        }
    }
    for (key, value) in value.as_object().into_iter().flatten() {
        let at = format!("{at}/{key}");
        if let Some(inner) = schema.get("properties").and_then(|known| known.get(key)) {
            check(root, inner, value, &at, wrong);
        } else if let Some(inner) = schema.get("additionalProperties").filter(|inner| inner.is_object()) {
            check(root, inner, value, &at, wrong);
        }
        for (pattern, inner) in schema.get("patternProperties").and_then(Value::as_object).into_iter().flatten() {
            if matches(&pattern.as_str().into(), key) {
                check(root, inner, value, &at, wrong);
            }
        }
    }
}

fn is_a(value: &Value, kind: &str) -> bool {
    match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("the type {other} is unknown here"),
    }
}
