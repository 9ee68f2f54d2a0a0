//! Turns a record, named values of any format, into a document as Markdown would give it.

mod entries;
mod spelling;
mod values;

use std::borrow::Cow;

use crate::blueprint::{SectionKind, Shape};
use crate::corpus::document::{Document, Head, Piece, plain};
use crate::corpus::headings::{Below, headings};
pub use spelling::heading;
use spelling::{Meaning, meaning, normal};
use values::is_html;

/// A named value of a record, or a nameless one of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Field<'t> {
    /// The name; empty in a list.
    pub name: Cow<'t, str>,
    /// The first line in the source.
    pub line: u32,
    /// The last line.
    pub last: u32,
    /// What it holds.
    pub value: Value<'t>,
    /// Whether the source held it to its end.
    pub whole: bool,
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'t> {
    /// Text, a number, yes or no; nothing is an empty text.
    Text(Cow<'t, str>),
    /// Values without names.
    List(Vec<Field<'t>>),
    /// Named values.
    Map(Vec<Field<'t>>),
}

/// One record of a file.
#[derive(Debug)]
pub struct Record<'t> {
    /// Its values.
    pub fields: Vec<Field<'t>>,
    /// Its first and last line.
    pub lines: (u32, u32),
    /// Whether a new line in a text is one in the source, as in a table's cell; in JSON it is an escape.
    pub runs: bool,
    /// Under which names the record was found.
    pub path: Vec<String>,
}

/// Names of maps that are only a wrapping of some of a record's fields.
const WRAPPINGS: [&str; 9] = [
    "role",
    "job",
    "position",
    "profile",
    "metadata",
    "meta",
    "header",
    "attributes",
    "fields",
];
/// Names that tell of a program's own data, not of a role.
const TECHNICAL: [&str; 4] = ["version", "properties", "dependencies", "scripts"];
/// From how many characters on a text tells of a role.
const TELLING: usize = 40;

impl<'t> Field<'t> {
    /// Returns the text, trimmed, where there is one.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text.trim()).filter(|text| !text.is_empty()),
            _ => None,
        }
    }

    /// Returns the named values.
    pub fn map(&self) -> Option<&[Field<'t>]> {
        match &self.value {
            Value::Map(fields) => Some(fields),
            _ => None,
        }
    }

    /// Returns whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        match &self.value {
            Value::Text(text) => text.trim().is_empty(),
            Value::List(fields) | Value::Map(fields) => fields.iter().all(Field::is_empty),
        }
    }

    /// Returns the first text in it: its own, that of a map's name, that of a list's beginning.
    pub fn label(&self) -> Option<&str> {
        match &self.value {
            Value::Text(_) => self.text(),
            Value::List(fields) => fields.first()?.label(),
            Value::Map(fields) => entries::name_of(fields).and_then(|at| fields[at].text()),
        }
    }

    fn is_wrapping(&self) -> bool {
        self.map().is_some() && WRAPPINGS.contains(&normal(&self.name).as_str())
    }
}

/// What the names of a record's fields say of it.
#[derive(Debug, Default)]
struct Signs {
    title: Option<Title>,
    listed: u32,
    told: u32,
    level: bool,
    technical: bool,
}

/// How surely a field that has a title's name holds that of a role, the surest last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Title {
    /// "name": of anything.
    Name,
    /// "role", "position": of a user, of a window.
    Place,
    /// "title": of a book, too.
    Any,
    /// "job title".
    Job,
}

impl Signs {
    fn of(fields: &[Field<'_>]) -> Self {
        let mut signs = Self::default();
        signs.take(fields);
        signs
    }

    fn take(&mut self, fields: &[Field<'_>]) {
        for field in fields.iter().filter(|field| !field.is_empty()) {
            if field.is_wrapping() {
                self.take(field.map().unwrap_or_default());
                continue;
            }
            let name = normal(&field.name);
            self.technical |= field.name.starts_with('$') || TECHNICAL.contains(&name.as_str());
            match meaning(&field.name) {
                Meaning::Head("title") if field.label().is_some() => {
                    self.title = self.title.max(Some(match name.as_str() {
                        "name" => Title::Name,
                        "role" | "position" => Title::Place,
                        "title" => Title::Any,
                        _ => Title::Job,
                    }));
                }
                Meaning::Head("level") => {
                    self.level = true;
                    self.listed += 1;
                }
                Meaning::Head("family") => self.listed += 2,
                Meaning::Head("domains") => {
                    let broad = [
                        "category",
                        "categories",
                        "area",
                        "areas",
                        "function",
                        "functions",
                    ];
                    self.listed += if broad.contains(&name.as_str()) { 1 } else { 2 };
                }
                Meaning::Head("aliases") => self.listed += 1,
                Meaning::Section(kind, below) if is_spelled(&field.name, &name) => {
                    self.section(field, &name, (kind, below));
                }
                Meaning::Body => self.told += 1,
                _ => {}
            }
        }
    }

    fn section(&mut self, field: &Field<'_>, name: &str, held: (SectionKind, Option<Below>)) {
        match held {
            (SectionKind::Summary, _) => {
                let long = field.text().is_some_and(|text| text.len() >= TELLING);
                self.told += if long { 2 } else { 1 };
            }
            (_, Some(Below::Tools)) | (SectionKind::Qualifications | SectionKind::Goals, _) => {
                self.listed += 1;
            }
            (_, Some(_)) if name == "metrics" => self.listed += 1,
            (_, Some(_)) | (SectionKind::Responsibilities | SectionKind::Deliverables, _) => {
                self.listed += 2;
            }
            _ => {}
        }
    }

    fn tell_of_a_role(&self) -> bool {
        match self.title {
            None => false,
            Some(Title::Name) => self.listed >= 2,
            Some(Title::Place) => self.listed + self.told >= 2,
            Some(Title::Any) => self.listed >= 2 || self.level || self.told > 0 && !self.technical,
            Some(Title::Job) => self.listed + self.told > 0,
        }
    }
}

/// Whether the name is the spelling of a field or a heading, and does not only hold one.
fn is_spelled(name: &str, normal: &str) -> bool {
    headings().is_head_name(normal) || headings().exact(&heading(name)).is_some()
}

/// Returns whether named values tell of a role: a title, and something else that a blueprint has.
pub fn is_record(fields: &[Field<'_>]) -> bool {
    Signs::of(fields).tell_of_a_role()
}

/// Returns whether named values begin as those of a role: they have a title that is no mere name.
pub fn begins_record(fields: &[Field<'_>]) -> bool {
    Signs::of(fields).title > Some(Title::Name)
}

/// Returns whether one of the values is a title.
pub fn has_title(fields: &[Field<'_>]) -> bool {
    Signs::of(fields).title.is_some()
}

/// Returns whether a field of this name is known.
pub fn is_known(name: &str) -> bool {
    let normal = normal(name);
    !normal.is_empty() && is_spelled(name, &normal)
}

/// Makes the document of a record.
pub fn document(record: Record<'_>) -> Document {
    let mut fields = Vec::new();
    unwrap(record.fields, &mut fields);
    let mut writer = Writer {
        head: Head::default(),
        flow: Vec::new(),
        runs: record.runs,
    };
    let heads = heads(&fields);
    for (at, field) in fields.iter().enumerate() {
        writer.field(field, heads.contains(&at));
    }
    Document {
        head: writer.head,
        title: None,
        categories: record.path,
        flow: writer.flow,
        lines: record.lines,
    }
}

/// Takes the fields of wrappings out.
fn unwrap<'t>(fields: Vec<Field<'t>>, into: &mut Vec<Field<'t>>) {
    for field in fields {
        let is_wrapping = field.is_wrapping();
        match field.value {
            Value::Map(inner) if is_wrapping => unwrap(inner, into),
            value => into.push(Field { value, ..field }),
        }
    }
}

/// The places of the fields that become values of the head: for each value the one whose spelling comes first; the
/// others stay in the text.
fn heads(fields: &[Field<'_>]) -> Vec<usize> {
    let mut best: Vec<(&str, usize, usize)> = Vec::new();
    for (at, field) in fields.iter().enumerate() {
        let Meaning::Head(value) = meaning(&field.name) else {
            continue;
        };
        if field.label().is_none() {
            continue;
        }
        let normal = normal(&field.name);
        let names = headings().head_names(value);
        let rank = names.iter().position(|name| *name == normal).unwrap_or(0);
        match best.iter_mut().find(|(known, ..)| *known == value) {
            Some(known) if rank < known.1 => *known = (value, rank, at),
            Some(_) => {}
            None => best.push((value, rank, at)),
        }
    }
    best.into_iter().map(|(_, _, at)| at).collect()
}

/// Writes a record's fields as a head and a flow.
struct Writer {
    head: Head,
    flow: Vec<Piece>,
    runs: bool,
}

/// What a field's value is written below.
#[derive(Debug, Clone, Copy)]
struct Under {
    depth: u8,
    kind: SectionKind,
    below: Option<Below>,
}

impl Writer {
    fn field(&mut self, field: &Field<'_>, is_head: bool) {
        if field.is_empty() {
            return;
        }
        match meaning(&field.name) {
            Meaning::Head(value) if is_head => self.value(value, field),
            Meaning::Body if field.text().is_some() => self.text(field, Under::body()),
            Meaning::Unknown if is_short(field) => {
                let values = field.text().map(str::to_owned);
                self.head.push(&normal(&field.name), values, field.line);
            }
            _ => self.section(field, 2, None),
        }
    }

    /// A named value of the head; what of it is no name stays in the text.
    fn value(&mut self, value: &str, field: &Field<'_>) {
        let mut values = Vec::new();
        let mut rest = Vec::new();
        named(field, &mut values, &mut rest);
        if value == "title" || value == "id" {
            values.truncate(1);
        } else {
            let split = |value: String| -> Vec<String> {
                value.split(['|', '\n', ';']).map(str::to_owned).collect()
            };
            values = values.into_iter().flat_map(split).collect();
        }
        self.head.push(&normal(&field.name), values, field.line);
        for text in rest {
            self.head.push(
                &format!("{} of it", normal(&field.name)),
                [text],
                field.line,
            );
        }
    }

    /// A heading and what stands below it.
    fn section(&mut self, field: &Field<'_>, depth: u8, outer: Option<Under>) {
        if field.is_empty() {
            return;
        }
        let (kind, below, title) = match (meaning(&field.name), outer) {
            (Meaning::Section(kind, below), None) => {
                let title = spelling::section_heading(&field.name, kind, below);
                (kind, below, title)
            }
            (_, Some(outer)) => Self::inner(field, outer),
            (_, None) => (SectionKind::Other, None, heading(&field.name)),
        };
        self.push(field.line, Shape::Heading(depth.min(6)), &title, 0);
        self.content(field, Under { depth, kind, below });
    }

    /// A heading inside a section says something of its own only where it is spelled out.
    fn inner(field: &Field<'_>, outer: Under) -> (SectionKind, Option<Below>, String) {
        let title = heading(&field.name);
        if outer.below == Some(Below::Skills)
            && matches!(
                normal(&field.name).as_str(),
                "soft" | "behavioral" | "behavioural" | "interpersonal"
            )
        {
            return (
                SectionKind::Skills,
                Some(Below::SoftSkills),
                format!("{title} skills"),
            );
        }
        match headings().exact(&title) {
            Some(own) => (own.kind, own.below, title),
            None => (outer.kind, outer.below, title),
        }
    }

    fn push(&mut self, line: u32, shape: Shape, text: &str, bold: usize) {
        let text = plain(text);
        if !text.is_empty() {
            let bold = bold.min(text.len());
            self.flow.push(Piece {
                line,
                shape,
                text,
                bold,
            });
        }
    }
}

impl Under {
    fn body() -> Self {
        Self {
            depth: 0,
            kind: SectionKind::Other,
            below: None,
        }
    }

    fn deeper(self) -> Self {
        Self {
            depth: self.depth.saturating_add(1),
            ..self
        }
    }
}

/// Whether a field is one short value.
fn is_short(field: &Field<'_>) -> bool {
    field
        .text()
        .is_some_and(|text| text.len() <= 2 * TELLING && !text.contains('\n') && !is_html(text))
}

/// The names that a value of the head holds, and its other words.
fn named(field: &Field<'_>, names: &mut Vec<String>, rest: &mut Vec<String>) {
    match &field.value {
        Value::Text(_) => names.extend(field.text().map(str::to_owned)),
        Value::List(fields) => fields.iter().for_each(|field| named(field, names, rest)),
        Value::Map(fields) => {
            let at = entries::name_of(fields);
            for (place, field) in fields.iter().enumerate() {
                if Some(place) == at {
                    named(field, names, rest);
                } else {
                    values::leaves(field, rest);
                }
            }
        }
    }
}
