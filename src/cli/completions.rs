//! `mlops-lint completions SHELL`.

use clap::{Args, CommandFactory as _};

use super::{Cli, Outcome, output};

#[derive(Args)]
pub(super) struct Options {
    /// The shell
    shell: clap_complete::Shell,
}

pub(super) fn run(options: &Options) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(options.shell, &mut Cli::command(), "mlops-lint", &mut script);
    output::print(&String::from_utf8_lossy(&script))
}
