use insta::assert_snapshot;
use serde_json::{Value, json};

use super::super::example::{CODEOWNERS, DEAD_ENTRY, WRONG_ROLE, finding, in_codeowners, report, two_findings};
use super::*;
use crate::finding::Place;

fn parsed(report: &Report) -> Value {
    serde_json::from_str(&sarif(report)).unwrap()
}

#[test]
fn a_result_is_this() {
    let log = parsed(&two_findings());
    let run = &log["runs"][0];
    let mut result = run["results"][1].clone();
    // Which it is changes with each new rule.
    let index = result.as_object_mut().unwrap().remove("ruleIndex").unwrap();
    let index = usize::try_from(index.as_u64().unwrap()).unwrap();
    assert_eq!(run["tool"]["driver"]["rules"][index]["id"], "MLO104");
    assert_snapshot!(pretty(&result), @r#"
    {
      "level": "warning",
      "locations": [
        {
          "physicalLocation": {
            "artifactLocation": {
              "uri": ".github/CODEOWNERS",
              "uriBaseId": "%SRCROOT%"
            },
            "region": {
              "endColumn": 14,
              "endLine": 7,
              "startColumn": 1,
              "startLine": 7
            }
          }
        }
      ],
      "message": {
        "text": "/serving/old/ matches no file\n[serving/v2/service.yaml:1](1): moved here"
      },
      "partialFingerprints": {
        "mlopsLint/v1": "aba23ee289522bbba3dd9816276b380491b51abf477edb95ca3acb9f1363c265"
      },
      "relatedLocations": [
        {
          "id": 1,
          "message": {
            "text": "moved here"
          },
          "physicalLocation": {
            "artifactLocation": {
              "uri": "serving/v2/service.yaml",
              "uriBaseId": "%SRCROOT%"
            },
            "region": {
              "endColumn": 1,
              "endLine": 1,
              "startColumn": 1,
              "startLine": 1
            }
          }
        }
      ],
      "ruleId": "MLO104"
    }
    "#);
}

#[test]
fn a_run_says_what_it_is() {
    let log = parsed(&two_findings());
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    assert_eq!(run["tool"]["driver"]["name"], "mlops-lint");
    assert_eq!(run["automationDetails"]["id"], "mlops-lint/");
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    assert_snapshot!(pretty(&run["invocations"]), @r#"
    [
      {
        "executionSuccessful": true,
        "toolExecutionNotifications": [
          {
            "level": "note",
            "message": {
              "text": "Checked 4812 files: 131 artefacts in 9 areas, 5 CODEOWNERS entries; 1 ownerless, 14 excluded, 2 not checked (symbolic links), 1 question not decided"
            }
          },
          {
            "level": "note",
            "message": {
              "text": "The policy is builtin:ml-team: no mlops-lint.yaml was found."
            }
          }
        ]
      }
    ]
    "#);
}

#[test]
fn every_rule_is_told_within_githubs_limits() {
    let log = parsed(&report("", ""));
    let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    assert_eq!(rules.len(), rules::all().len());
    for rule in rules {
        let text = |key: &str| rule[key]["text"].as_str().unwrap();
        assert!(!text("shortDescription").is_empty() && !text("help").is_empty(), "{rule}");
        let full = text("fullDescription");
        assert!((40..=MOST_DESCRIPTION).contains(&full.chars().count()) && !full.contains('\n'), "{full}");
        assert_eq!(rule["help"]["markdown"], rule["help"]["text"]);
        assert_eq!(rule["properties"].get("security-severity"), None, "owners are no vulnerabilities");
    }
    assert_eq!(log["runs"][0]["results"], json!([]));
}

#[test]
fn findings_of_one_rule_on_one_line_are_one_result() {
    let mut report = report(CODEOWNERS, "");
    for (rule, text, wanted) in [
        (&WRONG_ROLE, "first", "/deploy/"),
        (&WRONG_ROLE, "elsewhere", "/models/"),
        (&WRONG_ROLE, "second", "/deploy/"),
        (&DEAD_ENTRY, "another rule", "/deploy/"),
    ] {
        let mut one = finding(rule, text);
        one.places = vec![in_codeowners(wanted, ""), in_codeowners("/data/", "see here")];
        report.findings.push(one);
    }
    let log = parsed(&report);
    let results = log["runs"][0]["results"].as_array().unwrap();
    let told: Vec<&str> = results.iter().map(|result| result["message"]["text"].as_str().unwrap()).collect();
    assert_eq!(
        told,
        [
            "first\n[.github/CODEOWNERS:4](1): see here\n\nsecond\n[.github/CODEOWNERS:4](2): see here",
            "elsewhere\n[.github/CODEOWNERS:4](1): see here",
            "another rule\n[.github/CODEOWNERS:4](1): see here",
        ]
    );
    assert_eq!(results[0]["relatedLocations"].as_array().unwrap().len(), 2);
    for _ in 0..1_000 {
        report.findings.push(report.findings[0].clone());
    }
    let result = &parsed(&report)["runs"][0]["results"][0];
    assert!(result["message"]["text"].as_str().unwrap().ends_with("\n\n… and 992 more of this rule on this line"));
    assert_eq!(result["relatedLocations"].as_array().unwrap().len(), 10);
}

#[test]
fn paths_are_encoded_and_links_are_our_own() {
    let mut report = report("", "");
    let mut only = finding(&WRONG_ROLE, "[click](https://evil.example) a\\b");
    only.places = vec![Place::file(b"a b/\xc3\xa9\xff[x](1)%:?#.onnx", ""), Place::file(b"[y](2)\n", "[z](https://e)")];
    report.findings.push(only);
    let result = &parsed(&report)["runs"][0]["results"][0];
    let location = &result["locations"][0]["physicalLocation"];
    assert_eq!(location["artifactLocation"]["uri"], "a%20b/%C3%A9%FF%5Bx%5D%281%29%25%3A%3F%23.onnx");
    assert_eq!(location["region"], json!({"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 1}));
    assert_eq!(
        result["message"]["text"],
        "\\[click\\](https://evil.example) a\\\\b\n[\\[y\\](2)␊:1](1): \\[z\\](https://e)"
    );
}

#[test]
fn no_more_results_than_github_takes_and_the_rest_is_counted() {
    let many = |count: usize, text: &dyn Fn(usize) -> String| {
        let lines = "/a @x\n".repeat(count);
        let mut report = report(lines, "");
        for at in 0..count {
            let mut one = finding(&DEAD_ENTRY, &text(at));
            one.places = vec![Place::codeowners(crate::span::Span::new(6 * at, 6 * at + 2), "")];
            report.findings.push(one);
        }
        let log = parsed(&report);
        let run = &log["runs"][0];
        let notes = run["invocations"][0]["toolExecutionNotifications"].as_array().unwrap().clone();
        (run["results"].as_array().unwrap().len(), notes.last().unwrap()["message"]["text"].to_string())
    };
    let (results, note) = many(25_002, &|at| format!("`/{at}` matches no file"));
    assert_eq!(results, 25_000);
    assert!(note.contains("2 of 25002 findings are not among the results"), "{note}");
    let (results, note) = many(8_000, &|at| format!("{at} {}", "x".repeat(1_990)));
    assert!((5_000..7_000).contains(&results), "{results}");
    assert!(note.contains(&format!("{} of 8000 findings", 8_000 - results)), "{note}");
}
