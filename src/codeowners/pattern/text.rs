//! A pattern as text: one for all ways to write the same.

use super::{Pattern, Segment, Tail, Token, Wild};

impl Pattern {
    /// The pattern in one spelling, whatever its own was: `/docs`, `docs/**`, escapes that say nothing. Two patterns of
    /// one host with the same text mean the same.
    pub fn text(&self) -> String {
        if self.tail == Tail::Nothing {
            return "/".to_owned();
        }
        if self.matches_everything() {
            return "*".to_owned();
        }
        let mut text = String::new();
        // `name` and `name/` start anywhere; with another slash only `**/` says so.
        let segments = match self.segments.as_slice() {
            [Segment::Globstar, only @ (Segment::Literal(_) | Segment::Wild(_))] => {
                write_segment(only, &mut text);
                &[][..]
            }
            [Segment::Globstar, ..] => &self.segments,
            segments => {
                text.push('/');
                segments
            }
        };
        for (at, segment) in segments.iter().enumerate() {
            if at > 0 {
                text.push('/');
            }
            write_segment(segment, &mut text);
        }
        if self.tail == Tail::Below {
            text.push('/');
        }
        text
    }
}

fn write_segment(segment: &Segment, text: &mut String) {
    match segment {
        Segment::Globstar => text.push_str("**"),
        Segment::Literal(literal) => literal.chars().for_each(|character| write_character(character, text)),
        Segment::Wild(Wild(tokens)) => {
            for token in tokens {
                match token {
                    Token::Char(character) => write_character(*character, text),
                    Token::AnyChar => text.push('?'),
                    Token::Star => text.push('*'),
                    Token::Class(class) => {
                        text.push_str(if class.is_negated() { "[^" } else { "[" });
                        for &(first, last) in class.ranges() {
                            write_character(first, text);
                            text.push('-');
                            write_character(last, text);
                        }
                        text.push(']');
                    }
                }
            }
        }
    }
}

fn write_character(character: char, text: &mut String) {
    if character.is_ascii_whitespace() || matches!(character, '*' | '?' | '[' | ']' | '\\' | '#' | '!') {
        text.push('\\');
    }
    text.push(character);
}

#[cfg(test)]
mod tests {
    use crate::codeowners::Pattern;

    #[test]
    fn what_means_the_same_is_spelt_the_same() {
        let text = |pattern: &str| Pattern::github(pattern).unwrap().text();
        for (text_of, patterns) in [
            ("*", &["*", "**", "/**"][..]),
            ("/docs/", &["/docs/", "/docs/**", "/docs/**/*", "/docs/**/**"]),
            ("/docs/a", &["docs/a", "/docs/a", r"/do\cs/a"]),
            ("docs/", &["docs/", "**/docs/"]),
            ("*.py", &["*.py", "**/*.py", "**.py"]),
            ("/docs/*", &["docs/*", "/docs/*"]),
            ("**/a/b", &["**/a/b", "**/**/a/b"]),
            (r"/my\ file\*", &[r"/my\ file\*"]),
        ] {
            for pattern in patterns {
                assert_eq!(text(pattern), text_of, "{pattern}");
            }
        }
    }

    #[test]
    fn the_spelling_means_what_the_pattern_does() {
        for pattern in
            ["a", "/a", "a/", "/a/", "a/b", "a/*", "*", "**/a/b/", "a/**/b", "?x*", r"/\*\ \?", "/", "/*", "f*"]
        {
            let pattern = Pattern::github(pattern).unwrap();
            assert_eq!(Pattern::github(&pattern.text()).unwrap(), pattern, "{}", pattern.text());
        }
    }

    #[test]
    fn classes_of_gitlab_are_told_apart() {
        let text = |pattern: &str| Pattern::gitlab(pattern).text();
        assert_eq!(text("/[ab]/x"), text("/[ba]/x"));
        assert_ne!(text("/[ab]/x"), text("/[^ab]/x"));
        assert_ne!(text("/[ab]/x"), text(r"/\[ab\]/x"));
    }
}
