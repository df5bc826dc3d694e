//! The ownership picture as one page that needs nothing else: no network, no other file.
//!
//! Everything of the repository is text to the page: maud escapes it, and what would not show or would turn the reading
//! order is made visible first. The policy of the page itself lets no script run but its own.

mod findings;
mod matrix;
mod tiles;

use std::borrow::Cow;

use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest as _, Sha256};

use crate::finding::{Report, Severity};
use crate::picture::{Picture, Standing};
use crate::policy::{Policy, RoleId};
use crate::sanitize;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The page, in UTF-8. The same report gives the same bytes.
pub fn html(report: &Report, picture: &Picture, policy: &Policy, repository: &str) -> String {
    let page = Page { report, picture, policy };
    let title = format!("Who owns {}", shown(repository));
    let rules =
        format!("default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{}'; base-uri 'none'", digest());
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(rules);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a class="skip" href="#findings" { "To the findings" }
                header {
                    h1 { (title) }
                    p class="lead" { (page.verdict()) }
                }
                main {
                    (page.numbers())
                    (page.matrix())
                    (page.tiles())
                    (page.findings())
                    (page.remarks())
                }
                footer {
                    p {
                        "mlops-lint " (env!("CARGO_PKG_VERSION"))
                        ". An owner is who is asked to review; whether the branch requires it, and who is in a team, no "
                        "file can tell."
                    }
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    }
    .into_string()
}

/// The script's digest as the browser computes it, in base64.
fn digest() -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digest = Sha256::digest(SCRIPT.as_bytes());
    let mut text = String::new();
    for chunk in digest.chunks(3) {
        let bits = chunk.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * place) & 63) as usize];
            text.push(if place > chunk.len() { '=' } else { char::from(digit) });
        }
    }
    text
}

/// Text of the repository, as it may stand on the page.
fn shown(text: &str) -> Cow<'_, str> {
    sanitize::text(text)
}

struct Page<'a> {
    report: &'a Report,
    picture: &'a Picture,
    policy: &'a Policy,
}

impl Page<'_> {
    fn verdict(&self) -> String {
        let [errors, warnings, infos] =
            [Severity::Error, Severity::Warning, Severity::Info].map(|severity| self.report.count(severity));
        if errors + warnings + infos == 0 {
            return "No findings.".to_owned();
        }
        format!("{errors} errors, {warnings} warnings, {infos} infos.")
    }

    fn numbers(&self) -> Markup {
        let Picture { files, owned, .. } = self.picture;
        let artefacts = self.picture.artefacts();
        let number = |number: usize, of: usize, what: &str| {
            html! {
                li {
                    b { (number) } " of " (of) " "
                    span { (what) " (" (percent(number, of)) "%)" }
                }
            }
        };
        let right = self.picture.total(Standing::Answered);
        let specific = right + self.picture.total(Standing::WrongRole);
        html! {
            section aria-labelledby="coverage" {
                h2 id="coverage" { "Coverage" }
                ul class="numbers" {
                    (number(*owned, *files, "files have an owner"))
                    (number(specific, artefacts, "ML artefacts have an owner other than the catch-all"))
                    @if self.policy.has_role_map() {
                        (number(right, artefacts, "ML artefacts are answered for by the right role"))
                    }
                }
            }
        }
    }

    fn remarks(&self) -> Markup {
        let summary = &self.report.summary;
        let mut lines: Vec<String> = summary.remarks.iter().map(|remark| shown(remark).into_owned()).collect();
        if let Some(choice) = &summary.dialect {
            lines.push(
                shown(&format!("CODEOWNERS is read as {} does: {}.", choice.dialect.name(), choice.because)).into(),
            );
        }
        let counts = [
            (summary.excluded, "files in tests, vendored or generated trees were left out"),
            (summary.exempt, "violations are exempt by the policy"),
            (summary.not_decided, "questions were not decided"),
        ];
        lines.extend(counts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}.")));
        lines.extend(summary.not_checked.iter().map(|(reason, count)| format!("Not read: {count} {}.", shown(reason))));
        html! {
            @if !lines.is_empty() {
                section aria-labelledby="remarks" {
                    h2 id="remarks" { "What else there is to say" }
                    ul { @for line in &lines { li { (line) } } }
                }
            }
        }
    }

    fn role(&self, role: RoleId) -> Cow<'_, str> {
        shown(&self.policy.role(role).name)
    }
}

/// Rounded to whole percents, but never to 0 or 100 where that is not so.
fn percent(part: usize, whole: usize) -> usize {
    match part {
        0 => 0,
        _ if part >= whole => 100,
        _ => ((part * 200 + whole) / (2 * whole)).clamp(1, 99),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percents_are_honest_at_the_ends() {
        assert_eq!(
            [percent(0, 9), percent(1, 1000), percent(1, 2), percent(999, 1000), percent(9, 9), percent(0, 0)],
            [0, 1, 50, 99, 100, 0]
        );
    }

    #[test]
    fn the_digest_has_the_length_of_sha_256_in_base64() {
        let digest = digest();
        assert_eq!((digest.len(), digest.ends_with('='), digest.ends_with("==")), (44, true, false));
    }
}
