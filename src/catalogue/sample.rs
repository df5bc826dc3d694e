//! Samples: small files that are of a kind, or only look like it.

use super::spec::bytes_of;
use super::{Catalogue, Content, KindId, Sample};
use crate::policy::Exclude;
use crate::source::{FileKind, Listing};

/// What a sample turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tried {
    /// Its kind.
    pub kind: Option<KindId>,
    /// Its path is in a tree that is left out.
    pub excluded: bool,
}

impl Catalogue {
    /// Classifies a sample, beside the files it names; those are empty.
    pub fn try_sample(&self, sample: &Sample) -> Tried {
        let (path, content, with) = match sample {
            Sample::Path(path) => (path, Vec::new(), &[][..]),
            Sample::File(file) => {
                let bytes = file.bytes.as_deref().and_then(bytes_of);
                (&file.path, bytes.unwrap_or_else(|| file.content.as_bytes().to_vec()), &file.with[..])
            }
        };
        let paths = with.iter().chain([path]).map(|path| (path.as_bytes().to_vec(), FileKind::Regular));
        let listing = Listing::new(paths.collect());
        let Some(index) = listing.find(path.as_bytes()) else { return Tried { kind: None, excluded: false } };
        let mut read = |at| Content::Bytes(if at == index { content.clone() } else { Vec::new() });
        let found = self.classify(&listing, &Exclude { defaults: true, paths: Vec::new() }, &mut read);
        let kind = found.artefacts.iter().find(|artefact| artefact.path == index).map(|artefact| artefact.kind);
        Tried { kind, excluded: self.exclusions.walk(&listing).excluded(path.as_bytes()).is_some() }
    }
}
