//! `mlops-lint who PATH...`.

use std::fmt::Write as _;

use clap::{Args, ValueEnum};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Serialize;

use super::input::{self, Input};
use super::{Outcome, output};
use crate::catalogue::{Evidence, Seen};
use crate::codeowners::{Codeowners, Entry, EntryId, Matcher, Owner};
use crate::ownership::Judge;
use crate::policy::Policy;
use crate::render::{json_line, path_bytes};
use crate::sanitize;

#[derive(Args)]
pub(super) struct Options {
    /// Paths from where you stand, or from the root with a leading slash; they need not exist. Without one, every path
    paths: Vec<std::ffi::OsString>,
    #[command(flatten)]
    input: input::InputOptions,
    /// The form of the answer
    #[arg(long, default_value = "human")]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Human,
    /// One object a path
    Jsonl,
}

/// One path's answer; `who --format jsonl` prints these.
#[derive(Serialize)]
struct Answer<'a> {
    path: String,
    /// The path's bytes in hexadecimal, where it is not UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    path_bytes: Option<String>,
    state: State,
    /// The entry that decides; the first of them where several do.
    entry: Option<AnswerEntry<'a>>,
    /// All that decide, where that can be more than one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    entries: Vec<AnswerEntry<'a>>,
    owners: Vec<&'a str>,
    /// Roles that any of the owners holds, by name.
    roles: Vec<&'a str>,
    area: Option<&'a str>,
    /// The areas of floors that it is in.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    floors: Vec<AnswerFloor<'a>>,
    artefact: Option<&'a str>,
    /// Why it is that artefact.
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<AnswerEvidence<'a>>,
}

/// What says that a file is an artefact.
#[derive(Serialize)]
#[serde(tag = "by", rename_all = "lowercase")]
enum AnswerEvidence<'a> {
    /// Its name, which a pattern of the catalogue matches.
    Name { pattern: &'a str },
    /// What was seen in it.
    Content {
        text: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        cell: Option<u32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        line: Option<u32>,
    },
    /// A file above it that claims what is below.
    Below { marker: String },
}

impl<'a> From<&'a Evidence> for AnswerEvidence<'a> {
    fn from(evidence: &'a Evidence) -> Self {
        match evidence {
            Evidence::Path(pattern) => Self::Name { pattern },
            Evidence::Content(Seen { text, line, cell, .. }) => Self::Content { text, cell: *cell, line: *line },
            Evidence::Below(marker) => Self::Below { marker: String::from_utf8_lossy(marker).into_owned() },
        }
    }
}

#[derive(Serialize)]
struct AnswerFloor<'a> {
    floor: &'a str,
    area: &'a str,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Owned,
    Ownerless,
    Unmatched,
}

#[derive(Serialize)]
struct AnswerEntry<'a> {
    line: usize,
    pattern: &'a str,
    #[serde(flatten)]
    section: Option<AnswerSection<'a>>,
}

/// What an entry's section adds, where the host has sections.
#[derive(Serialize)]
struct AnswerSection<'a> {
    /// Empty for the unnamed one.
    section: &'a str,
    optional: bool,
    /// How many of the entry's owners must approve.
    approvals: u32,
    owners: Vec<&'a str>,
}

pub(super) fn run(options: &Options, color: output::Color) -> Outcome {
    match input::load(&options.input, None, &options.paths) {
        Ok(input) => output::print(&answers(options, &input)),
        Err(failure) => failure.report(color),
    }
}

fn answers(options: &Options, input: &Input) -> String {
    let judge = Judge::new(&input.policy, input.codeowners.as_ref());
    let indexes: Vec<usize> = match input.asked.as_slice() {
        [] => (0..input.listing().len()).collect(),
        asked => asked.iter().filter_map(|path| input.listing().find(path)).collect(),
    };
    let mut text = String::new();
    // All globs at once: entry by entry, a whole repository would take minutes.
    let matcher = input.codeowners.as_ref().map(Codeowners::matcher);
    let mut walk = matcher.as_ref().map(Matcher::walk_all);
    let is_any = !indexes.is_empty();
    for index in indexes {
        let answer = answer(input, &judge, index);
        match options.format {
            Format::Jsonl => text.push_str(&json_line(&answer)),
            Format::Human => {
                let globs = walk.as_mut().map_or(&[][..], |walk| walk.matching(input.listing().path(index)).ranks);
                human(&mut text, input, &judge, index, &answer, globs);
            }
        }
    }
    if options.format == Format::Human && is_any {
        let _ = writeln!(text, "{}", sanitize::text(&input.reading()));
    }
    text
}

fn answer<'a>(input: &'a Input, judge: &Judge<'a>, index: usize) -> Answer<'a> {
    let path = input.listing().path(index);
    let winners = winners(input, index);
    let mut owners: Vec<&Owner> = Vec::new();
    let mut seen = FxHashSet::default();
    for owner in winners.iter().flat_map(|(_, entry)| &entry.owners) {
        if winners.len() == 1 || seen.insert(&owner.key) {
            owners.push(owner);
        }
    }
    let mut roles: Vec<&str> = owners
        .iter()
        .flat_map(|owner| judge.roles_of(owner).to_vec())
        .map(|role| input.policy.role(role).name.as_str())
        .collect();
    roles.sort_unstable();
    roles.dedup();
    let item = input.ownership.item(index);
    let has_several =
        input.codeowners.as_ref().is_some_and(|file| file.dialect.has_sections() || file.dialect.adds_up());
    let entries = winners.iter().filter(|_| has_several).map(|(_, entry)| answer_entry(input, entry, true));
    Answer {
        path: String::from_utf8_lossy(path).into_owned(),
        path_bytes: path_bytes(path),
        state: match winners.as_slice() {
            [] => State::Unmatched,
            _ if owners.is_empty() => State::Ownerless,
            _ => State::Owned,
        },
        entry: winners.first().map(|(_, entry)| answer_entry(input, entry, false)),
        entries: entries.collect(),
        owners: owners.iter().map(|owner| owner.text.as_str()).collect(),
        roles,
        area: item.and_then(|item| item.area).map(|area| input.policy.area(area).name.as_str()),
        floors: input
            .floors
            .iter()
            .filter_map(|floor| Some(AnswerFloor { floor: floor.name(), area: floor.area_of(index)? }))
            .collect(),
        artefact: item.and_then(|item| item.kind).map(|kind| input.catalogue.kind(kind).name.as_str()),
        evidence: item.and_then(|item| item.evidence.as_ref()).map(AnswerEvidence::from),
    }
}

fn answer_entry<'a>(input: &'a Input, entry: &'a Entry, whole: bool) -> AnswerEntry<'a> {
    let file = input.codeowners.as_ref().filter(|file| whole && file.dialect.has_sections());
    let section = file.map(|file| file.section(entry.section)).map(|section| AnswerSection {
        section: &section.name,
        optional: section.optional,
        approvals: entry.approvals,
        owners: entry.owners.iter().map(|owner| owner.text.as_str()).collect(),
    });
    AnswerEntry { line: entry.line, pattern: &entry.pattern_text, section }
}

/// The entries that decide a path.
fn winners(input: &Input, index: usize) -> Vec<(EntryId, &Entry)> {
    let entries = input
        .codeowners
        .iter()
        .flat_map(|file| input.ownership.winners(index).iter().map(move |&id| (id, file.entry(id))));
    entries.collect()
}

/// `globs` are the entries whose globs match the path, by id.
fn human(text: &mut String, input: &Input, judge: &Judge<'_>, index: usize, answer: &Answer<'_>, globs: &[u32]) {
    let path = input.listing().path(index);
    let winners = winners(input, index);
    let mut lines = Vec::new();
    lines.push((
        "owners",
        match answer.state {
            State::Owned => {
                let owners = winners.iter().flat_map(|(_, entry)| &entry.owners);
                let owners: FxHashMap<&str, &Owner> = owners.map(|owner| (owner.text.as_str(), owner)).collect();
                let told =
                    answer.owners.iter().filter_map(|name| Some(with_roles(&input.policy, judge, owners.get(name)?)));
                told.collect::<Vec<_>>().join(", ")
            }
            State::Ownerless => "nobody: the winning entry names no owner".to_owned(),
            State::Unmatched => "nobody: no entry matches".to_owned(),
        },
    ));
    if let Some(area) = answer.area {
        lines.push(("area", area.to_owned()));
    }
    lines.extend(answer.floors.iter().map(|one| ("floor", format!("{} ({})", one.area, one.floor))));
    if let Some(item) = input.ownership.item(index)
        && let (Some(kind), Some(evidence)) = (item.kind, &item.evidence)
    {
        lines.push(("artefact", format!("{} ({evidence})", input.catalogue.kind(kind).title)));
    }
    lines.extend(input.codeowners.iter().flat_map(|file| entry_lines(file, &winners, globs)));
    if input.tree.listing().find(path).is_none() {
        lines.push(("note", "no such file today: this is what would hold if it were added".to_owned()));
    }
    let _ = writeln!(text, "{}", sanitize::bytes(path));
    for (name, value) in &lines {
        let _ = writeln!(text, "  {name:9} {}", sanitize::text(value).trim_end());
    }
}

/// `@acme/ml-eng (ml-engineer)`
pub(super) fn with_roles(policy: &Policy, judge: &Judge<'_>, owner: &Owner) -> String {
    let roles: Vec<&str> = judge.roles_of(owner).iter().map(|&role| policy.role(role).name.as_str()).collect();
    if roles.is_empty() { owner.text.clone() } else { format!("{} ({})", owner.text, roles.join(", ")) }
}

/// The entries that decide, those they beat, and those that take the path out of a section.
fn entry_lines(file: &Codeowners, winners: &[(EntryId, &Entry)], globs: &[u32]) -> Vec<(&'static str, String)> {
    let mut lines = Vec::new();
    for (_, entry) in winners {
        let mut told = format!("{}:{} {}", file.path, entry.line, entry.pattern_text);
        if file.dialect.has_sections() {
            let owners: Vec<&str> = entry.owners.iter().map(|owner| owner.text.as_str()).collect();
            let _ = write!(told, " {}", owners.join(" "));
            told.push_str(&section_of(file, entry));
        }
        lines.push(("entry", told));
    }
    // (Where regular expressions are read, all that match decide, and nothing is beaten.)
    let matching = globs.iter().rev().map(|&id| (EntryId(id), file.entry(EntryId(id))));
    let matching = matching.filter(|(id, _)| !winners.iter().any(|(winner, _)| winner == id));
    for (_, entry) in matching {
        let owners: Vec<&str> = entry.owners.iter().map(|owner| owner.text.as_str()).collect();
        let told = format!("{}:{} {} {}", file.path, entry.line, entry.pattern_text, owners.join(" "));
        let wins = winners.iter().any(|(_, winner)| winner.section == entry.section);
        let section = section_of(file, entry);
        if entry.excludes {
            lines.push(("excluded", format!("{}{section}", told.trim_end())));
        } else if wins {
            lines.push(("beats", format!("{}{section}", told.trim_end())));
        }
    }
    lines
}

/// ` [Data], 2 approvals`; empty where the section says nothing.
pub(super) fn section_of(file: &Codeowners, entry: &Entry) -> String {
    let section = file.section(entry.section);
    let mut told = String::new();
    if !section.name.is_empty() {
        let _ = write!(told, "  in [{}]", section.name);
    }
    match (section.optional, entry.approvals) {
        (true, _) => told.push_str(", optional: nobody has to approve"),
        (false, u32::MAX) => told.push_str(", more approvals than anybody could give"),
        (false, 2..) => {
            let _ = write!(told, ", {} approvals", entry.approvals);
        }
        _ => {}
    }
    told
}
