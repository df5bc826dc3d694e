//! Well-formed policies that cannot be meant so.

use super::errors;

#[test]
fn patterns() {
    let said = errors(
        r#"version: 1
exclude:
  paths: ["configs/", models, "*", "!/a/", "/a[bc]/", '/a[b]', "/\u0061[", "/a/../b", "./a", "/", "\\#a", "/a\\", "", "/a\nb", "*_test.py", /bare]
"#,
    );
    insta::assert_snapshot!(said, @r#"
    3:12 «configs/» `configs/` does not say where it starts
      label: at the root, or anywhere?
      help: Write `/configs/` for the one at the root, or `**/configs/` for every one.
    3:23 «models» `models` does not say where it starts
      label: at the root, or anywhere?
      help: Write `/models` for the one at the root, or `**/models` for every one.
    3:32 «*» `*` does not say where it starts
      label: every path
      help: Write `/**`.
    3:37 «!» `!/a/` is a negation, and patterns have none
      label: no `!` here
      help: Name the paths that are meant; `exclude` and `exempt` take paths out.
    3:47 «[» `/a[bc]/` has a bracket, and patterns have no character ranges
      label: not a range
      help: Write one pattern for each character, or `?` for any; `\[` is a bracket in a name.
    3:58 «[» `/a[b]` has a bracket, and patterns have no character ranges
      label: not a range
      help: Write one pattern for each character, or `?` for any; `\[` is a bracket in a name.
    3:65 «/\u0061[» `/a[` has a bracket, and patterns have no character ranges
      label: not a range
      help: Write one pattern for each character, or `?` for any; `\[` is a bracket in a name.
    3:77 «/a/../b» `/a/../b` matches no path: git knows no `..`
      label: no path
      help: Patterns start at the root of the repository, and stay within it.
    3:88 «./a» `./a` matches no path: git knows no `.`
      label: no path
      help: Write `/a`: patterns start at the root of the repository.
    3:95 «/» `/` matches no path
      label: no path
      help: `/**` is every path.
    3:100 «\\#a» `\#a` starts with `\#`
      label: no such escape
      help: Start with `/` or `**/`: `/#name`.
    3:108 «/a\\» `/a\` ends in a backslash
      label: escapes nothing
      help: Directories end in `/`.
    3:115 «""» a path pattern is empty
      label: no pattern
      help: `/**` is every path.
    3:120 «/a\nb» a path pattern holds a control character or a line break
      label: here
      help: Write the pattern on one line, one pattern a list item.
    3:129 «*_test.py» `*_test.py` does not say where it starts
      label: at the root, or anywhere?
      help: Write `/*_test.py` for the one at the root, or `**/*_test.py` for every one.
    "#);
    let said = errors(
        r"version: 1
exclude: { paths: [/x[y]/] }
",
    );
    insta::assert_snapshot!(said, @r"
    2:22 «[» a comma or a closing bracket is missing before this
      label: unexpected here
      help: Quote values that hold brackets, braces or commas.
    ");
    let said = errors(
        r"version: 1
exclude:
  paths:
    - /x[y]/
",
    );
    insta::assert_snapshot!(said, @r"
    4:9 «[» `/x[y]/` has a bracket, and patterns have no character ranges
      label: not a range
      help: Write one pattern for each character, or `?` for any; `\[` is a bracket in a name.
    ");
}

#[test]
fn contradictions() {
    let said = errors(
        r#"version: 1
roles: { a: {}, b: {} }
areas:
  one:   { paths: ["/1/"], ownership: { accountable: [b], consulted: [a], approvers: [b] } }
  two:   { paths: ["/2/"], ownership: { accountable: [a], approvers: [b] } }
  three: { paths: ["/3/"], ownership: { accountable: [a], approvers: [a, b], never_alone: [b, a] } }
  four:  { paths: ["/4/"], ownership: { accountable: ["@ana", "bo@acme.com"], teams_only: true } }
  five:  { paths: ["/5/"], only_where_staffed: true }
"#,
    );
    insta::assert_snapshot!(said, @r#"
    4:71 «a» area `one` asks `a` and lets only others approve
      label: asked as an owner, so approves alone
      help: Add `a` to `approvers`, or take it out of `consulted`: every owner of an entry can approve alone.
      4:86 «[b]» the only ones who may
    5:54 «[a]» nobody who is accountable in area `two` may approve
      label: one of these is asked as an owner
      help: Let `approvers` hold one who is accountable.
      5:70 «[b]» none of them is here
    6:91 «[b, a]» nobody can approve in area `three`
      label: every approver is here
      help: Let `approvers` hold one who may approve alone.
      6:70 «[a, b]» the approvers
    7:91 «true» only teams count in area `four`, and no team is accountable
      label: teams only
      help: Name a team, or leave `teams_only` out.
      7:54 «["@ana", "bo@acme.com"]» individuals only
    8:48 «true» nobody is accountable in area `five` who could be staffed
      label: speaks of `accountable`, which is missing
      help: Add `ownership: { accountable: […] }`, or leave this out.
    "#);
}

#[test]
fn areas_that_no_file_can_be_in() {
    let said = errors(
        r"version: 1
extends: [builtin:ml-team]
areas: { servng: { ownership: { accountable: [ml-engineer] } }, mine: { is: serving } }
",
    );
    insta::assert_snapshot!(said, @r"
    3:10 «servng» no file can be in area `servng`
      label: has neither paths nor artefacts, and the catalogue does not know it
      help: Did you mean `serving`? Else give it `paths` or `artefacts`.
    3:65 «mine» no file can be in area `mine`
      label: has neither paths nor artefacts, and the catalogue does not know it
      help: Give it `paths` or `artefacts`.
    ");
}

#[test]
fn one_kind_in_two_areas() {
    let said = errors(
        r"version: 1
extends: [builtin:ml-team]
areas: { serving: { artefacts: [dvc] }, training: { artefacts: [dvc] } }
",
    );
    insta::assert_snapshot!(said, @r"
    3:65 «dvc» areas `serving` and `training` both claim the kind `dvc`
      label: claimed again
      help: A kind of artefact belongs to one area: keep one of the two.
      3:33 «dvc» first claimed here
    ");
}

#[test]
fn crossing_areas() {
    let said = errors(
        r#"version: 1
roles: { a: {}, b: {} }
areas:
  m: { paths: ["/ml/"], ownership: { accountable: [a] } }
  n: { paths: ["**/serve/"], ownership: { accountable: [b] } }
  o: { paths: ["/x/"], ownership: { accountable: [a] } }
  p: { paths: ["/x/**"], ownership: { accountable: [b] } }
"#,
    );
    insta::assert_snapshot!(said, @"
    5:17 «**/serve/» areas `m` and `n` both claim `ml/serve/new` and ask different owners for it
      label: area `n`: neither contains the other
      help: Let one pattern be contained in the other, and it wins; or let both ask the same with `is: m`.
      4:17 «/ml/» area `m`
    6:17 «/x/» areas `n` and `o` both claim `x/serve/new` and ask different owners for it
      label: area `o`: neither contains the other
      help: Let one pattern be contained in the other, and it wins; or let both ask the same with `is: n`.
      5:17 «**/serve/» area `n`
    7:17 «/x/**» areas `o` and `p` both claim `x/new` and ask different owners for it
      label: area `p`: match the same paths
      help: Let one pattern be contained in the other, and it wins; or let both ask the same with `is: o`.
      6:17 «/x/» area `o`
    ");
}

#[test]
fn exemptions() {
    let said = errors(
        r#"version: 1
exempt:
  - { path: "/a/" }
  - { reason: r }
  - { path: "/a/", reason: " ", expires: soon }
  - { path: "/a/", reason: r, expires: 2027-02-30 }
  - { path: "/a/", reason: ~, rules: MLO201 }
"#,
    );
    insta::assert_snapshot!(said, @r#"
    3:5 «{ path: "/a/" }» an exemption has `reason`, and this one has none
      label: `reason` is missing
      help: Write it as `{ path: "/courses/", rules: [MLO201], reason: "teaching material" }`.
    4:5 «{ reason: r }» an exemption has `path`, and this one has none
      label: `path` is missing
      help: Write it as `{ path: "/courses/", rules: [MLO201], reason: "teaching material" }`.
    5:29 « » the reason is empty
      label: nothing is said here
    5:42 «soon» `soon` is no date
      label: not a date
      help: Write year, month and day: `expires: 2027-06-30`.
    6:40 «2027-02-30» `2027-02-30` is not a day of the calendar
      label: no such day
      help: Write year, month and day: `expires: 2027-06-30`.
    7:20 «reason» an exemption has `reason`, and this one has none
      label: `reason` is missing
      help: Write it as `{ path: "/courses/", rules: [MLO201], reason: "teaching material" }`.
    7:38 «MLO201» `rules` is a list, and this is a single value
      label: not a list
      help: Write it as `["MLO201"]`.
    "#);
}

#[test]
fn one_rule_twice() {
    let said = errors(
        r"version: 1
rules: { MLO104: error, dead-entry: off }
",
    );
    insta::assert_snapshot!(said, @r"
    2:25 «dead-entry» `dead-entry` names the rule MLO104 again
      label: here again
      help: Keep one.
      2:10 «MLO104» first here
    ");
}

#[test]
fn where_codeowners_is() {
    let said = errors(
        r"version: 1
codeowners: { path: ../CODEOWNERS, dialect: gitlab }
",
    );
    insta::assert_snapshot!(said, @r"
    2:21 «../CODEOWNERS» `../CODEOWNERS` is no path within the repository
      label: not within the repository
      help: Write it relative to the root: `path: .github/CODEOWNERS`.
    ");
    let said = errors(
        r#"version: 1
codeowners: { path: "", dialect: githb }
"#,
    );
    insta::assert_snapshot!(said, @r#"
    2:21 «""» the path of CODEOWNERS is empty
      label: nothing is said here
    2:34 «githb» `githb` is no CODEOWNERS dialect
      label: unknown word
      help: Did you mean `github`? The words are `github`, `gitlab`, `bitbucket`, `gitea`, `forgejo`, `auto`.
    "#);
    let said = errors(
        r"version: 1
codeowners: { path: /CODEOWNERS, dialect: [a] }
",
    );
    insta::assert_snapshot!(said, @r"
    2:21 «/CODEOWNERS» `/CODEOWNERS` is no path within the repository
      label: not within the repository
      help: Write it relative to the root: `path: .github/CODEOWNERS`.
    2:43 «[a]» a CODEOWNERS dialect is a text, and this is a list
      label: not a text
    ");
}
