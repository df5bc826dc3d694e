//! How git stores files: the size of a blob, which is not that of the file where Git LFS keeps the content, and whether
//! `.gitattributes` gives a path to Git LFS.

use std::ffi::OsStr;

use bstr::ByteSlice;

use super::tree::{Contents, Tree};

/// Paths that are asked for in one command: what a system takes as arguments is limited.
const PATHS_AT_ONCE: usize = 200;

impl Tree {
    /// The size in bytes of the blob of each path of the listing: `None` where git has none (a path that is not tracked,
    /// one in an unresolved merge, a folder outside git, a bare list), and where it does not answer.
    pub fn blob_sizes(&self, paths: &[usize]) -> Vec<Option<u64>> {
        let none = || vec![None; paths.len()];
        let Some(blobs) = self.blobs() else { return none() };
        let tracked: Vec<(usize, &[u8])> =
            (0..).zip(paths).filter_map(|(at, &path)| self.listing().object_id(path).map(|id| (at, id))).collect();
        if tracked.is_empty() {
            return none();
        }
        let ids: Vec<&[u8]> = tracked.iter().map(|(_, id)| *id).collect();
        let Ok(known) = blobs.sizes(&ids) else { return none() };
        let mut sizes = none();
        for ((at, _), size) in tracked.into_iter().zip(known) {
            sizes[at] = size;
        }
        sizes
    }

    /// Which of these paths `.gitattributes` gives to Git LFS (`filter=lfs`). False for all where git does not tell.
    pub fn are_given_to_lfs(&self, paths: &[usize]) -> Vec<bool> {
        paths.chunks(PATHS_AT_ONCE).flat_map(|chunk| self.given_to_lfs(chunk)).collect()
    }

    fn given_to_lfs(&self, paths: &[usize]) -> Vec<bool> {
        let ask = || {
            let (git, source) = (self.git()?, self.source_of_attributes());
            let mut arguments: Vec<&OsStr> = vec![OsStr::new("check-attr"), OsStr::new("-z")];
            arguments.extend(source.as_deref().map(OsStr::new));
            arguments.extend(["filter", "--"].map(OsStr::new));
            for &path in paths {
                arguments.push(self.listing().path(path).to_os_str().ok()?);
            }
            git.output("read the attributes", &arguments).ok()
        };
        let output = ask().unwrap_or_default();
        // Path, attribute and value by turns, in the order of the paths.
        let values = output.split(|&byte| byte == 0).skip(2).step_by(3);
        let mut given: Vec<bool> = values.map(|value| value == b"lfs").collect();
        given.resize(paths.len(), false);
        given
    }

    /// The option that has git read the attributes where the contents are.
    fn source_of_attributes(&self) -> Option<String> {
        match (&self.contents, self.commit()) {
            (_, Some(commit)) => Some(format!("--source={commit}")),
            (Contents::Blobs(_), None) => Some("--cached".to_owned()),
            _ => None,
        }
    }
}
