//! The ways a host lets a change be approved.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::codeowners::{Codeowners, Entry, EntryId, Owner};

/// The owners that a host asks about a path, in the groups that must each approve.
///
/// On GitHub there is one group, the winning entry's owners, and one of them is enough. On GitLab there is a group for
/// each section that applies and is not optional, and `[N]` of its owners must approve. On Gitea all matching entries
/// add up to one group: what they name is asked, and any one approval counts.
#[derive(Debug)]
pub(super) struct Approval<'a> {
    groups: Vec<Group<'a>>,
}

#[derive(Debug)]
struct Group<'a> {
    owners: Vec<&'a Owner>,
    needed: usize,
}

impl<'a> Approval<'a> {
    /// What the winning entries of a path ask for.
    pub(super) fn of(codeowners: &'a Codeowners, winners: &[EntryId]) -> Self {
        let asked = asked(codeowners, winners);
        let group = |entries: &[&'a Entry], needed: u32| Group {
            owners: entries.iter().flat_map(|entry| &entry.owners).collect(),
            needed: needed as usize,
        };
        let groups = match asked.as_slice() {
            [] => Vec::new(),
            all if codeowners.dialect.adds_up() => vec![group(all, 1)],
            all => all.iter().map(|entry| group(&[entry], entry.approvals)).collect(),
        };
        Self { groups }
    }

    /// One group, of whom one is enough.
    pub(super) fn one_of(owners: &'a [Owner]) -> Self {
        Self { groups: vec![Group { owners: owners.iter().collect(), needed: 1 }] }
    }

    /// Everybody who is asked.
    pub(super) fn owners(&self) -> impl Iterator<Item = &'a Owner> {
        self.groups.iter().flat_map(|group| group.owners.iter().copied())
    }

    /// Those who can approve alone, each once, in the order of the file.
    pub(super) fn alone(&self) -> Vec<&'a Owner> {
        let mut counts: FxHashMap<&str, usize> = FxHashMap::default();
        for group in &self.groups {
            for owner in group.alone() {
                *counts.entry(owner.key.as_str()).or_default() += 1;
            }
        }
        let first = self.groups.first().map(Group::alone).unwrap_or_default();
        first.into_iter().filter(|owner| counts.get(owner.key.as_str()) == Some(&self.groups.len())).collect()
    }

    /// True where every way to approve includes somebody who `is_one`.
    pub(super) fn always_includes(&self, is_one: impl Fn(&Owner) -> bool) -> bool {
        self.groups.iter().any(|group| !group.can_be_met_by(|owner| !is_one(owner)))
    }

    /// True where some way to approve consists only of those who `is_one`.
    pub(super) fn can_be_only(&self, is_one: impl Fn(&Owner) -> bool) -> bool {
        !self.groups.is_empty() && self.groups.iter().all(|group| group.can_be_met_by(&is_one))
    }
}

impl<'a> Group<'a> {
    /// Those who can give all the approvals alone, each once.
    fn alone(&self) -> Vec<&'a Owner> {
        let mut seen = FxHashSet::default();
        let distinct: Vec<&Owner> = self.owners.iter().filter(|owner| seen.insert(&owner.key)).copied().collect();
        let is_enough = |owner: &&Owner| self.needed <= 1 || distinct.len() == 1 || !owner.is_individual();
        distinct.iter().filter(|owner| is_enough(owner)).copied().collect()
    }

    /// Whether those who `is_one` can give all the approvals: a team can give any number, a person one.
    fn can_be_met_by(&self, is_one: impl Fn(&Owner) -> bool) -> bool {
        let can = |owners: &mut dyn Iterator<Item = &&Owner>| {
            owners.map(|owner| if owner.is_individual() { 1 } else { self.needed }).sum::<usize>()
        };
        // Where all together cannot give what is asked, the host cannot ask for it.
        let needed = self.needed.min(can(&mut self.owners.iter())).max(1);
        can(&mut self.owners.iter().filter(|owner| is_one(owner))) >= needed
    }
}

/// The winning entries that name somebody who has to approve.
pub(super) fn asked<'a>(codeowners: &'a Codeowners, winners: &[EntryId]) -> Vec<&'a Entry> {
    let entries = winners.iter().map(|&id| codeowners.entry(id));
    entries.filter(|entry| !entry.owners.is_empty() && codeowners.is_required(entry)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codeowners::{Dialect, parse};

    /// Whether every approval of `path` includes an owner whose name holds `wanted`.
    fn always(text: &str, dialect: Dialect, path: &str, wanted: &str) -> bool {
        let codeowners = parse("CODEOWNERS", text.as_bytes().to_vec(), dialect);
        let winners = crate::codeowners::Winners::new(&codeowners, [path.as_bytes()].into_iter()).unwrap();
        let approval = Approval::of(&codeowners, winners.of(0));
        let includes = approval.always_includes(|owner| owner.key.contains(wanted));
        assert_eq!(includes, !approval.can_be_only(|owner| !owner.key.contains(wanted)));
        includes
    }

    #[test]
    fn owners_on_a_line_are_alternatives() {
        assert!(!always("/deploy/ @acme/ds @acme/mle\n", Dialect::GitHub, "deploy/a", "mle"));
        assert!(always("/deploy/ @acme/mle\n", Dialect::GitHub, "deploy/a", "mle"));
    }

    #[test]
    fn sections_of_gitlab_all_approve_unless_they_are_optional() {
        let both = "[DS]\n/deploy/ @acme/ds\n[Ops]\n/deploy/ @acme/mle\n";
        assert!(always(both, Dialect::GitLab, "deploy/a", "mle"));
        assert!(!always(&both.replace("[Ops]", "^[Ops]"), Dialect::GitLab, "deploy/a", "mle"));
    }

    #[test]
    fn a_number_of_approvals_may_need_more_than_one_person_has() {
        let two = |owners: &str| format!("[Deploy][2]\n/deploy/ {owners}\n");
        // One e-mail is one approval: the second is somebody else's.
        assert!(always(&two("ds@acme.com mle@acme.com"), Dialect::GitLab, "deploy/a", "mle"));
        // A group may have two members.
        assert!(!always(&two("@acme/ds mle@acme.com"), Dialect::GitLab, "deploy/a", "mle"));
    }
}
