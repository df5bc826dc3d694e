//! `mlops-lint baseline`.

use std::path::{Path, PathBuf};

use clap::Args;

use super::check::{self, Read};
use super::input::{self, BaselineFile, Failure, Input};
use super::{Outcome, output};
use crate::baseline::{BASELINE_NAME, Baseline, Difference};
use crate::rules::{self, Context, Filters};
use crate::sanitize;

#[derive(Args)]
pub(super) struct Options {
    /// The repository
    path: Option<PathBuf>,
    #[command(flatten)]
    input: input::InputOptions,
    /// The file to write; by default the policy's, else mlops-lint-baseline.json in the repository's root
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Take the violations in that a baseline written before does not know
    #[arg(long)]
    accept_new: bool,
    /// The date that exemptions are held against, in place of today's
    #[arg(long, value_name = "YYYY-MM-DD")]
    today: Option<jiff::civil::Date>,
}

pub(super) fn run(options: &Options, color: output::Color) -> Outcome {
    let read = Read::whole(&options.input, options.path.as_deref());
    let written = read.and_then(|read| write(options, &read.input));
    match written {
        Ok(told) => output::print(&told),
        Err(failure) => failure.report(color),
    }
}

fn write(options: &Options, input: &Input) -> Result<String, Failure> {
    let refuse = |message: String, help: &str| {
        Err(Failure::Said { outcome: Outcome::Error, message, help: Some(help.to_owned()) })
    };
    if options.input.reads_blobs() {
        return refuse(
            "a baseline is written to the work tree, and of what is there".to_owned(),
            "run `mlops-lint baseline` without --staged and --rev",
        );
    }
    if !input.scope.is_empty() {
        let scope = String::from_utf8_lossy(&input.scope);
        return refuse(
            format!("a baseline is of the whole repository, and `{scope}` is a part of it"),
            "run `mlops-lint baseline` without a path",
        );
    }
    let default = || input.tree.root().unwrap_or(Path::new("")).join(BASELINE_NAME);
    let file = options.output.clone().or_else(|| input.baseline_of_policy()).unwrap_or_else(default);
    let old = input::baseline_at(&input.tree, &file)?;
    let is_ignored = |path: &[u8]| input.tree.is_ignored(path);
    let context = Context::new(input.stages(&is_ignored), input.choice.dialect, &input.others);
    let filters = Filters {
        today: options.today.unwrap_or_else(check::today),
        in_scope: &|_| true,
        shows_all: false,
        heeds_comments: true,
        baseline: None,
    };
    let mut violations = rules::standing(&context, &filters).violations;
    violations.retain(|violation| !rules::is_of_gate(violation));
    let listing = input.listing();
    let (new, told) = match &old {
        None => {
            let new = Baseline::new(&violations, listing);
            let told = format!("{} kept", new.len());
            (new, told)
        }
        Some(BaselineFile { baseline, .. }) => {
            let (known, others, difference) = baseline.part(violations, listing);
            let taken = if options.accept_new { &others[..] } else { &[] };
            (Baseline::new(known.iter().chain(taken), listing), tell(difference, options.accept_new))
        }
    };
    let text = new.text();
    let name = sanitize::text(&file.display().to_string()).into_owned();
    if old.is_some_and(|old| old.text == text.as_bytes()) {
        return Ok(format!("{name} is as it was: {told}\n"));
    }
    std::fs::write(&file, text).map_err(|cause| Failure::Said {
        outcome: Outcome::Error,
        message: format!("the baseline `{}` could not be written: {cause}", file.display()),
        help: None,
    })?;
    Ok(format!("Wrote {name}: {told}\n"))
}

/// What became of the violations of a baseline that was there.
fn tell(difference: Difference, accepts_new: bool) -> String {
    let Difference { kept, fixed, new } = difference;
    let taken = match (new, accepts_new) {
        (0, _) => "0 new".to_owned(),
        (_, true) => format!("{new} new taken in"),
        (_, false) => format!("{new} new left out (--accept-new takes them in)"),
    };
    format!("{kept} kept, {fixed} fixed and pruned, {taken}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_became_of_a_baseline_is_told_in_numbers() {
        let difference = Difference { kept: 3, fixed: 1, new: 2 };
        assert_eq!(tell(difference, false), "3 kept, 1 fixed and pruned, 2 new left out (--accept-new takes them in)");
        assert_eq!(tell(difference, true), "3 kept, 1 fixed and pruned, 2 new taken in");
        assert_eq!(tell(Difference { new: 0, ..difference }, false), "3 kept, 1 fixed and pruned, 0 new");
    }
}
