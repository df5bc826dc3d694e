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

pub mod catalogue;
pub mod cli;
pub mod codeowners;
pub mod finding;
pub mod future;
pub mod ownership;
mod parallel;
pub mod policy;
pub mod propose;
pub mod render;
pub mod rules;
pub mod sanitize;
pub mod source;
pub mod span;
