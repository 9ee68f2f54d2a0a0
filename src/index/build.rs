//! Brings an index up to date with its sources: reads what differs, and publishes a generation that says so.
//!
//! A generation that goes on from another shares its files, which nobody writes to again, and has the documents of
//! changed files replaced. Where there is nothing to go on from, all files are read.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::changes::{self, Changes, Standing, compare};
use super::checksums;
use super::generation::{self, HEADER, MANIFEST, MARK, WriteLock, damaged};
use super::header::{Checksum, Current, Header, hash};
use super::manifest::{FileEntry, Manifest};
use super::material::Material;
use super::open::{Base, OpenIndex};
use super::plan::Plan;
use super::write::Writer;
use super::{census, staging};
use crate::corpus::{self, FileReading, Problem, ProblemKind, Wanted};
use crate::error::{Error, Result};

/// How a run goes about it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// How long to wait for another process that writes.
    pub wait: Duration,
    /// Read all files, whatever is known of them.
    pub rebuild: bool,
    /// Write nothing.
    pub dry_run: bool,
}

/// What came of a run.
#[derive(Debug)]
pub struct Built {
    /// The header of the generation in force; of a dry run, of what it would have been.
    pub header: Header,
    /// What there is to say of the files that were read, and of those that could not be.
    pub problems: Vec<Problem>,
    /// What became of the files.
    pub changes: Changes,
    /// Whether all files were read anew, and why.
    pub anew: Option<Anew>,
    /// Whether the roles in the index are others than before.
    pub is_other: bool,
}

/// Why all files were read.
#[derive(Debug)]
pub enum Anew {
    /// There was no index.
    Missing,
    /// That was asked for.
    Asked,
    /// Another version of the program made the index.
    OtherVersion,
    /// Levels and domains mean something else than before.
    Taxonomy,
    /// The index was damaged.
    Damaged(Error),
}

/// Brings the index in `folder` up to date.
///
/// # Errors
/// Fails where a source is missing, nothing could be read, or the folder cannot be written to; the index of before stays.
pub fn update(folder: &Path, plan: &Plan, options: Options) -> Result<Built> {
    let lock = if options.dry_run {
        None
    } else {
        Some(generation::lock(folder, options.wait)?)
    };
    if let Some(lock) = &lock {
        lock.clean()?;
    }
    let base = match Base::open(folder) {
        _ if options.rebuild => Err(Anew::Asked),
        base => base,
    };
    let material = Material::gather(plan, Some(folder))?;
    let base = base.and_then(|base| {
        let is_same = base.manifest.taxonomy == material.taxonomy_hash;
        if is_same {
            Ok(base)
        } else {
            Err(Anew::Taxonomy)
        }
    });
    let run = |base| Run::new(folder, plan, &material, lock.as_ref(), base).all();
    let base = match base {
        Ok(base) => base,
        Err(anew) => return run(Err(anew)),
    };
    // Damaged bytes make the engine panic as well as fail.
    match catch_unwind(AssertUnwindSafe(|| run(Ok(base)))) {
        Ok(Err(error @ (Error::Damaged { .. } | Error::Engine { .. }))) => {
            run(Err(Anew::Damaged(error)))
        }
        Ok(result) => result,
        Err(_) => run(Err(Anew::Damaged(damaged(folder, "the engine broke off")))),
    }
}

/// Builds an index in memory, for where none can be written.
pub fn build_in_memory(plan: &Plan) -> Result<(OpenIndex, Vec<Problem>)> {
    let place = Path::new("memory");
    let material = Material::gather(plan, None)?;
    let mut run = Run::new(place, plan, &material, None, Err(Anew::Missing));
    run.sink = Sink::Writer(engine(place, Writer::in_memory(material.walk.files.len()))?);
    run.read()?;
    let header = run.header()?;
    let Sink::Writer(writer) = run.sink else {
        return Err(Error::NoIndex(place.to_owned()));
    };
    let (index, _) = engine(place, writer.finish())?;
    Ok((OpenIndex::new(&index, header, None)?, run.problems))
}

/// Where roles go.
enum Sink {
    /// Nowhere yet, until the first has to.
    Waiting,
    /// Into a generation.
    Writer(Writer),
    /// Nowhere at all.
    Dry,
}

struct Run<'a> {
    folder: &'a Path,
    plan: &'a Plan,
    material: &'a Material,
    lock: Option<&'a WriteLock>,
    base: Option<Base>,
    anew: Option<Anew>,
    /// The folder of the new generation, once it has begun.
    generation: Option<PathBuf>,
    sink: Sink,
    manifest: Manifest,
    problems: Vec<Problem>,
    changes: Changes,
    /// Whether something of the files differs that no role tells of: a stamp, a remark.
    is_touched: bool,
}

impl<'a> Run<'a> {
    fn new(
        folder: &'a Path,
        plan: &'a Plan,
        material: &'a Material,
        lock: Option<&'a WriteLock>,
        base: std::result::Result<Base, Anew>,
    ) -> Self {
        let (base, anew) = match base {
            Ok(base) => (Some(base), None),
            Err(anew) => (None, Some(anew)),
        };
        Self {
            folder,
            plan,
            material,
            lock,
            base,
            anew,
            generation: None,
            sink: if lock.is_some() {
                Sink::Waiting
            } else {
                Sink::Dry
            },
            manifest: Manifest {
                taxonomy: material.taxonomy_hash,
                ..Manifest::default()
            },
            problems: Vec::new(),
            changes: Changes::default(),
            is_touched: false,
        }
    }

    fn all(mut self) -> Result<Built> {
        let written = self.read().and_then(|()| self.write());
        let header = match (written, &self.generation) {
            (Ok(header), _) => header,
            (Err(error), Some(generation)) => {
                let _ = std::fs::remove_dir_all(generation);
                return Err(error);
            }
            (Err(error), None) => return Err(error),
        };
        Ok(Built {
            header,
            is_other: self.anew.is_some() || self.changes.are_any(),
            problems: self.problems,
            changes: self.changes,
            anew: self.anew,
        })
    }

    /// Reads what differs, and hands its roles on.
    fn read(&mut self) -> Result<()> {
        let mut known = match &mut self.base {
            Some(base) => std::mem::take(&mut base.manifest.files),
            None => Vec::new(),
        };
        if self.material.built_in {
            self.read_built_in()?;
        } else {
            self.read_files(&mut known)?;
        }
        self.told_by_walk();
        if let Some(gone) = changes::vanished(self.plan.sources.paths()) {
            return Err(Error::NoSuchSource(gone.clone()));
        }
        Ok(())
    }

    fn read_built_in(&mut self) -> Result<()> {
        let readings = corpus::read_built_in(&self.material.taxonomy);
        for ((path, folder), reading) in corpus::built_in_files().zip(readings) {
            let entry = FileEntry {
                path: path.into(),
                folder: folder.map(str::to_owned),
                ..FileEntry::of_reading(&reading)
            };
            self.take(&reading, None)?;
            self.changes.added += 1;
            self.manifest.files.push(entry);
            self.problems.extend(reading.problems);
        }
        Ok(())
    }

    fn read_files(&mut self, known: &mut [FileEntry]) -> Result<()> {
        let material = self.material;
        let files = &material.walk.files;
        let (standings, gone) = compare(known, files);
        let wanted: Vec<Wanted<'_>> = files
            .iter()
            .zip(&standings)
            .filter_map(|(file, standing)| {
                let known = match standing {
                    Standing::Kept(_) => return None,
                    Standing::New => None,
                    // What could not be read is read again; another folder may give another domain.
                    Standing::Unsure(at) => Some(&known[*at])
                        .filter(|entry| entry.folder == file.folder && !entry.has_failed())
                        .map(|entry| entry.hash),
                };
                Some(Wanted { file, known })
            })
            .collect();
        let mut read: Vec<Option<FileEntry>> = Vec::with_capacity(wanted.len());
        let mut unsure = standings.iter().filter_map(|standing| match standing {
            Standing::Kept(_) => None,
            Standing::Unsure(at) => Some(Some(*at)),
            Standing::New => Some(None),
        });
        corpus::read_files(&wanted, &material.taxonomy, |at, reading| {
            let before = unsure
                .next()
                .flatten()
                .map(|at| std::mem::take(&mut known[at]));
            read.push(Some(self.one_file(&wanted[at], reading, before)?));
            Ok::<(), Error>(())
        })?;
        let gone_files = gone.iter().map(|&at| &known[at]);
        let news = standings
            .iter()
            .filter(|standing| !matches!(standing, Standing::Kept(_)));
        let added = news
            .zip(&read)
            .filter(|(standing, _)| matches!(standing, Standing::New))
            .filter_map(|(_, entry)| entry.as_ref());
        self.changes.moved = changes::moved(gone_files, added);
        self.changes.added -= self.changes.moved;
        self.changes.removed = gone.len() as u64 - self.changes.moved;
        for &at in &gone {
            self.remove(&known[at])?;
        }
        let mut read = read.into_iter().flatten();
        for standing in &standings {
            let entry = match standing {
                Standing::Kept(at) => {
                    self.changes.unchanged += 1;
                    Some(std::mem::take(&mut known[*at]))
                }
                _ => read.next(),
            };
            self.manifest.files.extend(entry);
        }
        Ok(())
    }

    /// Takes in what a file says now, where `before` is what it said.
    fn one_file(
        &mut self,
        wanted: &Wanted<'_>,
        reading: FileReading,
        before: Option<FileEntry>,
    ) -> Result<FileEntry> {
        let file = wanted.file;
        let place = |entry: FileEntry| FileEntry {
            path: file.path.clone(),
            stamp: file.stamp,
            folder: file.folder.clone(),
            is_unsettled: file.stamp.is_unsettled(reading.read_at),
            ..entry
        };
        if let Some(before) = before.clone().filter(|_| reading.is_same) {
            let entry = place(before.clone());
            self.is_touched |= entry != before;
            self.changes.unchanged += 1;
            return Ok(entry);
        }
        let entry = place(FileEntry::of_reading(&reading));
        match &before {
            Some(before) if before.hash == entry.hash && before.roles == entry.roles => {
                self.changes.unchanged += 1;
                self.is_touched |= entry != *before;
                // A file that still cannot be read; one whose folder alone is another has its roles replaced.
                if entry.folder != before.folder {
                    self.take(&reading, Some(before))?;
                }
            }
            Some(before) => {
                self.changes.changed += 1;
                self.take(&reading, Some(before))?;
            }
            None => {
                self.changes.added += 1;
                self.take(&reading, None)?;
            }
        }
        self.problems.extend(reading.problems);
        Ok(entry)
    }

    /// Says of the walk itself what there is to say.
    fn told_by_walk(&mut self) {
        let walk = &self.material.walk;
        for (path, reason) in &walk.passed_over {
            let kind = ProblemKind::PassedOver(reason);
            let problem = Problem::new(&path.to_string_lossy(), None, kind);
            self.problems.push(problem);
            let reason = (*reason).to_owned();
            self.manifest.passed_over.push((path.clone(), reason));
        }
        for (path, reason) in &walk.failed {
            let kind = ProblemKind::Unreadable(reason.clone());
            let problem = Problem::new(&path.to_string_lossy(), None, kind);
            self.problems.push(problem);
            self.manifest
                .passed_over
                .push((path.clone(), reason.clone()));
        }
        let before = self.base.as_ref().map(|base| &base.manifest.passed_over);
        self.is_touched |= before.is_some_and(|before| *before != self.manifest.passed_over);
        self.problems.extend(census::same_ids(&self.manifest));
    }

    fn take(&mut self, reading: &FileReading, before: Option<&FileEntry>) -> Result<()> {
        if let Some(before) = before {
            self.remove(before)?;
        }
        if reading.roles.is_empty() {
            return Ok(());
        }
        self.begin()?;
        if let Sink::Writer(writer) = &self.sink {
            for role in &reading.roles {
                engine(self.folder, writer.add(role, &self.material.taxonomy))?;
            }
        }
        Ok(())
    }

    fn remove(&mut self, entry: &FileEntry) -> Result<()> {
        if entry.roles.is_empty() {
            return Ok(());
        }
        self.begin()?;
        if let Sink::Writer(writer) = &self.sink {
            writer.remove(&entry.path.to_string_lossy());
        }
        Ok(())
    }

    /// Begins the generation and opens its writer, where that has not been done.
    fn begin(&mut self) -> Result<()> {
        if !matches!(self.sink, Sink::Waiting) {
            return Ok(());
        }
        let path = self.link()?;
        let files = self.material.walk.files.len();
        let writer = if self.base.is_some() {
            Writer::go_on(&path, 0)
        } else {
            Writer::create(&path, files)
        };
        self.sink = Sink::Writer(engine(self.folder, writer)?);
        Ok(())
    }

    /// Makes the folder of the generation, with the files in it that it shares with the one in force.
    fn link(&mut self) -> Result<PathBuf> {
        let lock = self
            .lock
            .ok_or_else(|| Error::NoIndex(self.folder.to_owned()))?;
        let path = lock.begin()?;
        self.generation = Some(path.clone());
        if let Some(base) = &self.base {
            let names = base.header.checksums.iter().map(|checksum| &checksum.name);
            let shared = names.filter(|name| *name != MANIFEST && *name != MARK);
            staging::link(shared, &base.path, &path)?;
        }
        Ok(path)
    }

    fn header(&self) -> Result<Header> {
        let header = census::header(self.plan, self.material, &self.manifest);
        if header.roles == 0 {
            let sources = match self.plan.sources.paths() {
                [] => "the compiled-in corpus".to_owned(),
                paths => {
                    let paths = paths.iter().map(|path| path.display().to_string());
                    paths.collect::<Vec<_>>().join(", ")
                }
            };
            return Err(Error::NothingToIndex(sources));
        }
        Ok(header)
    }

    /// Publishes what was read, where it is something else than before.
    fn write(&mut self) -> Result<Header> {
        let mut header = self.header()?;
        let before = self.base.as_ref().map(|base| base.header.clone());
        let is_told_alike = before.as_ref().is_some_and(|before| {
            before.plan == header.plan
                && before.taxonomy == header.taxonomy
                && before.synonyms == header.synonyms
                && before.watch.is_some() == header.watch.is_some()
        });
        let is_as_before = is_told_alike && !self.is_touched && !self.changes.are_any();
        if is_as_before || matches!(self.sink, Sink::Dry) {
            return Ok(before.filter(|_| is_as_before).unwrap_or(header));
        }
        let sink = std::mem::replace(&mut self.sink, Sink::Dry);
        let path = match self.generation.clone() {
            Some(path) => path,
            None => self.link()?,
        };
        if let Sink::Writer(writer) = sink {
            let (_, roles) = engine(self.folder, writer.finish())?;
            if roles != header.roles {
                // A damaged dictionary lets roles be missed that should go.
                return Err(damaged(
                    self.folder,
                    "it does not hold the roles that it should",
                ));
            }
        }
        generation::write_new(&path.join(MANIFEST), &self.manifest.to_bytes())?;
        let known: &[Checksum] = before.as_ref().map_or(&[], |before| &before.checksums);
        header.checksums = checksums::of_folder(&path, known)?;
        let bytes = generation::to_json(&header)?;
        generation::write_new(&path.join(HEADER), &bytes)?;
        self.publish(&path, &header, hash(&bytes))?;
        Ok(header)
    }

    fn publish(&self, path: &Path, header: &Header, hash: String) -> Result<()> {
        let lock = self
            .lock
            .ok_or_else(|| Error::NoIndex(self.folder.to_owned()))?;
        let shared = self.base.iter().flat_map(|base| &base.header.checksums);
        let shared: Vec<&Checksum> = shared.collect();
        let names = header.checksums.iter();
        let new = names.filter(|checksum| !shared.contains(checksum));
        let mut new: Vec<String> = new.map(|checksum| checksum.name.clone()).collect();
        new.push(HEADER.to_owned());
        staging::sync(path, &new)?;
        let name = path.file_name();
        lock.publish(&Current {
            generation: name.map_or_else(String::new, |name| name.to_string_lossy().into_owned()),
            header: hash,
            plan: self.plan.clone(),
        })
    }
}

fn engine<T>(folder: &Path, result: tantivy::Result<T>) -> Result<T> {
    result.map_err(|error| engine_error(folder, &error))
}

fn engine_error(folder: &Path, error: &tantivy::TantivyError) -> Error {
    // The writer says only that it was killed where the disk is full or a folder vanished.
    let reason = error.to_string();
    if reason.contains("No space left")
        || reason.contains("StorageFull")
        || reason.contains("writer was killed")
    {
        return Error::io("cannot write", folder)(std::io::ErrorKind::StorageFull.into());
    }
    Error::Engine {
        path: folder.to_owned(),
        reason,
    }
}
