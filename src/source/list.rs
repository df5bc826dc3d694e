//! A bare list of paths (`--files-from`): a line each, or NUL-ended.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use bstr::ByteSlice;

use super::error::SourceError;
use super::listing::{Builder, FileKind, LONGEST_PATH, Listing, QUOTED};

/// A list larger than this in bytes is refused.
const MAX_LIST: u64 = 1024 * 1024 * 1024;

/// Where a list of paths comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListInput {
    /// A file, relative to the current folder; a pipe will do.
    File(PathBuf),
    /// The standard input.
    Stdin,
}

impl ListInput {
    pub(super) fn name(&self) -> String {
        match self {
            Self::File(path) => format!("the list `{}`", path.display()),
            Self::Stdin => "the list on standard input".to_owned(),
        }
    }

    /// Reads the list whole: whether it holds a NUL decides how it is split.
    pub(super) fn read(&self, folder: &Path) -> Result<Listing, SourceError> {
        let read = |input: &mut dyn Read| {
            let mut bytes = Vec::new();
            input.take(MAX_LIST + 1).read_to_end(&mut bytes).map(|_| bytes)
        };
        let bytes = match self {
            Self::File(path) => File::open(folder.join(path))
                .and_then(|mut file| read(&mut file))
                .map_err(|cause| SourceError::Unreadable { path: path.clone(), cause })?,
            Self::Stdin => read(&mut io::stdin().lock())
                .map_err(|cause| SourceError::Unreadable { path: PathBuf::from("-"), cause })?,
        };
        if bytes.len() as u64 > MAX_LIST {
            return Err(SourceError::BadList { list: self.name(), why: "has more than 1 GiB" });
        }
        parse(&bytes, &self.name())
    }
}

/// Reads the paths of a list. Lines may end in CRLF, start with `./`, and be quoted as `git ls-files` quotes them.
fn parse(bytes: &[u8], name: &str) -> Result<Listing, SourceError> {
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(SourceError::BadList { list: name.to_owned(), why: "is UTF-16: write it as UTF-8" });
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let ends_in_nul = memchr::memchr(0, bytes).is_some();
    let end = if ends_in_nul { 0 } else { b'\n' };
    let mut builder = Builder::new();
    let mut joined = Vec::new();
    for (number, line) in bytes.split(|&byte| byte == end).enumerate() {
        let line = if ends_in_nul { line } else { line.strip_suffix(b"\r").unwrap_or(line) };
        if line.is_empty() {
            continue;
        }
        let unquoted = if ends_in_nul { None } else { unquote(line) };
        let given = unquoted.as_deref().unwrap_or(line);
        let path = relative(given, &mut joined).map_err(|why| SourceError::BadListLine {
            list: name.to_owned(),
            line: number + 1,
            path: given[..given.len().min(QUOTED)].to_str_lossy().into_owned(),
            why,
        })?;
        builder.push(path, FileKind::Unknown, None).map_err(|_| SourceError::TooManyPaths(name.to_owned()))?;
    }
    Ok(builder.finish())
}

/// The path without `./` and repeated slashes, in `joined` where it had any.
fn relative<'a>(path: &'a [u8], joined: &'a mut Vec<u8>) -> Result<&'a [u8], &'static str> {
    if path.starts_with(b"/") {
        return Err("is absolute: paths are relative to the repository's root");
    }
    if path.len() > LONGEST_PATH {
        return Err("… is longer than any file's path: at most 4,096 bytes are read");
    }
    let (mut plain, mut last) = (true, &b""[..]);
    for name in path.split(|&byte| byte == b'/') {
        last = name;
        match name {
            b".." => return Err("has a `..`: paths are relative to the repository's root"),
            b"" | b"." => plain = false,
            _ => {}
        }
    }
    if matches!(last, b"" | b".") {
        return Err("names a folder, not a file");
    }
    if plain {
        return Ok(path);
    }
    joined.clear();
    for name in path.split(|&byte| byte == b'/').filter(|name| !matches!(*name, b"" | b".")) {
        if !joined.is_empty() {
            joined.push(b'/');
        }
        joined.extend_from_slice(name);
    }
    Ok(joined)
}

/// Undoes git's quoting of unusual names (`"caf\303\251.py"`); `None` for a line that is not in that form. git quotes
/// only what needs an escape, so quotes without one are part of a name.
fn unquote(line: &[u8]) -> Option<Vec<u8>> {
    let inner = line.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    memchr::memchr(b'\\', inner)?;
    let mut path = Vec::with_capacity(inner.len());
    let mut bytes = inner.iter().copied();
    while let Some(byte) = bytes.next() {
        path.push(match byte {
            b'"' => return None,
            b'\\' => match bytes.next()? {
                b'a' => 7,
                b'b' => 8,
                b't' => b'\t',
                b'n' => b'\n',
                b'v' => 11,
                b'f' => 12,
                b'r' => b'\r',
                quoted @ (b'"' | b'\\') => quoted,
                first @ b'0'..=b'3' => {
                    let mut octal = || bytes.next().filter(|byte| (b'0'..=b'7').contains(byte)).map(|byte| byte - b'0');
                    (first - b'0') << 6 | octal()? << 3 | octal()?
                }
                _ => return None,
            },
            other => other,
        });
    }
    Some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(bytes: &[u8]) -> Vec<Vec<u8>> {
        parse(bytes, "the list").unwrap().iter().map(<[u8]>::to_vec).collect()
    }

    fn fault(bytes: &[u8]) -> String {
        parse(bytes, "the list").unwrap_err().to_string()
    }

    #[test]
    fn lines_are_trimmed_of_what_is_no_name() {
        assert_eq!(paths(b"\xef\xbb\xbf./b\r\n\na//c\n././b\nd"), [&b"a/c"[..], b"b", b"d"]);
        assert_eq!(paths(b" a \n"), [b" a "]);
    }

    #[test]
    fn one_nul_makes_line_feeds_part_of_names() {
        assert_eq!(paths(b"a\nb\0c\r\0"), [&b"a\nb"[..], b"c\r"]);
    }

    #[test]
    fn names_quoted_by_git_are_read() {
        assert_eq!(paths(br#""caf\303\251.py""#), ["café.py".as_bytes()]);
        assert_eq!(paths(br#""a\n\"\\\t""#), [b"a\n\"\\\t"]);
        for literal in [&br#""plain""#[..], br#""a\qb""#, br#""a\40""#, br#""a\"#, br#""a"\n""#] {
            assert_eq!(paths(literal), [literal]);
        }
    }

    #[test]
    fn paths_out_of_the_root_name_their_line() {
        assert!(fault(b"a\n\nb/../../c\n").contains("line 3: `b/../../c` has a `..`"));
        assert!(fault(b"/etc/passwd").contains("line 1: `/etc/passwd` is absolute"));
        assert!(fault(br#""\056\056/a""#).contains("has a `..`"));
        assert!(fault(b"a/\n").contains("names a folder"));
        assert!(fault(b".\n").contains("names a folder"));
        assert!(fault(b"\xff\xfea\0").contains("UTF-16"));
    }
}
