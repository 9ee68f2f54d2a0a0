//! Turns the tree of a page into the part of it that is the article, and what stands around it.

use super::mark;
use super::naming::title_heading;
use super::tree::{Id, Node, ROOT, Step, Tree};
use crate::corpus::chrome::words::page_words;
use crate::corpus::document::{LeftOut, plain};
use crate::corpus::headings::headings;

/// The names of headings.
pub const HEADINGS: [&str; 6] = ["h1", "h2", "h3", "h4", "h5", "h6"];
/// What is left out of a page without being told.
const OUTSIDE: &str = "outside the article";

/// Which parts of a page are its article.
#[derive(Debug)]
pub struct Content {
    /// What each element is that is left out with all that it holds.
    pub part: Vec<Option<&'static str>>,
    /// The element that the article lies in.
    pub top: Id,
    /// The heading that names the page.
    pub title: Option<Id>,
}

/// Finds the article of a page.
pub fn find(tree: &Tree) -> Content {
    let title = title_heading(tree);
    let part = mark::parts(tree, title);
    let top = top_of(tree, &part, title);
    Content { part, top, title }
}

impl Content {
    /// Returns whether a node is left out with all that it holds.
    pub fn goes(&self, id: Id) -> bool {
        self.part[id].is_some()
    }

    /// Returns the words that are shown in a node.
    pub fn text(&self, tree: &Tree, top: Id) -> String {
        let mut text = String::new();
        for step in tree.walk(top, |id| id != top && self.goes(id)) {
            if let Step::Enter(id) = step {
                text.push_str(&tree.node(id).text);
            }
        }
        plain(&text)
    }

    /// Returns what is left out, in the order of the page.
    pub fn left_out(&self, tree: &Tree) -> Vec<LeftOut> {
        let mut left_out: Vec<LeftOut> = Vec::new();
        let stops = |id: Id| {
            // What lies around the article is told by its own parts.
            tree.parent(id).is_some_and(|parent| self.goes(parent)) || id == self.top
        };
        for step in tree.walk(ROOT, stops) {
            let Step::Enter(id) = step else {
                continue;
            };
            let node = tree.node(id);
            match self.part[id] {
                Some(reason) => push(&mut left_out, tree, id, reason),
                None if node.name.is_empty() && id != ROOT => {
                    push(&mut left_out, tree, id, OUTSIDE);
                }
                None => {}
            }
        }
        for step in tree.walk(self.top, |id| {
            tree.parent(id).is_some_and(|parent| self.goes(parent))
        }) {
            if let Step::Enter(id) = step
                && let Some(reason) = self.part[id]
            {
                push(&mut left_out, tree, id, reason);
            }
        }
        left_out.sort_by_key(|left| left.line);
        left_out
    }
}

fn push(left_out: &mut Vec<LeftOut>, tree: &Tree, id: Id, reason: &'static str) {
    let node = tree.node(id);
    if node.is_any(&["script", "style", "template", "title", "meta", "link"]) {
        return;
    }
    let first = |id: &Id| !tree.node(*id).text.trim().is_empty();
    let Some(line) = tree.within(id).find(first).map(|id| tree.node(id).line) else {
        return;
    };
    let text = plain(&tree.text(id));
    if text.is_empty() {
        return;
    }
    match left_out.last_mut() {
        // The words of a line that links cut into pieces are one.
        Some(last) if last.reason == reason && reason == OUTSIDE && last.line == line => {
            last.text.push(' ');
            last.text.push_str(&text);
        }
        _ => left_out.push(LeftOut { line, reason, text }),
    }
}

/// The element that the article lies in: the nearest of those that sites use that leaves no section of it outside.
fn top_of(tree: &Tree, part: &[Option<&'static str>], title: Option<Id>) -> Id {
    let goes = |id: Id| part[id].is_some();
    let mut weights = vec![0; tree.len()];
    let mut sections = vec![0; tree.len()];
    let mut elements = Vec::new();
    for step in tree.walk(ROOT, goes) {
        match step {
            Step::Enter(id) if !tree.node(id).name.is_empty() => elements.push(id),
            Step::Enter(_) => {}
            Step::Leave(id) => {
                let node = tree.node(id);
                weights[id] += node.text.trim().len();
                let is_section =
                    node.is_any(&HEADINGS) && headings().exact(&plain(&tree.text(id))).is_some();
                sections[id] += usize::from(is_section);
                if let Some(parent) = tree.parent(id) {
                    weights[parent] += weights[id];
                    sections[parent] += sections[id];
                }
            }
        }
    }
    let holds_title = |id: Id| title.is_some_and(|title| tree.ancestors(title).any(|at| at == id));
    let heaviest = |ids: Vec<Id>| {
        let ids = ids.into_iter().filter(|&id| weights[id] > 0);
        ids.max_by_key(|&id| (holds_title(id), weights[id], std::cmp::Reverse(id)))
    };
    let of_tag = |name: &str| {
        let ids = elements.iter().copied().filter(|&id| {
            let node = tree.node(id);
            node.name == name || name == "main" && node.attribute("role") == Some("main")
        });
        heaviest(ids.collect())
    };
    let body = elements
        .iter()
        .copied()
        .find(|&id| tree.node(id).name == "body")
        .unwrap_or(ROOT);
    let known = content_of(tree, &elements).and_then(heaviest);
    let candidates = [of_tag("article"), known, of_tag("main"), Some(body)];
    let fits = |&id: &Id| sections[id] == sections[body] && weights[id] * 4 >= weights[body];
    candidates.into_iter().flatten().find(fits).unwrap_or(body)
}

/// The elements of the surest class or id that sites give to what holds an article.
fn content_of(tree: &Tree, elements: &[Id]) -> Option<Vec<Id>> {
    let rank = |id: Id| {
        let names = ["class", "id"].into_iter();
        let names = names.filter_map(|name| tree.node(id).attribute(name));
        names.filter_map(|names| page_words().content(names)).min()
    };
    let ranks: Vec<(Id, usize)> = elements
        .iter()
        .filter_map(|&id| Some((id, rank(id)?)))
        .collect();
    let surest = ranks.iter().map(|&(_, rank)| rank).min()?;
    let of_rank = ranks.into_iter().filter(|&(_, rank)| rank == surest);
    Some(of_rank.map(|(id, _)| id).collect())
}

/// Returns whether an element is not shown when the page opens.
pub fn is_hidden(node: &Node) -> bool {
    let style = || {
        let style = node.attribute("style").unwrap_or_default();
        let style = style.to_ascii_lowercase().replace(' ', "");
        style.contains("display:none") || style.contains("visibility:hidden")
    };
    node.attribute("hidden")
        .is_some_and(|value| value != "until-found")
        || node.attribute("aria-hidden") == Some("true")
        || style()
}
