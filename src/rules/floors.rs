//! What the floors ask, beside the policy.

use std::collections::BTreeMap;

use super::judge::{area, judge_some, sort, weight};
use super::{Context, Filters, Judged};
use crate::finding::{Cause, Finding, Severity, Subject, Violation};

/// All that is to be told today, by the policy and then by each floor: what it asks holds beside the policy. What was told
/// already is not told again, unless a floor takes it more seriously; then only that is told.
pub fn judge_with_floors(context: &Context<'_>, floors: &[Context<'_>], filters: &Filters<'_>) -> Judged {
    let mut judged = judge_some(context, filters, |_| true);
    if floors.is_empty() {
        return judged;
    }
    let mut told = Told::default();
    told.add(context, &judged.findings);
    let strict = filters.of_floor();
    for floor in floors {
        let is_new = |violation: &Violation| {
            // A rule about the policy or the repository is about areas too, where there are any.
            let in_area = match violation.cause {
                Cause::Policy(_) | Cause::Repository => !floor.policy.areas.is_empty(),
                _ => area(&violation.cause).is_some(),
            };
            floor.policy.demands(violation.rule, in_area) && told.is_less(violation, weight(floor, violation))
        };
        let more = judge_some(floor, &strict, is_new).findings;
        let mut graver = Told::default();
        graver.add(floor, &more);
        let is_outdone = |finding: &Finding| {
            finding
                .violations
                .iter()
                .all(|violation| graver.0.contains_key(&(violation.rule, violation.subject.clone())))
        };
        judged.findings.retain(|finding| !is_outdone(finding));
        told.add(floor, &more);
        judged.findings.extend(more);
    }
    sort(&mut judged.findings);
    judged
}

/// What was told, and how seriously.
#[derive(Default)]
struct Told(BTreeMap<(&'static str, Subject), Severity>);

impl Told {
    fn add(&mut self, context: &Context<'_>, findings: &[Finding]) {
        for violation in findings.iter().flat_map(|finding| &finding.violations) {
            let weight = weight(context, violation);
            let known = self.0.entry((violation.rule, violation.subject.clone())).or_insert(weight);
            *known = weight.max(*known);
        }
    }

    fn is_less(&self, violation: &Violation, weight: Severity) -> bool {
        self.0.get(&(violation.rule, violation.subject.clone())).is_none_or(|&told| told < weight)
    }
}
