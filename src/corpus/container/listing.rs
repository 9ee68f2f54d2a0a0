//! Turns a listing, where title lines with a constant tail and paragraphs alternate, into one document a role.

use super::{Container, Contents, Input, plain as plain_text};
use crate::blueprint::Shape;
use crate::corpus::document::{Document, Piece, plain};
use crate::corpus::title::{before_tail, clean};

/// The container.
pub const CONTAINER: Container = Container {
    name: "listing",
    endings: &[],
    recognizes: |input| read(input.text()).is_some(),
    reads: |input: &Input<'_>| Contents {
        documents: read(input.text()).unwrap_or_default(),
        ..Contents::default()
    },
};

/// Returns the roles of a listing; `None` for a text that is none.
///
/// A listing has at least two lines that end in a title's tail ("…: Role Blueprint, Skills, and Career Path"), and
/// begins with one (empty lines and one line of heading apart).
pub fn read(text: &str) -> Option<Vec<Document>> {
    let lines: Vec<&str> = text.lines().collect();
    let titles: Vec<usize> = (0..lines.len()).filter(|&at| is_title(lines[at])).collect();
    let before = lines[..*titles.first()?]
        .iter()
        .filter(|line| !line.trim().is_empty())
        .count();
    if titles.len() < 2 || before > 2 {
        return None;
    }
    let ends = titles.iter().skip(1).copied().chain([lines.len()]);
    Some(
        titles
            .iter()
            .zip(ends)
            .map(|(&start, end)| document(&lines, start, end))
            .collect(),
    )
}

fn document(lines: &[&str], start: usize, end: usize) -> Document {
    let title = Piece {
        line: start as u32 + 1,
        shape: Shape::Heading(1),
        text: clean(lines[start]),
        bold: 0,
    };
    // A title in bold or with list signs stays a title; the marks of the paragraphs go here.
    let body: Vec<String> = lines[start + 1..end]
        .iter()
        .map(|line| line.replace("**", ""))
        .collect();
    let (_, mut flow) = plain_text::read(&body.join("\n"), start as u32 + 2);
    // The first line below the title is never a title itself.
    if let Some(first) = flow
        .first_mut()
        .filter(|first| first.shape == Shape::Heading(1))
    {
        first.shape = Shape::Paragraph;
    }
    let last = (start..end)
        .rev()
        .find(|&at| !lines[at].trim().is_empty())
        .unwrap_or(start);
    Document {
        title: Some(title),
        flow,
        lines: (start as u32 + 1, last as u32 + 1),
        ..Document::default()
    }
}

fn is_title(line: &str) -> bool {
    if line.len() > 400
        || !line.to_lowercase().contains("blueprint")
            && !line.to_lowercase().contains("career path")
    {
        return false;
    }
    let line = plain(&line.replace("**", ""));
    before_tail(&line).is_some_and(|name| !clean(name).is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_keep_their_title_line() {
        let text = "\nCloud Director: Role Blueprint, Skills, and Career Path\nThe **Cloud Director** leads.\n\n**Data Engineer**: Role Blueprint, Skills, and Career Path\nBuilds.\nMore.\n";
        let documents = read(text).unwrap();
        let shown: Vec<_> = documents
            .iter()
            .map(|document| {
                (
                    document.title.as_ref().unwrap().text.as_str(),
                    document.lines,
                    document.flow[0].line,
                )
            })
            .collect();
        assert_eq!(
            shown,
            [("Cloud Director", (2, 3), 3), ("Data Engineer", (5, 7), 6)]
        );
        assert_eq!(documents[0].flow[0].text, "The Cloud Director leads.");
    }

    #[test]
    fn one_title_is_no_listing() {
        assert_eq!(
            read("# Cloud Director: Role Blueprint, Skills\n\ntext\n"),
            None
        );
        assert_eq!(read("a\nb\n"), None);
    }
}
