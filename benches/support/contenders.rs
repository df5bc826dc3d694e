//! The matchers that are measured side by side. Each does the same job: from patterns to the winning entry of every
//! path, as its documentation would have it done.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use globset::{GlobBuilder, GlobSetBuilder};
use ignore::Match;
use ignore::gitignore::GitignoreBuilder;
use mlops_lint::codeowners::{Dialect, Matcher, Pattern, parse};

use super::repository::{Repository, index_of};

/// For each path the index of the entry that wins it.
pub type Winners = Vec<Option<u32>>;

/// One matcher.
pub struct Contender {
    pub name: &'static str,
    pub winners: fn(&Repository) -> Winners,
    /// The most entries: beyond, it needs gigabytes.
    pub most_entries: usize,
}

impl Contender {
    /// How long the whole job would take, from what a few neighbouring paths do.
    pub fn estimate(&self, repository: &Repository) -> Duration {
        const FEW: usize = 100;
        let middle = repository.paths.len() / 2;
        let take = |count: usize| {
            let part = Repository {
                paths: repository.paths[middle..].iter().take(count).cloned().collect(),
                patterns: repository.patterns.clone(),
                codeowners: repository.codeowners.clone(),
            };
            let start = Instant::now();
            (self.winners)(&part);
            start.elapsed()
        };
        let (compile, few) = (take(1), take(1 + FEW));
        let each = few.saturating_sub(compile) / u32::try_from(FEW).unwrap();
        compile + each * u32::try_from(repository.paths.len()).unwrap()
    }
}

/// The product.
pub const OURS: Contender = Contender { name: "mlops-lint", winners: ours, most_entries: usize::MAX };

/// The public crates that can do the job.
pub const PEERS: [Contender; 5] = [
    Contender { name: "codeowners-rs", winners: codeowners_rs, most_entries: usize::MAX },
    Contender { name: "ignore", winners: gitignore, most_entries: usize::MAX },
    Contender { name: "globset", winners: globset, most_entries: 1_000 },
    Contender { name: "codeowners", winners: codeowners, most_entries: usize::MAX },
    Contender { name: "glob", winners: glob, most_entries: usize::MAX },
];

/// The patterns as the product's own reading has them.
pub fn patterns(repository: &Repository) -> Vec<Pattern> {
    let file = parse("CODEOWNERS", repository.codeowners.clone().into_bytes(), Dialect::GitHub);
    file.entries.iter().map(|entry| entry.glob().unwrap().clone()).collect()
}

fn ours(repository: &Repository) -> Winners {
    let patterns = patterns(repository);
    let matcher = Matcher::new((0..).zip(&patterns));
    let mut walk = matcher.walk();
    repository.paths.iter().map(|path| walk.winner(path.as_bytes())).collect()
}

fn codeowners_rs(repository: &Repository) -> Winners {
    let rules = codeowners_rs::parse(&repository.codeowners).into_ruleset();
    let winner = |path: &String| index_of(&rules.matching_rule(path)?.owners.first()?.value);
    repository.paths.iter().map(winner).collect()
}

fn codeowners(repository: &Repository) -> Winners {
    let owners = codeowners::from_reader(repository.codeowners.as_bytes());
    let winner = |path: &String| index_of(&owners.of(path)?.first()?.to_string());
    repository.paths.iter().map(winner).collect()
}

/// A pattern file of git, which has the same last match and nearly the same patterns.
fn gitignore(repository: &Repository) -> Winners {
    let mut builder = GitignoreBuilder::new("");
    for pattern in &repository.patterns {
        builder.add_line(None, pattern).unwrap();
    }
    let gitignore = builder.build().unwrap();
    let indexes: HashMap<&str, u32> = repository.patterns.iter().map(String::as_str).zip(0..).collect();
    let winner = |path: &String| match gitignore.matched_path_or_any_parents(path, false) {
        Match::Ignore(glob) => indexes.get(glob.original()).copied(),
        Match::None | Match::Whitelist(_) => None,
    };
    repository.paths.iter().map(winner).collect()
}

/// Two globs an entry: the path itself, and all below it.
fn globset(repository: &Repository) -> Winners {
    let mut builder = GlobSetBuilder::new();
    let mut indexes = Vec::new();
    for (index, pattern) in (0..).zip(&repository.patterns) {
        for glob in globs(pattern) {
            builder.add(GlobBuilder::new(&glob).literal_separator(true).build().unwrap());
            indexes.push(index);
        }
    }
    let set = builder.build().unwrap();
    let mut matched = Vec::new();
    let winner = |path: &String| {
        set.matches_into(path, &mut matched);
        matched.iter().map(|&at| indexes[at]).max()
    };
    repository.paths.iter().map(winner).collect()
}

/// The same two globs, tried from the last entry to the first.
fn glob(repository: &Repository) -> Winners {
    let options = glob::MatchOptions {
        case_sensitive: true,
        require_literal_separator: true,
        require_literal_leading_dot: false,
    };
    let patterns: Vec<(u32, glob::Pattern)> = (0..)
        .zip(&repository.patterns)
        .flat_map(|(index, pattern)| globs(pattern).into_iter().map(move |glob| (index, glob)))
        .map(|(index, glob)| (index, glob::Pattern::new(&glob).unwrap()))
        .collect();
    let winner = |path: &String| {
        let found = patterns.iter().rev().find(|(_, pattern)| pattern.matches_with(path, options));
        found.map(|&(index, _)| index)
    };
    repository.paths.iter().map(winner).collect()
}

/// An entry in the words of crates that know globs alone.
fn globs(pattern: &str) -> Vec<String> {
    let is_anchored = pattern.trim_end_matches('/').contains('/');
    let body = pattern.trim_matches('/');
    let start = if is_anchored { "" } else { "**/" };
    let below = format!("{start}{body}/**");
    if pattern.ends_with('/') {
        vec![below]
    } else if body.ends_with("/*") {
        vec![format!("{start}{body}")]
    } else {
        vec![format!("{start}{body}"), below]
    }
}
