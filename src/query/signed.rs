//! Turns a term that is quoted or signed into a concept: it is not replaced by other words.

use super::concept::{Concept, Dictionary, Kind, Matcher};
use super::expand::fields_of;
use super::tree::{Leaf, LeafKind};
use super::variants::{member_matcher, plain, push, word_matcher};
use crate::index::analysis::{Form, sequence, terms};

/// The most words that a beginning stands for.
const MAX_PREFIXED: usize = 64;

/// Makes the concept of a term that is quoted or signed: it is not replaced by other words.
pub fn signed(leaf: &Leaf, dictionary: &dyn Dictionary) -> Option<Concept> {
    let fields = fields_of(leaf.scope);
    let stems = sequence(&leaf.text, Form::Stem);
    let variant = |kind, shown: &str, matcher| plain(kind, shown, matcher, fields);
    let variants = match leaf.kind {
        LeafKind::Exact => {
            let word = terms(&leaf.text, Form::Exact).into_iter().next()?;
            let stem = terms(&leaf.text, Form::Stem).swap_remove(0).term;
            vec![variant(
                Kind::Literal,
                &leaf.text,
                Matcher::Exact {
                    stem,
                    exact: word.term,
                },
            )]
        }
        LeafKind::Prefix => {
            let start = terms(&leaf.text, Form::Exact).into_iter().next()?.term;
            let words = dictionary.starting_with(&start, MAX_PREFIXED);
            let found = words.iter().map(|word| {
                let kind = if *word == start {
                    Kind::Literal
                } else {
                    Kind::Prefix
                };
                variant(kind, word, word_matcher(word))
            });
            let mut variants = Vec::new();
            found.for_each(|variant| push(&mut variants, variant));
            if variants.is_empty() {
                variants.push(variant(Kind::Prefix, &leaf.text, word_matcher(&start)));
            }
            variants
        }
        LeafKind::Phrase { slop } => match stems.as_slice() {
            [] => return None,
            [_] => vec![variant(
                Kind::Literal,
                &leaf.text,
                member_matcher(&leaf.text)?,
            )],
            _ => vec![variant(
                Kind::Literal,
                &leaf.text,
                Matcher::Phrase { stems, slop },
            )],
        },
        LeafKind::Word => return None,
    };
    Some(Concept {
        typed: leaf.text.clone(),
        span: leaf.span,
        variants,
        parts: Vec::new(),
    })
}
