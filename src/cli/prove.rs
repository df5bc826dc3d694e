//! `mlops-lint prove`.

use std::fmt::Write as _;

use clap::{Args, ValueEnum};
use rustc_hash::FxHashSet;
use serde::Serialize;

use super::input::{self, Input};
use super::who::{section_of, with_roles};
use super::{Outcome, output};
use crate::catalogue::Catalogue;
use crate::codeowners::{DEFAULT_BUDGET, EntryId, Owner};
use crate::future::{self, AreaProof, Piece, PieceOrigin, Proof, Undecided};
use crate::ownership::{Demand, Judge};
use crate::policy::{AreaId, Located, Party, Policy};
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
    let own = input.stages(&is_ignored);
    let floors = input.floors.iter().map(|floor| (floor.stages(own), Some(floor.name())));
    let views = std::iter::once((own, None)).chain(floors).map(|(stages, floor)| {
        let budget = &mut DEFAULT_BUDGET.clone();
        let proofs = future::prove(stages, options.anywhere, budget);
        View {
            input: &input,
            policy: stages.policy,
            catalogue: stages.catalogue,
            floor,
            proofs,
            pins: future::prove_pins(stages, budget),
        }
    });
    let views: Vec<View<'_>> = views.collect();
    let print = match options.format {
        Format::Human => human,
        Format::Jsonl => jsonl,
    };
    let mut text = views.iter().map(print).collect::<Vec<_>>().concat();
    if options.format == Format::Human {
        input.policy_remarks.iter().for_each(|remark| text = format!("{text}{}\n", sanitize::text(remark)));
    }
    let printed = output::print(&text);
    if printed == Outcome::Error {
        return printed;
    }
    let answers = || views.iter().flat_map(View::answers);
    if answers().any(|proof| matches!(proof, Proof::Witness { .. })) {
        Outcome::Findings
    } else if answers().any(|proof| matches!(proof, Proof::NotDecided(_))) {
        Outcome::NotDecided
    } else {
        Outcome::Clean
    }
}

/// What is proved of one policy: the repository's, or a floor.
struct View<'a> {
    input: &'a Input,
    policy: &'a Policy,
    /// The kinds that it knows.
    catalogue: &'a Catalogue,
    /// The file, of a floor.
    floor: Option<&'a str>,
    proofs: Vec<AreaProof>,
    /// In the order of the policy's pins.
    pins: Vec<Proof>,
}

impl View<'_> {
    /// Every answer, about areas and pins.
    fn answers(&self) -> impl Iterator<Item = &Proof> {
        self.proofs.iter().flat_map(|proof| &proof.answers).map(|(_, proof)| proof).chain(&self.pins)
    }
}

fn human(view: &View<'_>) -> String {
    let View { input, policy, floor, proofs, pins, .. } = view;
    let judge = Judge::new(policy, input.codeowners.as_ref());
    let mut text = String::new();
    if let Some(floor) = floor {
        let _ = writeln!(text, "\nThe floor {}\n", sanitize::text(floor));
    }
    for proof in proofs {
        let _ = writeln!(text, "{}", sanitize::text(&policy.area(proof.area).name));
        let _ = writeln!(text, "  {:12} {}", "paths", sanitize::text(&universe(view, &proof.pieces)));
        for (demand, answer) in &proof.answers {
            let asked = asked(policy, proof.area, *demand);
            let _ = writeln!(text, "  {:12} {}", verdict(answer), sanitize::text(&asked));
            for line in told(view, &judge, answer) {
                let _ = writeln!(text, "  {:12} {}", "", sanitize::text(&line));
            }
        }
        text.push('\n');
    }
    if !pins.is_empty() {
        text.push_str("pins\n");
    }
    for (pin, answer) in policy.pins.iter().zip(pins) {
        let owners: Vec<&str> = pin.owners.value.iter().map(|owner| owner.value.text.as_str()).collect();
        let asked = format!("{} to {}", pin.path.value.text, owners.join(", "));
        let _ = writeln!(text, "  {:12} {}", verdict(answer), sanitize::text(&asked));
        for line in told(view, &judge, answer) {
            let _ = writeln!(text, "  {:12} {}", "", sanitize::text(&line));
        }
    }
    if !pins.is_empty() {
        text.push('\n');
    }
    let count = |is: fn(&Proof) -> bool| view.answers().filter(|answer| is(answer)).count();
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
    if !proofs.is_empty() && floor.is_none() {
        let _ = writeln!(text, "{}", sanitize::text(&input.reading()));
    }
    if !policy.has_role_map() && !proofs.is_empty() {
        text.push_str(
            "No role map, so only whether somebody owns the paths was asked: `mlops-lint init` proposes one.\n",
        );
    }
    text
}

/// The universe in a line: the policy's paths, and the kinds.
fn universe(view: &View<'_>, pieces: &[Piece]) -> String {
    const MOST: usize = 6;
    let mut named: Vec<String> = Vec::new();
    let mut push = |name: String| {
        if !named.contains(&name) {
            named.push(name);
        }
    };
    for piece in pieces {
        match &piece.origin {
            PieceOrigin::Policy(nth) => push(view.policy.area(piece.area).paths[*nth].value.text.clone()),
            PieceOrigin::Kind(kind) | PieceOrigin::Content(kind) => {
                push(view.catalogue.kind(*kind).title.clone());
            }
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
fn asked(policy: &Policy, area: AreaId, demand: Demand) -> String {
    let wanted = policy.area(area).ownership.as_ref();
    let names = |parties: Option<&Located<Vec<Located<Party>>>>| {
        let names =
            parties.into_iter().flat_map(|parties| &parties.value).map(|party| party_name(policy, &party.value));
        names.collect::<Vec<_>>().join(" or ")
    };
    match demand {
        Demand::Owned => "somebody owns them".to_owned(),
        Demand::Specific => "specific: not by the catch-all alone".to_owned(),
        Demand::Accountable => format!("accountable: {}", names(wanted.and_then(|wanted| wanted.accountable.as_ref()))),
        Demand::Consulted(index) => {
            let parties = wanted.and_then(|wanted| wanted.consulted.as_ref());
            let party = parties.and_then(|parties| parties.value.get(index));
            format!("consulted: {}", party.map_or("", |party| party_name(policy, &party.value)))
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

fn party_name<'i>(policy: &'i Policy, party: &'i Party) -> &'i str {
    match party {
        Party::Role(role) => &policy.role(*role).name,
        Party::Owner(owner) => &owner.text,
    }
}

/// What shows it, in lines.
fn told(view: &View<'_>, judge: &Judge<'_>, proof: &Proof) -> Vec<String> {
    let input = view.input;
    let text = |path: &[u8]| String::from_utf8_lossy(path).into_owned();
    match proof {
        Proof::Proved => Vec::new(),
        Proof::Witness { path, winners } => {
            let (who, lines) = deciding(view, judge, winners);
            // A name that only one file can have may be there already.
            let goes = if input.tree.listing().find(path).is_some() { "goes" } else { "would go" };
            std::iter::once(format!("{} {goes} to {who}", text(path))).chain(lines).collect()
        }
        Proof::NotDecided(Undecided::Budget) => vec!["the work budget ran out".to_owned()],
        Proof::NotDecided(Undecided::OnlyUnlikely(path)) => {
            vec![format!("only paths such as {} break it, which are taken, ignored or of another area", text(path))]
        }
        Proof::NotDecided(Undecided::Content(kind, path)) => {
            let title = &view.catalogue.kind(*kind).title;
            vec![format!("{} would break it if its content showed a {title}", text(path))]
        }
    }
}

/// Who would own a path, and the entries that say so.
fn deciding(view: &View<'_>, judge: &Judge<'_>, winners: &[EntryId]) -> (String, Vec<String>) {
    const MOST: usize = 12;
    let View { input, policy, .. } = view;
    let Some(file) = input.codeowners.as_ref().filter(|_| !winners.is_empty()) else {
        return ("nobody: no entry matches".to_owned(), Vec::new());
    };
    let mut seen = FxHashSet::default();
    let entries = || winners.iter().map(|&winner| file.entry(winner));
    let required = entries().filter(|entry| file.is_required(entry)).flat_map(|entry| &entry.owners);
    let owners: Vec<&Owner> = required.filter(|owner| seen.insert(&owner.key)).collect();
    let told: Vec<String> = owners.iter().take(MOST).map(|owner| with_roles(policy, judge, owner)).collect();
    let who = match owners.len() {
        0 if entries().any(|entry| !entry.owners.is_empty()) => "nobody who has to approve".to_owned(),
        0 => "nobody: the entry names no owner".to_owned(),
        all if all > MOST => format!("{} and {} more", told.join(", "), all - MOST),
        _ => told.join(", "),
    };
    let lines = entries()
        .map(|entry| format!("by {}:{} {}{}", file.path, entry.line, entry.pattern_text, section_of(file, entry)));
    (who, lines.collect())
}

/// One demand of one area; `prove --format jsonl` prints these.
#[derive(Serialize)]
struct Answer<'a> {
    /// The floor that asks it; absent for the policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    floor: Option<&'a str>,
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
    /// The floor that has it; absent for the policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    floor: Option<&'a str>,
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

fn jsonl(view: &View<'_>) -> String {
    let mut text = String::new();
    for proof in &view.proofs {
        for (demand, answer) in &proof.answers {
            text.push_str(&json_line(&form(view, proof.area, *demand, answer)));
        }
    }
    for (pin, answer) in view.policy.pins.iter().zip(&view.pins) {
        let owners = pin.owners.value.iter().map(|owner| owner.value.text.as_str()).collect();
        text.push_str(&json_line(&PinAnswer {
            floor: view.floor,
            pin: &pin.path.value.text,
            owners,
            shown: shown(view.input, answer),
        }));
    }
    text
}

fn form<'a>(view: &'a View<'_>, area: AreaId, demand: Demand, proof: &Proof) -> Answer<'a> {
    let View { input, policy, .. } = view;
    let wanted = policy.area(area).ownership.as_ref();
    let list = |parties: Option<&'a Located<Vec<Located<Party>>>>| {
        parties.into_iter().flat_map(|parties| &parties.value).map(|party| party_name(policy, &party.value)).collect()
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
        floor: view.floor,
        area: &policy.area(area).name,
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
