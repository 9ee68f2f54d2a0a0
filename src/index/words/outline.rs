//! Goes through an encoded text without spelling it out: where its lines begin and where wanted words may, and any line of it
//! when somebody asks for it.
//!
//! Of a role that is a hit, a query looks at a line or two in a hundred.

use super::beginnings::{Beginnings, IDLE};
use super::{LENGTH, LINE_END, MAX_PIECE, Piece, Pieces, SLOT, Words};

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
        let (mut pieces, length) = self.pieces(bytes)?;
        let mut outline = Outline {
            pieces,
            length,
            lines: vec![Line::default()],
            beginnings: Vec::new(),
        };
        let mut at = 0_usize;
        while !pieces.is_at_end() {
            let code = pieces.next;
            let piece = pieces.next_piece()?;
            let slot = pieces.slot(&piece)?;
            let entry = match piece {
                Piece::Entry(place) => Some(place),
                Piece::Written(_) => None,
            };
            let last = slot[MAX_PIECE];
            at = at.saturating_sub(usize::from(last >> 7));
            let state = wanted.state(entry, slot);
            if state != IDLE {
                wanted.note(state, slot, at, &mut outline.beginnings);
            }
            if last & LINE_END != 0 {
                let text = slot[..usize::from(last & LENGTH)].iter().enumerate();
                let ends = text.filter(|(_, byte)| **byte == b'\n');
                outline.lines.extend(ends.map(|(within, _)| Line {
                    start: (at + within + 1) as u32,
                    code: code as u32,
                    piece: at as u32,
                }));
            }
            at += usize::from(last & LENGTH);
        }
        // A word at the end has a space behind it.
        (at == length || at == length + 1).then_some(outline)
    }
}

impl Outline<'_> {
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
        let (skipped, wanted) = (
            (line.start - line.piece) as usize,
            end - line.piece as usize,
        );
        let mut text = pieces.spell(wanted)?.0;
        text.truncate(wanted);
        text.drain(..skipped);
        String::from_utf8(text).ok()
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
