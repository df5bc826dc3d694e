//! Which entries do later ones cover, for every path that could ever exist? No other crate answers that.
//!
//! `cargo bench --bench engine`. A question left open by the work budget stops the run: there must be none.

mod support;

use criterion::Throughput;
use mlops_lint::codeowners::{Coverage, DEFAULT_BUDGET, covered_by_later};
use support::contenders::patterns;
use support::{Repository, Style};

fn main() {
    let mut criterion = support::criterion();
    for (name, style) in Style::ALL {
        for entries in [10, 100, 1_000, 10_000] {
            let group = format!("engine/{name}/{entries} entries");
            if !support::is_asked_for(&group) {
                continue;
            }
            let patterns = patterns(&Repository::new(style, 10_000, entries));
            let ranked: Vec<_> = (0..).zip(&patterns).collect();
            let answers = covered_by_later(&ranked, &mut DEFAULT_BUDGET.clone());
            let open = answers.iter().filter(|(_, answer)| *answer == Coverage::NotDecided).count();
            assert_eq!(open, 0, "{group}: not decided");
            let mut group = criterion.benchmark_group(group);
            group.throughput(Throughput::Elements(entries as u64));
            group.bench_function("mlops-lint", |bencher| {
                bencher.iter(|| covered_by_later(&ranked, &mut DEFAULT_BUDGET.clone()));
            });
            group.finish();
        }
    }
    criterion.final_summary();
}
