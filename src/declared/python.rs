//! Owners in Python code: `owner="data-eng"` in a call, `"owner": "data-eng"` in a dictionary.
//!
//! The code is read as tokens, so that nothing in a comment, a string or a function's own parameters counts.

use std::iter::Peekable;

use super::DeclaredOwner;
use crate::span::Span;

/// A token of Python; white space, line ends and comments are none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'s> {
    Name(&'s [u8]),
    /// What stands between the quotes, and whether that is the text itself: no escapes, no `f"…"`, no `b"…"`.
    Text(Span, bool),
    /// Brackets, operators, numbers.
    Sign(&'s [u8]),
}

/// The tokens of a source, up to where it ends.
struct Tokens<'s> {
    source: &'s [u8],
    at: usize,
}

impl<'s> Tokens<'s> {
    fn run(&mut self, is_part: impl Fn(u8) -> bool) -> &'s [u8] {
        let start = self.at;
        let length = self.source[start..].iter().take_while(|&&byte| is_part(byte)).count();
        self.at += length;
        &self.source[start..self.at]
    }

    /// A text from its quote on.
    fn text(&mut self, prefix: &[u8]) -> Token<'s> {
        let rest = &self.source[self.at..];
        let quote = rest[0];
        let ends = if rest.starts_with(&[quote; 3]) { 3 } else { 1 };
        let start = self.at + ends;
        let mut is_verbatim = prefix.iter().all(|letter| matches!(letter, b'r' | b'R' | b'u' | b'U'));
        let mut at = start;
        let end = loop {
            match self.source.get(at) {
                Some(b'\\') => {
                    is_verbatim = false;
                    at += 2;
                }
                Some(&byte) if byte == quote && self.source[at..].starts_with(&[quote; 3][..ends]) => {
                    self.at = at + ends;
                    break at;
                }
                // Nobody closed it: a line's end does.
                Some(b'\n') if ends == 1 => {
                    self.at = at;
                    break at;
                }
                Some(_) => at += 1,
                None => {
                    self.at = self.source.len();
                    break self.source.len();
                }
            }
        };
        Token::Text(Span::new(start.min(end), end), is_verbatim)
    }
}

impl<'s> Iterator for Tokens<'s> {
    type Item = Token<'s>;

    fn next(&mut self) -> Option<Token<'s>> {
        loop {
            let &first = self.source.get(self.at)?;
            match first {
                b'#' => {
                    self.run(|byte| byte != b'\n');
                }
                b'\\' => self.at += 1,
                _ if first.is_ascii_whitespace() => self.at += 1,
                b'"' | b'\'' => return Some(self.text(b"")),
                b'0'..=b'9' => {
                    return Some(Token::Sign(
                        self.run(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.')),
                    ));
                }
                _ if is_word(first) => {
                    let word = self.run(is_word);
                    let is_prefix = word.len() <= 2 && word.iter().all(|byte| b"rRbBuUfFtT".contains(byte));
                    return Some(match self.source.get(self.at) {
                        Some(b'"' | b'\'') if is_prefix => self.text(word),
                        _ => Token::Name(word),
                    });
                }
                _ => {
                    let start = self.at;
                    self.at += 1;
                    // `==` and `:=` are no `=` and `:`.
                    if !b"()[]{},;".contains(&first) && self.source.get(self.at) == Some(&b'=') {
                        self.at += 1;
                    }
                    return Some(Token::Sign(&self.source[start..self.at]));
                }
            }
        }
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii()
}

/// What an open bracket holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    /// The parameters of a function: their defaults declare nothing.
    Parameters,
    Arguments,
    Dictionary,
    Other,
}

/// The texts that stand for one of `keys`, in order.
pub(super) fn owners(source: &[u8], keys: &[String]) -> Vec<DeclaredOwner> {
    let mut owners = Vec::new();
    if !keys.iter().any(|key| memchr::memmem::find(source, key.as_bytes()).is_some()) {
        return owners;
    }
    let is_key = |word: &[u8]| keys.iter().any(|key| key.as_bytes() == word);
    let mut open: Vec<Open> = Vec::new();
    // The two tokens before.
    let (mut last, mut before_last) = (Token::Sign(b""), Token::Sign(b""));
    let mut tokens = Tokens { source, at: 0 }.peekable();
    while let Some(token) = tokens.next() {
        let is_defined = before_last == Token::Name(b"def");
        match token {
            Token::Sign(b"(") if is_defined => open.push(Open::Parameters),
            Token::Sign(b"(") => open.push(Open::Arguments),
            Token::Sign(b"{") => open.push(Open::Dictionary),
            Token::Sign(b"[") => open.push(Open::Other),
            Token::Sign(b")" | b"}" | b"]") => {
                open.pop();
            }
            _ => {}
        }
        let stands_for_key = match (last, token, open.last()) {
            (Token::Name(word), Token::Sign(b"="), Some(Open::Arguments)) => is_key(word),
            (Token::Text(span, true), Token::Sign(b":"), Some(Open::Dictionary)) => is_key(&source[span.range()]),
            _ => false,
        };
        // A key's own place: `(owner=…`, `, "owner": …`, not `x.owner` and not the end of a longer text.
        let starts_there = matches!(before_last, Token::Sign(b"(" | b"{" | b","));
        if stands_for_key && starts_there {
            value(source, &mut tokens, &mut owners);
            (before_last, last) = (Token::Sign(b""), Token::Sign(b""));
            continue;
        }
        (before_last, last) = (last, token);
    }
    owners
}

/// A text, or texts in a list. What is put together of several parts is known to nobody but Python.
fn value(source: &[u8], tokens: &mut Peekable<Tokens<'_>>, owners: &mut Vec<DeclaredOwner>) {
    let is_list = tokens.next_if(|token| matches!(token, Token::Sign(b"[" | b"("))).is_some();
    while let Some(Token::Text(span, is_verbatim)) = tokens.next_if(|token| matches!(token, Token::Text(..))) {
        let ends = matches!(tokens.peek(), Some(Token::Sign(b"," | b")" | b"]" | b"}")));
        if ends && is_verbatim {
            owners.extend(parts(source, span));
        }
        if !is_list || tokens.next_if_eq(&Token::Sign(b",")).is_none() {
            break;
        }
    }
    if is_list {
        tokens.next_if(|token| matches!(token, Token::Sign(b"]" | b")")));
    }
}

/// Airflow's owners are one text with commas.
fn parts(source: &[u8], span: Span) -> impl Iterator<Item = DeclaredOwner> {
    let mut start = span.start;
    source[span.range()].split(|&byte| byte == b',').filter_map(move |part| {
        let at = start + part.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        start += part.len() + 1;
        let text = part.trim_ascii();
        let name = std::str::from_utf8(text).ok()?;
        Some(DeclaredOwner { names: vec![name.to_owned()], span: Span::new(at, at + text.len()) })
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(source: &str) -> Vec<String> {
        let keys = ["owner".to_owned(), "owners".to_owned()];
        owners(source.as_bytes(), &keys)
            .into_iter()
            .map(|owner| {
                assert_eq!(source[owner.span.range()], owner.names[0]);
                owner.names[0].clone()
            })
            .collect()
    }

    #[test]
    fn arguments_and_dictionary_keys_declare() {
        assert_eq!(found("DAG('x', owner='data-eng')\n"), ["data-eng"]);
        assert_eq!(found("default_args = {\"retries\": 2, 'owner': \"data-eng\"}\n"), ["data-eng"]);
        assert_eq!(
            found("with DAG(\n    default_args=dict(\n        owner = r'ana',  # owner='bob'\n    ),\n):\n"),
            ["ana"]
        );
        assert_eq!(found("@asset(owners=['team:data', \"ana@acme.com\"], x=1)\n"), ["team:data", "ana@acme.com"]);
        assert_eq!(found("FeatureView(owner=(\n 'a',\n),)\n"), ["a"]);
        assert_eq!(found("DAG(owner='a, b ,c')"), ["a", "b", "c"]);
    }

    #[test]
    fn what_only_looks_like_a_declaration_is_none() {
        for source in [
            "# DAG(owner='a')\n",
            "x = \"DAG(owner='a')\"\n",
            "'''\nDAG(owner='a')\n'''\n",
            "def make(owner='a'):\n    pass\n",
            "DAG(owner=OWNER)\n",
            "DAG(owner='a' + suffix)\n",
            "DAG(owner='a' 'b')\n",
            "DAG(owner=f'{team}')\n",
            "DAG(owner=b'a')\n",
            "DAG(owner='a\\n')\n",
            "owner = 'a'\n",
            "DAG(x.owner='a')\n",
            "f(owner == 'a')\n",
            "f(task_owner='a')\n",
            "{'the owner': 'a'}\n",
            "{'x': 'owner'}\n",
            "f({owner: 'a'})\n",
            "DAG(owner='a",
        ] {
            assert_eq!(found(source), [""; 0], "{source}");
        }
    }

    #[test]
    fn an_open_text_ends_with_its_line() {
        assert_eq!(found("x = 'open\nDAG(owner='a')\n"), ["a"]);
        assert_eq!(found("x = '''open\nDAG(owner='a')\n"), [""; 0]);
        assert_eq!(found("x = 'it\\'s'; DAG(owner='a')\n"), ["a"]);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_their_end(source in prop::collection::vec(prop_oneof![
            Just(b"owner".to_vec()), Just(b"=".to_vec()), Just(b"'".to_vec()), Just(b"\"\"\"".to_vec()), Just(b"(".to_vec()),
            Just(b"\\".to_vec()), Just(b"[".to_vec()), Just(b",".to_vec()), any::<Vec<u8>>(),
        ], 0..20)) {
            let source = source.concat();
            for owner in owners(&source, &["owner".to_owned()]) {
                prop_assert_eq!(&source[owner.span.range()], owner.names[0].as_bytes());
            }
        }
    }
}
