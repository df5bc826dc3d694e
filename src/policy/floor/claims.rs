//! What the areas of a floor claim, and what a policy takes from them: decided for all paths that could ever exist.

use std::collections::BTreeSet;

use super::expectation::{Less, less};
use super::{Loosening, Origin, Policy};
use crate::codeowners::Pattern;
use crate::policy::exact::Exact;
use crate::policy::overlap::Decide as _;
use crate::policy::{Area, Exemption, Known, Located, PathPattern};

pub(super) struct Claims<'p> {
    own: &'p Policy,
    floor: &'p Policy,
    known: &'p Known<'p>,
    /// The paths of the floor's areas.
    claimed: Vec<Claim<'p>>,
    exact: Exact,
    loosened: Vec<Loosening>,
}

/// A path of an area of the floor.
struct Claim<'p> {
    /// Index of the area.
    area: usize,
    path: &'p Located<PathPattern>,
    prefix: Vec<&'p str>,
}

impl Claim<'_> {
    /// False where the first names of the paths differ already: most do.
    fn may_meet(&self, prefix: &[&str]) -> bool {
        self.prefix.iter().zip(prefix).all(|(a, b)| a == b)
    }
}

impl<'p> Claims<'p> {
    pub(super) fn new(own: &'p Policy, floor: &'p Policy, known: &'p Known<'p>) -> Self {
        let claim = |area, path: &'p Located<PathPattern>| {
            let prefix = path.value.pattern.literal_prefix();
            Claim { area, path, prefix }
        };
        let areas = floor.areas.iter().enumerate();
        let claimed = areas.flat_map(|(nth, area)| area.paths.iter().map(move |path| claim(nth, path))).collect();
        Self { own, floor, known, claimed, exact: Exact::new(), loosened: Vec::new() }
    }

    pub(super) fn loosened(mut self) -> Vec<Loosening> {
        let own: &'p Policy = self.own;
        for (nth, area) in own.areas.iter().enumerate() {
            for below in self.near(area) {
                self.moved(nth, area, &self.floor.areas[below]);
            }
        }
        for below in &self.floor.areas {
            if let Some(area) = self.own.areas.iter().find(|area| area.name == below.name) {
                self.shrunk(area, below);
            }
        }
        self.exempted();
        self.allowed();
        self.excluded();
        self.loosened
    }

    /// The other areas of the floor, by index, that the repository says something of in this area.
    fn near(&self, area: &Area) -> BTreeSet<usize> {
        let mut near = BTreeSet::new();
        for kind in area.artefacts.iter().filter(|kind| self.own.is_said(kind.at)) {
            near.extend(self.home(&kind.value));
        }
        for path in area.paths.iter().filter(|path| self.own.is_said(path.at)) {
            let prefix = path.value.pattern.literal_prefix();
            for claim in self.claimed.iter().filter(|claim| claim.may_meet(&prefix)) {
                if !near.contains(&claim.area)
                    && self.exact.common(&path.value.pattern, &claim.path.value.pattern).is_some()
                {
                    near.insert(claim.area);
                }
            }
        }
        near.retain(|&below| self.floor.areas[below].name != area.name);
        near
    }

    /// The paths and kinds of a floor's area that another area takes, which asks for less.
    fn moved(&mut self, nth: usize, area: &Area, below: &Area) {
        // What takes over from an area of this name says nothing less by saying nothing.
        let descends = self.descends(area, &below.name);
        let less = less(self.own, area, self.floor, below);
        let Some(less) = less.into_iter().find(|less| !descends || less.at.is_some_and(|at| self.own.is_said(at)))
        else {
            return;
        };
        for kind in area.artefacts.iter().filter(|kind| self.own.is_said(kind.at)) {
            if self.home(&kind.value).is_some_and(|home| self.floor.areas[home].name == below.name) {
                let what = format!("the kind `{}`", kind.value);
                self.take(area, below, &less, kind.at, &what);
            }
        }
        for (place, path) in area.paths.iter().enumerate().filter(|(_, path)| self.own.is_said(path.at)) {
            if let Some(witness) = self.taken(nth, place, below) {
                let what = format!("`{}`", String::from_utf8_lossy(&witness));
                self.take(area, below, &less, path.at, &what);
                // One pair of areas is one loosening.
                return;
            }
        }
    }

    fn take(&mut self, area: &Area, below: &Area, less: &Less, at: Origin, what: &str) {
        self.loosened.push(Loosening {
            key: format!("areas.{}.{what}.{}", area.name, below.name),
            message: format!(
                "area `{}` takes {what} from the floor's area `{}` and {}",
                area.name, below.name, less.how
            ),
            own: vec![(at, format!("into area `{}`", area.name))],
            floor: (less.floor, format!("the floor's area `{}`: `{}`", below.name, less.write)),
            help: format!(
                "write `is: {}` in area `{}`, which takes over what that area asks, or `{}`",
                below.name, area.name, less.write
            ),
        });
    }

    fn descends(&self, area: &Area, from: &str) -> bool {
        let parent = |area: &&'p Area| area.is.as_ref().map(|is| self.own.area(is.value));
        // No cycle: a policy that has one is none.
        std::iter::successors(self.own.areas.iter().find(|one| one.name == area.name), parent)
            .any(|area| area.name == from)
    }

    /// The area of the floor that a kind belongs to, by index.
    fn home(&self, kind: &str) -> Option<usize> {
        let claiming = self.floor.area_claiming(kind);
        let by_catalogue = || {
            let (_, home) = self.known.kinds.iter().find(|(known, _)| *known == kind)?;
            self.floor.area_named(home)
        };
        claiming.or_else(by_catalogue).map(|area| usize::from(area.0))
    }

    /// A path of the floor's area that a path of another area takes.
    fn taken(&self, nth: usize, place: usize, below: &Area) -> Option<Vec<u8>> {
        let path = &self.own.areas[nth].paths[place].value.pattern;
        let is_this = |&(area, at): &(crate::policy::AreaId, usize)| usize::from(area.0) == nth && at == place;
        let rank = self.own.area_ranks.iter().position(is_this)?;
        let stronger = self.own.area_ranks[rank + 1..].iter().filter(|(area, _)| usize::from(area.0) != nth);
        let stronger = stronger.map(|&(area, at)| &self.own.area(area).paths[at].value.pattern);
        let outside: Vec<&Pattern> =
            stronger.chain(self.own.exclude.paths.iter().map(|path| &path.value.pattern)).collect();
        let ranked = self.floor.area_ranks.iter().enumerate();
        let claims = ranked.filter(|(_, (area, _))| self.floor.area(*area).name == below.name);
        claims.into_iter().find_map(|(rank, &(area, at))| {
            let claim = &self.floor.area(area).paths[at].value.pattern;
            // Of two areas the contained one wins: who claims all around takes nothing.
            if self.exact.covers(&[path], claim) == Some(true) && self.exact.covers(&[claim], path) != Some(true) {
                return None;
            }
            let others = self.floor.area_ranks[rank + 1..].iter().filter(|(other, _)| *other != area);
            let others = others.map(|&(area, at)| &self.floor.area(area).paths[at].value.pattern);
            self.exact.shared(&[path, claim], &outside.iter().copied().chain(others).collect::<Vec<_>>())
        })
    }

    /// The paths and kinds that an area of the same name says it has, without some of the floor's.
    fn shrunk(&mut self, area: &Area, below: &Area) {
        let key = format!("areas.{}", area.name);
        let said = |key: &str| self.own.keys.value(key).filter(|&at| self.own.is_said(at));
        let null = |key: &str| self.own.keys.null(key);
        if let Some(at) = said(&format!("{key}.paths")).or(null(&format!("{key}.paths"))) {
            let all: Vec<&Pattern> =
                self.own.areas.iter().flat_map(|area| &area.paths).map(|path| &path.value.pattern).collect();
            let left =
                below.paths.iter().find_map(|path| Some((path, self.exact.left_out(&all, &path.value.pattern)?)));
            if let Some((path, witness)) = left {
                let witness = String::from_utf8_lossy(&witness).into_owned();
                self.loosened.push(Loosening {
                    key: format!("{key}.paths"),
                    message: format!("area `{}` leaves out `{witness}`, which the floor claims for it", area.name),
                    own: vec![(at, "does not hold it".to_owned())],
                    floor: (path.at, "the floor claims it".to_owned()),
                    help: format!("add \"{}\" to `paths`, or leave `paths` out", path.value.text),
                });
            }
        }
        if let Some(at) = said(&format!("{key}.artefacts")).or(null(&format!("{key}.artefacts"))) {
            let stays = |kind: &str| {
                let home = self.known.kinds.iter().find(|(known, _)| *known == kind).map(|&(_, home)| home);
                self.own.area_claiming(kind).is_some() || home == Some(area.name.as_str())
            };
            if let Some(kind) = below.artefacts.iter().find(|kind| !stays(&kind.value)) {
                self.loosened.push(Loosening {
                    key: format!("{key}.artefacts"),
                    message: format!(
                        "area `{}` leaves out the kind `{}`, which the floor claims for it",
                        area.name, kind.value
                    ),
                    own: vec![(at, "does not hold it".to_owned())],
                    floor: (kind.at, "the floor claims it".to_owned()),
                    help: format!("add `{}` to `artefacts`, or leave `artefacts` out", kind.value),
                });
            }
        }
    }

    /// A path of the floor's areas that a pattern matches and none of `left_out` does; with what claims it.
    fn touched(&self, pattern: &Pattern, left_out: &[&Pattern]) -> Option<(Vec<u8>, &'p Area, Origin)> {
        let prefix = pattern.literal_prefix();
        let near = self.claimed.iter().filter(|claim| claim.may_meet(&prefix));
        near.into_iter().find_map(|claim| {
            let witness = self.exact.shared(&[pattern, &claim.path.value.pattern], left_out)?;
            Some((witness, &self.floor.areas[claim.area], claim.path.at))
        })
    }

    fn exempted(&mut self) {
        let own: &'p Policy = self.own;
        for exemption in own.exempt.iter().filter(|exemption| own.is_said(exemption.path.at)) {
            let covers = |theirs: &&Exemption| {
                let rules = theirs.rules.is_empty()
                    || (!exemption.rules.is_empty() && exemption.rules.iter().all(|rule| theirs.rules.contains(rule)));
                let ends = |exemption: &Exemption| exemption.expires.as_ref().map(|last| last.value);
                rules && ends(theirs).is_none_or(|last| ends(exemption).is_some_and(|ours| ours <= last))
            };
            let left_out: Vec<_> =
                self.floor.exempt.iter().filter(covers).map(|theirs| &theirs.path.value.pattern).collect();
            let key = format!("exempt.{}", exemption.path.value.text);
            let what = format!("the exemption of `{}`", exemption.path.value.text);
            self.silenced(&exemption.path, &exemption.rules, &left_out, &what, &key);
        }
    }

    fn allowed(&mut self) {
        let own: &'p Policy = self.own;
        let floor: &'p Policy = self.floor;
        for (&code, setting) in &own.rules {
            let exempt = floor
                .exempt
                .iter()
                .filter(|theirs| theirs.expires.is_none() && (theirs.rules.is_empty() || theirs.rules.contains(&code)));
            let allowed = floor.rules.get(code).into_iter().flat_map(|theirs| &theirs.allow);
            let left_out: Vec<_> =
                exempt.map(|theirs| &theirs.path).chain(allowed).map(|path| &path.value.pattern).collect();
            for path in setting.allow.iter().filter(|path| own.is_said(path.at)) {
                let key = format!("rules.{code}.allow.{}", path.value.text);
                self.silenced(path, &[code], &left_out, &format!("`allow` of {code}"), &key);
            }
        }
    }

    /// Paths on which rules, all where none is named, are silent.
    fn silenced(
        &mut self,
        path: &Located<PathPattern>,
        rules: &[&'static str],
        left_out: &[&Pattern],
        what: &str,
        key: &str,
    ) {
        let pattern = &path.value.pattern;
        let of_areas = rules.is_empty() || rules.iter().any(|rule| self.floor.demands(rule, true));
        let touched = if of_areas { self.touched(pattern, left_out) } else { None };
        let named = |code: &&&'static str| {
            let asks = matches!(self.floor.rules[**code].severity, Some(Some(_)));
            // Roles are asked about in areas only.
            asks && !code.starts_with("MLO3") && (rules.is_empty() || rules.contains(*code))
        };
        let (witness, why, floor) = if let Some((witness, area, at)) = touched {
            let label = format!("the floor's area `{}`", area.name);
            (witness, format!("which the floor's area `{}` claims", area.name), (at, label))
        } else {
            let Some(&code) = self.floor.rules.keys().find(named) else { return };
            let Some(witness) = self.exact.left_out(left_out, pattern) else { return };
            let slug = self.known.slug(code);
            let Some(at) = self.floor.keys.rule(code, slug) else { return };
            let label = "the floor: no exception".to_owned();
            (witness, format!("and the floor asks for {code} {slug} everywhere"), (at, label))
        };
        self.loosened.push(Loosening {
            key: key.to_owned(),
            message: format!("{what} silences `{}`, {why}", String::from_utf8_lossy(&witness)),
            own: vec![(path.at, "silences it".to_owned())],
            floor,
            help: "narrow the pattern, or have the floor exempt it".to_owned(),
        });
    }

    fn excluded(&mut self) {
        let own: &'p Policy = self.own;
        let left_out: Vec<_> = self.floor.exclude.paths.iter().map(|path| &path.value.pattern).collect();
        let mut told = BTreeSet::new();
        for path in own.exclude.paths.iter().filter(|path| own.is_said(path.at)) {
            let Some((witness, area, at)) = self.touched(&path.value.pattern, &left_out) else { continue };
            if !told.insert(path.value.text.as_str()) {
                continue;
            }
            self.loosened.push(Loosening {
                key: format!("exclude.paths.{}", path.value.text),
                message: format!(
                    "`exclude` of `{}` leaves out `{}`, which the floor's area `{}` claims",
                    path.value.text,
                    String::from_utf8_lossy(&witness),
                    area.name
                ),
                own: vec![(path.at, "leaves it out".to_owned())],
                floor: (at, format!("the floor's area `{}`", area.name)),
                help: "narrow the pattern, or have the floor leave it out".to_owned(),
            });
        }
    }
}
