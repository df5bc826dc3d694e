//! The names that Python code imports and uses, under the names of the packages they come from.
//!
//! Read as tokens, so that strings and comments say nothing. The tokenizer is our own: a published parser rejects what a
//! bounded read cut off and what a notebook adds (`%time`, `!pip`), and its grammar is a hundred times the work. It never
//! fails, and is linear in its input.

use memchr::{memchr, memchr2, memchr3};
use rustc_hash::{FxHashMap, FxHashSet};

use super::seen::{Seen, shown};

/// Different names kept of one file.
const MAX_NAMES: usize = 512;
/// Longest dotted name, in bytes.
const MAX_LENGTH: usize = 256;
/// Modules of which everything is imported (`from kfp.dsl import *`) that are tried for a name of unknown origin.
const MAX_STARS: usize = 4;

/// A top-level package that some kind asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Package(u32);

/// The packages that the kinds ask for; what comes from any other is skipped unseen.
#[derive(Clone, Debug, Default)]
pub(super) struct Packages {
    known: FxHashMap<Box<[u8]>, Package>,
    names: Vec<Box<str>>,
}

impl Packages {
    pub(super) fn intern(&mut self, name: &str) -> Package {
        if let Some(&known) = self.known.get(name.as_bytes()) {
            return known;
        }
        let new = Package(u32::try_from(self.names.len()).unwrap_or(u32::MAX));
        self.known.insert(name.as_bytes().into(), new);
        self.names.push(name.into());
        new
    }

    /// All of them.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(|name| &**name)
    }

    pub(super) fn name(&self, package: Package) -> &str {
        self.names.get(package.0 as usize).map_or("", |name| name)
    }

    fn of(&self, first: &[u8]) -> Option<Package> {
        self.known.get(first).copied()
    }
}

/// How a name occurs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Role {
    Imported,
    /// Called, a decorator, or the base of a class.
    Used,
}

/// A dotted name of a known package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) package: Package,
    pub(super) full: String,
    pub(super) role: Role,
    pub(super) seen: Seen,
}

/// The names in a Python file.
pub(super) fn of_file(bytes: &[u8], packages: &Packages) -> Vec<Name> {
    let mut names = Names::new(packages);
    names.read(bytes, None);
    names.found
}

/// The names in code cells: the number of each, and its text. What one imports holds in the next.
pub(super) fn of_cells(cells: &[(u32, String)], packages: &Packages) -> Vec<Name> {
    let mut names = Names::new(packages);
    for (number, text) in cells.iter().filter(|(_, text)| is_python(text)) {
        names.read(text.as_bytes(), Some(*number));
    }
    names.found
}

/// False for a cell that a magic of its first line gives to another language (`%%sql`, `%%bash`).
fn is_python(cell: &str) -> bool {
    let Some(magic) = cell.trim_start().strip_prefix("%%") else { return true };
    let name = magic.split(|character: char| !character.is_alphanumeric() && character != '_').next();
    name.is_some_and(|name| matches!(name, "time" | "timeit" | "capture" | "prun" | "python" | "python3" | "pypy"))
}

/// What a local name stands for.
struct Meaning {
    package: Package,
    full: String,
    /// Its import, if that names the very thing and not a module on the way to it.
    import: Option<Seen>,
}

struct Names<'p> {
    packages: &'p Packages,
    meanings: FxHashMap<Vec<u8>, Meaning>,
    stars: Vec<(Package, String)>,
    known: FxHashSet<(Role, String)>,
    found: Vec<Name>,
}

impl<'p> Names<'p> {
    fn new(packages: &'p Packages) -> Self {
        Self {
            packages,
            meanings: FxHashMap::default(),
            stars: Vec::new(),
            known: FxHashSet::default(),
            found: Vec::new(),
        }
    }

    fn read(&mut self, bytes: &[u8], cell: Option<u32>) {
        let mut reader = Reader { tokens: Tokens::new(bytes, cell.is_some()), cell, ahead: None, chain: Vec::new() };
        let mut starts = true;
        while let Some((token, line)) = reader.next() {
            match token {
                Token::Name(b"import") if starts => self.import(&mut reader),
                Token::Name(b"from") if starts => self.from(&mut reader),
                Token::Name(b"class") if starts => self.class(&mut reader),
                // The name that follows is the function's own.
                Token::Name(b"def") => drop(reader.next_if(|token| matches!(token, Token::Name(_)))),
                Token::At if starts => {
                    if let Some((Token::Name(first), line)) = reader.next_if(|token| matches!(token, Token::Name(_))) {
                        reader.read_chain(first);
                        self.used(&reader, line, |written| format!("@{written}"));
                    }
                }
                Token::Name(first) => {
                    reader.read_chain(first);
                    if reader.peek() == Some(Token::Open) {
                        self.used(&reader, line, |written| format!("{written}(…)"));
                    }
                }
                // What follows belongs to something that no import names: `load().predict(x)`.
                Token::Dot => drop(reader.next_if(|token| matches!(token, Token::Name(_)))),
                _ => {}
            }
            starts = token == Token::End;
        }
    }

    /// `import a.b, c as d`
    fn import(&mut self, reader: &mut Reader<'_>) {
        while let Some((Token::Name(first), line)) = reader.next_if(|token| matches!(token, Token::Name(_))) {
            reader.read_chain(first);
            let full = reader.written();
            let alias = reader.alias();
            let text =
                alias.map_or_else(|| format!("import {full}"), |alias| format!("import {full} as {}", lossy(alias)));
            let seen = Seen::at(shown(&text), line, reader.cell);
            let meaning = if alias.is_some() { full.clone() } else { lossy(first).into() };
            self.bind(alias.unwrap_or(first), first, meaning, None);
            self.note(first, full, Role::Imported, seen);
            if reader.next_if(|token| token == Token::Comma).is_none() {
                return;
            }
        }
    }

    /// `from a.b import (c, d as e)`
    fn from(&mut self, reader: &mut Reader<'_>) {
        let is_name = |token| matches!(token, Token::Name(_));
        let Some((Token::Name(first), _)) = reader.next_if(is_name) else { return };
        reader.read_chain(first);
        let module = reader.written();
        if reader.next_if(|token| token == Token::Name(b"import")).is_none() {
            return;
        }
        reader.next_if(|token| token == Token::Open);
        while let Some((token, line)) = reader.next_if(|token| is_name(token) || token == Token::Star) {
            let Token::Name(name) = token else {
                if let Some(package) = self.packages.of(first).filter(|_| self.stars.len() < MAX_STARS) {
                    self.stars.push((package, module.clone()));
                }
                let seen = Seen::at(shown(&format!("from {module} import *")), line, reader.cell);
                self.note(first, module.clone(), Role::Imported, seen);
                return;
            };
            let alias = reader.alias();
            let full = format!("{module}.{}", lossy(name));
            let mut text = format!("from {module} import {}", lossy(name));
            if let Some(alias) = alias {
                text.push_str(" as ");
                text.push_str(&lossy(alias));
            }
            let seen = Seen::at(shown(&text), line, reader.cell);
            self.bind(alias.unwrap_or(name), first, full.clone(), Some(seen.clone()));
            self.note(first, full, Role::Imported, seen);
            if reader.next_if(|token| token == Token::Comma).is_none() {
                return;
            }
        }
    }

    /// `class A(B, c.D):`, whose bases are used. Calls among them are calls like any other.
    fn class(&mut self, reader: &mut Reader<'_>) {
        let is_name = |token| matches!(token, Token::Name(_));
        let Some((Token::Name(class), line)) = reader.next_if(is_name) else { return };
        if reader.next_if(|token| token == Token::Open).is_none() {
            return;
        }
        while let Some((Token::Name(first), _)) = reader.next_if(is_name) {
            reader.read_chain(first);
            self.used(reader, line, |written| format!("class {}({written})", lossy(class)));
            if reader.next_if(|token| token == Token::Comma).is_none() {
                return;
            }
        }
    }

    /// From here on the local name means what was imported, or what nobody asks for.
    fn bind(&mut self, local: &[u8], first: &[u8], full: String, import: Option<Seen>) {
        match self.packages.of(first) {
            Some(package) if full.len() <= MAX_LENGTH && self.meanings.len() < MAX_NAMES => {
                self.meanings.insert(local.to_vec(), Meaning { package, full, import });
            }
            _ if self.meanings.is_empty() => {}
            _ => drop(self.meanings.remove(local)),
        }
    }

    /// Takes the chain that was just read as used, if its first name was imported.
    fn used(&mut self, reader: &Reader<'_>, line: u32, text: impl Fn(&str) -> String) {
        let Some((first, rest)) = reader.chain.split_first() else { return };
        let here = || Seen::at(shown(&text(&reader.written())), line, reader.cell);
        if let Some(meaning) = self.meanings.get(*first) {
            let mut full = meaning.full.clone();
            for name in rest {
                full.push('.');
                full.push_str(&lossy(name));
            }
            let seen = meaning.import.clone().filter(|_| rest.is_empty()).unwrap_or_else(here);
            self.add(meaning.package, full, Role::Used, seen);
        } else if !self.stars.is_empty() {
            for (package, module) in self.stars.clone() {
                self.add(package, format!("{module}.{}", reader.written()), Role::Used, here());
            }
        }
    }

    fn note(&mut self, first: &[u8], full: String, role: Role, seen: Seen) {
        if let Some(package) = self.packages.of(first) {
            self.add(package, full, role, seen);
        }
    }

    fn add(&mut self, package: Package, full: String, role: Role, seen: Seen) {
        if full.len() <= MAX_LENGTH && self.found.len() < MAX_NAMES && self.known.insert((role, full.clone())) {
            self.found.push(Name { package, full, role, seen });
        }
    }
}

fn lossy(name: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(name)
}

/// Tokens with one looked at ahead, and the dotted name read last.
struct Reader<'t> {
    tokens: Tokens<'t>,
    cell: Option<u32>,
    ahead: Option<(Token<'t>, u32)>,
    chain: Vec<&'t [u8]>,
}

impl<'t> Reader<'t> {
    /// The next token and its line.
    fn next(&mut self) -> Option<(Token<'t>, u32)> {
        self.ahead.take().or_else(|| self.tokens.next())
    }

    fn peek(&mut self) -> Option<Token<'t>> {
        if self.ahead.is_none() {
            self.ahead = self.tokens.next();
        }
        self.ahead.map(|(token, _)| token)
    }

    fn next_if(&mut self, wanted: impl Fn(Token<'t>) -> bool) -> Option<(Token<'t>, u32)> {
        self.peek().filter(|&token| wanted(token)).and_then(|_| self.next())
    }

    /// Reads on after the first name of a dotted one.
    fn read_chain(&mut self, first: &'t [u8]) {
        self.chain.clear();
        self.chain.push(first);
        while self.next_if(|token| token == Token::Dot).is_some() {
            let Some((Token::Name(name), _)) = self.next_if(|token| matches!(token, Token::Name(_))) else { return };
            self.chain.push(name);
        }
    }

    fn written(&self) -> String {
        lossy(&self.chain.join(&b'.')).into_owned()
    }

    /// `as name`
    fn alias(&mut self) -> Option<&'t [u8]> {
        self.next_if(|token| token == Token::Name(b"as"))?;
        match self.next_if(|token| matches!(token, Token::Name(_))) {
            Some((Token::Name(name), _)) => Some(name),
            _ => None,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'t> {
    Name(&'t [u8]),
    Dot,
    Comma,
    Star,
    At,
    /// `(`
    Open,
    /// Of a line or of a statement: `;`, and `:` outside of brackets.
    End,
    Other,
}

struct Tokens<'t> {
    bytes: &'t [u8],
    at: usize,
    line: u32,
    /// How many brackets are open; in them a line's end means nothing.
    depth: u32,
    starts_line: bool,
    /// In a notebook's cell, lines that start so are commands: `%time`, `!pip`, `?help`.
    has_magics: bool,
}

impl<'t> Tokens<'t> {
    fn new(bytes: &'t [u8], has_magics: bool) -> Self {
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        Self { bytes, at: 0, line: 1, depth: 0, starts_line: true, has_magics }
    }

    fn next(&mut self) -> Option<(Token<'t>, u32)> {
        loop {
            let &byte = self.bytes.get(self.at)?;
            let line = self.line;
            let starts_line = std::mem::replace(&mut self.starts_line, false);
            match byte {
                b'\n' => {
                    self.at += 1;
                    self.line += 1;
                    self.starts_line = true;
                    if self.depth == 0 {
                        return Some((Token::End, line));
                    }
                }
                b' ' | b'\t' | b'\r' | b'\x0c' => {
                    self.at += 1;
                    self.starts_line = starts_line;
                }
                b'#' => self.skip_line(),
                b'%' | b'!' | b'?' if self.has_magics && starts_line && self.depth == 0 => self.skip_line(),
                b'\\' => self.skip_escape(),
                b'"' | b'\'' => {
                    self.skip_string(byte);
                    return Some((Token::Other, line));
                }
                b'A'..=b'Z' | b'a'..=b'z' | b'_' | 0x80.. => {
                    let name = self.name();
                    // None of them can stand there in brackets (`from` only after a `yield`): one was never closed.
                    let is_statement = match name {
                        b"import" | b"def" | b"class" => starts_line,
                        b"from" => self.bytes[..self.at].ends_with(b"\n"),
                        _ => false,
                    };
                    if self.depth > 0 && is_statement {
                        self.depth = 0;
                        self.starts_line = true;
                        return Some((Token::End, line));
                    }
                    self.at += name.len();
                    match self.bytes.get(self.at) {
                        Some(&quote @ (b'"' | b'\'')) if is_string_prefix(name) => {
                            self.skip_string(quote);
                            return Some((Token::Other, line));
                        }
                        _ => return Some((Token::Name(name), line)),
                    }
                }
                b'0'..=b'9' => {
                    let is_number = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.');
                    self.at += self.bytes[self.at..].iter().take_while(is_number).count();
                    return Some((Token::Other, line));
                }
                _ => {
                    self.at += 1;
                    return Some((self.mark(byte), line));
                }
            }
        }
    }

    fn mark(&mut self, byte: u8) -> Token<'t> {
        match byte {
            b'(' | b'[' | b'{' => {
                self.depth = self.depth.saturating_add(1);
                if byte == b'(' { Token::Open } else { Token::Other }
            }
            b')' | b']' | b'}' => {
                self.depth = self.depth.saturating_sub(1);
                Token::Other
            }
            b'.' => Token::Dot,
            b',' => Token::Comma,
            b'*' => Token::Star,
            b'@' => Token::At,
            b';' | b':' if self.depth == 0 => Token::End,
            _ => Token::Other,
        }
    }

    fn name(&self) -> &'t [u8] {
        let rest = &self.bytes[self.at..];
        let in_name = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'_' || **byte >= 0x80;
        &rest[..rest.iter().take_while(in_name).count()]
    }

    /// To the line's end, which stays.
    fn skip_line(&mut self) {
        self.at = memchr(b'\n', &self.bytes[self.at..]).map_or(self.bytes.len(), |end| self.at + end);
    }

    /// A backslash and what it stands before; it joins lines.
    fn skip_escape(&mut self) {
        let rest = &self.bytes[self.at + 1..];
        let length = if rest.starts_with(b"\r\n") { 2 } else { 1 };
        self.line += u32::from(rest.starts_with(b"\r\n") || rest.starts_with(b"\n"));
        self.at = (self.at + 1 + length).min(self.bytes.len());
    }

    /// A string from its opening quote. One in single quotes ends with its line at the latest, so that a quote too many
    /// (or one inside the braces of an f-string) misleads no further.
    fn skip_string(&mut self, quote: u8) {
        let triple = [quote; 3];
        if !self.bytes[self.at..].starts_with(&triple) {
            self.at += 1;
            while let Some(found) = memchr3(quote, b'\\', b'\n', &self.bytes[self.at..]) {
                self.at += found;
                match self.bytes[self.at] {
                    b'\\' => self.skip_escape(),
                    b'\n' => return,
                    _ => {
                        self.at += 1;
                        return;
                    }
                }
            }
            self.at = self.bytes.len();
            return;
        }
        self.at += 3;
        let start = self.at;
        loop {
            let Some(found) = memchr2(quote, b'\\', &self.bytes[self.at..]) else {
                self.at = self.bytes.len();
                break;
            };
            self.at += found;
            if self.bytes[self.at] == b'\\' {
                self.at = (self.at + 2).min(self.bytes.len());
            } else if self.bytes[self.at..].starts_with(&triple) {
                self.at += 3;
                break;
            } else {
                self.at += 1;
            }
        }
        let lines = memchr::memchr_iter(b'\n', &self.bytes[start..self.at]).count();
        self.line = self.line.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
    }
}

/// `r`, `Rb`, `f`, …
fn is_string_prefix(name: &[u8]) -> bool {
    name.len() <= 2 && name.iter().all(|byte| matches!(byte.to_ascii_lowercase(), b'r' | b'b' | b'u' | b'f' | b't'))
}

#[cfg(test)]
mod tests;
