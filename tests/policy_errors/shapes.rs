//! Keys, types and lists: what stands where something else should.

use mlops_lint::catalogue::Catalogue;
use mlops_lint::{policy, rules};

use super::schema;

/// What the parser says of a policy that the schema refuses, too.
fn errors(text: &str) -> String {
    let known = policy::schema(&Catalogue::embedded(), &rules::all().collect::<Vec<_>>());
    let is_refused = schema::read(text).is_none_or(|value| !schema::refused(&known, &value).is_empty());
    assert!(is_refused, "the schema takes {text}");
    super::errors(text)
}

#[test]
fn unknown_keys_at_every_level() {
    let said = errors(
        r#"version: 1
extends: [builtin:ml-team]
rolse: {}
profile: team
pins: [ { paths: [], owner: "@a" } ]
catalogue: [ { name: a, any: [ { pth: a } ], samples: { maybe: [] } } ]
roles: { ml-engineer: { owner: [] } }
areas:
  serving: { path: [], accountable: [], owners: [], ownership: { acountable: [], paths: [] } }
exempt: [ { paths: "/a/", path: "/a/", reason: b, expire: 2027-01-01 } ]
exclude: { default: true }
rules: { MLO104: { allowed: [] } }
codeowners: { file: CODEOWNERS }
"#,
    );
    insta::assert_snapshot!(said, @r#"
    3:1 «rolse» a policy has no key `rolse`
      label: unknown key
      help: Did you mean `roles`?
    5:9 «{ paths: [], owner: "@a" }» a pin has `path`, and this one has none
      label: `path` is missing
      help: Write it as `{ path: "**/dataset_metadata.yaml", owners: ["@acme/data-governance"] }`.
    5:9 «{ paths: [], owner: "@a" }» a pin has `owners`, and this one has none
      label: `owners` is missing
      help: Write it as `{ path: "**/dataset_metadata.yaml", owners: ["@acme/data-governance"] }`.
    5:11 «paths» a pin has no key `paths`
      label: unknown key
      help: A pin has one `path`; write one for each.
    5:22 «owner» a pin has no key `owner`
      label: unknown key
      help: Write `owners`, a list.
    6:14 «{ name: a, any: [ { pth: a } ], samples: { maybe: [] } }» a kind of artefact has `kind`, and this one has none
      label: `kind` is missing
      help: Write it as `{ kind: acme-scorer, area: serving, any: [{ path: scorer.toml, below: true }] }`.
    6:14 «{ name: a, any: [ { pth: a } ], samples: { maybe: [] } }» a kind of artefact has `area`, and this one has none
      label: `area` is missing
      help: Write it as `{ kind: acme-scorer, area: serving, any: [{ path: scorer.toml, below: true }] }`.
    6:16 «name» a kind of artefact has no key `name`
      label: unknown key
      help: The name is the value of `kind`.
    6:32 «{ pth: a }» a piece of evidence has `path`, and this one has none
      label: `path` is missing
      help: Write it as `{ path: scorer.toml }`.
    6:34 «pth» a piece of evidence has no key `pth`
      label: unknown key
      help: Did you mean `path`?
    6:57 «maybe» `samples` has no key `maybe`
      label: unknown key
      help: Known are `yes` and `no`.
    7:25 «owner» a role has no key `owner`
      label: unknown key
      help: Did you mean `owners`?
    9:14 «path» an area has no key `path`
      label: unknown key
      help: Did you mean `paths`?
    9:24 «accountable» an area has no key `accountable`
      label: unknown key
      help: It belongs one level deeper, under `ownership`.
    9:41 «owners» an area has no key `owners`
      label: unknown key
      help: Owners belong to `roles`; an area asks for roles or owners with `ownership: { accountable: […] }`.
    9:66 «acountable» `ownership` has no key `acountable`
      label: unknown key
      help: Did you mean `accountable`?
    9:82 «paths» `ownership` has no key `paths`
      label: unknown key
      help: It belongs one level up, beside `ownership`.
    10:13 «paths» an exemption has no key `paths`
      label: unknown key
      help: An exemption has one `path`; write one for each.
    10:51 «expire» an exemption has no key `expire`
      label: unknown key
      help: Did you mean `expires`?
    11:12 «default» `exclude` has no key `default`
      label: unknown key
      help: Did you mean `defaults`?
    12:20 «allowed» the setting of a rule has no key `allowed`
      label: unknown key
      help: Did you mean `allow`?
    13:15 «file» `codeowners` has no key `file`
      label: unknown key
      help: Known are `path` and `dialect`.
    "#);
}

#[test]
fn wrong_types() {
    let said = errors(
        r#"version: 1
roles: [a]
no_role: "@acme/web"
areas: { s: 3, t: { paths: "/t/", artefacts: { a: b }, ownership: [a], because: [] } }
exempt: { path: "/a/" }
exclude: [a]
rules: [MLO104]
fail_on: [error]
codeowners: CODEOWNERS
"#,
    );
    insta::assert_snapshot!(said, @r#"
    2:8 «[a]» `roles` is a map, and this is a list
      label: not a map
      help: Write it as `ml-engineer: { owners: ["@acme/ml-eng"] }`.
    3:11 «@acme/web» `no_role` is a list, and this is a text
      label: not a list
      help: Write it as `["@acme/web"]`.
    4:13 «3» an area is a map, and this is a single value
      label: not a map
      help: Write it as `{ paths: ["/serving/"], ownership: { accountable: [ml-engineer] } }`.
    4:29 «/t/» `paths` is a list, and this is a text
      label: not a list
      help: Write it as `["/t/"]`.
    4:46 «{ a: b }» `artefacts` is a list, and this is a map
      label: not a list
      help: Write it as `[kserve, bentoml]`.
    4:67 «[a]» `ownership` is a map, and this is a list
      label: not a map
      help: Write it as `{ accountable: [ml-engineer] }`.
    4:81 «[]» `because` is a text, and this is a list
      label: not a text
    5:9 «{ path: "/a/" }» `exempt` is a list, and this is a map
      label: not a list
      help: Write it as `- { path: "/courses/", rules: [MLO201], reason: "teaching material" }`.
    6:10 «[a]» `exclude` is a map, and this is a list
      label: not a map
      help: Write it as `{ defaults: true, paths: ["/third_party/"] }`.
    7:8 «[MLO104]» `rules` is a map, and this is a list
      label: not a map
      help: Write it as `{ MLO202: error, MLO111: off }`.
    8:10 «[error]» a severity to fail on is a text, and this is a list
      label: not a text
    9:13 «CODEOWNERS» `codeowners` is a map, and this is a single value
      label: not a map
      help: Write it as `{ path: .github/CODEOWNERS, dialect: github }`.
    "#);
    let said = errors(
        r"version: 1
roles: { a: [], b: { owners: [[c], { d: e }] }, c: { covered_by: [a] } }
",
    );
    insta::assert_snapshot!(said, @r#"
    2:13 «[]» a role is a map, and this is a list
      label: not a map
      help: Write it as `{ owners: ["@acme/ml-eng"] }`.
    2:31 «[c]» an owner is a text, and this is a list
      label: not a text
    2:36 «{ d: e }» an owner is a text, and this is a map
      label: not a text
    2:66 «[a]» a role is a text, and this is a list
      label: not a text
    "#);
}

#[test]
fn forgotten_values() {
    let said = errors(
        r"version: 1
extends: [builtin:ml-team]
roles: { lead: }
areas: { mine: ~ }
rules: { MLO104: }
exempt: [~]
",
    );
    insta::assert_snapshot!(said, @r#"
    3:10 «lead» `lead` has no value
      label: nothing is said about it, and there is nothing to remove
      help: Write it as `{ owners: ["@acme/ml-eng"] }`, or leave it out.
    4:10 «mine» `mine` has no value
      label: nothing is said about it, and there is nothing to remove
      help: Write it as `{ paths: ["/serving/"], ownership: { accountable: [ml-engineer] } }`, or leave it out.
    5:10 «MLO104» nothing is said about this rule
      label: no severity
      help: Write `error`, `warning`, `info` or `off`.
    6:10 «~» an exemption is a map, and this is empty
      label: not a map
      help: Write it as `{ path: "/courses/", rules: [MLO201], reason: "teaching material" }`.
    "#);
}

#[test]
fn names() {
    let said = errors(
        r#"version: 1
roles: { "@acme/x": {}, "": {}, "a b": {} }
areas: { "/serving/": { paths: ["/serving/"] } }
"#,
    );
    insta::assert_snapshot!(said, @r#"
    2:11 «@acme/x» `@acme/x` is no name for a role
      label: not a name
      help: Names have letters, digits, `-`, `_` and `.`, and up to 100 characters.
    2:25 «""» `` is no name for a role
      label: not a name
      help: Names have letters, digits, `-`, `_` and `.`, and up to 100 characters.
    2:34 «a b» `a b` is no name for a role
      label: not a name
      help: Names have letters, digits, `-`, `_` and `.`, and up to 100 characters.
    3:11 «/serving/» `/serving/` is no name for an area
      label: not a name
      help: Names have letters, digits, `-`, `_` and `.`, and up to 100 characters.
    "#);
}

#[test]
fn numbers_and_truth_values() {
    let said = errors(
        r#"version: 1
roles: { a: {}, b: {} }
areas: { m: { paths: ["/m/"], ownership: { min_owners: 0, teams_only: yes, specific: "true" }, only_where_staffed: 1 }, n: { paths: ["/n/"], ownership: { min_owners: two } } }
"#,
    );
    insta::assert_snapshot!(said, @r"
    3:56 «0» `min_owners` is at least 1
      label: 0 asks nothing
      help: Leave it out to ask nothing.
    3:71 «yes» `teams_only` is true or false
      label: neither
      help: Write `true`, without quotes.
    3:87 «true» `specific` is true or false
      label: neither
      help: Write `true`, without quotes.
    3:116 «1» `only_where_staffed` is true or false
      label: neither
      help: Write `true`, without quotes.
    3:167 «two» `min_owners` is a whole number
      label: not a whole number
      help: Write digits without quotes, such as `2`.
    ");
}

#[test]
fn empty_lists_and_repetitions() {
    let said = errors(
        r#"version: 1
roles: { a: {}, b: {} }
areas: { m: { paths: ["/m/"], ownership: { accountable: [], approvers: [], consulted: [a, a] }, artefacts: [dvc, dvc] } }
exempt: [ { path: "/a/", rules: [], reason: r } ]
"#,
    );
    insta::assert_snapshot!(said, @r"
    3:57 «[]» `accountable` names nobody, so nothing could meet it
      label: empty
      help: Name a role, or write `accountable: null` to ask nothing.
    3:72 «[]» `approvers` names nobody, so nothing could meet it
      label: empty
      help: Name a role, or write `approvers: null` to ask nothing.
    3:91 «a» `a` stands twice in `consulted`
      label: here again
      help: Keep one.
      3:88 «a» first here
    3:114 «dvc» `dvc` stands twice in area `m`
      label: claimed again
      help: A kind of artefact belongs to one area: keep one of the two.
      3:109 «dvc» first claimed here
    4:33 «[]» the exemption names no rule
      label: empty
      help: Name a rule, or leave `rules` out to exempt from all.
    ");
}

#[test]
fn because_twice() {
    let said = errors(
        r#"version: 1
roles: { a: {}, b: {} }
areas: { m: { paths: ["/m/"], because: One., ownership: { accountable: [a], because: Two. } }, n: { paths: ["/n/"], because: "" } }
"#,
    );
    insta::assert_snapshot!(said, @r#"
    3:77 «because» `because` stands twice in one area
      label: here again
      help: Keep one, beside `ownership` or in it: both mean the same.
      3:40 «One.» first here
    3:126 «""» `because` is empty
      label: nothing is said here
    "#);
}
