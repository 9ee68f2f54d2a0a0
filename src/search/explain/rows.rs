//! Reads the posting lists at one role and gives each of them its share of the role's score.

use super::places::Places;
use crate::blueprint::SectionKind;
use crate::index::schema::TextField;
use crate::query::Via;
use crate::ranking::Told;
use crate::search::lists::{Evidence, ListRole};
use crate::search::role::Stored;
use crate::search::scan::{Candidate, Segment};
use crate::search::{Hit, Ranking};

/// What is added at most by the order in which numbers are summed.
const ROUNDING: f32 = 1e-4;
/// What one concept of the query gives a role.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Need {
    /// The words as typed.
    pub term: String,
    /// Where it stands and what that counts, the most first; empty where it is not met.
    pub rows: Vec<Row>,
    /// What it gives, before the factors.
    pub worth: f32,
    /// What it gives of the score.
    pub contribution: f32,
    /// How many roles of the answer meet it.
    pub roles: usize,
    /// How many of those above meet it.
    pub above: usize,
}

/// What one posting list gives a role.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// What the list is.
    pub kind: RowKind,
    /// The words that stand there.
    pub shown: String,
    /// How they came about.
    pub via: Via,
    /// The field; of lists that only add to what others find, the one that they are weighed like.
    pub field: TextField,
    /// The section of the best place.
    pub section: SectionKind,
    /// Its line; `None` where the words stand apart.
    pub line: Option<u32>,
    /// How often they stand in the field; 1 where that does not count.
    pub frequency: u32,
    /// The weight of the list.
    pub weight: f32,
    /// What it gives, before the factors.
    pub worth: f32,
    /// What it gives of the score.
    pub contribution: f32,
}

/// What a posting list is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowKind {
    /// It finds roles.
    Finds,
    /// The form as typed.
    Exact,
    /// A single word of a term of several.
    Part,
    /// A neighbour of the word stands beside it in a name.
    Pair,
    /// A neighbour of the word stands beside it in other text.
    Near,
}

impl RowKind {
    /// Returns the name in the machine formats.
    pub fn id(self) -> &'static str {
        match self {
            Self::Finds => "finds",
            Self::Exact => "exact",
            Self::Part => "part",
            Self::Pair => "pair",
            Self::Near => "near",
        }
    }
}

/// A role in a segment, with what it is looked at for.
#[derive(Clone, Copy)]
pub struct Scene<'s, 'a> {
    /// The request made ready.
    pub ranking: &'s Ranking<'a>,
    /// The segment.
    pub segment: &'s Segment<'a>,
    /// The role's text.
    pub stored: &'s Stored<'a>,
}

/// What one list says of the role.
pub struct Heard {
    /// What the list is.
    pub kind: RowKind,
    /// The field that it is of, or weighed like.
    pub field: TextField,
    /// The place of the variant in the concept; of a part, among the parts.
    pub variant: usize,
    frequency: u32,
    weight: f32,
    worth: f32,
}

impl Scene<'_, '_> {
    /// Returns what each concept gives a candidate; `factor` is that of the candidate as a whole.
    pub fn needs(
        &self,
        candidate: &Candidate,
        factor: f32,
        hit: &Hit,
    ) -> tantivy::Result<Vec<Need>> {
        let heard = self.heard(candidate)?;
        let places = Places::of(self, hit)?;
        let mut needs = Vec::with_capacity(heard.len());
        for (at, heard) in heard.into_iter().enumerate() {
            let told = &candidate.told[at];
            let mut need = Need {
                term: self.ranking.expanded.concepts[at].typed.clone(),
                ..Need::default()
            };
            if told.best > 0.0 {
                let rarity = self.ranking.rarities[at];
                let weights = &self.ranking.request.weights;
                need.worth = weights.concept(told, rarity, candidate.length);
                need.contribution = need.worth * factor;
                need.rows = self.rows(at, &heard, &need, told, &places);
            }
            needs.push(need);
        }
        Ok(needs)
    }

    /// Reads all lists at the candidate, in the order of the scan, concept by concept.
    fn heard(&self, candidate: &Candidate) -> tantivy::Result<Vec<Vec<Heard>>> {
        let weights = &self.ranking.request.weights;
        let mut told = vec![Told::default(); candidate.told.len()];
        let mut heard: Vec<Vec<Heard>> = told.iter().map(|_| Vec::new()).collect();
        let (mut lists, _) = self
            .ranking
            .open(self.segment.place, candidate.doc..candidate.doc + 1)?;
        let (start, end) = (candidate.doc, candidate.doc + 1);
        for finds in [true, false] {
            for list in lists.iter_mut().filter(|list| list.finds() == finds) {
                let (at, weight, strength) = (list.concept, list.weight, list.strength);
                let is_prose = list.is_prose;
                let Evidence {
                    field,
                    variant,
                    role,
                } = list.evidence;
                list.read_sure(start, end, &self.segment.domain, |_, frequency| {
                    let worth = weight * weights.frequency(frequency, candidate.length, is_prose);
                    if finds {
                        told[at].add(worth, strength);
                    } else {
                        told[at].bonus += worth;
                    }
                    heard[at].push(Heard {
                        kind: kind_of(role),
                        field,
                        variant,
                        frequency,
                        weight,
                        worth,
                    });
                });
                list.is_readable()?;
            }
        }
        // What is left was added when the best candidates were looked at again.
        for (at, told) in told.iter().enumerate() {
            let added = candidate.told[at].bonus - told.bonus;
            if added > ROUNDING {
                heard[at].push(Heard {
                    kind: RowKind::Near,
                    field: TextField::Summary,
                    variant: 0,
                    frequency: 1,
                    weight: added,
                    worth: added,
                });
            }
        }
        Ok(heard)
    }

    /// Shares what a concept gives among its lists: the best one counts fully, the other finding ones in part.
    fn rows(
        &self,
        at: usize,
        heard: &[Heard],
        need: &Need,
        told: &Told,
        places: &Places,
    ) -> Vec<Row> {
        let weights = &self.ranking.request.weights;
        let finding = |heard: &Heard| heard.kind == RowKind::Finds;
        let best = heard
            .iter()
            .position(|heard| finding(heard) && heard.worth >= told.best);
        let effective = |(place, heard): (usize, &Heard)| {
            let counts_fully = weights.is_plain || !finding(heard);
            if counts_fully || Some(place) == best {
                heard.worth
            } else {
                weights.score.tie * heard.worth
            }
        };
        let shares: Vec<f32> = heard.iter().enumerate().map(effective).collect();
        let all: f32 = shares.iter().sum();
        let mut rows: Vec<Row> = Vec::with_capacity(heard.len());
        for (heard, share) in heard.iter().zip(shares) {
            let share = share / all.max(f32::MIN_POSITIVE);
            let spot = places.spot(at, heard);
            rows.push(Row {
                kind: heard.kind,
                shown: spot.shown,
                via: spot.via,
                field: heard.field,
                section: spot.section,
                line: spot.line,
                frequency: heard.frequency,
                weight: heard.weight,
                worth: need.worth * share,
                contribution: need.contribution * share,
            });
        }
        rows.sort_by(|a, b| b.contribution.total_cmp(&a.contribution));
        rows
    }
}

fn kind_of(role: ListRole) -> RowKind {
    match role {
        ListRole::Finds => RowKind::Finds,
        ListRole::Exact => RowKind::Exact,
        ListRole::Part => RowKind::Part,
        ListRole::Pair => RowKind::Pair,
    }
}
