//! The ownership picture as Markdown, for a wiki.

use std::fmt::Write as _;

use crate::finding::{Report, Severity};
use crate::picture::{Picture, Standing};
use crate::policy::Policy;
use crate::sanitize;

/// Tables of areas and findings. Names are code spans, so that nothing of the repository is markup and nobody is
/// mentioned.
pub fn picture_markdown(report: &Report, picture: &Picture, policy: &Policy, repository: &str) -> String {
    let mut text = format!("# Who owns {}\n\n", code(repository));
    let [errors, warnings, infos] =
        [Severity::Error, Severity::Warning, Severity::Info].map(|severity| report.count(severity));
    let _ = writeln!(text, "{errors} errors, {warnings} warnings, {infos} infos.\n");
    let _ = writeln!(text, "{} of {} files have an owner.\n", picture.owned, picture.files);
    if !picture.areas.is_empty() {
        text.push_str("## Who answers for what\n\n| area | files |");
        let mut rule = String::from("|---|---:|");
        let roles = picture.roles.iter().map(|role| code(&policy.role(*role).name));
        for name in roles.chain(["no role".to_owned()]).chain(Standing::ALL.map(|standing| standing.name().to_owned()))
        {
            let _ = write!(text, " {name} |");
            rule.push_str("---:|");
        }
        let _ = writeln!(text, "\n{rule}");
        for row in &picture.areas {
            let _ = write!(text, "| {} | {} |", code(&row.name), row.files);
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
            let _ = writeln!(text, "| {severity} | {rule} | {} | {} |", code(&finding.message), finding.paths.count);
        }
    }
    text
}

/// A code span in a table's cell: longer fences than any run of backticks inside, and no bare bar.
fn code(text: &str) -> String {
    let text = sanitize::text(text).replace('|', "\u{2223}");
    let longest = text.split(|character| character != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') || text.is_empty() { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

#[cfg(test)]
mod tests {
    use super::code;

    #[test]
    fn nothing_ends_a_code_span_early() {
        assert_eq!(code("a"), "`a`");
        assert_eq!(code("``x`"), "``` ``x` ```");
        assert_eq!(code("a|b @acme/ml"), "`a\u{2223}b @acme/ml`");
    }
}
