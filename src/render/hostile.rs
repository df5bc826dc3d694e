//! Hostile reports through every format: nothing but text comes out, and no size hurts.

use proptest::prelude::*;

use super::example::{DEAD_ENTRY, WRONG_ROLE, finding, report, two_findings};
use super::{Format, HumanOptions, Quote, Trouble, TroublePlace, human, jsonl, markdown, troubles};
use crate::finding::{Finding, Paths, Place, Report, Source};
use crate::policy::Origin;
use crate::sanitize::is_hidden;
use crate::span::Span;

const HOSTILE: &str =
    "x\x1b[31m\x1b]8;;https://evil.example\x1b\\\x07\rover\u{202e}gpj\u{200b}\u{9b}2J\n::error::pwned ##[error]";

/// What markup, links, mentions and commands are made of.
const MARKUP: &str = "`` ` | \\| <script>x</script></code></summary> ![i](https://evil.example/i) [l](1) www.evil.example \
                      @acme/all #1 acme/x#2 GH-3 *e* __s__ ~~d~~ <!-- &amp; &#64; ]]></failure> \"'a'=\" %0A::error::x, \
                      a@evil.example <details> :x: ```\n\n# h\n- l\n    c\n| a |\n|---|\n";

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
    assert!(out.contains("x␛[31m␛]8;;https://evil.example␛\\␇␍over␦gpj␦␦2J␊::error::pwned ##⁅error]"));
    for text in [HOSTILE, MARKUP, "", "`", "|", "\\", "@", " ", "\u{ffff}"] {
        assert_eq!(leaks(&everywhere(text), &options), None);
    }
}

/// The first thing in any format of a report that its reader would take for more than text.
fn leaks(report: &Report, options: &HumanOptions) -> Option<String> {
    Format::ALL
        .iter()
        .find_map(|&(name, format)| {
            let out = format.render(report, options);
            let said = |what: &str| Some(format!("{name}: {what}: {out}"));
            if out.chars().any(|c| c != '\n' && is_hidden(c) && !matches!(c, '\u{fe0e}' | '\u{fe0f}')) {
                return said("a hidden character");
            }
            if out.contains("##[") {
                return said("a command");
            }
            let commands = out.lines().filter(|line| line.trim_start().starts_with("::"));
            let whole = match format {
                Format::Github => commands.count() == report.findings.len() && out.lines().all(is_line_of_github),
                _ => commands.count() == 0,
            };
            if !whole {
                return said("a command");
            }
            match format {
                Format::Json | Format::Sarif | Format::Gitlab | Format::Rdjson => {
                    serde_json::from_str::<serde_json::Value>(&out).err().and_then(|error| said(&error.to_string()))
                }
                Format::Junit => xml_cases(&out)
                    .filter(|&cases| cases == report.findings.len().max(1))
                    .map_or_else(|| said("a case more or less"), |_| None),
                Format::Markdown => markup(&out).and_then(|node| said(&node)),
                _ => None,
            }
        })
        .or_else(|| report.findings.iter().find_map(|finding| markup(&markdown::told(finding))))
}

/// True for a command of ours with properties that end where they should, and for what is no command.
fn is_line_of_github(line: &str) -> bool {
    let Some(command) = line.trim_start().strip_prefix("::") else { return true };
    let Some((head, _)) = command.split_once("::") else { return false };
    let Some((_, properties)) = head.split_once(' ') else { return false };
    let keys: Vec<&str> = properties.split(',').filter_map(|property| Some(property.split_once('=')?.0)).collect();
    !properties.contains(':')
        && matches!(
            keys.as_slice(),
            ["file", "title"]
                | ["file", "line", "endLine", "title"]
                | ["file", "line", "endLine", "col", "endColumn", "title"]
        )
}

/// How many test cases a well-formed document has.
fn xml_cases(xml: &str) -> Option<usize> {
    let mut reader = quick_xml::Reader::from_str(xml);
    let mut cases = 0;
    loop {
        match reader.read_event().ok()? {
            quick_xml::events::Event::Start(start) => {
                start.attributes().with_checks(true).try_for_each(|attribute| attribute.map(|_| ())).ok()?;
                cases += usize::from(start.name().as_ref() == b"testcase");
            }
            quick_xml::events::Event::Eof => return Some(cases),
            _ => {}
        }
    }
}

/// The first node of Markdown, as GitHub and GitLab read it, that is neither plain text nor code nor our own frame.
fn markup(text: &str) -> Option<String> {
    use comrak::nodes::NodeValue;
    let mut options = comrak::Options::default();
    options.extension.strikethrough = true;
    options.extension.table = true;
    options.extension.autolink = true;
    options.extension.tasklist = true;
    options.extension.footnotes = true;
    let arena = comrak::Arena::new();
    comrak::parse_document(&arena, text, &options).descendants().find_map(|node| {
        let value = &node.data.borrow().value;
        let expected = match value {
            NodeValue::Text(text) => !text.contains(['@', '#', '<', '&', '/']),
            NodeValue::HtmlBlock(block) => is_our_html(&block.literal),
            NodeValue::Document
            | NodeValue::Paragraph
            | NodeValue::Heading(_)
            | NodeValue::Strong
            | NodeValue::Table(_)
            | NodeValue::TableRow(_)
            | NodeValue::TableCell
            | NodeValue::SoftBreak
            | NodeValue::Code(_)
            | NodeValue::CodeBlock(_) => true,
            _ => false,
        };
        (!expected).then(|| format!("{value:?}"))
    })
}

fn is_our_html(block: &str) -> bool {
    let summary = block.strip_prefix("<details>\n<summary>").and_then(|rest| rest.strip_suffix("</code></summary>\n"));
    match summary.and_then(|rest| rest.split_once("<code>")) {
        Some((title, path)) => !title.contains('<') && !path.contains(['<', '>', '\n']),
        None => block == "</details>\n",
    }
}

#[test]
fn every_format_is_deterministic() {
    let options = HumanOptions::default();
    for (name, format) in Format::ALL {
        assert_eq!(format.render(&two_findings(), &options), format.render(&two_findings(), &options), "{name}");
    }
}

fn wild_text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[a-z@/ \t\r\n\u{0}-\u{1f}\u{80}-\u{9f}\u{200b}-\u{206f}\u{300}é模😀:#\\[]{0,80}",
        "[ a\t模]{150,400}",
        "[a-z @#<>&*_~`|\\\\\\[\\]()!:./\"'=,;%\n-]{0,60}",
        Just(HOSTILE.to_owned()),
        Just(MARKUP.to_owned()),
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

proptest! {
    // Each case is rendered and read again in nine formats.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_report_stays_text_in_any_format(
        codeowners in wild_bytes(),
        policy in wild_text(),
        findings in prop::collection::vec(wild_finding(), 0..3),
        remark in wild_text(),
    ) {
        let mut report = report(codeowners, &policy);
        report.findings = findings;
        report.summary.remarks.push(remark);
        prop_assert_eq!(leaks(&report, &HumanOptions { github_actions: true, ..HumanOptions::default() }), None);
    }
}
