//! Gitea's and Forgejo's reading of CODEOWNERS: the table, and how errors show at their characters.

// Helpers of tests, where a panic is the report.
#![allow(clippy::panic, clippy::unwrap_used)]

mod facts;
mod table;

use facts::{FACTS, PATHS};
use mlops_lint::codeowners::{Regular, RegularErrorKind, RegularSet, Syntax, tokenize};
use table::{CASES, Host};

/// Whom the host asks: the words behind every expression that holds, as both hosts put them together.
fn owners(file: &[u8], path: &[u8], syntax: Syntax) -> Vec<String> {
    let mut owners = Vec::new();
    for line in file.split(|&byte| byte == b'\n') {
        let words = tokenize(line, 0).words;
        let [expression, named @ ..] = words.as_slice() else { continue };
        if named.is_empty() {
            continue;
        }
        match Regular::compile(&expression.text, syntax) {
            Ok(rule) if rule.matches(path).unwrap() => owners.extend(named.iter().map(|word| word.text.clone())),
            Ok(_) => {}
            Err(error) => assert!(error.kind.skips_entry(), "{}: {error:?}", expression.text),
        }
    }
    owners
}

#[test]
fn the_hosts_ask_whom_the_table_tells() {
    let mut wrong = Vec::new();
    for &(host, file, path, expected, source) in CASES {
        let syntaxes: &[Syntax] = match host {
            Host::Both => &[Syntax::Go, Syntax::Regexp2],
            Host::Forgejo => &[Syntax::Go],
            Host::Gitea => &[Syntax::Regexp2],
        };
        for &syntax in syntaxes {
            let asked = owners(file, path, syntax);
            if asked != expected {
                wrong.push((syntax, String::from_utf8_lossy(file), String::from_utf8_lossy(path), asked, source));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(CASES.len() > 80);
}

/// The line with carets under the error, and the error.
fn shown(line: &str, syntax: Syntax) -> (String, RegularErrorKind) {
    let word = &tokenize(line.as_bytes(), 0).words[0];
    let error = Regular::compile(&word.text, syntax).unwrap_err();
    let place = word.in_file(error.span);
    let columns = |range: &str| range.chars().count();
    let before = " ".repeat(columns(&line[..place.start]));
    (format!("{before}{}", "^".repeat(columns(&line[place.range()]).max(1))), error.kind)
}

#[test]
fn an_error_stands_at_its_characters() {
    use RegularErrorKind::{
        BadClass, BadEscape, BadGroup, BadRepeat, MissingBracket, MissingParen, NestedRepeat, NothingToRepeat,
        UnexpectedParen,
    };
    #[rustfmt::skip]
    let table: &[(&str, &str, RegularErrorKind)] = &[
        (r"docs/(a|b @ana",
         r"     ^^^^", MissingParen),
        (r"docs/a)b @ana",
         r"      ^", UnexpectedParen),
        (r"é\ [z-a] @ana",
         r"    ^^^", BadClass),
        (r"\#[[:alp:]] @ana",
         r"   ^^^^^^^", BadClass),
        (r"v\\.\\y @ana",
         r"    ^^^", BadEscape),
        (r"a\\pX @ana",
         r" ^^^^", BadClass),
        (r"x[ab @ana",
         r" ^^^", MissingBracket),
        (r"a(*b) @ana",
         r"  ^", NothingToRepeat),
        (r"a*+ @ana",
         r"  ^", NestedRepeat),
        (r"a{3,2}b @ana",
         r" ^^^^^", BadRepeat),
        (r"!(?x)a @ana",
         r" ^^^", BadGroup),
        (r"(?!a)b @ana",
         r"^^^", BadGroup),
    ];
    for &(line, carets, kind) in table {
        let (shown, found) = shown(line, Syntax::Go);
        assert_eq!((shown.as_str(), found), (carets, kind), "\n{line}\n{carets} expected\n{shown} found");
    }
    let (carets, kind) = shown(r"/ab(?>a) @ana", Syntax::Regexp2);
    assert_eq!((carets.as_str(), kind.skips_entry()), ("   ^^", false));
}

#[test]
fn random_expressions_mean_what_the_libraries_made_of_them() {
    let mut withheld = [0, 0];
    let mut told = [0, 0];
    for line in FACTS.lines() {
        let [expression, go, regexp2] = line.split('\t').collect::<Vec<_>>().try_into().unwrap();
        for (at, (syntax, fact)) in [(Syntax::Go, go), (Syntax::Regexp2, regexp2)].into_iter().enumerate() {
            let answer = match Regular::compile(expression, syntax) {
                Err(error) if !error.kind.skips_entry() => {
                    withheld[at] += 1;
                    continue;
                }
                Err(_) => "-".to_owned(),
                Ok(rule) => {
                    let mut set = RegularSet::new(&[(0, &rule)]).unwrap();
                    let mut ranks = Vec::new();
                    let mut held = 0_u32;
                    for (bit, path) in (0..).zip(PATHS) {
                        set.matching(path, &mut ranks).unwrap();
                        held |= u32::from(!ranks.is_empty()) << bit;
                    }
                    format!("{held:x}")
                }
            };
            told[at] += 1;
            assert_eq!(answer, fact, "{expression} in {syntax:?}");
        }
    }
    assert_eq!((withheld[0], told[0]), (0, FACTS.lines().count()));
    assert!(withheld[1] * 4 < told[1], "{withheld:?} of {told:?}");
}
