//! Turns an explanation into the one sentence that it ends in.

use crate::index::schema::TextField;
use crate::query::Dimension;
use crate::search::Explanation;
use crate::search::explain::{
    Absence, Cause, Explained, Need, Part, Row, RowKind, best, cause, differences,
};

/// The most terms that a sentence names.
const NAMED: usize = 3;

/// Says what the place of the role comes down to; of two roles, what decides between them.
pub fn verdict(explanation: &Explanation) -> String {
    let role = &explanation.role;
    if let Some(versus) = &explanation.versus {
        return against(explanation, versus);
    }
    let Some(rank) = role.rank else {
        return absent(role);
    };
    let place = format!("rank {rank} of {}", explanation.total);
    if !explanation.ranked {
        return format!("{place}, by title: the query has no words to rank by");
    }
    let Some(measure) = &explanation.measure else {
        return format!("{place}: no other role is in the answer");
    };
    if rank > 1
        && let Some(missing) = missing(role, rank - 1)
    {
        return format!("{place}: misses {missing}");
    }
    format!("{place}: {}", measured(role, rank, measure))
}

/// The terms that a role misses and at least half of those above have: those that most of them have.
fn missing(role: &Explained, above: usize) -> Option<String> {
    let missing = role.needs.iter().filter(|need| need.rows.is_empty());
    let most = missing.clone().map(|need| need.above).max()?;
    if most == 0 || most * 2 < above {
        return None;
    }
    let terms: Vec<&str> = missing
        .filter(|need| need.above == most)
        .map(|need| need.term.as_str())
        .collect();
    let who = match (most, above) {
        (1, 1) => "the one above has".to_owned(),
        (most, above) if most == above => format!("the {} above have", number(above)),
        (1, above) => format!("one of the {} above has", number(above)),
        (most, above) => format!("{} of the {} above have", number(most), number(above)),
    };
    Some(format!("{}, which {who}", list(&terms)))
}

/// What parts a role from that at rank 1, and that one from the second.
fn measured(role: &Explained, rank: usize, measure: &Explained) -> String {
    let other = &measure.hit.id;
    if same(role, measure) {
        return format!("the score of {other}; equal scores go by id");
    }
    let by = points(role.hit.score - measure.hit.score);
    let (upper, lower, sides) = if rank == 1 {
        (role, measure, ["here", "there"])
    } else {
        (measure, role, ["there", "here"])
    };
    match decisive(upper, lower) {
        Some(what) if rank == 1 => {
            let why = reason(upper, lower, &what, sides);
            format!("ahead of {other} by {by}: {why}")
        }
        Some(Decisive::Missing(terms, by)) => {
            let terms = list(&typed(role, &terms));
            format!(
                "misses {terms} ({}), which {other} at rank 1 has",
                signed(-by)
            )
        }
        Some(Decisive::Part(Part::Concept(at), by)) => less(role, measure, at, -by),
        Some(what) => {
            let why = reason(upper, lower, &what, sides);
            format!("behind {other} by {by}: {why}")
        }
        None if rank == 1 => format!("ahead of {other} by {by}"),
        None => format!("behind {other} by {by}"),
    }
}

/// Why a concept counts for less in a role than in the first one.
fn less(role: &Explained, first: &Explained, at: usize, by: f64) -> String {
    let (need, other) = (&role.needs[at], &first.needs[at]);
    let (term, id, by) = (&need.term, &first.hit.id, signed(by));
    match (cause(other, need), best(need), best(other)) {
        (Cause::Field, Some(row), Some(there)) => format!(
            "{term} counts for less here ({by}): {}, where {id} has it {}",
            as_what(row),
            as_what(there)
        ),
        _ => format!(
            "{term} counts for less here ({by}) than in {id} at rank 1: it {}",
            reason_of_term(other, need, ["there", "here"])
        ),
    }
}

/// What decides between two roles.
fn against(explanation: &Explanation, versus: &Explained) -> String {
    let role = &explanation.role;
    let (Some(rank), Some(other)) = (role.rank, versus.rank) else {
        let absent_ones = [role, versus]
            .into_iter()
            .filter(|told| told.rank.is_none());
        return absent_ones.map(absent).collect::<Vec<_>>().join("; ");
    };
    if rank == other {
        return format!("both are {}, at rank {rank}", role.hit.id);
    }
    let (upper, lower, sides) = if rank < other {
        (role, versus, ["here", "there"])
    } else {
        (versus, role, ["there", "here"])
    };
    let apart = rank.abs_diff(other);
    let ranks = if apart == 1 { "rank" } else { "ranks" };
    let place = format!(
        "{} stands {apart} {ranks} above {}",
        upper.hit.id, lower.hit.id
    );
    if !explanation.ranked {
        return format!("{place}, by title: the query has no words to rank by");
    }
    if same(upper, lower) {
        return format!("{place} by its id: their scores are equal");
    }
    match decisive(upper, lower) {
        Some(what) => format!("{place}: {}", reason(upper, lower, &what, sides)),
        None => place,
    }
}

/// What speaks most for one role against another, and by how many points.
enum Decisive {
    /// Terms that the other one misses, with what that costs it in coverage.
    Missing(Vec<usize>, f64),
    /// A part of the score that both have.
    Part(Part, f64),
}

/// The largest difference that speaks for the upper role. Terms that the lower one misses count together.
fn decisive(upper: &Explained, lower: &Explained) -> Option<Decisive> {
    let is_missing = |at: usize| {
        let has = |told: &Explained| !told.needs[at].rows.is_empty();
        has(upper) && !has(lower)
    };
    let (mut terms, mut by) = (Vec::new(), 0.0);
    let mut best: Option<(Part, f64)> = None;
    for share in differences(upper, lower) {
        match share.part {
            Part::Concept(at) if is_missing(at) => {
                terms.push(at);
                by += share.by;
            }
            Part::Coverage if !terms.is_empty() => by += share.by.max(0.0),
            part if share.by > best.map_or(0.0, |(_, by)| by) => best = Some((part, share.by)),
            _ => {}
        }
    }
    match best {
        Some((part, of_best)) if of_best > by => Some(Decisive::Part(part, of_best)),
        _ if !terms.is_empty() => Some(Decisive::Missing(terms, by)),
        _ => None,
    }
}

fn typed<'a>(role: &'a Explained, terms: &[usize]) -> Vec<&'a str> {
    let typed = terms.iter().map(|at| role.needs[*at].term.as_str());
    typed.collect()
}

/// Why something puts the upper role before the lower one; `sides` are the words for where each is.
fn reason(upper: &Explained, lower: &Explained, what: &Decisive, sides: [&str; 2]) -> String {
    let [up, low] = sides;
    let (part, by) = match what {
        Decisive::Missing(terms, by) => {
            let are = if terms.len() == 1 { "is" } else { "are" };
            let terms = list(&typed(upper, terms));
            return format!("{terms} ({}) {are} missing {low}", signed(*by));
        }
        Decisive::Part(part, by) => (*part, signed(*by)),
    };
    match part {
        Part::Concept(at) => {
            let (need, other) = (&upper.needs[at], &lower.needs[at]);
            format!(
                "{} ({by}) {}",
                need.term,
                reason_of_term(need, other, sides)
            )
        }
        Part::Coverage => format!("more of the words are met {up} ({by})"),
        Part::Length => format!("the text is shorter {up} ({by})"),
        Part::WholeName if lower.factors.whole_name > 1.0 => {
            format!("the query is a stronger name {up} than {low} ({by})")
        }
        Part::WholeName => format!("the query is a whole name {up} ({by})"),
    }
}

/// Why a term counts more in one role than in another.
fn reason_of_term(more: &Need, less: &Need, [up, low]: [&str; 2]) -> String {
    let finding = |need: &Need| {
        let rows = need.rows.iter();
        rows.filter(|row| row.kind == RowKind::Finds).count()
    };
    let (Some(best), Some(other)) = (best(more), best(less)) else {
        return format!("is missing {low}");
    };
    match cause(more, less) {
        Cause::Missing => format!("is missing {low}"),
        Cause::Words => format!(
            "stands as \"{}\" {up}, as \"{}\" {low}",
            best.shown, other.shown
        ),
        Cause::Field => format!("is {} {up}, {} {low}", what(best), what(other)),
        Cause::Frequency => format!(
            "is {} more often {up} ({} × against {} ×)",
            what(best),
            best.frequency,
            other.frequency
        ),
        Cause::Places if finding(more) > finding(less) => format!(
            "stands in more places {up} ({} against {})",
            finding(more),
            finding(less)
        ),
        Cause::Places => format!("stands in stronger places {up}"),
        Cause::Exact => format!("stands in its exact form in more or stronger places {up}"),
        Cause::Parts => format!("has its single words in more or stronger places {up}"),
        Cause::Neighbour => format!("stands beside its neighbour {up}"),
        Cause::Other => format!("counts more {up}"),
    }
}

/// What a term is where it stands.
fn what(row: &Row) -> String {
    match row.field {
        TextField::Title => "in the title".to_owned(),
        TextField::Alias => "in another name".to_owned(),
        TextField::Kpi => "in the name of a KPI".to_owned(),
        TextField::SkillCritical => "a critical skill".to_owned(),
        TextField::SkillImportant => "a skill".to_owned(),
        TextField::SkillOptional => "an optional skill".to_owned(),
        TextField::Tool => "a tool".to_owned(),
        TextField::KpiRow => "under a KPI".to_owned(),
        _ => format!("under {}", row.section.id()),
    }
}

fn as_what(row: &Row) -> String {
    let what = what(row);
    if what.starts_with("a ") || what.starts_with("an ") {
        format!("as {what}")
    } else {
        what
    }
}

/// Why a role is not in the answer.
pub fn absent(role: &Explained) -> String {
    let id = &role.hit.id;
    let reasons: Vec<String> = role.absences.iter().map(absence).collect();
    let mut told = format!("{id} is not in the answer: {}", reasons.join(", and "));
    if let Some((rank, of)) = role.without {
        let filters: Vec<&str> = role
            .absences
            .iter()
            .filter_map(|absence| match absence {
                Absence::Filtered { dimension, .. } => Some(flag(*dimension)),
                _ => None,
            })
            .collect();
        told.push_str(&format!(
            "; without {} it would be rank {rank} of {of}",
            filters.join(" and ")
        ));
    }
    told
}

/// Why a role is not in the answer, one reason.
pub fn absence(absence: &Absence) -> String {
    match absence {
        Absence::NoWords => "the query has no words to look for".to_owned(),
        Absence::NoTerm => "no term of the query stands in it".to_owned(),
        Absence::Lacks { terms, any: false } => {
            format!("it lacks {}, which must be there", quoted(terms, " and "))
        }
        Absence::Lacks { terms, any: true } => {
            format!("it has too few of {}", quoted(terms, ", "))
        }
        Absence::Has { term, place } => {
            let place = place.map_or_else(
                || " in its name".to_owned(),
                |place| format!(" under {}, line {}", place.section.id(), place.line),
            );
            format!("it has \"{term}\"{place}, which is left out")
        }
        Absence::LeftOut { dimension, value } => {
            format!("{}:{value} is left out", name(*dimension))
        }
        Absence::Filtered {
            dimension,
            own,
            wanted,
        } => {
            let own = if own.is_empty() {
                format!("it has no {}", name(*dimension))
            } else {
                format!("its {} is {}", name(*dimension), own.join(", "))
            };
            format!("{own}, not {}", wanted.join(","))
        }
    }
}

fn name(dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::Level => "level",
        Dimension::Domain => "domain",
    }
}

fn flag(dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::Level => "--level",
        Dimension::Domain => "--domain",
    }
}

/// Whether the scores of two roles are equal, but for the last bits.
fn same(one: &Explained, other: &Explained) -> bool {
    (one.hit.score - other.hit.score).abs() <= 1e-5 * one.hit.score.abs()
}

fn points(by: f32) -> String {
    format!("{:.2}", by.abs())
}

/// A difference with its sign, where it is one to be seen.
pub fn signed(by: f64) -> String {
    if by.abs() < 0.005 {
        "0.00".to_owned()
    } else {
        format!("{by:+.2}")
    }
}

fn quoted(terms: &[String], sign: &str) -> String {
    let quoted: Vec<String> = terms.iter().map(|term| format!("\"{term}\"")).collect();
    quoted.join(sign)
}

/// Names things: `a`, `a and b`, `a, b, c and 2 more`.
fn list(terms: &[&str]) -> String {
    match terms {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [start @ .., last] if terms.len() <= NAMED => format!("{} and {last}", start.join(", ")),
        _ => format!(
            "{} and {} more",
            terms[..NAMED].join(", "),
            terms.len() - NAMED
        ),
    }
}

fn number(count: usize) -> String {
    let words = [
        "none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    ];
    words
        .get(count)
        .map_or_else(|| count.to_string(), |word| (*word).to_owned())
}
