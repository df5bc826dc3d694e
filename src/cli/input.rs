//! From options to the stages that every command starts from: tree, policy, CODEOWNERS, ownership.

use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

use clap::{Args, ValueEnum};

use super::{Outcome, output};
use crate::catalogue::{Catalogue, Content};
use crate::codeowners::{Codeowners, Dialect, parse};
use crate::ownership::Ownership;
use crate::policy::PolicyErrors;
use crate::policy::{self, Known, LoadInput, Policy};
use crate::render::{Quote, Trouble, TroublePlace};
use crate::rules;
use crate::source::{self, CodeownersSearch, FileKind, Head, ListInput, Listing, Request, SourceError, Tree};

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
    /// The host whose reading of CODEOWNERS counts
    #[arg(long, value_name = "HOST", default_value = "auto")]
    dialect: DialectChoice,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum DialectChoice {
    /// GitHub, the only one this version reads
    Auto,
    /// GitHub
    Github,
}

/// What a command works on.
pub(super) struct Input {
    pub(super) tree: Tree,
    pub(super) policy: Policy,
    pub(super) catalogue: Catalogue,
    pub(super) codeowners: Option<Codeowners>,
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
        self.extended.as_ref().unwrap_or(&self.tree.listing)
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

/// Reads everything. `path` is the repository, if one was given; `asked` are paths that need not exist.
pub(super) fn load(options: &InputOptions, path: Option<&Path>, asked: &[OsString]) -> Result<Input, Failure> {
    let tree = source::open(&request(options, path))?;
    let catalogue = Catalogue::embedded();
    let policy = load_policy(options, &tree, &catalogue)?;
    let scope = tree.scope().unwrap_or_default().to_vec();
    let is_bare_list = options.files_from.is_some();
    if within(&tree.listing, &scope) == 0 {
        let of_git = "in a git repository only tracked files are checked: `git add` them, or pass --untracked";
        return Err(Failure::Said {
            outcome: Outcome::Nothing,
            message: format!("there is nothing to check in {}", tree.describe()),
            help: (!is_bare_list).then(|| of_git.to_owned()),
        });
    }
    let (codeowners, others) = load_codeowners(options, &tree, &policy)?;
    let asked = asked.iter().map(|path| from_root(&tree, path)).collect::<Result<Vec<_>, _>>()?;
    // A folder is asked about file by file.
    let files_of = |path: Vec<u8>| match tree.listing.below(&path) {
        none if none.is_empty() => vec![path],
        below => below.map(|index| tree.listing.path(index).to_vec()).collect(),
    };
    let asked: Vec<Vec<u8>> = asked.into_iter().flat_map(files_of).collect();
    let extended = with_asked(&tree.listing, &asked);
    let listing = extended.as_ref().unwrap_or(&tree.listing);
    let classification = catalogue.classify(listing, &policy.exclude, &mut |index| match tree
        .listing
        .find(listing.path(index))
        .map(|index| tree.head(index, HEAD))
    {
        Some(Head::Bytes { bytes, .. }) => Content::Bytes(bytes),
        Some(Head::Skipped(why)) => Content::Skipped(why),
        None => Content::Skipped("paths that do not exist"),
    });
    let (excluded, mut not_checked) = (classification.excluded, classification.not_checked.clone());
    not_checked.extend(tree.unlisted().reasons.iter().map(|(what, count, _)| ((*what).to_owned(), *count)));
    let ownership = Ownership::join(listing, codeowners.as_ref(), &policy, &catalogue, classification);
    Ok(Input {
        tree,
        policy,
        catalogue,
        codeowners,
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

fn load_codeowners(
    options: &InputOptions,
    tree: &Tree,
    policy: &Policy,
) -> Result<(Option<Codeowners>, Vec<String>), Failure> {
    // There is one dialect so far, whatever is asked for.
    let dialect = match options.dialect {
        DialectChoice::Auto => policy.dialect.unwrap_or_default(),
        DialectChoice::Github => Dialect::GitHub,
    };
    // The policy's path starts at the root, the command line's where the user stands.
    let of_policy = policy.codeowners_path.as_ref().zip(tree.root()).map(|(path, root)| root.join(&path.value));
    match source::find_codeowners(tree, options.codeowners.as_deref().or(of_policy.as_deref()))? {
        CodeownersSearch::Found(found) => Ok((Some(parse(&found.path, found.bytes, dialect)), found.others)),
        CodeownersSearch::NotThere => Ok((None, Vec::new())),
        CodeownersSearch::TooLarge { path, size } => Err(Failure::Said {
            outcome: Outcome::Error,
            message: format!("`{path}` has {size} bytes, and GitHub loads no CODEOWNERS of 3 MB or more"),
            help: Some(
                "nobody is asked to review anything: shorten it, for instance by entries for directories".to_owned(),
            ),
        }),
    }
}
