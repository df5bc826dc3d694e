use super::*;
use crate::codeowners::{Segment, Token, Wild};

fn patterns(texts: &[&str]) -> Vec<Pattern> {
    texts.iter().map(|text| Pattern::github(text).unwrap()).collect()
}

/// The winner of each path, which must be what each pattern alone says.
fn winners(patterns: &[Pattern], paths: &[&str]) -> Vec<Option<u32>> {
    let matcher = Matcher::new((0..).zip(patterns));
    let mut walk = matcher.walk();
    let mut winners = Vec::new();
    for path in paths {
        let expected = (0..).zip(patterns).filter(|(_, pattern)| pattern.matches(path.as_bytes())).map(|(at, _)| at);
        let winner = walk.winner(path.as_bytes());
        assert_eq!(winner, expected.max(), "{path}");
        winners.push(winner);
    }
    winners
}

#[test]
fn nothing_matches_nothing() {
    let matcher = Matcher::new([]);
    assert_eq!(matcher.walk().winner(b"a/b"), None);
    assert_eq!(winners(&patterns(&["*"]), &["", "a"]), [None, Some(0)]);
    assert_eq!(winners(&patterns(&["/"]), &["a", "a/b"]), [None, None]);
}

#[test]
fn the_greatest_rank_wins_in_whatever_order_ranks_come() {
    let patterns = patterns(&["a/*", "a/", "*", "a/b"]);
    let ranks = [9, 3, 7, 1];
    let matcher = Matcher::new(ranks.into_iter().zip(&patterns));
    let mut walk = matcher.walk();
    assert_eq!(walk.winner(b"a/b"), Some(9));
    assert_eq!(walk.winner(b"a/b/c"), Some(7));
    let matcher = Matcher::new([(u32::MAX, &patterns[3]), (0, &patterns[2])]);
    assert_eq!(matcher.walk().winner(b"a/b"), Some(u32::MAX));
    assert_eq!(matcher.walk().winner(b"a/c"), Some(0));
}

#[test]
fn a_walk_goes_up_down_and_sideways() {
    let patterns = patterns(&["*", "/a/", "/a/b/*", "**/c/d", "ab/"]);
    let paths = ["a/b/x", "a/b/c/d", "a/bc/x", "a/x", "ab/x", "x", "a/b/c/d/e", "a/b/x", "a", "a/b/c/x", "a//x", "/a"];
    winners(&patterns, &paths);
    let mut sorted = paths;
    sorted.sort_unstable();
    winners(&patterns, &sorted);
}

#[test]
fn a_later_owner_of_everything_ends_the_search() {
    let patterns = patterns(&["/a/b/c", "*.py", "/a/"]);
    let matcher = Matcher::new((0..).zip(&patterns));
    let mut walk = matcher.walk();
    assert_eq!(walk.winner(b"a/b/c/d.py"), Some(2));
    assert_eq!(walk.active_nodes(), 0);
    assert_eq!(walk.winner(b"b/c.py"), Some(1));
}

#[test]
fn a_chain_of_globstars_keeps_few_nodes_active() {
    let patterns = [Pattern::github(&"**/a/".repeat(500)).unwrap()];
    let matcher = Matcher::new((0..).zip(&patterns));
    let mut walk = matcher.walk();
    for depth in 1..600 {
        let path = "a/".repeat(depth) + "x";
        assert_eq!(walk.winner(path.as_bytes()), (depth >= 500).then_some(0), "{depth}");
        assert!(walk.active_nodes() <= 3, "{} at {depth}", walk.active_nodes());
    }
}

#[test]
fn a_closed_gate_hides_no_other_way() {
    let patterns = patterns(&["**/a/**/b", "**/a/**/c/**/d", "**/a/x", "**/a/**/b/*"]);
    winners(&patterns, &["a/b", "a/a/x", "a/c/a/x", "a/c/d", "a/c/b", "a/c/b/d", "c/a/d", "a/b/a/b/x"]);
}

#[test]
fn what_ends_on_the_way_to_a_gate_is_reached_again() {
    let patterns = patterns(&["**/a/*", "**/a/*/**/c"]);
    assert_eq!(winners(&patterns, &["a/x/a/y", "a/x/a/y/z"]), [Some(0), None]);
}

#[test]
fn many_ways_lead_through_one_directory() {
    let name = "abcdefghijklmnopqrstuvwxyz";
    let texts: Vec<String> = (1..26).map(|at| format!("/{}*/file-{at}", &name[..at])).collect();
    let patterns = patterns(&texts.iter().map(String::as_str).collect::<Vec<_>>());
    let paths: Vec<String> = (1..26).map(|at| format!("{name}/file-{at}")).collect();
    let found = winners(&patterns, &paths.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(found, (0..25).map(Some).collect::<Vec<_>>());
}

#[test]
fn a_stack_beyond_its_limit_forgets_and_stays_right() {
    let texts: Vec<String> = (0..400).map(|at| "a/".repeat(at) + "x").collect();
    let unanchored: Vec<String> = texts.iter().map(|text| format!("**/{text}")).collect();
    let patterns = patterns(&unanchored.iter().map(String::as_str).collect::<Vec<_>>());
    let matcher = Matcher::new((0..).zip(&patterns));
    let mut walk = matcher.walk();
    walk.limit_stack(1000);
    for depth in [300, 10, 399, 200, 398] {
        let directory = "a/".repeat(depth);
        assert_eq!(walk.winner((directory.clone() + "x").as_bytes()), Some(u32::try_from(depth).unwrap()));
        assert_eq!(walk.winner((directory + "y/z").as_bytes()), None);
        assert!(walk.stacked_nodes() <= 1000 + 400);
    }
}

#[test]
fn patterns_out_of_normal_form_mean_the_same() {
    let star = || Segment::Wild(Wild([Token::Star].into()));
    let a = || Segment::Literal("a".into());
    let ends = [Tail::Exact, Tail::SelfOrBelow, Tail::Below];
    let middles = [
        vec![],
        vec![Segment::Globstar],
        vec![Segment::Globstar, Segment::Globstar],
        vec![a(), Segment::Globstar],
        vec![Segment::Globstar, a(), Segment::Globstar],
        vec![a(), Segment::Globstar, star()],
        vec![Segment::Globstar, Segment::Globstar, a()],
        vec![Segment::Globstar, a(), Segment::Globstar, a(), Segment::Globstar],
    ];
    for tail in ends {
        for segments in &middles {
            let pattern = Pattern { segments: segments.clone(), tail };
            winners(&[pattern], &["a", "b", "a/a", "b/a", "a/b", "b/a/b", "a/b/a/b", "b/b/b"]);
        }
    }
}

#[test]
fn long_names_and_long_literals_are_matched() {
    let long = "x".repeat(300);
    let texts = [format!("{long}*"), format!("*{long}"), format!("*{long}*"), format!("*y{long}?"), "*x?".to_owned()];
    let patterns = patterns(&texts.iter().map(String::as_str).collect::<Vec<_>>());
    let paths =
        [long.clone(), format!("{long}z"), format!("z{long}"), format!("y{long}z"), "x".repeat(299), "yx".into()];
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    winners(&patterns, &paths);
    winners(&patterns[..4], &paths);
}

#[test]
fn many_wildcards_on_one_name() {
    let texts: Vec<String> = (0..400)
        .map(|at| match at % 5 {
            0 => format!("m{at}*"),
            1 => format!("*{at}.py"),
            2 => format!("*o{at}d*"),
            3 => format!("m?*{at}*y"),
            _ => format!("?*{}", "?".repeat(at / 20)),
        })
        .collect();
    let patterns = patterns(&texts.iter().map(String::as_str).collect::<Vec<_>>());
    let paths: Vec<String> =
        (0..400).map(|at| format!("d{}/m{at}o{}d{}.py", at % 7, (at * 3) % 400, (at * 7) % 400)).collect();
    winners(&patterns, &paths.iter().map(String::as_str).collect::<Vec<_>>());
}

mod everything;
mod hostile;
