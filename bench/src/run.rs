//! One run: data, indexes, whole processes in rounds, the library; all of it for each size.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, io};

use crate::measure::{Cost, Summary, run};
use crate::place::{self, Place};
use crate::programs::{self, Program, Wanted};
use crate::queries;
use crate::results::{Measure, Results, Row};

/// The seed of all corpora.
const SEED: u64 = 7;
/// The largest corpus whose index is made several times.
const LARGEST_REPEATED: usize = 10_000;
/// A program that has taken so long for its indexes, in seconds, makes no more of them.
const INDEX_SECONDS: f64 = 60.0;
/// The largest corpus whose parsed documents are kept.
const LARGEST_KEPT: usize = 100_000;
/// What a query that takes long is repeated for at most, in seconds, for all programs together.
const QUERY_SECONDS: f64 = 60.0;

/// What is to be run.
pub struct Plan {
    /// The sizes.
    pub sizes: Vec<usize>,
    /// How often each query is asked.
    pub rounds: usize,
    /// How often an index of up to [`LARGEST_REPEATED`] documents is made.
    pub index_rounds: usize,
    /// Where the results go.
    pub results: PathBuf,
    /// The programs.
    pub wanted: Wanted,
}

/// Runs everything, and keeps the results after each size.
pub fn all(plan: &Plan) -> io::Result<Results> {
    let programs = programs::all(&plan.wanted)?;
    let csv = plan.results.join("results.csv");
    let mut results = Results::read(&csv)?;
    for &documents in &plan.sizes {
        let place = Place::new(&plan.wanted.data, documents)?;
        let fit = |program: &&dyn Program| documents <= program.largest();
        let programs: Vec<&dyn Program> = programs
            .iter()
            .map(|program| &**program)
            .filter(fit)
            .collect();
        prepare(&place, &programs)?;
        results.take(index(&place, &programs, plan)?);
        results.write(&csv)?;
        results.take(query(&place, &programs, plan.rounds)?);
        results.take(library(&place)?);
        results.write(&csv)?;
    }
    Ok(results)
}

/// Makes the blueprints, what is parsed of them, and the records, in processes of their own: the memory of this one would
/// show in what it measures.
fn prepare(place: &Place, programs: &[&dyn Program]) -> io::Result<()> {
    let made_of = bp::index::header::made_of();
    let (corpus, dump) = (place.corpus(), place.dump());
    let (count, seed) = (place.documents.to_string(), SEED.to_string());
    if !place.has("corpus", "1") {
        eprintln!("{count} documents: generating");
        own(Command::new(env::current_exe()?)
            .arg("generate")
            .arg(&corpus)
            .args([&count, &seed]))?;
        place.note("corpus", "1")?;
    }
    let is_any_missing = programs.iter().any(|program| is_missing(place, *program));
    if is_any_missing && !place.has("dump", &made_of) {
        eprintln!("{count} documents: parsing");
        own(Command::new(env::current_exe()?)
            .arg("parse")
            .args([&corpus, &dump]))?;
        place.note("dump", &made_of)?;
    }
    let names: Vec<&str> = programs.iter().map(|program| program.name()).collect();
    let of_form = |name: &str| match name {
        "SQLite FTS5" | "Xapian" | "Lucene" => Some("ascii"),
        "tantivy-cli" => Some("json"),
        _ => None,
    };
    for form in ["ascii", "json"] {
        let records = place.records(form);
        let is_wanted = names.iter().any(|name| of_form(name) == Some(form));
        if is_wanted && is_any_missing && !place.has(form, &made_of) {
            own(Command::new(env::current_exe()?)
                .arg("export")
                .args([&dump, &records])
                .arg(form))?;
            place.note(form, &made_of)?;
        }
    }
    Ok(())
}

fn own(command: &mut Command) -> io::Result<()> {
    let status = command.status()?;
    if status.success() {
        Ok(())
    } else {
        Err(io::Error::other(format!("{command:?} ended with {status}")))
    }
}

/// Makes the indexes that are missing, interleaved; several times where they are small.
fn index(place: &Place, programs: &[&dyn Program], plan: &Plan) -> io::Result<Vec<Row>> {
    let rounds = if place.documents <= LARGEST_REPEATED {
        plan.index_rounds
    } else {
        1
    };
    let mut missing: Vec<&&dyn Program> = programs
        .iter()
        .filter(|program| is_missing(place, **program))
        .collect();
    let is_large = place.documents > LARGEST_KEPT;
    if is_large {
        missing.sort_by_key(|program| program.name() == "bp");
    }
    let mut costs: BTreeMap<&str, Vec<Cost>> = BTreeMap::new();
    for round in 1..=rounds {
        for program in &missing {
            let name = program.name();
            let costs = costs.entry(name).or_default();
            let taken: f64 = costs.iter().map(|cost| cost.wall.as_secs_f64()).sum();
            if taken > INDEX_SECONDS {
                continue;
            }
            if is_large && name == "bp" {
                // The dump, as large as the text, gives way: the engine needs its index twice while it merges.
                place.remove("dump", &place.dump())?;
            }
            eprintln!(
                "{} documents: {name} indexes, {round} of {rounds}",
                place.documents
            );
            costs.push(make(place, **program)?);
        }
    }
    let mut rows = Vec::new();
    for program in missing {
        let costs = costs.remove(program.name()).unwrap_or_default();
        rows.extend(made(place, *program, &costs)?);
    }
    Ok(rows)
}

fn is_missing(place: &Place, program: &dyn Program) -> bool {
    program.makes_index() && !place.has(program.name(), &program.made_of())
}

/// Makes an index anew.
fn make(place: &Place, program: &dyn Program) -> io::Result<Cost> {
    if let Some(path) = program.index(place) {
        place.remove(program.name(), &path)?;
    }
    let command = program.indexing(place);
    run(&mut command.ok_or_else(|| io::Error::other("a program that makes no index"))?)
}

/// Notes that an index is there, and returns its row.
fn made(place: &Place, program: &dyn Program, costs: &[Cost]) -> io::Result<Option<Row>> {
    let (Some(path), Some(summary)) = (program.index(place), Summary::of(costs)) else {
        return Ok(None);
    };
    place.note(program.name(), &program.made_of())?;
    let measured = (costs.len(), summary);
    let row = Row::of_process(
        place.documents,
        Measure::Index,
        "",
        program.name(),
        measured,
    );
    Ok(Some(Row {
        index_bytes: Some(place::size(&path)?),
        text_bytes: Some(place::size(&place.corpus())?),
        ..row
    }))
}

/// Asks every query of every program, interleaved in rounds, after one that is not counted.
fn query(place: &Place, programs: &[&dyn Program], rounds: usize) -> io::Result<Vec<Row>> {
    let mut rows = Vec::new();
    for query in queries::all() {
        let able: Vec<&&dyn Program> = programs
            .iter()
            .filter(|program| program.query(place, &query).is_some())
            .collect();
        let mut costs: Vec<Vec<Cost>> = vec![Vec::new(); able.len()];
        let mut seconds = 0.0;
        for round in 0..=rounds {
            if seconds > QUERY_SECONDS && round > 3 {
                break;
            }
            for (program, costs) in able.iter().zip(&mut costs) {
                let Some(mut command) = program.query(place, &query) else {
                    continue;
                };
                let cost = run(&mut command)?;
                seconds += cost.wall.as_secs_f64();
                if round > 0 {
                    costs.push(cost);
                }
            }
        }
        eprintln!("{} documents: {}", place.documents, query.name);
        for (program, costs) in able.iter().zip(&costs) {
            if let Some(summary) = Summary::of(costs) {
                let measured = (costs.len(), summary);
                rows.push(Row::of_process(
                    place.documents,
                    Measure::Query,
                    query.name,
                    program.name(),
                    measured,
                ));
            }
        }
    }
    Ok(rows)
}

/// Times the library in a process of its own, which prints rows.
fn library(place: &Place) -> io::Result<Vec<Row>> {
    let mut command = Command::new(env::current_exe()?);
    let index: &Path = &place.index("bp");
    command
        .arg("library")
        .arg(index)
        .arg(place.documents.to_string());
    let output = command.output()?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(io::Error::other(said));
    }
    let rows = csv::Reader::from_reader(&output.stdout[..]).into_deserialize();
    rows.collect::<Result<Vec<Row>, csv::Error>>()
        .map_err(io::Error::from)
}
