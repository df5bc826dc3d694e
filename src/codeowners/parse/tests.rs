use proptest::prelude::*;

use super::*;
use crate::codeowners::EntryId;

fn read(text: impl AsRef<[u8]>) -> Codeowners {
    parse("CODEOWNERS", text.as_ref().to_vec(), Dialect::GitHub)
}

fn at(file: &Codeowners, span: Span) -> String {
    file.text[span.range()].to_str_lossy().into_owned()
}

/// Pattern, owners and problems of a one-line file.
fn entry(line: &str) -> (String, Vec<String>, Vec<(ProblemKind, String)>) {
    let file = read(line);
    assert_eq!(file.entries.len(), 1, "{line}");
    let entry = file.entry(EntryId(0));
    assert_eq!(
        entry.is_valid(),
        !entry.problems.iter().any(|problem| problem.kind.skips_entry(Dialect::GitHub)),
        "{line}"
    );
    assert_eq!(at(&file, entry.pattern_span), entry.pattern_text);
    for owner in &entry.owners {
        assert_eq!(at(&file, owner.span), owner.text);
        assert_eq!(owner.key, owner.text.to_lowercase());
    }
    (
        entry.pattern_text.clone(),
        entry.owners.iter().map(|owner| owner.text.clone()).collect(),
        entry.problems.iter().map(|problem| (problem.kind, at(&file, problem.span))).collect(),
    )
}

fn assert_sound(line: &str, pattern: &str, owners: &[&str]) {
    let expected = (pattern.to_owned(), owners.iter().map(|&owner| owner.to_owned()).collect(), Vec::new());
    assert_eq!(entry(line), expected, "{line}");
}

fn assert_problems(line: &str, expected: &[(ProblemKind, &str)]) {
    let (_, _, problems) = entry(line);
    let problems: Vec<(ProblemKind, &str)> = problems.iter().map(|(kind, text)| (*kind, text.as_str())).collect();
    assert_eq!(problems, expected, "{line}");
}

#[test]
fn a_line_is_a_pattern_and_owners() {
    assert_sound("*.py @ana @acme/ml bob@acme.com", "*.py", &["@ana", "@acme/ml", "bob@acme.com"]);
    assert_sound("\t /docs/ \t @ana\t", "/docs/", &["@ana"]);
    assert_sound("/docs\x0b\x0c@ana", "/docs", &["@ana"]);
    assert_sound("/docs", "/docs", &[]);
    assert_sound("/docs # nobody", "/docs", &[]);
    assert_sound("a#b @ana # x", "a#b", &["@ana"]);
    assert_sound("a @ana#note", "a", &["@ana"]);
    assert_sound(r"/my\ file\ .txt @ana", r"/my\ file\ .txt", &["@ana"]);
    assert_sound(r"a\	b @ana", r"a\	b", &["@ana"]);
    assert_sound(r"a\# @ana", r"a\#", &["@ana"]);
    assert_sound("\u{feff}* @ana", "*", &["@ana"]);
    assert_sound("größe/ @ana", "größe/", &["@ana"]);
    assert_sound("a\0b @ana", "a\0b", &["@ana"]);
}

#[test]
fn what_is_no_entry() {
    let file = read("\u{feff}# a\r\n\n \t\r\n  # b #c\n#d");
    assert!(file.entries.is_empty());
    let comments: Vec<String> = file.comments.iter().map(|&span| at(&file, span)).collect();
    assert_eq!(comments, ["# a", "# b #c", "#d"]);
    assert!(read("").entries.is_empty());
    assert!(read("\u{feff}").entries.is_empty());
}

#[test]
fn lines_and_spans_are_of_the_file() {
    let file = read("# x\r\n\r\n  a  @b @c  # why\r\nd");
    let [first, second] = file.entries.as_slice() else { panic!("{:?}", file.entries) };
    assert_eq!((first.line, second.line), (3, 4));
    assert_eq!(at(&file, first.span), "a  @b @c");
    assert_eq!(at(&file, second.span), "d");
    assert_eq!(at(&file, file.comments[1]), "# why");
    assert_eq!(first.owners[1].span, Span::new(15, 17));
}

#[test]
fn a_mark_is_skipped_at_the_start_of_the_file_only() {
    let file = read("a\n\u{feff}b");
    assert_eq!(file.entries[1].pattern_text, "\u{feff}b");
}

#[test]
fn patterns_the_host_skips() {
    assert_problems("!a @ana", &[(ProblemKind::Negation, "!")]);
    assert_problems("a/[bc].py @ana", &[(ProblemKind::Bracket, "[")]);
    assert_problems("a] @ana", &[(ProblemKind::Bracket, "]")]);
    assert_problems(r"\#a @ana", &[(ProblemKind::EscapedHash, r"\#")]);
    assert_problems(r"a\", &[(ProblemKind::BadPattern, r"\")]);
    assert_problems("a\\\r\n", &[(ProblemKind::BadPattern, r"\")]);
    assert_problems("!a bob", &[(ProblemKind::Negation, "!"), (ProblemKind::MalformedOwner, "bob")]);
    assert_sound(r"a/\[bc\].py @ana", r"a/\[bc\].py", &["@ana"]);
    assert_sound(r"\!a @ana", r"\!a", &["@ana"]);
}

#[test]
fn owners_the_host_refuses() {
    assert_problems("a bob", &[(ProblemKind::MalformedOwner, "bob")]);
    assert_problems("*.js bob @ana", &[(ProblemKind::MalformedOwner, "bob")]);
    assert_problems("a @", &[(ProblemKind::MalformedOwner, "@")]);
    assert_problems("a @b/c/d @e.f", &[(ProblemKind::MalformedOwner, "@b/c/d"), (ProblemKind::MalformedOwner, "@e.f")]);
    assert_problems("a @b, @c", &[(ProblemKind::MalformedOwner, "@b,")]);
    assert_problems("a @b@c @d", &[(ProblemKind::GluedOwners, "@b@c")]);
    assert_problems("a @b,@c", &[(ProblemKind::GluedOwners, "@b,@c")]);
    assert_problems("a @b\u{a0}@c", &[(ProblemKind::GluedOwners, "@b\u{a0}@c")]);
    let (_, owners, _) = entry("a @b@c @d");
    assert_eq!(owners, ["@d"]);
}

#[test]
fn an_owner_in_the_patterns_place_is_told_and_holds() {
    assert_problems("@acme/ml", &[(ProblemKind::OwnerAsPattern, "@acme/ml")]);
    assert_problems("@acme/ml @ana", &[(ProblemKind::OwnerAsPattern, "@acme/ml")]);
    assert_problems("ana@acme.com @bob", &[(ProblemKind::OwnerAsPattern, "ana@acme.com")]);
    assert_problems("@a@b", &[(ProblemKind::OwnerAsPattern, "@a@b")]);
    assert_problems("/docs/@acme/docs", &[(ProblemKind::OwnerGluedToPattern, "@acme/docs")]);
    assert_problems("/docs/@a@b", &[(ProblemKind::OwnerGluedToPattern, "@a@b")]);
    assert!(read("@acme/ml").entries[0].is_valid());
    for (line, pattern) in [
        ("@types/ @ana", "@types/"),
        ("@types/** @ana", "@types/**"),
        ("/@types @ana", "/@types"),
        ("logo@2x.png @ana", "logo@2x.png"),
        ("packages/@acme/ui @ana", "packages/@acme/ui"),
        ("/node_modules/@types/ @ana", "/node_modules/@types/"),
    ] {
        assert_sound(line, pattern, &["@ana"]);
    }
    assert_sound("/node_modules/@types/", "/node_modules/@types/", &[]);
    assert_sound("formula/python@3", "formula/python@3", &[]);
}

#[test]
fn a_path_with_a_blank_is_told_from_an_owner_without_its_sign() {
    assert_problems("/my file.txt @ana", &[(ProblemKind::UnescapedSpace, "file.txt")]);
    assert_problems("/my big file @ana", &[(ProblemKind::UnescapedSpace, "big file")]);
    assert_problems("/my dir/a", &[(ProblemKind::UnescapedSpace, "dir/a")]);
    assert_problems("docs/ bob @ana", &[(ProblemKind::MalformedOwner, "bob")]);
    assert_problems("/a /b @ana", &[(ProblemKind::MalformedOwner, "/b")]);
    assert_problems("*.js *.ts @ana", &[(ProblemKind::MalformedOwner, "*.ts")]);
    assert_problems("a @ana b.c", &[(ProblemKind::MalformedOwner, "b.c")]);
}

#[test]
fn what_is_noted_but_holds() {
    assert_problems("*.{js,ts} @ana", &[(ProblemKind::Braces, "{js,ts}")]);
    assert_problems("a @ana @bob @ANA", &[(ProblemKind::RepeatedOwner, "@ANA")]);
    assert!(read("*.{js,ts} @ana @ana").entries[0].is_valid());
    assert_eq!(read("a @ana @Ana").entries[0].owners.len(), 2);
    assert_sound("{{cookiecutter.name}}/ @ana", "{{cookiecutter.name}}/", &["@ana"]);
    assert_sound(r"\{a,b} @ana", r"\{a,b}", &["@ana"]);
}

#[test]
fn bytes_that_are_no_text() {
    assert_eq!(
        read(b"/my \xff.txt @ana").entries[0].problems,
        [Problem { kind: ProblemKind::NotUtf8, span: Span::new(4, 5) }]
    );
    let file = read(b"a\xff\xfeb\xff @ana\nc @\xff # \xff\nd @ana # \xff\n");
    let spans = |index: usize| file.entries[index].problems.iter().map(|problem| problem.span).collect::<Vec<_>>();
    assert_eq!(spans(0), [Span::new(1, 3), Span::new(4, 5)]);
    assert_eq!(spans(1), [Span::new(14, 15)]);
    assert!(file.entries[..2].iter().all(|entry| {
        !entry.is_valid() && entry.problems.iter().all(|problem| problem.kind == ProblemKind::NotUtf8)
    }));
    assert_eq!(file.entries[0].pattern_text, "a\u{fffd}\u{fffd}b\u{fffd}");
    assert!(file.entries[2].is_valid());
}

/// Everything is in a word, a problem or a comment, in order and without overlap, or is white space.
fn assert_accounts_for_every_byte(file: &Codeowners) {
    let mut known = vec![false; file.text.len()];
    let mut take = |span: Span| {
        for byte in &mut known[span.range()] {
            *byte = true;
        }
    };
    let mut end = 0;
    for entry in &file.entries {
        assert!(entry.span.start >= end, "entries are in file order");
        end = entry.span.end;
        assert_eq!(file.lines.position(&file.text, entry.span.start).line, entry.line);
        take(entry.pattern_span);
        // A heading is told of as one: what follows it on its line belongs to it.
        if entry.problems.iter().any(|problem| problem.kind == ProblemKind::SectionHeading) {
            take(entry.span);
        }
        entry.owners.iter().for_each(|owner| take(owner.span));
        // A word with bad bytes is known by them only: mark it whole.
        let words = file.text[entry.span.range()].split(|&byte| is_space(byte));
        let mut start = entry.span.start;
        for word in words {
            let span = Span::new(start, start + word.len());
            start = span.end + 1;
            if entry.problems.iter().any(|problem| problem.span.start < span.end && span.start < problem.span.end) {
                take(span);
            }
        }
    }
    file.comments.iter().for_each(|&span| take(span));
    if file.text.starts_with(BYTE_ORDER_MARK) {
        take(Span::new(0, 3));
    }
    for (at, &byte) in file.text.iter().enumerate() {
        assert!(known[at] || is_space(byte) || byte == b'\n', "byte {at} of {:?}", file.text.as_bstr());
    }
}

fn assert_spans_are_good(file: &Codeowners) {
    let text = std::str::from_utf8(&file.text).ok();
    let check = |span: Span, outer: Span| {
        assert!(outer.start <= span.start && span.start < span.end && span.end <= outer.end, "{span:?} in {outer:?}");
        assert!(text.is_none_or(|text| text.is_char_boundary(span.start) && text.is_char_boundary(span.end)));
    };
    let whole = Span::new(0, file.text.len());
    file.comments.iter().for_each(|&span| check(span, whole));
    for entry in &file.entries {
        check(entry.span, whole);
        check(entry.pattern_span, entry.span);
        entry.owners.iter().for_each(|owner| check(owner.span, entry.span));
        entry.problems.iter().for_each(|problem| check(problem.span, entry.span));
        assert_eq!(entry.is_valid(), !entry.problems.iter().any(|problem| problem.kind.skips_entry(Dialect::GitHub)));
    }
}

#[test]
fn what_follows_a_heading_is_accounted_for() {
    let file = read(b"[\0]\t\0");
    assert_spans_are_good(&file);
    assert_accounts_for_every_byte(&file);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_bytes_are_read(text in proptest::collection::vec(any::<u8>(), 0..200)) {
        let file = read(text);
        assert_spans_are_good(&file);
        assert_accounts_for_every_byte(&file);
    }

    #[test]
    fn text_that_looks_like_a_file_is_read(pieces in proptest::collection::vec(
        proptest::sample::select(vec![
            "@", "a", "/", "*", "\\", " ", "\t", "#", "\n", "\r\n", "\r", "\u{a0}", "é", "!", "[", "{a,b}", ".", ",",
            "@ana", "@acme/ml", "ana@acme.com", "\u{feff}", "\0", "\x0c",
        ]), 0..40,
    )) {
        let file = read(pieces.concat());
        assert_spans_are_good(&file);
        assert_accounts_for_every_byte(&file);
    }
}
