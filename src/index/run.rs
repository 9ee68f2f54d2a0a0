//! One run over the sources: reads what differs from the generation that it goes on from, and writes the next one.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::build::{Anew, Built, engine};
use super::changes::{self, Changes, Standing, compare};
use super::document::Prepared;
use super::generation::{self, HEADER, MANIFEST, MARK, WriteLock, damaged};
use super::header::{Checksum, Current, Header, hash};
use super::manifest::{FileEntry, Manifest};
use super::material::Material;
use super::open::Base;
use super::plan::{Plan, STANDARD_INPUT, is_standard_input};
use super::prepare::{Preparer, Taken};
use super::progress::{Phase, Progress};
use super::refresh::unreachable;
use super::write::{Known, Merging, Writer};
use super::{census, checksums, staging};
use crate::corpus::{self, Problem, ProblemKind, Wanted};
use crate::error::{Error, Result};

/// Where roles go.
pub enum Sink {
    /// Nowhere yet, until the first has to.
    Waiting,
    /// Into a generation.
    Writer(Box<Writer>),
    /// Nowhere at all.
    Dry,
}

/// A run, and what has come of it so far.
pub struct Run<'a> {
    folder: &'a Path,
    plan: &'a Plan,
    material: &'a Material,
    lock: Option<&'a WriteLock>,
    /// What came by standard input, where something did.
    pub typed: Option<&'a [u8]>,
    /// Who is told how far it has come.
    pub progress: Arc<Progress>,
    base: Option<Base>,
    anew: Option<Anew>,
    /// The folder of the new generation, once it has begun.
    generation: Option<PathBuf>,
    /// Where roles go.
    pub sink: Sink,
    /// The words of the index, once they are known.
    pub known: Known,
    manifest: Manifest,
    /// What there is to say of the files.
    pub problems: Vec<Problem>,
    changes: Changes,
    /// Whether something of the files differs that no role tells of: a stamp, a remark.
    is_touched: bool,
}

impl<'a> Run<'a> {
    /// Starts a run over the material of a plan; without a lock nothing is written.
    pub fn new(
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
            typed: None,
            progress: Arc::default(),
            base,
            anew,
            generation: None,
            sink: if lock.is_some() {
                Sink::Waiting
            } else {
                Sink::Dry
            },
            known: Known::default(),
            manifest: Manifest {
                taxonomy: material.taxonomy_hash,
                ..Manifest::default()
            },
            problems: Vec::new(),
            changes: Changes::default(),
            is_touched: false,
        }
    }

    /// Reads and writes.
    ///
    /// # Errors
    /// Fails where nothing could be read or the folder cannot be written to; nothing is left of the new generation then.
    pub fn all(mut self, merging: Merging) -> Result<Built> {
        let written = self.read().and_then(|()| self.write(merging));
        let header = match (written, &self.generation) {
            (Ok(header), _) => header,
            (Err(error), Some(path)) => {
                let _ = generation::remove(path);
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
    pub fn read(&mut self) -> Result<()> {
        let mut known = match &mut self.base {
            Some(base) => std::mem::take(&mut base.manifest.files),
            None => Vec::new(),
        };
        if self.material.built_in {
            self.read_built_in(known)?;
        } else {
            let at = known
                .iter()
                .position(|entry| is_standard_input(&entry.path));
            let typed = at.map(|at| known.remove(at));
            self.read_files(&mut known)?;
            self.read_standard_input(typed)?;
        }
        self.told_by_walk();
        if let Some(gone) = unreachable(&self.plan.sources).first() {
            return Err(Error::NoSuchSource(gone.clone()));
        }
        Ok(())
    }

    fn read_built_in(&mut self, known: Vec<FileEntry>) -> Result<()> {
        // It is part of the program: one that was read is the same.
        if self.base.is_some() {
            self.changes.unchanged = known.iter().map(FileEntry::one).sum();
            self.manifest.files = known;
            return Ok(());
        }
        let preparer = self.preparer();
        let readings = corpus::read_built_in(&self.material.taxonomy);
        for (file, reading) in corpus::built_in_files().zip(readings) {
            let taken = preparer.take(reading);
            let entry = FileEntry {
                path: file.path.into(),
                folder: file.folder.map(Into::into),
                ..taken.entry
            };
            self.take(taken.roles, None)?;
            self.changes.added += 1;
            self.manifest.files.push(entry);
            self.problems.extend(taken.reading.problems);
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
        let preparer = self.preparer();
        let prepare = |reading| preparer.take(reading);
        self.progress
            .reads(wanted.len(), wanted.iter().map(Wanted::bytes).sum());
        corpus::read_files(&wanted, &material.taxonomy, prepare, |at, taken| {
            let before = unsure
                .next()
                .flatten()
                .map(|at| std::mem::take(&mut known[at]));
            let roles = taken.roles.len();
            read.push(Some(self.one_file(&wanted[at], taken, before.as_ref())?));
            self.progress.has_read(wanted[at].bytes(), roles);
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
        // Files that give no role are passed over, and no change.
        let with_roles = |entry: &&FileEntry| !entry.roles.is_empty();
        let removed = gone_files.clone().filter(with_roles).count() as u64;
        self.changes.moved =
            changes::moved(gone_files.filter(with_roles), added.filter(with_roles));
        self.changes.added -= self.changes.moved;
        self.changes.removed = removed - self.changes.moved;
        self.is_touched |= !gone.is_empty();
        for &at in &gone {
            self.remove(&known[at])?;
        }
        let mut read = read.into_iter().flatten();
        for standing in &standings {
            let entry = match standing {
                Standing::Kept(at) => {
                    self.changes.unchanged += known[*at].one();
                    Some(std::mem::take(&mut known[*at]))
                }
                _ => read.next(),
            };
            self.manifest.files.extend(entry);
        }
        Ok(())
    }

    /// Takes in what came by standard input, now or at an earlier time.
    fn read_standard_input(&mut self, before: Option<FileEntry>) -> Result<()> {
        if !self.plan.sources.have_standard_input() {
            if let Some(before) = before {
                self.remove(&before)?;
                self.changes.removed += before.one();
                self.is_touched = true;
            }
            return Ok(());
        }
        let Some(bytes) = self.typed else {
            self.changes.unchanged += before.as_ref().map_or(0, FileEntry::one);
            self.manifest.files.extend(before);
            return Ok(());
        };
        let reading = corpus::read_bytes(bytes, STANDARD_INPUT, None, &self.material.taxonomy);
        let taken = self.preparer().take(reading);
        let entry = FileEntry {
            path: STANDARD_INPUT.into(),
            hash: xxhash_rust::xxh3::xxh3_64(bytes),
            ..taken.entry
        };
        match &before {
            Some(before) if before.hash == entry.hash => self.changes.unchanged += 1,
            Some(_) => self.changes.changed += 1,
            None => self.changes.added += 1,
        }
        if before
            .as_ref()
            .is_none_or(|before| before.hash != entry.hash)
        {
            self.take(taken.roles, before.as_ref())?;
        }
        self.problems.extend(taken.reading.problems);
        // Behind all absolute paths, as the order of paths has it.
        self.manifest.files.push(entry);
        Ok(())
    }

    /// Takes in what a file says now, where `before` is what it said.
    fn one_file(
        &mut self,
        wanted: &Wanted<'_>,
        taken: Taken,
        before: Option<&FileEntry>,
    ) -> Result<FileEntry> {
        let reading = taken.reading;
        let file = wanted.file;
        let place = |entry: FileEntry| FileEntry {
            path: file.path.clone(),
            stamp: file.stamp,
            folder: file.folder.clone(),
            is_unsettled: file.stamp.is_unsettled(reading.read_at),
            ..entry
        };
        if let Some(before) = before.filter(|_| reading.is_same) {
            let entry = place(before.clone());
            self.is_touched |= entry != *before;
            self.changes.unchanged += entry.one();
            return Ok(entry);
        }
        let entry = place(taken.entry);
        self.count(before, &entry);
        let is_same =
            before.is_some_and(|before| before.hash == entry.hash && before.roles == entry.roles);
        // A file that still cannot be read; one whose folder alone is another has its roles replaced.
        if !is_same || before.is_some_and(|before| before.folder != entry.folder) {
            self.take(taken.roles, before)?;
        }
        self.is_touched |= before.is_none_or(|before| *before != entry);
        self.problems.extend(reading.problems);
        Ok(entry)
    }

    /// Counts what became of a file that was read. One that gave no role and gives none is passed over, and no change.
    fn count(&mut self, before: Option<&FileEntry>, entry: &FileEntry) {
        let had = before.map_or(0, FileEntry::one);
        let is_same =
            before.is_some_and(|before| before.hash == entry.hash && before.roles == entry.roles);
        match (had, entry.one()) {
            (0, gives) => self.changes.added += gives,
            (_, 0) => self.changes.removed += 1,
            _ if is_same => self.changes.unchanged += 1,
            _ => self.changes.changed += 1,
        }
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
    }

    fn preparer(&self) -> Preparer<'a> {
        let is_dry = matches!(self.sink, Sink::Dry);
        Preparer::new(&self.material.taxonomy, &self.known, is_dry)
    }

    fn take(&mut self, roles: Vec<Prepared>, before: Option<&FileEntry>) -> Result<()> {
        if let Some(before) = before {
            self.remove(before)?;
        }
        if roles.is_empty() {
            return Ok(());
        }
        self.begin()?;
        if let Sink::Writer(writer) = &mut self.sink {
            for role in roles {
                engine(self.folder, writer.add(role))?;
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
            Writer::go_on(&path, 0, self.known.clone(), &self.progress)
        } else {
            Writer::create(&path, files, self.known.clone(), &self.progress)
        };
        self.sink = Sink::Writer(Box::new(engine(self.folder, writer)?));
        Ok(())
    }

    /// Makes the folder of the generation, with the files in it that it shares with the one in force.
    fn link(&mut self) -> Result<PathBuf> {
        let lock = self
            .lock
            .ok_or_else(|| Error::NoIndex(self.folder.to_owned()))?;
        let path = lock.begin()?;
        self.progress.generation(&path);
        self.generation = Some(path.clone());
        if let Some(base) = &self.base {
            let names = base.header.checksums.iter().map(|checksum| &checksum.name);
            let shared = names.filter(|name| *name != MANIFEST && *name != MARK);
            staging::link(shared, &base.path, &path)?;
        }
        Ok(path)
    }

    /// Counts what was read.
    pub fn header(&self) -> Result<Header> {
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

    /// Whether the index would say of everything what it says.
    fn is_as_before(&self, before: &Header) -> bool {
        before.plan == *self.plan
            && before.taxonomy == self.material.taxonomy_path
            && before.synonyms == self.material.synonyms_path
            && before.watch.is_some() == self.material.watch.is_some()
            && !self.is_touched
            && !self.changes.are_any()
    }

    /// Publishes what was read, where it is something else than before.
    fn write(&mut self, merging: Merging) -> Result<Header> {
        let before = self.base.as_ref().map(|base| base.header.clone());
        if let Some(before) = &before
            && self.is_as_before(before)
        {
            return Ok(before.clone());
        }
        let mut header = self.header()?;
        self.problems.extend(census::same_ids(&self.manifest));
        if matches!(self.sink, Sink::Dry) {
            return Ok(header);
        }
        let path = match self.generation.clone() {
            Some(path) => path,
            None => self.link()?,
        };
        let base = self.base.iter();
        header.absent = base.flat_map(|base| base.header.absent.clone()).collect();
        if let Sink::Writer(writer) = std::mem::replace(&mut self.sink, Sink::Dry) {
            let finished = engine(self.folder, writer.finish(merging))?;
            if finished.roles != header.roles {
                // A damaged dictionary lets roles be missed that should go.
                return Err(damaged(
                    self.folder,
                    "it does not hold the roles that it should",
                ));
            }
            header.absent = finished.absent;
        }
        self.progress.enter(Phase::Hashing);
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
        self.progress.enter(Phase::Syncing);
        staging::sync(path, &new)?;
        let name = path.file_name();
        let current = Current {
            generation: name.map_or_else(String::new, |name| name.to_string_lossy().into_owned()),
            header: hash,
            plan: self.plan.clone(),
            is_older: false,
        };
        lock.publish(&current, &self.progress)
    }
}
