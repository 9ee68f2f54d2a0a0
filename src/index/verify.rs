//! Holds an index against its checksums, and against the files that it was made of.

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::checksums;
use super::generation::{CURRENT, HEADER, read_current, read_header, recover};
use super::header::Header;
use super::manifest::{FileEntry, Manifest};
use super::material::Material;
use super::open::{Found, OpenIndex, open, read_manifest};
use super::plan::{Plan, is_standard_input};
use super::refresh::unreachable;
use crate::corpus::content_hash;
use crate::corpus::walk::FoundFile;
use crate::error::{Error, Result};

/// What was found.
#[derive(Debug, Default)]
pub struct Verified {
    /// The number of files of the index that were read.
    pub files: u64,
    /// Their size, in bytes.
    pub bytes: u64,
    /// The files of the index that are not what was written, by their path below it, and what is wrong.
    pub damage: Vec<(String, String)>,
    /// How the sources stand to what the index knows; `None` where that cannot be told.
    pub sources: Option<SourcesState>,
}

/// How the files stand to what the index knows of them.
#[derive(Debug, Default)]
pub struct SourcesState {
    /// The number of files whose content is that which was read.
    pub same: u64,
    /// Files of another content.
    pub changed: Vec<PathBuf>,
    /// Files that are not known.
    pub added: Vec<PathBuf>,
    /// Files that are gone.
    pub removed: Vec<PathBuf>,
    /// Sources that cannot be reached.
    pub unreachable: Vec<PathBuf>,
}

impl SourcesState {
    /// Returns whether nothing differs.
    pub fn is_same(&self) -> bool {
        self.changed.is_empty() && self.added.is_empty() && self.removed.is_empty()
    }
}

/// Reads every byte of the index in `folder` and of its sources.
///
/// # Errors
/// Fails where there is no index.
pub fn verify(folder: &Path) -> Result<Verified> {
    let mut verified = Verified::default();
    let current = match read_current(folder) {
        Ok(Some(current)) => current,
        Ok(None) if recover(folder).is_none() => {
            return Err(Error::NoIndex(folder.to_owned()));
        }
        Ok(None) => return Ok(verified.with(CURRENT, "is missing")),
        Err(Error::Damaged { reason, .. }) => {
            let reason = reason.trim_start_matches("CURRENT ").to_owned();
            return Ok(verified.with(CURRENT, &reason));
        }
        Err(error) => return Err(error),
    };
    if current.is_older {
        return Ok(verified.with(CURRENT, "was made by another version of bp"));
    }
    let generation = folder.join(&current.generation);
    let name = |file: &str| format!("{}/{file}", current.generation);
    let header = match read_header(folder, &current) {
        Ok(header) => header,
        Err(Error::Damaged { reason, .. }) => return Ok(verified.with(&name(HEADER), &reason)),
        Err(error) => return Err(error),
    };
    verified.files = header.checksums.len() as u64 + 2;
    verified.bytes = header.checksums.iter().map(|checksum| checksum.size).sum();
    let wrong = checksums::verify(&generation, &header).into_iter();
    verified.damage = wrong.map(|(file, reason)| (name(&file), reason)).collect();
    if verified.damage.is_empty() {
        verified.engine(folder, &header);
    }
    if let Ok(manifest) = read_manifest(folder, &generation) {
        verified.sources = sources(folder, &current.plan, &manifest)?;
    }
    Ok(verified)
}

impl Verified {
    fn with(mut self, file: &str, reason: &str) -> Self {
        self.damage.push((file.to_owned(), reason.to_owned()));
        self
    }

    /// Whether the engine opens what it wrote, and finds as many roles as the header says.
    fn engine(&mut self, folder: &Path, header: &Header) {
        let opened = open(folder);
        let roles = |index: &OpenIndex| index.searcher.num_docs();
        let reason = match &opened {
            Ok(Found::Index(index)) if roles(index) == header.roles => return,
            Ok(Found::Index(index)) => {
                format!(
                    "holds {} roles and should hold {}",
                    roles(index),
                    header.roles
                )
            }
            Ok(Found::Stale(_, error)) | Err(error) => error.to_string(),
            // Sound, and of no use to this program: `index` makes it anew.
            Ok(Found::OtherVersion(_) | Found::Nothing) => return,
        };
        self.damage.push((String::new(), reason));
    }
}

fn sources(folder: &Path, plan: &Plan, manifest: &Manifest) -> Result<Option<SourcesState>> {
    let mut state = SourcesState {
        unreachable: unreachable(&plan.sources),
        ..SourcesState::default()
    };
    if plan.sources.paths().is_empty() || !state.unreachable.is_empty() {
        state.same = manifest.files.len() as u64;
        return Ok(Some(state).filter(|_| plan.sources.paths().is_empty()));
    }
    let material = Material::gather(plan, Some(folder))?;
    let found = &material.walk.files;
    let known = |file: &FoundFile| {
        let at = manifest
            .files
            .binary_search_by(|known| known.path.cmp(&file.path));
        at.ok().map(|at| &manifest.files[at])
    };
    let standings: Vec<Option<bool>> = found
        .par_iter()
        .map(|file| known(file).map(|known| has_content(file, known)))
        .collect();
    for (file, standing) in found.iter().zip(standings) {
        match standing {
            Some(true) => state.same += 1,
            Some(false) => state.changed.push(file.path.clone()),
            None => state.added.push(file.path.clone()),
        }
    }
    let is_there = |known: &&FileEntry| {
        let at = found.binary_search_by(|file| file.path.cmp(&known.path));
        at.is_ok()
    };
    let typed = |known: &&FileEntry| is_standard_input(&known.path);
    state.same += manifest.files.iter().filter(typed).count() as u64;
    let gone = manifest.files.iter();
    let gone = gone.filter(|known| !typed(known) && !is_there(known));
    state.removed = gone.map(|known| known.path.clone()).collect();
    Ok(Some(state))
}

/// Whether a file has the content that was read; one that could not be read then must still not be readable.
fn has_content(file: &FoundFile, known: &FileEntry) -> bool {
    content_hash(&file.path).map_or(known.has_failed(), |hash| hash == known.hash)
}
