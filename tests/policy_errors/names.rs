//! Owners, roles, areas, kinds and rules that nobody knows, and chains of them that never end.

use super::errors;

#[test]
fn owners() {
    let said = errors(
        r#"version: 1
roles:
  a: { owners: [acme/ml, ana, "@", "@acme/a/b", "@a@b", "@a b", "ana@acme", "*@acme.com", "@*", "@acme/ok*"] }
  b: { owners: ["@Acme/X", "@acme/x"] }
no_role: ["@acme/x"]
"#,
    );
    insta::assert_snapshot!(said, @r#"
    3:17 «acme/ml» `acme/ml` is no owner
      label: the `@` is missing
      help: Write `"@acme/ml"`.
    3:26 «ana» `ana` is no owner
      label: the `@` is missing
      help: Write `"@ana"`.
    3:32 «@» `@` is no owner
      label: a name is missing
      help: An owner is `@user`, `@organisation/team` (either may hold `*`), `@@maintainer`, or an e-mail.
    3:50 «@a@b» `@a@b` is no owner
      label: more than one owner
      help: An owner is `@user`, `@organisation/team` (either may hold `*`), `@@maintainer`, or an e-mail.
    3:58 «@a b» `@a b` is no owner
      label: one owner a list item, without blanks
      help: An owner is `@user`, `@organisation/team` (either may hold `*`), `@@maintainer`, or an e-mail.
    3:66 «ana@acme» `ana@acme` is no owner
      label: not an e-mail
      help: An owner is `@user`, `@organisation/team` (either may hold `*`), `@@maintainer`, or an e-mail.
    3:78 «*@acme.com» `*@acme.com` is no owner
      label: `*` works in handles only
      help: Name each e-mail by itself.
    3:92 «@*» `@*` is no owner
      label: `*` alone would be everybody
      help: Keep a part of the name: `"@acme/*"` or `"@acme-*"`.
    4:29 «@acme/x» `@acme/x` stands twice in role `b`
      label: here again
      help: Handles are compared without case: keep one.
      4:18 «@Acme/X» first here
    5:12 «@acme/x» `@acme/x` has no role and role `b` at once
      label: no role, says this
      help: Keep the one that is true.
      4:18 «@Acme/X» a role, says this
    "#);
}

#[test]
fn unknown_roles() {
    let said = errors(
        r"version: 1
extends: [builtin:ml-team]
roles: { a: { covered_by: data-scientst } }
areas:
  serving: { ownership: { accountable: [ml-enginer, acme/ml], consulted: [nobody-at-all] } }
",
    );
    insta::assert_snapshot!(said, @r#"
    3:27 «data-scientst» there is no role `data-scientst`
      label: unknown role
      help: Did you mean `data-scientist`?
    5:41 «ml-enginer» there is no role `ml-enginer`
      label: unknown role
      help: Did you mean `ml-engineer`?
    5:53 «acme/ml» there is no role `acme/ml`
      label: unknown role
      help: Roles have no `/`: for a team, write `"@acme/ml"`.
    5:75 «nobody-at-all» there is no role `nobody-at-all`
      label: unknown role
      help: Known are `a`, `business-analyst`, `data-engineer`, `data-scientist`, `ml-engineer` and `mlops-engineer`.
    "#);
    let said = errors(
        r"version: 1
extends: [builtin:ml-team]
roles: { business-analyst: ~ }
",
    );
    insta::assert_snapshot!(said, @r"
    3:10 «business-analyst» role `business-analyst` is removed, and something still refers to it
      label: removed here
      help: Remove or replace what refers to it too, or keep it.
      builtin:ml-team 144:21 «business-analyst» referred to here
    ");
}

#[test]
fn unknown_areas() {
    let said = errors(
        r#"version: 1
extends: [builtin:ml-team]
areas: { mine: { is: servng, paths: ["/m/"] } }
"#,
    );
    insta::assert_snapshot!(said, @r"
    3:22 «servng» there is no area `servng`
      label: unknown area
      help: Did you mean `serving`?
    ");
    let said = errors(
        r#"version: 1
extends: [builtin:ml-team]
areas: { prompts: ~, mine: { is: prompts, paths: ["/m/"] } }
"#,
    );
    insta::assert_snapshot!(said, @r"
    3:10 «prompts» area `prompts` is removed, and something still refers to it
      label: removed here
      help: Remove or replace what refers to it too, or keep it.
      3:34 «prompts» referred to here
    ");
}

#[test]
fn unknown_kinds() {
    let said = errors(
        r#"version: 1
extends: [builtin:ml-team]
areas: { serving: { artefacts: [ksreve, "*.yaml", something] } }
"#,
    );
    insta::assert_snapshot!(said, @r"
    3:33 «ksreve» there is no kind of artefact `ksreve`
      label: unknown kind
      help: Did you mean `kserve`?
    3:42 «*.yaml» there is no kind of artefact `*.yaml`
      label: unknown kind
      help: Patterns belong under `paths`.
    3:51 «something» there is no kind of artefact `something`
      label: unknown kind
      help: Known are `kserve`, `bentoml`, `dvc` and `notebook`.
    ");
}

#[test]
fn unknown_rules_and_severities() {
    let said = errors(
        r#"version: 1
exempt: [ { path: "/a/", rules: [MLO999, unownd], reason: r } ]
rules: { dead-entri: error, MLO104: warn, MLO111: false, MLO201: { severity: fatal } }
fail_on: off
areas: { m: { paths: ["/m/"], severity: off } }
"#,
    );
    insta::assert_snapshot!(said, @r"
    2:34 «MLO999» there is no rule `MLO999`
      label: unknown rule
      help: `mlops-lint rules` lists the rules.
    2:42 «unownd» there is no rule `unownd`
      label: unknown rule
      help: Did you mean `unowned` (`MLO201`)?
    3:10 «dead-entri» there is no rule `dead-entri`
      label: unknown rule
      help: Did you mean `dead-entry` (`MLO104`)?
    3:37 «warn» `warn` is no severity of a rule
      label: unknown word
      help: Did you mean `warning`? The words are `error`, `warning`, `info`, `off`.
    3:51 «false» `false` is no severity of a rule
      label: unknown word
      help: Did you mean `off`? The words are `error`, `warning`, `info`, `off`.
    3:78 «fatal» `fatal` is no severity of a rule
      label: unknown word
      help: The words are `error`, `warning`, `info`, `off`.
    4:10 «off» `off` is no severity to fail on
      label: unknown word
      help: Did you mean `never`? The words are `error`, `warning`, `info`, `never`.
    5:41 «off» `off` is no severity
      label: unknown word
      help: The words are `error`, `warning`, `info`.
    ");
}

#[test]
fn cycles() {
    let said = errors(
        r#"version: 1
roles: { a: {}, b: {} }
areas: { x: { is: y }, y: { is: z, paths: ["/y/"] }, z: { is: x } }
"#,
    );
    insta::assert_snapshot!(said, @r"
    3:19 «y» `is` leads back to where it starts: `x` → `y` → `z` → `x`
      label: starts here
      help: One of them must say its own `ownership`.
      3:33 «z» `y` goes on here
      3:63 «x» `z` goes on here
    ");
    let said = errors(
        r"version: 1
roles: { a: { covered_by: b }, b: { covered_by: a }, c: { covered_by: c } }
",
    );
    insta::assert_snapshot!(said, @r"
    2:27 «b» `covered_by` leads back to where it starts: `a` → `b` → `a`
      label: starts here
      help: Leave one out: who stands in must be somebody else.
      2:49 «a» `b` goes on here
    2:71 «c» `c` names itself under `covered_by`
      label: itself
      help: Leave one out: who stands in must be somebody else.
    ");
}
