//! Turns a query and filters into ranked roles, facet counts and the reason for each hit.

mod answer;
mod beside;
mod cells;
mod dictionary;
pub mod explain;
mod facets;
mod frequencies;
mod hits;
mod lists;
mod notes;
mod order;
mod parts;
pub mod passage;
mod proximity;
mod role;
mod scan;
mod suggest;
mod tally;

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use tantivy::{DocId, SegmentReader};

pub use answer::{Answer, Hit, Matched, Request, Term, Work};
pub use explain::{Explanation, explain};
pub use facets::{Counted, Counts, counted};
pub use passage::{Passage, Place};
pub use role::{Address, StoredBlock, StoredRole, StoredSection, find_roles};
pub use suggest::{Change, Suggested, suggest};

use crate::error::{Error, Result};
use crate::index::OpenIndex;
use crate::query::{Dimension, Expanded, Formula, expand};
use facets::SegmentFacet;
use frequencies::Frequencies;
use lists::List;
use order::Order;
use parts::in_parts;
use scan::{Best, Candidate, Scoring, Segment};

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
    let ranking = Ranking::of(index, request);
    let mut found = find(&ranking)?;
    let hits = hits::hits(&ranking, &mut found)?;
    Ok(Answer {
        work: found.work,
        terms: notes::terms(&ranking.expanded, &found.standing),
        notes: notes::notes(&ranking.expanded, &found.standing),
        remarks: request.query.remarks.clone(),
        ranked: ranking.is_ranked(),
        counts: found.counts,
        hits,
    })
}

/// What was found in all segments.
struct Found<'a> {
    segments: Vec<Segment<'a>>,
    /// The wanted page, the best first.
    candidates: Vec<Candidate>,
    counts: Counts,
    /// The places of concepts and variants that stand in some role.
    standing: Vec<(usize, usize)>,
    work: Work,
}

fn find<'a>(ranking: &Ranking<'a>) -> tantivy::Result<Found<'a>> {
    let Ranking { index, request, .. } = *ranking;
    let mut counts = Counts::new(index.header.levels.len(), index.header.domains.len());
    let mut candidates = Vec::new();
    let mut segments = Vec::new();
    let mut standing: Vec<(usize, usize)> = Vec::new();
    let mut work = Work::default();
    let readers = index.searcher.segment_readers().iter().enumerate();
    for (place, reader) in readers.filter(|_| ranking.is_asked()) {
        let segment = open_segment(index, request, reader, place as u32, ranking.is_ranked())?;
        for scanned in scan_segment(ranking, &segment)? {
            counts.add_all(&scanned.counts);
            work.lists += scanned.lists;
            work.postings += scanned.postings;
            work.positions += scanned.positions;
            standing.extend(scanned.standing);
            candidates.extend(scanned.best.into_sorted());
        }
        segments.push(segment);
    }
    in_order(&segments, &mut candidates)?;
    proximity::rank_again(ranking, &segments, &mut candidates, &mut work)?;
    let page = candidates.into_iter().skip(request.offset);
    Ok(Found {
        candidates: page.take(request.limit).collect(),
        segments,
        counts,
        standing,
        work,
    })
}

/// What was found in a range of a segment.
struct Scanned {
    counts: Counts,
    best: Best,
    standing: Vec<(usize, usize)>,
    lists: u64,
    postings: u64,
    positions: u64,
}

/// Ranges of a segment for each thread that scans it: lists are opened for each, and a thread that starts late takes fewer.
const PARTS_PER_THREAD: usize = 2;

/// Scans a segment, in several ranges at once where there is much to read.
fn scan_segment(ranking: &Ranking<'_>, segment: &Segment<'_>) -> tantivy::Result<Vec<Scanned>> {
    let scoring = &ranking.scoring(segment.place)?;
    let documents = segment.reader.max_doc();
    let threads = scan::threads(scoring.postings);
    let parts = if threads < 2 {
        1
    } else {
        threads * PARTS_PER_THREAD
    };
    let each = documents.div_ceil(parts as u32);
    let scanned = in_parts(parts, threads, |part| {
        let start = (part as u32 * each).min(documents);
        let end = (start + each).min(documents);
        scan_range(ranking, segment, scoring, start..end)
    });
    scanned.into_iter().collect()
}

fn scan_range(
    ranking: &Ranking<'_>,
    segment: &Segment<'_>,
    scoring: &Scoring<'_>,
    range: Range<DocId>,
) -> tantivy::Result<Scanned> {
    let index = ranking.index;
    let (mut lists, mut excluded) = ranking.open(segment.place, range.clone())?;
    let mut scanned = Scanned {
        counts: Counts::new(index.header.levels.len(), index.header.domains.len()),
        best: Best::new(ranking.kept(index)),
        standing: Vec::new(),
        lists: (lists.len() + excluded.len()) as u64,
        postings: 0,
        positions: 0,
    };
    let Scanned { counts, best, .. } = &mut scanned;
    scanned.postings = scan::scan(
        segment,
        range,
        &mut lists,
        &mut excluded,
        scoring,
        counts,
        best,
    );
    for list in lists.iter_mut().chain(&mut excluded) {
        list.is_readable()?;
    }
    for list in lists.iter_mut().filter(|list| list.finds()) {
        let place = (list.concept, list.evidence.variant);
        if !scanned.standing.contains(&place) && list.stands()? {
            scanned.standing.push(place);
        }
    }
    let read = lists.iter().chain(&excluded);
    scanned.positions = read.map(List::positions).sum();
    Ok(scanned)
}

/// A request made ready against an index: its concepts, how rare each is, and which roles match.
struct Ranking<'a> {
    index: &'a OpenIndex,
    request: &'a Request,
    expanded: Expanded,
    frequencies: Vec<Frequencies>,
    rarities: Vec<f32>,
    formula: Option<Formula>,
}

impl<'a> Ranking<'a> {
    fn of(index: &'a OpenIndex, request: &'a Request) -> Self {
        let expanded = expand(&request.query, index, &request.rules);
        let concepts = expanded.concepts.iter();
        let frequencies: Vec<Frequencies> = concepts
            .map(|concept| frequencies::frequencies(index, concept, request.weights.is_plain))
            .collect();
        let rarities = frequencies.iter().map(|known| known.rarity).collect();
        let mut ranking = Self {
            index,
            request,
            formula: expanded.formula.clone(),
            expanded,
            frequencies,
            rarities,
        };
        if !request.without.is_empty() {
            ranking.leave_out();
        }
        ranking
    }

    /// Facet values to be left out stand behind the excluded concepts.
    fn leave_out(&mut self) {
        let concepts = (0..self.expanded.concepts.len()).map(Formula::Concept);
        let mut all: Vec<Formula> = self.formula.take().into_iter().collect();
        if all.is_empty() && !self.expanded.concepts.is_empty() {
            all.push(Formula::Any(concepts.collect()));
        }
        let facets = Formula::Excluded(self.expanded.excluded.len());
        all.push(Formula::Not(Box::new(facets)));
        self.formula = Some(Formula::All(all));
    }

    /// Whether there are words to rank by, as against filters alone.
    fn is_ranked(&self) -> bool {
        !self.expanded.concepts.is_empty()
    }

    /// Whether anything can be asked for: signs alone are no question, and filters alone are one.
    fn is_asked(&self) -> bool {
        let query = &self.request.query;
        self.is_ranked()
            || self.formula.is_some()
            || query.text.is_empty()
            || !query.filters.is_empty()
    }

    /// How many candidates are kept: those that are wanted, and as many as are looked at again for proximity.
    fn kept(&self, index: &OpenIndex) -> usize {
        let Request { limit, offset, .. } = *self.request;
        if limit == 0 {
            return 0;
        }
        let wanted = limit.saturating_add(offset);
        wanted
            .max(proximity::looked_at(&self.expanded, &self.request.weights))
            .min(index.searcher.num_docs() as usize)
    }

    fn needles(&self, passages: usize) -> passage::Needles<'_> {
        passage::Needles::new(
            &self.expanded.concepts,
            &self.rarities,
            &self.request.weights,
            &self.request.levels.values,
            passages,
        )
    }

    fn open(
        &self,
        place: u32,
        range: Range<DocId>,
    ) -> tantivy::Result<(Vec<List<'_>>, Vec<List<'_>>)> {
        let reader = self.index.searcher.segment_reader(place);
        let (lists, mut excluded) = lists::open(
            self.index,
            place,
            range,
            &self.expanded,
            &self.frequencies,
            &self.request.weights,
        )?;
        let header = &self.index.header;
        let fields = &self.index.fields;
        for (dimension, value) in &self.request.without {
            let (field, values) = match dimension {
                Dimension::Level => (fields.level, &header.levels),
                Dimension::Domain => (fields.domain, &header.domains),
            };
            let named = values.iter().filter(|known| known.value == *value);
            excluded.extend(lists::facet_lists(
                reader,
                field,
                &named.collect::<Vec<_>>(),
                self.expanded.excluded.len(),
            )?);
        }
        Ok((lists, excluded))
    }

    /// About how much is to be read in a segment, in postings.
    fn postings(&self, place: u32, everything: bool) -> u64 {
        let documents = u64::from(self.index.searcher.segment_reader(place).max_doc());
        if everything {
            return 3 * documents;
        }
        let concepts = self.expanded.concepts.iter().zip(&self.frequencies);
        let variants =
            concepts.flat_map(|(concept, known)| concept.variants.iter().zip(&known.variants));
        let postings: u64 = variants
            .map(|(variant, fields)| {
                let roles = fields.iter().map(|(_, roles)| *roles).sum::<u64>();
                lists::effort(&variant.matcher) * roles
            })
            .sum();
        // Roles that are gone are still read: few, else the segment would have been written anew.
        (postings as f32 * documents as f32 / self.index.searcher.num_docs().max(1) as f32) as u64
    }

    fn scoring(&self, place: u32) -> tantivy::Result<Scoring<'_>> {
        let weights = &self.request.weights;
        let whole = if weights.is_plain || !self.is_ranked() {
            Vec::new()
        } else {
            lists::whole_names(
                self.index,
                place,
                &self.request.query.text,
                &self.expanded,
                weights,
            )?
        };
        let everything = !self.is_ranked() && self.formula.is_none();
        Ok(Scoring {
            weights,
            rarities: &self.rarities,
            excluded: self.expanded.excluded.len() + 1,
            formula: self.formula.as_ref(),
            everything,
            mean_length: self.index.header.mean_length,
            postings: self.postings(place, everything),
            whole,
        })
    }
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
        order: Order::open(reader, tie_column(ranked))?,
    })
}

/// Equal scores go by id; what is not ranked goes by title.
fn tie_column(ranked: bool) -> &'static str {
    if ranked { "id" } else { "sort_column" }
}

/// Puts the candidates of all segments in one order, which does not depend on what stands in which segment.
fn in_order(segments: &[Segment<'_>], candidates: &mut Vec<Candidate>) -> tantivy::Result<()> {
    if segments.len() < 2 {
        candidates.sort_by(scan::better);
        return Ok(());
    }
    let mut keyed = Vec::with_capacity(candidates.len());
    for candidate in candidates.drain(..) {
        let segment = &segments[candidate.segment as usize];
        let key = segment.order.key(candidate.doc)?;
        keyed.push((candidate, key));
    }
    keyed.sort_by(|(a, a_key), (b, b_key)| {
        b.score.total_cmp(&a.score).then_with(|| a_key.cmp(b_key))
    });
    candidates.extend(keyed.into_iter().map(|(candidate, _)| candidate));
    Ok(())
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
        if index.has_deleted() {
            ids.retain(|known| index.roles_with_term(index.fields.id, known) > 0);
        }
        Ok(ids)
    })
}
