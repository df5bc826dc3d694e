//! CODEOWNERS: text to entries with byte spans, and which entries win a path.
//!
//! Three states of a path, never two: owned, ownerless (the winning entry names nobody) and unmatched. On GitHub one
//! entry wins a path; on GitLab one of every section that applies; on Gitea all that match.

mod dialect;
mod language;
mod matcher;
mod order;
mod parse;
mod pattern;
mod regular;
mod winners;

pub use dialect::{Because, Choice, Dialect};
pub use language::{
    Coverage, DEFAULT_BUDGET, Decision, Engine, Ground, PathSearch, PathSet, Winner, covered_by_later, enough_to_cover,
    find_difference, find_failing, intersection, union_covers, winners_in,
};
pub use matcher::{AllWalk, GroupWalk, Matcher, Matches, Walk};
pub use parse::parse;
pub use pattern::{Class, Pattern, PatternError, PatternErrorKind, Segment, Tail, Token, Wild};
pub use regular::{
    DEFAULT_MATCH_BUDGET, Language, Regular, RegularError, RegularErrorKind, RegularSet, Syntax, Tokens, TooMuchWork,
    Word, find_path, find_path_where, regular_covers, tokenize,
};
pub use winners::Winners;

use crate::span::{LineIndex, Span};

/// A CODEOWNERS file, parsed without loss: `text` and the spans give back every byte.
#[derive(Clone, Debug)]
pub struct Codeowners {
    /// Where the file stands, relative to the root; for messages.
    pub path: String,
    /// The file's bytes, as read.
    pub text: Vec<u8>,
    /// Lines of `text`.
    pub lines: LineIndex,
    /// How it was read.
    pub dialect: Dialect,
    /// Groups of entries that decide beside each other; the first is the unnamed one. Only GitLab has others.
    pub sections: Vec<Section>,
    /// Every pattern line in file order, the invalid ones too.
    pub entries: Vec<Entry>,
    /// Comments: whole lines and inline ones, from the `#` to the line's end.
    pub comments: Vec<Span>,
}

/// Index of an entry in [`Codeowners::entries`]; later entries are greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId(pub u32);

/// Index of a section in [`Codeowners::sections`]; 0 is the unnamed one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SectionId(pub u32);

/// A group of entries whose last match decides, whatever other sections say.
///
/// Source: <https://docs.gitlab.com/user/project/codeowners/reference/#sections>
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Section {
    /// As its first heading spells it; empty for the unnamed one.
    pub name: String,
    /// True where nobody of it has to approve: every one of its entries stands below an optional heading.
    pub optional: bool,
    /// Its headings in file order: sections of one name are one section.
    pub headings: Vec<Heading>,
}

/// One line that starts (or goes on with) a section.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heading {
    /// Line, from 1.
    pub line: usize,
    /// From the `^` or `[` to the end of what the host reads of it.
    pub span: Span,
    /// `^[…]`
    pub optional: bool,
    /// How many of an entry's owners must approve: `[…][2]`; 1 where it says nothing, the greatest number where it is
    /// greater than that.
    pub approvals: u32,
    /// The owners of the entries below it that name none.
    pub owners: Vec<Owner>,
    /// What is wrong with it. The section holds all the same.
    pub problems: Vec<Problem>,
}

/// What an entry's pattern means.
#[derive(Clone, Debug, PartialEq)]
pub enum Meaning {
    /// Segments and wildcards.
    Glob(Pattern),
    /// A regular expression of Gitea or Forgejo.
    Regular(Box<Expression>),
}

/// A regular expression, with what is asked of it again and again.
#[derive(Clone, Debug, PartialEq)]
pub struct Expression {
    /// The expression.
    pub regular: Regular,
    /// True where it provably holds for every path that could exist.
    pub everything: bool,
}

impl Meaning {
    /// Whether `path` (no leading slash) matches. One at a time: for many, ask for the [`Winners`].
    pub fn matches(&self, path: &[u8]) -> bool {
        match self {
            Self::Glob(pattern) => pattern.matches(path),
            // What takes too much work for one path was refused when the winners were asked for.
            Self::Regular(expression) => expression.regular.matches(path).unwrap_or(false),
        }
    }
}

/// One pattern line of CODEOWNERS.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Line, from 1.
    pub line: usize,
    /// From the pattern to the last owner, without an inline comment.
    pub span: Span,
    /// The pattern as written, a `!` before it included.
    pub pattern_span: Span,
    /// The pattern as written, decoded lossily where it is not UTF-8.
    pub pattern_text: String,
    /// What the pattern means; `None` where the host skips the entry (see `problems`).
    pub meaning: Option<Meaning>,
    /// The owners that are well formed, in file order, repeated ones too: its own, or else its section's.
    pub owners: Vec<Owner>,
    /// True where the owners are those of the section's heading, and their spans are there.
    pub inherits_owners: bool,
    /// The section it is in.
    pub section: SectionId,
    /// How many of the owners must approve, from 1.
    pub approvals: u32,
    /// True for `!pattern` on GitLab: takes what it matches out of its section.
    pub excludes: bool,
    /// Its place in the order of its section: the greatest that matches wins. Ranks are ids of entries: of its own, or
    /// of the first entry with the same pattern where the host keeps the first's place.
    pub rank: u32,
    /// The entry of the same pattern that the host keeps in its place.
    pub replaced_by: Option<EntryId>,
    /// What is wrong with the entry. The host skips an entry with any [`ProblemKind::skips_entry`].
    pub problems: Vec<Problem>,
}

impl Entry {
    /// True where the host reads the entry.
    pub fn is_valid(&self) -> bool {
        self.meaning.is_some()
    }

    /// True where the entry can win a path: it is read, kept, and no exclusion.
    pub fn is_in_force(&self) -> bool {
        self.is_valid() && self.replaced_by.is_none() && !self.excludes
    }

    /// What the pattern means, where it is a glob.
    pub fn glob(&self) -> Option<&Pattern> {
        match self.meaning.as_ref()? {
            Meaning::Glob(pattern) => Some(pattern),
            Meaning::Regular(_) => None,
        }
    }

    /// What the pattern means, where it is a regular expression.
    pub fn regular(&self) -> Option<&Regular> {
        match self.meaning.as_ref()? {
            Meaning::Glob(_) => None,
            Meaning::Regular(expression) => Some(&expression.regular),
        }
    }

    /// Whether the host uses the entry and `path` matches it.
    pub fn matches(&self, path: &[u8]) -> bool {
        self.meaning.as_ref().is_some_and(|meaning| meaning.matches(path))
    }

    /// True for an entry that matches every path that could exist.
    pub fn is_catch_all(&self) -> bool {
        match &self.meaning {
            Some(Meaning::Glob(pattern)) => pattern.matches_everything(),
            Some(Meaning::Regular(expression)) => expression.everything,
            None => false,
        }
    }

    /// True where both name the same owners, in any order and case.
    pub fn has_same_owners(&self, other: &Self) -> bool {
        let keys = |entry: &Self| {
            entry.owners.iter().map(|owner| owner.key.clone()).collect::<std::collections::BTreeSet<_>>()
        };
        keys(self) == keys(other)
    }
}

/// Somebody an entry names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// Where it stands.
    pub span: Span,
    /// As written.
    pub text: String,
    /// Lower-cased, for comparison.
    pub key: String,
    /// User, team or e-mail.
    pub kind: OwnerKind,
}

impl Owner {
    /// An owner that stands in no file, from its text; `None` where no host could ask it.
    pub fn named(text: &str) -> Option<Self> {
        let kind = parse::owner_kind(text)?;
        Some(Self { span: Span::default(), text: text.to_owned(), key: text.to_lowercase(), kind })
    }

    /// True where this is one person for sure.
    pub fn is_individual(&self) -> bool {
        matches!(self.kind, OwnerKind::User | OwnerKind::Email)
    }
}

/// The forms an owner can take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnerKind {
    /// `@user`
    User,
    /// `@organisation/team`
    Team,
    /// `name@example.com`
    Email,
    /// `@name` on GitLab: a user or a top-level group, which cannot be told offline.
    UserOrGroup,
    /// `@@maintainer` on GitLab: whoever has that role in the project.
    Role,
}

/// One thing wrong with an entry, at its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub kind: ProblemKind,
    /// The characters that are wrong.
    pub span: Span,
}

/// What can be wrong with an entry's text. Rules turn these into findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// A leading `!`: GitHub has no negation.
    Negation,
    /// An unescaped `[` or `]`: GitHub has no character ranges.
    Bracket,
    /// A leading `\#`: GitHub has no such escape.
    EscapedHash,
    /// A line that starts with an owner where the pattern should stand (`@org/team` or `ana@acme.com` first). The host
    /// reads it as a path, so the entry holds; where such a path exists, nothing is wrong.
    OwnerAsPattern,
    /// Text that is no owner where an owner should stand (`docs`, `@`, `@a/b/c`).
    MalformedOwner,
    /// Two handles without a space (`@a@b`).
    GluedOwners,
    /// A handle glued to the pattern of an ownerless entry (`/docs/@acme/docs`). The host reads it as a path, so the
    /// entry holds; where such a path exists, nothing is wrong.
    OwnerGluedToPattern,
    /// The entry is read as pattern and owners, but the text after an unescaped space reads as the rest of a path
    /// (`my file.txt @ana`).
    UnescapedSpace,
    /// Bytes that are not UTF-8.
    NotUtf8,
    /// A backslash before nothing, or a pattern that cannot be read.
    BadPattern,
    /// `{a,b}`: literal on GitHub, so seldom meant. The entry holds.
    Braces,
    /// The same owner twice on one entry. The entry holds.
    RepeatedOwner,
    /// A heading of a GitLab section (`[Docs]`, `^[Docs][2]`) on a host that has none.
    SectionHeading,
    /// A role (`@@maintainer`) on a host that knows no roles.
    RoleAsOwner,
    /// A `#` behind the owners on GitLab, which has no inline comments: what follows is read as owners.
    InlineComment,
    /// A `[` without its `]`: on GitLab the line is no heading but an entry, and matches nothing.
    UnclosedBracket,
    /// A heading without a name, `[]`.
    NamelessSection,
    /// A number of approvals on an optional section: it counts for nothing.
    ApprovalsOfOptional,
    /// `[0]` or `[]` where a number of approvals stands: the host asks for one all the same.
    ApprovalsOfNone,
    /// A number of approvals that is no number of people.
    ApprovalsOfTooMany,
    /// Text behind a heading that names no owner: it counts for nothing.
    HeadingText,
    /// A regular expression that the host refuses, or whose meaning is not decided here.
    Expression(RegularErrorKind),
    /// A line without owners on a host that skips those.
    NoOwner,
}

impl ProblemKind {
    /// True where a host of the dialect ignores the whole entry for it.
    ///
    /// GitLab drops only the words it cannot read: `file.rb` adds an error and keeps the entry.
    pub fn skips_entry(self, dialect: Dialect) -> bool {
        match self {
            Self::OwnerAsPattern
            | Self::OwnerGluedToPattern
            | Self::Braces
            | Self::RepeatedOwner
            | Self::InlineComment
            | Self::NamelessSection
            | Self::ApprovalsOfOptional
            | Self::ApprovalsOfNone
            | Self::ApprovalsOfTooMany
            | Self::HeadingText => false,
            Self::MalformedOwner | Self::GluedOwners | Self::UnescapedSpace | Self::UnclosedBracket => {
                dialect != Dialect::GitLab
            }
            Self::Negation
            | Self::Bracket
            | Self::EscapedHash
            | Self::NotUtf8
            | Self::BadPattern
            | Self::SectionHeading
            | Self::RoleAsOwner
            | Self::NoOwner => true,
            Self::Expression(error) => error.skips_entry(),
        }
    }
}

impl Codeowners {
    /// The entry of an id that this file gave out.
    pub fn entry(&self, id: EntryId) -> &Entry {
        &self.entries[id.0 as usize]
    }

    /// The section of an id that this file gave out.
    pub fn section(&self, id: SectionId) -> &Section {
        &self.sections[id.0 as usize]
    }

    /// True where the entry's owners have to approve: its section is not optional.
    pub fn is_required(&self, entry: &Entry) -> bool {
        !self.section(entry.section).optional
    }

    /// Compiles the globs of the entries that the host uses, as if all stood in one section; ranks are entry ids.
    pub fn matcher(&self) -> Matcher {
        Matcher::new(self.iter().filter_map(|(id, entry)| Some((id.0, entry.glob()?))))
    }

    /// Ids and entries in file order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (EntryId, &Entry)> {
        self.entries.iter().enumerate().map(|(at, entry)| (EntryId(u32::try_from(at).unwrap_or(u32::MAX)), entry))
    }
}
