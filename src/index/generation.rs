//! The folder of an index: generations side by side, and a small file that names the one in force.
//!
//! A new generation is written beside the old one and published by replacing `CURRENT`; readers resolve that once. An
//! interrupted writer leaves a folder that nobody names, which the next writer removes.

use std::fs::{self, File, TryLockError};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::header::{Current, Header};
use crate::error::{Error, Result};

/// The file that names the generation in force.
pub const CURRENT: &str = "CURRENT";
/// The header's file in a generation.
pub const HEADER: &str = "header.json";
/// The manifest's file in a generation.
pub const MANIFEST: &str = "manifest.json";
const LOCK: &str = "LOCK";
const PREFIX: &str = "gen-";

/// The right to write an index, held until dropped.
#[derive(Debug)]
pub struct WriteLock {
    folder: PathBuf,
    _file: File,
}

/// Takes the right to write into `folder`, which is made if it is not there.
///
/// # Errors
/// Fails where the folder holds something else, cannot be written to, or another process writes.
pub fn lock(folder: &Path) -> Result<WriteLock> {
    fs::create_dir_all(folder).map_err(Error::io("cannot make the folder", folder))?;
    if !is_ours_or_empty(folder)? {
        return Err(Error::ForeignFolder(folder.to_owned()));
    }
    let path = folder.join(LOCK);
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(Error::io("cannot write", &path))?;
    match file.try_lock() {
        Ok(()) => Ok(WriteLock {
            folder: folder.to_owned(),
            _file: file,
        }),
        Err(TryLockError::WouldBlock) => Err(Error::Locked(folder.to_owned())),
        Err(TryLockError::Error(error)) => Err(Error::io("cannot lock", path)(error)),
    }
}

/// A folder is ours with our files in it; one with nothing but a README or a `.gitignore` counts as empty.
fn is_ours_or_empty(folder: &Path) -> Result<bool> {
    let mut foreign = false;
    for entry in fs::read_dir(folder).map_err(Error::io("cannot read", folder))? {
        let entry = entry.map_err(Error::io("cannot read", folder))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name == CURRENT && is_current(folder) {
            return Ok(true);
        }
        let ours = name == LOCK
            || name == CURRENT
            || name.starts_with(PREFIX)
            || name.starts_with(".CURRENT");
        foreign |= !ours && name != ".gitignore" && !name.to_lowercase().starts_with("readme");
    }
    Ok(!foreign)
}

fn is_current(folder: &Path) -> bool {
    fs::read(folder.join(CURRENT))
        .is_ok_and(|bytes| serde_json::from_slice::<Current>(&bytes).is_ok())
}

impl WriteLock {
    /// Makes the folder of the next generation, after removing what nobody names.
    pub fn begin(&self) -> Result<PathBuf> {
        let in_force = read_current(&self.folder)
            .ok()
            .flatten()
            .map(|current| current.generation);
        let mut last = 0;
        for name in self.generations()? {
            last = last.max(name[PREFIX.len()..].parse().unwrap_or(0));
            if Some(&name) != in_force.as_ref() {
                let path = self.folder.join(&name);
                fs::remove_dir_all(&path).map_err(Error::io("cannot remove", path))?;
            }
        }
        let path = self.folder.join(format!("{PREFIX}{}", last + 1));
        fs::create_dir(&path).map_err(Error::io("cannot make the folder", &path))?;
        Ok(path)
    }

    /// Puts a generation in force and removes the others.
    pub fn publish(&self, current: &Current) -> Result<()> {
        let bytes = serde_json::to_vec(current).unwrap_or_default();
        let temporary = self.folder.join(".CURRENT.new");
        let path = self.folder.join(CURRENT);
        write_synced(&temporary, &bytes)?;
        fs::rename(&temporary, &path).map_err(Error::io("cannot write", &path))?;
        sync_folder(&self.folder);
        for name in self
            .generations()?
            .into_iter()
            .filter(|name| *name != current.generation)
        {
            // A reader that still has it open keeps it open; where it cannot be removed now, the next writer does.
            let _ = fs::remove_dir_all(self.folder.join(name));
        }
        Ok(())
    }

    fn generations(&self) -> Result<Vec<String>> {
        let entries = fs::read_dir(&self.folder).map_err(Error::io("cannot read", &self.folder))?;
        let names = entries
            .filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned()));
        Ok(names
            .filter(|name| {
                name.strip_prefix(PREFIX)
                    .is_some_and(|number| number.parse::<u64>().is_ok())
            })
            .collect())
    }
}

/// Writes a file and waits until it is on the disk.
pub fn write_synced(path: &Path, bytes: &[u8]) -> Result<()> {
    let write = || {
        let mut file = File::create(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(Error::io("cannot write", path))
}

fn sync_folder(folder: &Path) {
    // Some file systems refuse to sync a folder; the rename has happened all the same.
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}

/// Reads which generation is in force; `None` where there is no index.
///
/// # Errors
/// Fails where the file cannot be read or is not what it should be.
pub fn read_current(folder: &Path) -> Result<Option<Current>> {
    let path = folder.join(CURRENT);
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error)
            if matches!(
                error.kind(),
                std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory
            ) =>
        {
            return Ok(None);
        }
        Err(error) => return Err(Error::io("cannot read", path)(error)),
    };
    let current: Current = serde_json::from_slice(&bytes)
        .map_err(|_| damaged(folder, "CURRENT is not what bp wrote"))?;
    let plain = current
        .generation
        .strip_prefix(PREFIX)
        .is_some_and(|number| number.parse::<u64>().is_ok());
    if plain {
        Ok(Some(current))
    } else {
        Err(damaged(folder, "CURRENT names no generation"))
    }
}

/// Reads the header of the generation in force and checks it against its hash.
pub fn read_header(folder: &Path, current: &Current) -> Result<Header> {
    let path = folder.join(&current.generation).join(HEADER);
    let bytes = fs::read(&path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => damaged(folder, "the header is missing"),
        _ => Error::io("cannot read", &path)(error),
    })?;
    if super::header::hash(&bytes) != current.header {
        return Err(damaged(folder, "the header does not have its checksum"));
    }
    serde_json::from_slice(&bytes).map_err(|_| damaged(folder, "the header cannot be read"))
}

/// Makes the error for an index that is not what it should be.
pub fn damaged(folder: &Path, reason: &str) -> Error {
    Error::Damaged {
        path: folder.to_owned(),
        reason: reason.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::header::Sources;
    use super::*;

    #[test]
    fn generations_follow_each_other() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("index");
        let lock = lock(&folder).unwrap();
        assert!(matches!(super::lock(&folder), Err(Error::Locked(_))));
        let first = lock.begin().unwrap();
        let current = |generation: &Path| Current {
            generation: generation
                .file_name()
                .unwrap()
                .to_string_lossy()
                .into_owned(),
            header: String::new(),
            sources: Sources::BuiltIn,
            taxonomy: None,
        };
        lock.publish(&current(&first)).unwrap();
        let abandoned = lock.begin().unwrap();
        let third = lock.begin().unwrap();
        assert!(first.exists() && !abandoned.exists());
        lock.publish(&current(&third)).unwrap();
        assert!(!first.exists() && third.exists());
        assert_eq!(read_current(&folder).unwrap(), Some(current(&third)));
    }

    #[test]
    fn a_foreign_folder_is_left_alone() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("README.md"), "x").unwrap();
        assert!(lock(root.path()).is_ok());
        fs::remove_file(root.path().join(LOCK)).unwrap();
        fs::write(root.path().join("thesis.doc"), "x").unwrap();
        assert!(matches!(lock(root.path()), Err(Error::ForeignFolder(_))));
        fs::write(root.path().join(CURRENT), "not ours").unwrap();
        assert!(matches!(lock(root.path()), Err(Error::ForeignFolder(_))));
        assert!(!root.path().join(LOCK).exists());
    }
}
