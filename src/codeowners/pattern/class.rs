//! Bracket classes: sets of characters.

/// A set of characters, or all but a set; never a slash.
///
/// Normal form: the ranges are ascending and do not touch.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Class {
    negated: bool,
    ranges: Box<[(char, char)]>,
}

impl Class {
    /// The characters of these ranges (both ends included), or all others.
    pub fn new(negated: bool, ranges: impl IntoIterator<Item = (char, char)>) -> Self {
        let mut ranges: Vec<_> =
            ranges.into_iter().filter(|(first, last)| first <= last).flat_map(around_slash).collect();
        ranges.sort_unstable();
        let mut joined: Vec<(char, char)> = Vec::with_capacity(ranges.len());
        for (first, last) in ranges {
            match joined.last_mut() {
                Some(before) if first <= before.1 || Some(first) == next(before.1) => before.1 = before.1.max(last),
                _ => joined.push((first, last)),
            }
        }
        Self { negated, ranges: joined.into() }
    }

    /// True where it stands for the characters outside its ranges.
    pub fn is_negated(&self) -> bool {
        self.negated
    }

    /// The ranges, both ends included: ascending, and none touches another. None holds a slash.
    pub fn ranges(&self) -> &[(char, char)] {
        &self.ranges
    }

    /// Whether a character is of the class; `None` is a byte that is no character.
    pub fn holds(&self, character: Option<char>) -> bool {
        let is_in = character.is_some_and(|character| {
            let at = self.ranges.partition_point(|&(_, last)| last < character);
            self.ranges.get(at).is_some_and(|&(first, _)| first <= character)
        });
        is_in != self.negated && character != Some('/')
    }

    /// The class with the lower case of its ASCII letters instead of them; one that names what it leaves out stays as
    /// it is.
    pub(super) fn to_lowercase(&self) -> Self {
        if self.negated {
            return self.clone();
        }
        let lowered = self.ranges.iter().flat_map(|&(first, last)| {
            let upper = (first.max('A'), last.min('Z'));
            let lower = (upper.0 <= upper.1).then(|| (upper.0.to_ascii_lowercase(), upper.1.to_ascii_lowercase()));
            [Some((first, last.min('@'))), lower, Some((first.max('['), last))].into_iter().flatten()
        });
        Self::new(false, lowered)
    }
}

fn next(character: char) -> Option<char> {
    (character..=char::MAX).nth(1)
}

/// The range without the slash.
fn around_slash((first, last): (char, char)) -> impl Iterator<Item = (char, char)> {
    let parts = if first <= '/' && '/' <= last {
        [(first, last.min('.')), (first.max('0'), last)]
    } else {
        [(first, last), ('1', '0')]
    };
    parts.into_iter().filter(|(first, last)| first <= last)
}
