//! Turns the value of a record's field into pieces: text with marks, lists, maps below headings of their own.

use super::super::{html, markdown};
use super::entries;
use super::{Field, Under, Value, Writer, heading, is_short};
use crate::blueprint::{LINE_BREAK, SectionKind, Shape};
use crate::corpus::document::Piece;
use crate::corpus::entities::{comma_list, split_outside_brackets};
use crate::corpus::headings::{Below, headings};

/// Signs that items begin with.
const BULLETS: [&str; 8] = ["• ", "- ", "* ", "– ", "◦ ", "· ", "▪ ", "+ "];
/// The longest list item of a text that is split at semicolons and bars, in bytes.
const MAX_SPLIT: usize = 2_000;

impl Writer {
    /// What stands below a heading.
    pub(super) fn content(&mut self, field: &Field<'_>, under: Under) {
        match &field.value {
            Value::Text(_) => self.text(field, under),
            Value::List(fields) if entries::is_table(fields, under) => self.table(fields),
            Value::List(fields) => self.list(fields, under, 0),
            Value::Map(fields) => self.map(fields, under),
        }
    }

    fn list(&mut self, fields: &[Field<'_>], under: Under, depth: u8) {
        let mut direction = None;
        let mut rest = fields;
        while let Some((field, behind)) = rest.split_first() {
            // Among names, those with a target or a use of their own are still rows.
            let rows = entries::rows_before(rest, under);
            if rows > 0 {
                self.table(&rest[..rows]);
                rest = &rest[rows..];
                continue;
            }
            rest = behind;
            if field.is_empty() {
                continue;
            }
            match &field.value {
                Value::Text(_) => self.item(field, under, depth),
                Value::List(inner) => self.list(inner, under, depth.saturating_add(1).min(16)),
                Value::Map(inner) => {
                    if under.below == Some(Below::Career) {
                        self.turn(inner, under, &mut direction);
                    }
                    self.entry(inner, under, field.line);
                }
            }
        }
    }

    /// An entry of a career that says which way it leads stands below a heading that does.
    fn turn(&mut self, fields: &[Field<'_>], under: Under, last: &mut Option<String>) {
        let way = fields.iter().find(|field| entries::is_way(field));
        let Some(way) = way.and_then(Field::text) else {
            return;
        };
        if last.as_deref() != Some(way) {
            let depth = under.depth.saturating_add(1).min(6);
            let line = fields.first().map_or(0, |field| field.line);
            self.push(line, Shape::Heading(depth), &heading(way), 0);
            *last = Some(way.to_owned());
        }
    }

    /// An item of a list that is a text.
    fn item(&mut self, field: &Field<'_>, under: Under, depth: u8) {
        let text = field.text().unwrap_or_default();
        if text.contains('\n') || is_html(text) || has_marks(text) {
            let mut pieces = rich(text, field.line, self.runs);
            if let Some(first) = pieces
                .first_mut()
                .filter(|first| first.shape == Shape::Paragraph)
            {
                first.shape = Shape::Item(depth);
            }
            self.flow.extend(below(pieces, under));
        } else {
            self.push(field.line, Shape::Item(depth), text, 0);
        }
    }

    /// A text: with marks, a list in one line, or a paragraph.
    pub(super) fn text(&mut self, field: &Field<'_>, under: Under) {
        let text = field.text().unwrap_or_default();
        let is_marked = is_html(text) || has_marks(text);
        if !is_marked && let Some(items) = listed(text, under) {
            let mut line = field.line;
            for item in items {
                self.push(line, Shape::Item(0), without_bullet(item), 0);
                if self.runs {
                    line += lines_behind(text, item);
                }
            }
        } else if is_marked || text.contains('\n') {
            let pieces = rich(text, field.line, self.runs);
            self.flow.extend(below(pieces, under));
        } else {
            // One name is a list of one.
            let is_name =
                under.below.is_some() && !text.ends_with('.') && comma_list(text).is_none();
            let shape = if is_name {
                Shape::Item(0)
            } else {
                Shape::Paragraph
            };
            self.push(field.line, shape, text, 0);
        }
    }

    /// A map: one thing, a table, names with a weight, or values below headings of their own.
    fn map(&mut self, fields: &[Field<'_>], under: Under) {
        if entries::is_one(fields, under) {
            let line = fields.first().map_or(0, |field| field.line);
            self.entry(fields, under, line);
        } else if under.below == Some(Below::Kpis) && entries::is_named_table(fields) {
            self.named_table(fields);
        } else {
            for field in fields.iter().filter(|field| !field.is_empty()) {
                let says = headings().exact(&heading(&field.name)).is_some()
                    || listed(field.text().unwrap_or_default(), under).is_some();
                let skills = matches!(under.below, Some(Below::Skills | Below::SoftSkills));
                if is_short(field) && !says && skills {
                    self.weighted(field);
                } else if is_short(field) && !says {
                    let name = heading(&field.name);
                    let text = format!("{name}: {}", field.text().unwrap_or_default());
                    self.push(field.line, Shape::Item(0), &text, name.len());
                } else {
                    self.section(field, under.depth.saturating_add(1), Some(under));
                }
            }
        }
    }

    /// `{"Rust": "critical"}`
    fn weighted(&mut self, field: &Field<'_>) {
        let value = field.text().unwrap_or_default();
        let is_number = value.parse::<f64>().is_ok();
        let text = if is_number || headings().weight(value).is_some() {
            format!("{} ({value})", field.name.trim())
        } else if value.is_empty() {
            field.name.trim().to_owned()
        } else {
            format!("{}: {value}", field.name.trim())
        };
        self.push(field.line, Shape::Item(0), &text, field.name.trim().len());
    }
}

/// The items of a text that lists some: at lines, bullets, semicolons, bars; at commas where names are listed.
fn listed(text: &str, under: Under) -> Option<Vec<&str>> {
    let lists = under.below.is_some()
        || matches!(
            under.kind,
            SectionKind::Responsibilities | SectionKind::Deliverables | SectionKind::Qualifications
        );
    if !lists {
        return None;
    }
    let mut items = split(text.lines().collect(), &['•', '|']);
    items = split(items, &[';']);
    // A weight behind one of several skills is that one's.
    let weighted = text.contains('(') && under.below != Some(Below::Aliases);
    if let ([one], true) = (items.as_slice(), weighted)
        && comma_list(one).is_some()
    {
        items = split(items, &[',']);
    }
    if let ([one], Some(Below::Kpis | Below::Career | Below::Tools)) =
        (items.as_slice(), under.below)
        && comma_list(one).is_some()
    {
        items = split(items, &[',']);
    }
    (items.len() > 1).then_some(items)
}

/// The parts of texts at the signs, without empty ones.
fn split<'t>(texts: Vec<&'t str>, signs: &[char]) -> Vec<&'t str> {
    let parts = texts.into_iter().flat_map(|text| {
        if text.len() > MAX_SPLIT {
            vec![text]
        } else {
            split_outside_brackets(text, signs)
        }
    });
    parts
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect()
}

/// How many lines of the source lie between the beginning of an item and the next one.
fn lines_behind(text: &str, item: &str) -> u32 {
    let end = item.as_ptr() as usize + item.len() - text.as_ptr() as usize;
    let gap = text[end..].split(|c: char| !c.is_whitespace() && !matches!(c, ';' | '|' | '•'));
    gap.take(1)
        .map(|gap| gap.matches('\n').count() as u32)
        .sum()
}

fn without_bullet(item: &str) -> &str {
    let sign = BULLETS.iter().find_map(|sign| item.strip_prefix(sign));
    sign.unwrap_or(item).trim()
}

/// Returns whether a text holds HTML.
pub fn is_html(text: &str) -> bool {
    let Some(start) = text.find('<') else {
        return false;
    };
    let tags = [
        "</", "<br", "<p>", "<p ", "<li", "<ul", "<ol", "<h1", "<h2", "<h3", "<div", "<table",
    ];
    tags.iter().any(|tag| text[start..].contains(tag))
}

/// Whether a text has the marks of Markdown.
fn has_marks(text: &str) -> bool {
    let is_marked = |line: &str| {
        let line = line.trim_start();
        let number = line.trim_start_matches(|c: char| c.is_ascii_digit());
        line.starts_with('#') && line.trim_start_matches('#').starts_with(' ')
            || ["- ", "* ", "+ ", "| ", "|-", "```", "> "]
                .iter()
                .any(|sign| line.starts_with(sign))
            || number.len() < line.len() && (number.starts_with(". ") || number.starts_with(") "))
    };
    text.contains("**") || text.contains("](") || text.lines().any(is_marked)
}

/// Reads a text with marks, HTML or Markdown; where its lines are none of the source's, all stands on one.
pub fn rich(text: &str, line: u32, runs: bool) -> Vec<Piece> {
    let is_html = is_html(text);
    let mut pieces = if is_html {
        html::fragment(text, line)
    } else {
        markdown::read(text, line)
    };
    if !runs || is_html {
        for piece in &mut pieces {
            piece.line = line;
            let code = piece.shape == Shape::Code;
            if !code && piece.text.contains(LINE_BREAK) {
                piece.text = piece.text.replace(LINE_BREAK, " ");
            }
        }
    }
    pieces
}

/// Puts the headings of a text below the one that it stands under.
fn below(mut pieces: Vec<Piece>, under: Under) -> Vec<Piece> {
    let highest = pieces.iter().filter_map(|piece| match piece.shape {
        Shape::Heading(depth) => Some(depth),
        _ => None,
    });
    if under.depth > 0
        && let Some(highest) = highest.min()
        && highest <= under.depth
    {
        let down = under.depth + 1 - highest;
        for piece in &mut pieces {
            if let Shape::Heading(depth) = &mut piece.shape {
                *depth = depth.saturating_add(down).min(6);
            }
        }
    }
    pieces
}

/// All texts of a value, with the names that they stand under.
pub(super) fn leaves(field: &Field<'_>, texts: &mut Vec<String>) {
    match &field.value {
        Value::Text(_) => {
            if let Some(text) = field.text() {
                texts.push(if field.name.is_empty() {
                    text.to_owned()
                } else {
                    format!("{}: {text}", heading(&field.name))
                });
            }
        }
        Value::List(fields) | Value::Map(fields) => {
            fields.iter().for_each(|field| leaves(field, texts));
        }
    }
}
