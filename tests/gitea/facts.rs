//! What Go's `regexp` and `regexp2` said of random expressions.
//!
//! Each line of `facts.tsv` has an expression and, for each of the two, which of [`PATHS`] the rule held for: a
//! hexadecimal number whose lowest bit is the first path, or `-` where the expression was refused. Made by running Go
//! 1.27.3 and `regexp2` 1.12.0 (option `None`, a slash in front dropped) on `^expression$`.

/// The paths that the numbers speak of.
pub(crate) const PATHS: &[&[u8]] = &[
    b"a",
    b"b",
    b"ab",
    b"a/b",
    b"aa/b",
    b"b/a",
    b"a/a/b",
    b"abab",
    b"aab",
    b"ba",
    b"c",
    b"k",
    "\u{212a}".as_bytes(),
    b"S",
    "ſ".as_bytes(),
    "é".as_bytes(),
    "aéb".as_bytes(),
    b"a\xffb",
    b"a\xc3",
    b"\xed\xa0\x80",
    b"a\nb",
    b"a\n",
    b"\n",
    b"A/1.b",
    b"a.b",
    b"ab.b",
    b"_x-1",
    b"a b",
    "α".as_bytes(),
    "İ".as_bytes(),
    "٣".as_bytes(),
    b"/a",
];

/// See the module.
pub(crate) const FACTS: &str = include_str!("facts.tsv");
