//! Words, and questions about all paths, as tables to read; `tests/regular_exact.rs` holds them to brute force.

use super::super::{DEFAULT_BUDGET, Decision, PathSearch, Pattern};
use super::*;

fn words(line: &[u8]) -> Vec<String> {
    tokenize(line, 0).words.into_iter().map(|word| word.text).collect()
}

#[test]
fn words_lose_one_level_of_backslashes() {
    #[rustfmt::skip]
    let table: &[(&[u8], &[&str])] = &[
        (b"", &[]),
        (b"  \t ", &[]),
        (b"# all of it", &[]),
        (br"!.* @user1 @org1/team1", &["!.*", "@user1", "@org1/team1"]),
        (br".*\\.js @user2 #comment", &[r".*\.js", "@user2"]),
        (br"path\ with\ spaces/ @org3", &["path with spaces/", "@org3"]),
        (br"\#path @a#b", &["#path", "@a"]),
        (br"a\\#b", &[r"a\"]),
        (br"a\b\c", &["abc"]),
        (b"a\\", &["a"]),
        (b"\\", &[]),
        (b"a \\ ", &["a"]),
        (b"a\\\tb", &["a b"]),
        (b"a\x0bb\x0c @x\r", &["a\x0bb\x0c", "@x"]),
        (b"\xff\xc3(\xe2\x82", &["\u{fffd}\u{fffd}(\u{fffd}\u{fffd}"]),
    ];
    for &(line, expected) in table {
        assert_eq!(words(line), expected, "{:?}", String::from_utf8_lossy(line));
    }
}

#[test]
fn every_character_of_a_word_is_found_in_the_file() {
    let line = "  \\é\\\\.\\ x\u{e9}\t@ana # note \r".as_bytes();
    let found = tokenize(line, 100);
    let [expression, owner] = found.words.as_slice() else { panic!("{found:?}") };
    assert_eq!(expression.text, "é\\. x\u{e9}");
    let at = |text: &str| {
        let start = expression.text.find(text).unwrap();
        let place = expression.in_file(Span::new(start, start + text.len()));
        String::from_utf8_lossy(&line[place.start - 100..place.end - 100]).into_owned()
    };
    assert_eq!(
        [at("é"), at("\\"), at("."), at(" "), at("x"), at("\\. x")],
        ["\\é", "\\\\", ".", "\\ ", "x", "\\\\.\\ x"]
    );
    assert_eq!(expression.span, expression.in_file(Span::new(0, expression.text.len())));
    assert_eq!((owner.span, owner.in_file(Span::new(1, 4))), (Span::new(114, 118), Span::new(115, 118)));
    assert_eq!(found.comment, Some(Span::new(119, 125)));
}

fn rule(text: &str) -> Regular {
    Regular::compile(text, Syntax::Go).unwrap()
}

fn found(path: &str) -> PathSearch {
    PathSearch::Found(path.as_bytes().to_vec())
}

#[test]
fn a_set_tells_every_rule_that_holds() {
    let rules = [rule("docs/.*"), rule("!src/.*"), rule(".*\\.md"), rule("docs|models")];
    let mut set = RegularSet::new(&[(10, &rules[0]), (20, &rules[1]), (30, &rules[2]), (40, &rules[3])]).unwrap();
    let mut ranks = Vec::new();
    for (path, expected) in [
        ("docs/a.md", &[10, 20, 30, 40][..]),
        ("docs/a.txt", &[10, 20, 40]),
        ("src/a.md", &[30]),
        ("src/b/a.rs", &[]),
        ("src/b/models", &[40]),
        ("srcs", &[20]),
        ("", &[20]),
    ] {
        set.matching(path.as_bytes(), &mut ranks).unwrap();
        assert_eq!(ranks, expected, "{path}");
    }
}

#[test]
fn rules_without_a_path_are_proved_empty() {
    for (text, expected) in [
        ("docs/.*", found("docs/new")),
        (".*\\.(md|txt)", found("new.md")),
        ("models/[^/]*\\.onnx", found("models/new.onnx")),
        (".*", found("new")),
        ("!.*", PathSearch::Nowhere),
        ("!.+\\.py", found("new")),
        ("/docs/.*", PathSearch::Nowhere),
        ("docs/", PathSearch::Nowhere),
        ("a//b", PathSearch::Nowhere),
        ("\\.git/.*", PathSearch::Nowhere),
        ("(?i)a/\\.git", PathSearch::Nowhere),
        ("a/\\.{1,2}", PathSearch::Nowhere),
        ("a/\\.{1,3}", found("a/...")),
        ("a\\bb", PathSearch::Nowhere),
        ("[^\\x00-\\x{10ffff}]", PathSearch::Nowhere),
        ("\\x{d800}", PathSearch::Nowhere),
        ("\\x00", PathSearch::Nowhere),
        ("é?", found("é")),
        ("a$b", PathSearch::Nowhere),
        // Too long for git.
        ("a{255}", found(&"a".repeat(255))),
        ("a{256}", PathSearch::NotDecided),
    ] {
        let rule = rule(text);
        assert_eq!(find_path(&[Language::Regular(&rule)], &[], &mut DEFAULT_BUDGET.clone()), expected, "{text}");
    }
}

#[test]
fn an_area_is_covered_or_a_path_of_it_is_not() {
    let covers = |rules: &[&str], area: &str| {
        let rules: Vec<Regular> = rules.iter().map(|text| rule(text)).collect();
        let area = Pattern::github(area).unwrap();
        let rules: Vec<&Regular> = rules.iter().collect();
        match regular_covers(&rules, Language::Glob(&area), &mut DEFAULT_BUDGET.clone()) {
            Decision::Yes => "yes".to_owned(),
            Decision::No(path) => String::from_utf8(path).unwrap(),
            Decision::NotDecided => "not decided".to_owned(),
        }
    };
    #[rustfmt::skip]
    let table: &[(&[&str], &str, &str)] = &[
        (&[".*"], "/models/", "yes"),
        (&["models/.*"], "/models/", "yes"),
        (&["models/.*"], "models/", "new/models/new"),
        (&["models/[^/]*"], "/models/", "models/new/new"),
        (&["models/.*"], "/models", "models"),
        (&["models(/.*)?"], "/models", "yes"),
        (&[".*\\.onnx"], "*.onnx", "new.onnx/new"),
        (&[".*\\.onnx(/.*)?"], "*.onnx", "yes"),
        (&["models/[a-m].*", "models/[^a-m].*"], "/models/", "yes"),
        (&["models/[a-m].*", "models/[^b-m].*"], "/models/*/", "yes"),
        (&["models/[b-m].*", "models/[^a-m].*"], "/models/*", "models/a"),
        (&["!models/.*"], "/models/", "models/new"),
        (&["!models/.*"], "/data/", "yes"),
        (&["[!-~]*"], "/models/", "models/ "),
        (&["[ -~]*"], "/models/", "models/é"),
        (&[], "/", "yes"),
    ];
    for &(rules, area, expected) in table {
        assert_eq!(covers(rules, area), expected, "{rules:?} over {area}");
    }
}

#[test]
fn a_path_is_asked_for_by_all_the_rules_that_hold_for_it() {
    let rules = [rule(".*"), rule("models/.*"), rule(".*\\.onnx"), rule("!models/.*")];
    let ranked: Vec<(u32, &Regular)> = (0..).zip(&rules).collect();
    let area = Pattern::github("/models/").unwrap();
    let ask = |wanted: &[u32]| {
        let mut wanted = |ranks: &[u32]| ranks == wanted;
        find_path_where(&[Language::Glob(&area)], &[], &ranked, &mut wanted, &mut DEFAULT_BUDGET.clone())
    };
    assert_eq!(ask(&[0, 1]), found("models/new"));
    assert_eq!(ask(&[0, 1, 2]), found("models/new.onnx"));
    assert_eq!(ask(&[0, 2, 3]), PathSearch::Nowhere);
    assert_eq!(ask(&[3]), PathSearch::Nowhere);
}

#[test]
fn look_around_is_exact_too() {
    let rule = |text| Regular::compile(text, Syntax::Regexp2).unwrap();
    let core = Pattern::github("/core/").unwrap();
    let ask =
        |inside: &[Language<'_>], outside: &[Language<'_>]| find_path(inside, outside, &mut DEFAULT_BUDGET.clone());
    let (but, web) = (rule("(?s)core/(?!webapi/).*"), rule("(?s)core/webapi/.*"));
    let (but, web) = (Language::Regular(&but), Language::Regular(&web));
    assert_eq!(ask(&[Language::Glob(&core)], &[but]), found("core/webapi/new"));
    assert_eq!(ask(&[Language::Glob(&core)], &[but, web]), PathSearch::Nowhere);
    assert_eq!(ask(&[but, web], &[]), PathSearch::Nowhere);
    let never = rule("(?=.*a$)(?=.*b$).*");
    assert_eq!(ask(&[Language::Regular(&never)], &[]), PathSearch::Nowhere);
    let twice = rule("(?:a(?!b)|b(?<!ab)|/)+");
    let both = rule(".*ab.*");
    assert_eq!(ask(&[Language::Regular(&twice), Language::Regular(&both)], &[]), PathSearch::Nowhere);
}

#[test]
fn a_catch_all_is_known_however_it_is_written() {
    // No path ends in a slash, nor has two in a row.
    for text in [".*", "(?s:.*)", ".+", "(.*)", "[^x]*x?.*", "*", "|a", "!a//b", ".*/.*|[^/]*", ".*[^/]"] {
        assert!(rule(text).matches_everything(), "{text}");
    }
    for text in [".*\\..*", "[^/]*", ".*/.*", "!.*", "\\w.*", "", "^"] {
        assert!(!rule(text).matches_everything(), "{text}");
    }
    let mut budget = 1_000;
    let proved = (0..100).take_while(|_| rule("(a|.)*").matches_everything_within(&mut budget)).count();
    assert!((1..50).contains(&proved) && budget < 1_000, "{proved} {budget}");
}

#[test]
fn a_path_shows_where_two_syntaxes_part() {
    let part = |text: &str| {
        let go = Regular::compile(text, Syntax::Go).unwrap();
        let other = Regular::compile(text, Syntax::Regexp2).unwrap();
        let ask = |inside: &Regular, outside: &Regular| {
            find_path(&[Language::Regular(inside)], &[Language::Regular(outside)], &mut DEFAULT_BUDGET.clone())
        };
        (ask(&go, &other), ask(&other, &go))
    };
    let nowhere = || PathSearch::Nowhere;
    assert_eq!(part("docs/.*\\.(md|txt)"), (nowhere(), nowhere()));
    assert_eq!(part("/docs/.*"), (nowhere(), found("docs/new")));
    assert_eq!(part("!/docs/.*"), (found("docs/new"), nowhere()));
    assert_eq!(part("v\\d"), (nowhere(), found("v\u{660}")));
    assert_eq!(part("a{01}"), (found("a{01}"), found("a")));
}

#[test]
fn what_the_hosts_read_by_their_own_rules_is_withheld() {
    let reason = |text: &str, syntax| match Regular::compile(text, syntax).map_err(|error| error.kind) {
        Err(RegularErrorKind::NotDecided(reason)) => reason,
        other => panic!("{text}: {other:?}"),
    };
    for (text, expected) in [
        ("a$.b", "`$` before more of the expression"),
        ("(a$|b)c", "`$` before more of the expression"),
        ("(a$)*", "`$` before more of the expression"),
        ("(?<=a$)b", "`$` before more of the expression"),
        ("a\\z", "`\\z` or `\\G`"),
        ("(a)\\1", "a back-reference"),
        ("\\k<n>", "a back-reference"),
        ("(?>a*)b", "a group that never gives back"),
        ("(?(a)b|c)", "a condition"),
        ("(?=a(?!b))", "look-around within look-around"),
        ("(?<a-b>c)", "an unusual name of a group"),
        ("(?x)a b", "an unusual option"),
        ("[a-z-[b]]", "a class less another"),
        ("[[:alpha:]]", "`[:` within a class"),
        ("[a-\\-]", "an escaped hyphen or a bracket beside a range"),
        ("(?i)[a-z]", "a class without regard to case"),
        ("\\S+/\\d", "a negated set beside another"),
        ("\\p{Cn}", "a class that not every version of the host knows"),
        ("\\u00e9", "`\\u` or `\\c`"),
    ] {
        assert_eq!(reason(text, Syntax::Regexp2), expected, "{text}");
    }
    for text in ["\\p{Cn}", "\\p{greek}", "\\pC", "[\\p{Uppercase_Letter}]", "\\p{Assigned}"] {
        assert_eq!(reason(text, Syntax::Go), "a class that not every version of the host knows", "{text}");
    }
    for text in ["(a$|b)", "a$|b", "(?!.*a$).*", "a$$", "\\Aa\\Z", "(a$)?"] {
        assert!(Regular::compile(text, Syntax::Regexp2).is_ok(), "{text}");
    }
}

#[test]
fn what_is_too_hard_is_said_so() {
    let many: Vec<Regular> = (0..40).map(|at| rule(&format!("(?s).*a.{{{at}}}b.{{20}}"))).collect();
    let languages: Vec<Language<'_>> = many.iter().map(Language::Regular).collect();
    let mut budget = 1_000_000;
    assert!(matches!(find_path(&languages[..1], &languages[1..], &mut budget.clone()), PathSearch::Found(_)));
    assert_eq!(find_path(&languages, &[], &mut budget), PathSearch::NotDecided);

    let rules: Vec<(u32, &Regular)> = (0..).zip(&many).collect();
    let mut set = RegularSet::with_budget(&rules, 1_000_000).unwrap();
    let mut ranks = Vec::new();
    let mut random = 1_u32;
    let paths = std::iter::repeat_with(|| {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        format!("{random:032b}").replace('0', "a").replace('1', "b")
    });
    let answered = paths.take(100_000).take_while(|path| set.matching(path.as_bytes(), &mut ranks).is_ok()).count();
    assert!((10..10_000).contains(&answered), "{answered}");

    let large = rule(&"(a{100}b{100}){5}".repeat(45));
    let large: Vec<(u32, &Regular)> = (0..100).map(|rank| (rank, &large)).collect();
    assert_eq!(RegularSet::new(&large).unwrap_err(), TooMuchWork);
    let kind = |text: &str| Regular::compile(text, Syntax::Go).unwrap_err().kind;
    assert_eq!(kind(&"(a{100}b{100}){5}".repeat(60)), RegularErrorKind::NotDecided("so large an expression"));
    assert_eq!(kind(&format!("{}{}", "(".repeat(250), ")".repeat(250))), RegularErrorKind::NotDecided("a deep nest"));
    assert_eq!(kind(&format!("a{}", "*(?i)".repeat(300))), RegularErrorKind::NotDecided("a deep nest"));
}

#[test]
fn forgetting_states_changes_no_answer() {
    let rules = [rule(".*a.{3}"), rule("b/.*a"), rule("!a.*")];
    let ranked: Vec<(u32, &Regular)> = (0..).zip(&rules).collect();
    let mut set = RegularSet::new(&ranked).unwrap();
    let mut forgetful = RegularSet::new(&ranked).unwrap();
    forgetful.forget_above(300);
    let (mut ranks, mut others) = (Vec::new(), Vec::new());
    for number in 0..3_000_u32 {
        let path = format!("{:o}", number * 37 % 4_096).replace(['0', '1'], "a").replace(['2', '3'], "/");
        set.matching(path.as_bytes(), &mut ranks).unwrap();
        forgetful.matching(path.as_bytes(), &mut others).unwrap();
        assert_eq!(ranks, others, "{path}");
    }
}
