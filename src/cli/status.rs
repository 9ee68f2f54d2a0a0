//! `bp status`: what is in the index and how fresh it is.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use super::args::{Format, Shared};
use super::exit::Exit;
use super::place::{self, shown};
use super::ui::{Stop, Ui};
use crate::error::Error;
use crate::index::build::update;
use crate::index::header::{FacetValue, ProblemRecord};
use crate::index::manifest::Manifest;
use crate::index::refresh::unreachable;
use crate::index::{Changes, OpenIndex, Options, Sources};
use crate::render::json::{self, By, Number, Status};
use crate::search::{Request, search};

/// Runs the command.
pub fn run(ui: &mut Ui, shared: &Shared) -> Result<Exit, Stop> {
    let mut shared = shared.clone();
    // Status looks for changes however large the corpus is, unless it was told not to.
    shared.update = !shared.no_update;
    let ask = |index: &OpenIndex| {
        let counts = search(index, &Request::default())?.counts;
        Ok((index.problems()?, index.manifest()?, counts))
    };
    let (index, (problems, manifest, counts)) = place::ask(ui, &shared, ask)?;
    let changes = changes(&index)?;
    let header = &index.header;
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |time| time.as_millis() as u64);
    let sources = match &header.plan.sources {
        Sources::BuiltIn => vec!["builtin:".to_owned()],
        Sources::Paths(paths) => paths
            .iter()
            .map(|path| shown(&path.to_string_lossy()))
            .collect(),
    };
    let problems: Vec<ProblemRecord> = problems
        .into_iter()
        .map(|problem| ProblemRecord {
            path: shown(&problem.path),
            ..problem
        })
        .collect();
    let status = Status {
        index: index
            .folder
            .as_ref()
            .map(|folder| shown(&folder.to_string_lossy())),
        sources,
        roles: header.roles,
        files: header.files,
        skipped: header.skipped,
        by: By {
            format: by_format(&manifest),
            level: numbers(&header.levels, &counts.levels),
            domain: numbers(&header.domains, &counts.domains),
        },
        fresh: changes.map(|changes| !changes.are_any()),
        changes,
        age_seconds: now.saturating_sub(header.made_at) / 1000,
        text_bytes: header.text_bytes,
        index_bytes: header.checksums.iter().map(|checksum| checksum.size).sum(),
        made_by: header.made_by.clone(),
        problems: &problems,
    };
    match shared.format() {
        Format::Text => ui.result(&text(&status, ui.verbose))?,
        Format::Json => ui.result(&json::status_json(&status))?,
        _ => return Err(place::no_such_format("status", "text, json").into()),
    }
    Ok(Exit::Done)
}

/// What of the files is not in the index; `None` where that cannot be looked at.
fn changes(index: &OpenIndex) -> Result<Option<Changes>, Error> {
    let plan = &index.header.plan;
    let Some(folder) = index.folder.as_deref() else {
        return Ok(None);
    };
    if plan.sources.paths().is_empty() {
        return Ok(Some(Changes {
            unchanged: index.header.files,
            ..Changes::default()
        }));
    }
    if !unreachable(&plan.sources).is_empty() {
        return Ok(None);
    }
    let options = Options {
        dry_run: true,
        ..Options::default()
    };
    update(folder, plan, &options).map(|built| Some(built.changes))
}

fn by_format(manifest: &Manifest) -> Vec<Number> {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for file in manifest.files.iter().filter(|file| !file.roles.is_empty()) {
        *counts.entry(&file.container).or_default() += file.roles.len() as u64;
    }
    let number = |(value, count): (&str, u64)| Number {
        value: value.to_owned(),
        count,
    };
    counts.into_iter().map(number).collect()
}

fn numbers(values: &[FacetValue], counts: &[u64]) -> Vec<Number> {
    let numbers = values.iter().zip(counts);
    let numbers = numbers.map(|(value, count)| Number {
        value: value.value.clone(),
        count: *count,
    });
    numbers.collect()
}

fn listed(numbers: &[Number]) -> String {
    let words = numbers
        .iter()
        .map(|number| format!("{} {}", number.value, number.count));
    words.collect::<Vec<_>>().join(", ")
}

fn text(status: &Status<'_>, verbose: bool) -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    let folder = status.index.as_deref().unwrap_or("memory");
    let ratio = status.index_bytes as f64 / status.text_bytes.max(1) as f64;
    let _ = writeln!(
        text,
        "roles    {} from {} files",
        status.roles, status.files
    );
    let _ = writeln!(
        text,
        "skipped  {}{}",
        status.skipped,
        if status.skipped > 0 && !verbose {
            " (-v names them)"
        } else {
            ""
        }
    );
    for (name, numbers) in [
        ("formats", &status.by.format),
        ("levels", &status.by.level),
        ("domains", &status.by.domain),
    ] {
        if !numbers.is_empty() {
            let _ = writeln!(text, "{name:<9}{}", listed(numbers));
        }
    }
    let fresh = match status.changes {
        None => "cannot be told".to_owned(),
        Some(changes) if changes.are_any() => format!(
            "no: {} added, {} changed, {} moved, {} removed (bp index takes them in)",
            changes.added, changes.changed, changes.moved, changes.removed
        ),
        Some(_) => "yes".to_owned(),
    };
    let _ = writeln!(text, "fresh    {fresh}");
    let _ = writeln!(text, "age      {}", age(status.age_seconds));
    let _ = writeln!(
        text,
        "size     {:.1} MB of index for {:.1} MB of text ({ratio:.2})",
        status.index_bytes as f64 / 1e6,
        status.text_bytes as f64 / 1e6
    );
    let _ = writeln!(text, "sources  {}", status.sources.join(", "));
    let _ = writeln!(text, "index    {folder}, by {}", status.made_by);
    for problem in status.problems.iter().filter(|_| verbose) {
        let line = problem
            .line
            .map(|line| format!(":{line}"))
            .unwrap_or_default();
        let _ = writeln!(
            text,
            "{}  {}{line}: {}",
            if problem.skipped {
                "skipped"
            } else {
                "remark "
            },
            problem.path,
            problem.reason
        );
    }
    text
}

fn age(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min", seconds / 60),
        3_600..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}
