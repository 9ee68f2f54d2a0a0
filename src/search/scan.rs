//! One pass over the posting lists of a segment: score, coverage, filters, counts and the best roles at once.
//!
//! Documents are taken in windows. Each list is read through once a window and adds to the cells of its concept; then the
//! cells of every document that was met are put together.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::num::NonZero;
use std::ops::Range;

use tantivy::{DocId, SegmentReader, TERMINATED};

use super::cells::{Cells, Lengths};
use super::facets::{Counts, SegmentFacet};
use super::lists::{Evidence, List};
use super::order::{Order, Tie};
use super::tally::Tally;
use crate::query::Formula;
use crate::ranking::{Told, Weights};

/// Documents of a window. What is kept of them stays near the processor, and its memory is new with each query; four times as many
/// took no less time.
const WINDOW: u32 = 1024;
/// Postings that a thread of its own is started for: it reads so many in about a millisecond, and starts in a fifth of one.
const POSTINGS_PER_THREAD: u64 = 100_000;
/// Threads at most.
const MAX_THREADS: usize = 8;

/// What the score of a role is made of, beside the lists.
pub struct Scoring<'a> {
    /// The weights.
    pub weights: &'a Weights,
    /// How rare each concept is.
    pub rarities: &'a [f32],
    /// Number of left-out concepts.
    pub excluded: usize,
    /// Which roles match; `None` for those that meet a concept.
    pub formula: Option<&'a Formula>,
    /// Whether all roles match, for filters alone.
    pub everything: bool,
    /// Mean number of words of a role.
    pub mean_length: f32,
    /// About how many postings are to be read in the segment: many where most of its documents are met.
    pub postings: u64,
    /// Documents of the segment whose whole name the query is, with their factor, in order.
    pub whole: Vec<(DocId, f32)>,
}

/// A role among the best.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Candidate {
    /// The segment's place.
    pub segment: u32,
    /// The document in it.
    pub doc: DocId,
    /// The score.
    pub score: f32,
    /// What orders roles of one score in its segment: the ordinals of the tie-breaking column and of the path, and the line.
    pub tie: Tie,
    /// For each concept, the best evidence.
    pub evidence: Vec<Option<Evidence>>,
    /// For each concept, what was told of it.
    pub told: Vec<Told>,
    /// The factor of a whole name.
    pub whole: f32,
    /// The length against the mean.
    pub length: f32,
}

/// The best first: by score, then by the tie-breaking column, then by where they stand.
pub fn better(a: &Candidate, b: &Candidate) -> Ordering {
    b.score.total_cmp(&a.score).then(a.tie.cmp(&b.tie))
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

    /// Whether a candidate of this score may be kept; what orders it among equal ones is asked for only where that decides.
    fn could_take(&self, score: f32, precedes: impl FnOnce(&Tie) -> bool) -> bool {
        if self.heap.len() < self.limit {
            return true;
        }
        self.heap.peek().is_some_and(|worst| {
            score > worst.0.score || (score >= worst.0.score && precedes(&worst.0.tie))
        })
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
    /// What orders roles of one score.
    pub order: Order<'a>,
}

/// Scans the roles of a range that some list finds; all of them where the formula holds for a role that none finds.
///
/// Returns how many postings were read.
pub fn scan<'l>(
    segment: &Segment<'_>,
    range: Range<DocId>,
    lists: &mut [List<'l>],
    excluded: &mut [List<'l>],
    scoring: &Scoring<'_>,
    counts: &mut Counts,
    best: &mut Best,
) -> u64 {
    let documents = segment.reader.max_doc();
    let window = WINDOW.min(documents.max(1));
    let words = segment.lengths.values.as_ref();
    let is_dense = scoring.postings > 2 * u64::from(documents);
    let lengths = Lengths::new(words, scoring.mean_length, is_dense, window);
    let cells = Cells::new(scoring, window, lengths, lists);
    // Lists that only add to what others find come second: they need not speak of roles that nobody has met.
    lists.sort_by_key(|list| !list.finds());
    let mut scan = Scan {
        segment,
        scoring,
        finding: lists.iter().filter(|list| list.finds()).count(),
        lists,
        excluded,
        cells,
        whole: Whole {
            rest: &scoring.whole,
        },
        tally: Tally::new(segment, counts),
        best,
    };
    scan.run(range, window);
    scan.tally.close();
    let read = scan.lists.iter().chain(scan.excluded.iter());
    read.map(|list| list.read).sum()
}

/// A scan of a range.
struct Scan<'s, 'l> {
    segment: &'s Segment<'s>,
    scoring: &'s Scoring<'s>,
    lists: &'s mut [List<'l>],
    excluded: &'s mut [List<'l>],
    /// How many of the lists find roles; they come first.
    finding: usize,
    cells: Cells<'s>,
    whole: Whole<'s>,
    tally: Tally<'s>,
    best: &'s mut Best,
}

impl Scan<'_, '_> {
    fn run(&mut self, range: Range<DocId>, window: u32) {
        let of_all = self.scoring.everything || self.scoring.formula.is_some_and(holds_of_nothing);
        let mut next = range.start;
        if next > 0 {
            self.lists.iter_mut().for_each(|list| list.skip_to(next));
        }
        loop {
            let first = if of_all {
                Some(next)
            } else {
                self.lists[..self.finding].iter().map(List::doc).min()
            };
            let Some(start) = first.filter(|doc| *doc != TERMINATED && *doc < range.end) else {
                break;
            };
            next = start.saturating_add(window).min(range.end);
            self.read(start, next);
            if of_all {
                self.cells.meet_all(next - start);
            }
            self.visit(start, next);
            self.cells.clear();
        }
    }

    /// Reads what all lists say of the documents from `start` to before `end`.
    fn read(&mut self, start: DocId, end: DocId) {
        let domain = &self.segment.domain;
        self.cells.begin(start, end);
        for (place, list) in self.lists.iter_mut().enumerate() {
            self.cells.read(list, place, (start, end), domain);
        }
        for list in &mut *self.excluded {
            self.cells.exclude(list, start, end, domain);
        }
    }

    /// Counts the documents of the window that match, and keeps the best.
    fn visit(&mut self, start: DocId, end: DocId) {
        let Self {
            segment,
            scoring,
            lists,
            cells,
            whole,
            tally,
            best,
            ..
        } = self;
        tally.begin(start..end, cells.met());
        // Where nothing can keep a document from being a hit, all are counted at once.
        let is_plain = scoring.formula.is_none() && !cells.is_any_open();
        let is_counted =
            is_plain && !segment.reader.has_deletes() && tally.count_all(cells.slots());
        cells.for_each_met(|slot, cells| {
            let doc = start + slot;
            let (place, domain) = ((slot, doc), &segment.domain);
            let is_hit = is_counted
                || (!segment.reader.is_deleted(doc)
                    && cells.matches(place, scoring.formula, lists, domain)
                    && tally.count(doc));
            if !is_hit {
                return;
            }
            let whole = whole.of(doc);
            let precedes = |tie: &Tie| segment.order.precedes(doc, tie);
            // Most documents are told apart by what costs least to know.
            let most = cells.most(slot, scoring.rarities) * whole;
            if !best.could_take(most, precedes) {
                return;
            }
            let most = cells.score_if_all_hold(slot, scoring.rarities) * whole;
            if !best.could_take(most, precedes) {
                return;
            }
            cells.settle(place, lists, domain);
            let score = cells.score(slot, scoring.rarities) * whole;
            if best.could_take(score, precedes) {
                best.push(Candidate {
                    segment: segment.place,
                    tie: segment.order.tie(doc),
                    doc,
                    score,
                    evidence: cells.evidence(slot, lists),
                    told: cells.told(slot),
                    whole,
                    length: cells.length(slot),
                });
            }
        });
    }
}

/// Returns how many threads so many postings are worth: each has to read many, beside which its start costs nothing.
pub fn threads(postings: u64) -> usize {
    let worth = usize::try_from(postings / POSTINGS_PER_THREAD).unwrap_or(MAX_THREADS);
    let cores = || std::thread::available_parallelism().map_or(1, NonZero::get);
    match worth {
        0 | 1 => 1,
        worth => worth.min(MAX_THREADS).min(cores()),
    }
}

/// Whether a formula holds of a role that meets nothing at all.
fn holds_of_nothing(formula: &Formula) -> bool {
    match formula {
        Formula::Concept(_) | Formula::Excluded(_) => false,
        Formula::All(parts) => parts.iter().all(holds_of_nothing),
        Formula::Any(parts) => parts.iter().any(holds_of_nothing),
        Formula::Not(part) => !holds_of_nothing(part),
    }
}

/// Goes through the documents whose whole name the query is.
struct Whole<'s> {
    rest: &'s [(DocId, f32)],
}

impl Whole<'_> {
    /// Returns the factor of a document's whole name, 1 for most; documents are asked for in order.
    fn of(&mut self, doc: DocId) -> f32 {
        while let [(first, factor), rest @ ..] = self.rest {
            match first.cmp(&doc) {
                Ordering::Less => self.rest = rest,
                Ordering::Equal => return *factor,
                Ordering::Greater => break,
            }
        }
        1.0
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
                tie: (tie, 0, 0),
                ..Candidate::default()
            });
        }
        assert_eq!(
            best.into_sorted()
                .iter()
                .map(|candidate| candidate.doc)
                .collect::<Vec<_>>(),
            [4, 2, 6]
        );
        assert!(!Best::new(0).could_take(9.0, |_| true));
    }
}
