//! Which paths one finding speaks of, and the words for them.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Context, Group, Told, declared, wording};
use crate::codeowners::{Entry, EntryId, Owner};
use crate::finding::{Cause, Paths, Place, Source, Subject, Violation};
use crate::ownership::{Item, OwnerAt, Verdict};
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

/// Violations about items that entries win, grouped by area and entries.
pub(super) fn by_winners<'a>(
    context: &Context<'_>,
    rule: &'static str,
    items: impl Iterator<Item = &'a Item>,
) -> Vec<Violation> {
    items
        .filter_map(|item| {
            let winners = context.ownership.winners(item.path);
            Some(Violation {
                rule,
                subject: Subject::Path(context.listing.path(item.path).to_vec()),
                cause: Cause::Winners(winners.to_vec(), item.area.filter(|_| !winners.is_empty())?),
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
    by_winners(context, rule, items)
}

/// The directories a path is in, from the root (empty) down.
fn directories(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::once(&path[..0]).chain(memchr::memchr_iter(b'/', path).map(|slash| &path[..slash]))
}

/// What there is to say about items of one area that share a directory or an entry.
pub(super) struct Said {
    pub(super) area: Option<AreaId>,
    /// The entries that win them all (or the first of them), in file order.
    pub(super) winners: Vec<EntryId>,
    directory: Vec<u8>,
    paths: Paths,
    /// Items of the area below the directory, faulty or not.
    all: usize,
    name: String,
    /// Patterns that match the group's paths and, as far as a few can, nothing else.
    patterns: Patterns,
    /// The owner that all the files declare, where that one would do.
    declared: Option<String>,
}

impl Said {
    pub(super) fn new(context: &Context<'_>, group: &Group<'_>) -> Self {
        let paths = wording::paths(group.violations);
        let (area, winners) = match group.cause {
            Cause::Directory(area, _) => {
                let first = paths.sample.first().and_then(|path| context.listing.find(path));
                (*area, first.map(|path| context.ownership.winners(path).to_vec()).unwrap_or_default())
            }
            Cause::Winners(entries, area) => (Some(*area), entries.clone()),
            Cause::Declared(entries, _) => (None, entries.clone()),
            _ => (None, Vec::new()),
        };
        let directory = wording::common_directory(group.violations);
        let below = context.listing.below(&directory);
        let items = context.ownership.items().iter();
        let all = items.filter(|item| item.area == area && below.contains(&item.path)).count();
        let name = area.map_or_else(|| "ML".to_owned(), |area| context.policy.area(area).name.clone());
        let patterns = patterns(context, group, &directory);
        let declared = declared::owner_of(context, group.violations, area);
        Self { area, winners, directory, paths, all, name, patterns, declared }
    }

    /// `the serving file x`, `12 serving files below x/`.
    pub(super) fn what(&self) -> String {
        if let ([only], 1) = (self.paths.sample.as_slice(), self.paths.count) {
            return format!("the {} file `{}`", wording::singular(&self.name), String::from_utf8_lossy(only));
        }
        let below = wording::below(&self.directory);
        match self.all {
            all if all > self.paths.count => {
                format!("{} of the {all} {} files{below}", self.paths.count, wording::singular(&self.name))
            }
            all => format!("{}{below}", self.files(all)),
        }
    }

    /// `2 serving files`
    pub(super) fn files(&self, number: usize) -> String {
        wording::count(number, &format!("{} file", wording::singular(&self.name)))
    }

    /// The entry to point at: the first whose owners have to approve, or else the last.
    pub(super) fn winner(&self, context: &Context<'_>) -> Option<EntryId> {
        let asks = |id: &&EntryId| !context.judge.asked(&[**id]).is_empty();
        self.winners.iter().find(asks).or(self.winners.last()).copied()
    }

    /// The winning entries whose owners have to approve.
    pub(super) fn asked<'c>(&self, context: &Context<'c>) -> Vec<&'c Entry> {
        context.judge.asked(&self.winners)
    }

    /// The catch-all, with its pattern.
    pub(super) fn catch_all(&self, context: &Context<'_>) -> String {
        let pattern = self.winner(context).map(|winner| format!(" `{}`", context.entry(winner).pattern_text));
        format!("the catch-all{}", pattern.unwrap_or_default())
    }

    /// `serving asks for ml-engineer`
    pub(super) fn asks(&self, context: &Context<'_>) -> Option<String> {
        let accountable = self.wanted(context)?.accountable.as_ref()?;
        let who = wording::parties(context, &accountable.value, "or");
        Some(format!("{} for {who}", wording::verb(&self.name, "ask")))
    }

    /// What the area asks.
    pub(super) fn wanted<'c>(&self, context: &Context<'c>) -> Option<&'c Expectation> {
        context.policy.area(self.area?).ownership.as_ref()
    }

    /// The entry that decides (or the lack of one), then the policy's demand.
    pub(super) fn places(&self, context: &Context<'_>, label: &str) -> Vec<Place> {
        let mut places: Vec<Place> =
            self.winners.iter().map(|&winner| Place::codeowners(context.entry(winner).span, label)).collect();
        if places.is_empty() {
            places.push(Place { source: Source::Codeowners, span: None, label: label.to_owned() });
        }
        if let (Some(area), Some(accountable), Some(asks)) =
            (self.area, self.wanted(context).and_then(|wanted| wanted.accountable.as_ref()), self.asks(context))
        {
            places.push(wording::demand(context, area, accountable, &asks));
        }
        places
    }

    /// A line that gives the paths to whom the area asks for.
    pub(super) fn line_to_write(&self, context: &Context<'_>) -> String {
        let accountable = self.wanted(context).and_then(|wanted| wanted.accountable.as_ref());
        let of_area = || self.area.and_then(|area| wording::owners_for(context, area, &[]));
        let owner = self.declared.clone().or_else(of_area);
        let winner = self.winner(context);
        // Below a line without owners that matches nothing else, another would leave it dead.
        let ownerless = winner.filter(|&winner| {
            context.entry(winner).owners.is_empty() && context.usage(winner).wins == self.paths.count
        });
        if let (Some(_), Some(owner)) = (ownerless, &owner) {
            return self.line_with(context, owner);
        }
        let after = match winner {
            Some(winner) => format!(" below line {}", context.entry(winner).line),
            None => wording::above_sections(context),
        };
        let somebody = "@your-org/your-team";
        match (owner, accountable) {
            (Some(owner), _) => format!("write{after}:\n{}", self.lines(&owner)),
            (None, Some(parties)) => {
                let who = wording::parties(context, &parties.value, "or");
                format!("write{after}, with your {who} for {somebody}:\n{}", self.lines(somebody))
            }
            (None, None) => format!("write{after}:\n{}", self.lines(somebody)),
        }
    }

    /// The winning entry's line with another owner: the line itself where it wins nothing else, a new one otherwise.
    pub(super) fn line_with(&self, context: &Context<'_>, owners: &str) -> String {
        let Some(winner) = self.winner(context) else { return self.line_to_write(context) };
        let entry = context.entry(winner);
        if context.usage(winner).wins == self.paths.count {
            format!("write on line {}:\n{}", entry.line, wording::line(&entry.pattern_text, owners))
        } else {
            format!("write below line {}:\n{}", entry.line, self.lines(owners))
        }
    }

    /// A line for each pattern.
    pub(super) fn lines(&self, owners: &str) -> String {
        let Patterns { shown, more } = &self.patterns;
        let mut lines: Vec<String> = shown.iter().map(|pattern| wording::line(pattern, owners)).collect();
        if *more > 0 {
            lines.push(format!("    … and {more} more"));
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

/// Tells which owners of the winning entries can approve alone (or together, where several groups must), and the line
/// without them.
pub(super) fn tell_lone_approvers(
    context: &Context<'_>,
    group: &Group<'_>,
    lone: &[OwnerAt],
    words: LoneApprovers,
) -> Told {
    let said = Said::new(context, group);
    let Some(first) = lone.first() else { return Told::default() };
    let entry = context.entry(first.entry);
    let lone_owners: Vec<&Owner> = lone.iter().map(|at| &context.entry(at.entry).owners[at.index]).collect();
    let together = lone.iter().any(|at| at.entry != first.entry);
    let label = if together { "can approve with the others" } else { "can approve alone" };
    let mut places: Vec<Place> = lone_owners.iter().map(|owner| Place::codeowners(owner.span, label)).collect();
    places.push(words.demand);
    let here: FxHashSet<usize> = lone.iter().filter(|at| at.entry == first.entry).map(|at| at.index).collect();
    let others = entry.owners.iter().enumerate().filter(|(index, _)| !here.contains(index));
    let others: Vec<_> = others.map(|(_, owner)| owner.clone()).collect();
    let others = match others.as_slice() {
        [] => words.instead.unwrap_or_else(|| "@your-org/your-team".to_owned()),
        others => wording::owners_on_line(others),
    };
    Told {
        message: format!(
            "{} can {}approve {} {}",
            wording::owners_with_roles(context, lone_owners),
            if together { "together " } else { "" },
            said.what(),
            words.how
        ),
        places,
        paths: wording::paths(group.violations),
        help: Some(said.line_with(context, &others)),
        note: Some(wording::either(context)),
        ..Told::default()
    }
}

/// Lines that a finding proposes.
const MOST_LINES: usize = 5;

/// Patterns for a group's paths: the topmost directories that hold nothing else, or one suffix that nothing else has,
/// or the paths themselves. A pattern that took other files along would take them from their owners.
fn patterns(context: &Context<'_>, group: &Group<'_>, common: &[u8]) -> Patterns {
    let paths: Vec<&[u8]> = group
        .violations
        .iter()
        .filter_map(|violation| if let Subject::Path(path) = &violation.subject { Some(path.as_slice()) } else { None })
        .collect();
    if let [only] = paths.as_slice() {
        return Patterns { shown: vec![wording::pattern_of(context.host, only)], more: 0 };
    }
    let mut below: FxHashMap<&[u8], usize> = FxHashMap::default();
    for directory in paths.iter().flat_map(|path| directories(path)) {
        *below.entry(directory).or_default() += 1;
    }
    // Paths, and directories that hold nothing else. (Only a few of them will be written out.)
    let mut named: Vec<(&[u8], bool)> = Vec::new();
    // Whether all that is below a directory belongs to the group: asked once for each.
    let mut is_whole: FxHashMap<&[u8], bool> = FxHashMap::default();
    for path in &paths {
        let whole = directories(path).skip(1).find(|&directory| {
            *is_whole
                .entry(directory)
                .or_insert_with(|| below.get(directory) == Some(&context.listing.below(directory).len()))
        });
        let name = whole.map_or((*path, false), |directory| (directory, true));
        if named.last() != Some(&name) {
            named.push(name);
        }
    }
    if named.len() > 1
        && let Some(suffix) = common_suffix(&paths)
    {
        let with_suffix = context.listing.below(common).filter(|&path| context.listing.path(path).ends_with(suffix));
        if with_suffix.count() == paths.len() {
            return Patterns { shown: vec![wording::pattern_of_suffix(context.host, common, suffix)], more: 0 };
        }
    }
    let pattern = |&(path, is_directory): &(&[u8], bool)| {
        let end: &[u8] = if is_directory { b"/" } else { b"" };
        wording::pattern_of(context.host, &[path, end].concat())
    };
    Patterns {
        shown: named.iter().take(MOST_LINES).map(pattern).collect(),
        more: named.len().saturating_sub(MOST_LINES),
    }
}

/// The first of the patterns that a finding proposes.
struct Patterns {
    shown: Vec<String>,
    /// How many there are besides.
    more: usize,
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
