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
    Trouble {
        message: format!("there is no rule `{name}`"),
        help: Some(match rules::nearest(name) {
            Some(meta) => format!("did you mean {} ({})? `mlops-lint rules` lists them all", meta.code, meta.slug),
            None => "`mlops-lint rules` lists them all".to_owned(),
        }),
        ..Trouble::default()
    }
}
