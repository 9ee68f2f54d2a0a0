//! What a query becomes: concepts, the variants that stand for each, and what is asked of an index to find them.

use serde::Serialize;

use crate::index::schema::FieldSet;

/// One need of a query, and everything that meets it.
#[derive(Debug, Clone, PartialEq)]
pub struct Concept {
    /// The words as typed.
    pub typed: String,
    /// Where they stand in the query's text, in bytes.
    pub span: (usize, usize),
    /// What stands for it, the literal first.
    pub variants: Vec<Variant>,
    /// The single words of a term of several: they add to the score of roles that others have found.
    pub parts: Vec<(String, FieldSet)>,
}

/// Something that stands for a concept.
#[derive(Debug, Clone, PartialEq)]
pub struct Variant {
    /// How it came about.
    pub kind: Kind,
    /// How well it stands for the concept beside others of its kind, 1 for fully.
    pub share: f32,
    /// The words, for people.
    pub shown: String,
    /// How it is found.
    pub matcher: Matcher,
    /// Where it is looked for.
    pub fields: FieldSet,
    /// The domains that it holds in, parted by `|`; empty for all.
    pub domains: String,
}

/// How a variant is found in the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Matcher {
    /// A term of the text fields, and the same unstemmed.
    Word {
        /// The stem.
        stem: String,
        /// The word itself.
        exact: String,
    },
    /// A word unstemmed, and its stem.
    Exact {
        /// The stem.
        stem: String,
        /// The word itself.
        exact: String,
    },
    /// Terms that follow each other, with up to `slop` others between.
    Phrase {
        /// The stems.
        stems: Vec<String>,
        /// How many words may stand between.
        slop: u32,
    },
    /// Terms that stand in one field, in any order.
    Together(Vec<String>),
    /// The first letters of a title.
    Initials(String),
}

/// How a variant came about, as finely as its weight needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// As typed, in any form of the word.
    Literal,
    /// The words of a term, not side by side.
    Together,
    /// A single word of a term of several.
    Part,
    /// Joined or apart.
    Spelling,
    /// A short form for a long one, or the other way.
    Acronym,
    /// Another word for it.
    Synonym,
    /// A short form in titles.
    Short,
    /// Another name of a role.
    Name,
    /// Another word for what a title is about.
    Modifier,
    /// Another head noun of a title.
    Head,
    /// A head noun that often makes the same job.
    NearHead,
    /// A kind of it.
    Narrower,
    /// What it is a kind of.
    Broader,
    /// A word that begins so.
    Prefix,
    /// A typing error repaired.
    Typo,
    /// A short form that the corpus explains.
    Taught,
    /// The first letters of a title.
    Initials,
    /// A neighbour in meaning.
    Related,
}

/// How a variant came about, for people and programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Via {
    /// As typed.
    Literal,
    /// Another form of the word: plural, tense, noun.
    Stem,
    /// Another spelling: British or American, joined or apart.
    Spelling,
    /// A short form for a long one, or the other way.
    Acronym,
    /// Another word for it.
    Synonym,
    /// A kind of it.
    Narrower,
    /// What it is a kind of.
    Broader,
    /// A word that begins so.
    Prefix,
    /// A typing error repaired.
    Typo,
    /// The first letters of a title.
    Initials,
    /// A neighbour in meaning.
    Related,
}

impl Kind {
    /// Returns how people are told of it.
    pub fn via(self) -> Via {
        match self {
            Self::Literal | Self::Together | Self::Part => Via::Literal,
            Self::Spelling => Via::Spelling,
            Self::Acronym | Self::Short | Self::Taught => Via::Acronym,
            Self::Synonym | Self::Name | Self::Modifier | Self::Head | Self::NearHead => {
                Via::Synonym
            }
            Self::Narrower => Via::Narrower,
            Self::Broader => Via::Broader,
            Self::Prefix => Via::Prefix,
            Self::Typo => Via::Typo,
            Self::Initials => Via::Initials,
            Self::Related => Via::Related,
        }
    }

    /// Returns whether it stands for a term of several words as a whole.
    pub fn is_other_word(self) -> bool {
        !matches!(self, Self::Literal | Self::Together | Self::Part)
    }

    /// Returns whether it means the concept itself, not something beside it: what the concept's rarity is taken from.
    pub fn is_same(self) -> bool {
        !matches!(
            self,
            Self::Narrower
                | Self::Broader
                | Self::Related
                | Self::Initials
                | Self::NearHead
                | Self::Together
                | Self::Part
        )
    }
}

impl Via {
    /// Returns the name in the machine formats.
    pub fn id(self) -> &'static str {
        match self {
            Self::Literal => "literal",
            Self::Stem => "stem",
            Self::Spelling => "spelling",
            Self::Acronym => "acronym",
            Self::Synonym => "synonym",
            Self::Narrower => "narrower",
            Self::Broader => "broader",
            Self::Prefix => "prefix",
            Self::Typo => "typo",
            Self::Initials => "initials",
            Self::Related => "related",
        }
    }
}

/// What the expansion asks of an index.
pub trait Dictionary {
    /// Returns in how many roles a stem stands, at most over the fields.
    fn roles_with(&self, stem: &str, fields: FieldSet) -> u64;
    /// Returns in how many roles terms follow each other within a field, counted up to `most` in each field.
    fn roles_with_phrase(&self, stems: &[String], fields: FieldSet, most: u64) -> u64;
    /// Returns whether the word itself stands in a text, a title or a name.
    fn is_word(&self, word: &str) -> bool;
    /// Returns whether the word itself stands in a title or a name.
    fn is_name(&self, word: &str) -> bool;
    /// Returns whether the word itself stands in the name of a KPI, a skill or a tool.
    fn is_entity(&self, word: &str) -> bool;
    /// Returns the words that begin so, up to a number, the most frequent first.
    fn starting_with(&self, prefix: &str, limit: usize) -> Vec<String>;
    /// Returns the words at up to two edits, a transposition being one; `of_names` looks in titles and names alone.
    fn within_edits(&self, word: &str, edits: u8, of_names: bool) -> Vec<String>;
    /// Returns the long forms that documents give a short one, and the other way.
    fn explained(&self, term: &str) -> Vec<String>;
    /// Returns whether a title has these initials.
    fn has_initials(&self, initials: &str) -> bool;
}
