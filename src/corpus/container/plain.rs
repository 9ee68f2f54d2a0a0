//! Turns plain text into a flow of pieces: headings are recognised by what they say, lists by their signs.

use super::{Container, markdown};
use crate::blueprint::{LINE_BREAK, Shape};
use crate::corpus::document::{Head, Piece, push_plain};
use crate::corpus::front_matter;
use crate::corpus::headings::headings;

/// The container: what any text is that shows no other.
pub const CONTAINER: Container = Container {
    name: "text",
    endings: &["txt", "text"],
    recognizes: |_| false,
    reads: |input| markdown::whole(input, read),
};

/// The longest line that can be a heading, in characters.
const MAX_HEADING_CHARS: usize = 80;

/// Reads plain text: named values on the first lines, a title line, then headings, lists and paragraphs.
pub fn read(text: &str, first_line: u32) -> (Head, Vec<Piece>) {
    let mut head = Head::default();
    let mut flow: Vec<Piece> = Vec::new();
    let mut open = false;
    // Below a heading that lists something, each short line is an entry.
    let mut lists = false;
    for (at, raw) in text.lines().enumerate() {
        let line = first_line + at as u32;
        let trimmed = raw.trim();
        if trimmed.is_empty() || is_rule(trimmed) {
            open = false;
            continue;
        }
        if flow.is_empty()
            && let Some(entry) = front_matter::entry_of(trimmed, line)
                .filter(|entry| headings().is_head_name(&entry.key))
        {
            head.entries.push(entry);
            continue;
        }
        if let Some((shape, rest)) = list_item(raw) {
            flow.push(piece(line, shape, rest));
            open = true;
        } else if let Some((name, rest)) =
            heading(trimmed, flow.is_empty() && head.entries.is_empty())
        {
            flow.push(piece(
                line,
                Shape::Heading(if flow.is_empty() && headings().exact(name).is_none() {
                    1
                } else {
                    2
                }),
                name,
            ));
            if !rest.is_empty() {
                flow.push(piece(line, Shape::Paragraph, rest));
            }
            open = false;
            lists = headings()
                .exact(name)
                .is_some_and(|meaning| meaning.below.is_some());
        } else if lists && is_entry(trimmed) && !(open && raw.starts_with([' ', '\t'])) {
            flow.push(piece(line, Shape::Item(0), trimmed));
            open = false;
        } else if open && let Some(last) = flow.last_mut() {
            last.text.push(LINE_BREAK);
            push_plain(&mut last.text, trimmed);
        } else {
            flow.push(piece(line, Shape::Paragraph, trimmed));
            open = true;
        }
    }
    flow.retain(|piece| !piece.text.is_empty());
    (head, flow)
}

fn is_entry(line: &str) -> bool {
    line.chars().count() <= MAX_HEADING_CHARS && !line.ends_with('.')
}

fn piece(line: u32, shape: Shape, text: &str) -> Piece {
    let mut piece = Piece {
        line,
        shape,
        ..Piece::default()
    };
    push_plain(&mut piece.text, text.trim());
    piece
}

fn is_rule(line: &str) -> bool {
    line.len() > 2
        && line
            .chars()
            .all(|c| matches!(c, '-' | '=' | '_' | '*' | '~' | '#'))
}

fn list_item(raw: &str) -> Option<(Shape, &str)> {
    let line = raw.trim_start();
    let depth = ((raw.len() - line.len()) / 2).min(16) as u8;
    for sign in ["- ", "* ", "• ", "– ", "+ ", "◦ ", "· ", "▪ "] {
        if let Some(rest) = line.strip_prefix(sign) {
            return Some((Shape::Item(depth), rest));
        }
    }
    let digits = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let rest = line[digits..].strip_prefix(['.', ')'])?.strip_prefix(' ')?;
    let is_item = (1..=3).contains(&digits) && headings().exact(rest).is_none();
    is_item.then_some((Shape::Numbered(depth), rest))
}

/// A heading and what stands behind its colon: the first line of a text, or a line that says what the data file knows.
fn heading(line: &str, is_first: bool) -> Option<(&str, &str)> {
    let marked = line.trim_start_matches('#').trim();
    if line.chars().count() <= MAX_HEADING_CHARS
        && (headings().exact(marked).is_some() || line.starts_with('#'))
    {
        return Some((marked.trim_end_matches(':'), ""));
    }
    if let Some((name, rest)) = line.split_once(':')
        && name.len() <= 40
        && headings().exact(name).is_some()
    {
        return Some((name, rest.trim()));
    }
    let is_title =
        is_first && line.chars().count() <= 2 * MAX_HEADING_CHARS && !line.ends_with('.');
    is_title.then_some((line, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(text: &str) -> Vec<String> {
        read(text, 1)
            .1
            .into_iter()
            .map(|piece| {
                format!(
                    "{}|{:?}|{}",
                    piece.line,
                    piece.shape,
                    piece.text.replace(LINE_BREAK, "↵")
                )
            })
            .collect()
    }

    #[test]
    fn plain_text_has_headings_and_lists() {
        assert_eq!(
            show(
                "Release Manager\n===\nGuards releases\nall day.\n\nKPIs:\n• Rollback rate\n  and more\nSKILLS: Git, Jenkins\n1) Duties\n2) plan\n"
            ),
            [
                "1|Heading(1)|Release Manager",
                "3|Paragraph|Guards releases↵all day.",
                "6|Heading(2)|KPIs",
                "7|Item(0)|Rollback rate↵and more",
                "9|Heading(2)|SKILLS",
                "9|Paragraph|Git, Jenkins",
                "10|Heading(2)|1) Duties",
                "11|Numbered(0)|plan"
            ]
        );
    }

    #[test]
    fn short_lines_below_a_listing_heading_are_entries() {
        assert_eq!(
            show(
                "Network Engineer\n\nSkills:\nBGP (Critical)\nOSPF, MPLS\nA sentence that tells more.\n"
            )[2..],
            [
                "4|Item(0)|BGP (Critical)",
                "5|Item(0)|OSPF, MPLS",
                "6|Paragraph|A sentence that tells more."
            ]
        );
    }

    #[test]
    fn named_values_may_come_first() {
        let (head, flow) = read(
            "Title: Release Manager\nLevel: manager\n\nGuards releases.\n",
            1,
        );
        assert_eq!(head.entries.len(), 2);
        assert_eq!(flow[0].text, "Guards releases.");
    }
}
