//! The state before a change, evaluated as today's is, with today's policy.

use super::codeowners::{find_before, too_much_work};
use super::{BaselineFile, Failure, Input, InputOptions};
use crate::baseline::{BASELINE_LIMIT, Baseline};
use crate::change::{Fate, Files, GateFile, GateRole};
use crate::codeowners::Codeowners;
use crate::future::Stages;
use crate::ownership::Ownership;
use crate::parallel;
use crate::source::{self, Tree};

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
    /// `1a2b3c4 (main)`
    pub(in crate::cli) since: String,
    pub(in crate::cli) gate: Vec<GateFile>,
    pub(in crate::cli) files: Files,
}

impl Before {
    /// The stages before.
    pub(in crate::cli) fn stages<'a>(&'a self, input: &'a Input, is_ignored: &'a dyn Fn(&[u8]) -> bool) -> Stages<'a> {
        Stages {
            listing: self.tree.listing(),
            codeowners: self.codeowners.as_ref(),
            policy: &input.policy,
            catalogue: &input.catalogue,
            ownership: &self.ownership,
            is_ignored,
        }
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
    let (codeowners, others) = find_before(options, &tree, &input.policy, input.choice.dialect)?;
    let listing = tree.listing();
    let (classification, winners) = parallel::both(
        || {
            let survey = input.catalogue.survey(listing, &input.policy.exclude);
            survey.classification(input.facts.complete(options, &tree, &survey))
        },
        || Ownership::decide(listing, codeowners.as_ref()),
    );
    let winners = winners.map_err(|error| too_much_work(codeowners.as_ref(), error))?;
    let ownership = Ownership::new(winners, listing, &input.policy, &input.catalogue, classification);
    let mut files = Files::between(listing, input.tree.listing());
    let gate = gate(&tree, codeowners.as_ref(), options, input, baseline);
    // What is edited in the work tree and not staged is seen of these files only.
    files.count += gate
        .iter()
        .filter(|file| match input.tree.listing().find(file.path.as_bytes()) {
            Some(index) => files.of(index).is_none(),
            None => listing.find(file.path.as_bytes()).is_none(),
        })
        .count();
    Ok(Before { tree, codeowners, others, ownership, since, gate, files })
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
            push(&new.path, GateRole::Codeowners, (old.text != new.text).then_some(Fate::Edited));
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
    let texts = || input.policy.texts.iter().filter(|text| !text.builtin);
    for text in texts() {
        push(&text.name, GateRole::Policy, fate(before, input, &text.name, text.text.as_bytes()));
    }
    if options.policy.is_none()
        && let Ok(Some((name, _))) = source::find_policy(before, None)
        && !texts().any(|text| text.name == name)
    {
        push(&name, GateRole::Policy, Some(Fate::Removed));
    }
    if let Some(BaselineFile { path, text, baseline }) = baseline
        && let Some(fate) = fate(before, input, path, text)
    {
        let old = before.read_whole(path, BASELINE_LIMIT).ok().flatten();
        let old = old.and_then(|text| Baseline::read(&text).ok()).unwrap_or_default();
        let quiet = baseline.more_than(&old);
        gate.push(GateFile { path: path.clone(), role: GateRole::Baseline, fate, quiet });
    }
    gate
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
