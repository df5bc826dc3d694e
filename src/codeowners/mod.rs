//! CODEOWNERS: text to entries with byte spans, and which entry wins a path.
//!
//! Three states of a path, never two: owned, ownerless (the winning entry names nobody) and unmatched.

mod language;
mod matcher;
mod parse;
mod pattern;

pub use language::{
    Coverage, DEFAULT_BUDGET, Decision, Engine, PathSearch, covered_by_later, enough_to_cover, intersection,
    union_covers,
};
pub use matcher::{Matcher, Walk};
pub use parse::parse;
pub use pattern::{Pattern, PatternError, PatternErrorKind, Segment, Tail, Token, Wild};

use crate::span::{LineIndex, Span};

/// A host's reading of CODEOWNERS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Dialect {
    /// <https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners>
    #[default]
    GitHub,
}

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
    /// Every pattern line in file order, the invalid ones too.
    pub entries: Vec<Entry>,
    /// Comments: whole lines and inline ones, from the `#` to the line's end.
    pub comments: Vec<Span>,
}

/// Index of an entry in [`Codeowners::entries`]; later entries are greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId(pub u32);

/// One pattern line of CODEOWNERS.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Line, from 1.
    pub line: usize,
    /// From the pattern to the last owner, without an inline comment.
    pub span: Span,
    /// The pattern as written.
    pub pattern_span: Span,
    /// The pattern as written, decoded lossily where it is not UTF-8.
    pub pattern_text: String,
    /// What the pattern means; `None` where the host skips the entry (see `problems`).
    pub pattern: Option<Pattern>,
    /// The owners that are well formed, in file order, repeated ones too.
    pub owners: Vec<Owner>,
    /// What is wrong with the entry. The host skips an entry with any [`Problem::skips_entry`].
    pub problems: Vec<Problem>,
}

impl Entry {
    /// True where the host uses the entry.
    pub fn is_valid(&self) -> bool {
        self.pattern.is_some()
    }

    /// True for an entry that matches every path that could exist.
    pub fn is_catch_all(&self) -> bool {
        self.pattern.as_ref().is_some_and(Pattern::matches_everything)
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
    /// An owner that stands in no file, from its text; `None` where the host could not ask it.
    pub fn named(text: &str) -> Option<Self> {
        let kind = parse::owner_kind(text)?;
        Some(Self { span: Span::default(), text: text.to_owned(), key: text.to_lowercase(), kind })
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
}

impl Problem {
    /// True where the host ignores the whole entry for it.
    pub fn skips_entry(&self) -> bool {
        !matches!(
            self.kind,
            ProblemKind::OwnerAsPattern
                | ProblemKind::OwnerGluedToPattern
                | ProblemKind::Braces
                | ProblemKind::RepeatedOwner
        )
    }
}

impl Codeowners {
    /// The entry of an id that this file gave out.
    pub fn entry(&self, id: EntryId) -> &Entry {
        &self.entries[id.0 as usize]
    }

    /// Compiles the entries that the host uses; ranks are entry ids.
    pub fn matcher(&self) -> Matcher {
        Matcher::new(self.iter().filter_map(|(id, entry)| Some((id.0, entry.pattern.as_ref()?))))
    }

    /// Ids and entries in file order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (EntryId, &Entry)> {
        self.entries.iter().enumerate().map(|(at, entry)| (EntryId(u32::try_from(at).unwrap_or(u32::MAX)), entry))
    }
}
