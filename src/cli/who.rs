//! `mlops-lint who PATH...`.

use std::fmt::Write as _;

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::input::{self, Input};
use super::{Outcome, output};
use crate::codeowners::{Entry, EntryId};
use crate::ownership::Judge;
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
    entry: Option<AnswerEntry<'a>>,
    owners: Vec<&'a str>,
    /// Roles that any of the owners holds, by name.
    roles: Vec<&'a str>,
    area: Option<&'a str>,
    artefact: Option<&'a str>,
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
    for index in indexes {
        let answer = answer(input, &judge, index);
        match options.format {
            Format::Jsonl => text.push_str(&json_line(&answer)),
            Format::Human => human(&mut text, input, &judge, index, &answer),
        }
    }
    text
}

fn answer<'a>(input: &'a Input, judge: &Judge<'a>, index: usize) -> Answer<'a> {
    let path = input.listing().path(index);
    let winner = winner(input, index).map(|(_, entry)| entry);
    let mut roles: Vec<&str> = winner
        .into_iter()
        .flat_map(|entry| &entry.owners)
        .flat_map(|owner| judge.roles_of(owner).to_vec())
        .map(|role| input.policy.role(role).name.as_str())
        .collect();
    roles.sort_unstable();
    roles.dedup();
    let item = input.ownership.item(index);
    Answer {
        path: String::from_utf8_lossy(path).into_owned(),
        path_bytes: path_bytes(path),
        state: match winner {
            None => State::Unmatched,
            Some(entry) if entry.owners.is_empty() => State::Ownerless,
            Some(_) => State::Owned,
        },
        entry: winner.map(|entry| AnswerEntry { line: entry.line, pattern: &entry.pattern_text }),
        owners: winner.into_iter().flat_map(|entry| &entry.owners).map(|owner| owner.text.as_str()).collect(),
        roles,
        area: item.and_then(|item| item.area).map(|area| input.policy.area(area).name.as_str()),
        artefact: item.and_then(|item| item.kind).map(|kind| input.catalogue.kind(kind).name.as_str()),
    }
}

fn winner(input: &Input, index: usize) -> Option<(EntryId, &Entry)> {
    let id = input.ownership.winner(index)?;
    Some((id, input.codeowners.as_ref()?.entry(id)))
}

fn human(text: &mut String, input: &Input, judge: &Judge<'_>, index: usize, answer: &Answer<'_>) {
    let path = input.listing().path(index);
    let file = input.codeowners.as_ref().map_or("CODEOWNERS", |file| &file.path);
    let mut owners = Vec::new();
    if let Some((_, entry)) = winner(input, index) {
        for owner in &entry.owners {
            let roles: Vec<&str> =
                judge.roles_of(owner).iter().map(|&role| input.policy.role(role).name.as_str()).collect();
            owners.push(if roles.is_empty() {
                owner.text.clone()
            } else {
                format!("{} ({})", owner.text, roles.join(", "))
            });
        }
    }
    let mut lines = Vec::new();
    lines.push((
        "owners",
        match answer.state {
            State::Owned => owners.join(", "),
            State::Ownerless => "nobody: the winning entry names no owner".to_owned(),
            State::Unmatched => "nobody: no entry matches".to_owned(),
        },
    ));
    if let Some(area) = answer.area {
        lines.push(("area", area.to_owned()));
    }
    if let Some(item) = input.ownership.item(index)
        && let (Some(kind), Some(evidence)) = (item.kind, &item.evidence)
    {
        lines.push(("artefact", format!("{} ({evidence})", input.catalogue.kind(kind).title)));
    }
    if let Some(entry) = &answer.entry {
        lines.push(("entry", format!("{file}:{} {}", entry.line, entry.pattern)));
    }
    if let (Some((winner, _)), Some(codeowners)) = (winner(input, index), &input.codeowners) {
        let beaten = codeowners
            .iter()
            .rev()
            .filter(|(id, entry)| *id < winner && entry.pattern.as_ref().is_some_and(|pattern| pattern.matches(path)));
        for (_, entry) in beaten {
            let owners: Vec<&str> = entry.owners.iter().map(|owner| owner.text.as_str()).collect();
            lines.push(("beats", format!("{file}:{} {} {}", entry.line, entry.pattern_text, owners.join(" "))));
        }
    }
    if input.tree.listing.find(path).is_none() {
        lines.push(("note", "no such file today: this is what would hold if it were added".to_owned()));
    }
    let _ = writeln!(text, "{}", sanitize::bytes(path));
    for (name, value) in &lines {
        let _ = writeln!(text, "  {name:9} {}", sanitize::text(value).trim_end());
    }
}
