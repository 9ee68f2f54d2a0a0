//! Turns sources into a new generation of an index, in a folder or in memory.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use tantivy::directory::MmapDirectory;
use tantivy::{Index, IndexSettings, IndexWriter};

use super::document::document;
use super::generation::{self, HEADER, MANIFEST, WriteLock};
use super::header::{
    Checksum, Current, FacetValue, Header, Manifest, ProblemRecord, Sources, Watched, hash, made_of,
};
use super::open::OpenIndex;
use super::schema::Fields;
use crate::corpus::walk::{Stamp, Walk, walk};
use crate::corpus::{self, FileReading, Problem, ProblemKind};
use crate::error::{Error, Result};
use crate::taxonomy::Taxonomy;

/// Below this number of files one thread writes one segment; more threads would only make more segments to merge.
const FEW_FILES: usize = 2_000;
/// Memory of the writer for few files, and for each thread otherwise, in bytes.
const SMALL_HEAP: usize = 64 << 20;
const HEAP_PER_THREAD: usize = 128 << 20;
/// Threads of the writer at most.
const MAX_THREADS: usize = 8;
/// The largest data file that is read, in bytes.
const MAX_DATA_BYTES: u64 = 1 << 20;
/// How many files and folders a query may look at: their stamps take about a microsecond each.
const MAX_WATCHED: usize = 500;

/// What an index is to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The sources.
    pub sources: Sources,
    /// The taxonomy that the user names, laid over the compiled-in one.
    pub taxonomy: Option<PathBuf>,
    /// The synonyms that the user names, laid over the compiled-in ones.
    pub synonyms: Option<PathBuf>,
}

/// What was built.
#[derive(Debug)]
pub struct Built {
    /// The header of the new generation.
    pub header: Header,
    /// What there is to say of the files.
    pub problems: Vec<Problem>,
}

/// Builds a generation in `folder` and puts it in force.
///
/// # Errors
/// Fails where a source is missing, nothing could be read, or the folder cannot be written to; the index of before stays.
pub fn build(folder: &Path, plan: &Plan) -> Result<Built> {
    let lock = generation::lock(folder)?;
    let material = Material::gather(plan, Some(folder))?;
    let path = lock.begin()?;
    let built = build_generation(&lock, folder, &path, plan, material);
    if built.is_err() {
        let _ = fs::remove_dir_all(&path);
    }
    built
}

fn build_generation(
    lock: &WriteLock,
    folder: &Path,
    path: &Path,
    plan: &Plan,
    material: Material,
) -> Result<Built> {
    let engine = |error: tantivy::TantivyError| engine_error(folder, &error);
    let fields = Fields::new();
    let directory = MmapDirectory::open(path).map_err(|error| engine(error.into()))?;
    let index = Index::create(directory, fields.schema.clone(), settings()).map_err(engine)?;
    let (mut header, problems) =
        write(&index, &fields, material).map_err(|failure| failure.into_error(folder))?;
    let manifest = Manifest {
        problems: problems.iter().map(record).collect(),
    };
    generation::write_synced(&path.join(MANIFEST), &generation::to_json(&manifest)?)?;
    header.checksums = checksums(path)?;
    let bytes = generation::to_json(&header)?;
    generation::write_synced(&path.join(HEADER), &bytes)?;
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    lock.publish(&Current {
        generation: name,
        header: hash(&bytes),
        sources: plan.sources.clone(),
        taxonomy: plan.taxonomy.clone(),
        synonyms: plan.synonyms.clone(),
    })?;
    Ok(Built { header, problems })
}

/// A block of the store holds one role: a hit's text is read without its neighbours'.
fn settings() -> IndexSettings {
    IndexSettings {
        docstore_blocksize: 4096,
        ..IndexSettings::default()
    }
}

/// Builds an index in memory, for where none can be written.
pub fn build_in_memory(plan: &Plan) -> Result<(OpenIndex, Vec<Problem>)> {
    let place = Path::new("memory");
    let material = Material::gather(plan, None)?;
    let fields = Fields::new();
    let index = Index::create_in_ram(fields.schema.clone());
    let (header, problems) =
        write(&index, &fields, material).map_err(|failure| failure.into_error(place))?;
    Ok((OpenIndex::new(&index, header, None)?, problems))
}

/// The sources as they were found, before anything is read.
struct Material {
    walk: Walk,
    built_in: bool,
    taxonomy: Taxonomy,
    taxonomy_path: Option<PathBuf>,
    synonyms_path: Option<PathBuf>,
    watch: Option<Vec<Watched>>,
    sources: Sources,
}

impl Material {
    fn gather(plan: &Plan, folder: Option<&Path>) -> Result<Self> {
        let (walk, built_in) = match &plan.sources {
            Sources::BuiltIn => (Walk::default(), true),
            Sources::Paths(paths) => (walk(paths, folder)?, false),
        };
        let taxonomy_path = plan
            .taxonomy
            .clone()
            .or_else(|| walk.taxonomies.first().cloned());
        let overlay = taxonomy_path.as_deref().map(read_data).transpose()?;
        let taxonomy = Taxonomy::new(
            overlay.as_deref(),
            taxonomy_path
                .as_deref()
                .unwrap_or(Path::new("taxonomy.toml")),
        )?;
        let synonyms_path = plan
            .synonyms
            .clone()
            .or_else(|| walk.synonyms.first().cloned());
        let watch = if built_in {
            None
        } else {
            watch(&walk, taxonomy_path.as_deref())
        };
        Ok(Self {
            walk,
            built_in,
            taxonomy,
            taxonomy_path,
            synonyms_path,
            watch,
            sources: plan.sources.clone(),
        })
    }
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
    let files = walk.files.iter().map(|file| Watched {
        path: file.path.clone(),
        stamp: file.stamp,
        folder: false,
    });
    let folders = walk.folders.iter().map(|(path, stamp)| Watched {
        path: path.clone(),
        stamp: *stamp,
        folder: true,
    });
    let taxonomy = taxonomy.and_then(|path| {
        Some(Watched {
            path: path.to_owned(),
            stamp: Stamp::of(path).ok()?,
            folder: false,
        })
    });
    let watch: Vec<Watched> = folders.chain(files).chain(taxonomy).collect();
    // Where looking takes longer than a millisecond (a network drive), a query does not look.
    let start = Instant::now();
    let all_there = watch.iter().all(|watched| Stamp::of(&watched.path).is_ok());
    (all_there && start.elapsed().as_micros() < 1_000).then_some(watch)
}

/// Why writing stopped.
enum Failure {
    Engine(tantivy::TantivyError),
    Nothing(String),
}

impl From<tantivy::TantivyError> for Failure {
    fn from(error: tantivy::TantivyError) -> Self {
        Self::Engine(error)
    }
}

impl Failure {
    fn into_error(self, folder: &Path) -> Error {
        match self {
            Self::Engine(error) => engine_error(folder, &error),
            Self::Nothing(sources) => Error::NothingToIndex(sources),
        }
    }
}

fn engine_error(folder: &Path, error: &tantivy::TantivyError) -> Error {
    // The writer says only that it was killed where the disk is full or a folder vanished.
    let reason = error.to_string();
    if reason.contains("No space left")
        || reason.contains("StorageFull")
        || reason.contains("writer was killed")
    {
        return Error::io("cannot write", folder)(std::io::ErrorKind::StorageFull.into());
    }
    Error::Engine {
        path: folder.to_owned(),
        reason,
    }
}

fn write(
    index: &Index,
    fields: &Fields,
    material: Material,
) -> std::result::Result<(Header, Vec<Problem>), Failure> {
    Fields::register_analyzers(index);
    let files = material.walk.files.len();
    let threads = if files < FEW_FILES {
        1
    } else {
        std::thread::available_parallelism().map_or(1, |n| n.get().min(MAX_THREADS))
    };
    let heap = if threads == 1 {
        SMALL_HEAP
    } else {
        threads * HEAP_PER_THREAD
    };
    let mut writer: IndexWriter = index.writer_with_num_threads(threads, heap)?;
    let mut tally = Tally::default();
    let mut take = |reading: FileReading| -> tantivy::Result<()> {
        for role in &reading.roles {
            tally.role(role);
            writer.add_document(document(role, fields, &material.taxonomy))?;
        }
        tally.file(reading);
        Ok(())
    };
    if material.built_in {
        corpus::read_built_in(&material.taxonomy)
            .into_iter()
            .try_for_each(take)?;
    } else {
        corpus::read_files(&material.walk.files, &material.taxonomy, &mut take)?;
    }
    tally.walk(&material.walk);
    if tally.roles == 0 {
        let sources = match &material.sources {
            Sources::BuiltIn => "the compiled-in corpus".to_owned(),
            Sources::Paths(paths) => paths
                .iter()
                .map(|path| path.display().to_string())
                .collect::<Vec<_>>()
                .join(", "),
        };
        return Err(Failure::Nothing(sources));
    }
    writer.commit()?;
    let segments = index.searchable_segment_ids()?;
    if segments.len() > 1 {
        writer.merge(&segments).wait()?;
        writer.garbage_collect_files().wait()?;
    }
    writer.wait_merging_threads()?;
    Ok(tally.finish(material))
}

/// Counts what goes in, for the header.
#[derive(Default)]
struct Tally {
    roles: u64,
    files: u64,
    skipped: u64,
    text_bytes: u64,
    words: u64,
    problems: Vec<Problem>,
    levels: BTreeSet<String>,
    domains: BTreeSet<String>,
    ids: HashMap<String, String>,
}

impl Tally {
    fn role(&mut self, role: &corpus::Role) {
        let blueprint = &role.blueprint;
        self.roles += 1;
        self.words += blueprint
            .sections
            .iter()
            .flat_map(|section| &section.blocks)
            .map(|block| block.text.split_ascii_whitespace().count() as u64)
            .sum::<u64>();
        for level in &blueprint.levels {
            self.levels.insert(level.clone());
        }
        for domain in &blueprint.domains {
            self.domains.insert(domain.id.clone());
            if let Some((parent, _)) = domain.id.split_once('/') {
                self.domains.insert(parent.to_owned());
            }
        }
        let place = format!("{}:{}", role.path, blueprint.lines.0);
        if let Some(other) = self.ids.insert(blueprint.id.clone(), place) {
            self.problems.push(Problem::new(
                &role.path,
                Some(blueprint.lines.0),
                ProblemKind::SameId {
                    id: blueprint.id.clone(),
                    other,
                },
            ));
        }
    }

    fn file(&mut self, reading: FileReading) {
        if reading.roles.is_empty() {
            self.skipped += 1;
        } else {
            self.files += 1;
        }
        self.text_bytes += reading.bytes;
        self.problems.extend(reading.problems);
    }

    fn walk(&mut self, walk: &Walk) {
        for (path, reason) in &walk.passed_over {
            self.problems.push(Problem::new(
                &path.to_string_lossy(),
                None,
                ProblemKind::PassedOver(reason),
            ));
        }
        for (path, reason) in &walk.failed {
            self.problems.push(Problem::new(
                &path.to_string_lossy(),
                None,
                ProblemKind::Unreadable(reason.clone()),
            ));
        }
        self.skipped += (walk.passed_over.len() + walk.failed.len()) as u64;
    }

    fn finish(self, material: Material) -> (Header, Vec<Problem>) {
        let taxonomy = &material.taxonomy;
        let mut levels: Vec<String> = self.levels.into_iter().collect();
        levels.sort_by_key(|level| taxonomy.level_order(level));
        let level_value = |value: String| FacetValue {
            label: taxonomy.level_label(&value),
            path: format!("{}/{value}", taxonomy.track(&value).id()),
            value,
        };
        let domain_value = |value: String| FacetValue {
            label: taxonomy.domain_label(&value),
            path: value.clone(),
            value,
        };
        let header = Header {
            made_of: made_of(),
            made_by: format!("bp {}", env!("CARGO_PKG_VERSION")),
            made_at: SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, |time| time.as_millis() as u64),
            taxonomy: material.taxonomy_path,
            synonyms: material.synonyms_path,
            roles: self.roles,
            files: self.files,
            skipped: self.skipped,
            text_bytes: self.text_bytes,
            mean_length: self.words as f32 / self.roles.max(1) as f32,
            watch: material.watch,
            levels: levels.into_iter().map(level_value).collect(),
            domains: self.domains.into_iter().map(domain_value).collect(),
            checksums: Vec::new(),
            sources: material.sources,
        };
        (header, self.problems)
    }
}

fn record(problem: &Problem) -> ProblemRecord {
    ProblemRecord {
        path: problem.path.clone(),
        line: problem.line,
        reason: problem.reason(),
        skipped: problem.is_skip(),
    }
}

fn checksums(folder: &Path) -> Result<Vec<Checksum>> {
    let mut checksums = Vec::new();
    for entry in fs::read_dir(folder).map_err(Error::io("cannot read", folder))? {
        let path = entry.map_err(Error::io("cannot read", folder))?.path();
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        if path.extension().is_some_and(|ending| ending == "lock") {
            continue;
        }
        readable_by_others(&path);
        let (size, hash) = hash_file(&path).map_err(Error::io("cannot read", &path))?;
        checksums.push(Checksum { name, size, hash });
    }
    checksums.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(checksums)
}

/// Hashes a file in pieces, so that a large one does not fill the memory. Returns its size and its hash.
fn hash_file(path: &Path) -> std::io::Result<(u64, String)> {
    use std::io::Read as _;
    let mut file = fs::File::open(path)?;
    let mut hasher = xxhash_rust::xxh3::Xxh3::new();
    let mut buffer = vec![0; 1 << 16];
    let mut size = 0;
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok((size, format!("{:016x}", hasher.digest())));
        }
        size += read as u64;
        hasher.update(&buffer[..read]);
    }
}

/// The engine makes its metadata readable by its owner alone; an index is no secret to those who may read the folder.
#[cfg(unix)]
fn readable_by_others(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    let _ = fs::set_permissions(path, fs::Permissions::from_mode(0o644));
}

#[cfg(not(unix))]
fn readable_by_others(_: &Path) {}
