//! Facet values and their counts, for people and for tables.

use std::fmt::Write as _;

use super::Dimension;
use super::table::row;
use super::text::Style;
use crate::index::header::Header;
use crate::search::{Counted, Counts, Request, counted};

/// A value and its facet's name.
type Line<'a> = (&'static str, Counted<'a>);

fn lines<'a>(
    header: &'a Header,
    request: &'a Request,
    counts: &'a Counts,
    dimensions: &[Dimension],
) -> Vec<Line<'a>> {
    let mut lines = Vec::new();
    for dimension in dimensions {
        let (name, values, counts, selection) = match dimension {
            Dimension::Level => ("level", &header.levels, &counts.levels, &request.levels),
            Dimension::Domain => ("domain", &header.domains, &counts.domains, &request.domains),
        };
        lines.extend(
            counted(values, counts, selection)
                .into_iter()
                .map(|value| (name, value)),
        );
    }
    lines
}

/// Writes the values for people.
pub fn text(
    header: &Header,
    request: &Request,
    counts: &Counts,
    dimensions: &[Dimension],
    style: Style,
) -> String {
    let lines = lines(header, request, counts, dimensions);
    let widest = lines
        .iter()
        .map(|(_, value)| value.value.chars().count())
        .max()
        .unwrap_or(0);
    let mut text = String::new();
    let mut last = "";
    for (name, value) in lines {
        if name != last {
            let _ = writeln!(text, "{}", style.bold(name));
            last = name;
        }
        let mark = if value.selected { "✓" } else { " " };
        let label = if value.label.to_lowercase() == value.value {
            String::new()
        } else {
            format!("  {}", style.dim(value.label))
        };
        let _ = writeln!(
            text,
            "{mark} {:widest$}  {:>6}{label}",
            value.value, value.count
        );
    }
    let _ = writeln!(
        text,
        "{} {}",
        counts.total,
        if counts.total == 1 { "role" } else { "roles" }
    );
    text
}

/// Writes the values as a table with a header row.
pub fn separated(
    header: &Header,
    request: &Request,
    counts: &Counts,
    dimensions: &[Dimension],
    sign: char,
) -> String {
    let mut text = row(
        &["dimension", "value", "label", "count", "selected"].map(str::to_owned),
        sign,
    );
    for (name, value) in lines(header, request, counts, dimensions) {
        text.push_str(&row(
            &[
                name.to_owned(),
                value.value.to_owned(),
                value.label.to_owned(),
                value.count.to_string(),
                value.selected.to_string(),
            ],
            sign,
        ));
    }
    text
}

/// Writes the values as a Markdown table.
pub fn markdown(
    header: &Header,
    request: &Request,
    counts: &Counts,
    dimensions: &[Dimension],
) -> String {
    let mut text = "| dimension | value | label | count |\n| --- | --- | --- | --- |\n".to_owned();
    for (name, value) in lines(header, request, counts, dimensions) {
        let _ = writeln!(
            text,
            "| {name} | {} | {} | {} |",
            value.value,
            value.label.replace('|', "\\|"),
            value.count
        );
    }
    text
}

/// Writes the bare values, one a line.
pub fn ids(
    header: &Header,
    request: &Request,
    counts: &Counts,
    dimensions: &[Dimension],
) -> String {
    lines(header, request, counts, dimensions)
        .iter()
        .map(|(_, value)| format!("{}\n", value.value))
        .collect()
}
