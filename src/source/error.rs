//! What can go wrong on the way to paths and contents, with a remedy and an exit code each.

use std::io;
use std::path::PathBuf;

/// Why there is no listing, or no content. Names in it are raw: whoever prints them makes them safe first.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The path to check is not there.
    #[error("there is no file or folder `{}`", .0.display())]
    Missing(PathBuf),
    /// A file that the user named is not there.
    #[error("there is no file `{}` in {place}", file.display())]
    MissingFile {
        /// As the user gave it.
        file: PathBuf,
        /// Where it was looked for.
        place: String,
    },
    /// The system refused to read something.
    #[error("cannot read `{}`: {cause}", path.display())]
    Unreadable {
        /// What was read.
        path: PathBuf,
        /// The system's words.
        cause: io::Error,
    },
    /// A repository, but no git.
    #[error("`{}` is a git repository, but git could not be started: {cause}", root.display())]
    NoGit {
        /// Its folder.
        root: PathBuf,
        /// The system's words.
        cause: io::Error,
    },
    /// git ended with an error.
    #[error("git could not {action} in `{}`: {said}", root.display())]
    Git {
        /// What it was asked for, as a verb phrase.
        action: &'static str,
        /// Where.
        root: PathBuf,
        /// What it wrote to its standard error.
        said: String,
    },
    /// git refuses a repository that belongs to another user.
    #[error("git does not trust `{}`: it belongs to another user", root.display())]
    DubiousOwnership {
        /// Its folder.
        root: PathBuf,
        /// git's own advice.
        advice: String,
    },
    /// A bare repository where a work tree or an index is needed.
    #[error("`{}` is a bare repository: it has no files to check", .0.display())]
    Bare(PathBuf),
    /// The repository's configuration puts its work tree elsewhere.
    #[error("the git configuration in `{}` says that its work tree is elsewhere", .0.display())]
    WorkTreeElsewhere(PathBuf),
    /// Staged files or a revision of what is no repository.
    #[error("`{}` is not in a git repository", .0.display())]
    NotARepository(PathBuf),
    /// A revision that names no commit.
    #[error("`{rev}` names no commit of `{}`", root.display())]
    BadRevision {
        /// As the user gave it.
        rev: String,
        /// The repository.
        root: PathBuf,
    },
    /// Two commits with no ancestor in common, as far as the clone knows.
    #[error("`{rev}` and what is checked have no common ancestor in `{}`", root.display())]
    NoMergeBase {
        /// As the user gave it.
        rev: String,
        /// The repository.
        root: PathBuf,
        /// The clone does not have the whole history.
        shallow: bool,
    },
    /// More paths than any repository has.
    #[error("{0} lists more than 5,000,000 paths, or more than 4 GiB of them")]
    TooManyPaths(String),
    /// A path that git itself would refuse to add.
    #[error("{place} lists the illegal path `{path}`")]
    IllegalPath {
        /// What lists it.
        place: String,
        /// The path, decoded lossily.
        path: String,
    },
    /// A line of a list of paths that is no path below the root.
    #[error("{list}, line {line}: `{path}` {why}")]
    BadListLine {
        /// The list's name.
        list: String,
        /// Line (or NUL-ended record), from 1.
        line: usize,
        /// The path, decoded lossily.
        path: String,
        /// What is wrong with it, as a verb phrase.
        why: &'static str,
    },
    /// A list that is no list of paths at all.
    #[error("{list} {why}")]
    BadList {
        /// The list's name.
        list: String,
        /// What is wrong with it, as a verb phrase.
        why: &'static str,
    },
    /// A symbolic link that must not be followed.
    #[error("`{path}` is reached through a symbolic link that {why}: it was not read")]
    Link {
        /// The path, relative to the root.
        path: String,
        /// Where the link leads, as a verb phrase.
        why: &'static str,
    },
    /// A FIFO, socket or device where a file should be.
    #[error("`{0}` is not a regular file: it was not read")]
    NotAFile(String),
    /// A file in an unresolved merge has no one content.
    #[error("`{0}` is in an unresolved merge: its staged content is not decided")]
    Unmerged(String),
    /// A blob that a partial clone left on its server.
    #[error("the content of `{0}` is missing from this clone")]
    MissingBlob(String),
    /// A file over its limit.
    #[error("`{path}` has {size} bytes; at most {limit} are read")]
    TooLarge {
        /// The path.
        path: String,
        /// Its size in bytes, where more than the limit is known.
        size: u64,
        /// The limit in bytes.
        limit: usize,
    },
    /// A file that would be written over.
    #[error("`{}` is there already, and nothing is written over it", .0.display())]
    Exists(PathBuf),
    /// A folder to write into that is reached through a symbolic link.
    #[error("`{0}` is a symbolic link: nothing is written through it")]
    LinkedFolder(String),
    /// The system refused to write something.
    #[error("cannot write `{}`: {cause}", path.display())]
    Unwritable {
        /// What was written.
        path: PathBuf,
        /// The system's words.
        cause: io::Error,
    },
    /// More than one policy file.
    #[error("more than one policy file: `{}`", .0.join("`, `"))]
    SeveralPolicies(Vec<String>),
}

impl SourceError {
    /// The remedy, where there is one to name.
    pub fn help(&self) -> Option<String> {
        let help = match self {
            Self::NoGit { .. } => "install git, or check a listing with `--files-from FILE --codeowners FILE`".into(),
            Self::DubiousOwnership { advice, .. } => advice.clone(),
            Self::Bare(_) => "name a commit to check with `--rev REV`, for example `--rev HEAD`".into(),
            Self::WorkTreeElsewhere(_) => "run in the work tree itself, or unset `core.worktree`".into(),
            Self::NotARepository(_) => {
                "`--staged`, `--rev`, `--changed-since` and `--policy-from` read from git; without them the folder is read"
                    .into()
            }
            Self::BadRevision { .. } => {
                "in a shallow clone fetch it first: `git fetch --depth=1 origin REV`, or a full `fetch-depth: 0`; \
                 a branch of the remote is called `origin/NAME`"
                    .into()
            }
            Self::NoMergeBase { shallow: true, .. } => {
                "this is a shallow clone: fetch more history, by `git fetch --unshallow` or `fetch-depth: 0` in CI"
                    .into()
            }
            Self::NoMergeBase { .. } => "name a commit that the branch started from".into(),
            Self::Link { .. } => {
                "replace the link by the file, or let it lead to a file that the repository has".into()
            }
            Self::Unmerged(_) => "resolve the merge and `git add` the file".into(),
            Self::MissingBlob(_) => {
                "this is a partial clone, and nothing is fetched unasked: check the file out first".into()
            }
            Self::SeveralPolicies(_) => "keep one of them, or name it with `--policy FILE`".into(),
            _ => return None,
        };
        Some(help)
    }

    /// The process's exit code: 3 for a path that is not there, 2 for all else.
    pub fn exit_code(&self) -> u8 {
        if matches!(self, Self::Missing(_)) { 3 } else { 2 }
    }
}
