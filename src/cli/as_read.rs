//! `bp show --as-read`: what is understood of a file, without an index.

use std::io::Read as _;
use std::path::Path;

use super::args::{Format, Shared};
use super::exit::Exit;
use super::place::{self, canonical, shown};
use super::ui::{Stop, Ui};
use crate::corpus::{FileReading, Severity, bounds, read_named};
use crate::error::Error;
use crate::index::material::taxonomy_of;
use crate::index::open::{Found, open};
use crate::index::{Plan, Sources};
use crate::render::{self, json};

/// Runs the command for files, or standard input for `-`.
pub fn run(ui: &mut Ui, shared: &Shared, files: &[String]) -> Result<Exit, Stop> {
    if !matches!(shared.format(), Format::Text | Format::Json) {
        return Err(place::no_such_format("show --as-read", "text, json").into());
    }
    let plan = plan(shared);
    let taxonomy = taxonomy_of(&plan)?;
    let mut exit = Exit::Done;
    for (at, file) in files.iter().enumerate() {
        let (path, reading) = if file == "-" {
            (
                "-".to_owned(),
                crate::corpus::read_bytes(&standard_input()?, "-", None, &taxonomy),
            )
        } else {
            let path = canonical(Path::new(file));
            let folder = folder(&path, &plan.sources);
            (
                shown(&path.to_string_lossy()),
                read_named(&path, folder.as_deref(), &taxonomy),
            )
        };
        if at > 0 && shared.format() == Format::Text {
            ui.result("\n")?;
        }
        let text = match shared.format() {
            Format::Json => json::as_read_json(&path, &reading),
            _ => render::as_read::text(&path, &reading, ui.style()),
        };
        ui.result(&text)?;
        exit = exit.max(verdict(&reading));
    }
    Ok(exit)
}

fn verdict(reading: &FileReading) -> Exit {
    let mut severities = reading
        .problems
        .iter()
        .map(crate::corpus::Problem::severity);
    if severities.any(|severity| severity == Severity::Error) {
        Exit::Failed
    } else if reading.roles.is_empty() {
        Exit::NothingFound
    } else {
        Exit::Done
    }
}

/// What the index of this place is to hold: its sources tell which folder of a path is a domain.
fn plan(shared: &Shared) -> Plan {
    let place = place::place(shared);
    let found = place.index.as_deref().map(open);
    match found {
        Some(Ok(Found::Index(index))) => index.header.plan.clone(),
        Some(Ok(Found::Stale(current, _) | Found::OtherVersion(current))) => current.plan,
        _ => place.default,
    }
}

/// The folder directly below the source that a file lies in.
fn folder(path: &Path, sources: &Sources) -> Option<String> {
    let below = sources
        .paths()
        .iter()
        .find_map(|source| path.strip_prefix(source).ok());
    let first = below?.parent()?.components().next()?;
    Some(first.as_os_str().to_string_lossy().into_owned())
}

/// Reads standard input up to what a file may hold, and one byte more.
pub fn standard_input() -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    std::io::stdin()
        .lock()
        .take(bounds::FILE.limit + 1)
        .read_to_end(&mut bytes)
        .map_err(Error::io("cannot read", "standard input"))?;
    Ok(bytes)
}
