//! What follows an opening parenthesis.

use super::{Around, Before, DEEPEST, Frame, Kind, Parser, Result};
use crate::codeowners::regular::Syntax;

impl Parser<'_> {
    /// Opens a group, or reads what only looks like one.
    pub(super) fn open(&mut self, start: usize) -> Result<Before> {
        if !self.take("?") {
            self.enter(start, None, self.flags)?;
            return Ok(Before::Piece);
        }
        match self.syntax {
            Syntax::Go => self.go_group(start)?,
            Syntax::Regexp2 => return self.regexp2_group(start),
        }
        Ok(Before::Piece)
    }

    fn enter(&mut self, start: usize, around: Option<Around>, flags: super::Flags) -> Result<()> {
        if self.frames.len() > DEEPEST {
            return Err(self.undecided("a deep nest", start));
        }
        self.frames.push(Frame { start, around, flags: self.flags, ..Frame::default() });
        self.flags = flags;
        Ok(())
    }

    fn go_group(&mut self, start: usize) -> Result<()> {
        if self.rest().starts_with("P<") || self.rest().starts_with('<') {
            let inner = self.at + self.rest().find('<').map_or(0, |at| at + 1);
            let Some(length) = self.text[inner..].find('>') else {
                self.at = self.text.len();
                return self.fail(Kind::BadGroup, start);
            };
            self.at = inner + length + 1;
            let name = &self.text[inner..inner + length];
            if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
                return self.fail(Kind::BadGroup, start);
            }
            return self.enter(start, None, self.flags);
        }
        let mut flags = self.flags;
        // `None` before a minus; behind it, whether a flag was named.
        let mut minus: Option<bool> = None;
        while let Some(character) = self.next() {
            let on = minus.is_none();
            match character {
                'i' => flags.fold = on,
                'm' => flags.lines = on,
                's' => flags.dot_all = on,
                'U' => {}
                '-' if on => {
                    minus = Some(false);
                    continue;
                }
                ':' | ')' if minus != Some(false) => {
                    if character == ':' {
                        return self.enter(start, None, flags);
                    }
                    self.flags = flags;
                    return Ok(());
                }
                _ => break,
            }
            minus = minus.map(|_| true);
        }
        self.fail(Kind::BadGroup, start)
    }

    fn regexp2_group(&mut self, start: usize) -> Result<Before> {
        let arounds = [("=", true, false), ("!", true, true), ("<=", false, false), ("<!", false, true)];
        if let Some((_, ahead, negative)) = arounds.into_iter().find(|(sign, ..)| self.take(sign)) {
            if self.frames.iter().any(|frame| frame.around.is_some()) {
                return Err(self.undecided("look-around within look-around", start));
            }
            self.enter(start, Some(Around { ahead, negative }), self.flags)?;
            return Ok(Before::Piece);
        }
        if self.take("#") {
            // A comment is as good as not there.
            let Some(length) = self.rest().find(')') else { return self.fail(Kind::BadGroup, start) };
            self.at += length + 1;
            // Between a repetition and the `?` that makes it lazy, too.
            if self.before == Before::Repetition && self.peek() == Some('?') {
                return Err(self.undecided("a comment behind a repetition", start));
            }
            return Ok(self.before);
        }
        match self.peek() {
            Some(')') => return self.fail(Kind::NothingToRepeat, start),
            Some(':') => {
                self.at += 1;
                self.enter(start, None, self.flags)?;
            }
            Some('>') => return Err(self.undecided("a group that never gives back", start)),
            Some('(') => return Err(self.undecided("a condition", start)),
            Some(quote @ ('<' | '\'')) => {
                self.at += 1;
                self.regexp2_name(start, if quote == '<' { '>' } else { quote })?;
                self.enter(start, None, self.flags)?;
            }
            _ => return self.regexp2_flags(start),
        }
        Ok(Before::Piece)
    }

    fn regexp2_name(&mut self, start: usize, close: char) -> Result<()> {
        let Some(length) = self.rest().find(close) else { return self.fail(Kind::BadGroup, start) };
        let name = &self.rest()[..length];
        let plain = |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let starts_with_digit = name.starts_with(|first: char| first.is_ascii_digit());
        let decided = plain(name) && !starts_with_digit;
        let is_empty = name.is_empty();
        self.at += length + close.len_utf8();
        if is_empty {
            return self.fail(Kind::BadGroup, start);
        }
        // Numbers, groups that balance others, letters of other alphabets.
        if decided { Ok(()) } else { Err(self.undecided("an unusual name of a group", start)) }
    }

    fn regexp2_flags(&mut self, start: usize) -> Result<Before> {
        let mut flags = self.flags;
        let mut on = true;
        while let Some(character) = self.next() {
            match character.to_ascii_lowercase() {
                '-' => on = false,
                '+' => on = true,
                'i' => flags.fold = on,
                'm' => flags.lines = on,
                's' => flags.dot_all = on,
                'n' | 'x' | 'd' | 'u' => return Err(self.undecided("an unusual option", start)),
                ':' => {
                    self.enter(start, None, flags)?;
                    return Ok(Before::Piece);
                }
                ')' => {
                    self.flags = flags;
                    return Ok(Before::Option);
                }
                _ => break,
            }
        }
        self.fail(Kind::BadGroup, start)
    }
}
