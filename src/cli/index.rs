//! `bp index`: reads blueprints and brings the index up to date.

use std::path::PathBuf;
use std::time::Instant;

use super::args::{Format, Index, Shared};
use super::exit::Exit;
use super::place::{self, canonical, index_folder, say_problems, shown};
use super::ui::{Stop, Ui};
use crate::corpus::Problem;
use crate::error::Error;
use crate::index::build::{build, read_data};
use crate::index::open::{Found, open};
use crate::index::recover;
use crate::index::refresh::{plan_of, unreachable};
use crate::index::{Built, Plan, Sources};
use crate::query::thesaurus::Thesaurus;
use crate::render::json;

/// Runs the command.
pub fn run(ui: &mut Ui, shared: &Shared, args: &Index) -> Result<Exit, Stop> {
    let start = Instant::now();
    if let Some(missing) = args.paths.iter().find(|path| !path.exists()) {
        return Err(Error::NoSuchSource(missing.clone()).into());
    }
    let named = !args.paths.is_empty();
    let place = place::place(shared);
    let kept = place.index.filter(|_| !named);
    let folder = kept.unwrap_or_else(|| index_folder(shared));
    let before = open(&folder);
    let recorded = match &before {
        Ok(Found::Index(index)) => Some(plan_of(&index.header)),
        Ok(Found::Stale(current, _) | Found::OtherVersion(current)) => Some(Plan {
            sources: current.sources.clone(),
            taxonomy: current.taxonomy.clone(),
            synonyms: current.synonyms.clone(),
        }),
        Ok(Found::Nothing) | Err(_) => recover(&folder).map(|header| plan_of(&header)),
    };
    let mut plan = if named {
        let mut paths: Vec<PathBuf> = args.paths.iter().map(|path| canonical(path)).collect();
        paths.sort();
        paths.dedup();
        Plan {
            sources: Sources::Paths(paths),
            taxonomy: recorded.as_ref().and_then(|plan| plan.taxonomy.clone()),
            synonyms: recorded.as_ref().and_then(|plan| plan.synonyms.clone()),
        }
    } else {
        recorded.clone().unwrap_or(place.default)
    };
    if let Some(taxonomy) = &args.taxonomy {
        plan.taxonomy = Some(canonical(taxonomy));
    }
    if let Some(synonyms) = &args.synonyms {
        Thesaurus::with_overlay(&read_data(synonyms)?, synonyms)?;
        plan.synonyms = Some(canonical(synonyms));
    }
    let unreachable = unreachable(&plan.sources);
    if !named && !unreachable.is_empty() && matches!(before, Ok(Found::Index(_))) {
        for path in &unreachable {
            ui.warn(&format!(
                "{} cannot be reached; the index stays as it is",
                path.display()
            ));
        }
        return Ok(Exit::Failed);
    }
    let leaving = recorded
        .map(|recorded| leaving(&recorded.sources, &plan.sources))
        .unwrap_or_default();
    let built = build(&folder, &plan)?;
    for source in &leaving {
        ui.note(&format!("{source} leaves the index"));
    }
    let has_failed = say_problems(ui, &built.problems);
    report(ui, shared, &folder, &built, &leaving, start)?;
    Ok(if has_failed { Exit::Failed } else { Exit::Done })
}

fn report(
    ui: &mut Ui,
    shared: &Shared,
    folder: &std::path::Path,
    built: &Built,
    leaving: &[String],
    start: Instant,
) -> Result<(), Stop> {
    let folder = shown(&folder.to_string_lossy());
    let took = start.elapsed().as_millis() as u64;
    let header = &built.header;
    match shared.format() {
        Format::Json => {
            let problems: Vec<&Problem> = built.problems.iter().collect();
            ui.result(&json::index_json(
                &folder, header, &problems, leaving, took, shown,
            ))?;
        }
        Format::Text => {
            let size: u64 = header.checksums.iter().map(|checksum| checksum.size).sum();
            let skipped = if header.skipped > 0 {
                format!(", {} passed over", header.skipped)
            } else {
                String::new()
            };
            let roles = if header.roles == 1 { "role" } else { "roles" };
            let files = if header.files == 1 { "file" } else { "files" };
            ui.result(&format!(
                "{} {roles} from {} {files}{skipped}, in {folder} ({:.1} MB of text, {:.1} MB of index), {took} ms\n",
                header.roles,
                header.files,
                header.text_bytes as f64 / 1e6,
                size as f64 / 1e6
            ))?;
        }
        _ => return Err(place::no_such_format("index", "text, json").into()),
    }
    Ok(())
}

fn leaving(before: &Sources, now: &Sources) -> Vec<String> {
    match (before, now) {
        (Sources::BuiltIn, Sources::Paths(_)) => vec!["the compiled-in corpus".to_owned()],
        (Sources::Paths(before), Sources::Paths(now)) => before
            .iter()
            .filter(|path| !now.contains(path))
            .map(|path| path.display().to_string())
            .collect(),
        (_, Sources::BuiltIn) => Vec::new(),
    }
}
