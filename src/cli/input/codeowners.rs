//! Which CODEOWNERS is judged, and as which host reads it.

use super::{Failure, InputOptions};
use crate::cli::Outcome;
use crate::codeowners::{Because, Choice, Codeowners, Dialect, TooMuchWork, parse};
use crate::policy::Policy;
use crate::source::{self, CodeownersSearch, SourceError, Tree};

/// Which host reads CODEOWNERS: what the command line says, else the policy, else what there is to see.
pub(super) fn dialect(options: &InputOptions, tree: &Tree, policy: &Policy) -> Choice {
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
    Dialect::detect(&present, is_set, || tree.remote())
}

/// Refuses a host that only a change speaks for, by a file in that host's own folder, where the CI service or git's remote
/// names another: whoever wrote the change would choose how it is read.
pub(super) fn refuse_new_host(
    options: &InputOptions,
    choice: &Choice,
    before: &Tree,
    policy: &Policy,
) -> Result<(), Failure> {
    let Because::Place(place) = &choice.because else { return Ok(()) };
    let is_named = options.codeowners.is_some() || policy.codeowners_path.is_some();
    if is_named || before.listing().find(place.as_bytes()).is_some() {
        return Ok(());
    }
    let told = Dialect::detect(&["CODEOWNERS"], is_set, || before.remote());
    if told.dialect == choice.dialect || told.because == Because::Nothing {
        return Ok(());
    }
    Err(Failure::Said {
        outcome: Outcome::Error,
        message: format!(
            "this change adds `{place}`, which only {} reads, and the host is {}, {}",
            choice.dialect, told.dialect, told.because
        ),
        help: Some(format!(
            "say which host reads CODEOWNERS: --dialect {} or --dialect {}",
            told.dialect.name(),
            choice.dialect.name()
        )),
    })
}

fn is_set(variable: &str) -> bool {
    std::env::var_os(variable).is_some_and(|value| !value.is_empty())
}

/// The CODEOWNERS that holds, and others that the host does not read.
pub(super) fn load_codeowners(
    options: &InputOptions,
    tree: &Tree,
    policy: &Policy,
    dialect: Dialect,
) -> Result<(Option<Codeowners>, Vec<String>), Failure> {
    // The policy's path starts at the root, the command line's where the user stands.
    let of_policy = policy.codeowners_path.as_ref().zip(tree.root()).map(|(path, root)| root.join(&path.value));
    match source::find_codeowners(tree, options.codeowners.as_deref().or(of_policy.as_deref()), dialect)? {
        CodeownersSearch::Found(found) => Ok((Some(parse(&found.path, found.bytes, dialect)), found.others)),
        CodeownersSearch::NotThere => {
            Ok((None, source::codeowners_places(tree).into_iter().map(str::to_owned).collect()))
        }
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

/// The CODEOWNERS that held before a change, as the same host read it. One that the host could not load is none.
pub(super) fn find_before(
    options: &InputOptions,
    before: &Tree,
    policy: &Policy,
    dialect: Dialect,
) -> Result<(Option<Codeowners>, Vec<String>), Failure> {
    let of_policy = policy.codeowners_path.as_ref().zip(before.root()).map(|(path, root)| root.join(&path.value));
    match source::find_codeowners(before, options.codeowners.as_deref().or(of_policy.as_deref()), dialect) {
        Ok(CodeownersSearch::Found(found)) => Ok((Some(parse(&found.path, found.bytes, dialect)), found.others)),
        Ok(CodeownersSearch::NotThere | CodeownersSearch::TooLarge { .. })
        | Err(SourceError::MissingFile { .. } | SourceError::Link { .. } | SourceError::NotAFile(_)) => {
            Ok((None, Vec::new()))
        }
        Err(error) => Err(error.into()),
    }
}

/// A CODEOWNERS that cannot be matched in any reasonable time.
pub(super) fn too_much_work(codeowners: Option<&Codeowners>, error: TooMuchWork) -> Failure {
    let file = codeowners.map_or("CODEOWNERS", |file| &file.path);
    Failure::Said {
        outcome: Outcome::Error,
        message: format!("`{file}`: {error}"),
        help: Some("shorten the expressions: directories need no more than `models/.*`".to_owned()),
    }
}
