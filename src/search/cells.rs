//! The cells of a window: what the posting lists have said of each document, concept by concept.

use tantivy::DocId;
use tantivy::columnar::ColumnValues;

use super::facets::SegmentFacet;
use super::lists::{Evidence, List};
use super::scan::Scoring;
use crate::query::Formula;
use crate::ranking::{ROUNDING, Told, Weights};

/// Where at least one document of so many was met, the cells of all are emptied at once.
const MANY: usize = 16;

/// What the lists have said of one concept in one document.
#[derive(Debug, Clone, Copy, Default)]
struct Cell {
    told: Told,
    /// The place of the list that gives most.
    list: u16,
}

/// A list's side of what it says of a window that begins with `start`.
#[derive(Clone, Copy)]
struct Says {
    start: DocId,
    concept: usize,
    concepts: usize,
    strength: f32,
    place: u16,
}

impl Says {
    fn slot(&self, doc: DocId) -> usize {
        (doc - self.start) as usize
    }

    fn cell(&self, slot: usize) -> usize {
        slot * self.concepts + self.concept
    }

    /// Notes what an open list may say; `worth` is asked for with the slot.
    fn may_find(
        self,
        docs: &[DocId],
        open: &mut [Told],
        met: &mut [Met],
        mut worth: impl FnMut(usize) -> f32,
    ) {
        for doc in docs {
            let slot = self.slot(*doc);
            met[slot / 64].any |= 1 << (slot % 64);
            open[self.cell(slot)].add(worth(slot), self.strength);
        }
    }

    /// Notes what a list says that finds roles; `worth` is asked for with the slot and how often the word stands there.
    fn find(
        self,
        said: impl Iterator<Item = (DocId, u32)>,
        cells: &mut [Cell],
        met: &mut [Met],
        mut worth: impl FnMut(usize, u32) -> f32,
    ) {
        // Documents come in order: what was met is noted once for those that stand side by side.
        let (mut word, mut bits) = (0, 0);
        for (doc, count) in said {
            let slot = self.slot(doc);
            if slot / 64 != word {
                met[word].meet(bits);
                (word, bits) = (slot / 64, 0);
            }
            bits |= 1 << (slot % 64);
            let cell = &mut cells[self.cell(slot)];
            if cell.told.add(worth(slot, count), self.strength) {
                cell.list = self.place;
            }
        }
        met[word].meet(bits);
    }

    /// Notes what a list says that only adds to what others find, the same for each.
    fn add(self, docs: &[DocId], cells: &mut [Cell], met: &[Met], worth: f32) {
        for doc in docs {
            let slot = self.slot(*doc);
            if met[slot / 64].any & 1 << (slot % 64) != 0 {
                cells[self.cell(slot)].told.bonus += worth;
            }
        }
    }
}

/// Of 64 documents, those that were met or may be, and those that surely were.
#[derive(Debug, Clone, Copy, Default)]
struct Met {
    any: u64,
    sure: u64,
}

impl Met {
    fn meet(&mut self, bits: u64) {
        self.any |= bits;
        self.sure |= bits;
    }
}

/// The relative lengths of a window's documents: 1 for the mean. Where most documents are met, all are read at once; else each
/// when it is asked for, so that the work follows the postings and not the documents.
pub struct Lengths<'w> {
    words: &'w dyn ColumnValues<u64>,
    mean: f32,
    is_dense: bool,
    start: DocId,
    /// Not a number where it was not read.
    known: Vec<f32>,
    /// What the lengths make of frequencies, as far as that was asked for.
    norms: Vec<f32>,
}

impl<'w> Lengths<'w> {
    /// Makes the lengths of `window` documents, from the column of words and the mean.
    pub fn new(words: &'w dyn ColumnValues<u64>, mean: f32, is_dense: bool, window: u32) -> Self {
        Self {
            words,
            mean: mean.max(1.0),
            is_dense,
            start: 0,
            known: vec![f32::NAN; window as usize],
            norms: vec![f32::NAN; window as usize],
        }
    }

    fn begin(&mut self, start: DocId, end: DocId) {
        self.start = start;
        self.norms.fill(f32::NAN);
        if self.is_dense {
            let mut words = vec![0; (end - start) as usize];
            self.words.get_range(u64::from(start), &mut words);
            for (known, words) in self.known.iter_mut().zip(words) {
                *known = words as f32 / self.mean;
            }
        } else {
            self.known.fill(f32::NAN);
        }
    }

    fn read(&self, slot: usize) -> f32 {
        let known = self.known[slot];
        if known.is_nan() {
            self.words.get_val(self.start + slot as u32) as f32 / self.mean
        } else {
            known
        }
    }

    #[inline]
    fn norm(&mut self, slot: usize, weights: &Weights) -> f32 {
        if self.norms[slot].is_nan() {
            self.known[slot] = self.read(slot);
            self.norms[slot] = weights.norm(self.known[slot]);
        }
        self.norms[slot]
    }
}

/// The cells of a window of documents, those of a document side by side.
pub struct Cells<'w> {
    weights: &'w Weights,
    concepts: usize,
    cells: Vec<Cell>,
    /// What open lists would say if all of them held; empty where there are none.
    open: Vec<Told>,
    /// The last document of which they were asked.
    settled: Option<DocId>,
    met: Vec<Met>,
    /// For each left-out concept, the documents that have it.
    excluded: Vec<Vec<u64>>,
    lengths: Lengths<'w>,
}

impl<'w> Cells<'w> {
    /// Makes the cells of `window` documents for some lists.
    pub fn new(
        scoring: &'w Scoring<'w>,
        window: u32,
        lengths: Lengths<'w>,
        lists: &[List<'_>],
    ) -> Self {
        let (concepts, excluded) = (scoring.rarities.len(), scoring.excluded);
        let words = window.div_ceil(64) as usize;
        let cells = concepts * window as usize;
        let is_any_open = lists.iter().any(List::is_open);
        Self {
            weights: scoring.weights,
            concepts,
            cells: vec![Cell::default(); cells],
            open: vec![Told::default(); if is_any_open { cells } else { 0 }],
            settled: None,
            met: vec![Met::default(); words],
            excluded: vec![vec![0; words]; excluded],
            lengths,
        }
    }

    /// Begins the window of the documents from `start` to before `end`.
    pub fn begin(&mut self, start: DocId, end: DocId) {
        self.lengths.begin(start, end);
    }

    /// Reads what a list says of the documents from `start` to before `end`. Those that find roles are read first.
    pub fn read(
        &mut self,
        list: &mut List<'_>,
        place: usize,
        (start, end): (DocId, DocId),
        domain: &SegmentFacet,
    ) {
        let (weights, weight) = (self.weights, list.weight);
        let kind = (list.is_open(), list.finds(), list.is_prose);
        let says = Says {
            start,
            concept: list.concept,
            concepts: self.concepts,
            strength: list.strength,
            place: place as u16,
        };
        let Self {
            cells,
            open,
            met,
            lengths,
            ..
        } = self;
        let once = weight * weights.saturated(1, 1.0);
        list.read(start, end, domain, &mut |docs, counts| {
            let mut in_prose = |slot: usize, count: u32| {
                weight * weights.saturated(count, lengths.norm(slot, weights))
            };
            let in_name = |_: usize, count: u32| weight * weights.saturated(count, 1.0);
            match (kind, counts.is_empty()) {
                ((true, _, true), _) => says.may_find(docs, open, met, |slot| in_prose(slot, 1)),
                ((true, _, false), _) => says.may_find(docs, open, met, |_| once),
                ((_, true, true), true) => {
                    let said = docs.iter().map(|doc| (*doc, 1));
                    says.find(said, cells, met, in_prose);
                }
                ((_, true, true), false) => {
                    let said = docs.iter().copied().zip(counts.iter().copied());
                    says.find(said, cells, met, in_prose);
                }
                ((_, true, false), true) => {
                    let said = docs.iter().map(|doc| (*doc, 1));
                    says.find(said, cells, met, |_, _| once);
                }
                ((_, true, false), false) => {
                    let said = docs.iter().copied().zip(counts.iter().copied());
                    says.find(said, cells, met, in_name);
                }
                // Lists that only add have no counts.
                ((_, false, _), _) => says.add(docs, cells, met, once),
            }
        });
    }

    /// Whether open lists leave it undecided what was met.
    pub fn is_any_open(&self) -> bool {
        !self.open.is_empty()
    }

    /// Returns the places in the window of the documents that were met, or may be.
    pub fn slots(&self) -> impl Iterator<Item = usize> {
        let words = self.met.iter().enumerate();
        words.flat_map(|(word, met)| bits_of(met.any).map(move |bit| word * 64 + bit))
    }

    /// Returns how many documents of the window were met, or may be.
    pub fn met(&self) -> u32 {
        self.met.iter().map(|met| met.any.count_ones()).sum()
    }

    /// Notes where a list of what is left out stands.
    pub fn exclude(
        &mut self,
        list: &mut List<'_>,
        start: DocId,
        end: DocId,
        domain: &SegmentFacet,
    ) {
        let excluded = &mut self.excluded[list.concept];
        list.read_sure(start, end, domain, |doc, _| {
            let slot = (doc - start) as usize;
            excluded[slot / 64] |= 1 << (slot % 64);
        });
    }

    /// Takes every document of the window as met, for a formula that holds where nothing is found.
    pub fn meet_all(&mut self, documents: u32) {
        for slot in 0..documents as usize {
            self.met[slot / 64].meet(1 << (slot % 64));
        }
    }

    /// Visits the documents that were met, or may be, by their place in the window.
    pub fn for_each_met(&mut self, mut each: impl FnMut(u32, &mut Self)) {
        for word in 0..self.met.len() {
            for bit in bits_of(self.met[word].any) {
                each((word * 64 + bit) as u32, self);
            }
        }
    }

    /// Returns whether a document matches; open lists are asked where that hangs on them. Documents are asked for in order.
    pub fn matches(
        &mut self,
        place: (u32, DocId),
        formula: Option<&Formula>,
        lists: &mut [List<'_>],
        domain: &SegmentFacet,
    ) -> bool {
        let slot = place.0;
        if !self.open.is_empty() {
            let mut both = self.of(slot).iter().zip(self.open_of(slot));
            let hangs = match formula {
                None => !self.is_sure(slot),
                Some(_) => both.any(|(cell, open)| cell.told.best <= 0.0 && open.best > 0.0),
            };
            if hangs {
                self.settle(place, lists, domain);
            }
        }
        match formula {
            Some(formula) => self.holds(slot, formula),
            None => self.is_sure(slot) || self.of(slot).iter().any(|cell| cell.told.best > 0.0),
        }
    }

    /// Asks the open lists for a document, so that what was said of it is sure; documents are asked for in order.
    pub fn settle(
        &mut self,
        (slot, doc): (u32, DocId),
        lists: &mut [List<'_>],
        domain: &SegmentFacet,
    ) {
        if self.open.is_empty() || self.settled == Some(doc) {
            return;
        }
        self.settled = Some(doc);
        let first = slot as usize * self.concepts;
        let length = self.length(slot);
        for (place, list) in lists.iter_mut().enumerate() {
            let at = first + list.concept;
            let may_stand = list.is_open() && self.open[at].best > 0.0;
            if !may_stand || !list.stands_in(doc, domain) {
                continue;
            }
            let length = if list.is_prose { length } else { 1.0 };
            let worth = list.weight * self.weights.frequency(1, length, list.is_prose);
            let cell = &mut self.cells[at];
            if cell.told.add(worth, list.strength) {
                cell.list = place as u16;
            }
        }
        self.open[first..][..self.concepts].fill(Told::default());
    }

    fn is_sure(&self, slot: u32) -> bool {
        self.met[slot as usize / 64].sure & (1 << (slot % 64)) != 0
    }

    fn holds(&self, slot: u32, formula: &Formula) -> bool {
        match formula {
            Formula::Concept(at) => self.of(slot)[*at].told.best > 0.0,
            Formula::Excluded(at) => {
                self.excluded[*at][slot as usize / 64] & (1 << (slot % 64)) != 0
            }
            Formula::All(parts) => parts.iter().all(|part| self.holds(slot, part)),
            Formula::Any(parts) => parts.iter().any(|part| self.holds(slot, part)),
            Formula::Not(part) => !self.holds(slot, part),
        }
    }

    fn of(&self, slot: u32) -> &[Cell] {
        &self.cells[slot as usize * self.concepts..][..self.concepts]
    }

    fn open_of(&self, slot: u32) -> &[Told] {
        &self.open[slot as usize * self.concepts..][..self.concepts]
    }

    /// Returns the most that the score of a document can be, whatever its length, its coverage, and what open lists turn out to
    /// hold.
    pub fn most(&self, slot: u32, rarities: &[f32]) -> f32 {
        let cells = self.of(slot).iter();
        if self.concepts == 0 {
            return 0.0;
        }
        if self.open.is_empty() {
            return self.weights.most(cells.map(|cell| cell.told), rarities);
        }
        let both = cells.zip(self.open_of(slot));
        let told = both.map(|(cell, open)| cell.told.with(open));
        self.weights.most(told, rarities)
    }

    /// Returns the score that a document would have if all that open lists may say of it held; a little more, since it is added
    /// up in another order.
    pub fn score_if_all_hold(&self, slot: u32, rarities: &[f32]) -> f32 {
        if self.open.is_empty() {
            return f32::INFINITY;
        }
        let both = self.of(slot).iter().zip(self.open_of(slot));
        let told = both.map(|(cell, open)| cell.told.with(open));
        self.weights.together(told, rarities, self.length(slot)) * ROUNDING
    }

    /// Returns the score of a document, before what belongs to the document as a whole.
    pub fn score(&self, slot: u32, rarities: &[f32]) -> f32 {
        let told = self.of(slot).iter().map(|cell| cell.told);
        self.weights.together(told, rarities, self.length(slot))
    }

    /// Returns the best evidence of each concept.
    pub fn evidence(&self, slot: u32, lists: &[List<'_>]) -> Vec<Option<Evidence>> {
        let of_cell =
            |cell: &Cell| (cell.told.best > 0.0).then(|| lists[usize::from(cell.list)].evidence);
        self.of(slot).iter().map(of_cell).collect()
    }

    /// Returns what was told of each concept.
    pub fn told(&self, slot: u32) -> Vec<Told> {
        self.of(slot).iter().map(|cell| cell.told).collect()
    }

    /// Returns the length of a document against the mean.
    pub fn length(&self, slot: u32) -> f32 {
        self.lengths.read(slot as usize)
    }

    /// Empties the cells that were met.
    pub fn clear(&mut self) {
        if self.met() as usize * MANY > self.met.len() * 64 {
            self.cells.fill(Cell::default());
            self.open.fill(Told::default());
            self.met.fill(Met::default());
        }
        for (word, met) in self.met.iter_mut().enumerate() {
            for bit in bits_of(met.any) {
                let slot = word * 64 + bit;
                let cells = slot * self.concepts..(slot + 1) * self.concepts;
                self.cells[cells.clone()].fill(Cell::default());
                if let Some(open) = self.open.get_mut(cells) {
                    open.fill(Told::default());
                }
            }
            *met = Met::default();
        }
        for excluded in &mut self.excluded {
            excluded.fill(0);
        }
    }
}

/// The places of the bits that are set, in order.
fn bits_of(mut bits: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let bit = (bits != 0).then(|| bits.trailing_zeros() as usize)?;
        bits &= bits - 1;
        Some(bit)
    })
}
