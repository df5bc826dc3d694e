//! What the command line says of the input.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::codeowners::Dialect;
use crate::source::{ListInput, Request};

/// Where paths, CODEOWNERS and policy come from.
#[derive(Args, Clone)]
pub(in crate::cli) struct InputOptions {
    /// Policy to use: a file, or builtin:NAME
    #[arg(long, value_name = "FILE")]
    pub(super) policy: Option<String>,
    /// Take the policy, what it extends and its floor from a commit, such as the base branch
    #[arg(long, value_name = "REV", conflicts_with_all = ["policy", "files_from"])]
    pub(super) policy_from: Option<String>,
    /// A policy that the repository's own may tighten and not loosen
    #[arg(long, value_name = "FILE")]
    pub(super) floor: Option<PathBuf>,
    /// CODEOWNERS to judge, in place of the repository's own
    #[arg(long, value_name = "FILE")]
    pub(super) codeowners: Option<PathBuf>,
    /// Check a bare list of paths, one a line or separated by NUL; - is standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["rev", "staged", "untracked"])]
    pub(super) files_from: Option<PathBuf>,
    /// Check a commit: paths and contents from git, nothing from the work tree
    #[arg(long, value_name = "REV", conflicts_with_all = ["staged", "untracked"])]
    pub(super) rev: Option<String>,
    /// Check what is staged: paths and contents from the git index
    #[arg(long, conflicts_with = "untracked")]
    pub(in crate::cli) staged: bool,
    /// Check untracked files too, unless git ignores them
    #[arg(long)]
    pub(super) untracked: bool,
    /// Neither read nor keep what was found in files before
    #[arg(long)]
    pub(super) no_cache: bool,
    /// The host whose reading of CODEOWNERS counts
    #[arg(long, value_name = "HOST", default_value = "auto")]
    pub(super) dialect: DialectChoice,
}

impl InputOptions {
    /// True where what git holds is read, and not what lies on the disk.
    pub(in crate::cli) fn reads_blobs(&self) -> bool {
        self.staged || self.rev.is_some()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum DialectChoice {
    /// What the file's place, the CI service or git's remote tells
    Auto,
    Github,
    Gitlab,
    Bitbucket,
    Gitea,
    Forgejo,
}

impl InputOptions {
    /// True where the policy, and the baseline with it, are those of a commit that is named.
    pub(in crate::cli) fn takes_policy_from_commit(&self) -> bool {
        self.policy_from.is_some()
    }

    /// The work tree where the user stands, with this policy or its own.
    pub(super) fn here(policy: Option<&str>) -> Self {
        Self {
            policy: policy.map(str::to_owned),
            codeowners: None,
            files_from: None,
            rev: None,
            staged: false,
            untracked: false,
            no_cache: false,
            dialect: DialectChoice::Auto,
            policy_from: None,
            floor: None,
        }
    }
}

impl DialectChoice {
    pub(super) fn dialect(self) -> Option<Dialect> {
        match self {
            Self::Auto => None,
            Self::Github => Some(Dialect::GitHub),
            Self::Gitlab => Some(Dialect::GitLab),
            Self::Bitbucket => Some(Dialect::Bitbucket),
            Self::Gitea => Some(Dialect::Gitea),
            Self::Forgejo => Some(Dialect::Forgejo),
        }
    }
}

/// What is asked of the source.
pub(super) fn request(options: &InputOptions, path: Option<&Path>) -> Request {
    let start = path.map_or_else(|| PathBuf::from("."), Path::to_path_buf);
    let explicit = path.is_some();
    if let Some(file) = &options.files_from {
        let paths = if file.as_os_str() == "-" { ListInput::Stdin } else { ListInput::File(file.clone()) };
        Request::List { paths, codeowners: options.codeowners.clone() }
    } else if let Some(rev) = &options.rev {
        Request::Revision { start, explicit, rev: rev.clone() }
    } else if options.staged {
        Request::Staged { start, explicit }
    } else {
        Request::WorkTree { start, explicit, untracked: options.untracked }
    }
}
