//! The sources as they are found, before anything is read: files, data files, and what a query may look at for changes.

use std::path::{Path, PathBuf};
use std::time::Instant;

use super::generation::now_ms;
use super::header::Watched;
use super::plan::{Plan, Sources};
use crate::corpus;
use crate::corpus::walk::{FINE_STEP, Globs, Stamp, Walk, walk};
use crate::error::{Error, Result};
use crate::taxonomy::Taxonomy;

/// The largest data file that is read, in bytes.
const MAX_DATA_BYTES: u64 = 1 << 20;
/// How many files and folders a query may look at: their stamps take about a microsecond each.
const MAX_WATCHED: usize = 500;

/// What is there to be indexed.
pub struct Material {
    /// The files.
    pub walk: Walk,
    /// Whether it is the compiled-in corpus.
    pub built_in: bool,
    /// The taxonomy.
    pub taxonomy: Taxonomy,
    /// The taxonomy that lies over the compiled-in one.
    pub taxonomy_path: Option<PathBuf>,
    /// Its hash, 0 for none.
    pub taxonomy_hash: u64,
    /// The synonyms that lie over the compiled-in ones.
    pub synonyms_path: Option<PathBuf>,
    /// What tells a query of changes.
    pub watch: Option<Vec<Watched>>,
}

impl Material {
    /// Looks at the sources of a plan; `folder` is that of the index, which is no source.
    ///
    /// # Errors
    /// Fails where a source does not exist, a glob or a data file cannot be understood.
    pub fn gather(plan: &Plan, folder: Option<&Path>) -> Result<Self> {
        let walk = match &plan.sources {
            Sources::BuiltIn => Walk::default(),
            Sources::Paths(paths) => {
                settled(paths, folder, &Globs::of(&plan.include, &plan.exclude)?)?
            }
        };
        let taxonomy_path = plan
            .taxonomy
            .clone()
            .or_else(|| walk.taxonomies.first().cloned());
        let (taxonomy, overlay) = taxonomy_with(taxonomy_path.as_deref())?;
        let synonyms_path = plan
            .synonyms
            .clone()
            .or_else(|| walk.synonyms.first().cloned());
        let built_in = plan.sources == Sources::BuiltIn;
        let watch = if built_in {
            None
        } else {
            watch(&walk, taxonomy_path.as_deref())
        };
        let hash = |text: &String| xxhash_rust::xxh3::xxh3_64(text.as_bytes()).max(1);
        Ok(Self {
            walk,
            built_in,
            taxonomy_hash: overlay.as_ref().map_or(0, hash),
            taxonomy,
            taxonomy_path,
            synonyms_path,
            watch,
        })
    }
}

/// The compiled-in taxonomy with another one laid over it, and the text of that.
fn taxonomy_with(path: Option<&Path>) -> Result<(Taxonomy, Option<String>)> {
    let overlay = path.map(read_data).transpose()?;
    let name = path.unwrap_or(Path::new("taxonomy.toml"));
    Ok((Taxonomy::new(overlay.as_deref(), name)?, overlay))
}

/// Returns the taxonomy that files are read with by a plan, without looking at the files.
///
/// # Errors
/// Fails where it cannot be understood.
pub fn taxonomy_of(plan: &Plan) -> Result<Taxonomy> {
    let at_root = || {
        let roots = plan.sources.paths().iter();
        let mut paths = roots.map(|root| root.join("taxonomy.toml"));
        paths.find(|path| path.is_file())
    };
    let path = plan.taxonomy.clone().or_else(at_root);
    taxonomy_with(path.as_deref()).map(|(taxonomy, _)| taxonomy)
}

/// Walks the sources; once more a moment later where something has just changed, so that stamps tell of what comes next.
fn settled(paths: &[PathBuf], folder: Option<&Path>, globs: &Globs) -> Result<Walk> {
    let first = walk(paths, folder, globs)?;
    let now = now_ms() * 1_000_000;
    let files = first.files.iter().map(|file| &file.stamp);
    let folders = first.folders.iter().map(|(_, stamp)| stamp);
    let newest = files
        .chain(folders)
        .map(|stamp| stamp.modified.max(stamp.changed));
    // A stamp in the future is a clock's mistake; waiting would not help.
    let is_fresh = |stamp: u64| stamp + FINE_STEP > now && stamp <= now + FINE_STEP;
    if newest.max().is_some_and(is_fresh) {
        std::thread::sleep(std::time::Duration::from_nanos(FINE_STEP));
        return walk(paths, folder, globs);
    }
    Ok(first)
}

/// Reads a data file of a corpus' own: its taxonomy, its synonyms.
///
/// # Errors
/// Fails where it is not a regular file of up to a megabyte in UTF-8.
pub fn read_data(path: &Path) -> Result<String> {
    let text =
        corpus::read_regular(path, MAX_DATA_BYTES).map_err(Error::io("cannot read", path))?;
    let data = |reason: &str| Error::Data {
        path: path.to_owned(),
        line: 1,
        reason: reason.to_owned(),
    };
    if text.len() as u64 > MAX_DATA_BYTES {
        return Err(data("a data file of over a megabyte is not read"));
    }
    String::from_utf8(text).map_err(|_| data("it is not text in UTF-8"))
}

fn watch(walk: &Walk, taxonomy: Option<&Path>) -> Option<Vec<Watched>> {
    if walk.files.len() + walk.folders.len() > MAX_WATCHED || !walk.failed.is_empty() {
        return None;
    }
    let now = now_ms() * 1_000_000;
    if walk
        .folders
        .iter()
        .any(|(_, stamp)| stamp.is_unsettled(now))
    {
        return None;
    }
    let watched = |path: &Path, stamp: Stamp, folder: bool| Watched {
        path: path.to_owned(),
        stamp,
        folder,
        hash: 0,
    };
    let files = walk.files.iter();
    let files = files.map(|file| watched(&file.path, file.stamp, false));
    let folders = walk.folders.iter();
    let folders = folders.map(|(path, stamp)| watched(path, *stamp, true));
    let taxonomy = taxonomy.and_then(|path| Some(watched(path, Stamp::of(path).ok()?, false)));
    let watch: Vec<Watched> = folders.chain(files).chain(taxonomy).collect();
    // Where looking takes longer than a millisecond (a network drive), a query does not look. A machine that is busy just
    // now is given three chances.
    let is_quick = |_| {
        let start = Instant::now();
        let all_there = watch.iter().all(|watched| Stamp::of(&watched.path).is_ok());
        all_there && start.elapsed().as_micros() < 1_000
    };
    (0..3).any(is_quick).then_some(watch)
}
