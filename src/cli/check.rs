//! `mlops-lint [check] [PATH]`.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, ValueEnum};

use super::input::{self, Input};
use super::{Outcome, output};
use crate::finding::{FailOn, Report, Severity, Subject, Summary};
use crate::render::{Format, HumanOptions, Trouble};
use crate::rules::{self, Context};

#[derive(Args)]
pub(super) struct Options {
    /// The repository, or a folder of it
    path: Option<PathBuf>,
    #[command(flatten)]
    input: input::InputOptions,
    /// Report format, to standard output or a file; may be given several times
    #[arg(long, value_name = "FORMAT[=FILE]")]
    format: Vec<Target>,
    /// The severity from which on the run fails, in place of the policy's
    #[arg(long, value_name = "SEVERITY")]
    fail_on: Option<Threshold>,
    /// Fail where anything was not checked or not decided, too
    #[arg(long)]
    strict: bool,
    /// The date that exemptions are held against, in place of today's
    #[arg(long, value_name = "YYYY-MM-DD")]
    today: Option<jiff::civil::Date>,
}

/// `FORMAT` or `FORMAT=FILE`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Target {
    format: Format,
    file: Option<PathBuf>,
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, file) = match text.split_once('=') {
            Some((_, "")) => return Err("a file name is missing after `=`".to_owned()),
            Some((name, file)) => (name, Some(PathBuf::from(file))),
            None => (text, None),
        };
        if let Some(&(_, format)) = Format::ALL.iter().find(|(known, _)| *known == name) {
            return Ok(Self { format, file });
        }
        let names: Vec<&str> = Format::ALL.iter().map(|(name, _)| *name).collect();
        Err(format!("`{name}` is no format; there are {}", names.join(", ")))
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Threshold {
    Info,
    Warning,
    Error,
    Never,
}

impl From<Threshold> for FailOn {
    fn from(threshold: Threshold) -> Self {
        match threshold {
            Threshold::Info => Self::At(Severity::Info),
            Threshold::Warning => Self::At(Severity::Warning),
            Threshold::Error => Self::At(Severity::Error),
            Threshold::Never => Self::Never,
        }
    }
}

pub(super) fn run(options: &Options, color: output::Color) -> Outcome {
    if let Some(trouble) = clash(&options.format) {
        return output::fail(color, Outcome::Error, &[trouble]);
    }
    match input::load(&options.input, options.path.as_deref(), &[]) {
        Ok(input) => report(options, &input, color),
        Err(failure) => failure.report(color),
    }
}

/// Two reports cannot share a stream or a file.
fn clash(targets: &[Target]) -> Option<Trouble<'static>> {
    let is_taken = |at: usize| targets[..at].iter().any(|earlier| earlier.file == targets[at].file);
    let second = (0..targets.len()).find(|&at| is_taken(at))?;
    let place = match &targets[second].file {
        Some(file) => format!("the file `{}`", file.display()),
        None => "standard output".to_owned(),
    };
    let trouble = Trouble::new(format!("two reports cannot both go to {place}"));
    Some(trouble.with_help("give one of them a file of its own: --format json=report.json"))
}

fn report(options: &Options, input: &Input, color: output::Color) -> Outcome {
    let today = options.today.unwrap_or_else(today);
    let mut report = check(input, today);
    if let Some(threshold) = options.fail_on {
        report.fail_on = threshold.into();
    }
    let default = [Target { format: Format::Human, file: None }];
    let targets = if options.format.is_empty() { &default[..] } else { &options.format };
    let mut troubles = Vec::new();
    let mut printed = Outcome::Clean;
    for target in targets {
        let options = if target.file.is_none() { output::for_stdout(color) } else { HumanOptions::default() };
        let text = target.format.render(&report, &options);
        match &target.file {
            Some(file) => troubles.extend(output::write_file(file, &text).err()),
            None => printed = output::print(&text),
        }
    }
    if !troubles.is_empty() || printed == Outcome::Error {
        return output::fail(color, Outcome::Error, &troubles);
    }
    let left_open =
        report.summary.not_decided > 0 || !report.summary.not_checked.is_empty() || report.summary.excluded > 0;
    if report.fails() || (options.strict && left_open) { Outcome::Findings } else { Outcome::Clean }
}

/// The date that exemptions are held against.
pub(super) fn today() -> jiff::civil::Date {
    jiff::tz::TimeZone::UTC.to_datetime(jiff::Timestamp::now()).date()
}

/// The whole check, a pure function of what was read.
fn check(input: &Input, today: jiff::civil::Date) -> Report {
    let listing = input.listing();
    let Input { tree, policy, codeowners, choice, others, scope, ownership, excluded, not_checked, .. } = input;
    let is_ignored = |path: &[u8]| tree.is_ignored(path);
    let context = Context::new(input.stages(&is_ignored), choice.dialect, others);
    let in_scope = |subject: &Subject| match subject {
        _ if scope.is_empty() => true,
        Subject::Path(path) => is_within(path, scope),
        Subject::Entry { .. } | Subject::Policy(_) | Subject::Repository(_) => false,
    };
    let judged = rules::judge(&context, today, in_scope);
    let items: Vec<_> = ownership.items().iter().filter(|item| is_within(listing.path(item.path), scope)).collect();
    let areas: std::collections::BTreeSet<_> = items.iter().filter_map(|item| item.area).collect();
    let ownerless = |path: usize| {
        let winners = ownership.winners(path);
        !winners.is_empty() && winners.iter().all(|&winner| context.entry(winner).owners.is_empty())
    };
    let summary = Summary {
        files: input::within(listing, scope),
        artefacts: items.len(),
        areas: areas.len(),
        entries: codeowners.as_ref().map_or(0, |file| file.entries.len()),
        ownerless: items.iter().filter(|item| ownerless(item.path)).count(),
        excluded: *excluded,
        exempt: judged.exempt,
        not_checked: not_checked.clone(),
        not_decided: context.undecided(),
        dialect: codeowners.as_ref().map(|_| choice.clone()),
        remarks: remarks(input),
    };
    Report {
        codeowners: codeowners.clone(),
        policy_texts: policy.texts.clone(),
        findings: judged.findings,
        summary,
        fail_on: policy.fail_on,
    }
}

/// True for the scope itself, if it is a file, and for what is below it; an empty scope holds everything.
fn is_within(path: &[u8], scope: &[u8]) -> bool {
    scope.is_empty() || path.strip_prefix(scope).is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
}

/// What must be said aloud lest a green run is taken for more than it is.
fn remarks(input: &Input) -> Vec<String> {
    let mut remarks = Vec::new();
    let advice = if input.is_bare_list {
        "A bare list reads no policy of its own: pass --policy FILE."
    } else {
        "Write mlops-lint.yaml to say who holds them."
    };
    if !input.scope.is_empty() {
        remarks.push(format!(
            "Only {} was judged; CODEOWNERS itself is checked from the repository's root.",
            String::from_utf8_lossy(&input.scope)
        ));
    }
    if input.ownership.items().is_empty() {
        remarks.push("No ML artefacts were found: only CODEOWNERS itself was checked.".to_owned());
    } else if !input.policy.has_role_map() {
        remarks.push(format!(
            "No role map: who holds which role is not known, so roles (MLO3xx) were not checked. {advice}"
        ));
    }
    remarks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_a_format_and_perhaps_a_file() {
        assert_eq!("json".parse(), Ok(Target { format: Format::Json, file: None }));
        assert_eq!("json=a=b".parse(), Ok(Target { format: Format::Json, file: Some("a=b".into()) }));
        assert!("yaml".parse::<Target>().is_err());
        assert!("json=".parse::<Target>().is_err());
    }

    #[test]
    fn two_reports_never_share_a_place() {
        let targets = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect::<Vec<Target>>();
        assert!(clash(&targets(&["human", "json"])).is_some());
        assert!(clash(&targets(&["human", "json=a", "jsonl=a"])).is_some());
        assert!(clash(&targets(&["human", "json=a", "jsonl=b"])).is_none());
    }
}
