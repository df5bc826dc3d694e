//! Violations to findings: filter the atoms, let one rule stand for another, group, tell, sort.

use std::collections::{BTreeMap, BTreeSet};

use super::{Context, Group, Meta, RULES, changed, ignores};
use super::{mlo205_added_unowned, mlo504_unused_ignore, mlo505_gate_changed};
use crate::baseline::{Baseline, Difference};
use crate::change::Touched;
use crate::codeowners::Matcher;
use crate::finding::{Cause, Finding, Place, SAMPLE, Severity, Source, Subject, Violation};
use crate::policy::AreaId;

/// What decides which violations are told.
#[derive(Clone, Copy)]
pub struct Filters<'a> {
    /// Which exemptions still hold.
    pub today: jiff::civil::Date,
    /// Of which subjects anything is to be said.
    pub in_scope: &'a dyn Fn(&Subject) -> bool,
    /// Nothing is silenced: not by ignores, exemptions, `allow` options or the baseline.
    pub shows_all: bool,
    /// The violations of an earlier day.
    pub baseline: Option<&'a Baseline>,
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
    let mut violations: Vec<Violation> =
        RULES.iter().filter(|rule| is_on(context, rule.meta())).flat_map(|rule| rule.check(context)).collect();
    violations.retain(|violation| is_of_gate(violation) || (filters.in_scope)(&violation.subject));
    if filters.shows_all {
        return Standing { violations, exempt: 0, ignored: 0 };
    }
    let exempt = silence(context, filters.today, &mut violations);
    let (ignored, unused) = ignores::apply(context, &mut violations);
    let unused = mlo504_unused_ignore::unused(context, &unused);
    violations.extend(unused.into_iter().filter(|unused| (filters.in_scope)(&unused.subject)));
    Standing { violations, exempt, ignored }
}

/// All that is to be told today.
pub fn judge(context: &Context<'_>, filters: &Filters<'_>) -> Judged {
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
        exempt += silence(context, filters.today, &mut promoted);
        ignored += ignores::apply(context, &mut promoted).0;
    }
    violations.extend(promoted);
    stand_in(context, &of_all, &mut violations);
    violations.sort_by(|a, b| (a.rule, &a.cause, &a.subject).cmp(&(b.rule, &b.cause, &b.subject)));

    let mut findings: Vec<Finding> = violations
        .chunk_by(|a, b| a.rule == b.rule && a.cause == b.cause)
        .filter_map(|group| finding(context, group))
        .collect();
    findings.sort_by_cached_key(|finding| {
        let place = &finding.places[0];
        (std::cmp::Reverse(finding.severity), finding.rule.code, place.source.clone(), place.span)
    });
    Judged { findings, exempt, ignored, baseline, left_out }
}

/// Of the gate itself something is said whatever the change says of it.
fn is_of_gate(violation: &Violation) -> bool {
    violation.rule == mlo505_gate_changed::META.code
}

/// Whether the policy leaves a rule on.
pub(super) fn is_on(context: &Context<'_>, rule: &Meta) -> bool {
    match context.policy.rules.get(rule.code).and_then(|setting| setting.severity) {
        Some(severity) => severity.is_some() || rule.code == mlo505_gate_changed::META.code,
        None => rule.severity.is_some(),
    }
}

/// Drops what an exemption that still holds, or a rule's `allow` option, names; gives how much that was.
fn silence(context: &Context<'_>, today: jiff::civil::Date, violations: &mut Vec<Violation>) -> usize {
    let holding: Vec<_> = context
        .policy
        .exempt
        .iter()
        .filter(|exempt| exempt.expires.as_ref().is_none_or(|last| today <= last.value))
        .collect();
    let mut silencers: BTreeMap<&str, Matcher> = BTreeMap::new();
    for rule in RULES {
        let code = rule.meta().code;
        let exempt = holding
            .iter()
            .filter(|exempt| exempt.rules.is_empty() || exempt.rules.contains(&code))
            .map(|exempt| &exempt.path.value.pattern);
        let allowed = context.policy.rules.get(code).into_iter().flat_map(|setting| &setting.allow);
        let patterns: Vec<_> =
            exempt.chain(allowed.map(|allow| &allow.value.pattern)).map(|pattern| (0, pattern)).collect();
        if !patterns.is_empty() {
            silencers.insert(code, Matcher::new(patterns));
        }
    }
    if silencers.is_empty() {
        return 0;
    }
    let emitted = violations.len();
    let mut walks: BTreeMap<&str, _> = silencers.iter().map(|(code, matcher)| (*code, matcher.walk())).collect();
    violations.retain(|violation| {
        let Some(walk) = walks.get_mut(violation.rule) else { return true };
        match &violation.subject {
            Subject::Path(path) => walk.winner(path).is_none(),
            // An entry is named by what it speaks of: `/languages/*/` silences the entry `/languages/de/`.
            Subject::Entry { pattern, .. } => {
                let trimmed = pattern.trim_start_matches("**/").trim_matches('/');
                let is_directory = pattern.ends_with('/');
                let spoken = if is_directory { format!("{trimmed}/.") } else { trimmed.to_owned() };
                walk.winner(spoken.as_bytes()).is_none()
            }
            Subject::Policy(_) | Subject::Repository(_) => true,
        }
    });
    emitted - violations.len()
}

/// Rules that say it better than others: where the first speaks of a subject, the second is silent there.
const STANDS_FOR: &[(&str, &str)] = &[
    ("MLO102", "MLO104"),
    ("MLO105", "MLO104"),
    ("MLO114", "MLO104"),
    ("MLO109", "MLO104"),
    ("MLO115", "MLO104"),
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
];

/// `of_all` are the rules that speak of the whole repository, told or old.
fn stand_in(context: &Context<'_>, of_all: &BTreeSet<&str>, violations: &mut Vec<Violation>) {
    let speaks: BTreeSet<(&str, Subject)> = violations
        .iter()
        .filter(|violation| STANDS_FOR.iter().any(|(first, _)| *first == violation.rule))
        .map(|violation| (violation.rule, violation.subject.clone()))
        .collect();
    violations.retain(|violation| {
        !STANDS_FOR.iter().any(|(first, second)| {
            // A rule about the whole repository stands for the other everywhere.
            *second == violation.rule
                && !(*first == "MLO203" && is_demanded(context, violation))
                && (of_all.contains(first) || speaks.contains(&(*first, violation.subject.clone())))
        })
    });
}

/// True where the policy itself says that the catch-all is not enough here: that is no matter of taste, as one entry for
/// a small repository can be.
fn is_demanded(context: &Context<'_>, violation: &Violation) -> bool {
    let area = area(&violation.cause).map(|area| context.policy.area(area));
    let setting = context.policy.rules.get(violation.rule).and_then(|setting| setting.severity.flatten());
    let specific = area.and_then(|area| area.ownership.as_ref()?.specific.as_ref()).is_some_and(|wanted| wanted.value);
    specific || setting.or(area.and_then(|area| area.severity)) == Some(Severity::Error)
}

fn finding(context: &Context<'_>, violations: &[Violation]) -> Option<Finding> {
    let first = violations.first()?;
    let rule = RULES.iter().find(|rule| rule.meta().code == first.rule)?;
    let told = rule.tell(context, &Group { cause: &first.cause, violations });
    let area = area(&first.cause).map(|area| context.policy.area(area));
    let setting = context.policy.rules.get(first.rule).and_then(|setting| setting.severity.flatten());
    let severity = setting
        .or_else(|| area.and_then(|area| area.severity))
        .or(told.severity)
        .or(rule.meta().severity)
        .unwrap_or(Severity::Warning);
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

fn area(cause: &Cause) -> Option<AreaId> {
    match cause {
        Cause::Winners(_, area) => Some(*area),
        Cause::Directory(area, _) => *area,
        Cause::Entry(_)
        | Cause::Move { .. }
        | Cause::Siblings(_)
        | Cause::Section(_)
        | Cause::Comment(..)
        | Cause::File(_)
        | Cause::Policy(_)
        | Cause::Repository => None,
    }
}
