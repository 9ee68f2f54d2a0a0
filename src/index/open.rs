//! Opens the generation in force for reading, after checking that it is what was written.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tantivy::postings::{BlockSegmentPostings, SegmentPostings, TermInfo};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, Index, InvertedIndexReader, ReloadPolicy, Searcher, SegmentReader};

use super::build::Anew;
use super::census;
use super::checksums::check;
use super::directory::PublishedDirectory;
use super::generation::{MANIFEST, damaged, read_current, read_header, recover};
use super::header::{Current, Header, ProblemRecord, made_of};
use super::manifest::Manifest;
use super::schema::Fields;
use super::standing::{Known, Standing};
use super::words::{WORDS, Words};
use crate::error::{Error, Result};

/// An index that can be searched.
pub struct OpenIndex {
    /// What it says of itself.
    pub header: Header,
    /// The fields.
    pub fields: Fields,
    /// The engine's view of it.
    pub searcher: Searcher,
    /// The words that the stored text is made of.
    pub words: Words,
    /// Its folder; `None` for one in memory.
    pub folder: Option<PathBuf>,
    /// For each segment, the roles in it that are gone; few, else it would have been written anew.
    deleted: Vec<Vec<DocId>>,
    /// The fields that no role has.
    absent: Vec<Field>,
    /// The terms that were looked up.
    known: Known,
    /// How often one of its files was opened.
    opened: Arc<AtomicU64>,
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
    pub(super) fn new(
        index: &Index,
        header: Header,
        words: Words,
        folder: Option<PathBuf>,
    ) -> Result<Self> {
        let place = folder.clone().unwrap_or_else(|| PathBuf::from("memory"));
        let engine = |error: tantivy::TantivyError| Error::Engine {
            path: place.clone(),
            reason: error.to_string(),
        };
        Fields::register_analyzers(index);
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            // Each stored role is read once: kept ones would only take fresh memory.
            .doc_store_cache_num_blocks(0)
            .try_into()
            .map_err(engine)?;
        let searcher = reader.searcher();
        let deleted = |segment: &SegmentReader| match segment.alive_bitset() {
            Some(alive) => (0..segment.max_doc())
                .filter(|&doc| alive.is_deleted(doc))
                .collect(),
            None => Vec::new(),
        };
        let schema = index.schema();
        let absent = header.absent.iter().flat_map(|name| schema.get_field(name));
        Ok(Self {
            absent: absent.collect(),
            header,
            fields: Fields::of_index(index.schema()),
            deleted: searcher.segment_readers().iter().map(deleted).collect(),
            known: Known::default(),
            opened: Arc::default(),
            searcher,
            words,
            folder,
        })
    }

    /// Returns in how many roles a term stands. Roles that are gone do not count, though the engine still has them.
    pub fn roles_with_term(&self, field: Field, text: &str) -> u64 {
        self.standing(field, text, |standing| standing.roles)
    }

    /// Returns what `of` makes of where a term stands.
    pub fn standing<T>(&self, field: Field, text: &str, of: impl FnOnce(&Standing) -> T) -> T {
        if self.absent.contains(&field) {
            return of(&Standing::default());
        }
        self.known
            .with(&self.searcher, &self.deleted, field, text, of)
    }

    /// Opens the posting list of a term in the segment at a place; `None` where it does not stand there.
    ///
    /// # Errors
    /// Fails where the engine does.
    pub fn postings(
        &self,
        segment: u32,
        field: Field,
        text: &str,
        record: IndexRecordOption,
    ) -> tantivy::Result<Option<SegmentPostings>> {
        self.list(segment, field, text, |inverted, info| {
            inverted.read_postings_from_terminfo(info, record)
        })
    }

    /// The same, block by block and without positions.
    ///
    /// # Errors
    /// Fails where the engine does.
    pub fn blocks(
        &self,
        segment: u32,
        field: Field,
        text: &str,
        record: IndexRecordOption,
    ) -> tantivy::Result<Option<BlockSegmentPostings>> {
        self.list(segment, field, text, |inverted, info| {
            inverted.read_block_postings_from_terminfo(info, record)
        })
    }

    fn list<T>(
        &self,
        segment: u32,
        field: Field,
        text: &str,
        read: impl FnOnce(&InvertedIndexReader, &TermInfo) -> std::io::Result<T>,
    ) -> tantivy::Result<Option<T>> {
        self.standing(field, text, |standing| {
            let Some(info) = standing.in_segment(segment)? else {
                return Ok(None);
            };
            let reader = self.searcher.segment_reader(segment);
            let inverted = reader.inverted_index(field)?;
            Ok(Some(read(&inverted, info)?))
        })
    }

    /// Returns how often a file of it was opened since it was, the opening with it; a file that is mapped already counts too.
    pub fn opened_files(&self) -> u64 {
        self.opened.load(Ordering::Relaxed)
    }

    /// Returns whether some segment holds roles that are gone.
    pub fn has_deleted(&self) -> bool {
        self.deleted.iter().any(|deleted| !deleted.is_empty())
    }

    /// Reads what there is to say of the files of the generation in force.
    pub fn problems(&self) -> Result<Vec<ProblemRecord>> {
        let manifest = self.manifest()?;
        let mut problems = manifest.problems();
        let same_ids = census::same_ids(&manifest);
        problems.extend(same_ids.iter().map(|problem| ProblemRecord {
            path: problem.path.clone(),
            line: problem.line,
            reason: problem.reason(),
            skipped: false,
        }));
        Ok(problems)
    }

    /// Reads the manifest of the generation in force.
    pub fn manifest(&self) -> Result<Manifest> {
        let Some(folder) = &self.folder else {
            return Ok(Manifest::default());
        };
        let Some(current) = read_current(folder)? else {
            return Ok(Manifest::default());
        };
        read_manifest(folder, &folder.join(current.generation))
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
    Err(Error::Locked {
        path: folder.to_owned(),
        holder: None,
    })
}

fn open_generation(folder: &Path, current: &Current) -> Result<Option<OpenIndex>> {
    if current.is_older {
        return Ok(None);
    }
    let header = read_header(folder, current)?;
    if header.made_of != made_of() {
        return Ok(None);
    }
    let path = folder.join(&current.generation);
    let directory = published(folder, &path)?;
    let files = directory.opened();
    let _mapped = check(folder, &path, &directory, &header)?;
    let words = directory.bytes(Path::new(WORDS)).and_then(Words::new);
    let words = words.ok_or_else(|| damaged(folder, "its words cannot be read"))?;
    // Damaged bytes make the engine panic as well as fail.
    let opened = catch_unwind(AssertUnwindSafe(|| Index::open(directory)));
    let opened = opened.map_err(|_| damaged(folder, "the engine cannot read it"))?;
    let index = opened.map_err(|error| damaged(folder, &error.to_string()))?;
    let opened = catch_unwind(AssertUnwindSafe(|| {
        OpenIndex::new(&index, header, words, Some(folder.to_owned()))
    }));
    opened
        .map_err(|_| damaged(folder, "the engine cannot read it"))?
        .map(|index| {
            Some(OpenIndex {
                opened: files,
                ..index
            })
        })
}

fn published(folder: &Path, generation: &Path) -> Result<PublishedDirectory> {
    PublishedDirectory::open(generation).map_err(|error| damaged(folder, &error.to_string()))
}

/// A generation to go on from.
pub struct Base {
    /// Its folder.
    pub path: PathBuf,
    /// What it says of itself.
    pub header: Header,
    /// What it knows of the files.
    pub manifest: Manifest,
}

impl Base {
    /// Opens the generation in force of the index in `folder`; else tells why all files have to be read.
    pub fn open(folder: &Path) -> std::result::Result<Self, Anew> {
        let current = read_current(folder).map_err(Anew::Damaged)?;
        let Some(current) = current else {
            return Err(match recover(folder) {
                Some(_) => Anew::Damaged(damaged(folder, "CURRENT is missing")),
                None => Anew::Missing,
            });
        };
        if current.is_older {
            return Err(Anew::OtherVersion);
        }
        let header = read_header(folder, &current).map_err(Anew::Damaged)?;
        if header.made_of != made_of() {
            return Err(Anew::OtherVersion);
        }
        let path = folder.join(&current.generation);
        let directory = published(folder, &path).map_err(Anew::Damaged)?;
        check(folder, &path, &directory, &header).map_err(Anew::Damaged)?;
        let manifest = read_manifest(folder, &path).map_err(Anew::Damaged)?;
        Ok(Self {
            path,
            header,
            manifest,
        })
    }
}

/// Reads the manifest of a generation.
///
/// # Errors
/// Fails where it cannot be read or is not what was written.
pub fn read_manifest(folder: &Path, generation: &Path) -> Result<Manifest> {
    let path = generation.join(MANIFEST);
    let bytes = fs::read(&path).map_err(Error::io("cannot read", &path))?;
    Manifest::from_bytes(&bytes).ok_or_else(|| damaged(folder, "the manifest is not what bp wrote"))
}
