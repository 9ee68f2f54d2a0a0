//! The folder of an index: generations side by side, and a small file that names the one in force.
//!
//! A new generation is written beside the old one and published by replacing `CURRENT`; readers resolve that once. An
//! interrupted writer leaves a folder that nobody names, which the next writer removes.

use std::fs::{self, File, TryLockError};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::header::{Current, Header};
use crate::corpus::read_regular;
use crate::error::{Error, Result};

/// The file that names the generation in force.
pub const CURRENT: &str = "CURRENT";
/// The header's file in a generation.
pub const HEADER: &str = "header.json";
/// The manifest's file in a generation.
pub const MANIFEST: &str = "manifest.json";
const LOCK: &str = "LOCK";
const PREFIX: &str = "gen-";
/// Stands in every generation's folder, so that no other folder of such a name is ever taken for ours.
const MARK: &str = ".bp-generation";
/// The largest CURRENT or header that is read, in bytes.
const MAX_BYTES: u64 = 64 << 20;

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
    if fs::metadata(folder).is_ok_and(|metadata| !metadata.is_dir()) {
        return Err(Error::NotAFolder(folder.to_owned()));
    }
    fs::create_dir_all(folder).map_err(Error::io("cannot make the folder", folder))?;
    let path = folder.join(LOCK);
    let is_foreign_lock = fs::symlink_metadata(&path).is_ok_and(|metadata| !metadata.is_file());
    if is_foreign_lock || !is_ours_or_empty(folder)? {
        return Err(Error::ForeignFolder(folder.to_owned()));
    }
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
        let generation = name.starts_with(PREFIX) && is_generation(&entry.path());
        let ours = generation || name == LOCK || name == CURRENT || name.starts_with(".CURRENT");
        foreign |= !ours && name != ".gitignore" && !name.to_lowercase().starts_with("readme");
    }
    Ok(!foreign)
}

fn is_current(folder: &Path) -> bool {
    read_regular(&folder.join(CURRENT), MAX_BYTES)
        .is_ok_and(|bytes| serde_json::from_slice::<Current>(&bytes).is_ok())
}

/// A generation has its mark; an empty folder is one whose writer was stopped before it set the mark.
fn is_generation(path: &Path) -> bool {
    path.join(MARK).is_file()
        || fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none())
}

impl WriteLock {
    /// Makes the folder of the next generation, after removing what nobody names.
    pub fn begin(&self) -> Result<PathBuf> {
        // A folder of such a name that is not ours keeps its number.
        let last = self.last_number()?;
        let current = read_current(&self.folder).ok().flatten();
        let in_force = current.map(|current| current.generation);
        let others = self.generations()?.into_iter();
        for name in others.filter(|name| Some(name) != in_force.as_ref()) {
            let path = self.folder.join(name);
            fs::remove_dir_all(&path).map_err(Error::io("cannot remove", path))?;
        }
        let name = format!("{PREFIX}{}", last.saturating_add(1));
        let path = self.folder.join(name);
        fs::create_dir(&path).map_err(Error::io("cannot make the folder", &path))?;
        write_synced(&path.join(MARK), b"")?;
        Ok(path)
    }

    /// The highest number of a folder that is named like a generation.
    fn last_number(&self) -> Result<u64> {
        let entries = fs::read_dir(&self.folder).map_err(Error::io("cannot read", &self.folder))?;
        let number = |entry: std::io::Result<fs::DirEntry>| {
            let name = entry.ok()?.file_name().to_string_lossy().into_owned();
            name.strip_prefix(PREFIX)?.parse::<u64>().ok()
        };
        Ok(entries.filter_map(number).max().unwrap_or(0))
    }

    /// Puts a generation in force and removes the others.
    pub fn publish(&self, current: &Current) -> Result<()> {
        let bytes = to_json(current)?;
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
        generations(&self.folder)
    }
}

/// The names of our generations in a folder.
fn generations(folder: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(Error::io("cannot read", folder))? {
        let entry = entry.map_err(Error::io("cannot read", folder))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_numbered = name
            .strip_prefix(PREFIX)
            .is_some_and(|number| number.parse::<u64>().is_ok());
        if is_numbered && is_generation(&entry.path()) {
            names.push(name);
        }
    }
    Ok(names)
}

/// Finds out what an index held whose CURRENT is lost or damaged: the newest header that can be read.
pub fn recover(folder: &Path) -> Option<Header> {
    let mut names = generations(folder).ok()?;
    names.sort_by_key(|name| std::cmp::Reverse(name[PREFIX.len()..].parse::<u64>().unwrap_or(0)));
    let read = |name: &String| {
        let bytes = read_regular(&folder.join(name).join(HEADER), MAX_BYTES).ok()?;
        serde_json::from_slice(&bytes).ok()
    };
    names.iter().find_map(read)
}

/// Writes a value of ours as JSON.
pub fn to_json(value: &impl serde::Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec(value).map_err(|error| Error::io("cannot write", "the index")(error.into()))
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
    let bytes = match read_regular(&path, MAX_BYTES) {
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
    let bytes = read_regular(&path, MAX_BYTES).map_err(|error| match error.kind() {
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
            synonyms: None,
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
