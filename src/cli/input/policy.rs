//! Which policy holds.

use std::path::Path;

use super::{Failure, InputOptions};
use crate::catalogue::Catalogue;
use crate::policy::{self, Known, LoadInput, Policy};
use crate::rules;
use crate::source::{self, Tree};

/// The policy that the command line names, else the repository's, else the builtin one.
pub(super) fn load_policy(options: &InputOptions, tree: &Tree, catalogue: &Catalogue) -> Result<Policy, Failure> {
    let known = known(catalogue);
    let loaded = match options.policy.as_deref() {
        Some(name) if name.starts_with("builtin:") => policy::load_builtin(name.trim_start_matches("builtin:"), &known),
        file => {
            let found = source::find_policy(tree, file.map(Path::new))?;
            policy::load(found.as_ref().map(|(name, text)| LoadInput { name, text }), &known)
        }
    };
    loaded.map_err(Failure::Policy)
}

/// Whether a text is a policy.
pub(in crate::cli) fn try_policy(catalogue: &Catalogue, policy: LoadInput<'_>) -> Result<(), Failure> {
    policy::load(Some(policy), &known(catalogue)).map(drop).map_err(Failure::Policy)
}

/// The names that a policy may refer to.
fn known(catalogue: &Catalogue) -> Known<'_> {
    Known {
        kinds: catalogue.kinds.iter().map(|kind| (kind.name.as_str(), kind.area.as_str())).collect(),
        rules: rules::all().map(|meta| (meta.code, meta.slug)).collect(),
    }
}
