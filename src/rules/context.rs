//! What a rule may look at.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::declared::{self, Compared};
use super::mlo106_never_effective::{self, Covers};
use super::mlo110_bare_directory::{self, Taken};
use super::mlo115_case_mismatch;
use super::mlo503_stale_policy::{self, Stale};
use super::moved::{self, Found};
use super::{Change, Ignores, Rule, Subjects, judge};
use crate::catalogue::Catalogue;
use crate::codeowners::{
    Codeowners, Coverage, DEFAULT_BUDGET, Dialect, Entry, EntryId, Matcher, Owner, Pattern, Problem, ProblemKind, Tail,
};
use crate::finding::Subject;
use crate::future::{self, AreaProof, Proof, Stages, Undecided};
use crate::ownership::{Gap, Item, Judge, Ownership, Verdict};
use crate::parallel;
use crate::policy::{AreaId, Policy};
use crate::source::Listing;

/// The stages before, and what several rules derive from them.
pub struct Context<'a> {
    /// Paths.
    pub listing: &'a Listing,
    /// The file that is judged, if there is one.
    pub codeowners: Option<&'a Codeowners>,
    /// The host whose reading of CODEOWNERS counts.
    pub host: Dialect,
    /// Other CODEOWNERS files, which the host does not read: those behind the one that counts at its own places, or, where
    /// there is none, those at other hosts' places.
    pub other_codeowners: &'a [String],
    /// The policy.
    pub policy: &'a Policy,
    /// The kinds.
    pub catalogue: &'a Catalogue,
    /// Who owns what.
    pub ownership: &'a Ownership,
    /// Who holds which role.
    pub judge: Judge<'a>,
    /// Item verdicts, parallel to `ownership.items()`: an index into `verdicts`.
    verdict_of: Vec<usize>,
    verdicts: Vec<Verdict>,
    usage: Vec<Usage>,
    coverage: FxHashMap<EntryId, Coverage>,
    dead: OnceCell<Vec<EntryId>>,
    found: OnceCell<BTreeMap<EntryId, Found>>,
    differs_by_case: OnceCell<BTreeMap<EntryId, usize>>,
    taken_by_name: OnceCell<Taken>,
    covers: OnceCell<Covers>,
    declared: OnceCell<Vec<Compared>>,
    asking: RefCell<FxHashMap<AreaId, Rc<Asking>>>,
    future: OnceCell<Vec<AreaProof>>,
    stale: OnceCell<Vec<Stale>>,
    /// What exemptions and `allow` options silenced, once that is known.
    pub(super) silenced: OnceCell<Silenced>,
    /// True where no content was read at all: what would be found in it is not known.
    pub contents_unread: bool,
    is_ignored: &'a dyn Fn(&[u8]) -> bool,
    subjects: Subjects,
    ignores: OnceCell<Ignores>,
    /// What the change was that is judged, in place of everything.
    pub change: Option<&'a Change<'a>>,
}

/// What became of violations that exemptions and `allow` options name.
pub(super) struct Silenced {
    /// The date that exemptions are held against.
    pub(super) today: jiff::civil::Date,
    /// How many each exemption silences, or would if it still held.
    pub(super) exempt: Vec<usize>,
    /// The `allow` patterns that silence something, by rule and index.
    pub(super) allowed: FxHashSet<(&'static str, usize)>,
}

/// The specific entries that ask somebody who is accountable for an area: those with globs, and those with expressions.
struct Asking {
    globs: Matcher,
    others: Vec<EntryId>,
}

/// What an entry does for the paths that exist.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// How many paths it wins.
    pub wins: usize,
    /// True where it matches a path at all.
    pub matches: bool,
}

impl<'a> Context<'a> {
    /// Joins the stages and derives the shared facts: verdicts, usage of entries, and which are dead for every path.
    pub fn new(stages: Stages<'a>, host: Dialect, other_codeowners: &'a [String]) -> Self {
        let Stages { listing, codeowners, policy, catalogue, ownership, is_ignored } = stages;
        let judge = Judge::new(policy, codeowners);
        let mut verdicts = Vec::new();
        let mut known: FxHashMap<(u32, Option<AreaId>), usize> = FxHashMap::default();
        let verdict_of = ownership
            .items()
            .iter()
            .map(|item| {
                *known.entry((ownership.set_of(item.path), item.area)).or_insert_with(|| {
                    verdicts.push(judge.verdict(ownership.winners(item.path), item.area));
                    verdicts.len() - 1
                })
            })
            .collect();
        let derived = codeowners.map(|file| parallel::both(|| usage(listing, file, ownership), || coverage(file)));
        let (usage, coverage) = derived.unwrap_or_default();
        Self {
            listing,
            codeowners,
            host,
            other_codeowners,
            policy,
            catalogue,
            ownership,
            judge,
            verdict_of,
            verdicts,
            usage,
            coverage,
            dead: OnceCell::new(),
            found: OnceCell::new(),
            differs_by_case: OnceCell::new(),
            taken_by_name: OnceCell::new(),
            covers: OnceCell::new(),
            declared: OnceCell::new(),
            asking: RefCell::default(),
            future: OnceCell::new(),
            stale: OnceCell::new(),
            silenced: OnceCell::new(),
            contents_unread: false,
            is_ignored,
            subjects: Subjects::new(codeowners),
            ignores: OnceCell::new(),
            change: None,
        }
    }

    /// Whether the policy leaves a rule on.
    pub(super) fn is_on(&self, rule: &dyn Rule) -> bool {
        judge::is_on(self.policy, rule.meta())
    }

    /// With the change that is judged, in place of everything.
    #[must_use]
    pub fn since(mut self, change: Option<&'a Change<'a>>) -> Self {
        self.change = change;
        self
    }

    /// What comments of CODEOWNERS say to the linter.
    pub(super) fn ignores(&self) -> &Ignores {
        self.ignores.get_or_init(|| self.codeowners.map(Ignores::read).unwrap_or_default())
    }

    /// Valid entries that match no path, in file order.
    pub(super) fn dead(&self) -> &[EntryId] {
        self.dead.get_or_init(|| {
            let dead = self.entries().filter(|(id, entry)| entry.is_valid() && !self.usage(*id).matches);
            dead.map(|(id, _)| id).collect()
        })
    }

    /// Where the paths of dead entries seem to be today.
    pub(super) fn found(&self) -> &BTreeMap<EntryId, Found> {
        self.found.get_or_init(|| match self.codeowners {
            Some(codeowners) => moved::search(self.listing, codeowners, self.dead()),
            None => BTreeMap::new(),
        })
    }

    /// Dead entries that would match if case did not count, each with the first such path.
    pub(super) fn differs_by_case(&self) -> &BTreeMap<EntryId, usize> {
        self.differs_by_case.get_or_init(|| mlo115_case_mismatch::search(self))
    }

    /// What entries with a directory's bare name take from others, in directories of that name further down.
    pub(super) fn taken_by_name(&self) -> &Taken {
        self.taken_by_name.get_or_init(|| mlo110_bare_directory::taken(self))
    }

    /// The entries that others cover, for all paths or for those of today.
    pub(super) fn covers(&self) -> &Covers {
        self.covers.get_or_init(|| mlo106_never_effective::covers(self))
    }

    /// The owners that files declare, held against CODEOWNERS: parallel to those of the ownership table.
    pub fn declared(&self) -> &[Compared] {
        self.declared.get_or_init(|| declared::compare(self))
    }

    /// The specific entries that match a path and ask somebody who is accountable for an area, in file order.
    pub(super) fn asking(&self, area: AreaId, path: &[u8]) -> Vec<EntryId> {
        let asking = Rc::clone(self.asking.borrow_mut().entry(area).or_insert_with(|| Rc::new(self.all_asking(area))));
        let mut walk = asking.globs.walk_all();
        let globs = walk.matching(path).ranks.iter().map(|&rank| EntryId(rank));
        globs.chain(asking.others.iter().copied().filter(|&id| self.entry(id).matches(path))).collect()
    }

    fn all_asking(&self, area: AreaId) -> Asking {
        let accountable = self.policy.area(area).ownership.as_ref().and_then(|wanted| wanted.accountable.as_ref());
        let parties = accountable.map_or(&[][..], |parties| &parties.value);
        let asks = |owner: &Owner| parties.iter().any(|party| self.judge.is_asked(owner, &party.value));
        let specific = |entry: &Entry| entry.is_in_force() && !entry.is_catch_all() && entry.owners.iter().any(asks);
        let (mut globs, mut others) = (Vec::new(), Vec::new());
        for (id, entry) in self.entries().filter(|(_, entry)| specific(entry)) {
            match entry.glob() {
                Some(glob) => globs.push((id.0, glob)),
                None => others.push(id),
            }
        }
        Asking { globs: Matcher::new(globs), others }
    }

    /// What the policy says of files that do not exist yet.
    pub(super) fn future(&self) -> &[AreaProof] {
        self.future.get_or_init(|| {
            let Self { listing, codeowners, policy, catalogue, ownership, is_ignored, .. } = *self;
            let stages = Stages { listing, codeowners, policy, catalogue, ownership, is_ignored };
            future::prove(stages, false, &mut DEFAULT_BUDGET.clone())
        })
    }

    /// What the policy says to no effect.
    pub(super) fn stale(&self) -> &[Stale] {
        self.stale.get_or_init(|| mlo503_stale_policy::search(self))
    }

    /// Items with their verdicts, by path.
    pub fn judged_items(&self) -> impl Iterator<Item = (&Item, &Verdict)> {
        self.ownership.items().iter().zip(&self.verdict_of).map(|(item, &verdict)| (item, &self.verdicts[verdict]))
    }

    /// Items of an area whose first fault is `gap`.
    pub fn items_with(&self, gap: Gap) -> impl Iterator<Item = &Item> {
        self.judged_items().filter(move |(_, verdict)| verdict.gap == Some(gap)).map(|(item, _)| item)
    }

    /// The verdict on the items of `area` that these entries win.
    pub fn verdict(&self, winners: &[EntryId], area: AreaId) -> Verdict {
        self.judge.verdict(winners, Some(area))
    }

    /// The entries, none where there is no CODEOWNERS.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = (EntryId, &'a Entry)> {
        self.codeowners.into_iter().flat_map(Codeowners::iter)
    }

    /// An entry of the CODEOWNERS file.
    ///
    /// # Panics
    /// Where there is no CODEOWNERS: an id proves that there is one.
    pub fn entry(&self, id: EntryId) -> &'a Entry {
        #[expect(clippy::expect_used, reason = "an id proves that there is a file")]
        self.codeowners.expect("an entry id comes from a file").entry(id)
    }

    /// What an entry does for the paths that exist.
    pub fn usage(&self, id: EntryId) -> Usage {
        self.usage[id.0 as usize]
    }

    /// Whether later entries win everything that an entry could ever match. `None` for an invalid entry.
    pub fn coverage(&self, id: EntryId) -> Option<&Coverage> {
        self.coverage.get(&id)
    }

    /// How many questions the exact engine left open.
    pub fn undecided(&self) -> usize {
        let covers = self.coverage.values().filter(|coverage| **coverage == Coverage::NotDecided).count();
        let is_open = |problem: &Problem| matches!(problem.kind, ProblemKind::Expression(kind) if !kind.skips_entry());
        let proofs = self.future.get().into_iter().flatten().flat_map(|proof| &proof.answers);
        let ran_out = |proof: &Proof| *proof == Proof::NotDecided(Undecided::Budget);
        let proofs = proofs.filter(|(_, proof)| ran_out(proof)).count();
        let covers = covers + self.covers.get().map_or(0, |covers| covers.undecided);
        proofs + covers + self.entries().filter(|(_, entry)| entry.problems.iter().any(is_open)).count()
    }

    /// The subject of a violation about an entry.
    pub fn subject(&self, id: EntryId) -> Subject {
        self.subjects.of(id).clone()
    }

    /// The entry that a subject is about.
    pub fn entry_of(&self, subject: &Subject) -> Option<EntryId> {
        self.subjects.find(subject)
    }

    /// How many paths are below the directory that an entry names, or starts from.
    pub fn candidates(&self, id: EntryId) -> usize {
        let prefix = self.entry(id).glob().map(|pattern| pattern.literal_prefix().join("/")).unwrap_or_default();
        self.listing.below(prefix.as_bytes()).len()
    }
}

fn usage(listing: &Listing, codeowners: &Codeowners, ownership: &Ownership) -> Vec<Usage> {
    let mut usage = vec![Usage::default(); codeowners.entries.len()];
    for path in 0..listing.len() {
        for winner in ownership.winners(path) {
            let usage = &mut usage[winner.0 as usize];
            usage.wins += 1;
            usage.matches = true;
        }
    }
    // Entries that win nothing may still match. Matching only those among themselves brings the outermost to light;
    // what they hid comes out in the next round. Entries of one pattern share the answer.
    for _ in 0..MOST_ROUNDS {
        let mut in_use: FxHashMap<&Pattern, bool> = FxHashMap::default();
        for (id, entry) in codeowners.iter() {
            if let Some(pattern) = entry.glob() {
                *in_use.entry(pattern).or_default() |= usage[id.0 as usize].matches;
            }
        }
        let mut idle = Vec::new();
        for (id, entry) in codeowners.iter() {
            if let Some(pattern) = entry.glob() {
                usage[id.0 as usize].matches = in_use[pattern];
                if !in_use[pattern] {
                    match names(listing, pattern) {
                        Some(something) => usage[id.0 as usize].matches = something,
                        None => idle.push((id.0, pattern)),
                    }
                }
            }
        }
        if idle.is_empty() {
            return usage;
        }
        let matcher = Matcher::new(idle);
        let mut walk = matcher.walk();
        let mut found = false;
        for winner in listing.iter().filter_map(|path| walk.winner(path)) {
            found = true;
            usage[winner as usize].matches = true;
        }
        if !found {
            return usage;
        }
    }
    for (id, entry) in codeowners.iter() {
        let usage = &mut usage[id.0 as usize];
        if let Some(pattern) = entry.glob().filter(|_| !usage.matches) {
            usage.matches = listing.iter().any(|path| pattern.matches(path));
        }
    }
    usage
}

/// Whether a pattern without wildcards matches anything; `None` for one with wildcards, which has to be tried.
pub(super) fn names(listing: &Listing, pattern: &Pattern) -> Option<bool> {
    let path = pattern.literal_path()?;
    let is_file = || listing.find(path.as_bytes()).is_some();
    let is_directory = || listing.has_directory(path.as_bytes());
    Some(match pattern.tail {
        Tail::Exact => is_file(),
        Tail::SelfOrBelow => is_file() || is_directory(),
        Tail::Below => is_directory(),
        Tail::Nothing => false,
    })
}

/// Real files settle in two or three rounds; past this, what is left is tried entry by entry.
const MOST_ROUNDS: usize = 8;

fn coverage(codeowners: &Codeowners) -> FxHashMap<EntryId, Coverage> {
    codeowners.coverage(&mut DEFAULT_BUDGET.clone()).into_iter().collect()
}
