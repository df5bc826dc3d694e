//! `mlops-lint schema`.

use super::{Outcome, output};
use crate::catalogue::Catalogue;
use crate::{policy, rules};

pub(super) fn run() -> Outcome {
    let schema = policy::schema(&Catalogue::embedded(), &rules::all().collect::<Vec<_>>());
    output::print(&(serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"))
}
