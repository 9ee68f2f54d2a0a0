//! Looks up in how many roles the variants of a concept stand, field by field, and how rare that makes the concept.

use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet as _, TERMINATED, Term};

use crate::index::OpenIndex;
use crate::index::document::INITIALS;
use crate::index::schema::{FieldSet, TextField};
use crate::query::{Concept, Matcher, Variant};
use crate::ranking::idf;

/// A concept with the numbers of roles that its variants stand in, field by field.
pub struct Frequencies {
    /// For each variant, the fields that it stands in at all.
    pub variants: Vec<Vec<(TextField, u64)>>,
    /// How rare the concept is, in the whole blueprint.
    pub rarity: f32,
}

/// Looks up how often the variants of a concept stand where. A concept that stands nowhere is as rare as can be.
pub fn frequencies(index: &OpenIndex, concept: &Concept, is_plain: bool) -> Frequencies {
    let of = |variant: &Variant| {
        let fields = variant.fields.fields();
        let counts = fields.map(|field| (field, roles_with(index, field, &variant.matcher)));
        counts.filter(|(_, roles)| *roles > 0).collect::<Vec<_>>()
    };
    let variants: Vec<Vec<(TextField, u64)>> = concept.variants.iter().map(of).collect();
    let most = |same: bool| {
        let counted = concept.variants.iter().zip(&variants);
        counted
            .filter(|(variant, _)| variant.kind.is_same() == same)
            .flat_map(|(_, fields)| fields.iter().map(|(_, roles)| *roles))
            .max()
    };
    // What only kinds and neighbours of a concept are known of is no rarer than they are.
    let with = if is_plain {
        union(index, concept).unwrap_or(1).max(1)
    } else {
        most(true).or_else(|| most(false)).unwrap_or(1)
    };
    Frequencies {
        variants,
        rarity: idf(with, index.searcher.num_docs()),
    }
}

/// In how many roles the first variant stands in any field: the document frequency of plain BM25 over all of the text.
fn union(index: &OpenIndex, concept: &Concept) -> tantivy::Result<u64> {
    let mut roles = 0;
    let Some(Matcher::Word { stem, .. }) = concept.variants.first().map(|variant| &variant.matcher)
    else {
        return Ok(roles);
    };
    for segment in index.searcher.segment_readers() {
        let mut with = vec![false; segment.max_doc() as usize];
        for field in FieldSet::ALL.fields() {
            let field = index.fields.of(field);
            let term = Term::from_field_text(field, stem);
            let postings = segment
                .inverted_index(field)?
                .read_postings(&term, IndexRecordOption::Basic)?;
            if let Some(mut postings) = postings {
                while postings.doc() != TERMINATED {
                    let doc = postings.doc();
                    with[doc as usize] = !segment.is_deleted(doc);
                    postings.advance();
                }
            }
        }
        roles += with.iter().filter(|with| **with).count() as u64;
    }
    Ok(roles)
}

/// In how many roles a variant stands in a field; for several words, at most as many as the rarest of them.
fn roles_with(index: &OpenIndex, field: TextField, matcher: &Matcher) -> u64 {
    let engine_field = index.fields.of(field);
    let frequency = |stem: &str| index.roles_with_term(engine_field, stem);
    match matcher {
        Matcher::Word { stem, .. } | Matcher::Exact { stem, .. } => frequency(stem),
        Matcher::Phrase { stems, .. } | Matcher::Together(stems) => {
            let mut least = u64::MAX;
            for stem in stems {
                least = least.min(frequency(stem));
                if least == 0 {
                    return 0;
                }
            }
            if least == u64::MAX { 0 } else { least }
        }
        Matcher::Initials(initials) if field == TextField::Title => {
            let key = format!("{INITIALS}{initials}");
            index.roles_with_term(index.fields.whole, &key)
        }
        Matcher::Initials(_) => 0,
    }
}
