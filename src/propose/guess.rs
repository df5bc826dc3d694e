//! Who holds which role: signs weighed, each guess with its reason.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use super::hints::{Hints, Meant, Sign, Weight};
use super::holdings::Holder;
use super::{ProposedOwner, ProposedRole, Unplaced};
use crate::policy::{self, Policy, RoleMap};

/// How sure a guess is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// A hint; never set.
    Low,
    /// The name or the files suggest it.
    Medium,
    /// The name says it outright, and the files do not contradict it; or both agree.
    High,
}

impl Confidence {
    /// The word for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// Where every owner goes.
pub(super) struct Placed {
    pub(super) roles: Vec<ProposedRole>,
    pub(super) undecided: Vec<Unplaced>,
    pub(super) outside: Vec<Unplaced>,
    pub(super) silent: usize,
}

/// Places the owners: by the given map, or by what speaks for them.
pub(super) fn place(hints: &Hints, policy: &Policy, holders: &[Holder<'_>], map: Option<&RoleMap>) -> Placed {
    let known: FxHashSet<&str> = policy.roles.iter().map(|role| role.name.as_str()).collect();
    let names = hints.roles.iter().map(|(name, _)| name).filter(|name| known.contains(name.as_str()));
    let mut placed = Placed {
        roles: names.map(|name| ProposedRole { name: name.clone(), ..ProposedRole::default() }).collect(),
        undecided: Vec::new(),
        outside: Vec::new(),
        silent: 0,
    };
    let mut spoken_for: FxHashSet<String> = FxHashSet::default();
    if let Some(map) = map {
        spoken_for = placed.follow(hints, map);
    }
    for holder in holders.iter().filter(|holder| !spoken_for.contains(&holder.owner.key)) {
        placed.put(holder, map.is_some());
    }
    placed.suggest_cover(hints);
    for list in [&mut placed.undecided, &mut placed.outside] {
        list.sort_by_key(|unplaced| std::cmp::Reverse(unplaced.files));
    }
    placed
}

impl Placed {
    /// Takes over a map, and gives the owners that it speaks of, lower-cased.
    fn follow(&mut self, hints: &Hints, map: &RoleMap) -> FxHashSet<String> {
        let mut target: FxHashMap<&str, String> = FxHashMap::default();
        for role in &map.roles {
            let is_known = self.roles.iter().any(|known| known.name == role.name);
            let other_name = hints.role_called(&role.name).filter(|_| !is_known);
            let name = other_name.unwrap_or(&role.name).to_owned();
            target.insert(&role.name, name.clone());
            let at = self.roles.iter().position(|known| known.name == name).unwrap_or_else(|| {
                self.roles.push(ProposedRole { name, is_new: true, ..ProposedRole::default() });
                self.roles.len() - 1
            });
            let proposed = &mut self.roles[at];
            proposed.note = match other_name {
                Some(_) => Some(format!("called {} in {}", role.name, map.name)),
                None if proposed.is_new => Some("no area of the built-in policy asks for it".to_owned()),
                None => None,
            }
            .or(proposed.note.take());
            for owner in &role.owners {
                if !proposed.owners.iter().any(|known| known.owner.eq_ignore_ascii_case(owner)) {
                    let owner = owner.clone();
                    proposed.owners.push(ProposedOwner { owner, confidence: None, reason: String::new() });
                }
            }
        }
        for role in &map.roles {
            let cover = role.covered_by.as_ref().and_then(|cover| target.get(cover.as_str()));
            let at = self.roles.iter().position(|known| Some(&known.name) == target.get(role.name.as_str()));
            if let (Some(cover), Some(at)) = (cover, at)
                && *cover != self.roles[at].name
            {
                self.roles[at].covered_by = Some(cover.clone());
            }
        }
        let owners = map.roles.iter().flat_map(|role| &role.owners).chain(&map.no_role);
        owners.map(|owner| owner.to_lowercase()).collect()
    }

    /// Puts one owner under a role, or among those of whom nothing is sure.
    fn put(&mut self, holder: &Holder<'_>, is_mapped: bool) {
        let verdicts = if policy::is_owner(&holder.spelling) { weigh(holder) } else { Vec::new() };
        let set = verdicts.iter().filter(|verdict| verdict.confidence >= Confidence::Medium && !is_mapped);
        let mut is_set = false;
        for verdict in set {
            if let Some(role) = self.roles.iter_mut().find(|role| role.name == verdict.role) {
                is_set = true;
                role.owners.push(ProposedOwner {
                    owner: holder.spelling.clone(),
                    confidence: Some(verdict.confidence),
                    reason: reason(holder, Some(verdict)),
                });
            }
        }
        if is_set {
            return;
        }
        let is_outside = holder.signs.iter().any(|sign| sign.meant == Meant::NoRole);
        let wins = holder.files() + holder.by_catch_all;
        let unplaced = Unplaced {
            owner: holder.spelling.clone(),
            roles: verdicts.iter().map(|verdict| verdict.role.clone()).collect(),
            reason: reason(holder, None),
            files: holder.files(),
        };
        match () {
            () if is_outside && wins > 0 => self.outside.push(unplaced),
            () if wins > 0 || (!is_outside && !unplaced.roles.is_empty() && !holder.owner.is_individual()) => {
                self.undecided.push(unplaced);
            }
            () => self.silent += 1,
        }
    }

    /// Who could stand in for roles that nobody holds.
    fn suggest_cover(&mut self, hints: &Hints) {
        let held: FxHashSet<String> =
            self.roles.iter().filter(|role| !role.owners.is_empty()).map(|role| role.name.clone()).collect();
        for role in self.roles.iter_mut().filter(|role| role.owners.is_empty() && role.covered_by.is_none()) {
            let table = hints.roles.iter().find(|(name, _)| *name == role.name);
            role.could_cover = table.and_then(|(_, cover)| cover.iter().find(|name| held.contains(*name))).cloned();
        }
    }
}

struct Verdict {
    role: String,
    confidence: Confidence,
    /// What the name says: 3, 2 or 1, or 0.
    name: u8,
    total: u8,
}

/// What speaks for each role, the likeliest first. Names beat files: that the wrong people own files is what the
/// linter is there to find.
fn weigh(holder: &Holder<'_>) -> Vec<Verdict> {
    let mut names: BTreeMap<&str, u8> = BTreeMap::new();
    for sign in &holder.signs {
        if let Meant::Role(role) = &sign.meant {
            names.insert(role, points(sign));
        }
    }
    let is_outside = holder.signs.iter().any(|sign| sign.meant == Meant::NoRole);
    let mut roles: Vec<&str> = names.keys().copied().chain(holder.roles_by_files()).collect();
    roles.sort_unstable();
    roles.dedup();
    let verdict = |role: &str| {
        let name = names.get(role).copied().unwrap_or_default();
        let files = holder.files_speak_for(role);
        let heading = u8::from(holder.headings.iter().any(|sign| sign.meant == Meant::Role(role.to_owned())));
        let confidence = match (holder.owner.is_individual(), name, files) {
            (false, 3, _) if holder.files_contradict(role) => Confidence::Medium,
            (false, 3, _) | (false, 2, 1..) => Confidence::High,
            (false, 2, _) | (_, 0, 2) | (true, 2.., 1..) => Confidence::Medium,
            (false, 1, _) if files + heading > 0 => Confidence::Medium,
            _ => Confidence::Low,
        };
        let confidence = if is_outside { Confidence::Low } else { confidence };
        Verdict { role: role.to_owned(), confidence, name, total: name + files + heading.min(name + files) }
    };
    let mut verdicts: Vec<Verdict> = roles.into_iter().map(verdict).filter(|verdict| verdict.total > 0).collect();
    verdicts.sort_by(|a, b| (b.name, b.total).cmp(&(a.name, a.total)).then_with(|| a.role.cmp(&b.role)));
    settle(&mut verdicts);
    verdicts
}

/// At most one role is set, or two that the name says alike.
fn settle(verdicts: &mut [Verdict]) {
    let Some((first, others)) = verdicts.split_first_mut() else { return };
    let rivals = others.iter().filter(|other| (other.name, other.total) == (first.name, first.total)).count();
    let says_both = |verdict: &Verdict| verdict.name == 3;
    let is_split = rivals > 0 && !says_both(first);
    if is_split {
        first.confidence = Confidence::Low;
    }
    for other in others {
        let is_said = says_both(first) && says_both(other);
        if is_said {
            first.confidence = first.confidence.min(Confidence::Medium);
        }
        other.confidence = if is_said { Confidence::Medium } else { Confidence::Low };
    }
}

const fn points(sign: &Sign) -> u8 {
    match sign.weight {
        Weight::Hint => 1,
        Weight::Suggestion => 2,
        Weight::Statement => 3,
    }
}

/// `named "data eng"; wins 3 data files; below "data"`
fn reason(holder: &Holder<'_>, verdict: Option<&Verdict>) -> String {
    let speaks = |sign: &&Sign| match verdict {
        Some(verdict) => sign.meant == Meant::Role(verdict.role.clone()),
        None => true,
    };
    let quoted = |signs: &[Sign]| {
        signs.iter().filter(speaks).map(|sign| format!("\"{}\"", sign.words)).collect::<Vec<_>>().join(", ")
    };
    let mut reasons = Vec::new();
    let named = quoted(&holder.signs);
    if !named.is_empty() {
        reasons.push(format!("named {named}"));
    }
    if let Some(wins) = holder.wins_told() {
        let against = verdict.is_some_and(|verdict| holder.files_contradict(&verdict.role));
        reasons.push(if against { format!("though {wins}") } else { wins });
    }
    let headings = quoted(&holder.headings);
    if !headings.is_empty() {
        reasons.push(format!("below the heading {headings}"));
    }
    if reasons.is_empty() {
        reasons.push("nothing tells".to_owned());
    }
    reasons.join("; ")
}
