//! Bytes without end for every reader: a short form with each test run, a long one on demand.
//!
//! `BP_FUZZ_RUNS=1000000 BP_FUZZ_TARGET=html BP_FUZZ_SEED=7 cargo test --release --test fuzz -- --nocapture`
//! is a campaign over one target, or several with commas between them; without a target, over all. `BP_FUZZ_SECONDS` ends
//! each target after a time; `BP_FUZZ_LONGEST` bounds the inputs, in bytes: many small ones find more than few large ones.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test that fails says so by a panic"
)]

mod minimise;
mod mutate;
mod pack;
mod random;
mod run;
mod targets;

use std::env;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use run::{Extent, Target, run};

fn number(name: &str) -> Option<u64> {
    let value = env::var(name).ok()?;
    Some(
        value
            .parse()
            .unwrap_or_else(|_| panic!("{name} is no number: {value}")),
    )
}

fn extent() -> Extent {
    let runs = number("BP_FUZZ_RUNS");
    let longest = if runs.is_some() { 1 << 18 } else { 1 << 10 };
    Extent {
        runs: runs.unwrap_or(1_000),
        seed: number("BP_FUZZ_SEED").unwrap_or(1),
        // Long inputs are for the campaigns, and for optimised code.
        longest: number("BP_FUZZ_LONGEST").map_or(longest, |bytes| bytes as usize),
        blown_up: if runs.is_some() { 2_000 } else { 100 },
        most: Duration::from_secs(2),
        ends: number("BP_FUZZ_SECONDS").map(Duration::from_secs),
    }
}

fn chosen() -> Vec<Target> {
    let mut targets = targets::all();
    if let Ok(names) = env::var("BP_FUZZ_TARGET") {
        targets.retain(|target| names.split(',').any(|name| name == target.name));
        assert!(!targets.is_empty(), "no target is called {names}");
    }
    targets
}

#[test]
fn every_reader_holds_for_any_bytes() {
    let extent = extent();
    let waiting = Mutex::new(chosen().into_iter());
    let broken = Mutex::new(Vec::new());
    let work = || {
        while let Some(target) = { waiting.lock().unwrap().next() } {
            let report = run(&target, extent);
            println!("{report}");
            if !report.finds.is_empty() {
                broken.lock().unwrap().push(report.to_string());
            }
        }
    };
    let threads = thread::available_parallelism().map_or(1, |count| count.get().min(4));
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(work);
        }
    });
    let broken = broken.into_inner().unwrap();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}
