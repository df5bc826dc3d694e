//! The page that maps the roles guide to what is checked, held to the shipped policy, catalogue and rules.

#![allow(clippy::unwrap_used, reason = "what a test cannot read fails it")]

mod support;

use std::collections::BTreeMap;

use mlops_lint::catalogue::Catalogue;
use mlops_lint::policy::{self, Expectation, Known, LoadInput, Located, Party, Policy};
use mlops_lint::rules;

/// The guide's responsibilities by role, in its words.
const GUIDE: [(&str, [&str; 4]); 5] = [
    (
        "Data engineer",
        [
            "Set up and maintain data platforms",
            "Handle the ETL (Extract, Transform, Load) process",
            "Ensure data quality and integrity",
            "Support data scientists by preparing necessary data sets",
        ],
    ),
    (
        "Data scientist",
        [
            "Conduct data analysis and build predictive models",
            "Validate model performance",
            "Ensure the retrainability and scalability of models",
            "Collaborate with data engineers and ML engineers",
        ],
    ),
    (
        "Machine learning engineer",
        [
            "Deploy machine learning models",
            "Develop optimised models, algorithms, and infrastructure for production",
            "Integrate ML algorithms with application interfaces",
            "Collaborate with data scientists to bridge the gap between prototyping and production",
        ],
    ),
    (
        "MLOps engineer",
        [
            "Ensure smooth operation of ML lifecycle",
            "Implement and monitor automated ML pipelines",
            "Facilitate collaboration between data scientists and ML engineers",
            "Maintain model versions and track experiment runs",
        ],
    ),
    (
        "Business analyst (or domain expert)",
        [
            "Communicate potential business use-cases for ML",
            "Understand and translate business needs into ML project requirements",
            "Explain outcomes of ML projects to business stakeholders",
            "Collaborate with data scientists and ML engineers to ensure alignment with business goals",
        ],
    ),
];

/// The cells of every table row of the page, below its heading.
fn rows() -> BTreeMap<String, Vec<Vec<String>>> {
    let text = std::fs::read_to_string(support::project().join("docs/roles.md")).unwrap();
    let mut rows: BTreeMap<String, Vec<Vec<String>>> = BTreeMap::new();
    let mut heading = String::new();
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("## ") {
            name.clone_into(&mut heading);
        } else if let Some(row) = line.strip_prefix("| ").and_then(|row| row.strip_suffix(" |")) {
            rows.entry(heading.clone()).or_default().push(row.split(" | ").map(str::to_owned).collect());
        }
    }
    for rows in rows.values_mut() {
        // The table's head.
        rows.remove(0);
    }
    rows
}

/// What stands between backticks.
fn quoted(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

fn policy(profile: &str, catalogue: &Catalogue) -> Policy {
    let known = Known {
        kinds: catalogue.kinds.iter().map(|kind| (kind.name.as_str(), kind.area.as_str())).collect(),
        rules: rules::all().map(|meta| (meta.code, meta.slug)).collect(),
    };
    let text = format!("version: 1\nextends: [builtin:ml-team]\nprofile: {profile}\n");
    policy::load(Some(LoadInput { name: "mlops-lint.yaml", text: text.as_bytes() }), &known).unwrap()
}

/// Whether the policy asks it: `serving: accountable ml-engineer`.
fn asks(policy: &Policy, expectation: &str) -> bool {
    let (area, (key, role)) =
        expectation.split_once(": ").and_then(|(area, rest)| Some((area, rest.split_once(' ')?))).unwrap();
    let Some(wanted) = policy.area_named(area).and_then(|area| policy.area(area).ownership.as_ref()) else {
        return false;
    };
    let Expectation { accountable, consulted, approvers, never_alone, .. } = wanted;
    let parties: &Option<Located<Vec<Located<Party>>>> = match key {
        "accountable" => accountable,
        "consulted" => consulted,
        "approvers" => approvers,
        "never_alone" => never_alone,
        _ => return false,
    };
    let is_role = |party: &Located<Party>| matches!(party.value, Party::Role(id) if policy.role(id).name == role);
    parties.iter().flat_map(|parties| &parties.value).any(is_role)
}

#[test]
fn every_responsibility_of_the_guide_is_mapped_once() {
    let rows = rows();
    for (role, bullets) in GUIDE {
        let mapped: Vec<&str> = rows[role].iter().map(|row| row[0].as_str()).collect();
        assert_eq!(mapped, bullets, "{role}");
        for row in &rows[role] {
            assert_eq!(row.len(), 3, "{row:?}");
            assert!(quoted(&row[1]).next().is_some(), "nothing stands for {}", row[0]);
        }
    }
}

#[test]
fn what_the_page_names_is_shipped() {
    let catalogue = Catalogue::embedded();
    let (team, regulated) = (policy("team", &catalogue), policy("regulated", &catalogue));
    let rows = rows();
    let named = GUIDE.iter().flat_map(|(role, _)| &rows[*role]);
    for (row, cell) in named.flat_map(|row| [(row, &row[1]), (row, &row[2])]) {
        for name in quoted(cell) {
            let known = if name.starts_with("MLO") {
                rules::find(name).is_some()
            } else if let Some(expectation) = name.strip_prefix("regulated ") {
                asks(&regulated, expectation) && !asks_alone(&team, expectation)
            } else if name.contains(": ") && !name.contains('[') {
                asks(&team, name)
            } else {
                // Kinds; and what the reader may write.
                let words = ["regulated", "governance", "paths"];
                words.contains(&name) || name.contains('[') || catalogue.kinds.iter().any(|kind| kind.name == name)
            };
            assert!(known, "`{name}`, for {}", row[0]);
        }
    }
}

/// Whether the policy asks it, and nobody else in this key: what a profile adds must change something.
fn asks_alone(policy: &Policy, expectation: &str) -> bool {
    let area = expectation.split(':').next().unwrap();
    let wanted = policy.area(policy.area_named(area).unwrap()).ownership.as_ref().unwrap();
    asks(policy, expectation) && wanted.accountable.as_ref().is_some_and(|parties| parties.value.len() == 1)
}

#[test]
fn every_role_of_the_pack_and_every_area_has_a_responsibility() {
    let catalogue = Catalogue::embedded();
    let team = policy("team", &catalogue);
    let page = std::fs::read_to_string(support::project().join("docs/roles.md")).unwrap();
    for area in &team.areas {
        let named = [format!("`{}: ", area.name), format!("`regulated {}: ", area.name)];
        assert!(named.iter().any(|name| page.contains(name)), "{}", area.name);
        // A kind that the catalogue lost would leave it empty.
        assert!(area.is.is_none() || !area.artefacts.is_empty(), "{}", area.name);
    }
    for role in &team.roles {
        assert!(page.contains(&format!("accountable {}`", role.name)), "{}", role.name);
    }
}

#[test]
fn codes_that_were_folded_are_no_rules_and_what_tells_them_is() {
    let rows = rows();
    let folded = &rows["Questions without a rule of their own"];
    assert_eq!(folded.len(), 3);
    for row in folded {
        assert!(rules::find(&row[0]).is_none(), "{}", row[0]);
        let codes: Vec<&str> = quoted(&row[2]).filter(|name| name.starts_with("MLO")).collect();
        assert!(!codes.is_empty() && codes.iter().all(|code| rules::find(code).is_some()), "{codes:?}");
    }
}

/// Whether a rule runs under a policy.
fn is_on(policy: &Policy, meta: &rules::Meta) -> bool {
    let setting = policy.rules.get(meta.code).and_then(|setting| setting.severity);
    setting.map_or(meta.severity.is_some(), |severity| severity.is_some())
}

#[test]
fn the_profile_oss_is_free_of_coverage_and_roles() {
    let oss = policy("oss", &Catalogue::embedded());
    let of_roles = |meta: &&rules::Meta| {
        meta.code.starts_with("MLO2") || meta.code.starts_with("MLO3") || ["MLO501", "MLO502"].contains(&meta.code)
    };
    for meta in rules::all().filter(of_roles) {
        assert_eq!(oss.rules.get(meta.code).and_then(|setting| setting.severity), Some(None), "{}", meta.code);
    }
    for meta in rules::all().filter(|meta| meta.code.starts_with("MLO1")) {
        assert_eq!(is_on(&oss, meta), meta.severity.is_some(), "{}", meta.code);
    }
}

#[test]
fn the_profile_regulated_leaves_nothing_off() {
    let regulated = policy("regulated", &Catalogue::embedded());
    let off: Vec<&str> = rules::all().filter(|meta| !is_on(&regulated, meta)).map(|meta| meta.code).collect();
    assert_eq!(off, [""; 0], "a rule that is off by default is on in `regulated`, or says here why not");
}
