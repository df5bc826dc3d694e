//! What a tool's output says, whatever form it has.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// What a tool is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Job {
    /// Which tracked files nobody owns.
    Unowned,
    /// Who owns each tracked file.
    Owners,
    /// Which entries match no file.
    Dead,
    /// Which entries can never decide, because later ones win all their paths.
    Shadowed,
}

impl Job {
    pub const ALL: [(Self, &'static str); 4] = [
        (Self::Unowned, "Files without an owner"),
        (Self::Owners, "The owner of every file"),
        (Self::Dead, "Entries that match no file"),
        (Self::Shadowed, "Entries that can never decide"),
    ];
}

/// How an output reads.
#[derive(Clone, Copy, Debug)]
pub enum Form {
    /// `mlops-lint who --format jsonl`.
    OurPaths,
    /// MLO106 in `mlops-lint check --format jsonl`.
    OurShadowed,
    /// MLO104 and MLO105 in the same, which are silent on an entry that is told by MLO106 or MLO107.
    OurDead,
    /// `unowned_files` of one JSON object.
    LspCoverage,
    /// A JSON object of paths.
    LspOwners,
    /// Diagnostics with a code and a line.
    LspLint(&'static str),
    /// One JSON object, then the exit code: lines under the name of a check.
    ValidatorLines(&'static str),
    /// The same object: files named in the messages of `notowned`.
    ValidatorFiles,
    /// `Rule: PATTERN` lines.
    ValidationRules,
    /// A path a line.
    Lines,
    /// A path, blanks or a tab, and its owners, if any.
    Columns,
    /// One JSON object a line, with `path` and `owners`.
    JsonLines,
    /// Quoted entries after a sentence.
    UnmatchedRules,
    /// `uncovered_files` of one JSON object.
    Coverage,
}

/// An answer in one form for all. Entries go by their line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    Paths(BTreeSet<String>),
    Owners(BTreeMap<String, BTreeSet<String>>),
    Entries(BTreeSet<usize>),
    /// Entries, and those that were told to be worse than asked about: an entry that can never decide need not be told
    /// to match no file.
    EntriesAndWorse(BTreeSet<usize>, BTreeSet<usize>),
}

/// Reads an output. `lines` are those of CODEOWNERS, for tools that name an entry by its text.
pub fn read(form: Form, output: &str, lines: &[String]) -> Option<Answer> {
    Some(match form {
        Form::OurPaths | Form::JsonLines => Answer::Owners(
            output
                .lines()
                .map(|line| {
                    let object: Value = serde_json::from_str(line).ok()?;
                    Some((object["path"].as_str()?.to_owned(), strings(&object["owners"])?))
                })
                .collect::<Option<_>>()?,
        ),
        Form::OurShadowed => Answer::Entries(our_entries(output, &["MLO106"])?),
        Form::OurDead => {
            let dead = our_entries(output, &["MLO104", "MLO105"])?;
            Answer::EntriesAndWorse(dead, our_entries(output, &["MLO106", "MLO107"])?)
        }
        Form::LspCoverage => Answer::Paths(strings(&object(output)?["unowned_files"])?),
        Form::Coverage => Answer::Paths(strings(&object(output)?["uncovered_files"])?),
        Form::LspOwners => Answer::Owners(
            object(output)?
                .as_object()?
                .iter()
                .map(|(path, answer)| Some((path.clone(), strings(&answer["owners"])?)))
                .collect::<Option<_>>()?,
        ),
        Form::LspLint(code) => {
            let object = object(output)?;
            let of_code = object["diagnostics"].as_array()?.iter().filter(|diagnostic| diagnostic["code"] == code);
            Answer::Entries(of_code.filter_map(|diagnostic| line(&diagnostic["line"])).collect())
        }
        Form::ValidatorLines(check) => {
            Answer::Entries(issues(output, check)?.iter().filter_map(|issue| line(&issue["line"])).collect())
        }
        Form::ValidatorFiles => {
            let issues = issues(output, "notowned")?;
            let messages = issues.iter().filter_map(|issue| issue["message"].as_str());
            Answer::Paths(messages.filter_map(|message| Some(message.split('\'').nth(1)?.to_owned())).collect())
        }
        Form::Lines => Answer::Paths(output.lines().map(str::to_owned).collect()),
        Form::Columns => Answer::Owners(
            output
                .lines()
                .filter_map(|line| {
                    let mut words = line.split_whitespace();
                    let path = words.next()?.to_owned();
                    Some((
                        path,
                        words.filter(|word| !matches!(*word, "nobody" | "(unowned)")).map(str::to_owned).collect(),
                    ))
                })
                .collect(),
        ),
        Form::ValidationRules => {
            entries_named(lines, output.lines().filter_map(|line| line.trim().strip_prefix("Rule: ")))
        }
        Form::UnmatchedRules => {
            let said = output.split_once("did not match any files").map_or("", |(_, said)| said);
            // More than a hundred are cut off.
            let quoted = said.split('\'').skip(1).step_by(2);
            entries_named(lines, quoted.map(|entry| entry.split_whitespace().next().unwrap_or_default()))
        }
    })
}

/// The entries that findings of these rules are about. One that groups several has a place for each; of the others the
/// first place is the entry, and the rest explain it.
fn our_entries(output: &str, rules: &[&str]) -> Option<BTreeSet<usize>> {
    let findings: Vec<Value> = output.lines().map(serde_json::from_str).collect::<Result<_, _>>().ok()?;
    let mut entries = BTreeSet::new();
    for finding in &findings {
        let Some(rule) = rules.iter().find(|&&rule| finding["rule"] == rule) else { continue };
        let places = finding["places"].as_array()?;
        let of_entries = places.iter().filter(|place| place["role"] == "primary" || *rule == "MLO104");
        entries.extend(of_entries.filter_map(|place| line(&place["start"]["line"])));
    }
    Some(entries)
}

fn entries_named<'t>(lines: &[String], patterns: impl Iterator<Item = &'t str>) -> Answer {
    let numbers: BTreeMap<&str, usize> =
        lines.iter().zip(1..).filter_map(|(line, number)| Some((line.split_whitespace().next()?, number))).collect();
    Answer::Entries(patterns.filter_map(|pattern| numbers.get(pattern).copied()).collect())
}

/// The issues of one check; none at all, with another exit code than 0, are a refusal.
fn issues(output: &str, check: &str) -> Option<Vec<Value>> {
    let (json, code) = output.trim_end().rsplit_once('\n')?;
    let issues = object(json)?[check].as_array()?.clone();
    (!issues.is_empty() || code == "0").then_some(issues)
}

/// The JSON object in an output; some tools log around it.
fn object(output: &str) -> Option<Value> {
    serde_json::from_str(&output[output.find('{')?..]).ok()
}

fn strings(value: &Value) -> Option<BTreeSet<String>> {
    value.as_array()?.iter().map(|item| item.as_str().map(str::to_owned)).collect()
}

fn line(value: &Value) -> Option<usize> {
    usize::try_from(value.as_u64()?).ok()
}
