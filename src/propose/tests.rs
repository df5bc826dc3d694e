//! Who is guessed to hold which role, and how sure that is.

use super::{Proposal, propose, quoted, write};
use crate::catalogue::{Catalogue, Content};
use crate::codeowners::{Dialect, parse};
use crate::future::Stages;
use crate::ownership::Ownership;
use crate::policy::{self, Known, LoadInput, RoleMap};
use crate::source::Listing;

/// Artefacts of three kinds, each for one role alone.
const PATHS: [&str; 12] = [
    "serve/a/bentofile.yaml",
    "serve/b/bentofile.yaml",
    "serve/c/bentofile.yaml",
    "raw/a.csv.dvc",
    "raw/b.csv.dvc",
    "raw/c.csv.dvc",
    "nb/a.ipynb",
    "nb/b.ipynb",
    "nb/c.ipynb",
    "dvc.yaml",
    "web/index.html",
    "web/main.ts",
];

fn known(catalogue: &Catalogue) -> Known<'_> {
    Known {
        kinds: catalogue.kinds.iter().map(|kind| (kind.name.as_str(), kind.area.as_str())).collect(),
        rules: crate::rules::all().map(|meta| (meta.code, meta.slug)).collect(),
    }
}

fn proposal(host: Dialect, codeowners: &str, map: Option<&RoleMap>) -> Proposal {
    let catalogue = Catalogue::embedded();
    let policy = policy::load(None, &known(&catalogue)).unwrap();
    let codeowners = parse("CODEOWNERS", codeowners.as_bytes().to_vec(), host);
    let listing = Listing::of(&PATHS);
    let classification = catalogue.classify(&listing, &policy.exclude, &mut |_| Content::Skipped("test"));
    let ownership = Ownership::join(&listing, Some(&codeowners), &policy, &catalogue, classification).unwrap();
    let stages = Stages {
        listing: &listing,
        codeowners: Some(&codeowners),
        policy: &policy,
        catalogue: &catalogue,
        ownership: &ownership,
        is_ignored: &|_| false,
    };
    propose(stages, map)
}

/// Every owner with a role and its confidence, or where else the owner went.
fn placed(codeowners: &str) -> String {
    told(&proposal(Dialect::GitHub, codeowners, None))
}

fn told(proposal: &Proposal) -> String {
    let mut all = Vec::new();
    for role in &proposal.roles {
        all.extend(role.owners.iter().map(|owner| {
            let sure = owner.confidence.map_or("said", super::Confidence::name);
            format!("{} {} {sure}", owner.owner, role.name)
        }));
    }
    all.extend(proposal.undecided.iter().map(|unplaced| format!("{} ?", unplaced.owner)));
    all.extend(proposal.outside.iter().map(|unplaced| format!("{} none", unplaced.owner)));
    if proposal.silent > 0 {
        all.push(format!("{} silent", proposal.silent));
    }
    all.join(", ")
}

#[test]
fn names_and_files_are_weighed() {
    for (codeowners, expected) in [
        // The name says it.
        ("/web/ @acme/mlops\n", "@acme/mlops mlops-engineer high"),
        ("/web/ @acme/translations-training\n", "@acme/translations-training data-scientist medium"),
        // What data scientists own wrongly is no reason to call them engineers; but it is one to doubt.
        ("/serve/ @acme/data-science\n", "@acme/data-science data-scientist medium"),
        // Name and files agree.
        ("/serve/ @acme/x-inference\n", "@acme/x-inference ml-engineer high"),
        // The files alone: three of them, of one role.
        ("/serve/ @acme/tigers\n", "@acme/tigers ml-engineer medium"),
        ("/serve/a/ @acme/tigers\n", "@acme/tigers ?"),
        // Notebooks are for three roles: that says nothing.
        ("/nb/ @acme/tigers\n", "@acme/tigers ?"),
        // Who owns everything is not told by that.
        ("* @acme/tigers\n", "@acme/tigers ?"),
        ("/serve/ @acme/tigers\n/raw/ @acme/tigers\n", "@acme/tigers ?"),
        // A heading helps a hint, and does nothing by itself.
        ("# Data science\n/web/ @acme/x-models\n", "1 silent"),
        ("# Data science\n/web/ @acme/tigers\n", "1 silent"),
        ("# Models\n/web/ @acme/training-x\n", "@acme/training-x data-scientist medium"),
        // Other people.
        ("/serve/ @acme/web\n", "@acme/web none"),
        ("/web/ @acme/web\n", "1 silent"),
        // Two roles in one name are both set, and neither is sure.
        (
            "/web/ @acme/data-science-mlops\n",
            "@acme/data-science-mlops data-scientist medium, @acme/data-science-mlops mlops-engineer medium",
        ),
        ("/web/ @acme/payments-platform\n", "1 silent"),
        // A repository's own word for its teams is left out of their names.
        ("/web/ @ml/web-team\n/web/ @ml/all\n", "2 silent"),
    ] {
        assert_eq!(placed(codeowners), expected, "{codeowners}");
    }
}

#[test]
fn people_are_set_only_by_what_they_win() {
    for (codeowners, expected) in [
        ("/web/ @mlops-ana\n", "1 silent"),
        ("/serve/ @ana\n", "@ana ml-engineer medium"),
        ("/serve/ ana@acme.com\n", "ana@acme.com ml-engineer medium"),
        ("/nb/ @ana\n", "@ana ?"),
        ("/raw/a.csv.dvc @data-eng-ana\n", "@data-eng-ana data-engineer medium"),
        ("/raw/a.csv.dvc @mlops-ana\n", "@mlops-ana ?"),
    ] {
        assert_eq!(placed(codeowners), expected, "{codeowners}");
    }
}

#[test]
fn entries_that_the_host_skips_are_no_evidence() {
    assert_eq!(placed("!/serve/ @acme/mlops\n"), "");
    assert_eq!(placed("/serve/ @acme/mlops @\n"), "");
}

#[test]
fn owners_of_other_hosts_are_spelt_as_a_policy_spells_them() {
    let bitbucket = proposal(Dialect::Bitbucket, "/serve/ @Acme/MLOps:random(2)\n", None);
    assert_eq!(told(&bitbucket), "@Acme/MLOps mlops-engineer medium");
    let gitlab = proposal(Dialect::GitLab, "[Serving]\n/serve/ @acme/ml/serving @@maintainer\n", None);
    assert_eq!(told(&gitlab), "@acme/ml/serving ml-engineer high");
    // No policy can name an owner without its `@`.
    let gitea = proposal(Dialect::Gitea, "serve/.* ana @acme/mlops\n", None);
    assert_eq!(told(&gitea), "@acme/mlops mlops-engineer medium, ana ?");
}

#[test]
fn a_map_is_followed_and_nothing_is_guessed_beside_it() {
    let text = "roles: { Data-Scientists: [acme/x], ml-engineer: [acme/y], tamer: [acme/z] }\ncovered_by: { data-engineer: Data-Scientists }\n";
    let map = policy::load_role_map(LoadInput { name: "roles.yaml", text: text.as_bytes() }).unwrap();
    let proposal = proposal(Dialect::GitHub, "/serve/ @acme/X @acme/mlops\n/web/ @acme/docs\n", Some(&map));
    assert_eq!(
        told(&proposal),
        "@acme/x data-scientist said, @acme/y ml-engineer said, @acme/z tamer said, @acme/mlops ?, 1 silent"
    );
    assert!(!proposal.is_tentative());
    let text = write(&proposal);
    assert!(text.contains("  data-scientist:   # called Data-Scientists in roles.yaml\n"), "{text}");
    assert!(text.contains("  data-engineer:\n    covered_by: data-scientist\n"), "{text}");
    assert!(text.contains("  tamer:   # no area of the built-in policy asks for it\n"), "{text}");
}

#[test]
fn a_role_may_have_any_name_that_a_policy_allows() {
    for name in ["null", "Null", "1", "1.5", ".", "-", "true", "模型", "a.b"] {
        let text = format!("roles: {{ {}: [\"@x\"], other: {{ covered_by: {} }} }}\n", quoted(name), quoted(name));
        let map = policy::load_role_map(LoadInput { name: "r", text: text.as_bytes() }).unwrap();
        let text = write(&proposal(Dialect::GitHub, "/serve/ @x\n", Some(&map)));
        let own = LoadInput { name: "mlops-lint.yaml", text: text.as_bytes() };
        let policy =
            policy::load(Some(own), &known(&Catalogue::embedded())).unwrap_or_else(|errors| panic!("{errors}\n{text}"));
        assert!(policy.roles.iter().any(|role| role.name == name), "{text}");
    }
}

#[test]
fn hostile_owners_stay_within_their_quotes() {
    let names = [
        "o'neil\"x@acme.com",
        "a#b@acme.com",
        "{x}@acme.com",
        "&a@acme.com",
        "ü\u{202e}é@acme.com",
        "a\\b@acme.com",
        "%x@acme.com",
        "-@acme.com",
        "a*b@acme.com",
    ];
    for name in names {
        let text = write(&proposal(Dialect::GitHub, &format!("/serve/ {name}\n# x\n/nb/ {name}x\n"), None));
        assert!(!text.contains('\u{202e}'), "{text}");
        let catalogue = Catalogue::embedded();
        let own = LoadInput { name: "mlops-lint.yaml", text: text.as_bytes() };
        let policy =
            policy::load(Some(own), &known(&catalogue)).map_err(|errors| format!("{name}: {errors}\n{text}")).unwrap();
        let held: Vec<&str> =
            policy.roles.iter().flat_map(|role| &role.owners).map(|owner| owner.value.text.as_str()).collect();
        assert!(held.iter().all(|held| *held == name), "{held:?}");
    }
}

#[test]
fn quotes_hold_whatever_is_in_them() {
    for text in ["", "\"", "\\", "a\nb", "a: b # c", "\u{85}\u{2028}\u{feff}\u{0}", "模型", "\u{1f600}"] {
        let yaml =
            format!("version: 1\nareas: {{ x: {{ paths: [/x/], because: {} }} }}\n", quoted(&format!("x{text}")));
        let own = LoadInput { name: "p", text: yaml.as_bytes() };
        let policy = policy::load(Some(own), &Known::default()).map_err(|errors| format!("{yaml}: {errors}")).unwrap();
        assert_eq!(policy.areas[0].because.as_ref().unwrap().value, format!("x{text}"), "{yaml}");
    }
}

#[test]
fn many_owners_and_long_comments_cost_little() {
    let comment = "# data science\n".repeat(20_000);
    let entries = (0..20_000).map(|at| format!("/serve/ @acme/t{at} @acme/mlops\n")).collect::<Vec<_>>().concat();
    let proposal = proposal(Dialect::GitHub, &format!("{comment}{entries}"), None);
    assert_eq!(proposal.silent + proposal.undecided.len(), 19_999, "the last one wins files of one role");
}
