//! The command line: one file per command.

mod baseline;
mod catalogue;
mod check;
mod completions;
mod explain;
mod init;
mod input;
mod man;
mod output;
mod prove;
mod report;
mod rules;
mod schema;
mod who;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// What a run came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// Nothing at or above `fail_on`.
    Clean,
    /// Findings at or above `fail_on`.
    Findings,
    /// Usage, policy, unreadable input, git failure, failed write, or an error of the linter itself.
    Error,
    /// The listing is empty or the path is missing.
    Nothing,
    /// Neither proved nor refuted.
    NotDecided,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        Self::from(match outcome {
            Outcome::Clean => 0,
            Outcome::Findings => 1,
            Outcome::Error => 2,
            Outcome::Nothing => 3,
            Outcome::NotDecided => 4,
        })
    }
}

/// Checks that every pipeline, data, model and deployment path is owned by the role that should answer for it.
#[derive(Parser)]
#[command(name = "mlops-lint", version, args_conflicts_with_subcommands = true)]
#[command(after_help = "\
Exit codes: 0 clean; 1 findings at or above fail_on; 2 usage, policy or input error; 3 nothing to check.
Without a command, `check` runs. `mlops-lint explain MLO301` says what a rule means and how to fix it.")]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    check: check::Options,
    /// When to use colour
    #[arg(long, value_name = "WHEN", default_value = "auto", global = true)]
    color: output::Color,
}

#[derive(Subcommand)]
enum Command {
    /// Check who owns what (the default command)
    Check(check::Options),
    /// Say who owns each path: owners, roles, area, the winning entry and those it beat
    Who(who::Options),
    /// Prove the policy for all paths that could ever exist, or show one that breaks it
    ///
    /// Exit codes: 0 proved, 1 refuted by a path, 4 not decided.
    Prove(prove::Options),
    /// Write a commented policy, its role map proposed from the owners already there
    ///
    /// Asks nothing, and writes over nothing. Each guess carries its reason; what is not sure stays a comment.
    Init(init::Options),
    /// Keep today's violations as the baseline, so that only new ones fail: see `check --baseline`
    Baseline(baseline::Options),
    /// Tell what a rule means and how to fix it, or the whole story of a path
    Explain(explain::Options),
    /// Draw the ownership picture: who answers for what
    Report(report::Options),
    /// List the rules
    Rules(rules::Options),
    /// List the kinds of artefacts, or tell one of them in full
    Catalogue(catalogue::Options),
    /// Print the JSON Schema of a policy, for editors
    Schema,
    /// Print a completion script for a shell
    Completions(completions::Options),
    /// Print a manual page
    Man(man::Options),
}

/// Runs the command line and gives the exit code. Results go to standard output, all else to standard error.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are answers; clap writes them where they belong.
            let outcome = if error.use_stderr() { Outcome::Error } else { Outcome::Clean };
            let _ = error.print();
            return outcome.into();
        }
    };
    let outcome = match &cli.command {
        None => check::run(&cli.check, cli.color),
        Some(Command::Check(options)) => check::run(options, cli.color),
        Some(Command::Who(options)) => who::run(options, cli.color),
        Some(Command::Prove(options)) => prove::run(options, cli.color),
        Some(Command::Baseline(options)) => baseline::run(options, cli.color),
        Some(Command::Explain(options)) => explain::run(options, cli.color),
        Some(Command::Init(options)) => init::run(options, cli.color),
        Some(Command::Report(options)) => report::run(options, cli.color),
        Some(Command::Rules(options)) => rules::run(options, cli.color),
        Some(Command::Catalogue(options)) => catalogue::run(options, cli.color),
        Some(Command::Schema) => schema::run(),
        Some(Command::Completions(options)) => completions::run(options),
        Some(Command::Man(options)) => man::run(options, cli.color),
    };
    outcome.into()
}
