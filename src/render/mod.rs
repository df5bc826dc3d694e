//! One file per output format, each a pure function of the report.
//!
//! [`human()`] and [`troubles`] share one way to draw (`draw.rs`): miette draws each snippet, from a small window of the
//! source that was made printable first; everything around the snippets is written here. The machine formats keep
//! texts as they are and leave escaping to their own syntax.

mod draw;
#[cfg(test)]
mod example;
#[cfg(test)]
mod hostile;
mod human;
mod json;
mod jsonl;
mod options;
mod snippet;
mod texts;
mod trouble;

pub use human::human;
pub use json::{json, json_line};
pub use jsonl::jsonl;
pub use options::{ColorChoice, HumanOptions, human_options};
pub use trouble::{Quote, Trouble, TroublePlace, troubles};
