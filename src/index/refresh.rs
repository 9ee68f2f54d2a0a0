//! Decides whether an index can answer as it is, and builds it where it cannot.
//!
//! The recorded sources, never the current folder, decide what is fresh.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::build::{Built, Options, build_in_memory_watched, update};
use super::generation::{damaged, recover};
use super::header::{Header, Watched};
use super::open::{Found, OpenIndex, open};
use super::plan::{Plan, Sources, is_standard_input};
use super::progress::{Watch, watched};
use crate::corpus::walk::Stamp;
use crate::corpus::{Problem, content_hash};
use crate::error::{Error, Result};

/// How far a command may go to bring an index up to date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// Read what is there.
    AsItIs,
    /// Look for changes where that takes under a millisecond.
    Cheap,
    /// Look for changes in any case.
    Full,
}

/// Why an index was built on the way.
#[derive(Debug)]
pub enum Occasion {
    /// There was none.
    Missing,
    /// A source has changed.
    Changed,
    /// Another version of the program made it.
    OtherVersion,
    /// It was damaged, in this way.
    Damaged(Error),
}

/// An index that can answer, and what happened on the way to it.
pub struct Ready {
    /// The index.
    pub index: OpenIndex,
    /// Why it was built, with what there is to say of the files.
    pub built: Option<(Occasion, Vec<Problem>)>,
    /// Why it stands in memory only.
    pub in_memory: Option<Error>,
    /// Recorded sources that cannot be reached; the index answers all the same.
    pub unreachable: Vec<PathBuf>,
    /// Why changes were not taken in; the index answers as it was.
    pub not_taken_in: Option<Error>,
}

/// Opens the index in `folder`; builds it from its recorded sources, else from `default`, where that is needed, and lets
/// `watch` look on.
///
/// # Errors
/// Fails where there is no index and none may or can be built.
pub fn ready(
    folder: &Path,
    default: &Plan,
    freshness: Freshness,
    watch: &Watch<'_>,
) -> Result<Ready> {
    let found = match open(folder) {
        // Nothing can be read of CURRENT: the newest generation still says what the index held.
        Err(error @ Error::Damaged { .. }) if freshness != Freshness::AsItIs => {
            let header = recover(folder).ok_or(error)?;
            let lost = damaged(folder, "CURRENT is not what bp wrote");
            return rebuilt(folder, &header.plan, Occasion::Damaged(lost), watch);
        }
        found => found?,
    };
    match found {
        Found::Index(index) => up_to_date(folder, *index, freshness, watch),
        Found::Nothing if freshness == Freshness::AsItIs => Err(Error::NoIndex(folder.to_owned())),
        Found::Nothing => match recover(folder) {
            Some(header) => {
                let lost = damaged(folder, "CURRENT is missing");
                rebuilt(folder, &header.plan, Occasion::Damaged(lost), watch)
            }
            None => rebuilt(folder, default, Occasion::Missing, watch),
        },
        Found::Stale(_, error) if freshness == Freshness::AsItIs => Err(error),
        Found::Stale(current, error) => {
            rebuilt(folder, &current.plan, Occasion::Damaged(error), watch)
        }
        Found::OtherVersion(current) => {
            rebuilt(folder, &current.plan, Occasion::OtherVersion, watch)
        }
    }
}

/// Builds an index anew that proved damaged while it answered.
///
/// # Errors
/// Fails where its sources cannot be read.
pub fn repair(folder: &Path, header: &Header, found: Error, watch: &Watch<'_>) -> Result<Ready> {
    rebuilt(folder, &header.plan, Occasion::Damaged(found), watch)
}

fn up_to_date(
    folder: &Path,
    index: OpenIndex,
    freshness: Freshness,
    watch: &Watch<'_>,
) -> Result<Ready> {
    let as_it_is = |index, unreachable, not_taken_in| Ready {
        index,
        built: None,
        in_memory: None,
        unreachable,
        not_taken_in,
    };
    let look = match freshness {
        Freshness::AsItIs => false,
        Freshness::Cheap => index.header.watch.is_some(),
        Freshness::Full => true,
    };
    if !look {
        return Ok(as_it_is(index, Vec::new(), None));
    }
    let unreachable = unreachable(&index.header.plan.sources);
    if !unreachable.is_empty() || (freshness == Freshness::Cheap && !has_changed(&index.header)) {
        return Ok(as_it_is(index, unreachable, None));
    }
    let plan = index.header.plan.clone();
    match update_watched(folder, &plan, false, watch) {
        Ok(built) if built.is_other => reopened(folder, built, Occasion::Changed),
        Ok(_) => Ok(as_it_is(index, Vec::new(), None)),
        // Nothing is left of the sources, their taxonomy is broken, or a writer is at work: the index of before answers.
        Err(
            error @ (Error::NothingToIndex(_)
            | Error::NoSuchSource(_)
            | Error::Locked { .. }
            | Error::Data { .. }),
        ) => Ok(as_it_is(index, Vec::new(), Some(error))),
        Err(error) if is_about_writing(&error) => {
            from_memory(&plan, Occasion::Changed, error, watch)
        }
        Err(error) => Err(error),
    }
}

/// Returns the recorded sources that are not there.
pub fn unreachable(sources: &Sources) -> Vec<PathBuf> {
    match sources {
        Sources::BuiltIn => Vec::new(),
        Sources::Paths(paths) => paths
            .iter()
            .filter(|path| !is_standard_input(path) && !path.exists())
            .cloned()
            .collect(),
    }
}

fn has_changed(header: &Header) -> bool {
    let watch = header.watch.iter().flatten();
    watch.into_iter().any(is_changed)
}

fn is_changed(watched: &Watched) -> bool {
    let Ok(now) = Stamp::of(&watched.path) else {
        return true;
    };
    if watched.folder {
        return now.modified != watched.stamp.modified;
    }
    // A file that was written to just before it was read may have been written to once more.
    let has_hash = |hash: u64| content_hash(&watched.path) == Some(hash);
    now != watched.stamp || (watched.hash != 0 && !has_hash(watched.hash))
}

fn rebuilt(folder: &Path, plan: &Plan, occasion: Occasion, watch: &Watch<'_>) -> Result<Ready> {
    // What is damaged is nothing to go on from.
    let anew = matches!(occasion, Occasion::Damaged(_));
    match update_watched(folder, plan, anew, watch) {
        Ok(built) => reopened(folder, built, occasion),
        Err(error) if is_about_writing(&error) => from_memory(plan, occasion, error, watch),
        Err(error) => Err(error),
    }
}

fn update_watched(folder: &Path, plan: &Plan, rebuild: bool, watch: &Watch<'_>) -> Result<Built> {
    watched(watch, |progress| {
        let options = Options {
            rebuild,
            progress: Arc::clone(progress),
            ..Options::default()
        };
        update(folder, plan, &options)
    })
}

fn reopened(folder: &Path, built: Built, occasion: Occasion) -> Result<Ready> {
    match open(folder)? {
        Found::Index(index) => Ok(Ready {
            index: *index,
            built: Some((occasion, built.problems)),
            in_memory: None,
            unreachable: Vec::new(),
            not_taken_in: None,
        }),
        Found::Stale(_, error) => Err(error),
        Found::OtherVersion(_) | Found::Nothing => Err(Error::NoIndex(folder.to_owned())),
    }
}

fn from_memory(plan: &Plan, occasion: Occasion, error: Error, watch: &Watch<'_>) -> Result<Ready> {
    let (index, problems) = watched(watch, |progress| build_in_memory_watched(plan, progress))?;
    Ok(Ready {
        index,
        built: Some((occasion, problems)),
        in_memory: Some(error),
        unreachable: Vec::new(),
        not_taken_in: None,
    })
}

/// Whether the index could not be written, as against the sources not being read.
fn is_about_writing(error: &Error) -> bool {
    match error {
        Error::Io { action, .. } => *action != "cannot read",
        Error::Engine { .. } | Error::Locked { .. } => true,
        _ => false,
    }
}
