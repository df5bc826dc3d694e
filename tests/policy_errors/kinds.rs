//! Pins and house kinds.

use mlops_lint::catalogue::Catalogue;
use mlops_lint::policy::{LoadInput, load};

use super::{errors, known, told};

#[test]
fn pins_that_cannot_be_kept() {
    let said = errors(
        r#"version: 1
pins:
  - { path: /a/, owners: ["@acme/*", "@ana", "@Ana"] }
  - { path: b/, owners: [] }
  - { owners: ["@ana"] }
  - { path: "/data/", owners: ["@ana"] }
  - { path: "**/meta.yaml", owners: ["@ben"] }
  - { path: "**/meta.yml", owners: ["@ANA"] }
"#,
    );
    insta::assert_snapshot!(said, @r#"
    3:28 «@acme/*» a pin names its owners exactly, and `@acme/*` may be several
      label: no `*` in a pin
      help: Name each of them.
    3:47 «@Ana» `@Ana` stands twice in the pin's `owners`
      label: here again
      help: Handles are compared without case: keep one.
      3:39 «@ana» first here
    4:13 «b/» `b/` does not say where it starts
      label: at the root, or anywhere?
      help: Write `/b/` for the one at the root, or `**/b/` for every one.
    4:25 «[]» a pin names somebody, and this one nobody
      label: empty
      help: Name who owns the paths, or leave the pin out.
    5:5 «{ owners: ["@ana"] }» a pin has `path`, and this one has none
      label: `path` is missing
      help: Write it as `{ path: "**/dataset_metadata.yaml", owners: ["@acme/data-governance"] }`.
    7:37 «["@ben"]» two pins name different owners for `a/meta.yaml`
      label: these
      help: Every pin holds, whatever their order: narrow one of the patterns.
      3:26 «["@acme/*", "@ana", "@Ana"]» and these
    "#);
}

#[test]
fn kinds_and_their_evidence() {
    let said = errors(
        r#"version: 1
catalogue:
  - { kind: Acme Scorer, area: serving, any: [{ path: a }] }
  - { kind: one, area: servng, any: [{ path: [configs/a.yaml, /models/, "*"], below: ["!a"] }] }
  - { kind: two, any: [], url: "" }
  - { kind: three, area: serving, any: [{ path: a, magic: ["\\q"], contains: [""], yaml: { a: ~, b: [] }, json: [a] }] }
  - { kind: kserve, area: serving, any: [{ path: a }] }
  - { kind: kserv, area: serving, replaces: true, any: [{ path: a }] }
  - { kind: four, area: serving, priority: high, any: [{ path: a, beside: b, below: 3 }] }
  - { kind: four, area: serving, any: [{ path: b }] }
  - { kind: five, area: serving, any: [{ path: b }] }
  - { kind: five, area: serving, any: [{ path: b }] }
areas: { mine: { artefacts: [five, sixx, two] } }
"#,
    );
    insta::assert_snapshot!(said, @r#"
    3:13 «Acme Scorer» `Acme Scorer` is no name for a kind
      label: not a name
      help: Names have lower-case letters, digits and `-`, and up to 100 characters.
    4:24 «servng» there is no area `servng`
      label: unknown area
      help: Did you mean `serving`? An area of your own stands under `areas`.
    4:47 «configs/a.yaml» `configs/a.yaml` is no pattern here
      label: not a pattern
      help: Write `/configs/a.yaml` for the one at the root, or `**/configs/a.yaml` for every one.
    4:63 «/models/» `/models/` is no pattern here
      label: not a pattern
      help: A kind is told by its files: name one, and let `below: true` claim the directory.
    4:74 «*» `*` is no pattern here
      label: not a pattern
      help: Write a file's name, `*.ext`, or a pattern that starts with `/` or `**/`.
    4:88 «!a» `!a` is no pattern here
      label: not a pattern
      help: Write it as in CODEOWNERS, relative to the marker: `/templates/`, `*.sql`.
    5:5 «{ kind: two, any: [], url: "" }» a kind of artefact has `area`, and this one has none
      label: `area` is missing
      help: Write it as `{ kind: acme-scorer, area: serving, any: [{ path: scorer.toml, below: true }] }`.
    5:23 «[]» `any` names nothing
      label: empty
      help: Leave it out, or write what it should hold.
    5:32 «""» `url` is empty
      label: nothing is said here
    6:61 «\\q» `\q` has an unknown escape
      label: unknown escape
      help: The escapes are \xNN, \n, \r, \t, \0 and \\; write it in single quotes.
    6:79 «""» `contains` is empty
      label: nothing is said here
    6:92 «a» the key has no value
      label: this key
      help: Write "*" to ask for the key alone.
    6:101 «[]» `b` names nothing
      label: empty
      help: Leave it out, or write what it should hold.
    6:113 «[a]» `json` is a map, and this is a list
      label: not a map
      help: Write it as `{ apiVersion: "acme.com/*", kind: Scorer }`.
    7:13 «kserve» the catalogue has a kind `kserve` already
      label: taken
      help: Choose another name, or add `replaces: true` to have this one in its place.
    8:13 «kserv» the catalogue has no kind `kserv` that could be replaced
      label: unknown kind
      help: Did you mean `kserve`?
    9:44 «high» `priority` is a whole number
      label: not a whole number
      help: Write digits without quotes, such as `2`.
    9:75 «b» `beside` is a list, and this is a single value
      label: not a list
      help: Write it as `["b"]`.
    9:85 «3» `below` is true or false
      label: neither
      help: Write `true` or `false`.
    12:13 «five» the kind `five` is defined twice
      label: here again
      help: Keep one; `any` takes several pieces of evidence.
      11:13 «five» first here
    13:36 «sixx» there is no kind of artefact `sixx`
      label: unknown kind
      help: Known are `kserve`, `bentoml`, `dvc`, `notebook`, `Acme Scorer`, `one`, `two`, `three`, `kserv`, `four` and `five`.
    "#);
}

#[test]
fn a_kind_of_the_policy_is_a_kind_like_others() {
    let text = "version: 1\ncatalogue: [{ kind: kserve, area: mine, replaces: true, any: [{ path: a }] }]\nareas: { mine: { artefacts: [dvc] } }\n";
    let policy =
        load(Some(LoadInput { name: "mlops-lint.yaml", text: text.as_bytes() }), &known()).expect("a good policy");
    assert_eq!(policy.catalogue[0].spec.kind, "kserve");
    assert!(policy.catalogue[0].replaces);
}

#[test]
fn samples_are_tried() {
    let text = r#"version: 1
catalogue:
  - kind: acme-scorer
    area: serving
    any: [{ path: "scorer*.yaml", yaml: { kind: Scorer } }]
    samples:
      yes: [{ path: a/scorer.yaml, content: "kind: Scorer" }, b/scorer.yaml, dvc.yaml, { path: tests/scorer.yaml, content: "kind: Scorer" }]
      no: [{ path: a/scorers.yaml, content: "kind: Other" }, { path: c/scorer.yaml, content: "kind: Scorer" }]
"#;
    let policy =
        load(Some(LoadInput { name: "mlops-lint.yaml", text: text.as_bytes() }), &known()).expect("a good policy");
    let wrong = policy.add_kinds(&mut Catalogue::embedded()).expect_err("wrong samples");
    insta::assert_snapshot!(told(&wrong), @"
    7:63 «b/scorer.yaml» `b/scorer.yaml` should be a sample of `acme-scorer`, and is of no kind
      label: nothing tells it
      help: Change the evidence under `any`, or the sample.
    7:78 «dvc.yaml» `dvc.yaml` should be a sample of `acme-scorer`, and is one of `dvc-pipeline`
      label: `dvc-pipeline` has the better evidence
      help: Change the evidence under `any`, or the sample.
    7:96 «tests/scorer.yaml» `tests/scorer.yaml` should be a sample of `acme-scorer`, and is of no kind
      label: nothing tells it
      help: Tests, vendored and generated trees are left out: give the sample another path.
    8:70 «c/scorer.yaml» `c/scorer.yaml` should only look like `acme-scorer`, and is one
      label: is of the kind
      help: Change the evidence under `any`, or the sample.
    ");
}

#[test]
fn there_is_an_end_to_what_is_looked_for() {
    let many = |count: usize, text: &str| vec![text; count].join(", ");
    for (evidence, wanted) in [
        (format!("path: a, contains: [{}]", many(300, "x")), "look for more than 256 texts"),
        (format!("path: [{}]", many(1100, "a.toml")), "more than 1000 patterns"),
        (format!("path: a, yaml: {{ {} : b }}", "k.".repeat(200)), "could not be found in any file"),
    ] {
        let said = errors(&format!("version: 1\ncatalogue: [{{ kind: a, area: serving, any: [{{ {evidence} }}] }}]\n"));
        assert_eq!(said.matches(wanted).count(), 1, "{said}");
    }
}
