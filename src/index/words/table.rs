//! Finds the place of a piece of text in a list of them: open addressing over entries of sixteen bytes.

use std::hash::{BuildHasher as _, RandomState};

use super::Slot;

/// The fewest places of the table, a power of two.
const MIN_PLACES: usize = 1 << 10;

/// A list without doubles, and where each of its entries stands.
pub(super) struct Table {
    slots: Vec<Slot>,
    /// One more than an entry's place in the list, or 0; at least twice as many as there are entries.
    places: Vec<u32>,
    /// Drawn for each table, so that no text can be made to fill one stretch of it.
    seeds: [u64; 2],
}

impl Default for Table {
    fn default() -> Self {
        let random = RandomState::new();
        Self {
            slots: Vec::new(),
            places: vec![0; MIN_PLACES],
            seeds: [0_u64, 1].map(|number| random.hash_one(number)),
        }
    }
}

impl Table {
    /// Returns the entries in the order in which they came.
    pub(super) fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// Returns the place of an entry in the list.
    pub(super) fn place(&self, slot: &Slot) -> Option<usize> {
        self.find(slot).ok()
    }

    /// Returns the place of an entry in the list, at whose end it comes where it is new.
    pub(super) fn place_or_add(&mut self, slot: &Slot) -> usize {
        match self.find(slot) {
            Ok(place) => place,
            Err(free) => {
                self.slots.push(*slot);
                self.places[free] = self.slots.len() as u32;
                if self.slots.len() * 2 > self.places.len() {
                    self.grow();
                }
                self.slots.len() - 1
            }
        }
    }

    /// The place of an entry, or where in the table it would be noted.
    fn find(&self, slot: &Slot) -> Result<usize, usize> {
        let mut at = self.start(slot);
        loop {
            match (self.places[at] as usize).checked_sub(1) {
                None => return Err(at),
                Some(place) if self.slots[place] == *slot => return Ok(place),
                Some(_) => at = (at + 1) & (self.places.len() - 1),
            }
        }
    }

    fn start(&self, slot: &Slot) -> usize {
        let whole = u128::from_le_bytes(*slot);
        let low = whole as u64 ^ self.seeds[0];
        let high = (whole >> 64) as u64 ^ self.seeds[1];
        let product = u128::from(low) * u128::from(high);
        (product as u64 ^ (product >> 64) as u64) as usize & (self.places.len() - 1)
    }

    fn grow(&mut self) {
        self.places = vec![0; self.places.len() * 2];
        for number in 0..self.slots.len() {
            if let Err(free) = self.find(&self.slots[number]) {
                self.places[free] = number as u32 + 1;
            }
        }
    }
}
