//! The one place where untrusted text becomes printable.
//!
//! Paths, owners, comments and policy strings come from strangers. Before any of them reaches a terminal or a log, each
//! character that would move the cursor, change colours, reverse the reading order or not show at all becomes a visible
//! one of one column. Nothing is dropped: two texts that differ still look different, and spans hold.

use std::borrow::Cow;

use unicode_width::UnicodeWidthChar;

/// Stands for a character that shows nothing or acts on its neighbours: C1 controls, bidirectional and zero-width ones.
const HIDDEN: char = '\u{2426}';
/// Stands for a space that is not U+0020 and looks as if it were.
const ODD_SPACE: char = '\u{237D}';
/// Stands for each byte that is not UTF-8.
const BAD_BYTE: char = char::REPLACEMENT_CHARACTER;
/// Combining marks that one character may carry; scripts need up to four, more of them paint over other lines.
const MARKS: u8 = 4;

/// One line: tabs become spaces, line feeds `␊`, other controls and invisible characters a glyph each.
pub fn text(text: &str) -> Cow<'_, str> {
    clean_str(text, Mode::OneLine)
}

/// Like [`text`], but line feeds stay.
pub fn lines(text: &str) -> Cow<'_, str> {
    clean_str(text, Mode::Lines)
}

/// Like [`text`], for bytes that may not be UTF-8: each bad byte becomes one `�`.
pub fn bytes(bytes: &[u8]) -> String {
    Cleaned::new(bytes, Mode::OneLine).text
}

/// Like [`bytes`], for a piece of a source: line feeds and tabs stay, and byte offsets can be carried over.
pub fn source(bytes: &[u8]) -> Cleaned {
    Cleaned::new(bytes, Mode::Source)
}

/// True for a character that must not reach a terminal as it is; formats with escapes of their own (JSON) use them.
pub fn is_hidden(character: char) -> bool {
    glyph(character).is_some()
}

/// Breaks what GitHub's runner would take for a command in the output of a step: `##[` anywhere in a line, and `::` at
/// its start (colour sequences and blanks skipped). Widths stay.
///
/// Source: `ActionCommand.cs` of the runner; the second form is in "Workflow commands" of GitHub's documentation.
pub fn github_safe(text: &str) -> Cow<'_, str> {
    if !text.contains("##[") && !text.contains("::") {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for line in text.split_inclusive('\n') {
        let start = line.len() - without_lead(line).len();
        let (lead, rest) = line.split_at(start);
        safe.push_str(lead);
        match rest.strip_prefix("::") {
            Some(rest) => safe.push_str(&format!("\u{2236}:{rest}").replace("##[", "##\u{2045}")),
            None => safe.push_str(&rest.replace("##[", "##\u{2045}")),
        }
    }
    Cow::Owned(safe)
}

/// For terminals that are not UTF-8: every other character becomes as many `?` as it has columns, at least one. The
/// bytes of UTF-8 would be control characters to such a terminal.
pub fn ascii(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\0'..='\x7f' => plain.push(character),
            _ => plain.extend(std::iter::repeat_n('?', character.width().unwrap_or(1).max(1))),
        }
    }
    Cow::Owned(plain)
}

/// Text made printable, and where its characters went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cleaned {
    /// The printable text.
    pub text: String,
    /// Where the distance between old and new offsets changes, ascending.
    steps: Vec<Step>,
}

/// From offset `old` on, the text continues at `new`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Step {
    old: usize,
    new: usize,
    /// Inside a character that a glyph of another length stands for: all its bytes are at `new`.
    within: bool,
}

impl Cleaned {
    fn new(bytes: &[u8], mode: Mode) -> Self {
        let mut cleaned = Self { text: String::with_capacity(bytes.len()), steps: Vec::new() };
        let mut judge = Cleaner::new(mode);
        let mut old = 0;
        for chunk in bytes.utf8_chunks() {
            for character in chunk.valid().chars() {
                cleaned.push(old, character.len_utf8(), judge.next(character));
                old += character.len_utf8();
            }
            for _ in chunk.invalid() {
                cleaned.push(old, 1, judge.bad_byte());
                old += 1;
            }
        }
        cleaned
    }

    fn push(&mut self, old: usize, width: usize, character: char) {
        let new = self.text.len();
        self.text.push(character);
        if width != character.len_utf8() {
            self.steps.push(Step { old, new, within: true });
            self.steps.push(Step { old: old + width, new: self.text.len(), within: false });
        }
    }

    /// Where byte `old` of the input is in [`Self::text`]: always a character's start, or the end of the text.
    pub fn offset(&self, old: usize) -> usize {
        let after = self.steps.partition_point(|step| step.old <= old);
        let step = after.checked_sub(1).map_or(Step { old: 0, new: 0, within: false }, |last| self.steps[last]);
        let mut new = if step.within { step.new } else { (step.new + (old - step.old)).min(self.text.len()) };
        while !self.text.is_char_boundary(new) {
            new -= 1;
        }
        new
    }
}

/// Which white space stays.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    OneLine,
    Lines,
    Source,
}

/// Decides character by character; some depend on what stands before them.
struct Cleaner {
    mode: Mode,
    previous: char,
    marks: u8,
}

impl Cleaner {
    fn new(mode: Mode) -> Self {
        Self { mode, previous: ' ', marks: 0 }
    }

    fn next(&mut self, character: char) -> char {
        let shown = self.shown(character);
        self.previous = character;
        shown
    }

    fn bad_byte(&mut self) -> char {
        self.next(BAD_BYTE)
    }

    fn shown(&mut self, character: char) -> char {
        if matches!(character, ' '..='~') {
            self.marks = 0;
            return character;
        }
        match (character, self.mode) {
            ('\n', Mode::Lines | Mode::Source) | ('\t', Mode::Source) => return character,
            ('\t', _) => return ' ',
            // Emoji presentation: one after a character that can have one.
            ('\u{FE0E}' | '\u{FE0F}', _) if !self.previous.is_ascii() && !is_hidden(self.previous) => {
                return character;
            }
            _ => {}
        }
        if let Some(glyph) = glyph(character) {
            return glyph;
        }
        if character.width() == Some(0) {
            self.marks = self.marks.saturating_add(1);
            return if self.marks > MARKS { HIDDEN } else { character };
        }
        self.marks = 0;
        character
    }
}

fn clean_str(text: &str, mode: Mode) -> Cow<'_, str> {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Cow::Borrowed(text);
    }
    let mut cleaner = Cleaner::new(mode);
    let shown: String = text.chars().map(|character| cleaner.next(character)).collect();
    if shown == text { Cow::Borrowed(text) } else { Cow::Owned(shown) }
}

/// The visible character that stands for a hidden one; all have one column.
fn glyph(character: char) -> Option<char> {
    match character {
        // "Control Pictures" has one for each of C0, in the same order.
        '\0'..='\x1f' => char::from_u32(0x2400 + u32::from(character)),
        '\x7f' => Some('\u{2421}'),
        '\u{A0}' | '\u{1680}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' => Some(ODD_SPACE),
        // C1, then Unicode's Default_Ignorable_Code_Point with the line and paragraph separators and annotations.
        '\u{80}'..='\u{9F}'
        | '\u{AD}'
        | '\u{34F}'
        | '\u{61C}'
        | '\u{115F}'..='\u{1160}'
        | '\u{17B4}'..='\u{17B5}'
        | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200F}'
        | '\u{2028}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}'
        | '\u{3164}'
        | '\u{FE00}'..='\u{FE0F}'
        | '\u{FEFF}'
        | '\u{FFA0}'
        | '\u{FFF0}'..='\u{FFFB}'
        | '\u{FFFE}'..='\u{FFFF}'
        | '\u{1BCA0}'..='\u{1BCA3}'
        | '\u{1D173}'..='\u{1D17A}'
        | '\u{E0000}'..='\u{E0FFF}' => Some(HIDDEN),
        _ => None,
    }
}

/// The line from its first character that is neither blank nor part of a colour sequence.
fn without_lead(line: &str) -> &str {
    let mut rest = line.trim_start();
    while let Some(sequence) = rest.strip_prefix("\x1b[") {
        let Some(end) = sequence.find('m') else { break };
        rest = sequence[end + 1..].trim_start();
    }
    rest
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_width::UnicodeWidthStr;

    use super::*;

    #[test]
    fn controls_become_glyphs_of_one_column() {
        for (hostile, shown) in [
            ("a\x1b[31mred", "a␛[31mred"),
            ("\x1b]8;;https://evil.example\x07", "␛]8;;https://evil.example␇"),
            ("over\rwritten", "over␍written"),
            ("two\nlines", "two␊lines"),
            ("a\tb", "a b"),
            ("\x7f\u{9b}2J", "␡␦2J"),
            ("gpj.\u{202e}exe", "gpj.␦exe"),
            ("\u{2066}x\u{2069}\u{200e}\u{61c}", "␦x␦␦␦"),
            ("zero\u{200b}width\u{feff}", "zero␦width␦"),
            ("\u{2028}\u{2029}", "␦␦"),
            ("tag\u{e0041}", "tag␦"),
            ("no\u{fffe}character\u{ffff}", "no␦character␦"),
            ("/models/\u{a0}@ana", "/models/⍽@ana"),
            ("a\u{fe0f}b", "a␦b"),
            ("plain, größer, 模型 ⚠\u{fe0f}", "plain, größer, 模型 ⚠\u{fe0f}"),
        ] {
            assert_eq!(text(hostile), shown);
            assert_eq!(bytes(hostile.as_bytes()), shown);
        }
    }

    #[test]
    fn a_character_carries_few_marks() {
        let hostile = format!("a{}b", "\u{301}".repeat(6));
        assert_eq!(text(&hostile), format!("a{}␦␦b", "\u{301}".repeat(4)));
    }

    #[test]
    fn lines_keep_line_feeds_only() {
        assert_eq!(lines("a\n\tb\r\n\x07"), "a\n b␍\n␇");
    }

    #[test]
    fn each_bad_byte_is_one_character() {
        assert_eq!(bytes(b"caf\xe9/\xe2\x82.onnx"), "caf�/��.onnx");
    }

    #[test]
    fn offsets_follow_their_characters() {
        let cleaned = source(b"\x1b\xffa\xc3\xa9\tb\xf3\xa0\x81\x81c");
        assert_eq!(cleaned.text, "␛�aé\tb␦c");
        let at = |old| &cleaned.text[cleaned.offset(old)..];
        assert_eq!(at(1), "�aé\tb␦c");
        assert_eq!(at(2), "aé\tb␦c");
        assert_eq!(at(4), "é\tb␦c", "inside a character is its start");
        assert_eq!(at(7), "␦c");
        assert_eq!(at(9), "␦c");
        assert_eq!(at(11), "c");
        assert_eq!(at(99), "");
    }

    #[test]
    fn the_runner_sees_no_command() {
        assert_eq!(github_safe("a ##[error]x ###[x"), "a ##⁅error]x ###⁅x");
        assert_eq!(github_safe("x\n  ::error::pwned"), "x\n  ∶:error::pwned");
        assert_eq!(github_safe("\x1b[1m ::x ##[y\n"), "\x1b[1m ∶:x ##⁅y\n");
        assert_eq!(github_safe("a::b"), "a::b");
    }

    #[test]
    fn ascii_keeps_columns_and_drops_nothing() {
        assert_eq!(ascii("é 模 x"), "? ?? x");
        assert_eq!(ascii(&github_safe("##\u{301}[error]")), "##?[error]", "a dropped mark would make a command");
    }

    proptest! {
        #[test]
        fn nothing_hidden_is_left(input in any::<Vec<u8>>()) {
            let shown = bytes(&input);
            let hidden = shown.chars().any(|c| is_hidden(c) && !matches!(c, '\u{fe0e}' | '\u{fe0f}'));
            prop_assert!(!hidden, "{}", shown);
            prop_assert!(source(&input).text.chars().all(|c| !c.is_control() || matches!(c, '\t' | '\n')));
        }

        #[test]
        fn offsets_count_characters(input in "\\PC*[\u{0}-\u{ff}\u{202a}-\u{202e}]*\\PC*") {
            let cleaned = source(input.as_bytes());
            for (count, (at, _)) in input.char_indices().enumerate() {
                prop_assert_eq!(cleaned.text[..cleaned.offset(at)].chars().count(), count);
            }
        }

        #[test]
        fn widths_never_vanish(input in "[\u{0}-\u{ff}\u{2000}-\u{206f}]*") {
            let shown = text(&input);
            prop_assert_eq!(shown.width(), input.chars().count());
        }
    }
}
