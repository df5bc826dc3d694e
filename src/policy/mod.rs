//! The policy: who holds which role, what the areas are, and who should own them.
//!
//! YAML to a checked policy in which every value knows its place. A policy that is wrong anywhere is no policy:
//! [`load()`] gives all its errors, each at its own span.

mod check;
mod error;
mod exact;
mod extend;
mod fields;
mod floor;
mod form;
mod house;
mod keys;
mod load;
mod merge;
mod overlap;
mod role_map;
mod schema;
mod syntax;
mod tree;

pub use error::{PolicyError, PolicyErrors};
pub use floor::{BELOW_FLOOR, GivenFloor, Held, Loosening, hold};
pub use load::{FileRead, Files, Known, LoadInput, MAX_BYTES, PREFIX, PROFILE_NAMES, load, load_builtin, load_with};
pub use role_map::{MappedRole, RoleMap, load_role_map};
pub use schema::schema;

use std::collections::{BTreeMap, BTreeSet};

use crate::catalogue::KindSpec;
use crate::codeowners::{Dialect, Owner, Pattern};
use crate::finding::{FailOn, Severity};
use crate::span::{LineIndex, Span};

/// The lifecycle classes that every policy may speak of, even where the catalogue has no kind for one.
pub const AREAS: [&str; 13] = [
    "ci",
    "data",
    "deployment",
    "evaluation",
    "features",
    "governance",
    "models",
    "monitoring",
    "notebooks",
    "pipelines",
    "prompts",
    "serving",
    "training",
];

/// A text that the policy was read from.
#[derive(Clone, Debug)]
pub struct PolicyText {
    /// The file, relative to the root, or `builtin:ml-team`.
    pub name: String,
    /// Its bytes (valid UTF-8).
    pub text: String,
    /// Lines of `text`.
    pub lines: LineIndex,
    /// True for texts embedded in the binary.
    pub builtin: bool,
}

/// A place in the policy's texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    /// Index in [`Policy::texts`].
    pub text: usize,
    /// The characters there.
    pub span: Span,
}

/// A value and the characters that say it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Where it is said.
    pub at: Origin,
}

/// Index in [`Policy::roles`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoleId(pub u16);

/// Index in [`Policy::areas`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AreaId(pub u16);

/// A checked policy.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The texts, in the order they were merged; the last is the repository's own, if it has one.
    pub texts: Vec<PolicyText>,
    /// The file in the repository (or given by `--policy FILE`), if there is one; else a builtin runs.
    pub file: Option<usize>,
    /// Roles, sorted by name.
    pub roles: Vec<Role>,
    /// Known owners who hold none of the roles.
    pub no_role: Vec<Located<OwnerPattern>>,
    /// Areas, sorted by name.
    pub areas: Vec<Area>,
    /// Every path of every area, as the area and the index in its `paths`, weakest first: of those that match a path,
    /// the last decides its area, because a contained pattern stands behind the one that contains it.
    pub area_ranks: Vec<(AreaId, usize)>,
    /// Paths that have exactly these owners.
    pub pins: Vec<Pin>,
    /// Kinds of artefacts of the policy's own, none of them twice.
    pub catalogue: Vec<HouseKind>,
    /// Violations that are silenced, with reason.
    pub exempt: Vec<Exemption>,
    /// Trees that the catalogue leaves out.
    pub exclude: Exclude,
    /// Overrides by rule code.
    pub rules: BTreeMap<&'static str, RuleSetting>,
    /// From which severity on a run fails.
    pub fail_on: FailOn,
    /// Where CODEOWNERS is, if the policy says so (relative to the root).
    pub codeowners_path: Option<Located<String>>,
    /// The dialect, if the policy says so.
    pub dialect: Option<Dialect>,
    /// Where the baseline is, if the policy says so (relative to the root).
    pub baseline: Option<Located<String>>,
    /// The policy that this one must not fall below, relative to the root.
    pub floor: Option<Located<String>>,
    /// What it says that is looser than its floors say it; none before [`hold()`].
    pub loosened: Vec<Loosening>,
    /// Where its keys stand.
    keys: keys::Keys,
}

/// A role and who holds it.
#[derive(Clone, Debug)]
pub struct Role {
    /// `data-engineer`
    pub name: String,
    /// The key in the policy.
    pub at: Origin,
    /// Who holds it.
    pub owners: Vec<Located<OwnerPattern>>,
    /// Who stands in.
    pub covered_by: Option<Located<RoleId>>,
}

/// An owner, or several through `*` within a handle (`@acme/*-de`). Compared without case.
#[derive(Clone, Debug)]
pub struct OwnerPattern {
    /// As written.
    pub text: String,
    /// Lower-cased.
    pub key: String,
}

/// A lifecycle class with one ownership expectation.
#[derive(Clone, Debug)]
pub struct Area {
    /// `serving`
    pub name: String,
    /// The key in the policy.
    pub at: Origin,
    /// The area whose expectation it inherits.
    pub is: Option<Located<AreaId>>,
    /// The paths it claims, whatever the catalogue says.
    pub paths: Vec<Located<PathPattern>>,
    /// Catalogue kinds that the policy moved here.
    pub artefacts: Vec<Located<String>>,
    /// What is asked of owners, `is` resolved. `None` asks nothing.
    pub ownership: Option<Expectation>,
    /// Overrides the severity of role and coverage findings in this area.
    pub severity: Option<Severity>,
    /// Why, for people; `is` resolved.
    pub because: Option<Located<String>>,
    /// Asked only where a role of `accountable` is staffed or covered (the guide's business analyst).
    pub only_where_staffed: bool,
}

/// A GitHub pattern of a policy: says where it starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathPattern {
    /// As written.
    pub text: String,
    /// What it means.
    pub pattern: Pattern,
}

/// What an area asks of its owners.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation {
    /// At least one of these is asked.
    pub accountable: Option<Located<Vec<Located<Party>>>>,
    /// Each of these is asked too.
    pub consulted: Option<Located<Vec<Located<Party>>>>,
    /// Every way to approve includes one of these.
    pub approvers: Option<Located<Vec<Located<Party>>>>,
    /// No way to approve consists of only these.
    pub never_alone: Option<Located<Vec<Located<Party>>>>,
    /// Distinct owners asked; a team meets it.
    pub min_owners: Option<Located<u32>>,
    /// Individuals are not asked alone: only teams count.
    pub teams_only: Option<Located<bool>>,
    /// The catch-all entry does not count.
    pub specific: Option<Located<bool>>,
    /// The whole `ownership` value.
    pub at: Origin,
}

/// A role or an owner in an expectation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Party {
    /// Whoever holds (or, where that counts, covers) the role.
    Role(RoleId),
    /// This owner, whatever the roles.
    Owner(OwnerPattern),
}

/// Paths and their only owners.
#[derive(Clone, Debug)]
pub struct Pin {
    /// Which paths.
    pub path: Located<PathPattern>,
    /// Their owners, each once and without `*`; never empty.
    pub owners: Located<Vec<Located<OwnerPattern>>>,
}

impl Pin {
    /// Whether these owners, lower-cased, are the pin's: all of them, and nobody else.
    pub fn is_met_by<'k>(&self, keys: impl IntoIterator<Item = &'k str>) -> bool {
        let wanted: BTreeSet<&str> = self.owners.value.iter().map(|owner| owner.value.key.as_str()).collect();
        keys.into_iter().collect::<BTreeSet<_>>() == wanted
    }
}

/// A kind of artefact that the policy adds to the catalogue.
#[derive(Clone, Debug)]
pub struct HouseKind {
    /// As written, without `replaces`.
    pub spec: KindSpec,
    /// Its name in the policy.
    pub at: Origin,
    /// It stands in place of the catalogue's kind of its name.
    pub replaces: bool,
    /// Where its samples are: those of the kind, then those that only look like it.
    samples: Vec<Origin>,
}

/// A silenced violation.
#[derive(Clone, Debug)]
pub struct Exemption {
    /// Which paths.
    pub path: Located<PathPattern>,
    /// Which rules; empty for all.
    pub rules: Vec<&'static str>,
    /// Why.
    pub reason: String,
    /// The last day it holds.
    pub expires: Option<Located<jiff::civil::Date>>,
}

/// Trees that the catalogue leaves out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exclude {
    /// The catalogue's default exclusions hold.
    pub defaults: bool,
    /// These too; they beat everything.
    pub paths: Vec<Located<PathPattern>>,
}

/// Overrides for one rule.
#[derive(Clone, Debug, Default)]
pub struct RuleSetting {
    /// `Some(None)` switches it off.
    pub severity: Option<Option<Severity>>,
    /// Paths (or entries that name them) on which it is silent.
    pub allow: Vec<Located<PathPattern>>,
}

/// True for a text that a policy can name an owner by.
pub fn is_owner(text: &str) -> bool {
    check::wrong_with(text).is_none()
}

impl Policy {
    /// The role of an id that this policy gave out.
    pub fn role(&self, id: RoleId) -> &Role {
        &self.roles[usize::from(id.0)]
    }

    /// The area of an id that this policy gave out.
    pub fn area(&self, id: AreaId) -> &Area {
        &self.areas[usize::from(id.0)]
    }

    /// The area whose expectation this one inherits in the end, itself where it inherits none. (No cycle: [`load()`]
    /// refuses one.)
    pub fn base_of(&self, id: AreaId) -> &Area {
        let mut area = self.area(id);
        while let Some(is) = &area.is {
            area = self.area(is.value);
        }
        area
    }

    /// The area of this name.
    pub fn area_named(&self, name: &str) -> Option<AreaId> {
        self.areas.iter().position(|area| area.name == name).map(|at| AreaId(u16::try_from(at).unwrap_or(u16::MAX)))
    }

    /// The area whose `artefacts` name this kind of the catalogue.
    pub fn area_claiming(&self, kind: &str) -> Option<AreaId> {
        let claims = |area: &Area| area.artefacts.iter().any(|name| name.value == kind);
        self.areas.iter().position(claims).map(|at| AreaId(u16::try_from(at).unwrap_or(u16::MAX)))
    }

    /// True where at least one role has an owner: without a role map the role rules are silent.
    pub fn has_role_map(&self) -> bool {
        self.roles.iter().any(|role| !role.owners.is_empty())
    }

    /// The roles that an owner really holds, ascending.
    pub fn roles_of(&self, owner: &Owner) -> Vec<RoleId> {
        let ids = (0..u16::try_from(self.roles.len()).unwrap_or(u16::MAX)).map(RoleId);
        ids.filter(|&id| self.role(id).owners.iter().any(|held| held.value.matches(&owner.key))).collect()
    }

    /// True where somebody holds the role, or a role that covers it (through any chain).
    pub fn is_staffed(&self, id: RoleId) -> bool {
        self.stands_in(id).any(|role| !self.role(role).owners.is_empty())
    }

    /// The role and those that cover it, nearest first. The policy has no cycle: [`load()`] refuses one.
    pub fn stands_in(&self, id: RoleId) -> impl Iterator<Item = RoleId> {
        std::iter::successors(Some(id), |&role| self.role(role).covered_by.as_ref().map(|by| by.value))
    }
}

impl PartialEq for OwnerPattern {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for OwnerPattern {}

impl std::hash::Hash for OwnerPattern {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.key.hash(state);
    }
}

impl OwnerPattern {
    /// An owner from its text, which is not checked: [`load()`] does that.
    pub fn new(text: &str) -> Self {
        Self { text: text.to_owned(), key: text.to_lowercase() }
    }

    /// Whether an owner, lower-cased, is meant.
    pub fn matches(&self, key: &str) -> bool {
        fn glob(pattern: &[u8], text: &[u8]) -> bool {
            // `*` stops at `/`: `@acme/*-de` names teams of acme only.
            let (mut p, mut t, mut star) = (0, 0, None);
            while t < text.len() {
                if p < pattern.len() && pattern[p] == b'*' {
                    star = Some((p, t));
                    p += 1;
                } else if p < pattern.len() && pattern[p] == text[t] {
                    p += 1;
                    t += 1;
                } else if let Some((at, from)) = star.filter(|&(_, from)| text[from] != b'/') {
                    star = Some((at, from + 1));
                    p = at + 1;
                    t = from + 1;
                } else {
                    return false;
                }
            }
            pattern[p..].iter().all(|&byte| byte == b'*')
        }
        glob(self.key.as_bytes(), key.as_bytes())
    }
}
