//! `mlops-lint prove`.

use std::fmt::Write as _;

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::input::{self, Input};
use super::{Outcome, output};
use crate::codeowners::{DEFAULT_BUDGET, EntryId};
use crate::future::{self, AreaProof, Piece, PieceOrigin, Proof, Undecided};
use crate::ownership::{Demand, Judge};
use crate::policy::{AreaId, Located, Party};
use crate::render::{json_line, path_bytes};
use crate::sanitize;

#[derive(Args)]
pub(super) struct Options {
    /// The repository, or a folder of it
    path: Option<std::path::PathBuf>,
    #[command(flatten)]
    input: input::InputOptions,
    /// Ask about files of the areas' kinds in every directory, not only in those that hold some today
    #[arg(long)]
    anywhere: bool,
    /// The form of the answer
    #[arg(long, default_value = "human")]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Human,
    /// One object an area and demand
    Jsonl,
}

pub(super) fn run(options: &Options, color: output::Color) -> Outcome {
    let input = match input::load(&options.input, options.path.as_deref(), &[]) {
        Ok(input) => input,
        Err(failure) => return failure.report(color),
    };
    let is_ignored = |path: &[u8]| input.tree.is_ignored(path);
    let budget = &mut DEFAULT_BUDGET.clone();
    let proofs = future::prove(input.stages(&is_ignored), options.anywhere, budget);
    let pins = future::prove_pins(input.stages(&is_ignored), budget);
    let printed = match options.format {
        Format::Human => output::print(&human(&input, &proofs, &pins)),
        Format::Jsonl => output::print(&jsonl(&input, &proofs, &pins)),
    };
    if printed == Outcome::Error {
        return printed;
    }
    if answers(&proofs, &pins).any(|proof| matches!(proof, Proof::Witness { .. })) {
        Outcome::Findings
    } else if answers(&proofs, &pins).any(|proof| matches!(proof, Proof::NotDecided(_))) {
        Outcome::NotDecided
    } else {
        Outcome::Clean
    }
}

/// Every answer, about areas and pins.
fn answers<'p>(proofs: &'p [AreaProof], pins: &'p [Proof]) -> impl Iterator<Item = &'p Proof> {
    proofs.iter().flat_map(|proof| &proof.answers).map(|(_, proof)| proof).chain(pins)
}

fn human(input: &Input, proofs: &[AreaProof], pins: &[Proof]) -> String {
    let judge = Judge::new(&input.policy, input.codeowners.as_ref());
    let mut text = String::new();
    for proof in proofs {
        let _ = writeln!(text, "{}", sanitize::text(&input.policy.area(proof.area).name));
        let _ = writeln!(text, "  {:12} {}", "paths", sanitize::text(&universe(input, &proof.pieces)));
        for (demand, answer) in &proof.answers {
            let asked = asked(input, proof.area, *demand);
            let _ = writeln!(text, "  {:12} {}", verdict(answer), sanitize::text(&asked));
            for line in told(input, &judge, answer) {
                let _ = writeln!(text, "  {:12} {}", "", sanitize::text(&line));
            }
        }
        text.push('\n');
    }
    if !pins.is_empty() {
        text.push_str("pins\n");
    }
    for (pin, answer) in input.policy.pins.iter().zip(pins) {
        let owners: Vec<&str> = pin.owners.value.iter().map(|owner| owner.value.text.as_str()).collect();
        let asked = format!("{} to {}", pin.path.value.text, owners.join(", "));
        let _ = writeln!(text, "  {:12} {}", verdict(answer), sanitize::text(&asked));
        for line in told(input, &judge, answer) {
            let _ = writeln!(text, "  {:12} {}", "", sanitize::text(&line));
        }
    }
    if !pins.is_empty() {
        text.push('\n');
    }
    let count = |is: fn(&Proof) -> bool| answers(proofs, pins).filter(|answer| is(answer)).count();
    let [proved, refuted, open] = [
        count(|proof| *proof == Proof::Proved),
        count(|proof| matches!(proof, Proof::Witness { .. })),
        count(|proof| matches!(proof, Proof::NotDecided(_))),
    ];
    if proofs.is_empty() && pins.is_empty() {
        text.push_str("Nothing to prove: no file of any area is there.\n");
    } else {
        let areas = if proofs.len() == 1 { "area" } else { "areas" };
        let and_pins = match pins.len() {
            0 => String::new(),
            1 => " and 1 pin".to_owned(),
            many => format!(" and {many} pins"),
        };
        let _ = writeln!(
            text,
            "{} {areas}{and_pins}, for every path they could have: {proved} proved, {refuted} refuted, {open} not decided",
            proofs.len()
        );
    }
    if !input.policy.has_role_map() && !proofs.is_empty() {
        text.push_str(
            "No role map: only whether somebody owns the paths was asked. mlops-lint.yaml says who holds a role.\n",
        );
    }
    text
}

/// The universe in a line: the policy's paths, and the kinds.
fn universe(input: &Input, pieces: &[Piece]) -> String {
    const MOST: usize = 6;
    let mut named: Vec<String> = Vec::new();
    let mut push = |name: String| {
        if !named.contains(&name) {
            named.push(name);
        }
    };
    for piece in pieces {
        match &piece.origin {
            PieceOrigin::Policy(nth) => push(input.policy.area(piece.area).paths[*nth].value.text.clone()),
            PieceOrigin::Kind(kind) | PieceOrigin::Content(kind) => push(input.catalogue.kind(*kind).title.clone()),
        }
    }
    let more = named.len().saturating_sub(MOST);
    named.truncate(MOST);
    let mut told = named.join(", ");
    if more > 0 {
        let _ = write!(told, " and {more} more");
    }
    told
}

fn verdict(proof: &Proof) -> &'static str {
    match proof {
        Proof::Proved => "proved",
        Proof::Witness { .. } => "refuted",
        Proof::NotDecided(_) => "not decided",
    }
}

/// What a demand asks, in the policy's words.
fn asked(input: &Input, area: AreaId, demand: Demand) -> String {
    let wanted = input.policy.area(area).ownership.as_ref();
    let names = |parties: Option<&Located<Vec<Located<Party>>>>| {
        let names = parties.into_iter().flat_map(|parties| &parties.value).map(|party| party_name(input, &party.value));
        names.collect::<Vec<_>>().join(" or ")
    };
    match demand {
        Demand::Owned => "somebody owns them".to_owned(),
        Demand::Specific => "specific: not by the catch-all alone".to_owned(),
        Demand::Accountable => format!("accountable: {}", names(wanted.and_then(|wanted| wanted.accountable.as_ref()))),
        Demand::Consulted(index) => {
            let parties = wanted.and_then(|wanted| wanted.consulted.as_ref());
            let party = parties.and_then(|parties| parties.value.get(index));
            format!("consulted: {}", party.map_or("", |party| party_name(input, &party.value)))
        }
        Demand::Approvers => {
            format!("approvers: always {}", names(wanted.and_then(|wanted| wanted.approvers.as_ref())))
        }
        Demand::NeverAlone => {
            format!("never_alone: {}", names(wanted.and_then(|wanted| wanted.never_alone.as_ref())))
        }
        Demand::MinOwners => {
            let least = wanted.and_then(|wanted| wanted.min_owners.as_ref()).map_or(0, |least| least.value);
            format!("min_owners: {least}")
        }
        Demand::TeamsOnly => "teams_only".to_owned(),
    }
}

fn party_name<'i>(input: &'i Input, party: &'i Party) -> &'i str {
    match party {
        Party::Role(role) => &input.policy.role(*role).name,
        Party::Owner(owner) => &owner.text,
    }
}

/// What shows it, in lines.
fn told(input: &Input, judge: &Judge<'_>, proof: &Proof) -> Vec<String> {
    let text = |path: &[u8]| String::from_utf8_lossy(path).into_owned();
    match proof {
        Proof::Proved => Vec::new(),
        Proof::Witness { path, winners } => {
            let (who, lines) = deciding(input, judge, winners);
            // A name that only one file can have may be there already.
            let goes = if input.tree.listing().find(path).is_some() { "goes" } else { "would go" };
            std::iter::once(format!("{} {goes} to {who}", text(path))).chain(lines).collect()
        }
        Proof::NotDecided(Undecided::Budget) => vec!["the work budget ran out".to_owned()],
        Proof::NotDecided(Undecided::OnlyUnlikely(path)) => {
            vec![format!("only paths such as {} break it, which are taken, ignored or of another area", text(path))]
        }
        Proof::NotDecided(Undecided::Content(kind, path)) => {
            let title = &input.catalogue.kind(*kind).title;
            vec![format!("{} would break it if its content showed a {title}", text(path))]
        }
    }
}

/// Who would own a path, and the entries that say so.
fn deciding(input: &Input, judge: &Judge<'_>, winners: &[EntryId]) -> (String, Vec<String>) {
    let Some(file) = input.codeowners.as_ref().filter(|_| !winners.is_empty()) else {
        return ("nobody: no entry matches".to_owned(), Vec::new());
    };
    let mut owners: Vec<String> = Vec::new();
    for owner in winners.iter().flat_map(|&winner| &file.entry(winner).owners) {
        let roles: Vec<&str> =
            judge.roles_of(owner).iter().map(|&role| input.policy.role(role).name.as_str()).collect();
        let name = if roles.is_empty() { owner.text.clone() } else { format!("{} ({})", owner.text, roles.join(", ")) };
        if !owners.contains(&name) {
            owners.push(name);
        }
    }
    let who = if owners.is_empty() { "nobody: the entry names no owner".to_owned() } else { owners.join(", ") };
    let lines = winners.iter().map(|&winner| {
        let entry = file.entry(winner);
        format!("by {}:{} {}", file.path, entry.line, entry.pattern_text)
    });
    (who, lines.collect())
}

/// One demand of one area; `prove --format jsonl` prints these.
#[derive(Serialize)]
struct Answer<'a> {
    area: &'a str,
    /// The policy's key; `owned` for what every area asks.
    demand: &'static str,
    /// The parties it names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parties: Vec<&'a str>,
    #[serde(flatten)]
    shown: Shown,
}

/// One pin; `prove --format jsonl` prints these after the areas.
#[derive(Serialize)]
struct PinAnswer<'a> {
    /// Its pattern.
    pin: &'a str,
    owners: Vec<&'a str>,
    #[serde(flatten)]
    shown: Shown,
}

/// A verdict and what shows it.
#[derive(Serialize)]
struct Shown {
    verdict: &'static str,
    witness: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    witness_bytes: Option<String>,
    /// The lines of CODEOWNERS that would decide the witness.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    entries: Vec<usize>,
    /// Why it is not decided: `budget`, `unlikely` or `content`.
    #[serde(skip_serializing_if = "Option::is_none")]
    because: Option<&'static str>,
}

fn jsonl(input: &Input, proofs: &[AreaProof], pins: &[Proof]) -> String {
    let mut text = String::new();
    for proof in proofs {
        for (demand, answer) in &proof.answers {
            text.push_str(&json_line(&form(input, proof.area, *demand, answer)));
        }
    }
    for (pin, answer) in input.policy.pins.iter().zip(pins) {
        let owners = pin.owners.value.iter().map(|owner| owner.value.text.as_str()).collect();
        text.push_str(&json_line(&PinAnswer { pin: &pin.path.value.text, owners, shown: shown(input, answer) }));
    }
    text
}

fn form<'a>(input: &'a Input, area: AreaId, demand: Demand, proof: &Proof) -> Answer<'a> {
    let wanted = input.policy.area(area).ownership.as_ref();
    let list = |parties: Option<&'a Located<Vec<Located<Party>>>>| {
        parties.into_iter().flat_map(|parties| &parties.value).map(|party| party_name(input, &party.value)).collect()
    };
    let parties: Vec<&str> = match demand {
        Demand::Accountable => list(wanted.and_then(|wanted| wanted.accountable.as_ref())),
        Demand::Approvers => list(wanted.and_then(|wanted| wanted.approvers.as_ref())),
        Demand::NeverAlone => list(wanted.and_then(|wanted| wanted.never_alone.as_ref())),
        Demand::Consulted(index) => {
            let all: Vec<&str> = list(wanted.and_then(|wanted| wanted.consulted.as_ref()));
            all.get(index).copied().into_iter().collect()
        }
        _ => Vec::new(),
    };
    Answer {
        area: &input.policy.area(area).name,
        demand: demand.key().unwrap_or("owned"),
        parties,
        shown: shown(input, proof),
    }
}

fn shown(input: &Input, proof: &Proof) -> Shown {
    let (witness, entries, because) = match proof {
        Proof::Proved => (None, &[][..], None),
        Proof::Witness { path, winners } => (Some(path), winners.as_slice(), None),
        Proof::NotDecided(Undecided::Budget) => (None, &[][..], Some("budget")),
        Proof::NotDecided(Undecided::OnlyUnlikely(path)) => (Some(path), &[][..], Some("unlikely")),
        Proof::NotDecided(Undecided::Content(_, path)) => (Some(path), &[][..], Some("content")),
    };
    Shown {
        verdict: verdict(proof),
        witness: witness.map(|path| String::from_utf8_lossy(path).into_owned()),
        witness_bytes: witness.and_then(|path| path_bytes(path)),
        entries: entries.iter().filter_map(|&id| Some(input.codeowners.as_ref()?.entry(id).line)).collect(),
        because,
    }
}
