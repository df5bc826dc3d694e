//! `mlops-lint man [COMMAND]`.

use clap::{Args, CommandFactory as _};

use super::{Cli, Outcome, output};
use crate::render::Trouble;

#[derive(Args)]
pub(super) struct Options {
    /// The command whose page is wanted; the program's own page without one
    command: Option<String>,
}

pub(super) fn run(options: &Options, color: output::Color) -> Outcome {
    let mut program = Cli::command();
    program.build();
    let page = match &options.command {
        None => Some(program),
        Some(name) => program.find_subcommand(name).cloned(),
    };
    let Some(page) = page else {
        let trouble = Trouble::new("there is no such command").with_help("mlops-lint --help lists them");
        return output::fail(color, Outcome::Error, &[trouble]);
    };
    let mut text = Vec::new();
    match clap_mangen::Man::new(page).render(&mut text) {
        Ok(()) => output::print(&String::from_utf8_lossy(&text)),
        Err(error) => output::fail(color, Outcome::Error, &[Trouble::new(format!("no page: {error}"))]),
    }
}
