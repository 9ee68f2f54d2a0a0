//! The folder of an index: generations side by side, and a small file that names the one in force.
//!
//! A new generation is written beside the old one and published by replacing `CURRENT`; readers resolve that once. An
//! interrupted writer leaves a folder that nobody names, which the next writer removes.

use std::fs::{self, File, TryLockError};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::header::{Current, Header};
#[cfg(test)]
use super::plan::Plan;
use super::progress::Progress;
use crate::corpus::read_regular;
use crate::error::{Error, Result};

/// The file that names the generation in force.
pub const CURRENT: &str = "CURRENT";
/// The header's file in a generation.
pub const HEADER: &str = "header.json";
/// The manifest's file in a generation.
pub const MANIFEST: &str = "manifest";
const LOCK: &str = "LOCK";
const NEW_CURRENT: &str = ".CURRENT.new";
const PREFIX: &str = "gen-";
/// Stands in every generation's folder, so that no other folder of such a name is ever taken for ours.
pub const MARK: &str = ".bp-generation";
/// The largest CURRENT or header that is read, in bytes.
const MAX_BYTES: u64 = 64 << 20;

/// The right to write an index, held until dropped.
#[derive(Debug)]
pub struct WriteLock {
    folder: PathBuf,
    _file: File,
}

/// How long to wait between two looks at a lock.
const LOCK_STEP: Duration = Duration::from_millis(20);

/// Takes the right to write into `folder`, which is made if it is not there; waits for it up to `wait`.
///
/// # Errors
/// Fails where the folder holds something else, cannot be written to, or another process goes on writing.
pub fn lock(folder: &Path, wait: Duration) -> Result<WriteLock> {
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
    let start = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => break,
            Err(TryLockError::WouldBlock) if start.elapsed() < wait => {
                std::thread::sleep(LOCK_STEP);
            }
            Err(TryLockError::WouldBlock) => {
                return Err(Error::Locked {
                    path: folder.to_owned(),
                    holder: holder(&path),
                });
            }
            Err(TryLockError::Error(error)) => return Err(Error::io("cannot lock", path)(error)),
        }
    }
    // Who holds it is for people; the right itself is the system's, which takes it back from a process that ends.
    let mut note = &file;
    let _ = file.set_len(0);
    let _ = note.write_all(format!("{} {}\n", std::process::id(), now_ms()).as_bytes());
    Ok(WriteLock {
        folder: folder.to_owned(),
        _file: file,
    })
}

/// The process that says in the lock that it holds it, and for how many seconds.
fn holder(lock: &Path) -> Option<(u32, u64)> {
    let bytes = read_regular(lock, 64).ok()?;
    let (process, since) = std::str::from_utf8(&bytes).ok()?.trim().split_once(' ')?;
    let since: u64 = since.parse().ok()?;
    Some((process.parse().ok()?, now_ms().saturating_sub(since) / 1000))
}

/// Returns the time in milliseconds since 1970.
pub fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |time| time.as_millis() as u64)
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
        .is_ok_and(|bytes| Current::from_bytes(&bytes).is_some())
}

/// A generation has its mark; an empty folder is one whose writer was stopped before it set the mark.
fn is_generation(path: &Path) -> bool {
    path.join(MARK).is_file()
        || fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none())
}

/// Removes a generation, its mark last: what is left where that is broken off is still known as ours.
pub fn remove(path: &Path) -> std::io::Result<()> {
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        if entry.file_name() != MARK && entry.file_type()?.is_file() {
            fs::remove_file(entry.path())?;
        }
    }
    fs::remove_dir_all(path)
}

/// Removes a generation that threads of this process still write to.
///
/// It takes another name first, the next number: what is written by the old one then finds no folder. With its mark it is
/// known as ours by that name too, so that a removal that is broken off is done by the next run.
pub fn remove_from_writers(path: &Path) -> std::io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let number = name.strip_prefix(PREFIX).map(str::parse::<u64>);
    let Some(Ok(number)) = number else {
        return Err(std::io::ErrorKind::InvalidInput.into());
    };
    let aside = path.with_file_name(format!("{PREFIX}{}", number.saturating_add(1)));
    fs::rename(path, &aside)?;
    remove(&aside)
}

impl WriteLock {
    /// Removes what a writer that was interrupted has left.
    pub fn clean(&self) -> Result<()> {
        let current = read_current(&self.folder).ok().flatten();
        let in_force = current.map(|current| current.generation);
        let others = self.generations()?.into_iter();
        for name in others.filter(|name| Some(name) != in_force.as_ref()) {
            let path = self.folder.join(name);
            remove(&path).map_err(Error::io("cannot remove", path))?;
        }
        match fs::remove_file(self.folder.join(NEW_CURRENT)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::io(
                "cannot remove",
                self.folder.join(NEW_CURRENT),
            )(error)),
            _ => Ok(()),
        }
    }

    /// Makes the folder of the next generation, after removing what nobody names.
    pub fn begin(&self) -> Result<PathBuf> {
        // A folder of such a name that is not ours keeps its number.
        let last = self.last_number()?;
        self.clean()?;
        let name = format!("{PREFIX}{}", last.saturating_add(1));
        let path = self.folder.join(name);
        fs::create_dir(&path).map_err(Error::io("cannot make the folder", &path))?;
        write_new(&path.join(MARK), b"")?;
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
    pub fn publish(&self, current: &Current, progress: &Progress) -> Result<()> {
        let bytes = current.to_bytes()?;
        let temporary = self.folder.join(NEW_CURRENT);
        let path = self.folder.join(CURRENT);
        write_synced(&temporary, &bytes)?;
        progress
            .publish(|| fs::rename(&temporary, &path))
            .map_err(Error::io("cannot write", &path))?;
        sync_folder(&self.folder);
        for name in self
            .generations()?
            .into_iter()
            .filter(|name| *name != current.generation)
        {
            // A reader that still has it open keeps it open; where it cannot be removed now, the next writer does.
            let _ = remove(&self.folder.join(name));
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

/// Writes a file that is waited for later.
pub fn write_new(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::write(path, bytes).map_err(Error::io("cannot write", path))
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

/// Waits until the names in a folder are on the disk.
pub fn sync_folder(folder: &Path) {
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
    let current = Current::from_bytes(&bytes)
        .ok_or_else(|| damaged(folder, "CURRENT is not what bp wrote"))?;
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
    use super::*;

    #[test]
    fn generations_follow_each_other() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("index");
        let lock = lock(&folder, Duration::ZERO).unwrap();
        let own = std::process::id();
        assert!(matches!(
            super::lock(&folder, Duration::from_millis(30)),
            Err(Error::Locked { holder: Some((process, _)), .. }) if process == own
        ));
        let first = lock.begin().unwrap();
        let current = |generation: &Path| Current {
            generation: generation
                .file_name()
                .unwrap()
                .to_string_lossy()
                .into_owned(),
            header: String::new(),
            plan: Plan::default(),
            is_older: false,
        };
        lock.publish(&current(&first), &Progress::default())
            .unwrap();
        let abandoned = lock.begin().unwrap();
        let third = lock.begin().unwrap();
        assert!(first.exists() && !abandoned.exists());
        lock.publish(&current(&third), &Progress::default())
            .unwrap();
        assert!(!first.exists() && third.exists());
        assert_eq!(read_current(&folder).unwrap(), Some(current(&third)));
    }

    #[test]
    fn a_foreign_folder_is_left_alone() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("README.md"), "x").unwrap();
        assert!(lock(root.path(), Duration::ZERO).is_ok());
        fs::remove_file(root.path().join(LOCK)).unwrap();
        fs::write(root.path().join("thesis.doc"), "x").unwrap();
        assert!(matches!(
            lock(root.path(), Duration::ZERO),
            Err(Error::ForeignFolder(_))
        ));
        fs::write(root.path().join(CURRENT), "not ours").unwrap();
        assert!(matches!(
            lock(root.path(), Duration::ZERO),
            Err(Error::ForeignFolder(_))
        ));
        assert!(!root.path().join(LOCK).exists());
    }
}
