//! Turns the tree of a page into the part of it that is the article, and what stands around it.

use super::tree::{Id, Node, ROOT, Step, Tree};
use crate::corpus::chrome::words::{PageWords, class_words, page_words};
use crate::corpus::document::{LeftOut, plain};
use crate::corpus::headings::headings;
use crate::taxonomy::words;

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
    let sizes = Sizes::of(tree);
    let title = title_heading(tree);
    let mut marker = Marker {
        tree,
        words: page_words(),
        sizes: &sizes,
        title,
        part: vec![None; tree.len()],
    };
    marker.mark();
    let part = marker.part;
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

/// How much text lies in each node.
struct Sizes {
    all: Vec<usize>,
}

impl Sizes {
    fn of(tree: &Tree) -> Self {
        let mut all = vec![0; tree.len()];
        let goes = |id: Id| {
            tree.node(id)
                .is_any(&["script", "style", "template", "noscript"])
        };
        for step in tree.walk(ROOT, goes) {
            if let Step::Leave(id) = step {
                all[id] += tree.node(id).text.trim().len();
                if let Some(parent) = tree.parent(id) {
                    all[parent] += all[id];
                }
            }
        }
        Self { all }
    }
}

/// Says of the elements of a page what they are.
struct Marker<'t> {
    tree: &'t Tree,
    words: &'static PageWords,
    sizes: &'t Sizes,
    title: Option<Id>,
    part: Vec<Option<&'static str>>,
}

impl Marker<'_> {
    fn mark(&mut self) {
        let holds = self.holds_title();
        let mut open: Vec<Id> = vec![ROOT];
        while let Some(id) = open.pop() {
            let node = self.tree.node(id);
            if node.name.is_empty() && id != ROOT {
                continue;
            }
            self.part[id] = self.part_of(id, node, holds[id]);
            if self.part[id].is_none() {
                open.extend(self.tree.children(id));
            }
        }
    }

    /// Which elements hold the heading that names the page.
    fn holds_title(&self) -> Vec<bool> {
        let mut holds = vec![false; self.tree.len()];
        if let Some(title) = self.title {
            holds[title] = true;
            for id in self.tree.ancestors(title) {
                holds[id] = true;
            }
        }
        holds
    }

    fn part_of(&self, id: Id, node: &Node, holds_title: bool) -> Option<&'static str> {
        if id == ROOT || node.is_any(&["html", "body", "main"]) {
            return None;
        }
        if holds_title && node.is_any(&["h1", "h2", "article", "header"]) {
            return None;
        }
        if let Some(part) = self.words.part_of_tag(&node.name, None) {
            return self.told_by_tag(id, node, part, holds_title);
        }
        if is_hidden(node) {
            return (!holds_title).then_some("not shown");
        }
        // What holds the title, or most of the page, is no part of it.
        let most = self.sizes.all[id] * 2 > self.sizes.all[ROOT];
        if holds_title || most {
            return None;
        }
        let role = node.attribute("role");
        let told = self
            .words
            .part_of_tag("", role)
            .or_else(|| self.told_by_class(id, node))
            .or_else(|| self.is_site_header(id, node).then_some("site header"))
            .or_else(|| is_sign(self.tree, id, node).then_some("not shown"))?;
        (!self.is_section(id)).then_some(told)
    }

    fn told_by_tag(
        &self,
        id: Id,
        node: &Node,
        part: &'static str,
        holds_title: bool,
    ) -> Option<&'static str> {
        let classes = node.attribute("class").unwrap_or_default();
        let stays = match node.name.as_str() {
            // Old frameworks put a whole page into one form.
            "form" | "fieldset" => holds_title || self.sizes.all[id] * 2 > self.sizes.all[ROOT],
            "aside" => {
                holds_title
                    || self.is_section(id)
                    || self.words.has_class(classes, &self.words.remarks)
            }
            "footer" => {
                holds_title
                    || self.is_section(id)
                    || self
                        .tree
                        .parent(id)
                        .is_some_and(|parent| self.tree.node(parent).name == "blockquote")
            }
            "menu" => self.is_section(id),
            _ => false,
        };
        (!stays).then_some(part)
    }

    fn told_by_class(&self, id: Id, node: &Node) -> Option<&'static str> {
        let classes = node.attribute("class").unwrap_or_default();
        let is_heading = node.is_any(&HEADINGS);
        let part = self.words.part_of_classes(classes);
        if is_heading {
            return part.filter(|part| ["site header", "not shown"].contains(part));
        }
        part.or_else(|| {
            let name = node.attribute("id")?;
            let part = self.words.part_of_classes(name)?;
            // An id that a heading was made into tells what the heading says, and nothing of the page.
            let heading = self.first_heading(id).map(|text| words(&text));
            (heading != Some(class_words(name))).then_some(part)
        })
    }

    /// The header of the page, not that of an article.
    fn is_site_header(&self, id: Id, node: &Node) -> bool {
        node.name == "header"
            && !self
                .tree
                .ancestors(id)
                .any(|id| self.tree.node(id).is_any(&["main", "article", "section"]))
    }

    fn first_heading(&self, id: Id) -> Option<String> {
        let heading = self
            .tree
            .within(id)
            .find(|&id| self.tree.node(id).is_any(&HEADINGS))?;
        Some(plain(&self.tree.text(heading)))
    }

    /// Whether the first heading of an element is one of a blueprint's own.
    fn is_section(&self, id: Id) -> bool {
        self.first_heading(id)
            .is_some_and(|heading| headings().exact(&heading).is_some())
    }
}

fn is_hidden(node: &Node) -> bool {
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

/// A link that only marks a place: a sign behind a heading.
fn is_sign(tree: &Tree, id: Id, node: &Node) -> bool {
    if node.name != "a" {
        return false;
    }
    let mut text = String::new();
    for id in tree.within(id) {
        text.push_str(&tree.node(id).text);
        if text.len() > 16 {
            return false;
        }
    }
    let text = text.trim();
    !text.is_empty()
        && text
            .chars()
            .all(|c| matches!(c, '#' | '¶' | '§' | '🔗' | '\u{200b}' | '\u{fe0f}' | '∞'))
}

/// The heading of the first rank that names the page: one inside the article before others, none that names the site.
fn title_heading(tree: &Tree) -> Option<Id> {
    let words = page_words();
    let names_site = |id: Id| {
        let node = tree.node(id);
        let classes = node.attribute("class").unwrap_or_default();
        let own = node.attribute("id").unwrap_or_default();
        let told = |names| words.part_of_classes(names) == Some("site header");
        told(classes) || told(own)
    };
    let goes = |id: Id| {
        let node = tree.node(id);
        node.is_any(&[
            "script", "style", "template", "nav", "aside", "footer", "dialog",
        ]) || is_hidden(node)
    };
    let candidates: Vec<Id> = tree
        .walk(ROOT, goes)
        .filter_map(|step| match step {
            Step::Enter(id) => Some(id),
            Step::Leave(_) => None,
        })
        .filter(|&id| tree.node(id).name == "h1" && !leads_home(tree, id))
        .filter(|&id| {
            let text = plain(&tree.text(id));
            !text.is_empty() && headings().exact(&text).is_none()
        })
        .filter(|&id| {
            !std::iter::once(id)
                .chain(tree.ancestors(id))
                .any(names_site)
        })
        .take(64)
        .collect();
    let inside = |names: &[&str]| {
        candidates
            .iter()
            .copied()
            .find(|&id| tree.ancestors(id).any(|id| tree.node(id).is_any(names)))
    };
    inside(&["article"])
        .or_else(|| inside(&["main"]))
        .or_else(|| candidates.first().copied())
        .or_else(|| named_heading(tree))
}

/// Whether a heading is a link to the home page: it names the site.
fn leads_home(tree: &Tree, heading: Id) -> bool {
    let home = [
        "/",
        "./",
        "../",
        "index.html",
        "/index.html",
        "index.htm",
        "default.asp",
    ];
    tree.within(heading).any(|id| {
        let address = tree.node(id).attribute("href").unwrap_or_default();
        let path = address.split_once("://").map_or(address, |(_, rest)| {
            rest.find('/').map_or("/", |at| &rest[at..])
        });
        tree.node(id).name == "a" && home.contains(&path)
    })
}

/// Without a heading of the first rank, the first heading that is a part of the page's own title: "Acme - Baker".
fn named_heading(tree: &Tree) -> Option<Id> {
    let goes = |id: Id| {
        tree.node(id)
            .is_any(&["nav", "aside", "footer", "dialog", "form"])
    };
    let mut ids = tree.walk(ROOT, goes).filter_map(|step| match step {
        Step::Enter(id) => Some(id),
        Step::Leave(_) => None,
    });
    let title = tree
        .within(ROOT)
        .find(|&id| tree.node(id).name == "title")
        .map(|id| plain(&tree.text(id)))?;
    let signs = [" | ", " - ", " – ", " — ", " · ", " » ", " « ", ": "];
    let sign = signs.into_iter().find(|sign| title.contains(sign))?;
    let parts: Vec<&str> = title.split(sign).map(str::trim).collect();
    ids.find(|&id| {
        tree.node(id).is_any(&["h2", "h3"]) && {
            let text = plain(&tree.text(id));
            parts.contains(&text.as_str()) && headings().exact(&text).is_none()
        }
    })
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
