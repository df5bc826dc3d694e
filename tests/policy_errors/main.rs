//! Everything that can be wrong with a policy: the message, where it stands, and what to write instead.
#![expect(clippy::expect_used, reason = "clippy excuses tests, but not the functions they share")]

mod extends;
mod hostile;
mod input;
mod kinds;
mod meaning;
mod mutated;
mod names;
#[path = "../support/schema.rs"]
mod schema;
mod shapes;

use mlops_lint::policy::{Known, LoadInput, Origin, PolicyErrors, load};

fn known() -> Known<'static> {
    Known {
        kinds: vec![("kserve", "serving"), ("bentoml", "serving"), ("dvc", "pipelines"), ("notebook", "notebooks")],
        rules: vec![
            ("MLO104", "dead-entry"),
            ("MLO111", "lone-approver"),
            ("MLO201", "unowned"),
            ("MLO202", "catch-all"),
        ],
    }
}

fn fails(text: &[u8]) -> PolicyErrors {
    load(Some(LoadInput { name: "mlops-lint.yaml", text }), &known()).expect_err("a wrong policy")
}

/// Each error as `line:column «the characters» message`, then its label, its help and the other places.
fn told(errors: &PolicyErrors) -> String {
    let place = |at: Origin| {
        let text = &errors.texts[at.text];
        let position = text.lines.position(text.text.as_bytes(), at.span.start);
        let said = &text.text[at.span.range()];
        assert!(!said.is_empty(), "nothing to point at");
        let pack = if text.name == "mlops-lint.yaml" { "" } else { text.name.as_str() };
        format!("{pack} {}:{} «{said}»", position.line, position.column).trim_start().to_owned()
    };
    let mut lines = Vec::new();
    for error in &errors.errors {
        lines.push(format!("{} {}", error.at.map_or_else(|| "-".to_owned(), place), error.message));
        lines.extend((!error.label.is_empty()).then(|| format!("  label: {}", error.label)));
        lines.extend(error.help.as_ref().map(|help| format!("  help: {help}")));
        lines.extend(error.related.iter().map(|&(at, ref label)| format!("  {} {label}", place(at))));
    }
    lines.join("\n")
}

fn errors(text: &str) -> String {
    told(&fails(text.as_bytes()))
}
