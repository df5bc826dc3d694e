//! A glob as an expression, so that areas and rules meet in one automaton.

use super::super::{Pattern, Segment, Tail, Token};
use super::node::{Class, Look, Node};

/// The paths of a glob, or those that keep it from being asked about.
pub(super) enum Glob {
    /// As an expression. Components are assumed to be legal: never empty.
    Node(Node),
    /// None at all.
    Empty,
    /// It names U+FFFD, as which rules see every wrong byte, and globs do not.
    Unsure,
}

/// Translates a glob.
pub(super) fn translate(pattern: &Pattern) -> Glob {
    if pattern.tail == Tail::Nothing {
        return Glob::Empty;
    }
    let slash = || Node::literal("/");
    let any_name = || Node::Class(Class::within_component()).at_least(1);
    let below = || Node::Class(Class::dot(true)).at_least(1);
    let mut nodes = vec![Node::Look(Look::Start)];
    // Whether a slash is due before what comes next.
    let mut is_due = false;
    for segment in &pattern.segments {
        let part = match segment {
            Segment::Globstar if is_due => {
                nodes.push(Node::Concat(vec![slash(), any_name()]).at_least(0));
                continue;
            }
            Segment::Globstar => {
                nodes.push(Node::Concat(vec![any_name(), slash()]).at_least(0));
                continue;
            }
            Segment::Literal(name) if name.contains(char::REPLACEMENT_CHARACTER) => return Glob::Unsure,
            Segment::Literal(name) => Node::literal(name),
            Segment::Wild(wild) if wild.0.contains(&Token::Char(char::REPLACEMENT_CHARACTER)) => return Glob::Unsure,
            Segment::Wild(wild) => match wild.0.iter().map(token).collect() {
                Some(nodes) => Node::Concat(nodes),
                None => return Glob::Unsure,
            },
        };
        if is_due {
            nodes.push(slash());
        }
        nodes.push(part);
        is_due = true;
    }
    match (pattern.tail, is_due) {
        (Tail::Exact | Tail::Nothing, _) => {}
        (Tail::SelfOrBelow, true) => nodes.push(Node::Concat(vec![slash(), below()]).optional()),
        (Tail::Below, true) => nodes.push(Node::Concat(vec![slash(), below()])),
        // Behind nothing, or behind a globstar that has already written its slash.
        (Tail::SelfOrBelow | Tail::Below, false) => nodes.push(below()),
    }
    nodes.push(Node::Look(Look::End));
    Glob::Node(Node::Concat(nodes))
}

/// `None` for a bracket class: the globs of a policy, which alone are asked about here, have none.
fn token(token: &Token) -> Option<Node> {
    Some(match token {
        Token::Char(character) => Node::literal(character.encode_utf8(&mut [0; 4])),
        Token::AnyChar => Node::Class(Class::within_component()),
        Token::Star => Node::Class(Class::within_component()).at_least(0),
        Token::Class(_) => return None,
    })
}
