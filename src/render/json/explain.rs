//! `bp.explain/1`: why a role stands where it stands.

use serde::Serialize;

use super::{Filters, line, rounded};
use crate::query::{Dimension, Via};
use crate::render::explain::verdict::{absence, verdict};
use crate::search::explain::{Absence, Difference, Explained, Need, Part, Row, differences};
use crate::search::{Explanation, Request};

#[derive(Serialize)]
struct ExplainOutput<'a> {
    schema: &'static str,
    applied: AppliedQuery<'a>,
    total: u64,
    role: RoleOutput<'a>,
    versus: Option<RoleOutput<'a>>,
    differences: Vec<DifferenceOutput<'a>>,
    verdict: String,
    notes: &'a [String],
    warnings: Vec<&'a str>,
    took_ms: u64,
}

#[derive(Serialize)]
struct AppliedQuery<'a> {
    query: &'a str,
    #[serde(rename = "match")]
    match_: &'static str,
    filters: Filters<'a>,
}

#[derive(Serialize)]
struct RoleOutput<'a> {
    id: &'a str,
    title: &'a str,
    levels: &'a [String],
    domains: &'a [String],
    path: &'a str,
    line: u32,
    rank: Option<usize>,
    score: f64,
    reasons: Vec<ReasonOutput<'a>>,
    without_filters: Option<WithoutOutput>,
    concepts: Vec<ConceptOutput<'a>>,
    factors: FactorsOutput,
}

#[derive(Serialize)]
struct ReasonOutput<'a> {
    kind: &'static str,
    terms: Vec<&'a str>,
    values: Vec<&'a str>,
    text: String,
}

#[derive(Serialize)]
struct WithoutOutput {
    rank: usize,
    total: u64,
}

#[derive(Serialize)]
struct ConceptOutput<'a> {
    term: &'a str,
    met: bool,
    before_factors: f64,
    contribution: f64,
    roles: usize,
    roles_above: usize,
    rows: Vec<RowOutput<'a>>,
}

#[derive(Serialize)]
struct RowOutput<'a> {
    kind: &'static str,
    variant: &'a str,
    via: Via,
    field: &'static str,
    section: &'static str,
    line: Option<u32>,
    frequency: u32,
    weight: f64,
    contribution: f64,
}

#[derive(Serialize)]
struct FactorsOutput {
    coverage: f64,
    length: f64,
    whole_name: f64,
}

#[derive(Serialize)]
struct DifferenceOutput<'a> {
    part: &'static str,
    term: Option<&'a str>,
    by: f64,
}

/// Writes an explanation as `bp.explain/1`.
pub fn explain_json(explanation: &Explanation, request: &Request, took_ms: u64) -> String {
    let role = &explanation.role;
    let shares = explanation.versus.as_ref();
    let shares = shares.map_or_else(Vec::new, |versus| differences(role, versus));
    let remarks = explanation.remarks.iter();
    line(&ExplainOutput {
        schema: "bp.explain/1",
        applied: AppliedQuery {
            query: &request.query.text,
            match_: if request.rules.all { "all" } else { "any" },
            filters: Filters {
                level: &request.levels.applied,
                domain: &request.domains.applied,
            },
        },
        total: explanation.total,
        role: role_output(role),
        versus: explanation.versus.as_ref().map(role_output),
        differences: shares.iter().map(|share| difference(share, role)).collect(),
        verdict: verdict(explanation),
        notes: &explanation.notes,
        warnings: remarks.map(|remark| remark.text.as_str()).collect(),
        took_ms,
    })
}

fn role_output(role: &Explained) -> RoleOutput<'_> {
    let hit = &role.hit;
    RoleOutput {
        id: &hit.id,
        title: &hit.title,
        levels: &hit.levels,
        domains: &hit.domains,
        path: &hit.path,
        line: hit.line,
        rank: role.rank,
        score: rounded(hit.score),
        reasons: role.absences.iter().map(reason).collect(),
        without_filters: role
            .without
            .map(|(rank, total)| WithoutOutput { rank, total }),
        concepts: role.needs.iter().map(concept).collect(),
        factors: FactorsOutput {
            coverage: fine(role.factors.coverage),
            length: fine(role.factors.length),
            whole_name: fine(role.factors.whole_name),
        },
    }
}

fn reason<'a>(why: &'a Absence) -> ReasonOutput<'a> {
    let strs = |texts: &'a [String]| texts.iter().map(String::as_str).collect::<Vec<&'a str>>();
    let named = |dimension: Dimension| match dimension {
        Dimension::Level => "level",
        Dimension::Domain => "domain",
    };
    let (kind, terms, values): (&str, Vec<&str>, Vec<&str>) = match why {
        Absence::NoWords => ("no_words", Vec::new(), Vec::new()),
        Absence::NoTerm => ("no_term", Vec::new(), Vec::new()),
        Absence::Lacks { terms, any } => (
            if *any { "lacks_all" } else { "lacks" },
            strs(terms),
            Vec::new(),
        ),
        Absence::Has { term, .. } => ("has", vec![term.as_str()], Vec::new()),
        Absence::LeftOut { dimension, value } => {
            let kind = match dimension {
                Dimension::Level => "left_out_level",
                Dimension::Domain => "left_out_domain",
            };
            (kind, Vec::new(), vec![value.as_str()])
        }
        Absence::Filtered { dimension, own, .. } => (named(*dimension), Vec::new(), strs(own)),
    };
    ReasonOutput {
        kind,
        terms,
        values,
        text: absence(why),
    }
}

fn concept(need: &Need) -> ConceptOutput<'_> {
    ConceptOutput {
        term: &need.term,
        met: !need.rows.is_empty(),
        before_factors: fine(need.worth),
        contribution: fine(need.contribution),
        roles: need.roles,
        roles_above: need.above,
        rows: need.rows.iter().map(row).collect(),
    }
}

fn row(row: &Row) -> RowOutput<'_> {
    RowOutput {
        kind: row.kind.id(),
        variant: &row.shown,
        via: row.via,
        field: row.field.id(),
        section: row.section.id(),
        line: row.line,
        frequency: row.frequency,
        weight: fine(row.weight),
        contribution: fine(row.contribution),
    }
}

fn difference<'a>(share: &Difference, role: &'a Explained) -> DifferenceOutput<'a> {
    let (part, term) = match share.part {
        Part::Concept(at) => ("concept", Some(role.needs[at].term.as_str())),
        Part::Coverage => ("coverage", None),
        Part::Length => ("length", None),
        Part::WholeName => ("whole_name", None),
    };
    DifferenceOutput {
        part,
        term,
        by: (share.by * 1e5).round() / 1e5,
    }
}

/// Parts of a score get two digits more than the score, so that their sum is the score as it is printed.
fn fine(number: f32) -> f64 {
    (f64::from(number) * 1e5).round() / 1e5
}
