//! The directory of the engine that a new generation is written through.
//!
//! Nothing of a generation counts before `CURRENT` names it, so the engine need not wait for the disk after each file: all
//! of them are waited for at once, just before. The right to write is held by the folder's own lock.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;
use tantivy::directory::error::{DeleteError, LockError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    AntiCallToken, Directory, DirectoryLock, FileHandle, Lock, MmapDirectory, TerminatingWrite,
    WatchCallback, WatchHandle, WritePtr,
};

use super::progress::Progress;
use super::streamed::Streamed;
use crate::error::{Error, Result};

/// A folder in which a generation is being written.
#[derive(Clone, Debug)]
pub struct StagingDirectory {
    folder: PathBuf,
    mapped: MmapDirectory,
    progress: Arc<Progress>,
    /// Whether what a merge goes through is read piece by piece.
    is_large: bool,
}

impl StagingDirectory {
    /// Opens the folder; what is written to it is told to `progress`.
    pub fn open(folder: &Path, progress: &Arc<Progress>) -> tantivy::Result<Self> {
        Ok(Self {
            folder: folder.to_owned(),
            mapped: MmapDirectory::open(folder)?,
            progress: Arc::clone(progress),
            is_large: false,
        })
    }

    /// Expects more than may stand in memory at once.
    pub fn large(self, is_large: bool) -> Self {
        Self { is_large, ..self }
    }
}

/// A file that is written without waiting for the disk.
struct Unsynced(File, Arc<Progress>);

impl Write for Unsynced {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.0.write(bytes)?;
        self.1.writes(written);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl TerminatingWrite for Unsynced {
    fn terminate_ref(&mut self, _: AntiCallToken) -> io::Result<()> {
        self.0.flush()
    }
}

impl Directory for StagingDirectory {
    fn get_file_handle(
        &self,
        path: &Path,
    ) -> std::result::Result<Arc<dyn FileHandle>, OpenReadError> {
        let ending = path.extension().and_then(|ending| ending.to_str());
        if !self.is_large || !matches!(ending, Some("idx" | "pos" | "store")) {
            return self.mapped.get_file_handle(path);
        }
        let opened = File::open(self.folder.join(path)).and_then(Streamed::new);
        let streamed = opened.map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => OpenReadError::FileDoesNotExist(path.to_owned()),
            _ => OpenReadError::wrap_io_error(error, path.to_owned()),
        })?;
        Ok(Arc::new(streamed))
    }

    fn delete(&self, path: &Path) -> std::result::Result<(), DeleteError> {
        self.mapped.delete(path)
    }

    fn exists(&self, path: &Path) -> std::result::Result<bool, OpenReadError> {
        self.mapped.exists(path)
    }

    fn open_write(&self, path: &Path) -> std::result::Result<WritePtr, OpenWriteError> {
        let full = self.folder.join(path);
        let opened = File::options().write(true).create_new(true).open(&full);
        let file = opened.map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => OpenWriteError::FileAlreadyExists(full.clone()),
            _ => OpenWriteError::wrap_io_error(error, full.clone()),
        })?;
        Ok(io::BufWriter::new(Box::new(Unsynced(
            file,
            Arc::clone(&self.progress),
        ))))
    }

    fn atomic_read(&self, path: &Path) -> std::result::Result<Vec<u8>, OpenReadError> {
        self.mapped.atomic_read(path)
    }

    fn atomic_write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        // A new file takes the name: the old one may be that of the generation in force too.
        let temporary = self.folder.join(".new");
        fs::write(&temporary, bytes)?;
        fs::rename(&temporary, self.folder.join(path))
    }

    fn sync_directory(&self) -> io::Result<()> {
        Ok(())
    }

    fn acquire_lock(&self, _: &Lock) -> std::result::Result<DirectoryLock, LockError> {
        Ok(DirectoryLock::from(Box::new(())))
    }

    fn watch(&self, _: WatchCallback) -> tantivy::Result<WatchHandle> {
        Ok(WatchHandle::empty())
    }
}

/// Makes the files of one generation those of another too, without copying where the file system can.
///
/// A published file is never written to again, so that both can hold it.
pub fn link(names: impl Iterator<Item = impl AsRef<Path>>, from: &Path, to: &Path) -> Result<()> {
    for name in names {
        let (source, target) = (from.join(&name), to.join(&name));
        if fs::hard_link(&source, &target).is_err() {
            fs::copy(&source, &target).map_err(Error::io("cannot write", &target))?;
        }
    }
    Ok(())
}

/// Waits until files of a folder, and their names in it, are on the disk.
pub fn sync(folder: &Path, names: &[String]) -> Result<()> {
    names.par_iter().try_for_each(|name| {
        let path = folder.join(name);
        let synced = File::open(&path).and_then(|file| file.sync_all());
        synced.map_err(Error::io("cannot write", path))
    })?;
    super::generation::sync_folder(folder);
    Ok(())
}
