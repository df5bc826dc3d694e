//! Owners in YAML: the values of dotted keys, through a YAML reader that gives every value its place.

use granit_parser::{Event, Options, Parser, ScalarStyle};

use super::DeclaredOwner;
use crate::span::Span;

/// Deeper files end where they get too deep.
const DEEPEST: usize = 64;
/// Where an owner is a mapping, the keys that tell who it is.
const IDENTITIES: [&str; 5] = ["name", "email", "github", "team", "id"];

/// The owners that stand under one of `keys`, in order, up to where the text ends or breaks.
pub(super) fn owners(text: &str, keys: &[String]) -> Vec<DeclaredOwner> {
    let is_worth_reading = |key: &String| text.contains(key.rsplit('.').next().unwrap_or(key));
    if !keys.iter().any(is_worth_reading) {
        return Vec::new();
    }
    let mut options = Options::default();
    options.set_emit_comments(false);
    options.emit_unresolved_aliases = true;
    options.emit_anchor_events = true;
    options.flow_nesting_limit = DEEPEST;
    options.block_nesting_limit = DEEPEST;
    let mut scan = Scan { text, keys, path: String::new(), open: Vec::new(), owners: Vec::new() };
    // An error is where a template starts or a bounded read cut the text off; what stood before it counts.
    for (event, mark) in Parser::new_from_str_with_options(text, options).map_while(Result::ok) {
        let at = mark.byte_range().map_or(Span::default(), |range| Span::new(range.start, range.end));
        scan.take(&event, at);
    }
    scan.owners
}

/// A collection whose end has not been seen.
struct Open {
    /// Length of the path before its own keys.
    base: usize,
    is_map: bool,
    /// The next node is a key.
    wants_key: bool,
    /// The whole of it is one owner.
    owner: Option<DeclaredOwner>,
}

struct Scan<'a> {
    text: &'a str,
    keys: &'a [String],
    /// The dotted key of the node at hand.
    path: String,
    open: Vec<Open>,
    owners: Vec<DeclaredOwner>,
}

impl Scan<'_> {
    fn take(&mut self, event: &Event<'_>, at: Span) {
        match event {
            Event::DocumentStart(..) => {
                self.path.clear();
                self.open.clear();
            }
            Event::Scalar(value, style, ..) => self.scalar(value, *style, at),
            Event::Alias(_) | Event::UnresolvedAlias(_) => self.node_ends(None),
            Event::SequenceStart(..) => self.start(false),
            Event::MappingStart(..) => self.start(true),
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(closed) = self.open.pop() else { return };
                self.path.truncate(closed.base);
                self.owners.extend(closed.owner.filter(|owner| !owner.names.is_empty()));
                self.node_ends(None);
            }
            _ => {}
        }
    }

    fn start(&mut self, is_map: bool) {
        let is_owner = is_map && self.is_asked();
        if let Some(open) = self.open.last().filter(|open| open.wants_key) {
            // What stands in a key that is no text is asked for by nobody.
            self.path.truncate(open.base);
            self.path.push('?');
        }
        let owner = is_owner.then(|| DeclaredOwner { names: Vec::new(), span: Span::default() });
        self.open.push(Open { base: self.path.len(), is_map, wants_key: is_map, owner });
    }

    fn is_asked(&self) -> bool {
        let is_value = !self.open.last().is_some_and(|open| open.wants_key);
        is_value && self.keys.contains(&self.path)
    }

    fn scalar(&mut self, value: &str, style: ScalarStyle, at: Span) {
        if self.open.last().is_some_and(|open| open.wants_key) {
            self.node_ends(Some(value));
            return;
        }
        let span = match style {
            ScalarStyle::Plain if !at.is_empty() => Some(at),
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted if at.len() > 2 => {
                Some(Span::new(at.start + 1, at.end - 1))
            }
            // A block of lines names nobody.
            _ => None,
        };
        if let Some(span) = span.filter(|span| self.text.get(span.range()).is_some()) {
            if self.is_asked() {
                self.owners.push(DeclaredOwner { names: vec![value.to_owned()], span });
            } else if let Some(Open { base, owner: Some(owner), .. }) = self.open.last_mut()
                && self.path.get(*base..).is_some_and(|key| IDENTITIES.contains(&key.trim_start_matches('.')))
            {
                if owner.names.is_empty() {
                    owner.span = span;
                }
                owner.names.push(value.to_owned());
            }
        }
        self.node_ends(None);
    }

    /// A node is complete: a key, where the mapping around it waits for one, or else a value.
    fn node_ends(&mut self, key: Option<&str>) {
        let Some(open) = self.open.last_mut().filter(|open| open.is_map) else { return };
        self.path.truncate(open.base);
        if open.wants_key {
            if open.base > 0 {
                self.path.push('.');
            }
            // What is no text is a key that nobody asks for.
            self.path.push_str(key.unwrap_or("?"));
        }
        open.wants_key = !open.wants_key;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(text: &str, keys: &[&str]) -> Vec<String> {
        let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
        let told = |owner: DeclaredOwner| format!("{} = {}", &text[owner.span.range()], owner.names.join("+"));
        owners(text, &keys).into_iter().map(told).collect()
    }

    #[test]
    fn texts_lists_and_mappings_declare() {
        let text = "groups:\n  - name: a\n    owner:\n      email: fin@acme.com\n      name: 'Finance'\n  - {name: b, owner: {name: \"B\"}}\nowners:\n- x@acme.com # who\n- \"@acme/y\"\nowner: [p, q]\n";
        assert_eq!(
            found(text, &["groups.owner", "owners", "owner"]),
            [
                "fin@acme.com = fin@acme.com+Finance",
                "B = B",
                "x@acme.com = x@acme.com",
                "@acme/y = @acme/y",
                "p = p",
                "q = q"
            ]
        );
    }

    #[test]
    fn only_the_whole_key_counts_and_documents_are_apart() {
        let text =
            "spec: {owner: a}\n---\nowner: b\nx:\n  spec:\n    owner: c\n---\nspec:\n  owner: d\n  spec: {owner: e}\n";
        assert_eq!(found(text, &["spec.owner"]), ["a = a", "d = d"]);
    }

    #[test]
    fn what_names_nobody_is_passed_over() {
        let text = "owner: |\n  a\n? [owner]\n: b\n? {owner: c}\n: d\nowner: *x\nowner:\nowner: e\n";
        assert_eq!(found(text, &["owner"]), ["e = e"]);
    }

    #[test]
    fn what_stood_before_an_error_counts() {
        assert_eq!(found("owner: a\nx: {{ template }}\n  b: [\nowner: b\n", &["owner"])[0], "a = a");
    }

    #[test]
    fn hostile_texts_end_soon() {
        for text in [
            "[".repeat(60_000),
            "- ".repeat(30_000),
            "? ".repeat(30_000),
            "a: {".repeat(15_000),
            "---\n".repeat(15_000),
        ] {
            assert!(found(&format!("owner: a\n{text}"), &["owner"]).len() <= 1);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "(owner|[-:?{}\\[\\]&*!|>'\"%@` a\n]){0,60}") {
            found(&text, &["owner", "a.owner"]);
        }
    }
}
