//! CODEOWNERS text to entries: the product beside the public crates that read the file.
//!
//! `cargo bench --bench parser`. The product keeps the place of every word and says what is wrong with it; the
//! `codeowners` crate also compiles the patterns.

mod support;

use criterion::{BatchSize, Throughput};
use mlops_lint::codeowners::{Dialect, parse};
use support::{Repository, Style};

fn main() {
    let mut criterion = support::criterion();
    for entries in [10, 1_000, 10_000] {
        let text = Repository::new(Style::Mixed, 10_000, entries).codeowners;
        let mut group = criterion.benchmark_group(format!("parser/{entries} entries"));
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function("mlops-lint", |bencher| {
            let read = |text: String| parse("CODEOWNERS", text.into_bytes(), Dialect::GitHub);
            bencher.iter_batched(|| text.clone(), read, BatchSize::LargeInput);
        });
        group.bench_function("codeowners-rs", |bencher| bencher.iter(|| codeowners_rs::parse(&text)));
        group.bench_function("codeowners", |bencher| bencher.iter(|| codeowners::from_reader(text.as_bytes())));
        group.finish();
    }
    criterion.final_summary();
}
