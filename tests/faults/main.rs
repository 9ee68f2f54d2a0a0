//! Kills and faults at every point of a run: what the index holds afterwards is what it held before, or what it was to hold.
//!
//! `tests/faults/campaign.sh 200` is a campaign against the release build; a test run makes a few trials. See the README.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that fails says so by a panic"
)]

mod asked;
mod place;
mod plain;
mod shim;
mod trial;

use std::collections::BTreeMap;
use std::env;

use place::Place;
use trial::{Kind, Outcome, Trial};

fn number(name: &str) -> Option<u64> {
    let value = env::var(name).ok()?;
    Some(
        value
            .parse()
            .unwrap_or_else(|_| panic!("{name} is no number: {value}")),
    )
}

/// What came of the trials of a kind.
#[derive(Default)]
struct Row {
    trials: usize,
    held: usize,
    before: usize,
    after: usize,
    unharmed: usize,
}

#[test]
fn whatever_happens_the_index_answers_as_before_or_as_it_was_to() {
    let trials = number("BP_FAULT_TRIALS").unwrap_or(16) as usize;
    let seed = number("BP_FAULT_SEED").unwrap_or(1);
    let Some(shim) = shim::compiled() else {
        println!("no C compiler: the trials are left out");
        return;
    };
    let mut place = Place::new(Some(shim), seed);
    let kinds = Kind::all(place.has_watch());
    let mut table: BTreeMap<usize, Row> = BTreeMap::new();
    let mut broken = Vec::new();
    for at in 0..trials {
        let which = at % kinds.len();
        let trial = Trial::new(kinds[which], &mut place);
        let row = table.entry(which).or_default();
        row.trials += 1;
        match trial.made(&mut place) {
            Ok(outcome) => {
                row.held += 1;
                match outcome {
                    Outcome::Before => row.before += 1,
                    Outcome::After => row.after += 1,
                    Outcome::Unharmed => row.unharmed += 1,
                }
            }
            Err(what) => {
                broken.push(format!("trial {at}, {trial}: {what}"));
                println!("{}", broken.last().unwrap());
                place.starts_anew();
            }
        }
    }
    println!(
        "{:34} {:>6} {:>6} {:>8} {:>8} {:>9}",
        "kind", "trials", "held", "as old", "as new", "unharmed"
    );
    for (which, row) in &table {
        println!(
            "{:34} {:>6} {:>6} {:>8} {:>8} {:>9}",
            kinds[*which].to_string(),
            row.trials,
            row.held,
            row.before,
            row.after,
            row.unharmed
        );
    }
    let held: usize = table.values().map(|row| row.held).sum();
    println!("{held} of {trials} held (seed {seed})");
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}
