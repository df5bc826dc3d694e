//! A fact stands for a file only while git would say that the file is its blob.

use std::fs;
use std::os::unix::fs::symlink;
use std::time::Duration;

use crate::warm::{MANY, Warm, an_hour_ago, files, manifest, set_modified};

#[test]
fn an_unchanged_file_is_not_read_again() {
    let warm = Warm::new();
    for number in [0, 1, MANY - 1] {
        assert!(warm.is_cached(&format!("k/m{number:03}.yaml")));
    }
    // Whatever form the index has.
    for version in ["4", "3", "2"] {
        warm.repo.git(&["update-index", "--index-version", version]);
        assert!(warm.is_cached("k/m001.yaml"), "version {version}");
    }
}

#[test]
fn a_user_who_wants_no_cache_gets_none() {
    let warm = Warm::new();
    assert!(!warm.is_cached_with("k/m001.yaml", &["--no-cache"], &[]));
    assert!(!warm.is_cached_with("k/m001.yaml", &[], &[("MLOPS_LINT_NO_CACHE", "1")]));
    assert!(warm.is_cached_with("k/m001.yaml", &[], &[("MLOPS_LINT_NO_CACHE", "")]));
    let elsewhere = Warm::cold(&[]);
    elsewhere.run(&["check", "--no-cache"]);
    assert_eq!(files(elsewhere.cache.path()).len(), 0);
}

#[test]
fn a_changed_file_is_read_however_it_was_changed() {
    let warm = Warm::new();
    // Other bytes of the same size, and the old time put back: the system still knows when it was changed.
    let modified = fs::metadata(warm.path(1)).unwrap().modified().unwrap();
    fs::write(warm.path(1), manifest(1).replace("m001", "m999")).unwrap();
    set_modified(&warm.path(1), modified);
    // Another file in its place, of the same bytes and time.
    fs::copy(warm.path(2), warm.path(2).with_extension("new")).unwrap();
    set_modified(&warm.path(2).with_extension("new"), fs::metadata(warm.path(2)).unwrap().modified().unwrap());
    fs::rename(warm.path(2).with_extension("new"), warm.path(2)).unwrap();
    // The same bytes, touched. (git compares seconds: by less it would see no difference, and note none.)
    set_modified(&warm.path(3), an_hour_ago() - Duration::from_secs(60));
    for number in 1..4 {
        assert!(!warm.is_cached(&format!("k/m{number:03}.yaml")), "{number}");
    }
    assert!(warm.is_cached("k/m004.yaml"));
    // Once git has looked at them, they are what they were.
    warm.repo.git(&["update-index", "-q", "--refresh", "--", "k/m002.yaml", "k/m003.yaml"]);
    assert!(warm.is_cached("k/m002.yaml") && warm.is_cached("k/m003.yaml"));
}

#[test]
fn a_file_as_young_as_the_index_may_have_changed_unseen() {
    let warm = Warm::new();
    let modified = fs::metadata(warm.path(1)).unwrap().modified().unwrap();
    let index = warm.repo.path().join(".git/index");
    set_modified(&index, modified);
    assert!(!warm.is_cached("k/m001.yaml"));
    set_modified(&index, modified + std::time::Duration::from_secs(2));
    assert!(warm.is_cached("k/m001.yaml"));
}

#[test]
fn files_that_git_looks_away_from_are_read() {
    let warm = Warm::new();
    warm.repo.git(&["update-index", "--assume-unchanged", "k/m001.yaml"]);
    warm.repo.git(&["update-index", "--skip-worktree", "k/m002.yaml"]);
    assert!(!warm.is_cached("k/m001.yaml"));
    assert!(!warm.is_cached("k/m002.yaml"));
    assert!(warm.is_cached("k/m003.yaml"));
}

#[test]
fn a_file_without_one_staged_content_is_read() {
    let warm = Warm::new();
    let id = warm.repo.git_output(&["rev-parse", ":k/m001.yaml"]);
    let stages = [1, 2, 3].map(|stage| format!("100644 {id} {stage}\tk/m001.yaml\n")).concat();
    warm.repo.git(&["rm", "--quiet", "--cached", "k/m001.yaml", "k/m002.yaml"]);
    warm.repo.git_input(&["update-index", "--index-info"], &stages);
    warm.repo.git(&["add", "--intent-to-add", "k/m002.yaml"]);
    assert!(!warm.is_cached("k/m001.yaml"), "stages of a merge");
    assert!(!warm.is_cached("k/m002.yaml"), "intent to add");
    assert!(warm.is_cached("k/m003.yaml"));
    // An untracked file has no blob at all.
    warm.repo.git(&["rm", "--quiet", "--cached", "k/m004.yaml"]);
    assert!(!warm.is_cached_with("k/m004.yaml", &["--untracked"], &[]));
}

#[test]
fn a_link_is_no_file_whatever_it_leads_to() {
    let warm = Warm::new();
    fs::remove_file(warm.path(1)).unwrap();
    symlink("m002.yaml", warm.path(1)).unwrap();
    let run = warm.run(&["who", "k/m001.yaml"]);
    assert!(!run.stdout.contains("CACHED!") && !run.stdout.contains("v1beta1"), "{}", run.stdout);
    // Nor is one that git knows as a link, though its blob is known as a file's, or as a repository of its own.
    warm.repo.git(&["add", "k/m001.yaml"]);
    let commit = warm.repo.git_output(&["commit-tree", "-m", "first", "4b825dc642cb6eb9a060e54bf8d69288fbee4904"]);
    warm.repo.git(&["update-index", "--cacheinfo", &format!("160000,{commit},k/m003.yaml")]);
    warm.repo.write("k/same.yaml", b"m002.yaml");
    warm.repo.git(&["add", "k/same.yaml"]);
    for mode in [&[][..], &["--staged"]] {
        let report = |more: &[&str]| warm.run(&[&["check", "--format", "json"], mode, more].concat()).json();
        let skipped = |more: &[&str]| report(more)["summary"]["not_checked"].clone();
        assert_eq!(skipped(&["--no-cache"]).to_string().matches("symbolic links").count(), 1);
        for _ in 0..2 {
            assert_eq!(skipped(&[]), skipped(&["--no-cache"]), "{mode:?}");
        }
    }
}

#[test]
fn a_path_that_git_filters_is_read() {
    let changing =
        ["filter=lfs", "text", "text=auto", "eol=lf", "eol=crlf", "crlf", "ident", "working-tree-encoding=UTF-16"];
    let harmless = ["-text", "binary", "diff=python", "-filter", "!text", "linguist-generated"];
    let lines = changing.iter().chain(&harmless).enumerate();
    let lines =
        lines.map(|(number, attribute)| format!("m{number:03}.yaml {attribute}\n")).collect::<Vec<_>>().concat();
    for place in [".gitattributes", "k/.gitattributes", ".git/info/attributes"] {
        let warm = Warm::new();
        warm.repo.write(place, lines.as_bytes());
        for (number, attribute) in changing.iter().chain(&harmless).enumerate() {
            let is_harmless = harmless.contains(attribute);
            assert_eq!(warm.is_cached(&format!("k/m{number:03}.yaml")), is_harmless, "{attribute} in {place}");
        }
    }
}

#[test]
fn line_ends_converted_everywhere_leave_nothing_to_the_cache() {
    let warm = Warm::new();
    for (value, is_cached) in [("true", false), ("input", false), ("yes", false), ("false", true), ("0", true)] {
        warm.repo.git(&["config", "core.autocrlf", value]);
        assert_eq!(warm.is_cached("k/m001.yaml"), is_cached, "{value}");
    }
    warm.repo.write(".gitattributes", b"* text=auto\n");
    assert!(!warm.is_cached("k/m001.yaml"));
}

#[test]
fn a_file_of_another_size_than_its_blob_was_filtered_once() {
    let warm = Warm::cold(&[]);
    warm.repo.git(&["config", "filter.header.clean", "sed 1d"]);
    warm.repo.write(".git/info/attributes", b"m001.yaml filter=header\n");
    warm.repo.write("k/m001.yaml", format!("# for this machine\n{}", manifest(1)).as_bytes());
    warm.age("k/m001.yaml");
    warm.repo.git(&["add", "k/m001.yaml"]);
    // The blob's own facts are known, and nothing says any more that the file is not its blob.
    warm.fill(&["--staged"]);
    fs::remove_file(warm.repo.path().join(".git/info/attributes")).unwrap();
    assert!(!warm.is_cached("k/m001.yaml"));
    assert!(warm.is_cached("k/m002.yaml"));
}

#[test]
fn an_index_in_two_halves_says_nothing() {
    let warm = Warm::new();
    warm.repo.git(&["update-index", "--split-index"]);
    assert!(!warm.is_cached("k/m001.yaml"));
}

#[test]
fn of_blobs_the_id_alone_decides() {
    for format in ["sha1", "sha256"] {
        let warm = Warm::cold(&[&format!("--object-format={format}")]);
        warm.repo.git(&["commit", "--quiet", "-m", "first"]);
        warm.fill(&[]);
        // Other files in the work tree, and filters, are nothing to a blob.
        warm.repo.write("k/m001.yaml", b"kind: Other\n");
        warm.repo.write(".gitattributes", b"* text=auto\n");
        for arguments in [&["--staged"][..], &["--rev", "HEAD"]] {
            assert!(warm.is_cached_with("k/m001.yaml", arguments, &[]), "{format} {arguments:?}");
        }
        warm.repo.write("k/m002.yaml", manifest(999).as_bytes());
        warm.repo.git(&["add", "k/m002.yaml"]);
        assert!(!warm.is_cached_with("k/m002.yaml", &["--staged"], &[]), "{format}");
        assert!(warm.is_cached_with("k/m002.yaml", &["--rev", "HEAD"], &[]), "{format}");
    }
}
