//! What a file's content says about itself: the values of the few keys that some kind asks for.
//!
//! Manifests are often templates (`{{ .Values.name }}`) that no YAML parser reads, and a kind asks for two or three
//! keys near the top. So YAML is scanned line by line for `key: scalar`, flow mappings (`{key: scalar}`) included; JSON
//! goes through `serde_json`, which gives what stood before the place where a bounded read cut it off. Both are linear in
//! their input.

use std::fmt;

use bstr::ByteSlice;
use rustc_hash::FxHashMap;
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::seen::line_of;

/// Facts kept of one document; a list of ten thousand alerts says nothing after the first few hundred.
const MAX_FACTS: usize = 512;
/// Longest dotted key that a kind can ask for, in bytes: bounds the work on hostile nesting.
const MAX_KEY: usize = 256;
/// Deepest level of JSON that is looked into.
const MAX_DEPTH: usize = 6;

/// A dotted key that some kind asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key(u32);

/// The dotted keys that the kinds ask for; everything else is skipped unseen.
#[derive(Clone, Debug, Default)]
pub(super) struct Keys {
    known: FxHashMap<Box<str>, Known>,
    names: Vec<Box<str>>,
}

/// What there is to a dotted path.
#[derive(Clone, Copy, Debug, Default)]
struct Known {
    key: Option<Key>,
    /// Some key goes on below it.
    leads_on: bool,
}

impl Keys {
    pub(super) fn intern(&mut self, name: &str) -> Key {
        if let Some(key) = self.known.get(name).and_then(|known| known.key) {
            return key;
        }
        let key = Key(u32::try_from(self.names.len()).unwrap_or(u32::MAX));
        self.known.entry(name.into()).or_default().key = Some(key);
        for (dot, _) in name.match_indices('.') {
            self.known.entry(name[..dot].into()).or_default().leads_on = true;
        }
        self.names.push(name.into());
        key
    }

    fn known(&self, path: &str) -> Known {
        self.known.get(path).copied().unwrap_or_default()
    }

    /// All of them.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(|name| &**name)
    }

    pub(super) fn name(&self, key: Key) -> &str {
        self.names.get(key.0 as usize).map_or("", |name| name)
    }
}

/// A key of a document, and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fact {
    pub(super) key: Key,
    /// `None` where the key holds a mapping, a list or nothing.
    pub(super) value: Option<String>,
    /// The line it stands on; `None` where that is not known.
    pub(super) line: Option<u32>,
}

/// What one document says.
pub(super) type Facts = Vec<Fact>;

/// The facts of each YAML document in `bytes` that has any. Lists are transparent: `groups.rules.alert`.
pub(super) fn of_yaml(bytes: &[u8], keys: &Keys) -> Vec<Facts> {
    yaml_from(bytes, keys, 1)
}

fn yaml_from(bytes: &[u8], keys: &Keys, first_line: u32) -> Vec<Facts> {
    let mut scan = YamlScan {
        keys,
        rest: without_bom(bytes),
        number: first_line - 1,
        documents: Vec::new(),
        facts: Vec::new(),
        path: String::new(),
        open: Vec::new(),
        dead: None,
        spans_lines: true,
    };
    let mut literal_above: Option<usize> = None;
    while let Some(line) = scan.next_line() {
        if is_marker(line, b"---") || is_marker(line, b"...") {
            scan.end_document();
            literal_above = None;
            // `--- {a: b}`
            let beside = line[3..].trim_ascii_start();
            if beside.starts_with(b"{") {
                scan.line(0, beside);
            }
            continue;
        }
        let text = line.trim_ascii_end();
        let indent = text.iter().take_while(|&&byte| byte == b' ').count();
        let is_below = |above: Option<usize>| above.is_some_and(|above| indent > above);
        if text.len() == indent || is_below(literal_above) || is_below(scan.dead) {
            continue;
        }
        literal_above = scan.line(indent, &text[indent..]).then_some(indent);
    }
    scan.end_document();
    scan.documents
}

/// The facts of the YAML between the `---` lines at the head of a Markdown file.
pub(super) fn front_matter(bytes: &[u8], keys: &Keys) -> Vec<Facts> {
    head(bytes).map(|head| yaml_from(head, keys, 2)).unwrap_or_default()
}

fn head(bytes: &[u8]) -> Option<&[u8]> {
    let rest = without_bom(bytes).strip_prefix(b"---")?;
    let start = memchr::memchr(b'\n', rest).filter(|&at| rest[..at].trim_ascii().is_empty())? + 1;
    let body = &rest[start..];
    let mut at = 0;
    for line in body.lines_with_terminator() {
        if line.trim_ascii_end() == b"---" {
            return Some(&body[..at]);
        }
        at += line.len();
    }
    None
}

/// The facts of a JSON text, up to where it ends or breaks. Lists are transparent.
pub(super) fn of_json(bytes: &[u8], keys: &Keys) -> Facts {
    let mut facts = Facts::new();
    let mut path = String::new();
    let mut reader = serde_json::Deserializer::from_slice(without_bom(bytes));
    // An error is where a bounded read cut the text off; what stood before it counts.
    let _ = JsonScan { keys, facts: &mut facts, path: &mut path, depth: 0 }.deserialize(&mut reader);
    for fact in &mut facts {
        fact.line = line_of_key(bytes, keys.name(fact.key));
    }
    facts
}

/// The line of a key's last name, where it stands only once.
fn line_of_key(bytes: &[u8], key: &str) -> Option<u32> {
    let quoted = format!("\"{}\"", key.rsplit('.').next().unwrap_or(key));
    let mut found = memchr::memmem::find_iter(bytes, quoted.as_bytes());
    let first = found.next().filter(|_| found.next().is_none())?;
    Some(line_of(bytes, first))
}

fn without_bom(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes)
}

fn is_marker(line: &[u8], marker: &[u8]) -> bool {
    line.strip_prefix(marker).is_some_and(|rest| rest.first().is_none_or(u8::is_ascii_whitespace))
}

struct YamlScan<'k> {
    keys: &'k Keys,
    /// What was not read yet.
    rest: &'k [u8],
    /// Of the line that was read last.
    number: u32,
    documents: Vec<Facts>,
    facts: Facts,
    /// The dotted key of the innermost open mapping.
    path: String,
    /// Column of each open key, and the length of `path` before it.
    open: Vec<(usize, usize)>,
    /// Column of an open key below which nobody asks for anything.
    dead: Option<usize>,
    /// False once a flow mapping was not closed: it was none, and reading to the end each time would take too long.
    spans_lines: bool,
}

impl<'k> YamlScan<'k> {
    fn next_line(&mut self) -> Option<&'k [u8]> {
        if self.rest.is_empty() {
            return None;
        }
        let end = memchr::memchr(b'\n', self.rest);
        let line = &self.rest[..end.unwrap_or(self.rest.len())];
        self.rest = &self.rest[end.map_or(self.rest.len(), |end| end + 1)..];
        self.number += 1;
        Some(line.strip_suffix(b"\r").unwrap_or(line))
    }

    fn end_document(&mut self) {
        if !self.facts.is_empty() {
            self.documents.push(std::mem::take(&mut self.facts));
        }
        self.path.clear();
        self.open.clear();
        self.dead = None;
    }

    /// Takes one line's text at its column; true where a literal block starts.
    fn line(&mut self, mut column: usize, mut text: &'k [u8]) -> bool {
        while let Some(item) = text.strip_prefix(b"- ") {
            let rest = item.trim_ascii_start();
            column += text.len() - rest.len();
            text = rest;
        }
        if text.starts_with(b"#") {
            return false;
        }
        if text.starts_with(b"{") || text.starts_with(b"[") {
            if is_flow(text) && self.dead.is_none_or(|dead| column <= dead) {
                self.leave(column);
                self.dead = None;
                self.flow(text);
            }
            return false;
        }
        let Some((key, value)) = key_and_value(text) else { return is_block_header(text) };
        let value = plain_value(value);
        if self.dead.is_some_and(|dead| column > dead) {
            return is_block_header(value);
        }
        self.leave(column);
        self.open.push((column, self.path.len()));
        let has_flow = is_flow(value);
        let leads_on = self.enter(key, (!value.is_empty() && !is_block_header(value) && !has_flow).then_some(value));
        // A key of no name is as good as none.
        self.dead = (!leads_on && !self.path.is_empty()).then_some(column);
        if has_flow && leads_on {
            self.flow(value);
        }
        is_block_header(value)
    }

    /// Closes the keys at and behind a column.
    fn leave(&mut self, column: usize) {
        while let Some((_, length)) = self.open.pop_if(|&mut (at, _)| at >= column) {
            self.path.truncate(length);
        }
    }

    /// Opens a key and notes it; true where somebody asks for something below it.
    fn enter(&mut self, key: &[u8], scalar: Option<&[u8]>) -> bool {
        if !self.path.is_empty() {
            self.path.push('.');
        }
        self.path.push_str(&String::from_utf8_lossy(key));
        if self.path.len() > MAX_KEY {
            return false;
        }
        let Known { key, leads_on } = self.keys.known(&self.path);
        if self.facts.len() < MAX_FACTS
            && let Some(key) = key
        {
            let value = scalar.map(|scalar| String::from_utf8_lossy(scalar).into());
            self.facts.push(Fact { key, value, line: Some(self.number) });
        }
        leads_on
    }

    /// Reads a flow mapping or list that starts in the line read last, wherever it ends.
    fn flow(&mut self, text: &'k [u8]) {
        let (rest, number, length) = (self.rest, self.number, self.path.len());
        let mut bases = Vec::new();
        let mut is_closed = self.flow_line(text, &mut bases);
        while !is_closed
            && self.spans_lines
            && let Some(line) = self.next_line().filter(|line| !is_marker(line, b"---"))
        {
            is_closed = self.flow_line(line, &mut bases);
        }
        if !is_closed {
            // It is cut off, or was none: then the lines after the first are what they seem.
            self.spans_lines = false;
            (self.rest, self.number) = (rest, number);
        }
        self.path.truncate(length);
    }

    /// Reads to the end of the line, or to where the outermost bracket is closed: then true. `bases` are the lengths of
    /// the path in each open bracket.
    fn flow_line(&mut self, mut text: &[u8], bases: &mut Vec<usize>) -> bool {
        loop {
            text = text.trim_ascii_start();
            let Some(&first) = text.first() else { return false };
            match first {
                b'#' => return false,
                b'{' | b'[' => {
                    bases.push(self.path.len());
                    text = &text[1..];
                }
                b'}' | b']' | b',' => {
                    if first != b',' {
                        bases.pop();
                    }
                    let Some(&base) = bases.last() else { return true };
                    self.path.truncate(base);
                    text = &text[1..];
                }
                _ => {
                    let (key, rest) = flow_scalar(text);
                    text = rest.trim_ascii_start();
                    let Some(value) = text.strip_prefix(b":") else { continue };
                    self.path.truncate(bases.last().copied().unwrap_or(0));
                    text = value.trim_ascii_start();
                    let is_scalar =
                        text.first().is_some_and(|byte| !matches!(byte, b'{' | b'[' | b'}' | b']' | b',' | b'#'));
                    let (scalar, rest) = if is_scalar { flow_scalar(text) } else { (&b""[..], text) };
                    self.enter(key, is_scalar.then_some(scalar));
                    text = rest;
                }
            }
        }
    }
}

/// A flow mapping or list, and not a template's `{{`.
fn is_flow(text: &[u8]) -> bool {
    match text {
        [b'{', b'{' | b'%' | b'#', ..] | [] => false,
        [first, ..] => matches!(first, b'{' | b'['),
    }
}

/// The scalar at the start of a text, and what follows it; never nothing of a text that has a byte.
fn flow_scalar(text: &[u8]) -> (&[u8], &[u8]) {
    if let Some(&quote) = text.first().filter(|&&byte| byte == b'"' || byte == b'\'') {
        let mut end = 1;
        while let Some(&byte) = text.get(end).filter(|&&byte| byte != quote) {
            end += if byte == b'\\' && quote == b'"' { 2 } else { 1 };
        }
        let end = end.min(text.len());
        return (&text[1..end], &text[(end + 1).min(text.len())..]);
    }
    let ends = |at: usize| match text[at] {
        b',' | b'{' | b'}' | b'[' | b']' => true,
        b':' => text.get(at + 1).is_none_or(|&next| next.is_ascii_whitespace() || matches!(next, b',' | b'}' | b']')),
        b'#' => text[at - 1].is_ascii_whitespace(),
        _ => false,
    };
    let end = (1..text.len()).find(|&at| ends(at)).unwrap_or(text.len());
    (text[..end].trim_ascii_end(), &text[end..])
}

/// `key: value` at the start of a line, the key's quotes removed.
fn key_and_value(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let ends_key = |rest: &[u8]| rest.first() == Some(&b':') && rest.get(1).is_none_or(u8::is_ascii_whitespace);
    if let Some(&quote) = text.first().filter(|&&byte| byte == b'"' || byte == b'\'') {
        let end = memchr::memchr(quote, &text[1..])? + 1;
        let rest = text[end + 1..].trim_ascii_start();
        return ends_key(rest).then(|| (&text[1..end], &rest[1..]));
    }
    let end = memchr::memchr_iter(b':', text).find(|&at| ends_key(&text[at..]))?;
    Some((text[..end].trim_ascii_end(), &text[end + 1..]))
}

/// A value without anchor, tag, quotes, comment and a flow mapping's comma.
fn plain_value(value: &[u8]) -> &[u8] {
    let mut value = value.trim_ascii();
    while matches!(value.first(), Some(b'&' | b'!')) {
        let end = memchr::memchr(b' ', value).unwrap_or(value.len());
        value = value[end..].trim_ascii_start();
    }
    match value.first() {
        Some(&quote @ (b'"' | b'\'')) => {
            let body = &value[1..];
            &body[..memchr::memchr(quote, body).unwrap_or(body.len())]
        }
        Some(b'#') => b"",
        _ => value[..memchr::memmem::find(value, b" #").unwrap_or(value.len())].trim_ascii_end(),
    }
}

/// `|`, `>-`, `|2+`: a literal block follows, in which nothing is a key.
fn is_block_header(value: &[u8]) -> bool {
    matches!(value.first(), Some(b'|' | b'>'))
        && value[1..].iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'+' | b'-'))
}

struct JsonScan<'s> {
    keys: &'s Keys,
    facts: &'s mut Facts,
    path: &'s mut String,
    depth: usize,
}

impl JsonScan<'_> {
    fn note(&mut self, value: Option<String>) {
        if self.path.len() <= MAX_KEY
            && self.facts.len() < MAX_FACTS
            && let Some(key) = self.keys.known(self.path).key
            // A list and the mapping in it are one key.
            && (value.is_some() || self.facts.last().is_none_or(|last| last.key != key || last.value.is_some()))
        {
            self.facts.push(Fact { key, value, line: None });
        }
    }

    fn inner(&mut self) -> JsonScan<'_> {
        JsonScan { keys: self.keys, facts: self.facts, path: self.path, depth: self.depth + 1 }
    }
}

impl<'de> DeserializeSeed<'de> for JsonScan<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for JsonScan<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_str<E>(mut self, value: &str) -> Result<(), E> {
        self.note(Some(value.to_owned()));
        Ok(())
    }

    fn visit_bool<E>(mut self, value: bool) -> Result<(), E> {
        self.note(Some(value.to_string()));
        Ok(())
    }

    fn visit_u64<E>(mut self, value: u64) -> Result<(), E> {
        self.note(Some(value.to_string()));
        Ok(())
    }

    fn visit_i64<E>(mut self, value: i64) -> Result<(), E> {
        self.note(Some(value.to_string()));
        Ok(())
    }

    fn visit_f64<E>(mut self, value: f64) -> Result<(), E> {
        self.note(Some(value.to_string()));
        Ok(())
    }

    fn visit_unit<E>(mut self) -> Result<(), E> {
        self.note(None);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<(), A::Error> {
        self.note(None);
        if self.depth >= MAX_DEPTH {
            while items.next_element::<IgnoredAny>()?.is_some() {}
        } else {
            while items.next_element_seed(self.inner())?.is_some() {}
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut entries: A) -> Result<(), A::Error> {
        self.note(None);
        while let Some(key) = entries.next_key::<String>()? {
            if self.depth >= MAX_DEPTH {
                entries.next_value::<IgnoredAny>()?;
                continue;
            }
            let length = self.path.len();
            if length > 0 {
                self.path.push('.');
            }
            self.path.push_str(&key);
            entries.next_value_seed(self.inner())?;
            self.path.truncate(length);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
