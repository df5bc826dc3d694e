//! From patterns to the winning entry of every path: the product beside the public crates that can do it, in one run.
//!
//! `cargo bench --bench matcher`. Every time is the whole job, compilation included; `compile` and `match` split the
//! product's own. A contender that is wrong says so in its name.

mod support;

use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput};
use mlops_lint::codeowners::Matcher;
use support::contenders::{OURS, PEERS, patterns};
use support::{Repository, Style, judge};

const STYLES: [Style; 3] = [Style::Directories, Style::Suffixes, Style::Globs];

/// Paths and entries: once along the paths, once along the entries.
const SIZES: [(usize, usize); 7] = [
    (1_000, 1_000),
    (10_000, 1_000),
    (100_000, 10),
    (100_000, 100),
    (100_000, 1_000),
    (100_000, 10_000),
    (1_000_000, 10_000),
];

/// What takes longer is not repeated, and what would take much longer not even done once.
const REPEATED: Duration = Duration::from_millis(300);
const WAITED_FOR: Duration = Duration::from_secs(10);

fn main() {
    let mut criterion = support::criterion();
    for style in STYLES {
        for (paths, entries) in SIZES {
            let group = format!("matcher/{}/{paths} paths/{entries} entries", style.name());
            if support::is_asked_for(&group) {
                measure(&mut criterion, &group, &Repository::new(style, paths, entries));
            }
        }
    }
    criterion.final_summary();
}

fn measure(criterion: &mut Criterion, name: &str, repository: &Repository) {
    let truth = judge::truth(repository);
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Elements(repository.paths.len() as u64));
    let compiled = patterns(repository);
    group.bench_function("mlops-lint, compile", |bencher| bencher.iter(|| Matcher::new((0..).zip(&compiled))));
    let matcher = Matcher::new((0..).zip(&compiled));
    group.bench_function("mlops-lint, match", |bencher| {
        bencher.iter(|| {
            let mut walk = matcher.walk();
            repository.paths.iter().filter(|path| walk.winner(path.as_bytes()).is_some()).count()
        });
    });
    group.bench_function(OURS.name, |bencher| bencher.iter(|| (OURS.winners)(repository)));
    for peer in &PEERS {
        let leave_out = |name_of_peer: &str, why: &str| support::leave_out(&format!("{name}/{name_of_peer}"), why);
        if repository.patterns.len() > peer.most_entries {
            leave_out(peer.name, "it would need gigabytes");
            continue;
        }
        let estimate = peer.estimate(repository);
        if estimate > WAITED_FOR {
            leave_out(peer.name, &format!("one run would take some {} s", estimate.as_secs()));
            continue;
        }
        let (label, took) = judge::label(peer, repository, &truth);
        if took > REPEATED {
            leave_out(&label, &format!("one run takes {:.1} s", took.as_secs_f64()));
        } else {
            let id = BenchmarkId::from_parameter(label);
            group.bench_function(id, |bencher| bencher.iter(|| (peer.winners)(repository)));
        }
    }
    group.finish();
}
