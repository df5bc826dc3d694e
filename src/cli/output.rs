//! Standard output, standard error, and report files.

use std::io::{IsTerminal as _, Write};
use std::path::Path;

use clap::ValueEnum;

use super::Outcome;
use crate::render::{self, ColorChoice, HumanOptions, Trouble};
use crate::sanitize;

/// When to use colour.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Color {
    /// Where a terminal reads, and `NO_COLOR`, `CLICOLOR` and `CLICOLOR_FORCE` allow
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl From<Color> for ColorChoice {
    fn from(color: Color) -> Self {
        match color {
            Color::Auto => Self::Auto,
            Color::Always => Self::Always,
            Color::Never => Self::Never,
        }
    }
}

/// Prints an answer, in the log of a GitHub Actions step without anything that the runner would take for a command.
pub(super) fn print(text: &str) -> Outcome {
    let is_log = for_stdout(Color::Auto).github_actions;
    print_report(&if is_log { sanitize::github_safe(text) } else { text.into() })
}

/// Prints a report, whose format knows what the runner may see. A reader that went away is no error.
pub(super) fn print_report(text: &str) -> Outcome {
    match write_all(&mut std::io::stdout().lock(), text) {
        Ok(()) => Outcome::Clean,
        Err(error) => {
            fail(Color::Auto, Outcome::Error, &[Trouble::new(format!("standard output cannot be written: {error}"))])
        }
    }
}

fn write_all(to: &mut impl Write, text: &str) -> std::io::Result<()> {
    match to.write_all(text.as_bytes()).and_then(|()| to.flush()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// Writes a report file; gives what went wrong.
pub(super) fn write_file(path: &Path, text: &str) -> Result<(), Trouble<'static>> {
    std::fs::write(path, text)
        .map_err(|error| Trouble::new(format!("the report `{}` could not be written: {error}", path.display())))
}

/// Prints what went wrong to standard error, and gives `outcome` back.
pub(super) fn fail(color: Color, outcome: Outcome, troubles: &[Trouble<'_>]) -> Outcome {
    let stderr = std::io::stderr();
    let options = human_options(stderr.is_terminal(), color);
    // Where standard error cannot be written there is nobody left to tell.
    let _ = write_all(&mut stderr.lock(), &render::troubles(troubles, &options));
    outcome
}

/// How to draw for standard output.
pub(super) fn for_stdout(color: Color) -> HumanOptions {
    human_options(std::io::stdout().is_terminal(), color)
}

fn human_options(is_terminal: bool, color: Color) -> HumanOptions {
    let width = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    render::human_options(is_terminal, &|name| std::env::var(name).ok(), width, color.into())
}
