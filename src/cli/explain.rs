//! `mlops-lint explain RULE`.

use clap::Args;

use super::{Outcome, output};
use crate::render::Trouble;
use crate::rules;

#[derive(Args)]
pub(super) struct Options {
    /// A rule's code or name: MLO301, wrong-role
    rule: String,
}

pub(super) fn run(options: &Options, color: output::Color) -> Outcome {
    let Some(meta) = rules::find(&options.rule) else {
        return output::fail(color, Outcome::Error, &[unknown(&options.rule)]);
    };
    let severity = meta.severity.map_or("off unless the policy switches it on", crate::finding::Severity::name);
    output::print(&format!(
        "# {} {}\n\n{}. Default severity: {severity}.\n\n{}",
        meta.code, meta.slug, meta.summary, meta.docs
    ))
}

fn unknown(name: &str) -> Trouble<'static> {
    let wanted = name.to_lowercase();
    let likeness = |candidate: &str| strsim::jaro_winkler(&candidate.to_lowercase(), &wanted);
    let nearest = rules::all()
        .map(|meta| (likeness(meta.slug).max(likeness(meta.code)), meta))
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .filter(|(alike, _)| *alike > 0.8);
    Trouble {
        message: format!("there is no rule `{name}`"),
        help: Some(match nearest {
            Some((_, meta)) => format!("did you mean {} ({})? `mlops-lint rules` lists them all", meta.code, meta.slug),
            None => "`mlops-lint rules` lists them all".to_owned(),
        }),
        ..Trouble::default()
    }
}
