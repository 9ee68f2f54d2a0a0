//! Shows how far a run has come: what it left behind as counts becomes one line of the terminal.

use std::any::Any;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

#[cfg(unix)]
use super::stop::{Stoppable, Work};
use super::ui::{PassingLine, Ui};
use crate::index::Progress;
use crate::index::progress::{Phase, Seen};

/// A run of up to this time shows nothing.
const SHORT: Duration = Duration::from_millis(300);
/// The time between two looks at the counts.
const REDRAW: Duration = Duration::from_millis(100);
/// A rate and a time left are told from here on: before, they jump.
const STEADY: Duration = Duration::from_secs(1);

/// Lets the user look on at a run that only reads.
pub fn reading(ui: &Ui) -> impl Fn(&Arc<Progress>) -> Box<dyn Any> + use<> {
    let voice = ui.voice();
    move |progress| {
        Box::new(
            voice
                .can_draw()
                .then(|| Shown::start(progress, Arc::default())),
        )
    }
}

/// Lets the user look on at a run that writes the index in `folder`, and stop it.
pub fn writing(ui: &Ui, folder: &Path) -> impl Fn(&Arc<Progress>) -> Box<dyn Any> + use<> {
    let voice = ui.voice();
    #[cfg(unix)]
    let folder = folder.to_owned();
    #[cfg(not(unix))]
    let _ = folder;
    move |progress| {
        let line = voice.can_draw().then(Arc::<PassingLine>::default);
        let shown = line.clone().map(|line| Shown::start(progress, line));
        // What ends first stands first.
        #[cfg(unix)]
        let shown = (
            Stoppable::new(Work {
                progress: Arc::clone(progress),
                line,
                voice,
                folder: folder.clone(),
            }),
            shown,
        );
        Box::new(shown)
    }
}

/// A line that is drawn until this is dropped.
struct Shown {
    end: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Shown {
    /// Draws from a thread of its own; nothing where there can be none.
    fn start(progress: &Arc<Progress>, line: Arc<PassingLine>) -> Self {
        let progress = Arc::clone(progress);
        let (end, ends) = mpsc::channel::<()>();
        let draw = move || {
            let (mut phase, mut since) = (Phase::default(), Instant::now());
            let mut wait = SHORT;
            while ends.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
                let seen = progress.seen();
                if seen.phase != phase {
                    // The first look comes late; what it finds has gone on since then.
                    since = if wait == SHORT { since } else { Instant::now() };
                    phase = seen.phase;
                }
                line.draw(|columns| text(&seen, since.elapsed(), columns));
                wait = REDRAW;
            }
            line.erase();
        };
        Self {
            end: Some(end),
            thread: thread::Builder::new().spawn(draw).ok(),
        }
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        self.end = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// What is said of a run that has been in its phase for so long, in at most so many columns.
fn text(seen: &Seen, elapsed: Duration, columns: usize) -> String {
    let forms = match seen.phase {
        Phase::Reading => of_reading(seen, elapsed),
        phase => of_phase(phase, seen, elapsed),
    };
    let fits = forms.iter().find(|form| form.chars().count() <= columns);
    let shortest = forms.last().map_or("", String::as_str);
    fits.map_or(shortest, String::as_str)
        .chars()
        .take(columns)
        .collect()
}

/// The forms of the line while files are read, the longest first.
fn of_reading(seen: &Seen, elapsed: Duration) -> Vec<String> {
    if seen.of_files == 0 {
        return vec!["reading".to_owned()];
    }
    let seconds = elapsed.as_secs_f64();
    let is_steady = elapsed >= STEADY && seen.bytes > 0;
    let (rate, left) = if is_steady {
        let behind = seen.of_bytes.saturating_sub(seen.bytes) as f64;
        (
            Some(format!("{:.0} roles/s", seen.roles as f64 / seconds)),
            Some(format!(
                "{} left",
                span(seconds * behind / seen.bytes as f64)
            )),
        )
    } else {
        (None, None)
    };
    let files = format!("reading {} of {} files", seen.files, seen.of_files);
    let short = format!("reading {}/{}", seen.files, seen.of_files);
    let size = format!(
        "{:.1} of {:.1} MB",
        megabytes(seen.bytes),
        megabytes(seen.of_bytes)
    );
    vec![
        joined(&files, [Some(&size), rate.as_ref(), left.as_ref()]),
        joined(&files, [Some(&size), left.as_ref()]),
        joined(&files, [left.as_ref()]),
        joined(&short, [left.as_ref()]),
        short,
        format!("{} %", 100 * seen.bytes / seen.of_bytes.max(1)),
    ]
}

/// The forms of the line for all else.
fn of_phase(phase: Phase, seen: &Seen, elapsed: Duration) -> Vec<String> {
    let (name, short) = match phase {
        Phase::Waiting => ("waiting for another bp that writes", "waiting"),
        Phase::Looking => ("looking for files", "looking"),
        Phase::Reading => ("reading", "reading"),
        Phase::Writing => ("writing the index", "writing"),
        Phase::Merging => ("merging the index", "merging"),
        Phase::Hashing => ("hashing the index", "hashing"),
        Phase::Syncing => ("waiting for the disk", "syncing"),
    };
    let written = megabytes(seen.written);
    let writes = matches!(phase, Phase::Writing | Phase::Merging);
    let size = match (seen.written, seen.of_written) {
        _ if !writes => None,
        (0, _) => None,
        (now, all) if now < all => Some(format!("{written:.1} of about {:.1} MB", megabytes(all))),
        _ => Some(format!("{written:.1} MB")),
    };
    let time = (elapsed >= STEADY).then(|| span(elapsed.as_secs_f64()));
    vec![
        joined(name, [size.as_ref(), time.as_ref()]),
        joined(name, [time.as_ref()]),
        joined(short, [time.as_ref()]),
        short.to_owned(),
    ]
}

fn joined<const N: usize>(first: &str, parts: [Option<&String>; N]) -> String {
    let parts = parts.into_iter().flatten();
    parts.fold(first.to_owned(), |line, part| line + " · " + part)
}

fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// A time in words, to the two or three figures that mean something.
fn span(seconds: f64) -> String {
    let seconds = seconds.round() as u64;
    match seconds {
        0..100 => format!("{seconds} s"),
        100..6_000 => format!("{} min", (seconds + 30) / 60),
        _ => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const READING: Seen = Seen {
        phase: Phase::Reading,
        files: 12_345,
        of_files: 100_000,
        bytes: 164_200_000,
        of_bytes: 1_330_000_000,
        roles: 12_400,
        written: 0,
        of_written: 0,
    };

    #[test]
    fn a_line_fits_and_loses_its_least_part_first() {
        let after = Duration::from_secs(11);
        for (columns, expected) in [
            (
                120,
                "reading 12345 of 100000 files · 164.2 of 1330.0 MB · 1127 roles/s · 78 s left",
            ),
            (
                77,
                "reading 12345 of 100000 files · 164.2 of 1330.0 MB · 1127 roles/s · 78 s left",
            ),
            (
                76,
                "reading 12345 of 100000 files · 164.2 of 1330.0 MB · 78 s left",
            ),
            (50, "reading 12345 of 100000 files · 78 s left"),
            (37, "reading 12345/100000 · 78 s left"),
            (20, "reading 12345/100000"),
            (10, "12 %"),
            (2, "12"),
            (0, ""),
        ] {
            assert_eq!(text(&READING, after, columns), expected);
        }
    }

    #[test]
    fn what_is_not_known_yet_is_not_said() {
        let start = Duration::from_millis(300);
        let told = text(&READING, start, 80);
        assert_eq!(told, "reading 12345 of 100000 files · 164.2 of 1330.0 MB");
        let first = Seen {
            files: 0,
            bytes: 0,
            roles: 0,
            ..READING
        };
        let told = text(&first, Duration::from_secs(5), 80);
        assert_eq!(told, "reading 0 of 100000 files · 0.0 of 1330.0 MB");
        let nothing = Seen {
            phase: Phase::Reading,
            ..Seen::default()
        };
        assert_eq!(text(&nothing, Duration::from_secs(5), 80), "reading");
    }

    #[test]
    fn phases_have_names() {
        let seen = |phase, written, of_written| Seen {
            phase,
            written,
            of_written,
            ..READING
        };
        let seconds = Duration::from_secs;
        for (seen, after, columns, expected) in [
            (
                seen(Phase::Merging, 40_000_000, 120_000_000),
                seconds(12),
                77,
                "merging the index · 40.0 of about 120.0 MB · 12 s",
            ),
            (
                seen(Phase::Merging, 40_000_000, 120_000_000),
                seconds(12),
                37,
                "merging the index · 12 s",
            ),
            (
                seen(Phase::Merging, 130_000_000, 120_000_000),
                seconds(0),
                77,
                "merging the index · 130.0 MB",
            ),
            (
                seen(Phase::Syncing, 130_000_000, 0),
                seconds(150),
                77,
                "waiting for the disk · 3 min",
            ),
            (seen(Phase::Hashing, 0, 0), seconds(0), 9, "hashing"),
        ] {
            assert_eq!(text(&seen, after, columns), expected);
        }
    }

    #[test]
    fn times_are_told_in_words() {
        for (seconds, expected) in [
            (0.2, "0 s"),
            (99.0, "99 s"),
            (100.0, "2 min"),
            (5_970.0, "100 min"),
            (7_300.0, "2 h 1 min"),
        ] {
            assert_eq!(span(seconds), expected);
        }
    }
}
