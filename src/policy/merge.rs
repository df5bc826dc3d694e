//! One tree over another: maps merge by key at every level, lists replace, null removes, and some lists append.

use rustc_hash::FxHashMap;

use super::Origin;
use super::tree::{Node, Value};

/// The lists that later texts add to. A policy that builds on another keeps its exemptions, pins and kinds.
const APPENDED: [&str; 3] = ["exempt", "pins", "catalogue"];

/// What a null took away: the keys that lead there, and the null's own key.
pub(super) type Removed = Vec<(Vec<String>, Origin)>;

/// Lays `over` upon `base`. A null that takes nothing away stays, so that the checks see it.
pub(super) fn merge(base: Node, over: Node, removed: &mut Removed) -> Node {
    merge_at(base, over, &mut Vec::new(), removed)
}

fn merge_at(base: Node, over: Node, path: &mut Vec<String>, removed: &mut Removed) -> Node {
    let at = over.at;
    let value = match (base.value, over.value) {
        (Value::Map(mut entries), Value::Map(over)) => {
            let places: FxHashMap<String, usize> =
                entries.iter().enumerate().map(|(place, entry)| (entry.key.clone(), place)).collect();
            let mut gone = vec![false; entries.len()];
            for entry in over {
                let Some(&place) = places.get(&entry.key) else {
                    entries.push(entry);
                    continue;
                };
                path.push(entry.key);
                let below = &mut entries[place];
                if matches!(entry.value.value, Value::Null) {
                    removed.push((path.clone(), entry.key_at));
                    gone[place] = true;
                } else {
                    let old = std::mem::replace(&mut below.value, Node { value: Value::Null, at });
                    below.key_at = entry.key_at;
                    below.value = merge_at(old, entry.value, path, removed);
                }
                path.pop();
            }
            let mut place = 0;
            entries.retain(|_| {
                place += 1;
                !gone.get(place - 1).copied().unwrap_or_default()
            });
            Value::Map(entries)
        }
        (Value::List(mut items), Value::List(over)) if matches!(&**path, [key] if APPENDED.contains(&key.as_str())) => {
            items.extend(over);
            Value::List(items)
        }
        (_, over) => over,
    };
    Node { value, at }
}

#[cfg(test)]
mod tests {
    use super::super::error::Errors;
    use super::super::tree::parse;
    use super::*;

    /// The tree in one line, without places.
    fn plain(node: &Node) -> String {
        match &node.value {
            Value::Null => "null".to_owned(),
            Value::Scalar(scalar) => scalar.text.clone(),
            Value::List(items) => format!("[{}]", items.iter().map(plain).collect::<Vec<_>>().join(", ")),
            Value::Map(entries) => {
                let entries = entries.iter().map(|entry| format!("{}: {}", entry.key, plain(&entry.value)));
                format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
            }
        }
    }

    fn merged(base: &str, over: &str) -> (String, Removed) {
        let mut errors = Errors::default();
        let (base, over) = (parse(base, 0, &mut errors).unwrap(), parse(over, 1, &mut errors).unwrap());
        let mut removed = Removed::new();
        (plain(&merge(base, over, &mut removed)), removed)
    }

    #[test]
    fn maps_merge_lists_replace_null_removes_and_some_append() {
        let base = "roles: {a: {owners: [x, y]}, b: {owners: []}}\nexempt: [one]\npins: [p]\nfail_on: error\n";
        let over = "roles: {a: {owners: [z]}, b: null, c: {}}\nexempt: [two]\npins: [q]\nfail_on: info\nno_role: ~\n";
        let (tree, removed) = merged(base, over);
        assert_eq!(
            tree,
            "{roles: {a: {owners: [z]}, c: {}}, exempt: [one, two], pins: [p, q], fail_on: info, no_role: null}"
        );
        assert_eq!(removed.iter().map(|(path, _)| path.join(".")).collect::<Vec<_>>(), ["roles.b"]);
    }

    #[test]
    fn another_type_replaces() {
        assert_eq!(merged("a: {b: c}", "a: [d]").0, "{a: [d]}");
        assert_eq!(merged("x: {exempt: [one]}", "x: {exempt: [two]}").0, "{x: {exempt: [two]}}");
    }
}
