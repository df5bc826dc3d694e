//! What the benchmarks share: generated repositories, the naive reading, and the crates beside the product.

#![allow(dead_code, unreachable_pub, reason = "each benchmark uses its part")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a benchmark stops where it cannot measure"
)]

pub mod contenders;
pub mod content;

pub mod git;
pub mod judge;
pub mod naive;
pub mod random;
pub mod repository;
pub mod tree;

pub use repository::{Repository, Style};

use std::time::Duration;

use criterion::Criterion;

/// Few samples and short ones: the whole suite takes minutes. `--measurement-time` and the like override.
pub fn criterion() -> Criterion {
    Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(800))
        .configure_from_args()
}

/// False where a filter on the command line leaves a whole group out, whose input then need not be made.
pub fn is_asked_for(group: &str) -> bool {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.as_slice() {
        [filter] if !filter.starts_with('-') => group.contains(filter.as_str()) || filter.starts_with(group),
        // With options it takes criterion to tell.
        _ => true,
    }
}

/// Says what is not measured, and why.
pub fn leave_out(what: &str, why: &str) {
    eprintln!("{what}: not measured, {why}");
}
