//! A listing that may still be on its way.

use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::JoinHandle;

use super::Unlisted;
use super::error::SourceError;
use super::listing::Listing;

/// What listing gives.
type Listed = (Listing, Unlisted);

/// A listing, or the thread that makes it.
#[derive(Debug, Default)]
pub(super) struct Pending {
    listed: OnceLock<Listed>,
    coming: Mutex<Coming>,
}

#[derive(Debug, Default)]
struct Coming {
    thread: Option<JoinHandle<Result<Listed, SourceError>>>,
    failed: Option<SourceError>,
    /// Paths that were taken not to be listed while that could not be known.
    taken_as_absent: Vec<String>,
}

impl Pending {
    /// A listing that is there.
    pub(super) fn ready(listing: Listing, unlisted: Unlisted) -> Self {
        Self { listed: OnceLock::from((listing, unlisted)), coming: Mutex::default() }
    }

    /// A listing that is made meanwhile.
    pub(super) fn start(list: impl FnOnce() -> Result<Listed, SourceError> + Send + 'static) -> Self {
        let thread = Some(std::thread::spawn(list));
        Self { listed: OnceLock::new(), coming: Mutex::new(Coming { thread, ..Coming::default() }) }
    }

    /// Waits for the listing; an empty one stands for one that could not be made.
    pub(super) fn wait(&self) -> &Listed {
        self.listed.get_or_init(|| {
            let thread = self.coming().thread.take();
            let join = |thread: JoinHandle<_>| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            thread.map_or_else(|| Ok(Listed::default()), join).unwrap_or_else(|error| {
                self.coming().failed = Some(error);
                Listed::default()
            })
        })
    }

    /// Waits for the listing, and gives what went wrong with it: once.
    pub(super) fn check(&self) -> Result<(), SourceError> {
        self.wait();
        self.coming().failed.take().map_or(Ok(()), Err)
    }

    /// Whether a path is listed. Where the listing is still on its way the answer is no, and is remembered as a guess.
    pub(super) fn lists(&self, path: &str) -> bool {
        if let Some((listing, _)) = self.listed.get() {
            return listing.find(path.as_bytes()).is_some();
        }
        self.coming().taken_as_absent.push(path.to_owned());
        false
    }

    /// True where a guess was wrong.
    pub(super) fn was_wrong(&self) -> bool {
        let (listing, _) = self.wait();
        self.coming().taken_as_absent.iter().any(|path| listing.find(path.as_bytes()).is_some())
    }

    fn coming(&self) -> MutexGuard<'_, Coming> {
        self.coming.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_guessed_wrong_is_known_afterwards() {
        for (path, is_listed) in [("a", true), ("b", false)] {
            let (tell, told) = std::sync::mpsc::channel();
            let pending = Pending::start(move || {
                told.recv().ok();
                Ok((Listing::of(&["a"]), Unlisted::default()))
            });
            assert!(!pending.lists(path));
            tell.send(()).unwrap();
            assert!(pending.check().is_ok());
            assert_eq!((pending.was_wrong(), pending.lists(path)), (is_listed, is_listed));
        }
    }

    #[test]
    fn a_failure_is_told_once_and_lists_nothing() {
        let pending = Pending::start(|| Err(SourceError::NotAFile("a".into())));
        assert!(pending.wait().0.is_empty());
        assert!(pending.check().is_err());
        assert!(pending.check().is_ok());
    }
}
