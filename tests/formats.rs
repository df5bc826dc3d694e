//! Every format of one run: the same findings, within the limits of those who read them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what a test cannot read fails it")]

mod support;

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;
use support::{Repo, Run, corpus, project, run_in};

const FORMATS: [&str; 9] = ["human", "json", "jsonl", "sarif", "github", "gitlab", "junit", "markdown", "rdjson"];

/// One run's reports, by format.
struct Reports(BTreeMap<&'static str, String>);

impl Reports {
    fn of(folder: &Path, arguments: &[&str]) -> (Self, Run) {
        let files = tempfile::tempdir().unwrap();
        let targets = FORMATS.map(|format| format!("{format}={}", files.path().join(format).display()));
        let formats = targets.iter().flat_map(|target| ["--format", target.as_str()]);
        let arguments: Vec<&str> = arguments.iter().copied().chain(formats).collect();
        let run = run_in(folder, &arguments, b"");
        assert!(run.code <= 1 && run.stdout.is_empty(), "{}: {}{}", run.code, run.stdout, run.stderr);
        let read = |format| std::fs::read_to_string(files.path().join(format)).unwrap();
        (Self(FORMATS.into_iter().map(|format| (format, read(format))).collect()), run)
    }

    fn text(&self, format: &str) -> &str {
        &self.0[format]
    }

    fn json(&self, format: &str) -> Value {
        serde_json::from_str(self.text(format)).unwrap()
    }

    /// Code, severity and message of each finding, as JSON tells them.
    fn findings(&self) -> Vec<(String, String, String)> {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let report = self.json("json");
        let findings = report["findings"].as_array().unwrap().iter();
        findings
            .map(|finding| (text(&finding["rule"]), text(&finding["severity"]), text(&finding["message"])))
            .collect()
    }
}

fn example() -> Reports {
    Reports::of(&project(), &["check", "examples/fraud-detection"]).0
}

fn strings<'v>(values: &'v Value, of: impl Fn(&'v Value) -> &'v Value) -> Vec<&'v str> {
    values.as_array().unwrap().iter().map(|value| of(value).as_str().unwrap()).collect()
}

#[test]
fn every_format_is_known() {
    let run = run_in(&project(), &["--format", "none"], b"");
    assert!(run.stderr.contains(&FORMATS.join(", ")), "{}", run.stderr);
}

#[test]
fn all_formats_tell_the_same_findings_in_the_same_order() {
    let reports = example();
    let findings = reports.findings();
    let codes: Vec<&str> = findings.iter().map(|(code, ..)| code.as_str()).collect();
    let messages: Vec<&str> = findings.iter().map(|(.., message)| message.as_str()).collect();
    assert!(codes.len() > 20, "{codes:?}");

    let human = reports.text("human").lines().filter_map(|line| {
        let (severity, rest) = line.split_once('[')?;
        ["error", "warning", "info"].contains(&severity).then(|| &rest[..6])
    });
    assert_eq!(human.collect::<Vec<_>>(), codes);

    let lines = reports.text("jsonl").lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let lines: Vec<Value> = lines.collect();
    assert_eq!(lines[..codes.len()], reports.json("json")["findings"].as_array().unwrap()[..]);

    let gitlab = reports.json("gitlab");
    assert_eq!(strings(&gitlab, |issue| &issue["check_name"]), codes);
    for (description, message) in strings(&gitlab, |issue| &issue["description"]).iter().zip(&messages) {
        assert!(description.ends_with(&format!(": {message}")), "{description}");
    }

    assert_eq!(strings(&reports.json("rdjson")["diagnostics"], |diagnostic| &diagnostic["code"]["value"]), codes);

    let rows = reports.text("markdown").lines().filter_map(|line| {
        let row = ["| error | ", "| warning | ", "| info | "].iter().find_map(|start| line.strip_prefix(start))?;
        Some(&row[..6])
    });
    assert_eq!(rows.collect::<Vec<_>>(), codes);

    // A suite a rule: of a rule that has two severities, all stand where the first of them stands.
    let mut by_rule: Vec<(&str, Vec<&str>)> = Vec::new();
    for (code, message) in codes.iter().zip(&messages) {
        match by_rule.iter_mut().find(|(rule, _)| rule == code) {
            Some((_, told)) => told.push(message),
            None => by_rule.push((code, vec![message])),
        }
    }
    let junit = reports.text("junit");
    let mut rest = junit;
    for (rule, told) in &by_rule {
        rest = rest.split_once(&format!("<testsuite name=\"{rule} ")).unwrap().1;
        for message in told {
            rest = rest.split_once(&quick_xml::escape::escape(*message).into_owned()).unwrap().1;
        }
    }
    assert_eq!(junit.matches("<testcase ").count(), codes.len());

    // One result a rule and line: each finding is in the result of its rule, and results stand in the order of their
    // first findings.
    let sarif = reports.json("sarif");
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let mut firsts = Vec::new();
    for (code, message) in codes.iter().zip(&messages) {
        let holds = |result: &Value| {
            result["ruleId"] == **code
                && result["message"]["text"].as_str().unwrap().split("\n\n").any(|block| block.starts_with(message))
        };
        let at = results.iter().position(holds).unwrap_or_else(|| panic!("{code} {message}"));
        if !firsts.contains(&at) {
            firsts.push(at);
        }
    }
    assert_eq!(firsts, (0..results.len()).collect::<Vec<_>>());

    // As many of each severity as GitHub shows, without one for the notice of the rest.
    let mut left = BTreeMap::from([("error", 10), ("warning", 10), ("info", 9)]);
    let shown = findings.iter().filter(|(_, severity, _)| {
        let left = left.get_mut(severity.as_str()).unwrap();
        *left -= 1;
        *left >= 0
    });
    let titles =
        reports.text("github").lines().filter_map(|line| line.split_once(",title=").map(|(_, rest)| &rest[..6]));
    assert_eq!(titles.collect::<Vec<_>>(), shown.map(|(code, ..)| code.as_str()).collect::<Vec<_>>());
}

/// What GitHub's code scanning demands of a SARIF file, from "SARIF support for code scanning".
fn meets_githubs_demands(log: &Value, folder: &str) {
    assert_eq!(log["version"], "2.1.0", "{folder}");
    assert!(log["$schema"].as_str().unwrap().ends_with("/sarif-schema-2.1.0.json"));
    assert_eq!(log["runs"].as_array().unwrap().len(), 1);
    let run = &log["runs"][0];
    let driver = &run["tool"]["driver"];
    assert_eq!(driver["name"], "mlops-lint");
    assert_eq!(driver["semanticVersion"], env!("CARGO_PKG_VERSION"));
    let rules = driver["rules"].as_array().unwrap();
    assert!(rules.len() <= 25_000);
    for rule in rules {
        for text in ["shortDescription", "fullDescription", "help"] {
            let said = rule[text]["text"].as_str().unwrap();
            assert!(!said.is_empty() && (text == "help" || said.chars().count() <= 1024), "{rule}");
        }
        assert!(rule["help"]["markdown"].is_string());
        assert!(rule["properties"]["tags"].as_array().unwrap().len() <= 20);
        assert!(["error", "warning", "note"].contains(&rule["defaultConfiguration"]["level"].as_str().unwrap()));
    }
    let results = run["results"].as_array().unwrap();
    assert!(results.len() <= 25_000);
    let mut lines = std::collections::BTreeSet::new();
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap()));
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        assert_eq!(result["locations"].as_array().unwrap().len(), 1);
        is_a_place(&result["locations"][0]["physicalLocation"]);
        let fingerprints = result["partialFingerprints"].as_object().unwrap();
        assert_eq!(fingerprints.keys().collect::<Vec<_>>(), ["mlopsLint/v1"], "upload-sarif adds GitHub's own");
        let at = &result["locations"][0]["physicalLocation"];
        let rule_and_line =
            format!("{} {} {}", result["ruleId"], at["artifactLocation"]["uri"], at["region"]["startLine"]);
        assert!(lines.insert(rule_and_line.clone()), "two results for {rule_and_line}");
        for related in result["relatedLocations"].as_array().into_iter().flatten() {
            is_a_place(&related["physicalLocation"]);
            let link = format!("]({})", related["id"]);
            assert!(result["message"]["text"].as_str().unwrap().contains(&link), "{result}");
        }
    }
}

fn is_a_place(location: &Value) {
    let uri = location["artifactLocation"]["uri"].as_str().unwrap();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~/%".contains(c);
    assert!(uri.chars().all(is_plain) && !uri.starts_with('/'), "{uri}");
    assert!(!uri.split('/').any(|segment| ["", ".", ".."].contains(&segment)), "{uri}");
    let number = |key: &str| location["region"][key].as_u64().unwrap();
    let [start, end] = [("startLine", "startColumn"), ("endLine", "endColumn")].map(|(l, c)| (number(l), number(c)));
    assert!(start.0 >= 1 && start.1 >= 1 && end.1 >= 1 && start <= end, "{location}");
}

#[test]
fn sarif_is_what_github_takes() {
    meets_githubs_demands(&example().json("sarif"), "the example");
    let bare = Repo::new(&[("dvc.yaml", "stages: {}\n"), ("models/a.onnx", "")]);
    let (reports, _) = Reports::of(bare.path(), &[]);
    assert_eq!(reports.findings()[0].0, "MLO101", "a CODEOWNERS that is missing has a place too");
    meets_githubs_demands(&reports.json("sarif"), "no CODEOWNERS");
    let clean = Repo::new(&[("CODEOWNERS", "* @a\n/x @b\n"), ("x", "")]);
    meets_githubs_demands(&Reports::of(clean.path(), &[]).0.json("sarif"), "no findings");
    for folder in corpus().iter().filter(|folder| folder.join("CODEOWNERS").is_file()) {
        let (reports, _) = Reports::of(folder, &["check", "--files-from", "files.txt", "--codeowners", "CODEOWNERS"]);
        meets_githubs_demands(&reports.json("sarif"), &folder.display().to_string());
    }
}

#[test]
fn gitlab_rdjson_and_junit_have_what_their_readers_demand() {
    let reports = example();
    let issues = reports.json("gitlab");
    let mut fingerprints = std::collections::BTreeSet::new();
    for issue in issues.as_array().unwrap() {
        assert!(["info", "minor", "major"].contains(&issue["severity"].as_str().unwrap()));
        assert!(issue["location"]["lines"]["begin"].as_u64().unwrap() >= 1);
        assert!(!issue["location"]["path"].as_str().unwrap().starts_with("./"));
        assert!(fingerprints.insert(issue["fingerprint"].as_str().unwrap()), "{issue}");
    }
    for diagnostic in reports.json("rdjson")["diagnostics"].as_array().unwrap() {
        assert!(["ERROR", "WARNING", "INFO"].contains(&diagnostic["severity"].as_str().unwrap()));
        assert!(diagnostic["location"]["range"]["start"]["line"].as_u64().unwrap() >= 1);
    }
    let junit = reports.text("junit");
    let tests = junit.matches("<testcase ").count();
    let failures = reports.findings().iter().filter(|(_, severity, _)| severity == "error").count();
    assert_eq!(junit.matches("<failure ").count(), failures, "fail_on is error");
    assert!(junit.contains(&format!("<testsuites name=\"mlops-lint\" tests=\"{tests}\" failures=\"{failures}\"")));
}

#[test]
fn fingerprints_survive_a_line_above_and_another_order() {
    let fingerprints = |codeowners: &str| {
        let repo = Repo::new(&[("CODEOWNERS", codeowners), ("x", "")]);
        let (reports, _) = Reports::of(repo.path(), &[]);
        let mut all: Vec<String> =
            strings(&reports.json("gitlab"), |issue| &issue["fingerprint"]).into_iter().map(str::to_owned).collect();
        all.sort();
        let sarif = reports.json("sarif");
        let results = &sarif["runs"][0]["results"];
        let mut same = strings(results, |result| &result["partialFingerprints"]["mlopsLint/v1"]);
        same.sort_unstable();
        assert_eq!(same, all);
        all
    };
    let before = fingerprints("/gone/ @acme/a\n/lost/ @acme/b\n");
    assert_eq!(before.len(), 2);
    assert_eq!(fingerprints("# new\n\n/lost/ @acme/b\n/gone/ @acme/a\n"), before);
    assert_ne!(fingerprints("/gone/ @acme/a\n/lost2/ @acme/b\n"), before);
}

#[test]
fn what_the_page_shows_runs() {
    let page = std::fs::read_to_string(project().join("docs/formats.md")).unwrap();
    let commands = page.lines().filter_map(|line| {
        let line = line.trim_start_matches([' ', '-']);
        let command = line.strip_prefix("run: ").unwrap_or(line).strip_prefix("mlops-lint ")?;
        command.contains("--format").then_some(command)
    });
    let commands: Vec<&str> = commands.collect();
    assert!(commands.len() >= 5, "{commands:?}");
    for command in commands {
        let repo = Repo::new(&[("CODEOWNERS", "* @a\n/x @b\n"), ("x", "")]);
        let command = command.split(" | ").next().unwrap().replace("$GITHUB_STEP_SUMMARY", "summary.md");
        let arguments: Vec<&str> = command.split_whitespace().collect();
        let run = repo.run(&arguments);
        assert_eq!(run.code, 0, "{command}: {}", run.stderr);
        for file in arguments.iter().filter_map(|argument| Some(argument.split_once('=')?.1)) {
            assert!(repo.path().join(file).is_file(), "{command} writes no {file}");
        }
    }
    for format in FORMATS {
        assert!(page.contains(&format!("| `{format}` |")), "the page does not name {format}");
    }
}

#[cfg(unix)]
mod hostile {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    use super::*;

    const NAMES: [&[u8]; 10] = [
        b"m/a\n::error::forged\nb.onnx",
        b"m/\x1b]0;title\x07.onnx",
        "m/\u{202e}xnno.onnx".as_bytes(),
        b"m/##[error]x.onnx",
        b"m/\xff\xfe.onnx",
        b"m/q\"'&<script>alert(1)<script>.onnx",
        b"m/[l](https:evil.example) ![i](x) @acme `a` | #1.onnx",
        b"m/]]><x> ,:%0A%25 \\| .onnx",
        b"m/```\n\n# h\n</summary><details>.onnx",
        b"m/www.evil.example @acme-all a@evil.example.onnx",
    ];

    fn repository() -> Repo {
        let long = "x".repeat(240);
        let repo = Repo::new(&[
            (
                "CODEOWNERS",
                "* @acme/all\n/\u{1b}[31mgone\u{7}/ @acme/x\n/\u{202e}dne/ @acme/x # \u{1b}]8;;http://evil\u{7}\n\
                 /##[error]x/ @a\n/[l](https://evil.example)/ @a\n/`@acme/all`/<b>|x/ @a <script>\n/m\n\
                 ::error::forged @a\n/]]></failure>/ @a\n",
            ),
            (
                "mlops-lint.yaml",
                "version: 1\nareas:\n  models:\n    paths: [/m/]\n    ownership: { accountable: [\"@acme/y\"] }\n    because: \
                 \"<b>@acme/all</b> ::error::x ##[error] [l](https://evil.example) `\"\n",
            ),
        ]);
        for name in NAMES {
            let path = repo.path().join(OsStr::from_bytes(name));
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, b"").unwrap();
        }
        repo.write(&format!("m/{long}/{long}/{long}.onnx"), b"");
        repo.git(&["add", "--all"]);
        repo
    }

    #[test]
    fn a_hostile_repository_goes_through_every_format() {
        let (reports, run) = Reports::of(repository().path(), &[]);
        assert!(run.stderr.is_empty(), "{}", run.stderr);
        let findings = reports.findings();
        assert!(findings.len() >= 6, "{findings:?}");
        for (format, text) in &reports.0 {
            assert!(!text.chars().any(is_hidden), "{format}: {text:?}");
            // Human output knows by the environment whether a runner reads it; the hostile test of `check` covers that.
            assert!(*format == "human" || !text.contains("##["), "{format}: {text}");
            let is_command = |line: &&str| line.trim_start().starts_with("::");
            let commands = text.lines().filter(is_command).count();
            match *format {
                "github" => assert!(text.lines().filter(is_command).all(is_ours), "{text}"),
                _ => assert_eq!(commands, 0, "{format}: {text}"),
            }
        }
        meets_githubs_demands(&reports.json("sarif"), "the hostile repository");
        assert_eq!(reports.json("gitlab").as_array().unwrap().len(), findings.len());
        assert_eq!(reports.json("rdjson")["diagnostics"].as_array().unwrap().len(), findings.len());
        assert_eq!(cases(reports.text("junit")), findings.len());
        assert_eq!(links(reports.text("markdown")), Vec::<String>::new());
        for diagnostic in reports.json("rdjson")["diagnostics"].as_array().unwrap() {
            assert_eq!(links(diagnostic["message"].as_str().unwrap()), Vec::<String>::new());
        }
        for result in reports.json("sarif")["runs"][0]["results"].as_array().unwrap() {
            let text = result["message"]["text"].as_str().unwrap();
            let ours = text.matches("](").count() - text.matches("\\](").count();
            let related = result["relatedLocations"].as_array().map_or(0, Vec::len);
            assert_eq!(ours, related, "{text}");
        }
    }

    fn is_hidden(character: char) -> bool {
        matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
            || (character.is_control() && character != '\n')
    }

    fn is_ours(line: &str) -> bool {
        ["::error file=", "::warning file=", "::notice file=", "::notice title=mlops-lint::"]
            .iter()
            .any(|start| line.starts_with(start))
    }

    fn cases(xml: &str) -> usize {
        let mut reader = quick_xml::Reader::from_str(xml);
        let mut cases = 0;
        loop {
            match reader.read_event().unwrap() {
                quick_xml::events::Event::Start(start) => cases += usize::from(start.name().as_ref() == b"testcase"),
                quick_xml::events::Event::Eof => return cases,
                _ => {}
            }
        }
    }

    /// All in Markdown, as GitHub and GitLab read it, that is a link, an image, inline HTML, or text that could mention.
    fn links(text: &str) -> Vec<String> {
        use comrak::nodes::NodeValue;
        let mut options = comrak::Options::default();
        options.extension.table = true;
        options.extension.autolink = true;
        options.extension.strikethrough = true;
        let arena = comrak::Arena::new();
        let nodes = comrak::parse_document(&arena, text, &options).descendants();
        nodes
            .filter_map(|node| match &node.data.borrow().value {
                NodeValue::Link(link) | NodeValue::Image(link) => Some(link.url.clone()),
                NodeValue::HtmlInline(html) => Some(html.clone()),
                NodeValue::HtmlBlock(block)
                    if block.literal.contains("script") && !block.literal.contains("&lt;script") =>
                {
                    Some(block.literal.clone())
                }
                NodeValue::Text(text) if text.contains(['@', '#', '<']) => Some(text.to_string()),
                NodeValue::Emph | NodeValue::Strikethrough | NodeValue::BlockQuote | NodeValue::List(_) => {
                    Some(format!("{:?}", node.data.borrow().value))
                }
                _ => None,
            })
            .collect()
    }
}
