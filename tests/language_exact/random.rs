//! Random patterns that meet often, the same everywhere.

use super::brute::Host;

pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new() -> Self {
        Self(0x9e37_79b9_7f4a_7c15)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0 >> 11) % bound as u64).unwrap()
    }

    pub(crate) fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    pub(crate) fn pick<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len())]
    }

    pub(crate) fn pattern(&mut self, host: &Host) -> String {
        let mut segments = Vec::new();
        for _ in 0..=self.below(3) {
            segments.push(match self.below(10) {
                0 | 1 => "**".to_owned(),
                2 | 3 => "*".to_owned(),
                4 | 5 => self.pick(host.words).to_owned(),
                6 => self.pick(host.wilds).to_owned(),
                _ => (0..=self.below(3)).map(|_| self.pick(host.tokens)).collect(),
            });
        }
        let (start, end) = (self.pick(&["", "/"]), self.pick(host.ends));
        format!("{start}{}{end}", segments.join("/"))
    }

    /// A pattern that starts in a directory or with a certain letter: two of these often miss each other.
    pub(crate) fn anchored(&mut self, host: &Host) -> String {
        let rest = self.pattern(host);
        format!("/{}{}", self.pick(&["a", "b", "a/", "b/", "?b/"]), rest.trim_start_matches(['/', '*']))
    }

    /// One to `most` patterns and one more, some of them cut from others so that one covers the other more often than
    /// by chance.
    pub(crate) fn list(&mut self, host: &Host, most: usize) -> Vec<String> {
        let mut list: Vec<String> = Vec::new();
        for _ in 0..2 + self.below(most) {
            let pattern = if list.is_empty() || self.one_in(2) {
                self.pattern(host)
            } else {
                let of = self.below(list.len());
                self.relative(&list[of])
            };
            list.push(pattern);
        }
        list
    }

    /// A pattern near `of`: often wider, sometimes narrower or the rest of it.
    pub(crate) fn relative(&mut self, of: &str) -> String {
        let near = match self.below(12) {
            0 => of.replacen(['a', 'b'], "*", 1),
            1 => of.replacen(['a', 'b'], "?", 1),
            2 => of.replacen('?', "*", 1),
            3 => of.trim_end_matches('/').to_owned() + "/",
            4 => of.trim_end_matches("/**").trim_end_matches('/').to_owned(),
            5 => of.trim_end_matches('/').to_owned() + "/*",
            6 => of.replacen('*', "?*", 1),
            7 => of.replacen('*', "", 1),
            8 => of.replacen("[ab]", self.pick(&["a", "b", "?", "[a-c]"]), 1),
            9 => of.replacen("[!a]", self.pick(&["[!ab]", "b", "?", "[!a-c]"]), 1),
            10 => of.replacen("[a-c]", self.pick(&["[ab]", "c", "[!d]", "?"]), 1),
            _ => of.replacen("[cd]", self.pick(&["c", "[!ab]", "[b-d]", "d"]), 1),
        };
        if near.is_empty() { "*".to_owned() } else { near }
    }
}
