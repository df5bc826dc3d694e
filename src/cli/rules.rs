//! `mlops-lint rules`.

use std::fmt::Write as _;

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::{Outcome, output};
use crate::finding::Severity;
use crate::rules;

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
}

#[derive(Serialize)]
struct Rule {
    code: &'static str,
    slug: &'static str,
    summary: &'static str,
    severity: &'static str,
}

pub(super) fn run(options: &Options) -> Outcome {
    let rules: Vec<Rule> = rules::all()
        .map(|meta| Rule {
            code: meta.code,
            slug: meta.slug,
            summary: meta.summary,
            severity: meta.severity.map_or("off", Severity::name),
        })
        .collect();
    output::print(&match options.format {
        Format::Human => human(&rules),
        Format::Json => serde_json::to_string_pretty(&rules).unwrap_or_default() + "\n",
    })
}

fn human(rules: &[Rule]) -> String {
    let widest = rules.iter().map(|rule| rule.slug.len()).max().unwrap_or_default();
    let mut text = String::new();
    for Rule { code, slug, summary, severity } in rules {
        let _ = writeln!(text, "{code}  {slug:widest$}  {severity:7}  {summary}");
    }
    text
}
