//! Good policies: what they mean, and where they say it.
#![expect(clippy::unwrap_used, clippy::panic, reason = "clippy excuses tests, but not the functions they share")]

use mlops_lint::codeowners::Dialect;
use mlops_lint::finding::{FailOn, Severity};
use mlops_lint::policy::{AREAS, Area, Known, LoadInput, Located, Origin, Party, Policy, load, load_builtin};

fn known() -> Known<'static> {
    Known {
        kinds: vec![
            ("kserve", "serving"),
            ("bentoml", "serving"),
            ("dvc", "pipelines"),
            ("notebook", "notebooks"),
            ("data-contract", "data"),
        ],
        rules: vec![
            ("MLO104", "dead-entry"),
            ("MLO111", "lone-approver"),
            ("MLO201", "unowned"),
            ("MLO202", "catch-all"),
        ],
    }
}

fn policy(text: &str) -> Policy {
    load(Some(LoadInput { name: "mlops-lint.yaml", text: text.as_bytes() }), &known()).unwrap_or_else(|e| panic!("{e}"))
}

fn said(policy: &Policy, at: Origin) -> &str {
    &policy.texts[at.text].text[at.span.range()]
}

fn area<'p>(policy: &'p Policy, name: &str) -> &'p Area {
    policy.area(policy.area_named(name).unwrap())
}

fn names(policy: &Policy, parties: Option<&Located<Vec<Located<Party>>>>) -> Vec<String> {
    let name = |party: &Located<Party>| match &party.value {
        Party::Role(id) => policy.role(*id).name.clone(),
        Party::Owner(owner) => owner.text.clone(),
    };
    parties.map(|parties| parties.value.iter().map(name).collect()).unwrap_or_default()
}

const FULL: &str = r#"# The example of the documentation.
version: 1
extends: [builtin:ml-team]
roles:
  data-engineer:    { owners: ["@acme/data-eng", "@acme/*-de"] }
  data-scientist:   { owners: ['@acme/data-science', "ana@acme.com"] }
  ml-engineer:      { owners: ["@acme/ml-eng"] }
  mlops-engineer:   { owners: ["@acme/mlops"] }
  business-analyst: { covered_by: data-scientist }
no_role: ["@acme/web"]
areas:
  serving:
    paths: ["/services/*/serve/", "/services/*/*.onnx"]
    artefacts: [kserve, bentoml, acme-scorer]
    ownership:
      accountable: [ml-engineer]
      consulted: [mlops-engineer]
      approvers: [ml-engineer, mlops-engineer]
      never_alone: [data-scientist]
      min_owners: 2
      teams_only: true
      specific: true
    severity: error
    because: "Machine learning engineers deploy models."
  fraud-production: { is: deployment, paths: ["/deploy/prod/"], ownership: { accountable: [mlops-engineer, "@acme/fraud-mle"] } }
pins:
  - { path: "**/dataset_metadata.yaml", owners: ["@acme/Data-Governance", "@ana"] }
catalogue:
  - { kind: acme-scorer, area: fraud-production, any: [{ path: scorer.toml, below: true }, { path: ["*.yaml", "*.yml"], yaml: { kind: [Scorer, 3] } }] }
exempt:
  - { path: "/courses/", rules: [MLO201, catch-all], reason: "teaching material", expires: 2027-06-30 }
exclude: { defaults: true, paths: ["/third_party/marian-fork/"] }
rules: { MLO202: error, lone-approver: off, MLO104: { severity: warning, allow: ["/languages/*/"] } }
fail_on: warning
codeowners: { path: .github/CODEOWNERS, dialect: github }
"#;

#[test]
fn the_documented_example_loads_whole() {
    let policy = policy(FULL);
    assert_eq!(
        policy.texts.iter().map(|text| text.name.as_str()).collect::<Vec<_>>(),
        ["builtin:ml-team", "mlops-lint.yaml"]
    );
    assert_eq!(policy.file, Some(1));
    assert!(policy.has_role_map());
    let roles: Vec<&str> = policy.roles.iter().map(|role| role.name.as_str()).collect();
    assert_eq!(roles, ["business-analyst", "data-engineer", "data-scientist", "ml-engineer", "mlops-engineer"]);
    let covered_by = policy.roles[0].covered_by.as_ref().unwrap();
    assert_eq!(policy.role(covered_by.value).name, "data-scientist");
    assert_eq!(policy.areas.len(), 15);

    let serving = area(&policy, "serving");
    let ownership = serving.ownership.as_ref().unwrap();
    assert_eq!(names(&policy, ownership.accountable.as_ref()), ["ml-engineer"]);
    assert_eq!(names(&policy, ownership.consulted.as_ref()), ["mlops-engineer"]);
    assert_eq!(names(&policy, ownership.approvers.as_ref()), ["ml-engineer", "mlops-engineer"]);
    assert_eq!(names(&policy, ownership.never_alone.as_ref()), ["data-scientist"]);
    assert_eq!(ownership.min_owners.as_ref().map(|min| min.value), Some(2));
    assert_eq!(ownership.teams_only.as_ref().map(|only| only.value), Some(true));
    assert_eq!(ownership.specific.as_ref().map(|specific| specific.value), Some(true));
    assert_eq!(serving.severity, Some(Severity::Error));
    assert_eq!(
        serving.artefacts.iter().map(|kind| kind.value.as_str()).collect::<Vec<_>>(),
        ["kserve", "bentoml", "acme-scorer"]
    );

    assert_eq!(policy.exempt.len(), 1);
    assert_eq!(policy.exempt[0].rules, ["MLO201", "MLO202"]);
    assert_eq!(policy.exempt[0].reason, "teaching material");
    assert_eq!(policy.exempt[0].expires.as_ref().unwrap().value, jiff::civil::date(2027, 6, 30));
    assert!(policy.exclude.defaults);
    assert_eq!(policy.exclude.paths.len(), 1);
    assert_eq!(policy.rules["MLO202"].severity, Some(Some(Severity::Error)));
    assert_eq!(policy.rules["MLO111"].severity, Some(None));
    assert_eq!(policy.rules["MLO104"].severity, Some(Some(Severity::Warning)));
    assert_eq!(policy.rules["MLO104"].allow.len(), 1);
    assert_eq!(policy.fail_on, FailOn::At(Severity::Warning));
    assert_eq!(policy.codeowners_path.as_ref().unwrap().value, ".github/CODEOWNERS");
    assert_eq!(policy.dialect, Some(Dialect::GitHub));
}

#[test]
fn every_span_gives_what_was_said() {
    let policy = policy(FULL);
    for role in &policy.roles {
        assert_eq!(said(&policy, role.at), role.name);
        for owner in &role.owners {
            assert_eq!(said(&policy, owner.at), owner.value.text);
            assert_eq!(owner.at.text, 1);
        }
        if let Some(by) = &role.covered_by {
            assert_eq!(said(&policy, by.at), policy.role(by.value).name);
        }
    }
    assert_eq!(said(&policy, policy.no_role[0].at), "@acme/web");
    for area in &policy.areas {
        assert_eq!(said(&policy, area.at), area.name);
        for path in &area.paths {
            assert_eq!(said(&policy, path.at), path.value.text);
        }
        for kind in &area.artefacts {
            assert_eq!(said(&policy, kind.at), kind.value);
        }
        let ownership = area.ownership.as_ref().unwrap();
        for parties in [&ownership.accountable, &ownership.consulted, &ownership.approvers, &ownership.never_alone] {
            for party in parties.iter().flat_map(|parties| &parties.value) {
                let name = match &party.value {
                    Party::Role(id) => &policy.role(*id).name,
                    Party::Owner(owner) => &owner.text,
                };
                assert_eq!(said(&policy, party.at), name);
            }
        }
    }
    let serving = area(&policy, "serving");
    let ownership = serving.ownership.as_ref().unwrap();
    assert_eq!(said(&policy, ownership.accountable.as_ref().unwrap().at), "[ml-engineer]");
    assert_eq!(said(&policy, ownership.min_owners.as_ref().unwrap().at), "2");
    assert!(said(&policy, ownership.at).starts_with("accountable: [ml-engineer]"));
    assert!(said(&policy, ownership.at).ends_with("specific: true"));
    assert_eq!(said(&policy, serving.because.as_ref().unwrap().at), "Machine learning engineers deploy models.");
    // What a pack says stands in the pack.
    let data = area(&policy, "data");
    assert_eq!(data.at.text, 0);
    assert_eq!(said(&policy, policy.exempt[0].path.at), "/courses/");
    assert_eq!(said(&policy, policy.exempt[0].expires.as_ref().unwrap().at), "2027-06-30");
    assert_eq!(said(&policy, policy.codeowners_path.as_ref().unwrap().at), ".github/CODEOWNERS");
}

#[test]
fn pins_and_house_kinds_are_read() {
    let policy = policy(FULL);
    let pin = &policy.pins[0];
    assert_eq!(
        (said(&policy, pin.path.at), said(&policy, pin.owners.at)),
        ("**/dataset_metadata.yaml", "[\"@acme/Data-Governance\", \"@ana\"]")
    );
    assert!(pin.is_met_by(["@ana", "@acme/data-governance", "@ana"]));
    assert!(
        !pin.is_met_by(["@ana"]) && !pin.is_met_by(["@ana", "@acme/data-governance", "@ben"]) && !pin.is_met_by([])
    );
    let kind = &policy.catalogue[0];
    assert_eq!((said(&policy, kind.at), kind.replaces), ("acme-scorer", false));
    assert_eq!(kind.spec.any[1].path.0, ["*.yaml", "*.yml"]);
    assert_eq!(kind.spec.any[1].yaml["kind"].0, ["Scorer", "3"]);
    // In `artefacts` of another area it moves there.
    assert_eq!(policy.area_claiming("acme-scorer"), policy.area_named("serving"));
}

#[test]
fn the_default_policy_is_the_guide() {
    let known = known();
    let policy = load(None, &known).unwrap();
    assert_eq!(load_builtin("ml-team", &known).unwrap().areas.len(), policy.areas.len());
    assert_eq!(policy.file, None);
    assert!(policy.texts[0].builtin);
    assert!(!policy.has_role_map());
    let expected = [
        ("ci", "mlops-engineer"),
        ("data", "data-engineer"),
        // Not a class of its own: contracts ask more than other data.
        ("data-contracts", "data-engineer"),
        ("deployment", "ml-engineer mlops-engineer"),
        ("evaluation", "data-scientist"),
        ("features", "data-engineer"),
        ("governance", "business-analyst"),
        ("models", "data-scientist ml-engineer mlops-engineer"),
        ("monitoring", "mlops-engineer"),
        ("notebooks", "data-scientist data-engineer ml-engineer"),
        ("pipelines", "mlops-engineer data-scientist"),
        ("prompts", "data-scientist ml-engineer"),
        ("serving", "ml-engineer"),
        ("training", "data-scientist"),
    ];
    let classes: Vec<&str> =
        expected.map(|(name, _)| name).into_iter().filter(|name| *name != "data-contracts").collect();
    assert_eq!(classes, AREAS);
    assert_eq!(policy.areas.len(), expected.len());
    for (area, (name, accountable)) in policy.areas.iter().zip(expected) {
        let ownership = area.ownership.as_ref().unwrap();
        assert_eq!(
            (area.name.as_str(), names(&policy, ownership.accountable.as_ref()).join(" ").as_str()),
            (name, accountable)
        );
        assert!(area.because.as_ref().unwrap().value.ends_with('.'));
        assert_eq!(area.only_where_staffed, name == "governance");
        assert_eq!(area.severity, (name == "governance").then_some(Severity::Info));
    }
    for boundary in ["features", "data-contracts"] {
        let wanted = area(&policy, boundary).ownership.as_ref().unwrap();
        assert_eq!(names(&policy, wanted.consulted.as_ref()), ["data-scientist"]);
    }
    assert_eq!(policy.fail_on, FailOn::At(Severity::Error));
}

#[test]
fn the_default_policy_can_be_copied() {
    let policy = load_builtin("ml-team", &known()).unwrap();
    let copy = load(Some(LoadInput { name: "mlops-lint.yaml", text: policy.texts[0].text.as_bytes() }), &known());
    let copy = copy.unwrap();
    assert_eq!((copy.areas.len(), copy.file), (policy.areas.len(), Some(0)));
}

#[test]
fn a_pack_gives_up_the_kinds_that_the_repository_claims() {
    let policy =
        policy("version: 1\nextends: [builtin:ml-team]\nareas:\n  orders: { is: data, artefacts: [data-contract] }\n");
    let claims = |name: &str| area(&policy, name).artefacts.iter().map(|kind| kind.value.as_str()).collect::<Vec<_>>();
    assert_eq!((claims("data-contracts"), claims("orders")), (vec![], vec!["data-contract"]));
}

#[test]
fn a_policy_without_extends_stands_alone() {
    let policy = policy("version: 1\nroles: { lead: { owners: [\"@ana\"] } }\n");
    assert_eq!((policy.roles.len(), policy.areas.len(), policy.texts.len()), (1, 0, 1));
    assert!(policy.exclude.defaults);
}

#[test]
fn own_values_beat_what_is_extended_and_null_removes() {
    let policy = policy(
        "version: 1\nextends: [builtin:ml-team]\nareas:\n  prompts: null\n  features: { ownership: { consulted: null } }\n  \
         data: { because: Ours. }\n  models: { ownership: { accountable: [ml-engineer] } }\n",
    );
    assert!(policy.area_named("prompts").is_none());
    assert_eq!(area(&policy, "features").ownership.as_ref().unwrap().consulted, None);
    let data = area(&policy, "data");
    assert_eq!(data.because.as_ref().unwrap().value, "Ours.");
    assert_eq!(names(&policy, data.ownership.as_ref().unwrap().accountable.as_ref()), ["data-engineer"]);
    assert_eq!((data.at.text, data.because.as_ref().unwrap().at.text), (1, 1));
    assert_eq!(data.ownership.as_ref().unwrap().accountable.as_ref().unwrap().at.text, 0);
    let models = area(&policy, "models").ownership.as_ref().unwrap();
    assert_eq!(names(&policy, models.accountable.as_ref()), ["ml-engineer"]);
}

#[test]
fn is_takes_over_what_is_not_given() {
    let policy = policy(
        r#"
version: 1
roles: { a: {}, b: {}, c: {} }
areas:
  top:
    artefacts: [kserve]
    ownership: { accountable: [a], consulted: [b], min_owners: 2, because: Of the top. }
    only_where_staffed: true
  one: { is: top, paths: ["/one/"] }
  two: { is: one, paths: ["/two/"], ownership: { accountable: [c], consulted: null }, because: Of two. }
  three: { is: two, paths: ["/three/"], ownership: null, only_where_staffed: false }
"#,
    );
    let asked = |name: &str| {
        let area = area(&policy, name);
        let ownership = area.ownership.as_ref();
        (
            names(&policy, ownership.and_then(|asked| asked.accountable.as_ref())).join(" "),
            names(&policy, ownership.and_then(|asked| asked.consulted.as_ref())).join(" "),
            ownership.and_then(|asked| asked.min_owners.as_ref()).map(|min| min.value),
            area.because.as_ref().unwrap().value.as_str(),
            area.only_where_staffed,
        )
    };
    assert_eq!(asked("one"), ("a".to_owned(), "b".to_owned(), Some(2), "Of the top.", true));
    assert_eq!(asked("two"), ("c".to_owned(), String::new(), Some(2), "Of two.", true));
    assert_eq!(asked("three"), (String::new(), String::new(), None, "Of two.", false));
    assert!(area(&policy, "three").ownership.is_none());
    // Kinds stay with the parent.
    assert_eq!(area(&policy, "one").artefacts, []);
    assert_eq!(area(&policy, "one").is.as_ref().map(|is| is.value), policy.area_named("top"));
}

#[test]
fn off_is_off_in_every_yaml() {
    for off in ["off", "'off'", "\"off\""] {
        let policy = policy(&format!("version: 1\nrules: {{ mlo111: {off} }}\n"));
        assert_eq!(policy.rules["MLO111"].severity, Some(None), "{off}");
    }
}

#[test]
fn the_contained_path_decides_the_area() {
    let policy = policy(
        r#"
version: 1
roles: { a: {}, b: {} }
areas:
  inner: { paths: ["/ml/serve/"], ownership: { accountable: [a] } }
  outer: { paths: ["/ml/"], ownership: { accountable: [b] } }
"#,
    );
    let ranked: Vec<(&str, &str)> = policy
        .area_ranks
        .iter()
        .map(|&(id, nth)| (policy.area(id).name.as_str(), policy.area(id).paths[nth].value.text.as_str()))
        .collect();
    assert_eq!(ranked, [("outer", "/ml/"), ("inner", "/ml/serve/")]);
}

#[test]
fn a_byte_order_mark_and_carriage_returns_do_no_harm() {
    let text = "\u{feff}version: 1\r\nroles:\r\n  a: { owners: [\"@ana\"] }\r\n";
    let policy = policy(text);
    assert_eq!(said(&policy, policy.roles[0].owners[0].at), "@ana");
    assert_eq!(said(&policy, policy.roles[0].at), "a");
}
