//! Goes through an encoded text without spelling it out: where its lines begin and where wanted words may, and any line of it
//! when somebody asks for it.
//!
//! Of a role that is a hit, a query looks at a line or two in a hundred.

use super::beginnings::{AFTER, Beginnings, IDLE};
use super::{LENGTH, MAX_PIECE, Piece, Pieces, SLOT, THREE_BYTES, TWO_BYTES, Words, place_of};

/// An encoded text, outlined.
pub struct Outline<'a> {
    pieces: Pieces<'a>,
    /// Its length in bytes.
    length: usize,
    lines: Vec<Line>,
    beginnings: Vec<u32>,
}

/// Where a line begins.
#[derive(Debug, Clone, Copy, Default)]
struct Line {
    /// In the text, in bytes.
    start: u32,
    /// The piece that ends the line before: where it stands among the encoded bytes.
    code: u32,
    /// And in the text.
    piece: u32,
}

impl Words {
    /// Outlines the text that [`Learner::encode`](super::Learner::encode) was given; `None` for bytes that it did not make.
    ///
    /// That the text is UTF-8 shows when it is spelled.
    pub fn outline<'a>(&'a self, bytes: &'a [u8], wanted: &mut Beginnings) -> Option<Outline<'a>> {
        let (pieces, length) = self.pieces(bytes)?;
        let mut outline = Outline {
            pieces,
            length,
            lines: vec![Line::default()],
            beginnings: Vec::new(),
        };
        let mut known = wanted.known(pieces.entries.len());
        let (mut at, mut next) = (0_usize, 0);
        while let Some(&first) = pieces.codes.get(next) {
            // Most pieces are idle entries, of which a byte of what is known tells all.
            let (entry, behind) = match first {
                ..TWO_BYTES => (usize::from(first), next + 1),
                TWO_BYTES..THREE_BYTES => {
                    let second = *pieces.codes.get(next + 1)?;
                    (place_of(first, &[second]), next + 2)
                }
                _ => (usize::MAX, next),
            };
            if let Some(idle) = known.get(entry).filter(|known| **known & IDLE != 0) {
                at = at.saturating_sub(usize::from(idle & AFTER != 0));
                at += usize::from(idle & LENGTH);
                next = behind;
            } else {
                next = outline.look(wanted, next, &mut at)?;
                known = wanted.known(pieces.entries.len());
            }
        }
        // A word at the end has a space behind it.
        (at == length || at == length + 1).then_some(outline)
    }
}

impl Outline<'_> {
    /// Looks at the piece that begins at a place of the codes, and goes behind it in the text; returns where the next begins.
    fn look(&mut self, wanted: &mut Beginnings, code: usize, at: &mut usize) -> Option<usize> {
        let mut pieces = Pieces {
            next: code,
            ..self.pieces
        };
        let piece = pieces.next_piece()?;
        let slot = pieces.slot(&piece)?;
        let entry = match piece {
            Piece::Entry(place) => Some(place),
            Piece::Written(_) => None,
        };
        let known = wanted.look(entry, slot);
        let start = at.saturating_sub(usize::from(known & AFTER != 0));
        wanted.note(known, slot, start, &mut self.beginnings);
        let text = &slot[..usize::from(known & LENGTH)];
        if known & IDLE == 0 {
            let ends = text.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
            self.lines.extend(ends.map(|(within, _)| Line {
                start: (start + within + 1) as u32,
                code: code as u32,
                piece: start as u32,
            }));
        }
        *at = start + text.len();
        Some(pieces.next)
    }

    /// Returns where the lines begin in the text, in bytes.
    pub fn starts(&self) -> impl Iterator<Item = usize> {
        self.lines.iter().map(|line| line.start as usize)
    }

    /// Returns where wanted words may begin in the text, in bytes and in order.
    pub fn beginnings(&self) -> &[u32] {
        &self.beginnings
    }

    /// Spells a line, without what ends it; `None` where the text has no such line, or is not UTF-8.
    pub fn line(&self, number: usize) -> Option<String> {
        let line = self.lines.get(number)?;
        let next = self.lines.get(number + 1);
        let end = next.map_or(self.length, |next| next.start as usize - 1);
        let mut pieces = self.pieces;
        pieces.next = line.code as usize;
        let wanted = end.checked_sub(line.piece as usize)?;
        let text = pieces.spell(wanted)?.0;
        // Of bytes that were not written, a line may begin behind the end.
        let own = text.get((line.start - line.piece) as usize..wanted)?;
        std::str::from_utf8(own).ok().map(str::to_owned)
    }
}

impl Pieces<'_> {
    /// Spells the text on until so many bytes stand fast, or to its end; returns it with a slot's room behind, and its length.
    pub(super) fn spell(&mut self, wanted: usize) -> Option<(Vec<u8>, usize)> {
        let mut text = vec![0; wanted + 2 * SLOT];
        let mut at = 0_usize;
        // The piece behind a word takes the place of the space behind that.
        while at <= wanted && !self.is_at_end() {
            let piece = self.next_piece()?;
            let slot = self.slot(&piece)?;
            let last = slot[MAX_PIECE];
            at = at.saturating_sub(usize::from(last >> 7));
            text.get_mut(at..at + SLOT)?.copy_from_slice(slot);
            at += usize::from(last & LENGTH);
        }
        Some((text, at))
    }
}
