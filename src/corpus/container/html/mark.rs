//! Turns the elements of a page into what each of them is: a part of the article, or something that the site puts there.
//!
//! Between two sections of a blueprint hardly anything is the site's. There a class has to say so without doubt, and
//! the footer of the page, its comments and its related posts cannot stand.

use super::content::{HEADINGS, is_hidden};
use super::outline::Outline;
use super::tree::{Id, Node, ROOT, Tree};
use crate::corpus::chrome::words::{PageWords, class_words, page_words};
use crate::corpus::document::plain;
use crate::taxonomy::words;

/// How many words are no label that is hidden because it says nothing.
const LABEL: usize = 3;

/// Returns what each element is that is left out with all that it holds.
pub fn parts(tree: &Tree, title: Option<Id>) -> Vec<Option<&'static str>> {
    let outline = Outline::of(tree);
    let mut marker = Marker {
        tree,
        words: page_words(),
        outline: &outline,
        title,
        zone: None,
        holds_title: Vec::new(),
        part: vec![None; tree.len()],
    };
    marker.holds_title = marker.holders_of_title();
    marker.mark(ROOT);
    let shown = |id: &Id| marker.reason(*id).is_none();
    let sections: Vec<Id> = outline.sections.iter().copied().filter(shown).collect();
    if let (Some(&first), Some(&last)) = (sections.first(), sections.last()) {
        let named = title.filter(|&title| outline.place(title) < outline.place(first));
        marker.zone = Some(Zone {
            from: named.unwrap_or(first),
            first,
            last,
        });
        marker.part = vec![None; tree.len()];
        marker.mark(ROOT);
        marker.fill(&sections);
    }
    marker.part
}

/// Where the article stands at the least.
#[derive(Clone, Copy)]
struct Zone {
    /// The title, or the first section.
    from: Id,
    first: Id,
    last: Id,
}

/// How near to sections of a blueprint an element stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Between two of them.
    Between,
    /// Behind the title, or beside the last section.
    Near,
    /// Anywhere else.
    Apart,
}

/// Says of the elements of a page what they are.
struct Marker<'t> {
    tree: &'t Tree,
    words: &'static PageWords,
    outline: &'t Outline,
    title: Option<Id>,
    zone: Option<Zone>,
    holds_title: Vec<bool>,
    part: Vec<Option<&'static str>>,
}

impl Marker<'_> {
    fn mark(&mut self, top: Id) {
        let mut open: Vec<Id> = vec![top];
        while let Some(id) = open.pop() {
            let node = self.tree.node(id);
            if node.name.is_empty() && id != ROOT {
                continue;
            }
            self.part[id] = self.part_of(id, node);
            if self.part[id].is_none() {
                open.extend(self.tree.children(id));
            }
        }
    }

    /// Which elements hold the heading that names the page.
    fn holders_of_title(&self) -> Vec<bool> {
        let mut holds = vec![false; self.tree.len()];
        if let Some(title) = self.title {
            holds[title] = true;
            for id in self.tree.ancestors(title) {
                holds[id] = true;
            }
        }
        holds
    }

    /// What a node is left out for, with what it lies in or alone.
    fn reason(&self, id: Id) -> Option<&'static str> {
        let mut up = std::iter::once(id).chain(self.tree.ancestors(id));
        up.find_map(|id| self.part[id])
    }

    fn place(&self, id: Id) -> Place {
        let Some(zone) = self.zone else {
            return Place::Apart;
        };
        if self.outline.lies_between(id, zone.first, zone.last) {
            return Place::Between;
        }
        let beside = || {
            let parent = self.tree.parent(zone.last);
            parent.is_some_and(|parent| self.outline.is_in(id, parent))
                && self.outline.is_behind(id, zone.last)
        };
        if self.outline.lies_between(id, zone.from, zone.first) || beside() {
            Place::Near
        } else {
            Place::Apart
        }
    }

    /// Whether an element holds more than half of the page.
    fn is_most(&self, id: Id) -> bool {
        self.outline.sizes[id] * 2 > self.outline.sizes[ROOT]
    }

    fn part_of(&self, id: Id, node: &Node) -> Option<&'static str> {
        let holds_title = self.holds_title[id];
        if id == ROOT || node.is_any(&["html", "body", "main"]) {
            return None;
        }
        if holds_title && node.is_any(&["h1", "h2", "article", "header"]) {
            return None;
        }
        let place = self.place(id);
        if let Some(part) = self.words.part_of_tag(&node.name, None) {
            return self.told_by_tag(id, node, part, place);
        }
        if is_hidden(node) && !self.is_folded(id, node, place) {
            return (!holds_title).then_some("not shown");
        }
        // What holds the title, or most of the page, is no part of it.
        if holds_title || self.is_most(id) {
            return None;
        }
        let told = self
            .told_by_role(node, place)
            .or_else(|| self.told_by_class(id, node, place))
            .or_else(|| {
                self.is_site_header(id, node, place)
                    .then_some("site header")
            })
            .or_else(|| (place != Place::Between && is_tag(node)).then_some("byline"))
            .or_else(|| is_sign(self.tree, id, node).then_some("not shown"))?;
        (!self.outline.is_section(id)).then_some(told)
    }

    /// Whether what is hidden is a panel that opens, and not a word for machines.
    fn is_folded(&self, id: Id, node: &Node, place: Place) -> bool {
        let is_panel =
            node.attribute("role") == Some("tabpanel") || self.has_class(node, &self.words.panels);
        let says = || {
            node.is_any(&["div", "section", "ul", "ol", "dl", "p", "li", "table"])
                && node.attribute("aria-hidden") != Some("true")
                && words(&self.tree.text(id)).len() > LABEL
        };
        is_panel || place == Place::Between && says()
    }

    fn has_class(&self, node: &Node, phrases: &crate::corpus::chrome::words::Phrases) -> bool {
        let classes = node.attribute("class").unwrap_or_default();
        self.words.has_class(classes, phrases)
    }

    fn told_by_tag(
        &self,
        id: Id,
        node: &Node,
        part: &'static str,
        place: Place,
    ) -> Option<&'static str> {
        let holds_title = self.holds_title[id];
        let is_section = self.outline.is_section(id);
        let parent = self.tree.parent(id).map(|parent| self.tree.node(parent));
        let stays = match node.name.as_str() {
            // Old frameworks put a whole page into one form.
            "form" | "fieldset" => holds_title || self.is_most(id) || is_section,
            "aside" => {
                let is_own = || {
                    place == Place::Between
                        && self.class_part(node, place).is_none()
                        && !self.is_links(id)
                };
                holds_title || is_section || self.has_class(node, &self.words.remarks) || is_own()
            }
            "footer" => {
                holds_title
                    || is_section
                    || place == Place::Between
                    || place == Place::Near && self.is_told(id)
                    || parent.is_some_and(|parent| parent.name == "blockquote")
            }
            "address" => place == Place::Between || is_section,
            "menu" => is_section || place == Place::Between,
            // What opens a panel names it.
            "button" => {
                parent.is_some_and(|parent| parent.is_any(&HEADINGS) || parent.name == "summary")
                    || node.attribute("role") == Some("tab")
                    || place == Place::Between && node.attribute("aria-controls").is_some()
            }
            _ => false,
        };
        (!stays).then_some(part)
    }

    fn told_by_role(&self, node: &Node, place: Place) -> Option<&'static str> {
        let role = node.attribute("role");
        // The tabs of panels between sections name what they hold.
        if role == Some("tablist") && place != Place::Apart {
            return None;
        }
        self.words.part_of_tag("", role)
    }

    /// What the classes of an element say that it is.
    fn class_part(&self, node: &Node, place: Place) -> Option<&'static str> {
        let classes = node.attribute("class").unwrap_or_default();
        match place {
            Place::Apart => self.words.part_of_classes(classes),
            Place::Near => self.words.part_of_sure_classes(classes),
            Place::Between => self
                .words
                .part_of_sure_classes(classes)
                .filter(|part| !AROUND.contains(part)),
        }
    }

    fn told_by_class(&self, id: Id, node: &Node, place: Place) -> Option<&'static str> {
        let is_remark = node.attribute("role") == Some("note")
            || place != Place::Apart && self.has_class(node, &self.words.remarks);
        if is_remark {
            return None;
        }
        let part = self.class_part(node, place).filter(|&part| {
            let is_tab = || part == "navigation" && place != Place::Apart && self.is_tab(id);
            let is_said = || part == "footer" && place == Place::Near && self.is_told(id);
            !is_tab() && !is_said()
        });
        if node.is_any(&HEADINGS) {
            return part.filter(|part| ["site header", "not shown"].contains(part));
        }
        part.or_else(|| {
            let name = node.attribute("id")?;
            let part = match place {
                Place::Apart => self.words.part_of_classes(name)?,
                _ => self.words.part_of_sure_classes(name)?,
            };
            if place == Place::Between && AROUND.contains(&part) {
                return None;
            }
            // An id that a heading was made into tells what the heading says, and nothing of the page.
            let heading = self.first_heading(id).map(|text| words(&text));
            (heading != Some(class_words(name))).then_some(part)
        })
    }

    /// The header of the page, not that of an article.
    fn is_site_header(&self, id: Id, node: &Node, place: Place) -> bool {
        node.name == "header"
            && place == Place::Apart
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

    /// Whether most of what an element says is links.
    fn is_links(&self, id: Id) -> bool {
        let links = self.tree.walk(id, |_| false).filter_map(|step| match step {
            super::tree::Step::Enter(id) if self.tree.node(id).name == "a" => {
                Some(self.outline.sizes[id])
            }
            _ => None,
        });
        links.sum::<usize>() * 2 > self.outline.sizes[id]
    }

    /// Whether an element is, or lies in, the tabs of panels.
    fn is_tab(&self, id: Id) -> bool {
        let mut up = std::iter::once(id).chain(self.tree.ancestors(id)).take(4);
        up.any(|id| self.has_class(self.tree.node(id), &self.words.tabs))
    }

    /// Whether an element tells something in sentences, as the foot of an article does and a footer with links does not.
    fn is_told(&self, id: Id) -> bool {
        let text = plain(&self.tree.text(id));
        text.ends_with('.') && words(&text).len() > LABEL * 2 && !self.is_links(id)
    }

    /// A section below whose heading nothing is left has lost what its markup misnames: that is taken back.
    fn fill(&mut self, sections: &[Id]) {
        for &section in sections {
            if let Some(id) = self.lost_below(section) {
                self.part[id] = None;
                let children: Vec<Id> = self.tree.children(id).collect();
                for child in children {
                    self.mark(child);
                }
            }
        }
    }

    /// The first element left out below the heading of a section, where nothing stays up to the next heading.
    fn lost_below(&self, section: Id) -> Option<Id> {
        let mut lost = None;
        let from = self.outline.place(section);
        let mut inside = None;
        for &id in &self.outline.order[from..] {
            if !self.outline.is_behind(id, section)
                || inside.is_some_and(|top| self.outline.is_in(id, top))
            {
                continue;
            }
            let node = self.tree.node(id);
            if let Some(part) = self.part[id] {
                inside = Some(id);
                let may_be_article = !node.is_any(&["nav", "form", "button", "select", "footer"])
                    && part != "cookie notice"
                    && self.outline.sizes[id] > 0;
                if lost.is_none() && may_be_article {
                    lost = Some(id);
                }
            } else if node.is_any(&HEADINGS) || self.outline.heads[id] {
                break;
            } else if !node.text.trim().is_empty() {
                return None;
            }
        }
        lost.filter(|&id| {
            let parent = self.tree.parent(id);
            parent.is_some_and(|parent| {
                self.outline.is_in(section, parent) && !self.tree.node(parent).is_any(&["body"])
                    || self.tree.parent(section) == Some(parent)
            })
        })
    }
}

/// What stands around an article, and never between its sections.
const AROUND: [&str; 4] = ["footer", "site header", "comments", "related posts"];

/// A link to all pages with a tag.
fn is_tag(node: &Node) -> bool {
    let address = node.attribute("href").unwrap_or_default();
    node.name == "a" && (address.contains("/tag/") || address.contains("/tags/"))
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
