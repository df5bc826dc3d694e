//! Gitea's and Forgejo's lines: a regular expression, and owners.
//!
//! Source: `TokenizeCodeOwnersLine` and `ParseCodeOwnersLine` in `models/issues/pull.go` of both hosts.

use bstr::ByteSlice;

use super::{bad_bytes, read_owners};
use crate::codeowners::{
    Dialect, Entry, Expression, Meaning, Problem, ProblemKind, Regular, RegularError, SectionId, Syntax, Word, tokenize,
};
use crate::span::Span;

/// Work units to prove which of a file's expressions hold for every path.
pub(super) const CATCH_ALL_BUDGET: u64 = 2_000_000;

/// The entry of a line, if it has one; a comment goes to `comments`. `budget` starts as [`CATCH_ALL_BUDGET`].
pub(super) fn read_line(
    text: &[u8],
    dialect: Dialect,
    number: usize,
    line: Span,
    comments: &mut Vec<Span>,
    budget: &mut u64,
) -> Option<Entry> {
    let tokens = tokenize(&text[line.range()], line.start);
    comments.extend(tokens.comment);
    let (expression, owners) = tokens.words.split_first()?;
    let mut problems = Vec::new();
    let meaning = read_expression(text, dialect, expression, &mut problems, budget);
    let spans: Vec<Span> = owners.iter().map(|owner| owner.span).collect();
    let named = read_owners(text, &spans, dialect, &mut problems);
    if owners.is_empty() {
        problems.push(Problem { kind: ProblemKind::NoOwner, span: expression.span });
    }
    let skipped = problems.iter().any(|problem| problem.kind.skips_entry(dialect));
    Some(Entry {
        line: number,
        span: spans.last().map_or(expression.span, |&last| expression.span.to(last)),
        pattern_span: expression.span,
        pattern_text: text[expression.span.range()].to_str_lossy().into_owned(),
        meaning: meaning.filter(|_| !skipped),
        owners: named,
        inherits_owners: false,
        section: SectionId::default(),
        approvals: 1,
        excludes: false,
        rank: 0,
        replaced_by: None,
        problems,
    })
}

fn read_expression(
    text: &[u8],
    dialect: Dialect,
    word: &Word,
    problems: &mut Vec<Problem>,
    budget: &mut u64,
) -> Option<Meaning> {
    let bytes = &text[word.span.range()];
    if !bytes.is_utf8() {
        problems.extend(bad_bytes(bytes, word.span));
        return None;
    }
    let syntax = if dialect == Dialect::Gitea { Syntax::Regexp2 } else { Syntax::Go };
    match Regular::compile(&word.text, syntax) {
        Ok(regular) => {
            let everything = regular.matches_everything_within(budget);
            Some(Meaning::Regular(Box::new(Expression { regular, everything })))
        }
        Err(RegularError { kind, span }) => {
            problems.push(Problem { kind: ProblemKind::Expression(kind), span: word.in_file(span) });
            None
        }
    }
}
