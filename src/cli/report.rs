//! `mlops-lint report`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::check::{self, Asks, Read};
use super::input::{self, Input};
use super::{Outcome, output};
use crate::picture::Picture;
use crate::render;

#[derive(Args)]
pub(super) struct Options {
    /// The repository, or a folder of it
    path: Option<PathBuf>,
    #[command(flatten)]
    input: input::InputOptions,
    /// The form of the report
    #[arg(long, default_value = "html")]
    format: Format,
    /// Where to write it, in place of standard output
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The date that exemptions are held against, in place of today's
    #[arg(long, value_name = "YYYY-MM-DD")]
    today: Option<jiff::civil::Date>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// One page that needs nothing else
    Html,
    /// For a wiki
    Markdown,
}

pub(super) fn run(options: &Options, color: output::Color) -> Outcome {
    let read = match Read::whole(&options.input, options.path.as_deref()) {
        Ok(read) => read,
        Err(failure) => return failure.report(color),
    };
    let text = text(options, &read);
    let Some(file) = &options.output else { return output::print(&text) };
    match output::write_file(file, &text) {
        Ok(()) => Outcome::Clean,
        Err(trouble) => output::fail(color, Outcome::Error, &[trouble]),
    }
}

fn text(options: &Options, read: &Read) -> String {
    let asks = Asks { today: options.today.unwrap_or_else(check::today), shows_all: false };
    let report = check::check(read, &asks);
    let input = &read.input;
    let Input { policy, codeowners, ownership, tree, .. } = input;
    let picture = Picture::new(input.listing(), codeowners.as_ref(), policy, ownership);
    let name = tree
        .root()
        .and_then(|root| root.file_name())
        .map_or_else(|| "the repository".to_owned(), |name| name.to_string_lossy().into_owned());
    match options.format {
        Format::Html => render::html(&report, &picture, policy, &name),
        Format::Markdown => render::picture_markdown(&report, &picture, policy, &name),
    }
}
