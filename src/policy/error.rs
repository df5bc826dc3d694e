//! What is wrong with a policy, and the nearest right words.

use std::fmt;

use super::{Origin, PolicyText};

/// One thing wrong with a policy. May hold untrusted text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyError {
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// The characters that are wrong; `None` where the file as a whole is.
    pub at: Option<Origin>,
    /// What is to be said at those characters; may be empty.
    pub label: String,
    /// What to write instead.
    pub help: Option<String>,
    /// Other places that explain it, each with what is to be said there.
    pub related: Vec<(Origin, String)>,
}

impl PolicyError {
    pub(super) fn new(at: Origin, message: impl Into<String>) -> Self {
        Self { at: Some(at), ..Self::of_file(message) }
    }

    /// About the file as a whole.
    pub(super) fn of_file(message: impl Into<String>) -> Self {
        Self { message: message.into(), at: None, label: String::new(), help: None, related: Vec::new() }
    }

    #[must_use]
    pub(super) fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    #[must_use]
    pub(super) fn help(mut self, help: impl Into<Option<String>>) -> Self {
        self.help = help.into();
        self
    }

    #[must_use]
    pub(super) fn related(mut self, at: Origin, label: impl Into<String>) -> Self {
        self.related.push((at, label.into()));
        self
    }
}

/// All that is wrong with a policy; never without an error.
#[derive(Clone, Debug)]
pub struct PolicyErrors {
    /// The texts that the errors' places are in.
    pub texts: Vec<PolicyText>,
    /// The errors, by text and place.
    pub errors: Vec<PolicyError>,
}

impl fmt::Display for PolicyErrors {
    /// One line an error: `file:line:column: message`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (nth, error) in self.errors.iter().enumerate() {
            if nth > 0 {
                f.write_str("\n")?;
            }
            if let Some(at) = error.at
                && let Some(text) = self.texts.get(at.text)
            {
                let position = text.lines.position(text.text.as_bytes(), at.span.start);
                write!(f, "{}:{}:{}: ", text.name, position.line, position.column)?;
            } else if let Some(text) = self.texts.last() {
                write!(f, "{}: ", text.name)?;
            }
            f.write_str(&error.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for PolicyErrors {}

/// How many errors are worth telling at once; a file with more is not a policy with mistakes but something else.
const MOST: usize = 100;

/// Collects errors, and stops keeping them where nobody would read on.
#[derive(Debug, Default)]
pub(super) struct Errors {
    list: Vec<PolicyError>,
    more: usize,
}

impl Errors {
    pub(super) fn push(&mut self, error: PolicyError) {
        if self.list.len() < MOST {
            self.list.push(error);
        } else {
            self.more += 1;
        }
    }

    pub(super) fn extend(&mut self, errors: impl IntoIterator<Item = PolicyError>) {
        errors.into_iter().for_each(|error| self.push(error));
    }

    /// True where further errors are only counted: the search for the word that was meant is not worth its time.
    pub(super) fn is_full(&self) -> bool {
        self.list.len() >= MOST
    }

    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    pub(super) fn count(&self) -> usize {
        self.list.len() + self.more
    }

    /// The errors by place, those of whole files first.
    pub(super) fn into_sorted(mut self) -> Vec<PolicyError> {
        self.list.sort_by_key(|error| error.at);
        if self.more > 0 {
            self.list.push(PolicyError::of_file(format!("{} more errors are not shown", self.more)));
        }
        self.list
    }
}

/// How many names are compared, and how long they may be, in the search for the one that was meant.
const COMPARED: usize = 1000;
const LONGEST: usize = 64;

/// The known name that `word` most probably means.
pub(super) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.len() > LONGEST {
        return None;
    }
    let word = word.to_lowercase();
    let allowed = (word.chars().count() / 3).clamp(1, 3);
    known
        .into_iter()
        .take(COMPARED)
        .filter(|name| name.len().abs_diff(word.len()) <= 4 * allowed && name.len() <= LONGEST)
        .map(|name| (strsim::damerau_levenshtein(&word, &name.to_lowercase()), name))
        .filter(|&(distance, name)| distance <= allowed && distance < name.chars().count())
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, name)| name)
}

/// `Did you mean …?` where a name is near, else all names where they are few.
pub(super) fn suggest<'a>(word: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> Option<String> {
    if let Some(name) = nearest(word, known.clone()) {
        return Some(format!("Did you mean `{name}`?"));
    }
    let names: Vec<String> = known.into_iter().take(21).map(|name| format!("`{name}`")).collect();
    match names.as_slice() {
        [] => None,
        [only] => Some(format!("Only {only} is known here.")),
        [..] if names.len() > 20 => None,
        [most @ .., last] => Some(format!("Known are {} and {last}.", most.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words_are_found_and_far_ones_are_not() {
        let known = ["serving", "training", "ci"];
        assert_eq!(nearest("servng", known), Some("serving"));
        assert_eq!(nearest("Training", known), Some("training"));
        assert_eq!(nearest("cd", known), Some("ci"));
        assert_eq!(nearest("web", known), None);
        assert_eq!(nearest(&"x".repeat(100_000), known), None);
    }

    #[test]
    fn errors_beyond_the_cap_are_counted() {
        let mut errors = Errors::default();
        for _ in 0..150 {
            errors.push(PolicyError::of_file("no"));
        }
        let errors = errors.into_sorted();
        assert_eq!(errors.len(), 101);
        assert_eq!(errors[100].message, "50 more errors are not shown");
    }
}
