//! Turns concepts into posting lists of a segment, each with the weight that a hit in it has.

use tantivy::postings::{Postings, SegmentPostings};
use tantivy::query::{BooleanQuery, EnableScoring, Occur, PhraseQuery, Query, Scorer, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, SegmentReader, TERMINATED, Term};

use super::facets::SegmentFacet;
use super::frequencies::{self, Frequencies};
use crate::index::OpenIndex;
use crate::index::analysis::name_key;
use crate::index::document::{
    ALIAS, ENTITY, INITIALS, TITLE, TITLE_WORDS, entity_key, title_words_key,
};
use crate::index::header::FacetValue;
use crate::index::schema::{FieldSet, TextField};
use crate::query::{Concept, Expanded, Kind, Matcher};
use crate::ranking::{Weights, idf};

/// A posting list of one segment.
pub struct List {
    postings: Source,
    /// The place of the concept that it speaks for.
    pub concept: usize,
    /// What a hit in it is worth, before its frequency and the rarity of its concept.
    pub weight: f32,
    /// How well its variant stands for the concept.
    pub strength: f32,
    /// What it says, for the reason of a hit.
    pub evidence: Evidence,
    /// Whether the text of its field is prose, whose length counts.
    pub is_prose: bool,
    /// The places of the domains that it holds in.
    domains: Option<Vec<u16>>,
}

/// Where a list's hits come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Evidence {
    /// The field; of lists that only add to what others have found, the one that they are weighed like.
    pub field: TextField,
    /// The place of the variant in its concept; of a part, among the parts.
    pub variant: usize,
    /// What the list is.
    pub role: ListRole,
}

/// What a list is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListRole {
    /// It finds roles.
    Finds,
    /// It adds to the score of roles that others have found: the form as typed.
    Exact,
    /// A single word of a term of several.
    Part,
    /// A neighbour of the word stands beside it in a name.
    Pair,
}

enum Source {
    Terms(Box<SegmentPostings>),
    Scorer(Box<dyn Scorer>),
}

impl List {
    /// Returns whether the list finds roles by itself.
    pub fn finds(&self) -> bool {
        self.evidence.role == ListRole::Finds
    }

    /// Returns the document that the list stands at.
    pub fn doc(&self) -> DocId {
        match &self.postings {
            Source::Terms(postings) => postings.doc(),
            Source::Scorer(scorer) => scorer.doc(),
        }
    }

    /// Returns about how many documents the list has in its segment.
    pub fn size_hint(&self) -> u32 {
        match &self.postings {
            Source::Terms(postings) => postings.size_hint(),
            Source::Scorer(scorer) => scorer.size_hint(),
        }
    }

    /// Goes to the first document of the list from `start` on.
    pub fn skip_to(&mut self, start: DocId) {
        match &mut self.postings {
            Source::Terms(postings) if postings.doc() < start => postings.seek(start),
            Source::Scorer(scorer) if scorer.doc() < start => scorer.seek(start),
            _ => start,
        };
    }

    /// Goes through the documents from `start` to before `end`, with how often the word stands in the field of each.
    pub fn read(
        &mut self,
        start: DocId,
        end: DocId,
        domain: &SegmentFacet,
        mut each: impl FnMut(DocId, u32),
    ) {
        let domains = &self.domains;
        // A role without a domain may be of any.
        let holds = |doc: DocId| {
            domains.as_ref().is_none_or(|domains| {
                let own = domain.own(doc);
                own.is_empty() || own.iter().any(|at| domains.contains(at))
            })
        };
        let mut checked = |doc: DocId, count: u32| {
            if holds(doc) {
                each(doc, count);
            }
        };
        match &mut self.postings {
            Source::Terms(postings) => drive(
                postings.as_mut(),
                start,
                end,
                SegmentPostings::term_freq,
                &mut checked,
            ),
            Source::Scorer(scorer) => drive(scorer.as_mut(), start, end, |_| 1, &mut checked),
        }
    }
}

fn drive<D: DocSet + ?Sized>(
    docs: &mut D,
    start: DocId,
    end: DocId,
    count: impl Fn(&D) -> u32,
    mut each: impl FnMut(DocId, u32),
) {
    let mut doc = docs.doc();
    if doc < start {
        doc = docs.seek(start);
    }
    while doc < end {
        each(doc, count(docs));
        doc = docs.advance();
    }
}

/// Opens all lists of a query in one segment: those of its concepts, and those of what is left out, by its place there.
pub fn open(
    index: &OpenIndex,
    place: u32,
    expanded: &Expanded,
    frequencies: &[Frequencies],
    weights: &Weights,
) -> tantivy::Result<(Vec<List>, Vec<List>)> {
    let opener = Opener {
        index,
        segment: index.searcher.segment_reader(place),
        place,
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
pub fn facet_lists(
    segment: &SegmentReader,
    field: Field,
    values: &[&FacetValue],
    concept: usize,
) -> tantivy::Result<Vec<List>> {
    let mut lists = Vec::new();
    for value in values {
        let facet = tantivy::schema::Facet::from_path(value.path.split('/'));
        let term = Term::from_facet(field, &facet);
        let inverted = segment.inverted_index(field)?;
        if let Some(postings) = inverted.read_postings(&term, IndexRecordOption::Basic)? {
            lists.push(List {
                postings: Source::Terms(Box::new(postings)),
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

struct Opener<'a> {
    index: &'a OpenIndex,
    segment: &'a SegmentReader,
    /// The segment's place.
    place: u32,
    weights: &'a Weights,
}

impl Opener<'_> {
    fn concept(
        &self,
        at: usize,
        concept: &Concept,
        known: &Frequencies,
        lists: &mut Vec<List>,
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
                    self.source(field, &variant.matcher)?
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

    fn initials(&self, matcher: &Matcher) -> tantivy::Result<Option<Source>> {
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
    ) -> tantivy::Result<Option<Source>> {
        let postings = self.index.postings(self.place, field, text, record)?;
        let standing = postings.and_then(|postings| self.standing(postings));
        Ok(standing.map(|postings| Source::Terms(Box::new(postings))))
    }

    fn source(&self, field: TextField, matcher: &Matcher) -> tantivy::Result<Option<Source>> {
        let field = self.index.fields.of(field);
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
            Matcher::Phrase { stems, slop } => {
                let mut query = PhraseQuery::new(stems.iter().map(term).collect());
                query.set_slop(*slop);
                self.scorer(&query)
            }
            Matcher::Together(stems) => self.scorer(&must(stems.iter().map(term).collect())),
            Matcher::Initials(_) => Ok(None),
        }
    }

    fn scorer(&self, query: &dyn Query) -> tantivy::Result<Option<Source>> {
        let weight = query.weight(EnableScoring::disabled_from_searcher(&self.index.searcher))?;
        let scorer = weight.scorer(self.segment, 1.0)?;
        Ok(self.standing(scorer).map(Source::Scorer))
    }

    /// A list at its first role that is not gone; `None` where there is none.
    fn standing<D: DocSet>(&self, mut docs: D) -> Option<D> {
        while docs.doc() != TERMINATED && self.segment.is_deleted(docs.doc()) {
            docs.advance();
        }
        (docs.doc() != TERMINATED).then_some(docs)
    }

    /// The words as typed, unstemmed, in titles, in names and anywhere.
    fn exact(&self, at: usize, concept: &Concept, lists: &mut Vec<List>) -> tantivy::Result<()> {
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
    fn parts(&self, at: usize, concept: &Concept, lists: &mut Vec<List>) -> tantivy::Result<()> {
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
        lists: &mut Vec<List>,
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
            });
        }
        Ok(())
    }
}
