//! Turns a target into a report: executes it on one input after another, and keeps what led somewhere new.

use std::cell::RefCell;
use std::collections::HashSet;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, Once};
use std::time::{Duration, Instant};

use crate::minimise::{escaped, minimised};
use crate::mutate::{Source, explosions, input};
use crate::random::Random;

/// What is executed, and from what its inputs are made.
pub struct Target {
    /// The name, that of `BP_FUZZ_TARGET`.
    pub name: String,
    /// The inputs to begin with.
    pub seeds: Vec<Vec<u8>>,
    /// The words of the format.
    pub words: &'static [&'static str],
    /// Whether its inputs are whole files of any length, not to be cut; of these there are fewer executions.
    pub is_whole: bool,
    /// What is done with an input; costly parts may be done at every n-th turn only. It tells the outcome as a number, so
    /// that new outcomes are seen, or what does not hold.
    pub check: Check,
}

/// What is done with an input, given which turn it is.
pub type Check = Box<dyn Fn(&[u8], u64) -> Result<u64, String> + Send + Sync>;

/// How much is executed.
#[derive(Debug, Clone, Copy)]
pub struct Extent {
    /// The number of executions.
    pub runs: u64,
    /// What the inputs depend on.
    pub seed: u64,
    /// How long an input may become, in bytes.
    pub longest: usize,
    /// One input of this many is blown up.
    pub blown_up: usize,
    /// No input may take longer.
    pub most: Duration,
    /// When a target is over, however much was executed.
    pub ends: Option<Duration>,
}

/// An input for which something does not hold.
#[derive(Debug)]
pub struct Find {
    /// What does not hold.
    pub what: String,
    /// The shortest input that was found for it.
    pub small: Vec<u8>,
    /// Where the whole input lies.
    pub saved: PathBuf,
}

/// What came of a target.
pub struct Report {
    name: String,
    runs: u64,
    took: Duration,
    slowest: (Duration, Vec<u8>),
    outcomes: usize,
    /// What does not hold.
    pub finds: Vec<Find>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:12} {:>9} executions {:>8.0}/s  slowest {:>7.1} ms ({} bytes)  {} outcomes  {} finds",
            self.name,
            self.runs,
            self.runs as f64 / self.took.as_secs_f64(),
            self.slowest.0.as_secs_f64() * 1e3,
            self.slowest.1.len(),
            self.outcomes,
            self.finds.len()
        )?;
        if self.slowest.0 > Duration::from_millis(50) {
            let start = &self.slowest.1[..self.slowest.1.len().min(100)];
            write!(f, "\n  slowest: b\"{}\"", escaped(start))?;
        }
        for find in &self.finds {
            write!(
                f,
                "\n  {}\n    input: b\"{}\"\n    whole: {}",
                find.what,
                escaped(&find.small),
                find.saved.display()
            )?;
        }
        Ok(())
    }
}

/// The most inputs that are kept for their outcome, the longest of them, and the most finds before a target is given up.
const MAX_KEPT: usize = 4_096;
const MAX_KEPT_BYTES: usize = 4_096;
const MAX_FINDS: usize = 8;
/// An input that takes this long is taken for one that never ends.
const ENDLESS: Duration = Duration::from_secs(60);

/// Executes a target.
pub fn run(target: &Target, extent: Extent) -> Report {
    silence();
    let mut fuzzer = Fuzzer {
        target,
        extent,
        kept: target.seeds.clone(),
        outcomes: HashSet::new(),
        slowest: (Duration::ZERO, Vec::new()),
        finds: Vec::new(),
        watched: watch(&target.name),
    };
    let mut random = Random::new(extent.seed, &target.name);
    let start = Instant::now();
    let mut number = 0;
    let source = fuzzer.source();
    let first = explosions(&source, extent.longest);
    for bytes in target.seeds.iter().cloned().chain(first) {
        fuzzer.execute(&bytes, number, &mut random);
        number += 1;
    }
    let runs = if target.is_whole {
        extent.runs / 10
    } else {
        extent.runs
    };
    let is_over = || extent.ends.is_some_and(|ends| start.elapsed() > ends);
    while number < runs && !is_over() && fuzzer.finds.len() < MAX_FINDS {
        let bytes = input(&fuzzer.source(), &mut random);
        fuzzer.execute(&bytes, number, &mut random);
        number += 1;
    }
    if let Ok(mut now) = fuzzer.watched.lock() {
        *now = Watched::Done;
    }
    Report {
        name: target.name.clone(),
        runs: number,
        took: start.elapsed(),
        slowest: fuzzer.slowest,
        outcomes: fuzzer.outcomes.len(),
        finds: fuzzer.finds,
    }
}

struct Fuzzer<'a> {
    target: &'a Target,
    extent: Extent,
    kept: Vec<Vec<u8>>,
    outcomes: HashSet<u64>,
    slowest: (Duration, Vec<u8>),
    finds: Vec<Find>,
    watched: Arc<Mutex<Watched>>,
}

impl Fuzzer<'_> {
    fn source(&self) -> Source<'_> {
        Source {
            seeds: &self.kept,
            words: self.target.words,
            longest: if self.target.is_whole {
                usize::MAX
            } else {
                self.extent.longest
            },
            blown_up: self.extent.blown_up,
        }
    }

    fn execute(&mut self, bytes: &[u8], turn: u64, random: &mut Random) {
        if let Ok(mut now) = self.watched.lock() {
            now.begin(bytes);
        }
        let (result, mut took) = outcome(self.target, bytes, turn);
        if took > self.slowest.0 {
            // A machine under load makes anything slow once.
            took = took.min(outcome(self.target, bytes, turn).1);
        }
        if took > self.slowest.0 {
            self.slowest = (took, bytes.to_vec());
        }
        match result {
            Ok(outcome) => {
                if self.outcomes.insert(outcome) && bytes.len() <= MAX_KEPT_BYTES {
                    self.keep(bytes.to_vec(), random);
                }
                if took > self.limit(bytes.len()) {
                    self.slow(bytes, turn);
                }
            }
            Err(what) => self.find(what, bytes, |small| {
                outcome(self.target, small, turn).0.is_err()
            }),
        }
    }

    fn keep(&mut self, bytes: Vec<u8>, random: &mut Random) {
        if self.kept.len() < MAX_KEPT {
            self.kept.push(bytes);
        } else {
            let seeds = self.target.seeds.len();
            let at = seeds + random.below(self.kept.len() - seeds);
            self.kept[at] = bytes;
        }
    }

    /// A machine under load is no failure: what took long is asked twice again.
    fn slow(&mut self, bytes: &[u8], turn: u64) {
        let takes = |bytes: &[u8]| {
            let once = |_| outcome(self.target, bytes, turn).1;
            (0..2).map(once).min().unwrap_or_default()
        };
        let took = takes(bytes);
        if took > self.limit(bytes.len()) {
            let what = format!(
                "slow: {:.1} s for {} bytes",
                took.as_secs_f64(),
                bytes.len()
            );
            self.find(what, bytes, |_| false);
        }
    }

    /// A bound that grows with the input as a linear reader does; unoptimised code takes some ten times longer.
    fn limit(&self, bytes: usize) -> Duration {
        let slower = if cfg!(debug_assertions) { 10 } else { 1 };
        let linear = Duration::from_millis(100) + Duration::from_micros(bytes as u64 * 5);
        (linear * slower).min(self.extent.most)
    }

    fn find(&mut self, what: String, bytes: &[u8], breaks: impl Fn(&[u8]) -> bool) {
        // What stands before the colon is the complaint: about other words it is the same find.
        let kind = |what: &str| what.split_once(": ").map(|(kind, _)| kind.to_owned());
        if self
            .finds
            .iter()
            .any(|find| kind(&find.what) == kind(&what))
        {
            return;
        }
        let name = format!("bp-fuzz-{}-{}", self.target.name, self.finds.len());
        let saved = std::env::temp_dir().join(name);
        let _ = std::fs::write(&saved, bytes);
        self.finds.push(Find {
            what,
            small: minimised(bytes, breaks),
            saved,
        });
    }
}

thread_local! {
    static PANIC: RefCell<Option<String>> = const { RefCell::new(None) };
    static IS_QUIET: RefCell<bool> = const { RefCell::new(false) };
}

/// Keeps the panics of this thread from the terminal, those that a reader catches itself too.
fn silence() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if IS_QUIET.with_borrow(|quiet| *quiet) {
                PANIC.set(Some(info.to_string().replace('\n', " ")));
            } else {
                usual(info);
            }
        }));
    });
    IS_QUIET.set(true);
}

/// Executes once. A panic that was caught on the way is a find too.
fn outcome(target: &Target, bytes: &[u8], turn: u64) -> (Result<u64, String>, Duration) {
    let start = Instant::now();
    let result = catch_unwind(AssertUnwindSafe(|| (target.check)(bytes, turn)));
    let took = start.elapsed();
    match PANIC.take() {
        Some(panic) => (Err(panic), took),
        None => (result.unwrap_or_else(|_| Err("a panic".to_owned())), took),
    }
}

enum Watched {
    Runs(Instant, Vec<u8>),
    Done,
}

impl Watched {
    fn begin(&mut self, bytes: &[u8]) {
        if let Self::Runs(since, now) = self {
            *since = Instant::now();
            now.clear();
            now.extend_from_slice(bytes);
        }
    }
}

/// Watches from another thread: an input that never ends is saved, and the process ends.
fn watch(name: &str) -> Arc<Mutex<Watched>> {
    let watched = Arc::new(Mutex::new(Watched::Runs(Instant::now(), Vec::new())));
    let (seen, name) = (Arc::clone(&watched), name.to_owned());
    std::thread::spawn(move || {
        loop {
            std::thread::sleep(Duration::from_millis(500));
            match seen.lock().as_deref() {
                Ok(Watched::Runs(since, bytes)) if since.elapsed() > ENDLESS => {
                    let saved = std::env::temp_dir().join(format!("bp-fuzz-{name}-endless"));
                    let _ = std::fs::write(&saved, bytes);
                    eprintln!("{name} does not end for {}", saved.display());
                    std::process::abort();
                }
                Ok(Watched::Runs(..)) => {}
                Ok(Watched::Done) | Err(_) => return,
            }
        }
    });
    watched
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutate::nested;

    const EXTENT: Extent = Extent {
        runs: 20_000,
        seed: 3,
        longest: 512,
        blown_up: 100,
        most: Duration::from_millis(200),
        ends: None,
    };

    fn report(check: impl Fn(&[u8], u64) -> Result<u64, String> + Send + Sync + 'static) -> Report {
        let target = Target {
            name: "planted".to_owned(),
            seeds: vec![b"title: Release Manager".to_vec()],
            words: &["level", ":"],
            is_whole: false,
            check: Box::new(check),
        };
        run(&target, EXTENT)
    }

    #[test]
    fn planted_faults_are_found_and_made_small() {
        let has = |bytes: &[u8], what: &[u8]| memchr::memmem::find(bytes, what).is_some();
        let panics = report(move |bytes, _| {
            assert!(!has(bytes, b"::"), "two colons");
            Ok(0)
        });
        assert_eq!(panics.finds[0].small, b"::");
        assert!(panics.finds[0].what.contains("two colons"));
        let caught = report(move |bytes, _| {
            let inner = catch_unwind(|| assert!(!has(bytes, b"::"), "two colons"));
            Ok(u64::from(inner.is_ok()))
        });
        assert_eq!(caught.finds[0].small, b"::");
        let breach = report(move |bytes, _| {
            if has(bytes, &[0xff]) {
                return Err("a byte".to_owned());
            }
            Ok(0)
        });
        assert_eq!(breach.finds.len(), 1);
        assert_eq!(breach.finds[0].small, [0xff]);
        assert!(report(|_, _| Ok(0)).finds.is_empty());
    }

    #[test]
    fn an_input_that_takes_long_is_found() {
        let long = nested(("(", ")"), EXTENT.longest);
        let slow = report(move |bytes, _| {
            if bytes == long {
                std::thread::sleep(EXTENT.most * 2);
            }
            Ok(0)
        });
        assert!(slow.finds[0].what.contains("for 513 bytes"), "{slow}");
    }
}
