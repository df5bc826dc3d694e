//! Hostile reports through every format: nothing but text comes out, and no size hurts.

use proptest::prelude::*;

use super::example::{DEAD_ENTRY, WRONG_ROLE, finding, report, two_findings};
use super::{HumanOptions, Quote, Trouble, TroublePlace, human, json, jsonl, troubles};
use crate::finding::{Finding, Paths, Place, Report, Source};
use crate::policy::Origin;
use crate::sanitize::is_hidden;
use crate::span::Span;

const HOSTILE: &str =
    "x\x1b[31m\x1b]8;;https://evil.example\x1b\\\x07\rover\u{202e}gpj\u{200b}\u{9b}2J\n::error::pwned ##[error]";

/// A report with `text` wherever a stranger may write.
fn everywhere(text: &str) -> Report {
    let mut report = report(format!("/a {text}\n{text}\n"), &format!("{text}: {text}\n"));
    report.codeowners.as_mut().unwrap().path = text.to_owned();
    report.policy_texts[0].name = text.to_owned();
    let mut only = finding(&WRONG_ROLE, text);
    only.places = vec![
        Place::codeowners(Span::new(3, 3 + text.len()), text),
        Place::policy(Origin { text: 0, span: Span::new(0, text.len()) }, text),
        Place::file(text.as_bytes(), text),
    ];
    only.area = Some(text.to_owned());
    only.paths = Paths { count: 9, sample: vec![text.as_bytes().to_vec(), b"caf\xe9\x9b\n".to_vec()] };
    only.help = Some(format!("{text}\n  {text}"));
    only.note = Some(text.to_owned());
    report.findings.push(only);
    report.summary.not_checked = vec![(text.to_owned(), 2)];
    report.summary.remarks = vec![text.to_owned()];
    report
}

#[test]
fn hostile_text_stays_text() {
    let options = HumanOptions { github_actions: true, ..HumanOptions::default() };
    let out = human(&everywhere(HOSTILE), &options);
    assert!(!out.chars().any(|c| c != '\n' && is_hidden(c)), "{out}");
    assert!(!out.contains("##["));
    assert!(!out.lines().any(|line| line.trim_start().starts_with("::")), "{out}");
    assert!(out.contains("x␛[31m␛]8;;https://evil.example␛\\␇␍over␦gpj␦␦2J␊::error::pwned ##⁅error]"));
    for out in [json(&everywhere(HOSTILE)), jsonl(&everywhere(HOSTILE))] {
        assert!(!out.chars().any(|c| c != '\n' && is_hidden(c)), "{out}");
        assert!(!out.contains("##["));
    }
}

#[test]
fn every_format_is_deterministic() {
    let options = HumanOptions::default();
    assert_eq!(human(&two_findings(), &options), human(&two_findings(), &options));
    assert_eq!(json(&two_findings()), json(&two_findings()));
}

fn wild_text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[a-z@/ \t\r\n\u{0}-\u{1f}\u{80}-\u{9f}\u{200b}-\u{206f}\u{300}é模😀:#\\[]{0,80}",
        "[ a\t模]{150,400}",
        Just(HOSTILE.to_owned()),
    ]
}

fn wild_bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![any::<Vec<u8>>(), wild_text().prop_map(String::into_bytes)]
}

fn wild_place() -> impl Strategy<Value = Place> {
    let source = prop_oneof![
        4 => Just(Source::Codeowners),
        2 => (0..3_usize).prop_map(Source::Policy),
        1 => wild_bytes().prop_map(Source::File),
    ];
    let span = prop::option::weighted(0.9, (0..500_usize, 0..60_usize));
    // Ends before starts too: a span is two numbers.
    let span = span.prop_map(|span| span.map(|(start, len)| Span { start, end: (start + len).saturating_sub(2) }));
    (source, span, wild_text()).prop_map(|(source, span, label)| Place { source, span, label })
}

fn wild_finding() -> impl Strategy<Value = Finding> {
    let paths = (0..20_usize, prop::collection::vec(wild_bytes(), 0..4));
    let rest = (prop::option::of(wild_text()), prop::option::of(wild_text()), prop::option::of(wild_text()));
    (wild_text(), prop::collection::vec(wild_place(), 0..12), paths, rest).prop_map(
        |(message, places, (count, sample), (area, help, note))| {
            let paths = Paths { count, sample };
            Finding { places, area, paths, help, note, ..finding(&DEAD_ENTRY, &message) }
        },
    )
}

proptest! {
    #[test]
    fn any_report_is_drawn_without_a_control_character(
        codeowners in wild_bytes(),
        policy in wild_text(),
        findings in prop::collection::vec(wild_finding(), 0..3),
        remark in wild_text(),
        width in 60..=160_usize,
        unicode in any::<bool>(),
        github_actions in any::<bool>(),
    ) {
        let mut report = report(codeowners, &policy);
        report.findings = findings;
        report.summary.remarks.push(remark);
        let options = HumanOptions { width, unicode, github_actions, color: false };
        let out = human(&report, &options);
        prop_assert!(out.chars().all(|c| c == '\n' || !c.is_control()), "{}", out);
        prop_assert!(unicode || out.is_ascii(), "{}", out);
        if github_actions {
            prop_assert!(!out.contains("##["));
            prop_assert!(!out.lines().any(|line| line.trim_start().starts_with("::")), "{}", out);
        }
        for line in jsonl(&report).lines() {
            prop_assert!(serde_json::from_str::<serde_json::Value>(line).is_ok());
        }
        human(&report, &HumanOptions { color: true, ..options.clone() });
        let text = report.codeowners.as_ref().unwrap();
        let place = TroublePlace {
            name: "x",
            quote: Some(Quote { text: &text.text, lines: &text.lines, span: Span { start: 9, end: 3 } }),
            label: String::new(),
        };
        troubles(&[Trouble::new("m").at(place)], &options);
    }
}
