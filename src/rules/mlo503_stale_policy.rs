//! MLO503 stale-policy.

use std::collections::BTreeSet;

use rustc_hash::FxHashSet;

use super::context::names;
use super::{Context, Group, Meta, Rule, Told, wording};
use crate::codeowners::{Matcher, Owner, Pattern};
use crate::finding::{Cause, Place, Severity, Subject, Violation};
use crate::source::FileKind;
use crate::policy::{Exemption, Located, Origin, OwnerPattern, Party, RoleId};

pub(super) struct Check;

static META: Meta = Meta {
    code: "MLO503",
    slug: "stale-policy",
    summary: "A part of the policy that speaks of nothing in the repository",
    severity: Some(Severity::Warning),
    docs: "\
## What it does
Reports what the repository's own policy says to no effect: a path of an area or a pin that matches no file, an exemption or
an `allow` pattern that silences nothing, a role that an area with files asks for and no other could stand for, and whose
holders own nothing, and (as information) an owner in a role or in `no_role` whom CODEOWNERS names nowhere. What a builtin
policy says is never reported, nor is a severity for an area without findings.

An exemption with a date is reported from thirty days before its last day on, and once it is past: then it no longer holds.

It is silent where only a part of the repository is judged, and about exemptions where contents were not read.

## Why it matters
A directory was renamed, and its area with its demands is empty; a team was renamed, and its role is held by nobody. A green
run says nothing of that.

## Example
`areas: { serving: { paths: [/services/serve/] } }` after the directory became `/services/inference/`.

## How to fix it
Correct the pattern or the name, or take the part out.

## Source
The policy, the tracked files and CODEOWNERS.
",
};

impl Rule for Check {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judges_the_rest(&self) -> bool {
        true
    }

    fn check(&self, context: &Context<'_>) -> Vec<Violation> {
        let violations = context.stale().iter().map(|stale| Violation {
            rule: META.code,
            subject: Subject::Policy(stale.key.clone()),
            cause: Cause::Policy(match stale.group {
                Some(Together::Owners) => "owners".to_owned(),
                Some(Together::Roles) => "roles".to_owned(),
                None => stale.key.clone(),
            }),
        });
        violations.collect()
    }

    fn tell(&self, context: &Context<'_>, group: &Group<'_>) -> Told {
        let key = |violation: &'_ Violation| match &violation.subject {
            Subject::Policy(key) => Some(key.clone()),
            _ => None,
        };
        let keys: FxHashSet<String> = group.violations.iter().filter_map(key).collect();
        let told: Vec<&Stale> = context.stale().iter().filter(|stale| keys.contains(&stale.key)).collect();
        let Some(first) = told.first() else { return Told::default() };
        let said: Vec<&str> = told.iter().map(|stale| stale.message.as_str()).collect();
        let message = match first.group {
            Some(Together::Owners) => {
                format!("the policy knows {}, whom CODEOWNERS names nowhere", wording::list(&said, "and"))
            }
            Some(Together::Roles) => format!("nobody who holds {} owns a file", wording::list(&said, "or")),
            None => first.message.clone(),
        };
        Told {
            message,
            places: told.iter().flat_map(|stale| stale.places.clone()).collect(),
            help: Some(first.help.clone()),
            severity: first.severity,
            ..Told::default()
        }
    }
}

/// A part of the policy that speaks of nothing.
pub(super) struct Stale {
    /// Its place in the policy as a path of keys, which stays when lines are inserted.
    key: String,
    group: Option<Together>,
    /// The sentence; the name only where several are told together.
    message: String,
    places: Vec<Place>,
    help: String,
    severity: Option<Severity>,
}

/// Parts that are told together.
#[derive(Clone, Copy)]
enum Together {
    Owners,
    Roles,
}

impl Stale {
    fn new(key: String, message: String, at: Origin, label: impl Into<String>, help: impl Into<String>) -> Self {
        let places = vec![Place::policy(at, label)];
        Self { key, group: None, message, places, help: help.into(), severity: None }
    }
}

/// All of them, in the policy's order by sort.
pub(super) fn search(context: &Context<'_>) -> Vec<Stale> {
    let mut stale = Vec::new();
    patterns(context, &mut stale);
    exemptions(context, &mut stale);
    allowed(context, &mut stale);
    if context.codeowners.is_some() {
        owners(context, &mut stale);
    }
    stale
}

/// True for what the repository's own texts say.
fn is_own(context: &Context<'_>, at: Origin) -> bool {
    context.policy.texts.get(at.text).is_some_and(|text| !text.builtin)
}

const CORRECT: &str = "correct the pattern, or take it out";

/// Paths of areas and pins that match no file.
fn patterns(context: &Context<'_>, stale: &mut Vec<Stale>) {
    let policy = context.policy;
    let own = |at: &Origin| is_own(context, *at);
    let paths = policy.areas.iter().flat_map(|area| &area.paths).filter(|path| own(&path.at));
    let pins = policy.pins.iter().map(|pin| &pin.path).filter(|path| own(&path.at));
    let unmatched = unmatched(context, paths.chain(pins).map(|path| (path.at, &path.value.pattern)));
    if unmatched.is_empty() {
        return;
    }
    let present: FxHashSet<_> = context.ownership.items().iter().filter_map(|item| item.area).collect();
    for area in &policy.areas {
        let dead: Vec<_> = area.paths.iter().filter(|path| unmatched.contains(&path.at)).collect();
        let is_empty = policy.area_named(&area.name).is_some_and(|id| !present.contains(&id));
        if is_empty && dead.len() == area.paths.len() && !dead.is_empty() && own(&area.at) {
            let mut whole = Stale::new(
                format!("areas.{}", area.name),
                format!("no file is in area {}, so nothing is asked there", area.name),
                area.at,
                "an area without files",
                "correct its paths, or take the area out",
            );
            whole.places.extend(dead.iter().map(|path| Place::policy(path.at, "matches no file")));
            stale.push(whole);
            continue;
        }
        stale.extend(dead.iter().map(|path| {
            let text = &path.value.text;
            let message = format!("`{text}` of area {} matches no file", area.name);
            Stale::new(format!("areas.{}.paths.{text}", area.name), message, path.at, "matches no file", CORRECT)
        }));
    }
    for pin in policy.pins.iter().filter(|pin| unmatched.contains(&pin.path.at)) {
        let text = &pin.path.value.text;
        let message = format!("the pin of `{text}` matches no file");
        stale.push(Stale::new(format!("pins.{text}"), message, pin.path.at, "matches no file", CORRECT));
    }
}

/// The places of those patterns that match no path.
fn unmatched<'p>(
    context: &Context<'_>,
    patterns: impl Iterator<Item = (Origin, &'p Pattern)>,
) -> FxHashSet<Origin> {
    let mut open: Vec<(Origin, &Pattern)> = Vec::new();
    let mut unmatched = FxHashSet::default();
    for (at, pattern) in patterns {
        match names(context.listing, pattern) {
            Some(false) if !is_submodule(context, pattern) => {
                unmatched.insert(at);
            }
            Some(_) => {}
            None => open.push((at, pattern)),
        }
    }
    let matcher = Matcher::new((0..).zip(&open).map(|(nth, (_, pattern))| (nth, *pattern)));
    let mut walk = matcher.walk_all();
    let mut is_met = vec![false; open.len()];
    let mut left = open.len();
    for path in context.listing.iter() {
        if left == 0 {
            break;
        }
        for &nth in walk.matching(path).ranks {
            if !std::mem::replace(&mut is_met[nth as usize], true) {
                left -= 1;
            }
        }
    }
    unmatched.extend(open.iter().zip(is_met).filter(|(_, is_met)| !is_met).map(|((at, _), _)| *at));
    unmatched
}

/// True where a submodule stands there: what is in it, nobody lists.
fn is_submodule(context: &Context<'_>, pattern: &Pattern) -> bool {
    let path = pattern.literal_path().unwrap_or_default();
    context.listing.find(path.as_bytes()).is_some_and(|path| context.listing.kind(path) == FileKind::Submodule)
}

/// How long before its last day an exemption is reported.
const DAYS_BEFORE: i64 = 30;

fn exemptions(context: &Context<'_>, stale: &mut Vec<Stale>) {
    let Some(silenced) = context.silenced.get() else { return };
    for (exempt, &count) in context.policy.exempt.iter().zip(&silenced.exempt) {
        if !is_own(context, exempt.path.at) {
            continue;
        }
        let path = &exempt.path.value.text;
        let key = format!("exempt.{path} {}", exempt.rules.join(" ")).trim_end().to_owned();
        let is_open = context.contents_unread && depends_on_contents(exempt);
        if let Some(last) = exempt.expires.as_ref().filter(|last| last.value < silenced.today) {
            let message = format!("the exemption of `{path}` ended on {}, and no longer holds", last.value);
            let help = match count {
                0 if is_open => "take it out, or give it another date".to_owned(),
                0 => "nothing would be silent if it held: take it out".to_owned(),
                1 => "what it silenced is told again: repair it, or give the exemption another date".to_owned(),
                _ => format!("{count} violations that it silenced are told again: repair them, or give it another date"),
            };
            stale.push(Stale::new(key, message, last.at, "past", help));
        } else if count == 0 {
            if is_open {
                continue;
            }
            let of = if exempt.rules.is_empty() { String::new() } else { format!(" from {}", wording::list(&exempt.rules, "and")) };
            let message = format!("the exemption of `{path}`{of} silences nothing");
            let help = "take it out, or correct its pattern";
            stale.push(Stale::new(key, message, exempt.path.at, "nothing here needs it", help));
        } else if let Some(last) = exempt.expires.as_ref().filter(|last| days(silenced.today, last) <= DAYS_BEFORE) {
            let message = format!("the exemption of `{path}` ends on {}", last.value);
            let help = format!("repair what it silences ({}), or give it another date", wording::count(count, "violation"));
            stale.push(Stale::new(key, message, last.at, "its last day", help));
        }
    }
}

fn days(today: jiff::civil::Date, last: &Located<jiff::civil::Date>) -> i64 {
    today.until(last.value).map_or(i64::MAX, |span| i64::from(span.get_days()))
}

/// True where kinds that only content tells could be among what it silences.
fn depends_on_contents(exempt: &Exemption) -> bool {
    exempt.rules.is_empty() || exempt.rules.iter().any(|code| is_about_artefacts(code))
}

/// True for rules that say something of artefacts, and not of CODEOWNERS alone.
fn is_about_artefacts(code: &str) -> bool {
    !code.starts_with("MLO1")
}

/// Patterns of `allow` that silenced nothing.
fn allowed(context: &Context<'_>, stale: &mut Vec<Stale>) {
    let Some(silenced) = context.silenced.get() else { return };
    for (code, setting) in &context.policy.rules {
        if context.contents_unread && is_about_artefacts(code) {
            continue;
        }
        let is_off = setting.severity == Some(None);
        for (nth, allow) in setting.allow.iter().enumerate().filter(|(_, allow)| is_own(context, allow.at)) {
            if silenced.allowed.contains(&(*code, nth)) {
                continue;
            }
            let text = &allow.value.text;
            let label = if is_off { "the rule is off" } else { "nothing here needs it" };
            let message = format!("`{text}` under `allow` of {code} silences nothing");
            stale.push(Stale::new(format!("rules.{code}.allow.{text}"), message, allow.at, label, "take it out, or correct it"));
        }
    }
}

/// Roles whose holders own nothing, and owners whom CODEOWNERS names nowhere.
fn owners(context: &Context<'_>, stale: &mut Vec<Stale>) {
    let (mut named, mut winning) = (FxHashSet::default(), FxHashSet::default());
    for (id, entry) in context.entries() {
        let keys = entry.owners.iter().map(|owner: &Owner| owner.key.as_str());
        if context.usage(id).wins > 0 {
            winning.extend(keys.clone());
        }
        named.extend(keys);
    }
    let stands = |owner: &OwnerPattern, keys: &FxHashSet<&str>| {
        keys.contains(owner.key.as_str()) || (owner.text.contains('*') && keys.iter().any(|key| owner.matches(key)))
    };
    let mut idle: FxHashSet<Origin> = FxHashSet::default();
    let asked = asked_roles(context);
    for (id, role) in (0..).map(RoleId).zip(&context.policy.roles) {
        let own = !role.owners.is_empty() && role.owners.iter().all(|owner| is_own(context, owner.at));
        // Where nothing asks for the role, its holders need not own anything.
        if !own || !asked.contains(&id) || role.owners.iter().any(|owner| stands(&owner.value, &winning)) {
            continue;
        }
        idle.extend(role.owners.iter().map(|owner| owner.at));
        let mut told = Stale::new(
            format!("roles.{}", role.name),
            role.name.clone(),
            role.at,
            "its holders own nothing",
            "correct the names, or give them what they answer for in CODEOWNERS",
        );
        told.places.extend(role.owners.iter().map(|owner| {
            let label = if stands(&owner.value, &named) { "wins no file" } else { "stands nowhere in CODEOWNERS" };
            Place::policy(owner.at, label)
        }));
        told.group = Some(Together::Roles);
        stale.push(told);
    }
    let held = context.policy.roles.iter().flat_map(|role| role.owners.iter().map(|owner| (owner, role.name.as_str())));
    let others = context.policy.no_role.iter().map(|owner| (owner, "no_role"));
    for (owner, of) in held.chain(others) {
        if idle.contains(&owner.at) || !is_own(context, owner.at) || stands(&owner.value, &named) {
            continue;
        }
        let text = &owner.value.text;
        let label = if of == "no_role" { "in `no_role`".to_owned() } else { format!("holds {of}") };
        let mut told = Stale::new(
            format!("owners.{of}.{}", owner.value.key),
            text.clone(),
            owner.at,
            label,
            "a team that was renamed is named anew here; one that owns nothing can stay, or be taken out",
        );
        told.group = Some(Together::Owners);
        told.severity = Some(Severity::Info);
        stale.push(told);
    }
}

/// The roles that areas with files ask for, and no other in their place.
fn asked_roles(context: &Context<'_>) -> FxHashSet<RoleId> {
    let areas: BTreeSet<_> = context.ownership.items().iter().filter_map(|item| item.area).collect();
    let wanted = areas.into_iter().filter_map(|area| context.policy.area(area).ownership.as_ref());
    let parties = wanted.flat_map(|wanted| {
        // Of those one is enough, and each of these is asked.
        let one_of = [&wanted.accountable, &wanted.approvers].into_iter().flatten().filter(|some| some.value.len() == 1);
        one_of.chain(&wanted.consulted).flat_map(|parties| &parties.value)
    });
    parties.filter_map(|party| if let Party::Role(role) = party.value { Some(role) } else { None }).collect()
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{TEAM, told};

    /// A policy of which nothing is stale for `FILES` and `ENTRIES`.
    const POLICY: &str = "version: 1\nroles: { ml-engineer: { owners: [\"@mle\"] } }\nareas: { serving: { paths: [/serve/, \"**/api/\"], ownership: { accountable: [ml-engineer] } } }\n";
    const ENTRIES: &str = "/serve/ @mle\n/x/api/ @mle\n";
    const FILES: [&str; 2] = ["serve/a", "x/api/b"];

    fn with(more: &str) -> String {
        told("MLO503", ENTRIES, &format!("{POLICY}{more}\n"), &FILES)
    }

    #[test]
    fn nothing_is_stale_that_speaks_of_something() {
        assert_eq!(with(""), "");
        assert_eq!(with("exclude: { paths: [/third_party/] }\npins: [{ path: \"**/b\", owners: [\"@mle\"] }]"), "");
    }

    #[test]
    fn paths_that_match_no_file() {
        insta::assert_snapshot!(told("MLO503", "/serve/ @mle\n", POLICY, &["serve/a"]), @"
        warning: `**/api/` of area serving matches no file
          policy `**/api/`: matches no file
          > correct the pattern, or take it out
        ");
        insta::assert_snapshot!(told("MLO503", "/web/ @mle\n", POLICY, &["web/a"]), @"
        warning: no file is in area serving, so nothing is asked there
          policy `serving`: an area without files
          policy `/serve/`: matches no file
          policy `**/api/`: matches no file
          > correct its paths, or take the area out
        ");
        insta::assert_snapshot!(with("pins: [{ path: /data/meta.yaml, owners: [\"@mle\"] }]"), @"
        warning: the pin of `/data/meta.yaml` matches no file
          policy `/data/meta.yaml`: matches no file
          > correct the pattern, or take it out
        ");
    }

    #[test]
    fn exemptions_that_silence_nothing_or_are_past_or_nearly() {
        insta::assert_snapshot!(with("exempt: [{ path: /serve/, rules: [MLO201, MLO301], reason: old }]"), @"
        warning: the exemption of `/serve/` from MLO201 and MLO301 silences nothing
          policy `/serve/`: nothing here needs it
          > take it out, or correct its pattern
        ");
        // Now the exemption is needed: the judge of these tests lives on 2026-01-01.
        let exempt = |expires: &str| {
            let policy = format!("{POLICY}exempt: [{{ path: /serve/, rules: [MLO301], reason: old{expires} }}]\n");
            told("MLO503", "/serve/ @web\n/x/api/ @mle\n", &policy, &FILES)
        };
        assert_eq!(exempt(""), "");
        assert_eq!(exempt(", expires: 2026-02-01"), "");
        insta::assert_snapshot!(exempt(", expires: 2026-01-31"), @"
        warning: the exemption of `/serve/` ends on 2026-01-31
          policy `2026-01-31`: its last day
          > repair what it silences (1 violation), or give it another date
        ");
        insta::assert_snapshot!(exempt(", expires: 2026-01-01"), @"
        warning: the exemption of `/serve/` ends on 2026-01-01
          policy `2026-01-01`: its last day
          > repair what it silences (1 violation), or give it another date
        ");
        insta::assert_snapshot!(exempt(", expires: 2025-12-31"), @"
        warning: the exemption of `/serve/` ended on 2025-12-31, and no longer holds
          policy `2025-12-31`: past
          > what it silenced is told again: repair it, or give the exemption another date
        ");
    }

    #[test]
    fn allow_patterns_that_allow_nothing() {
        let allow = "rules: { MLO104: { allow: [\"/gone/\", \"/serve/\"] } }";
        let policy = format!("{POLICY}{allow}\n");
        insta::assert_snapshot!(told("MLO503", "/serve/ @mle\n/x/api/ @mle\n/gone/ @mle\n", &policy, &FILES), @"
        warning: `/serve/` under `allow` of MLO104 silences nothing
          policy `/serve/`: nothing here needs it
          > take it out, or correct it
        ");
    }

    #[test]
    fn a_role_whose_holders_own_nothing() {
        let policy = POLICY.replace("\"@mle\"", "\"@acme/mle\", \"@ben\"").replace("roles: {", "roles: { analyst: { owners: [\"@ana\"] },");
        insta::assert_snapshot!(told("MLO503", "/serve/ @acme/ml-eng\n/x/api/ @acme/ml-eng\n/none/ @ben\n", &policy, &FILES), @"
        warning: nobody who holds ml-engineer owns a file
          policy `ml-engineer`: its holders own nothing
          policy `@acme/mle`: stands nowhere in CODEOWNERS
          policy `@ben`: wins no file
          > correct the names, or give them what they answer for in CODEOWNERS
        info: the policy knows @ana, whom CODEOWNERS names nowhere
          policy `@ana`: holds analyst
          > a team that was renamed is named anew here; one that owns nothing can stay, or be taken out
        ");
    }

    #[test]
    fn owners_whom_codeowners_names_nowhere() {
        let policy = POLICY.replace("\"@mle\"", "\"@mle\", \"@acme/mle-*\", \"@carl\"") + "no_role: [\"@acme/web\", \"@x\"]\n";
        let entries = "/serve/ @mle @acme/mle-2\n/x/api/ @mle @X\n";
        insta::assert_snapshot!(told("MLO503", entries, &policy, &FILES), @"
        info: the policy knows @carl and @acme/web, whom CODEOWNERS names nowhere
          policy `@carl`: holds ml-engineer
          policy `@acme/web`: in `no_role`
          > a team that was renamed is named anew here; one that owns nothing can stay, or be taken out
        ");
    }

    #[test]
    fn a_builtin_policy_is_never_stale() {
        let policy = "version: 1\nextends: [builtin:ml-team]\nroles: { ml-engineer: { owners: [\"@mle\"] } }\nareas: { prompts: { severity: info } }\n";
        assert_eq!(told("MLO503", "/serve/ @mle\n", policy, &["serve/a"]), "");
        assert_ne!(told("MLO503", "/serve/ @mle\n", TEAM, &["serve/a"]), "", "own roles may be");
    }
}
