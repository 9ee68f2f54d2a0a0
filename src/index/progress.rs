//! What a run is at: counts that it leaves behind as it goes, for whoever looks on, and the one point at which it may be
//! stopped no more.
//!
//! A run is stopped by ending the process, since the engine's long calls (a merge, a sync) listen to nobody. What may not
//! be cut in two is the step that puts a generation in force: [`Progress::stop`] and [`Progress::publish`] are told apart
//! by one word of memory, so that what is said of a run that was stopped is true.

use std::any::Any;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::generation;

/// How long a stop waits for a rename that is under way: longer than a disk takes, unless it hangs.
const RENAME: Duration = Duration::from_millis(150);

/// What a run does just now, in the order in which it does it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Another process writes.
    #[default]
    Waiting,
    /// Folders are walked.
    Looking,
    /// Files are read, and their roles handed to the engine.
    Reading,
    /// The engine writes what it still holds.
    Writing,
    /// Segments become one.
    Merging,
    /// The new files are hashed.
    Hashing,
    /// The disk takes them.
    Syncing,
}

impl Phase {
    const ALL: [Self; 7] = [
        Self::Waiting,
        Self::Looking,
        Self::Reading,
        Self::Writing,
        Self::Merging,
        Self::Hashing,
        Self::Syncing,
    ];
}

/// How far a run has come, at one moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Seen {
    /// What it does.
    pub phase: Phase,
    /// Files that are done.
    pub files: u64,
    /// Files that are to be read.
    pub of_files: u64,
    /// Their size as far as they are done, in bytes.
    pub bytes: u64,
    /// Their size in all, in bytes.
    pub of_bytes: u64,
    /// Roles that they gave.
    pub roles: u64,
    /// What the engine has written: until segments are merged, and from then on; in bytes.
    pub written: u64,
    /// What it will have written of merged segments, about; 0 where that is not known.
    pub of_written: u64,
}

/// What has become of a run that was to be stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// It goes no further, and the index is as it was.
    AsBefore,
    /// The new index was in force already.
    Replaced,
    /// The file system is putting the new index in force, and has not said that it is done: either is there, and whole.
    Either,
    /// The run had ended.
    Over,
}

/// The states of a run; a number, since it is shared as one.
const RUNNING: u8 = 0;
const PUBLISHING: u8 = 1;
const PUBLISHED: u8 = 2;
const STOPPED: u8 = 3;
const OVER: u8 = 4;

/// How far a run has come, shared with whoever looks on.
#[derive(Debug, Default)]
pub struct Progress {
    phase: AtomicU8,
    files: AtomicU64,
    of_files: AtomicU64,
    bytes: AtomicU64,
    of_bytes: AtomicU64,
    roles: AtomicU64,
    written: AtomicU64,
    of_written: AtomicU64,
    state: AtomicU8,
    /// The folder of the generation that is being written.
    generation: Mutex<Option<PathBuf>>,
}

/// Looks on at a run that begins; what it returns is kept until the run has ended.
pub type Watch<'a> = dyn Fn(&Arc<Progress>) -> Box<dyn Any> + 'a;

/// Does work that somebody looks on at.
pub fn watched<T>(watch: &Watch<'_>, work: impl FnOnce(&Arc<Progress>) -> T) -> T {
    /// Ends the run, by a panic too, before the one who looks on is let go.
    struct Run<'a> {
        progress: &'a Progress,
        _looking_on: Box<dyn Any>,
    }
    impl Drop for Run<'_> {
        fn drop(&mut self) {
            self.progress.end();
        }
    }
    let progress = Arc::default();
    let _run = Run {
        progress: &progress,
        _looking_on: watch(&progress),
    };
    work(&progress)
}

impl Progress {
    /// Says what the run does now.
    pub fn enter(&self, phase: Phase) {
        self.go_on();
        self.phase.store(phase as u8, Ordering::Relaxed);
    }

    /// Says that files are read now: how many, and of how many bytes.
    pub fn reads(&self, files: usize, bytes: u64) {
        // A run over a damaged index begins again.
        for done in [&self.files, &self.bytes, &self.roles, &self.written] {
            done.store(0, Ordering::Relaxed);
        }
        self.of_files.store(files as u64, Ordering::Relaxed);
        self.of_bytes.store(bytes, Ordering::Relaxed);
        self.enter(Phase::Reading);
    }

    /// Says that one more file is done: its size in bytes, and how many roles it gave.
    pub fn has_read(&self, bytes: u64, roles: usize) {
        self.go_on();
        self.files.fetch_add(1, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        self.roles.fetch_add(roles as u64, Ordering::Relaxed);
    }

    /// Says that segments become one; all that was written until now, where the index is new.
    pub fn merges(&self, is_new: bool) {
        let written = self.written.swap(0, Ordering::Relaxed);
        let of_written = if is_new { written } else { 0 };
        self.of_written.store(of_written, Ordering::Relaxed);
        self.enter(Phase::Merging);
    }

    /// Says that the engine has written so many bytes.
    pub fn writes(&self, bytes: usize) {
        self.written.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// Says which folder is half made from now on.
    pub fn generation(&self, path: &Path) {
        let mut generation = self
            .generation
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *generation = Some(path.to_owned());
        drop(generation);
        self.go_on();
    }

    /// Puts a generation in force by `rename`, which no stop comes between.
    ///
    /// # Errors
    /// Fails as `rename` does.
    pub fn publish(&self, rename: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
        self.goes_to(PUBLISHING);
        let renamed = rename();
        let state = if renamed.is_ok() { PUBLISHED } else { RUNNING };
        self.state.store(state, Ordering::SeqCst);
        renamed
    }

    /// How far the run has come.
    pub fn seen(&self) -> Seen {
        let count = |number: &AtomicU64| number.load(Ordering::Relaxed);
        let phase = usize::from(self.phase.load(Ordering::Relaxed));
        Seen {
            phase: Phase::ALL[phase.min(Phase::ALL.len() - 1)],
            files: count(&self.files),
            of_files: count(&self.of_files),
            bytes: count(&self.bytes),
            of_bytes: count(&self.of_bytes),
            roles: count(&self.roles),
            written: count(&self.written),
            of_written: count(&self.of_written),
        }
    }

    /// Lets the run go no further: whoever calls this ends the process next.
    pub fn stop(&self) -> Stopped {
        let start = Instant::now();
        let may = |state| (state == RUNNING).then_some(STOPPED);
        loop {
            let stopped = self
                .state
                .fetch_update(Ordering::SeqCst, Ordering::SeqCst, may);
            match stopped {
                Ok(_) | Err(STOPPED) => return Stopped::AsBefore,
                Err(PUBLISHED) => return Stopped::Replaced,
                Err(OVER) => return Stopped::Over,
                Err(_) if start.elapsed() > RENAME => return Stopped::Either,
                Err(_) => thread::sleep(Duration::from_millis(1)),
            }
        }
    }

    /// Removes the folder that is half made, of a run that was stopped; where that fails, the next run does it.
    pub fn remove_generation(&self) {
        let generation = self
            .generation
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(path) = &*generation {
            let _ = generation::remove_from_writers(path);
        }
    }

    /// Says that nothing more is done.
    fn end(&self) {
        self.goes_to(OVER);
    }

    /// Takes another state, unless the run was stopped.
    fn goes_to(&self, to: u8) {
        let may = |state| (state != STOPPED).then_some(to);
        let _ = self
            .state
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, may);
        self.go_on();
    }

    /// Comes back unless the run was stopped: the process ends then, and nothing is said or done any more.
    fn go_on(&self) {
        while self.state.load(Ordering::SeqCst) == STOPPED {
            thread::park();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phases_come_back_from_their_numbers() {
        let progress = Progress::default();
        for phase in Phase::ALL {
            progress.enter(phase);
            assert_eq!(progress.seen().phase, phase);
        }
    }

    #[test]
    fn a_merge_of_a_new_index_writes_about_what_was_written() {
        let progress = Progress::default();
        progress.reads(2, 30);
        progress.has_read(10, 1);
        progress.writes(70);
        progress.enter(Phase::Writing);
        progress.writes(30);
        progress.merges(true);
        progress.writes(40);
        let seen = progress.seen();
        assert_eq!((seen.files, seen.of_files, seen.roles), (1, 2, 1));
        assert_eq!((seen.bytes, seen.of_bytes), (10, 30));
        assert_eq!((seen.written, seen.of_written), (40, 100));
        progress.merges(false);
        assert_eq!(progress.seen().of_written, 0);
    }

    #[test]
    fn a_stop_comes_before_publishing_or_behind_it() {
        let progress = Progress::default();
        assert_eq!(progress.stop(), Stopped::AsBefore);
        assert_eq!(progress.stop(), Stopped::AsBefore);

        let progress = Progress::default();
        progress.publish(|| Ok(())).unwrap();
        assert_eq!(progress.stop(), Stopped::Replaced);

        let progress = Progress::default();
        progress
            .publish(|| Err(io::ErrorKind::StorageFull.into()))
            .unwrap_err();
        assert_eq!(progress.stop(), Stopped::AsBefore);

        let progress = Progress::default();
        progress.end();
        assert_eq!(progress.stop(), Stopped::Over);
    }

    #[test]
    fn a_stop_waits_for_a_rename_and_not_for_ever() {
        for (takes, expected) in [
            (RENAME / 3, Stopped::Replaced),
            (RENAME * 4, Stopped::Either),
        ] {
            let progress = Arc::new(Progress::default());
            let (begun, begins) = std::sync::mpsc::channel();
            let publishing = {
                let progress = Arc::clone(&progress);
                thread::spawn(move || {
                    progress.publish(|| {
                        begun.send(()).unwrap();
                        thread::sleep(takes);
                        Ok(())
                    })
                })
            };
            begins.recv().unwrap();
            let stopped = progress.stop();
            // A machine that is busy may be late at both.
            assert!(
                stopped == expected || stopped == Stopped::Either,
                "{stopped:?}"
            );
            publishing.join().unwrap().unwrap();
        }
    }

    #[test]
    fn a_run_that_was_stopped_does_nothing_more() {
        let progress = Arc::new(Progress::default());
        assert_eq!(progress.stop(), Stopped::AsBefore);
        let (done, is_done) = std::sync::mpsc::channel();
        for step in [
            (|progress| progress.enter(Phase::Writing)) as fn(&Progress),
            |progress| progress.has_read(1, 1),
            |progress| progress.generation(Path::new("gen-1")),
            |progress| progress.publish(|| Ok(())).unwrap(),
            Progress::end,
        ] {
            let (progress, done) = (Arc::clone(&progress), done.clone());
            thread::spawn(move || {
                step(&progress);
                let _ = done.send(());
            });
        }
        assert!(is_done.recv_timeout(Duration::from_millis(100)).is_err());
    }
}
