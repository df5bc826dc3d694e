//! YAML to a tree in which every node knows its characters.
//!
//! Stricter than YAML: one document, no tags, anchors or aliases, plain keys, no key twice, bounded size and depth.
//! What a policy does not need cannot be used against it.

use granit_parser::{Event, Options, Parser, ScalarStyle, Span as Mark};
use rustc_hash::FxHashMap;

use super::error::{Errors, PolicyError};
use super::{Origin, syntax};
use crate::span::Span;

/// The deepest policy has seven levels.
const DEEPEST: usize = 32;
/// A thousand areas of twenty lines each fit.
const MOST_NODES: usize = 50_000;

/// A value and its characters. Quotes do not belong to it, so that the span gives what was said.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) value: Value,
    pub(super) at: Origin,
}

/// What a node holds.
#[derive(Clone, Debug)]
pub(super) enum Value {
    /// Nothing, `~` or `null`.
    Null,
    /// Everything else that is neither list nor map; its reader decides the type.
    Scalar(Scalar),
    /// `[…]` or lines with `-`.
    List(Vec<Node>),
    /// `{…}` or lines with `key:`.
    Map(Vec<Entry>),
}

/// A scalar of any type.
#[derive(Clone, Debug)]
pub(super) struct Scalar {
    pub(super) text: String,
    /// True without quotes: only then may it be a number or a truth value.
    pub(super) plain: bool,
    /// True where the characters are the text, so that places within the one are places within the other.
    pub(super) verbatim: bool,
}

/// A key and its value.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) key_at: Origin,
    pub(super) value: Node,
}

impl Value {
    /// What it is, with its article, for messages.
    pub(super) const fn is_a(&self) -> &'static str {
        match self {
            Self::Null => "empty",
            Self::Scalar(Scalar { plain: false, .. }) => "a text",
            Self::Scalar(_) => "a single value",
            Self::List(_) => "a list",
            Self::Map(_) => "a map",
        }
    }
}

impl Node {
    /// The entry of a map under this key.
    pub(super) fn get(&self, key: &str) -> Option<&Entry> {
        match &self.value {
            Value::Map(entries) => entries.iter().find(|entry| entry.key == key),
            _ => None,
        }
    }

    /// Says of the node and all below it that they stand in this text.
    pub(super) fn set_text(&mut self, text: usize) {
        self.at.text = text;
        match &mut self.value {
            Value::List(items) => items.iter_mut().for_each(|item| item.set_text(text)),
            Value::Map(entries) => {
                for entry in entries {
                    entry.key_at.text = text;
                    entry.value.set_text(text);
                }
            }
            Value::Null | Value::Scalar(_) => {}
        }
    }
}

/// Reads `text`, which is the text number `index` of the policy. `None` where there is no tree to go on with.
pub(super) fn parse(text: &str, index: usize, errors: &mut Errors) -> Option<Node> {
    let mut options = Options::default();
    options.set_emit_comments(false);
    options.emit_unresolved_aliases = true;
    options.emit_anchor_events = true;
    options.flow_nesting_limit = DEEPEST;
    options.block_nesting_limit = DEEPEST;
    let mut builder = Builder { text, index, open: Vec::new(), root: None, nodes: 0, documents: 0, last: 0, errors };
    for event in Parser::new_from_str_with_options(text, options) {
        let outcome = match event {
            Ok((event, mark)) => builder.take(event, &mark),
            Err(error) => Err(Box::new(syntax::explain(&error, text, index))),
        };
        if let Err(error) = outcome {
            builder.errors.push(*error);
            return None;
        }
    }
    builder.root
}

/// A collection whose end has not been seen.
enum Open {
    List { start: usize, items: Vec<Node> },
    Map { start: usize, entries: Vec<Entry>, seen: FxHashMap<String, Origin>, key: Option<(String, Origin)> },
}

struct Builder<'a> {
    text: &'a str,
    index: usize,
    open: Vec<Open>,
    root: Option<Node>,
    nodes: usize,
    documents: usize,
    /// Where the last scalar or closing bracket ended.
    last: usize,
    errors: &'a mut Errors,
}

impl Builder<'_> {
    /// Takes the next event; an error ends the reading.
    fn take(&mut self, event: Event<'_>, mark: &Mark) -> Result<(), Box<PolicyError>> {
        let at = mark.byte_range().map_or(Span::default(), |range| Span::new(range.start, range.end));
        if let Some(tag) = mark.tag_span().and_then(|tag| tag.byte_range()) {
            return Err(Box::new(syntax::tag(self.text, self.index, Span::new(tag.start, tag.end))));
        }
        match event {
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents > 1 {
                    let error = PolicyError::new(self.origin(at), "a second YAML document starts here")
                        .label("the policy ends before this")
                        .help("Keep one document, without a `---` between.".to_owned());
                    return Err(Box::new(error));
                }
            }
            Event::Anchor(..) | Event::Alias(_) | Event::UnresolvedAlias(_) => {
                return Err(Box::new(syntax::alias(self.text, self.index, at)));
            }
            Event::Scalar(text, style, ..) => {
                let node = self.scalar(&text, style, at);
                self.add(node)?;
            }
            Event::SequenceStart(..) => self.open.push(Open::List { start: at.start, items: Vec::new() }),
            Event::MappingStart(..) => {
                self.open.push(Open::Map {
                    start: at.start,
                    entries: Vec::new(),
                    seen: FxHashMap::default(),
                    key: None,
                });
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(at)?,
            _ => {}
        }
        Ok(())
    }

    fn origin(&self, span: Span) -> Origin {
        Origin { text: self.index, span: syntax::visible(self.text, span) }
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, at: Span) -> Node {
        let plain = style == ScalarStyle::Plain;
        let span = match style {
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted if at.len() > 2 => {
                Span::new(at.start + 1, at.end - 1)
            }
            ScalarStyle::Literal | ScalarStyle::Folded => {
                Span::new(at.start, at.start + self.text[at.range()].trim_end().len())
            }
            _ => at,
        };
        let is_block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
        self.last = self.last.max(if is_block { span.end } else { at.end });
        let value = if plain && matches!(text, "" | "~" | "null" | "Null" | "NULL") {
            Value::Null
        } else {
            let verbatim = self.text.get(span.range()) == Some(text);
            Value::Scalar(Scalar { text: text.to_owned(), plain, verbatim })
        };
        Node { value, at: Origin { text: self.index, span } }
    }

    fn close(&mut self, end: Span) -> Result<(), Box<PolicyError>> {
        if !end.is_empty() {
            self.last = end.end;
        }
        // A block ends with the last thing in it: comments and blank lines behind that are not its own.
        let end_of = |start: usize| Span::new(start, self.last.max(start));
        let (value, span) = match self.open.pop() {
            Some(Open::List { start, items }) => (Value::List(items), end_of(start)),
            Some(Open::Map { start, entries, .. }) => (Value::Map(entries), end_of(start)),
            None => return Ok(()),
        };
        self.add(Node { value, at: Origin { text: self.index, span } })
    }

    fn add(&mut self, mut node: Node) -> Result<(), Box<PolicyError>> {
        self.nodes += 1;
        if self.nodes > MOST_NODES {
            let error = PolicyError::new(self.origin(node.at.span), "the policy has too many values")
                .label(format!("{MOST_NODES} stand before this one, and no more are read"));
            return Err(Box::new(error));
        }
        match self.open.last_mut() {
            None => self.root = Some(node),
            Some(Open::List { items, .. }) => items.push(node),
            Some(Open::Map { entries, seen, key, .. }) => match key.take() {
                Some((key, key_at)) => {
                    if node.at.span.is_empty() {
                        node.at = key_at;
                    }
                    if let Some(&first) = seen.get(&key) {
                        self.errors.push(
                            PolicyError::new(key_at, format!("`{key}` stands twice in one map"))
                                .label("here again")
                                .help("Keep one of them, or join what they hold.".to_owned())
                                .related(first, "first here"),
                        );
                    } else {
                        seen.insert(key.clone(), key_at);
                        entries.push(Entry { key, key_at, value: node });
                    }
                }
                None => match node.value {
                    Value::Scalar(scalar) => *key = Some((scalar.text, node.at)),
                    other => {
                        let at = Origin { text: self.index, span: syntax::visible(self.text, node.at.span) };
                        let error = PolicyError::new(at, format!("a key is {} here", other.is_a()));
                        return Err(Box::new(error.label("a key is a word")));
                    }
                },
            },
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(text: &str) -> Node {
        let mut errors = Errors::default();
        let tree = parse(text, 0, &mut errors);
        assert!(errors.is_empty(), "{errors:?}");
        tree.unwrap()
    }

    fn said<'a>(text: &'a str, node: &Node) -> &'a str {
        &text[node.at.span.range()]
    }

    #[test]
    fn spans_give_what_was_said() {
        let text = "a: plain\nb: 'sin''gle'\nc: \"do\\\"ub\"\nd: |\n  li\n  ne\n\ne: [x, \"y\"]\nf:\n  g: {h: ü}\n\n# end\ni:\n";
        let tree = tree(text);
        for (key, expected) in [
            ("a", "plain"),
            ("b", "sin''gle"),
            ("c", "do\\\"ub"),
            ("d", "li\n  ne"),
            ("e", "[x, \"y\"]"),
            ("f", "g: {h: ü}"),
            ("i", "i"),
        ] {
            assert_eq!(said(text, &tree.get(key).unwrap().value), expected, "{key}");
        }
        let list = &tree.get("e").unwrap().value;
        let Value::List(items) = &list.value else { panic!("{list:?}") };
        assert_eq!(said(text, &items[1]), "y");
        let inner = &tree.get("f").unwrap().value.get("g").unwrap().value.get("h").unwrap().value;
        assert_eq!(said(text, inner), "ü");
    }

    #[test]
    fn only_what_is_written_as_its_text_is_verbatim() {
        let tree = tree("a: x\nb: \"y\"\nc: 'it''s'\nd: two\n  lines\n");
        let verbatim = |key: &str| match &tree.get(key).unwrap().value.value {
            Value::Scalar(scalar) => scalar.verbatim,
            other => panic!("{other:?}"),
        };
        assert_eq!([verbatim("a"), verbatim("b"), verbatim("c"), verbatim("d")], [true, true, false, false]);
    }

    #[test]
    fn hostile_texts_end_soon() {
        let deep_flow = "[".repeat(300_000);
        let deep_block = "- ".repeat(300_000);
        let wide = format!("[{}]", "a,".repeat(400_000));
        let documents = "---\n".repeat(200_000);
        let keys = "? ".repeat(300_000);
        for text in [deep_flow, deep_block, wide, documents, keys] {
            let mut errors = Errors::default();
            assert!(parse(&text, 0, &mut errors).is_none());
            assert_eq!(errors.into_sorted().len(), 1);
        }
    }
}
