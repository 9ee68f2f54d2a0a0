//! The weights of the ranking, and the formulas that put a score together.
//!
//! A concept's score is that of its best field plus a share of the others (a disjunction maximum), so that a word that
//! stands in six sections in passing does not outrank the role that is named by it. Rarity is taken from the blueprint as
//! a whole and blended with the field's own: in a short field nearly everything is rare. How many of the concepts are met,
//! each weighed by its rarity, multiplies the sum; the more concepts a query has, the less it does.

use std::path::Path;
use std::sync::OnceLock;

use crate::error::{Error, Result};
use crate::index::schema::TextField;
use crate::query::{Kind, Variant};

include!(concat!(env!("OUT_DIR"), "/ranking.rs"));

/// Makes a struct of numbers that are set by name.
macro_rules! numbers {
    ($(#[$doc:meta])* $name:ident { $($field:ident),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, Default, PartialEq)]
        #[allow(missing_docs, reason = "`data/ranking.toml` says what each does")]
        pub struct $name { $(pub $field: f32,)* }

        impl $name {
            /// Sets a number by its name; returns whether there is one of that name.
            fn set(&mut self, name: &str, value: f32) -> bool {
                match name {
                    $(stringify!($field) => self.$field = value,)*
                    _ => return false,
                }
                true
            }
        }
    };
}

numbers! {
    /// How the parts of a score are put together; `data/ranking.toml` says what each does.
    Score {
        tie, k1, b, length, field_idf, coverage, coverage_words, strength, pair, near, exact, part,
        whole_title, whole_alias, title_words, whole_name,
    }
}

numbers! {
    /// How much each kind of variant counts; `data/ranking.toml` says so.
    Kinds {
        literal, together, part, spelling, acronym, synonym, short, name, modifier, head, near_head, narrower, broader,
        prefix, typo, taught, initials, related,
    }
}

/// How much meeting a common concept counts for coverage, beside its rarity.
const COMMON_SHARE: f32 = 0.2;
/// Covers what sums in another order may differ by.
pub const ROUNDING: f32 = 1.000_01;
/// Lucene's defaults for BM25.
const PLAIN_K1: f32 = 1.2;
const PLAIN_B: f32 = 0.75;

/// The weights of the ranking.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    fields: [f32; TextField::ALL.len()],
    /// How the parts are put together.
    pub score: Score,
    kinds: Kinds,
    /// Whether it is plain BM25 over the whole text: no fields, no other words, no bonus.
    pub is_plain: bool,
}

/// What was told of one concept in one role, in worths of lists.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Told {
    /// The most that one list gives.
    pub best: f32,
    /// What all give together.
    pub sum: f32,
    /// What is added by lists that find nothing themselves.
    pub bonus: f32,
    /// How well the best of what was met stands for the concept: 1 for the word as typed.
    pub strength: f32,
}

impl Told {
    /// Adds the worth of a list, whose variant stands for the concept so well; returns whether it is the best so far.
    pub fn add(&mut self, worth: f32, strength: f32) -> bool {
        self.sum += worth;
        if strength > self.strength {
            self.strength = strength;
        }
        let is_best = worth > self.best;
        if is_best {
            self.best = worth;
        }
        is_best
    }

    /// Returns what is told where other lists hold too.
    #[must_use]
    pub fn with(&self, other: &Self) -> Self {
        Self {
            best: self.best.max(other.best),
            sum: self.sum + other.sum,
            bonus: self.bonus + other.bonus,
            strength: self.strength.max(other.strength),
        }
    }
}

/// Returns the compiled-in weights.
pub fn weights() -> &'static Weights {
    static WEIGHTS: OnceLock<Weights> = OnceLock::new();
    WEIGHTS.get_or_init(|| {
        let mut weights = Weights {
            fields: [0.0; TextField::ALL.len()],
            score: Score::default(),
            kinds: Kinds::default(),
            is_plain: false,
        };
        for (part, name, value) in NUMBERS {
            weights.set(part, name, *value);
        }
        weights
    })
}

/// Returns the weights of plain BM25 with Lucene's parameters, over the text of all fields as one.
pub fn plain() -> &'static Weights {
    static WEIGHTS: OnceLock<Weights> = OnceLock::new();
    WEIGHTS.get_or_init(|| {
        let mut weights = Weights {
            fields: [1.0; TextField::ALL.len()],
            score: Score::default(),
            kinds: Kinds::default(),
            is_plain: true,
        };
        weights.kinds.literal = 1.0;
        weights
    })
}

impl Weights {
    /// Sets a number; returns whether there is one of that name.
    fn set(&mut self, part: &str, name: &str, value: f32) -> bool {
        match part {
            "fields" => {
                let field = TextField::ALL.iter().position(|field| field.id() == name);
                if let Some(at) = field {
                    self.fields[at] = value;
                }
                field.is_some()
            }
            "score" => self.score.set(name, value),
            "kinds" => self.kinds.set(name, value),
            _ => false,
        }
    }

    /// Reads a file in the form of `data/ranking.toml` whose numbers replace the compiled-in ones.
    ///
    /// # Errors
    /// Fails where the text is no such file, names something unknown, or holds what is no number from 0 on.
    pub fn with_overlay(text: &str, path: &Path) -> Result<Self> {
        let data = |line: usize, reason: String| Error::Data {
            path: path.to_owned(),
            line,
            reason,
        };
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
            let start = error.span().map_or(0, |span| span.start).min(text.len());
            data(
                text[..start].matches('\n').count() + 1,
                error.message().to_owned(),
            )
        })?;
        let mut weights = weights().clone();
        for (part, values) in &table {
            let values = values.as_table().ok_or_else(|| {
                data(
                    1,
                    format!("{part} stands outside of fields, score and kinds"),
                )
            })?;
            for (name, value) in values {
                let line = text
                    .lines()
                    .position(|line| line.trim_start().starts_with(name.as_str()));
                let line = line.unwrap_or_default() + 1;
                let number = value
                    .as_float()
                    .or_else(|| value.as_integer().map(|whole| whole as f64));
                let number = number
                    .filter(|number| number.is_finite() && *number >= 0.0)
                    .ok_or_else(|| data(line, format!("{part}.{name} is no number from 0 on")))?;
                if !weights.set(part, name, number as f32) {
                    return Err(data(line, format!("there is no {part}.{name}")));
                }
            }
        }
        Ok(weights)
    }

    /// Returns how much it counts that a word stands in a field.
    pub fn field(&self, field: TextField) -> f32 {
        self.fields[field as usize]
    }

    /// Returns how much a variant counts against the word as typed.
    pub fn variant(&self, variant: &Variant) -> f32 {
        variant.share * self.kind(variant.kind)
    }

    fn kind(&self, kind: Kind) -> f32 {
        let kinds = &self.kinds;
        match kind {
            Kind::Literal => kinds.literal,
            Kind::Together => kinds.together,
            Kind::Part => kinds.part,
            Kind::Spelling => kinds.spelling,
            Kind::Acronym => kinds.acronym,
            Kind::Synonym => kinds.synonym,
            Kind::Short => kinds.short,
            Kind::Name => kinds.name,
            Kind::Modifier => kinds.modifier,
            Kind::Head => kinds.head,
            Kind::NearHead => kinds.near_head,
            Kind::Narrower => kinds.narrower,
            Kind::Broader => kinds.broader,
            Kind::Prefix => kinds.prefix,
            Kind::Typo => kinds.typo,
            Kind::Taught => kinds.taught,
            Kind::Initials => kinds.initials,
            Kind::Related => kinds.related,
        }
    }

    /// Returns the saturated number of times that a word stands in a field: 1 for the first time, towards `1 + k1` for
    /// many. `length` is that of the document against the mean, and counts for prose.
    pub fn frequency(&self, count: u32, length: f32, is_prose: bool) -> f32 {
        let norm = if is_prose { self.norm(length) } else { 1.0 };
        self.saturated(count, norm)
    }

    /// Returns what the length of a document, against the mean, makes of the frequencies in its prose.
    #[inline]
    pub fn norm(&self, length: f32) -> f32 {
        1.0 - self.score.b + self.score.b * length
    }

    /// Returns the saturated number of times that a word stands in a field, for such a norm.
    #[inline]
    pub fn saturated(&self, count: u32, norm: f32) -> f32 {
        let count = count as f32;
        if self.is_plain {
            return count;
        }
        let k1 = self.score.k1;
        count * (1.0 + k1) / (count + k1 * norm)
    }

    /// Returns what one concept gives.
    pub fn concept(&self, told: &Told, rarity: f32, length: f32) -> f32 {
        if told.best <= 0.0 {
            return 0.0;
        }
        if self.is_plain {
            let norm = 1.0 - PLAIN_B + PLAIN_B * length;
            return rarity * told.sum * (1.0 + PLAIN_K1) / (told.sum + PLAIN_K1 * norm);
        }
        let score = &self.score;
        let worth = told.best + score.tie * (told.sum - told.best) + told.bonus;
        rarity * worth
    }

    /// Returns the factor of having met concepts of these rarities among all; `met` says how well, 0 for not at all.
    pub fn coverage(&self, met: impl Iterator<Item = f32>, rarities: &[f32]) -> f32 {
        if self.is_plain || rarities.len() < 2 {
            return 1.0;
        }
        let (mut covered, mut full) = (0.0, 0.0);
        for (met, rarity) in met.zip(rarities) {
            let share = rarity + COMMON_SHARE;
            full += share;
            if met > 0.0 {
                covered += share * (1.0 - self.score.strength * (1.0 - met.min(1.0)));
            }
        }
        let Score {
            coverage,
            coverage_words,
            ..
        } = self.score;
        let others = rarities.len() as f32 - 1.0;
        let power = coverage * coverage_words / (coverage_words + others).max(f32::MIN_POSITIVE);
        (covered / full.max(f32::MIN_POSITIVE)).powf(power)
    }

    /// Returns the factor of a document's length against the mean.
    pub fn length_factor(&self, length: f32) -> f32 {
        if self.is_plain {
            return 1.0;
        }
        let share = self.score.length;
        1.0 / (1.0 - share + share * length.min(4.0))
    }

    /// Returns the most that the score of a document can be, whatever its length and its coverage, before the factor of a whole
    /// name.
    pub fn most(&self, told: impl Iterator<Item = Told>, rarities: &[f32]) -> f32 {
        let shortest = self.length_factor(0.0);
        // What is no weight that a ranking would have bounds nothing.
        if self.is_plain || !(1.0..f32::MAX).contains(&shortest) {
            return f32::INFINITY;
        }
        let each = told.zip(rarities);
        let sum: f32 = each
            .map(|(told, rarity)| self.concept(&told, *rarity, 0.0))
            .sum();
        sum * shortest * ROUNDING
    }

    /// Returns the score of a document from what was told of each concept, before the factor of a whole name.
    pub fn together(
        &self,
        told: impl Iterator<Item = Told> + Clone,
        rarities: &[f32],
        length: f32,
    ) -> f32 {
        let concepts = told.clone().zip(rarities);
        let sum = concepts.fold(0.0, |sum, (told, rarity)| {
            sum + self.concept(&told, *rarity, length)
        });
        sum * self.coverage(told.map(|told| told.strength), rarities) * self.length_factor(length)
    }
}

impl Score {
    /// Returns the rarity of a concept in one field: the whole blueprint's, blended with the field's own.
    pub fn rarity(&self, whole: f32, field: f32) -> f32 {
        whole + self.field_idf * (field - whole).max(0.0)
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
    fn every_number_is_known_and_evidence_is_ordered() {
        let weight = |field| weights().field(field);
        let mut again = weights().clone();
        assert!(
            NUMBERS
                .iter()
                .all(|(part, name, value)| again.set(part, name, *value))
        );
        assert!(TextField::ALL.into_iter().all(|field| weight(field) > 0.0));
        assert!(weight(TextField::Title) > weight(TextField::Kpi));
        assert!(weight(TextField::SkillCritical) > weight(TextField::SkillImportant));
        assert!(weight(TextField::SkillImportant) > weight(TextField::SkillOptional));
        assert!(weight(TextField::SkillOptional) > weight(TextField::Summary));
        assert!(weight(TextField::Tool) > weight(TextField::Summary));
        assert!(weight(TextField::Summary) > weight(TextField::Responsibilities));
        assert!(weight(TextField::Responsibilities) > weight(TextField::Context));
        let kind = |kind| weights().kind(kind);
        assert!(kind(Kind::Literal) > kind(Kind::Synonym));
        assert!(kind(Kind::Synonym) > kind(Kind::Typo));
        assert!(kind(Kind::Typo) > kind(Kind::Related));
    }

    #[test]
    fn formulas_keep_their_bounds() {
        let weights = weights();
        let many = 1.0 + weights.score.k1;
        assert!((weights.frequency(1, 1.0, true) - 1.0).abs() < 1e-6);
        assert!(weights.frequency(1_000, 1.0, true) < many);
        assert!(idf(10, 10) > 0.0 && idf(1, 10) > idf(5, 10));
        assert!(weights.length_factor(100.0) >= weights.length_factor(4.0) - 1e-6);
        assert!((weights.coverage([1.0, 1.0].into_iter(), &[1.0, 2.0]) - 1.0).abs() < 1e-6);
        assert!(
            weights.coverage([0.0, 1.0].into_iter(), &[1.0, 2.0])
                > weights.coverage([1.0, 0.0].into_iter(), &[1.0, 2.0])
        );
    }

    #[test]
    fn a_file_replaces_numbers_by_name() {
        let path = Path::new("weights.toml");
        let replaced =
            Weights::with_overlay("[fields]\ntitle = 9\n[score]\ntie = 0.5\n", path).unwrap();
        assert!((replaced.field(TextField::Title) - 9.0).abs() < 1e-6);
        for (text, expected) in [
            (
                "[score]\nty = 1.0\n",
                "weights.toml:2: there is no score.ty",
            ),
            (
                "[fields]\ntitle = \"x\"\n",
                "weights.toml:2: fields.title is no number from 0 on",
            ),
            (
                "[fields]\ntitle = -1\n",
                "weights.toml:2: fields.title is no number from 0 on",
            ),
        ] {
            assert_eq!(
                Weights::with_overlay(text, path).unwrap_err().to_string(),
                expected
            );
        }
    }
}
