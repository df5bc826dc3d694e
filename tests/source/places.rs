//! Where CODEOWNERS and the policy are found.

use std::path::Path;

use mlops_lint::codeowners::Dialect;
use mlops_lint::source::{
    CODEOWNERS_LIMIT, CodeownersFile, CodeownersSearch, ListInput, Request, SourceError, Tree, find_codeowners,
    find_policy,
};

use crate::repository::{Folder, here, named, revision, staged};

fn found(tree: &Tree) -> CodeownersFile {
    match find_codeowners(tree, None, Dialect::GitHub).unwrap() {
        CodeownersSearch::Found(file) => file,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_first_place_holds_and_the_others_are_named() {
    let files = [("docs/CODEOWNERS", "* @docs\n"), ("CODEOWNERS", "* @root\n"), (".github/CODEOWNERS", "* @github\n")];
    let repository = Folder::repository(&files);
    for request in [here(), staged(), revision("HEAD")] {
        let file = found(&repository.open(&request));
        assert_eq!((file.path.as_str(), file.bytes.as_slice()), (".github/CODEOWNERS", &b"* @github\n"[..]));
        assert_eq!(file.others, ["CODEOWNERS", "docs/CODEOWNERS"]);
    }
    repository.git(&["rm", "-qr", ".github"]);
    for request in [here(), staged()] {
        let file = found(&repository.open(&request));
        assert_eq!((file.path.as_str(), file.others.as_slice()), ("CODEOWNERS", &["docs/CODEOWNERS".to_owned()][..]));
    }
    // The work tree's file counts before git knows of it.
    repository.write(".github/CODEOWNERS", "* @new\n");
    assert_eq!(found(&repository.open(&here())).bytes, b"* @new\n");
    assert_eq!(found(&repository.open(&staged())).bytes, b"* @root\n");
}

#[test]
fn no_other_spelling_and_no_folder_is_a_codeowners_file() {
    let repository =
        Folder::repository(&[("codeowners", "* @a\n"), ("docs/CODEOWNERS/a", ""), (".GitHub/CODEOWNERS", "")]);
    for request in [here(), staged(), revision("HEAD")] {
        assert_eq!(
            find_codeowners(&repository.open(&request), None, Dialect::GitHub).unwrap(),
            CodeownersSearch::NotThere
        );
    }
}

#[test]
fn three_mebibytes_are_too_large() {
    let repository = Folder::repository(&[]);
    for (size, is_found) in [(CODEOWNERS_LIMIT - 1, true), (CODEOWNERS_LIMIT, false), (CODEOWNERS_LIMIT * 3, false)] {
        repository.write("CODEOWNERS", &"#".repeat(size));
        repository.git(&["add", "-A"]);
        for request in [here(), staged()] {
            match find_codeowners(&repository.open(&request), None, Dialect::GitHub).unwrap() {
                CodeownersSearch::Found(file) => assert!(is_found && file.bytes.len() == size),
                CodeownersSearch::TooLarge { path, size: said } => {
                    assert!(!is_found && path == "CODEOWNERS" && said == size as u64, "{said}");
                }
                CodeownersSearch::NotThere => panic!("not found"),
            }
        }
    }
}

#[cfg(unix)]
#[test]
fn links_lead_to_files_of_the_repository_only() {
    let outside = Folder::new();
    outside.write("secret", "outer secret");
    let cases: [(&str, Option<&str>); 8] = [
        ("../owners/all", Some("* @all\n")),
        ("chain", Some("* @all\n")),
        ("../src", None),
        ("../nowhere", Some("leads")),
        (outside.path().to_str().unwrap(), Some("leaves the root")),
        ("../../../../../../../../../../etc/passwd", Some("leaves the root")),
        ("../.git/config", Some("leads to no file of the repository")),
        ("../untracked.env", Some("leads to no file of the repository")),
    ];
    for (target, expected) in cases {
        let repository = Folder::repository(&[("owners/all", "* @all\n"), ("src/a.py", "")]);
        let target = if target.starts_with('/') { &format!("{target}/secret") } else { target };
        repository.link(target, ".github/CODEOWNERS");
        repository.link("../owners/../owners/all", ".github/chain");
        repository.git(&["add", "-A"]);
        repository.git(&["commit", "-qm", "link"]);
        repository.write("untracked.env", "TOKEN=1");
        for request in [here(), staged(), revision("HEAD")] {
            let in_work_tree = matches!(request, Request::WorkTree { .. });
            match (find_codeowners(&repository.open(&request), None, Dialect::GitHub), expected) {
                (Ok(CodeownersSearch::Found(file)), Some(content)) => assert_eq!(file.bytes, content.as_bytes()),
                (Ok(CodeownersSearch::NotThere), None) => {}
                (Err(error), Some(why)) => {
                    assert!(matches!(error, SourceError::Link { .. }), "{target}: {error}");
                    assert_eq!(error.exit_code(), 2);
                    assert!(!error.to_string().contains("secret"), "{error}");
                    assert!(!in_work_tree || error.to_string().contains(why), "{target}: {error}");
                }
                (other, _) => panic!("{target}, {request:?}: {other:?}"),
            }
        }
    }
}

#[cfg(unix)]
#[test]
fn linked_folders_are_followed_inside_the_root() {
    let repository = Folder::repository(&[("site/CODEOWNERS", "* @site\n")]);
    repository.link("site", "docs");
    // A folder that leads out is no fault as long as nothing is looked for behind it.
    repository.link("/nowhere/at/all", ".github");
    repository.git(&["add", "-A"]);
    repository.git(&["commit", "-qm", "links"]);
    for request in [here(), staged(), revision("HEAD")] {
        assert_eq!(found(&repository.open(&request)).path, "docs/CODEOWNERS");
    }
    let loops = Folder::repository(&[]);
    loops.link("CODEOWNERS", "CODEOWNERS");
    loops.git(&["add", "-A"]);
    for request in [here(), staged()] {
        assert!(matches!(find_codeowners(&loops.open(&request), None, Dialect::GitHub), Err(SourceError::Link { .. })));
    }
}

#[test]
fn a_policy_is_found_once_or_it_is_an_error() {
    let repository = Folder::repository(&[(".github/mlops-lint.yaml", "version: 1\n")]);
    for request in [here(), staged(), revision("HEAD"), named(".")] {
        let policy = find_policy(&repository.open(&request), None).unwrap();
        assert_eq!(policy, Some((".github/mlops-lint.yaml".to_owned(), b"version: 1\n".to_vec())));
    }
    repository.write("mlops-lint.yaml", "");
    let error = find_policy(&repository.open(&here()), None).unwrap_err();
    assert!(error.to_string().contains("`mlops-lint.yaml`, `.github/mlops-lint.yaml`"), "{error}");
    assert_eq!(error.exit_code(), 2);
    assert_eq!(find_policy(&Folder::new().open(&here()), None).unwrap(), None);

    repository.write("mlops-lint.yaml", &" ".repeat(1024 * 1024 + 1));
    let large = find_policy(&repository.open(&here()), Some(Path::new("mlops-lint.yaml")));
    assert!(matches!(large, Err(SourceError::TooLarge { .. })));
}

#[test]
fn a_named_file_inside_the_root_is_the_tree_s_and_one_outside_the_user_s() {
    let central = Folder::new();
    central.write("policy.yaml", "central");
    let repository = Folder::repository(&[("conf/policy.yaml", "committed")]);
    repository.write("conf/policy.yaml", "changed");
    let inside = repository.join("conf/policy.yaml");
    for (request, content) in [(here(), "changed"), (revision("HEAD"), "committed")] {
        let tree = repository.open(&request);
        for file in [Path::new("conf/policy.yaml"), Path::new("./conf/../conf/policy.yaml"), &inside] {
            let (path, bytes) = find_policy(&tree, Some(file)).unwrap().unwrap();
            assert_eq!((path.as_str(), bytes.as_slice()), ("conf/policy.yaml", content.as_bytes()));
        }
        let outside = central.join("policy.yaml");
        let (path, bytes) = find_policy(&tree, Some(&outside)).unwrap().unwrap();
        assert_eq!((Path::new(&path), bytes.as_slice()), (&*outside, &b"central"[..]));
        let missing = find_policy(&tree, Some(Path::new("conf/none.yaml"))).unwrap_err();
        assert!(matches!(missing, SourceError::MissingFile { .. }));
        assert_eq!(missing.exit_code(), 2);
    }
}

#[cfg(unix)]
#[test]
fn a_named_file_inside_the_root_does_not_lead_out_of_it() {
    let outside = Folder::new();
    outside.write("policy.yaml", "secret");
    let repository = Folder::repository(&[("a.py", "")]);
    repository.link(outside.path().to_str().unwrap(), "conf");
    let alias = Folder::new();
    alias.link(repository.path().to_str().unwrap(), "alias");
    let tree = repository.open(&here());
    for file in [Path::new("conf/policy.yaml"), &alias.join("alias/conf/policy.yaml")] {
        let error = find_policy(&tree, Some(file)).unwrap_err();
        assert!(matches!(error, SourceError::Link { why: "leaves the root", .. }), "{error}");
    }
}

#[test]
fn a_list_brings_its_own_codeowners_from_anywhere() {
    let folder = Folder::new();
    folder.write("paths", "a.py\n");
    folder.write("elsewhere/OWNERS", "* @a\n");
    folder.write("mlops-lint.yaml", "version: 1\n");
    let list = |codeowners: &str| Request::List {
        paths: ListInput::File("paths".into()),
        codeowners: Some(codeowners.into()),
    };
    let file = found(&folder.open(&list("elsewhere/OWNERS")));
    assert_eq!((file.path.as_str(), file.bytes.as_slice()), ("elsewhere/OWNERS", &b"* @a\n"[..]));
    assert!(file.others.is_empty());
    let tree = folder.open(&list("nowhere"));
    assert!(matches!(find_codeowners(&tree, None, Dialect::GitHub), Err(SourceError::Unreadable { .. })));
    assert_eq!(find_policy(&tree, None).unwrap(), None);
}
