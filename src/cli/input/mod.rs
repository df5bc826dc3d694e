//! From options to the stages that every command starts from: tree, policy, CODEOWNERS, ownership.

mod asked;
mod codeowners;
mod failure;
mod options;
mod policy;

use std::ffi::OsString;
use std::path::Path;

use asked::{from_root, with_asked};
use codeowners::{dialect, load_codeowners, too_much_work};
pub(super) use failure::Failure;
pub(super) use options::InputOptions;
use options::request;
use policy::load_policy;
pub(super) use policy::try_policy;

use super::Outcome;
use crate::catalogue::{Catalogue, Survey};
use crate::codeowners::{Choice, Codeowners};
use crate::future::Stages;
use crate::ownership::Ownership;
use crate::parallel;
use crate::policy::Policy;
use crate::source::{self, Cache, Fact, Listing, Question, Tree};

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
    /// Paths came from a list: there was no place to look for a policy.
    pub(super) is_bare_list: bool,
    pub(super) excluded: usize,
    pub(super) not_checked: Vec<(String, usize)>,
}

impl Input {
    /// The tree's paths, and those that were asked for and do not exist.
    pub(super) fn listing(&self) -> &Listing {
        self.extended.as_ref().unwrap_or(self.tree.listing())
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

/// Enough of a file to know its kind by its content.
pub(super) const HEAD: usize = 64 * 1024;

/// What is written of the repository, whatever is in it.
struct Texts {
    policy: Policy,
    choice: Choice,
    codeowners: Result<(Option<Codeowners>, Vec<String>), Failure>,
}

impl Texts {
    fn read(options: &InputOptions, tree: &Tree, catalogue: &Catalogue) -> Result<Self, Failure> {
        let policy = load_policy(options, tree, catalogue)?;
        let choice = dialect(options, tree, &policy);
        let codeowners = load_codeowners(options, tree, &policy, choice.dialect);
        Ok(Self { policy, choice, codeowners })
    }
}

/// Reads everything. `path` is the repository, if one was given; `asked` are paths that need not exist.
pub(super) fn load(options: &InputOptions, path: Option<&Path>, asked: &[OsString]) -> Result<Input, Failure> {
    let tree = source::start(&request(options, path))?;
    // git lists the index meanwhile.
    let catalogue = Catalogue::embedded();
    let early = Texts::read(options, &tree, &catalogue);
    tree.listed()?;
    let Texts { policy, choice, codeowners } =
        if tree.has_missed() { Texts::read(options, &tree, &catalogue)? } else { early? };
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
    let (classification, winners) = parallel::both(
        || {
            let survey = catalogue.survey(listing, &policy.exclude);
            survey.classification(facts(options, &tree, listing, &survey))
        },
        || Ownership::decide(listing, codeowners.as_ref()),
    );
    let winners = winners.map_err(|error| too_much_work(codeowners.as_ref(), error))?;
    let (excluded, mut not_checked) = (classification.excluded, classification.not_checked.clone());
    not_checked.extend(tree.unlisted().reasons.iter().map(|(what, count, _)| ((*what).to_owned(), *count)));
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
        is_bare_list,
        excluded,
        not_checked,
    })
}

/// As [`load`], as if the repository had no policy of its own.
pub(super) fn load_builtin(options: &InputOptions, path: Option<&Path>) -> Result<Input, Failure> {
    if options.policy.is_some() {
        return Err(Failure::Said {
            outcome: Outcome::Error,
            message: "a new policy starts from the built-in one: --policy has no place here".to_owned(),
            help: Some("to take over who holds which role, pass that file by --roles".to_owned()),
        });
    }
    load(&InputOptions { policy: Some("builtin:ml-team".to_owned()), ..options.clone() }, path, &[])
}

/// What the contents of the listing's files say; those of paths that were only asked for cannot be had.
fn facts(options: &InputOptions, tree: &Tree, listing: &Listing, survey: &Survey<'_>) -> Vec<Fact> {
    let cache = if options.no_cache { Cache::off() } else { Cache::of_process() };
    let questions = survey.questions();
    if std::ptr::eq(listing, tree.listing()) {
        return tree.facts(&questions, HEAD, survey, &cache);
    }
    let in_tree =
        |question: &Question| Some(Question { path: tree.listing().find(listing.path(question.path))?, ..*question });
    let places: Vec<Option<Question>> = questions.iter().map(in_tree).collect();
    let real: Vec<Question> = places.iter().flatten().copied().collect();
    let mut facts = tree.facts(&real, HEAD, survey, &cache).into_iter();
    let fact = |place: Option<Question>| place.and_then(|_| facts.next()).unwrap_or(Err("paths that do not exist"));
    places.into_iter().map(fact).collect()
}

/// How many paths are the scope itself or below it.
pub(super) fn within(listing: &Listing, scope: &[u8]) -> usize {
    listing.below(scope).len() + usize::from(listing.find(scope).is_some())
}
