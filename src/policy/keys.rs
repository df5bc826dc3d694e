//! Where the keys of a policy stand, by their dotted paths.

use rustc_hash::FxHashMap;

use super::Origin;
use super::merge::Removed;
use super::tree::{Node, Value};

/// The keys of the merged policy that have a value, and those that a null took away.
#[derive(Clone, Debug, Default)]
pub(super) struct Keys {
    values: FxHashMap<String, Origin>,
    nulls: FxHashMap<String, Origin>,
}

/// No name that a policy may use is longer.
const LONGEST: usize = 128;
/// `areas.serving.ownership.accountable`
const DEEPEST: usize = 4;

impl Keys {
    pub(super) fn new(tree: &Node, removed: &Removed) -> Self {
        let mut keys = Self::default();
        keys.add(tree, &mut Vec::new());
        for (path, at) in removed {
            keys.nulls.insert(path.join("."), *at);
        }
        keys
    }

    fn add<'t>(&mut self, node: &'t Node, path: &mut Vec<&'t str>) {
        let Value::Map(entries) = &node.value else { return };
        for entry in entries.iter().filter(|entry| entry.key.len() <= LONGEST) {
            path.push(&entry.key);
            let is_null = matches!(entry.value.value, Value::Null);
            let (map, at) = if is_null { (&mut self.nulls, entry.key_at) } else { (&mut self.values, entry.value.at) };
            map.insert(path.join("."), at);
            if path.len() < DEEPEST {
                self.add(&entry.value, path);
            }
            path.pop();
        }
    }

    /// The value of a key.
    pub(super) fn value(&self, key: &str) -> Option<Origin> {
        self.values.get(key).copied()
    }

    /// The severity that is said of a rule, by its code or slug; of several the last text's.
    pub(super) fn rule(&self, code: &str, slug: &str) -> Option<Origin> {
        let of_rule = |key: &str| {
            let name = key.strip_prefix("rules.")?;
            let name = name.strip_suffix(".severity").unwrap_or(name);
            Some(name.eq_ignore_ascii_case(code) || name.eq_ignore_ascii_case(slug))
        };
        let said = self.values.iter().filter(|(key, _)| of_rule(key) == Some(true));
        // The innermost: a setting of a rule holds its severity.
        said.max_by_key(|(key, at)| (at.text, key.len(), at.span.start)).map(|(_, &at)| at)
    }

    /// The key whose value a null took away, or that is null itself.
    pub(super) fn null(&self, key: &str) -> Option<Origin> {
        self.nulls.get(key).copied()
    }
}
