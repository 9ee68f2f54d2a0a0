//! `bp verify`: whether the index is what was written, and says what the files say.

use std::path::PathBuf;
use std::time::Instant;

use super::args::{Format, Shared};
use super::exit::Exit;
use super::place::{self, shown};
use super::ui::{Stop, Ui};
use crate::error::Error;
use crate::index::verify::{SourcesState, Verified, verify};
use crate::render::json;

/// How many paths are named without `-v`.
const NAMED: usize = 10;

/// Runs the command.
pub fn run(ui: &mut Ui, shared: &Shared) -> Result<Exit, Stop> {
    let start = Instant::now();
    let Some(folder) = place::place(shared).index else {
        return Err(Error::NoIndex(PathBuf::from("memory")).into());
    };
    let verified = verify(&folder)?;
    let took = start.elapsed().as_millis() as u64;
    let folder = shown(&folder.to_string_lossy());
    match shared.format() {
        Format::Text => ui.result(&text(&folder, &verified, ui.verbose))?,
        Format::Json => ui.result(&json::verify_json(&folder, &verified, took, shown))?,
        _ => return Err(place::no_such_format("verify", "text, json").into()),
    }
    if verified.damage.is_empty() {
        return Ok(Exit::Done);
    }
    ui.note("bp index builds a damaged index anew");
    Ok(Exit::NothingFound)
}

fn text(folder: &str, verified: &Verified, verbose: bool) -> String {
    let mut text = String::new();
    if verified.damage.is_empty() {
        text.push_str(&format!(
            "sound    {} files of the index in {folder}, {:.1} MB\n",
            verified.files,
            verified.bytes as f64 / 1e6
        ));
    }
    for (file, reason) in &verified.damage {
        let separator = if file.is_empty() { "" } else { "/" };
        text.push_str(&format!("damaged  {folder}{separator}{file} {reason}\n"));
    }
    match &verified.sources {
        Some(sources) => text.push_str(&sources_text(sources, verbose)),
        None => text.push_str("files    cannot be told\n"),
    }
    text
}

fn sources_text(sources: &SourcesState, verbose: bool) -> String {
    let mut text = format!("files    {} as they were read", sources.same);
    let kinds = [
        ("changed", &sources.changed),
        ("added", &sources.added),
        ("removed", &sources.removed),
    ];
    for (word, paths) in kinds.iter().filter(|(_, paths)| !paths.is_empty()) {
        text.push_str(&format!(", {} {word}", paths.len()));
    }
    if !sources.is_same() {
        text.push_str(" (bp index takes them in)");
    }
    text.push('\n');
    for (word, paths) in kinds {
        let named = if verbose { paths.len() } else { NAMED };
        for path in paths.iter().take(named) {
            text.push_str(&format!("{word:<9}{}\n", shown(&path.to_string_lossy())));
        }
        if paths.len() > named {
            let more = paths.len() - named;
            text.push_str(&format!("{word:<9}and {more} more (-v names them)\n"));
        }
    }
    text
}
