//! Violations to findings: filter the atoms, let one rule stand for another, group, tell, sort.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use super::context::Silenced;
use super::{Context, Group, Meta, RULES};
use crate::codeowners::Matcher;
use crate::finding::{Cause, Finding, Severity, Source, Subject, Violation};
use crate::policy::{AreaId, Policy};

/// What the rules found.
#[derive(Debug)]
pub struct Judged {
    /// Sorted by severity (worst first), code and place.
    pub findings: Vec<Finding>,
    /// How many violations exemptions and `allow` options silenced.
    pub exempt: usize,
}

/// Runs every rule that the policy leaves on, and keeps the violations whose subject is `in_scope`. `today` decides
/// which exemptions still hold.
pub fn judge(context: &Context<'_>, today: jiff::civil::Date, in_scope: impl Fn(&Subject) -> bool) -> Judged {
    judge_some(context, today, in_scope, |_| true)
}

/// As [`judge()`], and then by each floor: what it asks holds beside the policy. What was told already is not told again,
/// unless a floor takes it more seriously; then only that is told.
pub fn judge_with_floors(
    context: &Context<'_>,
    floors: &[Context<'_>],
    today: jiff::civil::Date,
    in_scope: impl Fn(&Subject) -> bool,
) -> Judged {
    let mut judged = judge(context, today, &in_scope);
    if floors.is_empty() {
        return judged;
    }
    let mut told = Told::default();
    told.add(context, &judged.findings);
    for floor in floors {
        let is_new = |violation: &Violation| {
            // A rule about the policy or the repository is about areas too, where there are any.
            let in_area = match violation.cause {
                Cause::Policy(_) | Cause::Repository => !floor.policy.areas.is_empty(),
                _ => area(&violation.cause).is_some(),
            };
            floor.policy.demands(violation.rule, in_area) && told.is_less(violation, weight(floor, violation))
        };
        let more = judge_some(floor, today, &in_scope, is_new).findings;
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

/// The severity of a violation by itself.
fn weight(context: &Context<'_>, violation: &Violation) -> Severity {
    let default = || RULES.iter().find(|rule| rule.meta().code == violation.rule)?.meta().severity;
    set_severity(context, violation).or_else(default).unwrap_or(Severity::Warning)
}

/// The severity that the policy gives it.
fn set_severity(context: &Context<'_>, violation: &Violation) -> Option<Severity> {
    let setting = context.policy.rules.get(violation.rule).and_then(|setting| setting.severity.flatten());
    setting.or_else(|| context.policy.area(area(&violation.cause)?).severity)
}

fn judge_some(
    context: &Context<'_>,
    today: jiff::civil::Date,
    in_scope: impl Fn(&Subject) -> bool,
    is_told: impl Fn(&Violation) -> bool,
) -> Judged {
    let check = |last: bool| {
        let rules = RULES.iter().filter(move |rule| rule.judges_the_rest() == last && context.is_on(**rule));
        rules.flat_map(|rule| rule.check(context)).filter(|violation| in_scope(&violation.subject))
    };
    let mut violations: Vec<Violation> = check(false).collect();
    let emitted = violations.len();
    let silenced = silence(context, today, &mut violations);
    let exempt = emitted - violations.len();
    let _ = context.silenced.set(silenced);
    violations.extend(check(true));
    stand_in(context, &mut violations);
    violations.retain(is_told);
    violations.sort_by(|a, b| (a.rule, &a.cause, &a.subject).cmp(&(b.rule, &b.cause, &b.subject)));

    let mut findings: Vec<Finding> = violations
        .chunk_by(|a, b| a.rule == b.rule && a.cause == b.cause)
        .filter_map(|group| finding(context, group))
        .collect();
    sort(&mut findings);
    Judged { findings, exempt }
}

fn sort(findings: &mut [Finding]) {
    findings.sort_by_cached_key(|finding| {
        let place = &finding.places[0];
        (std::cmp::Reverse(finding.severity), finding.rule.code, place.source.clone(), place.span)
    });
}

/// Whether the policy leaves a rule on.
pub(super) fn is_on(policy: &Policy, rule: &Meta) -> bool {
    match policy.rules.get(rule.code).and_then(|setting| setting.severity) {
        Some(severity) => severity.is_some(),
        None => rule.severity.is_some(),
    }
}

/// What can silence a violation.
enum Silencer {
    Exemption { nth: usize, holds: bool },
    Allow(&'static str, usize),
}

/// Drops what an exemption that still holds, or a rule's `allow` option, names; tells what each of them did.
fn silence(context: &Context<'_>, today: jiff::civil::Date, violations: &mut Vec<Violation>) -> Silenced {
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
                let trimmed = pattern.trim_matches('/');
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

fn stand_in(context: &Context<'_>, violations: &mut Vec<Violation>) {
    let speaks: std::collections::BTreeSet<(&str, Subject)> = violations
        .iter()
        .filter(|violation| STANDS_FOR.iter().any(|(first, _)| *first == violation.rule))
        .map(|violation| (violation.rule, violation.subject.clone()))
        .collect();
    violations.retain(|violation| {
        !STANDS_FOR.iter().any(|(first, second)| {
            // A rule about the whole repository stands for the other everywhere.
            *second == violation.rule
                && !(*first == "MLO203" && is_demanded(context, violation.rule, area(&violation.cause)))
                && [violation.subject.clone(), Subject::whole()]
                    .iter()
                    .any(|subject| speaks.contains(&(*first, subject.clone())))
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

fn finding(context: &Context<'_>, violations: &[Violation]) -> Option<Finding> {
    let first = violations.first()?;
    let rule = RULES.iter().find(|rule| rule.meta().code == first.rule)?;
    let told = rule.tell(context, &Group { cause: &first.cause, violations });
    let area = area(&first.cause).map(|area| context.policy.area(area));
    let severity = set_severity(context, first).or(told.severity).or(rule.meta().severity).unwrap_or(Severity::Warning);
    debug_assert!(!told.places.is_empty(), "{} has no place", first.rule);
    let mut places = told.places;
    if places.is_empty() {
        places.push(crate::finding::Place { source: Source::Codeowners, span: None, label: String::new() });
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

fn area(cause: &Cause) -> Option<AreaId> {
    match cause {
        Cause::Winners(_, area) => Some(*area),
        Cause::Directory(area, _) => *area,
        Cause::Entry(_)
        | Cause::Move { .. }
        | Cause::Siblings(_)
        | Cause::Section(_)
        | Cause::Declared(..)
        | Cause::Pin(..)
        | Cause::Policy(_)
        | Cause::Repository => None,
    }
}
