//! Looks at the best candidates again: neighbouring words of the query that stand side by side in their text count more.
//!
//! Positions are read of these candidates alone, which costs little beside reading them of every role that matches.

use tantivy::query::{EnableScoring, PhraseQuery, Query as _};
use tantivy::{DocSet as _, TERMINATED, Term};

use super::Ranking;
use super::scan::{Candidate, Segment};
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

/// Adds the bonus of words that stand side by side, and orders the candidates anew.
///
/// # Errors
/// Fails where the engine does.
pub fn rank_again(
    ranking: &Ranking<'_>,
    segment: &Segment<'_>,
    candidates: &mut [Candidate],
) -> tantivy::Result<()> {
    let weights = &ranking.request.weights;
    if looked_at(&ranking.expanded, weights) == 0 || candidates.is_empty() {
        return Ok(());
    }
    // What is added only lifts: the first stay before the others, however many of those are kept.
    let first = candidates.len().min(LOOKED_AT);
    let candidates = &mut candidates[..first];
    let bonuses = bonuses(ranking, segment, candidates)?;
    for (candidate, bonus) in candidates.iter_mut().zip(bonuses) {
        if bonus.is_empty() {
            continue;
        }
        for (concept, worth) in bonus {
            candidate.told[concept].bonus += worth;
        }
        let told = candidate.told.iter();
        candidate.score =
            weights.together(told, &ranking.rarities, candidate.length) * candidate.whole;
    }
    candidates.sort_by(super::scan::better);
    Ok(())
}

/// For each candidate, the concepts that get something and how much.
fn bonuses(
    ranking: &Ranking<'_>,
    segment: &Segment<'_>,
    candidates: &[Candidate],
) -> tantivy::Result<Vec<Vec<(usize, f32)>>> {
    let weights = &ranking.request.weights;
    let index = ranking.index;
    let mut order: Vec<usize> = (0..candidates.len()).collect();
    order.sort_unstable_by_key(|at| candidates[*at].doc);
    let mut found: Vec<Vec<(usize, f32)>> = vec![Vec::new(); candidates.len()];
    for (first, second, stems) in ranking.expanded.pairs.iter().take(MAX_PAIRS) {
        let share = ranking.rarities[*second] / ranking.rarities[*first].max(f32::MIN_POSITIVE);
        let worth = weights.score.near * f32::midpoint(1.0, share.min(4.0));
        let mut seen = vec![false; candidates.len()];
        for field in TextField::ALL.into_iter().filter(|field| field.is_prose()) {
            let engine_field = index.fields.of(field);
            let terms: Vec<Term> = stems
                .iter()
                .map(|stem| Term::from_field_text(engine_field, stem))
                .collect();
            let stand = terms
                .iter()
                .all(|term| index.searcher.doc_freq(term).is_ok_and(|roles| roles > 0));
            if !stand || stems[0] == stems[1] {
                continue;
            }
            let query = PhraseQuery::new(terms);
            let scoring = EnableScoring::disabled_from_searcher(&index.searcher);
            let mut scorer = query.weight(scoring)?.scorer(segment.reader, 1.0)?;
            for &at in &order {
                let doc = candidates[at].doc;
                let met = |concept: usize| candidates[at].told[concept].best > 0.0;
                if seen[at] || !met(*first) || !met(*second) {
                    continue;
                }
                if scorer.doc() < doc {
                    scorer.seek(doc);
                }
                if scorer.doc() == TERMINATED {
                    break;
                }
                if scorer.doc() == doc {
                    seen[at] = true;
                    found[at].push((*first, worth));
                }
            }
        }
    }
    Ok(found)
}
