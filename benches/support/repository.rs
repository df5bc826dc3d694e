//! Generated repositories: the same paths and entries for the same numbers, on every machine.

use super::random::Random;
use super::tree::{Naming, Tree, extension, part, tree};

/// What the entries look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `/churn/batch-17/`: anchored directories, the general one before the special one.
    Directories,
    /// `*.x17`: one extension each.
    Suffixes,
    /// `churn17*`, `*_churn17.rs`, `*_churn17_*`: prefix, suffix and contains globs at any depth, over a tree where
    /// every base name is there once, so that nothing learnt about one name helps with another.
    Globs,
    /// Seven kinds of patterns in turn, in any order.
    Mixed,
}

impl Style {
    pub const ALL: [(&'static str, Self); 4] = [
        ("directories", Self::Directories),
        ("suffixes", Self::Suffixes),
        ("globs", Self::Globs),
        ("mixed", Self::Mixed),
    ];

    pub fn name(self) -> &'static str {
        Self::ALL.into_iter().find(|&(_, style)| style == self).map_or("", |(name, _)| name)
    }
}

/// A repository, as far as owners are concerned.
pub struct Repository {
    /// Files in byte order.
    pub paths: Vec<String>,
    /// Patterns in file order, all different. The owner of the one at index 17 is [`owner`]`(17)`.
    pub patterns: Vec<String>,
    /// The text of the CODEOWNERS file: entry `i` stands on line `i + 1`.
    pub codeowners: String,
}

/// The owner of the entry at an index: each has its own, so that an owner tells which entry has won.
pub fn owner(index: usize) -> String {
    format!("@acme/team-{index}")
}

/// The entry that an owner stands for.
pub fn index_of(owner: &str) -> Option<u32> {
    owner.rsplit('-').next()?.parse().ok()
}

impl Repository {
    /// A repository of exactly so many files and entries.
    pub fn new(style: Style, paths: usize, entries: usize) -> Self {
        Self::with_open_files(style, paths, entries, 0)
    }

    /// As [`Self::new`]; one file in `open_one_in` must be opened to know what it is (none, if 0).
    pub fn with_open_files(style: Style, paths: usize, entries: usize, open_one_in: usize) -> Self {
        let mut random = Random::new(0x6d6c_6f70_7300 + style as u64);
        let naming = Naming {
            // A fifth of what is there has no entry.
            extensions: (style == Style::Suffixes).then_some(entries + entries / 4),
            parts: if matches!(style, Style::Globs | Style::Mixed) { entries.max(8) } else { 64 },
            distinct: style == Style::Globs,
            open_one_in,
        };
        let tree = tree(paths, naming, &mut random);
        let patterns = match style {
            Style::Directories => directories(&tree, entries, &mut random),
            Style::Suffixes => {
                let mut patterns: Vec<String> = (0..entries).map(|at| format!("*.{}", extension(at))).collect();
                random.shuffle(&mut patterns);
                patterns
            }
            Style::Globs => (0..entries).map(|at| glob(at, &mut random)).collect(),
            Style::Mixed => mixed(&tree, entries, &mut random),
        };
        let lines: Vec<String> =
            patterns.iter().enumerate().map(|(at, pattern)| format!("{pattern} {}\n", owner(at))).collect();
        Self { paths: tree.files, patterns, codeowners: lines.concat() }
    }
}

/// Directories that exist, the general before the special; one in fifty is gone since, and one in fifty stands before
/// the directory above it, which then wins all its paths.
fn directories(tree: &Tree, entries: usize, random: &mut Random) -> Vec<String> {
    let mut chosen: Vec<&String> = tree.directories.iter().collect();
    random.shuffle(&mut chosen);
    let is_gone = |at: usize| at % 50 == 49 || at >= chosen.len();
    let mut patterns: Vec<String> = (0..entries)
        .map(|at| {
            if is_gone(at) { format!("/{}/gone-{at}/", chosen[at % chosen.len()]) } else { format!("/{}/", chosen[at]) }
        })
        .collect();
    patterns.sort_unstable();
    for at in (0..entries.saturating_sub(1)).step_by(50) {
        // The first pair of neighbours from here on of which one is above the other.
        let pair = (at..(at + 49).min(entries - 1)).find(|&at| patterns[at + 1].starts_with(&patterns[at]));
        if let Some(at) = pair {
            patterns.swap(at, at + 1);
        }
    }
    patterns
}

fn glob(at: usize, random: &mut Random) -> String {
    let name = part(at);
    match at % 3 {
        0 => format!("{name}_*"),
        1 => format!("*_{name}.{}", random.pick(&["go", "rs", "ts"])),
        _ => format!("*_{name}_*"),
    }
}

/// Seven kinds in turn. A number in each keeps them apart where the tree has too few directories.
fn mixed(tree: &Tree, entries: usize, random: &mut Random) -> Vec<String> {
    let mut patterns: Vec<String> = Vec::with_capacity(entries);
    let mut seen = std::collections::HashSet::new();
    for at in 0..entries {
        let directory = random.pick(&tree.directories);
        let name = directory.rsplit('/').next().unwrap_or(directory);
        let part = part(at);
        let candidate = match at % 7 {
            0 => format!("/{directory}/"),
            1 => random.pick(&tree.files).clone(),
            2 => format!("{name}/"),
            3 => format!("*_{part}.{}", random.pick(&["go", "rs", "ts"])),
            4 => format!("/{directory}/**/*_{part}.*"),
            5 => format!("/{directory}/*"),
            _ => format!("*{part}_*"),
        };
        let pattern = if seen.contains(&candidate) { format!("/{directory}/{part}{at}/") } else { candidate };
        seen.insert(pattern.clone());
        patterns.push(pattern);
    }
    patterns
}
