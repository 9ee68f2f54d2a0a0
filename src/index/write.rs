//! Writes documents into the engine's index of a new generation, and keeps the number of its segments small.

use std::path::Path;
use std::sync::Arc;

use tantivy::indexer::NoMergePolicy;
use tantivy::{Index, IndexSettings, IndexWriter, SegmentMeta, Term, index::SegmentId};

use super::document::{document, source_key};
use super::progress::{Phase, Progress};
use super::queue::{Queue, Queued};
use super::schema::Fields;
use super::staging::StagingDirectory;
use crate::corpus::Role;
use crate::taxonomy::Taxonomy;

/// Below this number of files one thread writes one segment; more threads would only make more segments to merge.
const FEW_FILES: usize = 2_000;
/// Memory of the writer for few files, and for each thread otherwise, in bytes.
const SMALL_HEAP: usize = 64 << 20;
const HEAP_PER_THREAD: usize = 48 << 20;
/// Threads of the writer at most.
const MAX_THREADS: usize = 8;
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

/// A writer of one generation.
pub struct Writer {
    index: Index,
    fields: Fields,
    writer: IndexWriter<Queued>,
    queue: Queue,
    is_new: bool,
    progress: Arc<Progress>,
}

impl Writer {
    /// Makes the index of a generation in `folder` for about so many files.
    pub fn create(folder: &Path, files: usize, progress: &Arc<Progress>) -> tantivy::Result<Self> {
        let fields = Fields::new();
        let directory = StagingDirectory::open(folder, progress)?;
        let index = Index::create(directory, fields.schema.clone(), settings())?;
        Self::new(index, fields, files, true, progress)
    }

    /// Makes an index in memory.
    pub fn in_memory(files: usize, progress: &Arc<Progress>) -> tantivy::Result<Self> {
        let fields = Fields::new();
        let index = Index::create_in_ram(fields.schema.clone());
        Self::new(index, fields, files, true, progress)
    }

    /// Goes on with the index that was linked into `folder`.
    pub fn go_on(folder: &Path, files: usize, progress: &Arc<Progress>) -> tantivy::Result<Self> {
        let index = Index::open(StagingDirectory::open(folder, progress)?)?;
        Self::new(index, Fields::new(), files, false, progress)
    }

    fn new(
        index: Index,
        fields: Fields,
        files: usize,
        is_new: bool,
        progress: &Arc<Progress>,
    ) -> tantivy::Result<Self> {
        Fields::register_analyzers(&index);
        let (threads, heap) = if files < FEW_FILES {
            (1, SMALL_HEAP)
        } else {
            let threads = rayon::current_num_threads().clamp(1, MAX_THREADS);
            (threads, threads * HEAP_PER_THREAD)
        };
        let writer: IndexWriter<Queued> = index.writer_with_num_threads(threads, heap)?;
        writer.set_merge_policy(Box::new(NoMergePolicy));
        Ok(Self {
            index,
            fields,
            writer,
            queue: Queue::default(),
            is_new,
            progress: Arc::clone(progress),
        })
    }

    /// Adds a role.
    pub fn add(&self, role: &Role, taxonomy: &Taxonomy) -> tantivy::Result<()> {
        let document = document(role, &self.fields, taxonomy);
        let bytes = role.blueprint.text_bytes();
        self.writer
            .add_document(self.queue.enter(document, bytes))?;
        Ok(())
    }

    /// Removes the roles that a source gave before.
    pub fn remove(&self, path: &str) {
        let term = Term::from_field_text(self.fields.source, &source_key(path));
        self.writer.delete_term(term);
    }

    /// Puts everything in force within the generation, and returns the number of roles that it holds then.
    pub fn finish(mut self, merging: Merging) -> tantivy::Result<(Index, u64)> {
        self.progress.enter(Phase::Writing);
        self.writer.commit()?;
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
        Ok((self.index, roles.sum()))
    }
}

/// A block of the store holds one role: a hit's text is read without its neighbours'.
fn settings() -> IndexSettings {
    IndexSettings {
        docstore_blocksize: 4096,
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
