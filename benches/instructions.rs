//! Instruction counts of the hot paths: they repeat to the last digit on a busy machine, where times do not.
//!
//! `cargo install gungraun-runner` in the version of `Cargo.lock`, and valgrind; then
//! `cargo bench --bench instructions`. A second run shows what has changed since the first. Without those two there is
//! nothing to count, which the benchmark says and passes.

#![allow(clippy::exit, reason = "gungraun ends its own process")]

mod support;

use std::process::{Command, Stdio};

/// The functions that are counted; gungraun makes them a program of its own. They give back what they were given, so
/// that freeing it does not count.
mod counted {
    use std::hint::black_box;

    use gungraun::{library_benchmark, library_benchmark_group, main};
    use mlops_lint::codeowners::{
        Codeowners, Coverage, DEFAULT_BUDGET, Dialect, Matcher, Pattern, covered_by_later, parse,
    };

    use super::support::contenders::patterns;
    use super::support::{Repository, Style};

    const PATHS: usize = 20_000;
    const ENTRIES: usize = 1_000;

    fn text(style: Style) -> Vec<u8> {
        Repository::new(style, PATHS, ENTRIES).codeowners.into_bytes()
    }

    fn compiled(style: Style) -> Vec<Pattern> {
        patterns(&Repository::new(style, PATHS, ENTRIES))
    }

    fn matcher(style: Style) -> (Matcher, Vec<String>) {
        let repository = Repository::new(style, PATHS, ENTRIES);
        (Matcher::new((0..).zip(&patterns(&repository))), repository.paths)
    }

    #[library_benchmark]
    #[bench::mixed(text(Style::Mixed))]
    fn parser(text: Vec<u8>) -> Codeowners {
        black_box(parse("CODEOWNERS", text, Dialect::GitHub))
    }

    #[library_benchmark]
    #[bench::directories(compiled(Style::Directories))]
    #[bench::suffixes(compiled(Style::Suffixes))]
    #[bench::globs(compiled(Style::Globs))]
    #[bench::mixed(compiled(Style::Mixed))]
    fn compile(patterns: Vec<Pattern>) -> (Matcher, Vec<Pattern>) {
        (black_box(Matcher::new((0..).zip(&patterns))), patterns)
    }

    #[library_benchmark]
    #[bench::directories(matcher(Style::Directories))]
    #[bench::suffixes(matcher(Style::Suffixes))]
    #[bench::globs(matcher(Style::Globs))]
    #[bench::mixed(matcher(Style::Mixed))]
    fn walk((matcher, paths): (Matcher, Vec<String>)) -> (usize, (Matcher, Vec<String>)) {
        let mut walk = matcher.walk();
        let owned = black_box(paths.iter().filter(|path| walk.winner(path.as_bytes()).is_some()).count());
        drop(walk);
        (owned, (matcher, paths))
    }

    #[library_benchmark]
    #[bench::directories(compiled(Style::Directories))]
    #[bench::suffixes(compiled(Style::Suffixes))]
    #[bench::globs(compiled(Style::Globs))]
    #[bench::mixed(compiled(Style::Mixed))]
    fn engine(patterns: Vec<Pattern>) -> (Vec<(u32, Coverage)>, Vec<Pattern>) {
        let ranked: Vec<_> = (0..).zip(&patterns).collect();
        (black_box(covered_by_later(&ranked, &mut DEFAULT_BUDGET.clone())), patterns)
    }

    library_benchmark_group!(name = hot_paths, benchmarks = [parser, compile, walk, engine]);
    main!(library_benchmark_groups = hot_paths);

    pub(super) fn run() {
        main();
    }
}

fn main() {
    let runner = std::env::var("GUNGRAUN_RUNNER").unwrap_or_else(|_| "gungraun-runner".to_owned());
    for tool in [runner.as_str(), "valgrind"] {
        let start = Command::new(tool).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        if start.is_err() {
            return support::leave_out("instructions", &format!("there is no {tool}"));
        }
    }
    counted::run();
}
