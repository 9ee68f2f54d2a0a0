//! Says why a role is not in the answer: its words, the query's own formula, or a filter.

use tantivy::DocId;

use super::rows::Scene;
use crate::query::{Dimension, Formula};
use crate::search::Hit;
use crate::search::lists::List;
use crate::search::passage::{Needles, Place, Text};

/// Why a role is not in the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Absence {
    /// The query holds nothing to look for.
    NoWords,
    /// No term of the query stands in it.
    NoTerm,
    /// It lacks terms that it must have: all of them, or some where `any`.
    Lacks {
        /// The terms as typed.
        terms: Vec<String>,
        /// Whether some of them would do.
        any: bool,
    },
    /// It has a term that is left out.
    Has {
        /// The term as typed.
        term: String,
        /// Where it stands; `None` in its name.
        place: Option<Place>,
    },
    /// It has a level or a domain that the query leaves out.
    LeftOut {
        /// The facet.
        dimension: Dimension,
        /// The value.
        value: String,
    },
    /// It does not have a level or a domain that was asked for.
    Filtered {
        /// The facet.
        dimension: Dimension,
        /// The values that it has.
        own: Vec<String>,
        /// The values that were asked for, as applied.
        wanted: Vec<String>,
    },
}

/// What stands in a role, as the formula sees it.
struct Facts<'f> {
    met: &'f [bool],
    barred: &'f [bool],
}

impl Facts<'_> {
    fn holds(&self, formula: &Formula) -> bool {
        match formula {
            Formula::Concept(at) => self.met[*at],
            Formula::Excluded(at) => self.barred[*at],
            Formula::All(parts) => parts.iter().all(|part| self.holds(part)),
            Formula::Any(parts) => parts.iter().any(|part| self.holds(part)),
            Formula::Not(part) => !self.holds(part),
        }
    }
}

/// The places of concepts and left-out concepts that a formula fails by.
#[derive(Default)]
struct Failing {
    lacks: Vec<usize>,
    /// Of each of these, some would do.
    some_of: Vec<Vec<usize>>,
    has: Vec<usize>,
}

/// Returns why the role at `doc` is not in the answer; filters come last.
pub fn absences(scene: &Scene<'_, '_>, doc: DocId, hit: &Hit) -> tantivy::Result<Vec<Absence>> {
    let ranking = scene.ranking;
    if !ranking.is_asked() {
        return Ok(vec![Absence::NoWords]);
    }
    let mut met = vec![false; ranking.expanded.concepts.len()];
    let mut barred = vec![false; ranking.expanded.excluded.len() + 1];
    let (lists, excluded) = ranking.open(scene.segment.place, doc..doc + 1)?;
    for (lists, stands) in [(lists, &mut met), (excluded, &mut barred)] {
        for mut list in lists.into_iter().filter(List::finds) {
            let at = list.concept;
            list.read_sure(doc, doc + 1, &scene.segment.domain, |_, _| {
                stands[at] = true;
            });
            list.is_readable()?;
        }
    }
    let facts = Facts {
        met: &met,
        barred: &barred,
    };
    let is_met = met.contains(&true);
    let mut absences = Vec::new();
    match &ranking.formula {
        Some(formula) if !facts.holds(formula) => {
            let mut failing = Failing::default();
            fail(formula, &facts, &mut failing);
            absences = told(scene, hit, failing, is_met)?;
        }
        None if ranking.is_ranked() && !is_met => absences.push(Absence::NoTerm),
        _ => {}
    }
    absences.extend(filtered(scene, doc, hit));
    Ok(absences)
}

/// Collects what a formula that does not hold fails by.
fn fail(formula: &Formula, facts: &Facts<'_>, failing: &mut Failing) {
    match formula {
        Formula::Concept(at) => push(&mut failing.lacks, *at),
        Formula::Excluded(_) => {}
        Formula::All(parts) => {
            let parts = parts.iter().filter(|part| !facts.holds(part));
            parts.for_each(|part| fail(part, facts, failing));
        }
        Formula::Any(parts) => {
            let mut each = Failing::default();
            parts.iter().for_each(|part| fail(part, facts, &mut each));
            each.has.iter().for_each(|at| push(&mut failing.has, *at));
            let some_of = each.some_of.into_iter().flatten().chain(each.lacks);
            let mut wanted = Vec::new();
            some_of.for_each(|at| push(&mut wanted, at));
            match wanted.as_slice() {
                [] => {}
                [at] => push(&mut failing.lacks, *at),
                _ => failing.some_of.push(wanted),
            }
        }
        Formula::Not(part) => barring(part, facts, failing),
    }
}

/// Collects what is there of that which must not be.
fn barring(formula: &Formula, facts: &Facts<'_>, failing: &mut Failing) {
    match formula {
        Formula::Excluded(at) if facts.barred[*at] => push(&mut failing.has, *at),
        Formula::Excluded(_) | Formula::Concept(_) => {}
        Formula::All(parts) | Formula::Any(parts) => {
            parts.iter().for_each(|part| barring(part, facts, failing));
        }
        Formula::Not(part) => fail(part, facts, failing),
    }
}

fn push(places: &mut Vec<usize>, at: usize) {
    if !places.contains(&at) {
        places.push(at);
    }
}

/// What a formula fails by, in the words of the query.
fn told(
    scene: &Scene<'_, '_>,
    hit: &Hit,
    failing: Failing,
    is_met: bool,
) -> tantivy::Result<Vec<Absence>> {
    let expanded = &scene.ranking.expanded;
    let typed = |places: Vec<usize>| -> Vec<String> {
        let terms = places
            .into_iter()
            .map(|at| expanded.concepts[at].typed.clone());
        terms.collect()
    };
    let mut absences = Vec::new();
    let lacks = !failing.lacks.is_empty() || !failing.some_of.is_empty();
    if lacks && !is_met {
        absences.push(Absence::NoTerm);
    } else {
        if !failing.lacks.is_empty() {
            absences.push(Absence::Lacks {
                terms: typed(failing.lacks),
                any: false,
            });
        }
        for some_of in failing.some_of {
            absences.push(Absence::Lacks {
                terms: typed(some_of),
                any: true,
            });
        }
    }
    let places = barred_places(scene)?;
    for at in failing.has {
        match expanded.excluded.get(at) {
            Some(concept) => absences.push(Absence::Has {
                term: concept.typed.clone(),
                place: places[at],
            }),
            None => absences.extend(left_out(scene, hit)),
        }
    }
    Ok(absences)
}

/// Where the words stand that must not be there.
fn barred_places(scene: &Scene<'_, '_>) -> tantivy::Result<Vec<Option<Place>>> {
    let request = scene.ranking.request;
    let excluded = &scene.ranking.expanded.excluded;
    let needles = Needles::new(excluded, &[], &request.weights, &request.levels.values, 0);
    let body = scene.stored.body()?;
    let found = needles.find(Text::Whole(&body), &scene.stored.layout()?);
    let (_, places) = found.unwrap_or_default();
    Ok(places)
}

/// The facet values of the role that the query leaves out.
fn left_out(scene: &Scene<'_, '_>, hit: &Hit) -> Vec<Absence> {
    let mut absences = Vec::new();
    for (dimension, value) in &scene.ranking.request.without {
        let own = match dimension {
            Dimension::Level => &hit.levels,
            Dimension::Domain => &hit.domains,
        };
        let below = format!("{value}/");
        if own
            .iter()
            .any(|own| own == value || own.starts_with(&below))
        {
            absences.push(Absence::LeftOut {
                dimension: *dimension,
                value: value.clone(),
            });
        }
    }
    absences
}

/// The filters that the role does not pass.
fn filtered(scene: &Scene<'_, '_>, doc: DocId, hit: &Hit) -> Vec<Absence> {
    let request = scene.ranking.request;
    let mut several = Vec::new();
    let mut absences = Vec::new();
    for (dimension, facet, own, selection) in [
        (
            Dimension::Level,
            &scene.segment.level,
            &hit.levels,
            &request.levels,
        ),
        (
            Dimension::Domain,
            &scene.segment.domain,
            &hit.domains,
            &request.domains,
        ),
    ] {
        if !facet.look(doc, &mut several).0 {
            absences.push(Absence::Filtered {
                dimension,
                own: own.clone(),
                wanted: selection.applied.clone(),
            });
        }
    }
    absences
}
