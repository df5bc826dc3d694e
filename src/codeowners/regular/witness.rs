//! Paths to show, and which ones are asked about.

use super::node::{Class, Item, Named, Node};

/// What stands for a name that nothing fixes.
const NAME: &str = "new";

/// Longer paths are not worth guessing.
const LONGEST_GUESS: usize = 500;

/// Git on the usual file systems holds no longer component, in bytes.
const LONGEST_COMPONENT: usize = 255;

/// What is known of the component being spelled: enough to tell those that git cannot hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Component {
    /// Nothing yet.
    Start,
    /// `.`, `..`, or the beginning of `.git` of so many characters.
    Dot,
    DotDot,
    DotGit(u8),
    /// Anything else.
    Other,
}

impl Component {
    /// The characters that must be letters of their own for this.
    pub(super) const APART: &str = "/.gitGIT";

    /// The characters that no path has that is asked about: control characters.
    pub(super) const NEVER: Item = Item::Named(Named::Ascii(&[('\0', '\x1f'), ('\x7f', '\x7f')]), false);

    /// After one more character; `None` where no path goes on so that is asked about.
    pub(super) fn then(self, character: char) -> Option<Self> {
        Some(match (self, character) {
            (_, control) if control.is_ascii_control() => return None,
            (_, '/') => return self.is_legal().then_some(Self::Start),
            (Self::Start, '.') => Self::Dot,
            (Self::Dot, '.') => Self::DotDot,
            (Self::Dot, 'g' | 'G') => Self::DotGit(2),
            (Self::DotGit(2), 'i' | 'I') => Self::DotGit(3),
            (Self::DotGit(3), 't' | 'T') => Self::DotGit(4),
            _ => Self::Other,
        })
    }

    /// Whether the component may end here.
    pub(super) fn is_legal(self) -> bool {
        matches!(self, Self::DotGit(2 | 3) | Self::Other)
    }
}

/// Whether the path is one that is asked about.
pub(super) fn is_legal(path: &str) -> bool {
    let end = path.chars().try_fold(Component::Start, Component::then);
    end.is_some_and(Component::is_legal) && path.split('/').all(|component| component.len() <= LONGEST_COMPONENT)
}

/// How to spell one match of many.
#[derive(Clone, Copy)]
struct Way {
    /// Take what is there once or not at all.
    with_optional: bool,
    /// Take what is there any number of times.
    with_repeated: bool,
    /// Of several, take the last.
    last: bool,
}

/// A few paths that an expression likely matches, the most natural first.
pub(super) fn guesses(node: &Node) -> Vec<String> {
    let mut guesses = Vec::new();
    for last in [false, true] {
        for with_repeated in [false, true] {
            for with_optional in [false, true] {
                let mut guess = String::new();
                let way = Way { with_optional, with_repeated, last };
                if spell(node, way, &mut guess) && !guesses.contains(&guess) {
                    guesses.push(guess);
                }
            }
        }
    }
    guesses
}

/// Spells one match. False where it gets too long.
fn spell(node: &Node, way: Way, text: &mut String) -> bool {
    match node {
        Node::Empty | Node::Look(_) | Node::Around { .. } => {}
        Node::Literal { text: literal, .. } => text.push_str(literal),
        Node::Class(class) => text.extend(readable(class)),
        Node::Concat(nodes) => return nodes.iter().all(|node| spell(node, way, text)),
        Node::Alternate(nodes) => {
            let chosen = if way.last { nodes.last() } else { nodes.first() };
            return chosen.is_none_or(|node| spell(node, way, text));
        }
        Node::Repeat { node, min, max } => match &**node {
            Node::Class(class) if *min <= 3 && max.is_none() && takes_name(class) => text.push_str(NAME),
            node => {
                let wanted = if *max == Some(1) { way.with_optional } else { way.with_repeated && *max != Some(0) };
                for _ in 0..(*min).max(u32::from(wanted)) {
                    if !spell(node, way, text) {
                        return false;
                    }
                }
            }
        },
    }
    text.len() <= LONGEST_GUESS
}

fn takes_name(class: &Class) -> bool {
    let set = class.resolve();
    NAME.chars().all(|letter| set.iter().any(|range| (range.start()..=range.end()).contains(&letter)))
}

/// A character of a class, the most readable one.
fn readable(class: &Class) -> Option<char> {
    let set = class.resolve();
    let has = |wanted: &char| set.iter().any(|range| (range.start()..=range.end()).contains(wanted));
    ('x'..='z')
        .chain('a'..='w')
        .chain('0'..='9')
        .chain('A'..='Z')
        .find(has)
        .or_else(|| Some(set.iter().next()?.start()))
}

/// Ways to write a path that a search spelled with `x` for all that nothing fixes, the most readable first and the
/// path itself last.
pub(super) fn readings(path: &str) -> Vec<String> {
    let mut readings = Vec::new();
    let mut named = String::new();
    let mut in_run = false;
    for character in path.chars() {
        let is_open = character == 'x';
        match (is_open, in_run) {
            (true, false) => named.push_str(NAME),
            (true, true) => {}
            (false, _) => named.push(character),
        }
        in_run = is_open;
    }
    for reading in [named.as_str(), path] {
        let file = reading.rfind('/').map_or(0, |slash| slash + 1);
        // A search leaves out what it can: `models/new.onnx` reads better than `models/.onnx`.
        if reading[file..].starts_with('.') {
            readings.push(format!("{}{NAME}{}", &reading[..file], &reading[file..]));
        }
        readings.push(reading.to_owned());
    }
    readings
}
