//! Paths that several areas claim: the contained pattern wins, and where none contains the other, the policy is wrong.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

use rustc_hash::FxHashMap;

use super::error::{Errors, PolicyError};
use super::{Area, AreaId, Expectation, Located, Origin, Party};
use crate::codeowners::Pattern;

/// Answers about all paths that could ever exist.
pub(super) trait Decide {
    /// Whether `outer` together match every path that `inner` matches; `None` where that was not decided.
    fn covers(&self, outer: &[&Pattern], inner: &Pattern) -> Option<bool>;
    /// A path that both match; `None` where there is none or none was found.
    fn common(&self, a: &Pattern, b: &Pattern) -> Option<Vec<u8>>;
}

/// Every pair of patterns is looked at, so there is an end to how many there may be.
const MOST: usize = 2000;

/// A path of an area.
struct Claim<'a> {
    id: AreaId,
    nth: usize,
    area: &'a Area,
    pattern: &'a Pattern,
    at: Origin,
    prefix: Vec<&'a str>,
}

impl<'a> Claim<'a> {
    /// All patterns of the area.
    fn all(&self) -> Vec<&'a Pattern> {
        self.area.paths.iter().map(|path| &path.value.pattern).collect()
    }
}

/// How two claims stand to each other where they meet.
enum Relation {
    /// The first is contained: it wins.
    First,
    /// The second is contained.
    Second,
    /// Both match the same paths.
    Coincide,
    /// Each matches paths that the other does not.
    Cross,
    NotDecided,
}

/// Orders the paths of all areas, as (area, index among its paths), so that of those that match, the last decides the
/// area. Areas that cross or coincide and ask for different owners are errors.
pub(super) fn ranks(areas: &[Area], decide: &dyn Decide, errors: &mut Errors) -> Vec<(AreaId, usize)> {
    let claims = claims(areas);
    if let Some(claim) = claims.get(MOST) {
        errors.push(
            PolicyError::new(claim.at, format!("the areas have more than {MOST} paths"))
                .label("too many before this one")
                .help("Join some with `*` or with a directory.".to_owned()),
        );
        return Vec::new();
    }
    // Edges lead from the weaker to the stronger claim.
    let mut stronger: Vec<Vec<usize>> = vec![Vec::new(); claims.len()];
    let mut told = BTreeSet::new();
    let mut contained = Contained::default();
    for (i, a) in claims.iter().enumerate() {
        for (j, b) in claims.iter().enumerate().skip(i + 1).filter(|(_, b)| b.id != a.id) {
            if a.prefix.iter().zip(&b.prefix).any(|(a, b)| a != b) {
                continue;
            }
            let Some(path) = decide.common(a.pattern, b.pattern) else { continue };
            match relation((i, a), (j, b), decide, &mut contained) {
                Relation::First => stronger[j].push(i),
                Relation::Second => stronger[i].push(j),
                Relation::Coincide | Relation::Cross if ask_the_same(a.area, b.area) => {}
                Relation::Coincide => tell(a, b, &path, "match the same paths", &mut told, errors),
                Relation::Cross => tell(a, b, &path, "neither contains the other", &mut told, errors),
                Relation::NotDecided => {}
            }
        }
    }
    let (order, cycle) = order(&stronger);
    if let Some((a, b)) = cycle
        && let Some(path) = decide.common(claims[a].pattern, claims[b].pattern)
    {
        tell(&claims[a], &claims[b], &path, "several areas contain parts of each other", &mut told, errors);
    }
    order.into_iter().map(|at| (claims[at].id, claims[at].nth)).collect()
}

fn claims(areas: &[Area]) -> Vec<Claim<'_>> {
    let mut claims = Vec::new();
    for (id, area) in (0..u16::MAX).zip(areas) {
        claims.extend(area.paths.iter().enumerate().map(|(nth, path)| Claim {
            id: AreaId(id),
            nth,
            area,
            pattern: &path.value.pattern,
            at: path.at,
            prefix: path.value.pattern.literal_prefix(),
        }));
    }
    claims
}

/// Whether a claim, by its index, is contained in all patterns of an area together: asked once for each.
type Contained = FxHashMap<(usize, AreaId), Option<bool>>;

fn relation(
    (i, a): (usize, &Claim<'_>),
    (j, b): (usize, &Claim<'_>),
    decide: &dyn Decide,
    contained: &mut Contained,
) -> Relation {
    let one = (decide.covers(&[b.pattern], a.pattern), decide.covers(&[a.pattern], b.pattern));
    match one {
        (Some(true), Some(true)) => return Relation::Coincide,
        (Some(true), _) => return Relation::First,
        (_, Some(true)) => return Relation::Second,
        _ => {}
    }
    // No single pattern contains the other; all patterns of an area together may.
    let a_in_b = *contained.entry((i, b.id)).or_insert_with(|| decide.covers(&b.all(), a.pattern));
    let b_in_a = *contained.entry((j, a.id)).or_insert_with(|| decide.covers(&a.all(), b.pattern));
    match (a_in_b, b_in_a) {
        (Some(true), Some(true)) => Relation::Coincide,
        (Some(true), _) => Relation::First,
        (_, Some(true)) => Relation::Second,
        (Some(false), Some(false)) => Relation::Cross,
        _ => Relation::NotDecided,
    }
}

fn tell(
    a: &Claim<'_>,
    b: &Claim<'_>,
    path: &[u8],
    why: &str,
    told: &mut BTreeSet<(AreaId, AreaId)>,
    errors: &mut Errors,
) {
    // One error for each pair of areas: the next pair of patterns says nothing new.
    if !told.insert((a.id.min(b.id), a.id.max(b.id))) {
        return;
    }
    let (first, second) = if a.at <= b.at { (a, b) } else { (b, a) };
    let path = String::from_utf8_lossy(path);
    errors.push(
        PolicyError::new(
            second.at,
            format!(
                "areas `{}` and `{}` both claim `{path}` and ask different owners for it",
                first.area.name, second.area.name
            ),
        )
        .label(format!("area `{}`: {why}", second.area.name))
        .help(format!(
            "Let one pattern be contained in the other, and it wins; or let both ask the same with `is: {}`.",
            first.area.name
        ))
        .related(first.at, format!("area `{}`", first.area.name)),
    );
}

/// A topological order, least index first; and an edge of a cycle, if there is one.
fn order(stronger: &[Vec<usize>]) -> (Vec<usize>, Option<(usize, usize)>) {
    let mut weaker = vec![0_usize; stronger.len()];
    for &to in stronger.iter().flatten() {
        weaker[to] += 1;
    }
    let mut ready: BinaryHeap<Reverse<usize>> =
        (0..stronger.len()).filter(|&at| weaker[at] == 0).map(Reverse).collect();
    let mut order = Vec::with_capacity(stronger.len());
    while let Some(Reverse(at)) = ready.pop() {
        order.push(at);
        for &to in &stronger[at] {
            weaker[to] -= 1;
            if weaker[to] == 0 {
                ready.push(Reverse(to));
            }
        }
    }
    let left: Vec<usize> = (0..stronger.len()).filter(|&at| weaker[at] > 0).collect();
    let edge = left.iter().find_map(|&at| Some((at, *stronger[at].iter().find(|&&to| weaker[to] > 0)?)));
    order.extend(left);
    (order, edge)
}

/// True where it makes no difference which of the two areas a path is in.
fn ask_the_same(a: &Area, b: &Area) -> bool {
    let same = match (&a.ownership, &b.ownership) {
        (None, None) => true,
        (Some(a), Some(b)) => expect_the_same(a, b),
        _ => false,
    };
    same && a.severity == b.severity && a.only_where_staffed == b.only_where_staffed
}

fn expect_the_same(a: &Expectation, b: &Expectation) -> bool {
    fn parties(a: Option<&Located<Vec<Located<Party>>>>, b: Option<&Located<Vec<Located<Party>>>>) -> bool {
        let set = |parties: Option<&Located<Vec<Located<Party>>>>| {
            parties.map(|parties| {
                parties.value.iter().map(|party| party.value.clone()).collect::<rustc_hash::FxHashSet<_>>()
            })
        };
        set(a) == set(b)
    }
    fn value<T: PartialEq>(a: Option<&Located<T>>, b: Option<&Located<T>>) -> bool {
        a.map(|a| &a.value) == b.map(|b| &b.value)
    }
    parties(a.accountable.as_ref(), b.accountable.as_ref())
        && parties(a.consulted.as_ref(), b.consulted.as_ref())
        && parties(a.approvers.as_ref(), b.approvers.as_ref())
        && parties(a.never_alone.as_ref(), b.never_alone.as_ref())
        && value(a.min_owners.as_ref(), b.min_owners.as_ref())
        && value(a.teams_only.as_ref(), b.teams_only.as_ref())
        && value(a.specific.as_ref(), b.specific.as_ref())
}

#[cfg(test)]
mod tests;
