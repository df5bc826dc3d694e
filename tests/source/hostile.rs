//! What a stranger's repository may try.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use mlops_lint::codeowners::Dialect;
use mlops_lint::source::{FileKind, Head, Request, SourceError, find_codeowners, find_policy, open_in};

use crate::repository::{Folder, here, named, paths, revision, staged};

#[test]
fn special_files_and_links_are_never_opened() {
    let outside = Folder::new();
    outside.write("secret.py", "secret");
    let folder = Folder::new();
    folder.write("a.py", "a");
    folder.link(outside.path().to_str().unwrap(), "folder");
    folder.link(outside.join("secret.py").to_str().unwrap(), "link.py");
    folder.link(".", "loop");
    assert!(Command::new("mkfifo").arg(folder.join("pipe.py")).status().unwrap().success());
    let _socket = std::os::unix::net::UnixListener::bind(folder.join("socket")).unwrap();

    let tree = folder.open(&here());
    assert_eq!(paths(&tree), ["a.py", "folder", "link.py", "loop"]);
    for index in 1..4 {
        assert_eq!(tree.listing().kind(index), FileKind::Symlink);
        assert_eq!(tree.head(index, 9), Head::Skipped("symbolic links"));
    }
    let [("special files", 2, first)] = tree.unlisted().reasons.as_slice() else { panic!("{:?}", tree.unlisted()) };
    assert!(first == b"pipe.py" || first == b"socket");
}

#[test]
fn what_stands_in_the_work_tree_instead_of_a_tracked_file_is_not_opened() {
    let outside = Folder::new();
    outside.write("x.py", "secret");
    let repository = Folder::repository(&[("a.py", ""), ("b.py", ""), ("sub/x.py", ""), ("sub2/deep/x.py", "")]);
    for path in ["a.py", "b.py"] {
        fs::remove_file(repository.join(path)).unwrap();
    }
    for path in ["sub", "sub2"] {
        fs::remove_dir_all(repository.join(path)).unwrap();
    }
    assert!(Command::new("mkfifo").arg(repository.join("a.py")).status().unwrap().success());
    repository.link(outside.join("x.py").to_str().unwrap(), "b.py");
    repository.link(outside.path().to_str().unwrap(), "sub");
    repository.link(outside.path().to_str().unwrap(), "sub2/deep");
    let tree = repository.open(&here());
    let heads: Vec<_> = (0..4).map(|index| tree.head(index, 9)).collect();
    let expected = ["special files", "symbolic links", "files behind symbolic links", "files behind symbolic links"];
    assert_eq!(heads, expected.map(Head::Skipped));

    assert!(Command::new("mkfifo").arg(repository.join("CODEOWNERS")).status().unwrap().success());
    assert!(matches!(find_codeowners(&tree, None, Dialect::GitHub), Err(SourceError::NotAFile(_))));
}

#[test]
fn no_configuration_of_the_repository_starts_a_program() {
    let repository = Folder::repository(&[("a.py", "a"), ("sub/b.py", "b"), ("CODEOWNERS", "* @a\n")]);
    let marker = repository.join("ran");
    let script = repository.join("evil.sh");
    fs::write(&script, format!("#!/bin/sh\ntouch '{}'\n", marker.display())).unwrap();
    assert!(Command::new("chmod").arg("+x").arg(&script).status().unwrap().success());
    let evil = script.to_str().unwrap();
    let id = repository.git(&["rev-parse", "HEAD:a.py"]);
    let hooks = repository.join(".git/hooks");
    fs::create_dir_all(&hooks).unwrap();
    for hook in ["post-index-change", "pre-commit", "post-checkout", "reference-transaction"] {
        fs::copy(&script, hooks.join(hook)).unwrap();
    }
    let remote = format!("ext::{evil}");
    let settings = [
        ("core.fsmonitor", evil),
        ("core.sshCommand", evil),
        ("core.pager", evil),
        ("core.editor", evil),
        ("core.alternateRefsCommand", evil),
        ("core.askPass", evil),
        ("credential.helper", evil),
        ("diff.external", evil),
        ("protocol.allow", "always"),
        ("protocol.ext.allow", "always"),
        ("remote.origin.url", &remote),
        ("remote.origin.promisor", "true"),
        ("extensions.partialClone", "origin"),
        ("uploadpack.packObjectsHook", evil),
    ];
    for (key, value) in settings {
        repository.git(&["config", key, value]);
    }
    // A blob that only the remote has.
    fs::remove_file(repository.join(&format!(".git/objects/{}/{}", &id[..2], &id[2..]))).unwrap();
    let untracked = Request::WorkTree { start: ".".into(), explicit: false, untracked: true };
    for request in [untracked, staged(), revision("HEAD"), named("sub")] {
        let tree = repository.open(&request);
        let index = tree.listing().find(b"a.py").unwrap();
        if matches!(request, Request::WorkTree { .. }) {
            assert!(matches!(tree.head(index, 9), Head::Bytes { .. }));
        } else {
            assert_eq!(tree.head(index, 9), Head::Skipped("files missing from a partial clone"));
            assert!(matches!(tree.read_whole("a.py", 9), Err(SourceError::MissingBlob(_))));
        }
        // One blob that is missing keeps no other from being read.
        assert!(matches!(tree.head(tree.listing().find(b"sub/b.py").unwrap(), 9), Head::Bytes { .. }));
    }
    assert!(!marker.exists(), "something was executed");
    // The same configuration does start it where nobody looks out: the test is worth something.
    for control in [&["status"][..], &["-c", "core.fsmonitor=false", "cat-file", "-p", &id]] {
        repository.git_fallibly(control);
        assert!(marker.exists(), "{control:?}");
        fs::remove_file(&marker).unwrap();
    }
}

#[test]
fn files_that_pass_for_a_bare_repository_have_no_say() {
    let repository =
        Folder::repository(&[("sub/HEAD", "ref: refs/heads/main\n"), ("sub/config", "[core]\nbare = true\n")]);
    for path in ["sub/objects", "sub/refs"] {
        fs::create_dir(repository.join(path)).unwrap();
    }
    let tree = open_in(&here(), &repository.environment().in_folder(repository.join("sub"))).unwrap();
    assert_eq!(tree.root(), Some(repository.path()));
}

#[test]
fn a_tree_with_illegal_paths_is_refused() {
    let repository = Folder::repository(&[("a.py", "a")]);
    let blob = repository.git(&["rev-parse", "HEAD:a.py"]);
    // `git mktree` takes names that `git add` refuses.
    let tree = |entry: &str| {
        repository.write("entry", entry);
        repository.git(&["-c", "alias.tree=!git mktree <entry", "tree"])
    };
    let inner = tree(&format!("100644 blob {blob}\tconfig\n"));
    let tree = tree(&format!("040000 tree {inner}\t.git\n"));
    let commit = repository.git(&["commit-tree", &tree, "-m", "evil"]);
    let error = repository.try_open(&revision(&commit)).unwrap_err();
    assert!(matches!(&error, SourceError::IllegalPath { path, .. } if path == ".git/config"), "{error}");

    for path in ["../x", "/etc/passwd", ".git/config", ""] {
        assert!(matches!(repository.open(&here()).read_whole(path, 9), Err(SourceError::IllegalPath { .. })));
    }
}

/// Every file below a folder with what would change if it were written to.
fn state(folder: &Path) -> BTreeMap<PathBuf, (u64, SystemTime, Vec<u8>)> {
    let mut state = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let metadata = path.symlink_metadata().unwrap();
            let bytes = if metadata.is_file() { fs::read(&path).unwrap() } else { Vec::new() };
            state.insert(path.clone(), (metadata.ino(), metadata.modified().unwrap(), bytes));
            if metadata.is_dir() {
                open.push(path);
            }
        }
    }
    state
}

#[test]
fn nothing_is_written_to_the_repository() {
    let repository = Folder::repository(&[("a.py", "a"), ("CODEOWNERS", "* @a\n"), ("sub/b.py", "b")]);
    repository.git(&["config", "core.untrackedCache", "true"]);
    repository.git(&["update-index", "--force-untracked-cache"]);
    repository.write("new.py", "");
    // An index with stale times is what git likes to refresh.
    fs::File::open(repository.join("a.py")).unwrap().set_modified(SystemTime::UNIX_EPOCH).unwrap();
    let before = state(repository.path());
    assert!(before.contains_key(&repository.join(".git/index")));
    let untracked = Request::WorkTree { start: ".".into(), explicit: false, untracked: true };
    for request in [here(), untracked, staged(), revision("HEAD"), named("sub")] {
        let tree = repository.open(&request);
        for index in 0..tree.listing().len() {
            assert!(matches!(tree.head(index, 9), Head::Bytes { .. }));
        }
        find_codeowners(&tree, None, Dialect::GitHub).unwrap();
        find_policy(&tree, None).unwrap();
    }
    assert_eq!(state(repository.path()), before);
}
