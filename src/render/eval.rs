//! Turns relevance figures into tables: of queries, of groups, against a baseline. Cells are aligned for people.

use super::text::{Style, printable};
use super::{Output, json, table};
use crate::eval::compare::Comparison;
use crate::eval::metrics::{Metric, Scores};
use crate::eval::{Group, Report, Row};

/// Figures with all that a format may show of them.
#[derive(Debug, Clone)]
pub struct Evaluated<'a> {
    /// The figures.
    pub report: &'a Report,
    /// The column that groups them, with the groups.
    pub groups: Option<(&'static str, Vec<Group>)>,
    /// Whether every query is listed.
    pub per_query: bool,
    /// The least mean nDCG.
    pub floor: Option<f64>,
    /// What was asked.
    pub applied: Applied<'a>,
    /// From the start of the command, in milliseconds.
    pub took_ms: u64,
}

/// What was asked, as the user is to see it.
#[derive(Debug, Clone, Default)]
pub struct Applied<'a> {
    /// The file of the queries.
    pub queries: Option<String>,
    /// The file of the judgements.
    pub qrels: Option<String>,
    /// The run that was judged; `None` for a search.
    pub run: Option<String>,
    /// The run that was compared with.
    pub baseline: Option<String>,
    /// The split.
    pub split: Option<&'a str>,
    /// What names a role: `id` or `stem`; `None` where a run was judged.
    pub doc_id: Option<&'static str>,
}

impl Evaluated<'_> {
    /// Returns whether the mean nDCG is under the floor.
    pub fn is_under_floor(&self) -> bool {
        self.floor
            .is_some_and(|floor| self.report.mean.ndcg < floor)
    }
}

/// Writes figures.
pub fn eval(evaluated: &Evaluated<'_>, output: Output, style: Style) -> String {
    if output == Output::Json {
        return json::eval_json(evaluated);
    }
    let tables = tables(evaluated);
    let texts: Vec<String> = tables
        .iter()
        .map(|rows| match output {
            Output::Separated(sign) => rows.iter().map(|row| table::row(row, sign)).collect(),
            Output::Markdown => markdown(rows),
            _ => aligned(rows, style),
        })
        .collect();
    let text = texts.join("\n");
    if output == Output::Text {
        format!("{text}{}\n", summary(evaluated))
    } else {
        text
    }
}

/// A table, its header row first.
type Table = Vec<Vec<String>>;

fn tables(evaluated: &Evaluated<'_>) -> Vec<Table> {
    let queries = evaluated.per_query.then(|| queries(evaluated.report));
    let comparisons = evaluated.report.comparisons.as_ref();
    let comparisons = comparisons.map(|comparisons| compared(evaluated.report, comparisons));
    let means = means(evaluated);
    queries
        .into_iter()
        .chain([means])
        .chain(comparisons)
        .collect()
}

/// The figures that stand in a table: without judgements there is only one, and the two recalls may be the same.
fn metrics(report: &Report) -> Vec<Metric> {
    let is_shown = |metric: &Metric| match metric {
        Metric::ZeroHit => true,
        Metric::RecallDepth => report.judged && report.cut.depth > report.cut.k,
        _ => report.judged,
    };
    Metric::ALL.into_iter().filter(is_shown).collect()
}

fn figure(value: f64) -> String {
    format!("{value:.4}")
}

fn signed(value: f64) -> String {
    // Rounding may leave a sign at 0.
    let text = format!("{value:+.4}");
    if text == "-0.0000" {
        "+0.0000".to_owned()
    } else {
        text
    }
}

fn named(value: &str) -> String {
    if value.is_empty() {
        "(none)".to_owned()
    } else {
        printable(value)
    }
}

fn queries(report: &Report) -> Table {
    let mut metrics = metrics(report);
    metrics.retain(|metric| *metric != Metric::ZeroHit);
    let has_kinds = report.rows.iter().any(|row| !row.query.kind.is_empty());
    let has_texts = report.rows.iter().any(|row| !row.query.text.is_empty());
    let ndcg = Metric::Ndcg.label(&report.cut);
    let mut header = vec!["query".to_owned()];
    header.extend(has_kinds.then(|| "kind".to_owned()));
    header.extend(metrics.iter().map(|metric| metric.label(&report.cut)));
    header.push("found".to_owned());
    if report.comparisons.is_some() {
        header.extend([format!("{ndcg} of baseline"), "difference".to_owned()]);
    }
    header.extend(has_texts.then(|| "text".to_owned()));
    let row = |row: &Row| {
        let mut cells = vec![printable(&row.query.id)];
        cells.extend(has_kinds.then(|| named(&row.query.kind)));
        cells.extend(metrics.iter().map(|metric| figure(metric.of(&row.scores))));
        cells.push(row.found.to_string());
        if let Some(baseline) = &row.baseline {
            let difference = row.scores.ndcg - baseline.ndcg;
            cells.extend([figure(baseline.ndcg), signed(difference)]);
        }
        cells.extend(has_texts.then(|| printable(&row.query.text)));
        cells
    };
    [header]
        .into_iter()
        .chain(report.rows.iter().map(row))
        .collect()
}

fn means(evaluated: &Evaluated<'_>) -> Table {
    let report = evaluated.report;
    let metrics = metrics(report);
    let (column, groups) = match &evaluated.groups {
        Some((column, groups)) => (*column, groups.as_slice()),
        None => ("group", &[][..]),
    };
    let mut header = vec![column.to_owned(), "queries".to_owned()];
    header.extend(metrics.iter().map(|metric| metric.label(&report.cut)));
    let row = |name: String, queries: usize, mean: &Scores| {
        let figures = metrics.iter().map(|metric| figure(metric.of(mean)));
        [name, queries.to_string()]
            .into_iter()
            .chain(figures)
            .collect()
    };
    let mut table = vec![header];
    table.extend(
        groups
            .iter()
            .map(|group| row(named(&group.value), group.queries, &group.mean)),
    );
    table.push(row("all".to_owned(), report.rows.len(), &report.mean));
    table
}

fn compared(report: &Report, comparisons: &[Comparison]) -> Table {
    let names = [
        "metric",
        "mean",
        "baseline",
        "difference",
        "p",
        "wins",
        "losses",
        "ties",
    ];
    let metrics = metrics(report);
    let shown = comparisons
        .iter()
        .filter(|one| metrics.contains(&one.metric));
    let row = |one: &Comparison| {
        vec![
            one.metric.label(&report.cut),
            figure(one.mean),
            figure(one.baseline),
            signed(one.difference),
            figure(one.p),
            one.wins.to_string(),
            one.losses.to_string(),
            one.ties.to_string(),
        ]
    };
    [names.map(str::to_owned).to_vec()]
        .into_iter()
        .chain(shown.map(row))
        .collect()
}

fn aligned(rows: &Table, style: Style) -> String {
    let columns = rows.first().map_or(0, Vec::len);
    let width = |cell: &String| cell.chars().count();
    let widths: Vec<usize> = (0..columns)
        .map(|at| rows.iter().map(|row| width(&row[at])).max().unwrap_or(0))
        .collect();
    let line = |(at, row): (usize, &Vec<String>)| {
        let cells = row.iter().zip(&widths);
        let cells: Vec<String> = cells
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        let line = cells.join("  ");
        let line = line.trim_end();
        if at == 0 {
            format!("{}\n", style.bold(line))
        } else {
            format!("{line}\n")
        }
    };
    rows.iter().enumerate().map(line).collect()
}

fn markdown(rows: &Table) -> String {
    let mut text = String::new();
    for (at, row) in rows.iter().enumerate() {
        let cells: Vec<String> = row.iter().map(|cell| cell.replace('|', "\\|")).collect();
        text += &format!("| {} |\n", cells.join(" | "));
        if at == 0 {
            text += &format!("|{}\n", " --- |".repeat(row.len()));
        }
    }
    text
}

fn summary(evaluated: &Evaluated<'_>) -> String {
    let report = evaluated.report;
    let (count, cut) = (report.rows.len(), &report.cut);
    let queries = if count == 1 { "query" } else { "queries" };
    if !report.judged {
        return format!("{count} {queries} · no judgements · depth {}", cut.depth);
    }
    let gain = match cut.gain {
        crate::eval::metrics::Gain::Linear => "the grade",
        crate::eval::metrics::Gain::Exp2 => "2^grade - 1",
    };
    let named = match evaluated.applied.doc_id {
        Some("stem") => " · documents by file stem",
        Some(_) => " · documents by role id",
        None => "",
    };
    let by = cut.gain.id();
    let depth = cut.depth;
    format!(
        "{count} {queries} · nDCG with {by} gain ({gain}) · relevant from grade 1 · depth {depth}{named}"
    )
}
