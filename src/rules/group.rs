//! Which paths one finding speaks of, and the words for them.

use rustc_hash::FxHashMap;

use super::{Context, Group, wording};
use crate::codeowners::EntryId;
use crate::finding::{Cause, Paths, Place, Source, Subject, Violation};
use crate::ownership::{Item, Verdict};
use crate::policy::{AreaId, Expectation};

/// Violations about items, grouped by area and the topmost directory whose items of that area are all faulty.
pub(super) fn by_directory<'a>(
    context: &Context<'_>,
    rule: &'static str,
    items: impl Iterator<Item = &'a Item>,
) -> Vec<Violation> {
    let faulty: Vec<(usize, Option<AreaId>)> = items.map(|item| (item.path, item.area)).collect();
    if faulty.is_empty() {
        return Vec::new();
    }
    let mut counts: FxHashMap<(Option<AreaId>, &[u8]), (usize, usize)> = FxHashMap::default();
    for item in context.ownership.items() {
        for directory in directories(context.listing.path(item.path)) {
            counts.entry((item.area, directory)).or_default().0 += 1;
        }
    }
    for &(path, area) in &faulty {
        for directory in directories(context.listing.path(path)) {
            counts.entry((area, directory)).or_default().1 += 1;
        }
    }
    let topmost = |path: usize, area: Option<AreaId>| {
        let path = context.listing.path(path);
        let shared = directories(path)
            .find(|&directory| counts.get(&(area, directory)).is_some_and(|(all, faulty)| all == faulty));
        shared.or_else(|| directories(path).last()).unwrap_or_default().to_vec()
    };
    faulty
        .iter()
        .map(|&(path, area)| Violation {
            rule,
            subject: Subject::Path(context.listing.path(path).to_vec()),
            cause: Cause::Directory(area, topmost(path, area)),
        })
        .collect()
}

/// Violations about items that an entry wins, grouped by area and entry.
pub(super) fn by_entry<'a>(
    context: &Context<'_>,
    rule: &'static str,
    items: impl Iterator<Item = &'a Item>,
) -> Vec<Violation> {
    items
        .filter_map(|item| {
            let entry = context.ownership.winner(item.path)?;
            Some(Violation {
                rule,
                subject: Subject::Path(context.listing.path(item.path).to_vec()),
                cause: Cause::EntryInArea(entry, item.area?),
            })
        })
        .collect()
}

/// Violations of one of the demands beside `accountable`, of items without a gap.
pub(super) fn by_demand(
    context: &Context<'_>,
    rule: &'static str,
    is_broken: impl Fn(&Verdict) -> bool,
) -> Vec<Violation> {
    let items = context.judged_items().filter(|(_, verdict)| is_broken(verdict)).map(|(item, _)| item);
    by_entry(context, rule, items)
}

/// The directories a path is in, from the root (empty) down.
fn directories(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::once(&path[..0]).chain(memchr::memchr_iter(b'/', path).map(|slash| &path[..slash]))
}

/// What there is to say about items of one area that share a directory or an entry.
pub(super) struct Said {
    pub(super) area: Option<AreaId>,
    /// The entry that wins them all, if one does.
    pub(super) winner: Option<EntryId>,
    directory: Vec<u8>,
    paths: Paths,
    name: String,
}

impl Said {
    pub(super) fn new(context: &Context<'_>, group: &Group<'_>) -> Self {
        let paths = wording::paths(group.violations);
        let (area, directory, winner) = match group.cause {
            Cause::Directory(area, directory) => {
                let first = paths.sample.first().and_then(|path| context.listing.find(path));
                (*area, directory.clone(), first.and_then(|path| context.ownership.winner(path)))
            }
            Cause::EntryInArea(entry, area) => (Some(*area), wording::common_directory(group.violations), Some(*entry)),
            _ => (None, Vec::new(), None),
        };
        let name = area.map_or_else(|| "ML".to_owned(), |area| context.policy.area(area).name.clone());
        Self { area, winner, directory, paths, name }
    }

    /// `the serving file x`, `12 serving files below x/`.
    pub(super) fn what(&self) -> String {
        if let ([only], 1) = (self.paths.sample.as_slice(), self.paths.count) {
            return format!("the {} file `{}`", self.name, String::from_utf8_lossy(only));
        }
        let below = match self.directory.as_slice() {
            [] => String::new(),
            directory => format!(" below `{}/`", String::from_utf8_lossy(directory)),
        };
        format!("{} {} files{below}", self.paths.count, self.name)
    }

    /// What the area asks.
    pub(super) fn wanted<'c>(&self, context: &Context<'c>) -> Option<&'c Expectation> {
        context.policy.area(self.area?).ownership.as_ref()
    }

    /// The entry that decides (or the lack of one), then the policy's demand.
    pub(super) fn places(&self, context: &Context<'_>, label: &str) -> Vec<Place> {
        let mut places = vec![match self.winner.map(|winner| context.entry(winner)) {
            Some(entry) => Place::codeowners(entry.span, label),
            None => Place { source: Source::Codeowners, span: None, label: label.to_owned() },
        }];
        if let (Some(area), Some(accountable)) =
            (self.area, self.wanted(context).and_then(|wanted| wanted.accountable.as_ref()))
        {
            let who = wording::parties(context, &accountable.value, "or");
            places.push(wording::demand(context, area, accountable, &format!("{} asks for {who}", self.name)));
        }
        places
    }

    /// A line that gives the paths to whom the area asks for.
    pub(super) fn line_to_write(&self, context: &Context<'_>) -> String {
        let accountable = self.wanted(context).and_then(|wanted| wanted.accountable.as_ref());
        let owner = accountable.and_then(|parties| wording::somebody(context, &parties.value));
        let pattern = wording::pattern_for(&self.directory, &self.paths);
        let after = match self.winner {
            Some(winner) => format!(" below line {}", context.entry(winner).line),
            None => String::new(),
        };
        match (owner, accountable) {
            (Some(owner), _) => format!("write{after}:\n{}", wording::line(&pattern, &owner)),
            (None, Some(parties)) => {
                let who = wording::parties(context, &parties.value, "or");
                format!("write{after}, with those who are {who}:\n{}", wording::line(&pattern, "@your-org/your-team"))
            }
            (None, None) => format!("write{after}:\n{}", wording::line(&pattern, "@your-org/your-team")),
        }
    }

    /// The winning entry's line with another owner: the line itself where it wins nothing else, a new one otherwise.
    pub(super) fn line_with(&self, context: &Context<'_>, owners: &str) -> String {
        let Some(winner) = self.winner else { return self.line_to_write(context) };
        let entry = context.entry(winner);
        if context.usage(winner).wins == self.paths.count {
            format!("write on line {}:\n{}", entry.line, wording::line(&entry.pattern_text, owners))
        } else {
            let pattern = wording::pattern_for(&self.directory, &self.paths);
            format!("write below line {}:\n{}", entry.line, wording::line(&pattern, owners))
        }
    }
}
