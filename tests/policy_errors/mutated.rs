//! Policies with pieces exchanged, cut and inserted: any answer will do, but it must come, and point at characters.

use mlops_lint::catalogue::Catalogue;
use mlops_lint::policy::{LoadInput, load};
use proptest::prelude::*;

use super::{known, told};

const SEED: &str = r#"version: 1
extends: [builtin:ml-team]
roles:
  data-engineer: { owners: ["@acme/data-eng", '@acme/*-de'] }
  business-analyst: { covered_by: data-engineer }
no_role: ["@acme/web"]
areas:
  serving:
    paths: ["/services/*/serve/"]
    artefacts: [kserve]
    ownership:
      accountable: [ml-engineer]
      min_owners: 2
      teams_only: true
    because: >-
      Folded
      text.
  mine: { is: deployment, paths: ["/deploy/prod/", '/dé/**'], severity: info }
exempt:
  - { path: "/courses/", rules: [MLO201], reason: "ünder", expires: 2027-06-30 }
pins: [{ path: "/data/", owners: ["@acme/gov"] }]
catalogue:
  - { kind: scorer, area: mine, any: [{ path: "*.toml", below: true, magic: ['\x89'], yaml: { a.b: "*" } }], samples: { yes: [a.toml], no: [{ path: b, with: [c] }] } }
exclude: { defaults: true, paths: [] }
rules: { MLO104: { severity: warning, allow: ["/languages/*/"] }, catch-all: off }
fail_on: error
"#;

fn pieces() -> impl Strategy<Value = String> {
    let odd = [
        "\t", "\n", "\r\n", " ", "  ", "- ", ": ", ",", "[", "]", "{", "}", "\"", "'", "*", "&a ", "!x ", "|\n",
        ">-\n", "#", "?", "@", "`", "%", "~", "null", "---\n", "...\n", "\u{feff}", "é", "\u{2028}", "\\", "<<",
        "builtin:",
    ];
    prop_oneof![
        proptest::sample::select(odd.to_vec()).prop_map(str::to_owned),
        proptest::sample::select(SEED.split_whitespace().collect::<Vec<_>>()).prop_map(str::to_owned),
        ".{0,4}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn any_answer_comes_and_points_at_characters(
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..12, pieces()), 1..6),
        bad_byte in prop::option::weighted(0.05, any::<prop::sample::Index>()),
    ) {
        let mut text: Vec<char> = SEED.chars().collect();
        for (at, cut, piece) in edits {
            let at = at.index(text.len() + 1);
            let end = (at + cut).min(text.len());
            text.splice(at..end, piece.chars());
        }
        let mut text = text.into_iter().collect::<String>().into_bytes();
        if let Some(at) = bad_byte.filter(|_| !text.is_empty()) {
            let at = at.index(text.len());
            text[at] = 0xff;
        }
        match load(Some(LoadInput { name: "mlops-lint.yaml", text: &text }), &known()) {
            Ok(policy) => {
                if let Err(errors) = policy.add_kinds(&mut Catalogue::default()) {
                    prop_assert!(!told(&errors).is_empty());
                }
                for role in &policy.roles {
                    prop_assert!(!policy.texts[role.at.text].text[role.at.span.range()].is_empty());
                }
            }
            Err(errors) => {
                prop_assert!(!errors.errors.is_empty());
                // Slices every place, and refuses those without characters.
                prop_assert!(!told(&errors).is_empty());
            }
        }
    }
}
