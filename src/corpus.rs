//! Turns files into blueprints: walk, decode, container, document, understanding.
//!
//! The result depends on the files alone, never on threads or their order. What is wrong with one file is a
//! [`Problem`] and stops nothing.

pub mod bounds;
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

use crate::blueprint::Blueprint;
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
const CHUNK_BYTES: u64 = 4 * 1024 * 1024;

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
}

/// Reads files in parallel and hands each one's reading to `sink`, in the order of `files`.
///
/// # Errors
/// Ends with the first error of `sink`.
pub fn read_files<E>(
    files: &[FoundFile],
    taxonomy: &Taxonomy,
    mut sink: impl FnMut(FileReading) -> Result<(), E>,
) -> Result<(), E> {
    let mut rest = files;
    while !rest.is_empty() {
        let mut bytes = 0;
        let fits = |file: &&FoundFile| {
            bytes += file.stamp.size;
            bytes <= CHUNK_BYTES
        };
        let length = rest
            .iter()
            .take(CHUNK_FILES)
            .take_while(fits)
            .count()
            .max(1);
        let (chunk, behind) = rest.split_at(length);
        rest = behind;
        let readings: Vec<FileReading> = chunk
            .par_iter()
            .map(|file| read_file(file, taxonomy))
            .collect();
        readings.into_iter().try_for_each(&mut sink)?;
    }
    Ok(())
}

/// Reads the compiled-in corpus.
pub fn read_built_in(taxonomy: &Taxonomy) -> Vec<FileReading> {
    let read = |&(name, text): &(&str, &str)| {
        let folder = name.split_once('/').map(|(folder, _)| folder);
        read_bytes(
            text.as_bytes(),
            &format!("{BUILT_IN_SCHEME}{name}"),
            folder,
            taxonomy,
        )
    };
    BUILT_IN.par_iter().map(read).collect()
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

fn read_file(file: &FoundFile, taxonomy: &Taxonomy) -> FileReading {
    let path = file.path.to_string_lossy();
    let fail = |kind| FileReading {
        problems: vec![Problem::new(&path, None, kind)],
        ..FileReading::default()
    };
    if file.stamp.size > bounds::FILE.limit {
        return fail(ProblemKind::TooBig {
            bytes: file.stamp.size,
            limit: bounds::FILE.limit,
        });
    }
    match read_regular(&file.path, bounds::FILE.limit) {
        Ok(bytes) if bytes.len() as u64 > bounds::FILE.limit => fail(ProblemKind::TooBig {
            bytes: bytes.len() as u64,
            limit: bounds::FILE.limit,
        }),
        Ok(bytes) => read_bytes(&bytes, &path, file.folder.as_deref(), taxonomy),
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
    reading.left_out = contents.left_out;
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
