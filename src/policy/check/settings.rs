//! Exemptions, exclusions, overrides of rules, and where CODEOWNERS and the baseline are.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::patterns::{path, paths};
use super::{Context, dialect, severity_or};
use crate::codeowners::Dialect;
use crate::finding::FailOn;
use crate::policy::error::{PolicyError, nearest};
use crate::policy::fields::{Fields, boolean, filled_text, list, shortened, text};
use crate::policy::form;
use crate::policy::tree::{Node, Value};
use crate::policy::{BELOW_FLOOR, Exclude, Exemption, Located, Origin, RuleSetting};

/// Reads `exempt`.
pub(super) fn exempt(node: &Node, context: &mut Context<'_>) -> Vec<Exemption> {
    let form = format!("- {}", form::EXEMPTION.example);
    let items = list(node, "`exempt`", &form, context.errors).unwrap_or_default();
    items.iter().filter_map(|item| exemption(item, context)).collect()
}

fn exemption(node: &Node, context: &mut Context<'_>) -> Option<Exemption> {
    let fields = Fields::of(node, &form::EXEMPTION, context.errors)?;
    fields.are_complete(&form::EXEMPTION, context.errors);
    let rules = fields.get("rules").map_or_else(Vec::new, |node| exempt_rules(node, context));
    let path = fields.get("path").and_then(|node| path(node, context));
    let reason = fields.get("reason").and_then(|node| filled_text(node, "the reason", context.errors));
    let expires = fields.get("expires").and_then(|node| date(node, context));
    Some(Exemption { path: path?, rules, reason: reason?.to_owned(), expires })
}

fn exempt_rules(node: &Node, context: &mut Context<'_>) -> Vec<&'static str> {
    let items = list(node, "`rules`", "[MLO201]", context.errors);
    if items.is_some_and(<[Node]>::is_empty) {
        context.errors.push(
            PolicyError::new(node.at, "the exemption names no rule")
                .label("empty")
                .help("Name a rule, or leave `rules` out to exempt from all.".to_owned()),
        );
    }
    let mut rules = Vec::new();
    for item in items.unwrap_or_default() {
        let Some(scalar) = text(item, "a rule", context.errors) else { continue };
        if let Some(code) = rule(&scalar.text, item.at, context)
            && !rules.contains(&code)
        {
            rules.push(code);
        }
    }
    rules
}

/// The code of a rule, given by code or slug.
fn rule(name: &str, at: Origin, context: &mut Context<'_>) -> Option<&'static str> {
    let rules = &context.known.rules;
    let is = |known: &str| known.eq_ignore_ascii_case(name);
    if let Some(&(code, slug)) = rules.iter().find(|(code, slug)| is(code) || is(slug)) {
        if code == BELOW_FLOOR {
            let error = PolicyError::new(at, format!("no policy can set or exempt from {code} {slug}"));
            context.errors.push(error.label("what holds a policy to its floor").help("Leave it out.".to_owned()));
            return None;
        }
        return Some(code);
    }
    // The nearest code is seldom the one that is meant; the nearest slug is.
    let near = nearest(name, rules.iter().map(|&(_, slug)| slug));
    let help = match near.and_then(|slug| rules.iter().find(|(_, other)| *other == slug)) {
        Some((code, slug)) => format!("Did you mean `{slug}` (`{code}`)?"),
        None => "`mlops-lint rules` lists the rules.".to_owned(),
    };
    context
        .errors
        .push(PolicyError::new(at, format!("there is no rule `{}`", shortened(name))).label("unknown rule").help(help));
    None
}

fn date(node: &Node, context: &mut Context<'_>) -> Option<Located<jiff::civil::Date>> {
    let said = &text(node, "`expires`", context.errors)?.text;
    let is_form = said.len() == 10
        && said
            .bytes()
            .enumerate()
            .all(|(at, byte)| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() });
    if let Some(value) = said.parse().ok().filter(|_| is_form) {
        return Some(Located { value, at: node.at });
    }
    let (message, label) = if is_form {
        (format!("`{said}` is not a day of the calendar"), "no such day")
    } else {
        (format!("`{}` is no date", shortened(said)), "not a date")
    };
    context.errors.push(
        PolicyError::new(node.at, message)
            .label(label)
            .help("Write year, month and day: `expires: 2027-06-30`.".to_owned()),
    );
    None
}

/// Reads `exclude`.
pub(super) fn exclude(node: &Node, context: &mut Context<'_>) -> Exclude {
    let fields = Fields::of(node, &form::EXCLUDE, context.errors);
    let get = |key| fields.as_ref().and_then(|fields| fields.get(key));
    Exclude {
        defaults: get("defaults")
            .and_then(|node| boolean(node, "`defaults`", context.errors))
            .is_none_or(|defaults| defaults.value),
        paths: get("paths").map_or_else(Vec::new, |node| paths(node, "`paths`", context)),
    }
}

/// Reads `rules`. Code and slug name the same rule: in one text that is an error, across texts the later one wins.
pub(super) fn rules(node: &Node, context: &mut Context<'_>) -> BTreeMap<&'static str, RuleSetting> {
    let Value::Map(entries) = &node.value else {
        context.errors.push(
            PolicyError::new(node.at, format!("`rules` is a map, and this is {}", node.value.is_a()))
                .label("not a map")
                .help("Write it as `{ MLO202: error, MLO111: off }`.".to_owned()),
        );
        return BTreeMap::new();
    };
    let mut entries: Vec<_> = entries.iter().collect();
    entries.sort_by_key(|entry| entry.key_at);
    let mut settings: BTreeMap<&'static str, RuleSetting> = BTreeMap::new();
    let mut seen: FxHashMap<&'static str, Origin> = FxHashMap::default();
    for entry in entries {
        let Some(code) = rule(&entry.key, entry.key_at, context) else { continue };
        if let Some(first) = seen.insert(code, entry.key_at).filter(|first| first.text == entry.key_at.text) {
            context.errors.push(
                PolicyError::new(entry.key_at, format!("`{}` names the rule {code} again", shortened(&entry.key)))
                    .label("here again")
                    .help("Keep one.".to_owned())
                    .related(first, "first here"),
            );
            continue;
        }
        let setting = rule_setting(&entry.value, context);
        let merged = settings.entry(code).or_default();
        if let Some(severity) = setting.severity {
            merged.severity = Some(match severity {
                FailOn::At(severity) => Some(severity),
                FailOn::Never => None,
            });
        }
        if let Some(allow) = setting.allow {
            merged.allow = allow;
        }
    }
    settings
}

/// What one entry says of a rule; `None` where it says nothing.
#[derive(Default)]
struct Said {
    severity: Option<FailOn>,
    allow: Option<Vec<Located<crate::policy::PathPattern>>>,
}

fn rule_setting(node: &Node, context: &mut Context<'_>) -> Said {
    const WHAT: &str = "severity of a rule";
    match &node.value {
        Value::Map(_) => {
            let Some(fields) = Fields::of(node, &form::RULE, context.errors) else { return Said::default() };
            Said {
                severity: fields
                    .get("severity")
                    .and_then(|node| severity_or(node, WHAT, &form::SEVERITY_OR_OFF, context)),
                allow: fields.get("allow").map(|node| paths(node, "`allow`", context)),
            }
        }
        Value::Null => {
            context.errors.push(
                PolicyError::new(node.at, "nothing is said about this rule")
                    .label("no severity")
                    .help("Write `error`, `warning`, `info` or `off`.".to_owned()),
            );
            Said::default()
        }
        _ => Said { severity: severity_or(node, WHAT, &form::SEVERITY_OR_OFF, context), allow: None },
    }
}

/// Reads `codeowners`.
pub(super) fn codeowners(node: &Node, context: &mut Context<'_>) -> (Option<Located<String>>, Option<Dialect>) {
    let Some(fields) = Fields::of(node, &form::CODEOWNERS, context.errors) else { return (None, None) };
    let path =
        fields.get("path").and_then(|node| file(node, "the path of CODEOWNERS", "path: .github/CODEOWNERS", context));
    (path, fields.get("dialect").and_then(|node| dialect(node, context)))
}

/// Reads `floor`. Whether the file is there is found out by whoever reads it.
pub(super) fn floor(node: &Node, context: &mut Context<'_>) -> Option<Located<String>> {
    let said = filled_text(node, "the floor", context.errors)?;
    Some(Located { value: said.to_owned(), at: node.at })
}

/// Reads the path of a file within the repository.
pub(super) fn file(node: &Node, what: &str, form: &str, context: &mut Context<'_>) -> Option<Located<String>> {
    let said = filled_text(node, what, context.errors)?;
    let stays = said.split(['/', '\\']).all(|part| !matches!(part, "" | "." | "..")) && !said.contains('\0');
    let stays = stays && !said.contains('\\') && said.as_bytes().get(1) != Some(&b':');
    if !stays {
        context.errors.push(
            PolicyError::new(node.at, format!("`{}` is no path within the repository", shortened(said)))
                .label("not within the repository")
                .help(format!("Write it relative to the root: `{form}`.")),
        );
    }
    stays.then(|| Located { value: said.to_owned(), at: node.at })
}
