//! Many patterns as one automaton over characters, simulated as the set of its live nodes.
//!
//! The automaton is a trie over steps: a thousand patterns `*.ext` share their star, and patterns of distinct
//! directories die at the first character that differs, so the live set stays small.

use rustc_hash::{FxHashMap, FxHashSet};

use super::super::{Class, Pattern, Tail};
use super::steps::{Flat, Letter, Step, flatten};

/// Index of a node.
pub(super) type NodeId = u32;

/// Index of a class of a union.
pub(super) type ClassId = u32;

/// A pattern's place in the order, from 1; 0 stands for no pattern.
pub(super) type Order = u32;

/// The root, which is nobody's child: as a child it stands for none.
const NONE: NodeId = 0;
const ROOT: NodeId = 0;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Kind {
    /// Waits for one letter.
    #[default]
    Plain,
    /// Stays through characters.
    Star,
    /// Stays through characters and slashes; its slash child starts the component after it.
    Globstar,
}

#[derive(Clone, Debug, Default)]
struct Node {
    kind: Kind,
    /// The first child by a character; the others are in [`Union::more`].
    character: Option<(char, NodeId)>,
    has_more: bool,
    /// There are children by a class, in [`Union::by_class`].
    has_classes: bool,
    any: NodeId,
    slash: NodeId,
    /// Entered without a letter.
    star: NodeId,
    /// Entered without a letter, its slash child too.
    globstar: NodeId,
    /// The greatest pattern that matches a path that ends here.
    accepts: Order,
    /// The greatest pattern that matches whatever follows a slash here.
    owns_below: Order,
    /// The greatest pattern that this node leads to.
    newest: Order,
}

/// What leads from a node to a child, but for classes.
#[derive(Clone, Copy)]
enum Edge {
    Char(char),
    AnyChar,
    Slash,
    Star,
    Globstar,
}

/// The child of a node by a class, while patterns are joined.
type ClassEdges = FxHashMap<(NodeId, ClassId), NodeId>;

/// Patterns in an order, ready to be asked which of them match.
#[derive(Debug)]
pub(super) struct Union {
    nodes: Vec<Node>,
    more: FxHashMap<(NodeId, char), NodeId>,
    /// The children of each node by a class.
    by_class: FxHashMap<NodeId, Vec<(ClassId, NodeId)>>,
    classes: Vec<Class>,
    /// The ranges of all classes together.
    ranges: Class,
    /// The greatest pattern that matches every path.
    everything: Order,
    characters: FxHashSet<char>,
}

/// Where a letter leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stepped<T> {
    /// To this live set.
    To(T),
    /// Below a directory that this pattern owns whole.
    Owned(Order),
}

impl Union {
    /// Joins patterns. Those that match nothing add nothing.
    pub(super) fn new<'p>(patterns: impl IntoIterator<Item = (Order, &'p Pattern)>) -> Self {
        let mut union = Self {
            nodes: vec![Node::default()],
            more: FxHashMap::default(),
            by_class: FxHashMap::default(),
            classes: Vec::new(),
            ranges: Class::new(false, []),
            everything: 0,
            characters: FxHashSet::default(),
        };
        let mut ids = FxHashMap::default();
        let mut edges = FxHashMap::default();
        for (order, pattern) in patterns {
            if let Some(flat) = flatten(pattern) {
                let classes = flat.classes.iter().map(|&class| union.class(class, &mut ids)).collect::<Vec<_>>();
                union.add(order, &flat, &classes, &mut edges);
            }
        }
        let ranges = union.classes.iter().flat_map(|class| class.ranges().iter().copied());
        union.ranges = Class::new(false, ranges);
        union
    }

    fn class<'p>(&mut self, class: &'p Class, ids: &mut FxHashMap<&'p Class, ClassId>) -> ClassId {
        let next = ClassId::try_from(self.classes.len()).unwrap_or(ClassId::MAX);
        *ids.entry(class).or_insert_with(|| {
            self.classes.push(class.clone());
            next
        })
    }

    fn add(&mut self, order: Order, flat: &Flat<'_>, classes: &[ClassId], edges: &mut ClassEdges) {
        if flat.steps.is_empty() {
            self.everything = self.everything.max(order);
            return;
        }
        let mut at = ROOT;
        for &step in &flat.steps {
            self.reach(at, order);
            at = match step {
                Step::Globstar => {
                    let through = self.child(at, Edge::Globstar);
                    self.reach(through, order);
                    self.child(through, Edge::Slash)
                }
                Step::Class(class) => self.class_child(at, classes[class as usize], edges),
                Step::Char(character) => self.child(at, Edge::Char(character)),
                Step::AnyChar => self.child(at, Edge::AnyChar),
                Step::Star => self.child(at, Edge::Star),
                Step::Slash => self.child(at, Edge::Slash),
            };
        }
        self.reach(at, order);
        let node = self.node_mut(at);
        if flat.tail != Tail::Below {
            node.accepts = node.accepts.max(order);
        }
        if flat.tail != Tail::Exact {
            node.owns_below = node.owns_below.max(order);
        }
    }

    fn class_child(&mut self, at: NodeId, class: ClassId, edges: &mut ClassEdges) -> NodeId {
        let fresh = NodeId::try_from(self.nodes.len()).unwrap_or(NodeId::MAX);
        let child = *edges.entry((at, class)).or_insert(fresh);
        if child == fresh {
            self.nodes.push(Node::default());
            self.node_mut(at).has_classes = true;
            self.by_class.entry(at).or_default().push((class, child));
        }
        child
    }

    fn reach(&mut self, at: NodeId, order: Order) {
        let node = self.node_mut(at);
        node.newest = node.newest.max(order);
    }

    fn child(&mut self, at: NodeId, edge: Edge) -> NodeId {
        let fresh = NodeId::try_from(self.nodes.len()).unwrap_or(NodeId::MAX);
        let kind = match edge {
            Edge::Star => Kind::Star,
            Edge::Globstar => Kind::Globstar,
            _ => Kind::Plain,
        };
        let node = &mut self.nodes[at as usize];
        let slot = match edge {
            Edge::Char(character) => {
                self.characters.insert(character);
                match &mut node.character {
                    None => {
                        node.character = Some((character, fresh));
                        self.nodes.push(Node::default());
                        return fresh;
                    }
                    Some((first, child)) if *first == character => child,
                    Some(_) => {
                        node.has_more = true;
                        self.more.entry((at, character)).or_insert(NONE)
                    }
                }
            }
            Edge::AnyChar => &mut node.any,
            Edge::Slash => &mut node.slash,
            Edge::Star => &mut node.star,
            Edge::Globstar => &mut node.globstar,
        };
        if *slot == NONE {
            *slot = fresh;
            self.nodes.push(Node { kind, ..Node::default() });
            return fresh;
        }
        *slot
    }

    fn node(&self, at: NodeId) -> &Node {
        &self.nodes[at as usize]
    }

    fn node_mut(&mut self, at: NodeId) -> &mut Node {
        &mut self.nodes[at as usize]
    }

    /// True where some pattern names the character outside of classes.
    pub(super) fn names(&self, character: char) -> bool {
        self.characters.contains(&character)
    }

    /// True where some pattern names the character, alone or in the range of a class.
    pub(super) fn knows(&self, character: char) -> bool {
        self.names(character) || self.ranges.holds(Some(character))
    }

    pub(super) fn has_classes(&self) -> bool {
        !self.classes.is_empty()
    }

    /// A class, by its id.
    pub(super) fn class_of(&self, id: ClassId) -> &Class {
        &self.classes[id as usize]
    }

    /// The classes that the next character is tested for, with repetitions.
    pub(super) fn classes_at(&self, live: &[NodeId]) -> impl Iterator<Item = ClassId> {
        let with_classes = live.iter().filter(|&&at| self.node(at).has_classes);
        with_classes.filter_map(|at| self.by_class.get(at)).flatten().map(|&(class, _)| class)
    }

    /// The pattern after `after` that matches every path, if there is one.
    pub(super) fn everything(&self, after: Order) -> Option<Order> {
        Some(self.everything).filter(|&order| order > after)
    }

    /// The live set before the first letter, of the patterns after `after` only.
    pub(super) fn start(&self, after: Order) -> Vec<NodeId> {
        let mut live = Vec::new();
        self.enter(ROOT, after, &mut live);
        tidy(&mut live);
        live
    }

    /// The live set after one more letter: sorted, and of the patterns after `after` only.
    pub(super) fn step(&self, live: &[NodeId], letter: Letter, after: Order) -> Stepped<Vec<NodeId>> {
        let mut next = Vec::with_capacity(live.len());
        if letter == Letter::Slash {
            let owner = live.iter().map(|&at| self.node(at).owns_below).max().unwrap_or(0);
            if owner > after {
                return Stepped::Owned(owner);
            }
        }
        for &at in live {
            let node = self.node(at);
            let stays = match node.kind {
                Kind::Plain => false,
                Kind::Star => letter != Letter::Slash,
                Kind::Globstar => true,
            };
            if stays {
                next.push(at);
            }
            let character = match letter {
                Letter::Slash => {
                    self.follow(node.slash, after, &mut next);
                    continue;
                }
                Letter::Fresh => None,
                Letter::Char(character) => Some(character),
            };
            self.follow(node.any, after, &mut next);
            if let Some(character) = character {
                self.follow(self.by_character(at, character), after, &mut next);
            }
            if node.has_classes {
                for &(class, child) in self.by_class.get(&at).into_iter().flatten() {
                    if self.class_of(class).holds(character) {
                        self.follow(child, after, &mut next);
                    }
                }
            }
        }
        tidy(&mut next);
        Stepped::To(next)
    }

    fn by_character(&self, at: NodeId, character: char) -> NodeId {
        let node = self.node(at);
        match node.character {
            Some((first, child)) if first == character => child,
            _ if node.has_more => self.more.get(&(at, character)).copied().unwrap_or(NONE),
            _ => NONE,
        }
    }

    /// Adds a node and what it reaches without a letter. The depth is bounded: two stars, or two globstars, are
    /// never adjacent.
    fn enter(&self, at: NodeId, after: Order, live: &mut Vec<NodeId>) {
        let node = self.node(at);
        if node.newest <= after {
            return;
        }
        live.push(at);
        self.follow(node.star, after, live);
        if node.globstar != NONE && self.node(node.globstar).newest > after {
            live.push(node.globstar);
            self.follow(self.node(node.globstar).slash, after, live);
        }
    }

    fn follow(&self, child: NodeId, after: Order, live: &mut Vec<NodeId>) {
        if child != NONE {
            self.enter(child, after, live);
        }
    }

    /// The greatest pattern after `after` that matches the path that ends here.
    pub(super) fn winner(&self, live: &[NodeId], after: Order) -> Option<Order> {
        live.iter().map(|&at| self.node(at).accepts).max().filter(|&order| order > after)
    }
}

fn tidy(live: &mut Vec<NodeId>) {
    live.sort_unstable();
    live.dedup();
}
