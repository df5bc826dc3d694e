//! The only stage that touches the disk, git or the network: the root, the listing, and bounded reads.

mod listing;

pub use listing::{FileKind, Listing};
