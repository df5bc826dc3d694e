//! The JSON Schema of a policy, made of the same description that the checks read by.

use serde_json::{Map, Value as Json, json};

use super::form::{Form, Key, Names, POLICY, SETTING, Shape};
use super::load::{PACK_NAMES, PREFIX};
use super::{AREAS, BELOW_FLOOR};
use crate::catalogue::Catalogue;
use crate::rules::Meta;

/// The dialect of the schema.
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// The schema of a policy that may name these kinds and rules.
pub fn schema(catalogue: &Catalogue, rules: &[&Meta]) -> Json {
    let mut root = of_shape(&POLICY);
    let described = |name: &str, about: &str| json!({ "const": name, "description": about });
    let kinds: Vec<Json> = catalogue.kinds.iter().map(|kind| described(&kind.name, &kind.title)).collect();
    // No policy has a say in whether it falls below its floor.
    let rules = rules.iter().filter(|meta| meta.code != BELOW_FLOOR);
    let rules = rules.flat_map(|meta| [(meta.code, meta.summary), (meta.slug, meta.summary)]);
    let settings: Map<String, Json> = rules
        .clone()
        .map(|(name, about)| (name.to_owned(), json!({ "description": about, "$ref": "#/$defs/setting" })))
        .collect();
    root["properties"]["rules"]["properties"] = settings.into();
    let rules: Vec<Json> = rules.map(|(name, about)| described(name, about)).collect();
    let areas: Vec<Json> = AREAS.iter().map(|area| json!({ "const": area })).collect();
    let packs: Vec<Json> = PACK_NAMES.iter().map(|name| json!({ "const": format!("{PREFIX}{name}") })).collect();
    let any = |mut known: Vec<Json>, other: Json| {
        known.push(other);
        json!({ "anyOf": known })
    };
    let texts = json!({ "type": "string", "pattern": NAME });
    root["$schema"] = DIALECT.into();
    root["title"] = "mlops-lint policy".into();
    root["description"] = "Who answers for which part of a machine learning repository.".into();
    root["$defs"] = json!({
        "owner": {
            "description": "@user, @organisation/team (either may hold `*`), @@maintainer, or an e-mail.",
            "type": "string",
            "pattern": OWNER,
        },
        "pattern": {
            "description": "A GitHub pattern that starts with `/`, `**/` or `*.ext`.",
            "type": "string",
            "pattern": PATTERN,
        },
        "file_pattern": {
            "description": "A GitHub pattern that names files: it starts with `/` or `**/`, or is a bare file name.",
            "type": "string",
            "pattern": FILE_PATTERN,
        },
        "role": { "description": "A role of this policy.", "type": "string", "pattern": NAME },
        "area": any(areas, texts),
        "kind": any(kinds, json!({ "type": "string", "pattern": SLUG })),
        "rule": { "anyOf": rules },
        "setting": of_form(&SETTING),
        "extended": any(packs, json!({ "$ref": "#/$defs/file", "not": { "pattern": format!("^{PREFIX}") } })),
        "file": {
            "description": "A file of the repository, relative to its root.",
            "type": "string",
            "pattern": FILE,
            "not": { "pattern": NO_FILE },
        },
    });
    root
}

const NAME: &str = r"^[^\s@/]{1,100}$";
const SLUG: &str = "^[a-z0-9-]{1,100}$";
const OWNER: &str = r"^(@@[a-z]+|@[A-Za-z0-9._*-]+(/[A-Za-z0-9._*-]+)*|[^\s@/,;:<>()*\\]+@[^\s@]+\.[^\s@]+)$";
const PATTERN: &str = r"^(/|\*\*/|\*\.[^/]+$)";
const FILE_PATTERN: &str = r"^((/|\*\*/).*[^/]|[^/!][^/]*)$";
const FILE: &str = r"^[^/\\][^\\]*$";
/// What leads out of the repository, or to no file.
const NO_FILE: &str = r"(^|/)(\.\.?)?(/|$)";

fn of_shape(shape: &Shape) -> Json {
    let properties: Map<String, Json> = shape.keys.iter().map(|key| (key.name.to_owned(), of_key(key))).collect();
    let required: Vec<&str> = shape.keys.iter().filter(|key| key.required).map(|key| key.name).collect();
    let mut schema = json!({ "type": "object", "properties": properties, "additionalProperties": false });
    if !required.is_empty() {
        schema["required"] = required.into();
    }
    schema
}

fn of_key(key: &Key) -> Json {
    let mut schema = of_form(&key.form);
    if !key.required {
        schema = or_null(schema);
    }
    schema["description"] = key.about.into();
    schema
}

/// Null says nothing, or takes away what an extended policy says.
fn or_null(mut schema: Json) -> Json {
    if let Some(words) = schema.get_mut("enum").and_then(Json::as_array_mut) {
        words.push(Json::Null);
    } else if let Some(kind) = schema.get("type").and_then(Json::as_str).map(str::to_owned) {
        schema["type"] = json!([kind, "null"]);
    } else if let Some(forms) = schema.get_mut("anyOf").and_then(Json::as_array_mut) {
        forms.push(json!({ "type": "null" }));
    } else {
        schema = json!({ "anyOf": [schema, { "type": "null" }] });
    }
    schema
}

fn of_form(form: &Form) -> Json {
    let defined = |name: &str| json!({ "$ref": format!("#/$defs/{name}") });
    match form {
        Form::Version => json!({ "const": 1 }),
        Form::Text | Form::Needle | Form::Escaped | Form::Path | Form::Beside => {
            json!({ "type": "string", "minLength": 1 })
        }
        // Values of files are compared as text, however they are written.
        Form::Literal => json!({ "type": ["string", "number", "boolean"] }),
        Form::PatternBelow => json!({ "type": "string", "minLength": 1, "pattern": "^[^!]" }),
        Form::Boolean => json!({ "type": "boolean" }),
        Form::Count => json!({ "type": "integer", "minimum": 1 }),
        Form::Number => json!({ "type": "integer" }),
        Form::Date => json!({ "type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" }),
        Form::Word(words) => json!({ "enum": words }),
        Form::Extended => defined("extended"),
        Form::File => defined("file"),
        Form::Owner => defined("owner"),
        Form::Role => defined("role"),
        Form::Area => defined("area"),
        Form::Kind => defined("kind"),
        Form::NewKind => json!({ "type": "string", "pattern": SLUG }),
        Form::Rule => defined("rule"),
        Form::Pattern => defined("pattern"),
        Form::FilePattern => defined("file_pattern"),
        Form::List(form) => json!({ "type": "array", "items": of_form(form) }),
        Form::Filled(form) => json!({ "type": "array", "items": of_form(form), "minItems": 1 }),
        Form::Map(shape) => of_shape(shape),
        Form::OneOf(forms) => {
            json!({ "anyOf": forms.iter().map(of_form).collect::<Vec<_>>() })
        }
        Form::MapOf(names, form) => of_names(*names, of_form(form)),
    }
}

/// A map whose keys are names of one sort.
fn of_names(names: Names, value: Json) -> Json {
    match names {
        Names::Roles => json!({
            "type": "object",
            "propertyNames": { "pattern": NAME },
            "additionalProperties": or_null(value),
        }),
        Names::Areas => json!({
            "type": "object",
            "propertyNames": { "pattern": NAME },
            // Editors offer the names that every policy may speak of.
            "properties": AREAS.iter().map(|area| ((*area).to_owned(), json!({}))).collect::<Map<_, _>>(),
            "patternProperties": { "": or_null(value) },
        }),
        // (Which rules there are, and what is said of each, is added to the whole.)
        Names::Rules => json!({ "type": "object", "additionalProperties": false }),
        Names::Dotted => {
            json!({ "type": "object", "propertyNames": { "minLength": 1 }, "additionalProperties": value })
        }
    }
}
