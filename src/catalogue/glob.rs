//! Globs over values and names.

/// A text with `*` for any characters, `/` included.
#[derive(Clone, Debug)]
pub(super) struct Glob {
    /// The texts around the stars: at least one.
    parts: Vec<Box<str>>,
}

impl Glob {
    pub(super) fn new(text: &str) -> Self {
        Self { parts: text.split('*').map(Into::into).collect() }
    }

    /// The glob as written.
    pub(super) fn described(&self) -> String {
        self.parts.join("*")
    }

    pub(super) fn matches(&self, text: &str) -> bool {
        let [first, rest @ ..] = self.parts.as_slice() else { return false };
        let Some(mut text) = text.strip_prefix(&**first) else { return false };
        let [middle @ .., last] = rest else { return text.is_empty() };
        for part in middle {
            // The leftmost place is as good as any: it leaves the most for the parts after it.
            let Some(at) = text.find(&**part) else { return false };
            text = &text[at + part.len()..];
        }
        text.ends_with(&**last)
    }
}

#[cfg(test)]
mod tests {
    use super::Glob;

    #[test]
    fn a_star_spans_anything_and_nothing_is_a_whole_match() {
        let matches = |glob: &str, text: &str| Glob::new(glob).matches(text);
        assert!(matches("serving.kserve.io/*", "serving.kserve.io/v1beta1"));
        assert!(matches(
            "https://azuremlschemas*/*Job.schema.json",
            "https://azuremlschemas.azureedge.net/latest/commandJob.schema.json"
        ));
        assert!(matches("*", ""));
        assert!(matches("v1", "v1"));
        assert!(!matches("v1", "v1beta1"));
        assert!(!matches("a*a", "a"));
        assert!(!matches("*ab*b", "ab"));
    }
}
