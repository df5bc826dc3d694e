//! Where the root is found, and what the environment has to say about it.

use mlops_lint::source::{Environment, Request, SourceError, open_in};

use crate::repository::{Folder, here, named, paths, revision, staged};

fn in_folder(repository: &Folder, path: &str) -> Environment {
    repository.environment().in_folder(repository.join(path))
}

#[test]
fn a_subfolder_leads_to_the_whole_repository() {
    let repository = Folder::repository(&[("a.py", ""), ("src/deep/b.py", "")]);
    for request in [here(), staged(), revision("HEAD")] {
        let tree = open_in(&request, &in_folder(&repository, "src/deep")).unwrap();
        assert_eq!(tree.root(), Some(repository.path()));
        assert_eq!(tree.scope(), None);
        assert_eq!(paths(&tree), ["a.py", "src/deep/b.py"]);
    }
}

#[test]
fn a_named_part_of_a_repository_is_a_scope() {
    let repository = Folder::repository(&[("a.py", ""), ("src/deep/b.py", "")]);
    let tree = repository.open(&named("src/deep"));
    assert_eq!(tree.root(), Some(repository.path()));
    assert_eq!(tree.scope(), Some(&b"src/deep"[..]));
    assert_eq!(paths(&tree), ["a.py", "src/deep/b.py"]);

    assert_eq!(repository.open(&named("src/deep/b.py")).scope(), Some(&b"src/deep/b.py"[..]));
    assert_eq!(repository.open(&named(".")).scope(), None);
    assert_eq!(open_in(&named("."), &in_folder(&repository, "src")).unwrap().scope(), Some(&b"src"[..]));
}

#[test]
fn a_named_folder_with_its_own_owners_is_a_root_in_a_larger_repository() {
    let repository = Folder::repository(&[
        ("a.py", ""),
        ("examples/one/docs/CODEOWNERS", "* @one\n"),
        ("examples/one/model.py", "one"),
        ("examples/two/.mlops-lint.yaml", "version: 1\n"),
    ]);
    let requests = [
        named("examples/one"),
        Request::Staged { start: "examples/one".into(), explicit: true },
        Request::Revision { start: "examples/one/model.py".into(), explicit: true, rev: "HEAD".into() },
    ];
    for request in requests {
        let tree = repository.open(&request);
        assert_eq!(tree.root(), Some(&*repository.join("examples/one")));
        assert_eq!(paths(&tree), ["docs/CODEOWNERS", "model.py"]);
        assert_eq!(tree.read_whole("model.py", 10).unwrap().unwrap(), b"one");
        let is_file = matches!(request, Request::Revision { .. });
        assert_eq!(tree.scope(), is_file.then_some(&b"model.py"[..]));
    }
    assert_eq!(paths(&repository.open(&named("examples/two"))), [".mlops-lint.yaml"]);
    // Not named, the same folder is a part of its repository.
    assert_eq!(open_in(&here(), &in_folder(&repository, "examples/one")).unwrap().root(), Some(repository.path()));
}

#[test]
fn linked_work_trees_and_submodules_are_their_own_roots() {
    let repository = Folder::repository(&[("a.py", "")]);
    let other = Folder::new();
    repository.git(&["worktree", "add", "-q", "-b", "side", other.join("tree").to_str().unwrap()]);
    std::fs::write(other.join("tree/b.py"), "").unwrap();
    std::fs::create_dir(other.join("tree/sub")).unwrap();
    let request = Request::WorkTree { start: "tree/sub".into(), explicit: false, untracked: true };
    let tree = other.open(&request);
    assert_eq!(tree.root(), Some(&*other.join("tree")));
    assert_eq!(paths(&tree), ["a.py", "b.py"]);

    let super_project = Folder::repository(&[("c.py", "")]);
    super_project.git(&["submodule", "--quiet", "add", repository.path().to_str().unwrap(), "vendored"]);
    assert_eq!(super_project.open(&named("vendored")).root(), Some(&*super_project.join("vendored")));
    assert_eq!(paths(&super_project.open(&named("vendored"))), ["a.py"]);
}

#[test]
fn a_missing_path_is_exit_3_and_an_empty_folder_an_empty_listing() {
    let folder = Folder::new();
    let error = folder.try_open(&named("nowhere")).unwrap_err();
    assert!(matches!(error, SourceError::Missing(_)));
    assert_eq!(error.exit_code(), 3);

    assert!(folder.open(&here()).listing().is_empty());
    assert!(Folder::repository(&[]).open(&here()).listing().is_empty());
}

#[test]
fn outside_git_the_folder_is_the_root_and_revisions_are_errors() {
    let folder = Folder::new();
    folder.write("src/a.py", "");
    let tree = folder.open(&named("src"));
    assert_eq!(tree.root(), Some(&*folder.join("src")));
    assert_eq!(tree.scope(), None);
    assert_eq!(folder.open(&named("src/a.py")).scope(), Some(&b"a.py"[..]));
    for request in [staged(), revision("HEAD")] {
        let error = folder.try_open(&request).unwrap_err();
        assert!(matches!(error, SourceError::NotARepository(_)));
        assert_eq!(error.exit_code(), 2);
    }
}

#[test]
fn a_bare_repository_has_revisions_only() {
    let repository = Folder::repository(&[("a.py", "one"), ("CODEOWNERS", "* @a\n")]);
    let bare = Folder::new();
    bare.git(&["clone", "-q", "--bare", repository.path().to_str().unwrap(), "."]);
    for request in [here(), staged()] {
        assert!(matches!(bare.try_open(&request).unwrap_err(), SourceError::Bare(_)));
    }
    let tree = bare.open(&revision("main"));
    assert_eq!(tree.root(), None);
    assert_eq!(paths(&tree), ["CODEOWNERS", "a.py"]);
    assert_eq!(tree.read_whole("a.py", 10).unwrap().unwrap(), b"one");
}

#[test]
fn the_index_of_a_hook_counts_for_its_own_repository_only() {
    let first = Folder::repository(&[("a.py", "")]);
    let second = Folder::repository(&[("b.py", "")]);
    // What `git commit -- file` gives its hooks: another index, beside the usual one.
    let index = first.join(".git/next-index-1.lock");
    std::fs::copy(first.join(".git/index"), &index).unwrap();
    first.write("c.py", "");
    first.git_with(&["add", "c.py"], &[("GIT_INDEX_FILE", index.to_str().unwrap())]);

    for hook in [first.environment(), first.environment().with("GIT_DIR", first.join(".git"))] {
        let hook = hook.with("GIT_INDEX_FILE", &index);
        assert_eq!(paths(&open_in(&here(), &hook).unwrap()), ["a.py", "c.py"]);
        // Another repository, named or gone into, is not poisoned.
        assert_eq!(paths(&open_in(&named(second.path()), &hook).unwrap()), ["b.py"]);
        assert_eq!(paths(&open_in(&here(), &hook.clone().in_folder(second.path())).unwrap()), ["b.py"]);
    }
    // git names the usual index relative to the top, and may start a hook's command below it.
    std::fs::create_dir(first.join("sub")).unwrap();
    let hook = first.environment().in_folder(first.join("sub")).with("GIT_INDEX_FILE", ".git/next-index-1.lock");
    assert_eq!(paths(&open_in(&here(), &hook).unwrap()), ["a.py", "c.py"]);
}

#[test]
fn a_repository_that_only_the_environment_names_is_found() {
    let home = Folder::new();
    home.write("model.py", "");
    home.git(&["init", "-q", "--bare", "dotfiles"]);
    let (git_dir, work_tree) = (home.join("dotfiles"), home.path());
    let variables = [("GIT_DIR", git_dir.to_str().unwrap()), ("GIT_WORK_TREE", work_tree.to_str().unwrap())];
    home.git_with(&["add", "model.py"], &variables);
    home.write("private.txt", "");
    let environment = home.environment().with("GIT_DIR", "dotfiles").with("GIT_WORK_TREE", ".");
    assert_eq!(paths(&open_in(&here(), &environment).unwrap()), ["model.py"]);

    let elsewhere = Folder::new();
    elsewhere.write("other.py", "");
    assert_eq!(paths(&open_in(&named(elsewhere.path()), &environment).unwrap()), ["other.py"]);
}

#[test]
fn a_repository_of_somebody_else_is_an_error_with_the_advice_of_git() {
    let repository = Folder::repository(&[("a.py", "")]);
    let stranger = repository.environment().with("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1");
    for request in [here(), staged(), revision("HEAD")] {
        let error = open_in(&request, &stranger).unwrap_err();
        assert!(matches!(error, SourceError::DubiousOwnership { .. }), "{error}");
        assert!(error.help().unwrap().contains("safe.directory"));
        assert_eq!(error.exit_code(), 2);
    }
}

#[test]
fn a_repository_without_git_is_an_error_and_not_a_walk() {
    let repository = Folder::repository(&[("a.py", "")]);
    let nothing = Folder::new();
    let error = open_in(&here(), &repository.environment().with("PATH", nothing.path())).unwrap_err();
    assert!(matches!(error, SourceError::NoGit { .. }), "{error}");
    // Without a repository no git is needed.
    nothing.write("b.py", "");
    assert_eq!(paths(&open_in(&here(), &nothing.environment().with("PATH", "")).unwrap()), ["b.py"]);
}

#[test]
fn a_configuration_that_puts_the_work_tree_elsewhere_is_refused() {
    let repository = Folder::repository(&[("etc/passwd", "")]);
    let outer = Folder::new();
    for elsewhere in ["/", outer.path().to_str().unwrap()] {
        repository.git(&["config", "core.worktree", elsewhere]);
        let error = repository.try_open(&here()).unwrap_err();
        assert!(matches!(error, SourceError::WorkTreeElsewhere(_)), "{error}");
    }
}

#[test]
fn an_empty_git_folder_is_no_repository() {
    let repository = Folder::repository(&[("sub/a.py", "")]);
    std::fs::create_dir(repository.join("sub/.git")).unwrap();
    let tree = open_in(&here(), &in_folder(&repository, "sub")).unwrap();
    assert_eq!(tree.root(), Some(repository.path()));
    // A damaged one is an error: what is above it is another project.
    repository.write("sub/.git/HEAD", "nonsense");
    let error = open_in(&here(), &in_folder(&repository, "sub")).unwrap_err();
    assert!(error.to_string().contains("not a git repository"), "{error}");
}
