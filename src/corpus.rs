//! Turns files into blueprints: walk, decode, container, document, understanding.
//!
//! The result depends on the files alone, never on threads or their order. What is wrong with one file is a
//! [`Problem`] and stops nothing.

pub mod bounds;
mod chrome;
pub mod container;
pub mod decode;
pub mod document;
mod entities;
mod front_matter;
pub mod headings;
mod ladder;
pub mod problem;
mod sections;
pub mod title;
mod understand;
pub mod unpack;
pub mod walk;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use rayon::prelude::*;

use crate::blueprint::{Blueprint, CELL, LINE_BREAK};
use crate::taxonomy::Taxonomy;
use container::{Contents, Input};
use document::Document;
pub use document::LeftOut;
pub use problem::{Problem, ProblemKind, Severity, io_reason};
use understand::Setting;
use walk::FoundFile;

/// How many files, and how many bytes of them, are read at a time before their roles are handed on: what is read takes
/// some twenty times its size in memory.
const CHUNK_FILES: usize = 256;
const CHUNK_BYTES: u64 = 2 * 1024 * 1024;

/// The blueprints compiled in: path below `corpus/` and text.
static BUILT_IN: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/corpus.rs"));

/// What stands before the path of a compiled-in blueprint.
pub const BUILT_IN_SCHEME: &str = "builtin:";

/// A blueprint and the file that holds it.
#[derive(Debug, Clone, PartialEq)]
pub struct Role {
    /// The absolute path, or `builtin:` and the path in the shipped corpus.
    pub path: String,
    /// What was read.
    pub blueprint: Blueprint,
}

/// What one file gave.
#[derive(Debug, Default)]
pub struct FileReading {
    /// The roles in their order in the file.
    pub roles: Vec<Role>,
    /// What there is to say of it.
    pub problems: Vec<Problem>,
    /// The size of the text, in bytes.
    pub bytes: u64,
    /// The name of the container that the file was read as; empty where it was not read.
    pub container: &'static str,
    /// What of the file is no part of a role.
    pub left_out: Vec<LeftOut>,
    /// The hash of the file's bytes, 0 where they could not be read.
    pub hash: u64,
    /// When it was read, in nanoseconds since 1970.
    pub read_at: u64,
    /// Whether the bytes are those that were known; nothing else is said of them then.
    pub is_same: bool,
}

/// A file to read.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// The file.
    pub file: &'a FoundFile,
    /// The hash of the bytes that need no reading.
    pub known: Option<u64>,
}

impl Wanted<'_> {
    /// How much is read at most, in bytes: what is too big is refused by its size.
    pub fn bytes(&self) -> u64 {
        self.file.stamp.size.min(bounds::FILE.limit)
    }
}

/// Reads files in parallel, makes something of each reading with `prepare` on the same thread, and hands that to `sink`,
/// with its place, in the order of `files`.
///
/// # Errors
/// Ends with the first error of `sink`.
pub fn read_files<T: Send, E>(
    files: &[Wanted<'_>],
    taxonomy: &Taxonomy,
    prepare: impl Fn(FileReading) -> T + Sync,
    mut sink: impl FnMut(usize, T) -> Result<(), E>,
) -> Result<(), E> {
    let mut rest = files;
    while !rest.is_empty() {
        let mut bytes = 0;
        let fits = |wanted: &&Wanted<'_>| {
            bytes += wanted.file.stamp.size;
            bytes <= CHUNK_BYTES
        };
        let length = rest
            .iter()
            .take(CHUNK_FILES)
            .take_while(fits)
            .count()
            .max(1);
        let first = files.len() - rest.len();
        let (chunk, behind) = rest.split_at(length);
        rest = behind;
        let readings: Vec<T> = chunk
            .par_iter()
            .map(|wanted| prepare(read_file(wanted, taxonomy)))
            .collect();
        for (at, reading) in readings.into_iter().enumerate() {
            sink(first + at, reading)?;
        }
    }
    Ok(())
}

/// A blueprint of the compiled-in corpus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuiltIn {
    /// `builtin:` and the path.
    pub path: String,
    /// The folder that it lies in.
    pub folder: Option<&'static str>,
    /// The hash of its text.
    pub hash: u64,
}

/// Lists the compiled-in blueprints, in the order of [`read_built_in`].
pub fn built_in_files() -> impl Iterator<Item = BuiltIn> {
    BUILT_IN.iter().map(|(name, text)| BuiltIn {
        path: format!("{BUILT_IN_SCHEME}{name}"),
        folder: name.split_once('/').map(|(folder, _)| folder),
        hash: xxhash_rust::xxh3::xxh3_64(text.as_bytes()),
    })
}

/// Reads the compiled-in corpus.
pub fn read_built_in(taxonomy: &Taxonomy) -> Vec<FileReading> {
    let files: Vec<BuiltIn> = built_in_files().collect();
    let read = |(file, (_, text)): (&BuiltIn, &(&str, &str))| FileReading {
        hash: file.hash,
        ..read_bytes(text.as_bytes(), &file.path, file.folder, taxonomy)
    };
    files.par_iter().zip(BUILT_IN).map(read).collect()
}

/// Returns a fingerprint of the compiled-in corpus.
pub fn built_in_fingerprint() -> u64 {
    let mut hasher = xxhash_rust::xxh3::Xxh3::new();
    for (name, text) in BUILT_IN {
        hasher.update(name.as_bytes());
        hasher.update(text.as_bytes());
    }
    hasher.digest()
}

/// Reads one file that was named.
pub fn read_named(path: &Path, folder: Option<&str>, taxonomy: &Taxonomy) -> FileReading {
    let file = FoundFile {
        path: path.to_owned(),
        folder: folder.map(Into::into),
        stamp: walk::Stamp::of(path).unwrap_or_default(),
        named: true,
    };
    let wanted = Wanted {
        file: &file,
        known: None,
    };
    read_file(&wanted, taxonomy)
}

fn read_file(wanted: &Wanted<'_>, taxonomy: &Taxonomy) -> FileReading {
    let file = wanted.file;
    let path = file.path.to_string_lossy();
    let read_at = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |time| time.as_nanos() as u64);
    let fail = |kind| FileReading {
        problems: vec![Problem::new(&path, None, kind)],
        read_at,
        ..FileReading::default()
    };
    let limit = bounds::FILE.limit;
    let too_big = |bytes| ProblemKind::TooBig { bytes, limit };
    if file.stamp.size > limit {
        return fail(too_big(file.stamp.size));
    }
    match read_regular(&file.path, limit) {
        Ok(bytes) if bytes.len() as u64 > limit => fail(too_big(bytes.len() as u64)),
        Ok(bytes) => {
            let hash = xxhash_rust::xxh3::xxh3_64(&bytes);
            if wanted.known == Some(hash) {
                return FileReading {
                    hash,
                    read_at,
                    is_same: true,
                    ..FileReading::default()
                };
            }
            FileReading {
                hash,
                read_at,
                ..read_bytes(&bytes, &path, file.folder.as_deref(), taxonomy)
            }
        }
        Err(error) => fail(ProblemKind::Unreadable(
            io_reason(error.kind()).map_or_else(|| error.to_string(), str::to_owned),
        )),
    }
}

/// Reads a regular file up to a limit, one byte more where it is longer: a pipe would never end, and a file that grows
/// while it is read must not fill the memory.
pub fn read_regular(path: &Path, limit: u64) -> std::io::Result<Vec<u8>> {
    use std::io::Read as _;
    // The kind is asked for by name: opening a pipe waits for its other end.
    if !std::fs::metadata(path)?.is_file() {
        return Err(std::io::Error::new(
            std::io::ErrorKind::InvalidInput,
            "not a regular file",
        ));
    }
    let mut bytes = Vec::new();
    std::fs::File::open(path)?
        .take(limit + 1)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Returns the hash of a file's bytes; `None` for one that cannot be read, or is larger than what is read.
pub fn content_hash(path: &Path) -> Option<u64> {
    let limit = bounds::FILE.limit;
    let bytes = read_regular(path, limit).ok()?;
    (bytes.len() as u64 <= limit).then(|| xxhash_rust::xxh3::xxh3_64(&bytes))
}

/// Reads one file's content; `path` names it in problems and tells its format where the content does not.
pub fn read_bytes(
    bytes: &[u8],
    path: &str,
    folder: Option<&str>,
    taxonomy: &Taxonomy,
) -> FileReading {
    // The readers are ours and a library's: a panic in one of them must not take the other files with it.
    catch_unwind(AssertUnwindSafe(|| {
        read_packed(bytes, path, folder, taxonomy)
    }))
    .unwrap_or_else(|_| FileReading {
        problems: vec![Problem::new(
            path,
            None,
            ProblemKind::Unreadable("the reader broke off".to_owned()),
        )],
        ..FileReading::default()
    })
}

/// Reads a file's content, which may be packed: one level of it, since nobody packs a text twice.
fn read_packed(bytes: &[u8], path: &str, folder: Option<&str>, taxonomy: &Taxonomy) -> FileReading {
    match unpack::unpack(bytes) {
        None => read_text(bytes, path, folder, taxonomy),
        Some(Ok(bytes)) => read_text(&bytes, path, folder, taxonomy),
        Some(Err(kind)) => FileReading {
            problems: vec![Problem::new(path, None, kind)],
            ..FileReading::default()
        },
    }
}

fn read_text(bytes: &[u8], path: &str, folder: Option<&str>, taxonomy: &Taxonomy) -> FileReading {
    let mut reading = FileReading {
        bytes: bytes.len() as u64,
        ..FileReading::default()
    };
    let mut say = |line, kind| reading.problems.push(Problem::new(path, line, kind));
    let decoded = decode::decode(bytes);
    if let Some(encoding) = decoded.as_ref().and_then(|decoded| decoded.encoding) {
        say(None, ProblemKind::Encoding(encoding));
    }
    if decoded
        .as_ref()
        .is_some_and(|decoded| decoded.text.trim().is_empty())
    {
        say(None, ProblemKind::Empty);
        return reading;
    }
    let name = Path::new(path).file_name();
    let name = name.map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let name = unpack::inner_name(&name).unwrap_or(&name);
    let lower = name.to_lowercase();
    let input = Input {
        bytes,
        text: decoded.as_ref().map(|decoded| &*decoded.text),
        name: &lower,
    };
    let Some(container) = container::container_of(&input) else {
        say(None, ProblemKind::Binary);
        return reading;
    };
    let contents = (container.reads)(&input);
    reading.container = container.name;
    let stem = Path::new(name).file_stem();
    let stem = stem.map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    let setting = Setting {
        stem: &stem,
        folder,
    };
    understand_all(contents, path, setting, taxonomy, &mut reading);
    reading
}

/// Reads the roles out of what a container gave.
fn understand_all(
    contents: Contents,
    path: &str,
    setting: Setting<'_>,
    taxonomy: &Taxonomy,
    reading: &mut FileReading,
) {
    let mut say = |line, kind| reading.problems.push(Problem::new(path, line, kind));
    for (line, kind) in contents.remarks {
        say(line, kind);
    }
    // The marks of lines and cells are for blocks; whatever a reader leaves out is shown as it is.
    reading.left_out = contents.left_out;
    for left_out in &mut reading.left_out {
        left_out.text = left_out.text.replace([LINE_BREAK, CELL], " ");
    }
    let rungs = |document: &Document| ladder::rungs(document, setting.stem, taxonomy);
    let whole = contents.documents.into_iter();
    let mut documents: Vec<Document> = whole
        .flat_map(|document| rungs(&document).unwrap_or_else(|| vec![document]))
        .collect();
    let tables = contents.tables.iter();
    documents.extend(tables.flat_map(|table| rungs(table).unwrap_or_default()));
    if documents.is_empty() && !contents.tables.is_empty() {
        say(None, ProblemKind::NoRole);
    }
    if let Some(next) = documents.get(bounds::ROLES.count()) {
        say(Some(next.lines.0), ProblemKind::Bound(&bounds::ROLES));
    }
    documents.truncate(bounds::ROLES.count());
    for document in documents {
        let (blueprint, remarks) = understand::understand(&document, setting, taxonomy);
        for (line, remark) in remarks {
            say(Some(line), ProblemKind::of(remark));
        }
        reading.roles.push(Role {
            path: path.to_owned(),
            blueprint,
        });
    }
}

#[cfg(test)]
mod tests;
