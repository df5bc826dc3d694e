//! Holds the exact engine, in the pattern language of each host, to brute force: random lists of patterns, and every
//! path up to a size, matched one by one by a reading that shares no code with the product.
//!
//! `MLOPS_LINT_CASES=100000 cargo test --release --test language_exact -- --nocapture` runs more of them.

// Helpers of tests, where a panic is the report.
#![allow(clippy::panic, clippy::print_stdout, clippy::unwrap_used)]

mod brute;
mod lists;
mod random;
mod sets;
mod small;

#[path = "../oracle/mod.rs"]
mod oracle;

/// How many random cases each test takes.
fn cases(by_default: usize) -> usize {
    std::env::var("MLOPS_LINT_CASES").map_or(by_default, |cases| cases.parse().unwrap())
}

/// Fails unless each verdict takes a fifth of the cases at least.
fn assert_fair(question: &str, verdicts: &[usize]) {
    let all: usize = verdicts.iter().sum();
    println!("{question}: {verdicts:?} of {all}");
    assert!(verdicts.iter().all(|verdict| verdict * 5 >= all), "{question}: {verdicts:?} of {all}");
}
