//! Opens the generation in force for reading, after checking that it is what was written.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use tantivy::{Index, ReloadPolicy, Searcher};

use super::directory::PublishedDirectory;
use super::generation::{MANIFEST, damaged, read_current, read_header};
use super::header::{Current, Header, Manifest, hash, made_of};
use super::schema::Fields;
use crate::error::{Error, Result};

/// An index of up to this many bytes is checked whole against its checksums when it is opened.
const CHECK_BYTES: u64 = 1 << 20;

/// An index that can be searched.
pub struct OpenIndex {
    /// What it says of itself.
    pub header: Header,
    /// The fields.
    pub fields: Fields,
    /// The engine's view of it.
    pub searcher: Searcher,
    /// Its folder; `None` for one in memory.
    pub folder: Option<PathBuf>,
}

/// What was found where an index should be.
pub enum Found {
    /// An index of this program.
    Index(Box<OpenIndex>),
    /// One that another version made, or that is damaged; with the reason. It can be built again from its sources.
    Stale(Current, Error),
    /// An index that another version made.
    OtherVersion(Current),
    /// None.
    Nothing,
}

impl OpenIndex {
    pub(super) fn new(index: &Index, header: Header, folder: Option<PathBuf>) -> Result<Self> {
        let place = folder.clone().unwrap_or_else(|| PathBuf::from("memory"));
        let engine = |error: tantivy::TantivyError| Error::Engine {
            path: place.clone(),
            reason: error.to_string(),
        };
        Fields::register_analyzers(index);
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()
            .map_err(engine)?;
        Ok(Self {
            header,
            fields: Fields::new(),
            searcher: reader.searcher(),
            folder,
        })
    }

    /// Reads the manifest of the generation in force.
    pub fn manifest(&self) -> Result<Manifest> {
        let Some(folder) = &self.folder else {
            return Ok(Manifest::default());
        };
        let Some(current) = read_current(folder)? else {
            return Ok(Manifest::default());
        };
        let path = folder.join(current.generation).join(MANIFEST);
        let bytes = fs::read(&path).map_err(Error::io("cannot read", &path))?;
        serde_json::from_slice(&bytes).map_err(|_| damaged(folder, "the manifest cannot be read"))
    }
}

/// Opens the index in `folder`.
///
/// # Errors
/// Fails where even the sources of a damaged index are unknown, or the system refuses.
pub fn open(folder: &Path) -> Result<Found> {
    // A writer may publish and remove between two steps of ours: what has vanished is looked up again.
    for _ in 0..3 {
        let Some(current) = read_current(folder)? else {
            return Ok(Found::Nothing);
        };
        match open_generation(folder, &current) {
            Ok(Some(index)) => return Ok(Found::Index(Box::new(index))),
            Ok(None) => return Ok(Found::OtherVersion(current)),
            Err(_) if read_current(folder)?.is_some_and(|now| now != current) => {}
            Err(error @ (Error::Damaged { .. } | Error::Engine { .. })) => {
                return Ok(Found::Stale(current, error));
            }
            Err(error) => return Err(error),
        }
    }
    Err(Error::Locked(folder.to_owned()))
}

fn open_generation(folder: &Path, current: &Current) -> Result<Option<OpenIndex>> {
    let header = read_header(folder, current)?;
    if header.made_of != made_of() {
        return Ok(None);
    }
    let path = folder.join(&current.generation);
    check(folder, &path, &header)?;
    // Damaged bytes make the engine panic as well as fail.
    let opened = catch_unwind(AssertUnwindSafe(|| -> tantivy::Result<Index> {
        Index::open(PublishedDirectory::open(&path)?)
    }));
    let index = opened.map_err(|_| damaged(folder, "the engine cannot read it"))?;
    let index = index.map_err(|error| damaged(folder, &error.to_string()))?;
    let opened = catch_unwind(AssertUnwindSafe(|| {
        OpenIndex::new(&index, header, Some(folder.to_owned()))
    }));
    opened
        .map_err(|_| damaged(folder, "the engine cannot read it"))?
        .map(Some)
}

/// Sizes always, contents where they are small: a truncated file that is mapped into memory would end the process.
fn check(folder: &Path, generation: &Path, header: &Header) -> Result<()> {
    let total: u64 = header.checksums.iter().map(|checksum| checksum.size).sum();
    for expected in &header.checksums {
        let path = generation.join(&expected.name);
        let sound = if total <= CHECK_BYTES {
            fs::read(&path).is_ok_and(|bytes| {
                bytes.len() as u64 == expected.size && hash(&bytes) == expected.hash
            })
        } else {
            fs::metadata(&path).is_ok_and(|metadata| metadata.len() == expected.size)
        };
        if !sound {
            return Err(damaged(
                folder,
                &format!("{} is not what was written", expected.name),
            ));
        }
    }
    Ok(())
}
