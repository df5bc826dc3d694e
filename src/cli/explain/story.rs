//! What there is to say of one path, from the stages and the findings of `check`.

use bstr::ByteSlice as _;
use rustc_hash::FxHashSet;
use serde::Serialize;

use super::demands::{self, Demanded};
use crate::catalogue::Content;
use crate::cli::input::Input;
use crate::codeowners::{Codeowners, Entry, EntryId};
use crate::finding::{Finding, Subject};
use crate::ownership::Item;
use crate::policy::{Exclude, Located, Origin, PathPattern};
use crate::render::path_bytes;
use crate::rules::{self, Context, Filters};
use crate::source::Head;

/// One path's story. May hold untrusted text.
#[derive(Debug, Serialize)]
pub(super) struct Story {
    pub(super) path: String,
    /// The path's bytes in hexadecimal, where it is not UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) path_bytes: Option<String>,
    /// The bytes themselves, for people.
    #[serde(skip)]
    pub(super) raw: Vec<u8>,
    /// False for a path that would be one if it were added.
    pub(super) exists: bool,
    pub(super) artefact: Option<Artefact>,
    pub(super) excluded: Option<Excluded>,
    pub(super) area: Option<AreaStory>,
    pub(super) codeowners: Option<File>,
    /// The entries that match, those that decide first, then the later ones before the earlier ones.
    pub(super) entries: Vec<EntryStory>,
    pub(super) owners: Vec<OwnerStory>,
    /// What the area asks, and whether it is so.
    pub(super) asked: Vec<Demanded>,
    pub(super) findings: Vec<Said>,
}

#[derive(Debug, Serialize)]
pub(super) struct Artefact {
    pub(super) kind: String,
    pub(super) title: String,
    pub(super) url: String,
    pub(super) evidence: String,
}

/// Why the catalogue does not look at the path.
#[derive(Debug, Serialize)]
pub(super) struct Excluded {
    pub(super) pattern: String,
    pub(super) because: String,
    /// What it would be otherwise.
    pub(super) would_be: Option<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct AreaStory {
    pub(super) name: String,
    /// Why the path is in it.
    pub(super) through: String,
    /// Where its expectation comes from, where that is another area's.
    pub(super) inherits: Option<String>,
    /// Why it asks what it asks.
    pub(super) because: Option<String>,
    /// Why it asks nothing.
    pub(super) asks_nothing: Option<String>,
}

/// The CODEOWNERS file, and what its host makes of several entries.
#[derive(Debug, Serialize)]
pub(super) struct File {
    pub(super) path: String,
    pub(super) host: String,
    pub(super) reading: &'static str,
}

#[derive(Debug, Serialize)]
pub(super) struct EntryStory {
    pub(super) line: usize,
    pub(super) pattern: String,
    pub(super) owners: Vec<String>,
    pub(super) section: Option<String>,
    /// What becomes of it: `wins`, `loses to line 7`.
    pub(super) outcome: String,
}

#[derive(Debug, Serialize)]
pub(super) struct OwnerStory {
    pub(super) owner: String,
    pub(super) roles: Vec<String>,
    /// Roles that those stand in for.
    pub(super) covers: Vec<String>,
    /// The policy says that the owner holds no role.
    pub(super) no_role: bool,
}

/// A finding of `check` that concerns the path.
#[derive(Debug, Serialize)]
pub(super) struct Said {
    pub(super) rule: &'static str,
    pub(super) slug: &'static str,
    pub(super) severity: &'static str,
    pub(super) message: String,
    pub(super) help: Option<String>,
    /// What silences it for this path.
    pub(super) silenced: Option<String>,
}

/// Tells paths: what they share is made ready once.
pub(super) struct Teller<'a> {
    pub(super) input: &'a Input,
    pub(super) context: Context<'a>,
    findings: Vec<Finding>,
    /// What would be found if nothing were silenced.
    unsilenced: Vec<Finding>,
    today: jiff::civil::Date,
}

impl<'a> Teller<'a> {
    pub(super) fn new(input: &'a Input, is_ignored: &'a dyn Fn(&[u8]) -> bool, today: jiff::civil::Date) -> Self {
        let stages = input.stages(is_ignored);
        let context = Context::new(stages, input.choice.dialect, &input.others);
        let floors: Vec<Context<'_>> = input
            .floors
            .iter()
            .map(|floor| Context::new(floor.stages(stages), input.choice.dialect, &input.others))
            .collect();
        let judged = |shows_all: bool| {
            let filters = Filters { today, in_scope: &|_| true, shows_all, heeds_comments: true, baseline: None };
            rules::judge_with_floors(&context, &floors, &filters)
        };
        let told = judged(false);
        let unsilenced = if told.exempt + told.ignored > 0 { judged(true).findings } else { Vec::new() };
        let findings = told.findings;
        Self { input, context, findings, unsilenced, today }
    }

    /// The story of a path of the input's listing.
    pub(super) fn story(&self, path: &[u8]) -> Option<Story> {
        let index = self.context.listing.find(path)?;
        let item = self.context.ownership.item(index);
        let winners = self.context.ownership.winners(index);
        Some(Story {
            path: path.to_str_lossy().into_owned(),
            path_bytes: path_bytes(path),
            raw: path.to_vec(),
            exists: self.input.tree.listing().find(path).is_some(),
            artefact: item.and_then(|item| self.artefact(item)),
            excluded: self.excluded(index, item),
            area: item.and_then(|item| self.area(path, item)),
            codeowners: self.context.codeowners.map(|file| File {
                path: file.path.clone(),
                host: file.dialect.to_string(),
                reading: reading(file),
            }),
            entries: self.entries(path, winners),
            owners: self.owners(winners),
            asked: item
                .and_then(|item| item.area)
                .map(|area| demands::demanded(self, winners, area))
                .unwrap_or_default(),
            findings: self.said(path, winners),
        })
    }

    fn artefact(&self, item: &Item) -> Option<Artefact> {
        let kind = self.context.catalogue.kind(item.kind?);
        Some(Artefact {
            kind: kind.name.clone(),
            title: kind.title.clone(),
            url: kind.url.clone(),
            evidence: item.evidence.as_ref()?.to_string(),
        })
    }

    fn excluded(&self, index: usize, item: Option<&Item>) -> Option<Excluded> {
        // The policy's own paths take in what the catalogue leaves out; a kind would show that it did not.
        if item.is_some_and(|item| item.kind.is_some()) {
            return None;
        }
        let exclude = &self.context.policy.exclude;
        let path = self.context.listing.path(index);
        let would_be = || self.would_be(index);
        if let Some(own) = exclude.paths.iter().find(|own| own.value.pattern.matches(path)) {
            let because = format!("exclude, {}", self.place(own.at));
            return Some(Excluded { pattern: own.value.text.clone(), because, would_be: would_be() });
        }
        if !exclude.defaults {
            return None;
        }
        let excluded = self.context.catalogue.exclusions.walk(self.context.listing).excluded(path)?;
        let because = format!("{}: {}", excluded.group, excluded.because.trim_end_matches('.'));
        Some(Excluded { pattern: excluded.pattern.to_owned(), because, would_be: would_be() })
    }

    /// What the path would be if no tree were left out.
    fn would_be(&self, index: usize) -> Option<String> {
        let Context { listing, catalogue, .. } = self.context;
        let everything = Exclude { defaults: false, paths: Vec::new() };
        let mut read = |asked| {
            let real = self.input.tree.listing().find(listing.path(index)).filter(|_| asked == index);
            match real.map(|real| self.input.tree.head(real, crate::cli::input::HEAD)) {
                Some(Head::Bytes { bytes, .. }) => Content::Bytes(bytes),
                Some(Head::Skipped(reason)) => Content::Skipped(reason),
                None => Content::Skipped("other paths"),
            }
        };
        let artefacts = catalogue.classify(listing, &everything, &mut read).artefacts;
        let at = artefacts.binary_search_by_key(&index, |artefact| artefact.path).ok()?;
        Some(catalogue.kind(artefacts[at].kind).title.clone())
    }

    fn area(&self, path: &[u8], item: &Item) -> Option<AreaStory> {
        let policy = self.context.policy;
        let Some(id) = item.area else {
            let kind = self.context.catalogue.kind(item.kind?);
            let through = format!("{} belongs to it, but the policy has no such area", kind.name);
            return Some(AreaStory {
                name: kind.area.clone(),
                through,
                inherits: None,
                because: None,
                asks_nothing: Some("nothing is asked of its files".to_owned()),
            });
        };
        let area = policy.area(id);
        let claims = |at: &Located<PathPattern>| at.value.pattern.matches(path);
        // Of the patterns that match, the last in the order of ranks decides.
        let own =
            policy.area_ranks.iter().rev().map(|&(area, nth)| &policy.area(area).paths[nth]).find(|at| claims(at));
        let through = match (own, item.kind) {
            (Some(own), _) => format!("the policy gives it {} ({})", own.value.text, self.place(own.at)),
            (None, Some(kind)) => {
                let kind = &self.context.catalogue.kind(kind).name;
                match area.artefacts.iter().find(|name| name.value == *kind) {
                    Some(moved) => format!("the policy gives it the kind {kind} ({})", self.place(moved.at)),
                    None => format!("its kind, {kind}, belongs to it"),
                }
            }
            (None, None) => String::new(),
        };
        let parent = area.is.as_ref().map(|is| {
            format!(
                "what it does not say itself it takes over from {} ({})",
                policy.area(is.value).name,
                self.place(is.at)
            )
        });
        let asks_nothing = match () {
            () if area.ownership.is_none() => Some("the policy asks nothing of its owners".to_owned()),
            () if self.context.judge.asks_nothing(id) => {
                Some("asked only where somebody holds or covers the role, and nobody does".to_owned())
            }
            () => None,
        };
        Some(AreaStory {
            name: area.name.clone(),
            through,
            inherits: parent,
            because: area.because.as_ref().map(|because| because.value.clone()),
            asks_nothing,
        })
    }

    /// `mlops-lint.yaml:12`
    pub(super) fn place(&self, at: Origin) -> String {
        let text = &self.context.policy.texts[at.text];
        format!("{}:{}", text.name, text.lines.position(text.text.as_bytes(), at.span.start).line)
    }

    fn entries(&self, path: &[u8], winners: &[EntryId]) -> Vec<EntryStory> {
        let Some(file) = self.context.codeowners else { return Vec::new() };
        // Where all that match decide, there are no others.
        let is_one =
            |id: &EntryId, entry: &Entry| winners.contains(id) || (!file.dialect.adds_up() && entry.matches(path));
        let matching = file.iter().rev().filter(|(id, entry)| is_one(id, entry));
        let (deciding, others): (Vec<_>, Vec<_>) = matching.partition(|(id, _)| winners.contains(id));
        let told = deciding.into_iter().rev().chain(others);
        told.map(|(id, entry)| EntryStory {
            line: entry.line,
            pattern: entry.pattern_text.clone(),
            owners: entry.owners.iter().map(|owner| owner.text.clone()).collect(),
            section: Some(&file.section(entry.section).name).filter(|name| !name.is_empty()).cloned(),
            outcome: outcome(file, id, entry, winners),
        })
        .collect()
    }

    fn owners(&self, winners: &[EntryId]) -> Vec<OwnerStory> {
        let policy = self.context.policy;
        let mut owners: Vec<OwnerStory> = Vec::new();
        let mut seen: FxHashSet<&str> = FxHashSet::default();
        for owner in winners.iter().flat_map(|&winner| &self.context.entry(winner).owners) {
            if !seen.insert(&owner.key) {
                continue;
            }
            let roles = self.context.judge.roles_of(owner);
            let name = |role: &crate::policy::RoleId| policy.role(*role).name.clone();
            let ids = (0..).map(crate::policy::RoleId).take(policy.roles.len());
            let covered = ids.filter(|id| !roles.contains(id) && policy.stands_in(*id).any(|by| roles.contains(&by)));
            owners.push(OwnerStory {
                owner: owner.text.clone(),
                roles: roles.iter().map(name).collect(),
                covers: covered.map(|id| name(&id)).collect(),
                no_role: policy.no_role.iter().any(|known| known.value.matches(&owner.key)),
            });
        }
        owners
    }

    /// The findings about the path itself, then those about the entries that decide it; the silenced ones last.
    fn said(&self, path: &[u8], winners: &[EntryId]) -> Vec<Said> {
        let about_path = |finding: &&Finding| {
            finding.violations.iter().any(|violation| matches!(&violation.subject, Subject::Path(of) if of == path))
        };
        let about_entry = |finding: &&Finding| {
            let subjects = finding.violations.iter().filter_map(|violation| self.context.entry_of(&violation.subject));
            subjects.into_iter().any(|entry| winners.contains(&entry))
        };
        let said = |finding: &Finding, silenced: Option<String>| Said {
            rule: finding.rule.code,
            slug: finding.rule.slug,
            severity: finding.severity.name(),
            message: finding.message.clone(),
            help: finding.help.clone(),
            silenced,
        };
        let mut all: Vec<Said> = self.findings.iter().filter(about_path).map(|finding| said(finding, None)).collect();
        all.extend(self.findings.iter().filter(|f| !about_path(f)).filter(about_entry).map(|f| said(f, None)));
        for finding in self.unsilenced.iter().filter(about_path) {
            if !all.iter().any(|known| known.rule == finding.rule.code) {
                all.push(said(finding, Some(self.silencer(path, finding.rule.code))));
            }
        }
        all
    }

    /// What silences a rule on the path.
    fn silencer(&self, path: &[u8], rule: &'static str) -> String {
        let policy = self.context.policy;
        let holding = policy.exempt.iter().find(|exempt| {
            exempt.path.value.pattern.matches(path)
                && (exempt.rules.is_empty() || exempt.rules.contains(&rule))
                && exempt.expires.as_ref().is_none_or(|last| self.today <= last.value)
        });
        if let Some(exempt) = holding {
            let until = exempt.expires.as_ref().map(|last| format!(", until {}", last.value)).unwrap_or_default();
            return format!("exempt: {}{until} ({})", exempt.reason, self.place(exempt.path.at));
        }
        let allowed = policy.rules.get(rule).into_iter().flat_map(|setting| &setting.allow);
        match allowed.into_iter().find(|allow| allow.value.pattern.matches(path)) {
            Some(allow) => format!("allowed by the rule's option ({})", self.place(allow.at)),
            None => "ignored: a comment in CODEOWNERS says so".to_owned(),
        }
    }
}

/// What the host makes of several entries.
fn reading(file: &Codeowners) -> &'static str {
    match () {
        () if file.dialect.adds_up() => "all that match are asked, and any one of them can approve",
        () if file.sections.len() > 1 => "the last that matches in each section wins, and every section has its say",
        () => "the last that matches wins, and any one of its owners can approve",
    }
}

/// What becomes of an entry that matches.
fn outcome(file: &Codeowners, id: EntryId, entry: &Entry, winners: &[EntryId]) -> String {
    let section = file.section(entry.section);
    if winners.contains(&id) {
        let decides = if file.dialect.adds_up() { "counts" } else { "wins" };
        return match (entry.owners.is_empty(), section.optional, entry.approvals) {
            (true, ..) => format!("{decides}, and names nobody"),
            (_, true, _) => format!("{decides}, but its section is optional: nobody has to approve"),
            (_, _, 2..) => format!("{decides}; {} have to approve", entry.approvals),
            _ => decides.to_owned(),
        };
    }
    if let Some(other) = entry.replaced_by {
        return format!("line {} replaces it", file.entry(other).line);
    }
    if entry.excludes {
        return "takes the path out of its section".to_owned();
    }
    match winners.iter().map(|&winner| file.entry(winner)).find(|winner| winner.section == entry.section) {
        Some(winner) => format!("loses to line {}", winner.line),
        None => "its section leaves the path out".to_owned(),
    }
}
