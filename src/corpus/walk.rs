//! Turns the sources that a user names into the list of files to read, in an order that depends on nothing but names.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::UNIX_EPOCH;

use ignore::WalkBuilder;
use ignore::overrides::{Override, OverrideBuilder};
use rayon::prelude::*;

use super::container::is_known_ending;
use super::unpack::inner_name;
use crate::error::{Error, Result};

/// Beginnings of the names of files that speak of a repository, not of a role.
const NOT_ROLES: [&str; 9] = [
    "readme",
    "license",
    "licence",
    "changelog",
    "contributing",
    "code_of_conduct",
    "security",
    "authors",
    "notice",
];

/// From how many files on several threads look at their stamps.
const MANY_FILES: usize = 512;

/// A file to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundFile {
    /// The absolute path.
    pub path: PathBuf,
    /// The folder directly below the corpus' root, if the file does not lie in the root itself.
    pub folder: Option<Arc<str>>,
    /// Size in bytes and modification time in nanoseconds since 1970, as they were when the file was found.
    pub stamp: Stamp,
    /// Whether the user named this very file.
    pub named: bool,
}

/// What tells cheaply whether a file has changed.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    serde::Serialize,
    serde::Deserialize,
)]
pub struct Stamp {
    /// Size in bytes.
    pub size: u64,
    /// Modification time in nanoseconds since 1970.
    pub modified: u64,
    /// The time at which content or attributes last changed, which no program can set back; 0 where the system has none.
    #[serde(default)]
    pub changed: u64,
}

/// The steps of file systems' clocks that are reckoned with, in nanoseconds.
pub const FINE_STEP: u64 = 20_000_000;
/// See [`FINE_STEP`].
const COARSE_STEP: u64 = 2_000_000_000;

#[cfg(unix)]
fn changed(metadata: &std::fs::Metadata) -> u64 {
    use std::os::unix::fs::MetadataExt as _;
    (metadata.ctime() as u64).saturating_mul(1_000_000_000) + metadata.ctime_nsec() as u64
}

#[cfg(not(unix))]
fn changed(_: &std::fs::Metadata) -> u64 {
    0
}

impl Stamp {
    /// Reads the stamp of a file or folder.
    pub fn of(path: &Path) -> std::io::Result<Self> {
        std::fs::metadata(path).map(|metadata| Self::from_metadata(&metadata))
    }

    fn from_metadata(metadata: &std::fs::Metadata) -> Self {
        let modified = metadata
            .modified()
            .ok()
            .and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        Self {
            size: metadata.len(),
            modified: modified.map_or(0, |duration| duration.as_nanos() as u64),
            changed: changed(metadata),
        }
    }

    /// Whether a file of this stamp that was read at `read`, in nanoseconds since 1970, may be written once more without
    /// its stamp telling: clocks of file systems have steps of some milliseconds, old ones of two seconds.
    pub fn is_unsettled(&self, read: u64) -> bool {
        let is_whole = |time: u64| time.is_multiple_of(1_000_000_000);
        let step = if is_whole(self.modified) && is_whole(self.changed) {
            COARSE_STEP
        } else {
            FINE_STEP
        };
        self.modified.max(self.changed).saturating_add(step) > read
    }
}

/// Everything that a walk met.
#[derive(Debug, Default)]
pub struct Walk {
    /// The files to read, by path.
    pub files: Vec<FoundFile>,
    /// The folders that were looked into, by path, with their stamps.
    pub folders: Vec<(PathBuf, Stamp)>,
    /// What is not for us, and why.
    pub passed_over: Vec<(PathBuf, &'static str)>,
    /// What could not be looked at, and why.
    pub failed: Vec<(PathBuf, String)>,
    /// The taxonomies that lie at the roots.
    pub taxonomies: Vec<PathBuf>,
    /// The files of synonyms that lie there.
    pub synonyms: Vec<PathBuf>,
}

/// Globs that choose among the files below a folder, in the form of `.gitignore`.
#[derive(Debug, Clone, Default)]
pub struct Globs {
    include: Vec<String>,
    exclude: Vec<String>,
}

impl Globs {
    /// Takes globs that a file must match one of, where there are any, and globs that it must not match.
    ///
    /// # Errors
    /// Fails on one that cannot be understood.
    pub fn of(include: &[String], exclude: &[String]) -> Result<Self> {
        let globs = Self {
            include: include.to_vec(),
            exclude: exclude.to_vec(),
        };
        globs.below(Path::new("/")).map(|_| globs)
    }

    fn below(&self, root: &Path) -> Result<Override> {
        let mut builder = OverrideBuilder::new(root);
        let exclude = self.exclude.iter().map(|glob| format!("!{glob}"));
        for glob in self.include.iter().cloned().chain(exclude) {
            builder.add(&glob).map_err(|error| Error::Usage {
                message: format!("'{}' is no glob: {error}", glob.trim_start_matches('!')),
                tip: Some("globs are those of .gitignore: '*.md', 'drafts/', 'cloud/**'".into()),
            })?;
        }
        builder.build().map_err(|error| Error::Usage {
            message: format!("the globs cannot be used: {error}"),
            tip: None,
        })
    }
}

/// Walks the sources, files or folders.
///
/// Dotfiles and ignored files are left alone, links are not followed, READMEs and files of unknown endings are passed over.
///
/// `without` is a folder that is left alone, that of the index itself.
///
/// # Errors
/// Fails on a source that does not exist.
pub fn walk(sources: &[PathBuf], without: Option<&Path>, globs: &Globs) -> Result<Walk> {
    let mut walk = Walk::default();
    // What came by standard input lies nowhere.
    for source in sources.iter().filter(|source| *source != Path::new("-")) {
        let metadata = std::fs::metadata(source).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => Error::NoSuchSource(source.clone()),
            _ => Error::io("cannot read", source)(error),
        })?;
        if metadata.is_dir() {
            walk.folder(source, without, globs)?;
        } else if metadata.is_file() {
            walk.files.push(FoundFile {
                path: source.clone(),
                folder: None,
                stamp: Stamp::from_metadata(&metadata),
                named: true,
            });
        } else {
            walk.failed
                .push((source.clone(), "not a regular file".to_owned()));
        }
    }
    walk.files.sort_by(|a, b| {
        a.path
            .cmp(&b.path)
            .then(b.folder.is_some().cmp(&a.folder.is_some()))
    });
    walk.files.dedup_by(|a, b| a.path == b.path);
    walk.passed_over.retain(|(path, _)| {
        !walk
            .files
            .iter()
            .any(|file| file.named && file.path == *path)
    });
    walk.folders.sort();
    walk.folders.dedup();
    Ok(walk)
}

impl Walk {
    fn folder(&mut self, root: &Path, without: Option<&Path>, globs: &Globs) -> Result<()> {
        // Rules to ignore that are no regular files (a pipe) would hold the walk up for ever.
        if has_odd_rules(root) {
            self.failed.push((
                root.to_owned(),
                "its ignore rules are not a regular file".to_owned(),
            ));
            return Ok(());
        }
        let without = without.map(Path::to_owned);
        let odd = Arc::new(Mutex::new(Vec::new()));
        let met = Arc::clone(&odd);
        let mut builder = WalkBuilder::new(root);
        builder
            .follow_links(false)
            .require_git(false)
            .parents(false)
            .git_global(false)
            .overrides(globs.below(root)?)
            .sort_by_file_name(std::ffi::OsStr::cmp)
            .filter_entry(move |entry| {
                if !entry.file_type().is_some_and(|kind| kind.is_dir()) {
                    return true;
                }
                let is_odd = has_odd_rules(entry.path());
                if is_odd && let Ok(mut met) = met.lock() {
                    met.push(entry.path().to_owned());
                }
                !is_odd && Some(entry.path()) != without.as_deref()
            });
        let first = self.files.len();
        for entry in builder.build() {
            match entry {
                Ok(entry) => self.entry(root, &entry),
                Err(error) => self.failed.push(failure(root, &error)),
            }
        }
        self.stamp(first);
        if let Ok(odd) = odd.lock() {
            let reason = "its ignore rules are not a regular file";
            self.failed
                .extend(odd.iter().map(|path| (path.clone(), reason.to_owned())));
        }
        Ok(())
    }

    fn entry(&mut self, root: &Path, entry: &ignore::DirEntry) {
        let path = entry.path();
        let Some(kind) = entry.file_type() else {
            return;
        };
        if kind.is_dir() || (entry.depth() == 0 && path.is_dir()) {
            match Stamp::of(path) {
                Ok(stamp) => self.folders.push((path.to_owned(), stamp)),
                Err(error) => self.failed.push((path.to_owned(), error.to_string())),
            }
            return;
        }
        if entry.depth() == 1 && entry.file_name() == "taxonomy.toml" && kind.is_file() {
            self.taxonomies.push(path.to_owned());
            return;
        }
        if entry.depth() == 1 && entry.file_name() == "synonyms.toml" && kind.is_file() {
            self.synonyms.push(path.to_owned());
            return;
        }
        if let Some(reason) = not_for_us(path, kind) {
            self.passed_over.push((path.to_owned(), reason));
            return;
        }
        let below = path.strip_prefix(root).ok();
        let folder = below
            .and_then(|below| below.parent())
            .and_then(|parent| parent.components().next());
        // Of very many files in one folder each has the same copy of its name.
        let last = self.files.last().and_then(|last| last.folder.clone());
        let folder = folder.map(|folder| {
            let name = folder.as_os_str().to_string_lossy();
            last.filter(|last| **last == *name)
                .unwrap_or_else(|| name.into())
        });
        self.files.push(FoundFile {
            path: path.to_owned(),
            folder,
            stamp: Stamp::default(),
            named: false,
        });
    }

    /// Looks at the stamps of the files from `first` on: most of a walk's time, which several threads share.
    fn stamp(&mut self, first: usize) {
        let found = self.files.split_off(first);
        let stamp = |mut file: FoundFile| match std::fs::symlink_metadata(&file.path) {
            Ok(metadata) => {
                file.stamp = Stamp::from_metadata(&metadata);
                Ok(file)
            }
            Err(error) => {
                let reason = super::io_reason(error.kind());
                let reason = reason.map_or_else(|| error.to_string(), str::to_owned);
                Err((file.path, reason))
            }
        };
        let looked_at: Vec<std::result::Result<FoundFile, _>> = if found.len() > MANY_FILES {
            found.into_par_iter().map(stamp).collect()
        } else {
            found.into_iter().map(stamp).collect()
        };
        for result in looked_at {
            match result {
                Ok(file) => self.files.push(file),
                Err(failed) => self.failed.push(failed),
            }
        }
    }
}

fn has_odd_rules(folder: &Path) -> bool {
    let is_odd =
        |name: &str| std::fs::metadata(folder.join(name)).is_ok_and(|metadata| !metadata.is_file());
    [".gitignore", ".ignore", ".git/info/exclude"]
        .into_iter()
        .any(is_odd)
}

fn not_for_us(path: &Path, kind: std::fs::FileType) -> Option<&'static str> {
    if kind.is_symlink() {
        return Some("a link");
    }
    if !kind.is_file() {
        return Some("not a regular file");
    }
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().to_lowercase())
        .unwrap_or_default();
    let stem = name.split('.').next().unwrap_or_default();
    if NOT_ROLES.contains(&stem) {
        return Some("speaks of the folder, not of a role");
    }
    let inner = inner_name(&name).unwrap_or(&name);
    match inner.rsplit_once('.') {
        Some((_, ending)) if is_known_ending(ending) => None,
        _ => Some("not a known format"),
    }
}

fn failure(near: &Path, error: &ignore::Error) -> (PathBuf, String) {
    match error {
        ignore::Error::WithPath { path, err } => (path.clone(), reason(err)),
        ignore::Error::WithDepth { err, .. } => failure(near, err),
        other => (near.to_owned(), reason(other)),
    }
}

fn reason(error: &ignore::Error) -> String {
    error.io_error().map_or_else(
        || error.to_string(),
        |error| {
            crate::corpus::io_reason(error.kind()).map_or_else(|| error.to_string(), str::to_owned)
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_walk_takes_blueprints_only() {
        let root = tempfile::tempdir().unwrap();
        let write = |name: &str| {
            let path = root.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "x").unwrap();
        };
        for name in [
            "b.md",
            "a/deep/c.TXT",
            "README.md",
            "d.png",
            "a/e.md.gz",
            "f.tar.gz",
            "g.txt.zst",
            "h.zst",
            ".hidden/e.md",
            "skip.md",
            "taxonomy.toml",
        ] {
            write(name);
        }
        std::fs::write(root.path().join(".gitignore"), "skip.md\n").unwrap();
        let walk = walk(
            &[root.path().to_owned(), root.path().join("b.md")],
            None,
            &Globs::default(),
        )
        .unwrap();
        let names: Vec<String> = walk
            .files
            .iter()
            .map(|file| {
                file.path
                    .strip_prefix(root.path())
                    .unwrap()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        assert_eq!(names, ["a/deep/c.TXT", "a/e.md.gz", "b.md", "g.txt.zst"]);
        assert_eq!(walk.files[0].folder.as_deref(), Some("a"));
        assert_eq!(walk.passed_over.len(), 4);
        assert_eq!((walk.folders.len(), walk.taxonomies.len()), (3, 1));
    }
}
