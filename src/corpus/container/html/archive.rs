//! Turns a page that lists articles, with a heading and a few lines for each, into one document a role.

use std::collections::BTreeMap;

use super::content::{Content, HEADINGS};
use super::flow;
use super::meta::Meta;
use super::tree::{Id, ROOT, Step, Tree};
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
    tops.iter().flatten().for_each(|&id| inside[id] = true);
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
        .filter_map(|ids| entry(tree, content, &ids))
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

fn is_name(title: &str) -> bool {
    role::names_role(title) || role::names_agent(title)
}

/// The entries that are roles: those with the tail of a title or the name of a role, where two have a tail or most have
/// a name; all of them, where the page says that it lists roles.
fn roles(entries: Vec<Entry>, names: &[&str]) -> Option<Vec<Entry>> {
    let tailed = |entry: &Entry| before_tail(&entry.raw).is_some();
    let agents = entries
        .iter()
        .filter(|entry| is_name(&entry.title.text))
        .count();
    let is_list = agents > 3 && agents * 5 >= entries.len() * 4;
    let is_role = |entry: &Entry| {
        tailed(entry)
            || role::names_role(&entry.title.text)
            || is_list && role::names_agent(&entry.title.text)
    };
    let says = names.iter().any(|name| {
        let words = words(name);
        page_words().roles.stand_in(&words)
    });
    let tails = entries.iter().filter(|entry| tailed(entry)).count();
    let count = entries.iter().filter(|entry| is_role(entry)).count();
    if says && tails == 0 && count > 0 {
        return Some(entries).filter(|entries| entries.len() > 1);
    }
    let is_list = tails > 1 || count > 1 && count * 5 >= entries.len() * 3;
    is_list.then(|| entries.into_iter().filter(is_role).collect())
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

/// The elements of each entry: articles side by side, or elements of one class that sites give to entries, or else what
/// holds a heading that is a link, or stands below one.
fn entries(tree: &Tree, content: &Content) -> Option<Vec<Vec<Id>>> {
    let page = page_words();
    let goes = |id: Id| content.goes(id);
    let elements: Vec<Id> = tree
        .walk(ROOT, goes)
        .filter_map(|step| match step {
            Step::Enter(id) if !tree.node(id).name.is_empty() => Some(id),
            _ => None,
        })
        .collect();
    let articles = elements.iter().copied();
    let articles = articles.filter(|&id| tree.node(id).name == "article");
    let classed = elements.iter().copied().filter(|&id| {
        let node = tree.node(id);
        let classes = node.attribute("class").unwrap_or_default();
        node.is_any(&["li", "div", "section", "tr"])
            && page.has_class(classes, &page.entries)
            && heading(tree, content, id).is_some()
    });
    let linked: Vec<Id> = elements
        .iter()
        .copied()
        .filter(|&id| tree.node(id).is_any(&HEADINGS) && id_of_link(tree, id).is_some())
        .collect();
    let holders = linked.iter().filter_map(|&id| tree.parent(id));
    let groups = [
        largest(tree, articles),
        largest(tree, classed),
        largest(tree, holders),
    ];
    let alone = |ids: Vec<Id>| ids.into_iter().map(|id| vec![id]).collect();
    let group = groups.into_iter().find(|ids| {
        let titled = ids
            .iter()
            .filter(|&&id| heading(tree, content, id).is_some());
        ids.len() > 1 && titled.count() * 2 > ids.len()
    });
    group
        .map(alone)
        .or_else(|| below_headings(tree, content, &linked))
}

/// The largest group of elements that lie side by side and have the same first class; each stands once.
fn largest(tree: &Tree, ids: impl Iterator<Item = Id>) -> Vec<Id> {
    let mut groups: BTreeMap<(Option<Id>, &str), Vec<Id>> = BTreeMap::new();
    for id in ids {
        let node = tree.node(id);
        let class = node.attribute("class").unwrap_or_default();
        let class = class.split_ascii_whitespace().next().unwrap_or_default();
        // The classes of posts begin with their number.
        let class = class.trim_end_matches(|c: char| c.is_ascii_digit());
        // Entries may each lie in a cell of their own.
        let place = tree
            .parent(id)
            .filter(|&parent| tree.children(parent).nth(1).is_some());
        let place = place.or_else(|| tree.parent(tree.parent(id)?));
        let group = groups.entry((place, class)).or_default();
        if group.last() != Some(&id) {
            group.push(id);
        }
    }
    let mut groups: Vec<Vec<Id>> = groups.into_values().collect();
    groups.sort_by_key(|ids| std::cmp::Reverse(ids.len()));
    groups.into_iter().next().unwrap_or_default()
}

/// Headings that are links and lie side by side, each with what stands between it and the next.
fn below_headings(tree: &Tree, content: &Content, linked: &[Id]) -> Option<Vec<Vec<Id>>> {
    let headings = largest(tree, linked.iter().copied());
    let parent = tree.parent(*headings.first()?)?;
    let mut is_title = vec![false; tree.len()];
    headings.iter().for_each(|&id| is_title[id] = true);
    let mut entries: Vec<Vec<Id>> = Vec::new();
    for id in tree.children(parent).filter(|&id| !content.goes(id)) {
        if is_title[id] {
            entries.push(vec![id]);
        } else if tree.node(id).is_any(&HEADINGS) {
            // Another heading than those of the list ends it.
            if !entries.is_empty() {
                break;
            }
        } else if let Some(entry) = entries.last_mut() {
            entry.push(id);
        }
    }
    (entries.len() > 1).then_some(entries)
}

/// The link that a heading is.
fn id_of_link(tree: &Tree, heading: Id) -> Option<Id> {
    tree.within(heading).find(|&id| tree.node(id).name == "a")
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

fn entry(tree: &Tree, content: &Content, tops: &[Id]) -> Option<Entry> {
    let heading = heading(tree, content, *tops.first()?)?;
    let raw = content.text(tree, heading);
    let text = clean(&raw);
    let words_of = |id: &Id| !tree.node(*id).text.trim().is_empty();
    let line = tree
        .within(heading)
        .find(words_of)
        .map(|id| tree.node(id).line)?;
    if text.is_empty() {
        return None;
    }
    let filed = |id: Id| {
        let classes = tree.node(id).attribute("class").unwrap_or_default();
        page_words().has_class(classes, &page_words().filed)
    };
    let ids = tops.iter().flat_map(|&top| tree.within(top));
    let categories = ids.filter(|&id| {
        let node = tree.node(id);
        node.name == "a"
            && (node
                .attribute("rel")
                .is_some_and(|rel| rel.contains("category"))
                || filed(id)
                || tree.parent(id).is_some_and(filed))
    });
    let categories = categories
        .take(16)
        .map(|id| plain(&tree.text(id)))
        .collect();
    let goes = |id: Id| content.goes(id) || id == heading;
    let flow = tops.iter().flat_map(|&top| flow::read(tree, top, goes));
    let mut flow: Vec<Marked> = flow.collect();
    // An entry that is an item of a list is no item of its role.
    if let Some(first) = flow.first_mut() {
        first.piece.shape = match first.piece.shape {
            Shape::Item(0) | Shape::Numbered(0) => Shape::Paragraph,
            shape => shape,
        };
    }
    Some(Entry {
        title: Piece {
            line,
            shape: Shape::Heading(1),
            text,
            bold: 0,
        },
        raw,
        flow,
        categories,
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
