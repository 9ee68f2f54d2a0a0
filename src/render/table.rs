//! Answers as tables: CSV and TSV with a header row, and Markdown.

use super::Answered;
use super::json::rounded;
use crate::search::Hit;

const COLUMNS: [&str; 11] = [
    "rank", "id", "title", "level", "domains", "score", "matched", "of", "section", "passage",
    "place",
];

/// Writes the hits with cells parted by a sign. Cells with the sign, quotes or line breaks are quoted as RFC 4180 says.
pub fn separated(answered: &Answered<'_>, sign: char) -> String {
    let mut text = row(&COLUMNS.map(str::to_owned), sign);
    for (at, hit) in answered.answer.hits.iter().enumerate() {
        text.push_str(&row(&cells(answered.request.offset + at + 1, hit), sign));
    }
    text
}

/// Writes the hits as a Markdown table.
pub fn markdown(answered: &Answered<'_>) -> String {
    let mut text = format!(
        "| {} |\n|{}\n",
        COLUMNS.join(" | "),
        " --- |".repeat(COLUMNS.len())
    );
    for (at, hit) in answered.answer.hits.iter().enumerate() {
        let cells =
            cells(answered.request.offset + at + 1, hit).map(|cell| cell.replace('|', "\\|"));
        text.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    text
}

fn cells(rank: usize, hit: &Hit) -> [String; 11] {
    let passage = hit.passages.first();
    [
        rank.to_string(),
        hit.id.clone(),
        hit.title.clone(),
        hit.level.clone(),
        hit.domains.join(" "),
        rounded(hit.score).to_string(),
        hit.matched.len().to_string(),
        (hit.matched.len() + hit.missing.len()).to_string(),
        passage
            .map(|passage| passage.section.id().to_owned())
            .unwrap_or_default(),
        passage
            .map(|passage| passage.text.clone())
            .unwrap_or_default(),
        format!(
            "{}:{}",
            hit.path,
            passage.map_or(hit.line, |passage| passage.line)
        ),
    ]
}

/// Writes a row. A cell that a spreadsheet would take for a formula, and that is no number, gets an apostrophe in front.
pub fn row(cells: &[String], sign: char) -> String {
    let cell = |cell: &String| {
        let is_number = cell.parse::<f64>().is_ok();
        let cell = if cell.starts_with(['=', '+', '-', '@']) && !is_number {
            format!("'{cell}")
        } else {
            cell.clone()
        };
        let quoted = cell.contains([sign, '"', '\n', '\r']);
        if quoted {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            cell
        }
    };
    cells
        .iter()
        .map(cell)
        .collect::<Vec<_>>()
        .join(&sign.to_string())
        + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_where_that_is_needed() {
        assert_eq!(
            row(&["a".into(), "b, \"c\"".into(), "=1+1".into()], ','),
            "a,\"b, \"\"c\"\"\",'=1+1\n"
        );
        assert_eq!(
            row(&["-0.5".into(), "+1".into(), "-1+2".into()], ','),
            "-0.5,+1,'-1+2\n"
        );
        assert_eq!(row(&["a,b".into(), "c\td".into()], '\t'), "a,b\t\"c\td\"\n");
    }
}
