//! Turns a page that lists articles, with a heading and a few lines for each, into one document a role.

use super::content::{Content, HEADINGS};
use super::flow;
use super::meta::Meta;
use super::tree::{Id, ROOT, Tree};
use crate::blueprint::Shape;
use crate::corpus::chrome::words::page_words;
use crate::corpus::chrome::{Marked, lines, role};
use crate::corpus::document::{Document, LeftOut, Piece, plain};
use crate::corpus::headings::headings;
use crate::corpus::title::{before_tail, clean};
use crate::taxonomy::words;

/// The longest text of an entry, in bytes; what is longer is an article.
const MAX_ENTRY: usize = 3000;

/// An entry of a list of articles: its title, and what says more.
struct Entry {
    title: Piece,
    raw: String,
    flow: Vec<Marked>,
    categories: Vec<String>,
}

/// Reads the roles that a page lists; `None` for a page that lists none.
pub fn read(tree: &Tree, content: &Content, meta: &Meta) -> Option<(Vec<Document>, Vec<LeftOut>)> {
    let tops = entries(tree, content)?;
    let mut inside = vec![false; tree.len()];
    tops.iter().for_each(|&id| inside[id] = true);
    // Where the rest of the page has sections, or says more than its entries, it is an article with others beside it.
    let rest = flow::read(tree, ROOT, |id| content.goes(id) || inside[id]);
    let size = |flow: &[Marked]| -> usize {
        let own =
            |marked: &Marked| marked.piece.text.len() - marked.linked.min(marked.piece.text.len());
        flow.iter().map(own).sum()
    };
    let has_section = |flow: &[Marked]| {
        flow.iter().any(|marked| {
            matches!(marked.piece.shape, Shape::Heading(_))
                && headings().exact(&marked.piece.text).is_some()
        })
    };
    let entries: Vec<Entry> = tops
        .into_iter()
        .filter_map(|id| entry(tree, content, id))
        .collect();
    let all: usize = entries
        .iter()
        .map(|entry| size(&entry.flow) + entry.raw.len())
        .sum();
    let full = |entry: &Entry| has_section(&entry.flow) || size(&entry.flow) > MAX_ENTRY;
    if has_section(&rest) || size(&rest) > all.max(400) || entries.iter().any(full) {
        return None;
    }
    let names: Vec<&str> = meta.titles.iter().map(|(name, _)| name.as_str()).collect();
    let entries = roles(entries, &names)?;
    let mut left_out = content.left_out(tree);
    left_out.retain(|left| left.reason != "outside the article");
    left_out.extend(rest.into_iter().map(|marked| LeftOut {
        line: marked.piece.line,
        reason: "outside the list",
        text: marked.piece.text,
    }));
    let shared = category_of(&names, meta);
    let documents = entries
        .into_iter()
        .map(|entry| document(entry, &shared, &mut left_out))
        .collect();
    Some((documents, left_out))
}

/// The entries that are roles: those with the tail of a title, where two have one; else those with the name of a role,
/// where most have one or the page says that it lists roles.
fn roles(entries: Vec<Entry>, names: &[&str]) -> Option<Vec<Entry>> {
    let tailed = |entry: &Entry| before_tail(&entry.raw).is_some();
    let named = |entry: &Entry| tailed(entry) || role::names_role(&entry.title.text);
    let says = names.iter().any(|name| {
        let words = words(name);
        page_words().roles.stand_in(&words)
    });
    let count = entries.iter().filter(|entry| named(entry)).count();
    let is_list = entries.iter().filter(|entry| tailed(entry)).count() > 1
        || count > 1 && (says || count * 5 >= entries.len() * 3);
    is_list.then(|| entries.into_iter().filter(named).collect())
}

/// What a page lists, by its trail and by its title: "Category: Cloud".
fn category_of(names: &[&str], meta: &Meta) -> Vec<String> {
    let mut categories = meta.categories.clone();
    for name in names {
        if let Some((label, rest)) = name.split_once(':')
            && ["category", "categories", "archives", "topic"]
                .contains(&label.trim().to_lowercase().as_str())
        {
            categories.push(rest.trim().to_owned());
        }
    }
    categories
}

/// The elements that are entries: articles side by side, or elements of one class that sites give to entries, or else
/// what headings that are links stand in.
fn entries(tree: &Tree, content: &Content) -> Option<Vec<Id>> {
    let page = page_words();
    let goes = |id: Id| content.goes(id);
    let elements: Vec<Id> = tree
        .walk(ROOT, goes)
        .filter_map(|step| match step {
            super::tree::Step::Enter(id) if !tree.node(id).name.is_empty() => Some(id),
            _ => None,
        })
        .collect();
    let outer = |ids: Vec<Id>| {
        let mut is = vec![false; tree.len()];
        ids.iter().for_each(|&id| is[id] = true);
        let alone = |&id: &Id| !tree.ancestors(id).any(|id| is[id]);
        ids.iter().copied().filter(alone).collect::<Vec<Id>>()
    };
    let articles = elements.iter().copied();
    let articles = outer(
        articles
            .filter(|&id| tree.node(id).name == "article")
            .collect(),
    );
    let classed = elements.iter().copied().filter(|&id| {
        let node = tree.node(id);
        let classes = node.attribute("class").unwrap_or_default();
        node.is_any(&["li", "div", "section", "tr"]) && page.has_class(classes, &page.entries)
    });
    let classed = outer(
        classed
            .filter(|&id| heading(tree, content, id).is_some())
            .collect(),
    );
    // A heading that is a link as a whole, with its paragraph beside it in an element of its own.
    let linked = elements.iter().copied().filter(|&id| {
        tree.node(id).is_any(&HEADINGS) && tree.within(id).any(|id| tree.node(id).name == "a")
    });
    let linked: Vec<Id> = linked.filter_map(|id| tree.parent(id)).collect();
    let linked = outer(linked);
    [articles, classed, linked].into_iter().find(|ids| {
        let titled = ids
            .iter()
            .filter(|&&id| heading(tree, content, id).is_some());
        ids.len() > 1 && titled.count() * 2 > ids.len()
    })
}

/// The heading of an entry: the first one, or the first link of some words.
fn heading(tree: &Tree, content: &Content, id: Id) -> Option<Id> {
    let own = |id: &Id| !tree.ancestors(*id).chain([*id]).any(|id| content.goes(id));
    let first = |names: &[&str]| {
        tree.within(id)
            .filter(|&id| tree.node(id).is_any(names))
            .find(|id| own(id) && words(&tree.text(*id)).len() > 1)
    };
    first(&HEADINGS).or_else(|| {
        let link = first(&["a"])?;
        before_tail(&plain(&tree.text(link))).map(|_| link)
    })
}

fn entry(tree: &Tree, content: &Content, top: Id) -> Option<Entry> {
    let heading = heading(tree, content, top)?;
    let raw = plain(&tree.text(heading));
    let text = clean(&raw);
    let words_of = |id: &Id| !tree.node(*id).text.trim().is_empty();
    let line = tree
        .within(heading)
        .find(words_of)
        .map(|id| tree.node(id).line)?;
    if text.is_empty() {
        return None;
    }
    let categories = tree.within(top).filter(|&id| {
        let node = tree.node(id);
        let filed = |id: Id| {
            let classes = tree.node(id).attribute("class").unwrap_or_default();
            page_words().has_class(classes, &page_words().filed)
        };
        node.name == "a"
            && (node
                .attribute("rel")
                .is_some_and(|rel| rel.contains("category"))
                || filed(id)
                || tree.parent(id).is_some_and(filed))
    });
    Some(Entry {
        title: Piece {
            line,
            shape: Shape::Heading(1),
            text,
            bold: 0,
        },
        raw,
        categories: categories
            .take(16)
            .map(|id| plain(&tree.text(id)))
            .collect(),
        flow: flow::read(tree, top, |id| content.goes(id) || id == heading),
    })
}

fn document(entry: Entry, shared: &[String], left_out: &mut Vec<LeftOut>) -> Document {
    let mut categories = entry.categories;
    let mut flow = Vec::new();
    for marked in entry.flow {
        let text = &marked.piece.text;
        let reason = if lines::is_more(text) && marked.linked > 0 {
            Some("navigation")
        } else if lines::is_byline(text) {
            categories.extend(lines::filed(text));
            Some("byline")
        } else if categories.iter().any(|name| name == text) {
            Some("byline")
        } else {
            None
        };
        match reason {
            None => flow.push(marked.piece),
            Some(reason) => left_out.push(LeftOut {
                line: marked.piece.line,
                reason,
                text: marked.piece.text,
            }),
        }
    }
    if let Some(last) = flow.last_mut() {
        lines::cut_more(&mut last.text);
    }
    categories.extend_from_slice(shared);
    lines::once(&mut categories);
    let end = flow
        .last()
        .map_or(entry.title.line, |piece| piece.line.max(entry.title.line));
    Document {
        lines: (entry.title.line, end),
        title: Some(entry.title),
        categories,
        flow,
        ..Document::default()
    }
}
