//! Turns what a user types into concepts and the variants that stand for each of them.

pub mod expand;
mod lex;
pub mod parse;
pub mod thesaurus;
pub mod tree;
mod typo;
mod variants;

pub use expand::{
    Concept, Dictionary, Expanded, Formula, Kind, Matcher, Rules, Variant, Via, expand,
};
pub use parse::parse;
pub use tree::{Dimension, Query, Scope};
pub use typo::nearest_word;
