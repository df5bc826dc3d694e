//! Which paths are listed, and as what.

use std::path::PathBuf;

use mlops_lint::source::{FileKind, Head, ListInput, Request, SourceError};

use crate::repository::{Folder, here, paths, revision, staged};

#[test]
fn kinds_and_object_ids_come_from_the_index() {
    let inner = Folder::repository(&[("x.py", "")]);
    let repository = Folder::repository(&[("a.py", "content")]);
    repository.git(&["submodule", "--quiet", "add", inner.path().to_str().unwrap(), "vendored"]);
    let link = repository.git(&["hash-object", "-w", "a.py"]);
    repository.git(&["update-index", "--add", "--cacheinfo", &format!("120000,{link},link")]);
    repository.git(&["commit", "-qm", "second"]);
    for request in [here(), staged(), revision("HEAD")] {
        let tree = repository.open(&request);
        let listing = tree.listing();
        let kind = |path: &str| listing.kind(listing.find(path.as_bytes()).unwrap());
        assert_eq!(kind("a.py"), FileKind::Regular);
        assert_eq!(kind("link"), FileKind::Symlink);
        assert_eq!(kind("vendored"), FileKind::Submodule);
        let id = listing.object_id(listing.find(b"a.py").unwrap()).unwrap();
        let bytes = (0..20).map(|at| u8::from_str_radix(&link[2 * at..2 * at + 2], 16).unwrap());
        assert_eq!(id, bytes.collect::<Vec<u8>>());
    }
}

#[test]
fn untracked_files_are_listed_when_asked_and_ignored_ones_never() {
    let repository = Folder::repository(&[("b.py", ""), (".gitignore", "*.bin\n")]);
    repository.write("a.py", "new");
    repository.write("model.bin", "");
    repository.git(&["init", "-q", "nested"]);
    repository.write("nested/x.py", "");
    assert_eq!(paths(&repository.open(&here())), [".gitignore", "b.py"]);

    let tree = repository.open(&Request::WorkTree { start: ".".into(), explicit: false, untracked: true });
    assert_eq!(paths(&tree), [".gitignore", "a.py", "b.py"]);
    assert_eq!(tree.listing().object_id(1), None);
    assert!(tree.listing().object_id(2).is_some());
    assert_eq!(tree.head(1, 9), Head::Bytes { bytes: b"new".to_vec(), truncated: false });
    assert_eq!(tree.unlisted().reasons, [("repositories inside the repository", 1, b"nested/".to_vec())]);
}

#[test]
fn an_unresolved_merge_lists_its_paths_once() {
    let repository = Folder::repository(&[("a.py", "one\n"), ("CODEOWNERS", "* @a\n")]);
    repository.git(&["checkout", "-q", "-b", "side"]);
    repository.write("a.py", "two\n");
    repository.write("CODEOWNERS", "* @b\n");
    repository.git(&["commit", "-qam", "two"]);
    repository.git(&["checkout", "-q", "main"]);
    repository.write("a.py", "three\n");
    repository.write("CODEOWNERS", "* @c\n");
    repository.git(&["commit", "-qam", "three"]);
    // The merge must fail for the test to mean anything.
    assert!(!repository.git_fallibly(&["merge", "side"]).status.success());

    let tree = repository.open(&staged());
    assert_eq!(paths(&tree), ["CODEOWNERS", "a.py"]);
    assert_eq!(tree.head(1, 9), Head::Skipped("files in an unresolved merge"));
    assert!(matches!(tree.read_whole("CODEOWNERS", 99), Err(SourceError::Unmerged(_))));
    assert!(matches!(repository.open(&here()).head(1, 99), Head::Bytes { .. }));
}

#[test]
fn repositories_with_longer_object_ids_are_read() {
    let repository = Folder::new();
    repository.git(&["init", "-q", "--object-format=sha256"]);
    repository.write("a.py", "content");
    repository.git(&["add", "a.py"]);
    let tree = repository.open(&staged());
    assert_eq!(tree.listing().object_id(0).unwrap().len(), 32);
    assert_eq!(tree.head(0, 3), Head::Bytes { bytes: b"con".to_vec(), truncated: true });
}

#[cfg(unix)]
#[test]
fn names_are_bytes_of_any_kind() {
    use std::os::unix::ffi::OsStrExt;
    let names: [&[u8]; 5] = [b"a\n::error::pwned\n.yml", b"esc\x1b[31m.py", b"latin\xe9.py", b"tab\there", b"-rf"];
    let repository = Folder::repository(&[]);
    for name in names {
        std::fs::write(repository.path().join(std::ffi::OsStr::from_bytes(name)), name).unwrap();
    }
    let untracked = Request::WorkTree { start: ".".into(), explicit: false, untracked: true };
    let check = |request: &Request| {
        let tree = repository.open(request);
        assert_eq!(tree.listing().len(), names.len());
        for name in names {
            let index = tree.listing().find(name).unwrap();
            assert_eq!(tree.head(index, 99), Head::Bytes { bytes: name.to_vec(), truncated: false });
        }
    };
    check(&untracked);
    repository.git(&["add", "-A"]);
    repository.git(&["commit", "-qm", "names"]);
    [here(), staged(), revision("HEAD")].iter().for_each(check);
}

#[test]
fn outside_git_everything_is_listed_but_git_folders() {
    let folder = Folder::new();
    for path in [".gitignore", ".hidden/a", "x.bin", "nested/b.py", "nested/.git/config"] {
        folder.write(path, "*.bin\n");
    }
    assert_eq!(paths(&folder.open(&here())), [".gitignore", ".hidden/a", "nested/b.py", "x.bin"]);
}

/// Deeper than the system can name in one path: it stays unread for root too, unlike a folder without permissions.
#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_cannot_be_read_is_said() {
    let folder = Folder::new();
    folder.write("a.py", "");
    let script = "n=$(printf %0200d 0); for i in $(seq 25); do mkdir $n && cd $n || exit 1; done";
    let made = std::process::Command::new("bash").args(["-c", script]).current_dir(folder.path()).status().unwrap();
    assert!(made.success());
    let tree = folder.open(&here());
    assert_eq!(paths(&tree), ["a.py"]);
    let [("folders that cannot be read", 1, path)] = tree.unlisted().reasons.as_slice() else {
        panic!("{:?}", tree.unlisted())
    };
    assert!(path.starts_with(b"0000"));
}

#[test]
fn a_revision_must_name_a_commit() {
    let repository = Folder::repository(&[("a.py", "")]);
    for rev in ["nowhere", "", "--all", "-h", "HEAD:a.py", "HEAD..HEAD", "main\0", "HEAD\n"] {
        let error = repository.try_open(&revision(rev)).unwrap_err();
        assert!(matches!(error, SourceError::BadRevision { .. }), "{rev:?}: {error}");
        assert_eq!(error.exit_code(), 2);
    }
    repository.git(&["tag", "-a", "v1", "-m", "annotated"]);
    assert_eq!(paths(&repository.open(&revision("v1"))), ["a.py"]);
    let described = repository.open(&revision("v1")).describe();
    assert!(described.contains(&repository.git(&["rev-parse", "HEAD"])[..12]) && described.contains("`v1`"));
}

#[test]
fn a_bare_list_has_paths_and_no_contents() {
    let folder = Folder::new();
    folder.write("paths.txt", "./b.py\r\na.py\r\nb.py\n");
    let list =
        |paths: &str| Request::List { paths: ListInput::File(PathBuf::from(paths)), codeowners: Some("owners".into()) };
    folder.write("owners", "* @a\n");
    let tree = folder.open(&list("paths.txt"));
    assert_eq!(tree.read_whole("owners", 9).unwrap().unwrap(), b"* @a\n");
    assert_eq!(tree.read_whole("paths.txt", 99).unwrap(), None);
    assert_eq!(paths(&tree), ["a.py", "b.py"]);
    assert_eq!(tree.root(), None);
    assert_eq!(tree.listing().kind(0), FileKind::Unknown);
    assert_eq!(tree.head(0, 9), Head::Skipped("paths of a bare listing"));
    assert_eq!(tree.describe(), "the list `paths.txt`");

    folder.write("bad.txt", "a.py\n../b.py\n");
    let error = folder.try_open(&list("bad.txt")).unwrap_err();
    assert!(matches!(error, SourceError::BadListLine { line: 2, .. }), "{error}");
    assert!(matches!(folder.try_open(&list("nowhere.txt")), Err(SourceError::Unreadable { .. })));
}
