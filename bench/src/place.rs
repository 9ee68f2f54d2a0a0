//! Where the data of one size lie: blueprints, the dump, plain records, and an index for each program.

use std::path::{Path, PathBuf};
use std::{fs, io};

/// The folder of one size.
pub struct Place {
    folder: PathBuf,
    /// How many documents it is for.
    pub documents: usize,
}

impl Place {
    /// Makes the folder of a size below that of all data.
    pub fn new(data: &Path, documents: usize) -> io::Result<Self> {
        let folder = data.join(format!("n-{documents}"));
        fs::create_dir_all(&folder)?;
        Ok(Self { folder, documents })
    }

    /// The blueprints.
    pub fn corpus(&self) -> PathBuf {
        self.folder.join("corpus")
    }

    /// The parsed documents.
    pub fn dump(&self) -> PathBuf {
        self.folder.join("dump")
    }

    /// The same as plain records.
    pub fn records(&self, form: &str) -> PathBuf {
        self.folder.join(format!("records.{form}"))
    }

    /// What a program indexes into.
    pub fn index(&self, program: &str) -> PathBuf {
        self.folder.join(program)
    }

    /// Whether something was made, by what `made_of` says.
    pub fn has(&self, what: &str, made_of: &str) -> bool {
        fs::read_to_string(self.mark(what)).is_ok_and(|text| text == made_of)
    }

    /// Notes that something was made to its end.
    pub fn note(&self, what: &str, made_of: &str) -> io::Result<()> {
        fs::write(self.mark(what), made_of)
    }

    /// Removes something that was made, and the note of it.
    pub fn remove(&self, what: &str, path: &Path) -> io::Result<()> {
        remove(&self.mark(what))?;
        remove(path)
    }

    fn mark(&self, what: &str) -> PathBuf {
        self.folder.join(format!("{what}.done"))
    }
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Returns the size of a file, or of all files of a folder, in bytes.
pub fn size(path: &Path) -> io::Result<u64> {
    let metadata = fs::symlink_metadata(path)?;
    if !metadata.is_dir() {
        return Ok(metadata.len());
    }
    let mut bytes = 0;
    for entry in fs::read_dir(path)? {
        bytes += size(&entry?.path())?;
    }
    Ok(bytes)
}
