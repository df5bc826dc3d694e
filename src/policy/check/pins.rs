//! Pins: paths and their only owners.

use super::Context;
use super::owners::owners;
use super::patterns::path;
use crate::codeowners::{Pattern, Tail};
use crate::policy::error::PolicyError;
use crate::policy::exact::Exact;
use crate::policy::fields::{Fields, list};
use crate::policy::overlap::Decide as _;
use crate::policy::tree::{Node, Value};
use crate::policy::{Located, Pin, form};

/// Every pair is looked at, so there is an end to how many there may be.
const MOST: usize = 500;

/// Reads `pins`.
pub(super) fn pins(node: &Node, context: &mut Context<'_>) -> Vec<Pin> {
    let example = format!("- {}", form::PIN.example);
    let items = list(node, "`pins`", &example, context.errors).unwrap_or_default();
    if let Some(item) = items.get(MOST) {
        context.errors.push(
            PolicyError::new(item.at, format!("the policy has more than {MOST} pins"))
                .label("too many before this one")
                .help("Join some with `*` or with a directory.".to_owned()),
        );
        return Vec::new();
    }
    let pins: Vec<Pin> = items.iter().filter_map(|item| pin(item, context)).collect();
    contradictions(&pins, context);
    pins
}

fn pin(node: &Node, context: &mut Context<'_>) -> Option<Pin> {
    let fields = Fields::of(node, &form::PIN, context.errors)?;
    fields.are_complete(&form::PIN, context.errors);
    let path = fields.get("path").and_then(|node| path(node, context));
    let node = fields.get("owners")?;
    let mut owners = owners(node, "the pin's `owners`", context);
    if owners.is_empty() && matches!(&node.value, Value::List(items) if items.is_empty()) {
        context.errors.push(
            PolicyError::new(node.at, "a pin names somebody, and this one nobody")
                .label("empty")
                .help("Name who owns the paths, or leave the pin out.".to_owned()),
        );
    }
    owners.retain(|owner| {
        let exact = !owner.value.text.contains('*');
        if !exact {
            context.errors.push(
                PolicyError::new(
                    owner.at,
                    format!("a pin names its owners exactly, and `{}` may be several", owner.value.text),
                )
                .label("no `*` in a pin")
                .help("Name each of them.".to_owned()),
            );
        }
        exact
    });
    let owners = Located { value: owners, at: node.at };
    Some(Pin { path: path?, owners }).filter(|pin| !pin.owners.value.is_empty())
}

/// Two pins that name different owners for one path can never both hold.
fn contradictions(pins: &[Pin], context: &mut Context<'_>) {
    let exact = Exact::new();
    // A name is a file's here: that `/a.yaml` could be a directory that holds a `b.yaml` is no contradiction.
    let as_files = |pattern: &Pattern| match pattern.tail {
        Tail::SelfOrBelow => Pattern { tail: Tail::Exact, ..pattern.clone() },
        _ => pattern.clone(),
    };
    let patterns: Vec<Pattern> = pins.iter().map(|pin| as_files(&pin.path.value.pattern)).collect();
    for (at, second) in pins.iter().enumerate() {
        let first = pins[..at].iter().zip(&patterns).find_map(|(first, pattern)| {
            if second.is_met_by(first.owners.value.iter().map(|owner| owner.value.key.as_str())) {
                return None;
            }
            let path = exact.common(pattern, &patterns[at])?;
            Some((first, path))
        });
        if let Some((first, path)) = first {
            let path = String::from_utf8_lossy(&path).into_owned();
            context.errors.push(
                PolicyError::new(second.owners.at, format!("two pins name different owners for `{path}`"))
                    .label("these")
                    .help("Every pin holds, whatever their order: narrow one of the patterns.".to_owned())
                    .related(first.owners.at, "and these"),
            );
        }
    }
}
