//! Measures whole processes: `bp query` against the floor, on the same index in the same run.
//!
//! `cargo run --release -p bp-bench -- [ROUNDS]` generates 30 and 10,000 blueprints from a seed, indexes them, and
//! prints for each query the best and the median time of both programs, and their ratio. `bp-bench generate FOLDER N SEED`
//! only writes blueprints.

mod generate;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, io};

const SIZES: [usize; 2] = [30, 10_000];
const SEED: u64 = 7;
const QUERIES: [(&str, &[&str]); 8] = [
    ("a rare term", &["openxr"]),
    ("a common term", &["kubernetes"]),
    ("three terms", &["terraform", "kubernetes", "observability"]),
    ("a KPI", &["change", "failure", "rate"]),
    ("a phrase", &["\"error budget\""]),
    ("a typo", &["kuberentes"]),
    ("a synonym", &["k8s"]),
    (
        "a sentence",
        &[
            "who", "owns", "incident", "response", "and", "capacity", "planning", "for", "the",
            "data", "platform",
        ],
    ),
];

fn main() -> io::Result<()> {
    let args: Vec<String> = env::args().skip(1).collect();
    if let [command, folder, count, seed] = args.as_slice()
        && command == "generate"
    {
        let number = |text: &str| text.parse().map_err(io::Error::other);
        return generate::generate(Path::new(folder), number(count)? as usize, number(seed)?);
    }
    let rounds: usize = args
        .first()
        .and_then(|rounds| rounds.parse().ok())
        .unwrap_or(41);
    let programs = env::current_exe()?
        .parent()
        .map(Path::to_owned)
        .unwrap_or_default();
    let root = env::temp_dir().join("bp-bench");
    fs::create_dir_all(&root)?;
    let bp = installed(&programs.join("bp"), &root.join("bp"))?;
    let floor = installed(&programs.join("floor"), &root.join("floor"))?;
    println!(
        "roles   query           bp best  median   floor best  median   ratio best  median   (ms, {rounds} rounds)"
    );
    for size in SIZES {
        let index = prepare(&root, size, &bp)?;
        for (name, words) in QUERIES {
            let mut times = [Vec::new(), Vec::new()];
            for _ in 0..rounds {
                times[0].push(time(
                    Command::new(&bp)
                        .arg("query")
                        .args(words)
                        .arg("--index")
                        .arg(&index),
                )?);
                times[1].push(time(Command::new(&floor).arg(&index).args(words))?);
            }
            let [own, floor] = times.map(|mut times| {
                times.sort();
                (
                    times[0].as_secs_f64() * 1e3,
                    times[times.len() / 2].as_secs_f64() * 1e3,
                )
            });
            println!(
                "{size:<7} {name:14} {:8.2} {:7.2} {:12.2} {:7.2} {:12.2} {:7.2}",
                own.0,
                own.1,
                floor.0,
                floor.1,
                own.0 / floor.0,
                own.1 / floor.1
            );
        }
    }
    Ok(())
}

/// Copies a program as an installation does: what the linker has just written lies in other pages of the cache, and starts
/// a sixth slower.
fn installed(built: &Path, target: &Path) -> io::Result<PathBuf> {
    if !built.exists() {
        return Err(io::Error::other(
            "build both first: cargo build --release --workspace",
        ));
    }
    let _ = fs::remove_file(target);
    fs::copy(built, target)?;
    Ok(target.to_owned())
}

/// Generates and indexes the blueprints, where an earlier run has not.
fn prepare(root: &Path, size: usize, bp: &Path) -> io::Result<PathBuf> {
    let corpus = root.join(format!("corpus-{size}-{SEED}"));
    let index = root.join(format!("index-{size}-{SEED}"));
    if !root.join(format!("done-{size}-{SEED}")).exists() {
        generate::generate(&corpus, size, SEED)?;
        fs::write(root.join(format!("done-{size}-{SEED}")), "")?;
    }
    let start = Instant::now();
    let status = Command::new(bp)
        .arg("index")
        .arg(&corpus)
        .arg("--index")
        .arg(&index)
        .status()?;
    println!(
        "indexed in {:.2} s: {status}",
        start.elapsed().as_secs_f64()
    );
    Ok(index)
}

/// The time of a whole process, its output thrown away.
fn time(command: &mut Command) -> io::Result<Duration> {
    let start = Instant::now();
    let status = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()?;
    let took = start.elapsed();
    if status.code().is_none_or(|code| code > 1) {
        Err(io::Error::other(format!("{command:?} ended with {status}")))
    } else {
        Ok(took)
    }
}
