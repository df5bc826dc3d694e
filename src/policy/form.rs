//! What a policy may say: every key, what it means and the form of its value, written once. The checks refuse keys that
//! are not here, house kinds are read by it, and the schema is made of it.

use super::load::PROFILE_NAMES;

/// A map of the policy with fixed keys.
pub(super) struct Shape {
    /// What it is, with its article, for messages: `a role`.
    pub(super) what: &'static str,
    /// How to write one.
    pub(super) example: &'static str,
    pub(super) keys: &'static [Key],
    /// Keys that belong to another level, and where that is.
    pub(super) elsewhere: &'static [(&'static str, &'static str)],
}

/// A key of a map.
pub(super) struct Key {
    pub(super) name: &'static str,
    /// What it says, for people; a sentence or two.
    pub(super) about: &'static str,
    pub(super) form: Form,
    /// Without it the map says nothing.
    pub(super) required: bool,
}

/// The form of a value.
pub(super) enum Form {
    /// The version of the policy's language.
    Version,
    /// Words for people.
    Text,
    /// A text as it is; may be empty.
    Literal,
    /// A text that is looked for.
    Needle,
    /// Bytes as text with escapes: `\\x89HDF`.
    Escaped,
    Boolean,
    /// A whole number from 1 on.
    Count,
    /// A whole number.
    Number,
    /// A day, `2027-06-30`.
    Date,
    /// One of these words.
    Word(&'static [&'static str]),
    /// The name of a builtin policy, or a file of the repository.
    Extended,
    /// A file within the repository, relative to its root.
    File,
    Owner,
    /// A role by name.
    Role,
    /// An area by name.
    Area,
    /// A kind of the catalogue, or of this policy.
    Kind,
    /// A name for a new kind.
    NewKind,
    /// A rule by code or name.
    Rule,
    /// A GitHub pattern that says where it starts.
    Pattern,
    /// A GitHub pattern that names files; a bare file name stands for it anywhere.
    FilePattern,
    /// A GitHub pattern below a directory.
    PatternBelow,
    /// A path of a repository.
    Path,
    /// A path from the directory of another file.
    Beside,
    List(&'static Form),
    /// A list with something in it.
    Filled(&'static Form),
    /// A map with any names of this sort.
    MapOf(Names, &'static Form),
    Map(&'static Shape),
    /// The forms of which it has one; they differ in type.
    OneOf(&'static [Form]),
}

/// What the keys of a [`Form::MapOf`] name.
#[derive(Clone, Copy)]
pub(super) enum Names {
    Roles,
    Areas,
    Rules,
    /// Dotted keys of a file's content: `metadata.name`.
    Dotted,
}

const fn key(name: &'static str, form: Form, about: &'static str) -> Key {
    Key { name, about, form, required: false }
}

const fn required(name: &'static str, form: Form, about: &'static str) -> Key {
    Key { name, about, form, required: true }
}

const OWNERS: Form = Form::List(&Form::Owner);
const PATTERNS: Form = Form::List(&Form::Pattern);
/// Roles and owners, freely mixed.
const PARTY: Form = Form::OneOf(&[Form::Role, Form::Owner]);
const NEEDLES: Form = Form::Filled(&Form::Needle);
const NEEDLE_OR_NEEDLES: Form = Form::OneOf(&[Form::Needle, NEEDLES]);
const GLOBS: Form = Form::MapOf(Names::Dotted, &Form::OneOf(&[Form::Literal, Form::Filled(&Form::Literal)]));

pub(super) const SEVERITIES: [&str; 3] = ["error", "warning", "info"];
const SEVERITY: Form = Form::Word(&SEVERITIES);
pub(super) const SEVERITY_OR_OFF: [&str; 4] = ["error", "warning", "info", "off"];
pub(super) const SEVERITY_OR_NEVER: [&str; 4] = ["error", "warning", "info", "never"];
/// Whose reading of CODEOWNERS a policy may ask for.
pub(super) const DIALECTS: [&str; 6] = ["github", "gitlab", "bitbucket", "gitea", "forgejo", "auto"];

/// The whole policy.
pub(super) static POLICY: Shape = Shape {
    what: "a policy",
    example: "version: 1",
    keys: &[
        required("version", Form::Version, "The version of the policy's language: 1."),
        key(
            "extends",
            Form::List(&Form::Extended),
            "Policies that this one builds on, the later over the earlier. Maps merge by key, lists replace, null removes; `exempt`, `pins` and `catalogue` append.",
        ),
        key("profile", Form::Word(&PROFILE_NAMES), "How much is asked: oss for open source, team, or regulated."),
        key("floor", Form::File, "A policy that this one may tighten and not loosen."),
        key("baseline", Form::File, "Violations of an earlier day, which are counted and quiet."),
        key("roles", Form::MapOf(Names::Roles, &Form::Map(&ROLE)), "Who holds which role."),
        key("no_role", OWNERS, "Known owners who hold none of the roles, so that nobody asks about them."),
        key(
            "areas",
            Form::MapOf(Names::Areas, &Form::Map(&AREA)),
            "The parts of the lifecycle: which files belong to each, and who should own them.",
        ),
        key(
            "pins",
            Form::List(&Form::Map(&PIN)),
            "Paths that have exactly these owners, whatever comes later in CODEOWNERS.",
        ),
        key("exempt", Form::List(&Form::Map(&EXEMPTION)), "Paths on which findings are silent, each with a reason."),
        key("exclude", Form::Map(&EXCLUDE), "Trees in which no kind is looked for."),
        key("catalogue", Form::List(&Form::Map(&KIND)), "Kinds of artefacts of your own, in the catalogue's form."),
        key(
            "rules",
            Form::MapOf(Names::Rules, &SETTING),
            "Other severities for rules, by code or name, and paths on which they are silent.",
        ),
        key("fail_on", Form::Word(&SEVERITY_OR_NEVER), "The severity from which on a run fails: error by default."),
        key("codeowners", Form::Map(&CODEOWNERS), "Where CODEOWNERS is, and which host reads it."),
    ],
    elsewhere: &[],
};

/// What `init --roles` takes; a whole policy does as well.
pub(super) static ROLE_MAP: Shape = Shape {
    what: "a map of roles",
    example: "roles: { ml-engineer: [\"@acme/ml-eng\"] }",
    keys: &[
        key("roles", Form::MapOf(Names::Roles, &OWNERS), "Who holds which role."),
        key("covered_by", Form::MapOf(Names::Roles, &Form::Role), "Who stands in for which role."),
        key("no_role", OWNERS, "Known owners who hold none of the roles."),
    ],
    elsewhere: &[],
};

pub(super) static ROLE: Shape = Shape {
    what: "a role",
    example: "{ owners: [\"@acme/ml-eng\"] }",
    keys: &[
        key("owners", OWNERS, "Who holds the role. A `*` within a handle stands for any characters: \"@acme/*-de\"."),
        key("covered_by", Form::Role, "The role that stands in where nobody holds this one."),
    ],
    elsewhere: &[],
};

const UNDER_OWNERSHIP: &str = "It belongs one level deeper, under `ownership`.";
const BESIDE_OWNERSHIP: &str = "It belongs one level up, beside `ownership`.";

pub(super) static AREA: Shape = Shape {
    what: "an area",
    example: "{ paths: [\"/serving/\"], ownership: { accountable: [ml-engineer] } }",
    keys: &[
        key("is", Form::Area, "The area whose expectation this one takes over, as far as it says nothing itself."),
        key(
            "paths",
            PATTERNS,
            "Patterns of the files that belong here, whatever their kind. GitHub's, from `/`, `**/` or `*.ext`.",
        ),
        key("artefacts", Form::List(&Form::Kind), "Kinds of artefacts that belong here."),
        key("ownership", Form::Map(&OWNERSHIP), "What is asked of the owners."),
        key("severity", SEVERITY, "The severity of findings about roles and coverage in this area."),
        key("because", Form::Text, "Why, for people: findings quote it."),
        key(
            "only_where_staffed",
            Form::Boolean,
            "true: asks only where somebody holds or covers a role that is accountable.",
        ),
    ],
    elsewhere: &[
        ("accountable", UNDER_OWNERSHIP),
        ("consulted", UNDER_OWNERSHIP),
        ("approvers", UNDER_OWNERSHIP),
        ("never_alone", UNDER_OWNERSHIP),
        ("min_owners", UNDER_OWNERSHIP),
        ("teams_only", UNDER_OWNERSHIP),
        ("specific", UNDER_OWNERSHIP),
        (
            "owners",
            "Owners belong to `roles`; an area asks for roles or owners with `ownership: { accountable: […] }`.",
        ),
    ],
};

pub(super) static OWNERSHIP: Shape = Shape {
    what: "`ownership`",
    example: "{ accountable: [ml-engineer] }",
    keys: &[
        key("accountable", Form::Filled(&PARTY), "At least one of these roles and owners is among the owners."),
        key("consulted", Form::List(&PARTY), "Each of these is among the owners too."),
        key("approvers", Form::Filled(&PARTY), "Every way to approve includes one of these."),
        key("never_alone", Form::List(&PARTY), "No way to approve consists of only these."),
        key("min_owners", Form::Count, "So many distinct owners; a team meets it."),
        key("teams_only", Form::Boolean, "true: individuals do not count."),
        key("specific", Form::Boolean, "true: the entry that matches everything does not count."),
        key("because", Form::Text, "Why, for people: the same as beside `ownership`."),
    ],
    elsewhere: &[
        ("paths", BESIDE_OWNERSHIP),
        ("artefacts", BESIDE_OWNERSHIP),
        ("severity", BESIDE_OWNERSHIP),
        ("is", BESIDE_OWNERSHIP),
        ("only_where_staffed", BESIDE_OWNERSHIP),
    ],
};

pub(super) static PIN: Shape = Shape {
    what: "a pin",
    example: "{ path: \"**/dataset_metadata.yaml\", owners: [\"@acme/data-governance\"] }",
    keys: &[
        required("path", Form::Pattern, "Which paths."),
        required("owners", Form::Filled(&Form::Owner), "Their owners: these, and nobody else. Without `*`."),
    ],
    elsewhere: &[("paths", "A pin has one `path`; write one for each."), ("owner", "Write `owners`, a list.")],
};

pub(super) static EXEMPTION: Shape = Shape {
    what: "an exemption",
    example: "{ path: \"/courses/\", rules: [MLO201], reason: \"teaching material\" }",
    keys: &[
        required("path", Form::Pattern, "Which paths, or entries that name such."),
        key("rules", Form::Filled(&Form::Rule), "Which rules; all where it is left out."),
        required("reason", Form::Text, "Why."),
        key("expires", Form::Date, "The last day it holds."),
    ],
    elsewhere: &[("paths", "An exemption has one `path`; write one for each.")],
};

pub(super) static EXCLUDE: Shape = Shape {
    what: "`exclude`",
    example: "{ defaults: true, paths: [\"/third_party/\"] }",
    keys: &[
        key("defaults", Form::Boolean, "false: tests, vendored and generated trees are looked into, too."),
        key("paths", PATTERNS, "Trees of yours; they beat everything that claims their files."),
    ],
    elsewhere: &[],
};

/// What is said of one rule.
pub(super) const SETTING: Form = Form::OneOf(&[Form::Word(&SEVERITY_OR_OFF), Form::Map(&RULE)]);

pub(super) static RULE: Shape = Shape {
    what: "the setting of a rule",
    example: "{ severity: warning, allow: [\"/languages/*/\"] }",
    keys: &[
        key("severity", Form::Word(&SEVERITY_OR_OFF), "Its severity, or off."),
        key("allow", PATTERNS, "Paths, or entries that name such, on which it is silent."),
    ],
    elsewhere: &[],
};

pub(super) static CODEOWNERS: Shape = Shape {
    what: "`codeowners`",
    example: "{ path: .github/CODEOWNERS, dialect: github }",
    keys: &[
        key("path", Form::File, "The file, relative to the root, where it is not at a usual place."),
        key("dialect", Form::Word(&DIALECTS), "The host whose reading counts; auto finds out."),
    ],
    elsewhere: &[],
};

/// A kind of the policy's own.
pub(super) static KIND: Shape = Shape {
    what: "a kind of artefact",
    example: "{ kind: acme-scorer, area: serving, any: [{ path: scorer.toml, below: true }] }",
    keys: &[
        required("kind", Form::NewKind, "Its name: lower-case letters, digits and `-`."),
        key("title", Form::Text, "Its name for people."),
        required("area", Form::Area, "The area it belongs to."),
        key("url", Form::Text, "Where it is documented."),
        key(
            "generic",
            Form::Boolean,
            "true: any repository may have it, so it makes none a repository of machine learning.",
        ),
        key(
            "priority",
            Form::Number,
            "Decides between kinds of yours whose evidence is equally good; the higher wins.",
        ),
        key("replaces", Form::Boolean, "true: stands in place of the catalogue's kind of this name."),
        required("any", Form::Filled(&Form::Map(&EVIDENCE)), "What tells it: one of these is enough."),
        key(
            "samples",
            Form::Map(&SAMPLES),
            "Files that are of this kind, and files that only look like it: both are tried.",
        ),
    ],
    elsewhere: &[
        ("path", "It belongs one level deeper: `any: [{ path: … }]`."),
        ("paths", "It belongs one level deeper: `any: [{ path: [ … ] }]`."),
        ("name", "The name is the value of `kind`."),
        ("below", "It belongs one level deeper: `any: [{ path: …, below: true }]`."),
    ],
};

/// A piece of evidence: a key here is a key of the catalogue, under the same name.
pub(super) static EVIDENCE: Shape = Shape {
    what: "a piece of evidence",
    example: "{ path: scorer.toml }",
    keys: &[
        required(
            "path",
            Form::OneOf(&[Form::FilePattern, Form::Filled(&Form::FilePattern)]),
            "Patterns, one of which names the file. A bare file name and `*.ext` match at any depth.",
        ),
        key(
            "beside",
            Form::Filled(&Form::Beside),
            "One of these files, relative to the file's directory, is tracked too.",
        ),
        key(
            "yaml",
            GLOBS,
            "One YAML document of the file has all these dotted keys with such values; \"*\" asks for the key alone.",
        ),
        key("json", GLOBS, "The same for JSON."),
        key("front_matter", GLOBS, "The same for the YAML at the head of a Markdown file."),
        key(
            "magic",
            Form::Filled(&Form::Escaped),
            "The file starts with one of these byte strings: '\\x89HDF', in single quotes.",
        ),
        key(
            "python",
            Form::Map(&PYTHON),
            "What Python says, as code and not in strings or comments; notebooks' cells too.",
        ),
        key("sql", Form::Map(&SQL), "What SQL says outside of comments."),
        key("lfs", NEEDLES, "A line of `.gitattributes` gives files with one of these endings to Git LFS: \".onnx\"."),
        key("line_starts", NEEDLES, "Some line, leading spaces aside, starts with one of these."),
        key("contains", NEEDLES, "The file holds one of these texts."),
        key(
            "below",
            Form::OneOf(&[Form::Boolean, Form::Filled(&Form::PatternBelow)]),
            "Makes the file the marker of its tree: true claims all of it that is of no other kind, patterns claim a part.",
        ),
    ],
    elsewhere: &[("paths", "Write `path`: it takes a list, too.")],
};

pub(super) static PYTHON: Shape = Shape {
    what: "`python`",
    example: "{ uses: [acme_ml.scorer] }",
    keys: &[
        key("imports", NEEDLE_OR_NEEDLES, "One of these is imported, or something below it: acme_ml.scorer."),
        key("uses", NEEDLE_OR_NEEDLES, "One of these is called, a decorator or a base class, by its full name."),
    ],
    elsewhere: &[],
};

pub(super) static SQL: Shape = Shape {
    what: "`sql`",
    example: "{ statements: [CREATE MODEL] }",
    keys: &[
        key("statements", NEEDLE_OR_NEEDLES, "A statement starts with one of these, in any case."),
        key("calls", NEEDLE_OR_NEEDLES, "One of these is called between `{{` and `}}`: ref."),
    ],
    elsewhere: &[],
};

pub(super) static SAMPLES: Shape = Shape {
    what: "`samples`",
    example: "{ yes: [a/scorer.toml], no: [{ path: a/other.toml, content: \"[tool]\" }] }",
    keys: &[
        key("yes", Form::List(&SAMPLE), "Files that are of this kind."),
        key("no", Form::List(&SAMPLE), "Files that only look like it."),
    ],
    elsewhere: &[],
};

const SAMPLE: Form = Form::OneOf(&[Form::Path, Form::Map(&SAMPLE_FILE)]);

pub(super) static SAMPLE_FILE: Shape = Shape {
    what: "a sample",
    example: "{ path: a/scorer.toml, content: \"[scorer]\" }",
    keys: &[
        required("path", Form::Path, "The file's path."),
        key("content", Form::Literal, "Its text; without one the file is empty."),
        key("bytes", Form::Escaped, "Its bytes, where it is no text: '\\x89HDF'."),
        key("with", Form::List(&Form::Path), "Other, empty files of the repository."),
    ],
    elsewhere: &[],
};

#[cfg(test)]
mod tests {
    use super::*;

    fn shapes(form: &'static Form, found: &mut Vec<&'static Shape>) {
        match form {
            Form::Map(shape) => {
                found.push(shape);
                shape.keys.iter().for_each(|key| shapes(&key.form, found));
            }
            Form::List(form) | Form::Filled(form) | Form::MapOf(_, form) => shapes(form, found),
            Form::OneOf(forms) => forms.iter().for_each(|form| shapes(form, found)),
            _ => {}
        }
    }

    #[test]
    fn keys_are_described_and_stand_once() {
        static ALL: Form = Form::Map(&POLICY);
        let mut all = Vec::new();
        shapes(&ALL, &mut all);
        assert!(all.len() >= 14, "{}", all.len());
        for shape in all {
            for (nth, key) in shape.keys.iter().enumerate() {
                assert!(key.about.ends_with('.'), "{}: {}", shape.what, key.name);
                assert!(!shape.keys[..nth].iter().any(|other| other.name == key.name), "{}: {}", shape.what, key.name);
                assert!(!shape.elsewhere.iter().any(|(other, _)| *other == key.name), "{}: {}", shape.what, key.name);
            }
        }
    }

    #[test]
    fn the_catalogue_has_the_same_keys() {
        // What serde says of an unknown key lists those that it knows.
        fn fields<T: serde::de::DeserializeOwned>() -> Vec<String> {
            let error =
                serde_json::from_str::<T>("{ \"?\": 1 }").err().map(|error| error.to_string()).unwrap_or_default();
            error.split('`').skip(3).step_by(2).map(str::to_owned).collect()
        }
        let told = |shape: &Shape| shape.keys.iter().map(|key| key.name.to_owned()).collect::<Vec<_>>();
        let sorted = |mut keys: Vec<String>| {
            keys.sort_unstable();
            keys
        };
        let (told_here, known) = (sorted(told(&EVIDENCE)), sorted(fields::<crate::catalogue::EvidenceSpec>()));
        assert_eq!(told_here, known, "give every key of the catalogue a line in EVIDENCE");
        assert_eq!(told(&SAMPLES), fields::<crate::catalogue::Samples>());
        assert_eq!(told(&SAMPLE_FILE), fields::<crate::catalogue::SampleFile>());
        assert_eq!(told(&PYTHON), fields::<crate::catalogue::PythonSpec>());
        assert_eq!(told(&SQL), fields::<crate::catalogue::SqlSpec>());
        let mut kind = told(&KIND);
        kind.retain(|key| key != "replaces");
        assert_eq!(kind, fields::<crate::catalogue::KindSpec>());
    }
}
