//! The only stage that touches the disk, git or the network: the root, the listing, and bounded reads.
//!
//! Everything read here may have been written by a stranger. Nothing of a repository is executed (`git`), no symbolic
//! link is followed out of the root, nothing but regular files is opened, and every read has a limit.

mod base;
mod blobs;
mod cache;
mod disk;
mod error;
mod facts;
mod git;
mod index;
mod list;
mod listed;
mod listing;
mod places;
mod root;
mod stored;
mod tracked;
mod tree;
mod walk;
mod write;

use std::path::PathBuf;

pub use cache::Cache;
pub use error::SourceError;
pub use facts::{Extract, Fact, Question};
pub use git::Environment;
pub use list::ListInput;
pub use listing::{FileKind, Listing};
pub use places::{
    CODEOWNERS_LIMIT, CodeownersFile, CodeownersSearch, POLICY_LIMIT, POLICY_PLACES, codeowners_places,
    find_codeowners, find_policy, is_inside, policy_places, read_beside, read_named, read_policy,
};
pub use tree::{Head, Tree};
pub use write::write_new;

/// Where the paths and contents come from.
///
/// `start` is a folder, or a file of one, relative to the current folder; `explicit` says that the user named it. One
/// that is not named leads to the whole repository. A named one is a root of its own where it holds a CODEOWNERS, a
/// policy or a `.git`; else it is the part of its repository that is asked about ([`Tree::scope`]).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// Paths from the git index, contents from the work tree; outside git, the folder as it is.
    WorkTree {
        /// Where to look for the root.
        start: PathBuf,
        /// The user named it.
        explicit: bool,
        /// Add what git neither tracks nor ignores.
        untracked: bool,
    },
    /// Paths and contents from the git index.
    Staged {
        /// Where to look for the root.
        start: PathBuf,
        /// The user named it.
        explicit: bool,
    },
    /// Paths and contents from a commit; also of a bare repository.
    Revision {
        /// Where to look for the root.
        start: PathBuf,
        /// The user named it.
        explicit: bool,
        /// What names the commit, as git reads it.
        rev: String,
    },
    /// Paths from a list, no contents.
    List {
        /// The list.
        paths: ListInput,
        /// The CODEOWNERS file that goes with it, wherever it is.
        codeowners: Option<PathBuf>,
    },
}

/// Something that stands in the folder but not in the listing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unlisted {
    /// What, as a plural phrase, how many, and the first one's path: in the order they were met.
    pub reasons: Vec<(&'static str, usize, Vec<u8>)>,
}

impl Unlisted {
    fn note(&mut self, reason: &'static str, path: &[u8]) {
        match self.reasons.iter_mut().find(|(known, ..)| *known == reason) {
            Some((_, count, _)) => *count += 1,
            None => self.reasons.push((reason, 1, path.to_vec())),
        }
    }
}

/// Finds the root and lists its paths.
///
/// Fails with exit code 3 where `start` is not there, and with 2 on everything else that can go wrong: git never falls
/// back to a silent walk of the folder.
pub fn open(request: &Request) -> Result<Tree, SourceError> {
    open_in(request, &Environment::of_process()?)
}

/// As [`open`], in another environment than the process's.
pub fn open_in(request: &Request, environment: &Environment) -> Result<Tree, SourceError> {
    let tree = tree::start(request, environment)?;
    tree.listed()?;
    Ok(tree)
}

/// As [`open`], but the listing may still be on its way: [`Tree::listed`] waits for it, and has to be called.
pub fn start(request: &Request) -> Result<Tree, SourceError> {
    tree::start(request, &Environment::of_process()?)
}
