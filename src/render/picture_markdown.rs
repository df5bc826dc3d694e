//! The ownership picture as Markdown, for a wiki.

use std::fmt::Write as _;

use super::markdown::{cell, code, sentence};
use crate::finding::{Report, Severity};
use crate::picture::{Picture, Standing};
use crate::policy::Policy;
use crate::sanitize;

/// Tables of areas and findings. Names are code spans, so that nothing of the repository is markup and nobody is
/// mentioned.
pub fn picture_markdown(report: &Report, picture: &Picture, policy: &Policy, repository: &str) -> String {
    let mut text = format!("# Who owns {}\n\n", name(repository));
    let [errors, warnings, infos] =
        [Severity::Error, Severity::Warning, Severity::Info].map(|severity| report.count(severity));
    let _ = writeln!(text, "{errors} errors, {warnings} warnings, {infos} infos.\n");
    let _ = writeln!(text, "{} of {} files have an owner.\n", picture.owned, picture.files);
    if !picture.areas.is_empty() {
        text.push_str("## Who answers for what\n\n| area | files |");
        let mut rule = String::from("|---|---:|");
        let roles = picture.roles.iter().map(|role| name(&policy.role(*role).name));
        for name in roles.chain(["no role".to_owned()]).chain(Standing::ALL.map(|standing| standing.name().to_owned()))
        {
            let _ = write!(text, " {name} |");
            rule.push_str("---:|");
        }
        let _ = writeln!(text, "\n{rule}");
        for row in &picture.areas {
            let _ = write!(text, "| {} | {} |", name(&row.name), row.files);
            for role in &picture.roles {
                let count = row.roles.get(role).copied().unwrap_or(0);
                // The accountable roles stand out.
                let _ = if row.accountable.contains(role) {
                    write!(text, " **{count}** |")
                } else {
                    write!(text, " {count} |")
                };
            }
            let _ = write!(text, " {} |", row.no_role);
            for standing in Standing::ALL {
                let _ = write!(text, " {} |", row.count(standing));
            }
            text.push('\n');
        }
        text.push_str("\nA cell counts the files about which the role is asked; accountable roles are **bold**.\n\n");
    }
    if !report.findings.is_empty() {
        text.push_str("## Findings\n\n| severity | rule | what | files |\n|---|---|---|---:|\n");
        for finding in &report.findings {
            let (severity, rule) = (finding.severity, finding.rule.code);
            let _ = writeln!(
                text,
                "| {severity} | {rule} | {} | {} |",
                cell(&sentence(&finding.message)),
                finding.paths.count
            );
        }
    }
    text
}

/// A name in a cell of a table.
fn name(text: &str) -> String {
    cell(&code(&sanitize::text(text)))
}
