//! The boundary between containers and blueprints: what every container's reader hands over.
//!
//! A reader knows its format and nothing of roles; `understand` knows roles and nothing of formats.

use crate::blueprint::{CELL, LINE_BREAK, Shape};

/// One document as its container gave it: a head of named values and a flow of pieces with their lines.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Document {
    /// Named values before the text.
    pub head: Head,
    /// The title where the container itself says which one it is.
    pub title: Option<Piece>,
    /// Where the site or the table files the document: the last steps of a breadcrumb, a post's categories. A name that
    /// the taxonomy does not know as a domain says nothing.
    pub categories: Vec<String>,
    /// Headings, paragraphs, items and rows in order.
    pub flow: Vec<Piece>,
    /// First and last line in the source, one-based.
    pub lines: (u32, u32),
}

/// A heading, a paragraph, a list item or a table row.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Piece {
    /// The first line in the source, one-based.
    pub line: u32,
    /// The shape.
    pub shape: Shape,
    /// The words without marks; see [`Block::text`](crate::blueprint::Block::text).
    pub text: String,
    /// How many bytes of the text, from its beginning, are set in bold.
    pub bold: usize,
}

/// Something in a file that is no part of a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// The line in the source, one-based.
    pub line: u32,
    /// What it was taken for: "navigation", "related posts".
    pub reason: &'static str,
    /// Its words.
    pub text: String,
}

/// The named values of a document, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Head {
    /// The entries.
    pub entries: Vec<HeadEntry>,
}

/// A named value, or a list of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadEntry {
    /// The name in lower case, spaces and hyphens as `_`.
    pub key: String,
    /// The values.
    pub values: Vec<String>,
    /// The line in the source.
    pub line: u32,
}

impl Head {
    /// Returns the first entry that has one of the names.
    pub fn find(&self, names: &[String]) -> Option<&HeadEntry> {
        names.iter().find_map(|name| {
            self.entries
                .iter()
                .find(|entry| &entry.key == name && !entry.values.is_empty())
        })
    }

    /// Adds an entry; control characters go, those of the name too, and empty values.
    pub fn push(&mut self, key: &str, values: impl IntoIterator<Item = String>, line: u32) {
        let key = plain(key).to_lowercase().replace([' ', '-'], "_");
        let values: Vec<String> = values
            .into_iter()
            .map(|value| plain(&value))
            .filter(|value| !value.is_empty())
            .collect();
        self.entries.push(HeadEntry { key, values, line });
    }
}

/// Cleans a piece's text: no control characters, no bidirectional overrides, single spaces, trimmed.
///
/// The marks that blocks use themselves ([`LINE_BREAK`], [`CELL`]) must be put in by the reader after this.
pub fn plain(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    push_plain(&mut clean, text);
    clean.truncate(clean.trim_end().len());
    clean
}

/// Appends text as [`plain`] does, without doubling a space at the seam.
pub fn push_plain(target: &mut String, text: &str) {
    let mut rest = text;
    loop {
        let plain = rest.bytes().take_while(u8::is_ascii_graphic).count();
        let (plain, behind) = rest.split_at(plain);
        target.push_str(plain);
        let Some(c) = behind.chars().next() else {
            return;
        };
        rest = &behind[c.len_utf8()..];
        let hidden = matches!(c, '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
        if hidden {
            continue;
        }
        if c.is_whitespace() || c.is_control() {
            let last = target.as_bytes().last();
            if last.is_some_and(|&last| !matches!(char::from(last), ' ' | LINE_BREAK | CELL)) {
                target.push(' ');
            }
        } else {
            target.push(c);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_plain() {
        assert_eq!(
            plain(" a\t\u{1b}[31mb \u{202e}c\u{b}d\u{1f}  "),
            "a [31mb c d"
        );
    }

    #[test]
    fn names_and_values_are_plain() {
        let mut head = Head::default();
        head.push(
            " Job\tTitle\u{2066}-x ",
            ["a\u{7}b".to_owned(), "\u{202e}".to_owned()],
            2,
        );
        let entry = &head.entries[0];
        assert_eq!(
            (entry.key.as_str(), entry.values.as_slice()),
            ("job_title_x", &["a b".to_owned()][..])
        );
    }
}
