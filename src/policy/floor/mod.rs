//! The floor: a policy that a repository's policy may tighten and not loosen.
//!
//! # What holds
//!
//! Both. A path is judged by the repository's policy, and once more by the floor's: its areas, its severities, its
//! exemptions and exclusions, and its word on who holds a role. Nothing that the repository says can therefore make a
//! violation of the floor vanish. Only who holds a role that the floor leaves open is asked of the repository
//! ([`hold()`]).
//!
//! # What is said of it
//!
//! What the repository *says* and is looser than what the floor says is a [`Loosening`]. Not to say something is no
//! attempt: the floor's value holds anyway. What a pack says is not said by the repository; what a profile says is,
//! because it chose it. Compared are results, whatever extends what:
//!
//! | key | at least as strict as the floor |
//! |---|---|
//! | `roles.*.owners`, of a role that the floor staffs or covers | some of the floor's owners; all of them where the role may not approve alone |
//! | `roles.*.covered_by`, of such a role | the same |
//! | `accountable`, `approvers` | each is one of the floor's: fewer can meet it |
//! | `consulted`, `never_alone` | all of the floor's, and perhaps more |
//! | `min_owners` | as many, or more |
//! | `teams_only`, `specific` | `true` where the floor says so |
//! | `only_where_staffed` | `true` only where the floor says so |
//! | `areas.*.severity`, `rules.*` | as severe, or more; `off` is least |
//! | `areas.*.paths`, `areas.*.artefacts` | all that the floor's area claims; another area may have some of it if it asks for no less |
//! | `exempt`, `exclude.paths`, `rules.*.allow` | nothing that the floor's areas claim by path, and nothing of a rule that the floor names, unless the floor leaves it out too |
//! | `exclude.defaults` | `false` where the floor says so |
//! | `fail_on` | as soon, or sooner |
//! | `codeowners` | the same, where the floor says it |
//! | null for any of these | is looser where the floor has a value |
//!
//! `no_role` and `because` are the repository's own.

mod claims;
mod compare;
mod expectation;
mod staff;

use super::error::{Errors, PolicyError, PolicyErrors};
use super::extend::{fetch, wrong_with};
use super::load::{Files, Known, LoadInput, load_own};
use super::{Origin, Policy};
use crate::finding::FailOn;

/// The rule that tells what is looser. No policy can set it or exempt from it.
pub const BELOW_FLOOR: &str = "MLO506";

/// A floor that whoever runs the check gives.
#[derive(Clone, Copy, Debug)]
pub struct GivenFloor<'a> {
    /// The file.
    pub input: LoadInput<'a>,
    /// The files that it may extend.
    pub files: Files<'a>,
}

/// A policy, and the floors that hold beside it.
#[derive(Clone, Debug)]
pub struct Held {
    /// The repository's own. Its `loosened` tells where it falls below a floor.
    pub policy: Policy,
    /// The one it names, then the one that is given. All have the same texts.
    pub floors: Vec<Policy>,
}

/// Something that a policy says more loosely than its floor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loosening {
    /// What it is about, as a dotted path of keys.
    pub key: String,
    /// What is looser, in one sentence without a full stop.
    pub message: String,
    /// Where the policy says so, the primary place first.
    pub own: Vec<(Origin, String)>,
    /// Where the floor says otherwise.
    pub floor: (Origin, String),
    /// What to write instead.
    pub help: String,
}

/// Loads the floors of a policy and compares it with them. `files` are those that the policy itself may name.
///
/// # Errors
///
/// All that is wrong with a floor; or the one that the policy names is not there.
pub fn hold(
    mut policy: Policy,
    files: Files<'_>,
    given: Option<GivenFloor<'_>>,
    known: &Known<'_>,
) -> Result<Held, PolicyErrors> {
    let mut floors: Vec<Policy> = Vec::new();
    if let Some(named) = policy.floor.clone() {
        let mut errors = Errors::default();
        errors.extend(wrong_with(&named.value, named.at, files.start));
        let text = if errors.is_empty() { fetch(&named.value, named.at, files, &mut errors) } else { None };
        let Some(text) = text else {
            return Err(PolicyErrors { texts: policy.texts, errors: errors.into_sorted() });
        };
        floors.push(load_floor(LoadInput { name: &named.value, text: &text }, files, known, &policy)?);
    }
    if let Some(given) = given {
        floors.push(load_floor(given.input, given.files, known, floors.last().unwrap_or(&policy))?);
    }
    let Some(last) = floors.last() else { return Ok(Held { policy, floors }) };
    let texts = last.texts.clone();
    for floor in &floors {
        // Everybody is compared with everybody.
        if owners(&policy).saturating_mul(owners(floor)) > MOST_COMPARED {
            let error = PolicyError::of_file("the policy and its floor name too many owners to be compared")
                .help("Name teams, or use `*`: `\"@acme/*-ds\"`.".to_owned());
            return Err(PolicyErrors { texts, errors: vec![error] });
        }
    }
    for floor in &mut floors {
        let (staffed, overruled) = staff::staff(&policy, floor);
        *floor = staffed;
        policy.loosened.extend(overruled);
        let loosened = compare::compare(&policy, floor, known);
        policy.loosened.extend(loosened);
        floor.texts.clone_from(&texts);
    }
    // The given one has the last word.
    for floor in &floors {
        policy.fail_on = stricter(policy.fail_on, floor.fail_on);
        policy.codeowners_path = floor.codeowners_path.clone().or(policy.codeowners_path);
        policy.dialect = floor.dialect.or(policy.dialect);
    }
    policy.texts = texts;
    Ok(Held { policy, floors })
}

/// Five thousand owners each are more than any organisation gives roles to.
const MOST_COMPARED: usize = 25_000_000;

fn owners(policy: &Policy) -> usize {
    policy.roles.iter().map(|role| 1 + role.owners.len()).sum()
}

fn load_floor(
    input: LoadInput<'_>,
    files: Files<'_>,
    known: &Known<'_>,
    before: &Policy,
) -> Result<Policy, PolicyErrors> {
    let floor = load_own(input, known, files, before.texts.clone())?;
    let Some(named) = &floor.floor else { return Ok(floor) };
    let error = PolicyError::new(named.at, "a floor has no floor of its own")
        .label("a floor of a floor")
        .help("Leave it out; what several floors share can be a file that both extend.".to_owned());
    Err(PolicyErrors { texts: floor.texts, errors: vec![error] })
}

fn stricter(a: FailOn, b: FailOn) -> FailOn {
    match (a, b) {
        (FailOn::At(a), FailOn::At(b)) => FailOn::At(a.min(b)),
        (FailOn::Never, other) | (other, FailOn::Never) => other,
    }
}

impl Policy {
    /// Where this policy is a floor: whether it has a say on findings of a rule, in an area of its own or in none.
    pub fn demands(&self, rule: &str, in_area: bool) -> bool {
        let of_areas = rule.starts_with("MLO2") || rule.starts_with("MLO3") || rule == "MLO502";
        // MLO108 speaks of pins, which are the floor's own.
        rule == "MLO108" || self.rules.contains_key(rule) || (of_areas && in_area)
    }

    /// True where the repository itself says what stands here, or chose the profile that does.
    fn is_said(&self, at: Origin) -> bool {
        self.texts.get(at.text).is_some_and(|text| !text.builtin || text.name.starts_with(super::extend::PROFILE))
    }
}
