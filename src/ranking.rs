//! The weights of the ranking, and the formulas that put a score together.
//!
//! A concept's score is that of its best field plus a share of the others (a disjunction maximum), so that a word that
//! stands in six sections in passing does not outrank the role that is named by it. Rarity is taken from the blueprint as
//! a whole and blended with the field's own: in a short field nearly everything is rare.

use std::sync::OnceLock;

use crate::index::schema::TextField;
use crate::query::Via;

include!(concat!(env!("OUT_DIR"), "/ranking.rs"));

/// How the parts of a score are put together; `data/ranking.toml` says what each does.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs)]
pub struct Score {
    pub tie: f32,
    pub k1: f32,
    pub length: f32,
    pub field_idf: f32,
    pub pair: f32,
    pub exact: f32,
    pub whole_title: f32,
    pub whole_alias: f32,
    pub whole_name: f32,
}

#[derive(Debug, Clone, Copy)]
struct Variants {
    literal: f32,
    synonym: f32,
    typo: f32,
}

/// The weights of the ranking.
#[derive(Debug)]
pub struct Weights {
    fields: [f32; TextField::ALL.len()],
    /// How the parts are put together.
    pub score: Score,
    variants: Variants,
}

/// Returns the weights.
pub fn weights() -> &'static Weights {
    static WEIGHTS: OnceLock<Weights> = OnceLock::new();
    WEIGHTS.get_or_init(|| {
        let weight = |field: TextField| {
            FIELDS
                .iter()
                .find(|(name, _)| *name == field.id())
                .map_or(0.0, |(_, weight)| *weight)
        };
        Weights {
            fields: TextField::ALL.map(weight),
            score: SCORE,
            variants: VARIANTS,
        }
    })
}

impl Weights {
    /// Returns how much it counts that a word stands in a field.
    pub fn field(&self, field: TextField) -> f32 {
        self.fields[field as usize]
    }

    /// Returns how much a variant counts, by how it came about.
    pub fn variant(&self, via: Via) -> f32 {
        match via {
            Via::Literal => self.variants.literal,
            Via::Synonym => self.variants.synonym,
            Via::Typo => self.variants.typo,
        }
    }
}

impl Score {
    /// Returns the saturated count of a word in a field, 1 for the first time and towards `1 + k1` for many.
    pub fn frequency(&self, count: u32) -> f32 {
        let count = count as f32;
        count * (1.0 + self.k1) / (count + self.k1)
    }

    /// Returns the rarity of a concept in one field: the whole blueprint's, blended with the field's own.
    pub fn rarity(&self, whole: f32, field: f32) -> f32 {
        whole + self.field_idf * (field - whole).max(0.0)
    }

    /// Returns the factor of a role's length, in words, against the mean.
    pub fn length_factor(&self, words: u64, mean: f32) -> f32 {
        let relative = (words as f32 / mean.max(1.0)).min(4.0);
        1.0 / (1.0 - self.length + self.length * relative)
    }
}

/// Returns BM25's inverse document frequency of a term that stands in `with` of `all` documents.
///
/// Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), in the form that is never negative.
pub fn idf(with: u64, all: u64) -> f32 {
    let with = with.min(all) as f32;
    (1.0 + (all as f32 - with + 0.5) / (with + 0.5)).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_has_a_weight_and_evidence_is_ordered() {
        let weight = |field| weights().field(field);
        assert!(TextField::ALL.into_iter().all(|field| weight(field) > 0.0));
        assert_eq!(FIELDS.len(), TextField::ALL.len());
        assert!(weight(TextField::Title) > weight(TextField::Kpi));
        assert!(weight(TextField::SkillCritical) > weight(TextField::SkillImportant));
        assert!(weight(TextField::SkillImportant) > weight(TextField::SkillOptional));
        assert!(weight(TextField::SkillOptional) > weight(TextField::Summary));
        assert!(weight(TextField::Tool) > weight(TextField::Summary));
        assert!(weight(TextField::Summary) > weight(TextField::Responsibilities));
        assert!(weight(TextField::Responsibilities) > weight(TextField::Context));
    }

    #[test]
    fn formulas_keep_their_bounds() {
        let score = weights().score;
        assert!((score.frequency(1) - 1.0).abs() < 1e-6 && score.frequency(1_000) < 1.0 + score.k1);
        assert!(idf(10, 10) > 0.0 && idf(1, 10) > idf(5, 10));
        assert!(score.length_factor(10_000, 100.0) >= score.length_factor(400, 100.0) - 1e-6);
    }
}
