//! Writes documents into the engine's index of a new generation, and keeps the number of its segments small.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;
use tantivy::directory::OwnedBytes;
use tantivy::indexer::NoMergePolicy;
use tantivy::store::Compressor;
use tantivy::{
    Index, IndexSettings, IndexWriter, ReloadPolicy, SegmentMeta, Term, index::SegmentId,
};

use super::document::{Prepared, source_key};
use super::progress::{Phase, Progress};
use super::queue::{Queue, Queued};
use super::schema::Fields;
use super::staged::Staged;
use super::staging::StagingDirectory;
use super::words::{Learner, WORDS, Words};

/// Below this number of files one thread writes one segment; more threads would only make more segments to merge.
const FEW_FILES: usize = 2_000;
/// Memory of the writer for few files, and of all its threads together otherwise, in bytes; where there are many threads,
/// at least so much for each.
const SMALL_HEAP: usize = 64 << 20;
const LARGE_HEAP: usize = 256 << 20;
const HEAP_PER_THREAD: usize = 48 << 20;
/// Memory of a writer that only merges: the least that the engine takes.
const NO_HEAP: usize = 15 << 20;
/// Threads of the writer at most.
const MAX_THREADS: usize = 8;
/// How much text the words of an index are learnt from, in bytes: the first roles wait until so much is there.
const SAMPLE_BYTES: usize = 4 << 20;
/// How much text an index has to be given at a time for more words to be learnt.
const MORE_BYTES: usize = 256 << 10;
/// A segment this many times as large as the smaller ones together is not rewritten with them.
const MUCH_LARGER: u32 = 8;

/// When segments are written anew.
#[derive(Debug, Clone, Copy)]
pub struct Merging {
    /// An index of up to this many roles is kept in one segment.
    pub small: u32,
    /// How many segments may stand side by side: each costs a query a tenth of a millisecond.
    pub segments: usize,
    /// The share of deleted roles, one in so many, from which on a segment is rewritten.
    pub worn: u32,
}

impl Default for Merging {
    fn default() -> Self {
        Self {
            small: 512,
            segments: 4,
            worn: 5,
        }
    }
}

/// The words of the index that is written, once they are known; shared with those who prepare its documents.
#[derive(Clone, Default)]
pub struct Known(Arc<OnceLock<Learner>>);

impl Known {
    /// Puts the text of a role into its document, where the words are known.
    pub fn put(&self, fields: &Fields, prepared: &mut Prepared) {
        if let Some(words) = self.0.get()
            && !std::mem::replace(&mut prepared.has_body, true)
        {
            let body = std::mem::take(&mut prepared.body);
            prepared
                .document
                .add_bytes(fields.body, &words.encode(&body));
        }
    }
}

/// A writer of one generation.
pub struct Writer {
    index: Index,
    fields: Fields,
    writer: IndexWriter<Queued>,
    queue: Queue,
    /// The folder; `None` for an index in memory.
    folder: Option<PathBuf>,
    is_new: bool,
    /// Whether segments become one while others are written.
    is_large: bool,
    known: Known,
    progress: Arc<Progress>,
    /// Roles that came before the words are known, and the size of their text in bytes.
    waiting: Vec<Prepared>,
    waiting_bytes: usize,
}

/// What a writer leaves behind.
pub struct Finished {
    /// The index.
    pub index: Index,
    /// The number of roles in it.
    pub roles: u64,
    /// The names of the fields that no role has.
    pub absent: Vec<String>,
    /// Its words, for one in memory.
    pub words: Option<Words>,
}

impl Writer {
    /// Makes the index of a generation in `folder` for about so many files.
    pub fn create(
        folder: &Path,
        files: usize,
        known: Known,
        progress: &Arc<Progress>,
    ) -> tantivy::Result<Self> {
        let fields = Fields::new();
        let directory = StagingDirectory::open(folder, progress)?.large(files >= FEW_FILES);
        let index = Index::create(directory, fields.schema.clone(), settings())?;
        Self::new(index, fields, files, Some(folder), known, progress)
    }

    /// Makes an index in memory.
    pub fn in_memory(
        files: usize,
        known: Known,
        progress: &Arc<Progress>,
    ) -> tantivy::Result<Self> {
        let fields = Fields::new();
        let index = Index::builder().schema(fields.schema.clone());
        let index = index.settings(settings()).create_in_ram()?;
        Self::new(index, fields, files, None, known, progress)
    }

    /// Goes on with the index that was linked into `folder`.
    pub fn go_on(
        folder: &Path,
        files: usize,
        known: Known,
        progress: &Arc<Progress>,
    ) -> tantivy::Result<Self> {
        let index = Index::open(StagingDirectory::open(folder, progress)?)?;
        let mut writer = Self::new(index, Fields::new(), files, Some(folder), known, progress)?;
        writer.is_new = false;
        Ok(writer)
    }

    fn new(
        index: Index,
        fields: Fields,
        files: usize,
        folder: Option<&Path>,
        known: Known,
        progress: &Arc<Progress>,
    ) -> tantivy::Result<Self> {
        Fields::register_analyzers(&index);
        let (threads, heap) = if files < FEW_FILES {
            (1, SMALL_HEAP)
        } else {
            let threads = rayon::current_num_threads().clamp(1, MAX_THREADS);
            (threads, LARGE_HEAP.max(threads * HEAP_PER_THREAD))
        };
        let writer: IndexWriter<Queued> = index.writer_with_num_threads(threads, heap)?;
        let is_large = files >= FEW_FILES && folder.is_some();
        if is_large {
            writer.set_merge_policy(Box::new(Staged));
        } else {
            writer.set_merge_policy(Box::new(NoMergePolicy));
        }
        Ok(Self {
            index,
            fields,
            writer,
            queue: Queue::default(),
            folder: folder.map(Path::to_owned),
            is_new: true,
            is_large,
            known,
            waiting: Vec::new(),
            waiting_bytes: 0,
            progress: Arc::clone(progress),
        })
    }

    /// Adds a role.
    pub fn add(&mut self, prepared: Prepared) -> tantivy::Result<()> {
        if self.known.0.get().is_some() {
            return self.enter(prepared);
        }
        self.waiting_bytes += prepared.body.len();
        self.waiting.push(prepared);
        if self.waiting_bytes < SAMPLE_BYTES {
            return Ok(());
        }
        self.learn()
    }

    fn enter(&self, mut prepared: Prepared) -> tantivy::Result<()> {
        self.known.put(&self.fields, &mut prepared);
        let document = self.queue.enter(prepared.document, prepared.bytes);
        self.writer.add_document(document)?;
        Ok(())
    }

    /// Learns the words of the roles that wait, and adds these.
    fn learn(&mut self) -> tantivy::Result<()> {
        let file = self.folder.as_ref().map(|folder| folder.join(WORDS));
        let mut learner = match &file {
            Some(file) if !self.is_new => {
                let unreadable =
                    || tantivy::TantivyError::InternalError("its words cannot be read".to_owned());
                Learner::go_on(fs::read(file)?).ok_or_else(unreadable)?
            }
            _ => Learner::default(),
        };
        if self.is_new || self.waiting_bytes >= MORE_BYTES {
            learner.learn(self.waiting.iter().map(|prepared| prepared.body.as_str()));
            if let Some(file) = &file {
                // The one that was linked is that of the generation in force too.
                let _ = fs::remove_file(file);
                fs::write(file, learner.to_bytes())?;
            }
        }
        let _ = self.known.0.set(learner);
        let mut waiting = std::mem::take(&mut self.waiting);
        waiting
            .par_iter_mut()
            .for_each(|prepared| self.known.put(&self.fields, prepared));
        waiting
            .into_iter()
            .try_for_each(|prepared| self.enter(prepared))
    }

    /// Removes the roles that a source gave before.
    pub fn remove(&self, path: &str) {
        let term = Term::from_field_text(self.fields.source, &source_key(path));
        self.writer.delete_term(term);
    }

    /// Puts everything in force within the generation.
    pub fn finish(mut self, merging: Merging) -> tantivy::Result<Finished> {
        if self.known.0.get().is_none() && (self.is_new || !self.waiting.is_empty()) {
            self.learn()?;
        }
        self.progress.enter(Phase::Writing);
        self.writer.commit()?;
        if self.is_large {
            self.writer.wait_merging_threads()?;
            self.writer = self.index.writer_with_num_threads(1, NO_HEAP)?;
            self.writer.set_merge_policy(Box::new(NoMergePolicy));
        }
        // What describes a segment keeps its files from being removed, and must not outlive the choice.
        let merge = if self.is_new {
            self.index.searchable_segment_ids()?
        } else {
            to_merge(&self.index.searchable_segment_metas()?, merging)
        };
        let is_one = merge.len() == 1 && self.is_new;
        if !merge.is_empty() && !is_one {
            self.progress.merges(self.is_new);
            self.writer.merge(&merge).wait()?;
        }
        self.writer.garbage_collect_files().wait()?;
        self.writer.wait_merging_threads()?;
        let segments = self.index.searchable_segment_metas()?;
        let roles = segments.iter().map(|segment| u64::from(segment.num_docs()));
        let learner = self.known.0.get().filter(|_| self.folder.is_none());
        Ok(Finished {
            roles: roles.sum(),
            absent: absent(&self.index)?,
            index: self.index,
            words: learner.and_then(|learner| Words::new(OwnedBytes::new(learner.to_bytes()))),
        })
    }
}

/// The names of the fields of terms that stand in no segment.
fn absent(index: &Index) -> tantivy::Result<Vec<String>> {
    let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual);
    let searcher = reader.try_into()?.searcher();
    let mut absent = Vec::new();
    for (field, entry) in index
        .schema()
        .fields()
        .filter(|(_, entry)| entry.is_indexed())
    {
        let mut terms = 0;
        for segment in searcher.segment_readers() {
            terms += segment.inverted_index(field)?.terms().num_terms();
        }
        if terms == 0 {
            absent.push(entry.name().to_owned());
        }
    }
    Ok(absent)
}

/// A block of the store holds one role: a hit's text is read without its neighbours'. What it holds is short already.
fn settings() -> IndexSettings {
    IndexSettings {
        docstore_compression: Compressor::None,
        docstore_compress_dedicated_thread: false,
        docstore_blocksize: 1024,
        ..IndexSettings::default()
    }
}

/// Chooses the segments that are to become one: all of a small index, else the small ones where there are many, and what
/// has many deleted roles.
fn to_merge(segments: &[SegmentMeta], merging: Merging) -> Vec<SegmentId> {
    let sizes: Vec<(u32, u32)> = segments
        .iter()
        .map(|segment| (segment.num_docs(), segment.num_deleted_docs()))
        .collect();
    let chosen = places_to_merge(&sizes, merging).into_iter();
    chosen.map(|at| segments[at].id()).collect()
}

/// The same for the numbers of living and of deleted roles of each segment.
fn places_to_merge(sizes: &[(u32, u32)], merging: Merging) -> Vec<usize> {
    let is_worn =
        |(living, deleted): (u32, u32)| deleted > 0 && deleted >= (living + deleted) / merging.worn;
    let total: u32 = sizes.iter().map(|(living, _)| living).sum();
    if total <= merging.small {
        let is_clean = sizes.len() == 1 && sizes[0].1 == 0;
        return if is_clean {
            Vec::new()
        } else {
            (0..sizes.len()).collect()
        };
    }
    let mut order: Vec<usize> = (0..sizes.len()).collect();
    order.sort_by_key(|&at| sizes[at]);
    let mut chosen: Vec<usize> = Vec::new();
    if sizes.len() > merging.segments {
        let mut together = 0_u32;
        for &at in &order {
            let living = sizes[at].0;
            if chosen.len() > 1 && living > together.saturating_mul(MUCH_LARGER) {
                break;
            }
            together = together.saturating_add(living);
            chosen.push(at);
        }
    }
    let worn = order.iter().filter(|&&at| is_worn(sizes[at]));
    let worn: Vec<usize> = worn.filter(|at| !chosen.contains(at)).copied().collect();
    chosen.extend(worn);
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_stay_few_and_large_ones_are_left_alone() {
        for (sizes, expected) in [
            (vec![(30, 0)], vec![]),
            (vec![(30, 1)], vec![0]),
            (vec![(30, 1), (1, 0)], vec![0, 1]),
            (vec![(10_000, 1), (1, 0)], vec![]),
            (vec![(10_000, 1), (1, 0), (1, 0), (1, 0)], vec![]),
            (
                vec![(10_000, 1), (1, 0), (1, 0), (1, 0), (1, 0)],
                vec![1, 2, 3, 4],
            ),
            (
                vec![(10_000, 1), (4, 0), (1, 0), (900, 0), (3, 0)],
                vec![2, 4, 1],
            ),
            (vec![(10_000, 3_000), (1, 0)], vec![0]),
            (
                vec![(5_000, 0), (4_000, 0), (3_000, 0), (2_000, 0), (1_000, 0)],
                vec![4, 3, 2, 1, 0],
            ),
        ] {
            assert_eq!(
                places_to_merge(&sizes, Merging::default()),
                expected,
                "{sizes:?}"
            );
        }
    }
}
