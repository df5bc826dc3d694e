//! What a file is: a path, and where that is not enough its content, to a kind of artefact.
//!
//! The kinds are data (`policies/catalogue/*.yaml`), embedded in the binary.

use crate::source::Listing;

/// Index in [`Catalogue::kinds`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KindId(pub u16);

/// The known kinds of artefacts.
#[derive(Clone, Debug)]
pub struct Catalogue {
    /// Kinds, in file order.
    pub kinds: Vec<Kind>,
}

/// One kind of artefact.
#[derive(Clone, Debug)]
pub struct Kind {
    /// `kserve`
    pub name: String,
    /// `KServe InferenceService`
    pub title: String,
    /// The area it belongs to unless a policy moves it.
    pub area: String,
    /// Where the kind is documented.
    pub url: String,
    /// True for kinds that any repository may have (a Dockerfile, a Terraform module): without a policy file they
    /// count only in a repository that also holds an artefact of machine learning.
    pub generic: bool,
}

/// What says that a file is of a kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// Its path matches this pattern.
    Path(String),
    /// Its content: what was seen (`apiVersion: serving.kserve.io/v1beta1`).
    Content(String),
    /// It stands below a marker file, named by its path.
    Below(Vec<u8>),
}

/// A file of a known kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artefact {
    /// Index of the path in the listing.
    pub path: usize,
    /// Its kind.
    pub kind: KindId,
    /// Why.
    pub evidence: Evidence,
}

/// What became of a request for a file's content.
pub enum Content {
    /// The first bytes of it.
    Bytes(Vec<u8>),
    /// It was not read, and why (a short plural phrase: `symbolic links`, `files missing from the work tree`).
    Skipped(&'static str),
}

/// The classified listing.
#[derive(Clone, Debug, Default)]
pub struct Classification {
    /// Artefacts by path, ascending.
    pub artefacts: Vec<Artefact>,
    /// How many paths would be artefacts but stand in an excluded tree.
    pub excluded: usize,
    /// Files whose content would have decided but was not read, by reason.
    pub not_checked: Vec<(String, usize)>,
}

impl Catalogue {
    /// The embedded catalogue.
    pub fn embedded() -> Self {
        Self { kinds: Vec::new() }
    }

    /// The kind of an id that this catalogue gave out.
    pub fn kind(&self, id: KindId) -> &Kind {
        &self.kinds[usize::from(id.0)]
    }

    /// The kind of this name.
    pub fn kind_named(&self, name: &str) -> Option<KindId> {
        self.kinds.iter().position(|kind| kind.name == name).map(|at| KindId(u16::try_from(at).unwrap_or(u16::MAX)))
    }

    /// Classifies every path of the listing. `read` gives the first bytes of a file by its index in the listing and is
    /// called only where a path leaves a question. `exclude` is the policy's.
    pub fn classify(
        &self,
        _listing: &Listing,
        _exclude: &crate::policy::Exclude,
        _read: &mut dyn FnMut(usize) -> Content,
    ) -> Classification {
        Classification::default()
    }
}
