//! What stands in the repository, for witnesses that could be added to it.

use rustc_hash::FxHashMap;

use super::budget::{Undecided, spend};
use super::interner::Interner;
use super::steps::Letter;

/// What a question about the future has to respect: a file cannot be added where a directory is, nor below a file, and
/// one that git ignores will not be.
pub trait Ground {
    /// The first of the repository's paths that is not less than `start`, in the order of bytes.
    fn first_from(&self, start: &[u8]) -> Option<&[u8]>;

    /// Whether git ignores this path.
    fn is_ignored(&self, path: &[u8]) -> bool;
}

impl dyn Ground + '_ {
    fn has_start(&self, start: &[u8]) -> bool {
        self.first_from(start).is_some_and(|path| path.starts_with(start))
    }

    fn is_file(&self, path: &[u8]) -> bool {
        self.first_from(path) == Some(path)
    }

    /// Whether the path is, or could become, a file that git does not ignore.
    pub fn allows(&self, path: &[u8]) -> bool {
        let slashes = path.iter().enumerate().filter(|&(_, &byte)| byte == b'/');
        !self.has_start(&[path, b"/"].concat())
            && !slashes.into_iter().any(|(at, _)| self.is_file(&path[..at]))
            && !self.is_ignored(path)
    }
}

/// What is known of a path that is being spelled: free of all that is there, below a file, or the start of paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Standing(u32);

impl Standing {
    /// Nothing in the repository starts so.
    pub(super) const FREE: Self = Self(0);
    const BELOW_A_FILE: Self = Self(1);
    const STARTS: u32 = 2;
}

/// What a step costs beside the length of its path: a search in all paths.
const STEP_COST: usize = 24;

/// Follows paths, letter by letter.
pub(super) struct Footing<'a> {
    ground: &'a dyn Ground,
    starts: Interner<u8>,
    steps: FxHashMap<(Standing, Letter), Standing>,
}

impl<'a> Footing<'a> {
    pub(super) fn new(ground: &'a dyn Ground) -> Self {
        Self { ground, starts: Interner::default(), steps: FxHashMap::default() }
    }

    pub(super) fn start(&mut self) -> Standing {
        self.standing(Vec::new())
    }

    fn standing(&mut self, start: Vec<u8>) -> Standing {
        if self.ground.has_start(&start) {
            Standing(self.starts.id(start).saturating_add(Standing::STARTS))
        } else {
            Standing::FREE
        }
    }

    /// The start of paths that it stands for.
    fn path(&self, standing: Standing) -> Option<std::rc::Rc<[u8]>> {
        Some(self.starts.get(standing.0.checked_sub(Standing::STARTS)?))
    }

    /// Whether a file can be where the path ends now.
    pub(super) fn is_free(&self, standing: Standing) -> bool {
        standing != Standing::BELOW_A_FILE
            && self.path(standing).is_none_or(|path| !self.ground.has_start(&[&*path, b"/"].concat()))
    }

    pub(super) fn step(&mut self, from: Standing, letter: Letter, budget: &mut u64) -> Result<Standing, Undecided> {
        let Some(path) = self.path(from) else { return Ok(from) };
        if let Some(&known) = self.steps.get(&(from, letter)) {
            return Ok(known);
        }
        spend(budget, STEP_COST + path.len())?;
        let next = match letter {
            // Nothing is named so: a letter for which this does not hold is not written.
            Letter::Fresh => Standing::FREE,
            Letter::Slash if self.ground.is_file(&path) => Standing::BELOW_A_FILE,
            Letter::Slash => self.standing([&*path, b"/"].concat()),
            Letter::Char(character) => {
                let mut next = path.to_vec();
                next.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                self.standing(next)
            }
        };
        self.steps.insert((from, letter), next);
        Ok(next)
    }
}
