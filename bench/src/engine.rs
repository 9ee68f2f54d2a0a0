//! The bare engine: what the floor's programs do with documents that are parsed already, and with one query.
//!
//! Both floors index and answer in the same way; they differ in the fields alone.

mod counts;
mod waiting;

use std::error::Error;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use tantivy::collector::{Count, TopDocs};
use tantivy::indexer::NoMergePolicy;
use tantivy::query::{BooleanQuery, ConstScoreQuery, Occur, Query, TermQuery};
use tantivy::schema::{Facet, IndexRecordOption, Schema};
use tantivy::{Index, IndexWriter, ReloadPolicy, TantivyDocument, Term};

use counts::FacetCounts;
use waiting::{Queue, Waiting};

/// What can go wrong in a floor: it says so and ends.
pub type Outcome<T> = Result<T, Box<dyn Error>>;

/// Memory of each of the writer's threads in bytes; more than 100 MB brings nothing.
const HEAP_PER_THREAD: usize = 150 << 20;
/// Hits that are shown.
const SHOWN: usize = 10;

/// A query as it is typed for a floor: words, and facets to filter by.
#[derive(Debug, Default)]
pub struct Asked {
    /// Single words, and phrases in quotation marks.
    pub parts: Vec<String>,
    /// The facet that a role must have, `/individual/senior`.
    pub level: Option<String>,
    /// The same for the domain, `/cloud`.
    pub domain: Option<String>,
}

impl Asked {
    /// Reads the arguments of a query: `[--level FACET] [--domain FACET] WORD…`.
    pub fn of(args: impl Iterator<Item = String>) -> Self {
        let mut asked = Self::default();
        let mut args = args;
        while let Some(arg) = args.next() {
            match arg.as_str() {
                "--level" => asked.level = args.next(),
                "--domain" => asked.domain = args.next(),
                _ => asked.parts.push(arg),
            }
        }
        asked
    }
}

/// Indexes documents with as many threads as there are cores, and merges them into one segment.
///
/// `feed` hands each document over.
pub fn index(
    folder: &Path,
    schema: Schema,
    register: impl FnOnce(&Index),
    feed: impl FnOnce(&mut dyn FnMut(TantivyDocument) -> tantivy::Result<()>) -> Outcome<()>,
) -> Outcome<()> {
    fs::create_dir_all(folder)?;
    let index = Index::create_in_dir(folder, schema)?;
    register(&index);
    let threads = std::thread::available_parallelism()?.get();
    let mut writer: IndexWriter<Waiting> =
        index.writer_with_num_threads(threads, threads * HEAP_PER_THREAD)?;
    writer.set_merge_policy(Box::new(NoMergePolicy));
    let queue = Queue::new();
    feed(&mut |document| {
        writer.add_document(queue.enter(document))?;
        Ok(())
    })?;
    writer.commit()?;
    let segments = index.searchable_segment_ids()?;
    if segments.len() > 1 {
        writer.merge(&segments).wait()?;
    }
    writer.garbage_collect_files().wait()?;
    writer.wait_merging_threads()?;
    Ok(())
}

/// Answers a query: the ten best, the number of all, two facets' counts, ten titles from a column.
pub fn answer(
    folder: &Path,
    register: impl FnOnce(&Index),
    title: &str,
    asked: &Asked,
    words: impl FnOnce(&Schema) -> Vec<Box<dyn Query>>,
) -> Outcome<()> {
    let index = Index::open_in_dir(folder)?;
    register(&index);
    let reader = index
        .reader_builder()
        .reload_policy(ReloadPolicy::Manual)
        .try_into()?;
    let searcher = reader.searcher();
    let query = filtered(words(&index.schema()), asked, &index.schema())?;
    let collectors = (
        TopDocs::with_limit(SHOWN).order_by_score(),
        Count,
        FacetCounts("level"),
        FacetCounts("domain"),
    );
    let (top, count, levels, domains) = searcher.search(&*query, &collectors)?;
    let mut out = Vec::new();
    let mut text = String::new();
    for (score, address) in top {
        let segment = searcher.segment_reader(address.segment_ord);
        let column = segment.fast_fields().str(title)?.ok_or("no titles")?;
        text.clear();
        if let Some(ordinal) = column.ords().first(address.doc_id) {
            column.ord_to_str(ordinal, &mut text)?;
        }
        writeln!(out, "{score:.2}  {text}")?;
    }
    writeln!(out, "{count} roles")?;
    for (facet, count) in levels.iter().chain(&domains) {
        writeln!(out, "{facet} {count}")?;
    }
    io::stdout().write_all(&out)?;
    // The process ends: the system takes the mapped files back at once.
    std::mem::forget((reader, searcher, index));
    Ok(())
}

/// The words of which one must stand in a role, and the facets that it must have, which add nothing to its score.
fn filtered(words: Vec<Box<dyn Query>>, asked: &Asked, schema: &Schema) -> Outcome<Box<dyn Query>> {
    let is_any_word = !words.is_empty();
    let should = words.into_iter().map(|query| (Occur::Should, query));
    let words = Box::new(BooleanQuery::new(should.collect()));
    let mut clauses: Vec<(Occur, Box<dyn Query>)> = Vec::new();
    for (field, facet) in [("level", &asked.level), ("domain", &asked.domain)] {
        if let Some(facet) = facet {
            let term = Term::from_facet(schema.get_field(field)?, &Facet::from_text(facet)?);
            let term = TermQuery::new(term, IndexRecordOption::Basic);
            let filter = ConstScoreQuery::new(Box::new(term), 0.0);
            clauses.push((Occur::Must, Box::new(filter)));
        }
    }
    if clauses.is_empty() {
        return Ok(words);
    }
    if is_any_word {
        clauses.push((Occur::Must, words));
    }
    Ok(Box::new(BooleanQuery::new(clauses)))
}

/// Returns the words of a quoted part; `None` for a plain one.
pub fn phrase(part: &str) -> Option<&str> {
    part.strip_prefix('"')?.strip_suffix('"')
}
