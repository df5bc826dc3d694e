//! What GitLab's patterns match: from its documentation, its source and specification, and runs of Ruby's
//! `File.fnmatch` (3.1.2) with GitLab's completion in front where those are silent.

use super::Fact;

/// <https://docs.gitlab.com/user/project/codeowners/reference/>, "Path matching".
#[rustfmt::skip]
const DOCUMENTED: &[Fact] = &[
    // Absolute paths.
    ("/README.md", &["README.md"], &["docs/README.md", "README.md/a", "README"]),
    ("/docs/README.md", &["docs/README.md"], &["README.md", "x/docs/README.md", "docs/a/README.md"]),
    // Relative paths are globstar paths, with a slash in the middle too.
    ("README.md", &["README.md", "internal/README.md", "app/lib/README.md"], &["README.md.txt", "xREADME.md"]),
    ("internal/README.md", &["internal/README.md", "docs/internal/README.md", "docs/api/internal/README.md"], &[
        "README.md", "internal/a/README.md", "xinternal/README.md",
    ]),
    // Directory paths.
    ("/docs/", &["docs/a", "docs/b/c", "docs/.a"], &["docs", "x/docs/a", "docsx/a"]),
    ("/docs/**/*", &["docs/a", "docs/b/c", "docs/.a"], &["docs", "x/docs/a", "docsx/a"]),
    ("docs/", &["docs/a", "docs/b/c", "x/docs/a", "x/y/docs/a/b"], &["docs", "x/docs"]),
    // Wildcard paths.
    ("/docs/*.md", &["docs/a.md", "docs/.md"], &["docs/a/b.md", "docs/a.md/b", "x/docs/a.md"]),
    ("/docs/index.*", &["docs/index.md", "docs/index.html", "docs/index.xml"], &["docs/index", "docs/a/index.md"]),
    ("/docs/*spec*", &["docs/qa_specs.rb", "docs/spec_helpers.rb", "docs/runtime.spec"], &["docs/a/spec", "docs/spe"]),
    ("/docs/*/README.md", &["docs/api/README.md"], &["docs/README.md", "docs/api/graphql/README.md"]),
    // Globstar paths.
    ("/docs/**/index.md", &["docs/index.md", "docs/api/index.md", "docs/api/graphql/index.md"], &[
        "index.md", "docs/xindex.md", "x/docs/index.md",
    ]),
];

/// `normalize_pattern` of `ee/lib/gitlab/code_owners/file.rb`, and `ee/spec/lib/gitlab/code_owners/file_spec.rb`.
#[rustfmt::skip]
const COMPLETED: &[Fact] = &[
    // A lone star, and what comes to the same.
    ("*", &["a", "a/b", ".a", "a/.b/c", "app/assets/something.vue"], &[]),
    ("/", &["a", "a/b", ".a/b"], &[]),
    ("", &["a", "a/b"], &[]),
    ("**", &["a", "a/b", ".a/b"], &[]),
    ("/**/", &["a", "a/b"], &[]),
    ("***", &["a", "a/b"], &[]),
    // In front comes `/**/`.
    ("*.rb", &["hello.rb", "app/models/repository.rb", ".rb"], &["hello.rbx", "hello.rb/a"]),
    ("foo/*", &["foo/bar", "baz/foo/bar"], &["fufoo/bar", "foo/a/b"]),
    ("lib/", &["lib/gitlab/git/repository.rb", "ee/lib/gitlab/git/repository.rb"], &["lib", "libx/a"]),
    ("/config/", &["config/database.yml"], &["other/config/database.yml"]),
    ("/*", &["README.md", ".a"], &["nested/path/README.md", "a/b"]),
    ("model/db", &["model/db", "x/model/db"], &["model/db/a", "model/x/db"]),
    // A leading escaped `#`, and only there.
    (r"\#file_with_pound.rb", &["examples/#file_with_pound.rb", "#file_with_pound.rb"], &["file_with_pound.rb"]),
    (r"a\#b", &["a#b", "x/a#b"], &[r"a\#b"]),
    (r"/\#a", &["#a"], &[r"\#a", "x/#a"]),
    // Escaped blanks: each run becomes one.
    (r"path\ with\ spaces/", &["path with spaces/docs.md", "x/path with spaces/docs.md"], &["path with spaces"]),
    (r"a/weird\ path\ with/\ @username\ /\ and-email@lookalikes.com\ /", &[
        "a/weird path with/ @username / and-email@lookalikes.com /test.rb",
    ], &["a/weird path with/@username/and-email@lookalikes.com/test.rb"]),
    ("a\\\tb", &["a b"], &["a\tb", "ab"]),
    ("a\\  b", &["a b"], &["a  b"]),
    (r"a\\ b", &["a b"], &[r"a\ b"]),
    // Exclusions of the specification, without their `!`.
    ("/config/*", &["config/routes.rb"], &["config/a/routes.rb"]),
    ("/app/*/temp/*", &["app/models/temp/file.rb"], &["app/temp/temp.rb", "app/models/temp/a/file.rb"]),
];

/// Runs of `File.fnmatch`, and `fnmatch` in Ruby's `dir.c`.
#[rustfmt::skip]
const STARS: &[Fact] = &[
    // A name is the thing itself: a directory of that name is not what is in it.
    ("foo", &["foo", "a/foo"], &["foo/bar", "a/foo/bar", "Foo", "foo.txt"]),
    ("/foo/bar", &["foo/bar"], &["foo/bar/baz", "x/foo/bar"]),
    ("f*", &["foo", "a/f"], &["foo/bar", "xf"]),
    // `**` goes deeper only as a whole component before a slash.
    ("/docs/**", &["docs/a", "docs/.a"], &["docs", "docs/a/b"]),
    ("docs/**", &["docs/a", "x/docs/a"], &["docs/a/b"]),
    ("/**", &["a"], &["a/b"]),
    ("a**b", &["ab", "axb"], &["a/b", "a/x/b"]),
    ("/a/b**/c", &["a/b/c", "a/bx/c"], &["a/b/x/c", "a/c"]),
    ("/***/c", &["a/c"], &["c", "a/b/c"]),
    ("/a/**/**/b", &["a/b", "a/x/b", "a/x/y/b"], &["a", "b", "ab"]),
    ("/**/a/**/b/", &["a/b/c", "x/a/y/b/c", "a/y/z/b/c/d"], &["a/b", "b/c"]),
    (r"/\**/a", &["*/a", "*x/a"], &["a", "x/a", "*/x/a"]),
    (r"/**\/a", &["x/a"], &["a", "x/y/a"]),
    // A star can be empty and matches a dot; a question mark is one character.
    ("/a*a", &["aa", "aba", "a.a"], &["a", "ab", "a/a"]),
    ("/?", &["a", ".", "é", "数"], &["ab", "a/b"]),
    ("/a?b", &["axb", "a.b", "aéb"], &["ab", "a/b", "axxb"]),
    // No component of a path is empty.
    ("a//b", &[], &["a/b", "b"]),
    ("//a", &[], &["a", "x/a"]),
    ("a//", &[], &["a", "a/b"]),
    // Escapes; at the end a backslash is nothing.
    (r"\*", &["*", "a/*"], &["a", r"\*"]),
    (r"/a\?", &["a?"], &["ab", "a"]),
    (r"/a\bc", &["abc"], &[r"a\bc"]),
    (r"/a\\b", &[r"a\b"], &["ab", r"a\\b"]),
    (r"/a\", &["a"], &[r"a\"]),
    (r"/a\/b", &["a/b"], &[r"a\/b"]),
    (r"/a\/", &["a/b", "a/b/c"], &["a"]),
    (r"\/a", &[], &["a", "x/a"]),
    // Braces and the rest are literal.
    ("*.{js,ts}", &["a.{js,ts}"], &["a.js", "a.ts"]),
    ("!a", &["!a"], &["a", "b"]),
    ("^a$", &["^a$"], &["a"]),
    // Characters, not bytes, and no normal form.
    ("größe/?", &["größe/é"], &["größe/e\u{301}", "gro\u{308}ße/a"]),
];

/// Runs of `File.fnmatch`, and `bracket` in Ruby's `dir.c`.
#[rustfmt::skip]
const CLASSES: &[Fact] = &[
    ("/[ab]", &["a", "b"], &["c", "ab", "[ab]", "A"]),
    ("[ab]c", &["ac", "x/bc"], &["c", "xc", "ac/x"]),
    ("/[a-c]x", &["ax", "bx", "cx"], &["dx", "-x", "Bx"]),
    ("/v[0-9].[0-9]*", &["v1.2", "v1.25", "v1.2x"], &["v12.3", "va.b", "v1."]),
    ("*.[ch]", &["a.c", "x/a.h"], &["a.cc", "a.o"]),
    ("*.py[cod]", &["a.pyc", "x/a.pyd"], &["a.py", "a.pyx"]),
    ("/[A-Z]*", &["README", "Ab"], &["readme", "a", "A/b"]),
    // Negated, by either sign.
    ("/[!a]", &["b", ".", "é", "!"], &["a", "bb"]),
    ("/[^a]", &["b", ".", "é", "^"], &["a", "bb"]),
    ("/[!a-c]x", &["dx", ".x"], &["ax", "bx", "x"]),
    ("/[a!]", &["a", "!"], &["b"]),
    ("/[a^]", &["a", "^"], &["b"]),
    ("/[!!]", &["a"], &["!"]),
    ("/[!^]", &["a", "!"], &["^"]),
    // Never a slash, though the text may hold one.
    ("/a[!b]c", &["axc"], &["a/c", "abc"]),
    ("/[a/b]c", &["ac", "bc"], &["a/b]c", "c"]),
    ("/a[.-0]b", &["a.b", "a0b"], &["a/b"]),
    ("/[/]", &[], &["a", "[/]", "a/b"]),
    // A `]` closes at once.
    ("/[]", &[], &["[]", "a"]),
    ("/[]a]", &[], &["]", "a", "]a]", "[]a]"]),
    ("/[!]", &["a", "]", "é"], &["ab"]),
    ("/[^]a]", &["xa]", "]a]"], &["x", "]"]),
    // What is not closed matches nothing.
    ("/[a", &[], &["[a", "a"]),
    ("*[a", &[], &["[a", "a", "xa"]),
    ("/a/[b/c", &[], &["a/b/c", "a/[b/c", "a/b"]),
    (r"/[a\]", &[], &["a", r"\", "[a]"]),
    // Escapes within and before.
    (r"/[\]]", &["]"], &[r"\", "[]]"]),
    (r"/[a\-c]", &["a", "-", "c"], &["b", r"\"]),
    (r"/[\a-\c]", &["a", "b", "c"], &[r"\"]),
    (r"/[\!a]", &["!", "a"], &["b", r"\"]),
    (r"/[\\]", &[r"\"], &["]"]),
    (r"/\[a]", &["[a]"], &["a"]),
    ("/a]", &["a]"], &["a"]),
    // Hyphens at the ends are themselves; a range the wrong way round holds its ends.
    ("/[a-]", &["a", "-"], &["b"]),
    ("/[-a]", &["a", "-"], &["b"]),
    ("/[a-b-d]", &["a", "b", "-", "d"], &["c"]),
    ("/[+--]", &["+", ",", "-"], &["."]),
    ("/[z-a]", &["z", "a"], &["m", "-"]),
    // Sets of characters by code point; names of sets mean nothing.
    ("/[é-ü]", &["é", "ö", "ü"], &["ý", "e", "à"]),
    ("/[数据]", &["数", "据"], &["集"]),
    ("/[[:alpha:]]", &["a]", "[]", ":]"], &["a", "b", "b]"]),
    ("/[*?]", &["*", "?"], &["a"]),
];

/// All of them.
pub(crate) fn all() -> impl Iterator<Item = &'static Fact> {
    [DOCUMENTED, COMPLETED, STARS, CLASSES].into_iter().flatten()
}
