//! The schema of the policy: that the file holds what the binary prints, and that it says what the parser does.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what a test cannot set up fails it")]

mod support;
#[path = "support/schema.rs"]
mod validate;

use std::path::PathBuf;

use mlops_lint::catalogue::Catalogue;
use mlops_lint::policy::{Known, LoadInput, PolicyErrors, load, schema as schema_of};
use mlops_lint::rules;
use serde_json::{Value, json};
use support::{project, run_in};
use validate::{read, refused};

fn schema() -> Value {
    schema_of(&Catalogue::embedded(), &rules::all().collect::<Vec<_>>())
}

fn errors(text: &str) -> Option<PolicyErrors> {
    let catalogue = Catalogue::embedded();
    let known = Known {
        kinds: catalogue.kinds.iter().map(|kind| (kind.name.as_str(), kind.area.as_str())).collect(),
        rules: rules::all().map(|meta| (meta.code, meta.slug)).collect(),
    };
    load(Some(LoadInput { name: "mlops-lint.yaml", text: text.as_bytes() }), &known).err()
}

#[test]
fn the_file_holds_what_the_binary_prints() {
    let printed = run_in(&project(), &["schema"], b"").stdout;
    let held = std::fs::read_to_string(project().join("schemas/mlops-lint.schema.json")).unwrap_or_default();
    assert!(printed == held, "write it anew: cargo run -- schema > schemas/mlops-lint.schema.json");
}

/// The policies of the project: the examples, its own, and the builtin ones.
fn policies() -> Vec<PathBuf> {
    let mut policies = vec![project().join("mlops-lint.yaml"), project().join("policies/ml-team.yaml")];
    for folder in ["examples", "policies/profiles"] {
        for entry in std::fs::read_dir(project().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            policies.push(if path.is_dir() { path.join("mlops-lint.yaml") } else { path });
        }
    }
    policies
}

#[test]
fn every_policy_of_the_project_is_valid() {
    let (schema, policies) = (schema(), policies());
    assert!(policies.len() >= 7, "{policies:?}");
    for path in policies {
        let value = read(&std::fs::read_to_string(&path).unwrap()).unwrap();
        assert_eq!(refused(&schema, &value), [""; 0], "{}", path.display());
    }
}

/// All that a policy can say.
const FULL: &str = r#"
version: 1
extends: [builtin:ml-team]
profile: team
floor: .github/acme-floor.yaml
roles:
  data-engineer: { owners: ["@acme/data-eng", "@acme/*-de", "ana@acme.com", "@@maintainer"] }
  business-analyst: { covered_by: data-engineer }
no_role: ["@acme/web"]
areas:
  prompts: null
  serving:
    paths: ["/services/*/serve/", "/api/**/*.onnx"]
    artefacts: [kserve, acme-scorer]
    ownership:
      accountable: [ml-engineer, "@acme/x"]
      consulted: []
      approvers: [ml-engineer]
      never_alone: [data-scientist]
      min_owners: 2
      teams_only: true
      specific: true
    severity: error
  fraud: { is: deployment, paths: ["/deploy/prod/"], ownership: { because: Ours. }, only_where_staffed: false }
pins:
  - { path: "**/dataset_metadata.yaml", owners: ["@acme/data-governance"] }
exempt:
  - { path: "/courses/", rules: [MLO201, dead-entry], reason: teaching, expires: "2027-06-30" }
exclude: { defaults: true, paths: ["/third_party/"] }
catalogue:
  - kind: acme-scorer
    title: Scorer
    area: serving
    url: https://acme.example/scorer
    generic: false
    priority: 3
    replaces: false
    any:
      - { path: scorer.toml, below: true }
      - { path: ["*.yaml", "**/x/*.yml"], beside: [a.txt], yaml: { apiVersion: "acme/*", kind: [A, 3] }, json: { a: 1 }, front_matter: { b: "*" }, magic: ['\x89'], line_starts: [import acme], contains: [acme], below: ["/t/"] }
    samples:
      yes: [a/scorer.toml, { path: b/scorer.toml, content: "", bytes: '\x00', with: [c.txt] }]
      no: []
rules: { MLO202: error, lone-approver: off, MLO104: { severity: warning, allow: ["/languages/*/"] } }
fail_on: warning
codeowners: { path: .github/CODEOWNERS, dialect: github }
"#;

#[test]
fn a_policy_that_says_everything_is_valid() {
    assert_eq!(refused(&schema(), &read(FULL).unwrap()), [""; 0]);
    assert_eq!(errors(FULL).map(|errors| errors.to_string()), None);
}

/// A policy around a value.
type Wrap<'w> = dyn Fn(Value) -> Value + 'w;

/// Calls `with` for every key of the schema: how a policy reaches it (as a function of its value), and its form.
fn for_each_key(schema: &Value, wrap: &Wrap<'_>, with: &mut dyn FnMut(&str, &Wrap<'_>)) {
    for form in schema.get("anyOf").and_then(Value::as_array).into_iter().flatten() {
        for_each_key(form, wrap, with);
    }
    if let Some(items) = schema.get("items") {
        for_each_key(items, &|value| wrap(json!([value])), with);
    }
    let others = schema.get("patternProperties").and_then(|forms| forms.get(""));
    for form in others.or(schema.get("additionalProperties")).into_iter().filter(|form| form.is_object()) {
        for_each_key(form, &|value| wrap(json!({ "serving": value })), with);
    }
    for (key, form) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        if form.as_object().is_some_and(serde_json::Map::is_empty) {
            continue;
        }
        let inner = |value: Value| wrap(json!({ key.as_str(): value }));
        with(key, &inner);
        for_each_key(form, &inner, with);
    }
}

/// A policy with what stands beside every key in it.
fn policy_with(mut value: Value) -> String {
    if value.get("version").is_none() {
        value["version"] = 1.into();
    }
    value.to_string()
}

#[test]
fn the_parser_reads_every_key_of_the_schema() {
    let mut keys = 0;
    for_each_key(&schema(), &|value| value, &mut |key, inner| {
        keys += 1;
        // No key has a list in a list.
        let text = policy_with(inner(json!([[{ "?": 1 }]])));
        let told = errors(&text).unwrap_or_else(|| panic!("{key} is not read: {text}"));
        assert!(
            !told.errors.iter().any(|error| error.message.contains(&format!("has no key `{key}`"))),
            "{text}: {told}"
        );
        let is_there = told
            .errors
            .iter()
            .any(|error| error.at.is_some_and(|at| told.texts[at.text].text[at.span.range()].contains("\"?\"")));
        assert!(is_there || key == "version", "{key} is not read: {text}: {told}");
    });
    assert!(keys > 100, "{keys}");
}

#[test]
fn no_map_takes_other_keys() {
    let schema = schema();
    let mut maps = 0;
    for_each_key(&schema, &|value| value, &mut |_, inner| {
        let value = inner(json!({ "unheard-of": [[]] }));
        let (by_parser, by_schema) = (errors(&policy_with(value.clone())), refused(&schema, &value));
        maps += 1;
        assert!(by_parser.is_some() && !by_schema.is_empty(), "{value}");
    });
    assert!(maps > 100, "{maps}");
    let unknown = json!({ "version": 1, "unheard-of": 1 });
    assert!(errors(&unknown.to_string()).is_some() && !refused(&schema, &unknown).is_empty());
}

#[test]
fn what_is_wrong_in_form_is_refused_by_both() {
    let schema = schema();
    for wrong in [
        "extends: [ml-team/]",
        "extends: builtin:ml-team",
        "extends: [builtin:other]",
        "profile: strict",
        "baseline: ../baseline.json",
        "baseline: /baseline.json",
        "roles: { a b: {} }",
        "roles: { a: { owners: [acme/ml] } }",
        "roles: { a: { owners: \"@a\" } }",
        "no_role: [\"@a @b\"]",
        "no_role: [\"a@b\"]",
        "areas: { serving: { paths: [serve/] } }",
        "areas: { serving: { paths: /serve/ } }",
        "areas: { serving: { severity: fatal } }",
        "areas: { serving: { ownership: { min_owners: 0 } } }",
        "areas: { serving: { ownership: { teams_only: \"true\" } } }",
        "areas: { serving: { ownership: { accountable: [] } } }",
        "pins: [{ path: /a }]",
        "pins: [{ path: /a, owners: [] }]",
        "pins: [{ path: a/b, owners: [\"@a\"] }]",
        "exempt: [{ path: /a }]",
        "exempt: [{ path: /a, reason: \"\" }]",
        "exempt: [{ path: /a, reason: r, expires: tomorrow }]",
        "exempt: [{ path: /a, reason: r, rules: [] }]",
        "exempt: [{ path: /a, reason: r, rules: [MLO999] }]",
        "exclude: { defaults: 1 }",
        "catalogue: [{ kind: a, area: serving }]",
        "catalogue: [{ kind: A, area: serving, any: [{ path: a }] }]",
        "catalogue: [{ kind: a, area: serving, any: [] }]",
        "catalogue: [{ kind: a, area: serving, any: [{ yaml: { a: b } }] }]",
        "catalogue: [{ kind: a, area: serving, any: [{ path: a/b }] }]",
        "catalogue: [{ kind: a, area: serving, any: [{ path: /a/ }] }]",
        "catalogue: [{ kind: a, area: serving, any: [{ path: a, contains: [\"\"] }] }]",
        "catalogue: [{ kind: a, area: serving, any: [{ path: a, yaml: { \"\": b } }] }]",
        "catalogue: [{ kind: a, area: serving, any: [{ path: a, yaml: { b: ~ } }] }]",
        "catalogue: [{ kind: a, area: serving, priority: 1.5, any: [{ path: a }] }]",
        "rules: { MLO999: off }",
        "rules: { MLO104: fatal }",
        "rules: { MLO104: ~ }",
        "fail_on: off",
        "codeowners: { path: ../CODEOWNERS }",
        "codeowners: { path: a//b }",
        "codeowners: { dialect: svn }",
    ] {
        let text = format!("version: 1\n{wrong}\n");
        assert!(errors(&text).is_some(), "the parser takes {wrong}");
        assert!(!refused(&schema, &read(&text).unwrap()).is_empty(), "the schema takes {wrong}");
    }
}
