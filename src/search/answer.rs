//! What a search is asked and what it answers, as plain values.

use super::facets::Counts;
use super::passage::{Passage, Place};
use crate::query::tree::Remark;
use crate::query::{Dimension, Query, Rules, Via};
use crate::ranking::{Weights, weights};
use crate::taxonomy::filter::Selection;

/// What is asked.
#[derive(Debug, Clone)]
pub struct Request {
    /// The query.
    pub query: Query,
    /// How it is expanded.
    pub rules: Rules,
    /// What the parts of a score are worth.
    pub weights: Weights,
    /// The chosen levels.
    pub levels: Selection,
    /// The chosen domains.
    pub domains: Selection,
    /// Levels and domains whose roles are left out.
    pub without: Vec<(Dimension, String)>,
    /// How many hits; 0 gives totals and facets only.
    pub limit: usize,
    /// How many hits are passed over.
    pub offset: usize,
    /// How many passages a hit gets at most; with 0 its text is not fetched, and places are not looked for.
    pub passages: usize,
}

impl Default for Request {
    fn default() -> Self {
        Self {
            query: Query::default(),
            rules: Rules::default(),
            weights: weights().clone(),
            levels: Selection::default(),
            domains: Selection::default(),
            without: Vec::new(),
            limit: 0,
            offset: 0,
            passages: 0,
        }
    }
}

/// What is answered.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// What became of each word.
    pub terms: Vec<Term>,
    /// What was replaced, for people.
    pub notes: Vec<String>,
    /// What was not read as it stands.
    pub remarks: Vec<Remark>,
    /// Whether there were words to rank by, as against filters alone.
    pub ranked: bool,
    /// The counts.
    pub counts: Counts,
    /// The hits.
    pub hits: Vec<Hit>,
    /// What it took.
    pub work: Work,
}

/// What an answer took: counts of what was read, which are the same for the same query of the same index.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Work {
    /// Posting lists that were opened to be scanned, or for positions, in all segments.
    pub lists: u64,
    /// Postings that were read of those that are scanned.
    pub postings: u64,
    /// How often a role was sought in the positions of some words, to see whether they stand side by side.
    pub positions: u64,
    /// Documents that were fetched from the store.
    pub documents: u64,
}

/// What became of a word of the query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// The word as typed.
    pub term: String,
    /// How what is used came about; `None` where nothing of it stands anywhere.
    pub via: Option<Via>,
    /// The words that are used for it.
    pub used: Vec<String>,
}

/// A role that matches.
#[derive(Debug, Clone, Default)]
pub struct Hit {
    /// The id.
    pub id: String,
    /// The title.
    pub title: String,
    /// The title's own level.
    pub level: String,
    /// All its levels.
    pub levels: Vec<String>,
    /// Its domains.
    pub domains: Vec<String>,
    /// The path of its source.
    pub path: String,
    /// Its first line there.
    pub line: u32,
    /// The score; 0 where nothing was ranked.
    pub score: f32,
    /// The concepts that it meets, with the place where each stands.
    pub matched: Vec<Matched>,
    /// The concepts that it does not meet.
    pub missing: Vec<String>,
    /// The passages.
    pub passages: Vec<Passage>,
}

/// A concept that a role meets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matched {
    /// The words as typed.
    pub term: String,
    /// Where it stands.
    pub place: Place,
}
