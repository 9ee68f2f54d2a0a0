//! Reads a segment's file piece by piece, where others map it into memory.
//!
//! A merge reads everything that there is. Of a mapped file each page counts as memory once it was read, which would be as
//! much as the index; of this one it is what was read last.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use tantivy::HasLen;
use tantivy::directory::{FileHandle, OwnedBytes};

/// How much is read at a time, in bytes: a merge goes through each file from its beginning to its end, a few bytes a term.
const WINDOW: usize = 256 << 10;

/// A file that is read piece by piece.
#[derive(Debug)]
pub struct Streamed {
    file: File,
    length: usize,
    /// What was read last, and where it begins.
    window: Mutex<(usize, OwnedBytes)>,
}

impl Streamed {
    /// Takes an open file.
    pub fn new(file: File) -> io::Result<Self> {
        let length = file.metadata()?.len() as usize;
        let window = Mutex::new((0, OwnedBytes::empty()));
        Ok(Self {
            file,
            length,
            window,
        })
    }

    fn read(&self, range: Range<usize>) -> io::Result<OwnedBytes> {
        let mut bytes = vec![0; range.len()];
        read_exact_at(&self.file, &mut bytes, range.start as u64)?;
        Ok(OwnedBytes::new(bytes))
    }
}

impl HasLen for Streamed {
    fn len(&self) -> usize {
        self.length
    }
}

impl FileHandle for Streamed {
    fn read_bytes(&self, range: Range<usize>) -> io::Result<OwnedBytes> {
        if range.len() >= WINDOW {
            return self.read(range);
        }
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        let (start, bytes) = &*window;
        if range.start < *start || range.end > start + bytes.len() {
            let end = self.length.min(range.start + WINDOW).max(range.end);
            *window = (range.start, self.read(range.start..end)?);
        }
        let (start, bytes) = &*window;
        Ok(bytes.slice(range.start - start..range.end - start))
    }
}

#[cfg(unix)]
fn read_exact_at(file: &File, bytes: &mut [u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, at)
}

#[cfg(not(unix))]
fn read_exact_at(mut file: &File, bytes: &mut [u8], at: u64) -> io::Result<()> {
    use std::io::{Read as _, Seek as _};
    // Only one thread merges what a segment's file holds.
    file.seek(io::SeekFrom::Start(at))?;
    file.read_exact(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_range_is_what_the_file_holds() {
        let content: Vec<u8> = (0..3 * WINDOW + 7).map(|at| (at % 251) as u8).collect();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, &content).unwrap();
        let streamed = Streamed::new(File::open(&path).unwrap()).unwrap();
        assert_eq!(streamed.len(), content.len());
        let all = content.len();
        for range in [
            0..0,
            0..10,
            5..20,
            2..4,
            WINDOW - 1..WINDOW + 5,
            0..all,
            all - 3..all,
        ] {
            let read = streamed.read_bytes(range.clone()).unwrap();
            assert_eq!(read.as_slice(), &content[range.clone()], "{range:?}");
        }
    }
}
