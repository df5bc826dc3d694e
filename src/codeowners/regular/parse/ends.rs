//! `$` in `regexp2`, which also stands before a line feed that ends the text.

use super::super::node::{Look, Node};

/// Lets every `$` that ends the expression take a last line feed. As nothing follows, whether it is taken changes
/// nothing else. Fails where something does follow.
pub(super) fn settle(node: Node) -> Result<Node, &'static str> {
    at_end(node, true)
}

fn at_end(node: Node, ends_here: bool) -> Result<Node, &'static str> {
    Ok(match node {
        Node::Look(Look::End) if ends_here => Node::Concat(vec![Node::literal("\n").optional(), Node::Look(Look::End)]),
        Node::Look(Look::End) => return Err("`$` before more of the expression"),
        Node::Concat(nodes) => {
            // All behind the last node that takes characters or asks for something else.
            let ends = nodes.iter().rposition(|node| !says_only_end(node)).unwrap_or(0);
            let settled = nodes.into_iter().enumerate().map(|(at, node)| at_end(node, ends_here && at >= ends));
            Node::Concat(settled.collect::<Result<_, _>>()?)
        }
        Node::Alternate(nodes) => {
            Node::Alternate(nodes.into_iter().map(|node| at_end(node, ends_here)).collect::<Result<_, _>>()?)
        }
        Node::Repeat { node, min, max } => {
            let node = Box::new(at_end(*node, ends_here && max == Some(1))?);
            Node::Repeat { node, min, max }
        }
        Node::Around { ahead, negative, node } => {
            Node::Around { ahead, negative, node: Box::new(at_end(*node, ahead)?) }
        }
        other => other,
    })
}

fn says_only_end(node: &Node) -> bool {
    match node {
        Node::Empty | Node::Look(Look::End) => true,
        Node::Concat(nodes) | Node::Alternate(nodes) => nodes.iter().all(says_only_end),
        _ => false,
    }
}
