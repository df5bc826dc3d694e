//! The embedded data: that it reads, and that it says what its samples say.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::policy::Exclude;
use crate::source::FileKind;

const NONE: Exclude = Exclude { defaults: true, paths: Vec::new() };

/// Kinds from YAML.
fn read_kinds(text: &str) -> Vec<KindSpec> {
    serde_saphyr::from_str(text).unwrap_or_else(|error| panic!("{error}"))
}

fn text_of(name: &str) -> String {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("policies/catalogue");
    std::fs::read_to_string(folder.join(name).with_extension("yaml")).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn embedded() -> Embedded {
    serde_json::from_str(EMBEDDED).unwrap_or_else(|error| panic!("{error}"))
}

/// The texts' names, in the order in which they are embedded.
fn areas() -> Vec<String> {
    let mut areas: Vec<String> = embedded().kinds.into_iter().map(|kind| kind.area).collect();
    areas.dedup();
    areas
}

fn specs() -> Vec<KindSpec> {
    areas().iter().flat_map(|area| read_kinds(&text_of(area))).collect()
}

/// The names of the kinds that paths are told by.
fn kinds_by_path<'c>(
    catalogue: &'c Catalogue,
    classified: &Classification,
    listing: &Listing,
) -> BTreeMap<String, &'c str> {
    let name = |artefact: &Artefact| {
        let path = String::from_utf8_lossy(listing.path(artefact.path)).into_owned();
        (path, &*catalogue.kind(artefact.kind).name)
    };
    classified.artefacts.iter().map(name).collect()
}

#[test]
fn every_sample_is_what_it_says() {
    let catalogue = Catalogue::embedded();
    let mut wrong = Vec::new();
    for spec in specs() {
        for (samples, of_kind) in [(&spec.samples.yes, true), (&spec.samples.no, false)] {
            for sample in samples {
                let kind = catalogue.try_sample(sample).kind.map(|id| &*catalogue.kind(id).name);
                if (kind == Some(&*spec.kind)) != of_kind {
                    wrong.push(format!(
                        "{}: {sample:?} should{} be one, is {kind:?}",
                        spec.kind,
                        if of_kind { "" } else { " not" }
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_kind_is_complete() {
    let mut names = BTreeSet::new();
    for area in areas() {
        let kinds = read_kinds(&text_of(&area));
        assert!(!kinds.is_empty(), "{area} has kinds");
        for spec in kinds {
            assert!(names.insert(spec.kind.clone()), "{} stands twice", spec.kind);
            assert_eq!(spec.area, area, "{} stands in its area's file", spec.kind);
            assert!(spec.title.is_some(), "{} has a title", spec.kind);
            assert!(spec.url.starts_with("https://"), "{} says where it is documented", spec.kind);
            assert!(!spec.samples.yes.is_empty(), "{} has a sample", spec.kind);
            assert!(!spec.samples.no.is_empty(), "{} has a look-alike", spec.kind);
            let plain =
                |character: char| character.is_ascii_lowercase() || character.is_ascii_digit() || character == '-';
            assert!(spec.kind.chars().all(plain), "{} is a slug", spec.kind);
        }
    }
    assert_eq!(areas().len(), 13, "one text an area");
    assert!(names.len() >= 55, "{} kinds", names.len());
    assert_eq!(Catalogue::embedded().kinds.len(), names.len(), "the embedded catalogue holds them all");
}

#[test]
fn the_binary_carries_the_same_kinds_without_their_samples() {
    let Embedded { kinds, exclusions } = embedded();
    let mut specs = specs();
    for spec in &mut specs {
        spec.samples = Samples::default();
    }
    assert_eq!(format!("{kinds:?}"), format!("{specs:?}"));
    let written: Vec<ExclusionSpec> = serde_saphyr::from_str(&text_of("exclusions")).unwrap();
    assert_eq!(format!("{exclusions:?}"), format!("{written:?}"));
    assert!(!exclusions.is_empty());
}

/// Classifies with a catalogue of these kinds; gives kind and path of each artefact.
fn classified(kinds: &str, paths: &[&str], exclude: &Exclude) -> (Vec<String>, Classification) {
    let mut catalogue = Catalogue::new(read_kinds(kinds)).unwrap();
    catalogue.exclusions = Catalogue::embedded().exclusions;
    let listing = Listing::of(paths);
    let found = catalogue.classify(&listing, exclude, &mut |_| Content::Bytes(b"key: value\n".to_vec()));
    let told = kinds_by_path(&catalogue, &found, &listing);
    (told.into_iter().map(|(path, kind)| format!("{kind} {path}")).collect(), found)
}

#[test]
fn better_evidence_wins_and_then_priority() {
    let kinds = r#"
- { kind: lines, area: a, priority: 9, any: [{ path: "x.yaml", line_starts: [key] }] }
- { kind: keys, area: a, any: [{ path: "*.yaml", yaml: { key: "val*" } }] }
- { kind: narrow, area: a, any: [{ path: "n*.yaml", yaml: { key: value } }] }
- { kind: exact, area: a, any: [{ path: "name.yaml" }] }
- { kind: late, area: a, priority: 1, any: [{ path: "name.yaml" }] }
"#;
    let (told, _) = classified(kinds, &["x.yaml", "nx.yaml", "name.yaml"], &NONE);
    assert_eq!(told, ["late name.yaml", "narrow nx.yaml", "keys x.yaml"]);
}

#[test]
fn the_nearest_marker_claims_what_is_of_no_other_kind() {
    let kinds = r#"
- { kind: outer, area: a, any: [{ path: "outer.toml", below: true }] }
- { kind: inner, area: a, any: [{ path: "inner.toml", below: ["*.sql", "/here/"] }] }
- { kind: own, area: a, any: [{ path: "own.txt" }] }
"#;
    let paths = [
        "p/outer.toml",
        "p/a.sql",
        "p/own.txt",
        "p/q/inner.toml",
        "p/q/b.sql",
        "p/q/here/x",
        "p/q/c.py",
        "z.sql",
        "p/tests/d.sql",
    ];
    let (told, found) = classified(kinds, &paths, &NONE);
    assert_eq!(
        told,
        [
            "outer p/a.sql",
            "outer p/outer.toml",
            "own p/own.txt",
            "inner p/q/b.sql",
            "outer p/q/c.py",
            "inner p/q/here/x",
            "inner p/q/inner.toml"
        ]
        .map(ToOwned::to_owned)
    );
    assert_eq!(found.excluded, 1, "p/tests/d.sql");
    let below = found.artefacts.iter().filter(|found| found.evidence == Evidence::Below(b"p/q/inner.toml".to_vec()));
    assert_eq!(below.count(), 2);
}

#[test]
fn a_package_says_nothing_of_its_own_source() {
    let kinds = r#"[{ kind: a, area: a, any: [{ path: "*.py", python: { uses: feast.Entity } }] }]"#;
    let catalogue = Catalogue::new(read_kinds(kinds)).unwrap();
    let listing = Listing::of(&[
        "app/__init__.py",
        "app/feast/__init__.py",
        "app/feast/x.py",
        "feast/x.py",
        "sdk/feast/__init__.py",
        "sdk/feast/ui/x.py",
    ]);
    let code = b"from feast import Entity\nEntity()\n";
    let found = catalogue.classify(&listing, &NONE, &mut |_| Content::Bytes(code.to_vec()));
    let told: Vec<_> = kinds_by_path(&catalogue, &found, &listing).into_keys().collect();
    assert_eq!(told, ["app/__init__.py", "app/feast/__init__.py", "app/feast/x.py", "feast/x.py"]);
}

#[test]
fn a_marker_tells_its_tree_even_where_content_would() {
    let kinds = r#"[{ kind: a, area: a, any: [{ path: "a.toml", below: ["*.sql"] }, { path: "*.sql", sql: { calls: ref } }] }]"#;
    let catalogue = Catalogue::new(read_kinds(kinds)).unwrap();
    let listing = Listing::of(&["p/a.toml", "p/x.sql", "q/x.sql"]);
    let found = catalogue.classify(&listing, &NONE, &mut |_| Content::Bytes(b"select 1 from {{ ref('b') }}".to_vec()));
    let told: Vec<String> = found.artefacts.iter().map(|artefact| artefact.evidence.to_string()).collect();
    assert_eq!(told, ["its name: a.toml", "below p/a.toml", "`{{ ref('b') }}`, line 1"]);
}

#[test]
fn the_policy_leaves_out_more_or_nothing() {
    let kinds = r#"[{ kind: a, area: a, any: [{ path: "*.a" }] }]"#;
    let paths = ["tests/x.a", "fork/x.a", "x.a"];
    let path = |text: &str| {
        let pattern = crate::codeowners::Pattern::github(text).unwrap();
        let at = crate::policy::Origin { text: 0, span: crate::span::Span::default() };
        crate::policy::Located { value: crate::policy::PathPattern { text: text.to_owned(), pattern }, at }
    };
    let (told, found) = classified(kinds, &paths, &NONE);
    assert_eq!((told.len(), found.excluded), (2, 1));
    let (told, found) = classified(kinds, &paths, &Exclude { defaults: false, paths: vec![path("/fork/")] });
    assert_eq!(told, ["a tests/x.a", "a x.a"]);
    assert_eq!(found.excluded, 1);
}

#[test]
fn content_is_asked_for_once_and_only_where_a_question_is_left() {
    let catalogue = Catalogue::embedded();
    let listing = Listing::of(&[
        "Chart.yaml",
        "a.yaml",
        "b.yaml",
        "c.md",
        "d.ipynb",
        "tests/e.yaml",
        "values.yaml",
        "src/lib.rs",
    ]);
    let mut asked = Vec::new();
    let found = catalogue.classify(&listing, &NONE, &mut |at| {
        asked.push(String::from_utf8_lossy(listing.path(at)).into_owned());
        if at == 1 { Content::Skipped("files too large") } else { Content::Skipped("symbolic links") }
    });
    assert_eq!(asked, ["a.yaml", "b.yaml", "d.ipynb", "values.yaml"]);
    // The chart claims its values whatever is in them, and a notebook is one.
    assert_eq!(found.not_checked, [("files too large".to_owned(), 1), ("symbolic links".to_owned(), 1)]);
    assert_eq!(found.artefacts.len(), 3);
}

#[test]
fn a_kind_that_cannot_be_used_says_why() {
    let error = |kinds: &str| Catalogue::new(read_kinds(kinds)).unwrap_err().to_string();
    assert!(error(r#"[{ kind: a, area: a, any: [{ path: "configs/a.yaml" }] }]"#).contains("start it with `/`"));
    assert!(error(r"[{ kind: a, area: a, any: [] }]").contains("no path"));
    assert!(error(r"[{ kind: a, area: a, any: [{ path: a, magic: ['\q'] }] }]").contains("escape"));
    let twice = r"[{ kind: a, area: a, any: [{ path: a }] }, { kind: a, area: a, any: [{ path: b }] }]";
    assert!(error(twice).contains("twice"));
    let unknown_key = serde_saphyr::from_str::<Vec<KindSpec>>("[{ kind: a, area: a, any: [], color: red }]");
    assert!(unknown_key.is_err());
}

/// The paths of a folder of real listings beside this package, where it is there: they are no part of it.
fn corpus() -> Vec<(String, Listing)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if let Ok(text) = std::fs::read(entry.path().join("files.txt")) {
            let paths = text.split(|&byte| byte == b'\n').filter(|path| !path.is_empty());
            let listing = Listing::new(paths.map(|path| (path.to_vec(), FileKind::Unknown)).collect());
            all.push((entry.file_name().to_string_lossy().into_owned(), listing));
        }
    }
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all
}

#[test]
fn real_repositories_by_path_alone() {
    let catalogue = Catalogue::embedded();
    for (repository, listing) in corpus() {
        let classified = catalogue.classify(&listing, &NONE, &mut |_| Content::Skipped("no content"));
        let mut counts: BTreeMap<(bool, &str), Vec<&[u8]>> = BTreeMap::new();
        for artefact in &classified.artefacts {
            let kind = catalogue.kind(artefact.kind);
            counts.entry((kind.generic, &kind.name)).or_default().push(listing.path(artefact.path));
        }
        println!("{repository}: excluded {}, not checked {:?}", classified.excluded, classified.not_checked);
        for ((generic, name), paths) in &counts {
            let sample = paths.iter().step_by(paths.len().div_ceil(3)).map(|path| String::from_utf8_lossy(path));
            let mark = if *generic { "generic" } else { "" };
            println!("    {:5} {name} {mark} {}", paths.len(), sample.collect::<Vec<_>>().join(" | "));
        }
        let of_machine_learning: Vec<_> = counts.iter().filter(|((generic, _), _)| !generic).collect();
        match repository.as_str() {
            "astral-sh+ruff" => {
                assert!(of_machine_learning.is_empty(), "{of_machine_learning:?}");
                assert!(classified.excluded >= 42, "the notebooks that are lint fixtures: {}", classified.excluded);
            }
            "tldr-pages+tldr" | "esphome+esphome" => {
                assert!(of_machine_learning.is_empty(), "{of_machine_learning:?}");
            }
            "determined-ai+determined" => {
                let web = listing.below(b"webui");
                assert!(
                    classified
                        .artefacts
                        .iter()
                        .all(|found| !web.contains(&found.path) || catalogue.kind(found.kind).generic),
                    "its models/ are TypeScript"
                );
            }
            _ => {}
        }
    }
}
