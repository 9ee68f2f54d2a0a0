//! Turns queries, judgements and runs into relevance figures: of each query, of groups, of all, and against a baseline.
//!
//! Values only: the command reads the files and asks the index.

pub mod compare;
pub mod metrics;
pub mod queries;
pub mod trec;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use compare::{Comparison, compare};
use metrics::{Cut, Scores, judge, mean};
use queries::Query;
use trec::{Qrels, Retrieved, Run};

/// What is judged.
#[derive(Debug, Clone, Copy)]
pub struct Trial<'a> {
    /// The queries, in the order of display.
    pub queries: &'a [Query],
    /// Whether judged queries beyond these count too, as nothing found.
    pub counts_all_judged: bool,
    /// The judgements; without them only the queries that find nothing are counted.
    pub qrels: Option<&'a Qrels>,
    /// What was found.
    pub run: &'a Run,
    /// What another run found.
    pub baseline: Option<&'a Run>,
    /// How deep to look, and what a grade is worth.
    pub cut: Cut,
}

/// The figures.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// How deep was looked, and what a grade was worth.
    pub cut: Cut,
    /// Whether there were judgements.
    pub judged: bool,
    /// The queries that count.
    pub rows: Vec<Row>,
    /// The means over them.
    pub mean: Scores,
    /// The figures against the baseline.
    pub comparisons: Option<Vec<Comparison>>,
    /// The queries without a judgement, which are left out.
    pub unjudged: Vec<String>,
    /// The judged queries that are not in the run; they count 0.
    pub without_run: Vec<String>,
    /// The judged queries that are not in the baseline; they count 0 there.
    pub without_baseline: Vec<String>,
    /// The judged queries without a relevant document; they count 0.
    pub without_relevant: Vec<String>,
}

/// A query that counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The query.
    pub query: Query,
    /// How many documents were found, as deep as was looked.
    pub found: usize,
    /// Its figures.
    pub scores: Scores,
    /// Its figures in the baseline.
    pub baseline: Option<Scores>,
}

/// Queries that share a value of a column.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// The value; empty where a query has none.
    pub value: String,
    /// How many queries.
    pub queries: usize,
    /// The means over them.
    pub mean: Scores,
}

/// Computes the figures of what was found.
pub fn evaluate(trial: &Trial<'_>) -> Report {
    let mut report = Report {
        cut: trial.cut,
        judged: trial.qrels.is_some(),
        rows: Vec::new(),
        mean: Scores::default(),
        comparisons: None,
        unjudged: Vec::new(),
        without_run: Vec::new(),
        without_baseline: Vec::new(),
        without_relevant: Vec::new(),
    };
    let given: BTreeSet<&String> = trial.queries.iter().map(|query| &query.id).collect();
    let others = trial.qrels.into_iter().flat_map(Qrels::keys);
    let others = others.filter(|id| !given.contains(id));
    let others = others.filter(|_| trial.counts_all_judged);
    let others: Vec<Query> = others.map(|id| Query::named(id)).collect();
    for query in trial.queries.iter().chain(&others) {
        match trial.qrels.map(|qrels| qrels.get(&query.id)) {
            Some(None) => report.unjudged.push(query.id.clone()),
            grades => {
                let grades = grades.flatten().cloned().unwrap_or_default();
                if report.judged && grades.values().all(|grade| *grade < 1) {
                    report.without_relevant.push(query.id.clone());
                }
                if !trial.run.contains_key(&query.id) {
                    report.without_run.push(query.id.clone());
                }
                if trial
                    .baseline
                    .is_some_and(|run| !run.contains_key(&query.id))
                {
                    report.without_baseline.push(query.id.clone());
                }
                let scores = |run: &Run| judge(&ranking(run, &query.id), &grades, &trial.cut);
                report.rows.push(Row {
                    query: query.clone(),
                    found: ranking(trial.run, &query.id).len().min(trial.cut.depth),
                    scores: scores(trial.run),
                    baseline: trial.baseline.map(scores),
                });
            }
        }
    }
    report.mean = mean(report.rows.iter().map(|row| &row.scores));
    let pair = |row: &Row| row.baseline.map(|baseline| (row.scores, baseline));
    let pairs: Option<Vec<_>> = report.rows.iter().map(pair).collect();
    report.comparisons = pairs
        .filter(|_| trial.baseline.is_some())
        .map(|pairs| compare(&pairs));
    report
}

fn ranking<'a>(run: &'a Run, query: &str) -> Vec<&'a str> {
    let found = run.get(query).map_or(&[][..], Vec::as_slice);
    found
        .iter()
        .map(|one: &Retrieved| one.document.as_str())
        .collect()
}

/// Computes the means of the queries that share a value, in the order in which the values come.
pub fn groups(rows: &[Row], value: impl Fn(&Query) -> &str) -> Vec<Group> {
    let mut values: Vec<&str> = Vec::new();
    for row in rows {
        if !values.contains(&value(&row.query)) {
            values.push(value(&row.query));
        }
    }
    let group = |shared: &str| {
        let shares = |row: &&Row| value(&row.query) == shared;
        Group {
            value: shared.to_owned(),
            queries: rows.iter().filter(shares).count(),
            mean: mean(rows.iter().filter(shares).map(|row| &row.scores)),
        }
    };
    values.into_iter().map(group).collect()
}
