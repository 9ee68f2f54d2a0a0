//! Finds for each posting list of a role the best place that it speaks of: words, section and line.

use super::rows::{Heard, RowKind, Scene};
use crate::blueprint::SectionKind;
use crate::index::analysis::{Form, terms};
use crate::index::schema::{FieldSet, TextField};
use crate::query::{Concept, Kind, Matcher, Variant, Via};
use crate::search::Hit;
use crate::search::passage::{Needles, Place, Standing, section_of};

/// The fields of names.
const NAMES: FieldSet = FieldSet::of(&[
    TextField::Kpi,
    TextField::SkillCritical,
    TextField::SkillImportant,
    TextField::SkillOptional,
    TextField::Tool,
]);

/// What a list is shown with.
pub struct Spot {
    /// The words.
    pub shown: String,
    /// How they came about.
    pub via: Via,
    /// The section.
    pub section: SectionKind,
    /// The line; `None` where nothing of one block says it.
    pub line: Option<u32>,
}

/// Where everything stands that the lists of a role may speak of.
pub struct Places {
    /// The concepts of the query, then one for each single word and each pair of neighbours.
    concepts: Vec<Concept>,
    /// For each concept of the query, the places of its single words in `concepts`.
    parts: Vec<Vec<usize>>,
    /// For each concept of the query, the place of the pair that it begins.
    pairs: Vec<Option<usize>>,
    standing: Vec<Standing>,
    /// The role's own line.
    line: u32,
}

impl Places {
    /// Looks through the text of a role.
    pub fn of(scene: &Scene<'_, '_>, hit: &Hit) -> tantivy::Result<Self> {
        let expanded = &scene.ranking.expanded;
        let mut concepts = expanded.concepts.clone();
        let mut parts = Vec::new();
        let mut pairs = vec![None; concepts.len()];
        for concept in &expanded.concepts {
            let first = concepts.len();
            for (stem, fields) in &concept.parts {
                concepts.push(part(&concept.typed, stem, *fields));
            }
            parts.push((first..concepts.len()).collect());
        }
        for (first, second, stems) in &expanded.pairs {
            let typed = [*first, *second].map(|at| expanded.concepts[at].typed.as_str());
            pairs[*first] = Some(concepts.len());
            let stems = stems.to_vec();
            concepts.push(only(
                typed.join(" "),
                Matcher::Phrase { stems, slop: 0 },
                FieldSet::ALL,
            ));
        }
        let request = scene.ranking.request;
        let needles = Needles::new(&concepts, &[], &request.weights, &request.levels.values, 0);
        let standing = needles.standing(&scene.stored.body()?, &scene.stored.layout()?);
        Ok(Self {
            concepts,
            parts,
            pairs,
            standing,
            line: hit.line,
        })
    }

    /// Returns what a list of the concept at `at` is shown with.
    pub fn spot(&self, at: usize, heard: &Heard) -> Spot {
        let (concept, variant) = match heard.kind {
            RowKind::Finds | RowKind::Exact => (at, heard.variant),
            RowKind::Part => (self.parts[at].get(heard.variant).copied().unwrap_or(at), 0),
            RowKind::Pair | RowKind::Near => (self.pairs[at].unwrap_or(at), 0),
        };
        let variants = &self.concepts[concept].variants;
        let known = variants.get(variant);
        let place = self.best(concept, variant, heard);
        let is_name = matches!(heard.field, TextField::Title | TextField::Alias);
        // The title and the other names are no text of a section; they stand on the role's own line.
        let (section, line) = match place {
            Some(place) => (place.section, Some(place.line)),
            None if is_name => (section_of(heard.field), Some(self.line)),
            None => (section_of(heard.field), None),
        };
        let usual = known.map_or(Via::Literal, |variant| variant.kind.via());
        let is_form = heard.kind == RowKind::Finds;
        let via = place.filter(|_| is_form).map_or(usual, |place| place.via);
        Spot {
            shown: known.map_or_else(String::new, |variant| variant.shown.clone()),
            via,
            section,
            line,
        }
    }

    /// The best place of a variant in the fields that a list speaks of.
    fn best(&self, concept: usize, variant: usize, heard: &Heard) -> Option<Place> {
        let own = |standing: &&Standing| standing.concept == concept && standing.variant == variant;
        let in_field = |standing: &&Standing| match heard.kind {
            RowKind::Finds | RowKind::Part => standing.field == heard.field,
            RowKind::Pair => NAMES.contains(standing.field),
            RowKind::Near => standing.field.is_prose(),
            RowKind::Exact => match heard.field {
                TextField::Title => false,
                TextField::SkillCritical => NAMES.contains(standing.field),
                _ => true,
            },
        };
        // Another form of the word is no place of the form as typed.
        let in_form = |standing: &&Standing| {
            heard.kind != RowKind::Exact || !matches!(standing.place.via, Via::Stem | Via::Spelling)
        };
        let mut standing = self.standing.iter().filter(own);
        let found = standing.find(|standing| in_field(standing) && in_form(standing));
        found.map(|standing| standing.place)
    }
}

/// A concept of one variant.
fn only(shown: String, matcher: Matcher, fields: FieldSet) -> Concept {
    let variant = Variant {
        kind: Kind::Literal,
        share: 1.0,
        shown: shown.clone(),
        matcher,
        fields,
        domains: String::new(),
    };
    Concept {
        typed: shown,
        span: (0, 0),
        variants: vec![variant],
        parts: Vec::new(),
    }
}

/// A single word of a term, as typed where it is part of what was typed.
fn part(typed: &str, stem: &str, fields: FieldSet) -> Concept {
    let words = terms(typed, Form::Stem);
    let word = words.iter().find(|word| word.term == stem);
    let shown = word.map_or(stem, |word| &typed[word.span.0..word.span.1]);
    let matcher = Matcher::Word {
        stem: stem.to_owned(),
        exact: shown.to_lowercase(),
    };
    only(shown.to_owned(), matcher, fields)
}
