//! The repository as tiles: its directories, each as large as it has files, by who is asked about most of them.

use std::collections::BTreeMap;

use super::treemap::{self, Rectangle};
use crate::policy::RoleId;
use crate::source::Listing;

/// Who is asked about a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Holder {
    /// Somebody who holds this role, and no other.
    Role(RoleId),
    /// Owners of several roles.
    Several,
    /// Owners who hold no role.
    NoRole,
    /// The entry names nobody.
    Nobody,
    /// No entry matches.
    Unmatched,
}

/// A directory in the picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Tile {
    /// Its path, no trailing slash; empty for files of the root, and for what was too small to show.
    pub path: Vec<u8>,
    /// Its files, without those of directories that have a tile of their own.
    pub files: usize,
    /// Who is asked about most of them.
    pub holder: Holder,
    /// About how many of them.
    pub of_holder: usize,
    /// Where it stands, in thousandths of the picture's sides.
    pub place: Rectangle,
}

/// Directories that get a tile of their own; the rest of a level goes to its parent.
const MOST_TILES: usize = 80;

#[derive(Default)]
struct Directory {
    below: BTreeMap<Vec<u8>, Directory>,
    /// Files by holder, whatever their depth below.
    files: BTreeMap<Holder, usize>,
}

impl Directory {
    fn count(&self) -> usize {
        self.files.values().sum()
    }
}

/// Cuts the listing into tiles; `holders` has one for each path.
pub(super) fn tiles(listing: &Listing, holders: &[Holder]) -> Vec<Tile> {
    let mut root = Directory::default();
    for (path, holder) in listing.iter().zip(holders) {
        let mut at = &mut root;
        *at.files.entry(*holder).or_default() += 1;
        let names: Vec<&[u8]> = path.split(|&byte| byte == b'/').collect();
        // Deeper than this no tile could be told from its neighbour.
        for name in names.iter().take(names.len() - 1).take(DEEPEST) {
            at = at.below.entry(name.to_vec()).or_default();
            *at.files.entry(*holder).or_default() += 1;
        }
    }
    let mut open: Vec<(Vec<u8>, Directory)> = vec![(Vec::new(), root)];
    let mut done: Vec<(Vec<u8>, BTreeMap<Holder, usize>)> = Vec::new();
    // The largest directory is opened as long as there is room for what is in it.
    while let Some(largest) =
        (0..open.len()).max_by_key(|&at| (open[at].1.count(), std::cmp::Reverse(open[at].0.clone())))
    {
        let (path, mut directory) = open.swap_remove(largest);
        if directory.below.is_empty() || open.len() + done.len() + directory.below.len() + 1 > MOST_TILES {
            done.push((path, directory.files));
            continue;
        }
        let mut own = directory.files;
        for (name, below) in std::mem::take(&mut directory.below) {
            for (holder, files) in &below.files {
                if let Some(left) = own.get_mut(holder) {
                    *left -= files;
                }
            }
            let path = if path.is_empty() { name } else { [&path[..], b"/", &name].concat() };
            open.push((path, below));
        }
        own.retain(|_, files| *files > 0);
        if !own.is_empty() {
            done.push((path, own));
        }
    }
    done.sort_by(|a, b| (b.1.values().sum::<usize>(), &a.0).cmp(&(a.1.values().sum::<usize>(), &b.0)));
    let sizes: Vec<usize> = done.iter().map(|(_, files)| files.values().sum()).collect();
    let places = treemap::squarified(&sizes);
    let tile = |((path, files), place): ((Vec<u8>, BTreeMap<Holder, usize>), Rectangle)| {
        let all = files.values().sum();
        let most = files.iter().max_by_key(|&(holder, count)| (*count, std::cmp::Reverse(*holder)));
        let (holder, of_holder) = most.map_or((Holder::Unmatched, 0), |(holder, count)| (*holder, *count));
        Tile { path, files: all, holder, of_holder, place }
    };
    done.into_iter().zip(places).map(tile).collect()
}

const DEEPEST: usize = 6;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_in_one_tile() {
        let paths: Vec<String> = (0..500).map(|n| format!("d{}/e{}/f{n}", n % 7, n % 13)).chain(["a".into()]).collect();
        let listing = Listing::of(&paths.iter().map(String::as_str).collect::<Vec<_>>());
        let holders = vec![Holder::Several; listing.len()];
        let tiles = tiles(&listing, &holders);
        assert_eq!(tiles.iter().map(|tile| tile.files).sum::<usize>(), 501);
        assert!(tiles.len() <= MOST_TILES && tiles.len() > 7, "{}", tiles.len());
    }

    #[test]
    fn the_majority_gives_the_colour() {
        let listing = Listing::of(&["a/x", "a/y", "a/z", "b/x"]);
        let [one, other] = [Holder::Role(RoleId(1)), Holder::Unmatched];
        let tiles = tiles(&listing, &[one, one, other, other]);
        let told: Vec<_> = tiles.iter().map(|tile| (&*tile.path, tile.files, tile.holder, tile.of_holder)).collect();
        assert_eq!(told, [(&b"a"[..], 3, one, 2), (&b"b"[..], 1, other, 1)]);
    }
}
