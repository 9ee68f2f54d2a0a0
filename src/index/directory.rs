//! A directory of the engine that only reads.
//!
//! A published generation never changes, so that its readers need no lock: they work on a read-only mount and beside a
//! writer of the next generation.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::{fmt, io};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use tantivy::directory::error::{
    DeleteError, LockError, OpenDirectoryError, OpenReadError, OpenWriteError,
};
use tantivy::directory::{
    Directory, DirectoryLock, FileHandle, Lock, MmapDirectory, OwnedBytes, WatchCallback,
    WatchHandle, WritePtr,
};

/// The engine's list of segments, which stands behind the schema in one file.
const META: &str = "meta.json";

/// A folder with a published generation.
#[derive(Clone)]
pub struct PublishedDirectory {
    files: MmapDirectory,
    /// The list of segments with no schema, once the whole has been read.
    segments: Arc<OnceLock<Vec<u8>>>,
    opened: Arc<AtomicU64>,
}

impl PublishedDirectory {
    /// Opens the folder.
    pub fn open(path: &Path) -> Result<Self, OpenDirectoryError> {
        Ok(Self {
            files: MmapDirectory::open(path)?,
            segments: Arc::default(),
            opened: Arc::default(),
        })
    }

    /// Maps a file into memory; `None` where that cannot be done.
    pub fn bytes(&self, name: &Path) -> Option<OwnedBytes> {
        let file = self.get_file_handle(name).ok()?;
        file.read_bytes(0..file.len()).ok()
    }

    /// Counts how often a file is opened, of all that share this directory.
    pub fn opened(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.opened)
    }
}

/// What the engine takes from its file when it reads it for the second time.
#[derive(Serialize, Deserialize)]
struct Segments {
    index_settings: Value,
    segments: Value,
    #[serde(skip_deserializing)]
    schema: [u8; 0],
    opstamp: u64,
}

/// Leaves the schema out of the engine's file. The engine reads it twice, once for the schema and once for the segments, and
/// most of the time of opening an index would go into a schema that is thrown away.
fn without_schema(meta: &[u8]) -> Option<Vec<u8>> {
    let segments: Segments = serde_json::from_slice(meta).ok()?;
    serde_json::to_vec(&segments).ok()
}

impl fmt::Debug for PublishedDirectory {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.files.fmt(formatter)
    }
}

fn refused() -> io::Error {
    io::Error::new(
        io::ErrorKind::PermissionDenied,
        "a published index is not written to",
    )
}

impl Directory for PublishedDirectory {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        self.opened.fetch_add(1, Ordering::Relaxed);
        self.files.get_file_handle(path)
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        Err(DeleteError::IoError {
            io_error: Arc::new(refused()),
            filepath: PathBuf::from(path),
        })
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.files.exists(path)
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        Err(OpenWriteError::IoError {
            io_error: Arc::new(refused()),
            filepath: PathBuf::from(path),
        })
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        if path != Path::new(META) {
            return self.files.atomic_read(path);
        }
        if let Some(segments) = self.segments.get() {
            return Ok(segments.clone());
        }
        let meta = self.files.atomic_read(path)?;
        if let Some(segments) = without_schema(&meta) {
            // A published generation never changes.
            let _ = self.segments.set(segments);
        }
        Ok(meta)
    }

    fn atomic_write(&self, _: &Path, _: &[u8]) -> io::Result<()> {
        Err(refused())
    }

    fn sync_directory(&self) -> io::Result<()> {
        Ok(())
    }

    fn acquire_lock(&self, _: &Lock) -> Result<DirectoryLock, LockError> {
        Ok(DirectoryLock::from(Box::new(())))
    }

    fn watch(&self, _: WatchCallback) -> tantivy::Result<WatchHandle> {
        Ok(WatchHandle::empty())
    }
}
