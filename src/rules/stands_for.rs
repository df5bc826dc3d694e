//! Which rule says it better than others.

use std::collections::BTreeSet;

use super::Context;
use super::judge::area;
use crate::finding::{Severity, Subject, Violation};
use crate::policy::AreaId;

/// Rules that say it better than others: where the first speaks of a subject, the second is silent there.
const STANDS_FOR: &[(&str, &str)] = &[
    ("MLO101", "MLO112"),
    ("MLO101", "MLO201"),
    ("MLO102", "MLO104"),
    ("MLO103", "MLO104"),
    ("MLO105", "MLO104"),
    ("MLO114", "MLO104"),
    ("MLO109", "MLO104"),
    ("MLO115", "MLO104"),
    ("MLO116", "MLO104"),
    ("MLO119", "MLO104"),
    ("MLO107", "MLO106"),
    ("MLO106", "MLO104"),
    ("MLO107", "MLO104"),
    ("MLO203", "MLO202"),
    ("MLO203", "MLO302"),
    // Who lacks the accountable role is told once; so is who has it by the catch-all.
    ("MLO301", "MLO303"),
    ("MLO301", "MLO311"),
    ("MLO302", "MLO303"),
    ("MLO302", "MLO311"),
    ("MLO202", "MLO303"),
    ("MLO202", "MLO304"),
    ("MLO202", "MLO306"),
    // Whoever the area asks for would be asked by the same line.
    ("MLO301", "MLO310"),
];

/// `of_all` are the rules that speak of the whole repository, told or old.
pub(super) fn stand_in(context: &Context<'_>, of_all: &BTreeSet<&str>, violations: &mut Vec<Violation>) {
    let speaks: BTreeSet<(&str, Subject)> = violations
        .iter()
        .filter(|violation| STANDS_FOR.iter().any(|(first, _)| *first == violation.rule))
        .map(|violation| (violation.rule, violation.subject.clone()))
        .collect();
    violations.retain(|violation| {
        !STANDS_FOR.iter().any(|(first, second)| {
            // A rule about the whole repository stands for the other everywhere.
            *second == violation.rule
                && !(*first == "MLO203" && is_demanded(context, violation.rule, area(&violation.cause)))
                && (of_all.contains(first) || speaks.contains(&(*first, violation.subject.clone())))
        })
    });
}

/// True where the policy itself says that the catch-all is not enough here: that is no matter of taste, as one entry for
/// a small repository can be.
pub(super) fn is_demanded(context: &Context<'_>, rule: &str, area: Option<AreaId>) -> bool {
    let area = area.map(|area| context.policy.area(area));
    let setting = context.policy.rules.get(rule).and_then(|setting| setting.severity.flatten());
    let specific = area.and_then(|area| area.ownership.as_ref()?.specific.as_ref()).is_some_and(|wanted| wanted.value);
    specific || setting.or(area.and_then(|area| area.severity)) == Some(Severity::Error)
}
