//! `mlops-lint rules`.

use std::fmt::Write as _;

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::input::{self, Failure};
use super::{Outcome, output};
use crate::finding::Severity;
use crate::policy::{PROFILE_NAMES, Policy};
use crate::rules::{self, Meta};

#[derive(Args)]
pub(super) struct Options {
    /// The form of the list
    #[arg(long, default_value = "human")]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// One line a rule
    Human,
    /// One array of objects
    Json,
    /// A page: what each rule does, why, and how to fix what it reports
    Markdown,
}

#[derive(Serialize)]
struct Rule {
    code: &'static str,
    slug: &'static str,
    summary: &'static str,
    severity: &'static str,
}

pub(super) fn run(options: &Options, color: output::Color) -> Outcome {
    let rules: Vec<Rule> = rules::all()
        .map(|meta| Rule { code: meta.code, slug: meta.slug, summary: meta.summary, severity: name(meta.severity) })
        .collect();
    let text = match options.format {
        Format::Human => Ok(human(&rules)),
        Format::Json => Ok(serde_json::to_string_pretty(&rules).unwrap_or_default() + "\n"),
        Format::Markdown => markdown(),
    };
    match text {
        Ok(text) => output::print(&text),
        Err(failure) => failure.report(color),
    }
}

fn name(severity: Option<Severity>) -> &'static str {
    severity.map_or("off", Severity::name)
}

/// What the first digit of a code says.
const FAMILIES: [(&str, &str); 5] = [
    ("MLO1", "what CODEOWNERS really says; no policy is needed"),
    ("MLO2", "which ML files nobody owns, or nobody in particular"),
    ("MLO3", "whether the roles that a policy asks for are asked; a role map is needed"),
    ("MLO4", "how models and notebooks are kept"),
    ("MLO5", "whether the policy speaks of the repository as it is, and who changes it"),
];

fn markdown() -> Result<String, Failure> {
    let profiles: Vec<(&str, Policy)> =
        PROFILE_NAMES.iter().map(|&name| Ok((name, input::load_profile(name)?))).collect::<Result<_, Failure>>()?;
    let mut page = String::from(
        "# The rules\n\nEach has a code, which is never reused, and a name; both work wherever a rule is named. This page is made \
         from what stands\nbeside each rule's code: `mlops-lint rules --format markdown`. On the command line: `mlops-lint explain \
         MLO301`.\n\n",
    );
    for (codes, what) in FAMILIES {
        let _ = writeln!(page, "- `{codes}xx`: {what}.");
    }
    for meta in rules::all() {
        page.push_str(&section(meta, &profiles));
    }
    Ok(page)
}

fn section(meta: &Meta, profiles: &[(&str, Policy)]) -> String {
    let by_profile = profiles.iter().map(|(profile, policy)| (profile, rules::severity_by(policy, meta)));
    let others: Vec<String> = by_profile
        .filter(|(_, severity)| *severity != meta.severity)
        .map(|(profile, severity)| format!("; `{profile}`: {}", name(severity)))
        .collect();
    let Meta { code, slug, summary, .. } = meta;
    let docs = meta.docs.replace("\n## ", "\n\n### ").replace("\n\n\n", "\n\n");
    let docs = docs.strip_prefix("## ").map_or(docs.clone(), |rest| format!("### {rest}"));
    let docs: Vec<String> =
        docs.lines().map(|line| if line.starts_with("### ") { format!("{line}\n") } else { line.to_owned() }).collect();
    let severity = format!("Severity: {}{}.", name(meta.severity), others.concat());
    format!("\n## {code} {slug}\n\n{summary}. {severity}\n\n{}\n", docs.join("\n"))
}

fn human(rules: &[Rule]) -> String {
    let widest = rules.iter().map(|rule| rule.slug.len()).max().unwrap_or_default();
    let mut text = String::new();
    for Rule { code, slug, summary, severity } in rules {
        let _ = writeln!(text, "{code}  {slug:widest$}  {severity:7}  {summary}");
    }
    text
}
