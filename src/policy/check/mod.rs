//! The merged tree to the policy: every name resolved, every text read, or an error where it stands.

mod areas;
mod contradictions;
mod kinds;
mod owners;
mod patterns;
mod pins;
mod settings;

pub(super) use owners::{check_name, wrong_with};

use super::error::{Errors, PolicyError};
use super::exact::Exact;
use super::fields::{Fields, word};
use super::form;
use super::keys::Keys;
use super::merge::Removed;
use super::tree::Node;
use super::{Exclude, Known, Origin, Policy, PolicyText, overlap};
use crate::codeowners::Dialect;
use crate::finding::{FailOn, Severity};

/// What every check reads, and where it puts what is wrong.
struct Context<'a> {
    known: &'a Known<'a>,
    /// The catalogue's kinds and those of the policy, each with its area.
    kinds: Vec<(&'a str, &'a str)>,
    removed: &'a Removed,
    /// Whether each text is one of the binary.
    packs: Vec<bool>,
    errors: &'a mut Errors,
}

impl Context<'_> {
    /// True for what a text of the binary says.
    fn is_packs(&self, at: Origin) -> bool {
        self.packs.get(at.text).is_some_and(|&pack| pack)
    }

    /// The error of a name that `at` refers to and that a null under `map` took away, if one did.
    fn removed(&self, map: &str, what: &str, name: &str, at: Origin) -> Option<PolicyError> {
        let &(_, null) = self.removed.iter().find(|(path, _)| *path == [map, name])?;
        let error = PolicyError::new(null, format!("{what} `{name}` is removed, and something still refers to it"));
        Some(
            error
                .label("removed here")
                .help("Remove or replace what refers to it too, or keep it.".to_owned())
                .related(at, "referred to here"),
        )
    }
}

/// Checks the merged tree. The policy is of use only where `errors` stays empty.
pub(super) fn check(
    tree: &Node,
    known: &Known<'_>,
    removed: &Removed,
    texts: Vec<PolicyText>,
    errors: &mut Errors,
) -> Policy {
    let mut policy = Policy {
        // What a policy extends stands before it.
        file: texts.last().filter(|text| !text.builtin).map(|_| texts.len() - 1),
        texts,
        roles: Vec::new(),
        no_role: Vec::new(),
        areas: Vec::new(),
        area_ranks: Vec::new(),
        pins: Vec::new(),
        catalogue: Vec::new(),
        exempt: Vec::new(),
        exclude: Exclude { defaults: true, paths: Vec::new() },
        rules: std::collections::BTreeMap::new(),
        fail_on: FailOn::At(Severity::Error),
        codeowners_path: None,
        dialect: None,
        floor: None,
        loosened: Vec::new(),
        keys: Keys::new(tree, removed),
        baseline: None,
    };
    let Some(fields) = Fields::of(tree, &form::POLICY, errors) else { return policy };
    // Those that cannot be read are errors already, and may be named.
    let house = fields.get("catalogue").map(kinds::names).unwrap_or_default();
    let house = house.into_iter().filter(|(name, _)| !known.kinds.iter().any(|(known, _)| known == name));
    let kinds = known.kinds.iter().copied().chain(house).collect();
    let packs = policy.texts.iter().map(|text| text.builtin).collect();
    let mut context = Context { known, kinds, removed, packs, errors };
    if let Some(node) = fields.get("catalogue") {
        policy.catalogue = kinds::kinds(node, &mut context);
    }
    if let Some(node) = fields.get("roles") {
        policy.roles = owners::roles(node, &mut context);
    }
    if let Some(node) = fields.get("no_role") {
        policy.no_role = owners::owners(node, "`no_role`", &mut context);
        contradictions::no_role(&policy, &mut context);
    }
    if let Some(node) = fields.get("areas") {
        policy.areas = areas::areas(node, &policy.roles, &mut context);
        policy.area_ranks = overlap::ranks(&policy.areas, &Exact::new(), context.errors);
    }
    kinds::check_areas(fields.get("catalogue"), &policy.areas, &mut context);
    if let Some(node) = fields.get("pins") {
        policy.pins = pins::pins(node, &mut context);
    }
    if let Some(node) = fields.get("exempt") {
        policy.exempt = settings::exempt(node, &mut context);
    }
    if let Some(node) = fields.get("exclude") {
        policy.exclude = settings::exclude(node, &mut context);
    }
    if let Some(node) = fields.get("rules") {
        policy.rules = settings::rules(node, &mut context);
    }
    if let Some(node) = fields.get("fail_on") {
        policy.fail_on =
            severity_or(node, "severity to fail on", &form::SEVERITY_OR_NEVER, &mut context).unwrap_or(policy.fail_on);
    }
    if let Some(node) = fields.get("codeowners") {
        (policy.codeowners_path, policy.dialect) = settings::codeowners(node, &mut context);
    }
    if let Some(node) = fields.get("floor") {
        policy.floor = settings::floor(node, &mut context);
    }
    if let Some(node) = fields.get("baseline") {
        policy.baseline = settings::file(node, "the baseline", "baseline: mlops-lint-baseline.json", &mut context);
    }
    policy
}

/// The words of severities in other tools.
const MEANT: [(&str, &str); 8] = [
    ("warn", "warning"),
    ("err", "error"),
    ("fail", "error"),
    ("critical", "error"),
    ("note", "info"),
    ("notice", "info"),
    ("hint", "info"),
    ("information", "info"),
];

fn severity_of(word: &str) -> Option<Severity> {
    [Severity::Info, Severity::Warning, Severity::Error].into_iter().find(|severity| severity.name() == word)
}

/// A severity.
fn severity(node: &Node, context: &mut Context<'_>) -> Option<Severity> {
    word(node, "severity", &form::SEVERITIES, &MEANT, context.errors).and_then(severity_of)
}

/// A severity, or the word for none.
fn severity_or(node: &Node, what: &str, words: &[&'static str; 4], context: &mut Context<'_>) -> Option<FailOn> {
    let never = words[3];
    // YAML 1.1 tools write `off` as `false`.
    let other = ["off", "false", "none", "never", "no", "ignore", "disable", "disabled"].map(|word| (word, never));
    let meant: Vec<(&str, &str)> = MEANT.iter().copied().chain(other).collect();
    let word = word(node, what, words, &meant, context.errors)?;
    Some(severity_of(word).map_or(FailOn::Never, FailOn::At))
}

/// CODEOWNERS dialects that a policy may name; `None` for `auto`.
fn dialect(node: &Node, context: &mut Context<'_>) -> Option<Dialect> {
    let word = word(node, "CODEOWNERS dialect", &form::DIALECTS, &[], context.errors)?;
    Dialect::named(word)
}

/// The cycles of a graph in which every node has at most one successor; each starts with its least node.
fn cycles(next: &[Option<usize>]) -> Vec<Vec<usize>> {
    let mut walk_of = vec![usize::MAX; next.len()];
    let mut cycles = Vec::new();
    for start in 0..next.len() {
        let mut at = start;
        let met = loop {
            if walk_of[at] != usize::MAX {
                break (walk_of[at] == start).then_some(at);
            }
            walk_of[at] = start;
            match next[at] {
                Some(successor) => at = successor,
                None => break None,
            }
        };
        if let Some(first) = met {
            let around = std::iter::successors(Some(first), |&at| next[at].filter(|&successor| successor != first));
            let mut cycle: Vec<usize> = around.collect();
            let least = cycle.iter().enumerate().min_by_key(|&(_, node)| *node).map_or(0, |(place, _)| place);
            cycle.rotate_left(least);
            cycles.push(cycle);
        }
    }
    cycles
}

/// Tells a cycle through `key`.
fn cycle_error(key: &str, places: &[(&str, Origin)]) -> Option<PolicyError> {
    const SHOWN: usize = 5;
    let (&(first, at), rest) = places.split_first()?;
    let mut names: Vec<String> = places.iter().take(SHOWN).map(|(name, _)| format!("`{name}`")).collect();
    if places.len() > SHOWN {
        names.push("…".to_owned());
    }
    let error = match rest {
        [] => PolicyError::new(at, format!("`{first}` names itself under `{key}`")).label("itself"),
        _ => PolicyError::new(at, format!("`{key}` leads back to where it starts: {} → `{first}`", names.join(" → ")))
            .label("starts here"),
    };
    Some(rest.iter().take(SHOWN).fold(error, |error, &(name, at)| error.related(at, format!("`{name}` goes on here"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cycles_are_found_once() {
        assert_eq!(cycles(&[Some(1), Some(2), Some(0), Some(0), None, Some(5)]), [vec![0, 1, 2], vec![5]]);
        assert_eq!(cycles(&[Some(3), None, Some(3), Some(2)]), [vec![2, 3]]);
        assert_eq!(cycles(&[Some(1), Some(2), None]), Vec::<Vec<usize>>::new());
    }
}
