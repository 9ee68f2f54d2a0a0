//! Turns maps that name one thing each (a skill, a KPI, a tool, a step) into items and tables.

use super::spelling::{heading, normal};
use super::values::leaves;
use super::{Field, Under, Value, Writer};
use crate::blueprint::{CELL, Shape};
use crate::corpus::document::{Piece, plain};
use crate::corpus::headings::{Below, Column, headings};

/// Fields that hold the name of an entry, the surest first.
const NAMES: [&str; 14] = [
    "name",
    "title",
    "label",
    "skill",
    "kpi",
    "metric",
    "tool",
    "competency",
    "role",
    "kpi_name",
    "skill_name",
    "value",
    "text",
    "key",
];
/// Fields that hold the weight of an entry.
const WEIGHTS: [&str; 8] = [
    "weight",
    "importance",
    "priority",
    "prevalence",
    "necessity",
    "criticality",
    "requirement",
    "commonality",
];
/// Fields that hold how well something is known, and now and then a weight.
const LEVELS: [&str; 3] = ["level", "proficiency", "type"];
/// Fields that say of an entry, with yes or no, what a weight says.
const FLAGS: [(&str, &str, &str); 5] = [
    ("required", "required", "optional"),
    ("must_have", "must have", "optional"),
    ("mandatory", "mandatory", "optional"),
    ("optional", "optional", ""),
    ("outside", "outside", ""),
];
/// Fields that hold what is said of an entry.
const DESCRIPTIONS: [&str; 9] = [
    "description",
    "definition",
    "formula",
    "details",
    "note",
    "notes",
    "why",
    "use",
    "usage",
];
/// Fields of a group of entries.
const GROUPS: [&str; 6] = ["items", "skills", "entries", "list", "values", "kpis"];

/// Returns the place of the field that names an entry.
pub fn name_of(fields: &[Field<'_>]) -> Option<usize> {
    let place = |name: &&str| {
        fields
            .iter()
            .position(|field| normal(&field.name) == *name && field.text().is_some())
    };
    NAMES.iter().find_map(place)
}

/// Returns whether a field says which way a step of a career leads.
pub fn is_way(field: &Field<'_>) -> bool {
    matches!(normal(&field.name).as_str(), "direction" | "way" | "type")
}

/// Returns whether a map names one thing of the section, and not several.
pub fn is_one(fields: &[Field<'_>], under: Under) -> bool {
    let entities = under.below.is_some_and(|below| below != Below::Aliases);
    let flat = fields.iter().all(|field| field.text().is_some());
    let names = ["name", "title", "label", "skill", "kpi", "metric", "tool"];
    entities
        && flat
        && fields.len() > 1
        && fields
            .iter()
            .any(|field| names.contains(&normal(&field.name).as_str()))
}

/// Returns whether maps have values alike, to be read as the rows of a table.
pub fn is_table(fields: &[Field<'_>], under: Under) -> bool {
    let by_rows = !matches!(
        under.below,
        Some(Below::Skills | Below::SoftSkills | Below::Career | Below::Aliases)
    );
    let is_row = |field: &Field<'_>| {
        field
            .map()
            .is_some_and(|cells| cells.len() > 1 && cells.iter().all(is_cell))
    };
    // Names with a description each are a list, where the section says of no column what it holds.
    let is_told = |field: &Field<'_>| {
        let cells = field.map().unwrap_or_default();
        cells.len() == 2
            && normal(&cells[0].name) == NAMES[0]
            && DESCRIPTIONS.contains(&normal(&cells[1].name).as_str())
    };
    let is_list = under.below.is_none() && fields.iter().all(is_told);
    by_rows && !is_list && !fields.is_empty() && fields.iter().all(is_row)
}

/// Returns how many maps that are rows of a table a list of KPIs or tools begins with.
pub fn rows_before(fields: &[Field<'_>], under: Under) -> usize {
    if !matches!(under.below, Some(Below::Kpis | Below::Tools)) {
        return 0;
    }
    let is_row = |field: &&Field<'_>| is_table(std::slice::from_ref(*field), under);
    fields.iter().take_while(is_row).count()
}

/// Returns whether a map from names to values or maps of them can be read as a table.
pub fn is_named_table(fields: &[Field<'_>]) -> bool {
    let flat = |field: &Field<'_>| match &field.value {
        Value::Map(cells) => cells.iter().all(is_cell),
        _ => field.text().is_some(),
    };
    let named = headings().exact(&heading(fields.first().map_or("", |field| &field.name)));
    named.is_none() && fields.iter().all(flat)
}

/// A cell is a value, or a list of them.
fn is_cell(field: &Field<'_>) -> bool {
    match &field.value {
        Value::Text(_) => true,
        Value::List(fields) => fields
            .iter()
            .all(|field| matches!(field.value, Value::Text(_))),
        Value::Map(_) => false,
    }
}

fn cell(field: &Field<'_>) -> String {
    match &field.value {
        Value::List(fields) => {
            let texts: Vec<&str> = fields.iter().filter_map(Field::text).collect();
            plain(&texts.join(", "))
        }
        _ => plain(field.text().unwrap_or_default()),
    }
}

impl Writer {
    /// Maps with values alike, as a table.
    pub(super) fn table(&mut self, fields: &[Field<'_>]) {
        let rows: Vec<(u32, Vec<(&str, String)>)> = fields
            .iter()
            .map(|row| {
                let cells = row.map().unwrap_or_default().iter();
                let cells = cells.map(|field| (&*field.name, cell(field))).collect();
                (row.line, cells)
            })
            .collect();
        self.rows(&rows);
    }

    /// `{"MTTR": {"target": "< 1 h"}}` or `{"MTTR": "< 1 h"}`
    pub(super) fn named_table(&mut self, fields: &[Field<'_>]) {
        let figures = |field: &Field<'_>| {
            let text = field.text();
            text.is_none_or(|text| text.len() <= 40 && text.contains(|c: char| c.is_ascii_digit()))
        };
        let said = if fields.iter().all(figures) {
            "target"
        } else {
            "definition"
        };
        let rows: Vec<(u32, Vec<(&str, String)>)> = fields
            .iter()
            .map(|row| {
                let mut cells = vec![("name", plain(&row.name))];
                match row.map() {
                    Some(inner) => {
                        cells.extend(inner.iter().map(|field| (&*field.name, cell(field))));
                    }
                    None => cells.push((said, cell(row))),
                }
                (row.line, cells)
            })
            .collect();
        self.rows(&rows);
    }

    fn rows(&mut self, rows: &[(u32, Vec<(&str, String)>)]) {
        let mut columns: Vec<&str> = Vec::new();
        for (name, _) in rows.iter().flat_map(|(_, cells)| cells) {
            if !columns.contains(name) && columns.len() < crate::corpus::bounds::CELLS.count() {
                columns.push(name);
            }
        }
        // What names the row stands in front, as in a table that somebody has written.
        let has_name = columns
            .iter()
            .any(|name| headings().column(&heading(name)) == Some(Column::Name));
        if !has_name
            && let Some(at) = NAMES
                .iter()
                .find_map(|known| columns.iter().position(|name| normal(name) == *known))
        {
            columns[..=at].rotate_right(1);
        }
        let header: Vec<String> = columns.iter().map(|name| plain(&heading(name))).collect();
        let line = rows.first().map_or(0, |(line, _)| *line);
        self.row(line, Shape::Header, &header);
        for (line, cells) in rows {
            let of_column = |name: &&str| {
                let mut of_name = cells.iter().filter(|(own, _)| own == name);
                of_name
                    .next()
                    .map_or(String::new(), |(_, text)| text.clone())
            };
            let row: Vec<String> = columns.iter().map(of_column).collect();
            self.row(*line, Shape::Row, &row);
        }
    }

    fn row(&mut self, line: u32, shape: Shape, cells: &[String]) {
        let text = cells.join(&CELL.to_string());
        if cells.iter().any(|cell| !cell.is_empty()) {
            self.flow.push(Piece {
                line,
                shape,
                text,
                bold: 0,
            });
        }
    }

    /// One thing of a list: its name, weight and description in one item, all else in items below it.
    pub(super) fn entry(&mut self, fields: &[Field<'_>], under: Under, line: u32) {
        if self.group(fields, under) {
            return;
        }
        let Some(at) = name_of(fields) else {
            return self.nameless(fields, under, line);
        };
        let name = plain(fields[at].text().unwrap_or_default());
        let mut text = name.clone();
        let mut used = vec![at];
        if let Some((at, weight)) = weight(fields, under) {
            used.push(at);
            if !weight.is_empty() {
                text.push_str(&format!(" ({weight})"));
            }
        }
        let description = |known: &str| {
            let is_known = |field: &Field<'_>| normal(&field.name) == known;
            let at = fields.iter().position(is_known)?;
            fields[at].text().is_some().then_some(at)
        };
        if let Some(at) = DESCRIPTIONS.iter().find_map(|known| description(known))
            && !used.contains(&at)
        {
            used.push(at);
            text.push_str(": ");
            text.push_str(fields[at].text().unwrap_or_default());
        }
        self.push(line, Shape::Item(0), &text, name.len());
        for (at, field) in fields.iter().enumerate() {
            let said = under.below == Some(Below::Career) && is_way(field);
            if !used.contains(&at) && !said {
                self.more(field);
            }
        }
    }

    /// What else there is to say of an entry.
    fn more(&mut self, field: &Field<'_>) {
        let mut texts = Vec::new();
        match &field.value {
            Value::Map(fields) | Value::List(fields) => {
                fields.iter().for_each(|field| leaves(field, &mut texts));
            }
            Value::Text(_) => texts.extend(field.text().map(str::to_owned)),
        }
        if !texts.is_empty() {
            let name = heading(&field.name);
            let text = format!("{name}: {}", texts.join(", "));
            self.push(field.line, Shape::Item(1), &text, name.len());
        }
    }

    /// A group of entries below its own heading.
    fn group(&mut self, fields: &[Field<'_>], under: Under) -> bool {
        let is_list = |field: &&Field<'_>| {
            matches!(field.value, Value::List(_)) && GROUPS.contains(&normal(&field.name).as_str())
        };
        let Some(list) = fields.iter().find(is_list) else {
            return false;
        };
        let depth = under.depth.saturating_add(1);
        for field in fields.iter().filter(|field| !std::ptr::eq(*field, list)) {
            if let Some(text) = field.text() {
                self.push(field.line, Shape::Heading(depth.min(6)), text, 0);
            } else {
                self.more(field);
            }
        }
        self.content(list, under.deeper());
        true
    }

    /// A map without a name: one name and its value, or values that say something together.
    fn nameless(&mut self, fields: &[Field<'_>], under: Under, line: u32) {
        let mut texts = Vec::new();
        for field in fields {
            let flat = is_cell(field);
            if !flat {
                self.section(field, under.depth.saturating_add(1), Some(under));
                continue;
            }
            let value = cell(field);
            let name = if under.below.is_some() {
                field.name.trim().to_owned()
            } else {
                heading(&field.name)
            };
            let is_weight = under.below.is_some() && headings().weight(&value).is_some();
            texts.push(match (value.is_empty(), is_weight) {
                (true, _) => name,
                (_, true) => format!("{name} ({value})"),
                _ => format!("{name}: {value}"),
            });
        }
        for text in texts {
            self.push(line, Shape::Item(0), &text, 0);
        }
    }
}

/// The weight of an entry, and the place of the field that gives it.
fn weight(fields: &[Field<'_>], under: Under) -> Option<(usize, String)> {
    let skills = matches!(under.below, Some(Below::Skills | Below::SoftSkills));
    for (at, field) in fields.iter().enumerate() {
        let name = normal(&field.name);
        let Some(value) = field.text() else { continue };
        if WEIGHTS.contains(&name.as_str()) {
            return Some((at, value.to_owned()));
        }
        // "advanced" is how well something is known, and under a heading how little it is needed.
        let is_weight = headings().weight(value).is_some();
        let grade = value.eq_ignore_ascii_case("advanced");
        if skills && LEVELS.contains(&name.as_str()) && is_weight && !grade {
            return Some((at, value.to_owned()));
        }
        let flag = FLAGS.iter().find(|(known, ..)| *known == name);
        if let Some((_, yes, no)) = flag {
            match value {
                "true" | "yes" => return Some((at, (*yes).to_owned())),
                "false" | "no" => return Some((at, (*no).to_owned())),
                _ => {}
            }
        }
    }
    None
}
