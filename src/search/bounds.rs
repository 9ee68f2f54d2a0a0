//! Says which posting lists can still bring a role among the best, and which only add to what others bring.
//!
//! Turtle and Flood, "Query Evaluation: Strategies and Optimizations" (1995): where a role that stands in none but the weakest
//! lists cannot reach the worst score that is kept, these lists need not be scored but for roles that a stronger one names.

use std::cmp::Reverse;

use super::lists::List;
use crate::ranking::{Told, Weights};

/// Covers what sums in another order may differ by.
pub const ROUNDING: f32 = 1.000_01;

/// Puts lists in the order of the most that a hit in them can bring, those that find roles first. All of a scan is added up in
/// this one order, so that what is equal stays so.
pub fn in_order(lists: &mut [List<'_>], weights: &Weights, rarities: &[f32]) {
    lists.sort_by_cached_key(|list| {
        let worth = rarities[list.concept] * list.most(weights);
        // Of numbers that are not below zero, the bits have their order.
        (!list.finds(), Reverse(worth.to_bits()))
    });
}

/// The most that roles can score by the weakest lists alone.
pub struct Bounds {
    /// For each number of strong lists, the most that a role can score which stands in none of them.
    without: Vec<f32>,
    /// How many lists are strong, as far as was asked.
    strong: usize,
}

impl Bounds {
    /// Reckons what the ends of lists can bring: of those that find roles, in order, and with all that only add to these.
    pub fn new(
        finding: &[List<'_>],
        adding: &[List<'_>],
        weights: &Weights,
        rarities: &[f32],
    ) -> Self {
        let mut told = vec![Told::default(); rarities.len()];
        for list in adding {
            told[list.concept].bonus += list.most(weights);
        }
        let mut without = vec![0.0; finding.len()];
        for (strong, list) in finding.iter().enumerate().rev() {
            told[list.concept].add(list.most(weights), list.strength);
            let most = weights.together(told.iter().copied(), rarities, 0.0);
            without[strong] = most * ROUNDING;
        }
        Self {
            strong: finding.len(),
            without,
        }
    }

    /// Returns how many of the lists can bring a role to a score, from the first on; scores are asked for in rising order.
    pub fn strong(&mut self, score: f32) -> usize {
        while self.strong > 0 && self.without[self.strong - 1] < score {
            self.strong -= 1;
        }
        self.strong
    }
}
