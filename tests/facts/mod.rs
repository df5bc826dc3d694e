//! What GitHub's patterns (and in [`gitlab`] GitLab's) match: from its documentation, public test tables, and what was observed where both are
//! silent.

pub(crate) mod gitlab;

/// A pattern, paths it matches, and paths it does not.
pub(crate) type Fact = (&'static str, &'static [&'static str], &'static [&'static str]);

#[rustfmt::skip]
pub(crate) const NAMES_AND_PLACES: &[Fact] = &[
    // Without a slash: at any depth, the thing itself and all below.
    ("foo", &["foo", "foo/bar", "bar/foo", "bar/foo/baz"], &["foo.txt", "bar/foo.txt", "bar/baz"]),
    ("foo", &["a/b/c/foo", "a/foo/foo"], &["Foo", "afoo", "foo-", "a/foobar/b"]),
    ("Makefile", &["Makefile", "a/Makefile"], &["makefile", "Makefile.am"]),
    (".env", &[".env", "a/.env", ".env/a"], &["env", ".env.local", "a.env"]),
    (".github", &[".github/CODEOWNERS", "a/.github/x"], &["github/x"]),
    // A slash at the start, or in the middle, anchors.
    ("/foo", &["foo", "foo/bar", "foo/bar/baz"], &["fool.txt", "bar/foo", "bar/baz", "bar/foo/baz"]),
    ("foo/bar", &["foo/bar", "foo/bar/baz"], &["foo/bart", "baz/foo/bar", "baz/foo/bar/qux"]),
    ("/foo/bar", &["foo/bar", "foo/bar/baz"], &["foo/bart", "baz/foo/bar", "baz/foo/bar/qux"]),
    ("/apps/github", &["apps/github/x", "apps/github"], &["apps/githubx"]),
    ("/apps/github", &[], &["apps", "apps/x", "x/apps/github"]),
    ("vllm/v1/worker/^cpu", &["vllm/v1/worker/^cpu"], &["vllm/v1/worker/cpu"]),
    // A slash at the end: only what is below, and it does not anchor.
    ("foo/", &["foo/bar", "foo/bar/baz", "bar/foo/baz", "bar/foo/baz/qux"], &["foo", "bar/foo", "bar/baz"]),
    ("/foo/", &["foo/bar", "foo/bar/baz"], &["foo", "bar/foo", "bar/baz", "bar/foo/baz", "bar/foo/baz/qux"]),
    ("foo/bar/", &["foo/bar/baz"], &["foo/bar", "foo/bart", "baz/foo/bar", "baz/foo/bar/qux"]),
    ("/foo/bar/", &["foo/bar/baz", "foo/bar/baz/qux"], &["foo/bar", "foo/bart", "baz/foo/bar", "baz/foo/bar/qux"]),
    ("apps/", &["apps/x", "foo/apps/x", "foo/apps/a/b"], &["apps"]),
    ("/build/logs/", &["build/logs/a", "build/logs/b/c"], &["x/build/logs/a"]),
    ("/docs/", &["docs/a", "docs/b/c"], &["x/docs/a"]),
    (".dvc/", &[".dvc/config", "a/.dvc/config"], &[".dvc", "dvc/config"]),
    // Case counts.
    ("*.JS", &["a.JS"], &["a.js", "a.Js"]),
    ("/Docs/", &["Docs/a"], &["docs/a", "DOCS/a"]),
    // Nothing.
    ("/", &[], &["a", "a/b"]),
    ("//", &[], &["a", "a/b"]),
];

#[rustfmt::skip]
pub(crate) const STARS: &[Fact] = &[
    // Everything.
    ("*", &["foo", "foo/bar", "bar/foo", "bar/foo/baz", "bar/baz", "xfoo", ".gitignore", "a/b/.env"], &[]),
    ("**", &["a", "a/b", ".a", "a/.b/c"], &[]),
    ("/**", &["a", "a/b", ".a", "a/.b/c"], &[]),
    ("**/*", &["a", "a/b", ".a", "a/.b/c"], &[]),
    ("/**/*", &["a", "a/b", ".a", "a/.b/c"], &[]),
    ("**/**", &["a", "a/b", ".a", "a/.b/c"], &[]),
    ("***", &["a", "a/b"], &[]),
    // A lone star at the end goes no deeper.
    ("/*", &["foo", "bar"], &["foo/bar", "foo/bar/baz"]),
    ("/*", &[".gitignore", "a b"], &[".github/a", "a/.b"]),
    ("foo/*", &["foo/bar"], &["foo", "foo/bar/baz", "bar/foo", "bar/foo/baz", "bar/baz", "xfoo"]),
    ("docs/*", &["docs/.a", "docs/a.md"], &["docs", "docs/a/b.md", "x/docs/a.md"]),
    ("/docs/*/*", &["docs/a/b"], &["docs/a", "docs/a/b/c"]),
    ("*/*", &["a/b"], &["a", "a/b/c"]),
    ("**/docs/*", &["docs/a", "x/docs/a", "x/y/docs/a"], &["docs", "docs/a/b", "x/docs/a/b"]),
    ("/*/x/*", &["a/x/b"], &["x/b", "a/x", "a/x/b/c", "a/y/b"]),
    // Any other pattern with a star goes deeper.
    ("f*", &["foo", "foo/bar", "foo/bar/baz", "bar/foo", "bar/foo/baz"], &["bar/baz", "xfoo"]),
    ("/f*", &["foo", "foo/bar", "foo/bar/baz"], &["bar/foo", "bar/foo/baz", "bar/baz", "xfoo"]),
    ("f*/", &["foo/bar", "bar/foo/baz"], &["foo", "bar/foo", "bar/baz", "xfoo"]),
    ("/f*/", &["foo/bar"], &["foo", "bar/foo", "bar/foo/baz", "bar/baz", "xfoo"]),
    ("/*/", &["foo/bar", "bar/foo", "bar/foo/baz"], &["foo"]),
    ("*/", &["foo/bar", "foo/bar/baz"], &["foo", ".foo"]),
    ("docs/a*", &["docs/a", "docs/ab", "docs/ab/c"], &["docs/b", "x/docs/a"]),
    ("docs/*a", &["docs/a", "docs/ba", "docs/ba/c"], &["docs/ab", "docs/b/a"]),
    ("foo/*.txt", &["foo/bar.txt"], &["foo", "foo/bar/baz.txt", "qux/foo/bar.txt", "qux/foo/bar/baz.txt"]),
    ("foo/*/baz", &["foo/bar/baz", "foo/bar/baz/qux"], &["foo", "foo/bar", "foo/baz"]),
    ("foo/*/baz", &[], &["foo/a/b/baz", "x/foo/bar/baz"]),
    ("*.js", &["a.js", "b/c.js"], &["a.jsx"]),
    ("*.js", &[".js", "a.js/b", "a.b.js"], &["js", "ajs", "a.js.map"]),
    ("*.txt", &[".txt"], &[]),
    ("/*.py", &["a.py", "a.py/b"], &["x/a.py", "a.pyc"]),
    ("*.*", &["a.b", ".a", "a.", "x/a.b/c"], &["a", "x/a"]),
    ("*a*b*", &["ab", "xaxbx", "d/a1b/c"], &["ba", "a", "b", "a/b"]),
    ("test_*.py", &["test_a.py", "x/test_.py"], &["test_a.pyc", "atest_a.py", "test.py"]),
    ("*_test.*", &["a_test.py", "_test."], &["a_test", "test.py"]),
    ("a*a", &["aa", "aba"], &["a", "ab"]),
    ("ab*ba", &["abba", "ab-ba"], &["aba", "ab"]),
    ("foo**bar", &["fooXbar"], &["foo/x/bar"]),
    ("foo**", &["foo", "foox", "foo/a", "x/foox/a"], &["xfoo"]),
    ("**foo", &["foo", "xfoo/a", "a/xfoo"], &["foox"]),
    ("a/**b", &["a/b", "a/xb", "a/xb/c"], &["a/x/b"]),
    // A question mark is one character, never a slash.
    ("f?o", &["foo"], &["fo", "fooo"]),
    ("f?o", &["f.o", "fäo", "x/f\u{1f600}o/y"], &["f/o"]),
    ("?", &["a", "é", "x/a", "a/bb"], &["ab", "bb/cc"]),
    ("/?", &["a", "a/bb"], &["ab", "bb/a"]),
    ("??*", &["ab", "abc", "x/ab"], &["a", "a/b"]),
    ("*?", &["a", "ab", "x/a"], &[]),
    ("data/?/", &["data/a/x", "data/a/b/c"], &["data/a", "data/ab/x"]),
];

#[rustfmt::skip]
pub(crate) const GLOBSTARS: &[Fact] = &[
    ("**/foo/bar", &["foo/bar", "qux/foo/bar", "qux/foo/bar/baz"], &["foo/baz/bar", "qux/foo/baz/bar"]),
    ("**/*bar*", &["bar", "foo/bar", "foo/rebar", "foo/barrio", "foo/qux/bar"], &[]),
    ("**/*bar*", &["xbarx/a"], &["foo", "foo/ba/r"]),
    ("**/logs", &["build/logs/a.log", "scripts/logs/a", "deeply/nested/logs/f", "logs/x"], &["logssss/x"]),
    ("**/logs/", &["logs/a", "x/logs/a/b"], &["logs", "x/logs"]),
    ("/**/foo", &["foo", "a/foo", "a/b/foo/c"], &["foox", "a/xfoo"]),
    ("foo/bar/**", &["foo/bar/baz", "foo/bar/baz/qux"], &["foo/bar", "qux/foo/bar", "qux/foo/bar/baz"]),
    ("foo/**", &["foo/a", "foo/.a", "foo/a/b"], &["foo", "x/foo/a"]),
    ("foo/**/", &["foo/bar", "foo/bar/baz"], &["foo"]),
    ("/foo/**/*", &["foo/a", "foo/a/b"], &["foo"]),
    ("/foo/**/*", &[], &["x/foo/a"]),
    ("foo/**/*/", &["foo/a/b", "foo/a/b/c"], &["foo", "foo/a"]),
    ("foo/**/**/", &["foo/a", "foo/a/b"], &["foo"]),
    ("foo/*/**", &["foo/a/b", "foo/a/b/c"], &["foo", "foo/a"]),
    ("*/**", &["a/b", "a/b/c"], &["a"]),
    ("services/foo:bar/**/*", &["services/foo:bar/baz.json"], &["services/foo-bar/baz.json"]),
    ("foo/**/bar", &["foo/bar", "foo/bar/baz", "foo/qux/bar/baz", "foo/qux/quux/bar/baz", "foo/bar/baz/qux"], &["qux/foo/bar", "qux/foo/bar/baz"]),
    ("foo/**/bar", &["foo/x/foo/bar"], &["foo", "foo/barx", "bar"]),
    ("foo/**/bar/b*", &["foo/bar/baz", "foo/qux/bar/baz"], &["foo/bar", "foo/bar/qux", "foo/qux/bar", "foo/qux/bar/qux"]),
    ("foo/**/**/bar", &["foo/bar", "foo/x/bar", "foo/x/y/bar"], &["foo", "x/foo/bar"]),
    ("**/**/foo", &["foo", "a/foo", "a/b/foo/c"], &["fo"]),
    ("**/a/**/b", &["a/b", "x/a/y/b", "a/a/b/b", "a/b/c"], &["b/a", "a", "b", "a/c"]),
    ("**/a/**/a/**/a", &["a/a/a", "x/a/x/a/x/a/x"], &["a/a", "a/x/a", "a"]),
    ("a/**/b/**/c", &["a/b/c", "a/x/b/y/c", "a/b/b/c/c"], &["a/c/b", "a/c", "x/a/b/c"]),
    ("**/*.ipynb", &["a.ipynb", "x/y/a.ipynb"], &["a.ipynbx"]),
    ("models/**/*.onnx", &["models/a.onnx", "models/x/y/a.onnx"], &["x/models/a.onnx", "models/a.onnxx"]),
    ("**/a/*", &["a/x", "a/x/a/y", "b/a/c"], &["a", "a/x/y"]),
    ("**/a/*/", &["a/x/y", "b/a/c/d/e"], &["a/x", "a"]),
    ("**/?/b", &["a/b", "x/a/b/c"], &["b", "aa/b"]),
];

#[rustfmt::skip]
pub(crate) const CHARACTERS: &[Fact] = &[
    // Escapes.
    (r"f\*o", &["f*o"], &["foo"]),
    (r"f\*o", &["x/f*o/y"], &["f\\*o", "fo"]),
    (r"f\?o", &["f?o"], &["foo"]),
    (r"foo\ bar.txt", &["foo bar.txt"], &[]),
    (r"foo\ bar.txt", &["x/foo bar.txt"], &["foo", "bar.txt", "foo\\ bar.txt", "foo  bar.txt"]),
    (r"/my\ docs/", &["my docs/a"], &["my docs", "my/docs/a"]),
    (r"\*", &["*", "a/*", "*/a"], &["a", "a/b"]),
    (r"\*\*", &["**", "a/**/b"], &["a", "*"]),
    (r"*\*", &["a*", "*"], &["a"]),
    (r"a\\b", &["a\\b"], &["a\\\\b", "ab"]),
    (r"\a", &["a"], &["\\a"]),
    (r"\!a", &["!a"], &["a"]),
    (r"a\#b", &["a#b"], &["a\\#b"]),
    (r"\[ab\].txt", &["[ab].txt", "x/[ab].txt"], &["a.txt", "\\[ab\\].txt"]),
    (r"/apps/\[id\]/", &["apps/[id]/page.ts"], &["apps/i/page.ts", "apps/id/page.ts"]),
    ("a#b", &["a#b"], &["a"]),
    // Refused: such an entry is skipped.
    ("/apps/[param]/file.ts", &[], &["apps/[param]/file.ts", "apps/other/file.ts", "apps/[other]/file.ts", "apps/param/file.ts"]),
    ("[ab].txt", &[], &["a.txt"]),
    ("a]", &[], &["a]"]),
    ("!foo", &[], &["foo"]),
    ("!foo", &[], &["!foo", "bar"]),
    (r"\#foo", &[], &["#foo"]),
    (r"foo\", &[], &["foo", "foo\\"]),
    // Literal though it looks otherwise.
    ("*.{js,ts}", &[], &["a.js"]),
    ("*.{js,ts}", &["a.{js,ts}"], &["a.ts"]),
    ("a+(b|c)", &["a+(b|c)"], &["ab", "aab"]),
    ("a.b", &["a.b"], &["axb"]),
    ("$HOME", &["$HOME"], &["HOME"]),
    ("~", &["~"], &["a"]),
    ("./a", &[], &["a"]),
    ("../a", &[], &["a"]),
    // Repeated slashes name nothing between them.
    ("//foo", &["foo", "foo/a"], &["a/foo"]),
    ("foo//bar", &["foo/bar", "foo/bar/a"], &["foo", "x/foo/bar"]),
    // Unicode, byte for byte: no normal form.
    ("größe/", &["größe/a", "x/größe/a"], &["grosse/a", "gro\u{308}ße/a"]),
    ("*é", &["é", "caf\u{e9}"], &["cafe\u{301}", "cafe"]),
    ("数据/*.csv", &["数据/a.csv"], &["数据/a/b.csv", "数/a.csv"]),
    ("数*集", &["数集", "数据集", "数据集/a"], &["数据"]),
    ("É", &["É"], &["é"]),
    // Spaces that are no ASCII blank are characters like any other.
    ("a\u{a0}b", &["a\u{a0}b"], &["a b", "a"]),
];

/// All of them.
pub(crate) fn all() -> impl Iterator<Item = &'static Fact> {
    [NAMES_AND_PLACES, STARS, GLOBSTARS, CHARACTERS].into_iter().flatten()
}
