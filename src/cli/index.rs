//! `bp index`: reads blueprints and brings the index up to date.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::args::{Format, Index, Shared};
use super::as_read::standard_input;
use super::exit::Exit;
use super::place::{self, canonical, index_folder, say_problems, shown};
use super::progress;
use super::ui::{Stop, Ui};
use super::watch;
use crate::corpus::Problem;
use crate::error::Error;
use crate::index::build::{Anew, update};
use crate::index::material::read_data;
use crate::index::plan::is_standard_input;
use crate::index::progress::watched;
use crate::index::refresh::unreachable;
use crate::index::{Built, Options, Plan, Sources, read_current, recover};
use crate::query::thesaurus::Thesaurus;
use crate::render::json;

/// Runs the command.
pub fn run(ui: &mut Ui, shared: &Shared, args: &Index) -> Result<Exit, Stop> {
    if !matches!(shared.format(), Format::Text | Format::Json) {
        return Err(place::no_such_format("index", "text, json").into());
    }
    let is_missing = |path: &&PathBuf| !is_standard_input(path) && !path.exists();
    if let Some(missing) = args.paths.iter().find(is_missing) {
        return Err(Error::NoSuchSource(missing.clone()).into());
    }
    if let Some(jobs) = args.jobs {
        // Threads that are running already (in a test that calls this twice) go on as they are.
        let _ = rayon::ThreadPoolBuilder::new()
            .num_threads(jobs.get().into())
            .build_global();
    }
    let named = !args.paths.is_empty();
    let place = place::place(shared);
    let kept = place.index.filter(|_| !named);
    let folder = kept.unwrap_or_else(|| index_folder(shared));
    let recorded = recorded(&folder);
    let has_index = recorded.is_some();
    let plan = plan(args, recorded.as_ref(), place.default)?;
    let unreachable = unreachable(&plan.sources);
    if !named && has_index && !unreachable.is_empty() && !args.watch {
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
    let is_typed = args.paths.iter().any(|path| is_standard_input(path));
    let options = Options {
        standard_input: is_typed.then(standard_input).transpose()?,
        wait: Duration::from_secs_f64(args.lock_wait),
        rebuild: args.rebuild,
        dry_run: args.dry_run,
        ..Options::default()
    };
    let watch = progress::writing(ui, &folder);
    let run = |ui: &mut Ui, options: &Options, leaving: &[String]| -> Result<Exit, Stop> {
        let start = Instant::now();
        let (built, roles) = watched(&watch, |progress| {
            let options = Options {
                progress: Arc::clone(progress),
                ..options.clone()
            };
            (update(&folder, &plan, &options), progress.seen().roles)
        });
        let built = built?;
        for source in leaving {
            ui.note(&format!("{source} leaves the index"));
        }
        say_why(ui, &folder, &built);
        let has_failed = say_problems(ui, &built.problems);
        let report = Report {
            folder: shown(&folder.to_string_lossy()),
            built: &built,
            leaving,
            is_dry: options.dry_run,
            read: roles,
            took_ms: start.elapsed().as_millis() as u64,
        };
        ui.result(&report.text(shared.format()))?;
        Ok(if has_failed { Exit::Failed } else { Exit::Done })
    };
    if args.watch {
        return watch::run(ui, &folder, &plan, options, |ui, options| {
            run(ui, options, &[])
        });
    }
    run(ui, &options, &leaving)
}

/// What the index in a folder is to hold, as far as that can be found out.
fn recorded(folder: &Path) -> Option<Plan> {
    match read_current(folder) {
        Ok(Some(current)) => Some(current.plan),
        Ok(None) | Err(_) => recover(folder).map(|header| header.plan),
    }
}

fn plan(args: &Index, recorded: Option<&Plan>, default: Plan) -> Result<Plan, Error> {
    let mut plan = recorded.cloned().unwrap_or(default);
    if !args.paths.is_empty() {
        let mut paths: Vec<PathBuf> = args
            .paths
            .iter()
            .map(|path| {
                if is_standard_input(path) {
                    path.clone()
                } else {
                    canonical(path)
                }
            })
            .collect();
        paths.sort();
        paths.dedup();
        plan.sources = Sources::Paths(paths);
        // Globs belong to the paths that they were given with.
        plan.include.clear();
        plan.exclude.clear();
    }
    if !args.include.is_empty() || !args.exclude.is_empty() {
        plan.include.clone_from(&args.include);
        plan.exclude.clone_from(&args.exclude);
    }
    if let Some(taxonomy) = &args.taxonomy {
        plan.taxonomy = Some(canonical(taxonomy));
    }
    if let Some(synonyms) = &args.synonyms {
        Thesaurus::with_overlay(&read_data(synonyms)?, synonyms)?;
        plan.synonyms = Some(canonical(synonyms));
    }
    Ok(plan)
}

fn say_why(ui: &Ui, folder: &Path, built: &Built) {
    let folder = shown(&folder.to_string_lossy());
    match &built.anew {
        Some(Anew::OtherVersion) => ui.note(&format!(
            "the index in {folder} was made by another version of bp and is built anew"
        )),
        Some(Anew::Taxonomy) => ui.note("levels and domains have changed; all files are read anew"),
        Some(Anew::Damaged(error)) => ui.warn(&format!("{error}; it is built anew")),
        Some(Anew::Missing | Anew::Asked) | None => {}
    }
}

/// From this time on a run says how many roles it read a second, in milliseconds.
const LONG_MS: u64 = 1000;

/// What is said of a run.
struct Report<'a> {
    folder: String,
    built: &'a Built,
    leaving: &'a [String],
    is_dry: bool,
    /// How many roles were read.
    read: u64,
    took_ms: u64,
}

impl Report<'_> {
    fn text(&self, format: Format) -> String {
        let header = &self.built.header;
        if format == Format::Json {
            let problems: Vec<&Problem> = self.built.problems.iter().collect();
            let run = json::IndexRun {
                index: &self.folder,
                changes: self.built.changes,
                anew: self.built.anew.is_some(),
                dry_run: self.is_dry,
                leaving: self.leaving,
                took_ms: self.took_ms,
            };
            return json::index_json(&run, header, &problems, shown);
        }
        let size: u64 = header.checksums.iter().map(|checksum| checksum.size).sum();
        let size = if self.is_dry {
            "nothing is written".to_owned()
        } else {
            format!("{:.1} MB of index", size as f64 / 1e6)
        };
        format!(
            "{}{} {} from {} {}{}: {}; in {} ({:.1} MB of text, {size}), {} ms{}\n",
            if self.is_dry { "would be " } else { "" },
            header.roles,
            plural("role", header.roles),
            header.files,
            plural("file", header.files),
            match header.skipped {
                0 => String::new(),
                skipped => format!(", {skipped} passed over"),
            },
            self.changes(),
            self.folder,
            header.text_bytes as f64 / 1e6,
            self.took_ms,
            self.rate()
        )
    }

    /// The rate of a run that had something to do for a while.
    fn rate(&self) -> String {
        if self.read == 0 || self.took_ms < LONG_MS {
            return String::new();
        }
        format!(", {} roles/s", self.read * 1000 / self.took_ms)
    }

    fn changes(&self) -> String {
        let changes = self.built.changes;
        let added = match self.built.anew {
            Some(Anew::Missing) | None => "added",
            Some(_) => "read anew",
        };
        let counts = [
            (changes.added, added),
            (changes.changed, "changed"),
            (changes.moved, "moved"),
            (changes.removed, "removed"),
            (changes.unchanged, "unchanged"),
        ];
        let said = counts.iter().filter(|(count, _)| *count > 0);
        let said: Vec<String> = said
            .map(|(count, word)| format!("{count} {word}"))
            .collect();
        said.join(", ")
    }
}

fn plural(word: &str, count: u64) -> String {
    if count == 1 {
        word.to_owned()
    } else {
        format!("{word}s")
    }
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
