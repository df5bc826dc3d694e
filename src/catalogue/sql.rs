//! What SQL says outside of its comments: how its statements start, and the Jinja functions that it calls.

use memchr::memmem::Finder;

use super::seen::{Seen, shown};

/// What is looked for in SQL; one of each list that is not empty.
#[derive(Clone, Debug, Default)]
pub(super) struct SqlAsk {
    /// Words at the start of a statement, in capitals: `CREATE MODEL`, `MODEL (`.
    pub(super) statements: Vec<Vec<Box<str>>>,
    /// Functions called in `{{ … }}`: `ref`.
    pub(super) calls: Vec<Box<str>>,
}

impl SqlAsk {
    pub(super) fn new(statements: &[String], calls: &[String]) -> Self {
        let words =
            |text: &String| text.split_ascii_whitespace().map(|word| word.to_ascii_uppercase().into()).collect();
        Self {
            statements: statements.iter().map(words).collect(),
            calls: calls.iter().map(|name| name.as_str().into()).collect(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.statements.is_empty() && self.calls.is_empty()
    }

    /// What is asked for, as texts, each list after its length.
    pub(super) fn described(&self) -> Vec<String> {
        let mut texts = vec![self.statements.len().to_string()];
        texts.extend(self.statements.iter().map(|words| words.join(" ")));
        texts.push(self.calls.len().to_string());
        texts.extend(self.calls.iter().map(ToString::to_string));
        texts
    }

    /// What was seen of it.
    pub(super) fn seen(&self, bytes: &[u8]) -> Option<Seen> {
        let (mut statement, mut call) = (None, None);
        for piece in (Pieces { bytes, at: 0, starts: true }) {
            match piece {
                Piece::Statement(at) if statement.is_none() => statement = self.statement(bytes, at),
                Piece::Expression(at) if call.is_none() => call = self.call(bytes, at),
                _ => {}
            }
            let has_statement = self.statements.is_empty() || statement.is_some();
            if has_statement && (self.calls.is_empty() || call.is_some()) {
                return statement.or(call);
            }
        }
        None
    }

    fn statement(&self, bytes: &[u8], at: usize) -> Option<Seen> {
        let words = self.statements.iter().find(|words| starts_with(&bytes[at..], words))?;
        Some(Seen::at_byte(shown(&words.join(" ")), bytes, at))
    }

    /// `at` is behind the opening braces.
    fn call(&self, bytes: &[u8], at: usize) -> Option<Seen> {
        let text = bytes[at..].trim_ascii_start();
        let text = text.strip_prefix(b"-").map_or(text, <[u8]>::trim_ascii_start);
        let is_called = |name: &str| {
            text.strip_prefix(name.as_bytes()).is_some_and(|rest| rest.trim_ascii_start().starts_with(b"("))
        };
        self.calls.iter().find(|name| is_called(name))?;
        let end = Finder::new("}}").find(text).unwrap_or(text.len());
        let told = format!("{{{{ {} }}}}", String::from_utf8_lossy(text[..end].trim_ascii()));
        Some(Seen::at_byte(shown(&told), bytes, at))
    }
}

/// True where the text starts with these words, whatever blanks are between them.
fn starts_with(mut text: &[u8], words: &[Box<str>]) -> bool {
    words.iter().all(|word| {
        text = text.trim_ascii_start();
        let Some((start, rest)) = text.split_at_checked(word.len()) else { return false };
        let is_whole = !word.ends_with(|last: char| last.is_ascii_alphanumeric())
            || rest.first().is_none_or(|&byte| !byte.is_ascii_alphanumeric() && byte != b'_');
        text = rest;
        start.eq_ignore_ascii_case(word.as_bytes()) && is_whole
    })
}

/// Where something starts that can be asked for.
enum Piece {
    /// The first word of a statement.
    Statement(usize),
    /// What stands behind `{{`.
    Expression(usize),
}

struct Pieces<'t> {
    bytes: &'t [u8],
    at: usize,
    /// No word of the statement was met yet.
    starts: bool,
}

impl Pieces<'_> {
    /// Goes behind the next `end`, or to the end of all.
    fn skip(&mut self, start: usize, end: &str) {
        let rest = &self.bytes[(self.at + start).min(self.bytes.len())..];
        let length = memchr::memmem::find(rest, end.as_bytes()).map_or(rest.len(), |found| found + end.len());
        self.at = self.bytes.len() - rest.len() + length;
    }
}

impl Iterator for Pieces<'_> {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        loop {
            let rest = self.bytes.get(self.at..)?;
            let &first = rest.first()?;
            match (first, rest.get(1)) {
                (b'-', Some(b'-')) => self.skip(2, "\n"),
                // BigQuery's and MySQL's.
                (b'#', _) => self.skip(1, "\n"),
                (b'/', Some(b'*')) => self.skip(2, "*/"),
                (b'{', Some(b'#')) => self.skip(2, "#}"),
                (b'{', Some(b'%')) => self.skip(2, "%}"),
                (b'{', Some(b'{')) => {
                    let behind = self.at + 2;
                    self.skip(2, "}}");
                    self.starts = false;
                    return Some(Piece::Expression(behind));
                }
                // A string ends with its line at the latest, so that a quote too many misleads no further.
                (b'\'', _) => {
                    let end = memchr::memchr2(b'\'', b'\n', &rest[1..]).map_or(rest.len(), |end| end + 2);
                    self.at += end;
                    self.starts = false;
                }
                (b';', _) => {
                    self.at += 1;
                    self.starts = true;
                }
                (blank, _) if blank.is_ascii_whitespace() => self.at += 1,
                _ => {
                    let start = self.at;
                    let in_word = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'_' || **byte >= 0x80;
                    self.at += rest.iter().take_while(in_word).count().max(1);
                    if std::mem::take(&mut self.starts) {
                        return Some(Piece::Statement(start));
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(statements: &[&str], calls: &[&str], sql: &str) -> Option<String> {
        let texts = |list: &[&str]| list.iter().map(ToString::to_string).collect::<Vec<_>>();
        SqlAsk::new(&texts(statements), &texts(calls)).seen(sql.as_bytes()).map(|seen| seen.to_string())
    }

    #[test]
    fn calls_count_outside_of_comments() {
        let calls = |sql: &str| seen(&[], &["ref", "source"], sql);
        assert_eq!(
            calls("-- orders\nselect *\nfrom {{ ref('stg_orders') }}\n").as_deref(),
            Some("`{{ ref('stg_orders') }}`, line 3")
        );
        assert_eq!(calls("from {{-source( 'a', 'b' )-}}").as_deref(), Some("`{{ source( 'a', 'b' )- }}`, line 1"));
        for other in [
            "-- from {{ ref('a') }}\n",
            "/* {{ ref('a') }} */ select 1",
            "{# {{ ref('a') }} #}",
            "# {{ ref('a') }}\nselect 1",
            "from {{ reference('a') }}",
            "from {{ params.ref }}",
            "select 'it''s' -- {{ ref('a') }}",
        ] {
            assert_eq!(calls(other), None, "{other}");
        }
        assert!(calls("select '{{ var('a') }}' from\n{{ ref('b') }}").is_some());
    }

    #[test]
    fn statements_are_told_by_their_first_words() {
        let statements = |sql: &str| seen(&["MODEL (", "CREATE MODEL"], &[], sql);
        assert_eq!(statements("/* a */\nmodel  (\n name a.b\n);\n").as_deref(), Some("`MODEL (`, line 2"));
        assert_eq!(statements("select 1;\nCreate\n  Model a.b").as_deref(), Some("`CREATE MODEL`, line 2"));
        for other in ["create models", "select model (1)", "-- model (\n", "modeling (", "create table model (a int)"] {
            assert_eq!(statements(other), None, "{other}");
        }
    }

    #[test]
    fn both_are_asked_for_where_both_are_given() {
        assert_eq!(seen(&["SELECT"], &["ref"], "select 1"), None);
        assert_eq!(seen(&["SELECT"], &["ref"], "select {{ ref('a') }}").as_deref(), Some("`SELECT`, line 1"));
        for cut_off in ["{{", "/*", "'", "{{ ref", "--", "{#"] {
            assert_eq!(seen(&["SELECT"], &["ref"], cut_off), None);
        }
    }
}
