//! What follows a backslash.

use super::super::node::{Class, Item, Look, Named, Node};
use super::super::unicode::{DIGIT, SPACE, WORD, may_be_property, property};
use super::{Kind, Parser, Result};
use crate::codeowners::regular::Syntax;

impl Parser<'_> {
    /// Reads an escape outside brackets, its backslash already taken.
    pub(super) fn escape(&mut self, start: usize) -> Result<()> {
        let look = match (self.peek(), self.syntax) {
            (Some('A'), _) => Some(Look::Start),
            (Some('b'), _) => Some(Look::Word(self.words())),
            (Some('B'), _) => Some(Look::NotWord(self.words())),
            // In `regexp2` this is `$`, and `\z` is not.
            (Some('z'), Syntax::Go) | (Some('Z'), Syntax::Regexp2) => Some(Look::End),
            (Some('z' | 'G'), Syntax::Regexp2) => {
                self.at += 1;
                return Err(self.undecided("`\\z` or `\\G`", start));
            }
            _ => None,
        };
        if let Some(look) = look {
            self.at += 1;
            self.push(Node::Look(look));
            return Ok(());
        }
        if self.syntax == Syntax::Go && self.take("Q") {
            self.quoted();
            return Ok(());
        }
        if let Some(item) = self.named(start)? {
            let class = Class::of(item, self.fold());
            self.check_class(&class, start)?;
            self.push(Node::Class(class));
            return Ok(());
        }
        let code = self.code(start)?;
        match char::from_u32(code) {
            Some(character) => self.literal(character),
            // Half of a surrogate pair: in no text.
            None => self.push(Node::Class(Class::of(Item::Range(code, code), self.fold()))),
        }
        Ok(())
    }

    /// `\Q…\E`, or to the end.
    fn quoted(&mut self) {
        let rest = self.rest();
        let (length, skip) = rest.find("\\E").map_or((rest.len(), 0), |at| (at, 2));
        let text = rest[..length].to_owned();
        for character in text.chars() {
            self.literal(character);
        }
        self.at += length + skip;
    }

    /// `\d`, `\pL` and their like, backslash already taken; `None` where it is something else.
    pub(super) fn named(&mut self, start: usize) -> Result<Option<Item>> {
        let Some(letter) = self.peek().filter(|letter| "dDsSwWpP".contains(*letter)) else { return Ok(None) };
        self.sets += 1;
        self.has_negated_set |= letter.is_ascii_uppercase();
        let set = match (letter.to_ascii_lowercase(), self.syntax) {
            ('d', Syntax::Go) => Named::Ascii(DIGIT),
            ('s', Syntax::Go) => Named::Ascii(SPACE),
            ('w', Syntax::Go) => Named::Ascii(WORD),
            ('d', Syntax::Regexp2) => Named::Category("Nd"),
            ('s', Syntax::Regexp2) => Named::Space,
            ('w', Syntax::Regexp2) => Named::Word,
            ('p', _) => return self.unicode(start).map(Some),
            _ => return Ok(None),
        };
        self.at += 1;
        Ok(Some(Item::Named(set, letter.is_ascii_uppercase())))
    }

    fn unicode(&mut self, start: usize) -> Result<Item> {
        let mut negated = self.next() == Some('P');
        let name = match self.next() {
            None => return self.fail(Kind::BadClass, start),
            Some('{') => {
                let Some(length) = self.rest().find('}') else {
                    self.at = self.text.len();
                    return self.fail(Kind::BadClass, start);
                };
                let name = &self.text[self.at..self.at + length];
                self.at += length + 1;
                name
            }
            Some(letter) => &self.text[self.at - letter.len_utf8()..self.at],
        };
        let name = match (name.strip_prefix('^'), self.syntax) {
            (Some(name), Syntax::Go) => {
                negated = !negated;
                name
            }
            (Some(_), Syntax::Regexp2) => return self.fail(Kind::BadClass, start),
            (None, _) => name,
        };
        match property(name) {
            Some(set) => Ok(Item::Named(set, negated)),
            None if name == "Any" && self.syntax == Syntax::Go => Ok(Item::Named(Named::Any, negated)),
            None if may_be_property(name) || matches!(name.to_ascii_lowercase().as_str(), "any" | "assigned") => {
                Err(self.undecided("a class that not every version of the host knows", start))
            }
            None => self.fail(Kind::BadClass, start),
        }
    }

    /// An escape that stands for one code point, backslash already taken.
    pub(super) fn code(&mut self, start: usize) -> Result<u32> {
        let Some(character) = self.next() else { return self.fail(Kind::BadEscape, start) };
        let is_go = self.syntax == Syntax::Go;
        Ok(match character {
            '0'..='7' => return self.octal(start, character),
            'x' => return self.hex(start),
            'a' => 0x07,
            'f' => 0x0c,
            'n' => 0x0a,
            'r' => 0x0d,
            't' => 0x09,
            'v' => 0x0b,
            '_' if !is_go => return self.fail(Kind::BadEscape, start),
            'e' if !is_go => 0x1b,
            '8' | '9' | 'k' | '<' | '\'' if !is_go => return Err(self.undecided("a back-reference", start)),
            'u' | 'c' if !is_go => return Err(self.undecided("`\\u` or `\\c`", start)),
            other if other.is_ascii_punctuation() || other.is_ascii_control() || other == ' ' => u32::from(other),
            other if !is_go && !other.is_ascii() => return Err(self.undecided("an escaped letter", start)),
            _ => return self.fail(Kind::BadEscape, start),
        })
    }

    fn octal(&mut self, start: usize, first: char) -> Result<u32> {
        let more = self.rest().bytes().take_while(|byte| matches!(byte, b'0'..=b'7')).take(2).count();
        if first != '0' {
            match self.syntax {
                Syntax::Go if more == 0 => return self.fail(Kind::BadEscape, start),
                Syntax::Go => {}
                Syntax::Regexp2 => return Err(self.undecided("a back-reference", start)),
            }
        }
        let digits = &self.text[self.at - 1..self.at + more];
        let code = u32::from_str_radix(digits, 8).unwrap_or_default();
        self.at += more;
        Ok(code)
    }

    fn hex(&mut self, start: usize) -> Result<u32> {
        let digits = if self.take("{") {
            let Some(length) = self.rest().find('}') else { return self.fail(Kind::BadEscape, start) };
            let digits = &self.text[self.at..self.at + length];
            self.at += length + 1;
            digits
        } else {
            let two = self.rest().chars().take(2).map(char::len_utf8).sum::<usize>();
            let digits = &self.text[self.at..self.at + two];
            self.at += two;
            if digits.len() < 2 { "" } else { digits }
        };
        let is_hex = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let significant = digits.trim_start_matches('0');
        let code = if significant.is_empty() { Ok(0) } else { u32::from_str_radix(significant, 16) };
        match code {
            Ok(code) if is_hex && code <= u32::from(char::MAX) => Ok(code),
            _ => self.fail(Kind::BadEscape, start),
        }
    }
}
