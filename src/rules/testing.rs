//! The shortest way from a few lines of CODEOWNERS, policy and paths to what a rule says, for the rules' own tests.

use std::fmt::Write as _;

use super::{Context, Filters, judge_with_floors, standing};
use crate::catalogue::{Catalogue, Content, Exclusion};
use crate::change::{Change, Fate, Files, GateFile, GateRole};
use crate::codeowners::{Codeowners, Dialect, parse};
use crate::declared::Declarations;
use crate::finding::{Finding, Source};
use crate::future::Stages;
use crate::ownership::{Details, Ownership};
use crate::policy::{self, Known, LoadInput, Policy};
use crate::source::{Extract, Fact, Listing};

/// A policy with a role for each of three teams, and areas by path.
pub(super) const TEAM: &str = r#"
version: 1
roles:
  data-engineer: { owners: ["@acme/data-eng"] }
  data-scientist: { owners: ["@acme/data-science", "@ana"] }
  ml-engineer: { owners: ["@acme/ml-eng"] }
  mlops-engineer: { owners: ["@acme/mlops"] }
"#;

/// What one rule says of files with these contents, as [`told`] does.
pub(super) fn told_of_files(rule: &str, codeowners: &str, policy: &str, files: &[(&str, &str)]) -> String {
    let findings = findings_of_files(Dialect::GitHub, Some(codeowners), policy, files);
    in_words(rule, codeowners, policy, files, &findings)
}

/// What one rule says, a finding a paragraph: severity, message, places as `line:column label`, help.
pub(super) fn told(rule: &str, codeowners: &str, policy: &str, paths: &[&str]) -> String {
    told_on(Dialect::GitHub, rule, codeowners, policy, paths)
}

/// The same on another host.
pub(super) fn told_on(host: Dialect, rule: &str, codeowners: &str, policy: &str, paths: &[&str]) -> String {
    in_words(rule, codeowners, policy, &[], &findings_on(host, Some(codeowners), policy, paths))
}

fn in_words(rule: &str, codeowners: &str, policy: &str, files: &[(&str, &str)], findings: &[Finding]) -> String {
    let mut told = String::new();
    for finding in findings.iter().filter(|finding| finding.rule.code == rule) {
        let _ = writeln!(told, "{}: {}", finding.severity, finding.message);
        for place in &finding.places {
            let file = match &place.source {
                Source::Codeowners => "CODEOWNERS".to_owned(),
                Source::Policy(_) => "policy".to_owned(),
                Source::File(path) => String::from_utf8_lossy(path).into_owned(),
            };
            let text = match (&place.source, place.span) {
                (Source::Codeowners, Some(span)) => format!(" `{}`", &codeowners[span.range()]),
                (Source::Policy(_), Some(span)) => format!(" `{}`", &policy[span.range()]),
                (Source::File(path), Some(span)) => {
                    let (_, text) = files.iter().find(|(name, _)| name.as_bytes() == path).unwrap();
                    format!(" `{}`", &text[span.range()])
                }
                _ => String::new(),
            };
            let _ = writeln!(told, "  {file}{text}: {}", place.label);
        }
        for line in finding.help.iter().flat_map(|help| help.lines()) {
            let _ = writeln!(told, "  > {line}");
        }
    }
    told
}

/// The codes of everything that is said of the repository, in order. A policy for many tests knows more roles than the
/// lines of each: stale parts of it (MLO503) are left out.
pub(super) fn codes(codeowners: &str, policy: &str, paths: &[&str]) -> Vec<&'static str> {
    codes_on(Dialect::GitHub, codeowners, policy, paths)
}

/// The same on another host.
pub(super) fn codes_on(host: Dialect, codeowners: &str, policy: &str, paths: &[&str]) -> Vec<&'static str> {
    let findings = findings_on(host, Some(codeowners), policy, paths);
    findings.iter().map(|finding| finding.rule.code).filter(|code| *code != "MLO503").collect()
}

/// Every finding for a policy text (empty for the builtin one).
pub(super) fn findings(codeowners: Option<&str>, policy: &str, paths: &[&str]) -> Vec<Finding> {
    findings_on(Dialect::GitHub, codeowners, policy, paths)
}

fn findings_on(host: Dialect, codeowners: Option<&str>, policy: &str, paths: &[&str]) -> Vec<Finding> {
    judged(host, codeowners, policy, paths, &mut |_| Content::Skipped("paths of a bare listing"))
}

fn findings_of_files(host: Dialect, codeowners: Option<&str>, policy: &str, files: &[(&str, &str)]) -> Vec<Finding> {
    let mut files = files.to_vec();
    files.sort_unstable();
    let paths: Vec<&str> = files.iter().map(|(path, _)| *path).collect();
    judged(host, codeowners, policy, &paths, &mut |path| Content::Bytes(files[path].1.as_bytes().to_vec()))
}

fn judged(
    host: Dialect,
    codeowners: Option<&str>,
    policy: &str,
    paths: &[&str],
    read: &mut dyn FnMut(usize) -> Content,
) -> Vec<Finding> {
    let now = State::new(host, codeowners, policy, paths, read);
    judge_with_floors(&Context::new(now.stages(), host, &[]), &[], &FILTERS).findings
}

/// What one rule says of a change: as [`told`], with CODEOWNERS and paths before and after it.
pub(super) fn told_of_change(rule: &str, policy: &str, before: (&str, &[&str]), after: (&str, &[&str])) -> String {
    let host = Dialect::GitHub;
    let unread = &mut |_: usize| Content::Skipped("paths of a bare listing");
    let old = State::new(host, Some(before.0), policy, before.1, unread);
    let new = State::new(host, Some(after.0), policy, after.1, unread);
    let told_before = standing(&Context::new(old.stages(), host, &[]), &FILTERS).violations;
    let edited = GateFile { path: "CODEOWNERS".to_owned(), role: GateRole::Codeowners, fate: Fate::Edited, quiet: 0 };
    let change = Change {
        since: "1a2b3c4 (main)".to_owned(),
        before: old.stages(),
        told_before: told_before.into_iter().map(|violation| (violation.rule, violation.subject)).collect(),
        gate: if before.0 == after.0 { Vec::new() } else { vec![edited] },
        files: Files::between(&old.listing, &new.listing),
    };
    let context = Context::new(new.stages(), host, &[]).since(Some(&change));
    in_words(rule, after.0, policy, &[], &judge_with_floors(&context, &[], &FILTERS).findings)
}

const FILTERS: Filters<'_> = Filters {
    today: jiff::civil::date(2026, 1, 1),
    in_scope: &|_| true,
    shows_all: false,
    heeds_comments: true,
    baseline: None,
};

/// All that a rule looks at.
struct State {
    listing: Listing,
    codeowners: Option<Codeowners>,
    policy: Policy,
    catalogue: Catalogue,
    ownership: Ownership,
}

impl State {
    fn new(
        host: Dialect,
        codeowners: Option<&str>,
        policy: &str,
        paths: &[&str],
        read: &mut dyn FnMut(usize) -> Content,
    ) -> Self {
        let mut catalogue = Catalogue::embedded();
        let policy = load(policy, &catalogue);
        if let Err(errors) = policy.add_kinds(&mut catalogue) {
            panic!("{errors}");
        }
        let codeowners = codeowners.map(|text| parse("CODEOWNERS", text.as_bytes().to_vec(), host));
        let listing = Listing::of(paths);
        let classification = catalogue.classify(&listing, &policy.exclude, read);
        let mut ownership =
            Ownership::join(&listing, codeowners.as_ref(), &policy, &catalogue, classification).unwrap();
        let declarations = Declarations::embedded();
        let exclusion = Exclusion::new(&catalogue, &listing, &policy.exclude);
        let questions = declarations.questions(&listing, ownership.items(), &catalogue, &exclusion);
        let facts: Vec<Fact> = questions
            .iter()
            .map(|question| match read(question.path) {
                Content::Bytes(bytes) => Ok(declarations.extract(question.topic, &bytes)),
                Content::Skipped(reason) => Err(reason),
            })
            .collect();
        let declared = declarations.read(&questions, &facts);
        ownership.set_details(Details { declared, stored: Vec::new() });
        Self { listing, codeowners, policy, catalogue, ownership }
    }

    fn stages(&self) -> Stages<'_> {
        Stages {
            listing: &self.listing,
            codeowners: self.codeowners.as_ref(),
            policy: &self.policy,
            catalogue: &self.catalogue,
            ownership: &self.ownership,
            is_ignored: &|_| false,
        }
    }
}

fn load(text: &str, catalogue: &Catalogue) -> Policy {
    let known = Known {
        kinds: catalogue.kinds.iter().map(|kind| (kind.name.as_str(), kind.area.as_str())).collect(),
        rules: super::all().map(|meta| (meta.code, meta.slug)).collect(),
    };
    let own = LoadInput { name: "mlops-lint.yaml", text: text.as_bytes() };
    match policy::load((!text.is_empty()).then_some(own), &known) {
        Ok(policy) => policy,
        Err(errors) => panic!("{errors}"),
    }
}
