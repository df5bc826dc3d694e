//! When the cache is believed, with the real binary: every condition by itself.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "what a test cannot set up fails it")]

#[path = "../support/mod.rs"]
mod support;

mod conditions;
mod same;
mod warm;
