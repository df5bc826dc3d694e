//! Lines, a path, and whom Gitea or Forgejo asks, each with the source of the fact.

/// Whose reading a case tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Host {
    /// Both.
    Both,
    /// Go's `regexp`: Forgejo, and Gitea before 1.26.
    Forgejo,
    /// `regexp2`: Gitea since 1.26.
    Gitea,
}

use Host::{Both, Forgejo, Gitea};

pub(crate) type Case = (Host, &'static [u8], &'static [u8], &'static [&'static str], &'static str);

/// The page on code owners of Gitea's documentation.
const PAGE: &str = "https://docs.gitea.com/usage/repository/code-owners";
/// `TokenizeCodeOwnersLine` and what it is tested with.
const TOKENS: &str = "TestParseCodeOwnersLine in models/issues/pull_test.go of Gitea and Forgejo";
/// `ParseCodeOwnersLine` and `GetCodeOwnersFromContent`.
const PARSE: &str = "ParseCodeOwnersLine in models/issues/pull.go of Gitea and Forgejo";
/// Patterns with a slash in front.
const SLASH: &str = "https://github.com/go-gitea/gitea/pull/37244";
/// Exclusion in a single line.
const AHEAD: &str = "https://github.com/go-gitea/gitea/issues/36915";
/// Run with Go 1.27.3: `regexp.MatchString("^" + word + "$", path)`.
const GO: &str = "run with Go 1.27.3";
/// Run with `regexp2` 1.12.0 and its option `None`.
const RUN: &str = "run with Go 1.27.3 and with regexp2 1.12.0";

#[rustfmt::skip]
pub(crate) const CASES: &[Case] = &[
    // The examples of the documentation.
    (Both, br".*\\.go @user1 @user2 # This is comment", b"cmd/main.go", &["@user1", "@user2"], PAGE),
    (Both, br".*\\.go @user1 @user2 # This is comment", b"cmd/mainXgo", &[], PAGE),
    (Both, b"# Comment too", b"# Comment too", &[], PAGE),
    (Both, br"frontend/src/.*\\.js @org1/team1 @org1/team2 @user3", b"frontend/src/a/b.js", &["@org1/team1", "@org1/team2", "@user3"], PAGE),
    (Both, br"frontend/src/.*\\.js @org1/team1 @org1/team2 @user3", b"x/frontend/src/b.js", &[], PAGE),
    (Both, b"!frontend/src/.* @org1/team3 @user5", b"backend/a.go", &["@org1/team3", "@user5"], PAGE),
    (Both, b"!frontend/src/.* @org1/team3 @user5", b"frontend/src/a.js", &[], PAGE),
    (Both, br"docs/(aws|google|azure)/[^/]*\\.(md|txt) @user8 @org1/team4", b"docs/aws/a.md", &["@user8", "@org1/team4"], PAGE),
    (Both, br"docs/(aws|google|azure)/[^/]*\\.(md|txt) @user8 @org1/team4", b"docs/aws/a/b.md", &[], PAGE),
    (Both, br"!/assets/.*\\.(bin|exe|msi) @user9", b"docs/a.md", &["@user9"], PAGE),
    // Escapes, which go away once before the expression is read.
    (Both, br"dir/with\#hashtag @user1", b"dir/with#hashtag", &["@user1"], PAGE),
    (Both, br"path\ with\ space @user2", b"path with space", &["@user2"], PAGE),
    (Both, br"path/with\\backslash @user3", b"path/with\x08ackslash", &[], RUN),
    (Both, br"path/\\.with\\.dots @a", b"path/.with.dots", &["@a"], PAGE),
    (Both, br"path/with\\+plus @a", b"path/with+plus", &["@a"], PAGE),
    (Both, br"\#path @org3", b"#path", &["@org3"], TOKENS),
    (Both, br"path\ with\ spaces/ @org3", b"path with spaces/", &["@org3"], TOKENS),
    (Both, br"a\.py @ana", b"aXpy", &["@ana"], TOKENS),
    (Both, br"a\.py @ana", b"a.py", &["@ana"], TOKENS),
    (Both, br"v\d+/.* @ana", b"vddd/x", &["@ana"], TOKENS),
    (Both, br"v\\d+/.* @ana", b"v12/x", &["@ana"], TOKENS),
    (Both, b"a\\\tb @ana", b"a b", &["@ana"], PARSE),
    (Both, br"docs/.* @ana \", b"docs/x", &["@ana"], PARSE),
    // A hash anywhere starts a comment.
    (Both, b"docs/.* @ana#@bob", b"docs/x", &["@ana"], PARSE),
    (Both, b"docs#/.* @ana", b"docs", &[], PARSE),
    // White space.
    (Both, b"\tdocs/.*\t@ana\t@bob\r\n", b"docs/x", &["@ana", "@bob"], PARSE),
    (Both, b"\xc2\xa0docs/.* @ana\xc2\xa0", b"docs/x", &["@ana"], PARSE),
    (Both, b"docs/.*\xc2\xa0@ana", b"docs/x", &[], PARSE),
    (Both, b"\xef\xbb\xbfdocs/.* @ana", b"docs/x", &[], PARSE),
    // Fewer than two words: skipped.
    (Both, b"docs/.*", b"docs/x", &[], PARSE),
    (Both, b"docs/.* @ana\ndocs/private/.*", b"docs/private/x", &["@ana"], PARSE),
    // All that match add up, in whatever order.
    (Both, b".* @ana\ndocs/.* @bob\n!src/.* @eve", b"docs/x", &["@ana", "@bob", "@eve"], PARSE),
    (Both, b".* @ana\ndocs/.* @bob\n!src/.* @eve", b"src/x", &["@ana"], PARSE),
    // `^` and `$` go around it without a group.
    (Both, b"docs|models @ana", b"docsX/y", &["@ana"], RUN),
    (Both, b"docs|models @ana", b"x/models", &["@ana"], RUN),
    (Both, b"docs|models @ana", b"models/x", &[], RUN),
    (Both, b"(docs|models) @ana", b"docsX/y", &[], RUN),
    // Habits from other hosts.
    (Both, b"docs/ @ana", b"docs/x", &[], RUN),
    (Both, b"docs @ana", b"docs/x", &[], RUN),
    (Both, b"*.py @ana", b"src/a.py", &["@ana"], RUN),
    (Both, b"*.py @ana", b"apy", &["@ana"], RUN),
    (Both, b"* @ana", b"docs/x", &["@ana"], RUN),
    (Both, b"**/*.py @ana", b"src/a.py", &[], RUN),
    (Both, b"docs/* @ana", b"docs///", &["@ana"], RUN),
    (Both, b"docs/* @ana", b"docs/x", &[], RUN),
    (Both, b"a.{py} @ana", b"ab{py}", &["@ana"], RUN),
    (Forgejo, b"/docs/.* @ana", b"docs/x", &[], "https://github.com/go-gitea/gitea/issues/28107"),
    (Gitea, b"/docs/.* @ana", b"docs/x", &["@ana"], SLASH),
    (Gitea, b"/docs/.* @ana", b"other/docs/x", &[], SLASH),
    (Gitea, b"!/.* @ana", b"README.md", &[], SLASH),
    (Forgejo, b"!/.* @ana", b"README.md", &["@ana"], SLASH),
    (Gitea, b"//docs/.* @ana", b"docs/x", &[], PARSE),
    // Expressions that are none: the line is skipped.
    (Both, b"docs/(.* @ana\n.* @bob", b"docs/x", &["@bob"], PARSE),
    (Both, b"[z-a] @ana", b"b", &[], RUN),
    (Both, b"!docs/) @ana", b"x", &[], RUN),
    (Both, b"a** @ana", b"aa", &[], RUN),
    // The final backslash escapes the `$`, so that nothing ends the expression.
    (Both, br"docs\\ @ana", b"docs$/x", &["@ana"], RUN),
    (Both, br"docs\\ @ana", b"docs", &[], RUN),
    // Characters.
    (Both, b"a.b @ana", "aéb".as_bytes(), &["@ana"], RUN),
    (Both, b"a.b @ana", b"a\xffb", &["@ana"], RUN),
    (Both, b"a.b @ana", b"a\xc3\x28b", &[], RUN),
    (Both, b"a\xffb @ana", b"a\xfeb", &["@ana"], RUN),
    (Both, "[à-ü]+ @ana".as_bytes(), "éè".as_bytes(), &["@ana"], RUN),
    (Both, b"Docs @ana", b"docs", &[], RUN),
    (Both, b"(?i)docs/.* @ana", b"DOCS/x", &["@ana"], RUN),
    (Forgejo, b"(?i)s @ana", "ſ".as_bytes(), &["@ana"], GO),
    (Gitea, b"(?i)s @ana", "ſ".as_bytes(), &[], RUN),
    (Both, b"a.b @ana", b"a\nb", &[], RUN),
    (Forgejo, b"a @ana", b"a\n", &[], GO),
    (Gitea, b"a @ana", b"a\n", &["@ana"], RUN),
    (Forgejo, br"a\\s?b @ana", b"a\x0bb", &[], GO),
    (Gitea, br"a\\s?b @ana", b"a\x0bb", &["@ana"], RUN),
    (Forgejo, br"\\d @ana", "٣".as_bytes(), &[], GO),
    (Gitea, br"\\d @ana", "٣".as_bytes(), &["@ana"], RUN),
    // What only one of the two knows.
    (Forgejo, br"\\Qa.b\\E.* @ana", b"a.bc", &["@ana"], GO),
    (Gitea, br"\\Qa.b\\E.* @ana", b"a.bc", &[], RUN),
    (Forgejo, b"(?P<n>a) @ana", b"a", &["@ana"], GO),
    (Gitea, b"(?P<n>a) @ana", b"a", &[], RUN),
    (Both, b"(?<n>a) @ana", b"a", &["@ana"], RUN),
    (Forgejo, b"a{1001} @ana\n!a{1001} @bob", b"x", &[], GO),
    (Gitea, b"a{1001} @ana\n!a{1001} @bob", b"x", &["@bob"], RUN),
    (Forgejo, b"!(a{100}){11} @ana\n!(a{100}){10} @bob", b"x", &["@bob"], GO),
    (Gitea, b"!(a{100}){11} @ana\n!(a{100}){10} @bob", b"x", &["@ana", "@bob"], RUN),
    (Forgejo, b"[[:alpha:]]+ @ana", b"abc", &["@ana"], GO),
    (Gitea, b"core/(?!webapi/).* @ana", b"core/x/y", &["@ana"], AHEAD),
    (Gitea, b"core/(?!webapi/).* @ana", b"core/webapi/y", &[], AHEAD),
    (Gitea, b"core/(?!webapi/).* @ana", b"core/webapis", &["@ana"], AHEAD),
    (Forgejo, b"core/(?!webapi/).* @ana", b"core/x/y", &[], AHEAD),
    (Gitea, br".*(?<!_test)\\.py @ana", b"a/b.py", &["@ana"], RUN),
    (Gitea, br".*(?<!_test)\\.py @ana", b"a/b_test.py", &[], RUN),
    (Gitea, br"(?=.*\\.py).*model.* @ana", b"a/model/b.py", &["@ana"], RUN),
    (Gitea, br"(?=.*\\.py$).*model.* @ana", b"a/model/b.pyc", &[], RUN),
];
