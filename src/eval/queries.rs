//! Turns a file of queries into queries: lines of id and text, a table with a header row, or JSON Lines.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use crate::error::{Error, Result};

/// A query with what is known of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// The id.
    pub id: String,
    /// The text.
    pub text: String,
    /// What kind of query it is.
    pub kind: String,
    /// The level filter, as `--level` reads it.
    pub level: String,
    /// The domain filter, as `--domain` reads it.
    pub domain: String,
    /// The part of the set that it belongs to.
    pub split: String,
    /// Its one-based line; 0 where it stands in no file.
    pub line: usize,
}

impl Query {
    /// Names a query of which nothing else is known.
    pub fn named(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            ..Self::default()
        }
    }

    /// Returns the cell of a column, under each of its names.
    fn cell(&mut self, column: &str) -> Option<&mut String> {
        Some(match column {
            "qid" | "id" => &mut self.id,
            "query" | "text" => &mut self.text,
            "kind" => &mut self.kind,
            "level" => &mut self.level,
            "domain" => &mut self.domain,
            "split" => &mut self.split,
            _ => return None,
        })
    }
}

/// Reads queries. Columns and keys with other names are passed over.
///
/// # Errors
/// Fails with the line that is no query, or has the id of another.
pub fn read_queries(text: &str, path: &Path) -> Result<Vec<Query>> {
    let filled = |(_, line): &(usize, &str)| !line.trim().is_empty();
    let lines = (1..).zip(text.lines()).filter(filled);
    let (mut queries, mut seen) = (Vec::new(), BTreeSet::new());
    let (mut header, mut is_first) = (None, true);
    for (line, row) in lines {
        if is_first {
            is_first = false;
            header = header_of(row);
            if header.is_some() {
                continue;
            }
        }
        let query = match &header {
            _ if row.trim_start().starts_with('{') => from_json(row),
            Some(columns) => from_row(row, columns),
            None => from_pair(row),
        };
        let query = query.and_then(checked);
        let mut query = query.map_err(|reason| Error::data(path, line, reason))?;
        if !seen.insert(query.id.clone()) {
            let reason = format!("the id '{}' stands here a second time", query.id);
            return Err(Error::data(path, line, reason));
        }
        query.line = line;
        queries.push(query);
    }
    if queries.is_empty() {
        return Err(Error::data(path, 1, "there is no query"));
    }
    Ok(queries)
}

type Parsed = std::result::Result<Query, String>;

/// The columns of a header row: one that names an id and a text.
fn header_of(row: &str) -> Option<Vec<String>> {
    let columns = row.split('\t').map(|cell| cell.trim().to_lowercase());
    let columns: Vec<String> = columns.collect();
    let names = |wanted: [&str; 2]| columns.iter().any(|name| wanted.contains(&name.as_str()));
    (names(["qid", "id"]) && names(["query", "text"])).then_some(columns)
}

fn from_row(row: &str, columns: &[String]) -> Parsed {
    let cells: Vec<&str> = row.split('\t').collect();
    if cells.len() > columns.len() {
        let (cells, columns) = (cells.len(), columns.len());
        return Err(format!("the row has {cells} cells under {columns} columns"));
    }
    let mut query = Query::default();
    for (column, cell) in columns.iter().zip(cells) {
        if let Some(place) = query.cell(column) {
            cell.trim().clone_into(place);
        }
    }
    Ok(query)
}

fn from_pair(row: &str) -> Parsed {
    let Some((id, text)) = row.split_once('\t') else {
        return Err("there is no tab between id and text".to_owned());
    };
    if text.contains('\t') {
        return Err("more than id and text need a header row that names the columns".to_owned());
    }
    Ok(Query {
        text: text.trim().to_owned(),
        ..Query::named(id.trim())
    })
}

fn from_json(row: &str) -> Parsed {
    let value: Value = serde_json::from_str(row).map_err(|error| {
        let reason = error.to_string();
        let reason = reason.split(" at line ").next().unwrap_or_default();
        format!("no JSON: {reason} in column {}", error.column())
    })?;
    let mut query = Query::default();
    for (key, value) in value.as_object().into_iter().flatten() {
        if let Some(place) = query.cell(key) {
            *place = json_text(value).ok_or_else(|| format!("'{key}' is no text"))?;
        }
    }
    Ok(query)
}

/// A text, a number as an id, or texts as the values of a filter.
fn json_text(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(values) => {
            let texts: Option<Vec<&str>> = values.iter().map(Value::as_str).collect();
            texts.map(|texts| texts.join(","))
        }
        Value::Bool(_) | Value::Object(_) => None,
    }
}

fn checked(query: Query) -> Parsed {
    if query.id.is_empty() {
        return Err("the query has no id".to_owned());
    }
    if query.id.contains(char::is_whitespace) {
        return Err(format!("the id '{}' has white space in it", query.id));
    }
    if [&query.text, &query.level, &query.domain]
        .iter()
        .all(|text| text.is_empty())
    {
        return Err(format!("{} has neither text nor filter", query.id));
    }
    Ok(query)
}
