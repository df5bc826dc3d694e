//! What the policy says of files that do not exist yet: proved for every path that could ever exist, or a path that shows
//! the contrary, or not decided.
//!
//! The paths that an area could have are its universe (`universe`); who would own them is asked of the exact engine (`ask`).

mod ask;
mod pins;
mod universe;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use crate::catalogue::{Catalogue, Content, KindId};
use crate::codeowners::{Codeowners, EntryId, Ground, PathSearch, Winners};
use crate::ownership::{Demand, Judge, Ownership};
use crate::policy::{AreaId, Policy};
use crate::source::Listing;

use ask::Asker;
pub use pins::prove_pins;
pub use universe::{Piece, PieceOrigin};

/// The stages before, and how to tell whether git ignores a path.
#[derive(Clone, Copy)]
pub struct Stages<'a> {
    /// The paths of today.
    pub listing: &'a Listing,
    /// The file that is judged, if there is one.
    pub codeowners: Option<&'a Codeowners>,
    /// The policy.
    pub policy: &'a Policy,
    /// The kinds.
    pub catalogue: &'a Catalogue,
    /// Who owns what today.
    pub ownership: &'a Ownership,
    /// Whether git would ignore a file at this path.
    pub is_ignored: &'a dyn Fn(&[u8]) -> bool,
}

/// What is known of one demand of an area, for every path that it could have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// It holds for all of them.
    Proved,
    /// It does not hold for this one.
    Witness {
        /// A path that nobody has yet, or where none was found, one of today's files.
        path: Vec<u8>,
        /// The entries that would decide it.
        winners: Vec<EntryId>,
    },
    /// Neither was found.
    NotDecided(Undecided),
}

/// Why something was not decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undecided {
    /// The work budget ran out.
    Budget,
    /// Only paths such as this one break it, and none that could be added was found: they are directories, stand below a
    /// file, are ignored, or belong to another area.
    OnlyUnlikely(Vec<u8>),
    /// A file of this kind is told by its content: this path breaks the demand if it is one.
    Content(KindId, Vec<u8>),
}

/// The answers about one area.
#[derive(Clone, Debug)]
pub struct AreaProof {
    /// The area.
    pub area: AreaId,
    /// The paths that it could have.
    pub pieces: Vec<Piece>,
    /// In the order of [`Judge::demands`].
    pub answers: Vec<(Demand, Proof)>,
}

/// Asks about every area that has paths, or files of a kind today. `budget` is in work units for all questions, and
/// decremented.
pub fn prove(stages: Stages<'_>, anywhere: bool, budget: &mut u64) -> Vec<AreaProof> {
    let Stages { listing, policy, catalogue, ownership, codeowners, .. } = stages;
    let judge = Judge::new(policy, codeowners);
    let mut of_area: BTreeMap<AreaId, Vec<Piece>> = BTreeMap::new();
    for piece in universe::pieces(listing, policy, catalogue, ownership, anywhere) {
        // An area that the repository has no file of asks nothing.
        of_area.entry(piece.area).or_default().push(piece);
    }
    let present: BTreeSet<AreaId> = ownership.items().iter().filter_map(|item| item.area).collect();
    of_area.retain(|area, _| present.contains(area));
    let asker = codeowners.map(Asker::new);
    let questions: Vec<(AreaId, Vec<Piece>, Vec<Demand>)> = of_area
        .into_iter()
        .map(|(area, pieces)| (area, pieces, judge.demands(area)))
        .filter(|(.., demands)| !demands.is_empty())
        .collect();
    let mut open: u64 = questions.iter().map(|(.., demands)| demands.len() as u64).sum();
    let mut proofs = Vec::new();
    for (area, pieces, demands) in questions {
        let ground = Earth::new(stages, Some(area));
        let sets = Sets::new(stages, area, &pieces, &ground);
        let mut answers = Vec::new();
        for demand in demands {
            // Equal shares of what is left, so that one monstrous question leaves the others decided.
            let mut share = *budget / open.max(1);
            let before = share;
            open -= 1;
            let proof = sets.proof(asker.as_ref(), &judge, demand, &mut share);
            *budget -= before - share;
            answers.push((demand, proof));
        }
        spread_unowned(&mut answers);
        proofs.push(AreaProof { area, pieces, answers });
    }
    proofs
}

/// A path that nobody has to approve satisfies no expectation: it refutes what was not refuted by another.
fn spread_unowned(answers: &mut [(Demand, Proof)]) {
    let unowned = answers.iter().find_map(|(demand, proof)| match proof {
        Proof::Witness { .. } if *demand == Demand::Owned => Some(proof.clone()),
        _ => None,
    });
    let Some(unowned) = unowned else { return };
    for (_, proof) in answers {
        if !matches!(proof, Proof::Witness { .. }) {
            proof.clone_from(&unowned);
        }
    }
}

/// The pieces of an area, those with the same exceptions together.
struct Sets<'a> {
    area: AreaId,
    stages: Stages<'a>,
    groups: Vec<ask::Group<'a>>,
    ground: &'a Earth<'a>,
}

impl<'a> Sets<'a> {
    fn new(stages: Stages<'a>, area: AreaId, pieces: &'a [Piece], ground: &'a Earth<'a>) -> Self {
        let candidates = ask::Candidates::new(stages, area);
        let mut groups: Vec<ask::Group<'a>> = Vec::new();
        for piece in pieces {
            let same = groups.iter_mut().find(|group| group.takes(piece));
            match same {
                Some(group) => group.push(piece),
                None => groups.push(ask::Group::new(piece)),
            }
        }
        for group in &mut groups {
            group.finish(&candidates);
        }
        // What the path alone decides first: its witnesses are worth more.
        groups.sort_by_key(|group| group.content().is_some());
        Self { area, stages, groups, ground }
    }

    fn proof(&self, asker: Option<&Asker<'_>>, judge: &Judge<'_>, demand: Demand, budget: &mut u64) -> Proof {
        let mut undecided: Option<Undecided> = None;
        let mut note = |why: Undecided| {
            undecided.get_or_insert(why);
        };
        for group in &self.groups {
            let answer = match asker {
                Some(asker) => {
                    let holds = |winners: &[EntryId], more| ask::meets(judge, (self.area, demand), winners, more);
                    asker.find_failing(group, &holds, self.ground, budget)
                }
                // Without the file nobody owns anything.
                None if demand == Demand::Owned => group.any(self.ground, budget),
                None => PathSearch::Nowhere,
            };
            match (answer, group.content()) {
                (PathSearch::Nowhere, _) => {}
                (PathSearch::Found(path), None) => {
                    let winners = winners(self.stages, &path);
                    return Proof::Witness { path, winners };
                }
                (PathSearch::Found(path), Some(kind)) => note(Undecided::Content(kind, path)),
                (PathSearch::Taken(path), _) => note(Undecided::OnlyUnlikely(path)),
                (PathSearch::NotDecided, _) => note(Undecided::Budget),
            }
        }
        // A file of today that fails is as good as one to come, and its content has been read.
        if let Some((path, winners)) = self.failing_today(judge, demand) {
            return Proof::Witness { path: path.to_vec(), winners: winners.to_vec() };
        }
        undecided.map_or(Proof::Proved, Proof::NotDecided)
    }

    fn failing_today(&self, judge: &Judge<'_>, demand: Demand) -> Option<(&'a [u8], &'a [EntryId])> {
        let Stages { listing, ownership, .. } = self.stages;
        let of_area = ownership.items().iter().filter(|item| item.area == Some(self.area));
        let mut decided = of_area.map(|item| (listing.path(item.path), ownership.winners(item.path)));
        decided.find(|(_, winners)| !judge.meets(winners, self.area, demand))
    }
}

/// The entries that would decide a path.
fn winners(stages: Stages<'_>, path: &[u8]) -> Vec<EntryId> {
    let winners = stages.codeowners.and_then(|codeowners| Winners::new(codeowners, [path].into_iter()).ok());
    winners.map(|winners| winners.of(0).to_vec()).unwrap_or_default()
}

/// The repository as ground for new files of an area.
struct Earth<'a> {
    stages: Stages<'a>,
    /// The area that the files are to be of; `None` where it does not matter.
    area: Option<AreaId>,
    /// Whether a path will not do, as far as it was asked: git is not quick to answer.
    asked: RefCell<FxHashMap<Vec<u8>, bool>>,
}

/// Git is asked about no more paths than these; those beyond count as not ignored.
const MOST_ASKED: usize = 64;

impl<'a> Earth<'a> {
    fn new(stages: Stages<'a>, area: Option<AreaId>) -> Self {
        Self { stages, area, asked: RefCell::default() }
    }

    /// True where the path's name makes it a kind of another area.
    fn is_elsewhere(&self, path: &[u8]) -> bool {
        let Some(of) = self.area else { return false };
        let Stages { policy, catalogue, .. } = self.stages;
        let listing = Listing::new(vec![(path.to_vec(), crate::source::FileKind::Regular)]);
        let kinds = catalogue.classify(&listing, &policy.exclude, &mut |_| Content::Skipped("paths that do not exist"));
        let area = |kind: KindId| {
            let kind = catalogue.kind(kind);
            policy.area_claiming(&kind.name).or_else(|| policy.area_named(&kind.area))
        };
        let claimed = policy.areas.iter().flat_map(|area| &area.paths).any(|claim| claim.value.pattern.matches(path));
        !claimed && kinds.artefacts.iter().any(|artefact| area(artefact.kind).is_some_and(|area| area != of))
    }
}

impl Ground for Earth<'_> {
    fn first_from(&self, start: &[u8]) -> Option<&[u8]> {
        self.stages.listing.first_from(start)
    }

    fn is_ignored(&self, path: &[u8]) -> bool {
        if let Some(&known) = self.asked.borrow().get(path) {
            return known;
        }
        let may_ask = self.asked.borrow().len() < MOST_ASKED;
        let will_not_do = self.is_elsewhere(path) || (may_ask && (self.stages.is_ignored)(path));
        self.asked.borrow_mut().insert(path.to_vec(), will_not_do);
        will_not_do
    }
}
