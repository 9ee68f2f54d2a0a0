//! Notes, while a text is gone through, where words begin that may be looked for.
//!
//! An entry of the dictionary is looked at once a query, whatever the number of texts that hold it; so a text is not gone
//! through for each word of a query and each of its synonyms.

use super::{AFTER_WORD, LENGTH, LINE_END, MAX_PIECE, Slot};

/// What is known of an entry, in a byte: its length, whether the space in front of it goes, whether a wanted word may begin where
/// it does or somewhere in it, and whether that is all there is to it: no wanted word begins in it, and no line ends.
pub(super) const AFTER: u8 = 0x10;
const AT_START: u8 = 0x20;
const SOMEWHERE: u8 = 0x40;
pub(super) const IDLE: u8 = 0x80;
/// No entry is without text.
const UNKNOWN: u8 = 0;

/// The bits that no text of an entry has set where it is ASCII. The last byte is no text.
const NOT_ASCII: u128 = 0x0080_8080_8080_8080_8080_8080_8080_8080;

/// The beginnings of words that are looked for.
pub struct Beginnings {
    /// The wanted beginnings in lower case, by their first byte.
    wanted: Vec<Box<[u8]>>,
    /// For each first byte in lower case, where those that have it begin and end in the list.
    of_first: [(u16, u16); 128],
    /// For each entry of the dictionary, what is known of it.
    known: Vec<u8>,
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
            known: Vec::new(),
        }
    }

    /// Returns what is known of so many entries.
    pub(super) fn known(&mut self, entries: usize) -> &mut [u8] {
        if self.known.len() < entries {
            self.known = vec![UNKNOWN; entries];
        }
        &mut self.known
    }

    /// Returns what there is to know of a piece of text; kept where it is the entry at a place of the dictionary.
    pub(super) fn look(&mut self, entry: Option<usize>, slot: &Slot) -> u8 {
        if let Some(&known) = entry.and_then(|entry| self.known.get(entry))
            && known != UNKNOWN
        {
            return known;
        }
        let last = slot[MAX_PIECE];
        // Letters and other signs never share an entry, so that in plain text a word begins where the entry does.
        let begins = if u128::from_le_bytes(*slot) & NOT_ASCII != 0 {
            let may_begin = (0..length_of(slot)).any(|within| self.may_begin(slot, within));
            if may_begin { SOMEWHERE } else { 0 }
        } else if self.may_begin(slot, 0) {
            AT_START
        } else {
            0
        };
        let after = if last & AFTER_WORD != 0 { AFTER } else { 0 };
        let idle = if begins == 0 && last & LINE_END == 0 {
            IDLE
        } else {
            0
        };
        let known = last & LENGTH | after | begins | idle;
        if let Some(kept) = entry.and_then(|entry| self.known.get_mut(entry)) {
            *kept = known;
        }
        known
    }

    /// Notes the places of a piece of text where a wanted word may begin; `at` is its own in the text, in bytes.
    pub(super) fn note(&self, known: u8, slot: &Slot, at: usize, places: &mut Vec<u32>) {
        if known & AT_START != 0 {
            places.push(at as u32);
        } else if known & SOMEWHERE != 0 {
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
