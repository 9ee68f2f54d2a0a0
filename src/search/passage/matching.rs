//! Says whether, and as what, a variant of a concept really stands at a place of a text.

use std::cell::RefCell;

use rustc_hash::FxHashMap;

use super::{Needle, Page};
use crate::blueprint::{CELL, LINE_BREAK};
use crate::index::analysis::{Form, Word, is_respelled, stem_of, terms};
use crate::query::{Matcher, Via};

/// Room for a word and what stands around it, in bytes.
const WORD_BYTES: usize = 24;
/// How many of the words behind the first of a phrase may be its second: one, but for what is no word of its own, as behind an
/// apostrophe.
const WORDS_BEHIND: usize = 4;

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
            let text = page.text(block);
            let words = match needle.finder {
                // The phrase begins here: so many words behind it are enough.
                Some(_) if may_follow(text, offset, stems, *slop) => terms(
                    around(text, offset, stems.len() + *slop as usize),
                    Form::Exact,
                ),
                Some(_) => return None,
                None => terms(text, Form::Exact),
            };
            let parts: Vec<&Word> = parts(&words).collect();
            (!runs(&parts, stems, *slop).is_empty()).then_some(via)
        }
        Matcher::Together(stems) => {
            let lower = page.text(block).to_ascii_lowercase();
            if !stems.iter().all(|stem| lower.contains(beginning(stem))) {
                return None;
            }
            let words = page.words(block);
            let stands = |stem: &String| words.iter().any(|word| is_form_of(&word.term, stem));
            stems.iter().all(stands).then_some(via)
        }
        Matcher::Initials(_) => None,
    }
}

/// Whether one of the words behind an offset begins as the second word of a phrase does: no other has its stem, and to see that
/// costs little beside taking the words out.
fn may_follow(text: &str, offset: usize, stems: &[String], slop: u32) -> bool {
    let Some(second) = stems.get(1).and_then(|stem| stem.as_bytes().get(..2)) else {
        return true;
    };
    if !second.is_ascii() {
        return true;
    }
    let behind = text.as_bytes().get(offset..).unwrap_or_default();
    let mut words = WORDS_BEHIND + slop as usize;
    for (at, two) in behind.windows(2).enumerate().skip(1) {
        if behind[at - 1].is_ascii_alphanumeric() || !two[0].is_ascii_alphanumeric() {
            if two[0] >= 0x80 {
                return true;
            }
            continue;
        }
        if two.eq_ignore_ascii_case(second) {
            return true;
        }
        words -= 1;
        if words == 0 {
            break;
        }
    }
    false
}

/// The part of a text that holds about `words` words from an offset on.
fn around(text: &str, offset: usize, words: usize) -> &str {
    let boundary = |at: usize| (at..=text.len()).find(|at| text.is_char_boundary(*at));
    let start = boundary(offset).unwrap_or(text.len());
    let end = boundary((offset + words * WORD_BYTES).min(text.len())).unwrap_or(text.len());
    &text[start..end.max(start)]
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
    let most = stems.len() + slop as usize;
    let mut found = Vec::new();
    for start in 0..parts.len() {
        let mut wanted = stems.iter();
        let mut next = wanted.next();
        for end in start..(start + most).min(parts.len()) {
            match next {
                Some(stem) if is_form_of(&parts[end].term, stem) => next = wanted.next(),
                _ if end == start => break,
                _ => {}
            }
            if next.is_none() {
                found.push(&parts[start..=end]);
                break;
            }
        }
    }
    found
}

/// The most words whose stems are kept.
const MAX_STEMS: usize = 1024;

thread_local! {
    /// The stems of words that were met: those of a query's roles are much the same.
    static STEMS: RefCell<FxHashMap<Box<str>, Box<str>>> = RefCell::default();
}

/// Whether a word has this stem. Stems keep the beginning of their words, so that few words need to be stemmed.
pub fn is_form_of(word: &str, stem: &str) -> bool {
    let (word_bytes, stem_bytes) = (word.as_bytes(), stem.as_bytes());
    // Most words begin with another letter.
    if word_bytes.first() != stem_bytes.first() {
        return false;
    }
    let start = stem.len().min(2);
    word == stem || (word_bytes.get(..start) == stem_bytes.get(..start) && has_stem(word, stem))
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
