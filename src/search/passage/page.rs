//! A stored body as the search for passages goes through it: its blocks, their texts, and where words may begin.

use std::cell::{Cell, OnceCell};

use memchr::memmem::Finder;

use super::Needle;
use crate::blueprint::LINE_BREAK;
use crate::index::analysis::{Form, Word, terms};
use crate::index::layout::{BlockLayout, Layout, SectionLayout};
use crate::index::words::outline::Outline;
use crate::query::Via;

/// How many places of one word in one body are looked at.
const MAX_PLACES: usize = 256;

/// The text of a body.
#[derive(Clone, Copy)]
pub enum Text<'a> {
    /// All of it.
    Whole(&'a str),
    /// Its outline, with the places where words may begin that are looked for; a line is spelled when it is looked at.
    Outline(&'a Outline<'a>),
}

/// A concept, a variant and a block, and what was found of them last.
type LookedAt = ((usize, usize, usize), Option<Via>);

/// A body with its blocks.
pub(super) struct Page<'a> {
    text: Text<'a>,
    pub(super) layout: &'a Layout,
    /// The body in lower case, once it is needed.
    lower: OnceCell<String>,
    /// The lines that were spelled.
    spelled: Vec<OnceCell<String>>,
    /// Whether one of them could not be: what was written always can.
    is_unreadable: Cell<bool>,
    /// The words of the blocks that were looked at.
    words: Vec<OnceCell<Vec<Word>>>,
    last: Cell<Option<LookedAt>>,
    /// Where the blocks begin in the body, in bytes.
    pub(super) starts: Vec<usize>,
    /// The blocks, with the places of their sections.
    pub(super) blocks: Vec<(usize, BlockLayout)>,
}

impl<'a> Page<'a> {
    /// Lays a body out.
    pub(super) fn new(text: Text<'a>, layout: &'a Layout) -> Self {
        let mut starts: Vec<usize> = match text {
            Text::Whole(body) => std::iter::once(0)
                .chain(memchr::memchr_iter(b'\n', body.as_bytes()).map(|at| at + 1))
                .collect(),
            Text::Outline(outline) => outline.starts().collect(),
        };
        let of_section = |(at, section): (usize, &'a SectionLayout)| {
            section.blocks.iter().map(move |block| (at, *block))
        };
        let sections = layout.sections.iter().enumerate();
        let mut blocks: Vec<(usize, BlockLayout)> = sections.flat_map(of_section).collect();
        // Both come from one writer; a body that was damaged must not lead out of bounds.
        let both = starts.len().min(blocks.len());
        starts.truncate(both);
        blocks.truncate(both);
        let is_spelled = matches!(text, Text::Whole(_));
        Self {
            text,
            layout,
            lower: OnceCell::new(),
            spelled: vec![OnceCell::new(); if is_spelled { 0 } else { both }],
            is_unreadable: Cell::new(false),
            words: vec![OnceCell::new(); both],
            last: Cell::new(None),
            starts,
            blocks,
        }
    }

    /// Finds something in a block, unless the same was found there just before.
    pub(super) fn once(
        &self,
        needle: &Needle<'_>,
        block: usize,
        find: impl FnOnce() -> Option<Via>,
    ) -> Option<Via> {
        let place = (needle.concept, needle.variant_at, block);
        if let Some((_, known)) = self.last.get().filter(|(known, _)| *known == place) {
            return known;
        }
        let found = find();
        self.last.set(Some((place, found)));
        found
    }

    /// Calls `each` with the offsets at which a needle may stand, in order.
    pub(super) fn places(&self, finder: &Finder<'_>, mut each: impl FnMut(usize)) {
        let needle = finder.needle();
        let begins_word = needle.first().is_some_and(u8::is_ascii_alphanumeric);
        match self.text {
            Text::Outline(outline) if begins_word => {
                let places = outline.beginnings().iter().map(|at| *at as usize);
                let places = places.filter(|at| self.begins(*at, needle));
                places.take(MAX_PLACES).for_each(each);
            }
            _ => {
                let lower = self.lower.get_or_init(|| self.whole().to_ascii_lowercase());
                let places = finder.find_iter(lower.as_bytes()).take(MAX_PLACES);
                places.for_each(&mut each);
            }
        }
    }

    /// Whether a word begins at an offset as a needle does.
    fn begins(&self, offset: usize, needle: &[u8]) -> bool {
        let block = self.block_at(offset);
        let text = self.text(block).as_bytes();
        let within = offset - self.starts[block];
        let before = within.checked_sub(1).and_then(|at| text.get(at));
        let here = text.get(within..within + needle.len());
        !before.is_some_and(u8::is_ascii_alphanumeric)
            && here.is_some_and(|here| here.eq_ignore_ascii_case(needle))
    }

    fn whole(&self) -> String {
        match self.text {
            Text::Whole(body) => body.to_owned(),
            Text::Outline(_) => {
                let lines: Vec<&str> = (0..self.starts.len()).map(|at| self.text(at)).collect();
                lines.join("\n")
            }
        }
    }

    /// Returns the block that an offset of the body lies in.
    pub(super) fn block_at(&self, offset: usize) -> usize {
        self.starts
            .partition_point(|&start| start <= offset)
            .saturating_sub(1)
    }

    /// Returns the text of a block.
    pub(super) fn text(&self, block: usize) -> &str {
        match self.text {
            Text::Whole(body) => body[self.starts[block]..]
                .split('\n')
                .next()
                .unwrap_or_default(),
            Text::Outline(outline) => self.spelled[block].get_or_init(|| {
                let line = outline.line(block);
                self.is_unreadable
                    .set(self.is_unreadable.get() || line.is_none());
                line.unwrap_or_default()
            }),
        }
    }

    /// Whether a line could not be read that was looked at.
    pub(super) fn is_unreadable(&self) -> bool {
        self.is_unreadable.get()
    }

    /// Returns the words of a block as they stand.
    pub(super) fn words(&self, block: usize) -> &[Word] {
        self.words[block].get_or_init(|| terms(self.text(block), Form::Exact))
    }

    /// Returns how many lines of the source end in a block before a place in it, in bytes.
    pub(super) fn breaks_before(&self, block: usize, offset: usize) -> u32 {
        self.text(block)
            .bytes()
            .take(offset)
            .filter(|byte| *byte == LINE_BREAK as u8)
            .count() as u32
    }
}
