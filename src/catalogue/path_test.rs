//! A pattern that names files, compiled so that most paths are refused at a glance.

use crate::codeowners::{Pattern, Segment, Tail, Token, Wild};

/// A pattern that names files, made for quick refusal.
#[derive(Clone, Debug)]
pub(super) struct PathTest {
    /// The pattern as written.
    pub text: Box<str>,
    /// Where its directories are more than "anywhere": the whole pattern.
    pattern: Option<Pattern>,
    base: Base,
}

/// What a pattern says of one segment.
#[derive(Clone, Debug)]
pub(super) enum Base {
    Exact(Box<[u8]>),
    /// Starts and ends so, and is as long as both.
    Around {
        prefix: Box<[u8]>,
        suffix: Box<[u8]>,
        middle: Middle,
    },
}

/// What a pattern says of a segment between its start and its end.
#[derive(Clone, Debug)]
pub(super) enum Middle {
    /// `*`
    Any,
    /// `*text*`
    Holds(Box<[u8]>),
    /// Anything more: the whole segment.
    Wild(Wild),
}

/// How narrow a pattern is; the greater is the more specific, and a contained pattern never counts as less.
pub(super) type Narrowness = (bool, usize, usize);

impl PathTest {
    /// Reads a pattern that names files: it starts with `/` or `**/`, or has no slash. Gives any other back.
    pub(super) fn new(text: String) -> Result<Self, String> {
        if let Some(base) = Base::of_plain_name(&text) {
            return Ok(Self { text: text.into(), pattern: None, base });
        }
        match Self::compile(&text) {
            Some((pattern, base)) => Ok(Self { text: text.into(), pattern, base }),
            None => Err(text),
        }
    }

    fn compile(text: &str) -> Option<(Option<Pattern>, Base)> {
        let says_where_it_starts = !text.contains('/') || text.starts_with('/') || text.starts_with("**/");
        let mut pattern = Pattern::github(text).ok().filter(|_| says_where_it_starts)?;
        if matches!(pattern.tail, Tail::Below | Tail::Nothing) {
            return None;
        }
        // A kind is told by a file's name: what stands below a directory of that name is something else.
        pattern.tail = Tail::Exact;
        let base = match pattern.segments.last()? {
            Segment::Literal(name) => Base::Exact(name.as_bytes().into()),
            Segment::Wild(wild) => Base::of(wild),
            Segment::Globstar => return None,
        };
        let anywhere = matches!(pattern.segments.as_slice(), [Segment::Globstar, _]);
        Some(((!anywhere).then_some(pattern), base))
    }

    pub(super) fn narrowness(&self) -> Narrowness {
        let (exact, base) = match &self.base {
            Base::Exact(name) => (true, name.len()),
            Base::Around { prefix, suffix, middle } => {
                let length = match middle {
                    Middle::Any => prefix.len() + suffix.len(),
                    Middle::Holds(text) => prefix.len() + text.len() + suffix.len(),
                    Middle::Wild(wild) => wild.0.iter().filter(|token| **token != Token::Star).count(),
                };
                (false, length)
            }
        };
        let directories = self.pattern.iter().flat_map(|pattern| &pattern.segments).map(|segment| match segment {
            Segment::Globstar => 0,
            Segment::Literal(name) => name.len() + 1,
            Segment::Wild(wild) => wild.0.iter().filter(|token| **token != Token::Star).count() + 1,
        });
        // The last segment is counted once by itself and once here, for all patterns alike.
        (exact, base + directories.sum::<usize>(), usize::from(self.pattern.is_some()))
    }

    /// Whether the path, whose base name is `name`, matches.
    pub(super) fn matches(&self, path: &[u8], name: &[u8]) -> bool {
        self.base.matches(name) && self.pattern.as_ref().is_none_or(|pattern| pattern.matches(path))
    }

    /// What the pattern says of the name.
    pub(super) fn base(&self) -> &Base {
        &self.base
    }

    /// A text that every matching name holds; may be empty.
    pub(super) fn held(&self) -> Box<[u8]> {
        self.base.held()
    }

    /// True where the pattern says nothing of the directories.
    pub(super) fn is_anywhere(&self) -> bool {
        self.pattern.is_none()
    }

    /// The names of directories that it asks for.
    pub(super) fn directory_names(&self) -> impl Iterator<Item = &str> {
        let segments = self.pattern.as_ref().map_or(&[][..], |pattern| &pattern.segments);
        segments[..segments.len().saturating_sub(1)].iter().filter_map(|segment| match segment {
            Segment::Literal(name) => Some(&**name),
            _ => None,
        })
    }
}

impl Base {
    /// Of a pattern without a slash, an escape, or anything but plain letters between at most two stars: what nearly
    /// all of them are, read without compiling a pattern. `None` for any other.
    fn of_plain_name(text: &str) -> Option<Self> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
        if text == "*" || !text.bytes().all(|byte| plain(byte) || byte == b'*') {
            return None;
        }
        let bytes = |part: &str| -> Box<[u8]> { part.as_bytes().into() };
        let mut parts = text.split('*');
        match (parts.next()?, parts.next(), parts.next(), parts.next()) {
            ("", None, ..) => None,
            (name, None, ..) => Some(Self::Exact(bytes(name))),
            (prefix, Some(suffix), None, _) => {
                Some(Self::Around { prefix: bytes(prefix), suffix: bytes(suffix), middle: Middle::Any })
            }
            (prefix, Some(held), Some(suffix), None) if !held.is_empty() => {
                Some(Self::Around { prefix: bytes(prefix), suffix: bytes(suffix), middle: Middle::Holds(bytes(held)) })
            }
            _ => None,
        }
    }

    pub(super) fn of(wild: &Wild) -> Self {
        let tokens = &*wild.0;
        let prefix = literal(tokens.iter());
        let mut suffix = literal(tokens.iter().rev());
        suffix.reverse();
        let bytes = |characters: &[char]| -> Box<[u8]> { characters.iter().collect::<String>().as_bytes().into() };
        // Past the first and last wildcard; a segment with only one has nothing between them.
        let between = tokens.get(prefix.len()..tokens.len().saturating_sub(suffix.len())).unwrap_or_default();
        let middle = match between {
            [Token::Star] => Middle::Any,
            [Token::Star, text @ .., Token::Star] if text.iter().all(|token| matches!(token, Token::Char(_))) => {
                Middle::Holds(bytes(&literal(text.iter())))
            }
            _ => Middle::Wild(wild.clone()),
        };
        Self::Around { prefix: bytes(&prefix), suffix: bytes(&suffix), middle }
    }

    /// Whether a whole segment matches.
    pub(super) fn matches(&self, name: &[u8]) -> bool {
        match self {
            Self::Exact(exact) => **exact == *name,
            Self::Around { prefix, suffix, middle } => {
                name.len() >= prefix.len() + suffix.len()
                    && name.starts_with(prefix)
                    && name.ends_with(suffix)
                    && match middle {
                        Middle::Any => true,
                        Middle::Holds(text) => {
                            memchr::memmem::find(&name[prefix.len()..name.len() - suffix.len()], text).is_some()
                        }
                        Middle::Wild(wild) => wild.matches(name),
                    }
            }
        }
    }

    /// A text that every matching name holds; may be empty.
    fn held(&self) -> Box<[u8]> {
        match self {
            Self::Exact(name) => name.clone(),
            Self::Around { suffix, middle: Middle::Any, .. } => suffix.clone(),
            Self::Around { middle: Middle::Holds(text), .. } => text.clone(),
            Self::Around { middle: Middle::Wild(wild), .. } => longest_literal(wild),
        }
    }
}

/// The characters up to the first wildcard.
fn literal<'t>(tokens: impl Iterator<Item = &'t Token>) -> Vec<char> {
    tokens.map_while(|token| if let Token::Char(character) = token { Some(*character) } else { None }).collect()
}

/// The longest text that every name of the pattern holds.
fn longest_literal(wild: &Wild) -> Box<[u8]> {
    let runs = wild.0.split(|token| !matches!(token, Token::Char(_)));
    let text = |run: &[Token]| literal(run.iter()).into_iter().collect::<String>();
    runs.map(text).max_by_key(String::len).unwrap_or_default().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_name_is_read_as_its_compiled_pattern() {
        let texts =
            ["a.yaml", "*.a", "a*", "a*b", "*a*", "a*b*c", "*a*.py", "a**", "a*b*c*d", "*", "**", "", "a?", "é*"];
        for text in texts {
            let compiled = Pattern::github(text).ok().filter(|pattern| pattern.tail != Tail::Below);
            let base = compiled.and_then(|pattern| match pattern.segments.last() {
                Some(Segment::Literal(name)) => Some(Base::Exact(name.as_bytes().into())),
                Some(Segment::Wild(wild)) => Some(Base::of(wild)),
                _ => None,
            });
            let told = PathTest::new(text.to_owned()).ok().map(|test| test.base);
            assert_eq!(format!("{told:?}"), format!("{base:?}"), "{text}");
        }
        assert!(Base::of_plain_name("a*b").is_some() && Base::of_plain_name("a?").is_none());
    }

    #[test]
    fn patterns_must_name_files_and_say_where_they_start() {
        for text in ["configs/a.yaml", "/models/", "**/models/**", "*", "/", "!a", "a[b]", ""] {
            assert!(PathTest::new(text.to_owned()).is_err(), "{text}");
        }
    }

    #[test]
    fn a_contained_pattern_is_never_less_narrow() {
        let narrow = |text: &str| PathTest::new(text.to_owned()).unwrap().narrowness();
        for (inner, outer) in [
            ("Chart.yaml", "*.yaml"),
            ("*.odcs.yaml", "*.yaml"),
            ("**/dags/**/*.py", "*.py"),
            ("/.github/workflows/*.yml", "*.yml"),
            ("**/a/Chart.yaml", "Chart.yaml"),
            ("/a/Chart.yaml", "**/a/Chart.yaml"),
            ("train*.py", "t*.py"),
            ("*model*card*.md", "*card*.md"),
        ] {
            assert!(narrow(inner) >= narrow(outer), "{inner} in {outer}");
        }
    }
}
