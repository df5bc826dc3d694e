//! `mlops-lint [check] [PATH]`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::{Args, ValueEnum};

use super::input::{self, BaselineFile, Before, Failure, HeldFloor, Input, InputOptions, Since};
use super::{Outcome, output};
use crate::change::Change;
use crate::finding::{Compared, FailOn, FileText, Finding, Report, Severity, Source, Subject, Summary};
use crate::future::Stages;
use crate::render::{Format, HumanOptions, Trouble};
use crate::rules::{self, Context, Filters};
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
    fn asks(&self) -> Asks {
        Asks { today: self.today.unwrap_or_else(today), shows_all: self.no_ignores }
    }

    /// Where the change starts that is judged, in place of everything.
    fn since(&self) -> Option<Since<'_>> {
        let staged = || (self.input.staged && !self.all).then_some(Since::Head);
        self.changed_since.as_deref().map(Since::MergeBase).or_else(staged)
    }
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
    match read(options) {
        Ok(read) => report(options, &read, color),
        Err(failure) => failure.report(color),
    }
}

/// All that a check reads.
pub(super) struct Read {
    pub(super) input: Input,
    baseline: Option<BaselineFile>,
    /// The state before the change, where only that is judged.
    before: Option<Before>,
}

impl Read {
    /// To judge all that there is, with what the files say of themselves.
    pub(super) fn whole(options: &InputOptions, path: Option<&Path>) -> Result<Self, Failure> {
        let mut input = input::load(options, path, &[])?;
        input::read_details(options, &mut input);
        Ok(Self { input, baseline: None, before: None })
    }
}

fn read(options: &Options) -> Result<Read, Failure> {
    let path = options.path.as_deref();
    let Some(since) = options.since() else {
        let mut read = Read::whole(&options.input, path)?;
        read.baseline = baseline(options, &read.input)?;
        return Ok(read);
    };
    let mut input = input::load_for_change(&options.input, path)?;
    input::read_details(&options.input, &mut input);
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
    match input::baseline_of(&options.input, options.path.as_deref(), input, &file)? {
        // A commit from before the first baseline has none.
        None if !options.input.takes_policy_from_commit() => Err(missing()),
        found => Ok(found),
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

fn report(options: &Options, read: &Read, color: output::Color) -> Outcome {
    let mut report = check(read, &options.asks());
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
            None => printed = output::print_report(&text),
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

/// What is asked of a check beside its input.
pub(super) struct Asks {
    /// The date that exemptions are held against.
    pub(super) today: jiff::civil::Date,
    /// Nothing is silenced.
    pub(super) shows_all: bool,
}

/// The whole check, a pure function of what was read.
pub(super) fn check(read: &Read, asks: &Asks) -> Report {
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
        today: asks.today,
        in_scope: &in_scope,
        shows_all: asks.shows_all,
        heeds_comments: true,
        baseline: baseline.as_ref().map(|file| &file.baseline),
    };
    let own = input.stages(&is_ignored);
    let stages_of_floors: Vec<Stages<'_>> = input.floors.iter().map(|floor| floor.stages(own)).collect();
    let change = before.as_ref().map(|before| change_since(before, before.stages(own), input, &filters));
    let changes_of_floors: Vec<Option<Change<'_>>> = (0..input.floors.len())
        .map(|nth| {
            let before = before.as_ref()?;
            Some(change_since(before, before.stages_of_floor(nth, stages_of_floors[nth]), input, &filters.of_floor()))
        })
        .collect();
    let mut context = Context::new(own, choice.dialect, others).since(change.as_ref());
    context.contents_unread = input.is_bare_list;
    let floors: Vec<Context<'_>> = stages_of_floors
        .iter()
        .zip(&changes_of_floors)
        .map(|(stages, change)| Context::new(*stages, choice.dialect, others).since(change.as_ref()))
        .collect();
    let judged = rules::judge_with_floors(&context, &floors, &filters);
    let items: Vec<_> = ownership.items().iter().filter(|item| is_within(listing.path(item.path), scope)).collect();
    let areas: std::collections::BTreeSet<_> = items.iter().filter_map(|item| item.area).collect();
    let ownerless = |path: usize| {
        let winners = ownership.winners(path);
        !winners.is_empty() && winners.iter().all(|&winner| context.entry(winner).owners.is_empty())
    };
    let declared = ownership.details().declared.iter().zip(context.declared());
    let compared: Vec<&rules::Compared> =
        declared.filter(|(file, _)| is_within(listing.path(file.path), scope)).map(|(_, compared)| compared).collect();
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

/// The change, with what would have been told before it; `stages` are those before, by the policy or a floor.
fn change_since<'a>(before: &'a Before, stages: Stages<'a>, input: &Input, filters: &Filters<'_>) -> Change<'a> {
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
    let mut remarks = input.policy_remarks.clone();
    let advice =
        if input.is_bare_list { "with a bare list, pass --policy FILE" } else { "`mlops-lint init` proposes one" };
    if !input.scope.is_empty() {
        remarks.push(format!(
            "Only {} was judged; CODEOWNERS itself is checked from the repository's root.",
            String::from_utf8_lossy(&input.scope)
        ));
    }
    if input.ownership.items().is_empty() && input.floors.iter().all(HeldFloor::is_empty) {
        remarks.push("No ML artefacts were found: only CODEOWNERS itself was checked.".to_owned());
    } else if !input.policy.has_role_map() && !input.floors.iter().any(|floor| floor.policy.has_role_map()) {
        remarks.push(format!("No role map, so roles (MLO3xx) were not checked: {advice}."));
    }
    remarks
}

/// How many files declare their own owner, and how many of these could be held against CODEOWNERS.
fn declared_owners(compared: &[&rules::Compared]) -> Option<String> {
    let count = |is: fn(&rules::Compared) -> bool| compared.iter().filter(|compared| is(compared)).count();
    let verb = |number: usize, one: &str, many: &str| {
        (number > 0).then(|| format!("{number} {}", if number == 1 { one } else { many }))
    };
    let told = [
        verb(count(|compared| *compared == rules::Compared::Agrees), "agrees with CODEOWNERS", "agree with CODEOWNERS"),
        verb(count(|compared| matches!(compared, rules::Compared::Differs { .. })), "differs", "differ"),
        verb(count(|compared| *compared == rules::Compared::NotKnown), "cannot be compared", "cannot be compared"),
        verb(
            count(|compared| matches!(compared, rules::Compared::Nobody(_))),
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
