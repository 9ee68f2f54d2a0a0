//! Turns what a user types into concepts and the variants that stand for each of them.

pub mod expand;
pub mod parse;
mod synonyms;

pub use expand::{Concept, Dictionary, Expanded, Matcher, Variant, Via, expand};
pub use parse::{Clause, Query, Scope, parse};
