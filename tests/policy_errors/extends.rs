//! Files that a policy extends and that are not as they should be; floors too.

use std::collections::BTreeMap;

use mlops_lint::policy::{Files, LoadInput, PolicyErrors, hold, load_with};

use super::{known, told};

type Texts<'t> = BTreeMap<&'t str, String>;

/// What is wrong with the policy, its files and its floor.
fn wrong(own: &str, texts: &Texts<'_>) -> Option<PolicyErrors> {
    let read = |path: &str| Ok(texts.get(path).map(|text| text.clone().into_bytes()));
    let files = Files { read: &read, start: "the root of the repository" };
    let known = known();
    let own = LoadInput { name: "mlops-lint.yaml", text: own.as_bytes() };
    load_with(Some(own), &known, files).and_then(|policy| hold(policy, files, None, &known)).err()
}

fn errors(own: &str, files: &[(&'static str, &str)]) -> String {
    let texts = files.iter().map(|&(name, text)| (name, text.to_owned())).collect();
    told(&wrong(own, &texts).expect("a wrong policy"))
}

#[test]
fn names_of_files() {
    let own = "version: 1\nextends: [./a.yaml, /b.yaml, ../c.yaml, a//b.yaml, \"https://acme.com/d.yaml\", \"C:\\\\e.yaml\", \"\", e.yaml]\n";
    insta::assert_snapshot!(errors(own, &[]), @r#"
    2:11 «./a.yaml» the path of a file does not start with `./`
      label: starts elsewhere
      help: Write `a.yaml`: files are named from the root of the repository.
    2:21 «/b.yaml» the path of a file does not start with `/`
      label: starts elsewhere
      help: Write `b.yaml`: files are named from the root of the repository.
    2:30 «../c.yaml» `../c.yaml` is no path within the root of the repository
      label: leads elsewhere
      help: Files are named from the root of the repository, and stay within it, such as `.github/acme-roles.yaml`.
    2:41 «a//b.yaml» `a//b.yaml` is no path within the root of the repository
      label: leads elsewhere
      help: Files are named from the root of the repository, and stay within it, such as `.github/acme-roles.yaml`.
    2:53 «https://acme.com/d.yaml» `https://acme.com/d.yaml` is an address, and nothing is fetched over the network
      label: not a file
      help: Keep a copy of the file in the repository.
    2:80 «C:\\e.yaml» `C:\e.yaml` is no path within the root of the repository
      label: leads elsewhere
      help: Files are named from the root of the repository, and stay within it, such as `.github/acme-roles.yaml`.
    2:93 «""» `` is no path within the root of the repository
      label: leads elsewhere
      help: Files are named from the root of the repository, and stay within it, such as `.github/acme-roles.yaml`.
    2:97 «e.yaml» there is no file `e.yaml`
      label: not there
      help: Files are named from the root of the repository, such as `.github/acme-roles.yaml`.
    "#);
}

#[test]
fn cycles_and_repetitions() {
    let leads_back =
        [("a.yaml", "version: 1\nextends: [b.yaml]\n"), ("b.yaml", "version: 1\nextends: [mlops-lint.yaml]\n")];
    insta::assert_snapshot!(errors("version: 1\nextends: [a.yaml]\n", &leads_back), @r"
    b.yaml 2:11 «mlops-lint.yaml» `extends` leads back to where it starts: `mlops-lint.yaml` → `a.yaml` → `b.yaml` → `mlops-lint.yaml`
      label: leads back
      help: Leave one of them out.
      2:11 «a.yaml» `a.yaml` is extended here
      a.yaml 2:11 «b.yaml» `b.yaml` is extended here
    ");
    insta::assert_snapshot!(errors("version: 1\nextends: [a.yaml]\n", &[("a.yaml", "version: 1\nextends: [a.yaml]\n")]), @r"
    a.yaml 2:11 «a.yaml» `a.yaml` extends itself
      label: leads back
      help: Leave one of them out.
    ");
    let shared = [
        ("a.yaml", "version: 1\nextends: [c.yaml]\n"),
        ("b.yaml", "version: 1\nextends: [c.yaml]\n"),
        ("c.yaml", "version: 1\n"),
    ];
    insta::assert_snapshot!(errors("version: 1\nextends: [a.yaml, b.yaml]\n", &shared), @r"
    b.yaml 2:11 «c.yaml» `c.yaml` is extended twice
      label: here again
      help: Keep one.
      a.yaml 2:11 «c.yaml» first here
    ");
}

#[test]
fn errors_point_into_the_file_that_has_them() {
    let files = [
        ("a.yaml", "version: 1\nroles: { lead: { ownrs: [] } }\n"),
        ("b.yaml", "  \n"),
        ("c.yaml", "version: 3\n"),
        ("d.yaml", "[\n"),
    ];
    insta::assert_snapshot!(errors("version: 1\nextends: [a.yaml]\nrules: { MLO999: off }\n", &files), @r"
    a.yaml 2:18 «ownrs» a role has no key `ownrs`
      label: unknown key
      help: Did you mean `owners`?
    3:10 «MLO999» there is no rule `MLO999`
      label: unknown rule
      help: `mlops-lint rules` lists the rules.
    ");
    insta::assert_snapshot!(errors("version: 1\nextends: [b.yaml, c.yaml, d.yaml]\n", &files), @r"
    2:11 «b.yaml» `b.yaml` is empty
      label: an empty file
      help: Begin it with `version: 1`.
    c.yaml 1:10 «3» this mlops-lint reads version 1 of the policy
      label: another version
      help: Write `version: 1`, or use the mlops-lint that the policy was written for.
    d.yaml 1:1 «[» a `[` or `{` is never closed
      label: the closing one is missing by here
    ");
    // A null takes away what another file refers to.
    let files = [("a.yaml", "version: 1\nroles: { lead: {}, hand: { covered_by: lead } }\n")];
    insta::assert_snapshot!(errors("version: 1\nextends: [a.yaml]\nroles: { lead: null }\n", &files), @r"
    3:10 «lead» role `lead` is removed, and something still refers to it
      label: removed here
      help: Remove or replace what refers to it too, or keep it.
      a.yaml 2:40 «lead» referred to here
    ");
}

#[test]
fn chains_and_crowds_have_an_end() {
    let chain: Vec<(String, String)> =
        (0..10_000).map(|nth| (format!("{nth}.yaml"), format!("version: 1\nextends: [{}.yaml]\n", nth + 1))).collect();
    let chain: Texts<'_> = chain.iter().map(|(name, text)| (name.as_str(), text.clone())).collect();
    insta::assert_snapshot!(told(&wrong("version: 1\nextends: [0.yaml]\n", &chain).expect("too deep")), @r"
    7.yaml 2:11 «8.yaml» more than 8 files extend each other in a row
      label: one too many
      help: Let the policy extend the files itself.
    ");
    let names: Vec<String> = (0..10_000).map(|nth| format!("{nth}.yaml")).collect();
    let crowd: Texts<'_> = names.iter().map(|name| (name.as_str(), "version: 1\n".to_owned())).collect();
    let own = format!("version: 1\nextends: [{}]\n", names.join(", "));
    let errors = wrong(&own, &crowd).expect("too many");
    assert_eq!(errors.errors[0].message, "the policy extends more than 32 files");
    assert!(wrong("version: 1\nextends: [1.yaml, 2.yaml, 3.yaml]\n", &crowd).is_none());
    // As many megabytes as may be.
    let large = format!("version: 1\n# {}\n", "x".repeat(1_000_000));
    let crowd: Texts<'_> = names[..32].iter().map(|name| (name.as_str(), large.clone())).collect();
    assert!(wrong(&format!("version: 1\nextends: [{}]\n", names[..32].join(", ")), &crowd).is_none());
    let too_large: Texts<'_> = [("a.yaml", "#".repeat(1_100_000))].into();
    let errors = told(&wrong("version: 1\nextends: [a.yaml]\n", &too_large).expect("too large"));
    assert!(errors.contains("`a.yaml` is larger than 1024 KiB"), "{errors}");
}

#[test]
fn floors() {
    insta::assert_snapshot!(errors("version: 1\nfloor: floor.yaml\n", &[]), @r"
    2:8 «floor.yaml» there is no file `floor.yaml`
      label: not there
      help: Files are named from the root of the repository, such as `.github/acme-roles.yaml`.
    ");
    insta::assert_snapshot!(errors("version: 1\nfloor: [floor.yaml]\n", &[]), @r"
    2:8 «[floor.yaml]» the floor is a text, and this is a list
      label: not a text
    ");
    insta::assert_snapshot!(errors("version: 1\nfloor: /floor.yaml\n", &[]), @r"
    2:8 «/floor.yaml» the path of a file does not start with `/`
      label: starts elsewhere
      help: Write `floor.yaml`: files are named from the root of the repository.
    ");
    let files = [("floor.yaml", "version: 1\nextends: [roles.yaml]\n"), ("roles.yaml", "version: 1\nrole: {}\n")];
    insta::assert_snapshot!(errors("version: 1\nfloor: floor.yaml\n", &files), @r"
    roles.yaml 2:1 «role» a policy has no key `role`
      label: unknown key
      help: Did you mean `roles`?
    ");
    let files = [("floor.yaml", "version: 1\nfloor: other.yaml\n")];
    insta::assert_snapshot!(errors("version: 1\nfloor: floor.yaml\n", &files), @r"
    floor.yaml 2:8 «other.yaml» a floor has no floor of its own
      label: a floor of a floor
      help: Leave it out; what several floors share can be a file that both extend.
    ");
}

#[test]
fn the_rule_of_the_floor_is_not_the_policys() {
    let mut known = known();
    known.rules.push(("MLO506", "below-floor"));
    let text = b"version: 1\nrules: { MLO506: off }\nexempt: [{ path: /a/, rules: [below-floor], reason: no }]\n";
    let errors = mlops_lint::policy::load(Some(LoadInput { name: "mlops-lint.yaml", text }), &known);
    insta::assert_snapshot!(told(&errors.expect_err("a wrong policy")), @r"
    2:10 «MLO506» no policy can set or exempt from MLO506 below-floor
      label: what holds a policy to its floor
      help: Leave it out.
    3:31 «below-floor» no policy can set or exempt from MLO506 below-floor
      label: what holds a policy to its floor
      help: Leave it out.
    ");
}
