//! Turns the text of roles into numbers of a dictionary of words, and back: what the store holds of a body.
//!
//! A role's text is some fifteen hundred words, most of them from the few thousand that every role has. Written as the
//! places of its words in one dictionary for the whole index it takes a sixth of its size, where a general compressor
//! that sees one role at a time leaves more than a half; and it comes back by copying sixteen bytes a word.
//!
//! The dictionary is learnt from the first roles of an index and lies beside the engine's files. Its words keep their
//! places: later generations share the file, or add to its end. A word that it does not hold is written out.

pub mod beginnings;
pub mod outline;
mod table;

use tantivy::directory::OwnedBytes;

use super::varint::{pull, push};
use table::Table;

/// The file of a generation that holds the dictionary.
pub const WORDS: &str = "words";

/// What the file begins with; the number is that of the form.
const MAGIC: [u8; SLOT] = *b"bp-words 2\n\0\0\0\0\0";
/// The size of an entry: up to fifteen bytes of text, and one that says how many, so that one copy of fixed size takes it.
const SLOT: usize = 16;
/// The most text that an entry holds, in bytes.
const MAX_PIECE: usize = SLOT - 1;
/// The most entries: a megabyte.
const MAX_ENTRIES: usize = 1 << 16;
/// How often a piece stands in a sample at least to become an entry.
const MIN_COUNT: u32 = 2;

/// The first bytes of an entry's place in a body: one byte for the most frequent, two, three, and a piece written out.
const TWO_BYTES: u8 = 176;
const THREE_BYTES: u8 = 248;
const WRITTEN_OUT: u8 = 255;
const FIRST_OF_TWO: usize = TWO_BYTES as usize;
const FIRST_OF_THREE: usize = FIRST_OF_TWO + ((THREE_BYTES - TWO_BYTES) as usize) * 256;

/// The last byte of an entry: how many bytes of text it has, whether a line ends in it, and whether the space in front of it
/// goes.
const LENGTH: u8 = 0x0f;
const LINE_END: u8 = 0x10;
const AFTER_WORD: u8 = 0x80;

/// A piece of text: part of a word, a word and the space behind it, or what stands between two words in place of that
/// space.
type Slot = [u8; SLOT];

fn slot(piece: &[u8], last: u8) -> Slot {
    let mut slot = [0; SLOT];
    slot[..piece.len()].copy_from_slice(piece);
    slot[MAX_PIECE] = piece.len() as u8 | last;
    slot
}

/// Takes the piece of so many bytes that begins at a place of a text, with `behind` it.
fn cut(bytes: &[u8], at: usize, length: usize, behind: u8, last: u8) -> Slot {
    let whole = match bytes.get(at..).and_then(|rest| rest.first_chunk()) {
        Some(chunk) => u128::from_le_bytes(*chunk),
        None => u128::from_le_bytes(slot(&bytes[at..at + length], 0)),
    };
    // The end of a text aside, sixteen bytes are taken at once, and what is too much is masked.
    let end = 8 * length as u32;
    let whole = whole & !(u128::MAX << end) | u128::from(behind) << end;
    let length = length as u8 + u8::from(behind != 0);
    (whole | u128::from(length | last) << (8 * MAX_PIECE)).to_le_bytes()
}

/// Which bytes are of words.
const OF_WORDS: [bool; 256] = {
    let mut of_words = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        of_words[byte] = byte >= 0x80 || (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    of_words
};

/// Cuts a text into its pieces.
fn for_each_slot(text: &str, mut each: impl FnMut(Slot)) {
    let bytes = text.as_bytes();
    let mut end = 0;
    while end < bytes.len() {
        let mut at = end;
        let is_word = OF_WORDS[usize::from(bytes[at])];
        while end < bytes.len() && OF_WORDS[usize::from(bytes[end])] == is_word {
            end += 1;
        }
        if is_word {
            while end - at >= MAX_PIECE {
                each(cut(bytes, at, MAX_PIECE, 0, 0));
                at += MAX_PIECE;
            }
            each(cut(bytes, at, end - at, b' ', 0));
        } else if at == 0 || end == bytes.len() || &bytes[at..end] != b" " {
            let mut last = if at > 0 { AFTER_WORD } else { 0 };
            while at < end {
                let length = (end - at).min(MAX_PIECE);
                let ends_line = bytes[at..at + length].contains(&b'\n');
                last |= if ends_line { LINE_END } else { 0 };
                each(cut(bytes, at, length, 0, last));
                at += length;
                last = 0;
            }
        }
    }
}

/// The dictionary for reading.
pub struct Words(OwnedBytes);

impl Words {
    /// Takes the bytes of the file; `None` for bytes that are no dictionary.
    pub fn new(bytes: OwnedBytes) -> Option<Self> {
        let is_one = bytes.starts_with(&MAGIC) && bytes.len().is_multiple_of(SLOT);
        is_one.then_some(Self(bytes))
    }

    fn slot(&self, place: usize) -> Option<&Slot> {
        // The magic takes the first one.
        let start = (place + 1) * SLOT;
        self.0.get(start..)?.first_chunk()
    }

    /// The pieces of an encoded text, and its length in bytes.
    fn pieces<'a>(&'a self, bytes: &'a [u8]) -> Option<(Pieces<'a>, usize)> {
        let mut codes = bytes;
        let length = usize::try_from(pull(&mut codes)?).ok()?;
        let pieces = Pieces {
            // The magic takes the first entry.
            entries: self.0.as_chunks::<SLOT>().0.get(1..)?,
            codes,
            next: 0,
        };
        (length <= codes.len() * MAX_PIECE).then_some((pieces, length))
    }

    /// Returns the text that [`Learner::encode`] was given; `None` for bytes that it did not make.
    pub fn decode(&self, bytes: &[u8]) -> Option<String> {
        let (mut pieces, length) = self.pieces(bytes)?;
        let (mut text, at) = pieces.spell(length)?;
        // A word at the end has a space behind it.
        let is_whole = pieces.is_at_end() && (at == length || at == length + 1);
        text.truncate(length);
        is_whole.then(|| String::from_utf8(text).ok()).flatten()
    }
}

/// The pieces of an encoded text, from one of them on.
#[derive(Clone, Copy)]
struct Pieces<'a> {
    entries: &'a [Slot],
    codes: &'a [u8],
    /// Where the next one begins among the codes.
    next: usize,
}

impl Pieces<'_> {
    fn is_at_end(&self) -> bool {
        self.next >= self.codes.len()
    }

    /// Reads the next piece; `None` for bytes that end within one.
    #[inline]
    fn next_piece(&mut self) -> Option<Piece> {
        let first = *self.codes.get(self.next)?;
        self.next += 1;
        if first < TWO_BYTES {
            return Some(Piece::Entry(usize::from(first)));
        }
        if first == WRITTEN_OUT {
            let last = *self.codes.get(self.next)?;
            let start = self.next + 1;
            self.next = start + usize::from(last & LENGTH);
            let written = slot(self.codes.get(start..self.next)?, last & !LENGTH);
            return Some(Piece::Written(written));
        }
        let start = self.next;
        self.next += 1 + usize::from(first >= THREE_BYTES);
        let behind = self.codes.get(start..self.next)?;
        Some(Piece::Entry(place_of(first, behind)))
    }

    /// Returns a piece's text and length; `None` for an entry that is not there.
    #[inline]
    fn slot<'s>(&'s self, piece: &'s Piece) -> Option<&'s Slot> {
        match piece {
            Piece::Entry(place) => self.entries.get(*place),
            Piece::Written(slot) => Some(slot),
        }
    }
}

/// A piece of an encoded text.
enum Piece {
    /// An entry of the dictionary.
    Entry(usize),
    /// One that is written out.
    Written(Slot),
}

/// The place of an entry whose first byte is from [`TWO_BYTES`] on and below [`WRITTEN_OUT`], with the bytes behind that.
#[inline]
fn place_of(first: u8, more: &[u8]) -> usize {
    match *more {
        [second] => FIRST_OF_TWO + (usize::from(first - TWO_BYTES) << 8 | usize::from(second)),
        [second, third] => {
            let place = usize::from(first - THREE_BYTES) << 8 | usize::from(second);
            FIRST_OF_THREE + (place << 8 | usize::from(third))
        }
        _ => usize::from(first),
    }
}

/// The dictionary for writing: it learns, and then encodes.
#[derive(Default)]
pub struct Learner(Table);

impl Learner {
    /// Goes on with the dictionary of a file; `None` for bytes that are none.
    pub fn go_on(bytes: Vec<u8>) -> Option<Self> {
        let words = Words::new(OwnedBytes::new(bytes))?;
        let mut table = Table::default();
        let mut at = 0;
        while let Some(slot) = words.slot(at) {
            table.place_or_add(slot);
            at += 1;
        }
        Some(Self(table))
    }

    /// Adds what stands in a sample more than once, the most frequent first, behind what is known.
    pub fn learn<'t>(&mut self, sample: impl Iterator<Item = &'t str>) {
        let mut seen = Table::default();
        let mut counts: Vec<u32> = Vec::new();
        for text in sample {
            for_each_slot(text, |slot| {
                let at = seen.place_or_add(&slot);
                if at == counts.len() {
                    counts.push(0);
                }
                counts[at] += 1;
            });
        }
        let mut frequent: Vec<(u32, &Slot)> = counts.into_iter().zip(seen.slots()).collect();
        frequent.retain(|(count, slot)| *count >= MIN_COUNT && self.0.place(slot).is_none());
        frequent.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
        frequent.truncate(MAX_ENTRIES.saturating_sub(self.0.slots().len()));
        for (_, slot) in frequent {
            self.0.place_or_add(slot);
        }
    }

    /// Writes a text as the places of its words.
    pub fn encode(&self, text: &str) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(text.len() / 4);
        push(&mut bytes, text.len() as u64);
        for_each_slot(text, |slot| match self.0.place(&slot) {
            Some(place @ ..FIRST_OF_TWO) => bytes.push(place as u8),
            Some(place @ FIRST_OF_TWO..FIRST_OF_THREE) => {
                let place = place - FIRST_OF_TWO;
                bytes.extend([TWO_BYTES + (place >> 8) as u8, place as u8]);
            }
            Some(place) => {
                let place = place - FIRST_OF_THREE;
                let first = THREE_BYTES + (place >> 16) as u8;
                bytes.extend([first, (place >> 8) as u8, place as u8]);
            }
            None => {
                bytes.extend([WRITTEN_OUT, slot[MAX_PIECE]]);
                bytes.extend(&slot[..usize::from(slot[MAX_PIECE] & LENGTH)]);
            }
        });
        bytes
    }

    /// Returns the bytes of the file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let slots = std::iter::once(&MAGIC).chain(self.0.slots());
        slots.flatten().copied().collect()
    }
}

#[cfg(test)]
mod tests;
