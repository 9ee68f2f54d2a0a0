//! Tells what of the files has to be read, by holding what a walk found against what the index knows.

use std::collections::HashMap;

use serde::Serialize;

use super::manifest::FileEntry;
use crate::corpus::walk::FoundFile;

/// What has become of the files that give roles since the last time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Changes {
    /// Files that were not there.
    pub added: u64,
    /// Files whose content is another.
    pub changed: u64,
    /// Files of the same content at another place.
    pub moved: u64,
    /// Files that are gone.
    pub removed: u64,
    /// Files that are as they were.
    pub unchanged: u64,
}

impl Changes {
    /// Returns whether the index has to say something else than before.
    pub fn are_any(&self) -> bool {
        self.added + self.changed + self.moved + self.removed > 0
    }
}

/// How a file that was found stands to what is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nothing tells that it is another; the place of what is known.
    Kept(usize),
    /// It has to be looked at again; the place of what is known.
    Unsure(usize),
    /// Nothing is known.
    New,
}

/// Holds the files of a walk against those that are known; both are in the order of their paths.
///
/// Returns the standing of each file found, and the places of the known ones that are gone.
pub fn compare(known: &[FileEntry], found: &[FoundFile]) -> (Vec<Standing>, Vec<usize>) {
    let mut standings = Vec::with_capacity(found.len());
    let mut gone = Vec::new();
    let mut at = 0;
    for file in found {
        while at < known.len() && known[at].path < file.path {
            gone.push(at);
            at += 1;
        }
        if at == known.len() || known[at].path != file.path {
            standings.push(Standing::New);
            continue;
        }
        let entry = &known[at];
        let is_kept = entry.stamp == file.stamp
            && entry.folder == file.folder
            && !entry.is_unsettled
            && !entry.has_failed();
        standings.push(if is_kept {
            Standing::Kept(at)
        } else {
            Standing::Unsure(at)
        });
        at += 1;
    }
    gone.extend(at..known.len());
    (standings, gone)
}

/// Returns how many files only went to another place: those gone whose content one of the new ones has.
pub fn moved<'a>(
    gone: impl Iterator<Item = &'a FileEntry>,
    new: impl Iterator<Item = &'a FileEntry>,
) -> u64 {
    let mut contents: HashMap<u64, u64> = HashMap::new();
    for entry in gone.filter(|entry| entry.hash != 0) {
        *contents.entry(entry.hash).or_default() += 1;
    }
    let mut moved = 0;
    for entry in new {
        if let Some(left) = contents.get_mut(&entry.hash).filter(|left| **left > 0) {
            *left -= 1;
            moved += 1;
        }
    }
    moved
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::walk::Stamp;

    fn known(path: &str, modified: u64) -> FileEntry {
        FileEntry {
            path: path.into(),
            stamp: Stamp {
                modified,
                ..Stamp::default()
            },
            hash: modified,
            ..FileEntry::default()
        }
    }

    fn found(path: &str, modified: u64) -> FoundFile {
        FoundFile {
            path: path.into(),
            folder: None,
            stamp: Stamp {
                modified,
                ..Stamp::default()
            },
            named: false,
        }
    }

    #[test]
    fn files_are_held_against_what_is_known() {
        let mut files = vec![
            known("/a", 1),
            known("/b", 2),
            known("/d", 3),
            known("/e", 4),
        ];
        files[3].is_unsettled = true;
        let now = [
            found("/b", 2),
            found("/c", 9),
            found("/d", 5),
            found("/e", 4),
        ];
        let (standings, gone) = compare(&files, &now);
        assert_eq!(
            standings,
            [
                Standing::Kept(1),
                Standing::New,
                Standing::Unsure(2),
                Standing::Unsure(3)
            ]
        );
        assert_eq!(gone, [0]);
        assert_eq!(compare(&files, &[]).1, [0, 1, 2, 3]);
    }

    #[test]
    fn a_file_moves_once() {
        let gone = [known("/a", 1), known("/b", 2)];
        let new = [known("/x", 1), known("/y", 1), known("/z", 3)];
        assert_eq!(moved(gone.iter(), new.iter()), 1);
    }
}
