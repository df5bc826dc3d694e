//! Patterns and names made to be slow. What is counted is looks at a name, so the same on every machine.

use super::*;

/// Looks taken to find the winner of one path.
fn looks(texts: &[String], path: &str) -> usize {
    let patterns = patterns(&texts.iter().map(String::as_str).collect::<Vec<_>>());
    let matcher = Matcher::new((0..).zip(&patterns));
    let mut walk = matcher.walk();
    let expected = patterns.iter().rposition(|pattern| pattern.matches(path.as_bytes()));
    assert_eq!(walk.winner(path.as_bytes()).map(|rank| rank as usize), expected);
    walk.looks()
}

/// Every pattern's characters once, and its longest run once for each 64 characters of the name.
fn bound(texts: &[String], name: &str) -> usize {
    let longest = |text: &str| text.split('*').map(|run| run.chars().count()).max().unwrap_or_default();
    texts.iter().map(|text| text.chars().count() + longest(text) * (name.len() / 64 + 1)).sum()
}

#[test]
fn looks_are_bounded_by_the_text_and_by_64_characters_at_once() {
    let name = "bc".to_owned() + &"a".repeat(400);
    let shapes: [fn(usize) -> String; 6] = [
        |n| "*a".repeat(n) + "*c*",
        |n| "*a?".repeat(n) + "*b*",
        |n| format!("*{}?b*", "a".repeat(n)),
        |n| format!("*{}b*{}?", "?".repeat(n), "a".repeat(n)),
        |n| format!("b*{}*{}?c*", "a".repeat(n), "?a".repeat(n / 2)),
        |n| format!("?{}*b*a", "*aaa?".repeat(n)),
    ];
    for shape in shapes {
        let texts: Vec<String> = (1..200).map(shape).collect();
        let (looks, bound) = (looks(&texts, &name), bound(&texts, &name));
        assert!(looks > texts.len() && looks <= bound, "{looks} of {bound}: {}", texts[9]);
        // Character by character it would be a multiple of this.
        assert!(bound * 8 < texts.iter().map(String::len).sum::<usize>() * name.len(), "{bound}: {}", texts[9]);
    }
}

#[test]
fn the_last_of_many_that_match_spares_the_others() {
    let texts: Vec<String> = (1..400).map(|n| "*a".repeat(n) + "*").collect();
    let name = "a".repeat(400);
    let one = looks(&texts[texts.len() - 1..], &name);
    assert_eq!(looks(&texts, &name), one);
}

#[test]
fn what_a_name_cannot_hold_is_not_tried() {
    let texts: Vec<String> = (0..500).map(|at| format!("*train*model{at}?.p?")).collect();
    assert_eq!(looks(&texts, "src/a_train_of_thoughts.py"), 0);
    assert!(looks(&texts, "src/train_model17x.py") > 0);
}
