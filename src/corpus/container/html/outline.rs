//! Turns the tree of a page into an outline: where its parts begin and end, how much they say, and where the sections of
//! a blueprint stand.

use super::content::HEADINGS;
use super::tree::{INLINE, Id, ROOT, Step, Tree};
use crate::corpus::document::plain;
use crate::corpus::headings::headings;

/// The longest text that is looked at as a heading, in bytes.
const MAX_HEADING: usize = 200;

/// What is known of the nodes of a page before it is told which of them are the article.
pub struct Outline {
    /// How many bytes of text lie in each node.
    pub sizes: Vec<usize>,
    /// The place of each node in the order of the page, and the last place inside it.
    begins: Vec<usize>,
    ends: Vec<usize>,
    /// The nodes in the order of the page.
    pub order: Vec<Id>,
    /// The headings of sections that blueprints have, in the order of the page.
    pub sections: Vec<Id>,
    /// Whether the first heading in a node is one of them.
    pub leads: Vec<bool>,
    /// Whether a node is one of them.
    pub heads: Vec<bool>,
    /// How many of them lie in a node.
    counts: Vec<usize>,
}

impl Outline {
    /// Reads the outline of a page.
    pub fn of(tree: &Tree) -> Self {
        let mut outline = Self {
            sizes: vec![0; tree.len()],
            begins: vec![0; tree.len()],
            ends: vec![0; tree.len()],
            order: Vec::with_capacity(tree.len()),
            sections: Vec::new(),
            leads: vec![false; tree.len()],
            heads: vec![false; tree.len()],
            counts: vec![0; tree.len()],
        };
        outline.measure(tree);
        outline.find_sections(tree);
        outline
    }

    fn measure(&mut self, tree: &Tree) {
        let shows_none = |id: Id| {
            tree.node(id)
                .is_any(&["script", "style", "template", "noscript"])
        };
        for step in tree.walk(ROOT, shows_none) {
            match step {
                Step::Enter(id) => {
                    self.begins[id] = self.order.len();
                    self.order.push(id);
                }
                Step::Leave(id) => {
                    self.ends[id] = self.order.len();
                    self.sizes[id] += tree.node(id).text.trim().len();
                    if let Some(parent) = tree.parent(id) {
                        self.sizes[parent] += self.sizes[id];
                    }
                }
            }
        }
    }

    fn find_sections(&mut self, tree: &Tree) {
        let mut first: Vec<Option<bool>> = vec![None; tree.len()];
        for step in tree.walk(ROOT, |_| false) {
            let Step::Leave(id) = step else {
                continue;
            };
            let node = tree.node(id);
            let is_heading = node.is_any(&HEADINGS);
            if is_heading || self.is_line_in_bold(tree, id) {
                let is_section = self.sizes[id] <= MAX_HEADING
                    && headings().exact(&plain(&tree.text(id))).is_some();
                if is_section {
                    self.sections.push(id);
                    self.heads[id] = true;
                    self.counts[id] += 1;
                }
                if is_heading || is_section {
                    first[id] = Some(is_section);
                }
            }
            if let Some(parent) = tree.parent(id) {
                self.counts[parent] += self.counts[id];
                // The children of a node are left in their order.
                first[parent] = first[parent].or(first[id]);
            }
        }
        self.leads = first.into_iter().map(|first| first == Some(true)).collect();
    }

    /// Whether an element in bold is all that its line says.
    fn is_line_in_bold(&self, tree: &Tree, id: Id) -> bool {
        let node = tree.node(id);
        if !node.is_any(&["b", "strong", "summary", "legend"]) || self.sizes[id] == 0 {
            return false;
        }
        let within = |&id: &Id| {
            let node = tree.node(id);
            !node.is_any(INLINE) && !node.is_any(&["font"])
        };
        let Some(block) = tree.ancestors(id).take(8).find(within) else {
            return false;
        };
        let is_alone = || {
            let mut size = 0;
            for id in tree.within(block) {
                size += tree.node(id).text.trim().len();
                if size > self.sizes[id].max(MAX_HEADING) {
                    return false;
                }
            }
            size <= self.sizes[id] + 1
        };
        !node.is_any(&["b", "strong"]) || is_alone()
    }

    /// Returns whether an element lies wholly behind the beginning of one node and in front of another.
    pub fn lies_between(&self, id: Id, from: Id, to: Id) -> bool {
        self.begins[id] >= self.begins[from] && self.ends[id] <= self.begins[to]
    }

    /// Returns whether a node stands behind another, and is no part of it.
    pub fn is_behind(&self, id: Id, other: Id) -> bool {
        self.begins[id] >= self.ends[other]
    }

    /// Returns whether a node lies in another.
    pub fn is_in(&self, id: Id, top: Id) -> bool {
        self.begins[id] > self.begins[top] && self.ends[id] <= self.ends[top]
    }

    /// Returns the place of a node in the order of the page.
    pub fn place(&self, id: Id) -> usize {
        self.begins[id]
    }

    /// Returns whether an element is a section of a blueprint, or several: its first heading names one, or two do.
    pub fn is_section(&self, id: Id) -> bool {
        self.leads[id] || self.counts[id] > 1
    }
}
