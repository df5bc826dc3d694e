//! Arguments in, exit code out.

use std::process::ExitCode;

fn main() -> ExitCode {
    mlops_lint::cli::run(std::env::args_os())
}
