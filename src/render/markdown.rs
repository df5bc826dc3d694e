//! Markdown for a pull request's comment or a step's summary.
//!
//! What a stranger wrote stands in code spans and fenced blocks only: there nobody is mentioned (`@team`), no issue is
//! referred to (`#1`), nothing is a link, an image or HTML.

use std::fmt::Write as _;

use super::draw::count;
use super::human::{counts, drawing, looked_at};
use super::located::{Located, Locator};
use super::options::HumanOptions;
use super::prose;
use super::snippet::shorten;
use crate::finding::{Finding, Paths, Report};
use crate::sanitize;

/// Bytes of the whole. A comment on GitHub has room for 65,536 characters, a step's summary for 1 MiB.
const MOST: usize = 65_000;
/// Bytes of the table; the rest is for the details of its first findings.
const MOST_ROWS: usize = 40_000;
/// Bytes of the heading, and of what is said of findings that have no room.
const MARGIN: usize = 600;
/// Columns of a sentence or a path; the details have all of a message.
const CELL_MAX: usize = 400;

/// A table of the findings, the worst first, then each with its code, folded.
pub fn markdown(report: &Report) -> String {
    let locator = Locator::new(report);
    let end = end(report);
    let room = MOST.saturating_sub(end.len() + MARGIN);
    let mut out = format!("### mlops-lint: {}\n\n", heading(report));
    let rows = table(report, &locator, MOST_ROWS.min(room), &mut out);
    let mut told = 0;
    for finding in &report.findings[..rows] {
        let details = details(finding, &locator);
        if out.len() + details.len() > room {
            break;
        }
        out.push_str(&details);
        told += 1;
    }
    let more = report.findings.len() - rows;
    if more > 0 {
        let more = count(more, "more finding is", "more findings are");
        let _ = write!(out, "**{more} not listed here:** a comment has no room for more. ");
    }
    if told < rows {
        let _ = write!(out, "Details are given of the first {told} findings. ");
    }
    if told < report.findings.len() {
        out.push_str("`mlops-lint check` and `--format json` tell all.\n\n");
    }
    out + &end
}

/// `3 findings (1 error, 2 warnings)`
fn heading(report: &Report) -> String {
    let mut said = String::new();
    counts(report, &HumanOptions::default(), &mut said);
    match said.trim_end().split_once(": ") {
        Some((total, severities)) => format!("{total} ({severities})"),
        None => "no findings".to_owned(),
    }
}

/// What was looked at, and what must be said aloud.
fn end(report: &Report) -> String {
    let mut end = inline(&looked_at(&report.summary));
    for remark in &report.summary.remarks {
        end.push_str("\n\n");
        end.push_str(&sentence(remark));
    }
    end.push('\n');
    sanitize::github_safe(&end).into_owned()
}

/// As many rows as fit into `most` bytes; gives how many.
fn table(report: &Report, locator: &Locator<'_>, most: usize, out: &mut String) -> usize {
    if report.findings.is_empty() {
        return 0;
    }
    let start = out.len();
    out.push_str("| severity | rule | place | finding |\n|---|---|---|---|\n");
    for (at, finding) in report.findings.iter().enumerate() {
        let message = sentence(&finding.message);
        let place = place(&locator.primary(finding));
        let row = format!(
            "| {} | {} | {} | {} |\n",
            finding.severity,
            prose::title(finding),
            cell(&code(&place)),
            cell(&message)
        );
        // Before it is measured: what replaces a command is longer.
        let row = sanitize::github_safe(&row);
        if out.len() - start + row.len() > most {
            out.push('\n');
            return at;
        }
        out.push_str(&row);
    }
    out.push('\n');
    report.findings.len()
}

fn details(finding: &Finding, locator: &Locator<'_>) -> String {
    let mut drawn = String::new();
    drawing(finding, locator.texts(), false, &HumanOptions::default()).draw(&HumanOptions::default(), &mut drawn);
    let details = format!(
        "<details>\n<summary>{}: <code>{}</code></summary>\n\n{}\n</details>\n\n",
        prose::title(finding),
        html(&place(&locator.primary(finding))),
        fenced(&drawn)
    );
    sanitize::github_safe(&details).into_owned()
}

/// `.github/CODEOWNERS:27`, printable.
fn place(at: &Located) -> String {
    let path = printable(&at.path);
    match at.region {
        Some(region) => format!("{path}:{}", region.start.line),
        None => path,
    }
}

/// A finding without its code, as paragraphs and fenced blocks.
pub(super) fn told(finding: &Finding) -> String {
    let mut out = inline(&finding.message);
    if finding.paths.count > 0 {
        out.push_str("\n\n");
        out.push_str(&files(&finding.paths));
    }
    let help = prose::help(finding);
    let mut lines = help.iter().enumerate().peekable();
    while let Some((at, line)) = lines.next() {
        out.push_str("\n\n");
        if !line.starts_with(' ') {
            let said = if at == 0 { format!("help: {line}") } else { line.clone() };
            out.push_str(&inline(&said));
            continue;
        }
        let mut block = line.clone();
        while let Some((_, line)) = lines.next_if(|(_, line)| line.starts_with(' ')) {
            block.push('\n');
            block.push_str(line);
        }
        out.push_str(fenced(&block).trim_end());
    }
    if let Some(note) = prose::note(finding) {
        out.push_str("\n\n");
        out.push_str(&inline(&format!("note: {note}")));
    }
    out
}

/// `2 files: ` and their names, each a code span.
fn files(paths: &Paths) -> String {
    let names: Vec<String> = paths.sample.iter().map(|path| code(&printable(path))).collect();
    let more = match paths.count.saturating_sub(paths.sample.len()) {
        0 => String::new(),
        more => format!(", … and {more} more"),
    };
    format!("{}: {}{more}", count(paths.count, "file", "files"), names.join(", "))
}

fn printable(path: &[u8]) -> String {
    shorten(&sanitize::bytes(path), CELL_MAX, "…")
}

/// A sentence of bearable length.
pub(super) fn sentence(text: &str) -> String {
    inline(&shorten(&prose::line(text), CELL_MAX, "…"))
}

/// A sentence as one line of Markdown: what it quotes with backticks, and each word that could be more than a word, is a
/// code span.
pub(super) fn inline(text: &str) -> String {
    let text = prose::line(text);
    let mut pieces = Pieces::default();
    let parts: Vec<&str> = text.split('`').collect();
    for (at, part) in parts.iter().enumerate() {
        let is_closed = at + 1 < parts.len();
        if at % 2 == 1 && is_closed {
            pieces.push(true, part);
            continue;
        }
        if at % 2 == 1 {
            pieces.push(true, "`");
        }
        for (at, word) in part.split(' ').enumerate() {
            if at > 0 {
                pieces.push(false, " ");
            }
            let core = word.trim_start_matches(['(', '"']);
            let (lead, trail) = (&word[..word.len() - core.len()], core);
            let core = trail.trim_end_matches(['.', ',', ';', ':', ')', '"', '?']);
            let trail = &trail[core.len()..];
            // A number with a dot or a bracket behind it starts a list.
            let starts_list = core.bytes().all(|byte| byte.is_ascii_digit()) && trail.starts_with(['.', ')']);
            pieces.push(false, lead);
            pieces.push(starts_list || !is_word(core), core);
            pieces.push(false, trail);
        }
    }
    pieces.0.into_iter().map(|(is_code, text)| if is_code { code(&text) } else { text }).collect()
}

/// Code spans and text between them. Neighbouring spans are one: their backticks would be read as another fence.
#[derive(Default)]
struct Pieces(Vec<(bool, String)>);

impl Pieces {
    fn push(&mut self, is_code: bool, text: &str) {
        match self.0.last_mut() {
            _ if text.is_empty() => {}
            Some((last, before)) if *last == is_code => before.push_str(text),
            _ => self.0.push((is_code, text.to_owned())),
        }
    }
}

/// True for what is a word, a number or a dash, and nothing else to any reader of Markdown: no markup, mention, link,
/// reference to an issue (`GH-1`) or to a commit (`deadbeef1`).
fn is_word(text: &str) -> bool {
    if matches!(text, "–" | "—" | "…" | "") {
        return true;
    }
    let has_digit = text.contains(|c: char| c.is_numeric());
    let may_be_commit = has_digit && text.len() >= 7 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let inner = |c: char| c.is_alphanumeric() || (!has_digit && matches!(c, '-' | '\'' | '’'));
    text.starts_with(char::is_alphanumeric) && text.chars().all(inner) && !may_be_commit
}

/// Printable text as a code span.
pub(super) fn code(text: &str) -> String {
    // Two backticks with nothing between them open a longer fence.
    let text = if text.is_empty() { " " } else { text };
    let fence = "`".repeat(longest_run(text) + 1);
    let pad = if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Printable lines as a block of code.
fn fenced(text: &str) -> String {
    let fence = "`".repeat(longest_run(text).max(2) + 1);
    format!("{fence}text\n{}\n{fence}\n", text.trim_end_matches('\n'))
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// Inline Markdown in a cell of a table: a pipe ends it, a backslash before the pipe keeps it, and a backslash before
/// both would be for the backslash.
pub(super) fn cell(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = ' ';
    for character in text.chars() {
        match character {
            '|' if before == '\\' => out.push('│'),
            '|' => out.push_str("\\|"),
            _ => out.push(character),
        }
        before = character;
    }
    out
}

/// Text within HTML.
fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::super::example::{DEAD_ENTRY, finding, in_codeowners, report, two_findings};
    use super::*;

    #[test]
    fn a_table_then_the_details() {
        assert_snapshot!(markdown(&two_findings()), @r#"
        ### mlops-lint: 2 findings (1 error, 1 warning)

        | severity | rule | place | finding |
        |---|---|---|---|
        | error | MLO301 wrong-role | `.github/CODEOWNERS:6` | deployment asks for ml-engineer or mlops-engineer, and `/deploy/` asks neither |
        | warning | MLO104 dead-entry | `.github/CODEOWNERS:7` | `/serving/old/` matches no file |

        <details>
        <summary>MLO301 wrong-role: <code>.github/CODEOWNERS:6</code></summary>

        ```text
        error[MLO301 wrong-role]: deployment asks for ml-engineer or mlops-engineer, and /deploy/ asks
          neither
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
          12 files: deploy/kserve/fraud.yaml, deploy/kserve/spam.yaml, "deploy/my chart/Chart.yaml", … and 9
                more
          help: ask a machine learning engineer too:
                  /deploy/        @acme/data-science @acme/ml-eng
          note: on GitHub each owner of an entry can approve alone
        ```

        </details>

        <details>
        <summary>MLO104 dead-entry: <code>.github/CODEOWNERS:7</code></summary>

        ```text
        warning[MLO104 dead-entry]: /serving/old/ matches no file
           ╭─[.github/CODEOWNERS:7:1]
         6 │ /deploy/        @acme/data-science  # until March
         7 │ /serving/old/   @acme/ml-eng
           · ──────┬──────
           ·       ╰── no such directory
           ╰────
           --> serving/v2/service.yaml: moved here
        ```

        </details>

        Checked 4812 files: 131 artefacts in 9 areas, 5 CODEOWNERS entries; 1 ownerless, 14 excluded, 2 not checked (symbolic links), 1 question not decided

        The policy is `builtin:ml-team`: no `mlops-lint.yaml` was found.
        "#);
    }

    #[test]
    fn without_findings_it_says_so() {
        assert_snapshot!(markdown(&report("", "")), @r"
        ### mlops-lint: no findings

        Checked 4812 files: 131 artefacts in 9 areas, 5 CODEOWNERS entries
        ");
    }

    #[test]
    fn only_words_are_text() {
        for (text, markdown) in [
            ("plain words, twelve-fold; 12 (and more).", "plain words, twelve-fold; 12 (and more)."),
            (
                "`deploy/a b.yaml` asks @acme/ml-eng (ml-engineer)",
                "`deploy/a b.yaml` asks `@acme/ml-eng` (ml-engineer)",
            ),
            ("see #1, GH-1 and deadbeef1", "see `#1`, `GH-1` and `deadbeef1`"),
            ("www.evil.example https://evil.example/x", "`www.evil.example` `https://evil.example/x`"),
            ("![x](y) <b>hi</b> *a* __b__ ~~c~~ :d:", "`![x](y`) `<b>hi</b>` `*a*` `__b__` `~~c~~` `:d`:"),
            ("- x", "`-` x"),
            ("1. x", "`1`. x"),
            ("# x", "`#` x"),
            ("a\n> b", "`a␊>` b"),
            ("one ` alone @x", "one `` ` `` alone `@x`"),
            ("@a`b`c", "`@ab`c"),
            ("größer 模型 – v2", "größer 模型 – v2"),
        ] {
            assert_eq!(inline(text), markdown, "{text}");
        }
    }

    #[test]
    fn fences_are_longer_than_what_they_hold() {
        assert_eq!(code("a"), "`a`");
        assert_eq!(code("a``b"), "```a``b```");
        assert_eq!(code("`a"), "`` `a ``");
        assert_eq!(code(""), "`   `");
        assert_eq!(fenced("a\n````\nb\n"), "`````text\na\n````\nb\n`````\n");
    }

    #[test]
    fn a_pipe_ends_no_cell() {
        assert_eq!(cell("`docs|models`"), "`docs\\|models`");
        assert_eq!(cell("`a\\|b`"), "`a\\│b`");
    }

    #[test]
    fn a_finding_is_paragraphs_and_blocks() {
        let mut finding = two_findings().findings.remove(0);
        finding.help = Some("write on line 6:\n    /deploy/ @acme/ml-eng\n    /x/ @acme/y```\nor nothing".to_owned());
        assert_snapshot!(told(&finding), @r#"
        deployment asks for ml-engineer or mlops-engineer, and `/deploy/` asks neither

        12 files: `deploy/kserve/fraud.yaml`, `deploy/kserve/spam.yaml`, `deploy/my chart/Chart.yaml`, … and 9 more

        help: write on line 6:

        ````text
            /deploy/ @acme/ml-eng
            /x/ @acme/y```
        ````

        or nothing

        note: on GitHub each owner of an entry can approve alone
        "#);
    }

    #[test]
    fn a_comment_has_room_for_it_and_the_rest_is_counted() {
        let mut report = two_findings();
        report.findings.clear();
        for at in 0..3_000 {
            let mut one = finding(&DEAD_ENTRY, &format!("`/serving/{at}/` matches no file {}", "@x ##[".repeat(at)));
            one.places = vec![in_codeowners("/serving/old/", "nothing here")];
            report.findings.push(one);
        }
        report.summary.remarks = vec!["##[ e\u{301}\u{301}\u{301}".repeat(4_000)];
        let out = markdown(&report);
        assert!(out.len() <= MOST, "{}", out.len());
        let rows = out.lines().filter(|line| line.starts_with("| warning |")).count();
        let details = out.matches("<details>").count();
        assert!(rows > 50 && details > 5, "{rows} {details}");
        assert!(out.contains(&format!("**{} more findings are not listed here:**", 3_000 - rows)), "{rows}");
        assert!(out.contains(&format!("Details are given of the first {details} findings.")));
        assert_eq!(out.matches("</details>").count(), details);
    }
}
