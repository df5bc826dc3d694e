//! Models that git itself stores: the real binary on small real repositories.

#![allow(clippy::unwrap_used, reason = "what a test cannot set up fails it")]

mod support;

use support::{Repo, Run};

const MEGABYTE: usize = 1_000_000;

fn hdf5(size: usize) -> Vec<u8> {
    let mut bytes = b"\x89HDF\r\n\x1a\n...keras_version".to_vec();
    bytes.resize(size, 7);
    bytes
}

fn repo() -> Repo {
    let repo = Repo::new(&[("CODEOWNERS", "/models/ @acme/ml-eng\n")]);
    repo.write("models/large.h5", &hdf5(2 * MEGABYTE + 300_000));
    repo.write("models/small.h5", &hdf5(MEGABYTE - 1));
    repo.write("models/kept.h5", &hdf5(MEGABYTE));
    repo.write("models/kept.h5.dvc", b"outs:\n- md5: 00\n");
    repo.write("tests/data/large.h5", &hdf5(MEGABYTE));
    repo.write("lib/hook.pth", b"import cuml.accel\n".repeat(100_000).as_slice());
    repo.git(&["add", "--all"]);
    repo.git(&["commit", "--quiet", "--message", "all"]);
    repo
}

fn findings(run: &Run) -> Vec<String> {
    let report = run.json();
    let findings = report["findings"].as_array().unwrap();
    let of_rule = findings.iter().filter(|finding| finding["rule"] == "MLO401");
    of_rule.map(|finding| finding["message"].as_str().unwrap().to_owned()).collect()
}

const LARGE: &str = "git itself stores the model `models/large.h5` (2.3 MB, HDF5)";

#[test]
fn a_large_model_is_told_with_the_way_out() {
    let repo = repo();
    for place in [&["check"][..], &["check", "--staged", "--all"], &["check", "--rev", "HEAD"]] {
        assert_eq!(findings(&repo.run(&[place, &["--format", "json"]].concat())), [LARGE], "{place:?}");
    }
    let run = repo.run(&["check"]);
    let shown = "\
warning[MLO401 model-in-git]: git itself stores the model `models/large.h5` (2.3 MB, HDF5)
  --> models/large.h5: 2.3 MB, no pointer of Git LFS or DVC
  area: models
  1 file: models/large.h5
  help: keep it with Git LFS or with DVC:
            git lfs track \"*.h5\" && git add --renormalize models/large.h5
            git rm --cached models/large.h5 && dvc add models/large.h5
  note: what was committed stays in git's history until that is rewritten
";
    assert!(run.stdout.contains(shown), "{}", run.stdout);
}

#[test]
fn what_git_lfs_has_checked_out_is_a_pointer_in_git() {
    let repo = repo();
    repo.write("models/large.h5", b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 2300000\n");
    repo.git(&["add", "--all"]);
    repo.write("models/large.h5", &hdf5(2 * MEGABYTE));
    assert_eq!(findings(&repo.run(&["check", "--format", "json"])), [""; 0]);
    assert_eq!(findings(&repo.run(&["check", "--format", "json", "--rev", "HEAD"])), [LARGE]);
}

#[test]
fn what_git_lfs_should_have_taken_is_told_apart() {
    let repo = repo();
    repo.write(".gitattributes", b"*.h5 filter=lfs diff=lfs merge=lfs -text\n");
    // Without the filter's program git would refuse to run it.
    repo.git(&["-c", "filter.lfs.clean=cat", "add", ".gitattributes"]);
    for place in [&["check"][..], &["check", "--staged", "--all"]] {
        let report = repo.run(&[place, &["--format", "json"]].concat()).json();
        let finding =
            report["findings"].as_array().unwrap().iter().find(|finding| finding["rule"] == "MLO401").unwrap();
        assert!(finding["note"].as_str().unwrap().starts_with("`.gitattributes` gives it to Git LFS"), "{finding}");
        assert!(finding["help"].as_str().unwrap().contains("git lfs install"), "{finding}");
    }
    // The commit knows nothing of it.
    let report = repo.run(&["check", "--rev", "HEAD", "--format", "json"]).json();
    assert!(!report.to_string().contains("gives it to Git LFS"), "{report}");
}

#[test]
fn a_bare_list_tells_no_sizes_and_a_folder_outside_git_stores_nothing() {
    let repo = repo();
    let run = support::run_in(repo.path(), &["check", "--files-from", "-", "--format", "json"], b"models/a.onnx\n");
    assert_eq!(findings(&run), [""; 0]);
    assert_eq!(run.json()["summary"]["not_checked"][0]["count"], 1);
    let plain = Repo::plain(&[("CODEOWNERS", "/models/ @acme/ml-eng\n")]);
    plain.write("models/large.h5", &hdf5(MEGABYTE));
    assert_eq!(findings(&plain.run(&["check", "--format", "json"])), [""; 0]);
}

#[cfg(unix)]
#[test]
fn a_link_to_a_model_is_none() {
    let repo = repo();
    std::os::unix::fs::symlink("large.h5", repo.path().join("models/latest.onnx")).unwrap();
    repo.git(&["add", "--all"]);
    assert_eq!(findings(&repo.run(&["check", "--format", "json"])), [LARGE]);
}

#[test]
fn many_models_of_a_directory_are_one_finding() {
    let repo = Repo::new(&[("CODEOWNERS", "/models/ @acme/ml-eng\n")]);
    for name in ["a", "-b c", "$(id)"] {
        repo.write(&format!("models/{name}.h5"), &hdf5(MEGABYTE + name.len()));
    }
    repo.git(&["add", "--all"]);
    let run = repo.run(&["check", "--format", "json"]);
    assert_eq!(
        findings(&run),
        ["git itself stores 3 models below `models/` (3 MB together, the largest `models/$(id).h5`)"]
    );
    assert!(run.stdout.contains("'models/$(id).h5'"), "{}", run.stdout);
}
