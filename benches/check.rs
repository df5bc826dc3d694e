//! The whole check, as a user runs it: a process, on a repository in git, beside what git needs to list its files.
//!
//! `cargo bench --bench check`. No file has to be opened to know what it is; `benches/peers.sh` measures the same
//! beside other tools.

#![allow(clippy::unwrap_used, reason = "a benchmark stops where it cannot measure")]

mod support;

use std::path::Path;
use std::process::{Command, Stdio};

use criterion::{BenchmarkGroup, Throughput, measurement::WallTime};
use support::{Repository, Style, git};

/// Making it takes longer than measuring it.
const LARGE: (usize, usize) = (1_000_000, 10_000);

fn main() {
    let mut criterion = support::criterion();
    let sizes = [(1_000, 1_000), (10_000, 1_000), (100_000, 1_000), (100_000, 10_000), LARGE];
    let more = [(Style::Suffixes, 100_000, 1_000), (Style::Globs, 100_000, 1_000), (Style::Mixed, 100_000, 1_000)];
    let along = sizes.map(|(paths, entries)| (Style::Directories, paths, entries));
    for (style, paths, entries) in along.into_iter().chain(more) {
        let name = format!("check/{}/{paths} paths/{entries} entries", style.name());
        if !support::is_asked_for(&name) {
            continue;
        }
        if (paths, entries) == LARGE && std::env::args().len() < 3 {
            support::leave_out(&name, "unless it is asked for by name");
            continue;
        }
        let scratch = tempfile::tempdir().unwrap();
        let folder = scratch.path().join("repository");
        git::write(&Repository::new(style, paths, entries), &folder, false).unwrap();
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Elements(paths as u64));
        measure(&mut group, "git ls-files", || git::command(&folder), &["ls-files", "-s", "-z"]);
        measure(&mut group, "mlops-lint check", || ours(&folder), &["check"]);
        measure(&mut group, "mlops-lint check, json", || ours(&folder), &["check", "--format", "json"]);
        measure(&mut group, "mlops-lint who", || ours(&folder), &["who", "--format", "jsonl"]);
        group.finish();
    }
    criterion.final_summary();
}

fn measure(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, command: impl Fn() -> Command, arguments: &[&str]) {
    let run = || {
        let mut command = command();
        let status = command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).status().unwrap();
        // 1 is "there are findings".
        assert!(matches!(status.code(), Some(0 | 1)), "{name}: {status}");
    };
    group.bench_function(name, |bencher| bencher.iter(run));
}

fn ours(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mlops-lint"));
    command.current_dir(folder).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
    command
}
