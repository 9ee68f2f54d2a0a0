//! The machine formats, with structs of their own: a change of shape is a new number in `schema`.

mod as_read;
mod eval;
mod explain;
mod show;
mod state;

use serde::Serialize;

use super::{Answered, Dimension, Suggestion};
use crate::blueprint::{CELL, LINE_BREAK};
use crate::corpus::Problem;
use crate::error::Error;
use crate::index::Changes;
use crate::index::header::{FacetValue, Header};
use crate::query::Via;
use crate::search::{Counted, Counts, Hit, Request, counted};
use crate::taxonomy::filter::Selection;

#[derive(Serialize)]
struct QueryOutput<'a> {
    schema: &'static str,
    applied: Applied<'a>,
    terms: Vec<TermOutput<'a>>,
    total: u64,
    unfiltered_total: u64,
    returned: usize,
    hits: Vec<HitOutput<'a>>,
    facets: Facets<'a>,
    suggestions: &'a [Suggestion],
    warnings: Vec<&'a str>,
    took_ms: u64,
}

#[derive(Serialize)]
struct Applied<'a> {
    query: &'a str,
    #[serde(rename = "match")]
    match_: &'static str,
    filters: Filters<'a>,
    limit: usize,
    offset: usize,
}

#[derive(Serialize)]
struct Filters<'a> {
    level: &'a [String],
    domain: &'a [String],
}

#[derive(Serialize)]
struct TermOutput<'a> {
    term: &'a str,
    via: Option<Via>,
    used: &'a [String],
}

#[derive(Serialize)]
struct HitOutput<'a> {
    rank: usize,
    id: &'a str,
    title: &'a str,
    level: &'a str,
    levels: &'a [String],
    domains: &'a [String],
    score: f64,
    coverage: Coverage,
    missing: &'a [String],
    matched: Vec<MatchedOutput<'a>>,
    snippets: Vec<SnippetOutput<'a>>,
    path: &'a str,
    line: u32,
}

#[derive(Serialize)]
struct Coverage {
    matched: usize,
    of: usize,
}

#[derive(Serialize)]
struct MatchedOutput<'a> {
    term: &'a str,
    via: Via,
    section: &'static str,
    line: u32,
}

#[derive(Serialize)]
struct SnippetOutput<'a> {
    section: &'static str,
    line: u32,
    text: &'a str,
    marks: Vec<[usize; 2]>,
}

#[derive(Serialize)]
struct Facets<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<Vec<FacetOutput<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    domain: Option<Vec<FacetOutput<'a>>>,
}

#[derive(Serialize)]
struct FacetOutput<'a> {
    value: &'a str,
    label: &'a str,
    count: u64,
    selected: bool,
}

pub use as_read::as_read_json;
pub use eval::eval_json;
pub use explain::explain_json;
pub use show::show_json;
pub use state::{By, Number, Status, status_json, verify_json};

fn line(value: &impl Serialize) -> String {
    // Values of strings and numbers only: nothing here can fail to be written.
    serde_json::to_string(value).unwrap_or_default() + "\n"
}

/// Writes an answer as `bp.query/1`.
pub fn query_json(answered: &Answered<'_>) -> String {
    let answer = answered.answer;
    line(&QueryOutput {
        schema: "bp.query/1",
        applied: applied(answered.request),
        terms: answer
            .terms
            .iter()
            .map(|term| TermOutput {
                term: &term.term,
                via: term.via,
                used: &term.used,
            })
            .collect(),
        total: answer.counts.total,
        unfiltered_total: answer.counts.unfiltered,
        returned: answer.hits.len(),
        hits: hits(answered).collect(),
        facets: facets(
            answered.header,
            answered.request,
            &answer.counts,
            &[Dimension::Level, Dimension::Domain],
        ),
        suggestions: answered.suggestions,
        warnings: answer
            .remarks
            .iter()
            .map(|remark| remark.text.as_str())
            .collect(),
        took_ms: answered.took_ms,
    })
}

/// Writes the hits, one a line.
pub fn hit_lines(answered: &Answered<'_>) -> String {
    hits(answered).map(|hit| line(&hit)).collect()
}

fn hits<'a>(answered: &Answered<'a>) -> impl Iterator<Item = HitOutput<'a>> {
    let offset = answered.request.offset;
    answered
        .answer
        .hits
        .iter()
        .enumerate()
        .map(move |(at, hit)| hit_output(offset + at + 1, hit))
}

fn hit_output(rank: usize, hit: &Hit) -> HitOutput<'_> {
    let matched = hit.matched.iter().map(|matched| MatchedOutput {
        term: &matched.term,
        via: matched.place.via,
        section: matched.place.section.id(),
        line: matched.place.line,
    });
    let snippets = hit.passages.iter().map(|passage| SnippetOutput {
        section: passage.section.id(),
        line: passage.line,
        text: &passage.text,
        marks: passage
            .marks
            .iter()
            .map(|&(start, end)| [start, end])
            .collect(),
    });
    HitOutput {
        rank,
        id: &hit.id,
        title: &hit.title,
        level: &hit.level,
        levels: &hit.levels,
        domains: &hit.domains,
        score: rounded(hit.score),
        coverage: Coverage {
            matched: hit.matched.len(),
            of: hit.matched.len() + hit.missing.len(),
        },
        missing: &hit.missing,
        matched: matched.collect(),
        snippets: snippets.collect(),
        path: &hit.path,
        line: hit.line,
    }
}

/// Three digits are enough to compare by, and hide the last bits, which depend on the order of adding.
pub fn rounded(score: f32) -> f64 {
    (f64::from(score) * 1000.0).round() / 1000.0
}

fn applied(request: &Request) -> Applied<'_> {
    let filters = Filters {
        level: &request.levels.applied,
        domain: &request.domains.applied,
    };
    Applied {
        query: &request.query.text,
        match_: if request.rules.all { "all" } else { "any" },
        filters,
        limit: request.limit,
        offset: request.offset,
    }
}

fn facets<'a>(
    header: &'a Header,
    request: &'a Request,
    counts: &'a Counts,
    dimensions: &[Dimension],
) -> Facets<'a> {
    let list = |values: &'a [FacetValue], counts: &'a [u64], selection: &'a Selection| {
        let output = |value: Counted<'a>| FacetOutput {
            value: value.value,
            label: value.label,
            count: value.count,
            selected: value.selected,
        };
        counted(values, counts, selection)
            .into_iter()
            .map(output)
            .collect::<Vec<_>>()
    };
    Facets {
        level: dimensions
            .contains(&Dimension::Level)
            .then(|| list(&header.levels, &counts.levels, &request.levels)),
        domain: dimensions
            .contains(&Dimension::Domain)
            .then(|| list(&header.domains, &counts.domains, &request.domains)),
    }
}

#[derive(Serialize)]
struct FacetsOutput<'a> {
    schema: &'static str,
    applied: AppliedFilters<'a>,
    total: u64,
    facets: Facets<'a>,
}

#[derive(Serialize)]
struct AppliedFilters<'a> {
    filters: Filters<'a>,
}

/// Writes counts as `bp.facets/1`.
pub fn facets_json(
    header: &Header,
    request: &Request,
    counts: &Counts,
    dimensions: &[Dimension],
) -> String {
    let filters = Filters {
        level: &request.levels.applied,
        domain: &request.domains.applied,
    };
    line(&FacetsOutput {
        schema: "bp.facets/1",
        applied: AppliedFilters { filters },
        total: counts.total,
        facets: facets(header, request, counts, dimensions),
    })
}

/// Writes counts, one value a line.
pub fn facets_json_lines(
    header: &Header,
    request: &Request,
    counts: &Counts,
    dimensions: &[Dimension],
) -> String {
    #[derive(Serialize)]
    struct Value<'a> {
        dimension: &'static str,
        #[serde(flatten)]
        value: FacetOutput<'a>,
    }
    let facets = facets(header, request, counts, dimensions);
    let of = |dimension, values: Option<Vec<FacetOutput<'_>>>| {
        values
            .into_iter()
            .flatten()
            .map(move |value| line(&Value { dimension, value }))
            .collect::<String>()
    };
    of("level", facets.level) + &of("domain", facets.domain)
}

/// The words of a stored text, without the marks between lines and cells.
pub fn words(text: &str) -> String {
    text.replace(LINE_BREAK, " ")
        .replace(CELL, " | ")
        .trim()
        .to_owned()
}

#[derive(Serialize)]
struct IndexOutput<'a> {
    schema: &'static str,
    index: &'a str,
    dry_run: bool,
    anew: bool,
    changes: Changes,
    roles: u64,
    files: u64,
    skipped: u64,
    text_bytes: u64,
    index_bytes: u64,
    removed_sources: &'a [String],
    problems: Vec<ProblemOutput>,
    took_ms: u64,
}

#[derive(Serialize)]
struct ProblemOutput {
    path: String,
    line: Option<u32>,
    reason: String,
    skipped: bool,
}

/// A run of `index`, beside what the index holds then.
#[derive(Debug, Clone, Copy)]
pub struct IndexRun<'a> {
    /// The folder, as the user is to see it.
    pub index: &'a str,
    /// What became of the files.
    pub changes: Changes,
    /// Whether all files were read anew.
    pub anew: bool,
    /// Whether nothing was written.
    pub dry_run: bool,
    /// Sources that left the index.
    pub leaving: &'a [String],
    /// How long it took, in milliseconds.
    pub took_ms: u64,
}

/// Writes a run of `index` as `bp.index/2`; `shown` gives a path as the user is to see it.
pub fn index_json(
    run: &IndexRun<'_>,
    header: &Header,
    problems: &[&Problem],
    shown: impl Fn(&str) -> String,
) -> String {
    let problem = |problem: &&Problem| ProblemOutput {
        path: shown(&problem.path),
        line: problem.line,
        reason: problem.reason(),
        skipped: problem.is_skip(),
    };
    line(&IndexOutput {
        schema: "bp.index/2",
        index: run.index,
        dry_run: run.dry_run,
        anew: run.anew,
        changes: run.changes,
        roles: header.roles,
        files: header.files,
        skipped: header.skipped,
        text_bytes: header.text_bytes,
        index_bytes: header.checksums.iter().map(|checksum| checksum.size).sum(),
        removed_sources: run.leaving,
        problems: problems.iter().map(problem).collect(),
        took_ms: run.took_ms,
    })
}

/// Writes an error as `bp.error/1`.
pub fn error_json(error: &Error) -> String {
    #[derive(Serialize)]
    struct ErrorOutput {
        schema: &'static str,
        error: ErrorBody,
    }
    #[derive(Serialize)]
    struct ErrorBody {
        code: &'static str,
        message: String,
        hint: Option<String>,
    }
    line(&ErrorOutput {
        schema: "bp.error/1",
        error: ErrorBody {
            code: error.code(),
            message: error.to_string(),
            hint: error.tip(),
        },
    })
}
