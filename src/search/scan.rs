//! One pass over the posting lists of a segment: score, coverage, filters, counts and the best roles at once.
//!
//! Documents are taken in windows. Each list is read through once a window and adds to the cells of its concept; then the
//! cells of every document that was met are put together.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use tantivy::{DocId, SegmentReader, TERMINATED};

use super::cells::{Cells, coverage_share};
use super::facets::{Counts, SegmentFacet};
use super::lists::{Evidence, List};
use crate::ranking::weights;

/// Documents of a window.
const WINDOW: u32 = 1024;

/// What the score of a role is made of, beside the lists.
pub struct Scoring<'a> {
    /// How rare each concept is.
    pub rarities: &'a [f32],
    /// Mean number of words of a role.
    pub mean_length: f32,
    /// Documents of the segment whose whole name the query is, with their factor, in order.
    pub whole: Vec<(DocId, f32)>,
}

/// A role among the best.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The segment's place.
    pub segment: u32,
    /// The document in it.
    pub doc: DocId,
    /// The score.
    pub score: f32,
    /// The ordinal of the tie-breaking column in its segment.
    pub tie: u64,
    /// For each concept, the best evidence.
    pub evidence: Vec<Option<Evidence>>,
}

/// The best first: by score, then by the tie-breaking column.
fn better(a: &Candidate, b: &Candidate) -> Ordering {
    b.score
        .total_cmp(&a.score)
        .then(a.tie.cmp(&b.tie))
        .then(a.doc.cmp(&b.doc))
}

struct Worst(Candidate);

impl PartialEq for Worst {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Worst {}

impl PartialOrd for Worst {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Worst {
    fn cmp(&self, other: &Self) -> Ordering {
        better(&self.0, &other.0)
    }
}

/// The best candidates of a segment, up to a number.
pub struct Best {
    heap: BinaryHeap<Worst>,
    limit: usize,
}

impl Best {
    /// Keeps up to `limit` candidates.
    pub fn new(limit: usize) -> Self {
        Self {
            heap: BinaryHeap::new(),
            limit,
        }
    }

    fn could_take(&self, score: f32) -> bool {
        self.limit > 0
            && (self.heap.len() < self.limit
                || self.heap.peek().is_some_and(|worst| score >= worst.0.score))
    }

    fn push(&mut self, candidate: Candidate) {
        if self.heap.len() < self.limit {
            self.heap.push(Worst(candidate));
        } else if let Some(mut worst) = self.heap.peek_mut()
            && better(&candidate, &worst.0) == Ordering::Less
        {
            *worst = Worst(candidate);
        }
    }

    /// Returns the candidates, the best first.
    pub fn into_sorted(self) -> Vec<Candidate> {
        self.heap
            .into_sorted_vec()
            .into_iter()
            .map(|worst| worst.0)
            .collect()
    }
}

/// The segment that is scanned, with what is looked at for every role.
pub struct Segment<'a> {
    /// The engine's view.
    pub reader: &'a SegmentReader,
    /// Its place among the segments.
    pub place: u32,
    /// The level facet.
    pub level: SegmentFacet,
    /// The domain facet.
    pub domain: SegmentFacet,
    /// The first lines of roles.
    pub lines: tantivy::columnar::Column<u64>,
    /// The lengths in words.
    pub lengths: tantivy::columnar::Column<u64>,
    /// The tie-breaking column: of ids, or of titles where nothing is scored.
    pub ties: tantivy::columnar::StrColumn,
}

/// Scans the roles that some list finds.
pub fn scan(
    segment: &Segment<'_>,
    mut lists: Vec<List>,
    mut excluded: Vec<List>,
    scoring: &Scoring<'_>,
    counts: &mut Counts,
    best: &mut Best,
) {
    let window = WINDOW.min(segment.reader.max_doc().max(1));
    let mut cells = Cells::new(scoring.rarities.len(), window);
    let mut visitor = Visitor::new(segment, counts, best);
    let full: f32 = scoring
        .rarities
        .iter()
        .map(|rarity| coverage_share(*rarity))
        .sum();
    while let Some(start) = lists
        .iter()
        .filter(|list| list.evidence.finds)
        .map(List::doc)
        .min()
        .filter(|doc| *doc != TERMINATED)
    {
        let end = start.saturating_add(window);
        // Lists that only add to what others find come second: they need not speak of roles that nobody has met.
        for finds in [true, false] {
            for (place, list) in lists
                .iter_mut()
                .enumerate()
                .filter(|(_, list)| list.evidence.finds == finds)
            {
                cells.read(list, place, start, end);
            }
        }
        for list in &mut excluded {
            cells.exclude(list, start, end);
        }
        cells.for_each_met(|slot, cells| {
            let doc = start + slot;
            if segment.reader.is_deleted(doc) || !visitor.count(doc) {
                return;
            }
            let score = cells.score(slot, scoring, full) * segment_factors(segment, scoring, doc);
            if visitor.best.could_take(score) {
                let evidence = cells.evidence(slot, &lists);
                visitor.keep(doc, score, evidence);
            }
        });
        cells.clear();
    }
}

/// Scans all roles that no excluded list finds, for a query without words.
pub fn scan_all(
    segment: &Segment<'_>,
    mut excluded: Vec<List>,
    counts: &mut Counts,
    best: &mut Best,
) {
    let mut visitor = Visitor::new(segment, counts, best);
    for doc in 0..segment.reader.max_doc() {
        let mut leave_out = segment.reader.is_deleted(doc);
        for list in &mut excluded {
            list.read(doc, doc + 1, |_, _| leave_out = true);
        }
        if !leave_out && visitor.count(doc) && visitor.best.limit > 0 {
            visitor.keep(doc, 0.0, Vec::new());
        }
    }
}

fn segment_factors(segment: &Segment<'_>, scoring: &Scoring<'_>, doc: DocId) -> f32 {
    let length = segment.lengths.first(doc).unwrap_or_default();
    let whole = scoring
        .whole
        .binary_search_by_key(&doc, |(whole, _)| *whole)
        .map_or(1.0, |at| scoring.whole[at].1);
    whole * weights().score.length_factor(length, scoring.mean_length)
}

struct Visitor<'a> {
    segment: &'a Segment<'a>,
    counts: &'a mut Counts,
    best: &'a mut Best,
    levels: Vec<u16>,
    domains: Vec<u16>,
}

impl<'a> Visitor<'a> {
    fn new(segment: &'a Segment<'a>, counts: &'a mut Counts, best: &'a mut Best) -> Self {
        Self {
            segment,
            counts,
            best,
            levels: Vec::new(),
            domains: Vec::new(),
        }
    }

    fn count(&mut self, doc: DocId) -> bool {
        let (passes_level, levels) = self.segment.level.look(doc, &mut self.levels);
        let (passes_domain, domains) = self.segment.domain.look(doc, &mut self.domains);
        self.counts
            .add(passes_level, passes_domain, levels, domains)
    }

    fn keep(&mut self, doc: DocId, score: f32, evidence: Vec<Option<Evidence>>) {
        let tie = self.segment.ties.ords().first(doc).unwrap_or_default();
        self.best.push(Candidate {
            segment: self.segment.place,
            doc,
            score,
            tie,
            evidence,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_are_kept_in_order_and_ties_go_by_the_column() {
        let mut best = Best::new(3);
        for (doc, score, tie) in [
            (1, 1.0, 9),
            (2, 3.0, 5),
            (3, 2.0, 2),
            (4, 3.0, 1),
            (5, 0.5, 0),
            (6, 2.0, 1),
        ] {
            best.push(Candidate {
                segment: 0,
                doc,
                score,
                tie,
                evidence: Vec::new(),
            });
        }
        assert_eq!(
            best.into_sorted()
                .iter()
                .map(|candidate| candidate.doc)
                .collect::<Vec<_>>(),
            [4, 2, 6]
        );
        assert!(!Best::new(0).could_take(9.0));
    }
}
