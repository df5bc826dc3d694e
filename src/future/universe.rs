//! The paths that an area could have tomorrow: those of the policy, and what the kinds of today would be called beside the
//! files of today.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::catalogue::{Catalogue, Evidence, KindId};
use crate::codeowners::{Pattern, Segment, Tail};
use crate::ownership::{Item, Ownership};
use crate::policy::{AreaId, Policy};
use crate::source::Listing;

/// A set of paths of an area: what a pattern matches, less what others take.
#[derive(Clone, Debug)]
pub struct Piece {
    /// The area.
    pub area: AreaId,
    /// The paths.
    pub pattern: Pattern,
    /// What of them is not the area's after all: excluded trees, and paths that other areas claim.
    pub except: Rc<[Pattern]>,
    /// What says so.
    pub origin: PieceOrigin,
}

/// What says that paths are an area's.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PieceOrigin {
    /// The policy, by the index of the pattern in the area's `paths`.
    Policy(usize),
    /// A kind whose files are told by their path.
    Kind(KindId),
    /// A kind whose files are told by their content: a path alone decides nothing.
    Content(KindId),
}

/// Everything that could come into an area. With `anywhere`, a kind's files could turn up in every directory, and not only
/// beside those of today.
pub(super) fn pieces(
    listing: &Listing,
    policy: &Policy,
    catalogue: &Catalogue,
    ownership: &Ownership,
    anywhere: bool,
) -> Vec<Piece> {
    let excluded: Vec<Pattern> = policy.exclude.paths.iter().map(|path| path.value.pattern.clone()).collect();
    let mut pieces = of_policy(policy, &excluded);
    let defaults = if policy.exclude.defaults { catalogue.exclusions.patterns() } else { Vec::new() };
    // The policy's paths beat the catalogue, whoever they belong to.
    let claimed = policy.areas.iter().flat_map(|area| &area.paths).map(|path| path.value.pattern.clone());
    let except: Rc<[Pattern]> = excluded.into_iter().chain(defaults).chain(claimed).collect();
    let mut found: BTreeMap<(AreaId, PieceOrigin, Vec<u8>), Pattern> = BTreeMap::new();
    for item in ownership.items() {
        let (Some(area), Some(kind), Some(evidence)) = (item.area, item.kind, &item.evidence) else { continue };
        let of_item = of_item(listing, catalogue, item, kind, evidence, anywhere);
        found.extend(of_item.into_iter().map(|(origin, key, pattern)| ((area, origin, key), pattern)));
    }
    pieces.extend(found.into_iter().map(|((area, origin, _), pattern)| Piece {
        area,
        pattern,
        except: Rc::clone(&except),
        origin,
    }));
    pieces
}

/// The areas' own paths; of those that meet, the later in rank has what both match.
fn of_policy(policy: &Policy, excluded: &[Pattern]) -> Vec<Piece> {
    let ranks = &policy.area_ranks;
    let pattern = |&(area, nth): &(AreaId, usize)| &policy.area(area).paths[nth].value.pattern;
    let pieces = ranks.iter().enumerate().map(|(rank, claim)| {
        let stronger = ranks[rank + 1..].iter().filter(|(area, _)| *area != claim.0).map(pattern);
        Piece {
            area: claim.0,
            pattern: pattern(claim).clone(),
            except: excluded.iter().chain(stronger).cloned().collect(),
            origin: PieceOrigin::Policy(claim.1),
        }
    });
    pieces.collect()
}

/// What files like this one could be called, each with a key that is equal where the pattern is.
fn of_item(
    listing: &Listing,
    catalogue: &Catalogue,
    item: &Item,
    kind: KindId,
    evidence: &Evidence,
    anywhere: bool,
) -> Vec<(PieceOrigin, Vec<u8>, Pattern)> {
    let path = listing.path(item.path);
    let directory = |path: &[u8]| memchr::memrchr(b'/', path).map_or(Vec::new(), |slash| path[..slash].to_vec());
    let here = directory(path);
    let beside = |texts: &[&str], origin: PieceOrigin| {
        let named = texts.iter().filter_map(|text| {
            let pattern = named(text)?;
            let (key, pattern) = if anywhere {
                ((*text).as_bytes().to_vec(), pattern)
            } else {
                ([&here, &b"/"[..], text.as_bytes()].concat(), in_directory(&here, &pattern)?)
            };
            Some((origin.clone(), key, pattern))
        });
        named.collect()
    };
    match evidence {
        Evidence::Path(text) => beside(&[text], PieceOrigin::Kind(kind)),
        Evidence::Content(_) => {
            let fits = |text: &&str| named(text).is_some_and(|pattern| pattern.matches(path));
            // The name would have said the same: what was seen in the file only says more.
            if let Some(text) = catalogue.kind(kind).names.iter().map(String::as_str).find(fits) {
                return beside(&[text], PieceOrigin::Kind(kind));
            }
            let texts: Vec<&str> = catalogue.looks(kind).filter(fits).collect();
            beside(&texts, PieceOrigin::Content(kind))
        }
        Evidence::Below(marker) => {
            let top = directory(marker);
            let claims = catalogue.below(kind).enumerate().filter_map(|(nth, pattern)| {
                let key = [&top[..], b"/", nth.to_string().as_bytes()].concat();
                Some((PieceOrigin::Kind(kind), key, below(&top, pattern)?))
            });
            claims.collect()
        }
    }
}

/// A catalogue's pattern as what it is there: the name of a file, never of a directory.
fn named(text: &str) -> Option<Pattern> {
    let mut pattern = Pattern::github(text).ok()?;
    pattern.tail = Tail::Exact;
    Some(pattern)
}

/// The names that a pattern gives, in one directory only.
fn in_directory(directory: &[u8], pattern: &Pattern) -> Option<Pattern> {
    let mut segments = literals(directory)?;
    segments.push(pattern.segments.last()?.clone());
    Some(Pattern { segments, tail: Tail::Exact })
}

/// A pattern that starts at a directory, from the root.
fn below(directory: &[u8], pattern: &Pattern) -> Option<Pattern> {
    let mut segments = literals(directory)?;
    segments.extend(pattern.segments.iter().cloned());
    Some(Pattern { segments, tail: pattern.tail })
}

/// `None` where the directory's name is not UTF-8: no pattern can name it.
fn literals(directory: &[u8]) -> Option<Vec<Segment>> {
    let text = std::str::from_utf8(directory).ok()?;
    Some(text.split('/').filter(|name| !name.is_empty()).map(|name| Segment::Literal(name.into())).collect())
}
