//! Every path up to a size, and which of them each pattern matches.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use mlops_lint::codeowners::Pattern;
use regex::Regex;

use super::oracle;

/// How a host reads patterns, and the letters that tell its patterns apart.
pub(crate) struct Host {
    pub(crate) name: &'static str,
    read: fn(&str) -> Pattern,
    regex: fn(&str) -> Regex,
    /// Those that patterns name, one of each region of the classes, and one that is in none.
    letters: &'static [&'static str],
    /// The pieces of random patterns.
    pub(crate) words: &'static [&'static str],
    pub(crate) wilds: &'static [&'static str],
    pub(crate) tokens: &'static [&'static str],
    pub(crate) ends: &'static [&'static str],
    pub(crate) has_sections: bool,
}

pub(crate) const GITHUB: Host = Host {
    name: "GitHub",
    read: |text| Pattern::github(text).unwrap(),
    regex: oracle::regex,
    letters: &["a", "b", "z"],
    words: &["a", "b", "ab", "aa"],
    wilds: &["a*", "*a", "?", "b*", "*b", "??*", "?*", "*a*", "a?", "?b"],
    tokens: &["a", "b", "?", "*", "a", "*"],
    ends: &["", "", "/", "/**"],
    has_sections: false,
};

pub(crate) const GITLAB: Host = Host {
    name: "GitLab",
    read: Pattern::gitlab,
    regex: oracle::gitlab::regex,
    // `c` and `d` stand for the rest of `[a-c]`, `[b-d]` and `[cd]`.
    letters: &["a", "b", "c", "d", "z"],
    words: &["a", "b", "ab", "c"],
    wilds: &[
        "a*", "*a", "?", "?*", "[ab]", "[!a]", "[a-c]", "[^ab]", "[ab]*", "*[!b]", "[!a-c]*", "*[cd]", "[b-d]?",
        "?[a-c]", "[!cd]*", "*[b-d]*",
    ],
    tokens: &["a", "b", "?", "*", "[ab]", "[!a]", "[cd]", "[a-c]", "*"],
    ends: &["", "/", "/", "/*", "/**/*"],
    has_sections: true,
};

/// The paths of a host, and what is known of patterns met before.
pub(crate) struct Pool {
    pub(crate) host: &'static Host,
    pub(crate) paths: Vec<Vec<u8>>,
    known: HashMap<String, Rc<Known>>,
}

/// A pattern and the paths it matches.
pub(crate) struct Known {
    pub(crate) text: String,
    pub(crate) pattern: Pattern,
    pub(crate) regex: Regex,
    pub(crate) of: Bits,
}

impl Known {
    /// Whether any path matches, by the second reading.
    pub(crate) fn matches(&self, path: &[u8]) -> bool {
        // No case asks for more than ASCII.
        self.regex.is_match(std::str::from_utf8(path).unwrap())
    }
}

impl Pool {
    pub(crate) fn new(host: &'static Host) -> Self {
        Self { host, paths: paths(host.letters), known: HashMap::new() }
    }

    /// What the pattern matches: the product's reading and the second one must agree on every path.
    pub(crate) fn known(&mut self, text: &str) -> Rc<Known> {
        if let Some(known) = self.known.get(text) {
            return Rc::clone(known);
        }
        let (pattern, regex) = ((self.host.read)(text), (self.host.regex)(text));
        let of: Bits = self.paths.iter().map(|path| regex.is_match(std::str::from_utf8(path).unwrap())).collect();
        for (at, path) in self.paths.iter().enumerate() {
            assert_eq!(pattern.matches(path), of.holds(at), "{text} on {path:?}");
        }
        if self.known.len() > 100_000 {
            self.known.clear();
        }
        let known = Rc::new(Known { text: text.to_owned(), pattern, regex, of });
        self.known.insert(text.to_owned(), Rc::clone(&known));
        known
    }

    pub(crate) fn none(&self) -> Bits {
        self.paths.iter().map(|_| false).collect()
    }

    /// What any of them match.
    pub(crate) fn any<'k>(&self, of: impl IntoIterator<Item = &'k Rc<Known>>) -> Bits {
        of.into_iter().fold(self.none(), |any, known| any.or(&known.of))
    }
}

/// Every path of up to three components (and four short ones).
fn paths(letters: &[&str]) -> Vec<Vec<u8>> {
    let longer = |names: &[String]| -> Vec<String> {
        names.iter().flat_map(|name| letters.iter().map(move |letter| format!("{name}{letter}"))).collect()
    };
    let one = longer(&[String::new()]);
    let two = longer(&one);
    let three = longer(&two);
    let short: Vec<String> = one.iter().chain(&two).cloned().collect();
    let names: Vec<String> = short.iter().chain(&three).cloned().collect();
    let join = |lists: &[&[String]]| {
        lists.iter().skip(1).fold(lists[0].to_vec(), |paths, names| {
            paths.iter().flat_map(|path| names.iter().map(move |name| format!("{path}/{name}"))).collect()
        })
    };
    // Fewer letters, longer names.
    let deep: &[String] = if letters.len() > 3 { &short } else { &names };
    let four = ["a", "b", "z", "ab"].map(String::from);
    let lists = [
        names.clone(),
        join(&[deep, deep]),
        join(&[&short, &one, &one]),
        join(&[&one, &short, &one]),
        join(&[&one, &one, &short]),
        join(&[&four, &four, &four, &four]),
    ];
    lists.concat().into_iter().collect::<BTreeSet<_>>().into_iter().map(String::into_bytes).collect()
}

/// A set of paths, by index.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Bits(Vec<u64>);

impl FromIterator<bool> for Bits {
    fn from_iter<I: IntoIterator<Item = bool>>(bits: I) -> Self {
        let mut words = Vec::new();
        for (at, bit) in bits.into_iter().enumerate() {
            if at % 64 == 0 {
                words.push(0);
            }
            *words.last_mut().unwrap() |= u64::from(bit) << (at % 64);
        }
        Self(words)
    }
}

impl Bits {
    fn with(&self, other: &Self, join: impl Fn(u64, u64) -> u64) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(&a, &b)| join(a, b)).collect())
    }

    pub(crate) fn or(&self, other: &Self) -> Self {
        self.with(other, |a, b| a | b)
    }

    pub(crate) fn and(&self, other: &Self) -> Self {
        self.with(other, |a, b| a & b)
    }

    pub(crate) fn minus(&self, other: &Self) -> Self {
        self.with(other, |a, b| a & !b)
    }

    pub(crate) fn holds(&self, at: usize) -> bool {
        self.0[at / 64] >> (at % 64) & 1 == 1
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.iter().all(|&word| word == 0)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = usize> {
        (0..self.0.len() * 64).filter(|&at| self.holds(at))
    }
}
