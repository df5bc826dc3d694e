//! Which paths one finding speaks of, and the words for them.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Context, Group, Told, wording};
use crate::codeowners::EntryId;
use crate::finding::{Cause, Paths, Place, Source, Subject, Violation};
use crate::ownership::{Item, Verdict};
use crate::policy::{AreaId, Expectation};

type Counts<'p> = FxHashMap<(Option<AreaId>, &'p [u8]), (usize, usize)>;

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
    // For each area and directory: its items, and the faulty ones among them.
    let mut counts: Counts<'_> = FxHashMap::default();
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
    let mut places: FxHashMap<Option<AreaId>, FxHashSet<Vec<u8>>> = FxHashMap::default();
    for &(path, area) in &faulty {
        places.entry(area).or_default().insert(topmost(path, area));
    }
    // An area that is faulty nearly everywhere is one finding: a list of its places helps nobody.
    let cause = |path: usize, area: Option<AreaId>| {
        let scattered = places.get(&area).is_some_and(|places| places.len() > MOST_PLACES);
        Cause::Directory(area, if scattered { Vec::new() } else { topmost(path, area) })
    };
    faulty
        .iter()
        .map(|&(path, area)| Violation {
            rule,
            subject: Subject::Path(context.listing.path(path).to_vec()),
            cause: cause(path, area),
        })
        .collect()
}

/// Directories of one area that get findings of their own.
const MOST_PLACES: usize = 4;

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

/// Violations of one of the demands beside `accountable`.
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
    /// Items of the area below the directory, faulty or not.
    all: usize,
    name: String,
    /// Patterns that match the group's paths and, as far as a few can, nothing else.
    patterns: Vec<String>,
}

impl Said {
    pub(super) fn new(context: &Context<'_>, group: &Group<'_>) -> Self {
        let paths = wording::paths(group.violations);
        let (area, winner) = match group.cause {
            Cause::Directory(area, _) => {
                let first = paths.sample.first().and_then(|path| context.listing.find(path));
                (*area, first.and_then(|path| context.ownership.winner(path)))
            }
            Cause::EntryInArea(entry, area) => (Some(*area), Some(*entry)),
            _ => (None, None),
        };
        let directory = wording::common_directory(group.violations);
        let below = context.listing.below(&directory);
        let items = context.ownership.items().iter();
        let all = items.filter(|item| item.area == area && below.contains(&item.path)).count();
        let name = area.map_or_else(|| "ML".to_owned(), |area| context.policy.area(area).name.clone());
        let patterns = patterns(context, group, &directory);
        Self { area, winner, directory, paths, all, name, patterns }
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
        match self.all {
            all if all > self.paths.count => format!("{} of the {all} {} files{below}", self.paths.count, self.name),
            all => format!("{all} {} files{below}", self.name),
        }
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
        let owner = self.area.and_then(|area| wording::owners_for(context, area, &[]));
        let after = match self.winner {
            Some(winner) => format!(" below line {}", context.entry(winner).line),
            None => String::new(),
        };
        let somebody = "@your-org/your-team";
        match (owner, accountable) {
            (Some(owner), _) => format!("write{after}:\n{}", self.lines(&owner)),
            (None, Some(parties)) => {
                let who = wording::parties(context, &parties.value, "or");
                format!("write{after}, with those who are {who}:\n{}", self.lines(somebody))
            }
            (None, None) => format!("write{after}:\n{}", self.lines(somebody)),
        }
    }

    /// The winning entry's line with another owner: the line itself where it wins nothing else, a new one otherwise.
    pub(super) fn line_with(&self, context: &Context<'_>, owners: &str) -> String {
        let Some(winner) = self.winner else { return self.line_to_write(context) };
        let entry = context.entry(winner);
        if context.usage(winner).wins == self.paths.count {
            format!("write on line {}:\n{}", entry.line, wording::line(&entry.pattern_text, owners))
        } else {
            format!("write below line {}:\n{}", entry.line, self.lines(owners))
        }
    }

    /// A line for each pattern.
    fn lines(&self, owners: &str) -> String {
        let mut lines: Vec<String> =
            self.patterns.iter().take(MOST_LINES).map(|pattern| wording::line(pattern, owners)).collect();
        if self.patterns.len() > MOST_LINES {
            lines.push(format!("    … and {} more", self.patterns.len() - MOST_LINES));
        }
        lines.join("\n")
    }
}

/// What differs between findings about owners who can approve alone.
pub(super) struct LoneApprovers {
    /// How they can approve: `alone`, `without ml-engineer`.
    pub(super) how: String,
    /// The policy's demand that it should not be so.
    pub(super) demand: Place,
    /// Who could stand on the line where nobody else is left.
    pub(super) instead: Option<String>,
}

/// Tells which owners of the winning entry, by index, can approve alone, and the line without them.
pub(super) fn tell_lone_approvers(
    context: &Context<'_>,
    group: &Group<'_>,
    lone: &[usize],
    words: LoneApprovers,
) -> Told {
    let said = Said::new(context, group);
    let Some(entry) = said.winner.map(|winner| context.entry(winner)) else { return Told::default() };
    let lone_owners: Vec<_> = lone.iter().map(|&index| &entry.owners[index]).collect();
    let mut places: Vec<Place> =
        lone_owners.iter().map(|owner| Place::codeowners(owner.span, "can approve alone")).collect();
    places.push(words.demand);
    let others: Vec<_> = entry
        .owners
        .iter()
        .enumerate()
        .filter(|(index, _)| !lone.contains(index))
        .map(|(_, owner)| owner.clone())
        .collect();
    let others = match others.as_slice() {
        [] => words.instead.unwrap_or_else(|| "@your-org/your-team".to_owned()),
        others => wording::owners_on_line(others),
    };
    Told {
        message: format!(
            "{} can approve {} {}",
            wording::owners_with_roles(context, lone_owners),
            said.what(),
            words.how
        ),
        places,
        paths: wording::paths(group.violations),
        help: Some(said.line_with(context, &others)),
        note: Some("two owners on a line mean either: GitHub cannot ask for both".to_owned()),
        ..Told::default()
    }
}

/// Lines that a finding proposes.
const MOST_LINES: usize = 5;

/// Patterns for a group's paths: the topmost directories that hold nothing else, or one suffix that nothing else has,
/// or the paths themselves. A pattern that took other files along would take them from their owners.
fn patterns(context: &Context<'_>, group: &Group<'_>, common: &[u8]) -> Vec<String> {
    let paths: Vec<&[u8]> = group
        .violations
        .iter()
        .filter_map(|violation| if let Subject::Path(path) = &violation.subject { Some(path.as_slice()) } else { None })
        .collect();
    if let [only] = paths.as_slice() {
        return vec![wording::pattern_of(only)];
    }
    let mut below: FxHashMap<&[u8], usize> = FxHashMap::default();
    for directory in paths.iter().flat_map(|path| directories(path)) {
        *below.entry(directory).or_default() += 1;
    }
    let mut patterns: Vec<String> = Vec::new();
    for path in &paths {
        let whole = directories(path)
            .skip(1)
            .find(|directory| below.get(directory) == Some(&context.listing.below(directory).len()));
        let pattern = match whole {
            Some(directory) => wording::pattern_of(&[directory, b"/"].concat()),
            None => wording::pattern_of(path),
        };
        if patterns.last() != Some(&pattern) {
            patterns.push(pattern);
        }
    }
    if patterns.len() > 1
        && let Some(suffix) = common_suffix(&paths)
    {
        let with_suffix = context.listing.below(common).filter(|&path| context.listing.path(path).ends_with(suffix));
        if with_suffix.count() == paths.len() {
            let directory =
                if common.is_empty() { "/".to_owned() } else { wording::pattern_of(&[common, b"/"].concat()) };
            return vec![format!("{directory}**/*{}", String::from_utf8_lossy(suffix))];
        }
    }
    patterns
}

/// The extension, with its dot, that all of the paths have.
fn common_suffix<'p>(paths: &[&'p [u8]]) -> Option<&'p [u8]> {
    let suffix = |path: &&'p [u8]| {
        let name = path.rsplit(|&byte| byte == b'/').next()?;
        let dot = name.iter().rposition(|&byte| byte == b'.').filter(|&dot| dot > 0)?;
        let suffix = &name[dot..];
        suffix[1..].iter().all(u8::is_ascii_alphanumeric).then_some(suffix)
    };
    let first = suffix(paths.first()?)?;
    paths.iter().all(|path| suffix(path) == Some(first)).then_some(first)
}
