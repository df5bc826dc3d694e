//! `mlops-lint init`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;

use super::input::{self, Failure, Input};
use super::{Outcome, output};
use crate::policy::{self, LoadInput, RoleMap};
use crate::propose::{self, Proposal, Unplaced};
use crate::sanitize;
use crate::source::{self, POLICY_PLACES};

#[derive(Args)]
pub(super) struct Options {
    /// The repository, or a folder of it
    path: Option<PathBuf>,
    /// Who holds which role: a policy, or `roles: { ml-engineer: [acme/ml-eng] }`; then nothing is guessed
    #[arg(long, value_name = "FILE")]
    roles: Option<PathBuf>,
    /// Where the policy goes, in place of mlops-lint.yaml in the repository's root
    #[arg(long, value_name = "FILE", conflicts_with = "print")]
    output: Option<PathBuf>,
    /// Print the policy and write nothing
    #[arg(long)]
    print: bool,
    #[command(flatten)]
    input: input::InputOptions,
}

pub(super) fn run(options: &Options, color: output::Color) -> Outcome {
    match init(options) {
        Ok(text) => output::print(&text),
        Err(failure) => failure.report(color),
    }
}

/// Writes the policy, and gives what there is to print.
fn init(options: &Options) -> Result<String, Failure> {
    let input = input::load_builtin(&options.input, options.path.as_deref())?;
    let target = target(options, &input)?;
    let map = options.roles.as_deref().map(|file| role_map(&input, file)).transpose()?;
    let is_ignored = |path: &[u8]| input.tree.is_ignored(path);
    let mut proposal = propose::propose(input.stages(&is_ignored), map.as_ref());
    proposal.excluded = input.excluded;
    proposal.not_checked = input.not_checked.iter().map(|(_, files)| files).sum();
    let policy = propose::write(&proposal);
    // What is handed out can be read: a name that would spoil it is found here and not by the next command.
    input::try_policy(&input.catalogue, LoadInput { name: "mlops-lint.yaml", text: policy.as_bytes() })?;
    let Some(target) = target else { return Ok(policy) };
    source::write_new(&target, input.tree.root(), &policy)?;
    let here = std::env::current_dir().unwrap_or_default();
    Ok(summary(&proposal, target.strip_prefix(&here).unwrap_or(&target)))
}

/// Where the policy goes; `None` to standard output.
fn target(options: &Options, input: &Input) -> Result<Option<PathBuf>, Failure> {
    let said =
        |message: String, help: &str| Failure::Said { outcome: Outcome::Error, message, help: Some(help.to_owned()) };
    if options.print {
        return Ok(None);
    }
    if let Some(file) = &options.output {
        let here = std::env::current_dir().unwrap_or_default();
        return Ok(Some(here.join(file)));
    }
    if let Some(place) = source::policy_places(&input.tree).first() {
        let message = format!("this repository has a policy already: `{place}`");
        return Err(said(message, "compare it with a new one by --print, or write that beside it by --output FILE"));
    }
    match input.tree.root() {
        Some(root) => Ok(Some(root.join(POLICY_PLACES[0]))),
        None => Err(said(
            "there is no folder to put a policy into".to_owned(),
            "print it by --print, or say where it goes by --output FILE",
        )),
    }
}

fn role_map(input: &Input, file: &Path) -> Result<RoleMap, Failure> {
    let found = source::find_policy(&input.tree, Some(file))?;
    let (name, text) = found.unwrap_or_else(|| (file.display().to_string(), Vec::new()));
    policy::load_role_map(LoadInput { name: &name, text: &text }).map_err(Failure::Policy)
}

/// What was proposed and why, in short.
fn summary(proposal: &Proposal, target: &Path) -> String {
    let mut lines = vec![format!("Wrote {}", target.display()), String::new()];
    match (&proposal.map, &proposal.codeowners) {
        (Some(map), _) => lines.push(format!("Roles, as {map} says:")),
        (None, Some(file)) if proposal.has_role_map() => lines.push(format!("Roles, guessed from {file}:")),
        (None, Some(file)) => lines.push(format!("{file} does not tell who holds which role.")),
        (None, None) => lines.push("There is no CODEOWNERS to tell who holds which role.".to_owned()),
    }
    for role in &proposal.roles {
        for owner in &role.owners {
            let sure = owner.confidence.map(|sure| format!("  {}: {}", sure.name(), owner.reason)).unwrap_or_default();
            lines.push(format!("  {:16} {}{sure}", role.name, owner.owner));
        }
        match (&role.covered_by, role.owners.is_empty()) {
            (Some(cover), _) => lines.push(format!("  {:16} covered by {cover}", role.name)),
            (None, true) => lines.push(format!("  {:16} nobody", role.name)),
            (None, false) => {}
        }
    }
    open(&mut lines, "Not sure, left as comments:", &proposal.undecided);
    open(&mut lines, "Probably of no role, left as a comment:", &proposal.outside);
    if proposal.found.areas.is_empty() {
        lines.push(
            "Nothing of machine learning was found, so only CODEOWNERS itself is checked (profile: oss).".to_owned(),
        );
    } else {
        let areas: Vec<String> =
            proposal.found.areas.iter().map(|area| format!("{} {}", area.files, area.name)).collect();
        lines.push(String::new());
        lines.push(format!("Found files of these areas: {}.", areas.join(", ")));
    }
    lines.push(String::new());
    lines.push("Read the file and correct it, then run: mlops-lint check".to_owned());
    let mut text = String::new();
    for line in lines {
        let _ = writeln!(text, "{}", sanitize::text(&line));
    }
    text
}

fn open(lines: &mut Vec<String>, head: &str, owners: &[Unplaced]) {
    const MOST: usize = 5;
    if owners.is_empty() {
        return;
    }
    lines.push(head.to_owned());
    lines.extend(owners.iter().take(MOST).map(|unplaced| format!("  {}  {}", unplaced.owner, unplaced.reason)));
    if owners.len() > MOST {
        lines.push(format!("  and {} more", owners.len() - MOST));
    }
}
