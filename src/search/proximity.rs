//! Looks at the best candidates again: neighbouring words of the query that stand side by side in their text count more.
//!
//! Positions are read of these candidates alone, which costs little beside reading them of every role that matches.

use tantivy::postings::{Postings as _, SegmentPostings};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet as _};

use super::scan::{Candidate, Segment};
use super::{Ranking, Work};
use crate::index::schema::TextField;
use crate::query::Expanded;
use crate::ranking::Weights;

/// How many candidates are looked at again.
const LOOKED_AT: usize = 48;
/// The most pairs of neighbours that are looked for.
const MAX_PAIRS: usize = 8;

/// Returns how many candidates are looked at again for a query, 0 for one without neighbouring words.
pub fn looked_at(expanded: &Expanded, weights: &Weights) -> usize {
    if expanded.pairs.is_empty() || weights.is_plain || weights.score.near <= 0.0 {
        0
    } else {
        LOOKED_AT
    }
}

/// Adds the bonus of words that stand side by side to the first of the candidates, and orders these anew.
///
/// # Errors
/// Fails where the engine does.
pub fn rank_again(
    ranking: &Ranking<'_>,
    segments: &[Segment<'_>],
    candidates: &mut Vec<Candidate>,
    work: &mut Work,
) -> tantivy::Result<()> {
    let weights = &ranking.request.weights;
    if looked_at(&ranking.expanded, weights) == 0 || candidates.is_empty() {
        return Ok(());
    }
    // What is added only lifts: the first stay before the others, however many of those are kept.
    let rest = candidates.split_off(candidates.len().min(LOOKED_AT));
    for segment in segments {
        let of_segment = |candidate: &&mut Candidate| candidate.segment == segment.place;
        let mut own: Vec<&mut Candidate> = candidates.iter_mut().filter(of_segment).collect();
        let bonuses = bonuses(ranking, segment, &own, work)?;
        for (candidate, bonus) in own.iter_mut().zip(bonuses) {
            if bonus.is_empty() {
                continue;
            }
            for (concept, worth) in bonus {
                candidate.told[concept].bonus += worth;
            }
            let told = candidate.told.iter().copied();
            candidate.score =
                weights.together(told, &ranking.rarities, candidate.length) * candidate.whole;
        }
    }
    super::in_order(segments, candidates)?;
    candidates.extend(rest);
    Ok(())
}

/// For each candidate, the concepts that get something and how much.
fn bonuses(
    ranking: &Ranking<'_>,
    segment: &Segment<'_>,
    candidates: &[&mut Candidate],
    work: &mut Work,
) -> tantivy::Result<Vec<Vec<(usize, f32)>>> {
    let weights = &ranking.request.weights;
    let mut order: Vec<usize> = (0..candidates.len()).collect();
    order.sort_unstable_by_key(|at| candidates[*at].doc);
    let mut found: Vec<Vec<(usize, f32)>> = vec![Vec::new(); candidates.len()];
    for (first, second, stems) in ranking.expanded.pairs.iter().take(MAX_PAIRS) {
        let share = ranking.rarities[*second] / ranking.rarities[*first].max(f32::MIN_POSITIVE);
        let worth = weights.score.near * f32::midpoint(1.0, share.min(4.0));
        let mut seen = vec![false; candidates.len()];
        for field in TextField::ALL.into_iter().filter(|field| field.is_prose()) {
            let Some(mut pair) = Pair::open(ranking, segment, field, stems)? else {
                continue;
            };
            work.lists += 2;
            for &at in &order {
                let met = |concept: usize| candidates[at].told[concept].best > 0.0;
                if seen[at] || !met(*first) || !met(*second) {
                    continue;
                }
                work.positions += 1;
                if pair.stands_in(candidates[at].doc) {
                    seen[at] = true;
                    found[at].push((*first, worth));
                }
            }
        }
    }
    Ok(found)
}

/// The posting lists of two words in one field, with positions.
struct Pair {
    lists: [SegmentPostings; 2],
    positions: [Vec<u32>; 2],
}

impl Pair {
    /// Opens both; `None` where one does not stand in the field at all.
    fn open(
        ranking: &Ranking<'_>,
        segment: &Segment<'_>,
        field: TextField,
        stems: &[String; 2],
    ) -> tantivy::Result<Option<Self>> {
        let field = ranking.index.fields.of(field);
        let record = IndexRecordOption::WithFreqsAndPositions;
        let open = |stem: &String| ranking.index.postings(segment.place, field, stem, record);
        if stems[0] == stems[1] {
            return Ok(None);
        }
        let (Some(first), Some(second)) = (open(&stems[0])?, open(&stems[1])?) else {
            return Ok(None);
        };
        Ok(Some(Self {
            lists: [first, second],
            positions: [Vec::new(), Vec::new()],
        }))
    }

    /// Whether the second word follows the first somewhere in a document; these are asked in order.
    fn stands_in(&mut self, doc: DocId) -> bool {
        for list in &mut self.lists {
            if list.doc() < doc {
                list.seek(doc);
            }
            if list.doc() != doc {
                return false;
            }
        }
        for (list, positions) in self.lists.iter_mut().zip(&mut self.positions) {
            list.positions(positions);
        }
        let [first, second] = &self.positions;
        first
            .iter()
            .any(|at| second.binary_search(&(at + 1)).is_ok())
    }
}
