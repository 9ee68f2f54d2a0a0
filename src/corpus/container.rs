//! Chooses the container of a file, by content first, then by name, and has its documents read.
//!
//! A container is a file in `container/` with two functions, *recognizes* and *reads*, and a line in [`CONTAINERS`]. It
//! knows its format and nothing of roles.

mod csv;
mod docx;
mod html;
mod json;
mod listing;
mod markdown;
mod page;
mod plain;
mod records;
mod wordpress;

use super::document::{Document, LeftOut};
use super::problem::ProblemKind;

/// What a container's reader is given.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The bytes of the file.
    pub bytes: &'a [u8],
    /// The text in NFC with lines that end in `\n`, where the bytes are text.
    pub text: Option<&'a str>,
    /// The name of the file in lower case, without its folders.
    pub name: &'a str,
}

impl<'a> Input<'a> {
    /// Returns the text; of bytes that are none, the empty one.
    pub fn text(&self) -> &'a str {
        self.text.unwrap_or_default()
    }

    /// Returns what stands behind the last dot of the name.
    pub fn ending(&self) -> &'a str {
        self.name.rsplit_once('.').map_or("", |(_, ending)| ending)
    }
}

/// What a container's reader gives.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Contents {
    /// The documents in their order in the file.
    pub documents: Vec<Document>,
    /// Tables that tell of roles only if they are a ladder.
    pub tables: Vec<Document>,
    /// What there is to say of the file, with the line.
    pub remarks: Vec<(Option<u32>, ProblemKind)>,
    /// What is no part of a document: menus, advertising, teasers of other pages.
    pub left_out: Vec<LeftOut>,
}

/// A format that blueprints come in.
pub struct Container {
    /// What it is called, in output too.
    pub name: &'static str,
    /// The endings of its files, in lower case.
    pub endings: &'static [&'static str],
    /// Whether the content shows that it is this format, whatever the file is called.
    pub recognizes: fn(&Input<'_>) -> bool,
    /// Reads the documents. It never panics, and ends for any input.
    pub reads: fn(&Input<'_>) -> Contents,
}

/// All containers: the first that recognizes a file reads it, else the first that has its ending.
pub static CONTAINERS: &[Container] = &[
    docx::CONTAINER,
    wordpress::CONTAINER,
    json::CONTAINER,
    csv::CONTAINER,
    html::CONTAINER,
    listing::CONTAINER,
    page::CONTAINER,
    plain::CONTAINER,
    markdown::CONTAINER,
];

/// Returns the container of a file; text of any other ending is read as Markdown. `None` for bytes that are no text and
/// that no container recognizes.
pub fn container_of(input: &Input<'_>) -> Option<&'static Container> {
    let named = |container: &&Container| container.endings.contains(&input.ending());
    let recognized = CONTAINERS
        .iter()
        .find(|container| (container.recognizes)(input));
    let text = || {
        let named = CONTAINERS.iter().find(named);
        input.text.map(|_| named.unwrap_or(&markdown::CONTAINER))
    };
    recognized.or_else(text)
}

/// Returns whether files of that ending are looked into.
pub fn is_known_ending(ending: &str) -> bool {
    CONTAINERS
        .iter()
        .any(|container| container.endings.contains(&ending))
}
