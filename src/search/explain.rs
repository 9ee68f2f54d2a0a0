//! Turns a request and one role into the reasons for its place: what each concept counts there, or why it is left out.
//!
//! The role is ranked as `search` ranks it, with every candidate kept: its score is the score. The posting lists are read
//! once more at its place, so that each of them gets its share of that score.

mod absence;
mod compare;
mod places;
mod rows;

use tantivy::DocAddress;

use super::scan::Candidate;
use super::{Address, Found, Hit, Ranking, Request, find, notes, open_segment, role};
use crate::error::Result;
use crate::index::OpenIndex;
use crate::query::Dimension;
use crate::query::tree::Remark;
use crate::taxonomy::filter::Selection;
pub use absence::Absence;
pub use compare::{Cause, Difference, Part, best, cause, differences};
pub use rows::{Need, Row, RowKind};

/// Why a role stands where it stands.
#[derive(Debug, Clone, Default)]
pub struct Explanation {
    /// The role.
    pub role: Explained,
    /// The role that it is held against.
    pub versus: Option<Explained>,
    /// The role at rank 1; for that one, the role at rank 2.
    pub measure: Option<Explained>,
    /// How many roles are in the answer.
    pub total: u64,
    /// Whether there are words to rank by, as against filters alone.
    pub ranked: bool,
    /// What was replaced, for people.
    pub notes: Vec<String>,
    /// What was not read as it stands.
    pub remarks: Vec<Remark>,
}

/// A role with its place in the answer and what it is made of.
#[derive(Debug, Clone, Default)]
pub struct Explained {
    /// Name, level, domains, place and score.
    pub hit: Hit,
    /// The rank in the answer.
    pub rank: Option<usize>,
    /// Why it is not in the answer.
    pub absences: Vec<Absence>,
    /// Where filters alone leave it out: the rank that it would have without them, and among how many.
    pub without: Option<(usize, u64)>,
    /// The concepts of the query; none for a role that would not be an answer without filters either.
    pub needs: Vec<Need>,
    /// What the sum of the concepts is multiplied by.
    pub factors: Factors,
}

/// What the sum of the concepts is multiplied by.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Factors {
    /// For the concepts that are met, among all.
    pub coverage: f32,
    /// For the length of the text.
    pub length: f32,
    /// For a name that the query is as a whole.
    pub whole_name: f32,
}

impl Default for Factors {
    fn default() -> Self {
        Self {
            coverage: 1.0,
            length: 1.0,
            whole_name: 1.0,
        }
    }
}

impl Factors {
    /// Returns all of them as one.
    pub fn product(self) -> f32 {
        self.coverage * self.length * self.whole_name
    }
}

/// Explains the place of a role, and of another one to hold it against.
///
/// # Errors
/// Fails where the index proves damaged.
pub fn explain(
    index: &OpenIndex,
    request: &Request,
    role: Address,
    versus: Option<Address>,
) -> Result<Explanation> {
    super::fenced(index, || {
        let request = Request {
            limit: usize::MAX,
            offset: 0,
            ..request.clone()
        };
        let ranking = Ranking::of(index, &request);
        let found = find(&ranking)?;
        let of = |address| explained(&ranking, &found, address);
        let role = of(role)?;
        let measure = match role.rank {
            Some(1) => found.candidates.get(1),
            Some(_) => found.candidates.first(),
            None => None,
        };
        let measure = measure.map(|candidate| {
            of(Address {
                segment: candidate.segment,
                doc: candidate.doc,
            })
        });
        Ok(Explanation {
            versus: versus.map(of).transpose()?,
            measure: measure.transpose()?,
            role,
            total: found.counts.total,
            ranked: ranking.is_ranked(),
            notes: notes::notes(&ranking.expanded, &found.standing),
            remarks: request.query.remarks.clone(),
        })
    })
}

fn explained(
    ranking: &Ranking<'_>,
    found: &Found<'_>,
    address: Address,
) -> tantivy::Result<Explained> {
    let Ranking { index, request, .. } = *ranking;
    let reader = index.searcher.segment_reader(address.segment);
    let segment = open_segment(index, request, reader, address.segment, ranking.is_ranked())?;
    let stored = role::Stored::fetch(index, DocAddress::new(address.segment, address.doc))?;
    let mut hit = role::begin(&segment, &index.header, address.doc);
    stored.fill(&mut hit);
    let mut told = Explained {
        hit,
        ..Explained::default()
    };
    let scene = rows::Scene {
        ranking,
        segment: &segment,
        stored: &stored,
    };
    if let Some(at) = place_of(found, address) {
        told.rank = Some(at + 1);
        tell(&mut told, &scene, found, at)?;
        return Ok(told);
    }
    told.absences = absence::absences(&scene, address.doc, &told.hit)?;
    let relaxed = without_filters(request, &told.absences);
    if let Some(request) = relaxed {
        let ranking = Ranking::of(index, &request);
        let found = find(&ranking)?;
        if let Some(at) = place_of(&found, address) {
            told.without = Some((at + 1, found.counts.total));
            let scene = rows::Scene {
                ranking: &ranking,
                ..scene
            };
            tell(&mut told, &scene, &found, at)?;
        }
    }
    Ok(told)
}

fn place_of(found: &Found<'_>, address: Address) -> Option<usize> {
    let is_it = |candidate: &Candidate| {
        candidate.segment == address.segment && candidate.doc == address.doc
    };
    found.candidates.iter().position(is_it)
}

/// The request without the filters that leave a role out, where nothing else does.
fn without_filters(request: &Request, absences: &[Absence]) -> Option<Request> {
    let mut relaxed = request.clone();
    for absence in absences {
        match absence {
            Absence::Filtered {
                dimension: Dimension::Level,
                ..
            } => relaxed.levels = Selection::default(),
            Absence::Filtered {
                dimension: Dimension::Domain,
                ..
            } => relaxed.domains = Selection::default(),
            _ => return None,
        }
    }
    Some(relaxed)
}

/// Says what the candidate at a place is made of.
fn tell(
    told: &mut Explained,
    scene: &rows::Scene<'_, '_>,
    found: &Found<'_>,
    at: usize,
) -> tantivy::Result<()> {
    let ranking = scene.ranking;
    let candidate = &found.candidates[at];
    let weights = &ranking.request.weights;
    let met = candidate.told.iter().map(|told| told.strength);
    told.factors = Factors {
        coverage: weights.coverage(met, &ranking.rarities),
        length: weights.length_factor(candidate.length),
        whole_name: candidate.whole,
    };
    told.hit.score = candidate.score;
    told.needs = scene.needs(candidate, told.factors.product(), &told.hit)?;
    for (concept, need) in told.needs.iter_mut().enumerate() {
        let meets = |candidate: &&Candidate| candidate.evidence[concept].is_some();
        need.roles = found.candidates.iter().filter(meets).count();
        need.above = found.candidates[..at].iter().filter(meets).count();
    }
    Ok(())
}
