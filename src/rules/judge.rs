//! Violations to findings: filter the atoms, let one rule stand for another, group, tell, sort.

use std::collections::BTreeSet;

use super::silence::silence;
use super::stands_for::stand_in;
use super::{Context, Group, Meta, RULES, changed, ignores};
use super::{mlo205_added_unowned, mlo504_unused_ignore, mlo505_gate_changed, mlo506_below_floor};
use crate::baseline::{Baseline, Difference};
use crate::change::Touched;
use crate::finding::{Cause, Finding, Place, SAMPLE, Severity, Source, Subject, Violation};
use crate::policy::{AreaId, Policy};

/// What decides which violations are told.
#[derive(Clone, Copy)]
pub struct Filters<'a> {
    /// Which exemptions still hold.
    pub today: jiff::civil::Date,
    /// Of which subjects anything is to be said.
    pub in_scope: &'a dyn Fn(&Subject) -> bool,
    /// Nothing is silenced: not by ignores, exemptions, `allow` options or the baseline.
    pub shows_all: bool,
    /// Comments of CODEOWNERS may silence what they name.
    pub heeds_comments: bool,
    /// The violations of an earlier day.
    pub baseline: Option<&'a Baseline>,
}

impl Filters<'_> {
    /// The same for a floor: a comment or a baseline of the repository is no answer to what its organisation asks.
    #[must_use]
    pub fn of_floor(&self) -> Self {
        Self { heeds_comments: false, baseline: None, ..*self }
    }
}

/// What is left of the violations, and what was silenced.
#[derive(Debug, Default)]
pub struct Standing {
    /// In any order.
    pub violations: Vec<Violation>,
    /// How many violations exemptions and `allow` options silenced.
    pub exempt: usize,
    /// How many violations comments in CODEOWNERS silenced.
    pub ignored: usize,
}

/// What the rules found.
#[derive(Debug)]
pub struct Judged {
    /// Sorted by severity (worst first), code and place.
    pub findings: Vec<Finding>,
    /// How many violations exemptions and `allow` options silenced.
    pub exempt: usize,
    /// How many violations comments in CODEOWNERS silenced.
    pub ignored: usize,
    /// How today's violations and the baseline differ.
    pub baseline: Difference,
    /// How many violations were there before the change that is judged, and are not touched by it.
    pub left_out: usize,
}

/// Runs every rule that the policy leaves on, and drops what is out of scope, exempt or ignored. What is left is what a
/// baseline holds: no rule stands for another yet, and nothing is grouped.
pub fn standing(context: &Context<'_>, filters: &Filters<'_>) -> Standing {
    let check = |last: bool| {
        let rules = RULES.iter().filter(move |rule| rule.judges_the_rest() == last && context.is_on(**rule));
        let violations = rules.flat_map(|rule| rule.check(context));
        violations.filter(|violation| is_of_gate(violation) || (filters.in_scope)(&violation.subject))
    };
    let mut violations: Vec<Violation> = check(false).collect();
    let mut standing = Standing::default();
    let silenced = if filters.shows_all {
        silence(context, filters.today, &mut violations.clone())
    } else {
        let emitted = violations.len();
        let silenced = silence(context, filters.today, &mut violations);
        standing.exempt = emitted - violations.len();
        silenced
    };
    let _ = context.silenced.set(silenced);
    violations.extend(check(true));
    if filters.heeds_comments && !filters.shows_all {
        let (ignored, unused) = ignores::apply(context, &mut violations);
        let unused = mlo504_unused_ignore::unused(context, &unused);
        violations.extend(unused.into_iter().filter(|unused| (filters.in_scope)(&unused.subject)));
        standing.ignored = ignored;
    }
    standing.violations = violations;
    standing
}

/// What is to be told today of what `is_told`.
pub(super) fn judge_some(context: &Context<'_>, filters: &Filters<'_>, is_told: impl Fn(&Violation) -> bool) -> Judged {
    let Standing { mut violations, mut exempt, mut ignored } = standing(context, filters);
    // One entry for a whole repository says more than what it does to the files of a change.
    let of_all: BTreeSet<&str> = violations.iter().filter(|v| v.subject == Subject::whole()).map(|v| v.rule).collect();
    let mut baseline = Difference::default();
    if let Some(known) = filters.baseline.filter(|_| !filters.shows_all) {
        let (gate, others) = violations.into_iter().partition(is_of_gate);
        (_, violations, baseline) = known.part(others, context.listing);
        violations.extend::<Vec<_>>(gate);
    }
    let left_out = changed::keep(context, &mut violations);
    let mut promoted = mlo205_added_unowned::promote(context, &mut violations);
    if !filters.shows_all {
        let all = promoted.len();
        silence(context, filters.today, &mut promoted);
        exempt += all - promoted.len();
        if filters.heeds_comments {
            ignored += ignores::apply(context, &mut promoted).0;
        }
    }
    violations.extend(promoted);
    stand_in(context, &of_all, &mut violations);
    violations.retain(is_told);
    violations.sort_by(|a, b| (a.rule, &a.cause, &a.subject).cmp(&(b.rule, &b.cause, &b.subject)));

    let mut findings: Vec<Finding> = violations
        .chunk_by(|a, b| a.rule == b.rule && a.cause == b.cause)
        .filter_map(|group| finding(context, group))
        .collect();
    sort(&mut findings);
    Judged { findings, exempt, ignored, baseline, left_out }
}

/// The worst first, then by code and place.
pub(super) fn sort(findings: &mut [Finding]) {
    findings.sort_by_cached_key(|finding| {
        let place = &finding.places[0];
        (std::cmp::Reverse(finding.severity), finding.rule.code, place.source.clone(), place.span)
    });
}

/// Of the gate itself something is said whatever the repository says of it: no baseline holds it.
pub fn is_of_gate(violation: &Violation) -> bool {
    [mlo505_gate_changed::META.code, mlo506_below_floor::META.code].contains(&violation.rule)
}

/// Whether the policy leaves a rule on.
pub(super) fn is_on(policy: &Policy, rule: &Meta) -> bool {
    match policy.rules.get(rule.code).and_then(|setting| setting.severity) {
        Some(severity) => severity.is_some() || rule.code == mlo505_gate_changed::META.code,
        None => rule.severity.is_some(),
    }
}

/// The severity of a violation by itself.
pub(super) fn weight(context: &Context<'_>, violation: &Violation) -> Severity {
    let default = || RULES.iter().find(|rule| rule.meta().code == violation.rule)?.meta().severity;
    set_severity(context, violation).or_else(default).unwrap_or(Severity::Warning)
}

/// The severity that the policy gives it.
fn set_severity(context: &Context<'_>, violation: &Violation) -> Option<Severity> {
    let setting = context.policy.rules.get(violation.rule).and_then(|setting| setting.severity.flatten());
    setting.or_else(|| context.policy.area(area(&violation.cause)?).severity)
}

fn finding(context: &Context<'_>, violations: &[Violation]) -> Option<Finding> {
    let first = violations.first()?;
    let rule = RULES.iter().find(|rule| rule.meta().code == first.rule)?;
    let told = rule.tell(context, &Group { cause: &first.cause, violations });
    let area = area(&first.cause).map(|area| context.policy.area(area));
    let severity = set_severity(context, first).or(told.severity).or(rule.meta().severity).unwrap_or(Severity::Warning);
    debug_assert!(!told.places.is_empty(), "{} has no place", first.rule);
    let mut places = added(context, violations);
    places.retain(|added| told.places.iter().all(|place| place.source != added.source));
    places.extend(told.places);
    if places.is_empty() {
        places.push(Place { source: Source::Codeowners, span: None, label: String::new() });
    }
    Some(Finding {
        rule: rule.meta(),
        severity,
        message: told.message,
        places,
        area: area.map(|area| area.name.clone()),
        paths: told.paths,
        help: told.help,
        note: told.note,
        violations: violations.to_vec(),
    })
}

/// The files that the change adds, first of all places: a pull request shows a finding only at a file of its own.
fn added(context: &Context<'_>, violations: &[Violation]) -> Vec<Place> {
    let Some(change) = context.change else { return Vec::new() };
    let added = violations.iter().filter_map(|violation| match &violation.subject {
        Subject::Path(path) => {
            let fate = change.files.of(context.listing.find(path)?);
            (fate == Some(Touched::Added)).then(|| Place::file(path, "added by this change"))
        }
        _ => None,
    });
    added.take(SAMPLE).collect()
}

/// The area that a cause is about, where it is about one.
pub(super) fn area(cause: &Cause) -> Option<AreaId> {
    match cause {
        Cause::Winners(_, area) => Some(*area),
        Cause::Directory(area, _) => *area,
        Cause::Entry(_)
        | Cause::Move { .. }
        | Cause::Siblings(_)
        | Cause::Section(_)
        | Cause::Declared(..)
        | Cause::Pin(..)
        | Cause::Comment(..)
        | Cause::File(_)
        | Cause::Policy(_)
        | Cause::Repository => None,
    }
}
