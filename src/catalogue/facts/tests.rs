//! What YAML and JSON say of themselves, and what only looks like it.

use proptest::collection::vec;
use proptest::{prop_assert_eq, proptest};

use super::*;

fn keys(names: &[&str]) -> Keys {
    let mut keys = Keys::default();
    for name in names {
        keys.intern(name);
    }
    keys
}

fn seen(facts: &[Facts], keys: &Keys) -> Vec<Vec<String>> {
    let one = |fact: &Fact| format!("{}={}", keys.name(fact.key), fact.value.as_deref().unwrap_or("-"));
    facts.iter().map(|document| document.iter().map(one).collect()).collect()
}

#[test]
fn yaml_documents_are_kept_apart_and_values_are_bare() {
    let keys = keys(&["apiVersion", "kind", "metadata.name"]);
    let text = b"# comment\napiVersion: \"v1\" # why\nkind: 'Service'\nmetadata:\n  name: a\n---\nkind: &x !t B\nother: 1\n---\n---\n";
    assert_eq!(
        seen(&of_yaml(text, &keys), &keys),
        [vec!["apiVersion=v1", "kind=Service", "metadata.name=a"], vec!["kind=B"]]
    );
}

#[test]
fn lists_are_transparent_and_templates_are_no_obstacle() {
    let keys = keys(&["kind", "groups.rules.alert", "on.name"]);
    let text = b"{{- if .Values.on }}\nkind: PrometheusRule\ngroups:\n- name: {{ .Release.Name }}\n  rules:\n  - alert: A\n    expr: x\n  - alert: B\n{{- end }}\n";
    assert_eq!(
        seen(&of_yaml(text, &keys), &keys),
        [vec!["kind=PrometheusRule", "groups.rules.alert=A", "groups.rules.alert=B"]]
    );
}

#[test]
fn nothing_in_a_literal_block_is_a_key() {
    let keys = keys(&["kind", "data.kind", "kind.kind"]);
    let text = b"data:\n  file: |-\n    kind: Inner\n\n    kind: Inner\nitems:\n  - >\n   kind: Inner\nkind: Outer\n";
    assert_eq!(seen(&of_yaml(text, &keys), &keys), [vec!["kind=Outer"]]);
}

#[test]
fn json_counts_up_to_where_it_breaks() {
    let keys = keys(&["schemaVersion", "panels", "panels.type"]);
    let text = br#"{"panels": [{"type": "graph"}], "schemaVersion": 36, "rest": {"a": [1, 2"#;
    assert_eq!(seen(&[of_json(text, &keys)], &keys), [vec!["panels=-", "panels.type=graph", "schemaVersion=36"]]);
    assert_eq!(seen(&of_yaml(text, &keys), &keys).len(), 1, "JSON is YAML too");
}

#[test]
fn flow_mappings_count_like_any_other() {
    let keys = keys(&["apiVersion", "kind", "metadata.name", "spec.items.kind", "on"]);
    let seen_in = |text: &str| seen(&of_yaml(text.as_bytes(), &keys), &keys);
    assert_eq!(
        seen_in(
            "{apiVersion: v1, \"kind\": 'A', metadata: {labels: [x, {a: b}], name: a:b}}\n---\n- {kind: B}\n- kind: C\n"
        ),
        [vec!["apiVersion=v1", "kind=A", "metadata.name=a:b"], vec!["kind=B", "kind=C"]]
    );
    assert_eq!(
        seen_in("spec: {items: [{kind: A}, # one\n  {kind: B}],\n  other: 1}\nkind: C\n"),
        [["spec.items.kind=A", "spec.items.kind=B", "kind=C"]]
    );
    assert_eq!(seen_in("--- {kind: A}\n--- {kind: B}\n"), [["kind=A"], ["kind=B"]]);
    // What is never closed takes no line with it.
    assert_eq!(seen_in("other: {\nkind: A\n"), [["kind=A"]]);
    assert_eq!(seen_in("{{ template }}\n{% if a: b %}\n{# on: c #}\nkind: A\n"), [["kind=A"]]);
}

#[test]
fn facts_know_their_lines() {
    let keys = keys(&["kind", "a.b"]);
    let lines = |documents: &[Facts]| documents.iter().flatten().map(|fact| fact.line).collect::<Vec<_>>();
    assert_eq!(lines(&of_yaml(b"# c\nkind: A\n---\na: {\n  b: 1}\n", &keys)), [Some(2), Some(5)]);
    assert_eq!(lines(&[of_json(b"{\n\"kind\": 1,\n\"a\": {\"b\": \"kind\"}}", &keys)]), [None, Some(3)]);
}

proptest! {
    /// What is skipped unseen would have said nothing.
    #[test]
    fn keys_below_which_nobody_asks_hide_nothing(
        lines in vec(("(  ){0,3} ?", "(- ){0,2}", "a|b|c|'a'|", ":|: 1|: \\||: >-|: # c| a|: \\{a: 1\\}|:a"), 0..12),
    ) {
        let wanted = ["a", "b.a", "a.b.c", "c.c.c", "a.a"];
        let text: String = lines
            .iter()
            .map(|(indent, item, key, value)| match (&**key, &**value) {
                ("", ":") => "---\n".to_owned(),
                _ => format!("{indent}{item}{key}{value}\n"),
            })
            .collect();
        let pruned = keys(&wanted);
        // With a key below every path nothing is skipped.
        let mut all = keys(&wanted);
        let mut paths = vec![String::new()];
        for depth in 0..5 {
            let deeper: Vec<String> = paths
                .iter()
                .filter(|path| path.matches('.').count() == depth)
                .flat_map(|path| ["a", "b", "c"].map(|name| format!("{path}{name}.")))
                .collect();
            paths.extend(deeper);
        }
        for path in &paths {
            all.intern(&format!("{path}z"));
        }
        prop_assert_eq!(seen(&of_yaml(text.as_bytes(), &pruned), &pruned), seen(&of_yaml(text.as_bytes(), &all), &all));
    }
}

#[test]
fn front_matter_is_the_head_between_dashes_only() {
    assert_eq!(head(b"---\r\nlicense: mit\n---\n# Card\n"), Some(&b"license: mit\n"[..]));
    assert_eq!(head(b"# Title\n---\nlicense: mit\n---\n"), None);
    assert_eq!(head(b"---\nnever closed\n"), None);
    let facts = front_matter(b"---\ntags: []\nlicense: mit\n---\n", &keys(&["license"]));
    assert_eq!(facts[0][0].line, Some(3));
}

#[test]
fn hostile_nesting_stays_linear() {
    let keys = keys(&["a"]);
    let mut yaml = Vec::new();
    for depth in 0..350 {
        yaml.extend(std::iter::repeat_n(b' ', depth));
        yaml.extend_from_slice(b"a:\n");
    }
    assert_eq!(of_yaml(&yaml, &keys).len(), 1);
    assert!(of_yaml(&b"- ".repeat(32_000), &keys).is_empty());
    assert!(of_json(&b"[".repeat(64_000), &keys).is_empty());
    for hostile in [&b"{x: "[..], b"[", b"{", b"a: {", b"- {a: b\n", b"{\"", b"{a:\n"] {
        of_yaml(&hostile.repeat(64_000 / hostile.len()), &keys);
    }
    assert!(of_json(&br#"{"x":"#.repeat(10_000), &keys).is_empty());
}
