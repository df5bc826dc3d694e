//! What is read of the files beyond their kind: the owners that they declare, and how git stores models.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::{HEAD, Input, InputOptions, cache};
use crate::catalogue::Exclusion;
use crate::declared::{Declarations, DeclaredOwners};
use crate::ownership::{Details, Item};
use crate::rules;
use crate::source::{Fact, Question};
use crate::stored::{self, Formats, LARGE, StoredModel};

/// Reads what the rules that are on ask for, and counts what could not be read.
pub(in crate::cli) fn read_details(options: &InputOptions, input: &mut Input) {
    let is_on = |code| {
        let floors = input.floors.iter().map(|floor| &floor.policy);
        std::iter::once(&input.policy).chain(floors).any(|policy| rules::is_on(policy, code))
    };
    let mut unread = Unread::default();
    let items = items_in_tree(input);
    let mut details = Details {
        declared: if is_on("MLO310") { declared(options, input, &items, &mut unread) } else { Vec::new() },
        stored: if is_on("MLO401") { stored(options, input, &items, &mut unread) } else { Vec::new() },
    };
    if !std::ptr::eq(input.listing(), input.tree.listing()) {
        let place = |path: &mut usize| {
            *path = input.listing().find(input.tree.listing().path(*path)).unwrap_or(*path);
        };
        details.declared.iter_mut().for_each(|file| place(&mut file.path));
        details.stored.iter_mut().for_each(|model| place(&mut model.path));
    }
    for floor in &mut input.floors {
        floor.ownership.set_details(details.clone());
    }
    input.ownership.set_details(details);
    for (reason, count) in unread {
        match input.not_checked.iter_mut().find(|(known, _)| known == reason) {
            Some((_, known)) => *known += count,
            None => input.not_checked.push((reason.to_owned(), count)),
        }
    }
}

/// The items by the numbers of the tree's own paths: those that are only asked about have no content.
fn items_in_tree(input: &Input) -> Cow<'_, [Item]> {
    let (items, all, tree) = (input.ownership.items(), input.listing(), input.tree.listing());
    if std::ptr::eq(all, tree) {
        return Cow::Borrowed(items);
    }
    let in_tree = |item: &Item| Some(Item { path: tree.find(all.path(item.path))?, ..item.clone() });
    Cow::Owned(items.iter().filter_map(in_tree).collect())
}

/// How many files could not be read, by reason.
type Unread = BTreeMap<&'static str, usize>;

fn declared(options: &InputOptions, input: &Input, items: &[Item], unread: &mut Unread) -> Vec<DeclaredOwners> {
    let listing = input.tree.listing();
    let exclusion = Exclusion::new(&input.catalogue, listing, &input.policy.exclude);
    let declarations = Declarations::embedded();
    let questions = declarations.questions(listing, items, &input.catalogue, &exclusion);
    let facts = input.tree.facts(&questions, HEAD, &declarations, &cache(options));
    // What is no artefact was counted when nobody could tell what it is.
    let of_items = questions
        .iter()
        .zip(&facts)
        .filter(|(question, _)| items.binary_search_by_key(&question.path, |item| item.path).is_ok());
    count_unread(of_items.map(|(_, fact)| fact), unread);
    declarations.read(&questions, &facts)
}

fn stored(options: &InputOptions, input: &Input, items: &[Item], unread: &mut Unread) -> Vec<StoredModel> {
    let tree = &input.tree;
    let candidates = stored::candidates(tree.listing(), items, &input.catalogue);
    if candidates.is_empty() {
        return Vec::new();
    }
    if input.is_bare_list {
        *unread.entry("paths of a bare listing").or_default() += candidates.len();
        return Vec::new();
    }
    let sizes = tree.blob_sizes(&candidates);
    let lacking = candidates.iter().zip(&sizes).filter(|(path, size)| {
        // What git has no id for is not stored in it.
        size.is_none() && tree.listing().object_id(**path).is_some()
    });
    let lacking = lacking.count();
    if lacking > 0 {
        *unread.entry("files missing from a partial clone").or_default() += lacking;
    }
    let questions = stored::questions(tree.listing(), &candidates, &sizes);
    let facts = tree.facts(&questions, HEAD, &Formats, &cache(options));
    count_unread(&facts, unread);
    let format = |(question, fact): (&Question, &Fact)| Some((question.path, Formats::of(fact.as_ref().ok()?)?));
    let models: Vec<(usize, &'static str)> = questions.iter().zip(&facts).filter_map(format).collect();
    let paths: Vec<usize> = models.iter().map(|(path, _)| *path).collect();
    let given = tree.are_given_to_lfs(&paths);
    let size = |path| candidates.binary_search(&path).ok().and_then(|at| sizes[at]).unwrap_or(LARGE);
    let stored = |((path, format), is_given_to_lfs)| StoredModel { path, size: size(path), format, is_given_to_lfs };
    models.into_iter().zip(given).map(stored).collect()
}

fn count_unread<'f>(facts: impl IntoIterator<Item = &'f Fact>, unread: &mut Unread) {
    for reason in facts.into_iter().filter_map(|fact| fact.as_ref().err()) {
        *unread.entry(reason).or_default() += 1;
    }
}
