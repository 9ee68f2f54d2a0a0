//! Turns an explanation into tables for people: what each concept counts, the factors, the score, and one sentence.

pub mod verdict;

use std::fmt::Write as _;

use super::text::{Style, printable};
use crate::index::schema::TextField;
use crate::search::Explanation;
use crate::search::explain::{Difference, Explained, Need, Part, Row, RowKind, best, differences};
use verdict::{signed, verdict};

/// What gives less than this share of the score is folded with its like.
const VISIBLE: f32 = 0.01;
/// The columns of the table of one role.
const COLUMNS: [&str; 7] = [
    "term", "how", "section", "line", "times", "weight", "counts",
];

/// Writes an explanation for people.
pub fn text(explanation: &Explanation, style: Style) -> String {
    let mut text = String::new();
    let role = &explanation.role;
    head(&mut text, role, style);
    if let Some(versus) = &explanation.versus {
        head(&mut text, versus, style);
        beside(&mut text, role, versus);
    } else {
        alone(&mut text, role);
    }
    let _ = writeln!(text, "{}", style.bold(&printable(&verdict(explanation))));
    text
}

/// The role on a line of its own.
fn head(text: &mut String, role: &Explained, style: Style) {
    let hit = &role.hit;
    let mut facets = vec![hit.levels.join(", ")];
    if !hit.domains.is_empty() {
        facets.push(hit.domains.join(", "));
    }
    let place = format!("{}:{}", printable(&hit.path), hit.line);
    let _ = writeln!(
        text,
        "{}  {}  {}  {}",
        style.bold(&hit.title),
        facets.join(" · "),
        hit.id,
        style.dim(&place)
    );
}

/// What each concept counts in one role, and the factors.
fn alone(text: &mut String, role: &Explained) {
    if role.needs.is_empty() {
        return;
    }
    let mut rows = vec![COLUMNS.map(str::to_owned).to_vec()];
    for need in &role.needs {
        rows.extend(need_rows(need, role.hit.score));
    }
    table(text, &rows, 3);
    let met = role
        .needs
        .iter()
        .filter(|need| !need.rows.is_empty())
        .count();
    let factors = role.factors;
    let _ = writeln!(
        text,
        "factors in each count: coverage {:.2} ({met} of {}) · length {:.2} · whole name {:.2}",
        factors.coverage,
        role.needs.len(),
        factors.length,
        factors.whole_name
    );
    let _ = writeln!(text, "score {:.3}", role.hit.score);
}

/// A line for the concept, then one for each of its lists; those that give nothing visible are folded.
fn need_rows(need: &Need, score: f32) -> Vec<Vec<String>> {
    let empty = String::new;
    let mut first = vec![printable(&need.term)];
    if need.rows.is_empty() {
        first.push(missing(need));
        return vec![first];
    }
    first.extend((0..5).map(|_| empty()));
    first.push(format!("{:.2}", need.contribution));
    let mut rows = vec![first];
    let is_faint = |row: &&Row| row.contribution < score * VISIBLE;
    let faint: Vec<&Row> = need.rows.iter().filter(is_faint).collect();
    let folds = faint.len() > 1;
    for row in need.rows.iter().filter(|row| !(folds && is_faint(row))) {
        let times = if row.kind == RowKind::Finds {
            row.frequency.to_string()
        } else {
            empty()
        };
        rows.push(vec![
            format!("  {}", printable(&row.shown)),
            how(row).to_owned(),
            row.section.id().to_owned(),
            row.line.map(|line| line.to_string()).unwrap_or_default(),
            times,
            format!("{:.2}", row.weight),
            format!("{:.2}", row.contribution),
        ]);
    }
    if folds {
        let all: f32 = faint.iter().map(|row| row.contribution).sum();
        let mut row = vec![format!("  {} more places", faint.len())];
        row.extend((0..5).map(|_| empty()));
        row.push(format!("{all:.2}"));
        rows.push(row);
    }
    rows
}

fn missing(need: &Need) -> String {
    match need.roles {
        0 => "missing, as in every role of the answer".to_owned(),
        1 => "missing; one role has it".to_owned(),
        roles => format!("missing; {roles} roles have it"),
    }
}

fn how(row: &Row) -> &'static str {
    match row.kind {
        RowKind::Finds => row.via.id(),
        RowKind::Exact => match row.field {
            TextField::Title => "exact form in the title",
            TextField::SkillCritical => "exact form in a name",
            _ => "exact form",
        },
        RowKind::Part => "word of the term",
        RowKind::Pair => "side by side in a name",
        RowKind::Near => "side by side",
    }
}

/// Two roles beside each other: concepts before the factors, the factors, and what each parts the scores by.
fn beside(text: &mut String, role: &Explained, versus: &Explained) {
    let shares = differences(role, versus);
    let both = [role, versus];
    let mut rows = vec![vec![String::new()]];
    for told in both {
        rows[0].extend([told.hit.id.clone(), String::new()]);
    }
    rows[0].push("difference".to_owned());
    if shares.is_empty() {
        return;
    }
    for share in &shares {
        rows.push(share_row(share, both));
    }
    let mut score = vec!["score".to_owned()];
    for told in both {
        score.push(format!("{:.3}", told.hit.score));
        score.push(told.rank.map_or_else(
            || "not in the answer".to_owned(),
            |rank| format!("rank {rank}"),
        ));
    }
    let by = f64::from(role.hit.score) - f64::from(versus.hit.score);
    score.push(signed(by));
    rows.push(score);
    table(text, &rows, 1);
}

fn share_row(share: &Difference, both: [&Explained; 2]) -> Vec<String> {
    let factor = |told: &Explained| match share.part {
        Part::Coverage => told.factors.coverage,
        Part::Length => told.factors.length,
        _ => told.factors.whole_name,
    };
    let name = match share.part {
        Part::Concept(at) => printable(&both[0].needs[at].term),
        Part::Coverage => "× coverage".to_owned(),
        Part::Length => "× length".to_owned(),
        Part::WholeName => "× whole name".to_owned(),
    };
    let mut row = vec![name];
    for told in both {
        if let Part::Concept(at) = share.part {
            let need = &told.needs[at];
            row.push(format!("{:.2}", need.worth));
            row.push(best(need).map_or_else(|| "missing".to_owned(), spot));
        } else {
            row.extend([format!("{:.2}", factor(told)), String::new()]);
        }
    }
    row.push(signed(share.by));
    row
}

fn spot(row: &Row) -> String {
    let line = row.line.map(|line| format!(":{line}")).unwrap_or_default();
    format!("{}{line}", row.section.id())
}

/// Writes rows with their cells below each other; from the column `numbers` on, what is a number stands to the right.
fn table(text: &mut String, rows: &[Vec<String>], numbers: usize) {
    let width = |cell: &String| cell.chars().count();
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    // A cell that ends its row has all the room.
    let widths: Vec<usize> = (0..columns)
        .map(|at| {
            let inner = rows
                .iter()
                .filter(|row| row.len() > at + 1 || at + 1 == columns);
            inner
                .filter_map(|row| row.get(at))
                .map(width)
                .max()
                .unwrap_or(0)
        })
        .collect();
    let is_number = |at: usize| {
        let cells = rows.iter().skip(1).filter_map(|row| row.get(at));
        at >= numbers
            && cells
                .filter(|cell| !cell.is_empty())
                .all(|cell| cell.parse::<f64>().is_ok())
    };
    let to_the_right: Vec<bool> = (0..columns).map(is_number).collect();
    for row in rows {
        let mut line = String::new();
        for (at, cell) in row.iter().enumerate() {
            let room = " ".repeat(widths[at].saturating_sub(width(cell)));
            let gap = if at > 0 { "  " } else { "" };
            let _ = if to_the_right[at] {
                write!(line, "{gap}{room}{cell}")
            } else {
                write!(line, "{gap}{cell}{room}")
            };
        }
        let _ = writeln!(text, "{}", line.trim_end());
    }
}
