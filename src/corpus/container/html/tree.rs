//! Turns the parts of a page into a tree of elements and texts that know their lines.
//!
//! It lies in one list, so that nothing here or behind it needs to call itself, however deep a page is nested.

/// The place of a node in its tree.
pub type Id = usize;

/// The place of the document itself.
pub const ROOT: Id = 0;
/// Where there is no node.
const NONE: Id = Id::MAX;

/// How many attributes one element keeps.
const MAX_ATTRIBUTES: usize = 16;

/// The attributes that anything is told by.
const KEPT: [&str; 17] = [
    "class",
    "id",
    "role",
    "href",
    "rel",
    "hidden",
    "aria-hidden",
    "aria-label",
    "style",
    "name",
    "property",
    "itemprop",
    "itemtype",
    "content",
    "type",
    "start",
    "width",
];

/// A node of a page.
#[derive(Debug, Default)]
pub struct Node {
    /// The name of the element in lower case; empty for a text and for the document.
    pub name: String,
    /// The words of a text.
    pub text: String,
    /// The line in the source, one-based.
    pub line: u32,
    attributes: Vec<(&'static str, String)>,
    parent: Id,
    first: Id,
    last: Id,
    before: Id,
    next: Id,
    depth: u16,
    /// The line that a text ends on.
    end: u32,
}

impl Node {
    fn new(name: &str, line: u32) -> Self {
        Self {
            name: name.to_owned(),
            line,
            parent: NONE,
            first: NONE,
            last: NONE,
            before: NONE,
            next: NONE,
            ..Self::default()
        }
    }

    /// Returns the value of an attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let mut attributes = self.attributes.iter();
        attributes
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value.as_str())
    }

    /// Returns whether it is an element of one of the names.
    pub fn is_any(&self, names: &[&str]) -> bool {
        !self.name.is_empty() && names.contains(&self.name.as_str())
    }
}

/// A page.
#[derive(Debug, Default)]
pub struct Tree {
    nodes: Vec<Node>,
    /// Whether it was read to its end.
    pub whole: bool,
}

/// A step of a walk through a part of a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A node begins.
    Enter(Id),
    /// A node, and all that it holds, has been passed.
    Leave(Id),
}

impl Tree {
    /// Returns a node.
    pub fn node(&self, id: Id) -> &Node {
        &self.nodes[id]
    }

    /// Returns how many nodes there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Returns what a node lies in.
    pub fn parent(&self, id: Id) -> Option<Id> {
        some(self.nodes[id].parent)
    }

    /// Iterates over what lies directly in a node.
    pub fn children(&self, id: Id) -> impl Iterator<Item = Id> + '_ {
        std::iter::successors(some(self.nodes[id].first), |&id| some(self.nodes[id].next))
    }

    /// Iterates over what a node lies in, from the nearest to the document.
    pub fn ancestors(&self, id: Id) -> impl Iterator<Item = Id> + '_ {
        std::iter::successors(self.parent(id), |&id| self.parent(id))
    }

    /// Iterates over a node and all that it holds, in the order of the page; what `goes` says is passed over with all
    /// that it holds.
    pub fn walk<'t>(&'t self, top: Id, goes: impl Fn(Id) -> bool + 't) -> Walk<'t> {
        Walk {
            tree: self,
            top,
            next: (!goes(top)).then_some(Step::Enter(top)),
            goes: Box::new(goes),
        }
    }

    /// Iterates over a node and all that it holds.
    pub fn within(&self, top: Id) -> impl Iterator<Item = Id> + '_ {
        self.walk(top, |_| false).filter_map(|step| match step {
            Step::Enter(id) => Some(id),
            Step::Leave(_) => None,
        })
    }

    /// Returns the words below a node as they stand.
    pub fn text(&self, top: Id) -> String {
        let mut text = String::new();
        for id in self.within(top) {
            let node = self.node(id);
            text.push_str(&node.text);
            // The words of two blocks do not run into each other.
            if !node.name.is_empty() && !node.is_any(INLINE) {
                text.push(' ');
            }
        }
        text
    }
}

/// Elements that stand within a line.
pub const INLINE: &[&str] = &[
    "a", "abbr", "acronym", "b", "bdi", "bdo", "cite", "data", "del", "dfn", "ins", "kbd", "label",
    "mark", "q", "rp", "rt", "ruby", "samp", "span", "strong", "sub", "sup", "time", "var", "wbr",
];

fn some(id: Id) -> Option<Id> {
    (id != NONE).then_some(id)
}

/// A walk through a part of a tree.
pub struct Walk<'t> {
    tree: &'t Tree,
    top: Id,
    next: Option<Step>,
    goes: Box<dyn Fn(Id) -> bool + 't>,
}

impl Walk<'_> {
    fn first_of(&self, mut at: Id) -> Option<Id> {
        while let Some(id) = some(at) {
            if !(self.goes)(id) {
                return Some(id);
            }
            at = self.tree.nodes[id].next;
        }
        None
    }
}

impl Iterator for Walk<'_> {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        let step = self.next?;
        let nodes = &self.tree.nodes;
        self.next = match step {
            Step::Enter(id) => Some(
                self.first_of(nodes[id].first)
                    .map_or(Step::Leave(id), Step::Enter),
            ),
            Step::Leave(id) if id == self.top => None,
            Step::Leave(id) => Some(
                self.first_of(nodes[id].next)
                    .map_or(Step::Leave(nodes[id].parent), Step::Enter),
            ),
        };
        Some(step)
    }
}

/// Building: what the parser does to a tree.
impl Tree {
    /// Returns a tree that holds the document alone.
    pub fn new(line: u32) -> Self {
        Self {
            nodes: vec![Node::new("", line)],
            whole: true,
        }
    }

    /// Adds an element that lies nowhere yet.
    pub fn add(&mut self, name: &str, line: u32) -> Id {
        self.nodes.push(Node::new(name, line));
        self.nodes.len() - 1
    }

    /// Keeps an attribute that anything is told by, and that the element does not have yet.
    pub fn keep(&mut self, id: Id, name: &str, value: &str) {
        let kept = &mut self.nodes[id].attributes;
        if let Some(key) = KEPT.into_iter().find(|key| *key == name)
            && kept.len() < MAX_ATTRIBUTES
            && !kept.iter().any(|(known, _)| *known == key)
        {
            kept.push((key, value.to_owned()));
        }
    }

    /// Takes a node out of what it lies in.
    pub fn detach(&mut self, id: Id) {
        let nodes = &mut self.nodes;
        let (parent, before, next) = (nodes[id].parent, nodes[id].before, nodes[id].next);
        match some(before) {
            Some(before) => nodes[before].next = next,
            None if parent != NONE => nodes[parent].first = next,
            None => {}
        }
        match some(next) {
            Some(next) => nodes[next].before = before,
            None if parent != NONE => nodes[parent].last = before,
            None => {}
        }
        (nodes[id].parent, nodes[id].before, nodes[id].next) = (NONE, NONE, NONE);
    }

    /// Puts a node into `parent`, in front of `next`, or at the end.
    pub fn put(&mut self, parent: Id, next: Option<Id>, id: Id) {
        self.detach(id);
        let nodes = &mut self.nodes;
        let before = next.map_or(nodes[parent].last, |next| nodes[next].before);
        nodes[id].parent = parent;
        nodes[id].depth = nodes[parent].depth.saturating_add(1);
        nodes[id].before = before;
        nodes[id].next = next.unwrap_or(NONE);
        match some(before) {
            Some(before) => nodes[before].next = id,
            None => nodes[parent].first = id,
        }
        match next {
            Some(next) => nodes[next].before = id,
            None => nodes[parent].last = id,
        }
    }

    /// Puts a text of one line into `parent`, in front of `next`, or at the end; a text that goes on is one node.
    pub fn put_text(&mut self, parent: Id, next: Option<Id>, text: &str, line: u32) {
        let last = next.map_or(self.nodes[parent].last, |next| self.nodes[next].before);
        let last = some(last)
            .filter(|&last| self.nodes[last].name.is_empty() && self.nodes[last].end == line);
        let id = last.unwrap_or_else(|| {
            let id = self.add("", line);
            self.nodes[id].end = line;
            self.put(parent, next, id);
            id
        });
        self.nodes[id].text.push_str(text);
        self.nodes[id].end += u32::from(text.ends_with('\n'));
    }

    /// Moves all that lies in a node to the end of another.
    pub fn reparent(&mut self, node: Id, parent: Id) {
        while let Some(child) = some(self.nodes[node].first) {
            self.put(parent, None, child);
        }
    }

    /// Returns how deep a node lies, about.
    pub fn depth(&self, id: Id) -> u16 {
        self.nodes[id].depth
    }
}
