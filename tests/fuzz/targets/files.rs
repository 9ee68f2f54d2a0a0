//! Turns bytes into a damaged file of an index, and what opening and searching it must come to.

use std::fs;
use std::path::{Path, PathBuf};

use bp::corpus::Problem;
use bp::index::Plan;
use bp::index::build::{Options, update};
use bp::index::open::{Found, open};
use bp::query::parse;
use bp::search::{Request, search};

/// An index whose files are damaged one at a time.
pub struct Damaged {
    folder: tempfile::TempDir,
    files: Vec<(PathBuf, Vec<u8>)>,
}

impl Damaged {
    /// Builds the index of the compiled-in corpus.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let built = update(folder.path(), &Plan::default(), &Options::default()).unwrap();
        assert!(
            built
                .problems
                .iter()
                .all(|problem: &Problem| !problem.is_skip())
        );
        let mut files = Vec::new();
        collect(folder.path(), &mut files);
        files.sort();
        Self { folder, files }
    }

    /// The contents of the files, each behind the number of its file.
    pub fn seeds(&self) -> Vec<Vec<u8>> {
        let numbered = self.files.iter().enumerate();
        numbered
            .map(|(at, (_, bytes))| [&[at as u8], bytes.as_slice()].concat())
            .collect()
    }

    /// Puts the bytes in place of a file, opens and searches. An answer, or a word that the index is damaged, is fine.
    pub fn check(&self, bytes: &[u8]) -> Result<u64, String> {
        let Some((number, bytes)) = bytes.split_first() else {
            return Ok(0);
        };
        let at = usize::from(*number) % self.files.len();
        let (path, whole) = &self.files[at];
        fs::write(path, bytes).map_err(|error| error.to_string())?;
        let outcome = asked(self.folder.path());
        fs::write(path, whole).map_err(|error| error.to_string())?;
        Ok(outcome + 8 * at as u64)
    }
}

fn asked(folder: &Path) -> u64 {
    match open(folder) {
        Ok(Found::Index(index)) => {
            let request = Request {
                query: parse("kubernetes \"error budget\" cost"),
                limit: 5,
                passages: 2,
                ..Request::default()
            };
            search(&index, &request).map_or(1, |_| 2)
        }
        Ok(Found::Stale(..)) => 3,
        Ok(Found::OtherVersion(_)) => 4,
        Ok(Found::Nothing) => 5,
        Err(_) => 6,
    }
}

fn collect(folder: &Path, files: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            let bytes = fs::read(&path).unwrap();
            files.push((path, bytes));
        }
    }
}
