//! Bytes, YAML, versions and packs: what keeps a file from being read as a policy.

use mlops_lint::policy::{MAX_BYTES, load_builtin};

use super::{errors, fails, known, told};

#[test]
fn empty_files() {
    insta::assert_snapshot!(errors(""), @r"
    - the policy is empty
      help: Start with `version: 1` and `extends: [builtin:ml-team]`.
    ");
    insta::assert_snapshot!(errors("# nothing\n"), @r"
    1:1 «#» the policy is empty
      label: nothing is said in this file
      help: Start with `version: 1` and `extends: [builtin:ml-team]`.
    ");
    insta::assert_snapshot!(errors("---\n"), @r"
    1:1 «-» the policy is empty
      label: nothing is said in this file
      help: Start with `version: 1` and `extends: [builtin:ml-team]`.
    ");
}

#[test]
fn other_shapes_than_a_map() {
    insta::assert_snapshot!(errors("[a]\n"), @r"
    1:1 «[a]» a policy is a map, and this is a list
      label: not a map
      help: Start with `version: 1` and `extends: [builtin:ml-team]`.
    ");
    insta::assert_snapshot!(errors("hello\n"), @r"
    1:1 «hello» a policy is a map, and this is a single value
      label: not a map
      help: Start with `version: 1` and `extends: [builtin:ml-team]`.
    ");
}

#[test]
fn syntax() {
    let said = errors(
        r"version: 1
no_role: [a
roles: {}
",
    );
    insta::assert_snapshot!(said, @r"
    3:6 «:» no `key:` can stand here
      label: this colon
      help: Check the indentation and the brackets above, and quote the value if the colon belongs to it.
    ");
    insta::assert_snapshot!(errors("version: 1\nroles:\n\ta: {}\n"), @r"
    3:1 «	» a tab indents this line
      label: a tab
      help: Indent with spaces.
    ");
    let said = errors(
        r#"version: 1
roles: "a
"#,
    );
    insta::assert_snapshot!(said, @r#"
    2:8 «"» this quote is never closed
      label: opened here
    "#);
    insta::assert_snapshot!(errors("version: 1: 2\n"), @r"
    1:11 «:» no `key:` can stand here
      label: this colon
      help: Check the indentation and the brackets above, and quote the value if the colon belongs to it.
    ");
    let said = errors(
        r"roles:
   a: {}
  b: {}
",
    );
    insta::assert_snapshot!(said, @r"
    3:3 «b:» this line is indented unlike those it belongs to
      label: not where a key was expected
      help: Give the keys of one map the same number of spaces.
    ");
}

#[test]
fn unquoted_owners_and_patterns() {
    insta::assert_snapshot!(errors("roles: { a: { owners: [@acme/x, b] } }\n"), @r#"
    1:24 «@acme/x» an unquoted YAML value cannot start with `@`
      label: quotes are missing
      help: Quote it: "@acme/x"
    "#);
    let said = errors(
        r"roles:
  a:
    owners:
      - @acme/x # team
",
    );
    insta::assert_snapshot!(said, @r#"
    4:9 «@acme/x» an unquoted YAML value cannot start with `@`
      label: quotes are missing
      help: Quote it: "@acme/x"
    "#);
    insta::assert_snapshot!(errors("areas: { a: { paths: [*.onnx] } }\n"), @r#"
    1:23 «*.onnx» an unquoted `*` starts a YAML alias, not a pattern
      label: quotes are missing
      help: Quote it: "*.onnx"
    "#);
    insta::assert_snapshot!(errors("areas: { a: { paths: [**/a/] } }\n"), @r#"
    1:23 «**/a/» an unquoted `*` starts a YAML alias, not a pattern
      label: quotes are missing
      help: Quote it: "**/a/"
    "#);
    let said = errors(
        r"areas:
  a:
    paths:
      - *
",
    );
    insta::assert_snapshot!(said, @r#"
    4:9 «*» an unquoted `*` starts a YAML alias, not a pattern
      label: quotes are missing
      help: Quote it: "*"
    "#);
    insta::assert_snapshot!(errors("areas: { a: { paths: [!x/y] } }\n"), @r#"
    1:23 «!x/y» an unquoted `!` starts a YAML tag
      label: a policy has no tags
      help: Quote it: "!x/y"
    "#);
    insta::assert_snapshot!(errors("roles: { a: { owners: [&x] } }\n"), @r"
    1:24 «&x» a policy has no YAML anchors and aliases
      label: an anchor
      help: Write the value out; an area takes over the expectation of another with `is`.
    ");
    insta::assert_snapshot!(errors("roles: { a: { owners: [`x`] } }\n"), @r#"
    1:24 «`x`» an unquoted YAML value cannot start with ```
      label: quotes are missing
      help: Quote it: "`x`"
    "#);
}

#[test]
fn yaml_that_a_policy_does_not_need() {
    let said = errors(
        r"a: &x 1
b: *x
",
    );
    insta::assert_snapshot!(said, @r"
    1:4 «&x» a policy has no YAML anchors and aliases
      label: an anchor
      help: Write the value out; an area takes over the expectation of another with `is`.
    ");
    insta::assert_snapshot!(errors("a: *x\n"), @r#"
    1:4 «*x» an unquoted `*` starts a YAML alias, not a pattern
      label: quotes are missing
      help: Quote it: "*x"
    "#);
    insta::assert_snapshot!(errors("version: !!int 1\n"), @r"
    1:10 «!!int» an unquoted `!` starts a YAML tag
      label: a policy has no tags
      help: Leave it out.
    ");
    let said = errors(
        r"version: 1
---
version: 1
",
    );
    insta::assert_snapshot!(said, @r"
    2:1 «---» a second YAML document starts here
      label: the policy ends before this
      help: Keep one document, without a `---` between.
    ");
    let said = errors(
        r"? [a]
: b
",
    );
    insta::assert_snapshot!(said, @r"
    1:3 «[a]» a key is a list here
      label: a key is a word
    ");
    insta::assert_snapshot!(errors(&format!("a: {}\n", "[".repeat(40))), @r"
    1:36 «[» the policy is nested too deep
      label: deeper than any policy needs
    ");
}

#[test]
fn duplicate_keys() {
    let said = errors(
        r"version: 1
roles:
  a: {}
  b: {}
  a: {}
roles: {}
",
    );
    insta::assert_snapshot!(said, @r"
    5:3 «a» `a` stands twice in one map
      label: here again
      help: Keep one of them, or join what they hold.
      3:3 «a» first here
    6:1 «roles» `roles` stands twice in one map
      label: here again
      help: Keep one of them, or join what they hold.
      2:1 «roles» first here
    ");
}

#[test]
fn version() {
    insta::assert_snapshot!(errors("roles: {}\n"), @r"
    1:1 «roles» the policy does not say its version
      label: `version` is missing
      help: Begin the file with `version: 1`.
    ");
    insta::assert_snapshot!(errors("version: 2\n"), @r"
    1:10 «2» this mlops-lint reads version 1 of the policy
      label: another version
      help: Write `version: 1`, or use the mlops-lint that the policy was written for.
    ");
    insta::assert_snapshot!(errors("version: \"one\"\n"), @r"
    1:11 «one» this mlops-lint reads version 1 of the policy
      label: another version
      help: Write `version: 1`, or use the mlops-lint that the policy was written for.
    ");
}

#[test]
fn extends() {
    let said = errors(
        r"version: 1
extends: builtin:ml-team
",
    );
    insta::assert_snapshot!(said, @r#"
    2:10 «builtin:ml-team» `extends` is a list, and this is a single value
      label: not a list
      help: Write it as `["builtin:ml-team"]`.
    "#);
    let said = errors(
        r"version: 1
extends: [ml-team, builtin:ml-teem, builtin:oss, .github/acme.yaml]
",
    );
    insta::assert_snapshot!(said, @r"
    2:11 «ml-team» `ml-team` names no file
      label: not a file
      help: Write `builtin:ml-team`.
    2:20 «builtin:ml-teem» there is no policy `builtin:ml-teem`
      label: unknown pack
      help: Did you mean `builtin:ml-team`?
    2:37 «builtin:oss» there is no policy `builtin:oss`
      label: unknown pack
      help: The packs are: `builtin:ml-team`.
    2:50 «.github/acme.yaml» there is no file `.github/acme.yaml`
      label: not there
      help: Files are named from the root of the repository, such as `.github/acme-roles.yaml`.
    ");
    let said = errors(
        r"version: 1
extends: [builtin:ml-team, builtin:ml-team]
",
    );
    insta::assert_snapshot!(said, @r"
    2:28 «builtin:ml-team» `builtin:ml-team` is extended twice
      label: here again
      help: Keep one.
      2:11 «builtin:ml-team» first here
    ");
}

#[test]
fn bytes_that_are_not_utf_8() {
    insta::assert_snapshot!(told(&fails(b"version: 1\n# caf\xe9 au lait\n")), @r"
    2:6 «�» the policy is not UTF-8
      label: byte 0xE9
      help: Save the file as UTF-8.
    ");
    insta::assert_snapshot!(told(&fails(b"version: 1\nfail_on: \xff")), @r"
    2:10 «�» the policy is not UTF-8
      label: byte 0xFF
      help: Save the file as UTF-8.
    ");
}

#[test]
fn files_too_large_to_be_a_policy() {
    insta::assert_snapshot!(told(&fails(&vec![b'#'; MAX_BYTES + 1])), @r"
    - the policy is larger than 1024 KiB
      help: Join paths with directories and `*`; a policy names rules, not files.
    ");
    let wide = format!("version: 1\nno_role: [{}]\n", "a,".repeat(60_000));
    insta::assert_snapshot!(errors(&wide), @r"
    2:100005 «a» the policy has too many values
      label: 50000 stand before this one, and no more are read
    ");
}

#[test]
fn packs_that_are_not_there() {
    let error = load_builtin("ml-taem", &known()).expect_err("no such pack");
    insta::assert_snapshot!(told(&error), @r"
    - there is no policy `builtin:ml-taem`
      help: Did you mean `builtin:ml-team`?
    ");
    let error = load_builtin("oss", &known()).expect_err("no such pack");
    insta::assert_snapshot!(told(&error), @r"
    - there is no policy `builtin:oss`
      help: The packs are: `builtin:ml-team`.
    ");
}

#[test]
fn errors_print_as_one_line_each() {
    let errors = fails(b"roles: {}\nfail_on: of\n");
    insta::assert_snapshot!(errors.to_string(), @r"
    mlops-lint.yaml:1:1: the policy does not say its version
    ");
    insta::assert_snapshot!(fails(&vec![b'#'; MAX_BYTES + 1]).to_string(), @r"
    mlops-lint.yaml: the policy is larger than 1024 KiB
    ");
}
