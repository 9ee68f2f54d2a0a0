//! What an index knows of the files that it was made of: read from and written to `manifest` in a generation.
//!
//! One line a file, with the roles that it gave and what there was to say of it below: lines of tabs, which ten thousand
//! files need a few milliseconds to read. The first line holds the version and a checksum of all that follows.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::header::{ProblemRecord, os_string};
use super::shared::shared;
use crate::blueprint::Blueprint;
use crate::corpus::walk::Stamp;
use crate::corpus::{FileReading, Problem, Role, Severity};

/// What the first line begins with; the number is that of the form.
const MAGIC: &str = "bp-manifest 1 ";

/// How much of a manifest one thread reads at a time, in bytes.
const PART_BYTES: usize = 1 << 18;

/// Everything that is known of the sources.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manifest {
    /// The hash of the taxonomy that lay over the compiled-in one, 0 for none.
    pub taxonomy: u64,
    /// The files that were read or tried, by path.
    pub files: Vec<FileEntry>,
    /// What was passed over without being read, and why.
    pub passed_over: Vec<(PathBuf, String)>,
}

/// A file, as it was when it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileEntry {
    /// The absolute path, or `builtin:` and the path in the shipped corpus.
    pub path: PathBuf,
    /// Its stamp, taken before it was read.
    pub stamp: Stamp,
    /// The hash of its bytes, 0 where they could not be read.
    pub hash: u64,
    /// Whether it may change once more without its stamp telling, so that its content has to be looked at again.
    pub is_unsettled: bool,
    /// The size of its text, in bytes.
    pub bytes: u64,
    /// The container that it was read as; empty for none.
    pub container: Arc<str>,
    /// The folder below the root that told of its domain.
    pub folder: Option<Arc<str>>,
    /// The roles that it gave.
    pub roles: Vec<RoleEntry>,
    /// What there was to say of it.
    pub problems: Vec<ProblemEntry>,
}

/// A role, with what the header of the index is counted from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RoleEntry {
    /// The id.
    pub id: String,
    /// The first line in the source.
    pub line: u32,
    /// The number of words.
    pub words: u64,
    /// The levels, with commas between them.
    pub levels: Arc<str>,
    /// The domains, with commas between them.
    pub domains: Arc<str>,
}

/// A remark on a file, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProblemEntry {
    /// The line, one-based.
    pub line: Option<u32>,
    /// The reason in words.
    pub reason: String,
    /// Whether the file gave no role for it.
    pub is_skip: bool,
    /// Whether the file should have been read and could not be.
    pub is_error: bool,
}

impl From<&Problem> for ProblemEntry {
    fn from(problem: &Problem) -> Self {
        Self {
            line: problem.line,
            reason: problem.reason(),
            is_skip: problem.is_skip(),
            is_error: problem.severity() == Severity::Error,
        }
    }
}

impl FileEntry {
    /// Returns what a reading says of a file; where it lies is not known here.
    pub fn of_reading(reading: &FileReading) -> Self {
        let role = |role: &Role| RoleEntry {
            id: role.blueprint.id.clone(),
            line: role.blueprint.lines.0,
            words: words(&role.blueprint),
            levels: shared(&role.blueprint.levels.join(",")),
            domains: shared(&domains(&role.blueprint)),
        };
        Self {
            hash: reading.hash,
            bytes: reading.bytes,
            container: shared(reading.container),
            roles: reading.roles.iter().map(role).collect(),
            problems: reading.problems.iter().map(ProblemEntry::from).collect(),
            ..Self::default()
        }
    }

    /// Returns 1 for a file that gave roles, 0 for one that did not.
    pub fn one(&self) -> u64 {
        u64::from(!self.roles.is_empty())
    }

    /// Returns whether reading it failed, so that it is tried again.
    pub fn has_failed(&self) -> bool {
        self.problems.iter().any(|problem| problem.is_error)
    }
}

fn domains(blueprint: &Blueprint) -> String {
    let ids = blueprint.domains.iter().map(|domain| domain.id.as_str());
    ids.collect::<Vec<&str>>().join(",")
}

/// The number of words of a role's text.
fn words(blueprint: &Blueprint) -> u64 {
    let blocks = blueprint
        .sections
        .iter()
        .flat_map(|section| &section.blocks);
    let words = blocks.map(|block| count_words(&block.text) as u64);
    words.sum()
}

/// Returns the number of words between the spaces of a text.
pub fn count_words(text: &str) -> usize {
    let is_space = |byte: u8| matches!(byte, b' ' | b'\t' | b'\n' | 0x0c | b'\r');
    let bytes = text.as_bytes();
    let first = bytes.first().is_some_and(|&byte| !is_space(byte));
    let begins = |pair: &[u8]| is_space(pair[0]) & !is_space(pair[1]);
    let rest: usize = bytes.windows(2).map(|pair| usize::from(begins(pair))).sum();
    usize::from(first) + rest
}

impl Manifest {
    /// Returns what there is to say of the files, those passed over included.
    pub fn problems(&self) -> Vec<ProblemRecord> {
        let of_files = self.files.iter().flat_map(|file| {
            file.problems.iter().map(|problem| ProblemRecord {
                path: file.path.to_string_lossy().into_owned(),
                line: problem.line,
                reason: problem.reason.clone(),
                skipped: problem.is_skip,
            })
        });
        let passed_over = self.passed_over.iter().map(|(path, reason)| ProblemRecord {
            path: path.to_string_lossy().into_owned(),
            line: None,
            reason: reason.clone(),
            skipped: true,
        });
        of_files.chain(passed_over).collect()
    }

    /// Writes the manifest.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut text = Vec::with_capacity(self.files.len() * 256);
        line(&mut text, b'T', &[&hex(self.taxonomy)]);
        for file in &self.files {
            line(
                &mut text,
                b'F',
                &[
                    &hex(file.stamp.size),
                    &hex(file.stamp.modified),
                    &hex(file.stamp.changed),
                    &hex(file.hash),
                    if file.is_unsettled { b"1" } else { b"0" },
                    &hex(file.bytes),
                    file.container.as_bytes(),
                    if file.folder.is_some() { b"1" } else { b"0" },
                    file.folder.as_deref().unwrap_or_default().as_bytes(),
                    file.path.as_os_str().as_encoded_bytes(),
                ],
            );
            for role in &file.roles {
                line(
                    &mut text,
                    b'R',
                    &[
                        &hex(u64::from(role.line)),
                        &hex(role.words),
                        role.levels.as_bytes(),
                        role.domains.as_bytes(),
                        role.id.as_bytes(),
                    ],
                );
            }
            for problem in &file.problems {
                let kind = match (problem.is_error, problem.is_skip) {
                    (true, _) => b"e",
                    (_, true) => b"s",
                    _ => b"n",
                };
                let at = problem.line.map_or(0, u64::from);
                line(
                    &mut text,
                    b'P',
                    &[&hex(at), kind, problem.reason.as_bytes()],
                );
            }
        }
        for (path, reason) in &self.passed_over {
            let path = path.as_os_str().as_encoded_bytes();
            line(&mut text, b'S', &[path, reason.as_bytes()]);
        }
        let hash = xxhash_rust::xxh3::xxh3_64(&text);
        let mut bytes = format!("{MAGIC}{hash:016x}\n").into_bytes();
        bytes.append(&mut text);
        bytes
    }

    /// Reads a manifest; `None` for bytes that this program did not write so.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let end = memchr::memchr(b'\n', bytes)?;
        let first = std::str::from_utf8(&bytes[..end]).ok()?;
        let text = &bytes[end + 1..];
        let hash = format!("{:016x}", xxhash_rust::xxh3::xxh3_64(text));
        if first.strip_prefix(MAGIC)? != hash {
            return None;
        }
        let parts: Vec<Self> = parts(text)
            .into_par_iter()
            .map(|part| {
                let mut manifest = Self::default();
                let lines = part.split(|byte| *byte == b'\n');
                for line in lines.filter(|line| !line.is_empty()) {
                    manifest.take(line)?;
                }
                Some(manifest)
            })
            .collect::<Option<_>>()?;
        let mut parts = parts.into_iter();
        let mut manifest = parts.next().unwrap_or_default();
        for part in parts {
            manifest.files.extend(part.files);
            manifest.passed_over.extend(part.passed_over);
        }
        Some(manifest)
    }

    fn take(&mut self, line: &[u8]) -> Option<()> {
        let mut fields = line.split(|byte| *byte == b'\t');
        let kind = fields.next()?;
        match kind {
            b"T" => self.taxonomy = number(fields.next()?)?,
            b"F" => self.files.push(file(&mut fields)?),
            b"R" => {
                let role = role(&mut fields)?;
                self.files.last_mut()?.roles.push(role);
            }
            b"P" => {
                let at = number(fields.next()?)? as u32;
                let kind = fields.next()?;
                let problem = ProblemEntry {
                    line: (at > 0).then_some(at),
                    is_skip: kind == b"s" || kind == b"e",
                    is_error: kind == b"e",
                    reason: text(fields.next()?)?,
                };
                self.files.last_mut()?.problems.push(problem);
            }
            b"S" => {
                let path = path(fields.next()?);
                self.passed_over.push((path, text(fields.next()?)?));
            }
            _ => return None,
        }
        Some(())
    }
}

/// Cuts the text before lines of files, so that several threads can read it.
fn parts(text: &[u8]) -> Vec<&[u8]> {
    let mut parts = Vec::new();
    let mut rest = text;
    while rest.len() > PART_BYTES {
        let Some(at) = memchr::memmem::find(&rest[PART_BYTES..], b"\nF") else {
            break;
        };
        let (part, behind) = rest.split_at(PART_BYTES + at + 1);
        parts.push(part);
        rest = behind;
    }
    parts.push(rest);
    parts
}

fn file<'a>(fields: &mut impl Iterator<Item = &'a [u8]>) -> Option<FileEntry> {
    let stamp = Stamp {
        size: number(fields.next()?)?,
        modified: number(fields.next()?)?,
        changed: number(fields.next()?)?,
    };
    let hash = number(fields.next()?)?;
    let is_unsettled = fields.next()? == b"1";
    let bytes = number(fields.next()?)?;
    let container = shared(&text(fields.next()?)?);
    let has_folder = fields.next()? == b"1";
    let folder = text(fields.next()?)?;
    Some(FileEntry {
        path: path(fields.next()?),
        stamp,
        hash,
        is_unsettled,
        bytes,
        container,
        folder: has_folder.then(|| shared(&folder)),
        ..FileEntry::default()
    })
}

fn role<'a>(fields: &mut impl Iterator<Item = &'a [u8]>) -> Option<RoleEntry> {
    Some(RoleEntry {
        line: number(fields.next()?)? as u32,
        words: number(fields.next()?)?,
        levels: shared(&text(fields.next()?)?),
        domains: shared(&text(fields.next()?)?),
        id: text(fields.next()?)?,
    })
}

/// Appends a line; what could end a field is written as `%` and two digits.
fn line(target: &mut Vec<u8>, kind: u8, fields: &[&[u8]]) {
    target.push(kind);
    for field in fields {
        target.push(b'\t');
        for &byte in *field {
            if byte < 0x20 || byte == b'%' {
                target.extend_from_slice(format!("%{byte:02x}").as_bytes());
            } else {
                target.push(byte);
            }
        }
    }
    target.push(b'\n');
}

fn hex(number: u64) -> Vec<u8> {
    format!("{number:x}").into_bytes()
}

fn number(field: &[u8]) -> Option<u64> {
    u64::from_str_radix(std::str::from_utf8(field).ok()?, 16).ok()
}

fn text(field: &[u8]) -> Option<String> {
    String::from_utf8(unescaped(field)).ok()
}

fn path(field: &[u8]) -> PathBuf {
    match std::str::from_utf8(field) {
        Ok(text) if !text.contains('%') => Path::new(text).to_owned(),
        _ => os_string(unescaped(field)).into(),
    }
}

fn unescaped(field: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(field.len());
    let mut at = 0;
    while let Some(&byte) = field.get(at) {
        let code = field.get(at + 1..at + 3).filter(|_| byte == b'%');
        if let Some(code) = code.and_then(number) {
            bytes.push(code as u8);
            at += 3;
        } else {
            bytes.push(byte);
            at += 1;
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sample() -> Manifest {
        Manifest {
            taxonomy: 7,
            files: vec![
                FileEntry {
                    path: os_string(b"/a\tb\n%41\xff.md".to_vec()).into(),
                    stamp: Stamp {
                        size: 12,
                        modified: 1 << 60,
                        changed: 3,
                    },
                    hash: u64::MAX,
                    is_unsettled: true,
                    bytes: 11,
                    container: "markdown".into(),
                    folder: Some("AI & ML".into()),
                    roles: vec![RoleEntry {
                        id: "ä".into(),
                        line: 1,
                        words: 400,
                        levels: "senior,ic4".into(),
                        domains: "cloud/finops".into(),
                    }],
                    problems: vec![],
                },
                FileEntry {
                    path: "/b".into(),
                    problems: vec![ProblemEntry {
                        line: Some(3),
                        reason: "too\tbig".into(),
                        is_skip: true,
                        is_error: true,
                    }],
                    ..FileEntry::default()
                },
            ],
            passed_over: vec![("/README.md".into(), "no role".into())],
        }
    }

    #[test]
    fn a_manifest_comes_back_as_it_was() {
        let manifest = sample();
        assert_eq!(Manifest::from_bytes(&manifest.to_bytes()), Some(manifest));
        assert_eq!(
            Manifest::from_bytes(&Manifest::default().to_bytes()),
            Some(Manifest::default())
        );
    }

    #[test]
    fn a_large_manifest_is_read_in_parts() {
        let sample = sample();
        let numbered = |number: usize| FileEntry {
            path: format!("/{number}").into(),
            ..sample.files[0].clone()
        };
        let large = Manifest {
            files: (0..5_000).map(numbered).collect(),
            ..sample.clone()
        };
        let bytes = large.to_bytes();
        assert!(parts(&bytes).len() > 1);
        assert_eq!(Manifest::from_bytes(&bytes), Some(large));
    }

    #[test]
    fn every_flipped_bit_is_found() {
        let bytes = sample().to_bytes();
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut damaged = bytes.clone();
                damaged[at] ^= 1 << bit;
                assert_eq!(Manifest::from_bytes(&damaged), None, "{at} {bit}");
            }
        }
    }

    proptest! {
        #[test]
        fn any_bytes_end(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            prop_assert_eq!(Manifest::from_bytes(&bytes), None);
            let mut manifest = Manifest::default();
            let _ = manifest.take(&bytes);
        }
    }
}
