//! From options to the stages that every command starts from: tree, policy, CODEOWNERS, ownership.

mod asked;
mod baseline;
mod before;
mod codeowners;
mod details;
mod facts;
mod failure;
mod options;
mod policy;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use asked::{from_root, with_asked};
pub(super) use baseline::{BaselineFile, baseline_at, baseline_of};
pub(super) use before::{Before, Since, before};
use codeowners::{dialect, load_codeowners, too_much_work};
pub(super) use details::read_details;
use facts::{KnownFacts, cache, facts};
pub(super) use failure::Failure;
pub(super) use options::InputOptions;
use options::request;
use policy::{Loaded, load_policy};
pub(super) use policy::{load_profile, try_policy};

use super::Outcome;
use crate::catalogue::Catalogue;
use crate::codeowners::{Choice, Codeowners};
use crate::future::Stages;
use crate::ownership::Ownership;
use crate::parallel;
use crate::policy::{Exclude, Held, Policy};
use crate::source::{self, Listing, Tree};

/// What a command works on.
pub(super) struct Input {
    pub(super) tree: Tree,
    pub(super) policy: Policy,
    pub(super) catalogue: Catalogue,
    pub(super) codeowners: Option<Codeowners>,
    /// How CODEOWNERS was read, and why so.
    pub(super) choice: Choice,
    /// CODEOWNERS files that the host does not read.
    pub(super) others: Vec<String>,
    /// Only paths below this are of interest (no trailing slash); empty for all.
    pub(super) scope: Vec<u8>,
    /// The tree's paths with those that were asked for and do not exist, where there are such.
    extended: Option<Listing>,
    /// The paths that were asked for, relative to the root.
    pub(super) asked: Vec<Vec<u8>>,
    pub(super) ownership: Ownership,
    /// What holds beside the policy.
    pub(super) floors: Vec<HeldFloor>,
    /// What is to be said aloud of the policy.
    pub(super) policy_remarks: Vec<String>,
    /// Paths came from a list: there was no place to look for a policy.
    pub(super) is_bare_list: bool,
    pub(super) excluded: usize,
    pub(super) not_checked: Vec<(String, usize)>,
    /// What the files say, for whoever asks it of another state of them.
    facts: KnownFacts,
}

/// A floor, and who owns what by its own areas.
pub(super) struct HeldFloor {
    pub(super) policy: Policy,
    ownership: Ownership,
    /// The kinds that it knows, where those are not the policy's: the repository's own kinds are not the floor's business.
    catalogue: Option<Catalogue>,
}

impl Input {
    /// The tree's paths, and those that were asked for and do not exist.
    pub(super) fn listing(&self) -> &Listing {
        self.extended.as_ref().unwrap_or(self.tree.listing())
    }

    /// Which CODEOWNERS was read, and as which host reads it, in a sentence.
    pub(super) fn reading(&self) -> String {
        let host = self.choice.dialect;
        match &self.codeowners {
            Some(file) => format!("{} is read as {host} reads it ({}).", file.path, self.choice.because),
            None if self.others.is_empty() => "There is no CODEOWNERS.".to_owned(),
            None => format!("There is no CODEOWNERS: {host} does not read {}.", self.others.join(" or ")),
        }
    }

    /// The baseline that the policy names, where there is a root that its path starts from.
    pub(super) fn baseline_of_policy(&self) -> Option<PathBuf> {
        self.policy.baseline.as_ref().zip(self.tree.root()).map(|(path, root)| root.join(&path.value))
    }

    /// The stages, for those who derive from them.
    pub(super) fn stages<'a>(&'a self, is_ignored: &'a dyn Fn(&[u8]) -> bool) -> Stages<'a> {
        Stages {
            listing: self.listing(),
            codeowners: self.codeowners.as_ref(),
            policy: &self.policy,
            catalogue: &self.catalogue,
            ownership: &self.ownership,
            is_ignored,
        }
    }
}

impl HeldFloor {
    /// The stages with the floor in place of the policy.
    pub(super) fn stages<'a>(&'a self, stages: Stages<'a>) -> Stages<'a> {
        let catalogue = self.catalogue.as_ref().unwrap_or(stages.catalogue);
        Stages { policy: &self.policy, ownership: &self.ownership, catalogue, ..stages }
    }

    /// The floor's file.
    pub(super) fn name(&self) -> &str {
        let text = self.policy.file.and_then(|file| self.policy.texts.get(file));
        text.map_or("", |text| &text.name)
    }

    /// True where nothing is in any of its areas.
    pub(super) fn is_empty(&self) -> bool {
        self.ownership.items().is_empty()
    }

    /// The area in which the floor has the path at an index of the listing.
    pub(super) fn area_of(&self, path: usize) -> Option<&str> {
        Some(&self.policy.area(self.ownership.item(path)?.area?).name)
    }
}

/// Enough of a file to know its kind by its content.
pub(super) const HEAD: usize = crate::declared::HEAD;

/// What is written of the repository, whatever is in it.
struct Texts {
    policy: Policy,
    floors: Vec<Policy>,
    policy_remarks: Vec<String>,
    choice: Choice,
    codeowners: Result<(Option<Codeowners>, Vec<String>), Failure>,
}

impl Texts {
    fn read(options: &InputOptions, path: Option<&Path>, tree: &Tree, catalogue: &Catalogue) -> Result<Self, Failure> {
        let Loaded { held: Held { policy, floors }, remarks } = load_policy(options, path, tree, catalogue)?;
        let choice = dialect(options, tree, &policy);
        let codeowners = load_codeowners(options, tree, &policy, choice.dialect);
        Ok(Self { policy, floors, policy_remarks: remarks, choice, codeowners })
    }
}

/// Reads everything. `path` is the repository, if one was given; `asked` are paths that need not exist.
pub(super) fn load(options: &InputOptions, path: Option<&Path>, asked: &[OsString]) -> Result<Input, Failure> {
    read(options, path, asked, false)
}

/// As [`load`], for those who go on to ask for the state [`before()`].
pub(super) fn load_for_change(options: &InputOptions, path: Option<&Path>) -> Result<Input, Failure> {
    read(options, path, &[], true)
}

fn read(options: &InputOptions, path: Option<&Path>, asked: &[OsString], keeps_facts: bool) -> Result<Input, Failure> {
    let tree = source::start(&request(options, path))?;
    // git lists the index meanwhile.
    let mut catalogue = Catalogue::embedded();
    let early = Texts::read(options, path, &tree, &catalogue);
    tree.listed()?;
    let Texts { policy, floors, policy_remarks, choice, codeowners } =
        if tree.has_missed() { Texts::read(options, path, &tree, &catalogue)? } else { early? };
    policy.add_kinds(&mut catalogue).map_err(Failure::Policy)?;
    let scope = tree.scope().unwrap_or_default().to_vec();
    let is_bare_list = options.files_from.is_some();
    if within(tree.listing(), &scope) == 0 {
        let of_git = "in a git repository only tracked files are checked: `git add` them, or pass --untracked";
        return Err(Failure::Said {
            outcome: Outcome::Nothing,
            message: format!("there is nothing to check in {}", tree.describe()),
            help: (!is_bare_list).then(|| of_git.to_owned()),
        });
    }
    let (codeowners, others) = codeowners?;
    let asked = asked.iter().map(|path| from_root(&tree, path)).collect::<Result<Vec<_>, _>>()?;
    // A folder is asked about file by file.
    let files_of = |path: Vec<u8>| match tree.listing().below(&path) {
        none if none.is_empty() => vec![path],
        below => below.map(|index| tree.listing().path(index).to_vec()).collect(),
    };
    let asked: Vec<Vec<u8>> = asked.into_iter().flat_map(files_of).collect();
    let extended = with_asked(tree.listing(), &asked);
    let listing = extended.as_ref().unwrap_or(tree.listing());
    // What a path is and who wins it have nothing to do with each other.
    let classified = |catalogue: &Catalogue, exclude: &Exclude| {
        let survey = catalogue.survey(listing, exclude);
        let facts = facts(options, &tree, listing, &survey);
        let known = if keeps_facts { KnownFacts::new(listing, &survey, &facts) } else { KnownFacts::default() };
        (survey.classification(facts), known)
    };
    let ((classification, known), winners) =
        parallel::both(|| classified(&catalogue, &policy.exclude), || Ownership::decide(listing, codeowners.as_ref()));
    let winners = winners.map_err(|error| too_much_work(codeowners.as_ref(), error))?;
    let (excluded, mut not_checked) = (classification.excluded, classification.not_checked.clone());
    not_checked.extend(tree.unlisted().reasons.iter().map(|(what, count, _)| ((*what).to_owned(), *count)));
    let floors = floors.into_iter().map(|floor| {
        let of_its_own = kinds_of_floor(&floor, &policy)?;
        let kinds = of_its_own.as_ref().unwrap_or(&catalogue);
        let same = of_its_own.is_none() && floor.exclude == policy.exclude;
        let classification = if same { classification.clone() } else { classified(kinds, &floor.exclude).0 };
        let ownership = Ownership::new(winners.clone(), listing, &floor, kinds, classification);
        Ok(HeldFloor { policy: floor, ownership, catalogue: of_its_own })
    });
    let floors = floors.collect::<Result<_, Failure>>()?;
    let ownership = Ownership::new(winners, listing, &policy, &catalogue, classification);
    Ok(Input {
        tree,
        policy,
        catalogue,
        codeowners,
        choice,
        others,
        scope,
        extended,
        asked,
        ownership,
        floors,
        policy_remarks,
        is_bare_list,
        excluded,
        not_checked,
        facts: known,
    })
}

/// The catalogue with a floor's kinds and without the policy's, where either has any.
fn kinds_of_floor(floor: &Policy, policy: &Policy) -> Result<Option<Catalogue>, Failure> {
    if floor.catalogue.is_empty() && policy.catalogue.is_empty() {
        return Ok(None);
    }
    let mut catalogue = Catalogue::embedded();
    floor.add_kinds(&mut catalogue).map_err(Failure::Policy)?;
    Ok(Some(catalogue))
}

/// The policy where the user stands, or this one, and the catalogue with its kinds.
pub(super) fn load_kinds(policy: Option<&str>) -> Result<(Policy, Catalogue), Failure> {
    let options = InputOptions::here(policy);
    let tree = source::start(&request(&options, None))?;
    let mut catalogue = Catalogue::embedded();
    let policy = load_policy(&options, None, &tree, &catalogue)?.held.policy;
    policy.add_kinds(&mut catalogue).map_err(Failure::Policy)?;
    Ok((policy, catalogue))
}

/// As [`load`], as if the repository had no policy of its own.
pub(super) fn load_builtin(options: &InputOptions, path: Option<&Path>) -> Result<Input, Failure> {
    if options.policy.is_some() || options.policy_from.is_some() || options.floor.is_some() {
        return Err(Failure::Said {
            outcome: Outcome::Error,
            message: "a new policy starts from the built-in one: no other has a place here".to_owned(),
            help: Some("to take over who holds which role, pass that file by --roles".to_owned()),
        });
    }
    load(&InputOptions { policy: Some("builtin:ml-team".to_owned()), ..options.clone() }, path, &[])
}

/// How many paths are the scope itself or below it.
pub(super) fn within(listing: &Listing, scope: &[u8]) -> usize {
    listing.below(scope).len() + usize::from(listing.find(scope).is_some())
}
