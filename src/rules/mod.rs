//! The rules: one file each, with its documentation, its check and its tests; one registry.

use crate::finding::Severity;

/// What there is to know about a rule.
#[derive(Debug)]
pub struct Meta {
    /// `MLO301`: stable, never reused.
    pub code: &'static str,
    /// `wrong-role`
    pub slug: &'static str,
    /// One line, no full stop.
    pub summary: &'static str,
    /// `None` where the rule is off unless a policy switches it on.
    pub severity: Option<Severity>,
    /// Markdown: what it does, why, an example, the fix, the source.
    pub docs: &'static str,
}

/// All rules, by code.
pub fn all() -> Vec<&'static Meta> {
    Vec::new()
}

/// The rule of a code (`MLO301`, `mlo301`) or slug (`wrong-role`).
pub fn find(name: &str) -> Option<&'static Meta> {
    all().into_iter().find(|meta| meta.code.eq_ignore_ascii_case(name) || meta.slug.eq_ignore_ascii_case(name))
}
