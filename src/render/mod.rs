//! One file per output format, each a pure function of the report.
//!
//! [`human()`] and [`troubles`] share one way to draw (`draw.rs`): miette draws each snippet, from a small window of the
//! source that was made printable first; everything around the snippets is written here. The machine formats keep
//! texts as they are and leave escaping to their own syntax.

mod draw;
#[cfg(test)]
mod example;
mod fingerprint;
mod github;
mod gitlab;
#[cfg(test)]
mod hostile;
mod html;
mod human;
mod json;
mod jsonl;
mod junit;
mod located;
mod markdown;
mod options;
mod picture_markdown;
mod prose;
mod rdjson;
mod sarif;
mod snippet;
mod texts;
mod trouble;

pub use github::github;
pub use gitlab::gitlab;
pub use html::html;
pub use human::human;
pub use json::{json, json_line, path_bytes};
pub use jsonl::jsonl;
pub use junit::junit;
pub use markdown::markdown;
pub use options::{ColorChoice, HumanOptions, human_options};
pub use picture_markdown::picture_markdown;
pub use rdjson::rdjson;
pub use sarif::sarif;
pub use trouble::{Quote, Trouble, TroublePlace, troubles};

use crate::finding::Report;

/// A report format. A new one is a file beside this one, and a line in each of the two lists here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Human,
    /// One JSON document.
    Json,
    /// JSON, one finding a line.
    Jsonl,
    /// For code scanning.
    Sarif,
    /// Annotations of GitHub Actions.
    Github,
    /// GitLab's Code Quality.
    Gitlab,
    /// For services that show tests.
    Junit,
    /// For comments and summaries.
    Markdown,
    /// For reviewdog.
    Rdjson,
}

impl Format {
    /// Every format, with the name it has on the command line.
    pub const ALL: [(&'static str, Self); 9] = [
        ("human", Self::Human),
        ("json", Self::Json),
        ("jsonl", Self::Jsonl),
        ("sarif", Self::Sarif),
        ("github", Self::Github),
        ("gitlab", Self::Gitlab),
        ("junit", Self::Junit),
        ("markdown", Self::Markdown),
        ("rdjson", Self::Rdjson),
    ];

    /// The report in this format; `options` are for people's eyes only.
    pub fn render(self, report: &Report, options: &HumanOptions) -> String {
        match self {
            Self::Human => human(report, options),
            Self::Json => json(report),
            Self::Jsonl => jsonl(report),
            Self::Sarif => sarif(report),
            Self::Github => github(report),
            Self::Gitlab => gitlab(report),
            Self::Junit => junit(report),
            Self::Markdown => markdown(report),
            Self::Rdjson => rdjson(report),
        }
    }
}
