//! A folder with a corpus that changes, and the program in it.

use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::shim::Fault;

/// How long a command may take before it counts as one that never ends.
const ENDLESS: Duration = Duration::from_secs(60);

/// A small generator, so that a campaign comes again from its seed.
pub struct Random(u64);

impl Random {
    /// A number below `limit`.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit.max(1)
    }
}

/// The folder.
pub struct Place {
    root: tempfile::TempDir,
    shim: Option<PathBuf>,
    /// Where chance comes from.
    pub random: Random,
    changes: u64,
    roles: Vec<u64>,
}

/// How a command ended.
pub struct Ended {
    /// Its exit code; `None` where it was killed.
    pub code: Option<i32>,
    /// What it answered.
    pub stdout: String,
    /// What it said.
    pub stderr: String,
    /// How long it took.
    pub took: Duration,
}

impl Place {
    /// A folder with a corpus of some roles and their index.
    pub fn new(shim: Option<PathBuf>, seed: u64) -> Self {
        let mut place = Self {
            root: tempfile::tempdir().unwrap(),
            shim,
            random: Random(seed),
            changes: 0,
            roles: Vec::new(),
        };
        for name in ["home", "tmp", "here/corpus/cloud", "here/corpus/data"] {
            fs::create_dir_all(place.root.path().join(name)).unwrap();
        }
        for _ in 0..24 {
            place.add();
        }
        place.starts_anew();
        place
    }

    /// The current folder of the program, which holds `corpus` and `index`.
    pub fn here(&self) -> PathBuf {
        self.root.path().canonicalize().unwrap().join("here")
    }

    /// The folder for temporary files.
    pub fn tmp(&self) -> PathBuf {
        self.root.path().join("tmp")
    }

    /// Removes the index and builds it.
    pub fn starts_anew(&mut self) {
        let _ = fs::remove_dir_all(self.here().join("index"));
        let ended = self.run(&["index"]);
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    }

    /// Whether the program can be told to watch its sources.
    pub fn has_watch(&self) -> bool {
        self.run(&["index", "--help"]).stdout.contains("--watch")
    }

    /// Whether the program can be asked whether an index is sound.
    pub fn has_verify(&self) -> bool {
        self.run(&["verify", "--help"]).code == Some(0)
    }

    /// Adds, alters or removes a role or two, and alters another.
    pub fn changes(&mut self) {
        for _ in 0..=self.random.below(2) {
            match self.random.below(4) {
                0 if self.roles.len() > 16 => {
                    let at = self.random.below(self.roles.len() as u64) as usize;
                    let gone = self.roles.swap_remove(at);
                    fs::remove_file(self.file(gone)).unwrap();
                }
                0 | 1 => self.add(),
                _ => {
                    let at = self.random.below(self.roles.len() as u64) as usize;
                    self.changes += 1;
                    self.write(self.roles[at]);
                }
            }
        }
        self.changes_one();
    }

    /// Alters one role: a change that is seen whole or not at all.
    pub fn changes_one(&mut self) {
        self.changes += 1;
        self.write(self.roles[0]);
    }

    fn add(&mut self) {
        self.changes += 1;
        self.roles.push(self.changes);
        self.write(self.changes);
    }

    fn file(&self, role: u64) -> PathBuf {
        let folder = if role.is_multiple_of(2) {
            "cloud"
        } else {
            "data"
        };
        self.here().join(format!("corpus/{folder}/role-{role}.md"))
    }

    fn write(&self, role: u64) {
        let change = self.changes;
        let level = ["Senior ", "", "Lead ", "Principal "][(role + change) as usize % 4];
        let lines: String = (0..30 + role % 40)
            .map(|line| {
                format!(
                    "- Keeps step {line} of plan {} in hand, w{}\n",
                    line * role % 17,
                    (line + change) % 500
                )
            })
            .collect();
        let text = format!(
            "# {level}Keeper {role}\n\nKeeps clusters since change{change}.\n\n## Responsibilities\n\n{lines}\n## KPIs\n\n- Change failure rate\n\n## Skills\n\n- Kubernetes (Critical)\n"
        );
        // Nobody is to see half of it.
        let new = self.here().join("new.md");
        fs::write(&new, text).unwrap();
        fs::rename(new, self.file(role)).unwrap();
    }

    /// The newest word of the corpus, which one role has.
    pub fn newest_word(&self) -> String {
        format!("change{}", self.changes)
    }

    /// The program, ready to run.
    pub fn command(&self, args: &[&str]) -> Command {
        let program = std::env::var_os("BP_FAULT_PROGRAM");
        let program = program.unwrap_or_else(|| env!("CARGO_BIN_EXE_bp").into());
        let mut command = Command::new(program);
        command
            .args(args)
            .current_dir(self.here())
            .env_clear()
            .env("HOME", self.root.path().join("home"))
            .env("TMPDIR", self.tmp())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs the program.
    pub fn run(&self, args: &[&str]) -> Ended {
        ended(self.command(args).spawn().unwrap(), None)
    }

    /// Runs the program and kills it after a while.
    pub fn run_killed(&self, args: &[&str], after: Duration) -> Ended {
        ended(self.command(args).spawn().unwrap(), Some(after))
    }

    /// Runs the program with a fault; returns how it ended and the calls that it made.
    pub fn run_with(&self, args: &[&str], fault: Fault) -> (Ended, Vec<String>) {
        let mut command = self.command(args);
        let log = self.root.path().join("calls");
        let _ = fs::remove_file(&log);
        let shim = self.shim.as_ref().unwrap();
        fault.arm(&mut command, shim, &self.here().join("index"), &log);
        let ended = ended(command.spawn().unwrap(), None);
        let calls = fs::read_to_string(log).unwrap_or_default();
        (ended, calls.lines().map(str::to_owned).collect())
    }

    /// Starts the program with the clock so many seconds ahead.
    pub fn run_ahead(&self, args: &[&str], seconds: i64) -> Ended {
        let mut command = self.command(args);
        command
            .env("LD_PRELOAD", self.shim.as_ref().unwrap())
            .env("BP_FAULT_CLOCK", seconds.to_string());
        ended(command.spawn().unwrap(), None)
    }
}

/// Waits for the end of a child, which is killed after a while.
pub fn ended(mut child: Child, after: Option<Duration>) -> Ended {
    let start = Instant::now();
    let limit = after.unwrap_or(ENDLESS);
    // What it says is little: the pipes hold it until it has ended.
    let mut is_over = false;
    while start.elapsed() < limit && !is_over {
        is_over = child.try_wait().unwrap().is_some();
        if !is_over {
            thread::sleep(Duration::from_micros(300));
        }
    }
    if !is_over {
        assert!(after.is_some(), "a command does not end");
        let _ = child.kill();
    }
    let took = start.elapsed();
    let Output {
        status,
        stdout,
        stderr,
    } = child.wait_with_output().unwrap();
    assert!(
        matches!(status.signal(), None | Some(9)),
        "ended by signal {:?}",
        status.signal()
    );
    Ended {
        code: status.code(),
        stdout: String::from_utf8_lossy(&stdout).into_owned(),
        stderr: String::from_utf8_lossy(&stderr).into_owned(),
        took,
    }
}

/// The files and folders below a folder, by their path in it.
pub fn entries(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    collect(folder, folder, &mut found);
    found.sort();
    found
}

fn collect(root: &Path, folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = path
            .strip_prefix(root)
            .unwrap()
            .to_string_lossy()
            .into_owned();
        if path.is_dir() {
            found.push(format!("{name}/"));
            collect(root, &path, found);
        } else {
            found.push(name);
        }
    }
}
