//! Notes, while a text comes back from the dictionary, where words begin that may be looked for.
//!
//! An entry of the dictionary is looked at once a query, whatever the number of texts that hold it; so a text is not gone
//! through for each word of a query and each of its synonyms.

use super::{LENGTH, MAX_PIECE, Slot};

/// The states of an entry.
const UNKNOWN: u8 = 0;
const IDLE: u8 = 1;
const WANTED: u8 = 2;

/// The beginnings of words that are looked for.
pub struct Beginnings {
    /// For each letter or digit in lower case, those that may follow it; see [`bit`].
    next: [u64; 128],
    /// For each entry of the dictionary, whether a wanted word may begin in it.
    states: Vec<u8>,
}

/// The bit of a letter or digit in lower case.
fn bit(byte: u8) -> u64 {
    match byte {
        b'0'..=b'9' => 1 << (byte - b'0'),
        b'a'..=b'z' => 1 << (byte - b'a' + 10),
        _ => 0,
    }
}

impl Beginnings {
    /// Takes what is looked for, in lower case: each begins with an ASCII letter or digit.
    pub fn new<'w>(wanted: impl Iterator<Item = &'w [u8]>) -> Self {
        let mut next = [0; 128];
        for word in wanted {
            let [first, rest @ ..] = word else { continue };
            let follows = rest.first().map_or(0, |&second| bit(second));
            // What is one letter long, or goes on with a sign, may be followed by anything.
            if let Some(next) = next.get_mut(usize::from(*first)) {
                *next |= if follows == 0 { u64::MAX } else { follows };
            }
        }
        Self {
            next,
            states: Vec::new(),
        }
    }

    /// Notes the places of a piece of text where a wanted word may begin; `entry` is its place in the dictionary, and `at` its
    /// own in the text, in bytes.
    pub(super) fn note(
        &mut self,
        entry: Option<usize>,
        slot: &Slot,
        at: usize,
        places: &mut Vec<u32>,
    ) {
        let Some(entry) = entry else {
            self.each(slot, |within| places.push((at + within) as u32));
            return;
        };
        if entry >= self.states.len() {
            self.states.resize((entry + 1).next_power_of_two(), UNKNOWN);
        }
        match self.states[entry] {
            IDLE => return,
            WANTED => {}
            _ => {
                let mut state = IDLE;
                self.each(slot, |_| state = WANTED);
                self.states[entry] = state;
            }
        }
        self.each(slot, |within| places.push((at + within) as u32));
    }

    fn each(&self, slot: &Slot, mut each: impl FnMut(usize)) {
        let length = usize::from(slot[MAX_PIECE] & LENGTH);
        for within in 0..length {
            let byte = slot[within].to_ascii_lowercase();
            let is_start = within == 0 || !slot[within - 1].is_ascii_alphanumeric();
            let next = if byte < 0x80 && is_start {
                self.next[usize::from(byte)]
            } else {
                0
            };
            // Where no letter follows, the word may go on in the next piece.
            let follows = slot[..length]
                .get(within + 1)
                .map_or(0, |next| bit(next.to_ascii_lowercase()));
            if next != 0 && (follows == 0 || next & follows != 0) {
                each(within);
            }
        }
    }
}
