//! Turns concepts into posting lists of a range of a segment.

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

use tantivy::query::{BooleanQuery, EnableScoring, Occur, PhraseQuery, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, SegmentReader, TERMINATED, Term};

use super::super::beside;
use super::super::frequencies::{self, Frequencies};
use crate::index::OpenIndex;
use crate::index::analysis::name_key;
use crate::index::document::{
    ALIAS, ENTITY, INITIALS, TITLE, TITLE_WORDS, entity_key, title_words_key,
};
use crate::index::header::FacetValue;
use crate::index::schema::{FieldSet, TextField};
use crate::query::{Concept, Expanded, Kind, Matcher, Variant};
use crate::ranking::{Weights, idf};

use super::{Blocks, Evidence, List, ListRole, Phrase, Source};

/// Opens all lists of a query for a range of one segment: those of its concepts, and those of what is left out, by its place
/// there.
pub fn open<'a>(
    index: &'a OpenIndex,
    place: u32,
    range: Range<DocId>,
    expanded: &'a Expanded,
    frequencies: &[Frequencies],
    weights: &Weights,
) -> tantivy::Result<(Vec<List<'a>>, Vec<List<'a>>)> {
    let opener = Opener {
        index,
        segment: index.searcher.segment_reader(place),
        place,
        range,
        together: RefCell::default(),
        decides: expanded.concepts.len() < 2 || expanded.formula.is_some(),
        weights,
    };
    let mut lists = Vec::new();
    for (at, (concept, known)) in expanded.concepts.iter().zip(frequencies).enumerate() {
        opener.concept(at, concept, known, &mut lists)?;
        if !weights.is_plain {
            opener.exact(at, concept, &mut lists)?;
            opener.parts(at, concept, &mut lists)?;
        }
    }
    if !weights.is_plain {
        for (first, second, [one, other]) in &expanded.pairs {
            let share =
                frequencies[*second].rarity / frequencies[*first].rarity.max(f32::MIN_POSITIVE);
            let weight = weights.score.pair * f32::midpoint(1.0, share.min(4.0));
            let pair = format!("{one} {other}");
            opener.bonus(
                index.fields.pair,
                &pair,
                *first,
                weight,
                ListRole::Pair,
                TextField::Title,
                0,
                &mut lists,
            )?;
        }
    }
    let mut excluded = Vec::new();
    for (at, concept) in expanded.excluded.iter().enumerate() {
        let known = frequencies::frequencies(index, concept, false);
        opener.concept(at, concept, &known, &mut excluded)?;
    }
    Ok((lists, excluded))
}

/// Opens the lists of facet values that must not be there, under the place `concept`.
pub fn facet_lists<'a>(
    segment: &SegmentReader,
    field: Field,
    values: &[&FacetValue],
    concept: usize,
) -> tantivy::Result<Vec<List<'a>>> {
    let mut lists = Vec::new();
    for value in values {
        let facet = tantivy::schema::Facet::from_path(value.path.split('/'));
        let term = Term::from_facet(field, &facet);
        let inverted = segment.inverted_index(field)?;
        if let Some(postings) = inverted.read_block_postings(&term, IndexRecordOption::Basic)? {
            lists.push(List {
                postings: Source::Terms(Box::new(Blocks::new(postings))),
                concept,
                weight: 1.0,
                strength: 1.0,
                evidence: Evidence {
                    field: TextField::Other,
                    variant: 0,
                    role: ListRole::Finds,
                },
                is_prose: false,
                domains: None,
                read: 0,
            });
        }
    }
    Ok(lists)
}

/// Returns the documents whose whole title, or a whole alias, the query is, or one of whose entities the words that say
/// something name as a whole: with the factor that they get, the greatest of several.
pub fn whole_names(
    index: &OpenIndex,
    place: u32,
    text: &str,
    expanded: &Expanded,
    weights: &Weights,
) -> tantivy::Result<Vec<(DocId, f32)>> {
    let score = weights.score;
    let typed: Vec<&str> = expanded
        .concepts
        .iter()
        .map(|concept| concept.typed.as_str())
        .collect();
    let typed = typed.join(" ");
    let mut found: Vec<(DocId, f32)> = Vec::new();
    for (sign, key, factor) in [
        (TITLE, name_key(text), score.whole_title),
        (ALIAS, name_key(text), score.whole_alias),
        (ENTITY, entity_key(&typed), score.whole_name),
        (TITLE_WORDS, title_words_key(&typed), score.title_words),
    ] {
        let text = format!("{sign}{key}");
        let whole = index.fields.whole;
        let postings = index.postings(place, whole, &text, IndexRecordOption::Basic)?;
        if let Some(mut postings) = postings {
            while postings.doc() != TERMINATED {
                found.push((postings.doc(), factor));
                postings.advance();
            }
        }
    }
    found.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
    found.dedup_by_key(|(doc, _)| *doc);
    Ok(found)
}

/// Words in one order, each once.
fn in_order(stems: &[String]) -> Vec<String> {
    let mut stems = stems.to_vec();
    stems.sort();
    stems.dedup();
    stems
}

/// The documents that have some words in a field.
struct Together {
    field: Field,
    /// The words, as [`in_order`] puts them.
    words: Vec<String>,
    docs: Rc<[DocId]>,
}

struct Opener<'a, 'w> {
    index: &'a OpenIndex,
    segment: &'a SegmentReader,
    /// The segment's place.
    place: u32,
    /// The documents that are wanted.
    range: Range<DocId>,
    /// The documents that have the words of a phrase in any order, by the field and the words in order.
    together: RefCell<Vec<Together>>,
    /// Whether it hangs on each concept which roles match; else a role that lacks one mostly has another.
    decides: bool,
    weights: &'w Weights,
}

impl<'a> Opener<'a, '_> {
    fn concept(
        &self,
        at: usize,
        concept: &'a Concept,
        known: &Frequencies,
        lists: &mut Vec<List<'a>>,
    ) -> tantivy::Result<()> {
        let all = self.index.searcher.num_docs();
        for (variant_at, (variant, fields)) in
            concept.variants.iter().zip(&known.variants).enumerate()
        {
            let worth = self.weights.variant(variant);
            if worth <= 0.0 {
                continue;
            }
            let domains = self.domains(&variant.domains);
            for &(field, with) in fields {
                let rarity = self.weights.score.rarity(known.rarity, idf(with, all));
                let weight = self.weights.field(field) * worth * rarity
                    / known.rarity.max(f32::MIN_POSITIVE);
                let postings = if matches!(variant.matcher, Matcher::Initials(_)) {
                    self.initials(&variant.matcher)?
                } else {
                    self.source(concept, field, &variant.matcher)?
                };
                if let Some(postings) = postings {
                    lists.push(List {
                        postings,
                        concept: at,
                        weight,
                        strength: worth.min(1.0),
                        evidence: Evidence {
                            field,
                            variant: variant_at,
                            role: ListRole::Finds,
                        },
                        is_prose: field.is_prose(),
                        domains: domains.clone(),
                        read: 0,
                    });
                }
            }
        }
        Ok(())
    }

    /// The places of the domains and of those below them; `None` for all.
    fn domains(&self, names: &str) -> Option<Vec<u16>> {
        if names.is_empty() {
            return None;
        }
        let holds = |value: &FacetValue| {
            names.split('|').any(|name| {
                value.value == name
                    || value
                        .value
                        .strip_prefix(name)
                        .is_some_and(|rest| rest.starts_with('/'))
            })
        };
        let values = self.index.header.domains.iter().enumerate();
        Some(
            values
                .filter(|(_, value)| holds(value))
                .map(|(at, _)| at as u16)
                .collect(),
        )
    }

    fn initials(&self, matcher: &Matcher) -> tantivy::Result<Option<Source<'a>>> {
        let Matcher::Initials(initials) = matcher else {
            return Ok(None);
        };
        let text = format!("{INITIALS}{initials}");
        self.terms(self.index.fields.whole, &text, IndexRecordOption::Basic)
    }

    fn terms(
        &self,
        field: Field,
        text: &str,
        record: IndexRecordOption,
    ) -> tantivy::Result<Option<Source<'a>>> {
        let postings = self.index.blocks(self.place, field, text, record)?;
        let Some(mut blocks) = postings.map(Blocks::new) else {
            return Ok(None);
        };
        while blocks.doc() != TERMINATED && self.segment.is_deleted(blocks.doc()) {
            blocks.advance();
        }
        Ok((blocks.doc() != TERMINATED).then(|| Source::Terms(Box::new(blocks))))
    }

    fn source(
        &self,
        concept: &'a Concept,
        text_field: TextField,
        matcher: &'a Matcher,
    ) -> tantivy::Result<Option<Source<'a>>> {
        let field = self.index.fields.of(text_field);
        let term = |stem: &String| Term::from_field_text(field, stem);
        let must = |terms: Vec<Term>| {
            let clause = |term: Term| -> (Occur, Box<dyn Query>) {
                (
                    Occur::Must,
                    Box::new(TermQuery::new(term, IndexRecordOption::Basic)),
                )
            };
            BooleanQuery::new(terms.into_iter().map(clause).collect())
        };
        match matcher {
            Matcher::Word { stem, .. } => self.terms(field, stem, IndexRecordOption::WithFreqs),
            Matcher::Exact { stem, exact } => {
                let fields = &self.index.fields;
                let own = if field == fields.of(TextField::Title)
                    || field == fields.of(TextField::Alias)
                {
                    fields.title_exact
                } else {
                    fields.text_exact
                };
                let exact = Term::from_field_text(own, exact);
                self.scorer(&must(vec![term(stem), exact]))
            }
            Matcher::Phrase { stems, slop: 0 } if stems.len() > 1 => {
                self.phrase(concept, text_field, stems)
            }
            Matcher::Phrase { stems, slop } => {
                let mut query = PhraseQuery::new(stems.iter().map(term).collect());
                query.set_slop(*slop);
                self.scorer(&query)
            }
            Matcher::Together(stems) => self.together(field, stems),
            Matcher::Initials(_) => Ok(None),
        }
    }

    /// A phrase is left open where it decides on no hit: its words in any order find the same documents, or any other word does.
    /// Where it decides, all documents are asked at once, since that costs less than to ask each list in turn for each.
    fn phrase(
        &self,
        concept: &'a Concept,
        field: TextField,
        stems: &'a [String],
    ) -> tantivy::Result<Option<Source<'a>>> {
        let of = self.index.fields.of(field);
        let docs = self.docs_together(of, stems)?;
        if docs.is_empty() {
            return Ok(None);
        }
        let words = in_order(stems);
        let is_found_anyhow = |other: &Variant| match &other.matcher {
            Matcher::Together(other_stems) => {
                other.fields.contains(field)
                    && self.weights.variant(other) > 0.0
                    && in_order(other_stems) == words
            }
            _ => false,
        };
        let mut phrase = Box::new(Phrase::new(self.index, self.place, of, stems, docs));
        let is_open = !self.decides || concept.variants.iter().any(is_found_anyhow);
        Ok((is_open || phrase.prove()?).then_some(Source::Phrase(phrase)))
    }

    fn together(&self, field: Field, stems: &[String]) -> tantivy::Result<Option<Source<'a>>> {
        let docs = self.docs_together(field, stems)?;
        Ok((!docs.is_empty()).then_some(Source::Found(docs, 0)))
    }

    /// The documents that have some words in a field; looked for once, whatever is said of them.
    fn docs_together(&self, field: Field, stems: &[String]) -> tantivy::Result<Rc<[DocId]>> {
        let words = in_order(stems);
        let mut known = self.together.borrow_mut();
        let is_same = |known: &&Together| known.field == field && known.words == words;
        if let Some(known) = known.iter().find(is_same) {
            return Ok(Rc::clone(&known.docs));
        }
        let range = self.range.clone();
        let docs: Rc<[DocId]> =
            beside::together(self.index, self.place, field, stems, range)?.into();
        known.push(Together {
            field,
            words,
            docs: Rc::clone(&docs),
        });
        Ok(docs)
    }

    fn scorer(&self, query: &dyn Query) -> tantivy::Result<Option<Source<'a>>> {
        let weight = query.weight(EnableScoring::disabled_from_searcher(&self.index.searcher))?;
        let mut scorer = weight.scorer(self.segment, 1.0)?;
        while scorer.doc() != TERMINATED && self.segment.is_deleted(scorer.doc()) {
            scorer.advance();
        }
        Ok((scorer.doc() != TERMINATED).then_some(Source::Scorer(scorer)))
    }

    /// The words as typed, unstemmed, in titles, in names and anywhere.
    fn exact(
        &self,
        at: usize,
        concept: &'a Concept,
        lists: &mut Vec<List<'a>>,
    ) -> tantivy::Result<()> {
        let fields = &self.index.fields;
        let titles = (fields.title_exact, TextField::Title);
        let names = (fields.name_exact, TextField::SkillCritical);
        let text = (fields.text_exact, TextField::Summary);
        for (variant_at, variant) in concept.variants.iter().enumerate() {
            let Matcher::Word { exact, .. } = &variant.matcher else {
                continue;
            };
            let wide: &[(Field, TextField)] = if variant.fields == FieldSet::ALL {
                &[titles, names, text]
            } else if variant.fields.contains(TextField::Title) {
                &[titles]
            } else if variant.fields.contains(TextField::Responsibilities)
                || variant.fields.contains(TextField::Career)
            {
                &[]
            } else {
                &[names]
            };
            if matches!(
                variant.kind,
                Kind::Related | Kind::Head | Kind::NearHead | Kind::Narrower | Kind::Broader
            ) {
                continue;
            }
            let share = self.weights.score.exact * self.weights.variant(variant);
            for &(field, like) in wide {
                let weight = share * self.weights.field(like);
                self.bonus(
                    field,
                    exact,
                    at,
                    weight,
                    ListRole::Exact,
                    like,
                    variant_at,
                    lists,
                )?;
            }
        }
        Ok(())
    }

    /// The single words of a term of several, each with its share of the term's weight.
    fn parts(
        &self,
        at: usize,
        concept: &'a Concept,
        lists: &mut Vec<List<'a>>,
    ) -> tantivy::Result<()> {
        let share = self.weights.score.part / concept.parts.len().max(1) as f32;
        for (part, (stem, fields)) in concept.parts.iter().enumerate() {
            for field in fields.fields() {
                let weight = share * self.weights.field(field);
                let of = self.index.fields.of(field);
                self.bonus(of, stem, at, weight, ListRole::Part, field, part, lists)?;
            }
        }
        Ok(())
    }

    #[allow(clippy::too_many_arguments, reason = "a list has as many sides")]
    fn bonus(
        &self,
        field: Field,
        text: &str,
        concept: usize,
        weight: f32,
        role: ListRole,
        like: TextField,
        variant: usize,
        lists: &mut Vec<List<'a>>,
    ) -> tantivy::Result<()> {
        if weight <= 0.0 {
            return Ok(());
        }
        if let Some(postings) = self.terms(field, text, IndexRecordOption::Basic)? {
            lists.push(List {
                postings,
                concept,
                weight,
                strength: 0.0,
                evidence: Evidence {
                    field: like,
                    variant,
                    role,
                },
                is_prose: false,
                domains: None,
                read: 0,
            });
        }
        Ok(())
    }
}
