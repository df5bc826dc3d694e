//! Writes a generated repository: `cargo run --release --example generate -- --help`.
//!
//! The same numbers give the same repository on every machine, commit id included. The peers' script and anybody who
//! wants to repeat a figure start here.

#![allow(clippy::print_stderr, reason = "a program that talks to its user")]

mod support;

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use support::{Repository, Style, git};

/// Writes a repository for benchmarks.
#[derive(Parser)]
struct Options {
    /// Where: a folder that does not exist yet
    folder: PathBuf,
    /// What the entries look like
    #[arg(long, default_value = "directories")]
    style: StyleName,
    /// How many files, beside CODEOWNERS
    #[arg(long, default_value_t = 100_000)]
    paths: usize,
    /// How many entries
    #[arg(long, default_value_t = 1_000)]
    entries: usize,
    /// Make one file in N a Python, YAML or JSON file that must be opened to know what it is
    #[arg(long, value_name = "N", default_value_t = 0)]
    open_one_in: usize,
    /// Write only CODEOWNERS and files.txt, and no git repository
    #[arg(long)]
    list: bool,
    /// Leave the work tree empty: what reads only the index needs no more
    #[arg(long, conflicts_with = "list")]
    no_checkout: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum StyleName {
    Directories,
    Suffixes,
    Globs,
    Mixed,
}

impl From<StyleName> for Style {
    fn from(name: StyleName) -> Self {
        match name {
            StyleName::Directories => Self::Directories,
            StyleName::Suffixes => Self::Suffixes,
            StyleName::Globs => Self::Globs,
            StyleName::Mixed => Self::Mixed,
        }
    }
}

fn main() -> ExitCode {
    match write(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn write(options: &Options) -> io::Result<()> {
    let Options { folder, style, paths, entries, open_one_in, list, no_checkout } = options;
    let repository = Repository::with_open_files((*style).into(), *paths, *entries, *open_one_in);
    if *list {
        std::fs::create_dir(folder)?;
        std::fs::write(folder.join("CODEOWNERS"), &repository.codeowners)?;
        return std::fs::write(folder.join("files.txt"), repository.paths.join("\n") + "\n");
    }
    git::write(&repository, folder, !no_checkout)
}
