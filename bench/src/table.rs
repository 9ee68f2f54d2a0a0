//! Turns results into tables in Markdown.

use std::fmt::Write as _;

use crate::results::{Measure, Results, Row};

/// Returns the tables of all sizes.
pub fn tables(results: &Results) -> String {
    let mut text = String::new();
    for documents in results.sizes() {
        let rows = |measure| {
            let of_size = results
                .rows
                .iter()
                .filter(move |row| row.documents == documents);
            of_size
                .filter(move |row| row.measure == measure)
                .collect::<Vec<_>>()
        };
        let _ = writeln!(text, "### {} documents\n", grouped(documents));
        indexing(&mut text, &rows(Measure::Index));
        queries(&mut text, results, documents, &rows(Measure::Query));
        library(&mut text, &rows(Measure::Library));
    }
    text
}

fn indexing(text: &mut String, rows: &[&Row]) {
    if rows.is_empty() {
        return;
    }
    text.push_str("| indexing | wall s | ratio | CPU s | peak MB | index MB | of the text |\n|---|---:|---:|---:|---:|---:|---:|\n");
    for row in rows {
        let (index, of) = (
            row.index_bytes.unwrap_or(0) as f64,
            row.text_bytes.unwrap_or(0) as f64,
        );
        let _ = writeln!(
            text,
            "| {} | {:.2} | {} | {:.2} | {:.0} | {:.1} | {:.0} % |",
            row.program,
            row.median_ms / 1e3,
            row.ratio
                .map_or_else(String::new, |ratio| format!("{ratio:.2}")),
            row.cpu_ms.unwrap_or(0.0) / 1e3,
            row.peak_kib.unwrap_or(0) as f64 / 1024.0,
            index / 1e6,
            100.0 * index / of.max(1.0),
        );
    }
    text.push('\n');
}

/// A row for each query: the median of each program, the best of bp and the floor, their ratio; then CPU and memory.
fn queries(text: &mut String, results: &Results, documents: usize, rows: &[&Row]) {
    let (mut names, mut programs): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
    for row in rows {
        if !names.contains(&row.query.as_str()) {
            names.push(&row.query);
        }
        if !programs.contains(&row.program.as_str()) {
            programs.push(&row.program);
        }
    }
    let cell = |name: &str, program: &str| results.row(documents, Measure::Query, name, program);
    let _ = writeln!(
        text,
        "| query, median (best) ms | {} | bp / floor |",
        programs.join(" | ")
    );
    let _ = writeln!(text, "|---|{}---:|", "---:|".repeat(programs.len()));
    for name in &names {
        let _ = write!(text, "| {name} |");
        for program in &programs {
            match cell(name, program) {
                Some(row) => {
                    let _ = write!(text, " {} ({}) |", short(row.median_ms), short(row.best_ms));
                }
                None => text.push_str(" |"),
            }
        }
        let ratio = cell(name, "bp").and_then(|row| row.ratio);
        let _ = writeln!(
            text,
            " {} |",
            ratio.map_or_else(String::new, |ratio| format!("{ratio:.2}"))
        );
    }
    let _ = write!(text, "| *mean CPU ms of these* |");
    let of_program = |program: &str| {
        rows.iter()
            .filter(move |row| row.program == program)
            .copied()
            .collect::<Vec<_>>()
    };
    for program in &programs {
        let own = of_program(program);
        let cpu: f64 = own.iter().filter_map(|row| row.cpu_ms).sum();
        let _ = write!(text, " {} |", short(cpu / own.len().max(1) as f64));
    }
    let _ = write!(text, " |\n| *largest peak MB of these* |");
    for program in &programs {
        let peak = of_program(program)
            .iter()
            .filter_map(|row| row.peak_kib)
            .max();
        let _ = write!(text, " {:.1} |", peak.unwrap_or(0) as f64 / 1024.0);
    }
    text.push_str(" |\n\n");
}

fn library(text: &mut String, rows: &[&Row]) {
    if rows.is_empty() {
        return;
    }
    text.push_str(
        "| through the library | p50 ms | p99 ms | repetitions |\n|---|---:|---:|---:|\n",
    );
    for row in rows {
        let p99 = row.p99_ms.unwrap_or(0.0);
        let _ = writeln!(
            text,
            "| {} | {:.3} | {p99:.3} | {} |",
            row.query, row.median_ms, row.rounds
        );
    }
    text.push('\n');
}

/// Three digits that count.
fn short(ms: f64) -> String {
    if ms >= 100.0 {
        format!("{ms:.0}")
    } else if ms >= 10.0 {
        format!("{ms:.1}")
    } else {
        format!("{ms:.2}")
    }
}

/// A number with commas between groups of three digits.
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(
            [30, 10_000, 1_000_000].map(grouped),
            ["30", "10,000", "1,000,000"]
        );
    }
}
