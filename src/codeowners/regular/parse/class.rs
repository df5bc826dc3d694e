//! What stands in brackets.

use super::super::node::{Class, Fold, Item, Named};
use super::super::unicode::POSIX;
use super::{Kind, Parser, Result};
use crate::codeowners::regular::Syntax;

impl Parser<'_> {
    /// Reads a class, its bracket already taken.
    pub(super) fn class(&mut self, start: usize) -> Result<Class> {
        let negated = self.take("^");
        let mut items = Vec::new();
        let mut is_first = true;
        loop {
            match self.peek() {
                None => return self.fail(Kind::MissingBracket, start),
                Some(']') if !is_first => break,
                _ => {}
            }
            if let Some(item) = self.posix(start)? {
                items.push(item);
            } else if self.syntax == Syntax::Regexp2 && !is_first && self.rest().starts_with("-[") {
                return Err(self.undecided("a class less another", start));
            } else {
                self.item(start, &mut items)?;
            }
            is_first = false;
        }
        self.at += 1;
        let class = Class { items: items.into(), negated, fold: self.fold() };
        self.check_class(&class, start)?;
        Ok(class)
    }

    /// A set by name, a character, or a range.
    fn item(&mut self, start: usize, items: &mut Vec<Item>) -> Result<()> {
        let from = self.at;
        if self.rest().starts_with('\\') {
            self.at += 1;
            if let Some(item) = self.named(from)? {
                items.push(item);
                return Ok(());
            }
            self.at -= 1;
        }
        let least = self.class_character(start)?;
        let mut bytes = self.rest().bytes();
        let is_range = bytes.next() == Some(b'-') && !matches!(bytes.next(), None | Some(b']'));
        if !is_range {
            items.push(Item::Range(least, least));
            return Ok(());
        }
        if self.syntax == Syntax::Regexp2 && self.dash_is_read_differently(from) {
            return Err(self.undecided("an escaped hyphen or a bracket beside a range", start));
        }
        self.at += 1;
        let most = self.class_character(start)?;
        if most < least {
            return self.fail(Kind::BadClass, from);
        }
        items.push(Item::Range(least, most));
        Ok(())
    }

    /// `regexp2` never starts a range with `\-` nor ends one with it, and a bracket behind a hyphen opens a class.
    fn dash_is_read_differently(&self, from: usize) -> bool {
        let behind = &self.rest()[1..];
        self.text[from..].starts_with("\\-") || behind.starts_with("\\-") || behind.starts_with('[')
    }

    fn class_character(&mut self, start: usize) -> Result<u32> {
        let from = self.at;
        match self.next() {
            None => self.fail(Kind::MissingBracket, start),
            Some('\\') if self.syntax == Syntax::Regexp2 && self.take("b") => Ok(0x08),
            Some('\\') => self.code(from),
            Some(character) => Ok(u32::from(character)),
        }
    }

    /// `[:alpha:]`
    fn posix(&mut self, start: usize) -> Result<Option<Item>> {
        if !self.rest().starts_with("[:") {
            return Ok(None);
        }
        if self.syntax == Syntax::Regexp2 {
            return Err(self.undecided("`[:` within a class", start));
        }
        let from = self.at;
        let Some(length) = self.rest()[2..].find(":]") else { return Ok(None) };
        let name = &self.text[from + 2..from + 2 + length];
        self.at += length + 4;
        let (name, negated) = name.strip_prefix('^').map_or((name, false), |name| (name, true));
        match POSIX.iter().find(|(known, _)| *known == name) {
            Some((_, set)) => Ok(Some(Item::Named(Named::Ascii(set), negated))),
            None => self.fail(Kind::BadClass, from),
        }
    }

    /// How `regexp2` folds a class depends on how it is written.
    pub(super) fn check_class(&self, class: &Class, start: usize) -> Result<()> {
        let is_plain = |item: &Item| matches!(item, Item::Range(least, most) if least == most && *least < 0x80);
        if class.fold == Fold::Lower && (class.negated || !class.items.iter().all(is_plain)) {
            return Err(self.undecided("a class without regard to case", start));
        }
        Ok(())
    }
}
