//! What can be typed after `bp eval`.

use std::path::PathBuf;

use super::Search;
use clap::{ArgGroup, Args, ValueEnum};

/// Queries, judgements, and what to make of them.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("judged").required(true).multiple(true).args(["queries", "run"])))]
pub struct Eval {
    #[command(flatten)]
    pub search: Search,
    /// Queries: lines of id and text with a tab between, a table with a header row, or JSON Lines
    #[arg(long, value_name = "FILE")]
    pub queries: Option<PathBuf>,
    /// Judgements as TREC has them: query 0 document grade
    #[arg(long, value_name = "FILE")]
    pub qrels: Option<PathBuf>,
    /// Judge this TREC run instead of searching
    #[arg(long, value_name = "FILE", requires = "qrels")]
    pub run: Option<PathBuf>,
    /// Write what is found as a TREC run
    #[arg(long, value_name = "FILE", conflicts_with = "run")]
    pub run_out: Option<PathBuf>,
    /// Compare with this TREC run, query by query
    #[arg(long, value_name = "FILE", requires = "qrels")]
    pub baseline: Option<PathBuf>,
    /// How many ranks nDCG, P and recall look at
    #[arg(short, value_name = "K", default_value = "10", value_parser = clap::value_parser!(u32).range(1..))]
    pub k: u32,
    /// How many ranks to fetch, and to look at for MRR and the deep recall
    #[arg(long, value_name = "N", default_value = "100", value_parser = clap::value_parser!(u32).range(1..))]
    pub depth: u32,
    /// What a grade is worth in nDCG: itself, or 2^grade - 1
    #[arg(long, value_enum, value_name = "GAIN", default_value = "linear")]
    pub gain: Gain,
    /// End with exit code 1 where the mean nDCG is under this
    #[arg(long, value_name = "X", requires = "qrels", value_parser = share)]
    pub fail_under: Option<f64>,
    /// List every query
    #[arg(long)]
    pub per_query: bool,
    /// Give the means for each value of a column of the queries
    #[arg(long, value_enum, value_name = "COLUMN", requires = "queries")]
    pub by: Option<By>,
    /// Take the queries of this split only
    #[arg(long, value_name = "NAME", requires = "queries")]
    pub split: Option<String>,
    /// Judged documents are role ids or file stems; by default what more of them are
    #[arg(long, value_enum, value_name = "NAME", conflicts_with = "run")]
    pub doc_id: Option<DocId>,
}

/// What a grade is worth: itself, as `trec_eval` has it, or 2^grade - 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Gain {
    Linear,
    Exp2,
}

/// A column of the queries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum By {
    Kind,
    Level,
    Domain,
    Split,
}

/// What names a role: its id, or the name of its file without folder and ending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DocId {
    Id,
    Stem,
}

fn share(text: &str) -> Result<f64, String> {
    let value = text.parse().ok();
    value
        .filter(|value| (0.0..=1.0).contains(value))
        .ok_or_else(|| "not a number from 0 to 1".to_owned())
}
