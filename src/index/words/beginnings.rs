//! Notes, while a text is gone through, where words begin that may be looked for.
//!
//! An entry of the dictionary is looked at once a query, whatever the number of texts that hold it; so a text is not gone
//! through for each word of a query and each of its synonyms.

use super::{LENGTH, MAX_PIECE, Slot};

/// What is known of an entry: nothing, that no wanted word begins in it, that one may begin where it does, or somewhere.
const UNKNOWN: u8 = 0;
pub(super) const IDLE: u8 = 1;
const AT_START: u8 = 2;
const SOMEWHERE: u8 = 3;

/// The bits that no text of an entry has set where it is ASCII. The last byte is no text.
const NOT_ASCII: u128 = 0x0080_8080_8080_8080_8080_8080_8080_8080;

/// The beginnings of words that are looked for.
pub struct Beginnings {
    /// The wanted beginnings in lower case, by their first byte.
    wanted: Vec<Box<[u8]>>,
    /// For each first byte in lower case, where those that have it begin and end in the list.
    of_first: [(u16, u16); 128],
    /// For each entry of the dictionary, what is known of it.
    states: Vec<u8>,
}

impl Beginnings {
    /// Takes what is looked for, in lower case: each begins with an ASCII letter or digit.
    pub fn new<'w>(wanted: impl Iterator<Item = &'w [u8]>) -> Self {
        let mut wanted: Vec<Box<[u8]>> = wanted.map(Into::into).collect();
        wanted.sort_unstable();
        wanted.dedup();
        wanted.truncate(usize::from(u16::MAX));
        let mut of_first = [(0, 0); 128];
        for (at, word) in wanted.iter().enumerate() {
            let first = word.first().map_or(0, |first| usize::from(*first));
            if let Some((start, end)) = of_first.get_mut(first) {
                if end == start {
                    *start = at as u16;
                }
                *end = at as u16 + 1;
            }
        }
        Self {
            wanted,
            of_first,
            states: Vec::new(),
        }
    }

    /// Returns whether a wanted word may begin in a piece of text, and where; `entry` is its place in the dictionary.
    #[inline]
    pub(super) fn state(&mut self, entry: Option<usize>, slot: &Slot) -> u8 {
        match entry.and_then(|entry| self.states.get(entry)) {
            Some(&state) if state != UNKNOWN => state,
            _ => self.look(entry, slot),
        }
    }

    /// Looks at a piece, and keeps what it is where it is one of the dictionary.
    fn look(&mut self, entry: Option<usize>, slot: &Slot) -> u8 {
        // Letters and other signs never share an entry, so that in plain text a word begins where the entry does.
        let state = if u128::from_le_bytes(*slot) & NOT_ASCII != 0 {
            SOMEWHERE
        } else if self.may_begin(slot, 0) {
            AT_START
        } else {
            IDLE
        };
        if let Some(entry) = entry {
            if entry >= self.states.len() {
                self.states.resize((entry + 1).next_power_of_two(), UNKNOWN);
            }
            self.states[entry] = state;
        }
        state
    }

    /// Notes the places of a piece of text where a wanted word may begin; `at` is its own in the text, in bytes.
    pub(super) fn note(&self, state: u8, slot: &Slot, at: usize, places: &mut Vec<u32>) {
        if state == AT_START {
            places.push(at as u32);
        } else if state == SOMEWHERE {
            let within = (0..length_of(slot)).filter(|within| self.may_begin(slot, *within));
            places.extend(within.map(|within| (at + within) as u32));
        }
    }

    /// Whether a wanted word may begin at a byte of a piece; behind its end, the text may go on in any way.
    fn may_begin(&self, slot: &Slot, within: usize) -> bool {
        let first = usize::from(slot[within].to_ascii_lowercase());
        let (start, end) = self.of_first.get(first).copied().unwrap_or_default();
        if start == end || (within > 0 && slot[within - 1].is_ascii_alphanumeric()) {
            return false;
        }
        let mut piece = &slot[within..length_of(slot)];
        // The space behind a whole word goes where another sign follows.
        let mut is_whole = false;
        if let [word @ .., b' '] = piece {
            (piece, is_whole) = (word, true);
        }
        let wanted = &self.wanted[usize::from(start)..usize::from(end)];
        wanted.iter().any(|wanted| {
            let both = wanted.len().min(piece.len());
            let goes_on = wanted.get(both).is_some_and(u8::is_ascii_alphanumeric);
            !(is_whole && goes_on) && wanted[..both].eq_ignore_ascii_case(&piece[..both])
        })
    }
}

fn length_of(slot: &Slot) -> usize {
    usize::from(slot[MAX_PIECE] & LENGTH)
}
