//! Checks that every pipeline, data, model and deployment path of an ML repository is owned by the role that should
//! answer for it.
//!
//! Data flows one way:
//!
//! ```text
//! source ──► codeowners ─┐
//!    │                   ├─► ownership ──► rules ──► violations ──► findings ──► render
//!    ├─────► policy ─────┤   (one table)             (atoms)        (grouped)
//!    └─────► catalogue ──┘
//! ```
//!
//! Each stage is a pure function of the stage before; only [`source`] touches the disk, git or the network.

pub mod baseline;
pub mod catalogue;
pub mod change;
pub mod cli;
pub mod codeowners;
pub mod declared;
pub mod finding;
pub mod future;
pub mod ownership;
mod parallel;
pub mod picture;
pub mod policy;
pub mod propose;
pub mod render;
pub mod rules;
pub mod sanitize;
pub mod source;
pub mod span;
pub mod stored;
