//! From options to the stages that every command starts from: tree, policy, CODEOWNERS, ownership.

use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

use clap::{Args, ValueEnum};

use super::{Outcome, output};
use crate::catalogue::{Catalogue, Survey};
use crate::codeowners::{Because, Choice, Codeowners, Dialect, TooMuchWork, parse};
use crate::future::Stages;
use crate::ownership::Ownership;
use crate::parallel;
use crate::policy::PolicyErrors;
use crate::policy::{self, Known, LoadInput, Policy};
use crate::render::{Quote, Trouble, TroublePlace};
use crate::rules;
use crate::source::{
    self, Cache, CodeownersSearch, Fact, FileKind, ListInput, Listing, Question, Request, SourceError, Tree,
};

/// Where paths, CODEOWNERS and policy come from.
#[derive(Args)]
pub(super) struct InputOptions {
    /// Policy to use: a file, or builtin:NAME
    #[arg(long, value_name = "FILE")]
    policy: Option<String>,
    /// CODEOWNERS to judge, in place of the repository's own
    #[arg(long, value_name = "FILE")]
    codeowners: Option<PathBuf>,
    /// Check a bare list of paths, one a line or separated by NUL; - is standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["rev", "staged", "untracked"])]
    files_from: Option<PathBuf>,
    /// Check a commit: paths and contents from git, nothing from the work tree
    #[arg(long, value_name = "REV", conflicts_with_all = ["staged", "untracked"])]
    rev: Option<String>,
    /// Check what is staged: paths and contents from the git index
    #[arg(long, conflicts_with = "untracked")]
    staged: bool,
    /// Check untracked files too, unless git ignores them
    #[arg(long)]
    untracked: bool,
    /// Neither read nor keep what was found in files before
    #[arg(long)]
    no_cache: bool,
    /// The host whose reading of CODEOWNERS counts
    #[arg(long, value_name = "HOST", default_value = "auto")]
    dialect: DialectChoice,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum DialectChoice {
    /// What the file's place, the CI service or git's remote tells
    Auto,
    Github,
    Gitlab,
    Bitbucket,
    Gitea,
    Forgejo,
}

impl DialectChoice {
    fn dialect(self) -> Option<Dialect> {
        match self {
            Self::Auto => None,
            Self::Github => Some(Dialect::GitHub),
            Self::Gitlab => Some(Dialect::GitLab),
            Self::Bitbucket => Some(Dialect::Bitbucket),
            Self::Gitea => Some(Dialect::Gitea),
            Self::Forgejo => Some(Dialect::Forgejo),
        }
    }
}

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

/// Why a command cannot start.
pub(super) enum Failure {
    /// What is wrong in one sentence, and what to do.
    Said { outcome: Outcome, message: String, help: Option<String> },
    /// The policy is wrong, here and there.
    Policy(PolicyErrors),
}

impl From<SourceError> for Failure {
    fn from(error: SourceError) -> Self {
        let outcome = if error.exit_code() == 3 { Outcome::Nothing } else { Outcome::Error };
        Self::Said { outcome, message: error.to_string(), help: error.help() }
    }
}

impl Failure {
    /// Prints what is wrong, and gives what the run came to.
    pub(super) fn report(&self, color: output::Color) -> Outcome {
        match self {
            Self::Said { outcome, message, help } => {
                let trouble = Trouble { message: message.clone(), help: help.clone(), places: Vec::new() };
                output::fail(color, *outcome, &[trouble])
            }
            Self::Policy(wrong) => output::fail(color, Outcome::Error, &troubles_of(wrong)),
        }
    }
}

fn troubles_of(wrong: &PolicyErrors) -> Vec<Trouble<'_>> {
    let place = |at: &policy::Origin, label: &str| {
        let text = &wrong.texts[at.text];
        let quote = Quote { text: text.text.as_bytes(), lines: &text.lines, span: at.span };
        TroublePlace { name: &text.name, quote: Some(quote), label: label.to_owned() }
    };
    let troubles = wrong.errors.iter().map(|error| {
        let whole = || {
            let text = wrong.texts.last()?;
            Some(TroublePlace { name: &text.name, quote: None, label: error.label.clone() })
        };
        let first = error.at.as_ref().map(|at| place(at, &error.label)).or_else(whole).into_iter();
        let related = error.related.iter().map(|(at, label)| place(at, label));
        Trouble { message: error.message.clone(), places: first.chain(related).collect(), help: error.help.clone() }
    });
    troubles.collect()
}

/// Enough of a file to know its kind by its content.
const HEAD: usize = 64 * 1024;

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

fn request(options: &InputOptions, path: Option<&Path>) -> Request {
    let start = path.map_or_else(|| PathBuf::from("."), Path::to_path_buf);
    let explicit = path.is_some();
    if let Some(file) = &options.files_from {
        let paths = if file.as_os_str() == "-" { ListInput::Stdin } else { ListInput::File(file.clone()) };
        Request::List { paths, codeowners: options.codeowners.clone() }
    } else if let Some(rev) = &options.rev {
        Request::Revision { start, explicit, rev: rev.clone() }
    } else if options.staged {
        Request::Staged { start, explicit }
    } else {
        Request::WorkTree { start, explicit, untracked: options.untracked }
    }
}

/// How many paths are the scope itself or below it.
pub(super) fn within(listing: &Listing, scope: &[u8]) -> usize {
    listing.below(scope).len() + usize::from(listing.find(scope).is_some())
}

/// A path as it is asked for, in the repository's own terms: from the current folder where that is inside the
/// repository, from the root where it starts with a slash.
fn from_root(tree: &Tree, path: &OsString) -> Result<Vec<u8>, Failure> {
    let here = std::env::current_dir().ok();
    let below = tree.root().zip(here.as_deref()).and_then(|(root, here)| here.strip_prefix(root).ok());
    let asked = Path::new(path);
    let inside = tree.root().and_then(|root| asked.strip_prefix(root).ok());
    let from_here = match (inside, asked.strip_prefix("/")) {
        (Some(inside), _) => inside.to_path_buf(),
        (None, Ok(from_root)) => from_root.to_path_buf(),
        (None, Err(_)) => below.unwrap_or(Path::new("")).join(asked),
    };
    let mut names: Vec<&[u8]> = Vec::new();
    let mut leaves = false;
    for component in from_here.components() {
        match component {
            Component::Normal(name) => names.push(name.as_encoded_bytes()),
            Component::ParentDir => leaves |= names.pop().is_none(),
            Component::CurDir => {}
            Component::RootDir | Component::Prefix(_) => leaves = true,
        }
    }
    if names.is_empty() || leaves {
        let message = format!("`{}` names no file of the repository", asked.display());
        return Err(Failure::Said { outcome: Outcome::Error, message, help: None });
    }
    Ok(names.join(&b'/'))
}

/// The listing with paths that it does not hold; `None` where it holds them all.
fn with_asked(listing: &Listing, asked: &[Vec<u8>]) -> Option<Listing> {
    if asked.iter().all(|path| listing.find(path).is_some()) {
        return None;
    }
    let paths = listing.iter().enumerate().map(|(index, path)| (path.to_vec(), listing.kind(index)));
    Some(Listing::new(paths.chain(asked.iter().map(|path| (path.clone(), FileKind::Unknown))).collect()))
}

fn load_policy(options: &InputOptions, tree: &Tree, catalogue: &Catalogue) -> Result<Policy, Failure> {
    let known = Known {
        kinds: catalogue.kinds.iter().map(|kind| (kind.name.as_str(), kind.area.as_str())).collect(),
        rules: rules::all().map(|meta| (meta.code, meta.slug)).collect(),
    };
    let loaded = match options.policy.as_deref() {
        Some(name) if name.starts_with("builtin:") => policy::load_builtin(name.trim_start_matches("builtin:"), &known),
        file => {
            let found = source::find_policy(tree, file.map(Path::new))?;
            policy::load(found.as_ref().map(|(name, text)| LoadInput { name, text }), &known)
        }
    };
    loaded.map_err(Failure::Policy)
}

fn too_much_work(codeowners: Option<&Codeowners>, error: TooMuchWork) -> Failure {
    let file = codeowners.map_or("CODEOWNERS", |file| &file.path);
    Failure::Said {
        outcome: Outcome::Error,
        message: format!("`{file}`: {error}"),
        help: Some("shorten the expressions: directories need no more than `models/.*`".to_owned()),
    }
}

/// Which host reads CODEOWNERS: what the command line says, else the policy, else what there is to see.
fn dialect(options: &InputOptions, tree: &Tree, policy: &Policy) -> Choice {
    if let Some(dialect) = options.dialect.dialect() {
        return Choice { dialect, because: Because::Asked };
    }
    if let Some(dialect) = policy.dialect {
        return Choice { dialect, because: Because::Policy };
    }
    let said = policy.codeowners_path.as_ref().map(|path| path.value.clone());
    let named = options.codeowners.as_ref().map(|file| file.to_string_lossy().into_owned()).or(said);
    let present: Vec<&str> = match &named {
        Some(file) => vec![file],
        None => source::codeowners_places(tree),
    };
    let is_set = |variable: &str| std::env::var_os(variable).is_some_and(|value| !value.is_empty());
    Dialect::detect(&present, is_set, || tree.remote())
}

fn load_codeowners(
    options: &InputOptions,
    tree: &Tree,
    policy: &Policy,
    dialect: Dialect,
) -> Result<(Option<Codeowners>, Vec<String>), Failure> {
    // The policy's path starts at the root, the command line's where the user stands.
    let of_policy = policy.codeowners_path.as_ref().zip(tree.root()).map(|(path, root)| root.join(&path.value));
    match source::find_codeowners(tree, options.codeowners.as_deref().or(of_policy.as_deref()), dialect)? {
        CodeownersSearch::Found(found) => Ok((Some(parse(&found.path, found.bytes, dialect)), found.others)),
        CodeownersSearch::NotThere => Ok((None, Vec::new())),
        CodeownersSearch::TooLarge { path, size } => Err(Failure::Said {
            outcome: Outcome::Error,
            message: match dialect {
                Dialect::GitHub => format!("`{path}` has {size} bytes, and GitHub loads no CODEOWNERS of 3 MB or more"),
                _ => format!("`{path}` has {size} bytes, and a CODEOWNERS of 3 MB or more is not read"),
            },
            help: Some(
                "nobody is asked to review anything: shorten it, for instance by entries for directories".to_owned(),
            ),
        }),
    }
}
