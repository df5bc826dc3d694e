//! What people see, as it looks.

use insta::assert_snapshot;

use super::*;
use crate::finding::Place;
use crate::render::example::{DEAD_ENTRY, finding, report, two_findings};
use crate::span::Span;

fn narrow() -> HumanOptions {
    HumanOptions { width: 80, ..HumanOptions::default() }
}

/// A report on one text with one finding at each of `places`.
fn shown(text: &str, places: &[(usize, usize, &str)]) -> String {
    let mut report = report(text, "");
    let mut only = finding(&DEAD_ENTRY, "the message");
    only.places = places.iter().map(|&(start, end, label)| Place::codeowners(Span::new(start, end), label)).collect();
    report.findings.push(only);
    let out = human(&report, &narrow());
    out.split("\n  more:").next().unwrap().to_owned()
}

#[test]
fn a_finding_shows_both_sides() {
    assert_snapshot!(human(&two_findings(), &narrow()), @r#"
    error[MLO301 wrong-role]: deployment asks for ml-engineer or mlops-engineer, and
      /deploy/ asks neither
       ╭─[.github/CODEOWNERS:6:17]
     5 │ /models/        @acme/data-science
     6 │ /deploy/        @acme/data-science  # until March
       · ────┬───        ─────────┬────────
       ·     │                    ╰── holds data-scientist
       ·     ╰── decides for 12 files
     7 │ /serving/old/   @acme/ml-eng
       ╰────
       ╭─[mlops-lint.yaml:7:20]
     6 │     ownership:
     7 │       accountable: [ml-engineer, mlops-engineer]
       ·                    ──────────────┬──────────────
       ·                                  ╰── one of these is accountable
       ╰────
      area: deployment
      12 files: deploy/kserve/fraud.yaml, deploy/kserve/spam.yaml, "deploy/my
            chart/Chart.yaml", … and 9 more
      help: ask a machine learning engineer too:
              /deploy/        @acme/data-science @acme/ml-eng
      note: on GitHub each owner of an entry can approve alone
      more: mlops-lint explain MLO301

    warning[MLO104 dead-entry]: /serving/old/ matches no file
       ╭─[.github/CODEOWNERS:7:1]
     6 │ /deploy/        @acme/data-science  # until March
     7 │ /serving/old/   @acme/ml-eng
       · ──────┬──────
       ·       ╰── no such directory
       ╰────
       --> serving/v2/service.yaml: moved here
      more: mlops-lint explain MLO104

    2 findings: 1 error, 1 warning
    Checked 4812 files: 131 artefacts in 9 areas, 5 CODEOWNERS entries; 1 ownerless,
      14 excluded, 2 not checked (symbolic links), 1 question not decided
    The policy is builtin:ml-team: no mlops-lint.yaml was found.
    "#);
}

#[test]
fn without_unicode_all_is_ascii() {
    let options = HumanOptions { unicode: false, ..narrow() };
    let mut report = two_findings();
    report.findings.truncate(1);
    report.findings[0].message = "größer 模型".to_owned();
    let out = human(&report, &options);
    assert!(out.is_ascii());
    assert_snapshot!(out, @r#"
    error[MLO301 wrong-role]: gr??er ????
       ,-[.github/CODEOWNERS:6:17]
     5 | /models/        @acme/data-science
     6 | /deploy/        @acme/data-science  # until March
       : ^^^^|^^^        ^^^^^^^^^|^^^^^^^^
       :     |                    `-- holds data-scientist
       :     `-- decides for 12 files
     7 | /serving/old/   @acme/ml-eng
       `----
       ,-[mlops-lint.yaml:7:20]
     6 |     ownership:
     7 |       accountable: [ml-engineer, mlops-engineer]
       :                    ^^^^^^^^^^^^^^|^^^^^^^^^^^^^^
       :                                  `-- one of these is accountable
       `----
      area: deployment
      12 files: deploy/kserve/fraud.yaml, deploy/kserve/spam.yaml, "deploy/my
            chart/Chart.yaml", ... and 9 more
      help: ask a machine learning engineer too:
              /deploy/        @acme/data-science @acme/ml-eng
      note: on GitHub each owner of an entry can approve alone
      more: mlops-lint explain MLO301

    1 finding: 1 error
    Checked 4812 files: 131 artefacts in 9 areas, 5 CODEOWNERS entries; 1 ownerless,
      14 excluded, 2 not checked (symbolic links), 1 question not decided
    The policy is builtin:ml-team: no mlops-lint.yaml was found.
    "#);
}

#[test]
fn colours_change_nothing_but_colours() {
    let plain = human(&two_findings(), &HumanOptions::default());
    let color = human(&two_findings(), &HumanOptions { color: true, ..HumanOptions::default() });
    let sequences = regex::Regex::new("\x1b\\[[0-9;]*m").unwrap();
    assert!(sequences.is_match(&color));
    assert_eq!(sequences.replace_all(&color, ""), plain);
}

#[test]
fn no_findings_is_said() {
    let mut report = report("", "");
    report.summary = Summary { files: 1, entries: 1, ..Summary::default() };
    assert_snapshot!(human(&report, &narrow()), @"
    No findings
    Checked 1 file: 0 artefacts, 1 CODEOWNERS entry
    ");
}

#[test]
fn what_was_left_out_is_counted() {
    let mut report = report("", "");
    report.summary.exempt = 3;
    report.summary.baselined = 41;
    report.summary.fixed = 2;
    report.summary.not_checked =
        vec![("symbolic links".to_owned(), 2), ("none of these".to_owned(), 0), ("files over 64 KiB".to_owned(), 1)];
    assert_snapshot!(human(&report, &narrow()), @"
    No findings
    Checked 4812 files: 131 artefacts in 9 areas, 5 CODEOWNERS entries; 3 not
      checked (2 symbolic links, 1 files over 64 KiB)
    Silenced: 3 exempt, 0 ignored, 41 baselined (--no-ignores shows them)
    2 of the baseline are fixed: `mlops-lint baseline` prunes them
    ");
}

#[test]
fn tabs_and_wide_characters_keep_labels_below_their_text() {
    assert_snapshot!(shown("/models/\t@ana\n/模型/ @bo\n", &[(9, 13, "an owner"), (23, 26, "another")]), @"
    warning[MLO104 dead-entry]: the message
       ╭─[.github/CODEOWNERS:1:10]
     1 │ /models/    @ana
       ·             ──┬─
       ·               ╰── an owner
     2 │ /模型/ @bo
       ·        ─┬─
       ·         ╰── another
       ╰────
    ");
}

#[test]
fn line_ends_of_windows_are_no_text() {
    assert_snapshot!(shown("/a @ana\r\n/b @bo\r\n", &[(9, 17, "with its line end")]), @"
    warning[MLO104 dead-entry]: the message
       ╭─[.github/CODEOWNERS:2:1]
     1 │ /a @ana
     2 │ /b @bo
       · ───┬──
       ·    ╰── with its line end
       ╰────
    ");
}

#[test]
fn the_end_of_a_file_is_a_place() {
    assert_snapshot!(shown("/a @ana\n", &[(8, 8, "nothing follows")]), @"
    warning[MLO104 dead-entry]: the message
       ╭─[.github/CODEOWNERS:2:1]
     1 │ /a @ana
     2 │
       · ▲
       · ╰── nothing follows
       ╰────
    ");
    assert_snapshot!(shown("/a @ana", &[(7, 7, "no owner")]), @"
    warning[MLO104 dead-entry]: the message
       ╭─[.github/CODEOWNERS:1:8]
     1 │ /a @ana
       ·        ▲
       ·        ╰── no owner
       ╰────
    ");
    assert_snapshot!(shown("/a @ana", &[(900, 901, "past the end")]), @"
    warning[MLO104 dead-entry]: the message
       ╭─[.github/CODEOWNERS:1:8]
     1 │ /a @ana
       ·        ▲
       ·        ╰── past the end
       ╰────
    ");
}

#[test]
fn an_empty_file_is_a_place() {
    assert_snapshot!(shown("", &[(0, 0, "no entries")]), @"
    warning[MLO104 dead-entry]: the message
       ╭─[.github/CODEOWNERS:1:1]
     1 │
       · ▲
       · ╰── no entries
       ╰────
    ");
}

#[test]
fn long_lines_are_cut_around_the_label() {
    let owners = "@acme/somebody ".repeat(40);
    assert_snapshot!(shown(&format!("/models/ {owners}@evil {owners}"), &[(609, 614, "unknown")]), @"
    warning[MLO104 dead-entry]: the message
       ╭─[.github/CODEOWNERS:1:610]
     1 │ …y @acme/somebody @acme/somebody @evil @acme/somebody @acme/somebody @…
       ·                                  ──┬──
       ·                                    ╰── unknown
       ╰────
    ");
    assert_snapshot!(shown(&format!("/models/ {owners}@evil"), &[(609, 614, "last")]), @"
    warning[MLO104 dead-entry]: the message
       ╭─[.github/CODEOWNERS:1:610]
     1 │ …ody @acme/somebody @acme/somebody @acme/somebody @acme/somebody @evil
       ·                                                                  ──┬──
       ·                                                                    ╰── last
       ╰────
    ");
    assert_snapshot!(shown(&format!("/models/ {owners}"), &[(0, 8, "here")]), @"
    warning[MLO104 dead-entry]: the message
       ╭─[.github/CODEOWNERS:1:1]
     1 │ /models/ @acme/somebody @acme/somebody @acme/somebody @acme/somebody …
       · ────┬───
       ·     ╰── here
       ╰────
    ");
}

#[test]
fn long_labels_wrap() {
    let label = "an owner that nobody in this organisation has heard of since the team was renamed in the spring";
    assert_snapshot!(shown("/models/ @acme/old", &[(9, 18, label)]), @"
    warning[MLO104 dead-entry]: the message
       ╭─[.github/CODEOWNERS:1:10]
     1 │ /models/ @acme/old
       ·          ────┬────
       ·              ╰─┤ an owner that nobody in this organisation has heard of
       ·                │ since the team was renamed in the spring
       ╰────
    ");
}

#[test]
fn distant_labels_stand_in_snippets_of_their_own() {
    let text: String = (1..=120).map(|line| format!("/dir{line}/ @ana\n")).collect::<Vec<_>>().concat();
    let at = |line: usize| text.find(&format!("/dir{line}/")).unwrap();
    let places = [(at(101), at(101) + 7, "wins"), (at(3), at(3) + 5, "loses")];
    assert_snapshot!(shown(&text, &places), @"
    warning[MLO104 dead-entry]: the message
         ╭─[.github/CODEOWNERS:101:1]
     100 │ /dir100/ @ana
     101 │ /dir101/ @ana
         · ───┬───
         ·    ╰── wins
     102 │ /dir102/ @ana
         ╰────
         ╭─[.github/CODEOWNERS:3:1]
       2 │ /dir2/ @ana
       3 │ /dir3/ @ana
         · ──┬──
         ·   ╰── loses
       4 │ /dir4/ @ana
         ╰────
    ");
}

#[test]
fn overlapping_labels_are_told_apart() {
    let text = "/models/ @ana @bo";
    assert_snapshot!(shown(text, &[(0, 17, "the entry"), (9, 13, "an owner"), (9, 13, "holds no role")]), @"
    warning[MLO104 dead-entry]: the message
       ╭─[.github/CODEOWNERS:1:1]
     1 │ /models/ @ana @bo
       · ────┬─── ──┬─
       ·     │      ╰── an owner; holds no role
       ·     ╰── the entry
       ╰────
    ");
    assert_snapshot!(shown(text, &[(0, 8, "the pattern"), (0, 17, "the entry")]), @"
    warning[MLO104 dead-entry]: the message
       ╭─[.github/CODEOWNERS:1:1]
     1 │ /models/ @ana @bo
       · ────┬───────┬────
       ·     │       ╰── the entry
       ·     ╰── the pattern
       ╰────
    ");
}

#[test]
fn spans_of_many_lines_show_their_start() {
    let text = "a:\n".repeat(30);
    assert_snapshot!(shown(&text, &[(0, 90, "all of it")]), @"
    warning[MLO104 dead-entry]: the message
       ╭─[.github/CODEOWNERS:1:1]
     1 │ a:
       · ─┬
       ·  ╰── all of it
     2 │ a:
       ╰────
    ");
    assert_snapshot!(shown(&text, &[(3, 8, "two lines")]), @"
    warning[MLO104 dead-entry]: the message
       ╭─[.github/CODEOWNERS:2:1]
     1 │     a:
     2 │ ╭─▶ a:
     3 │ ├─▶ a:
       · ╰──── two lines
     4 │     a:
       ╰────
    ");
}

#[test]
fn more_places_than_help_are_counted() {
    let text: String = (1..=40).map(|line| format!("/{line}\n")).collect::<Vec<_>>().concat();
    let mut report = report(text, "");
    let mut only = finding(&DEAD_ENTRY, "40 entries match no file");
    only.places = (0..40).map(|at| Place::codeowners(Span::new(at, at + 1), "")).collect();
    only.places.extend((0..9).map(|at| Place::file(format!("file{at}").as_bytes(), "")));
    report.findings = vec![only.clone(), only];
    let out = human(&report, &narrow());
    assert_eq!(out.matches("… and 34 more places in .github/CODEOWNERS\n").count(), 2);
    assert_eq!(out.matches("… and 3 more files\n").count(), 2);
    assert_eq!(out.matches("mlops-lint explain MLO104").count(), 1, "once a rule");
}

#[test]
fn places_without_a_text_are_named() {
    let mut report = report("", "");
    report.codeowners = None;
    let mut only = finding(&DEAD_ENTRY, "there is no CODEOWNERS");
    only.places = vec![Place { source: crate::finding::Source::Codeowners, span: None, label: String::new() }];
    report.findings.push(only);
    report.findings[0]
        .places
        .push(Place::policy(crate::policy::Origin { text: 7, span: Span::new(1, 2) }, "a text that is not there"));
    assert!(human(&report, &narrow()).contains("\n  --> CODEOWNERS\n  --> policy: a text that is not there\n"));
}

#[test]
fn help_keeps_the_line_to_write_whole() {
    let owners = "@acme/a-team-with-a-long-name ".repeat(8);
    let mut report = report("/models/ @ana\n", "");
    let mut only = finding(&DEAD_ENTRY, "message");
    only.help = Some(format!("write this line, which is longer than the terminal is wide, as it is:\n  /x/ {owners}"));
    report.findings.push(only);
    assert!(human(&report, &narrow()).contains(&format!("\n          /x/ {}", owners.trim_end())));
}
