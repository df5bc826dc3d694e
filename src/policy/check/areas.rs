//! Areas: what they claim, what they ask, and what they take over from another.

use rustc_hash::{FxHashMap, FxHashSet};

use super::owners::{check_name, ids, named, owner, role};
use super::patterns::paths;
use super::{Context, contradictions};
use crate::policy::error::{PolicyError, nearest, suggest};
use crate::policy::fields::{Fields, boolean, count, filled_text, list, shortened, text};
use crate::policy::form;
use crate::policy::tree::{Entry, Node, Value};
use crate::policy::{AREAS, Area, AreaId, Expectation, Located, Origin, Party, Role, RoleId};

/// An area before `is` is resolved.
struct Draft<'t> {
    area: Area,
    is: Option<&'t Node>,
    /// Asks something of its own.
    asks: bool,
    /// Says which files it holds, though perhaps not well.
    claims: bool,
    /// Not inherited: an explicit null.
    refused: Vec<&'static str>,
    only_where_staffed: Option<Located<bool>>,
}

/// Reads `areas`.
pub(super) fn areas(node: &Node, roles: &[Role], context: &mut Context<'_>) -> Vec<Area> {
    let ids = ids(roles);
    let entries = named(node, "areas", &format!("serving: {}", form::AREA.example), form::AREA.example, context);
    let mut drafts: Vec<Draft<'_>> = entries.into_iter().map(|entry| draft(entry, &ids, context)).collect();
    resolve_is(&mut drafts, context);
    yield_kinds(&mut drafts, context);
    check_kinds(&drafts, context);
    check_claims(&drafts, context);
    let names = contradictions::Names::new(roles);
    for draft in drafts.iter().filter(|draft| draft.asks) {
        contradictions::expectation(&draft.area, &names, context);
    }
    for draft in &drafts {
        contradictions::only_where_staffed(&draft.area, draft.only_where_staffed.as_ref(), context);
    }
    drafts.into_iter().map(|draft| draft.area).collect()
}

fn draft<'t>(entry: &'t Entry, ids: &FxHashMap<String, RoleId>, context: &mut Context<'_>) -> Draft<'t> {
    check_name(entry, "an area", context.errors);
    let fields = Fields::of(&entry.value, &form::AREA, context.errors);
    let get = |key| fields.as_ref().and_then(|fields| fields.get(key));
    let mut refused = Vec::new();
    let mut because =
        get("because").and_then(|node| located_text(node, "`because`", context)).map(|because| (because, None));
    let mut ownership = None;
    if let Some(node) = get("ownership") {
        let inner = Fields::of(node, &form::OWNERSHIP, context.errors);
        if let Some(inner) = inner {
            refused.extend(form::OWNERSHIP.keys.iter().map(|key| key.name).filter(|key| inner.null(key).is_some()));
            ownership = Some(expectation(&inner, ids, context));
            if let Some(second) = inner.entry("because")
                && let Some(text) = located_text(&second.value, "`because`", context)
            {
                match because {
                    None => because = Some((text, Some(second.key_at))),
                    Some((ref first, _)) => context.errors.push(
                        PolicyError::new(second.key_at, "`because` stands twice in one area")
                            .label("here again")
                            .help("Keep one, beside `ownership` or in it: both mean the same.".to_owned())
                            .related(first.at, "first here"),
                    ),
                }
            }
        }
    }
    for key in ["ownership", "because", "only_where_staffed"] {
        if fields.as_ref().is_some_and(|fields| fields.null(key).is_some()) {
            refused.push(key);
        }
    }
    let only_where_staffed =
        get("only_where_staffed").and_then(|node| boolean(node, "`only_where_staffed`", context.errors));
    Draft {
        asks: ownership.is_some(),
        claims: fields.is_none() || ["paths", "artefacts"].into_iter().filter_map(get).any(|node| !is_empty_list(node)),
        is: get("is"),
        refused,
        area: Area {
            name: entry.key.clone(),
            at: entry.key_at,
            is: None,
            paths: get("paths").map_or_else(Vec::new, |node| paths(node, "`paths`", context)),
            artefacts: get("artefacts").map_or_else(Vec::new, |node| kinds(node, context)),
            ownership,
            severity: get("severity").and_then(|node| super::severity(node, context)),
            because: because.map(|(because, _)| because),
            only_where_staffed: only_where_staffed.as_ref().is_some_and(|only| only.value),
        },
        only_where_staffed,
    }
}

fn is_empty_list(node: &Node) -> bool {
    matches!(&node.value, Value::List(items) if items.is_empty())
}

fn located_text(node: &Node, what: &str, context: &mut Context<'_>) -> Option<Located<String>> {
    filled_text(node, what, context.errors).map(|text| Located { value: text.to_owned(), at: node.at })
}

fn expectation(fields: &Fields<'_>, ids: &FxHashMap<String, RoleId>, context: &mut Context<'_>) -> Expectation {
    let mut asked = |key: &str, must_name: bool| {
        let node = fields.get(key)?;
        parties(node, key, must_name, ids, context)
    };
    Expectation {
        accountable: asked("accountable", true),
        consulted: asked("consulted", false),
        approvers: asked("approvers", true),
        never_alone: asked("never_alone", false),
        min_owners: fields.get("min_owners").and_then(|node| count(node, "`min_owners`", context.errors)),
        teams_only: fields.get("teams_only").and_then(|node| boolean(node, "`teams_only`", context.errors)),
        specific: fields.get("specific").and_then(|node| boolean(node, "`specific`", context.errors)),
        at: fields.at,
    }
}

/// Reads a list of roles and owners.
fn parties(
    node: &Node,
    key: &str,
    must_name: bool,
    ids: &FxHashMap<String, RoleId>,
    context: &mut Context<'_>,
) -> Option<Located<Vec<Located<Party>>>> {
    let items = list(node, &format!("`{key}`"), "[ml-engineer, \"@acme/fraud\"]", context.errors)?;
    if items.is_empty() && must_name {
        context.errors.push(
            PolicyError::new(node.at, format!("`{key}` names nobody, so nothing could meet it"))
                .label("empty")
                .help(format!("Name a role, or write `{key}: null` to ask nothing.")),
        );
        return None;
    }
    let mut seen: FxHashMap<String, Origin> = FxHashMap::default();
    let mut parties = Vec::with_capacity(items.len());
    for item in items {
        let Some(party) = party(item, ids, context) else { continue };
        let name = match &item.value {
            Value::Scalar(scalar) => scalar.text.to_lowercase(),
            _ => continue,
        };
        if let Some(&first) = seen.get(&name) {
            context.errors.push(
                PolicyError::new(item.at, format!("`{}` stands twice in `{key}`", shortened(&name)))
                    .label("here again")
                    .help("Keep one.".to_owned())
                    .related(first, "first here"),
            );
            continue;
        }
        seen.insert(name, item.at);
        parties.push(party);
    }
    Some(Located { value: parties, at: node.at })
}

fn party(node: &Node, ids: &FxHashMap<String, RoleId>, context: &mut Context<'_>) -> Option<Located<Party>> {
    let said = &text(node, "a role or an owner", context.errors)?.text;
    if said.contains('@') {
        let owner = owner(node, context)?;
        return Some(Located { value: Party::Owner(owner.value), at: node.at });
    }
    let role = role(node, ids, context)?;
    Some(Located { value: Party::Role(role.value), at: node.at })
}

fn kinds(node: &Node, context: &mut Context<'_>) -> Vec<Located<String>> {
    let items = list(node, "`artefacts`", "[kserve, bentoml]", context.errors).unwrap_or_default();
    let mut kinds = Vec::with_capacity(items.len());
    for item in items {
        let Some(scalar) = text(item, "a kind of artefact", context.errors) else { continue };
        if context.kinds.iter().any(|(kind, _)| *kind == scalar.text) {
            kinds.push(Located { value: scalar.text.clone(), at: item.at });
            continue;
        }
        // The binary's own tests see to its packs.
        if context.is_packs(item.at) {
            continue;
        }
        let help = if scalar.text.contains(['/', '*']) {
            Some("Patterns belong under `paths`.".to_owned())
        } else if context.errors.is_full() {
            None
        } else {
            suggest(&scalar.text, context.kinds.iter().map(|(kind, _)| *kind))
        };
        context.errors.push(
            PolicyError::new(item.at, format!("there is no kind of artefact `{}`", shortened(&scalar.text)))
                .label("unknown kind")
                .help(help),
        );
    }
    kinds
}

/// Finds the area that each `is` names, and takes over what is not given.
fn resolve_is(drafts: &mut [Draft<'_>], context: &mut Context<'_>) {
    let ids: FxHashMap<String, AreaId> =
        (0..u16::MAX).zip(&*drafts).map(|(id, draft)| (draft.area.name.clone(), AreaId(id))).collect();
    for draft in &mut *drafts {
        draft.area.is = draft.is.and_then(|node| area(node, &ids, context));
    }
    let parent = |draft: &Draft<'_>| draft.area.is.as_ref().map(|is| usize::from(is.value.0));
    let next: Vec<Option<usize>> = drafts.iter().map(parent).collect();
    for cycle in super::cycles(&next) {
        let places: Vec<(&str, Origin)> = cycle
            .iter()
            .filter_map(|&at| Some((drafts[at].area.name.as_str(), drafts[at].area.is.as_ref()?.at)))
            .collect();
        if let Some(error) = super::cycle_error("is", &places) {
            context.errors.push(error.help("One of them must say its own `ownership`.".to_owned()));
        }
        for at in cycle {
            drafts[at].area.is = None;
        }
    }
    let mut done = vec![false; drafts.len()];
    for start in 0..drafts.len() {
        // Up to the first ancestor that is complete, then down again; no recursion, chains may be long.
        let chain: Vec<usize> =
            std::iter::successors(Some(start), |&at| parent(&drafts[at])).take_while(|&at| !done[at]).collect();
        for &at in chain.iter().rev() {
            if let Some(above) = parent(&drafts[at]) {
                let (ownership, because, only) = {
                    let area = &drafts[above].area;
                    (area.ownership.clone(), area.because.clone(), area.only_where_staffed)
                };
                inherit(&mut drafts[at], ownership, because, only);
            }
            done[at] = true;
        }
    }
}

fn area(node: &Node, ids: &FxHashMap<String, AreaId>, context: &mut Context<'_>) -> Option<Located<AreaId>> {
    let said = &text(node, "`is`", context.errors)?.text;
    if let Some(&value) = ids.get(said) {
        return Some(Located { value, at: node.at });
    }
    if let Some(error) = context.removed("areas", "area", said, node.at) {
        context.errors.push(error);
        return None;
    }
    let error = PolicyError::new(node.at, format!("there is no area `{}`", shortened(said))).label("unknown area");
    let error = if context.errors.is_full() {
        error
    } else {
        let mut names: Vec<&str> = ids.keys().map(String::as_str).collect();
        names.sort_unstable();
        error.help(suggest(said, names))
    };
    context.errors.push(error);
    None
}

fn inherit(draft: &mut Draft<'_>, above: Option<Expectation>, because: Option<Located<String>>, only: bool) {
    let refuses = |key: &str| draft.refused.contains(&key);
    if draft.area.because.is_none() && !refuses("because") {
        draft.area.because = because;
    }
    if draft.only_where_staffed.is_none() && !refuses("only_where_staffed") && !refuses("ownership") {
        draft.area.only_where_staffed = only;
    }
    let Some(above) = above.filter(|_| !refuses("ownership")) else { return };
    let Some(own) = &mut draft.area.ownership else {
        draft.area.ownership = Some(above);
        return;
    };
    let missing = |key: &str, is_none: bool| is_none && !draft.refused.contains(&key);
    if missing("accountable", own.accountable.is_none()) {
        own.accountable = above.accountable;
    }
    if missing("consulted", own.consulted.is_none()) {
        own.consulted = above.consulted;
    }
    if missing("approvers", own.approvers.is_none()) {
        own.approvers = above.approvers;
    }
    if missing("never_alone", own.never_alone.is_none()) {
        own.never_alone = above.never_alone;
    }
    if missing("min_owners", own.min_owners.is_none()) {
        own.min_owners = above.min_owners;
    }
    if missing("teams_only", own.teams_only.is_none()) {
        own.teams_only = above.teams_only;
    }
    if missing("specific", own.specific.is_none()) {
        own.specific = above.specific;
    }
}

/// Areas of a pack give up the kinds that an area of the repository's own claims.
fn yield_kinds(drafts: &mut [Draft<'_>], context: &Context<'_>) {
    let kinds = drafts.iter().flat_map(|draft| &draft.area.artefacts);
    let own: FxHashSet<String> =
        kinds.filter(|kind| !context.is_packs(kind.at)).map(|kind| kind.value.clone()).collect();
    for draft in drafts {
        draft.area.artefacts.retain(|kind| !context.is_packs(kind.at) || !own.contains(&kind.value));
    }
}

/// A kind belongs to one area.
fn check_kinds(drafts: &[Draft<'_>], context: &mut Context<'_>) {
    let mut claimed: FxHashMap<&str, (&str, Origin)> = FxHashMap::default();
    for area in drafts.iter().map(|draft| &draft.area) {
        for kind in &area.artefacts {
            let Some(&(first, at)) = claimed.get(kind.value.as_str()) else {
                claimed.insert(&kind.value, (&area.name, kind.at));
                continue;
            };
            let message = if first == area.name {
                format!("`{}` stands twice in area `{first}`", kind.value)
            } else {
                format!("areas `{first}` and `{}` both claim the kind `{}`", area.name, kind.value)
            };
            context.errors.push(
                PolicyError::new(kind.at, message)
                    .label("claimed again")
                    .help("A kind of artefact belongs to one area: keep one of the two.".to_owned())
                    .related(at, "first claimed here"),
            );
        }
    }
}

/// An area that no file can be in is a name misspelt, or one that lacks its paths.
fn check_claims(drafts: &[Draft<'_>], context: &mut Context<'_>) {
    let kinds = context.kinds.clone();
    let parents: FxHashSet<usize> =
        drafts.iter().filter_map(|draft| Some(usize::from(draft.area.is.as_ref()?.value.0))).collect();
    for (at, draft) in drafts.iter().enumerate() {
        let area = &draft.area;
        // A bad `paths` or `is` is an error already.
        let claims = draft.claims
            || (draft.is.is_some() && area.is.is_none())
            || AREAS.contains(&area.name.as_str())
            || kinds.iter().any(|(_, home)| *home == area.name)
            || parents.contains(&at);
        if claims || context.errors.is_full() {
            continue;
        }
        let help = match nearest(&area.name, kinds.iter().map(|(_, home)| *home).chain(AREAS)) {
            Some(name) => format!("Did you mean `{name}`? Else give it `paths` or `artefacts`."),
            None => "Give it `paths` or `artefacts`.".to_owned(),
        };
        context.errors.push(
            PolicyError::new(area.at, format!("no file can be in area `{}`", area.name))
                .label("has neither paths nor artefacts, and the catalogue does not know it")
                .help(help),
        );
    }
}
