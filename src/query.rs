//! Turns what a user types into concepts and the variants that stand for each of them.

mod concept;
mod expand;
mod lex;
pub mod parse;
mod signed;
pub mod thesaurus;
pub mod tree;
mod typo;
mod variants;

pub use concept::{Concept, Dictionary, Kind, Matcher, Variant, Via};
pub use expand::{Expanded, Formula, Rules, expand};
pub use parse::parse;
pub use tree::{Dimension, Query, Scope};
pub use typo::nearest_word;
