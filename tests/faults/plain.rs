//! Faults that need no campaign: a read-only folder, sources that vanish or change while they are read, a clock that goes
//! back, two writers at once, readers beside a writer.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use crate::asked::{answers, calm, catches_up, fresh};
use crate::place::{Place, ended};
use crate::shim::{self, Deed, EROFS, Fault};

#[test]
fn a_folder_that_is_only_to_be_read_answers_and_says_so() {
    let Some(shim) = shim::compiled() else {
        return;
    };
    let mut place = Place::new(Some(shim), 3);
    let read_only = Fault::Call(
        1,
        Deed::Error {
            number: EROFS,
            stays: true,
        },
    );
    let (asked, _) = place.run_with(&["query", "kubernetes", "-n", "1", "-f", "ids"], read_only);
    assert_eq!((asked.code, asked.stderr.as_str()), (Some(0), ""));
    place.changes();
    let newest = place.newest_word();
    let (asked, _) = place.run_with(&["query", &newest, "--update", "-f", "ids"], read_only);
    assert_eq!(asked.code, Some(0), "{}", asked.stderr);
    assert!(
        asked.stderr.contains("comes from memory"),
        "{}",
        asked.stderr
    );
    let (told, _) = place.run_with(&["index"], read_only);
    assert_eq!(told.code, Some(2));
    let folder = place.here().join("index");
    assert!(
        told.stderr.contains(&*folder.to_string_lossy()),
        "{}",
        told.stderr
    );
    catches_up(&place, &fresh(&place)).unwrap();
}

/// Runs `work` over and over in the background while `run` runs.
fn beside<T>(work: impl Fn(u32) + Send + Sync, run: impl FnOnce() -> T) -> T {
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut round = 0;
            while !is_over.load(Ordering::Relaxed) {
                work(round);
                round += 1;
            }
        });
        let _over = Over(&is_over);
        run()
    })
}

/// Ends the work in the background, where the test fails too.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn sources_that_vanish_during_a_run_are_told_and_come_back() {
    let place = Place::new(None, 4);
    let (corpus, away) = (place.here().join("corpus"), place.here().join("away"));
    let vanishes = |round: u32| {
        thread::sleep(Duration::from_micros(u64::from(round * 1_777 % 20_000)));
        fs::rename(&corpus, &away).unwrap();
        thread::sleep(Duration::from_millis(2));
        fs::rename(&away, &corpus).unwrap();
    };
    beside(vanishes, || {
        for round in 0..12 {
            let args: &[&str] = if round % 2 == 0 {
                &["index"]
            } else {
                &["query", "kubernetes", "-c"]
            };
            let told = place.run(args);
            calm(&told).unwrap();
            assert!(matches!(told.code, Some(0..=2)), "{}", told.stderr);
            answers(&place, "index").unwrap();
        }
    });
    catches_up(&place, &fresh(&place)).unwrap();
}

#[test]
fn a_file_that_changes_while_it_is_read_is_read_again() {
    let place = Place::new(None, 5);
    let file = place.here().join("corpus/data/unsteady.md");
    let text = |round: u32| {
        let lines = format!("- Turns page {round} of the book, moment{round}\n")
            .repeat(1 + (round as usize * 7919) % 9_000);
        format!("# Unsteady Keeper\n\n## Duties\n\n{lines}")
    };
    fs::write(&file, text(0)).unwrap();
    beside(
        |round| fs::write(&file, text(round)).unwrap(),
        || {
            for round in 0..12 {
                let args: &[&str] = if round % 2 == 0 {
                    &["index"]
                } else {
                    &["query", "kubernetes", "-c"]
                };
                let told = place.run(args);
                calm(&told).unwrap();
                assert!(matches!(told.code, Some(0..=2)), "{}", told.stderr);
            }
        },
    );
    fs::write(
        &file,
        "# Unsteady Keeper\n\n## Duties\n\n- Rests, stillness\n",
    )
    .unwrap();
    let asked = place.run(&["query", "stillness", "--update", "-f", "ids"]);
    assert_eq!(asked.stdout, "unsteady-keeper\n", "{}", asked.stderr);
    catches_up(&place, &fresh(&place)).unwrap();
}

/// Index and corpus of a place where the change is one that only a careful look sees.
fn changed_file(place: &Place) -> PathBuf {
    place.here().join("corpus/cloud/role-2.md")
}

#[test]
fn a_clock_that_goes_back_hides_no_change() {
    let Some(shim) = shim::compiled() else {
        return;
    };
    let mut place = Place::new(Some(shim), 6);
    // Far back, and then far ahead: for the next run the clock goes back.
    for seconds in [-200_000, 200_000] {
        place.changes();
        let told = place.run_ahead(&["index"], seconds);
        assert_eq!(told.code, Some(0), "{}", told.stderr);
    }
    fs::write(changed_file(&place), "# Late Keeper\n\nKnows hindsight.\n").unwrap();
    let told = place.run(&["index"]);
    assert_eq!(told.code, Some(0), "{}", told.stderr);
    let asked = place.run(&["query", "hindsight", "-f", "ids"]);
    assert_eq!(asked.stdout, "late-keeper\n", "{}", asked.stderr);
    let status = place.run(&["status"]);
    assert_eq!(status.code, Some(0), "{}", status.stderr);
    catches_up(&place, &fresh(&place)).unwrap();
}

#[test]
fn a_file_with_an_older_time_is_a_change() {
    let place = Place::new(None, 7);
    let file = changed_file(&place);
    let before = fs::metadata(&file).unwrap().modified().unwrap();
    fs::write(&file, "# Former Keeper\n\nKnows yesteryear.\n").unwrap();
    let older = before - Duration::from_secs(400_000);
    let opened = fs::File::options().write(true).open(&file).unwrap();
    opened.set_modified(older).unwrap();
    let told = place.run(&["index"]);
    assert_eq!(told.code, Some(0), "{}", told.stderr);
    let asked = place.run(&["query", "yesteryear", "-f", "ids"]);
    assert_eq!(asked.stdout, "former-keeper\n", "{}", asked.stderr);
    catches_up(&place, &fresh(&place)).unwrap();
}

#[test]
fn a_change_that_keeps_size_and_time_is_a_change() {
    let place = Place::new(None, 9);
    let file = changed_file(&place);
    let text = |word: &str| format!("# Same Keeper\n\nKnows {word}.\n");
    fs::write(&file, text("mornings")).unwrap();
    let time = fs::metadata(&file).unwrap().modified().unwrap();
    assert_eq!(place.run(&["index"]).code, Some(0));
    fs::write(&file, text("evenings")).unwrap();
    let opened = fs::File::options().write(true).open(&file).unwrap();
    opened.set_modified(time).unwrap();
    assert_eq!(place.run(&["index"]).code, Some(0));
    let asked = place.run(&["query", "evenings", "-f", "ids"]);
    assert_eq!(asked.stdout, "same-keeper\n", "{}", asked.stderr);
    catches_up(&place, &fresh(&place)).unwrap();
}

#[test]
fn writers_and_readers_at_once_harm_nothing() {
    let mut place = Place::new(None, 8);
    for _ in 0..4 {
        let old = answers(&place, "index").unwrap();
        place.changes();
        let new = fresh(&place);
        let start = |args: &[&str]| place.command(args).spawn().unwrap();
        let writers = [
            start(&["index"]),
            start(&["index"]),
            start(&["query", "kubernetes", "-c"]),
        ];
        for _ in 0..3 {
            let now = answers_once(&place);
            assert!(old.contains(&now) || new.contains(&now), "{now}");
        }
        for writer in writers {
            let told = ended(writer, None);
            calm(&told).unwrap();
            let is_refused = told.code == Some(2) && told.stderr.contains("another bp is writing");
            assert!(told.code == Some(0) || is_refused, "{}", told.stderr);
        }
        catches_up(&place, &new).unwrap();
    }
}

/// One of the answers, which is of one state or the other.
fn answers_once(place: &Place) -> String {
    let args = [
        "query",
        "change*",
        "--json",
        "-n",
        "1000",
        "--no-update",
        "--index",
        "index",
    ];
    let told = place.run(&args);
    calm(&told).unwrap();
    assert_eq!(told.code, Some(0), "{}", told.stderr);
    crate::asked::timeless(&told.stdout)
}
