//! Says whether, and as what, a variant of a concept really stands at a place of a text.

use std::cell::RefCell;

use rustc_hash::FxHashMap;

use super::{Needle, Page};
use crate::blueprint::{CELL, LINE_BREAK};
use crate::index::analysis::{Form, Word, is_respelled, stem_of, terms};
use crate::query::{Matcher, Via};

/// What a word surely begins with that has this stem.
pub fn beginning(stem: &str) -> &str {
    if stem.len() > 3 {
        stem.get(..stem.len() - 1).unwrap_or_default()
    } else {
        stem
    }
}

/// How the needle really stands in the text of a block at, or for needles without a finder anywhere in it, the offset.
pub fn stands(needle: &Needle<'_>, page: &Page<'_>, block: usize, offset: usize) -> Option<Via> {
    let via = needle.variant.kind.via();
    let found = |word: &Word, exact: &str| match via {
        Via::Literal if word.term == exact => Via::Literal,
        Via::Literal if is_respelled(&word.term) || is_respelled(exact) => Via::Spelling,
        Via::Literal => Via::Stem,
        via => via,
    };
    match &needle.variant.matcher {
        Matcher::Word { stem, exact } if needle.finder.is_some() => {
            let word = form_at(page.text(block), offset, stem, exact)?;
            Some(found(&word, exact))
        }
        Matcher::Word { stem, exact } => {
            let is_one = |word: &&Word| word.term == *exact || is_form_of(&word.term, stem);
            Some(found(page.words(block).iter().find(is_one)?, exact))
        }
        Matcher::Exact { exact, .. } => {
            let mut words = page.words(block).iter();
            words.any(|word| word.term == *exact).then_some(via)
        }
        Matcher::Phrase { stems, slop } => {
            let parts: Vec<&Word> = parts(page.words(block)).collect();
            let stands = match needle.finder {
                // The phrase begins with the word that stands there.
                Some(_) => parts
                    .iter()
                    .position(|word| (word.span.0..word.span.1).contains(&offset))
                    .is_some_and(|start| run_at(&parts, start, stems, *slop).is_some()),
                None => !runs(&parts, stems, *slop).is_empty(),
            };
            stands.then_some(via)
        }
        Matcher::Together(stems) => {
            let words = page.words(block);
            let stands = |stem: &String| words.iter().any(|word| is_form_of(&word.term, stem));
            stems.iter().all(stands).then_some(via)
        }
        Matcher::Initials(_) => None,
    }
}

/// The words that phrases are made of.
pub fn parts(words: &[Word]) -> impl Iterator<Item = &Word> {
    words.iter().filter(|word| !word.whole)
}

/// The form of a stem that stands at an offset; `exact` is the form that was asked for.
fn form_at(text: &str, offset: usize, stem: &str, exact: &str) -> Option<Word> {
    let is_gap = |c: char| c.is_whitespace() || c == CELL || c == LINE_BREAK;
    if !text.is_char_boundary(offset) {
        return None;
    }
    let before = offset.checked_sub(1).map_or(b' ', |at| text.as_bytes()[at]);
    if before.is_ascii_alphanumeric() {
        return None;
    }
    let start = text[..offset].rfind(is_gap).map_or(0, |at| {
        at + text[at..].chars().next().map_or(1, char::len_utf8)
    });
    let end = text[offset..]
        .find(is_gap)
        .map_or(text.len(), |at| offset + at);
    terms(&text[start..end], Form::Exact)
        .into_iter()
        .find(|word| {
            start + word.span.0 <= offset
                && offset < start + word.span.1
                && (word.term == exact || is_form_of(&word.term, stem))
        })
}

/// The runs of words that have these stems in this order, with up to `slop` others between.
pub fn runs<'w>(parts: &'w [&'w Word], stems: &[String], slop: u32) -> Vec<&'w [&'w Word]> {
    let starts = 0..parts.len();
    starts
        .filter_map(|start| run_at(parts, start, stems, slop))
        .collect()
}

/// The run that begins at a word.
fn run_at<'w>(
    parts: &'w [&'w Word],
    start: usize,
    stems: &[String],
    slop: u32,
) -> Option<&'w [&'w Word]> {
    let most = stems.len() + slop as usize;
    let mut wanted = stems.iter();
    let mut next = wanted.next();
    for end in start..(start + most).min(parts.len()) {
        match next {
            Some(stem) if is_form_of(&parts[end].term, stem) => next = wanted.next(),
            _ if end == start => break,
            _ => {}
        }
        if next.is_none() {
            return Some(&parts[start..=end]);
        }
    }
    None
}

/// The most words whose stems are kept.
const MAX_STEMS: usize = 1024;

thread_local! {
    /// The stems of words that were met: those of a query's roles are much the same.
    static STEMS: RefCell<FxHashMap<Box<str>, Box<str>>> = RefCell::default();
}

/// Whether a word has this stem. Stems keep the beginning of their words, so that few words need to be stemmed.
pub fn is_form_of(word: &str, stem: &str) -> bool {
    let start = stem.len().min(2);
    word == stem
        || (word.as_bytes().get(..start) == stem.as_bytes().get(..start) && has_stem(word, stem))
}

fn has_stem(word: &str, stem: &str) -> bool {
    STEMS.with_borrow_mut(|stems| {
        if let Some(known) = stems.get(word) {
            return **known == *stem;
        }
        if stems.len() >= MAX_STEMS {
            stems.clear();
        }
        let own = stem_of(word);
        let is_one = own == stem;
        stems.insert(word.into(), own.into());
        is_one
    })
}
