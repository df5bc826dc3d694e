//! What a repository's policy says more loosely than its floor is a finding at both places, and changes no verdict.

#![expect(clippy::unwrap_used, reason = "clippy excuses tests, but not the functions they share")]

mod support;

use std::collections::BTreeSet;

use support::{Repo, Run};

const CODEOWNERS: &str = "\
* @acme/all
/serve/ @acme/ds @ana
/deploy/ @acme/ds @acme/mle
/train/ @acme/mle
";
const FLOOR: &str = r#"version: 1
roles:
  data-scientist: { owners: ["@acme/ds"] }
  ml-engineer: { owners: ["@acme/mle", "@acme/mle-eu"] }
  mlops-engineer: { owners: ["@acme/ops"] }
  helper: {}
areas:
  serving:
    paths: ["/serve/", "/api/"]
    artefacts: [kserve]
    severity: error
    ownership:
      accountable: [ml-engineer, mlops-engineer]
      approvers: [ml-engineer, mlops-engineer]
      consulted: [mlops-engineer]
      min_owners: 3
      teams_only: true
  deployment:
    paths: ["/deploy/"]
    ownership:
      never_alone: [data-scientist]
      specific: true
  training:
    paths: ["/train/"]
    ownership: { accountable: [data-scientist] }
exclude: { defaults: false }
exempt:
  - { path: "/serve/demo/", rules: [MLO301], reason: "for show", expires: 2027-01-31 }
rules: { MLO301: error, MLO104: { severity: error, allow: ["/legacy/"] } }
fail_on: warning
codeowners: { path: .github/CODEOWNERS, dialect: github }
"#;

fn repo(policy: &str) -> Repo {
    Repo::new(&[
        (".github/CODEOWNERS", CODEOWNERS),
        ("floor.yaml", FLOOR),
        ("mlops-lint.yaml", &format!("version: 1\nfloor: floor.yaml\n{policy}")),
        ("serve/a.py", ""),
        ("serve/demo/b.py", ""),
        ("api/c.py", ""),
        ("deploy/d.yaml", ""),
        ("train/e.py", ""),
        ("isvc.yaml", "apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\n"),
        ("own.yaml", "* @acme/mle\n"),
    ])
}

fn check(policy: &str) -> Run {
    repo(policy).run(&["--format", "json", "--today", "2026-06-01"])
}

/// Each MLO506 as its message, and its places as `file: the characters`.
fn loosened(policy: &str) -> String {
    let run = check(policy);
    assert_eq!(run.code, 1, "{policy}\n{}{}", run.stdout, run.stderr);
    assert!(verdicts(&run).is_superset(&floor_alone()), "{policy}\n{}", run.stdout);
    told(&run, policy)
}

fn told(run: &Run, policy: &str) -> String {
    let own = format!("version: 1\nfloor: floor.yaml\n{policy}");
    let report = run.json();
    let mut lines = Vec::new();
    for finding in report["findings"].as_array().unwrap().iter().filter(|finding| finding["rule"] == "MLO506") {
        assert_eq!(finding["severity"], "error");
        lines.push(finding["message"].as_str().unwrap().to_owned());
        for place in finding["places"].as_array().unwrap() {
            let path = place["path"].as_str().unwrap();
            let text = match path {
                "floor.yaml" => FLOOR,
                "mlops-lint.yaml" => &own,
                _ => "",
            };
            let offset = |end: &str| usize::try_from(place[end]["offset"].as_u64().unwrap()).unwrap();
            let said = text.get(offset("start")..offset("end")).unwrap_or_default();
            lines.push(format!("  {path} «{said}» {}", place["label"].as_str().unwrap()));
        }
    }
    lines.join("\n")
}

/// Everything that fails, by rule and path.
fn verdicts(run: &Run) -> BTreeSet<(String, String)> {
    let report = run.json();
    let findings = report["findings"].as_array().unwrap().iter();
    let failing = findings.filter(|finding| finding["rule"] != "MLO506" && finding["severity"] != "info");
    let paths = failing.flat_map(|finding| {
        let rule = finding["rule"].as_str().unwrap().to_owned();
        let sample = finding["paths"]["sample"].as_array().cloned().unwrap_or_default();
        sample.into_iter().map(move |path| (rule.clone(), path.as_str().unwrap().to_owned()))
    });
    paths.collect()
}

/// What fails where the floor is the policy.
fn floor_alone() -> BTreeSet<(String, String)> {
    verdicts(&repo("").run(&["--format", "json", "--today", "2026-06-01", "--policy", "floor.yaml"]))
}

#[test]
fn a_policy_that_says_nothing_is_judged_by_the_floor() {
    let run = check("");
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(verdicts(&run).is_superset(&floor_alone()));
    let told: Vec<String> = verdicts(&run).into_iter().map(|(rule, path)| format!("{rule} {path}")).collect();
    insta::assert_snapshot!(told.join("\n"), @r"
    MLO202 isvc.yaml
    MLO301 serve/a.py
    MLO301 train/e.py
    MLO302 api/c.py
    MLO302 isvc.yaml
    MLO303 serve/demo/b.py
    MLO311 serve/demo/b.py
    MLO312 deploy/d.yaml
    MLO314 serve/a.py
    MLO314 serve/demo/b.py
    ");
}

#[test]
fn parties() {
    insta::assert_snapshot!(loosened("areas: { serving: { ownership: { accountable: [ml-engineer, data-scientist] } } }\nroles: { data-scientist: {}, ml-engineer: {} }\n"), @r"
    area `serving` is content with `data-scientist`, and the floor asks for more
      mlops-lint.yaml «data-scientist» looser than the floor
      floor.yaml «[ml-engineer, mlops-engineer]» the floor: `accountable: [ml-engineer, mlops-engineer]`
    ");
    insta::assert_snapshot!(loosened("areas: { serving: { ownership: { approvers: [\"@acme/*\"] } } }\n"), @r"
    area `serving` is content with the approval of `@acme/*`, and the floor asks for more
      mlops-lint.yaml «@acme/*» looser than the floor
      floor.yaml «[ml-engineer, mlops-engineer]» the floor: `approvers: [ml-engineer, mlops-engineer]`
    ");
    insta::assert_snapshot!(loosened("areas: { serving: { ownership: { consulted: [\"@acme/mle\"] } } }\n"), @r#"
    area `serving` does not ask `mlops-engineer`, and the floor asks for more
      mlops-lint.yaml «["@acme/mle"]» looser than the floor
      floor.yaml «mlops-engineer» the floor: `consulted: [mlops-engineer]`
    "#);
    insta::assert_snapshot!(loosened("roles: { helper: {} }\nareas: { deployment: { ownership: { never_alone: [helper] } } }\n"), @r"
    area `deployment` may be approved alone by `data-scientist`, and the floor asks for more
      mlops-lint.yaml «[helper]» looser than the floor
      floor.yaml «data-scientist» the floor: `never_alone: [data-scientist]`
    ");
}

#[test]
fn numbers_and_truth_values() {
    insta::assert_snapshot!(loosened("areas: { serving: { ownership: { min_owners: 1, teams_only: false } }, deployment: { ownership: { specific: false } } }\n"), @r"
    area `serving` is content with 1 owner, and the floor asks for more
      mlops-lint.yaml «1» looser than the floor
      floor.yaml «3» the floor: `min_owners: 3`
    area `serving` counts individuals, and the floor asks for more
      mlops-lint.yaml «false» looser than the floor
      floor.yaml «true» the floor: `teams_only: true`
    area `deployment` is content with the catch-all entry, and the floor asks for more
      mlops-lint.yaml «false» looser than the floor
      floor.yaml «true» the floor: `specific: true`
    ");
    insta::assert_snapshot!(loosened("roles: { data-scientist: {} }\nareas: { training: { ownership: { accountable: [data-scientist] }, only_where_staffed: true } }\n"), @r"
    area `training` asks only where somebody holds the role, and the floor asks for more
      mlops-lint.yaml «true» looser than the floor
      floor.yaml «{ accountable: [data-scientist] }» the floor: `only_where_staffed: false`
    ");
}

#[test]
fn nulls() {
    // A null takes away what a file below says; alone it says that nothing is asked.
    insta::assert_snapshot!(loosened("extends: [floor.yaml]\nareas: { serving: { ownership: { approvers: null } }, training: null }\n"), @r"
    area `serving` does not ask for `approvers`, and the floor asks for more
      mlops-lint.yaml «approvers» taken out here
      floor.yaml «[ml-engineer, mlops-engineer]» the floor: `approvers: [ml-engineer, mlops-engineer]`
    area `training` is taken out of the policy, and the floor has it
      mlops-lint.yaml «training» taken out here
      floor.yaml «training» the floor's area
    ");
    insta::assert_snapshot!(loosened("extends: [floor.yaml]\nareas: { deployment: { ownership: null } }\n"), @r"
    what is asked in area `deployment` is taken out of the policy, and the floor has it
      mlops-lint.yaml «ownership» taken out here
      floor.yaml «never_alone: [data-scientist]
          specific: true» the floor asks this
    ");
    insta::assert_snapshot!(loosened("extends: [floor.yaml]\nroles: { helper: {}, data-scientist: { owners: null } }\n"), @r"
    role `data-scientist` is taken out of the policy, and the floor staffs it
      mlops-lint.yaml «owners» taken out here
      floor.yaml «data-scientist» the floor says who holds `data-scientist`
    ");
    insta::assert_snapshot!(loosened("extends: [floor.yaml]\nareas: { training: null }\nroles: { data-scientist: null }\n"
        .replace("training: null", "training: null, deployment: null").as_str()), @r"
    area `training` is taken out of the policy, and the floor has it
      mlops-lint.yaml «training» taken out here
      floor.yaml «training» the floor's area
    area `deployment` is taken out of the policy, and the floor has it
      mlops-lint.yaml «deployment» taken out here
      floor.yaml «deployment» the floor's area
    role `data-scientist` is taken out of the policy, and the floor staffs it
      mlops-lint.yaml «data-scientist» taken out here
      floor.yaml «data-scientist» the floor says who holds `data-scientist`
    ");
}

#[test]
fn roles() {
    insta::assert_snapshot!(loosened("roles: { ml-engineer: { owners: [\"@acme/mle\", \"@acme/ds\"] } }\n"), @r"
    `@acme/ds` is given role `ml-engineer`, and the floor says who holds it
      mlops-lint.yaml «@acme/ds» not in the floor
      floor.yaml «@acme/mle» the floor says who holds `ml-engineer`
    ");
    insta::assert_snapshot!(loosened("roles: { ml-engineer: { owners: [\"@acme/*\"] } }\n"), @r"
    `@acme/*` is given role `ml-engineer`, and the floor says who holds it
      mlops-lint.yaml «@acme/*» not in the floor
      floor.yaml «@acme/mle» the floor says who holds `ml-engineer`
    ");
    insta::assert_snapshot!(loosened("roles: { ml-engineer: { covered_by: data-scientist }, data-scientist: {} }\n"), @r"
    `data-scientist` stands in for role `ml-engineer`, and the floor says who does
      mlops-lint.yaml «data-scientist» not in the floor
      floor.yaml «ml-engineer» the floor says who holds `ml-engineer`
    ");
    insta::assert_snapshot!(loosened("roles: { ml-engineer: { owners: [] } }\n"), @r"
    nobody is left to hold role `ml-engineer`, and the floor staffs it
      mlops-lint.yaml «[]» not among these
      floor.yaml «@acme/mle» the floor says who holds `ml-engineer`
    ");
    insta::assert_snapshot!(loosened("roles: { data-scientist: { owners: [\"@acme/other\"] } }\n"), @r#"
    `@acme/ds` loses role `data-scientist`, which may not approve alone
      mlops-lint.yaml «["@acme/other"]» not among these
      floor.yaml «@acme/ds» the floor says who holds `data-scientist`
    `@acme/other` is given role `data-scientist`, and the floor says who holds it
      mlops-lint.yaml «@acme/other» not in the floor
      floor.yaml «@acme/ds» the floor says who holds `data-scientist`
    "#);
    // Another role would make a data scientist count as somebody else.
    insta::assert_snapshot!(loosened("roles: { helper: { owners: [\"@acme/ds\"] } }\n"), @r"
    `@acme/ds` is given role `helper`, and would no longer count as `data-scientist` alone, who may not approve alone
      mlops-lint.yaml «@acme/ds» gives `@acme/ds` another role
      floor.yaml «@acme/ds» the floor: holds `data-scientist`
    ");
}

#[test]
fn severities() {
    insta::assert_snapshot!(loosened("rules: { wrong-role: off, mlo104: { severity: warning } }\nareas: { serving: { severity: info } }\nfail_on: never\n"), @r"
    MLO301 wrong-role is switched off, and the floor has it as error
      mlops-lint.yaml «off» less severe
      floor.yaml «error» the floor: error
    MLO104 dead-entry is lowered to warning, and the floor has it as error
      mlops-lint.yaml «warning» less severe
      floor.yaml «error» the floor: error
    findings of area `serving` are lowered to info, and the floor has them as error
      mlops-lint.yaml «info» less severe
      floor.yaml «error» the floor: error
    the run never fails, and the floor's fails on warning
      mlops-lint.yaml «never» later than the floor's
      floor.yaml «warning» the floor: warning
    ");
    insta::assert_snapshot!(loosened("fail_on: error\n"), @r"
    the run fails on error only, and the floor's on warning already
      mlops-lint.yaml «error» later than the floor's
      floor.yaml «warning» the floor: warning
    ");
    // A profile is chosen, so what it says is said.
    insta::assert_snapshot!(loosened("extends: [builtin:ml-team]\nprofile: oss\n"), @r"
    MLO301 wrong-role is switched off, and the floor has it as error
      mlops-lint.yaml «oss» this profile brings it
      profile oss «» less severe
      floor.yaml «error» the floor: error
    ");
}

#[test]
fn what_a_floor_takes_more_seriously_is_told_once() {
    let policy = "roles: { data-scientist: { owners: [\"@acme/ds\"] } }\nareas: { training: { paths: [\"/train/\"], \
                  ownership: { accountable: [data-scientist] } } }\nrules: { MLO301: info }\n";
    let report = check(policy).json();
    let findings = report["findings"].as_array().unwrap().iter();
    let of_training = findings.filter(|finding| finding["rule"] == "MLO301" && finding["area"] == "training");
    let told: Vec<_> = of_training.map(|finding| (&finding["severity"], &finding["places"][1]["path"])).collect();
    assert_eq!(told, [(&"error".into(), &"floor.yaml".into())]);
}

#[test]
fn areas() {
    insta::assert_snapshot!(loosened("areas: { serving: { paths: [\"/serve/\"] } }\n"), @r#"
    area `serving` leaves out `api/new`, which the floor claims for it
      mlops-lint.yaml «["/serve/"]» does not hold it
      floor.yaml «/api/» the floor claims it
    "#);
    insta::assert_snapshot!(loosened("areas: { serving: { artefacts: [bentoml] }, mine: { artefacts: [kserve] } }\n"), @r"
    area `mine` takes the kind `kserve` from the floor's area `serving` and does not ask for `accountable`
      mlops-lint.yaml «kserve» into area `mine`
      floor.yaml «[ml-engineer, mlops-engineer]» the floor's area `serving`: `accountable: [ml-engineer, mlops-engineer]`
    ");
    // Contained, the same, and crossing.
    insta::assert_snapshot!(loosened("areas: { mine: { paths: [\"/serve/web/\"] } }\n"), @r"
    area `mine` takes `serve/web/new` from the floor's area `serving` and does not ask for `accountable`
      mlops-lint.yaml «/serve/web/» into area `mine`
      floor.yaml «[ml-engineer, mlops-engineer]» the floor's area `serving`: `accountable: [ml-engineer, mlops-engineer]`
    ");
    insta::assert_snapshot!(loosened("areas: { mine: { paths: [\"/serve/**\"] } }\n"), @r"
    area `mine` takes `serve/new` from the floor's area `serving` and does not ask for `accountable`
      mlops-lint.yaml «/serve/**» into area `mine`
      floor.yaml «[ml-engineer, mlops-engineer]» the floor's area `serving`: `accountable: [ml-engineer, mlops-engineer]`
    ");
    insta::assert_snapshot!(loosened("areas: { mine: { paths: [\"**/web/\"] } }\n"), @r"
    area `mine` takes `deploy/web/new` from the floor's area `deployment` and may be approved alone by `data-scientist`
      mlops-lint.yaml «**/web/» into area `mine`
      floor.yaml «data-scientist» the floor's area `deployment`: `never_alone: [data-scientist]`
    area `mine` takes `serve/web/new` from the floor's area `serving` and does not ask for `accountable`
      mlops-lint.yaml «**/web/» into area `mine`
      floor.yaml «[ml-engineer, mlops-engineer]» the floor's area `serving`: `accountable: [ml-engineer, mlops-engineer]`
    area `mine` takes `train/web/new` from the floor's area `training` and does not ask for `accountable`
      mlops-lint.yaml «**/web/» into area `mine`
      floor.yaml «[data-scientist]» the floor's area `training`: `accountable: [data-scientist]`
    ");
    insta::assert_snapshot!(loosened("areas: { serving: { paths: [\"/serve/\", \"/api/\"] }, easy: { is: serving, paths: [\"/serve/web/\"], ownership: { min_owners: 1 } } }\n"), @r"
    area `easy` takes `serve/web/new` from the floor's area `serving` and is content with 1 owner
      mlops-lint.yaml «/serve/web/» into area `easy`
      floor.yaml «3» the floor's area `serving`: `min_owners: 3`
    ");
}

#[test]
fn exceptions() {
    insta::assert_snapshot!(loosened("exempt:\n  - { path: \"/serve/\", rules: [MLO301], reason: x }\n  - { path: \"/train/x/\", reason: x }\n"), @r"
    the exemption of `/serve/` silences `serve/new`, which the floor's area `serving` claims
      mlops-lint.yaml «/serve/» silences it
      floor.yaml «/serve/» the floor's area `serving`
    the exemption of `/train/x/` silences `train/x/new`, which the floor's area `training` claims
      mlops-lint.yaml «/train/x/» silences it
      floor.yaml «/train/» the floor's area `training`
    ");
    insta::assert_snapshot!(loosened("exempt: [{ path: \"/serve/demo/\", rules: [MLO301], reason: x, expires: 2027-02-01 }]\n"), @r"
    the exemption of `/serve/demo/` silences `serve/demo/new`, which the floor's area `serving` claims
      mlops-lint.yaml «/serve/demo/» silences it
      floor.yaml «/serve/» the floor's area `serving`
    ");
    insta::assert_snapshot!(loosened("exempt: [{ path: \"/old/\", rules: [MLO104], reason: x }]\n"), @r"
    the exemption of `/old/` silences `old/new`, and the floor asks for MLO104 dead-entry everywhere
      mlops-lint.yaml «/old/» silences it
      floor.yaml «error» the floor: no exception
    ");
    insta::assert_snapshot!(loosened("rules: { MLO311: { allow: [\"/serve/*.py\"] }, MLO104: { allow: [\"/legacy/\", \"/old/\"] } }\n"), @r"
    `allow` of MLO311 silences `serve/new.py`, which the floor's area `serving` claims
      mlops-lint.yaml «/serve/*.py» silences it
      floor.yaml «/serve/» the floor's area `serving`
    `allow` of MLO104 silences `old/new`, and the floor asks for MLO104 dead-entry everywhere
      mlops-lint.yaml «/old/» silences it
      floor.yaml «error» the floor: no exception
    ");
    insta::assert_snapshot!(loosened("exclude: { defaults: true, paths: [\"/train/\", \"/docs/\"] }\n"), @r"
    tests, vendored and generated trees are left out, and the floor looks into them
      mlops-lint.yaml «true» leaves them out
      floor.yaml «false» the floor looks into them
    `exclude` of `/train/` leaves out `train/new`, which the floor's area `training` claims
      mlops-lint.yaml «/train/» leaves it out
      floor.yaml «/train/» the floor's area `training`
    ");
}

#[test]
fn where_codeowners_is() {
    insta::assert_snapshot!(loosened("codeowners: { path: own.yaml, dialect: gitlab }\n"), @r"
    `own.yaml` is judged as CODEOWNERS, and the floor has `.github/CODEOWNERS` judged
      mlops-lint.yaml «own.yaml» another file
      floor.yaml «.github/CODEOWNERS» the floor's
    CODEOWNERS is read as GitLab does, and the floor has it read as GitHub does
      mlops-lint.yaml «gitlab» another host
      floor.yaml «github» the floor's
    ");
}

#[test]
fn a_policy_that_is_as_strict_is_quiet() {
    for policy in [
        "extends: [floor.yaml]\n",
        "extends: [builtin:ml-team]\nprofile: regulated\n",
        "roles: { ml-engineer: { owners: [\"@ACME/MLE\"] }, new: { owners: [\"@acme/new\"] }, helper: { owners: [\"@h\"], covered_by: new } }\nno_role: [\"@acme/all\"]\n",
        "roles: { ml-engineer: {}, mlops-engineer: {} }\nareas: { serving: { ownership: { accountable: [ml-engineer], approvers: [mlops-engineer, \"@acme/mle-eu\"], consulted: [mlops-engineer, \"@acme/mle-eu\"], min_owners: 4, teams_only: true, specific: true } } }\n",
        "roles: { ml-engineer: {}, data-scientist: {} }\nareas: { deployment: { ownership: { never_alone: [data-scientist, ml-engineer], min_owners: 2 } } }\n",
        "areas: { serving: { paths: [\"/serve/\", \"/api/\", \"/more/\"], artefacts: [kserve, bentoml], severity: error, because: Ours. } }\n",
        // All around: the contained area of the floor wins.
        "areas: { everything: { paths: [\"/**\"] } }\n",
        "areas: { serving: {}, stricter: { is: serving, paths: [\"/serve/web/\"] } }\n",
        "roles: { data-scientist: {} }\nareas: { lab: { paths: [\"/train/\"], ownership: { accountable: [data-scientist], min_owners: 2 } } }\n",
        "exempt:\n  - { path: \"/serve/demo/x/\", rules: [MLO301], reason: x, expires: 2026-12-31 }\n  - { path: \"/docs/\", rules: [MLO201], reason: x }\n",
        "exclude: { paths: [\"/docs/\"] }\nrules: { MLO104: error, MLO301: { allow: [\"/docs/\"] }, MLO202: off }\nfail_on: info\n",
        "codeowners: { path: .github/CODEOWNERS, dialect: github }\n",
    ] {
        let run = check(policy);
        assert_eq!(told(&run, policy), "", "{policy}\n{}", run.stderr);
        assert!(verdicts(&run).is_superset(&floor_alone()), "{policy}");
    }
}

#[test]
fn kinds_of_the_repository_take_no_file_from_the_floor() {
    let floor = "version: 1\nextends: [builtin:ml-team]\nroles: { ml-engineer: { owners: [\"@acme/mle\"] } }\n";
    let policy = "version: 1\nareas: { junk: {} }\ncatalogue:\n  - kind: junk\n    area: junk\n    title: Junk\n    any: [{ path: [is.yaml] }]\n";
    let repo = Repo::new(&[
        ("CODEOWNERS", "* @acme/mle\n/k/ @acme/ds\n"),
        ("mlops-lint.yaml", policy),
        ("k/is.yaml", "apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\n"),
        ("floor.yaml", floor),
    ]);
    let run = repo.run(&["check", "--floor", "floor.yaml", "--format", "json"]);
    assert!(run.codes().contains(&"MLO301".to_owned()), "{} {}", run.stdout, run.stderr);
}

#[test]
fn what_a_comment_ignores_is_old_to_the_floor_too() {
    let floor = "version: 1\nroles: { ml-engineer: { owners: [\"@acme/mle\"] } }\nareas: { serving: { paths: [/serve/], ownership: { accountable: [ml-engineer] } } }\n";
    let owners = "/serve/ @acme/ds # mlops-lint: ignore[MLO301] until the team is staffed\n/b @acme/mle\n";
    let repo = Repo::new(&[
        ("CODEOWNERS", owners),
        ("floor.yaml", floor),
        ("mlops-lint.yaml", "version: 1\nextends: [floor.yaml]\nfloor: floor.yaml\n"),
        ("serve/a.py", ""),
        ("b", ""),
    ]);
    repo.git(&["commit", "--quiet", "--message", "one"]);
    assert!(repo.run(&["--format", "json"]).codes().contains(&"MLO301".to_owned()), "the floor heeds no comment");
    repo.write("b", b"edited");
    repo.git(&["add", "b"]);
    assert_eq!(repo.run(&["--staged", "--format", "json"]).codes(), [""; 0]);
}
