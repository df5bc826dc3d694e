//! `mlops-lint [check] [PATH]`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, ValueEnum};

use super::input::{self, HeldFloor, Input};
use super::{Outcome, output};
use crate::finding::{FailOn, FileText, Finding, Report, Severity, Source, Subject, Summary};
use crate::render::{Format, HumanOptions, Trouble};
use crate::rules::{self, Compared, Context};
use crate::source::{Head, Tree};

#[derive(Args)]
pub(super) struct Options {
    /// The repository, or a folder of it
    path: Option<PathBuf>,
    #[command(flatten)]
    input: input::InputOptions,
    #[arg(long, value_name = "FORMAT[=FILE]", help = help_of_formats())]
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

fn help_of_formats() -> String {
    format!("Report format ({}), to standard output or a file; may be given several times", names_of_formats())
}

fn names_of_formats() -> String {
    Format::ALL.map(|(name, _)| name).join(", ")
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
        Err(format!("`{name}` is no format; there are {}", names_of_formats()))
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
        Ok(mut input) => {
            input::read_details(&options.input, &mut input);
            report(options, &input, color)
        }
        Err(failure) => failure.report(color),
    }
}

/// Two reports cannot share a stream or a file.
fn clash(targets: &[Target]) -> Option<Trouble<'static>> {
    // `r` and `./r` are one file.
    let place = |target: &Target| target.file.as_ref().map(|file| std::path::absolute(file).unwrap_or(file.clone()));
    let is_taken = |at: usize| targets[..at].iter().any(|earlier| place(earlier) == place(&targets[at]));
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

/// The date, where the user says none.
pub(super) fn today() -> jiff::civil::Date {
    jiff::tz::TimeZone::UTC.to_datetime(jiff::Timestamp::now()).date()
}

/// The whole check, a pure function of what was read.
pub(super) fn check(input: &Input, today: jiff::civil::Date) -> Report {
    let listing = input.listing();
    let Input { tree, policy, codeowners, choice, others, scope, ownership, excluded, not_checked, .. } = input;
    let is_ignored = |path: &[u8]| tree.is_ignored(path);
    let mut context = Context::new(input.stages(&is_ignored), choice.dialect, others);
    context.contents_unread = input.is_bare_list;
    let in_scope = |subject: &Subject| match subject {
        _ if scope.is_empty() => true,
        Subject::Path(path) => is_within(path, scope),
        Subject::Entry { .. } | Subject::Policy(_) | Subject::Repository(_) => false,
    };
    let floors: Vec<Context<'_>> = input
        .floors
        .iter()
        .map(|floor| Context::new(floor.stages(input.stages(&is_ignored)), choice.dialect, others))
        .collect();
    let judged = rules::judge_with_floors(&context, &floors, today, in_scope);
    let items: Vec<_> = ownership.items().iter().filter(|item| is_within(listing.path(item.path), scope)).collect();
    let areas: std::collections::BTreeSet<_> = items.iter().filter_map(|item| item.area).collect();
    let ownerless = |path: usize| {
        let winners = ownership.winners(path);
        !winners.is_empty() && winners.iter().all(|&winner| context.entry(winner).owners.is_empty())
    };
    let declared = ownership.details().declared.iter().zip(context.declared());
    let compared: Vec<&Compared> =
        declared.filter(|(file, _)| is_within(listing.path(file.path), scope)).map(|(_, compared)| compared).collect();
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
        remarks: remarks(input).into_iter().chain(declared_owners(&compared)).collect(),
    };
    Report {
        codeowners: codeowners.clone(),
        policy_texts: policy.texts.clone(),
        files: quoted(tree, &judged.findings),
        findings: judged.findings,
        summary,
        fail_on: policy.fail_on,
    }
}

/// Files that one report quotes; more of them nobody reads.
const MOST_QUOTED: usize = 200;

/// The starts of the files that places with a span are in.
fn quoted(tree: &Tree, findings: &[Finding]) -> BTreeMap<Vec<u8>, FileText> {
    let mut files = BTreeMap::new();
    for place in findings.iter().flat_map(|finding| &finding.places) {
        if let (Source::File(path), Some(_)) = (&place.source, place.span)
            && files.len() < MOST_QUOTED
            && !files.contains_key(path)
            && let Some(index) = tree.listing().find(path)
            && let Head::Bytes { bytes, .. } = tree.head(index, input::HEAD)
        {
            files.insert(path.clone(), FileText::new(bytes));
        }
    }
    files
}

/// True for the scope itself, if it is a file, and for what is below it; an empty scope holds everything.
fn is_within(path: &[u8], scope: &[u8]) -> bool {
    scope.is_empty() || path.strip_prefix(scope).is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
}

/// What must be said aloud lest a green run is taken for more than it is.
fn remarks(input: &Input) -> Vec<String> {
    let mut remarks = input.policy_remarks.clone();
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
    if input.ownership.items().is_empty() && input.floors.iter().all(HeldFloor::is_empty) {
        remarks.push("No ML artefacts were found: only CODEOWNERS itself was checked.".to_owned());
    } else if !input.policy.has_role_map() && !input.floors.iter().any(|floor| floor.policy.has_role_map()) {
        remarks.push(format!(
            "No role map: who holds which role is not known, so roles (MLO3xx) were not checked. {advice}"
        ));
    }
    remarks
}

/// How many files declare their own owner, and how many of these could be held against CODEOWNERS.
fn declared_owners(compared: &[&Compared]) -> Option<String> {
    let count = |is: fn(&Compared) -> bool| compared.iter().filter(|compared| is(compared)).count();
    let verb = |number: usize, one: &str, many: &str| {
        (number > 0).then(|| format!("{number} {}", if number == 1 { one } else { many }))
    };
    let told = [
        verb(count(|compared| *compared == Compared::Agrees), "agrees with CODEOWNERS", "agree with CODEOWNERS"),
        verb(count(|compared| matches!(compared, Compared::Differs { .. })), "differs", "differ"),
        verb(count(|compared| *compared == Compared::NotKnown), "cannot be compared", "cannot be compared"),
        verb(
            count(|compared| matches!(compared, Compared::Nobody(_))),
            "has no specific entry with owners",
            "have no specific entry with owners",
        ),
    ];
    let told: Vec<String> = told.into_iter().flatten().collect();
    let files = if compared.len() == 1 { "file declares an owner" } else { "files declare an owner" };
    (!told.is_empty()).then(|| format!("{} {files}: {}.", compared.len(), told.join(", ")))
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
        assert!(clash(&targets(&["json=a", "sarif=./a"])).is_some());
        assert!(clash(&targets(&["human", "json=a", "jsonl=b"])).is_none());
    }
}
