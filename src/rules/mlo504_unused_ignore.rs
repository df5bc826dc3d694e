//! MLO504 unused-ignore.

use super::ignores::{Fault, Ignore, NEVER_IGNORED, Target, Word};
use super::{Context, Group, Meta, Rule, Told, nearest};
use crate::finding::{Cause, Place, Severity, Subject, Violation};
use crate::span::Span;

pub(super) struct Check;

static META: Meta = Meta {
    code: "MLO504",
    slug: "unused-ignore",
    summary: "An ignore in CODEOWNERS that silences nothing, or that does not hold",
    severity: Some(Severity::Warning),
    docs: "\
## What it does
Reports comments `# mlops-lint: ignore[…]` that silence nothing, name no rule, give no reason, or cannot be read.

## Why it matters
An ignore that nothing needs any more would silence the next mistake on its line, and nobody would see it. One that does
not hold leaves its writer wondering.

## Example
`# mlops-lint: ignore[MLO104] the files come in May`, above an entry whose files are there.

## How to fix it
Delete the comment, or write it as `# mlops-lint: ignore[MLO104] reason`: on the line above the entry, or at the end of
the entry's line where the host reads comments there. It silences what is said of that entry and of the paths that it
decides. What is about an owner, or about the policy, is silenced in the policy alone.

## Source
The comment itself. A comment without a reason never holds.
",
};

impl Rule for Check {
    fn meta(&self) -> &'static Meta {
        &META
    }

    /// What the text alone shows; what is unused shows when everything else was said.
    fn check(&self, context: &Context<'_>) -> Vec<Violation> {
        let mut violations = Vec::new();
        for ignore in context.ignores().iter() {
            if ignore.fault.is_some() {
                violations.push(violation(context, ignore, None));
                continue;
            }
            let wrong = ignore.words.iter().enumerate().filter(|(_, word)| word.ignores().is_none());
            violations.extend(wrong.map(|(at, _)| violation(context, ignore, Some(at))));
        }
        violations
    }

    fn tell(&self, context: &Context<'_>, group: &Group<'_>) -> Told {
        let Cause::Comment(comment, word) = *group.cause else { return Told::default() };
        let Some(ignore) = context.ignores().of_comment(comment) else { return Told::default() };
        let (message, span, label, help) = match (ignore.fault, word.and_then(|at| ignore.words.get(at))) {
            (None, Some(word)) => tell_word(context, ignore, word),
            (fault, _) => tell_whole(ignore, fault),
        };
        Told { message, places: vec![Place::codeowners(span, label)], help: Some(help), ..Told::default() }
    }
}

type Words = (String, Span, &'static str, String);

fn tell_word(context: &Context<'_>, ignore: &Ignore, word: &Word) -> Words {
    let text = &word.text;
    match word.rule {
        None => {
            let help = match nearest(text) {
                Some(meta) => format!("did you mean {} ({})?", meta.code, meta.slug),
                None => "`mlops-lint rules` lists them all".to_owned(),
            };
            (format!("there is no rule `{text}` to ignore"), word.span, "names no rule", help)
        }
        Some(meta) if NEVER_IGNORED.contains(&meta.code) => {
            let message = format!("{} cannot be ignored: it watches over this check itself", meta.code);
            (message, word.span, "never ignored", "delete it".to_owned())
        }
        Some(meta) => {
            let message = format!("the ignore of {} ({}) silences nothing {}", meta.code, meta.slug, place(context, ignore));
            let help = if ignore.words.len() == 1 { "delete the comment" } else { "delete it from the comment" };
            (message, word.span, "silences nothing", help.to_owned())
        }
    }
}

fn tell_whole(ignore: &Ignore, fault: Option<Fault>) -> Words {
    let codes: Vec<&str> = ignore.words.iter().map(|word| &*word.text).collect();
    let codes = if codes.is_empty() { "MLO104".to_owned() } else { codes.join(", ") };
    let (message, label, help) = match fault {
        Some(Fault::NoReason) => (
            format!("an ignore of {codes} without a reason does not hold"),
            "no reason",
            format!("say why, behind the bracket:\n    # mlops-lint: ignore[{codes}] the reason"),
        ),
        Some(Fault::NoTarget) => (
            format!("the ignore of {codes} stands above no entry"),
            "no entry follows",
            "write it on the line above the entry that is meant, or delete it".to_owned(),
        ),
        _ => (
            "a comment that speaks to mlops-lint cannot be read".to_owned(),
            "no ignore",
            format!("write the rules in brackets and a reason behind them:\n    # mlops-lint: ignore[{codes}] the reason"),
        ),
    };
    (message, ignore.span, label, help)
}

/// The words that silenced nothing and could have: `words` are those that silenced nothing today, each as the indexes of
/// an ignore and of its word.
pub(super) fn unused(context: &Context<'_>, words: &[(usize, usize)]) -> Vec<Violation> {
    if !super::judge::is_on(context.policy, &META) {
        return Vec::new();
    }
    let ignores: Vec<&Ignore> = context.ignores().iter().collect();
    let could = |meta: &Meta| super::judge::is_on(context.policy, meta) && !ONLY_OF_CHANGES.contains(&meta.code);
    let missed = words.iter().filter(|(ignore, word)| ignores[*ignore].words[*word].rule.is_some_and(could));
    missed.map(|&(ignore, word)| violation(context, ignores[ignore], Some(word))).collect()
}

/// Rules that speak of a change: without one they have nothing to say, and an ignore waits for them.
const ONLY_OF_CHANGES: [&str; 2] = ["MLO205", "MLO206"];

fn violation(context: &Context<'_>, ignore: &Ignore, word: Option<usize>) -> Violation {
    let named = word.and_then(|at| ignore.words.get(at)).map_or("as a whole", |word| &word.text);
    let place = match ignore.target {
        Some(Target::Entry(id)) => match context.subject(id) {
            Subject::Entry { pattern, section, ordinal } => format!("at {pattern} {ordinal} {section}"),
            _ => String::new(),
        },
        _ => place(context, ignore),
    };
    Violation {
        rule: META.code,
        subject: Subject::Repository(format!("ignore {named} {place}")),
        cause: Cause::Comment(ignore.comment, word),
    }
}

/// Where the ignore speaks, as it is told.
fn place(context: &Context<'_>, ignore: &Ignore) -> String {
    match ignore.target {
        Some(Target::Entry(id)) => format!("at `{}`", context.entry(id).pattern_text),
        Some(Target::Section(id)) => {
            format!("at section `{}`", context.codeowners.map_or("", |file| &file.section(id).name))
        }
        None => "at the end".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{codes, told};

    const POLICY: &str = "version: 1\n";

    #[test]
    fn an_ignore_that_silences_something_is_quiet_and_one_that_does_not_is_told() {
        let entries = "\
# mlops-lint: ignore[MLO104] files come in May
/gone/ @ana
# mlops-lint: ignore[dead-entry, MLO118] once needed
/src/ @ana
";
        insta::assert_snapshot!(told("MLO504", entries, POLICY, &["src/a.py"]), @"
        warning: the ignore of MLO104 (dead-entry) silences nothing at `/src/`
          CODEOWNERS `dead-entry`: silences nothing
          > delete it from the comment
        warning: the ignore of MLO118 (repeated-owner) silences nothing at `/src/`
          CODEOWNERS `MLO118`: silences nothing
          > delete it from the comment
        ");
        assert_eq!(codes(entries, POLICY, &["src/a.py"]), ["MLO504", "MLO504"]);
    }

    #[test]
    fn an_ignore_that_does_not_hold_says_why_and_silences_nothing() {
        let entries = "\
# mlops-lint: ignore[MLO104]
/gone/ @ana
# mlops-lint: ignore[MLO1O4] reason
/lost/ @ana
# mlops-lint: ignore MLO104
/past/ @ana
# mlops-lint: ignore[MLO505] reason
/src/ @ana
# mlops-lint: ignore[MLO104] reason
";
        insta::assert_snapshot!(told("MLO504", entries, POLICY, &["src/a.py"]), @"
        warning: an ignore of MLO104 without a reason does not hold
          CODEOWNERS `mlops-lint: ignore[MLO104]`: no reason
          > say why, behind the bracket:
          >     # mlops-lint: ignore[MLO104] the reason
        warning: there is no rule `MLO1O4` to ignore
          CODEOWNERS `MLO1O4`: names no rule
          > did you mean MLO104 (dead-entry)?
        warning: a comment that speaks to mlops-lint cannot be read
          CODEOWNERS `mlops-lint: ignore MLO104`: no ignore
          > write the rules in brackets and a reason behind them:
          >     # mlops-lint: ignore[MLO104] the reason
        warning: MLO505 cannot be ignored: it watches over this check itself
          CODEOWNERS `MLO505`: never ignored
          > delete it
        warning: the ignore of MLO104 stands above no entry
          CODEOWNERS `mlops-lint: ignore[MLO104]`: no entry follows
          > write it on the line above the entry that is meant, or delete it
        ");
        let dead = codes(entries, POLICY, &["src/a.py"]).into_iter().filter(|code| *code == "MLO104").count();
        assert_eq!(dead, 3);
    }

    #[test]
    fn a_rule_that_is_off_is_not_missed() {
        let entries = "# mlops-lint: ignore[MLO104] files come in May\n/src/ @ana\n";
        assert_eq!(codes(entries, "version: 1\nrules: { MLO104: off }\n", &["src/a.py"]), [""; 0]);
        assert_eq!(codes(entries, POLICY, &["src/a.py"]), ["MLO504"]);
    }

    #[test]
    fn an_ignore_speaks_of_the_paths_that_the_entry_decides() {
        let policy = format!(
            "{}areas: {{ serving: {{ paths: [/serve/], ownership: {{ accountable: [ml-engineer] }} }} }}\n",
            crate::rules::testing::TEAM
        );
        let entries = "/serve/ @acme/mlops\n# mlops-lint: ignore[MLO301] theirs for now\n/serve/ui/ @acme/mlops\n";
        assert_eq!(codes(entries, &policy, &["serve/a", "serve/ui/b"]), ["MLO301"]);
        let without = entries.replace("# mlops-lint: ignore[MLO301] theirs for now\n", "");
        assert_eq!(codes(&without, &policy, &["serve/ui/b"]), ["MLO301"]);
        assert_eq!(codes(entries, &policy, &["serve/ui/b"]), [""; 0]);
    }
}
