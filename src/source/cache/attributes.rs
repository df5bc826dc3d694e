//! Paths whose files git changes on the way between the work tree and its store: their bytes are not the blob's.

use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::process::Stdio;

use super::super::git::Git;
use super::super::listing::LONGEST_PATH;
use crate::parallel::join;

/// The attributes by which git changes content: `gitattributes(5)`, "Effects".
const CHANGING: [&[u8]; 6] = [b"filter", b"text", b"eol", b"crlf", b"ident", b"working-tree-encoding"];
/// Where as many paths in a row are changed, all are taken to be (`* text=auto`): nothing would be won by asking on.
const GIVE_UP: usize = 64;
/// No path, name or value is longer, unless somebody means harm.
const LONGEST: u64 = LONGEST_PATH as u64 + 1;

/// For each path whether git leaves its content alone. `None` where that cannot be told, or is so for none.
///
/// An attribute that is unset (`-text`, and all of `binary`) leaves it alone; one that has any other value is taken to
/// change it, though on this system it might not.
pub(super) fn left_alone(git: &Git, paths: &[&[u8]]) -> Option<Vec<bool>> {
    if converts_line_ends(git) {
        return None;
    }
    let mut command = git.command(&["check-attr", "-z", "-a", "--stdin"]);
    // Or it would write path by path.
    command.env("GIT_FLUSH", "0").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().ok()?;
    let (input, output) = (child.stdin.take()?, child.stdout.take()?);
    let told = std::thread::scope(|scope| {
        let asking = scope.spawn(move || {
            let mut input = BufWriter::with_capacity(64 * 1024, input);
            paths.iter().all(|path| input.write_all(path).and_then(|()| input.write_all(b"\0")).is_ok())
                && input.flush().is_ok()
        });
        let told = answers(output, paths);
        if told.is_none() {
            // It may wait for somebody to read on.
            let _ = child.kill();
        }
        told.filter(|_| join(asking))
    });
    let succeeded = child.wait().is_ok_and(|status| status.success());
    told.filter(|_| succeeded)
}

/// `core.autocrlf` changes files without any attribute.
fn converts_line_ends(git: &Git) -> bool {
    let output = git.command(&["config", "--get", "core.autocrlf"]).stderr(Stdio::null()).output();
    let Ok(output) = output else { return true };
    match output.status.code() {
        Some(0) => !matches!(output.stdout.to_ascii_lowercase().as_slice(), b"false\n" | b"no\n" | b"off\n" | b"0\n"),
        // Nothing is set.
        Some(1) => false,
        _ => true,
    }
}

/// Reads path, attribute and value by turns: of the paths that have any attribute, in the order of the questions.
fn answers(output: impl Read, paths: &[&[u8]]) -> Option<Vec<bool>> {
    let mut output = BufReader::with_capacity(64 * 1024, output);
    let mut left_alone = vec![true; paths.len()];
    let mut at = 0;
    let [mut path, mut name, mut value] = [const { Vec::new() }; 3];
    while record(&mut output, &mut path)? {
        if !(record(&mut output, &mut name)? && record(&mut output, &mut value)?) {
            return None;
        }
        at += paths[at..].iter().position(|asked| *asked == path)?;
        if CHANGING.contains(&&*name) && !matches!(&*value, b"unset" | b"unspecified") {
            left_alone[at] = false;
        }
        if at == GIVE_UP && !left_alone[..GIVE_UP].contains(&true) {
            return None;
        }
    }
    Some(left_alone)
}

/// Reads up to the next NUL; `Some(false)` at the end, `None` where the end comes before it.
fn record(input: &mut impl BufRead, bytes: &mut Vec<u8>) -> Option<bool> {
    bytes.clear();
    let length = input.take(LONGEST).read_until(0, bytes).ok()?;
    if length == 0 { Some(false) } else { (bytes.pop() == Some(0)).then_some(true) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(records: &[&str], paths: &[&str]) -> Option<Vec<bool>> {
        let output = records.iter().flat_map(|record| [record, "\0"]).collect::<String>();
        let paths: Vec<&[u8]> = paths.iter().map(|path| path.as_bytes()).collect();
        answers(output.as_bytes(), &paths)
    }

    #[test]
    fn an_attribute_that_is_set_changes_a_file_and_one_that_is_unset_does_not() {
        let records =
            ["b", "diff", "set", "b", "text", "unset", "d", "diff", "python", "d", "eol", "lf", "e", "ident", "set"];
        assert_eq!(told(&records, &["a", "b", "c", "d", "e", "f"]).unwrap(), [true, true, true, false, false, true]);
        assert_eq!(told(&[], &["a"]).unwrap(), [true]);
    }

    #[test]
    fn an_answer_that_fits_no_question_is_none() {
        assert_eq!(told(&["x", "text", "set"], &["a"]), None);
        assert_eq!(told(&["b", "text", "set", "a", "text", "set"], &["a", "b"]), None);
        assert_eq!(told(&["a", "text"], &["a"]), None);
        assert_eq!(answers(&b"a\0text\0se"[..], &[b"a"]), None);
    }

    #[test]
    fn where_every_file_is_changed_nobody_asks_on() {
        let paths: Vec<String> = (100..200).map(|number| number.to_string()).collect();
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        let records = |changed: &[&str]| -> Vec<String> {
            changed.iter().flat_map(|path| [(*path).to_owned(), "text".to_owned(), "auto".to_owned()]).collect()
        };
        let told = |changed: &[&str]| {
            let records = records(changed);
            told(&records.iter().map(String::as_str).collect::<Vec<_>>(), &paths)
        };
        assert_eq!(told(&paths), None);
        assert_eq!(told(&paths[1..]).unwrap().iter().filter(|left_alone| **left_alone).count(), 1);
    }
}
