//! Turns text into terms: one pass over the characters, with the whole form of `CI/CD` or `Node.js` beside its parts.
//!
//! Both analyzers share the pass; [`Form::Stem`] stems plain words, [`Form::Exact`] keeps every word. Changing what comes
//! out here needs a new [`super::schema::VERSION`], since an index holds only an analyzer's name.

mod scan;
mod spelling;

use std::cell::RefCell;

use frostem::{Algorithm, Stemmer};
use scan::{Found, Scan, is_accent};
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The longest term, in bytes; the engine drops what is over 65,530, and nobody types more than this.
const MAX_TERM_BYTES: usize = 128;
/// Lines of the stem cache. Direct-mapped and shared by all fields of a thread, it saves a third of the indexing time.
const CACHE_LINES: usize = 1 << 15;
/// The size of one: a word, its stem, and a byte for the length of each.
const LINE_BYTES: usize = 64;

/// What becomes of a plain word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// The stem: `managers` and `management` are one term.
    Stem,
    /// The word itself, in lower case.
    Exact,
}

/// A term and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// The term.
    pub term: String,
    /// Byte offsets in the text.
    pub span: (usize, usize),
    /// The position for phrases.
    pub position: usize,
    /// Whether the term is a whole with parts (`ci/cd`), whose parts follow from the same position on.
    pub whole: bool,
}

/// Calls `each` with every term of the text, its span, its position, and whether it is a whole whose parts follow.
pub fn for_each_term(
    text: &str,
    form: Form,
    mut each: impl FnMut(&str, (usize, usize), usize, bool),
) {
    let mut scan = Scan::new(text);
    let mut token = String::new();
    while let Some(found) = scan.next() {
        token.clear();
        found.write(text, form, false, &mut token);
        each(
            &token,
            (found.start, found.end),
            found.position,
            found.whole,
        );
    }
}

/// Returns all terms of a text.
pub fn terms(text: &str, form: Form) -> Vec<Word> {
    let mut words = Vec::new();
    for_each_term(text, form, |term, span, position, whole| {
        words.push(Word {
            term: term.to_owned(),
            span,
            position,
            whole,
        });
    });
    words
}

/// Returns the stem that a term of [`Form::Exact`] has in [`Form::Stem`]: only plain words are stemmed.
pub fn stem_of(term: &str) -> String {
    let is_plain = term.len() > 2
        && term
            .chars()
            .all(|c| c.is_alphabetic() || is_combining_mark(c));
    if is_plain {
        stem_of_word(Stemmer::new(Algorithm::English), term)
    } else {
        term.to_owned()
    }
}

/// Returns whether a word in lower case is spelled otherwise before its stem is taken.
pub fn is_respelled(word: &str) -> bool {
    spelling::respelled(word) != word
}

/// Returns the terms of a text as a plain sequence: parts in place of their wholes.
pub fn sequence(text: &str, form: Form) -> Vec<String> {
    terms(text, form)
        .into_iter()
        .filter(|word| !word.whole)
        .map(|word| word.term)
        .collect()
}

/// Returns the same of the stems, for one text of many: by way of the thread's cache.
pub fn stems(text: &str) -> Vec<String> {
    let mut scan = Scan::new(text);
    let mut stems = Vec::new();
    while let Some(found) = scan.next() {
        if !found.whole {
            let mut stem = String::new();
            found.write(text, Form::Stem, true, &mut stem);
            stems.push(stem);
        }
    }
    stems
}

/// Returns the key under which a whole title or a whole query is found.
pub fn name_key(text: &str) -> String {
    let mut key = String::new();
    for_each_term(text, Form::Exact, |term, _, _, whole| {
        if !whole {
            key.push_str(if key.is_empty() { "" } else { " " });
            key.push_str(term);
        }
    });
    shorten(&mut key, MAX_KEY_BYTES);
    key
}

/// The longest key of a whole name, in bytes.
pub const MAX_KEY_BYTES: usize = 512;

/// Cuts a text to so many bytes at most, at the end of a character.
pub fn shorten(text: &mut String, bytes: usize) {
    let end = (0..=bytes.min(text.len()))
        .rev()
        .find(|&at| text.is_char_boundary(at));
    text.truncate(end.unwrap_or(0));
}

impl Found {
    fn write(&self, text: &str, form: Form, cached: bool, term: &mut String) {
        let raw = &text[self.start..self.end];
        if self.ascii {
            term.push_str(raw);
            term.make_ascii_lowercase();
        } else {
            fold(raw, term);
        }
        if self.plain && form == Form::Stem && term.len() > 2 {
            if cached {
                stem_cached(term);
            } else {
                *term = stem_of_word(Stemmer::new(Algorithm::English), term);
            }
        }
        if term.len() > MAX_TERM_BYTES {
            term.truncate(
                (0..=MAX_TERM_BYTES)
                    .rev()
                    .find(|&at| term.is_char_boundary(at))
                    .unwrap_or(0),
            );
        }
    }
}

/// Folds accents before lower case: the other order leaves marks of their own behind.
fn fold(raw: &str, term: &mut String) {
    for c in raw.nfd().filter(|c| !is_accent(*c)) {
        match c {
            'ß' => term.push_str("ss"),
            'æ' | 'Æ' => term.push_str("ae"),
            'ø' | 'Ø' => term.push('o'),
            'ł' | 'Ł' => term.push('l'),
            '’' => term.push('\''),
            c => term.extend(c.to_lowercase()),
        }
    }
}

struct StemCache {
    stemmer: Stemmer,
    lines: Vec<[u8; LINE_BYTES]>,
}

thread_local! {
    static STEMS: RefCell<StemCache> = RefCell::new(StemCache { stemmer: Stemmer::new(Algorithm::English), lines: Vec::new() });
}

/// A stem of two letters is a word of its own: `going` must not be found by the language `Go`.
fn stem_of_word(stemmer: Stemmer, word: &str) -> String {
    let word = spelling::respelled(word);
    let word = word.as_ref();
    let stem = stemmer.stem(word);
    if stem.len() < 3 {
        word.to_owned()
    } else {
        stem.into_owned()
    }
}

/// Stems by way of the cache, which pays for itself over many documents and not over one query.
fn stem_cached(term: &mut String) {
    STEMS.with_borrow_mut(|cache| {
        if cache.lines.is_empty() {
            cache.lines = vec![[0; LINE_BYTES]; CACHE_LINES];
        }
        let line = xxhash_rust::xxh3::xxh3_64(term.as_bytes()) as usize % CACHE_LINES;
        let [word_length, stem_length, room @ ..] = &mut cache.lines[line];
        let word = usize::from(*word_length);
        if room[..word] != *term.as_bytes() {
            let stem = stem_of_word(cache.stemmer, term);
            if term.len() + stem.len() > room.len() {
                *term = stem;
                return;
            }
            *word_length = term.len() as u8;
            *stem_length = stem.len() as u8;
            room[..term.len()].copy_from_slice(term.as_bytes());
            room[term.len()..][..stem.len()].copy_from_slice(stem.as_bytes());
            *term = stem;
            return;
        }
        let stem = std::str::from_utf8(&room[word..][..usize::from(*stem_length)]);
        term.clear();
        term.push_str(stem.unwrap_or_default());
    });
}

/// The analyzer as the engine wants it.
#[derive(Debug, Clone)]
pub struct Analyzer {
    form: Form,
    token: Token,
}

impl Analyzer {
    /// Makes an analyzer.
    pub fn new(form: Form) -> Self {
        Self {
            form,
            token: Token::default(),
        }
    }
}

/// The terms of one text.
pub struct AnalyzerStream<'a> {
    scan: Scan<'a>,
    form: Form,
    token: &'a mut Token,
}

impl Tokenizer for Analyzer {
    type TokenStream<'a> = AnalyzerStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> AnalyzerStream<'a> {
        self.token.reset();
        AnalyzerStream {
            scan: Scan::new(text),
            form: self.form,
            token: &mut self.token,
        }
    }
}

impl TokenStream for AnalyzerStream<'_> {
    fn advance(&mut self) -> bool {
        let Some(found) = self.scan.next() else {
            return false;
        };
        self.token.text.clear();
        found.write(self.scan.text, self.form, true, &mut self.token.text);
        self.token.offset_from = found.start;
        self.token.offset_to = found.end;
        self.token.position = found.position;
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn show(text: &str, form: Form) -> String {
        terms(text, form)
            .iter()
            .map(|word| format!("{}@{}", word.term, word.position))
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn the_fields_own_words_survive() {
        for (text, expected) in [
            ("CI/CD pipelines", "ci/cd@0 ci@0 cd@1 pipelines@2"),
            ("C++, C# and F#", "c++@0 c#@1 and@2 f#@3"),
            (
                "C/C++ or C++/C#",
                "c/c++@0 c@0 c++@1 or@2 c++/c#@3 c++@3 c#@4",
            ),
            (".NET, ASP.NET", ".net@0 asp.net@1 asp@1 net@2"),
            (
                "Node.js (on-call)",
                "node.js@0 node@0 js@1 on-call@2 on@2 call@3",
            ),
            ("TCP/IP, P&L, R&D", "tcp/ip@0 tcp@0 ip@1 p&l@2 r&d@3"),
            (
                "SOC 2, OAuth 2.0, p95, 99.9%, k8s",
                "soc@0 2@1 oauth@2 2.0@3 p95@4 99.9@5 k8s@6",
            ),
            (
                "the team's teams’ don't",
                "the@0 team@1 teams@2 don't@3 don@3",
            ),
            (
                "résumé RÉSUMÉ İstanbul straße",
                "resume@0 resume@1 istanbul@2 strasse@3",
            ),
            ("end. Next... e.g. x", "end@0 next@1 e.g@2 x@3"),
            ("a -- b - c 'd' _e_", "a@0 b@1 c@2 d@3 e@4"),
            ("🚀 -", ""),
        ] {
            assert_eq!(show(text, Form::Exact), expected, "{text}");
        }
        assert_eq!(
            show("Managers managing Node.js management p95s", Form::Stem),
            "manag@0 manag@1 node.js@2 node@2 js@3 manag@4 p95s@5"
        );
    }

    #[test]
    fn both_forms_have_one_stem() {
        let text = "Managers managing going Node.js ops résumés p95s C++ 日本語 it";
        let exact = terms(text, Form::Exact);
        let stems: Vec<String> = exact.iter().map(|word| stem_of(&word.term)).collect();
        assert_eq!(
            stems,
            terms(text, Form::Stem)
                .into_iter()
                .map(|word| word.term)
                .collect::<Vec<_>>()
        );
    }

    #[test]
    fn names_have_one_key() {
        assert_eq!(name_key("Director, of  DevOps!"), "director of devops");
        assert_eq!(name_key("CI/CD Lead"), "ci cd lead");
    }

    proptest! {
        #[test]
        fn spans_stand_in_the_text_and_positions_rise(text in "(\\PC|[a-cA-C]|[./&'_+# -]|’|é|\u{301}){0,60}") {
            let mut last = 0;
            for word in terms(&text, Form::Stem) {
                prop_assert!(text.get(word.span.0..word.span.1).is_some_and(|raw| !raw.is_empty()));
                prop_assert!(word.position >= last && !word.term.is_empty());
                last = word.position;
            }
        }
    }
}
