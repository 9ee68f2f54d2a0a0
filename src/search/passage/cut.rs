//! Cuts a text to the passage around its marks.

use crate::blueprint::{CELL, LINE_BREAK};

/// The longest passage, in characters.
pub const MAX_PASSAGE_CHARS: usize = 200;

/// Cuts a text to the passage around its marks, for people: marks come as bytes and go as characters.
pub fn cut(text: &str, marks: &[(usize, usize)]) -> (String, Vec<(usize, usize)>) {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let first = marks
        .first()
        .map_or(0, |(start, _)| chars.partition_point(|(at, _)| at < start));
    let (from, to) = window(&chars, first);
    let mut passage = String::new();
    let mut offsets = Vec::new();
    let mut count = 0;
    if from > 0 {
        passage.push('…');
        count += 1;
    }
    for &(at, c) in &chars[from..to] {
        offsets.push((at, count));
        match c {
            LINE_BREAK => passage.push(' '),
            CELL => {
                passage.push_str(" | ");
                count += 2;
            }
            c => passage.push(c),
        }
        count += 1;
    }
    offsets.push((chars.get(to).map_or(text.len(), |(at, _)| *at), count));
    if to < chars.len() {
        passage.push('…');
    }
    let place = |byte: usize| {
        offsets
            .binary_search_by_key(&byte, |(at, _)| *at)
            .ok()
            .map(|at| offsets[at].1)
    };
    let marks = marks
        .iter()
        .filter_map(|&(start, end)| Some((place(start)?, place(end)?)))
        .collect();
    (passage, marks)
}

/// The part of a text to show, around the place of the first mark, from word to word where there is a gap near.
fn window(chars: &[(usize, char)], first: usize) -> (usize, usize) {
    let all = chars.len();
    if all <= MAX_PASSAGE_CHARS {
        return (0, all);
    }
    let is_gap = |at: usize| chars[at].1 == ' ';
    let from = first
        .saturating_sub(MAX_PASSAGE_CHARS / 3)
        .min(all - MAX_PASSAGE_CHARS + 1);
    let from = if from == 0 {
        0
    } else {
        (from..first).find(|&at| is_gap(at - 1)).unwrap_or(from)
    };
    let to = (from + MAX_PASSAGE_CHARS - 1).min(all);
    let to = if to == all {
        all
    } else {
        (first + 1..to).rev().find(|&at| is_gap(at)).unwrap_or(to)
    };
    (from, to)
}
