//! The rules: one file each, with its documentation, its check and its tests; one registry.
//!
//! A rule emits atomic violations, and tells a group of them as one finding. For all rules alike, [`judge_with_floors`] filters them
//! (scope, exemptions and `allow`, ignores, the baseline, the change that is judged), lets one rule stand for another, and
//! groups what is left.

mod changed;
mod context;
mod declared;
mod floors;
mod group;
mod ignores;
mod judge;
mod moved;
mod problems;
mod silence;
mod stands_for;
mod subjects;
#[cfg(test)]
mod testing;
mod wording;

use crate::change::Change;
use crate::finding::{Cause, Paths, Place, Severity, Violation};
use crate::policy::Policy;

pub use context::Context;
pub use declared::Compared;
pub use floors::judge_with_floors;
use ignores::Ignores;
pub use judge::{Filters, Judged, Standing, is_of_gate, standing};
pub use subjects::Subjects;
pub(crate) use wording::{parties, pattern_of};

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

/// A check of the linter.
trait Rule: Sync {
    /// What there is to know about it.
    fn meta(&self) -> &'static Meta;

    /// True for a rule that looks at what became of the violations of the others: it runs after them.
    fn judges_the_rest(&self) -> bool {
        false
    }

    /// Every violation, in any order.
    fn check(&self, context: &Context<'_>) -> Vec<Violation>;

    /// One finding's words for violations that share a cause; never empty.
    fn tell(&self, context: &Context<'_>, group: &Group<'_>) -> Told;
}

/// Violations of one rule that share a cause.
struct Group<'a> {
    cause: &'a Cause,
    violations: &'a [Violation],
}

/// What a finding says; see [`crate::finding::Finding`] for the fields.
#[derive(Default)]
struct Told {
    message: String,
    places: Vec<Place>,
    paths: Paths,
    help: Option<String>,
    note: Option<String>,
    /// Where a finding matters less than the rule does by default; the policy's own word beats it.
    severity: Option<Severity>,
}

macro_rules! registry {
    ($($module:ident),* $(,)?) => {
        $(mod $module;)*
        static RULES: &[&dyn Rule] = &[$(&$module::Check),*];
    };
}

// A rule's file is its only other place; the order here is the order of codes.
registry![
    mlo101_no_codeowners,
    mlo102_malformed_owner,
    mlo103_unsupported_syntax,
    mlo104_dead_entry,
    mlo105_repository_prefix,
    mlo106_never_effective,
    mlo107_duplicate_pattern,
    mlo108_pinned_owners,
    mlo109_star_not_recursive,
    mlo110_bare_directory,
    mlo111_lone_approver,
    mlo112_gate_without_owner,
    mlo114_owner_as_pattern,
    mlo115_case_mismatch,
    mlo116_unescaped_space,
    mlo117_several_codeowners,
    mlo118_repeated_owner,
    mlo119_literal_braces,
    mlo120_inline_comment,
    mlo121_section_heading,
    mlo122_bad_expression,
    mlo123_near_size_limit,
    mlo201_unowned_artefact,
    mlo202_only_catch_all,
    mlo203_one_entry,
    mlo204_ownerless_artefact,
    mlo205_added_unowned,
    mlo206_ownership_taken_away,
    mlo301_wrong_role,
    mlo302_role_through_catch_all,
    mlo303_not_consulted,
    mlo304_not_enforceable,
    mlo305_one_owner_both_ends,
    mlo306_evaluation_by_trainers,
    mlo310_declared_owner_differs,
    mlo311_approvers,
    mlo312_never_alone,
    mlo313_min_owners,
    mlo314_teams_only,
    mlo315_future_gap,
    mlo401_model_in_git,
    mlo402_notebook_in_serving,
    mlo501_unknown_owner,
    mlo502_unstaffed_role,
    mlo503_stale_policy,
    mlo504_unused_ignore,
    mlo505_gate_changed,
    mlo506_below_floor,
];

/// All rules, by code.
pub fn all() -> impl ExactSizeIterator<Item = &'static Meta> {
    RULES.iter().map(|rule| rule.meta())
}

/// Whether the policy, or else its default, has the rule of a code switched on.
pub fn is_on(policy: &Policy, code: &str) -> bool {
    all().any(|meta| meta.code == code && judge::is_on(policy, meta))
}

/// The rule of a code (`MLO301`, `mlo301`) or slug (`wrong-role`).
pub fn find(name: &str) -> Option<&'static Meta> {
    all().find(|meta| meta.code.eq_ignore_ascii_case(name) || meta.slug.eq_ignore_ascii_case(name))
}

/// The rule that somebody who wrote this name may have meant.
pub fn nearest(name: &str) -> Option<&'static Meta> {
    const LONGEST: usize = 64;
    if name.len() > LONGEST {
        return None;
    }
    let wanted = name.to_lowercase();
    // Nothing is confused as often as these.
    let wanted = match wanted.strip_prefix("mlo") {
        Some(number) => format!("mlo{}", number.replace('o', "0").replace(['l', 'i'], "1")),
        None => wanted,
    };
    let likeness = |candidate: &str| strsim::jaro_winkler(&candidate.to_lowercase(), &wanted);
    all()
        .map(|meta| (likeness(meta.slug).max(likeness(meta.code)), meta))
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .filter(|(alike, _)| *alike > 0.85)
        .map(|(_, meta)| meta)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_sorted_and_unique_and_slugs_too() {
        let codes: Vec<_> = all().map(|meta| meta.code).collect();
        assert!(codes.is_sorted_by(|a, b| a < b), "{codes:?}");
        let mut slugs: Vec<_> = all().map(|meta| meta.slug).collect();
        slugs.sort_unstable();
        assert!(slugs.is_sorted_by(|a, b| a < b), "{slugs:?}");
    }

    #[test]
    fn every_rule_documents_itself_alike() {
        for meta in all() {
            for heading in ["## What it does", "## Why it matters", "## Example", "## How to fix it", "## Source"] {
                assert!(meta.docs.contains(heading), "{} lacks {heading:?}", meta.code);
            }
            assert!(!meta.summary.ends_with('.'), "{}", meta.code);
        }
    }
}
