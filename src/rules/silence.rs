//! What exemptions and `allow` options silence.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use super::context::Silenced;
use super::{Context, RULES};
use crate::codeowners::Matcher;
use crate::finding::{Subject, Violation};

/// What can silence a violation.
enum Silencer {
    Exemption { nth: usize, holds: bool },
    Allow(&'static str, usize),
}

/// Drops what an exemption that still holds, or a rule's `allow` option, names; tells what each of them did.
pub(super) fn silence(context: &Context<'_>, today: jiff::civil::Date, violations: &mut Vec<Violation>) -> Silenced {
    let exempt = &context.policy.exempt;
    let mut silenced = Silenced { today, exempt: vec![0; exempt.len()], allowed: FxHashSet::default() };
    let mut silencers: Vec<Silencer> = Vec::new();
    let mut matchers: BTreeMap<&str, Matcher> = BTreeMap::new();
    for rule in RULES {
        let code = rule.meta().code;
        let first = silencers.len();
        let mut patterns = Vec::new();
        for (nth, exempt) in exempt.iter().enumerate() {
            if exempt.rules.is_empty() || exempt.rules.contains(&code) {
                let holds = exempt.expires.as_ref().is_none_or(|last| today <= last.value);
                silencers.push(Silencer::Exemption { nth, holds });
                patterns.push(&exempt.path.value.pattern);
            }
        }
        let allowed = context.policy.rules.get(code).into_iter().flat_map(|setting| &setting.allow);
        for (nth, allow) in allowed.enumerate() {
            silencers.push(Silencer::Allow(code, nth));
            patterns.push(&allow.value.pattern);
        }
        if !patterns.is_empty() {
            let ranks = (first..).filter_map(|rank| u32::try_from(rank).ok());
            matchers.insert(code, Matcher::new(ranks.zip(patterns)));
        }
    }
    let mut walks: BTreeMap<&str, _> = matchers.iter().map(|(code, matcher)| (*code, matcher.walk_all())).collect();
    violations.retain(|violation| {
        let Some(walk) = walks.get_mut(violation.rule) else { return true };
        let ranks = match &violation.subject {
            Subject::Path(path) => walk.matching(path).ranks,
            // An entry is named by what it speaks of: `/languages/*/` silences the entry `/languages/de/`.
            Subject::Entry { pattern, .. } => {
                let trimmed = pattern.trim_start_matches("**/").trim_matches('/');
                let is_directory = pattern.ends_with('/');
                let spoken = if is_directory { format!("{trimmed}/.") } else { trimmed.to_owned() };
                walk.matching(spoken.as_bytes()).ranks
            }
            Subject::Policy(_) | Subject::Repository(_) => return true,
        };
        let mut is_told = true;
        for silencer in ranks.iter().map(|&rank| &silencers[rank as usize]) {
            match *silencer {
                Silencer::Exemption { nth, holds } => {
                    silenced.exempt[nth] += 1;
                    is_told &= !holds;
                }
                Silencer::Allow(code, nth) => {
                    silenced.allowed.insert((code, nth));
                    is_told = false;
                }
            }
        }
        is_told
    });
    silenced
}
