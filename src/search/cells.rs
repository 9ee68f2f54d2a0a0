//! The cells of a window: what the posting lists have said of each document, concept by concept.

use tantivy::DocId;
use tantivy::columnar::ColumnValues;

use super::facets::SegmentFacet;
use super::lists::{Evidence, List};
use crate::query::Formula;
use crate::ranking::{Told, Weights};

/// Where at least one document of so many was met, the cells of all are emptied at once.
const MANY: usize = 16;

/// What the lists have said of one concept in one document.
#[derive(Debug, Clone, Copy, Default)]
struct Cell {
    told: Told,
    /// The place of the list that gives most.
    list: u16,
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
        }
    }

    fn begin(&mut self, start: DocId, end: DocId) {
        self.start = start;
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

    fn of(&mut self, slot: usize) -> f32 {
        self.known[slot] = self.read(slot);
        self.known[slot]
    }
}

/// The cells of a window of documents, those of a document side by side.
pub struct Cells<'w> {
    weights: &'w Weights,
    concepts: usize,
    cells: Vec<Cell>,
    met: Vec<u64>,
    /// For each left-out concept, the documents that have it.
    excluded: Vec<Vec<u64>>,
    lengths: Lengths<'w>,
}

impl<'w> Cells<'w> {
    /// Makes the cells of `window` documents.
    pub fn new(
        weights: &'w Weights,
        concepts: usize,
        excluded: usize,
        window: u32,
        lengths: Lengths<'w>,
    ) -> Self {
        let words = window.div_ceil(64) as usize;
        Self {
            weights,
            concepts,
            cells: vec![Cell::default(); concepts * window as usize],
            met: vec![0; words],
            excluded: vec![vec![0; words]; excluded],
            lengths,
        }
    }

    /// Begins the window of the documents from `start` to before `end`.
    pub fn begin(&mut self, start: DocId, end: DocId) {
        self.lengths.begin(start, end);
    }

    /// Reads what a list says of the documents from `start` to before `end`.
    pub fn read(
        &mut self,
        list: &mut List,
        place: usize,
        start: DocId,
        end: DocId,
        domain: &SegmentFacet,
    ) {
        let Self {
            weights,
            concepts,
            cells,
            met,
            lengths,
            ..
        } = self;
        let (concept, weight, strength) = (list.concept, list.weight, list.strength);
        let (finds, is_prose) = (list.finds(), list.is_prose);
        list.read(start, end, domain, |doc, count| {
            let slot = (doc - start) as usize;
            let (word, bit) = (slot / 64, 1 << (slot % 64));
            if !finds && met[word] & bit == 0 {
                return;
            }
            let length = if is_prose { lengths.of(slot) } else { 1.0 };
            let worth = weight * weights.frequency(count, length, is_prose);
            let cell = &mut cells[slot * *concepts + concept];
            if finds {
                met[word] |= bit;
                if cell.told.add(worth, strength) {
                    cell.list = place as u16;
                }
            } else {
                cell.told.bonus += worth;
            }
        });
    }

    /// Notes where a list of what is left out stands.
    pub fn exclude(&mut self, list: &mut List, start: DocId, end: DocId, domain: &SegmentFacet) {
        let excluded = &mut self.excluded[list.concept];
        list.read(start, end, domain, |doc, _| {
            let slot = (doc - start) as usize;
            excluded[slot / 64] |= 1 << (slot % 64);
        });
    }

    /// Takes every document of the window as met, for a formula that holds where nothing is found.
    pub fn meet_all(&mut self, documents: u32) {
        for slot in 0..documents as usize {
            self.met[slot / 64] |= 1 << (slot % 64);
        }
    }

    /// Visits the documents that were met, by their place in the window.
    pub fn for_each_met(&self, mut each: impl FnMut(u32, &Self)) {
        for (word, met) in self.met.iter().enumerate() {
            each_bit(*met, |bit| each(word as u32 * 64 + bit, self));
        }
    }

    /// Returns whether a document matches.
    pub fn holds(&self, slot: u32, formula: &Formula) -> bool {
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

    /// Returns the score of a document, before what belongs to the document as a whole.
    pub fn score(&self, slot: u32, rarities: &[f32]) -> f32 {
        let told = self.of(slot).iter().map(|cell| &cell.told);
        self.weights.together(told, rarities, self.length(slot))
    }

    /// Returns the best evidence of each concept.
    pub fn evidence(&self, slot: u32, lists: &[List]) -> Vec<Option<Evidence>> {
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
        let met: u32 = self.met.iter().map(|met| met.count_ones()).sum();
        if met as usize * MANY > self.met.len() * 64 {
            self.cells.fill(Cell::default());
            self.met.fill(0);
        }
        for (word, met) in self.met.iter_mut().enumerate() {
            each_bit(*met, |bit| {
                let slot = word * 64 + bit as usize;
                self.cells[slot * self.concepts..][..self.concepts].fill(Cell::default());
            });
            *met = 0;
        }
        for excluded in &mut self.excluded {
            excluded.fill(0);
        }
    }
}

fn each_bit(mut bits: u64, mut each: impl FnMut(u32)) {
    while bits != 0 {
        each(bits.trailing_zeros());
        bits &= bits - 1;
    }
}
