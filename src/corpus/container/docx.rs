//! Turns an office document, XML in a packed file, into a document: its properties, its text, its notes.
//!
//! Lines are numbers of paragraphs, the one unit that such a document and a reader of it can agree on.

mod body;
mod package;
mod styles;
mod xml;

use super::{Container, Contents, Input};
use crate::blueprint::Shape;
use crate::corpus::document::{Document, Head, LeftOut, Piece, plain};
use crate::corpus::headings::headings;
use crate::corpus::problem::ProblemKind;
use body::Body;
use package::{Package, is_archive, unreadable};
use styles::Styles;
use xml::Node;

/// The container.
pub const CONTAINER: Container = Container {
    name: "docx",
    endings: &["docx"],
    recognizes: |input| {
        let named = input.ending() == "docx" && input.text.is_none();
        let holds_text =
            || Package::open(input.bytes).is_ok_and(|package| package.main().is_some());
        named || is_archive(input.bytes) && holds_text()
    },
    reads: |input| match read(input) {
        Ok(contents) => contents,
        Err(kind) => Contents {
            remarks: vec![(None, kind)],
            ..Contents::default()
        },
    },
};

/// The longest first line that can be a title, in characters.
const MAX_TITLE_CHARS: usize = 160;

fn read(input: &Input<'_>) -> Result<Contents, ProblemKind> {
    let package = Package::open(input.bytes)?;
    let main = package.main();
    let main = main.ok_or_else(|| unreadable("it has no text in it"))?;
    let folder = main.rsplit_once('/').map_or("", |(folder, _)| folder);
    let part = |name: &str| package.part(&format!("{folder}/{name}")).transpose();
    let mut styles = Styles::default();
    if let Some(text) = part("styles.xml")? {
        styles.read_styles(&text)?;
    }
    if let Some(text) = part("numbering.xml")? {
        styles.read_numbering(&text)?;
    }
    let text = package.part(&main).transpose()?.unwrap_or_default();
    let mut body = body::read(&text, &styles)?;
    for name in ["footnotes.xml", "endnotes.xml"] {
        if let Some(text) = part(name)? {
            notes(&mut body, body::read(&text, &styles)?);
        }
    }
    let mut contents = Contents {
        left_out: std::mem::take(&mut body.left_out),
        ..Contents::default()
    };
    asides(&package, folder, &styles, &mut contents.left_out);
    title_by_looks(&mut body.flow);
    let head = properties(&package, &body.flow)?;
    if body.flow.is_empty() && head.entries.is_empty() {
        contents.remarks.push((None, ProblemKind::Empty));
        return Ok(contents);
    }
    contents.documents.push(Document {
        head,
        flow: body.flow,
        lines: (1, body.paragraphs.max(1)),
        ..Document::default()
    });
    Ok(contents)
}

/// Adds the notes at the end, below a heading of their own.
fn notes(body: &mut Body, notes: Body) {
    if notes.flow.is_empty() {
        return;
    }
    let line = body.paragraphs + 1;
    body.flow.push(Piece {
        line,
        shape: Shape::Heading(2),
        text: "Notes".to_owned(),
        bold: 0,
    });
    body.flow.extend(notes.flow.into_iter().map(|piece| Piece {
        line: body.paragraphs + piece.line,
        ..piece
    }));
    body.paragraphs += notes.paragraphs;
}

/// What stands on every page, and what readers have remarked, says nothing of the role.
fn asides(package: &Package<'_>, folder: &str, styles: &Styles, left_out: &mut Vec<LeftOut>) {
    for (beginning, reason) in [
        ("header", "page header"),
        ("footer", "page footer"),
        ("comments.", "comment"),
    ] {
        let beginning = format!("{folder}/{beginning}");
        let names = package.names().iter();
        for name in names.filter(|name| name.starts_with(&beginning)) {
            // A broken one loses nothing of the text.
            let text = package.part(name).and_then(Result::ok).unwrap_or_default();
            let flow = body::read(&text, styles).unwrap_or_default().flow;
            left_out.extend(flow.into_iter().map(|piece| LeftOut {
                line: piece.line,
                reason,
                text: piece.text,
            }));
        }
    }
}

/// A text without any title begins with it: a short first line.
fn title_by_looks(flow: &mut [Piece]) {
    let has_title = flow
        .iter()
        .any(|piece| piece.shape == Shape::Heading(1) && headings().exact(&piece.text).is_none());
    if !has_title
        && let Some(first) = flow.first_mut()
        && first.shape == Shape::Paragraph
        && first.text.chars().count() <= MAX_TITLE_CHARS
        && !first.text.ends_with(['.', ':'])
        && headings().exact(&first.text).is_none()
    {
        first.shape = Shape::Heading(1);
        first.bold = 0;
    }
}

/// The properties that somebody gave the document are its head. The title that every program writes there, a
/// template's often, counts only where the text has none.
fn properties(package: &Package<'_>, flow: &[Piece]) -> Result<Head, ProblemKind> {
    let mut head = Head::default();
    if let Some(text) = package.part("docProps/custom.xml").transpose()? {
        let (mut name, mut value) = (None, String::new());
        xml::read(&text, &mut |node| match node {
            Node::Open("property", attributes) => {
                name = attributes.get("name");
                value.clear();
            }
            Node::Text(text) => value.push_str(text),
            Node::Close("property") => {
                if let Some(name) = name.take().filter(|_| !value.trim().is_empty()) {
                    head.push(&name, [value.clone()], 1);
                }
            }
            _ => {}
        })?;
    }
    let has_title = flow.iter().any(|piece| piece.shape == Shape::Heading(1))
        || head.find(headings().head_names("title")).is_some();
    if let Some(text) = package.part("docProps/core.xml").transpose()?
        && !has_title
    {
        let mut inside = false;
        let mut title = String::new();
        xml::read(&text, &mut |node| match node {
            Node::Open("title", _) => inside = true,
            Node::Close("title") => inside = false,
            Node::Text(text) if inside => title.push_str(text),
            _ => {}
        })?;
        if !plain(&title).is_empty() {
            head.push("title", [title], 1);
        }
    }
    Ok(head)
}

#[cfg(test)]
mod tests;
