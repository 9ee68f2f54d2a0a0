//! Turns a word, or a known term of several, into a concept with everything that stands for it.

use super::concept::{Concept, Dictionary, Kind, Matcher, Variant};
use super::expand::Rules;
use super::lex::{is_silent, is_silent_as_typed};
use super::thesaurus::{Entry, neighbours};
use super::tree::{Leaf, Scope};
use super::typo::nearest_word;
use crate::index::analysis::{Form, sequence, stem_of, terms};
use crate::index::schema::{FieldSet, TextField};

/// The most neighbours in meaning of a word.
const MAX_NEIGHBOURS: usize = 8;
/// Up to so many words, the neighbours of each count fully.
const FULL_NEIGHBOURS: f32 = 3.0;
/// A term that fewer roles have is looked for by its single words too.
const FEW: u64 = 3;
/// The shortest word that is written joined or apart, in letters.
const MIN_JOINED_LETTERS: usize = 5;

/// Where the relations of titles hold.
const NAMES: FieldSet = FieldSet::of(&[TextField::Title, TextField::Alias]);
const NAMES_AND_SUMMARY: FieldSet =
    FieldSet::of(&[TextField::Title, TextField::Alias, TextField::Summary]);

/// Where a kind of a thing, or what it is a kind of, says enough.
const EVIDENCE: FieldSet = FieldSet::of(&[
    TextField::Title,
    TextField::Alias,
    TextField::Kpi,
    TextField::SkillCritical,
    TextField::SkillImportant,
    TextField::SkillOptional,
    TextField::Tool,
    TextField::Summary,
]);

/// A word of the query, analyzed.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    /// As typed.
    pub typed: String,
    /// Where its term stands in the query's text, in bytes.
    pub span: (usize, usize),
    /// The stem.
    pub stem: String,
    /// The word itself.
    pub exact: String,
    /// The parts of a whole, unstemmed.
    pub parts: Vec<String>,
    /// Where it is looked for, as typed.
    pub scope: Scope,
    /// The fields of that.
    pub fields: FieldSet,
}

impl Piece {
    /// Returns whether it asks and says nothing.
    pub fn is_silent(&self) -> bool {
        self.scope == Scope::Any && is_silent_as_typed(&self.typed)
    }
}

/// Returns the text by which the thesaurus knows words side by side.
pub fn key_of(pieces: &[Piece]) -> String {
    let words: Vec<&str> = pieces.iter().map(|piece| piece.exact.as_str()).collect();
    words.join(" ")
}

/// Returns the words with hyphens between them.
pub fn hyphened(pieces: &[Piece]) -> String {
    key_of(pieces).replace(' ', "-")
}

/// Adds a variant that is not there yet; of two with one matcher, the first stays.
pub fn push(variants: &mut Vec<Variant>, variant: Variant) {
    let is_known =
        |known: &Variant| known.matcher == variant.matcher && known.fields == variant.fields;
    if !variants.iter().any(is_known) {
        variants.push(variant);
    }
}

/// What the making of variants looks at.
pub struct Context<'a> {
    /// The index.
    pub dictionary: &'a dyn Dictionary,
    /// What is wanted.
    pub rules: &'a Rules,
    /// Whether the query is a text rather than some words: neighbours in meaning would drown it.
    pub is_long: bool,
    /// Whether roles that match are to be left out: then only what means the same counts.
    pub excluded: bool,
    /// Whether the word must be met.
    pub required: bool,
    /// Number of words that say something.
    pub words: usize,
    /// The terms that stand beside it.
    pub query: &'a [&'a Leaf],
}

impl Context<'_> {
    /// Makes the concept of words that together are one known term, such as `mean time to restore` or `back end`; `None`
    /// where they are none, or where nothing of it stands in the index.
    pub fn term(&self, pieces: &[Piece]) -> Option<Concept> {
        if self.rules.no_synonyms {
            return None;
        }
        let key = key_of(pieces);
        let joined = self.joined(pieces);
        let entries = self.rules.thesaurus.entries(&key);
        let explained = self.dictionary.explained(&key);
        let is_known = !entries.is_empty() || joined.is_some() || !explained.is_empty();
        let is_hyphened = || pieces.len() == 2 && self.dictionary.is_word(&hyphened(pieces));
        if !is_known && !is_hyphened() {
            return None;
        }
        let typed: Vec<&str> = pieces.iter().map(|piece| piece.typed.as_str()).collect();
        let typed = typed.join(" ");
        let stems = sequence(&typed, Form::Stem);
        let fields = pieces[0].fields;
        let mut concept = Concept {
            typed: typed.clone(),
            span: (pieces[0].span.0, pieces[pieces.len() - 1].span.1),
            variants: Vec::new(),
            parts: pieces
                .iter()
                .filter(|piece| !piece.is_silent())
                .map(|piece| (piece.stem.clone(), fields))
                .collect(),
        };
        let mut add = |kind, matcher| {
            push(&mut concept.variants, plain(kind, &typed, matcher, fields));
        };
        add(
            Kind::Literal,
            Matcher::Phrase {
                stems: stems.clone(),
                slop: 0,
            },
        );
        if let Some(joined) = &joined {
            add(Kind::Spelling, word_matcher(joined));
        }
        let content: Vec<String> = concept.parts.iter().map(|(stem, _)| stem.clone()).collect();
        if content.len() > 1 {
            add(Kind::Together, Matcher::Together(content));
        }
        self.add_entries(&mut concept, &key, &entries, fields);
        Self::add_explained(&mut concept, &explained, fields);
        // Once a few roles are known to have one of them, the others need not be asked for.
        let mut roles = 0;
        for variant in &concept.variants {
            if roles < FEW {
                roles = self.roles(variant).max(roles);
            }
        }
        match roles {
            0 => None,
            FEW.. => Some(concept),
            _ => {
                Self::add_parts(&mut concept, pieces);
                Some(concept)
            }
        }
    }

    /// Of a term that hardly any role has, the single words are looked for too.
    fn add_parts(concept: &mut Concept, pieces: &[Piece]) {
        let content: Vec<&Piece> = pieces.iter().filter(|piece| !piece.is_silent()).collect();
        for piece in &content {
            let mut variant = plain(
                Kind::Part,
                &piece.typed,
                word_matcher(&piece.exact),
                piece.fields,
            );
            variant.share = 1.0 / content.len() as f32;
            push(&mut concept.variants, variant);
        }
        concept.parts.clear();
    }

    /// Makes the concept of one word.
    pub fn word(&self, piece: &Piece, notes: &mut Vec<String>) -> Concept {
        let fields = piece.fields;
        let matcher = Matcher::Word {
            stem: piece.stem.clone(),
            exact: piece.exact.clone(),
        };
        let mut concept = Concept {
            typed: piece.typed.clone(),
            span: piece.span,
            variants: vec![plain(Kind::Literal, &piece.typed, matcher, fields)],
            parts: Vec::new(),
        };
        self.add_spellings(&mut concept, piece);
        if !self.rules.no_synonyms {
            let key = piece.exact.clone();
            let entries = self.rules.thesaurus.entries(&key);
            self.add_entries(&mut concept, &key, &entries, fields);
            Self::add_explained(&mut concept, &self.dictionary.explained(&key), fields);
        }
        let stands = concept.variants.iter().any(|variant| self.stands(variant));
        if !stands && !self.excluded && !self.is_known(piece) {
            self.repair(&mut concept, piece, notes);
        }
        // A word that must be there, or that names a skill, a KPI or a tool, is meant as it stands.
        let is_meant = self.required || self.excluded || self.dictionary.is_entity(&piece.exact);
        if !self.rules.no_synonyms && !self.is_long && !is_meant {
            self.add_neighbours(&mut concept, piece);
        }
        concept
    }

    /// Joined, apart, with a hyphen.
    fn add_spellings(&self, concept: &mut Concept, piece: &Piece) {
        let fields = piece.fields;
        if piece.parts.len() > 1 {
            let stems: Vec<String> = piece.parts.iter().map(|part| stem_of(part)).collect();
            let phrase = Matcher::Phrase { stems, slop: 0 };
            push(
                &mut concept.variants,
                plain(Kind::Literal, &piece.typed, phrase, fields),
            );
            let joined = piece.parts.concat();
            if self.dictionary.is_word(&joined) {
                let matcher = word_matcher(&joined);
                push(
                    &mut concept.variants,
                    plain(Kind::Spelling, &joined, matcher, fields),
                );
            }
            return;
        }
        let is_plain = piece.exact.chars().all(char::is_alphabetic)
            && (MIN_JOINED_LETTERS..=32).contains(&piece.exact.chars().count());
        if !is_plain {
            return;
        }
        for (at, _) in piece.exact.char_indices().skip(2) {
            let (first, second) = piece.exact.split_at(at);
            let stems = vec![stem_of(first), stem_of(second)];
            let dictionary = self.dictionary;
            let is_apart = || {
                !is_silent(first)
                    && dictionary.is_word(first)
                    && dictionary.is_word(second)
                    && dictionary.roles_with_phrase(&stems, fields, 1) > 0
            };
            let is_long = second.chars().count() > 1;
            if is_long && (dictionary.is_word(&format!("{first}-{second}")) || is_apart()) {
                let phrase = Matcher::Phrase { stems, slop: 0 };
                let shown = format!("{first} {second}");
                push(
                    &mut concept.variants,
                    plain(Kind::Spelling, &shown, phrase, fields),
                );
            }
        }
    }

    /// Two words that the index knows as one.
    fn joined(&self, pieces: &[Piece]) -> Option<String> {
        let [first, second] = pieces else { return None };
        let joined = format!("{}{}", first.exact, second.exact);
        let is_plain = joined.chars().all(char::is_alphabetic)
            && joined.chars().count() >= MIN_JOINED_LETTERS
            && !first.is_silent()
            && !second.is_silent()
            && first.exact.len() > 1
            && second.exact.len() > 1;
        (is_plain && self.dictionary.is_word(&joined)).then_some(joined)
    }

    fn add_entries(
        &self,
        concept: &mut Concept,
        term: &str,
        entries: &[Entry<'_>],
        fields: FieldSet,
    ) {
        for entry in entries {
            let with_others = |word: &str| {
                self.query.iter().any(|leaf| {
                    leaf.text
                        .to_lowercase()
                        .split(' ')
                        .any(|typed| typed == word)
                })
            };
            if self.excluded && entry.relation != Kind::Synonym {
                continue;
            }
            if !entry.with.is_empty() && !entry.with.split('|').any(with_others) {
                continue;
            }
            for member in &entry.members {
                let kind = match entry.relation {
                    Kind::Synonym if is_short_for(term, member) || is_short_for(member, term) => {
                        Kind::Acronym
                    }
                    kind => kind,
                };
                let fields = match kind {
                    Kind::Head | Kind::NearHead => fields.and(NAMES_AND_SUMMARY),
                    Kind::Short => fields.and(NAMES),
                    Kind::Narrower | Kind::Broader => fields.and(EVIDENCE),
                    _ => fields,
                };
                let Some(matcher) = member_matcher(member) else {
                    continue;
                };
                let mut variant = plain(kind, member, matcher, fields);
                variant.domains = entry.domains.to_owned();
                push(&mut concept.variants, variant);
            }
        }
    }

    fn add_explained(concept: &mut Concept, explained: &[String], fields: FieldSet) {
        for other in explained {
            if let Some(matcher) = member_matcher(other) {
                push(
                    &mut concept.variants,
                    plain(Kind::Taught, other, matcher, fields),
                );
            }
        }
    }

    /// Neighbours in meaning; beside many words that say what is wanted, each counts less.
    fn add_neighbours(&self, concept: &mut Concept, piece: &Piece) {
        let others = (FULL_NEIGHBOURS / self.words as f32).min(1.0);
        for (word, likeness) in neighbours(&piece.exact).take(MAX_NEIGHBOURS) {
            let mut variant = plain(Kind::Related, word, word_matcher(word), piece.fields);
            variant.share = likeness * others;
            let is_known = concept.variants.iter().any(|known| {
                matches!((&known.matcher, &variant.matcher),
                    (Matcher::Word { stem: one, .. }, Matcher::Word { stem: other, .. }) if one == other)
            });
            if !is_known {
                concept.variants.push(variant);
            }
        }
    }

    /// Whether a word stands elsewhere in the index, or is none of it but has neighbours there: then it is no typing error.
    fn is_known(&self, piece: &Piece) -> bool {
        if self.dictionary.roles_with(&piece.stem, FieldSet::ALL) > 0 {
            return true;
        }
        !self.rules.no_synonyms
            && !self.is_long
            && neighbours(&piece.exact)
                .take(MAX_NEIGHBOURS)
                .any(|(word, _)| self.dictionary.roles_with(&stem_of(word), piece.fields) > 0)
    }

    /// Repairs a word that stands nowhere and has no other word that does; where nothing is near, it may be a title's initials.
    fn repair(&self, concept: &mut Concept, piece: &Piece, notes: &mut Vec<String>) {
        let fields = piece.fields;
        if !self.rules.no_fuzzy
            && let Some(word) = nearest_word(&piece.exact, fields, self.dictionary)
        {
            notes.push(format!(
                "no role mentions \"{}\"; using \"{word}\"",
                concept.typed
            ));
            let entries = if self.rules.no_synonyms {
                Vec::new()
            } else {
                self.rules.thesaurus.entries(&word)
            };
            push(
                &mut concept.variants,
                plain(Kind::Typo, &word, word_matcher(&word), fields),
            );
            let same: Vec<Entry<'_>> = entries
                .into_iter()
                .filter(|entry| entry.relation == Kind::Synonym)
                .collect();
            self.add_entries(concept, &word, &same, fields);
            return;
        }
        let letters = piece.exact.chars().count();
        if (3..=6).contains(&letters) && self.dictionary.has_initials(&piece.exact) {
            let matcher = Matcher::Initials(piece.exact.clone());
            let shown = piece.typed.to_uppercase();
            push(
                &mut concept.variants,
                plain(Kind::Initials, &shown, matcher, fields.and(NAMES)),
            );
        }
    }

    fn stands(&self, variant: &Variant) -> bool {
        self.roles(variant) > 0
    }

    /// In how many roles a variant stands for certain, as far as a few.
    fn roles(&self, variant: &Variant) -> u64 {
        if !variant.domains.is_empty() {
            return 0;
        }
        match &variant.matcher {
            Matcher::Word { stem, .. } | Matcher::Exact { stem, .. } => {
                self.dictionary.roles_with(stem, variant.fields)
            }
            Matcher::Phrase { stems, .. } => {
                self.dictionary
                    .roles_with_phrase(stems, variant.fields, FEW)
            }
            Matcher::Together(_) => 0,
            Matcher::Initials(initials) => u64::from(self.dictionary.has_initials(initials)),
        }
    }
}

pub fn plain(kind: Kind, shown: &str, matcher: Matcher, fields: FieldSet) -> Variant {
    Variant {
        kind,
        share: 1.0,
        shown: shown.to_owned(),
        matcher,
        fields,
        domains: String::new(),
    }
}

pub fn word_matcher(word: &str) -> Matcher {
    Matcher::Word {
        stem: stem_of(word),
        exact: word.to_owned(),
    }
}

/// The matcher of a term of one word or several; `None` for signs alone.
pub fn member_matcher(member: &str) -> Option<Matcher> {
    let words = terms(member, Form::Exact);
    let first = words.first()?;
    let parts = words.iter().filter(|word| !word.whole);
    if parts.clone().count() == 1 || first.span == (0, member.len()) {
        return Some(word_matcher(&first.term));
    }
    let stems: Vec<String> = parts.map(|word| stem_of(&word.term)).collect();
    (stems.len() > 1).then_some(Matcher::Phrase { stems, slop: 0 })
}

/// Whether a term of one word is the short form of one of several.
fn is_short_for(short: &str, long: &str) -> bool {
    !short.contains([' ', '-'])
        && short.chars().count() <= 7
        && long.contains([' ', '-', '/'])
        && short.chars().next() == long.chars().next()
}
