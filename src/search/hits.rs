//! Turns the best candidates into hits: names, columns, the passages that say why, and where each concept stands.

use tantivy::store::StoreReader;

use super::lists::Evidence;
use super::passage::{self, Needles, Place, Text};
use super::scan::{Candidate, Segment};
use super::{Found, Hit, Matched, Ranking, role};
use crate::index::stored::unreadable;
use crate::index::words::beginnings::Beginnings;
use crate::query::{Concept, Via};

/// Makes the hits of the candidates.
///
/// # Errors
/// Fails where the engine does.
pub fn hits(ranking: &Ranking<'_>, found: &mut Found<'_>) -> tantivy::Result<Vec<Hit>> {
    let Found {
        segments,
        candidates,
        work,
        ..
    } = found;
    let (segments, candidates) = (segments.as_slice(), candidates.as_slice());
    let needles = ranking.needles(ranking.request.passages);
    let reads = ranking.request.passages > 0 && ranking.is_ranked();
    work.documents += candidates.len() as u64;
    let mut reading = Reading::new(ranking, &needles, segments.len());
    let hits = candidates.iter().map(|candidate| {
        let segment = &segments[candidate.segment as usize];
        reading.hit(segment, candidate, reads)
    });
    hits.collect()
}

/// What is kept from one hit to the next.
struct Reading<'r> {
    ranking: &'r Ranking<'r>,
    needles: &'r Needles<'r>,
    beginnings: Beginnings,
    /// The stores that were opened, by the places of their segments.
    stores: Vec<Option<StoreReader>>,
}

impl<'r> Reading<'r> {
    fn new(ranking: &'r Ranking<'r>, needles: &'r Needles<'r>, segments: usize) -> Self {
        Self {
            ranking,
            needles,
            beginnings: needles.beginnings(),
            stores: (0..segments).map(|_| None).collect(),
        }
    }

    /// Makes the hit of a candidate; where its text is not read, without passages and places.
    fn hit(
        &mut self,
        segment: &Segment<'_>,
        candidate: &Candidate,
        reads: bool,
    ) -> tantivy::Result<Hit> {
        let Ranking {
            index, expanded, ..
        } = self.ranking;
        let mut hit = role::begin(segment, &index.header, candidate.doc);
        let mut places = vec![None; expanded.concepts.len()];
        let store = match &mut self.stores[candidate.segment as usize] {
            Some(store) => store,
            none => none.insert(segment.reader.get_store_reader(0)?),
        };
        let stored = role::Stored::fetch_from(index, store, candidate.doc)?;
        stored.fill(&mut hit);
        if reads {
            let layout = stored.layout()?;
            let outline = stored.outline(&mut self.beginnings)?;
            let found = self.needles.find(Text::Outline(&outline), &layout);
            (hit.passages, places) = found.ok_or_else(unreadable)?;
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
        Ok(hit)
    }
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
        .map_or(Via::Literal, |variant| variant.kind.via());
    match place {
        Some(place) if !is_name => place,
        _ => Place {
            section: passage::section_of(evidence.field),
            line,
            via,
        },
    }
}
