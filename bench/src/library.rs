//! Times queries through the library: one process opens the index once and asks each query many times.

use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use bp::index::OpenIndex;
use bp::index::open::{Found, open};
use bp::query::parse::parse;
use bp::search::{Request, search};
use bp::taxonomy::Taxonomy;
use bp::taxonomy::filter::Selection;

use crate::queries::{self, Query};
use crate::results::{Measure, Row, round};

/// How often a query is asked, and how long at most.
const REPETITIONS: usize = 2_000;
const AT_MOST: Duration = Duration::from_secs(5);
/// What `bp query` asks for.
const HITS: usize = 10;
const PASSAGES: usize = 1;

/// Times all queries against the index in `folder`.
pub fn time(folder: &Path, documents: usize) -> io::Result<Vec<Row>> {
    let Found::Index(index) = open(folder).map_err(io::Error::other)? else {
        return Err(io::Error::other("there is no index of this program"));
    };
    let queries = queries::all();
    let rows = queries.iter().map(|query| row(&index, query, documents));
    rows.collect()
}

fn row(index: &OpenIndex, query: &Query, documents: usize) -> io::Result<Row> {
    let taxonomy = Taxonomy::new(None, Path::new("taxonomy.toml")).map_err(io::Error::other)?;
    let start = Instant::now();
    let mut times = Vec::new();
    while times.len() < REPETITIONS && (times.len() < 3 || start.elapsed() < AT_MOST) {
        let begun = Instant::now();
        let answer = search(index, &request(index, query, &taxonomy)?).map_err(io::Error::other)?;
        times.push(begun.elapsed().as_secs_f64() * 1e3);
        drop(answer);
    }
    times.sort_by(f64::total_cmp);
    let within = |share: f64| round(times[((times.len() - 1) as f64 * share).round() as usize]);
    Ok(Row {
        documents,
        measure: Measure::Library,
        query: query.name.to_owned(),
        program: "bp".to_owned(),
        rounds: times.len(),
        best_ms: round(times[0]),
        median_ms: within(0.5),
        p99_ms: Some(within(0.99)),
        ratio: None,
        cpu_ms: None,
        peak_kib: None,
        index_bytes: None,
        text_bytes: None,
    })
}

/// What `bp query` makes of words and flags.
fn request(index: &OpenIndex, query: &Query, taxonomy: &Taxonomy) -> io::Result<Request> {
    let known = |values: &[bp::index::header::FacetValue]| -> Vec<String> {
        values.iter().map(|value| value.value.clone()).collect()
    };
    let mut levels = Selection::default();
    let mut domains = Selection::default();
    if let Some(level) = query.level {
        let chosen = [level.value.to_owned()];
        levels = taxonomy
            .select_levels(&chosen, &known(&index.header.levels))
            .map_err(io::Error::other)?;
    }
    if let Some(domain) = query.domain {
        let chosen = [domain.value.to_owned()];
        domains = taxonomy
            .select_domains(&chosen, &known(&index.header.domains))
            .map_err(io::Error::other)?;
    }
    Ok(Request {
        query: parse(&query.words.join(" ")),
        levels,
        domains,
        limit: HITS,
        passages: PASSAGES,
        ..Request::default()
    })
}
