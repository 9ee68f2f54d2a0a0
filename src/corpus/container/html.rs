//! Turns a page in HTML into the document that its article is, without what the site puts around it.

mod archive;
mod content;
mod flow;
mod mark;
mod meta;
mod naming;
mod outline;
mod parse;
mod posting;
mod tables;
mod tree;

use super::{Container, Contents, Input, plain as plain_text};
use crate::blueprint::{LINE_BREAK, Shape};
use crate::corpus::bounds;
use crate::corpus::chrome::{self, Marked, lines, role};
use crate::corpus::document::{Document, Head, LeftOut, Piece};
use crate::corpus::problem::ProblemKind;
use crate::corpus::title::clean;
use meta::Meta;
use posting::Posting;
use tree::Tree;

/// The container.
pub const CONTAINER: Container = Container {
    name: "html",
    endings: &["html", "htm", "xhtml"],
    recognizes: |input| is_page(input.text()),
    reads: |input: &Input<'_>| read(input.text()),
};

/// How much of a text is looked at to tell whether it is a page, in bytes.
const LOOKED_AT: usize = 1024;

/// Whether a text begins as a page does. A text in Markdown may begin with an element too, but not with one of a page.
fn is_page(text: &str) -> bool {
    let mut rest = text.trim_start();
    while let Some(comment) = rest.strip_prefix("<!--") {
        let Some(end) = comment.find("-->") else {
            return false;
        };
        rest = comment[end + 3..].trim_start();
    }
    let end = (0..=LOOKED_AT.min(rest.len()))
        .rev()
        .find(|&at| rest.is_char_boundary(at))
        .unwrap_or(0);
    let start = rest[..end].to_ascii_lowercase();
    let is_tag = |name: &str| {
        start.strip_prefix('<').is_some_and(|rest| {
            rest.strip_prefix(name)
                .is_some_and(|rest| rest.starts_with([' ', '>', '\n', '\t', '/']))
        })
    };
    let sure = [
        "!doctype", "html", "head", "body", "title", "meta", "frameset",
    ];
    let likely = ["article", "main", "section", "header", "nav"];
    let in_markdown = || {
        let is_heading = |line: &str| line.starts_with("# ") || line.starts_with("## ");
        rest.lines().any(is_heading)
    };
    sure.iter().any(|name| is_tag(name))
        || start.starts_with("<?xml") && start.contains("<html")
        || likely.iter().any(|name| is_tag(name)) && !in_markdown()
}

/// Reads HTML inside a value of another format: an article as a whole, all of whose pieces stand on the line of the value.
pub fn fragment(text: &str, line: u32) -> Vec<Piece> {
    let on_line = |mut piece: Piece| {
        piece.line = line;
        if piece.shape != Shape::Code && piece.text.contains(LINE_BREAK) {
            piece.text = piece.text.replace(LINE_BREAK, " ");
        }
        piece
    };
    lines_of_fragment(text, line)
        .into_iter()
        .map(on_line)
        .collect()
}

/// The same, each piece with the line that it stands on.
fn lines_of_fragment(text: &str, first_line: u32) -> Vec<Piece> {
    let tree = parse::parse(text, first_line);
    let hidden = |id| {
        tree.node(id)
            .is_any(&["script", "style", "template", "noscript"])
    };
    let mut flow = flow::read(&tree, tree::ROOT, hidden);
    chrome::headings_in_bold(&mut flow);
    flow.into_iter().map(|marked| marked.piece).collect()
}

fn read(text: &str) -> Contents {
    page_of(text, Head::default(), 1)
}

/// Reads a page whose first line is line `first_line` of its source, and that has a head of its own.
pub fn page_of(text: &str, head: Head, first_line: u32) -> Contents {
    let tree = parse::parse(text, first_line);
    let lines = (
        1,
        first_line.saturating_sub(1) + text.lines().count().max(1) as u32,
    );
    let mut contents = page(&tree, head, lines);
    if !tree.whole {
        let bound = ProblemKind::Bound(&bounds::ATTRIBUTES);
        contents.remarks.push((None, bound));
    }
    contents
}

fn page(tree: &Tree, head: Head, lines: (u32, u32)) -> Contents {
    let content = content::find(tree);
    let posting = posting::read(tree);
    let mut meta = meta::read(tree, &content, posting.names.clone());
    meta.head.entries.splice(0..0, head.entries);
    if !posting.is_job
        && let Some((documents, mut left_out)) = archive::read(tree, &content, &meta)
    {
        left_out.sort_by_key(|left| left.line);
        return Contents {
            documents,
            left_out,
            ..Contents::default()
        };
    }
    let flow = flow::read(tree, content.top, |id| content.goes(id));
    let mut left_out = content.left_out(tree);
    let mut contents = Contents::default();
    match article(flow, meta, posting, &mut left_out) {
        Some(document) => contents.documents.push(Document { lines, ..document }),
        None => contents.remarks.push((None, ProblemKind::NoRole)),
    }
    left_out.sort_by_key(|left| left.line);
    contents.left_out = left_out;
    contents
}

/// The document that a page is; `None` for one that tells of no role.
fn article(
    flow: Vec<Marked>,
    meta: Meta,
    mut posting: Posting,
    left_out: &mut Vec<LeftOut>,
) -> Option<Document> {
    let Meta {
        titles,
        mut head,
        mut categories,
        filed,
    } = meta;
    let named = titles.first().cloned().unwrap_or_default();
    let title = clean(&named.0);
    let article = chrome::article(flow, &title);
    let title = without_space(title, &article.categories);
    let mut flow = article.flow;
    left_out.extend(article.left_out);
    categories.extend(filed);
    categories.extend(article.categories);
    if let Some((more, text)) = preformatted(&flow) {
        head.entries.extend(more.entries);
        flow = text;
    }
    let more = posting.unsaid_in(&flow);
    flow.extend(more);
    head.entries.extend(posting.head.entries);
    categories.extend(posting.categories);
    categories.retain(|name| !lines::same(name, &title));
    let says = posting.is_job || !head.entries.is_empty() && !flow.is_empty();
    let raw = titles.iter().map(|(title, _)| title.as_str());
    let mut tails = raw.filter(|title| crate::corpus::title::before_tail(title).is_some());
    let raw = tails.next().unwrap_or(&named.0);
    if !says && !role::tells_of_role(&flow, raw) {
        return None;
    }
    rank_headings(&mut flow, &title);
    lines::once(&mut categories);
    let title = Some(title).filter(|title| !title.is_empty());
    Some(Document {
        head,
        title: title.map(|text| Piece {
            line: named.1,
            shape: Shape::Heading(1),
            text,
            bold: 0,
        }),
        categories,
        flow,
        ..Document::default()
    })
}

/// "People : Analyst" is called "Analyst" where the page is filed under "People".
fn without_space(title: String, categories: &[String]) -> String {
    match title.split_once(" : ") {
        Some((space, name)) if categories.iter().any(|step| lines::same(step, space)) => {
            name.to_owned()
        }
        _ => title,
    }
}

/// A page that shows a text as it was typed is that text.
fn preformatted(flow: &[Piece]) -> Option<(Head, Vec<Piece>)> {
    let size = |piece: &Piece| piece.text.len();
    let all: usize = flow.iter().map(size).sum();
    let code = flow.iter().filter(|piece| piece.shape == Shape::Code);
    let (first, rest) = (code.clone().next()?, code.map(size).sum::<usize>());
    if rest * 10 < all * 9 {
        return None;
    }
    let mut line = first.line;
    let mut text = String::new();
    for piece in flow {
        while line < piece.line {
            text.push('\n');
            line += 1;
        }
        text.push_str(&piece.text.replace(LINE_BREAK, "\n"));
        line += piece.text.matches(LINE_BREAK).count() as u32;
    }
    let (head, flow) = plain_text::read(&text, first.line);
    Some((head, flow))
}

/// Sections that have headings of the first rank, as the title has, go one rank down with all below them.
fn rank_headings(flow: &mut [Piece], title: &str) {
    let is_title = |piece: &Piece| clean(&piece.text) == title;
    let heads = |piece: &Piece| matches!(piece.shape, Shape::Heading(_)) && is_title(piece);
    // Old pages set their title in bold; the first line that says it is their heading.
    let line = || flow.first().filter(|piece| is_title(piece)).map(|_| 0);
    let at = flow.iter().position(heads).or_else(line);
    if let Some(at) = at.filter(|_| !title.is_empty()) {
        flow[at].shape = Shape::Heading(1);
        flow[at].bold = 0;
    }
    let others = flow
        .iter()
        .enumerate()
        .any(|(place, piece)| piece.shape == Shape::Heading(1) && Some(place) != at);
    if title.is_empty() || !others {
        return;
    }
    for (place, piece) in flow.iter_mut().enumerate() {
        if let Shape::Heading(depth) = piece.shape
            && Some(place) != at
        {
            piece.shape = Shape::Heading((depth + 1).min(6));
        }
    }
}

#[cfg(test)]
mod tests;
