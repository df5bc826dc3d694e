//! Byte strings that a name starts (or ends) with.

use super::narrow;

/// Few enough to be tried one by one.
const BUCKET: usize = 4;

/// The most cells of [`Trie::next`]: where more would be needed, buckets are larger.
const CELL_LIMIT: usize = 1 << 20;

/// What is stored at byte strings, found from the first byte on (or from the last). It looks only at bytes that tell
/// strings apart, and at no more than it must: what it finds are candidates.
pub(super) struct Trie<const FROM_END: bool> {
    /// The column of each byte; 0 for one that no string has.
    columns: Box<[u8; 256]>,
    nodes: Vec<Node>,
    /// Where a node and a column lead; 0, the root, is nowhere.
    next: Vec<u32>,
    values: Vec<u32>,
}

struct Node {
    /// How many bytes its strings share.
    depth: u32,
    /// Its first cell in [`Trie::next`].
    row: u32,
    /// Its part of [`Trie::values`].
    values: (u32, u32),
}

/// The row of a node that leads nowhere.
const LEAF: u32 = u32::MAX;

impl<const FROM_END: bool> Trie<FROM_END> {
    fn byte(text: &[u8], depth: usize) -> Option<u8> {
        let at = if FROM_END { text.len().checked_sub(depth + 1)? } else { depth };
        text.get(at).copied()
    }

    /// Calls `visit` with the values of every string that `name` starts (or ends) with, and of some others.
    pub(super) fn visit(&self, name: &[u8], mut visit: impl FnMut(&[u32])) {
        let mut at = 0;
        while let Some(node) = self.nodes.get(at) {
            if node.values.0 < node.values.1 {
                visit(&self.values[node.values.0 as usize..node.values.1 as usize]);
            }
            if node.row == LEAF {
                return;
            }
            let Some(byte) = Self::byte(name, node.depth as usize) else { return };
            at = self.next[node.row as usize + usize::from(self.columns[usize::from(byte)])] as usize;
            if at == 0 {
                return;
            }
        }
    }
}

/// Collects strings.
#[derive(Default)]
pub(super) struct Builder<const FROM_END: bool> {
    text: Vec<u8>,
    entries: Vec<Entry>,
}

struct Entry {
    /// The first bytes, in the order of reading: most comparisons end there.
    key: u64,
    /// Its part of [`Builder::text`], in the order of reading.
    start: usize,
    end: usize,
    value: u32,
}

impl<const FROM_END: bool> Builder<FROM_END> {
    pub(super) fn add(&mut self, text: &[u8], value: u32) {
        let start = self.text.len();
        self.text.extend_from_slice(text);
        let end = self.text.len();
        if FROM_END {
            self.text[start..end].reverse();
        }
        let mut key = [0; 8];
        let first = &self.text[start..end.min(start + 8)];
        key[..first.len()].copy_from_slice(first);
        self.entries.push(Entry { key: u64::from_be_bytes(key), start, end, value });
    }

    pub(super) fn finish(self) -> Trie<FROM_END> {
        self.finish_within(CELL_LIMIT)
    }

    fn finish_within(self, limit: usize) -> Trie<FROM_END> {
        let Self { text, mut entries } = self;
        let string = |entry: &Entry| &text[entry.start..entry.end];
        entries.sort_unstable_by(|a, b| {
            a.key.cmp(&b.key).then_with(|| string(a).cmp(string(b))).then(a.value.cmp(&b.value))
        });
        let strings: Vec<&[u8]> = entries.iter().map(string).collect();
        let values = entries.iter().map(|entry| entry.value).collect();
        let columns = columns(&strings);
        let width = columns.iter().max().map_or(0, |&last| usize::from(last) + 1);
        let mut trie = Trie { columns, nodes: Vec::new(), next: Vec::new(), values };
        if !strings.is_empty() {
            trie.nodes.push(Node { depth: 0, row: LEAF, values: (0, narrow(strings.len())) });
        }
        // A node is made as a leaf; its turn comes to branch.
        let mut at = 0;
        while at < trie.nodes.len() {
            if trie.next.len() + width <= limit {
                trie.branch(at, &strings, width);
            }
            at += 1;
        }
        trie
    }
}

/// Numbers the bytes that occur, from 1; UTF-8 has so few of them that the numbers suffice.
fn columns(strings: &[&[u8]]) -> Box<[u8; 256]> {
    let mut columns = Box::new([0; 256]);
    for &byte in strings.iter().copied().flatten() {
        columns[usize::from(byte)] = 1;
    }
    let mut last = 0;
    for column in columns.iter_mut().filter(|column| **column > 0) {
        last += 1;
        *column = last;
    }
    columns
}

impl<const FROM_END: bool> Trie<FROM_END> {
    fn branch(&mut self, at: usize, strings: &[&[u8]], width: usize) {
        let Node { depth, values: (first, last), .. } = self.nodes[at];
        let (mut start, end) = (first as usize, last as usize);
        if end - start <= BUCKET {
            return;
        }
        // Sorted: what the first and the last share, all share.
        let depth = depth as usize;
        let (a, b) = (&strings[start][depth..], &strings[end - 1][depth..]);
        let depth = depth + a.iter().zip(b).take_while(|(a, b)| a == b).count();
        start += strings[start..end].partition_point(|string| string.len() == depth);
        if start == end {
            return;
        }
        let row = self.next.len();
        self.nodes[at] = Node { depth: narrow(depth), row: narrow(row), values: (first, narrow(start)) };
        self.next.resize(row + width, 0);
        while start < end {
            let byte = strings[start][depth];
            let same = strings[start..end].partition_point(|string| string[depth] == byte);
            self.next[row + usize::from(self.columns[usize::from(byte)])] = narrow(self.nodes.len());
            let values = (narrow(start), narrow(start + same));
            self.nodes.push(Node { depth: narrow(depth + 1), row: LEAF, values });
            start += same;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The strings that are found in a name, sorted.
    fn found<const FROM_END: bool>(trie: &Trie<FROM_END>, name: &str) -> Vec<u32> {
        let mut found = Vec::new();
        trie.visit(name.as_bytes(), |values| found.extend_from_slice(values));
        found.sort_unstable();
        found
    }

    fn finds_all<const FROM_END: bool>(strings: &[String], limit: usize) -> usize {
        let mut builder = Builder::<FROM_END>::default();
        for (string, value) in strings.iter().zip(0..) {
            builder.add(string.as_bytes(), value);
        }
        let trie = builder.finish_within(limit);
        assert!(trie.next.len() <= limit);
        let mut candidates = 0;
        for name in strings {
            let found = found(&trie, name);
            let is_in = |string: &String| if FROM_END { name.ends_with(string) } else { name.starts_with(string) };
            let expected = (0..).zip(strings).filter(|(_, string)| is_in(string)).map(|(value, _)| value);
            for value in expected {
                assert!(found.binary_search(&value).is_ok(), "{} in {name}", strings[value as usize]);
            }
            assert!(found.windows(2).all(|two| two[0] < two[1]), "twice in {name}: {found:?}");
            candidates += found.len();
        }
        candidates
    }

    #[test]
    fn every_string_is_found_in_a_table_of_any_size() {
        let mut strings: Vec<String> =
            (0..300).map(|at| format!("{}_{at}", ["train", "tree", "é", "a\0"][at % 4])).collect();
        strings.extend((1..40).map(|at| "aé".repeat(at)));
        strings.extend((0..9).map(|_| "twins".to_owned()));
        let most = finds_all::<false>(&strings, 0);
        assert_eq!(most, strings.len() * strings.len(), "one bucket holds all");
        for limit in [100, 1000] {
            assert!(finds_all::<false>(&strings, limit) < most);
            assert!(finds_all::<true>(&strings, limit) < most);
        }
        assert!(finds_all::<false>(&strings, CELL_LIMIT) < 20 * strings.len());
        assert!(finds_all::<true>(&strings, CELL_LIMIT) < 20 * strings.len());
    }
}
