//! Turns a query and filters into ranked roles, facet counts and the reason for each hit.

mod cells;
mod facets;
mod lists;
pub mod passage;
mod role;
mod scan;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use tantivy::{DocAddress, SegmentReader};

use crate::error::{Error, Result};
use crate::index::OpenIndex;
use crate::index::header::FacetValue;
use crate::query::{Concept, Expanded, Via, expand, parse};
use crate::taxonomy::filter::Selection;
pub use facets::Counts;
use facets::SegmentFacet;
use lists::Evidence;
pub use passage::{Passage, Place};
pub use role::{StoredBlock, StoredRole, StoredSection, find_roles};
use scan::{Best, Candidate, Scoring, Segment};

/// What is asked.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The query's text.
    pub text: String,
    /// The chosen levels.
    pub levels: Selection,
    /// The chosen domains.
    pub domains: Selection,
    /// How many hits; 0 gives totals and facets only.
    pub limit: usize,
    /// How many hits are passed over.
    pub offset: usize,
    /// How many passages a hit gets at most; with 0 its text is not fetched, and places are not looked for.
    pub passages: usize,
}

/// What is answered.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// What became of each word.
    pub terms: Vec<Term>,
    /// What was replaced, for people.
    pub notes: Vec<String>,
    /// What was not read as it stands.
    pub warnings: Vec<String>,
    /// Whether there were words to rank by, as against filters alone.
    pub ranked: bool,
    /// The counts.
    pub counts: Counts,
    /// The hits.
    pub hits: Vec<Hit>,
}

/// What became of a word of the query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// The word as typed.
    pub term: String,
    /// How what is used came about; `None` where nothing of it stands anywhere.
    pub via: Option<Via>,
    /// The words that are used for it.
    pub used: Vec<String>,
}

/// A role that matches.
#[derive(Debug, Clone, Default)]
pub struct Hit {
    /// The id.
    pub id: String,
    /// The title.
    pub title: String,
    /// The title's own level.
    pub level: String,
    /// All its levels.
    pub levels: Vec<String>,
    /// Its domains.
    pub domains: Vec<String>,
    /// The path of its source.
    pub path: String,
    /// Its first line there.
    pub line: u32,
    /// The score; 0 where nothing was ranked.
    pub score: f32,
    /// The concepts that it meets, with the place where each stands.
    pub matched: Vec<Matched>,
    /// The concepts that it does not meet.
    pub missing: Vec<String>,
    /// The passages.
    pub passages: Vec<Passage>,
}

/// A concept that a role meets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matched {
    /// The words as typed.
    pub term: String,
    /// Where it stands.
    pub place: Place,
}

/// Answers a request.
///
/// # Errors
/// Fails where the index proves damaged.
pub fn search(index: &OpenIndex, request: &Request) -> Result<Answer> {
    fenced(index, || answer(index, request))
}

/// Runs what reads the engine's bytes: where these are damaged, the engine fails or panics.
pub(crate) fn fenced<T>(index: &OpenIndex, read: impl FnOnce() -> tantivy::Result<T>) -> Result<T> {
    let path = || {
        index
            .folder
            .clone()
            .unwrap_or_else(|| PathBuf::from("memory"))
    };
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(Error::Damaged {
            path: path(),
            reason: error.to_string(),
        }),
        Err(_) => Err(Error::Damaged {
            path: path(),
            reason: "the engine broke off".to_owned(),
        }),
    }
}

fn answer(index: &OpenIndex, request: &Request) -> tantivy::Result<Answer> {
    let query = parse(&request.text);
    let mut expanded = expand(&query, index);
    let ranked = !expanded.concepts.is_empty();
    let concepts = expanded.concepts.iter();
    let rarities: Vec<f32> = concepts
        .map(|concept| lists::concept_rarity(index, concept))
        .collect();
    let mut counts = Counts::new(index.header.levels.len(), index.header.domains.len());
    let all = index.searcher.num_docs() as usize;
    let wanted = request.limit.saturating_add(request.offset).min(all);
    let wanted = if request.limit == 0 { 0 } else { wanted };
    let mut candidates = Vec::new();
    let mut segments = Vec::new();
    let mut standing: Vec<(usize, usize)> = Vec::new();
    let is_asked = ranked || !expanded.excluded.is_empty() || query.text.is_empty();
    let readers = index.searcher.segment_readers().iter().enumerate();
    for (place, reader) in readers.filter(|_| is_asked) {
        let segment = open_segment(index, request, reader, place as u32, ranked)?;
        let mut best = Best::new(wanted);
        let (lists, excluded) = lists::open(index, reader, &expanded, &rarities)?;
        let finding = lists.iter().filter(|list| list.evidence.finds);
        standing.extend(finding.map(|list| (list.concept, list.evidence.variant)));
        if ranked {
            let whole = lists::whole_names(index, reader, &query.text, &expanded)?;
            let scoring = Scoring {
                rarities: &rarities,
                mean_length: index.header.mean_length,
                whole,
            };
            scan::scan(&segment, lists, excluded, &scoring, &mut counts, &mut best);
        } else {
            scan::scan_all(&segment, excluded, &mut counts, &mut best);
        }
        candidates.extend(best.into_sorted());
        segments.push(segment);
    }
    let candidates = page_of(index, candidates, request, ranked)?;
    let hits = hits(index, request, &expanded, &rarities, &segments, &candidates)?;
    let terms = terms(&expanded, &standing);
    expanded.notes.extend(synonym_note(&expanded, &standing));
    Ok(Answer {
        terms,
        notes: expanded.notes,
        warnings: query.remarks,
        ranked,
        counts,
        hits,
    })
}

fn open_segment<'a>(
    index: &OpenIndex,
    request: &Request,
    reader: &'a SegmentReader,
    place: u32,
    ranked: bool,
) -> tantivy::Result<Segment<'a>> {
    Ok(Segment {
        reader,
        place,
        level: SegmentFacet::open(reader, "level", &index.header.levels, &request.levels)?,
        domain: SegmentFacet::open(reader, "domain", &index.header.domains, &request.domains)?,
        lines: reader.fast_fields().u64("line_column")?,
        lengths: reader.fast_fields().u64("length_column")?,
        ties: role::text_column(reader, tie_column(ranked))?,
    })
}

/// Equal scores go by id; what is not ranked goes by title.
fn tie_column(ranked: bool) -> &'static str {
    if ranked { "id" } else { "sort_column" }
}

/// The wanted page of the candidates of all segments. Equal scores go by id, whatever the segment.
fn page_of(
    index: &OpenIndex,
    candidates: Vec<Candidate>,
    request: &Request,
    ranked: bool,
) -> tantivy::Result<Vec<Candidate>> {
    if index.searcher.segment_readers().len() < 2 {
        return Ok(candidates
            .into_iter()
            .skip(request.offset)
            .take(request.limit)
            .collect());
    }
    let mut keyed = Vec::new();
    for candidate in candidates {
        let reader = index.searcher.segment_reader(candidate.segment);
        let mut tie = String::new();
        role::text_column(reader, tie_column(ranked))?.ord_to_str(candidate.tie, &mut tie)?;
        keyed.push((candidate, tie));
    }
    keyed.sort_by(|(a, a_tie), (b, b_tie)| {
        b.score.total_cmp(&a.score).then_with(|| a_tie.cmp(b_tie))
    });
    Ok(keyed
        .into_iter()
        .map(|(candidate, _)| candidate)
        .skip(request.offset)
        .take(request.limit)
        .collect())
}

/// What became of each word; `standing` holds the places of concepts and variants that stand in some role.
fn terms(expanded: &Expanded, standing: &[(usize, usize)]) -> Vec<Term> {
    let of_concept = |(at, concept): (usize, &Concept)| {
        let (mut via, mut used) = (None, Vec::new());
        for (variant_at, variant) in concept.variants.iter().enumerate() {
            if standing.contains(&(at, variant_at)) {
                via = via.or(Some(variant.via));
                if !used.contains(&variant.shown) {
                    used.push(variant.shown.clone());
                }
            }
        }
        Term {
            term: concept.typed.clone(),
            via,
            used,
        }
    };
    expanded
        .concepts
        .iter()
        .enumerate()
        .map(of_concept)
        .collect()
}

/// Says which other words found roles too.
fn synonym_note(expanded: &Expanded, standing: &[(usize, usize)]) -> Option<String> {
    let mut shown: Vec<String> = Vec::new();
    for (at, concept) in expanded.concepts.iter().enumerate() {
        for (variant_at, variant) in concept.variants.iter().enumerate() {
            let quoted = format!("\"{}\"", variant.shown);
            if variant.via == Via::Synonym
                && standing.contains(&(at, variant_at))
                && !shown.contains(&quoted)
            {
                shown.push(quoted);
            }
        }
    }
    (!shown.is_empty()).then(|| format!("also looking for {}", shown.join(", ")))
}

fn hits(
    index: &OpenIndex,
    request: &Request,
    expanded: &Expanded,
    rarities: &[f32],
    segments: &[Segment<'_>],
    candidates: &[Candidate],
) -> tantivy::Result<Vec<Hit>> {
    let levels = &request.levels.values;
    let needles = passage::Needles::new(&expanded.concepts, rarities, levels, request.passages);
    let mut hits = Vec::with_capacity(candidates.len());
    for candidate in candidates {
        let segment = &segments[candidate.segment as usize];
        let mut hit = role::begin(segment, &index.header, candidate.doc);
        let mut places = vec![None; expanded.concepts.len()];
        if request.passages > 0 && !expanded.concepts.is_empty() {
            let stored =
                role::Stored::fetch(index, DocAddress::new(candidate.segment, candidate.doc))?;
            stored.fill(&mut hit);
            (hit.passages, places) = needles.find(stored.body(), &stored.layout()?);
        } else {
            role::fill_from_columns(segment.reader, candidate.doc, &mut hit)?;
        }
        hit.score = candidate.score;
        for (at, concept) in expanded.concepts.iter().enumerate() {
            match candidate.evidence.get(at).copied().flatten() {
                Some(evidence) => hit.matched.push(Matched {
                    term: concept.typed.clone(),
                    place: place_of(evidence, places[at], concept, hit.line),
                }),
                None => hit.missing.push(concept.typed.clone()),
            }
        }
        hits.push(hit);
    }
    Ok(hits)
}

/// The title and the other names are no passages of the text; they stand on the role's own line.
fn place_of(evidence: Evidence, place: Option<Place>, concept: &Concept, line: u32) -> Place {
    let is_name = matches!(
        evidence.field,
        crate::index::schema::TextField::Title | crate::index::schema::TextField::Alias
    );
    let via = concept
        .variants
        .get(evidence.variant)
        .map_or(Via::Literal, |variant| variant.via);
    match place {
        Some(place) if !is_name => place,
        _ => Place {
            section: passage::section_of(evidence.field),
            line,
            via,
        },
    }
}

/// Returns the ids of all roles, in order.
///
/// # Errors
/// Fails where the index proves damaged.
pub fn ids(index: &OpenIndex) -> Result<Vec<String>> {
    fenced(index, || {
        let mut ids = Vec::new();
        for reader in index.searcher.segment_readers() {
            let inverted = reader.inverted_index(index.fields.id)?;
            let mut stream = inverted.terms().stream()?;
            while stream.advance() {
                ids.push(String::from_utf8_lossy(stream.key()).into_owned());
            }
        }
        ids.sort();
        ids.dedup();
        Ok(ids)
    })
}

/// A value of a facet as a list shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted<'a> {
    /// The bare value.
    pub value: &'a str,
    /// The label for people.
    pub label: &'a str,
    /// How many roles choosing it gives.
    pub count: u64,
    /// Whether it is chosen.
    pub selected: bool,
}

/// Returns the values of a facet with their counts: those that some role has, and the chosen ones even at 0.
pub fn counted<'a>(
    values: &'a [FacetValue],
    counts: &[u64],
    selection: &'a Selection,
) -> Vec<Counted<'a>> {
    let mut counted = Vec::new();
    for (place, value) in values.iter().map(Some).chain([None]).enumerate() {
        let absent = selection
            .absent
            .iter()
            .filter(|absent| absent.place == place);
        counted.extend(absent.map(|absent| Counted {
            value: &absent.value,
            label: &absent.label,
            count: 0,
            selected: true,
        }));
        let Some(value) = value else { continue };
        let (count, selected) = (counts[place], selection.values.contains(&value.value));
        if count > 0 || selection.named.contains(&value.value) {
            counted.push(Counted {
                value: &value.value,
                label: &value.label,
                count,
                selected,
            });
        }
    }
    counted
}
