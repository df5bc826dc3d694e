//! Which content is read in which mode, and how much of it.

use mlops_lint::source::{Head, SourceError};

use crate::repository::{Folder, here, paths, revision, staged};

fn bytes(content: &str) -> Head {
    Head::Bytes { bytes: content.as_bytes().to_vec(), truncated: false }
}

#[test]
fn each_mode_reads_its_own_content() {
    let repository = Folder::repository(&[("a.py", "committed")]);
    repository.write("a.py", "staged");
    repository.git(&["add", "a.py"]);
    repository.write("a.py", "in the work tree");
    for (request, content) in [(here(), "in the work tree"), (staged(), "staged"), (revision("HEAD"), "committed")] {
        let tree = repository.open(&request);
        assert_eq!(tree.head(0, 99), bytes(content));
        assert_eq!(tree.head(0, content.len()), bytes(content));
        let start = content.as_bytes()[..3].to_vec();
        assert_eq!(tree.head(0, 3), Head::Bytes { bytes: start, truncated: true });
        assert_eq!(tree.head(0, 0), Head::Bytes { bytes: Vec::new(), truncated: true });
        assert_eq!(tree.read_whole("a.py", 99).unwrap().unwrap(), content.as_bytes());
        assert_eq!(tree.read_whole("none.py", 99).unwrap(), None);
        let size = content.len() as u64;
        let error = tree.read_whole("a.py", content.len() - 1).unwrap_err();
        assert!(matches!(error, SourceError::TooLarge { size: found, .. } if found == size), "{error}");
    }
}

#[test]
fn many_blobs_come_from_the_same_children_in_any_order() {
    let files: Vec<(String, String)> = (0..50).map(|n| (format!("{n:02}"), "line\n".repeat(n * 200))).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, content)| (&**path, &**content)).collect();
    let tree = Folder::repository(&files);
    let tree = tree.open(&revision("HEAD"));
    for index in (0..50).rev().chain(0..50) {
        let content = files[index].1;
        let (start, truncated) = (&content[..content.len().min(1000)], content.len() > 1000);
        assert_eq!(tree.head(index, 1000), Head::Bytes { bytes: start.as_bytes().to_vec(), truncated });
    }
}

#[test]
fn a_blob_too_large_to_unpack_is_skipped_and_the_next_one_is_read() {
    let repository = Folder::repository(&[("b.txt", "small")]);
    std::fs::File::create(repository.join("a.bin")).unwrap().set_len(16 * 1024 * 1024 + 1).unwrap();
    repository.git(&["add", "-A"]);
    let tree = repository.open(&staged());
    assert_eq!(tree.head(0, 10), Head::Skipped("files over 16 MiB"));
    assert_eq!(tree.head(1, 10), bytes("small"));
    // On disk the start costs nothing.
    assert_eq!(repository.open(&here()).head(0, 1), Head::Bytes { bytes: vec![0], truncated: true });
}

#[test]
fn files_missing_from_the_work_tree_are_said() {
    let repository = Folder::repository(&[("a.py", "a"), ("sub/b.py", "b"), ("sub2/c.py", "c")]);
    std::fs::remove_file(repository.join("a.py")).unwrap();
    std::fs::remove_dir_all(repository.join("sub")).unwrap();
    std::fs::remove_dir_all(repository.join("sub2")).unwrap();
    repository.write("sub2", "a file where a folder was");
    let tree = repository.open(&here());
    assert_eq!(tree.listing().len(), 3);
    for index in 0..3 {
        assert_eq!(tree.head(index, 9), Head::Skipped("files missing from the work tree"));
    }
    repository.write("a.py/x", "");
    assert_eq!(repository.open(&here()).head(0, 9), Head::Skipped("folders in the place of files"));
}

#[test]
fn a_sparse_checkout_still_has_its_owners() {
    let repository = Folder::repository(&[(".github/CODEOWNERS", "* @a\n"), ("src/a.py", "a"), ("data/b.py", "b")]);
    repository.git(&["sparse-checkout", "set", "--sparse-index", "src"]);
    assert!(!repository.join(".github").exists());
    let tree = repository.open(&here());
    assert_eq!(paths(&tree), [".github/CODEOWNERS", "data/b.py", "src/a.py"]);
    assert_eq!(tree.head(1, 9), Head::Skipped("files missing from the work tree"));
    assert_eq!(tree.read_whole(".github/CODEOWNERS", 99).unwrap().unwrap(), b"* @a\n");
    // A file that the user deleted is gone.
    std::fs::remove_file(repository.join("src/a.py")).unwrap();
    assert_eq!(tree.read_whole("src/a.py", 99).unwrap(), None);
}

#[test]
fn contents_are_raw_no_filter_runs() {
    let repository = Folder::repository(&[(".gitattributes", "*.py filter=evil diff=evil\n"), ("a.py", "raw")]);
    let marker = repository.join("ran");
    let command = format!("touch {}; cat", marker.display());
    for key in ["filter.evil.smudge", "filter.evil.clean", "diff.evil.textconv"] {
        repository.git(&["config", key, &command]);
    }
    for request in [here(), staged(), revision("HEAD")] {
        assert_eq!(repository.open(&request).head(1, 9), bytes("raw"));
    }
    assert!(!marker.exists());
}
