//! Turns answers into text: for people, for programs, for tables. Each format is a sibling of the others.

pub mod as_read;
pub mod eval;
pub mod explain;
pub mod facets;
pub mod json;
pub mod role;
pub mod schema;
pub mod table;
pub mod text;

use crate::index::header::Header;
use crate::search::{Answer, Change, Request};
use text::Style;

/// An answer with all that a format may show of it. Paths in it are as the user is to see them.
#[derive(Clone, Copy)]
pub struct Answered<'a> {
    /// What was asked.
    pub request: &'a Request,
    /// What was answered.
    pub answer: &'a Answer,
    /// The index that answered.
    pub header: &'a Header,
    /// What would help where nothing was found.
    pub suggestions: &'a [Suggestion],
    /// From the start of the command, in milliseconds.
    pub took_ms: u64,
}

/// Another query that finds something.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Suggestion {
    /// What is changed.
    pub kind: Change,
    /// What it finds, in words.
    pub text: String,
    /// The query.
    pub query: String,
    /// The arguments to run `bp` with.
    pub args: Vec<String>,
    /// What to type.
    pub command: String,
    /// How many roles it was seen to find.
    pub count: u64,
}

/// How an answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// For people.
    Text,
    /// One JSON object.
    Json,
    /// One JSON object a hit.
    JsonLines,
    /// A table with a header row, its cells parted by this sign.
    Separated(char),
    /// A Markdown table.
    Markdown,
    /// The ids, one a line.
    Ids,
    /// The paths, one a line.
    Paths,
    /// The number of roles.
    Count,
}

impl Output {
    /// How many passages of a hit are shown.
    pub fn passages(self) -> usize {
        match self {
            Self::Json | Self::JsonLines => 3,
            Self::Text | Self::Separated(_) | Self::Markdown => 1,
            Self::Ids | Self::Paths | Self::Count => 0,
        }
    }

    /// Whether people read it, and may be told more on stderr.
    pub fn is_for_people(self) -> bool {
        matches!(self, Self::Text | Self::Markdown)
    }
}

/// A facet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dimension {
    /// Seniority.
    Level,
    /// What a role is about.
    Domain,
}

/// Writes an answer.
pub fn answer(answered: &Answered<'_>, output: Output, style: Style) -> String {
    match output {
        Output::Text => text::answer(answered, style),
        Output::Json => json::query_json(answered),
        Output::JsonLines => json::hit_lines(answered),
        Output::Separated(sign) => table::separated(answered, sign),
        Output::Markdown => table::markdown(answered),
        Output::Ids => answered
            .answer
            .hits
            .iter()
            .map(|hit| format!("{}\n", hit.id))
            .collect(),
        Output::Paths => paths(answered),
        Output::Count => format!("{}\n", answered.answer.counts.total),
    }
}

/// A file that holds several roles is named once.
fn paths(answered: &Answered<'_>) -> String {
    let mut seen: Vec<&str> = Vec::new();
    for hit in &answered.answer.hits {
        if !seen.contains(&hit.path.as_str()) {
            seen.push(&hit.path);
        }
    }
    seen.iter().map(|path| format!("{path}\n")).collect()
}
