//! The XML of `JUnit`, which most CI services show.
//!
//! Source: `junit-10.xsd` of Jenkins' xunit plugin.

use std::collections::BTreeMap;

use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use quick_xml::writer::Writer;

use super::located::{Located, Locator};
use super::prose;
use crate::finding::{FailOn, Finding, Report};
use crate::sanitize;

/// A suite for each rule that was broken, a case for each finding at its place. What does not fail the run passes, with
/// its words as output. Where nothing was found one case passes.
pub fn junit(report: &Report) -> String {
    let locator = Locator::new(report);
    let mut suites: Vec<Suite<'_>> = Vec::new();
    for finding in &report.findings {
        let name = prose::title(finding);
        let at = suites.iter().position(|suite| suite.name == name).unwrap_or_else(|| {
            suites.push(Suite { name, cases: Vec::new(), names: BTreeMap::new() });
            suites.len() - 1
        });
        suites[at].add(finding, &locator.primary(finding), fails(report, finding));
    }
    let mut xml = Xml::default();
    xml.event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
    let tests = report.findings.len().max(1);
    let failures = suites.iter().map(Suite::failures).sum();
    xml.start("testsuites", &[("name", env!("CARGO_PKG_NAME"))], Some((tests, failures)));
    if suites.is_empty() {
        xml.start("testsuite", &[("name", env!("CARGO_PKG_NAME"))], Some((1, 0)));
        xml.start("testcase", &[("name", "No findings"), ("classname", env!("CARGO_PKG_NAME"))], None);
        xml.end("testcase");
        xml.end("testsuite");
    }
    for suite in &suites {
        suite.write(&mut xml);
    }
    xml.end("testsuites");
    xml.finish()
}

fn fails(report: &Report, finding: &Finding) -> bool {
    match report.fail_on {
        FailOn::At(severity) => finding.severity >= severity,
        FailOn::Never => false,
    }
}

/// The findings of one rule.
struct Suite<'a> {
    name: String,
    cases: Vec<Case<'a>>,
    /// How often each name was given.
    names: BTreeMap<String, usize>,
}

struct Case<'a> {
    /// Where, as `path:line:column`.
    name: String,
    finding: &'a Finding,
    fails: bool,
}

impl<'a> Suite<'a> {
    fn add(&mut self, finding: &'a Finding, at: &Located, fails: bool) {
        let path = sanitize::bytes(&at.path);
        let mut name = match at.region {
            Some(region) => format!("{path}:{}:{}", region.start.line, region.start.column),
            None => path,
        };
        // Of two cases with one name, services show one.
        let earlier = self.names.entry(name.clone()).or_default();
        *earlier += 1;
        if *earlier > 1 {
            name = format!("{name} ({earlier})");
        }
        self.cases.push(Case { name, finding, fails });
    }

    fn failures(&self) -> usize {
        self.cases.iter().filter(|case| case.fails).count()
    }

    fn write(&self, xml: &mut Xml) {
        xml.start("testsuite", &[("name", &self.name)], Some((self.cases.len(), self.failures())));
        for case in &self.cases {
            let class = format!("{}.{}", env!("CARGO_PKG_NAME"), case.finding.rule.code);
            xml.start("testcase", &[("name", &case.name), ("classname", &class)], None);
            let message = prose::message(case.finding);
            let mut details = prose::details(case.finding);
            let severity = case.finding.severity.name();
            if case.fails {
                xml.text_element("failure", &[("type", severity), ("message", &message)], &details.join("\n"));
            } else {
                details.insert(0, format!("{severity}: {message}"));
                xml.text_element("system-out", &[], &details.join("\n"));
            }
            xml.end("testcase");
        }
        xml.end("testsuite");
    }
}

/// Writes elements into memory.
struct Xml(Writer<Vec<u8>>);

impl Default for Xml {
    fn default() -> Self {
        Self(Writer::new_with_indent(Vec::new(), b' ', 2))
    }
}

impl Xml {
    fn event(&mut self, event: Event<'_>) {
        let written = self.0.write_event(event);
        debug_assert!(written.is_ok(), "writing to memory cannot fail");
    }

    /// `counts` are the tests and the failures among them. Times are zero: the same input gives the same bytes.
    fn start(&mut self, name: &str, attributes: &[(&str, &str)], counts: Option<(usize, usize)>) {
        let mut start = BytesStart::new(name).with_attributes(attributes.iter().copied());
        if let Some((tests, failures)) = counts {
            let numbers = [("tests", tests), ("failures", failures), ("errors", 0)];
            start.extend_attributes(
                numbers
                    .map(|(key, number)| (key, number.to_string()))
                    .iter()
                    .map(|(key, number)| (*key, number.as_str())),
            );
        }
        if name != "failure" && name != "system-out" {
            start.push_attribute(("time", "0.000"));
        }
        self.event(Event::Start(start));
    }

    fn text_element(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) {
        self.start(name, attributes, None);
        self.event(Event::Text(BytesText::new(text)));
        self.end(name);
    }

    fn end(&mut self, name: &str) {
        self.event(Event::End(BytesEnd::new(name)));
    }

    fn finish(self) -> String {
        let mut text = super::json::text(self.0.into_inner());
        text.push('\n');
        sanitize::github_safe(&text).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::super::example::{WRONG_ROLE, finding, in_codeowners, report, two_findings};
    use super::*;

    #[test]
    fn a_suite_a_rule_and_a_case_a_place() {
        assert_snapshot!(junit(&two_findings()), @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="mlops-lint" tests="2" failures="1" errors="0" time="0.000">
          <testsuite name="MLO301 wrong-role" tests="1" failures="1" errors="0" time="0.000">
            <testcase name=".github/CODEOWNERS:6:17" classname="mlops-lint.MLO301" time="0.000">
              <failure type="error" message="deployment asks for ml-engineer or mlops-engineer, and /deploy/ asks neither">12 files: deploy/kserve/fraud.yaml, deploy/kserve/spam.yaml, &quot;deploy/my chart/Chart.yaml&quot;, … and 9 more
        help: ask a machine learning engineer too:
          /deploy/        @acme/data-science @acme/ml-eng
        note: on GitHub each owner of an entry can approve alone</failure>
            </testcase>
          </testsuite>
          <testsuite name="MLO104 dead-entry" tests="1" failures="0" errors="0" time="0.000">
            <testcase name=".github/CODEOWNERS:7:1" classname="mlops-lint.MLO104" time="0.000">
              <system-out>warning: /serving/old/ matches no file</system-out>
            </testcase>
          </testsuite>
        </testsuites>
        "#);
    }

    #[test]
    fn without_findings_one_case_passes() {
        assert_snapshot!(junit(&report("", "")), @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="mlops-lint" tests="1" failures="0" errors="0" time="0.000">
          <testsuite name="mlops-lint" tests="1" failures="0" errors="0" time="0.000">
            <testcase name="No findings" classname="mlops-lint" time="0.000">
            </testcase>
          </testsuite>
        </testsuites>
        "#);
    }

    #[test]
    fn markup_stays_text_and_names_differ() {
        let mut report = report(super::super::example::CODEOWNERS, "");
        for _ in 0..2 {
            let mut one = finding(&WRONG_ROLE, "</failure><x y=\"'&\u{0}\u{fffe}\u{1b}]]>");
            one.places = vec![in_codeowners("/deploy/", "")];
            one.help = Some("]]> & <script>\n\u{8}".to_owned());
            report.findings.push(one);
        }
        let out = junit(&report);
        assert!(out.contains("name=\".github/CODEOWNERS:6:1\"") && out.contains("name=\".github/CODEOWNERS:6:1 (2)\""));
        assert!(out.contains("message=\"&lt;/failure&gt;&lt;x y=&quot;&apos;&amp;␀␦␛]]&gt;\""), "{out}");
        assert!(out.contains("help: ]]&gt; &amp; &lt;script&gt;\n␈"), "{out}");
    }
}
