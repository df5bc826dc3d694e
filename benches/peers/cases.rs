//! Small repositories that public tools are known to read wrongly, and the right answers.
//!
//! All follow from GitHub's page "About code owners": the last matching pattern takes the most precedence; `docs/*`
//! reaches no nested files; an entry without owners leaves its paths without owners; the rest is as in gitignore.

use crate::answer::Job;

/// A small repository and a question.
pub struct Case {
    pub name: &'static str,
    /// What it shows, in a few words.
    pub title: &'static str,
    pub job: Job,
    /// An entry a line.
    pub codeowners: &'static str,
    /// The files, beside CODEOWNERS itself.
    pub files: &'static [&'static str],
    /// The lines that can never decide.
    pub shadowed: &'static [usize],
    /// The right answer, as the table shows it.
    pub right: &'static str,
}

pub const CASES: &[Case] = &[
    Case {
        name: "covered",
        title: "a directory, then the one above it",
        job: Job::Shadowed,
        codeowners: "/src/api/ @acme/api\n/src/ @acme/platform\n",
        files: &["src/api/x.rs", "src/y.rs"],
        shadowed: &[1],
        right: "line 1",
    },
    Case {
        name: "direct-children",
        title: "`/*` reaches direct children only",
        job: Job::Shadowed,
        codeowners: "/src/api/ @acme/api\n/* @acme/platform\n",
        files: &["src/api/x.rs", "README.md"],
        shadowed: &[],
        right: "none",
    },
    Case {
        name: "general-first",
        title: "the general entry first, as it should be",
        job: Job::Shadowed,
        codeowners: "* @acme/all\n/src/ @acme/platform\n/src/api/ @acme/api\n",
        files: &["src/api/x.rs", "src/y.rs", "README.md"],
        shadowed: &[],
        right: "none",
    },
    Case {
        name: "covered-by-two",
        title: "covered by two later entries, by neither alone",
        job: Job::Shadowed,
        codeowners: "/src/ @acme/platform\n/src/* @acme/top\n/src/*/ @acme/deep\n",
        files: &["src/api/x.rs", "src/y.rs"],
        shadowed: &[1],
        right: "line 1",
    },
    Case {
        name: "ownerless",
        title: "an entry without owners takes them away",
        job: Job::Unowned,
        codeowners: "* @acme/all\n/apps/ @acme/apps\n/apps/github\n",
        files: &["README.md", "apps/github/x.ts", "apps/web/y.ts"],
        shadowed: &[],
        right: "`apps/github/x.ts`",
    },
    Case {
        name: "star-is-flat",
        title: "`/docs/*` reaches no nested files",
        job: Job::Unowned,
        codeowners: "/.github/ @acme/all\n/docs/* @acme/docs\n",
        files: &["docs/index.md", "docs/guide/start.md"],
        shadowed: &[],
        right: "`docs/guide/start.md`",
    },
];
