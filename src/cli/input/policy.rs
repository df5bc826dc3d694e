//! Which policy holds.

use std::path::{Path, PathBuf};

use super::{Failure, InputOptions};
use crate::catalogue::Catalogue;
use crate::policy::{self, Files, GivenFloor, Held, Known, LoadInput, Policy, PolicyErrors};
use crate::rules;
use crate::source::{self, POLICY_LIMIT, Request, SourceError, Tree};

/// The policy that holds, and what is to be said aloud of where it comes from.
pub(super) struct Loaded {
    pub(super) held: Held,
    pub(super) remarks: Vec<String>,
}

/// The policy that the command line names, else the repository's, else the builtin one; and its floors.
pub(super) fn load_policy(
    options: &InputOptions,
    start: Option<&Path>,
    tree: &Tree,
    catalogue: &Catalogue,
) -> Result<Loaded, Failure> {
    let known = known(catalogue);
    let mut remarks = Vec::new();
    let held = if let Some(rev) = &options.policy_from {
        let at = Request::Revision {
            start: start.map_or_else(|| PathBuf::from("."), Path::to_path_buf),
            explicit: start.is_some(),
            rev: rev.clone(),
        };
        let base = source::open(&at)?;
        let found = source::find_policy(&base, None)?;
        let held = with_files(None, &base, |files| load(options, tree, found.as_ref(), files, &known))?;
        remarks.push(whence(rev, &held, found.is_some(), tree));
        held
    } else {
        let named = options.policy.as_deref();
        if let Some(name) = named.and_then(|name| name.strip_prefix("builtin:")) {
            with_files(None, tree, |files| {
                let policy = policy::load_builtin(name, &known).map_err(Failure::Policy)?;
                hold(options, tree, policy, files, &known)
            })?
        } else {
            let file = named.map(Path::new);
            let found = source::find_policy(tree, file)?;
            with_files(file, tree, |files| load(options, tree, found.as_ref(), files, &known))?
        }
    };
    let floors = held.floors.iter().filter_map(|floor| floor.texts.get(floor.file?));
    remarks.extend(floors.map(|text| format!("The floor `{}` holds beside the policy.", text.name)));
    Ok(Loaded { held, remarks })
}

fn load(
    options: &InputOptions,
    tree: &Tree,
    found: Option<&(String, Vec<u8>)>,
    files: Files<'_>,
    known: &Known<'_>,
) -> Result<Held, Failure> {
    let own = found.map(|(name, text)| LoadInput { name, text });
    hold(options, tree, policy::load_with(own, known, files).map_err(Failure::Policy)?, files, known)
}

/// Adds the floors.
fn hold(
    options: &InputOptions,
    tree: &Tree,
    policy: Policy,
    files: Files<'_>,
    known: &Known<'_>,
) -> Result<Held, Failure> {
    let Some(file) = options.floor.as_deref() else {
        return policy::hold(policy, files, None, known).map_err(Failure::Policy);
    };
    let (name, text) = source::read_policy(tree, file)?;
    let held: Result<Held, PolicyErrors> = with_files(Some(file), tree, |beside| {
        let given = GivenFloor { input: LoadInput { name: &name, text: &text }, files: beside };
        policy::hold(policy, files, Some(given), known)
    });
    held.map_err(Failure::Policy)
}

/// Calls `then` with the files that a policy may name: those of the tree, or where the user named one outside of it, those
/// of its folder.
fn with_files<T>(named: Option<&Path>, tree: &Tree, then: impl FnOnce(Files<'_>) -> T) -> T {
    let said = |error: SourceError| error.to_string();
    if let Some(file) = named.filter(|file| !source::is_inside(tree, file)) {
        let read = |path: &str| source::read_beside(tree, file, path, POLICY_LIMIT).map_err(said);
        then(Files { read: &read, start: "the folder of the policy" })
    } else {
        let read = |path: &str| tree.read_whole(path, POLICY_LIMIT).map_err(said);
        then(Files { read: &read, start: "the root of the repository" })
    }
}

/// Says where the policy comes from, and whether what is checked has another one.
fn whence(rev: &str, held: &Held, is_there: bool, tree: &Tree) -> String {
    let policy = &held.policy;
    let is_same = |name: &str, text: &str| {
        tree.read_whole(name, POLICY_LIMIT).is_ok_and(|bytes| bytes.is_some_and(|bytes| bytes == text.as_bytes()))
    };
    let own = policy.file.and_then(|file| policy.texts.get(file)).map(|text| text.name.as_str());
    // Behind the floor that the policy names stand only the texts of one that is given.
    let last = policy.floor.as_ref().and(held.floors.first()).unwrap_or(policy).file;
    let texts = last.and_then(|last| policy.texts.get(..=last)).unwrap_or_default();
    // More than one policy is no policy either.
    let here = source::find_policy(tree, None).map(|found| found.map(|(name, _)| name));
    let unchanged = here.is_ok_and(|here| here.as_deref() == own)
        && texts.iter().filter(|text| !text.builtin).all(|text| is_same(&text.name, &text.text));
    let from = if is_there {
        format!("The policy is that of `{rev}`")
    } else {
        format!("`{rev}` has no policy, so builtin:ml-team ran")
    };
    if unchanged { format!("{from}.") } else { format!("{from}; the policy of this change was not used.") }
}

/// Whether a text is a policy.
pub(in crate::cli) fn try_policy(catalogue: &Catalogue, policy: LoadInput<'_>) -> Result<(), Failure> {
    policy::load(Some(policy), &known(catalogue)).map(drop).map_err(Failure::Policy)
}

/// The built-in policy with a profile, and nothing of the user's.
pub(in crate::cli) fn load_profile(name: &str) -> Result<Policy, Failure> {
    let catalogue = Catalogue::embedded();
    let text = format!("version: 1\nextends: [builtin:ml-team]\nprofile: {name}\n");
    let own = LoadInput { name: "profile", text: text.as_bytes() };
    policy::load(Some(own), &known(&catalogue)).map_err(Failure::Policy)
}

/// The names that a policy may refer to.
fn known(catalogue: &Catalogue) -> Known<'_> {
    Known {
        kinds: catalogue.kinds.iter().map(|kind| (kind.name.as_str(), kind.area.as_str())).collect(),
        rules: rules::all().map(|meta| (meta.code, meta.slug)).collect(),
    }
}
