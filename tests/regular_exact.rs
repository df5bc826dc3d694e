//! Holds the engine of regular expressions to brute force: random rules and globs, and every path up to a size, each
//! matched by another library.
//!
//! `MLOPS_LINT_CASES=100000 cargo test --release --test regular_exact -- --nocapture` runs more of them.

// Helpers of tests, where a panic is the report.
#![allow(clippy::panic, clippy::unwrap_used)]

use mlops_lint::codeowners::{
    DEFAULT_BUDGET, Decision, Language, PathSearch, Pattern, Regular, RegularSet, Syntax, find_path, find_path_where,
    regular_covers,
};

/// A generator of numbers that is the same everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0 >> 11) % bound as u64).unwrap()
    }

    fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    fn pick<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len())]
    }

    /// In a syntax that both libraries read alike.
    fn expression(&mut self, depth: usize) -> String {
        let mut text = String::new();
        for _ in 0..=self.below(3) {
            let piece = match self.below(if depth > 0 { 12 } else { 10 }) {
                0..=2 => self.pick(&["a", "b", "/", "a/", "ab"]).to_owned(),
                3 => self.pick(&[".", "[^/]", "[^a]", "[ab]", "[^b/]"]).to_owned(),
                4 | 5 => self.pick(&[".*", "[^/]*", "[^/]+", ".+", "[ab]*"]).to_owned(),
                6 => self.pick(&["a?", "b*", "a+", "/?", "(a|b)", "(ab)?", "b{2}"]).to_owned(),
                7 => self.pick(&[".*/", "(.*/)?", "/.*", "(/.*)?"]).to_owned(),
                8 => self.pick(&["a", "b", "\\b", "^", "$", "(?i:A)"]).to_owned(),
                9 => self.pick(&["a", "b", "/"]).to_owned(),
                _ => format!("({}|{})", self.expression(depth - 1), self.expression(depth - 1)),
            };
            text.push_str(&piece);
        }
        text
    }

    fn rule(&mut self) -> String {
        let not = if self.one_in(5) { "!" } else { "" };
        let more = if self.one_in(6) { format!("|{}", self.expression(0)) } else { String::new() };
        format!("{not}{}{more}", self.expression(2))
    }

    fn glob(&mut self) -> String {
        let mut segments = Vec::new();
        for _ in 0..=self.below(2) {
            segments.push(self.pick(&["**", "*", "a", "b", "ab", "a*", "*a", "?", "*b*", "?b"]));
        }
        format!("{}{}{}", self.pick(&["", "/"]), segments.join("/"), self.pick(&["", "", "/", "/**"]))
    }
}

/// Every path of up to six characters of two letters that rules name, one they do not, and the slash.
fn paths() -> Vec<String> {
    let mut paths = vec![String::new()];
    let mut from = 0;
    for _ in 0..6 {
        let to = paths.len();
        for at in from..to {
            let longer = ["a", "b", "z", "/"].map(|letter| format!("{}{letter}", paths[at]));
            paths.extend(longer.into_iter().filter(|path| !path.starts_with('/') && !path.contains("//")));
        }
        from = to;
    }
    paths.retain(|path| !path.is_empty() && !path.ends_with('/'));
    paths
}

/// A set of paths as the engine and as the other library know it.
struct Both {
    text: String,
    rule: Option<Regular>,
    glob: Option<Pattern>,
    regex: Option<regex::Regex>,
    negated: bool,
}

impl Both {
    fn rule(text: String) -> Self {
        let expression = text.trim_start_matches('!');
        // Word boundaries of ASCII, as Go has them.
        let other = format!("^{expression}$").replace("\\b", "(?-u:\\b)");
        Self {
            rule: Some(Regular::compile(&text, Syntax::Go).unwrap()),
            glob: None,
            regex: Some(regex::Regex::new(&other).unwrap()),
            negated: expression.len() < text.len(),
            text,
        }
    }

    fn glob(text: String) -> Self {
        Self { glob: Some(Pattern::github(&text).unwrap()), rule: None, regex: None, negated: false, text }
    }

    fn language(&self) -> Language<'_> {
        match (&self.rule, &self.glob) {
            (Some(rule), _) => Language::Regular(rule),
            (None, Some(glob)) => Language::Glob(glob),
            (None, None) => unreachable!("one of them is there"),
        }
    }

    fn has(&self, path: &str) -> bool {
        match (&self.regex, &self.glob) {
            (Some(regex), _) => regex.is_match(path) != self.negated,
            (None, Some(glob)) => glob.matches(path.as_bytes()),
            (None, None) => false,
        }
    }
}

#[derive(Debug, Default)]
struct Tally {
    found: usize,
    nowhere: usize,
    covered: usize,
    not_covered: usize,
    told: usize,
    told_nowhere: usize,
}

/// Holds an answer to all paths; true where there is one.
fn check(answer: &PathSearch, paths: &[String], wanted: impl Fn(&str) -> bool, context: &dyn Fn() -> String) -> bool {
    match answer {
        PathSearch::Found(path) | PathSearch::Taken(path) => {
            let path = std::str::from_utf8(path).unwrap();
            assert!(wanted(path), "{path:?} is not wanted: {}", context());
            for component in path.split('/') {
                let is_legal = !matches!(component, "" | "." | "..") && !component.eq_ignore_ascii_case(".git");
                assert!(is_legal && component.len() <= 255, "{path:?}: {}", context());
            }
            true
        }
        PathSearch::Nowhere => {
            let there = paths.iter().find(|path| wanted(path));
            assert_eq!(there, None, "{}", context());
            false
        }
        PathSearch::NotDecided => panic!("{}", context()),
    }
}

#[test]
fn random_questions_agree_with_brute_force() {
    let cases: usize = std::env::var("MLOPS_LINT_CASES").map_or(1_500, |cases| cases.parse().unwrap());
    let paths = paths();
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut tally = Tally::default();
    for _ in 0..cases {
        let inside: Vec<Both> = (0..=random.below(2))
            .map(|_| if random.one_in(2) { Both::glob(random.glob()) } else { Both::rule(random.rule()) })
            .collect();
        let outside: Vec<Both> = (0..random.below(3)).map(|_| Both::rule(random.rule())).collect();
        let texts = |sets: &[Both]| sets.iter().map(|set| set.text.clone()).collect::<Vec<_>>();
        let context = || format!("in {:?}, not in {:?}", texts(&inside), texts(&outside));
        let is_wanted = |path: &str| inside.iter().all(|set| set.has(path)) && !outside.iter().any(|set| set.has(path));
        let within: Vec<_> = inside.iter().map(Both::language).collect();
        let without: Vec<_> = outside.iter().map(Both::language).collect();

        let answer = find_path(&within, &without, &mut DEFAULT_BUDGET.clone());
        let is_there = check(&answer, &paths, is_wanted, &context);
        *(if is_there { &mut tally.found } else { &mut tally.nowhere }) += 1;

        // One or two rules made to cover the first set more often than by chance.
        let near = inside[0].text.trim_start_matches('!').trim_matches(['/', '*', '?']).to_owned();
        let near = if inside[0].glob.is_some() || near.contains(['(', '|', '[']) { String::new() } else { near };
        let mut covers = vec![Both::rule(random.rule()), Both::rule(format!("{near}.*"))];
        covers.truncate(1 + random.below(2));
        let rules: Vec<&Regular> = covers.iter().filter_map(|set| set.rule.as_ref()).collect();
        let answer = match regular_covers(&rules, within[0], &mut DEFAULT_BUDGET.clone()) {
            Decision::Yes => PathSearch::Nowhere,
            Decision::No(path) => PathSearch::Found(path),
            Decision::NotDecided => PathSearch::NotDecided,
        };
        let escapes = |path: &str| inside[0].has(path) && !covers.iter().any(|set| set.has(path));
        let is_there =
            check(&answer, &paths, escapes, &|| format!("{:?} covered by {:?}", inside[0].text, texts(&covers)));
        *(if is_there { &mut tally.not_covered } else { &mut tally.covered }) += 1;

        // A path for which as many of these rules hold as chance has it.
        let told: Vec<Both> = (0..2 + random.below(3)).map(|_| Both::rule(random.rule())).collect();
        let ranked: Vec<(u32, &Regular)> =
            (0..).zip(&told).filter_map(|(rank, set)| Some((rank, set.rule.as_ref()?))).collect();
        let count = random.below(told.len() + 1);
        let mut wanted = |ranks: &[u32]| ranks.len() == count && !ranks.contains(&1);
        let answer = find_path_where(&within[..1], &[], &ranked, &mut wanted, &mut DEFAULT_BUDGET.clone());
        let is_told = |path: &str| {
            let holds = told.iter().filter(|set| set.has(path)).count();
            inside[0].has(path) && holds == count && !told[1].has(path)
        };
        let is_there =
            check(&answer, &paths, is_told, &|| format!("{count} in {:?} of {:?}", inside[0].text, texts(&told)));
        *(if is_there { &mut tally.told } else { &mut tally.told_nowhere }) += 1;
    }
    println!("{cases} cases over {} paths: {tally:?}", paths.len());
    for verdict in [tally.found, tally.nowhere, tally.covered, tally.not_covered, tally.told, tally.told_nowhere] {
        assert!(verdict * 5 > cases, "{tally:?}");
    }
}

#[test]
fn a_set_of_rules_matches_as_another_library_does() {
    let paths = paths();
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let (mut matched, mut all) = (0, 0);
    for _ in 0..40 {
        let rules: Vec<Both> = (0..=random.below(8)).map(|_| Both::rule(random.rule())).collect();
        let ranked: Vec<(u32, &Regular)> =
            (0..).zip(&rules).filter_map(|(rank, set)| Some((rank, set.rule.as_ref()?))).collect();
        let mut set = RegularSet::new(&ranked).unwrap();
        let mut ranks = Vec::new();
        for path in &paths {
            set.matching(path.as_bytes(), &mut ranks).unwrap();
            let expected: Vec<u32> =
                (0..).zip(&rules).filter(|(_, rule)| rule.has(path)).map(|(rank, _)| rank).collect();
            assert_eq!(ranks, expected, "{path}: {:?}", rules.iter().map(|rule| &rule.text).collect::<Vec<_>>());
            matched += ranks.len();
            all += rules.len();
        }
    }
    assert!(matched * 5 > all && (all - matched) * 5 > all, "{matched} of {all}");
}
