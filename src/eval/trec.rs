//! Turns the texts of the TREC formats into judgements and runs, and a run into text.
//!
//! A run is ordered as `trec_eval` orders it: by score, highest first, and equal scores by document id, last first. Scores are
//! compared in single precision, and the rank in the file is passed over, as there.

use std::collections::BTreeMap;
use std::path::Path;

use super::metrics::Grades;
use crate::error::{Error, Result};

/// The highest grade, and the lowest below 0, that is read: with gains of `2^grade - 1`, all sums stay finite.
pub const MAX_GRADE: i32 = 100;

/// The grades of documents, by query.
pub type Qrels = BTreeMap<String, Grades>;

/// The documents that were found, best first, by query.
pub type Run = BTreeMap<String, Vec<Retrieved>>;

/// A document that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Retrieved {
    /// Its id.
    pub document: String,
    /// Its score.
    pub score: f32,
}

/// Reads judgements: `query 0 document grade`.
///
/// # Errors
/// Fails with the line that is of another form, or judges a document again.
pub fn read_qrels(text: &str, path: &Path) -> Result<Qrels> {
    let mut qrels = Qrels::new();
    for (line, fields) in lines(text) {
        let refuse = |reason: String| Err(Error::data(path, line, reason));
        let [query, _, document, grade] = fields[..] else {
            return refuse(form(&fields, "4, query 0 document grade"));
        };
        let Some(grade) = parsed_grade(grade) else {
            return refuse(format!(
                "the grade '{grade}' is no whole number from -{MAX_GRADE} to {MAX_GRADE}"
            ));
        };
        let grades = qrels.entry(query.to_owned()).or_default();
        if grades.insert(document.to_owned(), grade).is_some() {
            return refuse(format!("{query} judges '{document}' a second time"));
        }
    }
    if qrels.is_empty() {
        return Err(Error::data(path, 1, "there is no judgement"));
    }
    Ok(qrels)
}

fn parsed_grade(grade: &str) -> Option<i32> {
    let grade = grade.parse().ok()?;
    (-MAX_GRADE..=MAX_GRADE).contains(&grade).then_some(grade)
}

/// Reads a run: `query Q0 document rank score tag`.
///
/// # Errors
/// Fails with the line that is of another form, or finds a document again.
pub fn read_run(text: &str, path: &Path) -> Result<Run> {
    let mut scores: BTreeMap<&str, BTreeMap<&str, f32>> = BTreeMap::new();
    for (line, fields) in lines(text) {
        let refuse = |reason: String| Err(Error::data(path, line, reason));
        let [query, _, document, _, score, _] = fields[..] else {
            return refuse(form(&fields, "6, query Q0 document rank score tag"));
        };
        let parsed = score.parse::<f64>().map(|score| score as f32);
        let Some(parsed) = parsed.ok().filter(|score| score.is_finite()) else {
            return refuse(format!("the score '{score}' is no number"));
        };
        let found = scores.entry(query).or_default();
        // Adding 0 makes the negative zero the other one.
        if found.insert(document, parsed + 0.0).is_some() {
            return refuse(format!("{query} finds '{document}' a second time"));
        }
    }
    let ordered = |found: BTreeMap<&str, f32>| {
        let retrieved = |(document, score): (&str, f32)| Retrieved {
            document: document.to_owned(),
            score,
        };
        let mut found: Vec<Retrieved> = found.into_iter().map(retrieved).collect();
        found.sort_by(|a, b| {
            let by_score = b.score.total_cmp(&a.score);
            by_score.then_with(|| b.document.cmp(&a.document))
        });
        found
    };
    let run = scores.into_iter();
    Ok(run
        .map(|(query, found)| (query.to_owned(), ordered(found)))
        .collect())
}

/// The lines that hold something, one-based, cut into fields.
fn lines(text: &str) -> impl Iterator<Item = (usize, Vec<&str>)> {
    text.lines()
        .enumerate()
        .map(|(at, line)| (at + 1, line.split_ascii_whitespace().collect::<Vec<_>>()))
        .filter(|(_, fields)| !fields.is_empty())
}

fn form(fields: &[&str], wanted: &str) -> String {
    let count = fields.len();
    let plural = if count == 1 { "field" } else { "fields" };
    format!("the line has {count} {plural} instead of {wanted}")
}

/// Writes what was found for a query.
///
/// Equal scores get a hair apart, so that every reader keeps the order.
pub fn write_run(query: &str, found: &[Retrieved], tag: &str) -> String {
    let mut text = String::new();
    let mut last = f32::INFINITY;
    for (at, retrieved) in found.iter().enumerate() {
        let below = last - (last.abs() * f32::EPSILON).max(1e-6);
        last = if retrieved.score < last {
            retrieved.score
        } else {
            below
        };
        let document = &retrieved.document;
        text += &format!("{query} Q0 {document} {} {last} {tag}\n", at + 1);
    }
    text
}
