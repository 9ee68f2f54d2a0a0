//! Sizes and hashes of the files of a generation: made when it is written, held against it when it is read.

use std::fs;
use std::path::Path;

use rayon::prelude::*;
use tantivy::directory::OwnedBytes;

use super::directory::PublishedDirectory;
use super::generation::{HEADER, damaged};
use super::header::{Checksum, Header};
use crate::error::{Error, Result};

/// An index of up to this many bytes is checked whole against its checksums when it is opened.
const CHECK_BYTES: u64 = 1 << 20;

/// Makes the checksums of a folder's files but the header; those of `known` are taken over where the engine keeps a file,
/// which it never writes to again.
pub fn of_folder(folder: &Path, known: &[Checksum]) -> Result<Vec<Checksum>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(Error::io("cannot read", folder))? {
        let entry = entry.map_err(Error::io("cannot read", folder))?;
        names.push(entry.file_name().to_string_lossy().into_owned());
    }
    let is_lock = |name: &String| {
        let ending = Path::new(name).extension();
        ending.is_some_and(|ending| ending == "lock")
    };
    names.retain(|name| name != HEADER && !is_lock(name));
    names.sort();
    let one = |name: String| {
        let of_segment = name.contains('.') && !name.starts_with('.') && name != "meta.json";
        let same = known.iter().find(|known| known.name == name);
        if let Some(same) = same.filter(|_| of_segment) {
            return Ok(same.clone());
        }
        let path = folder.join(&name);
        readable_by_others(&path);
        let (size, hash) = hash_file(&path).map_err(Error::io("cannot read", &path))?;
        Ok(Checksum { name, size, hash })
    };
    names.into_par_iter().map(one).collect()
}

/// Sizes always, contents where they are small: a truncated file that is mapped into memory would end the process.
///
/// Returns what was mapped, for as long as the engine may use it again.
///
/// # Errors
/// Fails with the first file that is not what was written.
pub fn check(
    folder: &Path,
    generation: &Path,
    directory: &PublishedDirectory,
    header: &Header,
) -> Result<Vec<OwnedBytes>> {
    let total: u64 = header.checksums.iter().map(|checksum| checksum.size).sum();
    let mut mapped = Vec::new();
    for expected in &header.checksums {
        let path = generation.join(&expected.name);
        let size = fs::metadata(&path).map(|metadata| metadata.len());
        let mut is_sound = size.is_ok_and(|size| size == expected.size);
        if is_sound && total <= CHECK_BYTES {
            let bytes = directory.bytes(Path::new(&expected.name));
            let is_whole = |bytes: &OwnedBytes| super::header::hash(bytes) == expected.hash;
            is_sound = bytes.as_ref().is_some_and(is_whole);
            mapped.extend(bytes);
        }
        if !is_sound {
            let reason = format!("{} is not what was written", expected.name);
            return Err(damaged(folder, &reason));
        }
    }
    Ok(mapped)
}

/// Reads all files of a generation, and returns what is wrong with which.
pub fn verify(generation: &Path, header: &Header) -> Vec<(String, String)> {
    let wrong = |expected: &Checksum| {
        let reason = match hash_file(&generation.join(&expected.name)) {
            Err(error) => format!("cannot be read: {error}"),
            Ok((size, _)) if size != expected.size => {
                format!("has {size} bytes and should have {}", expected.size)
            }
            Ok((_, hash)) if hash != expected.hash => "is not what was written".to_owned(),
            Ok(_) => return None,
        };
        Some((expected.name.clone(), reason))
    };
    header.checksums.par_iter().filter_map(wrong).collect()
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
