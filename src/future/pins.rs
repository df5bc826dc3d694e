//! Pins, for every path that they could ever match.

use std::rc::Rc;

use super::ask::{Asker, Candidates, Group};
use super::{Earth, Proof, Stages, Undecided, winners};
use crate::codeowners::{EntryId, PathSearch, Pattern};
use crate::ownership::Judge;
use crate::policy::Pin;

/// Asks of every pin, in the policy's order, whether all its paths have its owners. `budget` is in work units for all
/// questions, and decremented.
pub fn prove_pins(stages: Stages<'_>, budget: &mut u64) -> Vec<Proof> {
    let judge = Judge::new(stages.policy, stages.codeowners);
    let asker = stages.codeowners.map(Asker::new);
    let mut open = stages.policy.pins.len() as u64;
    let proofs = stages.policy.pins.iter().map(|pin| {
        let mut share = *budget / open.max(1);
        let before = share;
        open -= 1;
        let proof = prove(stages, &judge, asker.as_ref(), pin, &mut share);
        *budget -= before - share;
        proof
    });
    proofs.collect()
}

fn prove(stages: Stages<'_>, judge: &Judge<'_>, asker: Option<&Asker<'_>>, pin: &Pin, budget: &mut u64) -> Proof {
    let pattern = &pin.path.value.pattern;
    let listing = stages.listing;
    let prefix = pattern.literal_prefix().join("/");
    let only = listing.find(prefix.as_bytes());
    let today = || only.into_iter().chain(listing.below(prefix.as_bytes()));
    let today = || today().filter(|&index| pattern.matches(listing.path(index)));
    if let Some(index) = today().find(|&index| !judge.keeps(pin, stages.ownership.winners(index))) {
        let winners = stages.ownership.winners(index).to_vec();
        return Proof::Witness { path: listing.path(index).to_vec(), winners };
    }
    if only.is_some() && pattern.literal_path().is_some() && today().next().is_some() {
        // A file's name: there is no other path.
        return Proof::Proved;
    }
    let except: Rc<[Pattern]> = Rc::from([]);
    let mut group = Group::of_pattern(pattern, &except);
    group.finish(&Candidates::beside(today().map(|index| listing.path(index))));
    let ground = Earth::new(stages, None);
    let holds = |winners: &[EntryId], more: bool| match judge.keeps(pin, winners) {
        keeps if !more => Some(keeps),
        // Somebody else is among them already, whoever comes.
        _ if names_others(judge, pin, winners) => Some(false),
        _ => None,
    };
    let answer = match asker {
        Some(asker) => asker.find_failing(&group, &holds, &ground, budget),
        // Without the file nobody owns anything.
        None => group.any(&ground, budget),
    };
    match answer {
        PathSearch::Nowhere => Proof::Proved,
        PathSearch::Found(path) => Proof::Witness { winners: winners(stages, &path), path },
        PathSearch::Taken(path) => Proof::NotDecided(Undecided::OnlyUnlikely(path)),
        PathSearch::NotDecided => Proof::NotDecided(Undecided::Budget),
    }
}

fn names_others(judge: &Judge<'_>, pin: &Pin, winners: &[EntryId]) -> bool {
    let mut owners = judge.asked(winners).into_iter().flat_map(|entry| &entry.owners);
    owners.any(|owner| !pin.owners.value.iter().any(|wanted| wanted.value.key == owner.key))
}
