//! Brings an index up to date with its sources: reads what differs, and publishes a generation that says so.
//!
//! A generation that goes on from another shares its files, which nobody writes to again, and has the documents of
//! changed files replaced. Where there is nothing to go on from, all files are read.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::changes::Changes;
use super::generation::{self, damaged};
use super::header::Header;
use super::manifest::Manifest;
use super::material::Material;
use super::open::{Base, OpenIndex};
use super::plan::Plan;
use super::progress::{Phase, Progress};
use super::run::{Run, Sink};
use super::write::{Merging, Writer};
use crate::corpus::{self, Problem};
use crate::error::{Error, Result};

/// How a run goes about it.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// What came by standard input, where that is a source and something came.
    pub standard_input: Option<Vec<u8>>,
    /// How long to wait for another process that writes.
    pub wait: Duration,
    /// Read all files, whatever is known of them.
    pub rebuild: bool,
    /// Write nothing.
    pub dry_run: bool,
    /// When segments are written anew.
    pub merging: Merging,
    /// Who is told how far it has come.
    pub progress: Arc<Progress>,
}

/// What came of a run.
#[derive(Debug)]
pub struct Built {
    /// The header of the generation in force; of a dry run, of what it would have been.
    pub header: Header,
    /// What there is to say of the files that were read, and of those that could not be.
    pub problems: Vec<Problem>,
    /// What became of the files.
    pub changes: Changes,
    /// Whether all files were read anew, and why.
    pub anew: Option<Anew>,
    /// Whether the roles in the index are others than before.
    pub is_other: bool,
}

/// Why all files were read.
#[derive(Debug)]
pub enum Anew {
    /// There was no index.
    Missing,
    /// That was asked for.
    Asked,
    /// Another version of the program made the index.
    OtherVersion,
    /// Levels and domains mean something else than before.
    Taxonomy,
    /// The index was damaged.
    Damaged(Error),
}

/// Brings the index in `folder` up to date.
///
/// # Errors
/// Fails where a source is missing, nothing could be read, or the folder cannot be written to; the index of before stays.
pub fn update(folder: &Path, plan: &Plan, options: &Options) -> Result<Built> {
    let lock = if options.dry_run {
        None
    } else {
        Some(generation::lock(folder, options.wait)?)
    };
    options.progress.enter(Phase::Looking);
    if let Some(lock) = &lock {
        lock.clean()?;
    }
    let open = || {
        if options.rebuild {
            return Err(Anew::Asked);
        }
        Base::open(folder)
    };
    // What is known is read while the files are looked for.
    let (material, base) = rayon::join(|| Material::gather(plan, Some(folder)), open);
    let material = material?;
    let base = base.and_then(|base| {
        if base.manifest.taxonomy != material.taxonomy_hash {
            Err(Anew::Taxonomy)
        } else if material.built_in && !holds_built_in(&base.manifest) {
            Err(Anew::OtherVersion)
        } else {
            Ok(base)
        }
    });
    let run = |base| {
        let mut run = Run::new(folder, plan, &material, lock.as_ref(), base);
        run.typed = options.standard_input.as_deref();
        run.progress = Arc::clone(&options.progress);
        run.all(options.merging)
    };
    let base = match base {
        Ok(base) => base,
        Err(anew) => return run(Err(anew)),
    };
    // Damaged bytes make the engine panic as well as fail.
    match catch_unwind(AssertUnwindSafe(|| run(Ok(base)))) {
        Ok(Err(error @ (Error::Damaged { .. } | Error::Engine { .. }))) => {
            run(Err(Anew::Damaged(error)))
        }
        Ok(result) => result,
        Err(_) => run(Err(Anew::Damaged(damaged(folder, "the engine broke off")))),
    }
}

/// Whether a manifest is that of the compiled-in corpus of this program.
fn holds_built_in(manifest: &Manifest) -> bool {
    let files = manifest.files.iter();
    let known = files.map(|file| (file.path.to_string_lossy().into_owned(), file.hash));
    let own = corpus::built_in_files().map(|file| (file.path, file.hash));
    known.eq(own)
}

/// Builds an index in memory, for where none can be written.
pub fn build_in_memory(plan: &Plan) -> Result<(OpenIndex, Vec<Problem>)> {
    build_in_memory_watched(plan, &Arc::default())
}

/// The same, with somebody who is told how far it has come.
pub fn build_in_memory_watched(
    plan: &Plan,
    progress: &Arc<Progress>,
) -> Result<(OpenIndex, Vec<Problem>)> {
    progress.enter(Phase::Looking);
    let place = Path::new("memory");
    let material = Material::gather(plan, None)?;
    let mut run = Run::new(place, plan, &material, None, Err(Anew::Missing));
    run.progress = Arc::clone(progress);
    run.sink = Sink::Writer(Box::new(engine(
        place,
        Writer::in_memory(material.walk.files.len(), run.known.clone(), progress),
    )?));
    run.read()?;
    let mut header = run.header()?;
    let Sink::Writer(writer) = run.sink else {
        return Err(Error::NoIndex(place.to_owned()));
    };
    let finished = engine(place, writer.finish(Merging::default()))?;
    header.absent = finished.absent;
    let words = finished
        .words
        .ok_or_else(|| Error::NoIndex(place.to_owned()))?;
    let index = OpenIndex::new(&finished.index, header, words, None)?;
    Ok((index, run.problems))
}

/// Turns the engine's refusal into ours.
pub fn engine<T>(folder: &Path, result: tantivy::Result<T>) -> Result<T> {
    result.map_err(|error| engine_error(folder, &error))
}

fn engine_error(folder: &Path, error: &tantivy::TantivyError) -> Error {
    use std::io::{self, ErrorKind};
    use tantivy::TantivyError as Engine;
    use tantivy::directory::error::OpenWriteError;
    let write = |error: &io::Error| match error.raw_os_error() {
        Some(code) => io::Error::from_raw_os_error(code),
        // The engine wraps what the system said into words.
        None if error.to_string().contains("No space left") => ErrorKind::StorageFull.into(),
        None => io::Error::new(error.kind(), error.to_string()),
    };
    let is_of_content = |error: &io::Error| {
        matches!(
            error.kind(),
            ErrorKind::InvalidData | ErrorKind::UnexpectedEof
        )
    };
    let refused = match error {
        Engine::IoError(error) if !is_of_content(error) => Some(write(error)),
        Engine::OpenWriteError(OpenWriteError::IoError { io_error, .. }) => Some(write(io_error)),
        // The writer's threads end with the first write that fails, and say no more than that.
        error if error.to_string().contains("writer was killed") => {
            Some(io::Error::other("a write failed, as on a full disk"))
        }
        _ => None,
    };
    match refused {
        Some(error) => Error::io("cannot write", folder)(error),
        None => Error::Engine {
            path: folder.to_owned(),
            reason: error.to_string(),
        },
    }
}
