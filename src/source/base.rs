//! The state that a change starts from.

use std::sync::OnceLock;

use super::blobs::Blobs;
use super::error::SourceError;
use super::git::Git;
use super::listed::Pending;
use super::listing::Listing;
use super::tree::{Contents, Tree};
use super::{Unlisted, tracked};

impl Tree {
    /// The commit where the branch that is checked (`head`, or git's own `HEAD`) left the one that `rev` names.
    pub fn merge_base(&self, rev: &str, head: Option<&str>) -> Result<String, SourceError> {
        let git = self.repository()?;
        let [theirs, ours] = [rev, head.unwrap_or("HEAD")].map(|name| tracked::resolve(git, name));
        let found = git.output("find the common ancestor", &["merge-base", &theirs?, &ours?]);
        let id = match found {
            Ok(id) => String::from_utf8_lossy(&id).trim_end().to_owned(),
            Err(SourceError::Git { said, .. }) if said == Git::SAID_NOTHING => String::new(),
            Err(error) => return Err(error),
        };
        if !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Ok(id);
        }
        let shallow = git.output("look at the clone", &["rev-parse", "--is-shallow-repository"])?;
        let shallow = shallow.starts_with(b"true");
        Err(SourceError::NoMergeBase { rev: rev.to_owned(), root: git.folder().to_owned(), shallow })
    }

    /// The commit that the branch stands at; `None` before the first one.
    pub fn head_commit(&self) -> Result<Option<String>, SourceError> {
        match tracked::resolve(self.repository()?, "HEAD") {
            Ok(id) => Ok(Some(id)),
            Err(SourceError::BadRevision { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The same root at a commit, by its full id; without one, a tree without files. Reads blobs only.
    pub fn at(&self, commit: Option<&str>) -> Result<Self, SourceError> {
        let git = self.repository()?.clone();
        let described = match commit {
            Some(commit) => format!("commit {} of `{}`", &commit[..commit.len().min(12)], git.folder().display()),
            None => "nothing".to_owned(),
        };
        let listing =
            commit.map_or_else(|| Ok(Listing::default()), |commit| tracked::commit(&git, commit, &described))?;
        Ok(Self {
            listed: Pending::ready(listing, Unlisted::default()),
            contents: Contents::Blobs(Blobs::new(git.clone())),
            root: self.root.clone(),
            scope: self.scope.clone(),
            described,
            folder: self.folder.clone(),
            git: Some(git),
            commit: commit.map(str::to_owned),
            place: OnceLock::new(),
        })
    }

    fn repository(&self) -> Result<&Git, SourceError> {
        self.git.as_ref().ok_or_else(|| SourceError::NotARepository(self.root.clone().unwrap_or_default()))
    }
}
