//! What `init` proposes: a role map guessed from the owners who are there, and what the repository holds.
//!
//! A pure function of the stages. Nothing is guessed silently: each guess carries its evidence and a confidence, and
//! what is not sure enough stays a comment.

mod found;
mod guess;
mod hints;
mod holdings;
#[cfg(test)]
mod tests;
mod write;

pub use found::{Candidate, Found, FoundArea};
pub use guess::Confidence;
pub use write::{MODELINE_SCHEMA, quoted, write};

use hints::Hints;

use crate::future::Stages;
use crate::policy::RoleMap;

/// What there is to write into a policy.
#[derive(Clone, Debug, Default)]
pub struct Proposal {
    /// The roles, those of the built-in policy first.
    pub roles: Vec<ProposedRole>,
    /// Owners who win artefacts or whose name is a hint, and of whom nothing is sure; those with most files first.
    pub undecided: Vec<Unplaced>,
    /// Owners who win artefacts and most probably hold no role.
    pub outside: Vec<Unplaced>,
    /// Owners of whom there is nothing to say: no sign, and no artefact.
    pub silent: usize,
    /// What the repository holds.
    pub found: Found,
    /// The file that the roles were taken from, in place of a guess.
    pub map: Option<String>,
    /// The CODEOWNERS that was looked at.
    pub codeowners: Option<String>,
    /// True where CODEOWNERS names a team.
    pub has_teams: bool,
    /// Files that only their content could tell, and that could not be read.
    pub not_checked: usize,
    /// Files in trees that are left out.
    pub excluded: usize,
}

/// A role and who holds it.
#[derive(Clone, Debug, Default)]
pub struct ProposedRole {
    /// `data-engineer`
    pub name: String,
    /// Who holds it.
    pub owners: Vec<ProposedOwner>,
    /// Who stands in, where the given map says so.
    pub covered_by: Option<String>,
    /// Who could stand in where nobody holds it.
    pub could_cover: Option<String>,
    /// What there is to say of it.
    pub note: Option<String>,
    /// True for a role that no area of the built-in policy asks for.
    pub is_new: bool,
}

/// An owner who is set under a role.
#[derive(Clone, Debug)]
pub struct ProposedOwner {
    /// As a policy spells it.
    pub owner: String,
    /// How sure it is; `None` where the given map says it.
    pub confidence: Option<Confidence>,
    /// Why.
    pub reason: String,
}

/// An owner who is set under no role.
#[derive(Clone, Debug)]
pub struct Unplaced {
    /// As a policy spells it.
    pub owner: String,
    /// Roles that there is a hint of.
    pub roles: Vec<String>,
    /// What is known.
    pub reason: String,
    /// How many artefacts the owner wins by a specific entry.
    pub files: usize,
}

impl Proposal {
    /// True where guesses decide who holds a role: then what is found against the roles may be a guess's fault.
    pub fn is_tentative(&self) -> bool {
        self.map.is_none() && self.has_role_map()
    }

    /// True where a role has an owner.
    pub fn has_role_map(&self) -> bool {
        self.roles.iter().any(|role| !role.owners.is_empty())
    }
}

/// Proposes a policy. `map` is what a company says of its roles: it takes the place of guesses.
pub fn propose(stages: Stages<'_>, map: Option<&RoleMap>) -> Proposal {
    let hints = Hints::embedded();
    let holders = holdings::holders(stages, &hints);
    let placed = guess::place(&hints, stages.policy, &holders, map);
    let teams = |holder: &holdings::Holder<'_>| !holder.owner.is_individual();
    Proposal {
        roles: placed.roles,
        undecided: placed.undecided,
        outside: placed.outside,
        silent: placed.silent,
        found: found::found(stages, &hints),
        map: map.map(|map| map.name.clone()),
        codeowners: stages.codeowners.map(|file| file.path.clone()),
        has_teams: holders.iter().any(teams),
        ..Proposal::default()
    }
}
