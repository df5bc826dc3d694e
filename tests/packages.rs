//! What packagers install beside the binary.

#![allow(clippy::unwrap_used, reason = "what a test cannot set up fails it")]

mod support;

use support::{project, run_in};

fn run(arguments: &[&str]) -> support::Run {
    run_in(&project(), arguments, b"")
}

#[test]
fn every_command_has_a_manual_page() {
    let whole = run(&["man"]);
    assert_eq!(whole.code, 0);
    assert!(whole.stdout.contains(".TH mlops-lint 1"), "{}", whole.stdout);
    let help = run(&["--help"]).stdout;
    let commands = help.split("Commands:").nth(1).unwrap().split("Arguments:").next().unwrap();
    // A command's name stands two columns in, what it does further right.
    let names = commands.lines().filter_map(|line| line.strip_prefix("  ").filter(|rest| !rest.starts_with(' ')));
    let names: Vec<&str> = names.filter_map(|line| line.split_whitespace().next()).collect();
    assert!(names.len() >= 6, "{names:?}");
    for name in names.iter().filter(|name| **name != "help") {
        let page = run(&["man", name]);
        assert_eq!(page.code, 0, "{name}: {}", page.stderr);
        assert!(page.stdout.contains(&format!("mlops\\-lint\\-{name}")), "{name}: {}", page.stdout);
    }
    assert_eq!(run(&["man", "no-such-command"]).code, 2);
}

#[test]
fn five_shells_complete_it() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = run(&["completions", shell]);
        assert_eq!(script.code, 0, "{shell}");
        assert!(script.stdout.contains("mlops-lint") && script.stdout.contains("explain"), "{shell}");
    }
}
