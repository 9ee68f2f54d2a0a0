//! Holds two roles against each other: what parts their scores, and by how much.
//!
//! A score is a sum times factors. Its difference is shared by logarithmic means (the additive form of Ang's LMDI, "The LMDI
//! approach to decomposition analysis", 2005): the shares add up to the difference, and none depends on an order.

use super::rows::{Need, Row, RowKind};
use super::{Explained, Factors};

/// A part of a score that two roles differ by.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Difference {
    /// The part.
    pub part: Part,
    /// By how much it puts the first role before the second, in points of the score.
    pub by: f64,
}

/// What a score is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The concept at this place.
    Concept(usize),
    /// The factor of coverage.
    Coverage,
    /// The factor of length.
    Length,
    /// The factor of a whole name.
    WholeName,
}

/// Why a concept counts more for one role than for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The other role does not have it.
    Missing,
    /// Another word stands for it in the other role.
    Words,
    /// It stands in stronger evidence.
    Field,
    /// It stands more often in the same evidence.
    Frequency,
    /// It stands in more places.
    Places,
    /// It stands as typed, in more places or stronger ones.
    Exact,
    /// More of its single words stand there.
    Parts,
    /// Its neighbour stands beside it.
    Neighbour,
    /// Nothing of these.
    Other,
}

/// Shares the difference of two scores among their parts, in the order of the concepts; empty where one of them is no score.
pub fn differences(one: &Explained, other: &Explained) -> Vec<Difference> {
    let sum =
        |told: &Explained| -> f64 { told.needs.iter().map(|need| f64::from(need.worth)).sum() };
    let (base, other_base) = (sum(one), sum(other));
    let product = |told: &Explained| f64::from(told.factors.product());
    let (score, other_score) = (base * product(one), other_base * product(other));
    if score <= 0.0 || other_score <= 0.0 || one.needs.len() != other.needs.len() {
        return Vec::new();
    }
    let mean = log_mean(score, other_score);
    let of_base = mean / log_mean(base, other_base);
    let mut differences = Vec::new();
    for (at, (need, other)) in one.needs.iter().zip(&other.needs).enumerate() {
        differences.push(Difference {
            part: Part::Concept(at),
            by: of_base * (f64::from(need.worth) - f64::from(other.worth)),
        });
    }
    for (part, of) in [
        (
            Part::Coverage,
            (|factors| factors.coverage) as fn(&Factors) -> f32,
        ),
        (Part::Length, |factors| factors.length),
        (Part::WholeName, |factors| factors.whole_name),
    ] {
        let ratio = f64::from(of(&one.factors)) / f64::from(of(&other.factors));
        differences.push(Difference {
            part,
            by: mean * ratio.ln(),
        });
    }
    differences
}

/// The logarithmic mean of two positive numbers.
fn log_mean(a: f64, b: f64) -> f64 {
    if (a - b).abs() < 1e-9 * a.max(b) {
        f64::midpoint(a, b)
    } else {
        (a - b) / (a / b).ln()
    }
}

/// Returns why a concept counts more in `more` than in `less`: by the kind of list that makes most of the difference.
pub fn cause(more: &Need, less: &Need) -> Cause {
    if less.rows.is_empty() {
        return Cause::Missing;
    }
    let (Some(best), Some(other)) = (best(more), best(less)) else {
        return Cause::Other;
    };
    let of = |need: &Need, kinds: &[RowKind]| -> f32 {
        let rows = need.rows.iter().filter(|row| kinds.contains(&row.kind));
        rows.map(|row| row.worth).sum()
    };
    let by = |kinds: &[RowKind]| of(more, kinds) - of(less, kinds);
    let by_best = best.worth - other.worth;
    let first = if best.shown != other.shown {
        Cause::Words
    } else if best.field != other.field {
        Cause::Field
    } else if best.frequency > other.frequency {
        Cause::Frequency
    } else {
        Cause::Other
    };
    let causes = [
        (first, by_best),
        (Cause::Places, by(&[RowKind::Finds]) - by_best),
        (Cause::Exact, by(&[RowKind::Exact])),
        (Cause::Parts, by(&[RowKind::Part])),
        (Cause::Neighbour, by(&[RowKind::Pair, RowKind::Near])),
    ];
    let most = causes.into_iter().max_by(|a, b| a.1.total_cmp(&b.1));
    most.map_or(Cause::Other, |(cause, _)| cause)
}

/// Returns the row of the list that gives most of those that find roles.
pub fn best(need: &Need) -> Option<&Row> {
    need.rows.iter().find(|row| row.kind == RowKind::Finds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(worths: &[f32], coverage: f32) -> Explained {
        let need = |worth: &f32| Need {
            worth: *worth,
            ..Need::default()
        };
        Explained {
            needs: worths.iter().map(need).collect(),
            factors: Factors {
                coverage,
                ..Factors::default()
            },
            ..Explained::default()
        }
    }

    #[test]
    fn differences_add_up_and_are_opposite_the_other_way() {
        let (one, other) = (told(&[8.0, 2.0], 1.0), told(&[3.0, 0.0], 0.5));
        let shares = differences(&one, &other);
        let sum: f64 = shares.iter().map(|share| share.by).sum();
        assert!((sum - (10.0 - 1.5)).abs() < 1e-6);
        for (share, back) in shares.iter().zip(differences(&other, &one)) {
            assert!((share.by + back.by).abs() < 1e-6);
        }
        let same = differences(&one, &one);
        assert!(same.iter().all(|share| share.by.abs() < 1e-6));
        assert!(differences(&one, &told(&[0.0, 0.0], 1.0)).is_empty());
    }
}
