//! Turns relevance figures into `bp.eval/1`.

use serde::Serialize;

use super::line;
use crate::eval::compare::{Comparison, PERMUTATIONS};
use crate::eval::metrics::Scores;
use crate::eval::{Group, Report, Row};
use crate::render::eval::Evaluated;

#[derive(Serialize)]
struct EvalOutput<'a> {
    schema: &'static str,
    applied: Applied<'a>,
    queries: usize,
    metrics: Figures,
    #[serde(skip_serializing_if = "Option::is_none")]
    groups: Option<Vec<GroupOutput<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    per_query: Option<Vec<RowOutput<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comparison: Option<ComparisonOutput>,
    #[serde(skip_serializing_if = "Option::is_none")]
    floor: Option<Floor>,
    unjudged: &'a [String],
    without_run: &'a [String],
    without_baseline: &'a [String],
    without_relevant: &'a [String],
    took_ms: u64,
}

#[derive(Serialize)]
struct Applied<'a> {
    queries: Option<&'a str>,
    qrels: Option<&'a str>,
    run: Option<&'a str>,
    baseline: Option<&'a str>,
    split: Option<&'a str>,
    k: usize,
    depth: usize,
    gain: &'static str,
    relevant_from: u32,
    doc_id: Option<&'static str>,
}

#[derive(Serialize)]
struct Figures {
    ndcg: Option<f64>,
    mrr: Option<f64>,
    precision: Option<f64>,
    recall: Option<f64>,
    recall_depth: Option<f64>,
    zero_hit_share: f64,
}

#[derive(Serialize)]
struct GroupOutput<'a> {
    by: &'static str,
    value: &'a str,
    queries: usize,
    metrics: Figures,
}

#[derive(Serialize)]
struct RowOutput<'a> {
    query: &'a str,
    text: &'a str,
    kind: &'a str,
    level: &'a str,
    domain: &'a str,
    split: &'a str,
    found: usize,
    metrics: Figures,
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline: Option<Figures>,
}

#[derive(Serialize)]
struct ComparisonOutput {
    test: &'static str,
    permutations: u32,
    metrics: Vec<Compared>,
}

#[derive(Serialize)]
struct Compared {
    metric: &'static str,
    mean: f64,
    baseline: f64,
    difference: f64,
    p: f64,
    wins: usize,
    losses: usize,
    ties: usize,
}

#[derive(Serialize)]
struct Floor {
    ndcg: f64,
    met: bool,
}

/// Writes figures as `bp.eval/1`.
pub fn eval_json(evaluated: &Evaluated<'_>) -> String {
    let Evaluated {
        report, applied, ..
    } = evaluated;
    let groups = evaluated.groups.as_ref().map(|(by, groups)| {
        let groups = groups.iter();
        groups
            .map(|group| group_output(report, by, group))
            .collect()
    });
    let rows = || {
        report
            .rows
            .iter()
            .map(|row| row_output(report, row))
            .collect()
    };
    let comparisons = report.comparisons.as_ref();
    line(&EvalOutput {
        schema: "bp.eval/1",
        applied: Applied {
            queries: applied.queries.as_deref(),
            qrels: applied.qrels.as_deref(),
            run: applied.run.as_deref(),
            baseline: applied.baseline.as_deref(),
            split: applied.split,
            k: report.cut.k,
            depth: report.cut.depth,
            gain: report.cut.gain.id(),
            relevant_from: 1,
            doc_id: applied.doc_id,
        },
        queries: report.rows.len(),
        metrics: figures(report, &report.mean),
        groups,
        per_query: evaluated.per_query.then(rows),
        comparison: comparisons.map(|comparisons| ComparisonOutput {
            test: "paired randomization, two-sided",
            permutations: PERMUTATIONS,
            metrics: comparisons.iter().map(compared).collect(),
        }),
        floor: evaluated.floor.map(|ndcg| Floor {
            ndcg,
            met: !evaluated.is_under_floor(),
        }),
        unjudged: &report.unjudged,
        without_run: &report.without_run,
        without_baseline: &report.without_baseline,
        without_relevant: &report.without_relevant,
        took_ms: evaluated.took_ms,
    })
}

fn figures(report: &Report, scores: &Scores) -> Figures {
    let judged = |value: f64| report.judged.then(|| rounded(value));
    Figures {
        ndcg: judged(scores.ndcg),
        mrr: judged(scores.mrr),
        precision: judged(scores.precision),
        recall: judged(scores.recall),
        recall_depth: judged(scores.recall_depth),
        zero_hit_share: rounded(scores.zero_hit),
    }
}

/// Six digits hide the last bits, which differ from system to system.
fn rounded(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}

fn group_output<'a>(report: &Report, by: &'static str, group: &'a Group) -> GroupOutput<'a> {
    GroupOutput {
        by,
        value: &group.value,
        queries: group.queries,
        metrics: figures(report, &group.mean),
    }
}

fn row_output<'a>(report: &Report, row: &'a Row) -> RowOutput<'a> {
    let query = &row.query;
    RowOutput {
        query: &query.id,
        text: &query.text,
        kind: &query.kind,
        level: &query.level,
        domain: &query.domain,
        split: &query.split,
        found: row.found,
        metrics: figures(report, &row.scores),
        baseline: row.baseline.map(|scores| figures(report, &scores)),
    }
}

fn compared(one: &Comparison) -> Compared {
    Compared {
        metric: one.metric.id(),
        mean: rounded(one.mean),
        baseline: rounded(one.baseline),
        difference: rounded(one.difference),
        p: rounded(one.p),
        wins: one.wins,
        losses: one.losses,
        ties: one.ties,
    }
}
