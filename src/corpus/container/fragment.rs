//! Turns HTML inside another format into a flow of pieces: headings, lists, tables and paragraphs.

use crate::blueprint::{CELL, Shape};
use crate::corpus::document::{Piece, push_plain};

/// Elements whose content is not read.
const SILENT: [&str; 4] = ["script", "style", "template", "svg"];
/// Elements that begin a new piece.
const BLOCKS: [&str; 14] = [
    "p",
    "div",
    "section",
    "article",
    "blockquote",
    "figure",
    "figcaption",
    "tbody",
    "thead",
    "dl",
    "dt",
    "dd",
    "hr",
    "main",
];
/// The longest name of a character that is looked up.
const MAX_ENTITY: usize = 32;

/// Reads HTML; all its pieces stand on `line`.
pub fn read(html: &str, line: u32) -> Vec<Piece> {
    let mut reader = Reader {
        line,
        ..Reader::default()
    };
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        reader.text(&rest[..at]);
        rest = &rest[at..];
        let Some((end, next)) = tag_end(rest) else {
            // A sign, and no tag.
            reader.text("<");
            rest = &rest[1..];
            continue;
        };
        let tag = &rest[1..end];
        rest = &rest[next..];
        let name = tag_name(tag);
        if SILENT.contains(&name.as_str()) && !tag.starts_with('/') {
            rest = behind(rest, &name);
        } else if tag.starts_with('/') {
            reader.close(&name);
        } else {
            reader.open(&name);
        }
    }
    reader.text(rest);
    reader.flush();
    reader.flow
}

/// Returns the text with its named and numbered characters as such.
pub fn decoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.bytes().take(MAX_ENTITY).position(|byte| byte == b';');
        let found = end.and_then(|end| Some((end, character(&rest[1..end])?)));
        if let Some((end, character)) = found {
            out.push_str(&character);
            rest = &rest[end + 1..];
        } else {
            out.push('&');
            rest = &rest[1..];
        }
    }
    out.push_str(rest);
    out
}

fn character(name: &str) -> Option<String> {
    let Some(number) = name.strip_prefix('#') else {
        return quick_xml::escape::resolve_html5_entity(name).map(str::to_owned);
    };
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16),
        None => number.parse(),
    };
    char::from_u32(code.ok()?).map(String::from)
}

/// Where the tag that a text begins with ends, and what is behind it begins; signs of comparison begin none.
fn tag_end(text: &str) -> Option<(usize, usize)> {
    let unclosed = (text.len(), text.len());
    if let Some(comment) = text.strip_prefix("<!--") {
        let end = comment.find("-->");
        return Some(end.map_or(unclosed, |at| (at + 4, at + 7)));
    }
    let next = text[1..].trim_start_matches('/').chars().next()?;
    if !next.is_ascii_alphabetic() && !matches!(next, '!' | '?') {
        return None;
    }
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some((at, at + 1)),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    Some(unclosed)
}

fn tag_name(tag: &str) -> String {
    let tag = tag.trim_start_matches('/');
    let end = tag.find(|c: char| !c.is_ascii_alphanumeric());
    tag[..end.unwrap_or(tag.len()).min(16)].to_ascii_lowercase()
}

/// What stands behind the end of an element.
fn behind<'t>(text: &'t str, name: &str) -> &'t str {
    let mut from = 0;
    while let Some(at) = text[from..].find("</") {
        let end = from + at + 2;
        let is_end = text.as_bytes()[end..]
            .get(..name.len())
            .is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()));
        if is_end {
            let rest = &text[end..];
            return rest.find('>').map_or("", |at| &rest[at + 1..]);
        }
        from = end;
    }
    ""
}

#[derive(Default)]
struct Reader {
    line: u32,
    flow: Vec<Piece>,
    piece: Option<Piece>,
    next: Option<Shape>,
    lists: Vec<bool>,
    bold: u32,
    /// The cells of the open row, and whether all are those of a header.
    row: Option<(usize, bool)>,
}

impl Reader {
    fn open(&mut self, name: &str) {
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.flush();
                self.next = Some(Shape::Heading(name.as_bytes()[1] - b'0'));
            }
            "ul" | "ol" => {
                self.flush();
                self.lists.push(name == "ol");
            }
            "li" => {
                self.flush();
                let depth = self.lists.len().saturating_sub(1).min(16) as u8;
                let numbered = self.lists.last() == Some(&true);
                self.next = Some(if numbered {
                    Shape::Numbered(depth)
                } else {
                    Shape::Item(depth)
                });
            }
            "tr" => {
                self.flush();
                self.row = Some((0, true));
                self.next = Some(Shape::Row);
            }
            "td" | "th" => self.cell(name == "th"),
            "strong" | "b" => self.bold += 1,
            "br" => self.text(" "),
            _ if BLOCKS.contains(&name) && self.row.is_none() => self.flush_text(),
            _ if BLOCKS.contains(&name) => self.text(" "),
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "li" => {
                self.flush();
                self.next = None;
            }
            "ul" | "ol" => {
                self.flush();
                self.lists.pop();
            }
            "tr" => {
                if let (Some((_, true)), Some(piece)) = (self.row, &mut self.piece) {
                    piece.shape = Shape::Header;
                }
                self.flush();
                self.row = None;
                self.next = None;
            }
            "strong" | "b" => self.bold = self.bold.saturating_sub(1),
            _ if BLOCKS.contains(&name) && self.row.is_none() => self.flush_text(),
            _ => {}
        }
    }

    fn cell(&mut self, is_header: bool) {
        let Some((cells, header)) = &mut self.row else {
            return;
        };
        *cells += 1;
        *header &= is_header;
        let is_first = *cells == 1;
        let line = self.line;
        let piece = self.piece.get_or_insert_with(|| Piece {
            line,
            shape: Shape::Row,
            ..Piece::default()
        });
        if !is_first {
            piece.text.truncate(piece.text.trim_end_matches(' ').len());
            piece.text.push(CELL);
        }
    }

    fn text(&mut self, text: &str) {
        let text = decoded(text);
        if self.piece.is_none() {
            if text.trim().is_empty() {
                return;
            }
            self.piece = Some(Piece {
                line: self.line,
                shape: self.next.take().unwrap_or_default(),
                ..Piece::default()
            });
        }
        let is_bold = self.bold > 0;
        if let Some(piece) = &mut self.piece {
            let from_start = piece.bold == piece.text.len();
            push_plain(&mut piece.text, &text);
            if is_bold && from_start {
                piece.bold = piece.text.trim_end().len();
            }
        }
    }

    /// Ends a paragraph; an item that has no text yet goes on.
    fn flush_text(&mut self) {
        if self.piece.is_some() {
            self.flush();
        }
    }

    fn flush(&mut self) {
        let Some(mut piece) = self.piece.take() else {
            return;
        };
        piece.text.truncate(piece.text.trim_end_matches(' ').len());
        piece.bold = piece.bold.min(piece.text.len());
        if piece.text.chars().any(|c| c != CELL) {
            self.flow.push(piece);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn html_becomes_pieces() {
        let html = "<h2 class=\"a>b\">Skills &amp; more</h2><!-- x --><ul><li><strong>Go</strong> (Critical)<ul><li>deep</li></ul></li><li><p>Rust</p></li></ul><ol><li>one</ol><table><thead><tr><th>A</th><th>B</th></tr></thead><tr><td>a</td><td></td></tr></table><script>no</script><p>1 < 2&#8211;3<br>x</p>";
        let shown: Vec<String> = read(html, 7)
            .into_iter()
            .map(|piece| {
                let text = piece.text.replace(CELL, "¦");
                format!("{}|{:?}|{}|{text}", piece.line, piece.shape, piece.bold)
            })
            .collect();
        assert_eq!(
            shown,
            [
                "7|Heading(2)|0|Skills & more",
                "7|Item(0)|2|Go (Critical)",
                "7|Item(1)|0|deep",
                "7|Item(0)|0|Rust",
                "7|Numbered(0)|0|one",
                "7|Header|0|A¦B",
                "7|Row|0|a¦",
                "7|Paragraph|0|1 < 2–3 x",
            ]
        );
    }

    proptest! {
        #[test]
        fn any_text_ends(text in "(\\PC|<|>|</?(li|ul|td|tr|h2|b|script)>|&[a-z#0-9]{0,9};|<!--|\"){0,80}") {
            for piece in read(&text, 1) {
                prop_assert!(piece.text.is_char_boundary(piece.bold));
            }
        }
    }
}
