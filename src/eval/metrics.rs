//! Turns a ranking and the grades of a query into figures, as `trec_eval` computes them.
//!
//! A document is relevant from grade 1; one without a judgement is not. Where a query has no relevant document, its
//! figures are 0. Held against `trec_eval` in `tests/eval/`.

use std::collections::BTreeMap;

/// The grades of a query's documents.
pub type Grades = BTreeMap<String, i32>;

/// What a grade is worth in nDCG.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Gain {
    /// The grade itself, as `trec_eval` has it (Järvelin and Kekäläinen, 2002).
    #[default]
    Linear,
    /// `2^grade - 1` (Burges et al., 2005).
    Exp2,
}

impl Gain {
    /// Returns the name as typed.
    pub fn id(self) -> &'static str {
        match self {
            Self::Linear => "linear",
            Self::Exp2 => "exp2",
        }
    }

    fn of(self, grade: i32) -> f64 {
        let grade = grade.max(0);
        match self {
            Self::Linear => f64::from(grade),
            Self::Exp2 => 2_f64.powi(grade) - 1.0,
        }
    }
}

/// How deep a ranking is looked at, and what a grade is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// The ranks that nDCG, P and one recall look at.
    pub k: usize,
    /// The ranks that the reciprocal rank and the other recall look at; at least `k`.
    pub depth: usize,
    /// What a grade is worth.
    pub gain: Gain,
}

/// The figures of a query, or their means.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Scores {
    /// Normalized discounted cumulative gain at `k`.
    pub ndcg: f64,
    /// The reciprocal of the rank of the first relevant document; 0 where there is none.
    pub mrr: f64,
    /// The share of relevant documents among `k`.
    pub precision: f64,
    /// The share of the relevant documents that stand among `k`.
    pub recall: f64,
    /// The share of the relevant documents that stand at any rank that is looked at.
    pub recall_depth: f64,
    /// 1 where nothing was found; as a mean, the share of such queries.
    pub zero_hit: f64,
}

/// One of the figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Metric {
    /// See [`Scores::ndcg`].
    Ndcg,
    /// See [`Scores::mrr`].
    Mrr,
    /// See [`Scores::precision`].
    Precision,
    /// See [`Scores::recall`].
    Recall,
    /// See [`Scores::recall_depth`].
    RecallDepth,
    /// See [`Scores::zero_hit`].
    ZeroHit,
}

impl Metric {
    /// All, in the order of display.
    pub const ALL: [Self; 6] = [
        Self::Ndcg,
        Self::Mrr,
        Self::Precision,
        Self::Recall,
        Self::RecallDepth,
        Self::ZeroHit,
    ];

    /// Returns the name for programs.
    pub fn id(self) -> &'static str {
        match self {
            Self::Ndcg => "ndcg",
            Self::Mrr => "mrr",
            Self::Precision => "precision",
            Self::Recall => "recall",
            Self::RecallDepth => "recall_depth",
            Self::ZeroHit => "zero_hit_share",
        }
    }

    /// Returns the name for people, with its cut.
    pub fn label(self, cut: &Cut) -> String {
        match self {
            Self::Ndcg => format!("nDCG@{}", cut.k),
            Self::Mrr => "MRR".to_owned(),
            Self::Precision => format!("P@{}", cut.k),
            Self::Recall => format!("recall@{}", cut.k),
            Self::RecallDepth => format!("recall@{}", cut.depth),
            Self::ZeroHit => "zero-hit share".to_owned(),
        }
    }

    /// Returns the figure.
    pub fn of(self, scores: &Scores) -> f64 {
        match self {
            Self::Ndcg => scores.ndcg,
            Self::Mrr => scores.mrr,
            Self::Precision => scores.precision,
            Self::Recall => scores.recall,
            Self::RecallDepth => scores.recall_depth,
            Self::ZeroHit => scores.zero_hit,
        }
    }

    /// Returns whether a higher figure is the better one.
    pub fn is_better_higher(self) -> bool {
        self != Self::ZeroHit
    }
}

/// Computes the figures of a ranking, its best document first.
pub fn judge(ranking: &[&str], grades: &Grades, cut: &Cut) -> Scores {
    let grade = |document: &&str| grades.get(*document).copied().unwrap_or(0);
    let found: Vec<i32> = ranking.iter().take(cut.depth).map(grade).collect();
    let top = &found[..found.len().min(cut.k)];
    let mut ideal: Vec<i32> = grades.values().copied().collect();
    ideal.sort_unstable_by(|a, b| b.cmp(a));
    let best = discounted(&ideal[..ideal.len().min(cut.k)], cut.gain);
    let relevant = |grades: &[i32]| grades.iter().filter(|grade| **grade > 0).count() as f64;
    let share = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { 0.0 };
    let first = found.iter().position(|grade| *grade > 0);
    Scores {
        ndcg: share(discounted(top, cut.gain), best),
        mrr: first.map_or(0.0, |at| 1.0 / (at as f64 + 1.0)),
        precision: share(relevant(top), cut.k as f64),
        recall: share(relevant(top), relevant(&ideal)),
        recall_depth: share(relevant(&found), relevant(&ideal)),
        zero_hit: f64::from(u8::from(ranking.is_empty())),
    }
}

fn discounted(grades: &[i32], gain: Gain) -> f64 {
    let discounted = |(at, grade): (usize, &i32)| gain.of(*grade) / (at as f64 + 2.0).log2();
    // A sum of nothing is the negative zero; adding makes it the other one.
    grades.iter().enumerate().map(discounted).sum::<f64>() + 0.0
}

/// Computes the means; 0 where there is nothing.
pub fn mean<'a>(all: impl Iterator<Item = &'a Scores>) -> Scores {
    let (mut sum, mut count) = (Scores::default(), 0.0);
    for scores in all {
        sum.ndcg += scores.ndcg;
        sum.mrr += scores.mrr;
        sum.precision += scores.precision;
        sum.recall += scores.recall;
        sum.recall_depth += scores.recall_depth;
        sum.zero_hit += scores.zero_hit;
        count += 1.0;
    }
    let count = f64::max(count, 1.0);
    Scores {
        ndcg: sum.ndcg / count,
        mrr: sum.mrr / count,
        precision: sum.precision / count,
        recall: sum.recall / count,
        recall_depth: sum.recall_depth / count,
        zero_hit: sum.zero_hit / count,
    }
}
