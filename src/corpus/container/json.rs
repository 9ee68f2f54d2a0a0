//! Turns JSON, records at any depth or one on each line, into one document a record.

pub mod tree;

use super::records::{self, Field, Record, Value};
use super::{Container, Contents, Input};
use crate::corpus::bounds;
use crate::corpus::document::{Document, LeftOut};
use crate::corpus::problem::ProblemKind;
use tree::Reader;

/// The container.
pub const CONTAINER: Container = Container {
    name: "json",
    endings: ENDINGS,
    recognizes: |input| begins(input.text()) && (is_named(input) || holds(input, &RECORDS)),
    reads: |input| read(input, &RECORDS),
};

/// The endings of files in JSON.
const ENDINGS: &[&str] = &["json", "jsonl", "ndjson"];
/// How many of the names that a record lies under are kept.
const MAX_PATH: usize = 4;

/// What maps of a file are taken for.
pub struct Kind {
    /// Whether a map is such a thing.
    pub is: fn(&[Field<'_>]) -> bool,
    /// Whether one that breaks off has begun as such a thing.
    pub begins: fn(&[Field<'_>]) -> bool,
    /// What it says, or how it is left out.
    pub document: fn(Record<'_>) -> Result<Document, LeftOut>,
}

const RECORDS: Kind = Kind {
    is: records::is_record,
    begins: records::begins_record,
    document: |record| Ok(records::document(record)),
};

/// Returns whether the file is called one of JSON.
pub fn is_named(input: &Input<'_>) -> bool {
    ENDINGS.contains(&input.ending())
}

/// Returns whether a text begins as JSON does: with a bracket and what may stand behind it.
pub fn begins(text: &str) -> bool {
    let text = text.trim_start();
    let next = |text: &str| text.trim_start().chars().next();
    match text.strip_prefix('{') {
        Some(rest) => matches!(next(rest), Some('"' | '}')),
        None => text
            .strip_prefix('[')
            .is_some_and(|rest| matches!(next(rest), Some('{' | '[' | ']' | '"'))),
    }
}

/// Returns whether a file, whatever it is called, holds things of the kind; broken JSON of another name is text.
pub fn holds(input: &Input<'_>, kind: &Kind) -> bool {
    let finding = Finding::of(input, kind);
    let whole = is_named(input) || finding.breaks.is_empty();
    whole && !(finding.contents.documents.is_empty() && finding.contents.left_out.is_empty())
}

/// Reads the things of the kind that a file holds.
pub fn read(input: &Input<'_>, kind: &Kind) -> Contents {
    let finding = Finding::of(input, kind);
    let mut contents = finding.contents;
    let is_told = !contents.documents.is_empty() || finding.begun;
    for (line, reason) in finding.breaks {
        let kind = if contents.documents.is_empty() {
            ProblemKind::Unreadable(format!("not JSON: {reason}"))
        } else {
            ProblemKind::Cut(format!("not JSON: {reason}"))
        };
        // A program's settings, with remarks that JSON does not know, are no concern of the reader's.
        if is_told || !input.text().trim_start().starts_with(['{', '[']) {
            contents.remarks.push((Some(line), kind));
        }
    }
    if contents.documents.is_empty() && contents.remarks.is_empty() {
        contents.remarks.push((None, ProblemKind::NoRole));
    }
    contents
}

/// What is found in a file.
struct Finding<'k> {
    kind: &'k Kind,
    contents: Contents,
    /// Where the text is no JSON, and why.
    breaks: Vec<(u32, String)>,
    /// Whether something of the kind broke off.
    begun: bool,
}

impl<'k> Finding<'k> {
    fn of(input: &Input<'_>, kind: &'k Kind) -> Self {
        let text = input.text();
        if has_lines(text) {
            return Self::in_lines(text, kind);
        }
        let whole = Self::in_one(text, kind);
        let broken = whole.contents.documents.is_empty() && !whole.breaks.is_empty();
        if broken && ["jsonl", "ndjson"].contains(&input.ending()) {
            return Self::in_lines(text, kind);
        }
        whole
    }

    fn new(kind: &'k Kind) -> Self {
        Self {
            kind,
            contents: Contents::default(),
            breaks: Vec::new(),
            begun: false,
        }
    }

    /// One value, or several one behind the other, each on lines of any number.
    fn in_one(text: &str, kind: &'k Kind) -> Self {
        let mut finding = Self::new(kind);
        finding.values(text, 1);
        finding
    }

    /// One value a line: a broken one leaves the others whole.
    fn in_lines(text: &str, kind: &'k Kind) -> Self {
        let mut finding = Self::new(kind);
        for (at, line) in text.lines().enumerate() {
            finding.values(line, at as u32 + 1);
        }
        finding
    }

    fn values(&mut self, text: &str, line: u32) {
        let mut reader = Reader::new(text, line);
        while reader.broken.is_none()
            && let Some(field) = reader.next_value()
        {
            self.find(field, &mut Vec::new());
        }
        if let Some(line) = reader.deep {
            let remark = ProblemKind::Bound(&bounds::DEPTH);
            self.contents.remarks.push((Some(line), remark));
        }
        if let Some(broken) = reader.broken {
            self.breaks.push((broken.line, broken.reason));
        }
    }

    /// Looks for things of the kind in a value, and in what lies in it.
    fn find(&mut self, field: Field<'_>, path: &mut Vec<String>) {
        match field.value {
            Value::Map(fields) if (self.kind.is)(&fields) => {
                if !field.whole {
                    self.begun = true;
                    return;
                }
                let document = (self.kind.document)(Record {
                    fields,
                    lines: (field.line, field.last),
                    runs: false,
                    path: path.clone(),
                });
                match document {
                    Ok(document) => self.contents.documents.push(document),
                    Err(left_out) => self.contents.left_out.push(left_out),
                }
            }
            Value::Map(fields) => {
                self.begun |= !field.whole && (self.kind.begins)(&fields);
                for field in fields {
                    let is_kept = path.len() < MAX_PATH;
                    if is_kept {
                        path.push(field.name.to_string());
                    }
                    self.find(field, path);
                    if is_kept {
                        path.pop();
                    }
                }
            }
            Value::List(fields) => fields.into_iter().for_each(|field| self.find(field, path)),
            Value::Text(_) => {}
        }
    }
}

/// Whether a text has one value a line: its first line is one, and is not all.
fn has_lines(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let (Some(first), Some(_)) = (lines.next(), lines.next()) else {
        return false;
    };
    let mut reader = Reader::new(first, 1);
    let is_bracket = first.trim_start().starts_with(['{', '[']);
    let is_whole = is_bracket && reader.next_value().is_some() && reader.broken.is_none();
    is_whole && reader.next_value().is_none()
}
#[cfg(test)]
mod tests;
