//! Turns the tree of a page into the heading that names it.

use super::content::{HEADINGS, is_hidden};
use super::tree::{Id, ROOT, Step, Tree};
use crate::corpus::chrome::words::page_words;
use crate::corpus::document::plain;
use crate::corpus::headings::headings;
use crate::corpus::title::before_tail;

/// The heading of the first rank that names the page: one inside the article before others, none that names the site.
pub fn title_heading(tree: &Tree) -> Option<Id> {
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
    // A site may have its own name above the title: the one with the tail of a title is surer.
    let tailed = |&id: &Id| before_tail(&plain(&tree.text(id))).is_some();
    let mut all = candidates.iter().copied();
    all.find(tailed)
        .or_else(|| inside(&["article"]))
        .or_else(|| inside(&["main"]))
        .or_else(|| candidates.first().copied())
        .or_else(|| named_heading(tree))
        .or_else(|| first_heading(tree))
}

/// What has no title of its own, as no Markdown has, is called by its first heading that names no section.
fn first_heading(tree: &Tree) -> Option<Id> {
    let has_title = tree.within(ROOT).any(|id| tree.node(id).name == "title");
    let names = |id: &Id| {
        let text = plain(&tree.text(*id));
        !text.is_empty() && headings().exact(&text).is_none() && page_words().over(&text).is_none()
    };
    let mut all = tree.within(ROOT);
    let found = all.find(|id| tree.node(*id).is_any(&HEADINGS) && names(id));
    found.filter(|_| !has_title)
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
