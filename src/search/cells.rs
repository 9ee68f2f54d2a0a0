//! The cells of a window: what the posting lists have said of each document, concept by concept.

use tantivy::DocId;

use super::lists::{Evidence, List};
use super::scan::Scoring;
use crate::ranking::weights;

/// Numbers of times that are told apart; more is worth hardly more.
const FREQUENCIES: usize = 64;

/// What the lists have said of one concept in one document.
#[derive(Debug, Clone, Copy, Default)]
struct Cell {
    /// The most that one list gives.
    best: f32,
    /// What all give together.
    sum: f32,
    /// What is added by lists that find nothing themselves.
    bonus: f32,
    /// The place of the list that gives most.
    list: u16,
}

/// The cells of a window of documents, those of a document side by side.
pub struct Cells {
    concepts: usize,
    cells: Vec<Cell>,
    met: Vec<u64>,
    excluded: Vec<u64>,
    /// What a number of times is worth, worked out once.
    frequencies: [f32; FREQUENCIES],
}

impl Cells {
    /// Makes the cells of `window` documents.
    pub fn new(concepts: usize, window: u32) -> Self {
        let words = window.div_ceil(64) as usize;
        let score = weights().score;
        Self {
            concepts,
            cells: vec![Cell::default(); concepts * window as usize],
            met: vec![0; words],
            excluded: vec![0; words],
            frequencies: std::array::from_fn(|count| score.frequency(count as u32)),
        }
    }

    /// Reads what a list says of the documents from `start` to before `end`.
    pub fn read(&mut self, list: &mut List, place: usize, start: DocId, end: DocId) {
        let Self {
            concepts,
            cells,
            met,
            frequencies,
            ..
        } = self;
        let (concept, weight, finds) = (list.concept, list.weight, list.evidence.finds);
        list.read(start, end, |doc, count| {
            let slot = (doc - start) as usize;
            let (word, bit) = (slot / 64, 1 << (slot % 64));
            let worth = weight * frequencies[(count as usize).min(FREQUENCIES - 1)];
            let cell = &mut cells[slot * *concepts + concept];
            if finds {
                met[word] |= bit;
                cell.sum += worth;
                if worth > cell.best {
                    cell.best = worth;
                    cell.list = place as u16;
                }
            } else if met[word] & bit != 0 {
                cell.bonus += worth;
            }
        });
    }

    /// Leaves out what a list finds.
    pub fn exclude(&mut self, list: &mut List, start: DocId, end: DocId) {
        let excluded = &mut self.excluded;
        list.read(start, end, |doc, _| {
            let slot = (doc - start) as usize;
            excluded[slot / 64] |= 1 << (slot % 64);
        });
    }

    /// Visits the documents that were met and not left out, by their place in the window.
    pub fn for_each_met(&self, mut each: impl FnMut(u32, &Self)) {
        for (word, (met, excluded)) in self.met.iter().zip(&self.excluded).enumerate() {
            each_bit(met & !excluded, |bit| each(word as u32 * 64 + bit, self));
        }
    }

    fn of(&self, slot: u32) -> &[Cell] {
        &self.cells[slot as usize * self.concepts..][..self.concepts]
    }

    /// Returns the score of a document, before what belongs to the document as a whole. `full` is the coverage of all concepts.
    pub fn score(&self, slot: u32, scoring: &Scoring<'_>, full: f32) -> f32 {
        let rules = weights().score;
        let mut total = 0.0;
        let mut covered = 0.0;
        for (cell, &rarity) in self.of(slot).iter().zip(scoring.rarities) {
            if cell.best > 0.0 {
                total += cell.best + rules.tie * (cell.sum - cell.best) + cell.bonus;
                covered += coverage_share(rarity);
            }
        }
        total * covered / full.max(f32::MIN_POSITIVE)
    }

    /// Returns the best evidence of each concept.
    pub fn evidence(&self, slot: u32, lists: &[List]) -> Vec<Option<Evidence>> {
        let of_cell =
            |cell: &Cell| (cell.best > 0.0).then(|| lists[usize::from(cell.list)].evidence);
        self.of(slot).iter().map(of_cell).collect()
    }

    /// Empties the cells that were met.
    pub fn clear(&mut self) {
        for (word, met) in self.met.iter_mut().enumerate() {
            each_bit(*met, |bit| {
                let slot = word * 64 + bit as usize;
                self.cells[slot * self.concepts..][..self.concepts].fill(Cell::default());
            });
            *met = 0;
        }
        self.excluded.fill(0);
    }
}

fn each_bit(mut bits: u64, mut each: impl FnMut(u32)) {
    while bits != 0 {
        each(bits.trailing_zeros());
        bits &= bits - 1;
    }
}

/// How much meeting a concept counts for coverage: common words a little too.
pub fn coverage_share(rarity: f32) -> f32 {
    rarity + 0.2
}
