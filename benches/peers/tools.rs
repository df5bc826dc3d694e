//! The public tools: how each is told to do a job, and how its answer reads.

use std::path::{Path, PathBuf};

use crate::answer::{Form, Job};

/// One tool, with the jobs it can do.
pub struct Tool {
    pub name: &'static str,
    /// Where it stands in the folder of the peers; a run leaves it out where there is nothing.
    pub place: &'static str,
    pub jobs: &'static [(Job, Form, &'static str)],
}

/// The product, which is measured as the others are. `@` is its binary.
pub const OURS: Tool = Tool {
    name: "mlops-lint",
    place: "",
    jobs: &[
        (Job::Unowned, Form::OurPaths, "@ who --format jsonl"),
        (Job::Owners, Form::OurPaths, "@ who --format jsonl"),
        (Job::Dead, Form::OurDead, "@ check --format jsonl"),
        (Job::Shadowed, Form::OurShadowed, "@ check --format jsonl"),
    ],
};

/// What git needs to tell what there is: the floor for whoever asks it.
pub const FLOOR: &str = "git ls-files -s -z";

/// `@` stands for the tool's place, `%` for the folder of this file.
pub const PEERS: &[Tool] = &[
    Tool {
        name: "codeowners-lsp 0.18.1",
        place: "cargo/codeowners-lsp/bin/codeowners-cli",
        jobs: &[
            (Job::Unowned, Form::LspCoverage, "@ coverage --json"),
            (Job::Owners, Form::LspOwners, "git ls-files | @ check --stdin --json"),
            (Job::Dead, Form::LspLint("pattern-no-match"), "@ lint --json"),
            (Job::Shadowed, Form::LspLint("shadowed-rule"), "@ lint --json"),
        ],
    },
    Tool {
        name: "codeowners-validation 0.4.10",
        place: "cargo/codeowners-validation/bin/codeowners-validation",
        jobs: &[(Job::Dead, Form::ValidationRules, "@ --checks exists 2>&1")],
    },
    Tool {
        name: "codeowners-validator-rs 0.4.3",
        place: "cargo/codeowners-validator-rs/bin/codeowners-validator",
        // Where it cannot read the file, its JSON is empty and only the exit code tells.
        jobs: &[
            (Job::Unowned, Form::ValidatorFiles, "@ --json --checks syntax --experimental-checks notowned; echo $?"),
            (Job::Dead, Form::ValidatorLines("files"), "@ --json --checks files; echo $?"),
            (
                Job::Shadowed,
                Form::ValidatorLines("avoid-shadowing"),
                "@ --json --checks syntax --experimental-checks avoid-shadowing; echo $?",
            ),
        ],
    },
    Tool {
        name: "codeowners 5.1.1 (npm)",
        place: "npm/codeowners/node_modules/.bin/codeowners",
        jobs: &[(Job::Unowned, Form::Lines, "@ audit -u"), (Job::Owners, Form::Columns, "@ audit")],
    },
    Tool {
        name: "github-codeowners 0.2.1",
        place: "npm/github-codeowners/node_modules/.bin/github-codeowners",
        jobs: &[
            (Job::Unowned, Form::JsonLines, "@ audit -u -o jsonl"),
            (Job::Owners, Form::JsonLines, "@ audit -o jsonl"),
            (Job::Dead, Form::UnmatchedRules, "@ validate 2>&1"),
        ],
    },
    Tool {
        name: "@snyk/github-codeowners 1.1.0",
        place: "npm/@snyk/github-codeowners/node_modules/.bin/github-codeowners",
        jobs: &[
            (Job::Unowned, Form::JsonLines, "@ audit -u -o jsonl"),
            (Job::Owners, Form::JsonLines, "@ audit -o jsonl"),
            (Job::Dead, Form::UnmatchedRules, "@ validate 2>&1"),
        ],
    },
    Tool {
        name: "codeowners-utils 1.0.2",
        place: "npm/codeowners-utils/node_modules/codeowners-utils",
        jobs: &[
            (Job::Unowned, Form::Lines, "git ls-files | node %/owners.cjs @ unowned"),
            (Job::Owners, Form::Columns, "git ls-files | node %/owners.cjs @ owners"),
        ],
    },
    Tool {
        name: "codeowners 0.9.0 (PyPI)",
        place: "py/codeowners/bin/python",
        jobs: &[(Job::Owners, Form::Columns, "git ls-files | @ %/owners.py")],
    },
    Tool {
        name: "codeowners-coverage 0.3.1",
        place: "py/codeowners-coverage/bin/codeowners-coverage",
        jobs: &[(Job::Unowned, Form::Coverage, "@ check --json")],
    },
    Tool {
        name: "git-codeowners 1.1.2",
        place: "py/git-codeowners/bin/git-codeowners",
        jobs: &[(Job::Owners, Form::Columns, "git ls-files | @")],
    },
    Tool {
        name: "codeowners-cli 0.1.0",
        place: "py/codeowners-cli/bin/codeowners-cli",
        jobs: &[(Job::Owners, Form::Columns, "git ls-files -z | xargs -0 @ --no-header --output tsv")],
    },
];

impl Tool {
    /// How the tool does a job, if it does.
    pub fn does(&self, job: Job) -> Option<(Form, &'static str)> {
        self.jobs.iter().find(|(of, ..)| *of == job).map(|&(_, form, line)| (form, line))
    }

    /// The same, or how the answer follows from another of its answers.
    pub fn answers(&self, job: Job) -> Option<(Form, &'static str)> {
        self.does(job).or_else(|| if job == Job::Unowned { self.does(Job::Owners) } else { None })
    }

    /// Where the tool stands, if it does.
    pub fn installed(&self, peers: &Path) -> Option<PathBuf> {
        Some(peers.join(self.place)).filter(|place| place.exists())
    }
}

/// The command line with its places filled in.
pub fn command(template: &str, place: &Path, scripts: &Path) -> String {
    template.replace('@', &place.display().to_string()).replace('%', &scripts.display().to_string())
}
