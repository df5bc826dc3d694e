//! Words that are signs of a role, and what a name or a comment says by them.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;

/// `policies/hints.yaml`, as `build.rs` writes it.
const EMBEDDED: &str = include_str!(concat!(env!("OUT_DIR"), "/hints.json"));

/// Names and comments are written by strangers; what is longer says nothing more.
const MOST_WORDS: usize = 16;

/// How much a sign of a role counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Weight {
    /// Counts together with other signs.
    Hint,
    /// Decides where nothing speaks against it.
    Suggestion,
    /// Decides alone.
    Statement,
}

/// Whom a sign means.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Meant {
    /// A role, by name.
    Role(String),
    /// Somebody outside all roles.
    NoRole,
}

/// What a name or a comment says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sign {
    pub(super) meant: Meant,
    pub(super) weight: Weight,
    /// The words that say it.
    pub(super) words: String,
}

#[derive(Deserialize)]
struct Data {
    roles: Vec<RoleData>,
    no_role: Vec<String>,
    fillers: Vec<String>,
    areas: BTreeMap<String, Vec<String>>,
    production: Vec<String>,
}

#[derive(Deserialize)]
struct RoleData {
    role: String,
    says: Vec<String>,
    suggests: Vec<String>,
    hints: Vec<String>,
    stands_in: Vec<String>,
}

/// The table, made ready.
pub(super) struct Hints {
    /// Roles in the order of the table, each with those who may stand in for it, the likeliest first.
    pub(super) roles: Vec<(String, Vec<String>)>,
    signs: FxHashMap<String, (Meant, Weight)>,
    /// Words of the longest sign.
    longest: usize,
    fillers: FxHashSet<String>,
    /// Areas by the names of their directories.
    pub(super) directories: FxHashMap<String, String>,
    pub(super) production: FxHashSet<String>,
}

impl Hints {
    /// The embedded table. The tests prove that it can be read.
    pub(super) fn embedded() -> Self {
        let mut hints = Self {
            roles: Vec::new(),
            signs: FxHashMap::default(),
            longest: 1,
            fillers: FxHashSet::default(),
            directories: FxHashMap::default(),
            production: FxHashSet::default(),
        };
        let Ok(data) = serde_json::from_str::<Data>(EMBEDDED) else { return hints };
        for RoleData { role, says, suggests, hints: weak, stands_in } in data.roles {
            let lists = [(says, Weight::Statement), (suggests, Weight::Suggestion), (weak, Weight::Hint)];
            for (list, weight) in lists {
                for words in list {
                    hints.add(words, Meant::Role(role.clone()), weight);
                }
            }
            hints.roles.push((role, stands_in));
        }
        for words in data.no_role {
            hints.add(words, Meant::NoRole, Weight::Suggestion);
        }
        hints.fillers.extend(data.fillers);
        for (area, names) in data.areas {
            hints.directories.extend(names.into_iter().map(|name| (name, area.clone())));
        }
        hints.production.extend(data.production);
        hints
    }

    fn add(&mut self, words: String, meant: Meant, weight: Weight) {
        self.longest = self.longest.max(words.split(' ').count());
        self.signs.insert(words, (meant, weight));
    }

    /// What a name of an owner says: the strongest first, one a role. `organisations` say nothing.
    pub(super) fn of_name(&self, name: &str, organisations: &FxHashSet<String>) -> Vec<Sign> {
        let words = words(name);
        let elements = self.elements(&words, organisations);
        let Some(last) = elements.last() else { return Vec::new() };
        let (is_whole, head_is_known) = (elements.len() == 1, last.is_some());
        let has_unknown = elements.iter().any(Option::is_none);
        if let Some(head) = last.as_ref().filter(|head| head.meant == Meant::NoRole) {
            return vec![head.clone()];
        }
        let mut signs: Vec<Sign> = Vec::new();
        for (at, sign) in elements.iter().enumerate() {
            let Some(sign) = sign.as_ref().filter(|sign| sign.meant != Meant::NoRole) else { continue };
            let is_head = at + 1 == elements.len();
            let weight = match sign.weight {
                // "payments-platform" and "data-parallelism" are about payments and parallelism.
                Weight::Hint if has_unknown => continue,
                weight if is_whole => stronger(weight),
                weight if !head_is_known => weaker(weight),
                Weight::Suggestion if !is_head => Weight::Hint,
                weight => weight,
            };
            match signs.iter_mut().find(|known| known.meant == sign.meant) {
                Some(known) => known.weight = known.weight.max(weight),
                None => signs.push(Sign { weight, ..sign.clone() }),
            }
        }
        signs.sort_by(|a, b| b.weight.cmp(&a.weight).then_with(|| a.meant.cmp(&b.meant)));
        signs
    }

    /// What a comment above entries says; only a heading says anything.
    pub(super) fn of_heading(&self, text: &str) -> Vec<Sign> {
        const LONGEST_HEADING: usize = 5;
        let words = words(text);
        if words.len() > LONGEST_HEADING {
            return Vec::new();
        }
        self.elements(&words, &FxHashSet::default()).into_iter().flatten().collect()
    }

    /// The role that this is another name of.
    pub(super) fn role_called(&self, name: &str) -> Option<&str> {
        match self.signs.get(&words(name).join(" "))? {
            (Meant::Role(role), Weight::Statement) => Some(role),
            _ => None,
        }
    }

    /// Words that are signs, the longest runs of them first, and the others (`None`) but for fillers.
    fn elements(&self, words: &[String], organisations: &FxHashSet<String>) -> Vec<Option<Sign>> {
        let mut elements = Vec::new();
        let mut at = 0;
        while at < words.len() {
            let longest = self.longest.min(words.len() - at);
            let found = (1..=longest).rev().find_map(|length| {
                let run = words[at..at + length].join(" ");
                let (meant, weight) = self.signs.get(&run)?;
                Some((length, Sign { meant: meant.clone(), weight: *weight, words: run }))
            });
            if let Some((length, sign)) = found {
                elements.push(Some(sign));
                at += length;
                continue;
            }
            if !self.fillers.contains(&words[at]) && !organisations.contains(&words[at]) {
                elements.push(None);
            }
            at += 1;
        }
        elements
    }
}

const fn stronger(weight: Weight) -> Weight {
    match weight {
        Weight::Hint => Weight::Suggestion,
        Weight::Suggestion | Weight::Statement => Weight::Statement,
    }
}

const fn weaker(weight: Weight) -> Weight {
    match weight {
        Weight::Statement => Weight::Suggestion,
        Weight::Suggestion | Weight::Hint => Weight::Hint,
    }
}

/// The words of a name in lower case: `AI-Platform_docs`, `mlOps` and `DataScience` have their own borders.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut open = false;
    let mut before: Option<char> = None;
    let mut rest = name.chars().peekable();
    while let Some(character) = rest.next() {
        let after_lower = before.is_some_and(char::is_lowercase);
        let ends_capitals =
            before.is_some_and(char::is_uppercase) && rest.peek().is_some_and(|next| next.is_lowercase());
        let is_word = character.is_alphanumeric();
        if is_word && (!open || (character.is_uppercase() && (after_lower || ends_capitals))) {
            if words.len() == MOST_WORDS {
                break;
            }
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| is_word) {
            word.extend(character.to_lowercase());
        }
        open = is_word;
        before = Some(character);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signs(name: &str) -> String {
        let hints = Hints::embedded();
        let acme = FxHashSet::from_iter(["acme".to_owned()]);
        let told = hints.of_name(name, &acme).into_iter().map(|sign| match sign.meant {
            Meant::Role(role) => format!("{role} {:?}", sign.weight),
            Meant::NoRole => "none".to_owned(),
        });
        told.collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn the_table_can_be_read_and_says_nothing_twice() {
        let data: Data = serde_json::from_str(EMBEDDED).unwrap();
        let roles = data.roles.iter().flat_map(|role| role.says.iter().chain(&role.suggests).chain(&role.hints));
        let mut all: Vec<&String> = roles.chain(&data.no_role).chain(&data.fillers).collect();
        assert!(all.iter().all(|phrase| words(phrase).join(" ") == **phrase), "{all:?}");
        all.sort_unstable();
        let repeated: Vec<_> = all.windows(2).filter(|pair| pair[0] == pair[1]).collect();
        assert!(repeated.is_empty(), "{repeated:?}");
        let known: Vec<&String> = data.roles.iter().map(|role| &role.role).collect();
        assert!(data.roles.iter().flat_map(|role| &role.stands_in).all(|role| known.contains(&role)));
        assert!(data.areas.keys().all(|area| crate::policy::AREAS.contains(&area.as_str())));
    }

    #[test]
    fn names_are_split_where_people_see_borders() {
        assert_eq!(words("AI-Platform_docs"), ["ai", "platform", "docs"]);
        assert_eq!(words("DataScience.MLTeam2"), ["data", "science", "ml", "team2"]);
        assert_eq!(words("--"), [""; 0]);
        assert_eq!(words(&"a-".repeat(1000)).len(), MOST_WORDS);
    }

    #[test]
    fn what_names_say() {
        for (name, expected) in [
            ("data-eng", "data-engineer Statement"),
            ("mlops", "mlops-engineer Statement"),
            ("ml-platform", "mlops-engineer Statement"),
            ("ml-team", "ml-engineer Statement"),
            ("ds", "data-scientist Statement"),
            ("releng", "mlops-engineer Statement"),
            ("infra", "mlops-engineer Suggestion"),
            ("acme-infra-oncall", "mlops-engineer Suggestion"),
            ("translations-training", "data-scientist Suggestion"),
            ("data-science-mlops", "data-scientist Statement, mlops-engineer Statement"),
            // Whole words only, and the last one names the team.
            ("webml-docs", "none"),
            ("AI-Platform-Docs", "none"),
            ("web", "none"),
            ("html", ""),
            ("modsecurity", ""),
            // Somebody else's platform, and what only sounds like data.
            ("payments-platform", ""),
            ("data-parallelism", ""),
            ("training-adlr", "data-scientist Hint"),
            ("reviewers-and-approvers", ""),
            ("", ""),
        ] {
            assert_eq!(signs(name), expected, "{name}");
        }
    }

    #[test]
    fn headings_speak_and_prose_does_not() {
        let hints = Hints::embedded();
        assert_eq!(hints.of_heading("# Data science").len(), 1);
        assert_eq!(hints.of_heading("# Changes to these ought to be reviewed by RelEng").len(), 0);
    }

    #[test]
    fn another_name_of_a_role() {
        let hints = Hints::embedded();
        assert_eq!(hints.role_called("domain-expert"), Some("business-analyst"));
        assert_eq!(hints.role_called("Data Scientists"), Some("data-scientist"));
        assert_eq!(hints.role_called("tax-expert"), None);
    }
}
