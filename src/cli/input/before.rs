//! The state before a change, evaluated as today's is, with today's policy.

use std::collections::BTreeSet;

use super::codeowners::{find_before, refuse_new_host, too_much_work};
use super::{BaselineFile, Failure, Input, InputOptions};
use crate::baseline::{BASELINE_LIMIT, Baseline};
use crate::catalogue::Catalogue;
use crate::change::{Fate, Files, GateFile, GateRole, Touched};
use crate::codeowners::Codeowners;
use crate::declared::DeclaredOwners;
use crate::future::Stages;
use crate::ownership::{Details, Ownership};
use crate::parallel;
use crate::policy::{Exclude, Policy};
use crate::source::{self, FileKind, Listing, POLICY_LIMIT, Tree};
use crate::stored::StoredModel;

/// Where a change starts.
#[derive(Clone, Copy, Debug)]
pub(in crate::cli) enum Since<'a> {
    /// Where the branch left this one.
    MergeBase(&'a str),
    /// At the last commit.
    Head,
}

/// The state before a change, and what the change did to the files.
pub(in crate::cli) struct Before {
    pub(in crate::cli) tree: Tree,
    pub(in crate::cli) codeowners: Option<Codeowners>,
    pub(in crate::cli) others: Vec<String>,
    ownership: Ownership,
    /// Who owned what by the areas of each floor.
    floors: Vec<Ownership>,
    /// `1a2b3c4 (main)`
    pub(in crate::cli) since: String,
    pub(in crate::cli) gate: Vec<GateFile>,
    pub(in crate::cli) files: Files,
}

impl Before {
    /// The stages before; `stages` are those of today.
    pub(in crate::cli) fn stages<'a>(&'a self, stages: Stages<'a>) -> Stages<'a> {
        Stages {
            listing: self.tree.listing(),
            codeowners: self.codeowners.as_ref(),
            ownership: &self.ownership,
            ..stages
        }
    }

    /// The stages before, by a floor.
    pub(in crate::cli) fn stages_of_floor<'a>(&'a self, nth: usize, stages: Stages<'a>) -> Stages<'a> {
        Stages { ownership: self.floors.get(nth).unwrap_or(&self.ownership), ..self.stages(stages) }
    }
}

/// Reads the state before.
pub(in crate::cli) fn before(
    since: Since<'_>,
    options: &InputOptions,
    input: &Input,
    baseline: Option<&BaselineFile>,
) -> Result<Before, Failure> {
    let (commit, name) = match since {
        Since::MergeBase(rev) => (Some(input.tree.merge_base(rev, options.rev.as_deref())?), rev),
        Since::Head => (input.tree.head_commit()?, "HEAD"),
    };
    let tree = input.tree.at(commit.as_deref())?;
    let since = match &commit {
        Some(id) => format!("{} ({name})", &id[..id.len().min(7)]),
        None => "the beginning (there is no commit yet)".to_owned(),
    };
    refuse_new_host(options, &input.choice, &tree, &input.policy)?;
    let (codeowners, others) = find_before(options, &tree, &input.policy, input.choice.dialect)?;
    let listing = tree.listing();
    let classified = |catalogue: &Catalogue, exclude: &Exclude| {
        let survey = catalogue.survey(listing, exclude);
        survey.classification(input.facts.complete(options, &tree, &survey))
    };
    let (classification, winners) = parallel::both(
        || classified(&input.catalogue, &input.policy.exclude),
        || Ownership::decide(listing, codeowners.as_ref()),
    );
    let winners = winners.map_err(|error| too_much_work(codeowners.as_ref(), error))?;
    let mut files = Files::between(listing, input.tree.listing());
    let details = details(listing, input, &files);
    let owned_by = |policy: &Policy, catalogue: &Catalogue, classification| {
        let mut ownership = Ownership::new(winners.clone(), listing, policy, catalogue, classification);
        ownership.set_details(details.clone());
        ownership
    };
    let floors = input.floors.iter().map(|floor| {
        let same = floor.catalogue.is_none() && floor.policy.exclude == input.policy.exclude;
        let kinds = floor.catalogue.as_ref().unwrap_or(&input.catalogue);
        let classification = if same { classification.clone() } else { classified(kinds, &floor.policy.exclude) };
        owned_by(&floor.policy, kinds, classification)
    });
    let floors: Vec<Ownership> = floors.collect();
    let ownership = owned_by(&input.policy, &input.catalogue, classification);
    let gate = gate(&tree, codeowners.as_ref(), options, input, baseline);
    // What is edited in the work tree and not staged is seen of these files only.
    files.count += gate
        .iter()
        .filter(|file| match input.tree.listing().find(file.path.as_bytes()) {
            Some(index) => files.of(index).is_none(),
            None => listing.find(file.path.as_bytes()).is_none(),
        })
        .count();
    Ok(Before { tree, codeowners, others, ownership, floors, since, gate, files })
}

/// What the change touches of the files that decide what is checked and who is asked.
fn gate(
    before: &Tree,
    codeowners: Option<&Codeowners>,
    options: &InputOptions,
    input: &Input,
    baseline: Option<&BaselineFile>,
) -> Vec<GateFile> {
    let mut gate = Vec::new();
    let mut push = |path: &str, role, fate: Option<Fate>| {
        gate.extend(fate.map(|fate| GateFile { path: path.to_owned(), role, fate, quiet: 0 }));
    };
    match (codeowners, &input.codeowners) {
        (Some(old), Some(new)) if old.path == new.path => {
            // A link in its place, or in its folder's, may say the same here and nothing to the host.
            let is_other = old.text != new.text || kind(before, &old.path) != kind(&input.tree, &new.path);
            push(&new.path, GateRole::Codeowners, is_other.then_some(Fate::Edited));
        }
        (old, new) => {
            // Where the file moved, the host reads the new one in place of the old.
            for (file, fate) in [(old, Fate::Removed), (new.as_ref(), Fate::Added)] {
                if let Some(file) = file {
                    push(&file.path, GateRole::Codeowners, Some(fate));
                }
            }
        }
    }
    // What a change says in its own policy is seen even where another commit's policy holds.
    let mut policies: BTreeSet<String> = own(&input.policy).collect();
    if options.policy.is_none() {
        let found = [before, &input.tree].into_iter().filter_map(|tree| source::find_policy(tree, None).ok().flatten());
        policies.extend(found.map(|(name, _)| name));
    }
    let floors: BTreeSet<String> = input.floors.iter().flat_map(|floor| own(&floor.policy)).collect();
    for name in policies.iter().filter(|name| !floors.contains(*name)) {
        push(name, GateRole::Policy, fate_of_policy(before, input, name));
    }
    for name in &floors {
        push(name, GateRole::Floor, fate_of_policy(before, input, name));
    }
    if let Some(BaselineFile { path, text, .. }) = baseline {
        // Where another commit's counts, what the change makes of it is told all the same.
        let of_change = options.policy_from.as_ref().and_then(|_| input.tree.read_whole(path, BASELINE_LIMIT).ok()?);
        let text = of_change.as_deref().unwrap_or(text);
        if let Some(fate) = fate(before, input, path, text) {
            let read = |text: Option<Vec<u8>>| text.and_then(|text| Baseline::read(&text).ok()).unwrap_or_default();
            let old = read(before.read_whole(path, BASELINE_LIMIT).ok().flatten());
            let quiet = read(Some(text.to_vec())).more_than(&old);
            gate.push(GateFile { path: path.clone(), role: GateRole::Baseline, fate, quiet });
        }
    }
    gate
}

/// What stands at a path, where git knows it by that path.
fn kind(tree: &Tree, path: &str) -> Option<FileKind> {
    tree.listing().find(path.as_bytes()).map(|index| tree.listing().kind(index))
}

/// What the change does to a file of the repository; `None` where it does nothing, or the file is none of its.
fn fate(before: &Tree, input: &Input, path: &str, text: &[u8]) -> Option<Fate> {
    let is_tracked = input.tree.listing().find(path.as_bytes()).is_some();
    let was = before.listing().find(path.as_bytes()).is_some();
    match (was, is_tracked) {
        (false, false) => None,
        (false, true) => Some(Fate::Added),
        // What cannot be read is reported rather than passed over.
        (true, _) => {
            let same = before.read_whole(path, text.len()).is_ok_and(|bytes| bytes.as_deref() == Some(text));
            (!same).then_some(Fate::Edited)
        }
    }
}

/// The files that a policy is written in.
fn own(policy: &Policy) -> impl Iterator<Item = String> {
    policy.texts.iter().filter(|text| !text.builtin).map(|text| text.name.clone())
}

/// What the change does to a policy or a floor.
fn fate_of_policy(before: &Tree, input: &Input, path: &str) -> Option<Fate> {
    let read = |tree: &Tree| tree.read_whole(path, POLICY_LIMIT).ok();
    match (read(before), read(&input.tree)) {
        (Some(None), Some(None)) => None,
        (Some(None), _) => Some(Fate::Added),
        (_, Some(None)) => Some(Fate::Removed),
        // What cannot be read is reported rather than passed over.
        (was, is) => (was.is_none() || was != is).then_some(Fate::Edited),
    }
}

/// What the files said of themselves before, where they are as they were: whatever is told of others is news.
fn details(before: &Listing, input: &Input, files: &Files) -> Details {
    let today = input.tree.listing();
    let place_before = |path: usize| match files.of(path) {
        None => before.find(today.path(path)),
        Some(Touched::Moved(was)) => Some(was),
        Some(Touched::Added | Touched::Edited) => None,
    };
    let Details { declared, stored } = input.ownership.details();
    let declared = declared.iter().filter_map(|at| Some(DeclaredOwners { path: place_before(at.path)?, ..at.clone() }));
    let stored = stored.iter().filter_map(|at| Some(StoredModel { path: place_before(at.path)?, ..at.clone() }));
    let mut details = Details { declared: declared.collect(), stored: stored.collect() };
    details.declared.sort_by_key(|at| at.path);
    details.stored.sort_by_key(|at| at.path);
    details
}
