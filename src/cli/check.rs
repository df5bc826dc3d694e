//! `mlops-lint [check] [PATH]`.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, ValueEnum};

use super::input::{self, BaselineFile, Before, Failure, Input, Since};
use super::{Outcome, output};
use crate::change::Change;
use crate::finding::{Compared, FailOn, Report, Severity, Subject, Summary};
use crate::render::{Format, HumanOptions, Trouble};
use crate::rules::{self, Context, Filters};

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
    /// Judge only what changed since the branch left REV: what the change adds, touches, or takes owners from
    ///
    /// Of edits that are not staged only those of CODEOWNERS, policy and baseline count.
    #[arg(long, value_name = "REV", conflicts_with = "files_from")]
    changed_since: Option<String>,
    /// With --staged: judge the whole index, and not only what the next commit changes
    #[arg(long, requires = "staged", conflicts_with = "changed_since")]
    all: bool,
    /// Violations of an earlier day, which are counted and quiet, in place of the policy's: see `mlops-lint baseline`
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Show all: ignores, exemptions and the baseline silence nothing
    #[arg(long)]
    no_ignores: bool,
}

impl Options {
    /// Where the change starts that is judged, in place of everything.
    fn since(&self) -> Option<Since<'_>> {
        let staged = || (self.input.staged && !self.all).then_some(Since::Head);
        self.changed_since.as_deref().map(Since::MergeBase).or_else(staged)
    }
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
    match read(options) {
        Ok(read) => report(options, &read, color),
        Err(failure) => failure.report(color),
    }
}

/// All that a check reads.
struct Read {
    input: Input,
    baseline: Option<BaselineFile>,
    /// The state before the change, where only that is judged.
    before: Option<Before>,
}

fn read(options: &Options) -> Result<Read, Failure> {
    let path = options.path.as_deref();
    let Some(since) = options.since() else {
        let input = input::load(&options.input, path, &[])?;
        let baseline = baseline(options, &input)?;
        return Ok(Read { input, baseline, before: None });
    };
    let input = input::load_for_change(&options.input, path)?;
    let baseline = baseline(options, &input)?;
    let before = input::before(since, &options.input, &input, baseline.as_ref())?;
    Ok(Read { input, baseline, before: Some(before) })
}

fn baseline(options: &Options, input: &Input) -> Result<Option<BaselineFile>, Failure> {
    let Some(file) = options.baseline.clone().or_else(|| input.baseline_of_policy()) else { return Ok(None) };
    let missing = || Failure::Said {
        outcome: Outcome::Error,
        message: format!("there is no baseline `{}`", file.display()),
        help: Some("`mlops-lint baseline` writes one; it has to be committed".to_owned()),
    };
    input::baseline_at(&input.tree, &file)?.ok_or_else(missing).map(Some)
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

fn report(options: &Options, read: &Read, color: output::Color) -> Outcome {
    let mut report = check(options, read);
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

/// Today, or the day that the command line takes for it.
pub(super) fn today(asked: Option<jiff::civil::Date>) -> jiff::civil::Date {
    asked.unwrap_or_else(|| jiff::tz::TimeZone::UTC.to_datetime(jiff::Timestamp::now()).date())
}

/// The whole check, a pure function of what was read.
fn check(options: &Options, read: &Read) -> Report {
    let Read { input, baseline, before } = read;
    let listing = input.listing();
    let Input { tree, policy, codeowners, choice, others, scope, ownership, excluded, not_checked, .. } = input;
    let is_ignored = |path: &[u8]| tree.is_ignored(path);
    let in_scope = |subject: &Subject| match subject {
        _ if scope.is_empty() => true,
        Subject::Path(path) => is_within(path, scope),
        Subject::Entry { .. } | Subject::Policy(_) | Subject::Repository(_) => false,
    };
    let filters = Filters {
        today: today(options.today),
        in_scope: &in_scope,
        shows_all: options.no_ignores,
        baseline: baseline.as_ref().map(|file| &file.baseline),
    };
    let change = before.as_ref().map(|before| change(before, input, &is_ignored, &filters));
    let context = Context::new(input.stages(&is_ignored), choice.dialect, others).since(change.as_ref());
    let judged = rules::judge(&context, &filters);
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
        ignored: judged.ignored,
        baselined: judged.baseline.kept,
        // Of a part of the repository nobody can say what is fixed elsewhere.
        fixed: if scope.is_empty() { judged.baseline.fixed } else { 0 },
        compared: change.as_ref().map(|change| Compared {
            since: change.since.clone(),
            files: change.files.count,
            left_out: judged.left_out,
        }),
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

/// The change, with what would have been told before it.
fn change<'a>(
    before: &'a Before,
    input: &'a Input,
    is_ignored: &'a dyn Fn(&[u8]) -> bool,
    filters: &Filters<'_>,
) -> Change<'a> {
    let stages = before.stages(input, is_ignored);
    let told = rules::standing(&Context::new(stages, input.choice.dialect, &before.others), filters).violations;
    Change {
        since: before.since.clone(),
        before: stages,
        told_before: told.into_iter().map(|violation| (violation.rule, violation.subject)).collect(),
        gate: before.gate.clone(),
        files: before.files.clone(),
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
