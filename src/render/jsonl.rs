//! JSON, one finding a line: for streams and for `jq` without `.findings[]`.

use serde::Serialize;

use super::json::{SummaryForm, finding, summary, text, write_line};
use super::texts::Texts;
use crate::finding::Report;

/// Each finding on a line of its own, in the form of [`super::json()`], then `{"summary":…}` on the last.
pub fn jsonl(report: &Report) -> String {
    #[derive(Serialize)]
    struct Last<'a> {
        summary: SummaryForm<'a>,
    }
    let texts = Texts::new(report);
    let mut out = Vec::new();
    for each in &report.findings {
        write_line(&finding(each, &texts), &mut out);
    }
    write_line(&Last { summary: summary(report) }, &mut out);
    text(out)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::super::{example::two_findings, json};
    use super::*;

    #[test]
    fn lines_are_the_findings_of_the_document_then_its_summary() {
        let document: Value = serde_json::from_str(&json(&two_findings())).unwrap();
        let out = jsonl(&two_findings());
        let lines: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 3);
        assert_eq!(lines[..2], document["findings"].as_array().unwrap()[..]);
        assert_eq!(lines[2]["summary"], document["summary"]);
    }
}
