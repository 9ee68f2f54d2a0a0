//! What Ctrl-C, and a request to end, become of a run that writes: its end at once, with the index as it was.
//!
//! The signals are listened to from the first such run on, and by nothing else: a query that finds its index as it should
//! be is ended by the system.

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, Once, PoisonError};
use std::thread;
use std::time::Duration;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::{flag, low_level};

use super::place::shown;
use super::ui::{PassingLine, Voice};
use crate::index::progress::Stopped;
use crate::index::{Progress, read_current};

/// However a terminal or a disk holds it up, the process ends after this.
const PATIENCE: Duration = Duration::from_millis(400);

/// A run that may be stopped, and how that is told.
pub struct Work {
    /// The run.
    pub progress: Arc<Progress>,
    /// The line that shows it.
    pub line: Option<Arc<PassingLine>>,
    /// The way to the user.
    pub voice: Voice,
    /// The folder of the index that it writes.
    pub folder: PathBuf,
}

/// The run of the moment.
static AT_WORK: Mutex<Option<Work>> = Mutex::new(None);
static LISTENS: Once = Once::new();

/// A run is stopped by signals until this is dropped; from then on they end the process in silence.
pub struct Stoppable(());

impl Stoppable {
    /// Listens to signals.
    pub fn new(work: Work) -> Self {
        *AT_WORK.lock().unwrap_or_else(PoisonError::into_inner) = Some(work);
        LISTENS.call_once(listen);
        Self(())
    }
}

impl Drop for Stoppable {
    fn drop(&mut self) {
        *AT_WORK.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

fn listen() {
    const ENDS: [i32; 2] = [SIGINT, SIGTERM];
    // Where there can be no listener, the system goes on ending the process: the index is as it was then too.
    let Ok(mut signals) = Signals::new(ENDS) else {
        return;
    };
    let wait = move || {
        if let Some(signal) = signals.forever().next() {
            end(128 + signal);
        }
    };
    if thread::Builder::new().spawn(wait).is_err() {
        for signal in ENDS {
            let always = Arc::new(AtomicBool::new(true));
            let _ = flag::register_conditional_default(signal, always);
        }
    }
}

/// Ends the process, whatever its other threads are at.
fn end(code: i32) {
    let _ = thread::Builder::new().spawn(move || {
        thread::sleep(PATIENCE);
        low_level::exit(code);
    });
    let work = AT_WORK
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take();
    if let Some(work) = work {
        let stopped = work.progress.stop();
        if let Some(line) = &work.line {
            line.erase();
        }
        if let Some(told) = told(&work, stopped) {
            work.voice.note(&told);
        }
        if stopped == Stopped::AsBefore {
            work.progress.remove_generation();
        }
    }
    low_level::exit(code);
}

fn told(work: &Work, stopped: Stopped) -> Option<String> {
    let folder = shown(&work.folder.to_string_lossy());
    match stopped {
        Stopped::AsBefore if matches!(read_current(&work.folder), Ok(None)) => {
            Some(format!("stopped; no index was made in {folder}"))
        }
        Stopped::AsBefore => Some(format!("stopped; the index in {folder} is as it was")),
        Stopped::Replaced => Some(format!(
            "stopped; the index in {folder} is the new one already"
        )),
        Stopped::Either => Some(format!(
            "stopped; the index in {folder} is whole, and the one of before or the new one"
        )),
        Stopped::Over => None,
    }
}
